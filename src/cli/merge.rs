//! `merge DIR..`: the union of pieces, with exactly the files of a run on one machine.

use super::closing::Finished;
use super::printing::Printing;
use super::run;
use super::shard::PARTIAL;
use super::{Common, Status, Stop, source};
use crate::experiment::lock::OutputLock;
use crate::experiment::outcome::{Outcome, UnitKey};
use crate::experiment::runner::RunSummary;
use crate::experiment::store::{self, Contents, Journal, STORE_FILE, Store, StoreError};
use crate::experiment::study::{Piece, Study};
use crate::experiment::unit::{UnitPlan, digest};
use clap::Args;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// Options of `merge`.
#[derive(Debug, Args)]
pub struct Options {
    /// Folders of pieces, or folders that hold them
    #[arg(required = true)]
    pieces: Vec<PathBuf>,
    /// Where to write
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    #[command(flatten)]
    printing: Printing,
}

/// Most missing or conflicting units that a message names.
const NAMED: usize = 20;

/// Unites pieces.
///
/// # Errors
/// Pieces that cannot be read or belong to different experiments, an output that cannot be used; units of one content that
/// differ, in which case nothing is written.
pub fn merge(options: &Options, common: &Common) -> Result<Status, Stop> {
    let started = (SystemTime::now(), Instant::now());
    let printing = options.printing.of_figures()?;
    let mut folders = Vec::new();
    for folder in &options.pieces {
        folders.extend(stores_in(folder)?);
    }
    let stores: Vec<Store> = folders
        .iter()
        .map(|folder| Store::open_read_only(folder).map_err(|error| Stop::refuse(&error)))
        .collect::<Result<_, _>>()?;
    check_same_study(&folders, &stores)?;
    let study = source::stored(&stores[0], &folders[0])?;
    let pieces: Vec<&Store> = stores.iter().collect();
    let directory = &options.output;
    Store::inspect(directory).map_err(|error| Stop::refuse(&error))?;
    // What is in the output already is a piece like the others; where there is nothing, nothing is made before all is well.
    let begun = directory.join(STORE_FILE).exists();
    if !begun && let Some(status) = conflicts(&pieces, common)? {
        return Ok(status);
    }
    let lock = OutputLock::acquire(directory).map_err(|error| Stop::refuse(&error))?;
    if begun && let Some(status) = contradicts(&lock, &folders[0], &pieces, common)? {
        return Ok(status);
    }
    // The output may lie on a cluster's file system, like the pieces.
    let mut into = run::open_store(&study, &lock, Journal::Rollback)?;
    run::put_points(&study, &mut into)?;
    for piece in &stores {
        if let Some(versions) = piece.meta("version").map_err(|error| Stop::fail(&error))? {
            into.add_versions(&versions).map_err(|error| Stop::fail(&error))?;
        }
        copy(piece, &mut into).map_err(|error| Stop::fail(&error))?;
    }
    let (done, failed) = into.counts().map_err(|error| Stop::fail(&error))?;
    let missing = missing(&study, &mut into).map_err(|error| Stop::fail(&error))?;
    let summary = RunSummary { reused: done, failed, ..RunSummary::default() };
    let finished = Finished { study: &study, directory, summary, started, printing, common };
    let status = run::finish(&finished, &into)?;
    into.close().map_err(|error| Stop::fail(&error))?;
    if missing.count == 0 {
        return Ok(status);
    }
    eprintln!(
        "{} units are missing: {}; run their pieces to the end and merge again",
        missing.count,
        missing.in_words()
    );
    Ok(Status::Incomplete)
}

/// The stores that a folder is or holds.
pub(super) fn stores_in(folder: &Path) -> Result<Vec<PathBuf>, Stop> {
    if folder.join(STORE_FILE).exists() {
        return Ok(vec![folder.to_owned()]);
    }
    let entries = std::fs::read_dir(folder)
        .map_err(|error| Stop::say(format!("{}: cannot read the folder: {error}", folder.display())))?;
    let mut found: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let name = name.strip_suffix(PARTIAL).unwrap_or(name);
            name.starts_with("shard-") && path.join(STORE_FILE).exists()
        })
        .collect();
    found.sort();
    if found.is_empty() {
        return Err(Stop::say(format!(
            "{}: no results here; allowed: the folder of a piece (shard-I-of-N) or one that holds such folders",
            folder.display()
        )));
    }
    Ok(found)
}

/// What the study of a store is.
fn identity(store: &Store) -> Result<(Option<String>, Option<String>), Stop> {
    let meta = |key| store.meta(key).map_err(|error| Stop::refuse(&error));
    Ok((meta("study")?, meta("engine")?))
}

/// Refuses an output that holds another study than the pieces, and says where it contradicts them.
fn contradicts(
    lock: &OutputLock,
    folder: &Path,
    pieces: &[&Store],
    common: &Common,
) -> Result<Option<Status>, Stop> {
    Store::restore(lock).map_err(|error| Stop::refuse(&error))?;
    let output = match Store::open_read_only(lock.directory()) {
        Ok(output) => output,
        // Killed before there was anything.
        Err(StoreError::Missing(_)) => return conflicts(pieces, common),
        Err(error) => return Err(Stop::refuse(&error)),
    };
    let held = identity(&output)?;
    // A run that was killed before it said what it is holds nothing.
    if held.0.is_some() && held != identity(pieces[0])? {
        return Err(Stop::say(format!(
            "{} holds another experiment than {}, or another version of it; nothing was written. Choose another --output",
            lock.directory().display(),
            folder.display()
        )));
    }
    let all: Vec<&Store> = pieces.iter().copied().chain([&output]).collect();
    conflicts(&all, common)
}

fn check_same_study(folders: &[PathBuf], stores: &[Store]) -> Result<(), Stop> {
    let first = identity(&stores[0])?;
    for (folder, store) in folders.iter().zip(stores) {
        if identity(store)? != first {
            return Err(Stop::say(format!(
                "{} and {} are pieces of different experiments, or of different versions of one; nothing was written",
                folders[0].display(),
                folder.display()
            )));
        }
    }
    Ok(())
}

/// Units of one content with different results; nothing may be written then.
fn conflicts(stores: &[&Store], common: &Common) -> Result<Option<Status>, Stop> {
    let mut known = Contents::new().map_err(|error| Stop::fail(&error))?;
    let mut conflicting = Few::default();
    // A content counts once, wherever in the design it stands.
    let mut named = HashSet::new();
    for store in stores {
        store
            .visit_units(|unit| {
                let Some(Ok(outcome)) = store.outcome(&unit.id)? else { return Ok::<_, StoreError>(()) };
                let agrees = known.agrees(&unit.id, &digest(&format!("{outcome:?}")))?;
                if !agrees && named.insert(unit.id.clone()) {
                    conflicting.push(&unit.key);
                }
                Ok(())
            })
            .map_err(|error| Stop::fail(&error))?;
    }
    if conflicting.count == 0 {
        return Ok(None);
    }
    eprintln!(
        "error: {} units have different results in different pieces or in the output, which the same program with the same seed does not give: {}; \
         nothing was written",
        conflicting.count,
        conflicting.in_words()
    );
    common.result("", || serde_json::json!({"conflicts": conflicting.count, "first": conflicting.named}));
    Ok(Some(Status::Failed))
}

/// Units that a message names: the first [`NAMED`], and how many there are.
#[derive(Default)]
struct Few {
    named: Vec<String>,
    count: usize,
}

impl Few {
    fn push(&mut self, key: &UnitKey) {
        self.count += 1;
        if self.named.len() < NAMED {
            self.named.push(format!("{}/{}/{}", key.design, key.mechanism, key.replicate));
        }
    }

    fn in_words(&self) -> String {
        let more = self.count - self.named.len();
        self.named.join(", ") + &(if more > 0 { format!(" and {more} more") } else { String::new() })
    }
}

/// Copies every unit of a piece; a unit that is done stays so.
fn copy(piece: &Store, into: &mut Store) -> Result<(), StoreError> {
    into.set_linger(Duration::from_secs(1));
    piece.visit_units(|unit| {
        let plan = UnitPlan { id: unit.id, key: unit.key, seed: unit.seed };
        if into.place(&plan)? != Some(store::Status::Done)
            && let Some(result) = piece.outcome(&plan.id)?
        {
            into.put(&plan, result.as_ref().map_err(String::as_str))?;
        }
        Ok::<_, StoreError>(())
    })?;
    into.flush()?;
    into.set_linger(Duration::ZERO);
    Ok(())
}

/// Addresses that the study asks for and the store does not have. Units whose content is there get their address.
fn missing(study: &Study, store: &mut Store) -> Result<Few, StoreError> {
    let mut asked = study.piece(Piece::WHOLE);
    let mut missing = Few::default();
    while let Some(plan) = asked.ask() {
        if store.place(&plan)?.is_none() {
            missing.push(&plan.key);
        }
        let result = if asked.learns() { store.outcome(&plan.id)? } else { None };
        let result = result.unwrap_or_else(|| Ok(Outcome::default()));
        asked.tell(&plan, result.as_ref().map_err(String::as_str));
    }
    Ok(missing)
}

//! `shard FILE I/N`: a piece of a study, on another machine.
//!
//! A piece is a folder `shard-I-of-N` with a store of its own. While it is being computed its name ends in `.partial`;
//! what is stored there is whole, and the same command goes on from it. When every unit has been tried, and those that failed are stored with their
//! errors, the folder gets its final name, and the command has nothing to do.

use super::run::{self, Computing};
use super::{Common, ExperimentFile, Status, Stop, source};
use crate::experiment::lock::OutputLock;
use crate::experiment::store::{Journal, Opening, STORE_FILE, Store, StoreError};
use crate::experiment::study::{Piece, Study};
use clap::Args;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Options of `shard`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    experiment: ExperimentFile,
    /// Which piece of how many, such as 3/16, or `auto` for what the scheduler's variables say
    piece: String,
    /// Where the folders of all pieces go (default: output/NAME-shards)
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Discard what is stored of the piece and begin anew
    #[arg(long)]
    fresh: bool,
    /// What to do when a unit fails: go on with the others, or stop
    #[arg(long, value_name = "WHAT", value_parser = ["continue", "stop"], default_value = "continue")]
    on_error: String,
    /// Stop after so many minutes, with what there is by then
    #[arg(long, value_name = "M")]
    max_minutes: Option<f64>,
}

/// Ending of the folder of a piece that is not complete.
pub(super) const PARTIAL: &str = ".partial";

/// Name of the folder of a piece.
pub(super) fn folder(piece: Piece) -> String {
    format!("shard-{}-of-{}", piece.index, piece.of)
}

/// Default folder of the pieces of a study.
pub(super) fn default_output(study: &Study) -> PathBuf {
    Path::new("output").join(format!("{}-shards", study.experiment.name))
}

/// Computes a piece.
///
/// # Errors
/// An invalid file or piece, a folder that cannot be used, a store that fails.
pub fn shard(options: &Options, common: &Common) -> Result<Status, Stop> {
    let deadline = run::deadline(options.max_minutes, Instant::now())?;
    let piece = piece(&options.piece)?;
    let study = source::study(&options.experiment)?;
    refuse_differences(&study)?;
    let output = options.output.clone().unwrap_or_else(|| default_output(&study));
    let complete = output.join(folder(piece));
    let partial = output.join(format!("{}{PARTIAL}", folder(piece)));
    if complete.exists() {
        if !options.fresh {
            return already(&study, &complete, common);
        }
        run::inspect(&complete, true)?;
        std::fs::rename(&complete, &partial).map_err(|error| cannot("rename", &complete, &error))?;
    }
    run::inspect(&partial, options.fresh)?;
    let lock = OutputLock::acquire(&partial).map_err(|error| Stop::refuse(&error))?;
    if options.fresh {
        run::begin_anew(&lock, common)?;
    } else {
        Store::restore(&lock).map_err(|error| Stop::refuse(&error))?;
        check_same_experiment(&study, &partial)?;
    }
    let mut store = run::open_store(&study, &lock, Journal::Rollback)?;
    if store.opening() == Opening::Changed {
        common.say(
            "the experiment has changed since this piece was begun: units that are the same count again",
        );
    }
    run::put_points(&study, &mut store)?;
    let on_error = run::on_error(&options.on_error);
    let how = Computing { threads: common.threads(), on_error, deadline };
    let summary = run::compute(&study, piece, &mut store, how, common)?;
    let (done, failed) = store.counts().map_err(|error| Stop::fail(&error))?;
    store.close().map_err(|error| Stop::fail(&error))?;
    drop(lock);
    let say = |place: &Path, state: &str| {
        let text = format!(
            "piece {}/{}: {done} units done, {failed} failed; {state}: {}",
            piece.index,
            piece.of,
            place.display()
        );
        common.result(&text, || {
            serde_json::json!({
                "piece": piece.index, "of": piece.of, "done": done, "failed": failed,
                "complete": state == "complete", "output": place.display().to_string()
            })
        });
    };
    if summary.stopped_early {
        say(&partial, "stopped early, the same command goes on from there");
        return Ok(Status::Incomplete);
    }
    std::fs::rename(&partial, &complete).map_err(|error| cannot("rename", &partial, &error))?;
    // What failed fails again on the same draws: a piece all of whose units have been tried is complete.
    say(&complete, "complete");
    Ok(said_of_failures(failed))
}

/// Says how a complete piece ended whose failed units are stored with their errors.
fn said_of_failures(failed: u64) -> Status {
    if failed == 0 {
        return Status::Done;
    }
    eprintln!(
        "{failed} units failed, and are stored with their errors; `merge` writes them to failures.csv, and `run` with the merged folder as \
         --output tries them again"
    );
    Status::Failed
}

/// A complete piece is left alone, if it is one of this study.
fn already(study: &Study, complete: &Path, common: &Common) -> Result<Status, Stop> {
    check_same_study(study, complete, "choose another --output, or --fresh")?;
    let store = Store::open_read_only(complete).map_err(|error| Stop::refuse(&error))?;
    let (_, failed) = store.counts().map_err(|error| Stop::fail(&error))?;
    let text = format!("complete already: {}", complete.display());
    common.result(
        &text,
        || serde_json::json!({"complete": true, "failed": failed, "output": complete.display().to_string()}),
    );
    Ok(said_of_failures(failed))
}

/// Refuses a folder whose store is not one of this study.
pub(super) fn check_same_study(study: &Study, folder: &Path, remedy: &str) -> Result<(), Stop> {
    let store = Store::open_read_only(folder).map_err(|error| Stop::refuse(&error))?;
    if store.meta("study").map_err(|error| Stop::refuse(&error))? == Some(study.identity()) {
        return Ok(());
    }
    Err(Stop::say(format!(
        "{}: this belongs to another experiment, or to another version of it; {remedy}",
        folder.display()
    )))
}

/// Refuses a folder whose store is one of an experiment of another name. What is stored of another version of the same counts
/// where units are the same.
fn check_same_experiment(study: &Study, folder: &Path) -> Result<(), Stop> {
    if !folder.join(STORE_FILE).exists() {
        return Ok(());
    }
    let store = match Store::open_read_only(folder) {
        Ok(store) => store,
        // Killed before there was anything.
        Err(StoreError::Missing(_)) => return Ok(()),
        Err(error) => return Err(Stop::refuse(&error)),
    };
    let name = store.meta("experiment").map_err(|error| Stop::refuse(&error))?;
    match name {
        Some(name) if name != study.experiment.name => Err(Stop::say(format!(
            "{}: this belongs to another experiment, `{name}`; choose another --output, or --fresh",
            folder.display()
        ))),
        _ => Ok(()),
    }
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> Stop {
    Stop::say(format!("cannot {what} {}: {error}", path.display()))
}

/// A point's contenders are computed together, but nothing says so of the points that a difference spans.
pub(super) fn refuse_differences(study: &Study) -> Result<(), Stop> {
    if study.experiment.variations.optimization.is_some() {
        return Err(Stop::say(
            "an optimization cannot be divided into pieces: what it asks next hangs on what it was told; allowed: `run`, with as \
             many --threads as one machine has",
        ));
    }
    let stopping = study.experiment.variations.stopping.as_ref();
    if stopping.is_some_and(|rule| !rule.difference.is_empty()) {
        return Err(Stop::say(
            "a target on a paired difference (`replication.difference_half_width`) cannot be divided into pieces; allowed: targets \
             of `replication.half_width`, a number of --replicates, or `run` on one machine",
        ));
    }
    Ok(())
}

/// What the argument says, or for `auto` the scheduler.
fn piece(text: &str) -> Result<Piece, Stop> {
    if text == "auto" {
        return from_scheduler(|name| std::env::var(name).ok());
    }
    let refuse = || {
        Stop::say(format!("piece {text}: allowed: I/N with 1 ≤ I ≤ N ≤ 1,000,000, such as 3/16, or `auto`"))
    };
    let (index, of) = text.split_once('/').ok_or_else(refuse)?;
    let number = |part: &str| part.parse::<u32>().map_err(|_| refuse());
    let piece = Piece { index: number(index)?, of: number(of)? };
    if (1..=piece.of).contains(&piece.index) && piece.of <= 1_000_000 { Ok(piece) } else { Err(refuse()) }
}

/// The piece that an array job's variables name: Slurm, or Grid Engine. Others do not say how many tasks there are.
fn from_scheduler(variable: impl Fn(&str) -> Option<String>) -> Result<Piece, Stop> {
    let number = |name: &str| variable(name).and_then(|text| text.parse::<u32>().ok());
    let slurm = || {
        let (task, first) = (number("SLURM_ARRAY_TASK_ID")?, number("SLURM_ARRAY_TASK_MIN")?);
        let (last, count) = (number("SLURM_ARRAY_TASK_MAX")?, number("SLURM_ARRAY_TASK_COUNT")?);
        // An array with gaps is a part of another, and does not say of how many.
        (first == 1 && last == count).then_some(Piece { index: task, of: count })
    };
    let grid_engine = || {
        let (task, first) = (number("SGE_TASK_ID")?, number("SGE_TASK_FIRST")?);
        let (last, step) = (number("SGE_TASK_LAST")?, number("SGE_TASK_STEPSIZE")?.max(1));
        Some(Piece { index: (task - first) / step + 1, of: (last - first) / step + 1 })
    };
    slurm().or_else(grid_engine).filter(|piece| (1..=piece.of).contains(&piece.index)).ok_or_else(|| {
        let (first, last) = (number("SLURM_ARRAY_TASK_MIN"), number("SLURM_ARRAY_TASK_MAX"));
        if let (Some(first), Some(last)) = (first, last) {
            let count = number("SLURM_ARRAY_TASK_COUNT").unwrap_or_default();
            return Stop::say(format!(
                "auto: the array job has {count} tasks with numbers from {first} to {last}, which do not say of how many pieces; allowed: an \
                 array from 1 to N without gaps, such as --array=1-{}, or I/N",
                count.max(1)
            ));
        }
        Stop::say(
            "auto: there are no variables of a scheduler's array job here (SLURM_ARRAY_TASK_ID and its kin from 1 to N, or \
             SGE_TASK_ID); allowed: I/N, such as 3/16",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_read_and_nonsense_is_refused() {
        assert_eq!(piece("3/16").unwrap(), Piece { index: 3, of: 16 });
        for text in ["0/3", "4/3", "3", "a/b", "1/0", "-1/3", "1/2/3", "1.5/3"] {
            assert!(piece(text).unwrap_err().message.contains("allowed: I/N"), "{text}");
        }
    }

    #[test]
    fn schedulers_say_which_piece() {
        let slurm = |name: &str| {
            let value = match name {
                "SLURM_ARRAY_TASK_ID" => "4",
                "SLURM_ARRAY_TASK_MIN" => "1",
                "SLURM_ARRAY_TASK_MAX" | "SLURM_ARRAY_TASK_COUNT" => "16",
                _ => return None,
            };
            Some(value.to_owned())
        };
        assert_eq!(from_scheduler(slurm).unwrap(), Piece { index: 4, of: 16 });
        let engine = |name: &str| {
            let value = match name {
                "SGE_TASK_ID" => "5",
                "SGE_TASK_FIRST" => "1",
                "SGE_TASK_LAST" => "9",
                "SGE_TASK_STEPSIZE" => "2",
                _ => return None,
            };
            Some(value.to_owned())
        };
        assert_eq!(from_scheduler(engine).unwrap(), Piece { index: 3, of: 5 });
        assert!(from_scheduler(|_| None).unwrap_err().message.contains("no variables"));
        // Numbered from 0: the variables are there.
        let from_zero = |name: &str| {
            let value = match name {
                "SLURM_ARRAY_TASK_ID" | "SLURM_ARRAY_TASK_MIN" => "0",
                "SLURM_ARRAY_TASK_MAX" => "2",
                "SLURM_ARRAY_TASK_COUNT" => "3",
                _ => return None,
            };
            Some(value.to_owned())
        };
        let message = from_scheduler(from_zero).unwrap_err().message;
        assert!(message.contains("from 0 to 2") && message.contains("--array=1-3"), "{message}");
    }
}

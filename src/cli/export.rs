//! `export DIR`: what agents learned in a stored run, as strategy files.

use super::{Common, Status, Stop, source};
use crate::experiment::exports;
use crate::experiment::file::{Contender, Experiment};
use crate::experiment::simulate::Keep;
use crate::experiment::store::Store;
use crate::experiment::unit::Content;
use crate::experiment::whole_file::WholeFile;
use clap::Args;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Options of `export`.
#[derive(Debug, Args)]
pub struct Options {
    /// Output folder of a run
    directory: PathBuf,
    /// Which replicate's policies; never an average, as replicates may settle in different places
    #[arg(long, value_name = "K", default_value_t = 0)]
    replicate: u32,
    /// At which point of the design, where parameters are swept
    #[arg(long, value_name = "D", default_value_t = 0)]
    design: u32,
    /// Only of this contender
    #[arg(long, value_name = "NAME")]
    mechanism: Option<String>,
}

/// Writes the strategy files.
///
/// # Errors
/// A store that cannot be read, a contender or replicate that it does not have, files that cannot be written.
pub fn export(options: &Options, common: &Common) -> Result<Status, Stop> {
    let store = Store::open_read_only(&options.directory).map_err(|error| Stop::refuse(&error))?;
    let study = source::stored(&store, &options.directory)?;
    if options.design >= study.design.len() {
        return Err(Stop::say(format!(
            "--design {}: allowed: a whole number from 0 to {}",
            options.design,
            study.design.len() - 1
        )));
    }
    let experiment = &study.point(options.design).map_err(|error| Stop::refuse(&error))?;
    if experiment.play.keep == Keep::Metrics {
        return Err(Stop::say(format!(
            "{}: what was learned is not stored there (`play.keep` is \"metrics\")",
            options.directory.display()
        )));
    }
    // A stopping rule may have asked for more than the file says.
    let ran = |contender: &Contender| -> Result<bool, Stop> {
        let id = unit_id(experiment, contender, options.replicate);
        Ok(store.outcome(&id).map_err(|error| Stop::fail(&error))?.is_some())
    };
    let mut known = options.replicate < experiment.replicates;
    for contender in &experiment.contenders {
        known = known || ran(contender)?;
    }
    if !known {
        return Err(Stop::say(format!(
            "--replicate {}: allowed: a whole number from 0 to {}",
            options.replicate,
            experiment.replicates - 1
        )));
    }
    let names: Vec<&str> = experiment.contenders.iter().map(|c| c.name.as_str()).collect();
    if let Some(name) = options.mechanism.as_deref().filter(|name| !names.contains(name)) {
        return Err(Stop::say(format!(
            "--mechanism {name}: there is no such contender; allowed: {}",
            names.join(", ")
        )));
    }
    let only = options.mechanism.as_deref();
    let place = Place { design: options.design, replicate: options.replicate };
    let written = write(&store, experiment, &options.directory, place, only)?;
    for problem in &written.problems {
        common.say(problem);
    }
    let files: Vec<String> = written.files.iter().map(|file| file.display().to_string()).collect();
    let text = if files.is_empty() { "nobody learned anything here".to_owned() } else { files.join("\n") };
    common.result(&text, || serde_json::json!({ "strategies": files, "problems": written.problems }));
    Ok(if written.problems.is_empty() { Status::Done } else { Status::Failed })
}

/// Files written, and why others were not.
#[derive(Debug, Default)]
pub struct Written {
    /// Strategy files.
    pub files: Vec<PathBuf>,
    /// What stood in the way.
    pub problems: Vec<String>,
}

/// Whose policies are written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place {
    /// Design point.
    pub design: u32,
    /// Replicate.
    pub replicate: u32,
}

impl Place {
    /// What a file's name says of it: nothing of the first.
    fn suffix(self) -> String {
        let part = |name: &str, number: u32| {
            if number == 0 { String::new() } else { format!("{name}-{number}") }
        };
        part("-design", self.design) + &part("", self.replicate)
    }
}

/// Writes the policies of one replicate of a point of the design, whose experiment is `experiment`, to `strategies/` in the
/// output folder; files of others than the first have their numbers in their names.
///
/// # Errors
/// A store that cannot be read, or files that cannot be written.
pub fn write(
    store: &Store,
    experiment: &Experiment,
    directory: &Path,
    place: Place,
    only: Option<&str>,
) -> Result<Written, Stop> {
    let replicate = place.replicate;
    let mut written = Written::default();
    let folder = directory.join("strategies");
    for contender in experiment.contenders.iter().filter(|c| only.is_none_or(|name| name == c.name)) {
        let id = unit_id(experiment, contender, replicate);
        let stored = store.outcome(&id).map_err(|error| Stop::fail(&error))?;
        let outcome = match stored {
            Some(Ok(outcome)) => outcome,
            Some(Err(error)) => {
                written.problems.push(format!("{}, replicate {replicate}, failed: {error}", contender.name));
                continue;
            }
            None => {
                written
                    .problems
                    .push(format!("{}, replicate {replicate}, has not been run yet", contender.name));
                continue;
            }
        };
        for export in exports::strategies(experiment, contender, replicate, &outcome) {
            match export {
                Err(problem) => written.problems.push(problem),
                Ok(export) => {
                    let part = place.suffix();
                    let path = folder.join(format!("{}{part}.toml", export.name));
                    put(&path, &export.text)
                        .map_err(|error| Stop::say(format!("cannot write {}: {error}", path.display())))?;
                    written.files.push(path);
                }
            }
        }
    }
    Ok(written)
}

fn unit_id(experiment: &Experiment, contender: &Contender, replicate: u32) -> String {
    Content::new(&experiment.fingerprint(contender)).id(replicate)
}

fn put(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = WholeFile::create(path)?;
    file.write_all(text.as_bytes())?;
    file.finish()
}

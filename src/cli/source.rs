//! Opens experiment files: from disk, with `--set` and its kin applied; or from a store.

use super::library::Files;
use super::{ExperimentFile, Stop};
use crate::experiment::charts::{self, Chart};
use crate::experiment::file::{Experiment, drop_replaced_regime, drop_replaced_strategies};
use crate::experiment::store::Store;
use crate::experiment::study::Study;
use crate::settings::{Document, Value};
use std::path::Path;

/// Reads an experiment file and applies the changes of the command line.
///
/// # Errors
/// Everything that is wrong with the file or the changes.
pub fn study(file: &ExperimentFile) -> Result<Study, Stop> {
    let path = &file.file;
    let name = path.display().to_string();
    let bytes =
        std::fs::read(path).map_err(|error| Stop::say(format!("{name}: cannot read the file: {error}")))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Stop::say(format!(
            "{name}: not a text file: byte {at} is not UTF-8; an experiment is a TOML file in UTF-8"
        ))
    })?;
    let mut document = Document::parse(&name, &text).map_err(|error| Stop::refuse(&error))?;
    let written = document.clone();
    let mut fixed = false;
    let mut set = |path: &str, value: &str| document.set(path, value).map_err(|error| Stop::refuse(&error));
    if let Some(seed) = file.changes.seed {
        set("experiment.seed", &seed.to_string())?;
    }
    if let Some(replicates) = file.changes.replicates {
        set("experiment.replicates", &replicates.to_string())?;
        fixed = true;
    }
    for change in &file.changes.set {
        let (path, value) = change.split_once('=').ok_or_else(|| {
            Stop::say(format!(
                "--set {change}: there is no `=`; allowed: PATH=VALUE, such as mechanism.dpos.seats=5"
            ))
        })?;
        set(path.trim(), value.trim())?;
    }
    if let Some(strategies) = &file.changes.robustness {
        let names: Vec<Value> =
            strategies.split(',').map(|name| Value::Text(name.trim().to_owned())).collect();
        set("robustness.strategies", &Value::List(names).to_string())?;
    }
    let changed: Vec<String> = file.changes.set.iter().map(|change| path_of(change).to_owned()).collect();
    drop_replaced_strategies(&mut document, &written, &changed);
    drop_replaced_regime(&mut document, &written, &changed);
    if fixed {
        // A number of replicates overrides any stopping rule.
        document.remove("replication");
    }
    Study::read(document, Files::beside(path)).map_err(|error| Stop::refuse(&error))
}

/// The path of a change `PATH=VALUE`.
fn path_of(change: &str) -> &str {
    change.split_once('=').map_or(change, |(path, _)| path.trim())
}

/// The `[[charts]]` of a file for an experiment whose results are there; what else the file holds is not read.
///
/// # Errors
/// A file that cannot be read, and everything that is wrong with them.
pub fn charts(file: &Path, experiment: &Experiment) -> Result<Vec<Chart>, Stop> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file)
        .map_err(|error| Stop::say(format!("{name}: cannot read the file: {error}")))?;
    let document = Document::parse(&name, &text).map_err(|error| Stop::refuse(&error))?;
    let kind = experiment.resolved.value("experiment.kind");
    let kind = kind.as_ref().and_then(Value::as_text).unwrap_or("compare");
    let contenders: Vec<String> = experiment.contenders.iter().map(|c| c.name.clone()).collect();
    charts::read_alone(&document, kind, &contenders).map_err(|error| Stop::refuse(&error))
}

/// The study that a store holds, as it was resolved.
///
/// # Errors
/// A store that cannot be read, or that this version does not understand.
pub fn stored(store: &Store, directory: &Path) -> Result<Study, Stop> {
    let text = store.meta("resolved").map_err(|error| Stop::refuse(&error))?.ok_or_else(|| {
        Stop::say(format!("{}: the store does not say which experiment it holds", store.path().display()))
    })?;
    let name = directory.join("experiment.toml").display().to_string();
    let document = Document::parse(&name, &text).map_err(|error| Stop::refuse(&error))?;
    Study::read(document, Files::beside(directory)).map_err(|error| Stop::refuse(&error))
}

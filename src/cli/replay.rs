//! `replay DIR UNIT`: one stored unit again, compared byte for byte.

use super::library::Files;
use super::{Common, Status, Stop, source};
use crate::experiment::design::Point;
use crate::experiment::optimization::points;
use crate::experiment::outcome::{Outcome, UnitKey};
use crate::experiment::store::Store;
use crate::experiment::study::{self, Study, plan};
use crate::experiment::unit::UnitPlan;
use clap::Args;
use std::path::PathBuf;

/// Options of `replay`.
#[derive(Debug, Args)]
pub struct Options {
    /// Output folder of a run
    directory: PathBuf,
    /// The unit: its id, or design/mechanism/replicate such as 0/dpos/3
    unit: String,
}

/// Runs a unit again.
///
/// # Errors
/// A store that cannot be read, or a unit that it does not have.
pub fn replay(options: &Options, common: &Common) -> Result<Status, Stop> {
    let store = Store::open_read_only(&options.directory).map_err(|error| Stop::refuse(&error))?;
    let study = source::stored(&store, &options.directory)?;
    if study.experiment.variations.optimization.is_some() {
        return replay_candidate(options, &store, &study, common);
    }
    let plan = find(&study, &store, &options.unit)?.ok_or_else(|| {
        let example = study.plan(0, 0, 0).key;
        Stop::say(format!(
            "{}: there is no unit `{}`; allowed: a unit's id, or design/mechanism/replicate such as 0/{}/0",
            options.directory.display(),
            options.unit,
            example.mechanism
        ))
    })?;
    let stored = store.outcome(&plan.id).map_err(|error| Stop::refuse(&error))?.ok_or_else(|| {
        Stop::say(format!("{}: unit `{}` has not been run yet", options.directory.display(), options.unit))
    })?;
    Ok(say(&plan.id, compare(&stored, &study.work(&plan)), common))
}

fn say(unit: &str, difference: Option<String>, common: &Common) -> Status {
    let same = difference.is_none();
    let text = difference.unwrap_or_else(|| format!("unit {unit} gives the same bytes"));
    common.result(&text, || serde_json::json!({"unit": unit, "same": same, "message": text}));
    if same { Status::Done } else { Status::Failed }
}

/// A unit of an optimization, whose design points only the store knows.
fn replay_candidate(
    options: &Options,
    store: &Store,
    study: &Study,
    common: &Common,
) -> Result<Status, Stop> {
    let place = options.directory.display();
    let address = |key: &UnitKey| format!("{}/{}/{}", key.design, key.mechanism, key.replicate);
    let units = store.units().map_err(|error| Stop::refuse(&error))?;
    let unit =
        units.iter().find(|unit| unit.id == options.unit || address(&unit.key) == options.unit).ok_or_else(|| {
            let example = units.first().map_or(String::new(), |unit| address(&unit.key));
            Stop::say(format!(
                "{place}: there is no unit `{}`; allowed: a unit's id, or design/mechanism/replicate such as {example}",
                options.unit
            ))
        })?;
    let settings = store.design_values(unit.key.design).map_err(|error| Stop::refuse(&error))?;
    let assigned = store.parameters().iter().zip(settings);
    let assignments =
        assigned.filter_map(|(path, value)| Some((path.clone(), study.setting(path, value?)))).collect();
    let library = Files::beside(&options.directory);
    let point = points::experiment(&Point { assignments }, &study.bare, &library)
        .map_err(|error| Stop::refuse(&error))?;
    let contender = point.contenders.iter().find(|c| c.name == unit.key.mechanism);
    let contender = contender
        .ok_or_else(|| Stop::say(format!("{place}: there is no contender `{}`", unit.key.mechanism)))?;
    let plan = plan(&point, unit.key.design, contender, unit.key.replicate);
    if plan.id != unit.id {
        return Err(Stop::say(format!(
            "{place}: unit `{}` is of another version of the program",
            options.unit
        )));
    }
    let stored = store.outcome(&unit.id).map_err(|error| Stop::refuse(&error))?;
    let stored =
        stored.ok_or_else(|| Stop::say(format!("{place}: unit `{}` is not stored", options.unit)))?;
    Ok(say(&unit.id, compare(&stored, &study::simulate(&point, &plan)), common))
}

/// The unit of this address or id. Which replicates a stopping rule asked for only the store knows.
fn find(study: &Study, store: &Store, unit: &str) -> Result<Option<UnitPlan>, Stop> {
    let addressed = || {
        // No contender's name has a slash.
        let mut parts = unit.split('/');
        let (design, mechanism, replicate) = (parts.next()?, parts.next()?, parts.next()?);
        let whole = parts.next().is_none();
        study.find(design.parse().ok()?, mechanism, replicate.parse().ok()?).filter(|_| whole)
    };
    if let Some(plan) = addressed() {
        return Ok(Some(plan));
    }
    let stored = store.address(unit).map_err(|error| Stop::refuse(&error))?;
    let named = stored.and_then(|key| study.find(key.design, &key.mechanism, key.replicate));
    Ok(named.filter(|plan| plan.id == unit))
}

/// The first difference between what is stored and what came out again.
fn compare(stored: &Result<Outcome, String>, again: &Result<Outcome, String>) -> Option<String> {
    match (stored, again) {
        (Ok(a), Ok(b)) => {
            let bits = |x: &f64| x.to_bits();
            for (x, y) in a.metrics.iter().zip(&b.metrics) {
                if x.0 != y.0 || bits(&x.1) != bits(&y.1) {
                    return Some(format!(
                        "the unit differs: `{}` was {}, now `{}` is {}",
                        x.0, x.1, y.0, y.1
                    ));
                }
            }
            if a.metrics.len() != b.metrics.len() {
                return Some(format!(
                    "the unit differs: {} metrics were stored, now there are {}",
                    a.metrics.len(),
                    b.metrics.len()
                ));
            }
            if a.curves != b.curves {
                return Some("the unit differs: its curves have changed".to_owned());
            }
            (a.policies != b.policies).then(|| "the unit differs: its policies have changed".to_owned())
        }
        (Err(a), Err(b)) => (a != b).then(|| format!("the unit failed with `{a}`, now with `{b}`")),
        (Ok(_), Err(error)) => Some(format!("the unit was done, now it fails: {error}")),
        (Err(error), Ok(_)) => Some(format!("the unit had failed ({error}), now it is done")),
    }
}

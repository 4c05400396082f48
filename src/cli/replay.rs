//! `replay DIR UNIT`: one stored unit again, compared byte for byte.

use super::{Common, Status, Stop, source};
use crate::experiment::outcome::Outcome;
use crate::experiment::store::Store;
use crate::experiment::study::Study;
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
    let plan = find(&study, &options.unit).ok_or_else(|| {
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
    let again = study.work(&plan);
    let difference = compare(&stored, &again);
    let same = difference.is_none();
    let text = difference.unwrap_or_else(|| format!("unit {} gives the same bytes", plan.id));
    common.result(&text, || serde_json::json!({"unit": plan.id, "same": same, "message": text}));
    Ok(if same { Status::Done } else { Status::Failed })
}

/// The unit of this address or id.
fn find(study: &Study, unit: &str) -> Option<UnitPlan> {
    let addressed = || {
        // No contender's name has a slash.
        let mut parts = unit.split('/');
        let (design, mechanism, replicate) = (parts.next()?, parts.next()?, parts.next()?);
        let whole = parts.next().is_none();
        study.find(design.parse().ok()?, mechanism, replicate.parse().ok()?).filter(|_| whole)
    };
    addressed().or_else(|| study.plans().find(|plan| plan.id == unit))
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

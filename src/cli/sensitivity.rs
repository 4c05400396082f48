//! `run FILE` of a sensitivity study: units, then indices.

use super::closing::{self, Finished, csv_as_json};
use super::run;
use super::{Status, Stop};
use crate::experiment::optimization::trial;
use crate::experiment::sensitivity::{Sensitivity, findings};
use crate::experiment::store::Store;
use crate::experiment::study::Study;
use crate::experiment::tables;
use crate::report::sensitivity;

/// Refuses metrics that a contender cannot have.
///
/// # Errors
/// Each of them, with the metrics that there are.
pub fn check_metrics(study: &Study, asked: &Sensitivity, file: &str) -> Result<(), Stop> {
    let keys = asked.metrics.iter().map(|m| (m.key, "metric", "sensitivity.metrics")).collect::<Vec<_>>();
    trial::refuse_missing(&keys, &study.experiment, file).map_err(Stop::say)
}

/// Writes everything from the store and says how it went.
///
/// # Errors
/// A store that fails, or files that cannot be written.
pub(super) fn finish(run: &Finished, asked: &Sensitivity, store: &Store) -> Result<Status, Stop> {
    let &Finished { study, directory, summary, common, .. } = run;
    let experiment = &study.experiment;
    run::write_text(&directory.join("experiment.toml"), &experiment.resolved.to_toml())?;
    let (sha, _) = tables::write_results_and_summary(store, directory).map_err(|error| Stop::fail(&error))?;
    let found = findings::read(store, asked).map_err(|error| Stop::fail(&error))?;
    tables::sensitivity::write(store, asked, &found, directory).map_err(|error| Stop::fail(&error))?;
    let (done, failed) = store.counts().map_err(|error| Stop::fail(&error))?;
    let all = study.planned();
    let manifest = run.manifest(store, sha, all)?;
    let charts = run.draw(store)?;
    let mut text = sensitivity::closing(store, experiment, asked, &found);
    text += &closing::written(directory, &[tables::sensitivity::FILE, "summary.csv", "results.csv"], &charts);
    run.say(&text, &manifest, &charts, || {
        vec![
            ("remarks", sensitivity::remarks(&found).into()),
            ("sensitivity", csv_as_json(&directory.join(tables::sensitivity::FILE))),
        ]
    });
    if let Some(status) = run.units_failed(store, failed, all)? {
        return Ok(status);
    }
    if summary.stopped_early {
        common.say(&format!(
            "stopped early: {done} of {all} units are stored; the same command goes on from there"
        ));
        return Ok(Status::Incomplete);
    }
    Ok(Status::Done)
}

//! `run FILE` of a sensitivity study: units, then indices.

use super::run::{self, Finished};
use super::{Status, Stop};
use crate::experiment::optimization::trial;
use crate::experiment::sensitivity::{Sensitivity, findings};
use crate::experiment::store::Store;
use crate::experiment::study::Study;
use crate::experiment::tables;
use crate::report::{document, sensitivity};

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
    let &Finished { study, directory, summary, printing, common, .. } = run;
    let experiment = &study.experiment;
    run::write_text(&directory.join("experiment.toml"), &experiment.resolved.to_toml())?;
    let (sha, _) = tables::write_results_and_summary(store, directory).map_err(|error| Stop::fail(&error))?;
    let found = findings::read(store, asked).map_err(|error| Stop::fail(&error))?;
    tables::sensitivity::write(store, asked, &found, directory).map_err(|error| Stop::fail(&error))?;
    let (done, failed) = store.counts().map_err(|error| Stop::fail(&error))?;
    let all = study.planned();
    let manifest = run::manifest(run, store, sha, all)?;
    let wanted = document::Wanted { printing, stars: false };
    let written =
        document::write(store, experiment, directory, wanted).map_err(|error| Stop::fail(&error))?;
    for note in &written.notes {
        common.say(note);
    }
    let mut text = sensitivity::closing(store, experiment, asked, &found);
    text.push_str("\nTables  ");
    text.push_str(&directory.join(tables::sensitivity::FILE).display().to_string());
    text.push_str(", summary.csv, results.csv\n");
    text += &run::figures_written(&written);
    common.result(&text, || {
        serde_json::json!({
            "experiment": experiment.name,
            "output": directory.display().to_string(),
            "units": manifest.units,
            "seconds": manifest.seconds,
            "results_sha256": manifest.results_sha256,
            "remarks": sensitivity::remarks(&found),
            "charts": written.charts.iter().map(|c| c.display().to_string()).collect::<Vec<_>>(),
            "sensitivity": run::csv_as_json(&directory.join(tables::sensitivity::FILE)),
        })
    });
    if summary.failed > 0 || failed > 0 {
        let place = directory.join("results.sqlite");
        eprintln!(
            "{failed} of {all} units failed; their errors are in the table `units` of {}",
            place.display()
        );
        return Ok(Status::Failed);
    }
    if summary.stopped_early {
        common.say(&format!(
            "stopped early: {done} of {all} units are stored; the same command goes on from there"
        ));
        return Ok(Status::Incomplete);
    }
    Ok(Status::Done)
}

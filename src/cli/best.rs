//! `run FILE` of a search for one best setting.

use super::run::{self, Computing, Finished};
use super::{Common, Status, Stop};
use crate::cli::library::Files;
use crate::experiment::optimization::Optimization;
use crate::experiment::optimization::best::{BestSearch, Optimum, audited};
use crate::experiment::optimization::points::Points;
use crate::experiment::runner::{RunSummary, UnitPlan};
use crate::experiment::store::Store;
use crate::experiment::study::Study;
use crate::experiment::tables;
use crate::optimize::best::descent::Descent;
use crate::report::{best, document};

/// Searches and audits; what it finds is in the store.
///
/// # Errors
/// A store that fails.
pub(super) fn compute(
    study: &Study,
    (optimization, descent): (&Optimization, Descent),
    store: &mut Store,
    how: Computing,
    library: &Files,
    common: &Common,
) -> Result<RunSummary, Stop> {
    let fail = |error: crate::experiment::store::StoreError| Stop::fail(&error);
    store.forget_addresses().map_err(fail)?;
    let points = Points::new(optimization, &study.bare, library);
    let workshop = points.workshop();
    let work = |plan: &UnitPlan| workshop.work(plan);
    let mut search = BestSearch::new(optimization, descent, points);
    let searched = run::drive(&mut search, &work, store, how, common)?;
    let mut audits = search.audit(study.experiment.replicates);
    search.optimum().put(store).map_err(fail)?;
    let values: Vec<_> = (0..).zip(search.design_points().map(|point| point.values())).collect();
    store.put_designs(values).map_err(fail)?;
    if searched.stopped_early {
        return Ok(RunSummary { failed: 0, ..searched });
    }
    common.say(&format!("auditing the best setting on {} fresh replicates", study.experiment.replicates));
    let checked = run::drive(&mut audits, &work, store, how, common)?;
    Ok(RunSummary {
        done: searched.done + checked.done,
        reused: searched.reused + checked.reused,
        // A setting that cannot be simulated is passed over, and said so.
        failed: checked.failed,
        stopped_early: checked.stopped_early,
    })
}

/// Writes everything from the store and says how it went.
///
/// # Errors
/// A store that fails, or files that cannot be written.
pub(super) fn finish(run: &Finished, optimization: &Optimization, store: &Store) -> Result<Status, Stop> {
    let &Finished { study, directory, summary, printing, common, .. } = run;
    let experiment = &study.experiment;
    let fail = |error: crate::experiment::store::StoreError| Stop::fail(&error);
    run::write_text(&directory.join("experiment.toml"), &experiment.resolved.to_toml())?;
    let (sha, _) = tables::write_results_and_summary(store, directory).map_err(|error| Stop::fail(&error))?;
    let optimum = Optimum::read(store).map_err(fail)?.unwrap_or_default();
    let checked = audited(store, optimization, &optimum).map_err(fail)?;
    tables::optimum::write(optimization, &optimum, checked.as_ref(), directory)
        .map_err(|error| Stop::fail(&error))?;
    let (done, failed) = store.counts().map_err(fail)?;
    let manifest = run::manifest(run, store, sha, done + failed)?;
    let wanted = document::Wanted { printing, stars: false };
    let written =
        document::write(store, experiment, directory, wanted).map_err(|error| Stop::fail(&error))?;
    for note in &written.notes {
        common.say(note);
    }
    let mut text = best::closing(experiment, optimization, &optimum, checked.as_ref());
    text.push_str("\nTables  ");
    text.push_str(&directory.join(tables::optimum::FILE).display().to_string());
    text.push_str(", summary.csv, results.csv\n");
    text += &run::figures_written(&written);
    common.result(&text, || {
        serde_json::json!({
            "experiment": experiment.name,
            "output": directory.display().to_string(),
            "units": manifest.units,
            "seconds": manifest.seconds,
            "results_sha256": manifest.results_sha256,
            "remarks": best::remarks(optimization, &optimum, checked.as_ref()),
            "charts": written.charts.iter().map(|c| c.display().to_string()).collect::<Vec<_>>(),
            "optimum": run::csv_as_json(&directory.join(tables::optimum::FILE)),
        })
    });
    if summary.failed > 0 {
        eprintln!(
            "{} units of the audit failed; their errors are in the table `units` of the store",
            summary.failed
        );
        return Ok(Status::Failed);
    }
    if summary.stopped_early {
        common.say("stopped early; the same command goes on from there");
        return Ok(Status::Incomplete);
    }
    if optimum.design.is_none() {
        eprintln!("no feasible setting was found: see above which constraint is missed, and by how much");
        return Ok(Status::Failed);
    }
    Ok(Status::Done)
}

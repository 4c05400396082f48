//! `run FILE` of a search for one best setting.

use super::closing::{self, Finished, csv_as_json};
use super::run::{self, Computing};
use super::{Common, Status, Stop, optimize};
use crate::cli::library::Files;
use crate::experiment::optimization::Optimization;
use crate::experiment::optimization::best::{BestSearch, Optimum, audited};
use crate::experiment::optimization::points::Points;
use crate::experiment::runner::{RunSummary, UnitPlan};
use crate::experiment::store::Store;
use crate::experiment::study::Study;
use crate::experiment::tables;
use crate::optimize::best::descent::Descent;
use crate::report::best;
use std::time::Instant;

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
    started: Instant,
    common: &Common,
) -> Result<RunSummary, Stop> {
    let fail = |error: crate::experiment::store::StoreError| Stop::fail(&error);
    store.forget_addresses().map_err(fail)?;
    let points = Points::new(optimization, &study.bare, library);
    let workshop = points.workshop();
    let work = |plan: &UnitPlan| workshop.work(plan);
    let mut search = BestSearch::new(optimization, descent, points);
    let until = |share| optimize::until(how.deadline, started, share);
    let hurried = Computing { deadline: until(optimize::SEARCH_SHARE), ..how };
    let searched = run::drive(&mut search, &work, store, hurried, common)?;
    let mut audits = search.audit(study.experiment.replicates);
    search.optimum().put(store).map_err(fail)?;
    let values: Vec<_> = (0..).zip(search.design_points().map(|point| point.values())).collect();
    store.put_designs(values).map_err(fail)?;
    // A setting that cannot be simulated is passed over, and said so.
    let searched = RunSummary { failed: 0, ..searched };
    if searched.stopped_early && how.deadline.is_none() {
        // Whoever interrupts does not want to wait for an audit.
        return Ok(searched);
    }
    let which = if searched.stopped_early { "best setting so far" } else { "best setting" };
    common.say(&format!("auditing the {which} on {} fresh replicates", study.experiment.replicates));
    let hurried = Computing { deadline: until(1.0 - optimize::WRITING_SHARE), ..how };
    let checked = run::drive(&mut audits, &work, store, hurried, common)?;
    Ok(optimize::together(searched, checked))
}

/// Writes everything from the store and says how it went.
///
/// # Errors
/// A store that fails, or files that cannot be written.
pub(super) fn finish(run: &Finished, optimization: &Optimization, store: &Store) -> Result<Status, Stop> {
    let &Finished { study, directory, summary, common, .. } = run;
    let experiment = &study.experiment;
    let fail = |error: crate::experiment::store::StoreError| Stop::fail(&error);
    run::write_text(&directory.join("experiment.toml"), &experiment.resolved.to_toml())?;
    let (sha, _) = tables::write_results_and_summary(store, directory).map_err(|error| Stop::fail(&error))?;
    let optimum = Optimum::read(store).map_err(fail)?.unwrap_or_default();
    let checked = audited(store, optimization, &optimum).map_err(fail)?;
    tables::optimum::write(optimization, &optimum, checked.as_ref(), directory)
        .map_err(|error| Stop::fail(&error))?;
    let (done, failed) = store.counts().map_err(fail)?;
    let manifest = run.manifest(store, sha, done + failed)?;
    let charts = run.draw(store)?;
    let mut text = best::closing(experiment, optimization, &optimum, checked.as_ref());
    text += &closing::written(directory, &[tables::optimum::FILE, "summary.csv", "results.csv"], &charts);
    run.say(&text, &manifest, &charts, || {
        vec![
            ("remarks", best::remarks(optimization, &optimum, checked.as_ref()).into()),
            ("optimum", csv_as_json(&directory.join(tables::optimum::FILE))),
        ]
    });
    if let Some(status) = run.audit_failed() {
        return Ok(status);
    }
    if summary.stopped_early {
        common.say("stopped early; the same command goes on from there");
        return Ok(Status::Incomplete);
    }
    if optimum.design.is_none() {
        let missed = optimum.closest.is_some() || optimum.nearest.iter().any(|n| n.keep == 0);
        let why = if missed { "see above which constraint is missed, and by how much" } else { "see above" };
        eprintln!("no feasible setting was found: {why}");
        return Ok(Status::Failed);
    }
    if optimum.is_constant {
        eprintln!("there is no best setting: the objective does not vary");
        return Ok(Status::Failed);
    }
    Ok(Status::Done)
}

//! `run FILE` of an optimization: search, audit, front.

use super::closing::{self, Finished, csv_as_json};
use super::run::{self, Computing};
use super::{Common, Status, Stop};
use crate::cli::library::Files;
use crate::experiment::optimization::auditing::audit;
use crate::experiment::optimization::front::Front;
use crate::experiment::optimization::points::Points;
use crate::experiment::optimization::polishing::Polishing;
use crate::experiment::optimization::progress::growth;
use crate::experiment::optimization::record::Record;
use crate::experiment::optimization::searching::Searching;
use crate::experiment::optimization::{Optimization, trial};
use crate::experiment::runner::{RunSummary, UnitPlan};
use crate::experiment::store::Store;
use crate::experiment::study::Study;
use crate::experiment::tables;
use crate::report::frontier;
use std::time::{Duration, Instant};

/// Share of the time that the search may take, where time is limited; the audit has most of the rest.
pub(super) const SEARCH_SHARE: f64 = 0.7;
/// Share of the time by which knees must have been polished.
const POLISH_SHARE: f64 = 0.8;
/// Share that is left for tables and figures.
pub(super) const WRITING_SHARE: f64 = 0.03;

/// Refuses metrics that a contender cannot have.
///
/// # Errors
/// Each of them, with the metrics that there are.
pub fn check_metrics(study: &Study, optimization: &Optimization, file: &str) -> Result<(), Stop> {
    let objectives =
        optimization.objectives.iter().map(|o| (o.metric.key, "objective", "optimize.objectives"));
    let constraints =
        optimization.constraints.iter().map(|c| (c.metric.key, "constraint", "optimize.constraints"));
    let asked: Vec<_> = objectives.chain(constraints).collect();
    trial::refuse_missing(&asked, &study.experiment, file).map_err(Stop::say)
}

/// Searches and audits; what it finds is in the store.
///
/// # Errors
/// A store that fails.
pub(super) fn compute(
    study: &Study,
    optimization: &Optimization,
    store: &mut Store,
    how: Computing,
    library: &Files,
    started: Instant,
    common: &Common,
) -> Result<RunSummary, Stop> {
    let fail = |error: crate::experiment::store::StoreError| Stop::fail(&error);
    // The search gives its units their addresses anew: an audit of an earlier, shorter search is none of this one.
    store.forget_addresses().map_err(fail)?;
    let points = Points::new(optimization, &study.bare, library);
    let workshop = points.workshop();
    let work = |plan: &UnitPlan| workshop.work(plan);
    let mut searching = Searching::new(optimization, study.experiment.play.tolerance, points);
    let until = |share: f64| self::until(how.deadline, started, share);
    let searched =
        run::drive(&mut searching, &work, store, Computing { deadline: until(SEARCH_SHARE), ..how }, common)?;
    let mut summary = RunSummary { failed: 0, ..searched };
    let mut polished = (0, 0);
    if !searched.stopped_early {
        let mut polishing = Polishing::new(&mut searching);
        polished.0 = polishing.starts() as u32;
        let ended = run::drive(
            &mut polishing,
            &work,
            store,
            Computing { deadline: until(POLISH_SHARE), ..how },
            common,
        )?;
        // A candidate that cannot be simulated is ruled out, and said so; the study has not failed for that.
        summary = together(summary, RunSummary { failed: 0, ..ended });
        // Half a descent is none, so that a run that goes on later ends with the same bytes.
        if !ended.stopped_early {
            polished.1 = polishing.close() as u32;
        }
    }
    // Before anything else may end the run: the store's addresses are those of this search, and no longer of an earlier one.
    let record = Record { polished, ..searching.record(!summary.stopped_early) };
    record.put(store).map_err(fail)?;
    let candidates = 0..searching.candidates();
    let values = candidates.map(|design| (design as u32, searching.point(design).values()));
    store.put_designs(values).map_err(fail)?;
    let finalists = searching.finalists();
    if summary.stopped_early && how.deadline.is_none() {
        // Whoever interrupts does not want to wait for an audit.
        return Ok(summary);
    }
    common.say(&format!(
        "{} candidates on the front of the search: auditing them on {} fresh replicates each",
        finalists.len(),
        study.experiment.replicates
    ));
    let mut audits = audit(&mut searching, &finalists, study.experiment.replicates);
    let deadline = until(1.0 - WRITING_SHARE);
    let audited = run::drive(&mut audits, &work, store, Computing { deadline, ..how }, common)?;
    Ok(together(summary, audited))
}

/// When a share of the time is over, where time is limited.
pub(super) fn until(deadline: Option<Instant>, started: Instant, share: f64) -> Option<Instant> {
    let whole = deadline?.saturating_duration_since(started);
    Some(started + Duration::from_secs_f64(whole.as_secs_f64() * share))
}

/// One stage of a run and the next: units of both, and cut short where either was.
pub(super) fn together(a: RunSummary, b: RunSummary) -> RunSummary {
    RunSummary {
        done: a.done + b.done,
        reused: a.reused + b.reused,
        shared: a.shared + b.shared,
        failed: a.failed + b.failed,
        stopped_early: a.stopped_early || b.stopped_early,
    }
}

/// Writes everything from the store and says how it went.
///
/// # Errors
/// A store that fails, or files that cannot be written.
pub(super) fn finish(run: &Finished, optimization: &Optimization, store: &Store) -> Result<Status, Stop> {
    let &Finished { study, directory, summary, common, .. } = run;
    let experiment = &study.experiment;
    run::write_text(&directory.join("experiment.toml"), &experiment.resolved.to_toml())?;
    let (sha, _) = tables::write_results_and_summary(store, directory).map_err(|error| Stop::fail(&error))?;
    tables::write_policies(store, directory).map_err(|error| Stop::fail(&error))?;
    let front = read_front(store, experiment, optimization)?;
    if let Some(front) = &front {
        let growth = growth(store, optimization, front).map_err(|error| Stop::fail(&error))?;
        tables::frontier::write(store, optimization, front, &growth, directory)
            .map_err(|error| Stop::fail(&error))?;
    }
    let (done, failed) = store.counts().map_err(|error| Stop::fail(&error))?;
    let manifest = run.manifest(store, sha, done + failed)?;
    let charts = run.draw(store)?;
    let mut text = front
        .as_ref()
        .map_or(String::new(), |front| frontier::closing(store, experiment, optimization, front));
    let mut files = vec![tables::frontier::FILE];
    files.extend(tables::frontier::OTHERS);
    files.extend(["summary.csv", "results.csv", "policies.csv"]);
    text += &closing::written(directory, &files, &charts);
    let has_front = front.as_ref().is_some_and(|front| !front.points.is_empty());
    run.say(&text, &manifest, &charts, || {
        let remarks = front.as_ref().map(|front| frontier::remarks(store, optimization, front));
        vec![
            ("audited_replicates", front.as_ref().map_or(0, |front| front.audited).into()),
            ("remarks", remarks.into()),
            ("frontier", csv_as_json(&directory.join(tables::frontier::FILE))),
        ]
    });
    if let Some(status) = run.audit_failed() {
        return Ok(status);
    }
    if summary.stopped_early {
        common.say(
            "stopped early: the front is that of the search so far; the same command goes on from there",
        );
        return Ok(Status::Incomplete);
    }
    if !has_front {
        if let Some(front) = &front {
            eprintln!("{}", frontier::why_empty(front));
        }
        return Ok(Status::Failed);
    }
    if front.as_ref().is_some_and(|front| front.is_constant(optimization)) {
        eprintln!("there is no front: no objective varies");
        return Ok(Status::Failed);
    }
    Ok(Status::Done)
}

fn read_front(
    store: &Store,
    experiment: &crate::experiment::file::Experiment,
    optimization: &Optimization,
) -> Result<Option<Front>, Stop> {
    Front::read(store, optimization, experiment.play.tolerance, experiment.replicates)
        .map_err(|error| Stop::fail(&error))
}

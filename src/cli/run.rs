//! `run FILE`: everything that the experiment file asks for.

use super::best;
use super::closing::{self, Finished, csv_as_json};
use super::library::Files;
use super::optimize;
use super::printing::Printing;
use super::sensitivity;
use super::slurm::{self, Engine};
use super::{Common, ExperimentFile, Status, Stop, export, source};
use crate::experiment::file::ENGINE;
use crate::experiment::lock::OutputLock;
use crate::experiment::outcome::Outcome;
use crate::experiment::progress::fitting;
use crate::experiment::runner::{self, OnError, RunOptions, RunSummary, UnitPlan};
use crate::experiment::simulate::Keep;
use crate::experiment::store::{self, Journal, Opening, Store, StoreError, StudyHead};
use crate::experiment::study::{Piece, Study};
use crate::experiment::whole_file::WholeFile;
use crate::experiment::{references, tables};
use crate::measure::metrics::METRICS;
use crate::report::precision::{Progress, Reached};
use crate::report::{document, robustness, sweep, table};
use clap::Args;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// Options of `run`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    pub(super) experiment: ExperimentFile,
    /// Where to write (default: output/NAME)
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Discard what is stored and begin anew
    #[arg(long)]
    pub(super) fresh: bool,
    /// Stop after so many minutes, with what there is by then
    #[arg(long, value_name = "M")]
    pub(super) max_minutes: Option<f64>,
    /// What to do when a unit fails: go on with the others, or stop
    #[arg(long, value_name = "WHAT", value_parser = ["continue", "stop"], default_value = "continue")]
    pub(super) on_error: String,
    #[command(flatten)]
    pub(super) printing: Printing,
    #[command(flatten)]
    pub(super) engine: Engine,
}

/// Runs the experiment.
///
/// # Errors
/// An invalid file, an output directory that cannot be used, a store that fails.
pub fn run(options: &Options, common: &Common) -> Result<Status, Stop> {
    let started = (SystemTime::now(), Instant::now());
    let deadline = deadline(options.max_minutes, started.1)?;
    let printing = options.printing.of_figures()?;
    let study = source::study(&options.experiment)?;
    let experiment = &study.experiment;
    study.notes.iter().for_each(|note| common.say(note));
    let directory = options.output.clone().unwrap_or_else(|| Path::new("output").join(&experiment.name));
    if let Some(optimization) = &experiment.variations.optimization {
        if options.engine.engine.is_some() {
            return Err(Stop::say(
                "--engine: an optimization runs on one machine: what it asks next hangs on what it was told",
            ));
        }
        optimize::check_metrics(&study, optimization, &options.experiment.file.display().to_string())?;
    }
    if let Some(asked) = &experiment.variations.sensitivity {
        sensitivity::check_metrics(&study, asked, &options.experiment.file.display().to_string())?;
    }
    if options.engine.engine.is_some() {
        return slurm::submit(options, &study, &directory, common);
    }
    inspect(&directory, options.fresh)?;
    let lock = OutputLock::acquire(&directory).map_err(|error| Stop::refuse(&error))?;
    if options.fresh {
        begin_anew(&lock, common)?;
    }
    let mut store = open_store(&study, &lock, Journal::WriteAhead)?;
    if store.opening() == Opening::Changed && experiment.variations.optimization.is_some() {
        common.say("the experiment has changed since its last run: units that are the same count again");
    } else if store.opening() == Opening::Changed {
        let valid = still_valid(&study, &store).map_err(|error| Stop::fail(&error))?;
        // With a stopping rule nobody knows of how many.
        let of = match &experiment.variations.stopping {
            Some(_) => "units are still valid",
            None => &format!("of {} units are still valid", study.planned()),
        };
        common.say(&format!(
            "the experiment has changed since its last run: {valid} {of} (units of other versions stay in the store, and count \
             again when the file says so)"
        ));
    }
    let how = Computing { threads: common.threads(), on_error: on_error(&options.on_error), deadline };
    let finished =
        |summary| Finished { study: &study, directory: &directory, summary, started, printing, common };
    let status = if let Some(optimization) = &experiment.variations.optimization {
        let library = Files::beside(&options.experiment.file);
        if let Some(descent) = optimization.descent {
            let summary =
                best::compute(&study, (optimization, descent), &mut store, how, &library, started.1, common)?;
            best::finish(&finished(summary), optimization, &store)?
        } else {
            let summary =
                optimize::compute(&study, optimization, &mut store, how, &library, started.1, common)?;
            optimize::finish(&finished(summary), optimization, &store)?
        }
    } else {
        put_points(&study, &mut store)?;
        let summary = compute(&study, Piece::WHOLE, &mut store, how, common)?;
        finish(&finished(summary), &store)?
    };
    store.close().map_err(|error| Stop::fail(&error))?;
    Ok(status)
}

/// Stored units that the study asks for, or may come to ask for.
fn still_valid(study: &Study, store: &Store) -> Result<u64, StoreError> {
    let is_done = |plan: &UnitPlan| Ok(store.status(&plan.id)? == Some(store::Status::Done));
    let mut valid = 0;
    for plan in study.plans() {
        valid += u64::from(is_done(&plan)?);
    }
    let Some(rule) = &study.experiment.variations.stopping else { return Ok(valid) };
    let contenders = study.experiment.contenders.len();
    for (design, contender) in (0..study.design.len()).flat_map(|d| (0..contenders).map(move |c| (d, c))) {
        let more = study.least_replicates()..rule.maximum;
        for replicate in more {
            // A rule adds replicates in order.
            if !is_done(&study.plan(design, contender, replicate))? {
                break;
            }
            valid += 1;
        }
    }
    Ok(valid)
}

/// Refuses what stands in place of the store, unless it is to be discarded: what is cut short or of another version is ours to
/// discard, what was never a store is not.
pub(super) fn inspect(directory: &Path, fresh: bool) -> Result<(), Stop> {
    match Store::inspect(directory) {
        Err(error @ StoreError::Foreign { .. }) => Err(Stop::refuse(&error)),
        Err(error) if !fresh => Err(Stop::refuse(&error)),
        _ => Ok(()),
    }
}

/// Discards what is stored in the directory held by `lock`; what is cut short or damaged is kept beside.
pub(super) fn begin_anew(lock: &OutputLock, common: &Common) -> Result<(), Stop> {
    if let Some(aside) = Store::set_aside(lock).map_err(|error| Stop::refuse(&error))? {
        common.say(&format!("the damaged store is kept as {}", aside.display()));
    }
    Store::discard(lock).map_err(|error| Stop::refuse(&error))
}

/// Opens the store of a study in the directory held by `lock`.
pub(super) fn open_store(study: &Study, lock: &OutputLock, journal: Journal) -> Result<Store, Stop> {
    let experiment = &study.experiment;
    let contenders: Vec<String> = experiment.contenders.iter().map(|c| c.name.clone()).collect();
    let metrics: Vec<&'static str> = METRICS.iter().map(|metric| metric.key).collect();
    let head = StudyHead {
        experiment: &experiment.name,
        engine: ENGINE,
        study: &study.identity(),
        resolved: &experiment.resolved.to_toml(),
        contenders: &contenders,
        metrics: &metrics,
        parameters: &study.design.parameters,
    };
    Store::create_or_open_with(lock, &head, journal).map_err(|error| Stop::refuse(&error))
}

/// Stores the settings of each design point, and where curves are kept what theory says of each contender there, for charts.
pub(super) fn put_points(study: &Study, store: &mut Store) -> Result<(), Stop> {
    let fail = |error: StoreError| Stop::fail(&error);
    store.put_designs((0..).zip(study.design.points().map(|point| point.values()))).map_err(fail)?;
    if study.experiment.play.keep == Keep::Metrics || study.experiment.variations.sensitivity.is_some() {
        return Ok(());
    }
    let mut wrong = None;
    let curves = (0..study.design.len()).flat_map(|design| match study.point(design) {
        Ok(point) => references::reference_curves(&point)
            .into_iter()
            .map(|(_, name, curve)| (design, name, curve))
            .collect(),
        Err(error) => {
            wrong = Some(error);
            Vec::new()
        }
    });
    store.put_reference_curves(curves).map_err(fail)?;
    wrong.map_or(Ok(()), |error| Err(Stop::refuse(&error)))
}

pub(super) fn deadline(minutes: Option<f64>, start: Instant) -> Result<Option<Instant>, Stop> {
    match minutes {
        None => Ok(None),
        Some(m) if m.is_finite() && m > 0.0 && m < 1e7 => Ok(Some(start + Duration::from_secs_f64(m * 60.0))),
        Some(m) => Err(Stop::say(format!(
            "--max-minutes {}: allowed: a number of minutes above 0 and below 10 million",
            tables::format_number(m)
        ))),
    }
}

/// How units are computed.
#[derive(Clone, Copy)]
pub(super) struct Computing {
    pub threads: usize,
    pub on_error: OnError,
    pub deadline: Option<Instant>,
}

/// What `--on-error` says.
pub(super) fn on_error(word: &str) -> OnError {
    if word == "stop" { OnError::Stop } else { OnError::Continue }
}

/// Computes a piece of a study into its store.
pub(super) fn compute(
    study: &Study,
    piece: Piece,
    store: &mut Store,
    how: Computing,
    common: &Common,
) -> Result<RunSummary, Stop> {
    drive(study.piece(piece).as_mut(), &|plan: &UnitPlan| study.work(plan), store, how, common)
}

/// Runs whatever asks for units.
pub(super) fn drive(
    asking: &mut dyn runner::Study,
    work: &(dyn Fn(&UnitPlan) -> Result<Outcome, String> + Sync),
    store: &mut Store,
    how: Computing,
    common: &Common,
) -> Result<RunSummary, Stop> {
    let run_options = RunOptions {
        threads: how.threads,
        on_error: how.on_error,
        queue_width: RunOptions::QUEUE_WIDTH,
        deadline: how.deadline,
        interrupted: super::interrupted("units in flight"),
    };
    let mut progress = fitting(common.quiet);
    runner::run(asking, work, store, &run_options, progress.as_mut()).map_err(|error| Stop::fail(&error))
}

/// Writes tables, manifest and charts from the store, and says how it went.
pub(super) fn finish(run: &Finished, store: &Store) -> Result<Status, Stop> {
    let &Finished { study, directory, summary, common, .. } = run;
    let experiment = &study.experiment;
    let elapsed = run.started.1.elapsed();
    if let Some(asked) = &experiment.variations.sensitivity {
        return sensitivity::finish(run, asked, store);
    }
    write_text(&directory.join("experiment.toml"), &experiment.resolved.to_toml())?;
    let sha =
        tables::write_all(store, directory, experiment.play.tolerance).map_err(|error| Stop::fail(&error))?;
    tables::quantiles::write(store, directory, &experiment.quantiles).map_err(|error| Stop::fail(&error))?;
    robustness::write_table(store, experiment, directory).map_err(|error| Stop::fail(&error))?;
    let (done, failed) = store.counts().map_err(|error| Stop::fail(&error))?;
    // With a stopping rule nobody knows how many there will be: those of the first look at least.
    let all = study.planned().max(done + failed);
    let manifest = run.manifest(store, sha, all)?;
    let charts = if done > 0 { run.draw(store)? } else { document::Written::default() };
    let exported = if experiment.play.keep == Keep::Everything {
        let point = study.point(0).map_err(|error| Stop::refuse(&error))?;
        export::write(store, &point, directory, export::Place::default(), None)?
    } else {
        export::Written::default()
    };
    if failed == 0 && !summary.stopped_early {
        exported.problems.iter().for_each(|problem| common.say(problem));
    }
    let closing = match &charts.closing {
        Some(closing) => closing.clone(),
        None => table::summary_table(store, experiment).map_err(|error| Stop::fail(&error))?,
    };
    let mut text = closing;
    if let Some((verdict, _)) = &charts.verdict {
        text.push_str(verdict);
    }
    text.push_str(&files_written(directory, &charts));
    if !exported.files.is_empty() {
        let folder = directory.join("strategies");
        let files = exported.files.len();
        text.push_str("Learned ");
        text.push_str(&folder.display().to_string());
        text.push_str(&format_args!("/ ({files} files, to be seated elsewhere)\n").to_string());
    }
    // What was reached is of interest where a run stops before its end, and where it goes on until intervals are narrow enough.
    let reached = if summary.stopped_early || experiment.variations.stopping.is_some() {
        let computed = summary.done + summary.failed;
        let progress = Progress { computed, elapsed, done, planned: all };
        Some(Reached::read(store, experiment, progress).map_err(|error| Stop::fail(&error))?)
    } else {
        None
    };
    let design = if common.json {
        sweep::json::design(store, experiment).map_err(|error| Stop::fail(&error))?
    } else {
        None
    };
    run.say(&text, &manifest, &charts, || {
        vec![
            ("precision", reached.as_ref().map(Reached::as_json).into()),
            ("design", design.into()),
            ("summary", csv_as_json(&directory.join("summary.csv"))),
            ("comparison", csv_as_json(&directory.join("comparison.csv"))),
            ("robustness", csv_as_json(&directory.join(robustness::FILE))),
            ("verdict", charts.verdict.as_ref().map(|(_, verdict)| verdict.clone()).into()),
        ]
    });
    if let Some(status) = run.units_failed(store, failed, all)? {
        if summary.stopped_early {
            let left = reached.as_ref().map_or(all - done - failed, Reached::left);
            common.say(&format!("stopped early: {left} units are left; the same command goes on from there"));
        }
        return Ok(status);
    }
    if let Some(reached) = reached.as_ref().filter(|_| !summary.stopped_early) {
        reached.targets().iter().for_each(|text| common.say(&format!("target: {text}")));
        reached.missed().iter().for_each(|text| common.say(text));
    }
    if summary.stopped_early {
        // With a stopping rule nobody knows of how many.
        let of =
            experiment.variations.stopping.as_ref().map_or_else(|| format!(" of {all}"), |_| String::new());
        common
            .say(&format!("stopped early: {done}{of} units are stored; the same command goes on from there"));
        for text in reached.iter().flat_map(|reached| reached.sentences(experiment)) {
            common.say(&text);
        }
        return Ok(Status::Incomplete);
    }
    Ok(Status::Done)
}

/// Tables, figures and report of a run or sweep.
fn files_written(directory: &Path, charts: &document::Written) -> String {
    let always = ["summary.csv", "comparison.csv", "basins.csv", "results.csv", "policies.csv"];
    let where_asked = [
        tables::effects::EFFECTS,
        tables::points::POINTS,
        tables::quantiles::QUANTILES,
        tables::failures::FAILURES,
    ];
    let where_asked = where_asked.into_iter().chain([crate::report::claim::FILE]);
    let there = where_asked.filter(|file| directory.join(file).exists());
    closing::written(directory, &always.into_iter().chain(there).collect::<Vec<_>>(), charts)
}

pub(super) fn write_text(path: &Path, text: &str) -> Result<(), Stop> {
    let write = || -> std::io::Result<()> {
        let mut file = WholeFile::create(path)?;
        file.write_all(text.as_bytes())?;
        file.finish()
    };
    write().map_err(|error| Stop::say(format!("cannot write {}: {error}", path.display())))
}

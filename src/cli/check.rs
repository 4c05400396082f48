//! `check FILE`: what a file would run and how long, or every error in it.

use super::{Common, ExperimentFile, Status, Stop, source};
use crate::experiment::simulate::{Play, simulate};
use clap::Args;
use std::fmt::Write;
use std::time::Instant;

/// Options of `check`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    experiment: ExperimentFile,
}

/// A trial unit is this much shorter than a real one.
const SHORTER: u32 = 10;

/// Checks a file.
///
/// # Errors
/// Everything that is wrong with it.
pub fn check(options: &Options, common: &Common) -> Result<Status, Stop> {
    let study = source::study(&options.experiment)?;
    let experiment = &study.experiment;
    let optimization = experiment.variations.optimization.as_ref();
    if let Some(optimization) = optimization {
        super::optimize::check_metrics(&study, optimization, &options.experiment.file.display().to_string())?;
    }
    let mut text = format!("{}: {}\n", experiment.name, experiment.question);
    let mut seconds = 0.0;
    let mut units = Vec::new();
    for (design, (point, experiment)) in study.design.points.iter().zip(&study.points).enumerate() {
        if study.points.len() > 1 {
            let _ = writeln!(text, "design point {design}: {}", point.in_words());
        }
        let play = shortened(&experiment.play);
        for contender in &experiment.contenders {
            let start = Instant::now();
            let outcome =
                simulate(&contender.rule, &experiment.setting, &contender.terms, &play, experiment.seed, 0);
            let each = start.elapsed().as_secs_f64() * f64::from(SHORTER);
            seconds += each * f64::from(experiment.replicates);
            let note =
                outcome.err().map_or(String::new(), |failure| format!("; a short trial failed: {failure}"));
            let _ = writeln!(
                text,
                "  {:<24} {} replicates, about {each:.2} core-seconds each{note}",
                contender.name, experiment.replicates
            );
            units.push(serde_json::json!({
                "design": design, "mechanism": contender.name, "replicates": experiment.replicates, "core_seconds_each": each
            }));
        }
    }
    let mut planned = study.plans().len();
    let mut wall = seconds / common.threads() as f64;
    if let Some(optimization) = optimization {
        // Racing leaves about half of a generation's evaluations, doubts add a tenth; then the audit.
        let settings = &optimization.settings;
        let first = settings.population as f64 * f64::from(settings.minimum);
        let later = first * f64::from(settings.generations) * (0.5 + settings.top_up);
        let audit = settings.population as f64 * f64::from(experiment.replicates);
        let each = seconds / f64::from(experiment.replicates) / experiment.contenders.len() as f64;
        planned = (first + later + audit) as usize;
        wall = each * planned as f64 / common.threads() as f64;
        let _ = writeln!(
            text,
            "  {} variables, {} candidates a generation, {} generations; about:",
            optimization.space.len(),
            settings.population,
            settings.generations
        );
    }
    let _ = writeln!(text, "{planned} units, about {} on {} threads", minutes(wall), common.threads());
    common.result(&text, || {
        serde_json::json!({"experiment": experiment.name, "units": planned, "seconds": wall, "contenders": units})
    });
    Ok(Status::Done)
}

fn shortened(play: &Play) -> Play {
    let tenth = |epochs: u32| epochs.div_ceil(SHORTER);
    let mut short = *play;
    short.schedule.warmup_epochs = tenth(play.schedule.warmup_epochs);
    short.schedule.burn_in = tenth(play.schedule.burn_in);
    short.schedule.max_epochs = tenth(play.schedule.max_epochs);
    short.schedule.measured_epochs = tenth(play.schedule.measured_epochs);
    short.certificate_markets = tenth(play.certificate_markets).max(4);
    short
}

fn minutes(seconds: f64) -> String {
    if seconds < 90.0 { format!("{seconds:.0} s") } else { format!("{:.0} min", seconds / 60.0) }
}

//! `check FILE`: what a file would run and how long, or every error in it.

use super::{Common, ExperimentFile, Status, Stop, source};
use crate::agent::sequencer::Class;
use crate::experiment::file::Experiment;
use crate::experiment::simulate::{Play, simulate};
use crate::learning::LearnerSpec;
use crate::play::schedule::Regime;
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
    for name in ever_exploring(experiment) {
        let _ = writeln!(
            text,
            "note: group `{name}` explores for ever (`exploration_decay = 0`), so that greedy policies hardly stay unchanged \
             for `play.stable_epochs`: learning may last until `play.max_epochs`"
        );
    }
    let planned = study.plans().len();
    let wall = seconds / common.threads() as f64;
    let _ = writeln!(text, "{planned} units, about {} on {} threads", minutes(wall), common.threads());
    common.result(&text, || {
        serde_json::json!({"experiment": experiment.name, "units": planned, "seconds": wall, "contenders": units})
    });
    Ok(Status::Done)
}

/// Groups who learn alone and never stop exploring.
fn ever_exploring(experiment: &Experiment) -> impl Iterator<Item = &str> {
    let alone = experiment.play.schedule.regime == Regime::Independent;
    let ever = |class: &&Class| {
        matches!(class.strategy.learner, LearnerSpec::QLearning(spec)
            if spec.exploration > 0.0 && spec.exploration_decay == 0.0)
    };
    experiment.setting.classes.iter().filter(move |_| alone).filter(ever).map(|class| class.name.as_str())
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

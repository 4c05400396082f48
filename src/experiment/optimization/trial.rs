//! Do contenders have the metrics that an optimization asks of them? A short trial of each says so before anything is run.

use super::Optimization;
use crate::experiment::file::Experiment;
use crate::experiment::simulate::{Play, simulate};

/// What is wrong with the metrics that are asked for, in words; nothing where all contenders have them. A contender whose
/// trial fails is passed over: its units will say why.
pub fn missing_metrics(optimization: &Optimization, experiment: &Experiment) -> Vec<String> {
    let play = shortest(&experiment.play);
    let mut errors = Vec::new();
    for contender in &experiment.contenders {
        let trial =
            simulate(&contender.rule, &experiment.setting, &contender.terms, &play, experiment.seed, 0);
        let Ok(outcome) = trial else { continue };
        let has = |key: &str| outcome.metrics.iter().any(|(name, _)| *name == key);
        let asked = optimization.objectives.iter().map(|o| (o.metric.key, "objective"));
        let bounded = optimization.constraints.iter().map(|c| (c.metric.key, "constraint"));
        for (key, what) in asked.chain(bounded).filter(|(key, _)| !has(key)) {
            let names: Vec<&str> = outcome.metrics.iter().map(|(name, _)| *name).collect();
            errors.push(format!(
                "optimize.{what}s: contender `{}` cannot have the {what} `{key}`; it has: {}",
                contender.name,
                names.join(", ")
            ));
        }
    }
    errors
}

/// As little as shows which metrics there are.
fn shortest(play: &Play) -> Play {
    let mut short = *play;
    let schedule = &mut short.schedule;
    schedule.warmup_epochs = schedule.warmup_epochs.min(4);
    schedule.max_epochs = schedule.max_epochs.min(50);
    schedule.stable_epochs = schedule.stable_epochs.min(10);
    schedule.measured_epochs = schedule.measured_epochs.min(4);
    short.certificate_markets = short.certificate_markets.min(4);
    short.certificate_epochs = short.certificate_epochs.min(2);
    short
}

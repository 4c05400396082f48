//! Do contenders have the metrics that a study asks of them? A short trial of each says so before anything is run.

use crate::experiment::file::Experiment;
use crate::experiment::simulate::{Play, simulate};

/// Refuses metrics that a contender cannot have; each is asked for as something (`objective`) under a key of the file. A contender
/// whose trial fails is passed over: its units will say why.
///
/// # Errors
/// What is wrong, a line each, and in one more the metrics that all contenders have.
pub fn refuse_missing(
    asked: &[(&str, &str, &str)],
    experiment: &Experiment,
    file: &str,
) -> Result<(), String> {
    let play = shortest(&experiment.play);
    let mut errors = Vec::new();
    let mut in_common: Option<Vec<&str>> = None;
    for contender in &experiment.contenders {
        let trial =
            simulate(&contender.rule, &experiment.setting, &contender.terms, &play, experiment.seed, 0);
        let Ok(outcome) = trial else { continue };
        let has = |key: &str| outcome.metrics.iter().any(|(name, _)| *name == key);
        for (key, what, table) in asked.iter().filter(|(key, ..)| !has(key)) {
            errors.push(format!(
                "{file}: {table}: contender `{}` cannot have the {what} `{key}`",
                contender.name
            ));
        }
        match &mut in_common {
            Some(names) => names.retain(|name| has(name)),
            None => in_common = Some(outcome.metrics.iter().map(|(name, _)| *name).collect()),
        }
    }
    if errors.is_empty() {
        return Ok(());
    }
    let who = if experiment.contenders.len() == 1 { "it has" } else { "all contenders have" };
    errors.push(format!("{file}: {who}: {}", in_common.unwrap_or_default().join(", ")));
    Err(errors.join("\n"))
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

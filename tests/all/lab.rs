//! What the tests share: experiments from text, units run in process, means with standard errors.

use sequencer_lab::cli::library::Files;
use sequencer_lab::draws::name_hash;
use sequencer_lab::experiment::file::{Contender, Experiment};
use sequencer_lab::experiment::outcome::Outcome;
use sequencer_lab::experiment::simulate::simulate;
use sequencer_lab::measure::statistics::Moments;
use sequencer_lab::settings::Document;
use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Reads an experiment from text, or says what is wrong with it.
pub fn try_read(text: &str) -> Result<Experiment, String> {
    let document = Document::parse("test.toml", text).map_err(|e| e.to_string())?;
    Experiment::read(document, &Files::beside(Path::new("test.toml"))).map_err(|e| e.to_string())
}

/// Reads an experiment that must be right.
pub fn read(text: &str) -> Experiment {
    try_read(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Reads an experiment file of the repository, with settings replaced as by `--set`.
pub fn read_file(path: &str, set: &[(&str, &str)]) -> Experiment {
    let full = root().join(path);
    let text = std::fs::read_to_string(&full).unwrap();
    let mut document = Document::parse(path, &text).unwrap();
    for (key, value) in set {
        document.set(key, value).unwrap_or_else(|error| panic!("{error}"));
    }
    Experiment::read(document, &Files::beside(&full)).unwrap_or_else(|error| panic!("{error}"))
}

/// Runs one replicate of a contender.
pub fn unit(experiment: &Experiment, contender: &Contender, replicate: u32) -> Outcome {
    simulate(
        &contender.rule,
        &experiment.setting,
        &contender.terms,
        &experiment.play,
        experiment.seed,
        replicate,
    )
    .unwrap_or_else(|error| {
        panic!(
            "{}/{replicate}: {error}\n{:?}\n{}",
            contender.name,
            contender.rule,
            experiment.resolved.to_toml()
        )
    })
}

/// Runs replicates of an experiment's first contender.
pub fn replicates(experiment: &Experiment, count: u32) -> Vec<Outcome> {
    (0..count).map(|replicate| unit(experiment, &experiment.contenders[0], replicate)).collect()
}

/// The value of a metric; `None` where the rule cannot have it.
pub fn metric(outcome: &Outcome, key: &str) -> Option<f64> {
    outcome.metrics.iter().find(|(name, _)| *name == key).map(|(_, value)| *value)
}

/// Mean and standard error of a number over replicates.
pub fn estimate(outcomes: &[Outcome], value: impl Fn(&Outcome) -> f64) -> (f64, f64) {
    let moments: Moments = outcomes.iter().map(value).collect();
    (moments.mean(), moments.standard_error())
}

/// A seed that follows from the name of a case, so that nobody chose it.
pub fn seed(case: &str) -> u64 {
    name_hash(case) >> 1
}

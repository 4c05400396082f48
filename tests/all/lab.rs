//! What the tests share: experiments from text, units run in process, means with standard errors.

use sequencer_lab::cli::library::Files;
use sequencer_lab::draws::name_hash;
use sequencer_lab::experiment::file::{Contender, Experiment};
use sequencer_lab::experiment::outcome::Outcome;
use sequencer_lab::experiment::simulate::simulate;
use sequencer_lab::measure::statistics::Moments;
use sequencer_lab::mechanism::Entry;
use sequencer_lab::settings::{Default, Document, Kind, Parameter};
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

/// The rules of the post, each of which has hand-written cases of everything. Others have what follows from the catalogue.
pub const OF_THE_POST: [&str; 8] = [
    "centralized",
    "authority",
    "auction",
    "stake",
    "stake_rotation",
    "auction_rotation",
    "delegated",
    "algorithmic",
];

/// A contender of a rule: its name, the parameters that must be given, as their types and ranges have it, and more keys.
pub fn plain(entry: &Entry, more: &str) -> String {
    let given = |key: &str| more.lines().any(|line| line.starts_with(&format!("{key} =")));
    let required = entry.parameters.iter().filter(|p| p.default == Default::Required && !given(p.key));
    let lines = required.map(|p| {
        let values = values(p);
        let value = values.first().unwrap_or_else(|| {
            panic!(
                "{}: nobody knows a value of `{}` that must be given: write cases by hand",
                entry.name, p.key
            )
        });
        format!("\n{} = {value}", p.key)
    });
    format!(
        "rule = \"{}\"{}{more}",
        entry.name,
        lines.collect::<String>() + if more.is_empty() { "" } else { "\n" }
    )
}

/// Values that a parameter can have besides its default, the likeliest to matter first, as a file gives them: of numbers twice and half the
/// default, small ones and the ends; none where only the reader of the parameter knows what is allowed.
pub fn values(parameter: &Parameter) -> Vec<String> {
    match (parameter.kind, parameter.default) {
        (Kind::Number { low, high, open_low, open_high }, default) => {
            let inside = |x: &f64| {
                (*x > low || (!open_low && *x == low))
                    && (*x < high || (!open_high && *x == high))
                    && x.is_finite()
            };
            let usual = if let Default::Number(default) = default { default } else { f64::NAN };
            let tried = [2.0 * usual, usual / 2.0, 0.01, 0.1, 0.5, 0.001, 1.0, 10.0, low, high];
            tried.into_iter().filter(|x| inside(x) && *x != usual).map(|x| format!("{x:?}")).collect()
        }
        (Kind::Integer { low, high }, default) => {
            let usual = if let Default::Integer(default) = default { Some(default) } else { None };
            let near = usual.map_or([2, 1, 3], |usual| [usual + 1, usual + 2, usual.saturating_sub(1)]);
            let tried = near.into_iter().chain([low, 10, high.min(100)]);
            tried.filter(|x| (low..=high).contains(x) && Some(*x) != usual).map(|x| x.to_string()).collect()
        }
        (Kind::Flag, default) => {
            [true, false].iter().filter(|x| default != Default::Flag(**x)).map(bool::to_string).collect()
        }
        (Kind::Choice(choices), default) => {
            choices.iter().filter(|x| default != Default::Text(x)).map(|x| format!("\"{x}\"")).collect()
        }
        (Kind::Text | Kind::Numbers | Kind::Custom(_), _) => Vec::new(),
    }
}

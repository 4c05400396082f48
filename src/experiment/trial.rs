//! Small experiments for tests: read from text, run in this process, stored in a temporary directory.

use super::file::{Experiment, Library};
use super::lock::OutputLock;
use super::outcome::UnitKey;
use super::references::reference_curves;
use super::simulate::simulate;
use super::store::{Store, StudyHead};
use super::unit::UnitPlan;
use crate::measure::metrics::METRICS;
use crate::settings::Document;
use std::path::Path;

/// The strategies that ship with the program.
pub(crate) struct Shipped;

impl Library for Shipped {
    fn strategy(&self, name: &str) -> Option<(String, String)> {
        let text = match name {
            "hedge" => include_str!("../../strategies/hedge.toml"),
            "logit" => include_str!("../../strategies/logit.toml"),
            "truthful" => include_str!("../../strategies/truthful.toml"),
            _ => return None,
        };
        Some((name.to_owned(), text.to_owned()))
    }

    fn strategies(&self) -> Vec<String> {
        vec!["hedge".to_owned(), "logit".to_owned(), "truthful".to_owned()]
    }

    fn scenario(&self, _name: &str) -> Option<(String, String)> {
        None
    }

    fn scenarios(&self) -> Vec<String> {
        Vec::new()
    }

    fn table(&self, _path: &str) -> Option<(String, String)> {
        None
    }
}

/// Reads an experiment.
pub(crate) fn read(text: &str) -> Experiment {
    let document = Document::parse("trial.toml", text).unwrap_or_else(|e| panic!("{e}"));
    Experiment::read(document, &Shipped).unwrap_or_else(|e| panic!("{e}"))
}

/// An empty store for it in `directory`.
pub(crate) fn empty(experiment: &Experiment, directory: &Path) -> Store {
    let lock = OutputLock::acquire(directory).unwrap();
    let contenders: Vec<String> = experiment.contenders.iter().map(|c| c.name.clone()).collect();
    let metrics: Vec<&'static str> = METRICS.iter().map(|m| m.key).collect();
    let head = StudyHead {
        experiment: &experiment.name,
        engine: crate::experiment::file::ENGINE,
        study: "trial",
        resolved: &experiment.resolved.to_toml(),
        contenders: &contenders,
        metrics: &metrics,
        parameters: &[],
    };
    Store::create_or_open(&lock, &head).unwrap()
}

/// Runs all of its units into a store in `directory`.
pub(crate) fn run(experiment: &Experiment, directory: &Path) -> Store {
    let mut store = empty(experiment, directory);
    for contender in &experiment.contenders {
        for replicate in 0..experiment.replicates {
            let outcome = simulate(
                &contender.rule,
                &experiment.setting,
                &contender.terms,
                &experiment.play,
                experiment.seed,
                replicate,
            )
            .unwrap();
            let key = UnitKey { design: 0, mechanism: contender.name.clone(), replicate };
            let plan = UnitPlan { id: format!("{}/{replicate}", contender.name), key, seed: experiment.seed };
            store.put(&plan, Ok(&outcome)).unwrap();
        }
    }
    store.put_reference_curves(reference_curves(experiment)).unwrap();
    store
}

/// An auction, one operator and delegated stake over a dozen short replicates' worth of play each.
pub(crate) const THREE: &str = r#"
[experiment]
name = "three"
question = "Who gets the value of the slots?"
replicates = 3

[[sequencers]]
name = "large"
count = 2
live_cost = 0.02
value = { uniform = [1, 2] }

[[sequencers]]
name = "small"
count = 3
live_cost = 0.01
value = { uniform = [0.5, 1.5] }

[[delegators]]
name = "crowd"
continuum = true
price_sensitivity = 5.0
outside_option = 0.1
inertia = 0.3

[mechanism.auction]
rule = "auction_rotation"
seats = 2
epoch_slots = 8

[mechanism.one]
rule = "centralized"
epoch_slots = 8

[mechanism.votes]
rule = "delegated"
epoch_slots = 8

[play]
rounds = 4
warmup_epochs = 20
measured_epochs = 5
certificate_markets = 16
certificate_epochs = 4
"#;

//! Adding a rule takes its file, two lines of the catalogue and an experiment; whoever forgets one of them is told here.

use crate::lab::{OF_THE_POST, metric, plain, read, read_file, root, try_read, unit};
use sequencer_lab::experiment::outcome::Outcome;
use sequencer_lab::measure::metrics;
use sequencer_lab::mechanism::{CATALOGUE, Entry};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn texts(folder: &Path, extension: &str) -> Vec<(String, String)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            (path.file_stem().unwrap().to_string_lossy().into_owned(), text)
        })
        .collect();
    files.sort();
    files
}

/// A file without its line, or with a module line and no row, is a rule that nobody can name.
#[test]
fn every_file_with_a_rule_has_its_row() {
    let mut rules: Vec<String> = texts(&root().join("src/mechanism"), "rs")
        .into_iter()
        .filter(|(_, text)| text.contains("\nimpl Mechanism for "))
        .map(|(name, _)| name)
        .collect();
    let mut rows: Vec<&str> = CATALOGUE.iter().map(|entry| entry.name).collect();
    rules.sort();
    rows.sort_unstable();
    assert_eq!(rules, rows, "files of src/mechanism that implement a rule, and rows of the catalogue");
}

/// A rule that no question was asked about is none that can be compared; those of the post are compared with each other besides.
#[test]
fn every_rule_is_in_an_experiment() {
    let experiments = texts(&root().join("experiments"), "toml");
    let all = &experiments
        .iter()
        .find(|(name, _)| name == "all-mechanisms")
        .expect("it compares every rule of the post")
        .1;
    for entry in CATALOGUE {
        let line = format!("rule = \"{}\"", entry.name);
        let own = experiments.iter().any(|(name, text)| name != "all-mechanisms" && text.contains(&line));
        assert!(own, "no experiment has `{line}` but the one with every rule of the post");
        assert!(
            !OF_THE_POST.contains(&entry.name) || all.contains(&line),
            "all-mechanisms.toml lacks `{line}`"
        );
    }
    for name in OF_THE_POST {
        assert!(CATALOGUE.iter().any(|entry| entry.name == name), "{name} is no rule any more");
    }
}

#[test]
fn every_rule_says_what_it_is_in_five_parts() {
    for (name, text) in texts(&root().join("src/mechanism"), "rs") {
        if !CATALOGUE.iter().any(|entry| entry.name == name) {
            continue;
        }
        let mut place = 0;
        for part in ["Rule", "Who pays whom", "What theory says", "Where it runs", "References"] {
            let heading = format!("//! **{part}");
            let next = text[place..].find(&heading);
            place += next.unwrap_or_else(|| panic!("{name}: no part `{part}` in its order"));
        }
    }
}

/// Metrics that every comparison can rely on, where some rule can have them.
const METRICS: &str = "potential_value gross_value net_surplus community_share delegator_share holder_share sequencer_share \
    operating_cost_share posting_cost_share unrealised_share outside_income_share user_harm_share capital_cost_share \
    allocative_efficiency overhead_ratio liveness longest_gap_slots inclusion_delay_slots censored_share censorship_cost \
    capital_locked capital_efficiency corruption_cost nakamoto_33 nakamoto_50 hhi_slots gini_slots gini_income revenue mean_price \
    mean_offer bribes_to_delegators slashed evictions deviation_gain deviation_gain_upper deviation_gain_eth certified policy_drift";

/// The experiment with every rule has every metric of every comparison, each for some rule; and none for a rule that cannot have it.
#[test]
fn every_metric_is_there_where_every_rule_is() {
    let small = [
        ("play.rounds", "4"),
        ("play.warmup_epochs", "60"),
        ("play.measured_epochs", "20"),
        ("play.certificate_epochs", "2"),
        ("play.certificate_markets", "16"),
    ];
    let experiment = read_file("experiments/all-mechanisms.toml", &small);
    let mut found: BTreeSet<&str> = BTreeSet::new();
    for contender in &experiment.contenders {
        let outcome = unit(&experiment, contender, 0);
        within_range(&contender.name, &outcome);
        let has = |key: &str| metric(&outcome, key).is_some();
        found.extend(outcome.metrics.iter().map(|(key, _)| *key));
        // One operator has nothing locked, sells nothing and pays no delegators; nobody learns an offer.
        if contender.name == "centralized" {
            for key in [
                "capital_locked",
                "capital_efficiency",
                "corruption_cost",
                "mean_price",
                "mean_offer",
                "slashed",
            ] {
                assert!(!has(key), "centralized has {key}");
            }
        }
        assert_eq!(has("bribes_to_delegators"), contender.name == "delegated", "{}", contender.name);
    }
    let missing: Vec<&str> = METRICS.split_whitespace().filter(|key| !found.contains(key)).collect();
    assert!(missing.is_empty(), "no rule has {missing:?}");
}

/// Axes and drawn intervals end where the values of a metric do.
fn within_range(contender: &str, outcome: &Outcome) {
    for (key, value) in &outcome.metrics {
        let (least, most) = metrics::find(key).unwrap().range;
        assert!((least..=most).contains(value), "{contender}: {key} is {value}, not from {least} to {most}");
    }
}

/// Machines that earn more elsewhere than they cost here: what is the operating cost of most others may be an income.
#[test]
fn every_metric_is_within_its_range_where_idle_machines_earn() {
    let given = [
        ("authority", "seats = 2\ncontract_fee = 0.1"),
        ("auction", "bond = 1.0"),
        ("auction_rotation", "seats = 2\nepoch_slots = 4"),
        ("stake_rotation", "seats = 2\nepoch_slots = 4"),
        ("algorithmic", "base = \"equal\""),
    ];
    let contender = |entry: &Entry| {
        let more = given.iter().find(|(rule, _)| *rule == entry.name).map_or("", |(_, more)| more);
        format!("[mechanism.{}]\n{}\n", entry.name, plain(entry, more))
    };
    let mechanisms: String = CATALOGUE.iter().map(contender).collect();
    let experiment = read(&format!(
        "[experiment]\nname = \"ranges\"\n[[sequencers]]\nname = \"s\"\ncount = 4\nvalue = {{ uniform = [0.1, 1.0] }}\nidle_cost = -0.1\n\
         live_cost = 0.02\ncapital_cost = 0.01\nstrategy = \"short\"\n[[delegators]]\nname = \"d\"\ncount = 20\nprice_sensitivity = 5.0\n\
         [strategies.short]\nlearner = \"hedge\"\nbins = 2\nmenu = {{ relative = [0.0, 1.0], points = 6 }}\n\
         [play]\nrounds = 4\nwarmup_epochs = 20\nmeasured_epochs = 10\ncertificate_markets = 16\ncertificate_epochs = 2\n{mechanisms}"
    ));
    assert_eq!(experiment.contenders.len(), CATALOGUE.len());
    let mut least = f64::INFINITY;
    for contender in &experiment.contenders {
        let outcome = unit(&experiment, contender, 0);
        within_range(&contender.name, &outcome);
        least = least.min(metric(&outcome, "operating_cost_share").unwrap());
    }
    assert!(least < -0.1, "operating cost is never an income: {least}");
}

/// A store holds its experiment as it was resolved, and `report`, `plot` and `replay` read it from there alone.
#[test]
fn every_experiment_as_resolved_is_read_again_as_the_same() {
    for folder in ["experiments", "experiments/theory"] {
        for (name, _) in texts(&root().join(folder), "toml") {
            let resolved = read_file(&format!("{folder}/{name}.toml"), &[]).resolved.to_toml();
            let again = try_read(&resolved).unwrap_or_else(|error| panic!("{name}: {error}\n{resolved}"));
            assert_eq!(again.resolved.to_toml(), resolved, "{name}");
        }
    }
}

//! Exported policies: what was learned, played again elsewhere.

use crate::lab::{metric, read, unit};
use crate::program::Folder;
use sequencer_lab::experiment::exports::{Export, strategies};
use sequencer_lab::experiment::outcome::Outcome;
use std::fmt::Write;

/// Two kinds of bidders, one with discrete values, and delegation besides.
const TEXT: &str = r#"
[experiment]
name = "origin"
seed = 12

[[sequencers]]
name = "ant"
count = 2
value = { uniform = [0.0, 1.0] }
strategy = "grid"

[[sequencers]]
name = "bee"
count = 1
value = { discrete = { values = [0.2, 0.5, 0.9], weights = [0.3, 0.3, 0.4] } }
strategy = "grid"

[[delegators]]
name = "holders"
count = 50
price_sensitivity = 5.0
inertia = 0.3

[mechanism.auction]
rule = "auction_rotation"
seats = 1
epoch_slots = 4

[mechanism.dpos]
rule = "delegated"
epoch_slots = 4

[play]
rounds = 8
warmup_epochs = 200
measured_epochs = 40
certificate_markets = 16
certificate_epochs = 10

[strategies.grid]
learner = "LEARNER"
bins = 5
menu = { relative = [0.0, 1.0], points = 16 }
"#;

/// An experiment in which both groups play exported strategies.
fn seat(text: &str, exports: &[Export]) -> String {
    let mut text = text.split("[strategies.grid]").next().unwrap().to_owned();
    for (export, group) in exports.iter().zip(["ant", "bee"]) {
        text = text.replacen("strategy = \"grid\"", &format!("strategy = \"{group}\""), 1);
        write!(text, "[strategies.{group}]\n{}\n", export.text).unwrap();
    }
    text
}

/// The same experiment with what was learned under one contender in place of learning.
fn seated(text: &str, contender: usize, learner: &str) -> (Outcome, Outcome) {
    let experiment = read(text);
    let contender = &experiment.contenders[contender];
    let learned = unit(&experiment, contender, 0);
    let exports = strategies(&experiment, contender, 0, &learned.policies).unwrap();
    let names: Vec<&str> = exports.iter().map(|e| e.name.as_str()).collect();
    assert_eq!(names, [format!("{}-ant", contender.name), format!("{}-bee", contender.name)]);
    let frozen = seat(text, &exports);
    let again = read(&frozen.replace("learner = \"scripted\"", &format!("learner = \"{learner}\"")));
    let same = again.contenders.iter().find(|c| c.name == contender.name).unwrap();
    (learned, unit(&again, same, 0))
}

/// Frozen, an exported policy gives the same measured numbers on the same draws, and the same certificate.
#[test]
fn frozen_policies_play_as_they_did() {
    for learner in ["hedge", "regret_matching", "fictitious_play"] {
        for contender in [0, 1] {
            let (learned, again) = seated(&TEXT.replace("LEARNER", learner), contender, "scripted");
            assert!(metric(&again, "policy_drift").is_none());
            for (key, value) in &again.metrics {
                let before = metric(&learned, key).unwrap();
                assert!(
                    (before - value).abs() <= 1e-12 * value.abs().max(1.0),
                    "{learner} {key}: {before} {value}"
                );
            }
            assert!(metric(&again, "deviation_gain").is_some());
            assert_eq!(learned.policies.len(), again.policies.len());
        }
    }
}

/// Learning goes on from the policy: after one batch mean offers are within a tick of its own, while without a start they are
/// not.
#[test]
fn learning_goes_on_from_a_policy() {
    // Mean offer of each agent in each state, as a share of value.
    let offers = |o: &Outcome| -> Vec<f64> {
        let mut means: Vec<(String, u64, f64)> = Vec::new();
        for entry in &o.policies {
            let state = entry.state.to_bits();
            if means.last().is_none_or(|(agent, last, _)| *agent != entry.agent || *last != state) {
                means.push((entry.agent.clone(), state, 0.0));
            }
            means.last_mut().unwrap().2 += entry.probability * entry.action.unwrap_or(0.0);
        }
        means.into_iter().map(|(.., mean)| mean).collect()
    };
    let distance = |a: &Outcome, b: &Outcome| -> f64 {
        let (a, b) = (offers(a), offers(b));
        assert_eq!((a.len(), b.len()), (8, 8));
        a.iter().zip(&b).map(|(a, b)| (a - b).abs()).sum::<f64>() / 8.0
    };
    let long = TEXT.replace("LEARNER", "hedge");
    for learner in ["hedge", "regret_matching"] {
        let short = |text: &str| text.replace("warmup_epochs = 200", "warmup_epochs = 1");
        let experiment = read(&long);
        let learned = unit(&experiment, &experiment.contenders[0], 0);
        let exports = strategies(&experiment, &experiment.contenders[0], 0, &learned.policies).unwrap();
        let text = short(&seat(&long, &exports));
        let begun = read(&text.replace("learner = \"scripted\"", &format!("learner = \"{learner}\"")));
        let begun = unit(&begun, &begun.contenders[0], 0);
        let fresh = read(&short(&TEXT.replace("LEARNER", learner)));
        let fresh = unit(&fresh, &fresh.contenders[0], 0);
        let (near, far) = (distance(&learned, &begun), distance(&learned, &fresh));
        println!("{learner}: {near} from its start, {far} without");
        let tick = 1.0 / 15.0;
        assert!(near < tick && far > tick, "{learner}: {near} from its start, {far} without");
    }
}

/// A run leaves strategy files, which others seat by path.
#[test]
fn runs_leave_strategies_to_be_seated_by_path() {
    let folder = Folder::new();
    std::fs::write(
        folder.path("origin.toml"),
        TEXT.replace("LEARNER", "hedge").replace("seed = 12", "seed = 12\nreplicates = 2"),
    )
    .unwrap();
    let ended = folder.run(&["run", "origin.toml"]).with(0);
    assert!(ended.out.contains("output/origin/strategies"), "{ended:?}");
    let text = folder.text("output/origin/strategies/dpos-bee.toml");
    assert!(text.contains("learner = \"scripted\"") && text.contains("replicate 0"), "{text}");
    let other = TEXT
        .split("[strategies.grid]")
        .next()
        .unwrap()
        .replace("origin", "other")
        .replace("strategy = \"grid\"", "strategy = \"output/origin/strategies/auction-ant.toml\"");
    std::fs::write(folder.path("other.toml"), other).unwrap();
    let ended = folder.run(&["run", "other.toml", "--replicates", "1"]).with(0);
    assert!(!ended.out.contains("nobody learns"), "{ended:?}");
    let set = "sequencers.*.strategy=output/origin/strategies/auction-bee.toml";
    folder.run(&["check", "other.toml", "--set", set]).with(0);
    let ended = folder
        .run(&["check", "other.toml", "--set", "sequencers.*.strategy=output/origin/none.toml"])
        .with(2);
    assert!(ended.err.contains("there is no strategy `output/origin/none.toml`"), "{ended:?}");
    let listed =
        folder.run(&["export", "output/origin", "--replicate", "1", "--mechanism", "auction"]).with(0);
    assert!(listed.out.contains("auction-ant-1.toml") && !listed.out.contains("dpos"), "{listed:?}");
    folder.run(&["export", "output/origin", "--replicate", "2"]).with(2);
    folder.run(&["export", "output/origin", "--mechanism", "auctoin"]).with(2);
}

//! Exported policies: what was learned, played again elsewhere.

use crate::lab::{metric, read, read_file, try_read, unit};
use crate::program::Folder;
use sequencer_lab::experiment::exports::{Export, strategies};
use sequencer_lab::experiment::file::{Contender, Experiment};
use sequencer_lab::experiment::outcome::Outcome;
use sequencer_lab::numerics::exp;
use sequencer_lab::settings::{Document, Value};
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

/// What is exported, or the first thing that stands in the way.
fn written(
    experiment: &Experiment,
    contender: &Contender,
    replicate: u32,
    learned: &Outcome,
) -> Result<Vec<Export>, String> {
    strategies(experiment, contender, replicate, learned).into_iter().collect()
}

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
    let exports = written(&experiment, contender, 0, &learned).unwrap();
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
        let exports = written(&experiment, &experiment.contenders[0], 0, &learned).unwrap();
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

/// Sellers who remember each other's last kickbacks.
const MEMORY: &str = r#"
[experiment]
name = "memory"
seed = 5

[[sequencers]]
name = "first"
count = 1
value = { constant = 2.0 }
live_cost = 1.0
strategy = "memory"

[[sequencers]]
name = "second"
count = 1
value = { constant = 2.0 }
live_cost = 1.0
strategy = "memory"

[[delegators]]
name = "crowd"
continuum = true
price_sensitivity = 4.0
outside_option = 0.0
payout_learning = 0.0

[mechanism.dpos]
rule = "delegated"

[play]
regime = "independent"
stable_epochs = 2000
max_epochs = 200000
measured_epochs = 60

[strategies.memory]
learner = "q_learning"
learning_rate = 0.15
exploration = 1.0
exploration_decay = 2e-4
discount = 0.95
memory = 1
menu = { collusive = 0.1, points = 6 }
"#;

/// What agents who remember do after every history is exported as a whole. Played by both, it leads back to the profits that
/// were learned; learning without exploration begins there, too; and one of them alone faces a rival who learns afresh.
#[test]
fn answers_to_past_offers_are_seated_again() {
    let experiment = read(MEMORY);
    let contender = &experiment.contenders[0];
    let mut kept = 0;
    for replicate in 0..4 {
        let learned = unit(&experiment, contender, replicate);
        let exports = written(&experiment, contender, replicate, &learned).unwrap();
        let [first, second] = exports.as_slice() else { panic!("{exports:?}") };
        assert!(first.text.contains("answers = [") && first.name == "dpos-first", "{first:?}");
        let seat = |first: &str, second: &str| {
            let text = MEMORY.replacen("strategy = \"memory\"", "strategy = \"one\"", 1);
            let text = text.replacen("strategy = \"memory\"", "strategy = \"two\"", 1);
            let (head, learner) = text.split_once("[strategies.memory]").unwrap();
            let of = |name: &str, text: &str| {
                let text = if text.is_empty() { learner } else { text };
                format!("[strategies.{name}]\n{text}\n")
            };
            let again = read(&format!("{head}{}{}", of("one", first), of("two", second)));
            unit(&again, &again.contenders[0], replicate)
        };
        let same = |outcome: &Outcome| {
            let gap = |key| (metric(outcome, key).unwrap() - metric(&learned, key).unwrap()).abs();
            gap("profit_gain") < 1e-9 && gap("cycle_length") == 0.0
        };
        let frozen = seat(&first.text, &second.text);
        assert!(metric(&frozen, "deviation_gain").is_none() && metric(&frozen, "spurious").is_none());
        // From another beginning play can end in another cycle of the same plans.
        kept += u32::from(same(&frozen));
        let learning = "learner = \"q_learning\"\nexploration = 0.0\ndiscount = 0.95\nlearning_rate = 0.15";
        let go_on = |text: &str| {
            let lines = text.lines().filter(|line| !line.starts_with("learner"));
            format!("{learning}\n{}\n", lines.collect::<Vec<_>>().join("\n"))
        };
        let on = seat(&go_on(&first.text), &go_on(&second.text));
        assert!(metric(&on, "deviation_gain").is_some() && metric(&on, "converged") == Some(1.0));
        let facing = seat(&first.text, "");
        assert!(metric(&facing, "deviation_gain").unwrap() >= 0.0);
        assert!(metric(&facing, "converged") == Some(1.0));
    }
    assert!(kept >= 3, "{kept} of 4 sessions lead back to their cycle");
}

/// Plans of two who remember two epochs of fifteen settings, 50,625 histories each, are stored and come back whole; those of seventeen
/// settings are too long, and that is said.
#[test]
fn long_plans_are_stored_up_to_a_limit() {
    let text = |points: &str| {
        MEMORY
            .replace("memory = 1", "memory = 2")
            .replace("points = 6", &format!("points = {points}"))
            .replace("2e-4", "1e-3")
    };
    let export = |points: &str| {
        let experiment = read(&text(points));
        let learned = unit(&experiment, &experiment.contenders[0], 0);
        written(&experiment, &experiment.contenders[0], 0, &learned)
    };
    let exports = export("15").unwrap();
    let written = text("15");
    let (head, _) = written.split_once("[strategies.memory]").unwrap();
    let seated = read(&format!("{head}[strategies.memory]\n{}", exports[0].text));
    let answers = seated.setting.classes[0].strategy.answers.as_ref().unwrap();
    assert_eq!((answers.memory, answers.settings.len()), (2, 50_625));
    assert!(answers.settings.iter().max() == Some(&14), "some history is answered by the highest setting");
    let refused = export("17").unwrap_err();
    assert!(refused.contains("more than 65536 histories"), "{refused}");
}

/// Nobody can tell by its offers what somebody does who has nothing to offer: that is said, and others are exported all the same.
#[test]
fn what_cannot_be_exported_says_why_and_keeps_nobody_else() {
    let group = |name: &str, cost: &str, strategy: &str| {
        format!(
            "[[sequencers]]\nname = \"{name}\"\ncount = 1\nvalue = {{ constant = 1.0 }}\nlive_cost = {cost}\nstrategy = \"{strategy}\"\n"
        )
    };
    let text = |poor: &str| {
        let menu = "learner = \"q_learning\"\nmenu = { relative = [0.1, 1.0], points = 4 }";
        format!(
            "[experiment]\nname = \"e\"\n{}{}{}[strategies.memory]\n{menu}\nmemory = 1\n[strategies.plain]\n{menu}\n\
             [mechanism.m]\nrule = \"auction\"\n[play]\nregime = \"independent\"\nmax_epochs = 5000\nstable_epochs = 200\n",
            group("good", "0.0", "memory"),
            group("plain", "0.0", "plain"),
            group("poor", poor, "plain")
        )
    };
    let exports = |poor: &str| {
        let experiment = read(&text(poor));
        let learned = unit(&experiment, &experiment.contenders[0], 0);
        strategies(&experiment, &experiment.contenders[0], 0, &learned)
    };
    assert!(exports("0.5").iter().all(Result::is_ok));
    let found = exports("1.0");
    let refused = found[0].as_ref().unwrap_err();
    assert!(refused.starts_with("m, good: several settings of poor come to the same offer"), "{refused}");
    let names: Vec<&str> = found[1..].iter().map(|export| export.as_ref().unwrap().name.as_str()).collect();
    assert_eq!(names, ["m-plain", "m-poor"]);
}

/// A script with a menu beside a learner is judged against it: a kickback far from the best response to what the learner
/// ends with gains what the logit shares say.
#[test]
fn scripts_beside_a_learner_are_judged() {
    let text = MEMORY.replacen("strategy = \"memory\"", "strategy = \"script\"", 1);
    let text = format!(
        "{text}\n[strategies.script]\nlearner = \"scripted\"\noffer = \"0.9\"\nmenu = {{ absolute = [0.0, 0.95], points = 20 }}\n"
    );
    let experiment = read(&text);
    let outcome = unit(&experiment, &experiment.contenders[0], 0);
    let rival: Vec<f64> = outcome
        .curves
        .iter()
        .find(|curve| curve.name == "cycle_offer" && curve.agent == "second")
        .map(|curve| curve.points.iter().map(|p| p.1).collect())
        .unwrap();
    let payoff = |x: f64, y: f64| {
        let (own, other) = (exp(4.0 * x), exp(4.0 * y));
        (1.0 - x) * own / (own + other + 1.0)
    };
    let best = |y: f64| (0..20).map(|i| payoff(0.05 * f64::from(i), y)).fold(payoff(0.9, y), f64::max);
    let gain = rival.iter().map(|&y| best(y) - payoff(0.9, y)).sum::<f64>() / rival.len() as f64;
    let found = metric(&outcome, "deviation_gain_eth").unwrap();
    assert!(gain > 0.05 && (found - gain).abs() < 1e-9, "{found} is not {gain}");
    assert_eq!(metric(&outcome, "certified"), Some(0.0));
}

/// Answers that do not fit are refused in words.
#[test]
fn answers_that_do_not_fit_are_refused() {
    let one = "[strategies.one]\nlearner = \"scripted\"\nmenu = { absolute = [0.1, 0.3], points = 3 }\n";
    let with = |rest: &str| {
        let text = MEMORY.replacen("strategy = \"memory\"", "strategy = \"one\"", 1);
        match try_read(&format!("{text}\n{one}{rest}\n")) {
            Ok(_) => String::new(),
            Err(error) => error,
        }
    };
    let seen = "seen = [[0.1, 0.2, 0.3], [0.1, 0.3]]";
    assert_eq!(with(&format!("memory = 1\n{seen}\nanswers = [0, 1, 2, 0, 1, 2]")), "");
    for (rest, expected) in [
        (format!("memory = 1\n{seen}\nanswers = [0, 1, 2]"), "3 answers to 6 histories"),
        (format!("memory = 1\n{seen}\nanswers = [0, 1, 3, 0, 1, 2]"), "3 is no place on a menu of 3"),
        (format!("{seen}\nanswers = [0, 1, 2, 0, 1, 2]"), "without a memory"),
        ("memory = 1\nanswers = [0]".to_owned(), "not listed"),
        ("memory = 1\nseen = [[0.2, 0.1]]\nanswers = [0, 1]".to_owned(), "does not ascend"),
        ("memory = 1\nseen = [[0.1, 0.2]]\nanswers = [0, 1]".to_owned(), "answers to 1 candidates' offers"),
        (format!("memory = 2\n{seen}\nanswers = [0, 1]"), "2 answers to 36 histories"),
    ] {
        let found = with(&rest);
        assert!(found.contains(expected), "{rest}\n{found}");
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

/// Uptime is learned beside offers, and is no part of the strategy: with the machines that were bought, the exported stakes earn what they
/// earned. Who offers nothing has no strategy.
#[test]
fn offers_are_exported_beside_learned_uptime() {
    let short = [("play.rounds", "4"), ("play.warmup_epochs", "60"), ("play.measured_epochs", "10")];
    let experiment = read_file("experiments/uptime.toml", &short);
    let mut levers = 0;
    for contender in &experiment.contenders {
        let outcome = unit(&experiment, contender, 0);
        assert!(outcome.policies.iter().any(|entry| entry.lever == "uptime"));
        let exports = written(&experiment, contender, 0, &outcome).unwrap();
        let names: Vec<&str> = exports.iter().map(|e| e.name.as_str()).collect();
        let offers: Vec<_> = outcome.policies.iter().filter(|entry| entry.lever != "uptime").collect();
        if offers.is_empty() {
            assert_eq!(names, [""; 0], "{}", contender.name);
            continue;
        }
        levers += 1;
        assert_eq!(names, [format!("{}-operator", contender.name)]);
        let text = &exports[0].text;
        let offered: f64 = offers.iter().map(|entry| entry.action.unwrap_or(0.0) * entry.probability).sum();
        // Policies have one row here.
        let document = Document::parse("exported", text).unwrap();
        let rows = document.peek("policy").unwrap();
        let row = &rows.as_list().unwrap()[0];
        let numbers = |key: &str| row.get(key).and_then(Value::as_numbers).unwrap_or_default();
        let written: f64 = numbers("offers").iter().zip(numbers("weights")).map(|(x, w)| x * w).sum();
        assert!((written - offered).abs() < 1e-12, "{written} {offered}");
    }
    assert_eq!(levers, 5);
}

/// Sequencers who can be bribed, and a briber.
const BRIBED: &str = r#"
[experiment]
name = "bribed"
seed = 3

[world]
kind = "rollup"
fee_per_slot = 0.01
target_rate = 0.05
target_value = 1.0
target_window = 3
target_tip = 0.01

[briber]
strategy = "asker"

[[sequencers]]
name = "member"
count = 4
live_cost = 0.001
bribes = "learned"
strategy = "grid"

[mechanism.auction]
rule = "auction_rotation"
seats = 2
epoch_slots = 16

[mechanism.board]
rule = "authority"
contract_fee = 0.005
seats = 2
epoch_slots = 16

[play]
rounds = 4
warmup_epochs = 60
measured_epochs = 20
certificate_markets = 16
certificate_epochs = 4

[strategies.asker]
role = "briber"
learner = "hedge"
menu = { relative = [0.0, 3.0], points = 13 }

[strategies.grid]
learner = "hedge"
bins = 1
menu = { relative = [0.0, 1.0], points = 11 }
"#;

/// Learned bribes are no offers, neither of those who offer nor of those who do not, and the briber's prices are exported as its own.
#[test]
fn bribes_are_not_taken_for_offers() {
    let experiment = read(BRIBED);
    for (contender, expected) in experiment.contenders.iter().zip([&["member", "briber"][..], &["briber"]]) {
        let outcome = unit(&experiment, contender, 0);
        let levers = |agent: &str| -> Vec<&str> {
            let mut levers: Vec<&str> =
                outcome.policies.iter().filter(|e| e.agent == agent).map(|e| e.lever.as_str()).collect();
            levers.dedup();
            levers
        };
        assert!(levers("member").contains(&"bribe_markup") && levers("briber") == ["bribe"]);
        let exports = written(&experiment, contender, 0, &outcome).unwrap();
        let names: Vec<&str> = exports.iter().map(|e| e.name.as_str()).collect();
        let expected: Vec<String> = expected.iter().map(|who| format!("{}-{who}", contender.name)).collect();
        assert_eq!(names, expected);
        for export in &exports {
            let role = if export.name.ends_with("briber") { "briber" } else { "sequencer" };
            assert!(export.text.contains(&format!("role = \"{role}\"")), "{}", export.text);
            assert!(
                export
                    .text
                    .contains(&format!("learned by `{}`", if role == "briber" { "asker" } else { "grid" }))
            );
        }
        // As another experiment would seat them.
        let mut text = BRIBED.split("[strategies.asker]").next().unwrap().to_owned();
        for (export, name) in exports.iter().rev().zip(["asker", "grid"]) {
            write!(text, "[strategies.{name}]\n{}\n", export.text).unwrap();
        }
        if exports.len() == 1 {
            text += "[strategies.grid]\nlearner = \"scripted\"\noffer = \"abstain\"\n";
        }
        read(&text);
    }
}

/// Among sequencers with a price of their own, the briber's policy brings the same again on the same draws where it is frozen; learning
/// goes on from it.
#[test]
fn a_bribers_prices_are_seated_again() {
    for learner in ["hedge", "regret_matching", "fictitious_play"] {
        let text = BRIBED.replace("\"learned\"", "{ markup = 0.005 }").replacen(
            "\"hedge\"",
            &format!("\"{learner}\""),
            1,
        );
        let experiment = read(&text);
        let contender = &experiment.contenders[1];
        let learned = unit(&experiment, contender, 0);
        let exports = written(&experiment, contender, 0, &learned).unwrap();
        let [export] = exports.as_slice() else { panic!("{exports:?}") };
        let grid = text.split_once("[strategies.grid]").unwrap().1;
        let seat = |strategy: &str| {
            let head = text.split("[strategies.asker]").next().unwrap();
            let again = read(&format!("{head}[strategies.asker]\n{strategy}\n[strategies.grid]{grid}"));
            unit(&again, &again.contenders[1], 0)
        };
        let frozen = seat(&export.text);
        assert!(metric(&learned, "bribes_to_sequencers").unwrap() > 0.0);
        assert!(frozen.policies.iter().all(|entry| entry.agent != "briber"));
        for (key, value) in &frozen.metrics {
            let before = metric(&learned, key).unwrap();
            assert!(
                (before - value).abs() <= 1e-12 * value.abs().max(1.0),
                "{learner} {key}: {before} {value}"
            );
        }
        let on = seat(&export.text.replace("\"scripted\"", &format!("\"{learner}\"")));
        assert!(on.policies.iter().any(|entry| entry.agent == "briber"));
    }
}

//! A rule with its special features switched off is its simpler sibling, on the same draws.

use crate::lab::{read, unit};

/// Machines fail, demand moves and everybody learns.
const ROLLUP: &str = r#"
[experiment]
name = "siblings"
seed = 11

[world]
kind = "rollup"
slots_per_year = 1000
fee_per_slot = 0.01
demand_volatility = 0.4
demand_persistence = 0.5
mev_median = 0.01
mev_tail_share = 0.05
posting_cost = 0.001
shock_sigma = 0.4
common_failure_rate = 0.01
failover = 0.8
failover_delay = 1
backlog = 0.5

[[sequencers]]
name = "ant"
count = 2
live_cost = 0.0002
failure_rate = 0.05
repair_rate = 0.2
capital_cost = 0.5
strategy = "grid"

[[sequencers]]
name = "bee"
count = 2
skill = 0.8
idle_cost = 0.0001
failure_rate = 0.02
capital_cost = 0.4
strategy = "grid"

[play]
rounds = 4
warmup_epochs = 10
measured_epochs = 10
certificate_markets = 16
certificate_epochs = 6

[strategies.grid]
learner = "hedge"
bins = 3
menu = { relative = [0.0, 0.6], points = 13 }
"#;

/// What tempts everybody, added to [`ROLLUP`]'s world: targets, orders, toxic MEV.
const TEMPTATIONS: &str = "target_rate = 0.1\ntarget_tip = 0.01\ntarget_value = 0.5\ntarget_window = 6\n\
    toxic_share = 0.2\nuser_exit = 0.02\nuser_return = 0.1\norder_rate = 0.05\norder_end = 0.5\nlegal_penalty = 0.02\n";

/// What stands against it, added to each contender, for those that lock something.
const OVERSIGHT: &str = "slash_fraction = 0.3\n";
const GOVERNANCE: &str = "governance = { detection = 0.3, false_positive = 0.001, evict_epochs = 4 }\n\
    redistribution = { burn = 0.5, public_goods = 0.5 }\n";

const ABSTRACT: &str = r#"
[experiment]
name = "siblings"
seed = 11

[[sequencers]]
name = "ant"
count = 2
value = { uniform = [0.2, 1.2] }
live_cost = 0.01
capital_cost = 0.05
strategy = "grid"

[[sequencers]]
name = "bee"
count = 2
value = { exponential = 1.5 }
capital_cost = 0.04
strategy = "grid"

[play]
rounds = 4
warmup_epochs = 10
measured_epochs = 10
certificate_markets = 16
certificate_epochs = 6

[strategies.grid]
learner = "hedge"
bins = 3
menu = { relative = [0.0, 0.6], points = 13 }
"#;

/// (one rule, the other).
const SIBLINGS: &[(&str, &str)] = &[
    ("rule = \"algorithmic\"\nscore_power = 0\nredundancy = 4", "rule = \"stake\""),
    (
        "rule = \"algorithmic\"\nbase = \"auction\"\nseats = 3\nscore_power = 0\nredundancy = 2\nbond = 0.2\ndispute_epochs = 2",
        "rule = \"auction_rotation\"\nschedule = \"proportional\"\nseats = 3\nredundancy = 2\nbond = 0.2\ndispute_epochs = 2",
    ),
    (
        "rule = \"stake_rotation\"\nseats = 4\nreplacement = false\nschedule = \"proportional\"\nredundancy = 4",
        "rule = \"stake\"",
    ),
    (
        "rule = \"auction\"\nbond = 0.2\ndispute_epochs = 2",
        "rule = \"auction_rotation\"\nseats = 1\nbond = 0.2\ndispute_epochs = 2",
    ),
    (
        "rule = \"auction\"\npricing = \"second\"\ncommission = 0.9\nreserve_price = 0.001",
        "rule = \"auction_rotation\"\nseats = 1\npricing = \"uniform\"\ncommission = 0.9\nreserve_price = 0.001",
    ),
];

/// A bond makes a pair comparable where findings take something; without one there is nothing to take.
fn locks(rule: &str) -> bool {
    rule.contains("bond")
        || rule.contains("stake")
        || (rule.contains("algorithmic") && !rule.contains("base"))
}

/// World by world: plain, tempted with leaders alone and secret schedules, with everybody live, and with schedules public ahead.
fn worlds() -> Vec<(String, &'static str)> {
    let tempted = ROLLUP
        .replace("[world]\nkind = \"rollup\"\n", &format!("[world]\nkind = \"rollup\"\n{TEMPTATIONS}"))
        .replace("name = \"ant\"\n", "name = \"ant\"\njurisdiction = \"north\"\n")
        .replace("[play]", "[briber]\n\n[play]");
    vec![
        (ROLLUP.to_owned(), ""),
        (ABSTRACT.to_owned(), ""),
        (tempted.clone(), "lookahead = 0\n"),
        (tempted.clone(), "inclusion = \"any_live\"\n"),
        (tempted, "lookahead = 3\n"),
    ]
}

#[test]
fn siblings_are_equal_where_nothing_tempts() {
    siblings_are_equal(&worlds()[..2]);
}

#[test]
fn siblings_are_equal_where_leaders_alone_are_tempted() {
    siblings_are_equal(&worlds()[2..3]);
}

#[test]
fn siblings_are_equal_where_everybody_live_is_tempted() {
    siblings_are_equal(&worlds()[3..4]);
}

#[test]
fn siblings_are_equal_where_schedules_are_public() {
    siblings_are_equal(&worlds()[4..]);
}

fn siblings_are_equal(worlds: &[(String, &str)]) {
    for (one, other) in SIBLINGS {
        for (world, oversight) in worlds {
            let play = |rule: &str| {
                let failover = rule.contains("redundancy") || rule.contains("\"stake\"");
                let world = if failover {
                    world.clone()
                } else {
                    world.replace("failover = 0.8\nfailover_delay = 1\n", "")
                };
                let mut contender = format!("epoch_slots = 12\n{rule}\n{oversight}");
                if !oversight.is_empty() {
                    contender += if locks(rule) { OVERSIGHT } else { "" };
                    contender += GOVERNANCE;
                }
                let experiment = read(&format!("{world}\n[mechanism.rule]\n{contender}"));
                unit(&experiment, &experiment.contenders[0], 0)
            };
            let (a, b) = (play(one), play(other));
            assert_eq!(a.metrics, b.metrics, "{one}\n\n{other}\n\n{oversight}");
            assert_eq!(a.policies, b.policies, "{one}\n\n{other}\n\n{oversight}");
        }
    }
}

/// Where machines never fail nobody is ever removed, whatever else slots are missed for: data that are kept back.
#[test]
fn tolerance_for_missed_slots_is_nothing_where_machines_never_fail() {
    let world = ROLLUP
        .replace("failure_rate = 0.05\nrepair_rate = 0.2\n", "")
        .replace("failure_rate = 0.02\n", "")
        .replace("common_failure_rate = 0.01\nfailover = 0.8\nfailover_delay = 1\n", "");
    for rule in [
        "rule = \"stake_rotation\"\nseats = 3\nleak = 0.0001",
        "rule = \"auction_rotation\"\nseats = 3\nbond = 0.01\ndispute_epochs = 1",
        "rule = \"auction_rotation\"\nseats = 2\npricing = \"uniform\"",
    ] {
        let play = |more: &str| {
            let contender =
                format!("epoch_slots = 12\n{rule}\n{more}volition = {{ members = 4, withheld = 0.3 }}\n");
            let experiment = read(&format!("{world}\n[mechanism.rule]\n{contender}"));
            unit(&experiment, &experiment.contenders[0], 0)
        };
        let (with, without) = (play("miss_tolerance = 2\n"), play(""));
        for ((key, a), (_, b)) in with.metrics.iter().zip(&without.metrics) {
            assert!((a - b).abs() <= 1e-9 * a.abs().max(b.abs()), "{rule} {key}: {a} {b}");
        }
        assert_eq!(with.metrics.len(), without.metrics.len());
    }
}

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
warmup_epochs = 30
measured_epochs = 10
certificate_markets = 16
certificate_epochs = 6

[strategies.grid]
learner = "hedge"
bins = 3
menu = { relative = [0.0, 0.6], points = 13 }
"#;

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
warmup_epochs = 30
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
        "rule = \"algorithmic\"\nbase = \"auction\"\nseats = 3\nscore_power = 0\nredundancy = 2\nbond = 0.2",
        "rule = \"auction_rotation\"\nschedule = \"proportional\"\nseats = 3\nredundancy = 2\nbond = 0.2",
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

#[test]
fn siblings_are_equal() {
    for (one, other) in SIBLINGS {
        for world in [ROLLUP, ABSTRACT] {
            let play = |rule: &str| {
                let failover = rule.contains("redundancy") || rule.contains("\"stake\"");
                let world = if failover {
                    world.to_owned()
                } else {
                    world.replace("failover = 0.8\nfailover_delay = 1\n", "")
                };
                let experiment = read(&format!("{world}\n[mechanism.rule]\nepoch_slots = 12\n{rule}\n"));
                (0..2).map(|r| unit(&experiment, &experiment.contenders[0], r)).collect::<Vec<_>>()
            };
            for (a, b) in play(one).iter().zip(&play(other)) {
                assert_eq!(a.metrics, b.metrics, "{one}\n\n{other}");
                assert_eq!(a.policies, b.policies, "{one}\n\n{other}");
            }
        }
    }
}

//! Runs of missed slots: how long they last, and how likely a missed slot is to be followed by nine more (theory:
//! [`sequencer_lab::theory::availability`]).
//!
//! A machine that is down stays so with probability `1 − g` from slot to slot, so that one operator's outages last `1/g` slots and
//! nine more are missed with probability `(1 − g)^9`. Of `r` who stand in for each other somebody comes back with probability
//! `1 − (1 − g)^r`. Where operators take turns without standbys, each of the next slots has another leader, down with the
//! probability `π = f/(f + g)`: outages last `1/(1 − π)` and nine more are missed with probability `π^9`.

use crate::lab::{estimate, metric, read, replicates, seed};
use sequencer_lab::numerics::pow;

/// Means with standard errors of the two metrics, of so many appointees who take turns, each slot with so many live.
fn outages(seats: u32, live: u32, fail: f64, repair: f64) -> [(f64, f64); 2] {
    let takeover = if live > 1 { "failover = 1.0\nfailover_delay = 0\n" } else { "" };
    let name = format!("outages/{seats}/{live}/{fail}/{repair}");
    let experiment = read(&format!(
        "[experiment]\nname = \"outages\"\nseed = {}\n[world]\nkind = \"rollup\"\nfee_per_slot = 0.01\n{takeover}[[sequencers]]\nname = \"s\"\n\
         count = {seats}\nfailure_rate = {fail:?}\nrepair_rate = {repair:?}\n[mechanism.m]\nrule = \"authority\"\nepoch_slots = 50\n\
         seats = {seats}\nredundancy = {live}\ncontract_fee = 0.0\n[play]\nrounds = 20\nmeasured_epochs = 400\n",
        seed(&name) % 1_000_000
    ));
    let found = replicates(&experiment, 10);
    ["mean_outage_slots", "long_outage_share"]
        .map(|key| estimate(&found, |outcome| metric(outcome, key).unwrap()))
}

#[test]
fn outages_last_and_run_on_as_theory_says() {
    let alone = |g: f64| (1.0 / g, pow(1.0 - g, 9.0));
    let joint = |g: f64, r: f64| alone(1.0 - pow(1.0 - g, r));
    let turns = |f: f64, g: f64| {
        let down = f / (f + g);
        (1.0 / (1.0 - down), pow(down, 9.0))
    };
    // The digits of the theory: .3874 and ten slots alone, 5.2632 slots for two.
    assert!((alone(0.1).1 - 0.3874).abs() < 5e-5 && (joint(0.1, 2.0).0 - 5.2632).abs() < 5e-5);
    let cases = [
        ((1, 1, 0.01, 0.1), alone(0.1)),
        ((1, 1, 0.05, 0.25), alone(0.25)),
        ((2, 2, 0.05, 0.1), joint(0.1, 2.0)),
        ((3, 3, 0.2, 0.1), joint(0.1, 3.0)),
        ((25, 1, 0.01, 0.1), turns(0.01, 0.1)),
        ((25, 1, 0.4, 0.1), turns(0.4, 0.1)),
    ];
    for ((seats, live, f, g), (length, further)) in cases {
        let [(mean, se), (share, share_se)] = outages(seats, live, f, g);
        println!("{seats}/{live} f={f} g={g}: {mean} ± {se} ({length}), {share} ± {share_se} ({further})");
        // Twelve numbers: 3.7 standard errors by Bonferroni, and Student's law with nine degrees of freedom.
        assert!(
            (mean - length).abs() <= 5.6 * se,
            "{seats}/{live} f={f} g={g}: {mean} ± {se}, theory {length}"
        );
        // Of what is as rare as 4e-10 nothing is seen.
        let rare = further < 1e-8 && share == 0.0;
        assert!(
            rare || (share - further).abs() <= 5.6 * share_se,
            "{seats}/{live} f={f} g={g}: {share} ± {share_se}, theory {further}"
        );
    }
}

/// Where nothing is missed there is no outage to be measured.
#[test]
fn without_outages_there_is_no_mean() {
    let experiment = read(
        "[experiment]\nname = \"outages\"\n[world]\nkind = \"rollup\"\nfee_per_slot = 0.01\n[[sequencers]]\nname = \"s\"\ncount = 1\n\
         [mechanism.m]\nrule = \"centralized\"\n[play]\nrounds = 1\nmeasured_epochs = 4\n",
    );
    let found = &replicates(&experiment, 1)[0];
    assert_eq!(metric(found, "liveness"), Some(1.0));
    assert_eq!(metric(found, "mean_outage_slots"), None);
    assert_eq!(metric(found, "long_outage_share"), None);
}

//! The controller of algorithmic rotation: as many sequencers live as availability and inclusion take, and no more.

use crate::lab::{metric, read, unit};
use sequencer_lab::experiment::outcome::Outcome;

/// Twelve of whom `censors` obey an order for good, drawn alike; everyone live can include.
fn wheel(censors: u32, contender: &str, epochs: u32) -> Outcome {
    let group = |name: &str, count: u32, orders: &str| {
        if count == 0 {
            return String::new();
        }
        format!(
            "[[sequencers]]\nname = \"{name}\"\ncount = {count}\njurisdiction = \"north\"\norders = \"{orders}\"\nlive_cost = 0.0001\n\
             strategy = \"fixed\"\n\n"
        )
    };
    let text = format!(
        "[experiment]\nname = \"redundancy\"\n\n[world]\nkind = \"rollup\"\nslots_per_year = 1000\nfee_per_slot = 0.01\nTAKEOVER\
         target_rate = 1.0\ntarget_window = 1\nforced_inclusion = 2\norder_rate = 1.0\norder_end = 0.0\n\n{}{}\
         [mechanism.wheel]\nrule = \"algorithmic\"\nbase = \"equal\"\nscore_power = 0\nepoch_slots = 100\ninclusion = \"any_live\"\n{contender}\n\n\
         [play]\nrounds = 2\nmeasured_epochs = {epochs}\n\n\
         [strategies.fixed]\nlearner = \"scripted\"\noffer = {{ absolute = 0.0 }}\n",
        group("censor", censors, "obey"),
        group("includer", 12 - censors, "defy"),
    );
    let alone = contender.contains("redundancy = 1") && !contender.contains("r_max");
    let experiment = read(&text.replace("TAKEOVER", if alone { "" } else { "failover = 1.0\n" }));
    unit(&experiment, &experiment.contenders[0], 0)
}

fn cost(outcome: &Outcome) -> f64 {
    metric(outcome, "operating_cost_share").unwrap()
}

#[test]
fn redundancy_stays_up_where_transactions_are_kept_out() {
    let controlled = |censors: u32, target: &str| {
        wheel(
            censors,
            &format!("redundancy = 1\nr_max = 4\ncontrol_epochs = 2\navailability_target = 0.9\n{target}"),
            400,
        )
    };
    let fixed = |censors: u32, redundancy: u32| wheel(censors, &format!("redundancy = {redundancy}"), 400);
    // Nobody includes, however many are live: redundancy never falls.
    let all = controlled(12, "inclusion_target = 0.5");
    assert_eq!(cost(&all), cost(&fixed(12, 4)));
    assert_eq!(metric(&all, "censored_share"), Some(1.0));
    // Whoever leads includes: it falls to one within six epochs of four hundred.
    let none = cost(&controlled(0, "inclusion_target = 0.5"));
    let one = cost(&fixed(0, 1));
    assert!(none >= one && none < 1.03 * one, "{none} {one}");
    // Availability alone does not see censors.
    let blind = cost(&controlled(12, ""));
    assert!(blind < 1.03 * cost(&fixed(12, 1)), "{blind}");
}

/// Nine of twelve censor: with `r` live, all different, somebody includes with probability 1 − C(9, r)/C(12, r), which is .455 for
/// two and .618 for three. Between them redundancy goes up and down as it takes to meet a target of .54 on average.
#[test]
fn redundancy_goes_as_far_as_inclusion_takes() {
    let contender =
        "redundancy = 1\nr_max = 4\ncontrol_epochs = 4\navailability_target = 0.9\ninclusion_target = 0.54";
    let outcome = wheel(9, contender, 4000);
    let censored = metric(&outcome, "censored_share").unwrap();
    // What may be left or overdrawn in the end, and three steps down: of 184 transactions that may be kept out in a window.
    let slack = 5.0 * 184.0 / 400_000.0;
    assert!((censored - 0.46).abs() < slack, "{censored}");
    // Two and three are mixed as their means demand: .545 and .382 are kept out.
    let kept_out = |r: u32| (0..r).map(|k| f64::from(9 - k) / f64::from(12 - k)).product::<f64>();
    let mixed = 2.0 + (kept_out(2) - 0.46) / (kept_out(2) - kept_out(3));
    let live = metric(&outcome, "redundancy").unwrap();
    assert!((live - mixed).abs() < 0.05, "{live} {mixed}");
}

/// Twelve alike, down in one slot of a hundred for five slots on average. A window allows .64 missed slots, and most windows have none;
/// in the long run as many are missed as the target allows.
#[test]
fn availability_settles_at_its_target() {
    let text = |epochs: u32| {
        format!(
            "[experiment]\nname = \"settling\"\n\n[world]\nkind = \"rollup\"\nfee_per_slot = 0.01\nfailover = 1.0\n\n\
             [[sequencers]]\nname = \"one\"\ncount = 12\nfailure_rate = 0.002\nrepair_rate = 0.2\nlive_cost = 0.0001\n\
             strategy = \"fixed\"\n\n[mechanism.wheel]\nrule = \"algorithmic\"\nbase = \"equal\"\nscore_power = 0\nepoch_slots = 32\n\
             r_max = 4\ncontrol_epochs = 20\navailability_target = 0.999\n\n[play]\nrounds = 2\nmeasured_epochs = {epochs}\n\n\
             [strategies.fixed]\nlearner = \"scripted\"\noffer = {{ absolute = 0.0 }}\n"
        )
    };
    let experiment = read(&text(10_000));
    let outcome = unit(&experiment, &experiment.contenders[0], 0);
    let missed = 1.0 - metric(&outcome, "liveness").unwrap();
    // Of 320,000 slots 320 may be missed; some long outages may still be overdrawn in the end.
    assert!((missed - 0.001).abs() < 40.0 / 320_000.0, "{missed}");
    // One live machine misses ten times as much, and two of twelve miss it by a tenth of that, or as much as falls on the same one.
    let two = 0.01 * (1.0 / 12.0 + 11.0 / 12.0 * 0.01);
    let live = metric(&outcome, "redundancy").unwrap();
    assert!(two > 0.0009 && (1.8..3.0).contains(&live), "{two} {live}");
}

/// As many as are live by the schedule, whether or not they are up: counted by hand.
#[test]
fn redundancy_counts_who_is_scheduled_to_be_live() {
    let count = |contender: &str| {
        let capital = if contender.contains("centralized") { "" } else { "capital_cost = 0.1\n" };
        let takeover = if contender.contains("redundancy") || contender.contains("\"stake\"") {
            "failover = 1.0\n"
        } else {
            ""
        };
        let text = format!(
            "[experiment]\nname = \"count\"\n\n[world]\nkind = \"rollup\"\nfee_per_slot = 0.01\n{takeover}\n\
             [[sequencers]]\nname = \"one\"\ncount = 4\nfailure_rate = 0.05\nrepair_rate = 0.2\nstrategy = \"fixed\"\n{capital}\n\
             [mechanism.rule]\n{contender}\nepoch_slots = 40\n\n[play]\nrounds = 4\nmeasured_epochs = 500\n\n\
             [strategies.fixed]\nlearner = \"scripted\"\noffer = {{ absolute = 0.001 }}\n"
        );
        let experiment = read(&text);
        metric(&unit(&experiment, &experiment.contenders[0], 0), "redundancy").unwrap()
    };
    for (contender, live) in [
        ("rule = \"centralized\"", 1.0),
        ("rule = \"authority\"\nseats = 4\ncontract_fee = 0.01\nredundancy = 3", 3.0),
        ("rule = \"auction_rotation\"\nseats = 4\nredundancy = 2", 2.0),
        ("rule = \"stake\"", 4.0),
    ] {
        assert_eq!(count(contender), live, "{contender}");
    }
    // The next leader is this one in a quarter of all slots.
    let drawn = count("rule = \"stake_rotation\"\nseats = 40\nredundancy = 2");
    assert!((drawn - 1.75).abs() < 4.0 * (0.25 * 0.75 / 80_000.0_f64).sqrt(), "{drawn}");
}

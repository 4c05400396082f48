//! The controller of algorithmic rotation: as many sequencers live as availability and inclusion take, and no more.

use crate::lab::{metric, read, unit};
use sequencer_lab::experiment::outcome::Outcome;

/// Twelve of whom `censors` obey an order for good, drawn alike; everyone live can include.
fn wheel(censors: u32, contender: &str) -> Outcome {
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
         [play]\nrounds = 2\nmeasured_epochs = 400\n\n\
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
        )
    };
    let fixed = |censors: u32, redundancy: u32| wheel(censors, &format!("redundancy = {redundancy}"));
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
/// two and .618 for three. A target between them takes three in most epochs.
#[test]
fn redundancy_goes_as_far_as_inclusion_takes() {
    let outcome = wheel(
        9,
        "redundancy = 1\nr_max = 4\ncontrol_epochs = 4\navailability_target = 0.9\ninclusion_target = 0.54",
    );
    let censored = metric(&outcome, "censored_share").unwrap();
    let kept_out = |r: u32| (0..r).map(|k| f64::from(9 - k) / f64::from(12 - k)).product::<f64>();
    // It goes up from two and down from three, by turns.
    let expected = 0.5 * (kept_out(2) + kept_out(3));
    assert!((censored - expected).abs() < 0.01, "{censored} {expected}");
}

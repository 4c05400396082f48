//! Seats that can be resold: where they end, what they are sold for first, and who stands back.

use crate::lab::{metric, read, try_read, unit};
use sequencer_lab::experiment::outcome::Outcome;
use sequencer_lab::theory::resale;

fn outcome(text: &str) -> Outcome {
    let experiment = read(text);
    unit(&experiment, &experiment.contenders[0], 0)
}

fn value(outcome: &Outcome, key: &str) -> f64 {
    metric(outcome, key).unwrap_or_else(|| panic!("no {key}"))
}

const GROUPS: &[(&str, f64)] = &[("first", 1.0), ("second", 0.6), ("third", 0.3)];

/// Three bidders with known values, a rule, and what each plays.
fn known(contender: &str, strategies: [&str; 3], tables: &str) -> String {
    let group = |((name, value), strategy): (&(&str, f64), &str)| {
        format!(
            "[[sequencers]]\nname = \"{name}\"\ncount = 1\nvalue = {{ constant = {value:?} }}\nstrategy = \"{strategy}\"\n\n"
        )
    };
    let groups: String = GROUPS.iter().zip(strategies).map(group).collect();
    format!(
        "[experiment]\nname = \"resale\"\n\n{groups}[mechanism.sale]\n{contender}\n\n\
         [play]\nrounds = 8\nwarmup_epochs = 400\nmeasured_epochs = 50\n\n{tables}"
    )
}

const LEARN: &str =
    "[strategies.grid]\nlearner = \"hedge\"\nbins = 1\nmenu = { absolute = [0.0, 1.2], points = 61 }\n";

#[test]
fn learned_bids_foresee_resale() {
    for share in [0.0, 0.5, 1.0] {
        let contender = format!("rule = \"auction\"\nresale = {{ seller_share = {share:?} }}");
        let outcome = outcome(&known(&contender, ["grid"; 3], LEARN));
        let (found, theory) = (value(&outcome, "mean_price"), resale::price(1.0, 0.6, share));
        // Two ticks: the first outbids by one, and mixes with its neighbour.
        assert!((found - theory).abs() <= 0.04, "{share}: {found}, {theory}");
        assert!((value(&outcome, "allocative_efficiency") - 1.0).abs() < 1e-9, "{share}");
        assert!(value(&outcome, "deviation_gain_upper") < 0.03, "{share}");
    }
}

#[test]
fn who_stands_back_buys_later() {
    let tables = "[strategies.away]\nlearner = \"scripted\"\noffer = \"abstain\"\n\n\
                  [strategies.nothing]\nlearner = \"scripted\"\noffer = { absolute = 0.0 }\n";
    for (share, rule) in [(0.0, "auction"), (0.3, "auction"), (0.8, "auction_rotation\"\nseats = 1\n#\"")] {
        let contender = format!("rule = \"{rule}\"\nresale = {{ seller_share = {share:?} }}");
        let outcome = outcome(&known(&contender, ["away", "nothing", "away"], tables));
        let paid = 1.0 - resale::standing_back(1.0, 0.6, share);
        assert!((value(&outcome, "resale_payments") - paid).abs() < 1e-12, "{share}");
        assert_eq!(value(&outcome, "resold_share"), 1.0);
        assert_eq!(value(&outcome, "community_share"), 0.0);
        assert_eq!(value(&outcome, "unrealised_share"), 0.0);
    }
    // Not worth the bother, nothing changes hands.
    let contender = "rule = \"auction\"\nresale = { least_gain = 0.5 }";
    let outcome = outcome(&known(contender, ["away", "nothing", "away"], tables));
    assert_eq!(value(&outcome, "resold_share"), 0.0);
    assert!((value(&outcome, "unrealised_share") - 0.4).abs() < 1e-12);
}

/// Whoever wins, private values drawn afresh: seats end with those to whom they are worth most.
#[test]
fn resale_is_efficient_whoever_wins() {
    let text = |resale: &str| {
        format!(
            "[experiment]\nname = \"resale\"\n\n[[sequencers]]\nname = \"bidder\"\ncount = 5\nvalue = {{ uniform = [0.0, 1.0] }}\n\
             strategy = \"nothing\"\n\n[mechanism.sale]\nrule = \"auction_rotation\"\nseats = 2\nepoch_slots = 6\nbond = 1.0\n{resale}\n\n\
             [play]\nrounds = 8\nmeasured_epochs = 50\n\n\
             [strategies.nothing]\nlearner = \"scripted\"\noffer = {{ absolute = 0.0 }}\n"
        )
    };
    let (with, without) = (outcome(&text("resale = {}")), outcome(&text("")));
    assert!((value(&with, "allocative_efficiency") - 1.0).abs() < 1e-12);
    assert!(value(&without, "allocative_efficiency") < 0.8);
    // What nobody bothers to resell is sold as if it could not be.
    let never = outcome(&text("resale = { least_gain = 10.0 }"));
    let shared = never.metrics.iter().filter(|(key, _)| !key.starts_with("res"));
    assert_eq!(shared.copied().collect::<Vec<_>>(), without.metrics);
}

#[test]
fn only_seats_that_are_sold_can_be_resold() {
    for rule in [
        "rule = \"stake\"",
        "rule = \"auction\"\nterm_epochs = 3",
        "rule = \"auction_rotation\"\nseats = 2\nschedule = \"proportional\"",
    ] {
        let text = known(&format!("{rule}\nresale = {{}}"), ["grid"; 3], LEARN);
        let error = try_read(&text).unwrap_err();
        assert!(error.contains("does not sell seat by seat"), "{rule}: {error}");
    }
}

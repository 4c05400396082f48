//! MEV of consecutive slots: what rotation breaks up, one operator keeps, and auctions sell.

use crate::lab::{metric, read, unit};
use sequencer_lab::theory::multi_slot::{factor_when_drawn, value_of_run};

const PREMIUM: f64 = 1.5;
const SLOTS: u32 = 20;

/// A world of nothing but MEV, .01 in each slot.
fn text(groups: &str, contender: &str) -> String {
    format!(
        "[experiment]\nname = \"runs\"\n\n[world]\nkind = \"rollup\"\nmev_median = 0.01\nmev_sigma = 0.0\n\
         multi_slot_premium = {PREMIUM}\n\n{groups}\n[mechanism.rule]\n{contender}\nepoch_slots = {SLOTS}\n\n\
         [play]\nrounds = 4\nmeasured_epochs = 200\n"
    )
}

const ALIKE: &str = "[[sequencers]]\nname = \"one\"\ncount = 4\nstrategy = \"truthful\"\n";

#[test]
fn what_is_realised_hangs_on_who_makes_the_slots_before() {
    for (contender, what) in [
        ("rule = \"centralized\"", "whole"),
        ("rule = \"authority\"\nseats = 4\ncontract_fee = 0.01", "single"),
        ("rule = \"authority\"\nseats = 1\ncontract_fee = 0.01", "whole"),
        ("rule = \"authority\"\nseats = 4\ncontract_fee = 0.01\nrotation = \"random\"", "drawn"),
    ] {
        let experiment = read(&text(ALIKE, contender));
        let outcome = unit(&experiment, &experiment.contenders[0], 0);
        let burn_in = u64::from(experiment.play.schedule.burn_in) * u64::from(SLOTS);
        let measured = 200 * u64::from(SLOTS);
        let run = value_of_run(PREMIUM, burn_in + measured) - value_of_run(PREMIUM, burn_in);
        let whole = 0.01 * run / 200.0;
        let alone = 0.01 * f64::from(SLOTS);
        let gross = metric(&outcome, "gross_value").unwrap();
        let (expected, allowed) = match what {
            "whole" => (whole, 1e-9),
            "single" => (alone, 1e-9),
            // Factors lie between 1 and 1 + κ, and neighbours depend on each other: some 16,000 slots.
            _ => (alone * factor_when_drawn(PREMIUM, 0.25), alone * 4.0 * PREMIUM / 16_000.0_f64.sqrt()),
        };
        assert!((gross - expected).abs() < allowed, "{contender}: {gross}, {expected}");
        assert!((metric(&outcome, "potential_value").unwrap() - whole).abs() < 1e-9);
    }
}

/// The winner of an epoch pays what the epoch is worth to the second, who would be on as long a run.
#[test]
fn auctions_sell_long_runs() {
    let groups = "[[sequencers]]\nname = \"first\"\ncount = 1\nstrategy = \"truthful\"\n\n\
                  [[sequencers]]\nname = \"second\"\ncount = 2\nskill = 0.8\nstrategy = \"truthful\"\n";
    let price = |contender: &str| {
        let experiment = read(&text(groups, contender));
        metric(&unit(&experiment, &experiment.contenders[0], 0), "mean_price").unwrap()
    };
    // As learned over the first 48 epochs: near the whole premium.
    let seen = 48 * u64::from(SLOTS);
    let factor = value_of_run(PREMIUM, seen) / seen as f64;
    let one = price("rule = \"auction\"\npricing = \"second\"");
    assert!((one - 0.008 * factor).abs() < 1e-9, "{one}, {}", 0.008 * factor);
    // Two seats in turns have no runs to sell.
    let two = price("rule = \"auction_rotation\"\npricing = \"uniform\"\nseats = 2");
    assert!((two - 0.008).abs() < 1e-12, "{two}");
}

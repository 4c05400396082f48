//! Free entry and operators with several candidates, against closed forms.

use crate::lab::{metric, read, unit};
use sequencer_lab::numerics::pow;
use std::fmt::Write;

/// A contest of stakes for a rent of 1 with a cost of capital of 0.05, whose members play `strategy`.
fn stakes(count: u32, entry: f64, strategy: &str) -> String {
    format!(
        "[experiment]\nname = \"entry\"\n\n[[sequencers]]\nname = \"member\"\ncount = {count}\nentry_cost = {entry:?}\n\
         value = {{ constant = 1.0 }}\ncapital_cost = 0.05\nstrategy = \"stakes\"\n\n\
         [mechanism.pool]\nrule = \"stake\"\nepoch_slots = 10\n\n[play]\nrounds = 4\nwarmup_epochs = 600\nmeasured_epochs = 10\n\n\
         [strategies.stakes]\n{strategy}\n"
    )
}

#[test]
fn stakers_enter_until_nobody_gains_and_rent_is_dissipated() {
    // A member of m earns 1/m² in equilibrium.
    let equilibrium = "learner = \"scripted\"\noffer = \"value * (n - 1) / n^2\"";
    for (entry, members) in [(0.2, 2), (0.1, 3), (0.03, 5), (0.012, 9), (0.0026, 19)] {
        let experiment = read(&stakes(24, entry, equilibrium));
        let outcome = unit(&experiment, &experiment.contenders[0], 0);
        let m = f64::from(members);
        assert_eq!(metric(&outcome, "entrants"), Some(m), "entry cost {entry}");
        let margin = metric(&outcome, "entry_margin").unwrap();
        assert!((margin - (1.0 / (m * m) - entry)).abs() < 1e-9, "entry cost {entry}: {margin}");
        // Stakes come to R/r·(1 − 1/m): their cost is a share 1 − 1/m of the rent.
        let dissipated = metric(&outcome, "capital_cost_share").unwrap();
        assert!((dissipated - (1.0 - 1.0 / m)).abs() < 1e-9, "{members}: {dissipated}");
        let locked = metric(&outcome, "capital_locked").unwrap();
        assert!((locked - 20.0 * (1.0 - 1.0 / m)).abs() < 1e-6, "{members}: {locked}");
    }
    // A cost above the whole rent keeps nobody away: one takes part at a loss.
    let experiment = read(&stakes(7, 5.0, equilibrium));
    let outcome = unit(&experiment, &experiment.contenders[0], 0);
    assert_eq!(metric(&outcome, "entrants"), Some(1.0));
    assert!(metric(&outcome, "entry_margin").unwrap() <= -4.0);
    // With room for fewer than would enter all take part.
    let experiment = read(&stakes(7, 0.001, equilibrium));
    assert_eq!(metric(&unit(&experiment, &experiment.contenders[0], 0), "entrants"), Some(7.0));
}

#[test]
fn stakers_who_learn_enter_alike() {
    // Between 1/9 and 1/16 from either side: three enter, as 1/16 < 0.085 < 1/9.
    let learned = "learner = \"hedge\"\nbins = 1\nmenu = { relative = [0.0, 0.3], points = 61 }";
    let experiment = read(&stakes(6, 0.085, learned));
    for replicate in 0..2 {
        let outcome = unit(&experiment, &experiment.contenders[0], replicate);
        assert_eq!(metric(&outcome, "entrants"), Some(3.0));
    }
}

#[test]
fn bidders_enter_until_nobody_gains() {
    // Values are uniform on [0, 1]: each of m earns 1/(m(m + 1)) under the second price.
    for (entry, members) in [(0.1, 2), (0.06, 3), (0.04, 4), (0.0285, 5)] {
        let text = format!(
            "[experiment]\nname = \"bidders\"\n\n[[sequencers]]\nname = \"member\"\ncount = 12\nentry_cost = {entry:?}\n\
             value = {{ uniform = [0.0, 1.0] }}\nstrategy = \"truthful\"\n\n\
             [mechanism.sale]\nrule = \"auction\"\npricing = \"second\"\n\n[play]\nrounds = 16\nmeasured_epochs = 1500\n"
        );
        let experiment = read(&text);
        let outcome = unit(&experiment, &experiment.contenders[0], 0);
        // The profit at the margin, its standard deviation of about .2 and 24,000 sales of m bidders each.
        let profit = |m: f64| 1.0 / (m * (m + 1.0));
        let m = f64::from(members);
        let noise = 4.0 * 0.2 / (24_000.0 * m).sqrt();
        assert!(
            profit(m) - noise > entry && profit(m + 1.0) + noise < entry,
            "the case is too close to call"
        );
        assert_eq!(metric(&outcome, "entrants"), Some(m), "entry cost {entry}");
    }
}

/// One operator behind `m` of the candidates, whose stakes come to that of each of `rivals` others.
fn split(m: u32, rivals: u32, power: f64) -> String {
    let mut text = format!(
        "[experiment]\nname = \"identities\"\n\n[mechanism.pool]\nrule = \"stake\"\nepoch_slots = 10\nstake_power = {power:?}\n\n\
         [play]\nrounds = 1\nmeasured_epochs = 4\n"
    );
    for (name, count, identities, stake) in [("many", m, m, 12.0 / f64::from(m)), ("single", rivals, 1, 12.0)]
    {
        let _ = write!(
            text,
            "\n[[sequencers]]\nname = \"{name}\"\ncount = {count}\nidentities = {identities}\nvalue = {{ constant = 1.0 }}\n\
             strategy = \"{name}\"\n\n[strategies.{name}]\nlearner = \"scripted\"\noffer = {{ absolute = {stake:?} }}\n"
        );
    }
    text
}

#[test]
fn splitting_a_stake_pays_unless_weights_are_proportional() {
    for (m, rivals, power) in [(1, 3, 0.5), (4, 3, 0.5), (4, 3, 1.0), (9, 2, 0.5), (3, 1, 2.0)] {
        let experiment = read(&split(m, rivals, power));
        let outcome = unit(&experiment, &experiment.contenders[0], 0);
        // Weights m·(s/m)^p against s^p each.
        let weight = pow(f64::from(m), 1.0 - power);
        let all = weight + f64::from(rivals);
        let hhi = (weight * weight + f64::from(rivals)) / (all * all);
        let found = metric(&outcome, "hhi_slots").unwrap();
        assert!((found - hhi).abs() < 1e-9, "{m} candidates, power {power}: {found}, {hhi}");
        let alone = if weight > 0.5 * all { 1.0 } else { 2.0 };
        if rivals == 2 {
            assert_eq!(metric(&outcome, "nakamoto_50"), Some(alone), "{m} {power}");
        }
    }
}

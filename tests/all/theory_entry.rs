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

/// A contest of stakes for a rent of 1 between two groups of six: (name, entry cost, cost of capital). A member plays the equilibrium
/// stake against those who are in, `share·(1 − share)·R/r` with `share = 1 − r(m − 1)/Σr`, by learning it.
fn rivals(groups: [(&str, f64, f64); 2]) -> String {
    let mut text = "[experiment]\nname = \"rivals\"\n\n[mechanism.pool]\nrule = \"stake\"\nepoch_slots = 10\n\n\
                    [strategies.stakes]\nlearner = \"hedge\"\nbins = 1\nmenu = { relative = [0.0, 0.3], points = 61 }\n\n\
                    [play]\nrounds = 4\nwarmup_epochs = 400\nmeasured_epochs = 10\n"
        .to_owned();
    for (name, entry, capital) in groups {
        let _ = write!(
            text,
            "\n[[sequencers]]\nname = \"{name}\"\ncount = 6\nentry_cost = {entry:?}\nvalue = {{ constant = 1.0 }}\n\
             capital_cost = {capital:?}\nstrategy = \"stakes\"\n"
        );
    }
    text
}

/// Names of those who are seated, with how many of them, and the margin.
fn seated(text: &str) -> (f64, Vec<String>, f64) {
    let experiment = read(text);
    let outcome = unit(&experiment, &experiment.contenders[0], 0);
    assert_eq!(metric(&outcome, "entry_settled"), Some(1.0));
    let mut names: Vec<String> = outcome.policies.iter().map(|entry| entry.agent.clone()).collect();
    names.dedup();
    (metric(&outcome, "entrants").unwrap(), names, metric(&outcome, "entry_margin").unwrap())
}

#[test]
fn those_who_enter_cheaply_keep_others_out() {
    // 1/16 covers .05, and 1/25 does not; nobody of the others ever covers .5 beside a single rival, who leaves it 1/4.
    for names in [["a", "b"], ["b", "a"]] {
        let (entrants, present, margin) = seated(&rivals([(names[0], 0.05, 0.05), (names[1], 0.5, 0.05)]));
        assert_eq!((entrants, present.as_slice()), (4.0, &[names[0].to_owned()][..]));
        assert!((margin - (1.0 / 16.0 - 0.05)).abs() < 0.005, "{margin}");
    }
    // Nobody of either covers what it costs: one of those who lose less is there.
    let (entrants, present, margin) = seated(&rivals([("a", 3.0, 0.05), ("b", 2.0, 0.05)]));
    assert_eq!((entrants, present.as_slice()), (1.0, &["b".to_owned()][..]));
    assert!(margin < -1.0, "{margin}");
}

#[test]
fn those_with_dear_capital_leave() {
    // Beside two with a cost of .05 whoever pays .1 wins 1 − .1·2/.2, nothing; beside one, a third, and earns 1/9. Whoever comes first.
    for names in [["a", "b"], ["b", "a"]] {
        let (entrants, present, margin) = seated(&rivals([(names[0], 0.08, 0.05), (names[1], 0.08, 0.1)]));
        assert_eq!((entrants, present.as_slice()), (3.0, &[names[0].to_owned()][..]));
        assert!((margin - (1.0 / 9.0 - 0.08)).abs() < 0.01, "{margin}");
    }
    // Dear capital and cheap entry, by turns: three at .06 beside two at .05 win 1 − .06·4/.28 = 1/7 each and earn 1/49, which covers .017;
    // a fourth would leave them (1 − .06·5/.34)² = .014. The others earn (1 − .05·4/.28)² = 4/49, and one more of them would (1 − .05·5/.33)² = .059.
    let (entrants, present, margin) = seated(&rivals([("a", 0.07, 0.05), ("b", 0.017, 0.06)]));
    assert_eq!((entrants, present), (5.0, vec!["a".to_owned(), "b".to_owned()]));
    assert!((margin - (1.0 / 49.0 - 0.017)).abs() < 0.003, "{margin}");
}

/// Bidders with values uniform on [0, 1] beside two incumbents: the m-th of all earns 1/(m(m + 1)), whoever that is.
#[test]
fn bidders_enter_beside_incumbents() {
    for (costs, present) in
        [([0.06, 0.2], 1.0), ([0.2, 0.2], 0.0), ([0.04, 0.06], 2.0), ([0.0285, 0.0285], 3.0)]
    {
        let mut text = "[experiment]\nname = \"bidders\"\n\n[[sequencers]]\nname = \"incumbent\"\ncount = 2\n\
                        value = { uniform = [0.0, 1.0] }\nstrategy = \"truthful\"\n\n[mechanism.sale]\nrule = \"auction\"\n\
                        pricing = \"second\"\n\n[play]\nrounds = 16\nmeasured_epochs = 1500\n"
            .to_owned();
        for (name, cost) in ["a", "b"].iter().zip(costs) {
            let _ = write!(
                text,
                "\n[[sequencers]]\nname = \"{name}\"\ncount = 4\nentry_cost = {cost:?}\nvalue = {{ uniform = [0.0, 1.0] }}\n\
                 strategy = \"truthful\"\n"
            );
        }
        let experiment = read(&text);
        let outcome = unit(&experiment, &experiment.contenders[0], 0);
        assert_eq!(metric(&outcome, "entrants"), Some(present), "{costs:?}");
        assert_eq!(metric(&outcome, "entry_margin").is_some(), present > 0.0);
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

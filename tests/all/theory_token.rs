//! Bonds and stakes in a token whose price the protocol moves: what it does to their owners' accounts, and what they stake for it.

use crate::lab::{estimate, metric, read, replicates};
use sequencer_lab::experiment::file::Experiment;
use sequencer_lab::experiment::outcome::Outcome;
use sequencer_lab::experiment::references::known_outcome;
use sequencer_lab::learning::policy::Policy;
use sequencer_lab::mechanism::Rule;
use sequencer_lab::mechanism::authority::Authority;
use sequencer_lab::mechanism::stake::Stake;
use sequencer_lab::numerics::{exp, pow};
use sequencer_lab::play::market::{Detail, Game, Market, Round, Seating};
use sequencer_lab::play::schedule::{Phase, market_key};
use sequencer_lab::theory::contest::{lottery, symmetric_stake};
use sequencer_lab::validate::program::contest::Contest;

const LEARN: &str = "learner = \"hedge\"\nbins = 1\nmenu = { relative = [0.0, 0.5], points = 81 }";

/// A contest in which an epoch issues 0.3.
fn issuing(rewards: &[f64], costs: &[f64], token: &str) -> Experiment {
    let text = Contest::new(rewards, costs).text(LEARN);
    read(&text.replace("rule = \"stake\"\n", &format!("rule = \"stake\"\nissuance = 0.3\n{token}\n")))
}

fn hold(outcomes: &[Outcome], key: &str, theory: f64, tick: f64) {
    let (mean, se) = estimate(outcomes, |o| metric(o, key).unwrap());
    assert!((mean - theory).abs() <= 3.0 * se + tick, "{key}: {mean} ± {se}, theory {theory}");
}

/// Equals, whose stakes lose `1 − e^{−ηI/C}` in every epoch: that is a cost of staking as the capital's.
#[test]
fn issuance_is_a_cost_of_stakes_in_the_token() {
    let experiment = issuing(
        &[1.0; 4],
        &[0.05; 4],
        "bond_asset = \"token\"\ntoken = { capitalisation = 3.0, elasticity = 0.5 }",
    );
    let lost = 1.0 - exp(-0.5 * 0.3 / 3.0);
    let stake = symmetric_stake(1.3, 0.05 + lost, 4, 1.0).unwrap();
    let known = known_outcome(&experiment, &experiment.contenders[0]).expect("theory knows all stakes");
    assert!((known.value / (4.0 * stake) - 1.0).abs() < 1e-12, "{} {stake}", known.value);
    let outcomes = replicates(&experiment, 4);
    // Half a setting of each.
    let tick = 0.5 * 0.5 / 80.0 * 1.3 / (0.05 + lost);
    hold(&outcomes, "mean_offer", stake, tick);
    hold(&outcomes, "capital_cost_share", 4.0 * stake * 0.05, 4.0 * tick * 0.05);
    hold(&outcomes, "outside_income_share", -4.0 * stake * lost, 4.0 * tick * lost);
    hold(&outcomes, "sequencer_share", 1.3 - 4.0 * stake * lost, 4.0 * tick * lost);
    assert!(outcomes.iter().all(|o| metric(o, "certified") == Some(1.0)));
    // What is posted in ETH loses nothing.
    let safe = issuing(
        &[1.0; 4],
        &[0.05; 4],
        "bond_asset = \"eth\"\ntoken = { capitalisation = 3.0, elasticity = 0.5 }",
    );
    let known = known_outcome(&safe, &safe.contenders[0]).unwrap().value;
    assert!((known / (4.0 * symmetric_stake(1.3, 0.05, 4, 1.0).unwrap()) - 1.0).abs() < 1e-12, "{known}");
}

/// Two of unlike rewards and capital, half of whose stakes is in the token.
#[test]
fn issuance_levels_the_cost_of_stakes() {
    let (rewards, costs) = ([1.0, 1.4], [0.05, 0.03]);
    let experiment = issuing(
        &rewards,
        &costs,
        "bond_asset = { eth = 0.5, token = 0.5 }\ntoken = { capitalisation = 2.0 }",
    );
    let lost = 0.5 * (1.0 - exp(-0.3 / 2.0));
    let theory = lottery(&rewards.map(|reward| reward + 0.3), &costs.map(|cost| cost + lost)).unwrap();
    let outcomes = replicates(&experiment, 4);
    let step = |i: usize| 0.5 / 80.0 * (rewards[i] + 0.3) / (costs[i] + lost);
    hold(&outcomes, "capital_locked", theory.stakes.iter().sum(), 0.5 * (step(0) + step(1)));
    let spent = costs[0] * theory.stakes[0] + costs[1] * theory.stakes[1];
    // In shares of the higher value.
    hold(&outcomes, "capital_cost_share", spent / 1.4, 0.5 * (step(0) * costs[0] + step(1) * costs[1]) / 1.4);
    assert!(outcomes.iter().all(|o| metric(o, "certified") == Some(1.0)));
}

/// A rollup in which five and three ETH are staked, in this order.
fn staked(contender: &str) -> Experiment {
    let group = |name: &str, stake: f64| {
        format!(
            "[[sequencers]]\nname = \"{name}\"\ncount = 1\ncapital_cost = 0.1\nstrategy = \"{name}\"\ntoxic_mev = \"never\"\n\n\
             [strategies.{name}]\nlearner = \"scripted\"\noffer = {{ absolute = {stake:?} }}\n\n"
        )
    };
    let takeover = if contender.contains("\"stake\"") { "failover = 1.0\n" } else { "" };
    read(&format!(
        "[experiment]\nname = \"staked\"\n\n[world]\nkind = \"rollup\"\nslots_per_year = 1000\nfee_per_slot = 0.01\nmev_median = 0.01\n\
         toxic_share = 0.1\n{takeover}\n{}{}[mechanism.rule]\nepoch_slots = 10\n{contender}\n\n\
         [play]\nrounds = 1\nmeasured_epochs = 4\n",
        group("five", 5.0),
        group("three", 3.0),
    ))
}

/// Lets `visit` play the market of the experiment's stakes.
fn with_stakes(
    experiment: &Experiment,
    visit: impl Fn(&Market<Stake>, &mut dyn FnMut(&mut Market<Stake>), &Game<Stake>),
) {
    let contender = &experiment.contenders[0];
    let Rule::Stake(rule) = &contender.rule else { panic!("{:?}", contender.rule) };
    let seats = Seating::new(&experiment.setting, true);
    let game = Game { rule, setting: &experiment.setting, terms: &contender.terms, seats: &seats };
    let policies: Vec<Policy> = seats.players.iter().map(|p| Policy::pure(1, p.menu.columns(), 1)).collect();
    let mut round = Round::new(&game);
    let mut market = Market::open(&game, market_key(1, 0, Phase::Measure, 0));
    market.spare(true);
    let mut step = |market: &mut Market<Stake>| {
        market.offer(&game, |p| &policies[p], &mut round);
        market.decide(&game, &mut round, Detail::Slots).unwrap();
    };
    for _ in 0..3 {
        step(&mut market);
    }
    visit(&market, &mut step, &game);
}

/// A finding costs a tenth of the price, and everybody who has staked in the token a tenth of that, guilty or not.
#[test]
fn trust_that_is_lost_costs_all_who_stake_in_the_token() {
    let experiment = staked(
        "rule = \"stake\"\nbond_asset = { eth = 0.5, token = 0.5 }\ntoken = { capitalisation = 10.0, trust = 0.1 }\n\
         governance = { false_positive = 0.5 }",
    );
    with_stakes(&experiment, |market, step, game| {
        for (guilty, factor) in [(&[0][..], 0.9), (&[1], 0.9), (&[0, 1], 0.81)] {
            let (mut clean, mut found) = (market.clone(), market.clone());
            for &i in guilty {
                found.convict(game, i);
            }
            step(&mut clean);
            step(&mut found);
            for (i, stake) in [(0, 5.0), (1, 3.0)] {
                let lost = clean.ledger.wealth(i) - found.ledger.wealth(i);
                assert!((lost - 0.5 * stake * (1.0 - factor)).abs() < 1e-12, "{guilty:?}: {lost} of {stake}");
            }
            let gained = found.ledger.appreciation() - clean.ledger.appreciation();
            assert!((gained + 0.5 * 8.0 * (1.0 - factor)).abs() < 1e-12, "{guilty:?}: {gained}");
            // It is lost once: stakes are locked anew at the new price.
            let before = [0, 1].map(|i| found.ledger.wealth(i) - clean.ledger.wealth(i));
            step(&mut clean);
            step(&mut found);
            for (i, before) in before.into_iter().enumerate() {
                let now = found.ledger.wealth(i) - clean.ledger.wealth(i);
                assert!((now - before).abs() < 1e-12, "{guilty:?}: {now} {before}");
            }
        }
    });
}

/// Each epoch issues 0.4 of 2, so that the price falls to `e^{−1/5}` of itself: what a finding takes two epochs later is worth the square of that.
#[test]
fn what_is_withheld_moves_with_the_price() {
    let experiment = staked(
        "rule = \"stake\"\nissuance = 0.04\nbond_asset = \"token\"\ntoken = { capitalisation = 2.0 }\nslash_fraction = 0.25\n\
         governance = { false_positive = 0.5, delay = 2 }",
    );
    let falls = exp(-0.2);
    with_stakes(&experiment, |market, step, game| {
        let (mut clean, mut found) = (market.clone(), market.clone());
        found.convict(game, 0);
        for epoch in 1..=3 {
            step(&mut clean);
            step(&mut found);
            // A quarter of five, and nothing but that is ever slashed.
            let slashed = if epoch < 2 { 0.0 } else { 1.25 * pow(falls, 2.0) };
            assert!((found.ledger.slashed() - slashed).abs() < 1e-12, "{epoch}: {}", found.ledger.slashed());
            let withheld = if epoch < 2 { 1.25 * falls } else { 0.0 };
            assert!((found.ledger.escrow(0) - 5.0 - withheld).abs() < 1e-12, "{epoch}");
        }
        // It would have been released an epoch earlier, at a price that had fallen once.
        let lost = clean.ledger.wealth(0) - found.ledger.wealth(0);
        assert!((lost - 1.25 * falls).abs() < 1e-12, "{lost}");
    });
}

/// Bonds of one ETH in a token whose price rises by half in every epoch, all of them slashed after two: what is taken, and what is
/// still locked, was posted or is a gain that was booked.
#[test]
fn a_slash_takes_what_was_posted_and_gained() {
    let experiment = staked(
        "rule = \"authority\"\nseats = 2\ncontract_fee = 0.01\nbond = 1.0\ndispute_epochs = 1\nbond_asset = \"token\"\n\
         token = { capitalisation = 0.25 }\nredistribution = { buyback = 1.0 }\nslash_fraction = 1.0\ngovernance = { false_positive = 0.5, delay = 2 }",
    );
    let contender = &experiment.contenders[0];
    let Rule::Authority(rule) = &contender.rule else { panic!("{:?}", contender.rule) };
    let rule: &Authority = rule;
    let seats = Seating::new(&experiment.setting, true);
    let game = Game { rule, setting: &experiment.setting, terms: &contender.terms, seats: &seats };
    let policies: Vec<Policy> = seats.players.iter().map(|p| Policy::pure(1, p.menu.columns(), 1)).collect();
    let mut round = Round::new(&game);
    let mut market = Market::open(&game, market_key(1, 0, Phase::Measure, 0));
    market.spare(true);
    let mut posted = 0.0;
    for epoch in 0..12 {
        market.offer(&game, |p| &policies[p], &mut round);
        market.decide(&game, &mut round, Detail::Slots).unwrap();
        posted += round.selection.bond.iter().sum::<f64>();
        for i in [0, 1] {
            market.convict(&game, i);
        }
        let ledger = &market.ledger;
        let there = ledger.slashed() + ledger.escrow(0) + ledger.escrow(1);
        let given = posted + ledger.appreciation();
        assert!((there / given - 1.0).abs() < 1e-12, "{epoch}: {there} of {given}");
    }
    assert_eq!(posted, 24.0);
    assert!(market.ledger.slashed() > 1.5 * posted, "{}", market.ledger.slashed());
}

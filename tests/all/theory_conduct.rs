//! What office is worth to those who hold it, and what is told to those who bid for it: capital that stays of use, legal penalties,
//! users who have left.

use crate::lab::{metric, read, unit};
use sequencer_lab::experiment::outcome::Outcome;
use sequencer_lab::numerics::pow;
use sequencer_lab::play::market::{Detail, Game, Market, Round, Seating};
use sequencer_lab::play::schedule::{Phase, market_key};
use sequencer_lab::with_rule;

fn outcome(text: &str) -> Outcome {
    let experiment = read(text);
    unit(&experiment, &experiment.contenders[0], 0)
}

/// What an act is expected to cost, as learned.
fn cost_of_an_act(outcome: &Outcome) -> f64 {
    let row = outcome.policies.iter().find(|row| row.lever == "bribe_markup").expect("conduct is learned");
    row.action.expect("there is a price for everything")
}

/// A briber who offers too little for anybody to misbehave.
const MISER: &str = "[briber]\nstrategy = \"miser\"\n\n[strategies.miser]\nrole = \"briber\"\nlearner = \"scripted\"\n\
     offer = { absolute = 1e-6 }\n";

/// Four candidates stake 4.29 each for one seat whose epoch brings 1, at a rate of 0.1 an epoch. Who is not drawn keeps the use of its
/// whole stake, so that an epoch is worth (1 − 0.429)/4 to each.
#[test]
fn a_stake_of_which_its_owner_has_the_use_is_no_cost_of_office() {
    let (evicted, discount, detection) = (50, 0.98_f64, 0.5);
    let text = format!(
        "[experiment]\nname = \"derivative\"\n\n[world]\nkind = \"rollup\"\nslots_per_year = 10\nfee_per_slot = 0.1\n\
         target_rate = 0.05\ntarget_value = 1.0\ntarget_window = 3\n\n{MISER}\n\
         [[sequencers]]\nname = \"member\"\ncount = 4\ncapital_cost = 0.1\ndiscount = {discount:?}\nstrategy = \"fixed\"\n\n\
         [mechanism.seat]\nrule = \"stake_rotation\"\nseats = 1\nepoch_slots = 10\nliquid_fraction = 1.0\n\
         governance = {{ detection = {detection:?}, evict_epochs = {evicted} }}\n\n\
         [play]\nrounds = 2\nmeasured_epochs = 20\n\n\
         [strategies.fixed]\nlearner = \"scripted\"\noffer = {{ absolute = 4.29 }}\n"
    );
    let weights: Vec<f64> = (1..=evicted).map(|t| pow(discount, f64::from(t))).collect();
    let rent = (1.0 - 0.429) / 4.0;
    let loss = rent * weights.iter().sum::<f64>();
    // Of one epoch it is 0.571 with probability one in four; in sixteen independent markets of the latest rounds, which count most.
    let sd = 0.571 * (0.25_f64 * 0.75).sqrt() * weights.iter().map(|w| w * w).sum::<f64>().sqrt();
    let found = cost_of_an_act(&outcome(&text)) / detection;
    assert!((found - loss).abs() < 4.0 * sd / 4.0, "{found} {loss} ± {sd}");
}

/// The office of one appointee at a fee of 0.5 a slot, under no order or under one for good: every slot has a target, with a tip of 0.01
/// and a penalty of 0.2 where there is an order. Who defies it pays that; who obeys, and is found guilty in every epoch in office, would have
/// the fee, had it not been. Nobody takes the place of one who obeys alone.
#[test]
fn penalties_are_part_of_what_office_is_worth() {
    for (way, count, each) in [("", 12, 0.51), ("defy", 12, 0.31), ("obey", 1, 0.5)] {
        let (discount, detection) = (0.5, 0.5);
        let (orders, place) = if way.is_empty() {
            (String::new(), String::new())
        } else {
            (
                "order_rate = 1.0\norder_end = 0.0\nlegal_penalty = 0.2\n".to_owned(),
                format!("jurisdiction = \"north\"\norders = \"{way}\"\n"),
            )
        };
        let text = format!(
            "[experiment]\nname = \"order\"\n\n[world]\nkind = \"rollup\"\nslots_per_year = 40\nfee_per_slot = 1.0\n\
             target_rate = 1.0\ntarget_tip = 0.01\ntarget_value = 1.0\ntarget_window = 3\n{orders}\n{MISER}\n\
             [[sequencers]]\nname = \"member\"\ncount = {count}\n{place}discount = {discount:?}\n\n\
             [mechanism.office]\nrule = \"authority\"\nseats = 1\ncontract_fee = 0.5\nepoch_slots = 40\n\
             governance = {{ detection = {detection:?}, evict_epochs = 5 }}\n\n[play]\nrounds = 2\nmeasured_epochs = 20\n"
        );
        let loss = 40.0 * each * (1..=5).map(|t| pow(discount, f64::from(t))).sum::<f64>();
        let found = cost_of_an_act(&outcome(&text)) / detection;
        assert!((found - loss).abs() < 1e-9 * loss, "{way}: {found} {loss}");
    }
}

/// Fees are 0.5 a slot, MEV 0.1; every slot has a target with a tip of 0.01, and who includes it pays a penalty of 0.2, for good. The
/// rival, half as good at MEV, is never in office, and sets the price: its worth of a slot.
#[test]
fn penalties_are_told_to_those_who_bid() {
    for (rival, conduct, price) in [
        // It would include, and pay.
        ("jurisdiction = \"south\"\norders = \"defy\"\n", "orders = \"defy\"\n", 0.55 + 0.01 - 0.2),
        // It would obey: no tip, no penalty, and nobody minds.
        ("jurisdiction = \"south\"\norders = \"obey\"\n", "orders = \"obey\"\n", 0.55),
    ] {
        let text = format!(
            "[experiment]\nname = \"orders\"\n\n[world]\nkind = \"rollup\"\nfee_per_slot = 0.5\nmev_median = 0.1\nmev_sigma = 0.0\n\
             target_rate = 1.0\ntarget_tip = 0.01\ntarget_window = 3\norder_rate = 1.0\norder_end = 0.0\nlegal_penalty = 0.2\n\n\
             [[sequencers]]\nname = \"home\"\ncount = 1\njurisdiction = \"north\"\n{conduct}strategy = \"truthful\"\n\n\
             [[sequencers]]\nname = \"rival\"\ncount = 1\nskill = 0.5\n{rival}strategy = \"truthful\"\n\n\
             [mechanism.sale]\nrule = \"auction\"\npricing = \"second\"\nepoch_slots = 20\n\n\
             [play]\nrounds = 2\nmeasured_epochs = 20\n"
        );
        let found = metric(&outcome(&text), "mean_price").unwrap();
        assert!((found - price).abs() < 1e-9, "{conduct}: {found} {price}");
    }
    // Under an order in one epoch of four.
    let text = "[experiment]\nname = \"orders\"\n\n[world]\nkind = \"rollup\"\nfee_per_slot = 0.5\nmev_median = 0.1\nmev_sigma = 0.0\n\
         target_rate = 1.0\ntarget_tip = 0.01\ntarget_window = 3\norder_rate = 0.1\norder_end = 0.3\nlegal_penalty = 0.2\n\n\
         [[sequencers]]\nname = \"home\"\ncount = 1\nstrategy = \"truthful\"\n\n\
         [[sequencers]]\nname = \"rival\"\ncount = 1\nskill = 0.5\njurisdiction = \"south\"\norders = \"defy\"\nstrategy = \"truthful\"\n\n\
         [mechanism.sale]\nrule = \"auction\"\npricing = \"second\"\nepoch_slots = 20\n\n[play]\nrounds = 2\nmeasured_epochs = 20\n";
    let found = metric(&outcome(text), "mean_price").unwrap();
    assert!((found - (0.55 + 0.01 - 0.05)).abs() < 1e-9, "{found}");
}

/// Two bidders earn 0.6 a slot under an order for good that both obey, twenty targets an epoch. Each act is found out with probability
/// 0.5, and one finding takes the bond of 2 however many there were. Then a bidder who is free, and whose machine costs 0.02 a slot,
/// takes the office from the one who is not.
#[test]
fn all_acts_of_an_epoch_are_found_out_at_once() {
    let free = "[[sequencers]]\nname = \"free\"\ncount = 1\nbribes = \"refuse\"\nlive_cost = 0.02\nstrategy = \"truthful\"\n\n";
    for (count, rival) in [(2, ""), (1, free)] {
        let text = format!(
            "[experiment]\nname = \"acts\"\n\n[world]\nkind = \"rollup\"\nfee_per_slot = 0.6\ntarget_rate = 1.0\ntarget_tip = 0.01\n\
             target_window = 3\norder_rate = 1.0\norder_end = 0.0\nlegal_penalty = 0.2\n\n\
             [[sequencers]]\nname = \"member\"\ncount = {count}\njurisdiction = \"south\"\norders = \"obey\"\nbribes = \"refuse\"\n\
             strategy = \"truthful\"\n\n{rival}\
             [mechanism.sale]\nrule = \"auction\"\npricing = \"second\"\nepoch_slots = 20\nbond = 2.0\nslash_fraction = 1.0\n\
             governance = {{ detection = 0.5 }}\n\n[play]\nrounds = 2\nmeasured_epochs = 20\n"
        );
        let outcome = outcome(&text);
        let found = metric(&outcome, "mean_price").unwrap();
        // Targets that one of two has kept out are there for the other: with twenty acts at least it is found out almost for sure.
        let [least, most] = [1.0, 1.0 - pow(0.5, 20.0)].map(|found| 0.6 - 2.0 * found / 20.0);
        assert!(least - 1e-12 <= found && found <= most + 1e-12, "{count}: {found} {least} {most}");
        assert_eq!(metric(&outcome, "slashed").unwrap() > 0.0, rival.is_empty());
    }
}

/// Half of a stake of 4 is taken twenty epochs after a finding, whether offers are followed for five epochs or for as long as it takes.
#[test]
fn no_horizon_hides_what_is_slashed_after_it() {
    for horizon in ["", "horizon = 5\n"] {
        let text = format!(
            "[experiment]\nname = \"delay\"\n\n[world]\nkind = \"rollup\"\nfee_per_slot = 0.01\nfailover = 1.0\n\
             target_rate = 0.05\ntarget_value = 1.0\ntarget_window = 3\n\n{MISER}\n\
             [[sequencers]]\nname = \"staker\"\ncount = 3\ndiscount = 0.99\nstrategy = \"four\"\n\n\
             [mechanism.stake]\nrule = \"stake\"\nepoch_slots = 40\nslash_fraction = 0.5\n\
             governance = {{ detection = 0.5, delay = 20 }}\n\n[play]\nrounds = 2\nmeasured_epochs = 20\n{horizon}\n\
             [strategies.four]\nlearner = \"scripted\"\noffer = {{ absolute = 4.0 }}\n"
        );
        let (found, loss) = (cost_of_an_act(&outcome(&text)), 0.5 * 2.0 * pow(0.99, 20.0));
        assert!((found - loss).abs() < 1e-9, "{horizon}: {found} {loss}");
    }
}

/// A right for ten epochs at 0.02 of fees and MEV a slot, after a finding that has driven away three users in ten.
#[test]
fn a_term_is_worth_what_users_who_are_gone_leave_of_it() {
    for (back, ahead) in [(0.0_f64, 1), (0.2, 1), (0.2, 3)] {
        let text = format!(
            "[experiment]\nname = \"term\"\n\n[world]\nkind = \"rollup\"\nfee_per_slot = 0.01\nmev_median = 0.01\nmev_sigma = 0.0\n\
             target_rate = 0.05\ntarget_window = 3\nuser_exit = 0.3\nuser_return = {back:?}\n\n\
             [[sequencers]]\nname = \"bidder\"\ncount = 3\ndiscount = 0.9\nstrategy = \"truthful\"\n\n\
             [mechanism.sale]\nrule = \"auction\"\npricing = \"second\"\nterm_epochs = 10\nepoch_slots = 20\nlookahead = {ahead}\n\
             governance = {{ detection = 0.5 }}\n\n[play]\nrounds = 2\nmeasured_epochs = 20\nhorizon = 40\n"
        );
        let experiment = read(&text);
        let contender = &experiment.contenders[0];
        let seats = Seating::new(&experiment.setting, true);
        let worth = with_rule!(&contender.rule, rule => {
            let game = Game { rule, setting: &experiment.setting, terms: &contender.terms, seats: &seats };
            let mut market = Market::open(&game, market_key(1, 0, Phase::Measure, 0));
            let mut round = Round::new(&game);
            market.spare(true);
            market.choose(&game, |_, _, _| 1, &mut round);
            market.decide(&game, &mut round, Detail::Slots).unwrap();
            market.convict(&game, 0);
            market.choose(&game, |_, _, _| 1, &mut round);
            round.reference[0]
        });
        let there = |t: i32| 1.0 - 0.3 * pow(1.0 - back, f64::from(t + ahead - 1));
        let expected = 0.02 * (0..10).map(there).sum::<f64>() / 10.0;
        assert!((worth - expected).abs() < 1e-12, "{back} {ahead}: {worth} {expected}");
    }
}

//! How far ahead schedules are public: bribes that are aimed, against machines switched off and stakes withdrawn.

use crate::lab::{metric, read, try_read, unit};
use sequencer_lab::experiment::outcome::Outcome;
use sequencer_lab::learning::policy::Policy;
use sequencer_lab::mechanism::{Mechanism, Rule};
use sequencer_lab::play::market::{Detail, Game, Market, Round, Seating};
use sequencer_lab::play::schedule::{Phase, market_key};
use sequencer_lab::theory::censorship::aimed::Aimed;

fn outcome(text: &str) -> Outcome {
    let experiment = read(text);
    unit(&experiment, &experiment.contenders[0], 0)
}

/// Appointees of whom one refuses, and a briber who offers each the tip, for a target in every slot.
fn board(lookahead: u32, sequencers: u32, epoch_slots: u32, window: u32) -> String {
    format!(
        "[experiment]\nname = \"aimed\"\n\n[world]\nkind = \"rollup\"\nfee_per_slot = 0.01\ntarget_rate = 1.0\ntarget_tip = 2.0\n\
         target_value = 1000.0\ntarget_window = {window}\n\n[briber]\nstrategy = \"one\"\n\n\
         [[sequencers]]\nname = \"seller\"\ncount = {}\nbribes = {{ markup = 0.0 }}\n\n\
         [[sequencers]]\nname = \"refuser\"\ncount = 1\nbribes = \"refuse\"\n\n\
         [mechanism.board]\nrule = \"authority\"\ncontract_fee = 0.01\nseats = {sequencers}\nepoch_slots = {epoch_slots}\n\
         lookahead = {lookahead}\n\n[play]\nrounds = 1\nmeasured_epochs = 4400\n\n\
         [strategies.one]\nrole = \"briber\"\nlearner = \"scripted\"\noffer = {{ relative = 1.0 }}\n",
        sequencers - 1
    )
}

#[test]
fn bribes_are_aimed_as_far_as_schedules_are_public() {
    for (sequencers, epoch_slots, window) in [(11, 4, 8), (7, 3, 5), (9, 16, 9)] {
        for lookahead in [0, 1, 2, 3, 5] {
            let outcome = outcome(&board(lookahead, sequencers, epoch_slots, window));
            let theory = Aimed {
                sequencers: u64::from(sequencers),
                epoch_slots: u64::from(epoch_slots),
                window: u64::from(window),
                lookahead: u64::from(lookahead),
            };
            let tips = metric(&outcome, "bribes_to_sequencers").unwrap() / 2.0 / f64::from(epoch_slots);
            let censored = metric(&outcome, "censored_share").unwrap();
            // Nothing is random: what differs are targets under way when measuring begins and ends, and the last round of turns.
            let edge =
                f64::from(2 * window * window + sequencers * epoch_slots) / f64::from(4400 * epoch_slots);
            let expected = theory.expected();
            assert!((tips - expected).abs() < edge, "{theory:?}: {tips}, {expected}");
            assert!((censored - theory.success()).abs() < edge, "{theory:?}: {censored}");
        }
    }
}

/// Who is drawn and has withdrawn its stake can try to restake once in each epoch in which it knows.
#[test]
fn a_longer_notice_leaves_more_chances_to_restake() {
    let wheel = |lookahead: u32| {
        format!(
            "[experiment]\nname = \"wheel\"\n\n[world]\nkind = \"rollup\"\nfee_per_slot = 0.01\ntarget_rate = 0.1\n\n\
             [[sequencers]]\nname = \"staker\"\ncount = 6\nstrategy = \"ten\"\n\n\
             [mechanism.wheel]\nrule = \"stake_rotation\"\nseats = 4\nepoch_slots = 4\nunstake_fraction = 0.5\n\
             restake_failure = 0.5\nlookahead = {lookahead}\n\n[play]\nrounds = 4\nmeasured_epochs = 1000\n\n\
             [strategies.ten]\nlearner = \"scripted\"\noffer = {{ absolute = 10.0 }}\n"
        )
    };
    for lookahead in [1, 2, 4] {
        let liveness = metric(&outcome(&wheel(lookahead)), "liveness").unwrap();
        let failure = (0..lookahead).fold(1.0_f64, |failure, _| 0.5 * failure);
        // Seats of one holder in an epoch fail together: at most four at once.
        let se = (failure * (1.0 - failure) / 4000.0).sqrt();
        assert!((liveness - (1.0 - failure)).abs() < 4.0 * se, "{lookahead}: {liveness}");
    }
    let error = try_read(&wheel(0)).unwrap_err();
    assert!(error.contains("where leaders are secret") && error.contains("unstake_fraction"), "{error}");
}

/// Where leaders are secret, everybody who may lead is live all the time: `k` machines for one, as if nobody rotated.
#[test]
fn secret_leaders_cannot_switch_off() {
    for (rule, machines) in [
        ("rule = \"authority\"\ncontract_fee = 0.01\nseats = 5\n", 5.0),
        ("rule = \"authority\"\ncontract_fee = 0.01\nseats = 5\nrotation = \"random\"\n", 5.0),
        ("rule = \"auction_rotation\"\nseats = 3\n", 3.0),
        ("rule = \"stake_rotation\"\nseats = 2\n", 6.0),
    ] {
        for (lookahead, live) in [(0, machines), (1, 1.0), (2, 1.0)] {
            let text = format!(
                "[experiment]\nname = \"secret\"\n\n[world]\nkind = \"rollup\"\nfee_per_slot = 0.01\ntarget_rate = 0.1\n\n\
                 [[sequencers]]\nname = \"one\"\ncount = 6\nlive_cost = 0.001\nstrategy = \"fixed\"\n\n\
                 [mechanism.rule]\n{rule}epoch_slots = 30\nlookahead = {lookahead}\n\n[play]\nrounds = 2\nmeasured_epochs = 20\n\n\
                 [strategies.fixed]\nlearner = \"scripted\"\noffer = {{ absolute = 0.001 }}\n"
            );
            let found = metric(&outcome(&text), "overhead_ratio").unwrap();
            assert!((found - live).abs() < 1e-9, "{rule}, {lookahead}: {found}");
        }
    }
}

/// Winners are decided before anybody knows what its skill will be: the seat goes to the best by luck alone.
#[test]
fn seats_that_are_sold_ahead_are_sold_in_ignorance() {
    let sale = |lookahead: u32| {
        format!(
            "[experiment]\nname = \"ahead\"\n\n[world]\nkind = \"rollup\"\nmev_median = 0.01\nmev_sigma = 0.0\nshock_sigma = 0.8\n\
             target_rate = 0.1\n\n[[sequencers]]\nname = \"bidder\"\ncount = 2\nstrategy = \"truthful\"\n\n\
             [mechanism.sale]\nrule = \"auction\"\npricing = \"second\"\nepoch_slots = 10\nlookahead = {lookahead}\n\n\
             [play]\nrounds = 4\nmeasured_epochs = 500\n"
        )
    };
    let (now, ahead) = (outcome(&sale(1)), outcome(&sale(3)));
    let value = |outcome: &Outcome, key: &str| metric(outcome, key).unwrap();
    // Both expect the mean, bid it, and one of them wins by lot and pays it.
    assert!((value(&ahead, "mean_price") - 0.01).abs() < 1e-12);
    // The mean of the higher of two lognormal skills of mean 1 and log deviation σ is 2Φ(σ/√2).
    let best = 2.0 * 0.714_196_178;
    let unrealised = 1.0 - 1.0 / best;
    assert!(
        (value(&ahead, "unrealised_share") - unrealised).abs() < 0.03,
        "{}",
        value(&ahead, "unrealised_share")
    );
    assert!(value(&now, "unrealised_share").abs() < 1e-9);
}

/// A bond that follows demand is what it was when its epoch was decided, two epochs before it is served: that much stays for the dispute
/// window, and the stake of five beside it for the epoch alone.
#[test]
fn bonds_decided_ahead_stay_apart_from_stakes() {
    let experiment = read(
        "[experiment]\nname = \"ahead\"\n\n[world]\nkind = \"rollup\"\nfee_per_slot = 0.01\ndemand_volatility = 0.6\n\
         demand_persistence = 0.9\ntarget_rate = 0.1\n\n\
         [[sequencers]]\nname = \"staker\"\ncount = 3\ncapital_cost = 0.01\nstrategy = \"five\"\n\n\
         [mechanism.merit]\nrule = \"algorithmic\"\nscore_power = 0\nepoch_slots = 10\nbond = 1.0\nbond_power = 1.0\ndispute_epochs = 2\n\
         lookahead = 3\n\n[play]\nrounds = 1\nmeasured_epochs = 5\n\n\
         [strategies.five]\nlearner = \"scripted\"\noffer = { absolute = 5.0 }\n",
    );
    let contender = &experiment.contenders[0];
    let Rule::Algorithmic(rule) = &contender.rule else { panic!("{:?}", contender.rule) };
    let seats = Seating::new(&experiment.setting, true);
    let game = Game { rule, setting: &experiment.setting, terms: &contender.terms, seats: &seats };
    let policies: Vec<Policy> = seats.players.iter().map(|p| Policy::pure(1, p.menu.columns(), 1)).collect();
    let mut round = Round::new(&game);
    let mut market = Market::open(&game, market_key(1, 0, Phase::Measure, 0));
    let mut bonds: Vec<f64> = Vec::new();
    for epoch in 0..30 {
        market.offer(&game, |p| &policies[p], &mut round);
        market.decide(&game, &mut round, Detail::Slots).unwrap();
        bonds.push(round.selection.bond[0] - 5.0);
        let [stakes, disputed] = rule.escrows(&market.state)[..] else { panic!("two escrows") };
        assert!((stakes.locked(0) - 5.0).abs() < 1e-12, "{epoch}: {}", stakes.locked(0));
        let standing: f64 = bonds.iter().rev().take(3).sum();
        assert!((disputed.locked(0) - standing).abs() < 1e-12, "{epoch}: {} {bonds:?}", disputed.locked(0));
    }
    assert!(bonds.windows(2).any(|pair| pair[1] < 0.8 * pair[0]), "{bonds:?}");
}

//! The certificate of conduct: what other conduct would gain, planted and learned.

use crate::lab::{metric, read, unit};
use sequencer_lab::experiment::file::Experiment;
use sequencer_lab::experiment::outcome::Outcome;
use sequencer_lab::measure::conduct_gain::{self, ConductGain};
use sequencer_lab::numerics::pow;
use sequencer_lab::play::conduct::{Behaviour, Conduct};
use sequencer_lab::play::market::{Game, Seating};
use sequencer_lab::theory::deterrence::Temptation;
use sequencer_lab::with_rule;

/// Slots of an epoch, and how many targets come in one on average.
const SLOTS: f64 = 40.0;
const TARGETS: f64 = 1.0;

/// One appointee in office at a time, paid nothing, who is offered 1 for every target and loses its bond if it is found out.
fn office(detection: f64, bond: f64) -> Experiment {
    read(&text(TARGETS, detection, bond))
}

/// What is asked for keeping a target out.
fn asked(outcome: &Outcome) -> f64 {
    let row = outcome.policies.iter().find(|row| row.lever == "bribe_markup").expect("conduct is learned");
    row.action.expect("it is asked in every state")
}

/// With prices drawn from these, each with its probability, in place of 1.
fn priced(text: &str, prices: &[(f64, f64)]) -> String {
    let list = |of: &dyn Fn(&(f64, f64)) -> f64| {
        prices.iter().map(|each| format!("{:?}", of(each))).collect::<Vec<_>>().join(", ")
    };
    text.replace(
        "offer = { absolute = 1.0 }",
        &format!(
            "bins = 1\nmenu = {{ absolute = [0.0, 2.0], points = 201 }}\n\
             policy = [ {{ to = 1.0, offers = [{}], weights = [{}] }} ]",
            list(&|price| price.0),
            list(&|price| price.1)
        ),
    )
}

fn text(targets: f64, detection: f64, bond: f64) -> String {
    format!(
        "[experiment]\nname = \"office\"\n\n[world]\nkind = \"rollup\"\nfee_per_slot = 0.01\ntarget_rate = {:?}\ntarget_value = 10.0\n\
         target_window = 5\n\n[briber]\nstrategy = \"one\"\n\n\
         [[sequencers]]\nname = \"member\"\ncount = 12\ndiscount = 0.5\n\n\
         [mechanism.board]\nrule = \"authority\"\nseats = 1\nepoch_slots = {SLOTS}\nbond = {bond:?}\nslash_fraction = 1.0\n\
         governance = {{ detection = {detection:?}, evict_epochs = 5 }}\n\n[play]\nrounds = 2\nmeasured_epochs = 20\n\n\
         [strategies.one]\nrole = \"briber\"\nlearner = \"scripted\"\noffer = {{ absolute = 1.0 }}\n",
        targets / SLOTS
    )
}

/// What other conduct gains where everybody is honest.
fn gain_over_honesty(experiment: &Experiment) -> ConductGain {
    let contender = &experiment.contenders[0];
    let seats = Seating::new(&experiment.setting, true);
    let mut behaviour = Behaviour::unlearned(&experiment.setting);
    behaviour.conduct.fill(Conduct::HONEST);
    let schedule = &experiment.play.schedule;
    let gain = with_rule!(&contender.rule, rule => {
        let game = Game { rule, setting: &experiment.setting, terms: &contender.terms, seats: &seats };
        conduct_gain::measure(&game, &|_, _, _, _| 0, &behaviour, schedule, experiment.seed, 0).unwrap()
    });
    gain.expect("bribes are learned")
}

#[test]
fn planted_conduct_is_told_from_the_best() {
    for (detection, bond) in [(0.5, 0.5), (0.5, 1.0), (0.9, 0.2), (0.9, 8.0)] {
        let gain = gain_over_honesty(&office(detection, bond));
        // Who takes all bribes of an epoch is found out for any of them, and loses its bond; nothing else is to be had in office.
        let unseen = (0..SLOTS as u32).fold(1.0, |unseen, _| unseen * (1.0 - detection * TARGETS / SLOTS));
        let theory = TARGETS - (1.0 - unseen) * bond;
        // Sixty-four epochs of one target, give or take one.
        let allowed = 4.0 * (1.0 + bond) / 8.0;
        assert!((gain.estimate - theory.max(0.0)).abs() < allowed, "{detection}, {bond}: {gain:?}, {theory}");
        assert!(gain.upper >= theory.max(0.0) - 1e-9, "{detection}, {bond}: {gain:?}, {theory}");
        if theory < -1.0 {
            assert_eq!(gain.estimate, 0.0);
        }
    }
}

/// The larger bond deters from all of an epoch's targets together, too, which are found out at once.
#[test]
fn learned_conduct_leaves_little_to_gain() {
    for (bond, sells) in [(0.8, true), (6.0, false)] {
        let experiment = office(0.5, bond);
        let outcome = unit(&experiment, &experiment.contenders[0], 0);
        let potential = metric(&outcome, "potential_value").unwrap();
        let gain = metric(&outcome, "conduct_gain").unwrap() * potential;
        assert!(gain < 0.05, "{bond}: {gain}");
        assert_eq!(metric(&outcome, "bribes_to_sequencers").unwrap() > 0.0, sells, "{bond}");
        assert!(metric(&outcome, "conduct_gain_upper").is_some());
    }
}

/// A target in every slot, each found out with probability 1/2, and one bond: forty acts of an epoch are deterred by a bond of forty
/// ([`Temptation::together`]), though one of them alone is by a bond of two.
#[test]
fn acts_of_an_epoch_are_weighed_together() {
    let one = Temptation { gain: 1.0, detection: 0.5, discount: 0.5, delay: 0.0, rent: 0.0 };
    let least = one.together(SLOTS as u32).least_bond();
    for factor in [0.1, 0.3, 0.8, 0.97, 1.03, 1.2, 3.0] {
        let experiment = read(&text(SLOTS, 0.5, factor * least));
        let outcome = unit(&experiment, &experiment.contenders[0], 0);
        let sells = f64::from(u8::from(factor < 1.0));
        assert_eq!(metric(&outcome, "censored_share"), Some(sells), "{factor}");
        for key in ["conduct_gain", "conduct_gain_upper"] {
            let gain = metric(&outcome, key).unwrap();
            assert!(gain < 1e-9, "{factor}, {key}: {gain}");
        }
    }
}

/// Twelve seats in turns, five of which a target meets: nobody is paid unless all five take the offer. Each leads three or four slots, meets
/// the targets of five for each of them, and loses its bond if it is found out for any: some seventeen acts are deterred by a bond of seventeen.
#[test]
fn deals_of_several_are_weighed_as_deals() {
    for (bond, sells) in [(10.0, 1.0), (30.0, 0.0)] {
        let text = text(SLOTS, 0.5, bond).replace("seats = 1\n", "seats = 12\n");
        let experiment = read(&text);
        let outcome = unit(&experiment, &experiment.contenders[0], 0);
        assert_eq!(metric(&outcome, "censored_share"), Some(sells), "{bond}");
        assert!(metric(&outcome, "conduct_gain").unwrap() < 1e-9, "{bond}");
    }
}

/// A briber who learns its price finds the least that pays for forty acts of an epoch together, a fortieth of the bond, on a menu by tenths; and gives up
/// where a target is worth less than that to it.
#[test]
fn a_briber_learns_what_acts_cost_together() {
    for (bond, value, sells) in [(20.0, 10.0, true), (90.0, 10.0, true), (90.0, 2.0, false)] {
        let text = text(SLOTS, 0.5, bond)
            .replace("target_value = 10.0", &format!("target_value = {value:?}"))
            .replace(
                "learner = \"scripted\"\noffer = { absolute = 1.0 }",
                "learner = \"fictitious_play\"\nmenu = { absolute = [0.0, 4.0], points = 41 }",
            );
        let experiment = read(&text);
        let outcome = unit(&experiment, &experiment.contenders[0], 0);
        assert_eq!(metric(&outcome, "censored_share"), Some(f64::from(u8::from(sells))), "{bond} {value}");
        assert!(metric(&outcome, "conduct_gain").unwrap() < 1e-9, "{bond} {value}");
        if sells {
            let each = metric(&outcome, "bribes_to_sequencers").unwrap() / SLOTS;
            assert!(each >= bond / SLOTS - 1e-9 && each <= bond / SLOTS + 0.2, "{bond}: {each}");
        }
    }
}

/// One target in ten brings .9, the others .01; each of forty acts is found out with probability 1/10, and a finding takes 5. An act costs
/// .5: the dear targets pay, all together do not.
#[test]
fn bribes_are_taken_from_some_price_on() {
    let text = priced(&text(SLOTS, 0.1, 5.0), &[(0.01, 0.9), (0.9, 0.1)]);
    let experiment = read(&text);
    let outcome = unit(&experiment, &experiment.contenders[0], 0);
    assert!((asked(&outcome) - 0.5).abs() < 1e-12, "{}", asked(&outcome));
    let gain = metric(&outcome, "conduct_gain").unwrap() * metric(&outcome, "potential_value").unwrap();
    assert!(gain < 0.2, "{gain}");
    // Where nobody sells, the gain is that of selling the dear ones.
    let dear = pow(1.0 - 0.1 * 0.1, SLOTS);
    let theory = 0.1 * SLOTS * 0.9 - (1.0 - dear) * 5.0;
    let all = SLOTS * (0.1 * 0.9 + 0.9 * 0.01) - (1.0 - pow(0.9, SLOTS)) * 5.0;
    assert!(theory > 1.9 && all < 0.0);
    let gain = gain_over_honesty(&experiment);
    // The number of dear ones has a variance of 3.6: in 64 epochs 2.2·√3.6/8 at most.
    assert!((gain.estimate - theory).abs() < 1.0 && gain.upper > theory, "{gain:?} {theory}");
}

/// Rare targets, whose bribe has one of nine prices: an act costs .5·1.7, and so much is asked, whatever is offered beside that.
#[test]
fn what_an_act_costs_is_asked_among_many_prices() {
    let prices = [
        (0.1, 0.05),
        (0.2, 0.05),
        (0.3, 0.05),
        (0.4, 0.05),
        (0.5, 0.2),
        (0.9, 0.5),
        (0.95, 0.04),
        (0.98, 0.03),
        (1.05, 0.03),
    ];
    let experiment = read(&priced(&text(0.2, 0.5, 1.7), &prices));
    for replicate in 0..2 {
        let outcome = unit(&experiment, &experiment.contenders[0], replicate);
        assert!((asked(&outcome) - 0.85).abs() < 1e-12, "{}", asked(&outcome));
    }
}

/// Forty targets an epoch, each found out with probability 1/50, and a bond of 20. By itself an act costs .4, which three in ten pay; but seven
/// in ten pay at least .3, and all of those pay more together; the others, at next to nothing, do not.
#[test]
fn the_price_that_pays_for_many_acts_is_found() {
    let prices = [(0.01, 0.1), (0.02, 0.1), (0.03, 0.1), (0.3, 0.4), (1.0, 0.3)];
    let worth = |least: f64| {
        let taken = prices.iter().filter(|(price, _)| *price >= least);
        let (paid, share) = taken.fold((0.0, 0.0), |(paid, share), (p, w)| (paid + p * w, share + w));
        SLOTS * paid - (1.0 - pow(1.0 - 0.02 * share, SLOTS)) * 20.0
    };
    assert!([0.01, 0.02, 0.03, 1.0].iter().all(|&other| worth(0.3) > worth(other) + 0.4));
    let experiment = read(&priced(&text(SLOTS, 0.02, 20.0), &prices));
    let outcome = unit(&experiment, &experiment.contenders[0], 0);
    let asked = asked(&outcome);
    assert!(asked > 0.03 && asked <= 0.3, "{asked}");
}

/// One target an epoch: one act is deterred by a bond of two, and all of an epoch together by 1/(1 − .9875^40) = 2.53. Between the
/// two it takes the gains of many epochs to see that selling pays.
#[test]
fn conduct_is_learned_between_two_thresholds() {
    let least = TARGETS / (1.0 - pow(1.0 - 0.5 * TARGETS / SLOTS, SLOTS));
    assert!((least - 2.53).abs() < 5e-3);
    for (bond, sells) in [(2.2, 1.0), (2.8, 0.0)] {
        let experiment = office(0.5, bond);
        for replicate in 0..3 {
            let outcome = unit(&experiment, &experiment.contenders[0], replicate);
            assert_eq!(metric(&outcome, "censored_share"), Some(sells), "{bond} {replicate}");
        }
    }
}

/// An order for good, and a target in every slot, whose inclusion costs a penalty of 1/2: to obey for forty of them saves 20, and so is done up to a
/// bond of 20 by those who would defy the order for one bond of more than one.
#[test]
fn orders_are_obeyed_for_a_whole_epoch() {
    let one = Temptation { gain: 0.5, detection: 0.5, discount: 0.5, delay: 0.0, rent: 0.0 };
    let least = one.together(SLOTS as u32).least_bond();
    assert!((least - 20.0).abs() < 1e-6);
    for factor in [0.1, 0.95, 1.05] {
        let text = text(SLOTS, 0.5, factor * least)
            .replace(
                "target_value",
                "forced_inclusion = 10\norder_rate = 1.0\norder_end = 0.0\nlegal_penalty = 0.5\ntarget_value",
            )
            // Who defies them is paid for it, and none is barred: office is worth a little to everybody.
            .replace("seats = 1\n", "seats = 1\ncontract_fee = 0.51\n")
            .replace("evict_epochs = 5", "evict_epochs = 0")
            // Targets that are kept out for an epoch are still there in the next, in which one goes on as before: that hardly counts.
            .replace("discount = 0.5", "discount = 0.01")
            .replace("[briber]\nstrategy = \"one\"\n", "")
            .replace("count = 12\n", "count = 12\njurisdiction = \"north\"\n");
        let text = text.split("[strategies.one]").next().unwrap();
        let experiment = read(text);
        let outcome = unit(&experiment, &experiment.contenders[0], 0);
        let obeys = f64::from(u8::from(factor < 1.0));
        assert_eq!(metric(&outcome, "censored_share"), Some(obeys), "{factor}");
        assert!(metric(&outcome, "conduct_gain").unwrap() < 1e-9, "{factor}");
    }
}

/// Forty bribes of a tenth and toxic MEV of 1 an epoch, all found out at once, each with probability 1/2: neither the bribes nor the
/// MEV pay up to a bond of 5, but both together.
#[test]
fn toxic_mev_is_weighed_with_bribes() {
    let together =
        Temptation { gain: 5.0, detection: 1.0 - pow(0.5, 41.0), discount: 0.5, delay: 0.0, rent: 0.0 };
    for (factor, both) in [(0.95, true), (1.05, false)] {
        let bond = factor * together.least_bond();
        assert!(bond > 4.0 && 0.5 * bond > 1.0);
        // Half of all MEV is toxic.
        let text = text(SLOTS, 0.5, bond)
            .replace("target_value", "mev_median = 0.05\nmev_sigma = 0.0\ntoxic_share = 0.5\ntarget_value")
            .replace("evict_epochs = 5", "evict_epochs = 0")
            .replace("absolute = 1.0", "absolute = 0.1");
        let experiment = read(&text);
        let outcome = unit(&experiment, &experiment.contenders[0], 0);
        let all =
            metric(&outcome, "outside_income_share").unwrap() * metric(&outcome, "potential_value").unwrap();
        let expected = if both { 5.0 } else { 0.0 };
        assert!((all - expected).abs() < 0.2, "{factor}: {all}");
        assert!(metric(&outcome, "conduct_gain").unwrap() < 1e-9, "{factor}");
    }
}

//! The certificate of conduct: what other conduct would gain, planted and learned.

use crate::lab::{metric, read, unit};
use sequencer_lab::experiment::file::Experiment;
use sequencer_lab::measure::conduct_gain;
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

#[test]
fn planted_conduct_is_told_from_the_best() {
    for (detection, bond) in [(0.5, 0.5), (0.5, 1.0), (0.9, 0.2), (0.9, 8.0)] {
        let experiment = office(detection, bond);
        let contender = &experiment.contenders[0];
        let seats = Seating::new(&experiment.setting, true);
        let mut behaviour = Behaviour::unlearned(&experiment.setting);
        behaviour.conduct.fill(Conduct::HONEST);
        let schedule = &experiment.play.schedule;
        let gain = with_rule!(&contender.rule, rule => {
            let game = Game { rule, setting: &experiment.setting, terms: &contender.terms, seats: &seats };
            conduct_gain::measure(&game, &|_, _, _, _| 0, &behaviour, schedule, experiment.seed, 0).unwrap()
        });
        let gain = gain.expect("bribes are learned");
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

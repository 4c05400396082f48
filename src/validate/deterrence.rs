//! What keeps an operator honest (theory: [`crate::theory::deterrence`]): learned by operators who compare the discounted
//! returns of an honest epoch and of a deviation.
//!
//! At the threshold itself an operator is indifferent. Around it, at 0.8 and 1.2 times the least bond, it must deviate and
//! not deviate; the threshold is what the simulated returns say it is.

use super::games::office::Office;
use super::program::{estimate, metric, replicates};
use super::{Draws, Finding, Standard, Study};
use crate::draws::Purpose;
use crate::theory::deterrence::{
    Temptation, grim_trigger_discount, neutral_deterrable_gain, treasury_with_bond,
};
use std::fmt::Write;

const BECKER: &str = "Becker 1968; Becker and Stigler 1974; Shapiro and Stiglitz 1984";
const GRIM: &str = "Friedman 1971; grim trigger";
const NEUTRAL: &str = "derived: a bond only moves rent from the future into the pledge";

/// Cases of the family.
pub fn studies() -> Vec<Study> {
    let mut studies = Vec::new();
    for (q, label) in [(0.1, ".1"), (0.5, ".5"), (0.9, ".9"), (1.0, "1")] {
        let temptation = Temptation { gain: 1.0, detection: q, discount: 0.95, delay: 0.0, rent: 0.0 };
        studies.push(bond(&format!("deterrence/bond/G=1/q={label}"), temptation));
    }
    for (q, discount, rent, label) in [
        (0.9, 0.9999, 0.0, "q=.9/discount=.9999/rent=0"),
        (0.9, 0.9999, 0.005, "q=.9/discount=.9999/rent=.005"),
        (0.5, 0.999, 0.0, "q=.5/discount=.999/rent=0"),
    ] {
        let temptation = Temptation { gain: 100.0, detection: q, discount, delay: 168.0, rent };
        studies.push(bond(&format!("deterrence/bond/G=100/D=168/{label}"), temptation));
    }
    for (rent, name) in [(1.0, "1"), (0.1, ".1")] {
        for (q, label) in [(0.1, ".1"), (0.5, ".5"), (0.9, ".9"), (1.0, "1")] {
            studies.push(trigger(&format!("deterrence/grim-trigger/rent={name}/q={label}"), q, 1.0, rent));
        }
    }
    studies.push(trigger("deterrence/grim-trigger/rent=1/q=.5/exit=.4", 0.5, 0.4, 1.0));
    studies.extend([neutrality(), dissipation()]);
    studies
}

/// Draws of detection behind a threshold.
const DRAWS: u32 = 1_000_000;

fn bond(name: &str, temptation: Temptation) -> Study {
    let target = temptation.least_bond();
    let work = move |draws: &Draws| {
        let mut luck = draws.luck(Purpose::Play, "detection", 0);
        let office = |bond: f64| Office { temptation, bond };
        let seen = office(0.0).detected(&mut luck, draws.count(DRAWS));
        let threshold =
            seen.threshold(0.0, 10_000.0, temptation.detection, |bond, q| office(bond).temptation_at(q));
        let deviates = |bond: f64, replicate: u32| {
            let mut luck = draws.luck(Purpose::Explore, "operator", replicate);
            Finding::truth(office(bond).learns_to_deviate(&mut luck))
        };
        vec![threshold, deviates(0.8 * target, 0), deviates(1.2 * target, 1)]
    };
    Study::of(name, work)
        .case("least-bond", target, "ETH", Standard::Given, BECKER)
        .case("deviates-at-.8-of-it", 1.0, "yes is 1", Standard::Computed(0.0), BECKER)
        .case("deviates-at-1.2-of-it", 0.0, "yes is 1", Standard::Computed(0.0), BECKER)
}

/// The loss of office alone; a share `exit` of users leaves an operator that is found out.
fn trigger(name: &str, q: f64, exit: f64, rent: f64) -> Study {
    let target = grim_trigger_discount(1.0, q, exit, rent);
    let work = move |draws: &Draws| {
        let mut luck = draws.luck(Purpose::Play, "detection", 0);
        let office = |discount: f64| Office {
            temptation: Temptation { gain: 1.0, detection: q * exit, discount, delay: 0.0, rent },
            bond: 0.0,
        };
        let seen = office(target).detected(&mut luck, draws.count(DRAWS));
        let threshold =
            seen.threshold(0.01, 0.9999, q * exit, |discount, q| office(discount).temptation_at(q));
        let deviates = |impatience: f64, replicate: u32| {
            let mut luck = draws.luck(Purpose::Explore, "operator", replicate);
            let office = office(1.0 - impatience * (1.0 - target));
            Finding::truth(office.learns_to_deviate(&mut luck))
        };
        vec![threshold, deviates(1.2, 0), deviates(0.8, 1)]
    };
    Study::of(name, work)
        .case("least-discount-factor", target, "per epoch", Standard::Given, GRIM)
        .case("deviates-if-a-fifth-less-patient", 1.0, "yes is 1", Standard::Computed(0.0), GRIM)
        .case("deviates-if-a-fifth-more-patient", 0.0, "yes is 1", Standard::Computed(0.0), GRIM)
}

/// A bond that earns nothing costs its owner what it discounts: the largest gain that is deterred does not depend on it.
fn neutrality() -> Study {
    let (rent, rate, q) = (1.0, 0.05, 0.5);
    let bonds = [(0.0, "0"), (1.0, "1"), (5.0, "5")];
    let work = move |draws: &Draws| {
        let mut luck = draws.luck(Purpose::Play, "detection", 0);
        let office = |bond: f64, gain: f64| Office {
            temptation: Temptation {
                gain,
                detection: q,
                discount: 1.0 / (1.0 + rate),
                delay: 0.0,
                rent: rent - rate * bond,
            },
            bond,
        };
        let seen = office(0.0, 0.0).detected(&mut luck, draws.count(DRAWS));
        // The temptation rises with the gain: what is found is where it turns positive.
        bonds
            .map(|(bond, _)| seen.threshold(0.0, 100.0, q, |gain, q| -office(bond, gain).temptation_at(q)))
            .to_vec()
    };
    let mut study = Study::of("deterrence/neutrality/rent=1/r=.05/q=.5", work);
    for (_, label) in bonds {
        let target = neutral_deterrable_gain(q, rent, rate);
        study = study.case(&format!("deterrable-gain/bond={label}"), target, "ETH", Standard::Given, NEUTRAL);
    }
    study
}

/// Competition leaves no rent, so that the right takes a bond of `G/q`, whose cost comes out of the bids.
fn dissipation() -> Study {
    let (rent, costs, rate, gain, q) = (2.0, [0.0, 0.1, 0.3], 0.05, 1.0, 0.5);
    let target = treasury_with_bond(rent, costs[1], rate, gain, q);
    let work = move |draws: &Draws| {
        let bond = gain / q;
        let mut text = format!(
            "[experiment]\nname = \"case\"\n\n[mechanism.auction]\nrule = \"auction_rotation\"\nseats = 1\n\
             pricing = \"uniform\"\nbond = {bond:?}\n\n[play]\nrounds = 2\nwarmup_epochs = 1\nmeasured_epochs = 50\n\n\
             [strategies.truth]\nlearner = \"scripted\"\noffer = {{ relative = 1.0 }}\n"
        );
        for cost in costs {
            let _ = writeln!(
                text,
                "\n[[sequencers]]\nname = \"cost {cost}\"\ncount = 1\nvalue = {{ constant = {rent:?} }}\n\
                 live_cost = {cost:?}\ncapital_cost = {rate:?}\nstrategy = \"truth\""
            );
        }
        let outcomes = replicates(&text, draws.seed, 2)?;
        Ok(vec![estimate(&outcomes, |o| metric(o, "revenue"))])
    };
    Study::new("deterrence/rent-dissipation/R=2/c=0-.1-.3/r=.05/G=1/q=.5", Box::new(work)).case(
        "treasury",
        target,
        "ETH",
        Standard::Given,
        BECKER,
    )
}

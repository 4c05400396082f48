//! What keeps an operator honest (theory: [`crate::theory::deterrence`]): holders of an office learn in the program what an
//! act costs them, and are offered money for one.
//!
//! At the threshold itself an operator is indifferent. Around it, at 0.8 and 1.2 times the least bond, it must deviate and
//! not deviate; and what an honest one has learned that an act would cost it is what theory says.

use super::program::office::Office;
use super::program::{estimate, metric, replicates};
use super::{Draws, Finding, Standard, Study};
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
    for (q, label, least) in [(0.1, ".1", 10.0), (0.5, ".5", 2.0), (0.9, ".9", 1.1111), (1.0, "1", 1.0)] {
        let office = Office::new(q, 0.95);
        studies.push(bond(&format!("deterrence/bond/G=1/q={label}"), office, (least, 5e-5)));
    }
    for (q, discount, rent, label, least) in [
        (0.9, 0.9999, 0.0, "q=.9/discount=.9999/rent=0", 112.9936),
        (0.9, 0.9999, 0.005, "q=.9/discount=.9999/rent=.005", 62.1516),
        (0.5, 0.999, 0.0, "q=.5/discount=.999/rent=0", 236.6072),
    ] {
        let office = Office { gain: 100.0, delay: 168, rent, ..Office::new(q, discount) };
        // The years that such a discount factor looks ahead are long: an epoch in office stands for those of a dispute.
        let office = if rent > 0.0 { office.by_disputes() } else { office };
        studies.push(bond(&format!("deterrence/bond/G=100/D=168/{label}"), office, (least, 5e-5)));
    }
    for (rent, name) in [(1.0, "1"), (0.1, ".1")] {
        for (q, label) in [(0.1, ".1"), (0.5, ".5"), (0.9, ".9"), (1.0, "1")] {
            studies.push(trigger(&format!("deterrence/grim-trigger/rent={name}/q={label}"), q, None, rent));
        }
    }
    studies.push(trigger("deterrence/grim-trigger/rent=1/q=.5/exit=.4", 0.5, Some(0.4), 1.0));
    studies.extend([neutrality(), dissipation()]);
    studies
}

/// How exactly an expected loss is learned, beside rounding: what office brings after the horizon of learning, where a
/// thousandth counts, is left out.
fn horizon(future: f64) -> Standard {
    Standard::Computed(5e-7 + 1e-3 * future)
}

/// An office with a bond around the least that deters, which theory says to be `quoted` within half a unit of its last digit.
fn bond(name: &str, office: Office, quoted: (f64, f64)) -> Study {
    let temptation = Temptation {
        gain: office.gain,
        detection: office.detection,
        discount: office.discount,
        delay: f64::from(office.delay),
        rent: office.rent,
    };
    let least = temptation.least_bond();
    let at = move |factor: f64| Office { bond: factor * least, ..office };
    let work = move |draws: &Draws| {
        let (below, above) = (at(0.8), at(1.2));
        let cost = above.cost(draws)?;
        Ok(vec![
            Finding::exact(least),
            below.deviates_at(below.cost(draws)?),
            above.deviates_at(cost),
            Finding::exact(cost),
        ])
    };
    let loss = temptation.deterrable_gain(1.2 * least);
    let future = temptation.deterrable_gain(0.0);
    let exact = Standard::Computed(0.0);
    Study::new(name, Box::new(work))
        .taking(3.0, 1.0)
        .case("least-bond", quoted.0, "ETH", Standard::Computed(quoted.1), BECKER)
        .case("deviates-at-.8-of-it", 1.0, "yes is 1", exact, BECKER)
        .case("deviates-at-1.2-of-it", 0.0, "yes is 1", exact, BECKER)
        .case("expected-loss-at-1.2-of-it", loss, "ETH", horizon(future), BECKER)
}

/// The loss of office alone; a share `exit` of users leaves an operator that is found out and cannot be replaced.
fn trigger(name: &str, q: f64, exit: Option<f64>, rent: f64) -> Study {
    let least = grim_trigger_discount(1.0, q, exit.unwrap_or(1.0), rent);
    let patience = move |impatience: f64| 1.0 - impatience * (1.0 - least);
    let office = move |impatience: f64| Office { rent, exit, ..Office::new(q, patience(impatience)) };
    let work = move |draws: &Draws| {
        let (hasty, patient) = (office(1.2), office(0.8));
        let cost = patient.cost(draws)?;
        Ok(vec![hasty.deviates_at(hasty.cost(draws)?), patient.deviates_at(cost), Finding::exact(cost)])
    };
    let discount = patience(0.8);
    let loss = q * exit.unwrap_or(1.0) * discount * rent / (1.0 - discount);
    let exact = Standard::Computed(0.0);
    Study::new(name, Box::new(work))
        .taking(3.0, 1.0)
        .case("deviates-if-a-fifth-less-patient", 1.0, "yes is 1", exact, GRIM)
        .case("deviates-if-a-fifth-more-patient", 0.0, "yes is 1", exact, GRIM)
        .case("expected-loss-if-a-fifth-more-patient", loss, "ETH", horizon(loss), GRIM)
}

/// A bond that earns nothing costs its owner what it discounts: the largest gain that is deterred does not depend on it.
fn neutrality() -> Study {
    let (rent, rate, q) = (1.0, 0.05, 0.5);
    let bonds = [(0.0, "0"), (1.0, "1"), (5.0, "5")];
    let work = move |draws: &Draws| {
        let office =
            |bond: f64| Office { bond, capital_cost: rate, rent, ..Office::new(q, 1.0 / (1.0 + rate)) };
        bonds.iter().map(|(bond, _)| Ok(Finding::exact(office(*bond).cost(draws)?))).collect()
    };
    let mut study = Study::new("deterrence/neutrality/rent=1/r=.05/q=.5", Box::new(work)).taking(6.0, 2.0);
    for (_, label) in bonds {
        let target = neutral_deterrable_gain(q, rent, rate);
        study = study.case(&format!("deterrable-gain/bond={label}"), target, "ETH", horizon(target), NEUTRAL);
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

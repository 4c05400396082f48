//! Operators who run several candidates, against closed forms: names play for their operator.

use crate::lab::{metric, read, replicates};
use sequencer_lab::experiment::outcome::Outcome;

fn number(outcome: &Outcome, key: &str) -> f64 {
    metric(outcome, key).unwrap_or_else(|| panic!("no {key}"))
}

/// A contest of stakes for a rent of 1 among `operators` with `names` each.
fn stakes(operators: u32, names: u32) -> Outcome {
    let experiment = read(&format!(
        "[experiment]\nname = \"names\"\n\n[[sequencers]]\nname = \"name\"\ncount = {}\nidentities = {names}\n\
         value = {{ constant = 1.0 }}\ncapital_cost = 0.05\nstrategy = \"stakes\"\n\n[mechanism.pool]\nrule = \"stake\"\nepoch_slots = 10\n\n\
         [strategies.stakes]\nlearner = \"hedge\"\nbins = 1\nmenu = {{ relative = [0.0, 0.4], points = 81 }}\n\n\
         [play]\nrounds = 8\nwarmup_epochs = 1000\nmeasured_epochs = 50\n",
        operators * names
    ));
    replicates(&experiment, 1).remove(0)
}

/// A share 1 − 1/N of the rent is spent on capital, whatever number of names each of N operators has.
#[test]
fn names_do_not_make_rivals_of_one_operator() {
    for (operators, names) in [(2, 1), (2, 2), (2, 3), (3, 2), (4, 1)] {
        let outcome = stakes(operators, names);
        let (spent, theory) = (number(&outcome, "capital_cost_share"), 1.0 - 1.0 / f64::from(operators));
        println!(
            "{operators} with {names}: {spent:.4} of {theory:.4}, certified {}",
            number(&outcome, "certified")
        );
        // Half a tick of each name's stake, .0025 of the rent.
        let tick = 0.0025 * f64::from(operators * names);
        assert!((spent - theory).abs() < tick, "{operators} with {names}: {spent} of {theory}");
        assert_eq!(number(&outcome, "certified"), 1.0, "{operators} with {names}");
    }
}

/// Kickbacks leave a margin of μN/(N − 1) to N operators, whatever number of names each has.
#[test]
fn names_do_not_compete_for_their_operators_delegators() {
    for (operators, names) in [(2, 1), (2, 2), (3, 2), (4, 1)] {
        let experiment = read(&format!(
            "[experiment]\nname = \"names\"\n\n[[sequencers]]\nname = \"name\"\ncount = {}\nidentities = {names}\n\
             value = {{ constant = 1.0 }}\nstrategy = \"kickback\"\n\n[[delegators]]\ncontinuum = true\nprice_sensitivity = 5.0\n\n\
             [mechanism.dpos]\nrule = \"delegated\"\n\n[strategies.kickback]\nlearner = \"hedge\"\nbins = 1\n\
             menu = {{ absolute = [0.0, 1.0], points = 101 }}\n\n[play]\nrounds = 4\nwarmup_epochs = 1000\nmeasured_epochs = 20\n",
            operators * names
        ));
        let outcome = replicates(&experiment, 1).remove(0);
        let n = f64::from(operators);
        let (paid, theory) = (number(&outcome, "bribes_to_delegators"), 1.0 - 0.2 * n / (n - 1.0));
        println!(
            "{operators} with {names}: {paid:.4} of {theory:.4}, certified {}",
            number(&outcome, "certified")
        );
        assert!((paid - theory).abs() < 0.01, "{operators} with {names}: {paid} of {theory}");
    }
}

/// Two seats, which are worth 1 to everybody: revenue per seat, and whether play is certified.
fn seats(pricing: &str, identities: u32) -> (f64, f64) {
    let experiment = read(&format!(
        "[experiment]\nname = \"names\"\n\n[[sequencers]]\nname = \"name\"\ncount = 4\nidentities = {identities}\n\
         value = {{ constant = 1.0 }}\nstrategy = \"bids\"\n\n[mechanism.sale]\nrule = \"auction_rotation\"\nseats = 2\nunit_seats = true\n\
         epoch_slots = 1\npricing = \"{pricing}\"\n\n[strategies.bids]\nlearner = \"hedge\"\nbins = 1\n\
         menu = {{ relative = [0.0, 1.0], points = 21 }}\n\n[play]\nrounds = 16\nwarmup_epochs = 1000\nmeasured_epochs = 50\n"
    ));
    let outcomes = replicates(&experiment, 3);
    let mean = |key: &str| outcomes.iter().map(|outcome| number(outcome, key)).sum::<f64>() / 3.0;
    (0.5 * mean("revenue"), mean("certified"))
}

/// At one price for both seats an operator of two names has one of them stand back, and pays next to nothing for the other; two who do so
/// share the seats. Where each pays its bid, that saves nothing: whoever bids less than value is outbid for both.
#[test]
fn operators_of_several_names_reduce_demand() {
    // A tick of the menu is .05; bids that beat a rival's by one leave it one or two ticks of what a seat is worth.
    for (pricing, identities, low, high) in [
        ("uniform", 1, 0.95, 1.0),
        ("uniform", 2, 0.0, 0.05),
        ("pay_as_bid", 1, 0.9, 1.0),
        ("pay_as_bid", 2, 0.85, 1.0),
    ] {
        let (price, certified) = seats(pricing, identities);
        assert!((low..=high).contains(&price), "{pricing}, {identities}: {price}");
        assert_eq!(certified, 1.0, "{pricing}, {identities}");
    }
}

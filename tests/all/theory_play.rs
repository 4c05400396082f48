//! Learned play against closed forms, from the text of an experiment alone: the families of `validate`, at other
//! parameter values than its cases have. How near is near enough is said in `sequencer_lab::validate::program`.

use crate::lab::{estimate, metric, read_file};
use sequencer_lab::experiment::outcome::Outcome;
use sequencer_lab::theory::asymmetric::UniformPair;
use sequencer_lab::theory::auction::Auction;
use sequencer_lab::theory::kickback::{Market, inertia_factor};
use sequencer_lab::validate::program::{Delegation, Sale, pay_as_bid, truthful};
use sequencer_lab::validate::{Effort, Study, Verdict, critical, run};
use sequencer_lab::world::distribution::Distribution;

/// Learns a study and holds it to all that theory knows of it.
pub fn hold(study: &Study) {
    hold_at(study, Effort::Full);
}

/// The same with so much effort.
pub fn hold_at(study: &Study, effort: Effort) {
    let findings = run::simulate(study, effort).unwrap_or_else(|error| panic!("{}: {error}", study.name));
    let mut failures = Vec::new();
    for (case, finding) in study.cases.iter().zip(findings) {
        let verdict = Verdict::judge(case.clone(), Ok(finding), critical(1));
        println!("{} {:.5} {:?} {:.5}", case.name, case.target, finding, verdict.tolerance);
        if !verdict.pass {
            failures.push(format!(
                "{}: {finding:?}, theory {}, allowed {}",
                case.name, case.target, verdict.tolerance
            ));
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

pub fn uniform() -> Distribution {
    Distribution::uniform(0.0, 1.0).unwrap()
}

const UNIFORM: &str = "uniform = [0.0, 1.0]";

// Other numbers of bidders, seats and laws are cases of `validate`.
#[test]
fn single_units() {
    let auction = Auction::new(uniform(), 7, 1);
    hold(&pay_as_bid("first price 7", "", &Sale::new(UNIFORM, 7, 1, ""), &auction, 41));
    let auction = Auction::new(uniform(), 4, 1);
    let sale = Sale::new(UNIFORM, 4, 1, "pricing = \"uniform\"");
    hold(&truthful("second price 4", "", &sale, &auction, 49));
}

#[test]
fn several_units() {
    let (n, k) = (6, 4);
    let auction = Auction::new(uniform(), n, k);
    let sale = Sale::new(UNIFORM, n, k, "unit_seats = true");
    hold(&pay_as_bid("pay as bid", "", &sale, &auction, 41));
    let sale = Sale::new(UNIFORM, n, k, "unit_seats = true\npricing = \"uniform\"");
    hold(&truthful("uniform price", "", &sale, &auction, 49));
}

#[test]
fn other_laws_and_reserves() {
    let text = "exponential = 2.0";
    let auction = Auction::new(Distribution::exponential(2.0).unwrap(), 4, 1);
    let sale = Sale { bins: 20, split_bins: true, ..Sale::new(text, 4, 1, "") };
    hold(&pay_as_bid("first price, exponential", "", &sale, &auction, 41));
    let auction = Auction::new(uniform(), 4, 1).with_reserve(0.3);
    // A grid in ETH, so that the reserve itself can be bid.
    let sale =
        Sale { menu: "absolute = [0.0, 1.0]", rounds: 32, ..Sale::new(UNIFORM, 4, 1, "reserve_price = 0.3") };
    hold(&pay_as_bid("reserve", "", &sale, &auction, 41));
}

fn kickbacks(name: &str, case: &Delegation) {
    hold(&case.study(name, "", 49).unwrap());
}

#[test]
fn kickbacks_are_those_of_the_logit_oligopoly() {
    for (n, mu) in [(2, 0.2), (4, 0.15), (7, 0.1)] {
        let case = Delegation::new(&vec![0.0; n], mu);
        kickbacks(&format!("no outside option {n} {mu}"), &case);
        kickbacks(&format!("outside option {n} {mu}"), &Delegation { outside: Some(0.5), ..case });
    }
    for (costs, mu) in [(vec![0.0, 0.0, 0.15], 0.2), (vec![0.05, 0.2, 0.25, 0.3], 0.15)] {
        kickbacks(&format!("costs {costs:?} {mu}"), &Delegation::new(&costs, mu));
    }
}

/// With inertia a first-order condition is not enough: a candidate may pay nothing for an epoch and live off the stake
/// that has not left yet. Where that gains nothing, play must be where the conditions say.
#[test]
fn inertia_widens_margins_by_its_factor() {
    for (n, rho, delta) in [(3, 0.25, 0.75), (4, 0.4, 0.2)] {
        let costs = vec![0.0; n];
        let case = Delegation { inertia: rho, discount: delta, rounds: 16, ..Delegation::new(&costs, 0.25) };
        let market = case.theory().unwrap();
        let equilibrium = market.equilibrium();
        assert!(market.one_epoch_deviation_gain(&equilibrium, rho, delta) < 1e-9, "{n} {rho} {delta}");
        let expected = (1.0 - inertia_factor(rho, delta) * 0.25 * n as f64 / (n as f64 - 1.0)).max(0.0);
        assert!((equilibrium.kickback[0] - expected).abs() < 1e-9);
        kickbacks(&format!("inertia {n} {rho} {delta}"), &case);
    }
}

/// A contender, a metric and its value in theory.
type Expected = (&'static str, &'static str, f64);

/// The experiments that ship: each runs as it stands, on fewer replicates, and finds what it expects.
#[test]
fn shipped_theory_experiments_find_what_they_expect() {
    let auction = |n, k| Auction::new(uniform(), n, k).expected_revenue();
    let pair = UniformPair::new(4.0 / 3.0, 0.8).unwrap();
    let kickback = |rents: &[f64], mu, outside| {
        Market::new(rents.to_vec(), mu, outside).unwrap().equilibrium().delegator_income()
    };
    let none = None;
    let cases: [(&str, &[Expected]); 6] = [
        ("first-price", &[("auction", "revenue", auction(3, 1))]),
        ("second-price", &[("auction", "revenue", auction(3, 1))]),
        ("multi-unit", &[("pay_as_bid", "revenue", auction(5, 3)), ("uniform", "revenue", auction(5, 3))]),
        ("kickback", &[("closed", "bribes_to_delegators", kickback(&[1.0; 3], 0.25, none))]),
        ("kickback-costs", &[("dpos", "bribes_to_delegators", kickback(&[1.0, 0.9, 0.8], 0.1, none))]),
        (
            "asymmetric",
            &[
                ("first_price", "revenue", pair.first_price_revenue()),
                ("second_price", "revenue", pair.second_price_revenue()),
            ],
        ),
    ];
    for (name, claims) in cases {
        let experiment = read_file(&format!("experiments/theory/{name}.toml"), &[]);
        assert_eq!(experiment.name, name);
        assert!(
            experiment.replicates >= 32
                && !experiment.question.is_empty()
                && !experiment.expectation.is_empty()
        );
        for (contender, key, theory) in claims {
            let contender = experiment.contenders.iter().find(|c| c.name == *contender).unwrap();
            let outcomes: Vec<Outcome> =
                (0..3).map(|r| crate::lab::unit(&experiment, contender, r)).collect();
            let (mean, se) = estimate(&outcomes, |o| metric(o, key).unwrap());
            println!("{name}/{}: {key} {mean:.5} ± {se:.5}, theory {theory:.5}", contender.name);
            // One tick of the shipped grids is 2% of a value.
            assert!(
                (mean - theory).abs() <= 3.0 * se + 0.02 * theory,
                "{name}: {mean} ± {se}, theory {theory}"
            );
        }
    }
}

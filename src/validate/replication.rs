//! Replicates until intervals are narrow enough: is the target reached where theory says, and do intervals still cover?
//!
//! A study asks for a half-width `h` of the 95% interval of a mean. With the standard deviation `s` of a replicate known, it
//! would take `n = (1.96 s/h)²` replicates; the rule looks at 8, 16, 32, … and should stop at the first look at or above `n`. It
//! does in nine of ten studies where `n` is no near neighbour of a look; at `n = 33` or `n = 60`, say, luck decides. How often it
//! does follows from the law of the sample variance: a look at `L` finds the interval narrow where
//! `χ²_{L−1} ≤ (L−1)·(1.96·√(L/n)/(t·(1 + .3/√(L−1))))²` with `t` the 97.5% point of Student's law.
//! Outcomes are normal, and revenues of second-price auctions among five bidders with uniform values, averaged over 40 auctions
//! a replicate: mean 2/3, variance `2·4/(6²·7)/40` (the second highest of five uniform values is Beta(4, 2)).

use super::{Draws, Finding, Standard, Study};
use crate::draws::Purpose;
use crate::experiment::outcome::{Outcome, UnitKey};
use crate::experiment::replication::{StoppingRule, UntilPrecise};
use crate::experiment::runner::Study as _;
use crate::experiment::unit::UnitPlan;
use crate::measure::statistics::{Estimate, estimate};
use crate::numerics::normal_quantile;

const SOURCE: &str =
    "Glynn and Whitt 1992 (Ann. Appl. Prob. 2, 180-198): stopped intervals cover as narrow ones do";

/// Studies of normal outcomes: the binomial standard error of a coverage is .0015; of auctions a fifth: .0034.
const STUDIES: u32 = 20_000;
/// Studies near a look.
const NEAR: u32 = 20_000;

/// Cases of the family.
pub fn studies() -> Vec<Study> {
    let auctions = (8.0_f64 / (36.0 * 7.0) / 40.0).sqrt();
    vec![
        law("replication/normal", 1.0, 0.15, |luck, mean, spread| {
            mean + spread * normal_quantile(luck.uniform())
        }),
        law("replication/second-price", 2.0 / 3.0, auctions, |luck, _, _| {
            let revenue = |luck: &mut super::Luck| {
                let (mut first, mut second) = (0.0, 0.0);
                for _ in 0..5 {
                    let value = luck.uniform();
                    if value > first {
                        (first, second) = (value, first);
                    } else if value > second {
                        second = value;
                    }
                }
                second
            };
            (0..40).map(|_| revenue(luck)).sum::<f64>() / 40.0
        }),
        near_a_look(),
    ]
}

/// How often a look at 64 replicates finds the interval narrow where theory asks for 52, 60, or 65.
fn near_a_look() -> Study {
    let work = |draws: &Draws| {
        let studies = draws.count(NEAR);
        let share = |(place, n): (u32, f64)| {
            let target = 1.959_964 / n.sqrt();
            let at_64 = (0..studies).filter(|study| {
                let mut luck = draws.luck(Purpose::Resample, "replication/near-a-look", 3 * study + place);
                stopped(target, 64, || normal_quantile(luck.uniform())).len() == 64
            });
            let result = at_64.count() as f64 / f64::from(studies);
            Finding { result, se: (result * (1.0 - result) / f64::from(studies)).sqrt(), tick: 0.0 }
        };
        [(0, 52.0), (1, 60.0), (2, 65.0)].map(share).to_vec()
    };
    let source = "law of the sample variance (Cochran 1934, Proc. Camb. Phil. Soc. 30, 178-191)";
    Study::of("replication/near-a-look", work)
        .taking(0.5, 1.0)
        .case("52-stops-at-64", 0.7253, "share of studies", Standard::Given, source)
        .case("60-stops-at-64", 0.4168, "share of studies", Standard::Given, source)
        .case("65-stops-at-64", 0.2592, "share of studies", Standard::Given, source)
}

/// A draw of one replicate from its luck, with the law's mean and standard deviation.
type Draw = fn(&mut super::Luck, f64, f64) -> f64;

fn law(name: &'static str, mean: f64, spread: f64, draw: Draw) -> Study {
    let work = move |draws: &Draws| {
        // Theory asks for 42 replicates, so that the first look at or above it is 64, and for 180, where it is 256.
        let targets = [42.0_f64, 180.0].map(|n| 1.959_964 * spread / n.sqrt());
        // The auctions take longer: fewer studies, in a quick run too, for the tolerance is fixed.
        let studies = if name.ends_with("normal") { STUDIES } else { STUDIES / 5 };
        let mut reached = [0_u32; 2];
        let mut covered = [0_u32; 2];
        let mut fixed = 0_u32;
        for study in 0..studies {
            for (place, (target, look)) in targets.into_iter().zip([64, 256]).enumerate() {
                let mut luck = draws.luck(Purpose::Resample, name, 2 * study + place as u32);
                let values = stopped(target, 8, || draw(&mut luck, mean, spread));
                reached[place] += u32::from(values.len() == look);
                covered[place] += u32::from(covers(&estimate(values.iter().copied()), mean));
                if place == 0 {
                    fixed += u32::from(covers(&estimate(values[..8].iter().copied()), mean));
                }
            }
        }
        let share = |count: u32| f64::from(count) / f64::from(studies);
        vec![
            Finding::truth(share(reached[0]) >= 0.9),
            Finding::truth(share(reached[1]) >= 0.9),
            Finding::exact(share(covered[0])),
            Finding::exact(share(covered[1])),
            Finding::exact(share(fixed)),
        ]
    };
    // The band that intervals are asked to keep; a binomial standard error is a tenth of it, or a quarter.
    let coverage = Standard::Within(0.015);
    Study::of(name, work)
        .taking(3.0, 1.0)
        .case("target-of-42-reached-at-64-in-nine-of-ten", 1.0, "yes is 1", Standard::Computed(0.0), SOURCE)
        .case("target-of-180-reached-at-256-in-nine-of-ten", 1.0, "yes is 1", Standard::Computed(0.0), SOURCE)
        .case("coverage-of-42", 0.95, "share of studies", coverage, SOURCE)
        .case("coverage-of-180", 0.95, "share of studies", coverage, SOURCE)
        .case("coverage-of-8-fixed", 0.95, "share of studies", coverage, "Student 1908 (Biometrika 6, 1-25)")
}

fn covers(e: &Estimate, mean: f64) -> bool {
    e.ci_low <= mean && mean <= e.ci_high
}

/// The values of the replicates of one study that stops at a half-width, looking first at `minimum`.
fn stopped(target: f64, minimum: u32, mut draw: impl FnMut() -> f64) -> Vec<f64> {
    let half_width = vec![("revenue".to_owned(), target)];
    let rule = StoppingRule { minimum, maximum: 1024, half_width, difference: Vec::new() };
    let plan = |design: u32, contender: usize, replicate: u32| {
        let key = UnitKey { design, mechanism: contender.to_string(), replicate };
        UnitPlan { id: String::new(), key, seed: 0 }
    };
    let mut study = UntilPrecise::new(rule, 1, 1, plan);
    let mut values = Vec::new();
    while let Some(unit) = study.ask() {
        let value = draw();
        values.push(value);
        let outcome = Outcome { metrics: vec![("revenue", value)], ..Outcome::default() };
        study.tell(&unit, Ok(&outcome));
    }
    values
}

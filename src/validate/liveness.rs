//! How often nobody is there to sequence, and for how long (theory: [`crate::theory::availability`]), with the
//! machines of [`crate::world::outage`].

use super::games::machines::{Machines, Service};
use super::sample::{Sample, share};
use super::{Draws, Finding, Standard, Study};
use crate::draws::{Key, Purpose, Who};
use crate::theory::availability::{Markov, any_of, quorum};
use crate::world::outage::{Outage, Reliability};

const INDEPENDENT: &str = "binomial law of independent outages";
const RENEWAL: &str = "Barlow and Proschan 1975, chapter 7: alternating renewal";
const RUNS: &str = "derived: geometric stays against independent operators";

/// Cases of the family.
pub fn studies() -> Vec<Study> {
    let mut studies = Vec::new();
    for (p, label) in [(0.01, ".01"), (0.05, ".05"), (0.1, ".1")] {
        for r in 1..=3 {
            let target = any_of(p, r);
            studies.push(independent(&format!("liveness/any-of/r={r}/p={label}"), p, r, 1, target));
        }
        for (need, n) in [(3, 4), (7, 10)] {
            let name = format!("liveness/quorum/{need}-of-{n}/p={label}");
            studies.push(independent(&name, p, n, need, quorum(p, need, n)));
        }
    }
    for (fail, repair, label) in
        [(0.001, 0.1, "f=.001,g=.1"), (0.01, 0.1, "f=.01,g=.1"), (0.0005, 0.01, "f=.0005,g=.01")]
    {
        for r in 1..=3 {
            let chain = Markov { fail, repair };
            let name = format!("liveness/markov/{label}/r={r}");
            studies.push(machines(&name, chain, None, r, chain.any_of(r), Some(chain.mean_outage(r))));
        }
    }
    for r in [1, 2, 4] {
        let chain = Markov { fail: 0.001, repair: 0.1 };
        let name = format!("liveness/common-cause/share=.05/f=.001,g=.1/r={r}");
        studies.push(machines(&name, chain, Some(0.05), r, chain.with_common_cause(0.05, r), None));
    }
    studies.extend([runs_of_one(), runs_in_rotation()]);
    studies
}

/// At least `need` of `n` up, each down with probability `p` in every slot.
fn independent(name: &str, p: f64, n: u32, need: u32, target: f64) -> Study {
    let work = move |draws: &Draws| {
        let mut luck = draws.luck(Purpose::Outage, "machines", 0);
        let count = draws.count(1_000_000);
        let mut served = 0;
        for _ in 0..count {
            let up = (0..n).filter(|_| luck.uniform() >= p).count();
            served += u64::from(up >= need as usize);
        }
        vec![share(served, u64::from(count), target)]
    };
    Study::of(name, work).taking(0.1, 0.01).case(
        "availability",
        target,
        "share of slots",
        Standard::Given,
        INDEPENDENT,
    )
}

/// Markov machines, some of whose failures may take all down together.
fn machines(
    name: &str,
    chain: Markov,
    common: Option<f64>,
    r: u32,
    availability: f64,
    outage: Option<f64>,
) -> Study {
    let work = move |draws: &Draws| {
        let own = 1.0 - common.unwrap_or(0.0);
        let machines = Machines {
            each: Reliability { failure_rate: own * chain.fail, repair_rate: chain.repair },
            common: common.map(|c| Reliability { failure_rate: c * chain.fail, repair_rate: chain.repair }),
            count: r,
        };
        let mut up = Sample::around(availability);
        let mut lengths = Sample::around(outage.unwrap_or(0.0));
        // Independent stretches of time, from the stationary distribution.
        for stretch in 0..100 {
            let key = Key::new(draws.seed, stretch, 0);
            let service = machines.live(key, u64::from(draws.count(10_000_000)));
            up.push(service.availability());
            service.outages().iter().for_each(|length| lengths.push(*length as f64));
        }
        let mut findings = vec![up.mean()];
        findings.extend(outage.map(|_| lengths.mean()));
        findings
    };
    let study = Study::of(name, work).taking(1.5, 0.15).case(
        "availability",
        availability,
        "share of slots",
        Standard::Given,
        RENEWAL,
    );
    match outage {
        Some(length) => study.case("mean-outage", length, "slots", Standard::Given, RENEWAL),
        None => study,
    }
}

/// After a missed slot of a single operator: how likely are nine more?
fn runs_of_one() -> Study {
    let chain = Markov { fail: 0.01, repair: 0.1 };
    let target = chain.run_single(9);
    let work = move |draws: &Draws| {
        let each = Reliability { failure_rate: chain.fail, repair_rate: chain.repair };
        let mut ratio = Sample::around(target);
        for stretch in 0..100 {
            let machines = Machines { each, common: None, count: 1 };
            let service: Service =
                machines.live(Key::new(draws.seed, stretch, 0), u64::from(draws.count(4_000_000)));
            // Of the slots of an outage all but the last nine have nine more after them.
            let all: u64 = service.outages().iter().sum();
            let followed: u64 = service.outages().iter().map(|length| length.saturating_sub(9)).sum();
            ratio.push(followed as f64 / all as f64);
        }
        vec![ratio.mean()]
    };
    Study::of("liveness/runs/single-operator/g=.1", work).taking(0.5, 0.05).case(
        "nine-more-missed-slots",
        target,
        "probability",
        Standard::Given,
        RUNS,
    )
}

/// The same where each slot has another operator, independent of the last.
fn runs_in_rotation() -> Study {
    let chain = Markov { fail: 0.01, repair: 0.1 };
    let work = move |draws: &Draws| {
        let reliability = Reliability { failure_rate: chain.fail, repair_rate: chain.repair };
        let slots = draws.count(4_000_000);
        let key = Key::new(draws.seed, 0, 0);
        let (mut down, mut run, mut followed) = (0_u64, 0_u32, [0_u64; 3]);
        for slot in 0..slots {
            let stream = key.stream(Purpose::Outage, Who::member("rotation", slot));
            let up = Outage::open(reliability, stream).is_up(0, reliability, stream);
            run = if up { 0 } else { run + 1 };
            down += u64::from(!up);
            for (more, count) in (1..).zip(&mut followed) {
                // The slot `more` slots ago was missed, and all since.
                *count += u64::from(run > more);
            }
        }
        let mut findings: Vec<Finding> =
            (1..).zip(followed).map(|(more, count)| share(count, down, chain.run_rotation(more))).collect();
        findings.push(share(down, u64::from(slots), chain.down()));
        findings.push(Finding::exact(chain.run_rotation(9)));
        findings
    };
    let mut study = Study::of("liveness/runs/rotation/f=.01,g=.1", work).taking(0.6, 0.06);
    for more in 1..=3 {
        let name = format!("{more}-more-missed-slots");
        study = study.case(&name, chain.run_rotation(more), "probability", Standard::Given, RUNS);
    }
    study.case("missed-slots", chain.down(), "share of slots", Standard::Given, RUNS).case(
        "9-more-missed-slots",
        4e-10,
        "probability",
        Standard::Computed(5e-11),
        RUNS,
    )
}

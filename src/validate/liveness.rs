//! How often nobody is there to sequence, and for how long (theory: [`crate::theory::availability`]): with appointees of the
//! program who fail, slot by slot and in expectation; long runs of machines that fail rarely go from outage to outage by the
//! program's chains ([`crate::world::outage`]).

use super::games::machines::Machines;
use super::program::board::{Board, at, enough, ratio};
use super::program::{metric, replicates};
use super::sample::Sample;
use super::{Draws, Finding, Standard, Study};
use crate::draws::Key;
use crate::theory::availability::{Markov, any_of, quorum};
use crate::world::outage::Reliability;
use std::fmt::Write;

const INDEPENDENT: &str = "binomial law of independent outages";
const RENEWAL: &str = "Barlow and Proschan 1975, chapter 7: alternating renewal";
const RUNS: &str = "derived: geometric stays against independent operators";

/// Cases of the family.
pub fn studies() -> Vec<Study> {
    let mut studies = Vec::new();
    for (p, label) in [(0.01, ".01"), (0.05, ".05"), (0.1, ".1")] {
        for r in 1..=3 {
            studies.push(independent(&format!("liveness/any-of/r={r}/p={label}"), p, r, None, any_of(p, r)));
        }
        for (need, n) in [(3, 4), (7, 10)] {
            let name = format!("liveness/quorum/{need}-of-{n}/p={label}");
            studies.push(independent(&name, p, n, Some("fair_bft"), quorum(p, need, n)));
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
    studies.extend([2, 3].map(continuous_time));
    studies.extend([runs_of_one(), runs_in_rotation()]);
    studies
}

/// `r` appointees who are all live and take turns; each fails and is repaired with these probabilities in a slot, and with
/// those of `common` all are down together.
fn board(each: Reliability, common: Option<Reliability>, r: u32, ordering: Option<&str>) -> Board {
    let Reliability { failure_rate, repair_rate } = each;
    let mut world = String::new();
    if let Some(Reliability { failure_rate, repair_rate }) = common {
        let _ =
            writeln!(world, "common_failure_rate = {failure_rate:?}\ncommon_repair_rate = {repair_rate:?}");
    }
    if r > 1 {
        world += "failover = 1.0\nfailover_delay = 0\n";
    }
    let ordering = ordering.map_or(String::new(), |how| format!("\nordering = \"{how}\""));
    let keys = format!("failure_rate = {failure_rate:?}\nrepair_rate = {repair_rate:?}");
    Board {
        world,
        groups: vec![("member".to_owned(), r, keys)],
        rule: format!("seats = {r}\nredundancy = {r}{ordering}"),
        tables: String::new(),
        slots: 1000,
        epochs: 1,
    }
}

/// What the program expects of an epoch: exact where machines are alike.
fn expected(each: Reliability, r: u32, ordering: Option<&str>, draws: &Draws) -> Result<Finding, String> {
    let Board { rule, mut groups, .. } = board(each, None, r, ordering);
    groups[0].2 += "\nvalue = { constant = 1.0 }";
    let board = Board { world: String::new(), rule, groups, tables: String::new(), slots: 100, epochs: 1 };
    let text = board.text().replace("kind = \"rollup\"\nfee_per_slot = 0.01\n", "kind = \"abstract\"\n");
    Ok(Finding::exact(metric(&replicates(&text, draws.seed, 1)?[0], "liveness")))
}

/// Appointees of whom any one suffices, or a quorum, each down with probability `p` in every slot.
fn independent(name: &str, p: f64, n: u32, ordering: Option<&'static str>, target: f64) -> Study {
    let work = move |draws: &Draws| {
        let each = Reliability { failure_rate: p, repair_rate: 1.0 - p };
        let board = Board { epochs: draws.count(1000), ..board(each, None, n, ordering) };
        let liveness = metric(&replicates(&board.text(), draws.seed, 1)?[0], "liveness");
        let slots = f64::from(board.epochs * board.slots);
        let se = (target * (1.0 - target) / slots).sqrt();
        Ok(vec![expected(each, n, ordering, draws)?, Finding { result: liveness, se, tick: 0.0 }])
    };
    Study::new(name, Box::new(work))
        .taking(0.5, 0.05)
        .case("expected-availability", target, "share of slots", Standard::Computed(5e-9), INDEPENDENT)
        .case("availability", target, "share of slots", Standard::Given, INDEPENDENT)
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
        // The abstract world has no common cause.
        if outage.is_some() {
            findings.extend([lengths.mean(), expected(machines.each, r, None, draws)?]);
        }
        Ok(findings)
    };
    let study = Study::new(name, Box::new(work)).taking(1.5, 0.15).case(
        "availability",
        availability,
        "share of slots",
        Standard::Given,
        RENEWAL,
    );
    match outage {
        Some(length) => study.case("mean-outage", length, "slots", Standard::Given, RENEWAL).case(
            "expected-availability",
            availability,
            "share of slots",
            Standard::Computed(5e-9),
            RENEWAL,
        ),
        None => study,
    }
}

/// Where slots are short beside outages: the mean outage of all of `r` at once is an `r`-th of one's.
fn continuous_time(r: u32) -> Study {
    let chain = Markov { fail: 2e-5, repair: 1e-4 };
    let work = move |draws: &Draws| {
        let each = Reliability { failure_rate: chain.fail, repair_rate: chain.repair };
        let mut lengths = Sample::around(0.5);
        for stretch in 0..100 {
            let machines = Machines { each, common: None, count: r };
            let service = machines.live(Key::new(draws.seed, stretch, 0), u64::from(draws.count(40_000_000)));
            service.outages().iter().for_each(|length| lengths.push(*length as f64 * chain.repair));
        }
        vec![lengths.mean()]
    };
    Study::of(format!("liveness/markov/short-slots/r={r}"), work).taking(0.5, 0.1).case(
        "mean-outage",
        1.0 / f64::from(r),
        "of the mean time to repair",
        Standard::Given,
        RENEWAL,
    )
}

/// Appointees of one group who fail with .01 and are repaired with .1, and a transaction in each slot that waits while slots
/// are missed.
fn missed_runs(operators: u32, draws: &Draws) -> Result<Vec<crate::experiment::outcome::Outcome>, String> {
    let each = Reliability { failure_rate: 0.01, repair_rate: 0.1 };
    let mut case = board(each, None, 1, None);
    case.world += "target_rate = 1.0\ntarget_window = 12\n";
    case.groups[0].1 = operators;
    case.groups[0].2 += "\nbribes = \"refuse\"";
    case.rule = format!("seats = {operators}");
    replicates(&Board { epochs: draws.either(8, 2), ..case }.text(), draws.seed, enough(draws))
}

/// Of the transactions that wait longer than one slot, those that wait longer than `1 + more`.
fn followed(outcomes: &[crate::experiment::outcome::Outcome], more: u32) -> Finding {
    let wait = |o, slots: u32| at(o, "inclusion_wait", f64::from(slots));
    ratio(&outcomes.iter().map(|o| (wait(o, 1 + more), wait(o, 1))).collect::<Vec<_>>())
}

/// After a missed slot of a single operator: how likely are nine more?
fn runs_of_one() -> Study {
    let chain = Markov { fail: 0.01, repair: 0.1 };
    let target = chain.run_single(9);
    let work = move |draws: &Draws| Ok(vec![followed(&missed_runs(1, draws)?, 9)]);
    Study::new("liveness/runs/single-operator/g=.1", Box::new(work)).taking(2.0, 0.2).case(
        "nine-more-missed-slots",
        target,
        "probability",
        Standard::Given,
        RUNS,
    )
}

/// The same in rotation over twenty operators, of whom none comes up twice among the slots looked at.
fn runs_in_rotation() -> Study {
    let chain = Markov { fail: 0.01, repair: 0.1 };
    let work = move |draws: &Draws| {
        let outcomes = missed_runs(20, draws)?;
        let mut findings: Vec<Finding> = (1..=3).map(|more| followed(&outcomes, more)).collect();
        findings.push(super::program::estimate(&outcomes, |o| 1.0 - metric(o, "liveness")));
        findings.push(Finding::exact(chain.run_rotation(9)));
        Ok(findings)
    };
    let mut study = Study::new("liveness/runs/rotation/f=.01,g=.1", Box::new(work)).taking(2.0, 0.3);
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

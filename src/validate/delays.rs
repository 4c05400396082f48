//! How long a transaction waits where some sequencers censor (theory: [`crate::theory::censorship`]): in the program, under orders
//! that a part of the appointees obeys.
//!
//! Includers of one slot are distinct there. Rows of theory whose includers are drawn independently, so that one may come
//! twice, are drawn here.

use super::program::board::{Board, at, enough, mean, ratio};
use super::program::replicates;
use super::sample::Sample;
use super::{Draws, Finding, Luck, Standard, Study};
use crate::draws::Purpose;
use crate::theory::censorship::{Delay, RoundRobin};

const GEOMETRIC: &str = "geometric law of independent draws";
const DISTINCT: &str = "hypergeometric law of distinct includers";
const ROUND_ROBIN: &str = "order statistics of a random permutation";
const MEASURED: &str = "Wahrstaetter and others 2024 (arXiv 2305.18545): 46% of blocks censor, delay +85%";

/// Cases of the family.
pub fn studies() -> Vec<Study> {
    let mut studies = Vec::new();
    // Share that censors, and the slots within which all but 5% and 1% are included, as published.
    for (gamma, label, p95, p99) in [
        (0.10, ".10", 2, 2),
        (0.25, ".25", 3, 4),
        (0.46, ".46", 4, 6),
        (0.66, ".66", 8, 12),
        (0.78, ".78", 13, 19),
        (0.90, ".90", 29, 44),
    ] {
        studies.push(random_rotation(gamma, label, p95, p99));
    }
    for (n, m, r) in [(21, 10, 2), (10, 5, 3), (100, 46, 2), (100, 90, 3)] {
        studies.push(distinct(n, m, r));
    }
    for (n, m, t, iid) in [
        (10, 3, 3, 0.027),
        (10, 5, 3, 0.125),
        (21, 7, 3, 0.03704),
        (21, 10, 3, 0.10798),
        (100, 46, 3, 0.09734),
    ] {
        studies.push(round_robin(n, m, t, iid));
    }
    studies
}

/// Appointees by group, each under orders for good or under none, and no briber; in each slot a transaction comes with
/// probability `rate`, and is followed for `window` slots.
fn board(groups: &[(String, u32, bool)], rule: &str, rate: f64, window: u32) -> Board {
    let group = |(name, members, obeys): &(String, u32, bool)| {
        let orders = if *obeys { "\njurisdiction = \"north\"\norders = \"obey\"" } else { "" };
        (name.clone(), *members, format!("bribes = \"refuse\"{orders}"))
    };
    let seats: u32 = groups.iter().map(|g| g.1).sum();
    Board {
        world: format!(
            "target_rate = {rate:?}\ntarget_window = {window}\norder_rate = 1.0\norder_end = 0.0\nlegal_penalty = 1.0"
        ),
        groups: groups.iter().map(group).collect(),
        rule: format!("seats = {seats}\ninclusion = \"any_live\"\n{rule}"),
        tables: String::new(),
        slots: 100,
        epochs: 100,
    }
}

/// `m` of `n` appointees censor; a slot's leader is drawn from all, and `r` of them are live.
fn drawn(n: u32, m: u32, r: u32) -> Board {
    let groups = [("censor".to_owned(), m, true), ("free".to_owned(), n - m, false)];
    // Longer waits have a probability below e^(-30).
    let censored = Delay::distinct(u64::from(n), u64::from(m), u64::from(r)).gamma;
    let window = (30.0 / (1.0 - censored)).ceil() as u32;
    board(&groups, &format!("redundancy = {r}\nrotation = \"random\""), 0.1, window)
}

/// Slots until one of `includers` independent draws does not censor.
fn wait(luck: &mut Luck, gamma: f64, includers: u32) -> u32 {
    let mut slots = 1;
    // All are drawn, so that the same luck meets the same slots.
    while (0..includers).filter(|_| luck.uniform() < gamma).count() == includers as usize {
        slots += 1;
    }
    slots
}

fn random_rotation(gamma: f64, label: &str, p95: u32, p99: u32) -> Study {
    let by = move |r: u32| Delay::redundant(gamma, r);
    let censors = (100.0 * gamma).round() as u32;
    let measured = censors == 46;
    let work = move |draws: &Draws| {
        let text = Board { epochs: draws.either(100, 7), ..drawn(100, censors, 1) }.text();
        let outcomes = replicates(&text, draws.seed, enough(draws))?;
        let mut findings =
            vec![super::program::estimate(&outcomes, |o| super::program::metric(o, "inclusion_delay_slots"))];
        for slots in [p95, p99] {
            let longer = super::program::estimate(&outcomes, |o| at(o, "inclusion_wait", f64::from(slots)));
            findings.push(longer);
        }
        findings.extend([0.95, 0.99].map(|level| Finding::exact(f64::from(by(1).slots_at(level)))));
        for r in [2, 3] {
            let mut luck = draws.luck(Purpose::Leader, "slots", r);
            let waits = (0..draws.count(400_000)).map(|_| f64::from(wait(&mut luck, gamma, r)));
            findings.push(Sample::of(by(r).mean_slots(), waits).mean());
        }
        if measured {
            findings.push(Finding { result: findings[0].result - 1.0, ..findings[0] });
        }
        Ok(findings)
    };
    let exact = Standard::Computed(0.0);
    let study = Study::new(format!("censorship/delay/random-rotation/gamma={label}"), Box::new(work))
        .taking(3.0, 0.5)
        .case("mean", by(1).mean_slots(), "slots", Standard::Given, GEOMETRIC)
        .case(
            &format!("longer-than-{p95}/p95"),
            by(1).exceeds(p95),
            "probability",
            Standard::Given,
            GEOMETRIC,
        )
        .case(
            &format!("longer-than-{p99}/p99"),
            by(1).exceeds(p99),
            "probability",
            Standard::Given,
            GEOMETRIC,
        )
        .case("p95", f64::from(p95), "slots", exact, GEOMETRIC)
        .case("p99", f64::from(p99), "slots", exact, GEOMETRIC)
        .case("mean/two-includers", by(2).mean_slots(), "slots", Standard::Given, GEOMETRIC)
        .case("mean/three-includers", by(3).mean_slots(), "slots", Standard::Given, GEOMETRIC);
    // A sanity check: share and delay may be of different months.
    if measured {
        study.case("extra-delay/measured", 0.85, "share", Standard::Within(0.10), MEASURED)
    } else {
        study
    }
}

/// `r` distinct includers a slot.
fn distinct(n: u32, m: u32, r: u32) -> Study {
    let target = Delay::distinct(u64::from(n), u64::from(m), u64::from(r)).mean_slots();
    let work = move |draws: &Draws| {
        let text = Board { epochs: draws.either(100, 7), ..drawn(n, m, r) }.text();
        Ok(vec![mean(&text, draws, "inclusion_delay_slots")?])
    };
    Study::new(format!("censorship/delay/distinct-includers/N={n},m={m},r={r}"), Box::new(work))
        .taking(3.0, 0.5)
        .case("mean", target, "slots", Standard::Given, DISTINCT)
}

/// A fixed order, drawn anew for each replicate; beside it the same share drawn slot by slot, for which theory says `iid`.
fn round_robin(n: u32, m: u32, t: u32, iid: f64) -> Study {
    let order = RoundRobin { n: u64::from(n), censors: u64::from(m) };
    let targets = (order.mean_slots(), order.exceeds(u64::from(t)));
    let work = move |draws: &Draws| {
        let mut luck = draws.luck(Purpose::Leader, "order", 0);
        let orders = if n < 100 { draws.either(1000, 60) } else { draws.either(200, 24) };
        let (mut waits, mut late) = (Vec::new(), Vec::new());
        for replicate in 0..orders {
            let mut censors: Vec<bool> = (0..n).map(|i| i < m).collect();
            luck.shuffle(&mut censors);
            // Appointees take turns in the order of their names.
            let groups: Vec<(String, u32, bool)> =
                censors.iter().enumerate().map(|(i, censor)| (format!("g{i:03}"), 1, *censor)).collect();
            let case = board(&groups, "rotation = \"round_robin\"", 1.0, m + 1);
            let text = Board { epochs: 2, ..case }.text();
            let outcome = &replicates(&text, (draws.seed >> 1).wrapping_add(u64::from(replicate)), 1)?[0];
            waits.push((super::program::metric(outcome, "inclusion_delay_slots"), 1.0));
            late.push((at(outcome, "inclusion_wait", f64::from(t)), 1.0));
        }
        let text = Board { epochs: draws.either(100, 7), ..drawn(n, m, 1) }.text();
        let outcomes = replicates(&text, draws.seed, enough(draws))?;
        let random = super::program::estimate(&outcomes, |o| at(o, "inclusion_wait", f64::from(t)));
        Ok(vec![ratio(&waits), ratio(&late), random])
    };
    Study::new(format!("censorship/delay/round-robin/N={n},m={m}"), Box::new(work))
        .taking(3.0, 1.0)
        .case("mean", targets.0, "slots", Standard::Given, ROUND_ROBIN)
        .case(&format!("longer-than-{t}"), targets.1, "probability", Standard::Given, ROUND_ROBIN)
        .case(&format!("longer-than-{t}/drawn-instead"), iid, "probability", Standard::Given, GEOMETRIC)
}

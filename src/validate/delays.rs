//! How long a transaction waits where some sequencers censor (theory: [`crate::theory::censorship`]).

use super::sample::{Sample, share};
use super::{Draws, Luck, Standard, Study};
use crate::draws::Purpose;
use crate::theory::censorship::{Delay, RoundRobin};

const GEOMETRIC: &str = "geometric law of independent draws";
const DISTINCT: &str = "hypergeometric law of distinct includers";
const ROUND_ROBIN: &str = "order statistics of a random permutation";
const MEASURED: &str = "Wahrstaetter and others 2024 (arXiv 2305.18545): 46% of blocks censor, delay +85%";

/// Cases of the family.
pub fn studies() -> Vec<Study> {
    let mut studies = Vec::new();
    for (gamma, label) in
        [(0.10, ".10"), (0.25, ".25"), (0.46, ".46"), (0.66, ".66"), (0.78, ".78"), (0.90, ".90")]
    {
        studies.push(random_rotation(gamma, label));
    }
    for (n, m, r) in [(21, 10, 2), (10, 5, 3), (100, 46, 2)] {
        studies.push(distinct(n, m, r));
    }
    for (n, m, t) in [(10, 3, 3), (10, 5, 3), (21, 7, 3), (21, 10, 3), (100, 46, 3)] {
        studies.push(round_robin(n, m, t));
    }
    studies.push(measured());
    studies
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

fn random_rotation(gamma: f64, label: &str) -> Study {
    let by = move |r: u32| Delay::redundant(gamma, r);
    let (p95, p99) = (by(1).slots_at(0.95), by(1).slots_at(0.99));
    let targets = [
        by(1).mean_slots(),
        by(1).extra(),
        by(1).exceeds(p95),
        by(1).exceeds(p99),
        by(2).mean_slots(),
        by(3).mean_slots(),
    ];
    let work = move |draws: &Draws| {
        let count = draws.count(400_000);
        let (mut late, mut later) = (0, 0);
        let mut means = [1, 2, 3].map(|r| Sample::around(by(r).mean_slots()));
        for (i, mean) in means.iter_mut().enumerate() {
            let mut luck = draws.luck(Purpose::Leader, "slots", i as u32);
            for _ in 0..count {
                let slots = wait(&mut luck, gamma, i as u32 + 1);
                mean.push(f64::from(slots));
                if i == 0 {
                    late += u64::from(slots > p95);
                    later += u64::from(slots > p99);
                }
            }
        }
        let [one, two, three] = means.map(|mean| mean.mean());
        let count = u64::from(count);
        let extra = super::Finding { result: one.result - 1.0, ..one };
        vec![one, extra, share(late, count, targets[2]), share(later, count, targets[3]), two, three]
    };
    let names = [
        "mean".to_owned(),
        "extra-delay".to_owned(),
        format!("longer-than-{p95}/p95"),
        format!("longer-than-{p99}/p99"),
        "mean/two-includers".to_owned(),
        "mean/three-includers".to_owned(),
    ];
    let units = ["slots", "share", "probability", "probability", "slots", "slots"];
    let mut study =
        Study::of(format!("censorship/delay/random-rotation/gamma={label}"), work).taking(0.5, 0.05);
    for ((name, unit), target) in names.into_iter().zip(units).zip(targets) {
        study = study.case(&name, target, unit, Standard::Given, GEOMETRIC);
    }
    study
}

/// `r` distinct includers a slot.
fn distinct(n: u64, m: u64, r: u64) -> Study {
    let target = Delay::distinct(n, m, r).mean_slots();
    let work = move |draws: &Draws| {
        let mut luck = draws.luck(Purpose::Leader, "slots", 0);
        let mut mean = Sample::around(target);
        for _ in 0..draws.count(400_000) {
            let mut slots = 1.0;
            loop {
                // One after another without replacement, until one is honest.
                let all = (0..r).all(|i| luck.uniform() * ((n - i) as f64) < (m - i) as f64);
                if !all {
                    break;
                }
                slots += 1.0;
            }
            mean.push(slots);
        }
        vec![mean.mean()]
    };
    Study::of(format!("censorship/delay/distinct-includers/N={n},m={m},r={r}"), work).case(
        "mean",
        target,
        "slots",
        Standard::Given,
        DISTINCT,
    )
}

/// A fixed order, drawn once.
fn round_robin(n: u64, m: u64, t: u64) -> Study {
    let order = RoundRobin { n, censors: m };
    let targets = (order.mean_slots(), order.exceeds(t));
    let work = move |draws: &Draws| {
        let mut luck = draws.luck(Purpose::Leader, "order", 0);
        let count = draws.count(200_000);
        let mut mean = Sample::around(targets.0);
        let mut late = 0;
        let mut sequencers: Vec<u64> = (0..n).collect();
        for _ in 0..count {
            luck.shuffle(&mut sequencers);
            let first = sequencers.iter().position(|s| *s >= m).unwrap_or(m as usize) as u64 + 1;
            mean.push(first as f64);
            late += u64::from(first > t);
        }
        vec![mean.mean(), share(late, u64::from(count), targets.1)]
    };
    Study::of(format!("censorship/delay/round-robin/N={n},m={m}"), work)
        .taking(0.5, 0.05)
        .case("mean", targets.0, "slots", Standard::Given, ROUND_ROBIN)
        .case(&format!("longer-than-{t}"), targets.1, "probability", Standard::Given, ROUND_ROBIN)
}

/// A measured delay, as a sanity check: the two numbers may be of different months.
fn measured() -> Study {
    let work = |draws: &Draws| {
        let mut luck = draws.luck(Purpose::Leader, "slots", 0);
        let slots = (0..draws.count(400_000)).map(|_| f64::from(wait(&mut luck, 0.46, 1)) - 1.0);
        vec![Sample::of(0.85, slots).mean()]
    };
    Study::of("censorship/delay/measured", work).case(
        "extra-delay/gamma=.46",
        0.85,
        "share",
        Standard::Within(0.10),
        MEASURED,
    )
}

//! Runs studies on several threads and holds their findings to the cases.

use super::catalogue::Catalogue;
use super::{Draws, Effort, Finding, Study, Verdict, critical};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// Where a run stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stand {
    /// Cases settled.
    pub settled: usize,
    /// Cases of the run.
    pub cases: usize,
    /// Share of the work that is done, by the rough times of the studies.
    pub share: f64,
}

/// Why a run could not begin.
#[derive(Debug, thiserror::Error)]
#[error("cannot start {threads} threads")]
pub struct NoThreads {
    threads: usize,
    source: rayon::ThreadPoolBuildError,
}

/// Simulates the chosen cases of a catalogue and judges them, in the order of the catalogue. `chosen` holds indices of
/// cases; `progress` hears of every study that is settled. Once `stop` is set no further study begins, and verdicts are those of
/// the studies that ended.
///
/// Results do not depend on the number of threads: every study has its own luck.
///
/// # Errors
/// If the threads cannot be started.
pub fn run(
    catalogue: &Catalogue,
    chosen: &[usize],
    effort: Effort,
    threads: usize,
    stop: &AtomicBool,
    progress: &(dyn Fn(Stand) + Sync),
) -> Result<Vec<Verdict>, NoThreads> {
    let mut wanted: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for &case in chosen {
        let (study, place) = catalogue.place(case);
        wanted.entry(study).or_default().push(place);
    }
    let seconds = |study: usize| {
        let Study { seconds: (full, quick), .. } = &catalogue.studies[study];
        if effort == Effort::Full { *full } else { *quick }
    };
    let mut order: Vec<usize> = wanted.keys().copied().collect();
    // The longest first, so that none is left over at the end.
    order.sort_by(|&a, &b| seconds(b).total_cmp(&seconds(a)));
    let work: f64 = order.iter().map(|&study| seconds(study)).sum();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.max(1))
        .build()
        .map_err(|source| NoThreads { threads, source })?;
    let stand = Mutex::new(Stand { cases: chosen.len(), ..Stand::default() });
    let found = Mutex::new(BTreeMap::new());
    pool.scope_fifo(|scope| {
        for study in order {
            let (stand, found, wanted) = (&stand, &found, &wanted);
            scope.spawn_fifo(move |_| {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let findings = simulate(&catalogue.studies[study], effort);
                lock(found).insert(study, findings);
                let now = {
                    let mut stand = lock(stand);
                    stand.settled += wanted[&study].len();
                    stand.share += seconds(study) / work;
                    *stand
                };
                progress(now);
            });
        }
    });
    let found = found.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let standard = |case: usize| {
        let (study, place) = catalogue.place(case);
        catalogue.studies[study].cases[place].standard
    };
    let settled = || chosen.iter().filter(|&&case| found.contains_key(&catalogue.place(case).0));
    // Those that were not reached count too: who stops early must not be held to less.
    let z = critical(chosen.iter().filter(|&&case| standard(case).is_statistical()).count());
    let verdict = |case: usize| {
        let (study, place) = catalogue.place(case);
        let finding = found[&study].as_ref().map(|findings| findings[place]).map_err(Clone::clone);
        Verdict::judge(catalogue.studies[study].cases[place].clone(), finding, z)
    };
    Ok(settled().map(|&case| verdict(case)).collect())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// The findings of a study. A panic in one study must not lose the others.
///
/// # Errors
/// Why there are no findings.
pub fn simulate(study: &Study, effort: Effort) -> Result<Vec<Finding>, String> {
    let draws = Draws::of(&study.name, effort);
    let findings = catch_unwind(AssertUnwindSafe(|| (study.work)(&draws))).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(format!("the simulation failed: {}", said.unwrap_or("no reason given")))
    })?;
    if findings.len() == study.cases.len() {
        Ok(findings)
    } else {
        Err(format!("{} findings for {} cases", findings.len(), study.cases.len()))
    }
}

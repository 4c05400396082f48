//! How the front grew: hypervolume after each generation, with an interval.
//!
//! Objectives are measured between the best and the worst of any front along the way; the reference point is a tenth beyond the
//! worst, and hypervolume is a share of what the best of everything at once would have. Means are over the first
//! `minimum_replicates` replicates, which every point of a front has, and intervals from a bootstrap over these. They are the draws by
//! which the search chose, so that the level flatters; the growth is what the figure is for.

use super::Optimization;
use super::front::Front;
use super::record::Record;
use crate::experiment::store::{Store, StoreError};
use crate::optimize::frontier::Resampled;
use std::collections::BTreeMap;

/// Generations that are shown at most, evenly spread.
const SHOWN: usize = 24;
/// Reference point, where the worst of any front is 1.
const REFERENCE: f64 = 1.1;

/// The front after a generation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Units by then.
    pub evaluations: u64,
    /// Hypervolume with its interval.
    pub hypervolume: (f64, f64, f64),
}

/// How the front grew, and what is left of it on fresh draws.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Growth {
    /// After generations, evenly spread, on the draws of the search.
    pub steps: Vec<Progress>,
    /// Of the points on the audited front, in the same unit, on the draws of the audit; `None` where there was none.
    pub audited: Option<(f64, f64, f64)>,
}

/// Reads the growth from the store; the last step is to be held against the audited front.
///
/// # Errors
/// Where the store cannot be read.
pub fn growth(store: &Store, optimization: &Optimization, front: &Front) -> Result<Growth, StoreError> {
    let (steps, scale) = scaled(store, optimization, &front.record)?;
    let is_known = front.audited > 0 && !front.points.is_empty() && !scale.is_empty();
    let audited = is_known.then(|| {
        let mut rows: Vec<Vec<Vec<f64>>> = front.points.iter().map(|point| point.rows.clone()).collect();
        rescale(&mut rows, &scale);
        let places: Vec<usize> = (0..rows.len()).collect();
        share(&Resampled::new(&rows, optimization.settings.seed), &places, scale.len())
    });
    Ok(Growth { steps, audited })
}

/// Reads the steps from the store.
///
/// # Errors
/// Where the store cannot be read.
pub fn progress(
    store: &Store,
    optimization: &Optimization,
    record: &Record,
) -> Result<Vec<Progress>, StoreError> {
    Ok(scaled(store, optimization, record)?.0)
}

/// Hypervolume of some points as a share of what the best of everything at once would have.
fn share(resampled: &Resampled, places: &[usize], dimensions: usize) -> (f64, f64, f64) {
    let all = (0..dimensions).fold(1.0, |product, _| product * REFERENCE);
    let (value, low, high) = resampled.hypervolume(places, &vec![REFERENCE; dimensions]);
    (value / all, low / all, high / all)
}

/// Measures objectives between best and worst.
fn rescale(rows: &mut [Vec<Vec<f64>>], scale: &[(f64, f64)]) {
    for row in rows.iter_mut().flatten() {
        row.iter_mut().zip(scale).for_each(|(x, (low, span))| *x = (*x - low) / span);
    }
}

/// The steps, and the best and the span of each objective in which they are measured.
#[allow(clippy::type_complexity)]
fn scaled(
    store: &Store,
    optimization: &Optimization,
    record: &Record,
) -> Result<(Vec<Progress>, Vec<(f64, f64)>), StoreError> {
    let steps = record.steps.len();
    let shown: Vec<usize> = if steps <= SHOWN {
        (0..steps).collect()
    } else {
        (0..SHOWN).map(|i| i * (steps - 1) / (SHOWN - 1)).collect()
    };
    let mut designs: BTreeMap<u32, usize> = BTreeMap::new();
    let mut rows: Vec<Vec<Vec<f64>>> = Vec::new();
    for &design in shown.iter().flat_map(|&i| &record.steps[i].front) {
        if designs.contains_key(&design) {
            continue;
        }
        let own = first_rows(store, optimization, design)?;
        if own.len() == optimization.settings.minimum as usize {
            designs.insert(design, rows.len());
            rows.push(own);
        }
    }
    if rows.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let scale: Vec<(f64, f64)> = (0..optimization.objectives.len())
        .map(|j| {
            let mean =
                |point: &Vec<Vec<f64>>| point.iter().map(|row| row[j]).sum::<f64>() / point.len() as f64;
            let means = rows.iter().map(mean);
            let (low, high) =
                means.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(x), h.max(x)));
            (low, if high > low { high - low } else { 1.0 })
        })
        .collect();
    rescale(&mut rows, &scale);
    let resampled = Resampled::new(&rows, optimization.settings.seed);
    let of = |i: usize| {
        let step = &record.steps[i];
        let places: Vec<usize> = step.front.iter().filter_map(|d| designs.get(d).copied()).collect();
        Progress { evaluations: step.evaluations, hypervolume: share(&resampled, &places, scale.len()) }
    };
    let steps = shown.into_iter().map(of).collect();
    Ok((steps, scale))
}

/// Objectives of a design point, minimised, over the first replicates of the search.
fn first_rows(store: &Store, optimization: &Optimization, design: u32) -> Result<Vec<Vec<f64>>, StoreError> {
    let place = |key: &str| store.metrics().iter().position(|m| *m == key);
    let places: Vec<Option<usize>> = optimization.objectives.iter().map(|o| place(o.metric.key)).collect();
    let mut rows = BTreeMap::new();
    store.visit_values_at(design, |unit| {
        if unit.replicate < optimization.settings.minimum {
            let value = |place: &Option<usize>| {
                let found = unit.values.iter().find(|(metric, _)| Some(*metric) == *place);
                found.map_or(f64::NAN, |(_, value)| *value)
            };
            let row: Vec<f64> =
                places.iter().zip(&optimization.objectives).map(|(p, o)| o.minimized(value(p))).collect();
            rows.insert(unit.replicate, row);
        }
        Ok::<_, StoreError>(())
    })?;
    Ok(rows.into_values().collect())
}

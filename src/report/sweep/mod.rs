//! What a design gave: the settings of its points, the estimates of chosen metrics at each, and how far play is certified there.
//!
//! | file | holds |
//! |---|---|
//! | this | points as settings of factors, and their outcomes |
//! | [`factors`] | parameters that vary, and the shapes of designs that figures can show |
//! | [`marginal`] | means at each setting of a factor, over all settings of the others |
//! | [`closing`] | the table that closes a run |
//! | [`json`] | the same for other programs |

pub mod closing;
pub mod factors;
pub mod json;
pub mod marginal;

use crate::experiment::basins;
use crate::experiment::charts::OF_SWEEPS;
use crate::experiment::file::Experiment;
use crate::experiment::store::{Order, Store, StoreError};
use crate::measure::metrics::{METRICS, Metric};
use crate::measure::statistics::{Critical, Estimate, Moments};
use factors::{Factor, Shape};
use marginal::Marginals;
use std::cell::RefCell;
use std::rc::Rc;

/// Points above which a design is told by main effects and its best points alone.
pub const MOST_POINTS: usize = 2000;

/// Metrics that tell most of a design, in the order in which they are looked at where none is picked.
const TELLING: [&str; 12] = [
    "holder_share",
    "net_surplus",
    "revenue",
    "sequencer_share",
    "liveness",
    "capital_cost_share",
    "overhead_ratio",
    "censored_share",
    "censorship_cost",
    "hhi_slots",
    "capital_locked",
    "profit_gain",
];

/// A choice of metrics, and the design as read with it.
type Reading = (Vec<&'static str>, Option<Rc<Swept>>);

/// Designs that were read, so that figures, tables and closing words do not each walk the store again.
#[derive(Debug, Default)]
pub struct Readings {
    known: RefCell<Vec<Reading>>,
}

impl Readings {
    /// As [`Swept::read`], once for each choice of metrics.
    ///
    /// # Errors
    /// As there.
    pub fn read(
        &self,
        store: &Store,
        experiment: &Experiment,
        picked: &[&'static str],
    ) -> Result<Option<Rc<Swept>>, StoreError> {
        if let Some((_, swept)) = self.known.borrow().iter().find(|(keys, _)| keys == picked) {
            return Ok(swept.clone());
        }
        let swept = Swept::read(store, experiment, picked)?.map(Rc::new);
        self.known.borrow_mut().push((picked.to_vec(), swept.clone()));
        Ok(swept)
    }
}

/// Outcomes of one contender at one design point.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Estimates, in the order of [`Swept::metrics`]; `None` where the contender does not have the metric.
    pub estimates: Vec<Option<Estimate>>,
    /// Whether there is something to certify.
    pub learned: bool,
    /// Whether no replicate failed to be certified, and they are one population.
    pub sound: bool,
}

/// A design and what came of it.
#[derive(Clone, Debug)]
pub struct Swept {
    /// Numbers of the design points that have units.
    pub designs: Vec<u32>,
    /// Parameters that vary.
    pub factors: Vec<Factor>,
    /// What the design looks like.
    pub shape: Shape,
    /// Contenders, in the order of the file.
    pub contenders: Vec<String>,
    /// Metrics: those that are picked, or those that vary most over the points.
    pub metrics: Vec<&'static Metric>,
    /// By point, then contender. Empty where there are more points than [`MOST_POINTS`].
    pub outcomes: Vec<Vec<Outcome>>,
    /// Points that were seen to have distinct basins, or play that is not certified, by contender.
    pub unsound: Vec<usize>,
    /// Contenders of which some point has something to certify.
    pub learned: Vec<bool>,
    /// Most replicates of any point.
    pub replicates: u64,
    /// Fewest replicates of any contender at any point.
    pub fewest: u64,
    /// Main effects on the first metrics, once somebody asked for them.
    main_effects: RefCell<Option<Rc<Marginals>>>,
}

impl Swept {
    /// Reads the outcomes of a design; `None` where the experiment is no sweep, or has fewer than two points.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn read(
        store: &Store,
        experiment: &Experiment,
        picked: &[&'static str],
    ) -> Result<Option<Self>, StoreError> {
        if experiment.variations.sweep.is_none() {
            return Ok(None);
        }
        let designs = store.designs()?;
        if designs.len() < 2 {
            return Ok(None);
        }
        let factors = factors::read(store, experiment, &designs)?;
        if factors.is_empty() {
            return Ok(None);
        }
        let shape = Shape::of(&factors, designs.len());
        // What the figures of the file pick tells most of it.
        let of_figures = || {
            let charts = experiment.charts.iter().filter(|c| OF_SWEEPS.contains(&c.kind));
            let mut keys: Vec<&'static str> = Vec::new();
            for key in charts.flat_map(|chart| chart.metrics.iter().copied()) {
                if !keys.contains(&key) {
                    keys.push(key);
                }
            }
            keys
        };
        let picked = if picked.is_empty() { of_figures() } else { picked.to_vec() };
        let keys: Vec<&str> = if picked.is_empty() { TELLING.to_vec() } else { picked.clone() };
        let metrics: Vec<&'static Metric> =
            keys.iter().filter_map(|key| METRICS.iter().find(|m| m.key == *key)).collect();
        let mut swept = Swept {
            unsound: Vec::new(),
            learned: vec![false; store.contenders().len()],
            contenders: store.contenders().to_vec(),
            designs,
            factors,
            shape,
            metrics,
            outcomes: Vec::new(),
            replicates: 0,
            fewest: 0,
            main_effects: RefCell::default(),
        };
        let held = swept.designs.len() <= MOST_POINTS;
        let mut spread = vec![Spread::default(); swept.metrics.len() * swept.contenders.len()];
        let mut outcomes = vec![
            vec![Outcome::default(); swept.contenders.len()];
            if held { swept.designs.len() } else { 0 }
        ];
        let (mut replicates, mut fewest, mut unsound) = (0, u64::MAX, vec![0; swept.contenders.len()]);
        visit(store, &swept.metrics, |design, contender, outcome, n| {
            replicates = replicates.max(n);
            fewest = fewest.min(n);
            unsound[contender] += usize::from(!outcome.sound);
            swept.learned[contender] |= outcome.learned;
            for (metric, e) in outcome.estimates.iter().enumerate() {
                spread[metric * swept.contenders.len() + contender].add(*e);
            }
            if let Some(place) = swept.designs.binary_search(&design).ok().filter(|_| held) {
                outcomes[place][contender] = outcome;
            }
        })?;
        if held {
            basins::visit(store, experiment.play.tolerance, None, |design, contender, found| {
                if let Some(outcome) =
                    swept.designs.binary_search(&design).ok().map(|d| &mut outcomes[d][contender])
                    && found.len() > 1
                {
                    unsound[contender] += usize::from(outcome.sound);
                    outcome.sound = false;
                }
                Ok::<_, StoreError>(())
            })?;
        }
        (swept.outcomes, swept.replicates, swept.unsound) = (outcomes, replicates, unsound);
        swept.fewest = fewest.min(replicates);
        swept.keep_telling(&spread, picked.is_empty());
        Ok(Some(swept))
    }

    /// Keeps the metrics that some contender has, and where none was picked only those that vary beyond their intervals, and
    /// of two that say the same the first.
    fn keep_telling(&mut self, spread: &[Spread], unasked: bool) {
        let contenders = self.contenders.len();
        let of = |metric: usize| &spread[metric * contenders..(metric + 1) * contenders];
        let said = |metric: usize| of(metric).iter().any(Spread::given);
        let varies = |metric: usize| of(metric).iter().any(Spread::varies);
        let given: Vec<usize> = (0..self.metrics.len()).filter(|&m| said(m)).collect();
        let mut kept: Vec<usize> = given.iter().copied().filter(|&m| !unasked || varies(m)).collect();
        if kept.is_empty() {
            kept = given;
        }
        self.metrics = kept.iter().map(|&m| self.metrics[m]).collect();
        for outcome in self.outcomes.iter_mut().flatten() {
            if !outcome.estimates.is_empty() {
                outcome.estimates = kept.iter().map(|&m| outcome.estimates[m]).collect();
            }
        }
    }

    /// Main effects on the first `count` metrics.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn main_effects(&self, store: &Store, count: usize) -> Result<Rc<Marginals>, StoreError> {
        if let Some(known) = self.main_effects.borrow().as_ref().filter(|m| m.metrics() == count) {
            return Ok(known.clone());
        }
        let read = Rc::new(Marginals::read(store, self, &(0..count).collect::<Vec<_>>())?);
        *self.main_effects.borrow_mut() = Some(read.clone());
        Ok(read)
    }

    /// Estimate of a metric, by its place, of a contender at a point, by its place.
    pub fn estimate(&self, point: usize, contender: usize, metric: usize) -> Option<Estimate> {
        self.outcomes.get(point)?.get(contender)?.estimates.get(metric).copied().flatten()
    }

    /// Whether a contender's play is certified at a point.
    pub fn is_sound(&self, point: usize, contender: usize) -> bool {
        self.outcomes.get(point).and_then(|row| row.get(contender)).is_none_or(|outcome| outcome.sound)
    }
}

/// How far a metric's means lie apart over points, against their half-widths.
#[derive(Clone, Copy, Debug, Default)]
struct Spread {
    means: Moments,
    range: Option<(f64, f64)>,
    widths: Moments,
}

impl Spread {
    fn add(&mut self, estimate: Option<Estimate>) {
        let Some(e) = estimate else { return };
        self.means.push(e.mean);
        self.widths.push(0.5 * (e.ci_high - e.ci_low));
        self.range =
            Some(self.range.map_or((e.mean, e.mean), |(low, high)| (low.min(e.mean), high.max(e.mean))));
    }

    fn given(&self) -> bool {
        self.means.n() > 0
    }

    /// Means differ by more than rounding, and by more than a mean half-width.
    fn varies(&self) -> bool {
        let Some((low, high)) = self.range else { return false };
        let width = if self.widths.n() > 0 { self.widths.mean() } else { 0.0 };
        high - low > 1e-9 * high.abs().max(low.abs()) && high - low > width
    }
}

/// Visits the outcomes of every contender at every design point, with the number of replicates.
///
/// # Errors
/// Where the store cannot be read.
pub(super) fn visit(
    store: &Store,
    metrics: &[&'static Metric],
    mut each: impl FnMut(u32, usize, Outcome, u64),
) -> Result<(), StoreError> {
    let column: Vec<Option<usize>> =
        store.metrics().iter().map(|key| metrics.iter().position(|m| m.key == *key)).collect();
    let certified = store.metrics().iter().position(|key| *key == "certified");
    let mut critical = Critical::default();
    let mut current: Option<(u32, usize)> = None;
    let (mut moments, mut sound, mut n) = (vec![Moments::default(); metrics.len()], true, 0);
    let mut learned = false;
    let mut close =
        |place: Option<(u32, usize)>, moments: &mut Vec<Moments>, (learned, sound): (bool, bool), n: u64| {
            if let Some((design, contender)) = place {
                let estimates =
                    moments.iter().map(|m| (m.n() > 0).then(|| m.estimate(&mut critical))).collect();
                each(design, contender, Outcome { estimates, learned, sound }, n);
            }
            moments.fill(Moments::default());
        };
    let read: Vec<usize> =
        (0..column.len()).filter(|&metric| column[metric].is_some() || Some(metric) == certified).collect();
    store.visit_values_on(&read, Order::ByContender, |unit| {
        let place = Some((unit.design, unit.contender));
        if place != current {
            close(current, &mut moments, (learned, sound), n);
            (current, learned, sound, n) = (place, false, true, 0);
        }
        n += 1;
        for &(metric, value) in unit.values {
            if let Some(column) = column[metric] {
                moments[column].push(value);
            }
            learned |= Some(metric) == certified;
            sound &= Some(metric) != certified || value == 1.0;
        }
        Ok::<_, StoreError>(())
    })?;
    close(current, &mut moments, (learned, sound), n);
    Ok(())
}

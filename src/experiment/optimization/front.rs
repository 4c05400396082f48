//! The audited front, read from the store.
//!
//! A finalist is *on the front* where, on the audit's replicates alone, its play is certified in every replicate and ends in one
//! basin, it keeps each constraint with the confidence asked for, and no other such finalist dominates it with a probability
//! above [`DOMINATED`] (paired differences). What is reported of it comes from these replicates. Where there has been no audit
//! yet, the search's own replicates take its place, and it says so.

use super::record::Record;
use super::{FIRST_AUDIT, Optimization};
use crate::experiment::basins::{self, Rows};
use crate::experiment::store::{DesignValue, Store, StoreError};
use crate::measure::statistics::{Critical, Estimate, Moments};
use crate::optimize::candidate::Candidate;
use crate::optimize::dominance::Judge;
use crate::optimize::frontier::{Exchange, Knee, Resampled};

/// Probability of being dominated at which a finalist is off the front.
pub const DOMINATED: f64 = 0.95;

/// Where a finalist stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// On the front.
    OnFront,
    /// Another finalist dominates it on fresh draws.
    Dominated,
    /// It does not keep a constraint with the confidence asked for.
    Infeasible,
    /// Its play is not certified in every replicate.
    NotCertified,
    /// Its replicates end in distinct basins.
    Basins,
}

/// A candidate, with what its replicates say.
#[derive(Clone, Debug)]
pub struct Point {
    /// Its design point.
    pub design: u32,
    /// Its contender, by place in the file.
    pub contender: usize,
    /// Its settings, in the order of the store's parameters; `None` where it does not have one.
    pub settings: Vec<Option<DesignValue>>,
    /// Each objective, in the metric's own direction.
    pub objectives: Vec<Estimate>,
    /// Mean of each objective over the search's replicates, which chose it.
    pub searched: Vec<f64>,
    /// Share of resamples in which no other point of the front dominates it.
    pub probability_nondominated: f64,
    /// Probability that it keeps every constraint.
    pub probability_feasible: f64,
    /// Gain of the best deviation found, and the bound on any; absent (`n = 0`) where nobody learns.
    pub gain: [Estimate; 2],
    /// Certified replicates, of how many; `None` where nobody learns.
    pub certified: Option<(u64, u64)>,
    /// Number of basins.
    pub basins: usize,
    /// Where it stands.
    pub standing: Standing,
    /// Objectives, minimised, by replicate.
    rows: Vec<Vec<f64>>,
}

/// What a search found.
#[derive(Clone, Debug)]
pub struct Front {
    /// The search in retrospect.
    pub record: Record,
    /// Replicates of the audit that all finalists have; 0 where there was no audit, and the search's own stand in.
    pub audited: u32,
    /// Replicates of the audit that were asked for.
    pub asked: u32,
    /// Points of the front, from the best in the first objective to the worst.
    pub points: Vec<Point>,
    /// Finalists that are not on it.
    pub left_out: Vec<Point>,
    /// Candidates that would be on it, were their play certified.
    pub uncertified: Vec<Point>,
    /// Exchange rates between neighbours, in minimised objectives; points by place in `points`.
    pub exchanges: Vec<Exchange>,
    /// Knees; points by place in `points`.
    pub knees: Vec<Knee>,
    /// Bootstrap of the points, for those who want more of it.
    pub resampled: Option<Resampled>,
}

impl Front {
    /// Reads it; `None` where no search has ended yet.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn read(
        store: &Store,
        optimization: &Optimization,
        tolerance: f64,
        asked: u32,
    ) -> Result<Option<Self>, StoreError> {
        let Some(record) = Record::read(store)? else { return Ok(None) };
        let reading = Reading { store, optimization, tolerance };
        // What all finalists have of the audit.
        let mut audited = u32::MAX;
        for &design in &record.finalists {
            let mut count = 0;
            store.visit_values_at(design, |unit| {
                count += u32::from(unit.replicate >= FIRST_AUDIT);
                Ok::<_, StoreError>(())
            })?;
            audited = audited.min(count);
        }
        let audited = if record.finalists.is_empty() || audited < 2 { 0 } else { audited.min(asked) };
        let mut points = Vec::new();
        for &design in &record.finalists {
            points.extend(reading.point(design, audited)?);
        }
        let mut uncertified = Vec::new();
        for &design in &record.uncertified {
            uncertified
                .extend(reading.point(design, 0)?.map(|p| Point { standing: Standing::NotCertified, ..p }));
        }
        let common = points.iter().map(|p| p.rows.len()).min().unwrap_or(0);
        for point in &mut points {
            point.rows.truncate(common);
        }
        settle(&mut points, optimization);
        let (mut front, left_out): (Vec<Point>, Vec<Point>) =
            points.into_iter().partition(|p| p.standing == Standing::OnFront);
        let mut found = Front {
            record,
            audited,
            asked,
            points: Vec::new(),
            left_out,
            uncertified,
            exchanges: Vec::new(),
            knees: Vec::new(),
            resampled: None,
        };
        if !front.is_empty() {
            let first = |p: &Point| optimization.objectives[0].minimized(p.objectives[0].mean);
            front.sort_by(|a, b| first(a).total_cmp(&first(b)).then(a.design.cmp(&b.design)));
            let rows: Vec<Vec<Vec<f64>>> = front.iter().map(|p| p.rows.clone()).collect();
            let resampled = Resampled::new(&rows, optimization.settings.seed);
            for (point, p) in front.iter_mut().zip(resampled.probability_nondominated()) {
                point.probability_nondominated = p;
            }
            found.exchanges = resampled.exchanges();
            found.knees = resampled.knees();
            found.resampled = Some(resampled);
        }
        found.points = front;
        Ok(Some(found))
    }

    /// By how much the audit is worse than what the search believed, on average over audited finalists that are on the
    /// front, for each objective in the metric's own unit and direction: positive where the search was too hopeful. `None`
    /// without an audit.
    pub fn shrinkage(&self, optimization: &Optimization) -> Option<Vec<Estimate>> {
        if self.audited == 0 || self.points.is_empty() {
            return None;
        }
        let each = |j: usize| {
            let objective = optimization.objectives[j];
            let loss =
                |p: &Point| objective.minimized(p.objectives[j].mean) - objective.minimized(p.searched[j]);
            let moments: Moments = self.points.iter().chain(&self.left_out).map(loss).collect();
            moments.estimate(&mut Critical::default())
        };
        Some((0..optimization.objectives.len()).map(each).collect())
    }
}

/// Judges finalists by their own replicates and against each other.
fn settle(points: &mut [Point], optimization: &Optimization) {
    let candidates: Vec<Candidate> = points
        .iter()
        .map(|point| {
            let mut candidate = Candidate::new(Vec::new(), 0, optimization.objectives.len(), 0);
            point.rows.iter().for_each(|row| candidate.push(row));
            candidate
        })
        .collect();
    for point in points.iter_mut() {
        point.standing = if point.probability_feasible < optimization.settings.confidence {
            Standing::Infeasible
        } else if point.certified.is_some_and(|(certified, of)| certified < of) {
            Standing::NotCertified
        } else if point.basins > 1 {
            Standing::Basins
        } else {
            Standing::OnFront
        };
    }
    let sound: Vec<usize> = (0..points.len()).filter(|&i| points[i].standing == Standing::OnFront).collect();
    let judge = Judge::new(DOMINATED, optimization.settings.confidence);
    for &i in &sound {
        let beaten = |&k: &usize| k != i && judge.probabilities(&candidates[k], &candidates[i]).0 > DOMINATED;
        if sound.iter().any(beaten) {
            points[i].standing = Standing::Dominated;
        }
    }
}

struct Reading<'a> {
    store: &'a Store,
    optimization: &'a Optimization,
    tolerance: f64,
}

impl Reading<'_> {
    /// A design point by its first `audited` audit replicates, or by the search's where that is 0.
    fn point(&self, design: u32, audited: u32) -> Result<Option<Point>, StoreError> {
        let metrics = self.store.metrics();
        let (mut rows, mut searched) = (Rows::new(), Rows::new());
        let mut contender = 0;
        self.store.visit_values_at(design, |unit| {
            contender = unit.contender;
            let mut row = vec![f64::NAN; metrics.len()];
            for &(metric, value) in unit.values {
                row[metric] = value;
            }
            let is_audit = unit.replicate >= FIRST_AUDIT;
            if is_audit && unit.replicate - FIRST_AUDIT < audited || !is_audit && audited == 0 {
                rows.insert(unit.replicate, row.clone());
            }
            if !is_audit {
                searched.insert(unit.replicate, row);
            }
            Ok::<_, StoreError>(())
        })?;
        if rows.is_empty() {
            return Ok(None);
        }
        let place = |key: &str| metrics.iter().position(|m| *m == key);
        let column = |rows: &Rows, key: &str| -> Vec<f64> {
            place(key).map_or(Vec::new(), |place| rows.values().map(|row| row[place]).collect())
        };
        let moments = |rows: &Rows, key: &str| column(rows, key).into_iter().collect::<Moments>();
        let estimate = |key: &str| moments(&rows, key).estimate(&mut Critical::default());
        let objectives = &self.optimization.objectives;
        let mut slacks = Candidate::new(Vec::new(), 0, 0, self.optimization.constraints.len().max(1));
        for row in rows.values() {
            let slack = |c: &super::Constraint| place(c.metric.key).map_or(f64::NAN, |p| c.slack(row[p]));
            let mut all: Vec<f64> = self.optimization.constraints.iter().map(slack).collect();
            if all.is_empty() {
                all.push(0.0);
            }
            slacks.push(&all);
        }
        let certified: Vec<f64> = column(&rows, "certified").into_iter().filter(|x| !x.is_nan()).collect();
        let yes = certified.iter().filter(|&&x| x == 1.0).count() as u64;
        let basins = basins::split(self.store, design, contender, self.tolerance, &rows)?;
        let minimized = |row: &Vec<f64>| -> Vec<f64> {
            objectives.iter().map(|o| o.minimized(place(o.metric.key).map_or(f64::NAN, |p| row[p]))).collect()
        };
        Ok(Some(Point {
            design,
            contender,
            settings: self.store.design_values(design)?,
            objectives: objectives.iter().map(|o| estimate(o.metric.key)).collect(),
            searched: objectives.iter().map(|o| moments(&searched, o.metric.key).mean()).collect(),
            probability_nondominated: f64::NAN,
            probability_feasible: slacks.probability_feasible(),
            gain: [estimate("deviation_gain"), estimate("deviation_gain_upper")],
            certified: (!certified.is_empty()).then_some((yes, certified.len() as u64)),
            basins: basins.len(),
            standing: Standing::OnFront,
            rows: rows.values().map(minimized).collect(),
        }))
    }
}

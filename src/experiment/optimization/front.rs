//! The audited front, read from the store.
//!
//! Finalists are judged on the audit's replicates alone, on those that all of them have, with every objective and every constraint's
//! metric; one that lacks more than one in eight of what others have is left out, since what made its units fail, or left them without a
//! metric, may hang on the draws. A finalist is *on the front* where its play is certified in every replicate and ends in one basin, it
//! keeps each constraint with the confidence asked for, and no other such finalist surely dominates it ([`dominated`], with all others
//! tested together at [`DOMINATED`]). It is *likely efficient* where in half of the resamples of whole replicates ([`Resampled`]), or more,
//! nobody dominates it: these alone are counted, own a part of the front, and have exchange rates and knees. What is reported comes from
//! these replicates. Where there has been no audit of [`FEWEST`] replicates yet, the search's own take its place, and it says so.
//!
//! That somebody or other dominates a point is likely where many are as good as it is, even if it is efficient: with twenty that are all
//! the same, in more than 95% of resamples for one in three. So that share is shown, and throws nobody off.

use super::record::Record;
use super::{FIRST_AUDIT, Optimization};
use crate::experiment::basins::{self, Rows};
use crate::experiment::store::{DesignValue, Store, StoreError, StoredUnit};
use crate::measure::statistics::{Critical, Estimate, Moments};
use crate::optimize::candidate::Candidate;
use crate::optimize::frontier::{Exchange, Knee, Resampled, Typical, dominated};
use crate::optimize::shrinkage::shrinkage;
use std::collections::BTreeSet;

/// Confidence with which some other finalist dominates one that is off the front.
pub const DOMINATED: f64 = 0.95;
/// Probability of being non-dominated from which on a point is likely efficient.
pub const LIKELY: f64 = 0.5;
/// Replicates below which an audit is none.
pub const FEWEST: u32 = 8;

/// Where a finalist stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// On the front.
    OnFront,
    /// Another finalist surely dominates it on fresh draws.
    Dominated,
    /// It does not keep a constraint with the confidence asked for.
    Infeasible,
    /// Its play is not certified in every replicate.
    NotCertified,
    /// Its replicates end in distinct basins.
    Basins,
    /// Too many of its audit's units failed, or lack a metric.
    Unaudited,
}

impl Standing {
    /// Each of them.
    pub const ALL: [Standing; 6] = [
        Standing::OnFront,
        Standing::Dominated,
        Standing::Infeasible,
        Standing::NotCertified,
        Standing::Basins,
        Standing::Unaudited,
    ];

    /// In words, as tables have them.
    pub fn in_words(self) -> &'static str {
        match self {
            Standing::OnFront => "on the front",
            Standing::Dominated => "dominated",
            Standing::Infeasible => "not feasible",
            Standing::NotCertified => "not certified",
            Standing::Basins => "in several basins",
            Standing::Unaudited => "not audited",
        }
    }
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
    /// Share of resamples in which no other finalist that could be on the front dominates it.
    pub probability_nondominated: f64,
    /// Probability that it keeps every constraint.
    pub probability_feasible: f64,
    /// By how much it misses each constraint, at the lower end of the slack's interval as a share of the bound; 0 where it is kept with
    /// the confidence asked for, infinite where nobody knows.
    pub missed: Vec<f64>,
    /// Mean of each constraint's metric.
    pub bounded: Vec<f64>,
    /// Gain of the best deviation found, and the bound on any; absent (`n = 0`) where nobody learns.
    pub gain: [Estimate; 2],
    /// The largest bound of any replicate; `None` where nobody learns.
    pub largest_bound: Option<f64>,
    /// Certified replicates, of how many; `None` where nobody learns.
    pub certified: Option<(u64, u64)>,
    /// Number of basins.
    pub basins: usize,
    /// Where it stands.
    pub standing: Standing,
    /// Objectives, minimised, by replicate.
    pub(crate) rows: Vec<Vec<f64>>,
    /// The same of the search's replicates, which chose it.
    pub(crate) searched: Vec<Vec<f64>>,
}

impl Point {
    /// Whether it is more likely than not that nothing dominates it.
    pub fn is_likely(&self) -> bool {
        self.probability_nondominated >= LIKELY
    }
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
    /// Candidates that would be on it, were their play certified, by the search's replicates.
    pub uncertified: Vec<Point>,
    /// Exchange rates along the likely points, in minimised objectives; points by place in `points`.
    pub exchanges: Vec<Exchange>,
    /// The median of the known ones, for each objective that has any.
    pub typical: Vec<Typical>,
    /// Knees; points by place in `points`.
    pub knees: Vec<Knee>,
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
        let mut audits = Vec::new();
        for &design in &record.finalists {
            let mut replicates = BTreeSet::new();
            store.visit_values_at(design, |unit| {
                let is_audit = (FIRST_AUDIT..FIRST_AUDIT + asked).contains(&unit.replicate);
                if is_audit && reading.is_whole(unit) {
                    replicates.insert(unit.replicate);
                }
                Ok::<_, StoreError>(())
            })?;
            audits.push(replicates);
        }
        let (common, lack) = in_common(&audits);
        let is_audited = common.len() >= FEWEST as usize;
        let audited = if is_audited { common.len() as u32 } else { 0 };
        let mut points = Vec::new();
        for ((&design, lacks), own) in record.finalists.iter().zip(lack).zip(&audits) {
            let replicates = if lacks { own } else { &common };
            // Of whom there is nothing fresh at all the search's replicates remain.
            let replicates = (is_audited && !replicates.is_empty()).then_some(replicates);
            let found = reading.point(design, replicates)?;
            let standing = if lacks && is_audited { Standing::Unaudited } else { Standing::OnFront };
            points.extend(found.map(|point| Point { standing, ..point }));
        }
        let mut uncertified = Vec::new();
        for &design in &record.uncertified {
            uncertified.extend(
                reading.point(design, None)?.map(|p| Point { standing: Standing::NotCertified, ..p }),
            );
        }
        let mut found = settled(points, optimization);
        found.record = record;
        (found.audited, found.asked, found.uncertified) = (audited, asked, uncertified);
        Ok(Some(found))
    }

    /// By how much the audit is worse than what the search believed, on average over audited finalists, whether on the front
    /// or not, for each objective in the metric's own unit: positive where the search was too hopeful. The interval is over
    /// the draws of the search and of the audit, which all finalists share ([`shrinkage`]). `None` without an audit.
    pub fn shrinkage(&self) -> Option<Vec<Estimate>> {
        if self.audited == 0 {
            return None;
        }
        let finalists: Vec<&Point> = self
            .points
            .iter()
            .chain(&self.left_out)
            .filter(|p| p.standing != Standing::Unaudited && p.rows.len() == self.audited as usize)
            .collect();
        let objectives = finalists.first()?.objectives.len();
        let column = |rows: &Vec<Vec<f64>>, j: usize| rows.iter().map(|row| row[j]).collect::<Vec<f64>>();
        (0..objectives)
            .map(|j| {
                let searched: Vec<Vec<f64>> = finalists.iter().map(|p| column(&p.searched, j)).collect();
                let audited: Vec<Vec<f64>> = finalists.iter().map(|p| column(&p.rows, j)).collect();
                shrinkage(&searched, &audited)
            })
            .collect()
    }

    /// Whether no objective ever varied.
    pub fn is_constant(&self, optimization: &Optimization) -> bool {
        self.record.constant.len() == optimization.objectives.len()
    }

    /// Finalists whose play fresh draws do not certify, or find in several basins.
    pub fn unsound(&self) -> impl Iterator<Item = &Point> {
        self.left_out.iter().filter(|p| matches!(p.standing, Standing::NotCertified | Standing::Basins))
    }

    /// Points that are likely efficient, with their places.
    pub fn likely(&self) -> impl Iterator<Item = (usize, &Point)> {
        self.points.iter().enumerate().filter(|(_, point)| point.is_likely())
    }
}

/// The replicates that finalists have in common, without those finalists that lack more than one in eight of what some other has; and
/// which do.
fn in_common(audits: &[BTreeSet<u32>]) -> (BTreeSet<u32>, Vec<bool>) {
    let most = audits.iter().map(BTreeSet::len).max().unwrap_or(0);
    let lack: Vec<bool> = audits.iter().map(|own| 8 * own.len() < 7 * most).collect();
    let mut kept = audits.iter().zip(&lack).filter(|(_, lacks)| !**lacks).map(|(own, _)| own);
    let first = kept.next().cloned().unwrap_or_default();
    let common = kept.fold(first, |common, own| common.intersection(own).copied().collect());
    (common, lack)
}

/// Judges finalists by their own replicates and against each other, and reads the front that they make.
pub(crate) fn settled(mut points: Vec<Point>, optimization: &Optimization) -> Front {
    for point in points.iter_mut().filter(|p| p.standing == Standing::OnFront) {
        point.standing = if !point.missed.iter().all(|missed| *missed <= 0.0) {
            Standing::Infeasible
        } else if point.certified.is_some_and(|(certified, of)| certified < of) {
            Standing::NotCertified
        } else if point.basins > 1 {
            Standing::Basins
        } else {
            Standing::OnFront
        };
    }
    let (mut sound, mut left_out): (Vec<Point>, Vec<Point>) =
        points.into_iter().partition(|p| p.standing == Standing::OnFront);
    let first = |p: &Point| optimization.objectives[0].minimized(p.objectives[0].mean);
    sound.sort_by(|a, b| first(a).total_cmp(&first(b)).then(a.design.cmp(&b.design)));
    // Without an audit some have more replicates than others, all from the same one on.
    let common = sound.iter().map(|p| p.rows.len()).min().unwrap_or(0);
    let rows: Vec<Vec<Vec<f64>>> = sound.iter().map(|p| p.rows[..common].to_vec()).collect();
    let resampled = Resampled::new(&rows, optimization.settings.seed);
    let beaten = dominated(&rows, DOMINATED);
    let mut likely = Vec::new();
    let mut on_front = Vec::new();
    for (place, (mut point, p)) in sound.into_iter().zip(resampled.probability_nondominated()).enumerate() {
        point.probability_nondominated = p;
        if beaten[place] {
            left_out.push(Point { standing: Standing::Dominated, ..point });
            continue;
        }
        if point.is_likely() {
            likely.push((place, on_front.len()));
        }
        on_front.push(point);
    }
    let resampled = resampled.only(&likely.iter().map(|(place, _)| *place).collect::<Vec<_>>());
    let place = |i: usize| likely[i].1;
    let (exchanges, typical) = resampled.exchanges();
    Front {
        record: Record::default(),
        audited: 0,
        asked: 0,
        points: on_front,
        left_out,
        uncertified: Vec::new(),
        exchanges: exchanges
            .into_iter()
            .map(|e| Exchange { from: place(e.from), to: place(e.to), ..e })
            .collect(),
        typical,
        knees: resampled.knees().into_iter().map(|k| Knee { point: place(k.point), ..k }).collect(),
    }
}

struct Reading<'a> {
    store: &'a Store,
    optimization: &'a Optimization,
    tolerance: f64,
}

impl Reading<'_> {
    /// Whether a unit has every objective and every constraint's metric.
    fn is_whole(&self, unit: &StoredUnit) -> bool {
        let metrics = self.store.metrics();
        let has = |key: &str| unit.values.iter().any(|&(place, v)| metrics[place] == key && v.is_finite());
        self.optimization.objectives.iter().all(|o| has(o.metric.key))
            && self.optimization.constraints.iter().all(|c| has(c.metric.key))
    }

    /// A design point by these replicates of the audit, or by the search's.
    fn point(&self, design: u32, audit: Option<&BTreeSet<u32>>) -> Result<Option<Point>, StoreError> {
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
            if !self.is_whole(unit) {
                return Ok(());
            }
            if audit.map_or(!is_audit, |own| own.contains(&unit.replicate)) {
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
        let moments = |key: &str| column(&rows, key).into_iter().collect::<Moments>();
        let estimate = |key: &str| moments(key).estimate(&mut Critical::default());
        let (objectives, constraints) = (&self.optimization.objectives, &self.optimization.constraints);
        // Without a constraint a slack of nothing, which is kept.
        let mut slacks = Candidate::new(Vec::new(), 0, 0, constraints.len().max(1));
        for row in rows.values() {
            let slack = |c: &super::Constraint| place(c.metric.key).map_or(f64::NAN, |p| c.slack(row[p]));
            let mut all: Vec<f64> = constraints.iter().map(slack).collect();
            if all.is_empty() {
                all.push(0.0);
            }
            slacks.push(&all);
        }
        let certified: Vec<f64> = column(&rows, "certified").into_iter().filter(|x| !x.is_nan()).collect();
        let missed = |k: usize| {
            let end = slacks.slack(k, self.optimization.settings.confidence);
            if end.is_nan() { f64::INFINITY } else { (-end).max(0.0) }
        };
        let bounds = column(&rows, "deviation_gain_upper").into_iter().filter(|x| !x.is_nan());
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
            probability_nondominated: f64::NAN,
            probability_feasible: if constraints.is_empty() { 1.0 } else { slacks.probability_feasible() },
            missed: (0..constraints.len()).map(missed).collect(),
            bounded: constraints.iter().map(|c| moments(c.metric.key).mean()).collect(),
            largest_bound: bounds.reduce(f64::max),
            gain: [estimate("deviation_gain"), estimate("deviation_gain_upper")],
            certified: (!certified.is_empty()).then_some((yes, certified.len() as u64)),
            basins: basins.len(),
            standing: Standing::OnFront,
            rows: rows.values().map(minimized).collect(),
            searched: searched.values().map(minimized).collect(),
        }))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::{Constraint, Objective};
    use super::*;
    use crate::draws::{Key, Purpose, Who};
    use crate::measure::metrics::named;
    use crate::numerics::normal_quantile;
    use crate::optimize::search::Settings;
    use crate::optimize::space::Space;

    pub(crate) fn optimization() -> Optimization {
        let objective = |key, maximize| Objective { metric: named(key).unwrap(), maximize };
        Optimization {
            objectives: vec![objective("revenue", true), objective("unrealised_share", false)],
            constraints: Vec::<Constraint>::new(),
            axes: Vec::new(),
            contenders: vec!["only".to_owned()],
            space: Space::default(),
            settings: Settings { confidence: 0.95, ..Settings::noiseless(4, 1, 3) },
            descent: None,
        }
    }

    const NONE: Estimate =
        Estimate { mean: f64::NAN, se: f64::NAN, ci_low: f64::NAN, ci_high: f64::NAN, n: 0 };

    /// A sound finalist with these minimised objectives in every replicate, give or take `noise` that alternates.
    pub(crate) fn finalist(design: u32, objectives: [f64; 2], noise: f64) -> Point {
        let row = |r: u32| {
            let sign = [noise, -noise][r as usize % 2];
            vec![objectives[0] + sign, objectives[1] + sign]
        };
        let rows: Vec<Vec<f64>> = (0..12).map(row).collect();
        let estimate = |mean: f64| Estimate { mean, n: 12, ..NONE };
        Point {
            design,
            contender: 0,
            settings: Vec::new(),
            objectives: vec![estimate(-objectives[0]), estimate(objectives[1])],
            probability_nondominated: f64::NAN,
            probability_feasible: 1.0,
            missed: Vec::new(),
            bounded: Vec::new(),
            gain: [NONE, NONE],
            largest_bound: None,
            certified: None,
            basins: 1,
            standing: Standing::OnFront,
            searched: rows.clone(),
            rows,
        }
    }

    #[test]
    fn finalists_stand_where_their_replicates_put_them() {
        let front = settled(
            vec![
                Point { missed: vec![0.0, 0.01], ..finalist(0, [0.0, 0.0], 0.0) },
                Point { certified: Some((11, 12)), ..finalist(1, [0.0, 0.0], 0.0) },
                Point { basins: 2, certified: Some((12, 12)), ..finalist(2, [0.0, 0.0], 0.0) },
                Point { standing: Standing::Unaudited, ..finalist(3, [0.0, 0.0], 0.0) },
                finalist(4, [3.0, 1.0], 0.1),
                Point { certified: Some((12, 12)), ..finalist(5, [1.0, 2.0], 0.1) },
                finalist(6, [3.5, 2.5], 0.1),
                // Of what no number says that a constraint is kept nobody knows that it is.
                Point { missed: vec![f64::NAN], ..finalist(7, [0.0, 0.0], 0.0) },
            ],
            &optimization(),
        );
        // Those that are not sound would dominate all others, and must not. Common noise cancels.
        assert_eq!(front.points.iter().map(|p| p.design).collect::<Vec<_>>(), [5, 4]);
        assert!(front.points.iter().all(|p| p.probability_nondominated == 1.0));
        let mut left: Vec<(u32, Standing)> = front.left_out.iter().map(|p| (p.design, p.standing)).collect();
        left.sort_by_key(|(design, _)| *design);
        let expected = [
            (0, Standing::Infeasible),
            (1, Standing::NotCertified),
            (2, Standing::Basins),
            (3, Standing::Unaudited),
            (6, Standing::Dominated),
            (7, Standing::Infeasible),
        ];
        assert_eq!(left, expected);
        assert_eq!(front.unsound().map(|p| p.design).collect::<Vec<_>>(), [1, 2]);
        // A unit of revenue given up (2 of it) brings half a unit less left unrealised (1).
        assert_eq!((front.exchanges.len(), front.exchanges[0].rate), (1, 0.5));
    }

    #[test]
    fn what_is_probably_dominated_is_neither_counted_nor_exchanged_for() {
        // The third point is worse than the second by .02 in each, with noise of its own of .1 a replicate: dominated for the most part.
        let mut third = finalist(2, [1.02, 1.02], 0.0);
        third.rows.iter_mut().enumerate().for_each(|(r, row)| row[0] += [0.1, -0.1, 0.05, -0.05][r % 4]);
        let points = vec![finalist(0, [0.0, 2.0], 0.0), finalist(1, [1.0, 1.0], 0.0), third];
        let front = settled(points, &optimization());
        assert_eq!(front.points.len(), 3);
        let (p, likely) = (front.points[2].probability_nondominated, front.likely().map(|(place, _)| place));
        assert_eq!(likely.collect::<Vec<_>>(), [0, 1]);
        // Mean .02, standard error √(.00625/11) = .0238: P(T₁₁ < −.839) = .21.
        assert!((p - 0.21).abs() < 0.05, "{p}");
        assert_eq!(front.exchanges.iter().map(|e| (e.from, e.to)).collect::<Vec<_>>(), [(0, 1)]);
    }

    /// Share of studies in which the last of these points is off the front: sixteen replicates, with noise of `own` in each objective.
    fn off_the_front(studies: u32, means: &[[f64; 2]], own: [f64; 2]) -> f64 {
        let draw = |study: u32, r: u32, i: u32, j: u32| {
            normal_quantile(
                Key::new(u64::from(study), r, i).stream(Purpose::Resample, Who::MARKET).uniform(2, j),
            )
        };
        let off = |study: &u32| {
            let point = |(design, mean): (u32, &[f64; 2])| {
                let mut point = finalist(design, *mean, 0.0);
                let row =
                    |r: u32| (0..2).map(|j| mean[j] + own[j] * draw(*study, r, design, j as u32)).collect();
                point.rows = (0..16).map(row).collect();
                point
            };
            let front = settled((0..).zip(means).map(point).collect(), &optimization());
            let last = means.len() as u32 - 1;
            front.left_out.iter().any(|p| p.design == last && p.standing == Standing::Dominated)
        };
        (0..studies).filter(off).count() as f64 / f64::from(studies)
    }

    #[test]
    fn an_efficient_point_is_rarely_thrown_off_however_many_are_as_good() {
        let most = 0.05 + 3.0 * (0.05_f64 * 0.95 / 200.0).sqrt();
        // Twenty points that are one and the same.
        let rate = off_the_front(200, &[[0.5, 0.5]; 20], [0.1, 0.1]);
        assert!(rate < most, "equals: {rate}");
        // The hardest case: as good as nineteen others in one objective, and worse for sure in the other.
        let mut flat = [[0.0, 0.5]; 20];
        (0..20).for_each(|i| flat[i][0] = i as f64);
        let rate = off_the_front(200, &flat, [0.0, 0.1]);
        assert!(rate < most, "flat: {rate}");
        // What is worse by eight standard errors than one of them is thrown off: .2 and an error of .1·√(2/16) = .035.
        let mut last = [[0.5, 0.5]; 20];
        (0..20).for_each(|i| last[i] = [i as f64, 19.0 - i as f64]);
        last[19] = [10.29, 9.29];
        let rate = off_the_front(200, &last, [0.1, 0.1]);
        assert!(rate > 0.97, "worse: {rate}");
    }

    #[test]
    fn audits_are_on_the_replicates_that_all_have() {
        let all: BTreeSet<u32> = (0..16).collect();
        let without = |missing: &[u32]| all.iter().copied().filter(|r| !missing.contains(r)).collect();
        // One that failed on replicate 3 is paired on the others; one that failed on three of sixteen lacks too many.
        let audits = [all.clone(), without(&[3]), without(&[0, 5, 9])];
        let (common, lack) = in_common(&audits);
        assert_eq!((common, lack), (without(&[3]), vec![false, false, true]));
        // Cut short in the middle of a replicate: what everybody has.
        let (common, lack) = in_common(&[(0..9).collect(), (0..8).collect()]);
        assert_eq!((common.len(), lack), (8, vec![false, false]));
        assert_eq!(in_common(&[]), (BTreeSet::new(), Vec::new()));
    }

    #[test]
    fn shrinkage_is_over_all_audited_finalists() {
        let hopeful = |design, by: f64| {
            let mut point = finalist(design, [f64::from(design), 9.0 - f64::from(design)], 0.1);
            point.searched.iter_mut().for_each(|row| row[0] -= by);
            point
        };
        // Believed better by 1, 2 and 6, of whom the last is left out; one without audit does not count.
        let mut front = settled(
            vec![
                hopeful(0, 1.0),
                hopeful(1, 2.0),
                Point { basins: 2, ..hopeful(2, 6.0) },
                Point { standing: Standing::Unaudited, ..hopeful(3, 99.0) },
            ],
            &optimization(),
        );
        assert_eq!(front.shrinkage(), None);
        front.audited = 12;
        let found = front.shrinkage().unwrap();
        assert!((found[0].mean - 3.0).abs() < 1e-12 && found[1].mean.abs() < 1e-12, "{found:?}");
        // Noise of ±.1 that all finalists share: variance .01·12/11 of a replicate, in the search and in the audit.
        assert!((found[0].se - (2.0_f64 * 0.01 / 11.0).sqrt()).abs() < 1e-12, "{found:?}");
    }
}

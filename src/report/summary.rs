//! Replicates of one design point, summed up: means of every metric and paired differences, how far play is certified and
//! at rest, and the basins into which replicates fall.

use crate::experiment::basins::{self, Basin};
use crate::experiment::simulate::GAINER;
use crate::experiment::store::{Order, Store, StoreError};
use crate::measure::statistics::{Comparison, Critical, Estimate, Moments, Pairs};
use std::collections::BTreeMap;

/// How far a contender's play is certified, and whether it came to rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nobody learns here: there is nothing to certify.
    NobodyLearns,
    /// Of `of` replicates `certified` are.
    Learned {
        /// Replicates whose deviation gain is within the tolerance.
        certified: u64,
        /// Replicates that were tried.
        of: u64,
        /// Replicates whose current policies were still moving when learning ended.
        restless: u64,
        /// Replicates that are neither certified nor at rest.
        lost: u64,
        /// Replicates of plans that learning was still changing when it ended, so that nothing can be certified. They
        /// count neither as restless nor as lost.
        unfinished: u64,
    },
}

/// What a contender's results are, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nobody learns.
    Given,
    /// Every replicate is certified, and play came to rest.
    Certified,
    /// Every replicate is certified, but as an average over time: in some, play keeps moving.
    TimeAverage,
    /// Some replicate is not certified.
    NotCertified,
    /// Some replicate is not certified, and in most of these play goes round in circles.
    NoEquilibrium,
}

/// Where play was when learning ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rest {
    /// At rest, or nobody can tell.
    Rests,
    /// Current policies were still moving.
    Moves,
    /// Plans were still changing.
    Unfinished,
}

impl Standing {
    fn add(&mut self, is_certified: bool, rest: Rest) {
        if *self == Self::NobodyLearns {
            *self = Self::Learned { certified: 0, of: 0, restless: 0, lost: 0, unfinished: 0 };
        }
        if let Self::Learned { certified, of, restless, lost, unfinished } = self {
            *of += 1;
            *certified += u64::from(is_certified);
            *restless += u64::from(rest == Rest::Moves);
            *lost += u64::from(rest == Rest::Moves && !is_certified);
            *unfinished += u64::from(rest == Rest::Unfinished);
        }
    }

    /// Whether no replicate failed to be certified.
    pub fn is_sound(self) -> bool {
        matches!(self.verdict(), Verdict::Given | Verdict::Certified | Verdict::TimeAverage)
    }

    /// Replicates in which play was at rest when learning ended.
    pub fn at_rest(self) -> u64 {
        match self {
            Self::NobodyLearns => 0,
            Self::Learned { of, restless, unfinished, .. } => of - restless - unfinished,
        }
    }

    /// In one word.
    pub fn verdict(self) -> Verdict {
        match self {
            Self::NobodyLearns => Verdict::Given,
            Self::Learned { certified, of, restless: 0, .. } if certified == of => Verdict::Certified,
            Self::Learned { certified, of, .. } if certified == of => Verdict::TimeAverage,
            Self::Learned { certified, of, lost, .. } if 2 * lost > of - certified => Verdict::NoEquilibrium,
            Self::Learned { .. } => Verdict::NotCertified,
        }
    }
}

impl Verdict {
    /// The mark that stands beside a contender's name wherever its numbers are shown; empty where they need none.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Given | Self::Certified => "",
            Self::TimeAverage => "time average",
            Self::NotCertified => "not certified",
            Self::NoEquilibrium => "no equilibrium found",
        }
    }
}

/// Replicates of a contender that are not certified, apart from those of unfinished learning.
#[derive(Clone, Copy, Debug, Default)]
pub struct Failing {
    /// Those in which somebody gains more than the tolerance, by the estimate.
    pub gaining: u64,
    /// Those whose estimate is within the tolerance and whose bound is not.
    pub loose: u64,
    /// Their estimates of the deviation gain.
    pub gain: Moments,
    /// Their upper bounds.
    pub upper: Moments,
    /// Their upper bounds of what delegators forgo.
    pub delegators: Moments,
}

/// Replicates of a contender that are certified.
#[derive(Clone, Copy, Debug, Default)]
pub struct Passing {
    /// Their estimates of the deviation gain.
    pub gain: Moments,
    /// Their upper bounds.
    pub upper: Moments,
}

/// Moments of every metric by contender, and of every pair of contenders on common replicates. Memory does not grow with
/// the number of replicates.
#[derive(Clone, Debug)]
pub struct Summary {
    contenders: Vec<String>,
    metrics: Vec<&'static str>,
    done: Vec<u64>,
    /// By contender.
    standing: Vec<Standing>,
    /// By contender.
    failing: Vec<Failing>,
    /// By contender.
    passing: Vec<Passing>,
    /// By contender: groups that could gain most in some replicate that is not certified, with what they could gain there, by name.
    gainers: Vec<Vec<(String, Moments)>>,
    /// By contender: errors of units that failed, and how many share each, the first first.
    failures: Vec<Vec<(String, u64)>>,
    /// Largest deviation gain that counts as none, a fraction of potential value.
    tolerance: f64,
    /// By contender, the largest first.
    basins: Vec<Vec<Basin>>,
    /// By contender, then metric.
    moments: Vec<Moments>,
    /// By pair in the order (0, 1), (0, 2), …, (1, 2), …, then metric.
    pairs: Vec<Pairs>,
}

impl Summary {
    /// Reads the done units of a design point; `tolerance` is the experiment's.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn read(store: &Store, design: u32, tolerance: f64) -> Result<Self, StoreError> {
        Self::with(store, design, tolerance, basins::read(store, design, tolerance)?, &|_| true)
    }

    /// The same of some replicates only, as of an audit apart from the search before it.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn read_some(
        store: &Store,
        design: u32,
        tolerance: f64,
        is_meant: &dyn Fn(u32) -> bool,
    ) -> Result<Self, StoreError> {
        let mut rows = vec![basins::Rows::new(); store.contenders().len()];
        store.visit_values_of(&[design], Order::ByContender, |unit| {
            if is_meant(unit.replicate) {
                let mut row = vec![f64::NAN; store.metrics().len()];
                for &(metric, value) in unit.values {
                    row[metric] = value;
                }
                rows[unit.contender].insert(unit.replicate, row);
            }
            Ok::<_, StoreError>(())
        })?;
        let own = |(contender, rows): (usize, &basins::Rows)| {
            if rows.is_empty() {
                return Ok(Vec::new());
            }
            basins::split(store, design, contender, tolerance, rows)
        };
        let basins = rows.iter().enumerate().map(own).collect::<Result<_, _>>()?;
        Self::with(store, design, tolerance, basins, is_meant)
    }

    fn with(
        store: &Store,
        design: u32,
        tolerance: f64,
        basins: Vec<Vec<Basin>>,
        is_meant: &dyn Fn(u32) -> bool,
    ) -> Result<Self, StoreError> {
        let (n, width) = (store.contenders().len(), store.metrics().len());
        let mut summary = Summary {
            contenders: store.contenders().to_vec(),
            metrics: store.metrics().to_vec(),
            done: vec![0; n],
            standing: vec![Standing::NobodyLearns; n],
            failing: vec![Failing::default(); n],
            passing: vec![Passing::default(); n],
            gainers: vec![Vec::new(); n],
            failures: vec![Vec::new(); n],
            tolerance,
            basins,
            moments: vec![Moments::default(); n * width],
            pairs: vec![Pairs::default(); n * n.saturating_sub(1) / 2 * width],
        };
        for (name, error, count) in store.failures(Some(design))? {
            if let Some(c) = summary.contenders.iter().position(|contender| *contender == name) {
                summary.failures[c].push((error, count));
            }
        }
        for (name, groups) in store.contenders().iter().zip(&mut summary.gainers) {
            let mut found: BTreeMap<String, Moments> = BTreeMap::new();
            for stored in store.curves(design, name, GAINER)? {
                if let Some((_, gain)) = stored.curve.points.first().filter(|_| is_meant(stored.replicate)) {
                    found.entry(stored.curve.agent).or_default().push(*gain);
                }
            }
            groups.extend(found);
        }
        // What a contender does not have in the current replicate is NaN, which no moment counts.
        let mut current = vec![f64::NAN; n * width];
        let mut replicate = None;
        store.visit_values_of(&[design], Order::ByReplicate, |unit| {
            if !is_meant(unit.replicate) {
                return Ok(());
            }
            if replicate.is_some_and(|r| r != unit.replicate) {
                summary.close(&mut current);
            }
            replicate = Some(unit.replicate);
            summary.done[unit.contender] += 1;
            for &(metric, value) in unit.values {
                current[unit.contender * width + metric] = value;
            }
            Ok::<_, StoreError>(())
        })?;
        summary.close(&mut current);
        Ok(summary)
    }

    fn close(&mut self, current: &mut [f64]) {
        let (n, width) = (self.contenders.len(), self.metrics.len());
        for (moments, value) in self.moments.iter_mut().zip(&*current) {
            moments.push(*value);
        }
        let place = |key: &str| self.metrics.iter().position(|m| *m == key);
        if let Some(place_certified) = place("certified") {
            let (place_settled, place_drift) = (place("settled"), place("last_iterate_drift"));
            for (c, standing) in self.standing.iter_mut().enumerate() {
                let is = |place: usize, number: f64| current[c * width + place] == number;
                // Plans that answer to the past have no distance from their mean.
                let drifts = place_drift.is_some_and(|place| !current[c * width + place].is_nan());
                let rest = match place_settled {
                    Some(place) if is(place, 0.0) && drifts => Rest::Moves,
                    Some(place) if is(place, 0.0) => Rest::Unfinished,
                    _ => Rest::Rests,
                };
                if !current[c * width + place_certified].is_nan() {
                    standing.add(is(place_certified, 1.0), rest);
                }
                let value = |key: &str| place(key).map_or(f64::NAN, |place| current[c * width + place]);
                if is(place_certified, 1.0) {
                    self.passing[c].gain.push(value("deviation_gain"));
                    self.passing[c].upper.push(value("deviation_gain_upper"));
                }
                if is(place_certified, 0.0) && rest != Rest::Unfinished {
                    let (gain, upper) = (value("deviation_gain"), value("deviation_gain_upper"));
                    let failing = &mut self.failing[c];
                    failing.gaining += u64::from(gain > self.tolerance);
                    failing.loose += u64::from(gain <= self.tolerance && upper > self.tolerance);
                    failing.gain.push(gain);
                    failing.upper.push(upper);
                    failing.delegators.push(value("delegator_gain_upper"));
                }
            }
        }
        let mut pairs = self.pairs.iter_mut();
        for a in 0..n {
            for b in a + 1..n {
                for metric in 0..width {
                    if let Some(pair) = pairs.next() {
                        pair.push(current[a * width + metric], current[b * width + metric]);
                    }
                }
            }
        }
        current.fill(f64::NAN);
    }

    /// The same for some contenders only, in the order given.
    #[must_use]
    pub fn only(&self, contenders: &[usize]) -> Self {
        let (width, all) = (self.metrics.len(), self.pairs());
        let mut kept = Self {
            contenders: contenders.iter().filter_map(|&c| self.contenders.get(c).cloned()).collect(),
            metrics: self.metrics.clone(),
            done: contenders.iter().map(|&c| self.done(c)).collect(),
            standing: contenders.iter().map(|&c| self.standing(c)).collect(),
            failing: contenders.iter().map(|&c| self.failing(c)).collect(),
            passing: contenders.iter().map(|&c| self.passing(c)).collect(),
            gainers: contenders.iter().map(|&c| self.gainers(c).to_vec()).collect(),
            failures: contenders.iter().map(|&c| self.failures(c).to_vec()).collect(),
            tolerance: self.tolerance,
            basins: contenders.iter().map(|&c| self.basins(c).to_vec()).collect(),
            moments: Vec::new(),
            pairs: Vec::new(),
        };
        for &c in contenders {
            kept.moments.extend_from_slice(&self.moments[c * width..(c + 1) * width]);
        }
        for (a, b) in kept.pairs() {
            let (a, b) = (contenders[a], contenders[b]);
            if let Some(pair) = all.iter().position(|p| *p == (a.min(b), a.max(b))) {
                let own = self.pairs[pair * width..(pair + 1) * width].iter();
                kept.pairs.extend(own.map(|p| if a < b { *p } else { p.swapped() }));
            }
        }
        kept
    }

    /// The replicates of a contender that are not certified.
    pub fn failing(&self, contender: usize) -> Failing {
        self.failing.get(contender).copied().unwrap_or_default()
    }

    /// The replicates of a contender that are certified.
    pub fn passing(&self, contender: usize) -> Passing {
        self.passing.get(contender).copied().unwrap_or_default()
    }

    /// Groups that could gain most in some replicate of a contender that is not certified, with what they could gain there as a share of
    /// potential value.
    pub fn gainers(&self, contender: usize) -> &[(String, Moments)] {
        self.gainers.get(contender).map_or(&[], Vec::as_slice)
    }

    /// Errors of a contender's units that failed, and how many units share each.
    pub fn failures(&self, contender: usize) -> &[(String, u64)] {
        self.failures.get(contender).map_or(&[], Vec::as_slice)
    }

    /// Names of the contenders, in the order of the file.
    pub fn contenders(&self) -> &[String] {
        &self.contenders
    }

    /// Done replicates of a contender.
    pub fn done(&self, contender: usize) -> u64 {
        self.done.get(contender).copied().unwrap_or(0)
    }

    /// Pairs (a, b) of contenders, `a` before `b` in the file.
    pub fn pairs(&self) -> Vec<(usize, usize)> {
        let n = self.contenders.len();
        (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b))).collect()
    }

    /// Mean of a metric with its interval; `None` where no replicate has it.
    pub fn estimate(&self, contender: usize, metric: &str) -> Option<Estimate> {
        let at = self.metrics.iter().position(|m| *m == metric)?;
        let moments = self.moments.get(contender * self.metrics.len() + at)?;
        (moments.n() > 0).then(|| moments.estimate(&mut Critical::default()))
    }

    /// Paired difference `a − b` of a metric over the replicates that both have; `None` where there is none. `a < b`.
    pub fn comparison(&self, a: usize, b: usize, metric: &str) -> Option<Comparison> {
        let at = self.metrics.iter().position(|m| *m == metric)?;
        let pair = self.pairs().iter().position(|p| *p == (a, b))?;
        let pairs = self.pairs.get(pair * self.metrics.len() + at)?;
        (pairs.n() > 0).then(|| pairs.comparison(&mut Critical::default()))
    }

    /// How far a contender's play is certified.
    pub fn standing(&self, contender: usize) -> Standing {
        self.standing.get(contender).copied().unwrap_or(Standing::NobodyLearns)
    }

    /// The basins into which a contender's replicates fall, the largest first; one where all are alike.
    pub fn basins(&self, contender: usize) -> &[Basin] {
        self.basins.get(contender).map_or(&[], Vec::as_slice)
    }

    /// Whether a mean over a contender's replicates describes none of them.
    pub fn has_basins(&self, contender: usize) -> bool {
        self.basins(contender).len() > 1
    }

    /// Mean of a metric within a basin; `None` where no replicate of it has the metric.
    pub fn basin_estimate(&self, contender: usize, basin: usize, metric: &str) -> Option<Estimate> {
        let at = self.metrics.iter().position(|m| *m == metric)?;
        self.basins(contender).get(basin)?.estimate(at)
    }

    /// Whether a basin may be read like a contender whose replicates are certified: all of its own are, and came to rest.
    pub fn basin_is_sound(&self, contender: usize, basin: usize) -> bool {
        let all = |metric: &str| self.basin_estimate(contender, basin, metric).is_none_or(|e| e.mean >= 1.0);
        self.standing(contender).is_sound() || (all("certified") && all("settled"))
    }

    /// Everything that has to be said beside a contender's name wherever its numbers are shown; empty where they need
    /// no mark.
    pub fn mark(&self, contender: usize) -> String {
        let verdict = self.standing(contender).verdict().mark();
        let basins = self.basins(contender).len();
        match (verdict, basins) {
            ("", 0 | 1) => String::new(),
            (mark, 0 | 1) => mark.to_owned(),
            ("", basins) => format!("mean over {basins} basins"),
            (mark, basins) => format!("{mark}; mean over {basins} basins"),
        }
    }

    /// A contender's name with its mark.
    pub fn marked(&self, contender: usize) -> String {
        let name = &self.contenders[contender];
        match self.mark(contender) {
            mark if mark.is_empty() => name.clone(),
            mark => format!("{name} ({mark})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::trial;

    #[test]
    fn means_pairs_and_standing() {
        let experiment = trial::read(trial::THREE);
        let root = tempfile::tempdir().unwrap();
        let store = trial::run(&experiment, root.path());
        let summary = Summary::read(&store, 0, 0.01).unwrap();
        assert_eq!(summary.contenders(), ["auction", "one", "votes"]);
        assert_eq!(summary.pairs(), [(0, 1), (0, 2), (1, 2)]);
        assert_eq!((summary.done(0), summary.done(3)), (3, 0));
        let mean = |c: usize, key: &str| summary.estimate(c, key).unwrap().mean;
        for c in 0..3 {
            let shares = ["holder", "sequencer", "operating_cost", "posting_cost", "unrealised"];
            let sum: f64 = shares.iter().map(|s| mean(c, &format!("{s}_share"))).sum();
            assert!((sum - 1.0).abs() < 1e-9, "{sum}");
        }
        let d = summary.comparison(0, 2, "net_surplus").unwrap();
        assert_eq!(d.n, 3);
        assert!((d.difference - (mean(0, "net_surplus") - mean(2, "net_surplus"))).abs() < 1e-12);
        assert_eq!(summary.standing(1), Standing::NobodyLearns);
        assert!(matches!(summary.standing(0), Standing::Learned { of: 3, .. }));
        assert!(summary.comparison(0, 1, "deviation_gain").is_none());
        assert!(summary.estimate(0, "no_such_metric").is_none());
        let turned = summary.only(&[2, 0]);
        let back = turned.comparison(0, 1, "net_surplus").unwrap();
        assert_eq!(turned.contenders(), ["votes", "auction"]);
        assert!((back.difference + d.difference).abs() < 1e-15 && (back.ci_low + d.ci_high).abs() < 1e-12);
        assert_eq!(back.mean_a, d.mean_b);
        assert_eq!(turned.standing(1), summary.standing(0));
        assert!(Summary::read(&store, 7, 0.01).unwrap().estimate(0, "net_surplus").is_none());
    }
}

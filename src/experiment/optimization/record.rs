//! What the search leaves in the store beside its units: the front after each generation, who was audited, and what was
//! amiss. A function of the units alone.

use super::Optimization;
use super::searching::Searching;
use crate::experiment::store::{Store, StoreError};
use crate::measure::statistics::Moments;
use crate::optimize::candidate::Candidate;
use serde::{Deserialize, Serialize};

/// Key under which it is kept.
const KEY: &str = "optimization";

/// The front after a generation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Units by then.
    pub evaluations: u64,
    /// Design points of the front.
    pub front: Vec<u32>,
}

/// How near candidates came to a constraint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Nearest {
    /// The constraint, as written; the certificate's is the last.
    pub constraint: String,
    /// Candidates whose mean keeps it.
    pub keep: u32,
    /// Largest mean slack of any candidate, as a share of the bound.
    pub slack: f64,
    /// Mean of the metric there.
    pub value: f64,
}

/// The candidate that misses constraints least in all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Closest {
    /// Sum over constraints of what is missed, each as a share of its bound.
    pub total: f64,
    /// The constraints that are missed: as written, the share of the bound, and the mean of the metric (0 for the certificate).
    pub missed: Vec<(String, f64, f64)>,
}

/// The search in retrospect.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Whether the search came to its end.
    pub complete: bool,
    /// Units that it asked for.
    pub evaluations: u64,
    /// Generations after the first.
    pub generations: u32,
    /// Candidates that were bred.
    pub candidates: u32,
    /// Candidates that have the least replicates that a parent needs.
    pub judged: u32,
    /// Candidates that could not be evaluated, and why the first could not.
    pub refused: (u32, String),
    /// The front after each generation.
    pub steps: Vec<Step>,
    /// Points from which the search's front was polished, and design points that these descents added to the finalists.
    #[serde(default)]
    pub polished: (u32, u32),
    /// Design points that were audited.
    pub finalists: Vec<u32>,
    /// Design points that nothing on the front dominates, but whose play is not certified.
    pub uncertified: Vec<u32>,
    /// For each constraint, how near candidates came.
    pub nearest: Vec<Nearest>,
    /// Who came nearest to all of them together, where nobody is feasible.
    #[serde(default)]
    pub closest: Option<Closest>,
    /// Objectives that are the same at every candidate and replicate, with their value.
    pub constant: Vec<(String, f64)>,
}

impl Record {
    pub(super) fn of(searching: &Searching, optimization: &Optimization, complete: bool) -> Self {
        let search = searching.search();
        let all = search.candidates();
        let finalists = searching.finalists();
        let uncertified = searching.uncertified(&finalists);
        let numbers = |places: &[usize]| places.iter().map(|&i| i as u32).collect::<Vec<u32>>();
        let minimum = optimization.settings.minimum;
        let judged = all.iter().filter(|c| c.failure.is_none() && c.replicates() >= minimum).count();
        let nearest = nearest(all, optimization, minimum);
        let closest = closest(all, optimization, minimum, optimization.settings.confidence);
        let constant = optimization.objectives.iter().enumerate().filter_map(|(j, objective)| {
            let values = all.iter().flat_map(|c| (0..c.replicates() as usize).map(move |r| c.row(r)[j]));
            let moments: Moments = values.collect();
            let is_constant = moments.n() > 1 && moments.variance() == 0.0;
            is_constant.then(|| (objective.metric.key.to_owned(), objective.minimized(moments.mean())))
        });
        Record {
            complete,
            evaluations: search.evaluations(),
            generations: search.generation(),
            candidates: all.len() as u32,
            judged: judged as u32,
            refused: optimization.refused(all),
            steps: search
                .milestones()
                .iter()
                .map(|m| Step { evaluations: m.evaluations, front: numbers(&m.front) })
                .collect(),
            finalists: numbers(&finalists),
            uncertified: numbers(&uncertified),
            polished: (0, 0),
            nearest,
            closest,
            constant: constant.collect(),
        }
    }

    /// Puts it into the store.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn put(&self, store: &mut Store) -> Result<(), StoreError> {
        store.set_meta(KEY, &serde_json::to_string(self).unwrap_or_default())
    }

    /// Reads it from a store; `None` where there is none.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn read(store: &Store) -> Result<Option<Self>, StoreError> {
        Ok(store.meta(KEY)?.and_then(|text| serde_json::from_str(&text).ok()))
    }
}

/// The candidate with the least replicates that misses least in all, at the lower ends of slacks of this confidence; `None` where
/// somebody misses nothing, or there is nobody.
pub(super) fn closest(
    all: &[Candidate],
    optimization: &Optimization,
    minimum: u32,
    confidence: f64,
) -> Option<Closest> {
    let judged = all.iter().filter(|c| c.failure.is_none() && c.replicates() >= minimum);
    let own = |c: &Candidate| c.violation(confidence);
    let best = judged.min_by(|a, b| own(a).total_cmp(&own(b)))?;
    let total = own(best);
    if total == 0.0 {
        return None;
    }
    let missed = (0..best.mean_slacks().len()).filter_map(|k| {
        let missed = -best.slack(k, confidence);
        let constraint = optimization.constraints.get(k);
        let words = constraint.map_or("certified play".to_owned(), super::Constraint::in_words);
        let value = constraint.map_or(0.0, |c| c.metric_at(best.mean_slacks()[k]));
        (missed > 0.0).then_some((words, missed, value))
    });
    Some(Closest { total, missed: missed.collect() })
}

/// How near candidates with the least replicates came to each constraint, and where rows have one slack more, to certified play.
pub(super) fn nearest(all: &[Candidate], optimization: &Optimization, minimum: u32) -> Vec<Nearest> {
    let judged: Vec<&Candidate> =
        all.iter().filter(|c| c.failure.is_none() && c.replicates() >= minimum).collect();
    let Some(first) = judged.first() else { return Vec::new() };
    let near = |k: usize, words: String| {
        let slack = judged.iter().map(|c| c.mean_slacks()[k]).fold(f64::NEG_INFINITY, f64::max);
        let value = optimization.constraints.get(k).map_or(f64::NAN, |c| c.metric_at(slack));
        let keep = judged.iter().filter(|c| c.mean_slacks()[k] >= 0.0).count() as u32;
        // JSON has no infinities and no NaN.
        let plain = |x: f64| if x.is_finite() { x } else { 0.0 };
        Nearest { constraint: words, keep, slack: plain(slack), value: plain(value) }
    };
    let words = optimization.constraints.iter().map(super::Constraint::in_words);
    let words = words.chain(std::iter::once("certified play".to_owned()));
    words.take(first.mean_slacks().len()).enumerate().map(|(k, words)| near(k, words)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Constraint, Objective};
    use super::*;
    use crate::measure::metrics::named;
    use crate::optimize::search::Settings;
    use crate::optimize::space::Space;

    #[test]
    fn who_is_feasible_only_by_halves_is_measured_by_what_it_misses_in_all() {
        let bound = |key, at_least, bound| Constraint { metric: named(key).unwrap(), at_least, bound };
        let optimization = Optimization {
            objectives: vec![Objective { metric: named("revenue").unwrap(), maximize: true }],
            constraints: vec![bound("revenue", true, 2.0), bound("unrealised_share", false, 0.1)],
            axes: Vec::new(),
            contenders: vec!["only".to_owned()],
            space: Space::default(),
            settings: Settings::noiseless(4, 1, 3),
            descent: None,
        };
        // Revenue 2.2 but a fifth unrealised; revenue 1.8 and a twentieth: one misses by the whole bound, the other by a tenth.
        let candidate = |revenue: f64, unrealised: f64| {
            let mut candidate = Candidate::new(Vec::new(), 0, 1, 2);
            let slacks: Vec<f64> =
                optimization.constraints.iter().zip([revenue, unrealised]).map(|(c, x)| c.slack(x)).collect();
            (0..8).for_each(|_| candidate.push(&[-revenue, slacks[0], slacks[1]]));
            candidate
        };
        let mut all = vec![candidate(2.2, 0.2), candidate(1.8, 0.05)];
        let found = closest(&all, &optimization, 8, 0.95).unwrap();
        assert!((found.total - 0.1).abs() < 1e-12);
        let (words, missed, value) = &found.missed[0];
        assert_eq!((words.as_str(), found.missed.len()), ("revenue >= 2", 1));
        assert!((missed - 0.1).abs() < 1e-12 && (value - 1.8).abs() < 1e-12);
        all.push(candidate(2.1, 0.1));
        assert_eq!(closest(&all, &optimization, 8, 0.95), None);
    }
}

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
    /// Knees of the search's front, and design points that a descent from one of them added to the finalists.
    #[serde(default)]
    pub polished: (u32, u32),
    /// Design points that were audited.
    pub finalists: Vec<u32>,
    /// Design points that nothing on the front dominates, but whose play is not certified.
    pub uncertified: Vec<u32>,
    /// For each constraint, how near candidates came.
    pub nearest: Vec<Nearest>,
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
        let failures: Vec<&str> = all.iter().filter_map(|c| c.failure.as_deref()).collect();
        let minimum = optimization.settings.minimum;
        let judged = all.iter().filter(|c| c.failure.is_none() && c.replicates() >= minimum).count();
        let nearest = nearest(all, optimization, minimum);
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
            refused: (failures.len() as u32, failures.first().map_or(String::new(), |s| (*s).to_owned())),
            steps: search
                .milestones()
                .iter()
                .map(|m| Step { evaluations: m.evaluations, front: numbers(&m.front) })
                .collect(),
            finalists: numbers(&finalists),
            uncertified: numbers(&uncertified),
            polished: (0, 0),
            nearest,
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

/// How near candidates with the least replicates came to each constraint, and where rows have one slack more, to certified play.
pub(super) fn nearest(all: &[Candidate], optimization: &Optimization, minimum: u32) -> Vec<Nearest> {
    let judged: Vec<&Candidate> =
        all.iter().filter(|c| c.failure.is_none() && c.replicates() >= minimum).collect();
    let Some(first) = judged.first() else { return Vec::new() };
    let near = |k: usize, words: String| {
        let slack = judged.iter().map(|c| c.mean_slacks()[k]).fold(f64::NEG_INFINITY, f64::max);
        let value = optimization.constraints.get(k).map_or(f64::NAN, |c| {
            let scale = if c.bound == 0.0 { 1.0 } else { c.bound.abs() };
            if c.at_least { c.bound + slack * scale } else { c.bound - slack * scale }
        });
        let keep = judged.iter().filter(|c| c.mean_slacks()[k] >= 0.0).count() as u32;
        // JSON has no infinities and no NaN.
        let plain = |x: f64| if x.is_finite() { x } else { 0.0 };
        Nearest { constraint: words, keep, slack: plain(slack), value: plain(value) }
    };
    let words = optimization.constraints.iter().map(super::Constraint::in_words);
    let words = words.chain(std::iter::once("certified play".to_owned()));
    words.take(first.mean_slacks().len()).enumerate().map(|(k, words)| near(k, words)).collect()
}

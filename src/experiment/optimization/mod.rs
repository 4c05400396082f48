//! `kind = "optimize"`: which settings of a mechanism are efficient, on the runner and the store of all studies.
//!
//! *Variables* are settings by path, as `--set` has them; where the file has several contenders, which of them it is is a
//! variable too, and a variable below `mechanism.NAME` exists for that contender alone. *Objectives* are two to four metrics,
//! or one (the mechanism's best setting); *constraints* are bounds on metrics. Each candidate of the search
//! ([`crate::optimize::search`]) is a design point of the study, and a replicate of it is a unit on the draws that all
//! candidates share. That a replicate's play is certified is a constraint like others.
//!
//! When the search ends, or its time is up, the front is *audited* on replicates that the search never saw, of which there
//! are as many as `[experiment] replicates`: what is reported of it comes from these alone, so that the luck by which finalists were
//! chosen is not in it. Which of them are called efficient is decided by the same fresh draws, so that a little of their luck is. Stored units are the log of the search: running again folds the same search over them and goes on where it stopped.
//!
//! One objective has a best setting and no front: [`best`] finds it with a solver of `argmin` and a response fitted round its end.
//!
//! * [`reading`]: the table `[optimize]`.
//! * [`points`]: from genes to experiments and units.
//! * [`searching`]: the search as a study.
//! * [`best`]: the search for one best setting as a study, and what it leaves.
//! * [`polishing`]: descents from where a front bends most.
//! * [`auditing`]: the audit as a study.
//! * [`trial`]: do contenders have the metrics that are asked of them?
//! * [`record`]: what the search leaves in the store beside its units.
//! * [`progress`]: how the front grew.
//! * [`front`]: the audited front, read from the store.

pub mod auditing;
pub mod best;
pub mod front;
pub mod points;
pub mod polishing;
pub mod progress;
pub mod reading;
pub mod record;
pub mod searching;
pub mod trial;

use super::outcome::Outcome;
use super::sweep::{Axis, Settings};
use crate::measure::metrics::{Direction, Metric};
use crate::optimize::best::descent::Descent;
use crate::optimize::candidate::Candidate;
use crate::optimize::space::{Kind, Space, Variable, position};
use crate::settings::Value;

/// First replicate of audits: far above those of any search.
pub const FIRST_AUDIT: u32 = 1_000_000;

/// A metric to be made large or small.
#[derive(Clone, Copy, Debug)]
pub struct Objective {
    /// The metric.
    pub metric: &'static Metric,
    /// Whether more is better.
    pub maximize: bool,
}

impl Objective {
    /// The value as the search sees it: less is better.
    pub fn minimized(&self, value: f64) -> f64 {
        if self.maximize { -value } else { value }
    }
}

impl PartialEq for Objective {
    fn eq(&self, other: &Self) -> bool {
        self.metric.key == other.metric.key && self.maximize == other.maximize
    }
}

/// A bound on the expectation of a metric.
#[derive(Clone, Copy, Debug)]
pub struct Constraint {
    /// The metric.
    pub metric: &'static Metric,
    /// Whether the bound is a lower one.
    pub at_least: bool,
    /// The bound.
    pub bound: f64,
}

impl Constraint {
    /// How far a value is on the right side, as a share of the bound (or in the metric's unit, where the bound is 0).
    pub fn slack(&self, value: f64) -> f64 {
        let scale = if self.bound == 0.0 { 1.0 } else { self.bound.abs() };
        let beyond = if self.at_least { value - self.bound } else { self.bound - value };
        beyond / scale
    }

    /// The value that has this slack.
    pub fn metric_at(&self, slack: f64) -> f64 {
        let scale = if self.bound == 0.0 { 1.0 } else { self.bound.abs() };
        if self.at_least { self.bound + slack * scale } else { self.bound - slack * scale }
    }

    /// As written: `liveness >= 0.999`.
    pub fn in_words(&self) -> String {
        let sign = if self.at_least { ">=" } else { "<=" };
        format!("{} {sign} {}", self.metric.key, super::tables::format_number(self.bound))
    }
}

/// The table `[optimize]`, as read.
#[derive(Clone, Debug)]
pub struct Optimization {
    /// What is made better.
    pub objectives: Vec<Objective>,
    /// What must hold.
    pub constraints: Vec<Constraint>,
    /// What varies, apart from the contender.
    pub axes: Vec<Axis>,
    /// Names of the contenders, in the order of the file.
    pub contenders: Vec<String>,
    /// The space of candidates: the contender first, where there are several, then the axes.
    pub space: Space,
    /// How to search.
    pub settings: crate::optimize::search::Settings,
    /// The solver for a single objective; `None` where a front is sought.
    pub descent: Option<Descent>,
}

impl Optimization {
    /// What makes it this optimization and no other, apart from how long it is searched.
    pub fn identity(&self) -> String {
        let keys: Vec<(&str, bool)> = self.objectives.iter().map(|o| (o.metric.key, o.maximize)).collect();
        let bounds: Vec<String> = self.constraints.iter().map(Constraint::in_words).collect();
        let settings = crate::optimize::search::Settings { generations: 0, ..self.settings.clone() };
        let descent = self.descent.map_or(String::new(), |descent| format!("{descent:?}"));
        format!("{keys:?}{bounds:?}{:?}{:?}{settings:?}{descent}", self.axes, self.space)
    }

    /// Objectives of an outcome, minimised, then slacks of constraints.
    ///
    /// # Errors
    /// A metric that it does not have.
    pub fn row(&self, outcome: &Outcome) -> Result<Vec<f64>, String> {
        let value = |key: &str| {
            let found = outcome.metrics.iter().find(|(name, _)| *name == key);
            // What is no number is no metric.
            let found = found.filter(|(_, value)| value.is_finite());
            found.map(|(_, value)| *value).ok_or_else(|| format!("`{key}` is not defined there"))
        };
        let objectives = self.objectives.iter().map(|o| Ok(o.minimized(value(o.metric.key)?)));
        let slacks = self.constraints.iter().map(|c| Ok(c.slack(value(c.metric.key)?)));
        objectives.chain(slacks).collect()
    }

    /// Whether the contender is a variable.
    pub fn picks_contender(&self) -> bool {
        self.contenders.len() > 1
    }

    /// The contender of a candidate, by its place in the file.
    pub fn contender(&self, genes: &[f64]) -> usize {
        if self.picks_contender() {
            ((genes[0] * self.contenders.len() as f64) as usize).min(self.contenders.len() - 1)
        } else {
            0
        }
    }

    /// What a candidate assigns.
    pub fn assignments(&self, genes: &[f64]) -> Vec<(String, Value)> {
        let active = self.space.active(genes);
        let first = usize::from(self.picks_contender());
        let mut assigned = Vec::new();
        for (i, axis) in self.axes.iter().enumerate() {
            if active[first + i] {
                assigned.extend(axis.paths.iter().cloned().zip(axis.at(genes[first + i])));
            }
        }
        assigned
    }

    /// A candidate by its contender, where there are several, and its settings.
    pub fn named(&self, genes: &[f64]) -> String {
        let settings: Vec<String> = self
            .assignments(genes)
            .iter()
            .map(|(path, value)| {
                let own = path.strip_prefix("mechanism.").unwrap_or(path);
                let number = value.as_number().map(super::tables::format_number);
                format!("{own} = {}", number.unwrap_or_else(|| value.to_string()))
            })
            .collect();
        let contender = self.picks_contender().then(|| self.contenders[self.contender(genes)].clone());
        contender.into_iter().chain(settings).collect::<Vec<_>>().join(", ")
    }

    /// How many candidates could not be evaluated, and the first of them with the reason.
    pub(super) fn refused(&self, all: &[Candidate]) -> (u32, String) {
        let failed: Vec<(&Candidate, &String)> =
            all.iter().filter_map(|c| Some((c, c.failure.as_ref()?))).collect();
        let words =
            failed.first().map_or(String::new(), |(c, why)| format!("at {}: {why}", self.named(&c.genes)));
        (failed.len() as u32, words)
    }

    /// Paths of all variables, each once, in the order of columns.
    pub fn paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = Vec::new();
        for path in self.axes.iter().flat_map(|axis| &axis.paths) {
            if !paths.contains(path) {
                paths.push(path.clone());
            }
        }
        paths
    }

    /// Every path with each setting that is listed for it.
    pub fn settings(&self) -> impl Iterator<Item = (String, Value)> + '_ {
        self.axes.iter().flat_map(|axis| {
            let levels: &[Vec<Value>] =
                if let Settings::Levels(levels) = &axis.settings { levels } else { &[] };
            levels.iter().flat_map(|level| axis.paths.iter().cloned().zip(level.iter().cloned()))
        })
    }

    /// For each variable, and each end of its range or each of its settings: candidates at which it stands there, whatever it
    /// hangs on being as it must, and all others at one end, in the middle, or at the other end. One of these should be an
    /// experiment: a setting that never is has no business in the file.
    pub fn probes(&self) -> Vec<Vec<Vec<f64>>> {
        let at = |variable: &Variable, share: f64| variable.kind.snap(share);
        let bases: Vec<Vec<f64>> = [0.0, 1.0, 0.5]
            .iter()
            .map(|share| self.space.variables.iter().map(|variable| at(variable, *share)).collect())
            .collect();
        let mut probes = Vec::new();
        for (i, variable) in self.space.variables.iter().enumerate() {
            let settings = match &variable.kind {
                Kind::Category(count) => (0..*count).map(|i| position(i, *count)).collect(),
                kind => vec![kind.snap(0.0), kind.snap(1.0)],
            };
            for setting in settings {
                let candidate = |base: &Vec<f64>| {
                    let mut genes = base.clone();
                    let mut open: Vec<(usize, f64)> = variable.when.clone();
                    while let Some((other, at)) = open.pop() {
                        genes[other] = at;
                        open.extend(self.space.variables[other].when.iter().copied());
                    }
                    genes[i] = setting;
                    genes
                };
                probes.push(bases.iter().map(candidate).collect());
            }
        }
        probes
    }
}

/// What is better of a metric, where that is plain.
pub(super) fn natural(metric: &Metric) -> Option<bool> {
    match metric.direction {
        Direction::Maximize => Some(true),
        Direction::Minimize => Some(false),
        Direction::Neutral => None,
    }
}

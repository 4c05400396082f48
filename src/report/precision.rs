//! What a run that was stopped has reached: half-widths of intervals so far, and what the rest would cost.

use super::frontier::{labelled, printed};
use super::sweep::visit;
use crate::chart::ticks::significant;
use crate::experiment::file::Experiment;
use crate::experiment::progress::clock;
use crate::experiment::replication::{StoppingRule, judged};
use crate::experiment::store::{Store, StoreError};
use crate::measure::metrics::{METRICS, Metric};
use crate::measure::statistics::Estimate;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::time::Duration;

/// Metrics of which half-widths are told where no target names one.
const TOLD: [&str; 3] = ["holder_share", "net_surplus", "liveness"];

/// How far a run has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Units that were computed in this run.
    pub computed: u64,
    /// Time that they took.
    pub elapsed: Duration,
    /// Units that are stored, and that the study has, as far as it knows.
    pub done: u64,
    /// See `done`.
    pub planned: u64,
}

/// Half-widths of one metric over design points and contenders.
#[derive(Clone, Debug, Default)]
struct Widths {
    /// (half-width, replicates) of each.
    all: Vec<(f64, u64)>,
}

impl Widths {
    fn add(&mut self, e: &Estimate) {
        let half = 0.5 * (e.ci_high - e.ci_low);
        if half.is_finite() {
            self.all.push((half, e.n));
        }
    }

    fn worst(&self) -> Option<(f64, u64)> {
        self.all.iter().copied().max_by(|a, b| a.0.total_cmp(&b.0))
    }
}

/// What was reached of one metric.
#[derive(Clone, Debug)]
pub struct Width {
    metric: &'static Metric,
    /// Half-width of the widest interval, and its replicates.
    worst: (f64, u64),
    /// Intervals over design points and contenders.
    intervals: usize,
    /// Half-width that the experiment aims at, and how many intervals have reached it.
    target: Option<(f64, usize)>,
    /// Half-width to be expected of all replicates, where their number is given.
    expected: Option<f64>,
}

/// What a study has reached, and what the rest would cost.
#[derive(Clone, Debug)]
pub struct Reached {
    /// Metrics that vary.
    widths: Vec<Width>,
    /// Units to be computed; a guess where there is a stopping rule.
    left: u64,
    guessed: bool,
    /// Time that they would take, in seconds.
    seconds: Option<f64>,
}

impl Reached {
    /// Reads it from the store.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn read(store: &Store, experiment: &Experiment, progress: Progress) -> Result<Self, StoreError> {
        let rule = experiment.variations.stopping.as_ref();
        let keys: Vec<&str> = match rule {
            Some(rule) if !rule.half_width.is_empty() => {
                rule.half_width.iter().map(|(key, _)| key.as_str()).collect()
            }
            _ => TOLD.to_vec(),
        };
        let metrics: Vec<&'static Metric> =
            keys.iter().filter_map(|key| METRICS.iter().find(|m| m.key == *key)).collect();
        let mut widths = vec![Widths::default(); metrics.len()];
        // Replicates that are still needed, by address, where there is a rule.
        let mut rest: u64 = 0;
        visit(store, &metrics, |_, _, outcome, n| {
            for (widths, e) in widths.iter_mut().zip(&outcome.estimates) {
                if let Some(e) = e {
                    widths.add(e);
                }
            }
            if let Some(rule) = rule {
                let targets = rule.half_width.iter().zip(&outcome.estimates);
                let needed =
                    targets.filter_map(|((_, target), e)| Some(replicates(rule, e.as_ref()?, *target)));
                let needed = needed.max().unwrap_or_else(|| rule.minimum.min(rule.maximum));
                rest += u64::from(needed).saturating_sub(n);
            }
        })?;
        let mut found = Vec::new();
        for (place, (metric, widths)) in metrics.into_iter().zip(widths).enumerate() {
            // What does not vary needs no replicates.
            let Some(worst) = widths.worst().filter(|(worst, _)| *worst > 0.0) else { continue };
            let target = rule.and_then(|rule| rule.half_width.get(place)).map(|(_, target)| {
                (*target, widths.all.iter().filter(|(half, n)| judged(*half, *n) <= *target).count())
            });
            let whole = f64::from(experiment.replicates);
            let expected = rule.is_none().then(|| worst.0 * (worst.1 as f64 / whole).sqrt());
            found.push(Width { metric, worst, intervals: widths.all.len(), target, expected });
        }
        let planned = progress.planned.saturating_sub(progress.done);
        let left = if rule.is_some() { rest.max(planned) } else { planned };
        let each = progress.elapsed.as_secs_f64() / progress.computed as f64;
        let seconds = (progress.computed > 0).then_some(each * left as f64);
        Ok(Reached { widths: found, left, guessed: rule.is_some(), seconds })
    }

    /// A sentence for each metric, and one for the rest.
    pub fn sentences(&self, experiment: &Experiment) -> Vec<String> {
        let mut said: Vec<String> = self.widths.iter().map(|width| width.sentence(experiment)).collect();
        let mut text = format!("the rest: {}{} units", if self.guessed { "about " } else { "" }, self.left);
        if let Some(seconds) = self.seconds {
            // Writing to a string cannot fail.
            let _ = write!(text, ", about {} at the rate of this run", clock(seconds));
        }
        said.push(text);
        said
    }

    /// The targets that a study has missed which has come to its end.
    pub fn missed(&self) -> Vec<String> {
        let missed = |width: &&Width| width.target.is_some_and(|(_, reached)| reached < width.intervals);
        let say = |width: &Width| {
            let (factor, _) = printed(width.metric);
            let (target, reached) = width.target.unwrap_or_default();
            format!(
                "target missed: {} ± {} is reached by {reached} of {} intervals, the widest is ± {} after {} replicates, the most that the \
                 experiment allows (`replication.maximum`)",
                labelled(width.metric),
                significant(target * factor, 2),
                width.intervals,
                significant(width.worst.0 * factor, 2),
                width.worst.1
            )
        };
        self.widths.iter().filter(missed).map(say).collect()
    }

    /// The same for other programs.
    pub fn as_json(&self) -> Value {
        let width = |w: &Width| {
            json!({
                "metric": w.metric.key,
                "half_width": w.worst.0,
                "replicates": w.worst.1,
                "intervals": w.intervals,
                "target": w.target.map(|(target, _)| target),
                "reached": w.target.map(|(_, reached)| reached),
                "expected_half_width": w.expected,
            })
        };
        json!({
            "widest": self.widths.iter().map(width).collect::<Vec<_>>(),
            "units_left": self.left,
            "seconds_left": self.seconds,
        })
    }
}

impl Width {
    fn sentence(&self, experiment: &Experiment) -> String {
        let (factor, _) = printed(self.metric);
        let say = |v: f64| significant(v * factor, 2);
        let (worst, n) = self.worst;
        let mut text = format!(
            "precision so far: {} ± {} at the widest of {} intervals, after {n} replicates",
            labelled(self.metric),
            say(worst),
            self.intervals
        );
        // Writing to a string cannot fail.
        let _ = match (self.target, self.expected) {
            (Some((target, close)), _) => {
                write!(text, "; the target ± {} is reached by {close}", say(target))
            }
            (None, Some(then)) => {
                let whole = experiment.replicates;
                write!(text, "; ± {} is to be expected of all {whole} replicates", say(then))
            }
            (None, None) => Ok(()),
        };
        text
    }
}

/// Replicates at which a rule will find an interval narrow enough, as far as its present width tells.
fn replicates(rule: &StoppingRule, e: &Estimate, target: f64) -> u32 {
    let half = judged(0.5 * (e.ci_high - e.ci_low), e.n);
    if !half.is_finite() {
        return rule.minimum.min(rule.maximum);
    }
    let share = half / target;
    let needed = e.n as f64 * share * share;
    rule.looks()
        .into_iter()
        .find(|&look| f64::from(look) >= needed.min(f64::from(rule.maximum)))
        .unwrap_or(rule.maximum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_follows_from_the_width_so_far() {
        let half_width = vec![("revenue".to_owned(), 0.01)];
        let rule = StoppingRule { minimum: 8, maximum: 100, half_width, difference: Vec::new() };
        let e =
            |half: f64, n: u64| Estimate { mean: 1.0, se: 0.0, ci_low: 1.0 - half, ci_high: 1.0 + half, n };
        // Four times as many halve the width; the margin takes a little more, hence the next look.
        assert_eq!(replicates(&rule, &e(0.0195, 8), 0.01), 64);
        assert_eq!(replicates(&rule, &e(0.0175, 8), 0.01), 32);
        assert_eq!(replicates(&rule, &e(0.001, 8), 0.01), 8);
        assert_eq!(replicates(&rule, &e(1.0, 8), 0.01), 100);
        assert_eq!(replicates(&rule, &e(f64::NAN, 1), 0.01), 8);
    }
}

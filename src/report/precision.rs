//! What a run that was stopped has reached: half-widths of intervals so far, and what the rest would cost.

use super::frontier::{labelled, printed};
use super::sweep::visit;
use crate::chart::ticks::significant;
use crate::experiment::file::Experiment;
use crate::experiment::progress::clock;
use crate::experiment::replication::{StoppingRule, judged};
use crate::experiment::store::{Order, Store, StoreError};
use crate::measure::metrics::{METRICS, Metric};
use crate::measure::statistics::{Critical, Estimate, Pairs};
use serde_json::{Value, json};
use std::collections::BTreeMap;
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

/// Half-widths of one metric over design points and contenders, or pairs of them.
#[derive(Clone, Debug, Default)]
struct Widths {
    /// (half-width, replicates) of each.
    all: Vec<(f64, u64)>,
    /// Whether anybody has the metric.
    had: bool,
}

impl Widths {
    fn add(&mut self, e: &Estimate) {
        self.had |= e.n > 0;
        let half = 0.5 * (e.ci_high - e.ci_low);
        if half.is_finite() {
            self.all.push((half, e.n));
        }
    }

    fn worst(&self) -> Option<(f64, u64)> {
        self.all.iter().copied().max_by(|a, b| a.0.total_cmp(&b.0))
    }
}

/// Whose intervals are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    /// Each contender's.
    Contenders,
    /// Those of paired differences between contenders.
    Differences,
}

/// What was reached of one metric.
#[derive(Clone, Debug)]
pub struct Width {
    metric: &'static Metric,
    of: Of,
    /// Half-width of the widest interval, and its replicates.
    worst: (f64, u64),
    /// Intervals over design points and contenders, or pairs of them.
    intervals: usize,
    /// Half-width that the experiment aims at, and how many intervals have reached it.
    target: Option<(f64, usize)>,
    /// Intervals that have not, after the most replicates that there may be.
    missed: usize,
    /// Fewest and most replicates of an interval.
    replicates: (u64, u64),
    /// Half-width to be expected of all replicates, where their number is given.
    expected: Option<f64>,
}

/// What a study has reached, and what the rest would cost.
#[derive(Clone, Debug)]
pub struct Reached {
    /// Metrics that vary.
    widths: Vec<Width>,
    /// Metrics that have a target, and that nobody has.
    absent: Vec<(&'static Metric, Of)>,
    /// Units to be computed; a guess where there is a stopping rule.
    left: u64,
    guessed: bool,
    /// Time that they would take, in seconds.
    seconds: Option<f64>,
}

/// Widths of one kind: whose, of which metrics, and with which targets, if there are any.
struct Kind {
    of: Of,
    metrics: Vec<&'static Metric>,
    targets: Vec<Option<f64>>,
    widths: Vec<Widths>,
}

impl Kind {
    fn new<'a>(of: Of, asked: impl Iterator<Item = (&'a str, Option<f64>)>) -> Self {
        let known = asked.filter_map(|(key, target)| Some((METRICS.iter().find(|m| m.key == key)?, target)));
        let (metrics, targets): (Vec<_>, Vec<_>) = known.unzip();
        let widths = vec![Widths::default(); metrics.len()];
        Kind { of, metrics, targets, widths }
    }

    /// Takes in an interval of a metric by place, and says how many replicates it is likely to need.
    fn add(&mut self, place: usize, e: &Estimate, rule: Option<&StoppingRule>) -> Option<u32> {
        self.widths[place].add(e);
        Some(replicates(rule?, e, self.targets[place]?))
    }
}

impl Reached {
    /// Reads it from the store.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn read(store: &Store, experiment: &Experiment, progress: Progress) -> Result<Self, StoreError> {
        let rule = experiment.variations.stopping.as_ref();
        let targets = |list: &[(String, f64)]| -> Vec<(String, Option<f64>)> {
            list.iter().map(|(key, target)| (key.clone(), Some(*target))).collect()
        };
        let (own, between) = match rule {
            Some(rule) => (targets(&rule.half_width), targets(&rule.difference)),
            None => (TOLD.iter().map(|key| ((*key).to_owned(), None)).collect(), Vec::new()),
        };
        let kind = |of, asked: &[(String, Option<f64>)]| {
            Kind::new(of, asked.iter().map(|(key, target)| (key.as_str(), *target)))
        };
        let mut own = kind(Of::Contenders, &own);
        let mut between = kind(Of::Differences, &between);
        // By design point: replicates that each contender has, and that are likely to be needed. A point goes on with all of its
        // contenders.
        let mut points: BTreeMap<u32, (Vec<u64>, u32)> = BTreeMap::new();
        let least = rule.map_or(0, |rule| rule.minimum.min(rule.maximum));
        visit(store, &own.metrics.clone(), |design, _, outcome, n| {
            let (having, needed) = points.entry(design).or_insert((Vec::new(), least));
            having.push(n);
            for (place, e) in outcome.estimates.iter().enumerate() {
                let more = e.as_ref().and_then(|e| own.add(place, e, rule));
                *needed = (*needed).max(more.unwrap_or(0));
            }
        })?;
        if !between.metrics.is_empty() {
            differences(store, &between.metrics.clone(), |design, place, e| {
                let more = between.add(place, e, rule);
                if let Some((_, needed)) = points.get_mut(&design) {
                    *needed = (*needed).max(more.unwrap_or(0));
                }
            })?;
        }
        let short = |(having, needed): &(Vec<u64>, u32)| -> u64 {
            having.iter().map(|n| u64::from(*needed).saturating_sub(*n)).sum()
        };
        let rest: u64 = points.values().map(short).sum();
        let (mut found, mut absent) = (Vec::new(), Vec::new());
        for Kind { of, metrics, targets, widths } in [own, between] {
            for ((metric, target), widths) in metrics.into_iter().zip(targets).zip(widths) {
                if target.is_some() && !widths.had && !points.is_empty() {
                    absent.push((metric, of));
                }
                // What does not vary needs no replicates.
                let Some(worst) = widths.worst().filter(|(worst, _)| *worst > 0.0) else { continue };
                let reached =
                    |target: f64| widths.all.iter().filter(|(half, n)| judged(*half, *n) <= target).count();
                let whole = f64::from(experiment.replicates);
                let most = rule.map_or(u64::MAX, |rule| u64::from(rule.maximum));
                let missed = |target: f64| {
                    let is_missed = |(half, n): &&(f64, u64)| judged(*half, *n) > target && *n >= most;
                    widths.all.iter().filter(is_missed).count()
                };
                let numbers = || widths.all.iter().map(|(_, n)| *n);
                found.push(Width {
                    metric,
                    of,
                    worst,
                    intervals: widths.all.len(),
                    target: target.map(|target| (target, reached(target))),
                    missed: target.map_or(0, missed),
                    replicates: (numbers().min().unwrap_or(0), numbers().max().unwrap_or(0)),
                    expected: rule.is_none().then(|| worst.0 * (worst.1 as f64 / whole).sqrt()),
                });
            }
        }
        let planned = progress.planned.saturating_sub(progress.done);
        let left = if rule.is_some() { rest.max(planned) } else { planned };
        let each = progress.elapsed.as_secs_f64() / progress.computed as f64;
        let seconds = (progress.computed > 0).then_some(each * left as f64);
        Ok(Reached { widths: found, absent, left, guessed: rule.is_some(), seconds })
    }

    /// As [`Self::read`], of an experiment that has targets and has ended, or is looked at whenever; `None` where it has none.
    ///
    /// # Errors
    /// As there.
    pub fn of_targets(store: &Store, experiment: &Experiment) -> Result<Option<Self>, StoreError> {
        if experiment.variations.stopping.is_none() {
            return Ok(None);
        }
        let nothing = Progress { computed: 0, elapsed: Duration::ZERO, done: 0, planned: 0 };
        Self::read(store, experiment, nothing).map(Some)
    }

    /// How far each target is reached, in words.
    pub fn targets(&self) -> Vec<String> {
        let say = |width: &Width| {
            let (target, reached) = width.target?;
            let (factor, _) = printed(width.metric);
            let (fewest, most) = width.replicates;
            let after = if fewest < most { format!("{fewest} to {most}") } else { most.to_string() };
            Some(format!(
                "{} ± {} is reached by {reached} of {} intervals, after {after} replicates; the widest is ± {}",
                width.name(),
                significant(target * factor, 2),
                width.intervals,
                significant(width.worst.0 * factor, 2)
            ))
        };
        self.widths.iter().filter_map(say).collect()
    }

    /// Targets that were not reached with as many replicates as there may be, or that say nothing: cause and remedy.
    pub fn warnings(&self) -> Vec<(String, String)> {
        let missed = self.widths.iter().filter(|width| width.missed > 0).map(|width| {
            let (factor, _) = printed(width.metric);
            let target = width.target.map_or(f64::NAN, |(target, _)| target);
            let cause = format!(
                "A target of precision is missed: {} ± {} is not reached by {} of {} intervals after the {} replicates that there may be; the \
                 widest is ± {}.",
                width.name(),
                significant(target * factor, 2),
                width.missed,
                width.intervals,
                width.replicates.1,
                significant(width.worst.0 * factor, 2)
            );
            (cause, "raise `replication.maximum`, or read the intervals as wide as they are.".to_owned())
        });
        let nobodys =
            self.nobodys().map(|text| (format!("{text}."), "name a metric that a contender has.".to_owned()));
        missed.chain(nobodys).collect()
    }

    /// The targets for other programs.
    pub fn targets_as_json(&self) -> Value {
        let json = self.as_json();
        json!({ "targets": json["widest"], "absent": json["absent"] })
    }

    /// Units that are left to compute.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// A sentence for each metric, and one for the rest.
    pub fn sentences(&self, experiment: &Experiment) -> Vec<String> {
        let mut said: Vec<String> = self.widths.iter().map(|width| width.sentence(experiment)).collect();
        said.extend(self.nobodys());
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
                width.name(),
                significant(target * factor, 2),
                width.intervals,
                significant(width.worst.0 * factor, 2),
                width.worst.1
            )
        };
        self.widths.iter().filter(missed).map(say).chain(self.nobodys()).collect()
    }

    /// Targets that say nothing.
    fn nobodys(&self) -> impl Iterator<Item = String> {
        self.absent.iter().map(|&(metric, of)| {
            let (whose, key) = match of {
                Of::Contenders => ("no contender", "half_width"),
                Of::Differences => ("no pair of contenders", "difference_half_width"),
            };
            format!(
                "target without a metric: {whose} has {}, and `replication.{key}` of it stops nothing",
                labelled(metric)
            )
        })
    }

    /// The same for other programs.
    pub fn as_json(&self) -> Value {
        let width = |w: &Width| {
            json!({
                "metric": w.metric.key,
                "of": match w.of { Of::Contenders => "contenders", Of::Differences => "differences" },
                "half_width": w.worst.0,
                "replicates": w.worst.1,
                "intervals": w.intervals,
                "target": w.target.map(|(target, _)| target),
                "reached": w.target.map(|(_, reached)| reached),
                "missed": w.target.map(|_| w.missed),
                "expected_half_width": w.expected,
            })
        };
        json!({
            "widest": self.widths.iter().map(width).collect::<Vec<_>>(),
            "absent": self.absent.iter().map(|(metric, _)| metric.key).collect::<Vec<_>>(),
            "units_left": self.left,
            "seconds_left": self.seconds,
        })
    }
}

impl Width {
    fn name(&self) -> String {
        match self.of {
            Of::Contenders => labelled(self.metric),
            Of::Differences => format!("difference of contenders in {}", labelled(self.metric)),
        }
    }

    fn sentence(&self, experiment: &Experiment) -> String {
        let (factor, _) = printed(self.metric);
        let say = |v: f64| significant(v * factor, 2);
        let (worst, n) = self.worst;
        let mut text = format!(
            "precision so far: {} ± {} at the widest of {} intervals, after {n} replicates",
            self.name(),
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

/// Visits the intervals of paired differences between contenders, point by point: by place of the metric.
fn differences(
    store: &Store,
    metrics: &[&'static Metric],
    mut each: impl FnMut(u32, usize, &Estimate),
) -> Result<(), StoreError> {
    let column: Vec<Option<usize>> =
        store.metrics().iter().map(|key| metrics.iter().position(|m| m.key == *key)).collect();
    let contenders = store.contenders().len();
    let pairs: Vec<(usize, usize)> = (0..contenders).flat_map(|a| (0..a).map(move |b| (a, b))).collect();
    let nothing = || vec![vec![f64::NAN; contenders]; metrics.len()];
    // By metric, then contender, of the replicate at hand; by metric, then pair, of the point.
    let mut values = nothing();
    let mut sums = vec![vec![Pairs::default(); pairs.len()]; metrics.len()];
    let mut critical = Critical::default();
    let mut close = |values: &mut Vec<Vec<f64>>, sums: &mut Vec<Vec<Pairs>>, ended: Option<u32>| {
        for (sums, values) in sums.iter_mut().zip(values.iter()) {
            for (sum, &(a, b)) in sums.iter_mut().zip(&pairs) {
                sum.push(values[a], values[b]);
            }
        }
        *values = nothing();
        let Some(design) = ended else { return };
        for (place, sums) in sums.iter_mut().enumerate() {
            for sum in sums {
                let c = std::mem::take(sum).comparison(&mut critical);
                if c.n > 0 {
                    let (ci_low, ci_high) = (c.ci_low, c.ci_high);
                    each(design, place, &Estimate { mean: c.difference, se: c.se, ci_low, ci_high, n: c.n });
                }
            }
        }
    };
    let mut current: Option<(u32, u32)> = None;
    let read: Vec<usize> = (0..column.len()).filter(|&metric| column[metric].is_some()).collect();
    store.visit_values_on(&read, Order::ByReplicate, |unit| {
        let here = (unit.design, unit.replicate);
        if let Some(before) = current.filter(|before| *before != here) {
            close(&mut values, &mut sums, (before.0 != here.0).then_some(before.0));
        }
        current = Some(here);
        for &(metric, value) in unit.values {
            if let Some(place) = column[metric] {
                values[place][unit.contender] = value;
            }
        }
        Ok::<_, StoreError>(())
    })?;
    if let Some((design, _)) = current {
        close(&mut values, &mut sums, Some(design));
    }
    Ok(())
}

/// Replicates at which a rule will find an interval narrow enough, as far as its present width tells.
fn replicates(rule: &StoppingRule, e: &Estimate, target: f64) -> u32 {
    let half = 0.5 * (e.ci_high - e.ci_low);
    if !half.is_finite() {
        return rule.minimum.min(rule.maximum);
    }
    // Half-widths shrink with the root of the number; each look has its own margin.
    let there = |look: u32| half * (e.n as f64 / f64::from(look)).sqrt();
    let mut looks = rule.looks().into_iter();
    looks.find(|&look| judged(there(look), u64::from(look)) <= target).unwrap_or(rule.maximum)
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

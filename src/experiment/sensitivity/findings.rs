//! Indices and effects, read from the store.

use super::Sensitivity;
use crate::draws::name_hash;
use crate::experiment::store::{Order, Store, StoreError};
use crate::experiment::sweep::pick_freeze::Block;
use crate::measure::metrics::Metric;
use crate::measure::sensitivity::indices::{Index, Indices, Rows, Swapped};
use crate::measure::sensitivity::screening::{Effects, Screened};
use crate::measure::sensitivity::{Interval, positions};
use crate::measure::statistics::Moments;
use std::collections::HashMap;

/// A set of inputs that has indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// An axis, by place in the file.
    Parameter(usize),
    /// Draws of the measured epochs.
    World,
    /// Draws while agents learn.
    Learning,
    /// All parameters together.
    Parameters,
    /// Both halves of luck together.
    Luck,
}

/// What is found of one metric under one contender.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Contender, by place in the file.
    pub contender: usize,
    /// The output.
    pub metric: &'static Metric,
    /// Rows that are complete, of how many.
    pub rows: (u32, u32),
    /// Trajectories that are complete, of how many.
    pub trajectories: (u32, u32),
    /// Value of an output that is the same in every unit.
    pub constant: Option<f64>,
    /// Sets in the order of `indices.sets`.
    pub sources: Vec<Source>,
    /// Sobol indices; `None` without complete rows.
    pub indices: Option<Indices>,
    /// Effects of parameters, by place in the file; empty without complete trajectories.
    pub screened: Vec<(usize, Screened)>,
}

/// Share of the variance below which a factor matters little.
pub const LITTLE: f64 = 0.01;

/// Differences below this share of the largest output are rounding, and none.
const DUST: f64 = 1e-12;

/// What can be said of a factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It moves the output by itself.
    Moves,
    /// It moves the output, but not distinguishably by itself.
    OnlyJointly,
    /// It moves the output, but its total index is below [`LITTLE`] with 97.5% confidence.
    Hardly,
    /// Its effect is not distinguishable from zero.
    NotDistinguishable,
}

impl Verdict {
    /// In words.
    pub fn in_words(self) -> &'static str {
        match self {
            Verdict::Moves => "moves it",
            Verdict::OnlyJointly => "only jointly",
            Verdict::Hardly => "less than 1%",
            Verdict::NotDistinguishable => "not distinguishable from zero",
        }
    }

    /// Of Sobol indices.
    pub fn of(index: &Index) -> Self {
        let moves = index.first.low > 0.0;
        if !moves && (index.total.low <= 0.0 || index.total.low.is_nan()) {
            Verdict::NotDistinguishable
        } else if index.total.high < LITTLE {
            Verdict::Hardly
        } else if moves {
            Verdict::Moves
        } else {
            Verdict::OnlyJointly
        }
    }

    /// Of effects.
    pub fn of_screening(screened: &Screened) -> Self {
        if screened.square.low > 0.0 { Verdict::Moves } else { Verdict::NotDistinguishable }
    }
}

impl Finding {
    /// Indices of a source.
    pub fn index(&self, source: Source) -> Option<&Index> {
        let place = self.sources.iter().position(|s| *s == source)?;
        self.indices.as_ref().map(|found| &found.sets[place])
    }

    /// Parameters with their indices and effects, what matters most first.
    pub fn parameters(&self) -> Vec<(usize, Option<&Index>, Option<&Screened>)> {
        let mut places: Vec<usize> = self
            .sources
            .iter()
            .filter_map(|source| if let Source::Parameter(axis) = source { Some(*axis) } else { None })
            .collect();
        places.extend(self.screened.iter().map(|(axis, _)| *axis).filter(|_| self.sources.is_empty()));
        let effect = |axis: usize| self.screened.iter().find(|(i, _)| *i == axis).map(|(_, s)| s);
        let mut rows: Vec<_> = places
            .into_iter()
            .map(|axis| (axis, self.index(Source::Parameter(axis)), effect(axis)))
            .collect();
        let size = |row: &(usize, Option<&Index>, Option<&Screened>)| {
            row.1.map_or_else(|| row.2.map_or(0.0, |s| s.mu_star.value), |index| index.total.value)
        };
        rows.sort_by(|a, b| size(b).total_cmp(&size(a)).then(a.0.cmp(&b.0)));
        rows
    }
}

/// Values of one unit, by metric of the study; `None` where it lacks one.
type Values = Vec<Option<f64>>;

/// Reads everything that is stored.
///
/// # Errors
/// Where the store cannot be read.
pub fn read(store: &Store, sensitivity: &Sensitivity) -> Result<Vec<Finding>, StoreError> {
    let places: Vec<Option<usize>> =
        sensitivity.metrics.iter().map(|m| store.metrics().iter().position(|key| *key == m.key)).collect();
    let mut units: Vec<HashMap<(u32, u32), Values>> = vec![HashMap::new(); store.contenders().len()];
    store.visit_values(Order::ByContender, |unit| {
        let value = |place: &Option<usize>| {
            let found = unit.values.iter().find(|(metric, _)| Some(*metric) == *place);
            found.map(|(_, value)| *value).filter(|v| v.is_finite())
        };
        units[unit.contender].insert((unit.design, unit.replicate), places.iter().map(value).collect());
        Ok::<_, StoreError>(())
    })?;
    let mut findings = Vec::new();
    for (contender, units) in units.iter().enumerate() {
        for (place, metric) in sensitivity.metrics.iter().enumerate() {
            let values = || units.values().filter_map(|values| values[place]);
            let rounding = DUST * values().fold(0.0, |size: f64, value| size.max(value.abs()));
            let output = Output { sensitivity, units, place, rounding };
            findings.push(output.finding(contender, metric, store.contenders()));
        }
    }
    Ok(findings)
}

/// One metric of one contender's units.
struct Output<'a> {
    sensitivity: &'a Sensitivity,
    units: &'a HashMap<(u32, u32), Values>,
    place: usize,
    /// What outputs may differ by though nothing differs: `1 − commission` in one order of terms and another.
    rounding: f64,
}

impl Output<'_> {
    fn finding(&self, contender: usize, metric: &'static Metric, contenders: &[String]) -> Finding {
        let design = &self.sensitivity.design;
        let axes = self.sensitivity.axes_of(&contenders[contender], contenders);
        let seed = design.seed ^ name_hash(metric.key);
        let all: Moments = self.units.values().filter_map(|values| values[self.place]).collect();
        let constant =
            (all.n() > 1 && self.highest() - self.lowest() <= self.rounding).then(|| self.lowest());
        let (sources, rows) = self.rows(&axes);
        let complete = rows.a.len() as u32;
        let parameters = sources.iter().filter(|s| matches!(s, Source::Parameter(_))).count();
        // Pairs of parameters, and of each parameter with each half of luck, which stand behind them.
        let pairs: Vec<(usize, usize)> =
            (0..parameters).flat_map(|i| (i + 1..parameters + 2).map(move |j| (i, j))).collect();
        let mut indices = if constant.is_none() { rows.indices(&pairs, seed) } else { None };
        if let Some(found) = &mut indices
            && let [.., parameters, luck] = found.sets.as_mut_slice()
        {
            (*parameters, *luck) = (better(parameters, luck), better(luck, parameters));
        }
        let effects = self.effects();
        let trajectories = effects.first().map_or(0, |e| e.pairs.len()) as u32;
        let screened = if constant.is_none() {
            axes.iter().filter_map(|&axis| Some((axis, effects[axis].screen(seed)?))).collect()
        } else {
            Vec::new()
        };
        Finding {
            contender,
            metric,
            rows: (complete, design.rows),
            trajectories: (trajectories, design.trajectories),
            constant,
            sources: if indices.is_some() { sources } else { Vec::new() },
            indices,
            screened,
        }
    }

    fn lowest(&self) -> f64 {
        self.units.values().filter_map(|values| values[self.place]).fold(f64::INFINITY, f64::min)
    }

    fn highest(&self) -> f64 {
        self.units.values().filter_map(|values| values[self.place]).fold(f64::NEG_INFINITY, f64::max)
    }

    fn at(&self, point: u32, replicate: u32) -> Option<f64> {
        self.units.get(&(point, replicate))?[self.place]
    }

    /// Complete rows, with what their sets are.
    fn rows(&self, axes: &[usize]) -> (Vec<Source>, Rows) {
        let mut sources: Vec<Source> = axes.iter().map(|&axis| Source::Parameter(axis)).collect();
        sources.extend([Source::World, Source::Learning, Source::Parameters, Source::Luck]);
        let mut rows = Rows { sets: vec![Swapped::default(); sources.len()], ..Rows::default() };
        for n in 0..self.sensitivity.design.rows {
            let Some((a, b, sets)) = self.row(n, axes) else { continue };
            rows.a.push(a);
            rows.b.push(b);
            for (set, (ab, ba)) in rows.sets.iter_mut().zip(sets) {
                set.ab.push(ab);
                set.ba.extend(ba);
            }
        }
        (sources, rows)
    }

    /// Outputs of a row: at `A`, at `B`, and with each set exchanged; `None` where one is missing.
    #[allow(clippy::type_complexity)]
    fn row(&self, n: u32, axes: &[usize]) -> Option<(f64, f64, Vec<(f64, Option<f64>)>)> {
        let design = &self.sensitivity.design;
        let block = Block::Row(n);
        let (first, _) = design.points_of(block);
        let inputs = design.axes.len() as u32;
        let value = |point: u32, which: usize| {
            self.at(first + point, design.replicates_at(block, point as usize)[which])
        };
        // What differs from either end by rounding alone is that end.
        let clean = |x: f64, end: f64| if (x - end).abs() <= self.rounding { end } else { x };
        let [(a, a_world, a_learning, a_luck), (b, b_world, b_learning, b_luck)] =
            [all_four(|which| value(0, which))?, all_four(|which| value(1, which))?];
        let b = clean(b, a);
        let near = |x: f64| clean(clean(x, b), a);
        let [a_world, a_learning, a_luck, b_world, b_learning, b_luck] =
            [a_world, a_learning, a_luck, b_world, b_learning, b_luck].map(near);
        let mut sets = Vec::new();
        for &axis in axes {
            let axis = axis as u32;
            let back = if design.second_order { Some(near(value(2 + inputs + axis, 0)?)) } else { None };
            sets.push((near(value(2 + axis, 0)?), back));
        }
        sets.push((a_world, Some(b_world)));
        sets.push((a_learning, Some(b_learning)));
        // `A` with every parameter from `B` is `B` with the luck of `A`.
        sets.push((b_luck, Some(a_luck)));
        sets.push((a_luck, Some(b_luck)));
        Some((a, b, sets))
    }

    /// Effects by axis, over complete trajectories.
    fn effects(&self) -> Vec<Effects> {
        let design = &self.sensitivity.design;
        let mut effects = vec![Effects::default(); design.axes.len()];
        for n in 0..design.trajectories {
            let block = Block::Trajectory(n);
            let (first, count) = design.points_of(block);
            let along = |which: usize| -> Option<Vec<f64>> {
                let at =
                    |point: usize| self.at(first + point as u32, design.replicates_at(block, point)[which]);
                (0..count).map(at).collect()
            };
            let (Some(one), Some(other)) = (along(0), along(1)) else { continue };
            let steps = positions::trajectory(design.seed, n, design.axes.len(), design.levels).steps;
            for (k, (axis, size)) in steps.into_iter().enumerate() {
                let effect = |values: &[f64]| {
                    let difference = values[k + 1] - values[k];
                    if difference.abs() <= self.rounding { 0.0 } else { difference / size }
                };
                effects[axis].pairs.push([effect(&one), effect(&other)]);
            }
        }
        effects
    }
}

/// Indices of a set that together with another is everything: the closed index of the one is what the total index of the other
/// leaves, and the narrower of the two intervals is taken.
pub fn better(own: &Index, other: &Index) -> Index {
    let rest = |i: &Interval| Interval { value: 1.0 - i.value, low: 1.0 - i.high, high: 1.0 - i.low };
    let narrower = |a: Interval, b: Interval| if b.high - b.low < a.high - a.low { b } else { a };
    Index {
        first: narrower(own.first, rest(&other.total)),
        total: narrower(own.total, rest(&other.first)),
        joint: narrower(own.joint, other.joint),
    }
}

fn all_four(value: impl Fn(usize) -> Option<f64>) -> Option<(f64, f64, f64, f64)> {
    Some((value(0)?, value(1)?, value(2)?, value(3)?))
}

/// Shares of the variance: parameters alone, each half of luck alone, and parameters together with luck. What is left to one is
/// what both halves of luck do together.
pub fn shares(finding: &Finding) -> Option<[(&'static str, Interval); 4]> {
    let index = |source: Source| finding.index(source);
    Some([
        ("parameters", index(Source::Parameters)?.first),
        ("luck of the world", index(Source::World)?.first),
        ("luck of learning", index(Source::Learning)?.first),
        ("parameters together with luck", index(Source::Parameters)?.joint),
    ])
}

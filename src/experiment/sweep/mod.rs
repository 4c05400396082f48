//! Designs: which settings of the parameters a sweep tries.
//!
//! An [`Axis`] is what varies together: one parameter, or several that are *linked* (each of its settings gives a value
//! to every path). An axis may be *conditional* on the setting of an earlier axis. A design turns axes into [`Point`]s:
//!
//! * [`factorial`]: every combination.
//! * [`one_at_a_time`]: the file as it stands, then each setting of each axis alone.
//! * [`latin_hypercube`]: `N` points, each of `N` equal slices of every axis hit once.
//! * [`sobol`]: the first `N` points of a scrambled Sobol sequence; the first half of a design is a design.
//! * a list, in the file or as CSV ([`listed`]).
//! * [`pick_freeze`]: the blocks of a sensitivity study, whose table is `[sensitivity]`.
//!
//! Points are made one by one when they are asked for ([`Layout`]), so that a large design takes no room. [`reading`] reads
//! all this from the table `[sweep]`.

pub mod factorial;
pub mod latin_hypercube;
pub mod listed;
pub mod one_at_a_time;
pub mod pick_freeze;
pub mod reading;
pub mod sobol;

use crate::numerics::{exp, ln};
use crate::settings::Value;
use std::sync::Arc;

/// Something that a design varies.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Paths that it sets, linked.
    pub paths: Vec<String>,
    /// What it may be set to.
    pub settings: Settings,
    /// The axis exists only at points at which this path has been set to this value by an earlier axis.
    pub when: Option<(String, Value)>,
}

/// What an axis may be set to.
#[derive(Clone, Debug, PartialEq)]
pub enum Settings {
    /// These, each with one value for each path.
    Levels(Vec<Vec<Value>>),
    /// Any number between two ends; all paths get the same.
    Range(Range),
}

/// Numbers between two ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// Least value.
    pub low: f64,
    /// Greatest value.
    pub high: f64,
    /// Spread evenly in logarithms.
    pub log: bool,
    /// Whole numbers only, each equally likely.
    pub whole: bool,
    /// Levels that a factorial design takes.
    pub levels: usize,
}

impl Range {
    /// The number at position `u` in [0, 1] of the way.
    pub fn at(&self, u: f64) -> Value {
        // Whole numbers from low to high share the way evenly.
        let (low, high) =
            if self.whole && !self.log { (self.low, self.high + 1.0) } else { (self.low, self.high) };
        let x = if self.log { exp(ln(low) * (1.0 - u) + ln(high) * u) } else { low * (1.0 - u) + high * u };
        if !self.whole {
            return Value::Number(x.clamp(self.low, self.high));
        }
        let x = if self.log { x.round() } else { x.floor() };
        Value::Integer(x.clamp(self.low, self.high) as i64)
    }

    /// Level `index` of `levels` evenly spaced ones, both ends included.
    fn level(&self, index: usize) -> Value {
        let u = if self.levels < 2 { 0.5 } else { index as f64 / (self.levels - 1) as f64 };
        let x = if self.log {
            exp(ln(self.low) * (1.0 - u) + ln(self.high) * u)
        } else {
            self.low * (1.0 - u) + self.high * u
        };
        // Ratios are seldom exact: 7.999999999999998 is 8.
        let x = if self.log { format!("{x:.12e}").parse().unwrap_or(x) } else { x };
        // The ends are exact, whatever rounding does in between.
        let x = if index == 0 && self.levels > 1 {
            self.low
        } else if index + 1 == self.levels && self.levels > 1 {
            self.high
        } else {
            x
        };
        if self.whole { Value::Integer(x.round() as i64) } else { Value::Number(x) }
    }
}

/// Whether two values are the same setting: `2` is `2.0`.
pub(crate) fn same(a: &Value, b: &Value) -> bool {
    match (a.as_number(), b.as_number()) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

impl Axis {
    /// Settings that a factorial or one-at-a-time design takes, without repetitions.
    pub fn levels(&self) -> Vec<Vec<Value>> {
        match &self.settings {
            Settings::Levels(levels) => levels.clone(),
            Settings::Range(range) => {
                let mut levels: Vec<Vec<Value>> = Vec::new();
                for index in 0..range.levels {
                    let level = vec![range.level(index); self.paths.len()];
                    if levels.last() != Some(&level) {
                        levels.push(level);
                    }
                }
                levels
            }
        }
    }

    /// The setting at position `u` in [0, 1).
    pub fn at(&self, u: f64) -> Vec<Value> {
        match &self.settings {
            Settings::Levels(levels) => {
                levels[((u * levels.len() as f64) as usize).min(levels.len() - 1)].clone()
            }
            Settings::Range(range) => vec![range.at(u); self.paths.len()],
        }
    }

    /// Whether the axis exists at a point that earlier axes have begun to set.
    fn applies(&self, point: &Point) -> bool {
        self.when
            .as_ref()
            .is_none_or(|(path, value)| point.iter().any(|(set, found)| set == path && same(found, value)))
    }

    /// Whether some point may have this value on a path of the axis: where `filled`, in a design that spreads points over ranges,
    /// else in one that takes levels.
    pub(crate) fn takes(&self, path: &str, value: &Value, filled: bool) -> bool {
        let Some(column) = self.paths.iter().position(|p| p == path) else { return false };
        match (&self.settings, value.as_number()) {
            (Settings::Range(range), Some(x)) if filled => {
                range.whole && x.fract() == 0.0 && (range.low..=range.high).contains(&x)
            }
            _ => self.levels().iter().any(|level| same(&level[column], value)),
        }
    }

    /// Sets the point's values on this axis.
    fn assign(&self, values: Vec<Value>, point: &mut Point) {
        point.extend(self.paths.iter().cloned().zip(values));
    }
}

/// A design point: the paths that it sets, in the order of the axes. What it does not set stays as in the file.
pub type Point = Vec<(String, Value)>;

/// The points of a design, numbered from 0.
#[derive(Clone, Debug, PartialEq)]
pub enum Layout {
    /// These.
    Listed(Arc<[Point]>),
    /// Every combination.
    Factorial(factorial::Factorial),
    /// Each setting alone.
    OneAtATime(one_at_a_time::OneAtATime),
    /// Space-filling.
    LatinHypercube(latin_hypercube::LatinHypercube),
    /// Space-filling and nested.
    Sobol(sobol::Sobol),
    /// Blocks of a sensitivity study.
    PickFreeze(pick_freeze::PickFreeze),
}

impl Layout {
    /// Number of points.
    pub fn len(&self) -> usize {
        match self {
            Self::Listed(points) => points.len(),
            Self::Factorial(design) => design.count(),
            Self::OneAtATime(design) => design.count(),
            Self::LatinHypercube(design) => design.count(),
            Self::Sobol(design) => design.count(),
            Self::PickFreeze(design) => design.count(),
        }
    }

    /// Whether there is no point.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The point of a number below [`Self::len`].
    pub fn point(&self, index: usize) -> Point {
        match self {
            Self::Listed(points) => points[index].clone(),
            Self::Factorial(design) => design.point(index),
            Self::OneAtATime(design) => design.point(index),
            Self::LatinHypercube(design) => design.point(index),
            Self::Sobol(design) => design.point(index),
            Self::PickFreeze(design) => design.point(index),
        }
    }

    /// Visits the settings that some point may have on any path, those of ranges of numbers left out.
    pub fn visit_settings(&self, mut visit: impl FnMut(&str, &Value)) {
        let axes = match self {
            Self::Listed(points) => {
                points.iter().flatten().for_each(|(path, value)| visit(path, value));
                return;
            }
            Self::Factorial(design) => design.axes(),
            Self::OneAtATime(design) => design.axes(),
            Self::LatinHypercube(design) => design.axes(),
            Self::Sobol(design) => design.axes(),
            Self::PickFreeze(design) => design.axes(),
        };
        for axis in axes {
            let Settings::Levels(levels) = &axis.settings else { continue };
            for (path, value) in levels.iter().flat_map(|level| axis.paths.iter().zip(level)) {
                visit(path, value);
            }
        }
    }
}

/// The only contender that an axis bears on, if there is one.
pub fn owner(axis: &Axis, contenders: &[&str]) -> Option<usize> {
    let first = owner_of(axis.paths.first()?, contenders)?;
    axis.paths.iter().all(|path| owner_of(path, contenders) == Some(first)).then_some(first)
}

/// The contender whose own setting a path is: nothing of it is read by the others.
pub fn owner_of<S: AsRef<str>>(path: &str, contenders: &[S]) -> Option<usize> {
    let rest = path.strip_prefix("mechanism.")?;
    contenders.iter().position(|name| {
        let name = name.as_ref();
        rest.strip_prefix(&format!("{name}."))
            .or_else(|| rest.strip_prefix(&format!("\"{name}\".")))
            .is_some()
    })
}

/// The point at a position in the unit cube; `position(axis)` is in [0, 1).
fn at_positions(axes: &[Axis], position: impl Fn(usize) -> f64) -> Point {
    let mut point = Point::new();
    for (column, axis) in axes.iter().enumerate() {
        if axis.applies(&point) {
            axis.assign(axis.at(position(column)), &mut point);
        }
    }
    point
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn axis(path: &str, levels: &[i64]) -> Axis {
        let levels = levels.iter().map(|&x| vec![Value::Integer(x)]).collect();
        Axis { paths: vec![path.to_owned()], settings: Settings::Levels(levels), when: None }
    }

    pub(super) fn range(path: &str, low: f64, high: f64) -> Axis {
        let range = Range { low, high, log: false, whole: false, levels: 5 };
        Axis { paths: vec![path.to_owned()], settings: Settings::Range(range), when: None }
    }

    #[test]
    fn conditions_compare_numbers_as_numbers() {
        let mut b = axis("b", &[3, 4]);
        b.when = Some(("a".to_owned(), Value::Integer(2)));
        let of = |value: Value| vec![("a".to_owned(), value)];
        assert!(b.applies(&of(Value::Number(2.0))) && b.applies(&of(Value::Integer(2))));
        assert!(!b.applies(&of(Value::Number(2.5))) && !b.applies(&of(Value::Text("2".to_owned()))));
    }

    #[test]
    fn axes_say_what_they_take() {
        let two = Value::Number(2.0);
        assert!(axis("a", &[1, 2]).takes("a", &two, true) && !axis("a", &[1, 3]).takes("a", &two, true));
        // Levels 0, 1, 2, 3, 4 of a range; no given number where points are spread.
        let ends = range("a", 0.0, 4.0);
        assert!(ends.takes("a", &two, false) && !ends.takes("a", &Value::Number(2.5), false));
        assert!(!ends.takes("a", &two, true) && !ends.takes("b", &two, false));
        let mut whole = ends.clone();
        let Settings::Range(range) = &mut whole.settings else { unreachable!() };
        range.whole = true;
        assert!(whole.takes("a", &two, true) && !whole.takes("a", &Value::Number(5.0), true));
    }

    #[test]
    fn levels_of_a_range_reach_both_ends() {
        let mut axis = range("x", 0.1, 10.0);
        let Settings::Range(range) = &mut axis.settings else { unreachable!() };
        range.log = true;
        range.levels = 3;
        let numbers: Vec<f64> = axis.levels().iter().map(|v| v[0].as_number().unwrap()).collect();
        assert_eq!((numbers[0], numbers[2]), (0.1, 10.0));
        assert_eq!(numbers[1], 1.0);
        let range = Range { low: 4.0, high: 64.0, log: true, whole: false, levels: 5 };
        let axis = Axis { paths: vec!["x".to_owned()], settings: Settings::Range(range), when: None };
        let numbers: Vec<f64> = axis.levels().iter().map(|v| v[0].as_number().unwrap()).collect();
        assert_eq!(numbers, [4.0, 8.0, 16.0, 32.0, 64.0]);
    }

    #[test]
    fn whole_numbers_share_a_range_evenly_and_levels_do_not_repeat() {
        let range = Range { low: 1.0, high: 4.0, log: false, whole: true, levels: 7 };
        let mut counts = [0; 4];
        for i in 0..1000 {
            let Value::Integer(x) = range.at((f64::from(i) + 0.5) / 1000.0) else { unreachable!() };
            counts[(x - 1) as usize] += 1;
        }
        assert_eq!(counts, [250; 4]);
        let axis = Axis { paths: vec!["k".to_owned()], settings: Settings::Range(range), when: None };
        let levels: Vec<f64> = axis.levels().iter().map(|v| v[0].as_number().unwrap()).collect();
        assert_eq!(levels, [1.0, 2.0, 3.0, 4.0]);
    }
}

//! Parameters of a design that vary, and the shapes of designs that figures can show.

use crate::chart::ticks::significant;
use crate::experiment::file::Experiment;
use crate::experiment::store::{Column, DesignValue, Store, StoreError};
use crate::experiment::sweep::owner_of;
use crate::measure::effects::coding::move_together;
use crate::report::frontier::short_names;
use crate::report::naming::{label, with_unit};
use crate::report::table::layout::plain;
use crate::settings::Value;

/// A parameter that takes several settings, or several that move together.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    /// Short name, for columns of text.
    pub name: String,
    /// Name in words: whose parameter it is, and which.
    pub label: String,
    /// The same with its unit, for axes.
    pub axis: String,
    /// Path of the parameter, or of each that moves together.
    pub paths: Vec<String>,
    /// Distinct settings.
    pub levels: Levels,
    /// By point, in the order of the design: place of its setting among the levels.
    pub places: Vec<u32>,
    /// Where several parameters move together, by level: settings of the others; else empty.
    pub beside: Vec<Vec<DesignValue>>,
}

/// Distinct settings of a factor.
#[derive(Clone, Debug, PartialEq)]
pub enum Levels {
    /// Numbers, ascending.
    Numbers(Vec<f64>),
    /// Texts, and numbers among them, in order of first appearance.
    Named(Vec<DesignValue>),
}

impl Levels {
    /// Number of levels.
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(numbers) => numbers.len(),
            Self::Named(values) => values.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn value(&self, level: usize) -> DesignValue {
        match self {
            Self::Numbers(numbers) => DesignValue::Number(numbers[level]),
            Self::Named(values) => values[level].clone(),
        }
    }
}

impl Factor {
    /// The settings as numbers, if they all are.
    pub fn numbers(&self) -> Option<&[f64]> {
        match &self.levels {
            Levels::Numbers(numbers) if numbers.iter().all(|v| v.is_finite()) => Some(numbers),
            _ => None,
        }
    }

    /// A setting in words.
    fn name(&self, level: usize) -> String {
        let say = |value: &DesignValue| match value {
            DesignValue::Number(v) if v.is_nan() => "–".to_owned(),
            DesignValue::Number(v) => shown(*v),
            DesignValue::Text(text) => text.clone(),
        };
        let beside = self.beside.get(level).into_iter().flatten();
        std::iter::once(say(&self.levels.value(level))).chain(beside.map(say)).collect::<Vec<_>>().join(", ")
    }

    /// The settings in words.
    pub fn names(&self) -> Vec<String> {
        (0..self.levels.len()).map(|level| self.name(level)).collect()
    }

    /// The setting at a point, by its place in the design, in words.
    pub fn setting(&self, point: usize) -> String {
        self.name(self.places[point] as usize)
    }

    /// Takes in a parameter that moves together with this one.
    fn join(&mut self, other: &Factor) {
        self.name = format!("{}, {}", self.name, other.name);
        self.label = format!("{}, {}", self.label, other.label);
        self.axis = format!("{}, {}", self.axis, other.axis);
        self.paths.extend_from_slice(&other.paths);
        self.beside.resize(self.levels.len(), Vec::new());
        for (place, &level) in self.places.iter().zip(&other.places) {
            let beside = &mut self.beside[*place as usize];
            if beside.len() < self.name.matches(", ").count() {
                beside.push(other.levels.value(level as usize));
            }
        }
    }

    /// Whether a contender reads any of the parameters.
    pub fn bears_on(&self, contender: usize, contenders: &[String]) -> bool {
        self.paths.iter().any(|path| owner_of(path, contenders).is_none_or(|own| own == contender))
    }

    /// Whether numbers are told apart better by their logarithms.
    pub fn is_logarithmic(&self) -> bool {
        self.numbers().is_some_and(multiply)
    }

    /// Whether zero stands among numbers that are told apart better by their logarithms.
    pub fn is_zero_among_decades(&self) -> bool {
        self.numbers().is_some_and(|numbers| numbers.first() == Some(&0.0) && multiply(&numbers[1..]))
    }
}

/// Whether ascending numbers lie apart by factors rather than by steps.
fn multiply(numbers: &[f64]) -> bool {
    let (Some(&low), Some(&high)) = (numbers.first(), numbers.last()) else { return false };
    // Evenly spread numbers have their median half way up.
    low > 0.0 && high >= 8.0 * low && numbers[numbers.len() / 2] < 0.55 * high && numbers.len() > 2
}

fn shown(v: f64) -> String {
    if v != 0.0 && v.abs() < 1e-3 { crate::chart::response::plain(significant(v, 3)) } else { plain(v) }
}

/// What a design looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One factor varies.
    Line,
    /// Two factors, most of whose combinations are there.
    Grid,
    /// Three factors, most of whose combinations are there.
    Grids,
    /// Every point differs from the first in one factor at most.
    OneAtATime,
    /// Anything else: a space-filling design, or many factors.
    Scattered,
}

/// Settings of a factor that have room in a figure.
pub(in crate::report) const MOST_LEVELS: usize = 40;
/// Settings of a third factor that have room beside one another.
const MOST_PANELS: usize = 6;

impl Shape {
    /// The shape of a design of so many points.
    pub(super) fn of(factors: &[Factor], points: usize) -> Self {
        let combinations: usize = factors.iter().map(|f| f.levels.len()).fold(1, usize::saturating_mul);
        let most = factors.iter().map(|f| f.levels.len()).max().unwrap_or(0);
        let least = factors.iter().map(|f| f.levels.len()).min().unwrap_or(0);
        let dense = 10 * points >= 6 * combinations && most <= MOST_LEVELS;
        match factors.len() {
            1 => Self::Line,
            2 if dense && least > 1 => Self::Grid,
            3 if dense && least <= MOST_PANELS => Self::Grids,
            _ if is_one_at_a_time(factors, points) => Self::OneAtATime,
            _ => Self::Scattered,
        }
    }
}

fn is_one_at_a_time(factors: &[Factor], points: usize) -> bool {
    (0..points).all(|p| factors.iter().filter(|f| f.places[p] != f.places[0]).count() <= 1)
}

/// The parameters of a study that vary over these points; those that move together are one.
pub(super) fn read(
    store: &Store,
    experiment: &Experiment,
    designs: &[u32],
) -> Result<Vec<Factor>, StoreError> {
    let paths = store.parameters();
    // What a point does not assign stays as written.
    let written: Vec<DesignValue> = paths
        .iter()
        .map(|path| match experiment.resolved.value(path) {
            Some(Value::Number(v)) => DesignValue::Number(v),
            Some(Value::Integer(v)) => DesignValue::Number(v as f64),
            Some(Value::Text(text)) => DesignValue::Text(text),
            Some(other) => DesignValue::Text(other.to_string()),
            None => DesignValue::Text("–".to_owned()),
        })
        .collect();
    let columns = store.columns(designs, Some(&written))?;
    let names = short_names(paths);
    let mut factors: Vec<Factor> = Vec::new();
    for (column, (name, path)) in columns.into_iter().zip(names.into_iter().zip(paths)) {
        let factor = factor(name, path, column);
        if factor.levels.len() < 2 {
            continue;
        }
        let together = |other: &&mut Factor| {
            other.levels.len() == factor.levels.len()
                && move_together(&other.places, &factor.places, factor.levels.len())
        };
        match factors.iter_mut().find(together) {
            Some(other) => other.join(&factor),
            None => factors.push(factor),
        }
    }
    Ok(factors)
}

fn factor(name: String, path: &str, column: Column) -> Factor {
    let (levels, places) = match column {
        Column::Numbers(numbers) => {
            let mut levels = numbers.clone();
            levels.sort_by(f64::total_cmp);
            levels.dedup();
            let place = |v: &f64| levels.binary_search_by(|l| l.total_cmp(v)).unwrap_or_default() as u32;
            let places = numbers.iter().map(place).collect();
            (Levels::Numbers(levels), places)
        }
        // A point without the parameter is as written.
        Column::Named(places, levels) => {
            (Levels::Named(levels), places.into_iter().map(Option::unwrap_or_default).collect())
        }
    };
    Factor {
        name,
        label: label(path),
        axis: with_unit(path),
        paths: vec![path.to_owned()],
        levels,
        places,
        beside: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(name: &str, values: &[f64]) -> Factor {
        factor(name.to_owned(), name, Column::Numbers(values.to_vec()))
    }

    #[test]
    fn shapes_are_told_apart() {
        let a = numbers("a", &[1.0, 1.0, 2.0, 2.0]);
        let b = numbers("b", &[5.0, 6.0, 5.0, 6.0]);
        assert_eq!(a.places, [0, 0, 1, 1]);
        assert_eq!(Shape::of(std::slice::from_ref(&a), 4), Shape::Line);
        assert_eq!(Shape::of(&[a, b], 4), Shape::Grid);
        let one = [numbers("a", &[1.0, 2.0, 3.0, 1.0, 1.0]), numbers("b", &[1.0, 1.0, 1.0, 2.0, 3.0])];
        assert_eq!(Shape::of(&one, 5), Shape::OneAtATime);
        let filling = [numbers("a", &[0.1, 0.7, 0.4]), numbers("b", &[0.3, 0.2, 0.9])];
        assert_eq!(Shape::of(&filling, 3), Shape::Scattered);
    }

    #[test]
    fn parameters_that_move_together_are_one_factor_with_both_settings() {
        let mut factor = numbers("a", &[2.0, 2.0, 4.0, 4.0]);
        factor.join(&numbers("b", &[1.0, 1.0, 0.0, 0.0]));
        factor.join(&numbers("c", &[7.0, 7.0, 8.0, 8.0]));
        assert_eq!(
            (factor.name.as_str(), factor.names()),
            ("a, b, c", vec!["2, 1, 7".into(), "4, 0, 8".into()])
        );
    }

    #[test]
    fn logarithms_suit_numbers_that_multiply() {
        assert!(numbers("a", &[4.0, 8.0, 16.0, 32.0]).is_logarithmic());
        assert!(!numbers("a", &[1.0, 2.0, 3.0, 4.0]).is_logarithmic());
        assert!(!numbers("a", &[0.0, 1.0, 10.0, 100.0]).is_logarithmic());
        assert!(numbers("a", &[0.0, 0.001, 0.01, 0.1, 1.0]).is_zero_among_decades());
        assert!(!numbers("a", &[0.0, 1.0, 2.0, 3.0, 4.0]).is_zero_among_decades());
        assert!(!numbers("a", &[0.001, 0.01, 0.1, 1.0]).is_zero_among_decades());
    }
}

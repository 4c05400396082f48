//! From the settings of a design to the columns of a regression.
//!
//! A factor with few distinct settings is *categorical*: `L` levels give `L − 1` columns in sum coding (level `l < L` is 1
//! in column `l`, the last level is −1 in all), so that effects add up to nothing over levels. A factor that takes many
//! values (Latin hypercube, Sobol) is *numeric*: scaled to `[−1, 1]`, a linear column `z` and a quadratic one `z² − 1/3`.
//! Interactions of two factors are the products of their columns (of numeric factors: of the linear ones).

use super::least_squares::Columns;

/// Settings above which a numeric factor is not split into levels.
pub const MOST_LEVELS: usize = 8;

/// One factor of a design: its name and its setting at each design point.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    /// Path of the parameter, or `mechanism`.
    pub name: String,
    /// Setting at each point.
    pub settings: Settings,
}

/// Settings of a factor over the points of a design.
#[derive(Clone, Debug, PartialEq)]
pub enum Settings {
    /// Numbers of the levels, from 0, and the levels' names.
    Levels(Vec<usize>, Vec<String>),
    /// Values of a numeric factor.
    Numbers(Vec<f64>),
}

impl Factor {
    /// A factor of texts: each distinct text is a level, in order of first appearance.
    pub fn of_texts(name: &str, texts: &[String]) -> Self {
        let mut levels: Vec<String> = Vec::new();
        let places = texts
            .iter()
            .map(|text| {
                levels.iter().position(|level| level == text).unwrap_or_else(|| {
                    levels.push(text.clone());
                    levels.len() - 1
                })
            })
            .collect();
        Factor { name: name.to_owned(), settings: Settings::Levels(places, levels) }
    }

    /// A factor of numbers: levels, ascending, where there are at most [`MOST_LEVELS`]; `show` names them.
    pub fn of_numbers(name: &str, numbers: &[f64], show: impl Fn(f64) -> String) -> Self {
        let mut distinct = numbers.to_vec();
        distinct.sort_by(f64::total_cmp);
        distinct.dedup();
        let settings = if distinct.len() <= MOST_LEVELS {
            let places =
                numbers.iter().map(|x| distinct.iter().position(|d| d == x).unwrap_or_default()).collect();
            Settings::Levels(places, distinct.into_iter().map(show).collect())
        } else {
            Settings::Numbers(numbers.to_vec())
        };
        Factor { name: name.to_owned(), settings }
    }

    /// The factor over `times` copies of the design, one after the other.
    #[must_use]
    pub fn repeated(&self, times: usize) -> Self {
        let settings = match &self.settings {
            Settings::Levels(places, levels) => Settings::Levels(places.repeat(times), levels.clone()),
            Settings::Numbers(numbers) => Settings::Numbers(numbers.repeat(times)),
        };
        Factor { name: self.name.clone(), settings }
    }

    /// Takes in a factor that moves together with this one: names and levels stand side by side.
    pub fn join(&mut self, other: &Factor) {
        self.name = format!("{}, {}", self.name, other.name);
        if let (Settings::Levels(own, levels), Settings::Levels(places, names)) =
            (&mut self.settings, &other.settings)
        {
            for (level, name) in levels.iter_mut().enumerate() {
                if let Some(point) = own.iter().position(|&place| place == level) {
                    *name = format!("{name}, {}", names[places[point]]);
                }
            }
        }
    }

    /// Places of the settings among the distinct ones, and how many there are.
    fn places(&self) -> (Vec<usize>, usize) {
        match &self.settings {
            Settings::Levels(places, levels) => (places.clone(), levels.len()),
            Settings::Numbers(numbers) => {
                let mut distinct = numbers.clone();
                distinct.sort_by(f64::total_cmp);
                distinct.dedup();
                let place = |x: &f64| distinct.partition_point(|d| d < x);
                (numbers.iter().map(place).collect(), distinct.len())
            }
        }
    }

    /// Whether both vary, and each setting of one goes with one of the other.
    pub fn moves_with(&self, other: &Factor) -> bool {
        let ((a, levels), (b, others)) = (self.places(), other.places());
        levels > 1 && levels == others && move_together(&a, &b, levels)
    }

    /// Whether the factor takes more than one setting.
    pub fn varies(&self) -> bool {
        match &self.settings {
            Settings::Levels(_, levels) => levels.len() > 1,
            Settings::Numbers(_) => true,
        }
    }

    /// Columns of its main effect at each point, and how many of them, from the first, enter interactions.
    fn columns(&self) -> (Vec<Vec<f64>>, usize) {
        match &self.settings {
            Settings::Levels(places, levels) => {
                let last = levels.len().saturating_sub(1);
                let row = |&place: &usize| -> Vec<f64> {
                    if place == last { vec![-1.0; last] } else { indicator(place, last) }
                };
                (places.iter().map(row).collect(), last)
            }
            Settings::Numbers(numbers) => {
                let low = numbers.iter().fold(f64::INFINITY, |a, &b| a.min(b));
                let high = numbers.iter().fold(f64::NEG_INFINITY, |a, &b| a.max(b));
                let row = |&x: &f64| {
                    let z = (2.0 * x - low - high) / (high - low);
                    vec![z, z * z - 1.0 / 3.0]
                };
                (numbers.iter().map(row).collect(), 1)
            }
        }
    }
}

/// Whether two columns of places among as many levels are one but for the numbers of the levels, so that two factors move
/// together. Where every point has a level of its own, as in a space-filling design, that says nothing, unless the levels come
/// in the same order or the reverse.
pub fn move_together(a: &[usize], b: &[usize], levels: usize) -> bool {
    if levels == a.len() && levels > 2 {
        let last = levels - 1;
        return a == b || a.iter().zip(b).all(|(&a, &b)| a == last - b);
    }
    let mut map = vec![None; levels];
    let mut back = vec![None; levels];
    a.iter().zip(b).all(|(&a, &b)| *map[a].get_or_insert(b) == b && *back[b].get_or_insert(a) == a)
}

fn indicator(place: usize, width: usize) -> Vec<f64> {
    (0..width).map(|column| f64::from(u8::from(column == place))).collect()
}

/// A main effect or an interaction: some columns of the model.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// `a`, or `a × b`.
    pub name: String,
    /// First column.
    pub from: usize,
    /// One past the last column.
    pub to: usize,
}

/// Terms of a regression and their columns at each design point; the intercept is left to the blocks.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Terms in the order of their columns: main effects, then interactions.
    pub terms: Vec<Term>,
    /// Columns of all terms.
    pub columns: Columns,
}

impl Model {
    /// Main effects of all factors that vary, and every product of two where that makes `most` columns at most.
    pub fn new(factors: &[Factor], points: usize, most: usize) -> Self {
        let varying: Vec<&Factor> = factors.iter().filter(|factor| factor.varies()).collect();
        let columns: Vec<(Vec<Vec<f64>>, usize)> = varying.iter().map(|factor| factor.columns()).collect();
        let mut rows: Vec<Vec<f64>> = vec![Vec::new(); points];
        let mut terms = Vec::new();
        let mut width = 0;
        let mut add = |name: String, block: &dyn Fn(usize) -> Vec<f64>| {
            let from = width;
            for (point, row) in rows.iter_mut().enumerate() {
                row.extend(block(point));
                width = row.len();
            }
            terms.push(Term { name, from, to: width });
        };
        for (factor, (column, _)) in varying.iter().zip(&columns) {
            add(factor.name.clone(), &|point| column[point].clone());
        }
        let alone: usize = columns.iter().map(|(rows, _)| rows.first().map_or(0, Vec::len)).sum();
        let crossed: Vec<usize> = columns.iter().map(|(_, crossed)| *crossed).collect();
        let products = |(a, one): (usize, &usize)| one * crossed[a + 1..].iter().sum::<usize>();
        if alone + crossed.iter().enumerate().map(products).sum::<usize>() <= most {
            for (a, (one, first)) in columns.iter().enumerate() {
                for (b, (other, second)) in columns.iter().enumerate().skip(a + 1) {
                    let name = format!("{} × {}", varying[a].name, varying[b].name);
                    add(name, &|point| {
                        let product = |x: f64| other[point][..*second].iter().map(move |y| x * y);
                        one[point][..*first].iter().copied().flat_map(product).collect()
                    });
                }
            }
        }
        Model { terms, columns: Columns::new(rows.concat(), width) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sum_coding_adds_up_to_nothing_over_a_balanced_design() {
        let a = Factor::of_numbers("a", &[1.0, 1.0, 2.0, 2.0, 3.0, 3.0], |x| x.to_string());
        let texts: Vec<String> = ["x", "y", "x", "y", "x", "y"].map(str::to_owned).to_vec();
        let b = Factor::of_texts("b", &texts);
        let model = Model::new(&[a, b], 6, 5);
        let names: Vec<&str> = model.terms.iter().map(|term| term.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "a × b"]);
        assert_eq!(model.columns.width, 2 + 1 + 2);
        for column in 0..model.columns.width {
            let sum: f64 = (0..6).map(|point| model.columns.row(point)[column]).sum();
            assert!(sum.abs() < 1e-15);
        }
    }

    #[test]
    fn interactions_are_left_out_where_columns_would_be_too_many() {
        let factor = |name, numbers: [f64; 6]| Factor::of_numbers(name, &numbers, |x| x.to_string());
        let factors =
            [factor("a", [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]), factor("b", [0.0, 1.0, 2.0, 0.0, 1.0, 2.0])];
        assert_eq!(Model::new(&factors, 6, 5).terms.len(), 3);
        assert_eq!(Model::new(&factors, 6, 4).terms.len(), 2);
    }

    #[test]
    fn factors_that_move_together_are_told() {
        assert!(move_together(&[0, 1, 2, 0], &[2, 0, 1, 2], 3));
        assert!(!move_together(&[0, 1, 2, 3], &[2, 0, 1, 3], 4) && move_together(&[0, 1, 2], &[2, 1, 0], 3));
        assert!(!move_together(&[0, 1, 2, 0], &[2, 0, 1, 1], 3));
    }

    #[test]
    fn many_numbers_are_numeric_and_what_does_not_vary_is_left_out() {
        let numbers: Vec<f64> = (0..20).map(f64::from).collect();
        let many = Factor::of_numbers("many", &numbers, |x| x.to_string());
        let still = Factor::of_numbers("still", &[4.0; 20], |x| x.to_string());
        let model = Model::new(&[many, still], 20, 100);
        assert_eq!(model.terms.len(), 1);
        assert_eq!(model.columns.row(0), [-1.0, 1.0 - 1.0 / 3.0]);
        assert_eq!(model.columns.row(19), [1.0, 1.0 - 1.0 / 3.0]);
    }
}

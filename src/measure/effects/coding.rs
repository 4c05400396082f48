//! From the settings of a design to the columns of a regression.
//!
//! A factor with few distinct settings is *categorical*: `L` levels give `L − 1` columns in sum coding (level `l < L` is 1
//! in column `l`, the last level is −1 in all), so that effects add up to nothing over levels. A factor that takes many
//! values (Latin hypercube, Sobol) is *numeric*: scaled to `[−1, 1]`, a linear column `z` and a quadratic one `z² − 1/3`.
//! Interactions of two factors are the products of their columns (of numeric factors: of the linear ones). A factor that was asked
//! for on a logarithmic scale is coded by its logarithm.
//!
//! A *conditional* factor, which exists at some levels of an earlier factor alone, has these columns where it exists and zeros
//! elsewhere: that it exists is an effect of the earlier factor, how it is set is its own. Where no earlier factor tells when it
//! exists, a categorical factor has a level more, "as written", and a numeric one a column that is 1 where it exists and −1
//! elsewhere.
//!
//! Rows are made when they are asked for: of a large design only settings are kept.

use super::least_squares::{Columns, Rows};
use crate::numerics::ln;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;

/// Settings above which a numeric factor is not split into levels.
pub const MOST_LEVELS: usize = 8;

/// In place of a level: the factor does not exist at the point.
pub const ABSENT: u32 = u32::MAX;

/// Level of what stays as in the file.
const AS_WRITTEN: &str = "as written";

/// One factor of a design: its name and its setting at each design point.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    /// Path of the parameter, or `mechanism`.
    pub name: String,
    /// Setting at each point.
    pub settings: Settings,
}

/// Settings of a factor over the points of a design. Where a design is repeated several times over, so are they.
#[derive(Clone, Debug, PartialEq)]
pub enum Settings {
    /// Numbers of the levels, from 0, or [`ABSENT`], and the levels' names.
    Levels(Rc<[u32]>, Vec<String>),
    /// Values of a numeric factor; `NaN` where it is absent.
    Numbers(Rc<[f64]>),
}

impl Factor {
    /// A factor of levels.
    pub fn of_levels(name: &str, places: Vec<u32>, levels: Vec<String>) -> Self {
        Factor { name: name.to_owned(), settings: Settings::Levels(places.into(), levels) }
    }

    /// A factor of numbers, `NaN` where it is absent: levels, ascending, where there are at most [`MOST_LEVELS`]; `show` names
    /// them.
    pub fn of_numbers(name: &str, numbers: Vec<f64>, show: impl Fn(f64) -> String) -> Self {
        let mut distinct: Vec<f64> = Vec::new();
        for &x in numbers.iter().filter(|x| !x.is_nan()) {
            if distinct.len() <= MOST_LEVELS && !distinct.contains(&x) {
                distinct.push(x);
            }
        }
        if distinct.len() > MOST_LEVELS {
            return Factor { name: name.to_owned(), settings: Settings::Numbers(numbers.into()) };
        }
        distinct.sort_by(f64::total_cmp);
        let place = |x: &f64| distinct.iter().position(|d| d == x).map_or(ABSENT, |place| place as u32);
        let places = numbers.iter().map(place).collect();
        Self::of_levels(name, places, distinct.into_iter().map(show).collect())
    }

    /// The same on a logarithmic scale, if it is one of numbers that has no levels.
    #[must_use]
    pub fn in_logarithms(mut self) -> Self {
        if let Settings::Numbers(numbers) = &mut self.settings {
            *numbers = numbers.iter().map(|&x| ln(x)).collect();
        }
        self
    }

    /// The same over several repetitions of the design, absent from those that do not have it.
    #[must_use]
    pub fn repeated(&self, has: &[bool]) -> Self {
        let settings = match &self.settings {
            Settings::Levels(places, levels) => {
                let each = |&has: &bool| places.iter().map(move |&place| if has { place } else { ABSENT });
                Settings::Levels(has.iter().flat_map(each).collect(), levels.clone())
            }
            Settings::Numbers(numbers) => {
                let each = |&has: &bool| numbers.iter().map(move |&x| if has { x } else { f64::NAN });
                Settings::Numbers(has.iter().flat_map(each).collect())
            }
        };
        Factor { name: self.name.clone(), settings }
    }

    /// Takes in a factor that moves together with this one: names and levels stand side by side. Where this one is absent and the
    /// other is not, its absence becomes a level.
    pub fn join(&mut self, other: &Factor) {
        self.name = format!("{}, {}", self.name, other.name);
        let is_set = |point: usize| self.is_absent(point) && !other.is_absent(point);
        if (0..self.points()).any(is_set) {
            // Of a factor joined before, every part is as written.
            let parts = self.name.matches(", ").count();
            self.name_absence(&vec![AS_WRITTEN; parts.max(1)].join(", "));
        }
        if let (Settings::Levels(own, levels), Settings::Levels(places, names)) =
            (&mut self.settings, &other.settings)
        {
            for (level, name) in levels.iter_mut().enumerate() {
                if let Some(point) = own.iter().position(|&place| place as usize == level) {
                    let beside = names.get(places[point] as usize).map_or(AS_WRITTEN, String::as_str);
                    *name = format!("{name}, {beside}");
                }
            }
        }
    }

    /// Makes a level of absence, the first.
    fn name_absence(&mut self, name: &str) {
        if let Settings::Levels(places, levels) = &mut self.settings {
            let shifted = places.iter().map(|&place| if place == ABSENT { 0 } else { place + 1 });
            *places = shifted.collect();
            levels.insert(0, name.to_owned());
        }
    }

    /// Places of the settings among the distinct ones, absence being one of them, and how many there are.
    pub fn places(&self) -> (Vec<u32>, usize) {
        match &self.settings {
            Settings::Levels(places, levels) => {
                let absent = places.contains(&ABSENT);
                let last = levels.len() as u32;
                (places.iter().map(|&p| p.min(last)).collect(), levels.len() + usize::from(absent))
            }
            Settings::Numbers(numbers) => {
                let mut distinct = numbers.to_vec();
                distinct.sort_by(f64::total_cmp);
                distinct.dedup_by(|a, b| a.total_cmp(b).is_eq());
                let place = |x: &f64| distinct.partition_point(|d| d.total_cmp(x).is_lt()) as u32;
                (numbers.iter().map(place).collect(), distinct.len())
            }
        }
    }

    /// Whether the factor is absent at a point of the design.
    fn is_absent(&self, point: usize) -> bool {
        match &self.settings {
            Settings::Levels(places, _) => places[point] == ABSENT,
            Settings::Numbers(numbers) => numbers[point].is_nan(),
        }
    }

    fn points(&self) -> usize {
        match &self.settings {
            Settings::Levels(places, _) => places.len(),
            Settings::Numbers(numbers) => numbers.len(),
        }
    }

    /// Something that tells settings apart, or `None` where the factor is absent, in a design that may be repeated.
    fn setting(&self, point: usize) -> Option<u64> {
        let point = point % self.points();
        (!self.is_absent(point)).then(|| match &self.settings {
            Settings::Levels(places, _) => u64::from(places[point]),
            Settings::Numbers(numbers) => numbers[point].to_bits(),
        })
    }

    /// Whether the factor takes more than one setting where it exists.
    pub fn varies(&self) -> bool {
        match &self.settings {
            Settings::Levels(_, levels) => levels.len() > 1,
            Settings::Numbers(_) => true,
        }
    }
}

/// The factors of a design from its parameters: those that move together cannot be told apart and are one, and absence that no
/// earlier factor tells is a level of its own.
pub fn factors(parameters: impl Iterator<Item = Factor>) -> Vec<Factor> {
    let mut factors: Vec<(Factor, (Vec<u32>, usize))> = Vec::new();
    for parameter in parameters {
        let places = parameter.places();
        let together = |other: &(Vec<u32>, usize)| {
            places.1 > 1 && places.1 == other.1 && move_together(&other.0, &places.0, places.1)
        };
        match factors.iter_mut().find(|(_, other)| together(other)) {
            Some((factor, _)) => factor.join(&parameter),
            None => factors.push((parameter, places)),
        }
    }
    let mut settled: Vec<Factor> = Vec::new();
    for (mut factor, _) in factors {
        let own = matches!(&factor.settings, Settings::Levels(places, _) if places.contains(&ABSENT))
            && !settled.iter().any(|earlier| tells_absence(earlier, &factor));
        if own {
            factor.name_absence(AS_WRITTEN);
        }
        settled.push(factor);
    }
    settled
}

/// Whether the level of one factor says where another is absent.
fn tells_absence(earlier: &Factor, factor: &Factor) -> bool {
    let Settings::Levels(places, levels) = &earlier.settings else { return false };
    let mut absent = vec![None; levels.len() + 1];
    let agrees = |point: usize| {
        let here = factor.is_absent(point);
        *absent[(places[point] as usize).min(levels.len())].get_or_insert(here) == here
    };
    (0..factor.points()).all(agrees)
}

/// Whether two columns of places among as many levels are one but for the numbers of the levels, so that two factors move
/// together. Where every point has a level of its own, as in a space-filling design, that says nothing, unless the levels come
/// in the same order or the reverse.
pub fn move_together<P: Copy + PartialEq + TryInto<usize>>(a: &[P], b: &[P], levels: usize) -> bool {
    let number = |place: P| place.try_into().unwrap_or(usize::MAX);
    if levels == a.len() && levels > 2 {
        let last = levels - 1;
        return a == b || a.iter().zip(b).all(|(&a, &b)| number(a) == last - number(b));
    }
    let mut map = vec![None; levels];
    let mut back = vec![None; levels];
    a.iter()
        .zip(b)
        .all(|(&a, &b)| *map[number(a)].get_or_insert(b) == b && *back[number(b)].get_or_insert(a) == a)
}

/// Whether both of two factors vary where both exist, so that they can act on each other.
fn can_interact(a: &Factor, b: &Factor, points: usize) -> bool {
    let (mut first, mut varied) = (None, (false, false));
    for point in 0..points {
        let (Some(x), Some(y)) = (a.setting(point), b.setting(point)) else { continue };
        let (p, q) = *first.get_or_insert((x, y));
        varied = (varied.0 || x != p, varied.1 || y != q);
        if varied == (true, true) {
            return true;
        }
    }
    false
}

/// The points at which the same factors exist: settings of each factor there, combinations, and how often each is there.
type Case = (Vec<BTreeSet<u64>>, usize, usize);

/// Whether among the points at which the same factors exist every combination of the settings that these have there is there equally often: a
/// full factorial design, or one for each case of a condition. Columns of a factor are orthogonal then to whatever the others do.
fn is_crossed(factors: &[&Factor], points: usize) -> bool {
    let places: Vec<(Vec<u32>, usize)> = factors.iter().map(|factor| factor.places()).collect();
    let all = places.iter().try_fold(1_u64, |all, (_, levels)| all.checked_mul(*levels as u64));
    if all.is_none() {
        return false;
    }
    let combination = |point: usize| {
        let each = places.iter().map(|(own, levels)| (u64::from(own[point % own.len()]), *levels as u64));
        each.fold(0, |number, (place, levels)| number * levels + place)
    };
    let mut found: Vec<u64> = (0..points).map(combination).collect();
    found.sort_unstable();
    // Absence is the last place of a factor that is absent anywhere.
    let absent: Vec<Option<u64>> = factors
        .iter()
        .zip(&places)
        .map(|(factor, (own, levels))| {
            (0..own.len()).any(|point| factor.is_absent(point)).then_some(*levels as u64 - 1)
        })
        .collect();
    let mut cases: BTreeMap<Vec<bool>, Case> = BTreeMap::new();
    for same in found.chunk_by(|a, b| a == b) {
        let mut number = same[0];
        let mut settings = vec![0; places.len()];
        for (setting, (_, levels)) in settings.iter_mut().zip(&places).rev() {
            *setting = number % *levels as u64;
            number /= *levels as u64;
        }
        let there: Vec<bool> =
            settings.iter().zip(&absent).map(|(own, absent)| Some(*own) != *absent).collect();
        let case = cases.entry(there).or_insert_with(|| (vec![BTreeSet::new(); places.len()], 0, same.len()));
        for (known, setting) in case.0.iter_mut().zip(&settings) {
            known.insert(*setting);
        }
        case.1 += 1;
        if case.2 != same.len() {
            return false;
        }
    }
    cases.values().all(|(settings, combinations, _)| {
        settings.iter().map(BTreeSet::len).fold(1, usize::saturating_mul) == *combinations
    })
}

/// How a factor is written in columns.
#[derive(Clone, Debug)]
enum Code {
    /// Sum coding, with the number of the last level.
    Levels(Rc<[u32]>, u32),
    /// Middle and half-width of the numbers, and whether existing is a column.
    Numbers { numbers: Rc<[f64]>, middle: f64, half: f64, exists: bool },
}

impl Code {
    fn of(factor: &Factor, earlier: &[Factor]) -> Self {
        match &factor.settings {
            Settings::Levels(places, levels) => {
                Self::Levels(places.clone(), levels.len().saturating_sub(1) as u32)
            }
            Settings::Numbers(numbers) => {
                let low = numbers.iter().fold(f64::INFINITY, |a, &b| a.min(b));
                let high = numbers.iter().fold(f64::NEG_INFINITY, |a, &b| a.max(b));
                let absent = numbers.iter().any(|x| x.is_nan());
                let exists = absent && !earlier.iter().any(|other| tells_absence(other, factor));
                Self::Numbers {
                    numbers: numbers.clone(),
                    middle: 0.5 * (low + high),
                    half: 0.5 * (high - low),
                    exists,
                }
            }
        }
    }

    fn width(&self) -> usize {
        match self {
            Self::Levels(_, last) => *last as usize,
            Self::Numbers { exists, .. } => 2 + usize::from(*exists),
        }
    }

    /// Columns, from the first, that enter interactions.
    fn crossed(&self) -> usize {
        match self {
            Self::Levels(_, last) => *last as usize,
            Self::Numbers { .. } => 1,
        }
    }

    fn write(&self, point: usize, out: &mut [f64]) {
        match self {
            Self::Levels(places, last) => write_level(places[point % places.len()], *last, out),
            Self::Numbers { numbers, middle, half, exists } => {
                let x = numbers[point % numbers.len()];
                let there = !x.is_nan();
                let z = (x - middle) / half;
                (out[0], out[1]) = if there { (z, z * z - 1.0 / 3.0) } else { (0.0, 0.0) };
                if *exists {
                    out[2] = if there { 1.0 } else { -1.0 };
                }
            }
        }
    }
}

/// Sum coding of a level.
pub(super) fn write_level(place: u32, last: u32, out: &mut [f64]) {
    out.fill(if place == last { -1.0 } else { 0.0 });
    if place < last {
        out[place as usize] = 1.0;
    }
}

/// Rows of a model, made of the codes of its factors.
#[derive(Clone, Debug)]
struct Coded {
    codes: Vec<Code>,
    /// First column of each factor.
    starts: Vec<usize>,
    /// Pairs of factors whose products are columns.
    products: Vec<(usize, usize)>,
    /// Columns of factors alone.
    alone: usize,
    points: usize,
}

impl Rows for Coded {
    fn points(&self) -> usize {
        self.points
    }

    fn write(&self, point: usize, out: &mut [f64]) {
        let (alone, mut products) = out.split_at_mut(self.alone);
        for (code, &start) in self.codes.iter().zip(&self.starts) {
            code.write(point, &mut alone[start..start + code.width()]);
        }
        if products.is_empty() {
            return;
        }
        for &(a, b) in &self.products {
            let of = |factor: usize| {
                let start = self.starts[factor];
                &alone[start..start + self.codes[factor].crossed()]
            };
            let (one, other) = (of(a), of(b));
            let here;
            (here, products) = products.split_at_mut(one.len() * other.len());
            for (out, x) in here.chunks_exact_mut(other.len().max(1)).zip(one) {
                for (out, y) in out.iter_mut().zip(other) {
                    *out = x * y;
                }
            }
        }
    }
}

/// A main effect or an interaction: some columns of the model.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// `a`, or `a × b`.
    pub name: String,
    /// Its columns.
    pub columns: Range<usize>,
    /// Place of the factor, for a main effect.
    pub factor: Option<usize>,
    /// Columns of the interactions that its factor is part of, for a main effect.
    pub within: Vec<Range<usize>>,
}

/// Terms of a regression and their columns at each design point; the intercept is left to the blocks.
#[derive(Debug)]
pub struct Model {
    /// Terms in the order of their columns: main effects, then interactions.
    pub terms: Vec<Term>,
    /// Columns of all terms.
    pub columns: Columns,
    /// Names of factors that vary and for which there was no room.
    pub left_out: Vec<String>,
    /// Whether the design is a full factorial one, or one for each case of its conditions.
    pub is_crossed: bool,
    /// Whether some factor is numeric, so that columns may not follow what it does.
    pub is_numeric: bool,
}

impl Model {
    /// Main effects of all factors that vary, at most `most` columns of them (the last of the widest is left out until there is room), and every product of two
    /// where that makes `most` columns at most, and in a design that is not full factorial half as many as there are points at most: more would leave little to tell lack of fit by. Two that do not both vary where both exist have no
    /// product. A number of points that is a multiple of the factors' is as many repetitions.
    pub fn new(factors: &[Factor], points: usize, most: usize) -> Self {
        let mut varying: Vec<(usize, Code)> = factors
            .iter()
            .enumerate()
            .filter(|(_, factor)| factor.varies())
            .map(|(place, factor)| (place, Code::of(factor, &factors[..place])))
            .collect();
        let total = |of: &[(usize, Code)]| of.iter().map(|(_, code)| code.width()).sum::<usize>();
        let mut left_out = Vec::new();
        while total(&varying) > most {
            // Of equals the last.
            let widest = (0..varying.len()).max_by_key(|&i| varying[i].1.width()).unwrap_or(0);
            left_out.push(factors[varying.remove(widest).0].name.clone());
        }
        let alone = total(&varying);
        let in_model: Vec<&Factor> = varying.iter().map(|(place, _)| &factors[*place]).collect();
        let is_crossed = is_crossed(&in_model, points);
        let is_numeric = varying.iter().any(|(_, code)| matches!(code, Code::Numbers { .. }));
        let most = if is_crossed { most } else { most.min(points / 2) };
        let mut terms = Vec::new();
        let mut starts = Vec::new();
        let mut width = 0;
        for (place, code) in &varying {
            let columns = width..width + code.width();
            width = columns.end;
            starts.push(columns.start);
            let name = factors[*place].name.clone();
            terms.push(Term { name, columns, factor: Some(*place), within: Vec::new() });
        }
        let crossed: Vec<usize> = varying.iter().map(|(_, code)| code.crossed()).collect();
        let pairs = |a: usize| (a + 1..crossed.len()).map(move |b| (a, b));
        let mut products: Vec<(usize, usize)> = (0..crossed.len()).flat_map(pairs).collect();
        products.retain(|&(a, b)| can_interact(in_model[a], in_model[b], points));
        if alone + products.iter().map(|&(a, b)| crossed[a] * crossed[b]).sum::<usize>() > most {
            products.clear();
        }
        for &(a, b) in &products {
            let name = format!("{} × {}", terms[a].name, terms[b].name);
            let columns = width..width + crossed[a] * crossed[b];
            width = columns.end;
            terms[a].within.push(columns.clone());
            terms[b].within.push(columns.clone());
            terms.push(Term { name, columns, factor: None, within: Vec::new() });
        }
        let codes = varying.into_iter().map(|(_, code)| code).collect();
        let rows = Coded { codes, starts, products, alone, points };
        let ranges = terms.iter().map(|term| term.columns.clone()).collect();
        let columns = Columns::new(Box::new(rows), alone, ranges);
        Model { terms, columns, left_out, is_crossed, is_numeric }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(name: &str, numbers: &[f64]) -> Factor {
        Factor::of_numbers(name, numbers.to_vec(), |x| x.to_string())
    }

    fn row(model: &Model, point: usize) -> Vec<f64> {
        model.columns.row(point)
    }

    #[test]
    fn sum_coding_adds_up_to_nothing_over_a_balanced_design() {
        let a = numbers("a", &[1.0, 1.0, 2.0, 2.0, 3.0, 3.0]);
        let b = Factor::of_levels("b", vec![0, 1, 0, 1, 0, 1], vec!["x".to_owned(), "y".to_owned()]);
        let model = Model::new(&[a, b], 6, 5);
        let names: Vec<&str> = model.terms.iter().map(|term| term.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "a × b"]);
        assert_eq!(model.columns.width(), 2 + 1 + 2);
        for column in 0..model.columns.width() {
            let sum: f64 = (0..6).map(|point| row(&model, point)[column]).sum();
            assert!(sum.abs() < 1e-15);
        }
    }

    #[test]
    fn interactions_are_left_out_where_columns_would_be_too_many() {
        let factors =
            [numbers("a", &[0.0, 0.0, 0.0, 1.0, 1.0, 1.0]), numbers("b", &[0.0, 1.0, 2.0, 0.0, 1.0, 2.0])];
        assert_eq!(Model::new(&factors, 6, 5).terms.len(), 3);
        assert_eq!(Model::new(&factors, 6, 4).terms.len(), 2);
        // And the widest factor where even main effects would be.
        let model = Model::new(&factors, 6, 2);
        assert_eq!((model.terms.len(), model.terms[0].name.as_str(), model.columns.width()), (1, "a", 1));
    }

    #[test]
    fn full_factorial_designs_are_told_also_by_case() {
        let none = f64::NAN;
        let crossed = |columns: &[&[f64]]| {
            let own: Vec<Factor> = columns.iter().map(|column| numbers("x", column)).collect();
            is_crossed(&own.iter().collect::<Vec<_>>(), columns[0].len())
        };
        assert!(crossed(&[&[1.0, 1.0, 2.0, 2.0], &[3.0, 4.0, 3.0, 4.0]]));
        assert!(!crossed(&[&[1.0, 1.0, 2.0, 2.0, 2.0], &[3.0, 4.0, 3.0, 4.0, 4.0]]));
        assert!(!crossed(&[&[1.0, 1.0, 2.0], &[3.0, 4.0, 3.0]]));
        // b and c where a = 2, crossed; and b = 4 not with c = 6.
        let a = [1.0, 2.0, 2.0, 2.0, 2.0];
        assert!(crossed(&[&a, &[none, 3.0, 3.0, 4.0, 4.0], &[none, 5.0, 6.0, 5.0, 6.0]]));
        assert!(!crossed(&[&a, &[none, 3.0, 3.0, 4.0, 4.0], &[none, 5.0, 6.0, 5.0, 5.0]]));
        let spread: Vec<f64> = (0..20).map(f64::from).collect();
        let other: Vec<f64> = (0..20).map(|i| f64::from(i * 7 % 20)).collect();
        assert!(!crossed(&[&spread, &other]) && crossed(&[&spread]));
    }

    #[test]
    fn parameters_on_a_logarithmic_scale_are_coded_by_their_logarithms() {
        let many: Vec<f64> = (0..=16_u32).map(|i| f64::from(1_u32 << i)).collect();
        let model = Model::new(&[numbers("many", &many).in_logarithms()], 17, 100);
        for (point, z) in [(0, -1.0), (4, -0.5), (8, 0.0), (16, 1.0_f64)] {
            let found = row(&model, point);
            assert!((found[0] - z).abs() < 1e-12 && (found[1] - (z * z - 1.0 / 3.0)).abs() < 1e-12);
        }
        let few = numbers("few", &[1.0, 10.0, 100.0]);
        assert_eq!(few.clone().in_logarithms(), few);
    }

    #[test]
    fn factors_that_never_vary_together_have_no_product() {
        // b is of the first of two mechanisms, c of both.
        let none = f64::NAN;
        let mechanism =
            Factor::of_levels("mechanism", vec![0, 0, 0, 0, 1, 1, 1, 1], vec!["x".into(), "y".into()]);
        let design = [numbers("b", &[1.0, 2.0, 1.0, 2.0]), numbers("c", &[1.0, 1.0, 2.0, 2.0])];
        let own = [mechanism, design[0].repeated(&[true, false]), design[1].repeated(&[true, true])];
        let Settings::Levels(places, _) = &own[1].settings else { panic!() };
        assert_eq!(places[3..5], [1, ABSENT]);
        let model = Model::new(&own, 8, 100);
        let names: Vec<&str> = model.terms.iter().map(|term| term.name.as_str()).collect();
        assert_eq!(names, ["mechanism", "b", "c", "mechanism × c", "b × c"]);
        assert!(model.is_crossed && model.columns.width() == 5);
        assert_eq!(model.terms[2].within, [3..4, 4..5]);
        assert!(numbers("d", &[none, 1.0]).setting(0).is_none());
    }

    #[test]
    fn only_as_many_factors_are_left_out_as_there_is_no_room_for() {
        let many: Vec<Factor> = (0..151_u32)
            .map(|k| {
                numbers(
                    &format!("p{k}"),
                    &(0..20).map(|i| f64::from((i * (k + 3)) % 211)).collect::<Vec<_>>(),
                )
            })
            .collect();
        let model = Model::new(&many, 20, 300);
        assert_eq!((model.terms.len(), model.columns.width()), (150, 300));
        assert_eq!(model.terms.last().unwrap().name, "p149");
    }

    #[test]
    fn where_one_parameter_is_as_written_and_another_is_set_both_are_told() {
        let none = f64::NAN;
        let found = factors([numbers("a", &[1.0, none]), numbers("b", &[none, 2.0])].into_iter());
        assert_eq!(found.len(), 1);
        let Settings::Levels(places, levels) = &found[0].settings else { panic!() };
        let at = |point: usize| levels[places[point] as usize].as_str();
        assert_eq!((levels.len(), at(0), at(1)), (2, "1, as written", "as written, 2"));
        // Both as written at the first point, which nothing tells: one level, and not in words for each.
        let found = factors([numbers("a", &[none, 1.0, 3.0]), numbers("b", &[none, 2.0, 4.0])].into_iter());
        let Settings::Levels(places, levels) = &found[0].settings else { panic!() };
        let at = |point: usize| levels[places[point] as usize].as_str();
        assert_eq!((levels.len(), at(0), at(1), at(2)), (3, "as written", "1, 2", "3, 4"));
        // A third that is set where the first two are not.
        let three = [numbers("a", &[1.0, none]), numbers("b", &[2.0, none]), numbers("c", &[none, 5.0])];
        let found = factors(three.into_iter());
        let Settings::Levels(places, levels) = &found[0].settings else { panic!() };
        let at = |point: usize| levels[places[point] as usize].as_str();
        assert_eq!((at(0), at(1)), ("1, 2, as written", "as written, as written, 5"));
    }

    #[test]
    fn factors_that_move_together_are_told() {
        assert!(move_together(&[0_u32, 1, 2, 0], &[2, 0, 1, 2], 3));
        assert!(
            !move_together(&[0_u32, 1, 2, 3], &[2, 0, 1, 3], 4)
                && move_together(&[0_u32, 1, 2], &[2, 1, 0], 3)
        );
        assert!(!move_together(&[0_u32, 1, 2, 0], &[2, 0, 1, 1], 3));
    }

    #[test]
    fn many_numbers_are_numeric_and_what_does_not_vary_is_left_out() {
        let many: Vec<f64> = (0..20).map(f64::from).collect();
        let model = Model::new(&[numbers("many", &many), numbers("still", &[4.0; 20])], 20, 100);
        assert_eq!(model.terms.len(), 1);
        assert_eq!(row(&model, 0), [-1.0, 1.0 - 1.0 / 3.0]);
        assert_eq!(row(&model, 19), [1.0, 1.0 - 1.0 / 3.0]);
    }

    #[test]
    fn conditional_factors_have_columns_where_they_exist() {
        // b only where a = 2.
        let none = f64::NAN;
        let both = [numbers("a", &[1.0, 2.0, 2.0, 2.0]), numbers("b", &[none, 3.0, 4.0, 5.0])];
        let factors = factors(both.into_iter());
        let Settings::Levels(_, levels) = &factors[1].settings else { panic!() };
        assert_eq!(levels, &["3", "4", "5"]);
        let model = Model::new(&factors, 4, 3);
        assert_eq!(row(&model, 0), [1.0, 0.0, 0.0]);
        assert_eq!(row(&model, 2), [-1.0, 0.0, 1.0]);
        assert_eq!(row(&model, 3), [-1.0, -1.0, -1.0]);
        // Numbers likewise, however many; and where nothing tells when they exist, that has a column.
        let many: Vec<f64> = (0..20).map(|i| if i < 10 { none } else { f64::from(i) }).collect();
        let of = |i: u32| if i < 10 { 1.0 } else { 2.0 };
        let a: Vec<f64> = (0..20).map(of).collect();
        let told = Model::new(&[numbers("a", &a), numbers("many", &many)], 20, 3);
        assert_eq!((row(&told, 0), row(&told, 19)), (vec![1.0, 0.0, 0.0], vec![-1.0, 1.0, 1.0 - 1.0 / 3.0]));
        let alone = Model::new(&[numbers("many", &many)], 20, 3);
        assert_eq!(
            (row(&alone, 0), row(&alone, 19)),
            (vec![0.0, 0.0, -1.0], vec![1.0, 1.0 - 1.0 / 3.0, 1.0])
        );
    }

    #[test]
    fn absence_that_nothing_tells_is_a_level() {
        // One at a time: the file as written, then each setting alone.
        let none = f64::NAN;
        let both = [numbers("a", &[none, 1.0, 2.0, none, none]), numbers("b", &[none, none, none, 1.0, 2.0])];
        for factor in factors(both.into_iter()) {
            let Settings::Levels(places, levels) = &factor.settings else { panic!() };
            assert_eq!((levels[0].as_str(), places[0]), ("as written", 0));
        }
    }
}

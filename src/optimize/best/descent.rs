//! Derivative-free descent of a function that is evaluated elsewhere.
//!
//! The solvers of `argmin` call the function; here its values come from a store. So the solver is run again from its beginning
//! whenever a value has come in: what is known is looked up, and the first point of which nothing is known is asked for, whatever
//! the solver does then. The way is the same each time, and no state but the values has to be kept.

use argmin::core::{CostFunction, Error, Executor, State};
use argmin::solver::brent::BrentOpt;
use argmin::solver::neldermead::NelderMead;
use std::cell::RefCell;

/// Which solver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Descent {
    /// Brent (1973, "Algorithms for Minimization without Derivatives", chapter 5), between the neighbours of the best of a few
    /// evenly spaced points. One variable.
    Brent,
    /// Nelder and Mead (1965, The Computer Journal 7(4), pp. 308–313), from a simplex round the best of a few scattered points.
    NelderMead,
}

/// What a descent needs next.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Values at these positions.
    Evaluate(Vec<Vec<f64>>),
    /// It has come to its end: the best position, unless none was feasible.
    Ended(Option<Vec<f64>>),
}

/// Intervals between the points at which Brent's method begins.
const SLICES: usize = 12;
/// Points for each variable from which the simplex begins, and one more.
const SCATTERED: usize = 6;
/// Side of the first simplex.
const SIDE: f64 = 0.12;
/// Precision of positions: the response does the rest.
const PRECISION: f64 = 0.01;
/// Iterations of a solver.
const MOST: u64 = 60;

impl Descent {
    /// The next step on the way, given what is known; positions are in the unit cube of `inputs` dimensions. Infeasible
    /// positions are infinite.
    pub fn step(self, inputs: usize, known: impl Fn(&[f64]) -> Option<f64>) -> Step {
        let starts: Vec<Vec<f64>> = match self {
            Descent::Brent => (0..=SLICES).map(|i| vec![i as f64 / SLICES as f64]).collect(),
            Descent::NelderMead => (1..=SCATTERED * inputs + 1).map(|i| scattered(i, inputs)).collect(),
        };
        let missing: Vec<Vec<f64>> = starts.iter().filter(|x| known(x).is_none()).cloned().collect();
        if !missing.is_empty() {
            return Step::Evaluate(missing);
        }
        let value = |x: &[f64]| known(x).unwrap_or(f64::INFINITY);
        let best = starts.iter().min_by(|a, b| value(a).total_cmp(&value(b)));
        let Some(best) = best.filter(|best| value(best).is_finite()) else { return Step::Ended(None) };
        // What solvers compute with must be finite: worse than anything feasible that is known of the starts.
        let finite = starts.iter().map(|x| value(x)).filter(|v| v.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        let worst = high + (high - low) + high.abs() + 1.0;
        let lookup = Lookup {
            known: &known,
            worst,
            missing: RefCell::new(None),
            best: RefCell::new((best.clone(), value(best))),
        };
        let ended = match self {
            Descent::Brent => {
                let side = 1.0 / SLICES as f64;
                let solver = BrentOpt::new((best[0] - side).max(0.0), (best[0] + side).min(1.0))
                    .set_tolerance(f64::EPSILON.sqrt(), PRECISION);
                Executor::new(Line(&lookup), solver)
                    .configure(|state| state.max_iters(MOST))
                    .run()
                    .map(|done| done.state().get_iter())
            }
            Descent::NelderMead => {
                let mut simplex = vec![best.clone()];
                for i in 0..inputs {
                    let mut corner = best.clone();
                    corner[i] += if corner[i] > 0.5 { -SIDE } else { SIDE };
                    simplex.push(corner);
                }
                NelderMead::new(simplex).with_sd_tolerance(1e-5 * (high - low).max(1e-12)).and_then(
                    |solver| {
                        Executor::new(&lookup, solver)
                            .configure(|state| state.max_iters(MOST * inputs as u64))
                            .run()
                            .map(|done| done.state().get_iter())
                    },
                )
            }
        };
        match (lookup.missing.into_inner(), ended) {
            (Some(point), _) => Step::Evaluate(vec![point]),
            // Whatever else stops a solver, the best point that it saw is what there is.
            (None, _) => Step::Ended(Some(lookup.best.into_inner().0)),
        }
    }
}

/// Point `i` of a Halton sequence (Halton 1960, Numerische Mathematik 2, pp. 84–90).
pub(super) fn scattered(i: usize, inputs: usize) -> Vec<f64> {
    const PRIMES: [usize; 16] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53];
    let radical = |base: usize| {
        let (mut i, mut share, mut x) = (i, 1.0, 0.0);
        while i > 0 {
            share /= base as f64;
            x += share * (i % base) as f64;
            i /= base;
        }
        x
    };
    (0..inputs).map(|k| radical(PRIMES[k % PRIMES.len()])).collect()
}

/// The function as solvers see it.
struct Lookup<'a> {
    known: &'a dyn Fn(&[f64]) -> Option<f64>,
    worst: f64,
    missing: RefCell<Option<Vec<f64>>>,
    best: RefCell<(Vec<f64>, f64)>,
}

impl Lookup<'_> {
    fn at(&self, x: &[f64]) -> f64 {
        // Beyond the cube lies its mirror image: a solver that leaves it comes back by itself.
        let inside: Vec<f64> = x.iter().map(|x| 1.0 - (x.rem_euclid(2.0) - 1.0).abs()).collect();
        // Nelder and Mead's simplex takes no error for an answer: it runs on over nothing, and what it says is not listened to.
        if self.missing.borrow().is_some() {
            return self.worst;
        }
        let Some(value) = (self.known)(&inside) else {
            *self.missing.borrow_mut() = Some(inside);
            return self.worst;
        };
        let mut best = self.best.borrow_mut();
        if value < best.1 {
            *best = (inside, value);
        }
        if value.is_finite() { value } else { self.worst }
    }
}

/// The same of one variable.
struct Line<'a>(&'a Lookup<'a>);

impl CostFunction for Line<'_> {
    type Param = f64;
    type Output = f64;

    fn cost(&self, x: &f64) -> Result<f64, Error> {
        Ok(self.0.at(&[*x]))
    }
}

impl CostFunction for &Lookup<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, x: &Vec<f64>) -> Result<f64, Error> {
        Ok(self.at(x))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn descend(descent: Descent, inputs: usize, f: impl Fn(&[f64]) -> f64) -> (Option<Vec<f64>>, usize) {
        let mut values: HashMap<Vec<u64>, f64> = HashMap::new();
        let key = |x: &[f64]| x.iter().map(|x| x.to_bits()).collect::<Vec<u64>>();
        loop {
            match descent.step(inputs, |x| values.get(&key(x)).copied()) {
                Step::Evaluate(points) => {
                    for point in points {
                        assert!(point.iter().all(|x| (0.0..=1.0).contains(x)), "{point:?}");
                        assert!(values.insert(key(&point), f(&point)).is_none(), "asked twice");
                    }
                }
                Step::Ended(best) => return (best, values.len()),
            }
        }
    }

    #[test]
    fn solvers_find_the_bottom_of_smooth_functions() {
        let (best, evaluations) = descend(Descent::Brent, 1, |x| libm::cos(7.0 * x[0]) + x[0]);
        // Derivative zero where sin 7x = 1/7: x = (π − asin 1/7)/7, of which cosine is near −1.
        let known = (std::f64::consts::PI - libm::asin(1.0 / 7.0)) / 7.0;
        assert!((best.unwrap()[0] - known).abs() < 0.03 && evaluations < 30, "{evaluations}");
        let (best, evaluations) = descend(Descent::NelderMead, 3, |x| {
            x.iter().zip([0.2, 0.5, 0.95]).map(|(x, c)| (x - c) * (x - c)).sum()
        });
        let best = best.unwrap();
        assert!(best.iter().zip([0.2, 0.5, 0.95]).all(|(x, c)| (x - c).abs() < 0.05), "{best:?}");
        assert!(evaluations < 200, "{evaluations}");
    }

    #[test]
    fn nothing_feasible_is_no_best_point() {
        assert_eq!(descend(Descent::Brent, 1, |_| f64::INFINITY).0, None);
    }
}

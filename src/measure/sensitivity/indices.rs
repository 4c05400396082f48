//! Sobol's indices from a pick-freeze design.
//!
//! In each row the output is known at two independent inputs `A` and `B`, and for sets `u` of inputs at `A` with `u` from `B`
//! (`ab`), and at `B` with `u` from `A` (`ba`). `ab` and `ba` have no input in common either, so that the variance `V` of the output is
//! estimated for each set as `E[(A − B)² + (ab − ba)²]/4`: numerator and denominator are then the same row by row where the set is all
//! that matters, and its indices are exactly one. Without `ba`, and for pairs, it is the variance over `A` and `B`. With `V`:
//!
//! * *closed index* of a set, of a single input its *first-order index*: `E[(ab − A)(B − ba)]/2V`, or without `ba`
//!   `E[B(ab − A)]/V` (Saltelli et al. 2010, Computer Physics Communications 181, pp. 259–270, table 2 (b); the symmetric form is
//!   Azzini, Mara and Rosati 2021, Environmental Modelling & Software 144, 105167, equation 10, of the complementary set);
//! * *total index*: `E[(A − ab)²]/2V`, averaged with `E[(B − ba)²]/2V` (Jansen 1999, Computer Physics Communications 117, p. 39; table
//!   2 (f) of Saltelli et al.);
//! * *second-order index* of `i` and `j`: `E[(abⱼ − A)(baᵢ − B)]/V`, averaged with `i` and `j` exchanged. Of the four products
//!   `E[abⱼ baᵢ]` shares inputs `i` and `j` and is `V` times their closed index (Saltelli 2002, Computer Physics Communications 145, p. 286,
//!   theorem 2), `E[abⱼ B]` and `E[A baᵢ]` share one input each, and squared means cancel. No term is left where neither moves anything;
//! * *interaction* of a set with all others: its total less its closed index.
//!
//! Rows are independent, and intervals are [`super::bootstrap`]'s over rows.

use super::Interval;
use super::bootstrap::{self, Spread};

/// Outputs of one row of every set.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// Output at `A`, by row.
    pub a: Vec<f64>,
    /// Output at `B`.
    pub b: Vec<f64>,
    /// By set of inputs.
    pub sets: Vec<Swapped>,
}

/// Outputs where one set of inputs is exchanged, by row.
#[derive(Clone, Debug, Default)]
pub struct Swapped {
    /// `A` with the set from `B`.
    pub ab: Vec<f64>,
    /// `B` with the set from `A`; empty where that was not evaluated.
    pub ba: Vec<f64>,
}

/// Indices of one set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Index {
    /// Closed, or first-order, index.
    pub first: Interval,
    /// Total index.
    pub total: Interval,
    /// Total less closed: what the set does together with others.
    pub joint: Interval,
}

/// All indices of an output.
#[derive(Clone, Debug, PartialEq)]
pub struct Indices {
    /// Mean of the output.
    pub mean: f64,
    /// Variance of the output.
    pub variance: f64,
    /// By set.
    pub sets: Vec<Index>,
    /// Second-order indices of pairs of sets that were asked for and have both exchanges.
    pub pairs: Vec<(usize, usize, Interval)>,
}

impl Rows {
    /// Indices of every set and of the pairs; `None` of less than two rows. Where the output never varies all are 0.
    pub fn indices(&self, pairs: &[(usize, usize)], seed: u64) -> Option<Indices> {
        let n = self.a.len();
        if n < 2 {
            return None;
        }
        let mean = self.a.iter().chain(&self.b).sum::<f64>() / (2 * n) as f64;
        let spread = Spread::new(&self.a, &self.b, mean);
        let own: Vec<Option<Spread>> = self.sets.iter().map(|set| self.spread(set)).collect();
        let mut contributions: Vec<(Vec<f64>, Option<&Spread>)> = Vec::new();
        for (set, own) in self.sets.iter().zip(&own) {
            let closed: Vec<f64> = (0..n).map(|r| self.closed(set, r, mean)).collect();
            let total: Vec<f64> = (0..n).map(|r| self.total(set, r)).collect();
            let joint = total.iter().zip(&closed).map(|(t, c)| t - c).collect();
            contributions.extend([closed, total, joint].map(|c| (c, Some(own.as_ref().unwrap_or(&spread)))));
        }
        let known = |&&(i, j): &&(usize, usize)| {
            [i, j].iter().all(|&s| !self.sets[s].ba.is_empty() && !self.sets[s].ab.is_empty())
        };
        let pairs: Vec<(usize, usize)> = pairs.iter().filter(known).copied().collect();
        for &(i, j) in &pairs {
            contributions.push(((0..n).map(|r| self.second(i, j, r)).collect(), Some(&spread)));
        }
        let mut found = bootstrap::intervals(&contributions, seed);
        // Every index is a share: neither an estimate nor its interval says anything beyond.
        for interval in &mut found {
            interval.value = interval.value.clamp(0.0, 1.0);
            interval.low = interval.low.clamp(0.0, 1.0);
            interval.high = interval.high.clamp(0.0, 1.0);
        }
        let (sets, others) = found.split_at(3 * self.sets.len());
        let sets = sets.chunks(3).map(|c| Index { first: c[0], total: c[1], joint: c[2] });
        Some(Indices {
            mean,
            variance: bootstrap::variance(&spread),
            sets: sets.collect(),
            pairs: pairs.iter().zip(others).map(|(&(i, j), &interval)| (i, j, interval)).collect(),
        })
    }

    /// By row, the variance between points of it that have no input in common; `None` where only two are known.
    fn spread(&self, set: &Swapped) -> Option<Spread> {
        let square = |x: f64| 0.25 * x * x;
        let row = |r: usize| square(self.a[r] - self.b[r]) + square(set.ab[r] - set.ba[r]);
        (set.ba.len() == self.a.len()).then(|| Spread::of_differences((0..self.a.len()).map(row).collect()))
    }

    fn closed(&self, set: &Swapped, row: usize, mean: f64) -> f64 {
        let (a, b, ab) = (self.a[row], self.b[row], set.ab[row]);
        match set.ba.get(row) {
            Some(ba) => 0.5 * (ab - a) * (b - ba),
            None => (b - mean) * (ab - a),
        }
    }

    fn total(&self, set: &Swapped, row: usize) -> f64 {
        let square = |x: f64| 0.5 * x * x;
        let one = square(self.a[row] - set.ab[row]);
        set.ba.get(row).map_or(one, |ba| 0.5 * (one + square(self.b[row] - ba)))
    }

    fn second(&self, i: usize, j: usize, row: usize) -> f64 {
        let (a, b) = (self.a[row], self.b[row]);
        let (i, j) = (&self.sets[i], &self.sets[j]);
        0.5 * ((j.ab[row] - a) * (i.ba[row] - b) + (i.ab[row] - a) * (j.ba[row] - b))
    }
}

/// Evaluates a function of inputs at a pick-freeze design of so many rows; sets are the single inputs.
pub fn evaluate(f: impl Fn(&[f64]) -> f64, inputs: usize, rows: u32, second: bool, seed: u64) -> Rows {
    let mut found = Rows { sets: vec![Swapped::default(); inputs], ..Rows::default() };
    for number in 0..rows {
        let [a, b] = super::positions::row(seed, number, inputs);
        found.a.push(f(&a));
        found.b.push(f(&b));
        for (i, set) in found.sets.iter_mut().enumerate() {
            let swapped = |base: &[f64], from: &[f64]| {
                let mut point = base.to_vec();
                point[i] = from[i];
                f(&point)
            };
            set.ab.push(swapped(&a, &b));
            if second {
                set.ba.push(swapped(&b, &a));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::sensitivity::functions::Function;

    const PAIRS: [(usize, usize); 3] = [(0, 1), (0, 2), (1, 2)];

    /// Estimates of every index with the analytic value, in one order.
    fn against(function: &Function, rows: u32, second: bool, seed: u64) -> Vec<(String, Interval, f64)> {
        let n = function.inputs();
        let rows = evaluate(|x| function.at(x), n, rows, second, seed);
        let found = rows.indices(if second { &PAIRS } else { &[] }, seed).unwrap();
        let mut all = Vec::new();
        for (i, index) in found.sets.iter().enumerate() {
            all.push((format!("S{i}"), index.first, function.first(i)));
            all.push((format!("T{i}"), index.total, function.total(i)));
            all.push((format!("T{i} − S{i}"), index.joint, function.total(i) - function.first(i)));
        }
        for (i, j, interval) in found.pairs {
            all.push((format!("S{i}{j}"), interval, function.second(i, j)));
        }
        all
    }

    #[test]
    fn large_designs_find_the_analytic_indices() {
        for function in [Function::ISHIGAMI, Function::g(), Function::SobolG(vec![0.5, 0.2, 3.0, 1.0])] {
            for second in [true, false] {
                for (name, found, known) in against(&function, 4096, second, 7) {
                    // Five standard errors of what all intervals here span, and never looser than .06.
                    let room = (1.3 * (found.high - found.low)).min(0.06);
                    assert!((found.value - known).abs() <= room, "{function:?} {name}: {found:?} {known}");
                }
            }
        }
    }

    #[test]
    fn intervals_cover_at_about_their_nominal_rate() {
        // 95% of 60 studies cover each index; binomial deviations of all indices pooled are far less than 6 points.
        let (mut covered, mut all) = (0, 0);
        for function in [Function::ISHIGAMI, Function::g()] {
            for seed in 0..60 {
                for (_, found, known) in against(&function, 128, true, seed) {
                    covered += usize::from(found.low <= known && known <= found.high);
                    all += 1;
                }
            }
        }
        let rate = f64::from(covered as u32) / f64::from(all as u32);
        assert!((0.91..=0.98).contains(&rate), "{rate}");
    }

    #[test]
    fn an_input_that_is_all_that_matters_has_indices_of_one() {
        for rows in [8, 128] {
            let found = evaluate(|x| x[0] * x[0], 2, rows, true, 3).indices(&[], 3).unwrap();
            for interval in [found.sets[0].first, found.sets[0].total] {
                let off = |x: f64| (x - 1.0).abs();
                assert!(
                    off(interval.value) < 1e-12 && off(interval.low) < 1e-12 && off(interval.high) < 1e-12
                );
            }
            assert_eq!(found.sets[0].joint.value, 0.0);
        }
        // An estimate is a share, like its interval.
        for seed in 0..40 {
            for index in evaluate(|x| x[0] + 0.3 * x[1], 2, 8, true, seed).indices(&[], seed).unwrap().sets {
                assert!((0.0..=1.0).contains(&index.first.value), "{index:?}");
            }
        }
    }

    #[test]
    fn inputs_that_do_nothing_are_exactly_zero_and_constant_outputs_have_no_variance() {
        let rows = evaluate(|x| x[0], 2, 64, true, 1);
        let found = rows.indices(&[(0, 1)], 1).unwrap();
        let idle = found.sets[1];
        assert_eq!((idle.first.value, idle.total.value, idle.total.high), (0.0, 0.0, 0.0));
        assert!(!idle.total.is_distinguishable() && found.sets[0].total.is_distinguishable());
        assert_eq!(found.pairs[0].2.value, 0.0);
        let flat = evaluate(|_| 3.0, 2, 16, true, 1).indices(&[], 1).unwrap();
        assert_eq!((flat.variance, flat.mean, flat.sets[0].total.value), (0.0, 3.0, 0.0));
    }
}

//! Replicates → means, intervals and paired comparisons.
//!
//! Replicates are the unit of statistics. Moments are gathered one value at a time in the order of replicates
//! (Welford 1962, Technometrics 4(3), pp. 419–420), so that memory stays flat and the sum has one order.

use super::student::{critical_value, two_sided_p};

/// Confidence level of every interval in the tables.
pub const LEVEL: f64 = 0.95;

/// Count, mean and sum of squared deviations of a series. `NaN` entries are not given and do not count.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    n: u64,
    mean: f64,
    squares: f64,
}

impl Moments {
    /// Adds a value.
    pub fn push(&mut self, x: f64) {
        if x.is_nan() {
            return;
        }
        self.n += 1;
        let before = x - self.mean;
        self.mean += before / self.n as f64;
        self.squares += before * (x - self.mean);
    }

    /// Values that counted.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// Mean; `NaN` of nothing.
    pub fn mean(&self) -> f64 {
        if self.n == 0 { f64::NAN } else { self.mean }
    }

    /// Sample variance, divisor `n − 1`; `NaN` below two values.
    pub fn variance(&self) -> f64 {
        if self.n < 2 { f64::NAN } else { self.squares / (self.n - 1) as f64 }
    }

    /// Standard error of the mean, `√(s²/n)`; `NaN` below two values.
    pub fn standard_error(&self) -> f64 {
        (self.variance() / self.n as f64).sqrt()
    }

    /// Mean with its standard error and Student-t interval; `critical` as from [`Critical`].
    pub fn estimate(&self, critical: &mut Critical) -> Estimate {
        let (mean, se) = (self.mean(), self.standard_error());
        let half = critical.value(self.n) * se;
        Estimate { mean, se, ci_low: mean - half, ci_high: mean + half, n: self.n }
    }
}

impl FromIterator<f64> for Moments {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut moments = Self::default();
        values.into_iter().for_each(|x| moments.push(x));
        moments
    }
}

/// A mean over replicates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Mean.
    pub mean: f64,
    /// Standard error; `NaN` below two replicates.
    pub se: f64,
    /// Lower end of the 95% interval; `NaN` below two replicates.
    pub ci_low: f64,
    /// Upper end.
    pub ci_high: f64,
    /// Replicates that gave the metric.
    pub n: u64,
}

/// Mean, standard error and Student-t 95% interval of a series; `NaN` entries do not count.
pub fn estimate(values: impl IntoIterator<Item = f64>) -> Estimate {
    values.into_iter().collect::<Moments>().estimate(&mut Critical::default())
}

/// Half-widths of the 95% interval in standard errors, by number of replicates, each computed once.
#[derive(Clone, Debug, Default)]
pub struct Critical {
    known: std::collections::HashMap<u64, f64>,
}

impl Critical {
    /// The 97.5% point of Student's t with `n − 1` degrees of freedom; `NaN` below two replicates.
    pub fn value(&mut self, n: u64) -> f64 {
        if n < 2 {
            return f64::NAN;
        }
        *self.known.entry(n).or_insert_with(|| critical_value(LEVEL, (n - 1) as f64))
    }
}

/// What rounding may do to a sum over all epochs of a unit, relative to its terms: half an ε for each of 10⁴ of them, if all were off
/// the same way.
pub const ROUNDING: f64 = 1e-12;

/// Paired values of two contenders on the same draws. A pair with a `NaN` does not count.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pairs {
    a: Moments,
    b: Moments,
    difference: Moments,
}

impl Pairs {
    /// Adds the values of one replicate.
    pub fn push(&mut self, a: f64, b: f64) {
        if a.is_nan() || b.is_nan() {
            return;
        }
        self.a.push(a);
        self.b.push(b);
        self.difference.push(a - b);
    }

    /// The same pairs the other way round, `b − a`.
    #[must_use]
    pub fn swapped(&self) -> Self {
        let difference = Moments { mean: -self.difference.mean, ..self.difference };
        Self { a: self.b, b: self.a, difference }
    }

    /// Pairs that counted.
    pub fn n(&self) -> u64 {
        self.a.n
    }

    /// What rounding does to numbers of this size.
    fn rounding(&self) -> f64 {
        ROUNDING * self.a.mean().abs().max(self.b.mean().abs())
    }

    /// The moments of `a − b`; nothing but zeros where all differences are within what rounding does to numbers of this
    /// size, which would otherwise look significant.
    fn sized_difference(&self) -> Moments {
        let largest = self.difference.mean().abs() + self.difference.variance().sqrt();
        if largest <= self.rounding() {
            Moments { mean: 0.0, squares: 0.0, ..self.difference }
        } else {
            self.difference
        }
    }

    /// Difference `a − b` with interval, test and the variance that pairing saved.
    pub fn comparison(&self, critical: &mut Critical) -> Comparison {
        let Estimate { mean, se, ci_low, ci_high, n } = self.sized_difference().estimate(critical);
        let p_value = if n < 2 || se.is_nan() {
            f64::NAN
        } else if mean == 0.0 {
            // Also the limit of a vanishing standard error; 0/0 would say NaN.
            1.0
        } else {
            two_sided_p(mean / se, (n - 1) as f64)
        };
        let apart = self.a.variance() + self.b.variance();
        // Numbers that differ by rounding alone do not vary, and pairing does nothing to them.
        let variance_reduction =
            if apart.sqrt() > self.rounding() { 1.0 - self.difference.variance() / apart } else { f64::NAN };
        Comparison {
            mean_a: self.a.mean(),
            mean_b: self.b.mean(),
            difference: mean,
            se,
            ci_low,
            ci_high,
            p_value,
            variance_reduction,
            n,
        }
    }
}

/// Paired difference of two contenders on common random numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// Mean of the first over the pairs.
    pub mean_a: f64,
    /// Mean of the second over the pairs.
    pub mean_b: f64,
    /// Mean of `a − b`.
    pub difference: f64,
    /// Standard error of the difference; `NaN` below two pairs.
    pub se: f64,
    /// Lower end of the Student-t 95% interval.
    pub ci_low: f64,
    /// Upper end.
    pub ci_high: f64,
    /// Two-sided p-value of no difference. With no variance at all: 1 where the difference is 0, else 0.
    pub p_value: f64,
    /// `1 − var(a − b)/(var a + var b)`: share of the variance of unpaired runs that pairing removed; negative where
    /// pairing hurts, `NaN` where nothing varies.
    pub variance_reduction: f64,
    /// Pairs.
    pub n: u64,
}

/// Paired difference of two series of equal order; `NaN` pairs do not count, surplus values are ignored.
pub fn compare(a: impl IntoIterator<Item = f64>, b: impl IntoIterator<Item = f64>) -> Comparison {
    let mut pairs = Pairs::default();
    a.into_iter().zip(b).for_each(|(a, b)| pairs.push(a, b));
    pairs.comparison(&mut Critical::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: f64, expected: f64, tolerance: f64) {
        assert!((got - expected).abs() < tolerance, "{got} is not {expected}");
    }

    #[test]
    fn mean_and_interval_by_hand() {
        // 2, 4, 4, 4, 5, 5, 7, 9: mean 5, squares 32, s² = 32/7, se = √(4/7); t(7) = 2.364624.
        let e = estimate([2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]);
        close(e.mean, 5.0, 1e-15);
        close(e.se, (4.0_f64 / 7.0).sqrt(), 1e-15);
        close(e.ci_high - 5.0, 2.364_624_251_592_785 * (4.0_f64 / 7.0).sqrt(), 1e-12);
        close(e.ci_low + e.ci_high, 10.0, 1e-12);
        assert_eq!(e.n, 8);
    }

    #[test]
    fn rounding_is_no_difference() {
        let mut pairs = Pairs::default();
        for x in [0.3, 0.1, 0.7, 0.2] {
            pairs.push(x + 1e-16, x);
        }
        // Sums over epochs that should be 1.
        let sums = compare([1.0 + 6e-15, 1.0 + 7e-15, 1.0 + 6e-15], [1.0, 1.0, 1.0 + 1e-15]);
        assert_eq!((sums.difference, sums.se, sums.p_value), (0.0, 0.0, 1.0));
        pairs.push(0.4, 0.4 - 1e-16);
        let comparison = pairs.comparison(&mut Critical::default());
        assert_eq!((comparison.difference, comparison.se, comparison.p_value), (0.0, 0.0, 1.0));
        pairs.push(0.4, 0.4 - 1e-9);
        assert!(pairs.comparison(&mut Critical::default()).difference > 0.0);
    }

    #[test]
    fn one_value_has_no_interval_and_none_no_mean() {
        let e = estimate([3.0]);
        assert_eq!((e.mean, e.n), (3.0, 1));
        assert!(e.se.is_nan() && e.ci_low.is_nan() && e.ci_high.is_nan());
        let e = estimate([]);
        assert!(e.mean.is_nan() && e.se.is_nan());
        assert_eq!(e.n, 0);
        let e = estimate([f64::NAN, 1.0, f64::NAN, 3.0]);
        assert_eq!((e.mean, e.n), (2.0, 2));
    }

    #[test]
    fn constant_series_has_an_interval_of_no_width() {
        let e = estimate([0.1; 7]);
        assert_eq!((e.mean, e.se, e.ci_low, e.ci_high), (0.1, 0.0, 0.1, 0.1));
    }

    #[test]
    fn large_offsets_lose_no_variance() {
        let m: Moments = [1e9 + 4.0, 1e9 + 7.0, 1e9 + 13.0, 1e9 + 16.0].into_iter().collect();
        close(m.variance(), 30.0, 1e-12);
    }

    #[test]
    fn paired_difference_by_hand() {
        // Differences 1, 2, 3: mean 2, s² 1, se 1/√3, t = 2√3; two-sided p with ν = 2 is 1 − t/√(2 + t²).
        // var a = var(2, 4, 6) = 4, var b = var(1, 2, 3) = 1: reduction 1 − 1/5.
        let c = compare([2.0, 4.0, 6.0], [1.0, 2.0, 3.0]);
        let t = 12.0_f64.sqrt();
        assert_eq!((c.mean_a, c.mean_b, c.difference, c.n), (4.0, 2.0, 2.0, 3));
        close(c.se, 1.0 / 3.0_f64.sqrt(), 1e-15);
        close(c.p_value, 1.0 - t / 14.0_f64.sqrt(), 1e-15);
        close(c.variance_reduction, 0.8, 1e-15);
        close(c.ci_high - 2.0, 4.302_652_729_749_46 / 3.0_f64.sqrt(), 1e-11);
        let back = compare([1.0, 2.0, 3.0], [2.0, 4.0, 6.0]);
        assert_eq!((back.difference, back.p_value), (-2.0, c.p_value));
    }

    #[test]
    fn pairing_that_hurts_shows() {
        let c = compare([1.0, 2.0, 3.0], [3.0, 2.0, 1.0]);
        close(c.variance_reduction, 1.0 - 4.0 / 2.0, 1e-15);
        assert_eq!(c.p_value, 1.0);
    }

    #[test]
    fn comparisons_without_variance_or_pairs() {
        let same = compare([1.0, 2.0], [1.0, 2.0]);
        assert_eq!((same.difference, same.se, same.p_value, same.variance_reduction), (0.0, 0.0, 1.0, 1.0));
        let apart = compare([3.0, 3.0], [1.0, 1.0]);
        assert_eq!((apart.difference, apart.se, apart.p_value), (2.0, 0.0, 0.0));
        assert_eq!((apart.ci_low, apart.ci_high), (2.0, 2.0));
        assert!(apart.variance_reduction.is_nan());
        let one = compare([3.0], [1.0]);
        assert_eq!((one.difference, one.n), (2.0, 1));
        assert!(
            one.se.is_nan() && one.p_value.is_nan() && one.variance_reduction.is_nan() && one.ci_low.is_nan()
        );
        let none = compare([f64::NAN, 1.0], [1.0, f64::NAN]);
        assert_eq!(none.n, 0);
        assert!(none.difference.is_nan() && none.p_value.is_nan());
    }
}

//! Studentized bootstrap intervals of ratios of means over independent rows (Efron and Tibshirani 1993, "An Introduction to the
//! Bootstrap", section 12.5; Davison and Hinkley 1997, "Bootstrap Methods and their Application", section 5.2).
//!
//! A quantity is `θ = c̄/V`, `c̄` the mean of its contributions over rows and `V` an estimate of the variance. Its
//! standard error comes from the influence of each row, `ψ = (c − θ v)/V` with `v` the row's contribution to `V`; the quantiles
//! of `(θ* − θ)/s*` over resamples of whole rows replace those of Student's t. Sobol indices have skewed estimates, of which
//! percentile intervals miss more than they should in small samples (the study is in METHOD.md).

use super::Interval;
use crate::draws::{Key, Purpose, Who};

/// Resamples.
const RESAMPLES: u32 = 1000;
/// Rows below which no interval is given.
const FEWEST: usize = 4;

/// What rows contribute to the variance by which contributions are divided.
#[derive(Clone, Debug)]
pub struct Spread {
    /// Each row's mean of the output over its independent points, centred.
    mean: Vec<f64>,
    /// Each row's mean of the squared output over them.
    square: Vec<f64>,
    /// Whether the mean has to be taken off.
    is_centred: bool,
}

impl Spread {
    /// Of outputs at `A` and at `B` by row; `centre` should be near their mean.
    pub fn new(a: &[f64], b: &[f64], centre: f64) -> Self {
        let pairs = || a.iter().zip(b).map(|(a, b)| (a - centre, b - centre));
        Spread {
            mean: pairs().map(|(a, b)| 0.5 * (a + b)).collect(),
            square: pairs().map(|(a, b)| 0.5 * (a * a + b * b)).collect(),
            is_centred: false,
        }
    }

    /// Of each row's unbiased estimate of the variance: half the squared difference of two independent outputs, or a mean of such.
    pub fn of_differences(by_row: Vec<f64>) -> Self {
        Spread { mean: vec![0.0; by_row.len()], square: by_row, is_centred: true }
    }

    /// Variance of the output over the rows at these places: unbiased.
    fn variance(&self, rows: &[usize]) -> (f64, f64) {
        let n = rows.len() as f64;
        let mean = rows.iter().map(|&i| self.mean[i]).sum::<f64>() / n;
        let square = rows.iter().map(|&i| self.square[i]).sum::<f64>() / n;
        if self.is_centred {
            return (square, 0.0);
        }
        // The mean of 2n independent outputs has 1/2n of their variance.
        (((square - mean * mean) * 2.0 * n / (2.0 * n - 1.0)).max(0.0), mean)
    }
}

/// Variance of the output.
pub fn variance(spread: &Spread) -> f64 {
    let all: Vec<usize> = (0..spread.mean.len()).collect();
    spread.variance(&all).0
}

/// Intervals of quantities with these contributions by row, each with what it is divided by; without a spread they are means. `seed` is
/// the bootstrap's.
pub fn intervals(contributions: &[(Vec<f64>, Option<&Spread>)], seed: u64) -> Vec<Interval> {
    let n = contributions.first().map_or(0, |(c, _)| c.len());
    let all: Vec<usize> = (0..n).collect();
    let whole: Vec<(f64, f64)> = contributions.iter().map(|(c, spread)| estimate(c, *spread, &all)).collect();
    let draws = Key::new(seed, 0, 0).stream(Purpose::Resample, Who::member("sensitivity", 0));
    let mut pivots: Vec<Vec<f64>> = vec![Vec::new(); contributions.len()];
    let mut resample = vec![0; n];
    if n >= FEWEST {
        for round in 0..RESAMPLES {
            for (place, row) in resample.iter_mut().enumerate() {
                *row = ((draws.uniform(round, place as u32) * n as f64) as usize).min(n - 1);
            }
            for (((c, spread), &(value, _)), pivots) in contributions.iter().zip(&whole).zip(&mut pivots) {
                let (again, se) = estimate(c, *spread, &resample);
                if se > 0.0 {
                    pivots.push((again - value) / se);
                }
            }
        }
    }
    whole
        .iter()
        .zip(&mut pivots)
        .map(|(&(value, se), pivots)| {
            if se == 0.0 && n >= FEWEST {
                return Interval { value, low: value, high: value };
            }
            // Where an effect shows in so few rows that most resamples lack it, nothing can be said.
            if 2 * pivots.len() < RESAMPLES as usize {
                return Interval { value, low: f64::NAN, high: f64::NAN };
            }
            pivots.sort_by(f64::total_cmp);
            Interval {
                value,
                low: value - quantile(pivots, 0.975) * se,
                high: value - quantile(pivots, 0.025) * se,
            }
        })
        .collect()
}

/// The quantity over the rows at these places, with its standard error.
fn estimate(contributions: &[f64], spread: Option<&Spread>, rows: &[usize]) -> (f64, f64) {
    let n = rows.len() as f64;
    let mean = rows.iter().map(|&i| contributions[i]).sum::<f64>() / n;
    let (variance, centre) = spread.map_or((1.0, 0.0), |spread| spread.variance(rows));
    if variance == 0.0 {
        return (0.0, 0.0);
    }
    let value = mean / variance;
    let influence = |i: usize| {
        let own = spread.map_or(0.0, |s| s.square[i] - 2.0 * centre * s.mean[i] + centre * centre - variance);
        (contributions[i] - mean - value * own) / variance
    };
    let squares = rows.iter().map(|&i| influence(i) * influence(i)).sum::<f64>();
    // What all rows agree on leaves rounding, not an error.
    let se = (squares / (n * (n - 1.0))).sqrt();
    if se <= 1e-12 * value.abs() { (value, 0.0) } else { (value, se) }
}

/// Quantile of sorted numbers, between order statistics (Hyndman and Fan 1996, type 7).
fn quantile(sorted: &[f64], p: f64) -> f64 {
    let at = p * (sorted.len() - 1) as f64;
    let (low, share) = (at.floor() as usize, at.fract());
    let next = sorted[(low + 1).min(sorted.len() - 1)];
    sorted[low] + share * (next - sorted[low])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::normal_quantile;

    #[test]
    fn intervals_of_a_normal_mean_are_near_students() {
        let draws = Key::new(5, 0, 0).stream(Purpose::Resample, Who::MARKET);
        let sample: Vec<f64> = (0..40).map(|i| 3.0 + normal_quantile(draws.uniform(i, 0))).collect();
        let student = crate::measure::statistics::estimate(sample.iter().copied());
        let found = intervals(&[(sample, None)], 1)[0];
        assert!((found.value - student.mean).abs() < 1e-12);
        let half = 0.5 * (student.ci_high - student.ci_low);
        assert!((found.low - student.ci_low).abs() < 0.15 * half, "{found:?} {student:?}");
        assert!((found.high - student.ci_high).abs() < 0.15 * half, "{found:?} {student:?}");
    }

    #[test]
    fn what_never_varies_has_no_width_and_what_hardly_shows_no_interval() {
        let none = intervals(&[(vec![0.0; 12], None)], 1)[0];
        assert_eq!((none.value, none.low, none.high), (0.0, 0.0, 0.0));
        assert!(!none.is_distinguishable());
        let few = intervals(&[(vec![1.0, 2.0], None)], 1)[0];
        assert!(few.low.is_nan());
    }

    #[test]
    fn the_variance_is_unbiased() {
        // Two rows of two outputs, 1 and 3, 5 and 7: mean 4, squares 20/3.
        let spread = Spread::new(&[1.0, 5.0], &[3.0, 7.0], 4.0);
        assert!((variance(&spread) - 20.0 / 3.0).abs() < 1e-12);
    }
}

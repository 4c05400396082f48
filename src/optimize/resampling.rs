//! Resamples of means over replicates, wide enough for few of them.
//!
//! A resample draws as many replicates as there are, with replacement (Efron and Tibshirani 1993, "An Introduction to the
//! Bootstrap", chapter 6), and its means stray from those of all by `δ`. Over resamples `δ` has the variance `(n − 1)s²/n²` instead of
//! `s²/n`, and the law of the mean under a known variance, while `s²` is an estimate. So `δ` is multiplied by `√(n/(n − 1))`, and by
//! `√(ν/χ²_ν)` with `ν = n − 1` and one `χ²_ν` for the resample: each difference of means then strays as Student's `t_ν` times its
//! standard error, which is the law of what it stands for, `(x̄ − μ)/(s/√n)`, where replicates are normal. All means of a resample
//! share draws and factor, so that what they have in common cancels in differences.

use crate::draws::Stream;
use crate::numerics::{ln, normal_quantile};

/// The last place of a stream's epoch.
const LAST: u32 = (1 << 24) - 1;

/// One resample.
#[derive(Clone, Debug, PartialEq)]
pub struct Resample {
    /// Replicates, some more than once.
    pub drawn: Vec<usize>,
    /// What deviations of its means from those of all are multiplied by.
    pub factor: f64,
}

impl Resample {
    /// The mean of a resample, as the one it stands for may be, given the mean of all replicates and that of those drawn.
    pub fn stretched(&self, all: f64, drawn: f64) -> f64 {
        all + self.factor * (drawn - all)
    }
}

/// Resample `round` of so many replicates.
pub fn resample(replicates: usize, round: u32, stream: Stream) -> Resample {
    let draw = |r: usize| {
        let place = stream.uniform(round, r as u32) * replicates as f64;
        (place as usize).min(replicates.saturating_sub(1))
    };
    let drawn = (0..replicates).map(draw).collect();
    if replicates < 2 {
        return Resample { drawn, factor: 1.0 };
    }
    let (n, freedom) = (replicates as f64, replicates - 1);
    // Draws beyond those of replicates, from the other end.
    let own = |i: usize| stream.uniform(round, LAST - i as u32);
    let factor = (n / chi_squared(freedom, own)).sqrt();
    Resample { drawn, factor }
}

/// A draw of `χ²` from uniform ones: pairs of squared normals are exponential.
fn chi_squared(freedom: usize, uniform: impl Fn(usize) -> f64) -> f64 {
    let pairs = freedom / 2;
    let sum: f64 = (0..pairs).map(|i| -2.0 * ln(1.0 - uniform(i))).sum();
    if freedom % 2 == 1 {
        let z = normal_quantile(uniform(pairs));
        return sum + z * z;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::{Key, Purpose, Who};
    use crate::measure::student::critical_value;

    #[test]
    fn means_stray_as_student_says() {
        // Share of resamples beyond Student's and beyond the normal law's 95% points, over many samples of eight.
        let (samples, rounds, n) = (400_u32, 100, 8_usize);
        let students = critical_value(0.95, n as f64 - 1.0);
        let mut beyond = 0.0;
        for sample in 0..samples {
            let stream = Key::new(3, sample, 0).stream(Purpose::Resample, Who::MARKET);
            let values: Vec<f64> =
                (0..n).map(|i| normal_quantile(stream.uniform(1 << 20, i as u32))).collect();
            let mean = values.iter().sum::<f64>() / n as f64;
            let squares: f64 = values.iter().map(|x| (x - mean) * (x - mean)).sum();
            let error = (squares / (n as f64 * (n as f64 - 1.0))).sqrt();
            for round in 0..rounds {
                let drawn = resample(n, round, stream);
                let again = drawn.drawn.iter().map(|&i| values[i]).sum::<f64>() / n as f64;
                let strayed = (drawn.stretched(mean, again) - mean).abs() / error;
                beyond += f64::from(u8::from(strayed > students));
            }
        }
        let share = beyond / f64::from(samples * rounds);
        // A mean of eight is nearly normal; without the factors the share is about 1%: P(|Z| > 2.365 √(8/7)).
        assert!((share - 0.05).abs() < 0.006, "{share}");
    }

    #[test]
    fn a_draw_of_chi_squared_has_its_mean_and_variance() {
        for freedom in [1, 2, 7, 24] {
            let stream = Key::new(4, 0, 0).stream(Purpose::Resample, Who::MARKET);
            let draws: Vec<f64> =
                (0..20_000).map(|k| chi_squared(freedom, |i| stream.uniform(k, i as u32))).collect();
            let mean = draws.iter().sum::<f64>() / draws.len() as f64;
            let variance = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / draws.len() as f64;
            let (nu, n) = (freedom as f64, draws.len() as f64);
            // Fourth central moment 12ν² + 48ν; bounds are four standard errors.
            assert!((mean - nu).abs() < 4.0 * (2.0 * nu / n).sqrt(), "{freedom}: {mean}");
            assert!(
                (variance - 2.0 * nu).abs() < 4.0 * ((8.0 * nu * nu + 48.0 * nu) / n).sqrt(),
                "{freedom}: {variance}"
            );
        }
    }
}

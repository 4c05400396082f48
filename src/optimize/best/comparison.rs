//! Settings compared on the replicates that they share.
//!
//! Replicate `r` of all settings is on the same draws, so that the *loss* of one against another is a mean of paired differences,
//! judged by Student's law. Of several settings each is tested at the level divided by how many they are (Bonferroni): those that are
//! not shown to be worse than the best are a confidence set for it (after Hsu 1981, "Simultaneous confidence intervals for all distances
//! from the 'best'", Annals of Statistics 9, pp. 1026–1034), whatever the objective looks like in between.

use crate::measure::student::upper_quantile;
use crate::optimize::candidate::Candidate;

/// Differences of means below this share of what they are differences of are rounding.
const DUST: f64 = 1e-12;

/// How much more one setting costs than another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss {
    /// Mean of paired differences.
    pub mean: f64,
    /// Its standard error.
    error: f64,
    /// Replicates that both have.
    n: u32,
}

impl Loss {
    /// The loss of a setting against another in the objective; nothing where they share fewer than two replicates.
    pub fn between(own: &Candidate, other: &Candidate) -> Option<Self> {
        let n = own.replicates().min(other.replicates());
        if n < 2 {
            return None;
        }
        let differences = (0..n as usize).map(|r| own.row(r)[0] - other.row(r)[0]);
        let mut moments = crate::measure::statistics::Moments::default();
        differences.for_each(|d| moments.push(d));
        let size = (0..n as usize).fold(0.0_f64, |size, r| size.max(other.row(r)[0].abs()));
        let clean = |x: f64| if x.abs() <= DUST * size { 0.0 } else { x };
        Some(Loss { mean: clean(moments.mean()), error: clean(moments.standard_error()), n })
    }

    /// The lower end of its one-sided interval of confidence `1 − level`.
    pub fn at_least(&self, level: f64) -> f64 {
        if self.error > 0.0 {
            self.mean - upper_quantile(1.0 - level, f64::from(self.n) - 1.0) * self.error
        } else {
            self.mean
        }
    }

    /// Whether it is shown to be more than a margin, at a level.
    pub fn exceeds(&self, margin: f64, level: f64) -> bool {
        self.at_least(level) > margin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(values: &[f64]) -> Candidate {
        let mut candidate = Candidate::new(vec![0.5], 0, 1, 0);
        for y in values {
            candidate.push(&[*y]);
        }
        candidate
    }

    #[test]
    fn losses_are_judged_by_paired_differences() {
        // Differences 1, 2, 3, of mean 2 and standard error 1/√3, though means of either stray by hundreds: t = 3.464, and the upper
        // 5% point of Student's law with two degrees of freedom is 2.91999.
        let (a, b) = (candidate(&[101.0, -298.0, 503.0, 7.0]), candidate(&[100.0, -300.0, 500.0]));
        let loss = Loss::between(&a, &b).unwrap();
        assert!((loss.mean - 2.0).abs() < 1e-12 && loss.exceeds(0.0, 0.05) && !loss.exceeds(0.0, 0.025));
        assert!((loss.at_least(0.05) - (2.0 - 2.919_986 / 3.0_f64.sqrt())).abs() < 1e-5);
        assert!(!Loss::between(&b, &a).unwrap().exceeds(0.0, 0.5));
        // What differs by rounding alone does not differ.
        let c = candidate(&[100.0 + 3e-14, -300.0, 500.0 + 6e-14]);
        assert!(!Loss::between(&c, &b).unwrap().exceeds(0.0, 0.05));
        assert_eq!(Loss::between(&candidate(&[1.0]), &b), None);
    }
}

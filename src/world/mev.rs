//! MEV of a slot: nothing with some probability, else a lognormal body spliced to a Pareto tail.
//!
//! A slot has no MEV with probability `zero_share`. Otherwise it is drawn by inverse transform from a lognormal
//! distribution up to the quantile `1 − tail_share`, at value `x`, and above it from `x·t^(−1/shape)` with `t` uniform,
//! at most `cap·x`. The density is not continuous at the splice, the distribution function is. Mitigation by users and
//! by sequencers scales the amount.
//!
//! **Consecutive slots.** Who makes several slots in a row can do more with them: the `t`-th is worth `1 + κ(1 − 1/t)` times its
//! MEV, so that `j` of mean MEV `m` are worth `m(j + κ(j − H_j))`, which is convex in `j` and no more than `(1 + κ)mj`. A run
//! goes on from epoch to epoch, and ends with a slot that somebody else makes or nobody does.

use crate::numerics::{exp, normal_cdf, normal_quantile, pow};
use crate::settings::Parameter;

/// Premium of runs.
pub const MULTI_SLOT: Parameter = Parameter::number_optional(
    "multi_slot_premium",
    0.0,
    1e3,
    "",
    "premium κ on MEV of one producer's consecutive slots: the t-th of a run is worth 1 + κ(1 − 1/t) times its MEV; absent: none",
);

/// Factor on the MEV of the `t`-th slot, from 1, that one producer makes without a break: `1 + κ(1 − 1/t)`.
#[inline]
pub fn run_factor(premium: f64, t: u64) -> f64 {
    1.0 + premium * (1.0 - 1.0 / t as f64)
}

/// Distribution of the MEV of one slot, in ETH.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mev {
    zero_share: f64,
    mu: f64,
    sigma: f64,
    tail_share: f64,
    tail_shape: f64,
    cap: f64,
    splice: f64,
    scale: f64,
    mean: f64,
}

impl Mev {
    /// MEV whose positive part has median `median` ETH and log standard deviation `sigma`; `remaining` is the share
    /// that mitigation leaves.
    pub fn new(
        zero_share: f64,
        median: f64,
        sigma: f64,
        tail_share: f64,
        tail_shape: f64,
        cap: f64,
        remaining: f64,
    ) -> Self {
        if median == 0.0 || remaining == 0.0 {
            return Mev::none();
        }
        let mu = crate::numerics::ln(median);
        let (splice, body) = if tail_share > 0.0 && sigma > 0.0 {
            let z = normal_quantile(1.0 - tail_share);
            (exp(mu + sigma * z), exp(mu + 0.5 * sigma * sigma) * normal_cdf(z - sigma))
        } else {
            (median, exp(mu + 0.5 * sigma * sigma) * (1.0 - tail_share))
        };
        // E[min(t^(-1/a), cap)] for t uniform: the tail is cut where t = cap^(-a).
        let cut = pow(cap, -tail_shape);
        let tail_mean = if tail_share > 0.0 {
            let a = tail_shape;
            let below = if a == 1.0 {
                a * crate::numerics::ln(cap)
            } else {
                a / (a - 1.0) * (1.0 - pow(cap, 1.0 - a))
            };
            splice * (below + cap * cut)
        } else {
            0.0
        };
        let mean = (1.0 - zero_share) * (body + tail_share * tail_mean) * remaining;
        Mev { zero_share, mu, sigma, tail_share, tail_shape, cap, splice, scale: remaining, mean }
    }

    /// No MEV at all.
    pub fn none() -> Self {
        Mev {
            zero_share: 1.0,
            mu: 0.0,
            sigma: 0.0,
            tail_share: 0.0,
            tail_shape: 1.0,
            cap: 1.0,
            splice: 0.0,
            scale: 0.0,
            mean: 0.0,
        }
    }

    /// Mean MEV of a slot, in ETH.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The MEV of a slot at uniform draw `u`, in ETH.
    pub fn quantile(&self, u: f64) -> f64 {
        if u < self.zero_share {
            return 0.0;
        }
        let v = (u - self.zero_share) / (1.0 - self.zero_share);
        let amount = if v < 1.0 - self.tail_share {
            exp(self.mu + self.sigma * normal_quantile(v.max(1e-300)))
        } else {
            let t = ((1.0 - v) / self.tail_share).max(1e-300);
            self.splice * pow(t, -1.0 / self.tail_shape).min(self.cap)
        };
        amount * self.scale
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_is_that_of_the_quantile_function() {
        for mev in [
            Mev::new(0.52, 0.01, 1.177, 0.01, 1.5, 500.0, 1.0),
            Mev::new(0.0, 0.05, 1.177, 0.0, 1.5, 500.0, 0.5),
            Mev::new(0.3, 0.02, 0.8, 0.05, 1.0, 50.0, 0.7),
            Mev::new(0.1, 0.02, 0.8, 0.05, 3.0, 10.0, 1.0),
        ] {
            // Midpoint rule, with the last thousandth refined a thousandfold.
            let midpoint = |low: f64, high: f64| {
                let n = 400_000;
                let step = (high - low) / f64::from(n);
                (0..n).map(|i| mev.quantile(low + (f64::from(i) + 0.5) * step)).sum::<f64>() * step
            };
            let sum = midpoint(0.0, 0.999) + midpoint(0.999, 0.999_999) + midpoint(0.999_999, 1.0);
            assert!((sum / mev.mean() - 1.0).abs() < 2e-4, "{sum} {}", mev.mean());
        }
    }

    #[test]
    fn runs_are_worth_what_theory_says() {
        use crate::theory::multi_slot::{factor_when_drawn, value_of_run};
        for premium in [0.0, 0.5, 3.0] {
            let (mut sum, mut last) = (0.0, 0.0);
            for j in 1..=60 {
                let next = run_factor(premium, j);
                assert!(next >= last && next <= 1.0 + premium);
                sum += next;
                last = next;
                assert!((sum - value_of_run(premium, j)).abs() < 1e-12 * sum);
            }
        }
        assert_eq!((value_of_run(1.0, 1), value_of_run(1.0, 2)), (1.0, 2.5));
        // The distribution of places in runs, summed.
        for q in [0.1, 0.5, 0.9] {
            let direct: f64 = (1..4000_u32)
                .map(|t| (1.0 - q) * pow(q, f64::from(t) - 1.0) * run_factor(2.0, u64::from(t)))
                .sum();
            assert!((direct - factor_when_drawn(2.0, q)).abs() < 1e-9, "{q}");
        }
    }

    #[test]
    fn mitigation_scales_and_full_mitigation_removes() {
        let full = Mev::new(0.5, 0.01, 1.0, 0.01, 1.5, 100.0, 1.0);
        let half = Mev::new(0.5, 0.01, 1.0, 0.01, 1.5, 100.0, 0.5);
        assert_eq!(half.quantile(0.9), 0.5 * full.quantile(0.9));
        assert_eq!(Mev::new(0.5, 0.01, 1.0, 0.01, 1.5, 100.0, 0.0).quantile(0.999), 0.0);
    }
}

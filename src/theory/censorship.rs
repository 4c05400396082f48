//! How long a transaction can be kept out, and what that costs.
//!
//! With a share `γ` of slots in censoring hands, drawn independently, a transaction gets in after `Geom(1 − γ)` slots. In a
//! fixed round-robin of `N` sequencers of whom `m` censor, in random order, its first honest slot comes after
//! `(N + 1)/(N − m + 1)` slots on average. Bribing instead, one pays every includer its tip. Sources: Fox, Pai and
//! Resnick, "Censorship resistance in on-chain auctions" (AFT 2023), arXiv 2301.13321; Wahrstätter and others,
//! "Blockchain censorship" (WWW 2024), arXiv 2305.18545, for the measured share and delay.

pub mod aimed;
pub mod one_block_auction;
mod price;

pub use price::{
    Bribe, Inclusion, Penalty, Schedule, censorship_threshold, concurrent_proposers, conditional_tip,
    consecutive_leaders, shared_tip_per_slot,
};

use crate::numerics::{exp, ln, ln_choose, pow};

/// Slots until inclusion when each slot censors independently with probability `gamma` in [0, 1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Delay {
    /// Probability that a slot censors.
    pub gamma: f64,
}

impl Delay {
    /// One includer per slot, of whom a share `gamma` censors.
    pub fn single(gamma: f64) -> Self {
        Delay { gamma }
    }

    /// `r` includers per slot, drawn independently; the transaction is out only if all censor: `γ^r`.
    pub fn redundant(gamma: f64, r: u32) -> Self {
        Delay { gamma: pow(gamma, f64::from(r)) }
    }

    /// `r` distinct includers per slot out of `n`, of whom `censors` censor: `C(m, r)/C(N, r)`.
    pub fn distinct(n: u64, censors: u64, r: u64) -> Self {
        Delay { gamma: all_censor(n, censors, r) }
    }

    /// Mean number of slots until inclusion, `1/(1 − γ)`; 1 is no delay.
    pub fn mean_slots(&self) -> f64 {
        1.0 / (1.0 - self.gamma)
    }

    /// Mean extra delay over no censorship, `γ/(1 − γ)`: a fraction, .852 for 85.2%.
    pub fn extra(&self) -> f64 {
        self.gamma / (1.0 - self.gamma)
    }

    /// `P(more than t slots)`, `γ^t`.
    pub fn exceeds(&self, t: u32) -> f64 {
        pow(self.gamma, f64::from(t))
    }

    /// Smallest number of slots within which the transaction is included with probability at least `level` in (0, 1).
    pub fn slots_at(&self, level: f64) -> u32 {
        if self.gamma <= 0.0 {
            return 1;
        }
        let exact = ln(1.0 - level) / ln(self.gamma);
        // Exact powers (.1² = .01) must not be pushed up by rounding.
        (exact - 1e-9).ceil().max(1.0) as u32
    }
}

/// Probability that `r` distinct of `n` sequencers are all among the `censors`: `C(m, r)/C(N, r)`.
pub fn all_censor(n: u64, censors: u64, r: u64) -> f64 {
    exp(ln_choose(censors, r) - ln_choose(n, r))
}

/// A fixed round-robin of `n` sequencers in random order, of whom `censors < n` censor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoundRobin {
    /// `N`: all sequencers.
    pub n: u64,
    /// `m`: those who censor.
    pub censors: u64,
}

impl RoundRobin {
    /// Mean slots until the first honest one, `(N + 1)/(N − m + 1)`.
    pub fn mean_slots(&self) -> f64 {
        (self.n as f64 + 1.0) / (self.n as f64 - self.censors as f64 + 1.0)
    }

    /// `P(more than t slots)`, `C(m, t)/C(N, t)`: less than under independent draws.
    pub fn exceeds(&self, t: u64) -> f64 {
        all_censor(self.n, self.censors, t)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: f64, want: f64, half_unit: f64) {
        assert!((got - want).abs() <= half_unit * 1.000_001, "{got} is not {want}");
    }

    #[test]
    fn geometric_delays() {
        for (gamma, mean, extra, p95, p99, two, three) in [
            (0.10, 1.1111, 11.1, 2, 2, 1.0101, 1.0010),
            (0.25, 1.3333, 33.3, 3, 4, 1.0667, 1.0159),
            (0.46, 1.8519, 85.2, 4, 6, 1.2684, 1.1078),
            (0.66, 2.9412, 194.1, 8, 12, 1.7718, 1.4035),
            (0.78, 4.5455, 354.5, 13, 19, 2.5536, 1.9031),
            (0.90, 10.0, 900.0, 29, 44, 5.2632, 3.6900),
        ] {
            let delay = Delay::single(gamma);
            close(delay.mean_slots(), mean, 5e-5);
            close(100.0 * delay.extra(), extra, 0.05);
            assert_eq!((delay.slots_at(0.95), delay.slots_at(0.99)), (p95, p99), "{gamma}");
            close(Delay::redundant(gamma, 2).mean_slots(), two, 5e-5);
            close(Delay::redundant(gamma, 3).mean_slots(), three, 5e-5);
            assert!(delay.exceeds(p99) <= 0.01 + 1e-12 && delay.exceeds(p99 - 1) > 0.01);
        }
        assert_eq!(Delay::single(0.0).slots_at(0.99), 1);
    }

    #[test]
    fn round_robins() {
        let mean = |n, censors| RoundRobin { n, censors }.mean_slots();
        let exceeds = |n, censors| RoundRobin { n, censors }.exceeds(3);
        close(mean(10, 3), 1.375, 1e-12);
        close(mean(10, 5), 1.83333, 5e-6);
        close(mean(21, 7), 1.46667, 5e-6);
        close(mean(21, 10), 1.83333, 5e-6);
        close(mean(100, 46), 1.83636, 5e-6);
        for (n, m, robin, iid) in [
            (10, 3, 0.00833, 0.027),
            (10, 5, 0.08333, 0.125),
            (21, 7, 0.02632, 0.03704),
            (21, 10, 0.09023, 0.10798),
        ] {
            close(exceeds(n, m), robin, 5e-6);
            close(Delay::single(m as f64 / n as f64).exceeds(3), iid, 5e-6);
        }
        // The mean is the sum of the tail, E = Σ_{t≥0} P(> t).
        let robin = RoundRobin { n: 17, censors: 6 };
        close((0..=6).map(|t| robin.exceeds(t)).sum(), robin.mean_slots(), 1e-12);
        assert_eq!(robin.exceeds(7), 0.0);
    }

    #[test]
    fn distinct_includers_censor_together_less_often() {
        close(Delay::distinct(10, 5, 2).gamma, 10.0 / 45.0, 1e-14);
        assert!(Delay::distinct(10, 5, 2).gamma < Delay::redundant(0.5, 2).gamma);
        assert_eq!(Delay::distinct(10, 1, 2).gamma, 0.0);
    }
}

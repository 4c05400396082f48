//! Demand index: a log-AR(1) process with mean 1.
//!
//! `x_e = ρ·x_{e−1} + s·√(1−ρ²)·z_e` with standard normal `z_e`, and `V_e = exp(x_e − s²/2)`. The stationary standard
//! deviation of `x` is `s`, so that `E[V_e] = 1`; markets open in the stationary distribution.

use crate::draws::{Key, Purpose, Who};
use crate::numerics::{exp, normal_quantile, pow};

/// Parameters of the demand index.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Demand {
    /// Autocorrelation `ρ` of the log index from epoch to epoch, in [0, 1).
    pub persistence: f64,
    /// Stationary standard deviation `s` of the log index.
    pub volatility: f64,
}

impl Demand {
    /// The log index of the epoch before the first, drawn from the stationary distribution.
    pub fn open(&self, key: Key) -> f64 {
        if self.volatility == 0.0 {
            return 0.0;
        }
        self.volatility * normal_quantile(key.stream(Purpose::Initial, Who::MARKET).uniform(0, 0))
    }

    /// The log index of `epoch`, given that of the epoch before.
    pub fn next(&self, key: Key, epoch: u32, previous: f64) -> f64 {
        if self.volatility == 0.0 {
            return 0.0;
        }
        let z = normal_quantile(key.stream(Purpose::Demand, Who::MARKET).uniform(epoch, 0));
        self.persistence * previous + self.volatility * (1.0 - self.persistence * self.persistence).sqrt() * z
    }

    /// The index itself at log index `x`.
    pub fn index(&self, x: f64) -> f64 {
        exp(x - 0.5 * self.volatility * self.volatility)
    }

    /// Expected index of the coming epoch, given the log index of the last.
    pub fn expected(&self, previous: f64) -> f64 {
        let innovation = self.volatility * self.volatility * (1.0 - self.persistence * self.persistence);
        exp(self.persistence * previous + 0.5 * innovation - 0.5 * self.volatility * self.volatility)
    }

    /// Expected index of the epoch that comes `later` epochs after the coming one:
    /// `exp(ρ^{later+1} x − ½s²ρ^{2(later+1)})`.
    pub fn expected_after(&self, previous: f64, later: u32) -> f64 {
        let fade = pow(self.persistence, f64::from(later + 1));
        exp(fade * previous - 0.5 * self.volatility * self.volatility * fade * fade)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_has_mean_one_and_the_stated_autocorrelation() {
        let demand = Demand { persistence: 0.8, volatility: 0.5 };
        let (mut sum, mut square, mut cross, mut forecast, n) = (0.0, 0.0, 0.0, 0.0, 200);
        let epochs = 500;
        for market in 0..n {
            let key = Key::new(5, 0, market);
            let mut x = demand.open(key);
            for epoch in 0..epochs {
                let expected = demand.expected(x);
                let next = demand.next(key, epoch, x);
                sum += demand.index(next);
                forecast += demand.index(next) - expected;
                square += next * next;
                cross += next * x;
                x = next;
            }
        }
        let count = f64::from(n * epochs);
        // The variance of a mean of an AR(1) is (1+ρ)/(1−ρ) = 9 times that of independent draws.
        let se = 3.0 * (exp(0.25) - 1.0).sqrt() / count.sqrt();
        assert!((sum / count - 1.0).abs() < 4.0 * se);
        assert!((forecast / count).abs() < 4.0 * se);
        assert!((cross / square - 0.8).abs() < 4.0 * (0.36_f64 / count).sqrt());
        assert!((square / count - 0.25).abs() < 4.0 * 0.25 * (2.0 * 4.56 / count).sqrt());
    }
}

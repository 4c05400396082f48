//! Prices in ETH of what bonds and stakes can be posted in: the rollup's token and a stable asset.
//!
//! Each is a geometric random walk without drift: over an epoch of `dt` years a price is multiplied by
//! `exp(σ√dt·z − σ²dt/2)` with standard normal `z`, so that its expectation stays where it is. In the abstract world, which has no
//! years, prices stand still.

use crate::draws::{Key, Purpose, Who};
use crate::numerics::{exp, normal_quantile};
use crate::settings::Parameter;

/// Names of the assets, in the order of all tables of them.
pub const ASSETS: [&str; 3] = ["eth", "token", "stable"];

/// Volatility of the token.
pub const TOKEN_VOLATILITY: Parameter = Parameter::number_optional(
    "token_volatility",
    0.0,
    20.0,
    "per square root of a year",
    "log standard deviation of the rollup token's price in ETH over a year; absent: 0",
);
/// Volatility of the stable asset.
pub const STABLE_VOLATILITY: Parameter = Parameter::number_optional(
    "stable_volatility",
    0.0,
    20.0,
    "per square root of a year",
    "log standard deviation of the stable asset's price in ETH over a year; absent: 0",
);

/// How prices move in one market.
#[derive(Clone, Copy, Debug)]
pub struct Prices {
    key: Key,
    /// Log standard deviation over an epoch, of token and stable asset.
    sigma: [f64; 2],
    /// Factors by which prices have changed since the epoch before: ETH, token, stable asset.
    pub growth: [f64; 3],
}

impl Prices {
    /// Prices of a market that opens, volatilities being per square root of a year and an epoch so many years.
    pub fn open(key: Key, volatility: [f64; 2], epoch_years: f64) -> Self {
        Prices { key, sigma: volatility.map(|sigma| sigma * epoch_years.sqrt()), growth: [1.0; 3] }
    }

    /// Moves on to `epoch`; markets open at `epoch` 0 with what was posted there.
    pub fn step(&mut self, epoch: u32) {
        for (place, purpose) in [(0, Purpose::TokenPrice), (1, Purpose::StablePrice)] {
            let sigma = self.sigma[place];
            if sigma > 0.0 && epoch > 0 {
                let z = normal_quantile(self.key.stream(purpose, Who::MARKET).uniform(epoch, 0));
                self.growth[1 + place] = exp(sigma * z - 0.5 * sigma * sigma);
            }
        }
    }
}

//! What bonds and stakes are posted in, and what they are counted for.
//!
//! **Rule.** A bond or stake is posted in ETH, in the rollup's token, in a stable asset, or in a fixed mix `w` of them,
//! kept by rebalancing. An asset counts for its value in ETH less its haircut `h`, so that a bond of `B` ETH takes
//! `B/(1 − h̄)` ETH of the mix, with `h̄ = Σ w·h`, all of it at its owner's cost of capital. Stakes compete by value: with one
//! mix for all, haircuts change nobody's share.
//!
//! **Prices** in ETH follow [`crate::world::prices`]. What is locked moves with them until it is released or slashed; a
//! slash takes what a share of it is worth then. The *shortfall* is the part of the ETH required when a sum was locked that
//! it is no longer worth, so that a haircut covers falls of up to `h̄`.
//!
//! **Who gains and loses.** A sum `S` that is locked while the token's luck is `L` and the protocol multiplies its price by `E`
//! ([`super::token`]) gains `S·w·L·(E − 1)` by what the protocol does, with `w` the token's share of the mix. That is its owner's, and is booked. What it gains by
//! luck, `S·Σ w·(L − 1)`, is in no account: prices are martingales, so that its mean is nothing whatever anybody
//! does, and what is slashed of sums that luck has moved is on average what was posted and what was booked.
//!
//! **What theory says.** A bond deters as far as it can be taken (see [`crate::theory::deterrence`]): with a log return of
//! standard deviation `s` over the time for which it is locked and no drift, the expected shortfall for each ETH required is
//! that of a put on `1/(1 − h̄)` struck at 1, `Φ(d + s) − Φ(d)/(1 − h̄)`, `d = (ln(1 − h̄))/s − s/2`.
//!
//! **References.** polynya (2021), "Sequencers can stake ETH, the rollup's token, and/or perhaps even DAI"; Black and
//! Scholes (1973), "The pricing of options and corporate liabilities", J. Polit. Econ. 81, eq. 13, without interest.

use crate::settings::{Parameter, Section, Value};
use crate::world::prices::ASSETS;

/// Factors by which prices in ETH have moved since the epoch before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moves {
    /// Luck of ETH, token and stable asset, whose mean is 1.
    pub luck: [f64; 3],
    /// What the protocol has done to the token's price besides.
    pub protocol: f64,
}

impl Moves {
    /// Prices that stand still.
    pub const NONE: Moves = Moves { luck: [1.0; 3], protocol: 1.0 };
}

/// The place of the token among assets.
const TOKEN: usize = 1;

const MIX_ALLOWED: &str =
    "\"eth\", \"token\", \"stable\", or shares of them that sum to 1, such as { eth = 0.5, token = 0.5 }";
const HAIRCUT_ALLOWED: &str =
    "a table with shares from 0 to below 1 for `eth`, `token` or `stable`, such as { token = 0.3 }";

/// Asset of bonds and stakes.
pub const BOND_ASSET: Parameter = Parameter::custom_optional(
    "bond_asset",
    MIX_ALLOWED,
    "what bonds and stakes are posted in, one asset or a mix; absent: ETH",
);
/// Haircuts.
pub const HAIRCUT: Parameter = Parameter::custom_optional(
    "haircut",
    HAIRCUT_ALLOWED,
    "share of its value for which an asset does not count as a bond or stake; absent: none",
);

/// A contender's mix of assets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Collateral {
    /// Shares of ETH, token and stable asset.
    pub mix: [f64; 3],
    /// Haircut of the mix.
    pub haircut: f64,
    /// Whether the file says what it is.
    pub given: bool,
}

impl Default for Collateral {
    fn default() -> Self {
        Collateral { mix: [1.0, 0.0, 0.0], haircut: 0.0, given: false }
    }
}

impl Collateral {
    /// Reads what a contender's bonds and stakes are.
    pub fn read(section: &Section) -> Collateral {
        let mix = section.custom(&BOND_ASSET, mix_from);
        let haircuts = section.custom(&HAIRCUT, haircuts_from);
        let given = mix.is_some();
        let mix = mix.unwrap_or([1.0, 0.0, 0.0]);
        let cuts = haircuts.unwrap_or_default();
        for (asset, (share, cut)) in ASSETS.iter().zip(mix.iter().zip(cuts)) {
            if *share == 0.0 && cut > 0.0 {
                section.refuse(
                    HAIRCUT.key,
                    &format!("a haircut on `{asset}`, in which nothing is posted"),
                    "haircuts on assets of `bond_asset`",
                    None,
                );
            }
        }
        let haircut = mix.iter().zip(cuts).map(|(share, cut)| share * cut).sum();
        Collateral { mix, haircut, given }
    }

    /// ETH of the mix that it takes to post `required` ETH.
    pub fn posted(&self, required: f64) -> f64 {
        required / (1.0 - self.haircut)
    }

    /// Share that is posted in the token.
    pub fn in_token(&self) -> f64 {
        if self.given { self.mix[TOKEN] } else { 0.0 }
    }

    /// Growth of the mix's value by luck and by what the protocol does.
    pub fn growth(&self, moves: &Moves) -> f64 {
        let luck = |(share, luck): (&f64, &f64)| share * luck;
        let by_luck = if self.given { self.mix.iter().zip(&moves.luck).map(luck).sum() } else { 1.0 };
        by_luck + self.gain(moves)
    }

    /// The part of it that the protocol has made, which is its owner's gain: below 0 where it is a loss.
    pub fn gain(&self, moves: &Moves) -> f64 {
        self.in_token() * moves.luck[TOKEN] * (moves.protocol - 1.0)
    }
}

fn asset(name: &str) -> Result<usize, String> {
    ASSETS.iter().position(|asset| *asset == name).ok_or_else(|| format!("there is no asset `{name}`"))
}

fn shares_from(value: &Value) -> Result<[f64; 3], String> {
    let Value::Table(entries) = value else { return Err("neither an asset nor shares of assets".to_owned()) };
    let mut shares = [0.0; 3];
    for (name, share) in entries {
        let number = share.as_number().filter(|x| (0.0..=1.0).contains(x));
        shares[asset(name)?] = number.ok_or_else(|| format!("`{name}` is no share from 0 to 1"))?;
    }
    Ok(shares)
}

fn mix_from(value: &Value) -> Result<[f64; 3], String> {
    if let Value::Text(name) = value {
        let mut mix = [0.0; 3];
        mix[asset(name)?] = 1.0;
        return Ok(mix);
    }
    let mix = shares_from(value)?;
    let sum: f64 = mix.iter().sum();
    if (sum - 1.0).abs() > 1e-9 {
        return Err(format!("shares that sum to {sum}"));
    }
    Ok(mix)
}

fn haircuts_from(value: &Value) -> Result<[f64; 3], String> {
    let cuts = shares_from(value)?;
    if cuts.iter().any(|cut| *cut >= 1.0) {
        return Err("a haircut of everything".to_owned());
    }
    Ok(cuts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::Key;
    use crate::numerics::ln;
    use crate::theory::collateral::expected_shortfall;
    use crate::world::prices::Prices;

    #[test]
    fn what_bonds_fall_short_of_is_a_put() {
        for (haircut, sigma, epochs) in [(0.0, 0.1, 9), (0.3, 0.15, 6), (0.1, 0.05, 20), (0.4, 0.3, 4)] {
            let (runs, mut sum, mut square) = (20_000, 0.0, 0.0);
            for run in 0..runs {
                let mut prices = Prices::open(Key::new(3, 0, run), [sigma, 0.0], 1.0);
                let collateral = Collateral { mix: [0.0, 1.0, 0.0], haircut, given: true };
                let mut worth = collateral.posted(1.0);
                for epoch in 0..=epochs {
                    prices.step(epoch);
                    worth *= collateral.growth(&Moves { luck: prices.growth, ..Moves::NONE });
                }
                let short = (1.0 - worth).max(0.0);
                sum += short;
                square += short * short;
            }
            let mean = sum / f64::from(runs);
            let se = ((square / f64::from(runs) - mean * mean) / f64::from(runs)).sqrt();
            let theory = expected_shortfall(haircut, sigma * f64::from(epochs).sqrt());
            assert!((mean - theory).abs() <= 4.0 * se, "{haircut} {sigma}: {mean} ± {se}, {theory}");
        }
        assert!((ln(1.0) - expected_shortfall(0.2, 0.0)).abs() < 1e-15);
    }

    #[test]
    fn what_the_protocol_does_to_the_token_is_told_from_luck() {
        let moves = Moves { luck: [1.0, 1.5, 0.8], protocol: 0.9 };
        let collateral = Collateral { mix: [0.5, 0.3, 0.2], haircut: 0.0, given: true };
        assert!((collateral.growth(&moves) - (0.5 + 0.3 * 1.5 * 0.9 + 0.2 * 0.8)).abs() < 1e-15);
        assert!((collateral.gain(&moves) + 0.3 * 1.5 * 0.1).abs() < 1e-15);
        assert_eq!([Collateral::default().growth(&moves), Collateral::default().gain(&moves)], [1.0, 0.0]);
    }

    #[test]
    fn mixes_are_read_and_refused() {
        let text = |name: &str| Value::Text(name.to_owned());
        let table = |of: &[(&str, f64)]| {
            Value::Table(of.iter().map(|(name, share)| ((*name).to_owned(), Value::Number(*share))).collect())
        };
        assert_eq!(mix_from(&text("stable")), Ok([0.0, 0.0, 1.0]));
        assert_eq!(mix_from(&table(&[("eth", 0.25), ("token", 0.75)])), Ok([0.25, 0.75, 0.0]));
        assert!(mix_from(&text("gold")).unwrap_err().contains("gold"));
        assert!(mix_from(&table(&[("eth", 0.5)])).unwrap_err().contains("0.5"));
        assert!(haircuts_from(&table(&[("token", 1.0)])).is_err());
        assert_eq!(haircuts_from(&table(&[("token", 0.4)])), Ok([0.0, 0.4, 0.0]));
    }
}

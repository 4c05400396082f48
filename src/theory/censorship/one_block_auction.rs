//! An auction on the chain in which one bidder can pay to have the others' bids left out.
//!
//! `n` honest bidders with values from U[0, 1] send sealed bids for one item, sold at the second price, each with a public tip
//! that its includer collects. One more bidder, the colluder, also of value U[0, 1], sees the tips, which give the bids
//! away, and pays includers to leave bids out. A bid is valid in `k` consecutive blocks with different leaders, each of
//! whom has to be paid the whole tip, so that a tip of `t` makes a bid `s = k t` dear to censor while its sender pays `t`,
//! and only if the bid gets in. Sending one's value is a dominant bid; what is to be found is the tip.
//!
//! Either the colluder keeps everybody out, for `Σ s`, and has the item for nothing; or its value is below that, all bids get
//! in, and an honest bidder wins. With `M` the highest rival value and `S` the rivals' `s`, a bidder of value `v` maximises
//! `E ∫_0^{s+S} ((v − max(M, v₀))⁺ − s/k) dv₀`. Tips are zero below a threshold `v̂`, and rivals below it are no dearer to
//! keep out for their value, whence the first-order condition
//!
//! ```text
//! 2 s(v) + (k/n) s(v)^n = (k/n) v^n − (n − 1) σ        σ = E s(v)        v̂ = ((n/k)(n − 1) σ)^{1/n}
//! ```
//!
//! and an honest bidder wins with probability `n σ`. The condition is that of a maximum (its left side grows with `s`); it
//! holds where everybody's `s` is small beside values above `v̂`: `s(1) + (n − 1) s(m) ≤ m` for `v̂ ≤ m ≤ 1`. In the limit
//! `n → ∞`, `n·(n σ)/k → e^{−x}` with `e^x = 3 + x`, which is .22196: the chance that the winner does not collude falls like
//! `k/n`, and more blocks help only if their number grows as fast as the number of bidders.
//!
//! Source of the game: Fox, Pai and Resnick, "Censorship resistance in on-chain auctions" (AFT 2023), arXiv 2301.13321, whose
//! abstract states that this probability falls faster than 1/n, and that several blocks help only if their number grows faster
//! than that of bidders. The equilibrium is derived here.

use crate::numerics::{exp, gauss_legendre, pow, root};

/// The auction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneBlockAuction {
    /// `n ≥ 1`: honest bidders.
    pub bidders: u32,
    /// `k ≥ 1`: blocks in which a bid can get in.
    pub blocks: u32,
}

/// Its symmetric equilibrium.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tips {
    auction: OneBlockAuction,
    /// `σ`: what keeping one bid out costs on average, as a share of the highest value there can be.
    pub mean_cost: f64,
    /// `v̂`: the value below which bids carry no tip.
    pub threshold: f64,
}

impl OneBlockAuction {
    /// The equilibrium in increasing tips; `None` without bidders or blocks, and where tips would be so large that the
    /// colluder might keep out some and not others.
    pub fn equilibrium(self) -> Option<Tips> {
        if self.bidders == 0 || self.blocks == 0 {
            return None;
        }
        let solved = |sigma: f64| {
            let constant = f64::from(self.bidders - 1) * sigma / self.worth();
            let threshold = pow(constant, 1.0 / f64::from(self.bidders));
            Tips { auction: self, mean_cost: sigma, threshold: threshold.min(1.0) }
        };
        let rule = gauss_legendre(64);
        let excess = |sigma: f64| {
            let tips = solved(sigma);
            let width = 1.0 - tips.threshold;
            let mean: f64 =
                rule.iter().map(|(x, weight)| width * weight * tips.cost(tips.threshold + width * x)).sum();
            mean - sigma
        };
        let tips = solved(root(excess, 0.0, self.worth())?);
        let rivals = f64::from(self.bidders - 1);
        let (highest, from) = (tips.cost(1.0), tips.threshold);
        let small = (0..=64).all(|i| {
            let m = from + (1.0 - from) * f64::from(i) / 64.0;
            highest + rivals * tips.cost(m) <= m
        });
        (rivals == 0.0 || small).then_some(tips)
    }

    /// `k/n`.
    fn worth(self) -> f64 {
        f64::from(self.blocks) / f64::from(self.bidders)
    }
}

impl Tips {
    /// `s(v) = k t(v)`: what keeping out the bid of value `v` costs.
    pub fn cost(&self, v: f64) -> f64 {
        let n = f64::from(self.auction.bidders);
        let worth = self.auction.worth();
        let due = worth * pow(v, n) - (n - 1.0) * self.mean_cost;
        if due <= 0.0 {
            return 0.0;
        }
        root(|s| 2.0 * s + worth * pow(s, n) - due, 0.0, 0.5 * due).unwrap_or(0.0)
    }

    /// Mean of `s` over values from `low` to `high`.
    pub fn mean_cost_between(&self, low: f64, high: f64) -> f64 {
        let from = low.max(self.threshold).min(high);
        let rule = gauss_legendre(64);
        let mean: f64 = rule.iter().map(|(x, weight)| weight * self.cost(from + (high - from) * x)).sum();
        (high - from) * mean / (high - low)
    }

    /// Probability that the winner is not the colluder, `n σ`.
    pub fn honest_wins(&self) -> f64 {
        f64::from(self.auction.bidders) * self.mean_cost
    }
}

/// Limit of `n/k` times the probability that the winner is not the colluder, for ever more bidders: `e^{−x}` with
/// `e^x = 3 + x`.
pub fn honest_wins_limit() -> f64 {
    root(|x| exp(x) - 3.0 - x, 1.0, 2.0).map_or(f64::NAN, |x| exp(-x))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bidders: u32, blocks: u32) -> Tips {
        OneBlockAuction { bidders, blocks }.equilibrium().unwrap()
    }

    #[test]
    fn one_honest_bidder_tips_a_third_of_its_value() {
        for v in [0.0, 0.3, 1.0] {
            assert!((of(1, 1).cost(v) - v / 3.0).abs() < 1e-12);
            // Two blocks: s = 2v/4.
            assert!((of(1, 2).cost(v) - v / 2.0).abs() < 1e-12);
        }
        assert!((of(1, 1).honest_wins() - 1.0 / 6.0).abs() < 1e-10);
        assert!((of(1, 1).mean_cost_between(0.5, 1.0) - 0.25).abs() < 1e-10);
    }

    #[test]
    fn no_tip_is_better_than_the_equilibriums() {
        // Two bidders: the payoff by quadrature over the rival's value and the colluder's, as the module's doc states it.
        let tips = of(2, 1);
        let payoff = |v: f64, s: f64| {
            let mut sum = 0.0;
            for i in 0..400 {
                let m = (f64::from(i) + 0.5) / 400.0;
                let reach = s + tips.cost(m);
                for j in 0..400 {
                    let v0 = reach * (f64::from(j) + 0.5) / 400.0;
                    sum += reach * ((v - f64::max(m, v0)).max(0.0) - s) / 160_000.0;
                }
            }
            sum
        };
        for v in [0.2, 0.5, 0.8, 1.0] {
            let best = payoff(v, tips.cost(v));
            for other in [0.0, 0.8 * tips.cost(v), 1.2 * tips.cost(v), 0.05, 0.3] {
                assert!(payoff(v, other) <= best + 1e-6, "{v} {other}");
            }
        }
    }

    #[test]
    fn the_chance_of_an_honest_winner_falls_like_one_in_n() {
        let mut scaled = Vec::new();
        for n in [2, 4, 8, 100, 100_000] {
            let wins = of(n, 1).honest_wins();
            assert!(wins < 1.0 / f64::from(n), "{n}: {wins}");
            scaled.push(wins * f64::from(n));
        }
        assert!((scaled[4] - honest_wins_limit()).abs() < 1e-4, "{scaled:?}");
        assert!((honest_wins_limit() - 0.22196).abs() < 5e-6, "{}", honest_wins_limit());
        // Twice the blocks, nearly twice the chance.
        assert!((of(100, 2).honest_wins() / of(100, 1).honest_wins() - 2.0).abs() < 0.01);
        assert!(OneBlockAuction { bidders: 8, blocks: 40 }.equilibrium().is_none());
        assert!(OneBlockAuction { bidders: 0, blocks: 1 }.equilibrium().is_none());
    }
}

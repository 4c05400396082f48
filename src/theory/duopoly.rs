//! Static benchmarks of the pricing game of Calvano, Calzolari, Denicolò and Pastorello (2020).
//!
//! Demand `q_i = e^{(a_i − p_i)/μ}/(Σ_j e^{(a_j − p_j)/μ} + e^{a₀/μ})`, profit `(p_i − c_i) q_i`. With `x_i = a_i − p_i`
//! and the rent `a_i − c_i` this is [`crate::theory::kickback`] without a floor. Learned play is placed between the
//! two benchmarks by `Δ = (π̄ − π^N)/(π^M − π^N)`. Source: "Artificial intelligence, algorithmic pricing, and
//! collusion", American Economic Review 110 (2020) 3267–3297, section II.

use crate::theory::kickback::{Equilibrium, Market};

/// Sellers who set prices.
#[derive(Clone, Debug, PartialEq)]
pub struct Oligopoly {
    /// Quality `a_i` of each seller's product.
    pub qualities: Vec<f64>,
    /// Unit cost `c_i` of each.
    pub costs: Vec<f64>,
    /// Degree of differentiation `μ`.
    pub mu: f64,
    /// Quality `a₀` of the outside good.
    pub outside: f64,
}

/// Prices with what they bring.
#[derive(Clone, Debug, PartialEq)]
pub struct Prices {
    /// Price of each seller.
    pub prices: Vec<f64>,
    /// Quantity of each.
    pub quantities: Vec<f64>,
    /// Profit of each per period.
    pub profits: Vec<f64>,
}

impl Oligopoly {
    /// The paper's baseline with `n` sellers: `a = 2`, `c = 1`, `a₀ = 0`, `μ = 1/4`.
    pub fn baseline(n: usize) -> Self {
        Oligopoly { qualities: vec![2.0; n], costs: vec![1.0; n], mu: 0.25, outside: 0.0 }
    }

    fn market(&self) -> Market {
        let rents = self.qualities.iter().zip(&self.costs).map(|(a, c)| a - c).collect();
        Market {
            rents,
            mu: self.mu,
            outside: Some(self.outside),
            floor: f64::NEG_INFINITY,
            margin_factor: 1.0,
        }
    }

    fn prices(&self, solved: &Equilibrium) -> Prices {
        self.at(&self.qualities.iter().zip(&solved.kickback).map(|(a, x)| a - x).collect::<Vec<_>>())
    }

    /// Quantities and profits at given prices, one per seller.
    pub fn at(&self, prices: &[f64]) -> Prices {
        let xs: Vec<f64> = self.qualities.iter().zip(prices).map(|(a, p)| a - p).collect();
        let quantities = self.market().shares(&xs);
        let profits =
            prices.iter().zip(&self.costs).zip(&quantities).map(|((p, c), q)| (p - c) * q).collect();
        Prices { prices: prices.to_vec(), quantities, profits }
    }

    /// Nash equilibrium of the one-shot game, `p^N`.
    pub fn nash(&self) -> Prices {
        self.prices(&self.market().equilibrium())
    }

    /// Prices that maximise joint profit, `p^M`.
    pub fn monopoly(&self) -> Prices {
        self.prices(&self.market().joint_maximum())
    }

    /// Best price of seller `i` against `prices`.
    pub fn best_response(&self, i: usize, prices: &[f64]) -> f64 {
        let xs: Vec<f64> = self.qualities.iter().zip(prices).map(|(a, p)| a - p).collect();
        self.qualities[i] - self.market().best_response(i, &xs)
    }

    /// Profit gain `Δ` of average profits per seller: 0 at Nash, 1 at joint-profit maximum.
    ///
    /// For unequal sellers it is computed on the sum of profits; single sellers' gains mean nothing, as one may earn less
    /// under joint maximisation than in the Nash equilibrium.
    pub fn profit_gain(&self, profits: &[f64]) -> f64 {
        let sum = |p: &[f64]| p.iter().sum::<f64>();
        let (nash, monopoly) = (sum(&self.nash().profits), sum(&self.monopoly().profits));
        (sum(profits) - nash) / (monopoly - nash)
    }

    /// The paper's grid for seller `i`: `m ≥ 2` equally spaced prices on `[p^N − ξ(p^M − p^N), p^M + ξ(p^M − p^N)]`.
    pub fn price_grid(&self, i: usize, m: u32, xi: f64) -> Vec<f64> {
        let (nash, monopoly) = (self.nash().prices[i], self.monopoly().prices[i]);
        let reach = xi * (monopoly - nash);
        let (low, high) = (nash - reach, monopoly + reach);
        let steps = f64::from(m.max(2) - 1);
        (0..m.max(2)).map(|j| low + (high - low) * f64::from(j) / steps).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::maximise;

    fn close(got: f64, want: f64, half_unit: f64) {
        assert!((got - want).abs() <= half_unit * 1.000_001, "{got} is not {want}");
    }

    #[test]
    fn benchmarks_of_the_paper() {
        for (n, nash, monopoly, profit_nash, profit_monopoly) in [
            (2, 1.472_927, 1.924_981, 0.222_927, 0.337_490),
            (3, 1.370_163, 2.000_000, 0.120_163, 0.250_000),
            (4, 1.331_461, 2.054_411, 0.081_461, 0.201_103),
        ] {
            let game = Oligopoly::baseline(n);
            close(game.nash().prices[0], nash, 5e-7);
            close(game.monopoly().prices[n - 1], monopoly, 5e-7);
            close(game.nash().profits[0], profit_nash, 5e-7);
            close(game.monopoly().profits[0], profit_monopoly, 5e-7);
            close(game.profit_gain(&game.nash().profits), 0.0, 1e-12);
            close(game.profit_gain(&game.monopoly().profits), 1.0, 1e-12);
        }
        close(Oligopoly::baseline(2).nash().quantities[0], 0.4714, 5e-5);
    }

    #[test]
    fn a_cheaper_seller_has_more_of_the_market() {
        for (cost, share) in [(0.875, 0.545), (0.75, 0.588), (0.5, 0.662), (0.25, 0.722)] {
            let game = Oligopoly { costs: vec![1.0, cost], ..Oligopoly::baseline(2) };
            let nash = game.nash();
            close(nash.quantities[1] / (nash.quantities[0] + nash.quantities[1]), share, 5e-4);
            for i in 0..2 {
                let profit = |p: f64| {
                    let mut prices = nash.prices.clone();
                    prices[i] = p;
                    game.at(&prices).profits[i]
                };
                let (best, most) = maximise(profit, 0.5, 3.0, 500);
                close(best, nash.prices[i], 1e-6);
                close(game.best_response(i, &nash.prices), nash.prices[i], 1e-12);
                assert!(most - nash.profits[i] < 1e-13);
            }
            // Joint maximisation hurts the dearer seller once the other is cheap enough.
            assert_eq!(game.monopoly().profits[0] < nash.profits[0], cost <= 0.5);
        }
    }

    #[test]
    fn the_grid_of_the_paper() {
        let grid = Oligopoly::baseline(2).price_grid(0, 15, 0.1);
        assert_eq!(grid.len(), 15);
        close(grid[0], 1.472_927 - 0.045_205, 1e-6);
        close(grid[14], 1.924_981 + 0.045_205, 1e-6);
    }
}

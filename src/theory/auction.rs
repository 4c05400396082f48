//! Auctions of identical units to bidders with independent private values.
//!
//! `n` bidders draw their values independently from one law `F` and want one unit each; `k` units are sold to the `k`
//! highest bids at or above the reserve `r`. A bidder with value `v` wins if fewer than `k` rivals have more:
//!
//! `G(v) = Σ_{j<k} C(n−1, j) (1 − F(v))^j F(v)^{n−1−j}`.
//!
//! *Uniform price* (every winner pays the highest losing bid, or the reserve): bidding one's value is dominant.
//! *Pay as bid*: `b(v) = v − ∫_r^v G(x) dx / G(v)`. Both earn the seller the same on average (revenue equivalence):
//! `r·E[min(N, k)] + k·∫_r^∞ P(Y > x) dx`, with `N` the number of values at or above `r` and `Y` the `k+1`-th highest.
//!
//! Sources: Krishna, *Auction Theory* (2nd edition 2010), propositions 2.2 (first price), 2.3 (reserve) and chapters 12
//! to 13 (several units); Riley and Samuelson, "Optimal auctions", American Economic Review 71 (1981) 381–392.

mod spread;

use crate::numerics::{
    binomial_tail, exp, integrate, integrate_tail, integrate_within, ln, ln_1p, ln_choose, maximise, pow,
    root,
};
use crate::world::distribution::Distribution;

/// An auction of `units` identical units to `bidders` bidders of unit demand.
#[derive(Clone, Debug, PartialEq)]
pub struct Auction {
    /// Law of each bidder's value.
    pub values: Distribution,
    /// Number of bidders, at least 1.
    pub bidders: u32,
    /// Number of units, at least 1; may exceed the number of bidders.
    pub units: u32,
    /// Smallest price at which a unit is sold; 0 for none.
    pub reserve: f64,
}

impl Auction {
    /// An auction without a reserve (`r = 0`).
    pub fn new(values: Distribution, bidders: u32, units: u32) -> Self {
        Auction { values, bidders: bidders.max(1), units: units.max(1), reserve: 0.0 }
    }

    /// The same auction with another reserve.
    #[must_use]
    pub fn with_reserve(self, reserve: f64) -> Self {
        Auction { reserve, ..self }
    }

    /// `P(X ≥ x)` for one value: with atoms, a value equal to the reserve buys.
    fn reaches(&self, x: f64) -> f64 {
        self.values.survival(x)
            + self.values.atoms().iter().filter(|(v, _)| *v == x).map(|(_, p)| p).sum::<f64>()
    }

    /// Probability that at most `units − 1` of the `n − 1` rivals exceed a value that each exceeds with probability `s`.
    fn wins_over(&self, s: f64) -> f64 {
        1.0 - binomial_tail(self.bidders - 1, self.units, s)
    }

    /// `P(fewer than k rivals above v)`, from the distribution function, which is accurate where the win is unlikely.
    fn rank_probability(&self, f: f64) -> f64 {
        if self.units >= self.bidders {
            1.0
        } else {
            binomial_tail(self.bidders - 1, self.bidders - self.units, f)
        }
    }

    /// Probability that a bidder of value `v` wins, in either format; 0 below the reserve.
    ///
    /// With atoms, ties are lost to nobody: this is the probability that fewer than `k` rivals have strictly more.
    pub fn win_probability(&self, v: f64) -> f64 {
        if v < self.reserve {
            0.0
        } else if self.values.is_atomic() {
            self.wins_over(self.values.survival(v))
        } else {
            self.rank_probability(self.values.cdf(v))
        }
    }

    /// Equilibrium bid in the uniform-price auction: the value itself (dominant); `None` below the reserve.
    pub fn uniform_price_bid(&self, v: f64) -> Option<f64> {
        (v >= self.reserve).then_some(v)
    }

    /// Equilibrium bid in the pay-as-bid auction; `None` below the reserve, and for laws with atoms, whose equilibria
    /// are in mixed strategies.
    pub fn pay_as_bid(&self, v: f64) -> Option<f64> {
        if v < self.reserve || self.values.is_atomic() {
            return None;
        }
        if self.units >= self.bidders {
            return Some(self.reserve);
        }
        Some(self.shaded(v))
    }

    /// `v − ∫_r^v G/G(v)`, as `r + ∫_r^v (1 − G/G(v))`, which keeps its digits where `v` is far above all likely values.
    fn shaded(&self, v: f64) -> f64 {
        let (low, high) = self.values.support();
        let v = v.min(high);
        let from = low.max(self.reserve);
        if v <= from {
            return v;
        }
        let f = self.values.cdf(v);
        let own = self.rank_probability(f);
        // Where G underflows, its leading term F^{n−k} stands in: the win is then all but impossible.
        let missed = |x: f64| {
            let fx = self.values.cdf(x);
            1.0 - if own > 1e-280 {
                self.rank_probability(fx) / own
            } else {
                pow(fx / f, f64::from(self.bidders - self.units))
            }
        };
        // Pieces that widen from the likely values upwards, so that none hides its mass in a corner.
        let mut width = self.values.quantile(0.5) - low;
        let (mut left, mut bid) = (from, from);
        // Where a rival above is this unlikely, what is left is rounding.
        while left < v && (left == from || missed(left) > 1e-15) {
            let right = (left + width).min(v);
            bid += integrate_within(missed, left, right, 1e-13 * (bid.abs() + right - from));
            left = right;
            width *= 4.0;
        }
        bid
    }

    /// The highest value that matters: the end of the support, or the value exceeded with probability 1e-14.
    fn top_value(&self) -> f64 {
        let high = self.values.support().1;
        if high.is_finite() { high } else { self.values.quantile(1.0 - 1e-14) }
    }

    /// The value that bids `b` in the pay-as-bid equilibrium; `None` if no value does.
    ///
    /// Unbounded values bid at most `E[Y]`, with `Y` the `k`-th highest of the rivals; those exceeded with probability
    /// 1e-14 or less are taken to bid that.
    pub fn value_of_bid(&self, b: f64) -> Option<f64> {
        let top = self.top_value();
        self.pay_as_bid(top)?;
        root(|v| self.shaded(v) - b, self.values.support().0.max(self.reserve), top)
    }

    /// The bid of `grid` that earns a bidder of value `v` most against rivals in the (continuous) pay-as-bid equilibrium,
    /// with the expected payoff; `None` if no bid of the grid beats abstaining by more than nothing.
    ///
    /// The gap to [`Auction::pay_as_bid`] is the least by which play on the grid must differ from the closed form.
    pub fn best_bid_on_grid(&self, v: f64, grid: &[f64]) -> Option<(f64, f64)> {
        let highest = self.pay_as_bid(self.top_value())?;
        let mut best: Option<(f64, f64)> = None;
        for &b in grid.iter().filter(|&&b| b >= self.reserve && b < v) {
            let win = match self.value_of_bid(b) {
                Some(w) => self.win_probability(w),
                None if b >= highest => 1.0,
                None => 0.0,
            };
            let payoff = (v - b) * win;
            if payoff > best.map_or(0.0, |(_, most)| most) {
                best = Some((b, payoff));
            }
        }
        best
    }

    /// Probability that the `j`-th highest of the `n` values exceeds `x`; 0 if `j > n`.
    fn order_exceeds(&self, j: u32, x: f64) -> f64 {
        binomial_tail(self.bidders, j, self.values.survival(x))
    }

    /// `∫_r^∞ w(x) P(Y > x) dx` with `Y` the `k+1`-th highest value, or 0 if there is none.
    fn above_reserve(&self, weight: impl Fn(f64) -> f64) -> f64 {
        let rank = self.units + 1;
        if rank > self.bidders {
            return 0.0;
        }
        let (low, high) = self.values.support();
        let tail = |x: f64| weight(x) * self.order_exceeds(rank, x);
        let certain = if low > self.reserve { integrate(&weight, self.reserve, low) } else { 0.0 };
        let from = low.max(self.reserve);
        if self.values.is_atomic() {
            // P(Y > x) is constant between neighbouring atoms.
            let mut sum = certain;
            let mut left = from;
            for (right, _) in self.values.atoms() {
                if right > left {
                    sum += self.order_exceeds(rank, left) * integrate(&weight, left, right);
                    left = right;
                }
            }
            sum
        } else if high.is_finite() {
            if from >= high { 0.0 } else { certain + integrate(tail, from, high) }
        } else {
            let spread = self.values.quantile(0.75) - self.values.quantile(0.25);
            certain + integrate_tail(tail, from, spread)
        }
    }

    /// `P(N = j)` for the number `N` of values at or above the reserve.
    fn entrants(&self, j: u32) -> f64 {
        let s = self.reaches(self.reserve).clamp(0.0, 1.0);
        match s {
            0.0 => f64::from(j == 0),
            1.0 => f64::from(j == self.bidders),
            s => {
                let n = self.bidders;
                exp(ln_choose(n.into(), j.into()) + f64::from(j) * ln(s) + f64::from(n - j) * ln_1p(-s))
            }
        }
    }

    /// Expected number of units sold, `E[min(N, k)]`.
    pub fn expected_units_sold(&self) -> f64 {
        (0..=self.bidders).map(|j| f64::from(j.min(self.units)) * self.entrants(j)).sum()
    }

    /// Probability that nothing is sold, `F(r)^n`.
    pub fn no_sale_probability(&self) -> f64 {
        pow(1.0 - self.reaches(self.reserve), f64::from(self.bidders))
    }

    /// Seller's expected revenue over all units, the same in both formats.
    pub fn expected_revenue(&self) -> f64 {
        self.reserve * self.expected_units_sold() + f64::from(self.units) * self.above_reserve(|_| 1.0)
    }

    /// Expected price of the uniform-price auction, `E[max(r, Y)]` with `Y` the `k+1`-th highest value (0 if `n ≤ k`):
    /// the price is the reserve where there are too few values above it, also where nothing is sold.
    pub fn expected_price(&self) -> f64 {
        self.reserve + self.above_reserve(|_| 1.0)
    }

    /// Expected payoff, before it learns its value, of one bidder in equilibrium: `∫_r^∞ (1 − F(x)) G(x) dx`.
    pub fn expected_surplus(&self) -> f64 {
        let (low, high) = self.values.support();
        let f = |x: f64| self.values.survival(x) * self.win_probability(x);
        if self.values.is_atomic() {
            // Surplus = welfare per bidder less revenue per bidder.
            let welfare: f64 =
                (1..=self.units.min(self.bidders)).map(|j| self.order_mean_above_reserve(j)).sum();
            return (welfare - self.expected_revenue()) / f64::from(self.bidders);
        }
        let from = low.max(self.reserve);
        let certain = if low > self.reserve && self.units >= self.bidders { low - self.reserve } else { 0.0 };
        certain
            + if high.is_finite() {
                if from >= high { 0.0 } else { integrate(f, from, high) }
            } else {
                integrate_tail(f, from, self.values.quantile(0.75) - self.values.quantile(0.25))
            }
    }

    /// `E[Y_j 1(Y_j ≥ r)]` for the `j`-th highest value of a law with atoms.
    fn order_mean_above_reserve(&self, j: u32) -> f64 {
        let mut sum = 0.0;
        for (v, p) in self.values.atoms().into_iter().filter(|(v, _)| *v >= self.reserve) {
            let above = self.values.survival(v);
            sum += v * (binomial_tail(self.bidders, j, above + p) - binomial_tail(self.bidders, j, above));
        }
        sum
    }

    /// Most that a bidder of value `v` can gain by leaving the pay-as-bid equilibrium alone, over all bids: 0 up to
    /// rounding. `None` where there is no such equilibrium.
    pub fn deviation_gain(&self, v: f64) -> Option<f64> {
        let own = self.pay_as_bid(v)?;
        let stay = (v - own) * self.win_probability(v);
        // A bid between the lowest and the highest equilibrium bid is somebody's equilibrium bid.
        let low = self.values.support().0;
        let payoff = |w: f64| (v - self.shaded(w)) * self.win_probability(w);
        let (_, most) = maximise(payoff, low.max(self.reserve), self.top_value(), 64);
        Some(most - stay)
    }
}

#[cfg(test)]
mod tests;

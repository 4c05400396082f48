//! How much the revenue of one auction varies.

use super::Auction;
use crate::numerics::binomial_tail;

impl Auction {
    /// Standard deviation of the revenue of the uniform-price auction, `min(N, k)·max(r, Y)`; infinite or inaccurate
    /// where `Y` has no second moment.
    pub fn uniform_price_revenue_sd(&self) -> f64 {
        let (r, k) = (self.reserve, f64::from(self.units));
        let sold = |j: u32| f64::from(j.min(self.units));
        let at_reserve: f64 = (0..=self.bidders).map(|j| sold(j) * sold(j) * self.entrants(j)).sum();
        let second = r * r * at_reserve + k * k * self.above_reserve(|x| 2.0 * x);
        let mean = self.expected_revenue();
        (second - mean * mean).max(0.0).sqrt()
    }

    /// Standard deviation of the revenue of the pay-as-bid auction; `None` for laws with atoms.
    ///
    /// Second moment over pairs of winners: `n E[b² G] + n(n−1) E[b(v) b(w) 1(v > w) 2 H(w)]`, where `H(w)` is the
    /// probability that at most `k − 2` of the `n − 2` others exceed `w`. Midpoint rule on 8192 quantiles: about 6 digits.
    pub fn pay_as_bid_revenue_sd(&self) -> Option<f64> {
        const CELLS: u32 = 8192;
        if self.values.is_atomic() {
            return None;
        }
        let (n, k) = (self.bidders, self.units);
        let width = 1.0 / f64::from(CELLS);
        let reserve = self.reserve;
        let start = self.values.cdf(reserve);
        // b G = r G(r) + ∫_r^v x dG(x), added up from below.
        let mut paid = 0.0;
        let mut cells = Vec::with_capacity(CELLS as usize);
        for i in 0..CELLS {
            let (left, right) = (f64::from(i) * width, f64::from(i + 1) * width);
            if right <= start {
                continue;
            }
            let left = left.max(start);
            if cells.is_empty() {
                paid = reserve * self.rank_probability(left);
            }
            let middle = 0.5 * (left + right);
            let g = self.rank_probability(middle);
            let x = self.values.quantile(middle);
            let half = x * (g - self.rank_probability(left));
            let bid = if self.units >= self.bidders {
                reserve
            } else if g > 0.0 {
                (paid + half) / g
            } else {
                x
            };
            paid += x * (self.rank_probability(right) - self.rank_probability(left));
            cells.push((middle, right - left, bid, g));
        }
        let (mut first, mut second, mut above) = (0.0, 0.0, 0.0);
        let count = f64::from(n);
        for &(u, mass, bid, g) in cells.iter().rev() {
            first += count * bid * g * mass;
            second += count * bid * bid * g * mass;
            if n >= 2 && k >= 2 {
                let both = 1.0 - binomial_tail(n - 2, k - 1, 1.0 - u);
                let pairs = above + 0.5 * bid * mass;
                second += 2.0 * count * (count - 1.0) * bid * both * mass * pairs;
            }
            above += bid * mass;
        }
        Some((second - first * first).max(0.0).sqrt())
    }
}

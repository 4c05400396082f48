//! Two bidders of unequal strength: values uniform on [0, ω₁] and [0, ω₂], one unit, no reserve.
//!
//! First price: `β_i(x) = (1 − √(1 − κ_i x²))/(κ_i x)` with `κ_i = ω_i^{−2} − ω_j^{−2}`; both bid at most
//! `b̄ = ω₁ω₂/(ω₁ + ω₂)`. Revenue equivalence fails, and the weaker bidder sometimes wins with the lower value.
//! Second price: bid the value. Source: Krishna, *Auction Theory*, section 4.3.

use crate::numerics::integrate;

/// Two bidders with values uniform on [0, top].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UniformPair {
    strong: f64,
    weak: f64,
}

impl UniformPair {
    /// The pair with these highest values, both finite and positive, in any order; `None` otherwise.
    pub fn new(one: f64, other: f64) -> Option<Self> {
        let valid = one > 0.0 && other > 0.0 && one.is_finite() && other.is_finite();
        valid.then(|| UniformPair { strong: one.max(other), weak: one.min(other) })
    }

    /// The highest bid, made by both.
    pub fn top_bid(&self) -> f64 {
        self.strong * self.weak / (self.strong + self.weak)
    }

    fn kappa(own: f64, other: f64) -> f64 {
        1.0 / (own * own) - 1.0 / (other * other)
    }

    /// First-price bid of the stronger bidder at value `x` in [0, ω₁].
    pub fn strong_bid(&self, x: f64) -> f64 {
        Self::bid(Self::kappa(self.strong, self.weak), x)
    }

    /// First-price bid of the weaker bidder at value `x` in [0, ω₂].
    pub fn weak_bid(&self, x: f64) -> f64 {
        Self::bid(Self::kappa(self.weak, self.strong), x)
    }

    /// `(1 − √(1 − κx²))/(κx)`, written so that equal bidders (κ = 0) need no special case.
    fn bid(kappa: f64, x: f64) -> f64 {
        x / (1.0 + (1.0 - kappa * x * x).max(0.0).sqrt())
    }

    /// Probability that the stronger bidder's value is at most the one that bids `b`.
    fn strong_below(&self, b: f64) -> f64 {
        2.0 * b / (1.0 + Self::kappa(self.strong, self.weak) * b * b) / self.strong
    }

    fn weak_below(&self, b: f64) -> f64 {
        2.0 * b / (1.0 + Self::kappa(self.weak, self.strong) * b * b) / self.weak
    }

    /// Expected first-price revenue, `b̄ − ∫_0^{b̄} P(both bid at most b) db`.
    pub fn first_price_revenue(&self) -> f64 {
        let top = self.top_bid();
        top - integrate(|b| self.strong_below(b) * self.weak_below(b), 0.0, top)
    }

    /// Expected second-price revenue, `ω₂/2 − ω₂²/(6ω₁)` with `ω₂ ≤ ω₁`.
    pub fn second_price_revenue(&self) -> f64 {
        self.weak / 2.0 - self.weak * self.weak / (6.0 * self.strong)
    }

    /// Probability that the stronger bidder wins the first-price auction.
    pub fn strong_wins_first_price(&self) -> f64 {
        integrate(|x| self.weak_below(self.strong_bid(x)).min(1.0), 0.0, self.strong) / self.strong
    }

    /// Probability that the stronger bidder wins the second-price auction, which is efficient: `1 − ω₂/(2ω₁)`.
    pub fn strong_wins_second_price(&self) -> f64 {
        1.0 - self.weak / (2.0 * self.strong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::maximise;

    #[test]
    fn known_values() {
        for (pair, top, first, second, wins_first, wins_second) in [
            ((4.0 / 3.0, 0.8), 0.50000, 0.33939, 0.32000, 0.62500, 0.70000),
            ((1.0, 1.5), 0.60000, 0.40462, 0.38889, 0.60000, 0.66667),
        ] {
            let pair = UniformPair::new(pair.0, pair.1).unwrap();
            for (got, want) in [
                (pair.top_bid(), top),
                (pair.first_price_revenue(), first),
                (pair.second_price_revenue(), second),
                (pair.strong_wins_first_price(), wins_first),
                (pair.strong_wins_second_price(), wins_second),
            ] {
                assert!((got - want).abs() <= 5e-6, "{pair:?} {got} {want}");
            }
        }
    }

    #[test]
    fn nobody_gains_by_another_bid() {
        for (one, other) in [(4.0 / 3.0, 0.8), (1.5, 1.0), (3.0, 0.5), (1.0, 1.0)] {
            let pair = UniformPair::new(one, other).unwrap();
            for share in [0.1, 0.4, 0.7, 1.0] {
                let (x, y) = (share * pair.strong, share * pair.weak);
                let strong = |b: f64| (x - b) * pair.weak_below(b).min(1.0);
                let weak = |b: f64| (y - b) * pair.strong_below(b).min(1.0);
                assert!(maximise(strong, 0.0, pair.top_bid(), 200).1 - strong(pair.strong_bid(x)) < 1e-13);
                assert!(maximise(weak, 0.0, pair.top_bid(), 200).1 - weak(pair.weak_bid(y)) < 1e-13);
            }
            assert!((pair.strong_bid(pair.strong) - pair.top_bid()).abs() < 1e-7);
            assert!((pair.weak_bid(pair.weak) - pair.top_bid()).abs() < 1e-7);
        }
    }

    #[test]
    fn equal_bidders_are_the_symmetric_case() {
        let pair = UniformPair::new(1.0, 1.0).unwrap();
        assert!((pair.first_price_revenue() - 1.0 / 3.0).abs() < 1e-12);
        assert!((pair.second_price_revenue() - 1.0 / 3.0).abs() < 1e-12);
        assert_eq!(pair.strong_bid(0.6), 0.3);
        assert_eq!(UniformPair::new(0.0, 1.0), None);
        assert_eq!(UniformPair::new(f64::NAN, 1.0), None);
    }
}

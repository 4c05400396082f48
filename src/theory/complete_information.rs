//! One right, sold to bidders who know each other's values.
//!
//! | format | seller earns | source |
//! |---|---|---|
//! | first or second price | `v₂`, the second value | Bertrand competition |
//! | lottery, chances in proportion to spending | `v₁v₂/(v₁ + v₂)` | Tullock 1980; two bidders |
//! | all-pay auction | `v₂(v₁ + v₂)/(2v₁)` | Hillman and Riley 1989; Baye, Kovenock and de Vries 1993 |
//!
//! With values `R − c_i` the winner keeps `c_(2) − c_(1)`.

/// What two bidders spend, in expectation, and what it brings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Split {
    /// Expected spending of the higher and of the lower bidder.
    pub spending: (f64, f64),
    /// Probability that the higher bidder gets the right.
    pub higher_wins: f64,
    /// Expected revenue.
    pub revenue: f64,
}

/// The two largest of `values`, largest first; `None` if there are fewer than two.
pub fn two_highest(values: &[f64]) -> Option<(f64, f64)> {
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    Some((*sorted.first()?, *sorted.get(1)?))
}

/// Auction (first or second price): the seller earns the second value, the winner the difference.
/// `higher ≥ lower ≥ 0`.
pub fn auction(higher: f64, lower: f64) -> Split {
    Split { spending: (lower, 0.0), higher_wins: if higher > lower { 1.0 } else { 0.5 }, revenue: lower }
}

/// Lottery: the right goes to each in proportion to spending, which nobody gets back.
/// `x₁ = v₁²v₂/(v₁ + v₂)²`, `x₂ = v₁v₂²/(v₁ + v₂)²`. Both values must be positive.
pub fn lottery(higher: f64, lower: f64) -> Split {
    let sum = higher + lower;
    let each = higher * lower / (sum * sum);
    Split {
        spending: (each * higher, each * lower),
        higher_wins: higher / sum,
        revenue: higher * lower / sum,
    }
}

/// All-pay auction (mixed equilibrium): both bid up to `v₂`; expected bids `v₂/2` and `v₂²/(2v₁)`.
/// `higher ≥ lower > 0`.
pub fn all_pay(higher: f64, lower: f64) -> Split {
    let spending = (lower / 2.0, lower * lower / (2.0 * higher));
    Split { spending, higher_wins: 1.0 - lower / (2.0 * higher), revenue: spending.0 + spending.1 }
}

/// Expected outcome with `n` operators whose costs are uniform on [0, 1] and known to all, for a right worth `rent`
/// before costs: (treasury `R − 2/(n+1)`, winner's rent `1/(n+1)`). `n ≥ 2`; `rent ≥ 1`, so that all compete.
pub fn cost_advantage(rent: f64, n: u32) -> (f64, f64) {
    let m = f64::from(n) + 1.0;
    (rent - 2.0 / m, 1.0 / m)
}

/// Bids that all of `n` bidders of value `v` can make in a symmetric pure equilibrium of the first-price auction on a
/// grid, ties split evenly.
pub fn symmetric_first_price_equilibria(v: f64, n: u32, grid: &[f64]) -> Vec<f64> {
    let share = (v, 1.0 / f64::from(n.max(1)));
    let stable = |&b: &f64| {
        let stay = (share.0 - b) * share.1;
        let alone =
            if n <= 1 { v - grid.iter().copied().fold(f64::INFINITY, f64::min) } else { f64::NEG_INFINITY };
        let outbid = grid.iter().filter(|&&a| a > b).map(|a| v - a).fold(f64::NEG_INFINITY, f64::max);
        // Losing (a lower bid) pays 0, if there is a lower bid or one may abstain.
        stay >= -1e-12 && stay >= outbid - 1e-12 && stay >= alone - 1e-12
    };
    grid.iter().copied().filter(|b| stable(b)).collect()
}

/// All pure equilibria (bid of the first, bid of the second) of the two-bidder first-price auction on a grid, ties split
/// evenly.
pub fn first_price_equilibria(values: (f64, f64), grid: &[f64]) -> Vec<(f64, f64)> {
    let payoff = |v: f64, own: f64, rival: f64| {
        if own > rival {
            v - own
        } else if own == rival {
            0.5 * (v - own)
        } else {
            0.0
        }
    };
    let best = |v: f64, own: f64, rival: f64| {
        grid.iter().all(|&b| payoff(v, b, rival) <= payoff(v, own, rival) + 1e-12)
    };
    let mut found = Vec::new();
    for &a in grid {
        for &b in grid {
            if best(values.0, a, b) && best(values.1, b, a) {
                found.push((a, b));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::maximise;

    fn close(got: f64, want: f64) {
        assert!((got - want).abs() <= 5e-6, "{got} {want}");
    }

    #[test]
    fn known_revenues() {
        for (low, by_lottery, by_all_pay) in [(0.8, 0.44444, 0.72), (0.5, 0.33333, 0.375)] {
            close(lottery(1.0, low).revenue, by_lottery);
            close(all_pay(1.0, low).revenue, by_all_pay);
            close(auction(1.0, low).revenue, low);
        }
        assert_eq!(two_highest(&[0.2, 0.9, 0.5]), Some((0.9, 0.5)));
        assert_eq!(two_highest(&[0.2]), None);
        let (treasury, rent) = cost_advantage(1.0, 4);
        close(treasury, 0.6);
        close(rent, 0.2);
    }

    #[test]
    fn lottery_spending_is_a_best_response() {
        let (v1, v2) = (1.3, 0.4);
        let (x1, x2) = lottery(v1, v2).spending;
        let first = |x: f64| v1 * x / (x + x2) - x;
        let second = |x: f64| v2 * x / (x + x1) - x;
        assert!(maximise(first, 1e-9, 1.3, 500).1 - first(x1) < 1e-12);
        assert!(maximise(second, 1e-9, 1.3, 500).1 - second(x2) < 1e-12);
        close(lottery(v1, v2).revenue, x1 + x2);
    }

    #[test]
    fn the_grid_of_nineteen_bids_has_two_symmetric_equilibria() {
        let grid: Vec<f64> = (1..=19).map(|i| f64::from(i) / 20.0).collect();
        assert_eq!(symmetric_first_price_equilibria(1.0, 2, &grid), vec![0.9, 0.95]);
        let both: Vec<f64> =
            first_price_equilibria((1.0, 1.0), &grid).iter().filter(|p| p.0 == p.1).map(|p| p.0).collect();
        assert_eq!(both, vec![0.9, 0.95]);
        // With four bidders only the top: (1 − b)/4 ≥ 1 − b − .05 needs b ≥ .9333.
        assert_eq!(symmetric_first_price_equilibria(1.0, 4, &grid), vec![0.95]);
        // Unequal values: the stronger wins at about the weaker's value.
        for (a, b) in first_price_equilibria((1.0, 0.5), &grid) {
            assert!(a > b && (0.45..=1.0).contains(&a));
        }
    }
}

//! Reserve prices that earn the seller most.
//!
//! With independent private values from one law the seller's revenue changes with the reserve `r` by
//! `n F(r)^{n−1} (1 − F(r) − (r − c) f(r))` (one unit; with more units the factor before the bracket changes, not the
//! bracket), so a best reserve solves `φ(r) = r − (1 − F(r))/f(r) = c`, with `c` what a unit is worth to the seller. It
//! depends on neither the number of bidders nor that of units. Sources: Myerson, "Optimal auction design", Mathematics
//! of Operations Research 6 (1981) 58–73, section 5; Krishna, *Auction Theory*, section 2.5 and chapter 5.

use crate::numerics::root;
use crate::theory::auction::Auction;
use crate::world::distribution::Distribution;

/// Virtual value `φ(v) = v − (1 − F(v))/f(v)`; −∞ where the density is 0 (laws with atoms have none).
pub fn virtual_value(values: &Distribution, v: f64) -> f64 {
    let density = values.pdf(v);
    if density > 0.0 { v - values.survival(v) / density } else { f64::NEG_INFINITY }
}

/// `1 − F(r) − (r − c) f(r)`, which has the sign of the slope of revenue.
fn slope(values: &Distribution, cost: f64, r: f64) -> f64 {
    values.survival(r) - (r - cost) * values.pdf(r)
}

/// Every local maximum of `(r − c) P(X ≥ r)`, by rising `r`.
fn candidates(values: &Distribution, cost: f64) -> Vec<f64> {
    let (low, high) = values.support();
    if values.is_atomic() {
        return values.atoms().into_iter().map(|(v, _)| v).filter(|&v| v >= cost).collect();
    }
    if cost >= high {
        return Vec::new();
    }
    let mut knots: Vec<f64> = (1..1024).map(|i| values.quantile(f64::from(i) / 1024.0)).collect();
    knots.insert(0, low);
    let mut tail = 1.0 / 1024.0;
    while tail > 1e-14 {
        tail *= 0.5;
        knots.push(values.quantile(1.0 - tail));
    }
    if high.is_finite() {
        knots.push(high);
    }
    let mut found = Vec::new();
    // Below the support revenue rises with the reserve, so its lower end may be best.
    if low >= cost && slope(values, cost, low + 1e-9 * (knots[1] - low)) <= 0.0 {
        found.push(low);
    }
    for pair in knots.windows(2) {
        let (left, right) = (pair[0].max(cost), pair[1]);
        if right > left && slope(values, cost, left) > 0.0 && slope(values, cost, right) <= 0.0 {
            found.extend(root(|r| slope(values, cost, r), left, right));
        }
    }
    found
}

/// Myerson's reserve: the price `r ≥ cost` that maximises `(r − cost)·P(X ≥ r)`, what a single buyer would be charged.
///
/// For laws with rising virtual value it is best for any number of bidders and units. Where several prices solve
/// `φ(r) = c` (irregular laws), or with atoms, use [`best_reserve`] for a given auction. If no value exceeds the
/// seller's cost, the cost itself: nothing should be sold.
pub fn myerson_reserve(values: &Distribution, cost: f64) -> f64 {
    best_of(candidates(values, cost), cost, |r| {
        let at: f64 = values.atoms().iter().filter(|(v, _)| *v == r).map(|(_, p)| p).sum();
        (r - cost) * (values.survival(r) + at)
    })
}

/// The reserve that maximises `E[revenue − cost·units sold]` of `auction` (whose own reserve is ignored), among the
/// solutions of `φ(r) = c`; with atoms, among the values.
pub fn best_reserve(auction: &Auction, cost: f64) -> f64 {
    best_of(candidates(&auction.values, cost), cost, |r| {
        let trial = auction.clone().with_reserve(r);
        trial.expected_revenue() - cost * trial.expected_units_sold()
    })
}

fn best_of(candidates: Vec<f64>, otherwise: f64, gain: impl Fn(f64) -> f64) -> f64 {
    let mut best = (otherwise, f64::NEG_INFINITY);
    for r in candidates {
        let value = gain(r);
        if value > best.1 {
            best = (r, value);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::{ln, maximise};

    fn close(got: f64, want: f64, half_unit: f64) {
        assert!((got - want).abs() <= half_unit, "{got} is not {want}");
    }

    #[test]
    fn known_reserves() {
        let uniform = |a, b| Distribution::uniform(a, b).unwrap();
        close(myerson_reserve(&uniform(0.0, 1.0), 0.0), 0.5, 1e-12);
        close(myerson_reserve(&uniform(0.0, 1.0), 0.3), 0.65, 1e-12);
        close(myerson_reserve(&uniform(0.0, 1.0), 1.5), 1.5, 0.0);
        close(myerson_reserve(&uniform(0.2, 1.0), 0.0), 0.5, 1e-12);
        close(myerson_reserve(&uniform(0.8, 1.0), 0.0), 0.8, 0.0);
        close(myerson_reserve(&Distribution::exponential(4.0).unwrap(), 0.0), 0.25, 1e-12);
        close(myerson_reserve(&Distribution::exponential(4.0).unwrap(), 1.0), 1.25, 1e-12);
        close(myerson_reserve(&Distribution::lognormal(0.0, 1.0).unwrap(), 0.0), 1.35341, 5e-6);
        close(myerson_reserve(&Distribution::lognormal(ln(0.05), 1.17741).unwrap(), 0.0), 0.09548, 5e-6);
        // Pareto: φ(v) = v(1 − 1/α), so r = max(scale, c α/(α − 1)).
        let pareto = Distribution::pareto(1.0, 3.0).unwrap();
        close(myerson_reserve(&pareto, 0.0), 1.0, 0.0);
        close(myerson_reserve(&pareto, 2.0), 3.0, 1e-12);
        // Beta(1, 3): (1 − F)/f = (1 − v)/3, so v = (1 − v)/3.
        close(myerson_reserve(&Distribution::beta(1.0, 3.0).unwrap(), 0.0), 0.25, 1e-12);
    }

    #[test]
    fn with_atoms_a_value_is_best() {
        let law = Distribution::discrete(&[1.0, 3.0], &[0.5, 0.5]).unwrap();
        // Charging 1 earns 1, charging 3 earns 1.5.
        assert_eq!(myerson_reserve(&law, 0.0), 3.0);
        assert_eq!(myerson_reserve(&law, 3.5), 3.5);
        assert_eq!(myerson_reserve(&Distribution::constant(2.0).unwrap(), 0.0), 2.0);
        // With eight bidders two high values are so likely that excluding the low one gains little but still gains.
        let gain = |r: f64| Auction::new(law.clone(), 8, 1).with_reserve(r).expected_revenue();
        let best = best_reserve(&Auction::new(law.clone(), 8, 1), 0.0);
        assert!(gain(best) >= gain(1.0) && gain(best) >= gain(3.0));
    }

    #[test]
    fn the_revenue_curve_peaks_at_the_reserve() {
        for law in [
            Distribution::beta(2.0, 2.0).unwrap(),
            Distribution::lognormal(0.0, 0.6).unwrap(),
            Distribution::exponential(1.0).unwrap(),
        ] {
            for (n, k, cost) in [(2, 1, 0.0), (4, 2, 0.1), (3, 5, 0.2)] {
                let auction = Auction::new(law.clone(), n, k);
                let gain = |r: f64| {
                    let trial = auction.clone().with_reserve(r);
                    trial.expected_revenue() - cost * trial.expected_units_sold()
                };
                let (_, most) = maximise(gain, 0.01, law.quantile(0.99), 60);
                let best = best_reserve(&auction, cost);
                close(best, myerson_reserve(&law, cost), 1e-9);
                close(gain(best), most, 1e-9);
                close(virtual_value(&law, best), cost, 1e-9);
            }
        }
    }
}

//! What keeps an operator honest, and a ring of bidders together.
//!
//! A deviation worth `G` is detected with probability `q`; then the bond `B`, locked until `D` epochs later, and the
//! future `V = π/(1 − δ)` of an office that pays `π` per epoch are lost. It is deterred if `G ≤ q(δ^D B + δV)`, hence
//!
//! `B* = max(0, (G − qδV)/(qδ^D))`.
//!
//! Deviations of one epoch that are punished at once tempt together ([`Temptation::together`]).
//!
//! Sources: Becker, "Crime and punishment", Journal of Political Economy 76 (1968) 169–217; Becker and Stigler (1974);
//! Shapiro and Stiglitz, "Equilibrium unemployment as a worker discipline device", American Economic Review 74 (1984)
//! 433–444; for repeated games, Friedman (1971).

use crate::numerics::{pow, root};

/// One temptation and the means against it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Temptation {
    /// `G`: what one deviation gains.
    pub gain: f64,
    /// `q` in (0, 1]: probability that it is detected and punished.
    pub detection: f64,
    /// `δ` in (0, 1): discount factor per epoch.
    pub discount: f64,
    /// `D`: epochs from the deviation until the bond is slashed.
    pub delay: f64,
    /// `π`: rent per epoch while in office.
    pub rent: f64,
}

impl Temptation {
    /// `V = π/(1 − δ)`: present value of staying in office; 0 without rent, whatever `δ`.
    pub fn future(&self) -> f64 {
        if self.rent == 0.0 { 0.0 } else { self.rent / (1.0 - self.discount) }
    }

    /// `B*`: the least bond that deters. At `B*` itself the operator is indifferent.
    pub fn least_bond(&self) -> f64 {
        let missing = self.gain - self.detection * self.discount * self.future();
        (missing / (self.detection * pow(self.discount, self.delay))).max(0.0)
    }

    /// The largest gain that the bond `bond` deters, `q(δ^D B + δV)`.
    pub fn deterrable_gain(&self, bond: f64) -> f64 {
        self.detection * (pow(self.discount, self.delay) * bond + self.discount * self.future())
    }

    /// `acts` such deviations in one epoch, each detected independently and all punished at once: one that gains `kG` and is detected
    /// with the probability `1 − (1 − q)^k`. As the `j`-th adds only `q(1 − q)^(j−1)` to that, the bond that deters all of them
    /// together, `B*_k = max(0, (kG/(1 − (1 − q)^k) − δV)/δ^D)`, deters any fewer of them; that which deters one does not
    /// deter all.
    #[must_use]
    pub fn together(&self, acts: u32) -> Temptation {
        let undetected = pow(1.0 - self.detection, f64::from(acts));
        Temptation { gain: f64::from(acts) * self.gain, detection: 1.0 - undetected, ..*self }
    }

    /// Whether the bond `bond` deters.
    pub fn deters(&self, bond: f64) -> bool {
        self.gain <= self.deterrable_gain(bond)
    }
}

/// What an auction of the right brings the treasury when competition leaves no rent, so that a bond of `G/q` is needed,
/// whose carrying cost at rate `r` is deducted from bids: `R − c_(2) − rG/q`.
pub fn treasury_with_bond(reward: f64, second_cost: f64, rate: f64, gain: f64, detection: f64) -> f64 {
    reward - second_cost - rate * gain / detection
}

/// Largest gain that rent and bond deter together when the bond earns nothing and the operator discounts at the same rate:
/// `q(B + (π − rB)/r) = qπ/r`, independent of the bond, as the bond only moves rent from the future into the pledge.
pub fn neutral_deterrable_gain(detection: f64, rent: f64, rate: f64) -> f64 {
    detection * rent / rate
}

/// Least discount factor at which the loss of office alone (contract, legitimacy; grim trigger) keeps an operator honest:
/// `G/(G + qπ)`. If only a share `exit` of users leaves an operator found out, detection counts for `q·exit`.
pub fn grim_trigger_discount(gain: f64, detection: f64, exit: f64, rent: f64) -> f64 {
    gain / (gain + detection * exit * rent)
}

/// Least discount factor at which `n` equal bidders for `k` seats hold a ring that splits the rent evenly: `1 − k/n`, at
/// least 0. A deviator takes one seat's value once and competes ever after.
pub fn ring_split_discount(n: u32, k: u32) -> f64 {
    (1.0 - f64::from(k) / f64::from(n)).max(0.0)
}

/// Least discount factor at which `n ≥ 2` equal bidders hold a ring that gives the one seat to each in turn.
///
/// Who waits longest is most tempted: its turn comes in `n − 1` epochs and every `n` thereafter, so waiting is worth
/// `v δ^{n−1}/(1 − δ^n)` and snatching the seat `v`. The threshold solves `δ^{n−1}(1 + δ) = 1`. It is above that of the
/// even split: .618 instead of .5 for two.
pub fn ring_rotation_discount(n: u32) -> f64 {
    if n < 2 {
        return 0.0;
    }
    root(|d| pow(d, f64::from(n) - 1.0) * (1.0 + d) - 1.0, 0.0, 1.0).unwrap_or(1.0)
}

/// Least discount factor at which `n ≥ 2` equal bidders hold a ring that draws its winner by lot each epoch: whoever loses
/// the draw must prefer `δ/(1 − δ)·v/n` to `v` now, `n/(n + 1)`.
pub fn ring_lottery_discount(n: u32) -> f64 {
    if n < 2 { 0.0 } else { f64::from(n) / (f64::from(n) + 1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: f64, want: f64, half_unit: f64) {
        assert!((got - want).abs() <= half_unit * 1.000_001, "{got} is not {want}");
    }

    const PLAIN: Temptation = Temptation { gain: 1.0, detection: 1.0, discount: 0.99, delay: 0.0, rent: 0.0 };

    #[test]
    fn bonds() {
        for (detection, bond) in [(0.1, 10.0), (0.5, 2.0), (0.9, 1.1111), (1.0, 1.0)] {
            close(Temptation { detection, ..PLAIN }.least_bond(), bond, 5e-5);
        }
        let case = Temptation { gain: 100.0, detection: 0.9, discount: 0.9999, delay: 168.0, rent: 0.0 };
        close(case.least_bond(), 112.9936, 5e-5);
        let rented = Temptation { rent: 0.005, ..case };
        close(rented.future(), 50.0, 1e-9);
        close(rented.least_bond(), 62.1516, 5e-5);
        let late = Temptation { gain: 100.0, detection: 0.5, discount: 0.999, delay: 168.0, rent: 0.0 };
        close(late.least_bond(), 236.6072, 5e-5);
        for case in [case, rented, late] {
            let bond = case.least_bond();
            assert!(case.deters(1.2 * bond) && !case.deters(0.8 * bond));
            close(case.deterrable_gain(bond), case.gain, 1e-9);
        }
        assert_eq!(Temptation { rent: 1.0, ..PLAIN }.least_bond(), 0.0);
    }

    #[test]
    fn acts_punished_at_once_take_larger_bonds() {
        let half = Temptation { detection: 0.5, ..PLAIN };
        // Two gain 2 and go undetected in a quarter of all cases; of forty hardly any sequence does.
        close(half.together(2).least_bond(), 8.0 / 3.0, 1e-12);
        close(half.together(40).least_bond(), 40.0, 1e-9);
        assert_eq!(half.together(1), half);
        let rented = Temptation { detection: 0.3, discount: 0.9, delay: 4.0, rent: 0.2, ..PLAIN };
        let bonds: Vec<f64> = (1..30).map(|k| rented.together(k).least_bond()).collect();
        assert!(bonds.windows(2).all(|pair| pair[0] < pair[1]));
        // (3/0.657 − 1.8)/0.6561 by hand.
        close(bonds[2], 4.216_141, 5e-7);
    }

    #[test]
    fn rents_and_bonds_are_substitutes() {
        close(treasury_with_bond(1.0, 0.2, 0.01, 5.0, 0.5), 0.7, 1e-12);
        // With δ = 1/(1 + r), rent net of carrying cost and no delay, the deterrable gain does not depend on the bond.
        let (q, rent, rate) = (0.4, 0.3, 0.02);
        for bond in [0.0, 1.0, 7.0] {
            let case = Temptation {
                gain: 0.0,
                detection: q,
                discount: 1.0 / (1.0 + rate),
                delay: 0.0,
                rent: rent - rate * bond,
            };
            close(case.deterrable_gain(bond), neutral_deterrable_gain(q, rent, rate), 1e-12);
        }
    }

    #[test]
    fn grim_triggers() {
        for (rent, row) in
            [(1.0, [0.90909, 0.66667, 0.52632, 0.5]), (0.1, [0.9901, 0.95238, 0.91743, 0.90909])]
        {
            for (detection, discount) in [0.1, 0.5, 0.9, 1.0].into_iter().zip(row) {
                close(grim_trigger_discount(1.0, detection, 1.0, rent), discount, 5e-6);
            }
        }
        assert_eq!(grim_trigger_discount(1.0, 0.8, 0.5, 1.0), grim_trigger_discount(1.0, 0.4, 1.0, 1.0));
        // The threshold is that of a bondless operator.
        let discount = grim_trigger_discount(1.0, 0.3, 1.0, 0.2);
        let case = Temptation { gain: 1.0, detection: 0.3, discount, delay: 0.0, rent: 0.2 };
        close(case.deterrable_gain(0.0), 1.0, 1e-12);
    }

    #[test]
    fn rings() {
        assert_eq!(ring_split_discount(4, 1), 0.75);
        assert_eq!(ring_split_discount(5, 2), 0.6);
        assert_eq!(ring_split_discount(2, 3), 0.0);
        close(ring_rotation_discount(2), (5.0_f64.sqrt() - 1.0) / 2.0, 1e-14);
        close(ring_lottery_discount(2), 2.0 / 3.0, 1e-15);
        // Rotation, checked turn by turn: at the threshold nobody gains by snatching the seat, just below somebody does.
        for n in [2_u32, 3, 7] {
            let waiting = |d: f64, wait: u32| pow(d, f64::from(wait)) / (1.0 - pow(d, f64::from(n)));
            let at = ring_rotation_discount(n);
            assert!((1..n).all(|wait| waiting(at + 1e-9, wait) > 1.0));
            assert!((1..n).any(|wait| waiting(at - 1e-9, wait) < 1.0));
            assert!(at > ring_split_discount(n, 1) && ring_lottery_discount(n) > ring_split_discount(n, 1));
        }
    }
}

//! How often nobody is there to sequence, and for how long.
//!
//! An operator is down with probability `p` per slot, independently; or it fails with probability `f` per slot and is
//! repaired with probability `g` (Markov), so that in the long run it is down a share `π = f/(f + g)` of slots and an
//! outage lasts `1/g` slots on average. Source: Barlow and Proschan, *Statistical Theory of Reliability and Life Testing*
//! (1975), chapter 7, for alternating renewal; the rest is elementary.

use crate::numerics::{binomial_tail, exp_m1, ln_1p, pow};

/// Share of slots with at least one of `r` operators up, each down independently with probability `p`: `1 − p^r`.
pub fn any_of(p: f64, r: u32) -> f64 {
    1.0 - pow(p, f64::from(r))
}

/// Share of slots with at least `quorum` of `n` operators up, each down independently with probability `p`.
pub fn quorum(p: f64, quorum: u32, n: u32) -> f64 {
    binomial_tail(n, quorum, 1.0 - p)
}

/// One operator that fails with probability `fail` and is repaired with probability `repair` per slot, both in (0, 1].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Markov {
    /// `f`: probability of failing in a slot while up.
    pub fail: f64,
    /// `g`: probability of being repaired in a slot while down.
    pub repair: f64,
}

impl Markov {
    /// Long-run share of slots down, `π = f/(f + g)`.
    pub fn down(&self) -> f64 {
        self.fail / (self.fail + self.repair)
    }

    /// Long-run share of slots up, `MTBF/(MTBF + MTTR)` with mean times `1/f` and `1/g`.
    pub fn availability(&self) -> f64 {
        self.repair / (self.fail + self.repair)
    }

    /// Share of slots with at least one of `r` independent operators up, `1 − π^r`.
    pub fn any_of(&self, r: u32) -> f64 {
        1.0 - pow(self.down(), f64::from(r))
    }

    /// Mean length in slots of an outage of all of `r` independent operators at once, `1/(1 − (1 − g)^r)`.
    pub fn mean_outage(&self, r: u32) -> f64 {
        -1.0 / exp_m1(f64::from(r) * ln_1p(-self.repair))
    }

    /// Probability that a missed slot of a single operator is followed by at least `slots` more, `(1 − g)^slots`.
    pub fn run_single(&self, slots: u32) -> f64 {
        pow(1.0 - self.repair, f64::from(slots))
    }

    /// The same under rotation over so many independent operators that none comes up twice: `π^slots`. The mean share of
    /// missed slots is that of a single operator; the tail is not.
    pub fn run_rotation(&self, slots: u32) -> f64 {
        pow(self.down(), f64::from(slots))
    }

    /// Share of slots with at least one of `r` operators up, where a share `common` of failures takes all down together.
    ///
    /// Each operator fails on its own with `(1 − common) f`; one common chain starts with `common·f`, ends with `g`, and
    /// keeps all down while it lasts: `(1 − π_c)(1 − π^r)`. However many operators, availability stays below `1 − π_c`.
    pub fn with_common_cause(&self, common: f64, r: u32) -> f64 {
        let own = Markov { fail: (1.0 - common) * self.fail, ..*self };
        let shared = Markov { fail: common * self.fail, ..*self };
        (1.0 - shared.down()) * own.any_of(r)
    }
}

/// Share of slots for which a machine stays down whose owner can divide the rate of its failures by `e^x` at a cost of `x` times
/// `cost`, where missing all slots costs 1 and it is down for the share `down` (at most one half) without: `π(1 − π) = cost`, or
/// `down` where that is as good. Derived: `d/dx f e^{−x}/(f e^{−x} + g) = −π(1 − π)`.
pub fn down_share_worth_having(down: f64, cost: f64) -> f64 {
    if down * (1.0 - down) <= cost { down } else { 0.5 - (0.25 - cost).sqrt() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::{Key, Purpose, Who};

    fn close(got: f64, want: f64, half_unit: f64) {
        assert!((got - want).abs() <= half_unit * 1.000_001, "{got} is not {want}");
    }

    #[test]
    fn independent_outages() {
        for (p, row) in
            [(0.01, [0.99, 0.9999, 0.999_999]), (0.05, [0.95, 0.9975, 0.999_875]), (0.1, [0.9, 0.99, 0.999])]
        {
            for (r, want) in [1, 2, 3].into_iter().zip(row) {
                close(any_of(p, r), want, 1e-12);
            }
        }
        close(quorum(0.01, 3, 4), 0.999_407_97, 5e-9);
        close(quorum(0.05, 3, 4), 0.985_981_25, 5e-9);
        close(quorum(0.1, 3, 4), 0.9477, 5e-9);
        close(quorum(0.01, 7, 10), 0.999_998, 5e-7);
        close(quorum(0.05, 7, 10), 0.998_971_5, 5e-8);
        close(quorum(0.1, 7, 10), 0.987_204_8, 5e-8);
    }

    #[test]
    fn failing_and_repairing() {
        let often = Markov { fail: 0.001, repair: 0.1 };
        close(often.down(), 0.009901, 5e-7);
        close(often.any_of(2), 0.999_901_97, 5e-9);
        close(often.any_of(3), 0.999_999_029_4, 5e-11);
        close(often.mean_outage(1), 10.0, 1e-9);
        close(often.mean_outage(2), 5.2632, 5e-5);
        let more = Markov { fail: 0.01, repair: 0.1 };
        close(more.down(), 0.090_909, 5e-7);
        close(more.any_of(2), 0.991_735_54, 5e-9);
        close(more.any_of(3), 0.999_248_69, 5e-9);
        let slow = Markov { fail: 0.0005, repair: 0.01 };
        close(slow.down(), 0.047_619, 5e-7);
        close(slow.any_of(2), 0.997_732_43, 5e-9);
        close(slow.any_of(3), 0.999_892_02, 5e-9);
        close(slow.mean_outage(1), 100.0, 1e-9);
        close(slow.mean_outage(2), 50.2513, 5e-5);
        close(slow.availability(), (1.0 / 0.0005) / (1.0 / 0.0005 + 1.0 / 0.01), 1e-15);
    }

    #[test]
    fn common_causes_cap_what_redundancy_buys() {
        let operator = Markov { fail: 0.001, repair: 0.1 };
        close(operator.with_common_cause(0.05, 2), 0.99941, 5e-6);
        close(operator.with_common_cause(0.05, 4), 0.99950, 5e-6);
        close(operator.with_common_cause(0.0, 2), 0.99990, 5e-6);
        close(operator.with_common_cause(0.0, 4), 1.0, 5e-6);
    }

    #[test]
    fn rotation_kills_runs() {
        let operator = Markov { fail: 0.01, repair: 0.1 };
        close(operator.run_single(9), 0.3874, 5e-5);
        close(operator.run_rotation(9), 4e-10, 0.5e-10);
    }

    #[test]
    fn long_run_shares_agree_with_a_simulated_chain() {
        let (operator, slots) = (Markov { fail: 0.02, repair: 0.15 }, 400_000_u32);
        let key = Key::new(9, 0, 0);
        let streams = [0, 1].map(|i| key.stream(Purpose::Outage, Who::member("operator", i)));
        let mut down = [false; 2];
        let (mut both, mut outages) = (0_u32, 0_u32);
        let mut before = false;
        for slot in 0..slots {
            for i in 0..2 {
                let u = streams[i].uniform(slot, 0);
                down[i] = if down[i] { u >= operator.repair } else { u < operator.fail };
            }
            let now = down[0] && down[1];
            both += u32::from(now);
            outages += u32::from(now && !before);
            before = now;
        }
        let share = f64::from(both) / f64::from(slots);
        let length = f64::from(both) / f64::from(outages);
        // About 1500 outages: their number has a relative error of 1/√1500, their mean length about the same.
        assert!(
            (share / (1.0 - operator.any_of(2)) - 1.0).abs() < 4.0 * 1.5 / f64::from(outages).sqrt(),
            "{share}"
        );
        assert!((length / operator.mean_outage(2) - 1.0).abs() < 4.0 / f64::from(outages).sqrt(), "{length}");
    }
}

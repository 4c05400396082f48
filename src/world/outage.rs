//! Outages: two-state Markov chains, one for each sequencer and one common to all.
//!
//! A machine that is up fails with probability `f` in each slot; one that is down is repaired with probability `g`. The
//! lengths of stays are geometric and drawn by inverse transform, one uniform for each stay, so that the chain of a
//! sequencer is a function of its own luck alone: who is asked about, and when, changes nothing.

use crate::draws::Stream;
use crate::numerics::{ln, ln_1p};

/// Failure and repair probabilities per slot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reliability {
    /// Probability `f` that a machine which is up fails in a slot.
    pub failure_rate: f64,
    /// Probability `g` that one which is down comes back in a slot.
    pub repair_rate: f64,
}

impl Reliability {
    /// Never fails.
    pub const PERFECT: Reliability = Reliability { failure_rate: 0.0, repair_rate: 1.0 };

    /// Stationary probability of being down, `f/(f+g)`.
    pub fn down_share(&self) -> f64 {
        if self.failure_rate == 0.0 {
            0.0
        } else {
            self.failure_rate / (self.failure_rate + self.repair_rate)
        }
    }
}

/// Where one chain stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outage {
    up: bool,
    since: u64,
    until: u64,
    stays: u32,
}

impl Outage {
    /// The chain at slot 0, in its stationary distribution.
    pub fn open(reliability: Reliability, stream: Stream) -> Self {
        if reliability.failure_rate == 0.0 {
            return Outage { up: true, since: 0, until: u64::MAX, stays: 0 };
        }
        let up = stream.uniform(0, 0) >= reliability.down_share();
        let mut chain = Outage { up, since: 0, until: 0, stays: 0 };
        chain.until = chain.stay(reliability, stream);
        chain
    }

    /// Length of the present stay: geometric on 1, 2, … by inverse transform.
    fn stay(&mut self, reliability: Reliability, stream: Stream) -> u64 {
        self.stays += 1;
        let rate = if self.up { reliability.failure_rate } else { reliability.repair_rate };
        if rate >= 1.0 {
            return 1;
        }
        if rate <= 0.0 {
            return u64::MAX / 2;
        }
        let u = stream.uniform(1 + (self.stays >> 20), self.stays & 0xF_FFFF);
        1 + (ln(u) / ln_1p(-rate)).min(1e15) as u64
    }

    /// Moves on to `slot` (never backwards) and says whether the machine is up there.
    #[inline]
    pub fn is_up(&mut self, slot: u64, reliability: Reliability, stream: Stream) -> bool {
        while slot >= self.until {
            self.up = !self.up;
            self.since = self.until;
            self.until = self.until.saturating_add(self.stay(reliability, stream));
        }
        self.up
    }

    /// The slot at which the present stay ends; ask after [`Outage::is_up`].
    pub fn until(&self) -> u64 {
        self.until
    }

    /// How many slots before `slot` the present stay began; ask after [`Outage::is_up`] for the same slot.
    pub fn age(&self, slot: u64) -> u64 {
        slot - self.since
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::{Key, Purpose, Who};

    #[test]
    fn availability_and_outage_length_are_those_of_the_markov_chain() {
        for (f, g) in [(0.001, 0.1), (0.01, 0.1), (0.05, 0.3)] {
            let reliability = Reliability { failure_rate: f, repair_rate: g };
            let (markets, slots) = (400_u32, 5_000_u64);
            let (mut down, mut outages) = (0_u64, 0_u64);
            for market in 0..markets {
                let stream = Key::new(11, 0, market).stream(Purpose::Outage, Who::member("a", 0));
                let mut chain = Outage::open(reliability, stream);
                let mut before = true;
                for slot in 0..slots {
                    let up = chain.is_up(slot, reliability, stream);
                    down += u64::from(!up);
                    outages += u64::from(!up && before && slot > 0);
                    before = up;
                }
            }
            let n = (u64::from(markets) * slots) as f64;
            let pi = reliability.down_share();
            // Integrated autocorrelation time of the chain: (2 − f − g)/(f + g).
            let se = (pi * (1.0 - pi) * (2.0 - f - g) / (f + g) / n).sqrt();
            assert!((down as f64 / n - pi).abs() < 4.0 * se, "{f} {g}: {} {pi}", down as f64 / n);
            let length = down as f64 / outages as f64;
            assert!((length * g - 1.0).abs() < 0.1, "mean outage {length}, theory {}", 1.0 / g);
        }
    }

    #[test]
    fn skipping_slots_changes_nothing() {
        let reliability = Reliability { failure_rate: 0.05, repair_rate: 0.2 };
        let stream = Key::new(1, 0, 0).stream(Purpose::Outage, Who::member("a", 0));
        let mut each = Outage::open(reliability, stream);
        let mut some = each;
        for slot in 0..10_000 {
            let up = each.is_up(slot, reliability, stream);
            if slot % 37 == 0 {
                assert_eq!(up, some.is_up(slot, reliability, stream));
                assert_eq!(each.age(slot), some.age(slot));
            }
        }
    }
}

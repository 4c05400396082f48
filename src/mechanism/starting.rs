//! Starting machines: what it costs to be live again after having been idle.
//!
//! **Rule.** A machine that is to be live again is started, which costs `start_cost`, and takes the last state of the rollup
//! in `start_slots` slots in which it runs without being of use. Schedules are known ahead, so that an operator who would be idle
//! for `g` slots keeps its machine running instead where that is cheaper: the gap costs
//! `min(g·c, start_cost + start_slots·c)` beyond idle cost, with `c` what a live slot costs more than an idle one.
//!
//! **In expectation.** Seats that take turns leave gaps of `k − r` slots between turns; where leaders are drawn afresh for each
//! slot, with probability `q`, a live stretch ends with probability `q(1 − q)^r` per slot and the gap after it is geometric.
//! Where leaders are secret, whoever may lead is live all epoch, and starts once.
//! Before its first turn in an epoch a candidate has been idle since it was last live; where seats are drawn, as if its
//! chances had been the same in the epochs before. A candidate drawn for several seats is taken to have gaps as if it had one.

use super::At;
use crate::agent::Setting;
use crate::agent::sequencer::Sequencer;
use crate::numerics::pow;

/// The most that any candidate can save in a later epoch by being live in this one: its whole cost of starting.
pub fn most_saved_later(setting: &Setting) -> f64 {
    let whole = |s: &Sequencer| {
        let more = (s.traits.live_cost - s.traits.idle_cost).max(0.0);
        s.traits.start_cost + s.traits.start_slots * more
    };
    setting.sequencers.iter().map(whole).fold(0.0, f64::max)
}

impl At<'_> {
    /// What it costs candidate `i` to be live again after a gap of so many slots.
    pub fn gap_cost(&self, i: usize, gap: f64) -> f64 {
        let traits = &self.setting.sequencers[i].traits;
        let more = self.live_cost(i).max(0.0);
        let slots = traits.start_slots * self.setting.world.state_factor(self.epoch);
        (gap * more).min(traits.start_cost + slots * more).max(0.0)
    }

    /// Slots for which candidate `i` has been idle as the epoch begins; those who never were live have been for ever.
    fn idle(&self, i: usize) -> f64 {
        self.idle.get(i).copied().unwrap_or(f64::INFINITY)
    }

    /// Cost of starts in an epoch with `turns` turns, `seats` slots apart, of a candidate that has a seat.
    pub fn start_in_turns(&self, i: usize, seats: usize, turns: f64) -> f64 {
        if !self.terms.starts {
            return 0.0;
        }
        if self.terms.oversight.secret {
            return self.start_for_all(i);
        }
        let between = seats.saturating_sub(self.terms.redundancy) as f64;
        self.gap_cost(i, self.idle(i) + between) + (turns - 1.0).max(0.0) * self.gap_cost(i, between)
    }

    /// The same for a candidate that is drawn for a seat with probability `active` in each epoch, alike in all: it has then
    /// been idle for `m` epochs with probability `active·(1 − active)^m`.
    pub fn start_of_drawn_seats(&self, i: usize, seats: usize, turns: f64, active: f64) -> f64 {
        if !self.terms.starts || active <= 0.0 {
            return 0.0;
        }
        if self.terms.oversight.secret {
            return self.start_for_all(i);
        }
        let between = seats.saturating_sub(self.terms.redundancy) as f64;
        let epoch = f64::from(self.terms.epoch_slots);
        let whole = self.gap_cost(i, f64::INFINITY);
        let (mut entry, mut still, mut idle) = (0.0, 1.0, between);
        loop {
            let cost = self.gap_cost(i, idle);
            if cost >= whole || still < 1e-12 {
                entry += still * whole;
                break;
            }
            entry += still * active * cost;
            still *= 1.0 - active;
            idle += epoch;
        }
        active * entry + (turns - active).max(0.0) * self.gap_cost(i, between)
    }

    /// Cost of starts in an epoch of a candidate that leads each slot with probability `q`, `redundancy` being live in each.
    pub fn start_when_drawn(&self, i: usize, q: f64, redundancy: usize) -> f64 {
        if !self.terms.starts || q <= 0.0 {
            return 0.0;
        }
        if self.terms.oversight.secret {
            return self.start_for_all(i);
        }
        let slots = f64::from(self.terms.epoch_slots);
        let idle = self.idle(i);
        let entry = if idle > 0.0 {
            (1.0 - pow(1.0 - q, slots)) * self.gap_cost(i, idle + slots.min(1.0 / q))
        } else {
            0.0
        };
        let counted = if idle > 0.0 { slots - 1.0 } else { slots };
        let more = self.live_cost(i).max(0.0);
        let whole = self.gap_cost(i, f64::INFINITY);
        let gap = if more > 0.0 {
            let patience = whole / more;
            let full = patience.floor();
            more * ((1.0 - pow(1.0 - q, full)) / q + (patience - full) * pow(1.0 - q, full))
        } else {
            0.0
        };
        entry + counted * q * pow(1.0 - q, redundancy as f64) * gap
    }

    /// Cost of being live in every slot of an epoch, were candidate `i` idle before.
    pub fn start_for_all(&self, i: usize) -> f64 {
        if self.terms.starts { self.gap_cost(i, self.idle(i)) } else { 0.0 }
    }
}

//! A censor who bribes includers one by one, and includers who compare its bribe with the tip.
//!
//! A transaction is valid for `T` slots and carries a tip that an includer can collect once, whenever it has a turn. An
//! includer accepts a bribe for a turn if, with what it expects for its later turns, that is worth no less than the
//! tip. Both are solved backwards from the last slot: the censor offers what is just accepted.

use super::super::Luck;
use crate::theory::censorship::{Bribe, Inclusion, Penalty, Schedule};

/// The least bribe in [0, 1000] that is accepted; `accepts` must not fall with it.
pub fn least(accepts: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, 1000.0);
    if accepts(low) {
        return low;
    }
    for _ in 0..50 {
        let bribe = f64::midpoint(low, high);
        if accepts(bribe) { high = bribe } else { low = bribe }
    }
    high
}

/// A censor at work.
#[derive(Clone, Copy, Debug)]
pub struct Censor {
    /// Sequencers, schedule, tip and penalties.
    pub bribe: Bribe,
    /// Discount factor of includers per slot.
    pub discount: f64,
}

impl Censor {
    /// Includers of each slot, by number.
    fn schedule(&self, slots: u32, luck: &mut Luck) -> Vec<Vec<usize>> {
        let Bribe { sequencers, per_slot, schedule, inclusion, .. } = self.bribe;
        let n = sequencers as usize;
        let each = if inclusion == Inclusion::LeaderOnly { 1 } else { per_slot.min(sequencers) as usize };
        let mut order: Vec<usize> = (0..n).collect();
        luck.shuffle(&mut order);
        (0..slots as usize)
            .map(|slot| match schedule {
                Schedule::Rotation => (0..each).map(|i| order[(slot * each + i) % n]).collect(),
                Schedule::Random => {
                    // The first of a shuffled order, as far as it is needed.
                    for i in 0..each {
                        let j = i + luck.below(n - i);
                        order.swap(i, j);
                    }
                    order[..each].to_vec()
                }
            })
            .collect()
    }

    /// What the censor pays in all to keep the transaction out for `slots` slots of a schedule that it knows.
    pub fn pays(&self, slots: u32, luck: &mut Luck) -> f64 {
        let schedule = self.schedule(slots, luck);
        let Bribe { sequencers, tip, expected_penalty, penalty, .. } = self.bribe;
        let n = sequencers as usize;
        // What each expects from its later turns beyond the penalties, and where the next of them is.
        let (mut later, mut next) = (vec![0.0; n], vec![None; n]);
        let mut first = vec![usize::MAX; n];
        for (slot, includers) in schedule.iter().enumerate() {
            for &i in includers {
                first[i] = first[i].min(slot);
            }
        }
        let mut total = 0.0;
        for (slot, includers) in schedule.iter().enumerate().rev() {
            for &i in includers {
                let gap = next[i].map_or(0, |turn: usize| turn - slot);
                let worth = (0..gap).fold(later[i], |worth, _| worth * self.discount);
                let due = match penalty {
                    Penalty::EveryAct => expected_penalty,
                    Penalty::Expelled => {
                        if first[i] == slot {
                            expected_penalty
                        } else {
                            0.0
                        }
                    }
                };
                let bribe = least(|bribe| bribe - due + worth >= tip);
                total += bribe;
                later[i] = bribe - due + worth;
                next[i] = Some(slot);
            }
        }
        total
    }

    /// What a single operator is paid for one slot in the middle of many: after it, the tip is still there.
    pub fn price_of_a_slot(&self) -> f64 {
        let mut worth = 0.0;
        let mut price = 0.0;
        for _ in 0..1000 {
            price = least(|bribe| bribe + self.discount * worth >= self.bribe.tip);
            worth = price + self.discount * worth;
        }
        price
    }
}

/// How includers of one block are paid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tips {
    /// So much for each.
    Each(f64),
    /// One amount for whoever includes alone, another for each where several do.
    Conditional {
        /// For one alone.
        alone: f64,
        /// For each of several.
        together: f64,
    },
    /// One amount, split among those who include.
    Shared(f64),
}

impl Tips {
    /// What each of `includers` collects.
    pub fn collected(self, includers: u32) -> f64 {
        match self {
            Tips::Each(tip) => tip,
            Tips::Conditional { alone, .. } if includers == 1 => alone,
            Tips::Conditional { together, .. } => together,
            Tips::Shared(tip) => tip / f64::from(includers),
        }
    }
}

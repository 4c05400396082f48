//! Weights in the draw of leaders: what a base gives, times what a record is worth.

use super::Algorithmic;
use super::scores::Register;
use crate::mechanism::At;
use crate::numerics::{exp, pow};
use crate::world::World;

/// What weights come from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Base {
    /// Stakes.
    Stake,
    /// Bids of at least a reserve, the highest so many.
    Auction {
        /// Winners.
        seats: usize,
        /// Least bid.
        reserve: f64,
    },
    /// All alike; effort `e` costs `cost·e²/2`.
    Equal {
        /// Cost of effort.
        cost: f64,
    },
}

/// How a score counts.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    pub(super) exponential: bool,
    pub(super) power: f64,
}

impl Form {
    /// `g(S)`.
    #[inline]
    pub fn weight(&self, score: f64) -> f64 {
        if self.power == 0.0 {
            1.0
        } else if self.exponential {
            exp(self.power * score)
        } else if score > 0.0 {
            pow(score, self.power)
        } else {
            0.0
        }
    }
}

impl Algorithmic {
    /// Weight of an offer, given what the record of its maker does to it; 0 where it does not count.
    pub(super) fn weight(&self, offer: f64, factor: f64) -> f64 {
        match self.base {
            Base::Stake => self.contest.weight(offer) * factor,
            Base::Auction { reserve, .. } => {
                if offer >= reserve {
                    offer * factor
                } else {
                    0.0
                }
            }
            Base::Equal { .. } => self.form.weight(offer),
        }
    }

    pub(super) fn factor(&self, register: &Register, i: usize) -> f64 {
        if matches!(self.base, Base::Equal { .. }) { 1.0 } else { register.factor(self, i) }
    }

    /// Whether everybody who has a stake is live in every slot.
    pub(super) fn all_live(&self, register: &Register, at: &At) -> bool {
        self.base == Base::Stake && register.redundancy >= at.setting.candidates()
    }

    /// Cost to candidate `i` of holding this epoch's bond, over the epochs for which it is locked.
    pub(super) fn bond_cost(&self, at: &At, i: usize) -> f64 {
        self.bond(at) * at.holding_cost(i) * self.locked as f64
    }

    /// The bond of this epoch.
    pub(super) fn bond(&self, at: &At) -> f64 {
        if self.bond_power == 0.0 || self.bond == 0.0 {
            return self.bond;
        }
        match &at.setting.world {
            World::Rollup(rollup) if rollup.fee_per_slot > 0.0 => {
                self.bond * pow(at.signals.expected_fee / rollup.fee_per_slot, self.bond_power)
            }
            _ => self.bond,
        }
    }
}

//! Candidates as the world gives them: who they are, what they are worth and what their machines cost. How they play is no
//! part of it.

use super::distribution::Distribution;
use super::outage::Reliability;
use crate::draws::Who;

/// One candidate.
#[derive(Clone, Debug)]
pub struct Sequencer {
    /// Stable identity.
    pub who: Who,
    /// Index of the class it belongs to.
    pub class: usize,
    /// Index of the operator who runs it.
    pub operator: usize,
    /// Its traits.
    pub traits: Traits,
}

/// Traits that the members of a group share.
#[derive(Clone, Debug)]
pub struct Traits {
    /// Value of the whole epoch, in ETH (abstract world).
    pub value: Option<Distribution>,
    /// MEV skill.
    pub skill: f64,
    /// ETH per live slot.
    pub live_cost: f64,
    /// ETH per slot in which it is not live.
    pub idle_cost: f64,
    /// ETH for each start of its machine.
    pub start_cost: f64,
    /// Slots in which a machine that starts takes the rollup's state, live without being of use.
    pub start_slots: f64,
    /// Most capital that it can lock, in ETH; infinite where nothing limits it.
    pub capital_limit: f64,
    /// Failures and repairs.
    pub reliability: Reliability,
    /// What it costs an epoch to divide the rate of its failures by e, in ETH; `None` where that cannot be bought.
    pub uptime_cost: Option<f64>,
    /// Cost of capital: per year in the rollup world, per epoch in the abstract one.
    pub capital_cost: f64,
    /// Discount factor per epoch.
    pub discount: f64,
    /// Private cost of one act of misconduct, in ETH.
    pub scruple: f64,
    /// Jurisdiction whose orders it is under; empty: none.
    pub jurisdiction: String,
}

//! What no agent controls: private values, demand, fees, MEV, outages.
//!
//! The world comes in two kinds. In the **abstract** one each candidate's value of holding the whole epoch is drawn
//! independently from a named distribution, and nothing else happens: auction and contest theory is tested there. In
//! the **rollup** one a slot brings fees that follow a demand index, MEV of which a sequencer extracts its skill's
//! share, posting costs, and outages.
//!
//! Draws are functions of (seed, replicate, market, epoch, slot, entity, purpose) alone (see [`crate::draws`]), so every
//! mechanism under one seed meets the same world.

pub mod candidate;
pub mod demand;
pub mod distribution;
pub mod machines;
pub mod mev;
pub mod orders;
pub mod outage;
mod parameters;
pub mod prices;
pub mod signals;
pub mod state;
pub mod targets;
pub mod users;

pub use distribution::reading::{VALUE_ALLOWED, distribution_from};
pub use machines::Machines;
pub use parameters::*;
pub use signals::{Nature, Signals};

use crate::settings::Section;
use demand::Demand;
use mev::{MULTI_SLOT, Mev};
use orders::Orders;
use outage::Reliability;
use prices::{STABLE_VOLATILITY, TOKEN_VOLATILITY};
use state::StateGrowth;
use targets::Targets;
use users::{Exit, Toxic};

/// The world of an experiment, of which there is one.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant)]
pub enum World {
    /// Private values and nothing else.
    Abstract,
    /// A rollup.
    Rollup(Rollup),
}

/// A rollup's economy.
#[derive(Clone, Debug)]
pub struct Rollup {
    /// Slots in a year.
    pub slots_per_year: f64,
    /// Fees of a slot at mean demand, in ETH.
    pub fee_per_slot: f64,
    /// Demand index.
    pub demand: Demand,
    /// MEV of a slot after mitigation.
    pub mev: Mev,
    /// Premium on the MEV of consecutive slots by one producer.
    pub multi_slot: f64,
    /// ETH per posted slot.
    pub posting_cost: f64,
    /// Log standard deviation of private shocks to skill.
    pub shock_sigma: f64,
    /// The common cause of outages.
    pub common: Reliability,
    /// Probability that a takeover succeeds.
    pub failover: f64,
    /// Slots that a leader must have been down before a takeover.
    pub failover_delay: u64,
    /// Share of a missed slot's fees that is paid later.
    pub backlog: f64,
    /// How the state grows.
    pub state: StateGrowth,
    /// Transactions that a briber wants kept out.
    pub targets: Option<Targets>,
    /// Jurisdictions' orders to keep them out.
    pub orders: Option<Orders>,
    /// MEV at users' expense.
    pub toxic: Option<Toxic>,
    /// How users leave and come back.
    pub exit: Exit,
    /// Volatilities of the token and of the stable asset, per square root of a year.
    pub volatility: [f64; 2],
}

impl Rollup {
    /// Whether there is anything that a sequencer could do wrong.
    pub fn tempts(&self) -> bool {
        self.targets.is_some() || self.toxic.is_some()
    }
}

/// What of the rest of a file the keys of `[world]` depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Around {
    /// Whether there may be standbys, who take over.
    pub redundant: bool,
    /// Whether something is posted in other assets than ETH.
    pub assets: bool,
    /// Whether anybody finds out misconduct.
    pub governed: bool,
    /// Whether any sequencer has a jurisdiction.
    pub placed: bool,
}

impl World {
    /// The rollup in which sequencers can do wrong, if this world is one.
    pub fn tempting(&self) -> Option<&Rollup> {
        match self {
            World::Rollup(rollup) if rollup.tempts() => Some(rollup),
            _ => None,
        }
    }

    /// Whether this is the textbook's world of private values.
    pub fn is_abstract(&self) -> bool {
        matches!(self, World::Abstract)
    }

    /// Cost per epoch of one ETH locked for an epoch of `epoch_slots`, at cost of capital `rate` (per year in the rollup
    /// world, per epoch in the abstract one).
    pub fn epoch_rate(&self, rate: f64, epoch_slots: u32) -> f64 {
        match self {
            World::Abstract => rate,
            World::Rollup(rollup) => rate * f64::from(epoch_slots) / rollup.slots_per_year,
        }
    }

    /// Cost of a live slot in an epoch, over that in the first.
    #[inline]
    pub fn state_factor(&self, epoch: u32) -> f64 {
        match self {
            World::Rollup(rollup) => rollup.state.factor(epoch),
            World::Abstract => 1.0,
        }
    }

    /// Volatilities of the token and the stable asset over a year, and the length of an epoch in years. Prices stand still
    /// in the abstract world.
    pub fn price_moves(&self, epoch_slots: u32) -> ([f64; 2], f64) {
        match self {
            World::Abstract => ([0.0; 2], 0.0),
            World::Rollup(rollup) => (rollup.volatility, f64::from(epoch_slots) / rollup.slots_per_year),
        }
    }

    /// Reads `[world]`, whose scenario has been laid under it already; `None` if its kind cannot be told.
    pub fn read(section: &Section, around: Around) -> Option<World> {
        let Around { redundant, assets, governed, placed } = around;
        section.known(PARAMETERS);
        // The scenario's own settings have been laid under the table's.
        section.optional_text(&SCENARIO);
        if section.optional_choice(&KIND)? == "abstract" {
            if section.is_given(SCENARIO.key) {
                section.refuse(
                    SCENARIO.key,
                    "a scenario describes a rollup, and this world's kind is `abstract`",
                    "no `scenario`, or no `kind`",
                    None,
                );
            }
            section.note_unread("it belongs to the rollup world, and this world's kind is `abstract`");
            return Some(World::Abstract);
        }
        let volatility = section.number(&DEMAND_VOLATILITY);
        let persistence = section.number(&DEMAND_PERSISTENCE);
        let median = section.number(&MEV_MEDIAN);
        let sigma = section.number(&MEV_SIGMA);
        let zero = section.number(&MEV_ZERO_SHARE);
        let tail_share = section.number(&MEV_TAIL_SHARE);
        let tail_shape = section.number(&MEV_TAIL_SHAPE);
        let cap = section.number(&MEV_TAIL_CAP);
        let remaining =
            (1.0 - section.number(&USER_MITIGATION)) * (1.0 - section.number(&SEQUENCER_MITIGATION));
        let targets = Targets::read(section);
        let orders = Orders::read(section, targets.is_some(), placed);
        let toxic = Toxic::read(section);
        let exit = Exit::read(section, targets.is_some() || toxic.is_some(), governed);
        let benign = toxic.map_or(1.0, |toxic| 1.0 - toxic.share);
        if !assets {
            for parameter in [&TOKEN_VOLATILITY, &STABLE_VOLATILITY] {
                section.note_unread_key(parameter, "no contender has a `bond_asset`");
            }
        }
        if !redundant {
            section.note_unread("it takes standbys, and no contender has a `redundancy` above 1");
        }
        Some(World::Rollup(Rollup {
            slots_per_year: section.number(&SLOTS_PER_YEAR),
            fee_per_slot: section.number(&FEE),
            demand: Demand { persistence, volatility },
            mev: Mev::new(zero, median, sigma, tail_share, tail_shape, cap, remaining * benign),
            multi_slot: section.optional_number(&MULTI_SLOT).unwrap_or(0.0),
            posting_cost: section.number(&POSTING_COST),
            shock_sigma: section.number(&SHOCK_SIGMA),
            common: Reliability {
                failure_rate: section.number(&COMMON_FAILURE_RATE),
                repair_rate: section.number(&COMMON_REPAIR_RATE),
            },
            failover: if redundant { section.number(&FAILOVER) } else { 0.0 },
            failover_delay: if redundant { section.integer(&FAILOVER_DELAY) } else { 0 },
            backlog: section.number(&BACKLOG),
            state: StateGrowth::read(section),
            targets,
            orders,
            toxic,
            exit,
            volatility: if assets {
                [&TOKEN_VOLATILITY, &STABLE_VOLATILITY].map(|p| section.optional_number(p).unwrap_or(0.0))
            } else {
                [0.0; 2]
            },
        }))
    }
}

//! Delegators: owners of stake who lend it to sequencers for kickbacks.
//!
//! Backing sequencer `i` is worth `U_i = s·y_i + t·a_i` to a delegator of group `g`, and backing nobody `s·u0`, where `y_i` is the payout that it expects
//! from `i` (ETH an epoch if it held all stake), `s = 1/μ` its price sensitivity, `a_i` the share of its slots that `i`
//! has delivered and `t` the taste for uptime. What it expects is the posted offer times what an offer of one has been
//! worth in *delivered* payouts, which it learns by exponential smoothing. Each epoch a share `1 − ρ` reconsiders, by the
//! group's strategy ([`super::delegation`]): unless it names another, by logit, `q_i ∝ e^{U_i}`.
//!
//! Reference: Anderson, de Palma and Thisse (1992), *Discrete Choice Theory of Product Differentiation*, chapter 7.

use super::delegation::STRATEGY;
use crate::draws::Who;
use crate::learning::population::Revision;
use crate::settings::{Parameter, Section};

/// Name of the group.
pub const NAME: Parameter = Parameter::text_optional(
    "name",
    "name of the group; its members' luck hangs on it (default: its place in the file)",
);
/// Number of members.
pub const COUNT: Parameter =
    Parameter::integer("count", 1, 10_000_000, 1, "", "number of delegators in the group");
/// Stake of each.
pub const STAKE: Parameter =
    Parameter::number("stake", 0.0, 1e15, 1.0, "ETH", "stake of each member").open_low();
/// Continuum.
pub const CONTINUUM: Parameter = Parameter::flag(
    "continuum",
    false,
    "treat the group as a continuum with deterministic shares instead of single delegators",
);
/// Price sensitivity.
pub const PRICE_SENSITIVITY: Parameter = Parameter::number_required(
    "price_sensitivity",
    0.0,
    1e12,
    "per ETH",
    "1/μ of the logit choice, per ETH an epoch that the delegator would get if it held all stake",
);
/// Outside option.
pub const OUTSIDE_OPTION: Parameter = Parameter::number_optional(
    "outside_option",
    -1e12,
    1e12,
    "ETH per epoch",
    "payout of delegating to nobody, if it held all stake; absent: every unit of stake is delegated",
);
/// Inertia.
pub const INERTIA: Parameter = Parameter::number(
    "inertia",
    0.0,
    0.9999,
    0.0,
    "share",
    "share ρ of the stake that does not reconsider in an epoch",
);
/// Taste for uptime.
pub const UPTIME_TASTE: Parameter = Parameter::number(
    "uptime_taste",
    0.0,
    1e6,
    0.0,
    "",
    "weight of the share of slots delivered in the logit utility",
);
/// Cost of capital.
pub const CAPITAL_COST: Parameter = Parameter::number(
    "capital_cost",
    0.0,
    100.0,
    0.0,
    "per year (rollup), per epoch (abstract)",
    "cost of capital of delegated stake (a memo account)",
);
/// Learning rate.
pub const PAYOUT_LEARNING: Parameter = Parameter::number(
    "payout_learning",
    0.0,
    1.0,
    0.2,
    "",
    "weight of the newest epoch when delegators update what an offer delivers: 0 (they go by what is promised) or at least 0.001",
);

/// Every key of a `[[delegators]]` table.
pub const PARAMETERS: &[&Parameter] = &[
    &NAME,
    &COUNT,
    &STAKE,
    &CONTINUUM,
    &PRICE_SENSITIVITY,
    &OUTSIDE_OPTION,
    &INERTIA,
    &UPTIME_TASTE,
    &CAPITAL_COST,
    &PAYOUT_LEARNING,
    &STRATEGY,
];

/// A group of delegators with the same traits.
#[derive(Clone, Debug)]
pub struct DelegatorGroup {
    /// Name of the group in the file.
    pub name: String,
    /// Stable identity of the group; members are its draws.
    pub who: Who,
    /// Number of members.
    pub count: usize,
    /// Stake of each, in ETH.
    pub stake: f64,
    /// Deterministic shares instead of atoms.
    pub continuum: bool,
    /// `1/μ`, per ETH.
    pub price_sensitivity: f64,
    /// Payout of delegating to nobody, in ETH per epoch.
    pub outside_option: Option<f64>,
    /// Share `ρ` of stake that stays put.
    pub inertia: f64,
    /// Weight of uptime in the utility.
    pub uptime_taste: f64,
    /// Cost of capital: per year in the rollup world, per epoch in the abstract one.
    pub capital_cost: f64,
    /// Smoothing weight of the newest delivered payout.
    pub payout_learning: f64,
    /// How those who reconsider choose.
    pub rule: Revision,
}

impl DelegatorGroup {
    /// Stake of the whole group, in ETH.
    pub fn total_stake(&self) -> f64 {
        self.stake * self.count as f64
    }

    /// Share of an advantage gained today that is left in the next epoch (see [`Revision::persistence`]).
    pub fn persistence(&self) -> f64 {
        self.rule.persistence(self.inertia)
    }

    /// Reads one group; `strategy` finds a strategy by name.
    pub fn read(
        section: &Section,
        strategy: &mut dyn FnMut(&Section, &str) -> Option<Revision>,
    ) -> DelegatorGroup {
        section.known(PARAMETERS);
        let place = section.path().rsplit('.').next().unwrap_or_default();
        let name = section.optional_text(&NAME).unwrap_or_else(|| format!("delegators-{place}"));
        let payout_learning = section.number(&PAYOUT_LEARNING);
        if payout_learning > 0.0 && payout_learning < 0.001 {
            section.refuse(
                "payout_learning",
                "delegators who would take thousands of epochs to learn anything",
                "0, or a number from 0.001 to 1",
                None,
            );
        }
        let name_of_rule = section.text(&STRATEGY);
        // Where the strategy cannot be read the file is refused anyway.
        let rule = strategy(section, &name_of_rule).unwrap_or(Revision::Logit);
        DelegatorGroup {
            who: Who::member(&name, u32::MAX),
            count: section.integer(&COUNT) as usize,
            stake: section.number(&STAKE),
            continuum: section.flag(&CONTINUUM),
            price_sensitivity: section.number(&PRICE_SENSITIVITY),
            outside_option: section.optional_number(&OUTSIDE_OPTION),
            inertia: section.number(&INERTIA),
            uptime_taste: section.number(&UPTIME_TASTE),
            capital_cost: section.number(&CAPITAL_COST),
            payout_learning,
            rule,
            name,
        }
    }
}

//! The keys of `[world]`.

use super::mev::MULTI_SLOT;
use super::prices::{STABLE_VOLATILITY, TOKEN_VOLATILITY};
use super::{orders, state, targets, users};
use crate::settings::Parameter;

/// Kind of world.
pub const KIND: Parameter = Parameter::choice(
    "kind",
    &["abstract", "rollup"],
    "abstract",
    "private values alone, or a rollup with fees, MEV and outages",
);
/// Scenario.
pub const SCENARIO: Parameter = Parameter::text_optional(
    "scenario",
    "name of a calibrated scenario whose settings fill what the file leaves out (see `list scenarios`)",
);
/// Slots in a year.
pub const SLOTS_PER_YEAR: Parameter = Parameter::number(
    "slots_per_year",
    1.0,
    1e12,
    15_778_800.0,
    "slots",
    "slots in a year, to convert yearly interest (default: one in two seconds)",
);
/// Fees of a slot.
pub const FEE: Parameter =
    Parameter::number("fee_per_slot", 0.0, 1e12, 0.0, "ETH per slot", "users' fees in a slot at mean demand");
/// Autocorrelation of demand.
pub const DEMAND_PERSISTENCE: Parameter = Parameter::number(
    "demand_persistence",
    0.0,
    1.0,
    0.0,
    "",
    "autocorrelation of the log demand index from epoch to epoch",
)
.open_high();
/// Volatility of demand.
pub const DEMAND_VOLATILITY: Parameter = Parameter::number(
    "demand_volatility",
    0.0,
    5.0,
    0.0,
    "",
    "stationary standard deviation of the log demand index",
);
/// Median MEV.
pub const MEV_MEDIAN: Parameter =
    Parameter::number("mev_median", 0.0, 1e12, 0.0, "ETH per slot", "median MEV of the slots that have any");
/// Dispersion of MEV.
pub const MEV_SIGMA: Parameter = Parameter::number(
    "mev_sigma",
    0.0,
    5.0,
    1.0,
    "",
    "log standard deviation of the body of the MEV distribution",
);
/// Slots without MEV.
pub const MEV_ZERO_SHARE: Parameter =
    Parameter::number("mev_zero_share", 0.0, 1.0, 0.0, "share", "share of slots without any MEV").open_high();
/// Weight of the tail.
pub const MEV_TAIL_SHARE: Parameter = Parameter::number(
    "mev_tail_share",
    0.0,
    0.5,
    0.0,
    "share",
    "share of slots with MEV that come from the Pareto tail",
);
/// Shape of the tail.
pub const MEV_TAIL_SHAPE: Parameter = Parameter::number(
    "mev_tail_shape",
    0.0,
    100.0,
    2.5,
    "",
    "shape of the Pareto tail; the smaller, the heavier",
)
.open_low();
/// Cap of the tail.
pub const MEV_TAIL_CAP: Parameter = Parameter::number(
    "mev_tail_cap",
    1.0,
    1e9,
    1000.0,
    "multiple",
    "largest MEV as a multiple of where the tail begins",
);
/// Mitigation by users.
pub const USER_MITIGATION: Parameter = Parameter::number(
    "user_mitigation",
    0.0,
    1.0,
    0.0,
    "share",
    "share of MEV that users' own protection removes",
);
/// Mitigation by sequencers.
pub const SEQUENCER_MITIGATION: Parameter = Parameter::number(
    "sequencer_mitigation",
    0.0,
    1.0,
    0.0,
    "share",
    "share of the remaining MEV that protocol rules for sequencers remove",
);
/// Posting cost.
pub const POSTING_COST: Parameter = Parameter::number(
    "posting_cost",
    0.0,
    1e12,
    0.0,
    "ETH per slot",
    "cost of posting a slot's data to L1, paid by its producer",
);
/// Private shocks.
pub const SHOCK_SIGMA: Parameter = Parameter::number(
    "shock_sigma",
    0.0,
    5.0,
    0.0,
    "",
    "log standard deviation of a sequencer's private shock to its MEV skill, drawn anew each epoch",
);
/// Common failures.
pub const COMMON_FAILURE_RATE: Parameter = Parameter::number(
    "common_failure_rate",
    0.0,
    1.0,
    0.0,
    "per slot",
    "probability that a common cause takes all sequencers down",
);
/// Common repair.
pub const COMMON_REPAIR_RATE: Parameter = Parameter::number(
    "common_repair_rate",
    0.0,
    1.0,
    0.1,
    "per slot",
    "probability that a common outage ends",
)
.open_low();
/// Success of a takeover.
pub const FAILOVER: Parameter = Parameter::number(
    "failover",
    0.0,
    1.0,
    1.0,
    "probability",
    "probability that a standby takes over when the leader is down",
);
/// Delay of a takeover.
pub const FAILOVER_DELAY: Parameter = Parameter::integer(
    "failover_delay",
    0,
    10_000,
    0,
    "slots",
    "slots that a leader must have been down before a standby may take over",
);
/// Backlog.
pub const BACKLOG: Parameter = Parameter::number(
    "backlog",
    0.0,
    1.0,
    0.0,
    "share",
    "share of a missed slot's fees that is paid in the next slot that is produced",
);

/// Every key of `[world]`.
pub const PARAMETERS: &[&Parameter] = &[
    &KIND,
    &SCENARIO,
    &SLOTS_PER_YEAR,
    &FEE,
    &DEMAND_PERSISTENCE,
    &DEMAND_VOLATILITY,
    &MEV_MEDIAN,
    &MEV_SIGMA,
    &MEV_ZERO_SHARE,
    &MEV_TAIL_SHARE,
    &MEV_TAIL_SHAPE,
    &MEV_TAIL_CAP,
    &MULTI_SLOT,
    &USER_MITIGATION,
    &SEQUENCER_MITIGATION,
    &POSTING_COST,
    &SHOCK_SIGMA,
    &COMMON_FAILURE_RATE,
    &COMMON_REPAIR_RATE,
    &FAILOVER,
    &FAILOVER_DELAY,
    &BACKLOG,
    &state::GROWTH,
    &state::EXPIRY,
    &targets::RATE,
    &targets::TIP,
    &targets::TIP_RULE,
    &targets::TIP_ALONE,
    &targets::VALUE,
    &targets::WINDOW,
    &targets::DELAY_COST,
    &targets::FORCED,
    &orders::RATE,
    &orders::END,
    &orders::CORRELATION,
    &orders::PENALTY,
    &users::TOXIC_SHARE,
    &users::TOXIC_HARM,
    &users::EXIT,
    &users::RETURN,
    &TOKEN_VOLATILITY,
    &STABLE_VOLATILITY,
];

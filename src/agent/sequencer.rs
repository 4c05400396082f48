//! Sequencers: candidates for the right to produce blocks, with their skills, costs and machines.

use super::conduct::{self, Conduct};
use super::strategy::Strategy;
use crate::settings::{Parameter, Section};
use crate::world::outage::Reliability;
use crate::world::{self, World};

pub use crate::world::candidate::{Sequencer, Traits};

/// Name of the group.
pub const NAME: Parameter =
    Parameter::text_required("name", "name of the group; a sequencer's identity and luck hang on it");
/// Private value of holding the whole epoch (abstract world).
pub const VALUE: Parameter = Parameter::custom_required(
    "value",
    world::VALUE_ALLOWED,
    "private value of holding the whole epoch, in ETH: a distribution (abstract world)",
);
/// Number of members.
pub const COUNT: Parameter =
    Parameter::integer_required("count", 1, 1000, "", "number of sequencers in the group");
/// Candidates of one operator.
pub const IDENTITIES: Parameter = Parameter::integer_optional(
    "identities",
    1,
    1000,
    "",
    "candidates that each operator of the group runs, whose offers are learned and judged by what all of them earn: `count` is a multiple of it; absent: every member is an operator of its own",
);
/// Cost of taking part.
pub const ENTRY_COST: Parameter = Parameter::number_optional(
    "entry_cost",
    0.0,
    1e12,
    "ETH per epoch",
    "what taking part costs a member besides, spent outside the game: members enter and leave one by one until those inside expect to cover it and one more would not, up to `count`; where nobody would take part one does, at a loss; they expect offers and conduct as learned, and machines as they are before anybody invests in uptime; absent: all take part",
);
/// MEV skill.
pub const SKILL: Parameter = Parameter::number(
    "skill",
    0.0,
    1e6,
    1.0,
    "",
    "share of a slot's MEV that the sequencer extracts on average",
);
/// Cost of a live slot.
pub const LIVE_COST: Parameter = Parameter::number(
    "live_cost",
    0.0,
    1e12,
    0.0,
    "ETH per slot",
    "cost of a slot in which the machine is live, as leader or standby",
);
/// Cost of an idle slot.
pub const IDLE_COST: Parameter = Parameter::number(
    "idle_cost",
    -1e12,
    1e12,
    0.0,
    "ETH per slot",
    "cost of a slot in which the machine is not live; negative where it has another use",
);
/// Failure probability.
pub const FAILURE_RATE: Parameter = Parameter::number(
    "failure_rate",
    0.0,
    1.0,
    0.0,
    "per slot",
    "probability that a running machine fails in a slot",
);
/// Repair probability.
pub const REPAIR_RATE: Parameter = Parameter::number(
    "repair_rate",
    0.0,
    1.0,
    0.1,
    "per slot",
    "probability that a failed machine comes back in a slot",
)
.open_low();
/// Cost of uptime.
pub const UPTIME_COST: Parameter = Parameter::number_optional(
    "uptime_cost",
    0.0,
    1e12,
    "ETH per epoch",
    "what it costs to divide the failure rate by e; how much of that each group buys is learned; absent: none",
)
.open_low();
/// Cost of capital.
pub const CAPITAL_COST: Parameter = Parameter::number(
    "capital_cost",
    0.0,
    100.0,
    0.0,
    "per year (rollup), per epoch (abstract)",
    "cost of capital that is locked",
);
/// Limit of capital.
pub const CAPITAL_LIMIT: Parameter = Parameter::number_optional(
    "capital_limit",
    0.0,
    1e15,
    "ETH",
    "most that the sequencer can have locked: larger stakes count as that much, and who could not post every bond of its dispute window does not take part; absent: no limit",
);
/// Cost of a start.
pub const START_COST: Parameter = Parameter::number_optional(
    "start_cost",
    0.0,
    1e12,
    "ETH",
    "cost of starting the machine, for a slot in which it is live after one in which it was not; absent: nothing",
);
/// Length of a start.
pub const START_SLOTS: Parameter = Parameter::integer_optional(
    "start_slots",
    0,
    1_000_000_000,
    "slots",
    "slots before its first in which a machine that starts takes the rollup's state, at the cost of live ones; absent: none",
);
/// Discount factor.
pub const DISCOUNT: Parameter = Parameter::number(
    "discount",
    0.0,
    1.0,
    1.0,
    "per epoch",
    "weight of the next epoch's payoff relative to this one's",
);
/// Strategy of groups that name none.
pub const DEFAULT_STRATEGY: &str = "hedge";
/// Strategy.
pub const STRATEGY: Parameter = Parameter::text(
    "strategy",
    DEFAULT_STRATEGY,
    "strategy file that the group plays, by name (see `list strategies`) or by path, ending in .toml",
);

/// Every key that a `[[sequencers]]` table may have under some world or rule.
pub const PARAMETERS: &[&Parameter] = &[
    &NAME,
    &COUNT,
    &IDENTITIES,
    &ENTRY_COST,
    &VALUE,
    &SKILL,
    &LIVE_COST,
    &IDLE_COST,
    &FAILURE_RATE,
    &REPAIR_RATE,
    &UPTIME_COST,
    &CAPITAL_COST,
    &CAPITAL_LIMIT,
    &START_COST,
    &START_SLOTS,
    &DISCOUNT,
    &STRATEGY,
    &conduct::SCRUPLE,
    &conduct::JURISDICTION,
    &conduct::BRIBES,
    &conduct::TOXIC_MEV,
    &conduct::ORDERS,
];

/// A group of sequencers that share traits and a strategy.
#[derive(Clone, Debug)]
pub struct Class {
    /// Name of the group in the file.
    pub name: String,
    /// Number of members.
    pub count: usize,
    /// Candidates of each operator, member by member.
    pub identities: usize,
    /// What taking part costs a member, in ETH an epoch, where members enter freely.
    pub entry_cost: Option<f64>,
    /// Traits of every member.
    pub traits: Traits,
    /// How they play.
    pub strategy: Strategy,
    /// How they resist temptation.
    pub conduct: Conduct,
}

/// Reads one group; `strategy` finds a strategy by name.
pub fn read(
    section: &Section,
    world: &World,
    bonded: bool,
    discounted: bool,
    strategy: &mut dyn FnMut(&Section, &str) -> Option<Strategy>,
) -> Option<Class> {
    section.known(PARAMETERS);
    let group = section.text(&NAME);
    let count = section.optional_integer(&COUNT);
    let identities = section.optional_integer(&IDENTITIES).unwrap_or(1);
    if let Some(count) = count.filter(|count| count % identities != 0) {
        section.refuse(
            IDENTITIES.key,
            &format!("{count} candidates for operators who run {identities} each"),
            &format!("a divisor of {count}, the group's `count`"),
            None,
        );
    }
    let entry_cost = section.optional_number(&ENTRY_COST);
    if entry_cost.is_some() && identities > 1 {
        section.refuse(
            ENTRY_COST.key,
            "members who enter one by one, of operators who run several",
            "free entry of operators with one candidate each, without `identities`",
            None,
        );
    }
    let (value, skill) = if world.is_abstract() {
        section.note_unread_key(
            &SKILL,
            "in the abstract world a sequencer's worth is its `value`; `skill` belongs to the rollup world",
        );
        (section.custom(&VALUE, world::distribution_from), 1.0)
    } else {
        section.note_unread_key(&VALUE, "in the rollup world a sequencer's worth comes from fees, MEV and `skill`; `value` belongs to the abstract world");
        (None, section.number(&SKILL))
    };
    let failure_rate = section.number(&FAILURE_RATE);
    let repair_rate = section.number(&REPAIR_RATE);
    let (conduct, scruple, jurisdiction) = Conduct::read(section, world);
    let traits = Traits {
        value,
        skill,
        live_cost: section.number(&LIVE_COST),
        idle_cost: section.number(&IDLE_COST),
        start_cost: section.optional_number(&START_COST).unwrap_or(0.0),
        start_slots: section.optional_integer(&START_SLOTS).unwrap_or(0) as f64,
        capital_limit: if bonded {
            section.optional_number(&CAPITAL_LIMIT).unwrap_or(f64::INFINITY)
        } else {
            f64::INFINITY
        },
        uptime_cost: if world.is_abstract() || failure_rate == 0.0 {
            section.note_unread_key(
                &UPTIME_COST,
                "there is no uptime to buy without slots (`kind = \"rollup\"`) and a `failure_rate`",
            );
            None
        } else {
            section.optional_number(&UPTIME_COST)
        },
        reliability: Reliability { failure_rate, repair_rate },
        capital_cost: if bonded { section.number(&CAPITAL_COST) } else { 0.0 },
        discount: if discounted { section.number(&DISCOUNT) } else { 1.0 },
        scruple,
        jurisdiction,
    };
    let name = section.text(&STRATEGY);
    let strategy = strategy(section, &name)?;
    if world.is_abstract() && traits.value.is_none() {
        return None;
    }
    let (count, identities) = (count? as usize, identities as usize);
    Some(Class { name: group, count, identities, entry_cost, traits, strategy, conduct })
}

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
pub mod mev;
pub mod orders;
pub mod outage;
pub mod prices;
pub mod state;
pub mod targets;
pub mod users;

use crate::draws::{Key, Purpose, Stream, Who};
use crate::numerics::{exp, normal_quantile};
use crate::settings::{Parameter, Section, Value};
use candidate::Sequencer;
use demand::Demand;
use distribution::Distribution;
use mev::Mev;
use orders::Orders;
use outage::{Outage, Reliability};
use prices::{STABLE_VOLATILITY, TOKEN_VOLATILITY};
use state::StateGrowth;
use targets::Targets;
use users::{Exit, Toxic};

/// What a distribution may look like in a file.
pub const VALUE_ALLOWED: &str = "{ constant = x }, { uniform = [low, high] }, { beta = [a, b] }, { exponential = rate }, \
     { lognormal = [mu, sigma] }, { pareto = [scale, shape] } or { discrete = { values = [..], weights = [..] } }";

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

    /// Reads `[world]`, whose scenario has been laid under it already; `None` if its kind cannot be told. Takeovers are read
    /// where there may be standbys, prices where something is posted in other assets than ETH.
    pub fn read(section: &Section, redundant: bool, assets: bool) -> Option<World> {
        section.known(PARAMETERS);
        // The scenario's own settings have been laid under the table's.
        section.optional_text(&SCENARIO);
        if section.optional_choice(&KIND)? == "abstract" {
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
        let orders = Orders::read(section, targets.is_some());
        let toxic = Toxic::read(section);
        let exit = Exit::read(section, targets.is_some() || toxic.is_some());
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

/// Reads a distribution from its table.
///
/// # Errors
/// What is wrong with it, in words.
pub fn distribution_from(value: &Value) -> Result<Distribution, String> {
    let Value::Table(entries) = value else {
        return Err("a distribution is a table with one key".to_owned());
    };
    let [(name, argument)] = entries.as_slice() else {
        return Err(format!("a distribution is a table with one key, this one has {}", entries.len()));
    };
    let two = |argument: &Value| -> Result<(f64, f64), String> {
        match argument.as_numbers().as_deref() {
            Some([a, b]) => Ok((*a, *b)),
            _ => Err(format!("`{name}` takes a list of two numbers")),
        }
    };
    let one = |argument: &Value| argument.as_number().ok_or_else(|| format!("`{name}` takes one number"));
    match name.as_str() {
        "constant" => Distribution::constant(one(argument)?),
        "uniform" => two(argument).and_then(|(low, high)| Distribution::uniform(low, high)),
        "beta" => two(argument).and_then(|(a, b)| Distribution::beta(a, b)),
        "exponential" => Distribution::exponential(one(argument)?),
        "lognormal" => two(argument).and_then(|(mu, sigma)| Distribution::lognormal(mu, sigma)),
        "pareto" => two(argument).and_then(|(scale, shape)| Distribution::pareto(scale, shape)),
        "discrete" => {
            let Value::Table(lists) = argument else {
                return Err("`discrete` takes a table with `values` and `weights`".to_owned());
            };
            let list = |key: &str| {
                lists
                    .iter()
                    .find(|(k, _)| k == key)
                    .and_then(|(_, v)| v.as_numbers())
                    .ok_or_else(|| format!("`discrete` needs a list of numbers `{key}`"))
            };
            if let Some((key, _)) = lists.iter().find(|(k, _)| k != "values" && k != "weights") {
                return Err(format!("`discrete` has `values` and `weights`, not `{key}`"));
            }
            Distribution::discrete(&list("values")?, &list("weights")?)
        }
        other => {
            let names = ["constant", "uniform", "beta", "exponential", "lognormal", "pareto", "discrete"];
            let near = crate::settings::nearest(other, names)
                .map_or(String::new(), |n| format!("; did you mean `{n}`?"));
            Err(format!("there is no distribution `{other}`{near}"))
        }
    }
}

/// What candidates know before they make an offer.
#[derive(Clone, Debug, Default)]
pub struct Signals {
    /// The uniform draw behind each candidate's private signal: its rank in its own distribution.
    pub rank: Vec<f64>,
    /// MEV skill this epoch (1 in the abstract world).
    pub skill: Vec<f64>,
    /// Expected fees and MEV of a slot that the candidate produces, in ETH.
    pub gross: Vec<f64>,
    /// Expected gross value of a slot in the later epochs of a term that begins now, by candidate; empty where a term is one
    /// epoch.
    pub later: Vec<f64>,
    /// Fees of a slot as expected from the demand of the epoch before, in ETH.
    pub expected_fee: f64,
    /// Log demand index of this epoch, which nobody knows yet.
    pub next_log_demand: f64,
    /// Share of users that findings of misconduct have driven away.
    pub lost_users: f64,
    /// Candidates who are barred from office in this epoch; empty: nobody.
    pub barred: Vec<bool>,
}

/// The exogenous side of one market: demand and machines.
#[derive(Clone, Debug)]
pub struct Nature {
    key: Key,
    log_demand: f64,
    signal: Vec<Stream>,
}

impl Nature {
    /// Opens the exogenous side of the market with this key.
    pub fn open(world: &World, sequencers: &[Sequencer], key: Key) -> Self {
        let log_demand = match world {
            World::Abstract => 0.0,
            World::Rollup(rollup) => rollup.demand.open(key),
        };
        let signal = sequencers.iter().map(|s| key.stream(Purpose::Signal, s.who)).collect();
        Nature { key, log_demand, signal }
    }

    /// The market's key.
    pub fn key(&self) -> Key {
        self.key
    }

    /// Draws the private signals of `epoch` (epochs come in order) and moves demand on. What the later epochs of a term of
    /// `term_epochs` are expected to bring is worked out beside them.
    pub fn signals(
        &mut self,
        world: &World,
        sequencers: &[Sequencer],
        epoch: u32,
        epoch_slots: u32,
        term_epochs: u32,
        out: &mut Signals,
    ) {
        let n = sequencers.len();
        out.rank.resize(n, 0.0);
        out.skill.resize(n, 1.0);
        out.gross.resize(n, 0.0);
        for (rank, stream) in out.rank.iter_mut().zip(&self.signal) {
            *rank = stream.uniform(epoch, 0);
        }
        if let World::Rollup(rollup) = world {
            out.expected_fee =
                rollup.fee_per_slot * rollup.demand.expected(self.log_demand) * (1.0 - out.lost_users);
        }
        for (i, sequencer) in sequencers.iter().enumerate() {
            out.set(world, sequencer, i, out.rank[i], epoch_slots);
        }
        if term_epochs > 1 {
            let fee = match world {
                World::Abstract => 0.0,
                World::Rollup(rollup) => {
                    let ahead = |t: u32| rollup.demand.expected_after(self.log_demand, t);
                    let sum: f64 = (1..term_epochs).map(ahead).sum();
                    rollup.fee_per_slot * sum / f64::from(term_epochs - 1)
                }
            };
            out.later.clear();
            out.later.extend(sequencers.iter().map(|sequencer| match world {
                World::Abstract => {
                    sequencer.traits.value.as_ref().map_or(0.0, Distribution::mean) / f64::from(epoch_slots)
                }
                World::Rollup(rollup) => fee + sequencer.traits.skill * rollup.mev.mean(),
            }));
        }
        if let World::Rollup(rollup) = world {
            self.log_demand = rollup.demand.next(self.key, epoch, self.log_demand);
            out.next_log_demand = self.log_demand;
        }
    }
}

impl Signals {
    /// Whether candidate `i` is barred from office.
    #[inline]
    pub fn is_barred(&self, i: usize) -> bool {
        self.barred.get(i).is_some_and(|&barred| barred)
    }

    /// Lets candidate `i` have the private signal of this rank.
    #[inline]
    pub fn set(&mut self, world: &World, sequencer: &Sequencer, i: usize, rank: f64, epoch_slots: u32) {
        self.rank[i] = rank;
        match world {
            World::Abstract => {
                let value = sequencer.traits.value.as_ref().map_or(0.0, |value| value.quantile(rank));
                self.gross[i] = value / f64::from(epoch_slots);
            }
            World::Rollup(rollup) => {
                let sigma = rollup.shock_sigma;
                let shock =
                    if sigma == 0.0 { 1.0 } else { exp(sigma * normal_quantile(rank) - 0.5 * sigma * sigma) };
                self.skill[i] = sequencer.traits.skill * shock;
                self.gross[i] =
                    self.expected_fee + self.skill[i] * rollup.mev.mean() * (1.0 - self.lost_users);
            }
        }
    }
}

/// The machines of one market: where each outage chain stands.
#[derive(Clone, Debug)]
pub struct Machines {
    chains: Vec<Outage>,
    streams: Vec<Stream>,
    common: Outage,
    common_stream: Stream,
}

impl Machines {
    /// All chains at slot 0, in their stationary distributions.
    pub fn open(rollup: &Rollup, sequencers: &[Sequencer], key: Key) -> Self {
        let streams: Vec<Stream> = sequencers.iter().map(|s| key.stream(Purpose::Outage, s.who)).collect();
        let chains = sequencers
            .iter()
            .zip(&streams)
            .map(|(s, &stream)| Outage::open(s.traits.reliability, stream))
            .collect();
        let common_stream = key.stream(Purpose::CommonOutage, Who::MARKET);
        Machines { chains, streams, common: Outage::open(rollup.common, common_stream), common_stream }
    }

    /// Whether a common cause has everyone down in `slot` (slots come in order).
    #[inline]
    pub fn all_down(&mut self, rollup: &Rollup, slot: u64) -> bool {
        !self.common.is_up(slot, rollup.common, self.common_stream)
    }

    /// For how many slots candidate `i`'s own machine has been down in `slot` (slots come in order); `None` if it runs.
    #[inline]
    pub fn down_for(&mut self, sequencers: &[Sequencer], i: usize, slot: u64) -> Option<u64> {
        let chain = &mut self.chains[i];
        let up = chain.is_up(slot, sequencers[i].traits.reliability, self.streams[i]);
        (!up).then(|| chain.age(slot))
    }
}

//! Every parameter bears on some number, and one that nothing reads is refused.

use crate::lab::{OF_THE_POST, plain, read, unit, values};
use sequencer_lab::agent::{briber, delegation, delegator, sequencer, strategy};
use sequencer_lab::cli::library::Files;
use sequencer_lab::experiment::file::{EXPERIMENT, Experiment, PLAY};
use sequencer_lab::experiment::outcome::PolicyEntry;
use sequencer_lab::mechanism::{CATALOGUE, Entry, overlays, oversight};
use sequencer_lab::settings::{Document, Kind, Parameter};
use sequencer_lab::world;
use std::path::Path;

/// A rollup with all its troubles, and contenders of every rule.
const ROLLUP: &str = r#"
[experiment]
name = "rollup"
seed = 3
tolerance = 0.5

[world]
kind = "rollup"
fee_per_slot = 0.01
demand_persistence = 0.5
demand_volatility = 0.4
mev_median = 0.01
mev_sigma = 0.9
mev_zero_share = 0.3
mev_tail_share = 0.05
mev_tail_shape = 1.8
mev_tail_cap = 50.0
user_mitigation = 0.1
sequencer_mitigation = 0.1
posting_cost = 0.001
shock_sigma = 0.4
common_failure_rate = 0.01
common_repair_rate = 0.3
failover = 0.8
failover_delay = 0
backlog = 0.5

[[sequencers]]
name = "ant"
count = 2
live_cost = 0.001
failure_rate = 0.05
repair_rate = 0.2
capital_cost = 0.5
strategy = "grid"

[[sequencers]]
name = "bee"
count = 2
skill = 0.8
live_cost = 0.0008
failure_rate = 0.02
strategy = "grid"

[[delegators]]
name = "dune"
count = 25
price_sensitivity = 30.0
inertia = 0.5
uptime_taste = 1.0

[[delegators]]
name = "esker"
continuum = true
stake = 30.0
price_sensitivity = 20.0
outside_option = 0.05

[mechanism.one]
rule = "centralized"
epoch_slots = 10

[mechanism.auction]
rule = "auction_rotation"
epoch_slots = 10
seats = 2
redundancy = 2
bond = 4.0
dispute_epochs = 1

[mechanism.votes]
rule = "delegated"
epoch_slots = 10
redundancy = 2

[play]
rounds = 4
warmup_epochs = 24
measured_epochs = 8
certificate_markets = 16
certificate_epochs = 5

[strategies.grid]
learner = "hedge"
bins = 3
menu = { relative = [0.0, 1.2], points = 13 }
"#;

/// A rollup whose sequencers stake.
const STAKING: &str = r#"
[experiment]
name = "staking"
seed = 3

[world]
kind = "rollup"
fee_per_slot = 0.01
demand_volatility = 0.4
demand_persistence = 0.5
mev_median = 0.01
shock_sigma = 0.4
posting_cost = 0.001
failover = 0.8

[[sequencers]]
name = "ant"
count = 2
live_cost = 0.0001
failure_rate = 0.05
repair_rate = 0.2
capital_cost = 0.5
strategy = "grid"

[[sequencers]]
name = "bee"
count = 2
skill = 0.8
live_cost = 0.0001
failure_rate = 0.02
capital_cost = 0.5
strategy = "grid"

[mechanism.term]
rule = "auction"
epoch_slots = 10
term_epochs = 3
bond = 0.1

[mechanism.board]
rule = "authority"
epoch_slots = 10
seats = 2
contract_fee = 0.002

[mechanism.merit]
rule = "algorithmic"
epoch_slots = 10
r_max = 3
control_epochs = 2
score_learning = 0.4
newcomer_score = 0.9
probation_epochs = 3
least_score = 0.75
eviction_epochs = 2
bond = 0.05

[mechanism.pool]
rule = "stake"
epoch_slots = 10

[mechanism.wheel]
rule = "stake_rotation"
epoch_slots = 10
seats = 4
replacement = false

[play]
rounds = 4
warmup_epochs = 24
measured_epochs = 8
certificate_markets = 16
certificate_epochs = 5

[strategies.grid]
learner = "hedge"
bins = 3
menu = { relative = [0.0, 0.4], points = 13 }
"#;

/// A rollup whose sequencers are tempted and overseen.
const TEMPTING: &str = r#"
[experiment]
name = "tempting"
seed = 3

[world]
kind = "rollup"
fee_per_slot = 0.01
mev_median = 0.01
target_rate = 0.2
target_tip = 0.01
target_value = 0.2
target_window = 4
delay_cost = 0.001
forced_inclusion = 8
order_rate = 0.3
order_end = 0.5
order_correlation = 0.2
legal_penalty = 0.2
toxic_share = 0.2
toxic_harm = 1.5
user_exit = 0.1
user_return = 0.2

[briber]
strategy = "price"

[[sequencers]]
name = "ant"
count = 3
live_cost = 0.0001
failure_rate = 0.05
repair_rate = 0.4
discount = 0.8
jurisdiction = "north"
strategy = "hedge"

[[sequencers]]
name = "bee"
count = 3
live_cost = 0.0001
discount = 0.8
jurisdiction = "south"
bribes = { markup = 0.02 }
strategy = "hedge"

[mechanism.panel]
rule = "authority"
epoch_slots = 10
seats = 4
redundancy = 2
contract_fee = 0.01
bond = 0.3
inclusion = "any_live"
slash_fraction = 0.5

[mechanism.panel.governance]
detection = 0.3
false_positive = 0.02
members = 3
quorum = 0.6
evict_epochs = 3
delay = 1

[play]
rounds = 4
measured_epochs = 30

[strategies.price]
role = "briber"
learner = "fictitious_play"
menu = { absolute = [0.0, 0.1], points = 11 }
"#;

/// Private values, and an auction of whole epochs.
const ABSTRACT: &str = r#"
[experiment]
name = "abstract"
seed = 3

[world]
kind = "abstract"

[[sequencers]]
name = "ant"
count = 3
value = { uniform = [0.0, 1.0] }
strategy = "grid"

[mechanism.auction]
rule = "auction_rotation"
seats = 2

[play]
rounds = 4
warmup_epochs = 24
measured_epochs = 8
certificate_markets = 16
certificate_epochs = 5

[strategies.grid]
learner = "hedge"
bins = 3
menu = { relative = [0.0, 1.2], points = 13 }
"#;

/// Everyone learns alone.
const ALONE: &str = r#"
[experiment]
name = "alone"
seed = 3

[[sequencers]]
name = "ant"
count = 2
value = { uniform = [0.5, 1.0] }
strategy = "grid"

[mechanism.auction]
rule = "auction_rotation"
seats = 1

[play]
regime = "independent"
stable_epochs = 20
max_epochs = 60
measured_epochs = 8
certificate_markets = 16
certificate_epochs = 5

[strategies.grid]
learner = "regret_matching"
bins = 2
menu = { relative = [0.0, 1.2], points = 7 }
"#;

/// Another learner in its place.
const Q_LEARNING: &[(&str, &str)] =
    &[("learner = \"hedge\"\n", "learner = \"q_learning\"\nexploration_decay = 0.1\n")];
const QUANTAL: &[(&str, &str)] = &[("learner = \"hedge\"\n", "learner = \"quantal_response\"\n")];
const REPLICATOR: &[(&str, &str)] = &[("learner = \"hedge\"\n", "learner = \"replicator\"\n")];

/// A table of parameters, and where it stands in a file.
type Table = (&'static str, &'static [&'static Parameter]);

const TABLES: &[Table] = &[
    ("experiment", EXPERIMENT),
    ("world", world::PARAMETERS),
    ("sequencers.ant", sequencer::PARAMETERS),
    ("delegators.dune", delegator::PARAMETERS),
    ("play", PLAY),
    ("briber", briber::PARAMETERS),
    ("mechanism.panel", oversight::PARAMETERS),
    ("mechanism.panel.governance", oversight::GOVERNANCE),
    ("strategies.grid", strategy::PARAMETERS),
    ("strategies.flock", delegation::PARAMETERS),
];

/// The algorithmic contender of [`STAKING`], as it stands there, and with other bases.
const MERIT: &str = "[mechanism.merit]\nrule = \"algorithmic\"\nepoch_slots = 10\nr_max = 3\ncontrol_epochs = 2\nscore_learning = 0.4\nnewcomer_score = 0.9\nprobation_epochs = 3\nleast_score = 0.75\neviction_epochs = 2\nbond = 0.05\n";
const MERIT_OF_BIDS: &str =
    "[mechanism.merit]\nrule = \"algorithmic\"\nepoch_slots = 10\nbase = \"auction\"\n";
const MERIT_OF_EFFORT: &str =
    "[mechanism.merit]\nrule = \"algorithmic\"\nepoch_slots = 10\nbase = \"equal\"\n";

/// Another value of a parameter that must move some number: (path of the key, value, text, replacements besides).
type Change = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]);

/// Nobody is anywhere.
const UNPLACED: &[(&str, &str)] = &[
    ("jurisdiction = \"north\"\n", ""),
    ("jurisdiction = \"south\"\n", ""),
    ("order_rate = 0.3\norder_end = 0.5\norder_correlation = 0.2\nlegal_penalty = 0.2\n", ""),
];

/// Nobody judges anybody.
const UNGOVERNED: &[(&str, &str)] = &[
    (
        "slash_fraction = 0.5\n\n[mechanism.panel.governance]\ndetection = 0.3\nfalse_positive = 0.02\nmembers = 3\nquorum = 0.6\n\
         evict_epochs = 3\ndelay = 1\n",
        "",
    ),
    ("user_exit = 0.1\nuser_return = 0.2\n", ""),
    ("discount = 0.8\n", ""),
    ("discount = 0.8\n", ""),
];

/// Delegators who imitate each other.
const FLOCK: (&str, &str) = (
    "uptime_taste = 1.0\n",
    "uptime_taste = 1.0\nstrategy = \"flock\"\n\n[strategies.flock]\nrole = \"delegator\"\nlearner = \"replicator\"\nexperimentation = 0.1\n\n",
);

const CHANGES: &[Change] = &[
    ("experiment.seed", "4", ABSTRACT, &[]),
    ("experiment.replicates", "7", ABSTRACT, &[]),
    ("experiment.tolerance", "0.000001", ROLLUP, &[]),
    (
        "world.kind",
        "rollup",
        ABSTRACT,
        &[
            ("value = { uniform = [0.0, 1.0] }\n", ""),
            ("[world]\n", "[world]\nfee_per_slot = 0.1\n"),
            ("kind = \"abstract\"\n", ""),
        ],
    ),
    ("world.scenario", "optimistic-rollup-2025", ROLLUP, &[("posting_cost = 0.001\n", "")]),
    ("world.slots_per_year", "1e6", ROLLUP, &[]),
    ("world.fee_per_slot", "0.02", ROLLUP, &[]),
    ("world.demand_persistence", "0.9", ROLLUP, &[]),
    ("world.demand_volatility", "0.1", ROLLUP, &[]),
    ("world.mev_median", "0.02", ROLLUP, &[]),
    ("world.mev_sigma", "1.0", ROLLUP, &[]),
    ("world.mev_zero_share", "0.2", ROLLUP, &[]),
    ("world.mev_tail_share", "0.1", ROLLUP, &[]),
    ("world.mev_tail_shape", "2.5", ROLLUP, &[]),
    ("world.mev_tail_cap", "5.0", ROLLUP, &[]),
    ("world.multi_slot_premium", "0.5", ROLLUP, &[]),
    ("world.user_mitigation", "0.5", ROLLUP, &[]),
    ("world.sequencer_mitigation", "0.5", ROLLUP, &[]),
    ("world.posting_cost", "0.002", ROLLUP, &[]),
    ("world.shock_sigma", "0.1", ROLLUP, &[]),
    ("world.common_failure_rate", "0.1", ROLLUP, &[]),
    ("world.common_repair_rate", "0.9", ROLLUP, &[]),
    ("world.failover", "0.1", ROLLUP, &[]),
    ("world.failover_delay", "3", ROLLUP, &[]),
    ("world.backlog", "0.0", ROLLUP, &[]),
    ("sequencers.ant.count", "3", ABSTRACT, &[("count = 3", "count = 4")]),
    ("sequencers.ant.value", "{ uniform = [0.0, 2.0] }", ABSTRACT, &[]),
    ("sequencers.ant.skill", "1.1", ROLLUP, &[]),
    ("sequencers.ant.live_cost", "0.002", ROLLUP, &[]),
    ("sequencers.ant.idle_cost", "0.0005", ROLLUP, &[]),
    ("sequencers.ant.failure_rate", "0.1", ROLLUP, &[]),
    ("sequencers.ant.repair_rate", "0.5", ROLLUP, &[]),
    ("sequencers.ant.capital_cost", "0.9", ROLLUP, &[]),
    ("sequencers.ant.discount", "0.2", ROLLUP, &[]),
    (
        "sequencers.ant.strategy",
        "truthful",
        ABSTRACT,
        &[(
            "[strategies.grid]\nlearner = \"hedge\"\nbins = 3\nmenu = { relative = [0.0, 1.2], points = 13 }\n",
            "",
        )],
    ),
    ("delegators.dune.count", "50", ROLLUP, &[]),
    ("delegators.dune.stake", "2.0", ROLLUP, &[]),
    ("delegators.dune.continuum", "true", ROLLUP, &[]),
    ("delegators.dune.price_sensitivity", "60.0", ROLLUP, &[]),
    ("delegators.dune.outside_option", "0.05", ROLLUP, &[]),
    ("delegators.dune.inertia", "0.8", ROLLUP, &[]),
    ("delegators.dune.uptime_taste", "0.0", ROLLUP, &[]),
    ("delegators.dune.capital_cost", "0.1", ROLLUP, &[]),
    ("delegators.dune.payout_learning", "0.9", ROLLUP, &[]),
    ("delegators.dune.strategy", "imitation", ROLLUP, &[]),
    ("play.regime", "independent", ABSTRACT, &[("rounds = 4\nwarmup_epochs = 24\n", "")]),
    ("play.rounds", "5", ABSTRACT, &[]),
    (
        "play.feedback",
        "expected",
        ABSTRACT,
        &[("{ uniform = [0.0, 1.0] }", "{ discrete = { values = [0.2, 0.9], weights = [1, 1] } }")],
    ),
    ("play.warmup_epochs", "30", ABSTRACT, &[]),
    ("play.measured_epochs", "9", ABSTRACT, &[]),
    ("play.stable_epochs", "3", ALONE, &[]),
    ("play.max_epochs", "30", ALONE, &[]),
    ("play.horizon", "1", ROLLUP, &[]),
    ("play.certificate_markets", "24", ABSTRACT, &[]),
    ("play.certificate_epochs", "9", ABSTRACT, &[]),
    ("play.keep", "metrics", ABSTRACT, &[]),
    ("strategies.grid.learner", "regret_matching", ABSTRACT, &[]),
    ("strategies.grid.learning_rate", "5.0", ABSTRACT, &[]),
    ("strategies.grid.learning_rate", "0.5", ABSTRACT, Q_LEARNING),
    ("strategies.grid.learning_rate", "5.0", ABSTRACT, REPLICATOR),
    ("strategies.grid.exploration", "0.1", ABSTRACT, Q_LEARNING),
    ("strategies.grid.exploration_decay", "0.5", ABSTRACT, Q_LEARNING),
    ("strategies.grid.discount", "0.5", ABSTRACT, Q_LEARNING),
    ("strategies.grid.updates", "counterfactual", ABSTRACT, Q_LEARNING),
    ("strategies.grid.initial", "optimistic", ABSTRACT, Q_LEARNING),
    ("strategies.grid.initial", "0.01", ABSTRACT, Q_LEARNING),
    ("strategies.grid.precision", "3.0", ABSTRACT, QUANTAL),
    ("strategies.grid.precision_unit", "eth", ABSTRACT, QUANTAL),
    ("strategies.grid.mutation", "0.1", ABSTRACT, REPLICATOR),
    ("strategies.grid.bins", "4", ABSTRACT, &[]),
    ("strategies.grid.menu", "{ relative = [0.0, 1.0], points = 13 }", ABSTRACT, &[]),
    (
        "strategies.grid.offer",
        "{ relative = 0.9 }",
        ABSTRACT,
        &[(
            "learner = \"hedge\"\nbins = 3\nmenu = { relative = [0.0, 1.2], points = 13 }\n",
            "learner = \"scripted\"\noffer = { relative = 0.8 }\n",
        )],
    ),
    ("strategies.flock.learner", "fictitious_play", ROLLUP, &[FLOCK, ("experimentation = 0.1\n", "")]),
    ("strategies.flock.experimentation", "0.3", ROLLUP, &[FLOCK]),
    (
        "strategies.flock.forgetting",
        "0.9",
        ROLLUP,
        &[FLOCK, ("\"replicator\"\nexperimentation = 0.1", "\"hedge\"\nforgetting = 0.3")],
    ),
    ("strategies.grid.policy", "[{ to = 1.0, offers = [0.5], weights = [1.0] }]", ABSTRACT, &[]),
    // Temptation.
    ("world.target_rate", "0.1", TEMPTING, &[]),
    ("world.target_tip", "0.02", TEMPTING, &[]),
    ("world.tip_rule", "shared", TEMPTING, &[]),
    (
        "world.tip_alone",
        "0.03",
        TEMPTING,
        &[("target_tip = 0.01\n", "target_tip = 0.01\ntip_rule = \"conditional\"\n")],
    ),
    ("world.target_value", "0.0", TEMPTING, &[]),
    ("world.target_window", "3", TEMPTING, &[]),
    ("world.delay_cost", "0.002", TEMPTING, &[]),
    ("world.forced_inclusion", "6", TEMPTING, &[]),
    ("world.order_rate", "0.6", TEMPTING, &[]),
    ("world.order_end", "0.1", TEMPTING, &[]),
    ("world.order_correlation", "1.0", TEMPTING, &[]),
    ("world.legal_penalty", "0.0", TEMPTING, &[]),
    ("world.toxic_share", "0.3", TEMPTING, &[]),
    (
        "world.toxic_harm",
        "2.0",
        TEMPTING,
        // Found out more often, who always takes it would rather be out of office.
        &[
            ("name = \"ant\"\n", "name = \"ant\"\ntoxic_mev = \"always\"\n"),
            ("detection = 0.3\n", "detection = 0.01\n"),
        ],
    ),
    ("world.user_exit", "0.3", TEMPTING, &[]),
    ("world.user_return", "0.6", TEMPTING, &[]),
    (
        "briber.strategy",
        "briber",
        TEMPTING,
        &[(
            "[strategies.price]\nrole = \"briber\"\nlearner = \"fictitious_play\"\nmenu = { absolute = [0.0, 0.1], points = 11 }\n",
            "",
        )],
    ),
    ("sequencers.ant.scruple", "0.1", TEMPTING, &[]),
    ("sequencers.ant.jurisdiction", "south", TEMPTING, &[]),
    ("sequencers.ant.bribes", "refuse", TEMPTING, &[]),
    ("sequencers.ant.toxic_mev", "always", TEMPTING, &[]),
    ("sequencers.ant.orders", "defy", TEMPTING, &[]),
    ("mechanism.panel.inclusion", "leader", TEMPTING, &[]),
    ("mechanism.panel.lookahead", "0", TEMPTING, &[]),
    ("mechanism.panel.lookahead", "3", TEMPTING, &[]),
    ("mechanism.panel.slash_fraction", "1.0", TEMPTING, &[]),
    ("mechanism.panel.governance.detection", "0.6", TEMPTING, &[]),
    ("mechanism.panel.governance.false_positive", "0.2", TEMPTING, &[]),
    ("mechanism.panel.governance.members", "5", TEMPTING, &[]),
    ("mechanism.panel.governance.quorum", "1.0", TEMPTING, &[]),
    ("mechanism.panel.governance.evict_epochs", "6", TEMPTING, &[]),
    ("mechanism.panel.governance.delay", "3", TEMPTING, &[]),
    ("strategies.grid.memory", "0", ANSWERING, &[(ANSWERS, "learner = \"q_learning\"\nmemory = 1")]),
    ("strategies.grid.seen", "[[0.1, 0.2, 0.3], [0.1, 0.7]]", ANSWERING, &[]),
    ("strategies.grid.answers", "[2, 2, 2, 2, 2, 2]", ANSWERING, &[]),
    // Rules, by contender.
    ("mechanism.one.epoch_slots", "12", ROLLUP, &[]),
    ("mechanism.one.commission", "0.9", ROLLUP, &[]),
    ("mechanism.auction.epoch_slots", "12", ROLLUP, &[]),
    ("mechanism.auction.seats", "3", ROLLUP, &[]),
    ("mechanism.auction.redundancy", "1", ROLLUP, &[]),
    ("mechanism.auction.commission", "0.9", ROLLUP, &[]),
    ("mechanism.auction.pricing", "uniform", ROLLUP, &[]),
    ("mechanism.auction.schedule", "proportional", ROLLUP, &[]),
    ("mechanism.auction.reserve_price", "0.3", ABSTRACT, &[]),
    ("mechanism.auction.bond", "5.0", ROLLUP, &[]),
    ("mechanism.auction.dispute_epochs", "2", ROLLUP, &[]),
    ("mechanism.auction.unit_seats", "true", ABSTRACT, &[]),
    ("mechanism.term.epoch_slots", "12", STAKING, &[]),
    ("mechanism.term.term_epochs", "2", STAKING, &[]),
    ("mechanism.term.commission", "0.9", STAKING, &[]),
    ("mechanism.term.pricing", "second", STAKING, &[]),
    ("mechanism.term.reserve_price", "0.02", STAKING, &[]),
    ("mechanism.term.bond", "0.5", STAKING, &[]),
    ("mechanism.term.dispute_epochs", "2", STAKING, &[]),
    ("mechanism.board.epoch_slots", "12", STAKING, &[]),
    ("mechanism.board.seats", "3", STAKING, &[]),
    ("mechanism.board.redundancy", "2", STAKING, &[]),
    ("mechanism.board.contract_fee", "0.003", STAKING, &[]),
    ("mechanism.board.rotation", "random", STAKING, &[]),
    ("mechanism.board.bond", "2.0", STAKING, &[]),
    ("mechanism.merit.epoch_slots", "12", STAKING, &[]),
    ("mechanism.merit.base", "auction", STAKING, &[]),
    ("mechanism.merit.seats", "2", STAKING, &[(MERIT, MERIT_OF_BIDS)]),
    ("mechanism.merit.redundancy", "2", STAKING, &[]),
    ("mechanism.merit.r_max", "2", STAKING, &[]),
    ("mechanism.merit.availability_target", "0.5", STAKING, &[]),
    (
        "mechanism.merit.inclusion_target",
        "1.0",
        TEMPTING,
        &[(
            "[play]",
            "[mechanism.merit]\nrule = \"algorithmic\"\nbase = \"equal\"\nepoch_slots = 10\nr_max = 3\ncontrol_epochs = 2\n\
             availability_target = 0.5\ninclusion = \"any_live\"\n\n[play]",
        )],
    ),
    ("mechanism.merit.control_epochs", "4", STAKING, &[]),
    ("mechanism.merit.commission", "0.8", STAKING, &[]),
    ("mechanism.merit.issuance", "0.01", STAKING, &[]),
    ("mechanism.merit.stake_power", "0.7", STAKING, &[]),
    ("mechanism.merit.reserve_price", "0.02", STAKING, &[(MERIT, MERIT_OF_BIDS)]),
    ("mechanism.merit.bond", "0.5", STAKING, &[]),
    ("mechanism.merit.bond_power", "1.0", STAKING, &[]),
    ("mechanism.merit.score_form", "exp", STAKING, &[]),
    ("mechanism.merit.score_power", "3", STAKING, &[]),
    ("mechanism.merit.score_learning", "0.2", STAKING, &[]),
    ("mechanism.merit.newcomer_score", "0.8", STAKING, &[]),
    ("mechanism.merit.probation_epochs", "6", STAKING, &[]),
    ("mechanism.merit.probation_weight", "0.1", STAKING, &[]),
    ("mechanism.merit.least_score", "0.0", STAKING, &[]),
    ("mechanism.merit.eviction_epochs", "5", STAKING, &[]),
    ("mechanism.merit.effort_cost", "0.1", STAKING, &[(MERIT, MERIT_OF_EFFORT)]),
    ("mechanism.pool.epoch_slots", "12", STAKING, &[]),
    ("mechanism.pool.commission", "0.8", STAKING, &[]),
    ("mechanism.pool.issuance", "0.01", STAKING, &[]),
    ("mechanism.pool.stake_power", "0.7", STAKING, &[]),
    ("mechanism.wheel.epoch_slots", "12", STAKING, &[]),
    ("mechanism.wheel.seats", "2", STAKING, &[]),
    ("mechanism.wheel.redundancy", "2", STAKING, &[]),
    ("mechanism.wheel.commission", "0.8", STAKING, &[]),
    ("mechanism.wheel.issuance", "0.01", STAKING, &[]),
    ("mechanism.wheel.stake_power", "0.7", STAKING, &[("seats = 4", "seats = 3")]),
    ("mechanism.wheel.replacement", "true", STAKING, &[]),
    ("mechanism.wheel.schedule", "proportional", STAKING, &[]),
    ("mechanism.wheel.unstake_fraction", "0.5", STAKING, &[("seats = 4", "seats = 3")]),
    ("mechanism.wheel.miss_tolerance", "1", STAKING, &[]),
    ("mechanism.wheel.leak", "0.02", STAKING, &[]),
    ("mechanism.auction.miss_tolerance", "1", ROLLUP, &[]),
    ("mechanism.votes.epoch_slots", "12", ROLLUP, &[]),
    ("mechanism.votes.seats", "2", ROLLUP, &[]),
    ("mechanism.votes.redundancy", "1", ROLLUP, &[]),
    ("mechanism.votes.commission", "0.9", ROLLUP, &[]),
    ("mechanism.votes.kickback", "lump_sum", ROLLUP, &[]),
    // Bonds and stakes of other assets.
    ("world.token_volatility", "9.0", STAKING, TOKENS),
    ("world.stable_volatility", "9.0", STAKING, DOLLARS),
    ("mechanism.auction.bond_asset", "token", ROLLUP, &[]),
    ("mechanism.auction.haircut", "{ eth = 0.2 }", ROLLUP, &[]),
    ("mechanism.term.bond_asset", "stable", STAKING, &[]),
    ("mechanism.term.haircut", "{ eth = 0.2 }", STAKING, &[]),
    ("mechanism.board.bond_asset", "token", STAKING, BOARD_BOND),
    ("mechanism.board.haircut", "{ eth = 0.2 }", STAKING, BOARD_BOND),
    ("mechanism.board.dispute_epochs", "2", STAKING, BOARD_BOND),
    ("mechanism.merit.bond_asset", "{ eth = 0.5, stable = 0.5 }", STAKING, &[]),
    ("mechanism.merit.haircut", "{ eth = 0.2 }", STAKING, &[]),
    ("mechanism.merit.dispute_epochs", "2", STAKING, &[]),
    ("mechanism.pool.bond_asset", "token", STAKING, &[]),
    ("mechanism.pool.haircut", "{ token = 0.0001 }", STAKING, TOKENS),
    ("mechanism.wheel.bond_asset", "token", STAKING, &[]),
    ("mechanism.wheel.haircut", "{ stable = 0.0001 }", STAKING, DOLLARS),
    ("mechanism.wheel.liquid_fraction", "0.5", STAKING, &[("seats = 4", "seats = 3")]),
    (
        "mechanism.wheel.restake_failure",
        "0.3",
        STAKING,
        &[("seats = 4", "seats = 3\nunstake_fraction = 0.5")],
    ),
    (
        "mechanism.wheel.restake_slash",
        "0.5",
        STAKING,
        &[("seats = 4", "seats = 3\nunstake_fraction = 0.5\nrestake_failure = 0.3")],
    ),
    // What sequencers can lock, and what it takes to start.
    ("sequencers.ant.uptime_cost", "0.001", ROLLUP, &[]),
    ("sequencers.ant.capital_limit", "0.5", STAKING, &[]),
    ("sequencers.ant.start_cost", "0.001", STAKING, &[]),
    ("sequencers.ant.start_slots", "2", STAKING, &[]),
    // Operators with several candidates, and free entry.
    ("sequencers.ant.identities", "2", ROLLUP, &[]),
    ("sequencers.ant.entry_cost", "0.001", ROLLUP, &[]),
    ("mechanism.panel.ordering", "fair_bft", TEMPTING, &[]),
    (
        "mechanism.panel.governance.voters",
        "delegators",
        TEMPTING,
        &[
            ("members = 3\nquorum = 0.6\n", ""),
            (
                "[play]",
                "[[delegators]]\nname = \"dune\"\ncount = 5\nprice_sensitivity = 30.0\n\n[mechanism.votes]\n\
                 rule = \"delegated\"\nepoch_slots = 10\n\n[play]",
            ),
        ],
    ),
    // State that grows.
    ("world.state_growth", "0.1", ROLLUP, &[]),
    ("world.state_expiry", "2", ROLLUP, &[("backlog = 0.5\n", "backlog = 0.5\nstate_growth = 0.1\n")]),
    // Overlays, with any rule.
    ("mechanism.one.token.capitalisation", "20.0", ROLLUP, &[BOUGHT_BACK]),
    ("mechanism.one.token.elasticity", "3.0", ROLLUP, &[BOUGHT_BACK]),
    (
        "mechanism.panel.token.trust",
        "0.2",
        TEMPTING,
        &[("slash_fraction = 0.5\n", "slash_fraction = 0.5\ntoken = { capitalisation = 10.0 }\n")],
    ),
    ("mechanism.auction.resale.seller_share", "0.9", ROLLUP, &[RESOLD]),
    ("mechanism.auction.resale.least_gain", "0.1", ROLLUP, &[RESOLD]),
    ("mechanism.one.volition.members", "7", ROLLUP, &[COMMITTEE]),
    ("mechanism.one.volition.quorum", "1.0", ROLLUP, &[COMMITTEE]),
    ("mechanism.one.volition.down", "0.4", ROLLUP, &[COMMITTEE]),
    ("mechanism.one.volition.withheld", "0.3", ROLLUP, &[COMMITTEE]),
    ("mechanism.one.volition.posting", "0.5", ROLLUP, &[COMMITTEE]),
    ("mechanism.one.volition.cost", "0.0002", ROLLUP, &[COMMITTEE]),
    ("mechanism.one.upgrade.by", "opt_in", ROLLUP, &[UNCHANGED]),
    ("mechanism.one.upgrade.adoption", "0.2", ROLLUP, &[OPTED]),
    ("mechanism.one.upgrade.voters", "5", ROLLUP, &[SIGNED]),
    ("mechanism.one.upgrade.quorum", "1.0", ROLLUP, &[SIGNED]),
    ("mechanism.one.upgrade.loss", "4.0", ROLLUP, &[SIGNED]),
    ("mechanism.one.upgrade.ballot", "secret", ROLLUP, &[SIGNED]),
    ("mechanism.one.upgrade.least_bribe", "0.3", ROLLUP, &[SIGNED]),
    ("mechanism.one.redistribution.treasury", "1.0", ROLLUP, &[]),
    ("mechanism.one.redistribution.public_goods", "0.5", ROLLUP, &[TAXED]),
    ("mechanism.one.redistribution.burn", "0.5", ROLLUP, &[TAXED]),
    ("mechanism.one.redistribution.buyback", "0.5", ROLLUP, &[TAXED]),
    (
        "mechanism.wheel.redistribution.slashed",
        "burn",
        STAKING,
        &[("seats = 4", "seats = 4\nleak = 0.1\nmiss_tolerance = 1")],
    ),
];

/// Stakes that move in price.
const TOKENS: &[(&str, &str)] = &[
    ("shock_sigma = 0.4\n", "shock_sigma = 0.4\ntoken_volatility = 20.0\n"),
    ("rule = \"stake\"\n", "rule = \"stake\"\nbond_asset = \"token\"\n"),
];
const DOLLARS: &[(&str, &str)] = &[
    ("shock_sigma = 0.4\n", "shock_sigma = 0.4\nstable_volatility = 20.0\n"),
    ("rule = \"stake_rotation\"\n", "rule = \"stake_rotation\"\nbond_asset = \"stable\"\n"),
];
const BOARD_BOND: &[(&str, &str)] = &[("contract_fee = 0.002", "contract_fee = 0.02\nbond = 0.1")];
/// A community that receives something.
/// A token that is bought back.
const BOUGHT_BACK: (&str, &str) = (
    "rule = \"centralized\"\n",
    "rule = \"centralized\"\ncommission = 0.6\nredistribution = { buyback = 1.0 }\ntoken = { capitalisation = 10.0 }\n",
);

/// Seats that can be resold.
const RESOLD: (&str, &str) = ("redundancy = 2\nbond", "redundancy = 2\nresale = {}\nbond");

/// Data that a committee keeps available.
const COMMITTEE: (&str, &str) = (
    "rule = \"centralized\"\n",
    "rule = \"centralized\"\nvolition = { members = 4, down = 0.2, cost = 0.0001 }\n",
);

/// Who can change the protocol.
const UNCHANGED: (&str, &str) =
    ("rule = \"centralized\"\n", "rule = \"centralized\"\nupgrade = { by = \"immutable\" }\n");
const OPTED: (&str, &str) =
    ("rule = \"centralized\"\n", "rule = \"centralized\"\nupgrade = { by = \"opt_in\" }\n");
const SIGNED: (&str, &str) = (
    "rule = \"centralized\"\n",
    "rule = \"centralized\"\nupgrade = { by = \"multisig\", voters = 9, loss = 9.0, least_bribe = 0.1 }\n",
);

const TAXED: (&str, &str) = ("rule = \"centralized\"\n", "rule = \"centralized\"\ncommission = 0.6\n");

/// A policy that raises its kickback when the rival's was at least 0.2, and lowers it when not.
const ANSWERS: &str = "learner = \"scripted\"
memory = 1
seen = [[0.1, 0.2, 0.3], [0.1, 0.2]]
answers = [0, 1, 0, 2, 1, 2]";

/// Such a policy beside a learner, in a game that repeats.
const ANSWERING: &str = r#"
[experiment]
name = "answering"

[[sequencers]]
name = "first"
count = 1
value = { constant = 2.0 }
live_cost = 1.0
strategy = "grid"

[[sequencers]]
name = "second"
count = 1
value = { constant = 2.0 }
live_cost = 1.0
strategy = "learner"

[[delegators]]
name = "crowd"
continuum = true
price_sensitivity = 4.0
outside_option = 0.0
payout_learning = 0.0

[mechanism.votes]
rule = "delegated"

[play]
regime = "independent"
stable_epochs = 100
max_epochs = 2000
measured_epochs = 12

[strategies.grid]
learner = "scripted"
memory = 1
seen = [[0.1, 0.2, 0.3], [0.1, 0.2]]
answers = [0, 1, 0, 2, 1, 2]
menu = { absolute = [0.1, 0.3], points = 3 }

[strategies.learner]
learner = "q_learning"
memory = 1
discount = 0.9
exploration_decay = 0.01
menu = { absolute = [0.0, 0.6], points = 4 }
"#;

/// Rules and the contenders that stand for them.
const CONTENDERS: &[(&str, &str)] = &[
    ("centralized", "one"),
    ("authority", "board"),
    ("auction", "term"),
    ("stake", "pool"),
    ("stake_rotation", "wheel"),
    ("auction_rotation", "auction"),
    ("delegated", "votes"),
    ("algorithmic", "merit"),
];

/// Keys that say what something is called, whose it is or what it asks, and choices of one.
fn is_exempt(parameter: &Parameter) -> bool {
    matches!(parameter.key, "name" | "role" | "summary" | "question" | "expectation")
        || matches!(parameter.kind, Kind::Choice([_]))
}

/// What an experiment yields, curves left out: metrics and policies of every contender, and how many replicates it asks
/// for.
type Yield = (Vec<(Vec<(&'static str, f64)>, Vec<PolicyEntry>)>, u32);

fn yields(experiment: &Experiment) -> Yield {
    let run = |contender| {
        let outcome = unit(experiment, contender, 0);
        (outcome.metrics, outcome.policies)
    };
    (experiment.contenders.iter().map(run).collect(), experiment.replicates)
}

fn replaced(text: &str, replacements: &[(&str, &str)]) -> String {
    replacements.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    })
}

fn with(text: &str, path: &str, value: &str) -> Result<Experiment, String> {
    let mut document = Document::parse("test.toml", text).map_err(|e| e.to_string())?;
    document.set(path, value).map_err(|e| e.to_string())?;
    Experiment::read(document, &Files::beside(Path::new("test.toml"))).map_err(|e| e.to_string())
}

#[test]
fn every_parameter_has_a_case_here() {
    let mut missing = Vec::new();
    let mut check = |table: &str, parameters: &[&Parameter]| {
        for parameter in parameters.iter().filter(|p| !is_exempt(p)) {
            let path = format!("{table}.{}", parameter.key);
            // The other kind is a study of several experiments, and quantiles are a table beside: tested as such.
            let elsewhere = ["experiment.kind", "experiment.quantiles"].contains(&path.as_str());
            if !elsewhere && !CHANGES.iter().any(|change| change.0 == path) {
                missing.push(path);
            }
        }
    };
    for (table, parameters) in TABLES {
        check(table, parameters);
    }
    for entry in CATALOGUE.iter().filter(|entry| OF_THE_POST.contains(&entry.name)) {
        let contender = CONTENDERS
            .iter()
            .find(|(rule, _)| *rule == entry.name)
            .expect("every rule of the post has a contender");
        check(&format!("mechanism.{}", contender.1), entry.parameters);
    }
    for parameter in overlays::TABLES.iter().flat_map(|(table, keys)| keys.iter().map(move |k| (table, k))) {
        let end = format!(".{}.{}", parameter.0, parameter.1.key);
        if !CHANGES.iter().any(|change| change.0.ends_with(&end)) {
            missing.push(end);
        }
    }
    assert!(missing.is_empty(), "no test for {missing:?}");
    for (path, ..) in CHANGES {
        let (table, key) = path.rsplit_once('.').unwrap();
        let known =
            TABLES.iter().any(|(name, parameters)| *name == table && parameters.iter().any(|p| p.key == key));
        assert!(known || table.starts_with("mechanism."), "{path} is no parameter");
    }
}

#[test]
fn every_parameter_changes_something() {
    let before: Vec<(&str, Yield)> = [ROLLUP, STAKING, TEMPTING, ABSTRACT, ALONE]
        .iter()
        .map(|text| (*text, yields(&read(text))))
        .collect();
    let mut idle = Vec::new();
    for (path, value, text, replacements) in CHANGES {
        let text_now = replaced(text, replacements);
        let after = yields(&with(&text_now, path, value).unwrap_or_else(|error| panic!("{path}: {error}")));
        // Where more was replaced than the parameter, the replaced text is the one to compare with, if it can be read.
        let other = if replacements.is_empty() { None } else { crate::lab::try_read(&text_now).ok() };
        let reference = other.map(|experiment| yields(&experiment));
        let same = match &reference {
            Some(reference) => *reference == after,
            None => before.iter().any(|(base, outcomes)| base == text && *outcomes == after),
        };
        if same {
            idle.push(path);
        }
    }
    assert!(idle.is_empty(), "these change nothing: {idle:?}");
}

/// A rule without contenders above: in the setting of those that have them, each parameter is given other values of its type and range, until one
/// moves a number. One that none moves, or whose values only its reader knows, takes a row of [`CHANGES`].
#[test]
fn every_parameter_of_a_further_rule_changes_something() {
    for entry in CATALOGUE.iter().filter(|entry| !OF_THE_POST.contains(&entry.name)) {
        let path = |key: &str| format!("mechanism.{}.{key}", entry.name);
        let by_hand = |key: &str| CHANGES.iter().any(|change| change.0 == path(key));
        let idle: Vec<&str> = entry
            .parameters
            .iter()
            .filter(|parameter| !is_exempt(parameter) && !by_hand(parameter.key))
            .filter(|parameter| !changes_something(entry, parameter))
            .map(|parameter| parameter.key)
            .collect();
        assert!(idle.is_empty(), "{}: these change nothing that was tried: {idle:?}", entry.name);
    }
}

/// Whether some other value of a rule's parameter changes what comes of it.
fn changes_something(entry: &Entry, parameter: &Parameter) -> bool {
    let base = if entry.needs.delegators { ROLLUP } else { STAKING };
    let contender = format!("[mechanism.{}]\n{}\n\n[play]", entry.name, plain(entry, "epoch_slots = 10\n"));
    let text = base.replacen("[play]", &contender, 1);
    let of = |experiment: &Experiment| {
        let own =
            experiment.contenders.iter().find(|contender| contender.name == entry.name).expect("it is there");
        let outcome = unit(experiment, own, 0);
        (outcome.metrics, outcome.policies)
    };
    let usual = of(&read(&text));
    let path = format!("mechanism.{}.{}", entry.name, parameter.key);
    values(parameter).iter().any(|value| {
        let value = value.trim_matches('"');
        // Some values go together with nothing here.
        with(&text, &path, value).is_ok_and(|experiment| of(&experiment) != usual)
    })
}

/// In a setting where nothing reads it, a parameter is refused by name.
#[test]
fn a_parameter_that_nothing_reads_is_refused() {
    let scripted: &'static [(&str, &str)] = &[(
        "learner = \"hedge\"\nbins = 3\nmenu = { relative = [0.0, 1.2], points = 13 }\n",
        "learner = \"scripted\"\noffer = \"abstain\"\n",
    )];
    let no_bond: &'static [(&str, &str)] = &[(
        "[mechanism.auction]\nrule = \"auction_rotation\"\nseats = 2",
        "[mechanism.auction]\nrule = \"centralized\"",
    )];
    let cases: &[Change] = &[
        ("sequencers.ant.value", "{ constant = 1.0 }", ROLLUP, &[]),
        ("sequencers.ant.skill", "0.9", ABSTRACT, &[]),
        ("sequencers.ant.discount", "0.9", ABSTRACT, &[]),
        ("sequencers.ant.capital_cost", "0.9", ABSTRACT, no_bond),
        ("world.slots_per_year", "1e6", ABSTRACT, &[]),
        ("world.fee_per_slot", "1.0", ABSTRACT, &[]),
        ("world.demand_persistence", "0.5", ABSTRACT, &[]),
        ("world.demand_volatility", "0.5", ABSTRACT, &[]),
        ("world.mev_median", "0.5", ABSTRACT, &[]),
        ("world.mev_sigma", "0.5", ABSTRACT, &[]),
        ("world.mev_zero_share", "0.5", ABSTRACT, &[]),
        ("world.mev_tail_share", "0.5", ABSTRACT, &[]),
        ("world.mev_tail_shape", "0.5", ABSTRACT, &[]),
        ("world.mev_tail_cap", "5.0", ABSTRACT, &[]),
        ("world.user_mitigation", "0.5", ABSTRACT, &[]),
        ("world.sequencer_mitigation", "0.5", ABSTRACT, &[]),
        ("world.posting_cost", "0.5", ABSTRACT, &[]),
        ("world.shock_sigma", "0.5", ABSTRACT, &[]),
        ("world.common_failure_rate", "0.5", ABSTRACT, &[]),
        ("world.common_repair_rate", "0.5", ABSTRACT, &[]),
        ("world.backlog", "0.5", ABSTRACT, &[]),
        (
            "world.failover",
            "0.5",
            ROLLUP,
            &[("redundancy = 2\nbond", "bond"), ("redundancy = 2\n", ""), ("failover_delay = 0\n", "")],
        ),
        (
            "world.failover_delay",
            "2",
            ROLLUP,
            &[("redundancy = 2\nbond", "bond"), ("redundancy = 2\n", ""), ("failover = 0.8\n", "")],
        ),
        ("world.target_rate", "0.1", ABSTRACT, &[]),
        ("world.target_tip", "0.1", ROLLUP, &[]),
        ("world.tip_alone", "0.1", TEMPTING, &[]),
        ("world.order_rate", "0.1", ROLLUP, &[]),
        ("world.legal_penalty", "0.1", ROLLUP, &[]),
        ("world.toxic_harm", "0.1", ROLLUP, &[]),
        ("world.user_exit", "0.1", ROLLUP, &[]),
        ("world.order_rate", "0.3", TEMPTING, UNPLACED),
        ("world.order_end", "0.3", TEMPTING, UNPLACED),
        (
            "mechanism.auction.bond_asset",
            "token",
            ROLLUP,
            &[("bond = 4.0\n", ""), ("dispute_epochs = 1\n", "")],
        ),
        (
            "mechanism.auction.haircut",
            "{ eth = 0.2 }",
            ROLLUP,
            &[("bond = 4.0\n", ""), ("dispute_epochs = 1\n", "")],
        ),
        // Misconduct that nobody finds out drives nobody away.
        ("world.user_exit", "0.1", TEMPTING, UNGOVERNED),
        ("world.user_return", "0.1", TEMPTING, UNGOVERNED),
        ("sequencers.ant.bribes", "refuse", ROLLUP, &[]),
        ("sequencers.ant.scruple", "0.1", ROLLUP, &[]),
        ("sequencers.ant.jurisdiction", "north", ROLLUP, &[]),
        ("mechanism.auction.inclusion", "any_live", ROLLUP, &[]),
        ("mechanism.auction.lookahead", "0", ROLLUP, &[]),
        ("mechanism.auction.slash_fraction", "0.5", ROLLUP, &[]),
        ("play.rounds", "3", ALONE, &[]),
        ("play.feedback", "expected", ALONE, &[]),
        ("play.feedback", "expected", ABSTRACT, &[]),
        ("play.feedback", "expected", ROLLUP, &[]),
        ("play.warmup_epochs", "3", ALONE, &[]),
        ("play.stable_epochs", "3", ABSTRACT, &[]),
        ("play.max_epochs", "3", ABSTRACT, &[]),
        ("play.horizon", "3", ABSTRACT, &[]),
        ("strategies.grid.learning_rate", "3.0", ALONE, &[]),
        ("strategies.grid.exploration", "0.5", ABSTRACT, &[]),
        ("strategies.grid.exploration_decay", "0.5", ABSTRACT, &[]),
        ("strategies.grid.discount", "0.5", ABSTRACT, &[]),
        ("strategies.grid.memory", "0", ABSTRACT, &[]),
        ("strategies.grid.updates", "counterfactual", ABSTRACT, &[]),
        ("strategies.grid.initial", "zero", ABSTRACT, &[]),
        ("strategies.grid.precision", "3.0", ABSTRACT, &[]),
        ("strategies.grid.precision_unit", "eth", ABSTRACT, &[]),
        ("strategies.grid.mutation", "0.1", ABSTRACT, QUANTAL),
        ("strategies.grid.offer", "{ relative = 1.0 }", ABSTRACT, &[]),
        ("strategies.grid.bins", "3", ABSTRACT, scripted),
        ("strategies.grid.learning_rate", "3.0", ABSTRACT, scripted),
        ("strategies.flock.forgetting", "0.5", ROLLUP, &[FLOCK]),
        (
            "strategies.flock.experimentation",
            "0.5",
            ROLLUP,
            &[FLOCK, ("\"replicator\"\nexperimentation = 0.1", "\"hedge\"")],
        ),
        ("mechanism.one.seats", "2", ROLLUP, &[]),
        ("mechanism.one.redundancy", "2", ROLLUP, &[]),
        ("mechanism.one.bond", "2.0", ROLLUP, &[]),
        ("mechanism.one.pricing", "uniform", ROLLUP, &[]),
        ("mechanism.one.kickback", "lump_sum", ROLLUP, &[]),
        ("mechanism.auction.kickback", "lump_sum", ROLLUP, &[]),
        ("mechanism.votes.pricing", "uniform", ROLLUP, &[]),
        ("mechanism.votes.schedule", "even", ROLLUP, &[]),
        ("mechanism.votes.reserve_price", "0.1", ROLLUP, &[]),
        ("mechanism.votes.bond", "0.1", ROLLUP, &[]),
        ("mechanism.votes.dispute_epochs", "1", ROLLUP, &[]),
        ("mechanism.votes.unit_seats", "false", ROLLUP, &[]),
    ];
    for (path, value, text, replacements) in cases {
        let key = path.rsplit('.').next().unwrap();
        let error = with(&replaced(text, replacements), path, value).err();
        let error = error.unwrap_or_else(|| panic!("{path} is read by nothing, and nobody minds"));
        assert!(error.contains(&format!("`{key}` is set, but nothing reads it here")), "{path}:\n{error}");
        assert_eq!(error.matches("error:").count(), 1, "{path}:\n{error}");
    }
    let stray = format!("{ABSTRACT}\n[[delegators]]\nname = \"dune\"\nprice_sensitivity = 1.0\n");
    let error = crate::lab::try_read(&stray).unwrap_err();
    assert!(
        error.contains("`delegators` is set, but nothing reads it here")
            && error.contains("no contender's rule is `delegated`"),
        "{error}"
    );
}

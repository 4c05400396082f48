//! The table of metrics: one row feeds columns of tables, axes of charts, directions of objectives and `list metrics`.

/// Whether more of a metric is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// More is better.
    Maximize,
    /// Less is better.
    Minimize,
    /// Neither is better as such.
    Neutral,
}

/// A named number that a unit of work yields.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Key in tables.
    pub key: &'static str,
    /// Unit: `share` (of potential value), `ETH`, `ratio`, `slots`, `count` or `index`.
    pub unit: &'static str,
    /// What is better.
    pub direction: Direction,
    /// Short name for charts.
    pub label: &'static str,
    /// Definition in one sentence.
    pub definition: &'static str,
    /// Least and largest value that it can have by its definition: axes and drawn intervals end there.
    pub range: (f64, f64),
}

impl Metric {
    /// Whether its numbers are shown as per cent. Some ratios are shares of something else than potential value; others may be above one.
    pub fn is_percent(&self) -> bool {
        self.unit == "share" || matches!(self.key, "liveness" | "censored_share")
    }

    /// What its numbers are in, in words for axes and tables: "% of potential value", "ETH per epoch"; nothing where they are pure. Shares and
    /// probabilities are in per cent.
    pub fn in_words(&self) -> &'static str {
        match (self.unit, self.key) {
            (_, "liveness") => "% of slots",
            (_, "censored_share") => "% of targets",
            ("share", _) => "% of potential value",
            ("ETH", "mean_price") => "ETH per slot",
            // What is held, or paid once, is not per epoch.
            (
                "ETH",
                "capital_locked"
                | "corruption_cost"
                | "censorship_cost"
                | "capture_cost_flat"
                | "capture_cost_pivotal",
            ) => "ETH",
            ("ETH", _) => "ETH per epoch",
            ("slots", _) => "slots",
            (_, "mean_offer") => "unit of the offer",
            _ => "",
        }
    }

    const fn within(mut self, least: f64, most: f64) -> Self {
        self.range = (least, most);
        self
    }

    const fn not_negative(self) -> Self {
        self.within(0.0, f64::INFINITY)
    }
}

const fn metric(
    key: &'static str,
    unit: &'static str,
    direction: Direction,
    label: &'static str,
    definition: &'static str,
) -> Metric {
    Metric { key, unit, direction, label, definition, range: (f64::NEG_INFINITY, f64::INFINITY) }
}

use crate::settings::nearest;
use Direction::{Maximize, Minimize, Neutral};

/// Every metric, in the order of tables.
pub const METRICS: &[Metric] = &[
    metric(
        "potential_value",
        "ETH",
        Neutral,
        "potential value",
        "fees and MEV per epoch if the one candidate worth most in it produced every slot (with unit seats: the k worth most)",
    ).not_negative(),
    metric(
        "gross_value",
        "ETH",
        Maximize,
        "gross value",
        "fees and MEV realised per epoch; of the tips of one transaction what an includer alone is paid, and no more",
    ).not_negative(),
    metric(
        "net_surplus",
        "ETH",
        Maximize,
        "net surplus",
        "gross value less posting, operating and capital cost and net user harm, per epoch",
    ),
    metric(
        "community_share",
        "share",
        Maximize,
        "community share",
        "what the protocol's treasury and other sinks receive, less what is newly issued at the expense of those who hold the token",
    ),
    metric(
        "treasury_share",
        "share",
        Neutral,
        "treasury",
        "what the community's treasury receives, less what the community pays (with `redistribution`)",
    ),
    metric(
        "public_goods_share",
        "share",
        Neutral,
        "public goods",
        "what is spent on public goods (with `redistribution`)",
    ).not_negative(),
    metric("burned_share", "share", Neutral, "burned", "what is burned (with `redistribution`)").not_negative(),
    metric(
        "buyback_share",
        "share",
        Neutral,
        "buy-back",
        "what is spent on tokens, which are burned (with `redistribution`)",
    ).not_negative(),
    metric(
        "delegator_share",
        "share",
        Neutral,
        "delegator share",
        "what delegators receive; 0 where a rule has none, so that the shares of every rule add up to one",
    ),
    metric("holder_share", "share", Maximize, "holder share", "community and delegators together"),
    metric("sequencer_share", "share", Neutral, "sequencer share", "sequencers' profit before capital cost, what the protocol makes of a token in which they have posted included"),
    metric(
        "profit_share",
        "share",
        Neutral,
        "profit over staying idle",
        "memo: what sequencers together earn after the cost of their capital, over what their machines would earn or cost idle",
    ),
    // Machines out of office may earn elsewhere: a negative `idle_cost`.
    metric(
        "operating_cost_share",
        "share",
        Minimize,
        "operating cost",
        "cost of running machines, live and idle; below 0 where idle ones earn elsewhere",
    ),
    metric("posting_cost_share", "share", Minimize, "posting cost", "cost of posting data to L1").not_negative(),
    metric(
        "unrealised_share",
        "share",
        Minimize,
        "unrealised value",
        "one less gross value over potential value",
    ).within(f64::NEG_INFINITY, 1.0),
    metric(
        "outside_income_share",
        "share",
        Neutral,
        "outside income",
        "income from outside the welfare account: toxic MEV, external bribes, tips paid again to further includers of a transaction, and the yield of bonds and stakes in a token whose price the protocol moves (with `token`; below 0 where they lose more)",
    ),
    metric("user_harm_share", "share", Minimize, "user harm", "memo: harm to users").not_negative(),
    metric(
        "capital_cost_share",
        "share",
        Minimize,
        "capital cost",
        "memo: cost of capital of bonds and stake",
    ).not_negative(),
    metric(
        "allocative_efficiency",
        "ratio",
        Maximize,
        "allocative efficiency",
        "expected net worth of the slots as assigned, over that of the best assignment to as many seats; tips, bribes and toxic MEV are no worth",
    ).within(f64::NEG_INFINITY, 1.0),
    metric(
        "overhead_ratio",
        "ratio",
        Minimize,
        "overhead ratio",
        "operating cost over that of one operator under the rule `centralized`, its own uptime included, on the same draws",
    ),
    metric(
        "redundancy",
        "count",
        Neutral,
        "redundancy",
        "sequencers scheduled to be live in a slot, leader included, each once, up or not: mean over slots (with slots)",
    ).not_negative(),
    metric("liveness", "ratio", Maximize, "liveness", "share of slots produced").within(0.0, 1.0),
    metric(
        "longest_gap_slots",
        "slots",
        Minimize,
        "longest gap",
        "longest run of missed slots in a market, mean over markets",
    ).not_negative(),
    metric(
        "mean_outage_slots",
        "slots",
        Minimize,
        "mean outage",
        "mean length of runs of missed slots: missed slots over runs that begin; absent where none begins",
    ).within(0.0, f64::INFINITY),
    metric(
        "long_outage_share",
        "ratio",
        Minimize,
        "missed in long outages",
        "probability that at least nine more slots are missed right after a missed one; absent where none was missed",
    ).within(0.0, 1.0),
    metric(
        "inclusion_delay_slots",
        "slots",
        Minimize,
        "inclusion delay",
        "mean slots until a targeted transaction is included, that of its arrival counted: 1 is no delay",
    ).within(1.0, f64::INFINITY),
    metric(
        "censored_share",
        "ratio",
        Minimize,
        "censored share",
        "share of targeted transactions that stay out for their whole window",
    ).within(0.0, 1.0),
    metric(
        "censorship_cost",
        "ETH",
        Maximize,
        "cost of censorship",
        "least expected payment that keeps a targeted transaction out for its window with probability 0.95, conduct frozen and each includer paid what it asks; absent where L1 includes first, or no price does it",
    ).not_negative(),
    metric(
        "censorship_price",
        "ETH",
        Maximize,
        "price of censorship",
        "least price, the same for everybody who could include, that keeps a targeted transaction out for its window with probability 0.95, conduct frozen; absent where L1 includes first, or no price does it",
    ).not_negative(),
    metric(
        "briber_profit",
        "ETH",
        Neutral,
        "profit of the briber",
        "what the targeted transactions that stay out are worth to the briber, less what it pays, per epoch, in expectation over the prices that it draws",
    ),
    metric(
        "briber_gain",
        "share",
        Minimize,
        "gain of another bribe",
        "what the best price posted for all, on the briber's menu or not, would bring it more than the prices that it posts, conduct frozen: chosen on one half of epochs and estimated on the other",
    ),
    metric(
        "bribes_to_sequencers",
        "ETH",
        Minimize,
        "bribes to sequencers",
        "bribes that sequencers take for keeping transactions out, per epoch",
    ).not_negative(),
    metric(
        "users_left",
        "ratio",
        Minimize,
        "users lost",
        "share of users whom findings of misconduct have driven away, mean over epochs",
    ).within(0.0, 1.0),
    metric(
        "entrants",
        "count",
        Neutral,
        "entrants",
        "members of groups with an `entry_cost` who take part: they expect to cover it, and one more of any group would not; one in any case where there is nobody else",
    ).not_negative(),
    metric(
        "entry_margin",
        "ETH",
        Neutral,
        "margin of entrants",
        "an entrant's profit per epoch, capital cost and `entry_cost` taken off, of those who have entered in the group where it is least: below 0 by more than chance where not even one covers its cost (with `entry_cost`)",
    ),
    metric(
        "entry_settled",
        "ratio",
        Maximize,
        "entry settled",
        "1 where no sequencer would enter or leave any more, 0 where who takes part goes round in a circle (with `entry_cost`)",
    ).within(0.0, 1.0),
    metric(
        "token_price",
        "ratio",
        Maximize,
        "token price",
        "the token's price at the end of a measured market over that at its beginning, as buy-backs, issuance and findings move it, its own luck apart (with `token`)",
    ).not_negative(),
    metric(
        "capture_cost_flat",
        "ETH",
        Maximize,
        "cost of capture, flat price",
        "what it costs to carry a harmful upgrade by buying the votes that it takes at one price for each unit of vote, which makes up for the voter's loss and no more (with `upgrade`; `least_bribe` is of pivotal bribes alone); absent where nobody could change anything",
    ).not_negative(),
    metric(
        "capture_cost_pivotal",
        "ETH",
        Maximize,
        "cost of capture, pivotal bribes",
        "the same by promises that pay a voter's loss if its vote decides and next to nothing if not; absent also where ballots are secret",
    ).not_negative(),
    metric(
        "capture_reach",
        "ratio",
        Minimize,
        "reach of capture",
        "share of users whom a captured upgrade reaches (with `upgrade`): all, those who take up any upgrade, or nobody",
    ).within(0.0, 1.0),
    metric(
        "capital_locked",
        "ETH",
        Minimize,
        "capital locked",
        "bonds in escrow and stake, mean over epochs: 0 where a rule that takes bonds is given none, so that a study can vary the bond from 0; absent where the rule can lock nothing",
    ).not_negative(),
    metric(
        "capital_efficiency",
        "ratio",
        Maximize,
        "capital efficiency",
        "potential value per epoch for each ETH locked",
    ).not_negative(),
    metric(
        "collateral_shortfall",
        "ratio",
        Minimize,
        "collateral shortfall",
        "ETH by which bonds and stakes are worth less than was required when they were posted, over ETH required (with `bond_asset`)",
    ).within(0.0, 1.0),
    metric(
        "corruption_cost",
        "ETH",
        Maximize,
        "corruption cost",
        "bonds and stakes to post and payments to make in an epoch for an outsider who wants half of its slots, rivals' offers as they are",
    ).not_negative(),
    metric(
        "nakamoto_33",
        "count",
        Maximize,
        "Nakamoto coefficient (1/3)",
        "fewest operators with more than a third of a market's slots",
    ).not_negative(),
    metric(
        "nakamoto_50",
        "count",
        Maximize,
        "Nakamoto coefficient (1/2)",
        "fewest operators with more than half of a market's slots",
    ).not_negative(),
    metric(
        "hhi_slots",
        "index",
        Minimize,
        "HHI of slots",
        "sum of squared shares of produced slots within a market",
    ).within(0.0, 1.0),
    metric(
        "gini_slots",
        "index",
        Minimize,
        "Gini of slots",
        "Gini coefficient of produced slots over all candidates of a market",
    ).within(0.0, 1.0),
    metric(
        "gini_income",
        "index",
        Minimize,
        "Gini of income",
        "Gini coefficient of profits before capital cost over all candidates of a market, losses counted as nothing",
    ).within(0.0, 1.0),
    metric(
        "revenue",
        "ETH",
        Maximize,
        "revenue",
        "paid to the protocol per epoch, the share of fees and MEV that sequencers do not keep included; what is slashed stands apart, and issuance is not taken off",
    ),
    metric(
        "mean_price",
        "ETH",
        Neutral,
        "mean price",
        "price paid to the protocol per scheduled slot; per seat with unit seats",
    ),
    metric(
        "resold_share",
        "ratio",
        Neutral,
        "resold",
        "share of scheduled slots of seats that were resold (with `resale`)",
    ).within(0.0, 1.0),
    metric(
        "resale_payments",
        "ETH",
        Neutral,
        "paid for resold seats",
        "paid among sequencers for seats that were resold, per epoch (with `resale`)",
    ).not_negative(),
    metric(
        "uptime_spending",
        "ETH",
        Neutral,
        "spent on uptime",
        "what sequencers with an `uptime_cost` spend on it per epoch",
    ).not_negative(),
    metric(
        "mean_offer",
        "ratio",
        Neutral,
        "mean offer",
        "bid as a share of the bidder's net value; kickback in ETH an epoch per unit of stake, the whole stake being one unit (an income share or a lump sum as such); stake in ETH; effort as such",
    ),
    metric("bribes_to_delegators", "ETH", Neutral, "bribes to delegators", "kickbacks paid per epoch").not_negative(),
    metric("evictions", "count", Neutral, "evictions", "candidates evicted per epoch").not_negative(),
    metric("slashed", "ETH", Neutral, "slashed", "taken from bonds and stakes per epoch").not_negative(),
    metric(
        "deviation_gain",
        "share",
        Minimize,
        "deviation gain",
        "gain of the best unilateral deviation of any class's member: sample-split estimate, a lower bound",
    ),
    metric(
        "deviation_gain_upper",
        "share",
        Minimize,
        "deviation gain, upper bound",
        "simultaneous 95% upper bound of the gain of every deviation on the grid",
    ).not_negative(),
    metric(
        "deviation_gain_eth",
        "ETH",
        Minimize,
        "deviation gain",
        "the estimate of the deviation gain in ETH per epoch",
    ),
    metric(
        "delegator_gain",
        "share",
        Minimize,
        "delegators' gain",
        "payout that a small delegator of any group forgoes, against always backing one candidate or, without inertia, the best-paid in each epoch, were it to hold all stake: sample-split estimate",
    ),
    metric(
        "delegator_gain_upper",
        "share",
        Minimize,
        "delegators' gain, upper bound",
        "simultaneous 95% upper bound of the same; the price of tastes where choice is logit, else part of what is certified",
    ).not_negative(),
    metric(
        "conduct_gain",
        "share",
        Minimize,
        "gain of other conduct",
        "gain of the best deviation in conduct that was learned (taking every bribe that pays more than including, or those from some price on, refusing all, taking toxic MEV or leaving it, obeying orders or defying them) by a member of any group in office, in one epoch, what it is then expected to lose counted: sample-split estimate",
    ),
    metric(
        "conduct_gain_upper",
        "share",
        Minimize,
        "gain of other conduct, upper bound",
        "simultaneous 95% upper bound of the same",
    ).not_negative(),
    metric(
        "certified",
        "ratio",
        Maximize,
        "certified",
        "1 if the upper bound of the deviation gain is within the experiment's tolerance, else 0; about sequencers' offers alone (and, where their choice is not logit, delegators): see `delegator_gain`, `conduct_gain` and `briber_gain` for the others; in summaries the share of replicates",
    ).within(0.0, 1.0),
    metric(
        "policy_drift",
        "index",
        Minimize,
        "policy drift",
        "mean total-variation distance between the average policies at three quarters and at the end of learning",
    ).within(0.0, 1.0),
    metric(
        "last_iterate_drift",
        "index",
        Minimize,
        "unrest of current policies",
        "mean distance of current policies from their own mean over the last quarter of learning, as a fraction of net value (of the mean offer where menus are amounts), for the player that moves most",
    ).not_negative(),
    metric(
        "settled",
        "ratio",
        Maximize,
        "settled",
        "1 if current policies came to rest (`last_iterate_drift` of at most 0.02), else 0: then only averages of play can be certified; of plans that answer to past offers, 1 if they did not change in the last quarter of learning or had converged, else 0, and then nothing is certified; in summaries the share of replicates",
    ).within(0.0, 1.0),
    metric(
        "at_menu_edge",
        "ratio",
        Minimize,
        "play on the top of its menu",
        "share of learned play on the highest setting of a menu that could go further, mean over states, of the player with most: there deviations above were not tried",
    ).within(0.0, 1.0),
    metric(
        "at_menu_bottom",
        "ratio",
        Minimize,
        "play on the bottom of its menu",
        "share of learned play on the lowest setting of a menu that could begin lower, mean over states, of the player with most: there deviations below were not tried",
    ).within(0.0, 1.0),
    metric(
        "converged",
        "ratio",
        Maximize,
        "converged",
        "1 if everybody's greedy policy stayed the same for `stable_epochs` before `max_epochs`, else 0 (independent learning); in summaries the share of markets",
    ).within(0.0, 1.0),
    metric(
        "learning_epochs",
        "count",
        Neutral,
        "epochs of learning",
        "epochs until independent learning ended, the window of unchanged policies included",
    ).not_negative(),
    metric(
        "profit_gain",
        "index",
        Neutral,
        "profit gain Δ",
        "where the candidates' joint profit lies between the static Nash equilibrium (0) and the joint maximum (1); in auctions between paying the highest value that wins nothing, and paying the reserve; of stakes 1 is the one with the most to earn alone (independent learning of a stage game that repeats and whose benchmarks theory knows)",
    ),
    metric(
        "cycle_length",
        "count",
        Neutral,
        "length of the cycle",
        "epochs after which greedy play repeats itself (repeated stage games)",
    ).not_negative(),
    metric(
        "deviation_profit_change",
        "ratio",
        Neutral,
        "profit change of deviating once",
        "relative change of a learner's discounted profit if it plays the static best response once and all then follow what they learned, mean over learners and the cycle (repeated stage games; absent where play is a static best response)",
    ),
    metric(
        "deviation_unprofitable",
        "ratio",
        Neutral,
        "deviations that do not pay",
        "share of these deviations that lower the deviator's discounted profit",
    ).within(0.0, 1.0),
    metric(
        "punishment",
        "ratio",
        Neutral,
        "punishment",
        "discounted profit that deviating costs from the next epoch on, relative to the discounted profit of not deviating",
    ),
    metric(
        "forgiveness",
        "ratio",
        Neutral,
        "forgiveness",
        "share of these deviations after which play is back in its cycle within 25 epochs",
    ).within(0.0, 1.0),
    metric(
        "retrained_gain",
        "ETH",
        Neutral,
        "gain of a fresh learner",
        "what a learner that is trained afresh against the others' frozen strategies earns per epoch more than the one that it replaces, mean over learners (repeated stage games)",
    ),
    metric(
        "spurious",
        "ratio",
        Neutral,
        "spurious collusion",
        "1 if learners can be exploited, or leave money: the discounted best response gains one of them more than the tolerance (what plans that do not learn could gain is judged by `certified` alone), or profits are above the static Nash equilibrium while deviating once to the static best response pays; else 0; in summaries the share of markets",
    )
    .within(0.0, 1.0),
];

/// Position of a metric in the table.
pub fn place(key: &str) -> usize {
    METRICS.iter().position(|metric| metric.key == key).unwrap_or(METRICS.len())
}

/// Looks a metric up by key.
pub fn find(key: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|metric| metric.key == key)
}

/// The metric of this name.
///
/// # Errors
/// That there is none, with the nearest name.
pub fn named(name: &str) -> Result<&'static Metric, String> {
    find(name).ok_or_else(|| {
        let near = nearest(name, METRICS.iter().map(|m| m.key));
        let help = near.map_or(String::new(), |near| format!(" (did you mean `{near}`?)"));
        format!("there is no metric `{name}`{help}")
    })
}

//! Closed forms under names, for formulas in files: what takes numbers and gives one.
//!
//! Each has its arguments with their units and domains, one sentence that defines it, and its source; `list theory` shows them. Outside
//! the domain, and where theory has no such number (a contest without an equilibrium in pure stakes), it gives none.

use super::auction::Auction;
use super::availability::{self, Markov};
use super::bribery;
use super::censorship::{Bribe, Delay, Inclusion, Penalty, RoundRobin, Schedule, all_censor};
use super::collateral;
use super::contest::{logit_effort, power_effort, seat_stake, symmetric_stake, unstaking};
use super::deterrence::{
    Temptation, grim_trigger_discount, ring_lottery_discount, ring_rotation_discount, ring_split_discount,
};
use super::kickback::symmetric_kickback;
use super::multi_slot;
use super::resale;
use super::reserve::myerson_reserve;
use crate::formula::{Argument, Domain, Function};
use crate::world::distribution::Distribution;

const fn argument(name: &'static str, about: &'static str, domain: Domain) -> Argument {
    Argument { name, about, domain }
}

/// What a checked argument counts.
fn count(v: f64) -> u32 {
    v as u32
}

const DOWN: Argument = argument("p", "probability that a machine is down in a slot", Domain::Share);
const MACHINES: Argument = argument("r", "machines", Domain::Whole(1));
const FAIL: Argument = argument("f", "probability of failing in a slot while up", Domain::Share);
const REPAIR: Argument =
    argument("g", "probability of being repaired in a slot while down", Domain::AboveZero);
const CENSOR: Argument = argument("gamma", "probability that a slot censors", Domain::BelowOne);
const SLOTS: Argument = argument("slots", "slots", Domain::Whole(0));
const SEQUENCERS: Argument = argument("n", "sequencers", Domain::Whole(1));
const CENSORS: Argument = argument("m", "sequencers who censor, fewer than n", Domain::Whole(0));
const TIP: Argument = argument("tip", "ETH that each includer forgoes", Domain::NotNegative);
const INCLUDERS: Argument = argument("r", "sequencers who can include in a slot, up to n", Domain::Whole(1));
const GAIN: Argument = argument("gain", "what one deviation brings, ETH", Domain::NotNegative);
const DETECTION: Argument = argument("q", "probability of being found out", Domain::AboveZero);
const DISCOUNT: Argument = argument("delta", "discount factor of an epoch", Domain::Inner);
const DELAY: Argument = argument("delay", "epochs until punishment", Domain::NotNegative);
const RENT: Argument = argument("rent", "ETH an epoch while in office", Domain::NotNegative);
const BIDDERS: Argument = argument("n", "bidders", Domain::Whole(1));
const UNITS: Argument = argument("k", "seats for sale", Domain::Whole(1));
const RESERVE: Argument = argument("reserve", "least price of a seat, ETH; 0 for none", Domain::NotNegative);
const VALUE: Argument = argument("v", "the bidder's value, ETH", Domain::Any);
const LOW: Argument = argument("low", "least value, ETH", Domain::NotNegative);
const HIGH: Argument = argument("high", "highest value, ETH, above the least", Domain::Positive);
const RATE: Argument = argument("rate", "1 over the mean value, 1/ETH", Domain::Positive);
const MU: Argument = argument("mu", "mean of the logarithm of values in ETH", Domain::Any);
const SIGMA: Argument = argument("sigma", "standard deviation of the logarithm of values", Domain::Positive);
const SELLER_COST: Argument = argument("c", "what a seat is worth to the seller, ETH", Domain::NotNegative);
const REWARD: Argument = argument("R", "reward of an epoch, ETH", Domain::Positive);
const CAPITAL: Argument = argument("cost", "cost of capital, per ETH and epoch", Domain::Positive);
const CONTESTANTS: Argument = argument("n", "contestants", Domain::Whole(2));
const EFFORT_COST: Argument = argument("c", "an effort e costs c e²/2", Domain::Positive);
const SEATS: Argument = argument("k", "seats", Domain::Whole(1));
const CANDIDATES: Argument = argument("n", "candidates", Domain::Whole(1));
const NET_RENT: Argument = argument(
    "rent",
    "what a candidate earns on all stake before kickbacks, R − c, ETH an epoch",
    Domain::Positive,
);
const TASTE: Argument = argument(
    "mu",
    "scale of delegators' tastes, in the unit of the rent: 1 over price sensitivity",
    Domain::Positive,
);
const PREMIUM: Argument = argument("kappa", "premium on the MEV of slots in a row", Domain::NotNegative);

const BARLOW: &str = "Barlow and Proschan 1975, chapter 7";
const CENSORSHIP: &str = "derived (theory::censorship)";
const BRIBES: &str = "derived (theory::bribery); tips as the price: Fox, Pai and Resnick 2023";
const BECKER: &str = "Becker 1968; Shapiro and Stiglitz 1984";
const KRISHNA: &str = "Krishna 2010, propositions 2.2 and 2.3, chapter 13";
const REVENUE: &str = "Riley and Samuelson 1981; Krishna 2010, chapters 2 and 13";
const MYERSON: &str = "Myerson 1981, section 5";
const TULLOCK: &str = "Tullock 1980; Corchón 2007";
const HIRSHLEIFER: &str = "Hirshleifer 1989";
const LOGIT: &str = "Anderson, de Palma and Thisse 1992, chapter 7";

fn uniform(low: f64, high: f64) -> Option<Distribution> {
    Distribution::uniform(low, high).ok()
}

fn exponential(rate: f64) -> Option<Distribution> {
    Distribution::exponential(rate).ok()
}

fn lognormal(mu: f64, sigma: f64) -> Option<Distribution> {
    Distribution::lognormal(mu, sigma).ok()
}

/// The pay-as-bid bid of a value that the law can have; arguments are `v, n, k, reserve`.
fn bid(values: Option<Distribution>, a: &[f64]) -> f64 {
    let Some(values) = values else { return f64::NAN };
    let (low, high) = values.support();
    if a[0] < low || a[0] > high {
        return f64::NAN;
    }
    Auction::new(values, count(a[1]), count(a[2])).with_reserve(a[3]).pay_as_bid(a[0]).unwrap_or(f64::NAN)
}

/// Expected revenue; arguments are `n, k, reserve`.
fn revenue(values: Option<Distribution>, a: &[f64]) -> f64 {
    let game = |values| Auction::new(values, count(a[0]), count(a[1])).with_reserve(a[2]).expected_revenue();
    values.map_or(f64::NAN, game)
}

fn myerson(values: Option<Distribution>, cost: f64) -> f64 {
    values.map_or(f64::NAN, |values| myerson_reserve(&values, cost))
}

/// `P(more than slots)` in a round-robin; arguments are `n, m, slots`.
fn round_robin(a: &[f64]) -> Option<RoundRobin> {
    (a[1] < a[0]).then(|| RoundRobin { n: a[0] as u64, censors: a[1] as u64 })
}

/// The bill of a censor; arguments are `tip, r, n, slots`.
fn bribe(schedule: Schedule, a: &[f64]) -> f64 {
    let (per_slot, sequencers) = (count(a[1]), count(a[2]));
    if per_slot > sequencers {
        return f64::NAN;
    }
    let bill = Bribe {
        sequencers,
        per_slot,
        schedule,
        inclusion: Inclusion::AnyLive,
        tip: a[0],
        expected_penalty: 0.0,
        penalty: Penalty::EveryAct,
    };
    bill.cost(count(a[3]))
}

/// A temptation; arguments are `gain, q, delta, delay, rent`.
fn temptation(a: &[f64]) -> Temptation {
    Temptation { gain: a[0], detection: a[1], discount: a[2], delay: a[3], rent: a[4] }
}

/// Every closed form that formulas can name, by subject.
pub static CLOSED_FORMS: &[Function] = &[
    // Availability.
    Function {
        name: "any_of",
        arguments: &[DOWN, MACHINES],
        about: "share of slots with at least one of r machines up, each down independently: 1 − p^r",
        source: BARLOW,
        apply: |a| availability::any_of(a[0], count(a[1])),
    },
    Function {
        name: "quorum",
        arguments: &[
            DOWN,
            argument("q", "machines that must be up, up to n", Domain::Whole(1)),
            argument("n", "machines", Domain::Whole(1)),
        ],
        about: "share of slots with at least q of n machines up, each down independently",
        source: BARLOW,
        apply: |a| if a[1] <= a[2] { availability::quorum(a[0], count(a[1]), count(a[2])) } else { f64::NAN },
    },
    Function {
        name: "up",
        arguments: &[FAIL, REPAIR],
        about: "long-run share of slots in which a machine is up that fails and is repaired: g/(f + g); 1 − up(f, g) is a p of any_of",
        source: BARLOW,
        apply: |a| Markov { fail: a[0], repair: a[1] }.availability(),
    },
    Function {
        name: "any_of_common",
        arguments: &[
            FAIL,
            REPAIR,
            argument("common", "share of failures that take all machines down together", Domain::Share),
            MACHINES,
        ],
        about: "share of slots with at least one of r machines up, where a share of failures has a common cause: (1 − π_c)(1 − π^r)",
        source: BARLOW,
        apply: |a| Markov { fail: a[0], repair: a[1] }.with_common_cause(a[2], count(a[3])),
    },
    Function {
        name: "mean_outage",
        arguments: &[REPAIR, MACHINES],
        about: "mean length of an outage of all of r machines at once, in slots: 1/(1 − (1 − g)^r)",
        source: BARLOW,
        // How often machines fail does not bear on how long all are down.
        apply: |a| Markov { fail: 1.0, repair: a[0] }.mean_outage(count(a[1])),
    },
    // Censorship.
    Function {
        name: "wait_exceeds",
        arguments: &[CENSOR, SLOTS],
        about: "probability that a transaction waits for more than so many slots, each of which censors independently: gamma^slots",
        source: CENSORSHIP,
        apply: |a| Delay::single(a[0]).exceeds(count(a[1])),
    },
    Function {
        name: "wait",
        arguments: &[CENSOR],
        about: "mean slots until inclusion where each slot censors independently: 1/(1 − gamma)",
        source: CENSORSHIP,
        apply: |a| Delay::single(a[0]).mean_slots(),
    },
    Function {
        name: "wait_exceeds_in_turn",
        arguments: &[SEQUENCERS, CENSORS, SLOTS],
        about: "the same of n sequencers who take turns in a random order, m of whom censor: C(m, slots)/C(n, slots)",
        source: CENSORSHIP,
        apply: |a| {
            // Nobody waits for more than all turns.
            round_robin(a)
                .map_or(f64::NAN, |order| if a[2] <= a[0] { order.exceeds(a[2] as u64) } else { 0.0 })
        },
    },
    Function {
        name: "wait_in_turn",
        arguments: &[SEQUENCERS, CENSORS],
        about: "mean slots until inclusion where n sequencers take turns in a random order, m of whom censor: (n + 1)/(n − m + 1); of appointees with `rotation = \"shuffled\"`, of stake_rotation with `replacement = false` and a seat for each, not where groups sit in blocks or by turns",
        source: CENSORSHIP,
        apply: |a| round_robin(a).map_or(f64::NAN, |order| order.mean_slots()),
    },
    Function {
        name: "all_censor",
        arguments: &[SEQUENCERS, CENSORS, INCLUDERS],
        about: "probability that r different sequencers out of n are all among the m who censor, a gamma of wait: C(m, r)/C(n, r)",
        source: CENSORSHIP,
        apply: |a| {
            if a[1] <= a[0] && a[2] <= a[0] {
                all_censor(a[0] as u64, a[1] as u64, a[2] as u64)
            } else {
                f64::NAN
            }
        },
    },
    Function {
        name: "bribes_in_turn",
        arguments: &[TIP, INCLUDERS, SEQUENCERS, SLOTS],
        about: "cost of keeping a transaction out where sequencers take turns, each bribed once, in ETH: tip·min(r·slots, n)",
        source: BRIBES,
        apply: |a| bribe(Schedule::Rotation, a),
    },
    Function {
        name: "bribes_if_drawn",
        arguments: &[TIP, INCLUDERS, SEQUENCERS, SLOTS],
        about: "the same in expectation where sequencers are drawn for each slot: tip·n(1 − (1 − r/n)^slots)",
        source: BRIBES,
        apply: |a| bribe(Schedule::Random, a),
    },
    // Votes.
    Function {
        name: "pivotal_bribes",
        arguments: &[
            argument("m", "yes-votes needed", Domain::Whole(1)),
            argument("epsilon", "least bribe, ETH", Domain::NotNegative),
        ],
        about: "cost of a decision where m + 1 voters are promised their loss only if their vote matters, in ETH: (m + 1)·epsilon",
        source: "Dal Bó 2007",
        apply: |a| (a[0] + 1.0) * a[1],
    },
    Function {
        name: "coalition_cost",
        arguments: &[
            argument("n", "voters, an odd number", Domain::Whole(1)),
            argument("extra", "members beyond the least majority", Domain::Whole(0)),
            argument("budget", "what the opponent would spend, ETH", Domain::NotNegative),
        ],
        about: "cost of a coalition of (n + 1)/2 + extra indifferent voters that the opponent cannot break, in ETH: its members each get budget/(extra + 1)",
        source: "Groseclose and Snyder 1996",
        apply: |a| bribery::coalition_cost(count(a[0]), count(a[1]), a[2]).unwrap_or(f64::NAN),
    },
    // Deterrence.
    Function {
        name: "least_bond",
        arguments: &[GAIN, DETECTION, DISCOUNT, DELAY, RENT],
        about: "least bond that deters, in ETH: (gain − q·delta·V)/(q·delta^delay), at least 0, with the future V = rent/(1 − delta)",
        source: BECKER,
        apply: |a| temptation(a).least_bond(),
    },
    Function {
        name: "deterrable_gain",
        arguments: &[
            argument("bond", "what is lost beside the office, ETH", Domain::NotNegative),
            DETECTION,
            DISCOUNT,
            DELAY,
            RENT,
        ],
        about: "largest gain that a bond and the future of an office deter, in ETH: q(delta^delay·bond + delta·V)",
        source: BECKER,
        apply: |a| Temptation { gain: 0.0, ..temptation(a) }.deterrable_gain(a[0]),
    },
    Function {
        name: "grim_trigger_discount",
        arguments: &[
            GAIN,
            DETECTION,
            argument("exit", "share of users who leave one who was found out", Domain::Share),
            RENT,
        ],
        about: "least discount factor at which the loss of office alone deters: gain/(gain + q·exit·rent)",
        source: "Friedman 1971",
        apply: |a| grim_trigger_discount(a[0], a[1], a[2], a[3]),
    },
    Function {
        name: "ring_discount",
        arguments: &[BIDDERS, UNITS],
        about: "least discount factor at which n equal bidders for k seats hold a ring that splits the rent evenly: 1 − k/n, at least 0",
        source: "Friedman 1971",
        apply: |a| ring_split_discount(count(a[0]), count(a[1])),
    },
    Function {
        name: "ring_discount_in_turn",
        arguments: &[BIDDERS],
        about: "the same of a ring that gives the one seat to each in turn: delta^(n−1)·(1 + delta) = 1",
        source: "Friedman 1971",
        apply: |a| ring_rotation_discount(count(a[0])),
    },
    Function {
        name: "ring_discount_by_lot",
        arguments: &[BIDDERS],
        about: "the same of a ring that draws its winner by lot each epoch: n/(n + 1)",
        source: "Friedman 1971",
        apply: |a| ring_lottery_discount(count(a[0])),
    },
    // Auctions.
    Function {
        name: "bid_uniform",
        arguments: &[VALUE, LOW, HIGH, BIDDERS, UNITS, RESERVE],
        about: "equilibrium bid for one of k seats, paid as bid, among n bidders of values uniform from low to high, in ETH; v(n − 1)/n for one seat, low = 0 and no reserve",
        source: KRISHNA,
        apply: |a| bid(uniform(a[1], a[2]), &[a[0], a[3], a[4], a[5]]),
    },
    Function {
        name: "bid_exponential",
        arguments: &[VALUE, RATE, BIDDERS, UNITS, RESERVE],
        about: "the same of exponential values",
        source: KRISHNA,
        apply: |a| bid(exponential(a[1]), &[a[0], a[2], a[3], a[4]]),
    },
    Function {
        name: "bid_lognormal",
        arguments: &[VALUE, MU, SIGMA, BIDDERS, UNITS, RESERVE],
        about: "the same of lognormal values",
        source: KRISHNA,
        apply: |a| bid(lognormal(a[1], a[2]), &[a[0], a[3], a[4], a[5]]),
    },
    Function {
        name: "revenue_uniform",
        arguments: &[LOW, HIGH, BIDDERS, UNITS, RESERVE],
        about: "expected revenue of a sale of k seats to n bidders of values uniform from low to high, paid as bid or at the highest losing bid, in ETH; (n − 1)/(n + 1) for one seat, values up to 1 and no reserve",
        source: REVENUE,
        apply: |a| revenue(uniform(a[0], a[1]), &a[2..]),
    },
    Function {
        name: "revenue_exponential",
        arguments: &[RATE, BIDDERS, UNITS, RESERVE],
        about: "the same of exponential values",
        source: REVENUE,
        apply: |a| revenue(exponential(a[0]), &a[1..]),
    },
    Function {
        name: "revenue_lognormal",
        arguments: &[MU, SIGMA, BIDDERS, UNITS, RESERVE],
        about: "the same of lognormal values",
        source: REVENUE,
        apply: |a| revenue(lognormal(a[0], a[1]), &a[2..]),
    },
    Function {
        name: "reserve_uniform",
        arguments: &[LOW, HIGH, SELLER_COST],
        about: "reserve that earns most from values uniform from low to high, whatever the number of bidders and seats, in ETH; a reserve of revenue_uniform",
        source: MYERSON,
        apply: |a| myerson(uniform(a[0], a[1]), a[2]),
    },
    Function {
        name: "reserve_exponential",
        arguments: &[RATE, SELLER_COST],
        about: "the same of exponential values: 1/rate + c",
        source: MYERSON,
        apply: |a| myerson(exponential(a[0]), a[1]),
    },
    Function {
        name: "reserve_lognormal",
        arguments: &[MU, SIGMA, SELLER_COST],
        about: "the same of lognormal values",
        source: MYERSON,
        apply: |a| myerson(lognormal(a[0], a[1]), a[2]),
    },
    // Contests.
    Function {
        name: "contest_stake",
        arguments: &[
            REWARD,
            CAPITAL,
            CONTESTANTS,
            argument("tau", "power of stake in the draw of leaders, up to n/(n − 1)", Domain::Positive),
        ],
        about: "stake of each of n equal contestants where leaders are drawn in proportion to stake^tau, in ETH: R·tau(n − 1)/(n²·cost)",
        source: TULLOCK,
        apply: |a| symmetric_stake(a[0], a[1], count(a[2]), a[3]).unwrap_or(f64::NAN),
    },
    Function {
        name: "seat_stake",
        arguments: &[REWARD, CAPITAL, CONTESTANTS, SEATS],
        about: "stake of each of n equal contestants where k of them are drawn without replacement in proportion to stake, in ETH; 0 where all have a seat",
        source: "derived; theory::contest::seat_dissipation",
        apply: |a| seat_stake(a[0], a[1], count(a[2]), count(a[3])),
    },
    Function {
        name: "unstaking_stake",
        arguments: &[
            REWARD,
            CAPITAL,
            CONTESTANTS,
            SEATS,
            argument("u", "share of stake that who is not drawn withdraws", Domain::Share),
        ],
        about: "stake of each of n equal contestants in k draws with replacement where the idle withdraw, in ETH",
        source: "derived; theory::contest::unstaking",
        apply: |a| unstaking(a[0], a[1], count(a[2]), count(a[3]), a[4]).nominal / a[2],
    },
    Function {
        name: "logit_effort",
        arguments: &[
            REWARD,
            EFFORT_COST,
            CONTESTANTS,
            argument("beta", "weight of an effort e is exp(beta·e)", Domain::Positive),
        ],
        about: "effort of each of n equal contestants in a logit contest: beta·R(n − 1)/(n²·c), where that is an equilibrium",
        source: HIRSHLEIFER,
        apply: |a| logit_effort(a[0], a[1], count(a[2]), a[3]).map_or(f64::NAN, |found| found.effort),
    },
    Function {
        name: "power_effort",
        arguments: &[
            REWARD,
            EFFORT_COST,
            CONTESTANTS,
            argument("gamma", "weight of an effort e is e^gamma", Domain::Positive),
        ],
        about: "effort of each of n equal contestants in a power contest: √(gamma·R(n − 1)/(n²·c)), where that is an equilibrium",
        source: HIRSHLEIFER,
        apply: |a| power_effort(a[0], a[1], count(a[2]), a[3]).map_or(f64::NAN, |found| found.effort),
    },
    // Kickbacks.
    Function {
        name: "kickback",
        arguments: &[CANDIDATES, NET_RENT, TASTE],
        about: "kickback of each of n equal candidates to delegators who choose by logit and delegate all stake, in ETH an epoch on all stake: rent − mu·n/(n − 1), at least 0",
        source: LOGIT,
        apply: |a| symmetric_kickback(count(a[0]), a[1], a[2], None),
    },
    Function {
        name: "kickback_outside",
        arguments: &[
            CANDIDATES,
            NET_RENT,
            TASTE,
            argument("u0", "worth of delegating to nobody, in the unit of the rent", Domain::Any),
        ],
        about: "the same where delegators may delegate to nobody: rent − mu/(1 − q) with q = 1/(n + exp((u0 − x)/mu)), at least 0",
        source: LOGIT,
        apply: |a| symmetric_kickback(count(a[0]), a[1], a[2], Some(a[3])),
    },
    // Bonds, resale, consecutive slots.
    Function {
        name: "bond_shortfall",
        arguments: &[
            argument("h", "haircut on the asset that is posted", Domain::BelowOne),
            argument("s", "standard deviation of its log return until it is needed", Domain::NotNegative),
        ],
        about: "what a bond in another asset is short of in expectation, per ETH required: a put struck at 1",
        source: "Black and Scholes 1973, equation 13",
        apply: |a| collateral::expected_shortfall(a[0], a[1]),
    },
    Function {
        name: "price_with_resale",
        arguments: &[
            argument("first", "highest value, ETH, at least the second", Domain::NotNegative),
            argument("second", "second-highest value, ETH", Domain::NotNegative),
            argument("beta", "share of a resale's gain that the seller takes", Domain::Share),
        ],
        about: "price of a seat that its winner may resell, values being known, in ETH: second + beta(first − second)",
        source: "derived; theory::resale",
        apply: |a| if a[0] >= a[1] { resale::price(a[0], a[1], a[2]) } else { f64::NAN },
    },
    Function {
        name: "value_of_run",
        arguments: &[PREMIUM, SLOTS],
        about: "MEV of so many slots in a row, where that of one is 1: slots + kappa(slots − H) with the harmonic number H",
        source: "derived; theory::multi_slot",
        apply: |a| multi_slot::value_of_run(a[0], a[1] as u64),
    },
    Function {
        name: "mev_factor_when_drawn",
        arguments: &[PREMIUM, argument("q", "probability of being drawn for a slot", Domain::Inner)],
        about: "mean factor on the MEV of a slot of one who is drawn for each with probability q",
        source: "derived; theory::multi_slot",
        apply: |a| multi_slot::factor_when_drawn(a[0], a[1]),
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::{Expression, MOST_ARGUMENTS, Vocabulary};

    static NAMES: Vocabulary = Vocabulary {
        variables: &["x"],
        functions: CLOSED_FORMS,
        called: Some(("closed form", "`list theory`")),
    };

    fn at(text: &str) -> f64 {
        Expression::parse(text, &NAMES).unwrap_or_else(|error| panic!("{text}: {error}")).at(&[0.0])
    }

    /// One value for each, by hand or from the tables of publications: arguments reach the closed form in their order.
    #[test]
    fn every_name_means_what_it_says() {
        let cases: &[(&str, f64, f64)] = &[
            ("any_of(0.05, 2)", 0.9975, 1e-12),
            ("quorum(0.05, 3, 4)", 0.985_981_25, 5e-9),
            ("up(0.01, 0.1)", 10.0 / 11.0, 1e-12),
            ("any_of(1 - up(0.01, 0.1), 2)", 0.991_735_54, 5e-9),
            ("any_of_common(0.001, 0.1, 0.05, 2)", 0.99941, 5e-6),
            ("mean_outage(0.1, 2)", 5.2632, 5e-5),
            ("wait_exceeds(0.3, 3)", 0.027, 1e-12),
            ("wait(0.46)", 1.8519, 5e-5),
            ("wait_exceeds_in_turn(21, 7, 3)", 0.02632, 5e-6),
            ("wait_in_turn(21, 7)", 1.46667, 5e-6),
            ("all_censor(10, 5, 2)", 10.0 / 45.0, 1e-12),
            ("wait(all_censor(10, 5, 2))", 45.0 / 35.0, 1e-12),
            ("bribes_in_turn(2, 3, 20, 5)", 30.0, 1e-12),
            ("bribes_in_turn(2, 3, 20, 9)", 40.0, 1e-12),
            ("bribes_if_drawn(1, 2, 20, 10)", 13.026, 5e-4),
            ("pivotal_bribes(11, 0.001)", 0.012, 1e-12),
            ("coalition_cost(21, 10, 1)", 1.90909, 5e-6),
            ("least_bond(100, 0.9, 0.9999, 168, 0.005)", 62.1516, 5e-5),
            ("deterrable_gain(62.15157, 0.9, 0.9999, 168, 0.005)", 100.0, 5e-5),
            ("grim_trigger_discount(1, 0.8, 0.5, 0.1)", 1.0 / 1.04, 1e-12),
            ("ring_discount(5, 2)", 0.6, 1e-12),
            ("ring_discount_in_turn(2)", 0.618_034, 5e-7),
            ("ring_discount_by_lot(2)", 2.0 / 3.0, 1e-12),
            ("bid_uniform(0.75, 0, 1, 2, 1, 0.5)", 0.54167, 5e-6),
            ("bid_uniform(0.9, 0, 1, 3, 1, 0)", 0.6, 1e-9),
            // v − ∫_0^v F/F(v) = 1 − 1/(e − 1) at v = 1.
            ("bid_exponential(1, 1, 2, 1, 0)", 1.0 - 1.0 / 1.718_281_828_459_045, 1e-9),
            ("bid_lognormal(1, 0, 1, 1, 1, 0.25)", 0.25, 1e-12),
            ("revenue_uniform(0, 1, 3, 1, 0)", 0.5, 1e-9),
            ("revenue_uniform(0, 1, 3, 1, reserve_uniform(0, 1, 0))", 0.53125, 1e-9),
            ("revenue_exponential(1, 2, 1, reserve_exponential(1, 0))", 0.66809, 5e-6),
            ("revenue_lognormal(0, 1, 1, 1, 1)", 0.5, 1e-9),
            ("reserve_uniform(0.2, 1, 0.3)", 0.65, 1e-9),
            ("reserve_exponential(4, 1)", 1.25, 1e-9),
            ("reserve_lognormal(0, 1, 0)", 1.35341, 5e-6),
            ("contest_stake(1, 0.05, 5, 0.5)", 1.6, 1e-12),
            // ((4 − 2)/2)(1/4 + 1/3)/(4·0.05) · 1.
            ("seat_stake(1, 0.05, 4, 2)", 7.0 / 12.0 / 0.2, 1e-12),
            ("unstaking_stake(1, 0.05, 5, 3, 0)", 3.2, 1e-12),
            ("logit_effort(1, 2, 2, 0.5)", 0.0625, 1e-12),
            ("power_effort(1, 2, 2, 1)", 0.353_553, 5e-7),
            ("kickback(3, 1, 0.25)", 0.625, 1e-12),
            ("kickback_outside(2, 1, 0.25, 0)", 0.527_073, 5e-7),
            // Without a haircut 2Φ(s/2) − 1.
            ("bond_shortfall(0, 0.2)", 0.079_656, 5e-7),
            ("price_with_resale(3, 2, 0.25)", 2.25, 1e-12),
            ("value_of_run(0.5, 3)", 3.0 + 0.5 * (3.0 - 11.0 / 6.0), 1e-12),
            // 1 + κ(1 + ln(1/2)) at q = 1/2.
            ("mev_factor_when_drawn(1, 0.5)", 2.0 - std::f64::consts::LN_2, 1e-12),
        ];
        for &(text, expected, half_unit) in cases {
            let found = at(text);
            assert!((found - expected).abs() <= half_unit, "{text}: {found} is not {expected}");
        }
        for function in CLOSED_FORMS {
            let call = format!("{}(", function.name);
            assert!(cases.iter().any(|(text, ..)| text.contains(&call)), "{} has no case", function.name);
        }
    }

    #[test]
    fn theory_is_silent_beyond_its_domain() {
        for text in [
            "quorum(0.1, 5, 4 + x)",
            "wait_exceeds_in_turn(5, 5 + x, 1)",
            "bribes_in_turn(1, 6, 5 + x, 3)",
            "coalition_cost(10, 0, 1 + x)",
            "bid_uniform(0.4, 0, 1, 2, 1, 0.5 + x)",
            "bid_uniform(1.2, 0, 1, 2, 1, 0 + x)",
            "revenue_uniform(1, 1, 2, 1, 0 + x)",
            "contest_stake(1, 0.05, 2, 2.1 + x)",
            "logit_effort(1, 2, 2, 100 + x)",
            "price_with_resale(1, 2, 0.5 + x)",
        ] {
            assert!(at(text).is_nan(), "{text}: {}", at(text));
        }
    }

    #[test]
    fn names_are_apart_and_arguments_fit() {
        let mut names: Vec<&str> = CLOSED_FORMS.iter().map(|function| function.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CLOSED_FORMS.len());
        for function in CLOSED_FORMS {
            assert!((1..=MOST_ARGUMENTS).contains(&function.arguments.len()), "{}", function.name);
            assert!(!function.about.ends_with('.') && !function.source.is_empty(), "{}", function.name);
        }
    }
}

//! Who orders the transactions of a slot: its leader, or a quorum of those who are live.
//!
//! **Rule.** Under `ordering = "leader"` whoever produces a slot orders it as it likes. Under `"fair_bft"` the sequencers that
//! are live in the slot, leader and standbys, agree on the order in which they received transactions: a slot of `r` live ones is
//! produced only while more than two thirds of them, `⌊2r/3⌋ + 1`, are up. Nobody can then reorder at users' expense: there is
//! no toxic MEV. One that is up proposes as under `leader` (failover delay and probability included).
//!
//! **What is expected of it.** Offers and the epoch in expectation take the others who are live to be down with the mean
//! probability of all candidates, and as many to be live as `redundancy` says, or everybody where everybody with a stake is: exact
//! where machines are alike and nobody abstains.
//!
//! **What theory says.** With independent outages `p`, availability is `P(Binomial(r, 1 − p) ≥ ⌊2r/3⌋ + 1)`: three of four,
//! seven of ten. Order costs liveness: any one of `r` would do under `leader`.
//!
//! **References.** Kelkar, Zhang, Goldfeder and Juels (2020), "Order-fairness for Byzantine consensus", CRYPTO 2020; Castro and
//! Liskov (1999), "Practical Byzantine fault tolerance", OSDI '99, on quorums.

use super::terms::Terms;
use crate::numerics::{binomial_tail, pow};
use crate::settings::{Parameter, Section};

/// Who orders.
pub const ORDERING: Parameter = Parameter::choice(
    "ordering",
    &["leader", "fair_bft"],
    "leader",
    "who orders a slot's transactions: its producer, or a quorum of those who are live, without toxic MEV",
);

/// Sequencers of `live` that have to be up.
pub fn quorum(live: usize) -> usize {
    2 * live / 3 + 1
}

/// Reads the key of a contender, and lays what follows from it over its terms; `all_live` says whether everybody is live in
/// every slot.
pub fn read(section: &Section, terms: &mut Terms, all_live: bool) {
    if !section.is_given(ORDERING.key) || section.choice(&ORDERING) == "leader" {
        return;
    }
    terms.fair = true;
    let live = if all_live { terms.candidates } else { terms.redundancy };
    let down = terms.own_down.iter().sum::<f64>() / terms.candidates as f64;
    let others = live - 1;
    let others_up = |needed: usize| match needed {
        0 => 1.0,
        needed if needed > others => 0.0,
        needed => binomial_tail(others as u32, needed as u32, 1.0 - down),
    };
    // With its leader up a slot takes one less; with its leader down it takes all of them among the others, of whom somebody is
    // up anyhow where a standby takes over.
    let led = others_up(quorum(live) - 1);
    let somebody = 1.0 - pow(down, others as f64);
    let stood_in = if somebody > 0.0 { others_up(quorum(live)) / somebody } else { 0.0 };
    for up in &mut terms.availability {
        *up *= led;
    }
    for takes in &mut terms.takeover {
        *takes *= stood_in;
    }
}

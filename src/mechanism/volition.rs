//! Volition: data kept available by a second set of validators instead of L1.
//!
//! **Rule.** A committee of `members` signs that the data of each slot are available; a slot of which fewer than `quorum` sign is
//! missed, as no one could follow it. Each member fails to sign with probability `down` in a slot, independently, and with
//! probability `withheld` a slot is kept back by as many as it takes. Of the cost of posting to L1 a share `posting` remains.
//!
//! **Who pays whom.** The producer of a slot pays what is left of posting, and each member `cost`. Both count as posting cost.
//!
//! **What theory says.** Availability is multiplied by `(1 − withheld)·P(Binomial(members, 1 − down) ≥ ⌈quorum·members⌉)`: the
//! higher the quorum, the safer the data and the more slots are missed.
//!
//! **Where it runs.** Validium and volition modes of StarkEx and zkSync; Arbitrum AnyTrust.
//!
//! **Reference.** polynya (2021) on volitions; the binomial law of quorums.

use super::terms::Terms;
use crate::agent::Setting;
use crate::numerics::binomial_tail;
use crate::settings::{Parameter, Section};

/// Key of the table.
pub const TABLE: &str = "volition";
/// Members.
pub const MEMBERS: Parameter =
    Parameter::integer_required("members", 1, 1000, "", "members of the committee that keeps data available");
/// Quorum.
pub const QUORUM: Parameter = Parameter::number(
    "quorum",
    0.0,
    1.0,
    0.66,
    "share",
    "share of the members who have to sign, at least one of them",
);
/// Failures.
pub const DOWN: Parameter = Parameter::number(
    "down",
    0.0,
    1.0,
    0.0,
    "probability",
    "probability that a member does not sign in a slot",
);
/// Withholding.
pub const WITHHELD: Parameter = Parameter::number(
    "withheld",
    0.0,
    1.0,
    0.0,
    "probability",
    "probability that the data of a slot are kept back",
);
/// What remains of posting.
pub const POSTING: Parameter =
    Parameter::number("posting", 0.0, 1.0, 0.0, "share", "share of the cost of posting to L1 that remains");
/// Cost.
pub const COST: Parameter =
    Parameter::number("cost", 0.0, 1e12, 0.0, "ETH per slot", "what a producer pays each member for a slot");
/// Keys of the table.
pub const PARAMETERS: &[&Parameter] = &[&MEMBERS, &QUORUM, &DOWN, &WITHHELD, &POSTING, &COST];

/// Reads the table of a contender, if it has one, and lays what follows from it over the contender's terms.
pub fn lay(contender: &Section, setting: &Setting, terms: &mut Terms) {
    let Some(section) = contender.table(TABLE) else { return };
    section.known(PARAMETERS);
    if setting.world.is_abstract() {
        section.abandon();
        section.refuse("", "data of slots, in a world without slots", "a world of `kind = \"rollup\"`", None);
        return;
    }
    let Some(members) = section.optional_integer(&MEMBERS) else { return };
    let share = section.number(&QUORUM) * members as f64;
    let signatures = ((share - 1e-9).ceil() as u32).clamp(1, members as u32);
    let up = 1.0 - section.number(&DOWN);
    let signed = if up >= 1.0 { 1.0 } else { binomial_tail(members as u32, signatures, up) };
    let available = (1.0 - section.number(&WITHHELD)) * signed;
    terms.missing = 1.0 - available;
    for share in &mut terms.availability {
        *share *= available;
    }
    for share in &mut terms.takeover {
        *share *= available;
    }
    terms.posting_cost =
        section.number(&POSTING) * terms.posting_cost + members as f64 * section.number(&COST);
}

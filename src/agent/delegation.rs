//! Strategies of delegators: how those of a group who reconsider choose, as read from `strategies/NAME.toml`.
//!
//! A group is a population of small delegators, none of whom moves anything alone; its rule is a revision protocol
//! ([`crate::learning::population`]). Rules that keep score of one agent's own settings (`exp3`, `regret_matching`,
//! `q_learning`) do not fit: a delegator sees what every candidate offers, and its choice changes no offer.

use super::strategy;
use crate::learning::population::Revision;
use crate::settings::{Parameter, Section, nearest};

/// Strategy of groups that name none.
pub const DEFAULT: &str = "logit";
/// Name of the strategy.
pub const STRATEGY: Parameter = Parameter::text(
    "strategy",
    DEFAULT,
    "strategy file by which the group chooses whom to back, by name (see `list strategies`) or by path, ending in .toml",
);

/// Share of those who experiment.
pub const EXPERIMENTATION: Parameter = Parameter::number(
    "experimentation",
    0.0,
    1.0,
    0.05,
    "share",
    "share ν of reconsidering delegators that take a candidate by lot instead of imitating (replicator)",
)
.open_low();
/// Forgetting.
pub const FORGETTING: Parameter = Parameter::number(
    "forgetting",
    0.0,
    1.0,
    0.2,
    "share",
    "share λ of past payouts that delegators forget in an epoch (hedge); 1 is the logit choice",
)
.open_low();

/// Every key that a delegators' strategy file may have.
pub const PARAMETERS: &[&Parameter] =
    &[&strategy::ROLE, &strategy::SUMMARY, &strategy::LEARNER, &EXPERIMENTATION, &FORGETTING];

/// Learning rules that fit the role.
pub const FITTING: &[&str] = &["quantal_response", "hedge", "fictitious_play", "replicator", "scripted"];

/// Reads a strategy file's root table for a group of delegators.
pub fn read(section: &Section) -> Option<Revision> {
    if !strategy::has_role(section, "delegator") {
        return None;
    }
    section.known(PARAMETERS);
    section.text(&strategy::SUMMARY);
    let learner = section.choice(&strategy::LEARNER);
    section.note_unread(&format!("delegators who learn by `{learner}` do not use it"));
    match learner {
        "quantal_response" => Some(Revision::Logit),
        "hedge" => Some(Revision::Hedge { forgetting: section.number(&FORGETTING) }),
        "fictitious_play" => Some(Revision::BestResponse),
        "replicator" => Some(Revision::Imitation { mutation: section.number(&EXPERIMENTATION) }),
        "scripted" => Some(Revision::Even),
        _ => {
            section.abandon();
            section.refuse(
                strategy::LEARNER.key,
                &format!("learner `{learner}` does not fit delegators, who see every offer and are too small to move any"),
                &FITTING.join(", "),
                nearest(learner, FITTING.iter().copied()).map(|name| format!("did you mean `{name}`?")),
            );
            None
        }
    }
}

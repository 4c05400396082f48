//! What stands against misconduct under every rule: who can include a transaction, what bribers can see of the schedule,
//! and a governance that punishes.
//!
//! **Inclusion.** Only the producer of a slot can include a transaction (`inclusion = "leader"`), or every sequencer that
//! is live in it and up can (`"any_live"`: concurrent proposers), as long as the slot is produced. Under `any_live` the
//! sequencers of a slot are new ones in every slot: a rotation takes its seats in blocks of `redundancy`, of which
//! another leads in the next round, and where leaders are drawn the slot's own draw goes on until there are enough.
//!
//! **Lookahead.** With 1 the schedule of an epoch is public when it begins, and a briber strikes deals with all whom it
//! shows; with 0 leaders are secret until they lead, and a briber pays as it goes.
//!
//! **Governance** is a fixed rule with error. After an epoch each of `members` finds a sequencer guilty of each of its acts
//! with probability `detection`, and one that did nothing with probability `false_positive`; a finding takes a share
//! `quorum` of them. Whoever is found guilty is barred for `evict_epochs`, and loses `slash_fraction` of what it has
//! locked to the community, after `delay` epochs in which that stays locked. Then some users leave
//! ([`crate::world::users`]). Governance cannot tell a bribe from an order: both are acts.
//!
//! Sources: Fox, Pai and Resnick (2023, arXiv 2301.13321) on who can include; Becker (1968) and Polinsky and Shavell (2000),
//! "The economic theory of public enforcement of law", J. Econ. Lit. 38, sections 2 and 6, on errors of both kinds.

use crate::numerics::binomial_tail;
use crate::settings::{Parameter, Section};
use crate::world::World;

/// Who can include.
pub const INCLUSION: Parameter = Parameter::choice(
    "inclusion",
    &["leader", "any_live"],
    "leader",
    "who can include a transaction in a slot: its producer, or everyone live",
);
/// What bribers see.
pub const LOOKAHEAD: Parameter = Parameter::integer(
    "lookahead",
    0,
    1,
    1,
    "epochs",
    "epochs whose schedule bribers know: that of the epoch at hand, or none (secret leaders)",
);
/// What a finding takes.
pub const SLASH_FRACTION: Parameter = Parameter::number(
    "slash_fraction",
    0.0,
    1.0,
    0.0,
    "share",
    "share of what a sequencer has locked that a finding of governance takes, for the community",
);
/// Keys beside a rule's own.
pub const PARAMETERS: &[&Parameter] = &[&INCLUSION, &LOOKAHEAD, &SLASH_FRACTION];

/// Name of the table of governance.
pub const TABLE: &str = "governance";
/// Detection.
pub const DETECTION: Parameter = Parameter::number(
    "detection",
    0.0,
    1.0,
    0.0,
    "probability",
    "probability that a member of governance holds a sequencer guilty of an act of misconduct",
);
/// Error.
pub const FALSE_POSITIVE: Parameter = Parameter::number(
    "false_positive",
    0.0,
    1.0,
    0.0,
    "per epoch",
    "probability that a member holds a sequencer guilty that led slots and did nothing wrong",
);
/// Members.
pub const MEMBERS: Parameter =
    Parameter::integer("members", 1, 1000, 1, "", "members of governance, who judge independently");
/// Quorum.
pub const QUORUM: Parameter = Parameter::number(
    "quorum",
    0.0,
    1.0,
    0.5,
    "share",
    "share of the members that a finding takes, at least one of them",
);
/// Eviction.
pub const EVICT_EPOCHS: Parameter = Parameter::integer(
    "evict_epochs",
    0,
    1_000_000,
    0,
    "epochs",
    "epochs for which a finding bars a sequencer from office",
);
/// Delay.
pub const DELAY: Parameter = Parameter::integer(
    "delay",
    0,
    100_000,
    0,
    "epochs",
    "epochs after which a finding takes the bond, which stays locked until then",
);
/// Keys of `[mechanism.NAME.governance]`.
pub const GOVERNANCE: &[&Parameter] =
    &[&DETECTION, &FALSE_POSITIVE, &MEMBERS, &QUORUM, &EVICT_EPOCHS, &DELAY];

/// Who can include a transaction in a slot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Inclusion {
    /// Its producer.
    #[default]
    Leader,
    /// Everyone live and up.
    AnyLive,
}

/// A fixed rule with error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Governance {
    /// Probability of a finding for one act.
    pub found: f64,
    /// Probability of one for nothing, in an epoch with slots.
    pub false_finding: f64,
    /// Epochs of the ban.
    pub evict_epochs: u32,
    /// Epochs until the bond is taken.
    pub delay: u32,
}

impl Governance {
    /// Reads its table.
    fn read(section: &Section, evicts: bool) -> Governance {
        section.known(GOVERNANCE);
        let members = section.integer(&MEMBERS);
        let votes = if members > 1 {
            let share = section.number(&QUORUM) * members as f64;
            ((share - 1e-9).ceil() as u64).clamp(1, members)
        } else {
            section.note_unread_key(&QUORUM, "one member decides alone");
            1
        };
        if !evicts {
            section.note_unread_key(&EVICT_EPOCHS, "the one operator is not barred: its users leave");
        }
        Governance {
            found: at_least(members, votes, section.number(&DETECTION)),
            false_finding: at_least(members, votes, section.number(&FALSE_POSITIVE)),
            evict_epochs: if evicts { section.integer(&EVICT_EPOCHS) as u32 } else { 0 },
            delay: section.integer(&DELAY) as u32,
        }
    }

    /// Probability of a finding after an epoch with so many acts.
    pub fn finds(&self, acts: u32) -> f64 {
        1.0 - (0..acts).fold(1.0 - self.false_finding, |innocent, _| innocent * (1.0 - self.found))
    }

    /// What a first act adds to that.
    pub fn adds(&self) -> f64 {
        self.found * (1.0 - self.false_finding)
    }
}

/// Probability that at least `votes` of `members` vote yes, each with probability `p`.
pub fn at_least(members: u64, votes: u64, p: f64) -> f64 {
    if p <= 0.0 || p >= 1.0 {
        return p.clamp(0.0, 1.0);
    }
    if members == 1 {
        return p;
    }
    binomial_tail(members as u32, votes as u32, p)
}

/// What stands against misconduct under one contender.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Oversight {
    /// Whether who could include is recorded slot by slot.
    pub recorded: bool,
    /// Who can include.
    pub inclusion: Inclusion,
    /// Whether an epoch's schedule is public when it begins.
    pub public: bool,
    /// Governance, if there is one.
    pub governance: Option<Governance>,
    /// What a finding takes.
    pub slash_fraction: f64,
}

impl Oversight {
    /// Reads a contender's keys, where the world has something to oversee; `locks` says whether the rule takes bonds or
    /// stakes, `evicts` whether a sequencer can be replaced.
    pub fn read(section: &Section, world: &World, locks: bool, evicts: bool) -> Oversight {
        section.know_tables(&[TABLE]);
        let Some(rollup) = world.tempting() else {
            let reason = "there is no misconduct without a `target_rate` or a `toxic_share` in `[world]`";
            for parameter in PARAMETERS {
                section.note_unread_key(parameter, reason);
            }
            if section.is_given(TABLE) {
                section.refuse(TABLE, "governance without anything to govern", reason, None);
            }
            return Oversight::default();
        };
        let mut oversight = Oversight { recorded: rollup.targets.is_some(), ..Oversight::default() };
        if oversight.recorded {
            oversight.public = section.integer(&LOOKAHEAD) > 0;
            if section.choice(&INCLUSION) == "any_live" {
                oversight.inclusion = Inclusion::AnyLive;
            }
        } else {
            for parameter in [&LOOKAHEAD, &INCLUSION] {
                section
                    .note_unread_key(parameter, "there is no targeted transaction without a `target_rate`");
            }
        }
        oversight.governance = section.table(TABLE).map(|table| Governance::read(&table, evicts));
        match oversight.governance {
            Some(_) if locks => oversight.slash_fraction = section.number(&SLASH_FRACTION),
            Some(_) => section.note_unread_key(&SLASH_FRACTION, "the rule locks nothing that could be taken"),
            None => section
                .note_unread_key(&SLASH_FRACTION, "it takes a table `governance` that finds somebody guilty"),
        }
        oversight
    }

    /// Whether everyone live can include.
    pub fn any_live(&self) -> bool {
        self.inclusion == Inclusion::AnyLive
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_of_several_members_are_binomial() {
        assert_eq!(at_least(1, 1, 0.3), 0.3);
        assert!((at_least(3, 2, 0.5) - 0.5).abs() < 1e-14);
        assert!((at_least(5, 5, 0.9) - 0.59049).abs() < 1e-12);
        assert_eq!(at_least(7, 4, 1.0), 1.0);
        let rule = Governance { found: 0.5, false_finding: 0.1, evict_epochs: 0, delay: 0 };
        assert!((rule.finds(0) - 0.1).abs() < 1e-15);
        assert!((rule.finds(1) - rule.finds(0) - rule.adds()).abs() < 1e-15);
        assert!((rule.finds(2) - (1.0 - 0.9 * 0.25)).abs() < 1e-15);
    }
}

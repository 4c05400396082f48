//! What stands against misconduct under every rule: who can include a transaction, what bribers can see of the schedule,
//! and a governance that punishes.
//!
//! **Inclusion.** Only the producer of a slot can include a transaction (`inclusion = "leader"`), or every sequencer that
//! is live in it and up can (`"any_live"`: concurrent proposers), as long as the slot is produced. Under `any_live` the
//! sequencers of a slot are new ones in every slot: a rotation takes its seats in blocks of `redundancy`, of which
//! another leads in the next round, and where leaders are drawn the slot's own draw goes on until there are enough.
//!
//! **Lookahead.** With 1 the schedule of an epoch is public when it begins, and a briber strikes deals with all whom it
//! shows. With `L > 1` so are those of the `L − 1` epochs after it: offers are made, seats are sold and votes count for the epoch
//! `L − 1` epochs on (at the opening, for all up to that one), in ignorance of what one's skill will be, and who is barred
//! meanwhile leaves its slots empty. Bribers aim at everybody who is to come within the window before they pay anybody; owners who
//! withdrew their stakes have `L` chances to restake. With 0 leaders are secret until they lead: a briber pays as it goes, nobody
//! withdraws stake, which would show who is not drawn, and whoever may lead has its machine running all epoch.
//!
//! **Governance** is a fixed rule with error. After an epoch each of `members` finds a sequencer guilty of each of its acts
//! with probability `detection`, and one that did nothing with probability `false_positive`; a finding takes a share
//! `quorum` of them. Under `voters = "delegators"` those who hold stake are the members, with a vote for each unit of it: large
//! ones err alone, a continuum never does. Whoever is found guilty is barred for `evict_epochs`, and loses `slash_fraction` of what it has
//! locked to the community, after `delay` epochs in which that stays locked. Then some users leave
//! ([`crate::world::users`]). Governance cannot tell a bribe from an order: both are acts.
//!
//! Sources: Fox, Pai and Resnick (2023, arXiv 2301.13321) on who can include; Becker (1968) and Polinsky and Shavell (2000),
//! "The economic theory of public enforcement of law", J. Econ. Lit. 38, sections 2 and 6, on errors of both kinds.

use super::ordering::ORDERING;
use crate::agent::Setting;
use crate::agent::delegator::DelegatorGroup;
use crate::numerics::{binomial_tail, exp, ln, ln_1p, ln_choose, pow};
use crate::settings::{Parameter, Section};

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
    1000,
    1,
    "epochs",
    "epochs whose schedule is public as an epoch begins: its own and so many less one after it; 0: none (secret leaders)",
);
/// What a finding takes.
pub const SLASH_FRACTION: Parameter = Parameter::number(
    "slash_fraction",
    0.0,
    1.0,
    0.0,
    "share",
    "share of what a sequencer has locked, or delegators have staked on it, that a finding of governance takes for the community",
);
/// Keys beside a rule's own.
pub const PARAMETERS: &[&Parameter] = &[&INCLUSION, &LOOKAHEAD, &SLASH_FRACTION, &ORDERING];

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
/// Voters.
pub const VOTERS: Parameter = Parameter::choice(
    "voters",
    &["members", "delegators"],
    "members",
    "who judges: `members` with one vote each, or the delegators with one for each unit of stake",
);
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
    &[&DETECTION, &FALSE_POSITIVE, &VOTERS, &MEMBERS, &QUORUM, &EVICT_EPOCHS, &DELAY];

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
    fn read(section: &Section, setting: &Setting, evicts: bool) -> Governance {
        section.known(GOVERNANCE);
        if section.is_given(VOTERS.key) && section.choice(&VOTERS) == "delegators" {
            return Self::of_delegators(section, &setting.delegators, evicts);
        }
        let members = section.integer(&MEMBERS);
        let votes = if members > 1 {
            let share = section.number(&QUORUM) * members as f64;
            ((share - 1e-9).ceil() as u64).clamp(1, members)
        } else {
            section.note_unread_key(&QUORUM, "one member decides alone");
            1
        };
        Self::with(section, evicts, |p| at_least(members, votes, p))
    }

    /// A vote of those who delegate.
    fn of_delegators(section: &Section, groups: &[DelegatorGroup], evicts: bool) -> Governance {
        section.note_unread_key(&MEMBERS, "the delegators are the members");
        let quorum = section.number(&QUORUM);
        if groups.is_empty() {
            section.refuse(
                VOTERS.key,
                "a vote of delegators where nobody delegates",
                "`members`, or groups of `[[delegators]]` (with a contender whose rule is `delegated`)",
                None,
            );
        }
        let all: f64 = groups.iter().map(DelegatorGroup::total_stake).sum();
        let blocs: Vec<Bloc> = groups.iter().map(|group| Bloc::of(group, all)).collect();
        Self::with(section, evicts, |p| stake_at_least(&blocs, quorum, p))
    }

    /// With what becomes of one voter's probability of a yes.
    fn with(section: &Section, evicts: bool, carried: impl Fn(f64) -> f64) -> Governance {
        if !evicts {
            section.note_unread_key(&EVICT_EPOCHS, "the one operator is not barred: its users leave");
        }
        Governance {
            found: carried(section.number(&DETECTION)),
            false_finding: carried(section.number(&FALSE_POSITIVE)),
            evict_epochs: if evicts { section.integer(&EVICT_EPOCHS) as u32 } else { 0 },
            delay: section.integer(&DELAY) as u32,
        }
    }

    /// Probability of a finding after an epoch with so many acts.
    pub fn finds(&self, acts: u32) -> f64 {
        1.0 - (0..acts).fold(1.0 - self.false_finding, |innocent, _| innocent * (1.0 - self.found))
    }

    /// The same where each of so many slots brings an act with the probability `chance`, independently, besides so many acts.
    pub fn finds_by_chance(&self, acts: u32, slots: u32, chance: f64) -> f64 {
        1.0 - (1.0 - self.finds(acts)) * pow(1.0 - self.found * chance, f64::from(slots))
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

/// Voters with as many votes each, whose votes sum to one over all blocs.
#[derive(Clone, Copy, Debug)]
struct Bloc {
    /// Votes of each.
    each: f64,
    /// How many; `None`: a continuum with `each` votes together.
    count: Option<u32>,
}

impl Bloc {
    fn of(group: &DelegatorGroup, all: f64) -> Bloc {
        if group.continuum {
            Bloc { each: group.total_stake() / all, count: None }
        } else {
            Bloc { each: group.stake / all, count: Some(group.count as u32) }
        }
    }
}

/// Probability that yes-votes reach `need` of all votes where each voter says yes with probability `p`, independently: sums
/// over the numbers of yes-votes in all blocs but the last, beyond which nothing happens with a probability that counts.
fn stake_at_least(blocs: &[Bloc], need: f64, p: f64) -> f64 {
    const ROUNDING: f64 = 1e-9;
    if p <= 0.0 || p >= 1.0 {
        return p.clamp(0.0, 1.0);
    }
    // The law of large numbers decides for a continuum.
    let certain: f64 = blocs.iter().filter(|bloc| bloc.count.is_none()).map(|bloc| bloc.each * p).sum();
    let atoms: Vec<(f64, u32)> = blocs.iter().filter_map(|bloc| Some((bloc.each, bloc.count?))).collect();
    if atoms.is_empty() {
        return f64::from(u8::from(certain >= need - ROUNDING));
    }
    // No vote at all carries nothing, whatever the quorum.
    let need = (need - certain).max(if certain > 0.0 { 0.0 } else { ROUNDING * 2.0 });
    carried(&atoms, need, p)
}

fn carried(blocs: &[(f64, u32)], need: f64, p: f64) -> f64 {
    const ROUNDING: f64 = 1e-9;
    let ((each, count), rest) = (blocs[0], &blocs[1..]);
    if need <= ROUNDING {
        return 1.0;
    }
    if rest.is_empty() {
        let votes = ((need - ROUNDING) / each).ceil();
        return if votes > f64::from(count) { 0.0 } else { binomial_tail(count, votes as u32, p) };
    }
    let n = f64::from(count);
    let (mean, reach) = (n * p, 9.0 * (n * p * (1.0 - p)).sqrt() + 12.0);
    let (low, high) = ((mean - reach).max(0.0) as u32, (mean + reach).min(n) as u32);
    (low..=high)
        .map(|yes| {
            let k = f64::from(yes);
            let chance = exp(ln_choose(u64::from(count), u64::from(yes)) + k * ln(p) + (n - k) * ln_1p(-p));
            chance * carried(rest, need - k * each, p)
        })
        .sum::<f64>()
        .min(1.0)
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
    /// Whether nobody knows who leads before it does.
    pub secret: bool,
    /// Epochs for whose schedule it is decided before they begin.
    pub ahead: usize,
    /// Governance, if there is one.
    pub governance: Option<Governance>,
    /// What a finding takes.
    pub slash_fraction: f64,
}

impl Oversight {
    /// Reads a contender's keys, where the world has something to oversee; `locks` says whether the rule takes bonds or
    /// stakes, `evicts` whether a sequencer can be replaced.
    pub fn read(section: &Section, setting: &Setting, locks: bool, evicts: bool) -> Oversight {
        section.know_tables(&[TABLE]);
        let Some(rollup) = setting.world.tempting() else {
            let reason = "there is no misconduct without a `target_rate` or a `toxic_share` in `[world]`";
            for parameter in [&INCLUSION, &LOOKAHEAD, &SLASH_FRACTION] {
                section.note_unread_key(parameter, reason);
            }
            if let Some(table) = section.table(TABLE) {
                // That it goes unread is said by the refusal.
                table.known(PARAMETERS);
                table.abandon();
                section.refuse(TABLE, "governance without anything to govern", reason, None);
            }
            return Oversight::default();
        };
        let mut oversight = Oversight { recorded: rollup.targets.is_some(), ..Oversight::default() };
        if oversight.recorded {
            let lookahead = section.integer(&LOOKAHEAD) as usize;
            oversight.public = lookahead > 0;
            oversight.secret = lookahead == 0;
            oversight.ahead = lookahead.saturating_sub(1);
            if section.choice(&INCLUSION) == "any_live" {
                oversight.inclusion = Inclusion::AnyLive;
            }
        } else {
            for parameter in [&LOOKAHEAD, &INCLUSION] {
                section
                    .note_unread_key(parameter, "there is no targeted transaction without a `target_rate`");
            }
        }
        oversight.governance = section.table(TABLE).map(|table| Governance::read(&table, setting, evicts));
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
        // With a vote each delegators are members.
        let bloc = |each, count| Bloc { each, count: Some(count) };
        for p in [0.1, 0.5, 0.8] {
            let equal = stake_at_least(&[bloc(1.0 / 21.0, 21)], 0.5, p);
            assert!((equal - at_least(21, 11, p)).abs() < 1e-12);
            let split = stake_at_least(&[bloc(1.0 / 21.0, 9), bloc(1.0 / 21.0, 12)], 0.5, p);
            assert!((split - equal).abs() < 1e-12, "{split} {equal}");
            // Who has most of the stake decides alone; 40, 35 and 25 decide by two of three.
            assert!((stake_at_least(&[bloc(0.6, 1), bloc(0.1, 4)], 0.5, p) - p).abs() < 1e-12);
            let three = stake_at_least(&[bloc(0.4, 1), bloc(0.35, 1), bloc(0.25, 1)], 0.5, p);
            assert!((three - at_least(3, 2, p)).abs() < 1e-12);
        }
        let crowd = Bloc { each: 0.7, count: None };
        assert_eq!(stake_at_least(&[Bloc { each: 1.0, ..crowd }], 0.5, 0.49), 0.0);
        assert_eq!(stake_at_least(&[Bloc { each: 1.0, ..crowd }], 0.5, 0.51), 1.0);
        // Of .7·.4 = .28 for certain .22 are missing, which one of two with .15 each does not have.
        assert!((stake_at_least(&[crowd, bloc(0.15, 2)], 0.5, 0.4) - 0.16).abs() < 1e-12);
        let rule = Governance { found: 0.5, false_finding: 0.1, evict_epochs: 0, delay: 0 };
        assert!((rule.finds(0) - 0.1).abs() < 1e-15);
        assert!((rule.finds(1) - rule.finds(0) - rule.adds()).abs() < 1e-15);
        assert!((rule.finds(2) - (1.0 - 0.9 * 0.25)).abs() < 1e-15);
        // Acts in three slots are binomial.
        let (law, acts) = ([0.512, 0.384, 0.096, 0.008], 0_u32..);
        for more in [0, 1] {
            let mean: f64 = law.iter().zip(acts.clone()).map(|(p, a)| p * rule.finds(a + more)).sum();
            assert!((rule.finds_by_chance(more, 3, 0.2) - mean).abs() < 1e-15);
        }
    }
}

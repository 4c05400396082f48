//! `[mechanism.NAME]`: the contenders, first by name and clock, then with their rules.

use crate::agent::Setting;
use crate::mechanism::algorithmic::R_MAX;
use crate::mechanism::auction_rotation::BOND;
use crate::mechanism::collateral::{BOND_ASSET, Collateral, HAIRCUT};
use crate::mechanism::overlays::Overlays;
use crate::mechanism::oversight::{self, Oversight};
use crate::mechanism::stake::STAKE_POWER;
use crate::mechanism::terms::Terms;
use crate::mechanism::{CATALOGUE, Entry, Mechanism as _, Rule};
use crate::mechanism::{ordering, resale};
use crate::play::conduct;
use crate::play::schedule::Schedule;
use crate::settings::{Parameter, Section, nearest};
use crate::with_rule;
use std::collections::BTreeSet;

/// Rule of a contender.
pub const RULE: Parameter = Parameter::text_required("rule", "the mechanism (see `list mechanisms`)");

/// A mechanism under comparison.
#[derive(Clone, Debug)]
pub struct Contender {
    /// Name in `[mechanism.NAME]`.
    pub name: String,
    /// The rule and its parameters.
    pub rule: Rule,
    /// Its clock.
    pub terms: Terms,
}

/// Every parameter that some rule has.
pub(super) fn all_parameters() -> Vec<&'static Parameter> {
    let mut seen = BTreeSet::new();
    std::iter::once(&RULE)
        .chain(CATALOGUE.iter().flat_map(|entry| entry.parameters.iter().copied()))
        .chain(oversight::PARAMETERS.iter().copied())
        .filter(|p| seen.insert(p.key))
        .collect()
}

/// A contender whose rule exists: what bears on how the rest of the file is read.
pub(super) struct Entrant<'a> {
    pub(super) name: String,
    pub(super) entry: &'static Entry,
    section: Section<'a>,
    slots: u32,
    redundancy: usize,
}

impl Entrant<'_> {
    /// Whether more than one sequencer may be live in a slot by its parameters.
    pub(super) fn is_redundant(&self) -> bool {
        self.redundancy > 1 || self.section.is_given(R_MAX.key)
    }

    /// Whether it has a governance.
    pub(super) fn is_governed(&self) -> bool {
        self.section.is_given(oversight::TABLE)
    }

    /// Whether its bonds or stakes may be something else than ETH.
    pub(super) fn has_assets(&self) -> bool {
        self.section.is_given(BOND_ASSET.key)
    }

    /// Reads keys without judging them, where the rest of the file is too wrong for more, so that all errors show.
    pub(super) fn skim(&self) {
        self.section.known(&all_parameters());
        self.section.know_tables(&[oversight::TABLE]);
        self.section.abandon();
    }
}

/// The contenders whose rules exist, and whether all do.
pub(super) fn announced<'a>(root: &Section<'a>) -> (Vec<Entrant<'a>>, bool) {
    let table = root.table_or_empty("mechanism");
    let members = table.members();
    if members.is_empty() {
        root.refuse(
            "mechanism",
            "there is no contender",
            "at least one table `[mechanism.NAME]` with a `rule`",
            None,
        );
    }
    let mut entrants = Vec::new();
    let all = members.len();
    for (name, section) in members {
        if name.contains([',', '"', '\n', '/']) {
            section.refuse(
                "",
                "a contender's name with a comma, quote, slash or line break",
                "a plain name",
                None,
            );
        }
        let given = section.optional_text(&RULE);
        let rule = given.as_deref().unwrap_or_default();
        if let Some(entry) = CATALOGUE.iter().find(|entry| entry.name == rule) {
            let (slots, redundancy) = Terms::read_clock(&section, entry);
            entrants.push(Entrant { name, entry, section, slots, redundancy });
        } else {
            if given.is_some() {
                let names: Vec<&str> = CATALOGUE.iter().map(|entry| entry.name).collect();
                let help = nearest(rule, names.iter().copied()).map(|n| format!("did you mean `{n}`?"));
                section.refuse("rule", &format!("there is no rule `{rule}`"), &names.join(", "), help);
            }
            section.known(&all_parameters());
            section.know_tables(&[oversight::TABLE]);
            section.abandon();
        }
    }
    let known = entrants.len() == all;
    (entrants, known)
}

/// The contenders with their rules, and whether all could be read. What rules lock up fills before anything is measured:
/// one burn-in for all, so that all are measured on the same draws. Whether rules and agents go together is asked where what stands of
/// agents is `sound`: in place of numbers that are wrong others stand in.
pub(super) fn read_rules(
    entrants: Vec<Entrant>,
    setting: &Setting,
    sound: bool,
    schedule: &mut Schedule,
) -> (Vec<Contender>, bool) {
    let mut contenders = Vec::new();
    let all = entrants.len();
    for Entrant { name, entry, section, slots, redundancy } in entrants {
        let mut terms = Terms::new(setting, slots, redundancy);
        terms.read_term(&section, entry);
        let evicts = !entry.needs.one_operator;
        terms.oversight =
            Oversight::read(&section, setting, entry.needs.capital || entry.needs.delegators, evicts);
        terms.overlays = Overlays::read(&section, setting, terms.oversight.governance.is_some());
        Overlays::lay(&section, setting, &mut terms);
        let everybody_live = entry.needs.standbys && redundancy == 1;
        if section.is_given(ordering::ORDERING.key) && redundancy == 1 && !everybody_live {
            section
                .note_unread_key(&ordering::ORDERING, "one sequencer is live in each slot, and orders alone");
        } else {
            ordering::read(&section, &mut terms, everybody_live);
        }
        if entry.needs.capital {
            let reads = |key: &str| entry.parameters.iter().any(|parameter| parameter.key == key);
            // Where there are stakes, they are posted whether or not there is a bond besides.
            if reads(BOND.key) && !reads(STAKE_POWER.key) && !section.is_given(BOND.key) {
                for parameter in [&BOND_ASSET, &HAIRCUT] {
                    section.note_unread_key(parameter, "nothing is posted without a `bond`");
                }
            } else {
                terms.collateral = Collateral::read(&section);
            }
        }
        section.known(&all_parameters());
        section.note_unread(&format!("rule `{}` does not have it", entry.name));
        if !conduct::fades(setting, &terms, schedule.horizon) {
            section.refuse(
                oversight::TABLE,
                "what a finding takes is lost for good, and nobody discounts",
                "a `discount` below 1 for every group, a shorter `evict_epochs`, a `user_return` above 0, or a `horizon` in `[play]`",
                None,
            );
        }
        let Some(mut rule) = (entry.read)(&section, &terms) else { continue };
        with_rule!(&mut rule, rule => rule.set_horizon(schedule.horizon));
        if sound {
            with_rule!(&rule, rule => rule.check(&section, setting));
        }
        let removal = with_rule!(&rule, rule => rule.removal(&terms));
        let terms = terms.with_removal(removal);
        if terms.overlays.resale.is_some() && !with_rule!(&rule, rule => rule.sells_seats()) {
            section.refuse(
                resale::TABLE,
                &format!("resale of what rule `{}` does not sell seat by seat for an epoch", entry.name),
                "`auction` with terms of one epoch, or `auction_rotation` with `schedule = \"even\"` and no `miss_tolerance`",
                None,
            );
        }
        let fill = with_rule!(&rule, rule => rule.epochs_to_fill());
        // The token's price follows an epoch after that, and what was staked at that price is worth more or less after another.
        let follows = if terms.token_feeds_back() { 2 } else { 0 };
        schedule.burn_in = schedule.burn_in.max(fill + terms.oversight.ahead as u32 + follows);
        contenders.push(Contender { name, rule, terms });
    }
    let complete = contenders.len() == all;
    (contenders, complete)
}

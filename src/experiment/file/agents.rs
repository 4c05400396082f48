//! `[[sequencers]]` and `[[delegators]]`: who takes part, seated in canonical order.

use super::shelf::Shelf;
use crate::agent::Setting;
use crate::agent::delegation;
use crate::agent::delegator::DelegatorGroup;
use crate::agent::sequencer::{self, Class, Sequencer};
use crate::agent::strategy::Strategy;
use crate::draws::Who;
use crate::settings::Section;
use crate::world::World;

/// Seats everybody: groups sorted by name, members by number.
pub(super) fn seat(world: World, mut classes: Vec<Class>, mut delegators: Vec<DelegatorGroup>) -> Setting {
    classes.sort_by(|a, b| a.name.cmp(&b.name));
    delegators.sort_by(|a, b| a.name.cmp(&b.name));
    let mut sequencers: Vec<Sequencer> = Vec::new();
    let mut operators = 0;
    for (class, spec) in classes.iter().enumerate() {
        for member in 0..spec.count {
            let who = Who::member(&spec.name, member as u32);
            let operator = operators + member / spec.identities;
            sequencers.push(Sequencer { who, class, operator, traits: spec.traits.clone() });
        }
        operators += spec.count.div_ceil(spec.identities);
    }
    Setting { world, sequencers, classes, delegators, briber: None }
}

/// Classes of sequencers, and whether all of them could be read.
pub(super) fn read_classes(
    root: &Section,
    world: &World,
    bonded: bool,
    discounted: bool,
    shelf: &mut Shelf,
) -> (Vec<Class>, bool) {
    let groups = root.tables("sequencers");
    if groups.is_empty() {
        root.refuse(
            "sequencers",
            "there is nobody to sequence",
            "at least one group `[[sequencers]]` with a `count`",
            None,
        );
    }
    let mut classes = Vec::new();
    let all = groups.len();
    for group in groups {
        let mut find = |section: &Section, name: &str| shelf.find(section, name, |t| Strategy::read(t, name));
        if !bonded {
            for parameter in [&sequencer::CAPITAL_COST, &sequencer::CAPITAL_LIMIT] {
                group.note_unread_key(parameter, "no contender's rule locks a sequencer's capital");
            }
        }
        if !discounted {
            group.note_unread_key(&sequencer::DISCOUNT, "no contender's rule remembers anything");
        }
        classes.extend(sequencer::read(&group, world, bonded, discounted, &mut find));
    }
    let complete = classes.len() == all && all > 0;
    (classes, complete)
}

/// Groups of delegators, where some rule has delegators.
pub(super) fn read_delegators(root: &Section, delegated: bool, shelf: &mut Shelf) -> Vec<DelegatorGroup> {
    if !delegated {
        root.note_unread("no contender's rule is `delegated`");
        // Their strategies are as superfluous as they are.
        shelf.misspelt |= root.is_given("delegators");
        return Vec::new();
    }
    let groups = root.tables("delegators");
    if groups.is_empty() {
        root.refuse(
            "delegators",
            "rule `delegated` has nobody who could delegate",
            "at least one group `[[delegators]]`",
            None,
        );
    }
    let mut find = |section: &Section, name: &str| shelf.find(section, name, |table| delegation::read(table));
    groups.iter().map(|group| DelegatorGroup::read(group, &mut find)).collect()
}

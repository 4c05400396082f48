//! Strategies: one named behaviour of one role, as read from `strategies/NAME.toml`.

use crate::learning::LearnerSpec;
use crate::settings::{Parameter, Section, Value};

/// Role.
pub const ROLE: Parameter =
    Parameter::choice("role", &["sequencer", "delegator"], "sequencer", "whose behaviour this is");
/// Description.
pub const SUMMARY: Parameter = Parameter::text("summary", "", "one line for `list strategies`");
/// Learner.
pub const LEARNER: Parameter = Parameter::choice_required(
    "learner",
    &["hedge", "regret_matching", "quantal_response", "fictitious_play", "replicator", "scripted"],
    "learning rule (see `list learners`)",
);
/// Rate of Hedge.
pub const LEARNING_RATE: Parameter = Parameter::number("learning_rate", 0.0, 1e6, 50.0, "", "rate η of Hedge at the first update, on payoffs scaled to a range of one; it falls with the square root of time").open_low();
/// Bins.
pub const BINS: Parameter = Parameter::integer(
    "bins",
    1,
    1000,
    10,
    "",
    "number of equally likely bins of private value that the policy tells apart",
);
/// Menu.
pub const MENU: Parameter = Parameter::custom_required(
    "menu",
    "{ relative = [low, high], points = N } (0 is the least offer that counts, 1 the agent's own net value: without a reserve, multiples of it) or { absolute = [low, high], points = N } (ETH)",
    "grid of settings of the offer; abstaining is always possible besides",
);
/// Scripted offer.
pub const OFFER: Parameter = Parameter::custom_required(
    "offer",
    "{ relative = x }, { absolute = x } or \"abstain\"",
    "what a scripted agent offers in every state",
);

/// Every key that a strategy file may have.
pub const PARAMETERS: &[&Parameter] = &[&ROLE, &SUMMARY, &LEARNER, &LEARNING_RATE, &BINS, &MENU, &OFFER];

/// What the settings of an offer are measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Position between the least offer that counts (a reserve, or nothing), at 0, and the agent's own net value of what
    /// it bids for, at 1. Without a reserve: multiples of net value.
    Relative,
    /// ETH: per scheduled slot for bids, per epoch for kickbacks.
    Absolute,
}

/// A finite grid of offers.
#[derive(Clone, Debug, PartialEq)]
pub struct Menu {
    /// Unit of the settings.
    pub unit: Unit,
    /// Settings, ascending.
    pub settings: Vec<f64>,
}

impl Menu {
    /// `points` equally spaced settings from `low` to `high`.
    pub fn grid(unit: Unit, low: f64, high: f64, points: usize) -> Self {
        let last = points.saturating_sub(1).max(1) as f64;
        // Interpolated between the ends, so that scaling both ends by two scales every setting exactly.
        let settings = (0..points).map(|i| (low * (last - i as f64) + high * i as f64) / last).collect();
        Menu { unit, settings }
    }
}

/// One named behaviour.
#[derive(Clone, Debug)]
pub struct Strategy {
    /// Name of the file.
    pub name: String,
    /// Rule of choice and learning.
    pub learner: LearnerSpec,
    /// Bins of private value.
    pub bins: usize,
    /// Grid of offers.
    pub menu: Menu,
}

impl Strategy {
    /// Reads a strategy file's root table.
    pub fn read(section: &Section, name: &str) -> Option<Strategy> {
        section.known(PARAMETERS);
        if !has_role(section, "sequencer") {
            return None;
        }
        section.text(&SUMMARY);
        let learner = section.choice(&LEARNER);
        section.note_unread(&format!("learner `{learner}` does not use it"));
        if learner == "scripted" {
            let (unit, offer) = section.custom(&OFFER, offer_from)?;
            let menu = Menu { unit, settings: offer.into_iter().collect() };
            return Some(Strategy {
                name: name.to_owned(),
                learner: LearnerSpec::Scripted { offer },
                bins: 1,
                menu,
            });
        }
        let bins = section.integer(&BINS) as usize;
        let menu = section.custom(&MENU, menu_from);
        let learner = match learner {
            "hedge" => LearnerSpec::Hedge { learning_rate: section.number(&LEARNING_RATE) },
            _ => LearnerSpec::RegretMatching,
        };
        Some(Strategy { name: name.to_owned(), learner, bins, menu: menu? })
    }
}

/// Whether a strategy file belongs to this role; refuses it where it does not.
pub fn has_role(section: &Section, role: &str) -> bool {
    let found = section.choice(&ROLE);
    if found != role {
        section.abandon();
        section.refuse(
            ROLE.key,
            &format!("a strategy of {found}s, named by a group of {role}s"),
            &format!("a strategy file with `role = \"{role}\"`"),
            None,
        );
    }
    found == role
}

fn unit_of(key: &str) -> Option<Unit> {
    match key {
        "relative" => Some(Unit::Relative),
        "absolute" => Some(Unit::Absolute),
        _ => None,
    }
}

fn offer_from(value: &Value) -> Result<(Unit, Option<f64>), String> {
    match value {
        Value::Text(text) if text == "abstain" => Ok((Unit::Relative, None)),
        Value::Table(entries) => {
            match entries.as_slice() {
                [(key, amount)] => match (unit_of(key), amount.as_number()) {
                    (Some(unit), Some(x)) if x.is_finite() && x >= 0.0 => Ok((unit, Some(x))),
                    _ => Err("an offer has one key, `relative` or `absolute`, with a number of at least 0"
                        .to_owned()),
                },
                _ => Err("an offer has exactly one key".to_owned()),
            }
        }
        _ => Err("an offer is a table or \"abstain\"".to_owned()),
    }
}

fn menu_from(value: &Value) -> Result<Menu, String> {
    let Value::Table(entries) = value else {
        return Err("a menu is a table".to_owned());
    };
    let mut unit = None;
    let mut ends = None;
    let mut points = 41;
    for (key, entry) in entries {
        if let Some(found) = unit_of(key) {
            if unit.replace(found).is_some() {
                return Err("a menu is either `relative` or `absolute`".to_owned());
            }
            match entry.as_numbers().as_deref() {
                Some([low, high]) if low.is_finite() && high.is_finite() && low < high && *low >= 0.0 => {
                    ends = Some((*low, *high));
                }
                _ => return Err(format!("`{key}` takes [low, high] with 0 ≤ low < high")),
            }
        } else if key == "points" {
            match entry {
                Value::Integer(n) if (2..=1000).contains(n) => points = *n as usize,
                _ => return Err("`points` takes a whole number from 2 to 1000".to_owned()),
            }
        } else {
            return Err(format!("a menu has no key `{key}`"));
        }
    }
    match (unit, ends) {
        (Some(unit), Some((low, high))) => Ok(Menu::grid(unit, low, high, points)),
        _ => Err("a menu needs `relative` or `absolute`".to_owned()),
    }
}

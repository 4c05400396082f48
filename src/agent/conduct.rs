//! Conduct of sequencers: whether a group takes bribes, takes toxic MEV and obeys orders to censor, as the file says or as
//! it learns.
//!
//! Whoever *learns* weighs what a way to behave brings over a whole epoch, all of whose acts of misconduct are found out together, against what it
//! is expected to cost: a scruple for each act, and the probability of being found guilty times what a finding then takes
//! ([`crate::play::conduct`], [`crate::play::best_conduct`]).

use crate::settings::{Parameter, Section, Value};
use crate::world::World;

/// Scruple.
pub const SCRUPLE: Parameter = Parameter::number(
    "scruple",
    0.0,
    1e12,
    0.0,
    "ETH",
    "private cost of one act of misconduct (a target kept out, toxic MEV taken in an epoch)",
);
/// Jurisdiction.
pub const JURISDICTION: Parameter =
    Parameter::text("jurisdiction", "", "jurisdiction whose orders the group is under; empty: none");
/// Bribes.
pub const BRIBES: Parameter = Parameter::custom_optional(
    "bribes",
    "\"learned\" (the default), \"refuse\" or { markup = ETH } over what including would earn",
    "for what price the group keeps a targeted transaction out: what including it would earn and more",
);
/// Toxic MEV.
pub const TOXIC_MEV: Parameter = Parameter::choice(
    "toxic_mev",
    &["learned", "always", "never"],
    "learned",
    "whether the group takes MEV at users' expense",
);
/// Orders.
pub const ORDERS: Parameter = Parameter::choice(
    "orders",
    &["learned", "obey", "defy"],
    "learned",
    "whether the group obeys an order to censor, or whenever the legal penalty exceeds what it expects to lose by it",
);

/// For what price a sequencer keeps a target out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bribes {
    /// For none.
    Refuse,
    /// For so much over what including would earn, in ETH.
    Markup(f64),
    /// For what including would earn and what an act is expected to cost, be it the first of its epoch or, where many pay that would not one by one,
    /// one of many.
    Learned,
}

/// Whether something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Whatever it brings.
    Always,
    /// In no case.
    Never,
    /// If it pays by what has been learned.
    Learned,
}

/// Conduct of a group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conduct {
    /// Bribes.
    pub bribes: Bribes,
    /// Toxic MEV.
    pub toxic: Choice,
    /// Obedience.
    pub obeys: Choice,
}

impl Conduct {
    /// Of a group that nothing tempts.
    pub const UNTEMPTED: Conduct =
        Conduct { bribes: Bribes::Refuse, toxic: Choice::Never, obeys: Choice::Never };

    /// Whether it is learned for what price a target is kept out.
    pub fn learns_bribes(&self) -> bool {
        self.bribes == Bribes::Learned
    }

    /// Whether any of it is learned.
    pub fn learns(&self) -> bool {
        self.learns_bribes() || self.toxic == Choice::Learned || self.obeys == Choice::Learned
    }

    /// Reads a group's keys, as far as the world has something to be tempted by: (conduct, scruple, jurisdiction).
    pub fn read(section: &Section, world: &World) -> (Conduct, f64, String) {
        let mut conduct = Conduct::UNTEMPTED;
        let Some(rollup) = world.tempting() else {
            for parameter in [&SCRUPLE, &JURISDICTION, &BRIBES, &TOXIC_MEV, &ORDERS] {
                section.note_unread_key(
                    parameter,
                    "there is nothing to be tempted by without a `target_rate` or a `toxic_share` in `[world]`",
                );
            }
            return (conduct, 0.0, String::new());
        };
        let choice = |parameter: &Parameter, always: &str| match section.choice(parameter) {
            "learned" => Choice::Learned,
            chosen if chosen == always => Choice::Always,
            _ => Choice::Never,
        };
        if rollup.targets.is_some() {
            conduct.bribes = section.custom(&BRIBES, bribes_from).unwrap_or_else(|| {
                section.echo(BRIBES.key, Value::Text("learned".to_owned()));
                Bribes::Learned
            });
        } else {
            section.note_unread_key(&BRIBES, "there is no targeted transaction without a `target_rate`");
        }
        let mut jurisdiction = String::new();
        if rollup.orders.is_some() {
            jurisdiction = section.text(&JURISDICTION);
            if jurisdiction.is_empty() {
                section.note_unread_key(&ORDERS, "a group without a `jurisdiction` is under no orders");
            } else {
                conduct.obeys = choice(&ORDERS, "obey");
            }
        } else {
            for parameter in [&JURISDICTION, &ORDERS] {
                section
                    .note_unread_key(parameter, "nobody gives orders without an `order_rate` in `[world]`");
            }
        }
        if rollup.toxic.is_some() {
            conduct.toxic = choice(&TOXIC_MEV, "always");
        } else {
            section.note_unread_key(&TOXIC_MEV, "all MEV is benign without a `toxic_share` in `[world]`");
        }
        let scruple = if conduct.learns() {
            section.number(&SCRUPLE)
        } else {
            section.note_unread_key(&SCRUPLE, "it bears on conduct that is learned");
            0.0
        };
        (conduct, scruple, jurisdiction)
    }
}

fn bribes_from(value: &Value) -> Result<Bribes, String> {
    match value {
        Value::Text(text) if text == "refuse" => Ok(Bribes::Refuse),
        Value::Text(text) if text == "learned" => Ok(Bribes::Learned),
        Value::Text(text) => Err(format!("nobody deals with bribes by \"{text}\"")),
        _ => match (value.get("markup").and_then(Value::as_number), value) {
            (Some(markup), Value::Table(entries)) if entries.len() == 1 && (0.0..=1e12).contains(&markup) => {
                Ok(Bribes::Markup(markup))
            }
            _ => Err("a price of bribes is a table with one key, `markup`, of at least 0 ETH".to_owned()),
        },
    }
}

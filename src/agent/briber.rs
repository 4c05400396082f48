//! The briber: an outsider who gains if targeted transactions stay out, and offers every sequencer that could include
//! one the same price.
//!
//! `[briber]` names a strategy of role `briber`. A setting of its menu is a price: in ETH (`absolute`), or in multiples of
//! what the includer forgoes (`relative`); to abstain is to offer nothing. It draws a price for each target when it
//! arrives, and learns from what every price would have brought, sequencers' conduct being what it is.

use super::formula::View;
use super::strategy::Strategy;
use crate::settings::{Parameter, Section};

/// Strategy of a `[briber]` that names none.
pub const DEFAULT: &str = "briber";
/// Strategy.
pub const STRATEGY: Parameter = Parameter::text(
    "strategy",
    DEFAULT,
    "strategy file by which the briber sets its price, by name (see `list strategies`) or by path, ending in .toml",
);
/// Keys of `[briber]`.
pub const PARAMETERS: &[&Parameter] = &[&STRATEGY];
/// Name of the table.
pub const TABLE: &str = "briber";
/// Name of what it sets, in tables.
pub const LEVER: &str = "bribe";

/// Reads `[briber]`, if the file has it; `find` finds a strategy by name.
pub fn read(
    root: &Section,
    targeted: bool,
    find: &mut dyn FnMut(&Section, &str) -> Option<Strategy>,
) -> Option<Strategy> {
    let section = root.table(TABLE)?;
    section.known(PARAMETERS);
    if !targeted {
        section.abandon();
        section.refuse("", "a briber without targets", "a `target_rate` in `[world]`", None);
    }
    let name = section.text(&STRATEGY);
    let strategy = find(&section, &name)?;
    if strategy.collusive.is_some() {
        section.refuse(
            STRATEGY.key,
            "a menu of kickbacks, in a briber's strategy",
            "a `relative` or `absolute` menu",
            None,
        );
    }
    Some(strategy)
}

impl Strategy {
    /// The price of a column, where an includer forgoes so much; `None` offers nothing.
    pub fn price(&self, column: usize, forgone: f64) -> Option<f64> {
        self.menu.offer(column, forgone, 0.0, || View { value: forgone, ..View::default() })
    }
}

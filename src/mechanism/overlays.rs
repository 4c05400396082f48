//! Overlays: what may be laid over any rule, one table each under `[mechanism.NAME]`. Without its table an overlay changes
//! nothing.

use super::redistribution::{self, Redistribution};
use super::upgrade::{self, Upgrade};
use crate::agent::Setting;
use crate::settings::{Parameter, Section};

/// Every table that a contender may have, with its keys.
pub const TABLES: &[(&str, &[&Parameter])] =
    &[(redistribution::TABLE, redistribution::PARAMETERS), (upgrade::TABLE, upgrade::PARAMETERS)];

/// What is laid over a contender's rule.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Overlays {
    /// Where returned value goes.
    pub redistribution: Option<Redistribution>,
    /// Who can change the protocol.
    pub upgrade: Option<Upgrade>,
}

impl Overlays {
    /// Reads a contender's tables.
    pub fn read(contender: &Section, setting: &Setting) -> Overlays {
        Overlays {
            redistribution: Redistribution::read(contender),
            upgrade: Upgrade::read(contender, setting),
        }
    }

    /// Where returned value goes: to the treasury where nothing is said.
    pub fn redistribution(&self) -> Redistribution {
        self.redistribution.unwrap_or(Redistribution::KEPT)
    }
}

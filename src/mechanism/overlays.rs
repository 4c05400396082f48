//! Overlays: what may be laid over any rule, one table each under `[mechanism.NAME]`. Without its table an overlay changes
//! nothing.

use super::redistribution::{self, Redistribution};
use super::resale::{self, Resale};
use super::terms::Terms;
use super::token::{self, Token};
use super::upgrade::{self, Upgrade};
use super::volition;
use crate::agent::Setting;
use crate::settings::{Parameter, Section};

/// Every table that a contender may have, with its keys.
pub const TABLES: &[(&str, &[&Parameter])] = &[
    (redistribution::TABLE, redistribution::PARAMETERS),
    (resale::TABLE, resale::PARAMETERS),
    (token::TABLE, token::PARAMETERS),
    (upgrade::TABLE, upgrade::PARAMETERS),
    (volition::TABLE, volition::PARAMETERS),
];

/// What is laid over a contender's rule.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Overlays {
    /// Where returned value goes.
    pub redistribution: Option<Redistribution>,
    /// How seats are resold.
    pub resale: Option<Resale>,
    /// What moves the token's price.
    pub token: Option<Token>,
    /// Who can change the protocol.
    pub upgrade: Option<Upgrade>,
}

impl Overlays {
    /// Reads a contender's tables; `governed` says whether anybody can be found guilty.
    pub fn read(contender: &Section, setting: &Setting, governed: bool) -> Overlays {
        Overlays {
            redistribution: Redistribution::read(contender),
            resale: Resale::read(contender),
            token: Token::read(contender, governed),
            upgrade: Upgrade::read(contender, setting),
        }
    }

    /// Reads those tables that bear on a contender's terms, and lays what follows over them.
    pub fn lay(contender: &Section, setting: &Setting, terms: &mut Terms) {
        volition::lay(contender, setting, terms);
    }

    /// Where returned value goes: to the treasury where nothing is said.
    pub fn redistribution(&self) -> Redistribution {
        self.redistribution.unwrap_or(Redistribution::KEPT)
    }
}

//! The accounts among which the potential value is parted, each with its colour.

use super::style::{Style, Theme};
use plotters::style::RGBColor;

/// Who or what takes a part of the potential value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// Holders of the rollup's token, after issuance.
    Community,
    /// Those who delegate stake.
    Delegators,
    /// Sequencers, before capital cost.
    Sequencers,
    /// Cost of operating.
    Operating,
    /// Cost of posting to the base chain.
    Posting,
    /// Lost: missed slots, users gone, slots in the wrong hands.
    Unrealised,
}

impl Account {
    /// All, in the order of drawing.
    pub const ALL: [Self; 6] = [
        Self::Community,
        Self::Delegators,
        Self::Sequencers,
        Self::Operating,
        Self::Posting,
        Self::Unrealised,
    ];

    /// Name in the legend.
    pub fn name(self) -> &'static str {
        match self {
            Self::Community => "community",
            Self::Delegators => "delegators",
            Self::Sequencers => "sequencers",
            Self::Operating => "operating cost",
            Self::Posting => "posting cost",
            Self::Unrealised => "unrealised",
        }
    }

    /// Fixed colour in every figure of a theme, none of a mechanism's: those who may stand side by side differ in lightness too, and
    /// all stand out from the ground.
    pub fn colour(self, style: Style) -> RGBColor {
        match (self, style.theme == Theme::Dark) {
            (Self::Community, false) => RGBColor(58, 48, 110),
            (Self::Community, true) => RGBColor(84, 72, 150),
            (Self::Delegators, false) => RGBColor(172, 162, 215),
            (Self::Delegators, true) => RGBColor(190, 180, 232),
            (Self::Sequencers, false) => RGBColor(182, 92, 104),
            (Self::Sequencers, true) => RGBColor(204, 112, 124),
            (Self::Operating, false) => RGBColor(233, 224, 170),
            (Self::Operating, true) => RGBColor(250, 240, 190),
            (Self::Posting, _) => RGBColor(85, 85, 85),
            (Self::Unrealised, _) => RGBColor(157, 157, 157),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::style::lightness;

    #[test]
    fn neighbours_differ_in_lightness() {
        use Account::{Community, Delegators, Operating, Posting, Sequencers, Unrealised};
        // Delegators and a cost of posting are absent from most mechanisms, and where sequencers make a loss they stand below zero: then
        // others become neighbours.
        let side_by_side = Account::ALL.windows(2).map(|w| (w[0], w[1]));
        let others = [
            (Community, Sequencers),
            (Community, Operating),
            (Delegators, Operating),
            (Operating, Unrealised),
            (Posting, Unrealised),
        ];
        for theme in [Theme::Paper, Theme::Dark] {
            let style = Style { theme, ..Style::paper() };
            let light = |account: Account| lightness(account.colour(style));
            for (a, b) in side_by_side.clone().chain(others) {
                let gap = (light(a) - light(b)).abs();
                assert!(gap > 0.2, "{theme:?} {a:?} {b:?} {gap}");
            }
            for account in Account::ALL {
                let gap = (light(account) - lightness(style.paper_colour())).abs();
                assert!(gap > 0.12, "{theme:?} {account:?} {gap}");
            }
        }
    }

    #[test]
    fn no_account_is_taken_for_a_mechanism_or_a_group() {
        use crate::chart::{Identity, identity};
        for style in [Theme::Paper, Theme::Dark].map(|theme| Style { theme, ..Style::paper() }) {
            for entry in crate::mechanism::CATALOGUE {
                let look = Identity::of([entry.name])[0].look(style);
                for account in Account::ALL {
                    let distance = identity::distance(look.colour, account.colour(style));
                    assert!(distance > 45.0, "{account:?} {} {distance}", entry.name);
                }
            }
            for group in 0..7 {
                for account in Account::ALL {
                    let distance = identity::distance(style.look(group).colour, account.colour(style));
                    assert!(distance > 35.0, "{account:?} {group} {distance}");
                }
            }
        }
    }
}

//! The accounts among which the potential value is parted, each with its colour.

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

    /// Fixed colour in every figure, none of a mechanism's: those who stand side by side differ in lightness too.
    pub fn colour(self) -> RGBColor {
        match self {
            Self::Community => RGBColor(68, 58, 120),
            Self::Delegators => RGBColor(178, 170, 220),
            Self::Sequencers => RGBColor(190, 100, 110),
            Self::Operating => RGBColor(225, 215, 160),
            Self::Posting => RGBColor(85, 85, 85),
            Self::Unrealised => RGBColor(216, 216, 216),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::style::lightness;

    #[test]
    fn neighbours_differ_in_lightness() {
        // Delegators are absent from most mechanisms, so community and sequencers are neighbours too.
        let side_by_side = Account::ALL.windows(2).map(|w| (w[0], w[1]));
        for (a, b) in side_by_side.chain([(Account::Community, Account::Sequencers)]) {
            let gap = (lightness(a.colour()) - lightness(b.colour())).abs();
            assert!(gap > 0.2, "{a:?} {b:?} {gap}");
        }
    }

    #[test]
    fn no_account_is_taken_for_a_mechanism() {
        use crate::chart::{Identity, Style, identity};
        for entry in crate::mechanism::CATALOGUE {
            let look = Identity::of([entry.name])[0].look(Style::paper());
            for account in Account::ALL {
                let distance = identity::distance(look.colour, account.colour());
                assert!(distance > 45.0, "{account:?} {} {distance}", entry.name);
            }
        }
    }
}

//! Whether learned play presses against an end of its menu, where deviations that might pay were never tried.
//!
//! A menu is *cut short* at the top where one more tick above its highest setting would still be an offer that somebody might
//! make: a relative menu that ends below the agent's whole net value, a bid or kickback that stays below what the most valuable
//! epoch is worth, and any menu of stakes or efforts in ETH. It is cut short at the bottom where one more tick below its lowest
//! setting would still count: would be more than nothing, and no less than the reserve. The share of play on the highest or lowest setting
//! of such a menu says how far a small deviation gain is owed to the menu.

use crate::agent::sequencer::Class;
use crate::agent::strategy::{Menu, Unit};
use crate::learning::policy::Policy;
use crate::mechanism::{Lever, Mechanism};
use crate::play::learning_loop::Learned;
use crate::play::market::Game;

/// Ends of a menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Its highest setting.
    Top,
    /// Its lowest.
    Bottom,
}

/// Share of learned play on an end of a menu that is cut short there, mean over states, of the player with most; `None` where
/// nobody learns on such a menu.
pub fn share<M: Mechanism>(game: &Game<M>, learned: &Learned, end: End) -> Option<f64> {
    let lever = game.rule.lever().filter(|_| learned.learning)?;
    let pressed = learned.policies.iter().enumerate().filter_map(|(p, policy)| {
        let class = &game.setting.classes[game.seats.players[p].class];
        let cut = match end {
            End::Top => is_cut_at_the_top(lever, class),
            End::Bottom => is_cut_at_the_bottom(&class.strategy.menu, game.rule.least_offer()),
        };
        (class.strategy.learner.learns() && cut).then(|| on(policy, &class.strategy.menu, end))
    });
    pressed.fold(None, |most: Option<f64>, share| Some(most.map_or(share, |most| most.max(share))))
}

/// Share of a policy on an end of its menu, mean over states.
fn on(policy: &Policy, menu: &Menu, end: End) -> f64 {
    // Column 0 abstains.
    let column = if end == End::Top { menu.settings.len() } else { 1 };
    (0..policy.states()).map(|state| policy.row(state)[column]).sum::<f64>() / policy.states() as f64
}

fn is_cut_at_the_bottom(menu: &Menu, least: f64) -> bool {
    let [bottom, above, ..] = menu.settings.as_slice() else { return false };
    let next = bottom - (above - bottom);
    // A relative offer of 0 is the least that counts.
    let least = if menu.unit == Unit::Relative { 0.0 } else { least };
    let nearly = 1e-9 * (above - bottom);
    // An offer of nothing is next to none at all.
    next > nearly && next > least - nearly
}

fn is_cut_at_the_top(lever: Lever, class: &Class) -> bool {
    let settings = &class.strategy.menu.settings;
    let [.., below, top] = settings.as_slice() else { return false };
    let next = top + (top - below);
    match (class.strategy.menu.unit, lever) {
        (Unit::Relative | Unit::Between, _) => next < 1.0 + 1e-9 && *top < 1.0 - 1e-9,
        (Unit::Absolute, Lever::Bid | Lever::Kickback) => {
            let worth = class.traits.value.as_ref().map_or(f64::INFINITY, |value| value.support().1);
            next < worth * (1.0 - 1e-9)
        }
        (Unit::Absolute, Lever::Stake | Lever::Effort) => true,
    }
}

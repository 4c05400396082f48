//! Whether learned play presses against the top of its menu, where deviations that might pay were never tried.
//!
//! A menu is *cut short* where one more tick above its highest setting would still be an offer that somebody might make: a
//! relative menu that ends below the agent's whole net value, a bid or kickback that stays below what the most valuable
//! epoch is worth, and any menu of stakes or efforts in ETH. The share of play on the highest setting of such a menu says how
//! far a small deviation gain is owed to the menu.

use crate::agent::sequencer::Class;
use crate::agent::strategy::{Menu, Unit};
use crate::learning::policy::Policy;
use crate::mechanism::{Lever, Mechanism};
use crate::play::learning_loop::Learned;
use crate::play::market::Game;

/// Share of learned play on the highest setting of a menu that is cut short, mean over states, of the player with most;
/// `None` where nobody learns on such a menu.
pub fn share<M: Mechanism>(game: &Game<M>, learned: &Learned) -> Option<f64> {
    let lever = game.rule.lever().filter(|_| learned.learning)?;
    let pressed = learned.policies.iter().enumerate().filter_map(|(p, policy)| {
        let class = &game.setting.classes[game.seats.players[p].class];
        let learns = class.strategy.learner.learns();
        (learns && is_cut_short(lever, class)).then(|| on_top(policy, &class.strategy.menu))
    });
    pressed.fold(None, |most: Option<f64>, share| Some(most.map_or(share, |most| most.max(share))))
}

/// Share of a policy on the highest setting, mean over states.
fn on_top(policy: &Policy, menu: &Menu) -> f64 {
    // Column 0 abstains.
    let top = menu.settings.len();
    (0..policy.states()).map(|state| policy.row(state)[top]).sum::<f64>() / policy.states() as f64
}

fn is_cut_short(lever: Lever, class: &Class) -> bool {
    let settings = &class.strategy.menu.settings;
    let [.., below, top] = settings.as_slice() else { return false };
    let next = top + (top - below);
    match (class.strategy.menu.unit, lever) {
        (Unit::Relative, _) => next < 1.0 + 1e-9 && *top < 1.0 - 1e-9,
        (Unit::Absolute, Lever::Bid | Lever::Kickback) => {
            let worth = class.traits.value.as_ref().map_or(f64::INFINITY, |value| value.support().1);
            next < worth * (1.0 - 1e-9)
        }
        (Unit::Absolute, Lever::Stake | Lever::Effort) => true,
    }
}

//! The pricing game of Calvano and others (2020) as kickbacks of delegated stake.

use super::stage_game::StageGame;
use crate::learning::q_learning::QLearningSpec;
use crate::play::repeated::stage::Stage;
use crate::theory::duopoly::Oligopoly;

/// The experiment that ships: two equal sequencers.
pub const EXPERIMENT: &str = include_str!("../../../experiments/calvano.toml");

/// The experiment with the costs of an oligopoly of the paper, so many offers on each menu, and these learners.
///
/// Except for two equal sellers, rents and the utility of the outside option are higher by 1: the same game with all kickbacks higher
/// by 1, without which some would be below zero.
///
/// # Errors
/// If it is no experiment, or no game that repeats.
pub fn kickbacks(game: &Oligopoly, prices: u32, spec: QLearningSpec) -> Result<StageGame, String> {
    let [first, .., last] = game.costs.as_slice() else {
        return Err("an oligopoly takes two sellers at least".to_owned());
    };
    let shifted = game.costs.len() > 2 || first != last;
    let set = [
        ("sequencers.first.count", format!("{}", game.costs.len() - 1)),
        ("sequencers.first.live_cost", format!("{first:?}")),
        ("sequencers.second.live_cost", format!("{last:?}")),
        ("sequencers.*.value.constant", (if shifted { "3.0" } else { "2.0" }).to_owned()),
        ("delegators.crowd.outside_option", (if shifted { "1.0" } else { "0.0" }).to_owned()),
        ("strategies.q_learning.menu.points", format!("{prices}")),
        ("strategies.q_learning.learning_rate", format!("{:?}", spec.learning_rate)),
        ("strategies.q_learning.exploration_decay", format!("{:?}", spec.exploration_decay)),
        ("strategies.q_learning.discount", format!("{:?}", spec.discount)),
        ("strategies.q_learning.memory", format!("{}", spec.memory)),
    ];
    let set: Vec<(&str, &str)> = set.iter().map(|(key, value)| (*key, value.as_str())).collect();
    StageGame::of(EXPERIMENT, &set)
}

/// The largest difference of payoffs at kickbacks from those at prices, with as many settings counted from the other end: a high price is
/// a low kickback.
pub fn difference(kickbacks: &Stage, prices: &Stage) -> f64 {
    let players = kickbacks.players();
    let mut most: f64 = 0.0;
    for profile in 0..kickbacks.profiles() {
        let mirror = |at, j| prices.with(at, j, prices.size(j) - 1 - kickbacks.setting(profile, j));
        let there = (0..players).fold(0, mirror);
        for j in 0..players {
            most = most.max((kickbacks.payoff(profile, j) - prices.payoff(there, j)).abs());
        }
    }
    most
}

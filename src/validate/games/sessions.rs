//! Sessions of Q-learners who play one stage game over and over, side by side on several threads.

use super::super::{Draws, Finding};
use crate::draws::{Key, Who};
use crate::learning::q_learning::{Initial, QLearningSpec, Updates};
use crate::measure::statistics::Moments;
use crate::play::repeated::diagnosis::{Deviation, diagnose};
use crate::play::repeated::plan::{limit_cycle, profile};
use crate::play::repeated::session::{Part, Stop, play};
use crate::play::repeated::stage::Stage;
use crate::theory::duopoly::Oligopoly;
use rayon::prelude::*;

/// A learner as in Calvano et al. (2020): `α = .15`, `β = 4·10⁻⁶`, `δ = .95`, one epoch remembered, values from rivals who
/// play uniformly.
pub const CALVANO: QLearningSpec = QLearningSpec {
    learning_rate: 0.15,
    exploration: 1.0,
    exploration_decay: 4e-6,
    discount: 0.95,
    memory: 1,
    updates: Updates::Asynchronous,
    initial: Initial::RivalRandom,
};

/// How one session ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    /// Mean payoff of each player on the cycle of play.
    pub payoffs: Vec<f64>,
    /// Mean offer of each player on it.
    pub offers: Vec<f64>,
    /// Length of the cycle.
    pub cycle: usize,
    /// Epochs of learning.
    pub epochs: u32,
    /// What deviating does, where that was asked for.
    pub deviation: Option<Deviation>,
}

/// As many equal learners as a stage game has players.
pub fn learners(stage: &Stage, spec: QLearningSpec) -> Vec<Part> {
    let who = |j: usize| Who::member("player", j as u32);
    (0..stage.players()).map(|j| Part::Learns(spec, who(j))).collect()
}

/// Plays `count` sessions.
pub fn sessions(
    stage: &Stage,
    parts: &[Part],
    stop: Stop,
    draws: &Draws,
    count: u32,
    with_deviations: bool,
) -> Vec<Ended> {
    let one = |replicate: u32| {
        let session = play(stage, parts, stop, Key::new(draws.seed, replicate, 0));
        let cycle = limit_cycle(stage, &session.plans, session.history);
        let profiles: Vec<usize> = cycle.iter().map(|h| profile(stage, &session.plans, *h)).collect();
        let mean =
            |of: &dyn Fn(usize) -> f64| profiles.iter().map(|p| of(*p)).sum::<f64>() / cycle.len() as f64;
        let players = 0..stage.players();
        Ended {
            payoffs: players.clone().map(|j| mean(&|p| stage.payoff(p, j))).collect(),
            offers: players.map(|j| mean(&|p| stage.offer(p, j))).collect(),
            cycle: cycle.len(),
            epochs: session.epochs,
            deviation: if with_deviations { diagnose(stage, parts, &session).deviation } else { None },
        }
    };
    (0..count).into_par_iter().map(one).collect()
}

/// The pricing game on grids of `m` prices from a tenth of the way below the Nash price to a tenth above the joint one.
///
/// # Errors
/// If there are too many profiles for a table.
pub fn pricing(game: &Oligopoly, m: u32) -> Result<Stage, String> {
    let grids: Vec<Vec<f64>> = (0..game.costs.len()).map(|i| game.price_grid(i, m, 0.1)).collect();
    Stage::new(grids.clone(), |settings, out| {
        let prices: Vec<f64> = settings.iter().zip(&grids).map(|(a, grid)| grid[*a]).collect();
        out.copy_from_slice(&game.at(&prices).profits);
    })
}

/// Mean over sessions with its standard error; `published` is the number of sessions behind a published mean without a
/// standard error of its own, which is then taken to be that of so many of these sessions.
pub fn mean(values: impl IntoIterator<Item = f64>, published: Option<u32>) -> Finding {
    let moments: Moments = values.into_iter().collect();
    let of_theirs = published.map_or(0.0, |n| moments.variance() / f64::from(n));
    let own = moments.variance() / moments.n() as f64;
    Finding { result: moments.mean(), se: (own + of_theirs).sqrt(), tick: 0.0 }
}

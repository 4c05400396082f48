//! A session: Q-learners who play one stage game over and over, until nobody's greedy plan has changed for long.
//!
//! In epoch `t` each learner explores with probability `ε_t = ε_0·e^{−βt}`, uniformly over its settings, and otherwise plays
//! the setting of highest value after the history `s` that it remembers, the lowest of equals. Then it moves
//!
//! `Q(s, a) ← (1 − α)·Q(s, a) + α·(π + δ·max_{a'} Q(s', a'))`
//!
//! for the setting played (*asynchronous*) or for every setting `a`, with the payoff and the history `s'` that `a` would have
//! brought, the others as they were (*counterfactual*). All values before the epoch enter all updates of the epoch.
//! Where offers tie the [lot](super::stage::Tie) decides, epoch by epoch, and `π` is what the winner really gets. Learning ends once all greedy plans have stayed the same for `stable_epochs` epochs in a row, or after `max_epochs`.
//!
//! References: Watkins and Dayan (1992), "Q-learning", Machine Learning 8, equation 1; Calvano, Calzolari, Denicolò and
//! Pastorello (2020), "Artificial intelligence, algorithmic pricing, and collusion", AER 110(10), section II.

pub use super::plan::Plan;
use super::plan::{History, rows};
use super::stage::{Stage, profiles};
use super::table::Table;
use crate::draws::{Key, Who};
use crate::learning::q_learning::QLearningSpec;

/// Who plays: a learner, or a plan that stays as it is.
#[derive(Clone, Debug)]
pub enum Part {
    /// Learns, on the draws of this entity.
    Learns(QLearningSpec, Who),
    /// Learns, as if this plan were best.
    LearnsFrom(QLearningSpec, Plan, Who),
    /// Plays this plan; lots are drawn for this entity.
    Plays(Plan, Who),
}

impl Part {
    /// Whose draws it takes.
    pub fn who(&self) -> Who {
        match self {
            Part::Learns(_, who) | Part::LearnsFrom(_, _, who) | Part::Plays(_, who) => *who,
        }
    }

    /// How it learns, where it does.
    pub fn learns(&self) -> Option<&QLearningSpec> {
        match self {
            Part::Learns(spec, _) | Part::LearnsFrom(spec, _, _) => Some(spec),
            Part::Plays(..) => None,
        }
    }

    /// The same without anything learned before.
    #[must_use]
    pub fn afresh(&self) -> Part {
        match self {
            Part::LearnsFrom(spec, _, who) => Part::Learns(*spec, *who),
            other => other.clone(),
        }
    }

    /// Profiles that it remembers.
    pub fn memory(&self) -> u32 {
        match self {
            Part::Learns(spec, _) | Part::LearnsFrom(spec, _, _) => spec.memory,
            Part::Plays(plan, _) => plan.memory,
        }
    }
}

/// When learning ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop {
    /// Epochs in a row for which no greedy plan may change.
    pub stable_epochs: u32,
    /// Epochs after which it ends in any case.
    pub max_epochs: u32,
}

/// What a session ends with.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Everybody's greedy plan.
    pub plans: Vec<Plan>,
    /// Epochs learned for.
    pub epochs: u32,
    /// The last epoch in which a plan changed.
    pub changed: u32,
    /// Whether the plans had been stable for as long as asked.
    pub converged: bool,
    /// The last profiles.
    pub history: History,
}

impl Session {
    /// Whether what it ends with is more than a passing state: the plans had been stable for as long as asked, or did not change
    /// in the last quarter of learning.
    pub fn is_at_rest(&self) -> bool {
        self.converged || 4 * u64::from(self.changed) <= 3 * u64::from(self.epochs)
    }
}

/// Most players that a session can have.
pub const MOST_PLAYERS: usize = 8;
/// Most settings that a player can have.
pub const MOST_SETTINGS: usize = 1024;
/// Most values that all tables of a session together hold. Rows are laid out in lengths of 16, 32 (up to two players), 128
/// (up to four) and 1024, and two, four or eight players.
pub const MOST_VALUES: usize = 1 << 24;

/// How many players, and how many settings in a row, the session's tables are laid out for.
fn layout(sizes: &[usize]) -> (usize, usize) {
    let most = sizes.iter().copied().max().unwrap_or(0);
    let (players, widths): (usize, &[usize]) = match sizes.len() {
        0..=2 => (2, &[16, 32, 128]),
        3..=4 => (4, &[16, 128]),
        _ => (MOST_PLAYERS, &[16]),
    };
    (players, widths.iter().copied().find(|&width| most <= width).unwrap_or(MOST_SETTINGS))
}

/// Why players with so many settings each, and these memories, cannot be simulated, where they cannot.
pub fn obstacle(sizes: &[usize], memories: &[u32]) -> Option<String> {
    let players = sizes.len();
    if players > MOST_PLAYERS {
        return Some(format!("{players} players, while a session has at most {MOST_PLAYERS}"));
    }
    let most = sizes.iter().copied().max().unwrap_or(0);
    if most > MOST_SETTINGS {
        return Some(format!("{most} settings, while a session has at most {MOST_SETTINGS}"));
    }
    let profiles = match profiles(sizes) {
        Ok(profiles) => profiles,
        Err(message) => return Some(message),
    };
    let values = |memory: u32| -> Option<usize> {
        let rows = if memory == 2 { profiles.checked_mul(profiles)? } else { rows(memory, profiles) };
        rows.checked_mul(layout(sizes).1)
    };
    let all = memories.iter().try_fold(0_usize, |sum, &memory| sum.checked_add(values(memory)?));
    all.is_none_or(|values| values > MOST_VALUES).then(|| {
        format!(
            "a memory of {} epochs with {profiles} profiles of offers needs tables of more than {MOST_VALUES} values",
            memories.iter().max().unwrap_or(&0)
        )
    })
}

/// Plays a session. There must be one part for each player, and no [`obstacle`].
pub fn play(stage: &Stage, parts: &[Part], stop: Stop, key: Key) -> Session {
    let sizes: Vec<usize> = (0..stage.players()).map(|j| stage.size(j)).collect();
    match layout(&sizes) {
        (2, 16) => Table::<2, 16>::new(stage, parts, key).run(stop),
        (2, 32) => Table::<2, 32>::new(stage, parts, key).run(stop),
        (2, 128) => Table::<2, 128>::new(stage, parts, key).run(stop),
        (2, _) => Table::<2, MOST_SETTINGS>::new(stage, parts, key).run(stop),
        (4, 16) => Table::<4, 16>::new(stage, parts, key).run(stop),
        (4, 128) => Table::<4, 128>::new(stage, parts, key).run(stop),
        (4, _) => Table::<4, MOST_SETTINGS>::new(stage, parts, key).run(stop),
        (_, 16) => Table::<MOST_PLAYERS, 16>::new(stage, parts, key).run(stop),
        _ => Table::<MOST_PLAYERS, MOST_SETTINGS>::new(stage, parts, key).run(stop),
    }
}

#[cfg(test)]
mod tests;

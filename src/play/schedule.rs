//! Regimes of learning, how long and broadly to play, and the keys of the markets that are played.

use crate::draws::{Key, Luck};

/// How learning is organized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Regime {
    /// Policies shared by class over a batch of parallel markets: finds equilibria.
    SelfPlay,
    /// One market, every candidate learns from its own history: finds what adaptive agents do.
    Independent,
}

/// Length and breadth of learning and measuring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// How learning is organized.
    pub regime: Regime,
    /// Parallel markets.
    pub rounds: u32,
    /// Whether feedback is taken in expectation over what rivals draw and offer, where that is known (self-play).
    pub expected: bool,
    /// Epochs of learning (self-play).
    pub warmup_epochs: u32,
    /// Epochs measured in each market.
    pub measured_epochs: u32,
    /// Epochs for which everybody's greedy policy must stay the same (independent).
    pub stable_epochs: u32,
    /// Epochs after which learning ends all the same (independent).
    pub max_epochs: u32,
    /// Epochs over which a deviation's effect is followed; `None`: until a thousandth is left.
    pub horizon: Option<u32>,
    /// Epochs played before measuring, so that markets forget how they opened; the same for every contender, so that
    /// all are measured on the same draws.
    pub burn_in: u32,
}

/// Markets of one replicate are numbered in blocks by purpose, so that each meets fresh draws.
#[derive(Clone, Copy, Debug)]
#[repr(u32)]
pub enum Phase {
    /// Learning.
    Learn = 0,
    /// Measuring.
    Measure = 1,
    /// The certificate.
    Certify = 2,
    /// Values that learners start from.
    Start = 3,
    /// Learning how to behave.
    Conduct = 4,
    /// How many take part.
    Entry = 5,
}

impl Phase {
    /// Whether the phase's draws belong to the luck of the world: of what is measured, not of what is learned.
    const fn is_measured(self) -> bool {
        matches!(self, Phase::Measure | Phase::Certify)
    }
}

/// The key of market `market` in a phase, from the half of the replicate's luck that is the phase's (see [`Luck`]).
pub fn market_key(seed: u64, replicate: u32, phase: Phase, market: u32) -> Key {
    let luck = Luck::of(replicate);
    let half = if phase.is_measured() { luck.world } else { luck.learning };
    Key::new(seed, half, ((phase as u32) << 24) | market)
}

//! What an epoch leaves behind, valued while learning: a learned continuation.
//!
//! Where the mechanism remembers (delegators who stay put), a unit of stock is worth the player's mean income per unit so
//! far, recent epochs counting most, times `Σ_{t=1..T} (δρ)^t` over the horizon.

use super::horizon;
use super::market::{Game, Market, Round};
use crate::mechanism::Mechanism;
use crate::numerics::pow;

/// Least weight of the newest epoch in the running mean of incomes.
const NEWEST: f64 = 0.02;

/// Running means of incomes, and what they are multiplied by.
#[derive(Clone, Debug)]
pub struct Continuation {
    /// `Σ (δρ)^t`: shape (stocks, candidates).
    factors: Vec<f64>,
    /// Income per unit of stock in one market, by candidate.
    margins: Vec<f64>,
    /// Sum over the batch, and running mean, by player.
    batch: Vec<f64>,
    mean: Vec<f64>,
}

impl Continuation {
    /// For a game in which effects are followed over this horizon.
    pub fn new<M: Mechanism>(game: &Game<M>, horizon: Option<u32>) -> Self {
        let factors = game
            .rule
            .persistence(game.setting)
            .iter()
            .flat_map(|rho| {
                game.setting.sequencers.iter().map(move |s| factor(rho * s.traits.discount, horizon))
            })
            .collect();
        let players = game.seats.players.len();
        Continuation {
            factors,
            margins: vec![0.0; game.setting.candidates()],
            batch: vec![0.0; players],
            mean: vec![0.0; players],
        }
    }

    /// Begins a batch.
    pub fn clear(&mut self) {
        self.batch.fill(0.0);
    }

    /// Adds the incomes of one market: call before it is decided.
    pub fn note<M: Mechanism>(&mut self, game: &Game<M>, market: &Market<M>, round: &Round<M>) {
        if self.factors.is_empty() {
            return;
        }
        market.margins(game, round, &mut self.margins);
        for (i, margin) in self.margins.iter().enumerate() {
            self.batch[game.seats.player[i]] += margin;
        }
    }

    /// Closes the batch of `markets` markets of this epoch, and sets the value of stock in later rounds.
    pub fn close<M: Mechanism>(&mut self, game: &Game<M>, epoch: u32, markets: usize, values: &mut [f64]) {
        if self.factors.is_empty() {
            return;
        }
        let n = game.setting.candidates();
        let weight = (1.0 / f64::from(epoch + 1)).max(NEWEST);
        for (p, player) in game.seats.players.iter().enumerate() {
            let mean = self.batch[p] / (player.members.len() * markets) as f64;
            self.mean[p] += weight * (mean - self.mean[p]);
        }
        for (slot, (value, factor)) in values.iter_mut().zip(&self.factors).enumerate() {
            *value = factor * self.mean[game.seats.player[slot % n]];
        }
    }
}

/// `Σ_{t=1..T} f^t` over the horizon.
fn factor(f: f64, horizon: Option<u32>) -> f64 {
    if f <= 0.0 {
        return 0.0;
    }
    let steps = horizon.unwrap_or_else(|| horizon::epochs(f));
    if f >= 1.0 { f64::from(steps) } else { f * (1.0 - pow(f, f64::from(steps))) / (1.0 - f) }
}

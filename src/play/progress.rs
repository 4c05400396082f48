//! How learning comes along: offers, the gain of deviating as estimated on the spot, and drift of policies.

use super::market::{Game, Round};
use crate::learning::policy::Policy;
use crate::learning::{Feedback, Learner};
use crate::mechanism::Mechanism;

/// Number of points along a learning curve.
const WINDOWS: u32 = 40;

/// Sums over the present window, and the curves so far.
#[derive(Clone, Debug)]
pub struct Progress {
    stride: u32,
    window: Vec<Feedback>,
    /// Sum of expected payoffs of play, by player.
    played: Vec<f64>,
    /// Sum and number of settings played, by player.
    offered: Vec<(f64, f64)>,
    snapshots: Vec<(u32, Vec<Policy>)>,
    /// For each player, points (epoch, mean setting played).
    pub offers: Vec<Vec<(f64, f64)>>,
    /// Points (epoch, greatest gain per epoch in ETH of a player's best fixed deviation within the window).
    pub gains: Vec<(f64, f64)>,
}

impl Progress {
    /// For learning that lasts at most so many epochs.
    pub fn new<M: Mechanism>(game: &Game<M>, epochs: u32) -> Self {
        let players = &game.seats.players;
        Progress {
            stride: (epochs / WINDOWS).max(1),
            window: players.iter().map(|p| Feedback::new(p.bins.count(), p.menu.columns())).collect(),
            played: vec![0.0; players.len()],
            offered: vec![(0.0, 0.0); players.len()],
            snapshots: Vec::new(),
            offers: vec![Vec::new(); players.len()],
            gains: Vec::new(),
        }
    }

    /// Adds what present play of player `p` is expected to earn.
    #[inline]
    pub fn expect(&mut self, p: usize, payoff: f64) {
        self.played[p] += payoff;
    }

    /// Adds the setting that candidate `i` played.
    #[inline]
    pub fn offer<M: Mechanism>(&mut self, game: &Game<M>, i: usize, round: &Round<M>) {
        let p = game.seats.player[i];
        // Abstaining and scripts have no setting.
        let setting = round.action[i].checked_sub(1).and_then(|s| game.seats.players[p].menu.settings.get(s));
        if let Some(setting) = setting {
            self.offered[p].0 += setting;
            self.offered[p].1 += 1.0;
        }
    }

    /// Adds the sum of settings that a member of player `p` plays in expectation, and the probability that it offers.
    pub fn offer_in_expectation(&mut self, p: usize, sum: f64, made: f64) {
        self.offered[p].0 += sum;
        self.offered[p].1 += made;
    }

    /// Adds the epoch's feedback, and at the end of a window a point to each curve.
    pub fn close(&mut self, epoch: u32, feedback: &[Feedback], learners: &[Learner]) {
        for (window, batch) in self.window.iter_mut().zip(feedback) {
            window.payoff += &batch.payoff;
            for (sum, count) in window.count.iter_mut().zip(&batch.count) {
                *sum += count;
            }
        }
        if !(epoch + 1).is_multiple_of(self.stride) {
            return;
        }
        let x = f64::from(epoch + 1);
        let mut worst = 0.0_f64;
        for (p, window) in self.window.iter_mut().enumerate() {
            let count: f64 = window.count.iter().sum();
            let best: f64 = window
                .payoff
                .rows()
                .into_iter()
                .map(|row| row.fold(f64::NEG_INFINITY, |m, &v| m.max(v)))
                .sum();
            worst = worst.max((best - self.played[p]) / count);
            if self.offered[p].1 > 0.0 {
                self.offers[p].push((x, self.offered[p].0 / self.offered[p].1));
            }
            window.clear();
            self.played[p] = 0.0;
            self.offered[p] = (0.0, 0.0);
        }
        self.gains.push((x, worst));
        self.snapshots.push((epoch + 1, learners.iter().map(Learner::settled).collect()));
    }

    /// Mean total-variation distance between the policies settled on at three quarters of learning and at its end;
    /// learning that ended within the first window has none.
    pub fn drift(&self, epochs: u32, policies: &[Policy]) -> Option<f64> {
        let early = |(epoch, _): &&(u32, Vec<Policy>)| 4 * u64::from(*epoch) <= 3 * u64::from(epochs);
        let (_, before) = self.snapshots.iter().rev().find(early)?;
        let distance: f64 = before.iter().zip(policies).map(|(a, b)| a.distance(b)).sum();
        Some(distance / policies.len() as f64)
    }
}

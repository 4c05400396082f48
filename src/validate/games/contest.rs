//! Contests: everybody pays for a number that decides who gets how much of a reward.

use super::super::Luck;
use super::stage::Stage;
use crate::numerics::{exp, exp_m1, ln, pow};
use crate::theory::contest::slot_shares;

/// What a number buys.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Selection {
    /// A share in proportion to `s^τ`.
    Power(f64),
    /// A share in proportion to `e^{βs}`.
    Logit(f64),
    /// One of `k` seats, drawn in proportion to `s` without replacement; seats share the reward evenly.
    Seats(usize),
}

/// What a number costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cost {
    /// `r s`, with the contestant's own `r`.
    Linear,
    /// `r s²/2`.
    Quadratic,
    /// `r s (1 − u + u P)` with `P = 1 − (1 − p)^k`: who is in none of `k` draws withdraws the share `u`.
    Unstaking {
        /// `u`.
        share: f64,
        /// `k`.
        draws: u32,
    },
}

/// A contest.
#[derive(Clone, Debug, PartialEq)]
pub struct Contest {
    /// What each contestant gets for the whole reward.
    pub rewards: Vec<f64>,
    /// Cost parameter of each.
    pub costs: Vec<f64>,
    /// How shares follow from numbers.
    pub selection: Selection,
    /// How costs follow from numbers.
    pub cost: Cost,
}

impl Contest {
    /// A lottery among `n` equal stakers.
    pub fn lottery(reward: f64, cost: f64, n: usize) -> Self {
        Contest::unequal(vec![reward; n], vec![cost; n])
    }

    /// A lottery among unequal stakers.
    pub fn unequal(rewards: Vec<f64>, costs: Vec<f64>) -> Self {
        Contest { rewards, costs, selection: Selection::Power(1.0), cost: Cost::Linear }
    }

    fn weight(&self, s: f64) -> f64 {
        match self.selection {
            Selection::Power(1.0) | Selection::Seats(_) => s,
            Selection::Power(tau) => pow(s, tau),
            Selection::Logit(beta) => exp(beta * s),
        }
    }

    /// Cost of `s` to contestant `i` at share `p`.
    fn spent(&self, i: usize, s: f64, p: f64) -> f64 {
        match self.cost {
            Cost::Linear => self.costs[i] * s,
            Cost::Quadratic => 0.5 * self.costs[i] * s * s,
            Cost::Unstaking { .. } => self.costs[i] * s * self.locked(p),
        }
    }

    /// Share of a stake that is locked on average, at share `p` of the draws.
    fn locked(&self, p: f64) -> f64 {
        match self.cost {
            Cost::Unstaking { share, draws } => 1.0 - share * pow(1.0 - p, f64::from(draws)),
            _ => 1.0,
        }
    }

    /// Shares at given numbers, in expectation.
    fn shares(&self, actions: &[f64]) -> Vec<f64> {
        let even = 1.0 / actions.len() as f64;
        if let Selection::Seats(k) = self.selection {
            // Among equals everybody has an even share whatever the draws; unequal ones take a quadrature.
            let equal = self.classes().iter().all(|class| *class == 0);
            return if equal { vec![even; actions.len()] } else { slot_shares(actions, k) };
        }
        let weights: Vec<f64> = actions.iter().map(|s| self.weight(*s)).collect();
        let total: f64 = weights.iter().sum();
        weights.iter().map(|w| if total > 0.0 { w / total } else { even }).collect()
    }
}

impl Stage for Contest {
    fn classes(&self) -> Vec<usize> {
        // Neighbours that are alike form a class.
        let mut class = 0;
        (0..self.rewards.len())
            .map(|i| {
                let alike =
                    i > 0 && self.rewards[i] == self.rewards[i - 1] && self.costs[i] == self.costs[i - 1];
                class += usize::from(i > 0 && !alike);
                class
            })
            .collect()
    }

    fn payoffs(&self, player: usize, actions: &[f64], luck: &mut Luck, settings: &[f64], out: &mut [f64]) {
        let rivals = || actions.iter().enumerate().filter(|(i, _)| *i != player).map(|(_, s)| *s);
        let reward = self.rewards[player];
        if let Selection::Seats(k) = self.selection {
            // A race of exponential clocks whose rates are stakes: one has a seat if one's own rings before the k-th of
            // the rivals'.
            let mut clocks: Vec<f64> = rivals().map(|s| -ln(luck.uniform()) / s).collect();
            clocks.sort_unstable_by(f64::total_cmp);
            let limit = clocks.get(k - 1).copied().unwrap_or(f64::INFINITY);
            let seats = k.min(actions.len()) as f64;
            for (payoff, &s) in out.iter_mut().zip(settings) {
                let seat = if limit.is_infinite() { 1.0 } else { -exp_m1(-s * limit) };
                *payoff = reward * seat / seats - self.spent(player, s, 0.0);
            }
            return;
        }
        let against: f64 = rivals().map(|s| self.weight(s)).sum();
        let even = 1.0 / actions.len() as f64;
        for (payoff, &s) in out.iter_mut().zip(settings) {
            let own = self.weight(s);
            let share = if own + against > 0.0 { own / (own + against) } else { even };
            *payoff = reward * share - self.spent(player, s, share);
        }
    }

    /// Numbers, shares (where classes differ) and payoffs, one contestant of each class; then the total, the locked part of it, and what is
    /// spent as a share of what is paid out.
    fn outcome(&self, actions: &[f64]) -> Vec<f64> {
        let shares = self.shares(actions);
        let classes = self.classes();
        let spent: Vec<f64> = (0..actions.len()).map(|i| self.spent(i, actions[i], shares[i])).collect();
        let paid: f64 = self.rewards.iter().zip(&shares).map(|(r, p)| r * p).sum();
        // Of each class the mean over its members, who are neighbours.
        let mean = |values: &[f64]| -> Vec<f64> {
            let mut means = Vec::new();
            for members in classes.chunk_by(|a, b| a == b) {
                let from = classes.partition_point(|class| *class < members[0]);
                let own = &values[from..from + members.len()];
                means.push(own.iter().sum::<f64>() / own.len() as f64);
            }
            means
        };
        let payoffs: Vec<f64> = (0..actions.len()).map(|i| self.rewards[i] * shares[i] - spent[i]).collect();
        let mut outcome = mean(actions);
        // Among equals the mean share says nothing.
        if classes.last() != classes.first() {
            outcome.extend(mean(&shares));
        }
        outcome.extend(mean(&payoffs));
        outcome.push(actions.iter().sum());
        outcome.push(actions.iter().zip(&shares).map(|(s, p)| s * self.locked(*p)).sum());
        outcome.push(spent.iter().sum::<f64>() / paid);
        outcome
    }
}

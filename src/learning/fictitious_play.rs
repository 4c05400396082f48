//! Fictitious play: the best response to the past.
//!
//! In each state `b` the agent plays the setting with the highest average payoff
//!
//! `a*(b) = argmax_a (1/N_b) Σ u(a | b, rivals' offers)`
//!
//! over all `N_b` rounds so far: what `a` would have earned against what rivals really offered. With private values this
//! is the best response to the empirical *joint* distribution of rivals' offers, whose types are averaged over with them
//! (Brown's rule with types that are drawn again each round, not the best response to each rival's own average). Payoffs are
//! linear in that distribution, so that averaging payoffs and averaging beliefs come to the same. Among equals the lowest
//! offer is played, and abstaining only where everything else is worse.
//!
//! What is measured is the average of play, as the theory of the rule has it, later batches counting more (by `t`): play itself
//! may jump between best responses for ever.
//!
//! References: Brown (1951), "Iterative solution of games by fictitious play", in *Activity Analysis of Production and
//! Allocation*, chapter 24; for auctions on grids Rabinovich, Naroditskiy, Gerding and Jennings (2013), "Computing pure Bayesian-Nash
//! equilibria in games with finite actions and continuous types", Artificial Intelligence 195, algorithm 1.

use super::policy::{Average, Policy};
use super::{Feedback, Problem, greedy};
use ndarray::Array2;

/// State of the rule.
#[derive(Clone, Debug)]
pub struct FictitiousPlay {
    mean: Array2<f64>,
    updates: Vec<f64>,
    policy: Policy,
    average: Average,
    row: Vec<f64>,
}

impl FictitiousPlay {
    /// Starts from uniform play.
    pub fn new(problem: &Problem) -> Self {
        let (states, settings) = (problem.states(), problem.settings);
        FictitiousPlay {
            mean: Array2::zeros((states, settings)),
            updates: vec![0.0; states],
            policy: Policy::uniform(states, settings),
            average: Average::new(states, settings),
            row: vec![0.0; settings],
        }
    }

    /// Plays so until something has been learned.
    pub(super) fn begin(&mut self, start: &Policy) {
        self.policy.clone_from(start);
    }

    /// The present policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Late play on average.
    pub fn settled(&self) -> Policy {
        self.average.policy(&self.policy)
    }

    /// One update for each state that came up in the batch.
    pub fn learn(&mut self, feedback: &Feedback) {
        for state in 0..feedback.count.len() {
            let count = feedback.count[state];
            if count == 0.0 {
                continue;
            }
            self.updates[state] += 1.0;
            let t = self.updates[state];
            for (mean, &sum) in self.mean.row_mut(state).iter_mut().zip(feedback.payoff.row(state)) {
                *mean += (sum / count - *mean) / t;
            }
            let best = greedy(self.mean.row(state).iter().copied());
            self.row.fill(0.0);
            self.row[best] = 1.0;
            self.policy.set(state, &self.row);
            self.average.add(state, self.policy.row(state), t);
        }
    }
}

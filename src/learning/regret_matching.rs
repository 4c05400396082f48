//! Regret matching+ with quadratic averaging.
//!
//! Keeps for each setting `a` the clipped cumulative regret `Q_a ← max(0, Q_a + u_a − Σ_b p_b u_b)` and plays in
//! proportion to it (uniformly where all are nil). Nothing needs tuning, and the rule does not depend on the unit of
//! money. What is measured is the average of play weighted by `t²`.
//!
//! References: Hart and Mas-Colell (2000), "A simple adaptive procedure leading to correlated equilibrium",
//! Econometrica 68, on unconditional regrets (section 4); Tammelin (2014), "Solving large imperfect information games using CFR+",
//! arXiv 1407.5042, section 2.

use super::policy::{Average, Policy};
use super::start::{EXPERIENCE, Start};
use super::{Feedback, Problem};
use ndarray::Array2;

/// State of the rule.
#[derive(Clone, Debug)]
pub struct RegretMatching {
    regret: Array2<f64>,
    updates: Vec<f64>,
    policy: Policy,
    average: Average,
    row: Vec<f64>,
    start: Option<Start>,
}

impl RegretMatching {
    /// Starts from uniform play.
    pub fn new(problem: &Problem) -> Self {
        let (states, settings) = (problem.states(), problem.settings);
        RegretMatching {
            regret: Array2::zeros((states, settings)),
            updates: vec![0.0; states],
            policy: Policy::uniform(states, settings),
            average: Average::new(states, settings),
            row: vec![0.0; settings],
            start: None,
        }
    }

    /// Starts from `policy`, as if learned in [`EXPERIENCE`] batches.
    pub(super) fn begin(&mut self, policy: &Policy, start: Start) {
        self.policy.clone_from(policy);
        self.start = Some(start);
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
            let payoffs = feedback.payoff.row(state);
            let play: f64 = self.policy.row(state).iter().zip(payoffs).map(|(p, u)| p * u).sum();
            if let (Some(start), true) = (&self.start, self.updates[state] == 0.0) {
                let low = payoffs.iter().copied().fold(f64::INFINITY, f64::min);
                let high = payoffs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                // A batch in which nothing matters says nothing: play goes on as it began.
                if high <= low {
                    continue;
                }
                let scale = EXPERIENCE.sqrt() * (high - low) / count;
                for (regret, p) in self.regret.row_mut(state).iter_mut().zip(start.row(state)) {
                    *regret = scale * p;
                }
                self.updates[state] = EXPERIENCE;
            }
            let mut total = 0.0;
            for ((regret, weight), &payoff) in
                self.regret.row_mut(state).iter_mut().zip(&mut self.row).zip(payoffs)
            {
                *regret = (*regret + (payoff - play) / count).max(0.0);
                *weight = *regret;
                total += *regret;
            }
            if total == 0.0 {
                // No setting is regretted: all but abstaining alike.
                self.row.fill(1.0);
                self.row[0] = 0.0;
            }
            self.policy.set(state, &self.row);
            self.updates[state] += 1.0;
            let t = self.updates[state];
            self.average.add(state, self.policy.row(state), t * t);
        }
    }
}

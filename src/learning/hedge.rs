//! Hedge: exponential weights on cumulative counterfactual payoffs.
//!
//! After `t` batches in a state, setting `a` is played with probability ∝ `exp(η·√t · G_a / s)`, where `G_a` is the
//! average over batches τ of the mean payoff of `a`, weighted by `τ²`, and `s` the same average of the payoffs' range over
//! settings (so that the rule does not depend on the unit of money). Without the weights this is dual averaging with
//! the entropic regularizer and rate `η/√t`; the weights let it forget early play, which otherwise holds it back for
//! long where competition climbs step by step (Bertrand).
//!
//! What is measured is the average of play weighted by `t³`: late play counts, and noise is averaged out.
//!
//! References: Freund and Schapire (1997), "A decision-theoretic generalization of on-line learning and an application
//! to boosting", J. Comput. Syst. Sci. 55, figure 1. For auctions on grids: Bichler, Fichtl and Oberlechner (2023),
//! "Computing Bayes Nash equilibrium strategies in auction games via simultaneous online dual averaging" (algorithm 1).

use super::policy::{Average, Policy};
use super::start::{EXPERIENCE, Start};
use super::{Feedback, Problem};
use crate::numerics::{exp, ln};
use ndarray::Array2;

/// State of the rule.
#[derive(Clone, Debug)]
pub struct Hedge {
    learning_rate: f64,
    mean: Array2<f64>,
    range: Vec<f64>,
    updates: Vec<f64>,
    policy: Policy,
    average: Average,
    row: Vec<f64>,
    start: Option<Start>,
}

impl Hedge {
    /// Starts from uniform play.
    pub fn new(problem: &Problem, learning_rate: f64) -> Self {
        let (states, settings) = (problem.states(), problem.settings);
        Hedge {
            learning_rate,
            mean: Array2::zeros((states, settings)),
            range: vec![0.0; states],
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

    /// Before the first batch of a state: average payoffs after which the start would be played, on a scale that only that
    /// batch tells.
    fn recall(&mut self, state: usize, range: f64) {
        let Some(start) = &self.start else { return };
        self.updates[state] = EXPERIENCE;
        self.range[state] = range;
        let scale = range / (self.learning_rate * EXPERIENCE.sqrt());
        for (mean, p) in self.mean.row_mut(state).iter_mut().zip(start.row(state)) {
            *mean = scale * ln(p);
        }
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
            if self.updates[state] == 0.0 && self.start.is_some() {
                let payoffs = feedback.payoff.row(state);
                let low = payoffs.iter().copied().fold(f64::INFINITY, f64::min);
                let high = payoffs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                // A batch in which nothing matters says nothing: play goes on as it began.
                if high <= low {
                    continue;
                }
                self.recall(state, (high - low) / count);
                // Only differences count: the batch at hand says how high payoffs are.
                let play =
                    self.policy.expected(state, payoffs.as_slice().expect("rows are contiguous")) / count;
                self.mean.row_mut(state).iter_mut().for_each(|mean| *mean += play);
            }
            self.updates[state] += 1.0;
            let t = self.updates[state];
            // Weight of the newest batch in an average in which batch τ counts τ².
            let newest = 6.0 * t / ((t + 1.0) * (2.0 * t + 1.0));
            let (mut low, mut high, mut best) = (f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY);
            for (average, &sum) in self.mean.row_mut(state).iter_mut().zip(feedback.payoff.row(state)) {
                let mean = sum / count;
                low = low.min(mean);
                high = high.max(mean);
                *average += newest * (mean - *average);
                best = best.max(*average);
            }
            self.range[state] += newest * (high - low - self.range[state]);
            let rate =
                if self.range[state] > 0.0 { self.learning_rate * t.sqrt() / self.range[state] } else { 0.0 };
            for (weight, &average) in self.row.iter_mut().zip(self.mean.row(state)) {
                *weight = exp(rate * (average - best));
            }
            self.policy.set(state, &self.row);
            self.average.add(state, self.policy.row(state), t * t * t);
        }
    }
}

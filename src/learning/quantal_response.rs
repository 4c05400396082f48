//! Smooth best response: logit choice on average payoffs, which settles at a quantal response equilibrium.
//!
//! In state `b` setting `a` is played with probability
//!
//! `σ(a | b) = e^{λ·U(a, b)} / Σ_c e^{λ·U(c, b)}`,
//!
//! where `U(a, b)` averages what `a` would have earned so far, batch `t` counting by `t`. Where play settles, `U` is the expected
//! payoff against the others' `σ`: the fixed point is a logit quantal response equilibrium, of the agent's types and
//! settings (abstaining among them). As λ grows it approaches a Nash equilibrium; at `λ = 0` play is uniform.
//!
//! **Unit of λ.** McKelvey and Palfrey's λ is in 1/ETH (`precision_unit = "eth"`), so that doubling all money means
//! halving it. With `precision_unit = "range"`, it is divided by the mean, over states with their probabilities, of
//! the range of `U` over settings: λ is then the log-odds of the best against the worst setting in a state of average range, does
//! not depend on the unit of money, and is the same for all of an agent's types, so that those with little to win choose less precisely.
//!
//! References: McKelvey and Palfrey (1995), "Quantal response equilibria for normal form games", Games Econ. Behav. 10,
//! section 3, and (1998) for games with types, Exp. Econ. 1; the dynamic is stochastic fictitious play: Fudenberg and
//! Levine (1998), *The Theory of Learning in Games*, chapter 4.

use super::policy::Policy;
use super::{Feedback, Problem};
use crate::numerics::exp;
use ndarray::Array2;

/// Settings of the rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuantalResponseSpec {
    /// Precision λ.
    pub precision: f64,
    /// What it is measured in.
    pub unit: PrecisionUnit,
}

/// What a precision is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrecisionUnit {
    /// Per range of payoffs in an average state.
    Range,
    /// Per ETH.
    Eth,
}

/// State of the rule.
#[derive(Clone, Debug)]
pub struct QuantalResponse {
    spec: QuantalResponseSpec,
    likelihood: Vec<f64>,
    mean: Array2<f64>,
    range: Vec<f64>,
    updates: Vec<f64>,
    policy: Policy,
    row: Vec<f64>,
}

impl QuantalResponse {
    /// Starts from uniform play.
    pub fn new(problem: &Problem, spec: QuantalResponseSpec) -> Self {
        let (states, settings) = (problem.states(), problem.settings);
        QuantalResponse {
            spec,
            likelihood: problem.likelihood.clone(),
            mean: Array2::zeros((states, settings)),
            range: vec![0.0; states],
            updates: vec![0.0; states],
            policy: Policy::uniform(states, settings),
            row: vec![0.0; settings],
        }
    }

    /// Plays so until something has been learned.
    pub(super) fn begin(&mut self, start: &Policy) {
        self.policy.clone_from(start);
    }

    /// The present policy: payoffs are averaged already, and so is what settles.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Averages the batch into payoffs, then responds to them in every state that has come up.
    pub fn learn(&mut self, feedback: &Feedback) {
        for state in 0..feedback.count.len() {
            let count = feedback.count[state];
            if count == 0.0 {
                continue;
            }
            self.updates[state] += 1.0;
            // Weight of the newest batch in an average in which batch t counts t.
            let newest = 2.0 / (self.updates[state] + 1.0);
            let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
            for (mean, &sum) in self.mean.row_mut(state).iter_mut().zip(feedback.payoff.row(state)) {
                *mean += newest * (sum / count - *mean);
                low = low.min(*mean);
                high = high.max(*mean);
            }
            self.range[state] = high - low;
        }
        let precision = match self.spec.unit {
            PrecisionUnit::Eth => self.spec.precision,
            PrecisionUnit::Range => {
                let (mut range, mut weight) = (0.0, 0.0);
                for (state, likelihood) in self.likelihood.iter().enumerate() {
                    if self.updates[state] > 0.0 {
                        range += likelihood * self.range[state];
                        weight += likelihood;
                    }
                }
                if range > 0.0 { self.spec.precision * weight / range } else { 0.0 }
            }
        };
        for state in (0..self.range.len()).filter(|&state| self.updates[state] > 0.0) {
            let best = self.mean.row(state).iter().copied().fold(f64::NEG_INFINITY, f64::max);
            for (weight, &mean) in self.row.iter_mut().zip(self.mean.row(state)) {
                *weight = exp(precision * (mean - best));
            }
            self.policy.set(state, &self.row);
        }
    }
}

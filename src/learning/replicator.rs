//! Replicator dynamics: shares of a population grow with what they earn, by imitation.
//!
//! Behind each state stands a large population, a share `p_a` of which plays setting `a`. Members meet in pairs and imitate
//! in proportion to the difference of payoffs (Schlag's rule, optimal among those that compare two payoffs); in the
//! large this is the replicator equation
//!
//! `dp_a/dτ = p_a·(u_a − Σ_c p_c u_c)/s`, payoffs in units of their range `s` over settings.
//!
//! One batch lasts `learning_rate` units of time `τ` with its payoffs held fixed, for which the equation has the exact
//! solution `p_a ← p_a e^{rate·u_a/s} / Σ_c p_c e^{rate·u_c/s}`; `s` is the average of the batches' ranges, so that the rule
//! does not depend on the unit of money. Then a share `mutation` takes up a setting by lot, so that what has died out can come
//! back: `p_a ← (1 − ν)·p_a + ν/K`. Without mutation this is exponential weights at a constant rate (compare
//! [`crate::learning::hedge`], whose rate falls); with it the population forgets, and keeps moving with the latest payoffs.
//!
//! What is measured is the average of play weighted by `t²`, since populations may circle round an equilibrium for ever.
//!
//! References: Taylor and Jonker (1978), "Evolutionary stable strategies and game dynamics", Math. Biosci. 40, equation
//! 3; Schlag (1998), "Why imitate, and if so, how?", J. Econ. Theory 78, theorems 1 and 4; Hofbauer, Sorin and Viossat (2009),
//! "Time average replicator and best-reply dynamics", Math. Oper. Res. 34, for the average.

use super::policy::{Average, Policy};
use super::start::Start;
use super::{Feedback, Problem};
use crate::numerics::exp;

/// Settings of the rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReplicatorSpec {
    /// Units of time that pass in a batch.
    pub rate: f64,
    /// Share of the population that mutates in a batch.
    pub mutation: f64,
}

/// State of the rule.
#[derive(Clone, Debug)]
pub struct Replicator {
    spec: ReplicatorSpec,
    range: Vec<f64>,
    updates: Vec<f64>,
    policy: Policy,
    average: Average,
    row: Vec<f64>,
}

impl Replicator {
    /// Starts from equal shares.
    pub fn new(problem: &Problem, spec: ReplicatorSpec) -> Self {
        let (states, settings) = (problem.states(), problem.settings);
        Replicator {
            spec,
            range: vec![0.0; states],
            updates: vec![0.0; states],
            policy: Policy::even(states, settings),
            average: Average::new(states, settings),
            row: vec![0.0; settings],
        }
    }

    /// Starts from these shares.
    pub(super) fn begin(&mut self, start: &Start) {
        for state in 0..self.policy.states() {
            let shares: Vec<f64> = start.row(state).collect();
            self.policy.set(state, &shares);
        }
    }

    /// The present shares.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Late shares on average.
    pub fn settled(&self) -> Policy {
        self.average.policy(&self.policy)
    }

    /// Lets every population that was met in the batch imitate and mutate.
    pub fn learn(&mut self, feedback: &Feedback) {
        for state in 0..feedback.count.len() {
            let count = feedback.count[state];
            if count == 0.0 {
                continue;
            }
            self.updates[state] += 1.0;
            let t = self.updates[state];
            let payoffs = feedback.payoff.row(state);
            let low = payoffs.iter().copied().fold(f64::INFINITY, f64::min);
            let high = payoffs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            self.range[state] += ((high - low) / count - self.range[state]) / t;
            let rate =
                if self.range[state] > 0.0 { self.spec.rate / (self.range[state] * count) } else { 0.0 };
            let mut total = 0.0;
            for ((weight, &share), &payoff) in self.row.iter_mut().zip(self.policy.row(state)).zip(payoffs) {
                *weight = share * exp(rate * (payoff - high));
                total += *weight;
            }
            let settings = self.row.len() as f64;
            if total > 0.0 {
                for weight in &mut self.row {
                    *weight = (1.0 - self.spec.mutation) * *weight / total + self.spec.mutation / settings;
                }
                self.policy.set(state, &self.row);
            }
            self.average.add(state, self.policy.row(state), t * t);
        }
    }
}

//! EXP3-IX: exponential weights for an agent that learns only what its own play earned.
//!
//! In a state with `K` settings, let `t` count the rounds played in it so far, `p` the distribution in force, and the
//! loss of a payoff `u` be `ℓ = (h − u)/(h − l)`, with `l` and `h` the lowest and highest payoff earned there so far.
//! Only the setting `A` that was played has an estimated loss other than nil,
//!
//! `ℓ̂_a = 1{A = a}·ℓ/(p_a + γ_t)`, `γ_t = η_t/2`, `η_t = √(ln K/(K·t))`,
//!
//! and the next round is played with probabilities ∝ `exp(−η_t·Σ ℓ̂_a)`. The `γ_t` in the denominator is the *implicit
//! exploration*: it keeps estimates of rare settings from exploding, so that no round has to be spent on exploring. With
//! losses in [0, 1] the regret against the best fixed setting is, with probability `1 − δ`, at most
//! `4√(K·T·ln K) + (2√(K·T/ln K) + 1)·ln(2/δ)` after any number `T` of rounds. Abstaining is one of the `K`.
//!
//! The range of payoffs is not known beforehand: past losses are always taken relative to the range seen *up to now*,
//! for which two sums for each setting suffice, `Σ 1/(p + γ)` and `Σ u/(p + γ)`. The rule does not depend on the unit of money.
//! Rounds of one batch are all played with the same `p`. What is measured is the average of play weighted by `t²`.
//!
//! Reference: Neu (2015), "Explore no more: Improved high-probability regret bounds for non-stochastic bandits",
//! NIPS 28 (arXiv 1506.03271), algorithm 1, and theorem 1 with anytime rates.

use super::policy::{Average, Policy};
use super::start::Start;
use super::{Feedback, Problem};
use crate::numerics::{exp, ln};
use ndarray::Array2;

/// State of the rule.
#[derive(Clone, Debug)]
pub struct Exp3 {
    /// `Σ 1/(p + γ)` by state and setting.
    plays: Array2<f64>,
    /// `Σ u/(p + γ)` by state and setting.
    earned: Array2<f64>,
    /// Lowest and highest payoff by state.
    range: Vec<(f64, f64)>,
    /// Rounds by state.
    rounds: Vec<f64>,
    updates: Vec<f64>,
    touched: Vec<bool>,
    policy: Policy,
    average: Average,
    row: Vec<f64>,
    start: Option<Start>,
}

impl Exp3 {
    /// Starts from uniform play.
    pub fn new(problem: &Problem) -> Self {
        let (states, settings) = (problem.states(), problem.settings);
        Exp3 {
            plays: Array2::zeros((states, settings)),
            earned: Array2::zeros((states, settings)),
            range: vec![(f64::INFINITY, f64::NEG_INFINITY); states],
            rounds: vec![0.0; states],
            updates: vec![0.0; states],
            touched: vec![false; states],
            policy: Policy::even(states, settings),
            average: Average::new(states, settings),
            row: vec![0.0; settings],
            start: None,
        }
    }

    /// Starts from `policy`, as prior weights.
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

    /// Rate `η_t` with `k` settings.
    fn rate(k: f64, t: f64) -> f64 {
        (ln(k) / (k * t)).sqrt()
    }

    /// Takes note of every round of the batch, then changes the policy where there was one.
    pub fn learn(&mut self, feedback: &Feedback) {
        let k = self.row.len() as f64;
        for taken in &feedback.taken {
            let state = taken.state;
            self.rounds[state] += 1.0;
            self.touched[state] = true;
            let exploration = 0.5 * Self::rate(k, self.rounds[state]);
            let weight = 1.0 / (self.policy.row(state)[taken.setting] + exploration);
            self.plays[(state, taken.setting)] += weight;
            self.earned[(state, taken.setting)] += weight * taken.payoff;
            let (low, high) = &mut self.range[state];
            *low = low.min(taken.payoff);
            *high = high.max(taken.payoff);
        }
        for state in 0..self.touched.len() {
            if !std::mem::take(&mut self.touched[state]) {
                continue;
            }
            let (low, high) = self.range[state];
            let scale = if high > low { Self::rate(k, self.rounds[state]) / (high - low) } else { 0.0 };
            let losses =
                || self.plays.row(state).into_iter().zip(self.earned.row(state)).map(|(w, u)| high * w - u);
            let least = losses().fold(f64::INFINITY, f64::min);
            for (weight, loss) in self.row.iter_mut().zip(losses()) {
                *weight = exp(scale * (least - loss));
            }
            if let Some(start) = &self.start {
                self.row.iter_mut().zip(start.row(state)).for_each(|(weight, p)| *weight *= p);
            }
            self.policy.set(state, &self.row);
            self.updates[state] += 1.0;
            let t = self.updates[state];
            self.average.add(state, self.policy.row(state), t * t);
        }
    }
}

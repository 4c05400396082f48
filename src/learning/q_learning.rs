//! Tabular Q-learning with ε-greedy exploration.
//!
//! An agent keeps a value `Q(s, a)` for each state `s` and setting `a`. In epoch `t` it explores with probability
//! `ε_t = ε_0·e^{−βt}`, uniformly over its settings, and else plays the setting of highest value. Having earned `π` and come
//! to state `s'`, it moves `Q(s, a)` a share `α` of the way to `π + δ·max_a' Q(s', a')`: for the setting that it played
//! (*asynchronous*), or for every setting, with what each would have earned (*counterfactual*, also called synchronous).
//! With `memory = k > 0` the state also holds what everybody offered in the last `k` epochs.
//!
//! References: Watkins and Dayan (1992), "Q-learning", Machine Learning 8, equation 1; Calvano, Calzolari, Denicolò and
//! Pastorello (2020), "Artificial intelligence, algorithmic pricing, and collusion", AER 110(10), section II; for
//! counterfactual updates Banchio and Skrzypacz (2022), "Artificial intelligence and auction design", EC '22 (arXiv 2202.05947).

use super::policy::Policy;
use super::{Feedback, Problem};
use crate::numerics::exp;
use ndarray::Array2;

/// Settings of the rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QLearningSpec {
    /// Step `α` towards what has just been learned, in (0, 1].
    pub learning_rate: f64,
    /// Probability `ε_0` of exploring in the first epoch.
    pub exploration: f64,
    /// Rate `β` at which it falls, per epoch.
    pub exploration_decay: f64,
    /// Weight `δ` of the next state's value, in [0, 1).
    pub discount: f64,
    /// Epochs of everybody's offers that the state holds: 0, 1 or 2.
    pub memory: u32,
    /// Which values an epoch updates.
    pub updates: Updates,
    /// Values at the start.
    pub initial: Initial,
}

/// Which values an epoch updates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Updates {
    /// That of the setting played.
    Asynchronous,
    /// Those of all settings, each with what it would have earned.
    Counterfactual,
}

/// Values at the start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Initial {
    /// What a setting earns for ever against rivals who play uniformly: `Σ_{a_−i} π_i(a, a_−i) / ((1 − δ)·Π_j m_j)`.
    RivalRandom,
    /// The highest payoff of the game for ever, plus up to one per cent by lot, so that every setting gets tried.
    Optimistic,
    /// Nothing.
    Zero,
    /// This value, in ETH.
    Value(f64),
    /// Each by lot, uniform between two values in ETH.
    Uniform(f64, f64),
}

/// Values, and what they make the agent do.
///
/// Without memory the states are bins of a private value that is drawn afresh in each epoch, so that the next state's
/// value is taken in expectation over them: `V = Σ_b P(b)·max_a Q(b, a)`. In a batch every round is one step. Settings
/// are those of the menu: abstaining is not tried. What is measured is the greedy policy.
#[derive(Clone, Debug)]
pub struct QLearning {
    spec: QLearningSpec,
    likelihood: Vec<f64>,
    value: Array2<f64>,
    greedy: Vec<usize>,
    exploration: f64,
    /// `e^{−β}`.
    decay: f64,
}

impl QLearning {
    /// Starts from the values that the problem brings, or else from those of the specification.
    pub fn new(problem: &Problem, spec: QLearningSpec) -> Self {
        let shape = (problem.states(), problem.settings);
        let given = if let Initial::Value(value) = spec.initial { value } else { 0.0 };
        let value = problem.initial.clone().unwrap_or_else(|| Array2::from_elem(shape, given));
        let mut learner = QLearning {
            spec,
            likelihood: problem.likelihood.clone(),
            value,
            greedy: vec![1; shape.0],
            exploration: spec.exploration,
            decay: exp(-spec.exploration_decay),
        };
        for state in 0..shape.0 {
            learner.greedy[state] = learner.best(state);
        }
        learner
    }

    /// Starts with the most likely setting of each state above all others.
    pub(super) fn begin(&mut self, start: &Policy) {
        for state in 0..self.greedy.len() {
            let (mode, best) = (start.mode(state), self.value[(state, self.best(state))]);
            // Abstaining is not among the settings.
            if mode > 0 {
                self.value[(state, mode)] = best + 1e-9 * best.abs().max(f64::MIN_POSITIVE * 1e12);
                self.greedy[state] = self.best(state);
            }
        }
    }

    /// The setting of highest value, the lowest where several are.
    fn best(&self, state: usize) -> usize {
        let row = self.value.row(state);
        (2..row.len()).fold(1, |best, a| if row[a] > row[best] { a } else { best })
    }

    /// The setting of highest value in a state.
    #[inline]
    pub fn greedy(&self, state: usize) -> usize {
        self.greedy[state]
    }

    /// The setting played at uniform draw `u`: below `ε` one by lot, above the greedy one.
    #[inline]
    pub fn choose(&self, state: usize, u: f64) -> usize {
        if u < self.exploration {
            let settings = self.value.ncols() - 1;
            1 + ((u / self.exploration * settings as f64) as usize).min(settings - 1)
        } else {
            self.greedy[state]
        }
    }

    /// Expected payoff of present play, exploration included.
    pub fn expected(&self, state: usize, payoffs: &[f64]) -> f64 {
        let settings = (payoffs.len() - 1) as f64;
        let explored = payoffs[1..].iter().sum::<f64>() / settings;
        self.exploration * explored + (1.0 - self.exploration) * payoffs[self.greedy[state]]
    }

    /// The greedy policy.
    pub fn settled(&self) -> Policy {
        let mut policy = Policy::uniform(self.value.nrows(), self.value.ncols());
        let mut row = vec![0.0; self.value.ncols()];
        for (state, &best) in self.greedy.iter().enumerate() {
            row.fill(0.0);
            row[best] = 1.0;
            policy.set(state, &row);
        }
        policy
    }

    /// `δ·V`: what the next state is worth now.
    fn later(&self) -> f64 {
        let best = |(state, p): (usize, &f64)| p * self.value[(state, self.greedy[state])];
        self.spec.discount * self.likelihood.iter().enumerate().map(best).sum::<f64>()
    }

    /// Moves `Q(state, setting)` towards `target`, and keeps track of the best setting.
    fn step(&mut self, state: usize, setting: usize, target: f64) {
        let value = &mut self.value[(state, setting)];
        *value += self.spec.learning_rate * (target - *value);
        let (value, best) = (*value, self.greedy[state]);
        if setting == best {
            self.greedy[state] = self.best(state);
        } else {
            let top = self.value[(state, best)];
            if value > top || (value == top && setting < best) {
                self.greedy[state] = setting;
            }
        }
    }

    /// Updates values with the batch, and explores less from now on.
    pub fn learn(&mut self, feedback: &Feedback) {
        match self.spec.updates {
            Updates::Asynchronous => {
                for taken in feedback.taken.iter().filter(|taken| taken.setting > 0) {
                    let target = taken.payoff + self.later();
                    self.step(taken.state, taken.setting, target);
                }
            }
            Updates::Counterfactual => {
                let later = self.later();
                for (state, &count) in feedback.count.iter().enumerate() {
                    if count > 0.0 {
                        let step = self.spec.learning_rate;
                        let row = self.value.row_mut(state).into_iter().zip(feedback.payoff.row(state));
                        for (value, &sum) in row.skip(1) {
                            *value += step * (sum / count + later - *value);
                        }
                        self.greedy[state] = self.best(state);
                    }
                }
            }
        }
        self.exploration *= self.decay;
    }
}

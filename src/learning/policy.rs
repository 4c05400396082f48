//! A policy: for each state a distribution over settings, with the cumulative sums that sampling needs.

use ndarray::Array2;

/// State → distribution over settings. Column 0 abstains.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    probability: Array2<f64>,
    cumulative: Array2<f64>,
}

impl Policy {
    /// Uniform over all settings but abstaining.
    pub fn uniform(states: usize, settings: usize) -> Self {
        let mut policy = Policy {
            probability: Array2::zeros((states, settings)),
            cumulative: Array2::zeros((states, settings)),
        };
        let mut row = vec![1.0; settings];
        row[0] = 0.0;
        for state in 0..states {
            policy.set(state, &row);
        }
        policy
    }

    /// Uniform over all settings, abstaining among them.
    pub fn even(states: usize, settings: usize) -> Self {
        let mut policy = Policy::uniform(states, settings);
        let row = vec![1.0; settings];
        for state in 0..states {
            policy.set(state, &row);
        }
        policy
    }

    /// One setting with certainty in every state.
    pub fn pure(states: usize, settings: usize, setting: usize) -> Self {
        let mut policy = Policy::uniform(states, settings);
        let mut row = vec![0.0; settings];
        row[setting] = 1.0;
        for state in 0..states {
            policy.set(state, &row);
        }
        policy
    }

    /// Replaces the distribution in one state by one proportional to `weights`, whose sum must be positive.
    pub fn set(&mut self, state: usize, weights: &[f64]) {
        let total: f64 = weights.iter().sum();
        let mut sum = 0.0;
        for (setting, &weight) in weights.iter().enumerate() {
            sum += weight;
            self.probability[(state, setting)] = weight / total;
            self.cumulative[(state, setting)] = sum / total;
        }
    }

    /// Number of states.
    pub fn states(&self) -> usize {
        self.probability.nrows()
    }

    /// Number of settings, abstaining included.
    pub fn settings(&self) -> usize {
        self.probability.ncols()
    }

    /// The distribution in one state.
    #[inline]
    pub fn row(&self, state: usize) -> &[f64] {
        let settings = self.settings();
        &self.probability.as_slice().expect("standard layout")[state * settings..(state + 1) * settings]
    }

    /// Expected payoff in one state.
    #[inline]
    pub fn expected(&self, state: usize, payoffs: &[f64]) -> f64 {
        payoffs.iter().zip(self.row(state)).map(|(payoff, probability)| payoff * probability).sum()
    }

    /// The setting at uniform draw `u`, by inverse transform.
    #[inline]
    pub fn sample(&self, state: usize, u: f64) -> usize {
        let settings = self.settings();
        let row =
            &self.cumulative.as_slice().expect("standard layout")[state * settings..(state + 1) * settings];
        let at = row.partition_point(|&sum| sum <= u);
        if at < settings { at } else { self.mode(state) }
    }

    /// The most probable setting in one state, the lowest where several are.
    pub fn mode(&self, state: usize) -> usize {
        let row = self.row(state);
        (0..row.len()).fold(0, |best, i| if row[i] > row[best] { i } else { best })
    }

    /// Mean over states of the total-variation distance to another policy of the same shape.
    pub fn distance(&self, other: &Policy) -> f64 {
        let sum: f64 = self.probability.iter().zip(&other.probability).map(|(a, b)| (a - b).abs()).sum();
        0.5 * sum / self.states() as f64
    }
}

/// Probability below which a setting does not belong to a settled policy.
const REMNANT: f64 = 1e-4;

/// A weighted running average of policies.
#[derive(Clone, Debug)]
pub struct Average {
    sum: Array2<f64>,
    weight: Vec<f64>,
}

impl Average {
    /// Of policies with this shape.
    pub fn new(states: usize, settings: usize) -> Self {
        Average { sum: Array2::zeros((states, settings)), weight: vec![0.0; states] }
    }

    /// Adds the present play of one state.
    pub fn add(&mut self, state: usize, row: &[f64], weight: f64) {
        self.weight[state] += weight;
        for (sum, &p) in self.sum.row_mut(state).iter_mut().zip(row) {
            *sum += weight * p;
        }
    }

    /// The average, or `fallback` in states that never came up. Settings played less than once in ten thousand times
    /// are left out: they are remnants of the first steps.
    pub fn policy(&self, fallback: &Policy) -> Policy {
        let mut policy = fallback.clone();
        for state in 0..fallback.states() {
            let least = REMNANT * self.weight[state];
            if least > 0.0 {
                let kept = |&sum: &f64| if sum < least { 0.0 } else { sum };
                let row: Vec<f64> = self.sum.row(state).iter().map(kept).collect();
                policy.set(state, &row);
            }
        }
        policy
    }
}

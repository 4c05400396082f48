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
}

//! How a learner chooses: rules that map experience to a distribution over the settings of a lever, one rule per file.
//!
//! A learner keeps a table with one row for each state (a bin of private value) and one column for each setting; column
//! 0 always abstains. A full-information learner is told, for each state that came up, the mean payoff that *each*
//! setting would have earned, rivals of the same stage held fixed and later movers reacting; a bandit learner is told only
//! what its own play earned ([`Feedback`]). No rule depends on the unit of money: doubling all of it changes no policy.
//!
//! | rule | told | learns by |
//! |---|---|---|
//! | [`hedge`] | every setting's payoff | exponential weights on average payoffs |
//! | [`regret_matching`] | every setting's payoff | playing in proportion to what one regrets |
//! | [`fictitious_play`] | every setting's payoff | the best response to the past |
//! | [`quantal_response`] | every setting's payoff | a logit response to the past |
//! | [`replicator`] | every setting's payoff | imitation in proportion to differences of payoffs |
//! | [`exp3`] | its own payoff | exponential weights on estimated losses |
//! | [`q_learning`] | its own payoff, or every setting's | values of settings, with exploration |

pub mod exp3;
pub mod fictitious_play;
pub mod hedge;
pub mod policy;
pub mod population;
pub mod q_learning;
pub mod quantal_response;
pub mod regret_matching;
pub mod replicator;
pub mod start;

use exp3::Exp3;
use fictitious_play::FictitiousPlay;
use hedge::Hedge;
use ndarray::Array2;
use policy::Policy;
use q_learning::{Initial, QLearning, QLearningSpec, Updates};
use quantal_response::{QuantalResponse, QuantalResponseSpec};
use regret_matching::RegretMatching;
use replicator::{Replicator, ReplicatorSpec};

/// Every rule by name, with one line about it.
pub const CATALOGUE: &[(&str, &str)] = &[
    ("hedge", "exponential weights on counterfactual payoffs (Freund and Schapire 1997)"),
    ("exp3", "exponential weights from one's own earnings alone, with implicit exploration (Neu 2015)"),
    ("regret_matching", "regret matching+ with averaging (Hart and Mas-Colell 2000; Tammelin 2014)"),
    (
        "q_learning",
        "tabular Q-learning with decaying exploration (Watkins and Dayan 1992; Calvano et al. 2020)",
    ),
    (
        "quantal_response",
        "smooth best response: logit quantal response equilibrium (McKelvey and Palfrey 1995)",
    ),
    ("fictitious_play", "best response to the empirical past (Brown 1951)"),
    ("replicator", "replicator dynamics by imitation (Taylor and Jonker 1978; Schlag 1998)"),
    ("scripted", "plays an offer, a formula or a policy as given"),
];

/// What a batch of play tells a class of agents, in ETH. A state is told of as a whole, with what every setting would have
/// earned in it, and each agent-round with what its play earned.
#[derive(Clone, Debug)]
pub struct Feedback {
    /// Sums of counterfactual payoffs over the agent-rounds in which the state came up, shape (states, settings).
    pub payoff: Array2<f64>,
    /// Agent-rounds in each state, each state of an agent-round weighted by its probability.
    pub count: Vec<f64>,
    /// What was played and earned, agent-round by agent-round.
    pub taken: Vec<Taken>,
}

/// What one agent played in one round, and earned with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Taken {
    /// Its state.
    pub state: usize,
    /// Column of the setting.
    pub setting: usize,
    /// Payoff, in ETH.
    pub payoff: f64,
}

impl Feedback {
    /// An empty batch.
    pub fn new(states: usize, settings: usize) -> Self {
        Feedback { payoff: Array2::zeros((states, settings)), count: vec![0.0; states], taken: Vec::new() }
    }

    /// Forgets the batch.
    pub fn clear(&mut self) {
        self.payoff.fill(0.0);
        self.count.fill(0.0);
        self.taken.clear();
    }

    /// Adds one agent-round, or the part `weight` of one.
    #[inline]
    pub fn add(&mut self, state: usize, weight: f64, payoffs: &[f64]) {
        self.count[state] += weight;
        let row = self.payoff.row_mut(state).into_slice().expect("rows are contiguous");
        for (sum, &payoff) in row.iter_mut().zip(payoffs) {
            *sum += weight * payoff;
        }
    }
}

/// What a learner knows of its task before it starts.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Probability of each state.
    pub likelihood: Vec<f64>,
    /// Number of settings, abstaining included.
    pub settings: usize,
    /// Values to start from, for rules that want some: shape (states, settings), in ETH.
    pub initial: Option<Array2<f64>>,
}

impl Problem {
    /// `states` equally likely states and no values to start from.
    pub fn new(states: usize, settings: usize) -> Self {
        Problem { likelihood: vec![1.0 / states as f64; states], settings, initial: None }
    }

    /// Number of states.
    pub fn states(&self) -> usize {
        self.likelihood.len()
    }
}

/// The column of the highest payoff: the lowest offer among equals, and abstaining only where all else is worse.
pub fn greedy(payoffs: impl Iterator<Item = f64>) -> usize {
    let (mut best, mut most) = (0, f64::NEG_INFINITY);
    for (a, payoff) in payoffs.enumerate() {
        if payoff > most || (best == 0 && payoff == most) {
            (best, most) = (a, payoff);
        }
    }
    best
}

/// Which rule an agent learns by, with its settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LearnerSpec {
    /// Exponential weights.
    Hedge {
        /// Learning rate at the first update; it falls with the square root of time.
        learning_rate: f64,
    },
    /// Exponential weights from bandit feedback.
    Exp3,
    /// Regret matching+ with linear averaging.
    RegretMatching,
    /// Tabular Q-learning.
    QLearning(QLearningSpec),
    /// Smooth best response.
    QuantalResponse(QuantalResponseSpec),
    /// Best response to the past.
    FictitiousPlay,
    /// Replicator dynamics.
    Replicator(ReplicatorSpec),
    /// Plays one setting always.
    Scripted {
        /// Its column.
        column: usize,
    },
}

impl LearnerSpec {
    /// Whether play changes with experience.
    pub fn learns(&self) -> bool {
        !matches!(self, LearnerSpec::Scripted { .. })
    }

    /// Whether what is measured is the policy of the last epoch, and no average over time.
    pub fn ends_with_last_iterate(&self) -> bool {
        matches!(self, LearnerSpec::QLearning(_) | LearnerSpec::QuantalResponse(_))
    }

    /// Whether the rule learns from what was played and earned alone.
    pub fn is_bandit(&self) -> bool {
        match self {
            LearnerSpec::Exp3 => true,
            LearnerSpec::QLearning(spec) => spec.updates == Updates::Asynchronous,
            _ => false,
        }
    }

    /// The values that the rule wants to start from, where they depend on the game: which, and the weight `δ` of the future.
    pub fn wants_values(&self) -> Option<(Initial, f64)> {
        match self {
            LearnerSpec::QLearning(spec) => match spec.initial {
                Initial::RivalRandom | Initial::Optimistic | Initial::Uniform(..) => {
                    Some((spec.initial, spec.discount))
                }
                Initial::Zero | Initial::Value(_) => None,
            },
            _ => None,
        }
    }
}

/// A learner at work: a tagged enum, so that the loop is static.
#[derive(Clone, Debug)]
pub enum Learner {
    /// Exponential weights.
    Hedge(Hedge),
    /// Exponential weights from bandit feedback.
    Exp3(Exp3),
    /// Regret matching+.
    RegretMatching(RegretMatching),
    /// Q-learning.
    QLearning(QLearning),
    /// Smooth best response.
    QuantalResponse(QuantalResponse),
    /// Best response to the past.
    FictitiousPlay(FictitiousPlay),
    /// Replicator dynamics.
    Replicator(Replicator),
    /// A fixed policy.
    Fixed(Policy),
}

impl Learner {
    /// A learner for this task.
    pub fn new(spec: LearnerSpec, problem: &Problem) -> Self {
        match spec {
            LearnerSpec::Hedge { learning_rate } => Learner::Hedge(Hedge::new(problem, learning_rate)),
            LearnerSpec::Exp3 => Learner::Exp3(Exp3::new(problem)),
            LearnerSpec::RegretMatching => Learner::RegretMatching(RegretMatching::new(problem)),
            LearnerSpec::QLearning(spec) => Learner::QLearning(QLearning::new(problem, spec)),
            LearnerSpec::QuantalResponse(spec) => {
                Learner::QuantalResponse(QuantalResponse::new(problem, spec))
            }
            LearnerSpec::FictitiousPlay => Learner::FictitiousPlay(FictitiousPlay::new(problem)),
            LearnerSpec::Replicator(spec) => Learner::Replicator(Replicator::new(problem, spec)),
            LearnerSpec::Scripted { column } => {
                Learner::Fixed(Policy::pure(problem.states(), problem.settings, column))
            }
        }
    }

    /// The distribution from which the learner plays now, but for a Q-learner, which explores besides.
    pub fn policy(&self) -> Option<&Policy> {
        match self {
            Learner::Hedge(learner) => Some(learner.policy()),
            Learner::Exp3(learner) => Some(learner.policy()),
            Learner::RegretMatching(learner) => Some(learner.policy()),
            Learner::QLearning(_) => None,
            Learner::QuantalResponse(learner) => Some(learner.policy()),
            Learner::FictitiousPlay(learner) => Some(learner.policy()),
            Learner::Replicator(learner) => Some(learner.policy()),
            Learner::Fixed(policy) => Some(policy),
        }
    }

    /// The setting that the learner plays in a state, at uniform draw `u`.
    #[inline]
    pub fn choose(&self, state: usize, u: f64) -> usize {
        match (self, self.policy()) {
            (Learner::QLearning(learner), _) => learner.choose(state, u),
            (_, policy) => policy.map_or(0, |policy| policy.sample(state, u)),
        }
    }

    /// Expected payoff of present play in a state.
    #[inline]
    pub fn expected(&self, state: usize, payoffs: &[f64]) -> f64 {
        match (self, self.policy()) {
            (Learner::QLearning(learner), _) => learner.expected(state, payoffs),
            (_, policy) => policy.map_or(0.0, |policy| policy.expected(state, payoffs)),
        }
    }

    /// The setting that the learner thinks best in a state: the one of highest value, or else the one most likely to be
    /// played.
    #[inline]
    pub fn greedy(&self, state: usize) -> usize {
        match (self, self.policy()) {
            (Learner::QLearning(learner), _) => learner.greedy(state),
            (_, policy) => policy.map_or(0, |policy| policy.mode(state)),
        }
    }

    /// Learns from a batch.
    pub fn learn(&mut self, feedback: &Feedback) {
        match self {
            Learner::Hedge(learner) => learner.learn(feedback),
            Learner::Exp3(learner) => learner.learn(feedback),
            Learner::RegretMatching(learner) => learner.learn(feedback),
            Learner::QLearning(learner) => learner.learn(feedback),
            Learner::QuantalResponse(learner) => learner.learn(feedback),
            Learner::FictitiousPlay(learner) => learner.learn(feedback),
            Learner::Replicator(learner) => learner.learn(feedback),
            Learner::Fixed(_) => {}
        }
    }

    /// The policy played now; that of rules which explore, without exploration.
    pub fn current(&self) -> Policy {
        self.policy().cloned().unwrap_or_else(|| self.settled())
    }

    /// The policy to be measured: what the learner settled on.
    pub fn settled(&self) -> Policy {
        match self {
            Learner::Hedge(learner) => learner.settled(),
            Learner::Exp3(learner) => learner.settled(),
            Learner::RegretMatching(learner) => learner.settled(),
            Learner::QLearning(learner) => learner.settled(),
            Learner::QuantalResponse(learner) => learner.policy().clone(),
            Learner::FictitiousPlay(learner) => learner.settled(),
            Learner::Replicator(learner) => learner.settled(),
            Learner::Fixed(policy) => policy.clone(),
        }
    }
}

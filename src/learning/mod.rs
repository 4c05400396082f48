//! How a learner chooses: rules that map experience to a distribution over the settings of a lever.
//!
//! A learner keeps a table with one row for each state (a bin of private value) and one column for each setting; column
//! 0 always abstains. A full-information learner is told, for each state that came up, the mean payoff that *each*
//! setting would have earned ([`Feedback`]), rivals of the same stage held fixed and later movers reacting. Every rule
//! is invariant to the scale of payoffs, so that doubling all money changes no policy.

pub mod hedge;
pub mod policy;
pub mod population;
pub mod q_learning;
pub mod regret_matching;

use hedge::Hedge;
use ndarray::Array2;
use policy::Policy;
use regret_matching::RegretMatching;

/// What a batch of play tells a class of agents: for each state and setting, the sum of counterfactual payoffs over the
/// agent-rounds in which that state came up. Shape (states, settings), in ETH.
#[derive(Clone, Debug)]
pub struct Feedback {
    /// Sums of payoffs, shape (states, settings).
    pub payoff: Array2<f64>,
    /// Agent-rounds in each state, each state of an agent-round weighted by its probability.
    pub count: Vec<f64>,
}

impl Feedback {
    /// An empty batch.
    pub fn new(states: usize, settings: usize) -> Self {
        Feedback { payoff: Array2::zeros((states, settings)), count: vec![0.0; states] }
    }

    /// Forgets the batch.
    pub fn clear(&mut self) {
        self.payoff.fill(0.0);
        self.count.fill(0.0);
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

/// Which rule an agent learns by, with its settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LearnerSpec {
    /// Exponential weights.
    Hedge {
        /// Learning rate at the first update; it falls with the square root of time.
        learning_rate: f64,
    },
    /// Regret matching+ with linear averaging.
    RegretMatching,
    /// Plays one setting always.
    Scripted {
        /// The offer: a multiple of the agent's own net value, or ETH, as the menu says; `None` abstains.
        offer: Option<f64>,
    },
}

impl LearnerSpec {
    /// Whether play changes with experience.
    pub fn learns(&self) -> bool {
        !matches!(self, LearnerSpec::Scripted { .. })
    }
}

/// A learner at work: a tagged enum, so that the loop is static.
#[derive(Clone, Debug)]
pub enum Learner {
    /// Exponential weights.
    Hedge(Hedge),
    /// Regret matching+.
    RegretMatching(RegretMatching),
    /// A fixed policy.
    Fixed(Policy),
}

impl Learner {
    /// A learner for `states` states and `settings` settings (abstaining included) that starts from uniform play over
    /// all settings but abstaining.
    pub fn new(spec: LearnerSpec, states: usize, settings: usize) -> Self {
        match spec {
            LearnerSpec::Hedge { learning_rate } => {
                Learner::Hedge(Hedge::new(states, settings, learning_rate))
            }
            LearnerSpec::RegretMatching => Learner::RegretMatching(RegretMatching::new(states, settings)),
            LearnerSpec::Scripted { offer } => {
                Learner::Fixed(Policy::pure(states, settings, usize::from(offer.is_some())))
            }
        }
    }

    /// The policy that the learner plays now.
    pub fn policy(&self) -> &Policy {
        match self {
            Learner::Hedge(hedge) => hedge.policy(),
            Learner::RegretMatching(matching) => matching.policy(),
            Learner::Fixed(policy) => policy,
        }
    }

    /// Learns from a batch.
    pub fn learn(&mut self, feedback: &Feedback) {
        match self {
            Learner::Hedge(hedge) => hedge.learn(feedback),
            Learner::RegretMatching(matching) => matching.learn(feedback),
            Learner::Fixed(_) => {}
        }
    }

    /// The policy to be measured: what the learner settled on.
    pub fn settled(&self) -> Policy {
        match self {
            Learner::Hedge(hedge) => hedge.settled(),
            Learner::RegretMatching(matching) => matching.settled(),
            Learner::Fixed(policy) => policy.clone(),
        }
    }
}

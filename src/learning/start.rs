//! Learning that starts from a policy learned earlier.
//!
//! | rule | what the start is to it |
//! |---|---|
//! | scripted | what it plays, for good |
//! | hedge | [`EXPERIENCE`] batches of payoffs after which it plays so |
//! | regret matching+ | regrets in proportion to it, as large as after [`EXPERIENCE`] batches: `p_a·√EXPERIENCE·range` |
//! | exp3 | prior weights: `p_a ∝ start_a·e^{−η·loss_a}` |
//! | replicator | the population's first shares |
//! | Q-learning | in each state, the most likely setting begins with the highest value (exploration is as the file says) |
//! | fictitious play, quantal response | how it plays until it has seen a first batch |
//!
//! Rules that multiply would never find again what the start leaves out: to them every setting has at least [`LEAST`].

use super::Learner;
use super::policy::Policy;

/// Batches that a start is worth.
pub const EXPERIENCE: f64 = 100.0;

/// Least probability of a setting in a start.
pub const LEAST: f64 = 1e-6;

/// Where learning begins, kept until a rule knows the range of payoffs.
#[derive(Clone, Debug)]
pub struct Start(Policy);

impl Start {
    /// Probabilities in a state, each at least [`LEAST`].
    pub fn row(&self, state: usize) -> impl Iterator<Item = f64> {
        self.0.row(state).iter().map(|&p| p.max(LEAST))
    }
}

impl Learner {
    /// Starts from this policy.
    pub fn begin(&mut self, start: &Policy) {
        let kept = Start(start.clone());
        match self {
            Learner::Hedge(learner) => learner.begin(start, kept),
            Learner::Exp3(learner) => learner.begin(start, kept),
            Learner::RegretMatching(learner) => learner.begin(start, kept),
            Learner::QLearning(learner) => learner.begin(start),
            Learner::QuantalResponse(learner) => learner.begin(start),
            Learner::FictitiousPlay(learner) => learner.begin(start),
            Learner::Replicator(learner) => learner.begin(&kept),
            Learner::Fixed(policy) => policy.clone_from(start),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::q_learning::{Initial, QLearningSpec, Updates};
    use crate::learning::quantal_response::{PrecisionUnit, QuantalResponseSpec};
    use crate::learning::replicator::ReplicatorSpec;
    use crate::learning::{Feedback, LearnerSpec, Problem};

    const RULES: [LearnerSpec; 8] = [
        LearnerSpec::Hedge { learning_rate: 50.0 },
        LearnerSpec::Exp3,
        LearnerSpec::RegretMatching,
        LearnerSpec::QLearning(QLearningSpec {
            learning_rate: 0.1,
            exploration: 0.0,
            exploration_decay: 0.0,
            discount: 0.0,
            memory: 0,
            updates: Updates::Counterfactual,
            initial: Initial::Zero,
        }),
        LearnerSpec::QuantalResponse(QuantalResponseSpec { precision: 10.0, unit: PrecisionUnit::Range }),
        LearnerSpec::FictitiousPlay,
        LearnerSpec::Replicator(ReplicatorSpec { rate: 1.0, mutation: 0.001 }),
        LearnerSpec::Scripted { column: 0 },
    ];

    fn start() -> Policy {
        let mut start = Policy::pure(2, 4, 2);
        start.set(1, &[0.0, 0.25, 0.0, 0.75]);
        start
    }

    /// Every rule begins where it is told to.
    #[test]
    fn learning_begins_at_the_start() {
        for spec in RULES {
            let mut learner = Learner::new(spec, &Problem::new(2, 4));
            learner.begin(&start());
            assert_eq!((learner.greedy(0), learner.greedy(1)), (2, 3), "{spec:?}");
            assert_eq!(learner.choose(0, 0.5), 2, "{spec:?}");
            if !matches!(spec, LearnerSpec::QLearning(_)) {
                assert_eq!(learner.choose(1, 0.1), 1, "{spec:?}");
                assert!((learner.expected(1, &[0.0, 4.0, 0.0, 8.0]) - 7.0).abs() < 1e-4, "{spec:?}");
            }
        }
    }

    /// Where all settings earn alike, rules with a memory of the start stay near it; where another earns more, they leave.
    #[test]
    fn a_start_is_kept_while_it_is_good() {
        for spec in [RULES[0], RULES[2], RULES[6]] {
            let mut learner = Learner::new(spec, &Problem::new(2, 4));
            learner.begin(&start());
            let mut batch = Feedback::new(2, 4);
            batch.add(0, 1.0, &[0.0, 1.0, 1.0, 1.0]);
            batch.add(1, 1.0, &[0.0, 1.0, 1.0, 1.0]);
            learner.learn(&batch);
            let settled = learner.settled();
            assert!(settled.distance(&start()) < 0.02, "{spec:?}: {settled:?}");
            for _ in 0..2000 {
                batch.clear();
                batch.add(0, 1.0, &[0.0, 3.0, 1.0, 1.0]);
                learner.learn(&batch);
            }
            assert_eq!(learner.greedy(0), 1, "{spec:?}");
        }
    }
}

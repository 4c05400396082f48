//! An operator in office who may deviate: it gains at once, and if it is found out it loses its bond after a delay and its
//! office from the next epoch on.

use super::super::{Finding, Luck};
use crate::learning::{Feedback, Learner, LearnerSpec, Problem};
use crate::theory::deterrence::Temptation;

/// An office with a bond.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Office {
    /// Gain, detection, discounting, delay and rent.
    pub temptation: Temptation,
    /// The bond.
    pub bond: f64,
}

/// How often deviations were found out in so many trials.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detections {
    share: f64,
    trials: f64,
}

impl Office {
    /// Discounted rent of the epochs to come while in office, added up epoch by epoch until nothing is left.
    fn future(&self) -> f64 {
        let Temptation { discount, rent, .. } = self.temptation;
        if rent == 0.0 {
            return 0.0;
        }
        let (mut weight, mut sum) = (discount, 0.0);
        while weight > 1e-13 * (1.0 - discount) {
            sum += weight * rent;
            weight *= discount;
        }
        sum
    }

    /// Present value of the bond if it is lost.
    fn pledge(&self) -> f64 {
        let Temptation { discount, delay, .. } = self.temptation;
        (0..delay as u32).fold(self.bond, |value, _| value * discount)
    }

    /// Deviations that are found out among `trials`.
    pub fn detected(&self, luck: &mut Luck, trials: u32) -> Detections {
        let found = (0..trials).filter(|_| luck.uniform() < self.temptation.detection).count();
        Detections { share: found as f64 / f64::from(trials), trials: f64::from(trials) }
    }

    /// What a deviation gains over an honest epoch on average if a share `q` is found out.
    pub fn temptation_at(&self, q: f64) -> f64 {
        self.temptation.gain - q * (self.pledge() + self.future())
    }

    /// Whether an operator who sees the discounted returns of both choices comes to deviate.
    pub fn learns_to_deviate(&self, luck: &mut Luck) -> bool {
        let mut learner = Learner::new(LearnerSpec::Hedge { learning_rate: 5.0 }, &Problem::new(1, 3));
        let mut feedback = Feedback::new(1, 3);
        let (honest, pledge) = (self.future(), self.pledge());
        for _ in 0..400 {
            feedback.clear();
            for _ in 0..100 {
                let found = luck.uniform() < self.temptation.detection;
                let kept = if found { -pledge } else { honest };
                // Leaving office is no choice here: as good as being found out without gain.
                feedback.add(0, 1.0, &[-pledge, honest, self.temptation.gain + kept]);
            }
            learner.learn(&feedback);
        }
        learner.settled().mode(0) == 2
    }
}

impl Detections {
    /// The place between `low` and `high` at which `advantage(place, share found out)` falls through zero, with the
    /// standard error that follows from that of the share if its probability is `q`.
    pub fn threshold(&self, low: f64, high: f64, q: f64, advantage: impl Fn(f64, f64) -> f64) -> Finding {
        let at = |share: f64| {
            let (mut low, mut high) = (low, high);
            for _ in 0..80 {
                let place = f64::midpoint(low, high);
                if advantage(place, share) > 0.0 { low = place } else { high = place }
            }
            f64::midpoint(low, high)
        };
        let se = (q * (1.0 - q) / self.trials).sqrt();
        let slope = (at(q + se) - at(q - se)).abs() / 2.0;
        Finding { result: at(self.share), se: slope, tick: 0.0 }
    }
}

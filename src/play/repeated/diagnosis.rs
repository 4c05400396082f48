//! Whether what a session ended in is collusion: what deviating from it does, and whether it can be exploited.
//!
//! High profits alone prove nothing. Calvano et al. (2023) call them *genuine* collusion where they are held up by
//! strategies that make deviating unprofitable, and *spurious* where learners have merely failed to find what pays. So, from
//! every history of the limit cycle and for every learner `j`, the others' plans as they are:
//!
//! * **Forced deviation.** Once, `j` plays its best response of the stage game to what the others then play; from the
//!   next epoch on all follow their plans. With `V` the discounted payoff of following them, deviating changes it by
//!   `(V_dev − V)/|V|`; the part `δ·(V(s) − V(s_dev))/|V|` that it costs from the next epoch on is its *punishment*. Play
//!   that is back in its cycle after [`REACH`] epochs has *forgiven*. What everybody offers on the way, less what they
//!   would have offered, is the *impulse response*. Where play is a best response already nothing is forced.
//! * **Exploitation.** What the [discounted best response](super::best_response) gains per epoch, and what a fresh learner
//!   gains that is trained in the place of `j`.
//!
//! References: Calvano, Calzolari, Denicolò and Pastorello (2020), AER 110(10), section IV.B–C; the same (2023),
//! "Algorithmic collusion: genuine or spurious?", International Journal of Industrial Organization 90, 102973.

use super::best_response::Problem;
use super::plan::{History, Plan, limit_cycle, profile};
use super::session::{Part, Session, Stop, play};
use super::stage::Stage;
use crate::draws::Key;

/// Relative differences within it are owed to rounding.
pub const ROUNDING: f64 = 1e-9;

/// Epochs over which a deviation's consequences are shown, and after which play should be back.
pub const REACH: usize = 25;

/// What a session ended in.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnosis {
    /// The histories after which play repeats itself, in the order of play.
    pub cycle: Vec<History>,
    /// The profiles played after them.
    pub profiles: Vec<usize>,
    /// Mean payoff of each player on the cycle, in ETH per epoch.
    pub payoffs: Vec<f64>,
    /// What the discounted best response gains everyone who learns or follows a plan with memory, in ETH per epoch, mean over
    /// the cycle; with the player.
    pub best_response_gains: Vec<(usize, f64)>,
    /// The largest of these gains among those who learn; `None` where nobody does.
    pub learners_gain: Option<f64>,
    /// What deviating once does, where somebody could deviate.
    pub deviation: Option<Deviation>,
}

/// Means over learners and histories of the cycle from which there is something to deviate to.
#[derive(Clone, Debug, PartialEq)]
pub struct Deviation {
    /// Relative change of the deviator's discounted payoff.
    pub change: f64,
    /// Share of deviations that lower it.
    pub unprofitable: f64,
    /// Relative loss from the epoch after on.
    pub punishment: f64,
    /// Share after which play is back in its cycle after [`REACH`] epochs.
    pub forgiveness: f64,
    /// Change of the deviator's offer in the epochs −1, 0, …, [`REACH`]; the deviation is in epoch 0.
    pub deviator: Vec<f64>,
    /// Mean change of the others' offers.
    pub rivals: Vec<f64>,
}

/// Everybody who could play otherwise, with a discount factor: learners with their own, plans that stay as they are with that of
/// the most patient learner. Where nobody learns there is nobody.
fn judged(stage: &Stage, parts: &[Part]) -> Vec<(usize, f64)> {
    let patient = learners(parts).map(|(_, discount)| discount).reduce(f64::max);
    let discount = |j: usize| parts[j].learns().map(|spec| spec.discount).or(patient);
    (0..parts.len()).filter(|&j| stage.size(j) > 1).filter_map(|j| Some((j, discount(j)?))).collect()
}

/// The discount factors of those who learn.
fn learners(parts: &[Part]) -> impl Iterator<Item = (usize, f64)> {
    parts.iter().enumerate().filter_map(|(j, part)| Some((j, part.learns()?.discount)))
}

/// Looks into what a session ended in.
pub fn diagnose(stage: &Stage, parts: &[Part], session: &Session) -> Diagnosis {
    let plans = &session.plans;
    let cycle = limit_cycle(stage, plans, session.history);
    let profiles: Vec<usize> = cycle.iter().map(|h| profile(stage, plans, *h)).collect();
    let mean = |j: usize| profiles.iter().map(|&p| stage.payoff(p, j)).sum::<f64>() / cycle.len() as f64;
    let mut sums = Sums::default();
    let mut best_response_gains = Vec::new();
    let mut learners_gain = None;
    for (j, discount) in judged(stage, parts) {
        let problem = Problem::new(stage, plans, j, discount, &cycle);
        let own = problem.policy(&plans[j], stage.profiles());
        let values = problem.values(&own);
        let deviates = if parts[j].learns().is_some() { profiles.as_slice() } else { &[] };
        for (k, &played) in deviates.iter().enumerate() {
            let better = stage.best_response(played, j);
            let gains = stage.payoff(stage.with(played, j, better), j) - stage.payoff(played, j);
            if gains > ROUNDING * stage.payoff(played, j).abs() && values[k] != 0.0 {
                let size = values[k].abs();
                let change = (problem.worth(k, better, &values) - values[k]) / size;
                let lost = discount * (values[problem.next(k, own[k])] - values[problem.next(k, better)]);
                sums.add(change, lost / size);
                sums.follow(stage, plans, j, cycle[k], better, &cycle);
            }
        }
        let (_, best) = problem.best(own);
        let gain: f64 = (0..cycle.len()).map(|k| best[k] - values[k]).sum();
        let gain = (1.0 - discount) * gain / cycle.len() as f64;
        best_response_gains.push((j, gain));
        if parts[j].learns().is_some() {
            learners_gain = Some(learners_gain.map_or(gain, |most: f64| most.max(gain)));
        }
    }
    Diagnosis {
        payoffs: (0..stage.players()).map(mean).collect(),
        cycle,
        profiles,
        best_response_gains,
        learners_gain,
        deviation: sums.mean(),
    }
}

/// What a fresh learner gains per epoch over the incumbent that it replaces, others' plans as they are: mean over learners.
/// The draws of each are those of `key(j)`.
pub fn retrain(
    stage: &Stage,
    parts: &[Part],
    session: &Session,
    incumbent: &[f64],
    stop: Stop,
    key: impl Fn(usize) -> Key,
) -> Option<f64> {
    let mut gains = Vec::new();
    for (j, _) in learners(parts) {
        let frozen = |(plan, part): (&Plan, &Part)| Part::Plays(plan.clone(), part.who());
        let mut fresh: Vec<Part> = session.plans.iter().zip(parts).map(frozen).collect();
        fresh[j] = parts[j].afresh();
        let trained = play(stage, &fresh, stop, key(j));
        let cycle = limit_cycle(stage, &trained.plans, trained.history);
        let paid = |h: &History| stage.payoff(profile(stage, &trained.plans, *h), j);
        gains.push(cycle.iter().map(paid).sum::<f64>() / cycle.len() as f64 - incumbent[j]);
    }
    (!gains.is_empty()).then(|| gains.iter().sum::<f64>() / gains.len() as f64)
}

/// Sums over deviations.
#[derive(Default)]
struct Sums {
    count: f64,
    change: f64,
    unprofitable: f64,
    punishment: f64,
    forgiven: f64,
    deviator: Vec<f64>,
    rivals: Vec<f64>,
}

impl Sums {
    fn add(&mut self, change: f64, punishment: f64) {
        self.count += 1.0;
        self.change += change;
        self.punishment += punishment;
        self.unprofitable += f64::from(u8::from(change < -ROUNDING));
    }

    /// Follows play after `j` has deviated to `setting`, beside play without.
    fn follow(
        &mut self,
        stage: &Stage,
        plans: &[Plan],
        j: usize,
        start: History,
        setting: usize,
        cycle: &[History],
    ) {
        self.deviator.resize(REACH + 2, 0.0);
        self.rivals.resize(REACH + 2, 0.0);
        let others = (stage.players() - 1).max(1) as f64;
        let (mut after, mut without) = (start, start);
        for t in 0..=REACH {
            let usual = profile(stage, plans, without);
            let mut played = profile(stage, plans, after);
            if t == 0 {
                played = stage.with(played, j, setting);
            }
            for l in 0..stage.players() {
                let change = stage.offer(played, l) - stage.offer(usual, l);
                if l == j {
                    self.deviator[t + 1] += change;
                } else {
                    self.rivals[t + 1] += change / others;
                }
            }
            after = after.then(played);
            without = without.then(usual);
        }
        let memory = plans.iter().map(|plan| plan.memory).max().unwrap_or(0);
        let row = |h: &History| h.row(memory, stage.profiles());
        self.forgiven += f64::from(u8::from(cycle.iter().any(|h| row(h) == row(&after))));
    }

    fn mean(self) -> Option<Deviation> {
        let n = self.count;
        let each = |sums: Vec<f64>| sums.into_iter().map(|sum| sum / n).collect();
        (n > 0.0).then(|| Deviation {
            change: self.change / n,
            unprofitable: self.unprofitable / n,
            punishment: self.punishment / n,
            forgiveness: self.forgiven / n,
            deviator: each(self.deviator),
            rivals: each(self.rivals),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::Who;
    use crate::learning::q_learning::{Initial, QLearningSpec, Updates};

    /// A prisoner's dilemma: 0 cooperates, 1 defects.
    fn dilemma() -> Stage {
        Stage::new(vec![vec![0.0, 1.0]; 2], |a, out| {
            let table = [[3.0, 0.0], [5.0, 1.0]];
            out.copy_from_slice(&[table[a[0]][a[1]], table[a[1]][a[0]]]);
        })
        .unwrap()
    }

    fn parts(discount: f64) -> Vec<Part> {
        let spec = QLearningSpec {
            learning_rate: 0.1,
            exploration: 1.0,
            exploration_decay: 1e-3,
            discount,
            memory: 1,
            updates: Updates::Asynchronous,
            initial: Initial::RivalRandom,
        };
        (0..2).map(|j| Part::Learns(spec, Who::member("prisoner", j))).collect()
    }

    fn ended(plans: Vec<Plan>) -> Session {
        Session { plans, epochs: 1, changed: 0, converged: true, history: History { before: 0, last: 0 } }
    }

    /// Cooperates unless just one of the two defected in the last epoch ("win-stay, lose-shift", Nowak and Sigmund 1993).
    fn pavlov() -> Plan {
        Plan { memory: 1, settings: vec![0, 1, 1, 0] }
    }

    /// After a defection under win–stay, lose–shift both defect once and then cooperate again.
    #[test]
    fn a_punishment_that_ends() {
        let discount = 0.8;
        let d = diagnose(&dilemma(), &parts(discount), &ended(vec![pavlov(), pavlov()]));
        assert_eq!((d.cycle.len(), d.payoffs.clone()), (1, vec![3.0, 3.0]));
        let deviation = d.deviation.unwrap();
        let value = 3.0 / (1.0 - discount);
        // 5 instead of 3 today, 1 instead of 3 tomorrow.
        assert!((deviation.change - (2.0 - discount * 2.0) / value).abs() < 1e-12);
        assert!((deviation.punishment - discount * 2.0 / value).abs() < 1e-12);
        assert_eq!((deviation.unprofitable, deviation.forgiveness), (0.0, 1.0));
        assert_eq!(deviation.deviator[..5], [0.0, 1.0, 1.0, 0.0, 0.0]);
        assert_eq!(deviation.rivals[..5], [0.0, 0.0, 1.0, 0.0, 0.0]);
        // Exploited: to defect for ever, then the rival turns from cooperation to defection and back, is worth
        // (5 + δ)/(1 − δ²) against 3/(1 − δ).
        let gain = (5.0 + discount) / (1.0 - discount * discount) - value;
        for (_, found) in d.best_response_gains {
            assert!((found - (1.0 - discount) * gain).abs() < 1e-12, "{found}");
        }
    }

    /// Grim trigger never forgives, and a patient learner cannot exploit it.
    #[test]
    fn a_punishment_that_does_not_end() {
        let grim = Plan { memory: 1, settings: vec![0, 1, 1, 1] };
        let d = diagnose(&dilemma(), &parts(0.9), &ended(vec![grim.clone(), grim]));
        let deviation = d.deviation.unwrap();
        assert_eq!((deviation.unprofitable, deviation.forgiveness), (1.0, 0.0));
        assert!(d.best_response_gains.iter().all(|(_, gain)| gain.abs() < 1e-12));
        // Mutual defection for ever: nothing to deviate to.
        let d = diagnose(&dilemma(), &parts(0.9), &ended(vec![Plan::constant(1), Plan::constant(1)]));
        assert_eq!(d.deviation, None);
    }

    /// A plan that stays as it is is judged like the learner beside it, though nobody forces it to deviate.
    #[test]
    fn plans_beside_a_learner_are_judged() {
        let mut parts = parts(0.9);
        parts[1] = Part::Plays(Plan::constant(0), Who::member("prisoner", 1));
        let d = diagnose(&dilemma(), &parts, &ended(vec![Plan::constant(1), Plan::constant(0)]));
        // The learner defects and earns 5; its rival earns 0 where defecting, too, would earn it 1.
        assert_eq!(d.best_response_gains.len(), 2);
        assert!(d.best_response_gains[0].1.abs() < 1e-12);
        assert!((d.best_response_gains[1].1 - 1.0).abs() < 1e-12, "{:?}", d.best_response_gains);
    }

    /// Unconditional cooperation is spurious: a fresh learner finds that defecting pays 2 more.
    #[test]
    fn a_fresh_learner_exploits_unconditional_cooperation() {
        let (stage, parts) = (dilemma(), parts(0.9));
        let naive = ended(vec![Plan::constant(0), Plan::constant(0)]);
        let d = diagnose(&stage, &parts, &naive);
        assert_eq!(d.best_response_gains.len(), 2);
        assert!(d.best_response_gains.iter().all(|(_, gain)| (gain - 2.0).abs() < 1e-12));
        let stop = Stop { stable_epochs: 2_000, max_epochs: 50_000 };
        let gain = retrain(&stage, &parts, &naive, &d.payoffs, stop, |j| Key::new(4, 4, j as u32)).unwrap();
        assert!((gain - 2.0).abs() < 1e-12, "{gain}");
    }
}

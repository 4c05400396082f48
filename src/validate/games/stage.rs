//! One-shot games in which every player picks a number from a menu, learned with the laboratory's own learners.
//!
//! Each round everybody draws a setting from its policy; each player is told what every setting would have earned against
//! the rivals' draws; and each learner is updated on a batch of rounds. What is measured is the settled policy, played
//! on fresh draws.

use super::super::menus::{Expectation, findings, with_halving};
use super::super::{Draws, Finding, Luck, Standard, Study};
use crate::draws::Purpose;
use crate::learning::policy::Policy;
use crate::learning::{Feedback, Learner, LearnerSpec, Problem};
use crate::measure::statistics::Moments;

/// A one-shot game.
pub trait Stage: Send + Sync + 'static {
    /// Class of each player; members of a class are alike and share a policy. Classes count from 0.
    fn classes(&self) -> Vec<usize>;

    /// Payoffs of player `player` for each of `settings`, against the actions of all players (its own does not count).
    fn payoffs(&self, player: usize, actions: &[f64], luck: &mut Luck, settings: &[f64], out: &mut [f64]);

    /// What a profile of actions brings: the numbers that theory knows.
    fn outcome(&self, actions: &[f64]) -> Vec<f64>;
}

/// How to learn a stage game.
#[derive(Clone, Copy, Debug)]
pub struct Lesson {
    /// The highest setting; the lowest is 0.
    pub highest: f64,
    /// Settings of the coarser menu.
    pub points: usize,
    /// Batches.
    pub batches: u32,
    /// Rounds of a batch.
    pub rounds: u32,
    /// Learning rule.
    pub learner: LearnerSpec,
}

impl Lesson {
    /// A usual length of learning with Hedge on 41 settings up to `highest`.
    pub fn up_to(highest: f64) -> Self {
        let learner = LearnerSpec::Hedge { learning_rate: 20.0 };
        Lesson { highest, points: 41, batches: 1500, rounds: 4, learner }
    }

    /// The menu with so many settings.
    pub fn menu(&self, points: usize) -> Vec<f64> {
        (0..points).map(|i| self.highest * i as f64 / (points - 1) as f64).collect()
    }
}

/// Learns a stage game; one policy for each class, over the menu (setting `a` in column `a + 1`).
pub fn learn(stage: &impl Stage, lesson: &Lesson, menu: &[f64], luck: &mut Luck) -> Vec<Policy> {
    let classes = stage.classes();
    let count = classes.iter().max().map_or(0, |most| most + 1);
    let columns = menu.len() + 1;
    let problem = Problem::new(1, columns);
    let mut learners: Vec<Learner> = (0..count).map(|_| Learner::new(lesson.learner, &problem)).collect();
    let mut feedback: Vec<Feedback> = (0..count).map(|_| Feedback::new(1, columns)).collect();
    let mut actions = vec![0.0; classes.len()];
    // Column 0 abstains, which is the least setting here: staking or bidding nothing.
    let mut payoffs = vec![0.0; columns];
    for _ in 0..lesson.batches {
        feedback.iter_mut().for_each(Feedback::clear);
        for _ in 0..lesson.rounds {
            draw(&classes, |class, u| learners[class].choose(0, u), menu, luck, &mut actions);
            for (player, &class) in classes.iter().enumerate() {
                stage.payoffs(player, &actions, luck, menu, &mut payoffs[1..]);
                payoffs[0] = payoffs[1];
                feedback[class].add(0, 1.0, &payoffs);
            }
        }
        for (learner, feedback) in learners.iter_mut().zip(&feedback) {
            learner.learn(feedback);
        }
    }
    learners.iter().map(Learner::settled).collect()
}

/// Draws everybody's action; `choose(class, u)` is the column that a class plays at uniform draw `u`.
fn draw(
    classes: &[usize],
    choose: impl Fn(usize, f64) -> usize,
    menu: &[f64],
    luck: &mut Luck,
    actions: &mut [f64],
) {
    for (action, &class) in actions.iter_mut().zip(classes) {
        *action = menu[choose(class, luck.uniform()).saturating_sub(1)];
    }
}

/// Mean outcome of settled play.
fn play(stage: &impl Stage, policies: &[Policy], menu: &[f64], luck: &mut Luck, rounds: u32) -> Vec<f64> {
    let classes = stage.classes();
    let mut actions = vec![0.0; classes.len()];
    let mut sums: Vec<f64> = Vec::new();
    for _ in 0..rounds {
        draw(&classes, |class, u| policies[class].sample(0, u), menu, luck, &mut actions);
        let outcome = stage.outcome(&actions);
        sums.resize(outcome.len(), 0.0);
        sums.iter_mut().zip(outcome).for_each(|(sum, x)| *sum += x);
    }
    sums.iter().map(|sum| sum / f64::from(rounds)).collect()
}

/// What a tick does to each number of the outcome: the most that moving all players' actions, or those of one, does.
fn effects(stage: &impl Stage, equilibrium: &[f64], step: f64) -> Vec<f64> {
    let now = stage.outcome(equilibrium);
    let mut effects = vec![0.0_f64; now.len()];
    let mut consider = |actions: &[f64]| {
        for ((effect, x), now) in effects.iter_mut().zip(stage.outcome(actions)).zip(&now) {
            *effect = effect.max((x - now).abs());
        }
    };
    consider(&equilibrium.iter().map(|x| x + step).collect::<Vec<_>>());
    for i in 0..equilibrium.len() {
        let mut moved = equilibrium.to_vec();
        moved[i] += step;
        consider(&moved);
    }
    effects
}

/// What theory says of one number of the outcome of a stage game.
pub type Known = (String, f64, &'static str);

/// The study of a stage game with an equilibrium in pure actions: `known` names, in the order of [`Stage::outcome`],
/// what theory knows, each with its value and unit.
pub fn study(
    name: impl Into<String>,
    source: &'static str,
    stage: impl Stage,
    lesson: Lesson,
    equilibrium: &[f64],
    known: Vec<Known>,
) -> Study {
    let step = lesson.highest / (lesson.points - 1) as f64;
    let ticks = effects(&stage, equilibrium, step);
    let expected: Vec<Expectation> = known
        .iter()
        .zip(ticks)
        // The numbers of one game shrink together, as the points of a curve do: each swings with how the menu falls.
        .map(|((_, theory, _), tick)| Expectation { theory: *theory, tick, curve: true })
        .collect();
    let work = move |draws: &Draws| {
        let on = |points: usize| measure(&stage, &lesson, points, draws);
        findings(&expected, &on(lesson.points), &on(2 * lesson.points - 1))
    };
    let mut study = Study::of(name, work).taking(3.0, 0.6);
    for (what, theory, unit) in known {
        study = study.case(&what, theory, unit, Standard::Learned, source);
    }
    with_halving(study)
}

/// The study of a stage game whose settings are what there is to choose from: nothing lies between them that a finer menu
/// could hold.
pub fn choices(
    name: impl Into<String>,
    source: &'static str,
    stage: impl Stage,
    lesson: Lesson,
    known: Vec<Known>,
) -> Study {
    let work = move |draws: &Draws| measure(&stage, &lesson, lesson.points, draws);
    let mut study = Study::of(name, work).taking(1.0, 0.3);
    for (what, theory, unit) in known {
        study = study.case(&what, theory, unit, Standard::Learned, source);
    }
    study
}

/// Learns and plays several times over.
fn measure(stage: &impl Stage, lesson: &Lesson, points: usize, draws: &Draws) -> Vec<Finding> {
    let menu = lesson.menu(points);
    let runs: Vec<Vec<f64>> = (0..draws.either(8, 4))
        .map(|replicate| {
            let mut luck = draws.luck(Purpose::Play, "players", replicate);
            let policies = learn(stage, lesson, &menu, &mut luck);
            play(stage, &policies, &menu, &mut luck, draws.either(20_000, 4_000))
        })
        .collect();
    (0..runs[0].len())
        .map(|i| {
            let moments: Moments = runs.iter().map(|run| run[i]).collect();
            Finding { result: moments.mean(), se: moments.standard_error(), tick: 0.0 }
        })
        .collect()
}

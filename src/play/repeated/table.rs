//! The inner loop of a [session](super::session).
//!
//! It does what a plain loop over tables does, faster:
//! * The largest value of a row is kept up by a [winner tree](super::tree) rather than searched for.
//! * While exploring is common, an epoch is one draw for each learner and no branch that depends on it.
//! * Once it is rare, the next epoch of exploration [is drawn](super::exploration), and up to then only largest values
//!   move: each row keeps its largest value and the next one aside, and the tree is asked only when the largest falls to
//!   the next one.

#![allow(
    clippy::inline_always,
    reason = "the inner loop is one function without branches that depend on draws: measured in benches/q_learning.rs"
)]

use super::exploration::{Exploration, HALF};
use super::plan::{History, Plan, rows};
use super::session::{Part, Session, Stop};
use super::stage::{Stage, Tie};
use super::tree::Tree;
use crate::draws::{Key, Purpose, Stream, Who};
use crate::learning::q_learning::{Initial, QLearningSpec, Updates};
use std::hint::select_unpredictable;

/// Exploring is drawn epoch by epoch while anybody does so with at least this probability.
const OFTEN: f64 = 0.08;
/// Epochs after which `ε`, which is multiplied from epoch to epoch, is computed afresh.
const REFRESH: u32 = 1024;

/// A row's largest value and the next, kept aside while exploring is rare; the tree's own largest value is stale then.
#[derive(Clone, Copy, Debug)]
struct Row {
    best: f64,
    /// No other value of the row is larger.
    second: f64,
    greedy: u32,
    /// What the greedy setting adds to the profile's number.
    part: u32,
}

/// One player's values.
struct Player<const W: usize> {
    trees: Vec<Tree<W>>,
    size: usize,
    stride: usize,
    exploration: Exploration,
    /// Next epoch of exploration, where it comes before the end.
    next: u32,
    counterfactual: bool,
    memory: u32,
}

impl<const W: usize> Player<W> {
    /// Fills a place that nobody takes: one setting, which adds nothing to a profile's number.
    fn absent(key: Key) -> Self {
        Player {
            trees: vec![Tree::new([0.0])],
            size: 1,
            stride: 0,
            exploration: Exploration::new(key, Who::MARKET, 0.0, 0.0),
            next: u32::MAX,
            counterfactual: false,
            memory: 0,
        }
    }

    fn new(stage: &Stage, j: usize, part: &Part, key: Key) -> Self {
        let size = stage.size(j);
        let histories = rows(part.memory(), stage.profiles());
        let (trees, spec, who) = match part {
            Part::Learns(spec, who) => (initial_values(stage, j, spec, key, *who), Some(spec), *who),
            Part::LearnsFrom(spec, plan, who) => {
                let mut trees = initial_values(stage, j, spec, key, *who);
                for (tree, &at) in trees.iter_mut().zip(&plan.settings) {
                    rank_highest(tree, at as usize);
                }
                (trees, Some(spec), *who)
            }
            Part::Plays(plan, who) => {
                let one =
                    |&at: &u16| Tree::new((0..size).map(move |a| f64::from(u8::from(a == at as usize))));
                (plan.settings.iter().map(one).collect(), None, *who)
            }
        };
        debug_assert_eq!(trees.len(), histories);
        let (start, decay) = spec.map_or((0.0, 0.0), |spec| (spec.exploration, spec.exploration_decay));
        Player {
            trees,
            size,
            stride: stage.stride(j),
            exploration: Exploration::new(key, who, start, decay),
            next: u32::MAX,
            counterfactual: spec.is_some_and(|spec| spec.updates == Updates::Counterfactual),
            memory: part.memory(),
        }
    }

    /// The row as it is in its tree.
    fn row(&self, row: usize) -> Row {
        let top = self.trees[row].top();
        Row { best: top.best, second: top.second, greedy: top.at as u32, part: (top.at * self.stride) as u32 }
    }

    /// Puts `value` where the row's largest value is said to be; returns whether another one is the largest now.
    #[inline(always)]
    fn lower(&mut self, at: usize, row: &mut Row, value: f64) -> bool {
        let before = row.greedy;
        self.trees[at].set(before as usize, value);
        *row = self.row(at);
        row.greedy != before
    }

    /// Moves the value of `setting` towards `target`, of which it already is a share `α`; returns whether the largest value
    /// is elsewhere now.
    #[inline(always)]
    fn learn(&mut self, at: usize, row: &mut Row, setting: usize, keep: f64, target: f64) -> bool {
        if setting == row.greedy as usize {
            let value = keep * row.best + target;
            if value > row.second {
                row.best = value;
                return false;
            }
            return self.lower(at, row, value);
        }
        let tree = &mut self.trees[at];
        let value = keep * tree.value(setting) + target;
        let before = row.greedy;
        tree.set(before as usize, row.best);
        tree.set(setting, value);
        *row = self.row(at);
        row.greedy != before
    }
}

fn initial_values<const W: usize>(
    stage: &Stage,
    j: usize,
    spec: &QLearningSpec,
    key: Key,
    who: Who,
) -> Vec<Tree<W>> {
    let size = stage.size(j);
    let histories = rows(spec.memory, stage.profiles());
    let forever = 1.0 / (1.0 - spec.discount);
    match spec.initial {
        Initial::Optimistic => {
            let (top, draws) = (stage.highest(j) * forever, key.stream(Purpose::Initial, who));
            let jitter = |row: usize, a: usize| 0.01 * draws.uniform(row as u32 + 1, a as u32);
            (0..histories).map(|r| Tree::new((0..size).map(|a| top + top.abs() * jitter(r, a)))).collect()
        }
        Initial::RivalRandom => {
            let means = stage.against_random(j);
            vec![Tree::new(means.iter().map(|mean| mean * forever)); histories]
        }
        Initial::Zero => vec![Tree::new((0..size).map(|_| 0.0)); histories],
        Initial::Value(value) => vec![Tree::new((0..size).map(|_| value)); histories],
        Initial::Uniform(low, high) => {
            let draws = key.stream(Purpose::Initial, who);
            let value = |row: usize, a: usize| low + (high - low) * draws.uniform(row as u32 + 1, a as u32);
            (0..histories).map(|row| Tree::new((0..size).map(|a| value(row, a)))).collect()
        }
    }
}

/// Gives a setting the largest of a row's values, and its own to the one that had it; where all are equal, which the lowest
/// setting would win, it is raised by a millionth.
fn rank_highest<const W: usize>(tree: &mut Tree<W>, at: usize) {
    let top = tree.top();
    if top.at == at {
        return;
    }
    let own = tree.value(at);
    tree.set(top.at, own);
    tree.set(at, top.best + 1e-6 * f64::abs(top.best).max(1e-6));
}

/// Row of a history `(before, last)`, given `before·P` and `last`: each where it is remembered.
#[derive(Clone, Copy, Debug)]
struct Masks {
    before: usize,
    last: usize,
}

impl Masks {
    #[inline(always)]
    fn row(self, before: usize, last: usize) -> usize {
        (before & self.before) + (last & self.last)
    }
}

/// Lots among equal offers: by profile, with everybody's draws.
struct Lots<const N: usize> {
    ties: Vec<Option<Tie>>,
    streams: [Stream; N],
}

impl<const N: usize> Lots<N> {
    /// What the lots of an epoch make of payoffs that are shared evenly in expectation: the highest draws win all.
    fn drawn(&self, profile: usize, epoch: u32, mut paid: [f64; N]) -> [f64; N] {
        let Some(tie) = self.ties[profile] else { return paid };
        let lot: [u64; N] =
            std::array::from_fn(|j| if tie.holds(j) { self.streams[j].bits(epoch, 0) } else { 0 });
        let share = f64::from(tie.players.count_ones()) / f64::from(tie.winners);
        for (j, paid) in paid.iter_mut().enumerate().filter(|(j, _)| tie.holds(*j)) {
            let ahead = (0..N).filter(|&l| tie.holds(l) && lot[l] > lot[j]).count();
            *paid *= if (ahead as u32) < tie.winners { share } else { 0.0 };
        }
        paid
    }
}

/// Everything that a session of up to `N` players with up to `W` settings changes as it goes.
pub(super) struct Table<const N: usize, const W: usize> {
    /// Players who are there.
    present: usize,
    players: [Player<W>; N],
    /// `α·π` by profile.
    payoffs: Vec<[f64; N]>,
    /// Lots among equal offers.
    lots: Option<Lots<N>>,
    /// `1 − α`.
    keep: [f64; N],
    /// `α·δ`.
    weight: [f64; N],
    masks: [Masks; N],
    profiles: usize,
    history: History,
    epoch: u32,
    changed: u32,
}

impl<const N: usize, const W: usize> Table<N, W> {
    pub(super) fn new(stage: &Stage, parts: &[Part], key: Key) -> Self {
        let profiles = stage.profiles();
        // A plan learns nothing: it keeps its values.
        let step = |j: usize| match parts.get(j) {
            Some(Part::Learns(spec, _) | Part::LearnsFrom(spec, ..)) => (spec.learning_rate, spec.discount),
            _ => (0.0, 0.0),
        };
        let payoff = |profile, j| if j < parts.len() { stage.payoff(profile, j) } else { 0.0 };
        let scaled = |profile: usize| std::array::from_fn(|j| step(j).0 * payoff(profile, j));
        let lots = |draw: u32| -> usize {
            let lot = |(j, part): (usize, &Part)| {
                let u = key.stream(Purpose::Initial, part.who()).uniform(0, draw);
                (u * stage.size(j) as f64) as usize * stage.stride(j)
            };
            parts.iter().enumerate().map(lot).sum()
        };
        let mask = |remembered: bool| if remembered { usize::MAX } else { 0 };
        Table {
            present: parts.len(),
            players: std::array::from_fn(|j| match parts.get(j) {
                Some(part) => Player::new(stage, j, part, key),
                None => Player::absent(key),
            }),
            payoffs: (0..profiles).map(scaled).collect(),
            lots: stage.ties().map(|ties| Lots {
                ties: ties.to_vec(),
                streams: std::array::from_fn(|j| {
                    key.stream(Purpose::Tie, parts.get(j).map_or(Who::MARKET, Part::who))
                }),
            }),
            keep: std::array::from_fn(|j| 1.0 - step(j).0),
            weight: std::array::from_fn(|j| step(j).0 * step(j).1),
            masks: std::array::from_fn(|j| {
                let memory = parts.get(j).map_or(0, Part::memory);
                Masks { before: mask(memory > 1), last: mask(memory > 0) }
            }),
            profiles,
            history: History { before: lots(0), last: lots(1) },
            epoch: 0,
            changed: 0,
        }
    }

    pub(super) fn run(mut self, stop: Stop) -> Session {
        self.explore_often(stop);
        if self.epoch < self.end(stop) {
            self.explore_rarely(stop);
        }
        let plan = |p: &Player<W>| Plan {
            memory: p.memory,
            settings: p.trees.iter().map(|tree| tree.winner() as u16).collect(),
        };
        Session {
            plans: self.players[..self.present].iter().map(plan).collect(),
            epochs: self.epoch,
            changed: self.changed,
            converged: self.epoch - self.changed >= stop.stable_epochs,
            history: self.history,
        }
    }

    /// The epoch in which learning ends if no plan changes before.
    #[inline(always)]
    fn end(&self, stop: Stop) -> u32 {
        self.changed.saturating_add(stop.stable_epochs).min(stop.max_epochs)
    }

    /// What a profile pays everybody in an epoch, times `α`.
    #[inline(always)]
    fn paid(&self, profile: usize, epoch: u32) -> [f64; N] {
        match &self.lots {
            None => self.payoffs[profile],
            Some(lots) => lots.drawn(profile, epoch, self.payoffs[profile]),
        }
    }

    /// Whether draws are taken epoch by epoch.
    fn often(&self) -> bool {
        self.players.iter().any(|p| p.counterfactual || p.exploration.probability(self.epoch) >= OFTEN)
    }

    /// Every epoch draws, and every value that moves goes up its tree.
    fn explore_often(&mut self, stop: Stop) {
        let (keep, weight, masks, profiles) = (self.keep, self.weight, self.masks, self.profiles);
        let factor: [f64; N] = std::array::from_fn(|j| self.players[j].exploration.factor());
        let History { mut before, mut last } = self.history;
        let (mut epoch, mut changed) = (self.epoch, self.changed);
        loop {
            (self.epoch, self.changed) = (epoch, changed);
            if epoch >= self.end(stop) || !self.often() {
                break;
            }
            let mut threshold: [f64; N] =
                std::array::from_fn(|j| HALF * self.players[j].exploration.probability(epoch));
            let refresh = (epoch | (REFRESH - 1)).saturating_add(1).min(stop.max_epochs);
            while epoch < refresh && epoch - changed < stop.stable_epochs {
                let mut played = [0; N];
                let mut profile = 0;
                for (j, player) in self.players.iter().enumerate() {
                    let (explores, tried) = player.exploration.draw(epoch, threshold[j], player.size as u64);
                    let row = masks[j].row(before * profiles, last);
                    let setting = select_unpredictable(explores, tried, player.trees[row].winner());
                    played[j] = setting;
                    profile += setting * player.stride;
                    threshold[j] *= factor[j];
                }
                let mut moved = false;
                let paid = self.paid(profile, epoch);
                let (payoffs, lots) = (&self.payoffs, &self.lots);
                for (j, player) in self.players.iter_mut().enumerate() {
                    let row = masks[j].row(before * profiles, last);
                    let greedy = player.trees[row].winner();
                    let now = if player.counterfactual {
                        let base = profile - played[j] * player.stride;
                        let mut targets = [0.0; W];
                        for (a, target) in targets.iter_mut().enumerate().take(player.size) {
                            let other = base + a * player.stride;
                            let next = masks[j].row(last * profiles, other);
                            let paid = match lots {
                                None => payoffs[other],
                                Some(lots) => lots.drawn(other, epoch, payoffs[other]),
                            };
                            *target = paid[j] + weight[j] * player.trees[next].best();
                        }
                        let tree = &mut player.trees[row];
                        tree.replace(player.size, |a, value| keep[j] * value + targets[a]);
                        tree.winner()
                    } else {
                        let next = masks[j].row(last * profiles, profile);
                        let target = paid[j] + weight[j] * player.trees[next].best();
                        let tree = &mut player.trees[row];
                        let value = keep[j] * tree.value(played[j]) + target;
                        tree.set(played[j], value)
                    };
                    moved |= now != greedy;
                }
                before = last;
                last = profile;
                epoch += 1;
                changed = if moved { epoch } else { changed };
            }
        }
        self.history = History { before, last };
    }

    /// From one epoch of exploration to the next: greedy play in between.
    fn explore_rarely(&mut self, stop: Stop) {
        let (keep, weight, masks, profiles) = (self.keep, self.weight, self.masks, self.profiles);
        let most = self.players.iter().map(|p| p.trees.len()).max().unwrap_or(1);
        let row = |at: usize, p: &Player<W>| p.row(at.min(p.trees.len() - 1));
        let mut rows: Vec<[Row; N]> =
            (0..most).map(|at| std::array::from_fn(|j| row(at, &self.players[j]))).collect();
        let History { mut before, mut last } = self.history;
        let mut epoch = self.epoch;
        for player in &mut self.players {
            player.next = player.exploration.next(epoch, stop.max_epochs).unwrap_or(u32::MAX);
        }
        let mut end = self.end(stop);
        while epoch < end {
            let explore = self.players.iter().map(|p| p.next).min().unwrap_or(u32::MAX);
            let mut pause = explore.min(end);
            while epoch < pause {
                let at: [usize; N] = std::array::from_fn(|j| masks[j].row(before * profiles, last));
                let mut profile = 0;
                for (j, &at) in at.iter().enumerate() {
                    profile += rows[at][j].part as usize;
                }
                let paid = self.paid(profile, epoch);
                let ahead: [f64; N] =
                    std::array::from_fn(|j| rows[masks[j].row(last * profiles, profile)][j].best);
                let mut moved = false;
                for (j, player) in self.players.iter_mut().enumerate() {
                    let row = &mut rows[at[j]][j];
                    let value = keep[j] * row.best + (paid[j] + weight[j] * ahead[j]);
                    if value > row.second {
                        row.best = value;
                    } else {
                        moved |= player.lower(at[j], row, value);
                    }
                }
                before = last;
                last = profile;
                epoch += 1;
                if moved {
                    self.changed = epoch;
                    end = self.end(stop);
                    pause = explore.min(end);
                }
            }
            if epoch >= end {
                break;
            }
            let mut played = [0; N];
            let mut profile = 0;
            for (j, player) in self.players.iter_mut().enumerate() {
                played[j] = if player.next == epoch {
                    let after = player.exploration.next(epoch + 1, stop.max_epochs);
                    player.next = after.unwrap_or(u32::MAX);
                    player.exploration.setting(epoch, player.size as u64)
                } else {
                    rows[masks[j].row(before * profiles, last)][j].greedy as usize
                };
                profile += played[j] * player.stride;
            }
            let paid = self.paid(profile, epoch);
            let ahead: [f64; N] =
                std::array::from_fn(|j| rows[masks[j].row(last * profiles, profile)][j].best);
            let mut moved = false;
            for (j, player) in self.players.iter_mut().enumerate() {
                let at = masks[j].row(before * profiles, last);
                let target = paid[j] + weight[j] * ahead[j];
                moved |= player.learn(at, &mut rows[at][j], played[j], keep[j], target);
            }
            before = last;
            last = profile;
            epoch += 1;
            if moved {
                self.changed = epoch;
                end = self.end(stop);
            }
        }
        // The trees know where the largest values are: they learn of every change of place.
        self.history = History { before, last };
        self.epoch = epoch;
    }
}

use super::*;
use crate::draws::Purpose;
use crate::learning::q_learning::{Initial, Updates};
use crate::play::repeated::exploration::{Exploration, HALF};
use crate::theory::duopoly::Oligopoly;

fn duopoly(points: u32) -> Stage {
    let game = Oligopoly::baseline(2);
    let grids: Vec<Vec<f64>> = (0..2).map(|i| game.price_grid(i, points, 0.1)).collect();
    Stage::new(grids.clone(), |a, out| {
        let prices: Vec<f64> = a.iter().zip(&grids).map(|(&a, grid)| grid[a]).collect();
        out.copy_from_slice(&game.at(&prices).profits);
    })
    .unwrap()
}

fn spec(memory: u32) -> QLearningSpec {
    QLearningSpec {
        learning_rate: 0.15,
        exploration: 1.0,
        exploration_decay: 1e-4,
        discount: 0.95,
        memory,
        updates: Updates::Asynchronous,
        initial: Initial::RivalRandom,
    }
}

fn seller(j: u32) -> Who {
    Who::member("seller", j)
}

/// The rule as it is written, by searching whole rows, on the same draws.
struct Plain<'a> {
    stage: &'a Stage,
    specs: Vec<QLearningSpec>,
    values: Vec<Vec<Vec<f64>>>,
    history: History,
}

fn argmax(row: &[f64]) -> usize {
    (0..row.len()).fold(0, |best, a| if row[a] > row[best] { a } else { best })
}

impl Plain<'_> {
    fn epoch(&mut self, tried: &[Option<usize>]) -> bool {
        let profiles = self.stage.profiles();
        let row = |h: History, j: usize| h.row(self.specs[j].memory, profiles);
        let here: Vec<usize> = (0..self.specs.len()).map(|j| row(self.history, j)).collect();
        let settings: Vec<usize> = tried
            .iter()
            .enumerate()
            .map(|(j, t)| t.unwrap_or_else(|| argmax(&self.values[j][here[j]])))
            .collect();
        let profile: usize = settings.iter().enumerate().map(|(j, a)| a * self.stage.stride(j)).sum();
        let old = self.values.clone();
        let mut moved = false;
        for (j, spec) in self.specs.iter().enumerate() {
            for a in 0..self.stage.size(j) {
                if spec.updates == Updates::Asynchronous && a != settings[j] {
                    continue;
                }
                let other = self.stage.with(profile, j, a);
                let next = &old[j][row(self.history.then(other), j)];
                let cell = &mut self.values[j][here[j]][a];
                *cell = (1.0 - spec.learning_rate) * *cell
                    + (spec.learning_rate * self.stage.payoff(other, j)
                        + spec.learning_rate * spec.discount * next[argmax(next)]);
            }
            moved |= argmax(&self.values[j][here[j]]) != argmax(&old[j][here[j]]);
        }
        self.history = self.history.then(profile);
        moved
    }
}

/// The engine does what the plain loop does, epoch by epoch: same plans, same end.
fn compare(stage: &Stage, specs: &[QLearningSpec], stop: Stop) {
    let key = Key::new(5, 2, 0);
    let parts: Vec<Part> =
        specs.iter().enumerate().map(|(j, spec)| Part::Learns(*spec, seller(j as u32))).collect();
    let got = play(stage, &parts, stop, key);
    let n = stage.players();
    let lot = |draw: u32| -> usize {
        (0..n)
            .map(|j| {
                let u = key.stream(Purpose::Initial, seller(j as u32)).uniform(0, draw);
                (u * stage.size(j) as f64) as usize * stage.stride(j)
            })
            .sum()
    };
    let values = |j: usize| {
        let spec = &specs[j];
        let histories = rows(spec.memory, stage.profiles());
        let one = |row: usize| -> Vec<f64> {
            let cell = |a: usize| match spec.initial {
                Initial::RivalRandom => stage.against_random(j)[a] * (1.0 / (1.0 - spec.discount)),
                Initial::Zero => 0.0,
                Initial::Value(v) => v,
                Initial::Uniform(low, high) => {
                    let u = key.stream(Purpose::Initial, seller(j as u32)).uniform(row as u32 + 1, a as u32);
                    low + (high - low) * u
                }
                Initial::Optimistic => {
                    let u = key.stream(Purpose::Initial, seller(j as u32)).uniform(row as u32 + 1, a as u32);
                    let top = stage.highest(j) * (1.0 / (1.0 - spec.discount));
                    top + top.abs() * (0.01 * u)
                }
            };
            (0..stage.size(j)).map(cell).collect()
        };
        (0..histories).map(one).collect()
    };
    let mut plain = Plain {
        stage,
        specs: specs.to_vec(),
        values: (0..n).map(values).collect(),
        history: History { before: lot(0), last: lot(1) },
    };
    let explorers: Vec<Exploration> = specs
        .iter()
        .enumerate()
        .map(|(j, s)| Exploration::new(key, seller(j as u32), s.exploration, s.exploration_decay))
        .collect();
    let (mut epoch, mut changed) = (0, 0);
    let mut next: Option<Vec<Option<u32>>> = None;
    let mut threshold: Vec<f64> = Vec::new();
    while epoch < stop.max_epochs && epoch - changed < stop.stable_epochs {
        let tried: Vec<Option<usize>> = if let Some(next) = &mut next {
            (0..n)
                .map(|j| {
                    (next[j] == Some(epoch)).then(|| {
                        next[j] = explorers[j].next(epoch + 1, stop.max_epochs);
                        explorers[j].setting(epoch, stage.size(j) as u64)
                    })
                })
                .collect()
        } else {
            if epoch % 1024 == 0 {
                threshold = explorers.iter().map(|e| HALF * e.probability(epoch)).collect();
            }
            let tried = (0..n)
                .map(|j| {
                    let (explores, a) = explorers[j].draw(epoch, threshold[j], stage.size(j) as u64);
                    explores.then_some(a)
                })
                .collect();
            threshold.iter_mut().zip(&explorers).for_each(|(t, e)| *t *= e.factor());
            tried
        };
        let moved = plain.epoch(&tried);
        epoch += 1;
        if moved {
            changed = epoch;
        }
        let rare = specs
            .iter()
            .zip(&explorers)
            .all(|(spec, e)| spec.updates == Updates::Asynchronous && e.probability(epoch) < 0.08);
        if next.is_none() && rare && epoch % 1024 == 0 {
            next = Some(explorers.iter().map(|e| e.next(epoch, stop.max_epochs)).collect());
        }
    }
    assert_eq!(got.epochs, epoch);
    assert_eq!(got.converged, epoch - changed >= stop.stable_epochs);
    assert_eq!(got.history, plain.history);
    for (j, plan) in got.plans.iter().enumerate() {
        let want: Vec<u16> = plain.values[j].iter().map(|row| argmax(row) as u16).collect();
        assert_eq!(plan.settings, want, "player {j}");
    }
}

#[test]
fn the_engine_is_the_plain_loop() {
    let stage = duopoly(6);
    let long = Stop { stable_epochs: 5_000, max_epochs: 60_000 };
    compare(&stage, &[spec(1); 2], long);
    compare(&stage, &[spec(0); 2], Stop { stable_epochs: 1_000, max_epochs: 60_000 });
    compare(&duopoly(3), &[spec(2); 2], long);
    compare(&duopoly(20), &[spec(1); 2], Stop { stable_epochs: 100_000, max_epochs: 40_000 });
}

#[test]
fn players_may_differ() {
    let game = Oligopoly { costs: vec![1.0, 0.8, 1.1], ..Oligopoly::baseline(3) };
    let menus = vec![vec![1.3, 1.6], vec![1.2, 1.4, 1.5, 1.7], vec![1.4, 1.5, 1.8]];
    let stage = Stage::new(menus.clone(), |a, out| {
        let prices: Vec<f64> = a.iter().zip(&menus).map(|(&a, menu)| menu[a]).collect();
        out.copy_from_slice(&game.at(&prices).profits);
    })
    .unwrap();
    let specs = [
        QLearningSpec { initial: Initial::Optimistic, ..spec(0) },
        QLearningSpec {
            learning_rate: 0.05,
            discount: 0.5,
            exploration_decay: 3e-4,
            initial: Initial::Uniform(0.0, 2.0),
            ..spec(2)
        },
        QLearningSpec { exploration: 0.3, initial: Initial::Value(1.0), ..spec(1) },
    ];
    compare(&stage, &specs, Stop { stable_epochs: 3_000, max_epochs: 60_000 });
    let counterfactual =
        QLearningSpec { updates: Updates::Counterfactual, initial: Initial::Zero, ..spec(1) };
    compare(&stage, &[specs[0], counterfactual, specs[2]], Stop { stable_epochs: 2_000, max_epochs: 20_000 });
}

/// A player who only follows a plan keeps to it, and a learner finds the best answer to it.
#[test]
fn a_learner_answers_a_fixed_plan() {
    let stage = duopoly(6);
    for fixed in 0..6 {
        let parts = [Part::Plays(Plan::constant(fixed), seller(0)), Part::Learns(spec(0), seller(1))];
        let session =
            play(&stage, &parts, Stop { stable_epochs: 10_000, max_epochs: 300_000 }, Key::new(1, 0, 0));
        assert_eq!(session.plans[0], Plan::constant(fixed));
        assert!(session.converged);
        let best = stage.best_response(fixed * stage.stride(0), 1);
        assert_eq!(session.plans[1], Plan::constant(best));
    }
}

/// Draws hang on who somebody is and not on where it sits.
#[test]
fn exchanging_seats_exchanges_plans() {
    let game = Oligopoly { costs: vec![1.0, 0.8], ..Oligopoly::baseline(2) };
    let grids: Vec<Vec<f64>> = (0..2).map(|i| game.price_grid(i, 7, 0.1)).collect();
    let profits = |prices: &[f64]| game.at(prices).profits;
    let stage = Stage::new(grids.clone(), |a, out| {
        out.copy_from_slice(&profits(&[grids[0][a[0]], grids[1][a[1]]]));
    })
    .unwrap();
    let mirrored = Stage::new(vec![grids[1].clone(), grids[0].clone()], |a, out| {
        let found = profits(&[grids[0][a[1]], grids[1][a[0]]]);
        out.copy_from_slice(&[found[1], found[0]]);
    })
    .unwrap();
    let stop = Stop { stable_epochs: 4_000, max_epochs: 80_000 };
    let fast = QLearningSpec { learning_rate: 0.3, ..spec(1) };
    let seats = [Part::Learns(spec(1), seller(0)), Part::Learns(fast, seller(1))];
    let swapped = [seats[1].clone(), seats[0].clone()];
    let (a, b) =
        (play(&stage, &seats, stop, Key::new(9, 9, 0)), play(&mirrored, &swapped, stop, Key::new(9, 9, 0)));
    assert_eq!(a.epochs, b.epochs);
    let flip = |profile: usize| profile % 7 * 7 + profile / 7;
    for (mine, theirs) in [(0, 1), (1, 0)] {
        for profile in 0..49 {
            assert_eq!(a.plans[mine].settings[profile], b.plans[theirs].settings[flip(profile)]);
        }
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    assert_eq!(obstacle(&[100; 2], &[1; 2]), None);
    assert_eq!(obstacle(&[15; 2], &[2; 2]), None);
    assert_eq!(obstacle(&[15; 4], &[1; 4]), None);
    let refused = |sizes: &[usize], memories: &[u32]| obstacle(sizes, memories).unwrap();
    assert!(refused(&[100; 2], &[2; 2]).contains("a memory of 2 epochs with 10000 profiles"));
    assert!(refused(&[2; 9], &[0; 9]).starts_with("9 players"));
    assert!(refused(&[50; 5], &[0; 5]).starts_with("5 players with up to 50 settings"));
    assert!(refused(&[2000; 2], &[0; 2]).starts_with("2000 settings"));
}

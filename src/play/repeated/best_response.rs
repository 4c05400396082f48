//! The discounted best response to rivals whose plans stay as they are.
//!
//! Against fixed plans a player faces a deterministic decision problem: after a history each of its settings earns the
//! stage payoff against what the rivals do then, and leads to one further history. Its values solve
//!
//! `V(s) = max_a π(a, rivals(s)) + δ·V(s, a)`,
//!
//! by policy iteration (Howard 1960) over the histories that the player can reach from those of play. A policy's own
//! values are computed along the paths that it makes, exactly: each ends in a cycle, on which `V` is the discounted sum of
//! one round over `1 − δ^L`. Per epoch, the best response gains `(1 − δ)·(V − V_own)`.
//!
//! References: Howard, *Dynamic Programming and Markov Processes* (MIT Press 1960), chapter 7; Calvano et al. (2020),
//! section IV.B, for the use of it on learned strategies.

use super::plan::{History, Plan, rows};
use super::stage::Stage;

/// A player's problem: the histories that it can reach, what each choice earns there, and where it leads. Choices are the
/// player's settings and, after them, offering nothing, where the game allows that. Rivals' plans know settings only: who
/// offers nothing is seen at its lowest.
#[derive(Clone, Debug)]
pub struct Problem {
    histories: Vec<History>,
    settings: usize,
    /// Payoffs: shape (histories, choices).
    payoff: Vec<f64>,
    /// Next history: shape (histories, choices).
    next: Vec<u32>,
    discount: f64,
}

impl Problem {
    /// The problem of player `j` with discount factor `discount` below 1, from these histories on; its own plan counts only
    /// in what it remembers.
    pub fn new(stage: &Stage, plans: &[Plan], j: usize, discount: f64, from: &[History]) -> Self {
        let memory = plans.iter().map(|plan| plan.memory).max().unwrap_or(0);
        let (profiles, own) = (stage.profiles(), stage.size(j));
        let settings = own + usize::from(stage.abstaining(0, j).is_some());
        let unknown = u32::MAX;
        let mut number = vec![unknown; rows(memory, profiles)];
        let mut problem =
            Problem { histories: Vec::new(), settings, payoff: Vec::new(), next: Vec::new(), discount };
        for &history in from {
            problem.visit(&mut number, history, memory, profiles);
        }
        let mut at = 0;
        while at < problem.histories.len() {
            let history = problem.histories[at];
            let rivals: usize = (0..plans.len())
                .filter(|&l| l != j)
                .map(|l| plans[l].setting(history, profiles) * stage.stride(l))
                .sum();
            for a in 0..settings {
                let nothing = if a < own { None } else { stage.abstaining(rivals, j) };
                let profile = rivals + if a < own { a } else { 0 } * stage.stride(j);
                problem.payoff.push(nothing.unwrap_or_else(|| stage.payoff(profile, j)));
                let next = problem.visit(&mut number, history.then(profile), memory, profiles);
                problem.next.push(next);
            }
            at += 1;
        }
        problem
    }

    /// The number of a history, a new one if need be.
    fn visit(&mut self, number: &mut [u32], history: History, memory: u32, profiles: usize) -> u32 {
        let known = &mut number[history.row(memory, profiles)];
        if *known == u32::MAX {
            *known = self.histories.len() as u32;
            self.histories.push(history);
        }
        *known
    }

    /// The histories, those of play first.
    pub fn histories(&self) -> &[History] {
        &self.histories
    }

    /// The setting of a plan after each history.
    pub fn policy(&self, plan: &Plan, profiles: usize) -> Vec<usize> {
        self.histories.iter().map(|history| plan.setting(*history, profiles)).collect()
    }

    /// What `setting` earns after the history of this number.
    pub fn payoff(&self, history: usize, setting: usize) -> f64 {
        self.payoff[history * self.settings + setting]
    }

    /// The history that `setting` leads to.
    pub fn next(&self, history: usize, setting: usize) -> usize {
        self.next[history * self.settings + setting] as usize
    }

    /// Discounted payoffs of a setting followed by play worth `values`.
    pub fn worth(&self, history: usize, setting: usize, values: &[f64]) -> f64 {
        self.payoff(history, setting) + self.discount * values[self.next(history, setting)]
    }

    /// Discounted payoffs of a policy from each history on.
    pub fn values(&self, policy: &[usize]) -> Vec<f64> {
        let mut value = vec![f64::NAN; self.histories.len()];
        // When the path that is being followed came by.
        let mut step = vec![u32::MAX; self.histories.len()];
        let mut path: Vec<usize> = Vec::new();
        for start in 0..self.histories.len() {
            path.clear();
            let mut at = start;
            while value[at].is_nan() && step[at] == u32::MAX {
                step[at] = path.len() as u32;
                path.push(at);
                at = self.next(at, policy[at]);
            }
            if value[at].is_nan() {
                // The path has met itself: a cycle.
                let cycle = &path[step[at] as usize..];
                let (mut sum, mut weight) = (0.0, 1.0);
                for &s in cycle {
                    sum += weight * self.payoff(s, policy[s]);
                    weight *= self.discount;
                }
                value[at] = sum / (1.0 - weight);
            }
            for &s in path.iter().rev() {
                if value[s].is_nan() {
                    value[s] = self.worth(s, policy[s], &value);
                }
            }
        }
        value
    }

    /// The best policy that improving on `policy` leads to, with its values.
    pub fn best(&self, mut policy: Vec<usize>) -> (Vec<usize>, Vec<f64>) {
        let mut value = self.values(&policy);
        let scale = value.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
        loop {
            let mut improved = false;
            for (history, setting) in policy.iter_mut().enumerate() {
                let now = self.worth(history, *setting, &value);
                let best = (0..self.settings).fold((*setting, now), |best, a| {
                    let worth = self.worth(history, a, &value);
                    if worth > best.1 { (a, worth) } else { best }
                });
                // Rounding must not make it turn in circles.
                if best.1 > now + 1e-12 * scale {
                    *setting = best.0;
                    improved = true;
                }
            }
            if !improved {
                return (policy, value);
            }
            value = self.values(&policy);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A prisoner's dilemma: 0 cooperates, 1 defects. Temptation 5, reward 3, punishment 1, sucker's payoff 0.
    fn dilemma() -> Stage {
        Stage::new(vec![vec![0.0, 1.0]; 2], |a, out| {
            let table = [[3.0, 0.0], [5.0, 1.0]];
            out.copy_from_slice(&[table[a[0]][a[1]], table[a[1]][a[0]]]);
        })
        .unwrap()
    }

    /// Grim trigger of player `j`: cooperates after mutual cooperation alone.
    fn grim() -> Plan {
        Plan { memory: 1, settings: vec![0, 1, 1, 1] }
    }

    /// Against grim trigger defection is worth 5 + δ/(1 − δ), cooperation 3/(1 − δ): it pays below δ = 1/2.
    #[test]
    fn grim_trigger_deters_the_patient() {
        let stage = dilemma();
        let start = [History { before: 0, last: 0 }];
        for (discount, gain) in [(0.6, 0.0), (0.5, 0.0), (0.4, 5.0 + 0.4 / 0.6 - 3.0 / 0.6), (0.0, 2.0)] {
            let plans = [grim(), grim()];
            let problem = Problem::new(&stage, &plans, 0, discount, &start);
            let own = problem.policy(&plans[0], stage.profiles());
            let before = problem.values(&own);
            assert!((before[0] - 3.0 / (1.0 - discount)).abs() < 1e-12);
            let (_, best) = problem.best(own);
            assert!((best[0] - before[0] - gain).abs() < 1e-12, "{discount}: {}", best[0] - before[0]);
        }
    }

    /// Tit for tat of two periods' memory, against brute force over all plans of the deviator on reachable histories.
    #[test]
    fn policy_iteration_finds_what_value_iteration_finds() {
        let stage = dilemma();
        // Defects only after two defections of the rival in a row.
        let forgiving: Vec<u16> = (0..16).map(|r| u16::from((r / 4) / 2 == 1 && (r % 4) / 2 == 1)).collect();
        let plans = [Plan::constant(1), Plan { memory: 2, settings: forgiving }];
        let start = [History { before: 0, last: 0 }];
        for discount in [0.0, 0.3, 0.8, 0.99] {
            let problem = Problem::new(&stage, &plans, 0, discount, &start);
            let (_, best) = problem.best(problem.policy(&plans[0], 4));
            let mut value = vec![0.0; problem.histories().len()];
            for _ in 0..5_000 {
                value = (0..value.len())
                    .map(|s| problem.worth(s, 0, &value).max(problem.worth(s, 1, &value)))
                    .collect();
            }
            for (a, b) in best.iter().zip(&value) {
                assert!((a - b).abs() < 1e-9, "{discount}: {a} {b}");
            }
        }
    }
}

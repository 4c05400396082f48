//! Plans: what a player does after each history that it remembers, and the cycle that joint plans end in.

use super::stage::Stage;

/// A plan that depends on the last `memory` profiles: one setting for each of them, the older profile first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Profiles remembered: 0, 1 or 2.
    pub memory: u32,
    /// Setting after each history; history `(before, last)` is row `before·P + last` of `P²`, `last` of `P`, or row 0.
    pub settings: Vec<u16>,
}

impl Plan {
    /// One setting for ever.
    pub fn constant(setting: usize) -> Self {
        Plan { memory: 0, settings: vec![setting as u16] }
    }

    /// What it does after a history.
    pub fn setting(&self, history: History, profiles: usize) -> usize {
        self.settings[history.row(self.memory, profiles)] as usize
    }
}

/// The last two profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct History {
    /// The profile of the epoch before the last.
    pub before: usize,
    /// The last epoch's profile.
    pub last: usize,
}

impl History {
    /// Its row among those that a memory of so many epochs tells apart.
    pub fn row(self, memory: u32, profiles: usize) -> usize {
        match memory {
            0 => 0,
            1 => self.last,
            _ => self.before * profiles + self.last,
        }
    }

    /// The history once `profile` has been played.
    #[must_use]
    pub fn then(self, profile: usize) -> Self {
        History { before: self.last, last: profile }
    }
}

/// Number of histories that a memory tells apart.
pub fn rows(memory: u32, profiles: usize) -> usize {
    match memory {
        0 => 1,
        1 => profiles,
        _ => profiles * profiles,
    }
}

/// The profile that the plans lead to after a history.
pub fn profile(stage: &Stage, plans: &[Plan], history: History) -> usize {
    let setting = |(j, plan): (usize, &Plan)| plan.setting(history, stage.profiles()) * stage.stride(j);
    plans.iter().enumerate().map(setting).sum()
}

/// The histories after which the plans repeat themselves, from wherever `start` leads, in the order of play.
pub fn limit_cycle(stage: &Stage, plans: &[Plan], start: History) -> Vec<History> {
    // Only what somebody remembers tells histories apart.
    let memory = plans.iter().map(|plan| plan.memory).max().unwrap_or(0);
    let same = |a: History, b: History| a.row(memory, stage.profiles()) == b.row(memory, stage.profiles());
    let next = |history: History| history.then(profile(stage, plans, history));
    // Brent's algorithm: a tortoise that jumps to the hare after 1, 2, 4, … steps.
    let (mut tortoise, mut hare) = (start, next(start));
    let (mut steps, mut power) = (1_u64, 1_u64);
    while !same(tortoise, hare) {
        if steps == power {
            tortoise = hare;
            power *= 2;
            steps = 0;
        }
        hare = next(hare);
        steps += 1;
    }
    let mut cycle = vec![hare];
    let mut at = next(hare);
    while !same(at, hare) {
        cycle.push(at);
        at = next(at);
    }
    cycle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_end_in_their_cycle() {
        let stage = Stage::new(vec![vec![0.0, 1.0, 2.0], vec![0.0, 1.0]], |_, _| {}).unwrap();
        // The first player counts 0, 1, 2, 1, 2, …; the second copies its parity.
        let first: Vec<u16> = (0..6).map(|p| if stage.setting(p, 0) == 1 { 2 } else { 1 }).collect();
        let second: Vec<u16> = (0..6).map(|p| (stage.setting(p, 0) % 2) as u16).collect();
        let plans = [Plan { memory: 1, settings: first }, Plan { memory: 1, settings: second }];
        let cycle = limit_cycle(&stage, &plans, History { before: 0, last: 0 });
        assert_eq!(cycle.len(), 2);
        let mut played: Vec<usize> = cycle.iter().map(|h| profile(&stage, &plans, *h)).collect();
        played.sort_unstable();
        // (1, 0) follows a 2, (2, 1) follows a 1.
        assert_eq!(played, [2, 5]);
        let fixed = [Plan::constant(2), Plan::constant(1)];
        assert_eq!(limit_cycle(&stage, &fixed, History { before: 0, last: 3 }).len(), 1);
    }
}

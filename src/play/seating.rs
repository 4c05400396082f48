//! Who plays which policy, and how private signals become states.

use crate::agent::Setting;
use crate::agent::strategy::Menu;
use crate::world::World;
use crate::world::distribution::Distribution;

/// Who plays which policy.
#[derive(Clone, Debug)]
pub struct Seating {
    /// For each candidate, the index of its player.
    pub player: Vec<usize>,
    /// The players: one for each class under self-play (for each of the candidates that an operator of the class runs, as they may have
    /// different parts to play), one for each candidate where everyone learns alone.
    pub players: Vec<Player>,
    /// For each candidate, the others of its operator, in whose interest it plays.
    pub siblings: Vec<Vec<usize>>,
}

/// A policy's owner.
#[derive(Clone, Debug)]
pub struct Player {
    /// The class of its members.
    pub class: usize,
    /// Candidates that play it.
    pub members: Vec<usize>,
    /// How ranks of private signals become states.
    pub bins: Bins,
    /// Grid of offers.
    pub menu: Menu,
}

/// How the rank of a private signal becomes a state.
#[derive(Clone, Debug, PartialEq)]
pub enum Bins {
    /// Equally likely bins.
    Equal(usize),
    /// One state for each atom: cumulative weights.
    Atoms(Vec<f64>),
}

impl Bins {
    /// Number of states.
    pub fn count(&self) -> usize {
        match self {
            Bins::Equal(bins) => *bins,
            Bins::Atoms(cumulative) => cumulative.len(),
        }
    }

    /// Probability of a state.
    pub fn probability(&self, state: usize) -> f64 {
        match self {
            Bins::Equal(bins) => 1.0 / *bins as f64,
            Bins::Atoms(cumulative) => {
                cumulative[state] - if state == 0 { 0.0 } else { cumulative[state - 1] }
            }
        }
    }

    /// Ranks at which each state begins and ends.
    pub fn ranks(&self) -> Vec<(f64, f64)> {
        let ends = |state: usize| match self {
            Bins::Equal(bins) => state as f64 / *bins as f64,
            Bins::Atoms(_) if state == 0 => 0.0,
            // The last of the cumulative weights may miss one by rounding.
            Bins::Atoms(cumulative) if state == cumulative.len() => 1.0,
            Bins::Atoms(cumulative) => cumulative[state - 1],
        };
        (0..self.count()).map(|state| (ends(state), ends(state + 1))).collect()
    }

    /// The rank within `state` that corresponds to `rank` within its own state.
    pub fn moved(&self, rank: f64, state: usize) -> f64 {
        match self {
            Bins::Equal(bins) => {
                let scaled = rank * *bins as f64;
                (state as f64 + (scaled - scaled.floor())) / *bins as f64
            }
            Bins::Atoms(cumulative) => cumulative[state] - 0.5 * self.probability(state),
        }
    }

    /// The state at this rank.
    #[inline]
    pub fn state(&self, rank: f64) -> usize {
        match self {
            Bins::Equal(bins) => ((rank * *bins as f64) as usize).min(bins - 1),
            Bins::Atoms(cumulative) => cumulative.partition_point(|&c| c <= rank).min(cumulative.len() - 1),
        }
    }
}

impl Seating {
    /// Seats every class (`shared`) or every candidate alone at its own policy.
    pub fn new(setting: &Setting, shared: bool) -> Self {
        let mut player = vec![0; setting.candidates()];
        let mut players: Vec<Player> = Vec::new();
        for (class, spec) in setting.classes.iter().enumerate() {
            let varies = match (&setting.world, &spec.traits.value) {
                (World::Abstract, Some(value)) => value.atoms().len() != 1,
                (World::Abstract, None) => false,
                (World::Rollup(rollup), _) => rollup.shock_sigma > 0.0,
            };
            let atoms = spec.traits.value.as_ref().map(Distribution::atoms).unwrap_or_default();
            let bins = if atoms.len() > 1 && spec.strategy.bins > 1 {
                let mut sum = 0.0;
                let cumulate = |(_, weight): &(f64, f64)| {
                    sum += weight;
                    sum
                };
                Bins::Atoms(atoms.iter().map(cumulate).collect())
            } else {
                Bins::Equal(if varies { spec.strategy.bins } else { 1 })
            };
            let members: Vec<usize> =
                (0..setting.candidates()).filter(|&i| setting.sequencers[i].class == class).collect();
            let seat = |members: Vec<usize>| Player {
                class,
                members,
                bins: bins.clone(),
                menu: spec.strategy.menu.clone(),
            };
            let groups: Vec<Vec<usize>> = if shared {
                let part = |part| members.iter().copied().skip(part).step_by(spec.identities).collect();
                // Of a class that nobody has entered there is nobody.
                (0..spec.identities.min(members.len())).map(part).collect()
            } else {
                members.into_iter().map(|i| vec![i]).collect()
            };
            for members in groups {
                for &i in &members {
                    player[i] = players.len();
                }
                players.push(seat(members));
            }
        }
        Seating { player, players, siblings: setting.siblings() }
    }
}

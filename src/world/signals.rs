//! What candidates know before they offer, and the demand that moves it.

use super::candidate::Sequencer;
use super::distribution::Distribution;
use super::{Rollup, World};
use crate::draws::{Key, Purpose, Stream};
use crate::numerics::{exp, normal_quantile, pow};

/// What candidates know before they make an offer.
#[derive(Clone, Debug, Default)]
pub struct Signals {
    /// The uniform draw behind each candidate's private signal: its rank in its own distribution.
    pub rank: Vec<f64>,
    /// MEV skill this epoch (1 in the abstract world).
    pub skill: Vec<f64>,
    /// Expected fees and MEV of a slot that the candidate produces, in ETH.
    pub gross: Vec<f64>,
    /// Expected gross value of a slot in the later epochs of a term that begins now, by candidate; empty where a term is one
    /// epoch.
    pub later: Vec<f64>,
    /// Fees of a slot as expected from the demand of the epoch before, in ETH.
    pub expected_fee: f64,
    /// Log demand index of this epoch, which nobody knows yet.
    pub next_log_demand: f64,
    /// Share of users that findings of misconduct have driven away.
    pub lost_users: f64,
    /// Share of them who will still be gone in the epoch that offers are for.
    pub lost_then: f64,
    /// Epochs until the one that offers are for: skill and demand are not known yet.
    pub ahead: usize,
    /// Factor on the MEV of a slot that the candidate expects from running on over consecutive slots; empty: 1.
    pub runs: Vec<f64>,
    /// Candidates who are barred from office in this epoch; empty: nobody.
    pub barred: Vec<bool>,
}

/// The exogenous side of one market: demand and machines.
#[derive(Clone, Debug)]
pub struct Nature {
    key: Key,
    log_demand: f64,
    signal: Vec<Stream>,
}

impl Nature {
    /// Opens the exogenous side of the market with this key.
    pub fn open(world: &World, sequencers: &[Sequencer], key: Key) -> Self {
        let log_demand = match world {
            World::Abstract => 0.0,
            World::Rollup(rollup) => rollup.demand.open(key),
        };
        let signal = sequencers.iter().map(|s| key.stream(Purpose::Signal, s.who)).collect();
        Nature { key, log_demand, signal }
    }

    /// The market's key.
    pub fn key(&self) -> Key {
        self.key
    }

    /// Share of users who will still be gone `later` epochs from now, of whom a share comes back in each.
    fn gone(rollup: &Rollup, lost: f64, later: u32) -> f64 {
        if lost == 0.0 { 0.0 } else { lost * pow(1.0 - rollup.exit.back, f64::from(later)) }
    }

    /// Expected demand index of the epoch that offers are for.
    fn index(&self, rollup: &Rollup, ahead: u32) -> f64 {
        if ahead == 0 {
            rollup.demand.expected(self.log_demand)
        } else {
            rollup.demand.expected_after(self.log_demand, ahead)
        }
    }

    /// Draws the private signals of `epoch` (epochs come in order) and moves demand on. What the later epochs of a term of
    /// `term_epochs` are expected to bring is worked out beside them.
    pub fn signals(
        &mut self,
        world: &World,
        sequencers: &[Sequencer],
        epoch: u32,
        epoch_slots: u32,
        term_epochs: u32,
        out: &mut Signals,
    ) {
        let n = sequencers.len();
        out.rank.resize(n, 0.0);
        out.skill.resize(n, 1.0);
        out.gross.resize(n, 0.0);
        for (rank, stream) in out.rank.iter_mut().zip(&self.signal) {
            *rank = stream.uniform(epoch, 0);
        }
        if let World::Rollup(rollup) = world {
            let ahead = out.ahead as u32;
            out.lost_then = Self::gone(rollup, out.lost_users, ahead);
            out.expected_fee = rollup.fee_per_slot * self.index(rollup, ahead) * (1.0 - out.lost_then);
        }
        for (i, sequencer) in sequencers.iter().enumerate() {
            out.set(world, sequencer, i, out.rank[i], epoch_slots);
        }
        if term_epochs > 1 {
            // Fees, and the share of users who are there, mean over the later epochs.
            let (fee, served) = match world {
                World::Abstract => (0.0, 1.0),
                World::Rollup(rollup) => {
                    let later = |t: u32| {
                        let after = t + out.ahead as u32;
                        let served = 1.0 - Self::gone(rollup, out.lost_users, after);
                        (served * rollup.demand.expected_after(self.log_demand, after), served)
                    };
                    let (fees, served) =
                        (1..term_epochs).map(later).fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
                    let epochs = f64::from(term_epochs - 1);
                    (rollup.fee_per_slot * fees / epochs, served / epochs)
                }
            };
            out.later.clear();
            let runs = &out.runs;
            let run = |i: usize| runs.get(i).copied().unwrap_or(1.0);
            out.later.extend(sequencers.iter().enumerate().map(|(i, sequencer)| match world {
                World::Abstract => {
                    sequencer.traits.value.as_ref().map_or(0.0, Distribution::mean) / f64::from(epoch_slots)
                }
                World::Rollup(rollup) => fee + sequencer.traits.skill * rollup.mev.mean() * run(i) * served,
            }));
        }
        if let World::Rollup(rollup) = world {
            self.log_demand = rollup.demand.next(self.key, epoch, self.log_demand);
            out.next_log_demand = self.log_demand;
        }
    }
}

impl Signals {
    /// Whether candidate `i` is barred from office.
    #[inline]
    pub fn is_barred(&self, i: usize) -> bool {
        self.barred.get(i).is_some_and(|&barred| barred)
    }

    /// Lets candidate `i` have the private signal of this rank.
    #[inline]
    pub fn set(&mut self, world: &World, sequencer: &Sequencer, i: usize, rank: f64, epoch_slots: u32) {
        self.rank[i] = rank;
        match world {
            World::Abstract => {
                let value = sequencer.traits.value.as_ref().map_or(0.0, |value| value.quantile(rank));
                self.gross[i] = value / f64::from(epoch_slots);
            }
            World::Rollup(rollup) => {
                let sigma = rollup.shock_sigma;
                let shock =
                    if sigma == 0.0 { 1.0 } else { exp(sigma * normal_quantile(rank) - 0.5 * sigma * sigma) };
                self.skill[i] = sequencer.traits.skill * shock;
                let run = self.runs.get(i).copied().unwrap_or(1.0);
                let skill = if self.ahead > 0 { sequencer.traits.skill } else { self.skill[i] };
                self.gross[i] = self.expected_fee + skill * rollup.mev.mean() * run * (1.0 - self.lost_then);
            }
        }
    }
}

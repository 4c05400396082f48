//! What a market remembers of its candidates' service, and how wide it keeps its redundancy.

use super::Algorithmic;
use crate::mechanism::escrow::Escrow;
use crate::mechanism::operation::Service;

/// How scores are kept.
#[derive(Clone, Copy, Debug)]
pub struct Scoring {
    /// Weight of the newest epoch in a score.
    pub learning: f64,
    /// Score of somebody about whom nothing is known.
    pub newcomer: f64,
    /// Epochs of service in which a newcomer counts for less.
    pub probation_epochs: u32,
    /// How much it counts then.
    pub probation_weight: f64,
    /// Score below which a candidate is evicted; 0: never.
    pub least: f64,
    /// Epochs after which it may come back as a newcomer.
    pub eviction_epochs: u32,
}

/// How redundancy follows availability and inclusion.
#[derive(Clone, Copy, Debug)]
pub struct Controller {
    /// Most sequencers live per slot, with which a market begins.
    pub most: usize,
    /// Share of slots that must be produced.
    pub availability: f64,
    /// Share of targeted transactions that must get in within their windows; 0: no matter.
    pub inclusion: f64,
    /// Epochs over which that is looked at.
    pub window: u32,
}

/// One candidate's record.
#[derive(Clone, Copy, Debug)]
struct Record {
    score: f64,
    served: u32,
    out: u32,
}

/// What the controller has seen since it moved last.
#[derive(Clone, Copy, Debug, Default)]
struct Watched {
    produced: f64,
    slots: f64,
    /// Targeted transactions that got in within their windows, and all whose lives have ended.
    included: f64,
    targets: f64,
    epochs: u32,
}

impl Watched {
    /// Whether the targets hold; where there was no targeted transaction, inclusion does.
    fn holds(&self, controller: Controller) -> bool {
        self.produced >= controller.availability * self.slots
            && self.included >= controller.inclusion * self.targets
    }
}

/// What a market remembers.
#[derive(Clone, Debug)]
pub struct Register {
    /// Stakes.
    pub(super) escrow: Escrow,
    /// Bonds.
    pub(super) bonds: Escrow,
    records: Vec<Record>,
    /// Sequencers live per slot.
    pub(super) redundancy: usize,
    watched: Watched,
    pub(super) evictions: u64,
}

impl Register {
    /// A market that opens knows nobody, and begins with this redundancy.
    pub(super) fn open(candidates: usize, newcomer: f64, redundancy: usize, locked: usize) -> Self {
        Register {
            escrow: Escrow::new(candidates, 1),
            bonds: Escrow::new(candidates, locked),
            records: vec![Record { score: newcomer, served: 0, out: 0 }; candidates],
            redundancy,
            watched: Watched::default(),
            evictions: 0,
        }
    }

    /// What the record of candidate `i` does to its weight: `g(score)`, less in probation, nothing while it is evicted.
    pub(super) fn factor(&self, rule: &Algorithmic, i: usize) -> f64 {
        let Record { score, served, out } = self.records[i];
        if out > 0 {
            return 0.0;
        }
        let full = rule.form.weight(score);
        if served < rule.scoring.probation_epochs { full * rule.scoring.probation_weight } else { full }
    }

    /// Scores follow what was delivered, and redundancy what was produced and included.
    pub(super) fn learn(&mut self, rule: &Algorithmic, service: &Service) {
        let scoring = &rule.scoring;
        for (i, record) in self.records.iter_mut().enumerate() {
            if record.out > 0 {
                record.out -= 1;
            } else if service.scheduled[i] > 0.0 {
                record.served += 1;
                let delivered = service.delivered[i] / service.scheduled[i];
                record.score += scoring.learning * (delivered - record.score);
                if record.score < scoring.least {
                    *record = Record { score: scoring.newcomer, served: 0, out: scoring.eviction_epochs };
                    self.evictions += 1;
                }
            }
        }
        let Some(controller) = rule.controller else { return };
        let watched = &mut self.watched;
        watched.produced += service.total - service.missed;
        watched.slots += service.total;
        let (targets, kept_out) = service.targets;
        watched.included += targets - kept_out;
        watched.targets += targets;
        watched.epochs += 1;
        if watched.epochs >= controller.window {
            if watched.holds(controller) {
                self.redundancy = self.redundancy.saturating_sub(1).max(rule.redundancy);
            } else {
                self.redundancy = (self.redundancy + 1).min(controller.most);
            }
            self.watched = Watched::default();
        }
    }
}

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

/// How redundancy follows availability.
#[derive(Clone, Copy, Debug)]
pub struct Controller {
    /// Most sequencers live per slot, with which a market begins.
    pub most: usize,
    /// Share of slots that must be produced.
    pub target: f64,
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

/// What a market remembers.
#[derive(Clone, Debug)]
pub struct Register {
    /// Stakes, and bonds that are locked for no longer.
    pub(super) escrow: Escrow,
    /// Bonds with a dispute window.
    pub(super) bonds: Escrow,
    records: Vec<Record>,
    /// Sequencers live per slot.
    pub(super) redundancy: usize,
    produced: f64,
    slots: f64,
    epochs: u32,
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
            produced: 0.0,
            slots: 0.0,
            epochs: 0,
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

    /// Scores follow what was delivered, and redundancy what was produced.
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
        self.produced += service.total - service.missed;
        self.slots += service.total;
        self.epochs += 1;
        if self.epochs >= controller.window {
            if self.produced >= controller.target * self.slots {
                self.redundancy = self.redundancy.saturating_sub(1).max(rule.redundancy);
            } else {
                self.redundancy = (self.redundancy + 1).min(controller.most);
            }
            (self.produced, self.slots, self.epochs) = (0.0, 0.0, 0);
        }
    }
}

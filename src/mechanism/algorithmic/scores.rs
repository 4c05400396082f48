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
    /// Share of slots that are to be produced.
    pub availability: f64,
    /// Share of targeted transactions that are to get in within their windows; 0: no matter.
    pub inclusion: f64,
    /// Epochs that have one budget.
    pub window: u32,
}

/// One candidate's record.
#[derive(Clone, Copy, Debug)]
struct Record {
    score: f64,
    served: u32,
    out: u32,
}

/// Of missed slots and of transactions kept out, in this order.
type Budgets = [f64; 2];

/// The controller's account of failures against what its targets allow.
#[derive(Clone, Debug, Default)]
struct Account {
    /// Failures and cases of the window at hand.
    failed: Budgets,
    cases: Budgets,
    epochs: u32,
    /// Failures beyond what has been allowed; below 0: what is left of that.
    overdrawn: Budgets,
    /// The largest budget of a window so far.
    largest: Budgets,
    /// What each step down that is in force has been paid with.
    spent: Vec<Budgets>,
}

impl Account {
    fn note(&mut self, service: &Service) {
        let (targets, kept_out) = service.targets;
        for (sum, more) in self.failed.iter_mut().zip([service.missed, kept_out]) {
            *sum += more;
        }
        for (sum, more) in self.cases.iter_mut().zip([service.total, targets]) {
            *sum += more;
        }
        self.epochs += 1;
    }

    /// Closes a window: moves redundancy by one where a window's budget of each kind is left, or as much as the last step down has spent is
    /// overdrawn of some kind.
    fn close(&mut self, controller: Controller, least: usize, redundancy: &mut usize) {
        let targets = [controller.availability, controller.inclusion];
        let matters = |k: usize| k == 0 || targets[k] > 0.0;
        let budget: Budgets = std::array::from_fn(|k| (1.0 - targets[k]) * self.cases[k]);
        for (k, allowed) in budget.iter().enumerate() {
            self.overdrawn[k] += self.failed[k] - allowed;
            self.largest[k] = self.largest[k].max(*allowed);
        }
        (self.failed, self.cases, self.epochs) = Default::default();
        // Budgets add up to rounding.
        let is_left = |k: usize| self.overdrawn[k] <= -budget[k] * (1.0 - 1e-9);
        let overdraws = |spent: &Budgets, k: usize| self.overdrawn[k] > 0.0 && self.overdrawn[k] >= spent[k];
        if *redundancy > least && (0..2).all(|k| !matters(k) || is_left(k)) {
            *redundancy -= 1;
            self.spent.push(budget);
            for (overdrawn, budget) in self.overdrawn.iter_mut().zip(budget) {
                *overdrawn += budget;
            }
        } else if let Some(spent) =
            self.spent.pop_if(|spent| (0..2).any(|k| matters(k) && overdraws(spent, k)))
        {
            *redundancy += 1;
            for (overdrawn, spent) in self.overdrawn.iter_mut().zip(spent) {
                *overdrawn -= spent;
            }
        }
        // More than a step takes is not saved for later.
        for (overdrawn, largest) in self.overdrawn.iter_mut().zip(self.largest) {
            *overdrawn = overdrawn.max(-largest);
        }
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
    account: Account,
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
            account: Account::default(),
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
                let up = 1.0 - service.lapsed[i] / service.scheduled[i];
                record.score += scoring.learning * (up - record.score);
                if record.score < scoring.least {
                    *record = Record { score: scoring.newcomer, served: 0, out: scoring.eviction_epochs };
                    self.evictions += 1;
                }
            }
        }
        let Some(controller) = rule.controller else { return };
        self.account.note(service);
        if self.account.epochs >= controller.window {
            self.account.close(controller, rule.redundancy, &mut self.redundancy);
        }
    }
}

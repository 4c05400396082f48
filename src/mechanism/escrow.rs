//! What candidates have locked up, and when they get it back.

use crate::play::ledger::Ledger;

/// Locked sums by the epoch of their release: a ring of as many rows as a sum can be locked for.
#[derive(Clone, Debug)]
pub struct Escrow {
    due: Vec<f64>,
    candidates: usize,
    row: usize,
}

impl Escrow {
    /// Nothing locked, for sums that stay for `epochs` epochs.
    pub fn new(candidates: usize, epochs: usize) -> Self {
        Escrow { due: vec![0.0; candidates * epochs.max(1)], candidates, row: 0 }
    }

    /// Begins an epoch: what has been locked for as many epochs as the ring has rows goes back to its owners, and
    /// `lock(i)` is taken from candidate `i` for as many to come.
    pub fn turn(&mut self, ledger: &mut Ledger, mut lock: impl FnMut(usize) -> f64) {
        self.row = (self.row + 1) % (self.due.len() / self.candidates.max(1)).max(1);
        for i in 0..self.candidates {
            let due = &mut self.due[self.row * self.candidates + i];
            ledger.release_bond(i, *due);
            *due = lock(i);
            ledger.lock_bond(i, *due);
        }
    }

    /// Takes a share of what candidate `i` locked last, for the community.
    pub fn slash(&mut self, ledger: &mut Ledger, i: usize, share: f64) {
        let due = &mut self.due[self.row * self.candidates + i];
        let amount = share.min(1.0) * *due;
        *due -= amount;
        ledger.slash_bond(i, amount);
    }

    /// Takes a share of all that candidate `i` has locked out of the ring, so that it is not released, and says how much: it
    /// stays locked until the books slash it.
    pub fn withhold(&mut self, i: usize, share: f64) -> f64 {
        let share = share.min(1.0);
        let mut withheld = 0.0;
        for row in self.due.chunks_mut(self.candidates.max(1)) {
            let amount = share * row[i];
            row[i] -= amount;
            withheld += amount;
        }
        withheld
    }
}

//! What candidates have locked up, and when they get it back.

use super::collateral::Moves;
use super::terms::Terms;
use crate::play::ledger::Ledger;
use crate::settings::Parameter;

/// Dispute window of rules whose bonds are standing ones.
pub const DISPUTE_EPOCHS: Parameter = Parameter::integer_optional(
    "dispute_epochs",
    0,
    100_000,
    "epochs",
    "epochs after its own during which the bond for an epoch of service stays locked; absent: none",
);

/// Locked sums by the epoch of their release: a ring of as many rows as a sum can be locked for.
#[derive(Clone, Debug)]
pub struct Escrow {
    /// What the sums are worth.
    due: Vec<f64>,
    /// What they were worth when they were locked.
    posted: Vec<f64>,
    candidates: usize,
    row: usize,
    /// At the last turn: ETH by which sums were worth less than was required, and ETH required.
    short: (f64, f64),
}

impl Escrow {
    /// Nothing locked, for sums that stay for `epochs` epochs.
    pub fn new(candidates: usize, epochs: usize) -> Self {
        let nothing = vec![0.0; candidates * epochs.max(1)];
        Escrow { due: nothing.clone(), posted: nothing, candidates, row: 0, short: (0.0, 0.0) }
    }

    /// Begins an epoch before which prices have moved like this: what is locked is worth more or less, what has been locked for as many
    /// epochs as the ring has rows goes back to its owners at that value, and `lock(i)` is taken from candidate `i` for as many to
    /// come. A stake that is locked anew in every epoch so gains or loses what prices do from one to the next.
    pub fn turn(
        &mut self,
        ledger: &mut Ledger,
        terms: &Terms,
        moves: &Moves,
        mut lock: impl FnMut(usize) -> f64,
    ) {
        let (factor, booked) = (terms.collateral.growth(moves), terms.collateral.gain(moves));
        if factor != 1.0 || booked != 0.0 {
            for (place, due) in self.due.iter_mut().enumerate() {
                let rise = *due * (factor - 1.0);
                ledger.revalue(place % self.candidates, rise, *due * booked);
                *due += rise;
            }
        }
        if terms.collateral.given {
            self.short = self.shortfall(terms.collateral.haircut);
        }
        self.row = (self.row + 1) % (self.due.len() / self.candidates.max(1)).max(1);
        for i in 0..self.candidates {
            let place = self.row * self.candidates + i;
            ledger.release_bond(i, self.due[place]);
            let sum = lock(i);
            (self.due[place], self.posted[place]) = (sum, sum);
            ledger.lock_bond(i, sum);
        }
    }

    /// Takes a share of what candidate `i` locked last, for the community.
    pub fn slash(&mut self, ledger: &mut Ledger, i: usize, share: f64) {
        let place = self.row * self.candidates + i;
        let amount = share.min(1.0) * self.due[place];
        self.due[place] -= amount;
        self.posted[place] *= 1.0 - share.min(1.0);
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
        for row in self.posted.chunks_mut(self.candidates.max(1)) {
            row[i] *= 1.0 - share;
        }
        withheld
    }

    /// What candidate `i` has locked.
    pub fn locked(&self, i: usize) -> f64 {
        self.due.chunks(self.candidates.max(1)).map(|row| row[i]).sum()
    }

    /// ETH by which what was locked came to be worth less than was required, and ETH required, as the epoch began.
    pub fn short(&self) -> (f64, f64) {
        self.short
    }

    fn shortfall(&self, haircut: f64) -> (f64, f64) {
        self.due.iter().zip(&self.posted).fold((0.0, 0.0), |(short, all), (due, posted)| {
            let required = (1.0 - haircut) * posted;
            (short + (required - due).max(0.0), all + required)
        })
    }
}

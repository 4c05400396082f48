//! A fixed number of replicates of everything, replicate by replicate over the whole design, so that a stopped run is a
//! balanced smaller study.

use super::{Piece, Study};
use crate::experiment::outcome::Outcome;
use crate::experiment::runner;
use crate::experiment::unit::UnitPlan;

/// Asks the units of a piece one by one. Every `of`-th different content goes to the same piece, with all addresses that
/// have it: it is one piece of work.
pub(super) struct InOrder<'a> {
    study: &'a Study,
    piece: Piece,
    replicates: u32,
    /// The next address: replicate, design point, contender.
    next: (u32, u32, usize),
}

impl<'a> InOrder<'a> {
    pub fn new(study: &'a Study, piece: Piece) -> Self {
        InOrder { study, piece, replicates: study.least_replicates(), next: (0, 0, 0) }
    }

    /// Moves on by one address and returns the former.
    fn step(&mut self) -> Option<(u32, u32, usize)> {
        let (replicate, design, contender) = self.next;
        if replicate >= self.replicates || self.study.design.is_empty() {
            return None;
        }
        self.next = if contender + 1 < self.study.experiment.contenders.len() {
            (replicate, design, contender + 1)
        } else if design + 1 < self.study.design.len() {
            (replicate, design + 1, 0)
        } else {
            (replicate + 1, 0, 0)
        };
        Some((replicate, design, contender))
    }

    fn is_mine(&self, (replicate, design, contender): (u32, u32, usize)) -> bool {
        let contents = self.study.points.contents();
        let place =
            u64::from(replicate) * contents.distinct() as u64 + contents.place(design, contender) as u64;
        place % u64::from(self.piece.of) == u64::from(self.piece.index - 1)
    }
}

impl runner::Study for InOrder<'_> {
    fn ask(&mut self) -> Option<UnitPlan> {
        loop {
            let address = self.step()?;
            if self.is_mine(address) {
                let (replicate, design, contender) = address;
                return Some(self.study.plan(design, contender, replicate));
            }
        }
    }

    fn tell(&mut self, _: &UnitPlan, _: Result<&Outcome, &str>) {}

    fn total(&self) -> Option<u64> {
        // A piece's number is about right: how many addresses share a content may differ.
        Some(self.study.planned().div_ceil(u64::from(self.piece.of)))
    }

    fn learns(&self) -> bool {
        false
    }
}

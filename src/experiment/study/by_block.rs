//! The units of a sensitivity study, block by block, so that a stopped run is a smaller study.

use super::{Piece, Study};
use crate::experiment::outcome::Outcome;
use crate::experiment::runner;
use crate::experiment::sweep::pick_freeze::PickFreeze;
use crate::experiment::unit::UnitPlan;

/// Addresses of a study's units, in the order of asking: design point, contender, replicate. A piece has every `of`-th block.
pub(super) fn addresses(
    design: &PickFreeze,
    contenders: usize,
    piece: Piece,
) -> impl Iterator<Item = (u32, usize, u32)> + '_ {
    let mine = move |place: &usize| (place % piece.of as usize) + 1 == piece.index as usize;
    let blocks = design.blocks().enumerate().filter(move |(place, _)| mine(place)).map(|(_, block)| block);
    blocks.flat_map(move |block| {
        let (first, count) = design.points_of(block);
        (0..count).flat_map(move |point| {
            let replicates = design.replicates_at(block, point);
            (0..contenders)
                .flat_map(move |c| replicates.clone().into_iter().map(move |r| (c, r)))
                .map(move |(c, r)| (first + point as u32, c, r))
        })
    })
}

/// Asks the units of a piece one by one.
pub(super) struct ByBlock<'a> {
    study: &'a Study,
    total: u64,
    left: Box<dyn Iterator<Item = (u32, usize, u32)> + 'a>,
}

impl<'a> ByBlock<'a> {
    pub fn new(study: &'a Study, design: &'a PickFreeze, piece: Piece) -> Self {
        let contenders = study.experiment.contenders.len();
        let total = study.planned().div_ceil(u64::from(piece.of));
        ByBlock { study, total, left: Box::new(addresses(design, contenders, piece)) }
    }
}

impl runner::Study for ByBlock<'_> {
    fn ask(&mut self) -> Option<UnitPlan> {
        self.left.next().map(|(design, contender, replicate)| self.study.plan(design, contender, replicate))
    }

    fn tell(&mut self, _: &UnitPlan, _: Result<&Outcome, &str>) {}

    fn total(&self) -> Option<u64> {
        Some(self.total)
    }

    fn learns(&self) -> bool {
        false
    }
}

//! Bids in the order in which they win.

use crate::draws::Purpose;
use crate::mechanism::At;

/// A bid with its lot: compared by amount, then by lot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ranked {
    pub(super) bid: f64,
    pub(super) lot: u64,
    pub(super) who: usize,
}

impl Ranked {
    pub(super) fn beats(&self, other: &Ranked) -> bool {
        self.bid > other.bid || (self.bid == other.bid && self.lot > other.lot)
    }
}

/// Admissible bids, highest first.
#[derive(Clone, Debug, Default)]
pub struct Ranking(pub(super) Vec<Ranked>);

/// The lot of a candidate in this epoch, which breaks ties.
pub(super) fn lot(at: &At, who: usize) -> u64 {
    at.key.stream(Purpose::Tie, at.setting.sequencers[who].who).bits(at.epoch, 0)
}

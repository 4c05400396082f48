//! Who stands by in a slot, and who proposes beside its leader.

use crate::mechanism::{Schedule, Selection};

/// The standbys of a seat of a rotation: the holders of the `redundancy − 1` seats after it, each once where some hold
/// several.
pub(super) fn for_each_standby(
    selection: &Selection,
    seat: usize,
    redundancy: usize,
    mut visit: impl FnMut(usize) -> bool,
) {
    let k = selection.seats.len();
    let drawn = selection.schedule == Schedule::Lottery;
    let holder = |step: usize| selection.seats[(seat + step) % k];
    let taken = (1..k).filter(|&step| holder(step).is_some());
    for step in taken.take(redundancy - 1) {
        let new = !drawn || (0..step).all(|earlier| holder(earlier) != holder(step));
        if !holder(step).filter(|_| new).is_none_or(&mut visit) {
            return;
        }
    }
}

/// The standbys of a slot whose leader was drawn: the leaders of the `redundancy − 1` slots after it, but for the slot's
/// own, each once.
pub(super) fn for_each_next_leader(
    leaders: &[Option<usize>],
    slot: usize,
    redundancy: usize,
    mut visit: impl FnMut(usize) -> bool,
) {
    let leader = |step: usize| leaders[(slot + step) % leaders.len()];
    for step in 1..redundancy.min(leaders.len()) {
        let new = (0..step).all(|earlier| leader(earlier) != leader(step));
        let go_on = leader(step).filter(|_| new).is_none_or(&mut visit);
        if !go_on {
            return;
        }
    }
}

/// The seats of a rotation whose holders propose in the same slot: `redundancy` seats in a row, the next slot's being those
/// after them. Which of them leads moves on whenever the blocks have come round to where they began.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    first: usize,
    lead: usize,
    size: usize,
}

impl Block {
    /// The block of a slot among `k` seats; `None` without seats.
    pub(super) fn of(clock: u64, k: usize, redundancy: usize) -> Option<Block> {
        let size = redundancy.min(k);
        if size == 0 {
            return None;
        }
        let common = greatest_common_divisor(size, k);
        let first = ((clock % k as u64) as usize * size) % k;
        let lead = (clock / (k / common) as u64 % common as u64) as usize;
        Some(Block { first, lead, size })
    }

    /// The seat that leads.
    pub(super) fn leader(self, k: usize) -> usize {
        (self.first + self.lead) % k
    }

    /// The other holders of the block's seats, each once, but for that of `seat`, which leads.
    pub(super) fn for_each_other(
        self,
        seats: &[Option<usize>],
        seat: usize,
        mut visit: impl FnMut(usize) -> bool,
    ) {
        let k = seats.len();
        for step in 0..self.size {
            let holder = seats[(self.first + step) % k];
            let earlier = (0..step).any(|e| seats[(self.first + e) % k] == holder);
            let Some(i) = holder.filter(|_| !earlier && holder != seats[seat]) else { continue };
            if !visit(i) {
                return;
            }
        }
    }
}

pub(super) fn greatest_common_divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

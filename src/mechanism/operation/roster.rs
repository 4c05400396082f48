//! Who leads and who stands by in the slots of an epoch, as its schedule has it.

use super::includers::Includers;
use super::slots::SlotStreams;
use super::standbys::{Block, for_each_next_leader, for_each_standby};
use crate::mechanism::terms::Terms;
use crate::mechanism::{Schedule, Selection, lottery};

/// The schedule of one epoch.
pub(super) struct Roster<'a> {
    selection: &'a Selection,
    streams: &'a SlotStreams,
    epoch: u32,
    redundancy: usize,
    /// Whether those who are live in a slot are new ones in every slot: concurrent proposers.
    blocks: bool,
    /// Leaders of the slots, where they are drawn.
    leaders: Vec<Option<usize>>,
}

/// A slot's place in the schedule.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    pub(super) slot: u32,
    pub(super) clock: u64,
    /// The seat that leads, where seats take turns.
    seat: usize,
    /// Who leads.
    pub(super) leader: Option<usize>,
}

impl<'a> Roster<'a> {
    /// The schedule of `epoch`, whose seats have been drawn if they are; `leaders` is working space.
    pub(super) fn new(
        terms: &Terms,
        streams: &'a SlotStreams,
        selection: &'a Selection,
        epoch: u32,
        mut leaders: Vec<Option<usize>>,
    ) -> Self {
        leaders.clear();
        if selection.schedule == Schedule::Weighted {
            leaders.extend((0..terms.epoch_slots).map(|slot| streams.race(selection, epoch, slot)));
        }
        let redundancy = selection.redundancy.unwrap_or(terms.redundancy);
        let blocks = terms.oversight.any_live() && redundancy > 1 && !selection.all_live;
        Roster { selection, streams, epoch, redundancy, blocks, leaders }
    }

    /// The working space.
    pub(super) fn into_leaders(self) -> Vec<Option<usize>> {
        self.leaders
    }

    /// Sequencers live in a slot.
    pub(super) fn redundancy(&self) -> usize {
        self.redundancy
    }

    /// The place of a slot, where the turns of those who have been `removed` pass to the seats after theirs. Fills in who else
    /// was `drawn` to propose in it, after its leader.
    pub(super) fn turn(
        &self,
        slot: u32,
        clock: u64,
        removed: impl Fn(usize) -> bool,
        drawn: &mut Vec<usize>,
    ) -> Turn {
        let selection = self.selection;
        let k = selection.seats.len();
        drawn.clear();
        let (seat, leader) = match selection.schedule {
            Schedule::Rotation | Schedule::Lottery => {
                // The turn moves on with the clock, so that an uneven division favours no seat.
                let turn = match Block::of(clock, k, self.redundancy) {
                    Some(block) if self.blocks => block.leader(k),
                    _ => (clock % k.max(1) as u64) as usize,
                };
                let stays = |seat: &usize| selection.seats[*seat].is_none_or(|i| !removed(i));
                let seat = (0..k).map(|step| (turn + step) % k).find(stays);
                (seat.unwrap_or(turn), seat.and_then(|seat| selection.seats[seat]))
            }
            Schedule::Weighted => (0, self.leaders[slot as usize]),
        };
        if self.blocks && selection.schedule == Schedule::Weighted {
            drawn.extend(leader);
            while !drawn.is_empty() && drawn.len() < self.redundancy {
                let among = |i: usize| !drawn.contains(&i);
                let Some(next) = self.streams.race_among(selection, self.epoch, slot, among) else { break };
                drawn.push(next);
            }
        }
        Turn { slot, clock, seat, leader }
    }

    /// The standbys of a slot, or those who propose beside its leader, but for those who are `absent`.
    pub(super) fn each_other(
        &self,
        turn: Turn,
        drawn: &[usize],
        absent: impl Fn(usize) -> bool,
        visit: &mut dyn FnMut(usize) -> bool,
    ) {
        let selection = self.selection;
        let mut visit = |i: usize| absent(i) || visit(i);
        match selection.schedule {
            Schedule::Rotation | Schedule::Lottery if self.blocks => {
                if let Some(block) = Block::of(turn.clock, selection.seats.len(), self.redundancy) {
                    block.for_each_other(&selection.seats, turn.seat, visit);
                }
            }
            Schedule::Weighted if self.blocks => {
                let _ = drawn.iter().skip(1).all(|&i| visit(i));
            }
            Schedule::Rotation | Schedule::Lottery => {
                for_each_standby(selection, turn.seat, self.redundancy, visit);
            }
            Schedule::Weighted => {
                for_each_next_leader(&self.leaders, turn.slot as usize, self.redundancy, visit);
            }
        }
    }
}

/// Who could include a transaction in each slot of an epoch to come, as its schedule has it: machines that will be down and
/// leaders who will be removed are not known yet.
pub fn announced(terms: &Terms, streams: &SlotStreams, selection: &Selection, epoch: u32) -> Includers {
    let mut selection = selection.clone();
    if selection.schedule == Schedule::Lottery {
        streams.hold(epoch, &mut selection);
    }
    let roster = Roster::new(terms, streams, &selection, epoch, Vec::new());
    let (mut includers, mut drawn, mut able) = (Includers::default(), Vec::new(), Vec::new());
    for slot in 0..terms.epoch_slots {
        let clock = u64::from(epoch) * u64::from(terms.epoch_slots) + u64::from(slot);
        let turn = roster.turn(slot, clock, |_| false, &mut drawn);
        able.clear();
        if terms.oversight.any_live() && selection.all_live {
            able.extend((0..selection.weight.len()).filter(|&i| selection.weight[i] > 0.0));
        } else {
            able.extend(turn.leader);
            if terms.oversight.any_live() {
                roster.each_other(turn, &drawn, |_| false, &mut |i| {
                    if !able.contains(&i) {
                        able.push(i);
                    }
                    true
                });
            }
        }
        includers.slot(able.iter().copied());
    }
    includers
}

impl SlotStreams {
    /// Draws the seats of an epoch by lottery.
    pub(super) fn hold(&self, epoch: u32, selection: &mut Selection) {
        lottery::hold(&self.seat, &self.restake, epoch, selection);
    }
}

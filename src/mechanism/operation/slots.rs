//! A rollup's epoch, slot by slot, and the streams that its slots draw from.

use super::Service;
use super::standbys::{Block, for_each_next_leader, for_each_standby};
use crate::agent::Setting;
use crate::draws::{Key, Purpose, Stream, Who};
use crate::mechanism::ordering::quorum;
use crate::mechanism::{At, Schedule, Selection, lottery};
use crate::numerics::ln;
use crate::world::{Machines, Rollup};

/// The streams that the slots of one market draw from.
#[derive(Clone, Debug)]
pub struct SlotStreams {
    mev: Stream,
    failover: Stream,
    committee: Stream,
    leader: Vec<Stream>,
    seat: Vec<Stream>,
    restake: Vec<Stream>,
    empty: Stream,
}

impl SlotStreams {
    /// Streams of the market with this key.
    pub fn new(setting: &Setting, key: Key) -> Self {
        SlotStreams {
            mev: key.stream(Purpose::Mev, Who::MARKET),
            failover: key.stream(Purpose::Failover, Who::MARKET),
            committee: key.stream(Purpose::Committee, Who::MARKET),
            leader: setting.sequencers.iter().map(|s| key.stream(Purpose::Leader, s.who)).collect(),
            seat: setting.sequencers.iter().map(|s| key.stream(Purpose::Seat, s.who)).collect(),
            restake: setting.sequencers.iter().map(|s| key.stream(Purpose::Restake, s.who)).collect(),
            empty: key.stream(Purpose::Leader, Who::MARKET),
        }
    }

    /// Leader of a slot by an exponential race: candidate `i` arrives at an exponential time of rate its weight.
    fn race(&self, selection: &Selection, epoch: u32, slot: u32) -> Option<usize> {
        self.race_among(selection, epoch, slot, |_| true)
    }

    /// The first of those who `may` lead.
    fn race_among(
        &self,
        selection: &Selection,
        epoch: u32,
        slot: u32,
        mut may: impl FnMut(usize) -> bool,
    ) -> Option<usize> {
        let mut first = f64::INFINITY;
        let mut leader = None;
        for (i, &weight) in selection.weight.iter().enumerate() {
            if weight > 0.0 && may(i) {
                let luck = self.leader[i].uniform(epoch, slot);
                // −ln u ≥ 1 − u: most of those who lose need no logarithm. The slack is far above rounding.
                if 1.0 - luck > first * weight * (1.0 + 1e-9) {
                    continue;
                }
                let time = -ln(luck) / weight;
                if time < first {
                    first = time;
                    leader = Some(i);
                }
            }
        }
        if selection.empty_weight > 0.0
            && -ln(self.empty.uniform(epoch, slot)) / selection.empty_weight < first
        {
            leader = None;
        }
        leader
    }
}

/// Lives through the epoch of a rollup.
pub fn slot_by_slot(
    rollup: &Rollup,
    at: &At,
    machines: &mut Machines,
    streams: &SlotStreams,
    selection: &mut Selection,
    service: &mut Service,
) {
    let (setting, terms, signals, epoch) = (at.setting, at.terms, at.signals, at.epoch);
    service.clear(setting.candidates());
    if selection.schedule == Schedule::Lottery {
        lottery::hold(&streams.seat, &streams.restake, epoch, selection);
    }
    let selection = &*selection;
    let redundancy = selection.redundancy.unwrap_or(terms.redundancy);
    let removed = |misses: &[u32], i: usize| selection.miss_tolerance.is_some_and(|most| misses[i] >= most);
    let oversight = &terms.oversight;
    // Concurrent proposers are new ones in every slot.
    let blocks = oversight.any_live() && redundancy > 1 && !selection.all_live;
    let served = 1.0 - signals.lost_users;
    let mut able: Vec<usize> = Vec::new();
    let mut drawn: Vec<usize> = Vec::new();
    service.total = selection.total;
    let mut leaders = std::mem::take(&mut service.leaders);
    leaders.clear();
    if selection.schedule == Schedule::Weighted {
        leaders.extend((0..terms.epoch_slots).map(|slot| streams.race(selection, epoch, slot)));
    }
    let fee = rollup.fee_per_slot * rollup.demand.index(signals.next_log_demand);
    let (n, k) = (setting.candidates(), selection.seats.len());
    let mut waking = Vec::new();
    let mut mev_sum = 0.0;
    for slot in 0..terms.epoch_slots {
        let clock = u64::from(epoch) * u64::from(terms.epoch_slots) + u64::from(slot);
        let mev = rollup.mev.quantile(streams.mev.uniform(epoch, slot));
        mev_sum += mev;
        let (seat, leader) = match selection.schedule {
            Schedule::Rotation | Schedule::Lottery => {
                // The turn moves on with the clock, so that an uneven division favours no seat. The turns of those who
                // have been removed pass to the seats after theirs.
                let turn = match Block::of(clock, k, redundancy) {
                    Some(block) if blocks => block.leader(k),
                    _ => (clock % k.max(1) as u64) as usize,
                };
                let stays =
                    |seat: &usize| selection.seats[*seat].is_none_or(|i| !removed(&service.misses, i));
                let seat = (0..k).map(|step| (turn + step) % k).find(stays);
                (seat.unwrap_or(turn), seat.and_then(|seat| selection.seats[seat]))
            }
            Schedule::Weighted => (0, leaders[slot as usize]),
        };
        let misses = &service.misses;
        drawn.clear();
        if blocks && selection.schedule == Schedule::Weighted {
            drawn.extend(leader);
            while !drawn.is_empty() && drawn.len() < redundancy {
                let Some(next) = streams.race_among(selection, epoch, slot, |i| !drawn.contains(&i)) else {
                    break;
                };
                drawn.push(next);
            }
        }
        let each_standby = |visit: &mut dyn FnMut(usize) -> bool| match selection.schedule {
            Schedule::Rotation | Schedule::Lottery if blocks => {
                if let Some(block) = Block::of(clock, k, redundancy) {
                    block.for_each_other(&selection.seats, seat, |i| removed(misses, i) || visit(i));
                }
            }
            Schedule::Weighted if blocks => {
                let _ = drawn.iter().skip(1).all(|&i| visit(i));
            }
            Schedule::Rotation | Schedule::Lottery => {
                for_each_standby(selection, seat, redundancy, |i| removed(misses, i) || visit(i));
            }
            Schedule::Weighted => for_each_next_leader(&leaders, slot as usize, redundancy, visit),
        };
        // The leaders of the next slots are live whether or not this slot has one; the other seats wait for theirs.
        if selection.all_live {
            for (live, _) in service.live.iter_mut().zip(&selection.weight).filter(|(_, w)| **w > 0.0) {
                *live += 1.0;
            }
            if terms.starts {
                waking.extend((0..n).filter(|&i| selection.weight[i] > 0.0));
            }
        } else if redundancy > 1 && (leader.is_some() || selection.schedule == Schedule::Weighted) {
            let live = &mut service.live;
            each_standby(&mut |standby| {
                live[standby] += 1.0;
                if terms.starts {
                    waking.push(standby);
                }
                true
            });
        }
        let common_down = machines.all_down(rollup, clock);
        let available = terms.missing == 0.0 || streams.committee.uniform(epoch, slot) >= terms.missing;
        let ordered = available
            && (!terms.fair || {
                let (mut live, mut up) = (0, 0);
                let mut count = |i: usize| {
                    live += 1;
                    up += usize::from(machines.down_for(&setting.sequencers, i, clock).is_none());
                    true
                };
                if selection.all_live {
                    for i in (0..n).filter(|&i| selection.weight[i] > 0.0) {
                        count(i);
                    }
                } else {
                    if let Some(leader) = leader {
                        count(leader);
                    }
                    each_standby(&mut count);
                }
                up >= quorum(live)
            });
        let (mut producer, mut lapsed) = (None, None);
        if let Some(leader) = leader {
            service.scheduled[leader] += 1.0;
            if !selection.all_live {
                service.live[leader] += 1.0;
                if terms.starts {
                    waking.push(leader);
                }
            }
            match machines.down_for(&setting.sequencers, leader, clock) {
                None => producer = Some(leader),
                Some(age) => {
                    let taken_over = (redundancy > 1 || selection.all_live)
                        && age >= rollup.failover_delay
                        && streams.failover.uniform(epoch, slot) < rollup.failover;
                    if taken_over && selection.all_live {
                        let up = |i: usize| {
                            i != leader && machines.down_for(&setting.sequencers, i, clock).is_none()
                        };
                        producer = streams.race_among(selection, epoch, slot, up);
                    } else if taken_over {
                        each_standby(&mut |standby| {
                            if machines.down_for(&setting.sequencers, standby, clock).is_none() {
                                producer = Some(standby);
                            }
                            producer.is_none()
                        });
                    }
                }
            }
            // Who is up itself misses nothing by others' failing.
            if producer != Some(leader) || common_down {
                lapsed = Some(leader);
            }
            if common_down || !ordered {
                producer = None;
            }
            if producer == Some(leader) {
                service.delivered[leader] += 1.0;
            }
        }
        if oversight.recorded {
            able.clear();
            if producer.is_some() && oversight.any_live() {
                let mut up = |i: usize| machines.down_for(&setting.sequencers, i, clock).is_none();
                if selection.all_live {
                    able.extend((0..selection.weight.len()).filter(|&i| selection.weight[i] > 0.0 && up(i)));
                } else {
                    able.extend(leader.filter(|&i| up(i)));
                    each_standby(&mut |standby| {
                        if up(standby) && !able.contains(&standby) {
                            able.push(standby);
                        }
                        true
                    });
                }
            } else {
                able.extend(producer);
            }
            service.includers.slot(able.iter().copied());
        }
        if let Some(leader) = lapsed {
            service.misses[leader] += 1;
        }
        waking.drain(..).for_each(|i| service.wake(at, i, clock));
        if let Some(i) = producer {
            service.produced[i] += 1.0;
            service.mev[i] += signals.skill[i] * mev * served;
            service.gross[i] += fee * served + signals.skill[i] * mev * served + service.backlog;
            service.backlog = 0.0;
            service.gap = 0.0;
        } else {
            service.missed += 1.0;
            service.backlog += terms.backlog * fee * served;
            service.gap += 1.0;
            service.longest_gap = service.longest_gap.max(service.gap);
        }
    }
    service.leaders = leaders;
    let best = signals.skill.iter().fold(0.0_f64, |best, &skill| best.max(skill));
    service.potential = f64::from(terms.epoch_slots) * fee + best * mev_sum;
    service.close_costs(at, &selection.effort);
}

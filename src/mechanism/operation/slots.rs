//! A rollup's epoch, slot by slot, and the streams that its slots draw from.

use super::Service;
use super::roster::Roster;
use crate::agent::Setting;
use crate::draws::{Key, Purpose, Stream, Who};
use crate::mechanism::ordering::quorum;
use crate::mechanism::{At, Schedule, Selection};
use crate::numerics::ln;
use crate::world::mev::run_factor;
use crate::world::{Machines, Rollup};

/// The streams that the slots of one market draw from.
#[derive(Clone, Debug)]
pub struct SlotStreams {
    mev: Stream,
    failover: Stream,
    committee: Stream,
    leader: Vec<Stream>,
    pub(super) seat: Vec<Stream>,
    pub(super) restake: Vec<Stream>,
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
    pub(super) fn race(&self, selection: &Selection, epoch: u32, slot: u32) -> Option<usize> {
        self.race_among(selection, epoch, slot, |_| true)
    }

    /// The first of those who `may` lead.
    pub(super) fn race_among(
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
        streams.hold(epoch, selection);
    }
    let selection = &*selection;
    let removed = |misses: &[u32], i: usize| selection.miss_tolerance.is_some_and(|most| misses[i] >= most);
    let oversight = &terms.oversight;
    let served = 1.0 - signals.lost_users;
    // Who may lead and does not know when is live all the time.
    let ready = if oversight.secret && !selection.all_live { selection.may_lead() } else { Vec::new() };
    let all_ready = !ready.is_empty();
    // Of a schedule that was decided before the epoch before this one, those who have been barred since lead nothing.
    let gone = |i: usize| oversight.ahead > 0 && signals.is_barred(i);
    let mut able: Vec<usize> = Vec::new();
    let mut drawn: Vec<usize> = Vec::new();
    service.total = selection.total;
    let leaders = std::mem::take(&mut service.leaders);
    let roster = Roster::new(terms, streams, selection, epoch, leaders);
    let redundancy = roster.redundancy();
    let fee = rollup.fee_per_slot * rollup.demand.index(signals.next_log_demand);
    let n = setting.candidates();
    let mut waking = Vec::new();
    let mut mev_sum = 0.0;
    for slot in 0..terms.epoch_slots {
        let clock = u64::from(epoch) * u64::from(terms.epoch_slots) + u64::from(slot);
        let mev = rollup.mev.quantile(streams.mev.uniform(epoch, slot));
        // Whoever had produced every slot would be on one long run.
        mev_sum += mev * run_factor(rollup.multi_slot, clock + 1);
        let misses = &service.misses;
        let turn = roster.turn(slot, clock, |i| removed(misses, i), &mut drawn);
        let leader = turn.leader.filter(|&i| !gone(i));
        let each_standby = |visit: &mut dyn FnMut(usize) -> bool| {
            roster.each_other(turn, &drawn, |i| removed(misses, i) || gone(i), visit);
        };
        // The leaders of the next slots are live whether or not this slot has one; the other seats wait for theirs.
        if selection.all_live {
            for (live, _) in service.live.iter_mut().zip(&selection.weight).filter(|(_, w)| **w > 0.0) {
                *live += 1.0;
            }
            if terms.starts {
                waking.extend((0..n).filter(|&i| selection.weight[i] > 0.0));
            }
        } else if all_ready {
            for &i in &ready {
                service.live[i] += 1.0;
            }
            if terms.starts {
                waking.extend(&ready);
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
            if !selection.all_live && !all_ready {
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
                            i != leader
                                && !gone(i)
                                && machines.down_for(&setting.sequencers, i, clock).is_none()
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
                    let staked = |&i: &usize| selection.weight[i] > 0.0 && !gone(i);
                    able.extend((0..selection.weight.len()).filter(staked).filter(|&i| up(i)));
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
            service.lapsed[leader] += 1.0;
            service.misses[leader] += 1;
        }
        waking.drain(..).for_each(|i| service.wake(at, i, clock));
        if let Some(i) = producer {
            service.produced[i] += 1.0;
            service.run = (Some(i), if service.run.0 == Some(i) { service.run.1 + 1 } else { 1 });
            let longer = run_factor(rollup.multi_slot, service.run.1);
            service.premium[i] += signals.skill[i] * mev * served * (longer - 1.0);
            let mev = mev * longer;
            service.mev[i] += signals.skill[i] * mev * served;
            service.gross[i] += fee * served + signals.skill[i] * mev * served + service.backlog;
            service.backlog = 0.0;
            service.gap = 0.0;
        } else {
            service.missed += 1.0;
            service.run = (None, 0);
            service.backlog += terms.backlog * fee * served;
            service.gap += 1.0;
            service.longest_gap = service.longest_gap.max(service.gap);
        }
    }
    service.leaders = roster.into_leaders();
    let best = signals.skill.iter().fold(0.0_f64, |best, &skill| best.max(skill));
    service.potential = f64::from(terms.epoch_slots) * fee + best * mev_sum;
    service.close_costs(at, &selection.effort);
}

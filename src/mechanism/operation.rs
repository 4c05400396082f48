//! Operation of an epoch: who produces which slots, what they earn and what it costs.
//!
//! [`fluid`] takes expectations over the schedule, outages and MEV, given the selection: what agents can know when they
//! move, and all there is in the abstract world. [`slot_by_slot`] lives through a rollup's epoch.
//!
//! In each slot the leader produces if it is up. Otherwise its standbys, of which there are `redundancy − 1`, may take
//! over once it has been down for the failover delay; the takeover succeeds with the failover probability, and then the
//! first standby that is up produces. Standbys of a seat are the next seats of the rotation; where leaders are drawn by
//! weight, they are the leaders of the next slots (after an epoch's last slot, of its first), each counted once. A common outage takes everybody down. A slot that nobody produces
//! is missed: its MEV is lost, and the backlog share of its fees is paid in the next slot that is produced.

use super::terms::Terms;
use super::{At, Schedule, Selection};
use crate::agent::Setting;
use crate::draws::{Key, Purpose, Stream, Who};
use crate::numerics::ln;
use crate::world::{Machines, Rollup};

/// What was produced in an epoch. Vectors have one entry for each candidate.
#[derive(Clone, Debug, Default)]
pub struct Service {
    /// Slots led according to the schedule.
    pub scheduled: Vec<f64>,
    /// Scheduled slots that the candidate produced itself.
    pub delivered: Vec<f64>,
    /// Slots produced, taken over ones included.
    pub produced: Vec<f64>,
    /// Fees and MEV earned, in ETH.
    pub gross: Vec<f64>,
    /// Cost of posting, in ETH.
    pub posting: Vec<f64>,
    /// Cost of operating the machine, live and idle, in ETH.
    pub operating: Vec<f64>,
    /// Slots of the epoch, over all seats.
    pub total: f64,
    /// Slots that nobody produced.
    pub missed: f64,
    /// Fees and MEV had the one candidate worth most produced every slot, in ETH (with several whole-epoch seats: the
    /// candidates worth most).
    pub potential: f64,
    /// Longest run of missed slots that ended or went on in the epoch (slot by slot only).
    pub longest_gap: f64,
    gap: f64,
    backlog: f64,
    live: Vec<f64>,
    order: Vec<usize>,
    leaders: Vec<Option<usize>>,
}

impl Service {
    fn clear(&mut self, n: usize) {
        for column in [
            &mut self.scheduled,
            &mut self.delivered,
            &mut self.produced,
            &mut self.gross,
            &mut self.posting,
            &mut self.operating,
            &mut self.live,
        ] {
            column.clear();
            column.resize(n, 0.0);
        }
        self.missed = 0.0;
        self.longest_gap = 0.0;
    }

    fn close_costs(&mut self, setting: &Setting, terms: &Terms) {
        let epoch = f64::from(terms.epoch_slots);
        for (i, sequencer) in setting.sequencers.iter().enumerate() {
            let idle = (epoch - self.live[i]).max(0.0);
            self.operating[i] = sequencer.traits.live_cost * self.live[i] + sequencer.traits.idle_cost * idle;
            self.posting[i] = terms.posting_cost * self.produced[i];
        }
    }
}

/// The standbys of a seat of a rotation: the holders of the `redundancy − 1` seats after it.
fn for_each_standby(
    selection: &Selection,
    seat: usize,
    redundancy: usize,
    mut visit: impl FnMut(usize) -> bool,
) {
    let k = selection.seats.len();
    let holders = (1..k).filter_map(|step| selection.seats[(seat + step) % k]);
    for holder in holders.take(redundancy - 1) {
        if !visit(holder) {
            return;
        }
    }
}

/// The standbys of a slot whose leader was drawn: the leaders of the `redundancy − 1` slots after it, but for the slot's
/// own, each once.
fn for_each_next_leader(
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

/// The epoch in expectation.
pub fn fluid(at: &At, selection: &Selection, service: &mut Service) {
    let n = at.setting.candidates();
    let terms = at.terms;
    service.clear(n);
    service.total = selection.total;
    service.scheduled.copy_from_slice(&selection.slots);
    let reach = |leader: usize, slots: f64| {
        slots * (1.0 - terms.common_down) * terms.own_down[leader] * terms.takeover[leader]
    };
    let deliver = |service: &mut Service, leader: usize, slots: f64| {
        service.delivered[leader] += slots * terms.availability[leader];
        service.produced[leader] += slots * terms.availability[leader];
    };
    match selection.schedule {
        Schedule::Rotation => {
            let each = selection.total / selection.seats.len().max(1) as f64;
            for seat in 0..selection.seats.len() {
                let Some(leader) = selection.seats[seat] else { continue };
                service.live[leader] += each;
                deliver(service, leader, each);
                let mut reach = reach(leader, each);
                for_each_standby(selection, seat, terms.redundancy, |standby| {
                    service.live[standby] += each;
                    service.produced[standby] += reach * (1.0 - terms.own_down[standby]);
                    reach *= terms.own_down[standby];
                    true
                });
            }
        }
        Schedule::Weighted => {
            let total = selection.total;
            let share = |i: usize| selection.slots[i] / total;
            for leader in (0..n).filter(|&i| selection.slots[i] > 0.0) {
                service.live[leader] += total * at.live_share(share(leader));
                deliver(service, leader, selection.slots[leader]);
                if terms.redundancy == 1 || terms.own_down[leader] == 0.0 {
                    continue;
                }
                // A next leader does not help if it is the same, nobody, or down itself.
                let up = |i: usize| if i == leader { 0.0 } else { share(i) * (1.0 - terms.own_down[i]) };
                let fails = 1.0 - (0..n).map(up).sum::<f64>();
                let mut reach = reach(leader, selection.slots[leader]);
                for _ in 1..terms.redundancy {
                    for i in 0..n {
                        service.produced[i] += reach * up(i);
                    }
                    reach *= fails;
                }
            }
        }
    }
    let produced: f64 = service.produced.iter().sum();
    service.missed = (selection.total - produced).max(0.0);
    let late = if produced > 0.0 {
        terms.backlog * at.signals.expected_fee * service.missed / produced
    } else {
        0.0
    };
    for i in 0..n {
        service.gross[i] = service.produced[i] * (at.signals.gross[i] + late);
    }
    service.potential = highest(&at.signals.gross, selection.total, terms.epoch_slots, &mut service.order);
    service.close_costs(at.setting, terms);
}

/// Gross value with every slot given to the candidates worth most: one of them, or with `total` slots over several
/// whole-epoch seats as many as there are seats.
fn highest(gross: &[f64], total: f64, epoch_slots: u32, order: &mut Vec<usize>) -> f64 {
    let epoch = f64::from(epoch_slots);
    let seats = (total / epoch).round().max(1.0) as usize;
    if seats == 1 {
        return gross.iter().fold(0.0_f64, |best, &g| best.max(g)) * epoch;
    }
    order.clear();
    order.extend(0..gross.len());
    order.sort_by(|&a, &b| gross[b].total_cmp(&gross[a]).then(a.cmp(&b)));
    order.iter().take(seats).map(|&i| gross[i].max(0.0) * epoch).sum()
}

/// The streams that the slots of one market draw from.
#[derive(Clone, Debug)]
pub struct SlotStreams {
    mev: Stream,
    failover: Stream,
    leader: Vec<Stream>,
    empty: Stream,
}

impl SlotStreams {
    /// Streams of the market with this key.
    pub fn new(setting: &Setting, key: Key) -> Self {
        SlotStreams {
            mev: key.stream(Purpose::Mev, Who::MARKET),
            failover: key.stream(Purpose::Failover, Who::MARKET),
            leader: setting.sequencers.iter().map(|s| key.stream(Purpose::Leader, s.who)).collect(),
            empty: key.stream(Purpose::Leader, Who::MARKET),
        }
    }

    /// Leader of a slot by an exponential race: candidate `i` arrives at an exponential time of rate its weight.
    fn race(&self, selection: &Selection, epoch: u32, slot: u32) -> Option<usize> {
        let mut first = f64::INFINITY;
        let mut leader = None;
        for (i, &weight) in selection.weight.iter().enumerate() {
            if weight > 0.0 {
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
    selection: &Selection,
    service: &mut Service,
) {
    let (setting, terms, signals, epoch) = (at.setting, at.terms, at.signals, at.epoch);
    service.clear(setting.candidates());
    service.total = selection.total;
    let mut leaders = std::mem::take(&mut service.leaders);
    leaders.clear();
    if selection.schedule == Schedule::Weighted {
        leaders.extend((0..terms.epoch_slots).map(|slot| streams.race(selection, epoch, slot)));
    }
    let fee = rollup.fee_per_slot * rollup.demand.index(signals.next_log_demand);
    let k = selection.seats.len();
    let mut mev_sum = 0.0;
    for slot in 0..terms.epoch_slots {
        let clock = u64::from(epoch) * u64::from(terms.epoch_slots) + u64::from(slot);
        let mev = rollup.mev.quantile(streams.mev.uniform(epoch, slot));
        mev_sum += mev;
        let (seat, leader) = match selection.schedule {
            Schedule::Rotation => {
                // The turn moves on with the clock, so that an uneven division favours no seat.
                let seat = (clock % k.max(1) as u64) as usize;
                (seat, selection.seats.get(seat).copied().flatten())
            }
            Schedule::Weighted => (0, leaders[slot as usize]),
        };
        let each_standby = |visit: &mut dyn FnMut(usize) -> bool| match selection.schedule {
            Schedule::Rotation => for_each_standby(selection, seat, terms.redundancy, visit),
            Schedule::Weighted => for_each_next_leader(&leaders, slot as usize, terms.redundancy, visit),
        };
        // The leaders of the next slots are live whether or not this slot has one; the other seats wait for theirs.
        if terms.redundancy > 1 && (leader.is_some() || selection.schedule == Schedule::Weighted) {
            each_standby(&mut |standby| {
                service.live[standby] += 1.0;
                true
            });
        }
        let common_down = machines.all_down(rollup, clock);
        let mut producer = None;
        if let Some(leader) = leader {
            service.scheduled[leader] += 1.0;
            service.live[leader] += 1.0;
            match machines.down_for(&setting.sequencers, leader, clock) {
                None => producer = Some(leader),
                Some(age) => {
                    let taken_over = terms.redundancy > 1
                        && age >= rollup.failover_delay
                        && streams.failover.uniform(epoch, slot) < rollup.failover;
                    if taken_over {
                        each_standby(&mut |standby| {
                            if machines.down_for(&setting.sequencers, standby, clock).is_none() {
                                producer = Some(standby);
                            }
                            producer.is_none()
                        });
                    }
                }
            }
            if common_down {
                producer = None;
            }
            if producer == Some(leader) {
                service.delivered[leader] += 1.0;
            }
        }
        if let Some(i) = producer {
            service.produced[i] += 1.0;
            service.gross[i] += fee + signals.skill[i] * mev + service.backlog;
            service.backlog = 0.0;
            service.gap = 0.0;
        } else {
            service.missed += 1.0;
            service.backlog += terms.backlog * fee;
            service.gap += 1.0;
            service.longest_gap = service.longest_gap.max(service.gap);
        }
    }
    service.leaders = leaders;
    let best = signals.skill.iter().fold(0.0_f64, |best, &skill| best.max(skill));
    service.potential = f64::from(terms.epoch_slots) * fee + best * mev_sum;
    service.close_costs(setting, terms);
}

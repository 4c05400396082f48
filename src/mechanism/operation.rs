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

use super::ordering::quorum;
use super::terms::Terms;
use super::{At, Schedule, Selection, live_share, lottery};
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
    /// Who could include a transaction, slot by slot, where that is recorded.
    pub includers: Includers,
    /// Benign MEV that the candidate extracted, in ETH (slot by slot only).
    pub mev: Vec<f64>,
    /// Tips of targeted transactions, in ETH.
    pub tips: Vec<f64>,
    /// Bribes and toxic MEV, in ETH.
    pub illicit: Vec<f64>,
    gap: f64,
    backlog: f64,
    live: Vec<f64>,
    /// Cost of starts in the epoch.
    starts: Vec<f64>,
    /// By candidate, the slot after the last one in which it was live; 0 where there was none.
    rested: Vec<u64>,
    misses: Vec<u32>,
    order: Vec<usize>,
    leaders: Vec<Option<usize>>,
}

/// Who could include a transaction in each slot of an epoch.
#[derive(Clone, Debug, Default)]
pub struct Includers {
    who: Vec<usize>,
    /// Where each slot's end among them.
    ends: Vec<usize>,
}

impl Includers {
    /// Forgets the epoch.
    pub fn clear(&mut self) {
        self.who.clear();
        self.ends.clear();
    }

    /// Adds a slot with those who could include in it.
    pub fn slot(&mut self, who: impl IntoIterator<Item = usize>) {
        self.who.extend(who);
        self.ends.push(self.who.len());
    }

    /// Slots recorded.
    pub fn slots(&self) -> usize {
        self.ends.len()
    }

    /// Those who could include in a slot.
    pub fn of(&self, slot: usize) -> &[usize] {
        let begin = if slot == 0 { 0 } else { self.ends[slot - 1] };
        &self.who[begin..self.ends[slot]]
    }
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
            &mut self.mev,
            &mut self.tips,
            &mut self.illicit,
            &mut self.live,
            &mut self.starts,
        ] {
            column.clear();
            column.resize(n, 0.0);
        }
        self.rested.resize(n, 0);
        self.misses.clear();
        self.misses.resize(n, 0);
        self.missed = 0.0;
        self.longest_gap = 0.0;
        self.includers.clear();
    }

    /// Slots for which each candidate has been idle at slot `now`.
    pub fn idle(&self, now: u64, out: &mut Vec<f64>) {
        out.clear();
        out.extend(
            self.rested.iter().map(
                |&since| {
                    if since == 0 { f64::INFINITY } else { now.saturating_sub(since) as f64 }
                },
            ),
        );
    }

    /// Candidate `i` is live in slot `now`: after a gap its machine has been started.
    fn wake(&mut self, at: &At, i: usize, now: u64) {
        let since = std::mem::replace(&mut self.rested[i], now + 1);
        if since <= now {
            let gap = if since == 0 { f64::INFINITY } else { (now - since) as f64 };
            self.starts[i] += at.gap_cost(i, gap);
        }
    }

    fn close_costs(&mut self, at: &At, effort: &[f64]) {
        let (setting, terms) = (at.setting, at.terms);
        let epoch = f64::from(terms.epoch_slots);
        let state = setting.world.state_factor(at.epoch);
        for (i, sequencer) in setting.sequencers.iter().enumerate() {
            let idle = (epoch - self.live[i]).max(0.0);
            self.operating[i] =
                sequencer.traits.live_cost * state * self.live[i] + sequencer.traits.idle_cost * idle;
            if terms.starts {
                self.operating[i] += self.starts[i];
            }
            if effort[i] > 0.0 {
                self.operating[i] += effort[i];
            }
            self.posting[i] = terms.posting_cost * self.produced[i];
        }
    }
}

/// The standbys of a seat of a rotation: the holders of the `redundancy − 1` seats after it, each once where some hold
/// several.
fn for_each_standby(
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
pub fn fluid(at: &At, selection: &mut Selection, service: &mut Service) {
    let n = at.setting.candidates();
    let terms = at.terms;
    service.clear(n);
    if selection.schedule == Schedule::Lottery {
        lottery::expect(selection);
    }
    let selection = &*selection;
    let redundancy = selection.redundancy.unwrap_or(terms.redundancy);
    service.total = selection.total;
    service.scheduled.copy_from_slice(&selection.slots);
    let reach = |leader: usize, slots: f64| {
        slots * (1.0 - terms.common_down) * terms.own_down[leader] * terms.takeover[leader]
    };
    let deliver = |service: &mut Service, leader: usize, slots: f64| {
        let share = selection.delivery.get(leader).unwrap_or(&terms.availability[leader]);
        service.delivered[leader] += slots * share;
        service.produced[leader] += slots * share;
    };
    match selection.schedule {
        Schedule::Rotation => {
            let each = selection.total / selection.seats.len().max(1) as f64;
            for seat in 0..selection.seats.len() {
                let Some(leader) = selection.seats[seat] else { continue };
                service.live[leader] += each;
                deliver(service, leader, each);
                let mut reach = reach(leader, each);
                for_each_standby(selection, seat, redundancy, |standby| {
                    service.live[standby] += each;
                    service.produced[standby] += reach * (1.0 - terms.own_down[standby]);
                    reach *= terms.own_down[standby];
                    true
                });
            }
        }
        Schedule::Weighted | Schedule::Lottery => {
            let total = selection.total;
            let share = |i: usize| selection.slots[i] / total;
            let apart = selection.schedule == Schedule::Lottery && !selection.lottery.replacement;
            for leader in (0..n).filter(|&i| selection.slots[i] > 0.0) {
                deliver(service, leader, selection.slots[leader]);
                if selection.all_live {
                    service.live[leader] += total;
                    let reach = reach(leader, selection.slots[leader]);
                    for i in (0..n).filter(|_| reach > 0.0) {
                        service.produced[i] += reach * stand_in(terms, &selection.slots, leader, i);
                    }
                    continue;
                }
                service.live[leader] += total
                    * if apart {
                        lottery::live_apart(at, selection, share(leader))
                    } else {
                        live_share(share(leader), redundancy)
                    };
                if redundancy == 1 || terms.own_down[leader] == 0.0 {
                    continue;
                }
                // A next leader does not help if it is the same, nobody, or down itself.
                // Holders of seats drawn without replacement are different ones.
                let others = if apart { 1.0 / (1.0 - share(leader)).max(f64::MIN_POSITIVE) } else { 1.0 };
                let up =
                    |i: usize| if i == leader { 0.0 } else { others * share(i) * (1.0 - terms.own_down[i]) };
                let fails = 1.0 - (0..n).map(up).sum::<f64>();
                let mut reach = reach(leader, selection.slots[leader]);
                for _ in 1..redundancy {
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
    if !terms.aside.is_empty() {
        for i in 0..n {
            service.illicit[i] = service.produced[i] * terms.aside(i);
        }
    }
    if terms.starts {
        start_in_expectation(at, selection, service);
    }
    service.potential = highest(&at.signals.gross, selection.total, terms.epoch_slots, &mut service.order);
    service.close_costs(at, &selection.effort);
}

/// Expected cost of starts, as in the rules' own payoffs.
fn start_in_expectation(at: &At, selection: &Selection, service: &mut Service) {
    let total = selection.total;
    let redundancy = selection.redundancy.unwrap_or(at.terms.redundancy);
    let seats = if total > f64::from(at.terms.epoch_slots) { 1 } else { selection.seats.len() };
    let end = (u64::from(at.epoch) + 1) * u64::from(at.terms.epoch_slots);
    for i in 0..service.live.len() {
        if service.live[i] <= 0.0 {
            continue;
        }
        let led = service.scheduled[i];
        service.starts[i] = if selection.all_live {
            at.start_for_all(i)
        } else {
            match selection.schedule {
                Schedule::Rotation => at.start_in_turns(i, seats, led),
                Schedule::Lottery => {
                    at.start_of_drawn_seats(i, selection.lottery.seats, led, selection.active[i])
                }
                Schedule::Weighted => at.start_when_drawn(i, led / total, redundancy),
            }
        };
        service.rested[i] = end;
    }
}

/// Probability that candidate `i` stands in for `leader`, whose machine is down, where everybody with a weight is live:
/// that of anybody's being up, split in proportion to weight times availability (in truth to the mean of the share among
/// those who are up, which is the same where outages are rare).
pub fn stand_in(terms: &Terms, weight: &[f64], leader: usize, i: usize) -> f64 {
    if i == leader || weight[i] <= 0.0 {
        return 0.0;
    }
    let up = |j: usize| weight[j] * (1.0 - terms.own_down[j]);
    let (mut sum, mut nobody) = (0.0, 1.0);
    for j in (0..weight.len()).filter(|&j| j != leader && weight[j] > 0.0) {
        sum += up(j);
        nobody *= terms.own_down[j];
    }
    if sum > 0.0 { (1.0 - nobody) * up(i) / sum } else { 0.0 }
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

/// The seats of a rotation whose holders propose in the same slot: `redundancy` seats in a row, the next slot's being those
/// after them. Which of them leads moves on whenever the blocks have come round to where they began.
#[derive(Clone, Copy, Debug)]
struct Block {
    first: usize,
    lead: usize,
    size: usize,
}

impl Block {
    /// The block of a slot among `k` seats; `None` without seats.
    fn of(clock: u64, k: usize, redundancy: usize) -> Option<Block> {
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
    fn leader(self, k: usize) -> usize {
        (self.first + self.lead) % k
    }

    /// The other holders of the block's seats, each once, but for that of `seat`, which leads.
    fn for_each_other(self, seats: &[Option<usize>], seat: usize, mut visit: impl FnMut(usize) -> bool) {
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

fn greatest_common_divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

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

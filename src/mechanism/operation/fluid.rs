//! An epoch in expectation over schedule, outages and MEV, given the selection.

use super::Service;
use super::standbys::for_each_standby;
use crate::mechanism::removal::turns_led;
use crate::mechanism::terms::Terms;
use crate::mechanism::{At, Schedule, Selection, lottery};

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
    // Of its turns before it is removed.
    let down = |leader: usize| terms.keeping(leader).down;
    let reach =
        |leader: usize, slots: f64| slots * (1.0 - terms.common_down) * down(leader) * terms.takeover[leader];
    let deliver = |service: &mut Service, leader: usize, slots: f64| {
        let share = selection.delivery.get(leader).unwrap_or(&terms.availability[leader]);
        service.delivered[leader] += slots * share;
        service.lapsed[leader] += slots * terms.keeping(leader).lapsed;
        service.produced[leader] += slots * share;
    };
    match selection.schedule {
        Schedule::Rotation => {
            let turns = selection.total / selection.seats.len().max(1) as f64;
            let led = if selection.kept.is_empty() {
                Vec::new()
            } else {
                let kept = |seat: &Option<usize>| seat.map_or(1.0, |i| selection.kept[i]);
                turns_led(&selection.seats.iter().map(kept).collect::<Vec<f64>>())
            };
            for seat in 0..selection.seats.len() {
                let Some(leader) = selection.seats[seat] else { continue };
                let each = turns * led.get(seat).unwrap_or(&1.0);
                service.live[leader] += each;
                deliver(service, leader, each);
                let mut reach = reach(leader, each);
                for_each_standby(selection, seat, redundancy, |standby| {
                    // Who has been removed does not stand by either.
                    let keeping = terms.keeping(standby);
                    let up = keeping.kept * (1.0 - keeping.down);
                    service.live[standby] += each * keeping.kept;
                    service.produced[standby] += reach * up;
                    reach *= 1.0 - up;
                    true
                });
            }
        }
        Schedule::Weighted | Schedule::Lottery => {
            let total = selection.total;
            let share = |i: usize| selection.slots[i] / total;
            let apart = selection.schedule == Schedule::Lottery && !selection.lottery.replacement;
            // Who has been removed does not stand by, and nobody does in its place.
            let kept =
                if selection.schedule == Schedule::Lottery { lottery::kept_over_all(selection) } else { 1.0 };
            let beside = |i: usize| share(i) * kept;
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
                        lottery::live_apart(at, selection, share(leader), beside(leader))
                    } else {
                        at.live_beside(share(leader), beside(leader), redundancy)
                    };
                if redundancy == 1 || down(leader) == 0.0 {
                    continue;
                }
                // A next leader does not help if it is the same, nobody, or down itself.
                // Holders of seats drawn without replacement are different ones.
                let others = if apart { 1.0 / (1.0 - share(leader)).max(f64::MIN_POSITIVE) } else { 1.0 };
                let up = |i: usize| if i == leader { 0.0 } else { others * beside(i) * (1.0 - down(i)) };
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
    if terms.oversight.secret && !selection.all_live {
        service.live.fill(0.0);
        for i in selection.may_lead() {
            service.live[i] = f64::from(terms.epoch_slots);
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

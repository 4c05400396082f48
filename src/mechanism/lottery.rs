//! Lotteries for seats: who holds the seats of an epoch is drawn in proportion to weight.
//!
//! **With replacement** each of `k` seats is drawn on its own, `q_i = w_i/Σw`: slots go exactly in proportion to weight, and
//! a candidate has some seat with probability `1 − (1 − q_i)^k`. **Without replacement** seats are drawn one after the
//! other among those who have none, which is a race of exponential clocks with rates `w_i` of which the first `k` win:
//! with `G_i(t)` the probability that fewer than `k` of the others have rung by `t`,
//! `P(i has a seat) = ∫_0^∞ w_i e^{−w_i t} G_i(t) dt`. If fewer than `k` have weight, each of those has one seat.
//!
//! The integral is taken by the trapezoid rule in `x` after the substitution `t = exp(x − e^{−x})/Σw`, whose error falls
//! exponentially with the step (Takahasi and Mori 1974, "Double exponential formulas for numerical integration", Publ.
//! RIMS 9): to 1e-9 with the step below, which the tests hold to enumeration. `G_i` does not depend on `w_i`, so that it
//! serves for every setting of a lever.

use super::{At, Selection};
use crate::draws::Stream;
use crate::numerics::{exp, exp_m1, ln, pow};

/// How the seats of an epoch are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lottery {
    /// Seats.
    pub seats: usize,
    /// Whether one candidate can be drawn for several seats.
    pub replacement: bool,
    /// Share of what a candidate has locked that stays locked while it has no seat.
    pub idle_locked: f64,
    /// Probability with which a candidate that has been drawn does not turn up: its seats stay empty.
    pub no_show: f64,
}

impl Default for Lottery {
    fn default() -> Self {
        Lottery { seats: 1, replacement: true, idle_locked: 1.0, no_show: 0.0 }
    }
}

impl Lottery {
    /// Seats that are filled where so many candidates have weight.
    pub fn filled(&self, staked: usize) -> usize {
        if self.replacement { self.seats } else { self.seats.min(staked) }
    }

    /// Share of what is locked that is locked on average by a candidate that has a seat with this probability.
    #[inline]
    pub fn locked(&self, active: f64) -> f64 {
        self.idle_locked + (1.0 - self.idle_locked) * active
    }
}

/// Step of the quadrature in `x`.
const STEP: f64 = 0.25;
/// Where it begins: `t` is 1e-13 of the mean time of a ring there.
const FIRST: f64 = -3.3;
/// `G` is negligible when this many times the slowest of its rates has passed.
const REACH: f64 = 42.0;

/// Probabilities of seats without replacement, for everybody's weight and for others that a candidate might have.
#[derive(Clone, Debug, Default)]
pub struct Race {
    seats: usize,
    staked: usize,
    weight: Vec<f64>,
    time: Vec<f64>,
    /// Step times `dt/dx`.
    measure: Vec<f64>,
    /// Probability that a candidate has rung: shape (times, candidates).
    rung: Vec<f64>,
    few: Vec<f64>,
    ahead: Vec<f64>,
    sorted: Vec<f64>,
}

impl Race {
    /// Sets weights.
    pub fn set(&mut self, weight: &[f64], seats: usize) {
        self.seats = seats;
        self.weight.clear();
        self.weight.extend_from_slice(weight);
        self.sorted.clear();
        self.sorted.extend(weight.iter().copied().filter(|&w| w > 0.0));
        self.staked = self.sorted.len();
        self.time.clear();
        self.measure.clear();
        self.rung.clear();
        if self.staked < seats || self.staked == 0 {
            return;
        }
        self.sorted.sort_unstable_by(f64::total_cmp);
        let all: f64 = self.sorted.iter().sum();
        // The slowest decay of any `G`: a candidate's rivals of whom fewer than k have rung leave out the lightest; the
        // candidate itself may be among those, and then one more of them is left.
        let left = (self.staked - seats).max(1);
        let slowest: f64 = self.sorted[..left].iter().sum();
        let last = ln(REACH * all / slowest);
        for point in 0.. {
            let x = FIRST + STEP * f64::from(point);
            if x > last + 1.0 {
                break;
            }
            let fall = exp(-x);
            let time = exp(x - fall) / all;
            self.time.push(time);
            self.measure.push(STEP * time * (1.0 + fall));
            self.rung.extend(weight.iter().map(|w| -exp_m1(-w * time)));
        }
    }

    /// Looks at the race as candidate `i` does: for [`Race::odds`].
    pub fn look(&mut self, i: usize) {
        let n = self.weight.len();
        self.few.clear();
        for point in 0..self.time.len() {
            let rung = &self.rung[point * n..(point + 1) * n];
            // ahead[c]: probability that c of the others have rung.
            self.ahead.clear();
            self.ahead.resize(self.seats, 0.0);
            self.ahead[0] = 1.0;
            for (j, &p) in rung.iter().enumerate() {
                if j != i && p > 0.0 {
                    for c in (1..self.seats).rev() {
                        self.ahead[c] += p * (self.ahead[c - 1] - self.ahead[c]);
                    }
                    self.ahead[0] *= 1.0 - p;
                }
            }
            self.few.push(self.measure[point] * self.ahead.iter().sum::<f64>());
        }
    }

    /// Rivals of candidate `i` who have weight.
    pub fn rivals(&self, i: usize) -> usize {
        self.staked - usize::from(self.weight[i] > 0.0)
    }

    /// Probability that candidate `i`, at whom the race was looked last, has a seat with this weight.
    pub fn odds(&self, i: usize, weight: f64) -> f64 {
        if weight <= 0.0 {
            0.0
        } else if self.rivals(i) < self.seats {
            1.0
        } else {
            let rate = |(few, time): (&f64, &f64)| few * exp(-weight * time);
            (weight * self.few.iter().zip(&self.time).map(rate).sum::<f64>()).min(1.0)
        }
    }
}

/// Fills in what a lottery means in expectation: slots led, activity, what is locked.
pub fn expect(selection: &mut Selection) {
    let n = selection.weight.len();
    let lottery = selection.lottery;
    let all: f64 = selection.weight.iter().sum();
    selection.active.resize(n, 0.0);
    if all > 0.0 {
        let staked = selection.weight.iter().filter(|w| **w > 0.0).count();
        let filled = lottery.filled(staked) as f64;
        let mut race = std::mem::take(&mut selection.race);
        if !lottery.replacement {
            race.set(&selection.weight, lottery.seats);
        }
        for i in 0..n {
            let weight = selection.weight[i];
            let (active, share) = if lottery.replacement {
                let q = weight / all;
                (1.0 - pow(1.0 - q, filled), q)
            } else {
                race.look(i);
                let active = race.odds(i, weight);
                (active, active / filled)
            };
            selection.active[i] = active;
            selection.slots[i] = share;
        }
        selection.race = race;
        // Turns of those who have been removed pass to others, in proportion to the turns that these keep.
        let kept = |i: usize| selection.kept.get(i).unwrap_or(&1.0);
        let keep: f64 = (0..n).map(|i| selection.slots[i] * kept(i)).sum();
        for i in 0..n {
            selection.slots[i] *= selection.total * kept(i) / keep;
        }
        if lottery.no_show > 0.0 {
            selection.failed.resize(n, 0.0);
            for i in 0..n {
                selection.failed[i] = lottery.no_show * selection.active[i];
                selection.active[i] *= 1.0 - lottery.no_show;
                selection.slots[i] *= 1.0 - lottery.no_show;
            }
        }
    }
    for (bond, active) in selection.bond.iter_mut().zip(&selection.active) {
        *bond *= lottery.locked(*active);
    }
}

/// Expected share of slots in which a candidate is live that leads the share `q` of them and stands by with the share `beside`, where
/// seats were drawn without replacement: every seat stands by for the `redundancy − 1` seats before it.
pub fn live_apart(at: &At, selection: &Selection, q: f64, beside: f64) -> f64 {
    if at.terms.oversight.secret {
        return 1.0;
    }
    let staked = selection.weight.iter().filter(|w| **w > 0.0).count();
    let others = at.terms.redundancy.min(selection.lottery.filled(staked)).saturating_sub(1);
    q + beside * others as f64
}

/// Share of all turns that come before the removal of their holders, seats by what they are drawn with: with what led slots, in which turns
/// that passed on are counted, come down to the slots of standbys, whose places nobody takes. One where nobody is removed.
pub fn kept_over_all(selection: &Selection) -> f64 {
    if selection.kept.is_empty() {
        return 1.0;
    }
    let led = selection.slots.iter().zip(&selection.kept).filter(|(slots, _)| **slots > 0.0);
    let (mut sum, mut drawn) = (0.0, 0.0);
    for (slots, kept) in led {
        sum += slots;
        drawn += slots / kept;
    }
    if drawn > 0.0 { sum / drawn } else { 1.0 }
}

/// Draws the seats of an epoch, and fills in the same.
pub fn hold(streams: &[Stream], restakes: &[Stream], epoch: u32, selection: &mut Selection) {
    let n = selection.weight.len();
    let lottery = selection.lottery;
    selection.active.resize(n, 0.0);
    selection.seats.clear();
    let weight = &selection.weight;
    let clock = |i: usize, draw: usize| -ln(streams[i].uniform(epoch, draw as u32)) / weight[i];
    let staked = || (0..n).filter(|&i| weight[i] > 0.0);
    if lottery.replacement {
        for seat in 0..lottery.seats {
            let mut first = (f64::INFINITY, None);
            for i in staked() {
                let time = clock(i, seat);
                if time < first.0 {
                    first = (time, Some(i));
                }
            }
            selection.seats.push(first.1);
        }
    } else {
        let mut clocks: Vec<(f64, usize)> = staked().map(|i| (clock(i, 0), i)).collect();
        clocks.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        selection.seats.extend(clocks.iter().take(lottery.seats).map(|&(_, i)| Some(i)));
    }
    if lottery.no_show > 0.0 {
        selection.failed.resize(n, 0.0);
        for seat in &mut selection.seats {
            if let Some(i) = seat.filter(|&i| restakes[i].uniform(epoch, 0) < lottery.no_show) {
                selection.failed[i] = 1.0;
                *seat = None;
            }
        }
    }
    let each = selection.total / selection.seats.len().max(1) as f64;
    for &holder in selection.seats.iter().flatten() {
        selection.slots[holder] += each;
        selection.active[holder] = 1.0;
    }
    for (bond, active) in selection.bond.iter_mut().zip(&selection.active) {
        *bond *= lottery.locked(*active);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::contest::slot_shares;

    #[test]
    fn odds_are_those_of_theory() {
        for (weights, seats) in [
            (vec![0.5, 1.0 / 3.0, 1.0 / 6.0], 2),
            (vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0], 4),
            (vec![0.02, 1.0, 50.0, 0.0, 0.1, 2.0], 3),
            (vec![1e8, 3e8, 2e8, 2e8], 3),
            (vec![0.3, 0.3], 1),
            (vec![1.0, 0.0, 2.0], 2),
            (vec![1.0, 0.0, 2.0], 3),
        ] {
            let mut race = Race::default();
            race.set(&weights, seats);
            let filled = seats.min(weights.iter().filter(|w| **w > 0.0).count());
            for (i, share) in slot_shares(&weights, seats).into_iter().enumerate() {
                race.look(i);
                let odds = race.odds(i, weights[i]);
                assert!(
                    (odds / filled as f64 - share).abs() < 2e-9,
                    "{weights:?} {seats} {i}: {odds} {share}"
                );
                // Another weight of the same candidate.
                let mut other = weights.clone();
                other[i] = 0.7 * weights[i] + 0.1 * weights.iter().sum::<f64>();
                let share = slot_shares(&other, seats)[i];
                let filled = seats.min(other.iter().filter(|w| **w > 0.0).count());
                let odds = race.odds(i, other[i]);
                assert!((odds / filled as f64 - share).abs() < 2e-9, "{other:?} {seats} {i}: {odds} {share}");
            }
        }
    }
}

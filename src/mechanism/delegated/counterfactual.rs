//! What each offer of a candidate would have earned, rivals' offers fixed and delegators reacting.

use super::stakes::Stakes;
use super::{Delegated, Kickback, NOBODY};
use crate::mechanism::At;
use crate::numerics::{exp, exp_all, pow};

/// Working space of counterfactuals.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Logit weights by group: shape (groups, candidates + 1).
    weight: Vec<f64>,
    /// Sum of a group's weights.
    sum: Vec<f64>,
    /// Sum of the weights of all but candidate `i`, relative to a utility of their own: shape (groups, candidates).
    /// Taken from the whole it would be lost to rounding where `i` has nearly everything.
    others: Vec<f64>,
    /// That utility: shape (groups, candidates).
    shift: Vec<f64>,
    utility: Vec<f64>,
    offers: Vec<Option<f64>>,
    /// Shares that one deviation attracts by group: shape (groups, candidates + 1).
    attracted: Vec<f64>,
    reaction: Vec<f64>,
    own: Vec<f64>,
}

impl Delegated {
    /// Prepares the counterfactuals of one round.
    pub(super) fn prepare_counterfactuals(
        &self,
        state: &Stakes,
        at: &At,
        offers: &[Option<f64>],
        scratch: &mut Scratch,
    ) {
        let n = offers.len();
        let groups = at.setting.delegators.len();
        scratch.weight.resize(groups * (n + 1), 0.0);
        scratch.sum.resize(groups, 0.0);
        scratch.utility.resize(groups * (n + 1), 0.0);
        scratch.others.resize(groups * n, 0.0);
        scratch.shift.resize(groups * n, 0.0);
        for g in 0..groups {
            let row = g * (n + 1)..(g + 1) * (n + 1);
            let (utility, weight) = (&mut scratch.utility[row.clone()], &mut scratch.weight[row]);
            scratch.sum[g] = self.group_weights(at, g, state, offers, utility, weight).0;
            if at.setting.delegators[g].rule.is_logit() {
                Self::sum_others(scratch, g, n);
            }
        }
        scratch.offers.clear();
        scratch.offers.extend_from_slice(offers);
    }

    /// Expected payoff of candidate `i` for abstaining and for each offer in `menu`.
    pub(super) fn counterfactuals(
        &self,
        state: &Stakes,
        at: &At,
        i: usize,
        menu: &[f64],
        scratch: &mut Scratch,
        out: &mut [f64],
    ) {
        let n = at.setting.candidates();
        if let Some(k) = self.seats {
            out[0] = self.seat_payoff(state, at, i, None, scratch, k);
            for (payoff, &x) in out[1..].iter_mut().zip(menu) {
                *payoff = self.seat_payoff(state, at, i, Some(x), scratch, k);
            }
            return;
        }
        out.fill(0.0);
        let all = at.setting.total_stake();
        let mut backed = std::mem::take(&mut scratch.reaction);
        backed.clear();
        backed.resize(menu.len(), 0.0);
        // First the stake behind i at each setting, in this epoch …
        for (g, group) in at.setting.delegators.iter().enumerate() {
            let row = g * (n + 1);
            let stuck = Self::stuck(group, state);
            let kept = stuck * state.share[row + i];
            let weight = group.total_stake() / all;
            let later = if at.continuation.is_empty() { 0.0 } else { at.continuation[g * n + i] };
            let taste = group.uptime_taste * state.uptime[g * n + i]
                - group.price_sensitivity * state.loss[g * n + i]
                + state.carried(at, g, i);
            let slope = group.price_sensitivity * self.payout(at, state, g, i);
            out[0] += weight * kept * later;
            if !group.rule.is_logit() {
                let utility = &scratch.utility[row..=row + n];
                let population = state.population(g, n);
                for ((payoff, backed), &x) in out[1..].iter_mut().zip(&mut backed).zip(menu) {
                    let attracted = group.rule.attracted(i, taste + slope * x, utility, population);
                    let share = weight * (kept + (1.0 - stuck) * attracted);
                    *payoff += share * later;
                    *backed += share;
                }
                continue;
            }
            let others = scratch.others[g * n + i];
            let base = taste - scratch.shift[g * n + i];
            scratch.own.clear();
            scratch.own.extend(menu.iter().map(|&x| base + slope * x));
            exp_all(&mut scratch.own);
            // … of which each unit brings something later …
            for ((payoff, backed), &mine) in out[1..].iter_mut().zip(&mut backed).zip(&scratch.own) {
                let share = weight * (kept + (1.0 - stuck) * mine / (others + mine));
                *payoff += share * later;
                *backed += share;
            }
        }
        // … and earns this epoch's income, less what was offered for it, while being live costs less than in proportion.
        let epoch = f64::from(at.terms.epoch_slots);
        let income = epoch * at.led_worth(i, self.commission);
        let cost = epoch * at.live_cost(i);
        let given = self.given(at, i);
        for ((payoff, &backed), &x) in out[1..].iter_mut().zip(&backed).zip(menu) {
            *payoff += backed * (income - given * x)
                - cost * at.live_share(backed)
                - at.start_when_drawn(i, backed, at.terms.redundancy);
        }
        if self.kickback == Kickback::LumpSum {
            for ((payoff, &backed), &x) in out[1..].iter_mut().zip(&backed).zip(menu) {
                // Where nobody voted nobody is paid.
                if backed > NOBODY {
                    *payoff -= x;
                }
            }
        }
        scratch.reaction = backed;
    }

    /// Sums for each candidate the weights of all others, relative to the highest utility among them.
    fn sum_others(scratch: &mut Scratch, g: usize, n: usize) {
        let row = g * (n + 1)..(g + 1) * (n + 1);
        let (utility, weight) = (&scratch.utility[row.clone()], &scratch.weight[row]);
        let leader = (0..=n).fold(0, |best, j| if utility[j] > utility[best] { j } else { best });
        for i in 0..n {
            let rivals = || (0..=n).filter(|&j| j != i);
            let (sum, shift) = if utility[leader] == f64::NEG_INFINITY {
                (0.0, 0.0)
            } else if i == leader {
                let top = rivals().map(|j| utility[j]).fold(f64::NEG_INFINITY, f64::max);
                if top == f64::NEG_INFINITY {
                    (0.0, utility[leader])
                } else {
                    (rivals().map(|j| relative_weight(utility[j], top)).sum(), top)
                }
            } else {
                (rivals().map(|j| weight[j]).sum(), utility[leader])
            };
            scratch.others[g * n + i] = sum;
            scratch.shift[g * n + i] = shift;
        }
    }

    /// Payoff of one epoch to a candidate with share `share` of all stake and, under top-k, `seated` or not.
    fn epoch_payoff(&self, at: &At, i: usize, x: f64, share: f64, seated: bool) -> f64 {
        let led = match self.seats {
            None => share,
            Some(k) => f64::from(u8::from(seated)) / k as f64,
        };
        let mut rent = self.rent(at, i) * led;
        if let Some(k) = self.seats.filter(|_| led > 0.0) {
            rent -= at.start_in_turns(i, k, led * f64::from(at.terms.epoch_slots));
        }
        match self.kickback {
            Kickback::PerStake => {
                let delivered = if led > 0.0 { at.terms.availability[i] } else { 0.0 };
                rent - x * delivered * share
            }
            Kickback::IncomeShare => rent - x * self.income(at, i) * led,
            Kickback::LumpSum => {
                if share > NOBODY && led > 0.0 {
                    rent - x
                } else {
                    rent
                }
            }
        }
    }

    /// Payoff of one offer under top-k seats: the deviation's effect on stake fades by ρ an epoch towards what current offers
    /// attract, and is followed until a thousandth is left.
    fn seat_payoff(
        &self,
        state: &Stakes,
        at: &At,
        i: usize,
        x: Option<f64>,
        scratch: &mut Scratch,
        k: usize,
    ) -> f64 {
        let n = at.setting.candidates();
        let groups = &at.setting.delegators;
        let discount = at.setting.sequencers[i].traits.discount;
        let slowest = groups.iter().map(|g| g.inertia).fold(0.0_f64, f64::max);
        let horizon = self.horizon.unwrap_or_else(|| crate::play::horizon::epochs(slowest * discount));
        let usual_offer = scratch.offers[i];
        let mut payoff = 0.0;
        // What the offer attracts of those who reconsider, in every group.
        scratch.offers[i] = x;
        scratch.attracted.resize(groups.len() * (n + 1), 0.0);
        for g in 0..groups.len() {
            let row = &mut scratch.attracted[g * (n + 1)..(g + 1) * (n + 1)];
            scratch.own.resize(n + 1, 0.0);
            let (sum, _) = self.group_weights(at, g, state, &scratch.offers, &mut scratch.own, row);
            for w in row.iter_mut() {
                *w /= sum;
            }
        }
        scratch.offers[i] = usual_offer;
        let all = at.setting.total_stake();
        for t in 0..=horizon {
            scratch.reaction.clear();
            scratch.reaction.resize(n, 0.0);
            for (g, group) in groups.iter().enumerate() {
                let row = g * (n + 1);
                let stuck = Self::stuck(group, state);
                let fade = pow(group.inertia, f64::from(t));
                let weight = group.total_stake() / all;
                for j in 0..n {
                    // The stake of a rival that abstains is not among those that compete for seats.
                    if j != i && scratch.offers[j].is_none() {
                        continue;
                    }
                    let first = stuck * state.share[row + j] + (1.0 - stuck) * scratch.attracted[row + j];
                    let usual = scratch.weight[row + j] / scratch.sum[g];
                    // Without arithmetic at first, so that equal offers stay exactly equal and lots decide.
                    let share = if t == 0 { first } else { usual + fade * (first - usual) };
                    scratch.reaction[j] += weight * share;
                }
            }
            let offer = if t == 0 { x } else { usual_offer };
            if let Some(offer) = offer {
                let share = scratch.reaction[i];
                let seated = Self::seated(at, &scratch.reaction, i, k);
                payoff += pow(discount, f64::from(t)) * self.epoch_payoff(at, i, offer, share, seated);
            }
        }
        payoff
    }
}

/// `exp(utility − shift)`, nothing for what is not on offer; cut off where it would overflow.
fn relative_weight(utility: f64, shift: f64) -> f64 {
    if utility == f64::NEG_INFINITY { 0.0 } else { exp((utility - shift).min(700.0)) }
}

//! How delegators choose: what they expect of a candidate's offer, and the weights that they put on candidates.

use super::stakes::Stakes;
use super::{Delegated, Kickback};
use crate::mechanism::At;
use crate::numerics::exp_all;

impl Delegated {
    /// Payout of a unit of stake for an offer of one, as delegators expect it before they have seen any: whole payment
    /// of what is promised on stake, an even share of the stake behind everyone, and income that is the same for all.
    pub(super) fn start(&self, at: &At) -> f64 {
        let n = at.setting.candidates();
        let led = self.seats.map_or(1.0, |k| n as f64 / k as f64);
        match self.kickback {
            Kickback::PerStake => 1.0,
            Kickback::IncomeShare => led * (0..n).map(|i| self.income(at, i)).sum::<f64>() / n as f64,
            Kickback::LumpSum => n as f64 / led,
        }
    }

    /// Payout of a unit of stake behind `i` for an offer of one, as group `g` expects it.
    pub(super) fn payout(&self, at: &At, state: &Stakes, g: usize, i: usize) -> f64 {
        let seen = g * at.setting.candidates() + i;
        if state.opened { state.paid_out[seen] / state.backing[seen] } else { self.start(at) }
    }

    /// Deterministic part of the logit utility of backing `i` at offer `x`.
    pub(super) fn utility(&self, at: &At, state: &Stakes, g: usize, i: usize, x: f64) -> f64 {
        let group = &at.setting.delegators[g];
        let seen = g * at.setting.candidates() + i;
        group.price_sensitivity * x * self.payout(at, state, g, i)
            - group.price_sensitivity * state.loss[seen]
            + group.uptime_taste * state.uptime[seen]
            + state.carried(at, g, i)
    }

    /// Utilities of one group from every candidate and, last, from backing nobody; −∞ for what is not on offer. Returns
    /// the highest.
    pub(super) fn utilities(
        &self,
        at: &At,
        g: usize,
        state: &Stakes,
        offers: &[Option<f64>],
        utility: &mut [f64],
    ) -> f64 {
        let group = &at.setting.delegators[g];
        let n = offers.len();
        let nobody = group
            .outside_option
            .map_or(f64::NEG_INFINITY, |u0| group.price_sensitivity * u0 + state.carried(at, g, n));
        let mut top = nobody;
        for (i, offer) in offers.iter().enumerate() {
            utility[i] = offer.map_or(f64::NEG_INFINITY, |x| self.utility(at, state, g, i, x));
            top = top.max(utility[i]);
        }
        utility[n] = nobody;
        top
    }

    /// Where those of one group who reconsider go, as weights of candidates and, last, nobody; returns the sum of the weights
    /// and the highest utility, which logit choice subtracts from its exponents. Leaves utilities in `utility`.
    pub(super) fn group_weights(
        &self,
        at: &At,
        g: usize,
        state: &Stakes,
        offers: &[Option<f64>],
        utility: &mut [f64],
        weight: &mut [f64],
    ) -> (f64, f64) {
        let n = offers.len();
        let shift = self.utilities(at, g, state, offers, utility);
        let rule = at.setting.delegators[g].rule;
        if !rule.is_logit() {
            rule.destinations(utility, state.population(g, n), weight);
            return (1.0, shift);
        }
        if shift == f64::NEG_INFINITY {
            weight[..n].fill(0.0);
            weight[n] = 1.0;
            return (1.0, 0.0);
        }
        for (w, u) in weight.iter_mut().zip(&*utility) {
            *w = u - shift;
        }
        exp_all(weight);
        // What is not on offer weighs nothing at all.
        for (w, offer) in weight.iter_mut().zip(offers) {
            if offer.is_none() {
                *w = 0.0;
            }
        }
        if at.setting.delegators[g].outside_option.is_none() {
            weight[n] = 0.0;
        }
        (weight.iter().sum(), shift)
    }
}

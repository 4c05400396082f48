//! What control over half of the slots would cost an outsider.

use super::stakes::Stakes;
use super::{Delegated, Kickback};
use crate::agent::delegator::DelegatorGroup;
use crate::mechanism::At;
use crate::numerics::exp;

/// A group, the sum of its logit weights and what was subtracted from their exponents, its utilities and shares.
type Group<'a> = (&'a DelegatorGroup, f64, f64, Vec<f64>, Option<Vec<f64>>);

impl Delegated {
    /// The outsider's kickback that attracts half of all stake, times that half (see [`crate::mechanism::Mechanism::corruption_cost`]).
    pub(super) fn half_of_all_stake(&self, state: &Stakes, at: &At, offers: &[Option<f64>]) -> Option<f64> {
        // Under top-k one candidate never leads more than a seat's slots, whatever stake it attracts.
        if self.kickback != Kickback::PerStake || self.seats.is_some() {
            return None;
        }
        let n = offers.len();
        // An outsider is one more option, before nobody: without stake, past or record, trusted to deliver all.
        let groups = at.setting.delegators.iter().enumerate().map(|(g, group)| {
            let mut utility = vec![0.0; n + 1];
            let mut weights = vec![0.0; n + 1];
            let (sum, shift) = self.group_weights(at, g, state, offers, &mut utility, &mut weights);
            utility.insert(n, f64::NEG_INFINITY);
            let population = state.population(g, n).map(|share| {
                let mut share = share.to_vec();
                share.insert(n, 0.0);
                share
            });
            (group, sum, shift, utility, population)
        });
        let groups: Vec<_> = groups.collect();
        let all = at.setting.total_stake();
        let attracted = |x: f64| -> f64 {
            let group = |(group, sum, shift, utility, population): &Group| {
                let worth = group.price_sensitivity * x + group.uptime_taste;
                let part = if group.rule.is_logit() {
                    let own = exp((worth - shift).min(700.0));
                    own / (sum + own)
                } else {
                    group.rule.attracted(n, worth, utility, population.as_deref())
                };
                group.total_stake() / all * part
            };
            groups.iter().map(group).sum()
        };
        let mut high = 1e-12 + offers.iter().flatten().fold(0.0_f64, |a, &b| a.max(b));
        while attracted(high) < 0.5 {
            high *= 2.0;
            if high > 1e15 {
                return None;
            }
        }
        let x = crate::numerics::root(|x| attracted(x) - 0.5, 0.0, high).unwrap_or(0.0);
        // Where choice jumps, more than half may come at once, and is paid.
        let bought = attracted(x * (1.0 + 1e-9));
        Some(x * if bought > 0.5 + 1e-6 { bought } else { 0.5 })
    }
}

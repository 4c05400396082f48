//! What control over half of the slots would cost an outsider.

use super::stakes::Stakes;
use super::{Delegated, Kickback};
use crate::agent::delegator::DelegatorGroup;
use crate::mechanism::At;
use crate::numerics::exp;

impl Delegated {
    /// The outsider's kickback that attracts half of all stake, times that half (see [`crate::mechanism::Mechanism::corruption_cost`]).
    pub(super) fn half_of_all_stake(&self, state: &Stakes, at: &At, offers: &[Option<f64>]) -> Option<f64> {
        // Under top-k one candidate never leads more than a seat's slots, whatever stake it attracts.
        if self.kickback != Kickback::PerStake || self.seats.is_some() {
            return None;
        }
        let mut weights = vec![0.0; offers.len() + 1];
        let sums: Vec<(f64, f64)> = (0..at.setting.delegators.len())
            .map(|g| self.group_weights(at, g, state, offers, &mut weights))
            .collect();
        let all = at.setting.total_stake();
        let attracted = |x: f64| -> f64 {
            let group = |(group, (sum, shift)): (&DelegatorGroup, &(f64, f64))| {
                let own = exp((group.price_sensitivity * x + group.uptime_taste - shift).min(700.0));
                group.total_stake() / all * own / (sum + own)
            };
            at.setting.delegators.iter().zip(&sums).map(group).sum()
        };
        let mut high = 1e-12 + offers.iter().flatten().fold(0.0_f64, |a, &b| a.max(b));
        while attracted(high) < 0.5 {
            high *= 2.0;
            if high > 1e15 {
                return None;
            }
        }
        let x = crate::numerics::root(|x| attracted(x) - 0.5, 0.0, high).unwrap_or(0.0);
        Some(0.5 * x)
    }
}

//! Who pays whom: worth of slots, kickbacks paid, and what delegators learn from them.

use super::stakes::Stakes;
use super::{DUST, Delegated, Kickback, NOBODY};
use crate::mechanism::operation::Service;
use crate::mechanism::{At, Payout, Selection};
use crate::play::ledger::Ledger;

impl Delegated {
    pub(super) fn worth(&self, at: &At, i: usize) -> f64 {
        at.slot_worth(i, self.commission, at.live_per_turn(self.seats.unwrap_or(1)))
    }

    /// Expected net income of candidate `i` from the whole epoch.
    pub(super) fn rent(&self, at: &At, i: usize) -> f64 {
        self.worth(at, i) * f64::from(at.terms.epoch_slots)
    }

    /// Expected gross income of candidate `i` from the whole epoch.
    pub(super) fn income(&self, at: &At, i: usize) -> f64 {
        self.commission * at.terms.availability[i] * at.signals.gross[i] * f64::from(at.terms.epoch_slots)
    }

    /// What candidate `i` gives away in an epoch for one unit of all stake behind it, at an offer of 1 (a lump sum does
    /// not depend on stake).
    pub(super) fn given(&self, at: &At, i: usize) -> f64 {
        match self.kickback {
            Kickback::PerStake => at.terms.availability[i],
            Kickback::IncomeShare => self.income(at, i),
            Kickback::LumpSum => 0.0,
        }
    }

    /// Pays out the epoch; delegators update what offers deliver.
    pub(super) fn settle_epoch(
        &self,
        state: &mut Stakes,
        at: &At,
        offers: &[Option<f64>],
        selection: &Selection,
        service: &Service,
        ledger: &mut Ledger,
    ) {
        ledger.pay_service(service, self.commission);
        let n = offers.len();
        let all = at.setting.total_stake();
        Self::learn_losses(state, at, service);
        for (i, offer) in offers.iter().enumerate() {
            let Some(x) = *offer else { continue };
            // Where seats are decided epochs ahead, those who back the candidate now are paid.
            let share = if at.terms.oversight.ahead > 0 {
                Self::share_of_all(at.setting, state, i)
            } else {
                selection.weight[i]
            };
            if share <= 0.0 {
                continue;
            }
            let led = service.scheduled[i] > 0.0;
            let delivered = self.delivered(at, service, i);
            let paid = self.paid(service, i, x, share, delivered);
            for (g, group) in at.setting.delegators.iter().enumerate() {
                let part = group.total_stake() / all * state.share[g * (n + 1) + i] / share;
                ledger.pay_kickback(i, g, paid * part);
                // Delegators see what a unit of stake behind i got for what i had offered.
                let seen = g * n + i;
                // What a candidate without a seat did not pay says nothing about one that has a seat.
                if x > 0.0 && share > DUST && (led || self.seats.is_none()) {
                    state.paid_out[seen] += group.payout_learning * (paid / x - state.paid_out[seen]);
                    state.backing[seen] += group.payout_learning * (share - state.backing[seen]);
                }
                if led {
                    state.uptime[seen] += group.payout_learning * (delivered - state.uptime[seen]);
                }
            }
        }
    }

    /// Delegators learn what slashing takes of a stake behind those in office.
    fn learn_losses(state: &mut Stakes, at: &At, service: &Service) {
        if at.terms.oversight.slash_fraction == 0.0 {
            return;
        }
        let n = at.setting.candidates();
        for i in 0..n {
            let lost = std::mem::take(&mut state.just_lost[i]);
            if lost > 0.0 || service.scheduled[i] > 0.0 {
                for (g, group) in at.setting.delegators.iter().enumerate() {
                    let seen = &mut state.loss[g * n + i];
                    *seen += group.payout_learning * (lost - *seen);
                }
            }
        }
    }

    /// Part of its promise that candidate `i` delivered.
    fn delivered(&self, at: &At, service: &Service, i: usize) -> f64 {
        if service.scheduled[i] > 0.0 {
            service.delivered[i] / service.scheduled[i]
        } else if self.seats.is_some() {
            0.0
        } else {
            // Drawn for no slot: the promise holds all the same, for what its machine delivers on average.
            at.terms.availability[i]
        }
    }

    /// What candidate `i` paid on all the stake behind it.
    fn paid(&self, service: &Service, i: usize, x: f64, share: f64, delivered: f64) -> f64 {
        match self.kickback {
            Kickback::PerStake => x * share * delivered,
            Kickback::IncomeShare => x * self.commission * service.gross[i],
            Kickback::LumpSum => {
                if share > NOBODY && (service.scheduled[i] > 0.0 || self.seats.is_none()) {
                    x
                } else {
                    0.0
                }
            }
        }
    }

    /// What a unit of stake got behind each candidate and, last, behind nobody, group by group. A promise per unit of
    /// stake holds for the first unit, too; what is divided among nobody is not known.
    pub(super) fn payouts_of_stake(
        &self,
        state: &Stakes,
        at: &At,
        offers: &[Option<f64>],
        selection: &Selection,
        service: &Service,
        out: &mut Vec<Payout>,
    ) {
        let n = offers.len();
        out.clear();
        for (g, group) in at.setting.delegators.iter().enumerate() {
            for (i, offer) in offers.iter().enumerate() {
                let backed = selection.weight[i];
                let delivered = self.delivered(at, service, i);
                let payout = offer.and_then(|x| match self.kickback {
                    Kickback::PerStake => Some(x * delivered),
                    _ if backed > DUST => Some(self.paid(service, i, x, backed, delivered) / backed),
                    _ => None,
                });
                // Stake behind one who abstains gets nothing.
                let share = state.share[g * (n + 1) + i];
                out.push(Payout { share, payout: payout.or((share > 0.0).then_some(0.0)) });
            }
            out.push(Payout { share: state.share[g * (n + 1) + n], payout: group.outside_option });
        }
    }
}

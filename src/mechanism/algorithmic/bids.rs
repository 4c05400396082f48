//! The auction base: bids ranked by what they weigh, and what each setting of a bid would earn.

use super::scores::Register;
use super::weights::Base;
use super::{Algorithmic, Scratch};
use crate::draws::Purpose;
use crate::mechanism::At;

/// An admissible bid, by weight and lot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ranked {
    pub(super) weight: f64,
    lot: u64,
    pub(super) who: usize,
}

fn lot(at: &At, who: usize) -> u64 {
    at.key.stream(Purpose::Tie, at.setting.sequencers[who].who).bits(at.epoch, 0)
}

impl Algorithmic {
    pub(super) fn rank(&self, at: &At, offers: &[Option<f64>], factor: &[f64], ranked: &mut Vec<Ranked>) {
        let Base::Auction { reserve, .. } = self.base else { return };
        ranked.clear();
        for (who, offer) in offers.iter().enumerate() {
            if let Some(bid) = offer.filter(|&bid| bid >= reserve && factor[who] > 0.0) {
                ranked.push(Ranked { weight: bid * factor[who], lot: lot(at, who), who });
            }
        }
        ranked.sort_unstable_by(|a, b| b.weight.total_cmp(&a.weight).then(b.lot.cmp(&a.lot)));
    }

    /// Payoffs of bids.
    pub(super) fn bid_payoffs(
        &self,
        register: &Register,
        at: &At,
        i: usize,
        menu: &[f64],
        scratch: &Scratch,
        out: &mut [f64],
    ) {
        let Base::Auction { seats, reserve } = self.base else { return };
        let ranked = &scratch.ranked;
        let place = ranked.iter().position(|r| r.who == i);
        let inside = place.is_some_and(|p| p < seats);
        let critical = ranked.get(if inside { seats } else { seats - 1 });
        let (factor, lot) = (scratch.factor[i], lot(at, i));
        let rivals = || ranked.iter().filter(|r| r.who != i).take(seats - 1);
        let others: f64 = rivals().map(|r| r.weight).sum();
        let even = 1.0 / (rivals().count() + 1) as f64;
        let total = f64::from(at.terms.epoch_slots);
        let (led, cost) = (at.terms.availability[i] * self.contest.income(at, i), at.live_cost(i));
        let bond = self.bond_cost(at, i);
        for (payoff, &bid) in out.iter_mut().zip(menu) {
            let weight = bid * factor;
            let beats = |c: &Ranked| weight > c.weight || (weight == c.weight && lot > c.lot);
            *payoff = 0.0;
            if bid >= reserve && critical.is_none_or(beats) {
                let share = if weight + others > 0.0 { weight / (weight + others) } else { even };
                let payment = bid * total * share;
                *payoff = total * (led * share - cost * at.live_share_among(share, register.redundancy))
                    - payment
                    - bond
                    - at.start_when_drawn(i, share, register.redundancy);
            }
        }
    }
}

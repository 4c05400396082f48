//! One operator, and the reference for overhead.
//!
//! **Rule.** The candidate with the lowest expected cost of producing a slot leads every slot.
//!
//! **Who pays whom.** The operator keeps `commission` of fees and MEV (all by default) and bears posting and operating
//! costs; the rest of fees and MEV goes to the community.
//!
//! **What theory says.** Only one machine is live in any slot, so operating cost is the least possible; nothing returns
//! to the community.
//!
//! **Where it runs.** Most rollups in production, for instance Arbitrum One, Base and OP Mainnet.
//!
//! **References.** polynya (2021), "Brainstorming: sequencer consensus mechanisms", first paragraphs.

use super::operation::Service;
use super::terms::{COMMISSION, EPOCH_SLOTS, Terms};
use super::{At, Facts, Lever, Mechanism, Needs, Schedule, Selection};
use crate::agent::Setting;
use crate::play::ledger::Ledger;
use crate::settings::{Parameter, Section};

/// One line for the catalogue.
pub const SUMMARY: &str = "one operator, the cheapest, keeps all; reference for overhead";

/// Parameters read.
pub const PARAMETERS: &[&Parameter] = &[&EPOCH_SLOTS, &COMMISSION];

/// What else it needs.
pub const NEEDS: Needs = Needs { one_operator: true, ..Needs::NOTHING };

/// The rule with its parameters.
#[derive(Clone, Debug)]
pub struct Centralized {
    commission: f64,
}

impl Centralized {
    /// An operator who keeps everything.
    pub fn reference() -> Self {
        Centralized { commission: 1.0 }
    }

    /// The candidate with the lowest live cost, the first in canonical order where several have it.
    pub fn operator(setting: &Setting) -> usize {
        let cost = |i: usize| setting.sequencers[i].traits.live_cost - setting.sequencers[i].traits.idle_cost;
        (0..setting.candidates()).fold(0, |best, i| if cost(i) < cost(best) { i } else { best })
    }
}

/// Reads a contender.
pub fn read(section: &Section, _terms: &Terms) -> Option<Centralized> {
    Some(Centralized { commission: section.number(&COMMISSION) })
}

impl Mechanism for Centralized {
    type State = ();
    type Scratch = ();

    fn facts(&self) -> Facts {
        Facts { anonymous: false, truthful: false, may_leave_slots_empty: false, has_memory: false }
    }

    fn lever(&self) -> Option<Lever> {
        None
    }

    fn seat_count(&self, _candidates: usize) -> usize {
        1
    }

    fn open(&self, _setting: &Setting) {}

    fn reference(&self, _at: &At, _i: usize) -> f64 {
        0.0
    }

    fn prepare(&self, _state: &(), _at: &At, _offers: &[Option<f64>], _scratch: &mut ()) {}

    fn payoffs(&self, _state: &(), _at: &At, _i: usize, _menu: &[f64], _scratch: &mut (), out: &mut [f64]) {
        out.fill(0.0);
    }

    fn select(&self, _state: &mut (), at: &At, _offers: &[Option<f64>], selection: &mut Selection) {
        selection.clear(at.setting.candidates());
        let operator = Centralized::operator(at.setting);
        selection.schedule = Schedule::Rotation;
        selection.seats.push(Some(operator));
        selection.total = f64::from(at.terms.epoch_slots);
        selection.slots[operator] = selection.total;
    }

    fn settle(
        &self,
        _state: &mut (),
        _at: &At,
        _offers: &[Option<f64>],
        _selection: &Selection,
        service: &Service,
        ledger: &mut Ledger,
    ) {
        ledger.pay_service(service, self.commission);
    }
}

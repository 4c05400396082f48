//! Auction of the whole right for a term.
//!
//! **Rule.** Every `T` epochs (`term_epochs`) the right to lead all slots of the next `T` epochs is sold to the highest
//! bid `b_i`, in ETH per scheduled slot, of at least the reserve (ties by lot). Between sales the winner holds the right,
//! and nobody can bid. If nobody bids enough, slots stay empty until the next epoch's sale.
//!
//! **Who pays whom.** The winner earns fees and MEV and pays the community, per slot, its own bid (`pricing = "first"`) or
//! the highest losing bid or reserve (`"second"`). It posts `bond`, locked for the term and for `dispute_epochs` more, at
//! its cost of capital.
//!
//! **What theory says.** A bidder's worth of the right is what it can expect of the whole term: its present private value
//! and, for later epochs, the mean. With such values `v`, independent and alike, `b(v) = E[Y_1 | Y_1 < v]` in the first-price auction and
//! `b(v) = v` in the second-price one, and both earn `E[v_(2)]`. The longer the term, the less private values of single
//! epochs differ on average: bids come closer, and allocation is decided by lasting advantages. With complete information
//! the community gets the second highest worth.
//!
//! **Where it runs.** Arbitrum's Timeboost sells its express lane by the minute, at the second price.
//!
//! **References.** Vickrey (1961), "Counterspeculation, auctions, and competitive sealed tenders", J. Finance 16; Krishna
//! (2010), *Auction Theory*, propositions 2.1 and 2.2; polynya (2021), "Sequencer auctions".

use super::auction_rotation::{self, AuctionRotation, BOND, DISPUTE_EPOCHS, RESERVE};
use super::collateral::{BOND_ASSET, HAIRCUT};
use super::escrow::Escrow;
use super::operation::Service;
use super::seat_sale::SeatSale;
use super::terms::{COMMISSION, EPOCH_SLOTS, TERM_EPOCHS, Terms};
use super::{At, Facts, Lever, Mechanism, Needs, OfferAxis, Selection};
use crate::agent::Setting;
use crate::play::ledger::Ledger;
use crate::play::repeated::stage::Tie;
use crate::settings::{Parameter, Section};

/// One line for the catalogue.
pub const SUMMARY: &str = "one winner for a term pays the community";
/// Payment rule.
pub const PRICING: Parameter = Parameter::choice(
    "pricing",
    &["first", "second"],
    "first",
    "what the winner pays per slot: its own bid (what `auction_rotation` calls \"pay_as_bid\"), or the highest losing one (\"uniform\" there)",
);
/// Parameters read.
pub const PARAMETERS: &[&Parameter] = &[
    &EPOCH_SLOTS,
    &TERM_EPOCHS,
    &COMMISSION,
    &PRICING,
    &RESERVE,
    &BOND,
    &BOND_ASSET,
    &HAIRCUT,
    &DISPUTE_EPOCHS,
];
/// What else it needs.
pub const NEEDS: Needs = Needs { capital: true, sale: true, ..Needs::NOTHING };

/// The rule with its parameters.
#[derive(Clone, Debug)]
pub struct Auction {
    /// The sale of one term.
    sale: AuctionRotation,
    term: u32,
}

/// Reads a contender.
pub fn read(section: &Section, terms: &Terms) -> Option<Auction> {
    let pricing = match section.choice(&PRICING) {
        "second" => auction_rotation::Pricing::Uniform,
        _ => auction_rotation::Pricing::PayAsBid,
    };
    let bond = (terms.collateral.posted(section.number(&BOND)), section.integer(&DISPUTE_EPOCHS) as usize);
    let (reserve, commission) = (section.number(&RESERVE), section.number(&COMMISSION));
    let (term, resold) = (terms.term_epochs, terms.overlays.resale.is_some());
    Some(Auction {
        sale: AuctionRotation::of_one_seat(pricing, reserve, bond, commission, term, resold),
        term,
    })
}

/// What a market remembers: who holds the right, at what price and for how long.
#[derive(Clone, Debug)]
pub struct Tenure {
    escrow: Escrow,
    holder: Option<usize>,
    price: f64,
    /// Epochs of the term that are still to come.
    left: u32,
    /// What half of an epoch's slots would have cost an outsider at the last sale.
    corruption: Option<f64>,
}

impl Auction {
    /// Whether the right is for sale. Agents who learn sell a term to each other in every epoch: what it is worth does not
    /// depend on what went before, and they learn from every epoch.
    fn for_sale(state: &Tenure, at: &At) -> bool {
        state.left == 0 || at.cohorts || state.holder.is_some_and(|i| at.signals.is_barred(i))
    }

    /// The sale of a term as such.
    pub fn sale(&self) -> &AuctionRotation {
        &self.sale
    }
}

impl Mechanism for Auction {
    type State = Tenure;
    type Scratch = auction_rotation::Scratch;

    fn facts(&self) -> Facts {
        Facts { has_memory: self.term > 1, ..self.sale.facts() }
    }

    fn lever(&self) -> Option<Lever> {
        Some(Lever::Bid)
    }

    fn open(&self, setting: &Setting) -> Tenure {
        Tenure { escrow: self.sale.open(setting), holder: None, price: 0.0, left: 0, corruption: None }
    }

    fn reference(&self, at: &At, i: usize) -> f64 {
        self.sale.reference(at, i)
    }

    fn least_offer(&self) -> f64 {
        self.sale.least_offer()
    }

    fn offer_axis(&self, setting: &Setting, terms: &Terms) -> Option<OfferAxis> {
        self.sale.offer_axis(setting, terms)
    }

    fn is_open(&self, state: &Tenure, at: &At) -> bool {
        Self::for_sale(state, at)
    }

    fn prepare(&self, state: &Tenure, at: &At, offers: &[Option<f64>], scratch: &mut Self::Scratch) {
        self.sale.prepare(&state.escrow, at, offers, scratch);
    }

    /// At a sale, what the whole term brings; per epoch where every epoch is a sale.
    fn payoffs(
        &self,
        state: &Tenure,
        at: &At,
        i: usize,
        menu: &[f64],
        scratch: &mut Self::Scratch,
        out: &mut [f64],
    ) {
        if !Self::for_sale(state, at) {
            out.fill(0.0);
            return;
        }
        self.sale.payoffs(&state.escrow, at, i, menu, scratch, out);
        if !at.cohorts && self.term > 1 {
            for payoff in out {
                *payoff *= f64::from(self.term);
            }
        }
    }

    fn repeats(&self, setting: &Setting, terms: &Terms) -> Result<(), String> {
        if self.term > 1 {
            return Err(format!(
                "a term of {} epochs is sold at once (only `term_epochs = 1` repeats)",
                self.term
            ));
        }
        self.sale.repeats(setting, terms)
    }

    fn stage_payoffs(
        &self,
        state: &Tenure,
        at: &At,
        offers: &[Option<f64>],
        scratch: &mut Self::Scratch,
        out: &mut [f64],
    ) {
        self.sale.stage_payoffs(&state.escrow, at, offers, scratch, out);
    }

    fn tie(&self, offers: &[Option<f64>]) -> Option<Tie> {
        self.sale.tie(offers)
    }

    fn seat_count(&self, candidates: usize) -> usize {
        self.sale.seat_count(candidates)
    }

    fn seat_sale(&self, at: &At, i: usize) -> Option<SeatSale> {
        if self.term == 1 { self.sale.seat_sale(at, i) } else { None }
    }

    fn explores_states(&self) -> bool {
        true
    }

    fn select(&self, state: &mut Tenure, at: &At, offers: &[Option<f64>], selection: &mut Selection) {
        if Self::for_sale(state, at) {
            self.sale.select(&mut state.escrow, at, offers, selection);
            state.holder = selection.seats[0];
            state.price = state.holder.map_or(0.0, |i| selection.price[i]);
            // A right that nobody wanted is for sale again at once.
            state.left = if state.holder.is_some() { self.term - 1 } else { 0 };
            state.corruption = self.sale.corruption_cost(&state.escrow, at, offers, selection);
            return;
        }
        state.left -= 1;
        let none = vec![None; offers.len()];
        self.sale.select(&mut state.escrow, at, &none, selection);
        selection.seats[0] = state.holder;
        if let Some(i) = state.holder {
            selection.slots[i] = selection.total;
            selection.price[i] = state.price;
        }
    }

    fn escrows_mut<'s>(&self, state: &'s mut Tenure) -> Vec<&'s mut Escrow> {
        vec![&mut state.escrow]
    }

    fn settle(
        &self,
        state: &mut Tenure,
        at: &At,
        offers: &[Option<f64>],
        selection: &Selection,
        service: &Service,
        ledger: &mut Ledger,
    ) {
        self.sale.settle(&mut state.escrow, at, offers, selection, service, ledger);
    }

    /// As at the last sale.
    fn corruption_cost(
        &self,
        state: &Tenure,
        _at: &At,
        _offers: &[Option<f64>],
        _selection: &Selection,
    ) -> Option<f64> {
        state.corruption
    }

    fn epochs_to_fill(&self) -> u32 {
        self.sale.epochs_to_fill()
    }

    fn sells_seats(&self) -> bool {
        self.sale.sells_seats()
    }

    fn escrows<'s>(&self, state: &'s Tenure) -> Vec<&'s Escrow> {
        vec![&state.escrow]
    }

    fn bonds_at_once(&self) -> f64 {
        self.sale.bonds_at_once()
    }
}

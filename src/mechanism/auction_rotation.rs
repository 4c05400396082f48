//! Multi-winner auction with rotation.
//!
//! **Rule.** Each epoch every candidate bids `b_i`, in ETH per scheduled slot. The `k` highest bids of at least the
//! reserve `r` win a seat each (ties by lot). With an *even* schedule seats take turns and each leads `E/k` slots; a seat
//! that nobody took stays empty. With a *proportional* schedule winners share all `E` slots in proportion to their bids.
//! A leader that has missed `miss_tolerance` of its slots is removed for the rest of the epoch; its turns, and what is owed for
//! them, pass to the next seats. With `unit_seats` every seat is worth a whole epoch, as in the textbook's sale of `k` identical units.
//!
//! **Who pays whom.** Winners earn fees and MEV of the slots that they produce and pay the community, per scheduled
//! slot: their own bid (`pay_as_bid`); the highest losing bid or the reserve (`uniform`, with unit demand also `vcg`);
//! or the threshold payment `[b·x(b) − ∫₀ᵇ x(t) dt]/x(b)` of the allocation `x` (`myerson`). A winner posts `bond`,
//! locked for the epoch and for `dispute_epochs` more, at its cost of capital.
//!
//! **What theory says.** With unit demand, independent private values and an even schedule: `uniform` is truthful with
//! expected price `E[v_(k+1)]`; `pay_as_bid` has the equilibrium `b(v) = E[Y_k | Y_k < v]` and the same revenue.
//! `myerson` is truthful for both schedules.
//!
//! **Where it runs.** Sales of express lanes and block space by the minute are the single-seat case (Arbitrum Timeboost,
//! second price, since 2025).
//!
//! **References.** Krishna (2010), *Auction Theory*, propositions 2.2 and 13.1–13.3; Myerson (1981), "Optimal auction
//! design", Math. Oper. Res. 6, lemma 2; polynya (2021), "Sequencer auctions with multiple sequencers and rotation
//! mechanism".

mod parameters;
mod ranking;

pub use parameters::{BOND, DISPUTE_EPOCHS, PARAMETERS, PRICING, RESERVE, SCHEDULE, UNIT_SEATS, read};
pub use ranking::Ranking;

use super::escrow::Escrow;
use super::operation::Service;
use super::removal::{Removal, turns_led};
use super::resale::Resale;
use super::seat_sale::SeatSale;
use super::terms::Terms;
use super::{At, Facts, Lever, Mechanism, NET_VALUE, Needs, OfferAxis, Schedule, Selection};
use crate::agent::Setting;
use crate::numerics::ln;
use crate::play::ledger::Ledger;
use crate::play::repeated::stage::Tie;
use crate::settings::Section;
use ranking::{Ranked, lot};

/// One line for the catalogue.
pub const SUMMARY: &str = "k winners per epoch take turns and pay the community";
/// What else it needs.
pub const NEEDS: Needs = Needs { capital: true, sale: true, ..Needs::NOTHING };

/// Payment rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pricing {
    /// One's own bid.
    PayAsBid,
    /// The highest losing bid, or the reserve.
    Uniform,
    /// The threshold payment of the allocation rule.
    Myerson,
}

/// The rule with its parameters.
#[derive(Clone, Debug)]
pub struct AuctionRotation {
    seats: usize,
    pricing: Pricing,
    proportional: bool,
    reserve: f64,
    bond: f64,
    dispute_epochs: usize,
    unit_seats: bool,
    commission: f64,
    /// Epochs for which a seat is sold.
    term: u32,
    /// Whether winners may sell on.
    resold: bool,
    /// Missed slots after which a leader is removed.
    miss_tolerance: Option<u32>,
}

/// Working space: the round's admissible bids, highest first.
#[derive(Debug, Default)]
pub struct Scratch {
    ranked: Vec<Ranked>,
}

impl AuctionRotation {
    /// The sale of one seat for a term.
    pub(super) fn of_one_seat(
        pricing: Pricing,
        reserve: f64,
        (bond, dispute_epochs): (f64, usize),
        commission: f64,
        term: u32,
        resold: bool,
    ) -> Self {
        AuctionRotation {
            seats: 1,
            pricing,
            proportional: false,
            reserve,
            bond,
            dispute_epochs,
            unit_seats: false,
            commission,
            term,
            resold,
            miss_tolerance: None,
        }
    }

    /// Seats sold.
    pub fn seats(&self) -> usize {
        self.seats
    }

    /// The payment rule.
    pub fn pricing(&self) -> Pricing {
        self.pricing
    }

    /// Whether winners share slots in proportion to their bids.
    pub fn is_proportional(&self) -> bool {
        self.proportional
    }

    /// Least bid that can win, in ETH per scheduled slot.
    pub fn reserve(&self) -> f64 {
        self.reserve
    }

    /// Bond that a winner posts, in ETH.
    pub fn bond(&self) -> f64 {
        self.bond
    }

    fn total(&self, at: &At) -> f64 {
        let epoch = f64::from(at.terms.epoch_slots);
        if self.unit_seats { epoch * self.seats as f64 } else { epoch }
    }

    fn seat_slots(&self, at: &At) -> f64 {
        self.total(at) / self.seats as f64
    }

    /// Slots that candidate `i` leads with a seat beside these other winners: its turns, or what it keeps of them until it is
    /// removed and what passes on to it.
    fn slots_led(&self, at: &At, i: usize, rivals: impl Iterator<Item = usize>) -> f64 {
        let turns = self.seat_slots(at);
        if at.terms.removal.is_none() {
            return turns;
        }
        // Seats go in canonical order, empty ones last, and what passes to those stays empty.
        let mut holders: Vec<usize> = std::iter::once(i).chain(rivals).collect();
        holders.sort_unstable();
        let mut kept: Vec<f64> = holders.iter().map(|&j| at.terms.keeping(j).kept).collect();
        kept.resize(self.seats, 1.0);
        let led = turns_led(&kept);
        turns * holders.iter().position(|&j| j == i).map_or(0.0, |seat| led[seat])
    }

    /// Net value of a slot led, before bond: seats of an even rotation stand by for the `redundancy − 1` seats before
    /// them, which costs but rarely earns.
    fn worth(&self, at: &At, i: usize) -> f64 {
        let live = at.live_per_turn(if self.unit_seats { 1 } else { self.seats });
        let mut now = at.slot_worth(i, self.commission, live);
        if at.terms.starts && !self.proportional {
            let turns = self.seat_slots(at);
            now -= at.start_in_turns(i, if self.unit_seats { 1 } else { self.seats }, turns) / turns;
        }
        if self.term == 1 {
            return now;
        }
        // The mean over the term: the epochs after this one are worth what they can be expected to be.
        let later = at.terms.availability[i]
            * (self.commission * at.signals.later[i] - at.terms.posting_cost + at.terms.aside(i))
            - live * at.live_cost(i);
        (now + f64::from(self.term - 1) * later) / f64::from(self.term)
    }

    /// Cost of holding one bond for each epoch of the term, over the epochs for which it is locked.
    fn bond_cost(&self, at: &At, i: usize) -> f64 {
        let epochs = (self.term as usize + self.dispute_epochs) as f64;
        self.bond * at.holding_cost(i) * epochs / f64::from(self.term)
    }

    fn rank(&self, at: &At, offers: &[Option<f64>], ranked: &mut Vec<Ranked>) {
        ranked.clear();
        for (who, offer) in offers.iter().enumerate() {
            if let Some(bid) = offer.filter(|&bid| bid >= self.reserve) {
                ranked.push(Ranked { bid, lot: lot(at, who), who });
            }
        }
        ranked.sort_unstable_by(|a, b| b.bid.total_cmp(&a.bid).then(b.lot.cmp(&a.lot)));
    }

    /// What bidder `i` earns by winning with `bid` beside `rivals` other winners, whose bids add up to `sum`, where it took
    /// `threshold` to win.
    fn won(&self, at: &At, i: usize, bid: f64, threshold: f64, rivals: usize, sum: f64) -> f64 {
        let bond = self.bond_cost(at, i);
        if !self.proportional {
            let price = if self.pricing == Pricing::PayAsBid { bid } else { threshold };
            return (self.worth(at, i) - price) * self.seat_slots(at) - bond;
        }
        let total = self.total(at);
        let share = if bid + sum > 0.0 { bid / (bid + sum) } else { 1.0 / (rivals + 1) as f64 };
        let payment = match self.pricing {
            Pricing::Myerson => Self::threshold_payment(total, bid, threshold, sum),
            _ => bid * total * share,
        };
        total * (at.led_worth(i, self.commission) * share - at.live_cost(i) * at.live_share(share))
            - payment
            - bond
            - at.start_when_drawn(i, share, at.terms.redundancy)
    }

    /// What candidate `i` gains by resale if it wins a seat, and if it does not, rivals' bids as they are.
    fn resale_gains(&self, resale: &Resale, at: &At, i: usize, ranked: &[Ranked]) -> (f64, f64) {
        let n = at.setting.candidates();
        let worth: Vec<f64> = (0..n).map(|j| self.reference(at, j)).collect();
        let rivals = ranked.iter().filter(|r| r.who != i).map(|r| r.who);
        let gain = |seats: usize, wins: bool| {
            let mut holds = vec![false; n];
            holds[i] = wins;
            rivals.clone().take(seats).for_each(|j| holds[j] = true);
            let pairs = resale.pairs(&worth, &holds, |j| self.may_buy(at, j));
            resale.gain(&pairs, &worth, i) * self.seat_slots(at)
        };
        (gain(self.seats - 1, true), gain(self.seats, false))
    }

    /// Whether candidate `i` may buy a seat: it is not barred, and can post the bonds.
    fn may_buy(&self, at: &At, i: usize) -> bool {
        at.may_serve(i) && self.bonds_at_once() <= at.setting.sequencers[i].traits.capital_limit
    }

    /// Threshold payment over all slots won, for a bid `b` against critical bid `c` and other winners' bids summing to
    /// `s`, in a proportional schedule of `total` slots: `total·(b·b/(b+s) − ∫_c^b t/(t+s) dt)`.
    fn threshold_payment(total: f64, b: f64, c: f64, s: f64) -> f64 {
        if b + s <= 0.0 {
            return 0.0;
        }
        let integral = if s > 0.0 { (b - c) - s * ln((b + s) / (c + s)) } else { b - c };
        total * (b * b / (b + s) - integral)
    }
}

impl Mechanism for AuctionRotation {
    type State = Escrow;
    type Scratch = Scratch;

    fn facts(&self) -> Facts {
        Facts {
            anonymous: true,
            // With shares in proportion to bids a bond is a fixed cost of entry, which a truthful bid may not cover.
            // Who may resell bids what it can sell for. Where turns pass on, rivals decide over how many slots a bond is spread.
            truthful: self.pricing != Pricing::PayAsBid
                && !((self.proportional || self.miss_tolerance.is_some()) && self.bond > 0.0)
                && !self.resold,
            may_leave_slots_empty: true,
            has_memory: false,
        }
    }

    fn lever(&self) -> Option<Lever> {
        Some(Lever::Bid)
    }

    fn seat_count(&self, _candidates: usize) -> usize {
        self.seats
    }

    fn open(&self, setting: &Setting) -> Escrow {
        Escrow::new(setting.candidates(), self.dispute_epochs + self.term as usize)
    }

    fn reference(&self, at: &At, i: usize) -> f64 {
        self.worth(at, i) - self.bond_cost(at, i) / self.seat_slots(at)
    }

    fn prepare(&self, _state: &Escrow, at: &At, offers: &[Option<f64>], scratch: &mut Scratch) {
        self.rank(at, offers, &mut scratch.ranked);
    }

    fn payoffs(
        &self,
        _state: &Escrow,
        at: &At,
        i: usize,
        menu: &[f64],
        scratch: &mut Scratch,
        out: &mut [f64],
    ) {
        let ranked = &scratch.ranked;
        // The rivals that matter: the k highest other bids, and among them the k-th, which has to be beaten.
        let place = ranked.iter().position(|r| r.who == i);
        let inside = place.is_some_and(|p| p < self.seats);
        let critical = ranked.get(if inside { self.seats } else { self.seats - 1 });
        let mine = Ranked { bid: 0.0, lot: lot(at, i), who: i };
        let threshold = critical.map_or(self.reserve, |c| c.bid);
        let wins = |bid: f64| bid >= self.reserve && critical.is_none_or(|c| Ranked { bid, ..mine }.beats(c));
        let worth = self.worth(at, i);
        let bond = self.bond_cost(at, i);
        // Menus ascend, so that the settings that win are the last ones.
        let first = menu.partition_point(|&bid| !wins(bid));
        out[..=first].fill(0.0);
        let (payoffs, menu) = (&mut out[first + 1..], &menu[first..]);
        if self.proportional {
            let others: f64 = ranked.iter().filter(|r| r.who != i).take(self.seats - 1).map(|r| r.bid).sum();
            let total = self.total(at);
            let rivals = ranked.iter().filter(|r| r.who != i).take(self.seats - 1).count();
            let (led, cost) = (at.led_worth(i, self.commission), at.live_cost(i));
            for (payoff, &bid) in payoffs.iter_mut().zip(menu) {
                // Winners who all bid nothing share evenly.
                let even = 1.0 / (rivals + 1) as f64;
                let share = if bid + others > 0.0 { bid / (bid + others) } else { even };
                let payment = match self.pricing {
                    Pricing::Myerson => Self::threshold_payment(total, bid, threshold, others),
                    _ => bid * total * share,
                };
                *payoff = total * (led * share - cost * at.live_share(share))
                    - payment
                    - bond
                    - at.start_when_drawn(i, share, at.terms.redundancy);
            }
        } else {
            let beside = ranked.iter().filter(|r| r.who != i).take(self.seats - 1).map(|r| r.who);
            let slots = self.slots_led(at, i, beside);
            let value = worth * slots - bond;
            if self.pricing == Pricing::PayAsBid {
                for (payoff, &bid) in payoffs.iter_mut().zip(menu) {
                    *payoff = value - bid * slots;
                }
            } else {
                payoffs.fill(value - threshold * slots);
            }
        }
        if let Some(resale) = &at.terms.overlays.resale {
            let (won, lost) = self.resale_gains(resale, at, i, ranked);
            out[..=first].iter_mut().for_each(|payoff| *payoff += lost);
            out[first + 1..].iter_mut().for_each(|payoff| *payoff += won);
        }
    }

    fn repeats(&self, _setting: &Setting, terms: &Terms) -> Result<(), String> {
        if self.resold {
            return Err("seats are resold (`resale`)".to_owned());
        }
        if self.miss_tolerance.is_some() {
            return Err("turns of those who are removed pass on (`miss_tolerance`)".to_owned());
        }
        if terms.starts {
            return Err("machines that were live need no start (`start_cost`, `start_slots`)".to_owned());
        }
        Ok(())
    }

    /// Lots decide who of equal bidders sits, while which bids win and which one sets the price is the same whoever does:
    /// each of `t` who tie for `s` seats earns what a winner earns with probability `s/t`.
    fn stage_payoffs(
        &self,
        _state: &Escrow,
        at: &At,
        offers: &[Option<f64>],
        scratch: &mut Scratch,
        out: &mut [f64],
    ) {
        self.rank(at, offers, &mut scratch.ranked);
        let ranked = &scratch.ranked;
        out.fill(0.0);
        let least = ranked.get(self.seats - 1).map_or(f64::NEG_INFINITY, |r| r.bid);
        let above = ranked.iter().filter(|r| r.bid > least).count();
        let tied = ranked.iter().filter(|r| r.bid == least).count();
        for mine in ranked.iter().take_while(|r| r.bid >= least) {
            let chance = if mine.bid > least { 1.0 } else { (self.seats - above) as f64 / tied as f64 };
            let rivals = || ranked.iter().filter(|r| r.who != mine.who).map(|r| r.bid);
            let threshold = rivals().nth(self.seats - 1).unwrap_or(self.reserve);
            let (count, sum) =
                rivals().take(self.seats - 1).fold((0, 0.0), |(count, sum), bid| (count + 1, sum + bid));
            out[mine.who] = chance * self.won(at, mine.who, mine.bid, threshold, count, sum);
        }
    }

    fn tie(&self, offers: &[Option<f64>]) -> Option<Tie> {
        let mut bids: Vec<f64> =
            offers.iter().flatten().copied().filter(|&bid| bid >= self.reserve).collect();
        bids.sort_by(|a, b| b.total_cmp(a));
        let margin = *bids.get(self.seats - 1)?;
        let above = bids.iter().filter(|&&bid| bid > margin).count();
        let tied = bids.iter().filter(|&&bid| bid == margin).count();
        let winners = self.seats - above;
        let who = |(i, offer): (usize, &Option<f64>)| u64::from(*offer == Some(margin)) << i;
        (tied > winners)
            .then(|| Tie { players: offers.iter().enumerate().map(who).sum(), winners: winners as u32 })
    }

    fn select(&self, _state: &mut Escrow, at: &At, offers: &[Option<f64>], selection: &mut Selection) {
        let n = at.setting.candidates();
        selection.clear(n);
        selection.total = self.total(at);
        let mut ranked = std::mem::take(&mut selection.ranking);
        self.rank(at, offers, &mut ranked.0);
        let bids = &ranked.0;
        let winners = &bids[..bids.len().min(self.seats)];
        let losing = bids.get(self.seats).map_or(self.reserve, |r| r.bid);
        if self.proportional {
            selection.schedule = Schedule::Weighted;
            let sum: f64 = winners.iter().map(|w| w.bid).sum();
            for winner in winners {
                // Winners who all bid nothing share evenly.
                let share = if sum > 0.0 { winner.bid / sum } else { 1.0 / winners.len() as f64 };
                selection.weight[winner.who] = share;
                selection.slots[winner.who] = selection.total * share;
                selection.price[winner.who] = match self.pricing {
                    Pricing::Myerson if share > 0.0 => {
                        Self::threshold_payment(selection.total, winner.bid, losing, sum - winner.bid)
                            / selection.slots[winner.who]
                    }
                    _ => winner.bid,
                };
            }
            if winners.is_empty() {
                selection.empty_weight = 1.0;
            }
        } else {
            selection.schedule = Schedule::Rotation;
            let slots = self.seat_slots(at);
            for winner in winners {
                selection.slots[winner.who] = if self.miss_tolerance.is_some() {
                    let beside = winners.iter().filter(|r| r.who != winner.who).map(|r| r.who);
                    self.slots_led(at, winner.who, beside)
                } else {
                    slots
                };
                selection.price[winner.who] =
                    if self.pricing == Pricing::PayAsBid { winner.bid } else { losing };
            }
            // Seats go in canonical order, so that a bid decides whether one sits and never next to whom.
            selection.seats.extend((0..n).filter(|&i| selection.slots[i] > 0.0).map(Some));
            selection.seats.resize(self.seats, None);
            selection.miss_tolerance = self.miss_tolerance;
            if self.miss_tolerance.is_some() {
                selection.kept.extend(at.terms.keeping.iter().map(|k| k.kept));
                selection.delivery.extend(at.terms.keeping.iter().map(|k| k.delivered));
            }
        }
        for winner in winners {
            selection.bond[winner.who] = self.bond;
        }
        selection.ranking = ranked;
    }

    fn least_offer(&self) -> f64 {
        self.reserve
    }

    fn check(&self, section: &Section, setting: &Setting) {
        let several = setting.classes.iter().any(|class| class.identities > 1);
        if several && section.choice(&PRICING) == "vcg" {
            section.refuse(
                PRICING.key,
                "VCG prices for operators of several candidates, whose displaced bids would have to be told apart",
                "`pay_as_bid`, `uniform` or `myerson`, or groups without `identities`",
                Some("each candidate bids for one seat, and VCG prices of single seats are uniform ones".to_owned()),
            );
        }
        if self.unit_seats && !setting.world.is_abstract() {
            section.refuse(
                "unit_seats",
                "whole-epoch seats in the rollup world",
                "`unit_seats = true` only with `kind = \"abstract\"`",
                None,
            );
        }
    }

    fn offer_axis(&self, _setting: &Setting, terms: &Terms) -> Option<OfferAxis> {
        let epoch = if self.unit_seats { 1.0 } else { f64::from(terms.epoch_slots) };
        Some(OfferAxis {
            name: "Bid for a whole epoch (ETH)",
            against: NET_VALUE,
            value: epoch,
            offer: epoch,
            diagonal: true,
        })
    }

    fn epochs_to_fill(&self) -> u32 {
        if self.bond > 0.0 { self.dispute_epochs as u32 } else { 0 }
    }

    fn explores_states(&self) -> bool {
        true
    }

    fn seat_sale(&self, at: &At, i: usize) -> Option<SeatSale> {
        // Shares in proportion to bids depend on the sum of the winning bids: that is no sale of seats.
        let slots = self.seat_slots(at);
        // How many slots a seat leads may depend on who else sits.
        (!self.proportional && !self.resold && self.miss_tolerance.is_none()).then(|| SeatSale {
            seats: self.seats,
            reserve: self.reserve,
            pays_own_bid: self.pricing == Pricing::PayAsBid,
            slots,
            prize: self.worth(at, i) * slots - self.bond_cost(at, i),
        })
    }

    fn escrows<'s>(&self, state: &'s Escrow) -> Vec<&'s Escrow> {
        vec![state]
    }

    fn bonds_at_once(&self) -> f64 {
        self.bond * (self.dispute_epochs as f64 / f64::from(self.term)).ceil().max(0.0) + self.bond
    }

    fn sells_seats(&self) -> bool {
        !self.proportional && self.term == 1 && self.miss_tolerance.is_none()
    }

    fn removal(&self, terms: &Terms) -> Option<Removal> {
        Some(Removal::among(self.miss_tolerance?, terms.epoch_slots, self.seats))
    }

    fn unit_seats(&self) -> bool {
        self.unit_seats
    }

    /// To take `m = ⌈k/2⌉` seats an outsider must outbid the `(k − m + 1)`-th highest rival, and pays that bid under
    /// every pricing (its own bid, or the highest that it displaced), besides its bonds. With a proportional schedule,
    /// one seat at the sum of the other winners' bids leads half of the slots.
    fn corruption_cost(
        &self,
        _state: &Escrow,
        at: &At,
        offers: &[Option<f64>],
        _selection: &Selection,
    ) -> Option<f64> {
        let mut bids: Vec<f64> =
            offers.iter().flatten().copied().filter(|&bid| bid >= self.reserve).collect();
        bids.sort_by(|a, b| b.total_cmp(a));
        if self.proportional {
            // Threshold payments for half of the slots depend on the whole bid function of an outsider: not derived.
            if self.pricing == Pricing::Myerson {
                return None;
            }
            if self.seats == 1 {
                let outbid = bids.first().copied().unwrap_or(self.reserve);
                return Some(self.total(at) * outbid + self.bond);
            }
            let others: f64 = bids.iter().take(self.seats - 1).sum();
            return Some(0.5 * self.total(at) * others.max(self.reserve) + self.bond);
        }
        let half = self.seats.div_ceil(2);
        let outbid = bids.get(self.seats - half).copied().unwrap_or(self.reserve);
        Some(half as f64 * (self.seat_slots(at) * outbid + self.bond))
    }

    fn escrows_mut<'s>(&self, state: &'s mut Escrow) -> Vec<&'s mut Escrow> {
        vec![state]
    }

    fn settle(
        &self,
        state: &mut Escrow,
        at: &At,
        _offers: &[Option<f64>],
        selection: &Selection,
        service: &Service,
        ledger: &mut Ledger,
    ) {
        ledger.pay_service(service, self.commission);
        for (i, price) in selection.price.iter().enumerate() {
            ledger.pay_price(i, price * service.scheduled[i]);
        }
        // A bond is locked for its epoch and the dispute window.
        state.turn(ledger, at.terms, &at.moves, |i| selection.bond[i]);
    }
}

//! Delegated stake, with sequencers who bribe delegators.
//!
//! **Rule.** Each candidate posts a kickback `x_i`; delegators who reconsider choose among candidates and, where they
//! have one, an outside option (see [`crate::agent::delegator`]). Without `seats`, each slot's leader is drawn in
//! proportion to the stake behind it, and the slots of stake that backs nobody go to nobody. With `seats = k`, the `k`
//! candidates with most stake take turns, evenly.
//!
//! **Who pays whom.** Sequencers keep `commission` of fees and MEV (all by default). They pay their delegators, by
//! `kickback`: `per_stake`, `x_i` times the share of all stake that backs them, for the part of their slots that they
//! delivered; `income_share`, the fraction `x_i` of their income; `lump_sum`, `x_i` ETH an epoch in all. Kickbacks and
//! price sensitivity are in ETH an epoch for the whole stake, so that they do not depend on the unit of stake. A finding of
//! governance takes `slash_fraction` of the stake behind the guilty from its delegators, who make up for it and count what they
//! have come to expect of such losses against its kickback.
//!
//! **What theory says.** Share-proportional with kickbacks per unit of stake, the game is a logit oligopoly: margins are
//! `R − c_i − x_i = μ/(1 − q_i)`, times `(1 − δρ)/(1 − ρ)` where a share ρ of stake does not reconsider. As `μ → 0`
//! delegators collect `R − c_(2)`, what the treasury gets in a single-winner auction.
//!
//! **Where it runs.** Lisk, EOS, TRON, Steem and most proof-of-stake chains with delegation.
//!
//! **References.** Anderson, de Palma and Thisse (1992), *Discrete Choice Theory of Product Differentiation*, chapter 7;
//! polynya (2021), "Delegated proof-of-stake".

mod capture;
mod choice;
mod counterfactual;
mod settlement;
mod stakes;

pub use counterfactual::Scratch;
pub use stakes::Stakes;

use super::operation::Service;
use super::terms::{COMMISSION, EPOCH_SLOTS, REDUNDANCY, Terms};
use super::{At, Facts, Lever, Mechanism, NET_VALUE, Needs, OfferAxis, Payout, Schedule, Selection};
use crate::agent::Setting;
use crate::agent::delegator::DelegatorGroup;
use crate::agent::sequencer::Class;
use crate::agent::strategy::Unit;
use crate::play::ledger::Ledger;
use crate::settings::{Parameter, Section};

/// One line for the catalogue.
pub const SUMMARY: &str = "stake delegated to sequencers who bribe delegators with kickbacks";
/// Seats.
pub const SEATS: Parameter = Parameter::integer_optional(
    "seats",
    1,
    1000,
    "",
    "candidates with most stake that share the epoch evenly; absent: leaders are drawn in proportion to stake",
);
/// Form of the kickback.
pub const KICKBACK: Parameter = Parameter::choice(
    "kickback",
    &["per_stake", "income_share", "lump_sum"],
    "per_stake",
    "what a kickback promises: ETH per unit of stake, a share of income, or a sum divided among those who voted",
);

/// Share of all stake below which nobody is said to have voted for a candidate: a lump sum is then kept.
const NOBODY: f64 = 1e-12;

/// Parameters read.
pub const PARAMETERS: &[&Parameter] = &[&EPOCH_SLOTS, &SEATS, &REDUNDANCY, &COMMISSION, &KICKBACK];

/// What else it needs.
pub const NEEDS: Needs = Needs { delegators: true, future: true, ..Needs::NOTHING };

/// Share of stake too small to learn anything from: quotients of such numbers lose their digits.
const DUST: f64 = 1e-200;

/// Form of the kickback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kickback {
    /// ETH an epoch for the whole stake.
    PerStake,
    /// Fraction of income.
    IncomeShare,
    /// ETH an epoch in all.
    LumpSum,
}

/// The rule with its parameters.
#[derive(Clone, Debug)]
pub struct Delegated {
    seats: Option<usize>,
    kickback: Kickback,
    commission: f64,
    horizon: Option<u32>,
}

/// Reads a contender.
pub fn read(section: &Section, terms: &Terms) -> Option<Delegated> {
    let seats = section.optional_integer(&SEATS).map(|k| k as usize);
    if let Some(k) = seats.filter(|&k| k > terms.candidates) {
        section.refuse(
            "seats",
            &format!("{k} seats for {} sequencers", terms.candidates),
            &format!("a whole number from 1 to {} (the number of sequencers)", terms.candidates),
            None,
        );
    }
    let most = seats.unwrap_or(terms.candidates);
    if terms.redundancy > most {
        section.refuse(
            "redundancy",
            &format!("{} live sequencers per slot", terms.redundancy),
            &format!("a whole number from 1 to {most}, from which leaders and standbys are taken"),
            None,
        );
    }
    let kickback = match section.choice(&KICKBACK) {
        "income_share" => Kickback::IncomeShare,
        "lump_sum" => Kickback::LumpSum,
        _ => Kickback::PerStake,
    };
    Some(Delegated { seats, kickback, commission: section.number(&COMMISSION), horizon: None })
}

impl Delegated {
    /// Seats, or `None` where leaders are drawn in proportion to stake.
    pub fn seats(&self) -> Option<usize> {
        self.seats
    }

    /// Form of the kickback.
    pub fn kickback(&self) -> Kickback {
        self.kickback
    }
}

impl Mechanism for Delegated {
    type State = Stakes;
    type Scratch = Scratch;

    fn facts(&self) -> Facts {
        Facts { anonymous: true, truthful: false, may_leave_slots_empty: true, has_memory: true }
    }

    fn lever(&self) -> Option<Lever> {
        Some(Lever::Kickback)
    }

    fn seat_count(&self, candidates: usize) -> usize {
        self.seats.unwrap_or(candidates)
    }

    fn open(&self, setting: &Setting) -> Stakes {
        Stakes::open(setting)
    }

    fn reference(&self, at: &At, i: usize) -> f64 {
        match self.kickback {
            Kickback::PerStake => {
                // With seats: what would give a whole seat's income away to an even share of the stake.
                let seats = self.seats.map_or(1.0, |k| at.setting.candidates() as f64 / k as f64);
                self.rent(at, i) / at.terms.availability[i] * seats
            }
            Kickback::IncomeShare => 1.0,
            Kickback::LumpSum => self.rent(at, i) / self.seats.unwrap_or(at.setting.candidates()) as f64,
        }
    }

    fn check(&self, section: &Section, setting: &Setting) {
        let in_eth = |class: &&Class| class.strategy.menu.unit == Unit::Absolute;
        for class in setting.classes.iter().filter(in_eth) {
            if self.kickback == Kickback::IncomeShare {
                section.refuse(
                    "kickback",
                    &format!(
                        "a share of income, while group `{}` plays `{}`, whose menu is in ETH",
                        class.name, class.strategy.name
                    ),
                    "a strategy with a relative menu",
                    None,
                );
            }
        }
    }

    fn set_horizon(&mut self, horizon: Option<u32>) {
        self.horizon = horizon;
    }

    fn offer_axis(&self, setting: &Setting, _terms: &Terms) -> Option<OfferAxis> {
        match self.kickback {
            Kickback::PerStake => Some(OfferAxis {
                name: "Kickback for the whole stake (ETH an epoch)",
                against: NET_VALUE,
                value: 1.0,
                offer: 1.0,
                diagonal: true,
            }),
            Kickback::LumpSum => {
                // Stored against the net value of an even share of the epoch.
                let among = self.seats.unwrap_or(setting.candidates()) as f64;
                Some(OfferAxis {
                    name: "Lump sum (ETH an epoch)",
                    against: NET_VALUE,
                    value: among,
                    offer: 1.0,
                    diagonal: false,
                })
            }
            Kickback::IncomeShare => None,
        }
    }

    fn prepare(&self, state: &Stakes, at: &At, offers: &[Option<f64>], scratch: &mut Scratch) {
        self.prepare_counterfactuals(state, at, offers, scratch);
    }

    fn payoffs(
        &self,
        state: &Stakes,
        at: &At,
        i: usize,
        menu: &[f64],
        scratch: &mut Scratch,
        out: &mut [f64],
    ) {
        self.counterfactuals(state, at, i, menu, scratch, out);
    }

    /// Per unit of stake, leaders in proportion to it, and delegators who all choose afresh and have nothing to learn.
    fn repeats(&self, setting: &Setting, terms: &Terms) -> Result<(), String> {
        let refuse = |what: String| Err(what);
        if terms.starts {
            return refuse("machines that were live need no start (`start_cost`, `start_slots`)".into());
        }
        if self.kickback != Kickback::PerStake {
            return refuse("delegators learn what an income share or a lump sum pays (only `kickback = \"per_stake\"` repeats)".into());
        }
        if self.seats.is_some() {
            return refuse("with `seats` the last epochs' stake decides close races".into());
        }
        for group in &setting.delegators {
            if group.inertia > 0.0 {
                return refuse(format!(
                    "stake of `{}` stays where it was (`inertia = {}`)",
                    group.name, group.inertia
                ));
            }
            if !group.rule.is_memoryless() {
                return refuse(format!("delegators of `{}` remember past epochs", group.name));
            }
            if group.payout_learning > 0.0 && terms.availability.iter().any(|&up| up < 1.0) {
                return refuse(format!(
                    "delegators of `{}` learn from outages what an offer delivers (`payout_learning = {}`)",
                    group.name, group.payout_learning
                ));
            }
        }
        Ok(())
    }

    /// Under top-k feedback ranks expected stakes, while drawn ones decide: with single delegators a small lead is less
    /// than certain to win a seat. Where votes dilute what is paid on each, delegators learn that too, and feedback with
    /// their beliefs held fixed is not what lasting deviations earn.
    fn certifiable(&self, setting: &Setting) -> bool {
        let drawn = self.seats.is_some() && setting.delegators.iter().any(|group| !group.continuum);
        let diluted = match self.kickback {
            Kickback::PerStake => false,
            Kickback::IncomeShare => self.seats.is_some(),
            Kickback::LumpSum => true,
        };
        // Imitation and memory of payouts carry an epoch's offers on in ways that are followed to first order only.
        let followed = setting.delegators.iter().all(|group| group.rule.is_memoryless())
            || self.horizon == Some(0)
            || setting.sequencers.iter().all(|sequencer| sequencer.traits.discount == 0.0);
        !drawn && !diluted && followed
    }

    fn persistence(&self, setting: &Setting) -> Vec<f64> {
        setting.delegators.iter().map(DelegatorGroup::persistence).collect()
    }

    /// Stake that stays put, and what delegators believe about payouts.
    fn memory(&self, setting: &Setting) -> f64 {
        let slowest = |group: &DelegatorGroup| {
            let belief = if group.payout_learning > 0.0 { 1.0 - group.payout_learning } else { 0.0 };
            group.persistence().max(belief)
        };
        setting.delegators.iter().map(slowest).fold(0.0, f64::max)
    }

    fn delegated_payouts(
        &self,
        state: &Stakes,
        at: &At,
        offers: &[Option<f64>],
        selection: &Selection,
        service: &Service,
        out: &mut Vec<Payout>,
    ) {
        self.payouts_of_stake(state, at, offers, selection, service, out);
    }

    /// An outsider's kickback that attracts half of all stake, were everyone to reconsider, times that half. Nothing
    /// has to be posted: the stake is the delegators'. `None` where no kickback attracts half.
    fn corruption_cost(
        &self,
        state: &Stakes,
        at: &At,
        offers: &[Option<f64>],
        _selection: &Selection,
    ) -> Option<f64> {
        self.half_of_all_stake(state, at, offers)
    }

    fn margins(&self, state: &Stakes, at: &At, offers: &[Option<f64>], out: &mut [f64]) {
        for (i, (margin, offer)) in out.iter_mut().zip(offers).enumerate() {
            let share = Self::share_of_all(at.setting, state, i);
            let income = at.slot_worth(i, self.commission, at.live_share_slope(share));
            let epoch = f64::from(at.terms.epoch_slots);
            *margin = offer.map_or(0.0, |x| epoch * income - x * self.given(at, i));
        }
    }

    fn select(&self, state: &mut Stakes, at: &At, offers: &[Option<f64>], selection: &mut Selection) {
        let n = at.setting.candidates();
        self.delegate(state, at, offers);
        selection.clear(n);
        selection.total = f64::from(at.terms.epoch_slots);
        Self::total_share(at.setting, &state.share, &mut selection.weight);
        for (weight, offer) in selection.weight.iter_mut().zip(offers) {
            if offer.is_none() {
                *weight = 0.0;
            }
        }
        if let Some(k) = self.seats {
            selection.schedule = Schedule::Rotation;
            for i in 0..n {
                if Self::seated(at, &selection.weight, i, k) {
                    selection.seats.push(Some(i));
                    selection.slots[i] = selection.total / k as f64;
                }
            }
            selection.seats.resize(k, None);
        } else {
            selection.schedule = Schedule::Weighted;
            let backed: f64 = selection.weight.iter().sum();
            selection.empty_weight = if backed > 1.0 - 1e-12 { 0.0 } else { 1.0 - backed };
            for (slots, &weight) in selection.slots.iter_mut().zip(&selection.weight) {
                *slots = selection.total * weight;
            }
        }
    }

    fn settle(
        &self,
        state: &mut Stakes,
        at: &At,
        offers: &[Option<f64>],
        selection: &Selection,
        service: &Service,
        ledger: &mut Ledger,
    ) {
        self.settle_epoch(state, at, offers, selection, service, ledger);
    }

    fn slash_delegated(&self, state: &mut Stakes, setting: &Setting, i: usize, share: f64) -> Vec<f64> {
        Self::slash_stakes(setting, state, i, share)
    }

    fn stake_locked(&self, setting: &Setting) -> f64 {
        setting.total_stake()
    }
}

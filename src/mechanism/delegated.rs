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
//! price sensitivity are in ETH an epoch for the whole stake, so that they do not depend on the unit of stake.
//!
//! **What theory says.** Share-proportional with kickbacks per unit of stake, the game is a logit oligopoly: margins are
//! `R − c_i − x_i = μ/(1 − q_i)`, times `(1 − δρ)/(1 − ρ)` where a share ρ of stake does not reconsider. As `μ → 0`
//! delegators collect `R − c_(2)`, what the treasury gets in a single-winner auction.
//!
//! **Where it runs.** Lisk, EOS, TRON, Steem and most proof-of-stake chains with delegation.
//!
//! **References.** Anderson, de Palma and Thisse (1992), *Discrete Choice Theory of Product Differentiation*, chapter 7;
//! polynya (2021), "Delegated proof-of-stake".

use super::operation::Service;
use super::roulette::Roulette;
use super::terms::{COMMISSION, EPOCH_SLOTS, REDUNDANCY, Terms};
use super::{At, Facts, Lever, Mechanism, Schedule, Selection};
use crate::agent::Setting;
use crate::agent::delegator::DelegatorGroup;
use crate::agent::strategy::Unit;
use crate::draws::Purpose;
use crate::numerics::{exp, exp_all, pow};
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

/// What the market remembers.
#[derive(Clone, Debug)]
pub struct Stakes {
    /// Share of each group's stake behind each candidate, and last behind nobody: shape (groups, candidates + 1).
    share: Vec<f64>,
    /// Choices of the members of groups of atoms.
    choice: Vec<Vec<u32>>,
    /// What an offer of one has paid out an epoch, smoothed, as each group sees it: shape (groups, candidates). Over
    /// `backing` it is the payout of a unit of stake; means are taken before dividing, as stake may come near nothing.
    paid_out: Vec<f64>,
    /// Share of all stake that it was paid on, smoothed alike: shape (groups, candidates).
    backing: Vec<f64>,
    /// Members behind each candidate, and last behind nobody, in groups of atoms: shape (groups, candidates + 1).
    backers: Vec<u32>,
    /// Share of its slots that each candidate has delivered, as each group sees it: shape (groups, candidates).
    uptime: Vec<f64>,
    opened: bool,
    /// Working space of the choices.
    weights: Vec<f64>,
    roulette: Roulette,
    movers: Vec<u32>,
}

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
    /// Seats, or `None` where leaders are drawn in proportion to stake.
    pub fn seats(&self) -> Option<usize> {
        self.seats
    }

    /// Form of the kickback.
    pub fn kickback(&self) -> Kickback {
        self.kickback
    }

    /// Sets how many epochs a deviation's effect is followed for; by default until a thousandth is left.
    pub fn set_horizon(&mut self, horizon: Option<u32>) {
        self.horizon = horizon;
    }

    fn worth(&self, at: &At, i: usize) -> f64 {
        at.slot_worth(i, self.commission, at.terms.redundancy as f64)
    }

    /// Expected net income of candidate `i` from the whole epoch.
    fn rent(&self, at: &At, i: usize) -> f64 {
        self.worth(at, i) * f64::from(at.terms.epoch_slots)
    }

    /// Expected gross income of candidate `i` from the whole epoch.
    fn income(&self, at: &At, i: usize) -> f64 {
        self.commission * at.terms.availability[i] * at.signals.gross[i] * f64::from(at.terms.epoch_slots)
    }

    /// Payout of a unit of stake for an offer of one, as delegators expect it before they have seen any: whole payment
    /// of what is promised on stake, an even share of the stake behind everyone, and income that is the same for all.
    fn start(&self, at: &At) -> f64 {
        let n = at.setting.candidates();
        let led = self.seats.map_or(1.0, |k| n as f64 / k as f64);
        match self.kickback {
            Kickback::PerStake => 1.0,
            Kickback::IncomeShare => led * (0..n).map(|i| self.income(at, i)).sum::<f64>() / n as f64,
            Kickback::LumpSum => n as f64 / led,
        }
    }

    /// Payout of a unit of stake behind `i` for an offer of one, as group `g` expects it.
    fn payout(&self, at: &At, state: &Stakes, g: usize, i: usize) -> f64 {
        let seen = g * at.setting.candidates() + i;
        if state.opened { state.paid_out[seen] / state.backing[seen] } else { self.start(at) }
    }

    /// Deterministic part of the logit utility of backing `i` at offer `x`.
    fn utility(&self, at: &At, state: &Stakes, g: usize, i: usize, x: f64) -> f64 {
        let group = &at.setting.delegators[g];
        let uptime = state.uptime[g * at.setting.candidates() + i];
        group.price_sensitivity * x * self.payout(at, state, g, i) + group.uptime_taste * uptime
    }

    /// Utilities of one group from every candidate and, last, from backing nobody; −∞ for what is not on offer. Returns
    /// the highest.
    fn utilities(
        &self,
        at: &At,
        g: usize,
        state: &Stakes,
        offers: &[Option<f64>],
        utility: &mut [f64],
    ) -> f64 {
        let group = &at.setting.delegators[g];
        let nobody = group.outside_option.map_or(f64::NEG_INFINITY, |u0| group.price_sensitivity * u0);
        let mut top = nobody;
        for (i, offer) in offers.iter().enumerate() {
            utility[i] = offer.map_or(f64::NEG_INFINITY, |x| self.utility(at, state, g, i, x));
            top = top.max(utility[i]);
        }
        utility[offers.len()] = nobody;
        top
    }

    /// Logit weights of one group over candidates and nobody; returns their sum and the utility subtracted.
    fn group_weights(
        &self,
        at: &At,
        g: usize,
        state: &Stakes,
        offers: &[Option<f64>],
        weight: &mut [f64],
    ) -> (f64, f64) {
        let n = offers.len();
        let shift = self.utilities(at, g, state, offers, weight);
        if shift == f64::NEG_INFINITY {
            weight[..n].fill(0.0);
            weight[n] = 1.0;
            return (1.0, 0.0);
        }
        for w in weight.iter_mut() {
            *w -= shift;
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

    /// Share of its stake that a group does not reconsider this epoch: nothing in the first.
    fn stuck(group: &DelegatorGroup, state: &Stakes) -> f64 {
        if state.opened { group.inertia } else { 0.0 }
    }

    /// Payoff of one epoch to a candidate with share `share` of all stake and, under top-k, `seated` or not.
    fn epoch_payoff(&self, at: &At, i: usize, x: f64, share: f64, seated: bool) -> f64 {
        let led = match self.seats {
            None => share,
            Some(k) => f64::from(u8::from(seated)) / k as f64,
        };
        let rent = self.rent(at, i) * led;
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

    fn delegate(&self, state: &mut Stakes, at: &At, offers: &[Option<f64>]) {
        let n = offers.len();
        if !state.opened {
            let even = 1.0 / n as f64;
            state.backing.fill(even);
            state.paid_out.fill(even * self.start(at));
        }
        let mut weights = std::mem::take(&mut state.weights);
        for (g, group) in at.setting.delegators.iter().enumerate() {
            let (sum, _) = self.group_weights(at, g, state, offers, &mut weights);
            let stuck = Self::stuck(group, state);
            let row = g * (n + 1)..(g + 1) * (n + 1);
            // Payoffs are linear in stake unless seats go to the top, so that expected shares say all there is to learn.
            if group.continuum || (at.cohorts && self.seats.is_none()) {
                for (share, &w) in state.share[row].iter_mut().zip(&weights) {
                    *share = stuck * *share + (1.0 - stuck) * w / sum;
                }
                continue;
            }
            state.roulette.set(&weights, sum, group.count);
            let reconsider = at.key.stream(Purpose::Reconsider, group.who);
            let choose = at.key.stream(Purpose::Delegate, group.who);
            // First who, then whom: no processor foresees who reconsiders, so that the first loop has no branch for it.
            let mut moving = 0;
            for member in 0..group.count {
                state.movers[moving] = member as u32;
                moving += usize::from(stuck == 0.0 || reconsider.uniform(at.epoch, member as u32) >= stuck);
            }
            // Most members stay where they are, so that only moves are counted.
            let backers = &mut state.backers[row.clone()];
            let choice = &mut state.choice[g];
            for &member in &state.movers[..moving] {
                let new = state.roulette.at(choose.uniform(at.epoch, member)) as u32;
                let old = std::mem::replace(&mut choice[member as usize], new);
                backers[old as usize] -= 1;
                backers[new as usize] += 1;
            }
            let each = 1.0 / group.count as f64;
            for (share, &members) in state.share[row].iter_mut().zip(&*backers) {
                *share = f64::from(members) * each;
            }
        }
        state.weights = weights;
        state.opened = true;
    }

    /// Share of all stake behind candidate `i`.
    fn share_of_all(setting: &Setting, state: &Stakes, i: usize) -> f64 {
        let n = setting.candidates();
        let group = |(g, group): (usize, &DelegatorGroup)| group.total_stake() * state.share[g * (n + 1) + i];
        setting.delegators.iter().enumerate().map(group).sum::<f64>() / setting.total_stake()
    }

    /// Share of all stake behind each candidate.
    fn total_share(setting: &Setting, share: &[f64], out: &mut [f64]) {
        let n = out.len();
        let all = setting.total_stake();
        out.fill(0.0);
        for (g, group) in setting.delegators.iter().enumerate() {
            let weight = group.total_stake() / all;
            for (total, &s) in out.iter_mut().zip(&share[g * (n + 1)..g * (n + 1) + n]) {
                *total += weight * s;
            }
        }
    }

    /// Whether candidate `i` is among the `k` with most stake; candidates without stake never are, ties by lot.
    fn seated(at: &At, share: &[f64], i: usize, k: usize) -> bool {
        let lot = |j: usize| at.key.stream(Purpose::Tie, at.setting.sequencers[j].who).bits(at.epoch, 0);
        share[i] > 0.0
            && (0..share.len())
                .filter(|&j| j != i && (share[j] > share[i] || (share[j] == share[i] && lot(j) > lot(i))))
                .count()
                < k
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
            let (sum, _) = self.group_weights(at, g, state, &scratch.offers, row);
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

impl Mechanism for Delegated {
    type State = Stakes;
    type Scratch = Scratch;

    fn facts(&self) -> Facts {
        Facts { anonymous: true, truthful: false, may_leave_slots_empty: true, has_memory: true }
    }

    fn lever(&self) -> Option<Lever> {
        Some(Lever::Kickback)
    }

    fn open(&self, setting: &Setting) -> Stakes {
        let n = setting.candidates();
        let largest = setting.delegators.iter().filter(|g| !g.continuum).map(|g| g.count).max().unwrap_or(0);
        Stakes {
            share: vec![0.0; setting.delegators.len() * (n + 1)],
            choice: setting
                .delegators
                .iter()
                .map(|g| vec![n as u32; if g.continuum { 0 } else { g.count }])
                .collect(),
            paid_out: vec![0.0; n * setting.delegators.len()],
            backing: vec![0.0; n * setting.delegators.len()],
            // Everybody begins behind nobody.
            backers: setting
                .delegators
                .iter()
                .flat_map(|g| (0..=n).map(|i| if i == n { g.count as u32 } else { 0 }))
                .collect(),
            uptime: vec![1.0; n * setting.delegators.len()],
            opened: false,
            weights: vec![0.0; n + 1],
            roulette: Roulette::default(),
            movers: vec![0; largest],
        }
    }

    fn reference(&self, at: &At, i: usize) -> f64 {
        match self.kickback {
            Kickback::PerStake => self.rent(at, i) / at.terms.availability[i],
            Kickback::IncomeShare => 1.0,
            Kickback::LumpSum => self.rent(at, i) / self.seats.unwrap_or(at.setting.candidates()) as f64,
        }
    }

    fn allows(&self, unit: Unit) -> bool {
        self.kickback != Kickback::IncomeShare || unit == Unit::Relative
    }

    fn prepare(&self, state: &Stakes, at: &At, offers: &[Option<f64>], scratch: &mut Scratch) {
        let n = offers.len();
        let groups = at.setting.delegators.len();
        scratch.weight.resize(groups * (n + 1), 0.0);
        scratch.sum.resize(groups, 0.0);
        scratch.utility.resize(groups * (n + 1), 0.0);
        scratch.others.resize(groups * n, 0.0);
        scratch.shift.resize(groups * n, 0.0);
        for g in 0..groups {
            let row = g * (n + 1)..(g + 1) * (n + 1);
            self.utilities(at, g, state, offers, &mut scratch.utility[row.clone()]);
            scratch.sum[g] = self.group_weights(at, g, state, offers, &mut scratch.weight[row]).0;
            Self::sum_others(scratch, g, n);
        }
        scratch.offers.clear();
        scratch.offers.extend_from_slice(offers);
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
            let others = scratch.others[g * n + i];
            let weight = group.total_stake() / all;
            let later = if at.continuation.is_empty() { 0.0 } else { at.continuation[g * n + i] };
            let base = group.uptime_taste * state.uptime[g * n + i] - scratch.shift[g * n + i];
            let slope = group.price_sensitivity * self.payout(at, state, g, i);
            out[0] += weight * kept * later;
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
            *payoff += backed * (income - given * x) - cost * at.live_share(backed);
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

    /// Under top-k feedback ranks expected stakes, while drawn ones decide: with single delegators a small lead is less
    /// than certain to win a seat.
    fn certifiable(&self, setting: &Setting) -> bool {
        self.seats.is_none() || setting.delegators.iter().all(|group| group.continuum)
    }

    fn persistence(&self, setting: &Setting) -> Vec<f64> {
        setting.delegators.iter().map(|g| g.inertia).collect()
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
        ledger.pay_service(service, self.commission);
        let n = offers.len();
        let all = at.setting.total_stake();
        for (i, offer) in offers.iter().enumerate() {
            let Some(x) = *offer else { continue };
            let share = selection.weight[i];
            if share <= 0.0 {
                continue;
            }
            let led = service.scheduled[i] > 0.0;
            let delivered = if led {
                service.delivered[i] / service.scheduled[i]
            } else if self.seats.is_some() {
                0.0
            } else {
                // Drawn for no slot: the promise holds all the same, for what its machine delivers on average.
                at.terms.availability[i]
            };
            let paid = match self.kickback {
                Kickback::PerStake => x * share * delivered,
                Kickback::IncomeShare => x * self.commission * service.gross[i],
                Kickback::LumpSum => {
                    if share > NOBODY && (led || self.seats.is_none()) {
                        x
                    } else {
                        0.0
                    }
                }
            };
            for (g, group) in at.setting.delegators.iter().enumerate() {
                let part = group.total_stake() / all * state.share[g * (n + 1) + i] / share;
                ledger.pay_kickback(i, g, paid * part);
                // Delegators see what a unit of stake behind i got for what i had offered.
                let seen = g * n + i;
                if x > 0.0 && share > DUST {
                    state.paid_out[seen] += group.payout_learning * (paid / x - state.paid_out[seen]);
                    state.backing[seen] += group.payout_learning * (share - state.backing[seen]);
                }
                if led {
                    state.uptime[seen] += group.payout_learning * (delivered - state.uptime[seen]);
                }
            }
        }
    }

    fn stake_locked(&self, setting: &Setting) -> f64 {
        setting.total_stake()
    }
}

impl Delegated {
    /// What candidate `i` gives away in an epoch for one unit of all stake behind it, at an offer of 1 (a lump sum does
    /// not depend on stake).
    fn given(&self, at: &At, i: usize) -> f64 {
        match self.kickback {
            Kickback::PerStake => at.terms.availability[i],
            Kickback::IncomeShare => self.income(at, i),
            Kickback::LumpSum => 0.0,
        }
    }
}

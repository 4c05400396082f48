//! Proof of stake with everybody live.
//!
//! **Rule.** Each epoch every candidate locks a stake `s_i`. Each slot's leader is drawn with probability
//! `q_i = s_i^τ/Σ_j s_j^τ`, where `τ` is `stake_power`. All who have a stake are live in every slot, so that any of them
//! may stand in for a leader that is down: the one whom the draw would have taken next.
//!
//! **Who pays whom.** Producers keep `commission` of fees and MEV (the rest goes to the community) and get `issuance`, new
//! money at the expense of those who hold the token, for each slot; they bear posting and operating costs. A stake costs
//! its owner the cost of capital and, posted in a token that issuance dilutes, what it loses ([`super::token`]).
//!
//! **What theory says.** With a reward `R_i` per epoch and a cost of capital `r_i` it is the contest
//! `u_i = R_i q_i − r_i s_i` of Tullock. Equals stake `Rτ(n−1)/(n²r)` as long as `τ ≤ n/(n−1)`, which spends the share
//! `τ(n−1)/n` of the reward on capital; of unequal ones with `τ = 1` those with `r_m/R_m < Σ_{j≤m} (r_j/R_j)/(m−1)` take
//! part. Each live machine besides the leader's is waste, but for what it adds to liveness.
//!
//! **Where it runs.** Ethereum and most other chains with proof of stake, for whole validator sets.
//!
//! **References.** Tullock (1980), "Efficient rent seeking"; Corchón (2007), "The theory of contests: a survey", Rev.
//! Econ. Design 11, 69–100; Bahrani, Garimidi and Roughgarden (2024), "Centralization in block building and
//! proposer-builder separation", arXiv 2401.12120; polynya (2021), "Proof-of-stake".

use super::collateral::{BOND_ASSET, HAIRCUT};
use super::escrow::Escrow;
use super::findings::Office;
use super::operation::Service;
use super::terms::{COMMISSION, EPOCH_SLOTS, Terms};
use super::{At, Facts, Lever, Mechanism, Needs, OfferAxis, Selection};
use crate::agent::Setting;
use crate::agent::strategy::Unit;
use crate::numerics::pow;
use crate::play::ledger::Ledger;
use crate::settings::{Parameter, Section};

/// One line for the catalogue.
pub const SUMMARY: &str = "everybody who stakes is live, leaders are drawn by stake";
/// Exponent of stakes.
pub const STAKE_POWER: Parameter = Parameter::number(
    "stake_power",
    0.0,
    10.0,
    1.0,
    "",
    "exponent of stakes in the draw of leaders; 1 draws in proportion to stake",
)
.open_low();
/// New money.
pub const ISSUANCE: Parameter = Parameter::number(
    "issuance",
    0.0,
    1e12,
    0.0,
    "ETH per slot",
    "new money for the producer of a slot, at the expense of those who hold the token",
);
/// Parameters read.
pub const PARAMETERS: &[&Parameter] =
    &[&EPOCH_SLOTS, &COMMISSION, &ISSUANCE, &STAKE_POWER, &BOND_ASSET, &HAIRCUT];
/// What else it needs.
pub const NEEDS: Needs = Needs { capital: true, standbys: true, ..Needs::NOTHING };

/// The contest for slots that rules with stakes have in common.
#[derive(Clone, Copy, Debug)]
pub struct Contest {
    power: f64,
    commission: f64,
    issuance: f64,
}

impl Contest {
    /// Exponent of stake.
    pub(super) fn power(&self) -> f64 {
        self.power
    }

    /// Reads the contest of a contender.
    pub fn read(section: &Section) -> Self {
        Self::read_pay(section).with_power(section.number(&STAKE_POWER))
    }

    /// Reads what producers are paid alone.
    pub fn read_pay(section: &Section) -> Self {
        let (commission, issuance) = (section.number(&COMMISSION), section.number(&ISSUANCE));
        Contest { power: 1.0, commission, issuance }
    }

    /// The same with another exponent of stakes.
    #[must_use]
    pub fn with_power(self, power: f64) -> Self {
        Contest { power, ..self }
    }

    /// Weight of a stake in the draw.
    #[inline]
    pub fn weight(&self, stake: f64) -> f64 {
        if self.power == 1.0 {
            stake
        } else if stake > 0.0 {
            pow(stake, self.power)
        } else {
            0.0
        }
    }

    /// Weights of all stakes.
    pub fn weights(&self, offers: &[Option<f64>], weights: &mut Vec<f64>) {
        weights.clear();
        weights.extend(offers.iter().map(|offer| self.weight(offer.unwrap_or(0.0))));
    }

    /// Expected income of candidate `i` from a slot that it produces, after posting.
    #[inline]
    pub fn income(&self, at: &At, i: usize) -> f64 {
        self.commission * at.signals.gross[i] + self.issuance - at.terms.posting_cost + at.terms.aside(i)
    }

    /// The stake whose cost takes the whole of what candidate `i` would earn from every slot of an epoch, live in each, after what
    /// findings cost beside the stake. Where the token's rise pays for capital it is the capital's cost all the same: of stakes that
    /// cost nothing none would be the whole.
    pub fn whole_rent(&self, at: &At, i: usize) -> f64 {
        let worth = at.terms.availability[i] * self.income(at, i) - at.live_cost(i);
        let findings = at.terms.cost_of_findings(i, 0.0, || at.terms.office_of_slots(i, 1.0, 1.0));
        (f64::from(at.terms.epoch_slots) * worth - findings)
            / at.holding_cost(i).max(at.terms.capital_rate[i])
    }

    /// What an ETH at stake costs candidate `i` in an epoch whose slots are all produced, where every epoch is like that: `r + w·(1 − exp(−ηI/C))`
    /// with the issuance `I` of an epoch. `None` where part of the producers' income buys back, which depends on who produces.
    pub fn steady_cost(&self, terms: &Terms, i: usize) -> Option<f64> {
        let (rate, in_token) = (terms.capital_rate[i], terms.collateral.in_token());
        let Some(token) = terms.overlays.token.filter(|_| in_token > 0.0) else { return Some(rate) };
        if terms.overlays.redistribution.is_some() && self.commission < 1.0 {
            return None;
        }
        let protocol = token.factor(0.0, self.issuance * f64::from(terms.epoch_slots));
        Some((rate + in_token * (1.0 - protocol)).max(0.0))
    }

    /// Pays for the service of an epoch.
    pub fn pay(&self, service: &Service, ledger: &mut Ledger) {
        ledger.pay_service(service, self.commission);
        for (i, produced) in service.produced.iter().enumerate() {
            ledger.pay_issuance(i, self.issuance * produced);
        }
    }

    /// The stake that weighs as much as all of these together; `None` where that is nothing.
    pub fn matching_stake(&self, weights: impl Iterator<Item = f64>) -> Option<f64> {
        let all: f64 = weights.sum();
        (all > 0.0).then(|| if self.power == 1.0 { all } else { pow(all, 1.0 / self.power) })
    }

    /// A multiple of what a stake could earn needs a cost of capital to be a stake.
    pub fn check(section: &Section, setting: &Setting) {
        let free = |class: &&crate::agent::sequencer::Class| {
            class.traits.capital_cost == 0.0
                && class.strategy.menu.unit == Unit::Relative
                && !class.strategy.menu.settings.is_empty()
        };
        for class in setting.classes.iter().filter(free) {
            section.refuse(
                "rule",
                &format!(
                    "stakes of group `{}`, whose capital costs nothing, as multiples of the stake whose cost takes all that it earns",
                    class.name
                ),
                "a `capital_cost` above 0, or a strategy whose menu is absolute (in ETH)",
                None,
            );
        }
    }

    /// How stakes are drawn against the net value of an epoch.
    pub fn offer_axis() -> OfferAxis {
        OfferAxis {
            name: "Stake (ETH)",
            against: "Stake whose cost takes the whole reward (ETH)",
            value: 1.0,
            offer: 1.0,
            diagonal: false,
        }
    }
}

/// The rule with its parameters.
#[derive(Clone, Debug)]
pub struct Stake {
    contest: Contest,
}

/// Reads a contender.
pub fn read(section: &Section, _terms: &Terms) -> Option<Stake> {
    Some(Stake { contest: Contest::read(section) })
}

/// Working space: weights of all stakes, and for each leader that a candidate might stand in for what the others weigh.
#[derive(Debug, Default)]
pub struct Scratch {
    weight: Vec<f64>,
    others: Vec<StandIn>,
}

impl Scratch {
    /// Takes weights as they are.
    pub(super) fn set(&mut self, weight: &[f64]) {
        self.weight.clear();
        self.weight.extend_from_slice(weight);
    }
}

/// A leader whose machine may be down, as a candidate sees it that would like to stand in.
#[derive(Clone, Copy, Debug)]
struct StandIn {
    /// Weight of the leader times the probability that it is down and may be replaced.
    reach: f64,
    /// Weight of the other stand-ins that are up, in expectation.
    up: f64,
    /// Probability that all other stand-ins are down.
    nobody: f64,
}

impl Stake {
    /// The contest for slots that it is.
    pub fn contest(&self) -> &Contest {
        &self.contest
    }

    /// Exponent of stakes.
    pub fn power(&self) -> f64 {
        self.contest.power
    }
}

impl Contest {
    /// Takes the weights of a round.
    pub(super) fn prepare(&self, offers: &[Option<f64>], scratch: &mut Scratch) {
        self.weights(offers, &mut scratch.weight);
    }

    /// Expected payoff of each stake, whose weight is multiplied by `factor`, where leaders are drawn by weight and
    /// everybody with a stake is live.
    pub(super) fn all_live_payoffs(
        &self,
        at: &At,
        i: usize,
        factor: f64,
        menu: &[f64],
        scratch: &mut Scratch,
        out: &mut [f64],
    ) {
        let Scratch { weight, others } = scratch;
        let rivals: f64 = weight.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, w)| w).sum();
        Self::stand_ins(at, i, weight, others);
        let slots = f64::from(at.terms.epoch_slots);
        let income = slots * self.income(at, i);
        let live = slots * at.live_cost(i) + at.start_for_all(i);
        let (own_down, rate) = (at.terms.own_down[i], at.holding_cost(i));
        out[0] = 0.0;
        for (payoff, &stake) in out[1..].iter_mut().zip(menu) {
            *payoff = 0.0;
            if stake > 0.0 {
                let own = self.weight(stake) * factor;
                let up = own * (1.0 - own_down);
                let mut produced = own * at.terms.availability[i];
                for leader in others.iter() {
                    produced += leader.reach * (1.0 - leader.nobody * own_down) * up / (up + leader.up);
                }
                let findings = at.terms.cost_of_findings(i, stake, || {
                    let up = at.terms.availability[i];
                    // Standing in for others is including, too.
                    let over_all = if at.terms.oversight.any_live() { up } else { produced / (own + rivals) };
                    Office::of_slots(slots, own / (own + rivals), [up, over_all])
                });
                *payoff = income * produced / (own + rivals) - live - rate * stake - findings;
            }
        }
    }

    /// The candidate's chances to stand in for each of the others.
    fn stand_ins(at: &At, i: usize, weight: &[f64], out: &mut Vec<StandIn>) {
        let terms = at.terms;
        out.clear();
        let staked = |j: &usize| *j != i && weight[*j] > 0.0;
        for j in (0..weight.len()).filter(staked) {
            let reach = weight[j] * (1.0 - terms.common_down) * terms.own_down[j] * terms.takeover[j];
            if reach > 0.0 {
                let (mut up, mut nobody) = (0.0, 1.0);
                for l in (0..weight.len()).filter(staked).filter(|&l| l != j) {
                    up += weight[l] * (1.0 - terms.own_down[l]);
                    nobody *= terms.own_down[l];
                }
                out.push(StandIn { reach, up, nobody });
            }
        }
    }
}

impl Mechanism for Stake {
    type State = Escrow;
    type Scratch = Scratch;

    fn facts(&self) -> Facts {
        Facts { anonymous: true, truthful: false, may_leave_slots_empty: true, has_memory: false }
    }

    fn lever(&self) -> Option<Lever> {
        Some(Lever::Stake)
    }

    fn open(&self, setting: &Setting) -> Escrow {
        Escrow::new(setting.candidates(), 1)
    }

    fn reference(&self, at: &At, i: usize) -> f64 {
        self.contest.whole_rent(at, i)
    }

    fn check(&self, section: &Section, setting: &Setting) {
        Contest::check(section, setting);
    }

    fn offer_axis(&self, _setting: &Setting, _terms: &Terms) -> Option<OfferAxis> {
        Some(Contest::offer_axis())
    }

    fn prepare(&self, _state: &Escrow, _at: &At, offers: &[Option<f64>], scratch: &mut Scratch) {
        self.contest.prepare(offers, scratch);
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
        self.contest.all_live_payoffs(at, i, 1.0, menu, scratch, out);
    }

    fn select(&self, _state: &mut Escrow, at: &At, offers: &[Option<f64>], selection: &mut Selection) {
        selection.clear(at.setting.candidates());
        selection.total = f64::from(at.terms.epoch_slots);
        self.contest.weights(offers, &mut selection.weight);
        selection.draw_slots(true);
        for (bond, offer) in selection.bond.iter_mut().zip(offers) {
            *bond = offer.unwrap_or(0.0);
        }
    }

    /// An outsider who stakes what weighs as much as all others together leads half of the slots.
    fn corruption_cost(
        &self,
        _state: &Escrow,
        _at: &At,
        offers: &[Option<f64>],
        _selection: &Selection,
    ) -> Option<f64> {
        self.contest.matching_stake(offers.iter().flatten().map(|&stake| self.contest.weight(stake)))
    }

    fn own_stake(&self, state: &Escrow, i: usize) -> f64 {
        state.locked(i)
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
        self.contest.pay(service, ledger);
        state.turn(ledger, at.terms, &at.moves, |i| selection.bond[i]);
    }

    fn escrows<'s>(&self, state: &'s Escrow) -> Vec<&'s Escrow> {
        vec![state]
    }
}

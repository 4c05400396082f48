//! Algorithmic rotation: weights times scores from objective metrics.
//!
//! **Rule.** Each slot's leader is drawn in proportion to `w_i·g(S_i)`. The weight `w_i` is that of a base: the stake `s_i^τ`
//! (`base = "stake"`), the bid of each of the `k` candidates with the highest `b_i·g(S_i)` of at least the reserve
//! (`"auction"`), or the same for all (`"equal"`). The score `S_i` is the smoothed share of its slots in which the candidate
//! was up, whether or not a quorum or a committee failed it; with equal weights it is the candidate's *effort* in the same epoch, an investment in the performance that
//! is measured. `g(S)` is `S^γ` (`score_form = "power"`) or `e^{γS}` (`"exp"`), with `γ` the `score_power`. Newcomers begin
//! with the score `newcomer_score`, and count for `probation_weight` of their weight in their first `probation_epochs`
//! epochs of service. Whose score falls below `least_score` is evicted, and may come back as a newcomer after
//! `eviction_epochs`.
//!
//! The leaders of the next slots stand by, so that `redundancy` candidates are live in a slot (with stakes and a
//! redundancy of all candidates: everybody who has a stake). With `r_max` that number begins at `r_max` and follows error budgets: every
//! `control_epochs` allow the share `1 − availability_target` of their slots to be missed, and `1 − inclusion_target` of targeted
//! transactions to be kept out for their windows. When as much as a window allows is left of both, redundancy falls by one, down to
//! `redundancy`, and that much counts as spent; when as much as the last step down has spent is overdrawn of either, it rises by one, and
//! that is paid back. One step a window at most; what is left or overdrawn besides is carried over.
//!
//! *Where it settles.* With `a` the target, `M` the slots missed of `N`, `A` a window's budget and `d` the steps down in force,
//! `M − (1 − a)N = balance − d·A`, both of which stay bounded: in the long run the share of slots produced is the target itself, however outages come in
//! clusters, wherever `r_max` reaches it and `redundancy` alone does not; it is better where even that is, and what `r_max` reaches where it is not enough.
//! (To look at single windows, and to let redundancy fall after those in which the target held, ends below it: most windows have none of the rare
//! failures that make up the mean.) A window that allows less than one outage lasts lets redundancy overshoot: as many slots are
//! produced, with more machines live. A target of 1 allows nothing, so that redundancy stays up for good once a slot is missed.
//!
//! **Who pays whom.** Producers keep `commission` of fees and MEV, and get `issuance` for each slot. Winners of the auction
//! pay the community their bid per slot. Who is in the draw posts a bond `B·V^ζ`, locked for `dispute_epochs` more than its own, where `V` is the demand index that can be
//! expected (1 in the abstract world). Effort `e` costs `c e²/2` an epoch, with `c` the `effort_cost`.
//!
//! **What theory says.** With equal weights, effort is a contest for the reward `R` of an epoch. In the exponential form, the
//! logit contest, `e* = γR(n−1)/(n²c)`; in the power form `e* = √(γR(n−1)/(n²c))`. Both hold only while nobody would rather
//! make no effort, which takes a moderate `γ`: beyond, no symmetric equilibrium in pure strategies need exist. Over a base
//! of stakes or bids scores shift slots towards those who deliver, and with `γ = 0` nothing is left but the base.
//!
//! **Where it runs.** Score-weighted rotation is proposed by polynya; The Graph's indexers and Livepeer's orchestrators
//! are picked by performance and stake.
//!
//! **References.** Lazear and Rosen (1981), "Rank-order tournaments as optimum labor contracts", J. Polit. Econ. 89;
//! Hirshleifer (1989), "Conflict and rent-seeking success functions: ratio vs. difference models", Public Choice 63;
//! polynya (2021), "Algorithmic performance-based rotation"; Beyer, Jones, Petoff and Murphy (2016), *Site Reliability
//! Engineering*, chapter 3, on error budgets.

mod bids;
mod parameters;
mod scores;
mod weights;

pub use parameters::{PARAMETERS, R_MAX, read};
pub use scores::{Controller, Register, Scoring};
pub use weights::{Base, Form};

use super::escrow::Escrow;
use super::operation::Service;
use super::stake::{self, Contest};
use super::terms::Terms;
use super::{At, Facts, Lever, Mechanism, NET_VALUE, Needs, OfferAxis, Selection};
use crate::agent::Setting;
use crate::play::ledger::Ledger;
use crate::settings::Section;
use bids::Ranked;

/// One line for the catalogue.
pub const SUMMARY: &str = "weights of stakes, bids or all alike, times scores from objective metrics";
/// What else it needs.
pub const NEEDS: Needs = Needs { capital: true, ..Needs::NOTHING };

/// The rule with its parameters.
#[derive(Clone, Debug)]
pub struct Algorithmic {
    base: Base,
    form: Form,
    contest: Contest,
    scoring: Scoring,
    controller: Option<Controller>,
    redundancy: usize,
    bond: f64,
    bond_power: f64,
    /// Epochs for which a bond is locked.
    locked: usize,
}

/// Working space of a round.
#[derive(Debug, Default)]
pub struct Scratch {
    /// What each candidate's record does to its weight.
    factor: Vec<f64>,
    /// Weights of offers.
    weight: Vec<f64>,
    ranked: Vec<Ranked>,
    all_live: stake::Scratch,
}

/// A contest in effort: a slot's leader is drawn in proportion to `e^{γe}` or `e^γ`, and effort `e` costs `c e²/2`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EffortContest {
    /// Whether efforts count in the exponential form.
    pub exponential: bool,
    /// `γ`.
    pub power: f64,
    /// `c`.
    pub cost: f64,
}

impl Algorithmic {
    /// The contest in effort that the rule is, where weights are equal and redundancy does not change.
    pub fn effort_contest(&self) -> Option<EffortContest> {
        let Base::Equal { cost } = self.base else { return None };
        if self.controller.is_some() {
            return None;
        }
        Some(EffortContest { exponential: self.form.exponential, power: self.form.power, cost })
    }
}

impl Mechanism for Algorithmic {
    type State = Register;
    type Scratch = Scratch;

    fn facts(&self) -> Facts {
        let scored = !matches!(self.base, Base::Equal { .. });
        let scores = self.form.power > 0.0 && self.scoring.learning > 0.0;
        let remembers = scores || self.scoring.probation_epochs > 0 || self.scoring.least > 0.0;
        Facts {
            anonymous: true,
            truthful: false,
            may_leave_slots_empty: true,
            has_memory: (scored && remembers) || self.controller.is_some(),
        }
    }

    fn lever(&self) -> Option<Lever> {
        Some(match self.base {
            Base::Stake => Lever::Stake,
            Base::Auction { .. } => Lever::Bid,
            Base::Equal { .. } => Lever::Effort,
        })
    }

    fn seat_count(&self, candidates: usize) -> usize {
        if let Base::Auction { seats, .. } = self.base { seats } else { candidates }
    }

    fn open(&self, setting: &Setting) -> Register {
        let redundancy = self.controller.map_or(self.redundancy, |c| c.most);
        Register::open(setting.candidates(), self.scoring.newcomer, redundancy, self.locked)
    }

    fn reference(&self, at: &At, i: usize) -> f64 {
        match self.base {
            Base::Stake => self.contest.whole_rent(at, i),
            Base::Auction { seats, .. } => {
                let worth = at.terms.availability[i] * self.contest.income(at, i)
                    - at.live_per_turn(seats) * at.live_cost(i);
                worth - self.bond_cost(at, i) / (f64::from(at.terms.epoch_slots) / seats as f64)
            }
            // The effort that costs the whole rent of an epoch.
            Base::Equal { cost } => {
                let worth = at.terms.availability[i] * self.contest.income(at, i) - at.live_cost(i);
                (2.0 * f64::from(at.terms.epoch_slots) * worth.max(0.0) / cost).sqrt()
            }
        }
    }

    fn least_offer(&self) -> f64 {
        if let Base::Auction { reserve, .. } = self.base { reserve } else { 0.0 }
    }

    fn check(&self, section: &Section, setting: &Setting) {
        if self.base == Base::Stake {
            Contest::check(section, setting);
        }
    }

    fn offer_axis(&self, _setting: &Setting, terms: &Terms) -> Option<OfferAxis> {
        let epoch = f64::from(terms.epoch_slots);
        Some(match self.base {
            Base::Stake => Contest::offer_axis(),
            Base::Auction { .. } => OfferAxis {
                name: "Bid for a whole epoch (ETH)",
                against: NET_VALUE,
                value: epoch,
                offer: epoch,
                diagonal: true,
            },
            Base::Equal { .. } => OfferAxis {
                name: "Effort",
                against: "Effort whose cost takes the whole reward",
                value: 1.0,
                offer: 1.0,
                diagonal: false,
            },
        })
    }

    fn explores_states(&self) -> bool {
        matches!(self.base, Base::Auction { .. })
    }

    fn prepare(&self, state: &Register, at: &At, offers: &[Option<f64>], scratch: &mut Scratch) {
        let Scratch { factor, weight, ranked, all_live } = scratch;
        factor.clear();
        factor.extend((0..offers.len()).map(|i| self.factor(state, i)));
        weight.clear();
        weight.extend(offers.iter().zip(factor.iter()).map(|(o, &f)| o.map_or(0.0, |x| self.weight(x, f))));
        self.rank(at, offers, factor, ranked);
        if self.all_live(state, at) {
            all_live.set(weight);
        }
    }

    fn payoffs(
        &self,
        state: &Register,
        at: &At,
        i: usize,
        menu: &[f64],
        scratch: &mut Scratch,
        out: &mut [f64],
    ) {
        out[0] = 0.0;
        let factor = scratch.factor[i];
        if factor <= 0.0 {
            out.fill(0.0);
            return;
        }
        if matches!(self.base, Base::Auction { .. }) {
            self.bid_payoffs(state, at, i, menu, scratch, &mut out[1..]);
            return;
        }
        let bond = self.bond_cost(at, i);
        if self.all_live(state, at) {
            self.contest.all_live_payoffs(at, i, factor, menu, &mut scratch.all_live, out);
            if bond > 0.0 {
                out[1..].iter_mut().zip(menu).filter(|(_, x)| **x > 0.0).for_each(|(p, _)| *p -= bond);
            }
            return;
        }
        let rivals: f64 = scratch.weight.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, w)| w).sum();
        let slots = f64::from(at.terms.epoch_slots);
        let led = at.terms.availability[i] * self.contest.income(at, i);
        for (payoff, &x) in out[1..].iter_mut().zip(menu) {
            let weight = self.weight(x, factor);
            *payoff = 0.0;
            if weight > 0.0 {
                let share = weight / (weight + rivals);
                let own = if let Base::Equal { cost } = self.base {
                    0.5 * cost * x * x
                } else {
                    let live = || at.live_share_among(share, state.redundancy);
                    let office = || at.terms.office_of_slots(i, share, live());
                    let findings = at.terms.cost_of_findings(i, x, office);
                    x * at.holding_cost(i) + findings
                };
                *payoff = slots
                    * (led * share - at.live_cost(i) * at.live_share_among(share, state.redundancy))
                    - own
                    - bond
                    - at.start_when_drawn(i, share, state.redundancy);
            }
        }
    }

    fn select(&self, state: &mut Register, at: &At, offers: &[Option<f64>], selection: &mut Selection) {
        let n = at.setting.candidates();
        selection.clear(n);
        selection.total = f64::from(at.terms.epoch_slots);
        selection.redundancy = Some(state.redundancy);
        selection.disputed.resize(n, 0.0);
        let bond = self.bond(at);
        let factor: Vec<f64> = (0..n).map(|i| self.factor(state, i)).collect();
        if let Base::Auction { seats, .. } = self.base {
            let mut ranked = Vec::new();
            self.rank(at, offers, &factor, &mut ranked);
            let winners = &ranked[..ranked.len().min(seats)];
            let sum: f64 = winners.iter().map(|w| w.weight).sum();
            for winner in winners {
                // Winners who all bid nothing share evenly.
                let share = if sum > 0.0 { winner.weight / sum } else { 1.0 / winners.len() as f64 };
                selection.weight[winner.who] = share;
                selection.price[winner.who] = offers[winner.who].unwrap_or(0.0);
                selection.bond[winner.who] = bond;
                selection.disputed[winner.who] = bond;
            }
            selection.share_slots();
            return;
        }
        for (i, offer) in offers.iter().enumerate() {
            let Some(x) = *offer else { continue };
            selection.weight[i] = self.weight(x, factor[i]);
            if selection.weight[i] > 0.0 {
                selection.bond[i] = if self.base == Base::Stake { x + bond } else { bond };
                selection.disputed[i] = bond;
                if let Base::Equal { cost } = self.base {
                    selection.effort[i] = 0.5 * cost * x * x;
                }
            }
        }
        selection.draw_slots(self.all_live(state, at));
    }

    /// An outsider with a newcomer's record who stakes what weighs as much as all others together, or bids what weighs as
    /// much as those with whom it would share the slots. Not defined for effort.
    fn corruption_cost(
        &self,
        state: &Register,
        at: &At,
        offers: &[Option<f64>],
        _selection: &Selection,
    ) -> Option<f64> {
        let probation = self.scoring.probation_epochs > 0;
        let own = self.form.weight(self.scoring.newcomer)
            * if probation { self.scoring.probation_weight } else { 1.0 };
        let factors: Vec<f64> = (0..offers.len()).map(|i| self.factor(state, i) / own).collect();
        match self.base {
            Base::Stake => {
                let weights = offers.iter().zip(&factors).map(|(o, &f)| o.map_or(0.0, |x| self.weight(x, f)));
                Some(self.contest.matching_stake(weights)? + self.bond(at))
            }
            Base::Auction { seats, reserve } => {
                let mut ranked = Vec::new();
                self.rank(at, offers, &factors, &mut ranked);
                let total = f64::from(at.terms.epoch_slots);
                if seats == 1 {
                    return Some(total * ranked.first().map_or(reserve, |r| r.weight) + self.bond(at));
                }
                let others: f64 = ranked.iter().take(seats - 1).map(|r| r.weight).sum();
                Some(0.5 * total * others.max(reserve) + self.bond(at))
            }
            Base::Equal { .. } => None,
        }
    }

    fn evictions(&self, state: &Register) -> Option<u64> {
        (self.scoring.least > 0.0).then_some(state.evictions)
    }

    fn own_stake(&self, state: &Register, i: usize) -> f64 {
        state.escrow.locked(i)
    }

    fn escrows_mut<'s>(&self, state: &'s mut Register) -> Vec<&'s mut Escrow> {
        vec![&mut state.escrow, &mut state.bonds]
    }

    fn settle(
        &self,
        state: &mut Register,
        at: &At,
        _offers: &[Option<f64>],
        selection: &Selection,
        service: &Service,
        ledger: &mut Ledger,
    ) {
        self.contest.pay(service, ledger);
        for (i, price) in selection.price.iter().enumerate() {
            ledger.pay_price(i, price * service.scheduled[i]);
        }
        // A stake answers for its epoch, a bond for the dispute window as well: as they were when the epoch was decided.
        let bonded = |i: usize| selection.disputed[i];
        state.escrow.turn(ledger, at.terms, &at.moves, |i| selection.bond[i] - bonded(i));
        state.bonds.turn(ledger, at.terms, &at.moves, bonded);
        state.learn(self, service);
    }

    fn escrows<'s>(&self, state: &'s Register) -> Vec<&'s Escrow> {
        vec![&state.escrow, &state.bonds]
    }

    fn bonds_at_once(&self) -> f64 {
        self.bond * self.locked as f64
    }

    fn epochs_to_fill(&self) -> u32 {
        if self.bond > 0.0 { self.locked as u32 - 1 } else { 0 }
    }
}

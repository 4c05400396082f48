//! Algorithmic rotation: weights times scores from objective metrics.
//!
//! **Rule.** Each slot's leader is drawn in proportion to `w_i·g(S_i)`. The weight `w_i` is that of a base: the stake `s_i^τ`
//! (`base = "stake"`), the bid of each of the `k` candidates with the highest `b_i·g(S_i)` of at least the reserve
//! (`"auction"`), or the same for all (`"equal"`). The score `S_i` is the smoothed share of its slots that the candidate
//! delivered; with equal weights it is the candidate's *effort* in the same epoch, an investment in the performance that
//! is measured. `g(S)` is `S^γ` (`score_form = "power"`) or `e^{γS}` (`"exp"`), with `γ` the `score_power`. Newcomers begin
//! with the score `newcomer_score`, and count for `probation_weight` of their weight in their first `probation_epochs`
//! epochs of service. Whose score falls below `least_score` is evicted, and may come back as a newcomer after
//! `eviction_epochs`.
//!
//! The leaders of the next slots stand by, so that `redundancy` candidates are live in a slot (with stakes and a
//! redundancy of all candidates: everybody who has a stake). With `r_max` that number begins at `r_max`, falls by one
//! after every `control_epochs` in which the share `availability_target` of slots was produced, down to `redundancy`, and
//! rises by one after those in which it was not.
//!
//! **Who pays whom.** Producers keep `commission` of fees and MEV, and get `issuance` for each slot. Winners of the auction
//! pay the community their bid per slot. Who is in the draw posts a bond `B·V^ζ`, where `V` is the demand index that can be
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
//! polynya (2021), "Algorithmic performance-based rotation".

mod scores;

pub use scores::{Controller, Register, Scoring};

use super::auction_rotation::{BOND, RESERVE};
use super::operation::Service;
use super::stake::{self, Contest, ISSUANCE, STAKE_POWER};
use super::terms::{COMMISSION, EPOCH_SLOTS, REDUNDANCY, Terms};
use super::{At, Facts, Lever, Mechanism, Needs, OfferAxis, Selection, live_share};
use crate::agent::Setting;
use crate::draws::Purpose;
use crate::numerics::{exp, pow};
use crate::play::ledger::Ledger;
use crate::settings::{Parameter, Section};
use crate::world::World;

/// One line for the catalogue.
pub const SUMMARY: &str = "weights of stakes, bids or all alike, times scores from objective metrics";
/// Base.
pub const BASE: Parameter = Parameter::choice(
    "base",
    &["stake", "auction", "equal"],
    "stake",
    "what weights come from, before scores: stakes, bids, or nothing, where effort decides",
);
/// Seats of the auction.
pub const SEATS: Parameter =
    Parameter::integer_optional("seats", 1, 1000, "", "winners of the auction; absent: all who bid enough");
/// Most sequencers live.
pub const R_MAX: Parameter = Parameter::integer_optional(
    "r_max",
    1,
    1000,
    "",
    "sequencers live in each slot when a market opens, whittled down to `redundancy` while availability holds; absent: `redundancy` throughout",
);
/// Target.
pub const AVAILABILITY_TARGET: Parameter = Parameter::number(
    "availability_target",
    0.0,
    1.0,
    0.999,
    "share",
    "share of slots that must be produced for redundancy to fall",
);
/// Window.
pub const CONTROL_EPOCHS: Parameter = Parameter::integer(
    "control_epochs",
    1,
    100_000,
    10,
    "epochs",
    "epochs over which the share of slots produced is held to the target",
);
/// Form of scores.
pub const SCORE_FORM: Parameter = Parameter::choice(
    "score_form",
    &["power", "exp"],
    "power",
    "whether a score S counts as S^γ or as e^(γS), with γ the `score_power`",
);
/// Power of scores.
pub const SCORE_POWER: Parameter =
    Parameter::number("score_power", 0.0, 100.0, 1.0, "", "how much scores count; 0: not at all");
/// Memory of scores.
pub const SCORE_LEARNING: Parameter = Parameter::number(
    "score_learning",
    0.0,
    1.0,
    0.1,
    "",
    "weight of the newest epoch in a score, against what was delivered before",
)
.open_high();
/// Prior.
pub const NEWCOMER_SCORE: Parameter =
    Parameter::number("newcomer_score", 0.0, 1.0, 1.0, "", "score of somebody about whom nothing is known")
        .open_low();
/// Probation.
pub const PROBATION_EPOCHS: Parameter = Parameter::integer(
    "probation_epochs",
    0,
    100_000,
    0,
    "epochs",
    "epochs of service in which a newcomer counts for less",
);
/// Weight in probation.
pub const PROBATION_WEIGHT: Parameter = Parameter::number(
    "probation_weight",
    0.0,
    1.0,
    0.5,
    "share",
    "share of its weight for which a newcomer counts in probation",
)
.open_low();
/// Eviction.
pub const LEAST_SCORE: Parameter = Parameter::number(
    "least_score",
    0.0,
    1.0,
    0.0,
    "",
    "score below which a candidate is evicted; 0: nobody is",
);
/// Time out.
pub const EVICTION_EPOCHS: Parameter = Parameter::integer(
    "eviction_epochs",
    1,
    100_000,
    10,
    "epochs",
    "epochs after which an evicted candidate may come back as a newcomer",
);
/// Scaling of bonds.
pub const BOND_POWER: Parameter = Parameter::number(
    "bond_power",
    0.0,
    10.0,
    0.0,
    "",
    "exponent ζ of the expected demand index V in the bond B·V^ζ; 0: the bond is the same in all epochs",
);
/// Cost of effort.
pub const EFFORT_COST: Parameter =
    Parameter::number("effort_cost", 0.0, 1e12, 1.0, "ETH", "cost c of effort: e costs c·e²/2 an epoch")
        .open_low();
/// Parameters read.
pub const PARAMETERS: &[&Parameter] = &[
    &EPOCH_SLOTS,
    &BASE,
    &SEATS,
    &REDUNDANCY,
    &R_MAX,
    &AVAILABILITY_TARGET,
    &CONTROL_EPOCHS,
    &COMMISSION,
    &ISSUANCE,
    &STAKE_POWER,
    &RESERVE,
    &BOND,
    &BOND_POWER,
    &SCORE_FORM,
    &SCORE_POWER,
    &SCORE_LEARNING,
    &NEWCOMER_SCORE,
    &PROBATION_EPOCHS,
    &PROBATION_WEIGHT,
    &LEAST_SCORE,
    &EVICTION_EPOCHS,
    &EFFORT_COST,
];
/// What else it needs.
pub const NEEDS: Needs = Needs { capital: true, ..Needs::NOTHING };

/// What weights come from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Base {
    /// Stakes.
    Stake,
    /// Bids of at least a reserve, the highest so many.
    Auction {
        /// Winners.
        seats: usize,
        /// Least bid.
        reserve: f64,
    },
    /// All alike; effort `e` costs `cost·e²/2`.
    Equal {
        /// Cost of effort.
        cost: f64,
    },
}

/// How a score counts.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    exponential: bool,
    power: f64,
}

impl Form {
    /// `g(S)`.
    #[inline]
    pub fn weight(&self, score: f64) -> f64 {
        if self.power == 0.0 {
            1.0
        } else if self.exponential {
            exp(self.power * score)
        } else if score > 0.0 {
            pow(score, self.power)
        } else {
            0.0
        }
    }
}

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
}

/// Reads a contender.
pub fn read(section: &Section, terms: &Terms) -> Option<Algorithmic> {
    let n = terms.candidates;
    let kind = section.choice(&BASE);
    let most = |key: &str, found: usize, most: usize, whose: &str| {
        if found > most {
            section.refuse(
                key,
                &format!("{found}, more than the {most} {whose}"),
                &format!("a whole number from 1 to {most}"),
                None,
            );
        }
    };
    let read_if = |parameter: &'static Parameter, base: &str| -> f64 {
        if kind == base {
            return section.number(parameter);
        }
        section.note_unread_key(parameter, &format!("it belongs to `base = \"{base}\"`"));
        0.0
    };
    let mut contest = Contest::read_pay(section);
    if kind == "stake" {
        contest = contest.with_power(section.number(&STAKE_POWER));
    } else {
        section.note_unread_key(&STAKE_POWER, "it belongs to `base = \"stake\"`");
    }
    let (reserve, cost) = (read_if(&RESERVE, "auction"), read_if(&EFFORT_COST, "equal"));
    let base = match kind {
        "auction" => {
            let seats = section.optional_integer(&SEATS).map_or(n, |k| k as usize);
            most("seats", seats, n, "sequencers");
            most("redundancy", terms.redundancy, seats, "winners, from whom leaders and standbys are taken");
            Base::Auction { seats, reserve }
        }
        "equal" => Base::Equal { cost },
        _ => Base::Stake,
    };
    if kind != "auction" {
        section.note_unread_key(&SEATS, "it belongs to `base = \"auction\"`");
        most("redundancy", terms.redundancy, n, "sequencers");
    }
    let r_max = section.optional_integer(&R_MAX).map(|r| r as usize);
    let controller = if let Some(r_max) = r_max {
        most("r_max", r_max, n, "sequencers");
        most("redundancy", terms.redundancy, r_max, "that `r_max` allows");
        let window = section.integer(&CONTROL_EPOCHS) as u32;
        Some(Controller { most: r_max, target: section.number(&AVAILABILITY_TARGET), window })
    } else {
        for parameter in [&AVAILABILITY_TARGET, &CONTROL_EPOCHS] {
            section.note_unread_key(parameter, "redundancy is fixed without `r_max`");
        }
        None
    };
    let scored = kind != "equal";
    let scoring = if scored {
        Scoring {
            learning: section.number(&SCORE_LEARNING),
            newcomer: section.number(&NEWCOMER_SCORE),
            probation_epochs: section.integer(&PROBATION_EPOCHS) as u32,
            probation_weight: section.number(&PROBATION_WEIGHT),
            least: section.number(&LEAST_SCORE),
            eviction_epochs: section.integer(&EVICTION_EPOCHS) as u32,
        }
    } else {
        for parameter in [
            &SCORE_LEARNING,
            &NEWCOMER_SCORE,
            &PROBATION_EPOCHS,
            &PROBATION_WEIGHT,
            &LEAST_SCORE,
            &EVICTION_EPOCHS,
        ] {
            section.note_unread_key(parameter, "with `base = \"equal\"` a score is this epoch's effort");
        }
        Scoring {
            learning: 0.0,
            newcomer: 1.0,
            probation_epochs: 0,
            probation_weight: 1.0,
            least: 0.0,
            eviction_epochs: 1,
        }
    };
    Some(Algorithmic {
        base,
        form: Form { exponential: section.choice(&SCORE_FORM) == "exp", power: section.number(&SCORE_POWER) },
        contest,
        scoring,
        controller,
        redundancy: terms.redundancy,
        bond: section.number(&BOND),
        bond_power: section.number(&BOND_POWER),
    })
}

/// An admissible bid, by weight and lot.
#[derive(Clone, Copy, Debug)]
struct Ranked {
    weight: f64,
    lot: u64,
    who: usize,
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

fn lot(at: &At, who: usize) -> u64 {
    at.key.stream(Purpose::Tie, at.setting.sequencers[who].who).bits(at.epoch, 0)
}

impl Algorithmic {
    /// Weight of an offer, given what the record of its maker does to it; 0 where it does not count.
    fn weight(&self, offer: f64, factor: f64) -> f64 {
        match self.base {
            Base::Stake => self.contest.weight(offer) * factor,
            Base::Auction { reserve, .. } => {
                if offer >= reserve {
                    offer * factor
                } else {
                    0.0
                }
            }
            Base::Equal { .. } => self.form.weight(offer),
        }
    }

    fn factor(&self, register: &Register, i: usize) -> f64 {
        if matches!(self.base, Base::Equal { .. }) { 1.0 } else { register.factor(self, i) }
    }

    /// Whether everybody who has a stake is live in every slot.
    fn all_live(&self, register: &Register, at: &At) -> bool {
        self.base == Base::Stake && register.redundancy >= at.setting.candidates()
    }

    /// The bond of this epoch.
    fn bond(&self, at: &At) -> f64 {
        if self.bond_power == 0.0 || self.bond == 0.0 {
            return self.bond;
        }
        match &at.setting.world {
            World::Rollup(rollup) if rollup.fee_per_slot > 0.0 => {
                self.bond * pow(at.signals.expected_fee / rollup.fee_per_slot, self.bond_power)
            }
            _ => self.bond,
        }
    }

    fn rank(&self, at: &At, offers: &[Option<f64>], factor: &[f64], ranked: &mut Vec<Ranked>) {
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
    fn bid_payoffs(
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
        let bond = self.bond(at) * at.terms.capital_rate[i];
        for (payoff, &bid) in out.iter_mut().zip(menu) {
            let weight = bid * factor;
            let beats = |c: &Ranked| weight > c.weight || (weight == c.weight && lot > c.lot);
            *payoff = 0.0;
            if bid >= reserve && critical.is_none_or(beats) {
                let share = if weight + others > 0.0 { weight / (weight + others) } else { even };
                let payment = bid * total * share;
                *payoff =
                    total * (led * share - cost * live_share(share, register.redundancy)) - payment - bond;
            }
        }
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
        Register::open(setting.candidates(), self.scoring.newcomer, redundancy)
    }

    fn reference(&self, at: &At, i: usize) -> f64 {
        match self.base {
            Base::Stake => self.contest.whole_rent(at, i),
            Base::Auction { seats, .. } => {
                let worth = at.terms.availability[i] * self.contest.income(at, i)
                    - self.redundancy as f64 * at.live_cost(i);
                worth
                    - self.bond(at) * at.terms.capital_rate[i]
                        / (f64::from(at.terms.epoch_slots) / seats as f64)
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
            Base::Auction { .. } => {
                OfferAxis { name: "Bid for a whole epoch (ETH)", value: epoch, offer: epoch, diagonal: true }
            }
            Base::Equal { .. } => OfferAxis { name: "Effort", value: 1.0, offer: 1.0, diagonal: true },
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
        let bond = self.bond(at) * at.terms.capital_rate[i];
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
                let own = match self.base {
                    Base::Equal { cost } => 0.5 * cost * x * x,
                    _ => x * at.terms.capital_rate[i],
                };
                *payoff = slots * (led * share - at.live_cost(i) * live_share(share, state.redundancy))
                    - own
                    - bond;
            }
        }
    }

    fn select(&self, state: &mut Register, at: &At, offers: &[Option<f64>], selection: &mut Selection) {
        let n = at.setting.candidates();
        selection.clear(n);
        selection.total = f64::from(at.terms.epoch_slots);
        selection.redundancy = Some(state.redundancy);
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
            }
            selection.share_slots();
            return;
        }
        for (i, offer) in offers.iter().enumerate() {
            let Some(x) = *offer else { continue };
            selection.weight[i] = self.weight(x, factor[i]);
            if selection.weight[i] > 0.0 {
                selection.bond[i] = if self.base == Base::Stake { x + bond } else { bond };
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

    fn settle(
        &self,
        state: &mut Register,
        _at: &At,
        _offers: &[Option<f64>],
        selection: &Selection,
        service: &Service,
        ledger: &mut Ledger,
    ) {
        self.contest.pay(service, ledger);
        for (i, price) in selection.price.iter().enumerate() {
            ledger.pay_price(i, price * service.scheduled[i]);
        }
        state.escrow.turn(ledger, |i| selection.bond[i]);
        state.learn(self, service);
    }
}

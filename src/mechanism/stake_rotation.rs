//! Proof of stake with rotation: only those who are drawn for a seat are live.
//!
//! **Rule.** Each epoch every candidate locks a stake `s_i`, and the `k` seats of the epoch are drawn with weights
//! `s_i^τ`: each seat on its own (`replacement`, the default), so that slots go in proportion to weight; or one after the
//! other among those who have none, which favours small stakes. Seats take turns. With `schedule = "proportional"`, all
//! having a seat, each slot's leader is drawn by weight instead. A leader that has missed `miss_tolerance` of its slots
//! is removed for the rest of the epoch; its turns pass to the next seats. Who is not drawn gets the share
//! `unstake_fraction` of its stake back for the epoch, and a derivative for the share `liquid_fraction`. A candidate that is
//! drawn restakes; with probability `restake_failure` it does not in time, and its seats stay empty (with a `lookahead` of
//! `L` it has `L` chances).
//!
//! **Who pays whom.** As under `stake`: producers keep `commission` of fees and MEV, and get `issuance` for each slot.
//! A leader loses the share `leak` of its stake to the community for each slot of its own in which it is down, common outages included (not where
//! a quorum or a committee fails: those of others count neither here nor towards removal), and who does not
//! restake in time the share `restake_slash` of what was left.
//!
//! **What theory says.** With replacement it is the contest of `stake`, without its overhead: equals stake
//! `R(n−1)/(n²r)`. If the share `u` is withdrawn while inactive, with `p = 1/n`, `a = p(1−p)` and `f = 1 − u(1−p)^k`, equals
//! stake `Ra/(r(f + uk(1−p)^{k−1}a))`, more than before, and lock the share `f` of it: capital is saved, but less than if
//! stakes were fixed. Without replacement equals spend only `((n−k)/k)·Σ_{t<k} 1/(n−t)` of the reward on capital, and at
//! `k = n` stake buys nothing.
//!
//! **Where it runs.** Cardano and Algorand draw leaders and committees in proportion to stake; Ethereum draws its sync
//! committees with replacement.
//!
//! **References.** Tullock (1980), "Efficient rent seeking"; for seats without replacement the race of exponential
//! clocks of Plackett and Luce (Luce 1959, *Individual Choice Behavior*); polynya (2021), "Proof-of-stake with rotation".

use super::collateral::{BOND_ASSET, HAIRCUT};
use super::escrow::Escrow;
use super::findings::Office;
use super::lottery::{Lottery, Race};
use super::operation::Service;
use super::removal::{MISS_TOLERANCE, Removal};
use super::stake::{self, Contest, ISSUANCE, STAKE_POWER};
use super::terms::{COMMISSION, EPOCH_SLOTS, REDUNDANCY, SEATS, Terms};
use super::{At, Facts, Lever, Mechanism, Needs, OfferAxis, Schedule, Selection};
use crate::agent::Setting;
use crate::numerics::pow;
use crate::play::ledger::Ledger;
use crate::settings::{Parameter, Section};

/// One line for the catalogue.
pub const SUMMARY: &str = "k seats per epoch are drawn by stake and take turns";
/// Replacement.
pub const REPLACEMENT: Parameter = Parameter::flag(
    "replacement",
    true,
    "whether a candidate can be drawn for several seats, so that slots go exactly in proportion to stake",
);
/// Schedule.
pub const SCHEDULE: Parameter = Parameter::choice(
    "schedule",
    &["even", "proportional"],
    "even",
    "whether seats take turns, or, where all candidates have one, each slot's leader is drawn by stake",
);
/// Unstaking.
pub const UNSTAKE_FRACTION: Parameter = Parameter::number(
    "unstake_fraction",
    0.0,
    1.0,
    0.0,
    "share",
    "share of a stake that goes back for the epoch to an owner that is not drawn",
);
/// Derivative.
pub const LIQUID_FRACTION: Parameter = Parameter::number_optional(
    "liquid_fraction",
    0.0,
    1.0,
    "share",
    "share of a stake for which an owner that is not drawn is issued a derivative: it stays locked and costs no capital; absent: none",
);
/// Failure to restake.
pub const RESTAKE_FAILURE: Parameter = Parameter::number_optional(
    "restake_failure",
    0.0,
    1.0,
    "probability",
    "probability with which a candidate that is drawn does not restake in time: its seats stay empty for the epoch; absent: 0",
);
/// What that costs.
pub const RESTAKE_SLASH: Parameter = Parameter::number_optional(
    "restake_slash",
    0.0,
    1.0,
    "share",
    "share of what was left of its stake that a candidate loses if it does not restake in time; absent: 0",
);
/// Leak.
pub const LEAK: Parameter = Parameter::number(
    "leak",
    0.0,
    1.0,
    0.0,
    "share per slot",
    "share of its stake that a leader loses for each slot of its own in which it is down",
);
/// Parameters read.
pub const PARAMETERS: &[&Parameter] = &[
    &EPOCH_SLOTS,
    &SEATS,
    &REDUNDANCY,
    &COMMISSION,
    &ISSUANCE,
    &STAKE_POWER,
    &REPLACEMENT,
    &SCHEDULE,
    &UNSTAKE_FRACTION,
    &LIQUID_FRACTION,
    &RESTAKE_FAILURE,
    &RESTAKE_SLASH,
    &MISS_TOLERANCE,
    &LEAK,
    &BOND_ASSET,
    &HAIRCUT,
];
/// What else it needs.
pub const NEEDS: Needs = Needs { capital: true, ..Needs::NOTHING };

/// The rule with its parameters.
#[derive(Clone, Debug)]
pub struct StakeRotation {
    contest: Contest,
    lottery: Lottery,
    /// Whether all have a seat and each slot's leader is drawn by stake.
    proportional: bool,
    miss_tolerance: Option<u32>,
    leak: f64,
    /// Share of an idle stake for which there is a derivative.
    liquid: f64,
    /// Share of what is left of a stake that is lost where it is not restaked in time.
    restake_slash: f64,
}

/// Reads a contender.
pub fn read(section: &Section, terms: &Terms) -> Option<StakeRotation> {
    let n = terms.candidates;
    // Of seats that are out of range themselves nothing else is said.
    let given = section.optional_integer(&SEATS);
    let seats = given.map_or(usize::MAX, |seats| seats as usize);
    let replacement = section.flag(&REPLACEMENT);
    if given.is_some() && !replacement && seats > n {
        section.refuse(
            "seats",
            &format!("{seats} seats for {n} sequencers, each of whom can have one"),
            &format!("a whole number from 1 to {n} (the number of sequencers), or `replacement = true`"),
            None,
        );
    }
    if terms.redundancy > seats {
        section.refuse(
            "redundancy",
            &format!("{} live sequencers per slot with {seats} seats", terms.redundancy),
            &format!("a whole number from 1 to {seats} (the number of seats: standbys hold the next seats)"),
            None,
        );
    }
    let proportional = section.choice(&SCHEDULE) == "proportional";
    if given.is_some() && proportional && (replacement || seats != n) {
        section.refuse(
            "schedule",
            "slots drawn by stake among holders of seats that were drawn by stake",
            &format!(
                "`schedule = \"proportional\"` with `replacement = false` and `seats = {n}`, or \"even\""
            ),
            Some("draws with replacement share slots in proportion to stake already".to_owned()),
        );
    }
    let (unstake, tolerance) = if proportional {
        section.note_unread_key(&UNSTAKE_FRACTION, "with `schedule = \"proportional\"` everybody is active");
        section.note_unread_key(
            &MISS_TOLERANCE,
            "with `schedule = \"proportional\"` there are no turns that could pass on",
        );
        (0.0, None)
    } else {
        (section.number(&UNSTAKE_FRACTION), section.optional_integer(&MISS_TOLERANCE).map(|x| x as u32))
    };
    if terms.oversight.secret && unstake > 0.0 {
        section.refuse(
            UNSTAKE_FRACTION.key,
            "stakes that are withdrawn by those who are not drawn, where leaders are secret",
            "a `lookahead` of at least 1, or no `unstake_fraction`",
            Some("whoever withdrew would show that it does not lead".to_owned()),
        );
    }
    let unstaking = Unstaking::read(section, unstake, proportional);
    // Who is drawn can try once in every epoch in which it knows.
    let failure = pow(unstaking.failure, (terms.oversight.ahead + 1) as f64);
    Some(StakeRotation {
        contest: Contest::read(section),
        lottery: Lottery { seats, replacement, idle_locked: 1.0 - unstake, no_show: failure },
        proportional,
        miss_tolerance: tolerance,
        leak: section.number(&LEAK),
        liquid: unstaking.liquid,
        restake_slash: unstaking.slash,
    })
}

/// What becomes of stakes whose owners are not drawn.
struct Unstaking {
    liquid: f64,
    failure: f64,
    slash: f64,
}

impl Unstaking {
    fn read(section: &Section, unstake: f64, proportional: bool) -> Self {
        if proportional {
            let why = "with `schedule = \"proportional\"` everybody is active";
            for parameter in [&LIQUID_FRACTION, &RESTAKE_FAILURE, &RESTAKE_SLASH] {
                section.note_unread_key(parameter, why);
            }
            return Unstaking { liquid: 0.0, failure: 0.0, slash: 0.0 };
        }
        let liquid = section.optional_number(&LIQUID_FRACTION).unwrap_or(0.0);
        if liquid + unstake > 1.0 {
            section.refuse(
                LIQUID_FRACTION.key,
                &format!("{liquid} of an idle stake, of which {unstake} goes back"),
                "at most what `unstake_fraction` leaves locked",
                None,
            );
        }
        let failure = if unstake > 0.0 {
            section.optional_number(&RESTAKE_FAILURE).unwrap_or(0.0)
        } else {
            section
                .note_unread_key(&RESTAKE_FAILURE, "without `unstake_fraction` there is nothing to restake");
            0.0
        };
        let slash = if failure > 0.0 {
            section.optional_number(&RESTAKE_SLASH).unwrap_or(0.0)
        } else {
            section.note_unread_key(&RESTAKE_SLASH, "without `restake_failure` everybody restakes in time");
            0.0
        };
        Unstaking { liquid, failure, slash }
    }
}

/// Working space: weights of all stakes, and the race for seats without replacement.
#[derive(Debug, Default)]
pub struct Scratch {
    weight: Vec<f64>,
    race: Race,
    /// Slot shares as stakes are.
    share: Vec<f64>,
    all_live: stake::Scratch,
}

/// What a stake does for its owner in an epoch.
struct Position {
    /// Share of slots led.
    led: f64,
    /// Share of slots live.
    live: f64,
    /// Share of the stake that is locked on average.
    locked: f64,
    /// Probability of a seat that is taken.
    active: f64,
    /// Probability of one that is not, for failure to restake.
    failed: f64,
}

impl StakeRotation {
    /// How a given number of seats is drawn in proportion to stake, turns being shared evenly and what is not locked costing nothing; `None` for
    /// other contests.
    pub fn even_draw(&self) -> Option<Lottery> {
        let plain = self.contest.power() == 1.0 && !self.proportional && self.liquid == 0.0;
        (plain && self.lottery.no_show == 0.0 && self.lottery.seats < usize::MAX).then_some(self.lottery)
    }

    /// The contest for slots.
    pub fn contest(&self) -> &Contest {
        &self.contest
    }

    /// Share of a stake that is locked and of no use to its owner, on average.
    fn tied(&self, position: &Position) -> f64 {
        position.locked - self.liquid * (1.0 - position.active)
    }

    /// Cost of starts.
    fn starts(&self, at: &At, i: usize, position: &Position) -> f64 {
        if self.proportional {
            return at.start_when_drawn(i, position.led, at.terms.redundancy);
        }
        let turns = f64::from(at.terms.epoch_slots) * position.led;
        at.start_of_drawn_seats(i, self.lottery.seats, turns, position.active)
    }

    /// Where candidate `i` may act, whose share of weight is `share`.
    fn office(&self, at: &At, i: usize, share: f64, position: &Position) -> Office {
        let terms = at.terms;
        if self.proportional {
            return terms.office_of_slots(i, position.led, position.live);
        }
        let (slots, up) = (f64::from(terms.epoch_slots), terms.availability[i]);
        let including = if terms.oversight.any_live() {
            slots * position.live * up
        } else {
            slots * position.led * terms.keeping(i).delivered
        };
        // Where leaders are secret, whoever has a stake is live all epoch, drawn or not.
        if terms.oversight.secret && terms.oversight.any_live() {
            return Office { slots, draws: 1.0, wins: position.active, including: [including; 2] };
        }
        // Each seat is drawn on its own and brings its part, unless its owner fails to restake.
        let seats = self.lottery.seats as f64;
        if self.lottery.replacement && self.lottery.no_show == 0.0 {
            return Office {
                slots,
                draws: seats,
                wins: share,
                including: [including / (seats * share), 0.0],
            };
        }
        Office {
            slots,
            draws: 1.0,
            wins: position.active,
            including: [including / position.active.max(f64::MIN_POSITIVE), 0.0],
        }
    }

    /// Whether everybody is live in every slot.
    fn all_live(&self, at: &At) -> bool {
        self.proportional && at.terms.redundancy == self.lottery.seats
    }

    /// Where candidate `i` gets with this weight; rivals' weights, each times the turns that they keep, sum to `keep`, as
    /// such to `rivals`.
    fn drawn(&self, at: &At, i: usize, own: f64, rivals: f64, keep: f64) -> Position {
        let kept = own * at.terms.keeping(i).kept;
        let shows = 1.0 - self.lottery.no_show;
        let led = kept / (kept + keep) * shows;
        // Nobody stands by in the place of who has been removed.
        let beside = if kept + keep < own + rivals { led * (kept + keep) / (own + rivals) } else { led };
        let idle = pow(1.0 - own / (own + rivals), self.lottery.seats as f64);
        let active = (1.0 - idle) * shows;
        Position {
            led,
            live: at.live_beside(led, beside, at.terms.redundancy),
            locked: self.lottery.locked(active),
            active,
            failed: (1.0 - idle) - active,
        }
    }

    /// The same for seats without replacement. Where some keep more of their turns than others, rivals' shares of turns
    /// are taken as they are.
    fn raced(&self, at: &At, i: usize, own: f64, scratch: &Scratch) -> Position {
        let active = scratch.race.odds(i, own);
        let filled = self.lottery.filled(scratch.race.rivals(i) + 1);
        let share = active / filled as f64;
        let rivals = || (0..scratch.share.len()).filter(|&j| j != i);
        let sum: f64 = rivals().map(|j| scratch.share[j]).sum();
        let keep: f64 = rivals().map(|j| scratch.share[j] * at.terms.keeping(j).kept).sum();
        let kept = share * at.terms.keeping(i).kept;
        let shows = 1.0 - self.lottery.no_show;
        let over_all = if sum > 0.0 { kept + (1.0 - share) * keep / sum } else { kept };
        let led = shows * if sum > 0.0 { kept / over_all } else { 1.0 };
        let live = if at.terms.oversight.secret {
            f64::from(u8::from(own > 0.0))
        } else {
            led + led * over_all.min(1.0) * (at.terms.redundancy.min(filled) - 1) as f64
        };
        let failed = active * self.lottery.no_show;
        let active = active - failed;
        Position { led, live, locked: self.lottery.locked(active), active, failed }
    }
}

impl Mechanism for StakeRotation {
    type State = Escrow;
    type Scratch = Scratch;

    fn facts(&self) -> Facts {
        Facts { anonymous: true, truthful: false, may_leave_slots_empty: true, has_memory: false }
    }

    fn lever(&self) -> Option<Lever> {
        Some(Lever::Stake)
    }

    fn seat_count(&self, _candidates: usize) -> usize {
        self.lottery.seats
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

    fn escrows<'s>(&self, state: &'s Escrow) -> Vec<&'s Escrow> {
        vec![state]
    }

    fn slashes(&self) -> bool {
        self.leak > 0.0 || self.restake_slash > 0.0
    }

    fn removal(&self, terms: &Terms) -> Option<Removal> {
        Some(Removal::among(self.miss_tolerance?, terms.epoch_slots, self.lottery.seats))
    }

    fn offer_axis(&self, _setting: &Setting, _terms: &Terms) -> Option<OfferAxis> {
        Some(Contest::offer_axis())
    }

    fn prepare(&self, _state: &Escrow, _at: &At, offers: &[Option<f64>], scratch: &mut Scratch) {
        self.contest.weights(offers, &mut scratch.weight);
        self.contest.prepare(offers, &mut scratch.all_live);
        if !self.lottery.replacement && !self.proportional {
            let Scratch { weight, race, share, .. } = scratch;
            race.set(weight, self.lottery.seats);
            share.clear();
            let filled = self.lottery.filled(weight.iter().filter(|w| **w > 0.0).count()).max(1) as f64;
            for (i, &w) in weight.iter().enumerate() {
                race.look(i);
                share.push(race.odds(i, w) / filled);
            }
        }
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
        let race = !self.lottery.replacement && !self.proportional;
        if race {
            scratch.race.look(i);
        }
        let others = || scratch.weight.iter().enumerate().filter(|(j, _)| *j != i);
        let rivals: f64 = others().map(|(_, w)| w).sum();
        let keep: f64 = others().map(|(j, w)| w * at.terms.keeping(j).kept).sum();
        let slots = f64::from(at.terms.epoch_slots);
        let (income, live_cost) = (slots * self.contest.income(at, i), slots * at.live_cost(i));
        let delivered = at.terms.keeping(i).delivered;
        let leak = slots * self.leak * at.terms.keeping(i).lapsed;
        if self.all_live(at) {
            self.contest.all_live_payoffs(at, i, 1.0, menu, &mut scratch.all_live, out);
            for (payoff, &stake) in out[1..].iter_mut().zip(menu).filter(|_| leak > 0.0) {
                let own = self.contest.weight(stake);
                *payoff -= if stake > 0.0 { stake * (leak * own / (own + rivals)).min(1.0) } else { 0.0 };
            }
            return;
        }
        out[0] = 0.0;
        for (payoff, &stake) in out[1..].iter_mut().zip(menu) {
            *payoff = 0.0;
            if stake > 0.0 {
                let own = self.contest.weight(stake);
                let position =
                    if race { self.raced(at, i, own, scratch) } else { self.drawn(at, i, own, rivals, keep) };
                let lost = (leak * position.led).min(1.0);
                *payoff = income * delivered * position.led
                    - live_cost * position.live
                    - self.starts(at, i, &position)
                    - stake * (lost + at.cost_of_holding(i, position.locked, self.tied(&position)));
                let share = own / (own + rivals);
                *payoff -= at.terms.cost_of_findings(i, stake, || self.office(at, i, share, &position));
                if self.restake_slash > 0.0 {
                    *payoff -= stake * self.restake_slash * self.lottery.idle_locked * position.failed;
                }
            }
        }
    }

    fn select(&self, _state: &mut Escrow, at: &At, offers: &[Option<f64>], selection: &mut Selection) {
        selection.clear(at.setting.candidates());
        selection.total = f64::from(at.terms.epoch_slots);
        self.contest.weights(offers, &mut selection.weight);
        for (bond, offer) in selection.bond.iter_mut().zip(offers) {
            *bond = offer.unwrap_or(0.0);
        }
        if self.proportional {
            selection.draw_slots(self.all_live(at));
        } else {
            selection.schedule = Schedule::Lottery;
            selection.lottery = self.lottery;
            selection.miss_tolerance = self.miss_tolerance;
            if self.miss_tolerance.is_some() {
                selection.kept.extend(at.terms.keeping.iter().map(|k| k.kept));
                selection.delivery.extend(at.terms.keeping.iter().map(|k| k.delivered));
            }
        }
    }

    /// An outsider who stakes what weighs as much as all others together is drawn for half of the slots. `None` without
    /// replacement, where one candidate has one seat at most.
    fn corruption_cost(
        &self,
        _state: &Escrow,
        _at: &At,
        offers: &[Option<f64>],
        _selection: &Selection,
    ) -> Option<f64> {
        let weights = offers.iter().flatten().map(|&stake| self.contest.weight(stake));
        if self.lottery.replacement || self.proportional {
            self.contest.matching_stake(weights)
        } else {
            None
        }
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
        offers: &[Option<f64>],
        selection: &Selection,
        service: &Service,
        ledger: &mut Ledger,
    ) {
        self.contest.pay(service, ledger);
        state.turn(ledger, at.terms, &at.moves, |i| selection.bond[i]);
        for (i, failed) in selection.failed.iter().enumerate() {
            // Of the stake, so that the share is that of what was left while idle.
            let rest = offers[i].unwrap_or(0.0) * self.lottery.idle_locked;
            if *failed > 0.0 && selection.bond[i] > 0.0 {
                state.slash(ledger, i, self.restake_slash * failed * rest / selection.bond[i]);
            }
        }
        if self.liquid > 0.0 {
            for (i, offer) in offers.iter().enumerate() {
                let idle = 1.0 - selection.active.get(i).unwrap_or(&0.0);
                ledger.relieve(i, self.liquid * idle * offer.unwrap_or(0.0));
            }
        }
        if self.leak > 0.0 {
            for (i, lapsed) in service.lapsed.iter().enumerate() {
                state.slash(ledger, i, self.leak * lapsed);
            }
        }
    }
}

//! Proof of authority: appointed sequencers under contract.
//!
//! **Rule.** `k` candidates (`seats`) are appointed for good. Groups of sequencers, which stand for jurisdictions, are gone
//! through in order of their cost of being live, the cheapest first (then by name), and each in its turn names its next
//! member, until `k` are found: the appointees are spread over as many groups as there are. A candidate whose expected
//! income under the contract does not cover its costs declines. Appointees take turns (`rotation = "round_robin"`), in
//! the order in which they were asked or in one that is drawn by lot when the market opens (`"shuffled"`), or each slot's leader
//! is one of them at random (`"random"`).
//!
//! **Who pays whom.** Fees and MEV go to the community, which pays the producer `contract_fee` for each slot. The producer
//! bears posting and operating costs. An appointee posts `bond` for each epoch, locked for it and for
//! `dispute_epochs` more, at its cost of capital.
//!
//! **What theory says.** With the fee at cost the community keeps all rent, whatever MEV is worth; it pays for
//! appointees who are not the cheapest with the difference in costs. What keeps appointees honest is the income that they
//! would lose with the contract: a fee above cost is an efficiency wage.
//!
//! **Where it runs.** POA Network, VeChain, and consortium chains.
//!
//! **References.** Shapiro and Stiglitz (1984), "Equilibrium unemployment as a worker discipline device", Amer. Econ. Rev.
//! 74; Becker and Stigler (1974), "Law enforcement, malfeasance, and compensation of enforcers", J. Legal Stud. 3;
//! polynya (2021), "Proof-of-authority".

use super::auction_rotation::BOND;
use super::collateral::{BOND_ASSET, HAIRCUT};
use super::escrow::{DISPUTE_EPOCHS, Escrow};
use super::operation::Service;
use super::terms::{EPOCH_SLOTS, REDUNDANCY, SEATS, Terms};
use super::{At, Facts, Lever, Mechanism, Needs, Schedule, Selection};
use crate::agent::Setting;
use crate::draws::Purpose;
use crate::play::ledger::Ledger;
use crate::settings::{Parameter, Section};

/// One line for the catalogue.
pub const SUMMARY: &str = "k appointees across groups serve for a contract fee";
/// Fee.
pub const CONTRACT_FEE: Parameter = Parameter::number(
    "contract_fee",
    0.0,
    1e12,
    0.0,
    "ETH per slot",
    "what the community pays the producer of a slot, who hands over fees and MEV",
);
/// Order of leaders.
pub const ROTATION: Parameter = Parameter::choice(
    "rotation",
    &["round_robin", "shuffled", "random"],
    "round_robin",
    "whether appointees take turns, group after group or in an order drawn by lot when the market opens, or each slot's leader is one of them at random",
);
/// Parameters read.
pub const PARAMETERS: &[&Parameter] = &[
    &EPOCH_SLOTS,
    &SEATS,
    &REDUNDANCY,
    &CONTRACT_FEE,
    &ROTATION,
    &BOND,
    &BOND_ASSET,
    &HAIRCUT,
    &DISPUTE_EPOCHS,
];
/// What else it needs.
pub const NEEDS: Needs = Needs { capital: true, ..Needs::NOTHING };

/// The rule with its parameters.
#[derive(Clone, Debug)]
pub struct Authority {
    seats: usize,
    fee: f64,
    random: bool,
    shuffled: bool,
    bond: f64,
    /// Epochs for which a bond is locked.
    locked: usize,
}

/// Reads a contender.
pub fn read(section: &Section, terms: &Terms) -> Option<Authority> {
    let seats = section.integer(&SEATS) as usize;
    for (key, found, most, of) in [
        ("seats", seats, terms.candidates, "sequencers"),
        ("redundancy", terms.redundancy, seats, "appointees, from whom leaders and standbys are taken"),
    ] {
        if found > most {
            section.refuse(
                key,
                &format!("{found} of {most} {of}"),
                &format!("a whole number from 1 to {most}"),
                None,
            );
        }
    }
    Some(Authority {
        seats,
        fee: section.number(&CONTRACT_FEE),
        random: section.choice(&ROTATION) == "random",
        shuffled: section.choice(&ROTATION) == "shuffled",
        bond: terms.collateral.posted(section.number(&BOND)),
        locked: 1 + section.optional_integer(&DISPUTE_EPOCHS).unwrap_or(0) as usize,
    })
}

/// What a market remembers: bonds, and the order of appointment.
#[derive(Clone, Debug)]
pub struct Board {
    escrow: Escrow,
    order: Vec<usize>,
}

impl Authority {
    /// Candidates in the order in which they are asked.
    fn order(setting: &Setting) -> Vec<usize> {
        let cost = |class: usize| {
            let traits = &setting.classes[class].traits;
            traits.live_cost - traits.idle_cost
        };
        let mut classes: Vec<usize> = (0..setting.classes.len()).collect();
        classes.sort_by(|&a, &b| cost(a).total_cmp(&cost(b)).then(a.cmp(&b)));
        let members = |class: usize| -> Vec<usize> {
            (0..setting.candidates()).filter(|&i| setting.sequencers[i].class == class).collect()
        };
        let groups: Vec<Vec<usize>> = classes.into_iter().map(members).collect();
        let longest = groups.iter().map(Vec::len).max().unwrap_or(0);
        (0..longest).flat_map(|round| groups.iter().filter_map(move |g| g.get(round).copied())).collect()
    }

    /// Whether the contract pays candidate `i`, as one of all the appointees.
    fn accepts(&self, at: &At, i: usize) -> bool {
        let share = 1.0 / self.seats as f64;
        let live = if self.random { at.live_share(share) } else { share * at.live_per_turn(self.seats) };
        let income = at.terms.availability[i] * (self.fee - at.terms.posting_cost + at.terms.aside(i));
        let epoch = f64::from(at.terms.epoch_slots);
        let starts = if self.random {
            at.start_when_drawn(i, share, at.terms.redundancy)
        } else {
            at.start_in_turns(i, self.seats, share * epoch)
        };
        self.bonds_at_once() <= at.setting.sequencers[i].traits.capital_limit
            && epoch * (share * income - live * at.live_cost(i)) - starts
                >= self.bonds_at_once() * at.holding_cost(i)
    }
}

impl Mechanism for Authority {
    type State = Board;
    type Scratch = ();

    fn facts(&self) -> Facts {
        Facts { anonymous: false, truthful: false, may_leave_slots_empty: true, has_memory: false }
    }

    fn lever(&self) -> Option<Lever> {
        None
    }

    fn open(&self, setting: &Setting) -> Board {
        Board { escrow: Escrow::new(setting.candidates(), self.locked), order: Self::order(setting) }
    }

    fn reference(&self, _at: &At, _i: usize) -> f64 {
        0.0
    }

    fn prepare(&self, _state: &Board, _at: &At, _offers: &[Option<f64>], _scratch: &mut ()) {}

    fn payoffs(
        &self,
        _state: &Board,
        _at: &At,
        _i: usize,
        _menu: &[f64],
        _scratch: &mut (),
        out: &mut [f64],
    ) {
        out.fill(0.0);
    }

    fn select(&self, state: &mut Board, at: &At, _offers: &[Option<f64>], selection: &mut Selection) {
        selection.clear(at.setting.candidates());
        selection.total = f64::from(at.terms.epoch_slots);
        let may_serve = |i: usize| !at.signals.is_barred(i);
        let mut appointed: Vec<usize> = state
            .order
            .iter()
            .copied()
            .filter(|&i| may_serve(i) && self.accepts(at, i))
            .take(self.seats)
            .collect();
        for &i in &appointed {
            selection.weight[i] = 1.0;
            selection.bond[i] = self.bond;
        }
        if self.random {
            selection.draw_slots(false);
            return;
        }
        selection.schedule = Schedule::Rotation;
        for &i in &appointed {
            selection.slots[i] = selection.total / appointed.len() as f64;
        }
        if self.shuffled {
            let lot = |i: usize| at.key.stream(Purpose::Turn, at.setting.sequencers[i].who).uniform(0, 0);
            appointed.sort_by(|&a, &b| lot(a).total_cmp(&lot(b)));
        }
        selection.seats.extend(appointed.into_iter().map(Some));
        if selection.seats.is_empty() {
            selection.seats.push(None);
        }
    }

    fn escrows_mut<'s>(&self, state: &'s mut Board) -> Vec<&'s mut Escrow> {
        vec![&mut state.escrow]
    }

    fn settle(
        &self,
        state: &mut Board,
        at: &At,
        _offers: &[Option<f64>],
        selection: &Selection,
        service: &Service,
        ledger: &mut Ledger,
    ) {
        ledger.pay_service(service, 0.0);
        for (i, produced) in service.produced.iter().enumerate() {
            ledger.pay_fee(i, self.fee * produced);
        }
        state.escrow.turn(ledger, at.terms, &at.moves, |i| selection.bond[i]);
    }

    fn escrows<'s>(&self, state: &'s Board) -> Vec<&'s Escrow> {
        vec![&state.escrow]
    }

    fn bonds_at_once(&self) -> f64 {
        self.bond * self.locked as f64
    }

    fn epochs_to_fill(&self) -> u32 {
        if self.bond > 0.0 { self.locked as u32 - 1 } else { 0 }
    }
}

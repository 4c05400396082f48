//! Whether a scripted formula makes sense wherever it may be asked: over the support of private value, at low, usual and
//! high demand, under every contender. What is tried is a grid of quantiles, the ends of the support where they are finite, and the
//! neighbourhood of every rank at which offers are larger than beside it: a formula may have a pole that no grid meets.

use super::before_play;
use super::file::Contender;
use crate::agent::Setting;
use crate::agent::strategy::OFFER;
use crate::mechanism::Mechanism;
use crate::mechanism::terms::Terms;
use crate::play::market::view;
use crate::settings::Section;
use crate::with_rule;
use crate::world::{Signals, World};

/// Ranks of private value that are tried, besides both ends.
const RANKS: u32 = 500;
/// Both ends.
const END: f64 = 1e-9;
/// Halvings of the distance between neighbouring ranks, about, within which a pole is looked for.
const STEPS: u32 = 64;
/// Growth between neighbouring ranks beyond which it is one: even `1/√x` grows by so much before ranks run out of digits.
const POLE: f64 = 1e4;
/// Demand, in multiples of its mean.
const DEMAND: [f64; 3] = [0.25, 1.0, 4.0];

/// Refuses formulas that are somewhere not a number.
pub fn check_formulas(root: &Section, setting: &Setting, contenders: &[Contender]) {
    let strategies = root.table("strategies");
    for (class, spec) in setting.classes.iter().enumerate() {
        let named = |(name, _): &(String, Section)| *name == spec.strategy.name;
        let Some((_, section)) = strategies.iter().flat_map(Section::members).find(named) else { continue };
        for contender in contenders {
            let fault = with_rule!(&contender.rule, rule => fault(rule, &contender.terms, setting, class));
            if let Some(fault) = fault {
                section.refuse(
                    OFFER.key,
                    &format!(
                        "for group `{}` under contender `{}` the formula {fault}",
                        spec.name, contender.name
                    ),
                    "a finite number for every private value (below 0 it abstains)",
                    None,
                );
                break;
            }
        }
    }
}

/// Where the formula of a class is not a number.
fn fault<M: Mechanism>(rule: &M, terms: &Terms, setting: &Setting, class: usize) -> Option<String> {
    let formula = setting.classes[class].strategy.menu.script.as_ref()?;
    let i = setting.sequencers.iter().position(|s| s.class == class)?;
    let n = setting.candidates();
    let mut signals =
        Signals { rank: vec![0.5; n], skill: vec![1.0; n], gross: vec![0.0; n], ..Signals::default() };
    let inner = (0..RANKS).map(|j| (f64::from(j) + 0.5) / f64::from(RANKS));
    let ranks: Vec<f64> = [END].into_iter().chain(inner).chain([1.0 - END]).collect();
    for demand in DEMAND {
        if let World::Rollup(rollup) = &setting.world {
            signals.expected_fee = rollup.fee_per_slot * demand;
        }
        let mut asked = |rank: f64| {
            signals.set(&setting.world, &setting.sequencers[i], i, rank, terms.epoch_slots);
            let at = before_play::at(setting, terms, &signals);
            let view = view(rule, &at, i, rule.reference(&at, i));
            (formula.at(&view), view.value)
        };
        let mut offers = Vec::with_capacity(ranks.len());
        for &rank in &ranks {
            let (offer, value) = asked(rank);
            if !offer.is_finite() {
                return Some(format!("comes to {offer} at rank {rank}, where `value` is {value}"));
            }
            offers.push(offer);
        }
        // A formula that is not defined at an end may have a limit there; one that is infinite has none.
        for end in [0.0, 1.0] {
            let (offer, value) = asked(end);
            if offer == f64::INFINITY && value.is_finite() {
                return Some(format!("grows beyond all bounds where `value` comes to {value}"));
            }
        }
        if let Some(rank) = pole(&ranks, &offers, |rank| asked(rank).0) {
            let (offer, value) = asked(rank);
            let what = if offer.is_nan() { "comes to NaN" } else { "grows beyond all bounds" };
            return Some(format!("{what} near rank {rank:.4}, where `value` is {value:.6}"));
        }
    }
    None
}

/// Where offers grow beyond all bounds between neighbouring ranks, if they do: around each rank at which they are larger in size than beside
/// it, the largest is looked for (golden section).
fn pole(ranks: &[f64], offers: &[f64], mut offer: impl FnMut(f64) -> f64) -> Option<f64> {
    let size = |i: usize| offers.get(i).map_or(f64::NEG_INFINITY, |offer| offer.abs());
    let last = ranks.len() - 1;
    for i in 0..=last {
        let beside = [i.checked_sub(1).map_or(f64::NEG_INFINITY, size), size(i + 1)];
        if beside.iter().any(|other| *other > size(i)) || beside.iter().all(|other| *other == size(i)) {
            continue;
        }
        let (mut low, mut high) = (ranks[i.saturating_sub(1)], ranks[(i + 1).min(last)]);
        let bound = POLE * size(i);
        let golden = 0.5 * (5_f64.sqrt() - 1.0);
        let mut at = |rank: f64| {
            let offer = offer(rank);
            (rank, offer.abs(), offer.is_nan() || offer > bound)
        };
        let (mut left, mut right) = (at(high - golden * (high - low)), at(low + golden * (high - low)));
        for _ in 0..STEPS {
            if let Some(found) = [left, right].into_iter().find(|(.., beyond)| *beyond) {
                return Some(found.0);
            }
            if left.1 >= right.1 {
                (high, right) = (right.0, left);
                left = at(high - golden * (high - low));
            } else {
                (low, left) = (left.0, right);
                right = at(low + golden * (high - low));
            }
        }
    }
    None
}

//! Whether a scripted formula makes sense wherever it may be asked: over the support of private value, at low, usual and
//! high demand, under every contender.

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
        for &rank in &ranks {
            signals.set(&setting.world, &setting.sequencers[i], i, rank, terms.epoch_slots);
            let at = before_play::at(setting, terms, &signals);
            let view = view(rule, &at, i, rule.reference(&at, i));
            let offer = formula.at(&view);
            if !offer.is_finite() {
                return Some(format!("comes to {offer} at rank {rank}, where `value` is {}", view.value));
            }
        }
    }
    None
}

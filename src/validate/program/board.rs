//! Boards of appointees who are offered bribes, are under orders, or fail: settings given, lived through slot by slot.

use super::super::{Draws, Finding};
use super::{metric, replicates};
use crate::experiment::outcome::Outcome;
use crate::measure::statistics::Moments;
use std::fmt::Write;

/// Appointees by a contract, at work without costs.
#[derive(Clone, Debug)]
pub struct Board {
    /// Keys of the world beside its fees.
    pub world: String,
    /// Groups of appointees: name, members, and further keys.
    pub groups: Vec<(String, u32, String)>,
    /// Keys of the contender beside its fee.
    pub rule: String,
    /// Further tables.
    pub tables: String,
    /// Slots of an epoch.
    pub slots: u32,
    /// Epochs measured.
    pub epochs: u32,
}

impl Board {
    /// The experiment.
    pub fn text(&self) -> String {
        let Board { world, rule, tables, slots, epochs, .. } = self;
        let mut text = format!(
            "[experiment]\nname = \"case\"\n\n[world]\nkind = \"rollup\"\nfee_per_slot = 0.01\n{world}\n\n\
             [mechanism.board]\nrule = \"authority\"\ncontract_fee = 0.01\nepoch_slots = {slots}\n{rule}\n\n\
             [play]\nrounds = 1\nmeasured_epochs = {epochs}\n\n{tables}\n"
        );
        for (name, members, keys) in &self.groups {
            let _ = writeln!(text, "[[sequencers]]\nname = \"{name}\"\ncount = {members}\n{keys}\n");
        }
        text
    }
}

/// Replicates of a simulation of given settings: enough for their mean to be normal.
pub fn enough(draws: &Draws) -> u32 {
    draws.either(100, 30)
}

/// Mean of a metric over [`enough`] replicates.
///
/// # Errors
/// As for [`replicates`].
pub fn mean(text: &str, draws: &Draws, key: &str) -> Result<Finding, String> {
    Ok(super::estimate(&replicates(text, draws.seed, enough(draws))?, |o| metric(o, key)))
}

/// Height of a curve at `x`; `NaN` where it has no such point.
pub fn at(outcome: &Outcome, curve: &str, x: f64) -> f64 {
    let points = outcome.curves.iter().find(|c| c.name == curve).map(|c| c.points.as_slice());
    points.unwrap_or_default().iter().find(|p| p.0 == x).map_or(f64::NAN, |p| p.1)
}

/// `Σa/Σb` over replicates, with the standard error of a ratio of means.
pub fn ratio(pairs: &[(f64, f64)]) -> Finding {
    let (a, b): (f64, f64) = pairs.iter().fold((0.0, 0.0), |(a, b), pair| (a + pair.0, b + pair.1));
    let ratio = a / b;
    let off: Moments = pairs.iter().map(|(a, b)| a - ratio * b).collect();
    let each = b / pairs.len() as f64;
    Finding { result: ratio, se: off.standard_error() / each, tick: 0.0 }
}

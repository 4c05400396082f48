//! From a candidate's genes to its experiment, and from there to units.

use super::Optimization;
use crate::experiment::design::{self};
use crate::experiment::file::{Experiment, Library};
use crate::experiment::outcome::Outcome;
use crate::experiment::study;
use crate::experiment::unit::UnitPlan;
use crate::settings::{Diagnostics, Document};
use std::collections::HashMap;
use std::sync::{Arc, RwLock};

/// Reads candidates as experiments, each once, and computes their units on any thread.
pub struct Points<'a> {
    optimization: &'a Optimization,
    bare: &'a Document,
    library: &'a dyn Library,
    read: HashMap<usize, Result<Arc<Experiment>, String>>,
    shared: Arc<RwLock<HashMap<u32, Arc<Experiment>>>>,
}

/// The experiments of candidates that have units, for those who compute them.
#[derive(Clone, Default)]
pub struct Workshop(Arc<RwLock<HashMap<u32, Arc<Experiment>>>>);

impl Workshop {
    /// Simulates a planned unit.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub fn work(&self, plan: &UnitPlan) -> Result<Outcome, String> {
        let known = self.0.read().map_err(|_| "a thread that reads candidates has panicked".to_owned())?;
        let point = known.get(&plan.key.design).cloned();
        drop(known);
        let point = point.ok_or_else(|| format!("there is no candidate {}", plan.key.design))?;
        study::simulate(&point, plan)
    }
}

impl<'a> Points<'a> {
    /// Of a file without the tables that make it an optimization.
    pub fn new(optimization: &'a Optimization, bare: &'a Document, library: &'a dyn Library) -> Self {
        Points { optimization, bare, library, read: HashMap::new(), shared: Arc::default() }
    }

    /// What computes the units of candidates that were planned.
    pub fn workshop(&self) -> Workshop {
        Workshop(Arc::clone(&self.shared))
    }

    /// A candidate's design point.
    pub fn point(&self, genes: &[f64]) -> design::Point {
        design::Point { assignments: self.optimization.assignments(genes) }
    }

    /// The unit of one replicate of a candidate.
    ///
    /// # Errors
    /// Why there cannot be such an experiment, in one line.
    pub fn plan(&mut self, candidate: usize, genes: &[f64], replicate: u32) -> Result<UnitPlan, String> {
        let (optimization, bare, library) = (self.optimization, self.bare, self.library);
        let shared = &self.shared;
        let point = self.read.entry(candidate).or_insert_with(|| {
            let point = design::Point { assignments: optimization.assignments(genes) };
            let experiment =
                experiment(&point, bare, library).map(Arc::new).map_err(|errors| one_line(&errors))?;
            if let Ok(mut known) = shared.write() {
                known.insert(candidate as u32, Arc::clone(&experiment));
            }
            Ok(experiment)
        });
        let point = point.as_ref().map_err(Clone::clone)?;
        let contender = &point.contenders[optimization.contender(genes)];
        Ok(study::plan(point, candidate as u32, contender, replicate))
    }
}

/// The experiment of a design point.
///
/// # Errors
/// Everything that is wrong with it.
pub fn experiment(
    point: &design::Point,
    bare: &Document,
    library: &dyn Library,
) -> Result<Experiment, Diagnostics> {
    study::read_point(point, bare, library).map(|(experiment, _)| experiment)
}

fn one_line(errors: &Diagnostics) -> String {
    let first = errors.iter().next().map(|d| format!("{}: {}", d.path(), d.message()));
    first.unwrap_or_else(|| "it cannot be read".to_owned())
}

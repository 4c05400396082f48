//! A study: an experiment file and the experiments that its design points are.

use super::design::Design;
use super::file::{Contender, Experiment, Library};
use super::outcome::Outcome;
use super::simulate::simulate;
use super::unit::{self, UnitPlan};
use crate::settings::{Diagnostics, Document};

/// The unit of one replicate of a contender at a design point.
pub fn plan(experiment: &Experiment, design: u32, contender: &Contender, replicate: u32) -> UnitPlan {
    let content = experiment.fingerprint(contender);
    unit::plan(&content, experiment.seed, design, &contender.name, replicate)
}

/// What a file asks for, ready to run.
#[derive(Clone, Debug)]
pub struct Study {
    /// The file as written.
    pub experiment: Experiment,
    /// Its design.
    pub design: Design,
    /// The experiment of each point of the design; all have the same contenders and replicates.
    pub points: Vec<Experiment>,
}

impl Study {
    /// Reads a file and all of its design points.
    ///
    /// # Errors
    /// Everything that is wrong with the file, or with the first point at which something is.
    pub fn read(document: Document, library: &dyn Library) -> Result<Self, Diagnostics> {
        let experiment = Experiment::read(document.clone(), library)?;
        let Some(robustness) = &experiment.robustness else {
            let points = vec![experiment.clone()];
            return Ok(Study { experiment, design: Design::as_written(), points });
        };
        let design = robustness.design(&experiment.setting);
        let mut bare = document;
        bare.remove("robustness");
        let read = |point: &super::design::Point| {
            let mut document = point.apply(bare.clone())?;
            // Of the file's own strategies a point has those that it plays.
            let played = super::file::strategies_named(&document);
            for name in document.keys("strategies") {
                if !played.contains(&name) {
                    document.remove_member("strategies", &name);
                }
            }
            Experiment::read(document, library)
        };
        let points = design.points.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Study { experiment, design, points })
    }

    /// The units of the study, design point by design point.
    pub fn plans(&self) -> Vec<UnitPlan> {
        let mut plans = Vec::new();
        for (design, point) in (0..).zip(&self.points) {
            for contender in &point.contenders {
                let content = point.fingerprint(contender);
                let plan = |replicate| unit::plan(&content, point.seed, design, &contender.name, replicate);
                plans.extend((0..point.replicates).map(plan));
            }
        }
        plans
    }

    /// Simulates a planned unit.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub fn work(&self, plan: &UnitPlan) -> Result<Outcome, String> {
        let point = self
            .points
            .get(plan.key.design as usize)
            .ok_or_else(|| format!("there is no design point {}", plan.key.design))?;
        let contender = point
            .contenders
            .iter()
            .find(|contender| contender.name == plan.key.mechanism)
            .ok_or_else(|| format!("there is no contender `{}`", plan.key.mechanism))?;
        simulate(
            &contender.rule,
            &point.setting,
            &contender.terms,
            &point.play,
            plan.seed,
            plan.key.replicate,
        )
        .map_err(|failure| failure.to_string())
    }
}

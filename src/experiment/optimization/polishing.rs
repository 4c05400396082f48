//! Polishing the knees of a front, as a study: from each a descent towards a point that is better in everything.

use super::searching::Searching;
use crate::experiment::outcome::Outcome;
use crate::experiment::runner::{Study, UnitPlan};
use crate::measure::statistics::Moments;
use crate::optimize::best::polish::Polish;
use crate::optimize::frontier::Resampled;
use crate::optimize::search::Request;

/// Candidates of one knee.
const MOST: usize = 60;

/// Descents from the knees of a search that has ended. Knees are those of the search's own replicates.
pub struct Polishing<'s, 'a> {
    searching: &'s mut Searching<'a>,
    descents: Vec<Polish>,
    /// Which descent is at work.
    current: usize,
}

impl<'s, 'a> Polishing<'s, 'a> {
    /// Descents from every knee.
    pub fn new(searching: &'s mut Searching<'a>) -> Self {
        let optimization = searching.optimization();
        let finalists = searching.finalists();
        let all = searching.search().candidates();
        let minimum = optimization.settings.minimum;
        let rows: Vec<Vec<Vec<f64>>> = finalists
            .iter()
            .map(|&i| {
                let row = |r: u32| all[i].row(r as usize)[..optimization.objectives.len()].to_vec();
                (0..minimum).map(row).collect()
            })
            .collect();
        let mut descents = Vec::new();
        if rows.len() > 2 {
            let resampled = Resampled::new(&rows, optimization.settings.seed);
            let span = |j: usize| {
                let means: Moments = resampled.mean.iter().map(|mean| mean[j]).collect();
                (means.variance().sqrt() * 4.0).max(f64::MIN_POSITIVE)
            };
            let spans: Vec<f64> = (0..optimization.objectives.len()).map(span).collect();
            let slacks = optimization.constraints.len() + 1;
            // Twice what parents have at least, so that a descent follows less of the noise.
            let replicates = (2 * minimum).min(optimization.settings.maximum);
            for knee in resampled.knees() {
                let from = &all[finalists[knee.point]];
                descents.push(Polish::new(&optimization.space, from, &spans, slacks, replicates, MOST));
            }
        }
        Polishing { searching, descents, current: 0 }
    }

    /// Knees that are polished.
    pub fn knees(&self) -> usize {
        self.descents.len()
    }

    /// Ends: what was found joins the finalists. Returns how many did.
    pub fn close(self) -> usize {
        let found: Vec<Vec<f64>> =
            self.descents.iter().filter_map(|descent| Some(descent.found()?.genes.clone())).collect();
        self.searching.add_polished(&found)
    }
}

impl Study for Polishing<'_, '_> {
    fn ask(&mut self) -> Option<UnitPlan> {
        loop {
            let descent = self.descents.get_mut(self.current)?;
            let Some(request) = descent.ask() else {
                // One after the other: the next begins when all of this one has been told.
                if !descent.is_over() {
                    return None;
                }
                self.current += 1;
                continue;
            };
            let genes = descent.candidates()[request.candidate].genes.clone();
            let number = self.searching.number(&genes);
            match self.searching.plan(number, request.replicate) {
                Ok(plan) => return Some(plan),
                Err(why) => self.descents[self.current].tell(request, Err(&why)),
            }
        }
    }

    fn tell(&mut self, plan: &UnitPlan, result: Result<&Outcome, &str>) {
        let row = result.map_err(str::to_owned).and_then(|outcome| self.searching.row(outcome));
        let genes = self.searching.genes(plan.key.design as usize).to_vec();
        let descent = &mut self.descents[self.current];
        let Some(candidate) = descent.find(&genes) else { return };
        let request = Request { candidate, replicate: plan.key.replicate };
        match row {
            Ok(row) => descent.tell(request, Ok(&row)),
            Err(why) => descent.tell(request, Err(&why)),
        }
    }
}

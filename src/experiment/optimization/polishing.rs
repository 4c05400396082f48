//! Polishing a front where it bends most, as a study: from there a descent towards a point that is better in everything.
//!
//! With two objectives it starts from each knee of the search's own replicates. With more there are no knees; it starts from the middle of the
//! front's bulge, the point with the least sum of objectives, each measured from its best to its worst on the front (after Das 1999,
//! Structural Optimization 18, pp. 107–115, who takes the point farthest from the plane through the best of each).

use super::searching::Searching;
use crate::experiment::outcome::Outcome;
use crate::experiment::runner::{Study, UnitPlan};
use crate::measure::statistics::Moments;
use crate::optimize::best::polish::Polish;
use crate::optimize::frontier::Resampled;
use crate::optimize::search::Request;

/// Candidates of one descent.
const MOST: usize = 60;

/// Descents from where the front of a search that has ended bends most.
pub struct Polishing<'s, 'a> {
    searching: &'s mut Searching<'a>,
    descents: Vec<Polish>,
    /// Which descent is at work.
    current: usize,
}

impl<'s, 'a> Polishing<'s, 'a> {
    /// Descents from every such point.
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
                means.variance().sqrt() * 4.0
            };
            let spans: Vec<f64> = (0..optimization.objectives.len()).map(span).collect();
            let slacks = optimization.constraints.len() + 1;
            // Twice what parents have at least, so that a descent follows less of the noise.
            let replicates = (2 * minimum).min(optimization.settings.maximum);
            let starts: Vec<usize> = if optimization.objectives.len() == 2 {
                resampled.knees().iter().map(|knee| knee.point).collect()
            } else {
                bulge(&resampled.mean).into_iter().collect()
            };
            // Where nothing varies nothing can be better.
            for start in starts.into_iter().filter(|_| spans.iter().any(|span| *span > 0.0)) {
                let from = &all[finalists[start]];
                descents.push(Polish::new(&optimization.space, from, &spans, slacks, replicates, MOST));
            }
        }
        Polishing { searching, descents, current: 0 }
    }

    /// Points that are polished.
    pub fn starts(&self) -> usize {
        self.descents.len()
    }

    /// Ends: what was found joins the finalists. Returns how many did.
    pub fn close(self) -> usize {
        let found: Vec<Vec<f64>> =
            self.descents.iter().filter_map(|descent| Some(descent.found()?.genes.clone())).collect();
        self.searching.add_polished(&found)
    }
}

/// The middle of a front's bulge; `None` of nothing.
fn bulge(means: &[Vec<f64>]) -> Option<usize> {
    let objectives = means.first()?.len();
    let ends = |j: usize| {
        let all = means.iter().map(|mean| mean[j]);
        (all.clone().fold(f64::INFINITY, f64::min), all.fold(f64::NEG_INFINITY, f64::max))
    };
    let ends: Vec<(f64, f64)> = (0..objectives).map(ends).collect();
    let share =
        |x: f64, (best, worst): (f64, f64)| if worst > best { (x - best) / (worst - best) } else { 0.0 };
    let depth = |i: &usize| means[*i].iter().zip(&ends).map(|(x, ends)| share(*x, *ends)).sum::<f64>();
    (0..means.len()).min_by(|a, b| depth(a).total_cmp(&depth(b)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bulge_of_a_front_is_where_everything_is_nearly_at_its_best() {
        // Objectives in units of their own; a tenth from the best of each against four tenths.
        let means = [
            vec![0.0, 100.0, 5.0],
            vec![1.0, 0.0, 6.0],
            vec![0.4, 40.0, 0.0],
            vec![0.1, 10.0, 0.6],
            vec![0.4, 40.0, 2.4],
        ];
        assert_eq!(bulge(&means), Some(3));
        // What never varies says nothing.
        assert_eq!(bulge(&[vec![1.0, 2.0, 7.0], vec![2.0, 1.0, 7.0], vec![1.1, 1.1, 7.0]]), Some(2));
        assert_eq!(bulge(&[]), None);
    }
}

//! Polishing a point of a front: is there a point beside it that is better in everything?
//!
//! With `z` the point's objectives and `s` their spans over the front, the simplex of Nelder and Mead descends the weighted Chebyshev
//! distance `max_j (f_j − z_j)/s_j` over a box round the point, categories staying as they are (Miettinen 1999, "Nonlinear
//! Multiobjective Optimization", section 3.4). Below zero everything is better. An objective that does not vary over the front, of span zero, is
//! left out: it could not be better. Positions are judged by means over the same replicates,
//! and infeasible where the mean of a slack is negative; what is found must stand the audit like every other finalist.

use super::descent::{Descent, Step};
use super::pool::Pool;
use crate::optimize::candidate::Candidate;
use crate::optimize::search::Request;
use crate::optimize::space::Space;

/// Half the side of the box, as a share of each variable's range.
const REACH: f64 = 0.08;

/// A descent from one point.
#[derive(Clone, Debug)]
pub struct Polish {
    pool: Pool,
    /// The point.
    genes: Vec<f64>,
    /// Variables that move.
    free: Vec<usize>,
    /// Its objectives, and what each is measured in.
    target: Vec<f64>,
    spans: Vec<f64>,
    replicates: u32,
    /// Candidates after which it ends in any case.
    most: usize,
    found: Option<usize>,
    is_over: bool,
}

impl Polish {
    /// From a candidate of a front with these spans, by means over so many replicates, with at most `most` candidates. Rows have
    /// `slacks` slacks behind the objectives.
    pub fn new(
        space: &Space,
        from: &Candidate,
        spans: &[f64],
        slacks: usize,
        replicates: u32,
        most: usize,
    ) -> Self {
        let active = space.active(&from.genes);
        let free = (0..space.len()).filter(|&i| active[i] && space.variables[i].kind.is_ordered()).collect();
        let mut polish = Polish {
            pool: Pool::new(space.clone(), spans.len(), slacks),
            genes: from.genes.clone(),
            free,
            target: Vec::new(),
            spans: spans.to_vec(),
            replicates,
            most,
            found: None,
            is_over: false,
        };
        // The point itself first: what it is held against is on the same replicates.
        polish.pool.want(&from.genes, replicates);
        polish
    }

    /// Candidates, of whom the first is the point itself.
    pub fn candidates(&self) -> &[Candidate] {
        self.pool.candidates()
    }

    /// The candidate that is better in everything, as far as these replicates tell; `None` while there is none.
    pub fn found(&self) -> Option<&Candidate> {
        self.found.map(|place| &self.pool.candidates()[place])
    }

    /// Whether it has come to its end.
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// The candidate at these genes.
    pub fn find(&self, genes: &[f64]) -> Option<usize> {
        self.pool.find(genes)
    }

    /// The next evaluation; `None` where there is none before the next tell.
    pub fn ask(&mut self) -> Option<Request> {
        self.pool.ask()
    }

    /// The result of an evaluation, in the order of asking.
    pub fn tell(&mut self, request: Request, result: Result<&[f64], &str>) {
        self.pool.tell(request, result);
        while self.pool.is_idle() && !self.is_over {
            self.advance();
        }
    }

    /// Where a position of the box lies in the space.
    fn place(&self, position: &[f64]) -> Vec<f64> {
        let mut genes = self.genes.clone();
        for (&i, x) in self.free.iter().zip(position) {
            genes[i] = (genes[i] + REACH * (2.0 * x - 1.0)).clamp(0.0, 1.0);
        }
        genes
    }

    fn distance(&self, place: usize) -> Option<f64> {
        let Some(means) = self.pool.means(place, self.replicates)? else { return Some(f64::INFINITY) };
        let (objectives, slacks) = means.split_at(self.spans.len());
        if slacks.iter().any(|slack| *slack < 0.0) {
            return Some(f64::INFINITY);
        }
        let varying = objectives.iter().zip(&self.target).zip(&self.spans).filter(|(_, s)| **s > 0.0);
        let each = varying.map(|((f, z), s)| (f - z) / s);
        Some(each.fold(f64::NEG_INFINITY, f64::max))
    }

    fn advance(&mut self) {
        if self.target.is_empty() {
            let Some(Some(means)) = self.pool.means(0, self.replicates) else {
                self.is_over = true;
                return;
            };
            self.target = means[..self.spans.len()].to_vec();
        }
        let known = |position: &[f64]| self.distance(self.pool.find(&self.place(position))?);
        let step = if self.free.is_empty() || self.candidates().len() >= self.most {
            Step::Ended(None)
        } else {
            Descent::NelderMead.step(self.free.len(), known)
        };
        match step {
            Step::Evaluate(positions) => {
                for position in positions {
                    let genes = self.place(&position);
                    self.pool.want(&genes, self.replicates);
                }
            }
            Step::Ended(_) => {
                let distances = (0..self.candidates().len()).filter_map(|i| Some((i, self.distance(i)?)));
                let best = distances.min_by(|a, b| a.1.total_cmp(&b.1));
                self.found = best.filter(|(_, distance)| *distance < 0.0).map(|(place, _)| place);
                self.is_over = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn polished(at: f64) -> (Polish, f64) {
        // The front is where x₁ = .3: f₁ = x₀ + d², f₂ = 1 − x₀ + d², d = x₁ − .3. A third objective never varies.
        let f = |x: &[f64]| {
            let d = x[1] - 0.3;
            [x[0] + d * d, 1.0 - x[0] + d * d, 7.0]
        };
        let start = [0.5, at];
        let mut from = Candidate::new(start.to_vec(), 0, 3, 0);
        from.push(&f(&start));
        let mut polish = Polish::new(&Space::cube(2), &from, &[1.0, 1.0, 0.0], 0, 2, 200);
        while let Some(request) = polish.ask() {
            let row = f(&polish.candidates()[request.candidate].genes);
            polish.tell(request, Ok(&row));
        }
        (polish, f(&start)[0])
    }

    #[test]
    fn a_point_beside_the_front_is_moved_towards_it_and_one_on_it_stays() {
        let (polish, before) = polished(0.36);
        let found = polish.found().unwrap();
        assert!(found.mean()[0] < before && found.mean()[1] < before, "{:?}", found.mean());
        assert!((found.genes[1] - 0.3).abs() < 0.03);
        let (polish, _) = polished(0.3);
        let gain = polish.found().map_or(0.0, |found| 0.5 - found.mean()[0].max(found.mean()[1]));
        assert!(gain <= 1e-12, "{gain}");
    }
}

//! The search as a study: units on the draws that all candidates share, told back as rows of objectives and slacks.

use super::points::Points;
use super::record::Record;
use super::{FIRST_AUDIT, Optimization};
use crate::experiment::design;
use crate::experiment::outcome::Outcome;
use crate::experiment::runner::{Study, UnitPlan};
use crate::optimize::candidate::Candidate;
use crate::optimize::search::{Request, Search};

/// A search that asks for units.
pub struct Searching<'a> {
    optimization: &'a Optimization,
    tolerance: f64,
    search: Search,
    points: Points<'a>,
    /// Genes of candidates that the search did not breed, numbered after its own.
    polished: Vec<Vec<f64>>,
    /// Those of them that are finalists, by number.
    accepted: Vec<usize>,
}

impl<'a> Searching<'a> {
    /// A search that has asked for nothing yet. `tolerance` is that of the certificate.
    pub fn new(optimization: &'a Optimization, tolerance: f64, points: Points<'a>) -> Self {
        // The last slack is the certificate's.
        let slacks = optimization.constraints.len() + 1;
        let search = Search::new(
            optimization.space.clone(),
            optimization.objectives.len(),
            slacks,
            optimization.settings.clone(),
        );
        Searching { optimization, tolerance, search, points, polished: Vec::new(), accepted: Vec::new() }
    }

    /// The search.
    pub fn search(&self) -> &Search {
        &self.search
    }

    /// What is optimized.
    pub fn optimization(&self) -> &'a Optimization {
        self.optimization
    }

    /// Number of candidates, those of polishing with them.
    pub fn candidates(&self) -> usize {
        self.search.candidates().len() + self.polished.len()
    }

    /// Genes of a candidate.
    pub fn genes(&self, candidate: usize) -> &[f64] {
        let bred = self.search.candidates();
        bred.get(candidate).map_or_else(|| &self.polished[candidate - bred.len()], |c| &c.genes).as_slice()
    }

    /// The number of the candidate with these genes, a new one where there is none.
    pub fn number(&mut self, genes: &[f64]) -> usize {
        let found = (0..self.candidates()).find(|&i| self.optimization.space.same(self.genes(i), genes));
        found.unwrap_or_else(|| {
            self.polished.push(genes.to_vec());
            self.candidates() - 1
        })
    }

    /// The unit of one replicate of a candidate.
    ///
    /// # Errors
    /// Why there cannot be one.
    pub fn plan(&mut self, candidate: usize, replicate: u32) -> Result<UnitPlan, String> {
        let genes = self.genes(candidate).to_vec();
        self.points.plan(candidate, &genes, replicate)
    }

    /// Takes candidates among the finalists; returns how many were none.
    pub fn add_polished(&mut self, found: &[Vec<f64>]) -> usize {
        let before = self.finalists();
        for genes in found {
            let number = self.number(genes);
            if !before.contains(&number) && !self.accepted.contains(&number) {
                self.accepted.push(number);
            }
        }
        self.accepted.len()
    }

    /// What a candidate assigns.
    pub fn point(&self, candidate: usize) -> design::Point {
        self.points.point(self.genes(candidate))
    }

    /// The candidates that the audit looks at: the front of all that were bred, and what polishing found.
    pub fn finalists(&self) -> Vec<usize> {
        let mut finalists = self.search.front_of_all(self.optimization.settings.population);
        finalists.extend(&self.accepted);
        finalists
    }

    /// Candidates that keep the constraints and that no finalist dominates, but whose play is not certified: at most as many
    /// as a population.
    pub fn uncertified(&self, finalists: &[usize]) -> Vec<usize> {
        let all = self.search.candidates();
        let confidence = self.optimization.settings.confidence;
        let is_open = |c: &Candidate| {
            let certificate = c.slack(self.optimization.constraints.len(), confidence);
            c.replicates() >= self.optimization.settings.minimum
                && c.failure.is_none()
                && certificate < 0.0
                && (0..self.optimization.constraints.len()).all(|k| c.slack(k, confidence) >= 0.0)
        };
        let open: Vec<usize> = (0..all.len()).filter(|&i| is_open(&all[i])).collect();
        let beats = |a: &Candidate, b: &Candidate| self.search.judge().probabilities(a, b).0 > 0.5;
        let mut found: Vec<usize> = open
            .iter()
            .copied()
            .filter(|&i| {
                let bred = finalists.iter().filter(|&&k| k < all.len());
                let rivals = bred.chain(&open).filter(|&&k| k != i);
                rivals.into_iter().all(|&k| !beats(&all[k], &all[i]))
            })
            .collect();
        found.truncate(self.optimization.settings.population);
        found
    }

    /// The unit of a finalist's audit replicate.
    ///
    /// # Errors
    /// Why there cannot be one.
    pub fn audit_plan(&mut self, candidate: usize, replicate: u32) -> Result<UnitPlan, String> {
        self.plan(candidate, FIRST_AUDIT + replicate)
    }

    /// What is kept of the search beside its units.
    pub fn record(&self, complete: bool) -> Record {
        Record::of(self, self.optimization, complete)
    }

    /// Objectives and slacks of an outcome.
    pub(super) fn row(&self, outcome: &Outcome) -> Result<Vec<f64>, String> {
        let value = |key: &str| outcome.metrics.iter().find(|(name, _)| *name == key).map(|(_, v)| *v);
        let mut row = self.optimization.row(outcome)?;
        row.push(certificate_slack(value("certified"), value("deviation_gain_upper"), self.tolerance));
        Ok(row)
    }
}

/// How far within the tolerance a replicate's bound is, as a share of the tolerance; 0 where nobody learns. What is not
/// certified, for whatever reason, is at least a hundredth beyond it.
fn certificate_slack(certified: Option<f64>, upper: Option<f64>, tolerance: f64) -> f64 {
    let Some(certified) = certified else { return 0.0 };
    let slack = upper.map_or(0.0, |upper| (tolerance - upper) / tolerance);
    // One wild replicate should not outweigh all others by orders of magnitude.
    if certified == 1.0 { slack.max(0.0) } else { slack.clamp(-10.0, -0.01) }
}

impl Study for Searching<'_> {
    fn ask(&mut self) -> Option<UnitPlan> {
        loop {
            let request = self.search.ask()?;
            let genes = self.search.candidates()[request.candidate].genes.clone();
            match self.points.plan(request.candidate, &genes, request.replicate) {
                Ok(plan) => return Some(plan),
                Err(why) => self.search.tell(request, Err(&why)),
            }
        }
    }

    fn tell(&mut self, plan: &UnitPlan, result: Result<&Outcome, &str>) {
        let request = Request { candidate: plan.key.design as usize, replicate: plan.key.replicate };
        let row = match result {
            Ok(outcome) => self.row(outcome),
            Err(why) => Err(why.to_owned()),
        };
        match row {
            Ok(row) => self.search.tell(request, Ok(&row)),
            Err(why) => self.search.tell(request, Err(&why)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_certificates_slack_has_the_sign_of_the_certificate() {
        assert_eq!(certificate_slack(None, None, 0.01), 0.0);
        assert!((certificate_slack(Some(1.0), Some(0.002), 0.01) - 0.8).abs() < 1e-12);
        assert!((certificate_slack(Some(0.0), Some(0.03), 0.01) + 2.0).abs() < 1e-12);
        // The delegators' bound, not that of the sequencers, is beyond the tolerance.
        assert_eq!(certificate_slack(Some(0.0), Some(0.002), 0.01), -0.01);
    }
}

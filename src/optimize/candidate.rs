//! What is known of a candidate: for each replicate, its objectives and the slack of each constraint.

use crate::numerics::{normal_cdf, normal_quantile};

/// A candidate with its results, replicate by replicate from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Its genes.
    pub genes: Vec<f64>,
    /// Generation in which it was bred, from 0.
    pub born: u32,
    /// Why it cannot be evaluated, where it cannot.
    pub failure: Option<String>,
    objectives: usize,
    width: usize,
    /// One row for each replicate: objectives (less is better), then slacks (feasible from 0 up).
    rows: Vec<f64>,
    means: Vec<f64>,
    squares: Vec<f64>,
}

impl Candidate {
    /// A candidate of which nothing is known yet.
    pub fn new(genes: Vec<f64>, born: u32, objectives: usize, slacks: usize) -> Self {
        let width = objectives + slacks;
        let (means, squares) = (vec![0.0; width], vec![0.0; width]);
        Candidate { genes, born, failure: None, objectives, width, rows: Vec::new(), means, squares }
    }

    /// Adds the next replicate: objectives, then slacks.
    ///
    /// # Panics
    /// Where the row has another length.
    pub fn push(&mut self, row: &[f64]) {
        assert_eq!(row.len(), self.width, "a row has every objective and slack");
        self.rows.extend_from_slice(row);
        let n = f64::from(self.replicates());
        for ((mean, squares), x) in self.means.iter_mut().zip(&mut self.squares).zip(row) {
            let before = x - *mean;
            *mean += before / n;
            *squares += before * (x - *mean);
        }
    }

    /// Replicates that are known.
    pub fn replicates(&self) -> u32 {
        (self.rows.len() / self.width) as u32
    }

    /// Number of objectives.
    pub fn objectives(&self) -> usize {
        self.objectives
    }

    /// Objectives and slacks of one replicate.
    pub fn row(&self, replicate: usize) -> &[f64] {
        &self.rows[replicate * self.width..(replicate + 1) * self.width]
    }

    /// Mean of each objective.
    pub fn mean(&self) -> &[f64] {
        &self.means[..self.objectives]
    }

    /// Variance of an objective over replicates; 0 where there are fewer than two.
    pub fn variance(&self, objective: usize) -> f64 {
        let n = f64::from(self.replicates());
        if n > 1.0 { self.squares[objective] / (n - 1.0) } else { 0.0 }
    }

    /// Mean and standard error of each slack; the error is 0 where one replicate gives none.
    fn slacks(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let n = f64::from(self.replicates());
        let error = move |squares: f64| if n > 1.0 { (squares / (n * (n - 1.0))).sqrt() } else { 0.0 };
        self.means[self.objectives..]
            .iter()
            .zip(&self.squares[self.objectives..])
            .map(move |(m, s)| (*m, error(*s)))
    }

    /// Lower end of the one-sided interval of a slack, of this confidence.
    pub fn slack(&self, constraint: usize, confidence: f64) -> f64 {
        let z = normal_quantile(confidence);
        self.slacks()
            .nth(constraint)
            .map_or(f64::NAN, |(mean, error)| if error > 0.0 { mean - z * error } else { mean })
    }

    /// Mean of each slack.
    pub fn mean_slacks(&self) -> &[f64] {
        &self.means[self.objectives..]
    }

    /// Probability that every expected slack is at least 0, by the normal law, constraints taken as independent.
    pub fn probability_feasible(&self) -> f64 {
        if self.failure.is_some() {
            return 0.0;
        }
        self.slacks().map(|(mean, error)| probability_not_below(mean, error)).product()
    }

    /// By how much constraints are missed in all: the sum over constraints of what the lower end of the slack's one-sided
    /// interval of this confidence lies below 0. Zero where the candidate is feasible with that confidence.
    pub fn violation(&self, confidence: f64) -> f64 {
        if self.failure.is_some() {
            return f64::INFINITY;
        }
        if self.width == self.objectives {
            return 0.0;
        }
        let z = normal_quantile(confidence);
        self.slacks().map(|(mean, error)| if error > 0.0 { z * error - mean } else { -mean }.max(0.0)).sum()
    }
}

/// Probability that an expectation is at least 0, given its estimate and the estimate's error.
pub(super) fn probability_not_below(estimate: f64, error: f64) -> f64 {
    if error > 0.0 { normal_cdf(estimate / error) } else { f64::from(u8::from(estimate >= 0.0)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feasibility_is_a_matter_of_probability() {
        let mut candidate = Candidate::new(vec![0.5], 0, 1, 1);
        candidate.push(&[1.0, 0.1]);
        assert_eq!((candidate.probability_feasible(), candidate.violation(0.95)), (1.0, 0.0));
        candidate.push(&[3.0, -0.1]);
        // Mean slack 0: as likely feasible as not. Standard error √(.02/2) = .1.
        assert_eq!(candidate.mean(), [2.0]);
        assert!((candidate.probability_feasible() - 0.5).abs() < 1e-12);
        assert!((candidate.violation(0.95) - 0.164_485).abs() < 1e-5);
        assert_eq!(candidate.row(1), [3.0, -0.1]);
        candidate.failure = Some("no such seat".to_owned());
        assert_eq!((candidate.probability_feasible(), candidate.violation(0.95)), (0.0, f64::INFINITY));
    }
}

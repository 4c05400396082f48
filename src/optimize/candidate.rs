//! What is known of a candidate: for each replicate, its objectives and the slack of each constraint.
//!
//! *Feasible* is who keeps each constraint with the confidence asked for, constraints one by one: whose expected slack is not below 0
//! by a one-sided test. With `n` replicates of mean `m` and standard error `e` that is Student's, `P = T_{n−1}(m/e)`, but never more
//! than `1 − 2⁻ⁿ`, which is what the sign test can say of `n` slacks that are all on the right side: replicates that are all alike
//! have no error, and still say nothing about what none of them has met.

use crate::measure::student::{cdf, upper_quantile};

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

    /// Lower end of the one-sided interval of a slack, of this confidence; just below 0 where the mean is not, but replicates are too
    /// few for that confidence whatever they say.
    pub fn slack(&self, constraint: usize, confidence: f64) -> f64 {
        self.slacks().nth(constraint).map_or(f64::NAN, |slack| self.lower_end(slack, confidence))
    }

    fn lower_end(&self, (mean, error): (f64, f64), confidence: f64) -> f64 {
        let end = if error > 0.0 { mean - upper_quantile(confidence, self.freedom()) * error } else { mean };
        if self.sign_test() < confidence { end.min(-f64::MIN_POSITIVE) } else { end }
    }

    fn freedom(&self) -> f64 {
        f64::from(self.replicates()) - 1.0
    }

    /// The most that so many replicates can say.
    fn sign_test(&self) -> f64 {
        most_sure(self.replicates())
    }

    /// Mean of each slack.
    pub fn mean_slacks(&self) -> &[f64] {
        &self.means[self.objectives..]
    }

    /// Probability that every expected slack is at least 0, constraints taken as independent.
    pub fn probability_feasible(&self) -> f64 {
        if self.failure.is_some() {
            return 0.0;
        }
        let most = self.sign_test();
        self.slacks()
            .map(|(mean, error)| probability_not_below(mean, error, self.freedom()).min(most))
            .product()
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
        self.slacks().map(|slack| (-self.lower_end(slack, confidence)).max(0.0)).sum()
    }
}

/// The highest probability that the sign test gives so many replicates, `1 − 2⁻ⁿ`.
pub fn most_sure(replicates: u32) -> f64 {
    1.0 - 1.0 / (1_u64 << replicates.min(60)) as f64
}

/// Probability that an expectation is at least 0, given its estimate, the estimate's error and the degrees of freedom of that.
pub(super) fn probability_not_below(estimate: f64, error: f64, freedom: f64) -> f64 {
    if error > 0.0 { cdf(estimate / error, freedom) } else { f64::from(u8::from(estimate >= 0.0)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feasibility_is_a_matter_of_probability() {
        let mut candidate = Candidate::new(vec![0.5], 0, 1, 1);
        candidate.push(&[1.0, 0.1]);
        // One replicate on the right side is as good as a toss of a coin.
        assert_eq!((candidate.probability_feasible(), candidate.violation(0.5)), (0.5, 0.0));
        assert!(candidate.violation(0.95) > 0.0 && candidate.violation(0.95) < 1e-300);
        candidate.push(&[3.0, -0.1]);
        // Mean slack 0: as likely feasible as not. Standard error √(.02/2) = .1, and the 95% point of Student's law with one degree
        // of freedom is 6.3138.
        assert_eq!(candidate.mean(), [2.0]);
        assert!((candidate.probability_feasible() - 0.5).abs() < 1e-12);
        assert!((candidate.violation(0.95) - 0.631_375).abs() < 1e-5);
        assert_eq!(candidate.row(1), [3.0, -0.1]);
        candidate.failure = Some("no such seat".to_owned());
        assert_eq!((candidate.probability_feasible(), candidate.violation(0.95)), (0.0, f64::INFINITY));
    }

    #[test]
    fn replicates_that_are_all_alike_are_no_proof() {
        let mut candidate = Candidate::new(vec![0.5], 0, 0, 1);
        for n in 1..=8 {
            candidate.push(&[0.01]);
            assert_eq!(candidate.probability_feasible(), 1.0 - 1.0 / f64::from(1 << n));
            // Five tosses of a coin that all come up heads have a probability of 3%.
            assert_eq!(candidate.violation(0.95) == 0.0, n >= 5, "{n}");
        }
    }

    #[test]
    fn who_keeps_a_constraint_just_so_is_said_to_with_the_confidence_only() {
        // Expected slack 0: said to be feasible with 95% in 5% of studies of eight, and not in 7.3% as by the normal law.
        let studies = 2000;
        let draws = crate::draws::Key::new(2, 0, 0)
            .stream(crate::draws::Purpose::Resample, crate::draws::Who::MARKET);
        let said: u32 = (0..studies)
            .map(|study| {
                let mut candidate = Candidate::new(Vec::new(), 0, 0, 1);
                for r in 0..8 {
                    candidate.push(&[crate::numerics::normal_quantile(draws.uniform(study, r))]);
                }
                u32::from(candidate.violation(0.95) == 0.0)
            })
            .sum();
        let rate = f64::from(said) / f64::from(studies);
        assert!((rate - 0.05).abs() < 3.0 * (0.05_f64 * 0.95 / f64::from(studies)).sqrt(), "{rate}");
    }
}

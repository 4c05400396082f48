//! Who dominates whom under noise, and fronts.
//!
//! Replicates are shared, but one candidate may have more of them. With `n` replicates in common and `a` having `N ≥ n`, the
//! difference of an objective is estimated as that of bivariate normal data of which the longer series is whole (Anderson
//! 1957, J. Amer. Statist. Assoc. 52, pp. 200–203): `d = ā_N − b̄_n − ρ(ā_N − ā_n)`, where `ρ` is how far candidates move
//! together on the same draws, as pairs showed before. With `ρ = 1` it is the paired difference over the `n`, with `ρ = 0` the
//! difference of all. Its variance is `s²·[(w² − 2wρ + 1)/(2(1 − ρ)n) + (1 − ρ)(N − n)/(2N²)]`, `w = ρ + (1 − ρ)n/N`, where
//! `s²` is the variance of a paired difference of one replicate: `s²/n` where `N = n`. Few replicates say little about `s²`:
//! it is shrunk towards that of earlier pairs, which counts for `PRIOR` replicates (the scaled inverse-χ² prior of Gelman et al. 2013,
//! "Bayesian Data Analysis", section 3.3).
//!
//! `P(a ≻ b) = Π_j T_ν(−d_j/e_j)` is the probability that `a` is no worse in any objective, objectives taken as independent and `T_ν`
//! Student's law with the degrees of freedom of `s²`: `n − 1`, and `PRIOR` more where earlier pairs count;
//! `a` *dominates* `b` where it exceeds [`Judge::threshold`]. Without noise that is Pareto dominance.
//!
//! Constraints come first (Deb 2000, Comput. Methods Appl. Mech. Engrg. 186, pp. 311–338): a candidate that is feasible with
//! the judge's confidence dominates one that is not, and of two that are not, the one that misses less.

use super::candidate::{Candidate, probability_not_below};

/// Replicates that the noise of earlier pairs counts for.
const PRIOR: f64 = 4.0;

/// How candidates are compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Judge {
    /// Probability above which a candidate dominates another.
    pub threshold: f64,
    /// Confidence with which a candidate is feasible.
    pub confidence: f64,
    /// By objective, as pairs showed it before; empty where unknown.
    pub noise: Vec<Noise>,
}

/// Noise of an objective.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Noise {
    /// Variance of a paired difference of one replicate.
    pub variance: f64,
    /// Correlation of two candidates on the same draws, from 0 to 1.
    pub likeness: f64,
}

impl Judge {
    /// A judge who has not seen any noise yet.
    pub fn new(threshold: f64, confidence: f64) -> Self {
        Judge { threshold, confidence, noise: Vec::new() }
    }

    /// `P(a ≻ b)` and `P(b ≻ a)` by objectives alone, over the replicates that both have.
    pub fn probabilities(&self, a: &Candidate, b: &Candidate) -> (f64, f64) {
        let shared = a.replicates().min(b.replicates()) as usize;
        let (mut forth, mut back) = (1.0, 1.0);
        let mut equal = true;
        for j in 0..a.objectives() {
            let (mean, variance, freedom) = self.difference(a, b, j, shared);
            equal &= mean == 0.0 && variance == 0.0;
            // Without noise the common case: no need for Student's law.
            if variance == 0.0 {
                forth *= f64::from(u8::from(mean <= 0.0));
                back *= f64::from(u8::from(mean >= 0.0));
            } else {
                let p = probability_not_below(-mean, variance.sqrt(), freedom);
                forth *= p;
                back *= 1.0 - p;
            }
            if forth == 0.0 && back == 0.0 {
                break;
            }
        }
        if equal { (0.0, 0.0) } else { (forth, back) }
    }

    /// Estimated difference `a − b` of an objective, the variance of that estimate, and its degrees of freedom.
    fn difference(&self, a: &Candidate, b: &Candidate, objective: usize, shared: usize) -> (f64, f64, f64) {
        if shared == 0 {
            return (0.0, f64::INFINITY, 1.0);
        }
        let prior = self.noise.get(objective);
        let n = shared as f64;
        let freedom = n - 1.0 + if prior.is_some() { PRIOR } else { 0.0 };
        let (mean, one) = if shared == 1 {
            (a.row(0)[objective] - b.row(0)[objective], prior.map_or(0.0, |noise| noise.variance))
        } else {
            let (mean, squares) = moments(a, b, objective, shared);
            let variance = match prior {
                Some(noise) => (PRIOR * noise.variance + squares) / (PRIOR + n - 1.0),
                None => squares / (n - 1.0),
            };
            (mean, variance)
        };
        let more = a.replicates().max(b.replicates()) as usize;
        let likeness = prior.map_or(1.0, |noise| noise.likeness);
        if more == shared || likeness >= 1.0 {
            return (mean, one / n, freedom);
        }
        // The longer series beyond what both have.
        let (longer, sign) = if a.replicates() as usize == more { (a, 1.0) } else { (b, -1.0) };
        let head = (0..shared).map(|r| longer.row(r)[objective]).sum::<f64>() / n;
        let whole = more as f64;
        let apart = 1.0 - likeness;
        let w = likeness + apart * n / whole;
        let factor = (w * w - 2.0 * w * likeness + 1.0) / (2.0 * apart * n)
            + apart * (whole - n) / (2.0 * whole * whole);
        (mean + sign * apart * (longer.mean()[objective] - head), one * factor, freedom)
    }

    /// Learns the noise of paired differences from candidates with at least `enough` replicates: the mean over neighbours in
    /// the list given.
    pub fn learn(&mut self, candidates: &[&Candidate], enough: u32) {
        let Some(first) = candidates.first() else { return };
        // Sums of variances of differences, and of the two candidates' own.
        let mut sums = vec![(0.0, 0.0); first.objectives()];
        let mut pairs = 0.0;
        for pair in candidates.windows(2) {
            let shared = pair[0].replicates().min(pair[1].replicates());
            if shared < enough.max(2) {
                continue;
            }
            pairs += 1.0;
            for (j, (apart, own)) in sums.iter_mut().enumerate() {
                *apart += moments(pair[0], pair[1], j, shared as usize).1 / (f64::from(shared) - 1.0);
                *own += pair[0].variance(j) + pair[1].variance(j);
            }
        }
        if pairs > 0.0 {
            let noise = |(apart, own): (f64, f64)| Noise {
                variance: apart / pairs,
                likeness: if own > 0.0 { (1.0 - apart / own).clamp(0.0, 1.0) } else { 1.0 },
            };
            self.noise = sums.into_iter().map(noise).collect();
        }
    }

    /// Fronts of the candidates: the first has those whom nobody dominates, the next those whom only members of earlier
    /// ones do. Where comparisons go round in circles, those with fewest superiors come first.
    pub fn fronts(&self, candidates: &[&Candidate]) -> Vec<Vec<usize>> {
        let n = candidates.len();
        let violations: Vec<f64> = candidates.iter().map(|c| c.violation(self.confidence)).collect();
        let mut superiors = vec![0_u32; n];
        let mut inferiors: Vec<Vec<u32>> = vec![Vec::new(); n];
        let mut note = |winner: usize, loser: usize| {
            superiors[loser] += 1;
            inferiors[winner].push(loser as u32);
        };
        // Without noise and constraints dominance is Pareto's, of outcomes that stand side by side.
        let plain = violations.iter().all(|v| *v == 0.0)
            && self.noise.iter().all(|noise| noise.variance == 0.0)
            && candidates.iter().all(|c| c.replicates() == 1)
            && (0.0..1.0).contains(&self.threshold);
        if plain {
            let width = candidates.first().map_or(1, |c| c.objectives().max(1));
            let outcomes: Vec<f64> = candidates.iter().flat_map(|c| c.mean().iter().copied()).collect();
            for (a, x) in outcomes.chunks_exact(width).enumerate() {
                for (b, y) in outcomes.chunks_exact(width).enumerate().take(a) {
                    let (mut less, mut more) = (false, false);
                    for (x, y) in x.iter().zip(y) {
                        less |= x < y;
                        more |= x > y;
                    }
                    if less != more {
                        if less { note(a, b) } else { note(b, a) }
                    }
                }
            }
        }
        for a in 0..if plain { 0 } else { n } {
            for b in 0..a {
                let (v, w) = (violations[a], violations[b]);
                if v > 0.0 || w > 0.0 {
                    if v < w {
                        note(a, b);
                    } else if w < v {
                        note(b, a);
                    }
                    continue;
                }
                let (forth, back) = self.probabilities(candidates[a], candidates[b]);
                if forth > self.threshold {
                    note(a, b);
                } else if back > self.threshold {
                    note(b, a);
                }
            }
        }
        let mut left: Vec<usize> = (0..n).collect();
        let mut fronts = Vec::new();
        while !left.is_empty() {
            let least = left.iter().map(|&i| superiors[i]).min().unwrap_or(0);
            let (front, rest): (Vec<usize>, Vec<usize>) = left.iter().partition(|&&i| superiors[i] == least);
            for &member in &front {
                for &i in &inferiors[member] {
                    superiors[i as usize] = superiors[i as usize].saturating_sub(1);
                }
            }
            left = rest;
            fronts.push(front);
        }
        fronts
    }
}

/// Mean and sum of squared deviations of the paired difference of an objective.
fn moments(a: &Candidate, b: &Candidate, objective: usize, shared: usize) -> (f64, f64) {
    let (mut mean, mut squares) = (0.0, 0.0);
    for r in 0..shared {
        let x = a.row(r)[objective] - b.row(r)[objective];
        let before = x - mean;
        mean += before / (r as f64 + 1.0);
        squares += before * (x - mean);
    }
    (mean, squares)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(rows: &[&[f64]]) -> Candidate {
        let mut candidate = Candidate::new(Vec::new(), 0, 2, rows[0].len() - 2);
        for row in rows {
            candidate.push(row);
        }
        candidate
    }

    #[test]
    fn without_noise_it_is_pareto_dominance() {
        let judge = Judge::new(0.5, 0.95);
        let pool: Vec<Candidate> = [[1.0, 4.0], [2.0, 2.0], [4.0, 1.0], [2.0, 3.0], [2.0, 2.0], [5.0, 5.0]]
            .iter()
            .map(|row| candidate(&[row]))
            .collect();
        let all: Vec<&Candidate> = pool.iter().collect();
        assert_eq!(judge.fronts(&all), [vec![0, 1, 2, 4], vec![3], vec![5]]);
    }

    #[test]
    fn differences_are_paired() {
        // On each replicate `a` is better by .1, give or take .01, under a common shock of ±5.
        let shocks = [5.0, -5.0, 4.0, -4.0];
        let (mut a, mut b) = (Candidate::new(Vec::new(), 0, 2, 0), Candidate::new(Vec::new(), 0, 2, 0));
        for (r, shock) in shocks.iter().enumerate() {
            let wiggle = if r % 2 == 0 { 0.01 } else { -0.01 };
            a.push(&[shock - 0.1 + wiggle, shock - 0.1 - wiggle]);
            b.push(&[*shock, *shock]);
        }
        let (forth, back) = Judge::new(0.5, 0.95).probabilities(&a, &b);
        assert!(forth > 0.999 && back < 0.001, "{forth} {back}");
    }

    #[test]
    fn few_replicates_are_judged_by_students_law() {
        // Differences of the first objective −1 and −3: mean −2, error 1, and with one degree of freedom P = ½ + atan(2)/π = .852;
        // the second is better for sure. By the normal law P would be .977.
        let a = candidate(&[&[0.0, 0.0], &[0.0, 0.0]]);
        let b = candidate(&[&[1.0, 1.0], &[3.0, 1.0]]);
        let mut judge = Judge::new(0.5, 0.95);
        let exact = 0.5 + libm::atan(2.0) / std::f64::consts::PI;
        assert!((judge.probabilities(&a, &b).0 - exact).abs() < 1e-12);
        // Earlier pairs of the same variance, 2, count for four replicates: five degrees of freedom.
        judge.noise = vec![Noise { variance: 2.0, likeness: 1.0 }; 2];
        let p = crate::measure::student::cdf(2.0, 5.0)
            * crate::measure::student::cdf((1.0_f64 / 0.8).sqrt(), 5.0);
        assert!((judge.probabilities(&a, &b).0 - p).abs() < 1e-12);
    }

    #[test]
    fn feasible_candidates_come_first_then_those_that_miss_less() {
        let judge = Judge::new(0.5, 0.95);
        let pool = [
            candidate(&[&[0.0, 0.0, -2.0]]),
            candidate(&[&[9.0, 9.0, 0.0]]),
            candidate(&[&[1.0, 1.0, -1.0]]),
        ];
        let all: Vec<&Candidate> = pool.iter().collect();
        assert_eq!(judge.fronts(&all), [vec![1], vec![2], vec![0]]);
    }

    #[test]
    fn circles_end() {
        // One replicate each and known noise cannot make a circle; shared replicates that differ can.
        let mut judge = Judge::new(0.5, 0.95);
        judge.noise = vec![Noise { variance: 1e-6, likeness: 0.0 }; 2];
        let a = candidate(&[&[1.0, 1.0], &[9.0, 9.0], &[9.0, 9.0]]);
        let b = candidate(&[&[2.0, 2.0], &[8.0, 8.0]]);
        let c = candidate(&[&[3.0, 3.0]]);
        let all = [&a, &b, &c];
        assert_eq!(judge.fronts(&all).iter().map(Vec::len).sum::<usize>(), 3);
    }
}

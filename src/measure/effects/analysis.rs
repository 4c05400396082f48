//! Analysis of variance over a design.
//!
//! For a term with columns `T` of the model:
//! * sum of squares `β_T' [(A⁻¹)_TT]⁻¹ β_T`: what the residual sum of squares grows by without it (type III under sum coding);
//! * `η² = SS_T / SS_total` and partial `η²_p = SS_T / (SS_T + SS_residual)`, sums of squares within replicates;
//! * Hotelling's statistic `T² = β_T' V_TT⁻¹ β_T` with the cluster-robust covariance `V`: `T² (G − m)/((G − 1) m)`, `m = |T|`, against F with
//!   `m` and `G − m` degrees of freedom (Hotelling 1931; exact for normal errors in balanced designs). Where replicates are not more than columns
//!   of the term, `V_TT` is singular and there is no test; nor is there one of a term whose sum of squares is within rounding
//!   ([`Fit::rounding`]), which counts as nothing.
//!
//! A balanced factorial gives the textbook's table: sums of squares that add up.

use super::coding::{Factor, Model, Settings, Term};
use super::least_squares::{self, Block, Fit};
use crate::measure::statistics::{Critical, Estimate, Moments};
use crate::numerics::incomplete_beta;

/// One row of the table of effects.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// The term: `a`, `a × b`, or `residual`.
    pub term: String,
    /// Degrees of freedom.
    pub freedom: usize,
    /// Sum of squares within replicates.
    pub sum_of_squares: f64,
    /// Share of the total; `NaN` where nothing varies.
    pub eta_squared: f64,
    /// Share of term and residual; `NaN` for the residual.
    pub partial_eta_squared: f64,
    /// Wald statistic over its degrees of freedom; `NaN` where there is no test.
    pub f: f64,
    /// p-value of no effect; `NaN` where there is no test.
    pub p_value: f64,
}

/// Table of effects of a metric over a design, from the fit of the model: one row a term, and last the residual.
pub fn effects(model: &Model, fit: &Fit) -> Vec<Effect> {
    let (total, residual) = (beyond_rounding(fit, fit.total), beyond_rounding(fit, fit.residual));
    let mut table: Vec<Effect> = model
        .terms
        .iter()
        .map(|term| {
            let columns = used(fit, term);
            let sum = sum_of_squares(fit, &columns);
            let (f, p_value) = if sum > 0.0 { wald(fit, &columns) } else { (f64::NAN, f64::NAN) };
            Effect {
                term: term.name.clone(),
                freedom: columns.len(),
                sum_of_squares: sum,
                eta_squared: ratio(sum, total),
                partial_eta_squared: ratio(sum, sum + residual),
                f,
                p_value,
            }
        })
        .collect();
    let (n, g) = fit.counts;
    let spent = fit.used.iter().filter(|&&used| used).count() + g;
    table.push(Effect {
        term: "residual".to_owned(),
        freedom: n.saturating_sub(spent),
        sum_of_squares: residual,
        eta_squared: ratio(residual, total),
        partial_eta_squared: f64::NAN,
        f: f64::NAN,
        p_value: f64::NAN,
    });
    table
}

/// Shares of a metric's sum of squares within replicates (η²).
#[derive(Clone, Debug, PartialEq)]
pub struct Shares {
    /// What each term explains beyond all others, in the order of terms; `NaN` where nothing varies. With the residual these add
    /// up to one where parameters vary independently of each other, as in a factorial design.
    pub terms: Vec<(String, f64)>,
    /// What no term explains.
    pub residual: f64,
}

/// Shares of the terms of a model; the second pass is not needed for it.
pub fn shares(model: &Model, fit: &Fit) -> Shares {
    let total = beyond_rounding(fit, fit.total);
    let share = |term: &Term| (term.name.clone(), ratio(sum_of_squares(fit, &used(fit, term)), total));
    let residual = ratio(beyond_rounding(fit, fit.residual), total);
    Shares { terms: model.terms.iter().map(share).collect(), residual }
}

fn used(fit: &Fit, term: &Term) -> Vec<usize> {
    (term.from..term.to).filter(|&c| fit.used[c]).collect()
}

fn sum_of_squares(fit: &Fit, columns: &[usize]) -> f64 {
    beyond_rounding(fit, quadratic(fit, &fit.inverse, columns).unwrap_or(0.0))
}

fn beyond_rounding(fit: &Fit, sum: f64) -> f64 {
    if sum > fit.rounding() { sum } else { 0.0 }
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { f64::NAN }
}

/// `β_T' (M_TT)⁻¹ β_T`; `None` where `M_TT` is singular.
fn quadratic(fit: &Fit, matrix: &[f64], columns: &[usize]) -> Option<f64> {
    let (m, width) = (columns.len(), fit.beta.len());
    let block: Vec<f64> =
        columns.iter().flat_map(|&i| columns.iter().map(move |&j| matrix[i * width + j])).collect();
    let (inverse, used) = least_squares::inverse(&block, m);
    if !used.iter().all(|&u| u) {
        return None;
    }
    let beta = |k: usize| fit.beta[columns[k]];
    Some((0..m).map(|i| (0..m).map(|j| beta(i) * inverse[i * m + j] * beta(j)).sum::<f64>()).sum())
}

/// Wald test of `β_T = 0`.
fn wald(fit: &Fit, columns: &[usize]) -> (f64, f64) {
    let (m, g) = (columns.len(), fit.counts.1);
    if m == 0 || g < 2 || m >= g {
        return (f64::NAN, f64::NAN);
    }
    let Some(statistic) = quadratic(fit, &fit.covariance, columns) else { return (f64::NAN, f64::NAN) };
    // In a balanced design β is a mean over replicates: Hotelling's T² (G − m)/((G − 1) m) is F(m, G − m).
    let (m, g) = (m as f64, g as f64);
    let f = statistic * (g - m) / ((g - 1.0) * m);
    (f, upper_tail(f, m, g - m))
}

/// Probability that an F variable with these degrees of freedom exceeds `f`.
pub fn upper_tail(f: f64, above: f64, below: f64) -> f64 {
    if f.is_nan() {
        return f64::NAN;
    }
    // Abramowitz and Stegun 26.6.2.
    incomplete_beta(0.5 * below, 0.5 * above, below / (below + above * f.max(0.0)))
}

/// Mean of a metric at one level of a factor, over all other settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Marginal {
    /// Name of the factor.
    pub factor: String,
    /// Name of the level.
    pub level: String,
    /// Mean at the level, over replicates.
    pub mean: Estimate,
    /// Mean at the level less the mean over all points of the same replicate, over replicates.
    pub effect: Estimate,
}

/// Marginal means of every level of every categorical factor, gathered replicate by replicate. Replicates are the
/// independent observations.
#[derive(Clone, Debug)]
pub struct Marginals {
    /// By factor, then level; empty for factors that are numeric or do not vary.
    gathered: Vec<Vec<AtLevel>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct AtLevel {
    /// Within the replicate at hand.
    here: Moments,
    /// Over replicates.
    means: Moments,
    effects: Moments,
}

impl Marginals {
    /// Before any replicate.
    pub fn new(factors: &[Factor]) -> Self {
        let levels = |factor: &Factor| match &factor.settings {
            Settings::Levels(_, levels) if factor.varies() => vec![AtLevel::default(); levels.len()],
            _ => Vec::new(),
        };
        Marginals { gathered: factors.iter().map(levels).collect() }
    }

    /// Takes in a replicate.
    pub fn add(&mut self, factors: &[Factor], block: &Block) {
        if block.is_empty() {
            return;
        }
        let all = block.iter().map(|(_, y)| *y).collect::<Moments>().mean();
        for (factor, gathered) in factors.iter().zip(&mut self.gathered).filter(|(_, g)| !g.is_empty()) {
            let Settings::Levels(places, _) = &factor.settings else { continue };
            for (point, y) in block {
                gathered[places[*point as usize]].here.push(*y);
            }
            for level in gathered {
                let here = std::mem::take(&mut level.here).mean();
                level.means.push(here);
                level.effects.push(here - all);
            }
        }
    }

    /// The means, by factor, then level.
    pub fn finish(&self, factors: &[Factor]) -> Vec<Marginal> {
        let mut critical = Critical::default();
        let mut rows = Vec::new();
        for (factor, gathered) in factors.iter().zip(&self.gathered) {
            let Settings::Levels(_, levels) = &factor.settings else { continue };
            for (level, gathered) in levels.iter().zip(gathered) {
                rows.push(Marginal {
                    factor: factor.name.clone(),
                    level: level.clone(),
                    mean: gathered.means.estimate(&mut critical),
                    effect: gathered.effects.estimate(&mut critical),
                });
            }
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::{Key, Purpose, Who};
    use crate::measure::effects::least_squares::fit;

    fn close(got: f64, expected: f64, tolerance: f64) {
        assert!((got - expected).abs() < tolerance, "{got} is not {expected}");
    }

    fn two_by_three() -> Vec<Factor> {
        let a: Vec<f64> = (0..6).map(|point| f64::from(point / 3)).collect();
        let b: Vec<f64> = (0..6).map(|point| f64::from(point % 3)).collect();
        vec![Factor::of_numbers("a", &a, |x| x.to_string()), Factor::of_numbers("b", &b, |x| x.to_string())]
    }

    #[test]
    fn sums_of_squares_of_a_balanced_factorial_by_hand() {
        // y = 10a + b + replicate's luck + a·b: all of it explained.
        let y = |replicate: u32, point: u32| {
            let (a, b) = (f64::from(point / 3), f64::from(point % 3));
            (point, 10.0 * a + b + a * b + 100.0 * f64::from(replicate))
        };
        let blocks: Vec<_> = (0..4).map(|replicate| (0..6).map(|p| y(replicate, p)).collect()).collect();
        let model = Model::new(&two_by_three(), 6, 5);
        let table = effects(&model, &fit(&model.columns, &blocks));
        // Means by a: 1 and 12 around 6.5: SS = 12·2·5.5²; by b: 5, 6.5, 8: SS = 8·2·1.5²; interaction: ±.5 at four
        // of the six cells: SS = 4·4·.25.
        close(table[0].sum_of_squares, 726.0, 1e-9);
        close(table[1].sum_of_squares, 36.0, 1e-9);
        close(table[2].sum_of_squares, 4.0, 1e-9);
        close(table[3].sum_of_squares, 0.0, 1e-9);
        close(table.iter().map(|effect| effect.eta_squared).sum(), 1.0, 1e-12);
        assert_eq!(table.iter().map(|effect| effect.freedom).collect::<Vec<_>>(), [1, 2, 2, 24 - 5 - 4]);
    }

    #[test]
    fn what_is_within_rounding_is_no_effect() {
        // y = a up to the last place, which depends on b in every replicate.
        let y = |point: u32| (point, f64::from(point / 3) + 1.0 + f64::from(point % 3) * f64::EPSILON);
        let blocks: Vec<Vec<_>> = (0..8).map(|_| (0..6).map(y).collect()).collect();
        let model = Model::new(&two_by_three(), 6, 5);
        let fit = fit(&model.columns, &blocks);
        let table = effects(&model, &fit);
        close(table[0].eta_squared, 1.0, 1e-12);
        assert_eq!(
            (table[1].sum_of_squares, table[2].sum_of_squares, table[3].sum_of_squares),
            (0.0, 0.0, 0.0)
        );
        assert!(table[1].p_value.is_nan() && table[2].p_value.is_nan());
        assert_eq!(shares(&model, &fit).terms[1], ("b".to_owned(), 0.0));
    }

    #[test]
    fn tests_reject_true_hypotheses_at_their_level() {
        // Noise that depends within a replicate (its scale differs by point), no effects: p-values are uniform.
        let model = Model::new(&two_by_three(), 6, 5);
        let trials = 2_000;
        let mut rejected = [0_u32; 3];
        for trial in 0..trials {
            let stream = Key::new(11, trial, 0).stream(Purpose::Resample, Who::MARKET);
            let normal = |replicate, at| crate::numerics::normal_quantile(stream.uniform(replicate, at));
            let y = |replicate: u32, point: u32| {
                (point, f64::from(point + 1) * (normal(replicate, point) + normal(replicate, 9)))
            };
            let blocks: Vec<_> = (0..16).map(|replicate| (0..6).map(|p| y(replicate, p)).collect()).collect();
            for (count, effect) in rejected.iter_mut().zip(effects(&model, &fit(&model.columns, &blocks))) {
                *count += u32::from(effect.p_value < 0.05);
            }
        }
        // Exact for one column up to the t approximation; binomial standard error .0049.
        for count in rejected {
            close(f64::from(count) / f64::from(trials), 0.05, 4.0 * 0.0049);
        }
    }

    #[test]
    fn f_tail_has_the_printed_quantiles() {
        // Abramowitz and Stegun, table 26.9: F.05 for (2, 10) is 4.10, for (5, 20) 2.71.
        close(upper_tail(4.1028, 2.0, 10.0), 0.05, 1e-5);
        close(upper_tail(2.7109, 5.0, 20.0), 0.05, 1e-5);
    }

    #[test]
    fn marginal_means_are_over_replicates() {
        let factors = two_by_three();
        let mut gathered = Marginals::new(&factors);
        for replicate in 0..2 {
            let block: Vec<_> = (0..6).map(|point| (point, f64::from(point + 6 * replicate))).collect();
            gathered.add(&factors, &block);
        }
        let rows = gathered.finish(&factors);
        let a0 = rows.iter().find(|row| row.factor == "a" && row.level == "0").unwrap();
        close(a0.mean.mean, 4.0, 1e-12);
        close(a0.effect.mean, -1.5, 1e-12);
        close(a0.effect.se, 0.0, 1e-12);
        assert_eq!(a0.mean.n, 2);
    }
}

//! Analysis of variance over a design.
//!
//! For a term with columns `T` of the model:
//! * sum of squares `β_T' [(A⁻¹)_TT]⁻¹ β_T`: what the residual sum of squares grows by without it (type III under sum coding);
//! * `η² = SS_T / SS_total` and partial `η²_p = SS_T / (SS_T + SS_residual)`, sums of squares within replicates;
//! * Hotelling's statistic `T² = β_T' V_TT⁻¹ β_T` with the cluster-robust covariance `V`: `T² (G − m)/((G − 1) m)`, `m = |T|`, against F with
//!   `m` and `G − m` degrees of freedom (Hotelling 1931; exact for normal errors in balanced designs). Where replicates are not more than columns
//!   of the term, `V_TT` is singular and there is no test.
//!
//! A balanced factorial gives the textbook's table: sums of squares that add up.

use super::coding::{Factor, Model, Settings};
use super::least_squares::{self, Fit, Observation};
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

/// Table of effects of a metric over a design: one row a term, and last the residual.
pub fn effects(model: &Model, observations: &[Observation]) -> Vec<Effect> {
    let fit = least_squares::fit(&model.rows, model.width, observations);
    let mut table: Vec<Effect> = model
        .terms
        .iter()
        .map(|term| {
            let columns: Vec<usize> = (term.from..term.to).filter(|&c| fit.used[c]).collect();
            let sum = quadratic(&fit, &fit.inverse, &columns).unwrap_or(0.0);
            let (f, p_value) = wald(&fit, &columns);
            Effect {
                term: term.name.clone(),
                freedom: columns.len(),
                sum_of_squares: sum,
                eta_squared: ratio(sum, fit.total),
                partial_eta_squared: ratio(sum, sum + fit.residual),
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
        sum_of_squares: fit.residual,
        eta_squared: ratio(fit.residual, fit.total),
        partial_eta_squared: f64::NAN,
        f: f64::NAN,
        p_value: f64::NAN,
    });
    table
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

/// Marginal means of every level of every categorical factor. Replicates are the independent observations.
pub fn marginals(factors: &[Factor], observations: &[Observation]) -> Vec<Marginal> {
    let mut critical = Critical::default();
    let mut rows = Vec::new();
    for factor in factors.iter().filter(|factor| factor.varies()) {
        let Settings::Levels(places, levels) = &factor.settings else { continue };
        for (number, level) in levels.iter().enumerate() {
            let (mut means, mut effects) = (Moments::default(), Moments::default());
            for block in observations.chunk_by(|a, b| a.replicate == b.replicate) {
                let at_level = block.iter().filter(|o| places[o.point as usize] == number);
                let here: Moments = at_level.map(|o| o.y).collect();
                let all: Moments = block.iter().map(|o| o.y).collect();
                means.push(here.mean());
                effects.push(here.mean() - all.mean());
            }
            rows.push(Marginal {
                factor: factor.name.clone(),
                level: level.clone(),
                mean: means.estimate(&mut critical),
                effect: effects.estimate(&mut critical),
            });
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::{Key, Purpose, Who};

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
        let observations: Vec<Observation> = (0..4)
            .flat_map(|replicate| {
                (0..6).map(move |point| {
                    let (a, b) = (f64::from(point / 3), f64::from(point % 3));
                    let y = 10.0 * a + b + a * b + 100.0 * f64::from(replicate);
                    Observation { replicate, point, y }
                })
            })
            .collect();
        let model = Model::new(&two_by_three(), 6, true);
        let table = effects(&model, &observations);
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
    fn tests_reject_true_hypotheses_at_their_level() {
        // Noise that depends within a replicate (its scale differs by point), no effects: p-values are uniform.
        let model = Model::new(&two_by_three(), 6, true);
        let trials = 2_000;
        let mut rejected = [0_u32; 3];
        for trial in 0..trials {
            let stream = Key::new(11, trial, 0).stream(Purpose::Resample, Who::MARKET);
            let observations: Vec<Observation> = (0..16)
                .flat_map(|replicate| {
                    let common = crate::numerics::normal_quantile(stream.uniform(replicate, 9));
                    (0..6).map(move |point| {
                        let own = crate::numerics::normal_quantile(stream.uniform(replicate, point));
                        let y = f64::from(point + 1) * own + (1.0 + f64::from(point)) * common;
                        Observation { replicate, point, y }
                    })
                })
                .collect();
            for (count, effect) in rejected.iter_mut().zip(effects(&model, &observations)) {
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
        let observations: Vec<Observation> = (0..2)
            .flat_map(|replicate| {
                (0..6).map(move |point| Observation { replicate, point, y: f64::from(point + 6 * replicate) })
            })
            .collect();
        let rows = marginals(&two_by_three(), &observations);
        let a0 = rows.iter().find(|row| row.factor == "a" && row.level == "0").unwrap();
        close(a0.mean.mean, 4.0, 1e-12);
        close(a0.effect.mean, -1.5, 1e-12);
        close(a0.effect.se, 0.0, 1e-12);
        assert_eq!(a0.mean.n, 2);
    }
}

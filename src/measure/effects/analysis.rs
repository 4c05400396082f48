//! Analysis of variance over a design.
//!
//! For a term with columns `T` of the model:
//! * sum of squares `β_T' [(A⁻¹)_TT]⁻¹ β_T`: what the residual sum of squares grows by without it (type III under sum coding). What
//!   parameters have in common, where settings of one determine those of another, is in nobody's;
//! * `η² = SS_T / SS_total` and partial `η²_p = SS_T / (SS_T + SS_residual)`, sums of squares within replicates;
//! * Hotelling's statistic `T² = β_T' V_TT⁻¹ β_T` with the cluster-robust covariance `V`: `T² (G − m)/((G − 1) m)`, `m = |T|`, against F with
//!   `m` and `G − m` degrees of freedom (Hotelling 1931; exact for normal errors in balanced designs), where `G` counts the replicates
//!   whose own points identify the term. Where they are not more than columns of the term, `V_TT` is singular and there is no test; nor is there one of a term whose sum of squares is within rounding
//!   ([`Fit::rounding`]), which counts as nothing.
//!
//! A balanced factorial gives the textbook's table: sums of squares that add up.

use super::coding::{Model, Term};
use super::least_squares::{self, Fit, OfTerm};
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

/// Table of effects of a metric over a design, from the fit of the model: one row a term, then without numbers one for each factor for
/// which the model has no room, and last the residual.
pub fn effects(model: &Model, fit: &Fit) -> Vec<Effect> {
    let (total, residual) = (beyond_rounding(fit, fit.total), beyond_rounding(fit, fit.residual));
    let mut table: Vec<Effect> = model
        .terms
        .iter()
        .zip(&fit.clusters)
        .map(|(term, &clusters)| {
            let part = fit.of_term(term.columns.clone());
            let sum = sum_of_squares(fit, &part);
            let (f, p_value) = if sum > 0.0 { wald(&part, clusters) } else { (f64::NAN, f64::NAN) };
            Effect {
                term: term.name.clone(),
                freedom: part.beta.len(),
                sum_of_squares: sum,
                eta_squared: ratio(sum, total),
                partial_eta_squared: ratio(sum, sum + residual),
                f,
                p_value,
            }
        })
        .collect();
    table.extend(model.left_out.iter().map(|factor| Effect {
        term: factor.clone(),
        freedom: 0,
        sum_of_squares: f64::NAN,
        eta_squared: f64::NAN,
        partial_eta_squared: f64::NAN,
        f: f64::NAN,
        p_value: f64::NAN,
    }));
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
    /// Factors for which the model has no room: what they explain is in the residual, or in terms that they move with.
    pub left_out: Vec<String>,
}

/// Shares of the terms of a model; the second pass is not needed for it.
pub fn shares(model: &Model, fit: &Fit) -> Shares {
    let total = beyond_rounding(fit, fit.total);
    let share = |term: &Term| {
        (term.name.clone(), ratio(sum_of_squares(fit, &fit.of_term(term.columns.clone())), total))
    };
    let residual = ratio(beyond_rounding(fit, fit.residual), total);
    let left_out = model.left_out.clone();
    Shares { terms: model.terms.iter().map(share).collect(), residual, left_out }
}

fn sum_of_squares(fit: &Fit, part: &OfTerm) -> f64 {
    beyond_rounding(fit, quadratic(&part.beta, &part.inverse).unwrap_or(0.0))
}

fn beyond_rounding(fit: &Fit, sum: f64) -> f64 {
    if sum > fit.rounding() { sum } else { 0.0 }
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { f64::NAN }
}

/// `β' M⁻¹ β`; `None` where `M` is singular.
fn quadratic(beta: &[f64], matrix: &[f64]) -> Option<f64> {
    let m = beta.len();
    let (inverse, used) = least_squares::inverse(matrix, m);
    if !used.iter().all(|&u| u) {
        return None;
    }
    Some((0..m).map(|i| (0..m).map(|j| beta[i] * inverse[i * m + j] * beta[j]).sum::<f64>()).sum())
}

/// Wald test of `β_T = 0`, with so many clusters.
fn wald(part: &OfTerm, clusters: usize) -> (f64, f64) {
    let m = part.beta.len();
    if m == 0 || clusters < 2 || m >= clusters {
        return (f64::NAN, f64::NAN);
    }
    let Some(statistic) = quadratic(&part.beta, &part.covariance) else { return (f64::NAN, f64::NAN) };
    // In a balanced design β is a mean over replicates: Hotelling's T² (G − m)/((G − 1) m) is F(m, G − m).
    let (m, g) = (m as f64, clusters as f64);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::{Key, Purpose, Who};
    use crate::measure::effects::coding::{Factor, factors};
    use crate::measure::effects::least_squares::fit;

    fn close(got: f64, expected: f64, tolerance: f64) {
        assert!((got - expected).abs() < tolerance, "{got} is not {expected}");
    }

    fn two_by_three() -> Vec<Factor> {
        let a: Vec<f64> = (0..6).map(|point| f64::from(point / 3)).collect();
        let b: Vec<f64> = (0..6).map(|point| f64::from(point % 3)).collect();
        vec![Factor::of_numbers("a", a, |x| x.to_string()), Factor::of_numbers("b", b, |x| x.to_string())]
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
    fn what_the_model_has_no_room_for_has_a_row_without_numbers() {
        let blocks: Vec<Vec<_>> =
            (0..4).map(|r| (0..6).map(|p| (p, f64::from(p * p + r * p))).collect()).collect();
        let model = Model::new(&two_by_three(), 6, 2);
        let fit = fit(&model.columns, &blocks);
        let table = effects(&model, &fit);
        let terms: Vec<(&str, usize)> = table.iter().map(|e| (e.term.as_str(), e.freedom)).collect();
        assert_eq!(terms[..2], [("a", 1), ("b", 0)]);
        assert_eq!((terms[2].0, table.len()), ("residual", 3));
        assert!(table[1].sum_of_squares.is_nan() && table[1].p_value.is_nan());
        assert_eq!(shares(&model, &fit).left_out, ["b"]);
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

    /// Share of 4,000 trials in which each term of a true hypothesis is rejected at 5%: normal values, those of a replicate at
    /// the points that it has.
    fn rejected(
        factors: &[Factor],
        points: u32,
        has: impl Fn(u32, u32) -> bool,
        replicates: u32,
    ) -> Vec<f64> {
        let model = Model::new(factors, points as usize, 5);
        let trials = 4_000;
        let mut rejected = vec![0_u32; model.terms.len()];
        for trial in 0..trials {
            let stream = Key::new(13, trial, points).stream(Purpose::Resample, Who::MARKET);
            let normal = |replicate, at| crate::numerics::normal_quantile(stream.uniform(replicate, at));
            let block = |r: u32| {
                let there = (0..points).filter(|&p| has(r, p));
                there.map(|p| (p, normal(r, p) + normal(r, 9))).collect::<Vec<_>>()
            };
            let blocks: Vec<_> = (0..replicates).map(block).collect();
            for (count, effect) in rejected.iter_mut().zip(effects(&model, &fit(&model.columns, &blocks))) {
                *count += u32::from(effect.p_value < 0.05);
            }
        }
        rejected.into_iter().map(|count| f64::from(count) / f64::from(trials)).collect()
    }

    #[test]
    fn points_that_go_on_alone_do_not_make_a_test_reject_more() {
        // Two points have eight replicates, and one of them goes on to 64: evidence of a difference are the eight.
        let two = [Factor::of_numbers("a", vec![0.0, 1.0], |x| x.to_string())];
        for replicates in [8, 16, 64] {
            let found = rejected(&two, 2, |r, p| r < 8 || p == 0, replicates);
            // Binomial standard error .0034.
            close(found[0], 0.05, 4.0 * 0.0034);
        }
        // Where several of many go on, at most the level: what goes on tells something, and is not counted.
        let found = rejected(&two_by_three(), 6, |r, p| r < 8 || p < 2, 32);
        for share in found {
            assert!(share < 0.05 + 4.0 * 0.0034, "{share}");
        }
    }

    #[test]
    fn what_a_conditional_parameter_explains_is_its_own() {
        // b in {3, 4, 5} where a = 2. Of the sum of squares 3/4 of y = 1[b = v] within a replicate, b explains 2/3, the difference
        // of 0 and 1/3 between a = 1 and a = 2 is 1/12.
        let none = f64::NAN;
        let both = [("a", vec![1.0, 2.0, 2.0, 2.0]), ("b", vec![none, 3.0, 4.0, 5.0])];
        let factors = factors(both.into_iter().map(|(n, x)| Factor::of_numbers(n, x, |x| x.to_string())));
        let model = Model::new(&factors, 4, 100);
        for at in 1..4 {
            let block: Vec<_> = (0..4).map(|p| (p, f64::from(u8::from(p == at)))).collect();
            let shares = shares(&model, &fit(&model.columns, &[block.clone(), block]));
            close(shares.terms[0].1, 1.0 / 9.0, 1e-12);
            close(shares.terms[1].1, 8.0 / 9.0, 1e-12);
            close(shares.residual, 0.0, 1e-12);
        }
    }

    #[test]
    fn what_parameters_have_in_common_is_neithers() {
        // Levels 2 and 3 of a are level 2 of c: a tells 2 from 3 beyond c, c tells nothing beyond a.
        let columns = [("a", [1.0, 2.0, 3.0, 1.0, 2.0, 3.0]), ("c", [1.0, 2.0, 2.0, 1.0, 2.0, 2.0])];
        for order in [[0, 1], [1, 0]] {
            let of = |k: usize| Factor::of_numbers(columns[k].0, columns[k].1.to_vec(), |x| x.to_string());
            let model = Model::new(&order.map(of), 6, 2 + 1);
            let block: Vec<_> = (0..6).map(|p| (p, [0.0, 1.0, 3.0][p as usize % 3])).collect();
            let table = effects(&model, &fit(&model.columns, &[block.clone(), block]));
            let of = |name: &str| table.iter().find(|effect| effect.term == name).unwrap();
            // Two replicates of twice (1, 3) around 2.
            close(of("a").sum_of_squares, 8.0, 1e-9);
            assert_eq!((of("a").freedom, of("c").freedom, of("c").sum_of_squares), (1, 0, 0.0));
        }
    }
}

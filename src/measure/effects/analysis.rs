//! Analysis of variance over a design.
//!
//! For a term with columns `T` of the model:
//! * sum of squares `β_T' [(A⁻¹)_TT]⁻¹ β_T`: what the residual sum of squares grows by without it, in the model of all terms but the
//!   interactions of which it is part (type II; Langsrud 2003, Statistics and Computing 13, pp. 163–167: a main effect is no smaller for an
//!   interaction that happens to go along with it in a few points). What parameters have in common, where settings of one determine
//!   those of another, is in nobody's;
//! * `η² = SS_T / SS_total` and partial `η²_p = SS_T / (SS_T + SS_residual)`, sums of squares within replicates;
//! * Hotelling's statistic `T² = β_T' V_TT⁻¹ β_T` with the cluster-robust covariance `V`: `T² (G − m)/((G − 1) m)`, `m = |T|`, against F with
//!   `m` and `G − m` degrees of freedom (Hotelling 1931; exact for normal errors in balanced designs), where `G` counts the replicates
//!   whose own points identify the term. Where they are not more than columns of the term, `V_TT` is singular and there is no test; nor is there one of a term whose sum of squares is within rounding
//!   ([`Fit::rounding`]), which counts as nothing.
//!
//! **Lack of fit.** In a full factorial design the columns of one parameter are orthogonal to whatever the others do, and the tests above
//! hold whatever the model misses. In any other design what it misses of one parameter shows in the coefficients of others, in every
//! replicate alike: measured against replicates alone, parameters that do nothing are significant. There the covariance of `β_T` is
//! `V_TT + max(0, MS_lack − MS_pure)·(A⁻¹)_TT`: what is missed counts as an error of each point ([`LackOfFit`]). Where it is more than
//! nothing, `T²/m` is held against F with `m` and the degrees of freedom of lack of fit, too, and the larger p-value is told. A
//! design that leaves no degrees of freedom for it beside numeric factors has no tests.
//!
//! A balanced factorial gives the textbook's table: sums of squares that add up.

use super::coding::{Model, Term};
use super::least_squares::{self, Fit, LackOfFit, OfTerm};
use crate::numerics::incomplete_beta;

/// One row of the table of effects.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// The term: `a`, `a × b`, `lack of fit`, or `residual`.
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

/// Name of the row of what a model misses.
pub const LACK_OF_FIT: &str = "lack of fit";

/// What the model misses, where the design is not full factorial.
fn lack_of_fit(model: &Model, fit: &Fit) -> Option<LackOfFit> {
    fit.lack_of_fit.filter(|_| !model.is_crossed)
}

/// Table of effects of a metric over a design, from the fit of the model: one row a term, then without numbers one for each factor for
/// which the model has no room, where the design is not full factorial one for lack of fit, and last the residual.
pub fn effects(model: &Model, fit: &Fit) -> Vec<Effect> {
    let total = beyond_rounding(fit, fit.total);
    let lack = lack_of_fit(model, fit);
    let all = beyond_rounding(fit, fit.residual);
    let mut table: Vec<Effect> = model
        .terms
        .iter()
        .zip(&fit.clusters)
        .map(|(term, &clusters)| {
            let part = fit.of_term(term.columns.clone(), &term.within);
            let sum = sum_of_squares(fit, &part);
            let untold = model.is_numeric && lack.is_some_and(|lack| lack.freedom == 0);
            let (f, p_value) =
                if sum > 0.0 && !untold { test(fit, &part, clusters, lack) } else { (f64::NAN, f64::NAN) };
            Effect {
                eta_squared: ratio(sum, total),
                partial_eta_squared: ratio(sum, sum + all),
                f,
                p_value,
                ..untested(&term.name, part.beta.len(), sum)
            }
        })
        .collect();
    table.extend(model.left_out.iter().map(|factor| untested(factor, 0, f64::NAN)));
    let (n, g) = fit.counts;
    let spent = fit.used.iter().filter(|&&used| used).count() + g;
    let mut freedom = n.saturating_sub(spent);
    let mut residual = all;
    if let Some(lack) = lack {
        let missed = beyond_rounding(fit, lack.sum);
        table.push(Effect {
            eta_squared: ratio(missed, total),
            ..untested(LACK_OF_FIT, lack.freedom, missed)
        });
        residual = beyond_rounding(fit, lack.rest);
        freedom = lack.rest_freedom;
    }
    table.push(Effect { eta_squared: ratio(residual, total), ..untested("residual", freedom, residual) });
    table
}

/// A row without shares and test.
fn untested(term: &str, freedom: usize, sum_of_squares: f64) -> Effect {
    Effect {
        term: term.to_owned(),
        freedom,
        sum_of_squares,
        eta_squared: f64::NAN,
        partial_eta_squared: f64::NAN,
        f: f64::NAN,
        p_value: f64::NAN,
    }
}

/// Shares of a metric's sum of squares within replicates (η²).
#[derive(Clone, Debug, PartialEq)]
pub struct Shares {
    /// What each term explains beyond all others, in the order of terms; `NaN` where nothing varies. With the residual these add
    /// up to one where parameters vary independently of each other, as in a factorial design.
    pub terms: Vec<(String, f64)>,
    /// What the model misses at the design points, in every replicate alike; 0 in a full factorial design, where it is in the residual.
    pub lack_of_fit: f64,
    /// What no term explains, beyond that.
    pub residual: f64,
    /// Factors for which the model has no room: what they explain is in the residual, or in terms that they move with.
    pub left_out: Vec<String>,
}

/// Shares of the terms of a model. The second pass is needed for lack of fit alone.
pub fn shares(model: &Model, fit: &Fit) -> Shares {
    let total = beyond_rounding(fit, fit.total);
    let share = |term: &Term| {
        let part = fit.of_term(term.columns.clone(), &term.within);
        (term.name.clone(), ratio(sum_of_squares(fit, &part), total))
    };
    let lack = lack_of_fit(model, fit);
    let residual = lack.map_or(fit.residual, |lack| lack.rest);
    Shares {
        terms: model.terms.iter().map(share).collect(),
        lack_of_fit: ratio(beyond_rounding(fit, lack.map_or(0.0, |lack| lack.sum)), total),
        residual: ratio(beyond_rounding(fit, residual), total),
        left_out: model.left_out.clone(),
    }
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

/// Wald test of `β_T = 0`, with so many clusters, and with what the model misses as an error of each point.
fn test(fit: &Fit, part: &OfTerm, clusters: usize, lack: Option<LackOfFit>) -> (f64, f64) {
    let none = (f64::NAN, f64::NAN);
    let m = part.beta.len();
    if m == 0 || clusters < 2 || m >= clusters {
        return none;
    }
    let missed = lack.filter(|lack| beyond_rounding(fit, lack.sum) > 0.0 && lack.excess() > 0.0);
    let excess = missed.map_or(0.0, |lack| lack.excess());
    let covariance: Vec<f64> =
        part.covariance.iter().zip(&part.inverse).map(|(v, inverse)| v + excess * inverse).collect();
    let Some(statistic) = quadratic(&part.beta, &covariance) else { return none };
    // In a balanced design β is a mean over replicates: Hotelling's T² (G − m)/((G − 1) m) is F(m, G − m).
    let (m, g) = (m as f64, clusters as f64);
    let f = statistic * (g - m) / ((g - 1.0) * m);
    let among_replicates = (f, upper_tail(f, m, g - m));
    let Some(lack) = missed else { return among_replicates };
    let f = statistic / m;
    let among_points = (f, upper_tail(f, m, lack.freedom as f64));
    if among_points.1 > among_replicates.1 { among_points } else { among_replicates }
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

    /// A Latin hypercube in `k` numeric factors, whose settings no other trial has, and numbers between 0 and 1 there.
    fn scattered(points: u32, k: u32, trial: u32) -> (Vec<Factor>, Vec<Vec<f64>>) {
        let stream = Key::new(17, trial, points).stream(Purpose::Resample, Who::MARKET);
        let column = |f: u32| {
            let mut order: Vec<u32> = (0..points).collect();
            order.sort_by(|&a, &b| stream.uniform(a, 100 + f).total_cmp(&stream.uniform(b, 100 + f)));
            order.into_iter().map(|place| (f64::from(place) + 0.5) / f64::from(points)).collect::<Vec<f64>>()
        };
        let columns: Vec<Vec<f64>> = (0..k).map(column).collect();
        let named = columns.iter().zip(["a", "b", "c"]);
        (named.map(|(x, name)| Factor::of_numbers(name, x.clone(), |x| x.to_string())).collect(), columns)
    }

    #[test]
    fn what_a_model_misses_of_one_parameter_is_no_effect_of_another() {
        // y is a step in `a`, which no parabola follows, on draws that replicates have in common but for a little noise: `b` and `c` do
        // nothing. Against replicates alone nearly every test of them rejects.
        let trials = 1_500;
        for noise in [0.0, 0.01, 0.4] {
            let mut rejected = [0_u32; 3];
            for trial in 0..trials {
                let (factors, x) = scattered(32, 3, trial);
                let model = Model::new(&factors, 32, 300);
                let stream = Key::new(19, trial, 0).stream(Purpose::Resample, Who::MARKET);
                let y = |r: u32, p: u32| {
                    let step = f64::from(u8::from(x[0][p as usize] > 0.7));
                    (p, step + noise * crate::numerics::normal_quantile(stream.uniform(r, p)))
                };
                let blocks: Vec<Vec<_>> = (0..8).map(|r| (0..32).map(|p| y(r, p)).collect()).collect();
                let table = effects(&model, &fit(&model.columns, &blocks));
                let p = |name: &str| table.iter().find(|effect| effect.term == name).unwrap().p_value;
                assert!(p("a") < 0.05, "{noise} {trial}: {}", p("a"));
                for (count, name) in rejected.iter_mut().zip(["b", "c", "b × c"]) {
                    *count += u32::from(p(name) < 0.05);
                }
            }
            // At most the level: the larger of two p-values is told. Binomial standard error .0056.
            for count in rejected {
                let share = f64::from(count) / f64::from(trials);
                assert!(share < 0.05 + 3.0 * 0.0056, "noise {noise}: {share}");
            }
        }
    }

    #[test]
    fn lack_of_fit_by_hand() {
        // Nine settings −1, −3/4, …, 1 of which a parabola leaves nothing but the spike at the middle. Two replicates, ±1 at the
        // middle beside it: pure error 2.
        let x: Vec<f64> = (0..9).map(|i| 0.25 * f64::from(i) - 1.0).collect();
        let factors = [Factor::of_numbers("a", x.clone(), |x| x.to_string())];
        let spike = [0.0, 0.0, 0.0, 0.0, 9.0, 0.0, 0.0, 0.0, 0.0];
        let block = |e: f64| -> Vec<(u32, f64)> {
            (0..9).map(|p| (p, spike[p as usize] + if p == 4 { e } else { 0.0 })).collect()
        };
        let model = Model::new(&factors, 9, 300);
        // One factor alone is crossed with nothing: as if it were not, to see the numbers.
        let model = Model { is_crossed: false, ..model };
        let table = effects(&model, &fit(&model.columns, &[block(1.0), block(-1.0)]));
        // x² less its mean 5/12 is −5/12 at the middle, and has the sum of squares 177/64 − 9·25/144 = 77/64: of the square of a spike it takes
        // (25/144)/(77/64) = 100/693. What is missed: twice 81·8/9 less that.
        let explained = 2.0 * 81.0 * 100.0 / 693.0;
        close(table[0].sum_of_squares, explained, 1e-9);
        assert_eq!((table[1].term.as_str(), table[1].freedom), ("lack of fit", 9 - 1 - 2));
        close(
            table[1].sum_of_squares + table[2].sum_of_squares,
            2.0 * 72.0 - explained + 2.0 * 8.0 / 9.0,
            1e-9,
        );
        // Deviations of ±1 at one of nine points: 8/9 within each replicate.
        close(table[2].sum_of_squares, 2.0 * (8.0 / 9.0), 1e-9);
        assert_eq!((table[2].term.as_str(), table[2].freedom), ("residual", 18 - 2 - 2 - 6));
        close(table.iter().map(|effect| effect.eta_squared).sum(), 1.0, 1e-12);
    }

    #[test]
    fn main_effects_are_no_smaller_for_interactions_that_go_along_with_them() {
        // y = a in a scattered design: all of it is a's, though products go along with it in part.
        let (factors, x) = scattered(24, 3, 5);
        let model = Model::new(&factors, 24, 300);
        assert_eq!(model.terms.len(), 6);
        let block: Vec<(u32, f64)> = (0..24).map(|p| (p, x[0][p as usize])).collect();
        let fit = fit(&model.columns, &[block.clone(), block]);
        let shares = shares(&model, &fit);
        let beyond_all = sum_of_squares(&fit, &fit.of_term(model.terms[0].columns.clone(), &[])) / fit.total;
        assert!(shares.terms[0].1 > beyond_all + 0.01, "{shares:?} {beyond_all}");
        close(shares.residual + shares.lack_of_fit, 0.0, 1e-12);
        // By hand: what is left of a beside b, c and b × c.
        let design: Vec<Vec<f64>> = (0..24).map(|p| model.columns.row(p)).collect();
        let others: Vec<usize> = [2, 3, 4, 5].into_iter().chain(model.terms[5].columns.clone()).collect();
        let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
        let centred = |v: Vec<f64>| {
            let m = mean(&v);
            v.into_iter().map(|x| x - m).collect::<Vec<f64>>()
        };
        // Gram–Schmidt.
        let mut basis: Vec<Vec<f64>> = Vec::new();
        let rest = |v: &[f64], basis: &[Vec<f64>]| {
            basis.iter().fold(v.to_vec(), |v, e| {
                let dot: f64 = v.iter().zip(e).map(|(a, b)| a * b).sum();
                v.iter().zip(e).map(|(a, b)| a - dot * b).collect()
            })
        };
        for column in others {
            let v = rest(&centred(design.iter().map(|row| row[column]).collect()), &basis);
            let norm = v.iter().map(|x| x * x).sum::<f64>().sqrt();
            basis.push(v.into_iter().map(|x| x / norm).collect());
        }
        let y = centred(x[0].clone());
        let square = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>();
        close(shares.terms[0].1, square(&rest(&y, &basis)) / square(&y), 1e-9);
    }
}

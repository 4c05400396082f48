//! Student's t distribution, the same bits on every machine.
//!
//! With `x = ν/(ν + t²)`, the two tails beyond `±t` hold `I_x(ν/2, 1/2)`, where `I` is the regularised incomplete beta
//! function (Abramowitz and Stegun 1964, 26.7.1 and 26.5.27).

use crate::numerics::incomplete_beta_of_parts;
use std::cell::RefCell;
use std::collections::HashMap;

/// Probability that `|T| >= |t|` under `ν` degrees of freedom: the p-value of a two-sided test.
///
/// `freedom` is positive; `NaN` for a `NaN` statistic, 0 for an infinite one.
pub fn two_sided_p(t: f64, freedom: f64) -> f64 {
    if t.is_nan() || freedom.is_nan() || freedom <= 0.0 {
        return f64::NAN;
    }
    if t.is_infinite() {
        return 0.0;
    }
    let square = t * t;
    let total = freedom + square;
    // Both parts are handed on, since 1 − x loses all digits of a small statistic.
    incomplete_beta_of_parts(0.5 * freedom, 0.5, freedom / total, square / total).min(1.0)
}

/// The `c` for which `|T| < c` has probability `level`: half-width of an interval in standard errors.
///
/// `NaN` unless `0 < level < 1` and `freedom > 0`.
pub fn critical_value(level: f64, freedom: f64) -> f64 {
    // The same few levels and numbers of replicates are asked for over and over, and each takes a few dozen continued fractions.
    thread_local! {
        static KNOWN: RefCell<HashMap<(u64, u64), f64>> = RefCell::default();
    }
    KNOWN.with_borrow_mut(|known| {
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        *known.entry((level.to_bits(), freedom.to_bits())).or_insert_with(|| halved(level, freedom))
    })
}

/// Critical values that a thread keeps.
const MOST_KNOWN: usize = 4096;

/// A critical value by halving.
fn halved(level: f64, freedom: f64) -> f64 {
    let tails = 1.0 - level;
    if !(tails > 0.0 && tails < 1.0 && freedom > 0.0) {
        return f64::NAN;
    }
    let mut high = 1.0;
    while two_sided_p(high, freedom) > tails && high < 1e300 {
        high *= 2.0;
    }
    let mut low = if high > 1.0 { 0.5 * high } else { 0.0 };
    // Halving to the last bit: a few dozen steps.
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            return middle;
        }
        if two_sided_p(middle, freedom) > tails {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// Probability that `T <= t` under `ν` degrees of freedom.
pub fn cdf(t: f64, freedom: f64) -> f64 {
    let tail = 0.5 * two_sided_p(t, freedom);
    if t > 0.0 { 1.0 - tail } else { tail }
}

/// The `t` for which `T <= t` has probability `p`, `½ ≤ p < 1`.
pub fn upper_quantile(p: f64, freedom: f64) -> f64 {
    if p == 0.5 { 0.0 } else { critical_value(2.0 * p - 1.0, freedom) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{ContinuousCDF, StudentsT};

    #[test]
    fn textbook_quantiles() {
        // 97.5% points, NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2 (three decimals).
        for (freedom, expected) in [
            (1.0, 12.706),
            (2.0, 4.303),
            (3.0, 3.182),
            (7.0, 2.365),
            (15.0, 2.131),
            (31.0, 2.040),
            (100.0, 1.984),
        ] {
            let got = critical_value(0.95, freedom);
            assert!((got - expected).abs() < 5e-4, "{freedom}: {got}");
        }
    }

    #[test]
    fn one_sided_probabilities_and_quantiles() {
        // 95% points, the same table.
        for (freedom, expected) in [(1.0, 6.314), (4.0, 2.132), (7.0, 1.895), (23.0, 1.714)] {
            assert!((upper_quantile(0.95, freedom) - expected).abs() < 5e-4);
            assert!((cdf(upper_quantile(0.95, freedom), freedom) - 0.95).abs() < 1e-12);
            assert!((cdf(-upper_quantile(0.95, freedom), freedom) - 0.05).abs() < 1e-12);
        }
        assert_eq!((upper_quantile(0.5, 3.0), cdf(0.0, 3.0)), (0.0, 0.5));
    }

    #[test]
    fn closed_forms_for_one_and_two_degrees() {
        // ν = 1: p = 1 − 2 atan(t)/π, so 1/2 at t = 1. ν = 2: p = 1 − t/√(2 + t²).
        assert!((two_sided_p(1.0, 1.0) - 0.5).abs() < 1e-15);
        for t in [1e-9, 0.3, 1.0, 4.0, 50.0] {
            let expected = 1.0 - t / f64::sqrt(2.0 + t * t);
            assert!((two_sided_p(t, 2.0) - expected).abs() < 1e-15, "{t}");
        }
        assert!((critical_value(0.5, 1.0) - 1.0).abs() < 1e-14);
    }

    #[test]
    fn agrees_with_thirty_digit_arithmetic() {
        // I_x(ν/2, 1/2) at x = ν/(ν + t²), by mpmath 1.3 with 30 digits.
        for (freedom, t, expected) in [
            (1.0, 6.0, 0.105_136_913_422_506_6),
            (5.0, 3.0, 0.030_099_247_897_462_574),
            (30.0, 0.5, 0.620_723_004_885_127_3),
            (255.0, 1.96, 0.051_084_807_544_988_88),
            (255.0, 6.0, 6.734_593_476_649_73e-9),
            (10_000.0, 0.01, 0.992_021_486_849_355_8),
            (10_000.0, 3.0, 0.002_706_448_189_997_666),
            (99_999.0, 1.96, 0.049_998_563_222_031),
        ] {
            let got = two_sided_p(t, freedom);
            // The difference of two ln Γ(ν/2) leaves about 2⁻⁵² ln Γ(ν/2) of relative error.
            let tolerance = 1e-15 * f64::max(10.0, 2.0 * libm::lgamma(0.5 * freedom));
            assert!((got / expected - 1.0).abs() < tolerance, "{freedom} {t}: {got} {expected}");
        }
    }

    #[test]
    fn agrees_with_an_independent_library() {
        // statrs itself strays by 3e-11 at ten thousand degrees of freedom, so the comparison ends before.
        for freedom in [1.0, 2.0, 5.0, 9.0, 30.0, 255.0] {
            let reference = StudentsT::new(0.0, 1.0, freedom).unwrap();
            for t in [0.0, 0.01, 0.5, 1.0, 1.96, 3.0, 6.0] {
                let expected = 2.0 * reference.sf(t);
                let got = two_sided_p(t, freedom);
                assert!((got - expected).abs() < 1e-11, "{freedom} {t}: {got} {expected}");
            }
        }
    }

    #[test]
    fn edges() {
        assert_eq!(two_sided_p(0.0, 4.0), 1.0);
        assert_eq!(two_sided_p(f64::NEG_INFINITY, 4.0), 0.0);
        assert!(two_sided_p(f64::NAN, 4.0).is_nan());
        assert!(two_sided_p(1.0, 0.0).is_nan());
        assert!(critical_value(0.95, 0.0).is_nan());
        assert!(critical_value(1.0, 3.0).is_nan());
        assert_eq!(two_sided_p(2.0, 7.0), two_sided_p(-2.0, 7.0));
    }
}

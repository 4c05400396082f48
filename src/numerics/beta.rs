//! The incomplete beta function, and the binomial law that it sums.

use super::{exp, ln, ln_1p};

/// `ln B(a, b)`, the logarithm of the beta function, for positive `a` and `b`.
pub fn ln_beta(a: f64, b: f64) -> f64 {
    libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b)
}

/// `ln C(n, k)`, the logarithm of the number of ways to choose `k` of `n`; −∞ if `k > n`.
pub fn ln_choose(n: u64, k: u64) -> f64 {
    if k > n {
        return f64::NEG_INFINITY;
    }
    if k == 0 || k == n {
        return 0.0;
    }
    let (n, k) = (n as f64, k as f64);
    -ln(n + 1.0) - ln_beta(k + 1.0, n - k + 1.0)
}

/// Regularised incomplete beta function `I_x(a, b)`: the distribution function of the beta law at `x` in [0, 1].
///
/// Relative accuracy is about `1e-14` times `max(1, |ln B(a, b)|)`.
pub fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    incomplete_beta_of_parts(a, b, x, 1.0 - x)
}

/// The same with `y = 1 − x` given apart, which loses no digits where `x` is close to 1.
///
/// Evaluated by the continued fraction of Abramowitz and Stegun 26.5.8 (modified Lentz), on the side where it converges fast.
pub fn incomplete_beta_of_parts(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if y <= 0.0 {
        return 1.0;
    }
    // The fraction converges fast below the mean of the distribution; above it, use the other tail.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta_of_parts(b, a, y, x);
    }
    let ln_x = if x > 0.5 { ln_1p(-y) } else { ln(x) };
    let ln_y = if y > 0.5 { ln_1p(-x) } else { ln(y) };
    let front = exp(a * ln_x + b * ln_y + libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b));
    front * fraction(a, b, x) / a
}

fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let guard = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / guard(1.0 - (a + b) * x / (a + 1.0));
    let mut result = d;
    for m in 1..10_000 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / guard(1.0 + even * d);
        c = guard(1.0 + even / c);
        result *= c * d;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / guard(1.0 + odd * d);
        c = guard(1.0 + odd / c);
        let step = c * d;
        result *= step;
        if (step - 1.0).abs() < 1e-16 {
            break;
        }
    }
    result
}

/// Probability that at least `least` of `n` independent trials succeed, each with probability `p`.
pub fn binomial_tail(n: u32, least: u32, p: f64) -> f64 {
    if least == 0 {
        1.0
    } else if least > n {
        0.0
    } else if least == n {
        super::pow(p, f64::from(n))
    } else {
        incomplete_beta(f64::from(least), f64::from(n - least + 1), p)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEPENDENT: [(f64, f64, f64, f64); 6] = [
        (2.5, 0.5, 0.3, 0.018_927_124_071_945_65),
        (0.1, 3.0, 0.9, 0.999_958_686_380_29),
        (150.0, 160.0, 0.5, 0.715_245_792_024_052_8),
        (2.0, 3.0, 1e-08, 5.999_999_92e-16),
        (0.5, 0.5, 0.999, 0.9798649583666225),
        (30.0, 2.0, 0.7, 0.00022539340290692218),
    ];

    #[test]
    fn incomplete_beta_has_known_values() {
        // (a, b, x, value), integrated with 30 digits.
        for (a, b, x, value) in INDEPENDENT {
            let got = incomplete_beta(a, b, x);
            assert!((got / value - 1.0).abs() < 3e-13, "{a} {b} {x}: {got} {value}");
        }
        // Integer parameters give polynomials: I_x(2, 3) = 6x² − 8x³ + 3x⁴.
        let x: f64 = 0.37;
        let polynomial = x * x * (6.0 - 8.0 * x + 3.0 * x * x);
        assert!((incomplete_beta(2.0, 3.0, x) - polynomial).abs() < 1e-15);
    }

    #[test]
    fn the_binomial_tail_sums_the_binomial_law() {
        for n in [1_u32, 2, 5, 30] {
            for p in [0.01, 0.3, 0.5, 0.97] {
                for least in 0..=n + 1 {
                    let sum: f64 = (least..=n)
                        .map(|j| {
                            exp(ln_choose(n.into(), j.into())
                                + f64::from(j) * ln(p)
                                + f64::from(n - j) * ln_1p(-p))
                        })
                        .sum();
                    assert!((binomial_tail(n, least, p) - sum).abs() < 1e-13, "{n} {least} {p}");
                }
            }
        }
    }
}

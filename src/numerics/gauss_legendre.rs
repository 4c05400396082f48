//! Gauss–Legendre nodes and weights.

use std::f64::consts::PI;

/// Nodes and weights of the `n`-point Gauss–Legendre rule on [0, 1]: `Σ w_i f(x_i)` is `∫₀¹ f` for every polynomial of
/// degree below `2n`. Nodes ascend.
///
/// Roots of the Legendre polynomial by Newton's method from Tricomi's first approximation; polynomial and derivative
/// by the three-term recurrence.
///
/// Source: Golub and Welsch (1969) for the rule; Abramowitz and Stegun (1964), 22.7.10 (recurrence), 22.16.6
/// (approximate roots), 25.4.29 (weights).
pub fn gauss_legendre(n: usize) -> Vec<(f64, f64)> {
    let degree = n as f64;
    let node = |i: usize| {
        let mut x = libm::cos(PI * (i as f64 + 0.75) / (degree + 0.5));
        let mut slope = 1.0;
        for _ in 0..100 {
            let (mut before, mut value) = (1.0, x);
            for k in 2..=n {
                let k = k as f64;
                (before, value) = (value, ((2.0 * k - 1.0) * x * value - (k - 1.0) * before) / k);
            }
            slope = degree * (before - x * value) / (1.0 - x * x);
            let step = value / slope;
            x -= step;
            if step.abs() < 1e-15 {
                break;
            }
        }
        (x, 2.0 / ((1.0 - x * x) * slope * slope))
    };
    (0..n)
        .map(|i| {
            let (x, weight) = node(i);
            (0.5 * (1.0 - x), 0.5 * weight)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_are_integrated_exactly() {
        for n in [1, 2, 3, 8, 32] {
            let rule = gauss_legendre(n);
            assert!(rule.is_sorted_by(|a, b| a.0 < b.0));
            for degree in 0..2 * n {
                let power = |x: f64| (0..degree).fold(1.0, |product, _| product * x);
                let integral: f64 = rule.iter().map(|&(x, w)| w * power(x)).sum();
                let exact = 1.0 / (degree + 1) as f64;
                assert!((integral - exact).abs() < 1e-14, "{n} nodes, degree {degree}: {integral}");
            }
        }
        // Degree 2n is the first that the rule misses.
        let missed: f64 = gauss_legendre(2).iter().map(|&(x, w)| w * x * x * x * x).sum();
        assert!((missed - 0.2).abs() > 1e-3);
    }
}

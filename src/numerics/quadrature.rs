//! Integrals over an interval.

/// Abscissae of the 15-point Kronrod rule on [−1, 1], from the outermost to the centre; every second belongs to the
/// 7-point Gauss rule.
const ABSCISSA: [f64; 8] = [
    0.991_455_371_120_812_6,
    0.949_107_912_342_758_5,
    0.864_864_423_359_769_1,
    0.741_531_185_599_394_4,
    0.586_087_235_467_691_1,
    0.405_845_151_377_397_2,
    0.207_784_955_007_898_47,
    0.0,
];
const KRONROD: [f64; 8] = [
    0.022_935_322_010_529_224,
    0.063_092_092_629_978_56,
    0.104_790_010_322_250_19,
    0.140_653_259_715_525_92,
    0.169_004_726_639_267_9,
    0.190_350_578_064_785_4,
    0.204_432_940_075_298_89,
    0.209_482_141_084_727_82,
];
const GAUSS: [f64; 4] =
    [0.129_484_966_168_869_7, 0.279_705_391_489_276_64, 0.381_830_050_505_118_9, 0.417_959_183_673_469_4];

/// The Kronrod estimate of one interval, and its distance from the Gauss estimate.
fn panel(f: &dyn Fn(f64) -> f64, a: f64, b: f64) -> (f64, f64) {
    let (centre, half) = (0.5 * (a + b), 0.5 * (b - a));
    let mid = f(centre);
    let (mut kronrod, mut gauss) = (KRONROD[7] * mid, GAUSS[3] * mid);
    for i in 0..7 {
        let pair = f(centre - half * ABSCISSA[i]) + f(centre + half * ABSCISSA[i]);
        kronrod += KRONROD[i] * pair;
        if i % 2 == 1 {
            gauss += GAUSS[i / 2] * pair;
        }
    }
    (half * kronrod, (half * (kronrod - gauss)).abs())
}

/// `∫_a^b f(x) dx`, by adaptive Gauss–Kronrod quadrature (7 and 15 points).
///
/// An interval is halved until its two estimates differ by less than `1e-11` of the whole integral, at most 45 times:
/// smooth integrands come out to about 14 digits, integrands with kinks or integrable singularities at the ends to
/// about 10. `f` is never evaluated at the ends. The limits must be finite; `b < a` changes the sign.
///
/// Source: Piessens and others, QUADPACK (Springer 1983), section 2.2.
pub fn integrate(f: impl Fn(f64) -> f64, a: f64, b: f64) -> f64 {
    integrate_within(f, a, b, 0.0)
}

/// [`integrate`] that is also content with an absolute error of about `tolerance` per interval: for a small part of a
/// larger sum, whose own digits may be mere rounding.
pub fn integrate_within(f: impl Fn(f64) -> f64, a: f64, b: f64, tolerance: f64) -> f64 {
    const PANELS: u32 = 8;
    const DEPTH: u32 = 45;
    // Enough for any kink or singularity; an integrand that is mere rounding would be halved for ever.
    const SPLITS: u32 = 4000;
    if a == b {
        return 0.0;
    }
    let width = (b - a) / f64::from(PANELS);
    let mut stack = Vec::with_capacity(64);
    let mut rough = 0.0;
    for i in (0..PANELS).rev() {
        let left = a + width * f64::from(i);
        let right = if i + 1 == PANELS { b } else { a + width * f64::from(i + 1) };
        let (value, miss) = panel(&f, left, right);
        rough += value.abs();
        stack.push((left, right, value, miss, 0));
    }
    let (mut total, mut splits) = (0.0, 0);
    while let Some((left, right, value, miss, depth)) = stack.pop() {
        let middle = 0.5 * (left + right);
        if miss <= tolerance.max(1e-11 * rough) || depth == DEPTH || splits == SPLITS {
            total += value;
            continue;
        }
        splits += 1;
        for (left, right) in [(middle, right), (left, middle)] {
            let (value, miss) = panel(&f, left, right);
            stack.push((left, right, value, miss, depth + 1));
        }
    }
    total
}

/// `∫_a^∞ f(x) dx`, with `x = a + scale·(t/(1 − t))²` for `t` in (0, 1).
///
/// `scale > 0` is roughly the width over which `f` falls. `f` must fall faster than `1/x`; the square keeps the
/// transformed integrand bounded where it falls at least as fast as `x^{−3/2}`.
pub fn integrate_tail(f: impl Fn(f64) -> f64, a: f64, scale: f64) -> f64 {
    integrate(
        |t| {
            let rest = 1.0 - t;
            let odds = t / rest;
            2.0 * scale * odds * f(a + scale * odds * odds) / (rest * rest)
        },
        0.0,
        1.0,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::{exp, ln, pow};

    #[test]
    fn the_rule_is_exact_for_polynomials_up_to_degree_22() {
        for degree in (0..=22).step_by(2) {
            let (value, _) = panel(&|x| pow(x, f64::from(degree)), -1.0, 1.0);
            assert!((value - 2.0 / f64::from(degree + 1)).abs() < 2e-15, "{degree}");
        }
        for degree in (0..=12).step_by(2) {
            let (_, miss) = panel(&|x| pow(x, f64::from(degree)), -1.0, 1.0);
            assert!(miss < 2e-15, "{degree}");
        }
    }

    #[test]
    fn known_integrals() {
        assert!((integrate(exp, 0.0, 1.0) - (std::f64::consts::E - 1.0)).abs() < 1e-15);
        assert!((integrate(exp, 1.0, 0.0) + (std::f64::consts::E - 1.0)).abs() < 1e-15);
        assert!((integrate(f64::sqrt, 0.0, 1.0) - 2.0 / 3.0).abs() < 1e-10);
        assert!((integrate(ln, 0.0, 1.0) + 1.0).abs() < 1e-10);
        assert!((integrate(|x| (x - 0.3).abs(), 0.0, 1.0) - 0.29).abs() < 1e-10);
        // A peak a thousandth wide.
        let peak = |x: f64| 1e-3 / (1e-6 + (x - 0.4) * (x - 0.4));
        let exact = libm::atan(600.0) + libm::atan(400.0);
        assert!((integrate(peak, 0.0, 1.0) - exact).abs() < 1e-10);
        assert!((integrate_tail(|x| exp(-x), 0.0, 3.0) - 1.0).abs() < 1e-12);
        assert!((integrate_tail(|x| pow(x, -1.5), 1.0, 1.0) - 2.0).abs() < 1e-9);
    }
}

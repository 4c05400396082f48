//! Lambert's W function.

use super::{exp, ln};

/// Principal branch of Lambert's function: the `w ≥ −1` with `w e^w = x`. NaN below `−1/e`.
///
/// Halley's iteration from a starting value that suits each region; Corless and others, "On the Lambert W function",
/// Advances in Computational Mathematics 5 (1996) 329–359, section 5.9.
pub fn lambert_w0(x: f64) -> f64 {
    if x == 0.0 {
        return x;
    }
    if x > 3.0 {
        return lambert_w0_of_exp(ln(x));
    }
    let gap = 1.0 + std::f64::consts::E * x;
    if gap < -1e-14 || x.is_nan() {
        return f64::NAN;
    }
    if gap <= 1e-14 {
        return -1.0;
    }
    let branch = (2.0 * gap).sqrt();
    let mut w = if x < -0.2 { -1.0 + branch - branch * branch / 3.0 } else { libm::log1p(x) };
    for _ in 0..50 {
        let power = exp(w);
        let miss = w * power - x;
        let step = miss / (power * (w + 1.0) - (w + 2.0) * miss / (2.0 * (w + 1.0)));
        w -= step;
        if step.abs() <= 1e-16 * w.abs() {
            break;
        }
    }
    w
}

/// `W(e^y)`: the `w > 0` with `w + ln w = y`, also where `e^y` overflows.
pub fn lambert_w0_of_exp(y: f64) -> f64 {
    if y < 1.0 {
        return lambert_w0(exp(y));
    }
    let mut w = y - ln(y) + ln(y) / y;
    for _ in 0..50 {
        let next = w * (1.0 + y - ln(w)) / (1.0 + w);
        let step = next - w;
        w = next;
        if step.abs() <= 1e-15 * w {
            break;
        }
    }
    w
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        for (x, w) in [
            (-0.1, -0.111_832_559_158_962_97),
            (1.0, 0.567_143_290_409_783_8),
            (10.0, 1.745_528_002_740_699_4),
            (std::f64::consts::E, 1.0),
        ] {
            assert!((lambert_w0(x) - w).abs() < 1e-15, "{x}: {}", lambert_w0(x));
        }
        assert_eq!(lambert_w0(-exp(-1.0)), -1.0);
        assert!(lambert_w0(-0.4).is_nan());
    }

    #[test]
    fn the_definition_holds() {
        for step in -900..3000 {
            let x = f64::from(step) / 2500.0;
            if x > -0.367 {
                let w = lambert_w0(x);
                assert!((w * exp(w) - x).abs() < 1e-15 * (1.0 + x.abs()), "{x} {w}");
            }
        }
        for y in [-700.0, -3.0, 0.0, 0.99, 1.01, 5.0, 700.0, 5000.0] {
            let w = lambert_w0_of_exp(y);
            assert!((w + ln(w) - y).abs() < 1e-13 * f64::max(1.0, y.abs()), "{y} {w}");
        }
    }
}

//! Where a function of one variable vanishes, and where it is largest.

use argmin::core::{CostFunction, Error, Executor};
use argmin::solver::brent::BrentOpt;

/// A root of a continuous `f` between `lo` and `hi`, where its signs must differ; `None` if they do not.
///
/// Infinite values are welcome as long as their sign is right. Precision is that of the machine, relative to the root.
/// Source: Chandrupatla, "A new hybrid quadratic/bisection algorithm", Advances in Engineering Software 28 (1997)
/// 145–149.
pub fn root(f: impl Fn(f64) -> f64, lo: f64, hi: f64) -> Option<f64> {
    let (mut a, mut b) = (hi, lo);
    let (mut fa, mut fb) = (f(a), f(b));
    if fa == 0.0 {
        return Some(a);
    }
    if fb == 0.0 {
        return Some(b);
    }
    if fa.is_nan() || fb.is_nan() || (fa > 0.0) == (fb > 0.0) {
        return None;
    }
    let mut t = 0.5;
    for _ in 0..300 {
        let x = a + t * (b - a);
        let fx = f(x);
        let (c, fc) = if (fx > 0.0) == (fa > 0.0) {
            (a, fa)
        } else {
            let old = (b, fb);
            (b, fb) = (a, fa);
            old
        };
        (a, fa) = (x, fx);
        let (best, value) = if fa.abs() < fb.abs() { (a, fa) } else { (b, fb) };
        let limit = (2.0 * f64::EPSILON * best.abs() + 1e-300) / (b - a).abs();
        if limit > 0.5 || value == 0.0 {
            return Some(best);
        }
        let xi = (a - b) / (c - b);
        let phi = (fa - fb) / (fc - fb);
        let quadratic = phi * phi < xi && (1.0 - phi) * (1.0 - phi) < 1.0 - xi;
        t = if quadratic {
            fa / (fb - fa) * (fc / (fb - fc)) + (c - a) / (b - a) * (fa / (fc - fa)) * (fb / (fc - fb))
        } else {
            0.5
        };
        t = if t.is_finite() { t.clamp(limit, 1.0 - limit) } else { 0.5 };
    }
    Some(if fa.abs() < fb.abs() { a } else { b })
}

struct Negated<F>(F);

impl<F: Fn(f64) -> f64> CostFunction for Negated<F> {
    type Param = f64;
    type Output = f64;

    fn cost(&self, x: &f64) -> Result<f64, Error> {
        Ok(-(self.0)(*x))
    }
}

/// The place in [`lo`, `hi`] where `f` is largest, and its value there.
///
/// `f` is first evaluated on `grid + 1` equally spaced points (ends included), then Brent's method refines around the
/// best of them: the answer is global if `f` has a single peak between neighbours of the best point. The place is
/// right to about half the digits, as for any method that sees only values.
pub fn maximise(f: impl Fn(f64) -> f64, lo: f64, hi: f64, grid: u32) -> (f64, f64) {
    let grid = grid.max(1);
    let at = |i: u32| if i == grid { hi } else { lo + (hi - lo) * f64::from(i) / f64::from(grid) };
    let mut best = (lo, f(lo));
    let mut place = 0;
    for i in 1..=grid {
        let value = f(at(i));
        if value > best.1 {
            best = (at(i), value);
            place = i;
        }
    }
    let (left, right) = (at(place.saturating_sub(1)), at((place + 1).min(grid)));
    let solver = BrentOpt::new(left, right).set_tolerance(1.5e-8, 1e-12 * (1e-3 * (hi - lo)).abs());
    let run = Executor::new(Negated(&f), solver).configure(|state| state.max_iters(200)).run();
    if let Some((x, value)) =
        run.ok().and_then(|done| done.state.best_param.map(|x| (x, -done.state.best_cost)))
        && value > best.1
    {
        best = (x, value);
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::{exp, ln};

    #[test]
    fn roots_are_found_to_the_last_digits() {
        let close =
            |got: Option<f64>, want: f64| assert!((got.unwrap() - want).abs() <= 4e-16 * want.abs().max(1.0));
        close(root(|x| x * x - 2.0, 0.0, 2.0), 2.0_f64.sqrt());
        close(root(|x| exp(x) - 5.0, -100.0, 100.0), ln(5.0));
        close(root(|x| x * x * x, -1.0, 2.0).map(|x| x.max(0.0)), 0.0);
        close(root(|x| if x < 0.3 { f64::NEG_INFINITY } else { 1.0 }, 0.0, 1.0), 0.3);
        close(root(|x| x - 1.0, 1.0, 5.0), 1.0);
        assert_eq!(root(|x| x * x + 1.0, -1.0, 1.0), None);
    }

    #[test]
    fn maxima_are_global_and_may_lie_at_an_end() {
        let (x, value) = maximise(|x| x * (1.0 - x), 0.0, 1.0, 10);
        assert!((x - 0.5).abs() < 1e-7 && (value - 0.25).abs() < 1e-15);
        let (x, _) = maximise(|x| libm::sin(5.0 * x) + x, 0.0, 3.0, 30);
        assert!((x - (2.0 * std::f64::consts::TAU + libm::acos(-0.2)) / 5.0).abs() < 1e-7, "{x}");
        assert_eq!(maximise(|x| x, 0.0, 1.0, 7), (1.0, 1.0));
        assert_eq!(maximise(|x| -x, 0.0, 1.0, 7), (0.0, 0.0));
    }
}

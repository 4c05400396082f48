//! The beta law and its quantile function.

use std::sync::Arc;

use crate::numerics::{exp, exp_m1, incomplete_beta, ln, ln_1p, ln_beta};

/// The beta law with density proportional to `x^{a−1}(1 − x)^{b−1}`, stretched from [0, 1] to [0, scale].
///
/// Two tables, one for each half of the probabilities, start the inversion of the incomplete beta function so close
/// that one or two Newton steps finish it.
#[derive(Clone)]
pub struct Beta {
    scale: f64,
    lower: Arc<Half>,
    upper: Arc<Half>,
}

/// Inverse of `I_y(a, b) = p` for `p` up to one half.
struct Half {
    a: f64,
    b: f64,
    ln_beta: f64,
    /// `y` and `dy/dp` at equally spaced `p` from 0 to one half.
    knots: Vec<(f64, f64)>,
}

const CELLS: usize = 512;

impl Half {
    fn new(a: f64, b: f64) -> Self {
        let mut half = Half { a, b, ln_beta: ln_beta(a, b), knots: Vec::with_capacity(CELLS + 1) };
        half.knots.push((0.0, 0.0));
        for i in 1..=CELLS {
            let p = 0.5 * i as f64 / CELLS as f64;
            let previous = half.knots[i - 1].0;
            let y = half.solve(p, if i == 1 { half.leading(p) } else { previous }, previous, 1.0);
            half.knots.push((y, 1.0 / half.density(y)));
        }
        half
    }

    fn density(&self, y: f64) -> f64 {
        // The factors with exponent zero are left out, because 0·ln 0 is not a number.
        let left = if self.a == 1.0 { 0.0 } else { (self.a - 1.0) * ln(y) };
        let right = if self.b == 1.0 { 0.0 } else { (self.b - 1.0) * ln_1p(-y) };
        exp(left + right - self.ln_beta)
    }

    /// First term of the series at 0: `I_y(a, b) ≈ y^a/(a B(a, b))`, hence this `y`.
    fn leading(&self, p: f64) -> f64 {
        exp((ln(p) + ln(self.a) + self.ln_beta) / self.a)
    }

    /// Newton's method for `ln I_y = ln p` in `ln y`, where the function is nearly straight, kept within [lo, hi].
    fn solve(&self, p: f64, guess: f64, mut lo: f64, mut hi: f64) -> f64 {
        let mut y = guess;
        if y < 1e-290 {
            return y;
        }
        y = y.clamp(lo, hi);
        for _ in 0..200 {
            let mass = incomplete_beta(self.a, self.b, y);
            if mass > p {
                hi = hi.min(y);
            } else {
                lo = lo.max(y);
            }
            let step = ln(mass / p) * mass / (y * self.density(y));
            let next = y * exp(-step);
            // Newton doubles the digits with each step, so one shorter than this is the last.
            if step.abs() < 1e-9 {
                return next;
            }
            y = if next > lo && next < hi {
                next
            } else if lo > 0.0 {
                (lo * hi).sqrt()
            } else {
                1e-3 * hi
            };
        }
        y
    }

    fn quantile(&self, p: f64) -> f64 {
        if p <= 0.0 {
            return 0.0;
        }
        if self.a == 1.0 {
            return -exp_m1(ln_1p(-p) / self.b);
        }
        if self.b == 1.0 {
            return exp(ln(p) / self.a);
        }
        let position = p * (2 * CELLS) as f64;
        let cell = (position as usize).min(CELLS - 1);
        let (lo, hi) = (self.knots[cell].0, self.knots[cell + 1].0);
        let guess = if cell == 0 { self.leading(p) } else { self.hermite(cell, position - cell as f64) };
        self.solve(p, guess, lo, hi)
    }

    fn hermite(&self, cell: usize, t: f64) -> f64 {
        let ((y0, s0), (y1, s1)) = (self.knots[cell], self.knots[cell + 1]);
        let width = 0.5 / CELLS as f64;
        let r = 1.0 - t;
        y0 * r * r * (1.0 + 2.0 * t) + y1 * t * t * (3.0 - 2.0 * t) + width * t * r * (s0 * r - s1 * t)
    }
}

impl Beta {
    /// The law on [0, 1]; both parameters must be positive.
    pub(super) fn new(a: f64, b: f64) -> Self {
        Beta { scale: 1.0, lower: Arc::new(Half::new(a, b)), upper: Arc::new(Half::new(b, a)) }
    }

    /// The two parameters (a, b).
    pub fn parameters(&self) -> (f64, f64) {
        (self.lower.a, self.lower.b)
    }

    /// Upper end of the support.
    pub fn scale(&self) -> f64 {
        self.scale
    }

    pub(super) fn scaled(&self, factor: f64) -> Self {
        Beta { scale: self.scale * factor, ..self.clone() }
    }

    pub(super) fn quantile(&self, u: f64) -> f64 {
        self.scale * if u <= 0.5 { self.lower.quantile(u) } else { 1.0 - self.upper.quantile(1.0 - u) }
    }

    pub(super) fn cdf(&self, x: f64) -> f64 {
        incomplete_beta(self.lower.a, self.lower.b, x / self.scale)
    }

    pub(super) fn survival(&self, x: f64) -> f64 {
        let (a, b) = self.parameters();
        let y = x / self.scale;
        // 1 − y is exact only in the upper half.
        if y < 0.5 { 1.0 - incomplete_beta(a, b, y) } else { incomplete_beta(b, a, 1.0 - y) }
    }

    pub(super) fn pdf(&self, x: f64) -> f64 {
        self.lower.density(x / self.scale) / self.scale
    }

    pub(super) fn mean(&self) -> f64 {
        self.scale * self.lower.a / (self.lower.a + self.lower.b)
    }
}

impl PartialEq for Beta {
    fn eq(&self, other: &Self) -> bool {
        (self.parameters(), self.scale) == (other.parameters(), other.scale)
    }
}

impl std::fmt::Debug for Beta {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (a, b) = self.parameters();
        f.debug_struct("Beta")
            .field("a", &a)
            .field("b", &b)
            .field("scale", &self.scale)
            .finish_non_exhaustive()
    }
}

//! Test functions on the unit cube whose Sobol indices are known in closed form.
//!
//! * Ishigami and Homma (1990, ISUMA '90, pp. 398–403): `sin z₁ + a sin² z₂ + b z₃⁴ sin z₁`, `z = π(2x − 1)`, with `a = 7`,
//!   `b = .1`. Variances `V₁ = ½(1 + bπ⁴/5)²`, `V₂ = a²/8`, `V₁₃ = b²π⁸(1/18 − 1/50)`, all others zero.
//! * Sobol's g (Saltelli and Sobol 1995, Reliability Engineering & System Safety 50, pp. 225–239): `Π (|4xᵢ − 2| + aᵢ)/(1 + aᵢ)`.
//!   With `Vᵢ = 1/(3(1 + aᵢ)²)` the variance of a set of inputs alone is `Π Vᵢ`, and of all `Π(1 + Vᵢ) − 1`.

use std::f64::consts::PI;

/// A function with known indices.
#[derive(Clone, Debug, PartialEq)]
pub enum Function {
    /// Ishigami's, of three inputs.
    Ishigami {
        /// Weight of the second input.
        a: f64,
        /// Weight of the interaction of the first and the third.
        b: f64,
    },
    /// Sobol's g; an input matters less, the larger its number.
    SobolG(Vec<f64>),
}

impl Function {
    /// Ishigami's function with the usual weights.
    pub const ISHIGAMI: Function = Function::Ishigami { a: 7.0, b: 0.1 };

    /// Sobol's g with the usual six inputs.
    pub fn g() -> Self {
        Function::SobolG(vec![0.0, 1.0, 4.5, 9.0, 99.0, 99.0])
    }

    /// Number of inputs.
    pub fn inputs(&self) -> usize {
        match self {
            Function::Ishigami { .. } => 3,
            Function::SobolG(a) => a.len(),
        }
    }

    /// Its value at a point of the unit cube.
    pub fn at(&self, x: &[f64]) -> f64 {
        match self {
            Function::Ishigami { a, b } => {
                let z = |i: usize| PI * (2.0 * x[i] - 1.0);
                let (first, second) = (libm::sin(z(0)), libm::sin(z(1)));
                let square = z(2) * z(2);
                first + a * second * second + b * square * square * first
            }
            Function::SobolG(a) => {
                x.iter().zip(a).map(|(x, a)| ((4.0 * x - 2.0).abs() + a) / (1.0 + a)).product()
            }
        }
    }

    /// Variance that a set of inputs has together beyond what its subsets have.
    fn part(&self, inputs: &[usize]) -> f64 {
        match self {
            Function::Ishigami { a, b } => {
                let pi4 = PI * PI * PI * PI;
                match inputs {
                    [0] => 0.5 * (1.0 + b * pi4 / 5.0) * (1.0 + b * pi4 / 5.0),
                    [1] => a * a / 8.0,
                    [0, 2] => b * b * pi4 * pi4 * (1.0 / 18.0 - 1.0 / 50.0),
                    _ => 0.0,
                }
            }
            Function::SobolG(a) => inputs.iter().map(|&i| alone(a[i])).product(),
        }
    }

    /// Variance.
    pub fn variance(&self) -> f64 {
        match self {
            Function::Ishigami { .. } => self.part(&[0]) + self.part(&[1]) + self.part(&[0, 2]),
            Function::SobolG(a) => a.iter().map(|&a| 1.0 + alone(a)).product::<f64>() - 1.0,
        }
    }

    /// First-order index of an input.
    pub fn first(&self, input: usize) -> f64 {
        self.part(&[input]) / self.variance()
    }

    /// Second-order index of two inputs, the lesser first.
    pub fn second(&self, i: usize, j: usize) -> f64 {
        self.part(&[i, j]) / self.variance()
    }

    /// Total index of an input.
    pub fn total(&self, input: usize) -> f64 {
        let total = match self {
            Function::Ishigami { .. } => {
                let joint = if input == 1 { 0.0 } else { self.part(&[0, 2]) };
                self.part(&[input]) + joint
            }
            Function::SobolG(a) => {
                let others = a.iter().enumerate().filter(|(i, _)| *i != input);
                alone(a[input]) * others.map(|(_, &a)| 1.0 + alone(a)).product::<f64>()
            }
        };
        total / self.variance()
    }
}

/// Variance of one factor of Sobol's g.
fn alone(a: f64) -> f64 {
    1.0 / (3.0 * (1.0 + a) * (1.0 + a))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_indices() {
        // Digits from the closed forms at the top, worked out apart.
        let f = Function::ISHIGAMI;
        for (got, known) in [
            (f.first(0), 0.3139),
            (f.first(1), 0.4424),
            (f.first(2), 0.0),
            (f.total(0), 0.5576),
            (f.total(1), 0.4424),
            (f.total(2), 0.2437),
            (f.second(0, 2), 0.2437),
        ] {
            assert!((got - known).abs() < 5e-5, "{got} {known}");
        }
        let g = Function::g();
        let sum: f64 = (0..6).map(|i| g.first(i)).sum();
        assert!((g.first(0) - 0.71634).abs() < 5e-5 && (g.total(0) - 0.78726).abs() < 5e-5, "{}", g.first(0));
        assert!(sum < 1.0 && (0..6).all(|i| g.total(i) >= g.first(i)));
    }

    #[test]
    fn variances_are_those_of_the_functions() {
        // Midpoints of a fine grid; the g function's factors are independent.
        let n = 60;
        let at = |i: usize| (i as f64 + 0.5) / n as f64;
        let f = Function::ISHIGAMI;
        let (mut sum, mut squares) = (0.0, 0.0);
        for i in 0..n {
            for j in 0..n {
                for k in 0..n {
                    let y = f.at(&[at(i), at(j), at(k)]);
                    sum += y;
                    squares += y * y;
                }
            }
        }
        let count = (n * n * n) as f64;
        let variance = squares / count - sum / count * (sum / count);
        assert!((variance / f.variance() - 1.0).abs() < 0.01, "{variance}");
    }
}

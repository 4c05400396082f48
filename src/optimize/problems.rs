//! Test functions whose fronts are known: ZDT1, ZDT2, ZDT3 (Zitzler, Deb and Thiele 2000, Evolutionary Computation 8(2),
//! pp. 177–179) and DTLZ2 (Deb, Thiele, Laumanns and Zitzler 2005, in "Evolutionary Multiobjective Optimization", p. 118).

/// A test function on the unit cube, all objectives minimised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// 30 variables; front `f₂ = 1 − √f₁`.
    Zdt1,
    /// 30 variables; front `f₂ = 1 − f₁²`, concave.
    Zdt2,
    /// 30 variables; front in five pieces of `f₂ = 1 − √f₁ − f₁ sin 10πf₁`.
    Zdt3,
    /// 12 variables, three objectives; front: the part of the unit sphere with non-negative coordinates.
    Dtlz2,
}

impl Problem {
    /// All of them.
    pub const ALL: [Problem; 4] = [Problem::Zdt1, Problem::Zdt2, Problem::Zdt3, Problem::Dtlz2];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Problem::Zdt1 => "ZDT1",
            Problem::Zdt2 => "ZDT2",
            Problem::Zdt3 => "ZDT3",
            Problem::Dtlz2 => "DTLZ2",
        }
    }

    /// Number of variables.
    pub fn variables(self) -> usize {
        if self == Problem::Dtlz2 { 12 } else { 30 }
    }

    /// Number of objectives.
    pub fn objectives(self) -> usize {
        if self == Problem::Dtlz2 { 3 } else { 2 }
    }

    /// Hypervolume of the whole front with respect to 1.1 in each objective.
    pub fn best(self) -> f64 {
        match self {
            // 1.21 − ∫₀¹ (1 − √x) dx, less nothing: the strip beyond f₁ = 1 is dominated by (1, 0).
            Problem::Zdt1 => 1.21 - 1.0 / 3.0,
            Problem::Zdt2 => 1.21 - 2.0 / 3.0,
            // By integration over the pieces' ends (checked in the tests).
            Problem::Zdt3 => 1.331_762_9,
            // 1.1³ less an eighth of the ball.
            Problem::Dtlz2 => 1.331 - std::f64::consts::PI / 6.0,
        }
    }

    /// Objectives at a point of the unit cube.
    pub fn at(self, x: &[f64]) -> Vec<f64> {
        if self == Problem::Dtlz2 {
            let g: f64 = x[2..].iter().map(|x| (x - 0.5) * (x - 0.5)).sum();
            let angle = |x: f64| {
                (libm::cos(x * std::f64::consts::FRAC_PI_2), libm::sin(x * std::f64::consts::FRAC_PI_2))
            };
            let ((c0, s0), (c1, s1)) = (angle(x[0]), angle(x[1]));
            return vec![(1.0 + g) * c0 * c1, (1.0 + g) * c0 * s1, (1.0 + g) * s0];
        }
        let first = x[0];
        let g = 1.0 + 9.0 * x[1..].iter().sum::<f64>() / (x.len() - 1) as f64;
        let ratio = first / g;
        let shape = match self {
            Problem::Zdt1 => 1.0 - ratio.sqrt(),
            Problem::Zdt2 => 1.0 - ratio * ratio,
            _ => 1.0 - ratio.sqrt() - ratio * libm::sin(10.0 * std::f64::consts::PI * first),
        };
        vec![first, g * shape]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimize::hypervolume::hypervolume;

    #[test]
    fn fine_points_on_the_front_have_nearly_the_best_hypervolume() {
        for problem in Problem::ALL {
            let mut points = Vec::new();
            let steps = if problem == Problem::Dtlz2 { 120 } else { 20_000 };
            let at = |i: u32| f64::from(i) / f64::from(steps);
            for i in 0..=steps {
                let mut x = vec![if problem == Problem::Dtlz2 { 0.5 } else { 0.0 }; problem.variables()];
                x[0] = at(i);
                if problem.objectives() == 2 {
                    points.push(problem.at(&x));
                } else {
                    for j in 0..=steps {
                        x[1] = at(j);
                        points.push(problem.at(&x));
                    }
                }
            }
            let reference = vec![1.1; problem.objectives()];
            let found = hypervolume(&points, &reference);
            let slack = if problem == Problem::Dtlz2 { 0.02 } else { 2e-4 };
            assert!(found < problem.best() + 1e-7, "{}: {found}", problem.name());
            assert!(problem.best() - found < slack, "{}: {found}", problem.name());
        }
    }
}

//! Sobol designs: points of an Owen-scrambled Sobol sequence, evenly spread at every power of two.
//!
//! The design of `N` points is the first half of that of `2N`, so that a study can be doubled without losing a unit.
//!
//! References: Sobol' (1967), USSR Comput. Math. Math. Phys. 7(4), pp. 86–112; Owen (1995), "Randomly permuted (t,m,s)-nets
//! and (t,s)-sequences"; direction numbers and hash-based scrambling of the `sobol_burley` crate (Burley 2020, JCGT 9(4)).

use super::{Axis, Point, at_positions};

/// Most points that the sequence has.
pub const MOST_POINTS: usize = 1 << 16;

/// Most axes that it has.
pub const MOST_AXES: usize = sobol_burley::NUM_DIMENSIONS as usize;

/// The first points of the sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct Sobol {
    axes: Vec<Axis>,
    points: usize,
    scramble: u32,
}

impl Sobol {
    /// The first `points` points under a seed; at most [`MOST_POINTS`] of at most [`MOST_AXES`] axes.
    pub fn new(axes: Vec<Axis>, points: usize, seed: u64) -> Self {
        Sobol { axes, points, scramble: (seed ^ (seed >> 32)) as u32 }
    }

    /// Number of points.
    pub fn count(&self) -> usize {
        self.points
    }

    /// The point of this number, below [`Self::count`].
    pub fn point(&self, index: usize) -> Point {
        at_positions(&self.axes, |column| {
            f64::from(sobol_burley::sample(index as u32, column as u32, self.scramble))
        })
    }

    /// Axes that vary.
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::range;
    use super::*;

    fn points(axes: &[Axis], points: usize, seed: u64) -> Vec<Point> {
        let design = Sobol::new(axes.to_vec(), points, seed);
        (0..design.count()).map(|index| design.point(index)).collect()
    }

    fn numbers(points: &[Point], axis: usize) -> Vec<f64> {
        points.iter().map(|point| point[axis].1.as_number().unwrap()).collect()
    }

    #[test]
    fn the_first_half_of_a_design_is_a_design() {
        let axes = [range("a", 0.0, 1.0), range("b", 0.0, 1.0)];
        let (half, whole) = (points(&axes, 32, 5), points(&axes, 64, 5));
        assert_eq!(half, whole[..32]);
        for points in [&half, &whole] {
            let n = points.len();
            for axis in 0..2 {
                let mut hit = vec![false; n];
                for x in numbers(points, axis) {
                    assert!(!std::mem::replace(&mut hit[(x * n as f64) as usize], true));
                }
            }
            // In two dimensions every quarter of the square holds a quarter of the points.
            let corner = numbers(points, 0).into_iter().zip(numbers(points, 1));
            assert_eq!(corner.filter(|(x, y)| *x < 0.5 && *y < 0.5).count(), n / 4);
        }
    }
}

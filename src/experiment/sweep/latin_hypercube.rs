//! Latin hypercube: each axis is cut into `N` slices of equal probability, and each slice of each axis holds one point.
//!
//! Point `i` lies at `(π_j(i) + u_ij)/N` on axis `j`, with independent random permutations `π_j` and uniform `u_ij`.
//!
//! Reference: McKay, Beckman and Conover (1979), "A comparison of three methods for selecting values of input variables in
//! the analysis of output from a computer code", Technometrics 21(2), section 2.

use super::{Axis, Point, at_positions};
use crate::draws::{Key, Purpose, Stream, Who};

/// `N` points, each slice of each axis hit once.
#[derive(Clone, Debug, PartialEq)]
pub struct LatinHypercube {
    axes: Vec<Axis>,
    points: usize,
    seed: u64,
    /// By axis, the slice of each point.
    slices: Vec<Vec<u32>>,
}

impl LatinHypercube {
    /// `points` points under a seed. An axis keeps its permutation, whatever other axes there are: it hangs on its paths.
    pub fn new(axes: Vec<Axis>, points: usize, seed: u64) -> Self {
        let slices = axes.iter().map(|axis| {
            let stream = stream(seed, axis);
            let mut order: Vec<u32> = (0..points as u32).collect();
            order.sort_by_cached_key(|&i| (stream.bits(i, 0), i));
            let mut slices = vec![0; points];
            for (slice, &i) in (0..).zip(&order) {
                slices[i as usize] = slice;
            }
            slices
        });
        LatinHypercube { slices: slices.collect(), axes, points, seed }
    }

    /// Number of points.
    pub fn count(&self) -> usize {
        self.points
    }

    /// The point of this number, below [`Self::count`].
    pub fn point(&self, index: usize) -> Point {
        at_positions(&self.axes, |column| {
            let within = stream(self.seed, &self.axes[column]).uniform(index as u32, 1);
            (f64::from(self.slices[column][index]) + within) / self.points as f64
        })
    }

    /// Axes that vary.
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }
}

fn stream(seed: u64, axis: &Axis) -> Stream {
    Key::new(seed, 0, 0).stream(Purpose::Design, Who::member(&axis.paths.join("\n"), 0))
}

#[cfg(test)]
mod tests {
    use super::super::tests::range;
    use super::*;

    #[test]
    fn every_slice_of_every_axis_holds_one_point() {
        let axes = [range("a", 0.0, 1.0), range("b", 0.0, 1.0), range("c", 0.0, 1.0)];
        let design = LatinHypercube::new(axes.to_vec(), 50, 3);
        let points: Vec<Point> = (0..design.count()).map(|index| design.point(index)).collect();
        for axis in 0..3 {
            let mut hit = [false; 50];
            for point in &points {
                let slice = (point[axis].1.as_number().unwrap() * 50.0) as usize;
                assert!(!std::mem::replace(&mut hit[slice], true));
            }
        }
        assert_ne!(points[0][0].1, points[0][1].1);
    }
}

//! Latin hypercube: each axis is cut into `N` slices of equal probability, and each slice of each axis holds one point.
//!
//! Point `i` lies at `(π_j(i) + u_ij)/N` on axis `j`, with independent random permutations `π_j` and uniform `u_ij`.
//!
//! Reference: McKay, Beckman and Conover (1979), "A comparison of three methods for selecting values of input variables in
//! the analysis of output from a computer code", Technometrics 21(2), section 2.

use super::{Axis, Point, from_positions};
use crate::draws::{Key, Purpose, Who};

/// `points` points under a seed. An axis keeps its permutation, whatever other axes there are: it hangs on its paths.
pub fn points(axes: &[Axis], points: usize, seed: u64) -> Vec<Point> {
    let key = Key::new(seed, 0, 0);
    let positions: Vec<Vec<f64>> = axes
        .iter()
        .map(|axis| {
            let stream = key.stream(Purpose::Design, Who::member(&axis.paths.join("\n"), 0));
            let mut order: Vec<usize> = (0..points).collect();
            order.sort_by_key(|&i| (stream.bits(i as u32, 0), i));
            let mut position = vec![0.0; points];
            for (slice, &i) in order.iter().enumerate() {
                position[i] = (slice as f64 + stream.uniform(i as u32, 1)) / points as f64;
            }
            position
        })
        .collect();
    from_positions(axes, points, |row, column| positions[column][row])
}

#[cfg(test)]
mod tests {
    use super::super::tests::range;
    use super::*;

    #[test]
    fn every_slice_of_every_axis_holds_one_point() {
        let axes = [range("a", 0.0, 1.0), range("b", 0.0, 1.0), range("c", 0.0, 1.0)];
        let points = points(&axes, 50, 3);
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

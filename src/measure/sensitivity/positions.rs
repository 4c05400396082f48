//! Where a sensitivity study evaluates: rows of a pick-freeze design, and trajectories.
//!
//! A *row* is two independent points `A` and `B` of the unit cube; row `n` hangs on the seed and `n` alone, so that a larger
//! study has the rows of a smaller one. A *trajectory* (Morris 1991, Technometrics 33(2), pp. 161–174) begins at a random point
//! of a grid of `p` levels and moves each input once, in random order, by `Δ = p/(2(p − 1))` upwards or downwards.

use crate::draws::{Key, Purpose, Sequence, Who};

/// The two points of a row.
pub fn row(seed: u64, row: u32, inputs: usize) -> [Vec<f64>; 2] {
    let mut draws = sequence(seed, row, "pick-freeze");
    let mut point = || (0..inputs).map(|_| draws.uniform()).collect();
    [point(), point()]
}

fn sequence(seed: u64, number: u32, what: &str) -> Sequence {
    Key::new(seed, number, 0).stream(Purpose::Design, Who::member(what, 0)).sequence(0)
}

/// The points of a trajectory.
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectory {
    /// Points in order, one more than inputs.
    pub points: Vec<Vec<f64>>,
    /// Input that each step moves, and by how much.
    pub steps: Vec<(usize, f64)>,
}

/// Size of a step on a grid of `levels` levels, which is even.
pub fn step(levels: u32) -> f64 {
    f64::from(levels) / (2.0 * (f64::from(levels) - 1.0))
}

/// Trajectory `number` on a grid of `levels` levels, an even number of at least 2.
pub fn trajectory(seed: u64, number: u32, inputs: usize, levels: u32) -> Trajectory {
    let mut draws = sequence(seed, number, "trajectory");
    let mut below = |n: usize| ((draws.uniform() * n as f64) as usize).min(n - 1);
    let top = f64::from(levels) - 1.0;
    let half = levels as usize / 2;
    let mut point = Vec::with_capacity(inputs);
    let mut moves = Vec::with_capacity(inputs);
    for _ in 0..inputs {
        // Steps lead half the grid away: upwards from its lower half, downwards from its upper.
        let level = below(levels as usize);
        point.push(level as f64 / top);
        moves.push(if level < half { level + half } else { level - half } as f64 / top);
    }
    let mut order: Vec<usize> = (0..inputs).collect();
    for i in (1..inputs).rev() {
        order.swap(i, below(i + 1));
    }
    let mut trajectory = Trajectory { points: vec![point.clone()], steps: Vec::new() };
    for input in order {
        let size = moves[input] - point[input];
        point[input] = moves[input];
        trajectory.points.push(point.clone());
        trajectory.steps.push((input, size));
    }
    trajectory
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trajectories_move_each_input_once_by_half_the_grid() {
        let mut upwards = 0;
        for number in 0..200 {
            let t = trajectory(3, number, 5, 4);
            let mut moved: Vec<usize> = t.steps.iter().map(|(input, _)| *input).collect();
            moved.sort_unstable();
            assert_eq!(moved, [0, 1, 2, 3, 4]);
            for ((a, b), (input, size)) in t.points.iter().zip(&t.points[1..]).zip(&t.steps) {
                assert!((size.abs() - step(4)).abs() < 1e-12);
                assert!(
                    (0..5).all(|i| i == *input || a[i] == b[i]) && b.iter().all(|x| (0.0..=1.0).contains(x))
                );
                upwards += usize::from(*size > 0.0);
            }
        }
        assert!((420..580).contains(&upwards), "{upwards} of 1000");
    }

    #[test]
    fn rows_hang_on_their_number_alone() {
        let [a, b] = row(1, 7, 3);
        assert_eq!(row(1, 7, 3), [a.clone(), b.clone()]);
        assert!(a != b && row(1, 8, 3)[0] != a && row(2, 7, 3)[0] != a);
    }
}

//! Designs of sensitivity studies: trajectories for screening, and rows in which inputs are exchanged one by one.
//!
//! Points come block by block, each of which is an independent repetition:
//!
//! * a *trajectory* has one point more than axes;
//! * a *row* has `A`, `B`, then for each axis `A` with that axis from `B`, and for each, where second-order indices are asked for, `B` with
//!   it from `A`.
//!
//! A block has its own luck: two replicates, `2n` and `2n + 1` of block `n` of its kind. Positions are laid by
//! [`crate::measure::sensitivity::positions`].

use super::{Axis, Point, Range, Settings, at_positions};
use crate::draws::Luck;
use crate::measure::sensitivity::positions;

/// A design of blocks.
#[derive(Clone, Debug, PartialEq)]
pub struct PickFreeze {
    /// What varies.
    pub axes: Vec<Axis>,
    /// Trajectories.
    pub trajectories: u32,
    /// Levels of the trajectories' grid.
    pub levels: u32,
    /// Rows.
    pub rows: u32,
    /// Whether rows exchange axes both ways.
    pub second_order: bool,
    /// Seed of positions.
    pub seed: u64,
}

/// An independent repetition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    /// A trajectory of this number.
    Trajectory(u32),
    /// A row of this number.
    Row(u32),
}

impl PickFreeze {
    /// Most blocks of a kind, beyond which luck could not be crossed.
    pub const MOST_BLOCKS: u32 = Luck::MOST_CROSSED / 2;

    /// Points of a trajectory.
    fn trajectory_points(&self) -> usize {
        self.axes.len() + 1
    }

    /// Points of a row.
    fn row_points(&self) -> usize {
        2 + self.axes.len() * (1 + usize::from(self.second_order))
    }

    /// Number of points.
    pub fn count(&self) -> usize {
        self.trajectories as usize * self.trajectory_points() + self.rows as usize * self.row_points()
    }

    /// Axes that vary.
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// All blocks, in order.
    pub fn blocks(&self) -> impl Iterator<Item = Block> + use<> {
        let rows = self.rows;
        (0..self.trajectories).map(Block::Trajectory).chain((0..rows).map(Block::Row))
    }

    /// The first point of a block, and how many it has.
    pub fn points_of(&self, block: Block) -> (u32, usize) {
        match block {
            Block::Trajectory(n) => {
                ((n as usize * self.trajectory_points()) as u32, self.trajectory_points())
            }
            Block::Row(n) => {
                let before = self.trajectories as usize * self.trajectory_points();
                ((before + n as usize * self.row_points()) as u32, self.row_points())
            }
        }
    }

    /// Replicates at a block's point of this number within it.
    ///
    /// Of a trajectory, both of the block's. Of a row with replicates `a` and `b`: at `A` and at `B` their own, each half of luck
    /// exchanged alone, and both; elsewhere that of the point to which an axis was brought.
    pub fn replicates_at(&self, block: Block, point: usize) -> Vec<u32> {
        let (Block::Trajectory(n) | Block::Row(n)) = block;
        let (a, b) = (2 * n, 2 * n + 1);
        let crossed = |world: u32, learning: u32| Luck { world, learning }.replicate();
        match block {
            Block::Trajectory(_) => vec![a, b],
            Block::Row(_) => match point {
                0 => vec![a, crossed(b, a), crossed(a, b), b],
                1 => vec![b, crossed(a, b), crossed(b, a), a],
                p if p < 2 + self.axes.len() => vec![a],
                _ => vec![b],
            },
        }
    }

    /// Replicates at a point of the design.
    pub fn replicates(&self, index: u32) -> Vec<u32> {
        let (block, point) = self.place(index as usize);
        self.replicates_at(block, point)
    }

    /// The block of a point, and its number within it.
    fn place(&self, index: usize) -> (Block, usize) {
        let before = self.trajectories as usize * self.trajectory_points();
        if index < before {
            let width = self.trajectory_points();
            return (Block::Trajectory((index / width) as u32), index % width);
        }
        let (width, at) = (self.row_points(), index - before);
        (Block::Row((at / width) as u32), at % width)
    }

    /// Units of each contender.
    pub fn units(&self) -> u64 {
        let row = 8 + self.row_points() as u64 - 2;
        u64::from(self.trajectories) * 2 * self.trajectory_points() as u64 + u64::from(self.rows) * row
    }

    /// The point of this number, below [`Self::count`].
    pub fn point(&self, index: usize) -> Point {
        let inputs = self.axes.len();
        match self.place(index) {
            (Block::Trajectory(n), point) => {
                let positions =
                    positions::trajectory(self.seed, n, inputs, self.levels).points.swap_remove(point);
                at_positions(&self.axes, |column| on_grid(&self.axes[column], positions[column]))
            }
            (Block::Row(n), point) => {
                let [a, b] = positions::row(self.seed, n, inputs);
                let (mut base, other) = if point == 1 || point >= 2 + inputs { (b, a) } else { (a, b) };
                if point >= 2 {
                    let column = (point - 2) % inputs;
                    base[column] = other[column];
                }
                at_positions(&self.axes, |column| base[column])
            }
        }
    }
}

/// The position at which an axis takes the setting that a grid's position stands for: of finitely many settings, both ends of
/// the grid are the first and the last.
fn on_grid(axis: &Axis, position: f64) -> f64 {
    let count = match &axis.settings {
        Settings::Levels(levels) => levels.len(),
        Settings::Range(Range { low, high, whole: true, log: false, .. }) => (high - low) as usize + 1,
        Settings::Range(_) => return position,
    };
    let setting = (position * (count - 1) as f64).round();
    (setting + 0.5) / count as f64
}

#[cfg(test)]
mod tests {
    use super::super::tests::{axis, range};
    use super::*;

    fn design(second_order: bool) -> PickFreeze {
        let axes = vec![range("x", 0.0, 1.0), axis("k", &[1, 2, 3]), range("z", 5.0, 6.0)];
        PickFreeze { axes, trajectories: 2, levels: 4, rows: 3, second_order, seed: 1 }
    }

    #[test]
    fn blocks_share_out_all_points_and_units() {
        for second_order in [false, true] {
            let design = design(second_order);
            let mut next = 0;
            let mut units = 0;
            for block in design.blocks() {
                let (first, count) = design.points_of(block);
                assert_eq!(first, next);
                next += count as u32;
                for point in 0..count {
                    let replicates = design.replicates_at(block, point);
                    assert_eq!(design.replicates(first + point as u32), replicates);
                    units += replicates.len() as u64;
                }
            }
            assert_eq!((next as usize, units), (design.count(), design.units()));
        }
    }

    #[test]
    fn rows_exchange_one_axis_at_a_time() {
        let design = design(true);
        let (first, count) = design.points_of(Block::Row(2));
        let points: Vec<Point> = (0..count).map(|i| design.point(first as usize + i)).collect();
        let (a, b) = (&points[0], &points[1]);
        let exchanged = |base: &Point, from: &Point, axis: usize| {
            let mut point = base.clone();
            point[axis] = from[axis].clone();
            point
        };
        for axis in 0..3 {
            assert_eq!(points[2 + axis], exchanged(a, b, axis));
            assert_eq!(points[5 + axis], exchanged(b, a, axis));
        }
        let own = design.replicates_at(Block::Row(2), 0);
        assert_eq!((own[0], own[3]), (4, 5));
        assert_eq!(Luck::of(own[1]), Luck { world: 5, learning: 4 });
    }

    #[test]
    fn grids_reach_the_first_and_the_last_setting() {
        let k = axis("k", &[1, 2, 3, 4]);
        let seen: Vec<f64> =
            (0..4).map(|i| k.at(on_grid(&k, f64::from(i) / 3.0))[0].as_number().unwrap()).collect();
        assert_eq!(seen, [1.0, 2.0, 3.0, 4.0]);
    }
}

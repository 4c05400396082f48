//! Full factorial: every combination of the axes' levels, the last axis moving fastest.

use super::{Axis, Point};
use crate::settings::Value;

/// Every combination of the axes' levels.
#[derive(Clone, Debug, PartialEq)]
pub struct Factorial {
    axes: Vec<Axis>,
    /// By axis.
    levels: Vec<Vec<Vec<Value>>>,
    rows: Rows,
}

/// Which level of each axis a point has.
#[derive(Clone, Debug, PartialEq)]
enum Rows {
    /// The digits of its number: this many points.
    Counted(usize),
    /// Some axis is conditional. By point, then axis; [`ABSENT`] where the axis does not exist.
    Listed(Vec<u32>),
}

/// Stands for no level.
const ABSENT: u32 = u32::MAX;

impl Factorial {
    /// The design over these axes. A conditional axis multiplies only the points at which it exists.
    pub fn new(axes: Vec<Axis>) -> Self {
        let levels: Vec<Vec<Vec<Value>>> = axes.iter().map(Axis::levels).collect();
        let rows = if axes.iter().any(|axis| axis.when.is_some()) {
            let mut rows = Vec::new();
            enumerate(&axes, &levels, &mut Point::new(), &mut Vec::new(), &mut rows);
            Rows::Listed(rows)
        } else {
            Rows::Counted(levels.iter().map(Vec::len).product())
        };
        Factorial { axes, levels, rows }
    }

    /// Number of points.
    pub fn count(&self) -> usize {
        match &self.rows {
            Rows::Counted(points) => *points,
            Rows::Listed(rows) => rows.len() / self.axes.len().max(1),
        }
    }

    /// The point of this number, below [`Self::count`].
    pub fn point(&self, index: usize) -> Point {
        let mut point = Point::new();
        // Points for each level of the axis at hand.
        let mut each = self.count();
        for (column, (axis, levels)) in self.axes.iter().zip(&self.levels).enumerate() {
            let level = match &self.rows {
                Rows::Counted(_) => {
                    each /= levels.len();
                    index / each % levels.len()
                }
                Rows::Listed(rows) => match rows[index * self.axes.len() + column] {
                    ABSENT => continue,
                    level => level as usize,
                },
            };
            axis.assign(levels[level].clone(), &mut point);
        }
        point
    }

    /// Axes that vary.
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }
}

/// Appends the levels of every point that begins with `point`.
fn enumerate(
    axes: &[Axis],
    levels: &[Vec<Vec<Value>>],
    point: &mut Point,
    row: &mut Vec<u32>,
    rows: &mut Vec<u32>,
) {
    let Some(axis) = axes.get(row.len()) else {
        rows.extend_from_slice(row);
        return;
    };
    if !axis.applies(point) {
        row.push(ABSENT);
        enumerate(axes, levels, point, row, rows);
        row.pop();
        return;
    }
    let before = point.len();
    for (level, values) in levels[row.len()].iter().enumerate() {
        axis.assign(values.clone(), point);
        row.push(level as u32);
        enumerate(axes, levels, point, row, rows);
        row.pop();
        point.truncate(before);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::axis;
    use super::*;

    fn points(axes: &[Axis]) -> Vec<Point> {
        let design = Factorial::new(axes.to_vec());
        (0..design.count()).map(|index| design.point(index)).collect()
    }

    #[test]
    fn every_combination_once() {
        let points = points(&[axis("a", &[1, 2]), axis("b", &[3, 4, 5])]);
        assert_eq!(points.len(), 6);
        assert_eq!(points[0], [("a".to_owned(), Value::Integer(1)), ("b".to_owned(), Value::Integer(3))]);
        assert_eq!(points[1][1].1, Value::Integer(4));
        assert_eq!(points[5][0].1, Value::Integer(2));
    }

    #[test]
    fn a_conditional_axis_multiplies_where_it_exists() {
        let mut b = axis("b", &[3, 4, 5]);
        b.when = Some(("a".to_owned(), Value::Integer(2)));
        let points = points(&[axis("a", &[1, 2]), b, axis("c", &[6, 7])]);
        assert_eq!(points.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 3, 3, 3, 3, 3, 3]);
        assert_eq!(
            points[3][1..],
            [("b".to_owned(), Value::Integer(3)), ("c".to_owned(), Value::Integer(7))]
        );
    }

    #[test]
    fn linked_paths_move_together() {
        let mut linked = axis("a", &[1, 2]);
        linked.paths.push("b".to_owned());
        let super::super::Settings::Levels(levels) = &mut linked.settings else { unreachable!() };
        for level in levels {
            level.push(level[0].clone());
        }
        let points = points(&[linked]);
        assert_eq!(points.len(), 2);
        assert!(points.iter().all(|p| p[0].1 == p[1].1));
    }
}

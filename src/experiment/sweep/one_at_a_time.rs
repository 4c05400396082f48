//! One at a time: the file as it stands, then each level of each axis with all others as in the file. A level that the file has is the
//! file, and no point of its own.

use super::{Axis, Point, same};
use crate::settings::Value;

/// Each level alone.
#[derive(Clone, Debug, PartialEq)]
pub struct OneAtATime {
    axes: Vec<Axis>,
    /// By axis.
    levels: Vec<Vec<Vec<Value>>>,
}

impl OneAtATime {
    /// The design over axes of which none is conditional: no point would set the condition.
    pub fn new(axes: Vec<Axis>) -> Self {
        let levels = axes.iter().map(Axis::levels).collect();
        OneAtATime { axes, levels }
    }

    /// Leaves out the levels that are those of the file as written.
    pub fn leave_out(&mut self, written: impl Fn(&str) -> Option<Value>) {
        for (axis, levels) in self.axes.iter().zip(&mut self.levels) {
            let is_written = |level: &Vec<Value>| {
                let mut each = axis.paths.iter().zip(level);
                each.all(|(path, value)| written(path).is_some_and(|own| same(&own, value)))
            };
            levels.retain(|level| !is_written(level));
        }
    }

    /// Number of points.
    pub fn count(&self) -> usize {
        1 + self.levels.iter().map(Vec::len).sum::<usize>()
    }

    /// The point of this number, below [`Self::count`].
    pub fn point(&self, index: usize) -> Point {
        let mut point = Point::new();
        let Some(mut place) = index.checked_sub(1) else { return point };
        for (axis, levels) in self.axes.iter().zip(&self.levels) {
            if let Some(values) = levels.get(place) {
                axis.assign(values.clone(), &mut point);
                break;
            }
            place -= levels.len();
        }
        point
    }

    /// Axes that vary.
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::axis;
    use super::*;

    #[test]
    fn the_file_and_then_each_level_alone() {
        let design = OneAtATime::new(vec![axis("a", &[1, 2]), axis("b", &[3, 4, 5])]);
        let points: Vec<Point> = (0..design.count()).map(|index| design.point(index)).collect();
        assert_eq!(points.iter().map(Vec::len).collect::<Vec<_>>(), [0, 1, 1, 1, 1, 1]);
        assert_eq!(points[2], [("a".to_owned(), Value::Integer(2))]);
        assert_eq!(points[3], [("b".to_owned(), Value::Integer(3))]);
        assert_eq!(points[5], [("b".to_owned(), Value::Integer(5))]);
        let mut design = design;
        design.leave_out(|path| (path == "b").then_some(Value::Number(4.0)));
        assert_eq!(design.count(), 5);
        assert_eq!(design.point(4), [("b".to_owned(), Value::Integer(5))]);
    }
}

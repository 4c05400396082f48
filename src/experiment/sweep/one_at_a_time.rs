//! One at a time: the file as it stands, then each level of each axis with all others as in the file.

use super::{Axis, Point};

/// All points. A conditional axis exists only where its condition has been set, so that here it never does.
pub fn points(axes: &[Axis]) -> Vec<Point> {
    let alone = |axis: &Axis| -> Vec<Point> {
        let point = |values| {
            let mut point = Point::new();
            axis.assign(values, &mut point);
            point
        };
        axis.levels().into_iter().map(point).collect()
    };
    let conditional = |axis: &&Axis| axis.when.is_none();
    std::iter::once(Point::new()).chain(axes.iter().filter(conditional).flat_map(alone)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::axis;
    use super::*;

    #[test]
    fn the_file_and_then_each_level_alone() {
        let points = points(&[axis("a", &[1, 2]), axis("b", &[3, 4, 5])]);
        assert_eq!(points.iter().map(Vec::len).collect::<Vec<_>>(), [0, 1, 1, 1, 1, 1]);
    }
}

//! Full factorial: every combination of the axes' levels, the last axis moving fastest.

use super::{Axis, Point};

/// All points. A conditional axis multiplies only the points at which it exists.
pub fn points(axes: &[Axis]) -> Vec<Point> {
    axes.iter().fold(vec![Point::new()], |points, axis| {
        let levels = axis.levels();
        points
            .into_iter()
            .flat_map(|point| {
                if !axis.applies(&point) {
                    return vec![point];
                }
                let with = |values: &Vec<_>| {
                    let mut point = point.clone();
                    axis.assign(values.clone(), &mut point);
                    point
                };
                levels.iter().map(with).collect()
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::axis;
    use super::*;
    use crate::settings::Value;

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
        let points = points(&[axis("a", &[1, 2]), b]);
        assert_eq!(points.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2, 2, 2]);
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

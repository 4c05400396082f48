//! Lines that data are held against: a level, the diagonal, a theoretical curve.

use super::axes::Panel;
use super::canvas::{Canvas, Pen};

/// A line that data are held against.
pub(crate) enum Reference {
    /// A level, from edge to edge.
    Level(f64),
    /// Where both coordinates are equal.
    Diagonal,
    /// Straight pieces through points, in front of the data.
    Through(Vec<(f64, f64)>),
}

/// Those that belong in front of the data, or behind them.
pub(crate) fn references(canvas: &mut Canvas, panel: &Panel, lines: &[(Reference, Pen)], front: bool) {
    let (x, y) = (panel.x, panel.y);
    for (line, pen) in lines.iter().filter(|(l, _)| matches!(l, Reference::Through(_)) == front) {
        match line {
            Reference::Level(v) => reference(canvas, panel, &[(x.low, *v), (x.high, *v)], *pen),
            Reference::Diagonal => {
                let (low, high) = (x.low.max(y.low), x.high.min(y.high));
                if low < high {
                    reference(canvas, panel, &[(low, low), (high, high)], *pen);
                }
            }
            Reference::Through(points) => reference(canvas, panel, points, *pen),
        }
    }
}

/// A line cut at the edges of the panel.
fn reference(canvas: &mut Canvas, panel: &Panel, points: &[(f64, f64)], pen: Pen) {
    let mut line: Vec<(f64, f64)> = Vec::new();
    for pair in points.windows(2) {
        let Some((from, to)) = cut(panel, pair[0], pair[1]) else {
            canvas.path(&line, pen);
            line.clear();
            continue;
        };
        if line.last() != Some(&from) {
            canvas.path(&line, pen);
            line = vec![from];
        }
        line.push(to);
    }
    canvas.path(&line, pen);
}

type Place = (f64, f64);

/// The part of a straight piece that lies within the axes (Liang and Barsky 1984), in places on the sheet.
fn cut(panel: &Panel, a: Place, b: Place) -> Option<(Place, Place)> {
    if ![a.0, a.1, b.0, b.1].iter().all(|v| v.is_finite()) {
        return None;
    }
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let (mut start, mut end) = (0.0_f64, 1.0_f64);
    for (step, from, low, high) in
        [(dx, a.0, panel.x.low, panel.x.high), (dy, a.1, panel.y.low, panel.y.high)]
    {
        if step == 0.0 {
            if from < low || from > high {
                return None;
            }
            continue;
        }
        let (enter, leave) = ((low - from) / step, (high - from) / step);
        start = start.max(enter.min(leave));
        end = end.min(enter.max(leave));
    }
    let point = |t: f64| panel.at(a.0 + t * dx, a.1 + t * dy);
    (start <= end).then(|| (point(start), point(end)))
}

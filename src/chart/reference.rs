//! Lines that data are held against: a level, the diagonal, a theoretical curve; and points.

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
    /// Crosses at points, in front of the data; small where they stand close.
    Crosses(Vec<(f64, f64)>),
}

impl Reference {
    fn is_in_front(&self) -> bool {
        matches!(self, Reference::Through(_) | Reference::Crosses(_))
    }
}

/// Half the width of a cross, points: its arms reach beyond the marks of data, which stay visible below.
const ARM: f64 = 3.0;
/// The same of the smallest.
const LEAST_ARM: f64 = 0.7;

/// A cross of the usual size at a place on the sheet; never dashed.
pub(crate) fn cross(canvas: &mut Canvas, place: Place, pen: Pen) {
    cross_of(canvas, place, pen, ARM);
}

fn cross_of(canvas: &mut Canvas, (x, y): Place, pen: Pen, arm: f64) {
    let scale = canvas.style.scale();
    let (arm, pen) = (arm * scale, Pen { dash: "", width: 0.75 * scale, ..pen });
    canvas.line((x - arm, y - arm), (x + arm, y + arm), pen);
    canvas.line((x - arm, y + arm), (x + arm, y - arm), pen);
}

fn crosses(canvas: &mut Canvas, panel: &Panel, points: &[(f64, f64)], pen: Pen) {
    let held = |(x, y): &&(f64, f64)| panel.x.holds(*x) && panel.y.holds(*y);
    let places: Vec<Place> = points.iter().filter(held).map(|(x, y)| panel.at(*x, *y)).collect();
    // Along the axis neighbours leave a gap of half an arm.
    let gaps = places.windows(2).map(|pair| (pair[1].0 - pair[0].0).abs());
    let arm = (gaps.fold(f64::INFINITY, f64::min) / 2.5 / canvas.style.scale()).clamp(LEAST_ARM, ARM);
    for place in places {
        cross_of(canvas, place, pen, arm);
    }
}

/// Those that belong in front of the data, or behind them.
pub(crate) fn references(canvas: &mut Canvas, panel: &Panel, lines: &[(Reference, Pen)], front: bool) {
    let (x, y) = (panel.x, panel.y);
    for (line, pen) in lines.iter().filter(|(l, _)| l.is_in_front() == front) {
        match line {
            Reference::Level(v) => reference(canvas, panel, &[(x.low, *v), (x.high, *v)], *pen),
            Reference::Diagonal => {
                let (low, high) = (x.low.max(y.low), x.high.min(y.high));
                if low < high {
                    reference(canvas, panel, &[(low, low), (high, high)], *pen);
                }
            }
            Reference::Through(points) => reference(canvas, panel, points, *pen),
            Reference::Crosses(points) => crosses(canvas, panel, points, *pen),
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

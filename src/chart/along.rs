//! Numbers along another: panels with one horizontal axis in common, lines with bands, or points with bars where nothing connects
//! them.

use super::axes::{self, Axis, Panel};
use super::canvas::Pen;
use super::estimate::{Estimate, Heading};
use super::frame::{CUT, EDGE, Frame, beyond_note};
use super::series::{self, Marks, Series};
use super::style::{Look, Marker, Style, Type};
use super::ticks::Format;
use super::{ChartError, Figure};
use plotters::style::RGBColor;

/// One panel.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Name of what it shows, with its unit.
    pub title: String,
    /// Its numbers.
    pub format: Format,
    /// Along the horizontal axis.
    pub points: Vec<(f64, Estimate)>,
}

/// Input of the figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Along {
    /// Words above.
    pub heading: Heading,
    /// Panels, from above.
    pub rows: Vec<Row>,
    /// What runs along, with its unit.
    pub along: String,
    /// Its numbers.
    pub format: Format,
    /// Whether neighbouring points are connected.
    pub connected: bool,
    /// A sentence below, or nothing.
    pub note: String,
    /// Ends of the horizontal and of the vertical axes, where somebody asked for them.
    pub limits: [Option<(f64, f64)>; 2],
}

const HUE: RGBColor = RGBColor(0, 114, 178);

impl Along {
    /// Draws the figure.
    ///
    /// # Errors
    /// [`ChartError::Empty`] where there is no point.
    pub fn draw(&self, style: Style) -> Result<Figure, ChartError> {
        let drawable = |row: &&Row| row.points.iter().any(|(_, e)| e.value().is_some());
        let rows: Vec<&Row> = self.rows.iter().filter(drawable).collect();
        if rows.is_empty() {
            return Err(ChartError::Empty { figure: "along", reason: "no value is present".to_owned() });
        }
        let banded = rows.iter().any(|row| row.points.iter().any(|(_, e)| e.interval().is_some()));
        let drawn_as = if self.connected { "Bands" } else { "Bars" };
        let mut frame = Frame::new(style, &self.heading, &self.heading.caption(drawn_as, banded));
        for row in &rows {
            self.panel(&mut frame, row, rows.len());
        }
        frame.note(self.note.clone());
        let said = rows.iter().map(|row| {
            let line = Series { name: String::new(), points: row.points.clone() };
            format!("{} {}", row.title, series::in_words([&line], row.format))
        });
        Ok(frame.finish(&format!("{} along {}.", said.collect::<Vec<_>>().join("; "), self.along)))
    }

    fn panel(&self, frame: &mut Frame, row: &Row, panels: usize) {
        let style = frame.canvas.style;
        let (scale, size) = (style.scale(), style.size(Type::Label));
        let present: Vec<(f64, Estimate)> =
            row.points.iter().copied().filter(|(x, e)| x.is_finite() && e.value().is_some()).collect();
        let y = vertical(&present, row.format).limited(self.limits[1], row.format, 5);
        let right = frame.right() - 9.0 * scale;
        // Not so low that a name would need many short lines.
        let tall = if panels > 1 { 0.3 } else { 0.45 };
        let height = |left: f64| (tall * (right - left)).max(82.0 * scale);
        // Names of what a unit of something brings are long.
        let (words, name_lines) =
            axes::name_upwards(&row.title, style, |lines| height(EDGE + axes::beside(style, &y, lines)));
        let left = EDGE + axes::beside(style, &y, name_lines);
        let (low, high) = series::range(present.iter().map(|(x, _)| *x)).unwrap_or((0.0, 1.0));
        let air = if self.connected { 0.0 } else { 0.03 * (high - low) };
        let x = axes::fitting(right - left, style, |most| {
            Axis::between(low - air, high + air, self.format, most).limited(self.limits[0], self.format, most)
        });
        let beyond = present.iter().filter(|(at, e)| !(x.holds(*at) && y.holds(e.mean))).count();
        frame.note(beyond_note(beyond));
        let top = frame.y;
        let bottom = top + height(left);
        let panel = Panel { left, top, right, bottom, x: &x, y: &y };
        panel.furnish(&mut frame.canvas, true, true);
        let look = Look { colour: HUE, dash: "", marker: Marker::Circle };
        if present.iter().any(|(_, e)| y.cuts(e.interval())) {
            frame.note(CUT);
        }
        if self.connected {
            let line = Series { name: String::new(), points: present };
            series::draw(
                &mut frame.canvas,
                &panel,
                &[&line],
                |_| look,
                Marks { every: false, hollow: &|_| false },
            );
        } else {
            for (at, e) in present.iter().filter(|(at, e)| x.holds(*at) && y.holds(e.mean)) {
                if let Some((low, high)) = e.interval() {
                    let pen = Pen::solid(look.colour, 0.8 * scale);
                    frame.canvas.line(panel.at(*at, low), panel.at(*at, high), pen);
                }
                frame.canvas.marker(panel.at(*at, e.mean), 2.0 * scale, look.marker, look.colour, false);
            }
        }
        let lines = words.len().max(1);
        for (i, line) in words.iter().enumerate() {
            let back = (lines - 1 - i) as f64 * style.leading(Type::Label);
            let place = (left - axes::beside(style, &y, 0) - 0.5 * size - back, f64::midpoint(top, bottom));
            frame.canvas.text_upwards(place, Type::Label, line);
        }
        frame.y = bottom + axes::below(style);
        frame.name_along(&self.along, (left, right));
        frame.y += 6.0 * scale;
    }
}

/// An axis that holds every value, and of the intervals as much as does not press the values together.
fn vertical(points: &[(f64, Estimate)], format: Format) -> Axis {
    let (low, high) = series::range(points.iter().map(|(_, e)| e.mean)).unwrap_or((0.0, 1.0));
    let room = (high - low).max(0.1 * high.abs().max(low.abs()));
    let ends = points.iter().filter_map(|(_, e)| e.interval()).flat_map(|(a, b)| [a, b]);
    let (least, most) = series::range(ends.chain([low, high])).unwrap_or((low, high));
    Axis::loose(least.max(low - room), most.min(high + room), format, 5)
}

//! Where is an objective best? A panel for each variable: the fitted response along it, the points that it was fitted to where there
//! is one variable, and a band for where its best point lies.

use super::axes::{self, Axis, Panel};
use super::canvas::{Align, Pen, weight};
use super::estimate::{Estimate, Heading};
use super::frame::{EDGE, Frame, Key};
use super::series;
use super::style::{Look, Marker, Style, Type};
use super::ticks::Format;
use super::{ChartError, Figure, font};
use plotters::style::RGBColor;

/// One variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Slice {
    /// Name of the variable.
    pub title: String,
    /// The response along it: setting and objective.
    pub curve: Vec<(f64, f64)>,
    /// Means at settings that were tried.
    pub points: Vec<(f64, Estimate)>,
    /// Where the best setting lies.
    pub best: Estimate,
}

/// Input of the figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Optimum {
    /// Words above.
    pub heading: Heading,
    /// One panel for each variable.
    pub slices: Vec<Slice>,
    /// The objective, with its unit.
    pub objective: String,
    /// Numbers of its axis.
    pub format: Format,
}

const HUE: RGBColor = RGBColor(0, 114, 178);

impl Optimum {
    /// Draws the figure.
    ///
    /// # Errors
    /// [`ChartError::Empty`] where there is no response.
    pub fn draw(&self, style: Style) -> Result<Figure, ChartError> {
        if !self.slices.iter().any(|slice| slice.curve.len() > 1) {
            let reason = "no response was fitted".to_owned();
            return Err(ChartError::Empty { figure: "optimum", reason });
        }
        let points = self.slices.iter().any(|slice| !slice.points.is_empty());
        let mut frame = Frame::new(style, &self.heading, &self.heading.caption("Bars", points));
        let line = Pen::solid(HUE, 1.25 * style.scale());
        let mut keys = vec![(Key::Plain(line), "fitted response".to_owned())];
        if points {
            let look = Look { colour: style.ink(), dash: "", marker: Marker::Circle };
            keys.push((Key::Line(look, false), "mean at a setting".to_owned()));
        }
        keys.push((Key::Patch(band(style)), "95% interval of the best setting".to_owned()));
        frame.legend(&keys);
        for slice in self.slices.iter().filter(|slice| slice.curve.len() > 1) {
            self.panel(&mut frame, slice);
        }
        frame.note(
            "The fitted response has no interval of its own: the band is what is known of its best setting.",
        );
        let words: Vec<String> = self
            .slices
            .iter()
            .map(|s| format!("{} best at {}", s.title, super::ticks::significant(s.best.mean, 3)))
            .collect();
        Ok(frame.finish(&format!("{} along each variable: {}.", self.objective, words.join("; "))))
    }

    fn panel(&self, frame: &mut Frame, slice: &Slice) {
        let style = frame.canvas.style;
        let (scale, size) = (style.scale(), style.size(Type::Label));
        let ends = slice.points.iter().flat_map(|(_, e)| {
            let (low, high) = e.interval().unwrap_or((e.mean, e.mean));
            [low, high]
        });
        let heights = slice.curve.iter().map(|(_, y)| *y).chain(ends);
        let (low, high) = series::range(heights).unwrap_or((0.0, 1.0));
        let y = Axis::loose(low, high, self.format, 5);
        let left = EDGE + axes::beside(style, &y, 1);
        let right = frame.right() - 9.0 * scale;
        let widths = slice.curve.iter().map(|(x, _)| *x).chain(slice.points.iter().map(|(x, _)| *x));
        let (low, high) = series::range(widths).unwrap_or((0.0, 1.0));
        let air = 0.02 * (high - low);
        let x = axes::fitting(right - left, style, |most| {
            Axis::between(low - air, high + air, Format::Plain, most)
        });
        let top = frame.y;
        let tall = if self.slices.len() > 1 { 0.3 } else { 0.5 };
        let bottom = top + tall * (right - left);
        let panel = Panel { left, top, right, bottom, x: &x, y: &y };
        if let Some((low, high)) = slice.best.interval() {
            let (from, _) = panel.at(low, y.low);
            let (to, _) = panel.at(high, y.low);
            // A band that is narrower than a line would not show.
            let to = to.max(from + 0.8 * scale);
            frame.canvas.rectangle((from, top), (to, bottom), band(style));
        }
        panel.furnish(&mut frame.canvas, true, true);
        for (setting, e) in &slice.points {
            if let Some((low, high)) = e.interval() {
                let pen = Pen::solid(style.grey(), 0.8 * scale);
                frame.canvas.line(panel.at(*setting, low), panel.at(*setting, high), pen);
            }
        }
        let curve: Vec<(f64, f64)> = slice.curve.iter().map(|&(x, y)| panel.at(x, y)).collect();
        frame.canvas.path(&curve, Pen::solid(HUE, 1.25 * scale));
        for (setting, e) in slice.points.iter().filter(|(_, e)| e.value().is_some()) {
            frame.canvas.marker(panel.at(*setting, e.mean), 1.7 * scale, Marker::Circle, style.ink(), false);
        }
        let words = font::wrap(&self.objective, size, weight(Type::Label), bottom - top, 1);
        let place = (left - axes::beside(style, &y, 0) - 0.5 * size, f64::midpoint(top, bottom));
        frame.canvas.text_upwards(place, Type::Label, words.first().map_or("", String::as_str));
        frame.y = bottom + axes::below(style);
        let at = (f64::midpoint(left, right), frame.y + 1.5 * scale + 0.8 * size);
        frame.canvas.text_within(at, Align::Centre, Type::Label, &slice.title, right - left);
        frame.y += 1.5 * scale + 1.3 * size + 6.0 * scale;
    }
}

fn band(style: Style) -> RGBColor {
    super::style::mixed(RGBColor(230, 159, 0), style.paper_colour(), 0.65)
}

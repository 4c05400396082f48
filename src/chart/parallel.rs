//! Which settings are efficient, and what have they in common? One panel a mechanism, one vertical axis a parameter or objective,
//! one line a point of the front, coloured by the first objective.

use super::canvas::{Align, Pen, weight};
use super::estimate::{Heading, drawable};
use super::frame::{self, EDGE, Frame, Key};
use super::style::{Style, Type, mixed};
use super::ticks::{self, Format};
use super::{ChartError, Figure, font};
use plotters::style::RGBColor;

/// One vertical axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Its name.
    pub title: String,
    /// Its numbers.
    pub format: Format,
    /// Names of settings that are no numbers; then values are places among them.
    pub names: Vec<String>,
    /// Whether places go by ratios.
    pub log: bool,
}

/// One point of the front.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Place of its colour between the two ends, 0 to 1.
    pub shade: f64,
    /// One for each axis.
    pub values: Vec<f64>,
}

/// Points of one mechanism.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// Its name; may be empty where there is only one.
    pub title: String,
    /// Axes, from the left.
    pub axes: Vec<Axis>,
    /// Points.
    pub lines: Vec<Line>,
}

/// Input of the figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Parallel {
    /// Words above.
    pub heading: Heading,
    /// What the two ends of the colours mean.
    pub ends: [String; 2],
    /// One panel for each mechanism.
    pub panels: Vec<Panel>,
}

/// Colours of the ends: apart in hue and in lightness.
const COLOURS: [RGBColor; 2] = [RGBColor(0, 60, 120), RGBColor(230, 140, 0)];

impl Parallel {
    /// Draws the figure.
    ///
    /// # Errors
    /// [`ChartError::Empty`] where no panel has two axes and a line.
    pub fn draw(&self, style: Style) -> Result<Figure, ChartError> {
        let whole = |panel: &&Panel| panel.axes.len() > 1 && !panel.lines.is_empty();
        let panels: Vec<&Panel> = self.panels.iter().filter(whole).collect();
        if panels.is_empty() {
            let reason = "no point has two settings".to_owned();
            return Err(ChartError::Empty { figure: "parallel", reason });
        }
        let mut frame = Frame::new(style, &self.heading, self.heading.subtitle.trim());
        let keys: Vec<(Key, String)> = self
            .ends
            .iter()
            .zip(COLOURS)
            .map(|(name, colour)| (Key::Plain(Pen::solid(colour, 1.5 * style.scale())), name.clone()))
            .collect();
        frame.legend(&keys);
        for panel in &panels {
            draw_panel(&mut frame, panel);
        }
        frame.note("Objectives are means; their intervals are in the figure and in the table of the front.");
        let absent = |p: &&Panel| p.lines.iter().flat_map(|l| &l.values).filter(|v| !drawable(**v)).count();
        let places: Vec<(String, usize)> = panels.iter().map(|p| (p.title.clone(), absent(p))).collect();
        frame.note(frame::absent_note(&places));
        let said: Vec<String> = panels
            .iter()
            .map(|p| {
                let each = |(i, axis): (usize, &Axis)| {
                    let (low, high) = range(p, i);
                    let say = |v: f64| match axis.names.get(v as usize) {
                        Some(name) => name.clone(),
                        None => end(v, axis.format),
                    };
                    format!("{} {} to {}", axis.title, say(low), say(high))
                };
                let axes: Vec<String> = p.axes.iter().enumerate().map(each).collect();
                format!("{} {} points over {}", p.title, p.lines.len(), axes.join(", "))
            })
            .collect();
        Ok(frame.finish(&format!("Settings of the efficient front: {}.", said.join("; "))))
    }
}

fn draw_panel(frame: &mut Frame, panel: &Panel) {
    let style = frame.canvas.style;
    let (scale, size, tick) = (style.scale(), style.size(Type::Label), style.size(Type::Tick));
    if !panel.title.is_empty() {
        let at = (EDGE, frame.y + 0.8 * style.size(Type::Panel));
        frame.canvas.text_within(at, Align::Left, Type::Panel, &panel.title, frame.right() - EDGE);
        frame.y += style.leading(Type::Panel);
    }
    let count = panel.axes.len();
    let column = (frame.right() - EDGE) / count as f64;
    let x = |i: usize| EDGE + (i as f64 + 0.5) * column;
    let ranges: Vec<(f64, f64)> = (0..count).map(|i| range(panel, i)).collect();
    let top = frame.y + 1.4 * tick;
    let bottom = top + 95.0 * scale;
    let y = |i: usize, v: f64| bottom - share(&panel.axes[i], ranges[i], v) * (bottom - top);
    for line in &panel.lines {
        let colour = mixed(COLOURS[0], COLOURS[1], line.shade.clamp(0.0, 1.0));
        let places: Vec<(usize, f64)> = line.values.iter().copied().enumerate().collect();
        // An absent value leaves a gap.
        for run in places.split(|(_, v)| !drawable(*v)) {
            let path: Vec<(f64, f64)> = run.iter().map(|&(i, v)| (x(i), y(i, v))).collect();
            frame.canvas.path(&path, Pen::solid(colour, 1.0 * scale));
        }
    }
    for (i, axis) in panel.axes.iter().enumerate() {
        frame.canvas.line((x(i), top), (x(i), bottom), Pen::solid(style.axis(), 0.7 * scale));
        let (low, high) = ranges[i];
        let ends: Vec<String> = if axis.names.is_empty() {
            [low, high].iter().map(|v| end(*v, axis.format)).collect()
        } else {
            [low, high].iter().map(|v| axis.names[(*v as usize).min(axis.names.len() - 1)].clone()).collect()
        };
        let places = [bottom + 1.0 + 0.85 * tick, top - 0.35 * tick];
        // Where all points agree there is one number to tell.
        let shown = if low == high { 1 } else { 2 };
        for (text, at) in ends.iter().zip(places).take(shown) {
            frame.canvas.text_within((x(i), at), Align::Centre, Type::Tick, text, column - 2.0 * scale);
        }
        let lines = font::wrap(&axis.title, size, weight(Type::Label), column - 3.0 * scale, 3);
        let baseline = bottom + 1.5 * tick + 0.9 * size + scale;
        frame.canvas.lines((x(i), baseline), Align::Centre, Type::Label, &lines, &axis.title);
    }
    let most = panel
        .axes
        .iter()
        .map(|axis| font::wrap(&axis.title, size, weight(Type::Label), column - 3.0 * scale, 3).len())
        .max()
        .unwrap_or(1);
    frame.y = bottom + 1.5 * tick + most as f64 * style.leading(Type::Label) + 8.0 * scale;
}

/// A number at the end of an axis.
fn end(v: f64, format: Format) -> String {
    let sign = if format == Format::Percent { "%" } else { "" };
    if v.fract() == 0.0 && v.abs() < 1e6 && format == Format::Plain {
        return ticks::fixed(v, 0);
    }
    format!("{}{sign}", ticks::significant(v * format.factor(), 3))
}

fn range(panel: &Panel, axis: usize) -> (f64, f64) {
    let values = panel.lines.iter().map(|line| line.values[axis]).filter(|v| drawable(*v));
    super::series::range(values).unwrap_or((0.0, 1.0))
}

/// Place of a value between the ends; in the middle where all are equal.
fn share(axis: &Axis, (low, high): (f64, f64), v: f64) -> f64 {
    if high <= low {
        return 0.5;
    }
    if axis.log && low > 0.0 {
        return crate::numerics::ln(v / low) / crate::numerics::ln(high / low);
    }
    (v - low) / (high - low)
}

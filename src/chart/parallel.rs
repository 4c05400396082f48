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
                        None => end(v, axis.format, 3),
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
    let (scale, tick) = (style.scale(), style.size(Type::Tick));
    if !panel.title.is_empty() {
        let at = (EDGE, frame.y + 0.8 * style.size(Type::Panel));
        frame.canvas.text_within(at, Align::Left, Type::Panel, &panel.title, frame.right() - EDGE);
        frame.y += style.leading(Type::Panel);
    }
    let count = panel.axes.len();
    let column = (frame.right() - EDGE) / count as f64;
    let x = |i: usize| EDGE + (i as f64 + 0.5) * column;
    let ranges: Vec<(f64, f64)> = (0..count).map(|i| range(panel, i)).collect();
    let ends: Vec<Vec<String>> =
        panel.axes.iter().zip(&ranges).map(|(axis, range)| axis.ends(*range)).collect();
    let fits = |text: &String| font::width(text, tick, weight(Type::Tick)) <= column - 2.0 * scale;
    // Every other one a line further out where neighbours would touch.
    let staggered = !ends.iter().flatten().all(fits);
    let out = |i: usize| if staggered && i % 2 == 1 { style.leading(Type::Tick) } else { 0.0 };
    let further = if staggered { style.leading(Type::Tick) } else { 0.0 };
    let top = frame.y + 1.4 * tick + further;
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
    for (i, ends) in ends.iter().enumerate() {
        frame.canvas.line((x(i), top), (x(i), bottom), Pen::solid(style.axis(), 0.7 * scale));
        let places = [bottom + 1.0 + 0.85 * tick + out(i), top - 0.35 * tick - out(i)];
        for (text, at) in ends.iter().zip(places) {
            // Its neighbours stand on the other line, and the sheet ends at an edge.
            let sides = 2.0 * (x(i) - EDGE).min(frame.right() - x(i)) + EDGE;
            let room = if staggered { (2.0 * column).min(sides) } else { column } - 2.0 * scale;
            frame.canvas.text_within((x(i), at), Align::Centre, Type::Tick, text, room);
        }
    }
    let under = bottom + 1.5 * tick + further;
    frame.y = under + titles(frame, panel, under, column, &x) + 8.0 * scale;
}

/// Names of axes below them, and how high they stand: lying where every word fits into its column, else reading upwards.
fn titles(frame: &mut Frame, panel: &Panel, top: f64, column: f64, x: &dyn Fn(usize) -> f64) -> f64 {
    const MOST: usize = 6;
    let style = frame.canvas.style;
    let (scale, size) = (style.scale(), style.size(Type::Label));
    let room = column - 3.0 * scale;
    // Columns are narrow: here a unit may be broken over lines.
    let lying = |axis: &Axis| axis.title.replace('\u{a0}', " ");
    let whole = |axis: &Axis| font::widest_word(&lying(axis), size, weight(Type::Label)) <= room;
    if panel.axes.iter().all(whole) {
        let mut most = 1;
        for (i, axis) in panel.axes.iter().enumerate() {
            let lines = font::balanced(&lying(axis), size, weight(Type::Label), room, MOST);
            most = most.max(lines.len());
            let baseline = top + 0.9 * size + scale;
            frame.canvas.lines((x(i), baseline), Align::Centre, Type::Label, &lines, &axis.title);
        }
        return most as f64 * style.leading(Type::Label);
    }
    let leading = style.leading(Type::Label);
    let abreast = ((column / leading).floor() as usize).clamp(1, MOST);
    let long = |axis: &Axis| font::width(&axis.title, size, weight(Type::Label));
    // A little more than its share, as lines are never quite even.
    let each = panel.axes.iter().map(|axis| {
        (1.3 * long(axis) / abreast as f64).max(font::widest_word(&axis.title, size, weight(Type::Label)))
    });
    let high = each.fold(0.0, f64::max).min(150.0 * scale) + 1.0;
    for (i, axis) in panel.axes.iter().enumerate() {
        let lines = font::balanced(&axis.title, size, weight(Type::Label), high, abreast);
        let first = x(i) + 0.33 * size - 0.5 * (lines.len() as f64 - 1.0) * leading;
        for (k, line) in lines.iter().enumerate() {
            let half = 0.5 * font::width(line, size, weight(Type::Label));
            let at = (first + k as f64 * leading, top + 2.0 * scale + half);
            frame.canvas.text_upwards(at, Type::Label, line);
        }
    }
    high + 2.0 * scale
}

impl Axis {
    /// What stands at its two ends, or where all points agree the one thing to tell.
    fn ends(&self, (low, high): (f64, f64)) -> Vec<String> {
        let say = |v: f64, digits: usize| match self
            .names
            .get((v.max(0.0) as usize).min(self.names.len().max(1) - 1))
        {
            Some(name) => name.clone(),
            None => end(v, self.format, digits),
        };
        if low == high {
            return vec![say(low, 3)];
        }
        // As many digits as tell the ends apart, and none that rounds beyond them by a tenth of what lies between.
        let factor = self.format.factor();
        let least = ticks::magnitude((high - low) * factor);
        let digits = |v: f64| (ticks::magnitude(v * factor) - least + 2).clamp(3, 6) as usize;
        vec![say(low, digits(low)), say(high, digits(high))]
    }
}

/// A number at the end of an axis.
fn end(v: f64, format: Format, digits: usize) -> String {
    let sign = if format == Format::Percent { "%" } else { "" };
    if v.fract() == 0.0 && v.abs() < 1e6 && format == Format::Plain {
        return ticks::fixed(v, 0);
    }
    format!("{}{sign}", ticks::significant(v * format.factor(), digits))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_have_the_digits_that_tell_them_apart() {
        let axis = |format| Axis { title: String::new(), format, names: Vec::new(), log: false };
        let ends = |low, high, format| axis(format).ends((low, high));
        assert_eq!(ends(0.991, 0.9999, Format::Percent), ["99.10%", "99.99%"]);
        assert_eq!(ends(0.2, 0.7, Format::Percent), ["20.0%", "70.0%"]);
        assert_eq!(ends(1.0641, 1.0670, Format::Plain), ["1.0641", "1.0670"]);
        assert_eq!(ends(3.0, 3.0, Format::Plain), ["3"]);
    }

    #[test]
    fn names_whose_words_do_not_fit_read_upwards_and_stay_whole() {
        let axis = |title: &str| Axis {
            title: title.to_owned(),
            format: Format::Plain,
            names: Vec::new(),
            log: false,
        };
        let drawn = |count: usize| {
            Parallel {
                heading: Heading::default(),
                ends: ["less".to_owned(), "more".to_owned()],
                panels: vec![Panel {
                    title: String::new(),
                    axes: (0..count).map(|_| axis("redundancy (machines)")).collect(),
                    lines: (0..2).map(|k| Line { shade: 0.5, values: vec![f64::from(k); count] }).collect(),
                }],
            }
            .draw(Style::paper().single())
            .unwrap()
        };
        for (count, upwards) in [(3, false), (9, true)] {
            let figure = drawn(count);
            let names = figure.placed().iter().filter(|text| text.text.contains("redundancy"));
            let all: Vec<_> = names.collect();
            assert_eq!(all.len(), count, "whole words in {count}");
            assert!(
                all.iter().all(|text| (text.bottom - text.top > text.right - text.left) == upwards),
                "{count}"
            );
        }
    }
}

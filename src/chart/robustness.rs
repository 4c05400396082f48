//! Does the ranking of mechanisms survive another learning rule? One panel per metric; in it one row per pair of
//! mechanisms, a − b on the same draws, with a dot and a 95% interval for each learning rule.
//!
//! Dots on one side of the line for every rule, intervals clear of it: the order of the two survives.

use super::axes::{self, Axis};
use super::canvas::{Align, Pen, weight};
use super::estimate::{Estimate, Heading};
use super::forest::Unit;
use super::frame::{EDGE, Frame, Key, NOT_CERTIFIED};
use super::style::{Style, Type, Width};
use super::ticks::{self, fixed, grouped};
use super::{ChartError, Figure, font, series};

/// One dot.
#[derive(Clone, Debug, PartialEq)]
pub struct Dot {
    /// Paired difference a − b, in the stored unit (a fraction for shares).
    pub difference: Estimate,
    /// False where some replicate of either mechanism is not certified.
    pub certified: bool,
}

/// One pair of mechanisms.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// `a − b`.
    pub label: String,
    /// One for each learning rule, in the order of [`Robustness::rules`].
    pub dots: Vec<Dot>,
}

/// One metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// Name of the metric, as a reader says it.
    pub title: String,
    /// What came of its ranking, in words.
    pub verdict: String,
    /// Its unit.
    pub unit: Unit,
    /// Rows.
    pub pairs: Vec<Pair>,
}

/// Input of the figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Robustness {
    /// Words above.
    pub heading: Heading,
    /// Names of the learning rules.
    pub rules: Vec<String>,
    /// One for each metric.
    pub panels: Vec<Panel>,
}

impl Panel {
    fn dots(&self) -> impl Iterator<Item = &Dot> {
        self.pairs.iter().flat_map(|pair| &pair.dots)
    }

    /// Decimals for the numbers of this panel: three significant digits in the largest.
    fn decimals(&self) -> usize {
        let reach = |dot: &Dot| {
            let mean = dot.difference.value()?;
            let (low, high) = dot.difference.interval().unwrap_or((mean, mean));
            Some(low.abs().max(high.abs()))
        };
        let largest = self.dots().filter_map(reach).fold(0.0, f64::max);
        ticks::decimals_for(ticks::magnitude(largest * self.unit.format().factor()), 3).min(9)
    }

    /// Difference and interval of a dot as text.
    fn printed(&self, dot: &Dot, digits: usize) -> String {
        let factor = self.unit.format().factor();
        let say = |v: f64| {
            let v = v * factor;
            if v.abs() >= 1e7 || digits > 6 { ticks::significant(v, 3) } else { grouped(&fixed(v, digits)) }
        };
        match (dot.difference.value(), dot.difference.interval()) {
            (None, _) => "absent".to_owned(),
            (Some(mean), None) => say(mean),
            (Some(mean), Some((low, high))) => format!("{} [{}, {}]", say(mean), say(low), say(high)),
        }
    }
}

/// Where things stand beside the plot.
struct Columns {
    labels: f64,
    values: f64,
}

impl Robustness {
    /// Draws the figure.
    ///
    /// # Errors
    /// [`ChartError::Empty`] where no difference is present.
    pub fn draw(&self, style: Style) -> Result<Figure, ChartError> {
        let dots = || self.panels.iter().flat_map(Panel::dots);
        if !dots().any(|dot| dot.difference.value().is_some()) {
            let reason = "every difference is absent".to_owned();
            return Err(ChartError::Empty { figure: "robustness", reason });
        }
        let any_interval = dots().any(|dot| dot.difference.interval().is_some());
        let mut frame = Frame::new(style, &self.heading, &self.heading.caption("Bars", any_interval));
        let keys: Vec<(Key, String)> = self
            .rules
            .iter()
            .enumerate()
            .map(|(i, name)| {
                let mut look = style.look(i);
                look.dash = "";
                (Key::Line(look, false), name.clone())
            })
            .collect();
        frame.legend(&keys);
        let columns = self.columns(style);
        for (i, panel) in self.panels.iter().filter(|p| !p.pairs.is_empty()).enumerate() {
            if i > 0 {
                frame.y += 6.0 * style.scale();
            }
            draw_panel(&mut frame, panel, &columns);
        }
        if dots().any(|dot| !dot.certified) {
            frame.note(NOT_CERTIFIED);
        }
        Ok(frame.finish(&self.alt()))
    }

    fn columns(&self, style: Style) -> Columns {
        let wide = |role: Type, texts: &mut dyn Iterator<Item = String>| {
            texts.map(|t| font::width(&t, style.size(role), weight(role))).fold(0.0, f64::max)
        };
        let pairs = || self.panels.iter().flat_map(|p| &p.pairs);
        let labels = wide(Type::Label, &mut pairs().map(|pair| pair.label.clone()));
        let mut values = self.panels.iter().flat_map(|panel| {
            let digits = panel.decimals();
            panel.dots().map(move |dot| panel.printed(dot, digits))
        });
        // One column has room for a plot or for figures, not for both.
        let values = if style.width == Width::Single { 0.0 } else { wide(Type::Tick, &mut values) };
        Columns { labels: labels.min(0.3 * style.points_wide()), values }
    }

    fn alt(&self) -> String {
        let panel = |panel: &Panel| {
            let digits = panel.decimals();
            let pair = |pair: &Pair| {
                let dots = pair.dots.iter().zip(&self.rules);
                let each: Vec<String> =
                    dots.map(|(dot, rule)| format!("{} under {rule}", panel.printed(dot, digits))).collect();
                format!("{}: {}", pair.label, each.join(", "))
            };
            let pairs: Vec<String> = panel.pairs.iter().map(pair).collect();
            format!("{} ({}; {}): {}", panel.title, panel.unit.title(), panel.verdict, pairs.join("; "))
        };
        let panels: Vec<String> = self.panels.iter().map(panel).collect();
        format!("Paired differences by learning rule with 95% intervals. {}.", panels.join(". "))
    }
}

fn draw_panel(frame: &mut Frame, panel: &Panel, columns: &Columns) {
    let style = frame.canvas.style;
    let scale = style.scale();
    let (left, right) = (
        EDGE + columns.labels + 10.0 * scale,
        frame.right() - if columns.values > 0.0 { columns.values + 12.0 * scale } else { 4.0 * scale },
    );
    let ends = panel.dots().filter(|dot| dot.difference.value().is_some()).flat_map(|dot| {
        let e = dot.difference;
        let (low, high) = e.interval().unwrap_or((e.mean, e.mean));
        [low, high]
    });
    let (low, high) = series::range(ends.chain([0.0])).unwrap_or((-1.0, 1.0));
    let (low, high) = ticks::spread(low, high);
    let margin = 0.05 * (high - low);
    let axis = axes::fitting(right - left, style, |most| {
        Axis::between(low - margin, high + margin, panel.unit.format(), most)
    });
    let at = |v: f64| left + axis.share(v) * (right - left);
    let head = style.size(Type::Panel);
    let title = format!("{}, {}: {}", panel.title, panel.unit.title(), panel.verdict);
    let lines = font::wrap(&title, head, weight(Type::Panel), frame.right() - EDGE, 3);
    frame.canvas.lines((EDGE, frame.y + 0.8 * head), Align::Left, Type::Panel, &lines, &title);
    let top = frame.y + lines.len() as f64 * style.leading(Type::Panel) + 1.0 * scale;
    let pitch = style.leading(Type::Tick) + 0.5 * scale;
    let gap = 5.0 * scale;
    let label_size = style.size(Type::Label);
    let wrapped: Vec<Vec<String>> = panel
        .pairs
        .iter()
        .map(|pair| font::wrap(&pair.label, label_size, weight(Type::Label), columns.labels, 2))
        .collect();
    let tall = |pair: &Pair, lines: &[String]| {
        (pair.dots.len() as f64 * pitch).max(lines.len() as f64 * style.leading(Type::Label)) + gap
    };
    let bottom = top + panel.pairs.iter().zip(&wrapped).map(|(pair, lines)| tall(pair, lines)).sum::<f64>();
    for (v, _) in &axis.ticks {
        frame.canvas.line((at(*v), top), (at(*v), bottom), Pen::solid(style.grid(), 0.5 * scale));
    }
    frame.canvas.line((at(0.0), top), (at(0.0), bottom), Pen::solid(style.ink(), 0.7 * scale));
    let digits = panel.decimals();
    let mut y = top;
    for (place, (pair, lines)) in panel.pairs.iter().zip(&wrapped).enumerate() {
        let tall = tall(pair, lines);
        if place > 0 {
            frame.canvas.line((EDGE, y), (right, y), Pen::solid(style.grid(), 0.5 * scale));
        }
        let middle = y + 0.5 * tall;
        let first =
            middle + 0.33 * label_size - (lines.len() as f64 - 1.0) / 2.0 * style.leading(Type::Label);
        frame.canvas.lines((EDGE, first), Align::Left, Type::Label, lines, &pair.label);
        for (rule, dot) in pair.dots.iter().enumerate() {
            let y = middle + (rule as f64 - (pair.dots.len() as f64 - 1.0) / 2.0) * pitch;
            let look = style.look(rule);
            if let Some((low, high)) = dot.difference.interval() {
                let pen = Pen::solid(look.colour, 1.1 * scale);
                frame.canvas.line((at(low), y), (at(high), y), pen);
                for x in [at(low), at(high)] {
                    frame.canvas.line((x, y - 1.6 * scale), (x, y + 1.6 * scale), pen);
                }
            }
            if let Some(mean) = dot.difference.value() {
                frame.canvas.marker((at(mean), y), 2.1 * scale, look.marker, look.colour, !dot.certified);
            }
            if columns.values > 0.0 {
                let baseline = y + 0.33 * style.size(Type::Tick);
                let text = panel.printed(dot, digits);
                frame.canvas.text((frame.right(), baseline), Align::Right, Type::Tick, &text);
            }
        }
        y += tall;
    }
    let pen = Pen::solid(style.axis(), 0.6 * scale);
    frame.canvas.line((left, bottom), (right, bottom), pen);
    let tick_size = style.size(Type::Tick);
    for (v, label) in &axis.ticks {
        frame.canvas.line((at(*v), bottom), (at(*v), bottom + 2.5 * scale), pen);
        let baseline = bottom + 3.5 * scale + 0.8 * tick_size;
        frame.canvas.text((at(*v), baseline), Align::Centre, Type::Tick, label);
    }
    frame.y = bottom + axes::below(style);
}

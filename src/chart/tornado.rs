//! What drives a metric? One panel a metric, one row a factor, the strongest above: a pale bar is its total index, the dark bar on
//! it what the factor does alone, each with its interval, that of the whole bar above. Rows of luck stand below those of parameters. Without Sobol indices bars are mean absolute
//! effects.

use super::axes::{self, Axis};
use super::canvas::{Align, Pen, weight};
use super::estimate::{Estimate, Heading};
use super::frame::{self, CUT_BARS, EDGE, Frame, Key};
use super::series;
use super::style::{Style, Type, Width, mixed};
use super::ticks::Format;
use super::{ChartError, Figure, font};
use plotters::style::RGBColor;

/// One factor.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// Its name.
    pub label: String,
    /// Total index, or mean absolute effect.
    pub whole: Estimate,
    /// First-order index; absent for effects.
    pub alone: Estimate,
    /// Whether it is luck.
    pub is_luck: bool,
    /// Whether its effect is distinguishable from zero.
    pub is_clear: bool,
}

/// One metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// The metric, with its unit where bars are effects.
    pub title: String,
    /// Numbers of the axis.
    pub format: Format,
    /// Factors, the strongest first, luck last.
    pub bars: Vec<Bar>,
}

/// Input of the figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Tornado {
    /// Words above.
    pub heading: Heading,
    /// One panel for each metric.
    pub panels: Vec<Panel>,
    /// What the axis shows.
    pub axis: String,
    /// Whether bars are indices, shares of a variance.
    pub of_variance: bool,
}

/// The hue of parameters; luck is grey.
const HUE: RGBColor = RGBColor(0, 114, 178);

impl Tornado {
    /// Draws the figure.
    ///
    /// # Errors
    /// [`ChartError::Empty`] where there is no bar.
    pub fn draw(&self, style: Style) -> Result<Figure, ChartError> {
        let drawn = |bar: &&Bar| bar.whole.value().is_some();
        if !self.panels.iter().flat_map(|p| &p.bars).any(|bar| drawn(&bar)) {
            return Err(ChartError::Empty { figure: "tornado", reason: "no factor has an index".to_owned() });
        }
        let banded = self.panels.iter().flat_map(|p| &p.bars).any(|bar| bar.whole.interval().is_some());
        let mut frame = Frame::new(style, &self.heading, &self.heading.caption("Lines", banded));
        let (hue, grey) = (shade(style, false), shade(style, true));
        let mut keys = Vec::new();
        if self.of_variance {
            keys.push((Key::Patch(hue), "the parameter alone".to_owned()));
            keys.push((Key::Patch(pale(hue, style)), "together with others".to_owned()));
        } else {
            keys.push((Key::Patch(pale(hue, style)), "parameter".to_owned()));
        }
        if self.panels.iter().flat_map(|p| &p.bars).any(|bar| bar.is_luck) {
            keys.push((Key::Patch(grey), "luck".to_owned()));
        }
        frame.legend(&keys);
        let size = style.size(Type::Label);
        let share = if style.width == Width::Single { 0.36 } else { 0.34 };
        let labels = self
            .panels
            .iter()
            .flat_map(|p| &p.bars)
            .map(|b| font::width(&b.label, size, weight(Type::Label)));
        // Brackets may stand around a name.
        let brackets = font::width("()", size, weight(Type::Label));
        let labels = (labels.fold(0.0, f64::max) + brackets).min(share * style.points_wide());
        for panel in &self.panels {
            Self::panel(panel, &mut frame, labels, self.of_variance);
        }
        let scale = style.scale();
        let (left, right) = (EDGE + labels + 8.0 * scale, frame.right() - 9.0 * scale);
        let at = (f64::midpoint(left, right), frame.y + 0.8 * size);
        frame.canvas.text_within(at, Align::Centre, Type::Label, &self.axis, right - left);
        frame.y += 1.3 * size;
        let alone = |bar: &Bar| bar.whole.interval().is_some() && bar.alone.interval().is_some();
        if self.panels.iter().flat_map(|p| &p.bars).any(alone) {
            frame.note("Upper line: of the whole bar; lower line: of the parameter alone.");
        }
        if self.panels.iter().flat_map(|p| &p.bars).any(|bar| !bar.is_clear && bar.whole.value().is_some()) {
            frame.note("Names in brackets: not distinguishable from zero.");
        }
        let absent: Vec<(String, usize)> = self
            .panels
            .iter()
            .map(|p| (p.title.clone(), p.bars.iter().filter(|b| b.whole.value().is_none()).count()))
            .collect();
        frame.note(frame::absent_note(&absent));
        Ok(frame.finish(&self.alt()))
    }

    fn panel(panel: &Panel, frame: &mut Frame, labels: f64, of_variance: bool) {
        let style = frame.canvas.style;
        let (scale, size) = (style.scale(), style.size(Type::Label));
        let (left, right) = (EDGE + labels + 8.0 * scale, frame.right() - 9.0 * scale);
        let ends = panel.bars.iter().flat_map(|bar| {
            let both = [bar.whole, bar.alone].map(|e| e.interval().unwrap_or((e.mean, e.mean)));
            both.into_iter().flat_map(|(low, high)| [low, high]).filter(|v| v.is_finite())
        });
        let (low, high) = series::range(ends.chain([0.0])).unwrap_or((0.0, 1.0));
        // Indices share an axis up to the whole variance; a wide interval may reach beyond.
        let (low, high) =
            if of_variance { (low.max(-0.25), high.clamp(1.0, 1.25)) } else { (low, 1.04 * high) };
        let axis = axes::fitting(right - left, style, |most| Axis::between(low, high, panel.format, most));
        let at = |v: f64| left + axis.share(v) * (right - left);
        let head = style.size(Type::Panel);
        frame.canvas.text_within(
            (EDGE, frame.y + 0.8 * head),
            Align::Left,
            Type::Panel,
            &panel.title,
            frame.right() - EDGE,
        );
        let top = frame.y + style.leading(Type::Panel) + scale;
        let pitch = style.leading(Type::Label) + 3.0 * scale;
        // Bars are as thick as those with a name of one line, however many it takes.
        let name = |bar: &Bar| if bar.is_clear { bar.label.clone() } else { format!("({})", bar.label) };
        let names: Vec<Vec<String>> = panel
            .bars
            .iter()
            .map(|bar| font::balanced(&name(bar), size, weight(Type::Label), labels + 5.0 * scale, 4))
            .collect();
        let heights = names
            .iter()
            .map(|lines| pitch.max(lines.len() as f64 * style.leading(Type::Label) + 3.0 * scale));
        let heights: Vec<f64> = heights.collect();
        let bottom = top + heights.iter().sum::<f64>();
        for (v, _) in &axis.ticks {
            frame.canvas.line((at(*v), top), (at(*v), bottom), Pen::solid(style.grid(), 0.5 * scale));
        }
        let mut below = top;
        for ((bar, lines), height) in panel.bars.iter().zip(&names).zip(heights) {
            let middle = below + 0.5 * height;
            below += height;
            let rise = 0.5 * (lines.len() as f64 - 1.0) * style.leading(Type::Label);
            let place = (EDGE, middle + 0.33 * size - rise);
            frame.canvas.lines(place, Align::Left, Type::Label, lines, &name(bar));
            let Some(whole) = bar.whole.value() else { continue };
            let colour = shade(style, bar.is_luck);
            let (tall, thin) = (0.36 * pitch, 0.24 * pitch);
            let zero = at(0.0);
            frame.canvas.rectangle((zero, middle - tall), (at(whole), middle + tall), pale(colour, style));
            if let Some(alone) = bar.alone.value() {
                frame.canvas.rectangle((zero, middle - thin), (at(alone), middle + thin), colour);
            }
            // That of the whole bar above that of the dark one, where there are both.
            let both = bar.alone.interval().is_some();
            for (estimate, side) in [(bar.whole, -1.0), (bar.alone, 1.0)] {
                let Some((low, high)) = estimate.interval() else { continue };
                let y = if both { middle + 0.13 * side * pitch } else { middle };
                let pen = Pen::solid(style.ink(), 0.8 * scale);
                frame.canvas.line((at(low), y), (at(high), y), pen);
                // Intervals of shares are held between nothing and the whole, whatever resamples say beyond: there is no end to cap.
                let is_held = |end: f64| of_variance && (end == 0.0 || end == 1.0);
                if low < high && (is_held(low) || is_held(high)) {
                    frame.note("Indices are shares: intervals end at 0% and at 100%, without a cap there.");
                }
                let is_end = |end: &f64| axis.holds(*end) && !is_held(*end);
                for x in [low, high].into_iter().filter(is_end).map(at) {
                    frame.canvas.line((x, y - 1.5 * scale), (x, y + 1.5 * scale), pen);
                }
                if axis.cuts(Some((low, high))) {
                    frame.note(CUT_BARS);
                }
            }
        }
        frame.canvas.line((at(0.0), top), (at(0.0), bottom), Pen::solid(style.ink(), 0.7 * scale));
        let pen = Pen::solid(style.axis(), 0.6 * scale);
        frame.canvas.line((left, bottom), (right, bottom), pen);
        let tick = style.size(Type::Tick);
        for (v, label) in &axis.ticks {
            frame.canvas.line((at(*v), bottom), (at(*v), bottom + 2.5 * scale), pen);
            let baseline = bottom + 3.5 * scale + 0.8 * tick;
            frame.canvas.text((at(*v), baseline), Align::Centre, Type::Tick, label);
        }
        frame.y = bottom + axes::below(style) + 5.0 * scale;
    }

    fn alt(&self) -> String {
        let of = |panel: &Panel| {
            let bars = panel.bars.iter().filter(|b| b.whole.value().is_some());
            let words: Vec<String> =
                bars.map(|b| format!("{} {}", b.label, super::ticks::significant(b.whole.mean, 3))).collect();
            format!("{}: {}", panel.title, words.join(", "))
        };
        let panels: Vec<String> = self.panels.iter().map(of).collect();
        format!("{}, factor by factor. {}.", self.axis, panels.join("; "))
    }
}

fn shade(style: Style, luck: bool) -> RGBColor {
    if luck { style.grey() } else { HUE }
}

fn pale(colour: RGBColor, style: Style) -> RGBColor {
    mixed(colour, style.paper_colour(), 0.6)
}

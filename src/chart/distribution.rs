//! Distribution of outcomes over replicates: every replicate a dot, or where there are many the shape of their histogram;
//! the mean with its interval on top.

use super::canvas::Pen;
use super::estimate::{Heading, drawable};
use super::frame::Frame;
use super::small_multiples::strips_in_words;
use super::strips::{self, Contender, MetricPanel, Place, Row};
use super::style::{Marker, Style, mixed};
use super::{ChartError, Figure};

/// Replicates up to which each is a dot.
const DOTS: usize = 100;

/// Bins of a histogram.
const BINS: usize = 48;

/// Input of the figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Distribution {
    /// Words above.
    pub heading: Heading,
    /// Rows of every panel, from the top.
    pub contenders: Vec<Contender>,
    /// One panel each; those without any value are left out.
    pub panels: Vec<MetricPanel>,
}

impl Distribution {
    /// Draws the figure.
    ///
    /// # Errors
    /// [`ChartError::Empty`] where no metric has a value.
    pub fn draw(&self, style: Style) -> Result<Figure, ChartError> {
        if self.panels.iter().all(MetricPanel::is_empty) {
            let reason = if self.panels.is_empty() { "no metric" } else { "every value is absent" };
            return Err(ChartError::Empty { figure: "distribution", reason: reason.to_owned() });
        }
        let rows = || self.panels.iter().flat_map(|p| &p.rows);
        let any = rows().any(|r| r.mean.interval().is_some());
        let caption = self.heading.caption("Bars", any);
        let shown = |r: &Row| r.replicates.iter().filter(|v| drawable(**v)).count();
        let dotted = rows().any(|r| shown(r) <= DOTS);
        let binned = rows().any(|r| shown(r) > DOTS);
        let what = match (dotted, binned) {
            (true, false) => "Pale dots: replicates.",
            (false, _) => "Pale shapes: histograms of replicates.",
            (true, true) => "Pale dots: replicates; pale shapes: histograms of many.",
        };
        let mut frame = Frame::new(style, &self.heading, &format!("{caption} {what}"));
        let tall = if self.contenders.len() <= 8 { 22.0 } else { 14.0 };
        strips::draw(&mut frame, &self.contenders, &self.panels, tall, &|frame, row, place| {
            let values: Vec<f64> = row.replicates.iter().copied().filter(|v| drawable(*v)).collect();
            if values.len() <= DOTS {
                dots(frame, &values, place);
            } else {
                shape(frame, &values, place);
            }
            mean_on_top(frame, row, place);
        });
        let said: Vec<String> = self.panels.iter().map(|p| strips_in_words(p, &self.contenders)).collect();
        Ok(frame.finish(&format!(
            "Replicates and means by contender, one panel for each metric. {}",
            said.join(" ")
        )))
    }
}

fn mean_on_top(frame: &mut Frame, row: &Row, place: &Place) {
    let style = frame.canvas.style;
    let colour = mixed(place.look.colour, style.ink(), 0.35);
    strips::mean(frame, row, place, Pen::solid(colour, 1.1 * style.scale()));
}

/// Dots side by side where they would lie on one another, from the middle outwards; the more there are in a column, the closer,
/// so that all stay in their row.
fn dots(frame: &mut Frame, values: &[f64], place: &Place) {
    let style = frame.canvas.style;
    let radius = 1.3 * style.scale();
    let colour = mixed(place.look.colour, style.paper_colour(), 0.5);
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    // Columns: where they stand, and how many dots.
    let mut columns: Vec<(f64, u32)> = Vec::new();
    for x in sorted.into_iter().map(place.at) {
        match columns.last_mut() {
            Some((column, count)) if x - *column <= 2.0 * radius => *count += 1,
            _ => columns.push((x, 1)),
        }
    }
    let most = (0.42 * place.pitch - radius).max(0.0);
    for (x, count) in columns {
        let levels = f64::from(count / 2);
        let step = if levels > 0.0 { (most / levels).min(2.0 * radius) } else { 0.0 };
        for dot in 0..count {
            let level = f64::from(dot.div_ceil(2));
            let offset = if dot.is_multiple_of(2) { level } else { -level } * step;
            frame.canvas.marker((x, place.middle + offset), radius, Marker::Circle, colour, false);
        }
    }
}

/// A mirrored histogram.
fn shape(frame: &mut Frame, values: &[f64], place: &Place) {
    let style = frame.canvas.style;
    let Some((low, high)) = super::series::range(values.iter().copied()) else { return };
    if high <= low {
        return dots(frame, &values[..1], place);
    }
    let mut counts = [0_u32; BINS];
    for value in values {
        let bin = ((value - low) / (high - low) * BINS as f64) as usize;
        counts[bin.min(BINS - 1)] += 1;
    }
    let most = f64::from(counts.iter().copied().max().unwrap_or(1));
    let half = 0.46 * place.pitch;
    let edge = |bin: usize| (place.at)(low + (high - low) * bin as f64 / BINS as f64);
    let side = |sign: f64| {
        (0..BINS).flat_map(move |b| {
            let y = place.middle + sign * half * f64::from(counts[b]) / most;
            [(edge(b), y), (edge(b + 1), y)]
        })
    };
    let mut outline: Vec<(f64, f64)> = side(-1.0).collect();
    let below: Vec<(f64, f64)> = side(1.0).collect();
    outline.extend(below.into_iter().rev());
    frame.canvas.polygon(&outline, mixed(place.look.colour, style.paper_colour(), 0.55), 1.0);
}

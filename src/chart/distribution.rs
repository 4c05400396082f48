//! Distribution of outcomes over replicates: every replicate a dot, or where there are many the shape of their histogram;
//! the mean with its interval on top.

use super::canvas::Pen;
use super::estimate::{Heading, drawable};
use super::frame::Frame;
use super::small_multiples::strips_in_words;
use super::strips::{self, Contender, MetricPanel, Place, Row};
use super::style::{Marker, Style, mixed};
use super::{ChartError, Figure, swarm};

/// Replicates up to which each is a dot.
const DOTS: usize = 100;

/// Radius of a dot, points.
const DOT: f64 = 1.3;

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

/// Each dot at its own value; those that would lie on one another above and below, the closer the more there are, so that all
/// stay in their row.
fn dots(frame: &mut Frame, values: &[f64], place: &Place) {
    let style = frame.canvas.style;
    let radius = DOT * style.scale();
    let colour = mixed(place.look.colour, style.paper_colour(), 0.5);
    let mut places: Vec<f64> = values.iter().copied().map(place.at).collect();
    places.sort_by(f64::total_cmp);
    let levels = swarm::levels(&places, 2.0 * radius, places.len());
    let outermost = levels.iter().map(|level| level.unsigned_abs()).max().unwrap_or(0).max(1);
    let room = (0.42 * place.pitch - radius).max(0.0);
    let step = (room / f64::from(outermost)).min(2.0 * radius);
    for (x, level) in places.into_iter().zip(levels) {
        let y = place.middle + f64::from(level) * step;
        frame.canvas.marker((x, y), radius, Marker::Circle, colour, false);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::canvas::GRID;
    use crate::chart::ticks::Format;
    use crate::chart::{Estimate, Identity};

    /// Places of all circles of this radius, points.
    fn circles(svg: &str, radius: f64) -> Vec<(f64, f64)> {
        let document = resvg::usvg::roxmltree::Document::parse(svg).unwrap();
        let number = |node: &resvg::usvg::roxmltree::Node, key| {
            node.attribute(key).and_then(|v| v.parse::<f64>().ok()).unwrap_or(f64::NAN)
        };
        let of_size = |node: &resvg::usvg::roxmltree::Node| number(node, "r") == (radius * GRID).round();
        let all = document.descendants().filter(|n| n.has_tag_name("circle"));
        all.filter(of_size).map(|n| (number(&n, "cx") / GRID, number(&n, "cy") / GRID)).collect()
    }

    fn drawn(values: &[f64]) -> Figure {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        // Its mark is a circle too.
        let identity = Identity::of(["centralized"])[0];
        let panel = MetricPanel {
            title: "m".to_owned(),
            format: Format::Plain,
            range: (f64::NEG_INFINITY, f64::INFINITY),
            rows: vec![Row { mean: Estimate::point(mean), replicates: values.to_vec() }],
        };
        Distribution {
            heading: Heading::default(),
            contenders: vec![Contender { name: "c".to_owned(), identity, certified: true }],
            panels: vec![panel],
        }
        .draw(Style::paper())
        .unwrap()
    }

    #[test]
    fn the_mean_of_the_dots_drawn_is_the_mean_of_the_values() {
        // Many close together above a few far below: whatever moved dots to a side would move their mean.
        let values: Vec<f64> = (0..60).map(|i| 73.0 + 0.04 * f64::from(i)).chain([60.0, 61.0]).collect();
        let figure = drawn(&values);
        let dots = circles(figure.svg(), DOT);
        assert_eq!(dots.len(), values.len());
        let mean = dots.iter().map(|(x, _)| x).sum::<f64>() / dots.len() as f64;
        let [(mark, _)] = circles(figure.svg(), 2.0)[..] else { panic!("one mark of the mean") };
        // Each is placed to the nearest eighth of a point.
        assert!((mean - mark).abs() < 1.0 / GRID, "{mean} {mark}");
    }

    #[test]
    fn equal_dots_stay_in_their_row() {
        let dots = circles(drawn(&[2.0; 60]).svg(), DOT);
        let heights: Vec<f64> = dots.iter().map(|(_, y)| *y).collect();
        let (low, high) = crate::chart::series::range(heights).unwrap();
        assert!(dots.len() == 60 && high - low + 2.0 * DOT <= 22.0, "{low} {high}");
    }
}

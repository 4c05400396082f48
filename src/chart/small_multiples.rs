//! Small multiples: one panel for each metric, the contenders as rows, means with intervals.

use super::canvas::Pen;
use super::estimate::Heading;
use super::frame::Frame;
use super::strips::{self, Contender, MetricPanel};
use super::style::Style;
use super::{ChartError, Figure};

/// Input of the figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SmallMultiples {
    /// Words above.
    pub heading: Heading,
    /// Rows of every panel, from the top.
    pub contenders: Vec<Contender>,
    /// One panel each; those without any value are left out.
    pub panels: Vec<MetricPanel>,
}

impl SmallMultiples {
    /// Draws the figure.
    ///
    /// # Errors
    /// [`ChartError::Empty`] where no metric has a value.
    pub fn draw(&self, style: Style) -> Result<Figure, ChartError> {
        if self.panels.iter().all(MetricPanel::is_empty) {
            let reason = if self.panels.is_empty() { "no metric" } else { "every value is absent" };
            return Err(ChartError::Empty { figure: "small multiples", reason: reason.to_owned() });
        }
        let any = self.panels.iter().flat_map(|p| &p.rows).any(|r| r.mean.interval().is_some());
        let mut frame = Frame::new(style, &self.heading, &self.heading.caption("Bars", any));
        let pen = |colour| Pen::solid(colour, 1.1 * style.scale());
        strips::draw(&mut frame, &self.contenders, &self.panels, 11.0, &|frame, row, place| {
            strips::mean(frame, row, place, pen(place.look.colour));
        });
        let said: Vec<String> = self.panels.iter().map(|p| strips_in_words(p, &self.contenders)).collect();
        Ok(frame.finish(&format!("Means by contender, one panel for each metric. {}", said.join(" "))))
    }
}

/// A panel in words: what every contender has of the metric.
pub(crate) fn strips_in_words(panel: &MetricPanel, contenders: &[Contender]) -> String {
    let factor = panel.format.factor();
    let said: Vec<String> = contenders
        .iter()
        .zip(&panel.rows)
        .take(12)
        .filter_map(|(c, r)| {
            let value = super::ticks::significant(r.mean.value()? * factor, 4);
            Some(format!("{} {value}{}", c.name, if factor == 1.0 { "" } else { "%" }))
        })
        .collect();
    format!("{}: {}.", panel.title, said.join(", "))
}

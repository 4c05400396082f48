//! What one forced deviation sets off: changes of the deviator's and the others' offers against what they would have
//! offered, epoch by epoch. One panel per mechanism. After Calvano et al. (2020), AER 110(10), figure 4.

use super::axes::Kind;
use super::canvas::Pen;
use super::estimate::Heading;
use super::facets::{self, Cell, Common, Facet, Reference};
use super::frame::{self, Frame, Key};
use super::series::{self, Series};
use super::style::Style;
use super::ticks::Format;
use super::{ChartError, Figure};

/// One mechanism.
#[derive(Clone, Debug, PartialEq)]
pub struct ImpulsePanel {
    /// Name of the contender.
    pub mechanism: String,
    /// Its colour and mark.
    pub identity: super::Identity,
    /// False where some replicate is not certified.
    pub certified: bool,
    /// Name of the change and its unit, upwards along the axis.
    pub offer_name: String,
    /// Change of each party's offer against the epoch, the deviation being in epoch 0.
    pub changes: Vec<Series>,
}

/// Input of the figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImpulseResponse {
    /// Words above.
    pub heading: Heading,
    /// One panel each.
    pub panels: Vec<ImpulsePanel>,
}

impl ImpulseResponse {
    /// Draws the figure.
    ///
    /// # Errors
    /// [`ChartError::Empty`] where no line has a present point.
    pub fn draw(&self, style: Style) -> Result<Figure, ChartError> {
        let all = || self.panels.iter().flat_map(|p| &p.changes);
        if all().all(|s| s.present().is_empty()) {
            let reason = if self.panels.is_empty() { "no mechanism" } else { "every value is absent" };
            return Err(ChartError::Empty { figure: "impulse response", reason: reason.to_owned() });
        }
        let banded = all().any(Series::any_interval);
        let caption = self.heading.caption("Bands", banded);
        let mut frame = Frame::new(style, &self.heading, &caption);
        let names = series::names(all());
        let look = |s: &Series| style.look(names.iter().position(|n| *n == s.name).unwrap_or(0));
        // Both lines end at nothing, where their names would stand on each other.
        let legend: Vec<(Key, String)> =
            names.iter().enumerate().map(|(i, n)| (Key::Line(style.look(i), banded), n.clone())).collect();
        frame.legend(&legend);
        let zero = Pen::solid(style.axis(), 0.6 * style.scale());
        let facets: Vec<Facet> = self
            .panels
            .iter()
            .map(|p| {
                let cell = Cell {
                    series: p.changes.iter().collect(),
                    y_name: &p.offer_name,
                    format: Format::Plain,
                    kind: Kind::Linear,
                    hold: vec![0.0],
                    most: None,
                    references: vec![(Reference::Level(0.0), zero)],
                };
                Facet {
                    title: &p.mechanism,
                    identity: Some(p.identity),
                    certified: p.certified,
                    cells: vec![cell],
                }
            })
            .collect();
        let common = Common {
            x_name: "Epochs since the deviation",
            x_format: Format::Plain,
            x_loose: false,
            look: &look,
            direct: false,
            hollow: &|_| false,
        };
        facets::draw(&mut frame, &facets, &common);
        frame.note(
            "In epoch 0 one learner plays the static best response to what the others then play; from then on all play as they \
             learned. Changes against play without the deviation, means over learners and the cycle.",
        );
        if self.panels.iter().any(|p| !p.certified) {
            frame.note(frame::NOT_CERTIFIED);
        }
        let absent: Vec<(String, usize)> = self
            .panels
            .iter()
            .map(|p| (p.mechanism.clone(), p.changes.iter().map(Series::absent).sum()))
            .collect();
        frame.note(frame::absent_note(&absent));
        let mechanisms: Vec<&str> = self.panels.iter().map(|p| p.mechanism.as_str()).collect();
        Ok(frame.finish(&format!(
            "Changes of offers after one forced deviation, one panel for each of: {}. Lines: {}.",
            mechanisms.join(", "),
            names.join(", ")
        )))
    }
}

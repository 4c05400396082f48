//! Redundancy and availability along a market's epochs: how many machines are live, and what share of slots is produced, one panel
//! each, one line for each contender; a dashed line at each target.

use super::axes::Kind;
use super::canvas::Pen;
use super::estimate::Heading;
use super::facets::{self, Cell, Common, Facet, Reference};
use super::frame::{self, Frame, Key};
use super::lorenz::LorenzContender;
use super::series::{self, Series};
use super::style::{Look, Marker, Style};
use super::ticks::Format;
use super::{ChartError, Figure};

/// Input of the figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OverTime {
    /// Words above.
    pub heading: Heading,
    /// Contenders in the order of the file.
    pub contenders: Vec<LorenzContender>,
    /// Epochs against live machines; a line for each contender.
    pub redundancy: Vec<Series>,
    /// Epochs against the share of slots produced.
    pub availability: Vec<Series>,
    /// Shares of slots that controllers aim at.
    pub targets: Vec<f64>,
}

impl OverTime {
    /// Draws the figure.
    ///
    /// # Errors
    /// [`ChartError::Empty`] where no line has a present point.
    pub fn draw(&self, style: Style) -> Result<Figure, ChartError> {
        let all = || self.redundancy.iter().chain(&self.availability);
        if all().all(|s| s.present().is_empty()) {
            let reason = "no contender says how many machines are live".to_owned();
            return Err(ChartError::Empty { figure: "redundancy", reason });
        }
        let banded = all().any(Series::any_interval);
        let mut frame = Frame::new(style, &self.heading, &self.heading.caption("Bands", banded));
        let look = |s: &Series| {
            let own = self.contenders.iter().find(|c| c.name == s.name);
            own.map_or(Look { colour: style.grey(), dash: "", marker: Marker::Circle }, |c| {
                c.identity.look(style)
            })
        };
        let drawn = |c: &&LorenzContender| all().any(|s| s.name == c.name && !s.present().is_empty());
        let mut legend: Vec<(Key, String)> = self
            .contenders
            .iter()
            .filter(drawn)
            .map(|c| (Key::Line(c.identity.look(style), banded), c.name.clone()))
            .collect();
        let dashed = Pen { colour: style.ink(), width: 0.8 * style.scale(), dash: "3 2" };
        if !self.targets.is_empty() {
            legend.push((Key::Plain(dashed), "target".to_owned()));
        }
        frame.legend(&legend);
        let live = Cell {
            series: self.redundancy.iter().collect(),
            y_name: "Live machines",
            format: Format::Plain,
            kind: Kind::Linear,
            hold: vec![0.0],
            most: None,
            references: Vec::new(),
        };
        let produced = Cell {
            series: self.availability.iter().collect(),
            y_name: "Share of slots produced",
            format: Format::Percent,
            kind: Kind::Linear,
            hold: self.targets.clone(),
            most: Some(1.0),
            references: self.targets.iter().map(|t| (Reference::Level(*t), dashed)).collect(),
        };
        let facets: Vec<Facet> = [("Redundancy", live), ("Availability", produced)]
            .into_iter()
            .filter(|(_, cell)| cell.series.iter().any(|s| !s.present().is_empty()))
            .map(|(title, cell)| Facet { title, identity: None, certified: true, cells: vec![cell] })
            .collect();
        let hollow = |s: &Series| self.contenders.iter().any(|c| c.name == s.name && !c.certified);
        let common = Common {
            x_name: "Epoch",
            x_format: Format::Plain,
            x_loose: false,
            look: &look,
            direct: false,
            hollow: &hollow,
        };
        facets::draw(&mut frame, &facets, &common);
        if self.contenders.iter().filter(drawn).any(|c| !c.certified) {
            frame.note(frame::NOT_CERTIFIED);
        }
        let absent: Vec<(String, usize)> = all().map(|s| (s.name.clone(), s.absent())).collect();
        frame.note(frame::absent_note(&absent));
        Ok(frame.finish(&self.alt()))
    }

    fn alt(&self) -> String {
        format!(
            "Redundancy and availability along epochs. Live machines: {}. Slots produced: {}.",
            series::in_words(&self.redundancy, Format::Plain),
            series::in_words(&self.availability, Format::Percent)
        )
    }
}

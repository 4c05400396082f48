//! Censorship by contender: what it costs to keep a target out for so many slots, and what share of targets waits for longer,
//! one panel each, one line for each contender.

use super::axes::Kind;
use super::estimate::Heading;
use super::facets::{self, Cell, Common, Facet};
use super::frame::{self, Frame, Key};
use super::lorenz::LorenzContender;
use super::series::{self, Series};
use super::style::{Look, Marker, Style};
use super::ticks::Format;
use super::{ChartError, Figure};

/// Costs that differ by more than this factor are drawn on a logarithmic axis.
const FAR_APART: f64 = 100.0;

/// Input of the figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Censorship {
    /// Words above.
    pub heading: Heading,
    /// Contenders in the order of the file.
    pub contenders: Vec<LorenzContender>,
    /// Slots against the least expected payment that keeps a target out for so long, in ETH; a line for each contender.
    pub costs: Vec<Series>,
    /// Slots against the share of targets that waited longer.
    pub waits: Vec<Series>,
}

impl Censorship {
    /// Draws the figure.
    ///
    /// # Errors
    /// [`ChartError::Empty`] where no line has a present point.
    pub fn draw(&self, style: Style) -> Result<Figure, ChartError> {
        let all = || self.costs.iter().chain(&self.waits);
        if all().all(|s| s.present().is_empty()) {
            let reason = if all().next().is_none() { "nobody was targeted" } else { "every value is absent" };
            return Err(ChartError::Empty { figure: "censorship", reason: reason.to_owned() });
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
        let legend: Vec<(Key, String)> = self
            .contenders
            .iter()
            .filter(drawn)
            .map(|c| (Key::Line(c.identity.look(style), banded), c.name.clone()))
            .collect();
        frame.legend(&legend);
        // A bond can make one rule thousands of times dearer than another.
        let means: Vec<f64> = self.costs.iter().flat_map(Series::present).map(|(_, e)| e.mean).collect();
        let apart = series::range(means.into_iter().filter(|cost| *cost > 0.0))
            .is_some_and(|(low, high)| high > FAR_APART * low);
        let kind = if apart { Kind::Log } else { Kind::Linear };
        let panels: [(&str, &[Series], &str, Format, Kind); 2] = [
            ("Cost of keeping a target out", &self.costs, "Expected payment (ETH)", Format::Plain, kind),
            ("Targets that wait longer", &self.waits, "Share of targets", Format::Percent, Kind::Linear),
        ];
        let facets: Vec<Facet> = panels
            .into_iter()
            .filter(|(_, lines, ..)| lines.iter().any(|s| !s.present().is_empty()))
            .map(|(title, lines, y_name, format, kind)| Facet {
                title,
                identity: None,
                certified: true,
                cells: vec![Cell {
                    series: lines.iter().collect(),
                    y_name,
                    format,
                    kind,
                    hold: if kind == Kind::Log { Vec::new() } else { vec![0.0] },
                    references: Vec::new(),
                }],
            })
            .collect();
        let hollow = |s: &Series| self.contenders.iter().any(|c| c.name == s.name && !c.certified);
        let common = Common {
            x_name: "Slots",
            x_format: Format::Plain,
            x_loose: true,
            look: &look,
            direct: false,
            hollow: &hollow,
        };
        let below = facets::draw(&mut frame, &facets, &common);
        if below > 0 {
            frame.note(format!("Costs of 0, which a logarithmic axis cannot show: {below} points."));
        }
        let missing: Vec<&str> = self
            .contenders
            .iter()
            .filter(|c| !self.costs.iter().any(|s| s.name == c.name && !s.present().is_empty()))
            .map(|c| c.name.as_str())
            .collect();
        if !missing.is_empty() {
            frame.note(format!(
                "No price that was tried keeps a target out of {} with probability .95.",
                missing.join(", ")
            ));
        }
        let absent: Vec<(String, usize)> = all().map(|s| (s.name.clone(), s.absent())).collect();
        frame.note(frame::absent_note(&absent));
        let names: Vec<&str> = self.contenders.iter().map(|c| c.name.as_str()).collect();
        Ok(frame.finish(&format!(
            "Cost of keeping a targeted transaction out, and waiting of targets, by slots. Lines: {}.",
            names.join(", ")
        )))
    }
}

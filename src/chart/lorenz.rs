//! Lorenz curves (Lorenz 1905): the share of a total that the sequencers with least of it have together, one panel for
//! each total (slots, profit), one line for each contender. The diagonal is equality; twice the area between diagonal and
//! line is the Gini coefficient.

use super::axes::Kind;
use super::canvas::Pen;
use super::estimate::Heading;
use super::facets::{self, Cell, Common, Facet, Reference};
use super::frame::{self, Frame, Key};
use super::identity::Identity;
use super::series::{self, Series};
use super::style::{Look, Marker, Style};
use super::ticks::Format;
use super::{ChartError, Figure};

/// One contender, whose name its lines bear.
#[derive(Clone, Debug, PartialEq)]
pub struct LorenzContender {
    /// Its name.
    pub name: String,
    /// Its colour and mark.
    pub identity: Identity,
    /// False where some replicate is not certified.
    pub certified: bool,
}

/// One total.
#[derive(Clone, Debug, PartialEq)]
pub struct LorenzPanel {
    /// What is parted: "slots produced".
    pub title: String,
    /// A line for each contender: share of sequencers against their share of the total.
    pub lines: Vec<Series>,
}

/// Input of the figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lorenz {
    /// Words above.
    pub heading: Heading,
    /// Contenders in the order of the file.
    pub contenders: Vec<LorenzContender>,
    /// One panel each.
    pub panels: Vec<LorenzPanel>,
}

impl Lorenz {
    /// Draws the figure.
    ///
    /// # Errors
    /// [`ChartError::Empty`] where no line has a present point.
    pub fn draw(&self, style: Style) -> Result<Figure, ChartError> {
        let all = || self.panels.iter().flat_map(|p| &p.lines);
        if all().all(|s| s.present().is_empty()) {
            let reason = if self.panels.is_empty() { "nothing is parted" } else { "every value is absent" };
            return Err(ChartError::Empty { figure: "Lorenz curves", reason: reason.to_owned() });
        }
        let banded = all().any(Series::any_interval);
        let mut frame = Frame::new(style, &self.heading, &self.heading.caption("Bands", banded));
        let look = |s: &Series| {
            let own = self.contenders.iter().find(|c| c.name == s.name);
            own.map_or(Look { colour: style.grey(), dash: "", marker: Marker::Circle }, |c| {
                c.identity.look(style)
            })
        };
        let equality = Pen::solid(style.axis(), 0.6 * style.scale());
        let drawn = |c: &&LorenzContender| all().any(|s| s.name == c.name && !s.present().is_empty());
        let mut legend: Vec<(Key, String)> = self
            .contenders
            .iter()
            .filter(drawn)
            .map(|c| (Key::line(c.identity.look(style), banded, c.certified), c.name.clone()))
            .collect();
        legend.push((Key::Plain(equality), "equality".to_owned()));
        frame.legend(&legend);
        let facets: Vec<Facet> = self
            .panels
            .iter()
            .map(|p| Facet {
                title: &p.title,
                identity: None,
                certified: true,
                cells: vec![Cell {
                    series: p.lines.iter().collect(),
                    y_name: "Cumulative share",
                    format: Format::Percent,
                    kind: Kind::Linear,
                    hold: vec![0.0, 1.0],
                    most: None,
                    references: vec![(Reference::Diagonal, equality)],
                }],
            })
            .collect();
        let hollow = |s: &Series| self.contenders.iter().any(|c| c.name == s.name && !c.certified);
        let common = Common {
            x_name: "Sequencers, from those with least",
            x_format: Format::Percent,
            x_loose: false,
            look: &look,
            direct: false,
            hollow: &hollow,
        };
        facets::draw(&mut frame, &facets, &common);
        if self.contenders.iter().filter(drawn).any(|c| !c.certified) {
            frame.note(frame::NOT_CERTIFIED);
        }
        let absent: Vec<(String, usize)> = self
            .panels
            .iter()
            .flat_map(|p| p.lines.iter().map(move |s| (format!("{} of {}", p.title, s.name), s.absent())))
            .collect();
        frame.note(frame::absent_note(&absent));
        let said = self.panels.iter().map(|p| {
            let lines: Vec<Series> = p.lines.iter().map(poorer_half).collect();
            format!("{}: {}", p.title, series::in_words(&lines, Format::Percent))
        });
        Ok(frame.finish(&format!(
            "Lorenz curves over sequencers. What the half with least has together. {}.",
            said.collect::<Vec<_>>().join(". ")
        )))
    }
}

/// The point of a line nearest to the middle.
fn poorer_half(line: &Series) -> Series {
    let from_middle = |x: f64| (x - 0.5).abs();
    let middle = line.present().into_iter().min_by(|a, b| from_middle(a.0).total_cmp(&from_middle(b.0)));
    Series { name: line.name.clone(), points: middle.into_iter().collect() }
}

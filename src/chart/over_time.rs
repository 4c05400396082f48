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
use super::theory::{self, Theory};
use super::ticks::Format;
use super::{ChartError, Estimate, Figure};

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
    /// What theory says of live machines, and of slots produced.
    pub theory: [Option<Theory>; 2],
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
            .map(|c| (Key::line(c.identity.look(style), banded, c.certified), c.name.clone()))
            .collect();
        let dashed = Pen { colour: style.ink(), width: 0.8 * style.scale(), dash: "3 2" };
        if !self.targets.is_empty() {
            legend.push((Key::Plain(dashed), "target".to_owned()));
        }
        let has = |lines: &[Series]| lines.iter().any(|s| !s.present().is_empty());
        let [of_live, of_produced] = &self.theory;
        let of_live = of_live.as_ref().filter(|_| has(&self.redundancy));
        let of_produced = of_produced.as_ref().filter(|_| has(&self.availability));
        let theories: Vec<&Theory> = of_live.into_iter().chain(of_produced).collect();
        legend.extend(theory::key(&theories, style));
        frame.legend(&legend);
        let mut cut = Vec::new();
        let references = |theory: Option<&Theory>| theory.map(|t| t.references(theory::pen(style)));
        let held_live = theory::held(of_live, &self.redundancy, (0.0, f64::INFINITY), &mut cut);
        let held_produced = theory::held(of_produced, &self.availability, (0.0, 1.0), &mut cut);
        // Machines are live for whole epochs: their number changes from one to the next, not in between.
        let steps: Vec<Series> = self.redundancy.iter().map(stepped).collect();
        let live = Cell {
            series: steps.iter().collect(),
            y_name: "Live machines",
            format: Format::Plain,
            kind: Kind::Linear,
            hold: [held_live, vec![0.0]].concat(),
            most: None,
            references: references(of_live).unwrap_or_default(),
        };
        let produced = Cell {
            series: self.availability.iter().collect(),
            y_name: "Share of slots produced",
            format: Format::Percent,
            kind: Kind::Linear,
            hold: [held_produced, self.targets.clone()].concat(),
            most: Some(1.0),
            references: self
                .targets
                .iter()
                .map(|t| (Reference::Level(*t), dashed))
                .chain(references(of_produced).unwrap_or_default())
                .collect(),
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
        let homeless = [(&self.redundancy, 0), (&self.availability, 1)]
            .into_iter()
            .filter(|(lines, _)| !has(lines))
            .filter_map(|(_, place)| self.theory[place].as_ref().map(|theory: &Theory| theory.name.clone()));
        frame.note(theory::without_data(&homeless.collect::<Vec<_>>()));
        for note in theory::notes(&theories, "epochs from the opening of a market", &cut) {
            frame.note(note);
        }
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

/// A line that stays at each of its values until the next one's place.
fn stepped(line: &Series) -> Series {
    let mut points = line.points.clone();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let until = points.windows(2).map(|pair| (pair[1].0, pair[0].1));
    let corners: Vec<(f64, Estimate)> = until.collect();
    // In the order of drawing, each corner before the value that follows there.
    let mut all: Vec<(f64, Estimate)> = Vec::with_capacity(2 * points.len());
    for (i, point) in points.iter().enumerate() {
        all.extend((i > 0).then(|| corners[i - 1]));
        all.push(*point);
    }
    Series { name: line.name.clone(), points: all }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_change_in_steps() {
        let line = Series {
            name: "a".to_owned(),
            points: vec![
                (2.0, Estimate::point(1.0)),
                (0.0, Estimate::point(3.0)),
                (1.0, Estimate::point(3.0)),
            ],
        };
        let got: Vec<(f64, f64)> = stepped(&line).present().iter().map(|(x, e)| (*x, e.mean)).collect();
        assert_eq!(got, [(0.0, 3.0), (1.0, 3.0), (1.0, 3.0), (2.0, 3.0), (2.0, 1.0)]);
    }
}

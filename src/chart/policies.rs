//! What agents learned to offer, against their private value, beside what theory says. One panel per mechanism.

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

/// One mechanism.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyPanel {
    /// Name of the contender.
    pub mechanism: String,
    /// Its colour and mark.
    pub identity: Identity,
    /// False where some replicate is not certified.
    pub certified: bool,
    /// Name of the offer and its unit, upwards along the axis: "Bid (ETH)". Panels of a row that all say the same share one
    /// axis.
    pub offer_name: String,
    /// Name of what is offered against and its unit, below the panel. Panels that say the same stand in one row and share the
    /// axis; those that do not have rows and axes of their own, as values of a slot and stakes are of other sizes.
    pub value_name: String,
    /// Mean offer of each class against private value.
    pub classes: Vec<Series>,
    /// Theoretical curve (private value, offer), joined by straight lines in the order given; empty where there is
    /// none.
    pub theory: Vec<(f64, f64)>,
    /// Whether offer = value is drawn: only where both have the same unit.
    pub diagonal: bool,
}

/// Input of the figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Policies {
    /// Words above.
    pub heading: Heading,
    /// One panel each.
    pub panels: Vec<PolicyPanel>,
    /// How numbers are shown on both axes.
    pub format: Format,
}

impl Policies {
    /// Panels that share a horizontal axis, in the order of their first.
    fn groups(&self) -> Vec<Vec<&PolicyPanel>> {
        let mut groups: Vec<Vec<&PolicyPanel>> = Vec::new();
        for panel in &self.panels {
            match groups.iter_mut().find(|group| group[0].value_name == panel.value_name) {
                Some(group) => group.push(panel),
                None => groups.push(vec![panel]),
            }
        }
        groups
    }

    /// Draws the figure.
    ///
    /// # Errors
    /// [`ChartError::Empty`] where no class has a present point.
    pub fn draw(&self, style: Style) -> Result<Figure, ChartError> {
        let all = || self.panels.iter().flat_map(|p| &p.classes);
        if all().all(|s| s.present().is_empty()) {
            let reason = if self.panels.is_empty() { "no mechanism" } else { "every value is absent" };
            return Err(ChartError::Empty { figure: "policies", reason: reason.to_owned() });
        }
        let banded = all().any(Series::any_interval);
        let caption = self.heading.caption("Bands", banded);
        let mut frame = Frame::new(style, &self.heading, &caption);
        let names = series::names(all());
        let named: Vec<&String> = names.iter().filter(|n| !n.is_empty()).collect();
        let look = |s: &Series| match named.iter().position(|n| **n == s.name) {
            Some(i) => Look { dash: "", ..style.look(i) },
            None => Look { colour: style.look(0).colour, dash: "", marker: Marker::Circle },
        };
        let scale = style.scale();
        let theory = Pen { colour: style.ink(), width: 1.0 * scale, dash: "4 2.2" };
        let diagonal = Pen::solid(style.axis(), 0.6 * scale);
        let direct = facets::can_name_ends(self.panels.iter().map(|p| &p.classes[..]), style);
        let mut legend: Vec<(Key, String)> = named
            .iter()
            .take(if direct { 0 } else { usize::MAX })
            .enumerate()
            .map(|(i, n)| (Key::Line(Look { dash: "", ..style.look(i) }, banded), (*n).clone()))
            .collect();
        if self.panels.iter().any(|p| p.theory.len() > 1) {
            legend.push((Key::Plain(theory), "theory".to_owned()));
        }
        let groups = self.groups();
        // Among single points of one value a line of all values says nothing.
        let spread: Vec<bool> = groups
            .iter()
            .map(|panels| {
                let lines = panels.iter().flat_map(|p| &p.classes);
                let range = series::range(lines.flat_map(Series::present).map(|(x, _)| x));
                range.is_some_and(|(a, b)| b > a)
            })
            .collect();
        if groups.iter().zip(&spread).any(|(panels, spread)| *spread && panels.iter().any(|p| p.diagonal)) {
            legend.push((Key::Plain(diagonal), "offer = private value".to_owned()));
        }
        frame.legend(&legend);
        for (i, (panels, spread)) in groups.iter().zip(spread).enumerate() {
            if i > 0 {
                frame.y += 6.0 * scale;
            }
            let beside = |p: &PolicyPanel| -> (Vec<f64>, Vec<(Reference, Pen)>) {
                let mut references = Vec::new();
                if spread && p.diagonal {
                    references.push((Reference::Diagonal, diagonal));
                }
                references.push((Reference::Through(p.theory.clone()), theory));
                let within = series::range(p.classes.iter().flat_map(Series::present).map(|(x, _)| x));
                let near = |x: f64| within.is_some_and(|(low, high)| x >= low && x <= high);
                let hold = p.theory.iter().filter(|(x, _)| near(*x)).map(|(_, y)| *y).chain([0.0]).collect();
                (hold, references)
            };
            let facets: Vec<Facet> = panels
                .iter()
                .map(|p| {
                    let (hold, references) = beside(p);
                    let cell = Cell {
                        series: p.classes.iter().collect(),
                        y_name: &p.offer_name,
                        format: self.format,
                        kind: Kind::Linear,
                        hold,
                        most: None,
                        references,
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
                x_name: &panels[0].value_name,
                x_format: self.format,
                x_loose: true,
                look: &look,
                direct,
                hollow: &|_| false,
            };
            facets::draw(&mut frame, &facets, &common);
        }
        if self.panels.iter().any(|p| !p.certified) {
            frame.note(frame::NOT_CERTIFIED);
        }
        let absent: Vec<(String, usize)> = self
            .panels
            .iter()
            .map(|p| (p.mechanism.clone(), p.classes.iter().map(Series::absent).sum()))
            .collect();
        frame.note(frame::absent_note(&absent));
        let said = self.panels.iter().map(|p| {
            format!("{}, {}: {}", p.mechanism, p.offer_name, series::in_words(&p.classes, self.format))
        });
        Ok(frame.finish(&format!(
            "Learned offer from the lowest to the highest private value. {}.",
            said.collect::<Vec<_>>().join("; ")
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Estimate;

    /// Bids of hundredths of an ETH beside stakes of thousands on one axis would be a line upwards.
    #[test]
    fn panels_share_an_axis_only_with_their_like() {
        let panel = |name: &str, against: &str, x: f64| PolicyPanel {
            mechanism: name.to_owned(),
            identity: Identity::default(),
            certified: true,
            offer_name: "Offer (ETH)".to_owned(),
            value_name: against.to_owned(),
            classes: vec![Series {
                name: String::new(),
                points: vec![(x, Estimate::point(x / 2.0)), (2.0 * x, Estimate::point(x))],
            }],
            theory: Vec::new(),
            diagonal: false,
        };
        let panels = vec![
            panel("auction", "Value (ETH)", 0.02),
            panel("stake", "Whole stake (ETH)", 50_000.0),
            panel("votes", "Value (ETH)", 0.03),
        ];
        let figure = Policies { panels, ..Policies::default() };
        let names: Vec<Vec<&str>> =
            figure.groups().iter().map(|g| g.iter().map(|p| p.mechanism.as_str()).collect()).collect();
        assert_eq!(names, [vec!["auction", "votes"], vec!["stake"]]);
        let drawn = figure.draw(Style::paper()).unwrap();
        assert_eq!(drawn.svg().matches("Value (ETH)").count(), 1);
        assert_eq!(drawn.svg().matches("Whole stake (ETH)").count(), 1);
    }
}

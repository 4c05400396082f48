//! Where learning goes: mean offer of each class of agents along learning, and below it the gain of the best
//! deviation against the tolerance. One column per mechanism.

use super::axes::Kind;
use super::canvas::Pen;
use super::estimate::Heading;
use super::facets::{self, Cell, Common, Facet, Reference};
use super::frame::{self, Frame, Key};
use super::identity::Identity;
use super::series::{self, Series};
use super::style::{Marker, Style};
use super::ticks::{Format, significant};
use super::{ChartError, Estimate, Figure};

/// Axis of the deviation gain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum GainAxis {
    /// Logarithmic where means from the floor on span more than a factor of 10, else linear.
    #[default]
    Auto,
    /// Linear.
    Linear,
    /// Logarithmic. With a tolerance what lies below a hundredth of it stands at that floor, else points at or below zero are left out;
    /// a note says so.
    Log,
}

/// One mechanism.
#[derive(Clone, Debug, PartialEq)]
pub struct LearningPanel {
    /// Name of the contender.
    pub mechanism: String,
    /// Its colour and mark.
    pub identity: Identity,
    /// False where some replicate is not certified.
    pub certified: bool,
    /// Name of the offer and its unit, upwards along the axis: "Mean bid (share of value)". Panels that all say the
    /// same share one axis.
    pub offer_name: String,
    /// Mean offer of each class against the learning epoch.
    pub offers: Vec<Series>,
    /// Gain of the best deviation, a fraction of potential value, against the learning epoch: one line with an empty
    /// name, or one for each class. May be empty.
    pub gain: Vec<Series>,
    /// The certificate of what was learned: its 95% bound on the gain, a fraction of potential value; absent where there is none.
    pub bound: Estimate,
}

/// Name of the line that stands for it.
const BOUND: &str = "95% bound of the certificate";

/// Input of the figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LearningCurves {
    /// Words above.
    pub heading: Heading,
    /// One column each, from the left.
    pub panels: Vec<LearningPanel>,
    /// How the numbers of offers are shown.
    pub offer_format: Format,
    /// Largest gain that still counts as an equilibrium, a fraction of potential value.
    pub tolerance: Option<f64>,
    /// Axis of the gain.
    pub gain_axis: GainAxis,
}

impl LearningCurves {
    /// Draws the figure.
    ///
    /// # Errors
    /// [`ChartError::Empty`] where no line has a present point.
    pub fn draw(&self, style: Style) -> Result<Figure, ChartError> {
        let all = || self.panels.iter().flat_map(|p| p.offers.iter().chain(&p.gain));
        if all().all(|s| s.present().is_empty()) {
            let reason = if self.panels.is_empty() { "no mechanism" } else { "every value is absent" };
            return Err(ChartError::Empty { figure: "learning curves", reason: reason.to_owned() });
        }
        let caption = self.heading.caption("Bands", all().any(Series::any_interval));
        let mut frame = Frame::new(style, &self.heading, &caption);
        // Offers first, so that a class has the same look in both rows and the single gain comes last, in ink.
        let names = series::names(
            self.panels.iter().flat_map(|p| &p.offers).chain(self.panels.iter().flat_map(|p| &p.gain)),
        );
        let named: Vec<&String> = names.iter().filter(|n| !n.is_empty()).collect();
        let look = |s: &Series| match named.iter().position(|n| **n == s.name) {
            None if s.name == BOUND => {
                super::style::Look { colour: style.ink(), dash: "", marker: Marker::Diamond }
            }
            Some(i) => style.look(i),
            None => super::style::Look { colour: style.ink(), dash: "", marker: Marker::Circle },
        };
        let gain_rows = self.panels.iter().any(|p| p.gain.iter().any(|s| !s.present().is_empty()));
        let limit = self.tolerance.filter(|t| t.is_finite() && gain_rows);
        let dashed = Pen { colour: style.ink(), width: 0.8 * style.scale(), dash: "3 2" };
        let direct = facets::can_name_ends(self.panels.iter().map(|p| &p.offers[..]), style);
        let mut legend: Vec<(Key, String)> = named
            .iter()
            .take(if direct { 0 } else { usize::MAX })
            .enumerate()
            .map(|(i, n)| (Key::Line(style.look(i), all().any(Series::any_interval)), (*n).clone()))
            .collect();
        if gain_rows && self.panels.iter().flat_map(|p| &p.gain).any(|s| s.name.is_empty()) {
            let ink = Pen::solid(style.ink(), 1.25 * style.scale());
            legend.push((Key::Plain(ink), "best deviation found".to_owned()));
        }
        if limit.is_some() {
            legend.push((Key::Plain(dashed), "tolerance".to_owned()));
        }
        if gain_rows && self.panels.iter().any(|p| p.bound.value().is_some()) {
            let ink = super::style::Look { colour: style.ink(), dash: "", marker: Marker::Diamond };
            legend.push((Key::Bar(ink), BOUND.to_owned()));
        }
        frame.legend(&legend);
        let kind = self.gain_kind();
        let floor = self.floor().filter(|_| kind == Kind::Log);
        let mut floored = 0;
        let gains: Vec<Vec<Series>> = self
            .panels
            .iter()
            .map(|p| {
                let end = p.gain.iter().flat_map(Series::present).map(|(x, _)| x).fold(0.0, f64::max);
                let bound = Series { name: BOUND.to_owned(), points: vec![(end, p.bound)] };
                let mut lines: Vec<Series> = p.gain.iter().map(|s| above(s, floor, &mut floored)).collect();
                if p.bound.value().is_some() {
                    lines.push(above(&bound, floor, &mut floored));
                }
                lines
            })
            .collect();
        let facets: Vec<Facet> = self
            .panels
            .iter()
            .zip(&gains)
            .map(|(p, gain)| {
                let offers = Cell {
                    series: p.offers.iter().collect(),
                    y_name: &p.offer_name,
                    format: self.offer_format,
                    kind: Kind::Linear,
                    hold: Vec::new(),
                    most: None,
                    references: Vec::new(),
                };
                let gain = Cell {
                    series: gain.iter().collect(),
                    y_name: "Deviation gain",
                    format: Format::Percent,
                    kind,
                    hold: limit.into_iter().chain((kind == Kind::Linear).then_some(0.0)).collect(),
                    most: None,
                    references: limit.map(|t| (Reference::Level(t), dashed)).into_iter().collect(),
                };
                let cells = if gain_rows { vec![offers, gain] } else { vec![offers] };
                Facet { title: &p.mechanism, identity: Some(p.identity), certified: p.certified, cells }
            })
            .collect();
        let common = Common {
            x_name: "Learning epoch",
            x_format: Format::Plain,
            x_loose: false,
            look: &look,
            direct,
            hollow: &|_| false,
        };
        let unshown = facets::draw(&mut frame, &facets, &common);
        if gain_rows {
            frame.note("Deviation gain: what the best unilateral deviation found would earn, as a share of potential value.");
        }
        if let Some(floor) = floor.filter(|_| floored > 0) {
            let points = if floored == 1 { "1 point" } else { &format!("{floored} points") };
            frame.note(format!(
                "At the floor of {}%, a hundredth of the tolerance: {points} at or below it.",
                significant(100.0 * floor, 2)
            ));
        }
        if unshown > 0 {
            let points = if unshown == 1 { "1 point" } else { &format!("{unshown} points") };
            frame.note(format!("Not drawn on the logarithmic axis: {points} at or below zero."));
        }
        if self.panels.iter().any(|p| !p.certified) {
            frame.note(frame::NOT_CERTIFIED);
        }
        let absent: Vec<(String, usize)> = self
            .panels
            .iter()
            .map(|p| (p.mechanism.clone(), p.offers.iter().chain(&p.gain).map(Series::absent).sum()))
            .collect();
        frame.note(frame::absent_note(&absent));
        let said = self.panels.iter().map(|p| {
            let offers = format!("{}: {}", p.offer_name, series::in_words(&p.offers, self.offer_format));
            let gain = series::in_words(&p.gain, Format::Percent);
            let gain = if gain.is_empty() { gain } else { format!("; deviation gain {gain}") };
            let bound = p
                .bound
                .value()
                .map_or(String::new(), |bound| format!("; {BOUND} {}%", significant(100.0 * bound, 2)));
            let gain = format!("{gain}{bound}");
            format!("{}, {offers}{gain}", p.mechanism)
        });
        Ok(frame.finish(&format!(
            "Lines of mean offer{} along learning. {}.",
            if gain_rows { " and, below, of deviation gain" } else { "" },
            said.collect::<Vec<_>>().join(". ")
        )))
    }

    /// Where a logarithmic axis ends: no gain below it matters against the tolerance.
    fn floor(&self) -> Option<f64> {
        self.tolerance.filter(|t| t.is_finite() && *t > 0.0).map(|t| t / 100.0)
    }

    fn gain_kind(&self) -> Kind {
        let lines = || self.panels.iter().flat_map(|p| &p.gain);
        let means = || lines().flat_map(Series::present).map(|(_, e)| e.mean);
        let positive = series::range(means().filter(|v| *v > 0.0));
        let least = series::range(means()).map_or(0.0, |(low, _)| low);
        match (self.gain_axis, positive, self.floor()) {
            (GainAxis::Log, Some(_), _) => Kind::Log,
            (GainAxis::Auto, Some((_, high)), Some(floor)) if high > 10.0 * least.max(floor) => Kind::Log,
            (GainAxis::Auto, Some((low, high)), None) if high > 10.0 * low && least > 0.0 => Kind::Log,
            _ => Kind::Linear,
        }
    }
}

/// The same with nothing below a floor, and how many means are moved up to it.
fn above(line: &Series, floor: Option<f64>, moved: &mut usize) -> Series {
    let Some(floor) = floor else { return line.clone() };
    let held = |(x, e): &(f64, Estimate)| {
        *moved += usize::from(e.value().is_some_and(|mean| mean < floor));
        // An absent end stays absent, which the greater of two numbers would not.
        let up = |v: f64| if v < floor { floor } else { v };
        (*x, Estimate::new(up(e.mean), up(e.ci_low), up(e.ci_high)))
    };
    Series { name: line.name.clone(), points: line.points.iter().map(held).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gains_below_the_floor_stand_there_on_a_logarithmic_axis() {
        let gain = [0.3, 0.04, 0.002, 0.0, -0.001];
        let points = gain.iter().enumerate().map(|(x, v)| (x as f64, Estimate::point(*v)));
        let line = Series { name: String::new(), points: points.collect() };
        let curves = |gain_axis, tolerance| LearningCurves {
            panels: vec![LearningPanel {
                mechanism: "m".to_owned(),
                identity: Identity::default(),
                certified: true,
                offer_name: "Offer".to_owned(),
                offers: Vec::new(),
                gain: vec![line.clone()],
                bound: Estimate::point(0.006),
            }],
            tolerance,
            gain_axis,
            ..LearningCurves::default()
        };
        let auto = curves(GainAxis::Auto, Some(0.01));
        assert_eq!(auto.gain_kind(), Kind::Log);
        let figure = auto.draw(Style::paper()).unwrap();
        let said = "At the floor of 0.010%, a hundredth of the tolerance: 2 points at or below it.";
        assert!(figure.caption().contains(said), "{}", figure.caption());
        assert!(!figure.caption().contains("Not drawn"), "{}", figure.caption());
        assert_eq!(curves(GainAxis::Auto, None).gain_kind(), Kind::Linear);
        // A tolerance so large that nothing spans a factor of ten above its hundredth.
        assert_eq!(curves(GainAxis::Auto, Some(10.0)).gain_kind(), Kind::Linear);
        let mut moved = 0;
        let held = above(&line, Some(1e-4), &mut moved);
        assert_eq!((moved, held.points[4].1.mean, held.points[2].1.mean), (2, 1e-4, 0.002));
        assert!(held.points[0].1.ci_low.is_nan());
    }
}

//! Targets against results: every case at its target and its result, one panel for each family, on the line on which both are
//! the same.
//!
//! Cases that are a number appear; those that are a yes or a no, or an excess of nothing, are in [`super::validation`] alone. A
//! family whose targets span more than thirty times their median has logarithmic axes, on which targets of nothing have no place; how many are left
//! out is said below. Where the numbers of one unit are far larger than all others of a family they have a panel of their own. Bars are
//! tolerances, where they can be seen.

use super::axes::{self, Axis, Kind, Panel};
use super::canvas::{Align, Pen};
use super::estimate::Heading;
use super::frame::{EDGE, Frame};
use super::style::{Marker, Style, Type, Width};
use super::ticks::{self, Format};
use super::{ChartError, Figure};
use crate::validate::Verdict;

/// Largest target over the median one from which on axes are logarithmic.
const SPAN: f64 = 30.0;

/// How many times larger than all others of its family the largest target of a unit is that has a panel of its own.
const APART: f64 = 4.0;

/// Panels side by side.
const ACROSS: usize = 4;

/// One case.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Point {
    target: f64,
    result: f64,
    tolerance: f64,
    pass: bool,
}

/// Input of the figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Targets {
    heading: Heading,
    caption: String,
    /// Families in the order of their first case.
    families: Vec<(String, Vec<Point>)>,
    /// Cases that are no number.
    others: usize,
}

impl Targets {
    /// Gathers verdicts by family, the first word of their names; `heading` says what was run.
    pub fn new(heading: Heading, verdicts: &[Verdict]) -> Self {
        let mut families: Vec<(String, Vec<Point>)> = Vec::new();
        let apart = units_apart(verdicts);
        for verdict in verdicts {
            let mut family = family_of(verdict);
            if apart.contains(&(family.clone(), verdict.case.unit)) {
                family = format!("{family}, {}", verdict.case.unit);
            }
            let place = families.iter().position(|(name, _)| *name == family);
            let place = place.unwrap_or_else(|| {
                families.push((family, Vec::new()));
                families.len() - 1
            });
            if is_number(verdict) {
                families[place].1.push(Point {
                    target: verdict.case.target,
                    result: verdict.result(),
                    tolerance: verdict.tolerance,
                    pass: verdict.pass,
                });
            }
        }
        families.retain(|(_, points)| !points.is_empty());
        let caption = "A dot is a case, at its target and its result, each in the unit of the case; on the line both are the same. \
                       Bars are tolerances, most of them smaller than the dot. Diamonds fail."
            .to_owned();
        let others = verdicts.iter().filter(|verdict| !is_number(verdict)).count();
        Targets { heading, caption, families, others }
    }

    /// Draws the figure.
    ///
    /// # Errors
    /// [`ChartError::Empty`] where no case is a number.
    pub fn draw(&self, style: Style) -> Result<Figure, ChartError> {
        if self.families.is_empty() {
            return Err(ChartError::Empty { figure: "targets", reason: "no case is a number".to_owned() });
        }
        let mut frame = Frame::new(style, &self.heading, &self.caption);
        let scale = style.scale();
        // One column of a journal has room for half of them.
        let most = if style.width == Width::Single { ACROSS / 2 } else { ACROSS };
        let across = most.min(self.families.len());
        // Labels of the vertical axis, and some air.
        let beside = 25.0 * scale;
        let gap = 8.0 * scale;
        // The last label of an axis may reach half its width beyond the panel.
        let last = 7.0 * scale;
        let room = frame.right() - EDGE - last - across as f64 * beside - (across as f64 - 1.0) * gap;
        let wide = (room / across as f64).min(120.0 * scale);
        let mut unshown = 0;
        for group in self.families.chunks(across) {
            let top = frame.y + style.leading(Type::Panel) + 2.0 * scale;
            for (column, (family, points)) in group.iter().enumerate() {
                let left = EDGE + beside + column as f64 * (wide + beside + gap);
                let title = (left, frame.y + 0.8 * style.size(Type::Panel));
                frame.canvas.text_within(title, Align::Left, Type::Panel, family, wide);
                unshown += panel(&mut frame, (left, top), wide, points);
            }
            frame.y = top + wide + axes::below(style) + 7.0 * scale;
        }
        let size = style.size(Type::Label);
        let used = EDGE + across as f64 * (beside + wide) + (across as f64 - 1.0) * gap;
        let middle = f64::midpoint(EDGE + beside, used);
        let words = "across: target; upwards: result";
        frame.canvas.text((middle, frame.y + 0.4 * size), Align::Centre, Type::Label, words);
        frame.y += 0.9 * size;
        if self.others > 0 {
            let cases =
                if self.others == 1 { "1 case is".to_owned() } else { format!("{} cases are", self.others) };
            frame.note(format!("Not drawn: {cases} a yes or no, ticks of a menu or a share of replicates."));
        }
        if unshown > 0 {
            frame.note(format!(
                "{unshown} cases with a target or result of nothing have no place on logarithmic axes."
            ));
        }
        Ok(frame.finish(&self.alt()))
    }

    fn alt(&self) -> String {
        let said = self.families.iter().map(|(family, points)| {
            let passed = points.iter().filter(|point| point.pass).count();
            format!("{family}: {passed} of {} numbers on the line within tolerance", points.len())
        });
        format!("Results against targets by family. {}.", said.collect::<Vec<_>>().join("; "))
    }
}

/// The first word of a case's name.
fn family_of(verdict: &Verdict) -> String {
    verdict.case.name.split('/').next().unwrap_or_default().replace('-', " ")
}

/// Whether a case is a number that has a place.
fn is_number(verdict: &Verdict) -> bool {
    !matches!(verdict.case.unit, "yes is 1" | "ticks" | "share of replicates") && verdict.result().is_finite()
}

/// Families and units whose numbers would crush all others of the family.
fn units_apart(verdicts: &[Verdict]) -> Vec<(String, &'static str)> {
    let mut largest: Vec<(String, &'static str, f64)> = Vec::new();
    for verdict in verdicts.iter().filter(|verdict| is_number(verdict)) {
        let (family, unit, size) = (family_of(verdict), verdict.case.unit, verdict.case.target.abs());
        match largest.iter_mut().find(|(f, u, _)| *f == family && *u == unit) {
            Some((.., most)) => *most = most.max(size),
            None => largest.push((family, unit, size)),
        }
    }
    let crushes = |(family, unit, size): &&(String, &'static str, f64)| {
        let others = largest.iter().filter(|(f, u, _)| f == family && u != unit);
        let others = others.map(|(.., most)| *most).fold(0.0, f64::max);
        // Further apart than that, axes are logarithmic.
        others > 0.0 && *size > APART * others && *size <= SPAN * others
    };
    largest.iter().filter(crushes).map(|(family, unit, _)| (family.clone(), *unit)).collect()
}

/// Axes that hold targets and results alike.
fn axis(points: &[Point]) -> Axis {
    let both = || points.iter().flat_map(|point| [point.target, point.result]);
    let mut targets: Vec<f64> = points.iter().map(|point| point.target).collect();
    targets.sort_by(f64::total_cmp);
    let median = targets[targets.len() / 2];
    let positive = || both().filter(|v| *v > 0.0);
    let largest = both().fold(f64::NEG_INFINITY, f64::max);
    if both().all(|v| v >= 0.0) && median > 0.0 && largest > SPAN * median {
        let least = positive().fold(f64::INFINITY, f64::min);
        return Axis::decades(least, largest, Format::Plain, 4);
    }
    let least = both().fold(f64::INFINITY, f64::min).min(0.0);
    let (low, high) = ticks::spread(least, largest);
    Axis::loose(low, high, Format::Plain, 3)
}

/// One family; returns how many of its cases cannot be shown.
fn panel(frame: &mut Frame, (left, top): (f64, f64), wide: f64, points: &[Point]) -> usize {
    let style = frame.canvas.style;
    let scale = style.scale();
    let axis = axis(points);
    let panel = Panel { left, top, right: left + wide, bottom: top + wide, x: &axis, y: &axis };
    panel.furnish(&mut frame.canvas, true, true);
    let line = Pen::solid(style.axis(), 0.7 * scale);
    frame.canvas.line(panel.at(axis.low, axis.low), panel.at(axis.high, axis.high), line);
    let mut unshown = 0;
    // Failures last, so that they lie on top.
    let mut order: Vec<&Point> = points.iter().collect();
    order.sort_by_key(|point| !point.pass);
    for point in order {
        if !(axis.shows(point.target) && axis.shows(point.result)) {
            unshown += 1;
            continue;
        }
        let look = style.look(usize::from(!point.pass));
        let bar = |sign: f64| {
            let end = point.target + sign * point.tolerance;
            let end = if axis.kind == Kind::Log { end.max(axis.low) } else { end };
            panel.at(point.target, end)
        };
        if point.tolerance.is_finite() {
            if axis.cuts(Some((point.target - point.tolerance, point.target + point.tolerance))) {
                frame.note("Tolerances that go on beyond the edge of a panel are cut there.");
            }
            frame.canvas.line(bar(-1.0), bar(1.0), Pen::solid(style.look(2).colour, 0.8 * scale));
        }
        let (radius, marker) =
            if point.pass { (1.3 * scale, Marker::Circle) } else { (2.4 * scale, Marker::Diamond) };
        frame.canvas.marker(panel.at(point.target, point.result), radius, marker, look.colour, false);
    }
    unshown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::{Case, Finding, Standard};

    fn verdict(name: &str, target: f64, result: f64, unit: &'static str) -> Verdict {
        let standard = Standard::Computed(0.1);
        let case = Case { name: name.to_owned(), target, unit, standard, source: "here".into() };
        Verdict::judge(case, Ok(Finding::exact(result)), 3.0)
    }

    #[test]
    fn families_have_panels_and_what_is_no_number_is_left_out() {
        let mut verdicts = vec![
            verdict("auction/revenue", 0.5, 0.52, "ETH"),
            verdict("auction/settles", 1.0, 1.0, "yes is 1"),
            verdict("ring/holds", 1.0, 1.0, "yes is 1"),
            verdict("liveness/none", 0.0, 0.0, "slots"),
        ];
        verdicts.extend((1..6).map(|i| verdict("liveness/slots", f64::from(i), f64::from(i), "slots")));
        verdicts.push(verdict("liveness/slots", 900.0, 800.0, "slots"));
        let targets = Targets::new(Heading::default(), &verdicts);
        let counts: Vec<(&str, usize)> =
            targets.families.iter().map(|(name, points)| (name.as_str(), points.len())).collect();
        assert_eq!(counts, [("auction", 1), ("liveness", 7)]);
        let figure = targets.draw(Style::paper()).unwrap();
        assert!(figure.svg().contains("1 cases with a target"), "{}", figure.alt());
        assert!(figure.alt().contains("liveness: 6 of 7"), "{}", figure.alt());
        let (wide, high) = figure.size();
        for text in figure.placed() {
            assert!(
                text.left >= 0.0 && text.right <= wide && text.top >= 0.0 && text.bottom <= high,
                "{text:?}"
            );
        }
        // What is six times as large in another unit stands apart.
        let epochs = [
            verdict("calvano/delta", 0.5, 0.5, "delta"),
            verdict("calvano/sellers=2/epochs", 1.5, 1.5, "million epochs"),
            verdict("calvano/sellers=4/epochs", 3.0, 3.0, "million epochs"),
        ];
        let names: Vec<String> =
            Targets::new(Heading::default(), &epochs).families.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["calvano", "calvano, million epochs"]);
        let none = Targets::new(Heading::default(), &verdicts[1..3]);
        assert!(matches!(none.draw(Style::paper()), Err(ChartError::Empty { .. })));
    }
}

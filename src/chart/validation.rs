//! Gaps against tolerances: how far every case lies from its target, as a share of what it is allowed.
//!
//! One row per family. A dot is a case, at `(result − target)/tolerance`: within the band from −1 to 1 it passes. Dots of
//! a row that would cover each other are stacked, as far as the row has room. Cases that are met exactly are counted beside
//! it. Cases that fail are drawn large and named below the panel; those that lie beyond the axis stand at its end.

use super::axes::{self, Axis};
use super::canvas::{Align, Pen, weight};
use super::estimate::Heading;
use super::frame::{EDGE, Frame};
use super::style::{Marker, Style, Type};
use super::ticks::Format;
use super::{ChartError, Figure, font, swarm};
use crate::validate::Verdict;

/// One case.
#[derive(Clone, Debug, PartialEq)]
struct Dot {
    name: String,
    /// `(result − target)/tolerance`; infinite where nothing is allowed or nothing was found.
    deviation: f64,
    pass: bool,
}

impl Dot {
    /// Met to within what nobody could see.
    fn is_exact(&self) -> bool {
        self.pass && self.deviation.abs() < 1e-3
    }
}

/// Input of the figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Validation {
    heading: Heading,
    /// Families in the order of their first case, with their cases.
    families: Vec<(String, Vec<Dot>)>,
}

/// Levels on which dots are stacked, above the middle and as many below.
const LEVELS: usize = 3;

/// Half of the width of the axis, in tolerances.
const REACH: f64 = 1.6;

impl Validation {
    /// Gathers verdicts by family, the first word of their names and the second where a family is large; `heading` says
    /// what was run.
    pub fn new(heading: Heading, verdicts: &[Verdict]) -> Self {
        let first = |v: &Verdict| v.case.name.split('/').next().unwrap_or_default().to_owned();
        let many = |family: &str| verdicts.iter().filter(|v| first(v) == family).count() > 60;
        let mut families: Vec<(String, Vec<Dot>)> = Vec::new();
        for verdict in verdicts {
            let family = first(verdict);
            let words = if many(&family) { 2 } else { 1 };
            // `power=.5` and `power=1.2` are one family.
            let word = |w: &str| w.split('=').next().unwrap_or_default().replace('-', " ");
            let family = verdict.case.name.split('/').take(words).map(word).collect::<Vec<_>>().join(": ");
            let gap = verdict.result() - verdict.case.target;
            let deviation = if gap == 0.0 {
                0.0
            } else if verdict.tolerance > 0.0 && gap.is_finite() {
                gap / verdict.tolerance
            } else {
                f64::INFINITY
            };
            let dot = Dot { name: verdict.case.name.clone(), deviation, pass: verdict.pass };
            match families.iter_mut().find(|(name, _)| *name == family) {
                Some((_, dots)) => dots.push(dot),
                None => families.push((family, vec![dot])),
            }
        }
        Validation { heading, families }
    }

    /// Draws the figure.
    ///
    /// # Errors
    /// [`ChartError::Empty`] where there is no case.
    pub fn draw(&self, style: Style) -> Result<Figure, ChartError> {
        if self.families.is_empty() {
            return Err(ChartError::Empty { figure: "validation", reason: "no case".to_owned() });
        }
        let caption = "A dot is a case. Between −1 and 1 it passes: its result lies within its tolerance of the target. Cases that are met exactly are counted at the right.";
        let mut frame = Frame::new(style, &self.heading, caption);
        let scale = style.scale();
        let label = style.size(Type::Label);
        let width = |name: &str| font::width(name, label, weight(Type::Label));
        let names = self.families.iter().map(|(name, _)| width(name)).fold(0.0, f64::max);
        let left = EDGE + names.min(0.36 * style.points_wide()) + 10.0 * scale;
        let counts = 62.0 * scale;
        let right = frame.right() - counts;
        let axis =
            axes::fitting(right - left, style, |most| Axis::between(-REACH, REACH, Format::Plain, most));
        let at = |v: f64| left + axis.share(v) * (right - left);
        let radius = 1.5 * scale;
        let rows: Vec<Vec<(f64, f64, &Dot)>> =
            self.families.iter().map(|(_, dots)| stacked(dots, &at, 1.9 * radius)).collect();
        let height = |row: &[(f64, f64, &Dot)]| {
            let most = row.iter().map(|(_, level, _)| level.abs()).fold(0.0, f64::max);
            (2.0 * most * 1.7 * radius + 4.5 * scale).max(style.leading(Type::Label) + 1.0 * scale)
        };
        let head = frame.y + 0.8 * style.size(Type::Tick);
        frame.canvas.text((frame.right(), head), Align::Right, Type::Tick, "pass");
        frame.canvas.text((frame.right() - 32.0 * scale, head), Align::Right, Type::Tick, "exact");
        let top = frame.y + style.leading(Type::Tick) + 1.0 * scale;
        let bottom = top + rows.iter().map(|row| height(row)).sum::<f64>();
        let band = [(at(-1.0), top), (at(1.0), top), (at(1.0), bottom), (at(-1.0), bottom)];
        frame.canvas.polygon(&band, style.look(2).colour, 0.10);
        for (v, _) in &axis.ticks {
            frame.canvas.line((at(*v), top), (at(*v), bottom), Pen::solid(style.grid(), 0.5 * scale));
        }
        frame.canvas.line((at(0.0), top), (at(0.0), bottom), Pen::solid(style.axis(), 0.7 * scale));
        let mut y = top;
        for ((name, dots), row) in self.families.iter().zip(&rows) {
            let middle = y + 0.5 * height(row);
            let room = left - EDGE - 8.0 * scale;
            frame.canvas.text_within((EDGE, middle + 0.33 * label), Align::Left, Type::Label, name, room);
            let right_end = (frame.right(), middle + 0.33 * style.size(Type::Tick));
            let passed = dots.iter().filter(|dot| dot.pass).count();
            let tally = format!("{passed}/{}", dots.len());
            frame.canvas.text(right_end, Align::Right, Type::Tick, &tally);
            let exact = dots.iter().filter(|dot| dot.is_exact()).count();
            if exact > 0 {
                let at = (right_end.0 - 32.0 * scale, right_end.1);
                frame.canvas.text(at, Align::Right, Type::Tick, &exact.to_string());
            }
            for (x, level, dot) in row {
                let place = (*x, middle + level * 1.7 * radius);
                if dot.pass {
                    frame.canvas.marker(place, radius, Marker::Circle, style.look(0).colour, false);
                } else {
                    frame.canvas.marker(place, 2.0 * radius, Marker::Diamond, style.look(1).colour, false);
                }
            }
            y += height(row);
        }
        let pen = Pen::solid(style.axis(), 0.6 * scale);
        frame.canvas.line((left, bottom), (right, bottom), pen);
        let tick = style.size(Type::Tick);
        for (v, text) in &axis.ticks {
            frame.canvas.line((at(*v), bottom), (at(*v), bottom + 2.5 * scale), pen);
            frame.canvas.text((at(*v), bottom + 3.5 * scale + 0.8 * tick), Align::Centre, Type::Tick, text);
        }
        let baseline = bottom + axes::below(style) + 3.5 * scale + 0.8 * label;
        let middle = f64::midpoint(left, right);
        frame.canvas.text((middle, baseline), Align::Centre, Type::Label, "(result − target)/tolerance");
        frame.y = baseline + 0.5 * label;
        self.name_failures(&mut frame);
        Ok(frame.finish(&self.alt()))
    }

    /// The failing cases by name, with their deviations.
    fn name_failures(&self, frame: &mut Frame) {
        const MOST: usize = 40;
        let style = frame.canvas.style;
        let failed: Vec<&Dot> =
            self.families.iter().flat_map(|(_, dots)| dots).filter(|dot| !dot.pass).collect();
        if failed.is_empty() {
            return;
        }
        let leading = style.leading(Type::Label);
        frame.y += leading;
        frame.canvas.text((EDGE, frame.y), Align::Left, Type::Panel, "Cases that fail");
        for dot in failed.iter().take(MOST) {
            frame.y += leading;
            let deviation = if dot.deviation.is_finite() {
                format!("{:+.2} tolerances", dot.deviation)
            } else {
                "not exact, or no result".to_owned()
            };
            let text = format!("{}: {deviation}", dot.name);
            let room = frame.right() - EDGE;
            frame.canvas.text_within((EDGE, frame.y), Align::Left, Type::Label, &text, room);
        }
        if failed.len() > MOST {
            frame.note(format!("{} more cases fail.", failed.len() - MOST));
        }
        frame.y += 0.4 * leading;
    }

    fn alt(&self) -> String {
        let rows = self.families.iter().map(|(name, dots)| {
            let passed = dots.iter().filter(|dot| dot.pass).count();
            let worst =
                dots.iter().map(|dot| dot.deviation.abs()).filter(|d| d.is_finite()).fold(0.0, f64::max);
            let without = dots.iter().filter(|dot| !dot.deviation.is_finite()).count();
            let without = if without > 0 {
                format!(", {without} not exact or without a result")
            } else {
                String::new()
            };
            format!("{name}: {passed} of {} pass, at most {worst:.2} tolerances off{without}", dots.len())
        });
        format!("Cases by family. {}.", rows.collect::<Vec<_>>().join("; "))
    }
}

/// Place and level of each dot of a row, 0 in the middle.
fn stacked<'a>(dots: &'a [Dot], at: &impl Fn(f64) -> f64, apart: f64) -> Vec<(f64, f64, &'a Dot)> {
    let place = |dot: &Dot| at(dot.deviation.clamp(-REACH, REACH));
    let mut order: Vec<&Dot> = dots.iter().filter(|dot| !dot.is_exact()).collect();
    order.sort_by(|a, b| place(a).total_cmp(&place(b)));
    let places: Vec<f64> = order.iter().map(|dot| place(dot)).collect();
    let levels = swarm::levels(&places, apart, LEVELS);
    order.iter().zip(places).zip(levels).map(|((dot, x), level)| (x, f64::from(level), *dot)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::{Case, Finding, Standard};

    fn verdicts(results: &[(&str, f64)]) -> Vec<Verdict> {
        let one = |(name, result): &(&str, f64)| {
            let case = Case {
                name: (*name).to_owned(),
                target: 1.0,
                unit: "ETH",
                standard: Standard::Given,
                source: "here".into(),
            };
            Verdict::judge(case, Ok(Finding { result: *result, se: 0.1, tick: 0.0 }), 3.0)
        };
        results.iter().map(one).collect()
    }

    fn heading() -> Heading {
        Heading { title: "what was run".to_owned(), ..Heading::default() }
    }

    #[test]
    fn failures_are_named_and_nothing_leaves_the_sheet() {
        let mut results =
            vec![("ring/split/n=2", 1.0), ("ring/lottery/n=2", 9.0), ("contest/stake", f64::NAN)];
        results.extend((0..300).map(|i| ("contest/stake", 1.0 + 0.0005 * f64::from(i))));
        let figure = Validation::new(heading(), &verdicts(&results)).draw(Style::paper()).unwrap();
        assert!(figure.svg().contains("ring/lottery/n=2: +26.67 tolerances"));
        assert!(figure.svg().contains("what was run"), "{}", figure.alt());
        assert!(figure.alt().contains("1 not exact or without a result"), "{}", figure.alt());
        let (wide, high) = figure.size();
        for text in figure.placed() {
            assert!(
                text.left >= 0.0 && text.right <= wide && text.top >= 0.0 && text.bottom <= high,
                "{text:?}"
            );
        }
        assert!(matches!(
            Validation::new(heading(), &[]).draw(Style::paper()),
            Err(ChartError::Empty { .. })
        ));
    }
}

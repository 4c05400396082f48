//! Which settings are efficient? Points of the front with their intervals, the first objective along, a panel for each of the
//! others above it; hollow where play is not certified, small where much is in doubt.
//!
//! Both axes run as their metrics do; an arrow word beside each name says which way is better.

use super::axes::{self, Axis, Panel};
use super::canvas::{Align, Pen, weight};
use super::estimate::{Estimate, Heading};
use super::frame::{EDGE, Frame, Key};
use super::identity::Identity;
use super::series;
use super::style::{Style, Type};
use super::ticks::Format;
use super::{ChartError, Figure, font};

/// An objective.
#[derive(Clone, Debug, PartialEq)]
pub struct Objective {
    /// Name with unit, and which way is better.
    pub title: String,
    /// Numbers of its axis.
    pub format: Format,
}

/// What is known of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// Its play is not certified on the search's draws, and nothing is known of it but these.
    Searched,
    /// Its play is not certified on fresh draws, or ends in several basins.
    NotCertified,
    /// On the front, but more likely dominated than not.
    InDoubt,
    /// Likely efficient.
    Efficient,
}

impl Mark {
    fn is_hollow(self) -> bool {
        self <= Mark::NotCertified
    }

    fn radius(self) -> f64 {
        if matches!(self, Mark::Searched | Mark::InDoubt) { 1.4 } else { 2.2 }
    }

    /// What a marker that is not plain stands for.
    fn note(self) -> Option<&'static str> {
        match self {
            Mark::Searched => Some(
                "Small hollow markers: candidates of the search that nothing on its front beats, but whose play was not certified; on the \
                 search's draws, not audited.",
            ),
            Mark::NotCertified => Some(
                "Hollow markers: finalists whose play is not certified in every replicate, or ends in several basins.",
            ),
            Mark::InDoubt => {
                Some("Small markers: more likely dominated than not, though not with a probability of 95%.")
            }
            Mark::Efficient => None,
        }
    }
}

/// A candidate.
#[derive(Clone, Debug, PartialEq)]
pub struct Dot {
    /// Its contender, by place in [`Frontier::contenders`].
    pub contender: usize,
    /// Its objectives.
    pub values: Vec<Estimate>,
    /// What is known of it.
    pub mark: Mark,
}

/// Input of the figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Frontier {
    /// Words above.
    pub heading: Heading,
    /// Contenders by name.
    pub contenders: Vec<(String, Identity)>,
    /// Objectives, two or more.
    pub objectives: Vec<Objective>,
    /// Points of the front, and those that might be on it.
    pub dots: Vec<Dot>,
}

impl Frontier {
    /// Draws the figure.
    ///
    /// # Errors
    /// [`ChartError::Empty`] where there is no point, or less than two objectives.
    pub fn draw(&self, style: Style) -> Result<Figure, ChartError> {
        let drawable = |dot: &&Dot| {
            dot.values.len() == self.objectives.len() && dot.values.iter().all(|e| e.value().is_some())
        };
        let dots: Vec<&Dot> = self.dots.iter().filter(drawable).collect();
        if dots.is_empty() || self.objectives.len() < 2 {
            let reason = "no point has two objectives".to_owned();
            return Err(ChartError::Empty { figure: "frontier", reason });
        }
        let banded = dots.iter().any(|dot| dot.values.iter().any(|e| e.interval().is_some()));
        let mut frame = Frame::new(style, &self.heading, &self.heading.caption("Bars", banded));
        let shown = |c: &usize| dots.iter().any(|dot| dot.contender == *c);
        let keys: Vec<(Key, String)> = (0..self.contenders.len())
            .filter(shown)
            .map(|c| {
                let mut look = self.contenders[c].1.look(style);
                look.dash = "";
                (Key::Line(look, false), self.contenders[c].0.clone())
            })
            .collect();
        frame.legend(&keys);
        for vertical in 1..self.objectives.len() {
            self.panel(&mut frame, &dots, vertical);
        }
        for mark in [Mark::InDoubt, Mark::NotCertified, Mark::Searched] {
            let shown = dots.iter().any(|dot| dot.mark == mark);
            mark.note().filter(|_| shown).into_iter().for_each(|note| frame.note(note));
        }
        Ok(frame.finish(&self.alt(&dots)))
    }

    fn axis(dots: &[&Dot], objective: usize, make: impl Fn(f64, f64) -> Axis) -> Axis {
        let (least, most) = near(dots, objective);
        let ends =
            dots.iter().filter(|dot| (least..=most).contains(&dot.values[objective].mean)).flat_map(|dot| {
                let e = dot.values[objective];
                let (low, high) = e.interval().unwrap_or((e.mean, e.mean));
                [low, high]
            });
        let (low, high) = series::range(ends).unwrap_or((0.0, 1.0));
        let air = 0.03 * (high - low);
        // What is never negative stays so.
        let below = if low >= 0.0 { (low - air).max(0.0) } else { low - air };
        make(below, high + air)
    }

    fn panel(&self, frame: &mut Frame, dots: &[&Dot], vertical: usize) {
        let style = frame.canvas.style;
        let (scale, size) = (style.scale(), style.size(Type::Label));
        let format = |objective: usize| self.objectives[objective].format;
        let y = Self::axis(dots, vertical, |low, high| Axis::loose(low, high, format(vertical), 5));
        let left = EDGE + axes::beside(style, &y, 1);
        let right = frame.right() - 9.0 * scale;
        let x = Self::axis(dots, 0, |low, high| {
            axes::fitting(right - left, style, |most| Axis::loose(low, high, format(0), most))
        });
        let top = frame.y;
        let tall = if self.objectives.len() > 2 { 0.34 } else { 0.52 };
        let bottom = top + tall * (right - left);
        let panel = Panel { left, top, right, bottom, x: &x, y: &y };
        panel.furnish(&mut frame.canvas, true, true);
        let name = &self.objectives[vertical].title;
        let words = font::wrap(name, size, weight(Type::Label), bottom - top, 1);
        let place = (left - axes::beside(style, &y, 0) - 0.5 * size, f64::midpoint(top, bottom));
        frame.canvas.text_upwards(place, Type::Label, words.first().map_or("", String::as_str));
        let look = |dot: &Dot| self.contenders[dot.contender].1.look(style);
        for dot in dots {
            let (a, b) = (dot.values[0], dot.values[vertical]);
            let pen = Pen::solid(look(dot).colour, 0.8 * scale);
            if let Some((low, high)) = a.interval() {
                frame.canvas.line(panel.at(low, b.mean), panel.at(high, b.mean), pen);
            }
            if let Some((low, high)) = b.interval() {
                frame.canvas.line(panel.at(a.mean, low), panel.at(a.mean, high), pen);
            }
        }
        // Points of the front over those that are not certified.
        for mark in [Mark::Searched, Mark::NotCertified, Mark::InDoubt, Mark::Efficient] {
            for dot in dots.iter().filter(|dot| dot.mark == mark) {
                let at = panel.at(dot.values[0].mean, dot.values[vertical].mean);
                if far(dot, 0, &x) || far(dot, vertical, &y) {
                    let value = |objective: usize| {
                        let format = format(objective);
                        let sign = if format == Format::Percent { "%" } else { "" };
                        let v = dot.values[objective].mean * format.factor();
                        format!("{}{sign}", super::ticks::significant(v, 3))
                    };
                    let words = |objective: usize| {
                        let title = &self.objectives[objective].title;
                        let name = title.split(" (").next().unwrap_or(title);
                        format!("{name} {}", value(objective))
                    };
                    frame.note(format!("At an edge, beyond the axis: {} at {}.", words(vertical), words(0)));
                }
                let (radius, hollow) = (mark.radius() * scale, mark.is_hollow());
                frame.canvas.marker(at, radius, look(dot).marker, look(dot).colour, hollow);
            }
        }
        frame.y = bottom + axes::below(style);
        let at = (f64::midpoint(left, right), frame.y + 1.5 * scale + 0.8 * size);
        frame.canvas.text_within(at, Align::Centre, Type::Label, &self.objectives[0].title, right - left);
        frame.y += 1.5 * scale + 1.3 * size + 6.0 * scale;
    }

    fn alt(&self, dots: &[&Dot]) -> String {
        let titles: Vec<&str> = self.objectives.iter().map(|o| o.title.as_str()).collect();
        let count = |mark: Mark| dots.iter().filter(|dot| dot.mark == mark).count();
        format!(
            "Efficient front: {} efficient points, {} in doubt and {} that are not certified, by {}.",
            count(Mark::Efficient),
            count(Mark::InDoubt),
            count(Mark::NotCertified) + count(Mark::Searched),
            titles.join("; ")
        )
    }
}

/// Share of points at either end that may lie beyond an axis.
const FEW: f64 = 0.1;
/// How many times the span of all others a few points must take up to be left beyond the axis.
const FAR: f64 = 3.0;

/// Least and greatest mean that an axis holds: all of them, or where few at an end would press the others together, all but these.
fn near(dots: &[&Dot], objective: usize) -> (f64, f64) {
    let mut means: Vec<f64> = dots.iter().map(|dot| dot.values[objective].mean).collect();
    means.sort_by(f64::total_cmp);
    let few = (FEW * means.len() as f64).floor() as usize;
    let (mut from, mut to) = (0, means.len() - 1);
    for _ in 0..few {
        let span = means[to] - means[from];
        let (without_last, without_first) = (means[to - 1] - means[from], means[to] - means[from + 1]);
        if without_last > 0.0 && span > FAR * without_last {
            to -= 1;
        } else if without_first > 0.0 && span > FAR * without_first {
            from += 1;
        }
    }
    (means[from], means[to])
}

/// Whether a point lies beyond an axis.
fn far(dot: &Dot, objective: usize, axis: &Axis) -> bool {
    let mean = dot.values[objective].mean;
    mean < axis.low || mean > axis.high
}

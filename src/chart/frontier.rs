//! Which settings are efficient? Points of the front with their intervals, a panel for each pair of objectives; hollow where play
//! is not certified, small where much is in doubt, ringed at knees.
//!
//! Three objectives or more are a matrix, its columns sharing the objective along, its rows the one upwards; at one column's width
//! the panels stand below one another. Axes run as their metrics do, and the name of each says which way is better. Every point
//! says its settings when one hovers over it.

use super::axes::{self, Axis, Panel};
use super::canvas::{Align, Pen, weight};
use super::estimate::{Estimate, Heading};
use super::frame::{EDGE, Frame, Key};
use super::identity::Identity;
use super::series;
use super::style::{Style, Type, Width};
use super::ticks::{Format, significant};
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
    /// Whether the front bends there: past it, one objective costs far more of the other.
    pub is_knee: bool,
    /// Its settings, for those who hover over it.
    pub words: String,
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
        let count = self.objectives.len();
        if count > 2 && style.width == Width::Double {
            self.matrix(&mut frame, &dots);
        } else {
            for (x, y) in (0..count).flat_map(|x| (x + 1..count).map(move |y| (x, y))) {
                self.alone(&mut frame, &dots, (x, y));
            }
        }
        if dots.iter().any(|dot| dot.is_knee) {
            frame.note("Rings: knees of the front, past which one objective costs far more of the other.");
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

    /// Axis of an objective, upwards.
    fn upwards(&self, dots: &[&Dot], objective: usize) -> Axis {
        Self::axis(dots, objective, |low, high| Axis::loose(low, high, self.objectives[objective].format, 5))
    }

    /// Axis of an objective along `room` points.
    fn along(&self, dots: &[&Dot], objective: usize, room: f64, style: Style) -> Axis {
        Self::axis(dots, objective, |low, high| {
            axes::fitting(room, style, |most| Axis::loose(low, high, self.objectives[objective].format, most))
        })
    }

    /// A panel of its own, as wide as the sheet.
    fn alone(&self, frame: &mut Frame, dots: &[&Dot], (across, up): (usize, usize)) {
        let style = frame.canvas.style;
        let scale = style.scale();
        let y = self.upwards(dots, up);
        let left = EDGE + axes::beside(style, &y, 1);
        let right = frame.right() - 9.0 * scale;
        let x = self.along(dots, across, right - left, style);
        let top = frame.y;
        let tall = if self.objectives.len() > 2 { 0.6 } else { 0.52 };
        let bottom = top + tall * (right - left);
        let panel = Panel { left, top, right, bottom, x: &x, y: &y };
        panel.furnish(&mut frame.canvas, true, true);
        self.name_upwards(frame, &panel, up, 1);
        self.points(frame, dots, &panel, (across, up));
        frame.y = bottom + axes::below(style);
        self.name_along(frame, (left, right), across, 1);
        frame.y += 6.0 * scale;
    }

    /// Panels of all pairs: a column for each objective but the last, a row for each but the first.
    fn matrix(&self, frame: &mut Frame, dots: &[&Dot]) {
        let style = frame.canvas.style;
        let scale = style.scale();
        let last = self.objectives.len() - 1;
        let rows: Vec<Axis> = (1..=last).map(|up| self.upwards(dots, up)).collect();
        // Names of low panels need two lines.
        let beside = rows.iter().map(|y| axes::beside(style, y, 2)).fold(0.0, f64::max);
        let first = EDGE + beside;
        // The last label of a panel and the first of its neighbour stand apart.
        let rough = (frame.right() - first) / last as f64 - 20.0 * scale;
        let along = (0..last).map(|across| self.along(dots, across, rough, style).widest(style));
        let gap = along.fold(0.0, f64::max) + 5.0 * scale;
        let wide = (frame.right() - 9.0 * scale - first - (last as f64 - 1.0) * gap) / last as f64;
        let high = 0.66 * wide;
        let columns: Vec<Axis> =
            (0..last).map(|across| self.along(dots, across, wide - gap, style)).collect();
        let left = |across: usize| first + across as f64 * (wide + gap);
        for (up, y) in (1..=last).zip(&rows) {
            let (top, bottom) = (frame.y, frame.y + high);
            for (across, x) in columns.iter().enumerate().take(up) {
                let (left, right) = (left(across), left(across) + wide);
                let panel = Panel { left, top, right, bottom, x, y };
                panel.furnish(&mut frame.canvas, up == last, across == 0);
                if across == 0 {
                    self.name_upwards(frame, &panel, up, 2);
                }
                self.points(frame, dots, &panel, (across, up));
            }
            frame.y = bottom + if up == last { axes::below(style) } else { 9.0 * scale };
        }
        let under = frame.y;
        let mut lowest = under;
        for across in 0..last {
            frame.y = under;
            self.name_along(frame, (left(across), left(across) + wide), across, 2);
            lowest = lowest.max(frame.y);
        }
        frame.y = lowest + 3.0 * scale;
    }

    /// An objective's name left of a panel, in as many lines at most.
    fn name_upwards(&self, frame: &mut Frame, panel: &Panel, objective: usize, most: usize) {
        let style = frame.canvas.style;
        let size = style.size(Type::Label);
        let name = &self.objectives[objective].title;
        let words = font::balanced(name, size, weight(Type::Label), panel.bottom - panel.top, most);
        let last = panel.left - axes::beside(style, panel.y, 0) - 0.5 * size;
        for (i, line) in words.iter().rev().enumerate() {
            let across = last - i as f64 * style.leading(Type::Label);
            frame.canvas.text_upwards((across, f64::midpoint(panel.top, panel.bottom)), Type::Label, line);
        }
    }

    fn name_along(&self, frame: &mut Frame, (left, right): (f64, f64), objective: usize, most: usize) {
        let style = frame.canvas.style;
        let size = style.size(Type::Label);
        let name = &self.objectives[objective].title;
        let lines = font::balanced(name, size, weight(Type::Label), right - left, most);
        let first = (f64::midpoint(left, right), frame.y + 1.5 * style.scale() + 0.8 * size);
        frame.canvas.lines(first, Align::Centre, Type::Label, &lines, name);
        let more = lines.len().saturating_sub(1) as f64 * style.leading(Type::Label);
        frame.y += 1.5 * style.scale() + 1.3 * size + more;
    }

    fn points(&self, frame: &mut Frame, dots: &[&Dot], panel: &Panel, (across, up): (usize, usize)) {
        let style = frame.canvas.style;
        let scale = style.scale();
        let look = |dot: &Dot| self.contenders[dot.contender].1.look(style);
        for dot in dots {
            let (a, b) = (dot.values[across], dot.values[up]);
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
                let at = panel.at(dot.values[across].mean, dot.values[up].mean);
                let said = self.objectives_of(dot);
                if far(dot, across, panel.x) || far(dot, up, panel.y) {
                    frame.note(format!("At an edge, beyond the axis: {said}."));
                }
                let words = [&self.contenders[dot.contender].0, dot.words.as_str(), &said];
                let words: Vec<&str> = words.into_iter().filter(|words| !words.is_empty()).collect();
                let (radius, hollow) = (mark.radius() * scale, mark.is_hollow());
                frame.canvas.saying(&words.join("; "), |canvas| {
                    if dot.is_knee {
                        canvas.ring(at, 4.6 * scale, Pen::solid(style.ink(), 0.8 * scale));
                    }
                    canvas.marker(at, radius, look(dot).marker, look(dot).colour, hollow);
                });
            }
        }
    }

    /// What a point has of each objective.
    fn objectives_of(&self, dot: &Dot) -> String {
        let each = self.objectives.iter().zip(&dot.values).map(|(objective, e)| {
            let name = objective.title.split(" (").next().unwrap_or(&objective.title);
            let sign = if objective.format == Format::Percent { "%" } else { "" };
            format!("{name} {}{sign}", significant(e.mean * objective.format.factor(), 3))
        });
        each.collect::<Vec<_>>().join(", ")
    }

    fn alt(&self, dots: &[&Dot]) -> String {
        const MOST: usize = 12;
        let titles: Vec<&str> = self.objectives.iter().map(|o| o.title.as_str()).collect();
        let count = |mark: Mark| dots.iter().filter(|dot| dot.mark == mark).count();
        let each: Vec<String> = dots.iter().take(MOST).map(|dot| self.objectives_of(dot)).collect();
        let rest =
            if dots.len() > MOST { format!("; and {} more", dots.len() - MOST) } else { String::new() };
        format!(
            "Efficient front: {} efficient points, {} in doubt and {} that are not certified, by {}. Points: {}{rest}.",
            count(Mark::Efficient),
            count(Mark::InDoubt),
            count(Mark::NotCertified) + count(Mark::Searched),
            titles.join("; "),
            each.join("; ")
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A front of so many objectives; the middle one of three points is a knee.
    fn figure(objectives: usize, style: Style) -> Figure {
        let dot = |i: u32| Dot {
            contender: 0,
            values: (1..=objectives as u32).map(|j| Estimate::point(f64::from(i * j * j))).collect(),
            mark: if i == 2 { Mark::NotCertified } else { Mark::Efficient },
            is_knee: i == 1,
            words: format!("seats {i}, bond {}", 10 * i),
        };
        Frontier {
            heading: Heading::default(),
            contenders: vec![("auction".to_owned(), Identity::default())],
            objectives: (0..objectives)
                .map(|j| Objective {
                    title: format!("objective {j} (more is better)"),
                    format: Format::Plain,
                })
                .collect(),
            dots: (0..3).map(dot).collect(),
        }
        .draw(style)
        .unwrap()
    }

    #[test]
    fn every_pair_of_objectives_has_a_panel_whose_points_say_their_settings() {
        for style in [Style::paper(), Style::paper().single()] {
            for (objectives, pairs) in [(2, 1), (3, 3), (4, 6)] {
                let figure = figure(objectives, style);
                let said =
                    figure.svg().matches("<title>auction; seats 1, bond 10; objective 0 1.00,").count();
                assert_eq!(said, pairs, "{objectives}");
                let radius = format!(" r=\"{}\"", (4.6 * crate::chart::canvas::GRID).round());
                assert_eq!(figure.svg().matches(&radius).count(), pairs, "{objectives}");
                assert!(figure.caption().contains("Rings: knees"));
                assert!(figure.alt().contains("objective 1 8.00"), "{}", figure.alt());
            }
        }
    }
}

//! Which settings are efficient? Points of the front with their intervals, a panel for each pair of objectives; hollow where play
//! is not certified, small where much is in doubt, ringed at knees.
//!
//! Three objectives or more are a matrix, its columns sharing the objective along, its rows the one upwards; at one column's width
//! the panels stand below one another. Axes run as their metrics do, and the name of each says which way is better. Every point
//! says its settings when one hovers over it.

use super::axes::{self, Axis, Panel};
use super::canvas::{Align, Canvas, Pen, weight};
use super::estimate::{Estimate, Heading};
use super::frame::{CUT, EDGE, Frame, Key};
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
    /// Least and largest value that there can be: axes end there.
    pub range: (f64, f64),
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
    /// Ends of the horizontal and of the vertical axis, where somebody asked for them and there are two objectives.
    pub limits: [Option<(f64, f64)>; 2],
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

    /// An axis of what `make` makes of its ends, none of them beyond the range with which it is called.
    fn axis(&self, dots: &[&Dot], objective: usize, make: impl Fn(f64, f64, (f64, f64)) -> Axis) -> Axis {
        let (least, most) = near(dots, objective);
        let near =
            || dots.iter().map(|dot| dot.values[objective]).filter(|e| (least..=most).contains(&e.mean));
        let ends = near().flat_map(|e| {
            let (low, high) = e.interval().unwrap_or((e.mean, e.mean));
            [low, high]
        });
        let (low, high) = series::range(ends).unwrap_or((0.0, 1.0));
        let range = axes::held(self.objectives[objective].range, near().map(|e| e.mean));
        let air = 0.03 * (high - low);
        // What is never negative stays so.
        let below = if low >= 0.0 { (low - air).max(0.0) } else { low - air };
        make(below, high + air, range)
    }

    /// Axis of an objective, upwards.
    fn upwards(&self, dots: &[&Dot], objective: usize) -> Axis {
        self.axis(dots, objective, |low, high, range| {
            let format = self.objectives[objective].format;
            Axis::loose_within(low, high, range, format, 5).limited(self.limit(1), format, 5)
        })
    }

    /// Axis of an objective along `room` points.
    fn along(&self, dots: &[&Dot], objective: usize, room: f64, style: Style) -> Axis {
        let format = self.objectives[objective].format;
        self.axis(dots, objective, |low, high, range| {
            axes::fitting(room, style, |most| {
                Axis::loose_within(low, high, range, format, most).limited(self.limit(0), format, most)
            })
        })
    }

    fn limit(&self, axis: usize) -> Option<(f64, f64)> {
        self.limits[axis].filter(|_| self.objectives.len() == 2)
    }

    /// A panel of its own, as wide as the sheet.
    fn alone(&self, frame: &mut Frame, dots: &[&Dot], (across, up): (usize, usize)) {
        let style = frame.canvas.style;
        let scale = style.scale();
        let y = self.upwards(dots, up);
        let right = frame.right() - 9.0 * scale;
        let tall = if self.objectives.len() > 2 { 0.6 } else { 0.52 };
        let (words, lines) = axes::name_upwards(&self.objectives[up].title, style, |lines| {
            tall * (right - EDGE - axes::beside(style, &y, lines))
        });
        let left = EDGE + axes::beside(style, &y, lines);
        let x = self.along(dots, across, right - left, style);
        let top = frame.y;
        let bottom = top + tall * (right - left);
        let panel = Panel { left, top, right, bottom, x: &x, y: &y };
        panel.furnish(&mut frame.canvas, true, true);
        Self::name_upwards(frame, &panel, &words);
        self.points(frame, dots, &panel, (across, up));
        frame.y = bottom + axes::below(style);
        frame.name_along(&self.objectives[across].title, (left, right));
        frame.y += 6.0 * scale;
    }

    /// Panels of all pairs: a column for each objective but the last, a row for each but the first.
    fn matrix(&self, frame: &mut Frame, dots: &[&Dot]) {
        let style = frame.canvas.style;
        let scale = style.scale();
        let last = self.objectives.len() - 1;
        let rows: Vec<Axis> = (1..=last).map(|up| self.upwards(dots, up)).collect();
        // Names wrap to the height of panels, which is nearly that beside two lines.
        let high = |lines: usize| {
            let beside = rows.iter().map(|y| axes::beside(style, y, lines)).fold(0.0, f64::max);
            0.6 * (frame.right() - EDGE - beside) / last as f64
        };
        let names: Vec<(Vec<String>, usize)> =
            (1..=last).map(|up| axes::name_upwards(&self.objectives[up].title, style, high)).collect();
        let beside = rows.iter().zip(&names).map(|(y, (_, lines))| axes::beside(style, y, *lines));
        let first = EDGE + beside.fold(0.0, f64::max);
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
                    Self::name_upwards(frame, &panel, &names[up - 1].0);
                }
                self.points(frame, dots, &panel, (across, up));
            }
            frame.y = bottom + if up == last { axes::below(style) } else { 9.0 * scale };
        }
        let under = frame.y;
        let mut lowest = under;
        for across in 0..last {
            frame.y = under;
            frame.name_along(&self.objectives[across].title, (left(across), left(across) + wide));
            lowest = lowest.max(frame.y);
        }
        frame.y = lowest + 3.0 * scale;
    }

    /// Lines of an objective's name left of a panel.
    fn name_upwards(frame: &mut Frame, panel: &Panel, words: &[String]) {
        let style = frame.canvas.style;
        let size = style.size(Type::Label);
        let last = panel.left - axes::beside(style, panel.y, 0) - 0.5 * size;
        for (i, line) in words.iter().rev().enumerate() {
            let across = last - i as f64 * style.leading(Type::Label);
            frame.canvas.text_upwards((across, f64::midpoint(panel.top, panel.bottom)), Type::Label, line);
        }
    }

    fn points(&self, frame: &mut Frame, dots: &[&Dot], panel: &Panel, (across, up): (usize, usize)) {
        let style = frame.canvas.style;
        let scale = style.scale();
        let look = |dot: &Dot| self.contenders[dot.contender].1.look(style);
        let beyond = |dot: &Dot| far(dot, across, panel.x) || far(dot, up, panel.y);
        for dot in dots.iter().filter(|dot| !beyond(dot)) {
            let (a, b) = (dot.values[across], dot.values[up]);
            let pen = Pen::solid(look(dot).colour, 0.8 * scale);
            if panel.x.cuts(a.interval()) || panel.y.cuts(b.interval()) {
                frame.note(CUT);
            }
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
                if beyond(dot) {
                    frame.note(format!("Arrow at an edge, beyond the axis: {said}."));
                }
                let words = [&self.contenders[dot.contender].0, dot.words.as_str(), &said];
                let words: Vec<&str> = words.into_iter().filter(|words| !words.is_empty()).collect();
                let (radius, hollow) = (mark.radius() * scale, mark.is_hollow());
                frame.canvas.saying(&words.join("; "), |canvas| {
                    if beyond(dot) {
                        self.arrow(canvas, dot, panel, (across, up));
                        return;
                    }
                    if dot.is_knee {
                        canvas.ring(at, 4.6 * scale, Pen::solid(style.ink(), 0.8 * scale));
                    }
                    canvas.marker(at, radius, look(dot).marker, look(dot).colour, hollow);
                });
            }
        }
    }

    /// An arrow where a point lies beyond a panel, with its number beside it where there is room: at its own place along the other axis,
    /// and not where it would be taken for a point.
    fn arrow(&self, canvas: &mut Canvas, dot: &Dot, panel: &Panel, (across, up): (usize, usize)) {
        let style = canvas.style;
        let (scale, size) = (style.scale(), style.size(Type::Tick));
        let (x, y) = (dot.values[across].mean, dot.values[up].mean);
        let tip = panel.at(x, y);
        let side = |v: f64, axis: &Axis| f64::from(i8::from(v > axis.high) - i8::from(v < axis.low));
        // Upwards is less on the sheet.
        let away = (side(x, panel.x), -side(y, panel.y));
        let colour = self.contenders[dot.contender].1.look(style).colour;
        canvas.arrow(tip, away, colour, dot.mark.is_hollow());
        let number = |objective: usize| self.number(dot, objective);
        let words = match (away.0 != 0.0, away.1 != 0.0) {
            (true, false) => number(across),
            (false, true) => number(up),
            _ => format!("{}, {}", number(across), number(up)),
        };
        // Beside the shaft, on the side where the panel goes on.
        let wide = font::width(&words, size, weight(Type::Tick));
        let left = if away.0 == 0.0 { tip.0 + 4.0 * scale } else { tip.0 - away.0 * 17.0 * scale };
        let left = if away.0 > 0.0 { left - wide } else { left };
        let left = if left + wide > panel.right { tip.0 - 4.0 * scale - wide } else { left };
        let baseline = match away.1 {
            v if v < 0.0 => tip.1 + 12.0 * scale,
            v if v > 0.0 => tip.1 - 8.0 * scale,
            _ => tip.1 + 0.33 * size,
        };
        if canvas.is_free((left, baseline - size), (left + wide, baseline + 0.3 * size)) {
            canvas.text((left, baseline), Align::Left, Type::Tick, &words);
        }
    }

    /// What a point has of an objective, in the numbers of its axis.
    fn number(&self, dot: &Dot, objective: usize) -> String {
        let format = self.objectives[objective].format;
        let sign = if format == Format::Percent { "%" } else { "" };
        format!("{}{sign}", significant(dot.values[objective].mean * format.factor(), 3))
    }

    /// What a point has of each objective.
    fn objectives_of(&self, dot: &Dot) -> String {
        let each = self.objectives.iter().enumerate().map(|(place, objective)| {
            let name = objective.title.split(" (").next().unwrap_or(&objective.title);
            format!("{name} {}", self.number(dot, place))
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
                    range: (0.0, f64::INFINITY),
                })
                .collect(),
            limits: [None; 2],
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

    #[test]
    fn what_lies_beyond_an_axis_is_an_arrow_with_its_number() {
        let dot = |x: f64, y: f64| Dot {
            contender: 0,
            values: vec![Estimate::point(x), Estimate::point(y)],
            mark: Mark::Efficient,
            is_knee: false,
            words: String::new(),
        };
        let draw = |last: f64| {
            let mut dots: Vec<Dot> = (0..12).map(|i| dot(f64::from(i), f64::from(12 - i))).collect();
            dots.push(dot(last, 0.5));
            Frontier {
                heading: Heading::default(),
                contenders: vec![("auction".to_owned(), Identity::of(["centralized"])[0])],
                objectives: ["a", "b"]
                    .map(|title| Objective {
                        title: title.to_owned(),
                        format: Format::Plain,
                        range: (0.0, f64::INFINITY),
                    })
                    .to_vec(),
                limits: [None; 2],
                dots,
            }
            .draw(Style::paper())
            .unwrap()
        };
        let circles = |figure: &Figure| figure.svg().matches("<circle").count();
        let (near, beyond) = (draw(12.0), draw(4000.0));
        // A circle less, as no mark stands at a place that is another point's.
        assert_eq!(circles(&beyond) + 1, circles(&near));
        assert!(beyond.placed().iter().any(|text| text.text == "4,000"), "{:?}", beyond.placed());
        assert!(beyond.caption().contains("Arrow at an edge, beyond the axis: a 4,000, b 0.500."));
        assert!(!near.caption().contains("Arrow"));
    }
}

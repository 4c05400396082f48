//! Axes and panels: from values to places on the sheet.

use super::canvas::{Align, Canvas, Pen, weight};
use super::font;
use super::style::{Style, Type};
use super::ticks::{self, Format};
use crate::numerics::ln;

/// How a value becomes a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Linear,
    Log,
}

/// One axis: its ends and its labelled ticks.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Axis {
    pub kind: Kind,
    pub low: f64,
    pub high: f64,
    pub ticks: Vec<(f64, String)>,
}

impl Axis {
    /// Ends at round numbers around the data.
    pub fn loose(low: f64, high: f64, format: Format, most: usize) -> Self {
        let (low, high) = ticks::spread(low, high);
        let step = ticks::step(high - low, most);
        let (low, high) = ((low / step + 1e-6).floor() * step, (high / step - 1e-6).ceil() * step);
        Self::between(low, high, format, most + 1)
    }

    /// Ends at round numbers around the data, but none beyond the least and the largest value that there can be.
    pub fn loose_within(
        low: f64,
        high: f64,
        (least, largest): (f64, f64),
        format: Format,
        most: usize,
    ) -> Self {
        let axis = Self::loose(low.max(least), high.min(largest), format, most);
        if axis.low >= least && axis.high <= largest {
            return axis;
        }
        Self::between(axis.low.max(least), axis.high.min(largest), format, most + 1)
    }

    /// Ends as given, ticks at the round numbers between them.
    pub fn between(low: f64, high: f64, format: Format, most: usize) -> Self {
        let (low, high) = ticks::spread(low, high);
        let at = ticks::linear(low, high, most);
        let labels = ticks::labels(&at, format);
        Self { kind: Kind::Linear, low, high, ticks: at.into_iter().zip(labels).collect() }
    }

    /// Logarithmic, from a 1, 2 or 5 below the data to one above; both ends positive.
    pub fn decades(low: f64, high: f64, format: Format, most: usize) -> Self {
        // A little air, so that no line runs along an edge.
        let (low, high) = (low * 0.85, high * 1.15);
        let bottom = ticks::ones_twos_fives(low / 10.0, low).last().copied().unwrap_or(low);
        let top = ticks::ones_twos_fives(high, high * 10.0).first().copied().unwrap_or(high);
        let mut at = ticks::decades(bottom, top, most);
        if at.len() < 2 {
            at = ticks::ones_twos_fives(bottom, top);
        }
        let ticks = at.into_iter().map(|v| (v, ticks::decade_label(v, format))).collect();
        Self { kind: Kind::Log, low: bottom, high: top, ticks }
    }

    /// Place of a value between the ends, 0 to 1 within them, held at the ends beyond.
    pub fn share(&self, v: f64) -> f64 {
        let share = match self.kind {
            Kind::Linear => (v - self.low) / (self.high - self.low),
            Kind::Log if v <= 0.0 => 0.0,
            Kind::Log => ln(v / self.low) / ln(self.high / self.low),
        };
        share.clamp(0.0, 1.0)
    }

    /// Whether a value lies between the ends, but for rounding.
    pub fn holds(&self, v: f64) -> bool {
        let hair = 1e-9 * (self.high - self.low);
        self.shows(v) && self.low - hair <= v && v <= self.high + hair
    }

    /// Whether some part of an interval lies beyond an end.
    pub fn cuts(&self, interval: Option<(f64, f64)>) -> bool {
        interval.is_some_and(|(low, high)| !(self.holds(low) && self.holds(high)))
    }

    /// Whether the axis can show this value.
    pub fn shows(&self, v: f64) -> bool {
        v.is_finite() && (self.kind == Kind::Linear || v > 0.0)
    }

    /// Width of the widest label, points.
    pub fn widest(&self, style: Style) -> f64 {
        let size = style.size(Type::Tick);
        self.ticks.iter().map(|(_, l)| font::width(l, size, weight(Type::Tick))).fold(0.0, f64::max)
    }
}

/// The most ticks, two or more, whose labels stand side by side in `room` points. Where no set of round numbers does, the first and the
/// last of them: a single number is no scale.
pub(crate) fn fitting(room: f64, style: Style, make: impl Fn(usize) -> Axis) -> Axis {
    let air = 0.9 * style.size(Type::Tick);
    let spare = |axis: &Axis| {
        let gaps = axis.ticks.windows(2).map(|w| (axis.share(w[1].0) - axis.share(w[0].0)) * room);
        gaps.fold(f64::INFINITY, f64::min) - axis.widest(style) - air
    };
    let made: Vec<Axis> = (2..=8).rev().map(&make).filter(|axis| axis.ticks.len() > 1).collect();
    if let Some(axis) = made.iter().find(|axis| spare(axis) >= 0.0) {
        return axis.clone();
    }
    // The fewest digits of those that fit, or what comes nearest to it.
    let ends = made.into_iter().rev().map(|mut axis| {
        axis.ticks = [axis.ticks.remove(0), axis.ticks.remove(axis.ticks.len() - 1)].to_vec();
        axis
    });
    let mut best: Option<Axis> = None;
    for axis in ends {
        if best.as_ref().is_none_or(|best| spare(best) < 0.0 && spare(&axis) > spare(best)) {
            best = Some(axis);
        }
    }
    best.unwrap_or_else(|| make(8))
}

impl Axis {
    /// Ends as somebody asked for, where they did; ticks at round numbers between them.
    pub fn limited(self, limits: Option<(f64, f64)>, format: Format, most: usize) -> Self {
        match (limits, self.kind) {
            (None, _) => self,
            (Some((low, high)), Kind::Log) if low > 0.0 => {
                let mut at = ticks::decades(low, high, most);
                if at.len() < 2 {
                    at = ticks::ones_twos_fives(low, high);
                }
                // Between neighbours there is no round number: then the ends are told.
                if at.len() < 2 {
                    at = vec![low, high];
                }
                let ticks = at.into_iter().map(|v| (v, ticks::decade_label(v, format))).collect();
                Self { kind: Kind::Log, low, high, ticks }
            }
            (Some((low, high)), _) => Self::between(low, high, format, most + 1),
        }
    }
}

/// The range of a metric, and beyond it where means are, so that none is drawn at another's place.
pub(crate) fn held((least, largest): (f64, f64), means: impl Iterator<Item = f64>) -> (f64, f64) {
    means.fold((least, largest), |(low, high), mean| (low.min(mean), high.max(mean)))
}

/// A rectangle with two axes.
#[derive(Clone, Debug)]
pub(crate) struct Panel<'a> {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
    pub x: &'a Axis,
    pub y: &'a Axis,
}

impl Panel<'_> {
    /// Place of a point.
    pub fn at(&self, x: f64, y: f64) -> (f64, f64) {
        let (sx, sy) = (self.x.share(x), self.y.share(y));
        (self.left + sx * (self.right - self.left), self.bottom - sy * (self.bottom - self.top))
    }

    /// Grid, axis lines, ticks, and labels where asked.
    pub fn furnish(&self, canvas: &mut Canvas, x_labels: bool, y_labels: bool) {
        let style = canvas.style;
        let scale = style.scale();
        let grid = Pen::solid(style.grid(), 0.5 * scale);
        let axis = Pen::solid(style.axis(), 0.6 * scale);
        for (v, _) in &self.x.ticks {
            let (x, _) = self.at(*v, self.y.low);
            canvas.line((x, self.top), (x, self.bottom), grid);
        }
        for (v, _) in &self.y.ticks {
            let (_, y) = self.at(self.x.low, *v);
            canvas.line((self.left, y), (self.right, y), grid);
        }
        canvas.line((self.left, self.bottom), (self.right, self.bottom), axis);
        canvas.line((self.left, self.top), (self.left, self.bottom), axis);
        let tick = 2.5 * scale;
        let size = style.size(Type::Tick);
        for (v, label) in &self.x.ticks {
            let (x, _) = self.at(*v, self.y.low);
            canvas.line((x, self.bottom), (x, self.bottom + tick), axis);
            if x_labels {
                canvas.text((x, self.bottom + tick + 1.0 + 0.8 * size), Align::Centre, Type::Tick, label);
            }
        }
        if self.y.kind == Kind::Log {
            // Small ticks that draw together tell a logarithmic axis at a glance.
            for v in ticks::ones_to_nines(self.y.low, self.y.high) {
                let (_, y) = self.at(self.x.low, v);
                canvas.line((self.left - 0.6 * tick, y), (self.left, y), axis);
            }
        }
        for (v, label) in &self.y.ticks {
            let (_, y) = self.at(self.x.low, *v);
            canvas.line((self.left - tick, y), (self.left, y), axis);
            if y_labels {
                canvas.text((self.left - tick - 1.5, y + 0.33 * size), Align::Right, Type::Tick, label);
            }
        }
    }
}

/// A name that reads upwards, in as few lines as leave nothing of it out, and how many that are; `room` is how high the panel is beside
/// so many lines.
pub(crate) fn name_upwards(name: &str, style: Style, room: impl Fn(usize) -> f64) -> (Vec<String>, usize) {
    const MOST: usize = 6;
    let size = style.size(Type::Label);
    let broken = |lines: usize| font::balanced(name, size, weight(Type::Label), room(lines), lines);
    let whole = (1..MOST).find(|&lines| !broken(lines).last().is_some_and(|line| line.contains('…')));
    let lines = whole.unwrap_or(MOST);
    (broken(lines), lines)
}

/// Height that tick labels take below a panel, points.
pub(crate) fn below(style: Style) -> f64 {
    2.5 * style.scale() + 1.0 + 1.05 * style.size(Type::Tick)
}

/// Width that tick labels and a name of some lines that reads upwards take left of a panel, points.
pub(crate) fn beside(style: Style, axis: &Axis, lines: usize) -> f64 {
    let name = if lines == 0 {
        0.0
    } else {
        0.3 * style.size(Type::Label) + lines as f64 * style.leading(Type::Label)
    };
    2.5 * style.scale() + 1.5 + axis.widest(style) + name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_where_values_do() {
        let ends = |low, high, range| {
            let axis = Axis::loose_within(low, high, range, Format::Percent, 4);
            (axis.low, axis.high)
        };
        let shares = (0.0, 1.0);
        assert_eq!(ends(0.91, 1.02, (f64::NEG_INFINITY, f64::INFINITY)).1, 1.05);
        assert_eq!(ends(0.91, 1.02, shares).1, 1.0);
        assert_eq!(ends(-0.1, 0.4, shares), (0.0, 0.4));
        // All the same: half as much again on both sides, as far as there is any.
        assert_eq!(ends(1.0, 1.0, shares), (0.5, 1.0));
        assert_eq!(ends(0.0, 0.0, shares).0, 0.0);
        assert_eq!(held(shares, [0.5, 1.25].into_iter()), (0.0, 1.25));
    }

    #[test]
    fn an_axis_has_two_numbers_however_narrow_it_is() {
        for (low, high) in [(0.0123, 0.0468), (0.985, 1.0), (-3.2, 8.9), (99_990.0, 100_010.0), (0.0, 1e-7)] {
            for room in [40.0, 60.0, 80.0, 120.0, 400.0] {
                let axis =
                    fitting(room, Style::paper(), |most| Axis::between(low, high, Format::Percent, most));
                assert!(axis.ticks.len() > 1, "{low} {high} {room}: {:?}", axis.ticks);
                let apart = (axis.share(axis.ticks[1].0) - axis.share(axis.ticks[0].0)) * room;
                assert!(
                    room < 100.0 || apart > axis.widest(Style::paper()),
                    "{low} {room}: {:?}",
                    axis.ticks
                );
            }
        }
    }
}

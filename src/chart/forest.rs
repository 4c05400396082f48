//! By how much two mechanisms differ: one row per metric, a − b on the same draws, with its 95% interval.
//!
//! There are two axes at most. Shares are differences in percentage points. All other metrics are differences in per cent
//! of b's mean, taken as given, so that ETH, slots and counts stand on one axis; what b does not have at all has no such
//! difference, and what lies far beyond the others is an arrow at the edge. The numbers at the right are in each metric's
//! own unit.

use super::axes::{self, Axis};
use super::canvas::{Align, Pen, weight};
use super::estimate::{Estimate, Heading};
use super::frame::{self, CUT_BARS, EDGE, Frame, Key};
use super::identity::Identity;
use super::style::{Look, Marker, Style, Type, Width};
use super::ticks::{self, Format, fixed, grouped};
use super::{ChartError, Figure, font, series};
use plotters::style::RGBColor;

/// Unit of a metric; decides its panel and what follows its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A share or probability, stored as a fraction, shown in percentage points.
    Share,
    /// ETH.
    Eth,
    /// Another unit, in words: "slots", "ratio"; may be empty for a pure number.
    Other(String),
}

impl Unit {
    pub(super) fn title(&self) -> &str {
        match self {
            Self::Share => "percentage points",
            Self::Eth => "ETH",
            Self::Other(name) if name.trim().is_empty() => "pure numbers",
            Self::Other(name) => name,
        }
    }

    pub(super) fn format(&self) -> Format {
        if *self == Self::Share { Format::Points } else { Format::Plain }
    }
}

/// One metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Name of the metric, as a reader says it.
    pub label: String,
    /// Its unit.
    pub unit: Unit,
    /// Paired difference a − b, in the stored unit (a fraction for shares).
    pub difference: Estimate,
    /// Mean of b in the same unit.
    pub mean_b: f64,
}

impl Row {
    /// What the difference is divided by to stand on the axis; `None` where that is nothing.
    fn divisor(&self) -> Option<f64> {
        match self.unit {
            Unit::Share => Some(1.0),
            _ => (self.mean_b.is_finite() && self.mean_b.abs() > 1e-12).then(|| self.mean_b.abs()),
        }
    }

    /// The difference as the axis shows it, a fraction.
    fn shown(&self) -> Option<Estimate> {
        let scaled = self.difference.scaled(1.0 / self.divisor()?);
        scaled.value().map(|_| scaled)
    }
}

/// Input of the figure: one pair of mechanisms. More pairs are more figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Forest {
    /// Words above.
    pub heading: Heading,
    /// Name of the mechanism that is compared.
    pub a: String,
    /// Name of the mechanism that it is compared with.
    pub b: String,
    /// Whose colours the two have.
    pub identities: (Identity, Identity),
    /// False where some replicate of either is not certified.
    pub certified: bool,
    /// One row each, in order.
    pub rows: Vec<Row>,
}

/// Relative differences beyond this do not stretch the axis.
const FAR: f64 = 2.0;

struct Group<'a> {
    relative: bool,
    rows: Vec<&'a Row>,
}

impl Forest {
    /// Draws the figure.
    ///
    /// # Errors
    /// [`ChartError::Empty`] where no difference is present.
    pub fn draw(&self, style: Style) -> Result<Figure, ChartError> {
        let groups = self.groups();
        if groups.is_empty() {
            let reason = if self.rows.is_empty() { "no metric" } else { "every difference is absent" };
            return Err(ChartError::Empty { figure: "forest", reason: reason.to_owned() });
        }
        let any_interval = self.rows.iter().any(|r| r.difference.interval().is_some());
        let caption = self.heading.caption("Bars", any_interval);
        let mut frame = Frame::new(style, &self.heading, &caption);
        frame.legend(&self.legend(style));
        let columns = Columns::measure(&groups, style, any_interval);
        for (i, group) in groups.iter().enumerate() {
            if i > 0 {
                frame.y += 6.0 * style.scale();
            }
            self.panel(&mut frame, group, &columns, i == 0);
        }
        let size = style.size(Type::Label);
        let (left, right) = columns.plot(&frame);
        let whole = format!("Difference: {} − {}", self.a, self.b);
        let room = frame.right() - EDGE;
        let lines = font::wrap(&whole, size, weight(Type::Label), room, 3);
        // Centred below the plot, unless the names are so long that they would leave the sheet.
        let half = lines.iter().map(|l| font::width(l, size, weight(Type::Label))).fold(0.0, f64::max) / 2.0;
        let x = f64::midpoint(left, right).clamp(EDGE + half, (frame.right() - half).max(EDGE + half));
        let baseline = frame.y + 3.5 * style.scale() + 0.8 * size;
        frame.canvas.lines((x, baseline), Align::Centre, Type::Label, &lines, &whole);
        frame.y = baseline + (lines.len() as f64 - 1.0) * style.leading(Type::Label) + 0.4 * size;
        if groups.iter().any(|g| g.relative) {
            frame.note(format!(
                "Per cent: the difference and its interval divided by the mean of {}; the numbers at the right are in each metric's own unit.",
                self.b
            ));
        }
        if !self.certified {
            frame.note("Hollow markers: in one of the two some deviation may gain more than the tolerance, or the mean is one over distinct basins.");
        }
        let absent: Vec<(String, usize)> = self
            .rows
            .iter()
            .map(|r| (r.label.clone(), usize::from(r.difference.value().is_none())))
            .collect();
        frame.note(frame::absent_note(&absent));
        Ok(frame.finish(&self.alt()))
    }

    fn groups(&self) -> Vec<Group<'_>> {
        let of = |relative: bool| {
            let own = |r: &&Row| (r.unit != Unit::Share) == relative && r.difference.value().is_some();
            Group { relative, rows: self.rows.iter().filter(own).collect() }
        };
        [of(false), of(true)].into_iter().filter(|g| !g.rows.is_empty()).collect()
    }

    fn legend(&self, style: Style) -> Vec<(Key, String)> {
        let signs = |r: &&Row| r.difference.interval().is_none_or(|(low, high)| low > 0.0 || high < 0.0);
        let clear = || self.rows.iter().filter(|r| r.difference.value().is_some()).filter(signs);
        let look = |i: Identity| Look { dash: "", ..i.look(style) };
        let mut legend = Vec::new();
        if clear().any(|r| r.difference.mean > 0.0) {
            legend.push((Key::Line(look(self.identities.0), false), format!("more under {}", self.a)));
        }
        if clear().any(|r| r.difference.mean < 0.0) {
            legend.push((Key::Line(look(self.identities.1), false), format!("more under {}", self.b)));
        }
        let all = self.rows.iter().filter(|r| r.difference.value().is_some()).count();
        if clear().filter(|r| r.difference.mean != 0.0).count() < all {
            legend.push((Key::Line(undecided(style), false), "no clear difference".to_owned()));
        }
        legend
    }

    /// Colour and mark of a row: of the mechanism that has more, or grey where the interval holds zero.
    fn look(&self, style: Style, row: &Row) -> Look {
        let clear = row.difference.interval().is_none_or(|(low, high)| low > 0.0 || high < 0.0);
        match row.difference.mean {
            m if m > 0.0 && clear => self.identities.0.look(style),
            m if m < 0.0 && clear => self.identities.1.look(style),
            _ => undecided(style),
        }
    }

    fn panel(&self, frame: &mut Frame, group: &Group, columns: &Columns, first: bool) {
        let style = frame.canvas.style;
        let scale = style.scale();
        let (left, right) = columns.plot(frame);
        let axis = group.axis(right - left, style);
        let at = |v: f64| left + axis.share(v) * (right - left);
        let title =
            if group.relative { format!("Per cent of {}", self.b) } else { "Percentage points".to_owned() };
        let head = style.size(Type::Panel);
        let baseline = frame.y + 0.8 * head;
        let heads = columns.width() + 4.0 * scale;
        let room = if columns.values.is_empty() { frame.right() - EDGE } else { right - EDGE };
        frame.canvas.text_within((EDGE, baseline), Align::Left, Type::Panel, &title, room.max(heads));
        if first {
            columns.heads(frame, baseline);
        }
        let top = frame.y + style.leading(Type::Panel) + 1.0 * scale;
        let wrapped: Vec<Vec<String>> = group.rows.iter().map(|r| columns.label(style, &r.label)).collect();
        let pitch = |lines: usize| lines as f64 * style.leading(Type::Label) + 4.0 * scale;
        let bottom = top + wrapped.iter().map(|l| pitch(l.len())).sum::<f64>();
        for (v, _) in &axis.ticks {
            frame.canvas.line((at(*v), top), (at(*v), bottom), Pen::solid(style.grid(), 0.5 * scale));
        }
        frame.canvas.line((at(0.0), top), (at(0.0), bottom), Pen::solid(style.ink(), 0.7 * scale));
        let mut y = top;
        let size = style.size(Type::Label);
        for (row, lines) in group.rows.iter().zip(&wrapped) {
            let middle = y + pitch(lines.len()) / 2.0;
            let baseline =
                middle + 0.33 * size - (lines.len() as f64 - 1.0) / 2.0 * style.leading(Type::Label);
            frame.canvas.lines((EDGE, baseline), Align::Left, Type::Label, lines, &row.label);
            let look = self.look(style, row);
            match row.shown() {
                Some(e) if axis.low <= e.mean && e.mean <= axis.high => {
                    interval(frame, e, &axis, &at, middle, look.colour);
                    frame.canvas.marker(
                        (at(e.mean), middle),
                        2.0 * scale,
                        look.marker,
                        look.colour,
                        !self.certified,
                    );
                }
                Some(e) => {
                    let x = if e.mean > 0.0 { right } else { left };
                    let away = if e.mean > 0.0 { 1.0 } else { -1.0 };
                    frame.canvas.arrow((x, middle), (away, 0.0), look.colour, !self.certified);
                    frame.note("Arrows: beyond the axis.");
                }
                None => {
                    frame.note(format!(
                        "No mark: a metric of which {} has nothing, so that there is no per cent of it.",
                        self.b
                    ));
                }
            }
            for (text, (x, _)) in printed(row).iter().zip(&columns.values) {
                let at = (frame.right() - x, middle + 0.33 * style.size(Type::Tick));
                frame.canvas.text(at, Align::Right, Type::Tick, text);
            }
            y += pitch(lines.len());
        }
        let pen = Pen::solid(style.axis(), 0.6 * scale);
        frame.canvas.line((left, bottom), (right, bottom), pen);
        let tick_size = style.size(Type::Tick);
        for (v, label) in &axis.ticks {
            frame.canvas.line((at(*v), bottom), (at(*v), bottom + 2.5 * scale), pen);
            let baseline = bottom + 3.5 * scale + 0.8 * tick_size;
            frame.canvas.text((at(*v), baseline), Align::Centre, Type::Tick, label);
        }
        frame.y = bottom + axes::below(style);
    }

    fn alt(&self) -> String {
        let rows: Vec<String> = self
            .groups()
            .iter()
            .flat_map(|g| g.rows.clone())
            .map(|r| format!("{} {}", r.label, printed(r).join(" ")))
            .collect();
        format!("Differences {} − {} with 95% intervals: {}.", self.a, self.b, rows.join("; "))
    }
}

impl Group<'_> {
    /// From the smallest to the largest end of an interval, zero within; what lies far beyond is left out.
    fn axis(&self, room: f64, style: Style) -> Axis {
        let shown = || self.rows.iter().filter_map(|r| r.shown());
        let near = |e: &Estimate| !self.relative || e.mean.abs() <= FAR;
        let ends = shown().filter(near).flat_map(|e| {
            let (low, high) = e.interval().unwrap_or((e.mean, e.mean));
            let held = |v: f64| if self.relative { v.clamp(-FAR, FAR) } else { v };
            [held(low), held(high)]
        });
        let (low, high) = series::range(ends.chain([0.0])).unwrap_or((-1.0, 1.0));
        let (low, high) = if low == high { (-0.01, 0.01) } else { (low, high) };
        let margin = 0.05 * (high - low);
        let (below, above) = (shown().any(|e| e.mean < -FAR), shown().any(|e| e.mean > FAR));
        // An arrow needs an edge away from zero.
        let low = if self.relative && below && low > -0.2 * high { -0.2 * high } else { low };
        let high = if self.relative && above && high < -0.2 * low { -0.2 * low } else { high };
        let format = if self.relative { Format::Percent } else { Format::Points };
        axes::fitting(room, style, |most| Axis::between(low - margin, high + margin, format, most))
    }
}

/// The look of a difference whose interval holds zero.
fn undecided(style: Style) -> Look {
    Look { colour: style.grey(), dash: "", marker: Marker::Diamond }
}

/// An interval whose caps are taller than the mark, so that they show however short it is. Where it goes on beyond the axis there is
/// no end to cap.
fn interval(frame: &mut Frame, e: Estimate, axis: &Axis, at: &impl Fn(f64) -> f64, y: f64, colour: RGBColor) {
    let scale = frame.canvas.style.scale();
    let Some((low, high)) = e.interval() else { return };
    let pen = Pen::solid(colour, 1.0 * scale);
    frame.canvas.line((at(low), y), (at(high), y), pen);
    if axis.cuts(e.interval()) {
        frame.note(CUT_BARS);
    }
    for x in [low, high].into_iter().filter(|end| axis.holds(*end)).map(at) {
        frame.canvas.line((x, y - 3.6 * scale), (x, y + 3.6 * scale), Pen::solid(colour, 0.7 * scale));
    }
}

/// Difference and interval of a row as text, in its own unit.
fn printed(row: &Row) -> Vec<String> {
    let factor = if row.unit == Unit::Share { 100.0 } else { 1.0 };
    let half = row.difference.interval().map(|(low, high)| (high - low) / 2.0 * factor).filter(|h| *h > 0.0);
    // Two digits of the half-width, or three of the difference.
    let size = (row.difference.mean * factor).abs();
    let digits = match half {
        Some(half) => ticks::decimals_for(ticks::magnitude(half), 2),
        None => ticks::decimals_for(ticks::magnitude(size), 3),
    };
    // Shares of a panel read better with as many digits each.
    // What would be nothing but zeros has digits of its own.
    let vanishes = size > 0.0 && size.max(half.unwrap_or(0.0)) < 0.0005;
    let digits = if row.unit == Unit::Share && !vanishes { digits.clamp(2, 3) } else { digits.min(9) };
    let say = |v: f64| {
        let v = v * factor;
        if v.abs() >= 1e7 || digits > 6 { ticks::significant(v, 3) } else { grouped(&fixed(v, digits)) }
    };
    let unit = match &row.unit {
        Unit::Share => " pp",
        Unit::Eth => " ETH",
        Unit::Other(_) => "",
    };
    let mut cells = vec![format!("{}{unit}", say(row.difference.mean))];
    if let Some((low, high)) = row.difference.interval() {
        cells.push(format!("[{}, {}]", say(low), say(high)));
    }
    cells
}

/// Headings of the numbers at the right.
const HEADS: [&str; 2] = ["difference", "95% interval"];

/// Widths of what stands beside the plot.
struct Columns {
    labels: f64,
    /// Distance of each number's right end from the right edge, and its width.
    values: Vec<(f64, f64)>,
}

impl Columns {
    fn measure(groups: &[Group], style: Style, any_interval: bool) -> Self {
        let scale = style.scale();
        let size = style.size(Type::Label);
        // One column has room for a plot or for the ends of intervals in figures, not for both.
        let single = style.width == Width::Single;
        let share = if single { 0.31 } else { 0.34 };
        let labels =
            groups.iter().flat_map(|g| &g.rows).map(|r| font::width(&r.label, size, weight(Type::Label)));
        let labels = labels.fold(0.0, f64::max).min(share * style.points_wide());
        let tick = style.size(Type::Tick);
        let mut widths = vec![0.0_f64; if any_interval && !single { 2 } else { 1 }];
        for group in groups {
            for row in &group.rows {
                for (w, text) in widths.iter_mut().zip(printed(row)) {
                    *w = w.max(font::width(&text, tick, weight(Type::Tick)));
                }
            }
        }
        for (w, heading) in widths.iter_mut().zip(HEADS) {
            *w = w.max(font::width(heading, tick, weight(Type::Tick)));
        }
        let mut from_right = 0.0;
        let mut values: Vec<(f64, f64)> = Vec::new();
        for w in widths.iter().rev() {
            values.push((from_right, *w));
            from_right += w + 9.0 * scale;
        }
        values.reverse();
        Self { labels, values }
    }

    fn width(&self) -> f64 {
        self.values.first().map_or(0.0, |(x, w)| x + w)
    }

    fn plot(&self, frame: &Frame) -> (f64, f64) {
        let scale = frame.canvas.style.scale();
        (EDGE + self.labels + 10.0 * scale, frame.right() - self.width() - 12.0 * scale)
    }

    fn label(&self, style: Style, label: &str) -> Vec<String> {
        font::wrap(label, style.size(Type::Label), weight(Type::Label), self.labels, 2)
    }

    fn heads(&self, frame: &mut Frame, baseline: f64) {
        let right = frame.right();
        for ((x, _), heading) in self.values.iter().zip(HEADS) {
            frame.canvas.text((right - x, baseline), Align::Right, Type::Tick, heading);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_difference_is_printed_as_nothing_but_zeros() {
        let row = |mean: f64, half: f64| Row {
            label: String::new(),
            unit: Unit::Share,
            difference: Estimate::new(mean, mean - half, mean + half),
            mean_b: 0.0,
        };
        assert_eq!(printed(&row(0.1234, 0.0012)), ["12.34 pp", "[12.22, 12.46]"]);
        assert_eq!(printed(&row(3.2e-7, 1.1e-7)), ["0.000032 pp", "[0.000021, 0.000043]"]);
        assert_eq!(printed(&row(0.0, 0.0))[0], "0.00 pp");
    }
}

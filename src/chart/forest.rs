//! By how much two mechanisms differ: one row per metric, a − b on the same draws, with its 95% interval.
//!
//! Metrics of one unit share a panel, unless some are more than a hundred times larger than others: then an axis that
//! holds the large ones would hide the small ones, and the unit gets a second panel.

use super::axes::{self, Axis};
use super::canvas::{Align, Pen, weight};
use super::estimate::{Estimate, Heading};
use super::frame::{self, EDGE, Frame};
use super::style::{Marker, Style, Type, Width};
use super::ticks::{self, Format, fixed, grouped};
use super::{ChartError, Figure, font, series};

/// Unit of a metric; decides its panel.
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
    /// False where some replicate of either is not certified.
    pub certified: bool,
    /// One row each, in order; panels come in the order of their first row.
    pub rows: Vec<Row>,
}

struct Group<'a> {
    unit: &'a Unit,
    title: String,
    rows: Vec<&'a Row>,
}

fn reach(e: Estimate) -> f64 {
    let (low, high) = e.interval().unwrap_or((e.mean, e.mean));
    low.abs().max(high.abs())
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
        let present = || self.rows.iter().filter(|r| r.difference.value().is_some());
        let mut units: Vec<&Unit> = Vec::new();
        for row in present() {
            if !units.contains(&&row.unit) {
                units.push(&row.unit);
            }
        }
        let mut groups = Vec::new();
        for unit in units {
            let mut rows: Vec<&Row> = present().filter(|r| r.unit == *unit).collect();
            // Split off the largest until the rest is within a factor of a hundred; zero fits anywhere.
            let title = capitalised(unit.title());
            let smaller = format!("{title}, smaller amounts");
            let mut sizes: Vec<f64> = rows.iter().map(|r| reach(r.difference)).filter(|v| *v > 0.0).collect();
            sizes.sort_by(f64::total_cmp);
            let mut floors = Vec::new();
            while let Some(&top) = sizes.last() {
                sizes.retain(|v| *v * 100.0 < top);
                if let Some(&next) = sizes.last() {
                    floors.push(next);
                }
            }
            for floor in floors {
                let (large, small): (Vec<&Row>, Vec<&Row>) =
                    rows.into_iter().partition(|r| reach(r.difference) > floor);
                groups.push(Group { unit, title: title.clone(), rows: large });
                rows = small;
            }
            // Equal titles would leave the reader to wonder why there are two panels.
            groups.push(Group { unit, title, rows });
            let of_unit = groups.iter_mut().filter(|g| g.unit == unit);
            of_unit.skip(1).for_each(|g| g.title.clone_from(&smaller));
        }
        groups.retain(|g| !g.rows.is_empty());
        groups
    }

    fn panel(&self, frame: &mut Frame, group: &Group, columns: &Columns, first: bool) {
        let style = frame.canvas.style;
        let scale = style.scale();
        let (left, right) = columns.plot(frame);
        let ends = group.rows.iter().flat_map(|r| {
            let (low, high) = r.difference.interval().unwrap_or((r.difference.mean, r.difference.mean));
            [low, high]
        });
        let (low, high) = series::range(ends.chain([0.0])).unwrap_or((-1.0, 1.0));
        let (low, high) = ticks::spread(low, high);
        let margin = 0.05 * (high - low);
        let axis = axes::fitting(right - left, style, |most| {
            Axis::between(low - margin, high + margin, group.unit.format(), most)
        });
        let at = |v: f64| left + axis.share(v) * (right - left);
        let head = style.size(Type::Panel);
        let baseline = frame.y + 0.8 * head;
        let heads = columns.width() + 4.0 * scale;
        let room = if columns.values.is_empty() { frame.right() - EDGE } else { right - EDGE };
        frame.canvas.text_within((EDGE, baseline), Align::Left, Type::Panel, &group.title, room.max(heads));
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
        let decimals = decimals(group);
        for (row, lines) in group.rows.iter().zip(&wrapped) {
            let middle = y + pitch(lines.len()) / 2.0;
            let baseline =
                middle + 0.33 * size - (lines.len() as f64 - 1.0) / 2.0 * style.leading(Type::Label);
            frame.canvas.lines((EDGE, baseline), Align::Left, Type::Label, lines, &row.label);
            let colour = style.look(0).colour;
            if let Some((low, high)) = row.difference.interval() {
                let pen = Pen::solid(colour, 1.1 * scale);
                frame.canvas.line((at(low), middle), (at(high), middle), pen);
                for x in [at(low), at(high)] {
                    frame.canvas.line((x, middle - 1.8 * scale), (x, middle + 1.8 * scale), pen);
                }
            }
            let point = (at(row.difference.mean), middle);
            frame.canvas.marker(point, 2.4 * scale, Marker::Square, colour, !self.certified);
            let cells = printed(row, decimals);
            for (text, (x, _)) in cells.iter().zip(&columns.values) {
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
            .flat_map(|g| g.rows.iter().map(|r| (r, decimals(g))).collect::<Vec<_>>())
            .map(|(r, d)| format!("{} {} {}", r.label, printed(r, d).join(" "), r.unit.title()))
            .collect();
        format!("Differences {} − {} with 95% intervals: {}.", self.a, self.b, rows.join("; "))
    }
}

/// Decimals for the numbers of one panel: three significant digits in the largest.
fn decimals(group: &Group) -> usize {
    let factor = group.unit.format().factor();
    let largest = group.rows.iter().map(|r| reach(r.difference) * factor).fold(0.0, f64::max);
    ticks::decimals_for(ticks::magnitude(largest), 3).min(9)
}

/// Difference and interval of a row as text.
fn printed(row: &Row, digits: usize) -> Vec<String> {
    let factor = row.unit.format().factor();
    let say = |v: f64| {
        let v = v * factor;
        if v.abs() >= 1e7 || digits > 6 { ticks::significant(v, 3) } else { grouped(&fixed(v, digits)) }
    };
    let mut cells = vec![say(row.difference.mean)];
    if let Some((low, high)) = row.difference.interval() {
        cells.push(format!("[{}, {}]", say(low), say(high)));
    }
    cells
}

fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or(String::new(), |c| c.to_uppercase().chain(letters).collect())
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
            let decimals = decimals(group);
            for row in &group.rows {
                for (w, text) in widths.iter_mut().zip(printed(row, decimals)) {
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

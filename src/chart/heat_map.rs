//! A metric over two parameters: a panel of cells for each contender or setting of a third parameter, coloured by the mean.
//!
//! Colours are viridis (Smith and van der Walt 2015): equal steps look equally large, in greyscale and to the colour-blind too.
//! A row of panels shares its scale. Cells carry their numbers where they have room; else contours at the round numbers of the
//! scale, linear between the centres of cells, show the shape.

use super::axes::Axis;
use super::canvas::{Align, Pen, weight};
use super::estimate::{Estimate, Heading};
use super::frame::{EDGE, Frame};
use super::identity::Identity;
use super::series;
use super::style::{Marker, Style, Theme, Type, Width, mixed, text_on};
use super::ticks::{Format, decimals_for, fixed, magnitude, significant};
use super::{ChartError, Figure, font};
use plotters::style::RGBColor;

/// One panel of cells.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// What it is about: a contender, a setting of the third parameter, or both.
    pub title: String,
    /// The contender's colour and mark, before the title.
    pub identity: Option<Identity>,
    /// Means by row from the bottom, then column; absent where the design has no such point.
    pub cells: Vec<Vec<Cell>>,
}

/// One cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// Mean with its interval.
    pub estimate: Estimate,
    /// False where play is not certified.
    pub certified: bool,
}

/// A metric with the panels that share its scale.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldRow {
    /// Name of the metric and its unit.
    pub title: String,
    /// How its numbers are shown.
    pub format: Format,
    /// Panels.
    pub fields: Vec<Field>,
}

/// Input of the figure.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatMap {
    /// Words above.
    pub heading: Heading,
    /// Name of the parameter along, and its settings.
    pub x: (String, Vec<String>),
    /// Name of the parameter upwards, and its settings.
    pub y: (String, Vec<String>),
    /// Metrics.
    pub rows: Vec<FieldRow>,
}

/// What cells show: the same in all rows, as one caption speaks of all of them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// Nothing but their colour, and contours.
    Contours,
    /// Means.
    Means,
    /// Means with half-widths of their intervals.
    Intervals,
}

/// Where a row of panels stands.
struct Layout {
    across: usize,
    beside: f64,
    wide: f64,
    high: f64,
    gap: f64,
    /// Lines of the name at the left.
    lines: usize,
}

impl HeatMap {
    /// Draws the figure.
    ///
    /// # Errors
    /// [`ChartError::Empty`] where no cell has a value.
    pub fn draw(&self, style: Style) -> Result<Figure, ChartError> {
        let rows: Vec<&FieldRow> = self.rows.iter().filter(|row| row.range().is_some()).collect();
        if rows.is_empty() || self.x.1.is_empty() || self.y.1.is_empty() {
            let reason = "no cell has a value".to_owned();
            return Err(ChartError::Empty { figure: "heat map", reason });
        }
        let (caption, shown) = self.caption(&rows, style);
        let mut frame = Frame::new(style, &self.heading, &caption);
        for row in &rows {
            self.row(&mut frame, row, shown);
        }
        let cells = || rows.iter().flat_map(|row| row.cells());
        if cells().any(|cell| !cell.certified) {
            frame.note(
                "Rings: not certified, that is, some deviation may gain more than the tolerance, or a mean over distinct basins.",
            );
        }
        Ok(frame.finish(&self.alt(&rows)))
    }

    /// The grey line above, and what the cells of all rows show.
    fn caption(&self, rows: &[&FieldRow], style: Style) -> (String, Shown) {
        let small = rows.iter().any(|row| {
            let layout = self.layout(row, style);
            let (wide, high) = self.cell(&layout);
            let size = style.size(Type::Tick);
            let widest = row.cells().map(|cell| font::width(&row.number(cell), size, weight(Type::Tick)));
            widest.fold(0.0, f64::max) > wide - 2.0 || high < 1.15 * size
        });
        let any = rows.iter().any(|row| row.cells().any(|cell| cell.estimate.interval().is_some()));
        let size = style.size(Type::Note);
        let two = !small
            && any
            && rows.iter().all(|row| {
                let layout = self.layout(row, style);
                let (wide, high) = self.cell(&layout);
                let widest =
                    row.cells().map(|cell| font::width(&row.half_width(cell), size, weight(Type::Note)));
                widest.fold(0.0, f64::max) <= wide - 2.0 && high >= 2.3 * size
            });
        let over = match self.heading.replicates {
            0 | 1 => String::new(),
            _ => format!(" over {}\u{a0}replicates", self.heading.over()),
        };
        let said = match (small, two) {
            (true, _) => {
                let widest: Vec<String> = rows.iter().filter_map(|row| row.widest()).collect();
                let intervals = if widest.is_empty() {
                    String::new()
                } else {
                    format!(" 95% intervals are at most {}.", widest.join(", "))
                };
                format!(
                    "Means{over}; lines: contours at the numbers of the scale, linear between cells.{intervals}"
                )
            }
            (false, true) => format!("Cells: mean ± half-width of its 95% interval{over}."),
            (false, false) => format!("Cells: means{over}."),
        };
        let words = format!("{} {said}", self.heading.subtitle.trim());
        let shown = match (small, two) {
            (true, _) => Shown::Contours,
            (false, true) => Shown::Intervals,
            (false, false) => Shown::Means,
        };
        (words.trim().to_owned(), shown)
    }

    /// Room for a row, with as many lines of the name at the left as that needs.
    fn layout(&self, row: &FieldRow, style: Style) -> Layout {
        let one = self.layout_with(row, style, 1);
        let name = font::width(&self.y.0, style.size(Type::Label), weight(Type::Label));
        if name > one.high { self.layout_with(row, style, 2) } else { one }
    }

    fn layout_with(&self, row: &FieldRow, style: Style, lines: usize) -> Layout {
        let scale = style.scale();
        let size = style.size(Type::Tick);
        let names = self.y.1.iter().map(|name| font::width(name, size, weight(Type::Tick)));
        let widest = names.fold(0.0, f64::max).min(0.16 * style.points_wide());
        let name = 0.3 * style.size(Type::Label) + lines as f64 * style.leading(Type::Label);
        let beside = widest + 4.0 * scale + name;
        let most = if style.width == Width::Single { 2 } else { 4 };
        let bands = row.fields.len().div_ceil(most);
        let across = row.fields.len().div_ceil(bands.max(1)).max(1);
        let (gap, bar) = (9.0 * scale, Self::bar(row, style));
        let room = style.points_wide() - 2.0 * EDGE - beside - bar;
        // A lone panel of few columns need not fill the page.
        let most = (36.0 * self.x.1.len() as f64).max(300.0) * scale;
        let wide = ((room - (across as f64 - 1.0) * gap) / across as f64).min(most);
        let each = (wide * 0.8 / self.y.1.len() as f64).clamp(3.0 * scale, 26.0 * scale);
        let words = font::width(&self.y.0, style.size(Type::Label), weight(Type::Label)) / lines as f64;
        // A little more than half of the name, as lines are never quite even.
        let words = if lines > 1 { 1.25 * words } else { words };
        let least = words.clamp(56.0 * scale, 90.0 * scale);
        let high = (each * self.y.1.len() as f64).clamp(least, 210.0 * scale);
        Layout { across, beside, wide, high, gap, lines }
    }

    fn cell(&self, layout: &Layout) -> (f64, f64) {
        (layout.wide / self.x.1.len() as f64, layout.high / self.y.1.len() as f64)
    }

    /// Room for the scale of colours at the right.
    fn bar(row: &FieldRow, style: Style) -> f64 {
        let scale = style.scale();
        row.scale().widest(style) + (9.0 + 9.0 + 5.0) * scale
    }

    fn row(&self, frame: &mut Frame, row: &FieldRow, shown: Shown) {
        let style = frame.canvas.style;
        let (scale, size) = (style.scale(), style.size(Type::Label));
        let layout = self.layout(row, style);
        let axis = row.scale();
        let title =
            font::wrap(&row.title, style.size(Type::Panel), weight(Type::Panel), frame.right() - EDGE, 2);
        frame.canvas.lines(
            (EDGE, frame.y + 0.8 * style.size(Type::Panel)),
            Align::Left,
            Type::Panel,
            &title,
            &row.title,
        );
        frame.y += title.len() as f64 * style.leading(Type::Panel) + 2.0 * scale;
        let bands: Vec<&[Field]> = row.fields.chunks(layout.across).collect();
        for (band, fields) in bands.iter().enumerate() {
            let left = |column: usize| EDGE + layout.beside + column as f64 * (layout.wide + layout.gap);
            if row.fields.iter().any(|field| !field.title.is_empty()) {
                for (column, field) in fields.iter().enumerate() {
                    let mut at = left(column);
                    if let Some(identity) = field.identity {
                        let look = identity.look(style);
                        let place = (at + 2.8 * scale, frame.y + 0.5 * size);
                        frame.canvas.marker(place, 2.2 * scale, look.marker, look.colour, false);
                        at += 8.0 * scale;
                    }
                    let room = left(column) + layout.wide - at;
                    let baseline = frame.y + 0.8 * size;
                    frame.canvas.text_within((at, baseline), Align::Left, Type::Label, &field.title, room);
                }
                frame.y += style.leading(Type::Label) + 2.0 * scale;
            }
            let (top, bottom) = (frame.y, frame.y + layout.high);
            for (column, field) in fields.iter().enumerate() {
                let corner = (left(column), top);
                self.field(frame, row, field, &axis, &layout, corner, shown);
                self.names(frame, &layout, corner, column == 0, band + 1 == bands.len());
            }
            let words = font::wrap(&self.y.0, size, weight(Type::Label), layout.high, layout.lines);
            for (line, words) in words.iter().enumerate() {
                let across = EDGE + 0.8 * size + line as f64 * style.leading(Type::Label);
                frame.canvas.text_upwards((across, f64::midpoint(top, bottom)), Type::Label, words);
            }
            let right = left(layout.across.min(fields.len()) - 1) + layout.wide;
            colour_bar(frame, &axis, (right + 9.0 * scale, top), (9.0 * scale, layout.high));
            frame.y = bottom + 2.0 * scale;
            if band + 1 == bands.len() {
                frame.y += style.leading(Type::Tick);
                let end = left(fields.len() - 1) + layout.wide;
                let at = (f64::midpoint(left(0), end), frame.y + 0.8 * size);
                frame.canvas.text_within(at, Align::Centre, Type::Label, &self.x.0, end - EDGE);
                frame.y += style.leading(Type::Label);
            }
            frame.y += 6.0 * scale;
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn field(
        &self,
        frame: &mut Frame,
        row: &FieldRow,
        field: &Field,
        axis: &Axis,
        layout: &Layout,
        (left, top): (f64, f64),
        shown: Shown,
    ) {
        let style = frame.canvas.style;
        let scale = style.scale();
        let (wide, high) = self.cell(layout);
        let bottom = top + layout.high;
        let size = style.size(Type::Tick);
        let note = style.size(Type::Note);
        for (r, cells) in field.cells.iter().enumerate() {
            for (c, cell) in cells.iter().enumerate() {
                let (x, y) = (left + c as f64 * wide, bottom - (r + 1) as f64 * high);
                // Neighbours overlap by a hair, so that no seam shows between them.
                let under = (if c > 0 { 0.25 } else { 0.0 }, if r > 0 { 0.25 } else { 0.0 });
                let corners = ((x - under.0, y), (x + wide, y + high + under.1));
                let Some(value) = cell.estimate.value() else {
                    let nothing = mixed(style.paper_colour(), style.ink(), 0.08);
                    frame.canvas.rectangle(corners.0, corners.1, nothing);
                    continue;
                };
                let ground = colour(axis.share(value), style);
                let words = format!(
                    "{}, {} = {}, {} = {}: {}",
                    field.title,
                    self.x.0,
                    self.x.1[c],
                    self.y.0,
                    self.y.1[r],
                    [row.number(cell), row.half_width(cell)].join(" ")
                );
                frame.canvas.saying(&words, |canvas| canvas.rectangle(corners.0, corners.1, ground));
                let ink = text_on(ground);
                if shown != Shown::Contours {
                    let (number, half) = (row.number(cell), row.half_width(cell));
                    let middle = (x + 0.5 * wide, y + 0.5 * high);
                    let below = if half.is_empty() || shown == Shown::Means { 0.0 } else { 0.5 * note };
                    let at = (middle.0, middle.1 + 0.33 * size - below);
                    frame.canvas.text_in(at, Align::Centre, Type::Tick, ink, &number);
                    if below > 0.0 {
                        let at = (middle.0, middle.1 + 0.33 * note + 0.55 * note);
                        frame.canvas.text_in(at, Align::Centre, Type::Note, ink, &half);
                    }
                }
                if !cell.certified {
                    let at = (x + wide - 3.2 * scale, y + 3.2 * scale);
                    frame.canvas.marker(at, 1.8 * scale, Marker::Circle, ink, false);
                    frame.canvas.marker(at, 1.0 * scale, Marker::Circle, ground, false);
                }
            }
        }
        if shown == Shown::Contours {
            for (level, _) in &axis.ticks {
                for (from, to) in contour(field, *level) {
                    let place = |(c, r): (f64, f64)| (left + (c + 0.5) * wide, bottom - (r + 0.5) * high);
                    let ink = text_on(colour(axis.share(*level), style));
                    frame.canvas.line(place(from), place(to), Pen::solid(ink, 0.6 * scale));
                }
            }
        }
    }

    /// Names of settings below and at the left.
    fn names(&self, frame: &mut Frame, layout: &Layout, (left, top): (f64, f64), beside: bool, below: bool) {
        let style = frame.canvas.style;
        let (scale, size) = (style.scale(), style.size(Type::Tick));
        let (wide, high) = self.cell(layout);
        let bottom = top + layout.high;
        if beside {
            let every = (1.1 * size / high).ceil().max(1.0) as usize;
            for (r, name) in self.y.1.iter().enumerate().step_by(every) {
                let at = (left - 3.0 * scale, bottom - (r as f64 + 0.5) * high + 0.33 * size);
                let room = layout.beside - layout.lines as f64 * style.leading(Type::Label) - 3.0 * scale;
                frame.canvas.text_within(at, Align::Right, Type::Tick, name, room);
            }
        }
        if below {
            let widest =
                self.x.1.iter().map(|name| font::width(name, size, weight(Type::Tick))).fold(0.0, f64::max);
            let every = ((widest + 0.6 * size) / wide).ceil().clamp(1.0, 3.0) as usize;
            let room = wide * every as f64 - 0.3 * size;
            for (c, name) in self.x.1.iter().enumerate().step_by(every) {
                let at = (left + (c as f64 + 0.5) * wide, bottom + 2.0 * scale + 0.8 * size);
                frame.canvas.text_within(at, Align::Centre, Type::Tick, name, room);
            }
        }
    }

    fn alt(&self, rows: &[&FieldRow]) -> String {
        let mut said = Vec::new();
        for row in rows {
            for field in &row.fields {
                let cells = field.cells.iter().flatten();
                let Some((low, high)) = series::range(cells.filter_map(|cell| cell.estimate.value())) else {
                    continue;
                };
                let say = |v: f64| significant(v * row.format.factor(), 4);
                let of = if field.title.is_empty() { String::new() } else { format!(", {}", field.title) };
                said.push(format!("{}{of}: from {} to {}", row.title, say(low), say(high)));
            }
        }
        format!("Means over {} and {}. {}.", self.x.0, self.y.0, said.join("; "))
    }
}

impl FieldRow {
    fn cells(&self) -> impl Iterator<Item = &Cell> {
        self.fields.iter().flat_map(|field| field.cells.iter().flatten())
    }

    fn range(&self) -> Option<(f64, f64)> {
        series::range(self.cells().filter_map(|cell| cell.estimate.value()))
    }

    /// The scale of colours: from the least mean to the largest.
    fn scale(&self) -> Axis {
        let (low, high) = self.range().unwrap_or((0.0, 1.0));
        Axis::between(low, high, self.format, 5)
    }

    /// Decimals in which the cells can be told apart.
    fn decimals(&self) -> usize {
        let (low, high) = self.range().unwrap_or((0.0, 1.0));
        let factor = self.format.factor();
        let largest = low.abs().max(high.abs()) * factor;
        let apart = decimals_for(magnitude((high - low).max(1e-4 * largest / factor) * factor), 3);
        apart.min(decimals_for(magnitude(largest), 4)).min(6)
    }

    fn number(&self, cell: &Cell) -> String {
        cell.estimate.value().map_or_else(String::new, |v| fixed(v * self.format.factor(), self.decimals()))
    }

    /// The largest half-width of an interval, with the metric's name; `None` where there is none.
    fn widest(&self) -> Option<String> {
        let half = |cell: &&Cell| cell.estimate.interval().map_or(0.0, |(low, high)| high - low);
        let cell = self.cells().max_by(|a, b| half(a).total_cmp(&half(b)))?;
        let (low, high) = cell.estimate.interval()?;
        let sign = if self.format == Format::Percent { "\u{a0}points" } else { "" };
        let name = self.title.split(" (").next().unwrap_or(&self.title);
        let half = significant(0.5 * (high - low) * self.format.factor(), 2);
        Some(format!("±{half}{sign} ({name})"))
    }

    fn half_width(&self, cell: &Cell) -> String {
        cell.estimate.interval().map_or_else(String::new, |(low, high)| {
            let half = 0.5 * (high - low) * self.format.factor();
            if half == 0.0 {
                return "±0".to_owned();
            }
            // Alike in all cells, but for those that would be nothing but zeros; two more digits than the mean at most.
            let own = decimals_for(magnitude(half), 1).min(self.decimals() + 2);
            let widest = self.cells().filter_map(|cell| cell.estimate.interval());
            let widest =
                widest.map(|(low, high)| 0.5 * (high - low)).fold(0.0, f64::max) * self.format.factor();
            let alike = self.decimals().max(decimals_for(magnitude(widest), 1).min(self.decimals() + 2));
            let vanishes = fixed(half, alike).chars().all(|c| matches!(c, '0' | '.'));
            format!("±{}", fixed(half, if vanishes { own.max(alike) } else { alike }))
        })
    }
}

/// Viridis, lifted a little from a dark ground.
fn colour(share: f64, style: Style) -> RGBColor {
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    let c = colorous::VIRIDIS.eval_continuous(share);
    let plain = RGBColor(c.r, c.g, c.b);
    if style.theme == Theme::Dark { mixed(plain, style.ink(), 0.08) } else { plain }
}

/// The scale of colours with its numbers.
fn colour_bar(frame: &mut Frame, axis: &Axis, (left, top): (f64, f64), (wide, high): (f64, f64)) {
    let style = frame.canvas.style;
    let (scale, size) = (style.scale(), style.size(Type::Tick));
    let steps = 64;
    for step in 0..steps {
        let share = (f64::from(step) + 0.5) / f64::from(steps);
        let (from, to) = (f64::from(step) / f64::from(steps), f64::from(step + 1) / f64::from(steps));
        let overlap = if step > 0 { 0.25 } else { 0.0 };
        let (lower, upper) = (top + (1.0 - from) * high + overlap, top + (1.0 - to) * high);
        frame.canvas.rectangle((left, upper), (left + wide, lower), colour(share, style));
    }
    for (v, label) in &axis.ticks {
        let y = top + (1.0 - axis.share(*v)) * high;
        let pen = Pen::solid(style.axis(), 0.6 * scale);
        frame.canvas.line((left + wide, y), (left + wide + 2.5 * scale, y), pen);
        let at = (left + wide + 4.0 * scale, y + 0.33 * size);
        frame.canvas.text(at, Align::Left, Type::Tick, label);
    }
}

type Place = (f64, f64);

/// Straight pieces of the line where the field has this value, in (column, row) between the centres of cells, by marching
/// squares; saddles are parted by the mean of their corners.
fn contour(field: &Field, level: f64) -> Vec<(Place, Place)> {
    let value = |r: usize, c: usize| field.cells.get(r)?.get(c)?.estimate.value();
    let mut pieces = Vec::new();
    let rows = field.cells.len();
    let columns = field.cells.iter().map(Vec::len).min().unwrap_or(0);
    for r in 0..rows.saturating_sub(1) {
        for c in 0..columns.saturating_sub(1) {
            let corners = [(r, c), (r, c + 1), (r + 1, c + 1), (r + 1, c)];
            let values: Vec<f64> = corners.iter().filter_map(|&(r, c)| value(r, c)).collect();
            if values.len() < 4 {
                continue;
            }
            let mut crossings = Vec::new();
            for side in 0..4 {
                let (a, b) = (values[side], values[(side + 1) % 4]);
                if (a < level) == (b < level) {
                    continue;
                }
                let share = (level - a) / (b - a);
                let (from, to) = (corners[side], corners[(side + 1) % 4]);
                let between = |p: usize, q: usize| p as f64 + share * (q as f64 - p as f64);
                crossings.push((between(from.1, to.1), between(from.0, to.0)));
            }
            match crossings[..] {
                [a, b] => pieces.push((a, b)),
                [a, b, d, e] => {
                    let centre = values.iter().sum::<f64>() / 4.0;
                    // The middle belongs with the first corner: the line cuts off the second and the fourth.
                    if (centre < level) == (values[0] < level) {
                        pieces.extend([(a, b), (d, e)]);
                    } else {
                        pieces.extend([(e, a), (b, d)]);
                    }
                }
                _ => {}
            }
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(values: &[&[f64]]) -> Field {
        let cell = |v: &f64| Cell { estimate: Estimate::point(*v), certified: true };
        let cells = values.iter().map(|row| row.iter().map(cell).collect()).collect();
        Field { title: String::new(), identity: None, cells }
    }

    #[test]
    fn contours_lie_where_the_level_is() {
        // The plane c + r: the level 1.5 is the line c + r = 1.5.
        let plane = field(&[&[0.0, 1.0, 2.0], &[1.0, 2.0, 3.0], &[2.0, 3.0, 4.0]]);
        let pieces = contour(&plane, 1.5);
        assert!(!pieces.is_empty());
        for (a, b) in &pieces {
            assert!((a.0 + a.1 - 1.5).abs() < 1e-12 && (b.0 + b.1 - 1.5).abs() < 1e-12);
        }
        assert!(contour(&plane, 9.0).is_empty());
        // A saddle is parted, not crossed.
        let saddle = contour(&field(&[&[1.0, 0.0], &[0.0, 1.0]]), 0.6);
        assert_eq!(saddle.len(), 2);
        let absent = field(&[&[f64::NAN, 0.0], &[0.0, 1.0]]);
        assert!(contour(&absent, 0.5).is_empty());
    }

    #[test]
    fn the_scale_of_colours_grows_lighter_step_by_step() {
        let style = Style::paper();
        let light: Vec<f64> =
            (0..=20).map(|i| crate::chart::style::lightness(colour(f64::from(i) / 20.0, style))).collect();
        assert!(light.is_sorted(), "{light:?}");
    }

    #[test]
    fn what_cells_show_is_what_the_caption_says_in_every_row() {
        let row = |title: &str, half: f64| FieldRow {
            title: title.to_owned(),
            format: Format::Plain,
            fields: vec![Field {
                title: String::new(),
                identity: None,
                cells: (0..3)
                    .map(|r| {
                        (0..7)
                            .map(|c| Cell {
                                estimate: Estimate::new(
                                    f64::from(r + c),
                                    f64::from(r + c) - half,
                                    f64::from(r + c) + half,
                                ),
                                certified: true,
                            })
                            .collect()
                    })
                    .collect(),
            }],
        };
        let settings = |n: usize| (0..n).map(|i| i.to_string()).collect();
        let map = |halves: &[f64]| HeatMap {
            heading: Heading::default(),
            x: ("x".to_owned(), settings(7)),
            y: ("y".to_owned(), settings(3)),
            rows: halves.iter().map(|half| row("m", *half)).collect(),
        };
        // A half-width of many digits does not fit into cells of one column's width, and then none is printed.
        for (halves, printed) in [(&[0.5, 0.5][..], true), (&[0.5, 123_456.5], false)] {
            let figure = map(halves).draw(Style::paper().single()).unwrap();
            assert_eq!(figure.caption().contains('±'), printed, "{}", figure.caption());
            assert_eq!(figure.placed().iter().any(|text| text.text.starts_with('±')), printed, "{halves:?}");
        }
    }
}

//! Small multiples: one column per mechanism, one or more rows, axes shared where they mean the same.

use super::axes::{self, Axis, Kind, Panel};
use super::canvas::{Align, Pen, weight};
use super::font;
use super::frame::{CUT, EDGE, Frame};
use super::identity::Identity;
pub(crate) use super::reference::Reference;
use super::reference::references;
use super::series::{self, Series};
use super::style::{Look, Style, Type, Width};
use super::ticks::Format;

/// All rows of one mechanism.
pub(crate) struct Facet<'a> {
    pub title: &'a str,
    /// Whose colour and mark stand before the title; `None` where the facet is no contender.
    pub identity: Option<Identity>,
    pub certified: bool,
    pub cells: Vec<Cell<'a>>,
}

/// One panel: lines, and references behind them.
pub(crate) struct Cell<'a> {
    pub series: Vec<&'a Series>,
    pub y_name: &'a str,
    pub format: Format,
    pub kind: Kind,
    /// Values that the vertical axis must hold beside the data.
    pub hold: Vec<f64>,
    /// Value that cannot be exceeded, such as 1 for a share of a whole: the axis and intervals end there.
    pub most: Option<f64>,
    /// Lines without intervals. They do not stretch the axis.
    pub references: Vec<(Reference, Pen)>,
}

/// What all panels share.
pub(crate) struct Common<'a> {
    pub x_name: &'a str,
    pub x_format: Format,
    /// Whether the horizontal axis ends at round numbers (else where data end), and holds zero where it is near.
    pub x_loose: bool,
    pub look: &'a dyn Fn(&Series) -> Look,
    /// Whether names stand at the ends of lines, right of the panel: for one panel only.
    pub direct: bool,
    /// Whether a line's marks are hollow in a facet that is itself certified.
    pub hollow: &'a dyn Fn(&Series) -> bool,
}

/// Lines of a name at most: what ships needs fewer, at either width.
const MOST_LINES: usize = 6;

fn columns(count: usize, style: Style) -> usize {
    match (style.width, count) {
        (_, 0 | 1) => 1,
        (Width::Single, _) => 2,
        (Width::Double, 2..=4) => count,
        (Width::Double, 5 | 6 | 9) => 3,
        (Width::Double, 7 | 8 | 10..=12) => 4,
        (Width::Double, _) => 5,
    }
}

/// The vertical axis of some cells; `None` where they hold no value.
fn y_axis(cells: &[&Cell], most: usize) -> Option<Axis> {
    let first = cells.first()?;
    let lines = || cells.iter().flat_map(|c| c.series.iter().copied());
    let held = || cells.iter().flat_map(|c| c.hold.iter().copied());
    let data = series::extent(lines());
    if data.is_empty() {
        return None;
    }
    let all = data.into_iter().chain(held());
    if first.kind == Kind::Log {
        // Means set the floor: an interval may reach down to zero, and is then cut at the floor.
        let means = lines().flat_map(Series::present).map(|(_, e)| e.mean);
        let (low, _) = series::range(means.chain(held()).filter(|v| *v > 0.0))?;
        let (_, high) = series::range(all.filter(|v| *v > 0.0))?;
        return Some(Axis::decades(low, high, first.format, most));
    }
    let (low, high) = series::range(all)?;
    // What is never negative stays so: an interval that reaches a little below zero is cut there.
    let means = lines().flat_map(Series::present).map(|(_, e)| e.mean).chain(held());
    let never_negative = series::range(means).is_some_and(|(least, _)| least >= 0.0);
    let low = if never_negative { low.max(0.0) } else { low };
    let ceiling = cells.iter().filter_map(|c| c.most).fold(f64::INFINITY, f64::min);
    Some(Axis::loose_within(low, high, (f64::NEG_INFINITY, ceiling), first.format, most))
}

/// Draws all facets from `frame.y` on, and returns how many points could not be shown on logarithmic axes.
pub(crate) fn draw(frame: &mut Frame, facets: &[Facet], common: &Common) -> usize {
    let style = frame.canvas.style;
    let scale = style.scale();
    let across = columns(facets.len(), style);
    let rows = facets.iter().map(|f| f.cells.len()).max().unwrap_or(0);
    let x_range = facets.iter().flat_map(|f| &f.cells).flat_map(|c| &c.series).flat_map(|s| s.present());
    let Some((x_low, x_high)) = series::range(x_range.map(|(x, _)| x)) else { return 0 };
    // A row whose panels all mean the same shares its axis.
    let shared: Vec<bool> = (0..rows)
        .map(|r| {
            let mut cells = facets.iter().filter_map(|f| f.cells.get(r));
            cells.next().is_none_or(|a| cells.all(|b| (a.y_name, a.kind) == (b.y_name, b.kind)))
        })
        .collect();
    let bands = facets.len().div_ceil(across);
    let most = if bands > 3 { 3 } else { 4 };
    let axis_of: Vec<Vec<Option<Axis>>> = facets
        .iter()
        .enumerate()
        .map(|(i, f)| {
            let make = |r: usize| {
                let sharing = if shared[r] { facets } else { &facets[i..=i] };
                y_axis(&sharing.iter().filter_map(|f| f.cells.get(r)).collect::<Vec<_>>(), most)
            };
            (0..f.cells.len()).map(make).collect()
        })
        .collect();
    // Labels at the ends of neighbours' horizontal axes must not touch.
    let widest = Axis::between(x_low, x_high, common.x_format, 5).widest(style);
    let gap = (if common.x_loose { 15.0 } else { 10.0 } * scale).max(widest + 4.0 * scale);
    let labels = if common.direct { end_labels(facets, style) } else { 0.0 };
    let layout = |lines: usize| {
        let beside = |axis: &Option<Axis>| axis.as_ref().map_or(0.0, |a| axes::beside(style, a, lines));
        let own =
            |r: usize| (0..facets.len()).map(|i| axis_of[i].get(r).map_or(0.0, beside)).fold(0.0, f64::max);
        let first = (0..rows).map(own).fold(0.0, f64::max);
        let later = (0..rows).filter(|r| !shared[*r]).map(own).fold(0.0, f64::max);
        let all = frame.right() - EDGE - first - (across as f64 - 1.0) * (later + gap);
        // The last label of the horizontal axis may reach half its width beyond the panel.
        let wide = (all - labels.max(9.0 * scale)) / across as f64;
        let high = match (bands, rows) {
            (1, 1) => (wide * 0.72).clamp(90.0 * scale, 190.0 * scale),
            (1, _) => (wide * 0.6).clamp(74.0 * scale, 130.0 * scale),
            (2..=3, _) => (wide * 0.6).clamp(64.0 * scale, 100.0 * scale),
            _ => 52.0 * scale,
        };
        (first, later, wide, high)
    };
    let size = style.size(Type::Label);
    let name_lines =
        |name: &str, high: f64| font::balanced(name, size, weight(Type::Label), high, MOST_LINES);
    // Names of axes wrap to the height of panels, which depends a little on the room that they leave.
    let high = layout(3).3;
    let names = facets.iter().flat_map(|f| &f.cells).map(|c| name_lines(c.y_name, high).len());
    let lines = names.max().unwrap_or(0);
    let (first_gutter, later_gutter, wide, _) = layout(lines);
    let (x_low, x_high) =
        if common.x_loose && x_low > 0.0 && x_low < 0.35 * x_high { (0.0, x_high) } else { (x_low, x_high) };
    let x = axes::fitting(wide - 4.0, style, |most| {
        if common.x_loose {
            Axis::loose(x_low, x_high, common.x_format, most)
        } else {
            Axis::between(x_low, x_high, common.x_format, most)
        }
    });
    let longest = facets.iter().flat_map(|f| &f.cells).flat_map(|c| &c.series).map(|s| s.points.len()).max();
    let every = longest.unwrap_or(0) as f64 <= (wide / (6.0 * scale)).min(25.0);
    let mut unshown = 0;
    for (band, group) in facets.chunks(across).enumerate() {
        let left = |c: usize| left_of(first_gutter, later_gutter, gap, wide, c);
        let lefts: Vec<f64> = (0..across).map(left).collect();
        titles(frame, group, &lefts, wide);
        for (r, &row_shared) in shared.iter().enumerate() {
            let (top, bottom) = (frame.y, frame.y + high);
            let mut row_labelled = false;
            for (c, facet) in group.iter().enumerate() {
                let Some(cell) = facet.cells.get(r) else { continue };
                let axis = axis_of[band * across + c].get(r).and_then(Option::as_ref);
                let (left, right) = (lefts[c], lefts[c] + wide);
                let has_data = cell.series.iter().any(|s| !s.present().is_empty());
                let Some(y) = axis.filter(|_| has_data) else {
                    let middle = (f64::midpoint(left, right), f64::midpoint(top, bottom));
                    frame.canvas.text(middle, Align::Centre, Type::Note, "no data");
                    continue;
                };
                // Where the first panel is empty, its neighbour carries the numbers, into the empty space.
                let labelled = !row_shared || !row_labelled;
                row_labelled = true;
                let panel = Panel { left, top, right, bottom, x: &x, y };
                panel.furnish(&mut frame.canvas, r + 1 == rows, labelled);
                if labelled {
                    let words = name_lines(cell.y_name, high);
                    let last = left - axes::beside(style, y, 0) - 0.5 * size;
                    for (i, line) in words.iter().rev().enumerate() {
                        let at = (last - i as f64 * style.leading(Type::Label), f64::midpoint(top, bottom));
                        frame.canvas.text_upwards(at, Type::Label, line);
                    }
                }
                let hollow = |s: &Series| !facet.certified || (common.hollow)(s);
                let marks = series::Marks { every, hollow: &hollow };
                references(&mut frame.canvas, &panel, &cell.references, false);
                unshown += series::draw(&mut frame.canvas, &panel, &cell.series, common.look, marks);
                if cell.series.iter().any(|s| s.present().iter().any(|(_, e)| y.cuts(e.interval()))) {
                    frame.note(CUT);
                }
                references(&mut frame.canvas, &panel, &cell.references, true);
                if common.direct {
                    name_lines_at_ends(frame, &panel, cell, labels);
                }
            }
            frame.y = bottom + if r + 1 == rows { axes::below(style) } else { 9.0 * scale };
        }
        let end = lefts[group.len() - 1] + wide;
        frame.name_along(common.x_name, (lefts[0], end));
        frame.y += if band + 1 < bands { 6.0 * scale } else { 0.0 };
    }
    unshown
}

fn left_of(first: f64, later: f64, gap: f64, wide: f64, column: usize) -> f64 {
    EDGE + first + column as f64 * (wide + later + gap)
}

/// Names of mechanisms above their columns, each after its mark, which is hollow where not certified.
fn titles(frame: &mut Frame, group: &[Facet], lefts: &[f64], wide: f64) {
    let style = frame.canvas.style;
    let (scale, size) = (style.scale(), style.size(Type::Panel));
    let mark = 8.0 * scale;
    let room = |f: &Facet| wide - if f.identity.is_none() { 0.0 } else { mark };
    let wrapped: Vec<Vec<String>> =
        group.iter().map(|f| font::wrap(f.title, size, weight(Type::Panel), room(f), MOST_LINES)).collect();
    let most = wrapped.iter().map(Vec::len).max().unwrap_or(0);
    for ((facet, lines), &left) in group.iter().zip(&wrapped).zip(lefts) {
        // Short names stand on the last line, next to their panel.
        let first = frame.y + 0.8 * size + (most - lines.len()) as f64 * style.leading(Type::Panel);
        let shift = if facet.identity.is_none() { 0.0 } else { mark };
        frame.canvas.lines((left + shift, first), Align::Left, Type::Panel, lines, facet.title);
        if let Some(identity) = facet.identity {
            let look = identity.look(style);
            let at = (left + 2.8 * scale, first - 0.3 * size);
            frame.canvas.marker(at, 2.4 * scale, look.marker, look.colour, !facet.certified);
        }
    }
    frame.y += most as f64 * style.leading(Type::Panel) + 3.0 * scale;
}

/// Whether lines can carry their names: one panel, wide enough, with few lines that all reach the right edge. Points alone are no
/// lines: their names would stand far from them.
pub(crate) fn can_name_ends<'a>(mut panels: impl Iterator<Item = &'a [Series]>, style: Style) -> bool {
    let (Some(only), None) = (panels.next(), panels.next()) else { return false };
    let last = |s: &Series| s.present().last().map(|(x, _)| *x);
    let ends: Vec<f64> = only.iter().filter_map(last).collect();
    let lines = only.iter().all(|s| s.present().len() > 1);
    let together = lines && ends.iter().all(|x| ends.first() == Some(x));
    style.width == Width::Double && together && (2..=6).contains(&only.len())
}

/// Room for names right of a panel, points.
fn end_labels(facets: &[Facet], style: Style) -> f64 {
    let size = style.size(Type::Label);
    let names = facets.iter().flat_map(|f| &f.cells).flat_map(|c| &c.series).map(|s| &s.name);
    let widest = names.map(|n| font::width(n, size, weight(Type::Label))).fold(0.0, f64::max);
    widest.min(0.3 * style.points_wide()) + 8.0 * style.scale()
}

/// Writes each line's name beside its last point, moved apart where they would touch.
fn name_lines_at_ends(frame: &mut Frame, panel: &Panel, cell: &Cell, room: f64) {
    let style = frame.canvas.style;
    let (scale, size) = (style.scale(), style.size(Type::Label));
    let mut ends: Vec<(f64, &str)> = cell
        .series
        .iter()
        .filter(|s| !s.name.is_empty())
        .filter_map(|s| {
            let shown = s.present().into_iter().rfind(|(_, e)| panel.y.shows(e.mean))?;
            Some((panel.at(shown.0, shown.1.mean).1, s.name.as_str()))
        })
        .collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let pitch = style.leading(Type::Label);
    let low = panel.bottom - 0.2 * size;
    // Downwards so that none touches the one above, then upwards from the bottom edge.
    for i in 1..ends.len() {
        ends[i].0 = ends[i].0.max(ends[i - 1].0 + pitch);
    }
    let mut floor = low;
    for end in ends.iter_mut().rev() {
        end.0 = end.0.min(floor);
        floor = end.0 - pitch;
    }
    for (y, name) in ends {
        let at = (panel.right + 6.0 * scale, y + 0.33 * size);
        frame.canvas.text_within(at, Align::Left, Type::Label, name, room - 6.0 * scale);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Estimate;

    #[test]
    fn axes_of_shares_end_where_shares_do() {
        let line = Series {
            name: "a".to_owned(),
            points: vec![(0.0, Estimate::new(0.9, 0.6, 1.07)), (1.0, Estimate::new(0.2, -0.1, 0.5))],
        };
        let high = |most: Option<f64>| {
            let cell = Cell {
                series: vec![&line],
                y_name: "Share",
                format: Format::Percent,
                kind: Kind::Linear,
                hold: vec![0.0],
                most,
                references: Vec::new(),
            };
            let axis = y_axis(&[&cell], 4).unwrap();
            (axis.low, axis.high)
        };
        assert_eq!(high(Some(1.0)), (0.0, 1.0));
        assert!(high(None).1 > 1.0);
    }
}

//! Panels of one metric each with the contenders as rows, shared by figures that show one number of each contender.

use super::axes::{self, Axis};
use super::canvas::{Align, Pen, weight};
use super::estimate::{Estimate, drawable};
use super::font;
use super::frame::{self, CUT_BARS, EDGE, Frame};
use super::identity::Identity;
use super::series;
use super::style::{Look, Type, Width};
use super::ticks::{Format, significant};

/// A row of every panel.
#[derive(Clone, Debug, PartialEq)]
pub struct Contender {
    /// Its name.
    pub name: String,
    /// Its colour and mark.
    pub identity: Identity,
    /// False where some replicate is not certified.
    pub certified: bool,
}

/// One metric.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricPanel {
    /// Name of the metric and its unit: "net surplus (ETH per epoch)".
    pub title: String,
    /// How its numbers are shown.
    pub format: Format,
    /// Least and largest value that there can be: the axis ends there.
    pub range: (f64, f64),
    /// One for each contender, in their order.
    pub rows: Vec<Row>,
}

/// What one contender has of a metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Mean with its interval; absent where the rule cannot have the metric.
    pub mean: Estimate,
    /// The value of every replicate, in any order; may be empty.
    pub replicates: Vec<f64>,
}

/// Times by which a few contenders must stretch an axis for the others to have it alone.
const STRETCHED: f64 = 5.0;

impl Row {
    fn values(&self) -> impl Iterator<Item = f64> + '_ {
        let (low, high) = self.mean.interval().unwrap_or((self.mean.mean, self.mean.mean));
        let all = [low, self.mean.mean, high].into_iter().chain(self.replicates.iter().copied());
        all.filter(|v| drawable(*v))
    }
}

impl MetricPanel {
    /// Values of the rows on the axis.
    fn values<'a>(&'a self, far: &'a [usize]) -> impl Iterator<Item = f64> + 'a {
        self.near(far).flat_map(Row::values)
    }

    /// Those that are drawn at their place: no interval's ends.
    fn held<'a>(&'a self, far: &'a [usize]) -> impl Iterator<Item = f64> + 'a {
        let own = |r: &'_ Row| r.mean.value().into_iter().chain(r.replicates.clone()).collect::<Vec<_>>();
        self.near(far).flat_map(own).filter(|v| drawable(*v))
    }

    fn near<'a>(&'a self, far: &'a [usize]) -> impl Iterator<Item = &'a Row> {
        self.rows.iter().enumerate().filter(|(place, _)| !far.contains(place)).map(|(_, row)| row)
    }

    /// Rows so far off that nothing could be read of the others on one axis with them: as few as may be, a third at most.
    fn far(&self) -> Vec<usize> {
        let span = |far: &[usize]| series::range(self.values(far)).map_or(0.0, |(low, high)| high - low);
        let given = self.rows.iter().filter(|row| row.mean.value().is_some()).count();
        let (whole, mut far) = (span(&[]), Vec::new());
        while far.len() < given / 3 {
            let others = (0..self.rows.len()).filter(|place| !far.contains(place));
            let left = |place: &usize| span(&[&far[..], &[*place]].concat());
            let Some(next) = others
                .filter(|place| self.rows[*place].mean.value().is_some())
                .min_by(|a, b| left(a).total_cmp(&left(b)))
            else {
                break;
            };
            far.push(next);
            let rest = span(&far);
            // Others that are all the same need no axis.
            if rest <= 1e-9 * whole {
                break;
            }
            if whole >= STRETCHED * rest {
                return far;
            }
        }
        Vec::new()
    }

    /// How many contenders have no value.
    pub(crate) fn absent(&self) -> usize {
        self.rows.iter().filter(|r| r.mean.value().is_none()).count()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.absent() == self.rows.len()
    }
}

/// Where a row stands, and how it looks.
pub(crate) struct Place<'a> {
    pub at: &'a dyn Fn(f64) -> f64,
    pub axis: &'a Axis,
    pub middle: f64,
    pub pitch: f64,
    pub look: Look,
    pub hollow: bool,
    /// The row's numbers, for those who hover over its mark.
    pub words: String,
}

/// Draws all panels that hold a value from `frame.y` on; `mark` draws one row into its place.
pub(crate) fn draw(
    frame: &mut Frame,
    contenders: &[Contender],
    panels: &[MetricPanel],
    tall: f64,
    mark: &dyn Fn(&mut Frame, &Row, &Place),
) {
    let style = frame.canvas.style;
    let scale = style.scale();
    let size = style.size(Type::Label);
    let panels: Vec<&MetricPanel> = panels.iter().filter(|p| !p.is_empty()).collect();
    let widest =
        contenders.iter().map(|c| font::width(&c.name, size, weight(Type::Label))).fold(0.0, f64::max);
    let share = if style.width == Width::Single { 0.36 } else { 0.24 };
    let names = (widest + 8.0 * scale).min(share * style.points_wide());
    let left = EDGE + names + 6.0 * scale;
    let room = frame.right() - left;
    let across = ((room / (100.0 * scale)).floor() as usize).clamp(1, 4).min(panels.len().max(1));
    let bands = panels.len().div_ceil(across).max(1);
    let across = panels.len().div_ceil(bands).max(1);
    let axis_of = |panel: &MetricPanel, room: f64| {
        let far = panel.far();
        let (low, high) = series::range(panel.values(&far)).unwrap_or((0.0, 1.0));
        // Means that differ by rounding alone are one value.
        let (low, high) = super::ticks::spread(low, high);
        let margin = 0.06 * (high - low);
        let (least, largest) = axes::held(panel.range, panel.held(&far));
        let (low, high) = ((low - margin).max(least), (high + margin).min(largest));
        axes::fitting(room, style, |most| Axis::between(low, high, panel.format, most.min(5)))
    };
    // Labels of ticks may reach half their width beyond a panel.
    let narrow = room / across as f64 - 14.0 * scale;
    let label = panels.iter().map(|p| axis_of(p, narrow * 0.8).widest(style)).fold(0.0, f64::max);
    let gap = 8.0 * scale + label;
    let wide = (room - label / 2.0 - (across as f64 - 1.0) * gap) / across as f64;
    let wrapped: Vec<Vec<String>> = contenders
        .iter()
        .map(|c| font::wrap(&c.name, size, weight(Type::Label), names + 0.01 - 8.0 * scale, 3))
        .collect();
    let pitches: Vec<f64> = wrapped
        .iter()
        .map(|l| (l.len() as f64 * style.leading(Type::Label) + 1.5 * scale).max(tall * scale))
        .collect();
    for (band, group) in panels.chunks(across).enumerate() {
        if band > 0 {
            frame.y += 7.0 * scale;
        }
        let titles: Vec<Vec<String>> = group
            .iter()
            .map(|p| {
                font::balanced(&p.title, style.size(Type::Panel), weight(Type::Panel), wide + label / 2.0, 5)
            })
            .collect();
        let lines = titles.iter().map(Vec::len).max().unwrap_or(0);
        let head = style.leading(Type::Panel);
        let top = frame.y + lines as f64 * head + 2.0 * scale;
        let bottom = top + pitches.iter().sum::<f64>();
        let mut y = top;
        for ((contender, lines), pitch) in contenders.iter().zip(&wrapped).zip(&pitches) {
            name(frame, contender, lines, (left - 6.0 * scale, y + pitch / 2.0));
            y += pitch;
        }
        for (column, (panel, title)) in group.iter().zip(&titles).enumerate() {
            let from = left + column as f64 * (wide + gap);
            // Short titles stand next to their panel.
            let first = frame.y + 0.8 * style.size(Type::Panel) + (lines - title.len()) as f64 * head;
            frame.canvas.lines((from, first), Align::Left, Type::Panel, title, &panel.title);
            let (axis, far) = (axis_of(panel, wide), panel.far());
            let at = |v: f64| from + axis.share(v) * wide;
            furnish(frame, &axis, &at, (from, from + wide), (top, bottom));
            let mut y = top;
            for (i, ((row, contender), pitch)) in panel.rows.iter().zip(contenders).zip(&pitches).enumerate()
            {
                let place = Place {
                    at: &at,
                    axis: &axis,
                    middle: y + pitch / 2.0,
                    pitch: *pitch,
                    look: contender.identity.look(style),
                    hollow: !contender.certified,
                    words: in_words(contender, row, panel.format),
                };
                if far.contains(&i) {
                    beyond(frame, row, &place, panel.format, (from, from + wide));
                } else if row.mean.value().is_some() {
                    mark(frame, row, &place);
                } else {
                    let at = (f64::midpoint(from, from + wide), place.middle + 0.33 * style.size(Type::Note));
                    frame.canvas.text(at, Align::Centre, Type::Note, "–");
                }
                y += pitch;
            }
        }
        frame.y = bottom + axes::below(style);
    }
    if contenders.iter().any(|c| !c.certified) {
        frame.note(frame::NOT_CERTIFIED);
    }
    if panels.iter().any(|p| p.absent() > 0) {
        frame.note("– : a metric that this rule cannot have.");
    }
}

/// A row that lies too far off for the axis: an arrow at the edge, and its mean.
fn beyond(frame: &mut Frame, row: &Row, place: &Place, format: Format, (left, right): (f64, f64)) {
    let style = frame.canvas.style;
    let scale = style.scale();
    let sign = if format == Format::Percent { "%" } else { "" };
    let mean = row.mean.mean * format.factor();
    let text = if mean == 0.0 { format!("0{sign}") } else { format!("{}{sign}", significant(mean, 3)) };
    let baseline = place.middle + 0.33 * style.size(Type::Tick);
    frame.canvas.saying(&place.words, |canvas| {
        let (tip, away, align, beside) = if row.mean.mean > place.axis.high {
            (right, (1.0, 0.0), Align::Right, right - 17.0 * scale)
        } else {
            (left, (-1.0, 0.0), Align::Left, left + 17.0 * scale)
        };
        canvas.arrow((tip, place.middle), away, place.look.colour, place.hollow);
        canvas.text((beside, baseline), align, Type::Tick, &text);
    });
    frame.note("Arrows: too far off for the axis of the others, with the mean.");
}

fn furnish(
    frame: &mut Frame,
    axis: &Axis,
    at: &dyn Fn(f64) -> f64,
    (left, right): (f64, f64),
    (top, bottom): (f64, f64),
) {
    let style = frame.canvas.style;
    let scale = style.scale();
    let pen = Pen::solid(style.axis(), 0.6 * scale);
    let size = style.size(Type::Tick);
    for (v, label) in &axis.ticks {
        frame.canvas.line((at(*v), top), (at(*v), bottom), Pen::solid(style.grid(), 0.5 * scale));
        frame.canvas.line((at(*v), bottom), (at(*v), bottom + 2.5 * scale), pen);
        let baseline = bottom + 3.5 * scale + 0.8 * size;
        frame.canvas.text((at(*v), baseline), Align::Centre, Type::Tick, label);
    }
    if axis.low < 0.0 && axis.high > 0.0 {
        frame.canvas.line((at(0.0), top), (at(0.0), bottom), Pen::solid(style.ink(), 0.7 * scale));
    }
    frame.canvas.line((left, bottom), (right, bottom), pen);
}

/// Name of a contender after its mark, the right end at `at`.
fn name(frame: &mut Frame, contender: &Contender, lines: &[String], (right, middle): (f64, f64)) {
    let style = frame.canvas.style;
    let (scale, size) = (style.scale(), style.size(Type::Label));
    let first = middle + 0.33 * size - (lines.len() as f64 - 1.0) / 2.0 * style.leading(Type::Label);
    frame.canvas.lines((right, first), Align::Right, Type::Label, lines, &contender.name);
    let long = lines.first().map_or(0.0, |l| font::width(l, size, weight(Type::Label)));
    let look = contender.identity.look(style);
    let at = (right - long - 4.5 * scale, first - 0.3 * size);
    frame.canvas.marker(at, 2.1 * scale, look.marker, look.colour, !contender.certified);
}

fn in_words(contender: &Contender, row: &Row, format: Format) -> String {
    let say = |v: f64| significant(v * format.factor(), 4);
    let sign = if format == Format::Percent { "%" } else { "" };
    let interval = row.mean.interval().map(|(low, high)| format!(" [{}, {}]", say(low), say(high)));
    format!("{}: {}{sign}{}", contender.name, say(row.mean.mean), interval.unwrap_or_default())
}

/// A mean with its interval, whose caps are taller than the mark.
pub(crate) fn mean(frame: &mut Frame, row: &Row, place: &Place, pen: Pen) {
    let scale = frame.canvas.style.scale();
    let y = place.middle;
    if let Some((low, high)) = row.mean.interval() {
        frame.canvas.line(((place.at)(low), y), ((place.at)(high), y), pen);
        if place.axis.cuts(Some((low, high))) {
            frame.note(CUT_BARS);
        }
        for x in [low, high].into_iter().filter(|end| place.axis.holds(*end)).map(place.at) {
            frame.canvas.line((x, y - 3.4 * scale), (x, y + 3.4 * scale), Pen { width: 0.7 * scale, ..pen });
        }
    }
    let at = ((place.at)(row.mean.mean), y);
    frame.canvas.saying(&place.words, |canvas| {
        canvas.marker(at, 2.0 * scale, place.look.marker, pen.colour, place.hollow);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_stretches_the_axis_of_the_others_is_beyond_it() {
        let panel = |means: &[f64]| MetricPanel {
            title: "m".to_owned(),
            format: Format::Plain,
            range: (f64::NEG_INFINITY, f64::INFINITY),
            rows: means
                .iter()
                .map(|m| Row {
                    mean: Estimate::new(*m, m - 0.5, m + 0.5),
                    replicates: vec![m - 1.0, m + 1.0],
                })
                .collect(),
        };
        // The others span 12, all of them 91 or 14.
        assert_eq!(panel(&[70.0, 80.0, -10.0]).far(), [2]);
        assert!(panel(&[70.0, 80.0, 82.0]).far().is_empty());
        // Two of six, not two of four, and nobody of two.
        assert_eq!(panel(&[70.0, 80.0, 75.0, 72.0, 400.0, 500.0]).far().len(), 2);
        assert!(panel(&[70.0, 80.0, 400.0, 500.0]).far().is_empty());
        assert!(panel(&[70.0, 500.0]).far().is_empty());
        assert!(panel(&[f64::NAN, 70.0, 500.0]).far().is_empty());
    }
}

//! Who gets the surplus: one bar per mechanism, the potential value of its slots parted among accounts.
//!
//! Community + delegators + sequencers + operating + posting + unrealised = 1 + outside income (tolls, bribes, yield),
//! all as shares of potential value. Negative shares stand left of zero. Below the middle of each segment stands the
//! interval of its length, in its colour.

pub use super::account::Account;
use super::canvas::{Align, Pen, weight};
use super::estimate::{Estimate, Heading};
use super::frame::{self, EDGE, Frame, Key};
use super::identity::Identity;
use super::style::{Style, Type, Width, mixed, text_on};
use super::ticks::{Format, fixed};
use super::{ChartError, Figure, axes, font, series};
use plotters::style::RGBColor;

/// One mechanism.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// Name of the contender.
    pub mechanism: String,
    /// Its colour and mark.
    pub identity: Identity,
    /// False where some replicate is not certified; true where nobody learns.
    pub certified: bool,
    /// Shares of potential value, fractions; an account that is not listed is zero.
    pub shares: Vec<(Account, Estimate)>,
    /// What came from outside, a fraction of potential value.
    pub outside_income: Estimate,
}

/// Input of the figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Surplus {
    /// Words above.
    pub heading: Heading,
    /// One bar each, from the top.
    pub bars: Vec<Bar>,
}

struct Segment {
    account: Account,
    from: f64,
    to: f64,
    estimate: Estimate,
}

impl Bar {
    fn segments(&self) -> Vec<Segment> {
        let (mut up, mut down) = (0.0, 0.0);
        let listed = |a: Account| self.shares.iter().filter(move |(b, _)| *b == a);
        Account::ALL
            .into_iter()
            .flat_map(listed)
            .filter_map(|&(account, estimate)| {
                let v = estimate.value()?;
                let end = if v < 0.0 { &mut down } else { &mut up };
                let from = *end;
                *end += v;
                Some(Segment { account, from, to: *end, estimate })
            })
            .collect()
    }
}

impl Surplus {
    /// Draws the figure.
    ///
    /// # Errors
    /// [`ChartError::Empty`] where no bar has a present share.
    pub fn draw(&self, style: Style) -> Result<Figure, ChartError> {
        let all: Vec<(&Bar, Vec<Segment>)> = self.bars.iter().map(|b| (b, b.segments())).collect();
        if all.iter().all(|(_, s)| s.is_empty()) {
            let reason = if self.bars.is_empty() { "no mechanism" } else { "every share is absent" };
            return Err(ChartError::Empty { figure: "surplus", reason: reason.to_owned() });
        }
        let any_interval = all.iter().any(|(_, s)| s.iter().any(|s| s.estimate.interval().is_some()));
        let caption = self.heading.caption(
            "Lines below a segment (their length counts, on the same scale, not their place)",
            any_interval,
        );
        let mut frame = Frame::new(style, &self.heading, &caption);
        let used: Vec<Account> = Account::ALL
            .into_iter()
            .filter(|a| all.iter().any(|(_, s)| s.iter().any(|s| s.account == *a && s.from != s.to)))
            .collect();
        let entries: Vec<(Key, String)> =
            used.iter().map(|a| (Key::Patch(a.colour(style)), a.name().to_owned())).collect();
        frame.legend(&entries);
        self.bars_and_axis(&mut frame, &all);
        if self.bars.iter().any(|b| !b.certified) {
            frame.note(frame::NOT_CERTIFIED);
        }
        let absent: Vec<(String, usize)> = self
            .bars
            .iter()
            .map(|b| (b.mechanism.clone(), b.shares.iter().filter(|(_, e)| e.value().is_none()).count()))
            .collect();
        frame.note(frame::absent_note(&absent));
        Ok(frame.finish(&self.alt()))
    }

    fn bars_and_axis(&self, frame: &mut Frame, all: &[(&Bar, Vec<Segment>)]) {
        let style = frame.canvas.style;
        let scale = style.scale();
        let outside = self.bars.iter().any(|b| b.outside_income.value().is_some_and(|v| v.abs() >= 0.0005));
        let size = style.size(Type::Label);
        let mut name_most: f64 = 0.0;
        for bar in &self.bars {
            name_most = name_most.max(font::width(&bar.mechanism, size, weight(Type::Label)) + 8.0 * scale);
        }
        let names = name_most.min(0.3 * frame.canvas.width());
        let tick_size = style.size(Type::Tick);
        let column = if outside {
            let said = self.bars.iter().map(|b| outside_text(b, style));
            said.map(|s| font::width(&s, tick_size, weight(Type::Tick))).fold(0.0, f64::max) + 6.0 * scale
        } else {
            0.0
        };
        let left = EDGE + names + 6.0 * scale;
        let right = frame.right() - column - 0.5 * font::width("120%", tick_size, weight(Type::Tick));
        let ends = all.iter().flat_map(|(_, s)| s).flat_map(|s| {
            let (low, high) = s.estimate.interval().unwrap_or((s.estimate.mean, s.estimate.mean));
            let (middle, half) = (f64::midpoint(s.from, s.to), (high - low) / 2.0);
            [s.from, s.to, middle - half, middle + half]
        });
        let (low, high) = series::range(ends.chain([0.0, 1.0])).unwrap_or((0.0, 1.0));
        let axis = axes::fitting(right - left, style, |most| {
            let tidy = axes::Axis::between(low, high, Format::Percent, most);
            axes::Axis { low: low.min(0.0), high, ..tidy }
        });
        let at = |v: f64| left + axis.share(v) * (right - left);

        if outside {
            let x = frame.right();
            let baseline = frame.y + 0.8 * size;
            frame.canvas.text((x, baseline), Align::Right, Type::Label, "outside income");
            frame.y += style.leading(Type::Label) + 1.0;
        }
        let thick = 13.0 * scale;
        let spans: Vec<Vec<Span>> = all.iter().map(|(_, s)| in_lanes(s, &at, style)).collect();
        let rows: Vec<Vec<String>> = self
            .bars
            .iter()
            .map(|b| {
                font::wrap(
                    &b.mechanism,
                    size,
                    weight(Type::Label),
                    // A hair of slack, so that the widest name is not broken by rounding.
                    names + 0.01 - 8.0 * scale,
                    2,
                )
            })
            .collect();
        let lanes = |spans: &[Span]| spans.iter().map(|s| s.lane + 1).max().unwrap_or(0);
        // Equal distances look calmer, unless one bar would cost all others much room.
        let most_lanes = spans.iter().map(|s| lanes(s)).max().unwrap_or(0);
        let pitch = |lines: usize, spans: &[Span]| {
            let text = lines as f64 * style.leading(Type::Label);
            let own = lanes(spans);
            let lanes = if most_lanes <= 2 { most_lanes } else { own } as f64;
            (thick + if lanes > 0.0 { 1.5 + lanes * LANE } else { 0.0 } * scale).max(text) + 5.0 * scale
        };
        let top = frame.y;
        let bottom = top + rows.iter().zip(&spans).map(|(r, s)| pitch(r.len(), s)).sum::<f64>();
        for (v, _) in &axis.ticks {
            frame.canvas.line((at(*v), top), (at(*v), bottom), Pen::solid(style.grid(), 0.5 * scale));
        }
        // Behind the bars, so that no number is struck through.
        for v in [0.0, 1.0] {
            frame.canvas.line((at(v), top), (at(v), bottom), Pen::solid(style.ink(), 0.6 * scale));
        }
        let mut y = top;
        for (((bar, segments), lines), spans) in all.iter().zip(&rows).zip(&spans) {
            let middle = y + 2.0 * scale + thick / 2.0;
            self::name(frame, bar, lines, left - 6.0 * scale, middle);
            for s in segments {
                segment(frame, s, at(s.from), at(s.to), middle - thick / 2.0, middle + thick / 2.0);
            }
            if segments.is_empty() {
                let at = (at(0.0) + 4.0 * scale, middle + 0.33 * tick_size);
                frame.canvas.text(at, Align::Left, Type::Note, "no data");
            }
            whiskers(frame, spans, middle + thick / 2.0 + 3.0 * scale);
            if outside {
                let (x, baseline) = (frame.right(), middle + 0.33 * tick_size);
                frame.canvas.text((x, baseline), Align::Right, Type::Tick, &outside_text(bar, style));
            }
            y += pitch(lines.len(), spans);
        }
        let line = Pen::solid(style.axis(), 0.6 * scale);
        frame.canvas.line((left, bottom), (right, bottom), line);
        for (v, label) in &axis.ticks {
            frame.canvas.line((at(*v), bottom), (at(*v), bottom + 2.5 * scale), line);
            let baseline = bottom + 3.5 * scale + 0.8 * tick_size;
            frame.canvas.text((at(*v), baseline), Align::Centre, Type::Tick, label);
        }
        frame.y = bottom + axes::below(style);
        let baseline = frame.y + 2.0 * scale + 0.8 * size;
        frame.canvas.text(
            (f64::midpoint(left, right), baseline),
            Align::Centre,
            Type::Label,
            "Share of potential value",
        );
        frame.y = baseline + 0.4 * size;
    }

    fn alt(&self) -> String {
        let bars: Vec<String> = self
            .bars
            .iter()
            .map(|b| {
                let shares: Vec<String> = b
                    .shares
                    .iter()
                    .filter_map(|(a, e)| Some(format!("{} {}%", a.name(), fixed(e.value()? * 100.0, 1))))
                    .collect();
                format!("{}: {}.", b.mechanism, shares.join(", "))
            })
            .collect();
        format!("Stacked bars, shares of potential value. {}", bars.join(" "))
    }
}

/// Outside income as text, with its interval where there is room for it.
fn outside_text(bar: &Bar, style: Style) -> String {
    let say = |v: f64| fixed(v * 100.0, 1);
    match (bar.outside_income.value(), bar.outside_income.interval()) {
        (None, _) => "–".to_owned(),
        (Some(v), Some((low, high))) if low < high && style.width == Width::Double => {
            format!("{}% [{}, {}]", say(v), say(low), say(high))
        }
        (Some(v), _) => format!("{}%", say(v)),
    }
}

fn name(frame: &mut Frame, bar: &Bar, lines: &[String], right: f64, middle: f64) {
    let style = frame.canvas.style;
    let size = style.size(Type::Label);
    let first = middle + 0.33 * size - (lines.len() as f64 - 1.0) / 2.0 * style.leading(Type::Label);
    frame.canvas.lines((right, first), Align::Right, Type::Label, lines, &bar.mechanism);
    let long = lines.first().map_or(0.0, |l| font::width(l, size, weight(Type::Label)));
    let at = (right - long - 4.5 * style.scale(), first - 0.3 * size);
    let look = bar.identity.look(style);
    frame.canvas.marker(at, 2.1 * style.scale(), look.marker, look.colour, !bar.certified);
}

fn segment(frame: &mut Frame, s: &Segment, from: f64, to: f64, top: f64, bottom: f64) {
    let style = frame.canvas.style;
    let colour = s.account.colour(style);
    let (left, right) = (from.min(to), from.max(to));
    if right - left < 0.05 {
        return;
    }
    // A hair of paper between neighbours, but never so much that a thin segment vanishes.
    let gap = (0.25 * style.scale()).min((right - left) / 4.0);
    frame.canvas.rectangle((left + gap, top), (right - gap, bottom), colour);
    let size = style.size(Type::Tick);
    let plain = format!("{}%", fixed(s.estimate.mean * 100.0, 1));
    let half = s.estimate.interval().map(|(low, high)| format!(" ± {}", fixed((high - low) * 50.0, 1)));
    let full = half.map(|half| format!("{}{half}%", plain.trim_end_matches('%')));
    let fits =
        |text: &String| font::width(text, size, weight(Type::Tick)) + 2.5 * style.scale() <= right - left;
    if let Some(text) = [full, Some(plain)].into_iter().flatten().find(fits) {
        let at = (f64::midpoint(left, right), f64::midpoint(top, bottom) + 0.34 * size);
        frame.canvas.text_in(at, Align::Centre, Type::Tick, text_on(colour), &text);
    }
}

/// Height of one lane of intervals, points on paper.
const LANE: f64 = 5.0;

/// An interval below a bar: its ends, its colour, its lane.
struct Span {
    low: f64,
    high: f64,
    colour: RGBColor,
    lane: usize,
}

/// Intervals below the middles of their segments, in as few lanes as keep them apart.
fn in_lanes(segments: &[Segment], at: &impl Fn(f64) -> f64, style: Style) -> Vec<Span> {
    let mut spans: Vec<Span> = segments
        .iter()
        .filter(|s| s.from != s.to)
        .filter_map(|s| {
            let (low, high) = s.estimate.interval()?;
            let (middle, half) = (f64::midpoint(s.from, s.to), (high - low) / 2.0);
            let colour = mixed(s.account.colour(style), style.ink(), 0.35);
            Some(Span { low: at(middle - half), high: at(middle + half), colour, lane: 0 })
        })
        .collect();
    spans.sort_by(|a, b| a.low.total_cmp(&b.low));
    let mut taken: Vec<f64> = Vec::new();
    for span in &mut spans {
        span.lane = taken.iter().position(|t| span.low > t + 2.5 * style.scale()).unwrap_or(taken.len());
        if span.lane == taken.len() {
            taken.push(span.high);
        }
        taken[span.lane] = span.high;
    }
    spans
}

fn whiskers(frame: &mut Frame, spans: &[Span], y: f64) {
    let scale = frame.canvas.style.scale();
    for span in spans {
        let y = y + span.lane as f64 * LANE * scale;
        frame.canvas.line((span.low, y), (span.high, y), Pen::solid(span.colour, 1.5 * scale));
        for x in [span.low, span.high] {
            frame.canvas.line(
                (x, y - 1.8 * scale),
                (x, y + 1.8 * scale),
                Pen::solid(span.colour, 0.8 * scale),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negative_shares_stand_left_of_zero_and_ends_add_up() {
        let bar = Bar {
            mechanism: String::new(),
            identity: Identity::default(),
            certified: true,
            shares: vec![
                (Account::Sequencers, Estimate::point(0.9)),
                (Account::Community, Estimate::point(-0.1)),
                (Account::Unrealised, Estimate::point(0.2)),
            ],
            outside_income: Estimate::point(0.0),
        };
        let ends: Vec<(f64, f64)> = bar.segments().iter().map(|s| (s.from, s.to)).collect();
        assert_eq!(ends, [(0.0, -0.1), (0.0, 0.9), (0.9, 1.1)]);
    }
}

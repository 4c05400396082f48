//! How metrics respond to parameters: one panel for each metric and parameter, a line with a band for each contender through
//! the parameter's settings.
//!
//! One parameter: a panel for each metric. Several: a row for each metric, a column for each parameter, each line the mean
//! over all settings of the others (main effects); a row then shares its vertical axis, so that slopes compare.

use super::axes::{self, Axis, Kind, Panel};
use super::canvas::{Align, weight};
use super::estimate::{Estimate, Heading};
use super::frame::{CUT, EDGE, Frame, Key, NOT_CERTIFIED, beyond_note};
use super::reference::references;
use super::series::{self, Series};
use super::strips::Contender;
use super::style::{Look, Style, Type, Width};
use super::theory::{self, Theory};
use super::ticks::{Format, significant};
use super::{ChartError, Figure, font};

/// A parameter, along.
#[derive(Clone, Debug, PartialEq)]
pub struct Along {
    /// Its name.
    pub name: String,
    /// Where its settings stand.
    pub scale: Scale,
}

/// How the settings of a parameter are laid out.
#[derive(Clone, Debug, PartialEq)]
pub enum Scale {
    /// Numbers, evenly.
    Linear,
    /// Positive numbers, by their logarithms.
    Logarithmic,
    /// Numbers side by side, setting `i` at place `i`: where zero stands among decades, it has no place by logarithms, and evenly all
    /// others would stand on it.
    Even(Vec<String>),
    /// Names, side by side: setting `i` at place `i`. Nothing connects them.
    Names(Vec<String>),
}

impl Scale {
    /// Whether an axis of this kind can end at these limits.
    fn takes(&self, (low, _): (f64, f64)) -> bool {
        match self {
            Scale::Linear => true,
            Scale::Logarithmic => low > 0.0,
            Scale::Even(_) | Scale::Names(_) => false,
        }
    }
}

/// What one contender has of a metric at one setting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    /// The setting: a number, or the place of a name.
    pub x: f64,
    /// Mean with its interval.
    pub estimate: Estimate,
    /// False where play is not certified.
    pub certified: bool,
}

/// One metric along one parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// The parameter, by place in [`Responses::parameters`].
    pub parameter: usize,
    /// Spots of each contender, in the order of [`Responses::contenders`]; empty where it does not have the metric.
    pub lines: Vec<Vec<Spot>>,
}

/// A metric with its panels.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricRow {
    /// Name of the metric and its unit.
    pub title: String,
    /// Least and largest value that there can be: axes end there.
    pub range: (f64, f64),
    /// How its numbers are shown.
    pub format: Format,
    /// One for each parameter that it is shown along.
    pub panels: Vec<Response>,
    /// What theory says of it along the first of them.
    pub theory: Option<Theory>,
}

/// Input of the figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Responses {
    /// Words above.
    pub heading: Heading,
    /// Contenders by name; the order is that of all lines.
    pub contenders: Vec<Contender>,
    /// Parameters.
    pub parameters: Vec<Along>,
    /// Metrics.
    pub rows: Vec<MetricRow>,
    /// What was asked of the axes.
    pub axes: Asked,
    /// Metrics of which only theory has something to say.
    pub without_data: Vec<String>,
}

/// What was asked of the axes of a figure.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Asked {
    /// Ends of the horizontal axis.
    pub x: Option<(f64, f64)>,
    /// Ends of the vertical ones.
    pub y: Option<(f64, f64)>,
    /// Whether vertical axes are logarithmic, where all means are positive.
    pub is_log: bool,
}

/// Panels side by side at most, by width of the figure.
fn most_across(style: Style) -> usize {
    if style.width == Width::Single { 2 } else { 4 }
}

impl Responses {
    /// Draws the figure.
    ///
    /// # Errors
    /// [`ChartError::Empty`] where no metric has a value.
    pub fn draw(&self, style: Style) -> Result<Figure, ChartError> {
        let spots = || self.rows.iter().flat_map(|r| &r.panels).flat_map(|p| p.lines.iter().flatten());
        if !spots().any(|spot| spot.estimate.value().is_some()) {
            let reason = "no metric has a value".to_owned();
            return Err(ChartError::Empty { figure: "response", reason });
        }
        let any = spots().any(|spot| spot.estimate.interval().is_some());
        let apart = |along: &Along| matches!(along.scale, Scale::Names(_));
        let drawn_as = match (self.parameters.iter().any(apart), self.parameters.iter().all(apart)) {
            (_, true) => "Bars",
            (true, false) => "Bands and bars",
            (false, false) => "Bands",
        };
        let mut frame = Frame::new(style, &self.heading, &self.heading.caption(drawn_as, any));
        let has = |c: usize| {
            let mut panels = self.rows.iter().flat_map(|r| &r.panels);
            panels.any(|p| p.lines.get(c).is_some_and(|line| !line.is_empty()))
        };
        let drawn = || self.rows.iter().filter(|row| row.has_values());
        let theories: Vec<&Theory> = drawn().filter_map(|row| row.theory.as_ref()).collect();
        let mut keys: Vec<(Key, String)> = (0..self.contenders.len())
            .filter(|&c| has(c))
            .map(|c| {
                let look = self.contenders[c].identity.look(style);
                let key = if drawn_as == "Bars" { Key::Bar(look) } else { Key::Line(look, true) };
                (key, self.contenders[c].name.clone())
            })
            .collect();
        keys.extend(theory::key(&theories, style));
        frame.legend(&keys);
        let wide = self.rows.iter().map(|row| row.panels.len()).max().unwrap_or(0);
        let beyond = if wide <= 1 {
            self.metrics_side_by_side(&mut frame)
        } else {
            self.metrics_below_one_another(&mut frame)
        };
        frame.note(beyond_note(beyond));
        for along in self
            .parameters
            .iter()
            .filter(|along| self.axes.x.is_some_and(|limits| !along.scale.takes(limits)))
        {
            frame.note(format!(
                "Limits of the horizontal axis have no meaning along {}, and are left out there.",
                along.name
            ));
        }
        let is_bent = |row: &&MetricRow| row.spots().any(|s| s.estimate.value().is_some_and(|v| v <= 0.0));
        for row in self.rows.iter().filter(is_bent).filter(|_| self.axes.is_log) {
            frame.note(format!(
                "Not logarithmic, as asked: {}, of which some mean is not positive.",
                row.title
            ));
        }
        for along in self.parameters.iter().filter(|along| matches!(along.scale, Scale::Even(_))) {
            frame.note(format!(
                "Settings of {} stand evenly, in their order: zero has no place among their logarithms.",
                along.name
            ));
        }
        if let Some(along) = self.parameters.first() {
            let is_cut = |row: &&MetricRow| {
                let y = row.axis(self.axes);
                row.theory.as_ref().is_some_and(|theory| theory.leaves(&y))
            };
            let cut: Vec<&str> = drawn()
                .filter(is_cut)
                .filter_map(|row| row.theory.as_ref())
                .map(|t| t.name.as_str())
                .collect();
            for note in theory::notes(&theories, &along.name, &cut) {
                frame.note(note);
            }
        }
        frame.note(theory::without_data(&self.without_data));
        if spots().any(|spot| !spot.certified) {
            frame.note(NOT_CERTIFIED);
        }
        Ok(frame.finish(&self.alt()))
    }

    /// One parameter: a panel for each metric, each with a vertical axis of its own and its name above. How many points lie beyond the axes.
    fn metrics_side_by_side(&self, frame: &mut Frame) -> usize {
        let mut beyond = 0;
        let style = frame.canvas.style;
        let scale = style.scale();
        let rows: Vec<&MetricRow> = self.rows.iter().filter(|row| row.has_values()).collect();
        let across = rows.len().min(most_across(style)).max(1);
        let across = rows.len().div_ceil(rows.len().div_ceil(across)).max(1);
        for band in rows.chunks(across) {
            let axes: Vec<Axis> = band.iter().map(|row| row.axis(self.axes)).collect();
            let beside = axes.iter().map(|axis| axes::beside(style, axis, 0)).fold(0.0, f64::max);
            let gap = 10.0 * scale;
            let room = frame.right() - EDGE - 9.0 * scale;
            let wide = (room - (across as f64 - 1.0) * gap) / across as f64 - beside;
            let left = |column: usize| EDGE + beside + column as f64 * (wide + beside + gap);
            let titles: Vec<Vec<String>> = band
                .iter()
                .enumerate()
                .map(|(column, row)| {
                    // Over the numbers of its neighbour's axis, and at the right up to the edge.
                    let room = (wide + beside).min(frame.right() - left(column));
                    font::balanced(&row.title, style.size(Type::Panel), weight(Type::Panel), room, 5)
                })
                .collect();
            let lines = titles.iter().map(Vec::len).max().unwrap_or(0);
            for (column, (row, words)) in band.iter().zip(&titles).enumerate() {
                let skipped = (lines - words.len()) as f64 * style.leading(Type::Panel);
                let at = (left(column), frame.y + 0.8 * style.size(Type::Panel) + skipped);
                frame.canvas.lines(at, Align::Left, Type::Panel, words, &row.title);
            }
            let top = frame.y + lines as f64 * style.leading(Type::Panel) + 3.0 * scale;
            let bottom = top + (wide * 0.75).clamp(80.0 * scale, 170.0 * scale);
            for (column, (row, y)) in band.iter().zip(&axes).enumerate() {
                let from = left(column);
                for (place, response) in row.panels.iter().enumerate() {
                    let theory = row.theory.as_ref().filter(|_| place == 0);
                    beyond += self.panel(frame, response, theory, (from, top, from + wide, bottom), y, true);
                }
            }
            self.name_parameter(frame, band, &left, wide, bottom);
        }
        beyond
    }

    /// The parameter's name below each panel of a band.
    fn name_parameter(
        &self,
        frame: &mut Frame,
        band: &[&MetricRow],
        left: &dyn Fn(usize) -> f64,
        wide: f64,
        bottom: f64,
    ) {
        let style = frame.canvas.style;
        let (scale, size) = (style.scale(), style.size(Type::Label));
        let shown = band.iter().filter_map(|row| row.panels.first()).map(|panel| panel.parameter);
        let below = bottom + self.below(shown, wide, style) + 1.5 * scale;
        let mut lines = 0;
        for (column, row) in band.iter().enumerate() {
            let Some(response) = row.panels.first() else { continue };
            let name = &self.parameters[response.parameter].name;
            let words = font::balanced(name, size, weight(Type::Label), wide + 8.0 * scale, 5);
            lines = lines.max(words.len());
            let at = (left(column) + 0.5 * wide, below + 0.8 * size);
            frame.canvas.lines(at, Align::Centre, Type::Label, &words, name);
        }
        frame.y = below + lines as f64 * style.leading(Type::Label) + 7.0 * scale;
    }

    /// Several parameters: a row for each metric, a column for each parameter.
    fn metrics_below_one_another(&self, frame: &mut Frame) -> usize {
        let mut beyond = 0;
        let style = frame.canvas.style;
        let (scale, size) = (style.scale(), style.size(Type::Label));
        let rows: Vec<&MetricRow> = self.rows.iter().filter(|row| row.has_values()).collect();
        let shown: Vec<usize> = (0..self.parameters.len())
            .filter(|&p| rows.iter().any(|row| row.panels.iter().any(|panel| panel.parameter == p)))
            .collect();
        for group in shown.chunks(most_across(style)) {
            let axes: Vec<Axis> = rows.iter().map(|row| row.axis(self.axes)).collect();
            let across = group.len().max(2);
            let gap = 12.0 * scale;
            // Room left of panels, their width and their height beside names of so many lines.
            let layout = |lines: usize| {
                let first = axes.iter().map(|axis| axes::beside(style, axis, lines)).fold(0.0, f64::max);
                let room = frame.right() - EDGE - first - 9.0 * scale;
                let wide = (room - (across as f64 - 1.0) * gap) / across as f64;
                (first, wide, (wide * 0.62).clamp(62.0 * scale, 120.0 * scale))
            };
            let needed =
                rows.iter().map(|row| axes::name_upwards(&row.title, style, |lines| layout(lines).2).1);
            let name_lines = needed.max().unwrap_or(1);
            let (first, wide, high) = layout(name_lines);
            let left = |column: usize| EDGE + first + column as f64 * (wide + gap);
            for (place, (row, y)) in rows.iter().zip(&axes).enumerate() {
                let (top, bottom) = (frame.y, frame.y + high);
                for (column, parameter) in group.iter().enumerate() {
                    let Some(response) = row.panels.iter().find(|p| p.parameter == *parameter) else {
                        continue;
                    };
                    let place = (left(column), top, left(column) + wide, bottom);
                    beyond += self.panel(frame, response, None, place, y, column == 0);
                }
                let words = font::balanced(&row.title, size, weight(Type::Label), high, name_lines);
                let last = left(0) - axes::beside(style, y, 0) - 0.5 * size;
                for (i, line) in words.iter().rev().enumerate() {
                    let at = (last - i as f64 * style.leading(Type::Label), f64::midpoint(top, bottom));
                    frame.canvas.text_upwards(at, Type::Label, line);
                }
                frame.y = bottom
                    + self.below(group.iter().copied(), wide, style)
                    + if place + 1 < rows.len() { 7.0 * scale } else { 0.0 };
            }
            let below = frame.y + 1.5 * scale;
            let mut lines = 0;
            for (column, &parameter) in group.iter().enumerate() {
                let name = &self.parameters[parameter].name;
                let words = font::balanced(name, size, weight(Type::Label), wide + 0.6 * gap, 5);
                lines = lines.max(words.len());
                let at = (left(column) + 0.5 * wide, below + 0.8 * size);
                frame.canvas.lines(at, Align::Centre, Type::Label, &words, name);
            }
            frame.y = below + lines as f64 * style.leading(Type::Label) + 8.0 * scale;
        }
        beyond
    }

    /// Lines of each name of a setting below a panel so wide, every other one below its neighbours where words would not fit beside them;
    /// none where settings are numbers, or where words do not fit even so: then there are as many names in one line each as have room.
    fn names_below(&self, parameter: usize, wide: f64, style: Style) -> Vec<Vec<String>> {
        let Scale::Names(names) = &self.parameters[parameter].scale else { return Vec::new() };
        let (size, scale) = (style.size(Type::Tick), style.scale());
        let pitch = wide / (names.len() as f64 - 0.2);
        // The first and the last may reach a little beyond the panel.
        let at_ends = 2.0 * (0.4 * pitch + 8.0 * scale);
        let room = |place: usize, beside: f64| {
            if place == 0 || place + 1 == names.len() { beside.min(at_ends) } else { beside }
        };
        let word = |name: &String| font::widest_word(name, size, weight(Type::Tick));
        let fit = |beside: f64| names.iter().enumerate().all(|(i, name)| word(name) <= room(i, beside));
        let lines = |beside: f64| -> Vec<Vec<String>> {
            let each = names.iter().enumerate();
            each.map(|(i, name)| font::balanced(name, size, weight(Type::Tick), room(i, beside), 4)).collect()
        };
        let alone = pitch - 2.0;
        if fit(alone) {
            return lines(alone);
        }
        let apart = 2.0 * pitch - 4.0;
        if !fit(apart) {
            return Vec::new();
        }
        let mut all = lines(apart);
        let most = all.iter().step_by(2).map(Vec::len).max().unwrap_or(0);
        for own in all.iter_mut().skip(1).step_by(2) {
            *own = [vec![String::new(); most], std::mem::take(own)].concat();
        }
        all
    }

    /// Height of labels below panels so wide, of any of these parameters.
    fn below(&self, parameters: impl Iterator<Item = usize>, wide: f64, style: Style) -> f64 {
        let lines = |p: usize| self.names_below(p, wide, style).iter().map(Vec::len).max().unwrap_or(1);
        let most = parameters.map(lines).max().unwrap_or(1);
        axes::below(style) + (most as f64 - 1.0) * style.leading(Type::Tick)
    }

    /// One panel at (left, top, right, bottom); how many points lie beyond its axes.
    fn panel(
        &self,
        frame: &mut Frame,
        response: &Response,
        theory: Option<&Theory>,
        (left, top, right, bottom): (f64, f64, f64, f64),
        y: &Axis,
        labelled: bool,
    ) -> usize {
        let style = frame.canvas.style;
        let settings: Vec<f64> = response.lines.iter().flatten().map(|spot| spot.x).collect();
        let scale = &self.parameters[response.parameter].scale;
        let mut x = along(scale, &settings, right - left, style);
        x = x.limited(self.axes.x.filter(|limits| scale.takes(*limits)), Format::Plain, 5);
        let names = self.names_below(response.parameter, right - left, style);
        if let (Scale::Names(all), false) = (scale, names.is_empty()) {
            x.ticks = all.iter().enumerate().map(|(place, name)| (place as f64, name.clone())).collect();
        }
        let panel = Panel { left, top, right, bottom, x: &x, y };
        panel.furnish(&mut frame.canvas, names.is_empty(), labelled);
        let size = style.size(Type::Tick);
        for (place, lines) in names.iter().enumerate() {
            let (at, _) = panel.at(place as f64, y.low);
            let baseline = bottom + 2.5 * style.scale() + 1.0 + 0.8 * size;
            frame.canvas.lines((at, baseline), Align::Centre, Type::Tick, lines, "");
        }
        let look = |c: usize| self.contenders[c].identity.look(style);
        let are_names = matches!(self.parameters[response.parameter].scale, Scale::Names(_));
        // Bars of several contenders at one name stand beside one another.
        let count = self.contenders.len().max(1) as f64;
        let aside = |c: usize| if are_names { 0.5 * (c as f64 - 0.5 * (count - 1.0)) / count } else { 0.0 };
        let mut named: Vec<(usize, Series)> = Vec::new();
        for (c, line) in response.lines.iter().enumerate().filter(|(_, line)| !line.is_empty()) {
            let points: Vec<(f64, Estimate)> =
                line.iter().map(|spot| (spot.x + aside(c), spot.estimate)).collect();
            // Between names there is nothing on which a line could lie.
            let parts = if are_names { points.chunks(1) } else { points.chunks(points.len()) };
            named.extend(parts.map(|part| (c, Series { name: c.to_string(), points: part.to_vec() })));
        }
        let drawn: Vec<&Series> = named.iter().map(|(_, series)| series).collect();
        let of = |series: &Series| -> Look {
            named.iter().find(|(_, s)| s.name == series.name).map_or_else(|| style.look(0), |(c, _)| look(*c))
        };
        let marks = series::Marks { every: false, hollow: &|_| false };
        let beyond = series::draw(&mut frame.canvas, &panel, &drawn, of, marks);
        if response.lines.iter().flatten().any(|spot| y.cuts(spot.estimate.interval())) {
            frame.note(CUT);
        }
        for (c, line) in response.lines.iter().enumerate() {
            let is_shown = |spot: &&Spot| {
                spot.estimate.value().is_some_and(|v| y.holds(v)) && x.holds(spot.x + aside(c))
            };
            for spot in line.iter().filter(is_shown) {
                let at = panel.at(spot.x + aside(c), spot.estimate.mean);
                frame.canvas.marker(at, 1.9 * style.scale(), look(c).marker, look(c).colour, !spot.certified);
            }
        }
        if let Some(theory) = theory {
            references(&mut frame.canvas, &panel, &theory.references(theory::pen(style)), true);
        }
        beyond
    }

    fn alt(&self) -> String {
        let mut said = Vec::new();
        for row in &self.rows {
            for response in &row.panels {
                let name = &self.parameters[response.parameter].name;
                for (contender, line) in self.contenders.iter().zip(&response.lines) {
                    let ends = [line.first(), line.last()];
                    let [Some(from), Some(to)] = ends else { continue };
                    let say = |spot: &Spot| significant(spot.estimate.mean * row.format.factor(), 4);
                    said.push(format!(
                        "{}, along {name}: {} from {} to {}",
                        row.title,
                        contender.name,
                        say(from),
                        say(to)
                    ));
                }
            }
        }
        said.truncate(40);
        format!("Responses to parameters, with 95% intervals. {}.", said.join("; "))
    }
}

impl MetricRow {
    fn spots(&self) -> impl Iterator<Item = &Spot> {
        self.panels.iter().flat_map(|panel| panel.lines.iter().flatten())
    }

    fn has_values(&self) -> bool {
        self.spots().any(|spot| spot.estimate.value().is_some())
    }

    /// The ends of all means and intervals.
    fn extent(&self) -> (f64, f64) {
        let values = self.spots().filter(|spot| spot.estimate.value().is_some()).flat_map(|spot| {
            let e = spot.estimate;
            let (low, high) = e.interval().unwrap_or((e.mean, e.mean));
            [low, e.mean, high]
        });
        series::range(values).unwrap_or((0.0, 1.0))
    }

    /// The vertical axis that all panels of the metric share.
    fn axis(&self, asked: Asked) -> Axis {
        let theory =
            self.theory.as_ref().map(|theory| theory.hold(self.extent(), self.range).0).unwrap_or_default();
        let means = || self.spots().filter_map(|spot| spot.estimate.value());
        let (low, high) = self.extent();
        let (low, high) = series::range(theory.iter().copied().chain([low, high])).unwrap_or((low, high));
        // What is never negative stays so, though an interval may reach below.
        let never_negative = means().chain(theory.iter().copied()).all(|value| value >= 0.0);
        let low = if never_negative { low.max(0.0) } else { low };
        let range = axes::held(self.range, self.spots().filter_map(|spot| spot.estimate.value()));
        if asked.is_log && means().all(|mean| mean > 0.0) {
            // Means set the floor: an interval may reach down to nothing, and is then cut there.
            let positive = theory.iter().copied().filter(|value| *value > 0.0);
            let floor = means().chain(positive).fold(f64::INFINITY, f64::min);
            let axis = Axis::decades(floor, high.min(range.1), self.format, 4);
            return axis.limited(asked.y, self.format, 4);
        }
        Axis::loose_within(low, high, range, self.format, 4).limited(asked.y, self.format, 4)
    }
}

/// The horizontal axis: ticks at the settings themselves where they have room.
fn along(scale: &Scale, settings: &[f64], room: f64, style: Style) -> Axis {
    let (low, high) = series::range(settings.iter().copied()).unwrap_or((0.0, 1.0));
    if let Scale::Names(names) | Scale::Even(names) = scale {
        let ticks = names.iter().enumerate().map(|(i, name)| (i as f64, name.clone())).collect();
        let axis = Axis { kind: Kind::Linear, low: -0.4, high: names.len() as f64 - 0.6, ticks };
        return thinned(cut(axis, room, style), room, style);
    }
    let mut distinct: Vec<f64> = settings.to_vec();
    distinct.sort_by(f64::total_cmp);
    distinct.dedup();
    let label = |v: f64| plain(significant(v, 3));
    let ticks: Vec<(f64, String)> = distinct.iter().map(|&v| (v, label(v))).collect();
    if *scale == Scale::Logarithmic && low > 0.0 && high > low {
        let air = (high / low).sqrt().sqrt().sqrt().sqrt();
        let ticks = if distinct.len() > 9 { Axis::decades(low, high, Format::Plain, 6).ticks } else { ticks };
        let ticks = ticks.into_iter().filter(|(v, _)| *v >= low / air && *v <= high * air).collect();
        return thinned(Axis { kind: Kind::Log, low: low / air, high: high * air, ticks }, room, style);
    }
    let (low, high) = super::ticks::spread(low, high);
    let air = 0.05 * (high - low);
    if distinct.len() > 9 {
        return axes::fitting(room, style, |most| Axis::between(low - air, high + air, Format::Plain, most));
    }
    thinned(Axis { kind: Kind::Linear, low: low - air, high: high + air, ticks }, room, style)
}

/// The same with names cut to their places: hardly beyond a neighbour's, or either end of the panel.
fn cut(mut axis: Axis, room: f64, style: Style) -> Axis {
    let most = 2.2 * room / axis.ticks.len().max(1) as f64;
    let places: Vec<f64> = axis.ticks.iter().map(|(v, _)| axis.share(*v) * room).collect();
    for ((_, label), at) in axis.ticks.iter_mut().zip(places) {
        let within = 2.0 * at.min(room - at) + 16.0;
        *label =
            font::ellipsize(label, style.size(Type::Tick), weight(Type::Tick), most.min(within).max(20.0));
    }
    axis
}

/// The same with so few ticks that their labels stand apart; the first always stays.
fn thinned(mut axis: Axis, room: f64, style: Style) -> Axis {
    let (size, gap) = (style.size(Type::Tick), 0.7 * style.size(Type::Tick));
    let mut free = f64::NEG_INFINITY;
    let kept = std::mem::take(&mut axis.ticks);
    for (v, label) in kept {
        let (at, half) = (axis.share(v) * room, 0.5 * font::width(&label, size, weight(Type::Tick)));
        if at - half >= free {
            free = at + half + gap;
            axis.ticks.push((v, label));
        }
    }
    axis
}

/// Without zeros at the end that say nothing.
pub(crate) fn plain(text: String) -> String {
    if text.contains('.') && !text.contains('×') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Identity;

    fn figure(scale: Scale, axes: Asked) -> Figure {
        figure_in(scale, axes, Style::paper())
    }

    fn figure_in(scale: Scale, axes: Asked, style: Style) -> Figure {
        figure_with(scale, axes, style, None)
    }

    fn figure_with(scale: Scale, axes: Asked, style: Style, theory: Option<Theory>) -> Figure {
        input(scale, axes, theory).draw(style).unwrap()
    }

    fn input(scale: Scale, axes: Asked, theory: Option<Theory>) -> Responses {
        let spot = |x: u32| Spot {
            x: f64::from(x),
            estimate: Estimate::new(f64::from(x), f64::from(x) - 0.5, f64::from(x) + 0.5),
            certified: true,
        };
        let contender = |name: &str| Contender {
            name: name.to_owned(),
            identity: Identity::of(["centralized"])[0],
            certified: true,
        };
        Responses {
            heading: Heading::default(),
            contenders: ["a", "b"].map(contender).to_vec(),
            parameters: vec![Along { name: "bond (ETH)".to_owned(), scale }],
            rows: vec![MetricRow {
                title: "m".to_owned(),
                range: (f64::NEG_INFINITY, f64::INFINITY),
                format: Format::Plain,
                panels: vec![Response { parameter: 0, lines: vec![(0..4).map(spot).collect(); 2] }],
                theory,
            }],
            axes,
            without_data: Vec::new(),
        }
    }

    #[test]
    fn nothing_connects_names_and_zero_among_decades_stands_evenly() {
        let settings = ["0", "0.01", "0.1", "1"].map(str::to_owned).to_vec();
        let (even, names) = (
            figure(Scale::Even(settings.clone()), Asked::default()),
            figure(Scale::Names(settings), Asked::default()),
        );
        let count = |figure: &Figure, tag: &str| figure.svg().matches(tag).count();
        // A line and a band for each contender through its settings, beside those of the legend; none between names.
        assert_eq!(count(&even, "<polyline") - count(&names, "<polyline"), 2);
        assert!(even.caption().contains("zero has no place among their logarithms"), "{}", even.caption());
        assert!(
            names.caption().starts_with("Bars") || !names.caption().contains("Bands"),
            "{}",
            names.caption()
        );
        let at = |label: &str| {
            even.placed()
                .iter()
                .find(|text| text.text == label)
                .map(|text| f64::midpoint(text.left, text.right))
        };
        let [zero, least, tenth] = ["0", "0.01", "0.1"].map(|label| at(label).expect(label));
        assert!(((least - zero) - (tenth - least)).abs() < 0.5, "{zero} {least} {tenth}");
    }

    #[test]
    fn axes_end_where_they_are_asked_to_and_say_what_that_leaves_out() {
        let whole = figure(Scale::Linear, Asked::default());
        assert!(!whole.caption().contains("Not drawn"), "{}", whole.caption());
        // Means are 0 to 3 with half a unit on either side: of two contenders the last point lies beyond, and the interval of 2 is cut.
        let cut = figure(Scale::Linear, Asked { y: Some((-1.0, 2.25)), ..Asked::default() });
        assert!(
            cut.caption().contains("Not drawn: 2 points beyond the limits of the axes."),
            "{}",
            cut.caption()
        );
        assert!(cut.caption().contains("cut there"), "{}", cut.caption());
        let narrow = figure(Scale::Linear, Asked { x: Some((1.0, 2.0)), ..Asked::default() });
        assert!(narrow.caption().contains("Not drawn: 4 points"), "{}", narrow.caption());
        let log = figure(Scale::Linear, Asked { is_log: true, ..Asked::default() });
        assert!(log.caption().contains("Not logarithmic, as asked: m"), "{}", log.caption());
        // Points of all panels count together, and once.
        let mut two = input(Scale::Linear, Asked { x: Some((1.0, 2.0)), ..Asked::default() }, None);
        two.rows.push(MetricRow { title: "other".to_owned(), ..two.rows[0].clone() });
        let two = two.draw(Style::paper()).unwrap();
        assert!(two.caption().contains("Not drawn: 8 points"), "{}", two.caption());
        // Where limits have no meaning the axis is as it would be without them, and says so.
        let below = Asked { x: Some((-1.0, 2.0)), ..Asked::default() };
        for scale in [Scale::Logarithmic, Scale::Even((0..4).map(|i| i.to_string()).collect())] {
            let figure = figure(scale, below);
            assert!(figure.caption().contains("have no meaning along bond (ETH)"), "{}", figure.caption());
            assert!(!figure.caption().contains("Not drawn"), "{}", figure.caption());
        }
    }

    #[test]
    fn a_logarithmic_axis_between_neighbours_tells_its_ends() {
        let axis = Axis::decades(0.1, 10.0, Format::Percent, 4).limited(Some((0.5, 0.9)), Format::Percent, 4);
        let labels: Vec<&str> = axis.ticks.iter().map(|(_, label)| label.as_str()).collect();
        assert_eq!(labels, ["50%", "90%"]);
    }

    /// Data end at 3.5; theory reaches up to 7, which no interval does.
    #[test]
    fn theory_lies_over_the_data_within_its_panel_and_is_quoted() {
        let theory = Theory {
            name: "m".to_owned(),
            formula: "2 * x + 1".to_owned(),
            lines: vec![vec![(0.0, 1.0), (3.0, 7.0)]],
            at_data: vec![1.0, 3.0, 5.0, 7.0],
            ..Theory::default()
        };
        let drawn = |axes: Asked| figure_with(Scale::Linear, axes, Style::paper(), Some(theory.clone()));
        let figure = drawn(Asked::default());
        assert!(figure.caption().contains("m = 2 * x + 1; x: bond (ETH)."), "{}", figure.caption());
        assert!(!figure.caption().contains("goes on beyond"), "{}", figure.caption());
        let has = |figure: &Figure, word: &str| figure.placed().iter().any(|text| text.text == word);
        assert!(has(&figure, "theory") && has(&figure, "6"), "{:?}", figure.placed());
        assert!(!has(&super::tests::figure(Scale::Linear, Asked::default()), "6"));
        // Where the axis ends as asked, the line is cut there.
        let cut = drawn(Asked { y: Some((0.0, 4.0)), ..Asked::default() });
        assert!(!has(&cut, "6") && cut.caption().contains("Theory of m goes on beyond"), "{}", cut.caption());
    }

    #[test]
    fn every_name_of_a_setting_stands_below_its_mark() {
        let names = ["hedge", "regret_matching", "exp3", "quantal_response"].map(str::to_owned).to_vec();
        let responses = |style: Style| figure_in(Scale::Names(names.clone()), Asked::default(), style);
        for style in [Style::paper(), Style::paper().single()] {
            let figure = responses(style);
            let has = |word: &str| figure.placed().iter().any(|text| text.text.contains(word));
            assert!(
                ["hedge", "matching", "exp3", "response"].iter().all(|word| has(word)),
                "{:?}",
                style.width
            );
        }
    }
}

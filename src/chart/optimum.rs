//! Where is an objective best? A panel for each variable: the fitted response along it, the points that it was fitted to where there
//! is one variable, and a band for where its best point lies.

use super::axes::{self, Axis, Panel};
use super::canvas::Pen;
use super::estimate::{Estimate, Heading};
use super::frame::{EDGE, Frame, Key};
use super::series;
use super::style::{Look, Marker, Style, Type};
use super::ticks::{Format, significant};
use super::{ChartError, Figure};
use plotters::style::RGBColor;

/// One variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Slice {
    /// Name of the variable.
    pub title: String,
    /// The response along it: setting and objective.
    pub curve: Vec<(f64, f64)>,
    /// Means at settings that were tried.
    pub points: Vec<(f64, Estimate)>,
    /// 95% interval of the response: setting, its lower and its upper end; empty where it is not known.
    pub band: Vec<(f64, f64, f64)>,
    /// Where the best setting lies.
    pub best: Estimate,
    /// What there is to say about how surely it lies there, or nothing.
    pub note: String,
}

/// Input of the figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Optimum {
    /// Words above.
    pub heading: Heading,
    /// One panel for each variable.
    pub slices: Vec<Slice>,
    /// The objective, with its unit.
    pub objective: String,
    /// Numbers of its axis.
    pub format: Format,
    /// Whether lines are fitted responses, and not means of settings that were compared.
    pub is_fitted: bool,
}

const HUE: RGBColor = RGBColor(0, 114, 178);

/// Mark of the best setting.
const BEST: Marker = Marker::Diamond;

impl Slice {
    /// The response at a setting, straight between the points of its curve; `None` beyond them.
    fn response_at(&self, setting: f64) -> Option<f64> {
        let between = |pair: &[(f64, f64)]| {
            let ((from, a), (to, b)) = (pair[0], pair[1]);
            let holds = (from <= setting && setting <= to) || (to <= setting && setting <= from);
            let share = if to == from { 0.0 } else { (setting - from) / (to - from) };
            holds.then_some(a + share * (b - a))
        };
        self.curve.windows(2).find_map(between)
    }
}

impl Optimum {
    /// Draws the figure.
    ///
    /// # Errors
    /// [`ChartError::Empty`] where there is no response.
    pub fn draw(&self, style: Style) -> Result<Figure, ChartError> {
        if !self.slices.iter().any(|slice| slice.curve.len() > 1) {
            let reason = "no response was fitted".to_owned();
            return Err(ChartError::Empty { figure: "optimum", reason });
        }
        let points = self.slices.iter().any(|slice| !slice.points.is_empty());
        let mut frame = Frame::new(style, &self.heading, &self.heading.caption("Bars", points));
        let look = Look { colour: HUE, dash: "", marker: BEST };
        let banded = self.slices.iter().any(|slice| !slice.band.is_empty());
        let line = if self.is_fitted {
            "fitted response, and its best setting"
        } else {
            "means of the settings that were compared, and the best"
        };
        let mut keys = vec![(Key::Line(look, banded), line.to_owned())];
        if points {
            let look = Look { colour: style.ink(), dash: "", marker: Marker::Circle };
            keys.push((Key::Line(look, false), "mean at a setting".to_owned()));
        }
        keys.push((Key::Patch(band(style)), "95% interval of the best setting".to_owned()));
        frame.legend(&keys);
        for slice in self.slices.iter().filter(|slice| slice.curve.len() > 1) {
            self.panel(&mut frame, slice);
        }
        for slice in &self.slices {
            frame.note(slice.note.clone());
        }
        frame.note(if !self.is_fitted {
            "Band along the line: 95% intervals of means. Upright band: what is known of the best setting, by paired differences."
        } else if banded {
            "Band along the response: its 95% interval at each setting, by resampling replicates. Upright band: where its best setting lies."
        } else {
            "The fitted response has no interval of its own: the band is what is known of its best setting."
        });
        let words: Vec<String> = self
            .slices
            .iter()
            .map(|s| format!("{} best at {}", s.title, significant(s.best.mean, 3)))
            .collect();
        Ok(frame.finish(&format!("{} along each variable: {}.", self.objective, words.join("; "))))
    }

    fn panel(&self, frame: &mut Frame, slice: &Slice) {
        let style = frame.canvas.style;
        let (scale, size) = (style.scale(), style.size(Type::Label));
        let ends = slice.points.iter().flat_map(|(_, e)| {
            let (low, high) = e.interval().unwrap_or((e.mean, e.mean));
            [low, high]
        });
        let around = slice.band.iter().flat_map(|(_, low, high)| [*low, *high]);
        let heights = slice.curve.iter().map(|(_, y)| *y).chain(ends).chain(around);
        let (low, high) = series::range(heights).unwrap_or((0.0, 1.0));
        let y = Axis::loose(low, high, self.format, 5);
        let right = frame.right() - 9.0 * scale;
        let tall = if self.slices.len() > 1 { 0.3 } else { 0.5 };
        let (words, lines) = axes::name_upwards(&self.objective, style, |lines| {
            tall * (right - EDGE - axes::beside(style, &y, lines))
        });
        let left = EDGE + axes::beside(style, &y, lines);
        // What is known of the best setting may reach beyond the response: a flat region.
        let known = slice.best.interval().into_iter().flat_map(|(low, high)| [low, high]);
        let widths =
            slice.curve.iter().map(|(x, _)| *x).chain(slice.points.iter().map(|(x, _)| *x)).chain(known);
        let (low, high) = series::range(widths).unwrap_or((0.0, 1.0));
        let air = 0.02 * (high - low);
        let x = axes::fitting(right - left, style, |most| {
            Axis::between(low - air, high + air, Format::Plain, most)
        });
        let top = frame.y;
        let bottom = top + tall * (right - left);
        let panel = Panel { left, top, right, bottom, x: &x, y: &y };
        if let Some((low, high)) = slice.best.interval() {
            let (from, _) = panel.at(low, y.low);
            let (to, _) = panel.at(high, y.low);
            // A band that is narrower than a line would not show.
            let to = to.max(from + 0.8 * scale);
            frame.canvas.rectangle((from, top), (to, bottom), band(style));
        }
        panel.furnish(&mut frame.canvas, true, true);
        for (setting, e) in &slice.points {
            if let Some((low, high)) = e.interval() {
                let pen = Pen::solid(style.grey(), 0.8 * scale);
                frame.canvas.line(panel.at(*setting, low), panel.at(*setting, high), pen);
            }
        }
        let below = slice.band.iter().map(|&(x, low, _)| panel.at(x, low));
        let above = slice.band.iter().rev().map(|&(x, _, high)| panel.at(x, high));
        let outline: Vec<(f64, f64)> = below.chain(above).collect();
        if !outline.is_empty() {
            frame.canvas.polygon(&outline, HUE, 0.2);
        }
        let curve: Vec<(f64, f64)> = slice.curve.iter().map(|&(x, y)| panel.at(x, y)).collect();
        frame.canvas.path(&curve, Pen::solid(HUE, 1.25 * scale));
        for (setting, e) in slice.points.iter().filter(|(_, e)| e.value().is_some()) {
            frame.canvas.marker(panel.at(*setting, e.mean), 1.7 * scale, Marker::Circle, style.ink(), false);
        }
        if let Some(height) = slice.response_at(slice.best.mean) {
            frame.canvas.marker(panel.at(slice.best.mean, height), 3.0 * scale, BEST, HUE, false);
        }
        let last = left - axes::beside(style, &y, 0) - 0.5 * size;
        for (i, line) in words.iter().rev().enumerate() {
            let at = (last - i as f64 * style.leading(Type::Label), f64::midpoint(top, bottom));
            frame.canvas.text_upwards(at, Type::Label, line);
        }
        frame.y = bottom + axes::below(style);
        frame.name_along(&slice.title, (left, right));
        frame.y += 6.0 * scale;
    }
}

fn band(style: Style) -> RGBColor {
    super::style::mixed(RGBColor(230, 159, 0), style.paper_colour(), 0.65)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_setting_is_marked_and_what_is_not_sure_is_said() {
        let slice = |band: Vec<(f64, f64, f64)>| Slice {
            title: "reserve price (ETH)".to_owned(),
            curve: vec![(0.0, 1.0), (1.0, 3.0), (2.0, 1.0)],
            points: Vec::new(),
            band,
            best: Estimate::new(0.5, 0.2, 1.6),
            note: "Reserve price is not identified.".to_owned(),
        };
        assert_eq!(slice(Vec::new()).response_at(0.5), Some(2.0));
        assert_eq!(slice(Vec::new()).response_at(2.5), None);
        let draw = |band| {
            let heading = Heading::default();
            let objective = "revenue (ETH)".to_owned();
            let format = Format::Plain;
            let figure = Optimum { heading, slices: vec![slice(band)], objective, format, is_fitted: true };
            (figure.draw(Style::paper()).unwrap(), Optimum { is_fitted: false, ..figure })
        };
        let (plain, _) = draw(Vec::new());
        let (banded, compared) = draw(vec![(0.0, 0.5, 1.5), (2.0, 0.5, 1.5)]);
        let compared = compared.draw(Style::paper()).unwrap();
        assert!(compared.caption().contains("by paired differences"), "{}", compared.caption());
        assert!(
            plain.caption().contains("not identified") && plain.caption().contains("no interval of its own")
        );
        assert!(banded.caption().contains("Band along the response"), "{}", banded.caption());
        let shapes = |figure: &Figure| figure.svg().matches("<polygon").count();
        assert_eq!(shapes(&banded), shapes(&plain) + 2, "one along the response, one in the legend");
    }
}

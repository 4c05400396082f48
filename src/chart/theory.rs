//! What theory says along a horizontal axis: dashes and dots over the data where it has a line, crosses where it has points alone, and notes that
//! quote its formulas and say where it is silent.

use super::axes::Axis;
use super::canvas::Pen;
use super::frame::Key;
use super::reference::Reference;
use super::series::{self, Series};
use super::style::Style;

/// How much farther than data, and than theory where there are data, a line of theory may stretch an axis.
const FARTHEST: f64 = 3.0;

/// What theory says of one metric or curve.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Theory {
    /// Name of the metric or curve.
    pub name: String,
    /// Its formula as written.
    pub formula: String,
    /// Lines, each through its points.
    pub lines: Vec<Vec<(f64, f64)>>,
    /// Points that nothing connects.
    pub points: Vec<(f64, f64)>,
    /// Its values where there are data.
    pub at_data: Vec<f64>,
    /// Where it is silent, and why there are only points: sentences.
    pub remarks: Vec<String>,
}

impl Theory {
    /// Whether there is something to draw.
    fn speaks(&self) -> bool {
        !self.lines.is_empty() || !self.points.is_empty()
    }

    /// What is drawn with this pen.
    pub(crate) fn references(&self, pen: Pen) -> Vec<(Reference, Pen)> {
        let mut all: Vec<(Reference, Pen)> =
            self.lines.iter().map(|line| (Reference::Through(line.clone()), pen)).collect();
        if !self.points.is_empty() {
            all.push((Reference::Crosses(self.points.clone()), pen));
        }
        all
    }

    /// Whether some of it lies beyond the ends of a vertical axis.
    pub(crate) fn leaves(&self, y: &Axis) -> bool {
        self.lines.iter().flatten().chain(&self.points).any(|(_, v)| v.is_finite() && !y.holds(*v))
    }

    /// Values that a vertical axis which holds data from `low` to `high` must hold too: all of them, unless a line runs off so far that
    /// nothing else could be told apart, then those beside data; and whether some are left out. Nothing beyond the range of what is shown.
    pub(crate) fn hold(&self, (low, high): (f64, f64), (least, most): (f64, f64)) -> (Vec<f64>, bool) {
        let of_lines = self.lines.iter().flatten().chain(&self.points).map(|(_, y)| *y);
        if !self.speaks() {
            return (Vec::new(), false);
        }
        let within = |v: &f64| v.is_finite() && (least..=most).contains(v);
        let is_beyond = of_lines.clone().any(|v| v.is_finite() && !within(&v));
        let all: Vec<f64> = of_lines.filter(within).collect();
        let beside: Vec<f64> = self.at_data.iter().copied().filter(within).collect();
        let near = series::range(beside.iter().copied().chain([low, high]).filter(|v| v.is_finite()));
        let far = series::range(all.iter().chain(&beside).copied());
        let (Some((low, high)), Some((bottom, top))) = (near, far) else { return (all, is_beyond) };
        // What is the same everywhere has half of itself for a scale.
        let size = (high - low).max(0.5 * high.abs().max(low.abs()));
        if size > 0.0 && top.max(high) - bottom.min(low) > (1.0 + FARTHEST) * size {
            return (beside, true);
        }
        (all.into_iter().chain(beside).collect(), is_beyond)
    }
}

/// The line of theory: dashes and dots in ink, as no contender and no target has them.
pub(crate) fn pen(style: Style) -> Pen {
    Pen { colour: style.ink(), width: 1.3 * style.scale(), dash: "3.2 1.4 0.8 1.4" }
}

/// Values of theory that the axis of these lines must hold too, none beyond `range`; the name joins `cut` where they are not all.
pub(crate) fn held<'a>(
    theory: Option<&'a Theory>,
    lines: &[Series],
    range: (f64, f64),
    cut: &mut Vec<&'a str>,
) -> Vec<f64> {
    let Some(theory) = theory else { return Vec::new() };
    let data = series::range(series::extent(lines)).unwrap_or((f64::NAN, f64::NAN));
    let (held, is_cut) = theory.hold(data, range);
    cut.extend(is_cut.then_some(theory.name.as_str()));
    held
}

/// The entry of a legend; nothing where nothing is drawn.
pub(crate) fn key(all: &[&Theory], style: Style) -> Option<(Key, String)> {
    let lines = all.iter().any(|theory| !theory.lines.is_empty());
    let key = match (lines, all.iter().any(|theory| !theory.points.is_empty())) {
        (false, false) => return None,
        (true, false) => Key::Plain(pen(style)),
        (on_line, true) => Key::Cross(pen(style), on_line),
    };
    Some((key, "theory".to_owned()))
}

/// Formulas as written, what `x` is in them, and where they are silent. `cut` has the names of lines that go on beyond their panels.
pub(crate) fn notes(all: &[&Theory], x: &str, cut: &[&str]) -> Vec<String> {
    let formulas: Vec<String> =
        all.iter().filter(|t| t.speaks()).map(|t| format!("{} = {}", t.name, t.formula)).collect();
    let mut notes = Vec::new();
    if !formulas.is_empty() {
        notes.push(format!("Theory, as the file gives it: {}; x: {x}.", formulas.join("; ")));
    }
    for theory in all {
        notes.extend(theory.remarks.iter().cloned());
    }
    if !cut.is_empty() {
        notes.push(format!("Theory of {} goes on beyond the edge of its panel.", cut.join(", ")));
    }
    notes
}

/// The note of metrics or curves of which only theory has something to say.
pub(crate) fn without_data(names: &[String]) -> String {
    if names.is_empty() {
        return String::new();
    }
    format!("No line of theory for what no contender has: {}.", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_hold_theory_unless_it_runs_away() {
        let theory = Theory {
            lines: vec![vec![(0.0, 1.0), (1.0, 2.0), (2.0, 3.5)]],
            at_data: vec![1.0, 3.5],
            ..Theory::default()
        };
        assert_eq!(theory.hold((0.9, 2.0), (0.0, f64::INFINITY)).0, [1.0, 2.0, 3.5, 1.0, 3.5]);
        // Of what cannot be, nothing.
        assert_eq!(theory.hold((0.9, 2.0), (0.0, 3.0)), (vec![1.0, 2.0, 1.0], true));
        let pole =
            Theory { lines: vec![vec![(0.0, 1.0), (1.0, 1e9)]], at_data: vec![1.0], ..Theory::default() };
        assert_eq!(pole.hold((1.0, 2.0), (0.0, f64::INFINITY)), (vec![1.0], true));
        assert!(pole.hold((1.0, 1.0), (0.0, f64::INFINITY)).1);
        // Data that are all the same leave room for a line around them.
        assert!(!theory.hold((1.0, 1.0), (0.0, f64::INFINITY)).1);
    }

    #[test]
    fn notes_quote_formulas_and_say_where_theory_is_silent() {
        let says = Theory {
            name: "liveness".to_owned(),
            formula: "any_of(0.05, x)".to_owned(),
            points: vec![(1.0, 0.95)],
            ..Theory::default()
        };
        let silent =
            Theory { name: "revenue".to_owned(), remarks: vec!["R.".to_owned()], ..Theory::default() };
        let notes = notes(&[&says, &silent], "redundancy", &["liveness"]);
        assert_eq!(notes[0], "Theory, as the file gives it: liveness = any_of(0.05, x); x: redundancy.");
        assert_eq!(notes[1..], ["R.", "Theory of liveness goes on beyond the edge of its panel."]);
        assert!(key(&[&silent], Style::paper()).is_none());
        assert!(matches!(key(&[&says], Style::paper()), Some((Key::Cross(_, false), _))));
    }
}

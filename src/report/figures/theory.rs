//! Formulas of theory along a horizontal axis, as lines and points.
//!
//! A formula is tried at many places along the axis, at the whole numbers among them, and where there are data. Where neighbours
//! have values there is a line, which ends where the values do (found by bisection). A formula with a closed form of a whole number, such
//! as machines, has values there alone: points, which nothing connects, as theory says nothing in between.

use crate::chart::series::Series;
use crate::chart::theory::Theory;
use crate::chart::ticks::significant;
use crate::formula::Expression;

/// Steps along an axis.
const STEPS: u32 = 240;
/// Where between two steps a formula is tried besides, so that steps of a whole number do not hide what lies between: the golden section.
const BETWEEN: f64 = 0.381_966;
/// Halvings of a step in search of the end of a line.
const HALVINGS: u32 = 30;

/// A horizontal axis with numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    /// Where there are data, ascending.
    data: Vec<f64>,
    /// Where formulas are tried, ascending.
    tried: Vec<f64>,
}

impl Places {
    /// Places between these ends, or from the first of the data to the last of them.
    pub fn along(data: impl IntoIterator<Item = f64>, ends: Option<(f64, f64)>, logarithmic: bool) -> Self {
        let ascending = |mut values: Vec<f64>| {
            values.sort_by(f64::total_cmp);
            values.dedup();
            values
        };
        let all = ascending(data.into_iter().filter(|x| x.is_finite()).collect());
        let (Some(&first), Some(&last)) = (all.first(), all.last()) else { return Self::default() };
        let (low, high) = ends.unwrap_or((first, last));
        let data: Vec<f64> = all.into_iter().filter(|x| (low..=high).contains(x)).collect();
        let logarithmic = logarithmic && low > 0.0;
        let at = |step: f64| {
            let share = step / f64::from(STEPS);
            if logarithmic {
                low * crate::numerics::pow(high / low, share)
            } else {
                low + share * (high - low)
            }
        };
        let steps = (0..=STEPS).flat_map(|step| [at(f64::from(step)), at(f64::from(step) + BETWEEN)]);
        let tried = steps.flat_map(|x| [x, x.round()]).chain(data.iter().copied()).chain([low, high]);
        let tried = ascending(tried.filter(|x| (low..=high).contains(x)).collect());
        Self { data, tried }
    }

    /// Whether `x` is neither a whole number nor a place of data.
    fn lies_between(&self, x: f64) -> bool {
        x.fract() != 0.0 && !self.data.contains(&x)
    }
}

/// What a formula says of a quantity at these places; `axis` is what stands there.
pub(super) fn along(name: &str, formula: &Expression, places: &Places) -> Theory {
    let at = |x: f64| Some(formula.at(&[x])).filter(|y| y.is_finite());
    let tried: Vec<(f64, Option<f64>)> = places.tried.iter().map(|&x| (x, at(x))).collect();
    let has = |place: &(f64, Option<f64>)| place.1.is_some();
    let is_line = |pair: &[(f64, Option<f64>)]| {
        pair.iter().all(has) && pair.iter().any(|(x, _)| places.lies_between(*x))
    };
    let mut theory = Theory {
        name: name.to_owned(),
        formula: formula.text().to_owned(),
        at_data: places.data.iter().filter_map(|&x| at(x)).collect(),
        ..Theory::default()
    };
    let connected = tried.windows(2).any(is_line);
    if connected {
        // The farthest place with a value on the way from one that has one to one that has none.
        let last = |mut from: f64, mut to: f64| {
            for _ in 0..HALVINGS {
                let middle = f64::midpoint(from, to);
                if at(middle).is_some() { from = middle } else { to = middle }
            }
            from
        };
        for run in tried.chunk_by(|a, b| has(a) == has(b)).filter(|run| run.first().is_some_and(has)) {
            let (first, end) = (run[0].0, run[run.len() - 1].0);
            let before = tried.iter().rfind(|(x, _)| *x < first).map(|(x, _)| last(first, *x));
            let after = tried.iter().find(|(x, _)| *x > end).map(|(x, _)| last(end, *x));
            let ends = [before, after].map(|x| x.filter(|x| *x != first && *x != end));
            let inner = run.iter().map(|(x, _)| *x);
            let xs: Vec<f64> = ends[0].into_iter().chain(inner).chain(ends[1]).collect();
            let line: Vec<(f64, f64)> = xs.into_iter().filter_map(|x| Some((x, at(x)?))).collect();
            if line.len() > 1 { theory.lines.push(line) } else { theory.points.extend(line) }
        }
    } else {
        theory.points = tried.iter().filter_map(|(x, y)| Some((*x, (*y)?))).collect();
    }
    theory.remarks = remarks(name, &theory, places, connected, &tried);
    theory
}

/// Why there are only points, and where there is nothing.
fn remarks(
    name: &str,
    theory: &Theory,
    places: &Places,
    connected: bool,
    tried: &[(f64, Option<f64>)],
) -> Vec<String> {
    let mut xs = theory.lines.iter().flatten().chain(&theory.points).map(|(x, _)| *x).collect::<Vec<f64>>();
    xs.sort_by(f64::total_cmp);
    let (Some(first), Some(last)) = (xs.first(), xs.last()) else {
        return vec![silent_everywhere(name, &theory.formula)];
    };
    let mut remarks = Vec::new();
    if !connected {
        remarks.push(format!("Crosses: theory of {name} takes whole numbers only."));
    }
    // Between whole numbers such a theory is silent by nature.
    let counts = |x: f64| connected || !places.lies_between(x);
    let silent: Vec<f64> = tried.iter().filter(|(x, y)| y.is_none() && counts(*x)).map(|(x, _)| *x).collect();
    let mut gaps: Vec<String> = Vec::new();
    let say = |x: f64| crate::chart::response::plain(significant(x, 3));
    if silent.iter().any(|x| x < first) {
        gaps.push(format!("below {}", say(*first)));
    }
    for pair in xs.windows(2) {
        if silent.iter().any(|x| *x > pair[0] && *x < pair[1]) {
            let [from, to] = [say(pair[0]), say(pair[1])];
            gaps.push(if from == to { format!("at {from}") } else { format!("between {from} and {to}") });
        }
    }
    if silent.iter().any(|x| x > last) {
        gaps.push(format!("above {}", say(*last)));
    }
    if !gaps.is_empty() {
        let more = if gaps.len() > 4 { " and elsewhere" } else { "" };
        gaps.truncate(4);
        remarks.push(format!("Theory is silent on {name} {}{more}.", gaps.join(", ")));
    }
    remarks
}

fn silent_everywhere(name: &str, formula: &str) -> String {
    format!("Theory says nothing of {name}: {formula} has no value anywhere along this axis.")
}

/// What a formula says at settings that stand side by side, each a number: points at their places.
pub(super) fn at_settings(name: &str, formula: &Expression, settings: &[f64]) -> Theory {
    let at = |x: f64| Some(formula.at(&[x])).filter(|y| y.is_finite());
    let points: Vec<(f64, f64)> =
        settings.iter().enumerate().filter_map(|(place, &x)| Some((place as f64, at(x)?))).collect();
    let silent = settings.iter().filter(|x| at(**x).is_none());
    let silent: Vec<String> = silent.map(|x| crate::chart::response::plain(significant(*x, 3))).collect();
    let remarks = if points.is_empty() {
        vec![silent_everywhere(name, formula.text())]
    } else if silent.is_empty() {
        Vec::new()
    } else {
        vec![format!("Theory is silent on {name} at {}.", silent.join(", "))]
    };
    Theory {
        name: name.to_owned(),
        formula: formula.text().to_owned(),
        at_data: points.iter().map(|(_, y)| *y).collect(),
        points,
        remarks,
        ..Theory::default()
    }
}

/// What a formula says beside so many names, which no formula can look at: a level where it does not ask which of them.
pub(super) fn beside_names(name: &str, formula: &Expression, names: usize) -> Theory {
    let theory = Theory { name: name.to_owned(), formula: formula.text().to_owned(), ..Theory::default() };
    if formula.uses(0) {
        let remark = format!(
            "Theory of {name} is not drawn: {} asks for a number, and settings are names.",
            formula.text()
        );
        return Theory { remarks: vec![remark], ..theory };
    }
    let level = formula.at(&[f64::NAN]);
    if !level.is_finite() {
        return Theory { remarks: vec![silent_everywhere(name, formula.text())], ..theory };
    }
    // To the edges of the panel, where it is cut.
    Theory { lines: vec![vec![(-1.0, level), (names as f64, level)]], at_data: vec![level], ..theory }
}

/// What the file says in theory of each of some curves along these lines.
pub(super) fn of_curves<const N: usize>(
    formulas: &[(&'static str, Expression)],
    curves: [(&str, &[Series]); N],
) -> [Option<Theory>; N] {
    curves.map(|(name, lines)| {
        let (_, formula) = formulas.iter().find(|(key, _)| *key == name)?;
        let data = lines.iter().flat_map(Series::present).map(|(x, _)| x);
        Some(along(name, formula, &Places::along(data, None, false)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::Vocabulary;
    use crate::theory::by_name::CLOSED_FORMS;

    static NAMES: Vocabulary = Vocabulary { variables: &["x"], functions: CLOSED_FORMS, called: None };

    fn formula(text: &str) -> Expression {
        Expression::parse(text, &NAMES).unwrap()
    }

    fn drawn(text: &str, data: &[f64]) -> Theory {
        along("m", &formula(text), &Places::along(data.iter().copied(), None, false))
    }

    #[test]
    fn what_has_values_everywhere_is_one_line_from_end_to_end() {
        // Steps from 0 to 240 are whole numbers, and are a line all the same.
        for data in [[0.0, 240.0], [1.0, 4.0]] {
            let theory = drawn("x ^ 2", &data);
            assert!(theory.points.is_empty() && theory.remarks.is_empty(), "{:?}", theory.remarks);
            let [line] = theory.lines.as_slice() else { panic!("{} lines", theory.lines.len()) };
            assert_eq!(
                (line[0], line[line.len() - 1]),
                ((data[0], data[0] * data[0]), (data[1], data[1] * data[1]))
            );
            assert!(line.len() > 200 && line.iter().all(|(x, y)| *y == x * x));
        }
    }

    #[test]
    fn what_takes_whole_numbers_is_points() {
        let theory = drawn("any_of(0.5, x)", &[1.0, 2.0, 4.0]);
        assert_eq!(theory.points, [(1.0, 0.5), (2.0, 0.75), (3.0, 0.875), (4.0, 0.9375)]);
        assert!(theory.lines.is_empty() && theory.remarks.len() == 1, "{:?}", theory.remarks);
        assert_eq!(theory.at_data, [0.5, 0.75, 0.9375]);
        // Tenths, at which steps happen to stand, are points as well.
        let tenths = drawn("any_of(0.5, 10 * x)", &[0.1, 0.3]);
        assert!(tenths.lines.is_empty() && tenths.points.len() >= 2, "{tenths:?}");
        let silent = drawn("any_of(0.5, x - 2)", &[1.0, 2.0, 3.0, 4.0]);
        assert_eq!(silent.points, [(3.0, 0.5), (4.0, 0.75)]);
        assert!(silent.remarks[1].contains("silent on m below 3."), "{:?}", silent.remarks);
    }

    #[test]
    fn lines_end_where_theory_does_and_the_gap_is_named() {
        // Defined for values from .5 to 1.
        let theory = drawn("bid_uniform(x, 0, 1, 2, 1, 0.5)", &[0.0, 2.0]);
        let [line] = theory.lines.as_slice() else { panic!("{} lines", theory.lines.len()) };
        assert!(
            (line[0].0 - 0.5).abs() < 1e-6 && (line[line.len() - 1].0 - 1.0).abs() < 1e-6,
            "{:?}",
            line[0]
        );
        assert_eq!(theory.remarks, ["Theory is silent on m below 0.5, above 1."]);
        let two = drawn("ln(x ^ 2 - 1)", &[-2.0, 2.0]);
        assert_eq!((two.lines.len(), two.remarks.len()), (2, 1), "{:?}", two.remarks);
        assert!(two.remarks[0].contains("between −1 and 1"), "{:?}", two.remarks);
        let pole = drawn("1 / (x - 2)", &[1.0, 4.0]);
        assert_eq!(
            (pole.lines.len(), pole.remarks.as_slice()),
            (2, &["Theory is silent on m at 2.".to_owned()][..])
        );
        let nowhere = drawn("wait(1 + x)", &[0.0, 2.0]);
        assert!(nowhere.lines.is_empty() && nowhere.points.is_empty());
        assert!(nowhere.remarks[0].contains("wait(1 + x) has no value anywhere"), "{:?}", nowhere.remarks);
    }

    #[test]
    fn names_have_levels_alone_and_settings_side_by_side_have_points() {
        let level = beside_names("m", &formula("revenue_uniform(0, 1, 3, 1, 0)"), 3);
        assert_eq!(level.lines.len(), 1);
        assert!((level.lines[0][0].1 - 0.5).abs() < 1e-9 && level.remarks.is_empty());
        let asks = beside_names("m", &formula("min(x, 1)"), 3);
        assert!(
            asks.lines.is_empty() && asks.remarks[0].contains("settings are names"),
            "{:?}",
            asks.remarks
        );
        let even = at_settings("m", &formula("ln(x)"), &[0.0, 1.0, 10.0]);
        assert_eq!((even.points.len(), even.points[0]), (2, (1.0, 0.0)));
        assert_eq!(even.remarks, ["Theory is silent on m at 0."]);
    }

    #[test]
    fn ends_that_are_asked_for_are_reached() {
        let places = Places::along([1.0, 2.0], Some((0.5, 8.0)), true);
        let theory = along("m", &formula("1 / x"), &places);
        assert_eq!((theory.lines[0][0], theory.at_data.as_slice()), ((0.5, 2.0), &[1.0, 0.5][..]));
        assert!((theory.lines[0].last().unwrap().0 - 8.0).abs() < 1e-12);
    }
}

//! Figures that help to read a front: how it grew (`hypervolume`), what one objective costs in another (`exchange`), and which
//! settings its points have (`settings`).

use super::{Sheet, heading};
use crate::chart::Estimate;
use crate::chart::along::{Along, Row};
use crate::chart::parallel::{Axis, Line, Panel, Parallel};
use crate::chart::ticks::Format;
use crate::experiment::charts::Chart;
use crate::experiment::file::Experiment;
use crate::experiment::optimization::Optimization;
use crate::experiment::optimization::front::{Front, Point};
use crate::experiment::optimization::progress::progress;
use crate::experiment::store::{DesignValue, Store, StoreError};
use crate::experiment::sweep::Settings;
use crate::measure::metrics::Metric;
use crate::report::frontier::{labelled, printed, unit_of};
use crate::report::naming::key_with_unit;

/// How the front grew; `None` where there are fewer than two generations to show.
pub(super) fn hypervolume(
    store: &Store,
    front: &Front,
    optimization: &Optimization,
    experiment: &Experiment,
    chart: &Chart,
) -> Result<Option<Sheet>, StoreError> {
    let steps = progress(store, optimization, &front.record)?;
    if steps.len() < 2 {
        return Ok(None);
    }
    let points = steps.iter().map(|step| {
        let (value, low, high) = step.hypervolume;
        (step.evaluations as f64, Estimate::new(value, low, high))
    });
    Ok(Some(Sheet::Along(Along {
        heading: heading("How the front grew", experiment, u64::from(optimization.settings.minimum)),
        rows: vec![Row {
            title: "hypervolume".to_owned(),
            format: Format::Percent,
            points: points.collect(),
        }],
        along: "units evaluated".to_owned(),
        format: Format::Plain,
        connected: true,
        note: "A share of what the best of every objective at once would have; on the draws by which the search chose."
            .to_owned(),
        limits: [chart.x_limits, chart.y_limits],
    })))
}

/// What a unit of the first objective brings in each other along the front; `None` where no rate is known.
pub(super) fn exchange(
    front: &Front,
    optimization: &Optimization,
    experiment: &Experiment,
    chart: &Chart,
) -> Option<Sheet> {
    let first = &optimization.objectives[0];
    let (f0, _) = printed(first.metric);
    let middle = |from: usize, to: usize| {
        let at = |i: usize| front.points[i].objectives[0].mean;
        f64::midpoint(at(from), at(to))
    };
    let percent = printed(first.metric).1 == "%";
    let rows = optimization.objectives.iter().enumerate().skip(1).map(|(j, objective)| {
        let (fj, _) = printed(objective.metric);
        let own = front.exchanges.iter().filter(|e| e.objective == j && e.is_known);
        let points =
            own.map(|e| (middle(e.from, e.to), Estimate::new(e.rate, e.low, e.high).scaled(fj / f0)));
        Row { title: rate(objective.metric, first.metric), format: Format::Plain, points: points.collect() }
    });
    let rows: Vec<Row> = rows.filter(|row| row.points.len() > 1).collect();
    if rows.is_empty() {
        return None;
    }
    let title = format!("What giving up {} brings", first.metric.label);
    Some(Sheet::Along(Along {
        heading: heading(&title, experiment, u64::from(front.audited)),
        rows,
        along: if percent { first.metric.label.to_owned() } else { labelled(first.metric) },
        format: if percent { Format::Percent } else { Format::Plain },
        connected: false,
        note: if optimization.objectives.len() > 2 {
            "At each likely point: slope of a plane through it and its nearest neighbours, all other objectives held fixed; where the first \
             objective varies beyond noise. Each interval by itself."
                .to_owned()
        } else {
            "Between likely neighbours on the front that differ in the first objective beyond noise. Each interval by itself.".to_owned()
        },
        limits: [chart.x_limits, chart.y_limits],
    }))
}

/// Name of what giving up a unit of the first objective brings in another: "liveness (percentage point) for one ETH".
pub(super) fn rate(of: &Metric, first: &Metric) -> String {
    // A pure number is one by its name.
    let unit = |metric: &Metric| match unit_of(metric) {
        unit if metric.label.contains(unit) => String::new(),
        unit => format!(" ({unit})"),
    };
    let one = match unit_of(first) {
        unit @ ("ratio" | "index") => format!("unit of {} ({unit})", first.label),
        unit => unit.to_owned(),
    };
    format!("{}{} for one {one}", of.label, unit(of))
}

/// Settings and objectives of the front's points, a panel for each contender.
pub(super) fn settings(
    store: &Store,
    front: &Front,
    optimization: &Optimization,
    experiment: &Experiment,
) -> Option<Sheet> {
    let first = &optimization.objectives[0];
    let worth = |p: &Point| p.objectives[0].mean;
    let range = crate::chart::series::range(front.points.iter().map(worth))?;
    let shade = |p: &Point| if range.1 > range.0 { (worth(p) - range.0) / (range.1 - range.0) } else { 0.5 };
    let mut panels = Vec::new();
    for (place, contender) in store.contenders().iter().enumerate() {
        let own: Vec<&Point> = front.points.iter().filter(|p| p.contender == place).collect();
        let Some(some) = own.first() else { continue };
        let columns: Vec<usize> =
            (0..store.parameters().len()).filter(|&c| some.settings[c].is_some()).collect();
        if columns.is_empty() {
            continue;
        }
        let mut axes: Vec<Axis> = Vec::new();
        let mut values: Vec<Vec<f64>> = vec![Vec::new(); own.len()];
        for &column in &columns {
            let (axis, places) = parameter(
                &own,
                column,
                &key_with_unit(&store.parameters()[column]),
                &store.parameters()[column],
                optimization,
            );
            axes.push(axis);
            values.iter_mut().zip(places).for_each(|(row, v)| row.push(v));
        }
        for (j, objective) in optimization.objectives.iter().enumerate() {
            axes.push(of_metric(objective.metric));
            values.iter_mut().zip(&own).for_each(|(row, p)| row.push(p.objectives[j].mean));
        }
        let lines =
            values.into_iter().zip(&own).map(|(values, p)| Line { shade: shade(p), values }).collect();
        let title = if store.contenders().len() > 1 { contender.clone() } else { String::new() };
        panels.push(Panel { title, axes, lines });
    }
    if panels.is_empty() {
        return None;
    }
    let ends = [range.0, range.1].map(|v| {
        let (factor, unit) = printed(first.metric);
        let number = crate::chart::ticks::significant(v * factor, 3);
        let unit = if unit == "%" || unit.is_empty() { unit.to_owned() } else { format!(" {unit}") };
        format!("{} {number}{unit}", first.metric.label)
    });
    Some(Sheet::Parallel(Parallel {
        heading: heading("Settings of the efficient designs", experiment, u64::from(front.audited)),
        ends,
        panels,
    }))
}

fn of_metric(metric: &'static Metric) -> Axis {
    let percent = printed(metric).1 == "%";
    Axis {
        title: if percent { metric.label.to_owned() } else { labelled(metric) },
        format: if percent { Format::Percent } else { Format::Plain },
        names: Vec::new(),
        log: false,
    }
}

/// The axis of a parameter, and where each point stands on it.
fn parameter(
    points: &[&Point],
    column: usize,
    name: &str,
    path: &str,
    optimization: &Optimization,
) -> (Axis, Vec<f64>) {
    let axis = optimization.axes.iter().find(|axis| axis.paths.iter().any(|p| p == path));
    let log = axis.is_some_and(|axis| matches!(&axis.settings, Settings::Range(range) if range.log));
    let number = |p: &&Point| match &p.settings[column] {
        Some(DesignValue::Number(v)) => Some(*v),
        _ => None,
    };
    let numbers: Option<Vec<f64>> = points.iter().map(number).collect();
    if let Some(numbers) = numbers {
        return (Axis { title: name.to_owned(), format: Format::Plain, names: Vec::new(), log }, numbers);
    }
    let text = |p: &&Point| crate::report::frontier::setting(p.settings[column].as_ref());
    let mut names: Vec<String> = points.iter().map(text).collect();
    names.sort();
    names.dedup();
    let places =
        points.iter().map(|p| names.iter().position(|n| *n == text(p)).unwrap_or(0) as f64).collect();
    (Axis { title: name.to_owned(), format: Format::Plain, names, log: false }, places)
}

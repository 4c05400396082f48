//! `response`, `heat-map` and `main-effects`: how metrics respond to the parameters of a sweep.

use super::theory::{self, Places};
use super::{Sheet, drawn_as, heading, identity};
use crate::chart::heat_map::{Cell, Field, FieldRow, HeatMap};
use crate::chart::response::{Along, Asked, MetricRow, Response, Responses, Scale, Spot};
use crate::chart::strips::Contender;
use crate::chart::theory::Theory;
use crate::chart::ticks::Format;
use crate::chart::{Estimate, Heading};
use crate::experiment::charts::Chart;
use crate::experiment::file::Experiment;
use crate::experiment::store::{Store, StoreError};
use crate::measure::metrics::Metric;
use crate::report::figures::strips;
use crate::report::sweep::Swept;
use crate::report::sweep::factors::{Factor, Shape};

/// Metrics of a figure of one parameter, where none is picked.
const RESPONSES: usize = 4;
/// Metrics of a figure of main effects.
const EFFECTS: usize = 3;
/// Metrics of a heat map of two parameters, and of one of three.
const FIELDS: usize = 3;
/// Metrics of a figure where they are picked.
const MOST_ROWS: usize = 8;

/// Lines along the one parameter that varies; `None` where it is not one.
pub(super) fn response(swept: &Swept, experiment: &Experiment, chart: &Chart) -> Option<Sheet> {
    if swept.shape != Shape::Line || swept.outcomes.is_empty() {
        return None;
    }
    let factor = &swept.factors[0];
    let shown = contenders(swept, chart);
    let numbers = factor.numbers();
    let line = |contender: usize, metric: usize| -> Vec<Spot> {
        let spot = |level: usize| {
            let point = factor.places.iter().position(|&place| place as usize == level)?;
            let estimate = drawn_as(&swept.estimate(point, contender, metric)?);
            let x = match &numbers {
                Some(numbers) if !factor.is_zero_among_decades() => numbers[level],
                _ => level as f64,
            };
            Some(Spot { x, estimate, certified: swept.is_sound(point, contender) })
        };
        (0..factor.levels.len()).filter_map(spot).collect()
    };
    let most = if chart.metrics.is_empty() { RESPONSES } else { usize::MAX };
    let rows = swept.metrics.iter().take(most).enumerate().map(|(metric, &m)| {
        let lines = shown.iter().map(|&c| line(c, metric)).collect();
        let theory = theory(m, factor, chart);
        MetricRow { theory, ..row(m, vec![Response { parameter: 0, lines }]) }
    });
    let missing = chart.theory.iter().filter(|(key, _)| !swept.metrics.iter().any(|m| m.key == *key));
    Some(Sheet::Response(Responses {
        heading: headed(&format!("Responses to {}", factor.label), experiment, swept),
        contenders: named(swept, &shown, experiment),
        parameters: vec![Along { name: factor.axis.clone(), scale: scale(factor) }],
        rows: rows.collect(),
        axes: asked(chart),
        without_data: missing.map(|(key, _)| (*key).to_owned()).collect(),
    }))
}

/// What a chart says in theory of a metric along the settings of a factor: of several parameters that move together, along the first.
fn theory(metric: &Metric, factor: &Factor, chart: &Chart) -> Option<Theory> {
    let (name, formula) = chart.theory.iter().find(|(key, _)| *key == metric.key)?;
    Some(match factor.numbers() {
        None => theory::beside_names(name, formula, factor.levels.len()),
        Some(numbers) if factor.is_zero_among_decades() => theory::at_settings(name, formula, numbers),
        Some(numbers) => {
            let places = Places::along(numbers.iter().copied(), chart.x_limits, factor.is_logarithmic());
            theory::along(name, formula, &places)
        }
    })
}

/// Means at each setting of each parameter, over all settings of the others; `None` where fewer than two vary.
///
/// # Errors
/// Where the store cannot be read.
pub(super) fn main_effects(
    store: &Store,
    swept: &Swept,
    experiment: &Experiment,
    chart: &Chart,
) -> Result<Option<Sheet>, StoreError> {
    if swept.factors.len() < 2 {
        return Ok(None);
    }
    let most = if chart.metrics.is_empty() { EFFECTS } else { MOST_ROWS };
    let picked: Vec<usize> = (0..swept.metrics.len().min(most)).collect();
    let marginals = swept.main_effects(store, picked.len())?;
    let shown = contenders(swept, chart);
    let panel = |metric: usize, factor: usize| {
        let along = &marginals.along[factor];
        let evenly = !along.is_coarse() && swept.factors[factor].is_zero_among_decades();
        // A mean over points is as sound as all of them.
        let sound = |c: usize, group: usize| match marginals.point(factor, group) {
            Some(point) => swept.is_sound(point, c),
            None => swept.unsound[c] == 0,
        };
        let line = |&c: &usize| {
            let means = marginals.means(metric, c, factor).iter().enumerate();
            let spot = |(x, (group, e)): (&f64, (usize, &Option<_>))| {
                let x = if evenly { group as f64 } else { *x };
                e.as_ref().map(|e| Spot { x, estimate: drawn_as(e), certified: sound(c, group) })
            };
            along.x.iter().zip(means).filter_map(spot).collect()
        };
        Response { parameter: factor, lines: shown.iter().map(line).collect() }
    };
    let rows = picked.iter().map(|&metric| {
        row(swept.metrics[metric], (0..swept.factors.len()).map(|factor| panel(metric, factor)).collect())
    });
    let parameters = marginals.along.iter().zip(&swept.factors).map(|(along, factor)| {
        let grouped = if along.is_coarse() {
            format!("{}, in {} groups", factor.axis, along.x.len())
        } else {
            factor.axis.clone()
        };
        let own = || if along.is_coarse() { by_number(factor) } else { scale(factor) };
        let scale = along.names.clone().map_or_else(own, Scale::Names);
        Along { name: grouped, scale }
    });
    let title = if swept.shape == Shape::OneAtATime {
        "Each parameter alone, the others as at the first point"
    } else if marginals.plain {
        "Means at each setting, the others as they happen to be there"
    } else {
        "Main effects: means at each setting, over all settings of the others"
    };
    Ok(Some(Sheet::Response(Responses {
        heading: headed(title, experiment, swept),
        contenders: named(swept, &shown, experiment),
        parameters: parameters.collect(),
        rows: rows.collect(),
        axes: asked(chart),
        without_data: Vec::new(),
    })))
}

/// Cells over two parameters, or over two for each setting of a third; one sheet, or with three parameters one for each
/// metric, with its place.
pub(super) fn heat_maps(swept: &Swept, experiment: &Experiment, chart: &Chart) -> Vec<Sheet> {
    if swept.outcomes.is_empty() || !matches!(swept.shape, Shape::Grid | Shape::Grids) {
        return Vec::new();
    }
    let shown = contenders(swept, chart);
    let third = (swept.shape == Shape::Grids).then(|| {
        let fewest = swept.factors.iter().map(|f| f.levels.len()).min().unwrap_or(0);
        swept.factors.iter().rposition(|f| f.levels.len() == fewest).unwrap_or(0)
    });
    let axes: Vec<usize> = (0..swept.factors.len()).filter(|f| Some(*f) != third).collect();
    let (x, y) = (&swept.factors[axes[0]], &swept.factors[axes[1]]);
    let cell = |c: usize, metric: usize, level: Option<usize>, at: (usize, usize)| {
        let is_here = |p: &usize| {
            x.places[*p] as usize == at.0
                && y.places[*p] as usize == at.1
                && third.is_none_or(|third| Some(swept.factors[third].places[*p] as usize) == level)
        };
        let point = (0..swept.designs.len()).find(is_here);
        let estimate = point.and_then(|p| swept.estimate(p, c, metric));
        Cell {
            estimate: estimate.map_or_else(Estimate::absent, |e| drawn_as(&e)),
            certified: estimate.is_none() || point.is_none_or(|p| swept.is_sound(p, c)),
        }
    };
    let field = |c: usize, metric: usize, level: Option<usize>| {
        let name = if swept.contenders.len() > 1 { swept.contenders[c].as_str() } else { "" };
        let setting = level.zip(third).map(|(level, third)| {
            let factor = &swept.factors[third];
            let setting = factor.names()[level].clone();
            // The heading says what varies from panel to panel; a name needs no more, a number what it is of.
            if factor.numbers().is_some() { format!("{} {setting}", factor.name) } else { setting }
        });
        let title = [Some(name.to_owned()).filter(|n| !n.is_empty()), setting];
        let cells = (0..y.levels.len())
            .map(|r| (0..x.levels.len()).map(|column| cell(c, metric, level, (column, r))).collect());
        Field {
            title: title.into_iter().flatten().collect::<Vec<_>>().join(", "),
            identity: (!name.is_empty()).then(|| identity(experiment, name)),
            cells: cells.collect(),
        }
    };
    let has =
        |c: usize, metric: usize| (0..swept.designs.len()).any(|p| swept.estimate(p, c, metric).is_some());
    let row = |metric: usize| {
        let levels: Vec<Option<usize>> = third
            .map_or_else(|| vec![None], |third| (0..swept.factors[third].levels.len()).map(Some).collect());
        let own = shown.iter().filter(|&&c| has(c, metric));
        let fields = own.flat_map(|&c| levels.iter().map(move |level| (c, *level)));
        let (title, format) = titled(swept.metrics[metric]);
        FieldRow { title, format, fields: fields.map(|(c, level)| field(c, metric, level)).collect() }
    };
    let sheet = |rows: Vec<FieldRow>| {
        let by = third.map_or(String::new(), |third| format!(", by {}", swept.factors[third].label));
        let title = format!("Over {} and {}{by}", x.label, y.label);
        Sheet::HeatMap(HeatMap {
            heading: headed(&title, experiment, swept),
            x: (x.axis.clone(), x.names()),
            y: (y.axis.clone(), y.names()),
            rows,
        })
    };
    let most = if chart.metrics.is_empty() { FIELDS } else { MOST_ROWS };
    let picked = 0..swept.metrics.len().min(most);
    match third {
        None => vec![sheet(picked.map(row).collect())],
        Some(_) => picked.map(|metric| sheet(vec![row(metric)])).collect(),
    }
}

/// The contenders that a chart asks for, by place.
fn contenders(swept: &Swept, chart: &Chart) -> Vec<usize> {
    if chart.contenders.is_empty() {
        return (0..swept.contenders.len()).collect();
    }
    chart.contenders.iter().filter_map(|name| swept.contenders.iter().position(|c| c == name)).collect()
}

fn named(swept: &Swept, shown: &[usize], experiment: &Experiment) -> Vec<Contender> {
    let each = |&c: &usize| Contender {
        name: swept.contenders[c].clone(),
        identity: identity(experiment, &swept.contenders[c]),
        certified: swept.unsound[c] == 0,
    };
    shown.iter().map(each).collect()
}

fn asked(chart: &Chart) -> Asked {
    Asked { x: chart.x_limits, y: chart.y_limits, is_log: chart.axis == Some("log") }
}

fn row(metric: &Metric, panels: Vec<Response>) -> MetricRow {
    let (title, format) = titled(metric);
    MetricRow { title, range: metric.range, format, panels, theory: None }
}

fn titled(metric: &Metric) -> (String, Format) {
    let percent = metric.is_percent();
    (strips::title(metric), if percent { Format::Percent } else { Format::Plain })
}

/// Words above a figure of a design.
fn headed(title: &str, experiment: &Experiment, swept: &Swept) -> Heading {
    let fewest = if swept.fewest < swept.replicates { swept.fewest } else { 0 };
    let fewest = usize::try_from(fewest).unwrap_or(usize::MAX);
    Heading { fewest, ..heading(title, experiment, swept.replicates) }
}

fn scale(factor: &Factor) -> Scale {
    match factor.numbers() {
        None => Scale::Names(factor.names()),
        Some(_) if factor.is_zero_among_decades() => Scale::Even(factor.names()),
        Some(_) => by_number(factor),
    }
}

fn by_number(factor: &Factor) -> Scale {
    if factor.is_logarithmic() { Scale::Logarithmic } else { Scale::Linear }
}

//! Tables of an optimization's front.
//!
//! `frontier.csv`: one row for each certified point of the front. `design,mechanism`, the parameters by path (empty where a point does
//! not have one), for each objective `<metric>`, `<metric>_ci_low`, `<metric>_ci_high`, for each constraint as written the mean of its
//! metric, then `probability_nondominated`, `deviation_gain`, `deviation_gain_upper` (empty where nobody learns), `probability_feasible`
//! and the replicates behind it all. Rows run from the best in the first objective to the worst.
//!
//! `finalists.csv`: the same of everything that was audited, and of candidates that might belong to the front if their play were certified,
//! with a column `status` behind the parameters: `on the front`, `dominated`, `not feasible`, `not certified`, `in several basins`,
//! `not audited`.
//!
//! `exchange.csv`: what one unit less of the first objective brings in each other, in the units of the metrics. Rows of kind `pair` (two
//! objectives, between neighbours) or `plane` (more: at a point, the others held fixed), with `known` yes or no, and `median` of the known ones.
//!
//! `knees.csv`: exchange rates before and after each knee, and by how much they fall, with an interval that holds for all knees
//! together.
//!
//! `hypervolume.csv`: after generations on the draws of the `search`, and of the front on those of the `audit`, in one unit: the share of what the
//! best of everything at once would have.

use super::{Table, TableError, push_number, push_numbers, quote};
use crate::experiment::optimization::Optimization;
use crate::experiment::optimization::front::{Front, Point};
use crate::experiment::optimization::progress::Growth;
use crate::experiment::store::{DesignValue, Store};
use std::path::Path;

/// Name of the front's table.
pub const FILE: &str = "frontier.csv";
/// Names of the others.
pub const OTHERS: [&str; 4] = ["finalists.csv", "exchange.csv", "knees.csv", "hypervolume.csv"];

/// Writes the tables.
///
/// # Errors
/// Where a file cannot be written.
pub fn write(
    store: &Store,
    optimization: &Optimization,
    front: &Front,
    growth: &Growth,
    directory: &Path,
) -> Result<(), TableError> {
    points(store, optimization, &mut front.points.iter(), false, directory)?;
    let all = front.points.iter().chain(&front.left_out).chain(&front.uncertified);
    points(store, optimization, &mut { all }, true, directory)?;
    exchange(optimization, front, directory)?;
    knees(front, directory)?;
    hypervolume(growth, directory)
}

/// A row for each point, with its status or without.
fn points(
    store: &Store,
    optimization: &Optimization,
    all: &mut dyn Iterator<Item = &Point>,
    with_status: bool,
    directory: &Path,
) -> Result<(), TableError> {
    let mut header = "design,mechanism".to_owned();
    for path in store.parameters() {
        header.push(',');
        header += &quote(path);
    }
    header += if with_status { ",status" } else { "" };
    for objective in &optimization.objectives {
        let key = objective.metric.key;
        header += &[",", key, ",", key, "_ci_low,", key, "_ci_high"].concat();
    }
    for constraint in &optimization.constraints {
        header.push(',');
        header += &quote(&constraint.in_words());
    }
    header += ",probability_nondominated,deviation_gain,deviation_gain_upper,probability_feasible,replicates";
    let mut table = Table::create(directory, if with_status { OTHERS[0] } else { FILE }, &header)?;
    for point in all {
        let mut line = format!("{},{}", point.design, quote(&store.contenders()[point.contender]));
        for setting in &point.settings {
            line.push(',');
            match setting {
                Some(DesignValue::Number(value)) => push_number(&mut line, *value),
                Some(DesignValue::Text(text)) => line += &quote(text),
                None => {}
            }
        }
        if with_status {
            line.push(',');
            line += point.standing.in_words();
        }
        for e in &point.objectives {
            push_numbers(&mut line, &[e.mean, e.ci_low, e.ci_high]);
        }
        for k in 0..optimization.constraints.len() {
            push_numbers(&mut line, &[point.bounded.get(k).copied().unwrap_or(f64::NAN)]);
        }
        push_numbers(&mut line, &[point.probability_nondominated]);
        for gain in &point.gain {
            if gain.n > 0 { push_numbers(&mut line, &[gain.mean]) } else { line.push(',') }
        }
        push_numbers(&mut line, &[point.probability_feasible, point.objectives[0].n as f64]);
        line.push('\n');
        table.lines(&line)?;
    }
    table.finish().map(drop)
}

fn exchange(optimization: &Optimization, front: &Front, directory: &Path) -> Result<(), TableError> {
    let mut table = Table::create(
        directory,
        OTHERS[1],
        "kind,objective,for,from_design,to_design,rate,ci_low,ci_high,known",
    )?;
    let first = optimization.objectives[0].metric.key;
    let key = |objective: usize| optimization.objectives[objective].metric.key;
    let kind = if optimization.objectives.len() == 2 { "pair" } else { "plane" };
    for e in &front.exchanges {
        let (from, to) = (front.points[e.from].design, front.points[e.to].design);
        let mut line = format!("{kind},{},{first},{from},{to}", key(e.objective));
        push_numbers(&mut line, &[e.rate, e.low, e.high]);
        line += if e.is_known { ",yes\n" } else { ",no\n" };
        table.lines(&line)?;
    }
    for t in &front.typical {
        let mut line = format!("median,{},{first},,", key(t.objective));
        push_numbers(&mut line, &[t.rate, t.low, t.high]);
        line += &[",", &t.of.to_string(), "\n"].concat();
        table.lines(&line)?;
    }
    table.finish().map(drop)
}

fn knees(front: &Front, directory: &Path) -> Result<(), TableError> {
    let mut table = Table::create(directory, OTHERS[2], "design,before,after,fall,fall_ci_low,fall_ci_high")?;
    for knee in &front.knees {
        let mut line = front.points[knee.point].design.to_string();
        let (low, high) = knee.change;
        push_numbers(&mut line, &[knee.before, knee.after, knee.before - knee.after, low, high]);
        line.push('\n');
        table.lines(&line)?;
    }
    table.finish().map(drop)
}

fn hypervolume(growth: &Growth, directory: &Path) -> Result<(), TableError> {
    let mut table = Table::create(directory, OTHERS[3], "draws,evaluations,hypervolume,ci_low,ci_high")?;
    let mut line = |draws: &str, evaluations: String, (value, low, high): (f64, f64, f64)| {
        let mut text = format!("{draws},{evaluations}");
        push_numbers(&mut text, &[value, low, high]);
        text.push('\n');
        table.lines(&text)
    };
    for step in &growth.steps {
        line("search", step.evaluations.to_string(), step.hypervolume)?;
    }
    if let Some(audited) = growth.audited {
        line("audit", String::new(), audited)?;
    }
    table.finish().map(drop)
}

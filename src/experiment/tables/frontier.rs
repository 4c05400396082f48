//! `frontier.csv`: one row for each certified point of an optimization's front.
//!
//! `design,mechanism`, the parameters by path (empty where a point does not have one), for each objective `<metric>`,
//! `<metric>_ci_low`, `<metric>_ci_high`, then `probability_nondominated`, `deviation_gain`, `deviation_gain_upper` (empty where
//! nobody learns), `probability_feasible` and the replicates behind it all. Rows run from the best in the first objective to
//! the worst.

use super::{Table, TableError, push_number, push_numbers, quote};
use crate::experiment::optimization::Optimization;
use crate::experiment::optimization::front::Front;
use crate::experiment::store::{DesignValue, Store};
use std::path::Path;

/// Name of the table.
pub const FILE: &str = "frontier.csv";

/// Writes the table.
///
/// # Errors
/// Where the file cannot be written.
pub fn write(
    store: &Store,
    optimization: &Optimization,
    front: &Front,
    directory: &Path,
) -> Result<(), TableError> {
    let mut header = "design,mechanism".to_owned();
    for path in store.parameters() {
        header.push(',');
        header += &quote(path);
    }
    for objective in &optimization.objectives {
        let key = objective.metric.key;
        header += &[",", key, ",", key, "_ci_low,", key, "_ci_high"].concat();
    }
    header += ",probability_nondominated,deviation_gain,deviation_gain_upper,probability_feasible,replicates";
    let mut table = Table::create(directory, FILE, &header)?;
    for point in &front.points {
        let mut line = format!("{},{}", point.design, quote(&store.contenders()[point.contender]));
        for setting in &point.settings {
            line.push(',');
            match setting {
                Some(DesignValue::Number(value)) => push_number(&mut line, *value),
                Some(DesignValue::Text(text)) => line += &quote(text),
                None => {}
            }
        }
        for e in &point.objectives {
            push_numbers(&mut line, &[e.mean, e.ci_low, e.ci_high]);
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

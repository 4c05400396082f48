//! `optimum.csv`: the best setting of one objective, with intervals.
//!
//! Rows of kind `variable` (by path, interval from resampling the search's replicates, with a note: `identified`, with what is open of
//! its interval, `not identified`, `at the edge of its range`, or without interval `best so far` where the search has not ended), `objective` (on fresh draws) and `believed` (by the search).

use super::{Table, TableError, push_numbers, quote};
use crate::experiment::optimization::Optimization;
use crate::experiment::optimization::best::{Audited, Optimum};
use std::path::Path;

/// Name of the table.
pub const FILE: &str = "optimum.csv";

/// Writes the table.
///
/// # Errors
/// Where the file cannot be written.
pub fn write(
    optimization: &Optimization,
    optimum: &Optimum,
    audited: Option<&Audited>,
    directory: &Path,
) -> Result<(), TableError> {
    let mut table = Table::create(directory, FILE, "kind,name,value,ci_low,ci_high,n,note")?;
    let mut line = |kind: &str, name: &str, numbers: [f64; 4], note: &str| {
        let mut text = format!("{kind},{}", quote(name));
        push_numbers(&mut text, &numbers);
        text.push(',');
        text.push_str(note);
        text.push('\n');
        table.lines(&text)
    };
    let searched = f64::from(optimization.settings.maximum);
    for (axis, v) in optimization.axes.iter().zip(&optimum.variables) {
        line("variable", &axis.paths.join(" + "), [v.value, v.low, v.high, searched], v.note())?;
    }
    for (axis, &value) in optimization.axes.iter().zip(&optimum.so_far) {
        line(
            "variable",
            &axis.paths.join(" + "),
            [value, f64::NAN, f64::NAN, f64::from(optimization.settings.minimum)],
            "best so far",
        )?;
    }
    let metric = optimization.objectives[0].metric.key;
    if let Some(a) = audited {
        let e = a.objective;
        line("objective", metric, [e.mean, e.ci_low, e.ci_high, e.n as f64], "on fresh draws")?;
    }
    if optimum.design.is_some() && optimum.so_far.is_empty() {
        let [low, high] = optimum.believed_interval;
        line("believed", metric, [optimum.believed, low, high, searched], "by the search")?;
    }
    table.finish().map(drop)
}

//! Means within each basin, for contenders whose replicates fall into several.

use super::layout::{blocks, wrapped};
use super::{labels, numbers};
use crate::report::summary::Summary;

/// Writes one block for each contender with several basins; nothing where there is none.
pub(super) fn write(out: &mut String, summary: &Summary) {
    for (c, name) in summary.contenders().iter().enumerate().filter(|(c, _)| summary.has_basins(*c)) {
        let basins = summary.basins(c);
        out.push('\n');
        let text = format!(
            "{name} ends in {} distinct basins. No mean over them describes any replicate; within each:",
            basins.len()
        );
        *out += &wrapped(&text, "", "  ");
        let names: Vec<String> = basins
            .iter()
            .enumerate()
            .map(|(b, basin)| format!("basin {b} ({} replicates)", basin.replicates.len()))
            .collect();
        let of = summary.done(c);
        let columns: Vec<Vec<String>> = (0..basins.len())
            .map(|b| {
                let mut cells = numbers(summary, |metric| summary.basin_estimate(c, b, metric));
                for metric in ["certified", "settled"] {
                    cells.push(summary.basin_estimate(c, b, metric).map_or("–".to_owned(), |e| {
                        format!("{:.0} of {}", e.mean * e.n as f64, e.n.min(of))
                    }));
                }
                cells
            })
            .collect();
        *out += &blocks(&labels(summary), &names, &columns);
    }
}

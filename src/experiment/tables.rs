//! The CSV tables of a run, drawn from the store.
//!
//! UTF-8, LF, rows by design, contender (as in the file), replicate and metric (as in the metric list); numbers by
//! [`format_number`]; a metric that a unit does not have has no row.

pub mod effects;
pub mod failures;
pub mod frontier;
pub mod optimum;
pub mod points;
pub mod quantiles;
pub mod sensitivity;

use super::basins;
use super::store::{DesignValue, Order, Store, StoreError};
use super::whole_file::WholeFile;
use crate::measure::statistics::{Critical, Moments, Pairs};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Why a table could not be written.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file could not be written; what stood there is as it was.
    #[error("cannot write {path}", path = .path.display())]
    Io {
        /// The table.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// A number as text: the shortest decimal that reads back to the same double. Positional from 1e-6 up to 1e16, with an
/// exponent outside (`1e-7`, `2.5e300`); never `-0`; `NaN`, `inf` and `-inf` for what is no number.
pub fn format_number(value: f64) -> String {
    let mut text = String::new();
    push_number(&mut text, value);
    text
}

/// The same of a number for people, rounded to so many significant digits.
pub fn format_rounded(value: f64, digits: usize) -> String {
    format_number(format!("{value:.*e}", digits.saturating_sub(1)).parse().unwrap_or(value))
}

fn push_number(line: &mut String, value: f64) {
    let size = value.abs();
    // Writing to a string cannot fail.
    let _ = if value == 0.0 {
        line.write_str("0")
    } else if size.is_finite() && !(1e-6..1e16).contains(&size) {
        write!(line, "{value:e}")
    } else {
        write!(line, "{value}")
    };
}

/// A text cell, quoted where it holds a comma, a quote, a line break, or a space at either end (RFC 4180).
pub fn quote(text: &str) -> String {
    let special = |c: char| matches!(c, ',' | '"' | '\n' | '\r');
    if text.contains(special) || text.trim() != text {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

pub(crate) fn push_numbers(line: &mut String, values: &[f64]) {
    for value in values {
        line.push(',');
        push_number(line, *value);
    }
}

/// A table being written, line by line, with the digest of its bytes.
pub(crate) struct Table {
    path: PathBuf,
    file: WholeFile,
    digest: Sha256,
}

impl Table {
    pub(crate) fn create(directory: &Path, name: &str, header: &str) -> Result<Self, TableError> {
        let path = directory.join(name);
        let file =
            WholeFile::create(&path).map_err(|source| TableError::Io { path: path.clone(), source })?;
        let mut table = Self { path, file, digest: Sha256::new() };
        table.lines(header)?;
        table.lines("\n")?;
        Ok(table)
    }

    pub(crate) fn lines(&mut self, text: &str) -> Result<(), TableError> {
        self.digest.update(text);
        self.file
            .write_all(text.as_bytes())
            .map_err(|source| TableError::Io { path: self.path.clone(), source })
    }

    /// Puts the table in its place and returns the SHA-256 of its bytes, in hexadecimal.
    pub(crate) fn finish(self) -> Result<String, TableError> {
        let Self { path, file, digest } = self;
        file.finish().map_err(|source| TableError::Io { path, source })?;
        Ok(hexadecimal(&digest.finalize()))
    }
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Writes `results.csv`, `summary.csv`, `comparison.csv`, `basins.csv` and `policies.csv`, of a design `effects.csv` and
/// `main_effects.csv`, and of failed units `failures.csv`; returns the SHA-256 of
/// `results.csv`. Basins differ by more than `tolerance` (see [`basins::read`]).
///
/// # Errors
/// Where the store cannot be read or a file cannot be written.
pub fn write_all(store: &Store, directory: &Path, tolerance: f64) -> Result<String, TableError> {
    let (digest, given) = write_results_and_summary(store, directory)?;
    write_comparison(store, directory)?;
    write_basins(store, directory, tolerance)?;
    write_policies(store, directory)?;
    effects::write(store, directory, &given)?;
    failures::write(store, directory)?;
    Ok(digest)
}

/// Which contender of a study has which metric.
#[derive(Clone, Debug)]
pub struct Given {
    /// By contender, then metric of the store.
    has: Vec<Vec<bool>>,
}

impl Given {
    /// Every contender may have each of `asked`, of `metrics` metrics.
    fn all(contenders: usize, asked: &[usize], metrics: usize) -> Self {
        let own: Vec<bool> = (0..metrics).map(|metric| asked.contains(&metric)).collect();
        Given { has: vec![own; contenders] }
    }

    /// Whether some unit of the contender has the metric.
    pub fn has(&self, contender: usize, metric: usize) -> bool {
        self.has[contender][metric]
    }
}

/// Writes `results.csv`, `summary.csv` and of a design `points.csv` in one walk; returns the SHA-256 of `results.csv`, and
/// who has which metric.
///
/// # Errors
/// Where the store cannot be read or a file cannot be written.
pub fn write_results_and_summary(store: &Store, directory: &Path) -> Result<(String, Given), TableError> {
    let mut header = "design,mechanism,replicate".to_owned();
    for path in store.parameters() {
        header.push(',');
        header += &quote(path);
    }
    header += ",metric,value";
    let mut results = Table::create(directory, "results.csv", &header)?;
    let mut summary =
        Table::create(directory, "summary.csv", "design,mechanism,metric,mean,se,ci_low,ci_high,n")?;
    let mut points = points::PointSheet::create(store, directory)?;
    let names: Vec<String> = store.contenders().iter().map(|name| quote(name)).collect();
    let metrics: Vec<String> = store.metrics().iter().map(|name| quote(name)).collect();
    let mut given = Given::all(names.len(), &[], metrics.len());
    let mut cells: Vec<Option<Moments>> = vec![None; metrics.len()];
    let mut critical = Critical::default();
    let mut parameters = String::new();
    let mut current: Option<(u32, usize)> = None;
    let mut lines = String::new();
    store.visit_values(Order::ByContender, |unit| {
        if current != Some((unit.design, unit.contender)) {
            if let Some((design, contender)) = current {
                summary.lines(&summary_lines(
                    design,
                    &names[contender],
                    &metrics,
                    &mut cells,
                    &mut critical,
                ))?;
            }
            if current.is_none_or(|(design, _)| design != unit.design) {
                parameters = parameter_cells(store, unit.design)?;
            }
            current = Some((unit.design, unit.contender));
        }
        if let Some(points) = &mut points {
            points.see(unit)?;
        }
        lines.clear();
        let start = format!("{},{},{}{parameters},", unit.design, names[unit.contender], unit.replicate);
        for &(metric, value) in unit.values {
            lines.push_str(&start);
            lines.push_str(&metrics[metric]);
            push_numbers(&mut lines, &[value]);
            lines.push('\n');
            cells[metric].get_or_insert_default().push(value);
            given.has[unit.contender][metric] = true;
        }
        results.lines(&lines)
    })?;
    if let Some((design, contender)) = current {
        summary.lines(&summary_lines(design, &names[contender], &metrics, &mut cells, &mut critical))?;
    }
    summary.finish()?;
    points.map_or(Ok(()), points::PointSheet::finish)?;
    Ok((results.finish()?, given))
}

/// One line for each metric that any replicate had; empties the cells.
fn summary_lines(
    design: u32,
    mechanism: &str,
    metrics: &[String],
    cells: &mut [Option<Moments>],
    critical: &mut Critical,
) -> String {
    let mut lines = String::new();
    for (metric, cell) in metrics.iter().zip(cells) {
        let Some(moments) = cell.take() else { continue };
        let e = moments.estimate(critical);
        let _ = write!(lines, "{design},{mechanism},{metric}");
        push_numbers(&mut lines, &[e.mean, e.se, e.ci_low, e.ci_high]);
        let _ = writeln!(lines, ",{}", e.n);
    }
    lines
}

/// Cells of the swept parameters, each after its comma; empty where the design point does not have the parameter.
fn parameter_cells(store: &Store, design: u32) -> Result<String, StoreError> {
    let mut cells = String::new();
    for value in store.design_values(design)? {
        cells.push(',');
        match value {
            Some(DesignValue::Number(value)) => push_number(&mut cells, value),
            Some(DesignValue::Text(text)) => cells += &quote(&text),
            None => {}
        }
    }
    Ok(cells)
}

/// Writes `comparison.csv`: at each design point every metric that both contenders of a pair have, `a` before `b` in
/// the file; `difference` is `a − b` over the replicates that both have.
///
/// # Errors
/// Where the store cannot be read or the file cannot be written.
pub fn write_comparison(store: &Store, directory: &Path) -> Result<(), TableError> {
    let header = "design,metric,a,b,mean_a,mean_b,difference,se,ci_low,ci_high,p_value,variance_reduction";
    let mut table = Table::create(directory, "comparison.csv", header)?;
    let contenders = store.contenders().len();
    if contenders > 1 {
        let mut sheet = PairSheet::new(store);
        let mut current: Option<(u32, u32)> = None;
        store.visit_values(Order::ByReplicate, |unit| {
            if let Some((design, replicate)) = current
                && (design, replicate) != (unit.design, unit.replicate)
            {
                sheet.close_replicate();
                if design != unit.design {
                    table.lines(&sheet.close_design(design))?;
                }
            }
            current = Some((unit.design, unit.replicate));
            for &(metric, value) in unit.values {
                sheet.values[metric * contenders + unit.contender] = Some(value);
            }
            Ok::<_, TableError>(())
        })?;
        if let Some((design, _)) = current {
            sheet.close_replicate();
            table.lines(&sheet.close_design(design))?;
        }
    }
    table.finish().map(drop)
}

/// The values of one replicate, and the pairs of one design point.
struct PairSheet {
    names: Vec<String>,
    metrics: Vec<String>,
    /// By metric, then contender.
    values: Vec<Option<f64>>,
    /// By metric, then pair in the order (0, 1), (0, 2), …, (1, 2), …; `None` where never both had the metric.
    pairs: Vec<Option<Pairs>>,
    critical: Critical,
}

impl PairSheet {
    fn new(store: &Store) -> Self {
        let names: Vec<String> = store.contenders().iter().map(|name| quote(name)).collect();
        let metrics: Vec<String> = store.metrics().iter().map(|name| quote(name)).collect();
        let count = names.len();
        Self {
            values: vec![None; metrics.len() * count],
            pairs: vec![None; metrics.len() * (count * (count - 1) / 2)],
            names,
            metrics,
            critical: Critical::default(),
        }
    }

    fn close_replicate(&mut self) {
        let count = self.names.len();
        let mut pairs = self.pairs.iter_mut();
        for row in self.values.chunks_mut(count) {
            for a in 0..count {
                for b in a + 1..count {
                    let Some(pair) = pairs.next() else { return };
                    if let (Some(x), Some(y)) = (row[a], row[b]) {
                        pair.get_or_insert_default().push(x, y);
                    }
                }
            }
            row.fill(None);
        }
    }

    fn close_design(&mut self, design: u32) -> String {
        let mut lines = String::new();
        let mut pairs = self.pairs.iter_mut();
        for metric in &self.metrics {
            for (at, a) in self.names.iter().enumerate() {
                for b in &self.names[at + 1..] {
                    let Some(pair) = pairs.next().and_then(Option::take) else { continue };
                    let c = pair.comparison(&mut self.critical);
                    let _ = write!(lines, "{design},{metric},{a},{b}");
                    push_numbers(&mut lines, &[c.mean_a, c.mean_b, c.difference, c.se, c.ci_low, c.ci_high]);
                    push_numbers(&mut lines, &[c.p_value, c.variance_reduction]);
                    lines.push('\n');
                }
            }
        }
        lines
    }
}

/// Writes `basins.csv`: means within each basin, for the contenders whose replicates fall into several.
///
/// # Errors
/// Where the store cannot be read or the file cannot be written.
pub fn write_basins(store: &Store, directory: &Path, tolerance: f64) -> Result<(), TableError> {
    let header = "design,mechanism,basin,metric,mean,se,ci_low,ci_high,n";
    let mut table = Table::create(directory, "basins.csv", header)?;
    basins::visit(store, tolerance, None, |design, contender, found| {
        for (number, basin) in found.iter().enumerate().filter(|_| found.len() > 1) {
            for (place, metric) in store.metrics().iter().enumerate() {
                let Some(e) = basin.estimate(place) else { continue };
                let name = quote(&store.contenders()[contender]);
                let mut line = format!("{design},{name},{number},{}", quote(metric));
                push_numbers(&mut line, &[e.mean, e.se, e.ci_low, e.ci_high]);
                let _ = writeln!(line, ",{}", e.n);
                table.lines(&line)?;
            }
        }
        Ok::<_, TableError>(())
    })?;
    table.finish().map(drop)
}

/// Writes `policies.csv`: cells of positive probability; the action of one who abstains is `NaN`.
///
/// # Errors
/// Where the store cannot be read or the file cannot be written.
pub fn write_policies(store: &Store, directory: &Path) -> Result<(), TableError> {
    let header = "design,mechanism,replicate,agent,lever,state,action,probability";
    let mut table = Table::create(directory, "policies.csv", header)?;
    let mut lines = String::new();
    store.visit_policies(|policy| {
        lines.clear();
        let start =
            format!("{},{},{}", policy.key.design, quote(&policy.key.mechanism), policy.key.replicate);
        for entry in policy.entries.iter().filter(|entry| entry.probability != 0.0) {
            let _ = write!(lines, "{start},{},{}", quote(&entry.agent), quote(&entry.lever));
            push_numbers(&mut lines, &[entry.state, entry.action.unwrap_or(f64::NAN), entry.probability]);
            lines.push('\n');
        }
        table.lines(&lines)
    })?;
    table.finish().map(drop)
}

#[cfg(test)]
#[path = "tables/tests.rs"]
mod tests;

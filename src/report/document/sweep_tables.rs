//! Tables of a sweep: outcomes at its points, effects of its parameters, and differences of contenders at each point.

use super::tables::{difference, shaped};
use super::{Cell, Table};
use crate::chart::ticks::{fixed, significant};
use crate::experiment::store::{Store, StoreError};
use crate::experiment::tables::effects::{self, EFFECTS, MAIN_EFFECTS};
use crate::measure::metrics::{Metric, find};
use crate::measure::statistics::{Critical, Estimate, Pairs};
use crate::report::frontier::{labelled, printed};
use crate::report::sweep::Swept;
use crate::report::sweep::closing::short_term;
use crate::report::table::differences::p_value;
use std::path::Path;

/// Rows that a printed table may have; the rest stands in the CSV files beside `summary.csv`.
const MOST_ROWS: usize = 400;
/// Metrics of each table.
const METRICS: usize = 6;

/// All tables that the design gives.
pub(super) fn all(store: &Store, swept: &Swept, directory: &Path) -> Result<Vec<Table>, StoreError> {
    let shown = &swept.metrics[..swept.metrics.len().min(METRICS)];
    let found = [
        points(swept, shown),
        variance(store, shown, directory),
        main_effects(store, shown, directory),
        differences(store, swept, shown)?,
    ];
    Ok(found.into_iter().flatten().collect())
}

fn table(
    name: &str,
    caption: &str,
    head: Vec<String>,
    texts: usize,
    mut rows: Vec<Vec<Cell>>,
    note: &str,
) -> Option<Table> {
    let mut notes = vec![note.to_owned()];
    if rows.len() > MOST_ROWS {
        rows.truncate(MOST_ROWS);
        notes.push(format!("These are the first {MOST_ROWS} rows."));
    }
    let (name, caption) = (name.to_owned(), caption.to_owned());
    (!rows.is_empty()).then_some(Table { name, caption, head, texts, grouped: true, rows, notes })
}

fn heads(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Settings of a point, a cell for each factor.
fn settings(swept: &Swept, point: usize) -> Vec<Cell> {
    swept.factors.iter().map(|f| Cell::text(f.setting(point))).collect()
}

/// Outcomes at each point, a row for each contender.
fn points(swept: &Swept, shown: &[&'static Metric]) -> Option<Table> {
    let mut rows = Vec::new();
    for (c, name) in swept.contenders.iter().enumerate() {
        for (point, outcomes) in swept.outcomes.iter().enumerate() {
            let mark = if outcomes[c].sound { "" } else { "*" };
            let mut row = vec![Cell::text(name.clone())];
            row.extend(settings(swept, point));
            let estimate = |at: usize| outcomes[c].estimates.get(at).copied().flatten();
            row.extend((0..shown.len()).map(|at| {
                let cell = shaped(estimate(at), printed(shown[at]).0);
                Cell { text: format!("{}{mark}", cell.text), ..cell }
            }));
            rows.push(row);
        }
    }
    let factors = swept.factors.iter().map(|f| f.name.clone());
    let metrics = shown.iter().map(|metric| labelled(metric));
    let head = std::iter::once("contender".to_owned()).chain(factors).chain(metrics).collect();
    let note = "Means over replicates ± half-widths of 95% intervals. *: not certified in every replicate, or a mean over distinct basins.";
    table("points", "Outcomes at the points of the design.", head, 1 + swept.factors.len(), rows, note)
}

/// Rows of a table of effects about the metrics shown.
fn rows_about(
    shown: &[&'static Metric],
    directory: &Path,
    file: &str,
) -> Vec<(&'static Metric, Vec<String>)> {
    let rows = effects::read(&directory.join(file));
    let about = |row: Vec<String>| {
        let metric = find(row.get(1)?).filter(|m| shown.iter().any(|s| s.key == m.key))?;
        Some((metric, row))
    };
    rows.into_iter().filter_map(about).collect()
}

fn parsed(row: &[String], column: usize) -> f64 {
    row.get(column).and_then(|cell| cell.parse().ok()).unwrap_or(f64::NAN)
}

/// `*` stands for all contenders.
fn contender(row: &[String]) -> String {
    let name = row.first().map_or("", String::as_str);
    if name == "*" { "all contenders".to_owned() } else { name.to_owned() }
}

fn variance(store: &Store, shown: &[&'static Metric], directory: &Path) -> Option<Table> {
    let figure = |v: f64, text: String| if v.is_finite() { Cell::number(text, v) } else { Cell::text("–") };
    let row = |(metric, row): (&'static Metric, Vec<String>)| {
        let of = |column: usize| parsed(&row, column);
        let share = |column: usize| figure(of(column), fixed(100.0 * of(column), 1));
        let test = |column: usize| figure(of(column), p_value(of(column)));
        let stars = match of(9) {
            p if p < 0.001 => 3,
            p if p < 0.01 => 2,
            p if p < 0.05 => 1,
            _ => 0,
        };
        vec![
            Cell::text(format!("{}, {}", metric.label, contender(&row))),
            Cell::text(short_term(store, &row[2])),
            figure(of(3), fixed(of(3), 0)),
            share(5),
            share(6),
            Cell { stars, ..figure(of(7), significant(of(7), 3)) },
            test(8),
            test(9),
            test(10),
        ]
    };
    let rows = rows_about(shown, directory, EFFECTS).into_iter().map(row).collect();
    let head = heads(&[
        "metric",
        "term",
        "df",
        "η², %",
        "partial η², %",
        "F",
        "p",
        "p, Holm",
        "p, Benjamini–Hochberg",
    ]);
    let note = "Analysis of variance within replicates. F: Wald tests with covariances clustered by replicate, robust to unequal variances; \
                adjusted over all terms and metrics of a contender. Stars are of Holm's p.";
    table("effects", "Effects of the parameters of the design.", head, 2, rows, note)
}

fn main_effects(store: &Store, shown: &[&'static Metric], directory: &Path) -> Option<Table> {
    let row = |(metric, row): (&'static Metric, Vec<String>)| {
        let (factor, _) = printed(metric);
        let estimate = |at: usize| {
            let [mean, se, ci_low, ci_high] = [0, 1, 2, 3].map(|k| parsed(&row, at + k));
            Some(Estimate { mean, se, ci_low, ci_high, n: 0 }).filter(|e| e.mean.is_finite())
        };
        vec![
            Cell::text(format!("{}, {}", labelled(metric), contender(&row))),
            Cell::text(format!("{} = {}", short_term(store, &row[2]), row[3])),
            shaped(estimate(4), factor),
            shaped(estimate(8), factor),
        ]
    };
    let rows = rows_about(shown, directory, MAIN_EFFECTS).into_iter().map(row).collect();
    let head = heads(&["metric", "setting", "mean", "less the mean of all points"]);
    let note = "Means over all settings of the other parameters, every point counting once, ± half-widths of 95% intervals over replicates. \
                Where parameters do not vary independently, adjusted for each other as if their effects added up; a parameter that \
                cannot be told from others is left out.";
    table("main-effects", "Means at each setting of each parameter.", head, 2, rows, note)
}

/// Paired differences of contenders at each point.
fn differences(store: &Store, swept: &Swept, shown: &[&'static Metric]) -> Result<Option<Table>, StoreError> {
    let contenders = swept.contenders.len();
    let column: Vec<Option<usize>> =
        store.metrics().iter().map(|key| shown.iter().position(|m| m.key == *key)).collect();
    let mut critical = Critical::default();
    let mut rows = Vec::new();
    for (point, &design) in swept.designs.iter().enumerate() {
        if contenders < 2 || rows.len() > MOST_ROWS {
            break;
        }
        // By metric, then contender, then replicate.
        let mut values = vec![vec![std::collections::BTreeMap::new(); contenders]; shown.len()];
        store.visit_values_at(design, |unit| {
            for (metric, value) in unit.values {
                if let Some(at) = column[*metric] {
                    values[at][unit.contender].insert(unit.replicate, *value);
                }
            }
            Ok::<_, StoreError>(())
        })?;
        let place: Vec<String> = settings(swept, point).into_iter().map(|cell| cell.text).collect();
        for (metric, values) in shown.iter().zip(&values) {
            let (factor, _) = printed(metric);
            for a in 0..contenders {
                for b in a + 1..contenders {
                    let mut pairs = Pairs::default();
                    for (replicate, x) in &values[a] {
                        if let Some(y) = values[b].get(replicate) {
                            pairs.push(*x, *y);
                        }
                    }
                    if pairs.n() > 0 {
                        let pair = format!("{} − {}", swept.contenders[a], swept.contenders[b]);
                        let label = format!("{pair}, {}", labelled(metric));
                        rows.push(difference(
                            &place.join(", "),
                            &label,
                            &pairs.comparison(&mut critical),
                            factor,
                        ));
                    }
                }
            }
        }
    }
    let names: Vec<&str> = swept.factors.iter().map(|f| f.name.as_str()).collect();
    let settings = names.join(", ");
    let head = heads(&[&settings, "difference of", "difference", "95% interval", "p", "pairing"]);
    let note = "Paired on the same draws. p: two-sided t test of no difference; not adjusted. Pairing: what common draws did to the variance \
                of the difference.";
    Ok(table("differences", "Differences of contenders at each point of the design.", head, 2, rows, note))
}

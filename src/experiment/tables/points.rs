//! `points.csv`: how each design point differs from the first one that the study has, contender by contender, replicate by
//! replicate on the same draws; and what that pairing did to the variance of the difference.

use super::{Table, TableError, push_numbers, quote};
use crate::experiment::store::{Store, StoreError, StoredUnit};
use crate::measure::statistics::{Comparison, Critical, Pairs};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// Name of the table.
pub const POINTS: &str = "points.csv";

/// The table, as units of one design point and contender after another come by.
pub(super) struct PointSheet {
    table: Table,
    names: Vec<String>,
    metrics: Vec<String>,
    reference: Option<u32>,
    /// By contender, then replicate: values at the first point by metric, `NaN` where there is none.
    first: Vec<BTreeMap<u32, Box<[f64]>>>,
    current: Option<(u32, usize)>,
    pairs: Vec<Pairs>,
    critical: Critical,
}

impl PointSheet {
    /// An empty table; `None` where there are fewer than two design points.
    pub fn create(store: &Store, directory: &Path) -> Result<Option<Self>, TableError> {
        if store.parameters().is_empty() || store.designs()?.len() < 2 {
            // What an earlier version of the study left is none of this one's.
            let _ = std::fs::remove_file(directory.join(POINTS));
            return Ok(None);
        }
        let header = "design,reference,mechanism,metric,mean,mean_reference,difference,se,ci_low,ci_high,p_value,variance_reduction";
        Ok(Some(PointSheet {
            table: Table::create(directory, POINTS, header)?,
            names: store.contenders().iter().map(|name| quote(name)).collect(),
            metrics: store.metrics().iter().map(|name| quote(name)).collect(),
            reference: None,
            first: vec![BTreeMap::new(); store.contenders().len()],
            current: None,
            pairs: vec![Pairs::default(); store.metrics().len()],
            critical: Critical::default(),
        }))
    }

    /// Takes in a unit; those of a design point and contender follow one another.
    pub fn see(&mut self, unit: &StoredUnit<'_>) -> Result<(), TableError> {
        let place = Some((unit.design, unit.contender));
        if place != self.current {
            self.close()?;
            self.current = place;
        }
        let reference = *self.reference.get_or_insert(unit.design);
        let own = &mut self.first[unit.contender];
        if unit.design == reference {
            let mut values = vec![f64::NAN; self.metrics.len()].into_boxed_slice();
            unit.values.iter().for_each(|&(metric, value)| values[metric] = value);
            own.insert(unit.replicate, values);
        } else if let Some(first) = own.get(&unit.replicate) {
            unit.values.iter().for_each(|&(metric, value)| self.pairs[metric].push(value, first[metric]));
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), TableError> {
        let (Some((design, contender)), Some(reference)) = (self.current, self.reference) else {
            return Ok(());
        };
        let mut lines = String::new();
        for (metric, pairs) in self.metrics.iter().zip(&mut self.pairs) {
            let pairs = std::mem::take(pairs);
            if pairs.n() == 0 {
                continue;
            }
            let c = pairs.comparison(&mut self.critical);
            // Writing to a string cannot fail.
            let _ = write!(lines, "{design},{reference},{},{metric}", self.names[contender]);
            push_numbers(&mut lines, &[c.mean_a, c.mean_b, c.difference, c.se, c.ci_low, c.ci_high]);
            push_numbers(&mut lines, &[c.p_value, c.variance_reduction]);
            lines.push('\n');
        }
        self.table.lines(&lines)
    }

    /// Puts the table in its place.
    pub fn finish(mut self) -> Result<(), TableError> {
        self.close()?;
        self.table.finish().map(drop)
    }
}

/// What common draws did across the first `most` design points of a study: differences from the first one, by metric as
/// asked for, contender, then point.
///
/// # Errors
/// Where the store cannot be read.
pub fn differences(
    store: &Store,
    metrics: &[&str],
    most: usize,
) -> Result<Vec<Vec<Vec<Comparison>>>, StoreError> {
    let column: Vec<Option<usize>> =
        store.metrics().iter().map(|key| metrics.iter().position(|metric| metric == key)).collect();
    let contenders = store.contenders().len();
    let place = |metric: usize, contender: usize| metric * contenders + contender;
    let mut first: Vec<BTreeMap<u32, f64>> = vec![BTreeMap::new(); metrics.len() * contenders];
    let mut found = vec![vec![Vec::new(); contenders]; metrics.len()];
    let mut critical = Critical::default();
    for (number, &design) in store.designs()?.iter().take(most).enumerate() {
        let mut pairs = vec![Pairs::default(); first.len()];
        store.visit_values_at(design, |unit| {
            for &(metric, value) in unit.values {
                let Some(at) = column[metric].map(|metric| place(metric, unit.contender)) else { continue };
                if number == 0 {
                    first[at].insert(unit.replicate, value);
                } else if let Some(&other) = first[at].get(&unit.replicate) {
                    pairs[at].push(value, other);
                }
            }
            Ok::<_, StoreError>(())
        })?;
        for (at, pairs) in pairs.iter().enumerate().filter(|(_, pairs)| pairs.n() > 1) {
            found[at / contenders][at % contenders].push(pairs.comparison(&mut critical));
        }
    }
    Ok(found)
}

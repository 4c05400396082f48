//! `effects.csv` and `main_effects.csv`: which swept parameter moves which metric, and by how much.
//!
//! One analysis of variance for each contender and metric, and one over all contenders (`mechanism` is `*`) in which the
//! mechanism is a factor too. See [`crate::measure::effects`].

use super::{Table, TableError, push_number, push_numbers, quote};
use crate::experiment::store::{DesignValue, Order, Store, StoreError};
use crate::measure::effects::analysis::{Effect, Marginal, effects, marginals};
use crate::measure::effects::coding::{Factor, Model};
use crate::measure::effects::least_squares::Observation;
use crate::measure::effects::multiplicity::{benjamini_hochberg, holm};
use crate::measure::statistics::Estimate;
use std::path::Path;

/// Name of the table of analyses of variance.
pub const EFFECTS: &str = "effects.csv";
/// Name of the table of marginal means.
pub const MAIN_EFFECTS: &str = "main_effects.csv";

/// Observations that are held in memory at a time.
const AT_A_TIME: usize = 1_000_000;
/// Columns of a model above which interactions are left out.
const MOST_COLUMNS: usize = 300;
/// Name of the factor that tells contenders apart.
const MECHANISM: &str = "mechanism";

/// Writes both tables where the study has a design; returns whether it has.
///
/// # Errors
/// Where the store cannot be read or a file cannot be written.
pub fn write(store: &Store, directory: &Path) -> Result<bool, TableError> {
    let designs = store.designs()?;
    if designs.len() < 2 || store.parameters().is_empty() {
        return Ok(false);
    }
    let design = DesignTable::read(store, &designs)?;
    let mut table = Table::create(
        directory,
        EFFECTS,
        "mechanism,metric,term,df,sum_of_squares,eta_squared,partial_eta_squared,f,p_value,p_holm,p_benjamini_hochberg",
    )?;
    let mut means = Table::create(
        directory,
        MAIN_EFFECTS,
        "mechanism,metric,parameter,level,mean,se,ci_low,ci_high,effect,effect_se,effect_ci_low,effect_ci_high,n",
    )?;
    let contenders = store.contenders().len();
    let units = (store.counts()?.0 as usize).max(1);
    let metrics: Vec<usize> = (0..store.metrics().len()).collect();
    let mut rows: Vec<(usize, usize, Vec<Effect>)> = Vec::new();
    let mut marginal_rows: Vec<(usize, usize, Vec<Marginal>)> = Vec::new();
    for chunk in metrics.chunks((AT_A_TIME / units).max(1)) {
        let mut gathered = gather(store, &design, chunk)?;
        for (&metric, by_contender) in chunk.iter().zip(&mut gathered) {
            for (contender, observations) in by_contender.iter_mut().enumerate() {
                observations.sort_by_key(|o| (o.replicate, o.point));
                if let Some((effects, means)) = analyse(&design.factors, design.points, observations) {
                    rows.push((contender, metric, effects));
                    marginal_rows.push((contender, metric, means));
                }
            }
            let having = by_contender.iter().filter(|observations| !observations.is_empty()).count();
            if having > 1 {
                let (factors, points, observations) = design.pooled(store.contenders(), by_contender);
                if let Some((effects, means)) = analyse(&factors, points, &observations) {
                    rows.push((contenders, metric, effects));
                    marginal_rows.push((contenders, metric, means));
                }
            }
        }
    }
    rows.sort_by_key(|(contender, metric, _)| (*contender, *metric));
    marginal_rows.sort_by_key(|(contender, metric, _)| (*contender, *metric));
    // One family of tests for each contender: all terms of all of its metrics.
    for family in rows.chunk_by(|a, b| a.0 == b.0) {
        let p: Vec<f64> =
            family.iter().flat_map(|(_, _, effects)| effects.iter().map(|e| e.p_value)).collect();
        let mut adjusted = holm(&p).into_iter().zip(benjamini_hochberg(&p));
        for (contender, metric, effects) in family {
            for effect in effects {
                let (holm, bh) = adjusted.next().unwrap_or((f64::NAN, f64::NAN));
                let mut line = opening(store, *contender, *metric);
                line += &quote(&effect.term);
                push_numbers(&mut line, &[effect.freedom as f64]);
                push_numbers(
                    &mut line,
                    &[
                        effect.sum_of_squares,
                        effect.eta_squared,
                        effect.partial_eta_squared,
                        effect.f,
                        effect.p_value,
                        holm,
                        bh,
                    ],
                );
                line.push('\n');
                table.lines(&line)?;
            }
        }
    }
    for (contender, metric, marginals) in &marginal_rows {
        for row in marginals {
            let mut line = opening(store, *contender, *metric);
            line += &[quote(&row.factor), quote(&row.level), String::new()].join(",");
            push_number(&mut line, row.mean.mean);
            let Estimate { se, ci_low, ci_high, n, .. } = row.mean;
            let e = row.effect;
            push_numbers(&mut line, &[se, ci_low, ci_high, e.mean, e.se, e.ci_low, e.ci_high]);
            push_numbers(&mut line, &[n as f64]);
            line.push('\n');
            means.lines(&line)?;
        }
    }
    table.finish()?;
    means.finish()?;
    Ok(true)
}

/// Observations by metric of `chunk`, then contender.
fn gather(
    store: &Store,
    design: &DesignTable,
    chunk: &[usize],
) -> Result<Vec<Vec<Vec<Observation>>>, StoreError> {
    let mut gathered = vec![vec![Vec::<Observation>::new(); store.contenders().len()]; chunk.len()];
    store.visit_values(Order::ByContender, |unit| {
        let Some(point) = design.place(unit.design) else { return Ok::<_, StoreError>(()) };
        for &(metric, y) in unit.values {
            if let Some(at) = chunk.iter().position(|&m| m == metric).filter(|_| y.is_finite()) {
                let seen = Observation { replicate: unit.replicate, point, y };
                gathered[at][unit.contender].push(seen);
            }
        }
        Ok(())
    })?;
    Ok(gathered)
}

/// Effects on some metrics, by metric, then contender: empty where it does not have the metric or nothing varies.
///
/// # Errors
/// Where the store cannot be read.
pub fn on_metrics(store: &Store, metrics: &[&str]) -> Result<Vec<Vec<Vec<Effect>>>, StoreError> {
    let design = DesignTable::read(store, &store.designs()?)?;
    let each = |observations: &mut Vec<Observation>| {
        observations.sort_by_key(|o| (o.replicate, o.point));
        analyse(&design.factors, design.points, observations).map_or_else(Vec::new, |(effects, _)| effects)
    };
    let units = (store.counts()?.0 as usize).max(1);
    let places: Vec<usize> = metrics
        .iter()
        .map(|metric| store.metrics().iter().position(|key| key == metric).unwrap_or(usize::MAX))
        .collect();
    let mut found = Vec::new();
    for chunk in places.chunks((AT_A_TIME / units).max(1)) {
        for mut by_contender in gather(store, &design, chunk)? {
            found.push(by_contender.iter_mut().map(each).collect());
        }
    }
    Ok(found)
}

fn opening(store: &Store, contender: usize, metric: usize) -> String {
    let name = store.contenders().get(contender).map_or("*", String::as_str);
    format!("{},{},", quote(name), store.metrics()[metric])
}

/// Effects and marginal means; `None` where there is nothing to analyse.
fn analyse(
    factors: &[Factor],
    points: usize,
    observations: &[Observation],
) -> Option<(Vec<Effect>, Vec<Marginal>)> {
    let whole = Model::new(factors, points, true);
    let model = if whole.width <= MOST_COLUMNS { whole } else { Model::new(factors, points, false) };
    if model.terms.is_empty() || observations.is_empty() {
        return None;
    }
    Some((effects(&model, observations), marginals(factors, observations)))
}

/// The design as factors.
struct DesignTable {
    numbers: Vec<u32>,
    factors: Vec<Factor>,
    points: usize,
}

impl DesignTable {
    fn read(store: &Store, designs: &[u32]) -> Result<Self, StoreError> {
        let rows: Vec<Vec<Option<DesignValue>>> =
            designs.iter().map(|&design| store.design_values(design)).collect::<Result<_, _>>()?;
        let factors = store
            .parameters()
            .iter()
            .enumerate()
            .map(|(column, path)| {
                let values: Vec<Option<&DesignValue>> = rows.iter().map(|row| row[column].as_ref()).collect();
                let number = |value: Option<&DesignValue>| match value {
                    Some(DesignValue::Number(number)) => Some(*number),
                    _ => None,
                };
                if let Some(numbers) = values.iter().copied().map(number).collect::<Option<Vec<f64>>>() {
                    return Factor::of_numbers(path, &numbers, super::format_number);
                }
                let text = |value: Option<&DesignValue>| match value {
                    Some(DesignValue::Number(number)) => super::format_number(*number),
                    Some(DesignValue::Text(text)) => text.clone(),
                    None => "as written".to_owned(),
                };
                Factor::of_texts(path, &values.iter().copied().map(text).collect::<Vec<_>>())
            })
            .collect();
        Ok(DesignTable { numbers: designs.to_vec(), factors, points: designs.len() })
    }

    fn place(&self, design: u32) -> Option<u32> {
        self.numbers.binary_search(&design).ok().map(|place| place as u32)
    }

    /// The design crossed with the contenders that have the metric.
    fn pooled(
        &self,
        names: &[String],
        by_contender: &[Vec<Observation>],
    ) -> (Vec<Factor>, usize, Vec<Observation>) {
        let having: Vec<usize> = (0..names.len()).filter(|&c| !by_contender[c].is_empty()).collect();
        let repeat = |factor: &Factor| factor.repeated(having.len());
        let mut factors: Vec<Factor> = self.factors.iter().map(repeat).collect();
        let mechanisms: Vec<String> =
            having.iter().flat_map(|&c| std::iter::repeat_n(names[c].clone(), self.points)).collect();
        factors.push(Factor::of_texts(MECHANISM, &mechanisms));
        let shifted = |(place, &c): (usize, &usize)| {
            let shift = (place * self.points) as u32;
            by_contender[c]
                .iter()
                .map(move |o| Observation { point: o.point + shift, ..*o })
                .collect::<Vec<_>>()
        };
        let mut observations: Vec<Observation> = having.iter().enumerate().flat_map(shifted).collect();
        observations.sort_by_key(|o| (o.replicate, o.point));
        (factors, self.points * having.len(), observations)
    }
}

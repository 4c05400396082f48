//! `effects.csv` and `main_effects.csv`: which swept parameter moves which metric, and by how much.
//!
//! One analysis of variance for each contender and metric, and one over all contenders (`mechanism` is `*`) in which the
//! mechanism is a factor too. See [`crate::measure::effects`].

use super::{Given, Table, TableError, push_number, push_numbers, quote};
use crate::experiment::store::{DesignValue, Order, Store, StoreError};
use crate::experiment::sweep::listed::cells;
use crate::measure::effects::analysis::{Effect, Marginal, Marginals, Shares, effects, shares};
use crate::measure::effects::coding::{Factor, Model};
use crate::measure::effects::least_squares::{Block, Normal, Scores};
use crate::measure::effects::multiplicity::{benjamini_hochberg, holm};
use crate::measure::statistics::Estimate;
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

/// Name of the table of analyses of variance.
pub const EFFECTS: &str = "effects.csv";
/// Name of the table of marginal means.
pub const MAIN_EFFECTS: &str = "main_effects.csv";

/// Bytes that the sums of the metrics that are analysed in one go may take.
const AT_A_TIME: usize = 32 << 20;
/// Columns of a model above which interactions are left out.
const MOST_COLUMNS: usize = 300;
/// Name of the factor that tells contenders apart.
const MECHANISM: &str = "mechanism";

/// Writes both tables where the study has a design; returns whether it has. `given` says which contender has which metric.
///
/// # Errors
/// Where the store cannot be read or a file cannot be written.
pub fn write(store: &Store, directory: &Path, given: &Given) -> Result<bool, TableError> {
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
    let mut found = analyse(store, &design, given)?;
    found.sort_by_key(|analysis| (analysis.contender, analysis.metric));
    // One family of tests for each contender: all terms of all of its metrics.
    for family in found.chunk_by(|a, b| a.contender == b.contender) {
        let p: Vec<f64> = family.iter().flat_map(|a| a.effects.iter().map(|e| e.p_value)).collect();
        let mut adjusted = holm(&p).into_iter().zip(benjamini_hochberg(&p));
        for analysis in family {
            for effect in &analysis.effects {
                let (holm, bh) = adjusted.next().unwrap_or((f64::NAN, f64::NAN));
                let mut line = opening(store, analysis);
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
    for analysis in &found {
        for row in &analysis.means {
            let mut line = opening(store, analysis);
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

/// Rows of either table as cells, without the head; none where there is no such file.
pub fn read(path: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().skip(1).filter_map(cells).collect()
}

/// What explains some metrics, by metric, then contender: `None` where it does not have the metric.
///
/// # Errors
/// Where the store cannot be read.
pub fn on_metrics(store: &Store, metrics: &[&str]) -> Result<Vec<Vec<Option<Shares>>>, StoreError> {
    let design = DesignTable::read(store, &store.designs()?)?;
    let contenders = store.contenders().len();
    let place = |metric: usize| metrics.iter().position(|key| *key == store.metrics()[metric]);
    let asked: Vec<usize> = (0..store.metrics().len()).filter(|&m| place(m).is_some()).collect();
    let mut found = vec![vec![None; contenders]; metrics.len()];
    let mut waiting = series(store, &design, &Given::all(contenders, &asked, store.metrics().len()), false);
    while !waiting.is_empty() {
        let chunk = fitting(&mut waiting);
        let gathered = gather(store, &design, &chunk)?;
        for (series, (normal, _)) in chunk.iter().zip(&gathered).filter(|(_, (n, _))| n.observations() > 0) {
            let model = &series.layout.model;
            if let Some(place) = place(series.metric) {
                found[place][series.contender] = Some(shares(model, &normal.solve(&model.columns).finish()));
            }
        }
    }
    Ok(found)
}

fn opening(store: &Store, analysis: &Analysis) -> String {
    let name = store.contenders().get(analysis.contender).map_or("*", String::as_str);
    format!("{},{},", quote(name), store.metrics()[analysis.metric])
}

/// What a metric of a contender hangs on.
struct Analysis {
    /// The number of contenders for all of them together.
    contender: usize,
    metric: usize,
    effects: Vec<Effect>,
    means: Vec<Marginal>,
}

/// A design as the columns of a regression.
struct Layout {
    factors: Vec<Factor>,
    model: Model,
    points: usize,
}

impl Layout {
    fn new(factors: Vec<Factor>, points: usize) -> Rc<Self> {
        let model = Model::new(&factors, points, MOST_COLUMNS);
        Rc::new(Layout { factors, model, points })
    }

    /// Bytes of what is gathered of one metric: three matrices, a few vectors, and a replicate.
    fn bytes(&self) -> usize {
        let width = self.model.columns.width;
        8 * (3 * width * width + 8 * width) + 16 * self.points
    }
}

/// A metric of one contender, or of all that have it.
struct Series {
    contender: usize,
    metric: usize,
    /// Contenders whose values belong to it.
    of: Vec<usize>,
    layout: Rc<Layout>,
}

impl Series {
    /// Shows the values of a replicate, given by contender for a design of `points` points.
    fn block(&self, values: &[Vec<(u32, f64)>], points: usize, each: impl FnOnce(&Block)) {
        if let [only] = self.of[..] {
            return each(&values[only]);
        }
        let shifted = |(place, &c): (usize, &usize)| {
            values[c].iter().map(move |&(point, y)| (point + (place * points) as u32, y))
        };
        each(&self.of.iter().enumerate().flat_map(shifted).collect::<Vec<_>>());
    }
}

/// What can be analysed: every metric of every contender that has it, and where `together` those that several have over all
/// of them.
fn series(store: &Store, design: &DesignTable, given: &Given, together: bool) -> Vec<Series> {
    let contenders = store.contenders().len();
    let own = Layout::new(design.factors.clone(), design.points);
    let mut pooled: BTreeMap<Vec<usize>, Rc<Layout>> = BTreeMap::new();
    let mut found: Vec<Series> = Vec::new();
    for metric in 0..store.metrics().len() {
        let having: Vec<usize> = (0..contenders).filter(|&c| given.has(c, metric)).collect();
        let alone = |&c: &usize| Series { contender: c, metric, of: vec![c], layout: own.clone() };
        found.extend(having.iter().map(alone));
        if together && having.len() > 1 {
            let layout = pooled.entry(having.clone()).or_insert_with(|| design.pooled(store, &having));
            found.push(Series { contender: contenders, metric, of: having, layout: layout.clone() });
        }
    }
    found.retain(|series| !series.layout.model.terms.is_empty());
    found
}

/// Takes as many of the first as may be gathered in one go.
fn fitting(waiting: &mut Vec<Series>) -> Vec<Series> {
    let mut bytes = 0;
    let fits = |series: &&Series| {
        bytes += series.layout.bytes();
        bytes <= AT_A_TIME
    };
    let count = waiting.iter().take_while(fits).count().max(1);
    waiting.drain(..count).collect()
}

/// The first pass over all replicates.
fn gather(
    store: &Store,
    design: &DesignTable,
    chunk: &[Series],
) -> Result<Vec<(Normal, Marginals)>, StoreError> {
    let empty = |s: &Series| (Normal::new(&s.layout.model.columns), Marginals::new(&s.layout.factors));
    let mut gathered: Vec<(Normal, Marginals)> = chunk.iter().map(empty).collect();
    replicates(store, design, chunk, |values| {
        for (series, (normal, marginals)) in chunk.iter().zip(&mut gathered) {
            series.block(&values[series.metric], design.points, |block| {
                normal.add(&series.layout.model.columns, block);
                marginals.add(&series.layout.factors, block);
            });
        }
    })?;
    Ok(gathered)
}

/// Analyses whatever contenders have, alone and together.
fn analyse(store: &Store, design: &DesignTable, given: &Given) -> Result<Vec<Analysis>, StoreError> {
    let mut waiting = series(store, design, given, true);
    let mut found = Vec::new();
    while !waiting.is_empty() {
        let chunk = fitting(&mut waiting);
        let gathered = gather(store, design, &chunk)?;
        let solve = |(s, (normal, _)): (&Series, &(Normal, Marginals))| normal.solve(&s.layout.model.columns);
        let mut solved: Vec<Scores> = chunk.iter().zip(&gathered).map(solve).collect();
        replicates(store, design, &chunk, |values| {
            for (series, scores) in chunk.iter().zip(&mut solved) {
                let columns = &series.layout.model.columns;
                series.block(&values[series.metric], design.points, |block| scores.add(columns, block));
            }
        })?;
        for ((series, (normal, marginals)), scores) in chunk.iter().zip(&gathered).zip(solved) {
            if normal.observations() > 0 {
                found.push(Analysis {
                    contender: series.contender,
                    metric: series.metric,
                    effects: effects(&series.layout.model, &scores.finish()),
                    means: marginals.finish(&series.layout.factors),
                });
            }
        }
    }
    Ok(found)
}

/// Shows one replicate after another: by metric of the store, then contender, what it has of these series.
fn replicates(
    store: &Store,
    design: &DesignTable,
    series: &[Series],
    mut each: impl FnMut(&[Vec<Vec<(u32, f64)>>]),
) -> Result<(), StoreError> {
    let mut values = vec![vec![Vec::new(); store.contenders().len()]; store.metrics().len()];
    let mut wanted = vec![false; values.len()];
    for series in series {
        wanted[series.metric] = true;
    }
    let mut current = None;
    store.visit_values(Order::AsRun, |unit| {
        if current.is_some_and(|replicate| replicate != unit.replicate) {
            each(&values);
            values.iter_mut().flatten().for_each(Vec::clear);
        }
        current = Some(unit.replicate);
        let Some(point) = design.place(unit.design) else { return Ok::<_, StoreError>(()) };
        for &(metric, y) in unit.values.iter().filter(|(metric, y)| wanted[*metric] && y.is_finite()) {
            values[metric][unit.contender].push((point, y));
        }
        Ok(())
    })?;
    each(&values);
    Ok(())
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
        let columns = store.parameters().iter().enumerate().map(|(column, path)| {
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
        });
        // Parameters that move together cannot be told apart: they are one factor.
        let mut factors: Vec<Factor> = Vec::new();
        for column in columns {
            match factors.iter_mut().find(|factor| factor.moves_with(&column)) {
                Some(factor) => factor.join(&column),
                None => factors.push(column),
            }
        }
        Ok(DesignTable { numbers: designs.to_vec(), factors, points: designs.len() })
    }

    fn place(&self, design: u32) -> Option<u32> {
        self.numbers.binary_search(&design).ok().map(|place| place as u32)
    }

    /// The design crossed with some contenders.
    fn pooled(&self, store: &Store, having: &[usize]) -> Rc<Layout> {
        let mut factors: Vec<Factor> = self.factors.iter().map(|f| f.repeated(having.len())).collect();
        let names = store.contenders();
        let mechanisms: Vec<String> =
            having.iter().flat_map(|&c| std::iter::repeat_n(names[c].clone(), self.points)).collect();
        factors.push(Factor::of_texts(MECHANISM, &mechanisms));
        Layout::new(factors, self.points * having.len())
    }
}

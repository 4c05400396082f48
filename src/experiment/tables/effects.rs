//! `effects.csv` and `main_effects.csv`: which swept parameter moves which metric, and by how much.
//!
//! One analysis of variance for each contender and metric, and one over all contenders (`mechanism` is `*`) in which the
//! mechanism is a factor too. What a contender does not read has no effect on it: parameters of other contenders are in none of its
//! analyses, and in that over all of them they exist where their own contender plays. See [`crate::measure::effects`].

use super::{Given, Table, TableError, push_number, push_numbers, quote};
use crate::experiment::store::{Column, DesignValue, Order, Store, StoreError};
use crate::experiment::sweep::listed::cells;
use crate::experiment::sweep::owner_of;
use crate::measure::effects::analysis::{Effect, Shares, effects, shares};
use crate::measure::effects::coding::{ABSENT, Factor, Model, Settings, factors};
use crate::measure::effects::least_squares::{Block, Normal, Scores};
use crate::measure::effects::margins::{Cells, Kind, Margin, Margins};
use crate::measure::effects::multiplicity::{benjamini_hochberg, holm};
use crate::measure::statistics::Estimate;
use crate::settings::{Document, Value};
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

/// Name of the table of analyses of variance.
pub const EFFECTS: &str = "effects.csv";
/// Name of the table of marginal means.
pub const MAIN_EFFECTS: &str = "main_effects.csv";

/// Bytes that the sums of the metrics that are analysed in one go may take,
const AT_A_TIME: usize = 32 << 20;
/// or in a large design for each of its points: every metric takes a few bytes a point, and every go walks the store twice.
const AT_A_POINT: usize = 256;
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
            let Some(factor) = analysis.layout.factors.get(row.factor) else { continue };
            let Settings::Levels(_, levels) = &factor.settings else { continue };
            let mut line = opening(store, analysis);
            line += &[quote(&factor.name), quote(&levels[row.level]), String::new()].join(",");
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
        let chunk = fitting(&mut waiting, design.points);
        let mut gathered: Vec<Normal> = chunk.iter().map(|s| Normal::new(&s.layout.model.columns)).collect();
        replicates(store, &design.numbers, &chunk, |series, place, block| {
            gathered[place].add(&series.layout.model.columns, block);
        })?;
        let observations: Vec<usize> = gathered.iter().map(Normal::observations).collect();
        let mut solved: Vec<Scores> = chunk
            .iter()
            .zip(&gathered)
            .map(|(series, normal)| scores(normal, &series.layout.model))
            .collect();
        if chunk.iter().any(|series| !series.layout.model.is_crossed) {
            replicates(store, &design.numbers, &chunk, |series, place, block| {
                solved[place].add(&series.layout.model.columns, block);
            })?;
        }
        let done = chunk.iter().zip(solved).zip(observations).filter(|(_, n)| *n > 0);
        for ((series, scores), _) in done {
            if let Some(place) = place(series.metric) {
                found[place][series.contender] = Some(shares(&series.layout.model, &scores.finish()));
            }
        }
    }
    Ok(found)
}

/// Ready for the second pass; in a design that is not full factorial it tells lack of fit.
fn scores(normal: &Normal, model: &Model) -> Scores {
    let scores = normal.solve(&model.columns);
    if model.is_crossed { scores } else { scores.with_lack_of_fit(&model.columns) }
}

/// Means at the levels of factors, by metric, then contender.
pub type Means = Vec<Vec<Vec<Margin>>>;

/// Means of some metrics, by place in the store, at each level of some factors of a design; `bears` says whether a factor, by place, bears on
/// a contender, who else has no means there. Adjusted for the other factors where every factor can be told from the others for every
/// metric that there is, else plain.
///
/// # Errors
/// Where the store cannot be read.
pub fn means(
    store: &Store,
    designs: &[u32],
    factors: &[Factor],
    metrics: &[usize],
    bears: impl Fn(usize, usize) -> bool,
) -> Result<(Kind, Means), StoreError> {
    let contenders = store.contenders().len();
    // Room for main effects, and none for interactions.
    let width = |factor: &Factor| match &factor.settings {
        Settings::Levels(_, levels) => levels.len().saturating_sub(1),
        Settings::Numbers(_) => 2,
    };
    let own = |c: usize| -> Vec<usize> { (0..factors.len()).filter(|&f| bears(f, c)).collect() };
    let owns: Vec<Vec<usize>> = (0..contenders).map(own).collect();
    let mut layouts: Vec<Rc<Layout>> = Vec::new();
    for (c, own) in owns.iter().enumerate() {
        let known = owns[..c].iter().position(|other| other == own).map(|other| layouts[other].clone());
        layouts.push(known.unwrap_or_else(|| {
            let factors: Vec<Factor> = own.iter().map(|&f| factors[f].clone()).collect();
            let most = factors.iter().map(width).sum::<usize>().min(MOST_COLUMNS);
            Layout::of(factors, designs.len(), most)
        }));
    }
    let series = |(metric, c): (usize, usize)| Series {
        contender: c,
        metric,
        of: vec![c],
        layout: layouts[c].clone(),
    };
    let pairs = metrics.iter().flat_map(|&metric| (0..contenders).map(move |c| (metric, c)));
    let all: Vec<Series> = pairs.map(series).collect();
    let mut cells: Vec<Cells> = all.iter().map(|s| Cells::new(&s.layout.factors, s.layout.points)).collect();
    replicates(store, designs, &all, |_, place, block| cells[place].add(block))?;
    let margins = |kind: Kind| -> Vec<Margins> {
        let of = |(series, cells): (&Series, &Cells)| {
            Margins::new(kind, &series.layout.factors, &series.layout.model, cells.clone())
        };
        all.iter().zip(&cells).map(of).collect()
    };
    let mut kind = Kind::Adjusted;
    let mut found = margins(kind);
    let told = cells.iter().zip(&found).all(|(cells, margins)| cells.is_empty() || margins.is_whole());
    if !told {
        kind = Kind::Plain;
        found = margins(kind);
    }
    replicates(store, designs, &all, |series, place, block| {
        found[place].add(&series.layout.factors, &series.layout.model, block);
    })?;
    let of = |(series, margins): (&Series, &Margins)| {
        let own = &owns[series.contender];
        margins.finish().into_iter().map(|margin| Margin { factor: own[margin.factor], ..margin }).collect()
    };
    let mut found = all.iter().zip(&found).map(of);
    let by_metric = |_| found.by_ref().take(contenders).collect();
    let by_metric: Vec<Vec<Vec<Margin>>> = metrics.iter().map(by_metric).collect();
    Ok((kind, by_metric))
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
    means: Vec<Margin>,
    layout: Rc<Layout>,
}

/// A design as the columns of a regression.
struct Layout {
    factors: Vec<Factor>,
    model: Model,
    points: usize,
}

impl Layout {
    fn new(factors: Vec<Factor>, points: usize) -> Rc<Self> {
        Self::of(factors, points, MOST_COLUMNS)
    }

    fn of(factors: Vec<Factor>, points: usize, most: usize) -> Rc<Self> {
        let model = Model::new(&factors, points, most);
        Rc::new(Layout { factors, model, points })
    }

    /// Bytes of what is gathered of one metric: four matrices, a few vectors, a replicate, and the points' means.
    fn bytes(&self) -> usize {
        let width = self.model.columns.width();
        let has_levels = |factor: &Factor| matches!(factor.settings, Settings::Levels(..)) && factor.varies();
        let means = if self.factors.iter().any(has_levels) { 12 } else { 0 };
        let errors = if self.model.is_crossed { 0 } else { 16 };
        8 * (4 * width * width + 8 * width) + (16 + means + errors) * self.points
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
    let own = design.alone(store);
    let mut pooled: BTreeMap<Vec<usize>, Rc<Layout>> = BTreeMap::new();
    let mut found: Vec<Series> = Vec::new();
    for metric in 0..store.metrics().len() {
        let having: Vec<usize> = (0..contenders).filter(|&c| given.has(c, metric)).collect();
        let alone = |&c: &usize| Series { contender: c, metric, of: vec![c], layout: own[c].clone() };
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
fn fitting(waiting: &mut Vec<Series>, points: usize) -> Vec<Series> {
    let mut bytes = 0;
    let fits = |series: &&Series| {
        bytes += series.layout.bytes();
        bytes <= AT_A_TIME.max(AT_A_POINT * points)
    };
    let count = waiting.iter().take_while(fits).count().max(1);
    waiting.drain(..count).collect()
}

/// Analyses whatever contenders have, alone and together.
fn analyse(store: &Store, design: &DesignTable, given: &Given) -> Result<Vec<Analysis>, StoreError> {
    let mut waiting = series(store, design, given, true);
    let mut found = Vec::new();
    while !waiting.is_empty() {
        let chunk = fitting(&mut waiting, design.points);
        let empty = |s: &Series| {
            (Normal::new(&s.layout.model.columns), Cells::new(&s.layout.factors, s.layout.points))
        };
        let mut gathered: Vec<(Normal, Cells)> = chunk.iter().map(empty).collect();
        replicates(store, &design.numbers, &chunk, |series, place, block| {
            let (normal, cells) = &mut gathered[place];
            normal.add(&series.layout.model.columns, block);
            cells.add(block);
        })?;
        let observations: Vec<usize> = gathered.iter().map(|(normal, _)| normal.observations()).collect();
        let solve = |(series, (normal, cells)): (&Series, (Normal, Cells))| {
            let Layout { factors, model, .. } = &*series.layout;
            (scores(&normal, model), Margins::new(Kind::Adjusted, factors, model, cells))
        };
        let mut solved: Vec<(Scores, Margins)> = chunk.iter().zip(gathered).map(solve).collect();
        replicates(store, &design.numbers, &chunk, |series, place, block| {
            let Layout { factors, model, .. } = &*series.layout;
            let (scores, margins) = &mut solved[place];
            scores.add(&model.columns, block);
            margins.add(factors, model, block);
        })?;
        let done = chunk.iter().zip(solved).zip(observations).filter(|(_, n)| *n > 0);
        found.extend(done.map(|((series, (scores, margins)), _)| Analysis {
            contender: series.contender,
            metric: series.metric,
            effects: effects(&series.layout.model, &scores.finish()),
            means: margins.finish(),
            layout: series.layout.clone(),
        }));
    }
    Ok(found)
}

/// Shows one replicate after another of each series, with the series' place.
fn replicates(
    store: &Store,
    designs: &[u32],
    series: &[Series],
    mut each: impl FnMut(&Series, usize, &Block),
) -> Result<(), StoreError> {
    // By metric of the store, then contender.
    let mut values = vec![vec![Vec::new(); store.contenders().len()]; store.metrics().len()];
    let mut wanted = vec![false; values.len()];
    for series in series {
        wanted[series.metric] = true;
    }
    let mut show = |values: &[Vec<Vec<(u32, f64)>>]| {
        for (place, series) in series.iter().enumerate() {
            series.block(&values[series.metric], designs.len(), |block| each(series, place, block));
        }
    };
    let mut current = None;
    let read: Vec<usize> = (0..wanted.len()).filter(|&metric| wanted[metric]).collect();
    store.visit_values_on(&read, Order::AsRun, |unit| {
        if current.is_some_and(|replicate| replicate != unit.replicate) {
            show(&values);
            values.iter_mut().flatten().for_each(Vec::clear);
        }
        current = Some(unit.replicate);
        let Ok(point) = designs.binary_search(&unit.design) else { return Ok::<_, StoreError>(()) };
        for &(metric, y) in unit.values.iter().filter(|(metric, y)| wanted[*metric] && y.is_finite()) {
            values[metric][unit.contender].push((point as u32, y));
        }
        Ok(())
    })?;
    show(&values);
    Ok(())
}

/// The design as parameters.
struct DesignTable {
    numbers: Vec<u32>,
    parameters: Vec<Factor>,
    points: usize,
}

impl DesignTable {
    fn read(store: &Store, designs: &[u32]) -> Result<Self, StoreError> {
        let name = |value: DesignValue| match value {
            DesignValue::Text(text) => text,
            DesignValue::Number(number) => super::format_number(number),
        };
        let columns = store.columns(designs, None)?;
        let logarithmic = logarithmic(store)?;
        let parameter = |(path, column): (&String, Column)| match column {
            Column::Numbers(numbers) => {
                let factor = Factor::of_numbers(path, numbers, super::format_number);
                if logarithmic.contains(path) { factor.in_logarithms() } else { factor }
            }
            Column::Named(places, levels) => {
                let places = places.into_iter().map(|place| place.unwrap_or(ABSENT)).collect();
                Factor::of_levels(path, places, levels.into_iter().map(name).collect())
            }
        };
        let parameters = store.parameters().iter().zip(columns).map(parameter).collect();
        Ok(DesignTable { numbers: designs.to_vec(), parameters, points: designs.len() })
    }

    /// Whether a contender reads a parameter.
    fn bears(&self, store: &Store, parameter: usize, contender: usize) -> bool {
        owner_of(&self.parameters[parameter].name, store.contenders()).is_none_or(|own| own == contender)
    }

    /// By contender: the design over what it reads.
    fn alone(&self, store: &Store) -> Vec<Rc<Layout>> {
        let mut known: Vec<(Vec<usize>, Rc<Layout>)> = Vec::new();
        let mut of = |contender: usize| {
            let own: Vec<usize> =
                (0..self.parameters.len()).filter(|&p| self.bears(store, p, contender)).collect();
            if let Some((_, layout)) = known.iter().find(|(other, _)| *other == own) {
                return layout.clone();
            }
            let layout = Layout::new(factors(own.iter().map(|&p| self.parameters[p].clone())), self.points);
            known.push((own, layout.clone()));
            layout
        };
        (0..store.contenders().len()).map(&mut of).collect()
    }

    /// The design crossed with some contenders; a parameter exists where a contender reads it.
    fn pooled(&self, store: &Store, having: &[usize]) -> Rc<Layout> {
        let names = store.contenders();
        let levels = having.iter().map(|&c| names[c].clone()).collect();
        let places = (0..having.len() as u32).flat_map(|c| std::iter::repeat_n(c, self.points));
        let mechanism = Factor::of_levels(MECHANISM, places.collect(), levels);
        let parameter = |p: usize| {
            let has: Vec<bool> = having.iter().map(|&c| self.bears(store, p, c)).collect();
            has.contains(&true).then(|| self.parameters[p].repeated(&has))
        };
        let parameters = (0..self.parameters.len()).filter_map(parameter).filter(Factor::varies);
        let factors = factors(std::iter::once(mechanism).chain(parameters));
        Layout::new(factors, self.points * having.len())
    }
}

/// Paths that a design spreads evenly in logarithms.
fn logarithmic(store: &Store) -> Result<Vec<String>, StoreError> {
    let Some(resolved) = store.meta("resolved")? else { return Ok(Vec::new()) };
    // What cannot be read is not from this program, and says nothing of scales.
    let Ok(document) = Document::parse("resolved", &resolved) else { return Ok(Vec::new()) };
    let parameters = document.peek("sweep.parameters");
    let tables = parameters.as_ref().and_then(Value::as_list).unwrap_or_default();
    let paths = |table: &Value| {
        let entries = table.as_table().unwrap_or_default();
        let of = |key: &str| entries.iter().find(|(own, _)| own == key).map(|(_, value)| value);
        if of("scale").and_then(Value::as_text) != Some("log") {
            return Vec::new();
        }
        match of("path") {
            Some(Value::Text(path)) => vec![path.clone()],
            Some(Value::List(list)) => list.iter().filter_map(Value::as_text).map(str::to_owned).collect(),
            _ => Vec::new(),
        }
    };
    Ok(tables.iter().flat_map(paths).collect())
}

//! The figures of a comparison, drawn from the store into `charts/`.
//!
//! | file | shows | left out where |
//! |---|---|---|
//! | `surplus` | mean shares of potential value by contender | no unit is done |
//! | `learning` | offers and deviation gain along learning | nobody learns |
//! | `difference-A-vs-B` | paired differences, for each of the first [`MOST_PAIRS`] pairs | the pair has no common replicate |
//! | `impulse-response` | what one forced deviation from a session's play sets off | no session was played |
//! | `robustness` | paired differences under each learning rule | the experiment tries no other rule |
//! | `policies` | offers against net value, with the lines of theory | nobody offers |
//! | `metrics` | means of metrics that differ, by contender | there is one contender |
//! | `distribution` | replicates of the headline metrics, by contender | there is one replicate |
//! | `lorenz` | how slots and profit are spread over sequencers | the store has no such curves |
//! | `censorship` | what it costs to keep a target out, and how long targets wait | the world has no targets |
//! | `redundancy` | live machines and slots produced along epochs | no rule says how many machines are live |
//! | `response` | metrics along the one parameter of a sweep | another number of parameters varies |
//! | `heat-map` | a metric over two parameters, or three | others vary, or most of their combinations are absent |
//! | `main-effects` | means at each setting of each parameter | fewer than two vary |
//! | `frontier` | points of the efficient front, in place of all others | the experiment optimizes nothing |
//! | `settings` | parallel coordinates of the front's settings and objectives | the same, or no setting varies |
//! | `exchange` | exchange rates between neighbours on the front | fewer than two are known |
//! | `hypervolume` | how the front grew | the search has one generation |
//! | `optimum` | the response round the best setting of one objective, in place of all others | the experiment optimizes no single objective |
//! | `tornado` | indices of factors, in place of all others, for each contender | the experiment is no sensitivity study |
//!
//! Of a sweep only `response`, `heat-map` and `main-effects` are drawn without being asked for; figures of single contenders show the
//! design point that `design` names (the first) where they are listed.
//!
//! A figure that is taller than a page is parted into sheets, `NAME-2` and so on.
//!
//! A figure that the experiment lists under `[[charts]]` takes the place of the unasked one of its kind.

mod averaging;
mod censorship;
mod difference;
mod front_reading;
mod frontier;
mod impulse;
mod learning;
mod lorenz;
mod optimum;
mod pages;
mod policies;
mod redundancy;
mod robustness;
mod strips;
mod surplus;
mod sweep;
#[cfg(test)]
mod tests;
mod theory;
mod tornado;

use super::robustness::Findings;
use super::summary::Summary;
use super::sweep::factors::{Factor, MOST_LEVELS, Shape};
use super::sweep::{MOST_POINTS, Readings, Swept};
use crate::chart::{self, ChartError, Estimate, Figure, Files, Heading, Identity, Style, Theme, Width};
use crate::experiment::charts::{Chart, KINDS, OF_OPTIMIZATIONS, OF_SENSITIVITY, OF_SWEEPS};
use crate::experiment::file::{Contender, Experiment};
use crate::experiment::optimization::Optimization;
use crate::experiment::optimization::best::Optimum;
use crate::experiment::optimization::front::Front;
use crate::experiment::sensitivity::findings;
use crate::experiment::simulate::Keep;
use crate::experiment::store::{Store, StoreError};
use crate::measure::statistics;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Name of the folder of figures in the output directory.
pub const FOLDER: &str = "charts";

/// Pairs of contenders that get a figure of differences.
pub const MOST_PAIRS: usize = 10;

/// Why the figures could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A figure could not be drawn or written.
    #[error(transparent)]
    Chart(#[from] ChartError),
}

/// How figures are drawn and written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Printing {
    /// Theme and width.
    pub style: Style,
    /// Files beside the SVG.
    pub files: Files,
}

/// A figure with its name in `charts/`.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// File name without extension.
    pub name: String,
    /// The picture.
    pub figure: Figure,
}

/// Figures that were drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawn {
    /// The PNG of each figure, in the order of drawing; the SVG stands beside it.
    pub files: Vec<PathBuf>,
    /// What was left out, in words.
    pub notes: Vec<String>,
}

/// Draws every figure for which the store has data into `directory`/charts.
///
/// # Errors
/// Where the store cannot be read, or a figure cannot be written.
pub fn draw_all(
    store: &Store,
    experiment: &Experiment,
    directory: &Path,
    printing: Printing,
    readings: &Readings,
) -> Result<Drawn, FigureError> {
    let (figures, notes) = figures(store, experiment, printing.style, readings)?;
    let folder = directory.join(FOLDER);
    let mut drawn = Drawn { files: Vec::new(), notes };
    for Named { name, figure } in &figures {
        chart::save(figure, &folder, name, printing.files)?;
        drawn.files.push(folder.join(format!("{name}.{}", printing.files.shown())));
    }
    remove_stale(&folder, &drawn.files, printing.files);
    Ok(drawn)
}

/// Every figure for which the store has data, and what was left out, in words.
///
/// # Errors
/// Where the store cannot be read, or a figure cannot be drawn.
pub fn figures(
    store: &Store,
    experiment: &Experiment,
    style: Style,
    readings: &Readings,
) -> Result<(Vec<Named>, Vec<String>), FigureError> {
    if let Some(optimization) = &experiment.variations.optimization {
        return of_optimization(store, experiment, optimization, style);
    }
    if let Some(sensitivity) = &experiment.variations.sensitivity {
        let found = findings::read(store, sensitivity)?;
        return drawn_as_asked(experiment, style, &OF_SENSITIVITY, |chart| {
            Ok(tornado::figures(store, &found, sensitivity, experiment, &chart.contenders))
        });
    }
    let is_sweep = experiment.variations.sweep.is_some() && store.designs()?.len() > 1;
    let own = |chart: &Chart| is_sweep && OF_SWEEPS.contains(&chart.kind);
    let charts = asked_and_unasked(experiment);
    // Of a sweep single points are looked at where a figure of one is listed.
    let mut summaries: BTreeMap<u32, Summary> = BTreeMap::new();
    let designs = store.designs()?;
    let mut notes = Vec::new();
    let mut drawn = Vec::new();
    let mut taken = HashSet::new();
    for chart in charts {
        let listed = experiment.charts.contains(&chart);
        if is_sweep && !listed && !own(&chart) {
            continue;
        }
        let mut nothing = true;
        let sheets = if own(&chart) {
            of_sweep(store, experiment, &chart, readings)?
        } else {
            let whole = match summaries.entry(chart.design) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => {
                    place.insert(Summary::read(store, chart.design, experiment.play.tolerance)?)
                }
            };
            let summary = shown(whole, &chart);
            sheets(store, experiment, &summary, &chart, listed, &mut notes)?
        };
        if is_sweep && !own(&chart) && !designs.contains(&chart.design) {
            notes.push(format!(
                "The figure `{}` that `[[charts]]` asks for is not drawn: there is no design point {}; the last is {}.",
                chart.kind,
                chart.design,
                designs.last().copied().unwrap_or(0)
            ));
            continue;
        }
        for (mut sheet, name) in sheets {
            if let Some(title) = &chart.title {
                title.clone_into(&mut sheet.heading().title);
            }
            if is_sweep && !own(&chart) {
                let (subtitle, place) = (&mut sheet.heading().subtitle, placed(store, chart.design)?);
                let gap = if subtitle.is_empty() { "" } else { " " };
                *subtitle = format!("{subtitle}{gap}{place}");
            }
            match pages::drawn(&mut sheet, styled(style, &chart)) {
                Ok(pages) => drawn
                    .extend(pages.into_iter().map(|figure| Named { name: free(&name, &mut taken), figure })),
                // Nothing to draw is no error: not every figure suits every experiment.
                Err(ChartError::Empty { .. }) => continue,
                Err(error) => return Err(error.into()),
            }
            nothing = false;
        }
        let swept = if own(&chart) { readings.read(store, experiment, &chart.metrics)? } else { None };
        // Of figures that nobody asked for, one is missed that the design would have, were it smaller.
        let missed = !listed && swept.as_deref().is_some_and(|swept| is_missed(swept, chart.kind));
        if nothing && (listed || missed) {
            let asked = if listed { " that `[[charts]]` asks for" } else { "" };
            notes.push(format!(
                "The figure `{}`{asked} is not drawn: {}.",
                chart.kind,
                why_nothing(chart.kind, experiment, is_sweep, swept.as_deref())
            ));
        }
    }
    notes.extend(repeated_looks(experiment));
    Ok((drawn, notes))
}

/// The figures of an optimization.
fn of_optimization(
    store: &Store,
    experiment: &Experiment,
    optimization: &Optimization,
    style: Style,
) -> Result<(Vec<Named>, Vec<String>), FigureError> {
    let (optimum, front) = if optimization.descent.is_some() {
        (Optimum::read(store)?, None)
    } else {
        (None, Front::read(store, optimization, experiment.play.tolerance, experiment.replicates)?)
    };
    drawn_as_asked(experiment, style, &OF_OPTIMIZATIONS, |chart| {
        let sheet = match (chart.kind, &front, &optimum) {
            ("frontier", Some(front), _) => frontier::figure(store, front, optimization, experiment, chart),
            ("settings", Some(front), _) => front_reading::settings(store, front, optimization, experiment),
            ("exchange", Some(front), _) => front_reading::exchange(front, optimization, experiment, chart),
            ("hypervolume", Some(front), _) => {
                front_reading::hypervolume(store, front, optimization, experiment, chart)?
            }
            ("optimum", _, Some(found)) => optimum::figure(found, optimization, experiment),
            _ => None,
        };
        Ok(sheet.map(|sheet| (sheet, chart.kind.to_owned())).into_iter().collect())
    })
}

/// Figures of these kinds as they are listed, or unasked where none of a kind is; `sheets` makes those of a chart with their names.
fn drawn_as_asked(
    experiment: &Experiment,
    style: Style,
    kinds: &[&'static str],
    sheets: impl Fn(&Chart) -> Result<Vec<(Sheet, String)>, FigureError>,
) -> Result<(Vec<Named>, Vec<String>), FigureError> {
    let (mut drawn, mut notes, mut taken) = (Vec::new(), Vec::new(), HashSet::new());
    for chart in asked_and_unasked(experiment).iter().filter(|chart| kinds.contains(&chart.kind)) {
        let before = drawn.len();
        for (mut sheet, own) in sheets(chart)? {
            if let Some(title) = &chart.title {
                title.clone_into(&mut sheet.heading().title);
            }
            let name = chart.name.clone().unwrap_or(own);
            match pages::drawn(&mut sheet, styled(style, chart)) {
                Ok(pages) => drawn
                    .extend(pages.into_iter().map(|figure| Named { name: free(&name, &mut taken), figure })),
                Err(ChartError::Empty { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        if drawn.len() == before && experiment.charts.contains(chart) {
            let why = match chart.kind {
                "exchange" => "no two neighbours on the front differ in the first objective beyond noise",
                "hypervolume" => "the search has fewer than two generations",
                "settings" => "no setting varies over the front",
                "optimum" => "no best setting of one objective was searched for and found",
                "tornado" => "no metric of these contenders has indices yet",
                _ => "no front was searched for and found",
            };
            notes
                .push(format!("The figure `{}` that `[[charts]]` asks for is not drawn: {why}.", chart.kind));
        }
    }
    Ok((drawn, notes))
}

/// The style of a chart: its own size and theme, where it has them.
fn styled(style: Style, chart: &Chart) -> Style {
    let width = match chart.size {
        Some("single") => Width::Single,
        Some(_) => Width::Double,
        None => style.width,
    };
    let theme = match chart.theme {
        Some("slides") => Theme::Slides,
        Some("dark") => Theme::Dark,
        Some(_) => Theme::Paper,
        None => style.theme,
    };
    Style { theme, width, ..style }
}

/// Which design point of a sweep a figure shows, in words.
fn placed(store: &Store, design: u32) -> Result<String, StoreError> {
    let names = super::frontier::short_names(store.parameters());
    let settings = store.design_values(design)?;
    let each = names.iter().zip(&settings).filter(|(_, value)| value.is_some());
    let each: Vec<String> =
        each.map(|(name, value)| format!("{name} {}", super::frontier::setting(value.as_ref()))).collect();
    Ok(format!("Design point {design}: {}.", each.join(", ")))
}

/// Whether a design has the shape of a figure, and too many points for it.
fn is_missed(swept: &Swept, kind: &str) -> bool {
    match kind {
        "response" => swept.shape == Shape::Line && swept.outcomes.is_empty(),
        "heat_map" => {
            let grid = matches!(swept.shape, Shape::Grid | Shape::Grids) && swept.outcomes.is_empty();
            grid || too_fine(swept).is_some()
        }
        _ => false,
    }
}

/// The parameter that has too many settings for cells, of a design that would otherwise be a grid.
fn too_fine(swept: &Swept) -> Option<&Factor> {
    let combinations: usize = swept.factors.iter().map(|f| f.levels.len()).product();
    let dense = (2..=3).contains(&swept.factors.len()) && swept.designs.len() == combinations;
    swept.factors.iter().find(|f| dense && f.levels.len() > MOST_LEVELS)
}

/// Why there is nothing of a figure to draw.
fn why_nothing(kind: &str, experiment: &Experiment, is_sweep: bool, swept: Option<&Swept>) -> String {
    if OF_SWEEPS.contains(&kind) {
        if !is_sweep {
            return "it shows the points of a sweep, and there are not two".to_owned();
        }
        let Some(swept) = swept else {
            return "no two design points that differ in a setting have units yet".to_owned();
        };
        let factors = swept.factors.len();
        let varying = if factors == 1 {
            "one parameter varies".to_owned()
        } else {
            format!("{factors} parameters vary")
        };
        if kind == "main_effects" && factors < 2 {
            return format!("{varying}, of which `response` shows all there is");
        }
        if kind == "response" && swept.shape != Shape::Line {
            return format!("it is drawn along one parameter, and {varying}");
        }
        if let Some(factor) = too_fine(swept).filter(|_| kind == "heat_map") {
            return format!(
                "{} has {} settings, and cells have room for {MOST_LEVELS}; `main_effects` and points.csv have all",
                factor.name,
                factor.levels.len()
            );
        }
        if kind == "heat_map" && !matches!(swept.shape, Shape::Grid | Shape::Grids) {
            return format!(
                "it takes two parameters, or three, of whose combinations most are there; {varying}, at {} points",
                swept.designs.len()
            );
        }
        if swept.outcomes.is_empty() {
            return format!(
                "the design has {} points, and single points are held of at most {MOST_POINTS}; `main_effects` and points.csv have all",
                swept.designs.len()
            );
        }
        return "no contender that it shows has its metrics".to_owned();
    }
    let learns = experiment.setting.classes.iter().any(|class| class.strategy.learner.learns());
    let curves = ["learning", "policies", "impulse", "lorenz", "censorship", "redundancy"];
    match kind {
        _ if experiment.play.keep == Keep::Metrics && curves.contains(&kind) => {
            "`play.keep = \"metrics\"` stores no curves".to_owned()
        }
        "learning" if !learns => "nobody learns here".to_owned(),
        "policies" => "nobody offers anything".to_owned(),
        "impulse" => {
            "no session was played from which somebody could deviate (`play.regime = \"independent\"`)"
                .to_owned()
        }
        "censorship" => "the world has no targeted transactions".to_owned(),
        "robustness" => "the experiment tries no other learning rules (`[robustness]`)".to_owned(),
        "redundancy" => "no rule here says how many machines are live, as `algorithmic` does".to_owned(),
        "lorenz" => "one sequencer has everything".to_owned(),
        "differences" => "no two contenders have a replicate in common".to_owned(),
        _ => "no replicate of what it shows is done".to_owned(),
    }
}

/// A sentence for each rule of which there are more contenders than looks.
fn repeated_looks(experiment: &Experiment) -> Vec<String> {
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for contender in &experiment.contenders {
        *count.entry(rule_of(experiment, contender)).or_default() += 1;
    }
    let many = count.into_iter().filter(|(_, count)| *count > Identity::LOOKS);
    many.map(|(rule, count)| {
        format!(
            "{count} contenders have the rule `{rule}`: in figures their colours and marks come again after {}.",
            Identity::LOOKS
        )
    })
    .collect()
}

/// Unasked figures, each replaced by those of its kind that are listed.
fn asked_and_unasked(experiment: &Experiment) -> Vec<Chart> {
    KINDS
        .iter()
        .copied()
        .flat_map(|kind| {
            let listed: Vec<Chart> = experiment.charts.iter().filter(|c| c.kind == kind).cloned().collect();
            if listed.is_empty() { vec![Chart { kind, ..Chart::default() }] } else { listed }
        })
        .collect()
}

/// The contenders that a chart asks for.
fn shown(summary: &Summary, chart: &Chart) -> Summary {
    if chart.contenders.is_empty() {
        return summary.clone();
    }
    let place = |name: &String| summary.contenders().iter().position(|c| c == name);
    summary.only(&chart.contenders.iter().filter_map(place).collect::<Vec<_>>())
}

/// The sheets of one chart with their names. `listed` is false for a figure that nobody asked for, which is left out
/// where it would say little.
fn sheets(
    store: &Store,
    experiment: &Experiment,
    summary: &Summary,
    chart: &Chart,
    listed: bool,
    notes: &mut Vec<String>,
) -> Result<Vec<(Sheet, String)>, FigureError> {
    let named = |name: &str| chart.name.clone().unwrap_or_else(|| name.to_owned());
    let one = |sheet: Option<Sheet>, name: &str| sheet.map(|s| (s, named(name))).into_iter().collect();
    let many = summary.contenders().len() > 1;
    Ok(match chart.kind {
        "surplus" => one(surplus::figure(summary, experiment), "surplus"),
        "learning" => one(learning::figure(store, experiment, summary, chart)?, "learning"),
        "redundancy" => one(redundancy::figure(store, experiment, summary, chart)?, "redundancy"),
        "robustness" => {
            let findings = Findings::read(store, experiment)?;
            one(findings.and_then(|f| robustness::figure(&f, experiment, notes)), "robustness")
        }
        "policies" => one(policies::figure(store, experiment, summary, chart.design, notes)?, "policies"),
        "impulse" => one(impulse::figure(store, experiment, summary, chart.design)?, "impulse-response"),
        "metrics" if many || listed => one(strips::metrics(summary, experiment, &chart.metrics), "metrics"),
        "distribution" if replicates(summary) > 1 || listed => one(
            strips::distribution(store, summary, experiment, chart.design, &chart.metrics)?,
            "distribution",
        ),
        "lorenz" => one(lorenz::figure(store, experiment, summary, chart.design)?, "lorenz"),
        "censorship" => one(censorship::figure(store, experiment, summary, chart)?, "censorship"),
        "differences" => {
            let pairs = summary.pairs();
            let name = |i: usize| summary.contenders()[i].as_str();
            let left_out: Vec<String> =
                pairs.iter().skip(MOST_PAIRS).map(|&(a, b)| format!("{} and {}", name(a), name(b))).collect();
            if !left_out.is_empty() {
                notes.push(format!(
                    "Figures of differences are drawn for the first {MOST_PAIRS} pairs of contenders. Left out, but in comparison.csv: {}.",
                    left_out.join("; ")
                ));
            }
            pairs
                .iter()
                .take(MOST_PAIRS)
                .filter_map(|&(a, b)| {
                    let file = named(&format!("difference-{}-vs-{}", plain(name(a)), plain(name(b))));
                    Some((difference::figure(summary, experiment, a, b, &chart.metrics)?, file))
                })
                .collect()
        }
        _ => Vec::new(),
    })
}

/// The sheets of one chart of a sweep with their names.
fn of_sweep(
    store: &Store,
    experiment: &Experiment,
    chart: &Chart,
    readings: &Readings,
) -> Result<Vec<(Sheet, String)>, FigureError> {
    let Some(swept) = readings.read(store, experiment, &chart.metrics)? else { return Ok(Vec::new()) };
    let sheets: Vec<Sheet> = match chart.kind {
        "response" => sweep::response(&swept, experiment, chart).into_iter().collect(),
        "heat_map" => sweep::heat_maps(&swept, experiment, chart),
        _ => sweep::main_effects(store, &swept, experiment, chart)?.into_iter().collect(),
    };
    let name = chart.name.clone().unwrap_or_else(|| chart.kind.replace('_', "-"));
    Ok(sheets.into_iter().map(|sheet| (sheet, name.clone())).collect())
}

/// Removes figures of contenders that are no more: what is beside the data should show the data. Those are figures of ours, as their
/// SVG says, with PNG and PDF of the same name; what else lies there is somebody's own. A file that cannot be removed stays.
fn remove_stale(folder: &Path, drawn: &[PathBuf], files: Files) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "svg") || !is_ours(&path) {
            continue;
        }
        let stale = !drawn.contains(&path.with_extension(files.shown()));
        let made = files.extensions();
        let gone = ["svg", "png", "pdf"].into_iter().filter(|kind| stale || !made.contains(kind));
        for kind in gone {
            let _ = std::fs::remove_file(path.with_extension(kind));
        }
    }
}

/// Whether a file is an SVG that was drawn here.
fn is_ours(svg: &Path) -> bool {
    let mut start = [0; 400];
    let read = std::fs::File::open(svg).and_then(|mut file| file.read(&mut start));
    String::from_utf8_lossy(&start[..read.unwrap_or(0)]).contains(chart::canvas::MARK)
}

/// The input of one figure.
#[derive(Clone)]
enum Sheet {
    Surplus(chart::surplus::Surplus),
    Learning(chart::learning_curves::LearningCurves),
    Difference(chart::forest::Forest),
    Robustness(chart::robustness::Robustness),
    Policies(chart::policies::Policies),
    Impulse(chart::impulse_response::ImpulseResponse),
    Metrics(chart::small_multiples::SmallMultiples),
    Distribution(chart::distribution::Distribution),
    Lorenz(chart::lorenz::Lorenz),
    Censorship(chart::censorship::Censorship),
    Frontier(chart::frontier::Frontier),
    Along(chart::along::Along),
    Parallel(chart::parallel::Parallel),
    Response(chart::response::Responses),
    HeatMap(chart::heat_map::HeatMap),
    Tornado(chart::tornado::Tornado),
    Optimum(chart::optimum::Optimum),
    OverTime(chart::over_time::OverTime),
}

impl Sheet {
    fn heading(&mut self) -> &mut Heading {
        match self {
            Self::Surplus(sheet) => &mut sheet.heading,
            Self::Learning(sheet) => &mut sheet.heading,
            Self::Difference(sheet) => &mut sheet.heading,
            Self::Robustness(sheet) => &mut sheet.heading,
            Self::Policies(sheet) => &mut sheet.heading,
            Self::Impulse(sheet) => &mut sheet.heading,
            Self::Metrics(sheet) => &mut sheet.heading,
            Self::Distribution(sheet) => &mut sheet.heading,
            Self::Lorenz(sheet) => &mut sheet.heading,
            Self::Censorship(sheet) => &mut sheet.heading,
            Self::Frontier(sheet) => &mut sheet.heading,
            Self::Along(sheet) => &mut sheet.heading,
            Self::Parallel(sheet) => &mut sheet.heading,
            Self::Response(sheet) => &mut sheet.heading,
            Self::HeatMap(sheet) => &mut sheet.heading,
            Self::Tornado(sheet) => &mut sheet.heading,
            Self::Optimum(sheet) => &mut sheet.heading,
            Self::OverTime(sheet) => &mut sheet.heading,
        }
    }

    fn draw(&self, style: Style) -> Result<Figure, ChartError> {
        match self {
            Self::Surplus(sheet) => sheet.draw(style),
            Self::Learning(sheet) => sheet.draw(style),
            Self::Difference(sheet) => sheet.draw(style),
            Self::Robustness(sheet) => sheet.draw(style),
            Self::Policies(sheet) => sheet.draw(style),
            Self::Impulse(sheet) => sheet.draw(style),
            Self::Metrics(sheet) => sheet.draw(style),
            Self::Distribution(sheet) => sheet.draw(style),
            Self::Lorenz(sheet) => sheet.draw(style),
            Self::Censorship(sheet) => sheet.draw(style),
            Self::Frontier(sheet) => sheet.draw(style),
            Self::Along(sheet) => sheet.draw(style),
            Self::Parallel(sheet) => sheet.draw(style),
            Self::Response(sheet) => sheet.draw(style),
            Self::HeatMap(sheet) => sheet.draw(style),
            Self::Tornado(sheet) => sheet.draw(style),
            Self::Optimum(sheet) => sheet.draw(style),
            Self::OverTime(sheet) => sheet.draw(style),
        }
    }
}

/// A name that is a file's on every system: letters, digits, `-`, `_` and `.` stay, all else becomes `_`; at most 60
/// characters.
fn plain(name: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' };
    name.chars().map(safe).take(60).collect()
}

/// The name itself, or with a number where it is taken, upper and lower case being the same to some file systems.
fn free(name: &str, taken: &mut HashSet<String>) -> String {
    let mut candidate = name.to_owned();
    let mut number = 2;
    while !taken.insert(candidate.to_lowercase()) {
        candidate = format!("{name}-{number}");
        number += 1;
    }
    candidate
}

/// A text that ends like a sentence, so that another may follow.
fn sentence(text: &str) -> String {
    let text = text.trim();
    let ended = text.is_empty() || text.ends_with(['.', '?', '!', ':', ';']);
    if ended { text.to_owned() } else { format!("{text}.") }
}

/// Title above, the experiment's question below it.
fn heading(title: &str, experiment: &Experiment, replicates: u64) -> Heading {
    Heading {
        title: title.to_owned(),
        subtitle: sentence(&experiment.question),
        replicates: usize::try_from(replicates).unwrap_or(usize::MAX),
        fewest: 0,
    }
}

/// The contender of this name.
fn contender<'a>(experiment: &'a Experiment, name: &str) -> Option<&'a Contender> {
    experiment.contenders.iter().find(|c| c.name == name)
}

/// Name of a contender's rule.
fn rule_of(experiment: &Experiment, contender: &Contender) -> String {
    let stored = experiment.resolved.value(&format!("mechanism.{}.rule", contender.name));
    stored.and_then(|v| v.as_text().map(str::to_owned)).unwrap_or_default()
}

/// Colour and mark of the contender of this name, which hang on all contenders of the file.
fn identity(experiment: &Experiment, name: &str) -> Identity {
    let rules: Vec<String> = experiment.contenders.iter().map(|c| rule_of(experiment, c)).collect();
    let all = Identity::of(rules.iter().map(String::as_str));
    let place = experiment.contenders.iter().position(|c| c.name == name);
    place.map_or_else(Identity::default, |i| all[i])
}

/// Whether a contender's marks are filled: certified, and no mean over distinct basins.
fn is_sound(summary: &Summary, contender: usize) -> bool {
    summary.standing(contender).is_sound() && !summary.has_basins(contender)
}

/// Most replicates that any contender has.
fn replicates(summary: &Summary) -> u64 {
    (0..summary.contenders().len()).map(|c| summary.done(c)).max().unwrap_or(0)
}

fn drawn_as(e: &statistics::Estimate) -> Estimate {
    Estimate::new(e.mean, e.ci_low, e.ci_high)
}

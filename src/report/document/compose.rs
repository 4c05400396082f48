//! What a report says, in order.

use super::{Block, ReportError, studies, sweep_tables, tables, verdict};
use crate::chart::ticks::{fixed, significant};
use crate::experiment::file::Experiment;
use crate::experiment::manifest::MANIFEST_FILE;
use crate::experiment::optimization::Optimization;
use crate::experiment::optimization::best::{Optimum, audited};
use crate::experiment::optimization::front::Front;
use crate::experiment::sensitivity::{Sensitivity, findings};
use crate::experiment::store::{DesignValue, Store};
use crate::measure::statistics::Comparison;
use crate::report::figures::Named;
use crate::report::precision::Reached;
use crate::report::summary::{Standing, Summary};
use crate::report::sweep::Swept;
use crate::report::{claim, robustness, table, warnings};
use std::path::Path;

/// Pairs of contenders about which there is a sentence.
const MOST_PAIRS: usize = 6;

pub(super) fn compose(
    store: &Store,
    experiment: &Experiment,
    directory: &Path,
    (figures, notes): (Vec<Named>, &[String]),
    design: Option<(&str, &Swept)>,
    judged: Option<&claim::Findings>,
) -> Result<Vec<Block>, ReportError> {
    if let Some(optimization) = &experiment.variations.optimization {
        return frontier(store, experiment, optimization, directory, figures, notes);
    }
    if let Some(asked) = &experiment.variations.sensitivity {
        return sensitivity(store, experiment, asked, directory, (figures, notes));
    }
    if let Some((closing, swept)) = design {
        let mut blocks = opening(experiment, verdict::section(judged));
        blocks.push(Block::Lines(closing.trim().to_owned()));
        blocks.extend(studies::of_sweep(store, swept, experiment)?);
        blocks.extend(pictures(figures, notes));
        blocks.push(heading("Tables"));
        blocks.extend(sweep_tables::all(store, swept, directory)?.into_iter().map(Block::Table));
        blocks.extend(tables::metrics(store, experiment.play.tolerance)?.map(Block::Table));
        blocks.extend(what_was_run(store, experiment, directory)?);
        return Ok(blocks);
    }
    let summary = Summary::read(store, 0, experiment.play.tolerance)?;
    let mut blocks = opening(experiment, verdict::section(judged));
    blocks.extend(first_point(store)?);
    blocks.extend(outcome(&summary));
    blocks.push(heading("What is certified, and what is not"));
    blocks.extend(table::standing_in_words(&summary, experiment).into_iter().map(Block::Text));
    blocks.extend(tables::certificate(&summary).map(Block::Table));
    blocks.push(heading("Warnings"));
    let found = warnings::about(&summary, experiment);
    let of_precision =
        Reached::of_targets(store, experiment)?.map_or_else(Vec::new, |reached| reached.warnings());
    if found.is_empty() && of_precision.is_empty() {
        blocks.push(Block::Text("None.".to_owned()));
    }
    blocks.extend(of_precision.into_iter().map(|(cause, remedy)| Block::Warning(cause, remedy)));
    blocks.extend(found.iter().map(|w| Block::Warning(w.cause(), w.remedy())));
    let mut robust = None;
    if let Some(findings) = robustness::Findings::read(store, experiment)? {
        blocks.push(heading("Robustness to the learning rule"));
        blocks.push(Block::Lines(robustness::block(&findings).trim().to_owned()));
        robust = tables::robustness(&findings);
    }
    blocks.extend(pictures(figures, notes));
    blocks.push(heading("Tables"));
    let tables = tables::outcomes(&summary)
        .into_iter()
        .chain(tables::differences(&summary))
        .chain(tables::basins(&summary))
        .chain(robust)
        .chain(tables::metrics(store, experiment.play.tolerance)?);
    blocks.extend(tables.map(Block::Table));
    blocks.extend(what_was_run(store, experiment, directory)?);
    Ok(blocks)
}

fn heading(text: &str) -> Block {
    Block::Heading(2, text.to_owned())
}

/// What every report begins with; `verdict` is its section on the claim.
fn opening(experiment: &Experiment, verdict: Vec<Block>) -> Vec<Block> {
    let said = |text: &str, otherwise: &str| {
        let text = text.trim();
        Block::Text(if text.is_empty() { otherwise.to_owned() } else { text.to_owned() })
    };
    let mut blocks = vec![
        Block::Heading(1, experiment.name.clone()),
        heading("Question"),
        said(&experiment.question, "The experiment file states no question."),
        heading("Expectation"),
        said(&experiment.expectation, "None was stated beforehand."),
    ];
    blocks.extend(verdict);
    blocks.push(heading("What came out"));
    blocks
}

fn pictures(figures: Vec<Named>, notes: &[String]) -> Vec<Block> {
    let mut blocks = vec![heading("Figures")];
    if figures.is_empty() {
        blocks.push(Block::Text("There is nothing to draw yet.".to_owned()));
    }
    blocks.extend(figures.into_iter().map(Block::Figure));
    if !notes.is_empty() {
        blocks.push(Block::List(notes.to_vec()));
    }
    blocks
}

/// What every report ends with.
fn what_was_run(store: &Store, experiment: &Experiment, directory: &Path) -> Result<Vec<Block>, ReportError> {
    Ok(vec![
        heading("What was run"),
        Block::Facts(facts(store, experiment, directory)?),
        Block::Folded("The experiment as resolved, runnable again".to_owned(), experiment.resolved.to_toml()),
    ])
}

/// The report of an optimization.
fn frontier(
    store: &Store,
    experiment: &Experiment,
    optimization: &Optimization,
    directory: &Path,
    figures: Vec<Named>,
    notes: &[String],
) -> Result<Vec<Block>, ReportError> {
    let mut blocks = opening(experiment, Vec::new());
    let front = if optimization.descent.is_some() {
        None
    } else {
        Front::read(store, optimization, experiment.play.tolerance, experiment.replicates)?
    };
    let optimum = Optimum::read(store)?.filter(|_| optimization.descent.is_some());
    if let Some(optimum) = &optimum {
        let checked = audited(store, optimization, optimum)?;
        let closing = crate::report::best::closing(experiment, optimization, optimum, checked.as_ref());
        blocks.push(Block::Lines(closing.trim().to_owned()));
        blocks.extend(studies::of_optimum(optimization, optimum, checked.as_ref()));
    }
    match &front {
        _ if optimum.is_some() => {}
        Some(front) => {
            blocks.push(Block::Lines(
                crate::report::frontier::closing(store, experiment, optimization, front).trim().to_owned(),
            ));
            blocks.extend(studies::of_front(store, optimization, front, experiment)?);
        }
        None => blocks.push(Block::Text("The search has not ended yet.".to_owned())),
    }
    blocks.extend(pictures(figures, notes));
    if let Some(front) = front.filter(|front| !front.points.is_empty()) {
        blocks.push(heading("Tables"));
        blocks.push(Block::Table(tables::frontier(store, optimization, &front)));
    }
    blocks.extend(what_was_run(store, experiment, directory)?);
    Ok(blocks)
}

/// The report of a sensitivity study.
fn sensitivity(
    store: &Store,
    experiment: &Experiment,
    asked: &Sensitivity,
    directory: &Path,
    (figures, notes): (Vec<Named>, &[String]),
) -> Result<Vec<Block>, ReportError> {
    let found = findings::read(store, asked)?;
    let closing = crate::report::sensitivity::closing(store, experiment, asked, &found);
    let mut blocks = opening(experiment, Vec::new());
    blocks.push(Block::Lines(closing.trim().to_owned()));
    blocks.extend(studies::of_sensitivity(store, &found)?);
    blocks.extend(pictures(figures, notes));
    blocks.push(heading("Tables"));
    blocks.extend(tables::sensitivity(store, asked, &found).into_iter().map(Block::Table));
    blocks.extend(what_was_run(store, experiment, directory)?);
    Ok(blocks)
}

/// Which design point the report is about, where there are several.
fn first_point(store: &Store) -> Result<Option<Block>, ReportError> {
    let designs = store.designs()?.len();
    if designs < 2 {
        return Ok(None);
    }
    let said = |(path, value): (&String, Option<DesignValue>)| {
        Some(match value? {
            DesignValue::Number(v) => format!("`{path}` = {}", significant(v, 6)),
            DesignValue::Text(text) => format!("`{path}` = {text}"),
        })
    };
    let values: Vec<String> =
        store.parameters().iter().zip(store.design_values(0)?).filter_map(said).collect();
    Ok(Some(Block::Text(format!(
        "There are {designs} design points. What follows is about the first ({}); the table of all metrics, summary.csv and \
         comparison.csv have every one.",
        values.join(", ")
    ))))
}

/// One sentence for each of the first pairs on holders, and one on net surplus.
fn outcome(summary: &Summary) -> Vec<Block> {
    let marked: Vec<String> = (0..summary.contenders().len()).map(|c| summary.marked(c)).collect();
    let name = |i: usize| marked[i].as_str();
    let mut points = Vec::new();
    for &(a, b) in summary.pairs().iter().take(MOST_PAIRS) {
        let holders = summary.comparison(a, b, "holder_share").map(|c| {
            let unit = "percentage points of potential value";
            sentence(name(a), name(b), &c, "leaves token holders", unit, &|v| fixed(v * 100.0, 1))
        });
        let surplus = summary.comparison(a, b, "net_surplus").map(|c| {
            sentence(name(a), name(b), &c, "yields", "ETH of net surplus per epoch", &|v| significant(v, 3))
        });
        let said: Vec<String> = [holders, surplus].into_iter().flatten().collect();
        if !said.is_empty() {
            points.push(said.join(" "));
        }
    }
    if summary.pairs().len() > MOST_PAIRS {
        points.push(format!("The table of differences has all {} pairs.", summary.pairs().len()));
    }
    points.extend(table::asked_by_the_world().filter_map(|row| told(summary, row)));
    if summary.contenders().len() > 1 && !points.is_empty() {
        return vec![Block::List(points)];
    }
    let lone = (0..summary.contenders().len()).filter(|c| summary.done(*c) > 0).map(|c| {
        let share = summary.estimate(c, "holder_share").map_or(f64::NAN, |e| e.mean);
        format!("Under {} token holders get {}% of potential value.", name(c), fixed(share * 100.0, 1))
    });
    let said: Vec<String> = lone.chain(points).collect();
    let nothing = "No replicate is done yet.".to_owned();
    vec![if said.is_empty() { Block::Text(nothing) } else { Block::List(said) }]
}

/// What a metric that not every world has is under each contender: "Cost of censorship, ETH: 0.0032 under a, 0.26 under b."
/// `None` where it is the same under all, or nobody has it.
fn told(summary: &Summary, (label, metric, factor): &table::Row) -> Option<String> {
    let done: Vec<usize> = (0..summary.contenders().len()).filter(|c| summary.done(*c) > 0).collect();
    let lone = done.len() == 1 && table::is_said(summary, &(label, metric, *factor));
    if !lone && !table::differs(summary, metric) {
        return None;
    }
    let each = done.into_iter().map(|c| {
        let value = summary.estimate(c, metric).map(|e| significant(e.mean * factor, 3));
        format!("{} under {}", value.as_deref().unwrap_or("none"), summary.marked(c))
    });
    let mut label: String = label.trim_start_matches("(memo: ").trim_end_matches(')').to_owned();
    if *metric == "user_harm_share" {
        label.push_str(", % of potential value");
    }
    let mut letters = label.chars();
    let first = letters.next()?.to_uppercase();
    Some(format!("{first}{}: {}.", letters.as_str(), each.collect::<Vec<_>>().join(", ")))
}

/// "a leaves holders 6.3 points more than b (95% interval …)", or that the two cannot be told apart.
fn sentence(a: &str, b: &str, c: &Comparison, does: &str, unit: &str, say: &dyn Fn(f64) -> String) -> String {
    let (low, high) = (c.ci_low, c.ci_high);
    let (first, second, from, to) = if c.difference < 0.0 { (b, a, -high, -low) } else { (a, b, low, high) };
    let size = say(c.difference.abs());
    let varies = low.is_finite() && low < high;
    if c.difference == 0.0 && !varies {
        return format!("{a} {does} exactly as many {unit} as {b}.");
    }
    if !(low.is_finite() && high.is_finite()) {
        return format!(
            "{first} {does} {size} {unit} more than {second}; one common replicate gives no interval."
        );
    }
    let interval = format!("95% interval from {} to {}", say(from), say(to));
    if from <= 0.0 && to >= 0.0 {
        return format!("No clear difference: {first} {does} {size} {unit} more than {second} ({interval}).");
    }
    format!("{first} {does} {size} {unit} more than {second} ({interval}).")
}

/// What was run: from the store, and from the manifest where there is one.
fn facts(
    store: &Store,
    experiment: &Experiment,
    directory: &Path,
) -> Result<Vec<(String, String)>, ReportError> {
    let (done, failed) = store.counts()?;
    let mut facts: Vec<(String, String)> = Vec::new();
    let mut fact = |name: &str, value: String| facts.push((name.to_owned(), value));
    fact("experiment", experiment.name.clone());
    fact("version of the program", store.meta("version")?.unwrap_or_default());
    fact("engine", store.meta("engine")?.unwrap_or_default());
    fact("seed", experiment.seed.to_string());
    match &experiment.variations.stopping {
        Some(rule) => {
            let asked = format!("{} to {}, until intervals are narrow enough", rule.minimum, rule.maximum);
            fact("replicates asked for", asked);
        }
        None => fact("replicates asked for", experiment.replicates.to_string()),
    }
    for target in Reached::of_targets(store, experiment)?.iter().flat_map(Reached::targets) {
        fact("target of precision", target);
    }
    fact("units done, failed", format!("{done}, {failed}"));
    let summary = Summary::read(store, 0, experiment.play.tolerance)?;
    let contenders = if experiment.variations.optimization.is_some() { &[] } else { summary.contenders() };
    for (c, name) in contenders.iter().enumerate() {
        let standing = match summary.standing(c) {
            Standing::NobodyLearns => "nobody learns".to_owned(),
            Standing::Learned { certified, of, .. } => format!("{certified} of {of} certified"),
        };
        fact(&format!("contender {name}"), format!("{} replicates, {standing}", summary.done(c)));
    }
    let manifest = std::fs::read_to_string(directory.join(MANIFEST_FILE)).ok();
    match manifest.and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok()) {
        Some(manifest) => {
            let text = |key: &str| manifest[key].as_str().unwrap_or("–").to_owned();
            let host = |key: &str| manifest["host"][key].as_str().unwrap_or("–").to_owned();
            fact("started, finished", format!("{}, {}", text("started"), text("finished")));
            fact("seconds", manifest["seconds"].as_f64().map_or("–".to_owned(), |s| fixed(s, 1)));
            fact("threads", manifest["threads"].to_string());
            fact("system", format!("{} {}", host("system"), host("architecture")));
            fact("SHA-256 of results.csv", text("results_sha256"));
        }
        None => fact("manifest.json", "absent: the run has not ended yet".to_owned()),
    }
    Ok(facts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::statistics::compare;

    #[test]
    fn sentences_name_the_larger_first() {
        let say = |a: &[f64], b: &[f64]| {
            sentence("a", "b", &compare(a.iter().copied(), b.iter().copied()), "yields", "ETH", &|v| {
                fixed(v, 1)
            })
        };
        assert_eq!(
            say(&[1.0, 1.1], &[3.0, 3.1]),
            "b yields 2.0 ETH more than a (95% interval from 2.0 to 2.0)."
        );
        assert!(
            say(&[1.0, 3.0], &[2.0, 1.0]).starts_with("No clear difference: a yields 0.5 ETH more than b")
        );
        assert_eq!(say(&[1.0, 2.0], &[1.0, 2.0]), "a yields exactly as many ETH as b.");
        assert!(say(&[1.0], &[2.0]).ends_with("one common replicate gives no interval."));
    }
}

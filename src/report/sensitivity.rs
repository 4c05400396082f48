//! The closing words of a sensitivity study: what the variance of each metric comes from, factor by factor, and what cannot be told
//! from nothing.

use super::frontier::{labelled, printed};
use super::table::layout::{left, plain, right, width, wrapped};
use crate::chart::ticks::fixed;
use crate::experiment::file::Experiment;
use crate::experiment::sensitivity::Sensitivity;
use crate::experiment::sensitivity::findings::{Finding, Source, Verdict, shares};
use crate::experiment::store::Store;
use crate::measure::sensitivity::Interval;
use std::fmt::Write as _;

/// Rows below which intervals are too rough to lean on.
const FEW: u32 = 32;
/// Pairs that are named.
const MOST_PAIRS: usize = 3;

/// Everything that is said at the end of a run.
pub fn closing(
    store: &Store,
    experiment: &Experiment,
    sensitivity: &Sensitivity,
    findings: &[Finding],
) -> String {
    let design = &sensitivity.design;
    let mut out = format!("{}: what drives each metric\n", experiment.name);
    let question = experiment.question.trim();
    if !question.is_empty() {
        out += &wrapped(question, "", "");
    }
    out.push('\n');
    let mut how = format!("{} parameters, each over its whole range.", design.axes.len());
    if design.rows > 0 {
        how += " S: share of the variance that a factor explains by itself; T: its share with all that it does jointly. 95% intervals.";
    }
    if design.trajectories > 0 {
        how += " μ*: mean absolute change of the metric along a parameter's whole range.";
    }
    out += &wrapped(&how, "", "");
    for finding in findings {
        out.push('\n');
        out += &block(store, sensitivity, finding);
    }
    for text in remarks(findings) {
        out.push('\n');
        out += &wrapped(&text, "", "  ");
    }
    out
}

/// One metric under one contender.
pub(super) fn block(store: &Store, sensitivity: &Sensitivity, finding: &Finding) -> String {
    let (factor, unit) = printed(finding.metric);
    let gap = if unit.is_empty() || unit == "%" { "" } else { " " };
    let mut head = labelled(finding.metric);
    if store.contenders().len() > 1 {
        head = format!("{} under {}", head, store.contenders()[finding.contender]);
    }
    if let Some(value) = finding.constant {
        let said = format!(
            "{head}: {}{gap}{unit} in every unit. A metric that never varies has no sensitivity.",
            plain(value * factor)
        );
        return wrapped(&said, "", "  ");
    }
    let mut out = String::new();
    if let Some(found) = &finding.indices {
        let said = format!(
            "{head}: mean {}, standard deviation {} over parameters and luck",
            plain(found.mean * factor),
            plain(found.variance.sqrt() * factor)
        );
        out += &wrapped(&said, "", "  ");
    } else {
        out += &wrapped(&head, "", "  ");
    }
    if let Some(shares) = shares(finding) {
        let each: Vec<String> =
            shares.iter().map(|(name, share)| format!("{name} {}", percent(share))).collect();
        out += &wrapped(&format!("variance: {}", each.join("; ")), "  ", "  ");
    }
    out += &rows(sensitivity, finding);
    if let Some(pairs) = pairs(sensitivity, finding) {
        out += &wrapped(&pairs, "  ", "  ");
    }
    out
}

/// Factors, one a line.
fn rows(sensitivity: &Sensitivity, finding: &Finding) -> String {
    let names = sensitivity.short_names();
    let (factor, unit) = printed(finding.metric);
    let with_indices = finding.indices.is_some();
    let with_effects = !finding.screened.is_empty();
    let mut table: Vec<Vec<String>> = Vec::new();
    let mut title = vec![String::new()];
    if with_indices {
        title.extend(["S, %".to_owned(), "T, %".to_owned()]);
    }
    if with_effects {
        title.push(if unit.is_empty() { "μ*".to_owned() } else { format!("μ*, {unit}") });
    }
    title.push(String::new());
    table.push(title);
    for (axis, index, effect) in finding.parameters() {
        let mut row = vec![names[axis].clone()];
        if with_indices {
            row.extend(
                index.map_or([String::new(), String::new()], |i| [ranged(&i.first), ranged(&i.total)]),
            );
        }
        if with_effects {
            row.push(effect.map_or(String::new(), |e| plain(e.mu_star.value * factor)));
        }
        let verdict = index.map(Verdict::of).or_else(|| effect.map(Verdict::of_screening));
        row.push(verdict.map_or(String::new(), |v| v.in_words().to_owned()));
        table.push(row);
    }
    for (source, name) in [(Source::World, "luck of the world"), (Source::Learning, "luck of learning")] {
        let Some(index) = finding.index(source) else { continue };
        let mut row = vec![name.to_owned(), ranged(&index.first), ranged(&index.total)];
        if with_effects {
            row.push(String::new());
        }
        row.push(Verdict::of(index).in_words().to_owned());
        table.push(row);
    }
    let last = table[0].len() - 1;
    let widths: Vec<usize> =
        (0..last).map(|c| table.iter().map(|row| width(&row[c])).max().unwrap_or(0)).collect();
    let mut out = String::new();
    for row in &table {
        let mut line = format!("  {}", left(&row[0], widths[0]));
        for (cell, wide) in row.iter().zip(&widths).skip(1) {
            line += "   ";
            line += &right(cell, *wide);
        }
        line += "   ";
        line += &row[last];
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

/// The strongest pairs whose interaction is distinguishable from zero.
fn pairs(sensitivity: &Sensitivity, finding: &Finding) -> Option<String> {
    let found = finding.indices.as_ref()?;
    let names = sensitivity.short_names();
    let name = |source: Source| match source {
        Source::Parameter(axis) => names[axis].clone(),
        Source::World => "luck of the world".to_owned(),
        _ => "luck of learning".to_owned(),
    };
    let mut clear: Vec<_> = found.pairs.iter().filter(|(_, _, interval)| interval.low > 0.0).collect();
    clear.sort_by(|a, b| b.2.value.total_cmp(&a.2.value));
    if clear.is_empty() {
        return None;
    }
    let each: Vec<String> = clear
        .iter()
        .take(MOST_PAIRS)
        .map(|(i, j, interval)| {
            format!("{} × {} {}", name(finding.sources[*i]), name(finding.sources[*j]), percent(interval))
        })
        .collect();
    Some(format!("pairs: {}", each.join("; ")))
}

/// What there is to mind.
pub fn remarks(findings: &[Finding]) -> Vec<String> {
    let mut said = Vec::new();
    let asked = findings.first().map_or(0, |f| f.rows.1);
    let complete = findings.iter().map(|f| f.rows.0).min().unwrap_or(0);
    if complete < asked {
        said.push(format!(
            "{complete} of {asked} rows are complete under every contender: the others lack a unit that failed or has not been run, and are left out whole."
        ));
    }
    let (done, wanted) = findings
        .first()
        .map_or((0, 0), |f| (findings.iter().map(|f| f.trajectories.0).min().unwrap_or(0), f.trajectories.1));
    if done < wanted {
        said.push(format!("{done} of {wanted} trajectories are complete under every contender."));
    }
    if (1..FEW).contains(&complete) {
        said.push(format!(
            "{complete} rows are few: intervals are rough. Raise `replicates`: rows that there are count again."
        ));
    }
    said
}

fn percent(i: &Interval) -> String {
    format!("{}% [{}, {}]", fixed(i.value * 100.0, 1), fixed(i.low * 100.0, 1), fixed(i.high * 100.0, 1))
}

fn ranged(i: &Interval) -> String {
    if i.low.is_nan() {
        return fixed(i.value * 100.0, 1);
    }
    format!("{} [{}, {}]", fixed(i.value * 100.0, 1), fixed(i.low * 100.0, 1), fixed(i.high * 100.0, 1))
}

//! The table that closes a run: one column for each contender, what is certified, and how the first pairs differ.

pub(super) mod differences;
pub(super) mod layout;
#[cfg(test)]
mod tests;

use super::summary::{Standing, Summary};
use super::warnings;
use crate::experiment::file::Experiment;
use crate::experiment::store::{Store, StoreError};
use crate::measure::statistics::Estimate;
use layout::{blocks, number, percentage, wrapped};
use std::fmt::Write as _;

/// Columns of the terminal that the table keeps within.
pub const WIDTH: usize = 100;

/// A row of numbers: label, metric, factor on its value.
pub(super) type Row = (&'static str, &'static str, f64);

const SHARES: &[Row] = &[
    ("to the community", "community_share", 100.0),
    ("to delegators", "delegator_share", 100.0),
    ("to sequencers, before capital cost", "sequencer_share", 100.0),
    ("operating cost", "operating_cost_share", 100.0),
    ("posting cost", "posting_cost_share", 100.0),
    ("unrealised", "unrealised_share", 100.0),
    ("(memo: capital cost)", "capital_cost_share", 100.0),
    ("(from outside the account)", "outside_income_share", 100.0),
];

const ETH: &[Row] = &[
    ("potential value", "potential_value", 1.0),
    ("net surplus", "net_surplus", 1.0),
    ("capital locked, in all", "capital_locked", 1.0),
];

const SERVICE: &[Row] = &[
    ("liveness, % of slots produced", "liveness", 100.0),
    ("operating cost over one operator's", "overhead_ratio", 1.0),
    ("Nakamoto coefficient (1/3)", "nakamoto_33", 1.0),
    ("HHI of slots", "hhi_slots", 1.0),
];

const DISTANCE: &[Row] = &[
    ("gain of the best deviation found", "deviation_gain", 100.0),
    ("95% bound on any deviation's gain", "deviation_gain_upper", 100.0),
];

/// The closing table as plain text of at most [`WIDTH`] columns, warnings below it; ends with a line break.
///
/// # Errors
/// Where the store cannot be read.
pub fn summary_table(store: &Store, experiment: &Experiment) -> Result<String, StoreError> {
    let summary = Summary::read(store, 0)?;
    let mut out = String::new();
    head(&mut out, &summary, experiment);
    let columns: Vec<Vec<String>> = (0..summary.contenders().len()).map(|c| column(&summary, c)).collect();
    if !columns.is_empty() {
        out += &blocks(&labels(&summary), summary.contenders(), &columns);
        standing(&mut out, &summary, experiment);
        differences::write(&mut out, &summary);
    }
    let found = warnings::about(&summary, experiment);
    if !found.is_empty() {
        out += "\nWarnings\n";
    }
    for warning in found {
        out += &wrapped(&warning.cause(), "  * ", "    ");
        out += &wrapped(&format!("Remedy: {}", warning.remedy()), "    ", "    ");
    }
    Ok(out)
}

fn head(out: &mut String, summary: &Summary, experiment: &Experiment) {
    let most = (0..summary.contenders().len()).map(|c| summary.done(c)).max().unwrap_or(0);
    let scope = match most {
        0 => "no replicate is done".to_owned(),
        1 => "one replicate, so no intervals".to_owned(),
        n => format!("means over {n} replicates ± half-widths of 95% intervals"),
    };
    *out += &wrapped(&format!("{}: {scope}", experiment.name), "", "");
    if !experiment.question.trim().is_empty() {
        *out += &wrapped(experiment.question.trim(), "", "");
    }
    out.push('\n');
}

/// Whether a row says something about any contender.
pub(super) fn is_said(summary: &Summary, (_, metric, _): &Row) -> bool {
    let means = (0..summary.contenders().len()).filter_map(|c| summary.estimate(c, metric)).map(|e| e.mean);
    // Outside income is a row only where there is some.
    if *metric == "outside_income_share" { means.into_iter().any(|m| m != 0.0) } else { means.count() > 0 }
}

pub(super) fn sections() -> [(&'static str, &'static [Row]); 4] {
    [
        ("Share of potential value, %", SHARES),
        ("ETH per epoch", ETH),
        ("Service and concentration", SERVICE),
        ("Distance from equilibrium, % of potential value", DISTANCE),
    ]
}

/// Labels of all lines; those of headings do not begin with a space.
fn labels(summary: &Summary) -> Vec<String> {
    let mut labels = Vec::new();
    for (heading, rows) in sections() {
        let said: Vec<&Row> = rows.iter().filter(|row| is_said(summary, row)).collect();
        if !said.is_empty() {
            labels.push(heading.to_owned());
            labels.extend(said.iter().map(|(label, ..)| format!("  {label}")));
        }
    }
    labels.push("  certified replicates".to_owned());
    labels
}

/// Cells of one contender, in the order of [`labels`]; empty beside headings.
fn column(summary: &Summary, contender: usize) -> Vec<String> {
    let mut cells = Vec::new();
    for (_, rows) in sections() {
        let said: Vec<&Row> = rows.iter().filter(|row| is_said(summary, row)).collect();
        if !said.is_empty() {
            cells.push(String::new());
        }
        for (_, metric, factor) in said {
            let say = if *factor == 100.0 { percentage } else { number };
            let text = |e: Estimate| say(e.mean * factor, (e.ci_high - e.mean) * factor);
            cells.push(summary.estimate(contender, metric).map_or("–".to_owned(), text));
        }
    }
    cells.push(match summary.standing(contender) {
        Standing::NobodyLearns if summary.done(contender) == 0 => "–".to_owned(),
        Standing::NobodyLearns => "nobody learns".to_owned(),
        Standing::Learned { certified, of } => format!("{certified} of {of}"),
    });
    cells
}

/// What is certified, what is not, and what that means.
fn standing(out: &mut String, summary: &Summary, experiment: &Experiment) {
    out.push('\n');
    for text in standing_in_words(summary, experiment) {
        *out += &wrapped(&text, "", "  ");
    }
}

/// The same, one paragraph for each standing.
pub(super) fn standing_in_words(summary: &Summary, experiment: &Experiment) -> Vec<String> {
    let (mut sound, mut unsound, mut fixed) = (Vec::new(), Vec::new(), Vec::new());
    for (c, name) in summary.contenders().iter().enumerate().filter(|(c, _)| summary.done(*c) > 0) {
        match summary.standing(c) {
            Standing::NobodyLearns => fixed.push(name.clone()),
            Standing::Learned { certified, of } if certified == of => sound.push(name.clone()),
            Standing::Learned { certified, of } => unsound.push(format!("{name} ({certified} of {of})")),
        }
    }
    let tolerance = crate::chart::ticks::significant(100.0 * experiment.play.tolerance, 1);
    let mut said = Vec::new();
    if !sound.is_empty() {
        let text = format!(
            "Certified: {}. In every replicate no class could gain more than {tolerance}% of potential value per agent and epoch by \
             offering otherwise, whatever it deviates to on its menu (a simultaneous bound, each with 95% confidence). Read these as equilibria.",
            sound.join(", ")
        );
        said.push(text);
    }
    if !unsound.is_empty() {
        let text = format!(
            "Not certified: {}. Somebody may still gain more than {tolerance}% of potential value by offering otherwise. Read these as \
             what the learners did, not as an equilibrium.",
            unsound.join(", ")
        );
        said.push(text);
    }
    if !fixed.is_empty() {
        let text = format!(
            "Nobody learns here: {}. Play is given, and there is nothing to certify.",
            fixed.join(", ")
        );
        said.push(text);
    }
    said
}

/// A line of the table, without spaces at its end.
fn push_line(out: &mut String, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{}", line.trim_end());
}

//! The closing words of an optimization: the front on fresh draws, what the search had hoped for, what one objective costs
//! in another, and what was amiss.

use super::table::layout::{number, plain, wrapped};
use crate::experiment::file::Experiment;
use crate::experiment::optimization::Optimization;
use crate::experiment::optimization::front::{Front, Point, Standing};
use crate::experiment::store::{DesignValue, Store};
use crate::measure::metrics::Metric;
use crate::measure::statistics::Estimate;
use std::fmt::Write as _;

/// Replicates of an audit below which there is a warning.
const FEW: u32 = 8;

/// Factor and unit in which a metric is printed.
pub(super) fn printed(metric: &Metric) -> (f64, &'static str) {
    match metric.unit {
        "share" => (100.0, "%"),
        "ratio" if metric.key == "liveness" => (100.0, "%"),
        "ETH" => (1.0, "ETH"),
        "slots" => (1.0, "slots"),
        _ => (1.0, ""),
    }
}

/// A metric's label with its unit.
pub(super) fn labelled(metric: &Metric) -> String {
    let (_, unit) = printed(metric);
    if unit.is_empty() { metric.label.to_owned() } else { format!("{}, {unit}", metric.label) }
}

fn shown(e: &Estimate, metric: &Metric) -> String {
    let (factor, _) = printed(metric);
    number(e.mean * factor, 0.5 * (e.ci_high - e.ci_low) * factor)
}

/// Names of parameters without what all have in common: the last part of each path, or the whole path where two would be
/// alike.
pub(super) fn short_names(paths: &[String]) -> Vec<String> {
    let last = |path: &String| path.rsplit('.').next().unwrap_or(path).to_owned();
    let short: Vec<String> = paths.iter().map(last).collect();
    let alike = |i: usize| short.iter().enumerate().any(|(k, name)| k != i && *name == short[i]);
    (0..paths.len())
        .map(|i| {
            if alike(i) {
                paths[i].strip_prefix("mechanism.").unwrap_or(&paths[i]).to_owned()
            } else {
                short[i].clone()
            }
        })
        .collect()
}

pub(super) fn setting(value: Option<&DesignValue>) -> String {
    match value {
        Some(DesignValue::Number(value)) => plain(*value),
        Some(DesignValue::Text(text)) => text.clone(),
        None => "–".to_owned(),
    }
}

/// Everything that is said at the end of a run.
pub fn closing(store: &Store, experiment: &Experiment, optimization: &Optimization, front: &Front) -> String {
    let mut out = head(experiment, front);
    if front.points.is_empty() {
        out += &wrapped(&nothing(front), "", "");
    } else {
        out += &table(store, optimization, front);
    }
    for text in remarks(store, optimization, front) {
        out.push('\n');
        out += &wrapped(&text, "", "  ");
    }
    out
}

fn head(experiment: &Experiment, front: &Front) -> String {
    let record = &front.record;
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{}: the efficient front after {} generations ({} candidates, {} units)",
        experiment.name, record.generations, record.candidates, record.evaluations
    );
    let question = experiment.question.trim();
    if !question.is_empty() {
        out += &wrapped(question, "", "");
    }
    let how = if front.audited > 0 {
        format!(
            "Means over {} fresh replicates, which the search never saw, ± half-widths of 95% intervals. P: probability of being \
             on the front.",
            front.audited
        )
    } else {
        "Not audited on fresh draws: means over the replicates by which points were chosen, which flatter them. P: \
         probability of being on the front."
            .to_owned()
    };
    out.push('\n');
    if !front.points.is_empty() {
        out += &wrapped(&how, "", "");
    }
    out
}

/// The points of the front, one a line.
pub(super) fn table(store: &Store, optimization: &Optimization, front: &Front) -> String {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let picks = optimization.picks_contender();
    let used = |column: usize| front.points.iter().any(|p| p.settings[column].is_some());
    let names = short_names(store.parameters());
    let columns: Vec<usize> = (0..names.len()).filter(|&column| used(column)).collect();
    let mut title: Vec<String> = vec!["#".to_owned()];
    if picks {
        title.push("mechanism".to_owned());
    }
    if picks {
        title.push("settings".to_owned());
    } else {
        title.extend(columns.iter().map(|&column| names[column].clone()));
    }
    title.extend(optimization.objectives.iter().map(|o| labelled(o.metric)));
    title.push("P".to_owned());
    rows.push(title);
    for (place, point) in front.points.iter().enumerate() {
        let mut row = vec![(place + 1).to_string()];
        if picks {
            row.push(store.contenders()[point.contender].clone());
        }
        let of = |column: usize| setting(point.settings[column].as_ref());
        if picks {
            // Each has its own settings: columns of them all would be empty for the most part.
            let own = columns.iter().filter(|&&column| point.settings[column].is_some());
            let each: Vec<String> =
                own.map(|&column| format!("{} {}", last_part(&names[column]), of(column))).collect();
            row.push(if each.is_empty() { "–".to_owned() } else { each.join(", ") });
        } else {
            row.extend(columns.iter().map(|&column| of(column)));
        }
        row.extend(point.objectives.iter().zip(&optimization.objectives).map(|(e, o)| shown(e, o.metric)));
        row.push(crate::chart::ticks::fixed(point.probability_nondominated, 2));
        rows.push(row);
    }
    let wide = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..rows[0].len()).map(wide).collect();
    let mut out = String::new();
    for row in &rows {
        let mut line = String::new();
        for (column, (cell, wide)) in row.iter().zip(&widths).enumerate() {
            let pad = " ".repeat(wide - cell.chars().count());
            line += if column == 0 { "" } else { "  " };
            // Names at the left, numbers at the right.
            let is_name = picks && (column == 1 || column == 2);
            line += if is_name { "" } else { &pad };
            line += cell;
            line += if is_name { &pad } else { "" };
        }
        out += line.trim_end();
        out.push('\n');
    }
    out
}

fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// Why there is no front.
fn nothing(front: &Front) -> String {
    let record = &front.record;
    if record.judged == 0 {
        return "No candidate has the replicates yet that it takes to be judged; the same command goes on from here.".to_owned();
    }
    let missed: Vec<String> = record
        .nearest
        .iter()
        .filter(|n| n.keep == 0)
        .map(|n| {
            if n.constraint.starts_with("certified") {
                format!("no candidate's play is certified (the bound on deviation gains is above the tolerance by {}% of it at best)", plain(-n.slack * 100.0))
            } else {
                format!("`{}` is missed by {}% of the bound at best, where the metric is {}", n.constraint, plain(-n.slack * 100.0), plain(n.value))
            }
        })
        .collect();
    if missed.is_empty() && record.finalists.is_empty() {
        let each: Vec<String> = record
            .nearest
            .iter()
            .map(|n| format!("`{}` is kept by {} of {} candidates", n.constraint, n.keep, record.judged))
            .collect();
        return format!(
            "There is no feasible candidate: no one keeps all constraints with the confidence asked for. {}.",
            each.join("; ")
        );
    }
    if missed.is_empty() {
        return "No finalist is certified and feasible on fresh draws.".to_owned();
    }
    format!("There is no feasible candidate among {}: {}.", record.judged, missed.join("; "))
}

/// Whether the problem has no feasible candidate, as far as was searched.
pub fn is_infeasible(front: &Front) -> bool {
    front.record.judged > 0 && front.record.finalists.is_empty()
}

/// What else there is to say, each in a paragraph.
pub fn remarks(store: &Store, optimization: &Optimization, front: &Front) -> Vec<String> {
    let mut said = Vec::new();
    if !front.points.is_empty() {
        said.push(certification(front));
    }
    said.extend(shrinkage(optimization, front));
    said.extend(exchange(optimization, front));
    said.extend(knees(optimization, front));
    said.extend(polished(front));
    said.extend(owners(store, optimization, front));
    let record = &front.record;
    if !front.left_out.is_empty() {
        let count = |standing: Standing| front.left_out.iter().filter(|p| p.standing == standing).count();
        let reasons = [
            (count(Standing::Dominated), "dominated by another on fresh draws"),
            (count(Standing::Infeasible), "not feasible with the confidence asked for"),
            (count(Standing::NotCertified), "not certified in every fresh replicate"),
            (count(Standing::Basins), "ending in distinct basins, of which a mean describes none"),
        ];
        let words: Vec<String> =
            reasons.iter().filter(|(n, _)| *n > 0).map(|(n, words)| format!("{n} {words}")).collect();
        said.push(format!("Left out after the audit: {}.", words.join(", ")));
    }
    if !front.uncertified.is_empty() {
        said.push(format!(
            "{} candidates might belong to the front, but their play is not certified (hollow in the figure): learn longer, or \
             raise the tolerance if its size does not matter.",
            front.uncertified.len()
        ));
    }
    if front.audited > 0 && front.audited < front.asked.min(FEW) {
        said.push(format!(
            "The audit has {} of {} replicates: time was up. The same command goes on from here.",
            front.audited, front.asked
        ));
    }
    for (key, value) in &record.constant {
        said.push(format!(
            "`{key}` is {} at every candidate in every replicate: as an objective it says nothing, and what is shown is the \
             front of the others.",
            plain(*value)
        ));
    }
    if record.refused.0 > 0 {
        let (count, why) = &record.refused;
        said.push(format!("{count} candidates could not be evaluated; the first because: {why}"));
    }
    said
}

pub(super) fn certification(front: &Front) -> String {
    let learn = front.points.iter().filter(|p| p.certified.is_some()).count();
    let bound = front.points.iter().filter(|p| p.gain[1].n > 0).map(|p| p.gain[1].mean).fold(0.0, f64::max);
    if learn == 0 {
        return "Nobody learns at any of these points: there is nothing to certify.".to_owned();
    }
    let which = if learn == front.points.len() { "All".to_owned() } else { format!("{learn} of") };
    format!(
        "{which} {} points are certified in every replicate{}: nobody could gain more than {}% of potential value by deviating, at \
         the worst of them.",
        front.points.len(),
        if learn == front.points.len() { "" } else { ", and at the others nobody learns" },
        plain(bound * 100.0)
    )
}

fn shrinkage(optimization: &Optimization, front: &Front) -> Option<String> {
    let shrinkage = front.shrinkage(optimization)?;
    let each: Vec<String> = shrinkage
        .iter()
        .zip(&optimization.objectives)
        .map(|(e, o)| {
            let (_, unit) = printed(o.metric);
            let unit = if unit == "%" { " points" } else { unit };
            let gap = if unit.is_empty() || unit.starts_with(' ') { "" } else { " " };
            format!("{} by {}{gap}{unit}", o.metric.label, shown(e, o.metric))
        })
        .collect();
    Some(format!(
        "Winner's curse: on fresh draws finalists are worse than the search believed, {} (means over finalists; negative: better). Luck of the search's draws that all finalists shared is in it.",
        each.join(", ")
    ))
}

fn exchange(optimization: &Optimization, front: &Front) -> Option<String> {
    let known: Vec<_> = front.exchanges.iter().filter(|e| e.is_known).collect();
    if front.exchanges.is_empty() {
        return None;
    }
    let first = &optimization.objectives[0];
    let mut parts = Vec::new();
    for (j, objective) in optimization.objectives.iter().enumerate().skip(1) {
        let own: Vec<_> = known.iter().filter(|e| e.objective == j).collect();
        let Some(dearest) = own.iter().max_by(|a, b| a.rate.total_cmp(&b.rate)) else { continue };
        let Some(cheapest) = own.iter().min_by(|a, b| a.rate.total_cmp(&b.rate)) else { continue };
        let (f0, fj) = (printed(first.metric).0, printed(objective.metric).0);
        let say = |e: &crate::optimize::frontier::Exchange| {
            format!(
                "{} [{}, {}] between {} and {}",
                plain(e.rate * fj / f0),
                plain(e.low * fj / f0),
                plain(e.high * fj / f0),
                e.from + 1,
                e.to + 1
            )
        };
        parts.push(format!(
            "giving up one unit of {} ({}) brings in {} ({}) from {} to {}",
            first.metric.label,
            unit_of(first.metric),
            objective.metric.label,
            unit_of(objective.metric),
            say(cheapest),
            say(dearest)
        ));
    }
    if parts.is_empty() {
        return Some(
            "Exchange rates: no two neighbours differ in the first objective beyond noise.".to_owned(),
        );
    }
    Some(format!("Exchange rates between neighbours: {}.", parts.join("; ")))
}

/// One of the units in which a metric is printed, in words.
pub(super) fn unit_of(metric: &Metric) -> &'static str {
    match printed(metric).1 {
        "%" => "percentage point",
        "" => metric.unit,
        unit => unit,
    }
}

fn knees(optimization: &Optimization, front: &Front) -> Option<String> {
    if front.knees.is_empty() || optimization.objectives.len() != 2 {
        return None;
    }
    let (f0, f1) =
        (printed(optimization.objectives[0].metric).0, printed(optimization.objectives[1].metric).0);
    let say = |k: &crate::optimize::frontier::Knee| {
        format!("point {} (from {} to {})", k.point + 1, plain(k.before * f1 / f0), plain(k.after * f1 / f0))
    };
    let each: Vec<String> = front.knees.iter().map(say).collect();
    Some(format!("Knees, where the exchange rate falls beyond noise: {}.", each.join(", ")))
}

/// What descents from the knees came to.
fn polished(front: &Front) -> Option<String> {
    let (knees, added) = front.record.polished;
    if knees == 0 {
        return None;
    }
    Some(format!(
        "Polishing: from each of the {knees} knees of the search's front a descent looked for a design that is better in everything; {} joined the audit.",
        if added == 0 { "none".to_owned() } else { added.to_string() }
    ))
}

fn owners(store: &Store, optimization: &Optimization, front: &Front) -> Option<String> {
    if !optimization.picks_contender() || front.points.is_empty() {
        return None;
    }
    let first = &optimization.objectives[0];
    let (factor, unit) = printed(first.metric);
    let mut parts: Vec<(usize, &Point, &Point, usize)> = Vec::new();
    for point in &front.points {
        match parts.last_mut().filter(|(contender, ..)| *contender == point.contender) {
            Some((_, _, last, count)) => {
                *last = point;
                *count += 1;
            }
            None => parts.push((point.contender, point, point, 1)),
        }
    }
    let say = |(contender, from, to, count): &(usize, &Point, &Point, usize)| {
        let (a, b) = (from.objectives[0].mean * factor, to.objectives[0].mean * factor);
        let name = &store.contenders()[*contender];
        if *count == 1 {
            format!("{name} at {}", plain(a))
        } else {
            format!("{name} from {} to {}", plain(a), plain(b))
        }
    };
    let each: Vec<String> = parts.iter().map(say).collect();
    let unit = if unit.is_empty() { String::new() } else { format!(", {unit}") };
    Some(format!("Which mechanism owns which part, by {}{unit}: {}.", first.metric.label, each.join("; ")))
}

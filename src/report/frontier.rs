//! The closing words of an optimization: the front on fresh draws, what the search had hoped for, what one objective costs
//! in another, and what was amiss.

use super::table::layout::{number, plain, wrapped};
use crate::experiment::file::Experiment;
use crate::experiment::optimization::Optimization;
use crate::experiment::optimization::front::{FEWEST, Front, Point, Standing};
use crate::experiment::optimization::record::Closest;
use crate::experiment::store::{DesignValue, Store};
use crate::measure::metrics::Metric;
use crate::measure::statistics::Estimate;
use crate::optimize::frontier::Typical;
use std::fmt::Write as _;

/// Factor and unit in which a metric is printed.
pub(super) fn printed(metric: &Metric) -> (f64, &'static str) {
    match metric.unit {
        _ if metric.is_percent() => (100.0, "%"),
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

/// "candidate" of so many.
fn candidates(count: u32) -> &'static str {
    if count == 1 { "candidate" } else { "candidates" }
}

/// Everything that is said at the end of a run.
pub fn closing(store: &Store, experiment: &Experiment, optimization: &Optimization, front: &Front) -> String {
    let mut out = head(experiment, front);
    if front.points.is_empty() {
        out += &wrapped(&nothing(front, optimization), "", "");
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
            "Means over {} fresh replicates, which the search never saw, ± half-widths of 95% intervals. P: probability that no \
             other finalist dominates the point.",
            front.audited
        )
    } else {
        "Not audited on fresh draws: means over the replicates by which points were chosen, which flatter them. P: \
         probability that no other finalist dominates the point."
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
fn nothing(front: &Front, optimization: &Optimization) -> String {
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
    if !record.finalists.is_empty() {
        return nobody_stands(front, optimization);
    }
    let nearest = record.closest.as_ref().map_or(String::new(), |closest| format!(" {}", in_words(closest)));
    if missed.is_empty() {
        let each: Vec<String> = record
            .nearest
            .iter()
            .map(|n| format!("`{}` is kept by {} of {} candidates", n.constraint, n.keep, record.judged))
            .collect();
        return format!(
            "There is no feasible candidate: no one keeps all constraints with the confidence asked for. {}.{nearest}",
            each.join("; ")
        );
    }
    format!("There is no feasible candidate among {}: {}.{nearest}", record.judged, missed.join("; "))
}

/// How far the candidate is that misses least in all.
pub(super) fn in_words(closest: &Closest) -> String {
    let each: Vec<String> = closest
        .missed
        .iter()
        .map(|(constraint, missed, value)| {
            // Too few replicates, not too low a mean.
            if *missed < 1e-9 {
                format!("`{constraint}` by a hair")
            } else if constraint.starts_with("certified") {
                format!("{constraint} by {}% of the tolerance", plain(missed * 100.0))
            } else {
                format!(
                    "`{constraint}` by {}% of the bound, with a mean of {}",
                    plain(missed * 100.0),
                    plain(*value)
                )
            }
        })
        .collect();
    format!("The one that misses least in all, with the confidence asked for, misses {}.", each.join(" and "))
}

/// Why no finalist is on the front.
fn nobody_stands(front: &Front, optimization: &Optimization) -> String {
    let draws = if front.audited > 0 { "fresh draws" } else { "the search's draws" };
    let count = front.left_out.len();
    let total = |p: &&Point| p.missed.iter().sum::<f64>();
    let infeasible = front.left_out.iter().filter(|p| p.standing == Standing::Infeasible);
    let near = infeasible.min_by(|a, b| total(a).total_cmp(&total(b))).map_or(String::new(), |point| {
        let missed = point.missed.iter().zip(&point.bounded).zip(&optimization.constraints);
        let missed = missed
            .filter(|((missed, _), _)| **missed > 0.0)
            .map(|((missed, value), constraint)| (constraint.in_words(), *missed, *value));
        format!(" {}", in_words(&Closest { total: total(&point), missed: missed.collect() }))
    });
    let unknown = front.left_out.iter().filter(|p| p.standing == Standing::Unaudited).count();
    let known = count - unknown;
    let verdict = format!("None of {known} finalists is certified, feasible and in one basin on {draws}");
    let too_few = "of which more than one audit unit in eight failed or lacks a metric";
    match unknown {
        0 => format!("{verdict}.{near}"),
        _ if known == 0 => format!("Nobody knows of any of {unknown} finalists, {too_few}."),
        _ => format!("{verdict}; of {unknown} more nobody knows, {too_few}.{near}"),
    }
}

/// Why there is no front, in one line.
pub fn why_empty(front: &Front) -> String {
    let all = front.left_out.len();
    let count = |standing: Standing| front.left_out.iter().filter(|p| p.standing == standing).count();
    if front.record.finalists.is_empty() {
        return "no feasible candidate was found: see above which constraint is missed, and by how much"
            .to_owned();
    }
    let reasons = [
        (Standing::Infeasible, "not feasible"),
        (Standing::NotCertified, "not certified"),
        (Standing::Basins, "in several basins"),
        (Standing::Unaudited, "of whose audit too much failed"),
    ];
    let each = reasons.map(|(standing, words)| (count(standing), words));
    let each: Vec<String> =
        each.iter().filter(|(n, _)| *n > 0).map(|(n, words)| format!("{n} {words}")).collect();
    format!("no finalist is on the front: of {all}, {}; see above", each.join(", "))
}

/// What else there is to say, each in a paragraph.
pub fn remarks(store: &Store, optimization: &Optimization, front: &Front) -> Vec<String> {
    let mut said = Vec::new();
    if !front.points.is_empty() {
        said.push(certification(front));
    }
    said.extend(in_doubt(front));
    said.extend(shrinkage(optimization, front));
    said.extend(exchange(optimization, front));
    said.extend(knees(optimization, front));
    said.extend(polished(optimization, front));
    said.extend(owners(store, optimization, front));
    let record = &front.record;
    if !front.left_out.is_empty() {
        let count = |standing: Standing| front.left_out.iter().filter(|p| p.standing == standing).count();
        let reasons = [
            (
                count(Standing::Dominated),
                "dominated for sure by another (tested at 5% on fresh draws, against all others together)",
            ),
            (count(Standing::Infeasible), "not feasible with the confidence asked for"),
            (count(Standing::NotCertified), "not certified in every fresh replicate"),
            (count(Standing::Basins), "ending in distinct basins, of which a mean describes none"),
            (
                count(Standing::Unaudited),
                "of which more than one audit unit in eight failed or lacks a metric",
            ),
        ];
        let words: Vec<String> =
            reasons.iter().filter(|(n, _)| *n > 0).map(|(n, words)| format!("{n} {words}")).collect();
        said.push(format!("Left out after the audit: {}.", words.join(", ")));
    }
    if !front.uncertified.is_empty() {
        said.push(format!(
            "{} candidates might belong to the front, but their play is not certified (small and hollow in the figure): learn longer, or \
             raise the tolerance if its size does not matter.",
            front.uncertified.len()
        ));
    }
    if front.audited > 0 && front.audited < front.asked {
        said.push(format!(
            "The audit has {} of {} replicates that all of these finalists have: time was up, or units failed. The same command goes on \
             from here.",
            front.audited, front.asked
        ));
    }
    if front.audited == 0 && !record.finalists.is_empty() {
        said.push(format!(
            "An audit of fewer than {FEWEST} replicates is none; the same command goes on from here."
        ));
    }
    let all_constant = front.is_constant(optimization);
    if all_constant {
        said.push(
            "Every objective is the same at every candidate in every replicate: there is nothing to choose."
                .to_owned(),
        );
    }
    for (key, value) in record.constant.iter().filter(|_| !all_constant) {
        said.push(format!(
            "`{key}` is {} at every candidate in every replicate: as an objective it says nothing, and what is shown is the \
             front of the others.",
            plain(*value)
        ));
    }
    if record.refused.0 > 0 {
        let (count, why) = &record.refused;
        said.push(format!("{count} {} could not be evaluated, the first {why}", candidates(*count)));
    }
    said
}

pub(super) fn certification(front: &Front) -> String {
    let learn = front.points.iter().filter(|p| p.certified.is_some()).count();
    let bound = front.points.iter().filter_map(|p| p.largest_bound).fold(0.0, f64::max);
    if learn == 0 {
        return "Nobody learns at any of these points: there is nothing to certify.".to_owned();
    }
    let which = match (learn, front.points.len()) {
        (1, 1) => "The one point is".to_owned(),
        (_, all) if learn == all => format!("All {all} points are"),
        (_, all) => format!("{learn} of {all} points {}", if learn == 1 { "is" } else { "are" }),
    };
    format!(
        "{which} certified in every replicate{}: in none of them could anybody gain more than {}% of potential value by \
         deviating.",
        if learn == front.points.len() { "" } else { ", and at the others nobody learns" },
        plain(bound * 100.0)
    )
}

/// Points that are on the front only because nobody can be sure that they are not.
fn in_doubt(front: &Front) -> Option<String> {
    let likely = front.likely().count();
    let doubtful = front.points.len() - likely;
    (doubtful > 0).then(|| {
        let one = doubtful == 1;
        format!(
            "{likely} of these points {} likely efficient. The other{} dominated in more than half of all resamples (P below \
             0.5), but by no other point for sure: {} neither counted nor owned by anybody, and {} no exchange rates.",
            if likely == 1 { "is" } else { "are" },
            if one { " is".to_owned() } else { format!(" {doubtful} are") },
            if one { "it is" } else { "they are" },
            if one { "has" } else { "have" },
        )
    })
}

fn shrinkage(optimization: &Optimization, front: &Front) -> Option<String> {
    let shrinkage = front.shrinkage()?;
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
        "Winner's curse: on fresh draws finalists are worse than the search believed, {} (means over finalists; negative: better). The \
         intervals are over the draws of both, which all finalists share: common luck is in the means, and in the intervals.",
        each.join(", ")
    ))
}

/// Rates below which their median describes no front.
const FEW: usize = 3;

fn exchange(optimization: &Optimization, front: &Front) -> Option<String> {
    if front.exchanges.is_empty() {
        return None;
    }
    let first = &optimization.objectives[0];
    let planes = optimization.objectives.len() > 2;
    let say = |t: &Typical| {
        let objective = &optimization.objectives[t.objective];
        let (f0, fj) = (printed(first.metric).0, printed(objective.metric).0);
        format!(
            "{} ({}) {} [{}, {}], of {} {}",
            objective.metric.label,
            unit_of(objective.metric),
            plain(t.rate * fj / f0),
            plain(t.low * fj / f0),
            plain(t.high * fj / f0),
            t.of,
            match (planes, t.of == 1) {
                (true, true) => "point",
                (true, false) => "points",
                (false, true) => "pair of neighbours",
                (false, false) => "pairs of neighbours",
            }
        )
    };
    let parts: Vec<String> = front.typical.iter().map(say).collect();
    if parts.is_empty() {
        return Some("Exchange rates: nowhere does the first objective vary beyond noise.".to_owned());
    }
    let drawn = (1..optimization.objectives.len())
        .any(|j| front.exchanges.iter().filter(|e| e.objective == j && e.is_known).count() > 1);
    let few = front.typical.iter().any(|t| t.of < FEW);
    Some(format!(
        "Exchange rates: giving up one unit of {} ({}) brings in, at the median{}, {}. {}`exchange.csv` {} each of them, with an interval \
         of its own.{}",
        first.metric.label,
        unit_of(first.metric),
        if planes { " and with the other objectives held fixed" } else { "" },
        parts.join("; "),
        if drawn { "Figure `exchange` and " } else { "" },
        if drawn { "have" } else { "has" },
        if few { " A median of fewer than three says little of the rest of the front." } else { "" },
    ))
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
    Some(format!(
        "Knees, where the exchange rate falls beyond noise (tested together), of neighbours the one where it falls most: {}.",
        each.join(", ")
    ))
}

/// What descents from where the front bends came to.
fn polished(optimization: &Optimization, front: &Front) -> Option<String> {
    let (starts, added) = front.record.polished;
    if starts == 0 {
        return None;
    }
    let from = match (optimization.objectives.len() == 2, starts == 1) {
        (true, true) => "the knee".to_owned(),
        (true, false) => format!("each of the {starts} knees"),
        (false, _) => "the middle of the bulge".to_owned(),
    };
    Some(format!(
        "Polishing: from {from} of the search's front a descent looked for a design that is better in everything; {} joined the audit.",
        if added == 0 { "none".to_owned() } else { added.to_string() }
    ))
}

fn owners(store: &Store, optimization: &Optimization, front: &Front) -> Option<String> {
    if !optimization.picks_contender() || front.likely().next().is_none() {
        return None;
    }
    let first = &optimization.objectives[0];
    let (factor, unit) = printed(first.metric);
    let mut parts: Vec<(usize, &Point, &Point, usize)> = Vec::new();
    for (_, point) in front.likely() {
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
    let nothing: Vec<String> = (0..store.contenders().len())
        .filter(|contender| parts.iter().all(|(own, ..)| own != contender))
        .map(|contender| format!("{} ({})", store.contenders()[contender], why_nothing(contender, front)))
        .collect();
    let rest =
        if nothing.is_empty() { String::new() } else { format!(" Nothing of it: {}.", nothing.join("; ")) };
    Some(format!(
        "Which mechanism owns which part, by {}{unit}: {}.{rest}",
        first.metric.label,
        each.join("; ")
    ))
}

/// Why a contender owns nothing of the front.
fn why_nothing(contender: usize, front: &Front) -> String {
    if front.points.iter().any(|p| p.contender == contender) {
        return "points of which P is below 0.5".to_owned();
    }
    let own = || front.left_out.iter().filter(|p| p.contender == contender);
    let each: Vec<String> = Standing::ALL
        .iter()
        .map(|standing| (own().filter(|p| p.standing == *standing).count(), standing.in_words()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| format!("{count} {words}"))
        .collect();
    match (each.is_empty(), front.uncertified.iter().any(|p| p.contender == contender)) {
        (false, _) => format!("of its finalists {}", each.join(", ")),
        (true, true) => "candidates of which play is not certified".to_owned(),
        (true, false) => "none of its candidates was a finalist".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::optimization::Constraint;
    use crate::experiment::optimization::front::settled;
    use crate::experiment::optimization::front::tests::{finalist, optimization};
    use crate::measure::metrics::named;

    #[test]
    fn where_only_the_audit_finds_nobody_feasible_it_says_how_far_the_nearest_is() {
        let mut optimization = optimization();
        let metric = named("revenue").unwrap();
        optimization.constraints.push(Constraint { metric, at_least: true, bound: 2.0 });
        let missing = |design, missed: f64, mean: f64| Point {
            missed: vec![missed],
            bounded: vec![mean],
            ..finalist(design, [0.0, 0.0], 0.0)
        };
        let mut front = settled(vec![missing(0, 0.2, 1.7), missing(1, 0.05, 1.95)], &optimization);
        (front.audited, front.record.judged, front.record.finalists) = (12, 2, vec![0, 1]);
        assert!(front.points.is_empty());
        let said = nothing(&front, &optimization);
        assert!(
            said.starts_with("None of 2 finalists is certified, feasible and in one basin on fresh draws."),
            "{said}"
        );
        assert!(said.contains("misses `revenue >= 2` by 5% of the bound, with a mean of 1.95"), "{said}");
        assert!(why_empty(&front).contains("of 2, 2 not feasible; see above"), "{}", why_empty(&front));
    }

    #[test]
    fn reasons_why_nobody_is_on_the_front_add_up() {
        let finalists = vec![
            Point { certified: Some((11, 12)), ..finalist(0, [0.0, 0.0], 0.0) },
            Point { basins: 2, ..finalist(1, [0.0, 0.0], 0.0) },
            Point { standing: Standing::Unaudited, ..finalist(2, [0.0, 0.0], 0.0) },
        ];
        let mut front = settled(finalists, &optimization());
        (front.audited, front.record.judged, front.record.finalists) = (12, 3, vec![0, 1, 2]);
        let why = why_empty(&front);
        assert!(
            why.contains("of 3, 1 not certified, 1 in several basins, 1 of whose audit too much failed"),
            "{why}"
        );
        let said = nothing(&front, &optimization());
        assert!(
            said.starts_with("None of 2 finalists is certified, feasible and in one basin on fresh draws; of 1 more nobody knows"),
            "{said}"
        );
    }

    #[test]
    fn the_worst_bound_of_any_replicate_is_what_nobody_could_gain_more_than() {
        let learned = |design, at: f64, bound: f64| Point {
            certified: Some((12, 12)),
            largest_bound: Some(bound),
            ..finalist(design, [at, 1.0 - at], 0.0)
        };
        let front = settled(vec![learned(0, 0.0, 0.004), learned(1, 1.0, 0.009)], &optimization());
        assert!(certification(&front).contains("gain more than 0.9% of"), "{}", certification(&front));
    }
}

//! The table that closes a sweep: every design point where there are few, else the best of them; what moves what; how far play
//! is certified over the design.

use super::{MOST_POINTS, Outcome, Readings, Swept, visit};
use crate::chart::ticks::{decimals_for, fixed, magnitude};
use crate::experiment::design::Design;
use crate::experiment::file::Experiment;
use crate::experiment::store::{Store, StoreError};
use crate::experiment::tables::quantiles::quantile;
use crate::experiment::tables::{effects, points};
use crate::measure::effects::analysis::Shares;
use crate::measure::metrics::{Direction, Metric};
use crate::measure::statistics::Estimate;
use crate::report::frontier::{labelled, printed};
use crate::report::summary::Summary;
use crate::report::table::WIDTH;
use crate::report::table::layout::{number, percentage, wrapped};
use crate::report::warnings::{self, Warning};
use std::fmt::Write as _;

/// Points that are all shown.
const FEW: usize = 32;
/// Best points that are shown of more.
const BEST: usize = 8;
/// Metrics of the table of effects.
pub(super) const MOST_EFFECTS: usize = 4;
/// Terms that are columns of the table of effects.
const MOST_TERMS: usize = 7;
/// Share of variance below which a column of the table of effects is not worth its room.
const LEAST_SHARE: f64 = 0.005;
/// Median loss from pairing above which there is a warning.
const HURTS: f64 = 0.1;
/// Units that are looked at for warnings and pairing, roughly.
const UNITS_LOOKED_AT: usize = 4000;
/// Most points whose warnings and pairing are looked at.
const LOOKED_AT: usize = 64;

/// The closing words of a sweep; `None` where the experiment is no sweep.
///
/// # Errors
/// Where the store cannot be read.
pub fn closing(
    store: &Store,
    experiment: &Experiment,
    readings: &Readings,
) -> Result<Option<String>, StoreError> {
    let Some(swept) = readings.read(store, experiment, &[])? else { return Ok(None) };
    let mut out = head(&swept, experiment);
    out += &points(store, &swept)?;
    out += &what_moves_what(store, &swept)?;
    out.push('\n');
    for text in standing(&swept).into_iter().chain(pairing(store, &swept)?) {
        out += &wrapped(&text, "", "  ");
    }
    let text = "Every metric at every point is in summary.csv; tests of effects, adjusted for their number, in effects.csv; means at each \
                setting in main_effects.csv.";
    out += &wrapped(text, "", "  ");
    let found = warnings_of(store, &swept, experiment)?;
    if !found.is_empty() {
        out += "\nWarnings\n";
    }
    for (warning, count) in found {
        let of = looked_at(&swept);
        let mut cause = warning.cause();
        if count < of {
            let _ = write!(cause, " (So or alike at {count} of {of} design points.)");
        }
        out += &wrapped(&cause, "  * ", "    ");
        out += &wrapped(&format!("Remedy: {}", warning.remedy()), "    ", "    ");
    }
    Ok(Some(out))
}

/// Points that are looked at for warnings and pairing: more where they have fewer units.
pub(in crate::report) fn looked_at(swept: &Swept) -> usize {
    let units = swept.contenders.len() * swept.replicates.max(1) as usize;
    (UNITS_LOOKED_AT / units).clamp(2, LOOKED_AT).min(swept.designs.len())
}

fn head(swept: &Swept, experiment: &Experiment) -> String {
    let names: Vec<&str> = swept.factors.iter().map(|f| f.name.as_str()).collect();
    let scope = match swept.replicates {
        0 => "no replicate is done".to_owned(),
        1 => "one replicate, so no intervals".to_owned(),
        n => format!("means over {n} replicates ± half-widths of 95% intervals"),
    };
    let text = format!(
        "{}: {} design points ({}), {scope}",
        experiment.name,
        swept.designs.len(),
        names.join(" × ")
    );
    let mut out = wrapped(&text, "", "");
    let question = experiment.question.trim();
    if !question.is_empty() {
        out += &wrapped(question, "", "");
    }
    out.push('\n');
    out
}

/// A point with the outcomes of one contender or of all.
struct Line {
    settings: Vec<String>,
    outcomes: Vec<Outcome>,
}

/// The design points, or the best of them.
fn points(store: &Store, swept: &Swept) -> Result<String, StoreError> {
    let metrics = &swept.metrics;
    let settings = |point: usize| -> Vec<String> { swept.factors.iter().map(|f| f.setting(point)).collect() };
    if swept.designs.len() <= FEW {
        let lines: Vec<Line> = (0..swept.designs.len())
            .map(|p| Line { settings: settings(p), outcomes: swept.outcomes[p].clone() })
            .collect();
        return Ok(table(swept, &lines, &swept.contenders, metrics));
    }
    let Some(first) = metrics.first() else { return Ok(String::new()) };
    let sense = if first.direction == Direction::Minimize { -1.0 } else { 1.0 };
    let value = |outcome: &Outcome| outcome.estimates.first().copied().flatten().map(|e| sense * e.mean);
    let mut best: Vec<Vec<(f64, usize, Outcome)>> = vec![Vec::new(); swept.contenders.len()];
    let mut offer = |contender: usize, point: usize, outcome: Outcome| {
        let Some(v) = value(&outcome) else { return };
        let own = &mut best[contender];
        let place = own.partition_point(|(other, ..)| *other >= v);
        if place < BEST {
            own.insert(place, (v, point, outcome));
            own.truncate(BEST);
        }
    };
    if swept.outcomes.is_empty() {
        visit(store, metrics, |design, contender, outcome, _| {
            if let Ok(point) = swept.designs.binary_search(&design) {
                offer(contender, point, outcome);
            }
        })?;
    } else {
        for (point, row) in swept.outcomes.iter().enumerate() {
            for (contender, outcome) in row.iter().enumerate() {
                offer(contender, point, outcome.clone());
            }
        }
    }
    let mut out = String::new();
    let most = if first.direction == Direction::Minimize { "least" } else { "most" };
    for (contender, best) in best.into_iter().enumerate().filter(|(_, best)| !best.is_empty()) {
        let name = &swept.contenders[contender];
        out += &wrapped(
            &format!("{name}: the {} points with the {most} {}", best.len(), labelled(first)),
            "",
            "  ",
        );
        let lines: Vec<Line> = best
            .into_iter()
            .map(|(_, point, outcome)| Line { settings: settings(point), outcomes: vec![outcome] })
            .collect();
        out += &table(swept, &lines, std::slice::from_ref(name), metrics);
        out.push('\n');
    }
    out +=
        &wrapped("The best of many means looks better than it is: run it again with another seed.", "", "");
    Ok(out)
}

/// Lines under the names of factors, metrics and contenders; as many metrics as fit, at least one.
fn table(swept: &Swept, lines: &[Line], contenders: &[String], metrics: &[&'static Metric]) -> String {
    let cell = |outcome: &Outcome, metric: usize| -> String {
        let Some(e) = outcome.estimates.get(metric).copied().flatten() else { return "–".to_owned() };
        let mark = if outcome.sound { " " } else { "*" };
        format!("{}{mark}", shaped(&e, metrics[metric]))
    };
    let mut columns: Vec<Vec<String>> = Vec::new();
    for (place, factor) in swept.factors.iter().enumerate() {
        let head = [String::new(), factor.name.clone()];
        columns.push(head.into_iter().chain(lines.iter().map(|l| l.settings[place].clone())).collect());
    }
    let wide = |column: &Vec<String>| column.iter().map(|c| c.chars().count()).max().unwrap_or(0);
    let mut taken: usize = columns.iter().map(|c| wide(c) + 2).sum();
    let mut left_out = Vec::new();
    for (place, metric) in metrics.iter().enumerate() {
        let mut block: Vec<Vec<String>> = Vec::new();
        for (c, name) in contenders.iter().enumerate() {
            if lines.iter().all(|l| l.outcomes[c].estimates.get(place).copied().flatten().is_none()) {
                continue;
            }
            let title = if block.is_empty() { labelled(metric) } else { String::new() };
            let head = [title, if contenders.len() > 1 { format!("{name} ") } else { String::new() }];
            block.push(head.into_iter().chain(lines.iter().map(|l| cell(&l.outcomes[c], place))).collect());
        }
        // The title stands over all columns of its metric.
        let own: usize =
            block.iter().map(|c| c[1..].iter().map(|t| t.chars().count()).max().unwrap_or(0) + 2).sum();
        let whole = own.max(block.first().map_or(0, |c| c[0].chars().count() + 2));
        if taken + whole > WIDTH && place > 0 {
            left_out.push(metric.label);
            continue;
        }
        taken += whole;
        columns.extend(block);
    }
    let mut out = render(&columns, swept.factors.len());
    if !left_out.is_empty() {
        out += &wrapped(&format!("Not shown for want of room: {}.", left_out.join(", ")), "", "  ");
    }
    if lines.iter().flat_map(|l| &l.outcomes).any(|o| !o.sound) {
        out += &wrapped("*: not certified in every replicate, or a mean over distinct basins.", "", "  ");
    }
    out
}

/// Columns whose first two cells are heads; the first head of a column spans those after it whose own is empty.
fn render(columns: &[Vec<String>], texts: usize) -> String {
    let count = |text: &String| text.chars().count();
    let mut widths: Vec<usize> =
        columns.iter().map(|column| column[1..].iter().map(count).max().unwrap_or(0)).collect();
    // A title that is wider than its columns widens the last of them.
    let mut from = texts;
    while from < columns.len() {
        let to = (from + 1..columns.len()).find(|&c| !columns[c][0].is_empty()).unwrap_or(columns.len());
        let own: usize = widths[from..to].iter().sum::<usize>() + 2 * (to - from - 1);
        widths[to - 1] += count(&columns[from][0]).saturating_sub(own);
        from = to;
    }
    let mut out = String::new();
    let mut line = String::new();
    for (c, column) in columns.iter().enumerate() {
        if c < texts {
            line += &" ".repeat(widths[c] + 2);
        } else if !column[0].is_empty() {
            let starts: usize = widths[..c].iter().map(|w| w + 2).sum();
            let to = (c + 1..columns.len()).find(|&k| !columns[k][0].is_empty()).unwrap_or(columns.len());
            let ends: usize = widths[..to].iter().map(|w| w + 2).sum::<usize>() - 2;
            // A lone column's title stands over its numbers, at the right.
            let start = if to == c + 1 { ends - count(&column[0]) } else { starts };
            line += &" ".repeat(start.saturating_sub(count(&line)));
            line += &column[0];
        }
    }
    let _ = writeln!(out, "{}", line.trim_end());
    for row in 1..columns.first().map_or(0, Vec::len) {
        let mut line = String::new();
        for (c, column) in columns.iter().enumerate() {
            let pad = " ".repeat(widths[c] - count(&column[row]));
            line += if c == 0 { "" } else { "  " };
            line += &pad;
            line += &column[row];
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

fn shaped(e: &Estimate, metric: &Metric) -> String {
    let (factor, _) = printed(metric);
    let say = if factor == 100.0 { percentage } else { number };
    say(e.mean * factor, 0.5 * (e.ci_high - e.ci_low) * factor)
}

/// Shares of variance that parameters explain, for the first metrics of each contender.
fn what_moves_what(store: &Store, swept: &Swept) -> Result<String, StoreError> {
    if swept.factors.len() < 2 || swept.replicates < 1 {
        return Ok(String::new());
    }
    let mut rows: Vec<(String, Shares)> = Vec::new();
    let shown = &swept.metrics[..swept.metrics.len().min(MOST_EFFECTS)];
    let keys: Vec<&str> = shown.iter().map(|metric| metric.key).collect();
    for (metric, found) in shown.iter().zip(effects::on_metrics(store, &keys)?) {
        for (contender, shares) in found.into_iter().enumerate() {
            let Some(mut shares) = shares.filter(|s| s.terms.iter().any(|(_, v)| v.is_finite())) else {
                continue;
            };
            for (term, _) in &mut shares.terms {
                *term = short_term(store, term);
            }
            let of = if swept.contenders.len() > 1 {
                format!(", {}", swept.contenders[contender])
            } else {
                String::new()
            };
            rows.push((format!("  {}{of}", metric.label), shares));
        }
    }
    let mut terms: Vec<String> = Vec::new();
    for (term, _) in rows.iter().flat_map(|(_, shares)| &shares.terms) {
        if !terms.contains(term) {
            terms.push(term.clone());
        }
    }
    // The largest terms have columns, in their order; what is left over by all comes last.
    let weight = |term: &String| {
        let of = rows.iter().flat_map(|(_, shares)| &shares.terms).filter(|(t, _)| t == term);
        of.map(|(_, share)| if share.is_finite() { *share } else { 0.0 }).fold(0.0, f64::max)
    };
    let mut largest = terms.clone();
    largest.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
    largest.truncate(MOST_TERMS);
    let kept: Vec<String> = terms.into_iter().filter(|t| largest.contains(t)).collect();
    if rows.is_empty() || kept.is_empty() {
        return Ok(String::new());
    }
    let mut out = "\n".to_owned();
    out += &wrapped(
        "What moves what: share of a metric's variance over points, within replicates, that each parameter explains and no other could \
         (η², %)",
        "",
        "",
    );
    // Beside the terms: what those not shown explain, what several explain but none alone, and what none does.
    let of = |shares: &Shares, term: &String| {
        shares.terms.iter().find(|(t, _)| t == term).map_or(f64::NAN, |(_, share)| *share)
    };
    let sum = |values: &mut dyn Iterator<Item = f64>| values.filter(|v| v.is_finite()).sum::<f64>();
    let values = |shares: &Shares| -> Vec<f64> {
        let all = sum(&mut shares.terms.iter().map(|(_, share)| *share));
        let mut values: Vec<f64> = kept.iter().map(|term| of(shares, term)).collect();
        let others = all - sum(&mut values.iter().copied());
        values.extend([others, 1.0 - all - shares.residual, shares.residual]);
        values
    };
    let table: Vec<Vec<f64>> = rows.iter().map(|(_, shares)| values(shares)).collect();
    let matters = |column: usize| table.iter().any(|row| row[column].abs() >= LEAST_SHARE);
    let extra = [("others", matters(kept.len())), ("shared", matters(kept.len() + 1)), ("rest", true)];
    let label_width = rows.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
    // Long names get letters, which are told below.
    let total: usize = kept.iter().map(|t| t.chars().count().max(5) + 2).sum();
    let lettered = label_width + total + 8 * extra.len() > WIDTH;
    let head = |place: usize, term: &String| if lettered { format!("({})", place + 1) } else { term.clone() };
    let named = kept.iter().enumerate().map(|(i, t)| (head(i, t), true));
    let heads: Vec<(String, bool)> = named.chain(extra.map(|(head, told)| (head.to_owned(), told))).collect();
    let mut line = " ".repeat(label_width);
    for (head, _) in heads.iter().filter(|(_, told)| *told) {
        let _ = write!(line, "  {head:>5}");
    }
    let _ = writeln!(out, "{line}");
    for ((label, _), row) in rows.iter().zip(&table) {
        let mut line = format!("{label}{}", " ".repeat(label_width - label.chars().count()));
        for (value, (head, _)) in row.iter().zip(&heads).filter(|(_, (_, told))| *told) {
            let text = if value.is_finite() { share(100.0 * value) } else { "–".to_owned() };
            let wide = head.chars().count().max(5);
            let _ = write!(line, "  {}{text}", " ".repeat(wide.saturating_sub(text.chars().count())));
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    if lettered {
        let told: Vec<String> = kept.iter().enumerate().map(|(i, t)| format!("({}) {t}", i + 1)).collect();
        out += &wrapped(&told.join(", "), "  ", "  ");
    }
    if let Some((_, shares)) = rows.iter().find(|(_, shares)| !shares.left_out.is_empty()) {
        let names: Vec<String> = shares.left_out.iter().map(|name| short_term(store, name)).collect();
        let text = format!(
            "Without columns, as there are too many parameters for one model: {}. What they explain is in the rest, or in what they move with.",
            names.join(", ")
        );
        out += &wrapped(&text, "  ", "  ");
    }
    if extra[1].1 {
        let text = "shared: what parameters explain together but none alone, since settings do not vary independently of each other; below \
                    0 where they hide each other's effects. rest: what none explains.";
        out += &wrapped(text, "  ", "  ");
    }
    Ok(out)
}

fn share(percent: f64) -> String {
    if percent.abs() < 0.05 {
        "0".to_owned()
    } else {
        fixed(percent, decimals_for(magnitude(percent), 3).min(1))
    }
}

/// A term with the short names of its parameters, which may move together.
pub(in crate::report) fn short_term(store: &Store, term: &str) -> String {
    let names = crate::report::frontier::short_names(store.parameters());
    let short = |path: &str| {
        let place = store.parameters().iter().position(|p| p == path);
        place.map_or_else(|| path.to_owned(), |i| names[i].clone())
    };
    let together = |paths: &str| paths.split(", ").map(short).collect::<Vec<_>>().join(", ");
    term.split(" × ").map(together).collect::<Vec<_>>().join(" × ")
}

/// What common draws did to differences between design points, and where they hurt.
fn pairing(store: &Store, swept: &Swept) -> Result<Vec<String>, StoreError> {
    let (mut helps, mut hurts) = (Vec::new(), Vec::new());
    let shown = &swept.metrics[..swept.metrics.len().min(MOST_EFFECTS)];
    let keys: Vec<&str> = shown.iter().map(|metric| metric.key).collect();
    let found = points::differences(store, &keys, looked_at(swept))?;
    for (metric, found) in shown.iter().zip(found) {
        for (name, differences) in swept.contenders.iter().zip(found) {
            let mut saved: Vec<f64> =
                differences.iter().map(|c| c.variance_reduction).filter(|v| v.is_finite()).collect();
            saved.sort_by(f64::total_cmp);
            if saved.is_empty() {
                continue;
            }
            let median = quantile(&saved, 0.5);
            let of = if swept.contenders.len() > 1 { format!(" of {name}") } else { String::new() };
            let percent = fixed(100.0 * median.abs(), 0);
            if median < -HURTS {
                hurts.push(format!("{}{of} ({percent}% more variance)", metric.label));
            } else {
                helps.push(format!("{}{of} {}", metric.label, fixed(100.0 * median, 0)));
            }
        }
    }
    let mut said = Vec::new();
    if !helps.is_empty() {
        said.push(format!(
            "Common draws: differences from the first design point have so much less variance than those of separate runs, % (medians \
             over points; all in points.csv): {}.",
            helps.join(", ")
        ));
    }
    if !hurts.is_empty() {
        said.push(format!(
            "Common draws hurt: they pull design points apart instead of together in {}. Compare levels, or run points with seeds of \
             their own.",
            hurts.join(", ")
        ));
    }
    Ok(said)
}

/// How far play is certified over the design, a sentence for each contender.
pub(in crate::report) fn standing(swept: &Swept) -> Vec<String> {
    let points = swept.designs.len();
    let partial = points > MOST_POINTS;
    swept
        .contenders
        .iter()
        .zip(swept.unsound.iter().zip(&swept.learned))
        .map(|(name, (&unsound, &learned))| {
            if !learned {
                format!("{name}: nobody learns, and there is nothing to certify.")
            } else if unsound == 0 {
                let basins = if partial { "; basins were not looked for in so many points" } else { "" };
                format!("{name}: certified in every replicate at all {points} points{basins}.")
            } else {
                format!(
                    "{name}: at {unsound} of {points} points some replicate is not certified, or replicates end in distinct basins: what \
                     learners did there is no equilibrium."
                )
            }
        })
        .collect()
}

/// Warnings of the first points, each kind once for each contender, with the number of points that have it.
pub(in crate::report) fn warnings_of(
    store: &Store,
    swept: &Swept,
    experiment: &Experiment,
) -> Result<Vec<(Warning, usize)>, StoreError> {
    let mut found: Vec<(Warning, usize)> = Vec::new();
    // Theory speaks of the file as written, and of points that learn in another way.
    let one_game =
        Design::of(experiment).is_none_or(|design| design.parameters.iter().all(|p| is_of_learning(p)));
    for &design in swept.designs.iter().take(looked_at(swept)) {
        let summary = Summary::read(store, design, experiment.play.tolerance)?;
        let here = warnings::about(&summary, experiment).into_iter();
        add_kinds(&mut found, here.filter(|w| one_game || !matches!(w, Warning::OffTheory { .. })));
    }
    Ok(found)
}

/// Whether a setting says how agents learn, and leaves the game as it is.
fn is_of_learning(path: &str) -> bool {
    path.starts_with("strategies.") || path.starts_with("play.") || path.ends_with(".strategy")
}

/// Adds the warnings of one more point, each kind once for each contender.
pub(in crate::report) fn add_kinds(found: &mut Vec<(Warning, usize)>, here: impl Iterator<Item = Warning>) {
    let mut kinds: Vec<Warning> = Vec::new();
    for warning in here {
        if !kinds.iter().any(|other| alike(other, &warning)) {
            kinds.push(warning);
        }
    }
    for warning in kinds {
        match found.iter_mut().find(|(other, _)| alike(other, &warning)) {
            Some((_, count)) => *count += 1,
            None => found.push((warning, 1)),
        }
    }
}

/// Whether two warnings are of a kind and about the same contender.
fn alike(a: &Warning, b: &Warning) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b) && a.contender() == b.contender()
}

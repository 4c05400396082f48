//! `difference-A-vs-B`: paired differences, metric by metric.

use super::{Sheet, heading, identity, is_sound};
use crate::chart::Estimate;
use crate::chart::forest::{Forest, Row, Unit};
use crate::chart::ticks::fixed;
use crate::experiment::file::Experiment;
use crate::measure::metrics::{METRICS, Metric};
use crate::measure::statistics::Comparison;
use crate::report::summary::Summary;

/// Metrics beside the shares.
const BESIDE: [&str; 6] =
    ["net_surplus", "capital_locked", "liveness", "overhead_ratio", "hhi_slots", "nakamoto_33"];

fn is_shown(metric: &Metric) -> bool {
    // Deviation gains say how far to trust the play, not what comes of it; profit over staying idle is the sequencers' share less capital
    // cost, which have rows of their own.
    (metric.unit == "share" && !metric.key.contains("_gain") && metric.key != "profit_share")
        || BESIDE.contains(&metric.key)
}

pub(super) fn unit(metric: &Metric) -> Unit {
    match metric.unit {
        "share" => Unit::Share,
        _ if metric.is_percent() => Unit::Share,
        "ETH" => Unit::Eth,
        other => Unit::Other(other.to_owned()),
    }
}

/// A metric's name, with the period of what flows: numbers are followed by the rest of their unit.
fn label(metric: &Metric) -> String {
    match metric.in_words().strip_prefix("ETH ") {
        Some(period) => format!("{} {period}", metric.label),
        None => metric.label.to_owned(),
    }
}

/// The figure of contenders `a` and `b`, `a < b`, with the metrics that are picked, or where none is those that suit;
/// `None` where they have no common replicate.
pub(super) fn figure(
    summary: &Summary,
    experiment: &Experiment,
    a: usize,
    b: usize,
    picked: &[&str],
) -> Option<Sheet> {
    let (first, second) = (summary.marked(a), summary.marked(b));
    let mut compared: Vec<(&Metric, Comparison)> = METRICS
        .iter()
        .filter(|m| if picked.is_empty() { is_shown(m) } else { picked.contains(&m.key) })
        .filter_map(|m| Some((m, summary.comparison(a, b, m.key)?)))
        // What neither has at all would be a row of zeros.
        .filter(|(_, c)| !picked.is_empty() || c.mean_a != 0.0 || c.mean_b != 0.0)
        .collect();
    compared.sort_by_key(|(metric, _)| picked.iter().position(|key| *key == metric.key));
    let replicates = compared.iter().map(|(_, c)| c.n).max()?;
    let rows = compared
        .iter()
        .map(|(metric, c)| Row {
            label: label(metric),
            unit: unit(metric),
            difference: Estimate::new(c.difference, c.ci_low, c.ci_high),
            mean_b: c.mean_b,
        })
        .collect();
    Some(Sheet::Difference(Forest {
        heading: heading(&title(summary, a, b), experiment, replicates),
        a: first,
        b: second,
        identities: (
            identity(experiment, &summary.contenders()[a]),
            identity(experiment, &summary.contenders()[b]),
        ),
        certified: is_sound(summary, a) && is_sound(summary, b),
        rows,
    }))
}

/// The finding on token holders where there is one, else the two names.
fn title(summary: &Summary, a: usize, b: usize) -> String {
    let (first, second) = (&summary.contenders()[a], &summary.contenders()[b]);
    // A mean over distinct basins is no finding, and what learners did is none on the mechanisms.
    let sound = |c: usize| !summary.has_basins(c) && summary.standing(c).is_sound();
    match summary.comparison(a, b, "holder_share").filter(|_| sound(a) && sound(b)) {
        Some(c) if c.ci_low > 0.0 || c.ci_high < 0.0 => {
            let points = fixed(c.difference.abs() * 100.0, 1);
            let (more, less) = if c.difference > 0.0 { (first, second) } else { (second, first) };
            format!("{more} leaves holders {points} percentage points more than {less}")
        }
        _ => format!("{first} and {second} compared"),
    }
}

//! `metrics` and `distribution`: metrics by contender, as means and as replicates.

use super::{Sheet, drawn_as, heading, identity, is_sound, replicates};
use crate::chart::Estimate;
use crate::chart::distribution::Distribution;
use crate::chart::small_multiples::SmallMultiples;
use crate::chart::strips::{Contender, MetricPanel, Row};
use crate::chart::ticks::Format;
use crate::experiment::file::Experiment;
use crate::experiment::store::{Order, Store, StoreError};
use crate::measure::metrics::{METRICS, Metric};
use crate::report::summary::Summary;
use crate::report::table;

/// Metrics of `metrics` where none is picked.
const MEANS: [&str; 9] = [
    "net_surplus",
    "holder_share",
    "sequencer_share",
    "overhead_ratio",
    "liveness",
    "censored_share",
    "hhi_slots",
    "capital_locked",
    "deviation_gain_upper",
];

/// Most panels of `metrics` where none is picked.
const MOST_PANELS: usize = 12;

/// Metrics of `distribution` where none is picked.
const SPREAD: [&str; 3] = ["holder_share", "sequencer_share", "net_surplus"];

/// Means of metrics; `None` where nothing is stored.
pub(super) fn metrics(summary: &Summary, experiment: &Experiment, picked: &[&'static str]) -> Option<Sheet> {
    // What is the same under every contender says nothing, unless it is asked for, or all is the same.
    let mut keys: Vec<&'static str> = picked.to_vec();
    if picked.is_empty() {
        let asked = table::asked_by_the_world().map(|(_, metric, _)| *metric);
        let mut others: Vec<&'static str> = asked.filter(|key| !MEANS.contains(key)).collect();
        keys.extend(MEANS);
        keys.append(&mut others);
        keys.retain(|key| table::differs(summary, key));
        keys.truncate(MOST_PANELS);
    }
    if keys.is_empty() {
        let said = |key: &&str| {
            let means = (0..summary.contenders().len()).filter_map(|c| summary.estimate(c, key));
            means.into_iter().any(|e| e.mean != 0.0)
        };
        keys = MEANS.into_iter().filter(said).collect();
    }
    let own = chosen(&keys, &MEANS);
    let panels: Vec<MetricPanel> = own.iter().map(|m| panel(summary, m)).collect();
    (!panels.is_empty()).then(|| {
        Sheet::Metrics(SmallMultiples {
            heading: heading("How the contenders stand", experiment, replicates(summary)),
            contenders: contenders(summary, experiment),
            panels,
        })
    })
}

/// Replicates of metrics, basin by basin where a contender's end in several; `None` where nothing is stored.
pub(super) fn distribution(
    store: &Store,
    summary: &Summary,
    experiment: &Experiment,
    design: u32,
    picked: &[&'static str],
) -> Result<Option<Sheet>, StoreError> {
    let own = chosen(picked, &SPREAD);
    let place: Vec<Option<usize>> =
        store.contenders().iter().map(|name| summary.contenders().iter().position(|c| c == name)).collect();
    let rows = populations(summary);
    // By metric, then row.
    let mut values = vec![vec![Vec::new(); rows.len()]; own.len()];
    let keys: Vec<Option<usize>> =
        store.metrics().iter().map(|key| own.iter().position(|m| m.key == *key)).collect();
    store.visit_values_of(&[design], Order::ByContender, |unit| {
        let holds = |&(contender, basin): &(usize, Option<usize>)| {
            let replicates = |b: usize| &summary.basins(contender)[b].replicates;
            place[unit.contender] == Some(contender)
                && basin.is_none_or(|b| replicates(b).binary_search(&unit.replicate).is_ok())
        };
        if let Some(row) = rows.iter().position(holds) {
            for &(metric, value) in unit.values {
                if let Some(own) = keys[metric] {
                    values[own][row].push(value);
                }
            }
        }
        Ok::<_, StoreError>(())
    })?;
    let panel = |(metric, values): (&&'static Metric, Vec<Vec<f64>>)| {
        let mean = |&(c, basin): &(usize, Option<usize>)| match basin {
            Some(basin) => summary.basin_estimate(c, basin, metric.key),
            None => summary.estimate(c, metric.key),
        };
        let row = |(place, replicates): (&(usize, Option<usize>), Vec<f64>)| Row {
            mean: mean(place).map_or(Estimate::absent(), |e| drawn_as(&e)),
            replicates,
        };
        let format = if metric.is_percent() { Format::Percent } else { Format::Plain };
        let rows = rows.iter().zip(values).map(row).collect();
        MetricPanel { title: title(metric), format, range: metric.range, rows }
    };
    let panels: Vec<MetricPanel> = own.iter().zip(values).map(panel).collect();
    let named = |&(c, basin): &(usize, Option<usize>)| {
        let own = &summary.contenders()[c];
        Contender {
            name: basin.map_or_else(|| summary.marked(c), |basin| format!("{own}, basin {basin}")),
            identity: identity(experiment, own),
            // A basin is one population; a mean over several would be hollow.
            certified: match basin {
                Some(basin) => summary.basin_is_sound(c, basin),
                None => summary.standing(c).is_sound(),
            },
        }
    };
    Ok((!panels.is_empty()).then(|| {
        Sheet::Distribution(Distribution {
            heading: heading("How far replicates differ", experiment, replicates(summary)),
            contenders: rows.iter().map(named).collect(),
            panels,
        })
    }))
}

/// Contenders, those whose replicates end in several basins once for each.
fn populations(summary: &Summary) -> Vec<(usize, Option<usize>)> {
    let each = |c: usize| -> Vec<(usize, Option<usize>)> {
        if summary.has_basins(c) {
            (0..summary.basins(c).len()).map(|basin| (c, Some(basin))).collect()
        } else {
            vec![(c, None)]
        }
    };
    (0..summary.contenders().len()).flat_map(each).collect()
}

fn chosen(picked: &[&'static str], otherwise: &[&'static str]) -> Vec<&'static Metric> {
    let keys = if picked.is_empty() { otherwise } else { picked };
    keys.iter().filter_map(|key| METRICS.iter().find(|m| m.key == *key)).collect()
}

fn contenders(summary: &Summary, experiment: &Experiment) -> Vec<Contender> {
    let each = summary.contenders().iter().enumerate();
    each.map(|(c, name)| Contender {
        name: summary.marked(c),
        identity: identity(experiment, name),
        certified: is_sound(summary, c),
    })
    .collect()
}

/// Means of a metric of all contenders.
fn panel(summary: &Summary, metric: &Metric) -> MetricPanel {
    let rows = (0..summary.contenders().len())
        .map(|c| Row {
            mean: summary.estimate(c, metric.key).map_or(Estimate::absent(), |e| drawn_as(&e)),
            replicates: Vec::new(),
        })
        .collect();
    let format = if metric.is_percent() { Format::Percent } else { Format::Plain };
    MetricPanel { title: title(metric), format, range: metric.range, rows }
}

/// A metric's name with its unit.
pub(super) fn title(metric: &Metric) -> String {
    // A unit is not broken over lines.
    let unit = metric.in_words().replace(' ', "\u{a0}");
    if unit.is_empty() { metric.label.to_owned() } else { format!("{} ({unit})", metric.label) }
}

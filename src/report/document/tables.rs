//! Tables of a report.

use super::{Cell, Table};
use crate::chart::ticks::{decimals_for, fixed, grouped, magnitude};
use crate::experiment::optimization::Optimization;
use crate::experiment::optimization::front::{Front, Point};
use crate::experiment::sensitivity::Sensitivity;
use crate::experiment::sensitivity::findings::{Finding, Source};
use crate::experiment::store::{DesignValue, Store, StoreError};
use crate::measure::metrics::{self, METRICS, Metric};
use crate::measure::sensitivity::Interval;
use crate::measure::sensitivity::indices::Index;
use crate::measure::sensitivity::screening::Screened;
use crate::measure::statistics::{Comparison, Estimate};
use crate::report::robustness::Findings;
use crate::report::summary::{Standing, Summary};
use crate::report::table::differences::{p_value, pairing};
use crate::report::table::layout::{number, percentage, plain, trimmed};
use crate::report::table::{is_said, sections};

/// Contenders side by side in one table.
pub(super) const ACROSS: usize = 4;

/// Rows of the table of all metrics; the rest stands in summary.csv.
const MOST_ROWS: usize = 3000;

/// Means of the chosen metrics, contenders side by side; several tables where there are many.
pub(super) fn outcomes(summary: &Summary) -> Vec<Table> {
    let all: Vec<usize> = (0..summary.contenders().len()).filter(|c| summary.done(*c) > 0).collect();
    let parts = all.chunks(ACROSS);
    let many = parts.len() > 1;
    parts
        .enumerate()
        .map(|(i, contenders)| {
            let mut rows = Vec::new();
            for (section, metrics) in sections() {
                for row in metrics.iter().filter(|row| is_said(summary, row)) {
                    let (label, metric, factor) = *row;
                    let cells = contenders.iter().map(|&c| estimate(summary, c, metric, factor));
                    rows.push([Cell::text(section), Cell::text(label)].into_iter().chain(cells).collect());
                }
            }
            let names = contenders.iter().map(|&c| summary.marked(c));
            let replicates = contenders.iter().map(|&c| summary.done(c)).max().unwrap_or(0);
            let (name, part) = if many {
                (format!("outcomes-{}", i + 1), format!(", part {}", i + 1))
            } else {
                ("outcomes".to_owned(), String::new())
            };
            Table {
                name,
                caption: format!(
                    "Outcomes{part}: means over {replicates} replicates ± half-widths of 95% intervals."
                ),
                head: ["", "metric"].into_iter().map(str::to_owned).chain(names).collect(),
                texts: 2,
                grouped: true,
                rows,
                notes: Vec::new(),
            }
        })
        .collect()
}

fn estimate(summary: &Summary, contender: usize, metric: &str, factor: f64) -> Cell {
    shaped(summary.estimate(contender, metric), factor)
}

pub(super) fn shaped(estimate: Option<Estimate>, factor: f64) -> Cell {
    let Some(e) = estimate else { return Cell::text("–") };
    let say = if factor == 100.0 { percentage } else { number };
    let (low, high) = (e.ci_low * factor, e.ci_high * factor);
    Cell {
        interval: (low.is_finite() && high.is_finite()).then_some((low, high)),
        ..Cell::number(say(e.mean * factor, (e.ci_high - e.mean) * factor), e.mean * factor)
    }
}

/// Paired differences of every pair and metric of the chosen ones; `None` with fewer than two contenders.
pub(super) fn differences(summary: &Summary) -> Option<Table> {
    let mut rows = Vec::new();
    for (a, b) in summary.pairs() {
        let pair = format!("{} − {}", summary.marked(a), summary.marked(b));
        for (_, metrics) in sections() {
            let outcome = |m: &str| !m.starts_with("deviation_gain") && !m.starts_with("conduct_gain");
            let mut shown: Vec<(&str, &str, f64)> =
                metrics.iter().filter(|(_, m, _)| outcome(m)).copied().collect();
            // Beside its parts, as it is what claims are about.
            if let Some(place) = shown.iter().position(|(_, metric, _)| *metric == "delegator_share") {
                shown.insert(place + 1, ("to token holders (both)", "holder_share", 100.0));
            }
            for (label, metric, factor) in shown {
                let Some(c) = summary.comparison(a, b, metric) else { continue };
                if c.mean_a == 0.0 && c.mean_b == 0.0 {
                    continue;
                }
                let unit = match metrics::find(metric).map(Metric::in_words) {
                    _ if factor == 100.0 => ", points",
                    Some("ETH") if !label.ends_with("ETH") => ", ETH",
                    Some("ETH per epoch") if !label.contains("ETH") => ", ETH per epoch",
                    _ => "",
                };
                rows.push(difference(&pair, &format!("{}{unit}", label.replace(", %", "")), &c, factor));
            }
        }
    }
    (!rows.is_empty()).then(|| Table {
        name: "differences".to_owned(),
        caption: "Paired differences on the same draws, with 95% intervals.".to_owned(),
        head: ["pair", "metric", "difference", "95% interval", "p", "pairing"].map(str::to_owned).to_vec(),
        texts: 2,
        grouped: true,
        rows,
        notes: vec![
            "p: two-sided t test of no difference, on pairs. Pairing: what running both on the same draws did to the variance of the difference."
                .to_owned(),
        ],
    })
}

pub(super) fn difference(pair: &str, label: &str, c: &Comparison, factor: f64) -> Vec<Cell> {
    let (low, high, value) = (c.ci_low * factor, c.ci_high * factor, c.difference * factor);
    let half = high - value;
    let decimals = if half > 0.0 && half.is_finite() {
        decimals_for(magnitude(half), 2).min(6)
    } else {
        decimals_for(magnitude(value), 4).min(6)
    };
    let say = |v: f64| grouped(&fixed(v, decimals));
    let given = half.is_finite();
    let interval = if given { format!("[{}, {}]", say(low), say(high)) } else { "–".to_owned() };
    let stars = match c.p_value {
        p if p < 0.001 => 3,
        p if p < 0.01 => 2,
        p if p < 0.05 => 1,
        _ => 0,
    };
    vec![
        Cell::text(pair),
        Cell::text(label),
        Cell { stars, ..Cell::number(say(value), value) },
        Cell { interval: given.then_some((low, high)), ..Cell::number(interval, high - low) },
        Cell::number(p_value(c.p_value), c.p_value),
        Cell::number(
            if given { pairing(c.variance_reduction) } else { "–".to_owned() },
            c.variance_reduction,
        ),
    ]
}

/// Paired differences under each learning rule, with the verdict on each pair; `None` where no pair has the metrics.
pub(super) fn robustness(findings: &Findings) -> Option<Table> {
    let mut rows = Vec::new();
    for ranking in &findings.rankings {
        let factor = if ranking.metric.is_percent() { 100.0 } else { 1.0 };
        let unit = if factor == 100.0 { "points" } else { ranking.metric.in_words() };
        let what = if unit.is_empty() {
            ranking.metric.label.to_owned()
        } else {
            format!("{}, {unit}", ranking.metric.label)
        };
        for pair in &ranking.pairs {
            let [a, b] = [pair.a, pair.b].map(|i| findings.contenders[i].as_str());
            for (rule, found) in pair.differences.iter().enumerate() {
                let Some(c) = found else { continue };
                let mut row = difference(&what, &format!("{a} − {b}"), c, factor);
                row.truncate(4);
                row.insert(2, Cell::text(findings.rules[rule].clone()));
                let sound = findings.is_sound(rule, pair.a, pair.b);
                row.push(Cell::text(if sound { "yes" } else { "no" }));
                row.push(Cell::text(findings.said(&pair.verdict)));
                rows.push(row);
            }
        }
    }
    let head =
        ["metric", "pair", "learning rule", "difference", "95% interval", "certified", "verdict on the pair"];
    (!rows.is_empty()).then(|| Table {
        name: "robustness".to_owned(),
        caption: "Paired differences on the same draws under each learning rule, with 95% intervals.".to_owned(),
        head: head.map(str::to_owned).to_vec(),
        texts: 3,
        grouped: true,
        rows,
        notes: vec![
            "Certified: both in every replicate under this rule, in one basin. Verdict: whether the sign is the same under every rule."
                .to_owned(),
        ],
    })
}

/// Distance from equilibrium of everyone who learns; `None` where nobody does.
pub(super) fn certificate(summary: &Summary) -> Option<Table> {
    let learned = (0..summary.contenders().len()).filter_map(|c| match summary.standing(c) {
        standing @ Standing::Learned { certified, of, .. } => Some((c, certified, of, standing.at_rest())),
        Standing::NobodyLearns => None,
    });
    let rows: Vec<Vec<Cell>> = learned
        .map(|(c, certified, of, at_rest)| {
            vec![
                Cell::text(summary.marked(c)),
                Cell::number(format!("{certified} of {of}"), certified as f64 / of as f64),
                match summary.estimate(c, "settled") {
                    Some(_) => Cell::number(format!("{at_rest} of {of}"), at_rest as f64 / of as f64),
                    // Scripts come to no rest.
                    None => Cell::text("–".to_owned()),
                },
                estimate(summary, c, "deviation_gain", 100.0),
                estimate(summary, c, "deviation_gain_upper", 100.0),
                estimate(summary, c, "policy_drift", 1.0),
            ]
        })
        .collect();
    (!rows.is_empty()).then(|| Table {
        name: "certificate".to_owned(),
        caption: "Distance from equilibrium: gains from deviating in % of potential value, means over replicates ± half-widths of 95% intervals."
            .to_owned(),
        head: ["contender", "certified replicates", "settled replicates", "best deviation found, %", "95% bound on any, %", "drift of policies"]
            .map(str::to_owned)
            .to_vec(),
        texts: 1,
        grouped: false,
        rows,
        notes: vec!["Deviations are those of the menu. Drift: total variation of average policies over the last quarter of learning.".to_owned()],
    })
}

/// Outcomes basin by basin; `None` where every contender's replicates are alike.
pub(super) fn basins(summary: &Summary) -> Option<Table> {
    let shown: [(&str, &str, f64); 4] = [
        ("holder share, %", "holder_share", 100.0),
        ("sequencer share, %", "sequencer_share", 100.0),
        ("net surplus, ETH per epoch", "net_surplus", 1.0),
        ("95% bound on every deviation of the menu, %", "deviation_gain_upper", 100.0),
    ];
    let mut rows = Vec::new();
    for (c, name) in summary.contenders().iter().enumerate().filter(|(c, _)| summary.has_basins(*c)) {
        for (b, basin) in summary.basins(c).iter().enumerate() {
            let n = basin.replicates.len();
            let mut row = vec![
                Cell::text(name.clone()),
                Cell::number(b.to_string(), b as f64),
                Cell::number(n.to_string(), n as f64),
            ];
            row.extend(
                shown.iter().map(|(_, metric, factor)| shaped(summary.basin_estimate(c, b, metric), *factor)),
            );
            rows.push(row);
        }
    }
    let head = ["contender", "basin", "replicates"].into_iter().chain(shown.iter().map(|(label, ..)| *label));
    (!rows.is_empty()).then(|| Table {
        name: "basins".to_owned(),
        caption: "Distinct basins in which replicates end: means within each ± half-widths of 95% intervals."
            .to_owned(),
        head: head.map(str::to_owned).collect(),
        texts: 1,
        grouped: false,
        rows,
        notes: vec!["A mean over all replicates of such a contender describes none of them.".to_owned()],
    })
}

/// Every metric of every contender at every design point.
pub(super) fn metrics(store: &Store, tolerance: f64) -> Result<Option<Table>, StoreError> {
    let designs = store.designs()?;
    let swept = store.parameters().to_vec();
    let mut rows = Vec::new();
    let mut full = false;
    for &design in &designs {
        if full {
            break;
        }
        let summary = Summary::read(store, design, tolerance)?;
        let point: Vec<Cell> = store.design_values(design)?.iter().map(|v| parameter(v.as_ref())).collect();
        for (c, name) in summary.contenders().iter().enumerate() {
            for metric in METRICS {
                let Some(e) = summary.estimate(c, metric.key) else { continue };
                full = rows.len() >= MOST_ROWS;
                if full {
                    break;
                }
                let mut row = vec![Cell::text(name.clone())];
                row.extend(point.iter().cloned());
                row.push(Cell::text(metric.key));
                row.push(Cell::text(unit(metric)));
                row.extend([e.mean, e.se, e.ci_low, e.ci_high].map(|v| Cell::number(plain(v), v)));
                row.push(Cell::number(e.n.to_string(), e.n as f64));
                rows.push(row);
            }
        }
    }
    let mut notes = vec!["Shares are fractions here. `list metrics` has the definitions.".to_owned()];
    if full {
        notes.push(format!("These are the first {MOST_ROWS} rows; all stand in summary.csv."));
    }
    let head = ["contender"].into_iter().map(str::to_owned).chain(swept.iter().cloned());
    let rest = ["metric", "unit", "mean", "standard error", "95% low", "95% high", "n"];
    Ok((!rows.is_empty()).then(|| Table {
        name: "metrics".to_owned(),
        caption: "All metrics.".to_owned(),
        head: head.chain(rest.map(str::to_owned)).collect(),
        texts: 3 + swept.len(),
        grouped: false,
        rows,
        notes,
    }))
}

/// The points of an optimization's front.
pub(super) fn frontier(store: &Store, optimization: &Optimization, front: &Front) -> Table {
    let mut head = vec!["mechanism".to_owned()];
    let paths = crate::report::frontier::short_names(store.parameters());
    head.extend(paths);
    head.extend(optimization.objectives.iter().map(|o| crate::report::frontier::labelled(o.metric)));
    head.push("P(non-dominated)".to_owned());
    let row = |point: &Point| {
        let mut row = vec![Cell::text(store.contenders()[point.contender].clone())];
        // Three digits tell the points apart; frontier.csv has all.
        row.extend(point.settings.iter().map(|value| match value {
            Some(DesignValue::Number(v)) => Cell::number(trimmed(*v, 3), *v),
            other => parameter(other.as_ref()),
        }));
        for (e, objective) in point.objectives.iter().zip(&optimization.objectives) {
            let (factor, _) = crate::report::frontier::printed(objective.metric);
            row.push(shaped(Some(*e), factor));
        }
        let p = point.probability_nondominated;
        row.push(Cell::number(crate::chart::ticks::fixed(p, 2), p));
        row
    };
    Table {
        name: "frontier".to_owned(),
        caption: "Certified points of the efficient front, on fresh draws".to_owned(),
        head,
        texts: 1,
        grouped: false,
        rows: front.points.iter().map(row).collect(),
        notes: vec![format!("Means over {} replicates with 95% intervals.", front.audited)],
    }
}

/// Indices of each contender's metrics.
pub(super) fn sensitivity(store: &Store, asked: &Sensitivity, findings: &[Finding]) -> Vec<Table> {
    let names = asked.short_names();
    let cell = |i: Interval, factor: f64| {
        let digits = |v: f64| crate::chart::ticks::significant(v * factor, 3);
        let interval = Some((i.low * factor, i.high * factor)).filter(|(low, _)| low.is_finite());
        let text = interval.map_or(digits(i.value), |_| {
            format!("{} [{}, {}]", digits(i.value), digits(i.low), digits(i.high))
        });
        Cell { text, value: Some(i.value * factor), interval, stars: 0 }
    };
    let mut tables = Vec::new();
    for (place, contender) in store.contenders().iter().enumerate() {
        let mut rows = Vec::new();
        for finding in findings.iter().filter(|f| f.contender == place && f.constant.is_none()) {
            let (factor, _) = crate::report::frontier::printed(finding.metric);
            let metric = Cell::text(crate::report::frontier::labelled(finding.metric));
            let mut push = |name: &str, index: Option<&Index>, effect: Option<&Screened>| {
                let absent = || Cell::text("–");
                rows.push(vec![
                    metric.clone(),
                    Cell::text(name),
                    index.map_or_else(absent, |i| cell(i.first, 100.0)),
                    index.map_or_else(absent, |i| cell(i.total, 100.0)),
                    effect.map_or_else(absent, |e| cell(e.mu_star, factor)),
                ]);
            };
            for (axis, index, effect) in finding.parameters() {
                push(&names[axis], index, effect);
            }
            for (source, name) in
                [(Source::World, "luck of the world"), (Source::Learning, "luck of learning")]
            {
                if let Some(index) = finding.index(source) {
                    push(name, Some(index), None);
                }
            }
        }
        if !rows.is_empty() {
            let head = ["metric", "factor", "first order, %", "total, %", "mean absolute effect"];
            tables.push(Table {
                name: format!("sensitivity-{}", place + 1),
                caption: format!("Sobol indices and elementary effects under {contender}"),
                head: head.map(str::to_owned).to_vec(),
                texts: 2,
                grouped: true,
                rows,
                notes: vec!["95% intervals by bootstrap over rows and trajectories.".to_owned()],
            });
        }
    }
    tables
}

fn unit(metric: &Metric) -> &'static str {
    metric.unit
}

fn parameter(value: Option<&DesignValue>) -> Cell {
    match value {
        Some(DesignValue::Number(v)) => Cell::number(trimmed(*v, 6), *v),
        Some(DesignValue::Text(text)) => Cell::text(text.clone()),
        None => Cell::text("–"),
    }
}

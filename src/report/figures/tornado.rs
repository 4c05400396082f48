//! `tornado`: what drives each metric, a figure for each contender.

use super::{Sheet, heading, plain};
use crate::chart::Estimate;
use crate::chart::ticks::Format;
use crate::chart::tornado::{Bar, Panel, Tornado};
use crate::experiment::file::Experiment;
use crate::experiment::sensitivity::Sensitivity;
use crate::experiment::sensitivity::findings::{Finding, Source, Verdict};
use crate::experiment::store::Store;
use crate::measure::sensitivity::Interval;
use crate::report::frontier::{labelled, printed};
use crate::report::naming::apart;

/// The figures with their names; `picked` contenders, or all where there is none.
pub(super) fn figures(
    store: &Store,
    findings: &[Finding],
    sensitivity: &Sensitivity,
    experiment: &Experiment,
    picked: &[String],
) -> Vec<(Sheet, String)> {
    let contenders = store.contenders();
    let paths: Vec<Vec<String>> = sensitivity.design.axes.iter().map(|axis| axis.paths.clone()).collect();
    let names = apart(&paths);
    let mut sheets = Vec::new();
    let is_picked = |name: &String| picked.is_empty() || picked.contains(name);
    for (place, contender) in contenders.iter().enumerate().filter(|(_, name)| is_picked(name)) {
        let own: Vec<&Finding> =
            findings.iter().filter(|f| f.contender == place && f.constant.is_none()).collect();
        let of_variance = own.iter().any(|f| f.indices.is_some());
        let panels: Vec<Panel> = own
            .iter()
            .filter(|f| f.indices.is_some() || !f.screened.is_empty())
            .map(|f| panel(f, &names, of_variance))
            .collect();
        if panels.is_empty() {
            continue;
        }
        let what = if own.len() == 1 { own[0].metric.label.to_owned() } else { "each metric".to_owned() };
        let title = if contenders.len() > 1 {
            format!("What drives {what} under {contender}")
        } else {
            format!("What drives {what}")
        };
        let repetitions = own.iter().map(|f| if of_variance { f.rows.0 } else { f.trajectories.0 }).min();
        let axis = if of_variance {
            "Share of the variance"
        } else {
            "Mean absolute effect μ* along the whole range"
        };
        let heading = heading(&title, experiment, u64::from(repetitions.unwrap_or(0)));
        let sheet = Tornado { heading, panels, axis: axis.to_owned(), of_variance };
        let name =
            if contenders.len() > 1 { format!("tornado-{}", plain(contender)) } else { "tornado".to_owned() };
        sheets.push((Sheet::Tornado(sheet), name));
    }
    sheets
}

fn panel(finding: &Finding, names: &[String], of_variance: bool) -> Panel {
    let drawn = |i: Interval| Estimate::new(i.value, i.low, i.high);
    let (factor, _) = printed(finding.metric);
    let mut bars: Vec<Bar> = Vec::new();
    for (axis, index, effect) in finding.parameters() {
        let (whole, alone, verdict) = match (index, effect) {
            (Some(index), _) => (drawn(index.total), drawn(index.first), Verdict::of(index)),
            (None, Some(effect)) => {
                (drawn(effect.mu_star).scaled(factor), Estimate::absent(), Verdict::of_screening(effect))
            }
            (None, None) => continue,
        };
        let is_clear = verdict != Verdict::NotDistinguishable;
        bars.push(Bar { label: names[axis].clone(), whole, alone, is_luck: false, is_clear });
    }
    for (source, label) in [(Source::World, "luck of the world"), (Source::Learning, "luck of learning")] {
        if let Some(index) = finding.index(source) {
            bars.push(Bar {
                label: label.to_owned(),
                whole: drawn(index.total),
                alone: drawn(index.first),
                is_luck: true,
                is_clear: Verdict::of(index) != Verdict::NotDistinguishable,
            });
        }
    }
    let title = if of_variance { finding.metric.label.to_owned() } else { labelled(finding.metric) };
    Panel { title, format: if of_variance { Format::Percent } else { Format::Plain }, bars }
}

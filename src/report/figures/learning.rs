//! `learning`: offers and the gain of deviations along learning.

use super::averaging::{along, classes};
use super::{Sheet, contender, heading, identity, is_sound, replicates};
use crate::agent::strategy::Unit;
use crate::chart;
use crate::chart::learning_curves::{GainAxis, LearningCurves, LearningPanel};
use crate::chart::series::Series;
use crate::chart::ticks::Format;
use crate::experiment::charts::Chart;
use crate::experiment::file::Experiment;
use crate::experiment::store::{Store, StoreError};
use crate::mechanism::{Lever, Mechanism as _};
use crate::report::summary::Summary;
use crate::with_rule;
use std::collections::BTreeMap;

/// The figure; `None` where nobody learns.
pub(super) fn figure(
    store: &Store,
    experiment: &Experiment,
    summary: &Summary,
    chart: &Chart,
) -> Result<Option<Sheet>, StoreError> {
    let design = chart.design;
    let mut panels = Vec::new();
    for (c, mechanism) in summary.contenders().iter().enumerate() {
        let offers = store.curves(design, mechanism, "learning_offer")?;
        let gains = store.curves(design, mechanism, "learning_gain")?;
        if offers.is_empty() && gains.is_empty() {
            continue;
        }
        let mut ends: BTreeMap<u32, f64> = BTreeMap::new();
        for stored in &gains {
            let end = stored.curve.points.last().map_or(0.0, |(x, _)| *x);
            ends.entry(stored.replicate).and_modify(|e| *e = e.max(end)).or_insert(end);
        }
        let series = |class: &str| Series { name: class.to_owned(), points: along(&offers, class, &ends) };
        panels.push(LearningPanel {
            mechanism: summary.marked(c),
            identity: identity(experiment, mechanism),
            certified: is_sound(summary, c),
            offer_name: offer_name(experiment, mechanism),
            offers: classes(&offers).into_iter().map(series).collect(),
            gain: vec![Series { name: String::new(), points: along(&gains, "", &ends) }],
            bound: summary
                .estimate(c, "deviation_gain_upper")
                .map_or(chart::Estimate::absent(), |e| super::drawn_as(&e)),
        });
    }
    let curves = LearningCurves {
        heading: heading("Where learning goes", experiment, replicates(summary)),
        panels,
        offer_format: Format::Plain,
        tolerance: Some(experiment.play.tolerance),
        gain_axis: match chart.axis {
            Some("log") => GainAxis::Log,
            Some(_) => GainAxis::Linear,
            None => GainAxis::Auto,
        },
    };
    Ok((!curves.panels.is_empty()).then_some(Sheet::Learning(curves)))
}

/// What the mean setting is measured in.
fn offer_name(experiment: &Experiment, mechanism: &str) -> String {
    let relative = |unit: Unit| experiment.setting.classes.iter().any(|c| c.strategy.menu.unit == unit);
    let found = contender(experiment, mechanism);
    let lever = found.and_then(|c| with_rule!(&c.rule, rule => rule.lever()));
    let drawn =
        found.and_then(|c| with_rule!(&c.rule, rule => rule.offer_axis(&experiment.setting, &c.terms)));
    named(lever, drawn.is_some(), (relative(Unit::Relative), relative(Unit::Absolute)))
}

/// Name of an offer by its lever, whether it is drawn against value, and whether some settings are relative, and some absolute.
pub(super) fn named(lever: Option<Lever>, is_drawn: bool, units: (bool, bool)) -> String {
    let (name, own, eth) = match lever {
        Some(Lever::Kickback) if !is_drawn => ("Mean kickback", "share of income", "ETH an epoch"),
        Some(Lever::Kickback) => ("Mean kickback", "share of net value", "ETH an epoch"),
        Some(Lever::Bid) => ("Mean bid", "share of net value", "ETH per slot"),
        Some(Lever::Stake) => ("Mean stake", "share of break-even stake", "ETH"),
        Some(Lever::Effort) => ("Mean effort", "share of break-even effort", "units"),
        None => ("Mean offer", "share of net value", "ETH"),
    };
    match units {
        (true, true) => format!("{name} ({own}, or {eth})"),
        (false, true) => format!("{name} ({eth})"),
        _ => format!("{name} ({own})"),
    }
}

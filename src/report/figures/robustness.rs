//! `robustness`: paired differences under each learning rule.

use super::{Sheet, difference, heading};
use crate::chart::Estimate;
use crate::chart::robustness::{Dot, Pair, Panel, Robustness};
use crate::experiment::file::Experiment;
use crate::report::robustness::{ByCertified, Findings, Verdict};

/// Pairs of contenders that a panel has room for.
const MOST: usize = 6;

/// The figure of a study under several learning rules; `None` where nothing was ranked.
pub(super) fn figure(findings: &Findings, experiment: &Experiment, notes: &mut Vec<String>) -> Option<Sheet> {
    let replicates =
        findings.rankings.iter().flat_map(|r| &r.pairs).flat_map(|p| p.differences.iter().flatten());
    let replicates = replicates.map(|c| c.n).max()?;
    let panel = |ranking: &crate::report::robustness::Ranking| {
        let pair = |pair: &crate::report::robustness::Pair| {
            let [a, b] = [pair.a, pair.b].map(|i| findings.contenders[i].as_str());
            let dot = |(rule, difference): (usize, &Option<crate::measure::statistics::Comparison>)| Dot {
                difference: difference
                    .as_ref()
                    .map_or_else(Estimate::absent, |c| Estimate::new(c.difference, c.ci_low, c.ci_high)),
                certified: findings.is_sound(rule, pair.a, pair.b),
            };
            Pair {
                label: format!("{a} − {b}"), dots: pair.differences.iter().enumerate().map(dot).collect()
            }
        };
        let mut title = ranking.metric.label.to_owned();
        if let Some(first) = title.get(..1) {
            title = first.to_uppercase() + &title[1..];
        }
        Panel {
            title,
            verdict: findings.said(&ranking.verdict),
            unit: difference::unit(ranking.metric),
            pairs: ranking.pairs.iter().take(MOST).map(pair).collect(),
        }
    };
    if let Some(ranking) = findings.rankings.iter().find(|ranking| ranking.pairs.len() > MOST) {
        notes.push(format!(
            "The figure of robustness has the first {MOST} of {} pairs; robustness.csv has all.",
            ranking.pairs.len()
        ));
    }
    Some(Sheet::Robustness(Robustness {
        heading: heading(title(findings), experiment, replicates),
        rules: findings.rules.clone(),
        panels: findings.rankings.iter().map(panel).collect(),
    }))
}

fn title(findings: &Findings) -> &'static str {
    let any = |wanted: fn(&Verdict) -> bool| findings.rankings.iter().any(|r| wanted(&r.verdict));
    let reversed = |v: &Verdict| matches!(v, Verdict::Reversed(_));
    if any(reversed) {
        // A reversal that uncertified play alone brings about is none of equilibria.
        let sure = |r: &crate::report::robustness::Ranking| match &r.certified {
            ByCertified::Same => reversed(&r.verdict),
            ByCertified::Nothing => false,
            ByCertified::Only(verdict) => reversed(verdict),
        };
        if findings.rankings.iter().any(sure) {
            "The ranking of mechanisms depends on the learning rule"
        } else {
            "The ranking of mechanisms depends on the learning rule, by play that is not certified"
        }
    } else if any(|v| matches!(v, Verdict::Open(_))) {
        "No learning rule reverses the ranking of mechanisms, but not every pair can be told apart"
    } else {
        "The ranking of mechanisms survives every learning rule"
    }
}

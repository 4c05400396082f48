//! A verdict for other programs.

use super::judging::rejections;
use super::{Finding, Findings, Pair, Point};
use crate::experiment::claim::Test;
use crate::experiment::store::DesignValue;
use serde_json::{Value, json};

impl Findings {
    /// The verdict for other programs.
    pub fn as_json(&self) -> Value {
        let claim = &self.claim;
        let standings = || self.points.iter().map(|point| point.standing);
        let number = |v: f64| if v.is_finite() { json!(v) } else { Value::Null };
        let name = |place: usize| self.contenders[place].as_str();
        let settings = |point: &Point| -> serde_json::Map<String, Value> {
            let each = self.parameters.iter().zip(&point.settings);
            each.filter_map(|(path, value)| {
                let value = match value.as_ref()? {
                    DesignValue::Number(v) => number(*v),
                    DesignValue::Text(text) => json!(text),
                };
                Some((path.clone(), value))
            })
            .collect()
        };
        let pair = |(pair, together): (&Pair, f64)| {
            json!({
                "of": name(pair.a),
                "against": name(pair.b),
                "difference": number(pair.difference.difference),
                "ci_low": number(pair.difference.ci_low),
                "ci_high": number(pair.difference.ci_high),
                "n": pair.difference.n,
                "effect": number(pair.effect),
                "verdict": pair.finding.name(),
                "p_supported": number(pair.p_values[0]),
                "p_rejected": number(pair.p_values[1]),
                "p_rejected_holm": number(together),
            })
        };
        let point = |point: &Point| {
            json!({
                "design": point.design,
                "settings": settings(point),
                "verdict": point.finding.name(),
                "sure": point.is_sure,
                "sound": point.is_sound(),
                "certified": point.standing.and_then(|s| s.certified),
                "one_basin": point.standing.and_then(|s| s.one_basin),
                "conduct_gain_upper": point.standing.and_then(|s| s.conduct_gain_upper),
                "pairs": point.pairs.iter().zip(rejections(&point.pairs)).map(pair).collect::<Vec<_>>(),
            })
        };
        json!({
            "verdict": self.verdict.name(),
            "complete": self.is_complete(),
            "units": json!({ "done": self.units.done, "planned": self.units.planned, "failed": self.units.failed }),
            "conditions": self.conditions(),
            "hypothesis": claim.hypothesis.trim(),
            "tested": self.tested(),
            "metric": claim.metric.key,
            "unit": claim.metric.unit,
            "test": match claim.test {
                Test::More => "more",
                Test::Less => "less",
                Test::Equivalence => "equivalence",
            },
            "effect": claim.effect,
            "relative": claim.relative,
            "closure": claim.closure.trim(),
            "could_fail": claim.could_fail.trim(),
            "sound": all_of(self.points.iter().map(Point::is_sound)),
            "certified": all_of(standings().map(|s| s.and_then(|s| s.certified))),
            "one_basin": all_of(standings().map(|s| s.and_then(|s| s.one_basin))),
            "conduct_gain_upper": standings().flatten().filter_map(|s| s.conduct_gain_upper).reduce(f64::max),
            "basins_checked": self.basins_checked,
            "surely_supported": self.sure(Finding::Supported).count(),
            "surely_rejected": self.sure(Finding::Rejected).count(),
            "supported": self.count(Finding::Supported),
            "rejected": self.count(Finding::Rejected),
            "undecided": self.count(Finding::Undecided),
            "points": self.points.iter().map(point).collect::<Vec<_>>(),
        })
    }
}

/// Whether something holds at all points: unknown where it fails nowhere and is unknown somewhere.
fn all_of(points: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(true);
    for point in points {
        all = match (all, point) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (None, _) | (_, None) => None,
            (Some(true), Some(true)) => Some(true),
        };
    }
    all
}

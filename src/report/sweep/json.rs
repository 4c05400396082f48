//! The closing table of a sweep for other programs: settings and outcomes of each design point, what moves what, and how far play
//! is certified.

use super::closing::{MOST_EFFECTS, standing};
use super::{Outcome, Swept};
use crate::experiment::file::Experiment;
use crate::experiment::store::{DesignValue, Store, StoreError};
use crate::experiment::tables::effects;
use serde_json::{Map, Value, json};

/// The table as JSON; `None` where the experiment is no sweep. Of designs with more than [`super::MOST_POINTS`] points it has no
/// outcomes: `summary` has them all. Numbers that are not given are `null`.
///
/// # Errors
/// Where the store cannot be read.
pub fn design(store: &Store, experiment: &Experiment) -> Result<Option<Value>, StoreError> {
    let Some(swept) = Swept::read(store, experiment, &[])? else { return Ok(None) };
    let mut points = Vec::new();
    for (place, &design) in swept.designs.iter().enumerate() {
        let mut point = json!({ "design": design, "settings": settings(store, design)? });
        if let Some(outcomes) = swept.outcomes.get(place) {
            let named = swept.contenders.iter().zip(outcomes);
            point["outcomes"] = named.map(|(name, own)| (name.clone(), outcome(&swept, own))).collect();
        }
        points.push(point);
    }
    let shown = &swept.metrics[..swept.metrics.len().min(MOST_EFFECTS)];
    let keys: Vec<&str> = shown.iter().map(|metric| metric.key).collect();
    let mut moves = Vec::new();
    for (key, found) in keys.iter().zip(effects::on_metrics(store, &keys)?) {
        for (name, shares) in swept.contenders.iter().zip(found) {
            let Some(shares) = shares else { continue };
            let terms: Map<String, Value> =
                shares.terms.into_iter().map(|(term, share)| (term, json!(share))).collect();
            moves.push(json!({
                "metric": key, "mechanism": name, "eta_squared": terms, "lack_of_fit": shares.lack_of_fit, "residual": shares.residual,
                "left_out": shares.left_out,
            }));
        }
    }
    Ok(Some(json!({ "points": points, "effects": moves, "standing": standing(&swept) })))
}

fn settings(store: &Store, design: u32) -> Result<Map<String, Value>, StoreError> {
    let given = store.parameters().iter().zip(store.design_values(design)?);
    let value = |value: DesignValue| match value {
        DesignValue::Number(number) => json!(number),
        DesignValue::Text(text) => json!(text),
    };
    Ok(given.filter_map(|(path, given)| Some((path.clone(), value(given?)))).collect())
}

fn outcome(swept: &Swept, outcome: &Outcome) -> Value {
    let mut told = Map::new();
    for (metric, e) in swept.metrics.iter().zip(&outcome.estimates) {
        if let Some(e) = e {
            let estimate = json!({ "mean": e.mean, "ci_low": e.ci_low, "ci_high": e.ci_high, "n": e.n });
            told.insert(metric.key.to_owned(), estimate);
        }
    }
    let certified = if outcome.learned { json!(outcome.sound) } else { Value::Null };
    json!({ "certified": certified, "metrics": told })
}

//! `impulse-response`: what one forced deviation sets off.

use super::averaging::{by_state, classes};
use super::{Sheet, contender, heading, identity};
use crate::chart::impulse_response::{ImpulsePanel, ImpulseResponse};
use crate::chart::series::Series;
use crate::experiment::file::Experiment;
use crate::experiment::store::{Store, StoreError};
use crate::mechanism::{Lever, Mechanism};
use crate::report::summary::Summary;
use crate::with_rule;

/// The figure; `None` where no session was played from which there is something to deviate to.
pub(super) fn figure(
    store: &Store,
    experiment: &Experiment,
    summary: &Summary,
    design: u32,
) -> Result<Option<Sheet>, StoreError> {
    let mut panels = Vec::new();
    // Sessions that ended in a best response have nothing to deviate to.
    let mut sessions = 0;
    for (c, mechanism) in summary.contenders().iter().enumerate() {
        let curves = store.curves(design, mechanism, "impulse_response")?;
        if curves.is_empty() {
            continue;
        }
        sessions = sessions.max(curves.iter().filter(|c| c.curve.agent == "deviator").count());
        let rule = contender(experiment, mechanism).map(|contender| &contender.rule);
        let lever = rule.and_then(|rule| with_rule!(rule, rule => rule.lever()));
        let offer_name = match lever {
            Some(Lever::Kickback) => "Change of kickback (ETH an epoch)",
            Some(Lever::Bid) => "Change of bid (ETH per slot)",
            _ => "Change of offer (ETH)",
        };
        let series = |party: &str| Series { name: party.to_owned(), points: by_state(&curves, party) };
        panels.push(ImpulsePanel {
            mechanism: summary.marked(c),
            identity: identity(experiment, mechanism),
            certified: summary.standing(c).is_sound() && !summary.has_basins(c),
            offer_name: offer_name.to_owned(),
            changes: classes(&curves).into_iter().map(series).collect(),
        });
    }
    let response = ImpulseResponse {
        heading: heading("What a deviation sets off", experiment, sessions as u64),
        panels,
    };
    Ok((!response.panels.is_empty()).then_some(Sheet::Impulse(response)))
}

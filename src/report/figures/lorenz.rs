//! `lorenz`: how slots and profit are spread over sequencers.

use super::averaging::by_state;
use super::{Sheet, heading, identity, is_sound, replicates};
use crate::chart::lorenz::{Lorenz, LorenzContender, LorenzPanel};
use crate::chart::series::Series;
use crate::experiment::file::Experiment;
use crate::experiment::store::{Store, StoreError};
use crate::report::summary::Summary;

/// Stored curve and what it parts.
const TOTALS: [(&str, &str); 2] = [
    ("lorenz_slots", "Slots produced"),
    // As the Gini coefficient of income.
    ("lorenz_income", "Sequencers' profit, losses as nothing"),
];

/// The figure; `None` where the store has no such curves, as those of earlier versions, or there is one sequencer.
pub(super) fn figure(
    store: &Store,
    experiment: &Experiment,
    summary: &Summary,
    design: u32,
) -> Result<Option<Sheet>, StoreError> {
    let mut panels = Vec::new();
    for (name, title) in TOTALS {
        let mut lines = Vec::new();
        for (c, mechanism) in summary.contenders().iter().enumerate() {
            let curves = store.curves(design, mechanism, name)?;
            let points = by_state(&curves, "");
            if points.len() > 2 {
                lines.push(Series { name: summary.marked(c), points });
            }
        }
        if !lines.is_empty() {
            panels.push(LorenzPanel { title: title.to_owned(), lines });
        }
    }
    let contenders = summary
        .contenders()
        .iter()
        .enumerate()
        .map(|(c, name)| LorenzContender {
            name: summary.marked(c),
            identity: identity(experiment, name),
            certified: is_sound(summary, c),
        })
        .collect();
    let heading =
        heading("How evenly slots and profit are spread over sequencers", experiment, replicates(summary));
    Ok((!panels.is_empty()).then_some(Sheet::Lorenz(Lorenz { heading, contenders, panels })))
}

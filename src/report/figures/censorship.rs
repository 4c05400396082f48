//! `censorship`: what it costs to keep a target out for so many slots, and how long targets wait.

use super::averaging::by_state;
use super::{Sheet, heading, identity, is_sound, replicates};
use crate::chart::censorship::Censorship;
use crate::chart::lorenz::LorenzContender;
use crate::chart::series::Series;
use crate::experiment::file::Experiment;
use crate::experiment::store::{Store, StoreError};
use crate::report::summary::Summary;

/// The figure; `None` where nobody was targeted.
pub(super) fn figure(
    store: &Store,
    experiment: &Experiment,
    summary: &Summary,
) -> Result<Option<Sheet>, StoreError> {
    let lines = |name: &str| -> Result<Vec<Series>, StoreError> {
        let mut lines = Vec::new();
        for (c, mechanism) in summary.contenders().iter().enumerate() {
            let points = by_state(&store.curves(0, mechanism, name)?, "");
            if !points.is_empty() {
                lines.push(Series { name: summary.marked(c), points });
            }
        }
        Ok(lines)
    };
    let (costs, waits) = (lines("censorship_cost")?, lines("inclusion_wait")?);
    let contender = |(c, name): (usize, &String)| LorenzContender {
        name: summary.marked(c),
        identity: identity(experiment, name),
        certified: is_sound(summary, c),
    };
    let contenders = summary.contenders().iter().enumerate().map(contender).collect();
    let heading = heading("What censorship costs, and what it delays", experiment, replicates(summary));
    let drawn = !costs.is_empty() || !waits.is_empty();
    Ok(drawn.then_some(Sheet::Censorship(Censorship { heading, contenders, costs, waits })))
}

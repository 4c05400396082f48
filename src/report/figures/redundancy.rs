//! `redundancy`: how many machines are live, and what share of slots is produced, along a market's epochs.

use super::averaging::by_state;
use super::{Sheet, heading, identity, is_sound, replicates, theory};
use crate::chart::lorenz::LorenzContender;
use crate::chart::over_time::OverTime;
use crate::chart::series::Series;
use crate::experiment::charts::{Chart, OF_REDUNDANCY};
use crate::experiment::file::Experiment;
use crate::experiment::store::{Store, StoreError};
use crate::measure::over_time::CURVES;
use crate::report::summary::Summary;

/// The figure; `None` where no rule says how many machines are live.
pub(super) fn figure(
    store: &Store,
    experiment: &Experiment,
    summary: &Summary,
    chart: &Chart,
) -> Result<Option<Sheet>, StoreError> {
    let lines = |name: &str| -> Result<Vec<Series>, StoreError> {
        let mut lines = Vec::new();
        for (c, mechanism) in summary.contenders().iter().enumerate() {
            let points = by_state(&store.curves(chart.design, mechanism, name)?, "");
            if !points.is_empty() {
                lines.push(Series { name: summary.marked(c), points });
            }
        }
        Ok(lines)
    };
    let [redundancy, availability] = CURVES;
    let (redundancy, availability) = (lines(redundancy)?, lines(availability)?);
    let contender = |(c, name): (usize, &String)| LorenzContender {
        name: summary.marked(c),
        identity: identity(experiment, name),
        certified: is_sound(summary, c),
    };
    let contenders: Vec<LorenzContender> = summary.contenders().iter().enumerate().map(contender).collect();
    // Where nothing controls it there is no target.
    let mut targets: Vec<f64> = summary
        .contenders()
        .iter()
        .filter_map(|name| {
            experiment.resolved.value(&format!("mechanism.{name}.availability_target"))?.as_number()
        })
        .collect();
    targets.sort_by(f64::total_cmp);
    targets.dedup();
    let [live, produced] = OF_REDUNDANCY;
    let theory = theory::of_curves(
        &chart.theory,
        [(live, redundancy.as_slice()), (produced, availability.as_slice())],
    );
    let heading = heading("Redundancy and availability over time", experiment, replicates(summary));
    Ok((!redundancy.is_empty()).then_some(Sheet::OverTime(OverTime {
        heading,
        contenders,
        redundancy,
        availability,
        targets,
        theory,
    })))
}

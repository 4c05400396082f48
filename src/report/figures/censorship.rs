//! `censorship`: what it costs to keep a target out for so many slots, and how long targets wait.

use super::averaging::{by_state, in_all};
use super::{Sheet, heading, identity, is_sound, replicates, theory};
use crate::chart::censorship::{Censorship, Partly};
use crate::chart::lorenz::LorenzContender;
use crate::chart::series::Series;
use crate::experiment::charts::{Chart, OF_CENSORSHIP};
use crate::experiment::file::Experiment;
use crate::experiment::store::{Store, StoreError};
use crate::report::summary::Summary;
use std::collections::BTreeSet;

/// The figure; `None` where nobody was targeted.
pub(super) fn figure(
    store: &Store,
    experiment: &Experiment,
    summary: &Summary,
    chart: &Chart,
) -> Result<Option<Sheet>, StoreError> {
    let design = chart.design;
    let (mut costs, mut waits, mut partly) = (Vec::new(), Vec::new(), Vec::new());
    for (c, mechanism) in summary.contenders().iter().enumerate() {
        let name = summary.marked(c);
        let waiting = store.curves(design, mechanism, "inclusion_wait")?;
        // Every replicate that had targets tried every price.
        let tried = waiting.iter().map(|stored| stored.replicate).collect::<BTreeSet<_>>().len();
        let cost = in_all(&store.curves(design, mechanism, "censorship_cost")?, "", tried);
        if let Some((slots, replicates)) = cost.partly {
            partly.push(Partly { name: name.clone(), slots, replicates, of: tried });
        }
        let waiting = by_state(&waiting, "");
        for (points, lines) in [(cost.points, &mut costs), (waiting, &mut waits)] {
            if !points.is_empty() {
                lines.push(Series { name: name.clone(), points });
            }
        }
    }
    let contender = |(c, name): (usize, &String)| LorenzContender {
        name: summary.marked(c),
        identity: identity(experiment, name),
        certified: is_sound(summary, c),
    };
    let contenders = summary.contenders().iter().enumerate().map(contender).collect();
    let heading = heading("What censorship costs, and what it delays", experiment, replicates(summary));
    let [cost, wait] = OF_CENSORSHIP;
    let theory = theory::of_curves(&chart.theory, [(cost, costs.as_slice()), (wait, waits.as_slice())]);
    let drawn = !costs.is_empty() || !waits.is_empty();
    Ok(drawn.then_some(Sheet::Censorship(Censorship {
        heading,
        contenders,
        costs,
        waits,
        partly,
        is_log: chart.axis.map(|axis| axis == "log"),
        theory,
    })))
}

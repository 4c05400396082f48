//! `optimum`: the response round the best setting of one objective.

use super::{Sheet, heading};
use crate::chart::Estimate;
use crate::chart::optimum::{Optimum as Figure, Slice};
use crate::chart::ticks::Format;
use crate::experiment::file::Experiment;
use crate::experiment::optimization::Optimization;
use crate::experiment::optimization::best::Optimum;
use crate::report::frontier::{labelled, printed};

/// The figure; `None` where nothing was found.
pub(super) fn figure(
    optimum: &Optimum,
    optimization: &Optimization,
    experiment: &Experiment,
) -> Option<Sheet> {
    optimum.design?;
    // A search that has not ended has no response.
    optimum.variables.first()?;
    let objective = optimization.objectives[0];
    let percent = printed(objective.metric).1 == "%";
    let slices = optimization.axes.iter().zip(&optimum.variables).map(|(axis, v)| Slice {
        title: axis.paths.join(" + "),
        curve: v.curve.iter().map(|&[x, y]| (x, y)).collect(),
        points: if optimum.variables.len() == 1 {
            optimum.points.iter().map(|&[x, mean, low, high]| (x, Estimate::new(mean, low, high))).collect()
        } else {
            Vec::new()
        },
        best: Estimate::new(v.value, v.low, v.high),
    });
    let sense = if objective.maximize { "largest" } else { "least" };
    let title = format!("Where {} is {sense}", objective.metric.label);
    Some(Sheet::Optimum(Figure {
        heading: heading(&title, experiment, u64::from(optimization.settings.maximum)),
        slices: slices.collect(),
        objective: if percent { objective.metric.label.to_owned() } else { labelled(objective.metric) },
        format: if percent { Format::Percent } else { Format::Plain },
    }))
}

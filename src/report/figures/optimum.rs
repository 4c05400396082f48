//! `optimum`: the response round the best setting of one objective.

use super::{Sheet, heading};
use crate::chart::Estimate;
use crate::chart::optimum::{Optimum as Figure, Slice};
use crate::chart::ticks::Format;
use crate::experiment::file::Experiment;
use crate::experiment::optimization::Optimization;
use crate::experiment::optimization::best::Optimum;
use crate::report::best::not_identified;
use crate::report::frontier::{labelled, printed};
use crate::report::naming::of_paths;

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
        title: of_paths(&axis.paths),
        curve: v.curve.iter().map(|&[x, y]| (x, y)).collect(),
        points: if optimum.variables.len() == 1 {
            optimum.points.iter().map(|&[x, mean, low, high]| (x, Estimate::new(mean, low, high))).collect()
        } else {
            Vec::new()
        },
        band: v.curve.iter().zip(&v.band).map(|(&[x, _], &[low, high])| (x, low, high)).collect(),
        best: Estimate::new(v.value, v.low, v.high),
        note: match (v.is_identified, v.is_edge) {
            (false, _) => not_identified(&of_paths(&axis.paths), v, objective.metric),
            (true, true) => format!("{} is best at the edge of its range.", of_paths(&axis.paths)),
            (true, false) => String::new(),
        },
    });
    let unsure: Vec<String> = optimization
        .axes
        .iter()
        .zip(&optimum.variables)
        .filter(|(_, v)| !v.is_identified)
        .map(|(axis, _)| of_paths(&axis.paths))
        .collect();
    let sense = if objective.maximize { "largest" } else { "least" };
    let title = format!("Where {} is {sense}", objective.metric.label);
    let mut heading = heading(&title, experiment, u64::from(optimization.settings.maximum));
    if !unsure.is_empty() {
        let gap = if heading.subtitle.is_empty() { "" } else { " " };
        heading.subtitle = format!("{}{gap}Not identified: {}.", heading.subtitle, unsure.join(", "));
    }
    Some(Sheet::Optimum(Figure {
        heading,
        slices: slices.collect(),
        objective: if percent { objective.metric.label.to_owned() } else { labelled(objective.metric) },
        format: if percent { Format::Percent } else { Format::Plain },
        is_fitted: !optimum.is_compared,
    }))
}

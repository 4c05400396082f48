//! `frontier`: the efficient front of an optimization.

use super::{Sheet, drawn_as, heading, identity};
use crate::chart::frontier::{Dot, Frontier, Objective};
use crate::chart::ticks::Format;
use crate::experiment::file::Experiment;
use crate::experiment::optimization::Optimization;
use crate::experiment::optimization::front::{Front, Point};
use crate::experiment::store::Store;
use crate::report::frontier::{labelled, printed, setting, short_names};

/// The figure; `None` where there is no point.
pub(super) fn figure(
    store: &Store,
    front: &Front,
    optimization: &Optimization,
    experiment: &Experiment,
) -> Option<Sheet> {
    let names = short_names(store.parameters());
    let dot = |point: &Point, certified: bool, is_knee: bool| {
        let settings = names.iter().zip(&point.settings);
        let settings = settings.filter(|(_, value)| value.is_some());
        let words: Vec<String> =
            settings.map(|(name, value)| format!("{name} {}", setting(value.as_ref()))).collect();
        Dot {
            contender: point.contender,
            values: point.objectives.iter().map(drawn_as).collect(),
            certified,
            is_knee,
            words: words.join(", "),
        }
    };
    // Objectives are a plane curve, which can bend, where there are two.
    let is_knee =
        |place: usize| optimization.objectives.len() == 2 && front.knees.iter().any(|k| k.point == place);
    let sound = front.points.iter().enumerate().map(|(place, point)| dot(point, true, is_knee(place)));
    let dots: Vec<Dot> =
        sound.chain(front.uncertified.iter().map(|point| dot(point, false, false))).collect();
    if dots.is_empty() {
        return None;
    }
    let objectives = optimization.objectives.iter().map(|o| {
        let percent = printed(o.metric).1 == "%";
        let label = if percent { o.metric.label.to_owned() } else { labelled(o.metric) };
        Objective {
            title: format!("{label} ({} is better)", if o.maximize { "more" } else { "less" }),
            format: if percent { Format::Percent } else { Format::Plain },
        }
    });
    let title = format!(
        "{} efficient {}, certified and audited on fresh draws",
        front.points.len(),
        if front.points.len() == 1 { "design" } else { "designs" }
    );
    let title =
        if front.audited > 0 { title } else { format!("{} designs, not audited yet", front.points.len()) };
    Some(Sheet::Frontier(Frontier {
        heading: heading(&title, experiment, u64::from(front.audited)),
        contenders: optimization
            .contenders
            .iter()
            .map(|name| (name.clone(), identity(experiment, name)))
            .collect(),
        objectives: objectives.collect(),
        dots,
    }))
}

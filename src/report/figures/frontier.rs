//! `frontier`: the efficient front of an optimization.

use super::{Sheet, drawn_as, heading, identity};
use crate::chart::frontier::{Dot, Frontier, Mark, Objective};
use crate::chart::ticks::Format;
use crate::experiment::charts::Chart;
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
    chart: &Chart,
) -> Option<Sheet> {
    let dots = dots(front, &short_names(store.parameters()), optimization.objectives.len());
    if dots.is_empty() {
        return None;
    }
    let objectives = optimization.objectives.iter().map(|o| {
        let percent = printed(o.metric).1 == "%";
        let label = if percent { o.metric.label.to_owned() } else { labelled(o.metric) };
        Objective {
            title: format!("{label} ({} is better)", if o.maximize { "more" } else { "less" }),
            format: if percent { Format::Percent } else { Format::Plain },
            range: o.metric.range,
        }
    });
    let (likely, all) = (front.likely().count(), front.points.len());
    let designs = if likely == 1 { "design" } else { "designs" };
    let title = match front.audited {
        0 => format!("{all} {}, not audited yet", if all == 1 { "design" } else { "designs" }),
        // Where nobody learns there is nothing to certify.
        _ if likely == all && front.points.iter().all(|p| p.certified.is_none()) => {
            format!("{likely} efficient {designs}, audited on fresh draws")
        }
        _ if likely == all => format!("{likely} efficient {designs}, certified and audited on fresh draws"),
        _ => format!("{likely} efficient {designs}, and {} in doubt, audited on fresh draws", all - likely),
    };
    Some(Sheet::Frontier(Frontier {
        heading: heading(&title, experiment, u64::from(front.audited)),
        contenders: optimization
            .contenders
            .iter()
            .map(|name| (name.clone(), identity(experiment, name)))
            .collect(),
        objectives: objectives.collect(),
        limits: [chart.x_limits, chart.y_limits],
        dots,
    }))
}

/// Points of the front, finalists whose play fresh draws do not certify, and what the search alone has seen; `names` are those of the
/// parameters.
fn dots(front: &Front, names: &[String], objectives: usize) -> Vec<Dot> {
    let dot = |point: &Point, mark: Mark, is_knee: bool| {
        let settings = names.iter().zip(&point.settings);
        let settings = settings.filter(|(_, value)| value.is_some());
        let words: Vec<String> =
            settings.map(|(name, value)| format!("{name} {}", setting(value.as_ref()))).collect();
        Dot {
            contender: point.contender,
            values: point.objectives.iter().map(drawn_as).collect(),
            mark,
            is_knee,
            words: words.join(", "),
        }
    };
    let shown = |p: &Point| if p.is_likely() { Mark::Efficient } else { Mark::InDoubt };
    // Objectives are a plane curve, which can bend, where there are two.
    let is_knee = |place: usize| objectives == 2 && front.knees.iter().any(|k| k.point == place);
    let on_front = front.points.iter().enumerate().map(|(place, p)| dot(p, shown(p), is_knee(place)));
    let left_out = front.unsound().map(|p| dot(p, Mark::NotCertified, false));
    let searched = front.uncertified.iter().map(|p| dot(p, Mark::Searched, false));
    on_front.chain(left_out).chain(searched).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::optimization::front::settled;
    use crate::experiment::optimization::front::tests::{finalist, optimization};

    #[test]
    fn every_candidate_that_is_shown_has_the_mark_of_what_is_known_of_it() {
        let finalists = vec![
            finalist(0, [0.0, 1.0], 0.0),
            Point { certified: Some((3, 12)), ..finalist(1, [0.0, 0.0], 0.0) },
            Point { basins: 2, ..finalist(2, [0.0, 0.0], 0.0) },
            Point { missed: vec![0.1], ..finalist(3, [0.0, 0.0], 0.0) },
        ];
        let mut front = settled(finalists, &optimization());
        front.uncertified.push(finalist(4, [0.5, 0.5], 0.0));
        let marks: Vec<Mark> = dots(&front, &[], 2).iter().map(|dot| dot.mark).collect();
        assert_eq!(marks, [Mark::Efficient, Mark::NotCertified, Mark::NotCertified, Mark::Searched]);
    }
}

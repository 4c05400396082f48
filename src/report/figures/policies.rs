//! `policies`: what was learned to offer, against net value, beside theory.
//!
//! Bids and values are shown for a whole epoch, so that contenders with epochs of any length share one axis; stakes and
//! efforts, which are of other sizes, have rows and axes of their own.

use super::averaging::{by_state, classes, ends};
use super::{Sheet, contender, heading, identity, is_sound, replicates};
use crate::chart::Estimate;
use crate::chart::policies::{Policies, PolicyPanel};
use crate::chart::series::Series;
use crate::chart::ticks::Format;
use crate::experiment::file::Experiment;
use crate::experiment::outcome::Curve;
use crate::experiment::store::{Store, StoreError};
use crate::mechanism::Mechanism as _;
use crate::report::summary::Summary;
use crate::with_rule;

/// The figure; `None` where nobody offers.
pub(super) fn figure(
    store: &Store,
    experiment: &Experiment,
    summary: &Summary,
    design: u32,
    notes: &mut Vec<String>,
) -> Result<Option<Sheet>, StoreError> {
    let mut panels = Vec::new();
    let mut theories = Vec::new();
    for (c, mechanism) in summary.contenders().iter().enumerate() {
        let Some(contender) = contender(experiment, mechanism) else { continue };
        let mut curves = store.curves(design, mechanism, "offer")?;
        curves.extend(store.curves(design, mechanism, "offer_absolute")?);
        curves.retain(|c| !c.curve.points.is_empty());
        if curves.is_empty() {
            continue;
        }
        let axis =
            with_rule!(&contender.rule, rule => rule.offer_axis(&experiment.setting, &contender.terms));
        let Some(axis) = axis else {
            notes.push(format!(
                "`{mechanism}` is not in the figure of policies: its kickbacks are shares of income."
            ));
            continue;
        };
        let (to_value, to_offer) = (axis.value, axis.offer);
        let series = |name: String, points: Vec<(f64, Estimate)>| Series {
            name,
            points: points.into_iter().map(|(x, e)| (x * to_value, e.scaled(to_offer))).collect(),
        };
        // Of equals who learn alone and end far apart, a mean would be an offer that nobody makes.
        let of_class = |class: &str| match ends(&curves, class) {
            Some(ends) => {
                ends.map(|(member, points)| series(format!("{class}, {}", member.name()), points)).into()
            }
            None => vec![series(class.to_owned(), by_state(&curves, class))],
        };
        let mut theory = store.reference_curves(design, mechanism)?;
        for point in theory.iter_mut().flat_map(|curve| &mut curve.points) {
            *point = (point.0 * to_value, point.1 * to_offer);
        }
        theories.push(theory);
        panels.push(PolicyPanel {
            mechanism: summary.marked(c),
            identity: identity(experiment, mechanism),
            certified: is_sound(summary, c),
            offer_name: axis.name.to_owned(),
            value_name: axis.against.to_owned(),
            classes: classes(&curves).into_iter().flat_map(of_class).collect(),
            theory: Vec::new(),
            diagonal: axis.diagonal,
        });
    }
    // Panels against the same share an axis, and dashes of one length.
    let values = |against: &str| -> Vec<f64> {
        let alike = panels.iter().filter(|p: &&PolicyPanel| p.value_name == against);
        alike.flat_map(|p| &p.classes).flat_map(|s| &s.points).map(|(x, _)| *x).collect()
    };
    let halves: Vec<f64> = panels.iter().map(|p| half_dash(&values(&p.value_name))).collect();
    for ((panel, theory), half) in panels.iter_mut().zip(theories).zip(halves) {
        panel.theory = joined(&theory, &panel.classes, half);
    }
    let policies = Policies {
        heading: heading(title(experiment), experiment, replicates(summary)),
        panels,
        format: Format::Plain,
    };
    Ok((!policies.panels.is_empty()).then_some(Sheet::Policies(policies)))
}

fn title(experiment: &Experiment) -> &'static str {
    if experiment.setting.classes.iter().any(|class| class.strategy.learner.learns()) {
        "What was learned to offer"
    } else {
        "What is offered"
    }
}

/// Half the length of the dash that stands for a single point of theory, in the unit of the horizontal axis.
fn half_dash(values: &[f64]) -> f64 {
    let (low, high) =
        values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &x| (low.min(x), high.max(x)));
    let span = high - low;
    0.05 * if span > 1e-9 * high.abs() { span } else { high.abs().max(1.0) }
}

/// The curves of all classes as one line with gaps; equal ones once; a single point as a short dash.
fn joined(curves: &[Curve], classes: &[Series], half: f64) -> Vec<(f64, f64)> {
    let mut line: Vec<(f64, f64)> = Vec::new();
    let mut seen: Vec<&[(f64, f64)]> = Vec::new();
    for curve in curves {
        if seen.contains(&curve.points.as_slice()) {
            continue;
        }
        seen.push(&curve.points);
        if !line.is_empty() {
            line.push((f64::NAN, f64::NAN));
        }
        match curve.points.as_slice() {
            &[(x, y)] => {
                // The measured mean of a constant differs from it by rounding; the axis must hold what it is compared with.
                let measured = classes.iter().flat_map(|s| &s.points).map(|(v, _): &(f64, Estimate)| *v);
                let x = measured.into_iter().find(|v| (v - x).abs() <= 1e-6 * x.abs()).unwrap_or(x);
                line.extend([(x - half, y), (x, y), (x + half, y)]);
            }
            points => line.extend_from_slice(points),
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_theory_are_joined_with_gaps() {
        let curve = |points: &[(f64, f64)]| Curve {
            name: "theory".into(),
            agent: "a".into(),
            points: points.to_vec(),
        };
        let rising = [(0.0, 0.0), (1.0, 0.5)];
        assert_eq!(joined(&[curve(&rising), curve(&rising)], &[], 0.1), rising);
        let class = Series { name: "a".into(), points: vec![(2.0 + 1e-12, Estimate::point(1.0))] };
        let line = joined(&[curve(&rising), curve(&[(2.0, 1.0)])], &[class], 0.5);
        assert_eq!(line.len(), 6);
        assert!(line[2].0.is_nan());
        assert_eq!(line[4].0, 2.0 + 1e-12);
        assert!((half_dash(&[1.0, 3.0]) - 0.1).abs() < 1e-15);
        assert!((half_dash(&[2.0]) - 0.1).abs() < 1e-15);
    }
}

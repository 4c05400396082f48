//! What is certified, and what to mind, in reports of sweeps, optimizations and sensitivity studies.

use super::Block;
use crate::experiment::design::Point;
use crate::experiment::file::Experiment;
use crate::experiment::optimization::best::{Audited, Optimum};
use crate::experiment::optimization::front::Front;
use crate::experiment::optimization::{FIRST_AUDIT, Optimization};
use crate::experiment::sensitivity::findings::Finding;
use crate::experiment::store::{Order, Store, StoreError};
use crate::report::precision::Reached;
use crate::report::summary::Summary;
use crate::report::sweep::Swept;
use crate::report::sweep::closing;
use crate::report::warnings::{self, Warning};
use crate::report::{frontier, sensitivity};

/// Points of a front whose warnings are looked at.
const LOOKED_AT: usize = 24;

/// What to do about points of a front whose replicates end in distinct basins.
const OF_BASINS: &str = "read the objectives of such a point as means over several outcomes, of which results.csv has every replicate; a larger audit \
                         (`experiment.replicates`) says how often each is reached.";

/// Both sections; the second says so where there is nothing to mind.
fn sections(certified: Vec<String>, warnings: Vec<(String, String)>) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(2, "What is certified, and what is not".to_owned())];
    blocks.extend(certified.into_iter().map(Block::Text));
    blocks.push(Block::Heading(2, "Warnings".to_owned()));
    if warnings.is_empty() {
        blocks.push(Block::Text("None.".to_owned()));
    }
    blocks.extend(warnings.into_iter().map(|(cause, remedy)| Block::Warning(cause, remedy)));
    blocks
}

/// A warning that several of `of` things have.
fn counted((warning, count): &(Warning, usize), of: usize, things: &str) -> (String, String) {
    let so = if *count < of { format!(" (So or alike at {count} of {of} {things}.)") } else { String::new() };
    (format!("{}{so}", warning.cause()), warning.remedy())
}

pub(super) fn of_sweep(
    store: &Store,
    swept: &Swept,
    experiment: &Experiment,
) -> Result<Vec<Block>, StoreError> {
    let of = closing::looked_at(swept);
    let found = closing::warnings_of(store, swept, experiment)?;
    let mut warnings: Vec<(String, String)> =
        Reached::of_targets(store, experiment)?.map_or_else(Vec::new, |reached| reached.warnings());
    warnings.extend(found.iter().map(|warning| counted(warning, of, "design points")));
    Ok(sections(closing::standing(swept), warnings))
}

pub(super) fn of_front(
    store: &Store,
    optimization: &Optimization,
    front: &Front,
    experiment: &Experiment,
) -> Result<Vec<Block>, StoreError> {
    let mut certified = Vec::new();
    if front.points.is_empty() {
        certified.push("No point is on the front, and nothing is certified.".to_owned());
    } else {
        certified.push(frontier::certification(front));
        if front.audited == 0 {
            certified
                .push("There was no audit on fresh draws: certificates are those of the search.".to_owned());
        }
    }
    let mut said: Vec<(String, String)> = Vec::new();
    let mut say = |cause: String, remedy: &str| said.push((cause, remedy.to_owned()));
    if !front.uncertified.is_empty() {
        say(
            format!(
                "{} candidates might belong to the front, but their play is not certified.",
                front.uncertified.len()
            ),
            "learn longer, or raise the tolerance if its size does not matter.",
        );
    }
    if front.audited < front.asked && !front.points.is_empty() {
        say(
            format!("The audit has {} of {} replicates.", front.audited, front.asked),
            "run the same command again: it goes on from here.",
        );
    }
    for (key, _) in &front.record.constant {
        say(
            format!(
                "`{key}` is the same at every candidate in every replicate, and says nothing as an objective."
            ),
            "name another metric in `objectives`, or vary what it answers to.",
        );
    }
    if front.record.refused.0 > 0 {
        let (count, why) = &front.record.refused;
        say(
            format!(
                "{count} {} could not be evaluated, the first {why}",
                crate::report::best::settings(*count)
            ),
            "narrow the ranges of `[[optimize.variables]]`, or make one conditional (`when`).",
        );
    }
    // What limits single points, each kind once for each contender.
    let points = || front.points.iter().take(LOOKED_AT);
    let mut found: Vec<(Warning, usize)> = Vec::new();
    // Of the replicates that the front rests on: those of the audit, or without one those of the search.
    let is_meant = |replicate: u32| (replicate >= FIRST_AUDIT) == (front.audited > 0);
    for point in points() {
        let name = optimization.contenders.get(point.contender);
        let settings = store.parameters().iter().zip(store.design_values(point.design)?);
        let assigned = settings.filter_map(|(path, value)| {
            value.map(|value| (path.clone(), experiment.setting_of(path, value)))
        });
        let candidate = experiment.at_point(&Point { assignments: assigned.collect() });
        let candidate = candidate.as_ref().unwrap_or(experiment);
        let summary = Summary::read_some(store, point.design, candidate.play.tolerance, &is_meant)?;
        let own =
            warnings::about_one_of(&summary, candidate, points().count()).into_iter().filter(|warning| {
                // A candidate has as many replicates as its search gave it.
                let expected = matches!(warning, Warning::Missing { .. });
                !expected
                    && warning
                        .contender()
                        .is_some_and(|contender| Some(contender) == name.map(String::as_str))
            });
        closing::add_kinds(&mut found, own);
    }
    said.extend(found.iter().map(|found| {
        let (cause, remedy) = counted(found, points().count(), "points of the front");
        // A front has no blocks by basin.
        let remedy = if matches!(found.0, Warning::Basins { .. }) { OF_BASINS.to_owned() } else { remedy };
        (cause, remedy)
    }));
    Ok(sections(certified, said))
}

pub(super) fn of_optimum(
    optimization: &Optimization,
    optimum: &Optimum,
    audited: Option<&Audited>,
) -> Vec<Block> {
    let certified = match audited.map(|audited| audited.certified) {
        None => "There was no audit on fresh draws, and nothing is certified.".to_owned(),
        Some(None) => "Nobody learns at the best setting: there is nothing to certify.".to_owned(),
        Some(Some((yes, all))) if yes == all => {
            format!("At the best setting all {all} fresh replicates are certified.")
        }
        Some(Some((yes, all))) => format!(
            "At the best setting {yes} of {all} fresh replicates are certified: it is one of what these learners do, not of an equilibrium."
        ),
    };
    let mut said: Vec<(String, String)> = Vec::new();
    let mut say = |cause: String, remedy: &str| said.push((cause, remedy.to_owned()));
    if optimum.is_constant {
        say(
            "The objective is the same at every setting that was tried.".to_owned(),
            "take another objective, or vary what it depends on.",
        );
    }
    if audited.is_some_and(|audited| optimum.contradiction(audited).is_some()) {
        say(
            "The audit contradicts what the search believed of the best setting.".to_owned(),
            "narrow the range round it, or raise `maximum_replicates`.",
        );
    }
    for (axis, variable) in optimization.axes.iter().zip(&optimum.variables) {
        let name = axis.paths.first().map_or("", String::as_str);
        if optimum.is_constant {
            continue;
        }
        if !variable.is_identified {
            say(
                format!("`{name}` is not identified: moving it by a tenth hardly changes the objective."),
                "fix it, or read its interval as all that is known.",
            );
        } else if variable.is_edge {
            say(
                format!("`{name}` lies at the edge of its range."),
                "widen the range: there may be a better setting beyond.",
            );
        }
    }
    if optimum.is_restless {
        say(
            "The best setting was still moving when the search gave up.".to_owned(),
            "give the search more time, or start it from the setting found.",
        );
    }
    if optimum.refused.0 > 0 {
        let (count, why) = &optimum.refused;
        say(
            format!(
                "{count} {} could not be evaluated, the first {why}",
                crate::report::best::settings(*count)
            ),
            "narrow the ranges of `[[optimize.variables]]`.",
        );
    }
    sections(vec![certified], said)
}

pub(super) fn of_sensitivity(store: &Store, findings: &[Finding]) -> Result<Vec<Block>, StoreError> {
    let place = store.metrics().iter().position(|metric| *metric == "certified");
    let mut counts = vec![(0_u64, 0_u64); store.contenders().len()];
    store.visit_values(Order::ByContender, |unit| {
        for &(metric, value) in unit.values {
            if Some(metric) == place {
                let (certified, of) = &mut counts[unit.contender];
                *certified += u64::from(value == 1.0);
                *of += 1;
            }
        }
        Ok::<_, StoreError>(())
    })?;
    let said = store.contenders().iter().zip(counts).map(|(name, (certified, of))| match of {
        0 => format!("{name}: nobody learns, and there is nothing to certify."),
        _ if certified == of => format!("{name}: all {of} units are certified."),
        _ => format!(
            "{name}: {certified} of {of} units are certified. Indices are over all of them: in the others they are about what these \
             learners did, not about an equilibrium."
        ),
    });
    let remedy = "raise `replicates`, or run the same command again: rows that there are count again.";
    let warnings =
        sensitivity::remarks(findings).into_iter().map(|cause| (cause, remedy.to_owned())).collect();
    Ok(sections(said.collect(), warnings))
}

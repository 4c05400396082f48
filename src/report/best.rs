//! The closing words of a search for one best setting: where it is, how surely, what it earns on fresh draws, and what was amiss.

use super::frontier::{labelled, printed};
use super::table::layout::{number, plain, wrapped};
use crate::experiment::file::Experiment;
use crate::experiment::optimization::Optimization;
use crate::experiment::optimization::best::{Audited, FLAT, Optimum, Variable};
use crate::measure::metrics::Metric;
use std::fmt::Write as _;

/// Everything that is said at the end of a run.
pub fn closing(
    experiment: &Experiment,
    optimization: &Optimization,
    optimum: &Optimum,
    audited: Option<&Audited>,
) -> String {
    let mut out = format!(
        "{}: the best setting, after {} settings ({} units)\n",
        experiment.name, optimum.candidates, optimum.evaluations
    );
    let question = experiment.question.trim();
    if !question.is_empty() {
        out += &wrapped(question, "", "");
    }
    out.push('\n');
    if optimum.design.is_none() {
        out += &wrapped(&nothing(optimum), "", "");
        return out;
    }
    for (axis, value) in optimization.axes.iter().zip(&optimum.so_far) {
        let _ = writeln!(
            out,
            "{}  {}  (the best so far: the search has not ended)",
            axis.paths.join(" + "),
            plain(*value)
        );
    }
    for (axis, variable) in optimization.axes.iter().zip(&optimum.variables) {
        let _ = writeln!(
            out,
            "{}  {}  [{}, {}]",
            axis.paths.join(" + "),
            plain(variable.value),
            plain(variable.low),
            plain(variable.high)
        );
    }
    let objective = optimization.objectives[0];
    let (factor, _) = printed(objective.metric);
    let sense = if objective.maximize { "largest" } else { "least" };
    if let Some(a) = audited {
        let half = 0.5 * (a.objective.ci_high - a.objective.ci_low);
        let _ = writeln!(
            out,
            "{} there, {sense}: {} on {} fresh replicates",
            labelled(objective.metric),
            number(a.objective.mean * factor, half * factor),
            a.objective.n
        );
    }
    for text in remarks(optimization, optimum, audited) {
        out.push('\n');
        out += &wrapped(&text, "", "  ");
    }
    out
}

fn nothing(optimum: &Optimum) -> String {
    if !optimum.is_complete {
        return "The search has not ended yet; the same command goes on from here.".to_owned();
    }
    let missed: Vec<String> = optimum
        .nearest
        .iter()
        .filter(|n| n.keep == 0)
        .map(|n| {
            format!(
                "`{}` is missed by {}% of the bound at best, where the metric is {}",
                n.constraint,
                plain(-n.slack * 100.0),
                plain(n.value)
            )
        })
        .collect();
    if !missed.is_empty() {
        return format!("There is no feasible setting among {}: {}.", optimum.candidates, missed.join("; "));
    }
    if let Some(closest) = &optimum.closest {
        return format!(
            "There is no feasible setting among {}: none keeps all constraints. {}",
            optimum.candidates,
            super::frontier::in_words(closest)
        );
    }
    let (count, why) = &optimum.refused;
    if *count > 0 {
        return format!(
            "{count} of {} {} could not be evaluated, the first {why}.",
            optimum.candidates,
            settings(optimum.candidates)
        );
    }
    format!("No setting of {} could be judged.", optimum.candidates)
}

/// "setting" of so many.
pub(super) fn settings(count: u32) -> &'static str {
    if count == 1 { "setting" } else { "settings" }
}

/// That nobody can tell where a setting is best, and between which all are as good.
pub(super) fn not_identified(name: &str, variable: &Variable, metric: &Metric) -> String {
    format!(
        "{name} is not identified: from {} to {} no setting is shown to cost {}% of {} or more.",
        plain(variable.low),
        plain(variable.high),
        plain(FLAT * 100.0),
        metric.label
    )
}

/// What there is to say besides, each in a paragraph.
pub fn remarks(optimization: &Optimization, optimum: &Optimum, audited: Option<&Audited>) -> Vec<String> {
    let objective = optimization.objectives[0];
    let (factor, _) = printed(objective.metric);
    let mut said = Vec::new();
    if optimum.is_constant {
        said.push(format!(
            "{} is the same at each of the {} settings that were tried: there is nothing to choose.",
            objective.metric.label, optimum.candidates
        ));
        return said;
    }
    for (axis, variable) in optimization.axes.iter().zip(&optimum.variables) {
        let name = axis.paths.first().map_or("", String::as_str);
        if !variable.is_identified {
            said.push(not_identified(name, variable, objective.metric));
        } else if variable.is_edge {
            said.push(format!(
                "{name} lies at the edge of its range: a wider range might have a better one."
            ));
        }
    }
    for (axis, variable) in optimization.axes.iter().zip(&optimum.variables) {
        if optimum.is_compared && variable.is_identified {
            said.push(format!(
                "No smooth response fits round the best {}, as at a jump or among few settings: it is the best of those that were compared, by paired differences.",
                axis.paths.first().map_or("", String::as_str)
            ));
        }
        if variable.is_identified && variable.is_open != [false, false] {
            said.push(format!(
                "The interval of {} ends where the response that it comes from does: it may be wider.",
                axis.paths.first().map_or("", String::as_str)
            ));
        }
    }
    if let (Some(a), true) = (audited, optimum.design.is_some() && optimum.so_far.is_empty()) {
        let [low, high] = optimum.believed_interval;
        said.push(format!(
            "The search believed {} [{}, {}], on the draws by which it chose; intervals of settings are from resampling its replicates.",
            plain(optimum.believed * factor),
            plain(low * factor),
            plain(high * factor)
        ));
        if let Some(off) = optimum.contradiction(a) {
            said.push(format!(
                "The audit contradicts this: the two differ by {} standard errors. What the search found is not to be relied on.",
                plain((10.0 * off).round() / 10.0)
            ));
        }
        if let Some((yes, all)) = a.certified {
            let rest = if yes == all {
                ""
            } else {
                ": read the optimum as one of what these learners do, not of an equilibrium"
            };
            said.push(format!("Certified on fresh draws: {yes} of {all} replicates{rest}."));
        }
    }
    if optimum.is_restless {
        said.push(
            "The best setting was still moving when the search gave up: it may lie elsewhere.".to_owned(),
        );
    }
    if optimum.refused.0 > 0 {
        let (count, why) = &optimum.refused;
        said.push(format!("{count} {} could not be evaluated, the first {why}", settings(*count)));
    }
    said
}

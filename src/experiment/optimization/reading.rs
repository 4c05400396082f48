//! `[optimize]`: objectives, constraints, variables, and how to search.

use super::front::FEWEST;
use super::{Constraint, Objective, Optimization, natural};
use crate::experiment::sweep::reading::{AXIS, read_axis};
use crate::experiment::sweep::same;
use crate::experiment::sweep::{Axis, Settings as AxisSettings, owner};
use crate::measure::metrics;
use crate::numerics::ln;
use crate::optimize::best::descent::Descent;
use crate::optimize::candidate::most_sure;
use crate::optimize::search::Settings;
use crate::optimize::space::{Kind, Space, Variable, position};
use crate::settings::{Parameter, Section, Value};

/// Objectives.
pub const OBJECTIVES: Parameter = Parameter::custom_required(
    "objectives",
    "a list of two to four metrics of `list metrics`, such as [\"community_share\", \"minimize mean_price\"]; one where `method` is a solver",
    "what is made better; `maximize` or `minimize` before a metric where it is not plain which is better, or is the other way round",
);
/// Method.
pub const METHOD: Parameter = Parameter::choice(
    "method",
    &["nsga2", "brent", "nelder_mead"],
    "nsga2",
    "NSGA-II for a front of several objectives; for the best setting of one objective Brent's method (one variable) or the simplex of \
     Nelder and Mead",
);
/// Constraints.
pub const CONSTRAINTS: Parameter = Parameter::custom_optional(
    "constraints",
    "a list such as [\"liveness >= 0.999\", \"overhead_ratio <= 2\"]",
    "bounds that expectations of metrics must keep",
);
/// Population.
pub const POPULATION: Parameter = Parameter::integer(
    "population",
    4,
    10_000,
    24,
    "candidates",
    "parents of a generation, and at most so many children; also the most points of the front",
);
/// Generations.
pub const GENERATIONS: Parameter = Parameter::integer(
    "generations",
    1,
    100_000,
    20,
    "",
    "generations after the first; a finished study goes on when this is raised",
);
/// Minimum of replicates.
pub const MINIMUM: Parameter = Parameter::integer(
    "minimum_replicates",
    8,
    10_000,
    8,
    "replicates",
    "replicates of a candidate before it may be a parent; of a solver, those on which it descends",
);
/// Maximum of replicates.
pub const MAXIMUM: Parameter = Parameter::integer(
    "maximum_replicates",
    8,
    100_000,
    64,
    "replicates",
    "replicates up to which a candidate's are doubled where it is in doubt whether it belongs to the front; of a solver, those of the \
     response round its end",
);
/// Confidence.
pub const CONFIDENCE: Parameter = Parameter::number(
    "confidence",
    0.5,
    0.9999,
    0.95,
    "probability",
    "probability with which a candidate must keep its constraints",
);

/// Keys of `[optimize]`.
pub const OPTIMIZE: &[&Parameter] =
    &[&OBJECTIVES, &METHOD, &CONSTRAINTS, &POPULATION, &GENERATIONS, &MINIMUM, &MAXIMUM, &CONFIDENCE];
/// Share of a generation's evaluations that may be spent where the front is in doubt.
const TOP_UP: f64 = 0.1;
/// Whole numbers up to which each has a position of its own.
const MOST_STEPS: f64 = 4096.0;

/// Reads the table; errors are noted with the reader. The experiment's `replicates` are those of the audit.
pub fn read(section: &Section, contenders: &[&str], replicates: u32, seed: u64) -> Option<Optimization> {
    section.known(OPTIMIZE);
    section.know_tables(&["variables"]);
    let method = section.choice(&METHOD);
    let descent = match method {
        "brent" => Some(Descent::Brent),
        "nelder_mead" => Some(Descent::NelderMead),
        _ => None,
    };
    let objectives = section.custom(&OBJECTIVES, |value| objectives(value, descent.is_some()));
    let constraints = section.custom(&CONSTRAINTS, constraints);
    let (minimum, maximum) = (section.integer(&MINIMUM) as u32, section.integer(&MAXIMUM) as u32);
    if minimum > maximum {
        let allowed = format!("at most {maximum}, or a higher `maximum_replicates`");
        section.refuse(MINIMUM.key, "more than the maximum", &allowed, None);
    }
    let of_front = |parameter: &Parameter| if descent.is_none() { section.integer(parameter) } else { 0 };
    let settings = Settings {
        population: of_front(&POPULATION) as usize,
        generations: of_front(&GENERATIONS) as u32,
        budget: u64::MAX,
        minimum,
        maximum,
        top_up: TOP_UP,
        threshold: 0.5,
        confidence: if descent.is_none() { section.number(&CONFIDENCE) } else { 0.5 },
        seed,
    };
    if descent.is_none() {
        let enough = (1..60).find(|&n| most_sure(n) >= settings.confidence).unwrap_or(60);
        if minimum < enough {
            let message = format!(
                "{minimum} replicates cannot make anybody sure with probability {}",
                settings.confidence
            );
            section.refuse(
                MINIMUM.key,
                &message,
                &format!("at least {enough}, or a lower `confidence`"),
                None,
            );
        }
        let enough = enough.max(FEWEST);
        if replicates < enough {
            let message = format!("an audit of {replicates} replicates");
            let allowed = format!("`replicates` of at least {enough} in `[experiment]`");
            section.refuse("", &message, &allowed, None);
        }
    }
    section.note_unread(&format!("method `{method}` does not use it"));
    let tables = section.tables("variables");
    if tables.is_empty() && contenders.len() < 2 {
        section.refuse("variables", "nothing varies", "at least one table `[[optimize.variables]]`", None);
    }
    let picks = contenders.len() > 1;
    let mut axes: Vec<Axis> = Vec::new();
    let mut space = Space::default();
    if picks {
        space.variables.push(Variable { kind: Kind::Category(contenders.len()), when: Vec::new() });
    }
    let count = tables.len();
    for table in tables {
        table.known(AXIS);
        let Some(axis) = read_axis(&table, &axes, false) else { continue };
        let mut when = Vec::new();
        if picks && let Some(own) = owner(&axis, contenders) {
            when.push((0, position(own, contenders.len())));
        }
        if let Some((path, value)) = &axis.when {
            match condition(path, value, &axes) {
                Some((other, at)) => when.push((other + usize::from(picks), at)),
                None => table.refuse(
                    "when",
                    &format!("`{path}` never is {value}"),
                    "one of the `values` of an earlier variable",
                    None,
                ),
            }
        }
        space.variables.push(Variable { kind: kind(&axis), when });
        axes.push(axis);
    }
    let (objectives, constraints) = (objectives?, constraints.unwrap_or_default());
    if axes.len() < count || space.is_empty() {
        return None;
    }
    if descent.is_some() {
        refuse_unsolvable(section, &space, contenders.len(), method)?;
    }
    let contenders = contenders.iter().map(|name| (*name).to_owned()).collect();
    Some(Optimization { objectives, constraints, axes, contenders, space, settings, descent })
}

/// Refuses what a solver for one objective cannot do.
fn refuse_unsolvable(section: &Section, space: &Space, contenders: usize, method: &str) -> Option<()> {
    let refuse = |key: &str, message: String, allowed: &str| {
        section.refuse(key, &message, allowed, None);
        None
    };
    if contenders > 1 {
        let allowed = "one contender, or `method = \"nsga2\"` with two objectives or more";
        return refuse(
            METHOD.key,
            format!("{contenders} contenders, among which a solver cannot descend"),
            allowed,
        );
    }
    let unordered = |v: &Variable| !v.kind.is_ordered() || !v.when.is_empty();
    if space.variables.iter().any(unordered) {
        let allowed = "variables with a `range`, or with ascending numbers as `values`, and without `when`";
        return refuse("variables", "a variable along which a solver cannot descend".to_owned(), allowed);
    }
    if method == "brent" && space.len() != 1 {
        let allowed = "one variable, or `method = \"nelder_mead\"`";
        return refuse(
            METHOD.key,
            format!("{} variables, of which Brent's method takes one", space.len()),
            allowed,
        );
    }
    Some(())
}

/// Place and position of the earlier variable at which a condition holds.
fn condition(path: &str, value: &Value, earlier: &[Axis]) -> Option<(usize, f64)> {
    let place = earlier.iter().rposition(|axis| axis.paths.iter().any(|p| p == path))?;
    let AxisSettings::Levels(levels) = &earlier[place].settings else { return None };
    let column = earlier[place].paths.iter().position(|p| p == path)?;
    let level = levels.iter().position(|level| same(&level[column], value))?;
    Some((place, position(level, levels.len())))
}

/// What a variable can be: numbers that ascend are neighbours, other settings are not.
fn kind(axis: &Axis) -> Kind {
    match &axis.settings {
        AxisSettings::Levels(levels) => {
            let numbers: Option<Vec<f64>> = levels.iter().map(|level| level[0].as_number()).collect();
            let ascend = numbers.is_some_and(|n| n.windows(2).all(|pair| pair[0] < pair[1]));
            if ascend && levels.len() > 1 {
                Kind::Ordered((0..levels.len()).map(|i| position(i, levels.len())).collect())
            } else {
                Kind::Category(levels.len())
            }
        }
        AxisSettings::Range(range) if range.whole && range.high - range.low < MOST_STEPS => {
            let steps = (range.high - range.low) as usize + 1;
            let at = |i: usize| {
                if range.log {
                    // Rounding takes the exact place of a number back to it.
                    ln((range.low + i as f64) / range.low) / ln(range.high / range.low)
                } else {
                    position(i, steps)
                }
            };
            Kind::Ordered((0..steps).map(at).collect())
        }
        AxisSettings::Range(_) => Kind::Continuous,
    }
}

fn objectives(value: &Value, single: bool) -> Result<Vec<Objective>, String> {
    let list = value.as_list().ok_or("this is no list of metrics")?;
    let objective = |item: &Value| {
        let text = item.as_text().ok_or("an objective that is not a text")?;
        let words: Vec<&str> = text.split_whitespace().collect();
        let (direction, name) = match words.as_slice() {
            [name] => (None, *name),
            ["maximize" | "maximise" | "max", name] => (Some(true), *name),
            ["minimize" | "minimise" | "min", name] => (Some(false), *name),
            _ => return Err(format!("`{text}` is no metric, and none after `maximize` or `minimize`")),
        };
        let metric = metrics::named(name)?;
        let maximize = direction.or_else(|| natural(metric)).ok_or_else(|| {
            format!("neither more nor less of `{name}` is better as such: write `maximize {name}` or `minimize {name}`")
        })?;
        Ok(Objective { metric, maximize })
    };
    let found: Vec<Objective> = list.iter().map(objective).collect::<Result<_, String>>()?;
    for (i, objective) in found.iter().enumerate() {
        if found[..i].iter().any(|other| other.metric.key == objective.metric.key) {
            return Err(format!("the objective `{}` twice", objective.metric.key));
        }
    }
    match found.len() {
        0 => Err("there is no objective".to_owned()),
        1 if single => Ok(found),
        1 => Err("one objective has no front, but a best point: a second objective is missing, or `method = \"nelder_mead\"` (with one \
                  variable `\"brent\"`), which finds the best of one"
            .to_owned()),
        many if single => Err(format!("{many} objectives, of which a solver takes one: `method = \"nsga2\"` finds their front")),
        2..=4 => Ok(found),
        many => Err(format!(
            "{many} objectives: in fronts of more than four dimensions nearly everything is efficient"
        )),
    }
}

fn constraints(value: &Value) -> Result<Vec<Constraint>, String> {
    let list = value.as_list().ok_or("this is no list of constraints")?;
    let constraint = |item: &Value| {
        let text = item.as_text().ok_or("a constraint that is not a text")?;
        let split =
            |sign: &str| text.split_once(sign).map(|(a, b)| (a.trim().to_owned(), b.trim().to_owned()));
        let (name, at_least, bound) = match (split(">="), split("<=")) {
            (Some((name, bound)), None) => (name, true, bound),
            (None, Some((name, bound))) => (name, false, bound),
            _ => return Err(format!("`{text}` is not METRIC >= NUMBER or METRIC <= NUMBER")),
        };
        let metric = metrics::named(&name)?;
        let bound: f64 = bound.parse().map_err(|_| format!("`{bound}` in `{text}` is no number"))?;
        if !bound.is_finite() {
            return Err(format!("`{bound}` in `{text}` bounds nothing"));
        }
        Ok(Constraint { metric, at_least, bound })
    };
    let all: Vec<Constraint> = list.iter().map(constraint).collect::<Result<_, String>>()?;
    for (i, one) in all.iter().enumerate() {
        let against = |other: &&Constraint| {
            let (low, high) = if one.at_least { (one.bound, other.bound) } else { (other.bound, one.bound) };
            other.metric.key == one.metric.key && other.at_least != one.at_least && low > high
        };
        if let Some(other) = all[..i].iter().find(against) {
            return Err(format!("`{}` and `{}` cannot both hold", other.in_words(), one.in_words()));
        }
    }
    Ok(all)
}

//! `[robustness]`: does the ranking of mechanisms survive another learning rule?
//!
//! The experiment is run again with each of the `strategies` in place of what its learning groups play, on the same draws.
//! Groups that follow a script keep it: they are a part of the question. What is reported of it is in
//! [`crate::report::robustness`].

use super::design::Design;
use crate::agent::Setting;
use crate::agent::sequencer::STRATEGY;
use crate::agent::strategy::Strategy;
use crate::measure::metrics::{self, METRICS};
use crate::settings::{Parameter, Section, Value, nearest};
use std::collections::BTreeSet;

/// Strategies.
pub const STRATEGIES: Parameter = Parameter::custom_required(
    "strategies",
    "a list of at least two different names of learning strategies",
    "strategies (see `list strategies`) that take the place of what learning groups play, one after the other",
);
/// Metrics.
pub const METRICS_JUDGED: Parameter = Parameter::custom_optional(
    "metrics",
    "a list of metrics (see `list metrics`)",
    "metrics by which mechanisms are ranked; default community_share, holder_share and net_surplus",
);

/// Keys of `[robustness]`.
pub const ROBUSTNESS: &[&Parameter] = &[&STRATEGIES, &METRICS_JUDGED];

/// Metrics that are judged where the file names none.
const DEFAULT: [&str; 3] = ["community_share", "holder_share", "net_surplus"];

/// The table as read.
#[derive(Clone, Debug, PartialEq)]
pub struct Robustness {
    /// Strategies to try.
    pub strategies: Vec<String>,
    /// Metrics to judge.
    pub metrics: Vec<&'static str>,
}

impl Robustness {
    /// Reads the table. `find` reads a strategy by name, `known` are the names that there are.
    pub fn read(
        section: &Section,
        contenders: usize,
        known: &[String],
        mut find: impl FnMut(&str) -> Option<Strategy>,
    ) -> Option<Self> {
        section.known(ROBUSTNESS);
        let strategies = section.custom(&STRATEGIES, names);
        let metrics = section.custom(&METRICS_JUDGED, names);
        if contenders < 2 {
            section.refuse(
                "",
                "there is one contender, and nothing to rank",
                "at least two contenders",
                None,
            );
        }
        let strategies = strategies?;
        let refuse = |message: &str, allowed: &str, help| {
            section.refuse(STRATEGIES.key, message, allowed, help);
        };
        if strategies.len() < 2 {
            refuse("one learning rule cannot disagree with another", "at least two strategies", None);
        }
        for (place, name) in strategies.iter().enumerate() {
            if strategies[..place].contains(name) {
                refuse(&format!("strategy `{name}` is named twice"), "different strategies", None);
            }
            let strategy = find(name);
            if !known.contains(name) {
                let near = nearest(name, known.iter().map(String::as_str));
                let help = near.map(|n| format!("did you mean `{n}`?"));
                refuse(&format!("there is no strategy `{name}`"), &known.join(", "), help);
            } else if strategy.is_some_and(|strategy| !strategy.learner.learns()) {
                refuse(&format!("strategy `{name}` does not learn"), "strategies with a learning rule", None);
            }
        }
        let mut judged = Vec::new();
        match &metrics {
            None if !section.is_given(METRICS_JUDGED.key) => {
                let text = |key: &&str| Value::Text((*key).to_owned());
                section.echo(METRICS_JUDGED.key, Value::List(DEFAULT.iter().map(text).collect()));
                judged.extend(DEFAULT);
            }
            None => {}
            Some(names) => {
                for name in names {
                    if let Some(metric) = metrics::find(name) {
                        judged.push(metric.key);
                        continue;
                    }
                    let near = nearest(name, METRICS.iter().map(|metric| metric.key));
                    let help = near.map(|n| format!("did you mean `{n}`?"));
                    let message = format!("there is no metric `{name}`");
                    section.refuse(METRICS_JUDGED.key, &message, "the metrics of `list metrics`", help);
                }
            }
        }
        Some(Robustness { strategies, metrics: judged })
    }

    /// One point for each strategy; the first is the experiment as written, and a strategy that this plays anyway
    /// is no other point.
    pub fn design(&self, setting: &Setting) -> Design {
        let learning: Vec<_> = setting.classes.iter().filter(|c| c.strategy.learner.learns()).collect();
        let paths: Vec<String> = if learning.len() == setting.classes.len() {
            vec![format!("sequencers.*.{}", STRATEGY.key)]
        } else {
            learning.iter().map(|c| format!("sequencers.{}.{}", quoted(&c.name), STRATEGY.key)).collect()
        };
        let point = |name: &str| {
            let assign = |path: &String| (path.clone(), Value::Text(name.to_owned()));
            paths.iter().map(assign).collect::<Vec<_>>()
        };
        let played: BTreeSet<&str> = learning.iter().map(|c| c.strategy.name.as_str()).collect();
        let common = if played.len() == 1 { played.first().copied() } else { None };
        let mut points = vec![common.map_or_else(Vec::new, point)];
        points.extend(self.strategies.iter().filter(|name| common != Some(name.as_str())).map(|n| point(n)));
        Design::listed(paths, points)
    }
}

/// A name as a segment of a path.
fn quoted(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if name.chars().all(bare) { name.to_owned() } else { Value::Text(name.to_owned()).to_string() }
}

fn names(value: &Value) -> Result<Vec<String>, String> {
    let list = value.as_list().ok_or("this is no list")?;
    if list.is_empty() {
        return Err("the list is empty".to_owned());
    }
    let name =
        |item: &Value| item.as_text().map(str::to_owned).ok_or("the list holds more than names".to_owned());
    list.iter().map(name).collect()
}

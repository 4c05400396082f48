//! `[robustness]`: does the ranking of mechanisms survive another learning rule?
//!
//! The experiment is run again with each of the `strategies` in place of what its learning groups play, on the same draws.
//! Groups that follow a script keep it: they are a part of the question. What is reported of it is in
//! [`crate::report::robustness`].
//!
//! What changes is the rule of learning with its own keys. The menu and the bins of private value belong to the game as it is
//! played: a coarser grid is another game, with another equilibrium, and would be taken for a difference between rules. So
//! each group keeps its own (`menus = "group"`). Two things keep the strategy's instead: `menus = "strategy"`, and a `policy` or
//! `answers` from which it starts, which are on its menu.

use super::design::Design;
use super::file::Experiment;
use crate::agent::Setting;
use crate::agent::sequencer::{Class, STRATEGY};
use crate::agent::strategy::answers::ANSWERS;
use crate::agent::strategy::{BINS, MENU, POLICY, Strategy};
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
/// Whose menus.
pub const MENUS: Parameter = Parameter::choice(
    "menus",
    &["group", "strategy"],
    "group",
    "whose `menu` and `bins` are played: those of the group, so that rules differ in how they learn alone, or those of each strategy",
);

/// Keys of `[robustness]`.
pub const ROBUSTNESS: &[&Parameter] = &[&STRATEGIES, &METRICS_JUDGED, &MENUS];

/// Metrics that are judged where the file names none.
const DEFAULT: [&str; 3] = ["community_share", "holder_share", "net_surplus"];

/// The table as read.
#[derive(Clone, Debug, PartialEq)]
pub struct Robustness {
    /// Strategies to try.
    pub strategies: Vec<String>,
    /// Metrics to judge.
    pub metrics: Vec<&'static str>,
    /// Whether strategies bring their own menus and bins.
    pub own_menus: bool,
}

/// What takes the place of a group's strategy.
enum Stand {
    /// A strategy of the file, as it is.
    Written(String),
    /// A strategy with another's menu and bins: its name, and its table.
    Made(String, Value),
}

impl Stand {
    fn name(&self) -> &str {
        let (Stand::Written(name) | Stand::Made(name, _)) = self;
        name
    }
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
        let own_menus = section.choice(&MENUS) == "strategy";
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
        Some(Robustness { strategies, metrics: judged, own_menus })
    }

    /// One point for each strategy; the first is the experiment as written, and a strategy that this plays anyway
    /// is no other point.
    pub fn design(&self, experiment: &Experiment) -> Design {
        let setting = &experiment.setting;
        let learning: Vec<&Class> = learning(setting).collect();
        let common = common(setting);
        // What each group plays, rule by rule.
        let tried: Vec<Vec<String>> = self
            .others(setting)
            .map(|rule| learning.iter().map(|c| self.stand(experiment, rule, c).name().to_owned()).collect())
            .collect();
        let alike = |names: &Vec<String>| names.windows(2).all(|pair| pair[0] == pair[1]);
        let paths: Vec<String> = if learning.len() == setting.classes.len() && tried.iter().all(alike) {
            vec![format!("sequencers.*.{}", STRATEGY.key)]
        } else {
            learning.iter().map(|c| format!("sequencers.{}.{}", quoted(&c.name), STRATEGY.key)).collect()
        };
        let point = |names: Vec<String>| -> Vec<(String, Value)> {
            paths.iter().cloned().zip(names.into_iter().map(Value::Text)).collect()
        };
        let written = common.map_or_else(Vec::new, |name| point(vec![name.to_owned(); learning.len()]));
        let points = std::iter::once(written).chain(tried.into_iter().map(point)).collect();
        Design::listed(paths, points)
    }

    /// Names of the rules, by design point.
    pub fn rules(&self, setting: &Setting) -> Vec<String> {
        let written = common(setting).unwrap_or("as written");
        std::iter::once(written).chain(self.others(setting)).map(str::to_owned).collect()
    }

    /// Strategies that the file does not have, with the menus and bins of those whose place they take: the path and the table
    /// of each.
    pub fn made(&self, experiment: &Experiment) -> Vec<(String, Value)> {
        let setting = &experiment.setting;
        let pairs = self.others(setting).flat_map(|rule| learning(setting).map(move |class| (rule, class)));
        pairs
            .filter_map(|(rule, class)| match self.stand(experiment, rule, class) {
                Stand::Written(_) => None,
                Stand::Made(name, table) => Some((format!("strategies.{}", quoted(&name)), table)),
            })
            .collect()
    }

    /// Strategies that the experiment as written does not play throughout.
    fn others<'a>(&'a self, setting: &'a Setting) -> impl Iterator<Item = &'a str> {
        let common = common(setting);
        self.strategies.iter().map(String::as_str).filter(move |name| common != Some(name))
    }

    /// What takes the place of a group's strategy under a rule.
    fn stand(&self, experiment: &Experiment, rule: &str, class: &Class) -> Stand {
        let read = |name: &str| experiment.resolved.value(&format!("strategies.{}", quoted(name)));
        let grid = |name: &str| read(name).map(|table| [&MENU, &BINS].map(|key| table.get(key.key).cloned()));
        let base = class.strategy.name.as_str();
        let kept = |table: &Value| [&POLICY, &ANSWERS].into_iter().any(|key| table.get(key.key).is_some());
        let as_it_is = || Stand::Written(rule.to_owned());
        if self.own_menus || grid(base) == grid(rule) {
            return as_it_is();
        }
        let Some(Value::Table(mut table)) = read(rule).filter(|table| !kept(table)) else {
            return as_it_is();
        };
        for (key, value) in [&MENU, &BINS].into_iter().zip(grid(base).into_iter().flatten()) {
            table.retain(|(name, _)| name != key.key);
            table.extend(value.map(|value| (key.key.to_owned(), value)));
        }
        // Where all groups have one menu, the strategy can keep its name.
        let one_menu = learning(&experiment.setting).all(|other| grid(&other.strategy.name) == grid(base));
        let name = if one_menu { rule.to_owned() } else { format!("{rule} on {base}") };
        Stand::Made(name, Value::Table(table))
    }
}

/// Groups that learn.
fn learning(setting: &Setting) -> impl Iterator<Item = &Class> {
    setting.classes.iter().filter(|class| class.strategy.learner.learns())
}

/// The strategy that all groups which learn play, if they play the same.
fn common(setting: &Setting) -> Option<&str> {
    let played: BTreeSet<&str> = learning(setting).map(|class| class.strategy.name.as_str()).collect();
    if played.len() == 1 { played.first().copied() } else { None }
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

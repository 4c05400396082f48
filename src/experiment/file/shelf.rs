//! Strategies: which of them an experiment names, and the tables that describe them.

use super::Library;
use crate::agent::{briber, delegation, sequencer, strategy};
use crate::settings::{Diagnostics, Document, Section, Value, nearest};
use std::collections::BTreeSet;

/// Lays the strategy files that sequencers, delegators or `[robustness]` name under `[strategies.NAME]`, where the
/// experiment has none of its own.
pub(super) fn lay_strategies(document: &mut Document, library: &dyn Library) -> Result<(), Diagnostics> {
    let mut names = strategies_named(document);
    names.extend(strategies_tried(document));
    for name in names {
        if let Some((file, text)) = library.strategy(&name).filter(|_| !name.contains('"')) {
            // Quoted, as a path has dots.
            document.underlay(&format!("strategies.\"{name}\""), Document::parse(&file, &text)?);
        }
    }
    Ok(())
}

/// Names of the strategies that `[robustness]`, `[sweep]` or `[optimize]` tries, and other texts that these set.
fn strategies_tried(document: &Document) -> BTreeSet<String> {
    fn texts(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Text(text) => {
                found.insert(text.clone());
            }
            Value::List(list) => list.iter().for_each(|item| texts(item, found)),
            Value::Table(entries) => entries.iter().for_each(|(_, entry)| texts(entry, found)),
            _ => {}
        }
    }
    let mut names = BTreeSet::new();
    for path in ["robustness.strategies", "sweep.parameters", "sweep.points", "optimize.variables"] {
        if let Some(value) = document.peek(path) {
            texts(&value, &mut names);
        }
    }
    names
}

/// Removes the file's own strategies that somebody played in `before` and nobody plays or tries any more: a change on the
/// command line has put others in their place. Those that a change itself is about (`changed` are the paths of all changes)
/// stay, to be refused: it would come to nothing.
pub fn drop_replaced_strategies(document: &mut Document, before: &Document, changed: &[String]) {
    let (named, tried) = (strategies_named(document), strategies_tried(document));
    for name in strategies_named(before) {
        let about = |path: &String| {
            let rest = path.strip_prefix("strategies.");
            rest.is_some_and(|rest| rest.starts_with("*.") || rest.starts_with(&format!("{name}.")))
        };
        if !named.contains(&name) && !tried.contains(&name) && !changed.iter().any(about) {
            document.remove_member("strategies", &name);
        }
    }
}

/// Names of the strategies that groups play.
pub(in crate::experiment) fn strategies_named(document: &Document) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let roles = [
        ("sequencers", &sequencer::STRATEGY, sequencer::DEFAULT_STRATEGY),
        ("delegators", &delegation::STRATEGY, delegation::DEFAULT),
    ];
    for (role, key, default) in roles {
        let groups = document.peek(role);
        for group in groups.as_ref().and_then(Value::as_list).unwrap_or_default() {
            let named = group.get(key.key).and_then(|v| v.as_text().map(str::to_owned));
            names.insert(named.unwrap_or_else(|| default.to_owned()));
        }
    }
    if let Some(table) = document.peek(briber::TABLE) {
        let named = table.get(briber::STRATEGY.key).and_then(|v| v.as_text().map(str::to_owned));
        names.insert(named.unwrap_or_else(|| briber::DEFAULT.to_owned()));
    }
    names
}

/// The strategies that an experiment can seat, and those that it does.
pub(super) struct Shelf<'a> {
    pub(super) tables: Vec<(String, Section<'a>)>,
    pub(super) known: Vec<String>,
    pub(super) played: BTreeSet<String>,
    pub(super) misspelt: bool,
}

impl<'a> Shelf<'a> {
    pub(super) fn new(root: &Section<'a>, library: &dyn Library) -> Self {
        let tables: Vec<_> = root.table("strategies").iter().flat_map(Section::members).collect();
        let mut known = library.strategies();
        known.extend(tables.iter().map(|(name, _)| name.clone()));
        known.sort();
        known.dedup();
        Shelf { tables, known, played: BTreeSet::new(), misspelt: false }
    }

    /// The strategy that a group names.
    pub(super) fn find<T>(
        &mut self,
        group: &Section,
        name: &str,
        read: impl FnOnce(&Section<'a>) -> Option<T>,
    ) -> Option<T> {
        self.played.insert(name.to_owned());
        if let Some((_, table)) = self.tables.iter().find(|(n, _)| n == name) {
            return read(table);
        }
        let help =
            nearest(name, self.known.iter().map(String::as_str)).map(|n| format!("did you mean `{n}`?"));
        let is_path = name.contains(['/', '\\', '.']);
        let message = if is_path {
            format!(
                "there is no strategy `{name}`: no such file below the working directory, the experiment's folder or the folder above"
            )
        } else {
            format!("there is no strategy `{name}`")
        };
        let allowed = format!("{}, or the path of a strategy file that ends in .toml", self.known.join(", "));
        group.refuse("strategy", &message, &allowed, help);
        self.misspelt = true;
        None
    }

    /// Refuses strategies of the file that nobody plays.
    pub(super) fn refuse_unplayed(&self) {
        for (name, table) in &self.tables {
            if !self.played.contains(name) {
                table.known(strategy::PARAMETERS);
                table.known(delegation::PARAMETERS);
                table.abandon();
                if !self.misspelt {
                    table.refuse(
                        "",
                        &format!("nobody plays strategy `{name}`"),
                        "strategies that some group names",
                        Some(format!(
                            "one to be tried with `--set` can be a file of its own, `strategies/{name}.toml`"
                        )),
                    );
                }
            }
        }
    }
}

//! Everything that was read, with defaults filled in.

use std::fmt::Write;

use serde_json::Value as Json;

use super::path;
use super::value::{Value, quote};

/// The tree of everything that was read, in reading order: the experiment as it runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    entries: Vec<(String, Branch)>,
}

/// Tables that were read as tables are written under headers; all else stays on one line.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Branch {
    Leaf(Value),
    Table(Vec<(String, Branch)>),
    Tables(Vec<Vec<(String, Branch)>>),
}

impl Resolved {
    pub(super) fn new(entries: Vec<(String, Branch)>) -> Self {
        Self { entries }
    }

    /// Adds a key that was not read, such as one that only some points of a design read. Nothing happens where the path leads
    /// nowhere or the key is there.
    pub fn add(&mut self, path: &str, value: Value) {
        let Some(segments) = path::split(path) else { return };
        let Some((key, way)) = segments.split_last() else { return };
        let mut at = &mut self.entries;
        let mut way = way.iter();
        while let Some(segment) = way.next() {
            let Some((_, branch)) = at.iter_mut().find(|(name, _)| name == segment) else { return };
            at = match branch {
                Branch::Leaf(_) => return,
                Branch::Table(entries) => entries,
                Branch::Tables(list) => {
                    let Some(member) = way.next() else { return };
                    let named = |entries: &Vec<(String, Branch)>| {
                        entries.iter().any(|(key, branch)| {
                            key == "name" && *branch == Branch::Leaf(Value::Text(member.clone()))
                        })
                    };
                    let place = list.iter().position(named).or_else(|| member.parse().ok());
                    let Some(entries) = place.and_then(|place| list.get_mut(place)) else { return };
                    entries
                }
            };
        }
        if !at.iter().any(|(name, _)| name == key) {
            at.push((key.clone(), Branch::Leaf(value)));
        }
    }

    /// The value at a path (empty: all of it); lists of tables are entered by name or place.
    pub fn value(&self, path: &str) -> Option<Value> {
        let mut at = value_of(&self.entries);
        if path.is_empty() {
            return Some(at);
        }
        for segment in path::split(path)? {
            at = match at {
                Value::Table(entries) => entries.into_iter().find(|(key, _)| *key == segment)?.1,
                Value::List(mut list) => {
                    let named = |value: &Value| value.get("name").and_then(Value::as_text) == Some(&segment);
                    let place = list.iter().position(named).or_else(|| segment.parse().ok())?;
                    if place >= list.len() {
                        return None;
                    }
                    list.swap_remove(place)
                }
                _ => return None,
            };
        }
        Some(at)
    }

    /// A sub-tree as JSON, `null` if nothing was read there; all of it for an empty path.
    pub fn to_json(&self, path: &str) -> Json {
        self.value(path).map_or(Json::Null, |value| value.to_json())
    }

    /// An experiment file that reads to the same tree.
    pub fn to_toml(&self) -> String {
        let mut out = String::new();
        write_table(&mut out, "", &self.entries);
        out
    }

    /// The sub-trees at `paths` as one JSON object with a member per path that was read; the same tree always
    /// gives the same bytes. Keys are sorted, there are no spaces, numbers are the shortest decimals that read back
    /// to the same number, and a number prints alike whether it is whole by type or by value (−0 as 0).
    pub fn canonical_json(&self, paths: &[&str]) -> String {
        self.canonical_json_without(paths, &[])
    }

    /// As [`Self::canonical_json`], without the keys `omitted` of tables at these paths, such as `play.keep`.
    pub fn canonical_json_without(&self, paths: &[&str], omitted: &[&str]) -> String {
        let found = paths.iter().filter_map(|&path| {
            let mut value = self.value(path)?;
            if let Value::Table(entries) = &mut value {
                entries.retain(|(key, _)| !omitted.contains(&path::join(path, key).as_str()));
            }
            Some((path.to_owned(), value))
        });
        let mut out = String::new();
        write_canonical(&mut out, &Value::Table(found.collect()));
        out
    }
}

fn value_of(entries: &[(String, Branch)]) -> Value {
    let branch = |branch: &Branch| match branch {
        Branch::Leaf(value) => value.clone(),
        Branch::Table(entries) => value_of(entries),
        Branch::Tables(list) => Value::List(list.iter().map(|entries| value_of(entries)).collect()),
    };
    Value::Table(entries.iter().map(|(key, value)| (key.clone(), branch(value))).collect())
}

// Writing to a String cannot fail, so the results of `write!` are dropped below.

fn write_table(out: &mut String, here: &str, entries: &[(String, Branch)]) {
    // Plain keys first: behind a sub-table's header they would belong to it.
    for (key, branch) in entries {
        match branch {
            Branch::Leaf(value) => {
                let _ = writeln!(out, "{} = {value}", path::segment(key));
            }
            Branch::Tables(list) if list.is_empty() => {
                let _ = writeln!(out, "{} = []", path::segment(key));
            }
            _ => {}
        }
    }
    for (key, branch) in entries {
        let path = path::join(here, key);
        match branch {
            Branch::Leaf(_) => {}
            Branch::Table(entries) => {
                let implied = !entries.is_empty() && entries.iter().all(|(_, branch)| branch.is_header());
                if !implied {
                    write_header(out, &format!("[{path}]"));
                }
                write_table(out, &path, entries);
            }
            Branch::Tables(list) => {
                for entries in list {
                    write_header(out, &format!("[[{path}]]"));
                    write_table(out, &path, entries);
                }
            }
        }
    }
}

fn write_header(out: &mut String, header: &str) {
    let _ = writeln!(out, "{}{header}", if out.is_empty() { "" } else { "\n" });
}

impl Branch {
    /// Whether it is written under a header of its own.
    fn is_header(&self) -> bool {
        match self {
            Self::Leaf(_) => false,
            Self::Table(_) => true,
            Self::Tables(list) => !list.is_empty(),
        }
    }
}

fn write_canonical(out: &mut String, value: &Value) {
    match value {
        Value::Number(number) => write_number(out, *number),
        Value::Integer(integer) => {
            let _ = write!(out, "{integer}");
        }
        Value::Flag(flag) => {
            let _ = write!(out, "{flag}");
        }
        Value::Text(text) => {
            let _ = write!(out, "{}", Json::from(text.as_str()));
        }
        Value::List(list) => {
            out.push('[');
            for (i, item) in list.iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                write_canonical(out, item);
            }
            out.push(']');
        }
        Value::Table(entries) => {
            let mut sorted: Vec<_> = entries.iter().collect();
            sorted.sort_by(|a, b| a.0.cmp(&b.0));
            out.push('{');
            for (i, (key, item)) in sorted.into_iter().enumerate() {
                let _ = write!(out, "{}{}:", if i > 0 { "," } else { "" }, Json::from(key.as_str()));
                write_canonical(out, item);
            }
            out.push('}');
        }
    }
}

fn write_number(out: &mut String, number: f64) {
    const WHOLE: f64 = 9_223_372_036_854_775_808.0; // 2^63: below it a whole number prints as its integer would.
    let _ = if !number.is_finite() {
        // JSON has no such numbers.
        write!(out, "{}", quote(&Value::Number(number).to_string()))
    } else if number.floor() == number && (-WHOLE..WHOLE).contains(&number) {
        write!(out, "{}", number as i64)
    } else {
        write!(out, "{number:?}")
    };
}

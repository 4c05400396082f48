//! One table being read.

use std::sync::Arc;

use super::check::{Refusal, check};
use super::diagnostic::Diagnostic;
use super::document::{Content, Entry, Node};
use super::nearest::nearest;
use super::origin::Origin;
use super::parameter::{Default, Kind, Parameter};
use super::path;
use super::reader::{Read, Reader, Record};
use super::value::Value;

/// A table that is being read. Reading never fails: what is wrong is noted by the [`Reader`], and a value that the
/// range admits is returned, so that all errors of a file are found in one go.
#[derive(Clone, Debug)]
pub struct Section<'a> {
    pub(super) reader: &'a Reader,
    pub(super) record: usize,
    /// `None` for a table that the file does not have.
    pub(super) node: Option<&'a Node>,
    pub(super) path: Arc<str>,
}

/// What reading a parameter gave.
enum Reading {
    Given(Value),
    /// Neither given nor a default.
    Absent,
    Wrong,
}

impl<'a> Section<'a> {
    pub(super) fn new(reader: &'a Reader, record: usize, node: Option<&'a Node>, path: Arc<str>) -> Self {
        Self { reader, record, node, path }
    }

    /// Path of the table, such as `mechanism.dpos` or `sequencers.large`; empty at the top.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The reader that this section reports to.
    pub fn reader(&self) -> &'a Reader {
        self.reader
    }

    /// Whether the file (or `--set`) has the key. Does not count as reading it.
    ///
    /// A resolved experiment gives defaults too, so meaning should hang on this only for keys without a default.
    pub fn is_given(&self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    /// The keys that are given, in file order. Does not count as reading them.
    pub fn keys(&self) -> Vec<&'a str> {
        self.node.and_then(Node::table).map(|table| table.keys().collect()).unwrap_or_default()
    }

    /// The number that is given, or the default.
    pub fn number(&self, parameter: &Parameter) -> f64 {
        self.required(parameter).as_ref().and_then(Value::as_number).unwrap_or_else(|| stand_in(parameter))
    }

    /// The number that is given or the default, if there is either.
    pub fn optional_number(&self, parameter: &Parameter) -> Option<f64> {
        self.optional(parameter)?.as_number()
    }

    /// The whole number that is given, or the default.
    pub fn integer(&self, parameter: &Parameter) -> u64 {
        let value = self.required(parameter);
        value.as_ref().and_then(whole).unwrap_or_else(|| stand_in(parameter) as u64)
    }

    /// The whole number that is given or the default, if there is either.
    pub fn optional_integer(&self, parameter: &Parameter) -> Option<u64> {
        whole(&self.optional(parameter)?)
    }

    /// The flag that is given, or the default.
    pub fn flag(&self, parameter: &Parameter) -> bool {
        match self.required(parameter) {
            Some(Value::Flag(flag)) => flag,
            _ => parameter.default == Default::Flag(true),
        }
    }

    /// The text that is given, or the default.
    pub fn text(&self, parameter: &Parameter) -> String {
        match (self.required(parameter), parameter.default) {
            (Some(Value::Text(text)), _) => text,
            (_, Default::Text(text)) => text.to_owned(),
            _ => String::new(),
        }
    }

    /// The text that is given or the default, if there is either.
    pub fn optional_text(&self, parameter: &Parameter) -> Option<String> {
        if let Value::Text(text) = self.optional(parameter)? { Some(text) } else { None }
    }

    /// The choice that is given, or the default.
    ///
    /// After a wrong choice, known keys of this table that go unread are not held against the file: with the right
    /// choice they might be read.
    pub fn choice(&self, parameter: &Parameter) -> &'static str {
        let value = self.required(parameter);
        if value.is_none() {
            self.abandon();
        }
        value.and_then(|value| chosen(parameter, &value)).unwrap_or(
            match (parameter.default, parameter.kind) {
                (Default::Text(text), _) => text,
                (_, Kind::Choice([first, ..])) => first,
                _ => "",
            },
        )
    }

    /// The choice that is given or the default, if there is either.
    pub fn optional_choice(&self, parameter: &Parameter) -> Option<&'static str> {
        match self.read(parameter) {
            Reading::Given(value) => chosen(parameter, &value),
            Reading::Absent => None,
            Reading::Wrong => {
                self.abandon();
                None
            }
        }
    }

    /// The list of numbers that is given; empty if it is absent.
    pub fn numbers(&self, parameter: &Parameter) -> Vec<f64> {
        let value = self.optional(parameter);
        value
            .as_ref()
            .and_then(Value::as_list)
            .unwrap_or_default()
            .iter()
            .filter_map(Value::as_number)
            .collect()
    }

    /// What a domain reader makes of the value, which counts as read with all that is in it.
    ///
    /// `read` says what is wrong with the value; the diagnostic adds what was found and what is allowed.
    pub fn custom<T>(
        &self,
        parameter: &Parameter,
        read: impl FnOnce(&Value) -> Result<T, String>,
    ) -> Option<T> {
        let value = self.optional(parameter)?;
        match read(&value) {
            Ok(result) => Some(result),
            Err(message) => {
                self.refuse(parameter.key, &message, &parameter.allowed(), None);
                None
            }
        }
    }

    /// As [`Self::custom`], for a key that is known only from the file, such as a swept path; `None` if absent.
    pub fn custom_at<T>(
        &self,
        key: &str,
        allowed: &str,
        read: impl FnOnce(&Value) -> Result<T, String>,
    ) -> Option<T> {
        let entry = self.entry(key)?;
        let Ok(value) = check(&Kind::Custom(""), &entry.node) else {
            self.note(key, Read::Nothing);
            self.wrong(entry, Refusal::Type, allowed, None);
            return None;
        };
        self.note(key, Read::Leaf(value.clone()));
        match read(&value) {
            Ok(result) => Some(result),
            Err(message) => {
                self.refuse(key, &message, allowed, None);
                None
            }
        }
    }

    /// Puts a value that stands for an absent key into the resolved experiment, where the default of a custom
    /// parameter is known only to the domain. Does nothing if the key was given.
    pub fn echo(&self, key: &str, value: Value) {
        self.reader.with(|ledger| {
            let entries = &mut ledger.tables[self.record].entries;
            match entries.iter_mut().find(|(name, _)| name == key) {
                Some((_, read @ Read::Nothing)) => *read = Read::Leaf(value),
                Some(_) => {}
                None => entries.push((key.to_owned(), Read::Leaf(value))),
            }
        });
    }

    /// Notes that the value of `key` makes no sense; `""` means the table itself, or its header. `allowed` may be
    /// empty. A key that is absent is reported at the table's header.
    pub fn refuse(&self, key: &str, message: &str, allowed: &str, help: Option<String>) {
        let diagnostic = if key.is_empty() {
            Diagnostic::at(&self.header(), &*self.path, message)
        } else {
            let path = path::join(&self.path, key);
            match self.entry(key) {
                Some(entry) => Diagnostic::at(&entry.node.origin, path, message).found(entry.node.found()),
                None => Diagnostic::at(&self.header(), path, message),
            }
        };
        let diagnostic = if allowed.is_empty() { diagnostic } else { diagnostic.allowed(allowed) };
        self.push(diagnostic.help(help));
    }

    /// Declares which keys this table may ever have: they are suggested for misspelt ones, and one of them that
    /// goes unread is told apart from one that does not exist.
    pub fn known(&self, parameters: &[&Parameter]) {
        self.with(|record| record.know_all(parameters));
    }

    /// As [`Self::known`], for sub-tables and lists of tables.
    pub fn know_tables(&self, keys: &[&str]) {
        self.with(|record| keys.iter().for_each(|key| record.know(key)));
    }

    /// The reason that is given for known keys of this table that go unread, such as "rule `centralized` has no
    /// seats".
    pub fn note_unread(&self, reason: &str) {
        self.with(|record| record.notes.push((None, reason.to_owned())));
    }

    /// As [`Self::note_unread`], for one key.
    pub fn note_unread_key(&self, parameter: &Parameter, reason: &str) {
        self.with(|record| record.notes.push((Some(parameter.key), reason.to_owned())));
    }

    /// Says that an error kept this table from being read to the end: known keys that go unread are not reported.
    pub fn abandon(&self) {
        self.with(|record| record.lost = true);
    }

    /// The value in its declared type; a missing one is an error.
    fn required(&self, parameter: &Parameter) -> Option<Value> {
        match self.read(parameter) {
            Reading::Given(value) => Some(value),
            Reading::Absent => {
                self.miss(parameter);
                None
            }
            Reading::Wrong => None,
        }
    }

    fn optional(&self, parameter: &Parameter) -> Option<Value> {
        if let Reading::Given(value) = self.read(parameter) { Some(value) } else { None }
    }

    fn read(&self, parameter: &Parameter) -> Reading {
        let key = parameter.key;
        let Some(entry) = self.entry(key) else {
            let Some(value) = default(parameter) else {
                self.note(key, Read::Nothing);
                if parameter.default == Default::Required {
                    self.miss(parameter);
                    return Reading::Wrong;
                }
                return Reading::Absent;
            };
            self.note(key, Read::Leaf(value.clone()));
            return Reading::Given(value);
        };
        match check(&parameter.kind, &entry.node) {
            Ok(value) => {
                self.note(key, Read::Leaf(value.clone()));
                Reading::Given(value)
            }
            Err(refusal) => {
                self.note(key, Read::Nothing);
                let near = match (&parameter.kind, &entry.node.content) {
                    (Kind::Choice(choices), Content::Text(text)) => nearest(text, choices.iter().copied()),
                    _ => None,
                };
                let near = near.map(|name| format!("did you mean \"{name}\"?"));
                let chosen = matches!(parameter.kind, Kind::Choice(_)) && !parameter.doc.is_empty();
                let meant = || chosen.then(|| format!("`{}`: {}", parameter.key, parameter.doc));
                let help = near.or_else(meant);
                self.wrong(entry, refusal, &parameter.allowed(), help);
                Reading::Wrong
            }
        }
    }

    fn miss(&self, parameter: &Parameter) {
        let place = if self.path.is_empty() { String::new() } else { format!(" in `{}`", self.path) };
        let message = format!("`{}` is missing{place}", parameter.key);
        let path = path::join(&self.path, parameter.key);
        let help = (!parameter.doc.is_empty()).then(|| format!("`{}`: {}", parameter.key, parameter.doc));
        self.push(Diagnostic::at(&self.header(), path, message).allowed(parameter.allowed()).help(help));
    }

    pub(super) fn wrong(&self, entry: &Entry, refusal: Refusal, allowed: &str, help: Option<String>) {
        let what = match refusal {
            Refusal::Type => "has the wrong type",
            Refusal::Range => "is out of range",
            Refusal::Choice => "is none of its choices",
        };
        let message = format!("`{}` {what}", path::segment(&entry.key));
        let path = path::join(&self.path, &entry.key);
        let diagnostic = Diagnostic::at(&entry.node.origin, path, message).found(entry.node.found());
        self.push(diagnostic.allowed(allowed).help(help));
    }

    pub(super) fn entry(&self, key: &str) -> Option<&'a Entry> {
        self.node?.table()?.get(key)
    }

    pub(super) fn header(&self) -> Origin {
        self.with(|record| record.header.clone())
    }

    pub(super) fn note(&self, key: &str, read: Read) {
        self.with(|record| record.note(key, read));
    }

    pub(super) fn push(&self, diagnostic: Diagnostic) {
        self.reader.with(|ledger| ledger.diagnostics.push(diagnostic));
    }

    pub(super) fn with<T>(&self, act: impl FnOnce(&mut Record) -> T) -> T {
        self.reader.with(|ledger| act(&mut ledger.tables[self.record]))
    }
}

fn default(parameter: &Parameter) -> Option<Value> {
    match parameter.default {
        Default::Required | Default::Absent => None,
        Default::Number(number) => Some(Value::Number(number)),
        // A default above 2^63 - 1 cannot be written in a file.
        Default::Integer(integer) => Some(Value::Integer(i64::try_from(integer).unwrap_or(i64::MAX))),
        Default::Flag(flag) => Some(Value::Flag(flag)),
        Default::Text(text) => Some(Value::Text(text.to_owned())),
    }
}

/// A number that the range admits, to go on with after an error.
fn stand_in(parameter: &Parameter) -> f64 {
    match (parameter.default, parameter.kind) {
        (Default::Number(number), _) => number,
        (Default::Integer(integer), _) => integer as f64,
        (_, Kind::Integer { low, .. }) => low as f64,
        (_, Kind::Number { low, high, open_low, .. }) if low > -f64::MAX => match open_low {
            false => low,
            true if high < f64::MAX => low + (high - low) / 2.0,
            true => low + 1.0,
        },
        (_, Kind::Number { high, .. }) => high.min(0.0),
        _ => 0.0,
    }
}

fn whole(value: &Value) -> Option<u64> {
    if let Value::Integer(integer) = value { u64::try_from(*integer).ok() } else { None }
}

fn chosen(parameter: &Parameter, value: &Value) -> Option<&'static str> {
    let Kind::Choice(choices) = parameter.kind else { return None };
    let text = value.as_text()?;
    choices.iter().copied().find(|choice| *choice == text)
}

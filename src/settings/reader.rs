//! What has been read of a document, and what was wrong with it.

use std::cell::RefCell;
use std::sync::Arc;

use super::diagnostic::{Diagnostic, Diagnostics};
use super::document::{Content, Entry, Node};
use super::nearest::nearest;
use super::origin::Origin;
use super::parameter::Parameter;
use super::path;
use super::resolved::{Branch, Resolved};
use super::section::Section;
use super::value::Value;

/// Collects, while a document is read, what was read and everything that is wrong. One reader reads one document.
#[derive(Debug, Default)]
pub struct Reader {
    ledger: RefCell<Ledger>,
}

#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub root: Option<Arc<Node>>,
    /// The first is the root.
    pub tables: Vec<Record>,
    pub diagnostics: Vec<Diagnostic>,
}

/// What is known of one table that is being read.
#[derive(Debug)]
pub(super) struct Record {
    pub path: Arc<str>,
    /// Where its header stands.
    pub header: Origin,
    /// In the order of reading.
    pub entries: Vec<(String, Read)>,
    /// Keys that it may have under some rule.
    pub known: Vec<String>,
    /// Why a known key may go unread here.
    pub notes: Vec<(Option<&'static str>, String)>,
    /// A choice on which further reading hangs was wrong, so what goes unread says nothing.
    pub lost: bool,
}

/// A key that nobody has read, or that does not exist.
#[derive(Clone, Debug)]
pub struct Unread {
    /// What it holds.
    pub value: Value,
    /// What is to be said of it, its path included.
    pub diagnostic: Diagnostic,
    /// Whether it exists and comes from a file that is made for many experiments ([`super::Document::parse_shared`]): then it is
    /// no error.
    pub shared: bool,
}

impl Unread {
    /// Those that are errors.
    ///
    /// # Errors
    /// What is to be said of them, where there are any.
    pub fn refuse(keys: Vec<Unread>) -> Result<(), Diagnostics> {
        let wrong: Vec<Diagnostic> =
            keys.into_iter().filter(|key| !key.shared).map(|key| key.diagnostic).collect();
        if wrong.is_empty() { Ok(()) } else { Err(Diagnostics::new(wrong)) }
    }
}

#[derive(Clone, Debug)]
pub(super) enum Read {
    /// Asked for, but absent or wrong.
    Nothing,
    Leaf(Value),
    Table(usize),
    Tables(Vec<usize>),
}

impl Reader {
    /// A reader that has read nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes over what was found wrong elsewhere, such as in a strategy file that the document names.
    pub fn report(&self, diagnostics: Diagnostics) {
        self.ledger.borrow_mut().diagnostics.extend(diagnostics.into_vec());
    }

    /// Whether something was found wrong so far (unread keys show only at the end).
    pub fn has_errors(&self) -> bool {
        !self.ledger.borrow().diagnostics.is_empty()
    }

    /// Everything that was read, with defaults filled in.
    ///
    /// # Errors
    /// All that was found wrong, and every key that nobody has read.
    pub fn finish(&self) -> Result<Resolved, Diagnostics> {
        let (resolved, unread) = self.finish_leniently()?;
        Unread::refuse(unread)?;
        Ok(resolved)
    }

    /// As [`Self::finish`], with the keys that nobody has read apart: for a document that is one of several variants, where
    /// each key has to be read by some of them.
    ///
    /// # Errors
    /// All that was found wrong, unread keys included where anything else was.
    pub fn finish_leniently(&self) -> Result<(Resolved, Vec<Unread>), Diagnostics> {
        let ledger = self.ledger.borrow();
        let mut unread = Vec::new();
        if let Some(root) = &ledger.root {
            ledger.find_unread(root, 0, &mut unread);
        }
        if !ledger.diagnostics.is_empty() {
            let unread = unread.into_iter().filter(|key| !key.shared).map(|key| key.diagnostic.unread());
            return Err(Diagnostics::new(ledger.diagnostics.iter().cloned().chain(unread).collect()));
        }
        let entries = if ledger.tables.is_empty() { Vec::new() } else { ledger.branches(0) };
        Ok((Resolved::new(entries), unread))
    }

    pub(super) fn open<'a>(&'a self, root: &'a Arc<Node>) -> Section<'a> {
        let mut ledger = self.ledger.borrow_mut();
        if let Some(open) = &ledger.root {
            assert!(Arc::ptr_eq(open, root), "one reader reads one document");
        } else {
            ledger.root = Some(Arc::clone(root));
            ledger.add("".into(), root.origin.clone());
        }
        Section::new(self, 0, Some(root), Arc::clone(&ledger.tables[0].path))
    }

    pub(super) fn with<T>(&self, act: impl FnOnce(&mut Ledger) -> T) -> T {
        act(&mut self.ledger.borrow_mut())
    }
}

impl Ledger {
    pub(super) fn add(&mut self, path: Arc<str>, header: Origin) -> usize {
        let (entries, known, notes) = (Vec::new(), Vec::new(), Vec::new());
        self.tables.push(Record { path, header, entries, known, notes, lost: false });
        self.tables.len() - 1
    }

    fn branches(&self, table: usize) -> Vec<(String, Branch)> {
        let branch = |read: &Read| match read {
            Read::Nothing => None,
            Read::Leaf(value) => Some(Branch::Leaf(value.clone())),
            Read::Table(index) => Some(Branch::Table(self.branches(*index))),
            Read::Tables(list) => {
                Some(Branch::Tables(list.iter().map(|&index| self.branches(index)).collect()))
            }
        };
        let entries = &self.tables[table].entries;
        entries.iter().filter_map(|(key, read)| Some((key.clone(), branch(read)?))).collect()
    }

    fn find_unread(&self, node: &Node, table: usize, unread: &mut Vec<Unread>) {
        let record = &self.tables[table];
        for entry in node.table().map_or(&[][..], |table| &table.entries) {
            match (record.read(&entry.key), &entry.node.content) {
                (None, _) => {
                    let value = entry.node.to_value();
                    let shared = entry.origin.is_shared() && record.known.contains(&entry.key);
                    unread.extend(record.unread(entry).map(|diagnostic| Unread { value, diagnostic, shared }));
                }
                (Some(Read::Table(index)), _) => self.find_unread(&entry.node, *index, unread),
                (Some(Read::Tables(list)), Content::List(nodes)) => {
                    for (&index, node) in list.iter().zip(nodes) {
                        self.find_unread(node, index, unread);
                    }
                }
                _ => {}
            }
        }
    }
}

impl Record {
    pub(super) fn read(&self, key: &str) -> Option<&Read> {
        self.entries.iter().find(|(name, _)| name == key).map(|(_, read)| read)
    }

    /// Notes what was read; the first reading of a key counts.
    pub(super) fn note(&mut self, key: &str, read: Read) {
        if self.read(key).is_none() {
            self.entries.push((key.to_owned(), read));
        }
    }

    pub(super) fn know(&mut self, key: &str) {
        if !self.known.iter().any(|known| known == key) {
            self.known.push(key.to_owned());
        }
    }

    pub(super) fn know_all(&mut self, parameters: &[&Parameter]) {
        for parameter in parameters {
            self.know(parameter.key);
        }
    }

    /// Keys that a table may have: those declared, and those that were asked for.
    fn valid(&self) -> Vec<&str> {
        let asked = self.entries.iter().map(|(key, _)| key).filter(|key| !self.known.contains(key));
        self.known.iter().chain(asked).map(String::as_str).collect()
    }

    fn unread(&self, entry: &Entry) -> Option<Diagnostic> {
        let key = path::segment(&entry.key);
        let path = path::join(&self.path, &entry.key);
        if self.known.contains(&entry.key) {
            // What is said of this very key counts, and only without it what is said of the table.
            let said = |of: Option<&str>| -> Vec<&str> {
                self.notes.iter().filter(|(key, _)| *key == of).map(|(_, reason)| reason.as_str()).collect()
            };
            let own = said(Some(&entry.key));
            let reasons = if own.is_empty() { said(None) } else { own };
            let reasons = (!reasons.is_empty()).then(|| reasons.join("; "));
            let message = format!("`{key}` is set, but nothing reads it here");
            return (!self.lost).then(|| Diagnostic::at(&entry.origin, path, message).help(reasons).idle());
        }
        let what = if entry.node.has_header() { "table" } else { "key" };
        let place = if self.path.is_empty() { String::new() } else { format!(" in `{}`", self.path) };
        let valid = self.valid();
        let near = nearest(&entry.key, valid.iter().copied());
        let allowed =
            if valid.is_empty() { "nothing: no key is read here".to_owned() } else { valid.join(", ") };
        Some(
            Diagnostic::at(&entry.origin, path, format!("unknown {what} `{key}`{place}"))
                .allowed(allowed)
                .help(near.map(|name| format!("did you mean `{name}`?"))),
        )
    }
}

//! Tables within the table that is being read.

use std::sync::Arc;

use super::check::Refusal;
use super::diagnostic::Diagnostic;
use super::document::{Content, Entry, Node};
use super::origin::Origin;
use super::path;
use super::reader::Read;
use super::section::Section;

impl<'a> Section<'a> {
    /// The sub-table under `key`, if there is one.
    pub fn table(&self, key: &str) -> Option<Section<'a>> {
        let Some(entry) = self.entry(key) else {
            self.know_tables(&[key]);
            return None;
        };
        if entry.node.table().is_none() {
            self.note(key, Read::Nothing);
            let allowed = format!("a table, under the header `[{}]`", path::join(&self.path, key));
            self.wrong(entry, Refusal::Type, &allowed, None);
            return None;
        }
        Some(self.open(key, entry.origin.clone(), Some(&entry.node)))
    }

    /// The sub-table under `key`; an empty one if the file has none, so that its defaults are read and resolved.
    #[must_use]
    pub fn table_or_empty(&self, key: &str) -> Section<'a> {
        self.table(key).unwrap_or_else(|| self.open(key, self.header(), None))
    }

    /// The tables of a list of tables (`[[key]]`), in file order; none if it is absent. The path of each ends in its
    /// `name`, or in its place where it has none. Two of one name are refused.
    pub fn tables(&self, key: &str) -> Vec<Section<'a>> {
        let Some(entry) = self.entry(key) else {
            self.know_tables(&[key]);
            return Vec::new();
        };
        let list = match &entry.node.content {
            Content::List(list) if list.iter().all(|node| node.table().is_some()) => list,
            _ => {
                self.note(key, Read::Nothing);
                let header = path::join(&self.path, key);
                self.wrong(
                    entry,
                    Refusal::Type,
                    &format!("tables, each under the header `[[{header}]]`"),
                    None,
                );
                return Vec::new();
            }
        };
        self.refuse_namesakes(key, list);
        let known = self.reader.with(|ledger| match ledger.tables[self.record].read(key) {
            Some(Read::Tables(list)) => Some(list.clone()),
            _ => None,
        });
        let path = path::join(&self.path, key);
        let paths = list
            .iter()
            .enumerate()
            .map(|(place, node)| Arc::from(path::join(&path, node.name().unwrap_or(&place.to_string()))));
        let paths: Vec<Arc<str>> = paths.collect();
        let records = known.unwrap_or_else(|| {
            self.reader.with(|ledger| {
                let add =
                    |(path, node): (&Arc<str>, &Node)| ledger.add(Arc::clone(path), node.origin.clone());
                let records: Vec<usize> = paths.iter().zip(list).map(add).collect();
                ledger.tables[self.record].note(key, Read::Tables(records.clone()));
                records
            })
        });
        let section = |((record, path), node)| Self::new(self.reader, record, Some(node), path);
        records.into_iter().zip(paths).zip(list).map(section).collect()
    }

    /// All sub-tables with their keys, in file order, such as the contenders of `[mechanism]`.
    pub fn members(&self) -> Vec<(String, Section<'a>)> {
        let entries = self.node.and_then(Node::table).map_or(&[][..], |table| &table.entries);
        let tables = entries.iter().filter(|entry| entry.node.table().is_some());
        let open = |entry: &'a Entry| {
            (entry.key.clone(), self.open(&entry.key, entry.origin.clone(), Some(&entry.node)))
        };
        tables.map(open).collect()
    }

    fn open(&self, key: &str, header: Origin, node: Option<&'a Node>) -> Section<'a> {
        self.reader.with(|ledger| {
            if let Some(&Read::Table(record)) = ledger.tables[self.record].read(key) {
                let path = Arc::clone(&ledger.tables[record].path);
                return Self::new(self.reader, record, node, path);
            }
            let path: Arc<str> = path::join(&self.path, key).into();
            let record = ledger.add(Arc::clone(&path), header);
            ledger.tables[self.record].note(key, Read::Table(record));
            Self::new(self.reader, record, node, path)
        })
    }

    fn refuse_namesakes(&self, key: &str, list: &[Node]) {
        for (place, node) in list.iter().enumerate() {
            let Some(name) = node.name() else { continue };
            if list[..place].iter().any(|earlier| earlier.name() == Some(name)) {
                let origin = node.child("name").map_or(&node.origin, |(_, name)| &name.origin);
                let path = path::join(&path::join(&self.path, key), name);
                self.push(
                    Diagnostic::at(origin, path, format!("two `[[{key}]]` are named \"{name}\""))
                        .help(Some("a name must tell them apart".to_owned())),
                );
            }
        }
    }
}

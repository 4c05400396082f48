//! A parsed file in which each key and value knows where it came from.

use std::ops::Range;
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use super::diagnostic::{Diagnostic, Diagnostics};
use super::origin::{Origin, Source};
use super::reader::Reader;
use super::section::Section;
use super::value::Value;
use super::{assign, path};

/// A tree of settings, parsed from a file and perhaps changed by `--set` or filled up from another file.
#[derive(Clone, Debug)]
pub struct Document {
    pub(super) root: Arc<Node>,
}

/// A value and where it stands. A table's origin is its header.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub origin: Origin,
    pub content: Content,
}

#[derive(Clone, Debug)]
pub(super) enum Content {
    Number(f64),
    Integer(i64),
    Flag(bool),
    Text(String),
    /// Dates, and whole numbers beyond 64 bits: nothing here takes them, so only what they look like is kept.
    Strange(String),
    List(Vec<Node>),
    Table(Table),
}

/// Keys in file order.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub entries: Vec<Entry>,
    /// Written `{ … }`: such a table is one value, and is not filled key by key.
    pub inline: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub key: String,
    /// Where the key stands.
    pub origin: Origin,
    pub node: Node,
}

impl Document {
    /// Parses a file's text; `source_name` is the file's name in messages.
    ///
    /// # Errors
    /// Every syntax error with line and column; a file without any key.
    pub fn parse(source_name: &str, text: &str) -> Result<Self, Diagnostics> {
        Self::parse_source(Source { name: source_name.to_owned(), text: text.to_owned(), shared: false })
    }

    /// As [`Self::parse`], for a file that describes something once for many experiments, such as a scenario: keys of it that an
    /// experiment has no use for are no error in that experiment. Keys that do not exist are.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_shared(source_name: &str, text: &str) -> Result<Self, Diagnostics> {
        Self::parse_source(Source { name: source_name.to_owned(), text: text.to_owned(), shared: true })
    }

    fn parse_source(source: Source) -> Result<Self, Diagnostics> {
        let source = Arc::new(source);
        let (table, errors) = DeTable::parse_recoverable(&source.text);
        if !errors.is_empty() {
            return Err(syntax_errors(&source, &errors));
        }
        if table.get_ref().is_empty() {
            return Err(Diagnostics::plain(&source.name, "the file is empty: it sets no key", None));
        }
        let content =
            Content::Table(table_of(table.get_ref(), false, &|span| Origin::File(Arc::clone(&source), span)));
        Ok(Self { root: Arc::new(Node { origin: Origin::File(Arc::clone(&source), 0..0), content }) })
    }

    /// A document without any key, for defaults alone.
    pub fn empty(source_name: &str) -> Self {
        let source = Arc::new(Source { name: source_name.to_owned(), text: String::new(), shared: false });
        let content = Content::Table(Table::default());
        Self { root: Arc::new(Node { origin: Origin::File(source, 0..0), content }) }
    }

    /// Changes one key, or the same key of several tables, as `--set PATH=VALUE` does.
    ///
    /// `value` is read as TOML, or as a plain text where it is none. A table within a list of tables is addressed by
    /// its `name`, by its place from 0, or by `*` for all; `*` also stands for all sub-tables of a table. Tables on
    /// the way that are missing are made, but a new member of a list, or of a table that holds only tables (such as
    /// the contenders), is refused. What a key may hold is checked on reading.
    ///
    /// # Errors
    /// A path that leads nowhere, with the nearest names.
    pub fn set(&mut self, path: &str, value: &str) -> Result<(), Diagnostics> {
        assign::set(Arc::make_mut(&mut self.root), path, value)
    }

    /// Fills keys that are absent in the table at `path` (the whole document if empty) from another document.
    /// Tables are filled key by key, anything else stays as it is where it is given; origins are kept.
    pub fn underlay(&mut self, path: &str, other: Self) {
        let other = Arc::try_unwrap(other.root).unwrap_or_else(|shared| (*shared).clone());
        assign::underlay(Arc::make_mut(&mut self.root), path, other);
    }

    /// Removes a key from the top of the document, with all that is in it.
    pub fn remove(&mut self, key: &str) {
        if let Content::Table(table) = &mut Arc::make_mut(&mut self.root).content {
            table.entries.retain(|entry| entry.key != key);
        }
    }

    /// Removes a key from a table at the top.
    pub fn remove_member(&mut self, table: &str, key: &str) {
        if let Content::Table(top) = &mut Arc::make_mut(&mut self.root).content
            && let Some(entry) = top.entries.iter_mut().find(|entry| entry.key == table)
            && let Content::Table(table) = &mut entry.node.content
        {
            table.entries.retain(|entry| entry.key != key);
        }
    }

    /// Keys of the table at a path; none where it is no table.
    pub fn keys(&self, path: &str) -> Vec<String> {
        let table = self.find(path).and_then(|(_, node)| node.table());
        table.map(|table| table.keys().map(str::to_owned).collect()).unwrap_or_default()
    }

    /// The value at a path, if there is one; a list of tables is entered by name or place.
    pub fn peek(&self, path: &str) -> Option<Value> {
        self.find(path).map(|(_, node)| node.to_value())
    }

    /// An error at the value of a path, or about the whole file if the path is absent.
    pub fn refuse(&self, path: &str, message: &str, allowed: &str, help: Option<String>) -> Diagnostics {
        let diagnostic = match self.find(path) {
            Some((_, node)) => Diagnostic::at(&node.origin, path, message).found(node.found()),
            None => Diagnostic::at(&self.root.origin, path, message),
        };
        let diagnostic = if allowed.is_empty() { diagnostic } else { diagnostic.allowed(allowed) };
        diagnostic.help(help).into()
    }

    /// The top of the document, for reading. One reader reads one document.
    pub fn root<'a>(&'a self, reader: &'a Reader) -> Section<'a> {
        reader.open(&self.root)
    }

    fn find(&self, path: &str) -> Option<(&Origin, &Node)> {
        let mut at = (&self.root.origin, &*self.root);
        for segment in path::split(path)? {
            at = at.1.child(&segment)?;
        }
        Some(at)
    }
}

impl Node {
    /// What lies under a key, or under a name or place of a list, with the origin of the key.
    pub(super) fn child(&self, segment: &str) -> Option<(&Origin, &Node)> {
        match &self.content {
            Content::Table(table) => table.get(segment).map(|entry| (&entry.origin, &entry.node)),
            Content::List(list) => {
                let node = &list[member(list, segment)?];
                Some((&node.origin, node))
            }
            _ => None,
        }
    }

    pub(super) fn table(&self) -> Option<&Table> {
        if let Content::Table(table) = &self.content { Some(table) } else { None }
    }

    /// Whether it is written under a header, `[…]` or `[[…]]`, of its own.
    pub(super) fn has_header(&self) -> bool {
        match &self.content {
            Content::Table(table) => !table.inline,
            Content::List(list) => !list.is_empty() && list.iter().all(Self::has_header),
            _ => false,
        }
    }

    /// The `name` of a table in a list of tables.
    pub(super) fn name(&self) -> Option<&str> {
        match &self.table()?.get("name")?.node.content {
            Content::Text(name) => Some(name),
            _ => None,
        }
    }

    pub(super) fn to_value(&self) -> Value {
        match &self.content {
            Content::Number(number) => Value::Number(*number),
            Content::Integer(integer) => Value::Integer(*integer),
            Content::Flag(flag) => Value::Flag(*flag),
            Content::Text(text) | Content::Strange(text) => Value::Text(text.clone()),
            Content::List(list) => Value::List(list.iter().map(Self::to_value).collect()),
            Content::Table(table) => Value::Table(
                table.entries.iter().map(|entry| (entry.key.clone(), entry.node.to_value())).collect(),
            ),
        }
    }

    /// What a diagnostic says was found here.
    pub(super) fn found(&self) -> String {
        match &self.content {
            Content::Strange(text) => text.clone(),
            _ => self.to_value().found(),
        }
    }
}

impl Table {
    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.key.as_str())
    }
}

/// Place of a list's member that is called `segment`, or stands at that place.
pub(super) fn member(list: &[Node], segment: &str) -> Option<usize> {
    let named = list.iter().position(|node| node.name() == Some(segment));
    named.or_else(|| segment.parse().ok().filter(|&place| place < list.len()))
}

/// A value from outside any file, such as that of `--set`.
pub(super) fn parse_value(text: &str, origin: &Origin) -> Option<Node> {
    let value = DeValue::parse(text).ok()?;
    if matches!(value.get_ref(), DeValue::Datetime(_)) {
        return None;
    }
    Some(node_of(value.get_ref(), 0..0, &|_| origin.clone()))
}

type Place<'p> = dyn Fn(Range<usize>) -> Origin + 'p;

fn table_of(table: &DeTable<'_>, inline: bool, place: &Place<'_>) -> Table {
    let mut entries: Vec<_> = table.iter().collect();
    // The parser sorts keys by name; where they stand gives back their order in the file.
    entries.sort_by_key(|(key, _)| key.span().start);
    let entries = entries.into_iter().map(|(key, value)| Entry {
        key: key.get_ref().to_string(),
        origin: place(key.span()),
        node: node_of(value.get_ref(), value.span(), place),
    });
    Table { entries: entries.collect(), inline }
}

fn node_of(value: &DeValue<'_>, span: Range<usize>, place: &Place<'_>) -> Node {
    let origin = place(span);
    let content = match value {
        DeValue::String(text) => Content::Text(text.to_string()),
        DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix())
            .map_or_else(|_| Content::Strange(format!("{integer}, beyond 64 bits")), Content::Integer),
        DeValue::Float(float) => match float.as_str().parse::<f64>() {
            Ok(number) if number.is_finite() || !float.as_str().contains(|c: char| c.is_ascii_digit()) => {
                Content::Number(number)
            }
            _ => Content::Strange(format!("{float}, beyond what a number can hold")),
        },
        DeValue::Boolean(flag) => Content::Flag(*flag),
        DeValue::Datetime(date) => Content::Strange(format!("the date {date}")),
        DeValue::Array(list) => {
            Content::List(list.iter().map(|item| node_of(item.get_ref(), item.span(), place)).collect())
        }
        DeValue::Table(table) => {
            let inline = match &origin {
                Origin::File(source, span) => source.text[span.start..].starts_with('{'),
                Origin::Argument(_) => true,
            };
            Content::Table(table_of(table, inline, place))
        }
    };
    Node { origin, content }
}

/// The first syntax error of each line: what follows on the same line is mostly its echo.
fn syntax_errors(source: &Arc<Source>, errors: &[toml::de::Error]) -> Diagnostics {
    let mut lines = Vec::new();
    let mut all = Vec::new();
    for error in errors {
        let end = source.text.len();
        let origin = Origin::File(Arc::clone(source), error.span().unwrap_or(end..end));
        let line = origin.place().map(|place| place.line);
        if !lines.contains(&line) {
            lines.push(line);
            all.push(Diagnostic::at(&origin, "", format!("not valid TOML: {}", error.message())));
        }
    }
    Diagnostics::new(all)
}

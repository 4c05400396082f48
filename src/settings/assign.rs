//! Changes to a parsed document: one key by its path, and defaults from another document.

use super::diagnostic::{Diagnostic, Diagnostics};
use super::document::{Content, Entry, Node, Table, member, parse_value};
use super::nearest::nearest;
use super::origin::Origin;
use super::path;

/// Sets the key at `path`, see [`super::Document::set`].
pub(super) fn set(root: &mut Node, path: &str, value: &str) -> Result<(), Diagnostics> {
    let origin = Origin::Argument(format!("{path}={value}").into());
    let Some(segments) = path::split(path) else {
        return Err(Diagnostic::at(&origin, path, format!("`{path}` is not a path"))
            .allowed("keys joined by dots, such as TABLE.KEY")
            .into());
    };
    let node = parse_value(value, &origin)
        .unwrap_or_else(|| Node { origin: origin.clone(), content: Content::Text(value.to_owned()) });
    Assignment { node, origin }.walk(root, &segments, "")
}

struct Assignment {
    node: Node,
    origin: Origin,
}

impl Assignment {
    fn walk(&self, at: &mut Node, segments: &[String], here: &str) -> Result<(), Diagnostics> {
        let [segment, rest @ ..] = segments else {
            at.clone_from(&self.node);
            return Ok(());
        };
        let path = path::join(here, segment);
        if segment == "*" {
            return self.walk_all(at, rest, here);
        }
        let found = at.found();
        match &mut at.content {
            Content::List(list) => match member(list, segment) {
                Some(place) => {
                    if rest.is_empty() && list[place].table().is_some() {
                        let message = format!("`{path}` is a table: a key is missing behind it");
                        return Err(self.refuse(&path, message).into());
                    }
                    self.walk(&mut list[place], rest, &path)
                }
                None => Err(self.unknown(
                    here,
                    segment,
                    &list.iter().filter_map(Node::name).collect::<Vec<_>>(),
                    list.len(),
                )),
            },
            Content::Table(table) => {
                if let Some(entry) = table.entries.iter_mut().find(|entry| entry.key == *segment) {
                    if rest.is_empty() {
                        entry.origin = self.origin.clone();
                    }
                    return self.walk(&mut entry.node, rest, &path);
                }
                // Contenders and the like: a new member there is a slip of the pen, not a wish. A strategy, though, may be a file that a
                // group plays, laid under what is set here; one that nobody plays is refused when the experiment is read.
                let is_closed = !here.is_empty() && here != "strategies" && table.holds_only_tables();
                if is_closed && !rest.is_empty() {
                    return Err(self.unknown(here, segment, &table.keys().collect::<Vec<_>>(), 0));
                }
                let content = Content::Table(Table::default());
                let mut node = Node { origin: self.origin.clone(), content };
                self.walk(&mut node, rest, &path)?;
                table.entries.push(Entry { key: segment.clone(), origin: self.origin.clone(), node });
                Ok(())
            }
            _ => Err(self
                .refuse(&path, format!("`{here}` is no table, so it has no `{segment}`"))
                .found(found)
                .into()),
        }
    }

    /// `*`: every table of a list, or every sub-table of a table.
    fn walk_all(&self, at: &mut Node, rest: &[String], here: &str) -> Result<(), Diagnostics> {
        let path = if here.is_empty() { "*".to_owned() } else { format!("{here}.*") };
        let nodes: Vec<&mut Node> = match &mut at.content {
            Content::List(list) => list.iter_mut().collect(),
            Content::Table(table) => table.entries.iter_mut().map(|entry| &mut entry.node).collect(),
            _ => Vec::new(),
        };
        let mut tables: Vec<_> = nodes.into_iter().filter(|node| node.table().is_some()).collect();
        if tables.is_empty() {
            return Err(self
                .refuse(&path, format!("`{path}` stands for no table: `{here}` holds none"))
                .into());
        }
        if rest.is_empty() {
            return Err(self.refuse(&path, format!("a key is missing behind `{path}`")).into());
        }
        tables.iter_mut().try_for_each(|node| self.walk(node, rest, &path))
    }

    fn refuse(&self, path: &str, message: String) -> Diagnostic {
        Diagnostic::at(&self.origin, path, message)
    }

    fn unknown(&self, here: &str, segment: &str, names: &[&str], length: usize) -> Diagnostics {
        let mut allowed: Vec<String> = names.iter().map(|name| path::segment(name)).collect();
        if length > 0 {
            allowed.push(format!("a place from 0 to {}", length - 1));
            allowed.push("*".to_owned());
        }
        let near = nearest(segment, names.iter().copied());
        self.refuse(&path::join(here, segment), format!("`{here}` has no member `{segment}`"))
            .allowed(if allowed.is_empty() {
                "nothing: the list is empty".to_owned()
            } else {
                allowed.join(", ")
            })
            .help(near.map(|name| format!("did you mean `{}`?", path::join(here, name))))
            .into()
    }
}

impl Table {
    fn holds_only_tables(&self) -> bool {
        !self.entries.is_empty() && self.entries.iter().all(|entry| entry.node.has_header())
    }
}

/// Fills absent keys, see [`super::Document::underlay`].
pub(super) fn underlay(root: &mut Node, path: &str, other: Node) {
    let mut at = root;
    for segment in path::split(path).unwrap_or_default() {
        let Content::Table(table) = &mut at.content else { return };
        let place = table.entries.iter().position(|entry| entry.key == segment).unwrap_or_else(|| {
            let node = Node { origin: other.origin.clone(), content: Content::Table(Table::default()) };
            table.entries.push(Entry { key: segment, origin: other.origin.clone(), node });
            table.entries.len() - 1
        });
        at = &mut table.entries[place].node;
    }
    if let (Content::Table(table), Content::Table(more)) = (&mut at.content, other.content) {
        fill(table, more);
    }
}

fn fill(table: &mut Table, more: Table) {
    for entry in more.entries {
        match table.entries.iter_mut().find(|own| own.key == entry.key) {
            None => table.entries.push(entry),
            Some(own) => {
                if let (Content::Table(own), Content::Table(more)) =
                    (&mut own.node.content, entry.node.content)
                    && !own.inline
                    && !more.inline
                {
                    fill(own, more);
                }
            }
        }
    }
}

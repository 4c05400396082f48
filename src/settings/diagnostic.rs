//! What is wrong with a file, said so that it can be put right.

use std::fmt;

use super::origin::{Origin, Place};

/// One thing that is wrong: where, what was found, what is allowed, and perhaps what was meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    file: Option<String>,
    place: Option<Place>,
    argument: Option<String>,
    path: String,
    message: String,
    found: Option<String>,
    allowed: Option<String>,
    help: Option<String>,
    /// Whether it is only that nobody read a key.
    unread: bool,
    /// Which of several variants of the file has it.
    variant: Option<String>,
    /// Whether it is a key that exists, where nothing reads it. That is often what another error brings about, so it comes last.
    idle: bool,
    order: (bool, usize),
    /// At how many other paths the same argument is wrong in the same way.
    elsewhere: usize,
}

impl Diagnostic {
    /// At a key or value; `path` is its path in the file.
    pub(super) fn at(origin: &Origin, path: impl Into<String>, message: impl Into<String>) -> Self {
        let (file, argument) = match origin {
            Origin::File(source, _) => (Some(source.name.clone()), None),
            Origin::Argument(argument) => (None, Some(argument.to_string())),
        };
        Self {
            file,
            place: origin.place(),
            argument,
            path: path.into(),
            message: message.into(),
            found: None,
            allowed: None,
            help: None,
            unread: false,
            idle: false,
            variant: None,
            order: origin.order(),
            elsewhere: 0,
        }
    }

    /// About a whole file.
    pub(super) fn plain(file: &str, message: &str, help: Option<String>) -> Self {
        Self {
            file: Some(file.to_owned()),
            place: None,
            argument: None,
            path: String::new(),
            message: message.to_owned(),
            found: None,
            allowed: None,
            help,
            unread: false,
            idle: false,
            variant: None,
            order: (false, 0),
            elsewhere: 0,
        }
    }

    pub(super) fn found(mut self, found: impl Into<String>) -> Self {
        self.found = Some(found.into());
        self
    }

    pub(super) fn allowed(mut self, allowed: impl Into<String>) -> Self {
        self.allowed = Some(allowed.into());
        self
    }

    pub(super) fn help(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }

    pub(super) fn unread(mut self) -> Self {
        self.unread = true;
        self
    }

    pub(super) fn idle(mut self) -> Self {
        self.idle = true;
        self
    }

    /// Whether both say the same of one argument, which sets the keys of several tables at once.
    fn repeats(&self, other: &Self) -> bool {
        let same = |d: &Self| {
            (d.message.clone(), d.found.clone(), d.allowed.clone(), d.help.clone(), d.variant.clone())
        };
        self.argument.is_some() && self.argument == other.argument && same(self) == same(other)
    }

    /// The file, as it was named on opening; `None` for a `--set` argument.
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// The line, from 1.
    pub fn line(&self) -> Option<usize> {
        self.place.as_ref().map(|place| place.line)
    }

    /// The column in characters, from 1.
    pub fn column(&self) -> Option<usize> {
        self.place.as_ref().map(|place| place.column)
    }

    /// Path of the key, such as `mechanism.dpos.seats`; empty for a whole file.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// All of it as a JSON object: `file`, `line`, `column`, `argument`, `path`, `message`, `found`, `allowed`,
    /// `variant`, `help`; what does not apply is `null`.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "file": self.file,
            "line": self.line(),
            "column": self.column(),
            "argument": self.argument.as_ref().map(|argument| format!("--set {argument}")),
            "path": self.path,
            "message": self.message,
            "found": self.found,
            "allowed": self.allowed,
            "variant": self.variant,
            "help": self.help,
        })
    }
}

/// Several lines: the message, ` --> FILE:LINE:COLUMN` (or the argument) with the key's path, the line itself with
/// the place underlined, then what was found, what is allowed, and help.
impl fmt::Display for Diagnostic {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        writeln!(out, "error: {}", self.message)?;
        let margin = self.line().map_or(0, |line| line.to_string().len());
        write!(out, "{:margin$}--> ", "")?;
        match (&self.file, &self.place, &self.argument) {
            (Some(file), Some(place), _) => write!(out, "{file}:{}:{}", place.line, place.column)?,
            (Some(file), None, _) => write!(out, "{file}")?,
            (None, _, Some(argument)) if self.variant.is_some() => write!(out, "{argument}")?,
            (None, _, Some(argument)) => write!(out, "--set {argument}")?,
            (None, _, None) => {}
        }
        if self.path.is_empty() {
            writeln!(out)?;
        } else {
            match self.elsewhere {
                0 => writeln!(out, " ({})", self.path)?,
                1 => writeln!(out, " ({} and another)", self.path)?,
                others => writeln!(out, " ({} and {others} others)", self.path)?,
            }
        }
        if let Some(place) = &self.place {
            writeln!(out, "{:margin$} |", "")?;
            // A tab would shift the underline.
            writeln!(out, "{} | {}", place.line, place.text.replace('\t', " "))?;
            writeln!(
                out,
                "{:margin$} | {:indent$}{:^<width$}",
                "",
                "",
                "",
                indent = place.column - 1,
                width = place.width
            )?;
        }
        let found = self.found.as_ref().map(|found| format!("found {found}"));
        let allowed = self.allowed.as_ref().map(|allowed| format!("allowed: {allowed}"));
        let known: Vec<String> = found.into_iter().chain(allowed).collect();
        if !known.is_empty() {
            writeln!(out, "{:margin$} = {}", "", known.join(", "))?;
        }
        if let Some(variant) = &self.variant {
            writeln!(out, "{:margin$} = at {variant}", "")?;
        }
        if let Some(help) = &self.help {
            writeln!(out, "{:margin$} = help: {help}", "")?;
        }
        Ok(())
    }
}

/// Everything that is wrong with a file, top to bottom, `--set` arguments below it; keys that exist but go unread come last.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Sorted as they stand in the file; the same error found twice is said once, and so is one of an argument for several tables.
    pub fn new(mut all: Vec<Diagnostic>) -> Self {
        all.sort_by(|a, b| {
            (a.idle, a.order.0, &a.file, a.order.1).cmp(&(b.idle, b.order.0, &b.file, b.order.1))
        });
        let mut unique: Vec<Diagnostic> = Vec::with_capacity(all.len());
        for diagnostic in all {
            if unique.contains(&diagnostic) {
                continue;
            }
            match unique.iter_mut().find(|known| known.repeats(&diagnostic)) {
                Some(known) => known.elsewhere += 1,
                None => unique.push(diagnostic),
            }
        }
        Self(unique)
    }

    /// One error about a whole file, such as one that is not text.
    pub fn plain(file: &str, message: &str, help: Option<String>) -> Self {
        Self(vec![Diagnostic::plain(file, message, help)])
    }

    /// These errors and those of another file.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// These errors as those of one of several variants of a file, such as a design point, named in words. Keys that it does not
    /// read are none, as another variant may.
    #[must_use]
    pub fn of_variant(mut self, name: &str) -> Self {
        if self.0.iter().any(|diagnostic| !diagnostic.unread) {
            self.0.retain(|diagnostic| !diagnostic.unread);
        }
        for diagnostic in &mut self.0 {
            diagnostic.variant = Some(name.to_owned());
        }
        self
    }

    /// The errors, top to bottom.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A JSON list of [`Diagnostic::to_json`].
    pub fn to_json(&self) -> serde_json::Value {
        self.0.iter().map(Diagnostic::to_json).collect()
    }

    pub(crate) fn into_vec(self) -> Vec<Diagnostic> {
        self.0
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

/// Every error, with an empty line between two, and their number where there are several.
impl fmt::Display for Diagnostics {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        for (i, diagnostic) in self.0.iter().enumerate() {
            if i > 0 {
                writeln!(out)?;
            }
            write!(out, "{diagnostic}")?;
        }
        if self.0.len() > 1 {
            writeln!(out, "\n{} errors", self.0.len())?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

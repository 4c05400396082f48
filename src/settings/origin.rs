//! Where a key or value came from: a place in a file, or a `--set` argument.

use std::ops::Range;
use std::sync::Arc;

/// A file's name and text.
#[derive(Debug)]
pub(super) struct Source {
    /// The name that messages give, as the user typed it.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// Whether it is made for many experiments, none of which need read all of it.
    pub shared: bool,
}

/// Where a key or a value came from.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    /// A span of bytes in a file.
    File(Arc<Source>, Range<usize>),
    /// A `--set` argument, `PATH=VALUE`.
    Argument(Arc<str>),
}

/// A place for people: what a diagnostic prints. Lines and columns count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub line: usize,
    pub column: usize,
    /// The text of the line, without its end.
    pub text: String,
    /// Characters to underline, at least 1.
    pub width: usize,
}

impl Origin {
    /// Whether it is in a file that is made for many experiments.
    pub(super) fn is_shared(&self) -> bool {
        matches!(self, Self::File(source, _) if source.shared)
    }

    /// The place of a span in a file; `None` for an argument.
    pub(super) fn place(&self) -> Option<Place> {
        let Self::File(source, span) = self else { return None };
        Some(locate(&source.text, span))
    }

    /// Sorts diagnostics: files before arguments, then top to bottom.
    pub(super) fn order(&self) -> (bool, usize) {
        match self {
            Self::File(_, span) => (false, span.start),
            Self::Argument(_) => (true, 0),
        }
    }
}

fn locate(text: &str, span: &Range<usize>) -> Place {
    let floor = |at: usize| (0..=at.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0);
    let mut start = floor(span.start);
    // The parser puts an unexpected end of the file behind the last newline, where there is nothing to see.
    if start == text.len() && text.ends_with('\n') {
        start -= 1;
    }
    let begin = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[begin..].split('\n').next().unwrap_or("").trim_end_matches('\r');
    let end = floor(span.end).clamp(start, (begin + line.len()).max(start));
    Place {
        line: text[..begin].matches('\n').count() + 1,
        column: text[begin..start].trim_start_matches('\u{feff}').chars().count() + 1,
        text: line.trim_start_matches('\u{feff}').to_owned(),
        width: text[start..end].trim_end().chars().count().max(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_and_in_characters() {
        let text = "first\r\nµ = \"é\"\nlast\n";
        let at = |part: &str| {
            let start = text.find(part).unwrap();
            locate(text, &(start..start + part.len()))
        };
        assert_eq!((at("first").line, at("first").column, at("first").width), (1, 1, 5));
        assert_eq!(at("first").text, "first");
        assert_eq!((at("\"é\"").line, at("\"é\"").column, at("\"é\"").width), (2, 5, 3));
        let end = locate(text, &(text.len()..text.len()));
        assert_eq!((end.line, end.column, end.width), (3, 5, 1));
        assert_eq!(locate("", &(0..0)).line, 1);
        assert_eq!(locate("\u{feff}key = 1", &(3..6)).column, 1);
        assert_eq!(locate("a = \"\"\"\nx\"\"\"", &(4..12)).width, 3, "only the first line is underlined");
    }
}

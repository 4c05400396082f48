//! Paths such as `mechanism.dpos.seats`: splitting and writing them.

use super::value::quote;

/// One key as it stands in a path: bare where TOML allows it, quoted otherwise.
pub(super) fn segment(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !key.is_empty() && key.chars().all(bare) { key.to_owned() } else { quote(key) }
}

/// `parent.key`, or `key` at the top.
pub(super) fn join(parent: &str, key: &str) -> String {
    if parent.is_empty() { segment(key) } else { format!("{parent}.{}", segment(key)) }
}

/// Splits a path at its dots; `"…"` and `'…'` protect dots. `None` if a segment is empty or a quote stays open.
pub(super) fn split(path: &str) -> Option<Vec<String>> {
    let mut segments = Vec::new();
    let mut rest = path.trim();
    loop {
        let (segment, after) = if let quote @ ('"' | '\'') = rest.chars().next()? {
            let end = rest[1..].find(quote)? + 1;
            (&rest[1..end], rest[end + 1..].trim_start())
        } else {
            let end = rest.find('.').unwrap_or(rest.len());
            (rest[..end].trim(), &rest[end..])
        };
        if segment.is_empty() {
            return None;
        }
        segments.push(segment.to_owned());
        if after.is_empty() {
            return Some(segments);
        }
        rest = after.strip_prefix('.')?.trim_start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_split_at_dots_outside_quotes() {
        let split = |path| split(path).map(|segments| segments.join("|"));
        assert_eq!(split("mechanism.dpos.seats").as_deref(), Some("mechanism|dpos|seats"));
        assert_eq!(split(" a . \"b.c\" .'d.e'").as_deref(), Some("a|b.c|d.e"));
        assert_eq!(split("sequencers.*.strategy").as_deref(), Some("sequencers|*|strategy"));
        for broken in ["", ".", "a.", ".a", "a..b", "a.\"b", "\"a\"b", "a.''"] {
            assert_eq!(split(broken), None, "{broken}");
        }
    }

    #[test]
    fn keys_are_quoted_where_toml_needs_it() {
        assert_eq!(join("a.b", "c-1_d"), "a.b.c-1_d");
        assert_eq!(join("", "v1.2"), "\"v1.2\"");
        assert_eq!(segment(""), "\"\"");
    }
}

//! A value as a domain reader sees it: TOML's types without dates, and without its origin.

use std::fmt;

use super::path;

/// A value read from a file: number, whole number, flag, text, list or table (keys in file order).
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number with a decimal point or exponent, or `inf`, `nan`.
    Number(f64),
    /// A whole number.
    Integer(i64),
    /// `true` or `false`.
    Flag(bool),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// A table, keys in file order.
    Table(Vec<(String, Value)>),
}

impl Value {
    /// The number that a `Number` or an `Integer` holds.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Integer(integer) => Some(*integer as f64),
            _ => None,
        }
    }

    /// The numbers that a `List` of nothing else holds.
    pub fn as_numbers(&self) -> Option<Vec<f64>> {
        self.as_list()?.iter().map(Self::as_number).collect()
    }

    /// The text that a `Text` holds.
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The elements of a `List`.
    pub fn as_list(&self) -> Option<&[Value]> {
        if let Self::List(list) = self { Some(list) } else { None }
    }

    /// The entries of a `Table`, in file order.
    pub fn as_table(&self) -> Option<&[(String, Value)]> {
        if let Self::Table(entries) = self { Some(entries) } else { None }
    }

    /// The value under `key` of a `Table`.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_table()?.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The same value for JSON; infinities and NaN, which JSON lacks, become texts.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Number(number) => serde_json::Number::from_f64(*number)
                .map_or_else(|| serde_json::Value::String(self.to_string()), serde_json::Value::Number),
            Self::Integer(integer) => (*integer).into(),
            Self::Flag(flag) => (*flag).into(),
            Self::Text(text) => text.clone().into(),
            Self::List(list) => list.iter().map(Self::to_json).collect(),
            Self::Table(entries) => serde_json::Value::Object(
                entries.iter().map(|(key, value)| (key.clone(), value.to_json())).collect(),
            ),
        }
    }

    /// What a diagnostic says was found: `the text "four"`, `0.5`, `the list [1, 2]`.
    pub(super) fn found(&self) -> String {
        let shown = shorten(&self.to_string());
        match self {
            Self::Number(_) | Self::Integer(_) => shown,
            Self::Flag(_) => format!("the flag {shown}"),
            Self::Text(_) => format!("the text {shown}"),
            Self::List(_) => format!("the list {shown}"),
            Self::Table(_) => format!("the table {shown}"),
        }
    }
}

/// Writes the value as TOML on one line. Numbers are the shortest decimals that read back to the same number.
impl fmt::Display for Value {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Number(number) if number.is_nan() => out.write_str("nan"),
            Self::Number(number) => write!(out, "{number:?}"),
            Self::Integer(integer) => write!(out, "{integer}"),
            Self::Flag(flag) => write!(out, "{flag}"),
            Self::Text(text) => out.write_str(&quote(text)),
            Self::List(list) => {
                out.write_str("[")?;
                for (i, value) in list.iter().enumerate() {
                    write!(out, "{}{value}", if i > 0 { ", " } else { "" })?;
                }
                out.write_str("]")
            }
            Self::Table(entries) if entries.is_empty() => out.write_str("{}"),
            Self::Table(entries) => {
                for (i, (key, value)) in entries.iter().enumerate() {
                    write!(out, "{}{} = {value}", if i > 0 { ", " } else { "{ " }, path::segment(key))?;
                }
                out.write_str(" }")
            }
        }
    }
}

/// A TOML basic string: control characters are escaped, so that it stays on one line.
pub(super) fn quote(text: &str) -> String {
    use fmt::Write;
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            control if control.is_control() => {
                // Writing to a String cannot fail.
                let _ = write!(quoted, "\\u{:04X}", u32::from(control));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// Cuts what is too long for a message.
fn shorten(text: &str) -> String {
    const LIMIT: usize = 72;
    if text.chars().count() <= LIMIT {
        return text.to_owned();
    }
    text.chars().take(LIMIT - 1).chain(['…']).collect()
}

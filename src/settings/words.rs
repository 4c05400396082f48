//! What a parameter takes, in words: for messages, `list parameters` and the schema.

use super::parameter::{Default, Kind, Parameter};
use super::value::quote;

impl Parameter {
    /// Which values it takes, in words: "a whole number from 1 to 12 (seats)".
    pub fn allowed(&self) -> String {
        let words = self.kind.allowed();
        if self.unit.is_empty() { words } else { format!("{words} ({})", self.unit) }
    }

    /// Its default as it would stand in a file, or `required`, or `absent`.
    pub fn default_text(&self) -> String {
        match self.default {
            Default::Required => "required".to_owned(),
            Default::Absent => "absent".to_owned(),
            Default::Number(number) => format!("{number:?}"),
            Default::Integer(integer) => integer.to_string(),
            Default::Flag(flag) => flag.to_string(),
            Default::Text(text) => quote(text),
        }
    }
}

impl Kind {
    /// Which values it takes, in words.
    pub fn allowed(&self) -> String {
        match *self {
            Self::Number { low, high, open_low, open_high } => range_in_words(low, high, open_low, open_high),
            Self::Integer { low, high } if high >= i64::MAX as u64 => {
                format!("a whole number of at least {low}")
            }
            Self::Integer { low, high } => format!("a whole number from {low} to {high}"),
            Self::Flag => "true or false".to_owned(),
            Self::Text => "a text".to_owned(),
            Self::Choice(choices) => one_of(choices),
            Self::Numbers => "a list of numbers".to_owned(),
            Self::Custom(allowed) => allowed.to_owned(),
        }
    }
}

fn range_in_words(low: f64, high: f64, open_low: bool, open_high: bool) -> String {
    let below = low > -f64::MAX;
    let above = high < f64::MAX;
    let mut words = match (below, above) {
        (false, false) => "a number".to_owned(),
        (true, true) if !open_low && !open_high => format!("a number from {low} to {high}"),
        _ => {
            let lower = format!("{} {low}", if open_low { "above" } else { "of at least" });
            let upper = format!("{} {high}", if open_high { "below" } else { "of at most" });
            match (below, above) {
                (true, true) => format!("a number {lower} and {}", upper.trim_start_matches("of ")),
                (true, false) => format!("a number {lower}"),
                _ => format!("a number {upper}"),
            }
        }
    };
    if high == f64::INFINITY && !open_high {
        words.push_str(", or inf");
    }
    if low == f64::NEG_INFINITY && !open_low {
        words.push_str(", or -inf");
    }
    words
}

/// `one of "first", "second"`.
fn one_of(choices: &[&str]) -> String {
    let quoted: Vec<String> = choices.iter().map(|choice| quote(choice)).collect();
    match quoted.as_slice() {
        [only] => only.clone(),
        many => format!("one of {}", many.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_in_words() {
        let number = |low, high| Parameter::number_required("x", low, high, "", "");
        assert_eq!(number(0.0, 1.0).allowed(), "a number from 0 to 1");
        assert_eq!(number(0.0, 1.0).open_low().allowed(), "a number above 0 and at most 1");
        assert_eq!(number(0.0, 1.0).open_high().allowed(), "a number of at least 0 and below 1");
        assert_eq!(number(0.0, f64::MAX).open_low().allowed(), "a number above 0");
        assert_eq!(number(0.0, f64::INFINITY).allowed(), "a number of at least 0, or inf");
        assert_eq!(number(0.0, f64::INFINITY).open_high().allowed(), "a number of at least 0");
        assert_eq!(number(-f64::MAX, 2.5).allowed(), "a number of at most 2.5");
        assert_eq!(number(-f64::MAX, f64::MAX).allowed(), "a number");
        let seats = Parameter::integer("seats", 1, 12, 4, "seats", "");
        assert_eq!(seats.allowed(), "a whole number from 1 to 12 (seats)");
        assert_eq!(
            Parameter::integer_required("n", 1, u64::MAX, "", "").allowed(),
            "a whole number of at least 1"
        );
        assert_eq!(Parameter::choice("c", &["a", "b"], "b", "").allowed(), "one of \"a\", \"b\"");
        assert_eq!(Parameter::choice_required("c", &["a"], "").allowed(), "\"a\"");
    }

    #[test]
    fn defaults_in_words() {
        assert_eq!(Parameter::number("x", 0.0, 1.0, 0.5, "", "").default_text(), "0.5");
        assert_eq!(Parameter::number("x", 0.0, 1.0, 1.0, "", "").default_text(), "1.0");
        assert_eq!(Parameter::integer("x", 0, 9, 3, "", "").default_text(), "3");
        assert_eq!(Parameter::flag("x", true, "").default_text(), "true");
        assert_eq!(Parameter::text("x", "a\"b", "").default_text(), "\"a\\\"b\"");
        assert_eq!(Parameter::text_required("x", "").default_text(), "required");
        assert_eq!(Parameter::text_optional("x", "").default_text(), "absent");
    }
}

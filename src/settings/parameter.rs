//! One row of the parameter table: what a key means, which values it takes and what it is if not given.

/// A key that some module of the program reads: declared as a constant, and read through that constant.
///
/// The constructors check at compile time that the default lies in the range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameter {
    /// The key within its table, such as `seats`.
    pub key: &'static str,
    /// Type and range.
    pub kind: Kind,
    /// What holds where the key is not given.
    pub default: Default,
    /// Unit, such as `ETH`; empty for pure numbers.
    pub unit: &'static str,
    /// One sentence: what it is.
    pub doc: &'static str,
    /// How a design or an optimizer should move it.
    pub scale: Scale,
}

/// Type and range of a parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A number from `low` to `high`; an open end is itself excluded. A closed infinite end admits `inf`: declare
    /// `f64::MAX`, or `.open_high()`, where only finite numbers make sense. NaN is never in range.
    Number {
        /// Least value.
        low: f64,
        /// Greatest value.
        high: f64,
        /// Whether `low` itself is excluded.
        open_low: bool,
        /// Whether `high` itself is excluded.
        open_high: bool,
    },
    /// A whole number from `low` to `high`. TOML's whole numbers end at 2⁶³ − 1.
    Integer {
        /// Least value.
        low: u64,
        /// Greatest value.
        high: u64,
    },
    /// `true` or `false`.
    Flag,
    /// Any text.
    Text,
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// A list of finite numbers.
    Numbers,
    /// Whatever a domain reader accepts; the text says what that is, such as "a distribution".
    Custom(&'static str),
}

/// What holds where a key is not given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Default {
    /// Nothing: the key must be given.
    Required,
    /// The parameter is then absent.
    Absent,
    /// This number.
    Number(f64),
    /// This whole number.
    Integer(u64),
    /// This flag.
    Flag(bool),
    /// This text or choice.
    Text(&'static str),
}

/// How a design or an optimizer should move a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// In equal differences.
    Linear,
    /// In equal ratios.
    Log,
}

impl Parameter {
    const fn new(
        key: &'static str,
        kind: Kind,
        default: Default,
        unit: &'static str,
        doc: &'static str,
    ) -> Self {
        Self { key, kind, default, unit, doc, scale: Scale::Linear }
    }

    /// A number in `[low, high]` with a default.
    pub const fn number(
        key: &'static str,
        low: f64,
        high: f64,
        default: f64,
        unit: &'static str,
        doc: &'static str,
    ) -> Self {
        assert!(low <= default && default <= high, "the default lies outside the range");
        Self::new(key, closed(low, high), Default::Number(default), unit, doc)
    }

    /// A number in `[low, high]` that must be given.
    pub const fn number_required(
        key: &'static str,
        low: f64,
        high: f64,
        unit: &'static str,
        doc: &'static str,
    ) -> Self {
        Self::new(key, closed(low, high), Default::Required, unit, doc)
    }

    /// A number in `[low, high]` that may be absent.
    pub const fn number_optional(
        key: &'static str,
        low: f64,
        high: f64,
        unit: &'static str,
        doc: &'static str,
    ) -> Self {
        Self::new(key, closed(low, high), Default::Absent, unit, doc)
    }

    /// A whole number from `low` to `high` with a default.
    pub const fn integer(
        key: &'static str,
        low: u64,
        high: u64,
        default: u64,
        unit: &'static str,
        doc: &'static str,
    ) -> Self {
        assert!(low <= default && default <= high, "the default lies outside the range");
        Self::new(key, whole(low, high), Default::Integer(default), unit, doc)
    }

    /// A whole number from `low` to `high` that must be given.
    pub const fn integer_required(
        key: &'static str,
        low: u64,
        high: u64,
        unit: &'static str,
        doc: &'static str,
    ) -> Self {
        Self::new(key, whole(low, high), Default::Required, unit, doc)
    }

    /// A whole number from `low` to `high` that may be absent.
    pub const fn integer_optional(
        key: &'static str,
        low: u64,
        high: u64,
        unit: &'static str,
        doc: &'static str,
    ) -> Self {
        Self::new(key, whole(low, high), Default::Absent, unit, doc)
    }

    /// `true` or `false`, with a default.
    pub const fn flag(key: &'static str, default: bool, doc: &'static str) -> Self {
        Self::new(key, Kind::Flag, Default::Flag(default), "", doc)
    }

    /// One of `choices`, with a default among them.
    pub const fn choice(
        key: &'static str,
        choices: &'static [&'static str],
        default: &'static str,
        doc: &'static str,
    ) -> Self {
        assert!(holds(choices, default), "the default is not among the choices");
        Self::new(key, Kind::Choice(choices), Default::Text(default), "", doc)
    }

    /// One of `choices`; must be given.
    pub const fn choice_required(
        key: &'static str,
        choices: &'static [&'static str],
        doc: &'static str,
    ) -> Self {
        assert!(!choices.is_empty(), "there is nothing to choose from");
        Self::new(key, Kind::Choice(choices), Default::Required, "", doc)
    }

    /// One of `choices`; may be absent.
    pub const fn choice_optional(
        key: &'static str,
        choices: &'static [&'static str],
        doc: &'static str,
    ) -> Self {
        assert!(!choices.is_empty(), "there is nothing to choose from");
        Self::new(key, Kind::Choice(choices), Default::Absent, "", doc)
    }

    /// A text with a default.
    pub const fn text(key: &'static str, default: &'static str, doc: &'static str) -> Self {
        Self::new(key, Kind::Text, Default::Text(default), "", doc)
    }

    /// A text that must be given.
    pub const fn text_required(key: &'static str, doc: &'static str) -> Self {
        Self::new(key, Kind::Text, Default::Required, "", doc)
    }

    /// A text that may be absent.
    pub const fn text_optional(key: &'static str, doc: &'static str) -> Self {
        Self::new(key, Kind::Text, Default::Absent, "", doc)
    }

    /// A list of finite numbers that must be given.
    pub const fn numbers_required(key: &'static str, unit: &'static str, doc: &'static str) -> Self {
        Self::new(key, Kind::Numbers, Default::Required, unit, doc)
    }

    /// A list of finite numbers that may be absent (and is then empty).
    pub const fn numbers_optional(key: &'static str, unit: &'static str, doc: &'static str) -> Self {
        Self::new(key, Kind::Numbers, Default::Absent, unit, doc)
    }

    /// What a domain reader accepts; must be given. `allowed` completes "allowed: …".
    pub const fn custom_required(key: &'static str, allowed: &'static str, doc: &'static str) -> Self {
        Self::new(key, Kind::Custom(allowed), Default::Required, "", doc)
    }

    /// What a domain reader accepts; may be absent. `allowed` completes "allowed: …".
    pub const fn custom_optional(key: &'static str, allowed: &'static str, doc: &'static str) -> Self {
        Self::new(key, Kind::Custom(allowed), Default::Absent, "", doc)
    }

    /// Excludes the lower end of the range.
    #[must_use]
    pub const fn open_low(mut self) -> Self {
        let Kind::Number { low, high, open_high, .. } = self.kind else {
            panic!("only the range of a number can be open")
        };
        if let Default::Number(default) = self.default {
            assert!(default > low, "the default lies outside the range");
        }
        self.kind = Kind::Number { low, high, open_low: true, open_high };
        self
    }

    /// Excludes the upper end of the range.
    #[must_use]
    pub const fn open_high(mut self) -> Self {
        let Kind::Number { low, high, open_low, .. } = self.kind else {
            panic!("only the range of a number can be open")
        };
        if let Default::Number(default) = self.default {
            assert!(default < high, "the default lies outside the range");
        }
        self.kind = Kind::Number { low, high, open_low, open_high: true };
        self
    }

    /// A design or an optimizer should move it in equal ratios.
    #[must_use]
    pub const fn log(mut self) -> Self {
        self.scale = Scale::Log;
        self
    }
}

const fn closed(low: f64, high: f64) -> Kind {
    assert!(low <= high, "the range is empty");
    Kind::Number { low, high, open_low: false, open_high: false }
}

const fn whole(low: u64, high: u64) -> Kind {
    assert!(low <= high, "the range is empty");
    Kind::Integer { low, high }
}

/// Whether `word` is among `choices`; by hand, since comparing texts is not yet possible at compile time.
const fn holds(choices: &[&str], word: &str) -> bool {
    let mut i = 0;
    while i < choices.len() {
        let (a, b) = (choices[i].as_bytes(), word.as_bytes());
        let mut j = 0;
        while j < a.len() && j < b.len() && a[j] == b[j] {
            j += 1;
        }
        if j == a.len() && j == b.len() {
            return true;
        }
        i += 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builders_keep_the_rest() {
        const COST: Parameter = Parameter::number("cost", 0.0, 1.0, 0.5, "ETH", "A cost.").open_low().log();
        assert_eq!(COST.kind, Kind::Number { low: 0.0, high: 1.0, open_low: true, open_high: false });
        assert_eq!((COST.scale, COST.unit, COST.doc), (Scale::Log, "ETH", "A cost."));
    }
}

//! Whether a value is of a parameter's type and in its range.

use super::document::{Content, Node};
use super::parameter::Kind;
use super::value::Value;

/// Why a value is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Type,
    Range,
    Choice,
}

/// The value in the type that the parameter declares, or why not.
pub(super) fn check(kind: &Kind, node: &Node) -> Result<Value, Refusal> {
    match (*kind, &node.content) {
        (Kind::Number { low, high, open_low, open_high }, Content::Number(_) | Content::Integer(_)) => {
            let number = node.to_value().as_number().unwrap_or(f64::NAN);
            // Written so that NaN, which compares with nothing, is refused.
            let above = if open_low { number > low } else { number >= low };
            let below = if open_high { number < high } else { number <= high };
            if above && below { Ok(Value::Number(number)) } else { Err(Refusal::Range) }
        }
        (Kind::Integer { low, high }, Content::Integer(integer)) => match u64::try_from(*integer) {
            Ok(whole) if low <= whole && whole <= high => Ok(Value::Integer(*integer)),
            _ => Err(Refusal::Range),
        },
        (Kind::Flag, Content::Flag(flag)) => Ok(Value::Flag(*flag)),
        (Kind::Text, Content::Text(text)) => Ok(Value::Text(text.clone())),
        (Kind::Choice(choices), Content::Text(text)) => {
            if choices.contains(&text.as_str()) {
                Ok(Value::Text(text.clone()))
            } else {
                Err(Refusal::Choice)
            }
        }
        (Kind::Numbers, Content::List(list)) => {
            let finite = Kind::Number { low: -f64::MAX, high: f64::MAX, open_low: false, open_high: false };
            list.iter().map(|item| check(&finite, item)).collect::<Result<_, _>>().map(Value::List)
        }
        (Kind::Custom(_), _) if !node.is_strange() => Ok(node.to_value()),
        _ => Err(Refusal::Type),
    }
}

impl Node {
    /// Whether anything in here is a date or beyond 64 bits, which no reader takes.
    fn is_strange(&self) -> bool {
        match &self.content {
            Content::Strange(_) => true,
            Content::List(list) => list.iter().any(Self::is_strange),
            Content::Table(table) => table.entries.iter().any(|entry| entry.node.is_strange()),
            _ => false,
        }
    }
}

//! A small pretend domain, read from small files.

mod assigning;
mod parsing;
mod reading;
mod resolving;
mod roundtrip;
mod schema;
mod unread;

use super::*;

const SEATS: Parameter = Parameter::integer("seats", 1, 12, 4, "seats", "Sequencers that share an epoch.");
const COMMISSION: Parameter = Parameter::number("commission", 0.0, 1.0, 0.1, "", "Share kept.");
const COST: Parameter = Parameter::number("live_cost", 0.0, f64::MAX, 1.0, "ETH", "Cost of a slot.");
const POWER: Parameter = Parameter::number_required("power", 0.0, 4.0, "", "Exponent.").open_low();
const BOND: Parameter = Parameter::number_optional("bond", 0.0, f64::MAX, "ETH", "Deposit.");
const PRICING: Parameter =
    Parameter::choice("pricing", &["first", "second", "vcg"], "first", "How the winner pays.");
const RULE: Parameter = Parameter::choice_required("rule", &["auction", "stake", "centralized"], "The rule.");
const REPLACEMENT: Parameter = Parameter::flag("replacement", true, "Whether a seat is refilled.");
const NAME: Parameter = Parameter::text_required("name", "Its name.");
const WEIGHTS: Parameter = Parameter::numbers_optional("weights", "", "Weights.");
const VALUE: Parameter = Parameter::custom_optional("value", "a distribution", "Private value.");

/// Reads a file of one table `[mechanism.a]` in which every sample parameter is known.
fn read_with<T>(text: &str, read: impl FnOnce(&Section) -> T) -> (T, Result<Resolved, Diagnostics>) {
    let document = Document::parse("dir/a.toml", text).unwrap();
    let reader = Reader::new();
    let result = read(&document.root(&reader));
    (result, reader.finish())
}

/// The text of the errors of reading one parameter from a file of one line.
fn errors(text: &str, read: impl FnOnce(&Section)) -> String {
    let ((), result) = read_with(text, read);
    result.expect_err("the file is wrong").to_string()
}

/// Asserts that a text holds all of these phrases.
#[track_caller]
fn holds(text: &str, phrases: &[&str]) {
    for phrase in phrases {
        assert!(text.contains(phrase), "no {phrase:?} in:\n{text}");
    }
}

//! Formulas over what an agent sees, such as `value * (n - 1) / n`.
//!
//! A formula gives an offer in the lever's own unit (ETH per scheduled slot for a bid, ETH an epoch for the whole stake
//! for a kickback; a share of income where that is what kickbacks are). It may use
//!
//! | name | means |
//! |---|---|
//! | `value` | the agent's own net value in the unit of the offer: a relative offer of 1 |
//! | `reserve` | the least offer that counts: a relative offer of 0 |
//! | `rank` | the quantile of its private signal, in (0, 1) |
//! | `n`, `k` | candidates, seats |
//! | `epoch_slots` | slots of an epoch |
//! | `cost` | what a live slot costs the agent more than an idle one, ETH |
//! | `fee` | fees of a slot as last epoch's demand lets expect, ETH (0 in the abstract world) |
//!
//! with `+ - * / ^`, brackets, and `min`, `max`, `exp`, `ln`, `sqrt`, `abs`, `floor`, `ceil`. A formula that comes to less than
//! zero abstains. Evaluation allocates nothing, and its functions give the same bits on every processor.
//!
//! The `exmex` crate parses and evaluates; `syntax` comes before it, since there an error has its position, and since in
//! `exmex` `-x^2` is the square of `-x`.

mod operators;
mod syntax;

use crate::settings::nearest;
use exmex::{Express, FlatEx};
use operators::Operators;
use std::sync::Arc;

/// Names of the variables, in alphabetical order.
pub const VARIABLES: [&str; 8] = ["cost", "epoch_slots", "fee", "k", "n", "rank", "reserve", "value"];

/// What an agent sees, by variable.
#[derive(Clone, Copy, Debug, Default)]
pub struct View {
    /// Own net value in the unit of the offer.
    pub value: f64,
    /// Least offer that counts.
    pub reserve: f64,
    /// Quantile of the private signal.
    pub rank: f64,
    /// Candidates.
    pub candidates: f64,
    /// Seats.
    pub seats: f64,
    /// Slots of an epoch.
    pub epoch_slots: f64,
    /// Cost of a live slot over an idle one.
    pub cost: f64,
    /// Expected fees of a slot.
    pub fee: f64,
}

impl View {
    fn values(&self) -> [f64; VARIABLES.len()] {
        let View { value, reserve, rank, candidates, seats, epoch_slots, cost, fee } = *self;
        [cost, epoch_slots, fee, seats, candidates, rank, reserve, value]
    }
}

/// A formula that has been checked.
#[derive(Clone, Debug)]
pub struct Formula {
    text: Arc<str>,
    compiled: Arc<FlatEx<f64, Operators>>,
    /// Places in [`VARIABLES`] of the variables that it uses, in alphabetical order.
    inputs: Vec<usize>,
}

/// Formulas are the same if they are written the same.
impl PartialEq for Formula {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Formula {
    /// Reads a formula.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn parse(text: &str) -> Result<Self, String> {
        let plain = syntax::rewrite(text)?;
        let compiled = FlatEx::<f64, Operators>::parse(&plain)
            .map_err(|error| format!("the formula cannot be read: {error}"))?;
        let place = |name: &String| VARIABLES.iter().position(|variable| variable == name);
        let inputs: Option<Vec<usize>> = compiled.var_names().iter().map(place).collect();
        let inputs =
            inputs.ok_or("the formula cannot be read: it uses a name that is none of its variables")?;
        Ok(Formula { text: text.into(), compiled: Arc::new(compiled), inputs })
    }

    /// The formula as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it comes to something else from epoch to epoch though values are constant: where it looks at the rank.
    pub fn varies(&self) -> bool {
        self.inputs.iter().any(|&input| VARIABLES[input] == "rank")
    }

    /// What the formula comes to; perhaps not a number.
    #[inline]
    pub fn at(&self, view: &View) -> f64 {
        let values = view.values();
        let mut used = [0.0; VARIABLES.len()];
        for (slot, &input) in used.iter_mut().zip(&self.inputs) {
            *slot = values[input];
        }
        self.compiled.eval(&used[..self.inputs.len()]).unwrap_or(f64::NAN)
    }

    /// The offer: nothing where the formula comes to less than zero, or is not a number.
    #[inline]
    pub fn offer(&self, view: &View) -> Option<f64> {
        let offer = self.at(view);
        (offer >= 0.0 && offer.is_finite()).then_some(offer)
    }
}

/// An unknown name, with the nearest known one.
fn unknown(kind: &str, name: &str, column: usize, known: &[&str]) -> String {
    let near = nearest(name, known.iter().copied())
        .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
    format!("character {column}: there is no {kind} `{name}` (there are {}){near}", known.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> f64 {
        let view = View {
            value: 0.8,
            reserve: 0.1,
            rank: 0.25,
            candidates: 4.0,
            seats: 2.0,
            epoch_slots: 12.0,
            cost: 0.01,
            fee: 0.3,
        };
        Formula::parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).at(&view)
    }

    #[test]
    fn formulas_are_arithmetic() {
        let near =
            |text: &str, expected: f64| assert!((at(text) - expected).abs() < 1e-15, "{text}: {}", at(text));
        near("value * (n - 1) / n", 0.6);
        near("0.5", 0.5);
        near("1e-2 + 2.5E1", 25.01);
        near("n - k - 1", 1.0);
        near("n / k / 2", 1.0);
        near("2 + 3 * k ^ 2", 14.0);
        near("-k ^ 2", -4.0);
        near("-k + n", 2.0);
        near("(-k) ^ 2", 4.0);
        near("n * (-k)", -8.0);
        near("min(value, max(reserve, rank), k)", 0.25);
        near("max(min(value, n), min(k, n)) - 1", 1.0);
        near("min(value, 0.5) * max(1, 2)", 1.0);
        near("max(min(max(1, 2), 3), min(4, max(0, 1))) + min(2, 3)", 4.0);
        near("sqrt(n) + abs(-3) + floor(2.7) + ceil(2.1)", 10.0);
        near("exp(ln(value))", 0.8);
        near("epoch_slots * (fee - cost)", 3.48);
        near("exp(-2 * rank) ^ 2", crate::numerics::exp(-1.0));
        near("- (value - reserve)", -0.7);
        assert!(at("ln(0 - 1)").is_nan());
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (text, parts) in [
            ("valeu * 2", &["character 1", "no variable `valeu`", "did you mean `value`?"][..]),
            ("value * squrt(2)", &["character 9", "no function `squrt`", "did you mean `sqrt`?"]),
            ("value * sin(2)", &["character 9", "no function `sin`"]),
            ("value *", &["at the end", "a number, a variable"]),
            ("value * (n - 1", &["at the end", "`)`"]),
            ("value * n)", &["character 10", "`)`"]),
            ("value n", &["character 7", "an operator"]),
            ("2 * -n", &["character 5", "brackets"]),
            ("2 ^ n ^ 2", &["character 7", "brackets"]),
            ("", &["at the end"]),
            ("value % 2", &["character 7", "`%`"]),
            ("min(value)", &["`min`", "two"]),
            ("exp(1, 2)", &["`exp`", "one"]),
            ("value.5", &["character 6"]),
            ("1.2.3", &["character 1", "1.2.3"]),
            ("exp + 1", &["character 1", "function", "`exp(…)`"]),
            ("value(2)", &["character 1", "no function `value`"]),
        ] {
            let error = Formula::parse(text).expect_err(text);
            for part in parts {
                assert!(error.contains(part), "{text}: {error}");
            }
        }
    }
}

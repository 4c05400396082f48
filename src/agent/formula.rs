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
//! with what every formula has ([`crate::formula`]). A formula that comes to less than zero abstains. Evaluation allocates nothing, and
//! its functions give the same bits on every processor.

use crate::formula::{Expression, Vocabulary};

/// Names of the variables, in alphabetical order.
pub const VARIABLES: [&str; 8] = ["cost", "epoch_slots", "fee", "k", "n", "rank", "reserve", "value"];

static VOCABULARY: Vocabulary = Vocabulary { variables: &VARIABLES, functions: &[], called: None };

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
#[derive(Clone, Debug, PartialEq)]
pub struct Formula(Expression);

impl Formula {
    /// Reads a formula.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn parse(text: &str) -> Result<Self, String> {
        Expression::parse(text, &VOCABULARY).map(Formula)
    }

    /// The formula as it was written.
    pub fn text(&self) -> &str {
        self.0.text()
    }

    /// Whether it comes to something else from epoch to epoch though values are constant: where it looks at the rank.
    pub fn varies(&self) -> bool {
        VARIABLES.iter().position(|name| *name == "rank").is_some_and(|rank| self.0.uses(rank))
    }

    /// What the formula comes to; perhaps not a number.
    #[inline]
    pub fn at(&self, view: &View) -> f64 {
        self.0.at(&view.values())
    }

    /// The offer: nothing where the formula comes to less than zero, or is not a number.
    #[inline]
    pub fn offer(&self, view: &View) -> Option<f64> {
        let offer = self.at(view);
        (offer >= 0.0 && offer.is_finite()).then_some(offer)
    }
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

//! Feedback on the token's price: what a protocol does with its token moves what its stakes are worth.
//!
//! **Rule.** Over an epoch the price of the rollup's token is multiplied, on top of its own luck, by
//!
//! ```text
//! exp(η·(bought back + burned − issued)/C)·(1 − τ)^findings
//! ```
//!
//! with `C` the `capitalisation` in ETH, `η` the `elasticity` of the price with respect to the token's supply, and `τ` the `trust`
//! that each finding of misconduct costs. The factor moves the value of bonds and stakes posted in the token from the next epoch
//! on, and with it what can be slashed and what their owners have ([`super::collateral`]).
//!
//! **Who gains and loses.** What is locked in the token changes in value by what the protocol does, `E` being the factor above, and
//! its owner's account by as much; it comes from outside, from those who trade the token. What all others gain or lose who hold it is in no account. Whoever posts
//! a bond or offers a stake reckons with `r + w·(1 − E)` for each ETH and epoch ([`super::At::holding_cost`]).
//!
//! **What theory says.** A constant net buy-back `b` an epoch multiplies the price by `e^{ηb/C}` in each: stakes in the token grow
//! where value returns as buy-backs, shrink where producers are paid by issuance, and are worth least just when misconduct has
//! been found out and they are needed. Under a constant issuance `I` an epoch, stakes in the token are those of a contest with the cost
//! of capital `r + 1 − e^{−ηI/C}`: what issuance pays stakers for their service is taken from their stakes in part.
//!
//! **Where it runs.** Every stake in a chain's own token; BNB's and MKR's buy-backs.
//!
//! **Reference.** polynya (2021): token stake aligns, ETH stake is stable; Cong, Li and Wang (2022), "Token-based platform finance",
//! Journal of Financial Economics 144, on prices that follow net flows.

use crate::numerics::exp;
use crate::settings::{Parameter, Section};

/// Key of the table.
pub const TABLE: &str = "token";
/// Capitalisation.
pub const CAPITALISATION: Parameter = Parameter::number_required(
    "capitalisation",
    1e-9,
    1e15,
    "ETH",
    "value of all tokens, against which buy-backs and issuance are counted",
);
/// Elasticity.
pub const ELASTICITY: Parameter = Parameter::number(
    "elasticity",
    0.0,
    1e6,
    1.0,
    "",
    "relative rise of the price for each relative fall of the supply",
);
/// Trust.
pub const TRUST: Parameter = Parameter::number(
    "trust",
    0.0,
    1.0,
    0.0,
    "share",
    "share of the price that each finding of misconduct costs",
)
.open_high();
/// Keys of the table.
pub const PARAMETERS: &[&Parameter] = &[&CAPITALISATION, &ELASTICITY, &TRUST];

/// How the price follows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Token {
    capitalisation: f64,
    elasticity: f64,
    trust: f64,
}

impl Token {
    /// Reads the table of a contender, if it has one; `found` says whether anybody can be found guilty.
    pub fn read(contender: &Section, found: bool) -> Option<Token> {
        let section = contender.table(TABLE)?;
        section.known(PARAMETERS);
        let capitalisation = section.optional_number(&CAPITALISATION)?;
        let elasticity = section.number(&ELASTICITY);
        let trust = if found {
            section.number(&TRUST)
        } else {
            section.note_unread_key(&TRUST, "nobody is found guilty without a table `governance`");
            0.0
        };
        Some(Token { capitalisation, elasticity, trust })
    }

    /// Factor on the price after an epoch in which so much ETH was taken out of the market as tokens, and so much issued.
    pub fn factor(&self, taken: f64, issued: f64) -> f64 {
        exp(self.elasticity * (taken - issued) / self.capitalisation)
    }

    /// Share of the price that a finding costs.
    pub fn trust(&self) -> f64 {
        self.trust
    }
}

//! Redistribution: where what returns to the community goes.
//!
//! **Rule.** What the community receives in an epoch, net of contract fees that it pays, is divided among four sinks: a
//! *treasury*, *public goods*, a *burn* of what was paid, and a *buy-back* of the token, which is burned as well. Shares
//! sum to one. What is slashed goes to one sink, named by `slashed`. An epoch in which the community pays more than it
//! receives is the treasury's loss. Issuance is borne by those who hold the token, and passes through no sink.
//!
//! **Who gains.** All four are the community's: the shares sum to `community_share`, but for issuance. They differ in what
//! they do to the price of the token: a burn and a buy-back take tokens out of the market, the treasury
//! and public goods do not.
//!
//! **Reference.** polynya (2021), "Sequencer auction", names the four; Ethereum's EIP-1559 is a burn.

use crate::settings::{Parameter, Section};

/// Key of the table.
pub const TABLE: &str = "redistribution";
/// Treasury.
pub const TREASURY: Parameter = Parameter::number_optional(
    "treasury",
    0.0,
    1.0,
    "share",
    "share of returned value that the treasury keeps; absent: what the other sinks leave",
);
/// Public goods.
pub const PUBLIC_GOODS: Parameter = Parameter::number(
    "public_goods",
    0.0,
    1.0,
    0.0,
    "share",
    "share of returned value that is spent on public goods",
);
/// Burn.
pub const BURN: Parameter =
    Parameter::number("burn", 0.0, 1.0, 0.0, "share", "share of returned value that is burned");
/// Buy-back.
pub const BUYBACK: Parameter = Parameter::number(
    "buyback",
    0.0,
    1.0,
    0.0,
    "share",
    "share of returned value that buys the token, which is then burned",
);
/// Where slashed money goes.
pub const SLASHED: Parameter = Parameter::choice(
    "slashed",
    &["treasury", "public_goods", "burn", "buyback"],
    "treasury",
    "sink of what is slashed from bonds and stakes",
);
/// Keys of the table.
pub const PARAMETERS: &[&Parameter] = &[&TREASURY, &PUBLIC_GOODS, &BURN, &BUYBACK, &SLASHED];

/// A sink of returned value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sink {
    /// Kept.
    Treasury,
    /// Spent on public goods.
    PublicGoods,
    /// Burned.
    Burn,
    /// Spent on tokens, which are burned.
    Buyback,
}

impl Sink {
    /// All of them, in the order of accounts.
    pub const ALL: [Sink; 4] = [Sink::Treasury, Sink::PublicGoods, Sink::Burn, Sink::Buyback];
}

/// How returned value is divided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Redistribution {
    /// Shares of the sinks, which sum to one.
    pub shares: [f64; 4],
    /// Sink of slashed money.
    pub slashed: Sink,
}

impl Redistribution {
    /// Everything to the treasury.
    pub const KEPT: Redistribution = Redistribution { shares: [1.0, 0.0, 0.0, 0.0], slashed: Sink::Treasury };

    /// Reads the table of a contender, if it has one.
    pub fn read(contender: &Section) -> Option<Redistribution> {
        let section = contender.table(TABLE)?;
        section.known(PARAMETERS);
        let others = [section.number(&PUBLIC_GOODS), section.number(&BURN), section.number(&BUYBACK)];
        let rest = 1.0 - others.iter().sum::<f64>();
        let treasury = section.optional_number(&TREASURY);
        let kept = treasury.unwrap_or(rest.max(0.0));
        let sum = kept + others.iter().sum::<f64>();
        if (sum - 1.0).abs() > 1e-9 {
            section.refuse(
                "",
                &format!("shares of the sinks that sum to {sum}"),
                "shares that sum to 1; `treasury` takes the rest where it is not given",
                None,
            );
        }
        let slashed = Sink::ALL
            .into_iter()
            .zip(["treasury", "public_goods", "burn", "buyback"])
            .find(|(_, name)| *name == section.choice(&SLASHED))
            .map_or(Sink::Treasury, |(sink, _)| sink);
        Some(Redistribution { shares: [kept, others[0], others[1], others[2]], slashed })
    }
}

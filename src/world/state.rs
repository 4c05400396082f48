//! State growth: what a rollup's history adds to the cost of running a sequencer.
//!
//! State grows with every epoch and has to be stored, read and, by a machine that starts, taken: a live slot costs
//! `1 + g·min(e, x)` times as much in epoch `e` as in the first, and a start takes so many times as many slots. What has not been
//! touched for `x` epochs expires, so that growth ends there; without expiry it goes on.
//!
//! Source: polynya (2021) on why the dearer it is to run a sequencer, the more rotation saves.

use crate::settings::{Parameter, Section};

/// Growth.
pub const GROWTH: Parameter = Parameter::number_optional(
    "state_growth",
    0.0,
    1e6,
    "per epoch",
    "what an epoch's growth of the state adds to the cost of a live slot and the length of a start, as a share of the first epoch's; absent: nothing",
);
/// Expiry.
pub const EXPIRY: Parameter = Parameter::integer_optional(
    "state_expiry",
    0,
    1_000_000_000,
    "epochs",
    "epochs after which state expires, so that it grows no further; absent: never",
);

/// How state grows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StateGrowth {
    /// Added share per epoch.
    pub rate: f64,
    /// Epochs until it ends; `None`: never.
    pub expiry: Option<u32>,
}

impl StateGrowth {
    /// Reads the keys of `[world]`.
    pub fn read(section: &Section) -> StateGrowth {
        let rate = section.optional_number(&GROWTH).unwrap_or(0.0);
        if rate == 0.0 {
            section.note_unread_key(&EXPIRY, "state does not grow without a `state_growth`");
            return StateGrowth::default();
        }
        StateGrowth { rate, expiry: section.optional_integer(&EXPIRY).map(|epochs| epochs as u32) }
    }

    /// Cost of a live slot in an epoch, over that in the first.
    #[inline]
    pub fn factor(&self, epoch: u32) -> f64 {
        1.0 + self.rate * f64::from(self.expiry.map_or(epoch, |expiry| epoch.min(expiry)))
    }
}

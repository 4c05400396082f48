//! Play: one market's epochs, learning over many of them, and the books.

pub mod horizon;
pub mod ledger;
pub mod market;
pub mod repeated;
pub mod self_play;

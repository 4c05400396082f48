//! Play: one market's epochs, learning over many of them, and the books.

pub mod finite;
pub mod horizon;
pub mod ledger;
pub mod market;
pub mod self_play;

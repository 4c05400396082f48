//! Small games for what no mechanism of the laboratory plays, each as simple as its rules.
//!
//! * [`stage`]: one-shot games in which everybody picks a number, learned; of that kind are [`rights`] (auctions in which everybody
//!   pays), [`market`] (a cartel of candidates) and [`vote`] (voters who are offered money).
//! * [`block_auction`]: tips that keep a bid from being censored, learned.
//! * [`sale`]: auctions with equilibrium bids as given.
//! * [`turns`]: includers who are bribed turn by turn.
//! * [`sessions`]: Q-learners who play a game over and over.
//! * [`machines`]: outages so rare that only the times between them can be lived through.

pub mod block_auction;
pub mod machines;
pub mod market;
pub mod rights;
pub mod sale;
pub mod sessions;
pub mod stage;
pub mod turns;
pub mod vote;

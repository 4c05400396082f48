//! Small games that no mechanism of the laboratory plays, each as simple as its rules.
//!
//! * [`stage`]: one-shot games in which everybody picks a number, learned; of that kind are [`contest`] (stake, effort),
//!   [`rights`] (auctions with complete information), [`market`] (a cartel of candidates) and [`vote`].
//! * [`block_auction`]: tips that keep a bid from being censored, learned.
//! * [`sale`]: auctions with equilibrium bids as given.
//! * [`censor`], [`office`], [`ring`]: bribes, deviations and collusion over time.
//! * [`sessions`]: Q-learners who play a game over and over.
//! * outages: [`machines`].

pub mod block_auction;
pub mod censor;
pub mod contest;
pub mod machines;
pub mod market;
pub mod office;
pub mod rights;
pub mod ring;
pub mod sale;
pub mod sessions;
pub mod stage;
pub mod vote;

//! Stage games that repeat, and the learners who play them: sessions of Q-learning, where they end, and whether what they
//! look like is collusion.
//!
//! * [`stage`]: what everyone earns in an epoch, as a table.
//! * [`session`]: Q-learners play until their plans stand still; `table` is the inner loop.
//! * [`plan`]: what a player does after each history, and the cycle that joint plans end in.
//! * [`best_response`]: the discounted best response to frozen rivals.
//! * [`diagnosis`]: whether play is collusion: what deviating does, and whether play can be exploited.
//! * [`of_market`]: the repeated game that a contender's market is.

pub mod best_response;
pub mod diagnosis;
mod exploration;
pub mod of_market;
pub mod plan;
pub mod session;
pub mod stage;
mod table;
mod tree;

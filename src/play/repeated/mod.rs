//! Stage games that repeat, and the learners who play them: sessions of Q-learning, where they end, and whether what they
//! look like is collusion.
//!
//! * [`stage`]: what everyone earns in an epoch, as a table.
//! * [`session`]: Q-learners play until their plans stand still; [`table`] is the inner loop.
//! * [`plan`]: what a player does after each history, and the cycle that joint plans end in.
//! * [`best_response`]: the discounted best response to frozen rivals.

pub mod best_response;
mod exploration;
pub mod plan;
pub mod session;
pub mod stage;
mod table;
mod tree;

//! Play: one market's epochs, learning over many of them, and the books.

pub mod announcement;
mod aside;
pub mod best_conduct;
pub mod censorship;
pub mod conduct;
mod conduct_sampling;
pub mod continuation;
pub mod finite;
pub mod horizon;
pub mod learning_loop;
pub mod ledger;
pub mod market;
pub mod progress;
pub mod repeated;
pub mod runs;
pub mod schedule;
pub mod seating;
pub mod settling;
pub mod sinks;
pub mod starting_values;
pub mod token_price;
pub mod trial;

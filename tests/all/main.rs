//! The one integration-test binary.

mod bad_input;
mod lab;
mod laws;
mod layers;
mod parameters;
mod theory_play;
mod transcripts;

//! The one integration-test binary.

mod bad_input;
mod cli;
mod determinism;
mod lab;
mod laws;
mod layers;
mod parameters;
mod program;
mod readme;
mod standbys;
mod siblings;
mod theory_play;
mod theory_stakes;
mod transcripts;

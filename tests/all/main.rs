//! The one integration-test binary.

mod bad_input;
mod cli;
mod delegators;
mod determinism;
mod lab;
mod laws;
mod layers;
mod parameters;
mod program;
mod readme;
mod standbys;
mod theory_play;
mod transcripts;

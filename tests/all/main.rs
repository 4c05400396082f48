//! The one integration-test binary.

mod bad_input;
mod books;
mod catalogue;
mod certificate;
mod cli;
mod delegators;
mod determinism;
mod exports;
mod lab;
mod laws;
mod layers;
mod learners;
mod parameters;
mod program;
mod readme;
mod repeated;
mod scripts;
mod siblings;
mod standbys;
mod theory_censorship;
mod theory_entry;
mod theory_foresight;
mod theory_order;
mod theory_play;
mod theory_stakes;
mod transcripts;

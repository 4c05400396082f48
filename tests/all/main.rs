//! The one integration-test binary.

mod cli;
mod determinism;
mod program;

//! From a question to stored runs: file format, units, runner, store, tables.

pub mod basins;
pub mod charts;
pub mod containment;
pub mod file;
pub mod kickback_game;
pub mod lock;
pub mod manifest;
pub mod outcome;
pub mod progress;
pub mod references;
pub mod runner;
pub mod simulate;
pub mod store;
pub mod tables;
#[cfg(test)]
pub(crate) mod trial;
pub mod unit;
pub mod whole_file;

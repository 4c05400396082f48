//! From a question to stored runs: file format, units, runner, store, tables.

pub mod basins;
mod before_play;
pub mod charts;
pub mod claim;
pub mod containment;
pub mod design;
mod entry;
pub mod exports;
pub mod file;
pub mod formula_check;
pub mod kickback_game;
pub mod lock;
pub mod manifest;
pub mod optimization;
pub mod outcome;
pub mod parameters;
pub mod progress;
pub mod references;
pub mod remembered;
pub mod repeated;
pub mod replication;
pub mod robustness;
pub mod runner;
pub mod sensitivity;
pub mod simulate;
pub mod stake_game;
pub mod store;
pub mod study;
pub mod sweep;
pub mod tables;
#[cfg(test)]
pub(crate) mod trial;
pub mod unit;
pub mod uptime;
pub mod whole_file;

//! From a question to stored runs: file format, units, runner, store, tables.

pub mod file;
pub mod outcome;
pub mod simulate;

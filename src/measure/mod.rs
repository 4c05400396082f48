//! measure

pub mod statistics;
pub mod student;

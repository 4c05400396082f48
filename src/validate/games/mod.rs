//! Small games that no mechanism of the laboratory plays, each as simple as its rules.

pub mod sale;

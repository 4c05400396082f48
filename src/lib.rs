//! How should a rollup choose its sequencers?
pub mod agent;
pub mod chart;
pub mod cli;
pub mod draws;
pub mod experiment;
pub mod learning;
pub mod measure;
pub mod mechanism;
pub mod numerics;
pub mod play;
pub mod report;
pub mod settings;
pub mod theory;
pub mod world;

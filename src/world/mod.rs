//! What no agent controls: private values, demand, fees, MEV, outages.

pub mod distribution;

//! From play to named numbers: metrics, concentration, the certificate, and statistics over replicates.

pub mod basins;
pub mod censorship;
pub mod certificate;
pub mod concentration;
pub mod conduct_gain;
pub mod delegators_gain;
pub mod effects;
pub mod gains;
pub mod menu_edge;
pub mod metrics;
pub mod over_time;
pub mod replay;
pub mod sensitivity;
pub mod statistics;
pub mod student;
pub mod tally;

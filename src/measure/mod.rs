//! From play to named numbers: metrics, concentration, and the certificate.

pub mod certificate;
pub mod concentration;
pub mod metrics;
pub mod tally;

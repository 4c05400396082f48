//! Which parameter moves a metric, and by how much: analysis of variance over the points of a design.
//!
//! The observations are `y_{r,d}`: a metric in replicate `r` at design point `d`. Under common random numbers all points of
//! a replicate share their luck, so replicates are *blocks*: they are taken out (within transformation), and they are the
//! clusters of the robust standard errors.
//!
//! * [`coding`]: from the settings of a design to columns: sum coding of levels, linear and quadratic terms of numbers,
//!   interactions of two.
//! * [`least_squares`]: fit within replicates, with the covariance of Liang and Zeger (1986) clustered by replicate.
//! * [`analysis`]: sums of squares, η², and Wald tests of each term.
//! * [`margins`]: means at each level of a factor.
//! * [`multiplicity`]: p-values of a family of tests: Holm (1979), Benjamini and Hochberg (1995).

pub mod analysis;
pub mod coding;
pub mod least_squares;
pub mod margins;
pub mod multiplicity;

//! Global sensitivity: which inputs the variance of an output comes from, and which inputs move it at all.
//!
//! Inputs are independent and uniform on [0, 1] (whatever stands at a position is the caller's business), or lucks that can be
//! drawn anew one by one. Two methods:
//!
//! * [`indices`]: Sobol's indices, shares of the variance, from a pick-freeze design;
//! * [`screening`]: elementary effects of Morris, changes of the output along an input's whole range, from few evaluations.
//!
//! [`positions`] lays the designs, [`bootstrap`] gives the intervals, [`functions`] has test functions with known indices.

pub mod bootstrap;
pub mod functions;
pub mod indices;
pub mod positions;
pub mod screening;

/// An estimate with its 95% interval; ends are `NaN` where there are too few rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Estimate.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// Whether zero is outside the interval. A quantity that is exactly zero in every row has an interval of no width at zero.
    pub fn is_distinguishable(&self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }
}

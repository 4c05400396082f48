//! What a bond in another asset is short of.

use crate::numerics::{ln, normal_cdf};

/// Expected shortfall for each ETH required: what `1/(1 − h)` ETH of an asset, posted with haircut `h`, is worth less than
/// 1 ETH in expectation, after a log-normal return without drift and of log standard deviation `s`: a put struck at 1,
/// `Φ(d + s) − Φ(d)/(1 − h)` with `d = ln(1 − h)/s − s/2`.
///
/// Exact but for [`normal_cdf`]. `h` in [0, 1), `s ≥ 0`.
///
/// Black and Scholes (1973), "The pricing of options and corporate liabilities", J. Polit. Econ. 81, eq. 13 and put–call
/// parity, without interest.
pub fn expected_shortfall(haircut: f64, s: f64) -> f64 {
    if s == 0.0 {
        return 0.0;
    }
    let d = ln(1.0 - haircut) / s - 0.5 * s;
    normal_cdf(d + s) - normal_cdf(d) / (1.0 - haircut)
}

//! MEV of consecutive slots by one producer, where the `t`-th of a run is worth `1 + κ(1 − 1/t)` times its MEV.
//!
//! Derived here. A run of `j` slots of mean MEV 1 is worth `Σ_{t≤j} 1 + κ(1 − 1/t) = j + κ(j − H_j)` with `H_j` the harmonic
//! number: what the next slot adds rises from 1 to `1 + κ`, so that it is convex. Where each slot's producer is drawn afresh
//! and is one with probability `q`, a slot of its own is the `t`-th of a run with probability `(1 − q)q^{t−1}`, and
//! `Σ (1 − q)q^{t−1}/t = −(1 − q)ln(1 − q)/q`.

use crate::numerics::ln_1p;

/// What `slots` in a row are worth, each of mean MEV 1, with premium κ.
pub fn value_of_run(premium: f64, slots: u64) -> f64 {
    let harmonic: f64 = (1..=slots).rev().map(|t| 1.0 / t as f64).sum();
    slots as f64 + premium * (slots as f64 - harmonic)
}

/// Mean factor on the MEV of a slot of one who is drawn for each with probability `q`, of (0, 1).
pub fn factor_when_drawn(premium: f64, q: f64) -> f64 {
    1.0 + premium * (1.0 + (1.0 - q) * ln_1p(-q) / q)
}

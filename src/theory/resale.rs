//! One seat whose winner may resell it, values being known to all.
//!
//! Derived here, after Garratt and Tröger (2006), "Speculation in standard auctions with resale", Econometrica 74, who have a
//! speculator without value. The seat ends with the first, to whom it is worth `v_1`; winner `j` sells it to the first for
//! `P_j = v_j + β(v_1 − v_j)`, so that this is what winning is worth to `j`. The first gets `(1 − β)(v_1 − v_2)` if the second wins,
//! so that winning itself is worth `v_2 + β(v_1 − v_2) = P_2` more. Bertrand competition of the two at `P_2` is the
//! equilibrium at either price that uses no weakly dominated bid.

/// Price at the sale, of the two highest values and the seller's share of what a resale gains.
pub fn price(first: f64, second: f64, seller_share: f64) -> f64 {
    second + seller_share * (first - second)
}

/// What the first gets if it stands back and buys from the second.
pub fn standing_back(first: f64, second: f64, seller_share: f64) -> f64 {
    (1.0 - seller_share) * (first - second)
}

//! Several seats per epoch: drawn without replacement, or with stake withdrawn while inactive.

use crate::numerics::{integrate, ln, pow};

/// Share of the reward that symmetric contestants spend when `k` of `n` seats are drawn in proportion to stake *without*
/// replacement and share the reward evenly: `((n−k)/k)·Σ_{t<k} 1/(n−t)`. At `k ≥ n` stake buys nothing: 0.
pub fn seat_dissipation(n: u32, k: u32) -> f64 {
    if k == 0 || k >= n {
        return 0.0;
    }
    let sum: f64 = (0..k).map(|t| 1.0 / f64::from(n - t)).sum();
    f64::from(n - k) / f64::from(k) * sum
}

/// Symmetric stake of the contest of [`seat_dissipation`], for a reward `reward` per epoch over all seats and a capital
/// cost `cost` per unit and epoch.
pub fn seat_stake(reward: f64, cost: f64, n: u32, k: u32) -> f64 {
    reward * seat_dissipation(n, k) / (f64::from(n.max(1)) * cost)
}

/// Expected share of the slots of each contestant, when `k` seats are drawn without replacement in proportion to `stakes`
/// and share the slots evenly.
///
/// The draw is a race of exponential clocks with rates `s_i`, of which the first `k` win: `P(i wins) = ∫_0^1 P(fewer
/// than k of the others ring before −ln w/s_i) dw`. If fewer than `k` have stake, each of those has a seat.
pub fn slot_shares(stakes: &[f64], k: usize) -> Vec<f64> {
    let staked = stakes.iter().filter(|s| **s > 0.0).count();
    let seats = k.min(staked);
    if seats == 0 {
        return vec![0.0; stakes.len()];
    }
    let win = |i: usize| {
        if stakes[i] <= 0.0 {
            return 0.0;
        }
        if staked <= k {
            return 1.0;
        }
        let few_before = |w: f64| {
            let time = -ln(w) / stakes[i];
            // ahead[j]: probability that j of the others have rung, for j < k.
            let mut ahead = vec![0.0; k];
            ahead[0] = 1.0;
            for (j, &s) in stakes.iter().enumerate() {
                if j != i && s > 0.0 {
                    let rung = -crate::numerics::exp_m1(-s * time);
                    for count in (0..k).rev() {
                        let come = if count > 0 { ahead[count - 1] * rung } else { 0.0 };
                        ahead[count] = ahead[count] * (1.0 - rung) + come;
                    }
                }
            }
            ahead.iter().sum()
        };
        integrate(few_before, 0.0, 1.0)
    };
    (0..stakes.len()).map(|i| win(i) / seats as f64).collect()
}

/// Symmetric stake in `k` independent draws (with replacement) among `n` contestants, of whom each loses the share `risk` of its stake
/// in an epoch in which it is drawn, by errors of governance; at a cost of capital `cost` besides, drawn or not.
///
/// With `p = 1/n` and `a = p(1−p)`: `s* = Ra/(r + ρ(1−(1−p)^k + k(1−p)^{k−1}a))`. As `k → ∞`, or with everybody in office,
/// `Ra/(r + ρ)`: what is slashed is a cost of capital.
pub fn stake_at_risk(reward: f64, cost: f64, risk: f64, n: u32, k: u32) -> f64 {
    let p = 1.0 / f64::from(n.max(1));
    let a = p * (1.0 - p);
    let idle = pow(1.0 - p, f64::from(k) - 1.0);
    let exposed = 1.0 - (1.0 - p) * idle + f64::from(k) * idle * a;
    reward * a / (cost + risk * exposed)
}

/// What unstaking while inactive saves, per epoch; see [`unstaking`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unstaking {
    /// All stake that contestants command, locked or not: `n s*`.
    pub nominal: f64,
    /// Stake that is locked on average.
    pub locked: f64,
    /// Capital cost of all, `r` times the locked stake.
    pub cost: f64,
}

/// Symmetric equilibrium of `k` independent draws (with replacement) among `n` contestants, where who is not drawn
/// withdraws the share `u` of its stake for the epoch.
///
/// With `p = 1/n`, `a = p(1−p)`, `P = 1−(1−p)^k` and `f = 1−u+uP` the share that stays locked on average:
/// `s* = Ra/(r(f + u k (1−p)^{k−1} a))`. Under a fixed required stake, what is locked is multiplied by `f` alone.
pub fn unstaking(reward: f64, cost: f64, n: u32, k: u32, u: f64) -> Unstaking {
    let p = 1.0 / f64::from(n.max(1));
    let a = p * (1.0 - p);
    let locked_share = 1.0 - u + u * (1.0 - pow(1.0 - p, f64::from(k)));
    let marginal = u * f64::from(k) * pow(1.0 - p, f64::from(k) - 1.0) * a;
    let stake = reward * a / (cost * (locked_share + marginal));
    let nominal = stake * f64::from(n);
    Unstaking { nominal, locked: nominal * locked_share, cost: cost * nominal * locked_share }
}

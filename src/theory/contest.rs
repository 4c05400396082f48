//! Contests for a share of a reward: stake lotteries and rankings by performance.
//!
//! *Lottery* (Tullock contest): `i` stakes `s_i` at cost `r_i` per unit and epoch and earns `R_i s_i/S`. With `ρ_i =
//! r_i/R_i` in rising order, the `m` first are active, `m` the largest with `ρ_m < Σ_{j≤m} ρ_j/(m−1)`; then `S =
//! (m−1)/Σ ρ_j`, share `p_i = 1 − ρ_i S`, payoff `R_i p_i²`. Sources: Tullock, "Efficient rent seeking" (1980); Corchón, "The
//! theory of contests: a survey", Review of Economic Design 11 (2007) 69–100; for proof of stake, Bahrani, Garimidi and
//! Roughgarden (2024), arXiv 2401.12120.
//!
//! *Performance*: a seat goes to `i` with probability proportional to `e^{βe_i}` (logit) or `e_i^γ` (power) at cost
//! `c e_i²/2`; Hirshleifer, "Conflict and rent-seeking success functions", Public Choice 63 (1989) 101–112.

mod effort;
mod seats;

pub use effort::{Effort, logit_effort, power_effort};
pub use seats::{seat_dissipation, seat_stake, slot_shares, stake_at_risk, unstaking};

use crate::numerics::{exp, ln, pow, root};

/// Equilibrium of a stake lottery; vectors are in the order of the contestants.
#[derive(Clone, Debug, PartialEq)]
pub struct Lottery {
    /// Stake of each; 0 for those who stay out.
    pub stakes: Vec<f64>,
    /// Share of the reward, or probability of the seat.
    pub shares: Vec<f64>,
    /// Payoff per epoch.
    pub payoffs: Vec<f64>,
    /// All stake, `S`.
    pub total: f64,
    /// Cost of all stake over the reward paid out.
    pub dissipation: f64,
    /// Herfindahl index of the shares, `Σ p_i²`.
    pub concentration: f64,
    /// Number of contestants with positive stake.
    pub active: usize,
}

impl Lottery {
    fn assemble(rewards: &[f64], costs: &[f64], stakes: Vec<f64>, shares: Vec<f64>) -> Self {
        let total: f64 = stakes.iter().sum();
        let spent: f64 = costs.iter().zip(&stakes).map(|(r, s)| r * s).sum();
        let paid: f64 = rewards.iter().zip(&shares).map(|(r, p)| r * p).sum();
        let payoffs = (0..stakes.len()).map(|i| rewards[i] * shares[i] - costs[i] * stakes[i]).collect();
        let concentration = shares.iter().map(|p| p * p).sum();
        let active = stakes.iter().filter(|s| **s > 0.0).count();
        Lottery { stakes, shares, payoffs, total, dissipation: spent / paid, concentration, active }
    }

    /// Of `n` equals who all stake the same.
    pub fn symmetric(reward: f64, cost: f64, n: u32, stake: f64) -> Self {
        let of_each = |x: f64| vec![x; n as usize];
        Self::assemble(&of_each(reward), &of_each(cost), of_each(stake), of_each(1.0 / f64::from(n)))
    }
}

fn check(rewards: &[f64], costs: &[f64]) -> Result<(), String> {
    if rewards.len() != costs.len() {
        return Err(format!(
            "a lottery needs one cost for each of its {} rewards, not {}",
            rewards.len(),
            costs.len()
        ));
    }
    if rewards.len() < 2 {
        return Err(format!(
            "a lottery with {} contestants has no equilibrium: a lone contestant wins with any stake, however small",
            rewards.len()
        ));
    }
    match rewards.iter().chain(costs).find(|x| !x.is_finite() || **x <= 0.0) {
        Some(bad) => {
            Err(format!("{bad} is among the rewards and costs of a lottery; they must be greater than 0"))
        }
        None => Ok(()),
    }
}

/// Equilibrium of the lottery where `i` values the reward at `rewards[i]` and stake costs it `costs[i]` per unit; at
/// least two contestants, all numbers positive.
///
/// # Errors
/// What was found and what is allowed, if the two lists differ in length, name fewer than two contestants or hold a
/// number that is not positive.
pub fn lottery(rewards: &[f64], costs: &[f64]) -> Result<Lottery, String> {
    check(rewards, costs)?;
    let ratio: Vec<f64> = rewards.iter().zip(costs).map(|(reward, cost)| cost / reward).collect();
    let mut order: Vec<usize> = (0..ratio.len()).collect();
    order.sort_by(|&a, &b| ratio[a].total_cmp(&ratio[b]));
    let (mut sum, mut total) = (0.0, 0.0);
    for (m, &i) in order.iter().enumerate() {
        // Everyone before i alone: S = (m − 1)/Σ. Who would have share 1 − ρS ≤ 0 stays out, and so do all dearer ones.
        // The margin keeps a contestant exactly at the boundary out, whatever the rounding.
        if m >= 2 && ratio[i] * total >= 1.0 - 1e-12 {
            break;
        }
        sum += ratio[i];
        total = m as f64 / sum;
    }
    let shares: Vec<f64> =
        ratio.iter().map(|rho| 1.0 - rho * total).map(|p| if p > 1e-12 { p } else { 0.0 }).collect();
    let stakes = shares.iter().map(|p| p * total).collect();
    Ok(Lottery::assemble(rewards, costs, stakes, shares))
}

/// Symmetric stake in the lottery with selection in proportion to `s^τ`: `s* = Rτ(n−1)/(n² r)`.
///
/// `None` beyond `τ ≤ n/(n−1)`, where contestants would rather stay out and no symmetric pure equilibrium exists.
/// `n ≥ 2`; `τ = 1` is the plain lottery.
pub fn symmetric_stake(reward: f64, cost: f64, n: u32, tau: f64) -> Option<f64> {
    let m = f64::from(n);
    (n >= 2 && tau > 0.0 && tau <= m / (m - 1.0)).then(|| reward * tau * (m - 1.0) / (m * m * cost))
}

/// Total stake with free entry (or price takers): the whole reward goes into capital, `S = R/r`.
pub fn free_entry_stake(reward: f64, cost: f64) -> f64 {
    reward / cost
}

/// Equilibrium of the lottery with selection in proportion to `s^τ`, `0 < τ ≤ 1`, and unequal contestants.
///
/// Given `A = Σ s_j^τ`, contestant `i` takes the share `p` with `τ R_i (1 − p) p = r_i (pA)^{1/τ}`; shares fall in `A`, and
/// the `A` at which they add up to one is the equilibrium (Cornes and Hartley, "Asymmetric contests with general
/// technologies", Economic Theory 26 (2005) 923–946). For `τ < 1` everybody takes part.
///
/// # Errors
/// As for [`lottery`], and if `τ` lies outside (0, 1].
pub fn power_lottery(rewards: &[f64], costs: &[f64], tau: f64) -> Result<Lottery, String> {
    if tau == 1.0 {
        return lottery(rewards, costs);
    }
    check(rewards, costs)?;
    if !(tau > 0.0 && tau < 1.0) {
        return Err(format!(
            "the exponent of a lottery with unequal contestants is {tau}; it must lie in (0, 1]"
        ));
    }
    let n = rewards.len();
    let share = |i: usize, ln_a: f64| free_share(rewards[i], costs[i], tau, ln_a);
    let ln_a = aggregate(n, tau * ln(rewards[0] / costs[0]), share)?;
    let shares: Vec<f64> = (0..n).map(|i| share(i, ln_a)).collect();
    let stakes = shares.iter().map(|p| pow(p * exp(ln_a), 1.0 / tau)).collect();
    Ok(Lottery::assemble(rewards, costs, stakes, shares))
}

/// Equilibrium of the lottery with selection in proportion to `s^τ`, `0 < τ ≤ 1`, where contestant `i` has no more than `limits[i]` to stake.
/// Whoever has nothing to win or nothing to stake stays out; at least two remain.
///
/// A payoff is concave in one's own stake, so that somebody whose limit is less than what it would stake at the aggregate `A = Σ s_j^τ` stakes
/// the limit `k` and takes the share `k^τ/A`. The lesser of both shares falls in `A`, and there is one `A` at which they add up to one.
///
/// # Errors
/// As for [`power_lottery`].
pub fn lottery_within(rewards: &[f64], costs: &[f64], limits: &[f64], tau: f64) -> Result<Lottery, String> {
    let within: Vec<usize> = (0..rewards.len()).filter(|&i| rewards[i] > 0.0 && limits[i] > 0.0).collect();
    let of = |all: &[f64]| -> Vec<f64> { within.iter().map(|&i| all[i]).collect() };
    let (some, dear, most) = (of(rewards), of(costs), of(limits));
    let free = power_lottery(&some, &dear, tau)?;
    let solved = if free.stakes.iter().zip(&most).all(|(stake, limit)| stake <= limit) {
        free
    } else {
        held_back(&some, &dear, &most, tau)?
    };
    let (mut stakes, mut shares) = (vec![0.0; rewards.len()], vec![0.0; rewards.len()]);
    for (place, &i) in within.iter().enumerate() {
        (stakes[i], shares[i]) = (solved.stakes[place], solved.shares[place]);
    }
    Ok(Lottery::assemble(rewards, costs, stakes, shares))
}

/// The same where somebody's limit binds; all of them have something to win and to stake.
fn held_back(rewards: &[f64], costs: &[f64], limits: &[f64], tau: f64) -> Result<Lottery, String> {
    let share = |i: usize, ln_a: f64| {
        let free = if tau == 1.0 {
            (1.0 - costs[i] / rewards[i] * exp(ln_a)).max(0.0)
        } else {
            free_share(rewards[i], costs[i], tau, ln_a)
        };
        free.min(exp(tau * ln(limits[i]) - ln_a))
    };
    let ln_a = aggregate(rewards.len(), tau * ln(rewards[0] / costs[0]), share)?;
    let shares: Vec<f64> = (0..rewards.len()).map(|i| share(i, ln_a)).collect();
    let stake = |(p, limit): (&f64, &f64)| pow(p * exp(ln_a), 1.0 / tau).min(*limit);
    let stakes = shares.iter().zip(limits).map(stake).collect();
    Ok(Lottery::assemble(rewards, costs, stakes, shares))
}

/// The share that a contestant takes at the aggregate `A` where nothing holds it back, `τ < 1`.
fn free_share(reward: f64, cost: f64, tau: f64, ln_a: f64) -> f64 {
    // In logs: ln τ + ln R + ln(1 − p) − ln r = (1/τ − 1) ln p + (1/τ) ln A.
    let constant = ln(tau * reward / cost) - ln_a / tau;
    let miss = |p: f64| crate::numerics::ln_1p(-p) - (1.0 / tau - 1.0) * ln(p) + constant;
    root(miss, 0.0, 1.0).unwrap_or(0.0)
}

/// The logarithm of the aggregate at which falling shares add up to one, looked for around `near`.
fn aggregate(n: usize, near: f64, share: impl Fn(usize, f64) -> f64) -> Result<f64, String> {
    let sum = |ln_a: f64| (0..n).map(|i| share(i, ln_a)).sum::<f64>() - 1.0;
    let (mut lo, mut hi) = (near, near);
    while sum(lo) <= 0.0 {
        lo -= 4.0;
    }
    while sum(hi) >= 0.0 {
        hi += 4.0;
    }
    root(sum, lo, hi).ok_or_else(|| "the lottery's shares cannot be made to add up to one".to_owned())
}

#[cfg(test)]
mod tests;

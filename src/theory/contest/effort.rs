//! Rankings by performance: effort `e` costs `c e²/2`.

use crate::numerics::{exp, maximise, pow};

/// A symmetric pure equilibrium in effort.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effort {
    /// Effort of each.
    pub effort: f64,
    /// Payoff of each, `R/n − c e²/2`.
    pub payoff: f64,
}

/// Checks the candidate against every effort that could pay: none above `√(2R/c)` does.
fn confirm(reward: f64, cost: f64, n: u32, effort: f64, weight: impl Fn(f64) -> f64) -> Option<Effort> {
    let rivals = f64::from(n) - 1.0;
    // `weight` is relative to a rival's, which is 1.
    let payoff = |e: f64| {
        let own = weight(e);
        let share = if own.is_infinite() { 1.0 } else { own / (own + rivals) };
        reward * share - 0.5 * cost * e * e
    };
    let stay = payoff(effort);
    let (_, most) = maximise(payoff, 0.0, (2.0 * reward / cost).sqrt(), 4000);
    (most <= stay + 1e-12 * reward).then_some(Effort { effort, payoff: stay })
}

/// Logit contest: selection in proportion to `e^{βe}`. `e* = βR(n−1)/(n² c)`.
///
/// `None` if some other effort, 0 for instance, pays more against `e*`: then no symmetric pure equilibrium exists.
/// `n ≥ 2`, all numbers positive.
pub fn logit_effort(reward: f64, cost: f64, n: u32, beta: f64) -> Option<Effort> {
    if n < 2 {
        return None;
    }
    let m = f64::from(n);
    let effort = beta * reward * (m - 1.0) / (m * m * cost);
    confirm(reward, cost, n, effort, |e| exp(beta * (e - effort)))
}

/// Power contest: selection in proportion to `e^γ`. `e* = √(γR(n−1)/(n² c))`.
///
/// `None` beyond `γ ≤ 2n/(n−1)`, where contestants would rather make no effort. `n ≥ 2`, all numbers positive.
pub fn power_effort(reward: f64, cost: f64, n: u32, gamma: f64) -> Option<Effort> {
    if n < 2 {
        return None;
    }
    let m = f64::from(n);
    let effort = (gamma * reward * (m - 1.0) / (m * m * cost)).sqrt();
    confirm(reward, cost, n, effort, |e| pow(e / effort, gamma))
}

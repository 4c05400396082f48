//! Best response: whoever reconsiders goes to the best option, evenly where several are best.
//!
//! With what is believed of each option learned by smoothing what it has delivered, this is fictitious play of a
//! population: a best response to the average past. Utilities that differ by less than rounding tie.
//!
//! References: Brown (1951), "Iterative solution of games by fictitious play"; Gilboa and Matsui (1991), "Social stability
//! and equilibrium", Econometrica 59; Sandholm (2010), section 6.1.

/// Differences of utility below this share of the best one are rounding.
const ROUNDING: f64 = 1e-9;

/// How far below `top` a utility still counts as equal.
fn slack(top: f64) -> f64 {
    ROUNDING * top.abs().max(f64::MIN_POSITIVE)
}

/// Where those who reconsider go.
pub fn distribution(utility: &[f64], out: &mut [f64]) {
    let top = utility.iter().fold(f64::NEG_INFINITY, |a, &b| a.max(b));
    super::spread(out, |j| utility[j] > f64::NEG_INFINITY && utility[j] >= top - slack(top));
}

/// Share that option `i` attracts if it is worth `worth`.
pub fn attracted(i: usize, worth: f64, utility: &[f64]) -> f64 {
    let rivals = || utility.iter().enumerate().filter(|&(j, _)| j != i).map(|(_, &u)| u);
    let top = rivals().fold(worth, f64::max);
    if worth < top - slack(top) {
        return 0.0;
    }
    1.0 / (1 + rivals().filter(|&u| u >= top - slack(top)).count()) as f64
}

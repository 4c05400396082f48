//! Even shares: whoever reconsiders takes any option that is at least as good as choosing nothing, all alike.
//!
//! A population that does not shop around. Paying more wins nobody once one pays enough, so that sequencers learn to
//! offer the least that is accepted: the other end from [`super::best_response`].

/// Differences of utility below this share of it are rounding.
const ROUNDING: f64 = 1e-9;

/// Whether an option is there and not worse than nothing, but for rounding.
fn is_enough(utility: f64, nothing: f64) -> bool {
    utility > f64::NEG_INFINITY
        && (nothing == f64::NEG_INFINITY || utility >= nothing - ROUNDING * nothing.abs())
}

/// Where those who reconsider go.
pub fn distribution(utility: &[f64], out: &mut [f64]) {
    let nothing = utility[utility.len() - 1];
    super::spread(out, |j| j + 1 < utility.len() && is_enough(utility[j], nothing));
}

/// Share that option `i` attracts if it is worth `worth`.
pub fn attracted(i: usize, worth: f64, utility: &[f64]) -> f64 {
    let (nothing, offered) = utility.split_last().expect("to choose nothing is an option");
    if !is_enough(worth, *nothing) {
        return 0.0;
    }
    let rivals = offered.iter().enumerate().filter(|&(j, &u)| j != i && is_enough(u, *nothing));
    1.0 / (1 + rivals.count()) as f64
}

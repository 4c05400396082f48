//! Pairwise proportional imitation, whose mean dynamic is the replicator equation.
//!
//! One who reconsiders at `i` meets a member of the population at random, who is at `j` with probability `s_j`, and imitates
//! it with probability `min(1, max(0, U_j − U_i))`: in proportion to how much better that one fares. So far
//! `ρ_ij = s_j·[U_j − U_i]_+`, and where no difference exceeds one, shares move by `s_j·(U_j − Σ_i s_i U_i)`. A share ν
//! of those who reconsider does not look at others and takes an option by lot instead, so that what nobody has
//! chosen can be found.
//!
//! Whoever is at an option that is gone imitates anybody who still has one; where nobody met has, it takes one by lot. A
//! population that has not chosen yet begins by lot.
//!
//! References: Schlag (1998), "Why imitate, and if so, how?", J. Econ. Theory 78, theorem 1; Helbing (1992), "A mathematical
//! model for behavioral changes by pair interactions"; Sandholm (2010), example 5.4.2 and equation (5.5).

const GONE: f64 = f64::NEG_INFINITY;

/// Probability that one at an option worth `own` imitates one whose option is worth `other`.
fn imitates(own: f64, other: f64) -> f64 {
    if other == GONE {
        0.0
    } else if own == GONE {
        1.0
    } else {
        (other - own).clamp(0.0, 1.0)
    }
}

/// Share of the population at options that are there.
fn present(utility: &[f64], share: &[f64]) -> f64 {
    utility.iter().zip(share).filter(|(u, _)| **u > GONE).map(|(_, s)| s).sum()
}

/// Where one who reconsiders at `place` goes.
pub fn from_place(mutation: f64, place: usize, utility: &[f64], share: Option<&[f64]>, out: &mut [f64]) {
    super::spread(out, |j| utility[j] > GONE);
    let Some(share) = share else { return };
    // By lot, as far as one does not look at others, or meets nobody whose option is there.
    let lot = if utility[place] == GONE {
        mutation + (1.0 - mutation) * (1.0 - present(utility, share)).max(0.0)
    } else {
        mutation
    };
    let mut stays = if utility[place] == GONE { 0.0 } else { 1.0 };
    for (j, part) in out.iter_mut().enumerate() {
        let moves = if j == place { 0.0 } else { share[j] * imitates(utility[place], utility[j]) };
        if utility[place] > GONE {
            stays -= moves;
        }
        *part = lot * *part + (1.0 - mutation) * moves;
    }
    out[place] += (1.0 - mutation) * stays;
}

/// Where those who reconsider go, taken together.
pub fn destinations(mutation: f64, utility: &[f64], share: Option<&[f64]>, out: &mut [f64]) {
    super::spread(out, |j| utility[j] > GONE);
    let Some(share) = share else { return };
    let here = present(utility, share);
    let gone = 1.0 - here;
    let lot = mutation + (1.0 - mutation) * (gone * gone).max(0.0);
    for j in 0..out.len() {
        // Flows between j and each other option.
        let flows: f64 = (0..out.len())
            .filter(|&i| i != j)
            .map(|i| {
                share[i] * share[j] * (imitates(utility[i], utility[j]) - imitates(utility[j], utility[i]))
            })
            .sum();
        let stays = if utility[j] == GONE { 0.0 } else { share[j] + flows };
        out[j] = lot * out[j] + (1.0 - mutation) * stays;
    }
}

/// Share that option `i` attracts, or keeps, if it is worth `worth`.
pub fn attracted(mutation: f64, i: usize, worth: f64, utility: &[f64], share: Option<&[f64]>) -> f64 {
    let there = |j: usize| j == i || utility[j] > GONE;
    let lot = 1.0 / (0..utility.len()).filter(|&j| there(j)).count() as f64;
    let Some(share) = share else { return lot };
    let (mut stays, mut gone) = (share[i], 0.0);
    for j in (0..utility.len()).filter(|&j| j != i) {
        stays += share[j] * share[i] * (imitates(utility[j], worth) - imitates(worth, utility[j]));
        if !there(j) {
            gone += share[j];
        }
    }
    (mutation + (1.0 - mutation) * gone * gone) * lot + (1.0 - mutation) * stays
}

//! How far the equilibrium of a game on a menu may lie from the continuous one, computed.
//!
//! On a menu of step `h` a best reply is the setting next to the continuous one: off by up to `h/2`. If replies are off by `e_i`,
//! actions are off by the `δ` that solves, to first order,
//!
//! `Σ_j ∂²u_i/∂s_i∂s_j δ_j = ∂²u_i/∂s_i² e_i`,
//!
//! and a number `y` of the equilibrium is off by at most `Σ_i |∇y·δ(e_i = h_i/2)|`. For `n` equal stakers in a lottery that is
//! `h/n` for the stake of each: one's error is answered by all the others. The same holds where they mix neighbouring settings.

use std::ops::Range;

/// The continuous equilibrium of a game, and where errors of a menu lead from it.
pub struct MenuGap {
    actions: Vec<f64>,
    /// For each group that acts: the change of all actions if its replies are off by half a step.
    changes: Vec<Vec<f64>>,
}

impl MenuGap {
    /// `payoffs` of all players at an equilibrium `actions` of a smooth game; players stand in groups of so many
    /// `members`, each with the step of its menu of `steps`. Whoever does nothing goes on doing nothing.
    pub fn new(
        payoffs: &dyn Fn(&[f64]) -> Vec<f64>,
        actions: &[f64],
        members: &[usize],
        steps: &[f64],
    ) -> Self {
        let mut first = 0;
        let groups = members.iter().map(|count| {
            let group = first..first + count;
            first = group.end;
            group
        });
        let acting: Vec<(Range<usize>, f64)> =
            groups.zip(steps.iter().copied()).filter(|(group, _)| actions[group.start] > 0.0).collect();
        let least = actions.iter().copied().filter(|a| *a > 0.0).fold(f64::INFINITY, f64::min);
        let by = 1e-3 * least;
        // How the marginal payoff of one player moves with the actions of a group, by differences.
        let cross = |own: usize, group: &Range<usize>| {
            let at = |mine: f64, theirs: f64| {
                let mut moved = actions.to_vec();
                moved[group.clone()].iter_mut().for_each(|a| *a += theirs * by);
                moved[own] += mine * by;
                payoffs(&moved)[own]
            };
            (at(1.0, 1.0) - at(1.0, -1.0) - at(-1.0, 1.0) + at(-1.0, -1.0)) / (4.0 * by * by)
        };
        let matrix: Vec<Vec<f64>> = acting
            .iter()
            .map(|(own, _)| acting.iter().map(|(group, _)| cross(own.start, group)).collect())
            .collect();
        let change = |g: usize| {
            let (group, step) = &acting[g];
            let mut right = vec![0.0; acting.len()];
            right[g] = 0.5 * step * cross(group.start, &(group.start..group.start + 1));
            let mut change = vec![0.0; actions.len()];
            for ((group, _), delta) in acting.iter().zip(solve(matrix.clone(), right)) {
                change[group.clone()].fill(delta);
            }
            change
        };
        MenuGap { actions: actions.to_vec(), changes: (0..acting.len()).map(change).collect() }
    }

    /// The most by which a number of the equilibrium is off.
    pub fn of(&self, number: &dyn Fn(&[f64]) -> f64) -> f64 {
        // So small a part of the change that the number is linear in it.
        const PART: f64 = 1e-3;
        let at = |change: &[f64], part: f64| -> f64 {
            number(&self.actions.iter().zip(change).map(|(a, d)| a + part * d).collect::<Vec<_>>())
        };
        self.changes.iter().map(|c| ((at(c, PART) - at(c, -PART)) / (2.0 * PART)).abs()).sum()
    }
}

/// Solves a small linear system by elimination.
fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let n = right.len();
    for i in 0..n {
        let pivot = (i..n).max_by(|&a, &b| matrix[a][i].abs().total_cmp(&matrix[b][i].abs())).unwrap_or(i);
        matrix.swap(i, pivot);
        right.swap(i, pivot);
        let (above, below) = matrix.split_at_mut(i + 1);
        let row = &above[i];
        for (offset, other) in below.iter_mut().enumerate() {
            let factor = other[i] / row[i];
            other.iter_mut().zip(row).for_each(|(x, y)| *x -= factor * y);
            right[i + 1 + offset] -= factor * right[i];
        }
    }
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|k| matrix[i][k] * right[k]).sum();
        right[i] = (right[i] - known) / matrix[i][i];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elimination_solves() {
        let found =
            solve(vec![vec![0.0, 2.0, 1.0], vec![1.0, 1.0, 0.0], vec![3.0, 0.0, 2.0]], vec![7.0, 3.0, 9.0]);
        assert!(found.iter().zip([1.0, 2.0, 3.0]).all(|(x, y)| (x - y).abs() < 1e-12), "{found:?}");
    }

    /// The game on the menu itself: every symmetric equilibrium of two stakers is within the gap, and one is nearly as far.
    #[test]
    fn equilibria_on_the_menu_are_within_the_gap() {
        let payoffs = |s: &[f64]| {
            let total: f64 = s.iter().sum();
            s.iter().map(|own| own / total - 0.05 * own).collect::<Vec<_>>()
        };
        let step = 0.37;
        let gap = MenuGap::new(&payoffs, &[5.0, 5.0], &[2], &[step]).of(&|s| s[0]);
        assert!((gap - 0.5 * step).abs() < 1e-5, "{gap}");
        let at = |i: i32| step * f64::from(i);
        let stable = |i: i32| {
            let own = |j: i32| payoffs(&[at(j), at(i)])[0];
            own(i) >= own(i - 1) && own(i) >= own(i + 1)
        };
        let found: Vec<f64> = (1..40).filter(|i| stable(*i)).map(|i| (at(i) - 5.0).abs()).collect();
        assert!(!found.is_empty() && found.iter().all(|off| *off <= 1.05 * gap), "{found:?} {gap}");
    }
}

//! Whether play comes to rest: how much *current* policies still move when learning ends.
//!
//! What is measured and certified is a late average of play, and averages settle even where play goes round in circles
//! (mixed equilibria, contests without an equilibrium in pure strategies, first-price auctions with one or two highest
//! values). So the current policies are recorded along the way, and over the snapshots `t = 1..m` of the last quarter of
//! learning each player's *unrest* is the mean distance from their own mean,
//!
//! ```text
//! π̄ = (1/m) Σ_t π_t        unrest = (1/m) Σ_t d(π_t, π̄)        d(π, ρ) = Σ_a |F_π(a) − F_ρ(a)| / A
//! ```
//!
//! averaged over states, where `F` is the distribution function over the settings `a = 0..A` of the menu in ascending order,
//! abstaining first: `d` is the distance (Kantorovich–Rubinstein, earth mover's) that probability has to be carried, as
//! a fraction of the menu. It is 0 where play stands still and 1/2 where it jumps from one end of the menu to the other;
//! jumps to and fro between neighbouring settings, which mean nothing where these earn the same, hardly count. Play is
//! *settled* where nobody's unrest exceeds [`RESTLESS`].
//!
//! A path that is still on its way has unrest, too; `policy_drift` says how far averages moved.
//!
//! References: Deng, Hu, Lin and Zheng (2022), "Nash convergence of mean-based learning algorithms in first price
//! auctions", WWW '22 (arXiv 2110.03906), on time averages and last iterates; Mertikopoulos, Papadimitriou and Piliouras
//! (2018), "Cycles in adversarial regularized learning", SODA '18, on play that never settles.

use crate::learning::Learner;
use crate::learning::policy::Policy;

/// Unrest above which play is said not to have settled: two hundredths of the menu.
pub const RESTLESS: f64 = 0.02;

/// Most snapshots that are kept; when there are more, every second is dropped.
const MOST: usize = 256;

/// Fewest snapshots in the last quarter that say anything.
const FEWEST: usize = 8;

/// Snapshots of current policies at even distances, as many as fit.
#[derive(Clone, Debug, Default)]
pub struct Unrest {
    stride: u32,
    snapshots: Vec<(u32, Vec<Policy>)>,
}

impl Unrest {
    /// Nothing seen yet.
    pub fn new() -> Self {
        Unrest { stride: 1, snapshots: Vec::new() }
    }

    /// Notes the current policies after `epoch` epochs (from 1).
    pub fn watch(&mut self, epoch: u32, learners: &[Learner]) {
        if epoch.is_multiple_of(self.stride) {
            self.keep(epoch, learners.iter().map(Learner::current).collect());
        }
    }

    fn keep(&mut self, epoch: u32, policies: Vec<Policy>) {
        self.snapshots.push((epoch, policies));
        if self.snapshots.len() == MOST {
            self.stride *= 2;
            self.snapshots.retain(|(epoch, _)| epoch.is_multiple_of(self.stride));
        }
    }

    /// Each player's unrest over the last quarter of `epochs`; `None` where too few snapshots fall into it.
    pub fn by_player(&self, epochs: u32) -> Option<Vec<f64>> {
        let late: Vec<&Vec<Policy>> = self
            .snapshots
            .iter()
            .filter(|(epoch, _)| 4 * u64::from(*epoch) > 3 * u64::from(epochs))
            .map(|(_, policies)| policies)
            .collect();
        let players = late.first()?.len();
        (late.len() >= FEWEST).then(|| (0..players).map(|p| unrest(&late, p)).collect())
    }
}

fn unrest(late: &[&Vec<Policy>], player: usize) -> f64 {
    let count = late.len() as f64;
    let of = |t: usize| &late[t][player];
    let (states, settings) = (of(0).states(), of(0).settings());
    let widest = (settings - 1).max(1) as f64;
    let mut sum = 0.0;
    let mut mean = vec![0.0; settings];
    for state in 0..states {
        mean.fill(0.0);
        for t in 0..late.len() {
            for (m, p) in mean.iter_mut().zip(of(t).row(state)) {
                *m += p / count;
            }
        }
        for t in 0..late.len() {
            let mut ahead = 0.0;
            for (m, p) in mean.iter().zip(of(t).row(state)) {
                ahead += p - m;
                sum += f64::abs(ahead) / widest;
            }
        }
    }
    sum / (states as f64 * count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watched(epochs: u32, setting: impl Fn(u32) -> usize) -> f64 {
        let mut kept = Unrest::new();
        for epoch in (1..=epochs).filter(|epoch| epoch.is_multiple_of(8)) {
            if epoch.is_multiple_of(kept.stride) {
                kept.keep(epoch, vec![Policy::pure(2, 4, setting(epoch)), Policy::uniform(1, 3)]);
            }
        }
        let unrest = kept.by_player(epochs).unwrap();
        assert_eq!(unrest.len(), 2);
        assert!(unrest[1] < 1e-12);
        unrest[0]
    }

    #[test]
    fn at_rest_in_circles_and_still_moving() {
        assert!(watched(1000, |_| 2) < 1e-12);
        // What happened before the last quarter does not count.
        assert!(watched(1000, |epoch| if epoch < 700 { (epoch % 3) as usize } else { 1 }) < 1e-12);
        // Long turns through settings 1 to 3 of 0..3: a third of the time in each, at 1, 2/3 and 1 steps from the mean.
        let turning = watched(6000, |epoch| (epoch / 50 % 3) as usize + 1);
        assert!((turning - 8.0 / 27.0).abs() < 0.01, "{turning}");
        // From one end to the other half way through the last quarter, and to the next setting.
        for (setting, expected) in [(3, 1.0 / 2.0), (1, 1.0 / 6.0)] {
            let late = watched(800, |epoch| if epoch > 700 { setting } else { 0 });
            assert!((late - expected).abs() < 0.01, "{late}");
        }
    }

    #[test]
    fn memory_does_not_grow_with_time() {
        let mut kept = Unrest::new();
        let learners = [Learner::Fixed(Policy::uniform(1, 2))];
        for epoch in 1..100_000 {
            kept.watch(epoch, &learners);
            assert!(kept.snapshots.len() < MOST);
        }
        assert!(kept.by_player(99_999).is_some());
        let mut brief = Unrest::new();
        brief.watch(1, &learners);
        assert_eq!(brief.by_player(1), None);
    }
}

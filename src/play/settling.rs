//! Whether play comes to rest: how much *current* policies still move when learning ends.
//!
//! What is measured and certified is a late average of play, and averages settle even where play goes round in circles
//! (mixed equilibria, contests without an equilibrium in pure strategies, first-price auctions with one or two highest
//! values). So the current policies are recorded along the way, and over the snapshots `t = 1..m` of the last quarter of
//! learning each player's *unrest* is the mean distance from their own mean,
//!
//! ```text
//! π̄ = (1/m) Σ_t π_t        unrest = (1/m) Σ_t d(π_t, π̄)/w        d(π, ρ) = Σ_a |F_π(a) − F_ρ(a)|·(x_{a+1} − x_a)
//! ```
//!
//! averaged over states, where `F` is the distribution function over the settings `x_a` of the menu in ascending order, abstaining
//! first, as an offer of nothing: `d` is the distance (Kantorovich–Rubinstein, earth mover's) that probability has to be carried.
//! What it is held to, `w`, is the agent's whole net value where settings are fractions of it, and the mean offer of `π̄` where they
//! are amounts (or a tick, if that is more); settings that nobody plays change nothing. Unrest is 0 where play stands still; jumps
//! to and fro between neighbours on a fine menu, which mean nothing where these earn the same, hardly count. Play is *settled* where
//! nobody's unrest exceeds [`RESTLESS`].
//!
//! A path that is still on its way has unrest, too; `policy_drift` says how far averages moved.
//!
//! References: Deng, Hu, Lin and Zheng (2022), "Nash convergence of mean-based learning algorithms in first price
//! auctions", WWW '22 (arXiv 2110.03906), on time averages and last iterates; Mertikopoulos, Papadimitriou and Piliouras
//! (2018), "Cycles in adversarial regularized learning", SODA '18, on play that never settles.

use crate::agent::strategy::{Menu, Unit};
use crate::learning::Learner;
use crate::learning::policy::Policy;

/// Unrest above which play is said not to have settled: two hundredths of net value, or of the mean offer. (Between two bids a
/// tenth of the value apart it is .05.)
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

    /// Each player's unrest on its menu over the last quarter of `epochs`; `None` where too few snapshots fall into it.
    pub fn by_player(&self, epochs: u32, menus: &[&Menu]) -> Option<Vec<f64>> {
        let late: Vec<&Vec<Policy>> = self
            .snapshots
            .iter()
            .filter(|(epoch, _)| 4 * u64::from(*epoch) > 3 * u64::from(epochs))
            .map(|(_, policies)| policies)
            .collect();
        let players = late.first()?.len();
        (late.len() >= FEWEST).then(|| (0..players).map(|p| unrest(&late, p, menus[p])).collect())
    }
}

/// Where the columns of a policy lie: abstaining at nothing, settings where they are, a script with the highest of them.
fn positions(menu: &Menu, columns: usize) -> Vec<f64> {
    let mut at: Vec<f64> = std::iter::once(0.0).chain(menu.settings.iter().copied()).collect();
    at.resize(columns, at.last().copied().unwrap_or(0.0));
    at
}

fn unrest(late: &[&Vec<Policy>], player: usize, menu: &Menu) -> f64 {
    let count = late.len() as f64;
    let of = |t: usize| &late[t][player];
    let (states, columns) = (of(0).states(), of(0).settings());
    let at = positions(menu, columns);
    let (mut carried, mut offered) = (0.0, 0.0);
    let mut mean = vec![0.0; columns];
    for state in 0..states {
        mean.fill(0.0);
        for t in 0..late.len() {
            for (m, p) in mean.iter_mut().zip(of(t).row(state)) {
                *m += p / count;
            }
        }
        offered += mean.iter().zip(&at).map(|(m, x)| m * x).sum::<f64>();
        for t in 0..late.len() {
            let mut ahead = 0.0;
            for (a, (m, p)) in mean.iter().zip(of(t).row(state)).enumerate().take(columns - 1) {
                ahead += p - m;
                carried += f64::abs(ahead) * (at[a + 1] - at[a]);
            }
        }
    }
    let tick = menu.settings.windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f64::max);
    let whole = match menu.unit {
        Unit::Relative | Unit::Between => 1.0,
        Unit::Absolute => (offered / states as f64).max(tick),
    };
    if carried > 0.0 { carried / (states as f64 * count * whole) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn menu(unit: Unit, high: f64, points: usize) -> Menu {
        Menu::grid(unit, 0.0, high, points)
    }

    fn watched(epochs: u32, setting: impl Fn(u32) -> usize) -> f64 {
        // Abstaining, a third, two thirds and all of the value.
        let menus = [
            Menu { settings: vec![1.0 / 3.0, 2.0 / 3.0, 1.0], ..menu(Unit::Relative, 1.0, 3) },
            menu(Unit::Absolute, 1.0, 2),
        ];
        let mut kept = Unrest::new();
        for epoch in (1..=epochs).filter(|epoch| epoch.is_multiple_of(8)) {
            if epoch.is_multiple_of(kept.stride) {
                kept.keep(epoch, vec![Policy::pure(2, 4, setting(epoch)), Policy::uniform(1, 3)]);
            }
        }
        let unrest = kept.by_player(epochs, &[&menus[0], &menus[1]]).unwrap();
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

    /// Bids of .8 and .9 by turns, on menus in steps of .1 that end at 1 and at 4.
    #[test]
    fn settings_that_nobody_plays_change_nothing() {
        for points in [11, 41] {
            let mut kept = Unrest::new();
            for epoch in 1..=64 {
                // Column 0 abstains, column 1 is a bid of nothing.
                kept.keep(epoch, vec![Policy::pure(1, points + 1, 9 + (epoch % 2) as usize)]);
            }
            let unrest =
                kept.by_player(64, &[&menu(Unit::Absolute, 0.1 * (points - 1) as f64, points)]).unwrap();
            assert!((unrest[0] - 0.05 / 0.85).abs() < 1e-9, "{unrest:?}");
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
        let menu = menu(Unit::Relative, 1.0, 1);
        assert!(kept.by_player(99_999, &[&menu]).is_some());
        let mut brief = Unrest::new();
        brief.watch(1, &learners);
        assert_eq!(brief.by_player(1, &[&menu]), None);
    }
}

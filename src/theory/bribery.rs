//! What it costs to buy a collective decision.
//!
//! *Pivotal bribes*: offer each of `m + 1` or more voters `ε` for a vote that turns out not to matter and `θ_i + ε` for one
//! that does. Voting yes is dominant, nobody is pivotal, and the decision costs `(number bribed)·ε`. It takes one vote more
//! than the quota, so it fails under unanimity; it also takes observable votes, a solvent briber, and voters who care about
//! the outcome rather than the act. Source: Dal Bó, "Bribing voters", American Journal of Political Science 51 (2007)
//! 789–803.
//!
//! *Competing bribers*: with an opponent who moves second and would pay up to `W`, bribing `(n+1)/2 + j` of `n` indifferent
//! voters takes `W/(j+1)` each; the larger the coalition, the cheaper. Source: Groseclose and Snyder, "Buying
//! supermajorities", American Political Science Review 90 (1996) 303–315.

/// A vote that passes with `quota` yes-votes among voters who lose `losses[i]` if it passes.
#[derive(Clone, Debug, PartialEq)]
pub struct Vote {
    /// `θ_i ≥ 0`: what the outcome costs each voter.
    pub losses: Vec<f64>,
    /// `m`: yes-votes needed, from 1 to the number of voters.
    pub quota: usize,
}

impl Vote {
    /// `n` voters who each lose `loss`; `None` unless `1 ≤ quota ≤ n` and the loss is finite and not negative.
    pub fn equal(n: usize, quota: usize, loss: f64) -> Option<Self> {
        ((1..=n).contains(&quota) && loss >= 0.0 && loss.is_finite())
            .then(|| Vote { losses: vec![loss; n], quota })
    }

    fn sorted(&self) -> Vec<f64> {
        let mut losses = self.losses.clone();
        losses.sort_by(f64::total_cmp);
        losses
    }

    /// What pivotal bribes of `ε` cost on the path of play, `(m + 1) ε`; `None` under unanimity, where every vote is
    /// pivotal and each voter must be paid in full (see [`Vote::discriminating_cost`]).
    pub fn pivotal_cost(&self, epsilon: f64) -> Option<f64> {
        (self.quota < self.losses.len()).then_some((self.quota + 1) as f64 * epsilon)
    }

    /// What the briber must be able to pay any one voter, off the path of play, for pivotal bribes to be believed: the
    /// largest `θ_i` among the `m + 1` cheapest voters. `None` under unanimity.
    pub fn pivotal_credible_payment(&self) -> Option<f64> {
        self.sorted().get(self.quota).copied()
    }

    /// Cost of buying the `m` cheapest votes at one price that each accepts, `m·θ_(m)`.
    pub fn flat_price_cost(&self) -> f64 {
        self.quota as f64 * self.sorted().get(self.quota - 1).copied().unwrap_or(f64::INFINITY)
    }

    /// Cost of buying the `m` cheapest votes, each at its own loss: `Σ θ_i`, under unanimity over all. Also what a decision
    /// costs in a secret ballot, where nothing can be paid for a vote but only for the outcome, to `m` voters each of whom is
    /// decisive.
    pub fn discriminating_cost(&self) -> f64 {
        self.sorted().iter().take(self.quota).sum()
    }

    /// Least cost if voters mind the act itself by `ψ`, whether or not it matters: `m ψ`.
    pub fn expressive_cost(&self, psi: f64) -> f64 {
        self.quota as f64 * psi
    }
}

/// Cost of a coalition of `(n + 1)/2 + extra` of `n` (odd) indifferent voters that an opponent willing to spend `budget`
/// cannot break: each gets `W/(extra + 1)`. `None` for even `n` or a coalition larger than `n`.
pub fn coalition_cost(n: u32, extra: u32, budget: f64) -> Option<f64> {
    let size = n.div_ceil(2) + extra;
    (n % 2 == 1 && size <= n).then(|| f64::from(size) * budget / f64::from(extra + 1))
}

/// The cheapest unbreakable coalition among `n` (odd) voters: (extra members, cost). It is universal: `2nW/(n + 1)`.
pub fn cheapest_coalition(n: u32, budget: f64) -> Option<(u32, f64)> {
    (0..=n / 2)
        .filter_map(|extra| Some((extra, coalition_cost(n, extra, budget)?)))
        .min_by(|a, b| a.1.total_cmp(&b.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: f64, want: f64, half_unit: f64) {
        assert!((got - want).abs() <= half_unit, "{got} is not {want}");
    }

    #[test]
    fn twenty_one_voters() {
        let majority = Vote::equal(21, 11, 1.0).unwrap();
        close(majority.pivotal_cost(1e-6).unwrap(), 12e-6, 1e-18);
        assert_eq!(majority.pivotal_credible_payment(), Some(1.0));
        assert_eq!(majority.flat_price_cost(), 11.0);
        assert_eq!(majority.discriminating_cost(), 11.0);
        close(majority.expressive_cost(0.3), 3.3, 1e-12);
        let unanimity = Vote::equal(21, 21, 1.0).unwrap();
        assert_eq!(unanimity.pivotal_cost(1e-6), None);
        assert_eq!(unanimity.discriminating_cost(), 21.0);
        assert_eq!(Vote::equal(3, 4, 1.0), None);
        let unequal = Vote { losses: vec![5.0, 1.0, 2.0], quota: 2 };
        assert_eq!((unequal.flat_price_cost(), unequal.discriminating_cost()), (4.0, 3.0));
        assert_eq!(unequal.pivotal_credible_payment(), Some(5.0));
    }

    #[test]
    fn voting_yes_is_dominant_under_pivotal_bribes() {
        // Voter i compares yes and no for every number of other yes-votes.
        let (quota, n, theta, epsilon) = (4, 7, 2.0, 0.01);
        for others in 0..n {
            let pivotal = others == quota - 1;
            let bribe = if pivotal { theta + epsilon } else { epsilon };
            let yes = bribe - if others + 1 >= quota { theta } else { 0.0 };
            let no = -(if others >= quota { theta } else { 0.0 });
            assert!(yes > no);
        }
    }

    #[test]
    fn supermajorities_are_cheaper() {
        for (n, universal, minimal) in [(11, 1.83333, 6.0), (21, 1.90909, 11.0), (101, 1.98039, 51.0)] {
            let (extra, cost) = cheapest_coalition(n, 1.0).unwrap();
            assert_eq!(extra, n / 2);
            // 2·101/102 = 1.980392.
            close(cost, universal, 5e-6);
            close(coalition_cost(n, 0, 1.0).unwrap(), minimal, 1e-12);
        }
        assert_eq!(coalition_cost(10, 0, 1.0), None);
        assert_eq!(coalition_cost(11, 6, 1.0), None);
    }
}

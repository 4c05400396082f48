//! Kickbacks: delegates compete in payments per unit of stake for delegators who choose by logit.
//!
//! Candidate `i` pays `x_i` out of its rent `R − c_i`, keeps the margin `m_i = R − c_i − x_i` on each unit of stake, and
//! attracts the share
//!
//! `q_i = e^{x_i/μ}/(Σ_j e^{x_j/μ} + e^{u₀/μ})`
//!
//! of all stake; the outside share goes to nobody. The profit `m_i q_i` is largest where `m_i = μ/(1 − q_i)`, or at the
//! least kickback allowed. If a share `1 − ρ` of stake reconsiders per epoch and payoffs are discounted with `δ`, margins
//! are `μκ/(1 − q_i)` with `κ = (1 − δρ)/(1 − ρ)`: who pays more today pays it for long to stake that was there anyway. That condition
//! is necessary only: check [`Market::is_stationary_equilibrium`] before calling the result an equilibrium under inertia.
//!
//! The equilibrium is unique. Given `L = ln(Σ e^{x_j/μ} + e^{u₀/μ})` each candidate's share solves one equation whose
//! root falls in `L`; the `L` at which all shares add up to one is found by bracketing. No iteration can cycle.
//!
//! Sources: Anderson, de Palma and Thisse, *Discrete Choice Theory of Product Differentiation* (MIT Press 1992), chapter
//! 7; the same game as [`crate::theory::duopoly`] with `price − cost` for the margin.

use crate::numerics::{exp, exp_m1, lambert_w0_of_exp, ln, maximise, root};

/// Candidates who compete for stake.
#[derive(Clone, Debug, PartialEq)]
pub struct Market {
    /// What each earns per unit of stake before kickbacks, `R − c_i`; positive.
    pub rents: Vec<f64>,
    /// Scale of the delegators' tastes, `μ > 0`, in the unit of the rents.
    pub mu: f64,
    /// Utility `u₀` of delegating to nobody; `None` if all stake is delegated.
    pub outside: Option<f64>,
    /// Least kickback; 0 for payments that cannot be negative, −∞ for prices.
    pub floor: f64,
    /// Factor `κ ≥ 1` on static margins; 1 without inertia.
    pub margin_factor: f64,
}

/// Kickbacks from which no candidate wants to move, or which a cartel would choose.
#[derive(Clone, Debug, PartialEq)]
pub struct Equilibrium {
    /// Kickback of each candidate per unit of stake.
    pub kickback: Vec<f64>,
    /// Share of all stake of each.
    pub share: Vec<f64>,
    /// Share of stake that nobody gets.
    pub outside_share: f64,
    /// Largest violation of a first-order condition, in the unit of the rents: 0 up to rounding.
    pub residual: f64,
}

impl Equilibrium {
    /// What delegators receive per unit of all stake, `Σ q_i x_i`.
    pub fn delegator_income(&self) -> f64 {
        self.share.iter().zip(&self.kickback).map(|(q, x)| q * x).sum()
    }
}

/// Factor `κ = (1 − δρ)/(1 − ρ)` on margins where a share `1 − ρ` of stake reconsiders per epoch and candidates discount
/// with `δ`: 1 for `δ → 1`, `1/(1 − ρ)` for one-epoch payoffs (`δ = 0`). `0 ≤ ρ < 1`, `0 ≤ δ ≤ 1`.
pub fn inertia_factor(inertia: f64, discount: f64) -> f64 {
    (1.0 - discount * inertia) / (1.0 - inertia)
}

impl Market {
    /// A market without inertia, kickbacks at least 0.
    ///
    /// # Errors
    /// What was found and what is allowed, unless there is a candidate, all rents and `mu` are finite and positive, and the
    /// outside utility, if any, is finite.
    pub fn new(rents: Vec<f64>, mu: f64, outside: Option<f64>) -> Result<Self, String> {
        if rents.is_empty() {
            return Err("a kickback market needs at least one candidate".into());
        }
        if let Some(bad) = rents.iter().find(|r| !r.is_finite() || **r <= 0.0) {
            return Err(format!(
                "{bad} is among the candidates' rents R − c; they must be finite and greater than 0"
            ));
        }
        if !(mu > 0.0 && mu.is_finite()) {
            return Err(format!("the scale of tastes μ is {mu}; it must be finite and greater than 0"));
        }
        if let Some(bad) = outside.filter(|u| !u.is_finite()) {
            return Err(format!("the outside utility is {bad}; it must be finite"));
        }
        Ok(Market { rents, mu, outside, floor: 0.0, margin_factor: 1.0 })
    }

    /// `n` equal candidates.
    ///
    /// # Errors
    /// As for [`Market::new`].
    pub fn symmetric(n: usize, rent: f64, mu: f64, outside: Option<f64>) -> Result<Self, String> {
        Market::new(vec![rent; n], mu, outside)
    }

    /// The same market with inertia `ρ` in [0, 1) and discount factor `δ` in [0, 1].
    #[must_use]
    pub fn with_inertia(self, inertia: f64, discount: f64) -> Self {
        Market { margin_factor: inertia_factor(inertia, discount), ..self }
    }

    /// Share of all stake of each candidate at kickbacks `xs` (one per candidate).
    pub fn shares(&self, xs: &[f64]) -> Vec<f64> {
        let total = self.log_sum(xs);
        xs.iter().map(|x| exp(x / self.mu - total)).collect()
    }

    /// `ln(Σ e^{x/μ} + e^{u₀/μ})`.
    fn log_sum(&self, xs: &[f64]) -> f64 {
        let terms = || xs.iter().copied().chain(self.outside).map(|x| x / self.mu);
        let top = terms().fold(f64::NEG_INFINITY, f64::max);
        top + ln(terms().map(|t| exp(t - top)).sum())
    }

    /// Profit of candidate `i` per epoch at kickbacks `xs`: `(R − c_i − x_i) q_i`.
    pub fn profit(&self, i: usize, xs: &[f64]) -> f64 {
        (self.rents[i] - xs[i]) * self.shares(xs)[i]
    }

    /// Best kickback of candidate `i` against the others' in `xs`: `m = μκ(1 + W(κ e^{(R−c_i−v)/μ − κ})/κ)`, where `v/μ` is
    /// the log-sum of all other choices. The least kickback if there are none.
    pub fn best_response(&self, i: usize, xs: &[f64]) -> f64 {
        let mut others = xs.to_vec();
        others.remove(i);
        if others.is_empty() && self.outside.is_none() {
            return self.floor;
        }
        let kappa = self.margin_factor;
        let exponent = self.rents[i] / self.mu - self.log_sum(&others) - kappa + ln(kappa);
        let margin = self.mu * (kappa + lambert_w0_of_exp(exponent));
        (self.rents[i] - margin).max(self.floor)
    }

    /// Kickback and share of candidate `i` when the log-sum of all choices is `total`.
    fn answer(&self, i: usize, total: f64) -> (f64, f64) {
        let kappa = self.margin_factor;
        let constant = self.rents[i] / self.mu - total;
        // t = ln q solves t + κ/(1 − e^t) = constant.
        let miss = |t: f64| t - kappa / exp_m1(t) - constant;
        let lo = (constant - 2.0 * kappa).min(-std::f64::consts::LN_2);
        let hi = (constant - kappa).min(-1e-300);
        let log_share = if lo < hi { root(miss, lo, hi).unwrap_or(lo) } else { hi };
        let kickback = self.mu * (log_share + total);
        if kickback > self.floor {
            (kickback, exp(log_share))
        } else {
            (self.floor, exp(self.floor / self.mu - total))
        }
    }

    /// The equilibrium (unique).
    ///
    /// A lone candidate without outside option pays the floor; with prices (`floor = −∞`) it has no equilibrium and the
    /// numbers are not finite.
    pub fn equilibrium(&self) -> Equilibrium {
        let n = self.rents.len();
        let kappa = self.margin_factor;
        let outside = |total: f64| self.outside.map_or(0.0, |u| exp(u / self.mu - total));
        let excess = |total: f64| (0..n).map(|i| self.answer(i, total).1).sum::<f64>() + outside(total) - 1.0;
        // At each of these some share alone is at least 1, or (the last, for n ≥ 2) every share at least 1/2.
        let least_rent = self.rents.iter().copied().fold(f64::INFINITY, f64::min);
        let most_rent = self.rents.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let by_choice = self.outside.unwrap_or(f64::NEG_INFINITY).max(self.floor) / self.mu;
        let lo = if by_choice.is_finite() {
            by_choice
        } else {
            least_rent / self.mu - 2.0 * kappa + std::f64::consts::LN_2
        };
        let most = most_rent.max(self.outside.unwrap_or(most_rent)).max(self.floor);
        let hi = most / self.mu + ln(n as f64 + 1.0) + 1.0;
        let total = root(excess, lo, hi).unwrap_or(lo);
        let kickback: Vec<f64> = (0..n).map(|i| self.answer(i, total).0).collect();
        let share = self.shares(&kickback);
        let outside_share = self.outside.map_or(0.0, |u| exp(u / self.mu - self.log_sum(&kickback)));
        let residual =
            (0..n).map(|i| (self.best_response(i, &kickback) - kickback[i]).abs()).fold(0.0, f64::max);
        Equilibrium { kickback, share, outside_share, residual }
    }

    /// Most that any candidate can gain, per epoch on average, by leaving `at` for another kickback *for ever*, while stake
    /// follows only as it reconsiders: `max_x (R − c − x)(q(x)/κ + q(1 − 1/κ)) − (R − c − x_i) q`.
    ///
    /// First-order conditions are not enough under inertia: where margins are thin it pays to stop paying and live off the
    /// stake that has not left yet. Positive means that `at` is no equilibrium; 0 (up to rounding) that it is one against
    /// lasting changes.
    pub fn lasting_deviation_gain(&self, at: &Equilibrium) -> f64 {
        let moved = 1.0 / self.margin_factor;
        self.largest_gain(at, |i, x, q| (self.rents[i] - x) * (q * moved + at.share[i] * (1.0 - moved)))
    }

    /// Most that any candidate can gain, in present value, by paying another kickback for *one epoch*, with inertia `ρ` and
    /// discount factor `δ`: it pays on all stake of that epoch and keeps, or misses, what the offer drew until that
    /// reconsiders. Read as [`Market::lasting_deviation_gain`].
    pub fn one_epoch_deviation_gain(&self, at: &Equilibrium, inertia: f64, discount: f64) -> f64 {
        let later = discount * inertia / (1.0 - discount * inertia);
        self.largest_gain(at, |i, x, q| {
            let stay = at.share[i];
            let today = (self.rents[i] - x) * (inertia * stay + (1.0 - inertia) * q);
            today + (self.rents[i] - at.kickback[i]) * (1.0 - inertia) * (q - stay) * later
        })
    }

    /// Whether nobody gains by leaving `at`, with stake locked in by inertia `ρ` and discount factor `δ`, be it for one epoch
    /// or for ever: the *global* condition that the first-order condition behind [`Market::equilibrium`] does not imply.
    ///
    /// An offer `x` in one epoch, rivals' offers as they are, is worth
    ///
    /// `(ρ q_i + (1 − ρ) q_i(x)) · (R − c_i − x + W)`, `W = δρ/(1 − δρ) · (R − c_i − x_i)`,
    ///
    /// which must be largest at `x_i`. Where `ρ` is large it is not: at `x = 0` candidate `i` pockets the whole rent of the
    /// share `ρ q_i` that cannot leave yet. Two candidates with `R − c = 1`, `μ = ¼`, `u₀ = 0`, `δ = 1` pay .527 in
    /// equilibrium up to `ρ = .636`, and have no equilibrium in constant kickbacks above. Checked for each candidate on
    /// a grid of 400 steps from 0 to its rent, refined at the best; [`Market::margin_factor`] must be that of `ρ` and `δ`.
    pub fn is_stationary_equilibrium(&self, at: &Equilibrium, inertia: f64, discount: f64) -> bool {
        let rounding = 1e-9 * self.rents.iter().copied().fold(0.0, f64::max);
        self.one_epoch_deviation_gain(at, inertia, discount) <= rounding
            && self.lasting_deviation_gain(at) <= rounding
    }

    /// `value(i, kickback of i, share of i there)`, at best less at `at`, over all candidates; kickbacks from 0 (or the
    /// floor, if higher) to the rent.
    fn largest_gain(&self, at: &Equilibrium, value: impl Fn(usize, f64, f64) -> f64) -> f64 {
        let mut gain: f64 = 0.0;
        for i in 0..self.rents.len() {
            let worth = |x: f64| {
                let mut xs = at.kickback.clone();
                xs[i] = x;
                value(i, x, self.shares(&xs)[i])
            };
            let low = self.floor.max(0.0).min(self.rents[i]);
            let (_, most) = maximise(worth, low, self.rents[i], 400);
            gain = gain.max(most - worth(at.kickback[i]));
        }
        gain
    }

    /// Kickbacks that maximise the joint profit `Σ (R − c_i − x_i) q_i`.
    ///
    /// Who pays more than the floor keeps the same margin `M = μ + Π`, with `Π` the joint profit; the others pay the floor.
    /// With equal rents and without an outside option all pay the floor, as stake has nowhere else to go; with unequal ones the best
    /// pay more, to be backed instead of the others. Inertia does not matter.
    pub fn joint_maximum(&self) -> Equilibrium {
        let at =
            |margin: f64| -> Vec<f64> { self.rents.iter().map(|r| (r - margin).max(self.floor)).collect() };
        let joint = |xs: &[f64]| -> f64 {
            let shares = self.shares(xs);
            (0..xs.len()).map(|i| (self.rents[i] - xs[i]) * shares[i]).sum()
        };
        let most = self.rents.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let slope = |margin: f64| joint(&at(margin)) - (margin - self.mu);
        // At margin μ joint profit is positive or nothing is kept; it never exceeds the largest margin kept.
        let highest = match self.outside {
            // Σ q_i m_i with m ≤ M, and shares that vanish as M grows: Π < M − μ from some M on.
            Some(u) => {
                let reach = ln(self.rents.len() as f64) + (most - u).max(0.0) / self.mu;
                self.mu * (2.0 + reach)
            }
            None => most - self.floor + self.mu,
        };
        let margin = root(slope, self.mu.min(highest), highest).unwrap_or(highest);
        let kickback = at(margin);
        let share = self.shares(&kickback);
        let outside_share = self.outside.map_or(0.0, |u| exp(u / self.mu - self.log_sum(&kickback)));
        let profit = joint(&kickback);
        let residual = self
            .rents
            .iter()
            .zip(&kickback)
            .map(|(r, x)| if *x > self.floor { (r - x - self.mu - profit).abs() } else { 0.0 })
            .fold(0.0, f64::max);
        Equilibrium { kickback, share, outside_share, residual }
    }
}

/// The kickback of each of `n` equal candidates of rent `R − c`, as [`Market::equilibrium`] has it without inertia: `x = R − c −
/// μ/(1 − q)` with `q = 1/(n + e^{(u₀ − x)/μ})`, at least 0. What is paid rises with what would be due to it, so that there is one.
pub fn symmetric_kickback(n: u32, rent: f64, mu: f64, outside: Option<f64>) -> f64 {
    let others = |x: f64| f64::from(n) - 1.0 + outside.map_or(0.0, |u| exp((u - x) / mu));
    // μ/(1 − q) = μ(1 + 1/(1/q − 1)), where 1/q − 1 is what all other choices weigh.
    let miss = |x: f64| x - rent + mu * (1.0 + 1.0 / others(x));
    if miss(0.0) >= 0.0 { 0.0 } else { root(miss, 0.0, rent).unwrap_or(f64::NAN) }
}

/// What delegators, or the treasury, get as `μ → 0`: the second-highest of the rents (the highest rivals bid the winner up
/// to it), at least 0; 0 with fewer than two candidates.
pub fn bertrand_income(rents: &[f64]) -> f64 {
    let mut sorted = rents.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    sorted.get(1).copied().unwrap_or(0.0).max(0.0)
}

#[cfg(test)]
mod tests;

//! The contest of stakes that a contender of rule `stake` is, where theory knows it: constant values, machines that never fail, and
//! nothing but the cost of capital, and what issuance takes of a token, that a stake may cost or lose. What candidates have
//! (`capital_limit`) bounds their stakes; what a menu
//! leaves out does not: it belongs to how somebody learns, and play that presses against its end has a warning of its own.

use super::kickback_game::worths;
use crate::agent::Setting;
use crate::mechanism::stake::Stake;
use crate::mechanism::terms::Terms;
use crate::theory::contest::{Lottery, lottery_within, symmetric_stake};

/// A contest in the terms of theory; vectors are by candidate unless said otherwise.
#[derive(Clone, Debug)]
pub struct StakeGame {
    /// The stake whose cost takes all that an epoch leaves, by class.
    pub whole: Vec<f64>,
    /// What leading the whole epoch brings before `fixed`, in ETH.
    pub rewards: Vec<f64>,
    /// What being live costs whoever stakes anything, over being idle, in ETH per epoch.
    pub fixed: Vec<f64>,
    /// What an ETH at stake costs per epoch.
    costs: Vec<f64>,
    /// The most that one can stake, in ETH.
    limits: Vec<f64>,
    power: f64,
}

impl StakeGame {
    /// The contest of a contender; `None` where theory does not cover it.
    pub fn new(rule: &Stake, setting: &Setting, terms: &Terms) -> Option<Self> {
        let plain = terms.availability.iter().all(|&up| up == 1.0)
            && !(terms.starts || terms.oversight.governance.is_some());
        let worths = worths(setting, terms, rule).filter(|_| plain)?;
        let costs: Vec<f64> =
            (0..setting.candidates()).map(|i| rule.contest().steady_cost(terms, i)).collect::<Option<_>>()?;
        let whole: Vec<f64> = worths
            .iter()
            .map(|worth| match worth.law.atoms().as_slice() {
                [(value, _)] => Some(value - worth.cost),
                _ => None,
            })
            .collect::<Option<_>>()?;
        if terms.capital_rate.iter().chain(&costs).any(|&rate| rate <= 0.0) {
            return None;
        }
        let slots = f64::from(terms.epoch_slots);
        let each = || setting.sequencers.iter();
        let fixed: Vec<f64> = each().map(|s| slots * (s.traits.live_cost - s.traits.idle_cost)).collect();
        // Before the first epoch the token has not moved.
        let left = |(i, class): (usize, usize)| whole[class] * terms.capital_rate[i];
        let left: Vec<f64> = each().map(|s| s.class).enumerate().map(left).collect();
        let rewards = left.iter().zip(&fixed).map(|(left, fixed)| left + fixed).collect();
        let class_whole = |class: usize| {
            let i = each().position(|s| s.class == class)?;
            Some(left[i] / costs[i].max(terms.capital_rate[i]))
        };
        let whole = (0..whole.len()).map(class_whole).collect::<Option<_>>()?;
        let limits = each().map(|s| s.traits.capital_limit).collect();
        Some(StakeGame { whole, rewards, fixed, costs, limits, power: rule.power() })
    }

    /// The equilibrium: among equals up to the last exponent at which there is one in pure stakes, among others up to 1. `None` where theory
    /// knows none, or somebody in it would rather not be live.
    pub fn equilibrium(&self) -> Option<Lottery> {
        let StakeGame { rewards, costs, limits, fixed, power, .. } = self;
        let solved = if *power > 1.0 {
            let (reward, rate) = (*rewards.first()?, *costs.first()?);
            let alike =
                rewards.iter().all(|other| *other == reward) && costs.iter().all(|other| *other == rate);
            let n = u32::try_from(rewards.len()).ok().filter(|_| alike && reward > 0.0)?;
            let stake = symmetric_stake(reward, rate, n, *power)?;
            // Nobody's payoff is concave here, so that a limit that binds leaves theory without a word.
            limits.iter().all(|limit| stake <= *limit).then(|| Lottery::symmetric(reward, rate, n, stake))?
        } else {
            lottery_within(rewards, costs, limits, *power).ok()?
        };
        // At the last exponent equals are left with nothing, up to rounding.
        let covered =
            |i: usize| solved.shares[i] <= 0.0 || solved.payoffs[i] + 1e-12 * rewards[i] >= fixed[i];
        (0..rewards.len()).all(covered).then_some(solved)
    }
}

/// Whether everybody has the capital for these bonds.
pub fn can_post(setting: &Setting, bonds: f64) -> bool {
    setting.sequencers.iter().all(|s| bonds <= s.traits.capital_limit)
}

//! Stakers who compete for the slots of an epoch, as learned by the stakers.

use super::super::Study;
use super::menu_gap::MenuGap;
use super::{Claim, metric, study, tolerance_for, tolerating};
use crate::experiment::outcome::Outcome;
use crate::numerics::pow;
use crate::theory::contest::{Lottery, slot_shares};
use std::fmt::Write;

/// How slots follow from stakes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Selection {
    /// A leader for each slot in proportion to `s^τ`.
    Power(f64),
    /// So many seats an epoch, drawn in proportion to `s` without replacement, share its slots evenly.
    Seats(u32),
    /// So many seats, drawn with replacement; who has none gets the share `unstaked` of its stake back for the epoch.
    Unstaking {
        /// Seats.
        seats: u32,
        /// Share that is given back.
        unstaked: f64,
    },
}

/// A contest of stakes; equals stand next to each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Contest {
    /// Value of all slots of an epoch to each staker.
    pub rewards: Vec<f64>,
    /// Cost of capital of each, per epoch.
    pub costs: Vec<f64>,
    /// How slots follow from stakes.
    pub selection: Selection,
    /// Largest stake of the menu, as a share of what would eat up one's whole value.
    pub highest: f64,
    /// Parallel markets.
    pub rounds: u32,
    /// Epochs of learning.
    pub warmup: u32,
}

/// Stakers that are alike: they share a policy.
#[derive(Clone, Copy, Debug)]
struct Group {
    first: usize,
    members: usize,
}

impl Contest {
    /// A lottery among stakers of these rewards and costs.
    pub fn new(rewards: &[f64], costs: &[f64]) -> Self {
        Contest {
            rewards: rewards.to_vec(),
            costs: costs.to_vec(),
            selection: Selection::Power(1.0),
            highest: 0.5,
            rounds: 16,
            warmup: 400,
        }
    }

    /// The same with another selection.
    #[must_use]
    pub fn selecting(self, selection: Selection) -> Self {
        Contest { selection, ..self }
    }

    fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for i in 0..self.rewards.len() {
            match groups.last_mut() {
                Some(Group { first, members })
                    if self.rewards[i] == self.rewards[*first] && self.costs[i] == self.costs[*first] =>
                {
                    *members += 1;
                }
                _ => groups.push(Group { first: i, members: 1 }),
            }
        }
        groups
    }

    /// Keys of the contender.
    fn rule(&self) -> String {
        match self.selection {
            Selection::Power(1.0) => "rule = \"stake\"\n".to_owned(),
            Selection::Power(tau) => format!("rule = \"stake\"\nstake_power = {tau:?}\n"),
            Selection::Seats(k) => {
                format!("rule = \"stake_rotation\"\nseats = {k}\nreplacement = false\n")
            }
            Selection::Unstaking { seats, unstaked } => {
                format!("rule = \"stake_rotation\"\nseats = {seats}\nunstake_fraction = {unstaked:?}\n")
            }
        }
    }

    /// The experiment with `strategy`, the keys of a strategy, for everybody.
    pub fn text(&self, strategy: &str) -> String {
        let Contest { rounds, warmup, .. } = self;
        let mut text = format!(
            "[experiment]\nname = \"case\"\n\n[mechanism.contest]\n{}\n\
             [play]\nrounds = {rounds}\nwarmup_epochs = {warmup}\nmeasured_epochs = 50\ncertificate_markets = 32\n\
             certificate_epochs = 20\n\n[strategies.stakes]\n{strategy}\n\n",
            self.rule()
        );
        for Group { first, members } in self.groups() {
            let _ = writeln!(
                text,
                "[[sequencers]]\nname = \"{}\"\ncount = {members}\nvalue = {{ constant = {:?} }}\ncapital_cost = {:?}\n\
                 strategy = \"stakes\"\n",
                agent(first),
                self.rewards[first],
                self.costs[first]
            );
        }
        text
    }

    /// The experiment with learning on a menu of so many settings.
    fn learned(&self, points: usize) -> String {
        let highest = self.highest;
        self.text(&format!(
            "learner = \"hedge\"\nbins = 1\nmenu = {{ relative = [0.0, {highest:?}], points = {points} }}"
        ))
    }

    /// Stake of staker `i` that a setting of 1 means.
    fn unit(&self, i: usize) -> f64 {
        self.rewards[i] / self.costs[i]
    }

    /// Expected shares of the slots.
    fn shares(&self, stakes: &[f64]) -> Vec<f64> {
        let tau = match self.selection {
            Selection::Seats(k) => return slot_shares(stakes, k as usize),
            Selection::Power(tau) => tau,
            Selection::Unstaking { .. } => 1.0,
        };
        let weights: Vec<f64> = stakes.iter().map(|s| pow(*s, tau)).collect();
        let total: f64 = weights.iter().sum();
        weights.iter().map(|weight| weight / total).collect()
    }

    /// Share of a stake that is locked, at the share `p` of the draws.
    fn locked(&self, p: f64) -> f64 {
        match self.selection {
            Selection::Unstaking { seats, unstaked } => 1.0 - unstaked * pow(1.0 - p, f64::from(seats)),
            _ => 1.0,
        }
    }

    /// Cost of all that is locked, of each staker.
    fn spent(&self, stakes: &[f64], shares: &[f64]) -> Vec<f64> {
        (0..stakes.len()).map(|i| self.costs[i] * stakes[i] * self.locked(shares[i])).collect()
    }

    /// What stakes earn.
    pub fn payoffs(&self, stakes: &[f64]) -> Vec<f64> {
        let shares = self.shares(stakes);
        let spent = self.spent(stakes, &shares);
        (0..stakes.len()).map(|i| self.rewards[i] * shares[i] - spent[i]).collect()
    }

    /// What theory says of learned play on a menu of `points` settings, and how far the menu may lead from it.
    fn claims(&self, theory: &Lottery, points: usize) -> Vec<Claim> {
        let stakes = &theory.stakes;
        let n = stakes.len();
        let groups = self.groups();
        let step = |i: usize| self.highest / (points - 1) as f64 * self.unit(i);
        let members: Vec<usize> = groups.iter().map(|g| g.members).collect();
        let steps: Vec<f64> = groups.iter().map(|g| step(g.first)).collect();
        let menu = MenuGap::new(&|s| self.payoffs(s), stakes, &members, &steps);
        let gap = |number: &dyn Fn(&[f64]) -> f64| menu.of(number);
        let spent = |s: &[f64]| -> f64 { self.spent(s, &self.shares(s)).iter().sum() };
        let locked =
            |s: &[f64]| -> f64 { self.shares(s).iter().zip(s).map(|(p, s)| s * self.locked(*p)).sum() };
        let mut claims = Vec::new();
        for &Group { first: i, .. } in &groups {
            let what = if groups.len() == 1 { "stake".to_owned() } else { format!("stake/staker={}", i + 1) };
            // Who stays out has the least setting beside it.
            let tick = if stakes[i] > 0.0 { gap(&|s| s[i]) } else { step(i) };
            let unit = self.unit(i);
            claims.push(Claim::new(what, stakes[i], tick, move |o| mean_setting(o, i) * unit).on_curve());
        }
        if let [_] = groups[..] {
            if let Selection::Unstaking { unstaked, .. } = self.selection
                && unstaked > 0.0
            {
                claims.push(Claim::metric("capital_locked", locked(stakes), gap(&locked)).on_curve());
            }
            let each = move |o: &Outcome| {
                (metric(o, "sequencer_share") - metric(o, "capital_cost_share"))
                    * metric(o, "potential_value")
                    / n as f64
            };
            // Where stake buys nothing, the least of it still buys a seat.
            let tick = if stakes[0] > 0.0 { gap(&|s| self.payoffs(s)[0]) } else { self.costs[0] * step(0) };
            claims.push(Claim::new("payoff", theory.payoffs[0], tick, each).on_curve());
            return claims;
        }
        // Among equal rewards slots and income go by stake: the place in their rising order says whose they are.
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|&a, &b| theory.shares[a].total_cmp(&theory.shares[b]));
        for &Group { first: i, .. } in groups.iter().filter(|g| stakes[g.first] > 0.0) {
            let place = order.iter().position(|&j| j == i).unwrap_or(0);
            // The first one's share is what the others leave.
            if i > 0 {
                let what = format!("share/staker={}", i + 1);
                let tick = gap(&|s| self.shares(s)[i]);
                let share = move |o: &Outcome| part(o, "lorenz_slots", place);
                claims.push(Claim::new(what, theory.shares[i], tick, share).on_curve().in_unit("share"));
            }
            let (cost, unit) = (self.costs[i], self.unit(i));
            let payoff = move |o: &Outcome| {
                let all = metric(o, "sequencer_share") * metric(o, "potential_value");
                part(o, "lorenz_income", place) * all - cost * unit * mean_setting(o, i)
            };
            let tick = gap(&|s| self.payoffs(s)[i]);
            claims.push(
                Claim::new(format!("payoff/staker={}", i + 1), theory.payoffs[i], tick, payoff).on_curve(),
            );
        }
        claims.push(Claim::metric("capital_locked", locked(stakes), gap(&locked)).on_curve());
        let paid = |s: &[f64]| -> f64 { self.shares(s).iter().zip(&self.rewards).map(|(p, r)| p * r).sum() };
        let dissipation = |o: &Outcome| metric(o, "capital_cost_share") / metric(o, "sequencer_share");
        let tick = gap(&|s| spent(s) / paid(s));
        claims.push(
            Claim::new("dissipation", theory.dissipation, tick, dissipation)
                .on_curve()
                .in_unit("share of the reward"),
        );
        let firsts: Vec<(usize, f64)> = groups.iter().map(|g| (g.first, g.members as f64)).collect();
        let staking = move |o: &Outcome| -> f64 {
            firsts.iter().filter(|(i, _)| likeliest(o, *i) > 0.0).map(|(_, members)| members).sum()
        };
        claims.push(Claim::new("active-stakers", theory.active as f64, 0.0, staking).in_unit("stakers"));
        claims
    }

    /// The study: play learned on `points` settings, and on twice as many, against its equilibrium.
    pub fn study(&self, name: &str, source: &'static str, points: usize, theory: &Lottery) -> Study {
        let claims = self.claims(theory, points);
        let own = self.clone();
        let potential = self.rewards.iter().copied().fold(0.0, f64::max);
        let tolerance = tolerance_for(&theory.payoffs, &theory.shares, potential);
        study(name, source, move |points| tolerating(&own.learned(points), tolerance), points, claims)
    }
}

/// Equal stakers who all stake `stake`, of which the share `locked` is locked.
pub fn equals(n: u32, stake: f64, cost: f64, locked: f64) -> Lottery {
    let (m, each) = (n as usize, 1.0 / f64::from(n));
    Lottery {
        total: f64::from(n) * stake,
        shares: vec![each; m],
        stakes: vec![stake; m],
        payoffs: vec![each - cost * stake * locked; m],
        active: m,
        dissipation: f64::from(n) * cost * stake * locked,
        concentration: each,
    }
}

fn agent(i: usize) -> String {
    format!("staker {}", i + 1)
}

/// Mean setting of the group whose first member is `i`; to abstain is to stake nothing.
fn mean_setting(outcome: &Outcome, i: usize) -> f64 {
    let agent = agent(i);
    let own = outcome.policies.iter().filter(|p| p.agent == agent);
    own.map(|p| p.probability * p.action.unwrap_or(0.0)).sum()
}

/// The setting that it plays most often.
fn likeliest(outcome: &Outcome, i: usize) -> f64 {
    let agent = agent(i);
    let own = outcome.policies.iter().filter(|p| p.agent == agent);
    let best = own.max_by(|a, b| a.probability.total_cmp(&b.probability));
    best.and_then(|p| p.action).unwrap_or(0.0)
}

/// What a Lorenz curve says of the staker at a place of the rising order.
pub fn part(outcome: &Outcome, curve: &str, place: usize) -> f64 {
    let points = outcome.curves.iter().find(|c| c.name == curve).map(|c| c.points.as_slice());
    match points.unwrap_or_default().get(place..place + 2) {
        Some([before, after]) => after.1 - before.1,
        _ => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::contest::lottery;

    /// On the menu the game itself says how far its equilibria are.
    #[test]
    fn the_menu_leads_equal_stakers_away_by_a_tick_in_n() {
        for n in [2, 3, 5, 10] {
            let contest = Contest::new(&vec![1.0; n], &vec![0.05; n]);
            let theory = lottery(&contest.rewards, &contest.costs).unwrap();
            let claims = contest.claims(&theory, 41);
            let tick = 0.5 / 40.0 / 0.05 / n as f64;
            assert!((claims[0].tick / tick - 1.0).abs() < 1e-3, "{n}: {} {tick}", claims[0].tick);
            assert!((claims[1].tick / (0.05 * tick) - 1.0).abs() < 1e-3);
        }
    }
}

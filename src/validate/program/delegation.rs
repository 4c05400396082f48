//! Delegated stake whose candidates bribe delegators with kickbacks, as learned by the candidates.

use super::super::Study;
use super::contest::part;
use super::{Claim, point, study, tolerance_for, tolerating};
use crate::experiment::outcome::Outcome;
use crate::theory::kickback::Market;
use std::fmt::Write;

/// Candidates and what their delegators are like.
#[derive(Clone, Debug)]
pub struct Delegation {
    /// Rent before costs.
    pub rent: f64,
    /// Cost of each candidate.
    pub costs: Vec<f64>,
    /// Scale of tastes.
    pub mu: f64,
    /// Utility of delegating to nobody, if one may.
    pub outside: Option<f64>,
    /// Share of stake that does not reconsider in an epoch.
    pub inertia: f64,
    /// Candidates' discount factor per epoch.
    pub discount: f64,
    /// Parallel markets.
    pub rounds: u32,
    /// Epochs of learning.
    pub warmup: u32,
    /// The highest kickback on the menu.
    pub highest: f64,
    /// Learning rule, with its settings.
    pub learner: &'static str,
}

impl Delegation {
    /// Candidates with these costs and a rent of 1, without outside option or inertia.
    pub fn new(costs: &[f64], mu: f64) -> Self {
        Delegation {
            rent: 1.0,
            costs: costs.to_vec(),
            mu,
            outside: None,
            inertia: 0.0,
            discount: 1.0,
            rounds: 4,
            warmup: 800,
            highest: 1.2,
            learner: "learner = \"hedge\"",
        }
    }

    /// The same game in theory.
    ///
    /// # Errors
    /// As for [`Market::new`].
    pub fn theory(&self) -> Result<Market, String> {
        let rents = self.costs.iter().map(|c| self.rent - c).collect();
        Ok(Market::new(rents, self.mu, self.outside)?.with_inertia(self.inertia, self.discount))
    }

    /// The experiment, with a menu of so many settings.
    pub fn text(&self, points: usize) -> String {
        let Delegation { rent, mu, inertia, discount, rounds, warmup, highest, learner, .. } = self;
        let outside = self.outside.map_or(String::new(), |u0| format!("outside_option = {u0:?}\n"));
        let sensitivity = 1.0 / mu;
        let mut text = format!(
            "[experiment]\nname = \"case\"\n\n[mechanism.dpos]\nrule = \"delegated\"\n\n\
             [play]\nrounds = {rounds}\nwarmup_epochs = {warmup}\nmeasured_epochs = 25\ncertificate_markets = 24\n\
             certificate_epochs = 24\n\n\
             [[delegators]]\nname = \"holders\"\ncontinuum = true\nprice_sensitivity = {sensitivity:?}\ninertia = {inertia:?}\n{outside}\n\
             [strategies.grid]\n{learner}\nmenu = {{ absolute = [0.0, {highest:?}], points = {points} }}\n\n"
        );
        // Candidates of the same cost are one group, and share a policy.
        let mut costs = self.costs.clone();
        costs.dedup();
        for cost in costs {
            let count = self.costs.iter().filter(|&&c| c == cost).count();
            let _ = writeln!(
                text,
                "[[sequencers]]\nname = \"cost {cost}\"\ncount = {count}\nvalue = {{ constant = {rent:?} }}\nlive_cost = {cost:?}\n\
                 discount = {discount:?}\nstrategy = \"grid\"\n"
            );
        }
        text
    }

    /// Delegators' income, the outside share, and the kickback of each kind of candidate.
    ///
    /// # Errors
    /// As for [`Market::new`].
    pub fn claims(&self, points: usize) -> Result<Vec<Claim>, String> {
        let market = self.theory()?;
        let equilibrium = market.equilibrium();
        let step = self.highest / (points - 1) as f64;
        let moved: Vec<f64> = equilibrium.kickback.iter().map(|x| x + step).collect();
        let shares = market.shares(&moved);
        let income: f64 = shares.iter().zip(&moved).map(|(q, x)| q * x).sum();
        let paid = equilibrium.delegator_income();
        let mut claims = vec![Claim::metric("bribes_to_delegators", paid, income - paid)];
        if self.outside.is_some() {
            let outside = 1.0 - shares.iter().sum::<f64>();
            let now = equilibrium.outside_share;
            claims.push(Claim::metric("unrealised_share", now, outside - now).in_unit("share"));
        }
        for (i, (&cost, &x)) in self.costs.iter().zip(&equilibrium.kickback).enumerate() {
            // Where almost no stake is at stake, a kickback hardly matters and is not learned.
            if equilibrium.share[i] < 0.05 || self.costs[..i].contains(&cost) {
                continue;
            }
            let what = if self.costs.iter().all(|c| *c == cost) {
                "kickback".to_owned()
            } else {
                format!("kickback/cost={cost}")
            };
            let agent = format!("cost {cost}");
            claims.push(Claim::new(what, x, step, move |o| {
                point(o, "offer_absolute", &agent, f64::NEG_INFINITY, f64::INFINITY)
            }));
        }
        claims.extend(self.share_claims(&equilibrium.share, step));
        Ok(claims)
    }

    /// The share of stake behind each of unequal candidates, by its place in their rising order: the cheaper, the more. A candidate who
    /// moves by a tick alone changes its share by `q(1 − q)/μ` ticks; where that is a tenth and more it says nothing.
    fn share_claims(&self, shares: &[f64], step: f64) -> Vec<Claim> {
        let unequal = self.costs.windows(2).all(|pair| pair[0] < pair[1]);
        if !unequal || shares.len() < 2 || self.outside.is_some() {
            return Vec::new();
        }
        let tick = |q: f64| q * (1.0 - q) * step / self.mu;
        let last = shares.len() - 1;
        // As of kickbacks: where almost nobody chooses a candidate, it hardly matters what it learns.
        let each = shares.iter().enumerate().filter(|(_, q)| **q >= 0.05 && tick(**q) < 0.1);
        each.map(|(i, &q)| {
            let share = move |o: &Outcome| part(o, "lorenz_slots", last - i);
            Claim::new(format!("share/cost={}", self.costs[i]), q, tick(q), share).in_unit("share")
        })
        .collect()
    }

    /// The study.
    ///
    /// # Errors
    /// As for [`Market::new`].
    pub fn study(&self, name: &str, source: &'static str, points: usize) -> Result<Study, String> {
        let claims = self.claims(points)?;
        let own = self.clone();
        let equilibrium = self.theory()?.equilibrium();
        let earned = self.costs.iter().zip(&equilibrium.kickback).zip(&equilibrium.share);
        let payoffs: Vec<f64> = earned.map(|((c, x), q)| (self.rent - c - x) * q).collect();
        let tolerance = tolerance_for(&payoffs, &equilibrium.share, self.rent);
        Ok(study(name, source, move |points| tolerating(&own.text(points), tolerance), points, claims))
    }
}

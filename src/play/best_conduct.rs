//! Which conduct brings most over a whole epoch, whose acts are found out together.
//!
//! Where each of `k` acts of an epoch is found out with probability `f`, and one finding takes `L` however many acts there were, the
//! `j`-th adds only `f·(1 − f)^(j−1)` to the probability of a finding. Acts that do not pay one by one may pay together: `k` of them that
//! bring `G` each do if `k·G > (1 − (1 − f)^k)·L` ([`crate::theory::deterrence::Temptation::together`]). Hence whole ways to behave are
//! held against each other, in the same epochs: what each earns, less its scruples, less `L` times the probability of a finding for
//! all that was done.
//!
//! **Ways.** As far as they are learned: to take no bribe, or every one from some price on, of those that the briber offers; to take toxic MEV
//! or leave it; to obey orders or defy them. What pays act by act is given up only for what brings more by twice the standard error of
//! the difference.
//!
//! **What is asked.** Who takes what is offered asks what its acts cost it on average: less would not pay. Who takes nothing asks
//! what a first act would cost. A briber who learns its price posts it for all targets: of such a one everybody asks the least price that pays
//! if it is taken for all of them by everybody, their average cost, whatever is offered while it learns.
//!
//! **Deals of several.** Where schedules are public a briber pays nobody unless everybody takes its offer. Who would be paid only then
//! asks what it gains if the others are willing, as else it loses nothing: so it is supposed in the first rounds, after which
//! others count as they behave; always of a briber who learns.

use super::conduct::Conduct;
use super::ledger::Imbalance;
use super::market::{Game, Market};
use super::trial::Trial;
use crate::agent::conduct::Choice;
use crate::learning::policy::Policy;
use crate::mechanism::Mechanism;

/// Most prices from which on bribes are taken that are tried.
const PRICES: usize = 3;
/// Standard errors by which a way must be better than what pays act by act.
const SURE: f64 = 2.0;
/// Share of what is earned within which differences are rounding.
const ROUNDING: f64 = 1e-9;

/// What a way earned in an epoch, before scruples and findings, and by how many acts.
#[derive(Clone, Copy, Debug, Default)]
struct Earned {
    income: f64,
    acts: u32,
}

/// Ways of one player, and what each earned.
#[derive(Debug)]
pub struct Ways {
    /// The first does nothing wrong that is learned, the last everything.
    all: Vec<Conduct>,
    /// What offered prices leave over what including earns, ascending.
    offered: Vec<f64>,
    /// Whether the briber learns what is asked.
    haggled: bool,
    /// By epoch, in the order of ways.
    earned: Vec<Vec<Earned>>,
}

impl Ways {
    /// Of a player that behaves like `usual` where nothing is learned, while the briber's prices are drawn from `price`.
    pub fn new<M: Mechanism>(
        game: &Game<M>,
        spec: crate::agent::conduct::Conduct,
        usual: Conduct,
        price: &Policy,
    ) -> Ways {
        let offered = if spec.learns_bribes() { markups_offered(game, price) } else { Vec::new() };
        let honest = Conduct {
            markup: if spec.learns_bribes() { f64::INFINITY } else { usual.markup },
            toxic: usual.toxic && spec.toxic != Choice::Learned,
            obeys: if spec.obeys == Choice::Learned { Some(false) } else { usual.obeys },
            ..usual
        };
        let mut ways = vec![honest];
        let mut extend = |learned: bool, change: &dyn Fn(Conduct) -> Vec<Conduct>| {
            if learned {
                let more: Vec<Conduct> = ways.iter().flat_map(|&way| change(way)).collect();
                ways.extend(more);
            }
        };
        extend(spec.obeys == Choice::Learned, &|way| vec![Conduct { obeys: Some(true), ..way }]);
        extend(spec.toxic == Choice::Learned, &|way| vec![Conduct { toxic: true, ..way }]);
        // The lowest price is last.
        let tried: Vec<f64> = spread(&offered).into_iter().rev().collect();
        let mut sell = Vec::new();
        for markup in tried {
            sell.extend(ways.iter().map(|&way| Conduct { markup, ..way }));
        }
        ways.extend(sell);
        let haggled = game.setting.briber.as_ref().is_some_and(|briber| briber.learner.learns());
        Ways { all: ways, offered, haggled, earned: Vec::new() }
    }

    /// Whether there is anything to choose.
    pub fn is_choice(&self) -> bool {
        self.all.len() > 1
    }

    /// Lets candidate `i` try them all in the epoch after `before`; others are `willing` to sell, or behave as they do.
    ///
    /// # Errors
    /// [`Imbalance`] if some market's books do not balance.
    pub fn try_all<M: Mechanism>(
        &mut self,
        trial: &mut Trial<M>,
        before: &Market<M>,
        i: usize,
        willing: bool,
    ) -> Result<(), Imbalance> {
        let mut play = |way: Conduct| -> Result<Earned, Imbalance> {
            let willing = Some(way.markup).filter(|markup| willing && markup.is_finite());
            let played = trial.played(before, i, way, willing)?;
            Ok(Earned { income: played.income, acts: played.acts })
        };
        let (first, last) = (self.all[0], self.all[self.all.len() - 1]);
        let (honest, worst) = (play(first)?, play(last)?);
        let mut earned = vec![honest; self.all.len()];
        // Mostly nothing tempts anybody, and all ways are the same.
        if worst.acts != honest.acts || worst.income != honest.income {
            for (earned, &way) in earned.iter_mut().zip(&self.all).skip(1) {
                *earned = play(way)?;
            }
        }
        self.earned.push(earned);
        Ok(())
    }

    /// The best of them, if an act by itself is expected to cost so much that `usual` is what pays act by act: a finding costs `loss`, comes
    /// with the probability `finds` after so many acts, and each act costs `scruple` besides. An order obeyed spares `spared` on balance.
    pub fn best(
        &self,
        usual: Conduct,
        spared: f64,
        loss: f64,
        scruple: f64,
        finds: &dyn Fn(u32) -> f64,
    ) -> Conduct {
        let cost = |acts: u32| scruple * f64::from(acts) + loss * finds(acts);
        let worth = |w: usize| -> Vec<f64> {
            self.earned.iter().map(|epoch| epoch[w].income - cost(epoch[w].acts)).collect()
        };
        let Some(by_act) = self.place(usual, spared) else { return usual };
        let known = worth(by_act);
        let mut best = (by_act, 0.0);
        for w in 0..self.all.len() {
            let more: Vec<f64> = worth(w).iter().zip(&known).map(|(a, b)| a - b).collect();
            let mean = surely_above(&more, &known);
            if mean > best.1 {
                best = (w, mean);
            }
        }
        let way = self.all[best.0];
        let changed = best.0 != by_act;
        let sells = !self.offered.is_empty() && (self.haggled || way.markup.is_finite());
        let markup = if sells {
            self.asked(best.0, usual.markup, &cost)
        } else if changed && self.all[by_act].markup != way.markup {
            way.markup
        } else {
            usual.markup
        };
        if changed {
            Conduct { markup, act_cost: usual.act_cost, ..way }
        } else {
            Conduct { markup, ..usual }
        }
    }

    /// The way that is the same as `usual`.
    fn place(&self, usual: Conduct, spared: f64) -> Option<usize> {
        let sells = |way: &Conduct| way.markup >= usual.markup;
        let least =
            self.all.iter().filter(|way| sells(way)).map(|way| way.markup).fold(f64::INFINITY, f64::min);
        let markup = if self.offered.is_empty() { self.all[0].markup } else { least };
        let obeys = usual.obeys.unwrap_or(spared > usual.act_cost);
        self.all.iter().position(|way| {
            way.markup == markup && way.toxic == usual.toxic && way.obeys.unwrap_or(obeys) == obeys
        })
    }

    /// What is asked by who behaves in way `w`: what the bribes that it takes, or would take of a briber who learns, cost on average, or `alone`
    /// where there was none; of a given briber more than every offer that is refused.
    fn asked(&self, w: usize, alone: f64, cost: &dyn Fn(u32) -> f64) -> f64 {
        let way = self.all[w];
        let least = if self.haggled { self.all[self.all.len() - 1].markup } else { way.markup };
        let same_but_for = |markup: f64| {
            self.all.iter().position(|other| {
                other.markup == markup && other.toxic == way.toxic && other.obeys == way.obeys
            })
        };
        let (Some(some), Some(none)) = (same_but_for(least), same_but_for(f64::INFINITY)) else {
            return alone;
        };
        let (mut costs, mut acts) = (0.0, 0.0);
        for epoch in &self.earned {
            costs += cost(epoch[some].acts) - cost(epoch[none].acts);
            acts += f64::from(epoch[some].acts) - f64::from(epoch[none].acts);
        }
        let mean = if acts > 0.0 { costs / acts } else { alone };
        if self.haggled {
            return mean.max(0.0);
        }
        let refused = self.offered.iter().copied().filter(|&offered| offered < least).fold(-1.0, f64::max);
        if mean > refused { mean.clamp(0.0, least) } else { least }
    }
}

/// The mean of `more`, if that is surely above 0 and no rounding of what is `known` to be earned; else 0.
fn surely_above(more: &[f64], known: &[f64]) -> f64 {
    let n = more.len() as f64;
    if n < 2.0 {
        return 0.0;
    }
    let mean = more.iter().sum::<f64>() / n;
    let variance = more.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
    let size = known.iter().map(|x| x.abs()).sum::<f64>() / n;
    if mean > SURE * (variance / n).sqrt() && mean > ROUNDING * size { mean } else { 0.0 }
}

/// At most [`PRICES`] of these, the first and the last among them.
fn spread(all: &[f64]) -> Vec<f64> {
    if all.len() <= PRICES {
        return all.to_vec();
    }
    (0..PRICES).map(|k| all[k * (all.len() - 1) / (PRICES - 1)]).collect()
}

/// What the briber's prices leave over what including earns, ascending, each as little less as rounding takes.
fn markups_offered<M: Mechanism>(game: &Game<M>, price: &Policy) -> Vec<f64> {
    let targets = game.setting.world.tempting().and_then(|rollup| rollup.targets);
    let (Some(targets), Some(briber)) = (targets, &game.setting.briber) else { return Vec::new() };
    if !targets.can_stay_out() {
        return Vec::new();
    }
    let forgone = targets.tips.collected(1);
    let chances = price.row(0).iter().enumerate().filter(|(_, chance)| **chance > 0.0);
    let mut offered: Vec<f64> = chances
        .filter_map(|(column, _)| briber.price(column, forgone))
        .map(|price| price - forgone - 4.0 * f64::EPSILON * price)
        .filter(|markup| *markup >= 0.0)
        .collect();
    offered.sort_by(f64::total_cmp);
    offered.dedup();
    offered
}

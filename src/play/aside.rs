//! What a slot brings aside, once conduct is learned: tips, bribes and toxic MEV, less legal penalties, scruples and what findings are
//! expected to cost; and of stakes, the acts from which each reckons its findings.

use super::censorship::attempt::Stance;
use super::conduct::Loss;
use super::conduct_sampling::{MARKETS, School};
use super::ledger::Imbalance;
use crate::mechanism::findings::Findings;
use crate::mechanism::{Lever, Mechanism};
use std::collections::BTreeMap;

/// Epochs in each market over which it is counted what is earned aside.
const ASIDE_EPOCHS: u32 = 48;

/// What a candidate could expect that produced every slot of an epoch.
#[derive(Clone, Copy, Debug, Default)]
struct Alone {
    /// What it would earn aside from a slot, before findings.
    earned: f64,
    /// Probability that it would be found guilty.
    findings: f64,
    /// Shares of epochs under no order and under one, and the probability of an act in a slot then.
    acts: [(f64, f64); 2],
    /// Whether it would take toxic MEV.
    toxic: bool,
}

/// Targets that somebody met.
#[derive(Clone, Debug, Default)]
struct Met {
    acts: f64,
    /// How often it could include after not having been able to for so many slots, that one counted, or for as long as a target stays out.
    gaps: BTreeMap<u32, f64>,
}

impl Met {
    /// Probability that a slot brings a target on which it acts if it meets it, where targets stay out for `window` slots; `None` where it could
    /// never include.
    fn chance(&self, window: f64) -> Option<f64> {
        let slots: f64 = self.gaps.iter().map(|(&gap, times)| times * f64::from(gap).min(window)).sum();
        (slots > 0.0).then(|| (self.acts / slots).min(1.0))
    }
}

impl<M: Mechanism> School<'_, '_, M> {
    /// What each candidate earns from a slot that it produces besides fees and benign MEV, less legal penalties, `scruple` for each act
    /// and, unless offers are stakes, what findings are expected to cost it, `loss` each: mean over the members of its player and over
    /// markets. Of those who never produce anything it is what they would do alone in office. Where offers are stakes, the acts
    /// from which each reckons its findings beside that.
    pub(super) fn aside(
        &mut self,
        loss: &dyn Fn(usize) -> Loss,
        scruple: &dyn Fn(usize) -> f64,
    ) -> Result<(Vec<f64>, Vec<Findings>), Imbalance> {
        let player = &self.game.seats.player;
        let players = self.game.seats.players.len();
        let (mut earned, mut produced) = (vec![0.0; players], vec![0.0; players]);
        // Under no order and under one, acts and for how long a member had not been able to include when it could: so many slots, whose
        // targets it met. Slots for which targets stayed out on which one acted. Epochs in which it led something, and toxic MEV taken in them.
        let mut met: Vec<[Met; 2]> = vec![Default::default(); players];
        let (mut stays, mut toxic) = (vec![(0.0, 0.0); players], vec![(0.0, 0.0); players]);
        let targets = self.game.setting.world.tempting().and_then(|rollup| rollup.targets);
        let window = targets.map_or(1, |targets| targets.window.min(targets.forced));
        let staked = self.game.rule.lever() == Some(Lever::Stake);
        let oversight = &self.game.terms.oversight;
        let finds = |acts: u32| oversight.governance.map_or(0.0, |governance| governance.finds(acts));
        for _ in 0..MARKETS {
            let mut market = self.open()?;
            let mut last: Vec<Option<u64>> = vec![None; player.len()];
            // Who included in one of the last slots before what is counted meets no more than what has come since.
            let before = if staked { window.div_ceil(self.game.terms.epoch_slots) } else { 0 };
            for epoch in 0..before + ASIDE_EPOCHS {
                self.step(&mut market)?;
                let counted = epoch >= before;
                if staked {
                    let begin = u64::from(market.epoch - 1) * u64::from(self.game.terms.epoch_slots);
                    let service = &market.service;
                    for slot in 0..service.includers.slots() {
                        let now = begin + slot as u64;
                        for &i in service.includers.of(slot) {
                            let gap =
                                last[i].map_or(window, |last| (now - last).min(u64::from(window)) as u32);
                            last[i] = Some(now);
                            if let Some(docket) = market.docket().filter(|_| counted) {
                                let met = &mut met[player[i]][usize::from(docket.ordered(i).is_some())];
                                *met.gaps.entry(gap).or_default() += 1.0;
                            }
                        }
                    }
                }
                let Some(docket) = market.docket().filter(|_| counted) else { continue };
                let service = &market.service;
                for (i, &p) in player.iter().enumerate() {
                    let acts = docket.acts[i];
                    let found = if docket.is_judged(service, i) { finds(acts) } else { 0.0 };
                    let costs =
                        f64::from(acts) * scruple(p) + if staked { 0.0 } else { found * loss(p).counted() };
                    let tips = service.tips[i] + service.repeated[i];
                    earned[p] += tips + service.illicit[i] - docket.penalties[i] - costs;
                    produced[p] += service.produced[i];
                    let took = docket.took_toxic(self.game.terms, service, i);
                    met[p][usize::from(docket.ordered(i).is_some())].acts +=
                        f64::from(acts - u32::from(took));
                    if service.scheduled[i] > 0.0 {
                        toxic[p] = (toxic[p].0 + 1.0, toxic[p].1 + f64::from(u8::from(took)));
                    }
                }
                if staked {
                    for &(i, slots) in &docket.acted_on {
                        let stays = &mut stays[player[i]];
                        *stays = (stays.0 + 1.0, stays.1 + f64::from(slots));
                    }
                }
            }
        }
        let alone = |i: usize| self.alone(i, scruple(player[i]));
        let each = |(i, &p): (usize, &usize)| {
            if produced[p] > 0.0 {
                return earned[p] / produced[p];
            }
            let alone = alone(i);
            let findings = if staked { 0.0 } else { alone.findings * loss(p).counted() };
            alone.earned - findings / f64::from(self.game.terms.epoch_slots)
        };
        let aside = player.iter().enumerate().map(each).collect();
        let mean = |(all, some): (f64, f64)| (all > 0.0).then(|| some / all);
        let errs = oversight.governance.is_some_and(|governance| governance.false_finding > 0.0);
        let expected = |(i, &p): (usize, &usize)| {
            let alone = alone(i);
            // Where nobody has acted yet, a briber would keep targets out for the whole window.
            let usual = if self.game.setting.briber.is_some() { f64::from(window) } else { 1.0 };
            let window = mean(stays[p]).unwrap_or(usual);
            let acts = [0, 1].map(|k| (alone.acts[k].0, met[p][k].chance(window).unwrap_or(alone.acts[k].1)));
            let toxic = mean(toxic[p]).unwrap_or(f64::from(u8::from(alone.toxic)));
            // Where nobody can be found guilty of anything it costs no time either.
            if !errs && toxic == 0.0 && acts.iter().all(|&(share, acts)| share * acts == 0.0) {
                return Findings::default();
            }
            Findings { acts, window, toxic, share: self.share_lost(i), fixed: loss(p).beside() }
        };
        let findings = if staked { player.iter().enumerate().map(expected).collect() } else { Vec::new() };
        Ok((aside, findings))
    }

    /// What candidate `i` would earn aside from a slot if it produced all of them, and the findings against it.
    fn alone(&self, i: usize, scruple: f64) -> Alone {
        let Some(rollup) = self.game.setting.world.tempting() else { return Alone::default() };
        let conduct = self.behaviour.conduct[i];
        let slots = self.game.terms.epoch_slots;
        let mut earned = 0.0;
        let skill = self.game.setting.sequencers[i].traits.skill;
        let toxic = rollup.toxic.filter(|_| conduct.toxic && !self.game.terms.fair);
        let toxic = toxic.map_or(0.0, |toxic| toxic.beside(skill * rollup.mev.mean()));
        let acts = u32::from(toxic > 0.0);
        if toxic > 0.0 {
            earned += toxic - scruple / f64::from(slots);
        }
        // Shares of epochs under no order and under one, and the probability of an act in a slot then.
        let mut epochs = [(1.0, 0.0), (0.0, 0.0)];
        if let Some(targets) = rollup.targets {
            let tip = targets.tips.collected(1);
            let briber = self.game.setting.briber.as_ref().filter(|_| targets.can_stay_out());
            // What one target brings, under an order with this penalty or under none, and the probability of an act.
            let mean = |penalty: Option<f64>| {
                let included = (tip - penalty.unwrap_or(0.0), 0.0);
                let asked = match conduct.stance(tip, penalty) {
                    Stance::Obeys => return (-scruple, 1.0),
                    Stance::Sells(asked) => asked,
                };
                let Some(briber) = briber else { return included };
                let taken = |column: usize| match briber.price(column, tip) {
                    Some(price) if price >= asked => (price - scruple, 1.0),
                    _ => included,
                };
                let offers = self.behaviour.price.row(0).iter().enumerate();
                offers.fold((0.0, 0.0), |(earned, acts), (column, chance)| {
                    let (more, act) = taken(column);
                    (earned + chance * more, acts + chance * act)
                })
            };
            let place = &self.game.setting.sequencers[i].traits.jurisdiction;
            let ordered = rollup.orders.filter(|_| !place.is_empty());
            let (share, penalty) = ordered.map_or((0.0, 0.0), |orders| (orders.share(), orders.penalty));
            epochs = [(1.0 - share, None), (share, Some(penalty))].map(|(share, penalty)| {
                if share <= 0.0 {
                    return (0.0, 0.0);
                }
                let (each, act) = mean(penalty);
                earned += targets.rate * share * each;
                (share, targets.rate * act)
            });
        }
        let governance = self.game.terms.oversight.governance;
        let findings = governance.map_or(0.0, |governance| {
            epochs.iter().map(|&(share, act)| share * governance.finds_by_chance(acts, slots, act)).sum()
        });
        Alone { earned, findings, acts: epochs, toxic: acts > 0 }
    }
}

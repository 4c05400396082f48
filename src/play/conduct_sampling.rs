//! Markets in which conduct is learned: what a finding costs, what ways to behave earn in an epoch, and what prices bring the briber.
//!
//! Each round opens a few markets under everybody's present behaviour. Those who learn try ways to behave in some epochs of each; at its end a
//! member of each group who is in office is found guilty in one copy and not in another, and both are played on.

use super::best_conduct::{Costs, Habits, Ways};
use super::conduct::{Behaviour, Conduct, Loss, loss_of};
use super::ledger::Imbalance;
use super::market::{Detail, Game, Market, Round};
use super::schedule::{Phase, market_key};
use super::trial::Trial;
use crate::draws::{Purpose, Who};
use crate::learning::{Feedback, Learner};
use crate::mechanism::Mechanism;
use crate::numerics::pow;

/// Markets of a round, in each of which everybody's loss is sampled.
pub(super) const MARKETS: u32 = 4;
/// Epochs played in each market before its members are tried, and epochs in which it is waited for that one serves.
const EPOCHS: u32 = 8;
const PATIENCE: u32 = 24;
/// Epochs of a market in which more ways are tried, and most such markets in a round and over all rounds for each player who tries some:
/// where one is in office at a time, each is in so many of them.
const MORE_EPOCHS: u32 = 24;
const MORE_MARKETS: u32 = 32;
const MOST_MARKETS: u32 = 3 * MORE_MARKETS;
/// Batches from which the briber learns, and targets in each, if they come within so many epochs.
const LESSONS: u32 = 48;
const TARGETS: usize = 16;
const LESSON_EPOCHS: u32 = 400;

/// What a round of learning found for one player.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sample {
    /// Discounted loss from being found guilty, mean over so many.
    pub loss: Loss,
    pub losses: f64,
    /// Benign MEV in an epoch in which one produces anything; of those who never do, in one in which they produced everything.
    pub mev: f64,
}

/// Ways that have been tried by each player, as far as it has any, while everybody kept to the same habits.
#[derive(Debug, Default)]
pub(super) struct Tried {
    pub ways: Vec<Option<Ways>>,
    /// Whether others were supposed to be willing to sell, and how everybody behaved.
    among: Option<(bool, Habits)>,
    /// Markets opened for it beside those of rounds.
    more: u32,
}

/// Markets in which conduct is learned.
pub(super) struct School<'g, 'a, M: Mechanism> {
    pub game: &'g Game<'a, M>,
    pub choose: &'g dyn Fn(u32, usize, usize, f64) -> usize,
    pub burn_in: u32,
    /// Epochs over which a finding is followed.
    pub reach: u32,
    pub seed: u64,
    pub replicate: u32,
    pub behaviour: Behaviour,
    pub round: Round<M>,
    /// Markets opened so far.
    pub markets: u32,
    /// What obeying an order spares on balance, before findings.
    pub spared: f64,
}

impl<M: Mechanism> School<'_, '_, M> {
    pub fn open(&mut self) -> Result<Market<M>, Imbalance> {
        let key = market_key(self.seed, self.replicate, Phase::Conduct, self.markets);
        self.markets += 1;
        let mut market = Market::open(self.game, key);
        market.behave(&self.behaviour);
        for _ in 0..self.burn_in {
            self.step(&mut market)?;
        }
        Ok(market)
    }

    pub fn step(&mut self, market: &mut Market<M>) -> Result<(), Imbalance> {
        let epoch = market.epoch;
        market.choose(self.game, |p, state, u| (self.choose)(epoch, p, state, u), &mut self.round);
        market.decide(self.game, &mut self.round, Detail::Slots)
    }

    /// The epoch after this market, in which nobody is found guilty.
    fn spared(&mut self, before: &Market<M>) -> Result<Market<M>, Imbalance> {
        let mut market = before.clone();
        market.spare(true);
        self.step(&mut market)?;
        market.spare(false);
        Ok(market)
    }

    /// Begins with nothing tried if others are supposed to be willing and were not, or the reverse, or if anybody has changed its habits.
    pub fn renew(&self, tried: &mut Tried, supposed: bool) {
        let among = Some((supposed, Habits::of(self.game, &self.behaviour, self.spared)));
        if tried.among == among {
            return;
        }
        let governed = self.game.terms.oversight.governance.is_some();
        let ways = self.game.seats.players.iter().map(|player| {
            let i = player.members[0];
            let ways = Ways::new(self.game, i, self.behaviour.conduct[i], &self.behaviour.price);
            Some(ways).filter(|ways| governed && ways.is_choice())
        });
        tried.ways = ways.collect();
        tried.among = among;
    }

    /// Samples every player's loss, and lets those who are `eager` try ways to behave, others being willing to do the same if so `supposed`.
    pub fn sample(
        &mut self,
        round: u32,
        supposed: bool,
        tried: &mut Tried,
        eager: &[bool],
    ) -> Result<Vec<Sample>, Imbalance> {
        let players = &self.game.seats.players;
        let governed = self.game.terms.oversight.governance.is_some();
        let mut samples = vec![Sample::default(); players.len()];
        let mut produced = vec![0.0; players.len()];
        for m in 0..MARKETS {
            let market = self.open()?;
            let turn = (round * MARKETS + m) * EPOCHS;
            let mut noted = |market: &Market<M>| {
                for (i, &mev) in market.service.mev.iter().enumerate() {
                    if market.service.produced[i] > 0.0 {
                        samples[self.game.seats.player[i]].mev += mev;
                        produced[self.game.seats.player[i]] += 1.0;
                    }
                }
            };
            let (last, market) = self.try_ways(market, (turn, EPOCHS), supposed, tried, eager, &mut noted)?;
            if !governed {
                continue;
            }
            for (p, player) in players.iter().enumerate() {
                // Members are alike; each takes its turn, as far as it is in office.
                let turn = (round * MARKETS + m) as usize % player.members.len();
                let in_turn = player.members[turn..].iter().chain(&player.members[..turn]);
                let (mut before, mut trial) = (last.clone(), market.clone());
                for _ in 0..PATIENCE {
                    let serves = |&&i: &&usize| trial.service.scheduled[i] > 0.0;
                    if let Some(&i) = in_turn.clone().find(serves) {
                        // Whoever has just been found guilty anyway has nothing left to lose: had it not been, it would have.
                        let guilty = trial.docket().is_some_and(|docket| docket.found[i]);
                        if guilty {
                            trial = self.spared(&before)?;
                        }
                        let loss = self.loss(&trial, i)?;
                        let sample = &mut samples[p];
                        sample.losses += 1.0;
                        sample.loss = sample.loss.toward(loss, 1.0 / sample.losses);
                        break;
                    }
                    before.clone_from(&trial);
                    self.step(&mut trial)?;
                }
            }
        }
        let setting = self.game.setting;
        let mean = setting.world.tempting().map_or(0.0, |rollup| rollup.mev.mean());
        for ((sample, produced), player) in samples.iter_mut().zip(produced).zip(players) {
            if produced > 0.0 {
                sample.mev /= produced;
            } else {
                // What it could have in an epoch of its own.
                let skill = setting.sequencers[player.members[0]].traits.skill;
                sample.mev = skill * mean * f64::from(self.game.terms.epoch_slots);
            }
        }
        Ok(samples)
    }

    /// Lets players try more ways until it is settled which is best, at these `costs` of each, or until there have been enough markets.
    pub fn settle(
        &mut self,
        supposed: bool,
        tried: &mut Tried,
        costs: &dyn Fn(usize) -> (f64, f64),
        finds: &dyn Fn(u32) -> f64,
    ) -> Result<(), Imbalance> {
        let choosers = tried.ways.iter().flatten().count() as u32;
        for _ in 0..MORE_MARKETS * choosers {
            let eager = eager(tried, costs, finds);
            // Who has not been in office will hardly be soon.
            let known = |(ways, eager): (&Option<Ways>, &bool)| {
                *eager && ways.as_ref().is_some_and(|ways| ways.epochs() > 0)
            };
            if tried.more >= MOST_MARKETS * choosers || !tried.ways.iter().zip(&eager).any(known) {
                break;
            }
            let market = self.open()?;
            let turn = tried.more * MORE_EPOCHS;
            tried.more += 1;
            self.try_ways(market, (turn, MORE_EPOCHS), supposed, tried, &eager, &mut |_| ())?;
        }
        Ok(())
    }

    /// Plays a market on for some epochs, in each of which a member in office of each `eager` player tries ways to behave; returns it as it is before the
    /// last of them and after it. Members take turns, from `turn` on.
    fn try_ways(
        &mut self,
        mut market: Market<M>,
        (turn, epochs): (u32, u32),
        supposed: bool,
        tried: &mut Tried,
        eager: &[bool],
        noted: &mut dyn FnMut(&Market<M>),
    ) -> Result<(Market<M>, Market<M>), Imbalance> {
        let behaviour = self.behaviour.clone();
        let mut trial = Trial::new(self.game, self.choose, &behaviour);
        let mut last = market.clone();
        for epoch in turn..turn + epochs {
            last.clone_from(&market);
            self.step(&mut market)?;
            let players = self.game.seats.players.iter().zip(&mut tried.ways).zip(eager);
            for ((player, ways), eager) in players {
                let Some(ways) = ways.as_mut().filter(|_| *eager) else { continue };
                let turn = epoch as usize % player.members.len();
                let mut in_turn = player.members[turn..].iter().chain(&player.members[..turn]);
                if let Some(&i) = in_turn.find(|&&i| market.service.scheduled[i] > 0.0) {
                    ways.try_all(&mut trial, &last, i, supposed)?;
                }
            }
            noted(&market);
        }
        Ok((last, market))
    }

    /// What candidate `i` loses if it is found guilty after the last epoch of a market.
    fn loss(&mut self, market: &Market<M>, i: usize) -> Result<Loss, Imbalance> {
        let (mut clean, mut guilty) = (market.clone(), market.clone());
        // One act, and then no more.
        clean.behave_as(i, Conduct::HONEST);
        guilty.behave_as(i, Conduct::HONEST);
        guilty.convict(self.game, i);
        let (game, reach) = (self.game, self.reach);
        let order_cost = game.setting.world.tempting().map_or(1.0, |rollup| {
            let forgone = rollup.targets.map_or(0.0, |targets| targets.tips.collected(1));
            let penalty = rollup.orders.map_or(0.0, |orders| orders.penalty);
            self.behaviour.conduct[i].order_cost(forgone, penalty)
        });
        let stake = (self.share_lost(i) + self.trust_lost(i)) * game.rule.own_stake(&market.state, i);
        let whole = loss_of(game, clean, guilty, i, order_cost, reach, &mut |market| self.step(market))?;
        Ok(Loss { whole, stake })
    }

    /// Share of its stake that candidate `i` loses as the token loses trust. Whoever stakes expects that from what the token lost last, whoever
    /// was found guilty, and not from its own findings once more.
    fn trust_lost(&self, i: usize) -> f64 {
        let terms = self.game.terms;
        let (Some(token), Some(governance)) = (terms.overlays.token, terms.oversight.governance) else {
            return 0.0;
        };
        // What a finding takes later moves with the price until then.
        let left = if governance.delay == 0 { 1.0 - terms.oversight.slash_fraction } else { 1.0 };
        let share = left * terms.collateral.in_token() * token.trust();
        if self.reach == 0 { 0.0 } else { share * self.game.setting.sequencers[i].traits.discount }
    }

    /// Share of its stake that a finding takes of candidate `i`, discounted to when it is found; nothing where findings are not followed
    /// until then.
    pub fn share_lost(&self, i: usize) -> f64 {
        let oversight = &self.game.terms.oversight;
        let delay = oversight.governance.map_or(0, |governance| governance.delay);
        if delay > self.reach {
            return 0.0;
        }
        oversight.slash_fraction * pow(self.game.setting.sequencers[i].traits.discount, f64::from(delay))
    }

    /// Lets the briber learn against present conduct.
    pub fn teach(&mut self, learner: &mut Learner) -> Result<(), Imbalance> {
        let Some(strategy) = &self.game.setting.briber else { return Ok(()) };
        let columns = strategy.menu.columns();
        let mut feedback = Feedback::new(1, columns);
        let mut payoffs = vec![0.0; columns];
        let mut market = self.open()?;
        let mut epochs = 0;
        let key = market_key(self.seed, self.replicate, Phase::Conduct, u32::MAX >> 8);
        let tries = key.stream(Purpose::Explore, Who::MARKET);
        for lesson in 0..LESSONS {
            payoffs.fill(0.0);
            let mut seen = 0;
            while seen < TARGETS && epochs < LESSON_EPOCHS {
                self.step(&mut market)?;
                epochs += 1;
                seen += market.prices_tried(self.game, &mut payoffs);
            }
            if seen == 0 {
                break;
            }
            for payoff in &mut payoffs {
                *payoff /= seen as f64;
            }
            feedback.clear();
            feedback.add(0, 1.0, &payoffs);
            if strategy.learner.is_bandit() {
                let setting = learner.choose(0, tries.uniform(lesson, 0));
                feedback.taken.push(crate::learning::Taken { state: 0, setting, payoff: payoffs[setting] });
            }
            learner.learn(&feedback);
        }
        self.behaviour.price = learner.settled();
        Ok(())
    }
}

/// Whose ways are not settled yet, at these `costs` of each: of a finding, and of an act.
pub(super) fn eager(
    tried: &Tried,
    costs: &dyn Fn(usize) -> (f64, f64),
    finds: &dyn Fn(u32) -> f64,
) -> Vec<bool> {
    let unsettled = |(p, ways): (usize, &Option<Ways>)| {
        let (loss, scruple) = costs(p);
        ways.as_ref().is_some_and(|ways| !ways.is_settled(&Costs { loss, scruple, finds }))
    };
    tried.ways.iter().enumerate().map(unsettled).collect()
}

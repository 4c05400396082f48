//! Conduct and how it is learned: what an act of misconduct is expected to cost, by playing on.
//!
//! An act that adds `Δq` to the probability of being found guilty, by somebody whose scruple is `θ`, is expected to cost
//!
//! ```text
//! κ = Δq·L + θ,        L = Σ_{t=0..T} δ^t·(income of an epoch if not found guilty − income if found guilty)
//! ```
//!
//! with income net of the capital cost of what is locked and of legal penalties. `L` is *learned*: along markets played under
//! everybody's present behaviour, offers frozen, a member in office is found guilty in one copy of the market and not in another, both are
//! played on for `T` epochs on the same draws, slot by slot, and the differences are averaged. Whatever is lost then
//! counts, and nothing else: the bond, the contract, the seat and votes, users. Then conduct is the best response to that,
//! and so on: approximate policy iteration with rollouts. The member itself does nothing wrong in either copy: by the
//! one-shot deviation principle honesty is optimal exactly if no way to spend a single epoch brings more than `L` times what it adds to
//! the probability of a finding. All acts of an epoch share one finding, so that acts which bring no more than `κ` each may do so together:
//! what pays act by act is held against whole ways to behave in an epoch ([`super::best_conduct`]). (Where one of two ways pays, it
//! also does for good: who always takes it loses more when it is found guilty, but not so much that it would rather refuse. Between several
//! such ways `L` is that of somebody honest.) Under an order it includes all the same in both copies, and what that is counted
//! to cost it is what its own way with orders would: the penalty if it defies them, the tip if it obeys.
//!
//! **Where it begins.** Those who learn begin honest. From there it is asked whether anybody gains by an act; if nobody does,
//! honesty has been found. Had everybody begun by selling at the tip, most might be barred at any time, and whoever returned
//! first would have the market almost to itself: to be barred early is then worth something, `L < 0`, so that everybody goes on
//! selling. That is a way of life of its own where evictions are many, and not the answer to whether acts are deterred.
//! For the same reason the mean of `L` starts afresh when others have changed for good (the briber has learned): what a
//! finding cost among people who behaved otherwise says nothing. A negative `L` counts as nothing, as those who would rather
//! be out of office need no act to stay out.
//!
//! So, act by act,
//!
//! * a target is kept out for what including earns and `κ`;
//! * toxic MEV is taken if an epoch's is worth more than `κ` on average;
//! * an order is obeyed if the penalty for ignoring it is more than the tip and `κ`.
//!
//! **Aside.** What a slot brings besides fees and benign MEV (tips, bribes, toxic MEV), less legal penalties, scruples and what findings
//! are expected to cost, is counted once conduct is learned. All acts of an epoch are found out at once, so that findings are
//! counted by epochs: each costs `L`, and comes with the probability that governance finds somebody guilty of so many acts, or of none
//! by error. Where offers are stakes that is not a mean per slot: it is told how often a slot brings a target on which its owner acts, and each
//! stake's probability of a finding follows from the slots whose targets it meets ([`Findings`]), with a share of the stake lost and the rest. Offers are then learned anew by
//! candidates who expect it, conduct is learned anew under those offers, and so on (`experiment/simulate.rs`): whoever would gain most
//! by misconduct can pay most for the office, unless what it would lose is more.
//!
//! The briber learns on its own, from what every price would have brought, before and after.
//!
//! Source: Bertsekas (2013), "Rollout algorithms for discrete optimization", in *Handbook of Combinatorial Optimization*, on
//! policy iteration by rollouts; Becker and Stigler (1974) on what deters.

use super::best_conduct::Ways;
use super::censorship::attempt::Stance;
use super::horizon;
use super::ledger::Imbalance;
use super::market::{Detail, Game, Market, Player, Round};
use super::schedule::{Phase, Schedule, market_key};
use super::trial::Trial;
use crate::agent::Setting;
use crate::agent::conduct::{Bribes, Choice};
use crate::draws::{Purpose, Who};
use crate::learning::policy::Policy;
use crate::learning::{Feedback, Learner, Problem};
use crate::mechanism::{findings::Findings, terms::Terms};
use crate::mechanism::{Lever, Mechanism};
use crate::numerics::pow;
use ndarray::Array2;
use std::collections::BTreeMap;

/// How one candidate behaves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conduct {
    /// What it asks over what including earns, in ETH; infinite: it takes no bribe.
    pub markup: f64,
    /// Whether it takes toxic MEV.
    pub toxic: bool,
    /// Whether it obeys orders: `None` if the penalty is worth it.
    pub obeys: Option<bool>,
    /// What a first act is expected to cost, `κ`, in ETH.
    pub act_cost: f64,
}

impl Conduct {
    /// Nothing wrong.
    pub const HONEST: Conduct =
        Conduct { markup: f64::INFINITY, toxic: false, obeys: Some(false), act_cost: 0.0 };

    /// Of a candidate that expects an act to cost `act_cost`, and to take so much toxic MEV in an epoch.
    fn of(spec: crate::agent::conduct::Conduct, act_cost: f64, toxic: f64) -> Self {
        Conduct {
            markup: match spec.bribes {
                Bribes::Refuse => f64::INFINITY,
                Bribes::Markup(markup) => markup,
                Bribes::Learned => act_cost,
            },
            toxic: match spec.toxic {
                Choice::Always => true,
                Choice::Never => false,
                Choice::Learned => toxic > act_cost,
            },
            obeys: match spec.obeys {
                Choice::Always => Some(true),
                Choice::Never => Some(false),
                Choice::Learned => None,
            },
            act_cost,
        }
    }

    /// How it stands towards keeping a target out whose inclusion earns `forgone`, `penalty` being that of including
    /// against an order, if it is under one.
    pub fn stance(&self, forgone: f64, penalty: Option<f64>) -> Stance {
        let Some(penalty) = penalty else { return Stance::Sells(forgone + self.markup) };
        if self.obeys.unwrap_or(penalty > forgone + self.act_cost) {
            Stance::Obeys
        } else {
            Stance::Sells((forgone - penalty).max(0.0) + self.markup)
        }
    }

    /// What an order costs somebody who would earn `forgone` by including, per ETH of its penalty: all of it for who defies the order,
    /// what it forgoes for who obeys.
    fn order_cost(&self, forgone: f64, penalty: f64) -> f64 {
        let obeys = self.obeys.unwrap_or(penalty > forgone + self.act_cost);
        if !obeys {
            1.0
        } else if penalty > 0.0 {
            forgone / penalty
        } else {
            0.0
        }
    }
}

/// How everybody behaves.
#[derive(Clone, Debug)]
pub struct Behaviour {
    /// Each candidate's conduct.
    pub conduct: Vec<Conduct>,
    /// The briber's distribution over prices.
    pub price: Policy,
}

impl Behaviour {
    /// Before anything is learned: acts cost their scruple, and the briber tries every price or plays its script.
    pub fn unlearned(setting: &Setting) -> Self {
        let conduct = setting
            .sequencers
            .iter()
            .map(|s| Conduct::of(setting.classes[s.class].conduct, s.traits.scruple, 0.0))
            .collect();
        Behaviour { conduct, price: briber(setting).map_or(Policy::uniform(1, 1), |b| b.settled()) }
    }
}

/// The briber's learner.
fn briber(setting: &Setting) -> Option<Learner> {
    let strategy = setting.briber.as_ref()?;
    let columns = strategy.menu.columns();
    let mut problem = Problem::new(1, columns);
    // Against no play in particular: values start from nothing.
    problem.initial = strategy.learner.wants_values().map(|_| Array2::zeros((1, columns)));
    let mut learner = Learner::new(strategy.learner, &problem);
    if let Some(table) = &strategy.policy {
        learner.begin(&table.policy(&[(0.0, 1.0)], columns));
    }
    Some(learner)
}

/// Rounds of learning, in each of which everybody's loss is sampled in so many markets.
const ROUNDS: u32 = 8;
const MARKETS: u32 = 4;
/// Epochs played in each market before its members are tried, and epochs in which it is waited for that one serves.
const EPOCHS: u32 = 8;
const PATIENCE: u32 = 24;
/// First rounds in which others are supposed to be willing.
const SUPPOSED: u32 = 2;
/// Epochs in each market over which it is counted what is earned aside.
const ASIDE_EPOCHS: u32 = 48;
/// Batches from which the briber learns, and targets in each, if they come within so many epochs.
const LESSONS: u32 = 48;
const TARGETS: usize = 16;
const LESSON_EPOCHS: u32 = 400;

/// What was learned of conduct.
#[derive(Clone, Debug)]
pub struct Learned {
    /// How everybody behaves.
    pub behaviour: Behaviour,
    /// Whether anybody learned.
    pub learning: bool,
    /// What each candidate expects to earn aside from a slot that it produces (see [`Terms::aside`]).
    pub aside: Vec<f64>,
    /// The findings that each candidate expects, where offers are stakes (see [`Terms::findings`]).
    pub findings: Vec<Findings>,
    /// What being found guilty costs, by player; `None` where it has never been seen.
    losses: Vec<Option<Loss>>,
}

/// What being found guilty costs, in ETH.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Loss {
    whole: f64,
    /// The part that is a share of one's own stake, which is more the more one stakes.
    stake: f64,
}

impl Loss {
    /// This much of the way to `other`.
    fn toward(self, other: Loss, weight: f64) -> Loss {
        Loss {
            whole: self.whole + weight * (other.whole - self.whole),
            stake: self.stake + weight * (other.stake - self.stake),
        }
    }

    /// What it counts for: whom office costs more than it brings need not misbehave to be rid of it.
    fn counted(self) -> f64 {
        self.whole.max(0.0)
    }

    /// That but for what is lost of the stake; below 0 where being out of office is worth something.
    fn beside(self) -> f64 {
        self.whole - self.stake
    }
}

/// Lets sequencers and the briber learn, offers being chosen by `choose` (column for epoch, player, state and uniform
/// draw); `None` where nobody is tempted. What a finding costs those who are never in office is what it cost `before`, if
/// they were then.
///
/// # Errors
/// [`Imbalance`] if some market's books do not balance.
pub fn learn<M: Mechanism>(
    game: &Game<M>,
    choose: &dyn Fn(u32, usize, usize, f64) -> usize,
    schedule: &Schedule,
    seed: u64,
    replicate: u32,
    before: Option<&Learned>,
) -> Result<Option<Learned>, Imbalance> {
    let setting = game.setting;
    let Some(rollup) = setting.world.tempting() else { return Ok(None) };
    let players = &game.seats.players;
    let spec = |p: usize| setting.classes[players[p].class].conduct;
    let scruple = |p: usize| setting.classes[players[p].class].traits.scruple;
    let conduct_learns = (0..players.len()).any(|p| spec(p).learns());
    let mut behaviour = Behaviour::unlearned(setting);
    for (i, conduct) in behaviour.conduct.iter_mut().enumerate() {
        // Those who learn begin honest, whatever they would do by themselves.
        *conduct = Conduct::of(spec(game.seats.player[i]), f64::INFINITY, 0.0);
    }
    let reach = reach(game, schedule);
    let mut school = School {
        game,
        choose,
        burn_in: schedule.burn_in,
        reach,
        seed,
        replicate,
        behaviour,
        round: Round::new(game),
        markets: 0,
    };
    let learner = briber(setting).filter(|_| setting.briber.as_ref().is_some_and(|s| s.learner.learns()));
    let haggled = learner.is_some();
    let mut losses: Vec<Option<Loss>> =
        before.map_or_else(|| vec![None; players.len()], |b| b.losses.clone());
    let mut toxic = vec![0.0; players.len()];
    let governance = game.terms.oversight.governance;
    let adds = governance.map_or(0.0, |governance| governance.adds());
    let finds = |acts: u32| governance.map_or(0.0, |governance| governance.finds(acts));
    // What obeying an order spares on balance, before findings.
    let spared = rollup.orders.map_or(0.0, |orders| orders.penalty)
        - rollup.targets.map_or(0.0, |targets| targets.tips.collected(1));
    let mut improve = |school: &mut School<M>, rounds: std::ops::Range<u32>| -> Result<(), Imbalance> {
        let first = rounds.start;
        let mut seen = vec![false; players.len()];
        for round in rounds {
            let (samples, ways) = school.sample(round, haggled || round - first < SUPPOSED)?;
            // Later rounds count more: the first were played by people who knew nothing. Those before the first of these
            // rounds no longer count.
            let weight = 2.0 / f64::from(round - first + 2);
            for (p, sample) in samples.iter().enumerate() {
                // Nobody is found guilty out of office.
                if sample.losses > 0.0 {
                    let known = losses[p].filter(|_| std::mem::replace(&mut seen[p], true));
                    let known = known.unwrap_or(sample.loss);
                    losses[p] = Some(known.toward(sample.loss, weight));
                }
                toxic[p] += weight
                    * (rollup.toxic.filter(|_| !game.terms.fair).map_or(0.0, |t| t.beside(sample.mev))
                        - toxic[p]);
                let loss = losses[p].unwrap_or_default().counted();
                let by_act = Conduct::of(spec(p), adds * loss + scruple(p), toxic[p]);
                let conduct = match &ways[p] {
                    Some(ways) => ways.best(by_act, spared, loss, scruple(p), &finds),
                    None => by_act,
                };
                for &i in &players[p].members {
                    school.behaviour.conduct[i] = conduct;
                }
            }
        }
        Ok(())
    };
    // What a finding costs has to be known where governance errs as well.
    if conduct_learns || game.terms.oversight.governance.is_some() {
        improve(&mut school, 0..ROUNDS)?;
    }
    if let Some(mut learner) = learner.clone() {
        school.teach(&mut learner)?;
        if conduct_learns {
            improve(&mut school, ROUNDS..2 * ROUNDS)?;
            // Fresh, as what prices earned before has changed.
            let mut again = briber(setting).unwrap_or(learner);
            school.teach(&mut again)?;
        }
    }
    // What is lost of a stake is told apart from the rest: it is a cost of staking more.
    let loss = |p: usize| losses[p].unwrap_or_default();
    let (aside, findings) = school.aside(&loss, &scruple)?;
    let learning = conduct_learns || learner.is_some();
    Ok(Some(Learned { behaviour: school.behaviour, learning, aside, findings, losses }))
}

/// What candidate `i` loses in the `guilty` one of two markets that are the same but for a finding against it after their last
/// epoch: discounted over `reach` epochs that `step` plays, the capital cost of what is locked and has no other use counted, and
/// `order_cost` for each ETH of legal penalties.
///
/// # Errors
/// [`Imbalance`] if a market's books do not balance.
pub fn loss_of<M: Mechanism>(
    game: &Game<M>,
    mut clean: Market<M>,
    mut guilty: Market<M>,
    i: usize,
    order_cost: f64,
    reach: u32,
    step: &mut dyn FnMut(&mut Market<M>) -> Result<(), Imbalance>,
) -> Result<f64, Imbalance> {
    let rate = game.terms.capital_rate[i];
    let discount = game.setting.sequencers[i].traits.discount;
    let mut before = [clean.ledger.wealth(i); 2];
    let mut loss = 0.0;
    let mut weight = 1.0;
    for t in 0..=reach {
        let mut income = [0.0; 2];
        for ((market, before), income) in
            [&mut clean, &mut guilty].into_iter().zip(&mut before).zip(&mut income)
        {
            if t > 0 {
                step(market)?;
            }
            let now = market.ledger.wealth(i);
            // Of the last epoch nothing is left to differ but what the finding has taken at once.
            let beside =
                if t > 0 { rate * market.ledger.tied(i) + order_cost * market.penalties(i) } else { 0.0 };
            *income = now - *before - beside;
            *before = now;
        }
        loss += weight * (income[0] - income[1]);
        weight *= discount;
    }
    Ok(loss)
}

/// Epochs over which a finding is followed: the horizon of the schedule, but at least until what is slashed is taken.
pub fn reach<M: Mechanism>(game: &Game<M>, schedule: &Schedule) -> u32 {
    let Some(governance) = game.terms.oversight.governance else { return 0 };
    let patience = game.setting.sequencers.iter().map(|s| s.traits.discount).fold(0.0_f64, f64::max);
    let exit = game.setting.world.tempting().map(|rollup| rollup.exit).unwrap_or_default();
    let users = if exit.leave > 0.0 { horizon::epochs(1.0 - exit.back) } else { 0 };
    let memory = horizon::epochs(game.rule.memory(game.setting));
    let lasts = governance
        .evict_epochs
        .saturating_add(governance.delay)
        .saturating_add(
            game.terms.term_epochs + game.rule.epochs_to_fill() + game.terms.oversight.ahead as u32,
        )
        .max(users)
        .saturating_add(memory);
    let lasts = lasts.min(horizon::epochs(patience));
    // A horizon that ends before a bond is taken would leave nothing of what deters.
    let taken = if game.terms.oversight.slash_fraction > 0.0 { governance.delay.min(lasts) } else { 0 };
    schedule.horizon.map_or(lasts, |horizon| horizon.max(taken)).min(MOST_EPOCHS)
}

/// Most epochs over which a finding is followed where nothing fades.
pub const MOST_EPOCHS: u32 = 20_000;

/// Whether what a finding takes fades before [`MOST_EPOCHS`].
pub fn fades(setting: &Setting, terms: &Terms, horizon: Option<u32>) -> bool {
    let Some(governance) = terms.oversight.governance else { return true };
    let patience = setting.sequencers.iter().map(|s| s.traits.discount).fold(0.0_f64, f64::max);
    let exit = setting.world.tempting().map(|rollup| rollup.exit).unwrap_or_default();
    let users_fade = exit.leave == 0.0 || horizon::epochs(1.0 - exit.back) < MOST_EPOCHS;
    let ends = governance.evict_epochs < MOST_EPOCHS && users_fade;
    horizon.is_some() || ends || horizon::epochs(patience) < MOST_EPOCHS
}

/// What a round of learning found for one player.
#[derive(Clone, Copy, Debug, Default)]
struct Sample {
    /// Discounted loss from being found guilty, mean over so many.
    loss: Loss,
    losses: f64,
    /// Benign MEV in an epoch in which one produces anything; of those who never do, in one in which they produced everything.
    mev: f64,
}

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

/// Markets in which conduct is learned.
struct School<'g, 'a, M: Mechanism> {
    game: &'g Game<'a, M>,
    choose: &'g dyn Fn(u32, usize, usize, f64) -> usize,
    burn_in: u32,
    /// Epochs over which a finding is followed.
    reach: u32,
    seed: u64,
    replicate: u32,
    behaviour: Behaviour,
    round: Round<M>,
    /// Markets opened so far.
    markets: u32,
}

impl<M: Mechanism> School<'_, '_, M> {
    fn open(&mut self) -> Result<Market<M>, Imbalance> {
        let key = market_key(self.seed, self.replicate, Phase::Conduct, self.markets);
        self.markets += 1;
        let mut market = Market::open(self.game, key);
        market.behave(&self.behaviour);
        for _ in 0..self.burn_in {
            self.step(&mut market)?;
        }
        Ok(market)
    }

    fn step(&mut self, market: &mut Market<M>) -> Result<(), Imbalance> {
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

    /// Samples every player's loss, and lets those who learn under a governance try ways to behave, others being willing to do the same if so
    /// `supposed`.
    fn sample(&mut self, round: u32, supposed: bool) -> Result<(Vec<Sample>, Vec<Option<Ways>>), Imbalance> {
        let players = &self.game.seats.players;
        let behaviour = self.behaviour.clone();
        let mut trial = Trial::new(self.game, self.choose, &behaviour);
        let governed = self.game.terms.oversight.governance.is_some();
        let ways = |player: &Player| {
            let spec = self.game.setting.classes[player.class].conduct;
            let usual = behaviour.conduct[player.members[0]];
            Some(Ways::new(self.game, spec, usual, &behaviour.price))
                .filter(|ways| governed && ways.is_choice())
        };
        let mut ways: Vec<Option<Ways>> = players.iter().map(ways).collect();
        let mut samples = vec![Sample::default(); players.len()];
        let mut produced = vec![0.0; players.len()];
        for m in 0..MARKETS {
            let mut market = self.open()?;
            let mut last = market.clone();
            for epoch in 0..EPOCHS {
                last.clone_from(&market);
                self.step(&mut market)?;
                for (player, ways) in players.iter().zip(&mut ways) {
                    let Some(ways) = ways else { continue };
                    let turn = ((round * MARKETS + m) * EPOCHS + epoch) as usize % player.members.len();
                    let mut in_turn = player.members[turn..].iter().chain(&player.members[..turn]);
                    if let Some(&i) = in_turn.find(|&&i| market.service.scheduled[i] > 0.0) {
                        ways.try_all(&mut trial, &last, i, supposed)?;
                    }
                }
                for (i, &mev) in market.service.mev.iter().enumerate() {
                    if market.service.produced[i] > 0.0 {
                        samples[self.game.seats.player[i]].mev += mev;
                        produced[self.game.seats.player[i]] += 1.0;
                    }
                }
            }
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
        Ok((samples, ways))
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
        let stake = self.share_lost(i) * game.rule.own_stake(&market.state, i);
        let whole = loss_of(game, clean, guilty, i, order_cost, reach, &mut |market| self.step(market))?;
        Ok(Loss { whole, stake })
    }

    /// Share of its stake that a finding takes of candidate `i`, discounted to when it is found; nothing where findings are not followed
    /// until then.
    fn share_lost(&self, i: usize) -> f64 {
        let oversight = &self.game.terms.oversight;
        let delay = oversight.governance.map_or(0, |governance| governance.delay);
        if delay > self.reach {
            return 0.0;
        }
        oversight.slash_fraction * pow(self.game.setting.sequencers[i].traits.discount, f64::from(delay))
    }

    /// What each candidate earns from a slot that it produces besides fees and benign MEV, less legal penalties, `scruple` for each act
    /// and, unless offers are stakes, what findings are expected to cost it, `loss` each: mean over the members of its player and over
    /// markets. Of those who never produce anything it is what they would do alone in office. Where offers are stakes, the acts
    /// from which each reckons its findings beside that.
    fn aside(
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
            for _ in 0..ASIDE_EPOCHS {
                self.step(&mut market)?;
                let Some(docket) = market.docket() else { continue };
                let service = &market.service;
                for (i, &p) in player.iter().enumerate() {
                    let acts = docket.acts[i];
                    let found = if docket.is_judged(service, i) { finds(acts) } else { 0.0 };
                    let costs =
                        f64::from(acts) * scruple(p) + if staked { 0.0 } else { found * loss(p).counted() };
                    earned[p] += service.tips[i] + service.illicit[i] - docket.penalties[i] - costs;
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
                    let begin = u64::from(market.epoch - 1) * u64::from(self.game.terms.epoch_slots);
                    for slot in 0..service.includers.slots() {
                        let now = begin + slot as u64;
                        for &i in service.includers.of(slot) {
                            let gap =
                                last[i].map_or(window, |last| (now - last).min(u64::from(window)) as u32);
                            let met = &mut met[player[i]][usize::from(docket.ordered(i).is_some())];
                            *met.gaps.entry(gap).or_default() += 1.0;
                            last[i] = Some(now);
                        }
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

    /// Lets the briber learn against present conduct.
    fn teach(&mut self, learner: &mut Learner) -> Result<(), Imbalance> {
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

//! Conduct and how it is learned: what an act of misconduct is expected to cost, by playing on.
//!
//! An act that adds `Δq` to the probability of being found guilty, by somebody whose scruple is `θ`, is expected to cost
//!
//! ```text
//! κ = Δq·L + θ,        L = Σ_{t=0..T} δ^t·(income of an epoch if not found guilty − income if found guilty)
//! ```
//!
//! with income net of the capital cost of what is locked and of legal penalties. `L` is *learned*: along markets played under
//! everybody's present behaviour (`conduct_sampling.rs`), offers frozen, a member in office is found guilty in one copy of the market and not in another, both are
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
//! **Aside** (`aside.rs`). What a slot brings besides fees and benign MEV (tips, bribes, toxic MEV), less legal penalties, scruples and what findings
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

use super::best_conduct::Costs;
use super::censorship::attempt::Stance;
use super::conduct_sampling::{School, Tried, eager};
use super::horizon;
use super::ledger::Imbalance;
use super::market::{Game, Market, Round};
use super::schedule::Schedule;
use crate::agent::Setting;
use crate::agent::conduct::{Bribes, Choice};
use crate::learning::policy::Policy;
use crate::learning::{Learner, Problem};
use crate::mechanism::Mechanism;
use crate::mechanism::findings::Findings;
use crate::mechanism::terms::Terms;
use ndarray::Array2;

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
    pub(super) fn order_cost(&self, forgone: f64, penalty: f64) -> f64 {
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

/// Rounds of learning.
const ROUNDS: u32 = 8;
/// First rounds in which others are supposed to be willing.
const SUPPOSED: u32 = 2;

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
pub(super) struct Loss {
    pub whole: f64,
    /// The part that is a share of one's own stake, which is more the more one stakes.
    pub stake: f64,
}

impl Loss {
    /// This much of the way to `other`.
    pub fn toward(self, other: Loss, weight: f64) -> Loss {
        Loss {
            whole: self.whole + weight * (other.whole - self.whole),
            stake: self.stake + weight * (other.stake - self.stake),
        }
    }

    /// What it counts for: whom office costs more than it brings need not misbehave to be rid of it.
    pub fn counted(self) -> f64 {
        self.whole.max(0.0)
    }

    /// That but for what is lost of the stake; below 0 where being out of office is worth something.
    pub fn beside(self) -> f64 {
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
    let spared = rollup.orders.map_or(0.0, |orders| orders.penalty)
        - rollup.targets.map_or(0.0, |targets| targets.tips.collected(1));
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
        spared,
    };
    let learner = briber(setting).filter(|_| setting.briber.as_ref().is_some_and(|s| s.learner.learns()));
    let haggled = learner.is_some();
    let mut losses: Vec<Option<Loss>> =
        before.map_or_else(|| vec![None; players.len()], |b| b.losses.clone());
    let mut toxic = vec![0.0; players.len()];
    let governance = game.terms.oversight.governance;
    let adds = governance.map_or(0.0, |governance| governance.adds());
    let finds = |acts: u32| governance.map_or(0.0, |governance| governance.finds(acts));
    let mut improve = |school: &mut School<M>, rounds: std::ops::Range<u32>| -> Result<(), Imbalance> {
        let first = rounds.start;
        let mut seen = vec![false; players.len()];
        let mut tried = Tried::default();
        for round in rounds {
            let supposed = haggled || round - first < SUPPOSED;
            school.renew(&mut tried, supposed);
            let counted =
                |losses: &[Option<Loss>], p: usize| (losses[p].unwrap_or_default().counted(), scruple(p));
            let eager = eager(&tried, &|p| counted(&losses, p), &finds);
            let samples = school.sample(round, supposed, &mut tried, &eager)?;
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
            }
            // What is supposed for a start need not be known so well.
            if round - first >= SUPPOSED {
                school.settle(supposed, &mut tried, &|p| counted(&losses, p), &finds)?;
            }
            for (p, ways) in tried.ways.iter().enumerate() {
                let (loss, scruple) = counted(&losses, p);
                let by_act = Conduct::of(spec(p), adds * loss + scruple, toxic[p]);
                let costs = Costs { loss, scruple, finds: &finds };
                let conduct = match ways {
                    Some(ways) if ways.epochs() > 0 => ways.best(by_act, spared, &costs),
                    _ => by_act,
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

//! The learning loop, for both regimes.
//!
//! * `self_play`: many markets side by side share the policies that they teach. In each epoch every market plays one round,
//!   every candidate is told what its play earned and what each other setting would have earned, and each class's learner
//!   makes one update on the batch.
//! * `independent`: one market, and every candidate has a learner of its own, which learns from its own history. Learning
//!   ends when everybody's greedy policy has stayed the same for `stable_epochs` (*converged*), or after `max_epochs`.
//!   Replicates are then independent markets.
//!
//! Under self-play of a [finite](super::finite) game what rivals draw and offer is taken in expectation where the schedule
//! asks for that.
//!
//! The later value of what an epoch leaves behind is [learned](super::continuation) along the way.

use super::continuation::Continuation;
use super::finite::Finite;
use super::ledger::Imbalance;
use super::market::{Detail, Game, Market, Round};
use super::progress::Progress;
use super::schedule::{Phase, Regime, Schedule, market_key};
use super::settling::{RESTLESS, Unrest};
use super::starting_values::starting_values;
use crate::learning::policy::Policy;
use crate::learning::{Feedback, Learner, Problem, Taken};
use crate::mechanism::Mechanism;

/// What learning left behind.
#[derive(Clone, Debug)]
pub struct Learned {
    /// The policy of each player.
    pub policies: Vec<Policy>,
    /// Mean total-variation distance between the average policies at three quarters and at the end of learning.
    pub drift: Option<f64>,
    /// How much the current policy of each player moved to and fro at the end of learning (see [`Unrest`]).
    pub unrest: Option<Vec<f64>>,
    /// Whether plans that answer to the past stood still at the end of learning; of policies `false` where what is measured is
    /// somebody's last policy and that was still moving, and `None` otherwise, as averages of play say something even where
    /// play keeps moving.
    pub at_rest: Option<bool>,
    /// Whether anybody learned.
    pub learning: bool,
    /// Epochs learned for.
    pub epochs: u32,
    /// Whether greedy policies stayed the same for as long as asked; `None` under self-play, which does not ask.
    pub converged: Option<bool>,
    /// For each player, points (epoch, mean setting played) along the way.
    pub offers: Vec<Vec<(f64, f64)>>,
    /// Points (epoch, greatest gain per epoch in ETH of a player's best fixed deviation within the window).
    pub gains: Vec<(f64, f64)>,
}

impl Learned {
    /// Unrest of the most restless player.
    pub fn unrest(&self) -> Option<f64> {
        self.unrest.as_ref().map(|each| each.iter().fold(0.0_f64, |most, &u| most.max(u)))
    }

    /// Whether play came to rest; `None` where too little was seen of it.
    pub fn settled(&self) -> Option<bool> {
        self.at_rest.or_else(|| self.unrest().map(|unrest| unrest <= RESTLESS))
    }
}

/// Everybody's greedy policy, and for how long it has stayed the same.
#[derive(Clone, Debug, Default)]
struct Settling {
    greedy: Vec<usize>,
    stable: u32,
}

impl Settling {
    /// Notes the greedy policies after an epoch; returns for how many epochs they have stayed the same.
    fn note(&mut self, learners: &[Learner], states: &[usize]) -> u32 {
        let first = self.greedy.is_empty();
        self.greedy.resize(states.iter().sum(), 0);
        let mut changed = first;
        let now = learners
            .iter()
            .zip(states)
            .flat_map(|(learner, &states)| (0..states).map(move |state| learner.greedy(state)));
        for (before, now) in self.greedy.iter_mut().zip(now) {
            changed |= *before != now;
            *before = now;
        }
        self.stable = if changed { 0 } else { self.stable + 1 };
        self.stable
    }
}

/// A learner for every player.
fn learners<M: Mechanism>(game: &Game<M>, seed: u64, replicate: u32) -> Vec<Learner> {
    let learner = |p: usize| {
        let player = &game.seats.players[p];
        let spec = game.setting.classes[player.class].strategy.learner;
        let bins = &player.bins;
        let problem = Problem {
            likelihood: (0..bins.count()).map(|state| bins.probability(state)).collect(),
            settings: player.menu.columns(),
            initial: spec
                .wants_values()
                .map(|(initial, discount)| starting_values(game, p, initial, discount, seed, replicate)),
        };
        let mut learner = Learner::new(spec, &problem);
        if let Some(table) = &game.setting.classes[player.class].strategy.policy {
            learner.begin(&table.policy(&bins.ranks(), player.menu.columns()));
        }
        learner
    };
    (0..game.seats.players.len()).map(learner).collect()
}

/// Lets everyone learn.
///
/// # Errors
/// [`Imbalance`] if some market's books do not balance.
pub fn learn<M: Mechanism>(
    game: &Game<M>,
    schedule: Schedule,
    seed: u64,
    replicate: u32,
) -> Result<Learned, Imbalance> {
    let players = &game.seats.players;
    let mut learners = learners(game, seed, replicate);
    let spec = |p: usize| &game.setting.classes[players[p].class].strategy.learner;
    let alone = schedule.regime == Regime::Independent;
    if game.rule.lever().is_none() || !(0..players.len()).any(|p| spec(p).learns()) {
        return Ok(Learned {
            policies: learners.iter().map(Learner::settled).collect(),
            drift: None,
            unrest: None,
            at_rest: None,
            learning: false,
            epochs: 0,
            converged: None,
            offers: vec![Vec::new(); players.len()],
            gains: Vec::new(),
        });
    }
    let bandit: Vec<bool> = (0..players.len()).map(|p| spec(p).is_bandit()).collect();
    let known =
        !alone && !bandit.contains(&true) && learners.iter().all(|learner| learner.policy().is_some());
    // Feedback in expectation needs no market.
    let mut finite = if known && schedule.expected { Finite::new(game) } else { None };
    let epochs = if alone { schedule.max_epochs } else { schedule.warmup_epochs };
    let markets = match finite {
        Some(_) => 0,
        None if alone => 1,
        None => schedule.rounds,
    };
    let mut markets: Vec<Market<M>> =
        (0..markets).map(|m| Market::expected(game, market_key(seed, replicate, Phase::Learn, m))).collect();
    let mut round = Round::new(game);
    let mut feedback: Vec<Feedback> =
        players.iter().map(|p| Feedback::new(p.bins.count(), p.menu.columns())).collect();
    let states: Vec<usize> = players.iter().map(|p| p.bins.count()).collect();
    let mut progress = Progress::new(game, epochs);
    let mut continuation = Continuation::new(game, schedule.horizon);
    let mut settling = Settling::default();
    let mut unrest = Unrest::new();
    let (mut learned_for, mut converged) = (epochs, false);
    for epoch in 0..epochs {
        feedback.iter_mut().for_each(Feedback::clear);
        continuation.clear();
        if let Some(finite) = &mut finite {
            let policy = |p: usize| learners[p].policy().expect("every learner has one");
            finite.feedback(policy, &mut feedback);
            for (p, batch) in feedback.iter().enumerate() {
                for (state, payoffs) in batch.payoff.rows().into_iter().enumerate() {
                    progress.expect(
                        p,
                        learners[p].expected(state, payoffs.to_slice().expect("rows are contiguous")),
                    );
                }
                let (sum, made) = finite.offered(p, policy(p));
                progress.offer_in_expectation(p, sum, made);
            }
        }
        for market in &mut markets {
            market.choose(game, |p, state, u| learners[p].choose(state, u), &mut round);
            market.prepare(game, &mut round);
            for i in 0..game.setting.candidates() {
                let p = game.seats.player[i];
                let batch = &mut feedback[p];
                let (own_state, own_setting) = (round.state[i], round.action[i]);
                market.feedback(game, i, &mut round, |state, weight, payoffs| {
                    batch.add(state, weight, payoffs);
                    if bandit[p] && state == own_state {
                        let payoff = payoffs[own_setting];
                        batch.taken.push(Taken { state, setting: own_setting, payoff });
                    }
                });
                progress.offer(game, i, &round);
            }
            continuation.note(game, market, &round);
            market.decide(game, &mut round, Detail::Fluid)?;
        }
        // Expectations are linear in payoffs, and nobody's play changes within a batch: once for its sum will do.
        if finite.is_none() {
            for (p, batch) in feedback.iter().enumerate() {
                for (state, payoffs) in batch.payoff.rows().into_iter().enumerate() {
                    let payoffs = payoffs.to_slice().expect("rows are contiguous");
                    progress.expect(p, learners[p].expected(state, payoffs));
                }
            }
        }
        for (learner, batch) in learners.iter_mut().zip(&feedback) {
            learner.learn(batch);
        }
        continuation.close(game, epoch, markets.len(), &mut round.continuation);
        progress.close(epoch, &feedback, &learners);
        unrest.watch(epoch + 1, &learners);
        if alone && settling.note(&learners, &states) >= schedule.stable_epochs {
            (learned_for, converged) = (epoch + 1, true);
            break;
        }
    }
    let policies: Vec<Policy> = learners.iter().map(Learner::settled).collect();
    let menus: Vec<_> = players.iter().map(|player| &player.menu).collect();
    let unrest = unrest.by_player(learned_for, &menus);
    // A last policy is one to measure only if it is known to rest.
    let passing = (0..players.len())
        .filter(|&p| spec(p).ends_with_last_iterate())
        .any(|p| unrest.as_ref().is_none_or(|each| each[p] > RESTLESS));
    Ok(Learned {
        drift: progress.drift(learned_for, &policies),
        // How far a passing state moves says nothing of averages.
        unrest: unrest.filter(|_| !passing),
        at_rest: passing.then_some(false),
        policies,
        learning: true,
        epochs: learned_for,
        converged: alone.then_some(converged),
        offers: progress.offers,
        gains: progress.gains,
    })
}

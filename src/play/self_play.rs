//! Self-play: many markets side by side share the policies that they teach.
//!
//! In each epoch every market plays one round; every candidate learns what each setting of its lever would have earned,
//! and each class's learner makes one update on the batch. Where the mechanism remembers (delegators who stay put), the
//! later value of what an epoch leaves behind is the class's mean income per unit of stock so far, recent epochs
//! counting most, times the sum of `(δρ)^t` over the horizon: a learned continuation.
//!
//! Where everyone learns alone (`independent`), the same loop runs with one market and one learner for each candidate.

use super::finite::Finite;
use super::horizon;
use super::ledger::Imbalance;
use super::market::{Detail, Game, Market, Round};
use crate::draws::Key;
use crate::learning::policy::Policy;
use crate::learning::{Feedback, Learner};
use crate::mechanism::Mechanism;
use crate::numerics::pow;

/// How learning is organized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Regime {
    /// Policies shared by class over a batch of parallel markets: finds equilibria.
    SelfPlay,
    /// One market, every candidate learns from its own history: finds what adaptive agents do.
    Independent,
}

/// Length and breadth of learning and measuring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// How learning is organized.
    pub regime: Regime,
    /// Parallel markets.
    pub rounds: u32,
    /// Epochs of learning (self-play).
    pub warmup_epochs: u32,
    /// Epochs measured in each market.
    pub measured_epochs: u32,
    /// Epochs for which the most likely settings must stay the same (independent).
    pub stable_epochs: u32,
    /// Epochs after which learning ends all the same (independent).
    pub max_epochs: u32,
    /// Epochs over which a deviation's effect is followed; `None`: until a thousandth is left.
    pub horizon: Option<u32>,
    /// Epochs played before measuring, so that markets forget how they opened; the same for every contender, so that
    /// all are measured on the same draws.
    pub burn_in: u32,
}

/// Markets of one replicate are numbered in blocks by purpose, so that learning, measuring and certifying meet fresh draws.
#[derive(Clone, Copy, Debug)]
#[repr(u32)]
pub enum Phase {
    /// Learning.
    Learn = 0,
    /// Measuring.
    Measure = 1,
    /// The certificate.
    Certify = 2,
}

/// The key of market `market` in a phase.
pub fn market_key(seed: u64, replicate: u32, phase: Phase, market: u32) -> Key {
    Key::new(seed, replicate, ((phase as u32) << 24) | market)
}

/// What learning left behind.
#[derive(Clone, Debug)]
pub struct Learned {
    /// The policy of each player.
    pub policies: Vec<Policy>,
    /// Mean total-variation distance between the average policies at three quarters and at the end of learning.
    pub drift: Option<f64>,
    /// Whether anybody learned.
    pub learning: bool,
    /// Epochs learned for.
    pub epochs: u32,
    /// For each player, points (epoch, mean setting played) along the way.
    pub offers: Vec<Vec<(f64, f64)>>,
    /// Points (epoch, greatest gain per epoch in ETH of a player's best fixed deviation within the window).
    pub gains: Vec<(f64, f64)>,
}

/// `Σ_{t=1..T} f^t` over the horizon.
pub fn continuation_factor(factor: f64, horizon: Option<u32>) -> f64 {
    if factor <= 0.0 {
        return 0.0;
    }
    let steps = horizon.unwrap_or_else(|| horizon::epochs(factor));
    if factor >= 1.0 {
        f64::from(steps)
    } else {
        factor * (1.0 - pow(factor, f64::from(steps))) / (1.0 - factor)
    }
}

/// Expected payoff of a mixed choice.
#[inline]
pub fn expected(payoffs: &[f64], probabilities: &[f64]) -> f64 {
    payoffs.iter().zip(probabilities).map(|(payoff, probability)| payoff * probability).sum()
}

/// Number of points along a learning curve.
const WINDOWS: u32 = 40;

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
    let n = game.setting.candidates();
    let players = &game.seats.players;
    let spec = |p: usize| &game.setting.classes[players[p].class].strategy.learner;
    let mut learners: Vec<Learner> = players
        .iter()
        .enumerate()
        .map(|(p, player)| Learner::new(*spec(p), player.bins.count(), player.menu.settings.len() + 1))
        .collect();
    let learning = game.rule.lever().is_some() && (0..players.len()).any(|p| spec(p).learns());
    let empty = || Learned {
        policies: Vec::new(),
        drift: None,
        learning,
        epochs: 0,
        offers: vec![Vec::new(); players.len()],
        gains: Vec::new(),
    };
    if !learning {
        return Ok(Learned { policies: learners.iter().map(Learner::settled).collect(), ..empty() });
    }
    let alone = schedule.regime == Regime::Independent;
    let (markets, epochs) =
        if alone { (1, schedule.max_epochs) } else { (schedule.rounds, schedule.warmup_epochs) };
    let mut markets: Vec<Market<M>> =
        (0..markets).map(|m| Market::expected(game, market_key(seed, replicate, Phase::Learn, m))).collect();
    let mut round = Round::new(game);
    let feedback_for = || -> Vec<Feedback> {
        players.iter().map(|p| Feedback::new(p.bins.count(), p.menu.settings.len() + 1)).collect()
    };
    let mut feedback = feedback_for();
    let mut window = feedback_for();
    let mut played = vec![0.0; players.len()];
    let mut offered = vec![(0.0, 0.0); players.len()];
    let persistence = game.rule.persistence(game.setting);
    let factors: Vec<f64> = persistence
        .iter()
        .flat_map(|rho| {
            game.setting
                .sequencers
                .iter()
                .map(move |s| continuation_factor(rho * s.traits.discount, schedule.horizon))
        })
        .collect();
    let mut margins = vec![0.0; n];
    let mut batch_margin = vec![0.0; players.len()];
    let mut mean_margin = vec![0.0; players.len()];
    let mut learned = empty();
    let mut snapshots: Vec<(u32, Vec<Policy>)> = Vec::new();
    let mut greedy: Vec<Vec<usize>> = Vec::new();
    let mut stable = 0;
    let stride = (epochs / WINDOWS).max(1);
    // Where the game is finite and policies are shared, rivals' offers are taken in expectation, and no market is played.
    let mut finite = if alone { None } else { Finite::new(game) };
    if finite.is_some() {
        markets.clear();
    }
    for epoch in 0..epochs {
        feedback.iter_mut().for_each(Feedback::clear);
        batch_margin.fill(0.0);
        if let Some(finite) = &mut finite {
            finite.feedback(|p| learners[p].policy(), &mut feedback);
            for p in 0..players.len() {
                let policy = learners[p].policy();
                for state in 0..policy.states() {
                    let row = feedback[p].payoff.row(state).to_slice().expect("rows are contiguous");
                    played[p] += expected(row, policy.row(state));
                }
                let (sum, made) = finite.offered(p, policy);
                offered[p].0 += sum;
                offered[p].1 += made;
            }
        }
        for market in &mut markets {
            market.offer(game, |p| learners[p].policy(), &mut round);
            market.prepare(game, &mut round);
            for i in 0..n {
                let p = game.seats.player[i];
                let (batch, policy, played) = (&mut feedback[p], learners[p].policy(), &mut played[p]);
                market.feedback(game, i, &mut round, |state, weight, payoffs| {
                    batch.add(state, weight, payoffs);
                    *played += weight * expected(payoffs, policy.row(state));
                });
                if round.action[i] > 0 {
                    offered[p].0 += players[p].menu.settings[round.action[i] - 1];
                    offered[p].1 += 1.0;
                }
            }
            if !persistence.is_empty() {
                market.margins(game, &round, &mut margins);
                for (i, margin) in margins.iter().enumerate() {
                    batch_margin[game.seats.player[i]] += margin;
                }
            }
            market.decide(game, &mut round, Detail::Fluid)?;
        }
        for (p, learner) in learners.iter_mut().enumerate() {
            learner.learn(&feedback[p]);
            window[p].payoff += &feedback[p].payoff;
            for (sum, count) in window[p].count.iter_mut().zip(&feedback[p].count) {
                *sum += count;
            }
        }
        if !persistence.is_empty() {
            let weight = (1.0 / f64::from(epoch + 1)).max(0.02);
            for (p, player) in players.iter().enumerate() {
                let mean = batch_margin[p] / (player.members.len() * markets.len()) as f64;
                mean_margin[p] += weight * (mean - mean_margin[p]);
            }
            for (slot, (value, factor)) in round.continuation.iter_mut().zip(&factors).enumerate() {
                *value = factor * mean_margin[game.seats.player[slot % n]];
            }
        }
        if (epoch + 1) % stride == 0 {
            let x = f64::from(epoch + 1);
            let mut worst = 0.0_f64;
            for p in 0..players.len() {
                let count: f64 = window[p].count.iter().sum();
                let best: f64 = window[p]
                    .payoff
                    .rows()
                    .into_iter()
                    .map(|row| row.fold(f64::NEG_INFINITY, |m, &v| m.max(v)))
                    .sum();
                worst = worst.max((best - played[p]) / count);
                if offered[p].1 > 0.0 {
                    learned.offers[p].push((x, offered[p].0 / offered[p].1));
                }
                window[p].clear();
                played[p] = 0.0;
                offered[p] = (0.0, 0.0);
            }
            learned.gains.push((x, worst));
            snapshots.push((epoch + 1, learners.iter().map(Learner::settled).collect()));
        }
        learned.epochs = epoch + 1;
        if alone {
            let now: Vec<Vec<usize>> = learners
                .iter()
                .map(|l| (0..l.policy().states()).map(|s| l.policy().mode(s)).collect())
                .collect();
            stable = if now == greedy { stable + 1 } else { 0 };
            greedy = now;
            if stable >= schedule.stable_epochs {
                break;
            }
        }
    }
    learned.policies = learners.iter().map(Learner::settled).collect();
    // The last snapshot of the first three quarters; learning that ended within the first window has none.
    let early = |(epoch, _): &&(u32, Vec<Policy>)| 4 * u64::from(*epoch) <= 3 * u64::from(learned.epochs);
    if let Some((_, before)) = snapshots.iter().rev().find(early) {
        let distance: f64 = before.iter().zip(&learned.policies).map(|(a, b)| a.distance(b)).sum();
        learned.drift = Some(distance / players.len() as f64);
    }
    Ok(learned)
}

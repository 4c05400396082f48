//! What other conduct would gain: the certificate of what sequencers have learned to do with temptations.
//!
//! Conduct is learned by weighing what an act brings against what it is expected to cost ([`crate::play::conduct`]); whether that
//! came out right is judged here, on fresh draws and by playing on. In each market a member `i` of each group that learns, in
//! office, behaves otherwise in one epoch and as before from the next on:
//!
//! ```text
//! gain = Σ_{t=0..W} δ^t·(income if it deviates − income if not) − θ·Δa − Δq·L
//! ```
//!
//! Income is net of legal penalties and of the capital cost of what is locked and has no other use. Both copies are on the same
//! draws, governance sparing everybody in the first epoch; `W` is as long as a target under way may last. Beside it stand the
//! scruple `θ` for each act more (`Δa`), and the probability `Δq` with which governance finds it guilty for acts more, times
//! what that takes: `L` is found by playing on from there, guilty and not, with conduct as it was learned. Findings are taken in expectation, as their luck would drown what there is to see.
//!
//! Deviations, as far as a group *learns* the decision: to take every bribe worth more than including; to refuse all; to take them from some
//! price on, for each that the briber offers, or eight of them where there are more; to take
//! toxic MEV, or leave it; to obey orders, or defy them. Estimate and bound are those of [`super::certificate`]: group
//! and deviation are picked on one half of the markets and judged on the other, and the bound holds for all at once.
//! By the one-shot deviation principle conduct is optimal if no such deviation gains anything; the gain is per epoch in office.

use super::certificate::{Certificate, Method};
use super::gains::Gains;
use crate::agent::conduct::{Bribes, Choice};
use crate::learning::policy::Policy;
use crate::mechanism::Mechanism;
use crate::play::best_conduct::markups_offered;
use crate::play::conduct::{Behaviour, Conduct, loss_of, reach};
use crate::play::ledger::Imbalance;
use crate::play::market::{Game, Market};
use crate::play::schedule::{Phase, Schedule, market_key};
use crate::play::trial::Trial;

/// Markets, epochs in each at which somebody deviates, and epochs between them.
const MARKETS: u32 = 16;
const TRIES: u32 = 4;
const APART: u32 = 2;
/// Epochs for which it is waited that a member is in office.
const PATIENCE: u32 = 8;
/// Most prices between refusing all bribes and taking all that are tried.
const ASKS: usize = 8;
/// Where markets begin, so that they are none in which offers are certified.
const FIRST: u32 = 1 << 20;

/// Gain of the best deviation in conduct, in ETH an epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConductGain {
    /// Sample-split estimate.
    pub estimate: f64,
    /// Simultaneous 95% upper bound.
    pub upper: f64,
}

impl ConductGain {
    /// Its metrics, as shares of the potential value of an epoch.
    pub fn metrics(&self, potential: f64) -> [(&'static str, f64); 2] {
        [("conduct_gain", self.estimate / potential), ("conduct_gain_upper", self.upper / potential)]
    }
}

/// How else candidate `i`, which behaves like `conduct`, might behave in decisions that it learns, the briber's prices being drawn from `price`.
fn deviations<M: Mechanism>(game: &Game<M>, i: usize, conduct: Conduct, price: &Policy) -> Vec<Conduct> {
    let spec = game.setting.classes[game.setting.sequencers[i].class].conduct;
    let mut others = Vec::new();
    if spec.bribes == Bribes::Learned {
        // Who asks the lowest of these prices takes every bribe.
        let offered = markups_offered(game, i, price);
        let between = spread(offered.get(1..).unwrap_or_default());
        let asks = [0.0, f64::INFINITY].into_iter().chain(between);
        others.extend(asks.map(|markup| Conduct { markup, ..conduct }));
    }
    if spec.toxic == Choice::Learned {
        others.push(Conduct { toxic: !conduct.toxic, ..conduct });
    }
    if spec.obeys == Choice::Learned {
        others.extend([true, false].map(|obeys| Conduct { obeys: Some(obeys), ..conduct }));
    }
    others
}

/// At most [`ASKS`] of these, the first and the last among them.
fn spread(all: &[f64]) -> Vec<f64> {
    if all.len() <= ASKS {
        return all.to_vec();
    }
    (0..ASKS).map(|k| all[k * (all.len() - 1) / (ASKS - 1)]).collect()
}

/// Measures it, offers being chosen by `choose`; `None` where nobody learns how to behave.
///
/// # Errors
/// [`Imbalance`] if some market's books do not balance.
pub fn measure<M: Mechanism>(
    game: &Game<M>,
    choose: &dyn Fn(u32, usize, usize, f64) -> usize,
    behaviour: &Behaviour,
    schedule: &Schedule,
    seed: u64,
    replicate: u32,
) -> Result<Option<ConductGain>, Imbalance> {
    let players = &game.seats.players;
    let others: Vec<Vec<Conduct>> = players
        .iter()
        .map(|player| {
            let i = player.members[0];
            deviations(game, i, behaviour.conduct[i], &behaviour.price)
        })
        .collect();
    if others.iter().all(Vec::is_empty) {
        return Ok(None);
    }
    let judged: Vec<usize> = (0..players.len()).filter(|&p| !others[p].is_empty()).collect();
    let mut gains: Vec<Gains> = judged.iter().map(|&p| Gains::new(1, others[p].len())).collect();
    let trial = Trial::new(game, choose, behaviour);
    let mut court = Court { game, behaviour, trial, reach: reach(game, schedule) };
    for m in 0..MARKETS {
        let mut market = Market::open(game, market_key(seed, replicate, Phase::Certify, FIRST + m));
        market.behave(behaviour);
        for _ in 0..schedule.burn_in {
            court.trial.step(&mut market)?;
        }
        let mut found = vec![0_u32; judged.len()];
        for attempt in 0..TRIES {
            for ((gains, &p), found) in gains.iter_mut().zip(&judged).zip(&mut found) {
                let turn = (m * TRIES + attempt) as usize % players[p].members.len();
                // Where nobody of the class serves soon there is nothing to try.
                if let Some(payoffs) = court.deviate(&market, &players[p].members, turn, &others[p])? {
                    gains.add(0, 1.0, &payoffs, 0.0);
                    *found += 1;
                }
            }
            for _ in 0..APART {
                court.trial.step(&mut market)?;
            }
        }
        for (gains, found) in gains.iter_mut().zip(found) {
            gains.close(m, 1.0 / f64::from(found.max(1)));
        }
    }
    let certificate = Certificate::from_gains(&gains, MARKETS, Method::Replay, true, 0.0);
    Ok(Some(ConductGain { estimate: certificate.estimate, upper: certificate.upper }))
}

/// What deviations are judged with.
struct Court<'t, 'g, M: Mechanism> {
    game: &'t Game<'g, M>,
    behaviour: &'t Behaviour,
    trial: Trial<'t, 'g, M>,
    reach: u32,
}

impl<M: Mechanism> Court<'_, '_, M> {
    /// What each of `others` gains over behaving as everybody does, by the first of `members`, from `turn` on, who is in office
    /// soon; nothing where none is.
    fn deviate(
        &mut self,
        market: &Market<M>,
        members: &[usize],
        turn: usize,
        others: &[Conduct],
    ) -> Result<Option<Vec<f64>>, Imbalance> {
        let mut before = market.clone();
        for _ in 0..PATIENCE {
            let mut ahead = before.clone();
            self.trial.step(&mut ahead)?;
            let serves = |&&i: &&usize| ahead.service.scheduled[i] > 0.0;
            if let Some(&i) = members[turn..].iter().chain(&members[..turn]).find(serves) {
                return self.deviate_in(&before, i, others).map(Some);
            }
            before = ahead;
        }
        Ok(None)
    }

    fn deviate_in(
        &mut self,
        before: &Market<M>,
        i: usize,
        others: &[Conduct],
    ) -> Result<Vec<f64>, Imbalance> {
        let usual = self.trial.played(before, i, self.behaviour.conduct[i], None)?;
        let governance = self.game.terms.oversight.governance;
        let finds = |acts: u32| governance.map_or(0.0, |governance| governance.finds(acts));
        let scruple = self.game.setting.sequencers[i].traits.scruple;
        // What each gains but for findings, and what it adds to their probability.
        let mut gains = Vec::with_capacity(others.len());
        for &conduct in others {
            let deviated = self.trial.played(before, i, conduct, None)?;
            let acts = f64::from(deviated.acts) - f64::from(usual.acts);
            let found = finds(deviated.acts) - finds(usual.acts);
            gains.push((deviated.income - usual.income - scruple * acts, found));
        }
        // To play on takes long, and says nothing where no deviation is an act: mostly no target comes along.
        if gains.iter().all(|(_, found)| *found == 0.0) {
            return Ok(gains.into_iter().map(|(gain, _)| gain).collect());
        }
        let mut guilty = usual.market.clone();
        guilty.convict(self.game, i);
        let (game, reach, clean) = (self.game, self.reach, usual.market);
        let loss = loss_of(game, clean, guilty, i, 1.0, reach, &mut |market| self.trial.step(market))?;
        Ok(gains.into_iter().map(|(gain, found)| gain - found * loss).collect())
    }
}

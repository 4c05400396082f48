//! What running on over consecutive slots adds to the MEV of a slot, as candidates come to expect it.
//!
//! The `t`-th slot in a row is worth `1 + κ(1 − 1/t)` times its MEV ([`crate::world::mev::run_factor`]), so that what a candidate
//! can expect of a slot hangs on who makes the slots before it, which the schedule decides. It is learned: markets are lived
//! through under present offers, and the factor is what the slots of a candidate's player were worth over what they would have been
//! alone. Candidates who never produce expect what those who do have found. Offers are then learned anew by candidates who
//! expect it, and so on by turns with conduct (`experiment/simulate.rs`).
//!
//! It is a mean over slots: where a larger stake or kickback makes runs longer, that is not seen at the margin. A seat's runs do
//! not hang on its price, so that for seats that are sold it is exact.

use super::conduct::Behaviour;
use super::ledger::Imbalance;
use super::market::{Detail, Game, Market, Round};
use super::schedule::{Phase, Schedule, market_key};
use crate::mechanism::Mechanism;
use crate::world::World;

/// Markets that are lived through, and epochs in each beyond what it takes to forget how they opened.
const MARKETS: u32 = 4;
const EPOCHS: u32 = 48;
/// Where their numbers begin, so that they are none in which conduct is learned.
const FIRST: u32 = 1 << 20;

/// Factor on the MEV of a slot that each candidate expects; empty where runs are worth no more than their slots.
///
/// # Errors
/// [`Imbalance`] if some market's books do not balance.
pub fn learn<M: Mechanism>(
    game: &Game<M>,
    choose: &dyn Fn(u32, usize, usize, f64) -> usize,
    behaviour: Option<&Behaviour>,
    schedule: &Schedule,
    seed: u64,
    replicate: u32,
) -> Result<Vec<f64>, Imbalance> {
    match &game.setting.world {
        World::Rollup(rollup) if rollup.multi_slot > 0.0 => {}
        _ => return Ok(Vec::new()),
    }
    let players = game.seats.players.len();
    let (mut alone, mut premium) = (vec![0.0; players], vec![0.0; players]);
    let mut round = Round::new(game);
    for m in 0..MARKETS {
        let mut market = Market::open(game, market_key(seed, replicate, Phase::Conduct, FIRST + m));
        if let Some(behaviour) = behaviour {
            market.behave(behaviour);
        }
        for epoch in 0..schedule.burn_in + EPOCHS {
            market.choose(game, |p, state, u| choose(epoch, p, state, u), &mut round);
            market.decide(game, &mut round, Detail::Slots)?;
            if epoch >= schedule.burn_in {
                let service = &market.service;
                for (i, &p) in game.seats.player.iter().enumerate() {
                    alone[p] += service.mev[i] - service.premium[i];
                    premium[p] += service.premium[i];
                }
            }
        }
    }
    let factor = |alone: f64, premium: f64| if alone > 0.0 { 1.0 + premium / alone } else { 1.0 };
    let usual = factor(alone.iter().sum(), premium.iter().sum());
    let of = |p: usize| if alone[p] > 0.0 { factor(alone[p], premium[p]) } else { usual };
    Ok(game.seats.player.iter().map(|&p| of(p)).collect())
}

//! Values that learners start from, where these depend on the game: what settings earn for ever in play that is known before
//! anybody has learned.
//!
//! Expectations over private values, and over what rivals might do, are means over sampled markets.

use super::market::{Game, Market, Round};
use super::schedule::{Phase, market_key};
use crate::draws::{Purpose, Stream};
use crate::learning::policy::Policy;
use crate::learning::q_learning::Initial;
use crate::mechanism::Mechanism;
use ndarray::Array2;

/// Markets sampled.
const MARKETS: u32 = 1024;

/// Largest part, drawn by lot, that optimistic values add.
const SPREAD: f64 = 0.01;

/// Values of player `p` (see [`Initial`]) if the future counts `discount` an epoch: shape (states, settings), in ETH. States
/// that never came up start at nothing.
pub fn starting_values<M: Mechanism>(
    game: &Game<M>,
    p: usize,
    initial: Initial,
    discount: f64,
    seed: u64,
    replicate: u32,
) -> Array2<f64> {
    let player = &game.seats.players[p];
    let shape = (player.bins.count(), player.menu.columns());
    let lot: Stream = market_key(seed, replicate, Phase::Start, 0)
        .stream(Purpose::Initial, game.setting.sequencers[player.members[0]].who);
    if let Initial::Uniform(low, high) = initial {
        let draw = |(state, setting)| low + (high - low) * lot.uniform(state as u32, setting as u32);
        return Array2::from_shape_fn(shape, draw);
    }
    let mut sum = Array2::<f64>::zeros(shape);
    let mut top = vec![f64::NEG_INFINITY; shape.0];
    let mut count = vec![0.0; shape.0];
    let mut round = Round::new(game);
    let random: Vec<Policy> = game
        .seats
        .players
        .iter()
        .map(|player| Policy::uniform(player.bins.count(), player.menu.columns()))
        .collect();
    for m in 0..MARKETS {
        let mut market = Market::expected(game, market_key(seed, replicate, Phase::Start, m));
        market.choose(game, |p, state, u| random[p].sample(state, u), &mut round);
        if initial == Initial::Optimistic {
            round.offers.fill(None);
        }
        market.prepare(game, &mut round);
        for &i in &player.members {
            market.feedback(game, i, &mut round, |state, weight, payoffs| {
                count[state] += weight;
                for (sum, payoff) in sum.row_mut(state).iter_mut().zip(payoffs) {
                    *sum += weight * payoff;
                    top[state] = top[state].max(*payoff);
                }
            });
        }
    }
    for ((state, setting), value) in sum.indexed_iter_mut() {
        let once = match initial {
            _ if count[state] == 0.0 => 0.0,
            Initial::Optimistic => {
                top[state] + SPREAD * top[state].abs() * lot.uniform(state as u32, setting as u32)
            }
            _ => *value / count[state],
        };
        *value = once / (1.0 - discount);
    }
    sum
}

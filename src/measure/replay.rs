//! Deviations played through the real market: the definition that shortcuts have to equal.
//!
//! In each fresh market play goes on until the market has forgotten how it opened. From a snapshot of it one member `i` of
//! each player deviates to each setting `a` in turn, on the same draws, and is followed for the horizon `T`:
//!
//! ```text
//! u(a) = Σ_{t=0..T} δ^t·(change of i's wealth − capital cost of its bond) in epoch t
//! ```
//!
//! (the sum over all candidates of its operator) where `i` plays `a` in the first epoch and its policy afterwards. Single delegators are drawn one by one, beliefs are
//! learned, seats go to whoever gets them: nothing is held fixed but the draws and the policies. In the rollup world
//! the service of an epoch is taken in expectation, in which payoffs are linear. `T` is the schedule's horizon, or until
//! a thousandth is left of whatever the rule [remembers](Mechanism::memory) and bonds are released.
//!
//! Where a player has a single state, deviations that *last* are tried as well: `a` in each of the epochs `0..L`, `L = T + 1`,
//! followed for `T` more, per epoch `(u_L(a) − u_L(play)) / Σ_{t<L} δ^t`.
//!
//! Work is `markets × settings × epochs × (30 + candidates + single delegators)`, a step of some 30 ns; beyond [`MOST_WORK`]
//! fewer markets are played, and with fewer than [`FEWEST`] nothing is certified.

use super::delegators_gain::{DelegatorsGain, Forgone};
use super::gains::Gains;
use crate::agent::delegator::DelegatorGroup;
use crate::learning::policy::Policy;
use crate::mechanism::Mechanism;
use crate::play::horizon;
use crate::play::ledger::Imbalance;
use crate::play::market::{Detail, Game, Market, Round};
use crate::play::schedule::{Phase, Schedule, market_key};

/// Most work.
pub const MOST_WORK: f64 = 2e7;

/// Fewest markets from which anything is concluded.
pub const FEWEST: u32 = 16;

fn reach<M: Mechanism>(game: &Game<M>, schedule: &Schedule) -> u32 {
    let remembered = || horizon::epochs(game.rule.memory(game.setting)).max(game.rule.epochs_to_fill());
    schedule.horizon.unwrap_or_else(remembered)
}

/// How many of so many markets can be replayed; `None` where too few for a conclusion.
pub fn affordable<M: Mechanism>(game: &Game<M>, schedule: &Schedule, markets: u32) -> Option<u32> {
    let reach = f64::from(reach(game, schedule));
    let single = |g: &DelegatorGroup| if g.continuum { 1.0 } else { g.count as f64 };
    let agents =
        30.0 + game.setting.candidates() as f64 + game.setting.delegators.iter().map(single).sum::<f64>();
    let epochs: f64 = game
        .seats
        .players
        .iter()
        .map(|p| {
            let lasting = if p.bins.count() == 1 { 2.0 * (reach + 1.0) } else { 0.0 };
            (p.menu.columns() + 1) as f64 * (reach + 1.0 + lasting)
        })
        .sum();
    let markets =
        f64::from(markets).min((MOST_WORK / (agents * (epochs + f64::from(schedule.burn_in)))).floor());
    (markets >= f64::from(FEWEST)).then_some(markets as u32)
}

/// What deviations gained.
#[derive(Debug)]
pub struct Replayed {
    /// Contributions of every player's.
    pub players: Vec<Gains>,
    /// What delegators forgo.
    pub delegators: Option<DelegatorsGain>,
}

/// One deviation: who plays what, and for how many epochs.
#[derive(Clone, Copy, Debug)]
struct Deviation {
    candidate: usize,
    setting: usize,
    epochs: u32,
}

/// Contributions of every player's deviations: the settings for one epoch, then, where it has a single state, the settings
/// for as long as the horizon.
///
/// # Errors
/// [`Imbalance`] if some market's books do not balance.
pub fn gains<M: Mechanism>(
    game: &Game<M>,
    policies: &[Policy],
    schedule: &Schedule,
    markets: u32,
    seed: u64,
    replicate: u32,
) -> Result<Replayed, Imbalance> {
    let players = &game.seats.players;
    let reach = reach(game, schedule);
    let mut gains: Vec<Gains> = players
        .iter()
        .map(|p| {
            let kinds = if p.bins.count() == 1 && reach > 0 { 2 } else { 1 };
            Gains::new(p.bins.count(), kinds * p.menu.columns())
        })
        .collect();
    let mut round = Round::new(game);
    let mut forgone = Forgone::new(game);
    let mut payoffs = Vec::new();
    for m in 0..markets {
        let mut snapshot = Market::open(game, market_key(seed, replicate, Phase::Certify, m));
        for _ in 0..schedule.burn_in {
            snapshot.offer(game, |p| &policies[p], &mut round);
            snapshot.decide(game, &mut round, Detail::Fluid)?;
        }
        let mut ahead = snapshot.clone();
        ahead.offer(game, |p| &policies[p], &mut round);
        let states = round.state.clone();
        for (p, player) in players.iter().enumerate() {
            // Members are alike; each takes its turn.
            let candidate = player.members[m as usize % player.members.len()];
            let state = states[candidate];
            let mut worth = |setting: Option<usize>, epochs: u32, last: u32| {
                let deviation = setting.map(|setting| Deviation { candidate, setting, epochs });
                replayed(game, policies, &snapshot, candidate, deviation, last, &mut round)
            };
            payoffs.clear();
            for setting in 0..player.menu.columns() {
                payoffs.push(worth(Some(setting), 1, reach)?);
            }
            let play = policies[p].expected(state, &payoffs);
            for u in &mut payoffs {
                *u -= play;
            }
            if player.bins.count() == 1 && reach > 0 {
                let lasts = reach + 1;
                let discount = game.setting.sequencers[candidate].traits.discount;
                let epochs: f64 = discounts(discount).take(lasts as usize).sum();
                let usual = worth(None, 0, lasts + reach)?;
                for setting in 0..player.menu.columns() {
                    payoffs.push((worth(Some(setting), lasts, lasts + reach)? - usual) / epochs);
                }
            }
            gains[p].add(state, 1.0, &payoffs, 0.0);
            gains[p].close(m, 1.0);
        }
        for _ in 0..=reach {
            snapshot.offer(game, |p| &policies[p], &mut round);
            snapshot.decide(game, &mut round, Detail::Fluid)?;
            forgone.note(game, &snapshot, &round);
        }
        forgone.close(m, reach + 1);
    }
    Ok(Replayed { players: gains, delegators: forgone.gain(game, markets) })
}

/// `1, δ, δ², …`
fn discounts(discount: f64) -> impl Iterator<Item = f64> {
    std::iter::successors(Some(1.0), move |weight| Some(weight * discount))
}

/// Discounted payoff of a candidate and the others of its operator over the epochs `0..=last` from a snapshot.
fn replayed<M: Mechanism>(
    game: &Game<M>,
    policies: &[Policy],
    snapshot: &Market<M>,
    candidate: usize,
    deviation: Option<Deviation>,
    last: u32,
    round: &mut Round<M>,
) -> Result<f64, Imbalance> {
    let mut market = snapshot.clone();
    let discount = game.setting.sequencers[candidate].traits.discount;
    // An operator's candidates play for all of them.
    let own = || std::iter::once(candidate).chain(game.seats.siblings[candidate].iter().copied());
    let wealth_of = |market: &Market<M>| own().map(|i| market.ledger.wealth(i)).sum::<f64>();
    let mut wealth = wealth_of(&market);
    let mut payoff = 0.0;
    for (epoch, weight) in (0..=last).zip(discounts(discount)) {
        market.offer(game, |p| &policies[p], round);
        if let Some(deviation) = deviation.filter(|d| epoch < d.epochs) {
            market.deviate(game, deviation.candidate, deviation.setting, round);
        }
        market.decide(game, round, Detail::Fluid)?;
        let now = wealth_of(&market);
        let bond: f64 = own().map(|i| market.ledger.tied(i) * game.terms.capital_rate[i]).sum();
        payoff += weight * (now - wealth - bond);
        wealth = now;
    }
    Ok(payoff)
}

//! Investment in uptime: how much of it each group buys, by what missed slots cost it under the rule at hand.
//!
//! **Definition.** An investment of `x`, at `γx` ETH an epoch with `γ` the group's `uptime_cost`, divides the rate at which its
//! machines fail by `e^x`: with failures at rate `f` and repairs at rate `g` they are down for the share
//! `π(x) = f e^{−x}/(f e^{−x} + g)` of slots. Each group buys what is best against what everybody else does,
//!
//! ```text
//! max_{x ≥ 0} −v·π(x) − γx,      v = (income with a machine that never fails − income with a poor one)/(slots that the poor one misses)
//! ```
//!
//! where `v` is what missing all of its slots would cost a member an epoch. It is *learned* by playing on: markets are lived through
//! twice on the same draws with policies as they are, once with a member's machine perfect and once with one that is down at
//! least a tenth of the time. Whatever missed slots cost then counts: fees and MEV, issuance, leaks, removal, votes of delegators
//! who want uptime, scores; and nothing is lost where standbys take over for free. Then offers (and conduct) are learned anew
//! with these machines, and so on until levels stay put.
//!
//! **What theory says.** As `π' = −π(1 − π)`, an investment is worth it up to `π(1 − π) = γ/v`, and not at all where
//! `π(0)(1 − π(0)) ≤ γ/v` and `π(0) ≤ 1/2` ([`crate::theory::availability`]).
//!
//! Income is taken to be linear in one's own uptime between the two machines.

use super::simulate::foresee;
use crate::agent::Setting;
use crate::mechanism::Mechanism;
use crate::mechanism::terms::Terms;
use crate::numerics::exp;
use crate::play::conduct::Behaviour;
use crate::play::learning_loop;
use crate::play::ledger::Imbalance;
use crate::play::market::{Detail, Game, Market, Round, Seating};
use crate::play::schedule::{Phase, Regime, Schedule, market_key};
use crate::world::outage::Reliability;

/// Times that investments and offers are learned by turns, and change of a level after which that ends.
const TURNS: u32 = 4;
const SETTLED: f64 = 0.02;
/// Markets in which a member's machine is tried, and epochs in each.
const MARKETS: u32 = 8;
const EPOCHS: u32 = 64;
/// Where their numbers begin, so that they are none in which conduct or runs are learned.
const FIRST: u32 = 1 << 21;
/// Least share of slots for which the poor machine is down.
const POOR: f64 = 0.1;
/// Steps of levels, and how many.
const STEP: f64 = 0.01;
const STEPS: u32 = 1000;

/// What everybody has bought.
#[derive(Clone, Debug)]
pub struct Invested {
    /// World and agents, with their better machines.
    pub setting: Setting,
    /// The terms among them.
    pub terms: Terms,
    /// Level of each player that could buy any: (player, level).
    pub levels: Vec<(usize, f64)>,
}

/// What everybody buys; `None` where nobody can.
///
/// # Errors
/// [`Imbalance`] if some market's books do not balance.
pub fn invested<M: Mechanism>(
    rule: &M,
    setting: &Setting,
    terms: &Terms,
    schedule: &Schedule,
    seed: u64,
    replicate: u32,
) -> Result<Option<Invested>, Imbalance> {
    if setting.classes.iter().all(|class| class.traits.uptime_cost.is_none()) {
        return Ok(None);
    }
    let seats = Seating::new(setting, schedule.regime == Regime::SelfPlay);
    let mut levels = vec![0.0; seats.players.len()];
    for turn in 0..TURNS {
        let (better, better_terms) = with(setting, terms, &seats, &levels);
        let foresight = foresee(rule, &better, &better_terms, &seats, schedule, seed, replicate)?;
        let game = Game { rule, setting: &better, terms: &foresight.terms, seats: &seats };
        let learned = match foresight.learned {
            Some(learned) => learned,
            None => learning_loop::learn(&game, *schedule, seed, replicate)?,
        };
        let choose = |p: usize, state: usize, u: f64| learned.policies[p].sample(state, u);
        let behaviour = foresight.conduct.as_ref().map(|conduct| &conduct.behaviour);
        let mut moved = 0.0_f64;
        for (p, level) in levels.iter_mut().enumerate() {
            let class = &setting.classes[seats.players[p].class];
            let Some(cost) = class.traits.uptime_cost else { continue };
            let worth = worth_of_uptime(&game, p, &choose, behaviour, schedule, seed, replicate)?;
            let best = best_level(class.traits.reliability, worth, cost);
            // Later turns go half the way, as those who invest may change places.
            let next = if turn < 2 { best } else { 0.5 * (best + *level) };
            moved = moved.max((next - *level).abs());
            *level = next;
        }
        if moved <= SETTLED {
            break;
        }
    }
    let (setting, terms) = with(setting, terms, &seats, &levels);
    let could = |&p: &usize| setting.classes[seats.players[p].class].traits.uptime_cost.is_some();
    let levels = (0..levels.len()).filter(could).map(|p| (p, levels[p])).collect();
    Ok(Some(Invested { setting, terms, levels }))
}

/// A machine with an investment of `level`.
fn invested_in(machine: Reliability, level: f64) -> Reliability {
    Reliability { failure_rate: machine.failure_rate * exp(-level), ..machine }
}

/// The level that is best where missing all slots costs `worth` an epoch.
pub fn best_level(machine: Reliability, worth: f64, cost: f64) -> f64 {
    let payoff = |step: u32| {
        let level = STEP * f64::from(step);
        -worth * invested_in(machine, level).down_share() - cost * level
    };
    let best = (0..=STEPS).fold(0, |best, step| if payoff(step) > payoff(best) { step } else { best });
    STEP * f64::from(best)
}

/// World and terms with everybody's investment.
fn with(setting: &Setting, terms: &Terms, seats: &Seating, levels: &[f64]) -> (Setting, Terms) {
    let mut better = setting.clone();
    let mut investment = vec![0.0; setting.candidates()];
    for (i, sequencer) in better.sequencers.iter_mut().enumerate() {
        let level = levels[seats.player[i]];
        sequencer.traits.reliability = invested_in(sequencer.traits.reliability, level);
        investment[i] = level * sequencer.traits.uptime_cost.unwrap_or(0.0);
    }
    let machines = better.sequencers.iter().map(|sequencer| sequencer.traits.reliability).collect();
    let terms = terms.with_machines(machines, investment);
    (better, terms)
}

/// What missing all of its slots would cost a member of player `p` an epoch, in ETH.
fn worth_of_uptime<M: Mechanism>(
    game: &Game<M>,
    p: usize,
    choose: &dyn Fn(usize, usize, f64) -> usize,
    behaviour: Option<&Behaviour>,
    schedule: &Schedule,
    seed: u64,
    replicate: u32,
) -> Result<f64, Imbalance> {
    let members = &game.seats.players[p].members;
    let machine = game.setting.classes[game.seats.players[p].class].traits.reliability;
    let down = machine.down_share().max(POOR);
    let poor = Reliability { failure_rate: machine.repair_rate * down / (1.0 - down), ..machine };
    let (mut lost, mut missed, mut led) = (0.0, 0.0, 0.0);
    for m in 0..MARKETS {
        let i = members[m as usize % members.len()];
        let key = market_key(seed, replicate, Phase::Conduct, FIRST + m);
        let [perfect, poor] = [Reliability::PERFECT, poor].map(|machine| {
            let mut setting = game.setting.clone();
            setting.sequencers[i].traits.reliability = machine;
            let game = Game { setting: &setting, ..*game };
            let mut market = Market::open(&game, key);
            if let Some(behaviour) = behaviour {
                market.behave(behaviour);
            }
            let mut round = Round::new(&game);
            let (mut income, mut missed, mut led) = (0.0, 0.0, 0.0);
            for epoch in 0..schedule.burn_in + EPOCHS {
                let before = market.ledger.wealth(i);
                market.choose(&game, choose, &mut round);
                market.decide(&game, &mut round, Detail::Slots)?;
                if epoch >= schedule.burn_in {
                    let service = &market.service;
                    income +=
                        market.ledger.wealth(i) - before - game.terms.capital_rate[i] * market.ledger.tied(i);
                    missed += service.scheduled[i] - service.delivered[i];
                    led += service.scheduled[i];
                }
            }
            Ok::<_, Imbalance>((income, missed, led))
        });
        let (perfect, poor) = (perfect?, poor?);
        lost += perfect.0 - poor.0;
        missed += poor.1 - perfect.1;
        led += perfect.2;
    }
    // What a missed slot costs, times the slots that a member leads in an epoch.
    let epochs = f64::from(MARKETS * EPOCHS);
    Ok(if missed > 0.0 { (lost / missed).max(0.0) * led / epochs } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::availability::down_share_worth_having;

    #[test]
    fn levels_are_those_of_theory() {
        for (f, g, worth, cost) in
            [(0.05, 0.2, 10.0, 0.1), (0.01, 0.1, 3.0, 0.2), (0.1, 0.1, 1.0, 0.05), (0.01, 0.1, 1.0, 0.5)]
        {
            let machine = Reliability { failure_rate: f, repair_rate: g };
            let found = best_level(machine, worth, cost);
            let down = down_share_worth_having(machine.down_share(), cost / worth);
            assert!((invested_in(machine, found).down_share() - down).abs() < 0.01 * down, "{found} {down}");
        }
    }
}

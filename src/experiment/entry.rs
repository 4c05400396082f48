//! Free entry: members of a group take part until the next one would not expect to cover what that costs.
//!
//! **Definition.** Let `π(m)` be the mean profit of a member per epoch, after capital cost, when `m` members have learned to play
//! beside everybody else. With an `entry_cost` of `F` the number that takes part is the largest `m` up to `count` with
//! `π(m) ≥ F`, and one where there is no such `m`: a market has at least one candidate, who then takes part at a loss, as the metric
//! `entry_margin` shows. It is found by bisection, as more rivals leave less to each; every `m` that is tried is learned
//! from the beginning, and measured on markets of its own in expectation over schedules and outages. The cost itself is spent
//! outside the game and in no account: profits of those who take part cover it.
//!
//! **What theory says.** In a contest of stakes for a rent `R` with equal members, `π(m) = R/m²`: `⌊√(R/F)⌋` enter, stakes come to
//! `R/r·(1 − 1/m)`, and as `F → 0` all rent is dissipated. In an auction with values uniform on [0, 1], of either price,
//! `π(m) = 1/(m(m + 1))`.
//!
//! **Reference.** Corchón (2007), "The theory of contests: a survey", Review of Economic Design 11, section 3, on entry; Levin and Smith
//! (1994), "Equilibrium in auctions with entry", American Economic Review 84.

use crate::agent::Setting;
use crate::mechanism::Mechanism;
use crate::mechanism::terms::Terms;
use crate::play::learning_loop;
use crate::play::ledger::Imbalance;
use crate::play::market::{Detail, Game, Market, Round, Seating};
use crate::play::schedule::{Phase, Regime, Schedule, market_key};

/// Those who take part, and the terms among them; `None` where nobody enters freely. Groups decide in the order of their names,
/// others as many as their `count` says or as have entered.
///
/// # Errors
/// [`Imbalance`] if some market's books do not balance.
pub fn entered<M: Mechanism>(
    rule: &M,
    setting: &Setting,
    terms: &Terms,
    schedule: &Schedule,
    seed: u64,
    replicate: u32,
) -> Result<Option<(Setting, Terms)>, Imbalance> {
    let mut present: Option<(Setting, Terms)> = None;
    for (class, spec) in setting.classes.iter().enumerate() {
        let Some(cost) = spec.entry_cost else { continue };
        let (setting, terms) = present.take().unwrap_or_else(|| (setting.clone(), terms.clone()));
        let with = |members: usize| {
            let mut place = 0;
            let keep: Vec<bool> = setting
                .sequencers
                .iter()
                .map(|sequencer| {
                    place += usize::from(sequencer.class == class);
                    sequencer.class != class || place <= members
                })
                .collect();
            (setting.with_members(class, members), terms.among(&keep))
        };
        let covers = |members: usize| -> Result<bool, Imbalance> {
            let (setting, terms) = with(members);
            Ok(profit(rule, &setting, &terms, class, schedule, seed, replicate)? >= cost)
        };
        let (mut enough, mut too_many) = (1, spec.count + 1);
        if too_many > 2 && covers(spec.count)? {
            enough = spec.count;
        }
        while enough + 1 < too_many && enough < spec.count {
            let middle = usize::midpoint(enough, too_many);
            if covers(middle)? {
                enough = middle;
            } else {
                too_many = middle;
            }
        }
        present = Some(with(enough));
    }
    Ok(present)
}

/// Mean profit of a member of a class per epoch, after capital cost, in ETH.
fn profit<M: Mechanism>(
    rule: &M,
    setting: &Setting,
    terms: &Terms,
    class: usize,
    schedule: &Schedule,
    seed: u64,
    replicate: u32,
) -> Result<f64, Imbalance> {
    let seats = Seating::new(setting, schedule.regime == Regime::SelfPlay);
    let game = Game { rule, setting, terms, seats: &seats };
    let learned = learning_loop::learn(&game, *schedule, seed, replicate)?;
    let mut round = Round::new(&game);
    let members = || (0..setting.candidates()).filter(|&i| setting.sequencers[i].class == class);
    let mut earned = 0.0;
    for m in 0..schedule.rounds {
        let mut market = Market::open(&game, market_key(seed, replicate, Phase::Entry, m));
        for epoch in 0..schedule.burn_in + schedule.measured_epochs {
            if epoch == schedule.burn_in {
                earned -= members().map(|i| market.ledger.wealth(i)).sum::<f64>();
            }
            market.offer(&game, |p| &learned.policies[p], &mut round);
            market.decide(&game, &mut round, Detail::Fluid)?;
            if epoch >= schedule.burn_in {
                earned -= members().map(|i| market.ledger.tied(i) * terms.capital_rate[i]).sum::<f64>();
            }
        }
        earned += members().map(|i| market.ledger.wealth(i)).sum::<f64>();
    }
    let epochs = f64::from(schedule.rounds) * f64::from(schedule.measured_epochs);
    Ok(earned / (epochs * members().count() as f64))
}

//! Free entry: sequencers take part as long as they expect to cover what that costs.
//!
//! **Definition.** Let `π_g(m)` be the mean profit of a member of group `g` per epoch, after capital cost, when `m = (m_1, m_2, …)`
//! members of the groups with an `entry_cost` have learned to play beside everybody else. With the entry costs `F_g`, numbers `m` are
//! an *equilibrium of entry* if nobody inside loses, `π_g(m) ≥ F_g` where `m_g > 0`, and nobody outside would gain,
//! `π_g(m + e_g) < F_g` where `m_g` is less than `count`. A group may stay away altogether; a market in which nobody would take
//! part has one member all the same, of the group that loses least by it, as the metric `entry_margin` shows.
//!
//! **How it is found.** Nobody has entered at first. By turns, in the order of their entry costs and then of their names, each group has one
//! member enter if that covers its cost, or else leave if those inside do not, until a whole round changes nothing. One
//! group by itself, of which more leave less to each, is searched by bisection, for the same number. Where numbers come back to what
//! they have been, there may be no equilibrium: the search ends where it is, and `entry_settled` is 0. There may also be
//! several equilibria, of which this is the one that those who enter cheaply come to first.
//!
//! Every `m` that is tried is learned from the beginning, conduct along with offers where somebody is tempted, and measured on
//! markets of its own: in expectation over schedules and outages, or, with conduct to be found out, slot by slot. Uptime is what
//! machines have before anybody invests in it. The cost itself is spent outside the game and in no account: profits of those who take
//! part cover it.
//!
//! **What theory says.** In a contest of stakes for a rent `R` with equal members, `π(m) = R/m²`: `⌊√(R/F)⌋` enter, stakes come to
//! `R/r·(1 − 1/m)`, and as `F → 0` all rent is dissipated. Of two groups with costs of capital `r_g`, each earns
//! `R·(1 − r_g(m − 1)/Σr)²`, the sum being over all `m` who take part. In an auction with values uniform on [0, 1], of either price,
//! `π(m) = 1/(m(m + 1))`.
//!
//! **Reference.** Corchón (2007), "The theory of contests: a survey", Review of Economic Design 11, section 3, on entry; Levin and Smith
//! (1994), "Equilibrium in auctions with entry", American Economic Review 84.

use super::simulate::foresee;
use crate::agent::Setting;
use crate::mechanism::Mechanism;
use crate::mechanism::terms::Terms;
use crate::play::learning_loop;
use crate::play::ledger::Imbalance;
use crate::play::market::{Detail, Game, Market, Round, Seating};
use crate::play::schedule::{Phase, Regime, Schedule, market_key};
use std::collections::{HashMap, HashSet};

/// Who takes part.
#[derive(Clone, Debug)]
pub struct Entered {
    /// The world with those who do.
    pub setting: Setting,
    /// The terms among them.
    pub terms: Terms,
    /// Whether nobody would enter or leave any more.
    pub settled: bool,
}

/// Those who take part; `None` where nobody enters freely.
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
) -> Result<Option<Entered>, Imbalance> {
    let mut groups: Vec<Group> = setting
        .classes
        .iter()
        .enumerate()
        .filter_map(|(class, spec)| Some(Group { class, cost: spec.entry_cost?, count: spec.count }))
        .collect();
    if groups.is_empty() {
        return Ok(None);
    }
    // Classes come by name.
    groups.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    let incumbents = setting.classes.len() > groups.len();
    let among = |members: &[usize]| {
        let mut present = vec![usize::MAX; setting.classes.len()];
        groups.iter().zip(members).for_each(|(group, &count)| present[group.class] = count);
        let mut seen = vec![0; setting.classes.len()];
        let takes_part = |class: usize| {
            seen[class] += 1;
            seen[class] <= present[class]
        };
        let keep: Vec<bool> = setting.sequencers.iter().map(|s| s.class).map(takes_part).collect();
        (setting.among(&keep), terms.among(&keep))
    };
    let margins = |members: &[usize]| -> Result<Vec<f64>, Imbalance> {
        let (setting, terms) = among(members);
        let profits = profits(rule, &setting, &terms, schedule, seed, replicate)?;
        Ok(groups.iter().map(|group| profits[group.class] - group.cost).collect())
    };
    let (members, settled) = equilibrium(&groups, incumbents, margins)?;
    let (setting, terms) = among(&members);
    Ok(Some(Entered { setting, terms, settled }))
}

/// A group whose members enter freely.
#[derive(Clone, Copy, Debug)]
struct Group {
    class: usize,
    cost: f64,
    count: usize,
}

/// Numbers of members who enter, by group in the order of entry, and whether they are an equilibrium; `margins` says what a member of each
/// group earns at some numbers beyond its entry cost (anything of a group without members).
fn equilibrium<E>(
    groups: &[Group],
    incumbents: bool,
    mut margins: impl FnMut(&[usize]) -> Result<Vec<f64>, E>,
) -> Result<(Vec<usize>, bool), E> {
    let mut known: HashMap<Vec<usize>, Vec<f64>> = HashMap::new();
    let mut margin = |members: &[usize], group: usize| -> Result<f64, E> {
        if let Some(all) = known.get(members) {
            return Ok(all[group]);
        }
        let all = margins(members)?;
        let own = all[group];
        known.insert(members.to_vec(), all);
        Ok(own)
    };
    if let [group] = groups {
        let (mut enough, mut too_many) = (usize::from(!incumbents), group.count + 1);
        if group.count > enough && margin(&[group.count], 0)? >= 0.0 {
            enough = group.count;
        }
        while enough + 1 < too_many && enough < group.count {
            let middle = usize::midpoint(enough, too_many);
            if margin(&[middle], 0)? >= 0.0 {
                enough = middle;
            } else {
                too_many = middle;
            }
        }
        return Ok((vec![enough], true));
    }
    let mut members = vec![0; groups.len()];
    let mut before: HashSet<Vec<usize>> = HashSet::new();
    let settled = loop {
        if !before.insert(members.clone()) {
            break false;
        }
        let mut moved = false;
        for (g, group) in groups.iter().enumerate() {
            let mut with_one_more = members.clone();
            with_one_more[g] += 1;
            if members[g] < group.count && margin(&with_one_more, g)? >= 0.0 {
                members = with_one_more;
                moved = true;
            } else if members[g] > 0 && margin(&members, g)? < 0.0 {
                members[g] -= 1;
                moved = true;
            }
        }
        if !moved {
            break true;
        }
    };
    if !incumbents && members.iter().all(|&count| count == 0) {
        let mut least: Option<(usize, f64)> = None;
        for g in 0..groups.len() {
            members[g] = 1;
            let earned = margin(&members, g)?;
            members[g] = 0;
            if least.is_none_or(|(_, most)| earned > most) {
                least = Some((g, earned));
            }
        }
        members[least.map_or(0, |(g, _)| g)] = 1;
    }
    Ok((members, settled))
}

/// Mean profit of a member of each class per epoch, after capital cost, in ETH; not a number for classes without members.
fn profits<M: Mechanism>(
    rule: &M,
    setting: &Setting,
    terms: &Terms,
    schedule: &Schedule,
    seed: u64,
    replicate: u32,
) -> Result<Vec<f64>, Imbalance> {
    let seats = Seating::new(setting, schedule.regime == Regime::SelfPlay);
    let foresight = foresee(rule, setting, terms, &seats, schedule, seed, replicate)?;
    let terms = &foresight.terms;
    let game = Game { rule, setting, terms, seats: &seats };
    let learned = match foresight.learned {
        Some(learned) => learned,
        None => learning_loop::learn(&game, *schedule, seed, replicate)?,
    };
    // Conduct is found out slot by slot.
    let behaviour = foresight.conduct.as_ref().map(|conduct| &conduct.behaviour);
    let detail = if behaviour.is_some() { Detail::Slots } else { Detail::Fluid };
    let mut round = Round::new(&game);
    let candidates = setting.candidates();
    let mut earned = vec![0.0; candidates];
    for m in 0..schedule.rounds {
        let mut market = Market::open(&game, market_key(seed, replicate, Phase::Entry, m));
        if let Some(behaviour) = behaviour {
            market.behave(behaviour);
        }
        for epoch in 0..schedule.burn_in + schedule.measured_epochs {
            if epoch == schedule.burn_in {
                earned.iter_mut().enumerate().for_each(|(i, sum)| *sum -= market.ledger.wealth(i));
            }
            market.offer(&game, |p| &learned.policies[p], &mut round);
            market.decide(&game, &mut round, detail)?;
            if epoch >= schedule.burn_in {
                for (i, sum) in earned.iter_mut().enumerate() {
                    *sum -= market.ledger.tied(i) * terms.capital_rate[i];
                }
            }
        }
        earned.iter_mut().enumerate().for_each(|(i, sum)| *sum += market.ledger.wealth(i));
    }
    let epochs = f64::from(schedule.rounds) * f64::from(schedule.measured_epochs);
    let of_class = |class: usize| {
        let own = || (0..candidates).filter(|&i| setting.sequencers[i].class == class);
        own().map(|i| earned[i]).sum::<f64>() / (epochs * own().count() as f64)
    };
    Ok((0..setting.classes.len()).map(of_class).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    fn found(
        costs: &[f64],
        counts: &[usize],
        incumbents: bool,
        profit: impl Fn(&[usize], usize) -> f64,
    ) -> (Vec<usize>, bool) {
        let group = |(class, (&cost, &count))| Group { class, cost, count };
        let groups: Vec<Group> = costs.iter().zip(counts).enumerate().map(group).collect();
        let margins = |members: &[usize]| -> Result<Vec<f64>, Infallible> {
            Ok((0..costs.len()).map(|g| profit(members, g) - costs[g]).collect())
        };
        equilibrium(&groups, incumbents, margins).unwrap()
    }

    /// A member of `m` in all earns 1/m².
    fn contest(members: &[usize], _: usize) -> f64 {
        let all = members.iter().sum::<usize>() as f64;
        1.0 / (all * all)
    }

    #[test]
    fn dear_entrants_leave_the_market_to_cheap_ones() {
        assert_eq!(found(&[0.05, 0.5], &[6, 6], false, contest), (vec![4, 0], true));
        // Three are room enough for the cheap, and one more cannot cover .07.
        assert_eq!(found(&[0.05, 0.07], &[3, 6], false, contest), (vec![3, 0], true));
        // The second covers .06 as the fourth, which it is: by turns.
        assert_eq!(found(&[0.05, 0.06], &[3, 6], false, contest), (vec![2, 2], true));
        // Of equals both come in.
        assert_eq!(found(&[0.05, 0.05], &[6, 6], false, contest), (vec![2, 2], true));
    }

    #[test]
    fn nobody_has_to_enter_but_into_an_empty_market() {
        assert_eq!(found(&[2.0, 3.0], &[6, 6], true, contest), (vec![0, 0], true));
        assert_eq!(found(&[2.0], &[6], true, contest), (vec![0], true));
        assert_eq!(found(&[2.0, 3.0], &[6, 6], false, contest), (vec![1, 0], true));
        // The second loses less by 1.
        let worth = |members: &[usize], g: usize| contest(members, g) + 2.0 * g as f64;
        assert_eq!(found(&[5.0, 6.0], &[6, 6], false, worth), (vec![0, 1], true));
    }

    /// A market which the first group likes to share with the second, and the second to have to itself.
    #[test]
    fn pursuit_has_no_end() {
        let profit =
            |members: &[usize], g: usize| f64::from(u8::from((members[0] == members[1]) == (g == 0)));
        let (_, settled) = found(&[0.5, 0.5], &[1, 1], true, profit);
        assert!(!settled);
    }
}

//! What theory says about a contender, where it says something about exactly this setting.
//!
//! | rule | setting | line |
//! |---|---|---|
//! | `auction_rotation`, `uniform`, `vcg` or `myerson` | private values | one's net value, which is a best reply to anything |
//! | `auction_rotation`, `pay_as_bid`, even seats | values of one law with a density, everybody learns | the symmetric equilibrium ([`crate::theory::auction`]) |
//! | the same, one seat, no reserve, no costs | two bidders, uniform on [0, ω₁] and [0, ω₂] | [`crate::theory::asymmetric`] |
//! | `auction`, a term of one epoch | as `auction_rotation` with one seat | the same |
//! | `algorithmic` with equal weights | the same constant value for all, machines that cost nothing and never fail | the contest's equilibrium in effort, if there is one |
//! | `stake` | constant values, machines that cost nothing and never fail | the contest's equilibrium with what each candidate can stake at most ([`crate::theory::contest`]) |
//! | `stake_rotation`, even schedule, `stake_power = 1` | the same constant value and cost of capital for all, machines that cost nothing and never fail, no derivative, no failure to restake, capital for the stake; stake back to the idle only with replacement | the contest for seats ([`crate::theory::contest`]) |
//! | `delegated`, per stake, share-proportional | constant values, one group of delegators without a taste for uptime | the kickback equilibrium ([`crate::theory::kickback`]), if it is one |
//!
//! All of it is for the abstract world without standbys, where machines need no start (`start_cost`, `start_slots`), nobody sells on (`resale`),
//! everybody can post the bonds, each operator runs one candidate (`identities`) and, but for truth, nobody enters freely (`entry_cost`). Lines are in the units of the stored curve `offer`: bids and net
//! values in ETH per scheduled slot (with unit seats: per seat), kickbacks and net values in ETH for the whole epoch. A
//! class with a single value has a single point. Stakes in a token cost what a constant issuance takes of them besides ([`crate::mechanism::token`]).

use super::file::{Contender, Experiment};
use super::kickback_game::{KickbackGame, Worth, worths};
use super::outcome::Curve;
use super::stake_game::{StakeGame, can_post};
use crate::agent::Setting;
use crate::agent::sequencer::Class;
use crate::agent::strategy::{Strategy, Unit};
use crate::mechanism::auction_rotation::{AuctionRotation, Pricing};
use crate::mechanism::delegated::Delegated;
use crate::mechanism::stake::Stake;
use crate::mechanism::stake_rotation::StakeRotation;
use crate::mechanism::{Mechanism, Rule};
use crate::play::horizon;
use crate::play::schedule::Regime;
use crate::theory::asymmetric::UniformPair;
use crate::theory::auction::Auction;
use crate::theory::contest::{Effort, logit_effort, power_effort, seat_stake, symmetric_stake, unstaking};
use crate::theory::kickback::Equilibrium;
use crate::with_rule;
use crate::world::distribution::Distribution;

/// Name of the curves.
pub const NAME: &str = "theory";

/// Points of a line.
const POINTS: u32 = 120;

/// Theoretical offers as (design point, contender, curve), one curve named `theory` for each class of sequencers; nothing for
/// a contender of which theory knows no closed form. Contenders come as in the file, classes by name.
pub fn reference_curves(experiment: &Experiment) -> Vec<(u32, String, Curve)> {
    let mut all = Vec::new();
    for contender in experiment.contenders.iter().filter(|contender| is_undisturbed(experiment, contender)) {
        let curves = match &contender.rule {
            Rule::AuctionRotation(rule) => auction(experiment, contender, rule),
            // A term of several epochs is worth what later epochs bring besides.
            Rule::Auction(rule) if contender.terms.term_epochs == 1 => {
                auction(experiment, contender, rule.sale())
            }
            Rule::Algorithmic(_) => efforts(experiment, contender),
            Rule::Delegated(rule) => delegated(experiment, contender, rule),
            Rule::Stake(rule) => stakes(experiment, contender, rule),
            Rule::StakeRotation(rule) => seats_by_stake(experiment, contender, rule),
            _ => None,
        };
        for (class, points) in experiment.setting.classes.iter().zip(curves.unwrap_or_default()) {
            if !points.is_empty() {
                let curve = Curve { name: NAME.to_owned(), agent: class.name.clone(), points };
                all.push((0, contender.name.clone(), curve));
            }
        }
    }
    all
}

/// One line for each class; an empty one where theory is silent about a class.
type Lines = Vec<Vec<(f64, f64)>>;

/// Stakes of the contest for slots, each with what it can stake at most: one point for each class.
fn stakes(experiment: &Experiment, contender: &Contender, rule: &Stake) -> Option<Lines> {
    let setting = &experiment.setting;
    let game = StakeGame::new(rule, setting, &contender.terms)?;
    // Theory is drawn where machines cost nothing.
    let free = game.fixed.iter().all(|fixed| *fixed == 0.0);
    let solved = game.equilibrium().filter(|_| free && enters_nobody(setting) && all_learn(experiment))?;
    let point = |class: usize| {
        let i = setting.sequencers.iter().position(|s| s.class == class);
        i.map(|i| (game.whole[class], solved.stakes[i])).into_iter().collect()
    };
    Some((0..game.whole.len()).map(point).collect())
}

/// Whether the number of candidates is given.
fn enters_nobody(setting: &Setting) -> bool {
    setting.classes.iter().all(|class| class.entry_cost.is_none())
}

/// Whether nothing makes another game of a contender's sale or contest than the one of which theory speaks: machines that were live and need
/// no start, seats that are sold on, candidates who cannot post the bonds, or who play for others.
fn is_undisturbed(experiment: &Experiment, contender: &Contender) -> bool {
    let (terms, setting) = (&contender.terms, &experiment.setting);
    let bonds = with_rule!(&contender.rule, rule => rule.bonds_at_once());
    let apart = terms.overlays.resale.is_none() && !setting.has_siblings();
    !terms.starts && apart && can_post(setting, bonds)
}

/// Stakes among equals for seats that are drawn in proportion to them: one point for each class.
fn seats_by_stake(experiment: &Experiment, contender: &Contender, rule: &StakeRotation) -> Option<Lines> {
    let draw = rule.even_draw()?;
    common_reward(experiment, contender).filter(|_| all_learn(experiment))?;
    let worths = worths(&experiment.setting, &contender.terms, rule)?;
    // The stake whose cost takes the whole reward, by class.
    let whole = worths[0].law.mean() - worths[0].cost;
    let rates = &contender.terms.capital_rate;
    let cost = rule.contest().steady_cost(&contender.terms, 0).filter(|cost| *cost > 0.0)?;
    let alike = worths.iter().all(|worth| *worth == worths[0]) && rates.iter().all(|rate| *rate == rates[0]);
    let (n, k) = (u32::try_from(rates.len()).ok()?, u32::try_from(draw.seats).ok()?);
    let (reward, rate) = (whole * rates[0], rates[0]);
    if !alike || n < 2 || reward <= 0.0 || rate <= 0.0 {
        return None;
    }
    // Before the first epoch the token has not moved.
    let whole = reward / cost.max(rate);
    let stake = match (draw.replacement, 1.0 - draw.idle_locked) {
        (true, withdrawn) => unstaking(reward, cost, n, k, withdrawn).nominal / f64::from(n),
        (false, 0.0) => seat_stake(reward, cost, n, k),
        (false, _) => return None,
    };
    // Where somebody cannot stake so much, theory is silent.
    // Up to rounding, as whoever has just enough can stake it.
    let least = stake * (1.0 - 1e-12);
    let within = experiment.setting.sequencers.iter().all(|s| least <= s.traits.capital_limit);
    within.then(|| vec![vec![(whole, stake)]; worths.len()])
}

/// The symmetric equilibrium in effort of a contender whose rule is a contest in effort among equals, machines that cost nothing
/// and never fail: `Some(None)` where theory says that there is none in pure efforts, `None` where it says nothing.
pub fn effort_equilibrium(experiment: &Experiment, contender: &Contender) -> Option<Option<Effort>> {
    let Rule::Algorithmic(rule) = &contender.rule else { return None };
    let contest = rule.effort_contest().filter(|contest| contest.power > 0.0 && contest.cost > 0.0)?;
    let reward = common_reward(experiment, contender)?;
    let n = u32::try_from(experiment.setting.candidates()).ok().filter(|n| *n > 1)?;
    let solve = if contest.exponential { logit_effort } else { power_effort };
    Some(solve(reward, contest.cost, n, contest.power))
}

/// Whether theory knows that a contest among equals, in efforts or in stakes, has no symmetric equilibrium in pure offers.
pub fn lacks_pure_equilibrium(experiment: &Experiment, contender: &Contender) -> bool {
    if effort_equilibrium(experiment, contender) == Some(None) {
        return true;
    }
    let Rule::Stake(rule) = &contender.rule else { return false };
    let rates = &contender.terms.capital_rate;
    let (Some(reward), Some(&rate)) = (common_reward(experiment, contender), rates.first()) else {
        return false;
    };
    let n = experiment.setting.candidates() as u32;
    let alike = rates.iter().all(|other| *other == rate);
    // A limit may hold equals at stakes that leave them something.
    let free = experiment.setting.sequencers.iter().all(|s| s.traits.capital_limit == f64::INFINITY);
    n > 1 && alike && free && rate > 0.0 && symmetric_stake(reward, rate, n, rule.power()).is_none()
}

/// What an epoch is worth to each of the candidates, where it is the same constant for all of them, and nothing else is at
/// stake.
fn common_reward(experiment: &Experiment, contender: &Contender) -> Option<f64> {
    let setting = &experiment.setting;
    let free = setting.classes.iter().all(|class| class.traits.live_cost == class.traits.idle_cost)
        && enters_nobody(setting)
        && is_undisturbed(experiment, contender);
    let sound = contender.terms.own_down.iter().all(|&down| down == 0.0) && contender.terms.redundancy == 1;
    let value = |class: &Class| match class.traits.value {
        Some(Distribution::Constant(value)) => Some(value),
        _ => None,
    };
    let values: Vec<f64> = setting.classes.iter().map(value).collect::<Option<_>>()?;
    let first = *values.first()?;
    let alike = values.iter().all(|value| *value == first);
    (setting.world.is_abstract() && free && sound && alike && first > 0.0).then_some(first)
}

/// Efforts: one point for each class.
fn efforts(experiment: &Experiment, contender: &Contender) -> Option<Lines> {
    let Rule::Algorithmic(rule) = &contender.rule else { return None };
    let effort = effort_equilibrium(experiment, contender)??.effort;
    // Efforts stand against the one that would cost the whole reward.
    let whole = (2.0 * common_reward(experiment, contender)? / rule.effort_contest()?.cost).sqrt();
    all_learn(experiment).then(|| vec![vec![(whole, effort)]; experiment.setting.classes.len()])
}

/// Whether the play of every class can move towards an equilibrium.
fn all_learn(experiment: &Experiment) -> bool {
    experiment.setting.classes.iter().all(|class| class.strategy.learner.learns())
}

fn auction(experiment: &Experiment, contender: &Contender, rule: &AuctionRotation) -> Option<Lines> {
    // What bonds cost follows the token's price.
    if contender.terms.token_feeds_back() && rule.bond() > 0.0 {
        return None;
    }
    let worths = worths(&experiment.setting, &contender.terms, rule)?;
    let reserve = rule.reserve();
    let lines: Lines = if rule.pricing() != Pricing::PayAsBid {
        // As with bonds in a proportional schedule, which are no longer a price per slot.
        if !rule.facts().truthful {
            return None;
        }
        worths.iter().map(|w| line(w, reserve, Some)).collect()
    } else if rule.is_proportional() || !all_learn(experiment) || !enters_nobody(&experiment.setting) {
        return None;
    } else if worths.iter().all(|w| *w == worths[0]) {
        // Bidders whose costs are c bid as if all values and bids, and the reserve, were higher by c.
        let cost = worths[0].cost;
        let (bidders, units) =
            (u32::try_from(experiment.setting.candidates()).ok()?, u32::try_from(rule.seats()).ok()?);
        let game = Auction::new(worths[0].law.clone(), bidders, units).with_reserve(reserve + cost);
        worths.iter().map(|w| line(w, reserve, |net| Some(game.pay_as_bid(net + cost)? - cost))).collect()
    } else {
        pair(experiment, rule, &worths)?
    };
    let scale = if rule.unit_seats() { f64::from(contender.terms.epoch_slots) } else { 1.0 };
    Some(
        lines
            .into_iter()
            .map(|points| points.into_iter().map(|(x, y)| (x * scale, y * scale)).collect())
            .collect(),
    )
}

/// What the seller expects per epoch, in ETH, in the equilibrium of an auction of seats at an even schedule among bidders whose values have one
/// law with a density, or in one of uniform price among bidders whose values are known, and whose machines never fail; `None` of others, and where somebody does not learn and bids something else: to
/// bid one's value is dominant in second price, whoever the others are, but what is earned is what everybody bids.
pub fn equilibrium_revenue(experiment: &Experiment, contender: &Contender) -> Option<f64> {
    let rule = match &contender.rule {
        Rule::AuctionRotation(rule) => rule,
        Rule::Auction(rule) if contender.terms.term_epochs == 1 => rule.sale(),
        _ => return None,
    };
    let (setting, terms) = (&experiment.setting, &contender.terms);
    let plays = match rule.pricing() {
        Pricing::PayAsBid => all_learn(experiment),
        Pricing::Uniform => setting
            .classes
            .iter()
            .all(|class| class.strategy.learner.learns() || is_truthful(&class.strategy)),
        Pricing::Myerson => false,
    };
    let undisturbed = is_undisturbed(experiment, contender)
        && terms.own_down.iter().all(|&down| down == 0.0)
        && terms.missing == 0.0
        && enters_nobody(setting);
    if !plays || !undisturbed || rule.is_proportional() || rule.bond() > 0.0 {
        return None;
    }
    let worths = worths(setting, terms, rule)?;
    let (bidders, units) = (u32::try_from(setting.candidates()).ok()?, u32::try_from(rule.seats()).ok()?);
    let slots = f64::from(terms.epoch_slots);
    let per_unit = if rule.unit_seats() { slots } else { slots / f64::from(units) };
    let known = |worth: &Worth| match worth.law.atoms().as_slice() {
        [(value, _)] => Some(value - worth.cost),
        _ => None,
    };
    let known: Option<Vec<f64>> = setting.sequencers.iter().map(|s| known(&worths[s.class])).collect();
    if let Some(values) = known.filter(|_| rule.pricing() == Pricing::Uniform) {
        return Some(per_unit * undominated_revenue(values, rule.seats(), rule.reserve()));
    }
    let alike = worths.iter().all(|worth| *worth == worths[0] && !worth.law.is_atomic());
    if !alike || bidders <= units {
        return None;
    }
    // Bidders whose costs are c bid as if all values and bids, and the reserve, were higher by c.
    let cost = worths[0].cost;
    let game = Auction::new(worths[0].law.clone(), bidders, units).with_reserve(rule.reserve() + cost);
    Some(per_unit * (game.expected_revenue() - cost * game.expected_units_sold()))
}

/// What `seats` units bring at one price, the highest bid that wins nothing or the reserve, if everybody bids its value: to bid less, or
/// more, is never better and against some bids worse, although it costs a loser nothing.
fn undominated_revenue(mut values: Vec<f64>, seats: usize, reserve: f64) -> f64 {
    values.retain(|value| *value >= reserve);
    values.sort_by(|a, b| b.total_cmp(a));
    let price = values.get(seats).copied().unwrap_or(reserve);
    price * values.len().min(seats) as f64
}

/// A number that theory knows of a contender's equilibrium.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Known {
    /// Key of the metric that measures it.
    pub metric: &'static str,
    /// What theory says, in the metric's unit.
    pub value: f64,
    /// What a gap to it is small or large beside: the same, but for kickbacks what candidates have to give, as none may be paid.
    pub scale: f64,
}

/// What is earned, staked or paid in equilibrium, where theory knows it: revenue of an auction ([`equilibrium_revenue`]), all stakes of a
/// contest for slots, all kickbacks. The latter two where everybody learns in self-play: who learns alone in a game that repeats may
/// collude, for which there is the profit gain.
pub fn known_outcome(experiment: &Experiment, contender: &Contender) -> Option<Known> {
    let together = experiment.play.schedule.regime == Regime::SelfPlay && all_learn(experiment);
    let undisturbed = || is_undisturbed(experiment, contender) && enters_nobody(&experiment.setting);
    let setting = &experiment.setting;
    match &contender.rule {
        Rule::Stake(rule) if together && undisturbed() => {
            let solved = StakeGame::new(rule, setting, &contender.terms)?.equilibrium()?;
            let value = solved.stakes.iter().sum();
            Some(Known { metric: "capital_locked", value, scale: value })
        }
        Rule::Delegated(rule) if together && undisturbed() => {
            let (game, solved) = kickbacks(experiment, contender, rule)?;
            let sound = contender.terms.own_down.iter().all(|&down| down == 0.0);
            let scale = game.net.iter().copied().fold(0.0, f64::max);
            sound.then(|| Known { metric: "bribes_to_delegators", value: solved.delegator_income(), scale })
        }
        _ => equilibrium_revenue(experiment, contender).filter(|value| *value > 0.0).map(|value| Known {
            metric: "revenue",
            value,
            scale: value,
        }),
    }
}

/// Whether a script bids its whole net value.
fn is_truthful(strategy: &Strategy) -> bool {
    let setting =
        strategy.fixed_column().and_then(|column| strategy.menu.settings.get(column.checked_sub(1)?));
    strategy.menu.unit == Unit::Relative && strategy.menu.script.is_none() && setting == Some(&1.0)
}

/// Two bidders with values uniform on [0, ω₁] and [0, ω₂] for one seat.
fn pair(experiment: &Experiment, rule: &AuctionRotation, worths: &[Worth]) -> Option<Lines> {
    let [one, other] = worths else { return None };
    let plain = experiment.setting.candidates() == 2 && rule.seats() == 1 && rule.reserve() == 0.0;
    let top = |worth: &Worth| match worth.law {
        Distribution::Uniform { low, high } if low == 0.0 && worth.cost == 0.0 => Some(high),
        _ => None,
    };
    let (first, second) = (top(one)?, top(other)?);
    let game = UniformPair::new(first, second).filter(|_| plain)?;
    let bid = |strong: bool, x: f64| if strong { game.strong_bid(x) } else { game.weak_bid(x) };
    Some(vec![
        line(one, 0.0, |net| Some(bid(first >= second, net))),
        line(other, 0.0, |net| Some(bid(second > first, net))),
    ])
}

/// Bids of a class against its net worth, where it is at least the reserve and not negative.
fn line(worth: &Worth, reserve: f64, bid: impl Fn(f64) -> Option<f64>) -> Vec<(f64, f64)> {
    let (low, high) = worth.law.support();
    let high = if high.is_finite() { high } else { worth.law.quantile(0.999) };
    let (low, high) = ((low - worth.cost).max(reserve).max(0.0), high - worth.cost);
    let values: Vec<f64> = if worth.law.is_atomic() {
        worth.law.atoms().into_iter().map(|(v, _)| v - worth.cost).filter(|v| *v >= low).collect()
    } else if low < high {
        let step = (high - low) / f64::from(POINTS);
        (0..=POINTS).map(|i| if i == POINTS { high } else { low + step * f64::from(i) }).collect()
    } else {
        Vec::new()
    };
    values
        .into_iter()
        .filter_map(|net| Some((net, bid(net)?)))
        .filter(|(x, y)| x.is_finite() && y.is_finite())
        .collect()
}

fn delegated(experiment: &Experiment, contender: &Contender, rule: &Delegated) -> Option<Lines> {
    let setting = &experiment.setting;
    let (KickbackGame { net, availability, .. }, solved) = kickbacks(experiment, contender, rule)?;
    let point = |class: usize| {
        let i = setting.sequencers.iter().position(|s| s.class == class)?;
        let offer = solved.kickback[i] / availability[i];
        offer.is_finite().then(|| vec![(net[class], offer)])
    };
    (0..net.len()).map(point).collect()
}

/// The stationary equilibrium of kickbacks, and the game that it is of, with inertia.
fn kickbacks(
    experiment: &Experiment,
    contender: &Contender,
    rule: &Delegated,
) -> Option<(KickbackGame, Equilibrium)> {
    let setting = &experiment.setting;
    if !enters_nobody(setting) {
        return None;
    }
    let game = KickbackGame::new(setting, &contender.terms, rule).ok()?;
    let [group] = setting.delegators.as_slice() else { return None };
    if !all_learn(experiment) {
        return None;
    }
    let discount = setting.sequencers.first()?.traits.discount;
    let followed = horizon::follows(experiment.play.schedule.horizon, discount * group.inertia);
    let patient_alike = setting.sequencers.iter().all(|s| s.traits.discount == discount);
    if group.inertia > 0.0 && !(patient_alike && followed) {
        return None;
    }
    let market = game.market.with_inertia(group.inertia, discount);
    let solved = market.equilibrium();
    let holds = market.is_stationary_equilibrium(&solved, group.inertia, discount);
    holds.then_some((KickbackGame { market, ..game }, solved))
}

#[cfg(test)]
#[path = "references/tests.rs"]
mod tests;

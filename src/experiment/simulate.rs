//! One unit of work: learn, measure, certify.

use super::entry;
use super::exports::{self, agent_name};
use super::outcome::{Curve, Outcome, PolicyEntry};
use super::repeated::{Benchmark, Played};
use super::uptime;
use crate::agent::strategy::Unit;
use crate::agent::{Setting, briber};
use crate::learning::policy::Policy;
use crate::measure::certificate::{Certificate, certify};
use crate::measure::conduct_gain;
use crate::measure::metrics;
use crate::measure::over_time::OverTime;
use crate::measure::statistics::ROUNDING;
use crate::measure::tally::{Opening, Tally};
use crate::mechanism::centralized::Centralized;
use crate::mechanism::oversight::Oversight;
use crate::mechanism::{Mechanism, Rule};
use crate::mechanism::{findings::Findings, terms::Terms};
use crate::play::conduct::{self, Behaviour};
use crate::play::learning_loop::{self, Learned};
use crate::play::ledger::Imbalance;
use crate::play::market::{Detail, Game, Market, Round, Seating};
use crate::play::runs;
use crate::play::schedule::{Phase, Regime, Schedule, market_key};
use crate::with_rule;
use crate::world::World;

/// Curve of one point, in units that are not certified: the group with the largest deviation gain, and that gain as a share of potential value.
pub const GAINER: &str = "gainer";

/// How long and how broadly to learn, measure and certify.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Play {
    /// Learning and measuring.
    pub schedule: Schedule,
    /// Markets of the certificate.
    pub certificate_markets: u32,
    /// Epochs of the certificate in each market.
    pub certificate_epochs: u32,
    /// Largest certified gain, as a share of potential value.
    pub tolerance: f64,
    /// What is left of a unit in the end.
    pub keep: Keep,
}

/// What is left of a unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// Metrics, curves and policies.
    #[default]
    Everything,
    /// Metrics alone.
    Metrics,
}

/// A unit that failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Books that do not balance.
    #[error(transparent)]
    Books(#[from] Imbalance),
    /// A metric is not a number.
    #[error("metric `{0}` is {1}: the settings of this unit leave it undefined")]
    Undefined(&'static str, f64),
    /// There is nothing of which shares could be taken.
    #[error(
        "potential value is 0: nobody earns anything from any slot, so that shares of it do not exist; something has to be worth something (in a rollup `world.fee_per_slot`, or `world.mev_median` and the sequencers' `skill`; else their `value`)"
    )]
    Worthless,
}

/// Simulates one replicate of one contender.
///
/// # Errors
/// [`Failure`] if the books do not balance or a metric is not finite.
pub fn simulate(
    rule: &Rule,
    setting: &Setting,
    terms: &Terms,
    play: &Play,
    seed: u64,
    replicate: u32,
) -> Result<Outcome, Failure> {
    let entered =
        with_rule!(rule, rule => entry::entered(rule, setting, terms, &play.schedule, seed, replicate))?;
    let (setting, terms) = entered.as_ref().map_or((setting, terms), |it| (&it.setting, &it.terms));
    let benchmark = Benchmark::of(rule, setting, terms);
    let mut outcome =
        with_rule!(rule, rule => simulate_beside(rule, benchmark, setting, terms, play, seed, replicate))?;
    if let Some(entered) = &entered {
        outcome.metrics.push(("entry_settled", f64::from(u8::from(entered.settled))));
        outcome.metrics.sort_by_key(|(key, _)| metrics::place(key));
    }
    Ok(outcome)
}

/// As [`simulate`], for a mechanism that need not be in the catalogue.
///
/// # Errors
/// As [`simulate`].
pub fn simulate_with<M: Mechanism>(
    rule: &M,
    setting: &Setting,
    terms: &Terms,
    play: &Play,
    seed: u64,
    replicate: u32,
) -> Result<Outcome, Failure> {
    simulate_beside(rule, None, setting, terms, play, seed, replicate)
}

/// As [`simulate`], with a benchmark of joint profits if there is one.
fn simulate_beside<M: Mechanism>(
    rule: &M,
    benchmark: Option<Benchmark>,
    setting: &Setting,
    terms: &Terms,
    play: &Play,
    seed: u64,
    replicate: u32,
) -> Result<Outcome, Failure> {
    let schedule = &play.schedule;
    // Machines as their owners have them before they invest.
    let owned = setting;
    let invested = uptime::invested(rule, setting, terms, schedule, seed, replicate)?;
    let (setting, terms) = invested.as_ref().map_or((setting, terms), |i| (&i.setting, &i.terms));
    let seats = Seating::new(setting, schedule.regime == Regime::SelfPlay);
    let foresight = foresee(rule, setting, terms, &seats, schedule, seed, replicate)?;
    let terms = &foresight.terms;
    let game = Game { rule, setting, terms, seats: &seats };
    let name = |p: usize| agent_name(setting, &seats.players[p]);
    // Where the same stage game repeats, Q-learners play a session of their own.
    let session = Played::new(&game, schedule, seed, replicate);
    let learned = match (&session, foresight.learned) {
        (Some(session), _) => session.learned(&game),
        (None, Some(learned)) => learned,
        (None, None) => learning_loop::learn(&game, *schedule, seed, replicate)?,
    };
    let mut curves = learning_curves(&game, &learned);
    let choose = |epoch: u32, p: usize, state: usize, u: f64| match &session {
        Some(session) => session.column(&game, p, epoch),
        None => learned.policies[p].sample(state, u),
    };
    let schedule = &match &session {
        Some(session) => Schedule { measured_epochs: session.epochs(schedule.measured_epochs), ..*schedule },
        None => *schedule,
    };
    let detail = if setting.world.is_abstract() { Detail::Fluid } else { Detail::Slots };
    let mut book = PolicyBook::new(&game);
    let conduct = match foresight.conduct {
        Some(conduct) => Some(conduct),
        None => conduct::learn(&game, &choose, schedule, seed, replicate, None)?,
    };
    let ways = Ways { choose: &choose, behaviour: conduct.as_ref().map(|learned| &learned.behaviour) };
    let mut over_time = OverTime::default();
    let seen = Some((&mut book, &mut over_time));
    let tally = measure(&game, ways, schedule, detail, seed, replicate, seen)?;
    let reference = lone_operator(owned, terms, &seats, ways, schedule, seed, replicate)?;
    let judged = setting.classes.iter().any(|class| class.strategy.judged);
    let certificate = if let Some(session) = &session {
        session.certificate()
    } else if learned.learning || judged {
        certify(
            &game,
            &learned.policies,
            schedule,
            play.certificate_markets,
            play.certificate_epochs,
            seed,
            replicate,
        )?
    } else {
        None
    };
    // What learning was still changing is nobody's equilibrium, whatever anybody would gain from deviating.
    let at_rest = learned.at_rest != Some(false);
    let certificate = certificate.map(|it| Certificate { conclusive: it.conclusive && at_rest, ..it });
    let potential = tally.potential_per_epoch();
    let mut metrics =
        tally.metrics(&game, detail, reference, certificate.map(|c| (c, play.tolerance)), &learned);
    // A session says so itself, of its cycle.
    let alone = session.is_none() && learned.learning && schedule.regime == Regime::Independent;
    let gain = benchmark.filter(|_| alone).and_then(|it| it.profit_gain(tally.joint_profit(&game)));
    metrics.extend(gain.map(|gain| ("profit_gain", gain)));
    metrics.sort_by_key(|(key, _)| metrics::place(key));
    if let Some(session) = &session {
        metrics.extend(session.metrics(benchmark, play.tolerance * potential));
        metrics.sort_by_key(|(key, _)| metrics::place(key));
        curves.extend(session.curves(&game));
        let agents = 0..game.seats.players.len();
        let answers = agents.filter_map(|p| Some((name(p), session.answers(p)?)));
        curves.extend(answers.flat_map(|(agent, answers)| exports::answer_curves(&agent, &answers)));
    }
    if let Some(conduct) = conduct.as_ref().filter(|conduct| conduct.learning) {
        let gain = conduct_gain::measure(&game, &choose, &conduct.behaviour, schedule, seed, replicate)?;
        metrics.extend(gain.iter().flat_map(|gain| gain.metrics(potential)));
        metrics.sort_by_key(|(key, _)| metrics::place(key));
    }
    // What is left where sums cancel, beside potential value.
    let least = |key: &str| match metrics::find(key).map(|metric| metric.unit) {
        Some("share") => ROUNDING,
        Some("ETH") => ROUNDING * potential,
        _ => 0.0,
    };
    for (_, value) in metrics.iter_mut().filter(|(key, value)| value.abs() <= least(key)) {
        *value = 0.0;
    }
    if metrics.contains(&("potential_value", 0.0)) {
        return Err(Failure::Worthless);
    }
    if let Some(&(key, value)) = metrics.iter().find(|(_, value)| !value.is_finite()) {
        return Err(Failure::Undefined(key, value));
    }
    // Who could gain where play is not certified.
    if let Some((it, (who, gain))) = certificate.and_then(|it| Some((it, it.gainer?)))
        && at_rest
        && !it.holds(play.tolerance * potential)
    {
        let player = if session.is_some() { game.seats.player[who] } else { who };
        let agent = setting.classes[seats.players[player].class].name.clone();
        curves.push(Curve { name: GAINER.to_owned(), agent, points: vec![(0.0, gain / potential)] });
    }
    if !learned.gains.is_empty() {
        let points = learned.gains.iter().map(|&(x, gain)| (x, gain / potential)).collect();
        curves.push(Curve { name: "learning_gain".to_owned(), agent: String::new(), points });
    }
    if play.keep == Keep::Metrics {
        return Ok(Outcome { metrics, ..Outcome::default() });
    }
    let mut policies = book.policies(&game, &learned.policies);
    if let Some(conduct) = conduct.filter(|conduct| conduct.learning) {
        policies.extend(conduct_policies(&game, &conduct.behaviour));
    }
    if let Some(invested) = &invested {
        policies.extend(invested.levels.iter().map(|&(p, level)| PolicyEntry {
            agent: name(p),
            lever: "uptime".to_owned(),
            state: 0.0,
            action: Some(level),
            probability: 1.0,
        }));
    }
    curves.extend(book.curves(&game));
    let of_all = tally.lorenz().into_iter().chain(tally.censorship()).chain(over_time.curves());
    curves.extend(of_all.map(|(name, points)| Curve { name: name.to_owned(), agent: String::new(), points }));
    Ok(Outcome { metrics, curves, policies })
}

/// Operating cost of one operator who does what the rule at hand has everybody do, for overhead: the centralized rule with nothing laid
/// over it and nobody who could bar the operator, who buys the uptime that is best for itself. It depends on the contender by
/// its epochs alone.
fn lone_operator(
    setting: &Setting,
    terms: &Terms,
    seats: &Seating,
    ways: Ways,
    schedule: &Schedule,
    seed: u64,
    replicate: u32,
) -> Result<f64, Imbalance> {
    let rule = Centralized::reference();
    // What happens to targets is recorded as it is, so that they come to an end.
    let oversight = Oversight { recorded: terms.oversight.recorded, public: true, ..Oversight::default() };
    let terms = Terms { oversight, ..Terms::new(setting, terms.epoch_slots, 1) };
    let invested = uptime::invested(&rule, setting, &terms, schedule, seed, replicate)?;
    let (setting, terms) = invested.as_ref().map_or((setting, &terms), |i| (&i.setting, &i.terms));
    let detail = if setting.world.is_abstract() { Detail::Fluid } else { Detail::Slots };
    let game = Game { rule: &rule, setting, terms, seats };
    Ok(measure(&game, ways, schedule, detail, seed, replicate, None)?.operating_cost())
}

/// Times that offers and conduct are learned by turns, each under the other, after the first.
const TURNS: usize = 4;
/// Largest change of what is earned aside, as a share of what a slot brings on average, after which that ends.
const SETTLED: f64 = 0.01;

/// What learning offers and conduct by turns left.
pub(super) struct Foresight {
    /// Terms under which candidates know what they earn aside and by running on over consecutive slots.
    pub(super) terms: Terms,
    pub(super) learned: Option<Learned>,
    pub(super) conduct: Option<conduct::Learned>,
}

/// Lets candidates foresee in their offers what conduct brings and costs them: offers are learned, then conduct, then what a slot
/// brings aside is told to everybody, and all of it again until that no longer changes (at most [`TURNS`] times more; the mean
/// of the last two is told, as who gains by misconduct may enter and leave office by turns). What consecutive slots are worth is
/// learned and told along with it. Where nobody is tempted and slots are worth the same in any order, nothing.
pub(super) fn foresee<M: Mechanism>(
    rule: &M,
    setting: &Setting,
    terms: &Terms,
    seats: &Seating,
    schedule: &Schedule,
    seed: u64,
    replicate: u32,
) -> Result<Foresight, Imbalance> {
    let mut terms = terms.clone();
    let rollup = match &setting.world {
        World::Rollup(rollup) if rollup.tempts() || rollup.multi_slot > 0.0 => rollup,
        _ => return Ok(Foresight { terms, learned: None, conduct: None }),
    };
    let usual = rollup.fee_per_slot + rollup.mev.mean();
    let mut conduct: Option<conduct::Learned> = None;
    for turn in 0..=TURNS {
        let game = Game { rule, setting, terms: &terms, seats };
        let learned = learning_loop::learn(&game, *schedule, seed, replicate)?;
        let choose = |_: u32, p: usize, state: usize, u: f64| learned.policies[p].sample(state, u);
        conduct = conduct::learn(&game, &choose, schedule, seed, replicate, conduct.as_ref())?;
        if turn == TURNS {
            return Ok(Foresight { terms, learned: Some(learned), conduct });
        }
        let behaviour = conduct.as_ref().map(|found| &found.behaviour);
        let runs = runs::learn(&game, &choose, behaviour, schedule, seed, replicate)?;
        let aside = conduct.as_ref().map_or(&[][..], |found| &found.aside);
        let findings = conduct.as_ref().map_or(&[][..], |found| &found.findings);
        let longer = rollup.mev.mean();
        // What a candidate's part of the epoch brings less by what findings cost more. A stake that costs more by some share of
        // its cost brings less by no more than that share.
        let part = f64::from(terms.epoch_slots) / setting.candidates() as f64;
        let dearer = |i: usize| {
            let [before, now] =
                [&terms.findings[..], findings].map(|all| all.get(i).copied().unwrap_or_default());
            let live = if terms.oversight.any_live() { 1.0 } else { 0.0 };
            let office = terms.office_of_slots(i, 1.0 / setting.candidates() as f64, live);
            let governance = terms.oversight.governance;
            let likely =
                |f: Findings| governance.map_or(0.0, |governance| f.probability(&governance, &office));
            let of_stake = |f: Findings| f.share * likely(f);
            let most = (terms.capital_rate[i] + of_stake(before).max(of_stake(now))).max(f64::MIN_POSITIVE);
            usual * (of_stake(now) - of_stake(before)).abs() / most
                + (now.fixed * likely(now) - before.fixed * likely(before)).abs() / part
        };
        let change = |i: usize| {
            let aside = aside.get(i).map_or(0.0, |aside| aside - terms.aside(i));
            let runs = runs.get(i).map_or(0.0, |factor| factor - terms.runs.get(i).copied().unwrap_or(1.0));
            aside.abs() + (runs * longer).abs() + dearer(i)
        };
        let settled = (0..setting.candidates()).all(|i| change(i) <= SETTLED * usual);
        if settled {
            return Ok(Foresight { terms, learned: Some(learned), conduct });
        }
        let told = |found: &[f64], before: &dyn Fn(usize) -> f64| -> Vec<f64> {
            let mean = |(i, &found): (usize, &f64)| if turn < 2 { found } else { 0.5 * (found + before(i)) };
            found.iter().enumerate().map(mean).collect()
        };
        let aside = told(aside, &|i| terms.aside(i));
        let known = |i: usize| terms.findings.get(i).copied().unwrap_or_default();
        let mean = |(i, now): (usize, &Findings)| if turn < 2 { *now } else { now.halfway(&known(i)) };
        let findings = findings.iter().enumerate().map(mean).collect();
        terms.runs = told(&runs, &|i| terms.runs.get(i).copied().unwrap_or(1.0));
        terms.aside = aside;
        terms.findings = findings;
    }
    Ok(Foresight { terms, learned: None, conduct })
}

/// How everybody plays: offers, and conduct where somebody is tempted.
#[derive(Clone, Copy)]
struct Ways<'a> {
    choose: &'a dyn Fn(u32, usize, usize, f64) -> usize,
    behaviour: Option<&'a Behaviour>,
}

/// Plays frozen policies on fresh markets, after the mechanism's memory has warmed up: `choose` gives the column of the
/// setting for (epoch, player, state, uniform draw).
fn measure<M: Mechanism>(
    game: &Game<M>,
    ways: Ways,
    schedule: &Schedule,
    detail: Detail,
    seed: u64,
    replicate: u32,
    mut seen: Option<(&mut PolicyBook, &mut OverTime)>,
) -> Result<Tally, Imbalance> {
    let Ways { choose, behaviour } = ways;
    let mut round = Round::new(game);
    let mut tally = Tally::default();
    for m in 0..schedule.rounds {
        let mut market = Market::open(game, market_key(seed, replicate, Phase::Measure, m));
        if let Some(behaviour) = behaviour {
            market.behave(behaviour);
        }
        for epoch in 0..schedule.burn_in {
            market.choose(game, |p, state, u| choose(epoch, p, state, u), &mut round);
            market.decide(game, &mut round, detail)?;
            if let Some((_, over_time)) = seen.as_mut() {
                over_time.epoch(
                    epoch,
                    round.selection.redundancy,
                    market.service.total,
                    market.service.missed,
                );
            }
        }
        let mut opening = Opening::of(game, &market);
        for epoch in schedule.burn_in..schedule.burn_in + schedule.measured_epochs {
            market.choose(game, |p, state, u| choose(epoch, p, state, u), &mut round);
            if let Some((book, _)) = seen.as_mut() {
                book.note(game, &round);
            }
            market.decide(game, &mut round, detail)?;
            if let Some((_, over_time)) = seen.as_mut() {
                over_time.epoch(
                    epoch,
                    round.selection.redundancy,
                    market.service.total,
                    market.service.missed,
                );
            }
            tally.epoch(game, &market, &round, &mut opening);
        }
        tally.close(game, &market, &opening);
    }
    Ok(tally)
}

/// Learned conduct, and the briber's prices: what each group asks over what including a target earns (absent: it refuses),
/// whether it takes toxic MEV, and the prices that are offered.
fn conduct_policies<M: Mechanism>(game: &Game<M>, behaviour: &Behaviour) -> Vec<PolicyEntry> {
    let setting = game.setting;
    let tempting = setting.world.tempting();
    let entry = |agent: &str, lever: &str, action: Option<f64>, probability: f64| PolicyEntry {
        agent: agent.to_owned(),
        lever: lever.to_owned(),
        state: 0.0,
        action,
        probability,
    };
    let mut entries = Vec::new();
    for player in &game.seats.players {
        let class = &setting.classes[player.class];
        let Some(&i) = player.members.first().filter(|_| class.conduct.learns()) else { continue };
        let conduct = behaviour.conduct[i];
        let agent = agent_name(setting, player);
        if tempting.is_some_and(|rollup| rollup.targets.is_some()) {
            let markup = conduct.markup.is_finite().then_some(conduct.markup);
            entries.push(entry(&agent, "bribe_markup", markup, 1.0));
        }
        if tempting.is_some_and(|rollup| rollup.toxic.is_some()) {
            entries.push(entry(&agent, "toxic_mev", Some(f64::from(u8::from(conduct.toxic))), 1.0));
        }
    }
    if let Some(strategy) = &setting.briber {
        for (column, &probability) in behaviour.price.row(0).iter().enumerate() {
            if probability > 0.0 {
                let action =
                    column.checked_sub(1).and_then(|place| strategy.menu.settings.get(place).copied());
                entries.push(entry(briber::TABLE, briber::LEVER, action, probability));
            }
        }
    }
    entries
}

fn learning_curves<M: Mechanism>(game: &Game<M>, learned: &Learned) -> Vec<Curve> {
    if !learned.learning {
        return Vec::new();
    }
    let class = |p: usize| game.setting.classes[game.seats.players[p].class].name.clone();
    learned
        .offers
        .iter()
        .enumerate()
        .filter(|(_, points)| !points.is_empty())
        .map(|(p, points)| Curve {
            name: "learning_offer".to_owned(),
            agent: class(p),
            points: points.clone(),
        })
        .collect()
}

/// Mean private value and mean offer by player and state, as measured.
#[derive(Clone, Debug)]
struct PolicyBook {
    /// By player and state: (count, sum of values, offers made, sum of offers).
    cells: Vec<Vec<[f64; 4]>>,
}

impl PolicyBook {
    fn new<M: Mechanism>(game: &Game<M>) -> Self {
        PolicyBook { cells: game.seats.players.iter().map(|p| vec![[0.0; 4]; p.bins.count()]).collect() }
    }

    fn note<M: Mechanism>(&mut self, game: &Game<M>, round: &Round<M>) {
        for (i, &p) in game.seats.player.iter().enumerate() {
            let cell = &mut self.cells[p][round.state[i]];
            cell[0] += 1.0;
            cell[1] += round.reference[i];
            if let Some(offer) = round.offers[i] {
                cell[2] += 1.0;
                cell[3] += offer;
            }
        }
    }

    /// Mean private value of a state that came up.
    fn value(&self, p: usize, state: usize) -> f64 {
        let cell = &self.cells[p][state];
        cell[1] / cell[0]
    }

    /// The setting of a column: of a script, the setting that its mean offer would be.
    fn action<M: Mechanism>(&self, game: &Game<M>, p: usize, state: usize, column: usize) -> Option<f64> {
        let menu = &game.seats.players[p].menu;
        if let Some(&setting) = menu.settings.get(column.checked_sub(1)?) {
            return Some(setting);
        }
        let [_, _, offers, sum] = self.cells[p][state];
        let (mean, least) = (sum / offers, game.rule.least_offer());
        let setting = match menu.unit {
            Unit::Absolute => mean,
            Unit::Relative | Unit::Between => (mean - least) / (self.value(p, state) - least),
        };
        setting.is_finite().then_some(setting)
    }

    fn policies<M: Mechanism>(&self, game: &Game<M>, policies: &[Policy]) -> Vec<PolicyEntry> {
        let Some(lever) = game.rule.lever() else { return Vec::new() };
        let mut entries = Vec::new();
        for (p, player) in game.seats.players.iter().enumerate() {
            let agent = agent_name(game.setting, player);
            for state in (0..player.bins.count()).filter(|&state| self.cells[p][state][0] > 0.0) {
                for (column, &probability) in policies[p].row(state).iter().enumerate() {
                    if probability > 0.0 {
                        entries.push(PolicyEntry {
                            agent: agent.clone(),
                            lever: lever.name().to_owned(),
                            state: self.value(p, state),
                            action: self.action(game, p, state, column),
                            probability,
                        });
                    }
                }
            }
        }
        entries
    }

    /// Mean offer against mean private value, in the lever's unit; bids and values of whole seats with unit seats.
    fn curves<M: Mechanism>(&self, game: &Game<M>) -> Vec<Curve> {
        if game.rule.lever().is_none() {
            return Vec::new();
        }
        let scale = if game.rule.unit_seats() { f64::from(game.terms.epoch_slots) } else { 1.0 };
        let mut curves = Vec::new();
        for (p, player) in game.seats.players.iter().enumerate() {
            let points: Vec<(f64, f64)> = self.cells[p]
                .iter()
                .filter(|cell| cell[2] > 0.0)
                .map(|cell| (cell[1] / cell[0] * scale, cell[3] / cell[2] * scale))
                .collect();
            let name = if player.menu.unit == Unit::Relative { "offer" } else { "offer_absolute" };
            curves.push(Curve {
                name: name.to_owned(),
                agent: game.setting.classes[player.class].name.clone(),
                points,
            });
        }
        curves
    }
}

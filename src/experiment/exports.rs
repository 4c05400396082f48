//! Learned policies as strategy files: what a run leaves in `strategies/`, and what a later experiment can seat.
//!
//! A file holds the policy of one class of agents (of one agent, where everybody learned alone) in one replicate, never an
//! average: replicates may have settled in different places, and a mean of two equilibria is none. It is `scripted`,
//! which plays the policy as it is; with the name of a learning rule instead, learning starts from it
//! ([`crate::learning::start`]).
//!
//! Of agents who remember past offers, the store holds what they do after every history as two curves
//! ([`answer_curves`]): how often they play what on their cycle would be another policy.

use super::file::{Contender, Experiment};
use super::outcome::{Curve, Outcome, PolicyEntry};
use super::repeated::MOST_STORED;
use crate::agent::strategy::answers::Answers;
use crate::agent::strategy::table::Table;
use crate::agent::strategy::{Menu, Strategy};
use crate::agent::{Setting, briber};
use crate::learning::LearnerSpec;
use crate::learning::policy::Policy;
use crate::mechanism::{Lever, Mechanism};
use crate::play::market::{Game, Player, Seating};
use crate::play::repeated::of_market;
use crate::play::repeated::session::MOST_SETTINGS;
use crate::play::schedule::Regime;
use crate::settings::Value;
use crate::with_rule;
use std::fmt::Write;

/// Curve of the settings that follow the histories, in the order of their numbers, [`PACKED`] in each coordinate.
const ANSWERS: &str = "packed_answers";
/// Curve of the offers that are told apart: whose (0 is the agent itself), and the offer in ETH.
const SEEN: &str = "answers_seen";

/// Settings that one coordinate of a curve holds, as the digits of a number, the first of them lowest.
const PACKED: usize = 5;
/// What a digit can be: a session has no more settings. Five of them fit into the 53 bits up to which numbers are exact.
const DIGITS: u64 = MOST_SETTINGS as u64;
const _: () = assert!(DIGITS.pow(PACKED as u32) <= 1 << f64::MANTISSA_DIGITS);

/// A strategy file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// Name of the file: contender and class, or agent.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// The strategies of everybody who learned in one replicate of a contender, from the policies that it stored: sequencers' offers,
/// and the briber's prices. Conduct and uptime are learned, too, but are no strategies.
///
/// Where a policy cannot be written, what stands in the way: a state that never came up where it was measured, histories too many or offers
/// too few to answer.
pub fn strategies(
    experiment: &Experiment,
    contender: &Contender,
    replicate: u32,
    stored: &Outcome,
) -> Vec<Result<Export, String>> {
    let setting = &experiment.setting;
    let origin = Origin { experiment: &experiment.name, contender: &contender.name, replicate };
    let mut exports: Vec<Result<Export, String>> = Vec::new();
    if let Some(lever) = with_rule!(&contender.rule, rule => rule.lever()) {
        let seats = Seating::new(setting, experiment.play.schedule.regime == Regime::SelfPlay);
        let obstacle = || obstacle(setting, contender, &seats);
        let each = |player| offers(setting, player, lever, &origin, stored, &obstacle).transpose();
        exports.extend(seats.players.iter().filter_map(each));
    }
    if let Some(strategy) = setting.briber.as_ref().filter(|strategy| strategy.learner.learns()) {
        let written: Vec<&Export> = exports.iter().flatten().collect();
        let prices = prices(strategy, &origin, stored, &written).transpose();
        exports.extend(prices);
    }
    exports
}

/// What keeps answers to past offers from being stored.
fn obstacle(setting: &Setting, contender: &Contender, seats: &Seating) -> String {
    let terms = &contender.terms;
    let indistinct =
        with_rule!(&contender.rule, rule => of_market::indistinct(&Game { rule, setting, terms, seats }));
    match indistinct {
        Some(i) => format!(
            "several settings of {} come to the same offer (its net value is 0 or less, or its `capital_limit` ends its menu), so that no \
             history of offers tells them apart, and answers to offers cannot be written",
            setting.classes[setting.sequencers[i].class].name
        ),
        None => {
            format!("it has more than {MOST_STORED} histories to answer, and so many answers are not stored")
        }
    }
}

/// Where a policy was learned.
struct Origin<'a> {
    experiment: &'a str,
    contender: &'a str,
    replicate: u32,
}

impl Origin<'_> {
    /// What all files begin with.
    fn head(&self, role: &str, rule: &str, agent: &str, bins: usize, menu: &Menu) -> String {
        let Origin { experiment, contender, replicate } = self;
        let summary =
            format!("learned by `{rule}` as {agent} of {contender} in {experiment}, replicate {replicate}");
        format!(
            "role = \"{role}\"\nsummary = {}\nlearner = \"scripted\"\nbins = {bins}\nmenu = {}\n",
            Value::Text(summary),
            menu.to_value()
        )
    }

    /// What is said of a policy that has gaps.
    fn not_whole(&self, agent: &str) -> String {
        format!(
            "{}, {agent}: the policy of replicate {} is not whole: some private values never came up where it was \
             measured (more `rounds` or `measured_epochs` would meet them)",
            self.contender, self.replicate
        )
    }
}

/// What a player of sequencers learned to offer; `None` where it learned nothing, or was not there.
fn offers(
    setting: &Setting,
    player: &Player,
    lever: Lever,
    origin: &Origin,
    stored: &Outcome,
    obstacle: &dyn Fn() -> String,
) -> Result<Option<Export>, String> {
    let class = &setting.classes[player.class];
    if !class.strategy.learner.learns() {
        return Ok(None);
    }
    // An agent that is the only one to enter of a group that could have been larger has the group's name.
    let plain = (player.members[0] == first_member(setting, player.class)).then(|| class.name.clone());
    let names = [Some(agent_name(setting, player)), plain.filter(|_| class.entry_cost.is_some())];
    let entries_of = |agent: &str| -> Vec<&PolicyEntry> {
        let own = |entry: &&PolicyEntry| entry.agent == agent && entry.lever == lever.name();
        stored.policies.iter().filter(own).collect()
    };
    let found = names.into_iter().flatten().map(|agent| (entries_of(&agent), agent));
    let Some((entries, agent)) = found.into_iter().find(|(entries, _)| !entries.is_empty()) else {
        return Ok(None);
    };
    let head = origin.head("sequencer", &class.strategy.name, &agent, player.bins.count(), &player.menu);
    let name = file_name(origin.contender, &agent);
    if let LearnerSpec::QLearning(spec) = class.strategy.learner
        && spec.memory > 0
    {
        let answers = stored_answers(&stored.curves, &agent, spec.memory)
            .ok_or_else(|| format!("{}, {agent}: {}", origin.contender, obstacle()))?;
        let line = |text: String, (key, value): (&str, Value)| text + &format!("{key} = {value}\n");
        let text = answers.to_values().into_iter().fold(head, line);
        return Ok(Some(Export { name, text }));
    }
    let to: Vec<f64> = player.bins.ranks().into_iter().map(|(_, to)| to).collect();
    let policy = policy(&to, &player.menu, &entries).ok_or_else(|| origin.not_whole(&agent))?;
    Ok(Some(Export { name, text: head + &rows(&policy, &to, &player.menu) }))
}

/// What the briber learned to pay; `None` where there was nobody whom it could have paid.
fn prices(
    strategy: &Strategy,
    origin: &Origin,
    stored: &Outcome,
    others: &[&Export],
) -> Result<Option<Export>, String> {
    let agent = briber::TABLE;
    let own = |entry: &&PolicyEntry| entry.agent == agent && entry.lever == briber::LEVER;
    let entries: Vec<&PolicyEntry> = stored.policies.iter().filter(own).collect();
    if entries.is_empty() {
        return Ok(None);
    }
    let head = origin.head(agent, &strategy.name, agent, 1, &strategy.menu);
    let policy = policy(&[1.0], &strategy.menu, &entries).ok_or_else(|| origin.not_whole(agent))?;
    let name = file_name(origin.contender, agent);
    // A group of sequencers may be called so as well.
    let name =
        if others.iter().any(|it| it.name == name) { format!("{name}-{}", briber::LEVER) } else { name };
    Ok(Some(Export { name, text: head + &rows(&policy, &[1.0], &strategy.menu) }))
}

/// A policy whose states end at these ranks, as lines of a file.
fn rows(policy: &Policy, to: &[f64], menu: &Menu) -> String {
    let mut text = "policy = [\n".to_owned();
    for row in Table::write(policy, to, menu).as_list().unwrap_or_default() {
        let _ = writeln!(text, "    {row},");
    }
    text + "]\n"
}

/// The policy that stored entries of one agent make up, states in order, which end at these ranks; `None` if a state is missing.
fn policy(to: &[f64], menu: &Menu, entries: &[&PolicyEntry]) -> Option<Policy> {
    let states = to.len();
    let columns = menu.columns();
    let mut policy = Policy::uniform(states, columns);
    let (mut state, mut row) = (0, vec![0.0; columns]);
    let mut before: Option<(&PolicyEntry, usize)> = None;
    for &entry in entries {
        let column = match entry.action {
            None => 0,
            Some(action) => 1 + menu.settings.iter().position(|&setting| setting == action)?,
        };
        // Within a state columns ascend, and all have the state's mean value.
        if before
            .is_some_and(|(last, place)| last.state.to_bits() != entry.state.to_bits() || column <= place)
        {
            policy.set(state, &row);
            row.fill(0.0);
            state += 1;
        }
        if state == states {
            return None;
        }
        row[column] = entry.probability;
        before = Some((entry, column));
    }
    before?;
    policy.set(state, &row);
    (state + 1 == states).then_some(policy)
}

/// What an agent answers, as curves of the store.
pub fn answer_curves(agent: &str, answers: &Answers) -> [Curve; 2] {
    let curve = |name: &str, points: Vec<(f64, f64)>| Curve {
        name: name.to_owned(),
        agent: agent.to_owned(),
        points,
    };
    let packed = |settings: &[u16]| -> f64 {
        settings.iter().rev().fold(0, |number, &setting| number * DIGITS + u64::from(setting)) as f64
    };
    let halves = |settings: &[u16]| {
        let (x, y) = settings.split_at(settings.len().min(PACKED));
        (packed(x), packed(y))
    };
    let settings = answers.settings.chunks(2 * PACKED).map(halves);
    let seen = answers.seen.iter().enumerate();
    let seen = seen.flat_map(|(whose, list)| list.iter().map(move |&offer| (whose as f64, offer)));
    [curve(ANSWERS, settings.collect()), curve(SEEN, seen.collect())]
}

/// The answers of an agent with such a memory, if they are stored.
fn stored_answers(curves: &[Curve], agent: &str, memory: u32) -> Option<Answers> {
    let points = |name: &str| {
        curves.iter().find(|c| c.name == name && c.agent == agent).map(|curve| curve.points.as_slice())
    };
    let mut seen: Vec<Vec<f64>> = Vec::new();
    for &(whose, offer) in points(SEEN)? {
        let whose = whose as usize;
        seen.resize(seen.len().max(whose + 1), Vec::new());
        seen[whose].push(offer);
    }
    let digits = |number: f64| {
        let digit = move |rest: &mut u64| {
            let digit = *rest % DIGITS;
            *rest /= DIGITS;
            Some(digit as u16)
        };
        (0..PACKED).scan(number as u64, move |rest, _| digit(rest))
    };
    let settings: Vec<u16> = points(ANSWERS)?.iter().flat_map(|&(x, y)| digits(x).chain(digits(y))).collect();
    let mut answers = Answers { memory, seen, settings };
    // What fills up the last point is none of them.
    let histories = answers.profiles().checked_pow(memory)?;
    answers.settings.truncate(histories);
    (answers.settings.len() == histories).then_some(answers)
}

/// Name of a player: that of its group, with a number where the group has several policies: of its first member that plays it.
pub(super) fn agent_name(setting: &Setting, player: &Player) -> String {
    let class = &setting.classes[player.class];
    match player.members.as_slice() {
        [first, ..] if player.members.len() < class.count => {
            format!("{}-{}", class.name, first - first_member(setting, player.class))
        }
        _ => class.name.clone(),
    }
}

/// The first candidate of a class.
fn first_member(setting: &Setting, class: usize) -> usize {
    setting.sequencers.iter().position(|s| s.class == class).unwrap_or(0)
}

/// A file's name: what could be more than a name in it becomes a hyphen.
fn file_name(contender: &str, agent: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
    format!("{contender}-{agent}").chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest setting in every place, and numbers of histories that fill no whole point.
    #[test]
    fn answers_come_back_from_curves() {
        for (memory, seen) in [(1, [3, 4]), (2, [3, 1]), (1, [10, 2]), (1, [1, 1]), (2, [15, 15])] {
            let seen: Vec<Vec<f64>> = seen.iter().map(|&n| (0..n).map(f64::from).collect()).collect();
            let mut answers = Answers { memory, seen, settings: Vec::new() };
            let histories = answers.profiles().pow(memory);
            answers.settings = (0..histories).map(|h| ((1023 + 37 * h) % 1024) as u16).collect();
            let curves = answer_curves("a", &answers);
            assert!(curves[0].points.len() == histories.div_ceil(10), "{histories}");
            assert_eq!(stored_answers(&curves, "a", memory), Some(answers));
        }
    }
}

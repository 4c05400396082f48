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
use crate::learning::LearnerSpec;
use crate::learning::policy::Policy;
use crate::play::market::{Player, Seating};
use crate::play::schedule::Regime;
use std::fmt::Write;

/// Curve of the setting that follows each history, by the history's number.
const ANSWERS: &str = "answers";
/// Curve of the offers that are told apart: whose (0 is the agent itself), and the offer in ETH.
const SEEN: &str = "answers_seen";

/// A strategy file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// Name of the file: contender and class, or agent.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// The strategies of everybody who learned in one replicate of a contender, from the policies that it stored.
///
/// # Errors
/// A policy of which something is missing: a state that never came up where it was measured.
pub fn strategies(
    experiment: &Experiment,
    contender: &Contender,
    replicate: u32,
    stored: &Outcome,
) -> Result<Vec<Export>, String> {
    let setting = &experiment.setting;
    let seats = Seating::new(setting, experiment.play.schedule.regime == Regime::SelfPlay);
    let mut rest = stored.policies.as_slice();
    let mut exports = Vec::new();
    for player in &seats.players {
        // Players stand one after the other, in this order.
        let Some(first) = rest.first() else { break };
        let own = rest.iter().take_while(|entry| entry.agent == first.agent).count();
        let (entries, others) = rest.split_at(own);
        rest = others;
        let class = &setting.classes[player.class];
        if !class.strategy.learner.learns() {
            continue;
        }
        let summary = format!(
            "learned by `{}` as {} of {} in {}, replicate {replicate}",
            class.strategy.name, first.agent, contender.name, experiment.name
        );
        let head = format!(
            "role = \"sequencer\"\nsummary = {}\nlearner = \"scripted\"\nbins = {}\nmenu = {}\n",
            crate::settings::Value::Text(summary),
            player.bins.count(),
            player.menu.to_value()
        );
        let name = file_name(&contender.name, &first.agent);
        if let LearnerSpec::QLearning(spec) = class.strategy.learner
            && spec.memory > 0
        {
            let answers = stored_answers(&stored.curves, &first.agent, spec.memory).ok_or_else(|| {
                format!(
                    "{}, {}: it has more than {MOST_STORED} histories to answer, and so many answers are not stored",
                    contender.name, first.agent
                )
            })?;
            let text = answers
                .to_values()
                .into_iter()
                .fold(head, |text, (key, value)| text + &format!("{key} = {value}\n"));
            exports.push(Export { name, text });
            continue;
        }
        let policy = policy(player, entries).ok_or_else(|| {
            format!(
                "{}, {}: the policy of replicate {replicate} is not whole: some private values never came up where it was \
                 measured (more `rounds` or `measured_epochs` would meet them)",
                contender.name, first.agent
            )
        })?;
        let to: Vec<f64> = player.bins.ranks().into_iter().map(|(_, to)| to).collect();
        let table = Table::write(&policy, &to, &player.menu);
        let mut text = head + "policy = [\n";
        for row in table.as_list().unwrap_or_default() {
            let _ = writeln!(text, "    {row},");
        }
        text.push_str("]\n");
        exports.push(Export { name, text });
    }
    Ok(exports)
}

/// The policy that stored entries of one player make up, states in order; `None` if a state is missing.
fn policy(player: &Player, entries: &[PolicyEntry]) -> Option<Policy> {
    let states = player.bins.count();
    let columns = player.menu.columns();
    let mut policy = Policy::uniform(states, columns);
    let (mut state, mut row) = (0, vec![0.0; columns]);
    let mut before: Option<(&PolicyEntry, usize)> = None;
    for entry in entries {
        let column = match entry.action {
            None => 0,
            Some(action) => 1 + player.menu.settings.iter().position(|&setting| setting == action)?,
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
    let settings =
        answers.settings.iter().enumerate().map(|(row, &setting)| (row as f64, f64::from(setting)));
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
    let settings = points(ANSWERS)?.iter().map(|&(_, setting)| setting as u16).collect();
    Some(Answers { memory, seen, settings })
}

/// A file's name: what could be more than a name in it becomes a hyphen.
fn file_name(contender: &str, agent: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
    format!("{contender}-{agent}").chars().map(plain).collect()
}

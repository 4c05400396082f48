//! Learned policies as strategy files: what a run leaves in `strategies/`, and what a later experiment can seat.
//!
//! A file holds the policy of one class of agents (of one agent, where everybody learned alone) in one replicate, never an
//! average: replicates may have settled in different places, and a mean of two equilibria is none. It is `scripted`,
//! which plays the policy as it is; with the name of a learning rule instead, learning starts from it
//! ([`crate::learning::start`]).

use super::file::{Contender, Experiment};
use super::outcome::PolicyEntry;
use crate::agent::strategy::table::Table;
use crate::learning::LearnerSpec;
use crate::learning::policy::Policy;
use crate::play::market::{Player, Seating};
use crate::play::schedule::Regime;
use std::fmt::Write;

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
    stored: &[PolicyEntry],
) -> Result<Vec<Export>, String> {
    let setting = &experiment.setting;
    let seats = Seating::new(setting, experiment.play.schedule.regime == Regime::SelfPlay);
    let mut rest = stored;
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
        if matches!(class.strategy.learner, LearnerSpec::QLearning(spec) if spec.memory > 0) {
            // What it plays on its cycle is not what it would answer: without the answers the policy is another one.
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
        let summary = format!(
            "learned by `{}` as {} of {} in {}, replicate {replicate}",
            class.strategy.name, first.agent, contender.name, experiment.name
        );
        let table = Table::write(&policy, &to, &player.menu);
        let mut text = format!(
            "role = \"sequencer\"\nsummary = {}\nlearner = \"scripted\"\nbins = {}\nmenu = {}\npolicy = [\n",
            crate::settings::Value::Text(summary),
            player.bins.count(),
            player.menu.to_value()
        );
        for row in table.as_list().unwrap_or_default() {
            let _ = writeln!(text, "    {row},");
        }
        text.push_str("]\n");
        exports.push(Export { name: file_name(&contender.name, &first.agent), text });
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

/// A file's name: what could be more than a name in it becomes a hyphen.
fn file_name(contender: &str, agent: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
    format!("{contender}-{agent}").chars().map(plain).collect()
}

//! Whether strategies that remember past offers can play what the contenders are.

use super::contenders::Contender;
use crate::agent::Setting;
use crate::agent::sequencer::Class;
use crate::agent::strategy;
use crate::learning::LearnerSpec;
use crate::mechanism::Mechanism as _;
use crate::play::repeated::of_market::{fits, repeats, takes_part};
use crate::play::schedule::Regime;
use crate::settings::Section;
use crate::with_rule;

/// Learners that remember past offers play a game of their own in each market, and the same one in each epoch.
pub(super) fn check_memory(root: &Section, setting: &Setting, contenders: &[Contender], regime: Regime) {
    let strategies = root.table("strategies");
    for class in &setting.classes {
        let memory = match class.strategy.learner {
            LearnerSpec::QLearning(spec) => spec.memory,
            _ => class.strategy.answers.as_ref().map_or(0, |answers| answers.memory),
        };
        if memory == 0 {
            continue;
        }
        let shared = "memory of past offers under `regime = \"self_play\"`, where policies are shared over parallel markets with \
                      different histories";
        let refusal = if regime == Regime::SelfPlay {
            Some((shared.to_owned(), "`memory = 0`, or `regime = \"independent\"` in `[play]`"))
        } else if let Some(message) = strangers(class, setting.candidates()) {
            Some((message, "as many lists in `seen` as there are candidates"))
        } else {
            obstacle_to_memory(setting, contenders)
        };
        let Some((message, allowed)) = refusal else { continue };
        let named = |(name, _): &(String, Section)| *name == class.strategy.name;
        if let Some((_, section)) = strategies.iter().flat_map(Section::members).find(named) {
            section.refuse(strategy::MEMORY.key, &message, allowed, None);
        }
    }
}

/// What is wrong with answers that were learned among another number of candidates.
fn strangers(class: &Class, candidates: usize) -> Option<String> {
    let seen = class.strategy.answers.as_ref()?.seen.len();
    (seen != candidates).then(|| {
        format!("answers to {seen} candidates' offers in an experiment with {candidates} candidates")
    })
}

/// Why nobody can remember past offers in some contender, and what would do, where that is so.
fn obstacle_to_memory(setting: &Setting, contenders: &[Contender]) -> Option<(String, &'static str)> {
    for class in &setting.classes {
        if !takes_part(&class.strategy) {
            return Some((
                format!(
                    "memory of past offers beside group `{}`, whose strategy `{}` mixes over offers or learns by another rule",
                    class.name, class.strategy.name
                ),
                "beside it only strategies with `learner = \"q_learning\"` (without a `policy`), scripted offers that never \
                 change, and policies with `answers`; or `memory = 0`",
            ));
        }
    }
    for contender in contenders {
        let acts = with_rule!(&contender.rule, rule => rule.lever().is_some());
        let repeats = with_rule!(&contender.rule, rule => repeats(rule, setting, &contender.terms));
        if let Err(why) = repeats
            && acts
        {
            let name = &contender.name;
            return Some((
                format!(
                    "memory of past offers, while contender `{name}` is not the same game in each epoch: {why}"
                ),
                "`memory = 0`, or a stage game that repeats",
            ));
        }
    }
    let large = fits(setting).err()?;
    Some((large, "a smaller `memory`, fewer `points` on the menus, or fewer candidates"))
}

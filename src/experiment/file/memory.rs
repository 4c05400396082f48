//! Whether learners that remember past offers can play what the contenders are.

use super::contenders::Contender;
use crate::agent::Setting;
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
        let LearnerSpec::QLearning(spec) = class.strategy.learner else { continue };
        if spec.memory == 0 {
            continue;
        }
        let shared = "memory of past offers under `regime = \"self_play\"`, where policies are shared over parallel markets with \
                      different histories";
        let refusal = if regime == Regime::SelfPlay {
            Some((shared.to_owned(), "`memory = 0`, or `regime = \"independent\"` in `[play]`"))
        } else {
            obstacle_to_memory(setting, contenders)
                .map(|why| (why, "`memory = 0`, or a stage game that repeats"))
        };
        let Some((message, allowed)) = refusal else { continue };
        let named = |(name, _): &(String, Section)| *name == class.strategy.name;
        if let Some((_, section)) = strategies.iter().flat_map(Section::members).find(named) {
            section.refuse(strategy::MEMORY.key, &message, allowed, None);
        }
    }
}

/// Why nobody can remember past offers in some contender, where that is so.
fn obstacle_to_memory(setting: &Setting, contenders: &[Contender]) -> Option<String> {
    for class in &setting.classes {
        if !takes_part(&class.strategy) {
            return Some(format!(
                "memory of past offers beside group `{}`, which plays neither `q_learning` from the start nor one scripted offer",
                class.name
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
            return Some(format!(
                "memory of past offers, while contender `{name}` is not the same game in each epoch: {why}"
            ));
        }
    }
    fits(setting).err()
}

//! The repeated game of a contender: what its market is, where nothing is drawn and nothing is remembered but offers.

use super::session::{Part, Plan, obstacle};
use super::stage::Stage;
use crate::agent::Setting;
use crate::learning::LearnerSpec;
use crate::learning::q_learning::QLearningSpec;
use crate::mechanism::Mechanism;
use crate::mechanism::terms::Terms;
use crate::play::market::{Game, Market, Round};
use crate::play::schedule::{Phase, Regime, market_key};

/// A contender's stage game, and who plays it: one player for each candidate.
#[derive(Clone, Debug)]
pub struct RepeatedGame {
    /// What everyone earns.
    pub stage: Stage,
    /// Who learns and who follows a script.
    pub parts: Vec<Part>,
}

/// Why the same stage game does not repeat in every epoch of a contender, where it does not.
///
/// # Errors
/// The reason.
pub fn repeats<M: Mechanism>(rule: &M, setting: &Setting, terms: &Terms) -> Result<(), String> {
    if !setting.world.is_abstract() {
        return Err("in the rollup world values change from epoch to epoch".to_owned());
    }
    for class in &setting.classes {
        if class.traits.value.as_ref().is_none_or(|value| value.atoms().len() != 1) {
            return Err(format!(
                "private values of group `{}` are drawn afresh in each epoch (only a `constant` value repeats)",
                class.name
            ));
        }
    }
    rule.repeats(setting, terms)
}

/// Whether the tables of such a game would fit.
///
/// # Errors
/// Why not.
pub fn fits(setting: &Setting) -> Result<(), String> {
    let class = |i: usize| &setting.classes[setting.sequencers[i].class].strategy;
    let sizes: Vec<usize> = (0..setting.candidates()).map(|i| class(i).menu.settings.len().max(1)).collect();
    let memory = |i: usize| match class(i).learner {
        LearnerSpec::QLearning(spec) => spec.memory,
        _ => 0,
    };
    let memories: Vec<u32> = (0..setting.candidates()).map(memory).collect();
    obstacle(&sizes, &memories).map_or(Ok(()), Err)
}

/// The specification of a class, where it learns by Q-learning.
fn q_learning(setting: &Setting, class: usize) -> Option<QLearningSpec> {
    match setting.classes[class].strategy.learner {
        LearnerSpec::QLearning(spec) => Some(spec),
        _ => None,
    }
}

impl RepeatedGame {
    /// The game, if it is one that sessions can play: everyone alone, Q-learners or scripts, a stage game that repeats and
    /// fits.
    pub fn new<M: Mechanism>(game: &Game<M>, regime: Regime) -> Option<Self> {
        let setting = game.setting;
        let learner = |class: usize| &setting.classes[class].strategy.learner;
        let classes = 0..setting.classes.len();
        let plain = |class: usize| {
            q_learning(setting, class).is_some() || matches!(learner(class), LearnerSpec::Scripted { .. })
        };
        let apart = regime == Regime::Independent
            && game.rule.lever().is_some()
            && classes.clone().all(plain)
            && classes.clone().any(|class| q_learning(setting, class).is_some());
        if !apart || repeats(game.rule, setting, game.terms).is_err() || fits(setting).is_err() {
            return None;
        }
        let mut market = Market::expected(game, market_key(0, 0, Phase::Start, 0));
        let mut round = Round::new(game);
        let n = setting.candidates();
        // What each setting of each candidate offers; a script that abstains has one setting all the same.
        let sizes: Vec<usize> = (0..n).map(|i| menu_size(game, i)).collect();
        let most = sizes.iter().copied().max().unwrap_or(0);
        let mut offers: Vec<Vec<Option<f64>>> = vec![Vec::new(); n];
        for a in 0..most {
            market.choose(game, |p, _, _| column(game, game.seats.players[p].members[0], a), &mut round);
            for (i, offers) in offers.iter_mut().enumerate() {
                if a < sizes[i] {
                    offers.push(round.offers[i]);
                }
            }
        }
        let plain = offers.iter().map(|o| o.iter().map(|x| x.unwrap_or(0.0)).collect()).collect();
        let at = |settings: &[usize]| -> Vec<Option<f64>> {
            settings.iter().zip(&offers).map(|(&a, offers)| offers[a]).collect()
        };
        let stage = Stage::new(plain, |settings, out| {
            market.stage_payoffs(game, &mut round, &at(settings), out);
        });
        let stage = stage.ok()?.with_lots(|settings| game.rule.tie(&at(settings)));
        let part = |i: usize| match q_learning(setting, setting.sequencers[i].class) {
            Some(spec) => Part::Learns(spec, setting.sequencers[i].who),
            None => Part::Plays(Plan::constant(0), setting.sequencers[i].who),
        };
        Some(RepeatedGame { stage, parts: (0..n).map(part).collect() })
    }
}

/// Number of settings of candidate `i`.
fn menu_size<M: Mechanism>(game: &Game<M>, i: usize) -> usize {
    game.seats.players[game.seats.player[i]].menu.settings.len().max(1)
}

/// The column of a policy that setting `a` of candidate `i` is: 0 abstains.
pub fn column<M: Mechanism>(game: &Game<M>, i: usize, a: usize) -> usize {
    let settings = game.seats.players[game.seats.player[i]].menu.settings.len();
    if settings == 0 { 0 } else { a.min(settings - 1) + 1 }
}

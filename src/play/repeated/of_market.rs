//! The repeated game of a contender: what its market is, where nothing is drawn and nothing is remembered but offers.

use super::plan::{History, rows};
use super::session::{Part, Plan, obstacle};
use super::stage::Stage;
use crate::agent::Setting;
use crate::agent::strategy::Strategy;
use crate::agent::strategy::answers::Answers;
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
    /// Who learns and who follows a script or a plan.
    pub parts: Vec<Part>,
    /// Scripts that are judged against a menu.
    pub scripts: Vec<Script>,
}

/// A script's offer, and what others would have earned in its place. Nobody's plan tells them apart, so that others do not react.
#[derive(Clone, Debug)]
pub struct Script {
    /// Whose.
    player: usize,
    /// The most that any choice earns at each profile of the stage game, in ETH.
    most: Vec<f64>,
}

impl Script {
    /// Whose it is.
    pub fn player(&self) -> usize {
        self.player
    }

    /// What the best choices, epoch by epoch, gain per epoch of a cycle of profiles.
    pub fn gain(&self, stage: &Stage, cycle: &[usize]) -> f64 {
        let gain = |&profile: &usize| self.most[profile] - stage.payoff(profile, self.player);
        cycle.iter().map(gain).sum::<f64>() / cycle.len() as f64
    }
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
    if setting.has_siblings() {
        return Err("operators run several candidates (`identities`)".to_owned());
    }
    if terms.token_feeds_back() {
        return Err("what bonds and stakes cost follows the token's price (`token`)".to_owned());
    }
    rule.repeats(setting, terms)
}

/// Whether the tables of such a game would fit.
///
/// # Errors
/// Why not.
pub fn fits(setting: &Setting) -> Result<(), String> {
    let class = |i: usize| &setting.classes[setting.sequencers[i].class].strategy;
    let sizes: Vec<usize> = (0..setting.candidates()).map(|i| size(class(i))).collect();
    let memory = |i: usize| match class(i).learner {
        LearnerSpec::QLearning(spec) => spec.memory,
        _ => class(i).answers.as_ref().map_or(0, |answers| answers.memory),
    };
    let memories: Vec<u32> = (0..setting.candidates()).map(memory).collect();
    obstacle(&sizes, &memories).map_or(Ok(()), Err)
}

/// Number of settings that a strategy chooses from: a script has but one, and Q-learners do not try abstaining.
fn size(strategy: &Strategy) -> usize {
    match strategy.learner {
        LearnerSpec::Scripted { .. } if strategy.answers.is_none() => 1,
        _ => strategy.menu.settings.len().max(1),
    }
}

/// Whether a strategy is one that sessions know: Q-learning from the start or from [`Answers`], one offer for ever, or
/// answers for ever.
pub fn takes_part(strategy: &Strategy) -> bool {
    match strategy.learner {
        LearnerSpec::QLearning(_) => strategy.policy.is_none(),
        _ => strategy.answers.is_some() || strategy.fixed_column().is_some(),
    }
}

/// The answers of player `j` as a plan of the stage game: each offer counts as the nearest of those that the answers know.
fn plan_of(answers: &Answers, stage: &Stage, j: usize) -> Plan {
    let seen: Vec<usize> = (0..stage.profiles())
        .map(|profile| {
            let place = |(number, i): (usize, usize)| answers.place(number, stage.offer(profile, i));
            answers.profile(own_first(stage.players(), j).enumerate().map(place))
        })
        .collect();
    let known = answers.profiles();
    let settings = (0..rows(answers.memory, seen.len())).map(|row| {
        let before = if answers.memory > 1 { seen[row / seen.len()] } else { 0 };
        answers.settings[before * known + seen[row % seen.len()]]
    });
    Plan { memory: answers.memory, settings: settings.collect() }
}

/// A plan of player `j` of the stage game as answers that can be taken elsewhere; `None` where the plan remembers nothing, or
/// offers do not ascend.
pub fn answers_of(plan: &Plan, stage: &Stage, j: usize) -> Option<Answers> {
    let players: Vec<usize> = own_first(stage.players(), j).collect();
    let offers = |&i: &usize| -> Vec<f64> {
        (0..stage.size(i)).map(|setting| stage.offer(stage.with(0, i, setting), i)).collect()
    };
    let seen: Vec<Vec<f64>> = players.iter().map(offers).collect();
    if plan.memory == 0 || !seen.iter().all(|list| ascend(list)) {
        return None;
    }
    let mut answers = Answers { memory: plan.memory, seen, settings: Vec::new() };
    let profiles = stage.profiles();
    // The stage's number of each profile of places, one's own first.
    let mut place = vec![0; profiles];
    for profile in 0..profiles {
        place[answers.profile(players.iter().map(|&i| stage.setting(profile, i)))] = profile;
    }
    answers.settings = (0..rows(plan.memory, profiles))
        .map(|row| {
            let history = History { before: place[row / profiles], last: place[row % profiles] };
            plan.setting(history, profiles) as u16
        })
        .collect();
    Some(answers)
}

/// Number of settings that each candidate chooses from.
fn sizes(setting: &Setting) -> Vec<usize> {
    setting.sequencers.iter().map(|s| size(&setting.classes[s.class].strategy)).collect()
}

/// What each setting of each candidate comes to.
fn offers<M: Mechanism>(
    game: &Game<M>,
    market: &mut Market<M>,
    round: &mut Round<M>,
) -> Vec<Vec<Option<f64>>> {
    let sizes = sizes(game.setting);
    let mut offers: Vec<Vec<Option<f64>>> = vec![Vec::new(); sizes.len()];
    for a in 0..sizes.iter().copied().max().unwrap_or(0) {
        let within = |p: usize| a.min(sizes[game.seats.players[p].members[0]] - 1);
        market.choose(game, |p, _, _| column(game, p, within(p)), round);
        for (i, offers) in offers.iter_mut().enumerate() {
            if a < sizes[i] {
                offers.push(round.offers[i]);
            }
        }
    }
    offers
}

/// Whether offers ascend from setting to setting, so that each tells its setting.
fn ascend(offers: &[f64]) -> bool {
    offers.windows(2).all(|pair| pair[0] < pair[1])
}

/// The first candidate of whose settings two come to the same offer, so that others cannot tell them apart.
pub fn indistinct<M: Mechanism>(game: &Game<M>) -> Option<usize> {
    let mut market = Market::expected(game, market_key(0, 0, Phase::Start, 0));
    let offers = offers(game, &mut market, &mut Round::new(game));
    let plain = |offers: &Vec<Option<f64>>| offers.iter().map(|x| x.unwrap_or(0.0)).collect::<Vec<_>>();
    offers.iter().position(|offers| !ascend(&plain(offers)))
}

/// All players, `j` before the others.
fn own_first(players: usize, j: usize) -> impl Iterator<Item = usize> {
    std::iter::once(j).chain((0..players).filter(move |&i| i != j))
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
        let mut classes = 0..setting.classes.len();
        let apart = regime == Regime::Independent
            && game.rule.lever().is_some()
            && setting.classes.iter().all(|class| takes_part(&class.strategy))
            && classes.any(|class| {
                q_learning(setting, class).is_some() || setting.classes[class].strategy.answers.is_some()
            });
        if !apart || repeats(game.rule, setting, game.terms).is_err() || fits(setting).is_err() {
            return None;
        }
        let mut market = Market::expected(game, market_key(0, 0, Phase::Start, 0));
        let mut round = Round::new(game);
        let n = setting.candidates();
        let sizes = sizes(setting);
        let offers = offers(game, &mut market, &mut round);
        let plain = offers.iter().map(|o| o.iter().map(|x| x.unwrap_or(0.0)).collect()).collect();
        let at = |settings: &[usize]| -> Vec<Option<f64>> {
            settings.iter().zip(&offers).map(|(&a, offers)| offers[a]).collect()
        };
        let stage = Stage::new(plain, |settings, out| {
            market.stage_payoffs(game, &mut round, &at(settings), out);
        });
        let mut payoffs = vec![0.0; n];
        let stage = stage.ok()?.with_lots(|settings| game.rule.tie(&at(settings)));
        let stage = stage.with_abstaining(|i, settings| {
            let mut offers = at(settings);
            offers[i] = None;
            market.stage_payoffs(game, &mut round, &offers, &mut payoffs);
            payoffs[i]
        });
        let mut scripts = Vec::new();
        for i in 0..n {
            let strategy = &setting.classes[setting.sequencers[i].class].strategy;
            if sizes[i] > 1 || !strategy.judged {
                continue;
            }
            let mut most = vec![f64::NEG_INFINITY; stage.profiles()];
            for own in 0..strategy.menu.columns() {
                let offer = {
                    market.choose(game, |p, _, _| if p == i { own } else { column(game, p, 0) }, &mut round);
                    round.offers[i]
                };
                for (profile, most) in most.iter_mut().enumerate() {
                    let settings: Vec<usize> = (0..n).map(|j| stage.setting(profile, j)).collect();
                    let mut offers = at(&settings);
                    offers[i] = offer;
                    market.stage_payoffs(game, &mut round, &offers, &mut payoffs);
                    *most = most.max(payoffs[i]);
                }
            }
            scripts.push(Script { player: i, most });
        }
        let part = |i: usize| {
            let (class, who) = (setting.sequencers[i].class, setting.sequencers[i].who);
            let plan = setting.classes[class].strategy.answers.as_ref().map(|it| plan_of(it, &stage, i));
            match (q_learning(setting, class), plan) {
                (Some(spec), Some(plan)) => Part::LearnsFrom(spec, plan, who),
                (Some(spec), None) => Part::Learns(spec, who),
                (None, plan) => Part::Plays(plan.unwrap_or(Plan::constant(0)), who),
            }
        };
        let parts = (0..n).map(part).collect();
        Some(RepeatedGame { stage, parts, scripts })
    }
}

/// The column of a policy that setting `a` of player `p` is.
pub fn column<M: Mechanism>(game: &Game<M>, p: usize, a: usize) -> usize {
    game.setting.classes[game.seats.players[p].class].strategy.fixed_column().unwrap_or(a + 1)
}

//! Feedback in expectation over what rivals draw and offer, where that is finite.
//!
//! In a sale of seats in which every candidate's private value has finitely many atoms, the law of each class's offer is
//! known from its policy `π` and the weights `w` of its types `τ`: level `x` is offered with probability
//! `Σ_τ w_τ·Σ_{a: offer(τ, a) = x} π(a | state(τ))`. The mean over rivals' draws of what setting `a` earns type `τ` is then
//!
//! `u(τ, a) = prize_τ·W(x) − slots·P(x)`, at `x = offer(τ, a)`,
//!
//! with the odds `W` and `P` of [`SeatSale::odds`](crate::mechanism::seat_sale::SeatSale::odds). That is the mean of the
//! feedback that sampled markets give, without its noise and for much less work; learning then needs no markets at all.
//! Levels that fall together to the last bit tie, as they do in the game.

use super::market::Game;
use crate::agent::Setting;
use crate::agent::formula::View;
use crate::draws::Key;
use crate::learning::Feedback;
use crate::learning::policy::Policy;
use crate::mechanism::collateral::Moves;
use crate::mechanism::seat_sale::{Odds, Rivals, SeatSale};
use crate::mechanism::{At, Mechanism};
use crate::world::{Signals, World};

/// Candidates above which ties are left to sampling: their integral takes half as many nodes as there are rivals.
const MOST_CANDIDATES: usize = 64;

/// A sale of seats among candidates of finitely many types.
#[derive(Clone, Debug)]
pub struct Finite {
    /// Every offer that anybody can make and that counts, ascending.
    levels: Vec<f64>,
    players: Vec<Bidders>,
    /// By player, then level: the law of a member's offer.
    laws: Vec<Vec<f64>>,
    odds: Odds,
}

/// The members of one player.
#[derive(Clone, Debug)]
struct Bidders {
    count: usize,
    sale: SeatSale,
    types: Vec<Type>,
    /// Settings of the menu, for learning curves.
    settings: Vec<f64>,
}

/// One private value.
#[derive(Clone, Debug)]
struct Type {
    probability: f64,
    state: usize,
    prize: f64,
    /// Level of each setting's offer; `None` where it does not count.
    level: Vec<Option<usize>>,
}

/// One private value before the levels of all offers are known.
struct Draft {
    probability: f64,
    state: usize,
    sale: SeatSale,
    /// Offer of each setting; `None` where it does not count.
    offers: Vec<Option<f64>>,
}

impl Finite {
    /// The finite game, if it is one: an abstract world in which all values have atoms only, a rule that sells seats,
    /// offers from a menu, and operators of one candidate each.
    pub fn new<M: Mechanism>(game: &Game<M>) -> Option<Self> {
        let setting = game.setting;
        let alone = game.seats.siblings.iter().all(Vec::is_empty);
        // What bonds cost follows the token's price.
        let bonds_move = game.terms.token_feeds_back() && game.rule.bonds_at_once() > 0.0;
        let few = setting.candidates() <= MOST_CANDIDATES;
        if !matches!(setting.world, World::Abstract) || !few || !alone || bonds_move {
            return None;
        }
        let n = setting.candidates();
        let mut signals =
            Signals { rank: vec![0.5; n], skill: vec![1.0; n], gross: vec![0.0; n], ..Signals::default() };
        let mut drafts: Vec<Vec<Draft>> = Vec::new();
        for player in &game.seats.players {
            let &first = player.members.first()?;
            // What a formula offers may differ within a type.
            if player.menu.script.is_some() {
                return None;
            }
            let atoms = atoms(setting, player.class)?;
            let mut below = 0.0;
            let mut types = Vec::new();
            for probability in atoms {
                let rank = below + 0.5 * probability;
                below += probability;
                signals.set(&setting.world, &setting.sequencers[first], first, rank, game.terms.epoch_slots);
                let at = At {
                    setting,
                    terms: game.terms,
                    epoch: 0,
                    key: Key::new(0, 0, 0),
                    signals: &signals,
                    cohorts: true,
                    continuation: &[],
                    idle: &[],
                    moves: Moves::NONE,
                };
                let sale = game.rule.seat_sale(&at, first)?;
                let (reference, least) = (game.rule.reference(&at, first), game.rule.least_offer());
                let offer = |column| {
                    let offer = player.menu.offer(column, reference, least, View::default);
                    offer.filter(|&bid| bid >= sale.reserve)
                };
                let offers = (1..player.menu.columns()).map(offer).collect();
                types.push(Draft { probability, state: player.bins.state(rank), sale, offers });
            }
            drafts.push(types);
        }
        let mut levels: Vec<f64> =
            drafts.iter().flatten().flat_map(|draft| draft.offers.iter().flatten().copied()).collect();
        levels.sort_by(f64::total_cmp);
        levels.dedup();
        let place = |offer: &Option<f64>| offer.map(|bid| levels.partition_point(|&level| level < bid));
        let settled = |draft: &Draft| Type {
            probability: draft.probability,
            state: draft.state,
            prize: draft.sale.prize,
            level: draft.offers.iter().map(place).collect(),
        };
        let players: Vec<Bidders> = drafts
            .iter()
            .zip(&game.seats.players)
            .map(|(types, player)| Bidders {
                count: player.members.len(),
                sale: types[0].sale,
                types: types.iter().map(settled).collect(),
                settings: player.menu.settings.clone(),
            })
            .collect();
        let laws = vec![vec![0.0; levels.len()]; players.len()];
        let odds = Odds::new(levels.len(), n - 1);
        Some(Finite { levels, players, laws, odds })
    }

    /// What everybody's present policy does to everybody: adds, for each player, the expected payoff of every setting in
    /// every state, once, to its feedback.
    pub fn feedback<'p>(&mut self, policy: impl Fn(usize) -> &'p Policy, feedback: &mut [Feedback]) {
        let Finite { levels, players, laws, odds } = self;
        for (p, (bidders, law)) in players.iter().zip(laws.iter_mut()).enumerate() {
            law.fill(0.0);
            for kind in &bidders.types {
                let row = &policy(p).row(kind.state)[1..];
                for (level, probability) in kind.level.iter().zip(row) {
                    if let Some(level) = *level {
                        law[level] += kind.probability * probability;
                    }
                }
            }
        }
        let mut rivals: Vec<Rivals> =
            players.iter().zip(&*laws).map(|(bidders, law)| Rivals { count: bidders.count, law }).collect();
        for (p, (bidders, batch)) in players.iter().zip(feedback).enumerate() {
            rivals[p].count -= 1;
            bidders.sale.odds(levels, &rivals, odds);
            rivals[p].count += 1;
            for kind in &bidders.types {
                batch.count[kind.state] += kind.probability;
                let row = batch.payoff.row_mut(kind.state).into_slice().expect("rows are contiguous");
                for (sum, level) in row[1..].iter_mut().zip(&kind.level) {
                    if let Some(level) = *level {
                        let payment = bidders.sale.slots * odds.payment[level];
                        *sum += kind.probability * (kind.prize * odds.win[level] - payment);
                    }
                }
            }
        }
    }

    /// Sum of the settings that a member of player `p` offers, and the probability that it makes an offer.
    pub fn offered(&self, p: usize, policy: &Policy) -> (f64, f64) {
        let bidders = &self.players[p];
        let (mut sum, mut made) = (0.0, 0.0);
        for kind in &bidders.types {
            for (setting, probability) in bidders.settings.iter().zip(&policy.row(kind.state)[1..]) {
                sum += kind.probability * probability * setting;
                made += kind.probability * probability;
            }
        }
        (sum, made)
    }
}

/// Weights of the atoms of a class's value, in ascending order of value; `None` where it has other values.
fn atoms(setting: &Setting, class: usize) -> Option<Vec<f64>> {
    let atoms = setting.classes[class].traits.value.as_ref()?.atoms();
    (!atoms.is_empty()).then(|| atoms.into_iter().map(|(_, weight)| weight).collect())
}

#[cfg(test)]
#[path = "finite/tests.rs"]
mod tests;

//! An epoch lived otherwise: what a candidate earns if it behaves like this in one epoch and as usual from the next on.

use super::conduct::{Behaviour, Conduct};
use super::ledger::Imbalance;
use super::market::{Detail, Game, Market, Round};
use crate::mechanism::Mechanism;

/// What trials are played with.
pub struct Trial<'t, 'g, M: Mechanism> {
    game: &'t Game<'g, M>,
    choose: &'t dyn Fn(u32, usize, usize, f64) -> usize,
    behaviour: &'t Behaviour,
    round: Round<M>,
}

/// What came of an epoch and of those after it.
pub struct Played<M: Mechanism> {
    /// Discounted income, net of legal penalties and of the capital cost of what is locked and has no other use.
    pub income: f64,
    /// Acts in the epoch.
    pub acts: u32,
    /// The market after it.
    pub market: Market<M>,
}

impl<'t, 'g, M: Mechanism> Trial<'t, 'g, M> {
    /// Trials among people who behave like this, and whose offers are chosen by `choose` (column for epoch, player, state and
    /// uniform draw).
    pub fn new(
        game: &'t Game<'g, M>,
        choose: &'t dyn Fn(u32, usize, usize, f64) -> usize,
        behaviour: &'t Behaviour,
    ) -> Self {
        Trial { game, choose, behaviour, round: Round::new(game) }
    }

    /// Plays an epoch.
    ///
    /// # Errors
    /// [`Imbalance`] if the market's books do not balance.
    pub fn step(&mut self, market: &mut Market<M>) -> Result<(), Imbalance> {
        let epoch = market.epoch;
        market.choose(self.game, |p, state, u| (self.choose)(epoch, p, state, u), &mut self.round);
        market.decide(self.game, &mut self.round, Detail::Slots)
    }

    /// Plays an epoch in which candidate `i` behaves like this and nobody is found guilty, and goes on as usual for as long as a target
    /// that has arrived may be under way. With `willing` everybody else who sells for some price that is learned asks no more than
    /// that over what including earns in that epoch.
    ///
    /// # Errors
    /// [`Imbalance`] if the market's books do not balance.
    pub fn played(
        &mut self,
        before: &Market<M>,
        i: usize,
        conduct: Conduct,
        willing: Option<f64>,
    ) -> Result<Played<M>, Imbalance> {
        let mut market = before.clone();
        if let Some(markup) = willing {
            market.behave(&self.all_willing(markup));
        }
        market.behave_as(i, conduct);
        market.spare(true);
        self.step(&mut market)?;
        market.behave(self.behaviour);
        market.spare(false);
        let acts = market.docket().map_or(0, |docket| docket.acts[i]);
        let after = market.clone();
        let rate = self.game.terms.capital_rate[i];
        let discount = self.game.setting.sequencers[i].traits.discount;
        let (mut income, mut weight, mut wealth) = (0.0, 1.0, before.ledger.wealth(i));
        for t in 0..=self.under_way() {
            if t > 0 {
                self.step(&mut market)?;
            }
            let now = market.ledger.wealth(i);
            income += weight * (now - wealth - rate * market.ledger.tied(i) - market.penalties(i));
            wealth = now;
            weight *= discount;
        }
        Ok(Played { income, acts, market: after })
    }

    /// Everybody's behaviour, but that nobody who has learned what to ask asks more than this over what including earns.
    fn all_willing(&self, markup: f64) -> Behaviour {
        let mut behaviour = self.behaviour.clone();
        for (conduct, sequencer) in behaviour.conduct.iter_mut().zip(&self.game.setting.sequencers) {
            if self.game.setting.classes[sequencer.class].conduct.learns_bribes() {
                conduct.markup = conduct.markup.min(markup);
            }
        }
        behaviour
    }

    /// Epochs for which a target that has arrived may be under way.
    fn under_way(&self) -> u32 {
        let targets = self.game.setting.world.tempting().and_then(|rollup| rollup.targets);
        targets.map_or(0, |targets| targets.window.div_ceil(self.game.terms.epoch_slots))
    }
}

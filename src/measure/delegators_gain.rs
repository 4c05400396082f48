//! What delegators leave on the table: the certificate of their role.
//!
//! In the markets of the certificate let `y_i` be what a unit of stake behind candidate `i` got in an epoch, in ETH an
//! epoch for the whole stake, `y_0` the outside option, and `s_i` the shares of a group's stake. A small member of the group
//! moves nothing alone. Its deviations are to back one candidate (or nobody) always, and, where it may reconsider in
//! every epoch, to back whoever pays best in each; what it would gain is
//!
//! ```text
//! g_j = E[y_j − Σ_i s_i y_i]        g_best = E[max_i y_i − Σ_i s_i y_i]
//! ```
//!
//! estimated and bounded as gains of sequencers are. Payouts are known only after the choice where seats are drawn and
//! service is uncertain, so `g_best` can overstate what could be had: a bound all the same. With inertia the best of each
//! epoch cannot be followed, and is not tried.
//!
//! **Tastes.** Logit choice is the choice of people who maximize `y_i/μ` plus a taste of their own (McFadden 1974; Anderson,
//! de Palma and Thisse 1992, chapter 2). Read so, it is optimal for everyone, and the money forgone, about `μ` times
//! the logarithm of the number of candidates where all pay alike, buys what people like better: it is reported, and
//! does not count against the certificate. Under every other rule nothing but money can justify a choice, so that the
//! bound has to be within the tolerance, too.

use super::certificate::{CONFIDENCE_MISSED, FEWEST_MARKETS};
use super::gains::Gains;
use super::student::critical_value;
use crate::learning::population::Revision;
use crate::mechanism::{Mechanism, Payout};
use crate::play::market::{Game, Market, Round};

/// Money that a member of the group that forgoes most would gain, in ETH an epoch for the whole stake.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DelegatorsGain {
    /// Sample-split estimate (a lower bound in expectation).
    pub estimate: f64,
    /// Simultaneous 95% upper bound.
    pub upper: f64,
    /// Upper bound over the groups whose choice tastes do not justify; 0 where there is none.
    pub unjustified: f64,
    /// Whether there were markets enough.
    pub conclusive: bool,
}

/// Sums over markets, group by group.
#[derive(Debug)]
pub struct Forgone {
    groups: Vec<Gains>,
    payouts: Vec<Payout>,
    row: Vec<f64>,
}

impl Forgone {
    /// Nothing yet.
    pub fn new<M: Mechanism>(game: &Game<M>) -> Self {
        // Every candidate, nobody, and whoever pays best.
        let deviations = game.setting.candidates() + 2;
        let groups = game.setting.delegators.iter().map(|_| Gains::new(1, deviations)).collect();
        Forgone { groups, payouts: Vec::new(), row: Vec::new() }
    }

    /// Adds an epoch that has just been decided.
    pub fn note<M: Mechanism>(&mut self, game: &Game<M>, market: &Market<M>, round: &Round<M>) {
        if self.groups.is_empty() {
            return;
        }
        let at = market.moment(game, round);
        game.rule.delegated_payouts(
            &market.state,
            &at,
            &round.offers,
            &round.selection,
            &market.service,
            &mut self.payouts,
        );
        if self.payouts.is_empty() {
            return;
        }
        let options = game.setting.candidates() + 1;
        for ((own, group), payouts) in
            self.groups.iter_mut().zip(&game.setting.delegators).zip(self.payouts.chunks(options))
        {
            let play: f64 = payouts.iter().map(|p| p.share * p.payout.unwrap_or(0.0)).sum();
            let best = payouts.iter().filter_map(|p| p.payout).fold(f64::NEG_INFINITY, f64::max);
            self.row.clear();
            // What is not there cannot be chosen: as play.
            self.row.extend(payouts.iter().map(|p| p.payout.unwrap_or(play)));
            self.row.push(if group.inertia == 0.0 && best.is_finite() { best } else { play });
            own.add(0, 1.0, &self.row, play);
        }
    }

    /// Closes a market in which `epochs` were noted.
    pub fn close(&mut self, market: u32, epochs: u32) {
        for own in &mut self.groups {
            own.close(market, 1.0 / f64::from(epochs));
        }
    }

    /// The gain from `markets` markets; `None` where nobody delegates.
    pub fn gain<M: Mechanism>(&self, game: &Game<M>, markets: u32) -> Option<DelegatorsGain> {
        if self.groups.is_empty() || self.payouts.is_empty() {
            return None;
        }
        let cells: usize = self.groups.iter().map(Gains::cells).sum();
        let total = f64::from(markets);
        let z = critical_value(1.0 - 2.0 * CONFIDENCE_MISSED / cells as f64, total - 1.0);
        let (even, odd) = (f64::from(markets.div_ceil(2)), f64::from(markets / 2));
        let split = |choose: usize, judge: usize, judged: f64| {
            let gain = |g: usize| self.groups[g].picked(choose);
            let most = (0..self.groups.len()).fold(0, |best, g| if gain(g) > gain(best) { g } else { best });
            self.groups[most].split(choose, judge, judged)
        };
        let upper = |counts: &dyn Fn(Revision) -> bool| {
            let counted = self.groups.iter().zip(&game.setting.delegators).filter(|(_, g)| counts(g.rule));
            counted.map(|(own, _)| own.upper(z, total)).fold(0.0_f64, f64::max)
        };
        Some(DelegatorsGain {
            estimate: 0.5 * (split(0, 1, odd) + split(1, 0, even)),
            upper: upper(&|_| true),
            unjustified: upper(&|rule| rule != Revision::Logit),
            conclusive: self.groups.iter().all(|own| own.covered(FEWEST_MARKETS)),
        })
    }
}

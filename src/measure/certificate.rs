//! The certificate: how much the best unilateral deviation would gain.
//!
//! Fresh markets are played with frozen policies. For every player, state `b` and deviation `a` the *contribution*
//! `g_{b,a} = E[1{state = b}·(u(a) − Σ_a' π(a'|b) u(a'))]` is what a member gains per epoch by playing `a` whenever its
//! state is `b`, rivals of the same stage fixed, later movers reacting, on the same draws as play itself. A deviation
//! picks one setting for each state, so the best one gains `Σ_b max_a g_{b,a}`. Markets are the independent
//! observations (epochs of a market depend on each other).
//!
//! * The **split estimate** picks player and settings on one half of the markets and measures them on the other, both ways
//!   round: unbiased for the deviations picked, hence in expectation a lower bound of the best.
//! * The **upper bound** holds at once, with 95% confidence, for every player and every deviation on the grid. With the t
//!   statistics of all (player, state, deviation) below the Student quantile `z` by Bonferroni, it is `Σ_b max_a (g + z·se)`.
//!   It rests on means over markets being about normal, and cannot see what happens in fewer than one market in hundreds.
//!
//! **Players.** Under self-play a player is a class, whose members share a policy, and the deviator is one member. Under
//! `independent` every candidate is its own player with its own policy: the policies of one replicate are then a given
//! profile, and the markets of the certificate are fresh draws of the game that this profile is played in, not further
//! replicates of learning. What is certified is that profile. Where learners remember offers, states of the market
//! matter that these policies do not have; see [`Method::Exact`].
//!
//! **How payoffs are found** ([`Method`]). Where the rule's feedback is about the very game that is played, its shortcut
//! is used; where the rule remembers, the later value of a unit of stock is summed along the path that play really takes:
//! each market is played twice on the same draws, first to record incomes per unit of stock, then to measure
//! deviations. Elsewhere (seats that single delegators fill, votes that dilute what is paid on them, delegators who
//! imitate) every deviation is [replayed](super::replay) through the real market. A replay also tries deviations that last.
//!
//! Deviations are limited to the policies on the grid: one setting of the menu for each state. What delegators could gain is
//! [measured beside](super::delegators_gain).

use super::delegators_gain::{DelegatorsGain, Forgone};
use super::gains::Gains;
use super::replay;
use crate::agent::Setting;
use crate::learning::policy::Policy;
use crate::measure::student::critical_value;
use crate::mechanism::Mechanism;
use crate::mechanism::starting::most_saved_later;
use crate::numerics::pow;
use crate::play::horizon;
use crate::play::ledger::Imbalance;
use crate::play::market::{Detail, Game, Market, Round};
use crate::play::schedule::{Phase, Schedule, market_key};

/// How the payoffs of deviations were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// By the rule's own counterfactual payoffs, on sampled markets.
    Shortcut,
    /// By playing each deviation through sampled markets.
    Replay,
    /// By solving for the discounted best response to frozen rivals: no sampling, so that estimate and bound are one
    /// number.
    Exact,
}

/// Distance from equilibrium, in ETH per epoch for one member of the class that gains most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Certificate {
    /// Sample-split estimate (a lower bound in expectation).
    pub estimate: f64,
    /// Simultaneous 95% upper bound.
    pub upper: f64,
    /// Whether every state came up in markets enough for its standard errors to mean something, deviations were tried in the
    /// very game that is played, and what is played was no passing state of learning. Nothing is certified otherwise.
    pub conclusive: bool,
    /// How payoffs were found.
    pub method: Method,
    /// The player whose best deviation gains most, and its estimate in ETH per epoch.
    pub gainer: Option<(usize, f64)>,
    /// What delegators forgo, where there are some.
    pub delegators: Option<DelegatorsGain>,
}

impl Certificate {
    /// Of gains by player that are known exactly.
    pub fn exact(gains: impl IntoIterator<Item = (usize, f64)>) -> Self {
        let gainer = gains.into_iter().max_by(|a, b| a.1.total_cmp(&b.1));
        let gain = gainer.map_or(0.0, |(_, gain)| gain.max(0.0));
        Certificate {
            estimate: gain,
            upper: gain,
            conclusive: true,
            method: Method::Exact,
            gainer,
            delegators: None,
        }
    }

    /// Whether nobody could gain more than `tolerance` ETH an epoch.
    pub fn holds(&self, tolerance: f64) -> bool {
        let delegators = self.delegators.is_none_or(|d| d.conclusive && d.unjustified <= tolerance);
        self.conclusive && self.upper <= tolerance && delegators
    }

    /// From the contributions of all players in `markets` markets; `later` bounds what a deviation earns besides, after it.
    pub(super) fn from_gains(
        gains: &[Gains],
        markets: u32,
        method: Method,
        is_the_game: bool,
        later: f64,
    ) -> Self {
        let cells: usize = gains.iter().map(Gains::cells).sum();
        let total = f64::from(markets);
        let z = critical_value(1.0 - 2.0 * CONFIDENCE_MISSED / cells as f64, total - 1.0);
        let (even, odd) = (f64::from(markets.div_ceil(2)), f64::from(markets / 2));
        // The player, too, is picked on one half and judged on the other.
        let split = |choose: usize, judge: usize, judged: f64| {
            let player = (0..gains.len()).fold(0, |best, p| {
                let gain = |p: usize| gains[p].picked(choose);
                if gain(p) > gain(best) { p } else { best }
            });
            gains[player].split(choose, judge, judged)
        };
        let own = |own: &Gains| 0.5 * (own.split(0, 1, odd) + own.split(1, 0, even));
        Certificate {
            gainer: gains.iter().map(own).enumerate().max_by(|a, b| a.1.total_cmp(&b.1)),
            estimate: 0.5 * (split(0, 1, odd) + split(1, 0, even)),
            upper: gains.iter().map(|s| s.upper(z, total)).fold(0.0_f64, f64::max) + later,
            conclusive: is_the_game && gains.iter().all(|s| s.covered(FEWEST_MARKETS)),
            method,
            delegators: None,
        }
    }
}

/// Probability with which some bound fails.
pub(super) const CONFIDENCE_MISSED: f64 = 0.05;

/// Fewest markets in which a state must come up.
pub(super) const FEWEST_MARKETS: u32 = 8;

/// Measures the distance from equilibrium of frozen policies; `None` where nobody has a lever.
///
/// # Errors
/// [`Imbalance`] if some market's books do not balance.
pub fn certify<M: Mechanism>(
    game: &Game<M>,
    policies: &[Policy],
    schedule: &Schedule,
    markets: u32,
    epochs: u32,
    seed: u64,
    replicate: u32,
) -> Result<Option<Certificate>, Imbalance> {
    if game.rule.lever().is_none() {
        return Ok(None);
    }
    let after = most_saved_later(game.setting);
    // Effects that are cut off make for another game than the one that is played.
    let is_whole =
        horizon::follows(schedule.horizon, horizon::lasting(game.rule.memory(game.setting), game.setting));
    if !game.rule.certifiable(game.setting)
        && let Some(markets) = replay::affordable(game, schedule, markets)
    {
        let gains = replay::gains(game, policies, schedule, markets, seed, replicate)?;
        let certificate = Certificate::from_gains(&gains.players, markets, Method::Replay, is_whole, after);
        return Ok(Some(Certificate { delegators: gains.delegators, ..certificate }));
    }
    let n = game.setting.candidates();
    let players = &game.seats.players;
    let mut gains: Vec<Gains> =
        players.iter().map(|p| Gains::new(p.bins.count(), p.menu.columns())).collect();
    let mut forgone = Forgone::new(game);
    let mut round = Round::new(game);
    let persistence = game.rule.persistence(game.setting);
    let stocks = persistence.len();
    let slowest = persistence.iter().fold(0.0_f64, |a, &b| a.max(b));
    let warm = schedule.burn_in;
    let reach = if stocks == 0 { 0 } else { schedule.horizon.unwrap_or_else(|| horizon::epochs(slowest)) };
    let span = Span { warm, tried: epochs, reach };
    let mut margins = vec![0.0; n];
    let mut later = vec![0.0; stocks * n * epochs as usize];
    for m in 0..markets {
        let key = market_key(seed, replicate, Phase::Certify, m);
        if reach > 0 {
            later.fill(0.0);
            let mut market = Market::expected(game, key);
            for epoch in 0..warm + epochs + reach {
                market.offer(game, |p| &policies[p], &mut round);
                market.margins(game, &round, &mut margins);
                market.decide(game, &mut round, Detail::Fluid)?;
                span.add_later(game.setting, &persistence, &margins, epoch, &mut later);
            }
        }
        let mut market = Market::expected(game, key);
        for epoch in 0..warm + epochs {
            market.offer(game, |p| &policies[p], &mut round);
            if epoch >= warm {
                if reach > 0 {
                    let row = (epoch - warm) as usize * stocks * n;
                    round.continuation.copy_from_slice(&later[row..row + stocks * n]);
                }
                market.prepare(game, &mut round);
                for i in 0..n {
                    let p = game.seats.player[i];
                    let own = &mut gains[p];
                    market.feedback(game, i, &mut round, |state, weight, payoffs| {
                        own.add(state, weight, payoffs, policies[p].expected(state, payoffs));
                    });
                }
            }
            market.decide(game, &mut round, Detail::Fluid)?;
            if epoch >= warm {
                forgone.note(game, &market, &round);
            }
        }
        forgone.close(m, epochs);
        for (own, player) in gains.iter_mut().zip(players) {
            own.close(m, 1.0 / (f64::from(epochs) * player.members.len() as f64));
        }
    }
    let is_the_game = is_whole && game.rule.certifiable(game.setting);
    let certificate = Certificate::from_gains(&gains, markets, Method::Shortcut, is_the_game, after);
    Ok(Some(Certificate { delegators: forgone.gain(game, markets), ..certificate }))
}

/// The epochs of a certified market: first those in which it forgets how it opened, then those in which deviations are
/// tried, then those over which their effects are followed.
#[derive(Clone, Copy, Debug)]
struct Span {
    warm: u32,
    tried: u32,
    reach: u32,
}

impl Span {
    /// Adds the incomes per unit of stock of `epoch` to the continuation values of the epochs before it, within reach:
    /// `later` has shape (epochs tried, stocks, candidates).
    fn add_later(
        self,
        setting: &Setting,
        persistence: &[f64],
        margins: &[f64],
        epoch: u32,
        later: &mut [f64],
    ) {
        let n = margins.len();
        let first = epoch.saturating_sub(self.reach).max(self.warm);
        let last = epoch.min(self.warm + self.tried);
        for (stock, rho) in persistence.iter().enumerate() {
            for (i, margin) in margins.iter().enumerate() {
                let fade = rho * setting.sequencers[i].traits.discount;
                let mut weight = pow(fade, f64::from(epoch - last));
                for earlier in (first..last).rev() {
                    weight *= fade;
                    let row = (earlier - self.warm) as usize * persistence.len() + stock;
                    later[row * n + i] += weight * margin;
                }
            }
        }
    }
}

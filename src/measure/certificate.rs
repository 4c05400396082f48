//! The certificate: how much the best unilateral deviation would gain.
//!
//! Fresh markets are played with frozen policies. For every class, state `b` and setting `a` the *contribution*
//! `g_{b,a} = E[1{state = b}·(u(a) − Σ_a' π(a'|b) u(a'))]` is what a member gains per epoch by playing `a` whenever its
//! state is `b`, rivals of the same stage fixed, later movers reacting, on the same draws as play itself. A deviation
//! picks one setting for each state, so the best one gains `Σ_b max_a g_{b,a}`. Markets are the independent
//! observations (epochs of a market depend on each other).
//!
//! * The **split estimate** picks class and settings on one half of the markets and measures them on the other, both ways
//!   round: unbiased for the deviations picked, hence in expectation a lower bound of the best.
//! * The **upper bound** holds at once, with 95% confidence, for every class and every deviation on the grid. With the t
//!   statistics of all (class, state, setting) below the Student quantile `z` by Bonferroni, it is `Σ_b max_a (g + z·se)`.
//!
//! Where the rule remembers, the later value of a unit of stock is summed along the path that play really takes: each
//! market is played twice on the same draws, first to record incomes per unit of stock, then to measure deviations.
//!
//! Deviations are limited to the policies on the grid: one setting of the menu for each state.

use crate::agent::Setting;
use crate::learning::policy::Policy;
use crate::measure::student::critical_value;
use crate::mechanism::Mechanism;
use crate::numerics::pow;
use crate::play::horizon;
use crate::play::ledger::Imbalance;
use crate::play::market::{Detail, Game, Market, Round};
use crate::play::schedule::{Phase, Schedule, market_key};

/// Distance from equilibrium, in ETH per epoch for one member of the class that gains most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Certificate {
    /// Sample-split estimate (a lower bound in expectation).
    pub estimate: f64,
    /// Simultaneous 95% upper bound.
    pub upper: f64,
    /// Whether every state came up in markets enough for its standard errors to mean something, and feedback is about
    /// the very game that is played. Nothing is certified otherwise.
    pub conclusive: bool,
}

/// Fewest markets in which a state must come up.
const FEWEST_MARKETS: u32 = 8;

/// Sums over markets of one player's contributions.
#[derive(Clone, Debug)]
struct Sums {
    settings: usize,
    states: usize,
    /// Of the market at hand: shape (states, settings).
    market: Vec<f64>,
    /// Over even and odd markets.
    half: [Vec<f64>; 2],
    square: Vec<f64>,
    /// Whether the market at hand came upon a state, and how many markets did.
    seen: Vec<bool>,
    markets: Vec<u32>,
}

impl Sums {
    fn new(states: usize, settings: usize) -> Self {
        let zeros = || vec![0.0; states * settings];
        let (seen, markets) = (vec![false; states], vec![0; states]);
        Sums { settings, states, market: zeros(), half: [zeros(), zeros()], square: zeros(), seen, markets }
    }

    fn close(&mut self, market: u32, scale: f64) {
        let half = &mut self.half[(market % 2) as usize];
        for ((sum, square), x) in half.iter_mut().zip(&mut self.square).zip(&mut self.market) {
            let mean = *x * scale;
            *sum += mean;
            *square += mean * mean;
            *x = 0.0;
        }
        for (markets, seen) in self.markets.iter_mut().zip(&mut self.seen) {
            *markets += u32::from(std::mem::take(seen));
        }
    }

    /// What the best deviation gains on one half, in the sample that picks it.
    fn picked(&self, choose: usize) -> f64 {
        let best = |row: &[f64]| row.iter().fold(0.0_f64, |a, &b| a.max(b));
        self.half[choose].chunks(self.settings).map(best).sum()
    }

    /// Gain of the deviation that is best on one half, measured on the other.
    fn split(&self, choose: usize, judge: usize, markets: f64) -> f64 {
        (0..self.states)
            .map(|state| {
                let row = state * self.settings..(state + 1) * self.settings;
                let chosen = &self.half[choose][row.clone()];
                let best =
                    (0..self.settings).fold(0, |best, a| if chosen[a] > chosen[best] { a } else { best });
                // The state's own play is always available, at no gain.
                if chosen[best] > 0.0 { self.half[judge][row][best] / markets } else { 0.0 }
            })
            .sum()
    }

    /// `Σ_b max_a (g + z·se)`, own play included.
    fn upper(&self, z: f64, markets: f64) -> f64 {
        (0..self.states)
            .map(|state| {
                (state * self.settings..(state + 1) * self.settings)
                    .map(|cell| {
                        let mean = (self.half[0][cell] + self.half[1][cell]) / markets;
                        let variance = (self.square[cell] / markets - mean * mean).max(0.0) / (markets - 1.0);
                        mean + z * variance.sqrt()
                    })
                    .fold(0.0_f64, f64::max)
            })
            .sum()
    }
}

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
    let n = game.setting.candidates();
    let players = &game.seats.players;
    let mut sums: Vec<Sums> = players.iter().map(|p| Sums::new(p.bins.count(), p.menu.columns())).collect();
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
                    let Sums { market: sums, seen, .. } = &mut sums[p];
                    market.feedback(game, i, &mut round, |state, weight, payoffs| {
                        seen[state] = true;
                        let play = policies[p].expected(state, payoffs);
                        let row = &mut sums[state * payoffs.len()..(state + 1) * payoffs.len()];
                        for (sum, payoff) in row.iter_mut().zip(payoffs) {
                            *sum += weight * (payoff - play);
                        }
                    });
                }
            }
            market.decide(game, &mut round, Detail::Fluid)?;
        }
        for (sum, player) in sums.iter_mut().zip(players) {
            sum.close(m, 1.0 / (f64::from(epochs) * player.members.len() as f64));
        }
    }
    let cells: usize = sums.iter().map(|s| s.states * s.settings).sum();
    let total = f64::from(markets);
    let z = critical_value(1.0 - 2.0 * 0.05 / cells as f64, total - 1.0);
    let (even, odd) = (f64::from(markets.div_ceil(2)), f64::from(markets / 2));
    // The class, too, is picked on one half and judged on the other.
    let split = |choose: usize, judge: usize, judged: f64| {
        let class = (0..sums.len()).fold(0, |best, p| {
            let gain = |p: usize| sums[p].picked(choose);
            if gain(p) > gain(best) { p } else { best }
        });
        sums[class].split(choose, judge, judged)
    };
    let estimate = 0.5 * (split(0, 1, odd) + split(1, 0, even));
    let upper = sums.iter().map(|s| s.upper(z, total)).fold(0.0_f64, f64::max);
    let covered = sums.iter().all(|s| s.markets.iter().all(|&seen| seen >= FEWEST_MARKETS));
    let conclusive = covered && game.rule.certifiable(game.setting);
    Ok(Some(Certificate { estimate, upper, conclusive }))
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

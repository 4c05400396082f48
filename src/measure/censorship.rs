//! How long targeted transactions waited, and what it would have cost to keep them out.
//!
//! The cost of keeping a target out for `d` slots is found among *tailored* attempts, which pay each includer what it asks
//! as long as that is no more than a cap (see [`crate::play::censorship::attempt`]): the least expected payment of an
//! attempt that succeeds with probability .95, over the caps that tell includers apart. Payments of attempts that fail
//! count. Conduct is frozen; every target that closes in a measured epoch is tried.
//!
//! Source: Fox, Pai and Resnick (2023, arXiv 2301.13321), section 2: the censorship resistance of a mechanism is the least
//! cost of keeping a transaction out as a function of its tip.

use crate::mechanism::Mechanism;
use crate::play::censorship::Docket;
use crate::play::censorship::attempt::{Attempt, Offer};
use crate::play::market::{Game, Market};

/// Probability with which an attempt has to succeed.
const SUCCESS: f64 = 0.95;

/// Most windows on the curve.
const MOST_WINDOWS: u32 = 32;

/// Sums over the targets of measured epochs.
#[derive(Clone, Debug, Default)]
pub struct Censorship {
    targets: f64,
    waited: f64,
    kept_out: f64,
    /// Windows of the curve, and the largest price of each attempt.
    windows: Vec<u32>,
    caps: Vec<f64>,
    /// By window and cap: successes, and payments.
    successes: Vec<f64>,
    payments: Vec<f64>,
    /// Targets out longer than so many slots, for slots up to the window.
    longer: Vec<f64>,
}

impl Censorship {
    /// Adds the targets that closed in the epoch that a market has just played.
    pub fn epoch<M: Mechanism>(&mut self, game: &Game<M>, market: &Market<M>) {
        let Some(docket) = market.docket() else { return };
        let Some(targets) = game.setting.world.tempting().and_then(|rollup| rollup.targets) else { return };
        if self.windows.is_empty() {
            self.open(docket, targets.window);
        }
        let public = game.terms.oversight.public;
        for closed in &docket.closed {
            self.targets += 1.0;
            self.waited += f64::from(closed.wait);
            self.kept_out += f64::from(u8::from(closed.kept_out));
            for (slots, longer) in self.longer.iter_mut().enumerate() {
                *longer += f64::from(u8::from(closed.wait as usize > slots));
            }
            for (w, &window) in self.windows.iter().enumerate().filter(|(_, w)| **w <= targets.forced) {
                for (c, &cap) in self.caps.iter().enumerate() {
                    let attempt =
                        Attempt { window, public, offer: Offer::Tailored(cap), value: f64::INFINITY };
                    let (success, paid) = attempt.outcome(&closed.encounters, &closed.foreseen);
                    self.successes[w * self.caps.len() + c] += f64::from(u8::from(success));
                    self.payments[w * self.caps.len() + c] += paid;
                }
            }
        }
    }

    fn open(&mut self, docket: &Docket, window: u32) {
        let points = window.min(MOST_WINDOWS);
        self.windows = (1..=points)
            .map(|j| (u64::from(j) * u64::from(window)).div_ceil(u64::from(points)) as u32)
            .collect();
        self.caps = docket.prices();
        self.successes = vec![0.0; self.windows.len() * self.caps.len()];
        self.payments = self.successes.clone();
        self.longer = vec![0.0; window as usize + 1];
    }

    /// Mean wait of a target in slots, that of its arrival counted.
    pub fn delay(&self) -> Option<f64> {
        (self.targets > 0.0).then(|| self.waited / self.targets)
    }

    /// Share of targets that stayed out for the whole window.
    pub fn censored(&self) -> Option<f64> {
        (self.targets > 0.0).then(|| self.kept_out / self.targets)
    }

    /// Cost of keeping a target out for the whole window; `None` where L1 comes first, or no price does it.
    pub fn cost(&self) -> Option<f64> {
        self.cost_of(self.windows.len().checked_sub(1)?)
    }

    /// Least expected payment for the `w`-th window.
    fn cost_of(&self, w: usize) -> Option<f64> {
        let row = w * self.caps.len()..(w + 1) * self.caps.len();
        let enough = |cell: &usize| self.targets > 0.0 && self.successes[*cell] >= SUCCESS * self.targets;
        row.filter(enough).map(|cell| self.payments[cell] / self.targets).min_by(f64::total_cmp)
    }

    /// Points (slots kept out, cost in ETH); those that no price reaches are left out.
    pub fn curve(&self) -> Vec<(f64, f64)> {
        let point = |w: usize| Some((f64::from(self.windows[w]), self.cost_of(w)?));
        (0..self.windows.len()).filter_map(point).collect()
    }

    /// Points (slots, share of targets that waited longer), up to the window.
    pub fn waits(&self) -> Vec<(f64, f64)> {
        if self.targets == 0.0 {
            return Vec::new();
        }
        self.longer.iter().enumerate().map(|(slots, sum)| (slots as f64, sum / self.targets)).collect()
    }
}

//! How long targeted transactions waited, and what it would have cost to keep them out.
//!
//! The cost of keeping a target out for `d` slots is found among *tailored* attempts, which pay each includer what it asks
//! as long as that is no more than a cap (see [`crate::play::censorship::attempt`]): the least expected payment of an
//! attempt that succeeds with probability .95, over the caps that tell includers apart. Payments of attempts that fail
//! count. Conduct is frozen; every target that closes in a measured epoch is tried.
//!
//! The *price* of keeping it out is the least that does so if everybody who could include is offered the same, which is how a
//! [briber](crate::agent::briber) offers: one who can pay each what it asks pays less where they ask different things.
//!
//! What the briber *forgoes* is what the best posted price would bring it more than those that it posts. Nobody asks anything
//! between two prices that are asked next to each other, so that the best is one of them, or nothing. It is chosen on every other
//! epoch and estimated on those between, both ways round: what was good by chance in one half is not in the other.
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
    /// By half of epochs: what the briber's prices bring in expectation, what nothing would, and by cap what that price would.
    halves: [Brought; 2],
    epochs: usize,
    /// Targets out longer than so many slots, for slots up to the window.
    longer: Vec<f64>,
}

/// What prices bring the briber, in ETH over some epochs.
#[derive(Clone, Debug, Default)]
struct Brought {
    played: f64,
    nothing: f64,
    posted: Vec<f64>,
}

impl Brought {
    /// By option: to offer nothing, or each price.
    fn options(&self) -> impl Iterator<Item = f64> + '_ {
        std::iter::once(self.nothing).chain(self.posted.iter().copied())
    }

    /// What the option brings here that is best over `other` epochs, more than what is played.
    fn forgone(&self, other: &Brought) -> f64 {
        let best = other.options().zip(self.options()).reduce(|a, b| if b.0 > a.0 { b } else { a });
        best.map_or(0.0, |(_, here)| here - self.played)
    }
}

impl Censorship {
    /// Adds the targets that closed in the epoch that a market has just played.
    pub fn epoch<M: Mechanism>(&mut self, game: &Game<M>, market: &Market<M>) {
        let Some(docket) = market.docket() else { return };
        let Some(targets) = game.setting.world.tempting().and_then(|rollup| rollup.targets) else { return };
        if self.windows.is_empty() {
            self.open(docket, targets.window);
        }
        if let Some(briber) = game.setting.briber.as_ref().filter(|_| targets.can_stay_out()) {
            let of = |price: Option<f64>| docket.brought(&targets, game.terms, price);
            let half = &mut self.halves[self.epochs % 2];
            half.posted.resize(self.caps.len(), 0.0);
            half.nothing += of(None);
            for (sum, &cap) in half.posted.iter_mut().zip(&self.caps) {
                *sum += of(Some(cap));
            }
            let chances = docket.behaviour.price.row(0).iter().enumerate();
            half.played += chances
                .filter(|(_, chance)| **chance > 0.0)
                .map(|(column, chance)| chance * of(briber.price(column, &targets)))
                .sum::<f64>();
            self.epochs += 1;
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

    /// Price of keeping a target out for the whole window; `None` where L1 comes first, or no price does it.
    pub fn price(&self) -> Option<f64> {
        let w = self.windows.len().checked_sub(1)?;
        let enough = |c: &usize| {
            self.targets > 0.0 && self.successes[w * self.caps.len() + c] >= SUCCESS * self.targets
        };
        (0..self.caps.len()).find(enough).map(|c| self.caps[c])
    }

    /// What the briber's prices bring it, in ETH, in expectation over its draws; `None` where there is no briber, or no target.
    pub fn brought(&self) -> Option<f64> {
        let any = self.epochs > 0 && self.targets > 0.0;
        any.then(|| self.halves.iter().map(|half| half.played).sum())
    }

    /// What the best price would bring it more, in ETH.
    pub fn forgone(&self) -> Option<f64> {
        let [a, b] = &self.halves;
        (self.epochs > 1 && self.targets > 0.0).then(|| a.forgone(b) + b.forgone(a))
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

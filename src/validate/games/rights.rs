//! Identical rights for bidders who know each other's values.

use super::super::Luck;
use super::stage::Stage;

/// Who pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Winners pay their bids.
    FirstPrice,
    /// Everybody does.
    AllPay,
}

/// The sale of `units` rights, one to a bidder.
#[derive(Clone, Debug, PartialEq)]
pub struct Rights {
    /// Value of a right to each bidder, the highest first.
    pub values: Vec<f64>,
    /// Number of rights, fewer than bidders.
    pub units: usize,
    /// Who pays.
    pub format: Format,
}

impl Rights {
    /// Probability that a bid wins against rivals' bids in falling order, ties drawn by lot.
    fn wins(&self, bid: f64, rivals: &[f64]) -> f64 {
        let above = rivals.iter().filter(|b| **b > bid).count();
        let tied = rivals.iter().filter(|b| **b == bid).count();
        if above >= self.units { 0.0 } else { ((self.units - above) as f64 / (tied + 1) as f64).min(1.0) }
    }
}

impl Stage for Rights {
    fn classes(&self) -> Vec<usize> {
        let mut class = 0;
        (0..self.values.len())
            .map(|i| {
                class += usize::from(i > 0 && self.values[i] != self.values[i - 1]);
                class
            })
            .collect()
    }

    fn payoffs(&self, player: usize, actions: &[f64], _: &mut Luck, settings: &[f64], out: &mut [f64]) {
        let rivals: Vec<f64> =
            actions.iter().enumerate().filter(|(i, _)| *i != player).map(|(_, b)| *b).collect();
        for (payoff, &bid) in out.iter_mut().zip(settings) {
            let win = self.wins(bid, &rivals);
            *payoff = match self.format {
                Format::FirstPrice => win * (self.values[player] - bid),
                Format::AllPay => win * self.values[player] - bid,
            };
        }
    }

    /// All-pay: everybody's bid, then revenue. First price: revenue, and the share of rights that go to those with the
    /// highest values.
    fn outcome(&self, actions: &[f64]) -> Vec<f64> {
        if self.format == Format::AllPay {
            return actions.iter().copied().chain([actions.iter().sum()]).collect();
        }
        let (mut revenue, mut best) = (0.0, 0.0);
        for (i, &bid) in actions.iter().enumerate() {
            let rivals: Vec<f64> =
                actions.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, b)| *b).collect();
            let win = self.wins(bid, &rivals);
            revenue += win * bid;
            best += if i < self.units { win } else { 0.0 };
        }
        vec![revenue, best / self.units as f64]
    }
}

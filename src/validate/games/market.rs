//! Candidates for delegated stake who all work for their joint profit.

use super::super::Luck;
use super::stage::Stage;
use crate::theory::kickback::Market;

/// A kickback market whose candidates each earn what all earn together: a cartel that needs no discipline.
#[derive(Clone, Debug, PartialEq)]
pub struct JointMarket {
    /// The market.
    pub market: Market,
}

impl Stage for JointMarket {
    fn classes(&self) -> Vec<usize> {
        vec![0; self.market.rents.len()]
    }

    fn payoffs(&self, player: usize, actions: &[f64], _: &mut Luck, settings: &[f64], out: &mut [f64]) {
        let mut xs = actions.to_vec();
        for (payoff, &x) in out.iter_mut().zip(settings) {
            xs[player] = x;
            *payoff = self.outcome(&xs)[1];
        }
    }

    /// Mean kickback, joint profit, outside share.
    fn outcome(&self, actions: &[f64]) -> Vec<f64> {
        let shares = self.market.shares(actions);
        let rents = self.market.rents.iter().zip(actions);
        let profit = shares.iter().zip(rents).map(|(q, (r, x))| q * (r - x)).sum();
        let mean = actions.iter().sum::<f64>() / actions.len() as f64;
        vec![mean, profit, 1.0 - shares.iter().sum::<f64>()]
    }
}

//! What the protocol does to the price of its token.

use super::ledger::Ledger;
use crate::mechanism::token::Token;

/// What the protocol does to the price of its token.
#[derive(Clone, Copy, Debug)]
pub struct TokenPrice {
    /// Price since the market opened at 1.
    pub price: f64,
    /// Factor on it in the epoch at hand, and the one that the last epoch has caused.
    pub(super) now: f64,
    next: f64,
    /// Taken out of the market and issued so far.
    taken: f64,
    issued: f64,
}

impl TokenPrice {
    /// A market that opens.
    pub const OPENING: TokenPrice = TokenPrice { price: 1.0, now: 1.0, next: 1.0, taken: 0.0, issued: 0.0 };

    /// Begins an epoch.
    pub fn turn(&mut self) {
        self.now = std::mem::replace(&mut self.next, 1.0);
    }

    /// Somebody has been found guilty in the epoch.
    pub fn distrust(&mut self, rule: &Token) {
        self.change(1.0 - rule.trust());
    }

    /// Closes an epoch.
    pub fn close(&mut self, rule: &Token, ledger: &Ledger) {
        let [_, _, burned, bought] = ledger.sinks();
        let taken = burned + bought - std::mem::replace(&mut self.taken, burned + bought);
        let issued = ledger.issuance() - std::mem::replace(&mut self.issued, ledger.issuance());
        self.change(rule.factor(taken, issued));
    }

    fn change(&mut self, factor: f64) {
        self.next *= factor;
        self.price *= factor;
    }
}

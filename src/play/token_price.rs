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

    /// Closes an epoch in which so many were found guilty.
    pub fn close(&mut self, rule: &Token, ledger: &Ledger, findings: usize) {
        let [_, _, burned, bought] = ledger.sinks();
        let taken = burned + bought - std::mem::replace(&mut self.taken, burned + bought);
        let issued = ledger.issuance() - std::mem::replace(&mut self.issued, ledger.issuance());
        self.next = rule.factor(taken, issued, findings);
        self.price *= self.next;
    }
}

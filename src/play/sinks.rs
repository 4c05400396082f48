//! The community's four sinks in one market.
//!
//! Everything that the community receives and pays in an epoch is booked on one account; when the epoch closes, what has
//! come in since is passed on to the sinks as [`Redistribution`] says. At any close
//! `treasury + public goods + burned + bought back = community + issued`.

use crate::mechanism::redistribution::{Redistribution, Sink};

/// What the sinks have received, and how far the community's account has been passed on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sinks {
    accounts: [f64; 4],
    community: f64,
    issuance: f64,
    slashed: f64,
}

impl Sinks {
    /// Passes on what has come in since the last time, the books standing at these totals.
    pub fn pass_on(&mut self, rule: &Redistribution, community: f64, issuance: f64, slashed: f64) {
        let fined = slashed - std::mem::replace(&mut self.slashed, slashed);
        let issued = issuance - std::mem::replace(&mut self.issuance, issuance);
        let returned = community - std::mem::replace(&mut self.community, community) + issued - fined;
        self.accounts[rule.slashed as usize] += fined;
        if returned > 0.0 {
            for (account, share) in self.accounts.iter_mut().zip(rule.shares) {
                *account += share * returned;
            }
        } else {
            self.accounts[Sink::Treasury as usize] += returned;
        }
    }

    /// What each sink has received since the market opened, in ETH, in the order of [`Sink::ALL`].
    pub fn accounts(&self) -> [f64; 4] {
        self.accounts
    }
}

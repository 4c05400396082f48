//! Double-entry books of one market.
//!
//! Every payment debits one account and credits another. A bond in escrow is still its owner's: an account says what its
//! owner has, and beside it how much of that is locked. Users, L1, the suppliers of machines and bribers are outside the game;
//! the community, sequencers (their cash and their bonds in escrow) and groups of delegators are inside, and so is what bonds gain
//! or lose by what the protocol does to its token, which those outside pay or get who trade it. At the end of
//! each epoch the change in all inside accounts must equal what users and bribers paid less posting and operating costs as the
//! *service* records them, which are kept apart from the books, and what bonds gained. Books that do not balance are an error.

use super::sinks::Sinks;
use crate::mechanism::operation::Service;
use crate::mechanism::redistribution::Redistribution;

/// The community's, sequencers' and delegators' money in one market, in ETH since it opened.
#[derive(Clone, Debug)]
pub struct Ledger {
    users: f64,
    suppliers: f64,
    bribers: f64,
    /// Those who trade the token.
    traders: f64,
    community: f64,
    /// What candidates have, locked or not.
    cash: Vec<f64>,
    /// What is locked of it.
    escrow: Vec<f64>,
    /// What is locked of it and of use to its owner all the same.
    relieved: Vec<f64>,
    delegators: Vec<f64>,
    /// Price payments to the protocol.
    revenue: f64,
    /// Kickbacks to delegators.
    kickbacks: f64,
    /// Newly issued to sequencers, at the expense of those who hold the token.
    issuance: f64,
    /// Paid among candidates for seats.
    resold: f64,
    /// Taken from bonds and stakes.
    slashed: f64,
    /// Bribes to sequencers.
    bribes: f64,
    /// Bribes and toxic MEV.
    illicit: f64,
    /// Tips paid again for one inclusion.
    repeated: f64,
    /// What the protocol's doing to its token has added to what is locked, and that when the last epoch was closed.
    appreciation: f64,
    booked: f64,
    sinks: Sinks,
    gross: f64,
    posting: f64,
    operating: f64,
    /// All inside accounts when the last epoch was closed.
    inside: f64,
    /// Users' and suppliers' accounts then.
    outside: f64,
}

/// Books that do not balance.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error(
    "the books of epoch {epoch} do not balance: accounts changed by {change} ETH, income less costs is {expected} ETH"
)]
pub struct Imbalance {
    /// Epoch in which it was found.
    pub epoch: u32,
    /// Change of all inside accounts.
    pub change: f64,
    /// Income less posting and operating costs.
    pub expected: f64,
}

impl Ledger {
    /// Empty books.
    pub fn new(candidates: usize, groups: usize) -> Self {
        Ledger {
            users: 0.0,
            suppliers: 0.0,
            bribers: 0.0,
            traders: 0.0,
            bribes: 0.0,
            illicit: 0.0,
            repeated: 0.0,
            appreciation: 0.0,
            booked: 0.0,
            community: 0.0,
            cash: vec![0.0; candidates],
            escrow: vec![0.0; candidates],
            relieved: vec![0.0; candidates],
            delegators: vec![0.0; groups],
            revenue: 0.0,
            kickbacks: 0.0,
            issuance: 0.0,
            resold: 0.0,
            slashed: 0.0,
            sinks: Sinks::default(),
            gross: 0.0,
            posting: 0.0,
            operating: 0.0,
            inside: 0.0,
            outside: 0.0,
        }
    }

    /// Users pay producers and, but for their `commission`, the community; producers pay posting and machines.
    pub fn pay_service(&mut self, service: &Service, commission: f64) {
        for i in 0..self.cash.len() {
            let kept = commission * service.gross[i];
            self.users -= service.gross[i];
            self.cash[i] += kept;
            self.community += service.gross[i] - kept;
            let cost = service.posting[i] + service.operating[i];
            self.cash[i] -= cost;
            self.suppliers += cost;
        }
    }

    /// The sender of a targeted transaction pays candidate `i` its tip.
    pub fn pay_tip(&mut self, i: usize, amount: f64) {
        self.users -= amount;
        self.cash[i] += amount;
    }

    /// A briber pays candidate `i`.
    pub fn pay_bribe(&mut self, i: usize, amount: f64) {
        self.bribers -= amount;
        self.cash[i] += amount;
        self.bribes += amount;
    }

    /// Candidate `i` takes MEV at users' expense.
    pub fn take_toxic(&mut self, i: usize, amount: f64) {
        self.users -= amount;
        self.cash[i] += amount;
    }

    /// Candidate `i` earns what is expected of tips, bribes and toxic MEV.
    pub fn take_aside(&mut self, i: usize, amount: f64) {
        self.take_toxic(i, amount);
    }

    /// Candidate `i` pays the protocol for its slots.
    pub fn pay_price(&mut self, i: usize, amount: f64) {
        self.cash[i] -= amount;
        self.community += amount;
        self.revenue += amount;
    }

    /// Candidate `i` pays a kickback to the delegators of group `g`.
    pub fn pay_kickback(&mut self, i: usize, g: usize, amount: f64) {
        self.cash[i] -= amount;
        self.delegators[g] += amount;
        self.kickbacks += amount;
    }

    /// Candidate `i` is paid in newly issued money, which dilutes the community of those who hold it.
    pub fn pay_issuance(&mut self, i: usize, amount: f64) {
        self.community -= amount;
        self.cash[i] += amount;
        self.issuance += amount;
    }

    /// The protocol pays candidate `i` for its service.
    pub fn pay_fee(&mut self, i: usize, amount: f64) {
        self.community -= amount;
        self.cash[i] += amount;
    }

    /// Candidate `buyer` pays candidate `seller` for a seat.
    pub fn pay_seller(&mut self, buyer: usize, seller: usize, amount: f64) {
        self.cash[buyer] -= amount;
        self.cash[seller] += amount;
        self.resold += amount;
    }

    /// Candidate `i` posts a bond.
    pub fn lock_bond(&mut self, i: usize, amount: f64) {
        self.escrow[i] += amount;
    }

    /// A bond goes back to candidate `i`.
    pub fn release_bond(&mut self, i: usize, amount: f64) {
        self.escrow[i] -= amount;
    }

    /// What candidate `i` has locked has risen in value, and can be slashed; `gain` of that is what the protocol has made of its token, and
    /// the owner's. The rest is luck, whose mean is nothing, and no profit.
    pub fn revalue(&mut self, i: usize, rise: f64, gain: f64) {
        self.escrow[i] += rise;
        self.cash[i] += gain;
        self.traders -= gain;
        self.appreciation += gain;
    }

    /// Candidate `i` has the use of so much of what it has locked.
    pub fn relieve(&mut self, i: usize, amount: f64) {
        self.relieved[i] = amount;
    }

    /// Part of the bond of candidate `i` goes to the community.
    pub fn slash_bond(&mut self, i: usize, amount: f64) {
        self.escrow[i] -= amount;
        self.cash[i] -= amount;
        self.community += amount;
        self.slashed += amount;
    }

    /// Part of the stake of group `g` of delegators goes to the community.
    pub fn slash_stake(&mut self, g: usize, amount: f64) {
        self.delegators[g] -= amount;
        self.community += amount;
        self.slashed += amount;
    }

    /// Passes on to the sinks what the community has received since the last time.
    pub fn redistribute(&mut self, rule: &Redistribution) {
        self.sinks.pass_on(rule, self.community, self.issuance, self.slashed);
    }

    /// Checks the books against what the service records, to rounding.
    ///
    /// # Errors
    /// [`Imbalance`] with both sides.
    pub fn close(&mut self, epoch: u32, service: &Service) -> Result<(), Imbalance> {
        let gross = service.gross.iter().sum::<f64>() + service.tips.iter().sum::<f64>();
        let illicit: f64 = service.illicit.iter().sum();
        let repeated: f64 = service.repeated.iter().sum();
        let posting: f64 = service.posting.iter().sum();
        let operating: f64 = service.operating.iter().sum();
        self.gross += gross;
        self.illicit += illicit;
        self.repeated += repeated;
        self.posting += posting;
        self.operating += operating;
        let inside = self.community + self.cash.iter().sum::<f64>() + self.delegators.iter().sum::<f64>();
        let change = inside - std::mem::replace(&mut self.inside, inside);
        let outside = self.users + self.suppliers + self.bribers + self.traders;
        let left = outside - std::mem::replace(&mut self.outside, outside);
        let gained = self.appreciation - std::mem::replace(&mut self.booked, self.appreciation);
        let expected = gross + illicit + repeated + gained - posting - operating;
        // What passed through the books this epoch, and the rounding of accounts that have grown since the market opened.
        let turnover =
            gross.abs() + illicit.abs() + repeated.abs() + gained.abs() + posting.abs() + operating.abs();
        let magnitude = |accounts: &[f64]| accounts.iter().map(|x| x.abs()).sum::<f64>();
        let grown = self.community.abs()
            + self.users.abs()
            + self.suppliers.abs()
            + self.bribers.abs()
            + self.traders.abs()
            + magnitude(&self.cash)
            + magnitude(&self.delegators);
        let allowed = 1e-9 * turnover + 1e-13 * grown * (self.cash.len() + 4) as f64;
        let passed_on: f64 = self.sinks.accounts().iter().sum();
        let kept_back = self.community + self.issuance - passed_on;
        let spread = self.issuance.abs() + magnitude(&self.sinks.accounts());
        let allowed_back = 1e-9 * turnover + 1e-12 * (grown + spread);
        // Both are changes within the epoch: totals collect the rounding of all epochs. Comparisons that are false for NaN
        // as well.
        let balanced = (change - expected).abs() <= allowed
            && (change + left).abs() <= allowed
            && kept_back.abs() <= allowed_back;
        if balanced { Ok(()) } else { Err(Imbalance { epoch, change, expected }) }
    }

    /// What the community has received.
    pub fn community(&self) -> f64 {
        self.community
    }

    /// What each of the community's sinks has received: treasury, public goods, burn, buy-back.
    pub fn sinks(&self) -> [f64; 4] {
        self.sinks.accounts()
    }

    /// Cash and bonds of candidate `i`.
    pub fn wealth(&self, i: usize) -> f64 {
        self.cash[i]
    }

    /// Bonds of candidate `i` in escrow.
    pub fn escrow(&self, i: usize) -> f64 {
        self.escrow[i]
    }

    /// Bonds of candidate `i` in escrow of which it has no use: what costs it capital.
    pub fn tied(&self, i: usize) -> f64 {
        self.escrow[i] - self.relieved[i]
    }

    /// What delegators have received.
    pub fn delegators(&self) -> f64 {
        self.delegators.iter().sum()
    }

    /// Price payments to the protocol so far.
    pub fn revenue(&self) -> f64 {
        self.revenue
    }

    /// Kickbacks so far.
    pub fn kickbacks(&self) -> f64 {
        self.kickbacks
    }

    /// Issued so far.
    pub fn issuance(&self) -> f64 {
        self.issuance
    }

    /// Paid among candidates for seats so far.
    pub fn resold(&self) -> f64 {
        self.resold
    }

    /// Slashed so far.
    pub fn slashed(&self) -> f64 {
        self.slashed
    }

    /// Bribes to sequencers so far.
    pub fn bribes(&self) -> f64 {
        self.bribes
    }

    /// Bribes and toxic MEV so far.
    pub fn illicit(&self) -> f64 {
        self.illicit
    }

    /// What the protocol's doing to its token has added so far to what is locked.
    pub fn appreciation(&self) -> f64 {
        self.appreciation
    }

    /// Tips paid so far beyond what one includer alone is paid for a transaction.
    pub fn repeated(&self) -> f64 {
        self.repeated
    }

    /// Fees, tips (of each transaction once) and benign MEV so far.
    pub fn gross(&self) -> f64 {
        self.gross
    }

    /// Posting costs so far.
    pub fn posting(&self) -> f64 {
        self.posting
    }

    /// Operating costs so far.
    pub fn operating(&self) -> f64 {
        self.operating
    }
}

//! An office whose holder is offered money for keeping a transaction out, and who learns what that would cost it.

use super::super::{Draws, Finding};
use super::replicates;
use crate::numerics::pow;

/// Slots of an epoch, which is a year: rates of interest are per epoch.
const SLOTS: f64 = 40.0;

/// One appointee in office at a time, or one operator for good.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Office {
    /// What is offered for one transaction.
    pub gain: f64,
    /// Probability of being found out.
    pub detection: f64,
    /// Bond.
    pub bond: f64,
    /// Its cost of capital, per epoch.
    pub capital_cost: f64,
    /// Epochs until it is slashed.
    pub delay: u32,
    /// What an epoch in office earns.
    pub rent: f64,
    /// Discount factor per epoch.
    pub discount: f64,
    /// Share of users who leave an operator that is found out, where it cannot be replaced.
    pub exit: Option<f64>,
}

impl Office {
    /// An office without bond or rent, for a gain of 1.
    pub fn new(detection: f64, discount: f64) -> Self {
        Office {
            gain: 1.0,
            detection,
            bond: 0.0,
            capital_cost: 0.0,
            delay: 0,
            rent: 0.0,
            discount,
            exit: None,
        }
    }

    /// The same in epochs as long as a dispute: as much is discounted until the bond is lost, and as much lost with office.
    #[must_use]
    pub fn by_disputes(self) -> Self {
        let discount = pow(self.discount, f64::from(self.delay));
        let future = self.discount * self.rent / (1.0 - self.discount);
        Office { discount, delay: 1, rent: future * (1.0 - discount) / discount, ..self }
    }

    /// The experiment. Transactions to be kept out come once in fifty epochs and carry no tip.
    pub fn text(&self) -> String {
        let Office { gain, detection, bond, capital_cost, delay, rent, discount, exit } = self;
        let fee = rent / SLOTS;
        let worth = 10.0 * gain;
        let capital =
            if *capital_cost > 0.0 { format!("capital_cost = {capital_cost:?}\n") } else { String::new() };
        let (world, rule, members) = if let Some(share) = exit {
            (
                format!("fee_per_slot = {fee:?}\nuser_exit = {share:?}"),
                format!("rule = \"centralized\"\n\n[mechanism.office.governance]\ndetection = {detection:?}"),
                1,
            )
        } else {
            let slashed = if *bond > 0.0 { "slash_fraction = 1.0\n" } else { "" };
            // Who is barred from an office without rent loses nothing by it, however long.
            let barred = if *rent > 0.0 { 3000 } else { 1 };
            (
                "fee_per_slot = 0.01".to_owned(),
                format!(
                    "rule = \"authority\"\nseats = 1\ncontract_fee = {fee:?}\nbond = {bond:?}\n{slashed}\n\
                     [mechanism.office.governance]\ndetection = {detection:?}\nevict_epochs = {barred}\ndelay = {delay}"
                ),
                40,
            )
        };
        let rule = rule.replacen('\n', &format!("\nepoch_slots = {SLOTS:.0}\n"), 1);
        format!(
            "[experiment]\nname = \"case\"\n\n[world]\nkind = \"rollup\"\nslots_per_year = {SLOTS:?}\n{world}\ntarget_rate = 0.0005\n\
             target_value = {worth:?}\ntarget_window = 5\n\n[mechanism.office]\n{rule}\n\n\
             [[sequencers]]\nname = \"member\"\ncount = {members}\ndiscount = {discount:?}\n{capital}\n\
             [play]\nrounds = 4\nmeasured_epochs = 20\n\n[briber]\nstrategy = \"one\"\n\n\
             [strategies.one]\nrole = \"briber\"\nlearner = \"scripted\"\noffer = {{ absolute = {gain:?} }}\n"
        )
    }

    /// What an act is expected to cost, as its holder has learned: from markets that are copies of each other but for the finding,
    /// so that little luck is left in it.
    ///
    /// # Errors
    /// As for [`replicates`], and if conduct is not learned.
    pub fn cost(&self, draws: &Draws) -> Result<f64, String> {
        let outcome = &replicates(&self.text(), draws.seed, 1)?[0];
        let row = outcome.policies.iter().find(|row| row.lever == "bribe_markup");
        row.and_then(|row| row.action).ok_or_else(|| "no conduct is learned".to_owned())
    }

    /// Whether its holder takes what is offered where it expects an act to cost so much.
    pub fn deviates_at(&self, cost: f64) -> Finding {
        Finding::at_most(cost, self.gain)
    }
}

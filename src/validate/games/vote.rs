//! A vote whose voters are offered money for a yes.

use super::super::Luck;
use super::stage::Stage;
use crate::theory::bribery::Vote;

/// What is offered for a yes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Offer {
    /// `ε` for a yes that does not matter, `θ_i + ε` for one that does.
    Pivotal(f64),
    /// The same for every yes.
    Flat(f64),
    /// The same whatever one votes, if the vote passes: all that can be offered where ballots are secret.
    Outcome(f64),
}

/// A vote under an offer to the first `bribed` voters; the others are offered nothing. An action of 1 is a yes.
#[derive(Clone, Debug, PartialEq)]
pub struct Ballot {
    /// Quota, and what each voter loses if the vote passes; those who are bribed first.
    pub vote: Vote,
    /// The offer.
    pub offer: Offer,
    /// How many voters have it.
    pub bribed: usize,
    /// What a yes costs a voter whatever comes of it.
    pub psi: f64,
}

impl Ballot {
    /// What voter `i` is paid for its vote (1 for yes) when `others` vote yes.
    fn payment(&self, i: usize, yes: usize, others: usize) -> f64 {
        if i >= self.bribed {
            return 0.0;
        }
        match self.offer {
            Offer::Outcome(price) if others + yes >= self.vote.quota => price,
            Offer::Outcome(_) => 0.0,
            _ if yes == 0 => 0.0,
            Offer::Flat(price) => price,
            Offer::Pivotal(epsilon) if others + 1 == self.vote.quota => self.vote.losses[i] + epsilon,
            Offer::Pivotal(epsilon) => epsilon,
        }
    }

    /// Payoff of voter `i` from no and from yes when `others` vote yes. Where voters mind the act, they do not mind the
    /// outcome.
    fn payoff(&self, i: usize, others: usize) -> [f64; 2] {
        let loss = |yes: usize| {
            if self.psi == 0.0 && others + yes >= self.vote.quota { self.vote.losses[i] } else { 0.0 }
        };
        [self.payment(i, 0, others) - loss(0), self.payment(i, 1, others) - loss(1) - self.psi]
    }

    /// Whether a yes pays more than a no for every bribed voter, however many others vote yes.
    pub fn yes_is_dominant(&self) -> bool {
        (0..self.bribed).all(|i| {
            (0..self.vote.losses.len()).all(|others| {
                let [no, yes] = self.payoff(i, others);
                yes > no
            })
        })
    }

    /// The largest payment that could fall due, whatever the votes.
    pub fn dearest_payment(&self) -> f64 {
        let voters = self.vote.losses.len();
        let payments = (0..self.bribed).flat_map(|i| (0..voters).map(move |others| (i, others)));
        payments.map(|(i, others)| self.payment(i, 1, others)).fold(0.0, f64::max)
    }

    /// The least price, flat or for the outcome as the offer says, at which voter `i` votes yes when all others who are
    /// bribed do.
    pub fn least_price_of(&self, i: usize) -> f64 {
        let (mut low, mut high) = (0.0, 2.0);
        for _ in 0..60 {
            let price = f64::midpoint(low, high);
            let offer =
                if let Offer::Outcome(_) = self.offer { Offer::Outcome(price) } else { Offer::Flat(price) };
            let trial = Ballot { offer, ..self.clone() };
            let [no, yes] = trial.payoff(i, self.bribed - 1);
            if yes >= no { high = price } else { low = price }
        }
        high
    }

    /// The least price, as for [`Ballot::least_price_of`], at which all who are bribed vote yes and nobody gains by voting no.
    pub fn least_price(&self) -> f64 {
        (0..self.bribed).map(|i| self.least_price_of(i)).fold(0.0, f64::max)
    }
}

impl Stage for Ballot {
    fn classes(&self) -> Vec<usize> {
        (0..self.vote.losses.len()).map(|i| usize::from(i >= self.bribed)).collect()
    }

    fn payoffs(&self, player: usize, actions: &[f64], _: &mut Luck, settings: &[f64], out: &mut [f64]) {
        let others = actions.iter().enumerate().filter(|(i, vote)| *i != player && **vote > 0.5).count();
        let payoff = self.payoff(player, others);
        for (out, setting) in out.iter_mut().zip(settings) {
            *out = payoff[usize::from(*setting > 0.5)];
        }
    }

    /// What the briber pays, whether the vote passes, and the votes for it.
    fn outcome(&self, actions: &[f64]) -> Vec<f64> {
        let votes: Vec<usize> = actions.iter().map(|vote| usize::from(*vote > 0.5)).collect();
        let yes: usize = votes.iter().sum();
        let paid: f64 = votes.iter().enumerate().map(|(i, own)| self.payment(i, *own, yes - own)).sum();
        vec![paid, f64::from(u8::from(yes >= self.vote.quota)), yes as f64]
    }
}

/// The least payment to each of `size` of `n` indifferent voters that a rival who moves second and would spend `budget`
/// cannot afford to break: the rival has the votes that were not bought, and buys back the cheapest others that it
/// needs.
pub fn unbreakable_price(n: usize, size: usize, budget: f64) -> f64 {
    let breaks = |price: f64| {
        let mut prices: Vec<f64> = (0..n).map(|i| if i < size { price } else { 0.0 }).collect();
        prices.sort_by(f64::total_cmp);
        prices.iter().take(n / 2 + 1).sum::<f64>() < budget
    };
    let (mut low, mut high) = (0.0, 2.0 * budget);
    for _ in 0..60 {
        let price = f64::midpoint(low, high);
        if breaks(price) { low = price } else { high = price }
    }
    high
}

//! One attempt to keep a transaction out: whom it meets, what that costs, and when it fails.
//!
//! From its arrival on a target meets, slot by slot, those who could include it: each once, as a deal holds for the rest
//! of the window. An includer either obeys an order, for nothing, or has a least price. A briber
//!
//! * pays as it goes, where leaders are secret: in each slot everyone new who takes its offer is paid, and if somebody does
//!   not, the transaction is included;
//! * strikes deals at the beginning of each epoch with all whom the schedule shows within the window, where it is public:
//!   if one of them would not take the offer, or all of them together would take more than what is at stake, nobody is
//!   paid, and the briber gives up. Where the schedules of later epochs are public too, whom they show counts among them, and is paid
//!   when its turn comes.
//!
//! After the window, or once the briber has given up, includers without a deal include. A sequencer's price for the whole
//! window is the least that is worth no less than including once: who meets the transaction twice needs one tip's worth
//! in total (by backward induction, if waiting costs nothing).

/// How an includer stands towards keeping a target out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stance {
    /// It does, under an order.
    Obeys,
    /// It does for so much, in ETH; for an infinite price never.
    Sells(f64),
}

/// A sequencer that could include a target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Encounter {
    /// Slots since the target's arrival.
    pub slot: u32,
    /// Epochs since then.
    pub epoch: u32,
    /// The candidate.
    pub who: usize,
    /// What it asks.
    pub stance: Stance,
}

/// Somebody whom a public schedule shows before its epoch has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Foreseen {
    /// Epochs since the target's arrival at which it is seen.
    pub when: u32,
    /// What is seen.
    pub meeting: Encounter,
}

/// What is offered to each includer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Offer {
    /// Nothing.
    Nothing,
    /// The same price to all.
    Posted(f64),
    /// To each what it asks, if that is no more than this.
    Tailored(f64),
}

impl Offer {
    /// What somebody who asks `price` is paid; `None` if there is no deal.
    fn paid(self, price: f64) -> Option<f64> {
        match self {
            Offer::Posted(posted) => (price <= posted).then_some(posted),
            Offer::Tailored(cap) => (price <= cap && price.is_finite()).then_some(price),
            Offer::Nothing => None,
        }
    }
}

/// What happens along an attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    /// Somebody takes a bribe.
    Paid(usize, f64),
    /// Somebody obeys an order.
    Obeyed(usize),
    /// Somebody includes; all who do are in the same slot.
    Included(usize),
}

/// The briber's side of an attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attempt {
    /// Slots for which the target is to stay out.
    pub window: u32,
    /// Whether each epoch's schedule is public when it begins.
    pub public: bool,
    /// What is offered.
    pub offer: Offer,
    /// What is at stake, in ETH.
    pub value: f64,
}

impl Attempt {
    /// Goes through the encounters of a target in order, with what was `foreseen` in each epoch, and returns the slot in which it is included, if it is.
    pub fn run(
        &self,
        encounters: &[Encounter],
        foreseen: &[Foreseen],
        mut visit: impl FnMut(u32, Event),
    ) -> Option<u32> {
        let mut given_up = self.offer == Offer::Nothing;
        for epoch in encounters.chunk_by(|a, b| a.epoch == b.epoch) {
            given_up |= self.public && !self.can_be_struck(epoch, foreseen);
            for slot in epoch.chunk_by(|a, b| a.slot == b.slot) {
                let open = given_up || slot[0].slot >= self.window;
                let mut included = false;
                for meeting in slot {
                    let event = match meeting.stance {
                        Stance::Obeys => Event::Obeyed(meeting.who),
                        Stance::Sells(price) => {
                            if let Some(paid) = self.offer.paid(price).filter(|_| !open) {
                                Event::Paid(meeting.who, paid)
                            } else {
                                included = true;
                                Event::Included(meeting.who)
                            }
                        }
                    };
                    visit(meeting.epoch, event);
                }
                if included {
                    return Some(slot[0].slot);
                }
            }
        }
        None
    }

    /// Whether all of an epoch's includers within the window, and all who are seen coming, can be had for no more than what is at
    /// stake.
    fn can_be_struck(&self, epoch: &[Encounter], foreseen: &[Foreseen]) -> bool {
        let now = epoch[0].epoch;
        let coming = foreseen.iter().filter(|seen| seen.when == now).map(|seen| &seen.meeting);
        let mut cost = 0.0;
        for meeting in epoch.iter().chain(coming).filter(|meeting| meeting.slot < self.window) {
            if let Stance::Sells(price) = meeting.stance {
                match self.offer.paid(price) {
                    Some(paid) => cost += paid,
                    None => return false,
                }
            }
        }
        cost <= self.value
    }

    /// Whether the target stays out for the window, and what the briber pays.
    pub fn outcome(&self, encounters: &[Encounter], foreseen: &[Foreseen]) -> (bool, f64) {
        let mut cost = 0.0;
        let included = self.run(encounters, foreseen, |_, event| {
            if let Event::Paid(_, paid) = event {
                cost += paid;
            }
        });
        (included.is_none_or(|slot| slot >= self.window), cost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meeting(slot: u32, epoch: u32, who: usize, price: f64) -> Encounter {
        Encounter { slot, epoch, who, stance: Stance::Sells(price) }
    }

    #[test]
    fn bribers_who_see_the_schedule_waste_nothing() {
        let encounters = [meeting(0, 0, 0, 1.0), meeting(1, 0, 1, 3.0), meeting(2, 1, 2, 1.0)];
        let attempt = |public, offer| Attempt { window: 3, public, offer, value: f64::INFINITY };
        assert_eq!(attempt(false, Offer::Posted(1.0)).outcome(&encounters, &[]), (false, 1.0));
        assert_eq!(attempt(true, Offer::Posted(1.0)).outcome(&encounters, &[]), (false, 0.0));
        assert_eq!(attempt(true, Offer::Posted(3.0)).outcome(&encounters, &[]), (true, 9.0));
        assert_eq!(attempt(true, Offer::Tailored(3.0)).outcome(&encounters, &[]), (true, 5.0));
        assert_eq!(attempt(true, Offer::Tailored(2.0)).outcome(&encounters, &[]), (false, 0.0));
        // Seen in the first epoch already, the third is asked with the first.
        let coming = Foreseen { when: 0, meeting: meeting(2, 1, 2, 4.0) };
        assert_eq!(attempt(true, Offer::Posted(3.0)).outcome(&encounters, &[coming]), (false, 0.0));
        let late = Foreseen { when: 1, ..coming };
        assert_eq!(attempt(true, Offer::Posted(3.0)).outcome(&encounters, &[late]), (false, 6.0));
        // Of a shorter window the dear one is no part.
        let short = Attempt { window: 1, ..attempt(true, Offer::Posted(1.0)) };
        assert_eq!(short.outcome(&encounters, &[]), (true, 1.0));
        assert_eq!(short.run(&encounters, &[], |_, _| {}), Some(1));
        let poor = Attempt { value: 5.0, ..attempt(true, Offer::Posted(3.0)) };
        assert_eq!(poor.outcome(&encounters, &[]), (false, 0.0));
        assert_eq!(attempt(true, Offer::Nothing).run(&encounters, &[], |_, _| {}), Some(0));
    }

    #[test]
    fn who_obeys_is_not_paid_and_who_refuses_includes_alone() {
        let mut encounters = vec![
            Encounter { stance: Stance::Obeys, ..meeting(0, 0, 0, 0.0) },
            meeting(1, 0, 1, 2.0),
            meeting(1, 0, 2, f64::INFINITY),
        ];
        let attempt = Attempt { window: 9, public: false, offer: Offer::Posted(2.0), value: f64::INFINITY };
        let mut seen = Vec::new();
        assert_eq!(attempt.run(&encounters, &[], |_, event| seen.push(event)), Some(1));
        assert_eq!(seen, [Event::Obeyed(0), Event::Paid(1, 2.0), Event::Included(2)]);
        encounters.truncate(2);
        assert_eq!(attempt.outcome(&encounters, &[]), (true, 2.0));
    }
}

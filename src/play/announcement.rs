//! Schedules that are public before they are served: what was decided for an epoch, and whom bribers see in it.

use crate::mechanism::Selection;
use crate::mechanism::operation::{self, Includers, SlotStreams};
use crate::mechanism::terms::Terms;
use std::collections::VecDeque;

/// The schedule of an epoch to come.
#[derive(Clone, Debug)]
pub struct Announced {
    selection: Selection,
    /// Offers that it was decided on.
    offers: Vec<Option<f64>>,
    /// Who could include in each of its slots, where somebody wants to know.
    pub includers: Includers,
}

impl Announced {
    /// Announces what was decided in `epoch` for the epoch so many later as schedules are public ahead, puts what had been announced
    /// for `epoch` into its place, and returns the offers that this was decided on. The first decision is for all epochs up to
    /// its own.
    pub fn turn_over(
        queue: &mut VecDeque<Announced>,
        terms: &Terms,
        streams: Option<&SlotStreams>,
        epoch: u32,
        (selection, offers): (&mut Selection, &[Option<f64>]),
    ) -> Vec<Option<f64>> {
        let last = epoch + terms.oversight.ahead as u32;
        let first = if queue.is_empty() { epoch } else { last };
        for served in first..=last {
            let see = |streams| operation::announced(terms, streams, selection, served);
            let includers = streams.map(see).unwrap_or_default();
            queue.push_back(Announced { selection: selection.clone(), offers: offers.to_vec(), includers });
        }
        match queue.pop_front() {
            Some(now) => {
                *selection = now.selection;
                now.offers
            }
            None => offers.to_vec(),
        }
    }
}

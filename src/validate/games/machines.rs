//! Several machines of which one suffices, lived through from outage to outage.

use crate::draws::{Key, Purpose, Who};
use crate::world::outage::{Outage, Reliability};

/// Machines that fail on their own, and perhaps together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Machines {
    /// Failure and repair of each on its own.
    pub each: Reliability,
    /// Failure and repair of what takes all down together.
    pub common: Option<Reliability>,
    /// How many there are.
    pub count: u32,
}

/// What a stretch of time was like.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    slots: u64,
    down: u64,
    outages: Vec<u64>,
}

impl Service {
    /// Share of slots with a machine up.
    pub fn availability(&self) -> f64 {
        1.0 - self.down as f64 / self.slots as f64
    }

    /// Lengths of the times without any machine, those cut off by the ends left out.
    pub fn outages(&self) -> &[u64] {
        &self.outages
    }
}

impl Machines {
    /// Lives through `slots` slots, from the stationary distribution.
    pub fn live(&self, key: Key, slots: u64) -> Service {
        let mut chains: Vec<(Reliability, crate::draws::Stream, Outage)> = (0..self.count)
            .map(|i| {
                let stream = key.stream(Purpose::Outage, Who::member("machine", i));
                (self.each, stream, Outage::open(self.each, stream))
            })
            .collect();
        let mut common = self.common.map(|reliability| {
            let stream = key.stream(Purpose::CommonOutage, Who::MARKET);
            (reliability, stream, Outage::open(reliability, stream))
        });
        let mut service = Service { slots, down: 0, outages: Vec::new() };
        let mut slot = 0;
        // Where the present outage began; the first is cut off if it began before.
        let mut since = None;
        let mut whole = false;
        while slot < slots {
            let mut next = slots;
            let mut any = false;
            for (reliability, stream, chain) in &mut chains {
                any |= chain.is_up(slot, *reliability, *stream);
                next = next.min(chain.until());
            }
            if let Some((reliability, stream, chain)) = &mut common {
                any &= chain.is_up(slot, *reliability, *stream);
                next = next.min(chain.until());
            }
            match (any, since) {
                (true, Some(start)) => {
                    if whole {
                        service.outages.push(slot - start);
                    }
                    since = None;
                }
                (false, None) => {
                    since = Some(slot);
                    whole = slot > 0;
                }
                _ => {}
            }
            service.down += if any { 0 } else { next - slot };
            slot = next;
        }
        service
    }
}

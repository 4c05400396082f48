//! The machines of one market.

use super::Rollup;
use super::candidate::Sequencer;
use super::outage::Outage;
use crate::draws::{Key, Purpose, Stream, Who};

/// The machines of one market: where each outage chain stands.
#[derive(Clone, Debug)]
pub struct Machines {
    chains: Vec<Outage>,
    streams: Vec<Stream>,
    common: Outage,
    common_stream: Stream,
}

impl Machines {
    /// All chains at slot 0, in their stationary distributions.
    pub fn open(rollup: &Rollup, sequencers: &[Sequencer], key: Key) -> Self {
        let streams: Vec<Stream> = sequencers.iter().map(|s| key.stream(Purpose::Outage, s.who)).collect();
        let chains = sequencers
            .iter()
            .zip(&streams)
            .map(|(s, &stream)| Outage::open(s.traits.reliability, stream))
            .collect();
        let common_stream = key.stream(Purpose::CommonOutage, Who::MARKET);
        Machines { chains, streams, common: Outage::open(rollup.common, common_stream), common_stream }
    }

    /// Whether a common cause has everyone down in `slot` (slots come in order).
    #[inline]
    pub fn all_down(&mut self, rollup: &Rollup, slot: u64) -> bool {
        !self.common.is_up(slot, rollup.common, self.common_stream)
    }

    /// For how many slots candidate `i`'s own machine has been down in `slot` (slots come in order); `None` if it runs.
    #[inline]
    pub fn down_for(&mut self, sequencers: &[Sequencer], i: usize, slot: u64) -> Option<u64> {
        let chain = &mut self.chains[i];
        let up = chain.is_up(slot, sequencers[i].traits.reliability, self.streams[i]);
        (!up).then(|| chain.age(slot))
    }
}

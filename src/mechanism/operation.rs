//! Operation of an epoch: who produces which slots, what they earn and what it costs.
//!
//! [`fluid`] takes expectations over the schedule, outages and MEV, given the selection: what agents can know when they
//! move, and all there is in the abstract world. [`slot_by_slot`] lives through a rollup's epoch.
//!
//! In each slot the leader produces if it is up. Otherwise its standbys, of which there are `redundancy − 1`, may take
//! over once it has been down for the failover delay; the takeover succeeds with the failover probability, and then the
//! first standby that is up produces. Standbys of a seat are the next seats of the rotation; where leaders are drawn by
//! weight, they are the leaders of the next slots (after an epoch's last slot, of its first), each counted once. A common outage takes everybody down. A slot that nobody produces
//! is missed: its MEV is lost, and the backlog share of its fees is paid in the next slot that is produced.

mod fluid;
mod includers;
mod roster;
mod slots;
mod standbys;

pub use fluid::{fluid, stand_in};
pub use includers::Includers;
pub use roster::announced;
pub use slots::{SlotStreams, slot_by_slot};

use super::At;

/// What was produced in an epoch. Vectors have one entry for each candidate.
#[derive(Clone, Debug, Default)]
pub struct Service {
    /// Slots led according to the schedule.
    pub scheduled: Vec<f64>,
    /// Scheduled slots that the candidate produced itself.
    pub delivered: Vec<f64>,
    /// Scheduled slots in which it was not up itself, common outages included: neither a quorum nor a committee that fails makes it lapse.
    pub lapsed: Vec<f64>,
    /// Slots produced, taken over ones included.
    pub produced: Vec<f64>,
    /// Fees and MEV earned, in ETH.
    pub gross: Vec<f64>,
    /// Cost of posting, in ETH.
    pub posting: Vec<f64>,
    /// Cost of operating the machine, live and idle, in ETH.
    pub operating: Vec<f64>,
    /// Slots of the epoch, over all seats.
    pub total: f64,
    /// Slots that nobody produced.
    pub missed: f64,
    /// Fees and MEV had the one candidate worth most produced every slot, in ETH (with several whole-epoch seats: the
    /// candidates worth most).
    pub potential: f64,
    /// Longest run of missed slots that ended or went on in the epoch (slot by slot only).
    pub longest_gap: f64,
    /// Who could include a transaction, slot by slot, where that is recorded.
    pub includers: Includers,
    /// Benign MEV that the candidate extracted, in ETH (slot by slot only).
    pub mev: Vec<f64>,
    /// Tips of targeted transactions, each transaction's once at most: what one who includes it alone would be paid, in ETH.
    pub tips: Vec<f64>,
    /// What includers of one transaction are paid together beyond that, in ETH: users pay again for what they have.
    pub repeated: Vec<f64>,
    /// Bribes and toxic MEV, in ETH.
    pub illicit: Vec<f64>,
    /// Targeted transactions whose life ended in the epoch, and how many of them stayed out for their whole window.
    pub targets: (f64, f64),
    /// The part of [`Service::mev`] that came of running on over consecutive slots.
    pub premium: Vec<f64>,
    /// Who produced the last slot, and how many in a row.
    run: (Option<usize>, u64),
    gap: f64,
    backlog: f64,
    /// Slots in which each candidate was live, as leader or standby.
    pub live: Vec<f64>,
    /// Cost of starts in the epoch.
    starts: Vec<f64>,
    /// By candidate, the slot after the last one in which it was live; 0 where there was none.
    rested: Vec<u64>,
    misses: Vec<u32>,
    order: Vec<usize>,
    leaders: Vec<Option<usize>>,
}

impl Service {
    fn clear(&mut self, n: usize) {
        for column in [
            &mut self.scheduled,
            &mut self.delivered,
            &mut self.produced,
            &mut self.gross,
            &mut self.posting,
            &mut self.operating,
            &mut self.mev,
            &mut self.premium,
            &mut self.tips,
            &mut self.repeated,
            &mut self.lapsed,
            &mut self.illicit,
            &mut self.live,
            &mut self.starts,
        ] {
            column.clear();
            column.resize(n, 0.0);
        }
        self.rested.resize(n, 0);
        self.misses.clear();
        self.misses.resize(n, 0);
        self.missed = 0.0;
        self.longest_gap = 0.0;
        self.targets = (0.0, 0.0);
        self.includers.clear();
    }

    /// Slots for which each candidate has been idle at slot `now`.
    pub fn idle(&self, now: u64, out: &mut Vec<f64>) {
        out.clear();
        out.extend(
            self.rested.iter().map(
                |&since| {
                    if since == 0 { f64::INFINITY } else { now.saturating_sub(since) as f64 }
                },
            ),
        );
    }

    /// Candidate `i` is live in slot `now`: after a gap its machine has been started.
    fn wake(&mut self, at: &At, i: usize, now: u64) {
        let since = std::mem::replace(&mut self.rested[i], now + 1);
        if since <= now {
            let gap = if since == 0 { f64::INFINITY } else { (now - since) as f64 };
            self.starts[i] += at.gap_cost(i, gap);
        }
    }

    fn close_costs(&mut self, at: &At, effort: &[f64]) {
        let (setting, terms) = (at.setting, at.terms);
        let epoch = f64::from(terms.epoch_slots);
        let state = setting.world.state_factor(at.epoch);
        for (i, sequencer) in setting.sequencers.iter().enumerate() {
            let idle = (epoch - self.live[i]).max(0.0);
            self.operating[i] =
                sequencer.traits.live_cost * state * self.live[i] + sequencer.traits.idle_cost * idle;
            if terms.starts {
                self.operating[i] += self.starts[i];
            }
            self.operating[i] += terms.investment.get(i).copied().unwrap_or(0.0);
            if effort[i] > 0.0 {
                self.operating[i] += effort[i];
            }
            self.posting[i] = terms.posting_cost * self.produced[i];
        }
    }
}

//! What every rule has: the clock, redundancy, and the availability of machines that follows from the world.

use super::collateral::Collateral;
use super::findings::{Findings, Office};
use super::overlays::Overlays;
use super::oversight::Oversight;
use super::removal::{Keeping, Removal};
use crate::agent::Setting;
use crate::numerics::pow;
use crate::settings::{Parameter, Section};
use crate::world::World;
use crate::world::outage::Reliability;

/// Slots of an epoch.
pub const EPOCH_SLOTS: Parameter = Parameter::integer(
    "epoch_slots",
    1,
    1_000_000,
    1,
    "slots",
    "slots in an epoch, for which selection decides once",
);
/// Live sequencers per slot.
pub const REDUNDANCY: Parameter =
    Parameter::integer("redundancy", 1, 1000, 1, "", "sequencers live in each slot, leader included");
/// Commission.
pub const COMMISSION: Parameter = Parameter::number(
    "commission",
    0.0,
    1.0,
    1.0,
    "share",
    "share of fees and MEV that sequencers keep; the rest goes to the community",
);
/// Seats of a rotation.
pub const SEATS: Parameter =
    Parameter::integer_required("seats", 1, 1000, "", "rotation count k: seats filled in each epoch");

/// Epochs of a term.
pub const TERM_EPOCHS: Parameter =
    Parameter::integer("term_epochs", 1, 100_000, 1, "epochs", "epochs for which the right is sold at once");

/// Clock and machines of one contender in one world.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Slots of an epoch.
    pub epoch_slots: u32,
    /// Epochs of a term.
    pub term_epochs: u32,
    /// Sequencers live in each slot, leader included.
    pub redundancy: usize,
    /// Number of candidates in the experiment.
    pub candidates: usize,
    /// Probability that candidate `i` runs in a slot: its own machine up, and no common outage.
    pub availability: Vec<f64>,
    /// Failures and repairs of candidate `i`'s own machine.
    pub reliability: Vec<Reliability>,
    /// Probability that candidate `i`'s own machine is down.
    pub own_down: Vec<f64>,
    /// Probability that a standby may take over from `i` and succeeds, given that `i`'s own machine is down.
    pub takeover: Vec<f64>,
    /// Probability of a common outage.
    pub common_down: f64,
    /// ETH per posted slot.
    pub posting_cost: f64,
    /// Share of a missed slot's fees that is paid later.
    pub backlog: f64,
    /// Cost of capital per epoch of an ETH locked, by candidate ([`super::At::holding_cost`] is what one reckons with).
    pub capital_rate: Vec<f64>,
    /// What stands against misconduct.
    pub oversight: Oversight,
    /// What bonds and stakes are posted in.
    pub collateral: Collateral,
    /// Whether starting a machine costs anybody anything.
    pub starts: bool,
    /// What is laid over the rule.
    pub overlays: Overlays,
    /// Whether a quorum of those who are live orders transactions.
    pub fair: bool,
    /// Probability that the data of a slot are not made available, so that it is missed.
    pub missing: f64,
    /// What candidate `i` expects to earn from a slot that it produces besides fees and benign MEV, in ETH: tips, bribes and
    /// toxic MEV, less penalties, its scruple and, where it stakes nothing, what findings are expected to cost it. Empty: nothing
    /// that was learned.
    pub aside: Vec<f64>,
    /// Where offers are stakes, the findings that candidate `i` expects, as was learned; empty: none.
    pub findings: Vec<Findings>,
    /// Factor on the MEV of a slot that candidate `i` produces from running on over consecutive slots, as was learned; empty: 1.
    pub runs: Vec<f64>,
    /// What candidate `i` spends on its uptime in an epoch, in ETH; empty: nothing.
    pub investment: Vec<f64>,
    /// Removal for missed slots, where the rule removes anybody.
    pub removal: Option<Removal>,
    /// What candidate `i` can expect to keep of its turns, where anybody is removed; else empty.
    pub keeping: Vec<Keeping>,
}

impl Terms {
    /// The terms of a contender with this clock in this world.
    pub fn new(setting: &Setting, epoch_slots: u32, redundancy: usize) -> Self {
        let own_down: Vec<f64> =
            setting.sequencers.iter().map(|s| s.traits.reliability.down_share()).collect();
        let (common_down, posting_cost, failover, delay, backlog) = match &setting.world {
            World::Abstract => (0.0, 0.0, 1.0, 0, 0.0),
            World::Rollup(r) => {
                (r.common.down_share(), r.posting_cost, r.failover, r.failover_delay, r.backlog)
            }
        };
        let takeover = setting
            .sequencers
            .iter()
            // An outage is at least `delay` slots old in a share (1 − g)^delay of its slots.
            .map(|s| failover * pow(1.0 - s.traits.reliability.repair_rate, delay as f64))
            .collect();
        Terms {
            epoch_slots,
            term_epochs: 1,
            redundancy,
            candidates: setting.candidates(),
            availability: own_down.iter().map(|down| (1.0 - common_down) * (1.0 - down)).collect(),
            reliability: setting.sequencers.iter().map(|s| s.traits.reliability).collect(),
            own_down,
            takeover,
            common_down,
            posting_cost,
            backlog,
            capital_rate: setting
                .sequencers
                .iter()
                .map(|s| setting.world.epoch_rate(s.traits.capital_cost, epoch_slots))
                .collect(),
            oversight: Oversight::default(),
            collateral: Collateral::default(),
            starts: setting.sequencers.iter().any(|s| s.traits.start_cost + s.traits.start_slots > 0.0),
            overlays: Overlays::default(),
            fair: false,
            missing: 0.0,
            aside: Vec::new(),
            findings: Vec::new(),
            runs: Vec::new(),
            investment: Vec::new(),
            removal: None,
            keeping: Vec::new(),
        }
    }

    /// The same under this removal for missed slots.
    #[must_use]
    pub fn with_removal(mut self, removal: Option<Removal>) -> Terms {
        self.removal = removal;
        self.keeping = removal.map(|removal| removal.keeping(&self)).unwrap_or_default();
        self
    }

    /// Whether what the protocol does moves what bonds and stakes are worth and cost.
    pub fn token_feeds_back(&self) -> bool {
        self.overlays.token.is_some() && self.collateral.in_token() > 0.0
    }

    /// What candidate `i` can expect to keep of its turns, and to deliver of those.
    #[inline]
    pub fn keeping(&self, i: usize) -> Keeping {
        let whole = || Keeping {
            kept: 1.0,
            delivered: self.availability[i],
            lapsed: 1.0 - (1.0 - self.common_down) * (1.0 - self.own_down[i]),
            down: self.own_down[i],
        };
        self.keeping.get(i).copied().unwrap_or_else(whole)
    }

    /// What candidate `i` expects to earn from a slot that it produces besides fees and benign MEV (see [`Terms::aside`]).
    #[inline]
    pub fn aside(&self, i: usize) -> f64 {
        self.aside.get(i).copied().unwrap_or(0.0)
    }

    /// What findings are expected to cost candidate `i` in an epoch in which it has this stake and this office.
    #[inline]
    pub fn cost_of_findings(&self, i: usize, stake: f64, office: impl FnOnce() -> Office) -> f64 {
        match (self.findings.get(i), &self.oversight.governance) {
            (Some(findings), Some(governance)) if *findings != Findings::default() => {
                findings.probability(governance, &office()) * findings.cost(stake)
            }
            _ => 0.0,
        }
    }

    /// The office of candidate `i`, which leads each slot with the probability `leads` and is live with the probability `live`, where each
    /// slot's leader is drawn and nobody stands in.
    #[inline]
    pub fn office_of_slots(&self, i: usize, leads: f64, live: f64) -> Office {
        let over_all = if self.oversight.any_live() { live.max(leads) } else { leads };
        let up = self.availability[i];
        Office::of_slots(f64::from(self.epoch_slots), leads, [up, over_all * up])
    }

    /// The same where the candidates' machines fail and are repaired like this, which costs them so much an epoch.
    #[must_use]
    pub fn with_machines(&self, machines: Vec<Reliability>, investment: Vec<f64>) -> Terms {
        let own_down: Vec<f64> = machines.iter().map(Reliability::down_share).collect();
        // Availability holds other things besides: it changes with the machine's own share.
        let changed = own_down.iter().zip(&self.own_down).map(|(now, before)| (1.0 - now) / (1.0 - before));
        Terms {
            availability: self
                .availability
                .iter()
                .zip(changed)
                .map(|(share, change)| share * change)
                .collect(),
            reliability: machines,
            own_down,
            investment,
            ..self.clone()
        }
        .with_removal(self.removal)
    }

    /// The same among those candidates that are kept.
    #[must_use]
    pub fn among(&self, keep: &[bool]) -> Terms {
        fn kept<T: Copy>(all: &[T], keep: &[bool]) -> Vec<T> {
            all.iter().zip(keep).filter(|(_, keep)| **keep).map(|(x, _)| *x).collect()
        }
        Terms {
            candidates: keep.iter().filter(|keep| **keep).count(),
            availability: kept(&self.availability, keep),
            reliability: kept(&self.reliability, keep),
            own_down: kept(&self.own_down, keep),
            takeover: kept(&self.takeover, keep),
            capital_rate: kept(&self.capital_rate, keep),
            aside: kept(&self.aside, keep),
            findings: kept(&self.findings, keep),
            runs: kept(&self.runs, keep),
            investment: kept(&self.investment, keep),
            keeping: kept(&self.keeping, keep),
            ..self.clone()
        }
    }

    /// Reads how long terms are, where the rule has terms.
    pub fn read_term(&mut self, section: &Section, rule: &super::Entry) {
        if rule.parameters.iter().any(|p| p.key == TERM_EPOCHS.key) {
            self.term_epochs = section.integer(&TERM_EPOCHS) as u32;
        }
    }

    /// Reads the clock of a contender, before its rule: (slots of an epoch, redundancy).
    pub fn read_clock(section: &Section, rule: &super::Entry) -> (u32, usize) {
        let has = |parameter: &Parameter| rule.parameters.iter().any(|p| p.key == parameter.key);
        let slots = section.integer(&EPOCH_SLOTS) as u32;
        let redundancy = if has(&REDUNDANCY) { section.integer(&REDUNDANCY) as usize } else { 1 };
        (slots, redundancy)
    }
}

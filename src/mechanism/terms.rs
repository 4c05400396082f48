//! What every rule has: the clock, redundancy, and the availability of machines that follows from the world.

use super::collateral::Collateral;
use super::overlays::Overlays;
use super::oversight::{Governance, Oversight};
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

/// Where a stake puts its owner in an epoch, as governance sees it: so many draws, independent of each other, each of which it wins with
/// the same probability.
#[derive(Clone, Copy, Debug)]
pub struct Office {
    /// Slots of the epoch.
    pub slots: f64,
    /// Slots, where each slot's leader is drawn; seats, where those are drawn with replacement; else one.
    pub draws: f64,
    /// Probability to win a draw, and to lead something thereby.
    pub wins: f64,
    /// Slots in which it can include if it wins a draw, and if it does not, in expectation.
    pub including: [f64; 2],
}

impl Office {
    /// Of somebody who leads each of so many slots with the probability `leads` and can include in it with the probability `including`, if
    /// it is the leader and over all.
    #[inline]
    pub fn of_slots(slots: f64, leads: f64, [leading, over_all]: [f64; 2]) -> Office {
        let beside = if leads < 1.0 { (over_all - leads * leading).max(0.0) / (1.0 - leads) } else { 0.0 };
        Office { slots, draws: slots, wins: leads, including: [leading, beside] }
    }

    /// The same with slots in which targets arrive that it meets, each once, in place of those in which it can include: a target stays out for
    /// `window` slots, and meets whoever can include in one of them.
    ///
    /// Draws follow one another slot by slot, of which `w` consecutive ones are taken together: a winner of any of them, with the
    /// probability `1 − (1 − p)^w`, meets the targets of all their slots. So the mean over slots is `1 − (1 − p)^w`, as it should be,
    /// and targets that come close together meet the same leaders: the probability of a finding is off by less than a hundredth of itself where all
    /// that precedes is exact but for this (no outages). Where `w` would be more than all draws, nothing else is left to chance.
    #[must_use]
    pub fn meeting(&self, window: f64) -> Office {
        let Office { slots, draws, wins, including } = *self;
        let each = slots / draws;
        let shares = including.map(|including| including / each);
        // Who is live in several slots for each that it leads is met in as many more.
        let together = (window + shares[0].max(1.0) - 1.0).clamp(1.0, draws);
        let again = (window / together).max(1.0);
        let [leading, beside] = shares.map(|share| (share * again).min(1.0));
        let won = 1.0 - pow(1.0 - wins, together);
        let all = 1.0 - pow(1.0 - (wins * leading + (1.0 - wins) * beside), together);
        let else_met = 1.0 - pow(1.0 - beside, together);
        let if_won = if won > 0.0 { ((all - (1.0 - won) * else_met) / won).clamp(0.0, 1.0) } else { 0.0 };
        let met = each * together;
        Office { slots, draws: draws / together, wins: won, including: [met * if_won, met * else_met] }
    }
}

/// The findings of governance that somebody with a stake expects, and what they cost it. A larger stake leads more, and has more to lose
/// of itself, so that this is told by acts and not by slots.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Findings {
    /// Shares of epochs under no order and under one, and the probability that a slot brings a target then on which it acts if it meets it.
    pub acts: [(f64, f64); 2],
    /// Slots for which targets stay out on which it acts.
    pub window: f64,
    /// Probability that it takes toxic MEV, one act, in an epoch in which it leads something.
    pub toxic: f64,
    /// Share of the stake that a finding takes, discounted to when that is taken.
    pub share: f64,
    /// What one costs whatever the stake, in ETH: other bonds, and what office is worth; below 0 where being out of office is worth something.
    pub fixed: f64,
}

impl Findings {
    /// What one costs somebody with this stake: nothing where being out of office is worth more than what is lost, as nobody needs a
    /// finding for that.
    pub fn cost(&self, stake: f64) -> f64 {
        (self.share * stake + self.fixed).max(0.0)
    }

    /// Probability of a finding in an epoch.
    pub fn probability(&self, governance: &Governance, office: &Office) -> f64 {
        let office = office.meeting(self.window);
        let mean = |&(share, acts): &(f64, f64)| {
            if share > 0.0 { share * self.probability_with(acts, governance, &office) } else { 0.0 }
        };
        self.acts.iter().map(mean).sum()
    }

    /// The same in epochs with so many acts for a slot that is met. Governance passes over acts with the probability `spared`; then nothing is left but
    /// what it judges those by who have led something or acted: toxic MEV and errors.
    fn probability_with(&self, acts: f64, governance: &Governance, office: &Office) -> f64 {
        let Office { draws, wins, including, .. } = *office;
        let (error, toxic) = (governance.false_finding, governance.found * self.toxic);
        let [won, beside] = including.map(|slots| spared(governance.found, acts, slots));
        let spares = wins * won + (1.0 - wins) * beside;
        let spared_all = if spares < 1.0 { pow(spares, draws) } else { 1.0 };
        // Nothing led, and no act that was found out, or none at all.
        let idle = |quiet: f64| pow((1.0 - wins) * quiet, draws);
        let unseen = if toxic > 0.0 { idle(beside) } else { 0.0 };
        let unjudged = if error > 0.0 { idle(spared(1.0, acts, including[1])) } else { 0.0 };
        1.0 - (1.0 - error) * ((1.0 - toxic) * spared_all + toxic * unseen) - error * unjudged
    }
}

/// Probability that no act is found out, each with the probability `found`, in `slots` slots each of which brings one with the
/// probability `acts`.
fn spared(found: f64, acts: f64, slots: f64) -> f64 {
    if found * acts * slots == 0.0 {
        1.0
    } else if slots <= 1.0 {
        // The slot is there with that probability.
        1.0 - found * acts * slots
    } else {
        pow(1.0 - found * acts, slots)
    }
}

impl Findings {
    /// Half of the way to `other`.
    #[must_use]
    pub fn halfway(&self, other: &Findings) -> Findings {
        let mean = |a: f64, b: f64| 0.5 * (a + b);
        // Shares of epochs are the world's, once they are known.
        let acts = |k: usize| {
            let ((share, now), (known, before)) = (self.acts[k], other.acts[k]);
            (share.max(known), mean(now, before))
        };
        Findings {
            acts: [acts(0), acts(1)],
            window: mean(self.window, other.window),
            toxic: mean(self.toxic, other.toxic),
            share: mean(self.share, other.share),
            fixed: mean(self.fixed, other.fixed),
        }
    }
}

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
    /// Cost per epoch of an ETH locked, by candidate.
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

    /// What candidate `i` can expect to keep of its turns, and to deliver of those.
    #[inline]
    pub fn keeping(&self, i: usize) -> Keeping {
        let whole = || Keeping { kept: 1.0, delivered: self.availability[i], down: self.own_down[i] };
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

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Governance = Governance { found: 0.3, false_finding: 0.05, evict_epochs: 0, delay: 0 };

    /// Probability of a finding by going through all that can happen in two slots: led or not, able to include or not, an act or none.
    fn by_cases(leads: f64, [leading, beside]: [f64; 2], acts: f64, toxic: f64) -> f64 {
        let mut found = 0.0;
        for case in 0..1_u32 << 7 {
            let bit = |k: u32, p: f64| if (case >> k) & 1 == 1 { p } else { 1.0 - p };
            let yes = |k: u32| (case >> k) & 1 == 1;
            let (mut odds, mut done, mut leader) = (bit(6, toxic), 0, false);
            for slot in [0, 3] {
                let able = if yes(slot) { leading } else { beside };
                odds *= bit(slot, leads) * bit(slot + 1, able) * bit(slot + 2, acts);
                done += u32::from(yes(slot + 1) && yes(slot + 2));
                leader |= yes(slot);
            }
            done += u32::from(leader && yes(6));
            found += if leader || done > 0 { odds * RULE.finds(done) } else { 0.0 };
        }
        found
    }

    #[test]
    fn findings_come_with_slots_and_with_what_is_done_beside_leaders() {
        for (leads, leading, beside, acts, toxic) in [
            (0.3, 1.0, 0.0, 0.4, 0.0),
            (0.3, 0.9, 0.2, 0.4, 0.7),
            (0.0, 0.9, 0.5, 0.4, 1.0),
            (0.6, 1.0, 0.0, 0.0, 0.5),
            (1.0, 1.0, 0.0, 1.0, 1.0),
        ] {
            let findings =
                Findings { acts: [(1.0, acts), (0.0, 0.0)], window: 1.0, toxic, ..Findings::default() };
            let over_all = leads * leading + (1.0 - leads) * beside;
            let office = Office::of_slots(2.0, leads, [leading, over_all]);
            let (told, known) =
                (findings.probability(&RULE, &office), by_cases(leads, [leading, beside], acts, toxic));
            assert!((told - known).abs() < 1e-14, "{leads} {acts} {toxic}: {told} {known}");
        }
        // Toxic MEV is there for leaders alone: the least stake risks nothing, wherever it may include.
        let toxic = Findings { acts: [(1.0, 0.0), (0.0, 0.0)], toxic: 1.0, ..Findings::default() };
        let office = Office::of_slots(40.0, 1e-9, [1.0, 1.0]);
        assert!(toxic.probability(&RULE, &office) < 1e-7);
        // Of a drawn seat's forty slots, under an order in a quarter of all epochs.
        let ordered = Findings { acts: [(0.75, 0.0), (0.25, 0.5)], ..Findings::default() };
        let office = Office { slots: 40.0, draws: 1.0, wins: 0.5, including: [40.0, 0.0] };
        let expected = 0.5 * (0.75 * RULE.finds(0) + 0.25 * RULE.finds_by_chance(0, 40, 0.5));
        assert!((ordered.probability(&RULE, &office) - expected).abs() < 1e-14);
    }

    /// Probability that somebody who leads each slot with the probability `p` acts, and is found out, where a slot brings a target with the
    /// probability `chance` that each of the next `window` slots meets: by the time since it led last.
    fn by_gaps(p: f64, window: usize, slots: u32, chance: f64) -> f64 {
        // After `g + 1` slots; the last stands for more as well.
        let mut gaps: Vec<f64> = (0..window).map(|g| p * pow(1.0 - p, g as f64)).collect();
        gaps[window - 1] = pow(1.0 - p, window as f64 - 1.0);
        for _ in 0..slots {
            let mut next = vec![0.0; window];
            for (g, odds) in gaps.into_iter().enumerate() {
                next[0] += odds * p * pow(1.0 - chance, (g + 1) as f64);
                next[(g + 1).min(window - 1)] += odds * (1.0 - p);
            }
            gaps = next;
        }
        1.0 - gaps.iter().sum::<f64>()
    }

    #[test]
    fn a_target_meets_a_leader_once() {
        for (p, window, acts) in [
            (0.5, 10, 0.05),
            (0.25, 10, 0.05),
            (0.1, 10, 0.5),
            (0.02, 10, 0.3),
            (0.25, 3, 1.0),
            (0.05, 20, 0.1),
            (0.3, 1, 0.4),
        ] {
            let findings = Findings {
                acts: [(1.0, acts), (0.0, 0.0)],
                window: f64::from(window),
                ..Findings::default()
            };
            let rule = Governance { false_finding: 0.0, ..RULE };
            let told = findings.probability(&rule, &Office::of_slots(40.0, p, [1.0, p]));
            let known = by_gaps(p, window as usize, 40, rule.found * acts);
            assert!((told / known - 1.0).abs() < 0.01, "{p} {window} {acts}: {told} {known}");
        }
        // With one of four seats, which takes every fourth slot, one meets the targets of three slots of four within three, and all within ten.
        let seat = Office { slots: 40.0, draws: 4.0, wins: 0.25, including: [10.0, 0.0] };
        let lone = Office { slots: 40.0, draws: 1.0, wins: 0.25, including: [10.0, 0.0] };
        for (window, slots) in [(1.0, 10.0), (3.0, 30.0), (10.0, 40.0)] {
            let met = lone.meeting(window);
            assert_eq!((met.draws, met.wins, met.including), (1.0, 0.25, [slots, 0.0]));
        }
        let met = seat.meeting(10.0);
        assert_eq!((met.draws, met.including[0]), (1.0, 40.0));
        assert!((met.wins - (1.0 - 0.316_406_25)).abs() < 1e-15);
        // Everybody who is always live meets every target, whoever leads.
        let live = Office::of_slots(40.0, 0.25, [1.0, 1.0]).meeting(10.0);
        assert_eq!(live.including.map(|slots| slots * live.draws), [40.0, 40.0]);
    }

    /// Office costs its holder 2 beside its stake, half of which a finding takes: below a stake of 4 it gains by being found guilty.
    #[test]
    fn findings_are_never_a_gain() {
        let findings = Findings { share: 0.5, fixed: -2.0, ..Findings::default() };
        assert_eq!([1.0, 4.0, 10.0].map(|stake| findings.cost(stake)), [0.0, 0.0, 3.0]);
    }
}

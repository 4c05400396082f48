//! What a censor pays.
//!
//! A transaction carries a tip `t` that any one includer can collect once; each includer of a slot is paid `t`. To keep it
//! out for `T` slots the censor pays every includer who could collect, and each of those only once however often it meets
//! the transaction, because a bribe is worth no more than the tip it replaces (backward induction from the last turn). The
//! expected penalty `qB` is paid for each slashable act.

use crate::numerics::pow;

/// How sequencers take turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// One after another in a known order.
    Rotation,
    /// Independent draws per slot.
    Random,
}

/// Who can include a transaction in a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inclusion {
    /// Only the slot's leader.
    LeaderOnly,
    /// Any of the slot's sequencers.
    AnyLive,
}

/// How often one sequencer can be punished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Penalty {
    /// Once: it is expelled, and its later turns fall to somebody who must be bribed but was counted already.
    Expelled,
    /// For every slot in which it censored.
    EveryAct,
}

/// A censor's bill for keeping one transaction out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bribe {
    /// `N`: number of sequencers.
    pub sequencers: u32,
    /// `r`: sequencers per slot, at most `N`.
    pub per_slot: u32,
    /// Turn-taking.
    pub schedule: Schedule,
    /// Who can include.
    pub inclusion: Inclusion,
    /// `t`: the transaction's tip.
    pub tip: f64,
    /// `qB`: expected penalty of one slashable act.
    pub expected_penalty: f64,
    /// How often it falls due.
    pub penalty: Penalty,
}

impl Bribe {
    /// Includers met in `slots` slots, counted with repetition.
    fn acts(&self, slots: u32) -> f64 {
        let each = match self.inclusion {
            Inclusion::LeaderOnly => 1.0,
            Inclusion::AnyLive => f64::from(self.per_slot.min(self.sequencers)),
        };
        each * f64::from(slots)
    }

    /// Expected number of different includers in `slots` slots: `min(rT, N)` in rotation, `N(1 − (1 − r/N)^T)` if drawn.
    pub fn distinct(&self, slots: u32) -> f64 {
        let n = f64::from(self.sequencers);
        match self.schedule {
            Schedule::Rotation => self.acts(slots).min(n),
            Schedule::Random => n * (1.0 - pow(1.0 - self.acts(1) / n, f64::from(slots))),
        }
    }

    /// `C(T)`: expected cost of keeping the transaction out for `slots` slots.
    pub fn cost(&self, slots: u32) -> f64 {
        let acts = match self.penalty {
            Penalty::Expelled => self.distinct(slots),
            Penalty::EveryAct => self.acts(slots),
        };
        self.tip * self.distinct(slots) + self.expected_penalty * acts
    }
}

/// The least value of censorship at which a censor pays: the cost itself.
pub fn censorship_threshold(bribe: &Bribe, slots: u32) -> f64 {
    bribe.cost(slots)
}

/// Cost per slot of censoring where `r` includers share *one* tip, paid to the only one who includes: each must be paid the
/// full tip, `r t`, while the honest user pays `t`.
pub fn shared_tip_per_slot(r: u32, tip: f64) -> f64 {
    f64::from(r) * tip
}

/// Cost of censoring past `k` consecutive, distinct leaders: `k t`.
pub fn consecutive_leaders(k: u32, tip: f64) -> f64 {
    f64::from(k) * tip
}

/// `k` proposers at once, each paid `t`: (cost of censoring, what the user pays), both `k t`.
pub fn concurrent_proposers(k: u32, tip: f64) -> (f64, f64) {
    (f64::from(k) * tip, f64::from(k) * tip)
}

/// `k ≥ 2` proposers at once and a tip that depends on company: `alone` if exactly one includes, `together` if more do.
/// (Cost of censoring, what the user pays on the path of play): `(k·alone, k·together)`. Each proposer would break a
/// cartel of silence for `alone`, so all include.
pub fn conditional_tip(k: u32, alone: f64, together: f64) -> (f64, f64) {
    (f64::from(k) * alone, f64::from(k) * together)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bribe(sequencers: u32, per_slot: u32, schedule: Schedule) -> Bribe {
        Bribe {
            sequencers,
            per_slot,
            schedule,
            inclusion: Inclusion::AnyLive,
            tip: 1.0,
            expected_penalty: 0.0,
            penalty: Penalty::EveryAct,
        }
    }

    #[test]
    fn ten_slots() {
        for (n, r, rotation, random) in
            [(5, 1, 5.0, 4.463), (20, 1, 10.0, 8.025), (20, 2, 20.0, 13.026), (100, 3, 30.0, 26.258)]
        {
            assert_eq!(bribe(n, r, Schedule::Rotation).cost(10), rotation);
            let cost = bribe(n, r, Schedule::Random).cost(10);
            assert!((cost - random).abs() <= 5e-4, "{cost}");
        }
        // A single operator takes one tip, however long.
        assert_eq!(bribe(1, 1, Schedule::Rotation).cost(10), 1.0);
        // Where only leaders include, redundancy buys nothing.
        let leaders = Bribe { inclusion: Inclusion::LeaderOnly, ..bribe(20, 2, Schedule::Rotation) };
        assert_eq!(leaders.cost(10), 10.0);
    }

    #[test]
    fn penalties_fall_due_per_act_or_once() {
        let every = Bribe { expected_penalty: 3.0, ..bribe(5, 1, Schedule::Rotation) };
        assert_eq!(every.cost(10), 5.0 + 30.0);
        assert_eq!(Bribe { penalty: Penalty::Expelled, ..every }.cost(10), 5.0 + 15.0);
        assert_eq!(censorship_threshold(&every, 10), 35.0);
    }

    #[test]
    fn several_proposers() {
        assert_eq!(consecutive_leaders(4, 0.5), 2.0);
        assert_eq!(concurrent_proposers(4, 0.5), (2.0, 2.0));
        assert_eq!(conditional_tip(4, 10.0, 0.5), (40.0, 2.0));
        assert_eq!(shared_tip_per_slot(3, 0.5), 1.5);
    }
}

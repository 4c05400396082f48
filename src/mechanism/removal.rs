//! Removal for missed slots: what a candidate keeps of its turns.
//!
//! Seats take turns. A leader that has missed so many of its own slots is removed for the rest of the epoch, and its turns pass to
//! the next seats.

use super::terms::Terms;
use crate::settings::Parameter;

/// Removal.
pub const MISS_TOLERANCE: Parameter = Parameter::integer_optional(
    "miss_tolerance",
    1,
    1_000_000,
    "slots",
    "missed slots of its own after which a leader is removed for the rest of the epoch; absent: never",
);

/// Removal for missed slots in a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Removal {
    /// Missed slots after which a leader is removed.
    pub tolerance: u32,
    /// Turns of a seat in an epoch.
    pub turns: usize,
    /// Slots from one to the next.
    pub spacing: u32,
}

impl Removal {
    /// In an epoch in which so many seats take turns.
    pub fn among(tolerance: u32, epoch_slots: u32, seats: usize) -> Self {
        let turns = (epoch_slots as usize / seats.max(1)).max(1);
        Removal { tolerance, turns, spacing: seats as u32 }
    }

    /// What everybody keeps under these terms.
    pub fn keeping(self, terms: &Terms) -> Vec<Keeping> {
        (0..terms.candidates).map(|i| keeping(terms, i, self.turns, self.spacing, self.tolerance)).collect()
    }
}

/// Slots that each of several seats in a row leads, as a multiple of its own turns, where their holders keep the shares `kept` of
/// these and turns that pass on go to the next seat whose holder has not been removed, each being so independently of the others:
/// `κ_s·(1 + Σ_{d≥1} Π_{1≤e≤d} (1 − κ_{s−e}))`. Exact where one holder at most may be removed.
pub fn turns_led(kept: &[f64]) -> Vec<f64> {
    let mut led = vec![0.0; kept.len()];
    for turn in 0..kept.len() {
        let mut passes = 1.0;
        for seat in (turn..kept.len()).chain(0..turn) {
            led[seat] += passes * kept[seat];
            passes *= 1.0 - kept[seat];
        }
    }
    led
}

/// What a candidate can expect of its turns in an epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Keeping {
    /// Share of its turns that come before its removal.
    pub kept: f64,
    /// Share of those that it delivers.
    pub delivered: f64,
    /// Share of those at which it lapses: its own machine is down, or there is a common outage.
    pub lapsed: f64,
    /// Share of those at which its own machine is down.
    pub down: f64,
}

/// What candidate `i` keeps of `turns` turns, `spacing` slots apart, if it is removed as soon as it has missed `tolerance`
/// of them: by recursion over the joint distribution of misses so far and the state of its machine, whose memory of a
/// turn is `(1 − f − g)^spacing` at the next. Common outages are taken to hit turns independently. Whatever else availability
/// holds (data kept back, a quorum that is not there) costs slots and removes nobody.
pub fn keeping(terms: &Terms, i: usize, turns: usize, spacing: u32, tolerance: u32) -> Keeping {
    let machine = terms.reliability[i];
    let down = terms.own_down[i];
    let memory = (0..spacing).fold(1.0, |m, _| m * (1.0 - machine.failure_rate - machine.repair_rate));
    let (stay_up, come_up) = ((1.0 - down) + down * memory, (1.0 - down) * (1.0 - memory));
    // Probability of (up, misses so far) and (down, misses so far), not yet removed.
    let most = tolerance as usize;
    let mut state = vec![(0.0, 0.0); most];
    state[0] = (1.0 - down, down);
    let (mut kept, mut delivered, mut lapsed) = (0.0, 0.0, 0.0);
    for _ in 0..turns {
        let mut next = vec![(0.0, 0.0); most];
        for (misses, &(up, failed)) in state.iter().enumerate() {
            kept += up + failed;
            lapsed += failed;
            delivered += up * (1.0 - terms.common_down);
            let mut reach = |misses: usize, up: f64, failed: f64| {
                if misses < most {
                    next[misses].0 += up * stay_up + failed * come_up;
                    next[misses].1 += up * (1.0 - stay_up) + failed * (1.0 - come_up);
                }
            };
            reach(misses, up * (1.0 - terms.common_down), 0.0);
            reach(misses + 1, up * terms.common_down, failed);
        }
        state = next;
    }
    let up = (1.0 - down) * (1.0 - terms.common_down);
    let others = if up > 0.0 { terms.availability[i] / up } else { 0.0 };
    Keeping {
        kept: kept / turns.max(1) as f64,
        delivered: others * delivered / kept,
        lapsed: 1.0 - delivered / kept,
        down: lapsed / kept,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_that_pass_on_are_led_by_the_next() {
        assert_eq!(turns_led(&[1.0, 1.0, 1.0]), [1.0; 3]);
        assert_eq!(turns_led(&[0.4]), [0.4]);
        // One keeps half of its turns: the next has the rest. The last comes before the first.
        assert_eq!(turns_led(&[1.0, 0.5, 1.0]), [1.0, 0.5, 1.5]);
        assert_eq!(turns_led(&[1.0, 1.0, 0.5]), [1.5, 1.0, 0.5]);
        assert_eq!(turns_led(&[0.5, 0.5, 1.0]), [0.5, 0.75, 1.75]);
        let led = turns_led(&[0.9, 0.5, 0.7, 1.0]);
        assert!((led.iter().sum::<f64>() - 4.0).abs() < 1e-12, "{led:?}");
    }

    use crate::draws::{Key, Purpose, Who};
    use crate::mechanism::oversight::Oversight;
    use crate::world::outage::{Outage, Reliability};

    #[test]
    fn turns_kept_are_those_of_simulated_machines() {
        for (failure_rate, repair_rate, common_down, turns, spacing, tolerance, missing) in [
            (0.05, 0.2, 0.0, 8, 3, 1, 0.0),
            (0.02, 0.1, 0.0, 10, 4, 2, 0.0),
            (0.1, 0.5, 0.05, 12, 2, 3, 0.0),
            (0.1, 0.5, 0.05, 12, 2, 3, 0.3),
            (0.0, 0.1, 0.0, 5, 2, 1, 0.0),
        ] {
            let reliability = Reliability { failure_rate, repair_rate };
            let terms = Terms {
                epoch_slots: 1,
                term_epochs: 1,
                redundancy: 1,
                candidates: 1,
                availability: vec![(1.0 - missing) * (1.0 - common_down) * (1.0 - reliability.down_share())],
                own_down: vec![reliability.down_share()],
                reliability: vec![reliability],
                takeover: vec![1.0],
                common_down,
                posting_cost: 0.0,
                backlog: 0.0,
                capital_rate: vec![0.0],
                oversight: Oversight::default(),
                collateral: crate::mechanism::collateral::Collateral::default(),
                starts: false,
                overlays: crate::mechanism::overlays::Overlays::default(),
                fair: false,
                missing,
                removal: None,
                keeping: Vec::new(),
                aside: Vec::new(),
                findings: Vec::new(),
                runs: Vec::new(),
                investment: Vec::new(),
            };
            let expected = keeping(&terms, 0, turns, spacing, tolerance);
            let runs = 40_000;
            let (mut kept, mut square, mut delivered, mut lapsed) = (0.0, 0.0, 0.0, 0.0);
            for run in 0..runs {
                let key = Key::new(7, 0, run);
                let stream = key.stream(Purpose::Outage, Who::MARKET);
                let common = key.stream(Purpose::CommonOutage, Who::MARKET);
                let committee = key.stream(Purpose::Committee, Who::MARKET);
                let mut machine = Outage::open(reliability, stream);
                let (mut turn, mut misses) = (0, 0);
                while turn < turns && misses < tolerance {
                    let up = machine.is_up(u64::from(spacing) * turn as u64, reliability, stream);
                    lapsed += f64::from(u8::from(!up));
                    if up && common.uniform(0, turn as u32) >= common_down {
                        delivered += f64::from(u8::from(committee.uniform(0, turn as u32) >= missing));
                    } else {
                        misses += 1;
                    }
                    turn += 1;
                }
                kept += turn as f64;
                square += (turn * turn) as f64;
            }
            let mean = kept / f64::from(runs);
            let se = ((square / f64::from(runs) - mean * mean).max(0.0) / f64::from(runs)).sqrt();
            assert!(
                (mean - expected.kept * turns as f64).abs() <= 4.0 * se + 1e-12,
                "{mean} ± {se}: {expected:?}"
            );
            for (share, expected) in [(delivered / kept, expected.delivered), (lapsed / kept, expected.down)]
            {
                assert!((share - expected).abs() <= 4.0 * 0.5 / kept.sqrt(), "{share}: {expected:?}");
            }
        }
    }
}

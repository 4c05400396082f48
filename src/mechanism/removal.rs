//! Removal for missed slots: what a candidate keeps of its turns.

use super::terms::Terms;

/// What a candidate can expect of its turns in an epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Keeping {
    /// Share of its turns that come before its removal.
    pub kept: f64,
    /// Share of those that it delivers.
    pub delivered: f64,
}

/// What candidate `i` keeps of `turns` turns, `spacing` slots apart, if it is removed as soon as it has missed `tolerance`
/// of them: by recursion over the joint distribution of misses so far and the state of its machine, whose memory of a
/// turn is `(1 − f − g)^spacing` at the next. Common outages are taken to hit turns independently.
pub fn keeping(terms: &Terms, i: usize, turns: usize, spacing: u32, tolerance: u32) -> Keeping {
    let machine = terms.reliability[i];
    let down = terms.own_down[i];
    let memory = (0..spacing).fold(1.0, |m, _| m * (1.0 - machine.failure_rate - machine.repair_rate));
    let (stay_up, come_up) = ((1.0 - down) + down * memory, (1.0 - down) * (1.0 - memory));
    // Probability of (up, misses so far) and (down, misses so far), not yet removed.
    let most = tolerance as usize;
    let mut state = vec![(0.0, 0.0); most];
    state[0] = (1.0 - down, down);
    let (mut kept, mut delivered) = (0.0, 0.0);
    for _ in 0..turns {
        let mut next = vec![(0.0, 0.0); most];
        for (misses, &(up, failed)) in state.iter().enumerate() {
            kept += up + failed;
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
    Keeping { kept: kept / turns.max(1) as f64, delivered: delivered / kept }
}

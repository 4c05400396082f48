//! An includer with several turns at one transaction, whose tip of 1 it can collect once, and a censor who pays it turn by
//! turn the least that it takes. In the program an includer strikes one deal for all its turns, and waiting costs nothing.

/// What the censor pays at each of `turns` turns of an includer, which are `gap` slots apart: an act is expected to cost
/// `penalty`, and a slot of waiting discounts by `discount`. At a turn the includer compares the tip with the bribe and what it will
/// have later, from the last turn backwards.
pub fn paid(turns: u32, gap: u32, penalty: f64, discount: f64) -> Vec<f64> {
    let mut later = 0.0;
    let bribes = (0..turns).map(|_| {
        let (mut low, mut high) = (0.0, 1000.0);
        for _ in 0..60 {
            let bribe = f64::midpoint(low, high);
            if bribe - penalty + later >= 1.0 { high = bribe } else { low = bribe }
        }
        let worth = high - penalty + later;
        later = (0..gap).fold(worth, |worth, _| worth * discount);
        high
    });
    let mut bribes: Vec<f64> = bribes.collect();
    bribes.reverse();
    bribes
}

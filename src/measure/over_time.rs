//! How many machines are live, and what share of slots is produced, epoch by epoch from the opening of a market on: what a controller
//! of redundancy does, and what it brings.

/// Most points of a curve; longer stretches are averaged.
const MOST: usize = 100;

/// Names of the stored curves.
pub const CURVES: [&str; 2] = ["redundancy_over_time", "availability_over_time"];

/// Sums over markets, by epoch.
#[derive(Clone, Debug, Default)]
pub struct OverTime {
    /// Live candidates that the rule asked for, slots, slots produced, and markets.
    sums: Vec<[f64; 4]>,
}

impl OverTime {
    /// Adds what a market was in an epoch, counted from its opening. A rule that says nothing of redundancy leaves no trace.
    pub fn epoch(&mut self, epoch: u32, redundancy: Option<usize>, slots: f64, missed: f64) {
        let Some(redundancy) = redundancy else { return };
        let place = epoch as usize;
        if self.sums.len() <= place {
            self.sums.resize(place + 1, [0.0; 4]);
        }
        for (sum, value) in self.sums[place].iter_mut().zip([redundancy as f64, slots, slots - missed, 1.0]) {
            *sum += value;
        }
    }

    /// Points (epoch, mean redundancy) and (epoch, share of slots produced) under their names; none where no rule spoke.
    pub fn curves(&self) -> Vec<(&'static str, Vec<(f64, f64)>)> {
        if self.sums.is_empty() {
            return Vec::new();
        }
        let wide = self.sums.len().div_ceil(MOST);
        let (mut redundancy, mut availability) = (Vec::new(), Vec::new());
        for (place, group) in self.sums.chunks(wide).enumerate() {
            let sum = |of: usize| group.iter().map(|sums| sums[of]).sum::<f64>();
            let [live, slots, produced, markets] = [0, 1, 2, 3].map(sum);
            let middle = (place * wide) as f64 + 0.5 * (group.len() as f64 - 1.0);
            if markets > 0.0 {
                redundancy.push((middle, live / markets));
            }
            if slots > 0.0 {
                availability.push((middle, produced / slots));
            }
        }
        CURVES.into_iter().zip([redundancy, availability]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_over_markets_and_stretches() {
        let mut seen = OverTime::default();
        for (epoch, redundancy, missed) in [(0, 4, 0.0), (0, 2, 4.0), (1, 3, 0.0)] {
            seen.epoch(epoch, Some(redundancy), 8.0, missed);
        }
        let [redundancy, availability] = <[_; 2]>::try_from(seen.curves()).unwrap();
        assert_eq!(redundancy, ("redundancy_over_time", vec![(0.0, 3.0), (1.0, 3.0)]));
        assert_eq!(availability.1, [(0.0, 0.75), (1.0, 1.0)]);
        let mut long = OverTime::default();
        (0..250).for_each(|epoch| long.epoch(epoch, Some(epoch as usize), 1.0, 0.0));
        let points = long.curves().remove(0).1;
        // Three epochs to the point; the last has one.
        assert_eq!((points.len(), points[0], points[83]), (84, (1.0, 1.0), (249.0, 249.0)));
        let mut silent = OverTime::default();
        silent.epoch(0, None, 8.0, 0.0);
        assert!(silent.curves().is_empty());
    }
}

//! Many draws from one finite distribution.

/// Most cells of the guide.
const CELLS: usize = 256;

/// Cumulative probabilities with a guide to where each stretch of the unit interval begins among them, so that a draw
/// takes about one comparison whatever the number of items (Chen and Asau, "On generating random variates from an
/// empirical distribution", AIIE Transactions 6, 1974). What is drawn at `u` is what inverse transform draws: the first
/// item whose cumulative probability exceeds `u`.
#[derive(Clone, Debug, Default)]
pub struct Roulette {
    cumulative: Vec<f64>,
    /// For each of equally long cells, the first item whose cumulative probability exceeds the cell's lower end.
    guide: Vec<u32>,
}

impl Roulette {
    /// Sets the distribution, at least one item with weights that sum to `sum`, for about `draws` draws.
    pub fn set(&mut self, weights: &[f64], sum: f64, draws: usize) {
        self.cumulative.clear();
        let mut total = 0.0;
        self.cumulative.extend(weights.iter().map(|w| {
            total += w / sum;
            total
        }));
        // A power of two, so that cells begin at exact numbers.
        let cells = draws.clamp(1, CELLS).next_power_of_two();
        self.guide.clear();
        let mut item = 0;
        for cell in 0..cells {
            item = self.from(item, cell as f64 / cells as f64);
            self.guide.push(item as u32);
        }
    }

    /// The item at `u` in [0, 1]; the last one where rounding leaves the sum below `u`.
    #[inline]
    pub fn at(&self, u: f64) -> usize {
        let cell = ((u * self.guide.len() as f64) as usize).min(self.guide.len() - 1);
        self.from(self.guide[cell] as usize, u)
    }

    #[inline]
    fn from(&self, mut item: usize, u: f64) -> usize {
        while item + 1 < self.cumulative.len() && self.cumulative[item] <= u {
            item += 1;
        }
        item
    }
}

#[cfg(test)]
mod tests {
    use super::Roulette;
    use crate::draws::{Key, Purpose, Who};

    #[test]
    fn draws_what_inverse_transform_draws() {
        let luck = Key::new(1, 0, 0).stream(Purpose::Initial, Who::MARKET);
        let mut roulette = Roulette::default();
        for case in 0..200_u32 {
            let items = 1 + (luck.bits(case, 0) % 120) as usize;
            // Some items without weight, at either end and in between.
            let weight = |i: usize| {
                (luck.uniform(case, 1 + i as u32) - 0.3).max(0.0) + if i == items / 2 { 0.1 } else { 0.0 }
            };
            let weights: Vec<f64> = (0..items).map(weight).collect();
            let sum: f64 = weights.iter().sum();
            roulette.set(&weights, sum, 1 << (case % 12));
            let mut total = 0.0;
            let cumulative: Vec<f64> = weights
                .iter()
                .map(|w| {
                    total += w / sum;
                    total
                })
                .collect();
            let draws = (0..500).map(|draw| luck.uniform(case, 1000 + draw));
            let edges = cumulative.iter().copied().chain((0..=256).map(|cell| f64::from(cell) / 256.0));
            for u in draws.chain(edges).map(|u: f64| u.min(1.0)) {
                let expected = cumulative.partition_point(|&c| c <= u).min(items - 1);
                assert_eq!(roulette.at(u), expected, "case {case}, u {u}");
            }
        }
    }
}

//! Outcomes that fall into distinct basins.
//!
//! Learning may end in one of several places (equilibria, collusive or not), depending on luck. Then a mean over
//! replicates describes none of them. Replicates are points with one coordinate for each player's mean offer and for
//! each main share; the rule looks at one coordinate at a time.
//!
//! **Statistic.** Over all partitions of the sorted values into `k` consecutive parts, each of two replicates at least, the
//! largest ratio of the sum of squares between the parts to that within them, for `k` from 2 to [`MOST`] (Engelman and
//! Hartigan 1969 for two parts).
//!
//! **Test.** Its distribution in samples of one population of the same size, drawn [`SAMPLES`] times from a normal, a
//! uniform and an exponential law: the usual case, the flattest law with one mode (in which the ratio tends to
//! `k² − 1`), and a skew one. A coordinate splits into `k` where under each of the three a ratio as large is rarer than
//! [`LEVEL`] divided by the number of coordinates and of values of `k` (Bonferroni), and the means of neighbouring parts
//! differ by more than the `material` amount given with it. The fewest parts come first, then the coordinate with the
//! largest ratio; each part of at least [`FEWEST`] replicates is then looked at in the same way, on its own.
//!
//! So fewer than 1% of experiments with a single basin are split if its law is one of the three or between them; laws with
//! heavier tails can be split more often. Basins that overlap, or that fewer than two replicates reach, are not found, nor
//! are, among eight replicates, basins that lie less than some fifteen standard deviations apart.
//!
//! References: Fisher (1958), "On grouping for maximum homogeneity", JASA 53, 789–798 (the best partition); Engelman and Hartigan (1969), "Percentage points of a test for clusters", JASA 64, 1647–1648; Hartigan
//! (1978), "Asymptotic distributions for clustering criteria", Annals of Statistics 6, 117–131 (the limits); Hartigan
//! and Hartigan (1985), "The dip test of unimodality", Annals of Statistics 13, 70–84 (why the uniform law).

use crate::draws::{Key, Purpose, Who};
use crate::numerics::{ln, normal_quantile};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Probability with which a single basin is split at most.
pub const LEVEL: f64 = 0.01;

/// Fewest replicates that are split.
pub const FEWEST: usize = 8;

/// Samples of each law.
pub const SAMPLES: u32 = 6000;

/// Most samples: enough for some three hundred tests together.
const MOST_SAMPLES: u32 = 30_000;

/// Most parts into which a coordinate splits at once.
pub const MOST: usize = 4;

/// Fewest replicates of a part.
const PART: usize = 2;

/// Largest sample size that is simulated: in larger samples the ratio varies less, so that its quantiles are lower.
const LARGEST: usize = 60;

/// One coordinate of all replicates.
#[derive(Clone, Debug, PartialEq)]
pub struct Coordinate {
    /// Values by replicate, all finite.
    pub values: Vec<f64>,
    /// Difference between basins that matters.
    pub material: f64,
}

/// The best partition of sorted values into some number of parts.
#[derive(Clone, Debug, PartialEq)]
struct Partition {
    ratio: f64,
    /// Where each part ends.
    ends: Vec<usize>,
    /// Smallest difference between the means of neighbouring parts.
    difference: f64,
}

/// Basin of each replicate, numbered from 0 by size (the largest first, then by order of appearance); all 0 where the
/// replicates are one population.
pub fn basins(coordinates: &[Coordinate]) -> Vec<usize> {
    let replicates = coordinates.first().map_or(0, |c| c.values.len());
    let mut done: Vec<Vec<usize>> = Vec::new();
    let mut left: Vec<Vec<usize>> = vec![(0..replicates).collect()];
    while let Some(members) = left.pop() {
        match parted(coordinates, &members) {
            Some(parts) => left.extend(parts),
            None => done.push(members),
        }
    }
    done.sort_by_key(|members| (std::cmp::Reverse(members.len()), members.first().copied()));
    let mut basin = vec![0; replicates];
    for (number, members) in done.iter().enumerate() {
        for &member in members {
            basin[member] = number;
        }
    }
    basin
}

/// The parts into which these replicates fall, if they do.
fn parted(coordinates: &[Coordinate], members: &[usize]) -> Option<Vec<Vec<usize>>> {
    if members.len() < FEWEST {
        return None;
    }
    let orders: Vec<Vec<usize>> = coordinates
        .iter()
        .map(|c| {
            let mut order = members.to_vec();
            order.sort_by(|&a, &b| c.values[a].total_cmp(&c.values[b]));
            order
        })
        .collect();
    let level = LEVEL / (coordinates.len() * (MOST - 1)) as f64;
    for parts in 2..=MOST {
        // In uniform samples the ratio tends to this: smaller ones are never rare.
        let flat = (parts * parts - 1) as f64;
        let best = coordinates
            .iter()
            .zip(&orders)
            .filter_map(|(c, order)| {
                let values: Vec<f64> = order.iter().map(|&i| c.values[i]).collect();
                let partition = Search::new(&values).best(parts)?;
                (partition.ratio > flat && partition.difference > c.material).then_some((order, partition))
            })
            .max_by(|(_, a), (_, b)| a.ratio.total_cmp(&b.ratio));
        let Some((order, partition)) = best else { continue };
        if is_rare(partition.ratio, parts, members.len(), level) {
            let mut from = 0;
            let part = |end: &usize| {
                let mut part = order[from..*end].to_vec();
                from = *end;
                part.sort_unstable();
                part
            };
            return Some(partition.ends.iter().map(part).collect());
        }
    }
    None
}

/// Sums of the sorted values, from which the squares within any part follow.
struct Search {
    size: usize,
    sum: Vec<f64>,
    square: Vec<f64>,
}

impl Search {
    fn new(sorted: &[f64]) -> Self {
        let mean = sorted.iter().sum::<f64>() / sorted.len() as f64;
        let mut search = Search { size: sorted.len(), sum: vec![0.0], square: vec![0.0] };
        let (mut sum, mut square) = (0.0, 0.0);
        for x in sorted {
            sum += x - mean;
            square += (x - mean) * (x - mean);
            search.sum.push(sum);
            search.square.push(square);
        }
        search
    }

    /// Sum of squares within the part from `a` up to `b`.
    fn within(&self, a: usize, b: usize) -> f64 {
        let sum = self.sum[b] - self.sum[a];
        (self.square[b] - self.square[a] - sum * sum / (b - a) as f64).max(0.0)
    }

    fn mean(&self, a: usize, b: usize) -> f64 {
        (self.sum[b] - self.sum[a]) / (b - a) as f64
    }

    /// For each end from `ends.0` to `ends.1`, where its last part begins best, among `starts.0` to `starts.1`: the farther the
    /// end, the farther that is, so that the middle end halves the search of both sides (Wang and Song 2011, "Ckmeans.1d.dp",
    /// R Journal 3(2), 29–33; Grønlund et al. 2017, arXiv:1701.07204, §2.1).
    fn divide(
        &self,
        least: &[f64],
        ends: (usize, usize),
        starts: (usize, usize),
        next: &mut [f64],
        cut: &mut [usize],
    ) {
        if ends.0 > ends.1 {
            return;
        }
        let end = usize::midpoint(ends.0, ends.1);
        let (mut best, mut at) = (f64::INFINITY, starts.0);
        let last = starts.1.min(end - PART);
        for (from, before) in least.iter().enumerate().take(last + 1).skip(starts.0) {
            let within = before + self.within(from, end);
            if within < best {
                (best, at) = (within, from);
            }
        }
        (next[end], cut[end]) = (best, at);
        self.divide(least, (ends.0, end - 1), (starts.0, at), next, cut);
        self.divide(least, (end + 1, ends.1), (at, starts.1), next, cut);
    }

    /// The partition with the least squares within, by dynamic programming over the number of parts (Fisher 1958);
    /// `None` where there are too few values or all are the same.
    fn best(&self, parts: usize) -> Option<Partition> {
        let n = self.size;
        if n < parts * PART {
            return None;
        }
        let total = self.within(0, n);
        if total <= 0.0 {
            return None;
        }
        let mut least: Vec<f64> =
            (0..=n).map(|end| if end < PART { f64::INFINITY } else { self.within(0, end) }).collect();
        let mut cuts: Vec<Vec<usize>> = Vec::new();
        for _ in 1..parts {
            let mut next = vec![f64::INFINITY; n + 1];
            let mut cut = vec![0; n + 1];
            self.divide(&least, (2 * PART, n), (PART, n - PART), &mut next, &mut cut);
            least = next;
            cuts.push(cut);
        }
        let mut ends = vec![n];
        for cut in cuts.iter().rev() {
            ends.push(cut[*ends.last()?]);
        }
        ends.reverse();
        let starts = std::iter::once(0).chain(ends.iter().copied());
        let means: Vec<f64> = starts.zip(&ends).map(|(a, &b)| self.mean(a, b)).collect();
        let difference = means.windows(2).map(|m| m[1] - m[0]).fold(f64::INFINITY, f64::min);
        // Where all values of each part are equal nothing is left within but rounding.
        let within = least[n].max(1e-12 * total);
        Some(Partition { ratio: (total - within) / within, ends, difference })
    }
}

/// The laws of a single basin: their quantile functions.
const LAWS: [fn(f64) -> f64; 3] = [normal_quantile, |u| u, |u| -ln(u)];

/// Whether a ratio as large is rarer than `level` in samples of this size from each law.
fn is_rare(ratio: f64, parts: usize, size: usize, level: f64) -> bool {
    // At so low a level not one of the usual samples may be as large: then it takes more of them to tell.
    let samples = SAMPLES.max((1.0 / level).ceil().min(f64::from(MOST_SAMPLES)) as u32);
    let allowed = (level * f64::from(samples)) as usize;
    (0..LAWS.len()).all(|law| {
        let ratios = ratios_of_one_basin(law, parts, size.min(LARGEST), samples);
        ratios.len() - ratios.partition_point(|r| *r < ratio) <= allowed
    })
}

/// The ratios of so many samples of this size from a law, ascending. A study asks for the same ones at every design point;
/// they are drawn once.
fn ratios_of_one_basin(law: usize, parts: usize, size: usize, samples: u32) -> Arc<[f64]> {
    type Known = BTreeMap<(usize, usize, usize, u32), Arc<[f64]>>;
    static KNOWN: Mutex<Known> = Mutex::new(Known::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let draw = || {
        let stream = Key::new(0, law as u32, 0).stream(Purpose::Resample, Who::MARKET);
        let mut values = vec![0.0; size];
        let ratio = |sample: u32| {
            for (draw, value) in values.iter_mut().enumerate() {
                *value = LAWS[law](stream.uniform(sample, draw as u32));
            }
            values.sort_by(f64::total_cmp);
            Search::new(&values).best(parts).map(|p| p.ratio)
        };
        let mut ratios: Vec<f64> = (0..samples).filter_map(ratio).collect();
        ratios.sort_by(f64::total_cmp);
        ratios.into()
    };
    known.entry((law, parts, size, samples)).or_insert_with(draw).clone()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::name_hash;

    fn coordinate(values: Vec<f64>) -> Coordinate {
        Coordinate { values, material: 0.0 }
    }

    fn sample(case: &str, index: u32, size: usize, quantile: impl Fn(f64) -> f64) -> Vec<f64> {
        let stream = Key::new(name_hash(case), 0, index).stream(Purpose::Resample, Who::MARKET);
        (0..size as u32).map(|draw| quantile(stream.uniform(0, draw))).collect()
    }

    fn several(coordinates: &[Coordinate]) -> bool {
        basins(coordinates).iter().any(|&b| b > 0)
    }

    #[test]
    fn the_best_partition_by_hand() {
        let best = |values: &[f64], parts| Search::new(values).best(parts);
        // Parts {0, 1} and {10, 11}: between 100, within 1.
        let p = best(&[0.0, 1.0, 10.0, 11.0], 2).unwrap();
        assert_eq!(p.ends, [2, 4]);
        assert!((p.ratio - 100.0).abs() < 1e-9 && (p.difference - 10.0).abs() < 1e-12);
        let p = best(&[0.0, 1.0, 4.0, 5.0, 5.0, 10.0, 11.0], 3).unwrap();
        assert_eq!(p.ends, [2, 5, 7]);
        assert!((p.difference - (14.0 / 3.0 - 0.5)).abs() < 1e-12);
        assert_eq!(best(&[2.0; 9], 2), None);
        assert_eq!(best(&[1.0, 2.0, 3.0], 2), None);
    }

    /// Against every partition, tried one by one.
    #[test]
    fn the_best_partition_is_the_best_of_all() {
        for case in 0..40 {
            let mut values = sample("all", case, 4 + case as usize % 9, |u| (8.0 * u * u).round() / 4.0);
            values.sort_by(f64::total_cmp);
            let search = Search::new(&values);
            let n = values.len();
            let mut two = f64::INFINITY;
            let mut three = f64::INFINITY;
            for a in PART..=n - PART {
                two = two.min(search.within(0, a) + search.within(a, n));
                for b in a + PART..=n - PART {
                    three = three.min(search.within(0, a) + search.within(a, b) + search.within(b, n));
                }
            }
            let total = search.within(0, n);
            for (parts, least) in [(2, two), (3, three)] {
                let Some(found) = search.best(parts) else { continue };
                let least = least.max(1e-12 * total);
                let ratio = (total - least) / least;
                assert!(
                    (found.ratio / ratio - 1.0).abs() < 1e-9 || total < 1e-9,
                    "{case} {parts}: {values:?}"
                );
            }
        }
    }

    /// One population is split in at most 1% of cases, be it normal (with correlated coordinates), flat or skew: by the
    /// binomial law in at most 4 of 60, with probability .9996.
    #[test]
    fn one_population_stays_whole() {
        let cases = 60;
        for (name, size, quantile) in [
            ("normal", 8, normal_quantile as fn(f64) -> f64),
            ("normal", 40, normal_quantile),
            ("uniform", 32, |u| u),
            ("exponential", 32, |u| -ln(u)),
        ] {
            let split = (0..cases)
                .filter(|&case| {
                    let draw = |what: &str| sample(&format!("{name} {size} {what}"), case, size, quantile);
                    let (a, b) = (draw("a"), draw("b"));
                    let mixed = a.iter().zip(&b).map(|(x, y)| 0.8 * x + 0.6 * y).collect();
                    several(&[coordinate(a), coordinate(b), coordinate(mixed)])
                })
                .count();
            println!("{name}, {size} replicates: {split} of {cases} split");
            assert!(split <= 4, "{name}, {size} replicates: {split} of {cases} split");
        }
    }

    /// Groups forty standard deviations apart are found with eight replicates, whatever their sizes from two on; with
    /// twenty, groups twelve apart.
    #[test]
    fn groups_apart_are_found() {
        for (size, few, spread) in
            [(8, 2, 0.025), (8, 3, 0.025), (8, 4, 0.025), (20, 6, 0.08), (20, 10, 0.08)]
        {
            for case in 0..2 {
                let noise = sample("apart", case + 100 * few, size, normal_quantile);
                let second = sample("beside", case + 100 * few, size, normal_quantile);
                let apart: Vec<f64> = noise
                    .iter()
                    .enumerate()
                    .map(|(i, x)| spread * x + if (i as u32) < few { 1.0 } else { 0.0 })
                    .collect();
                let found = basins(&[coordinate(second), coordinate(apart)]);
                let low = usize::from(2 * few as usize >= size);
                let expected: Vec<usize> =
                    (0..size).map(|i| if (i as u32) < few { 1 - low } else { low }).collect();
                assert_eq!(found, expected, "{few} of {size}");
            }
        }
    }

    #[test]
    fn three_groups_equal_values_and_what_does_not_matter() {
        let values: Vec<f64> = (0..30).map(|i| f64::from(i % 3) + 0.002 * f64::from(i)).collect();
        let found = basins(&[coordinate(values)]);
        assert!((0..30).all(|i| found[i] == i % 3), "{found:?}");
        // Exact repetitions, as where play is pure.
        let values: Vec<f64> = (0..8).map(|i| if i < 5 { 0.8 } else { 0.9 }).collect();
        assert_eq!(basins(&[coordinate(values.clone())]), [0, 0, 0, 0, 0, 1, 1, 1]);
        assert!(!several(&[Coordinate { values, material: 0.2 }]));
        assert!(!several(&[coordinate(vec![0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0])]));
        assert!(!several(&[]) && basins(&[coordinate(vec![1.0; 20])]) == [0; 20]);
    }
}

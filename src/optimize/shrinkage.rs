//! The winner's curse: by how much fresh draws are worse than those by which finalists were chosen.
//!
//! *Shrinkage* of an objective is `Ā − S̄`: the mean over finalists of their audited means, less that of the means by which they
//! were chosen. All finalists are on the same draws, so that it is replicates that are independent, not finalists. With `F`
//! finalists and `nᵢ` replicates of finalist `i` in the search, `S̄ = Σ_r ψ_r`, `ψ_r = Σ_{i: nᵢ > r} x_{ir}/(F nᵢ)`: a sum of
//! independent contributions, which have one law within each *block* of replicates that the same finalists have. So its variance is
//! the sum over blocks of length times sample variance of `ψ`, and that of `Ā` the sample variance of replicate means over their
//! number. Intervals have Student's quantile with the degrees of freedom of Welch (1947, Biometrika 34, pp. 28–35) and Satterthwaite
//! (1946, Biometrics Bulletin 2, pp. 110–114).

use crate::measure::statistics::{Estimate, LEVEL, Moments};
use crate::measure::student::critical_value;

/// Replicates below which a block is one with the block before: its own variance would say nothing. The difference of the two
/// means can only add to the variance.
const SHORTEST: usize = 4;

/// Shrinkage of one objective, of which less is better: outcomes of each finalist by replicate, in the search (as many as it had,
/// those that were not in it none) and in the audit (all the same ones). `n` of the estimate is the number of finalists. `None`
/// without a finalist that has both, or with a single audit replicate.
pub fn shrinkage(searched: &[Vec<f64>], audited: &[Vec<f64>]) -> Option<Estimate> {
    let pairs: Vec<(&Vec<f64>, &Vec<f64>)> =
        searched.iter().zip(audited).filter(|(s, a)| !s.is_empty() && !a.is_empty()).collect();
    let finalists = pairs.len() as f64;
    let fresh = pairs.iter().map(|(_, a)| a.len()).min()?;
    if fresh < 2 {
        return None;
    }
    let audit: Moments =
        (0..fresh).map(|r| pairs.iter().map(|(_, a)| a[r]).sum::<f64>() / finalists).collect();
    let longest = pairs.iter().map(|(s, _)| s.len()).max()?;
    let contribution = |r: usize| -> f64 {
        let own = pairs.iter().filter(|(s, _)| s.len() > r);
        own.map(|(s, _)| s[r] / (finalists * s.len() as f64)).sum()
    };
    let contributions: Vec<f64> = (0..longest).map(contribution).collect();
    // Variance and degrees of freedom of each independent part.
    let mut parts = vec![(audit.variance() / fresh as f64, fresh as f64 - 1.0)];
    for block in blocks(pairs.iter().map(|(s, _)| s.len())) {
        let moments: Moments = contributions[block.clone()].iter().copied().collect();
        if moments.n() > 1 {
            parts.push((block.len() as f64 * moments.variance(), block.len() as f64 - 1.0));
        }
    }
    let variance: f64 = parts.iter().map(|(v, _)| v).sum();
    let apart: f64 = parts.iter().map(|(v, freedom)| v * v / freedom).sum();
    let mean = audit.mean() - contributions.iter().sum::<f64>();
    let se = variance.sqrt();
    let half = if variance > 0.0 { critical_value(LEVEL, variance * variance / apart) * se } else { 0.0 };
    Some(Estimate { mean, se, ci_low: mean - half, ci_high: mean + half, n: pairs.len() as u64 })
}

/// Ranges of replicates that the same finalists have, given how many each has.
fn blocks(lengths: impl Iterator<Item = usize>) -> Vec<std::ops::Range<usize>> {
    let mut ends: Vec<usize> = lengths.collect();
    ends.sort_unstable();
    ends.dedup();
    let mut found: Vec<std::ops::Range<usize>> = Vec::new();
    let mut from = 0;
    for end in ends {
        match found.last_mut().filter(|_| end - from < SHORTEST) {
            Some(before) => before.end = end,
            None => found.push(from..end),
        }
        from = end;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::{Key, Purpose, Who};
    use crate::numerics::normal_quantile;

    #[test]
    fn by_hand() {
        // Search: (1, 3, 2, 2) and (3, 5, 4, 4), means 2 and 4; audit: (4, 6) and (5, 9), means 5 and 7. Shrinkage 3.
        let searched = [vec![1.0, 3.0, 2.0, 2.0], vec![3.0, 5.0, 4.0, 4.0]];
        let audited = [vec![4.0, 6.0], vec![5.0, 9.0]];
        let found = shrinkage(&searched, &audited).unwrap();
        // ψ = (4, 8, 6, 6)/8: variance (2/3)·4/64 = 1/24, of the sum 1/6. Audit: replicate means 4.5 and 7.5, variance 4.5, of the
        // mean 2.25. Welch: (29/12)²/((1/6)²/3 + 2.25²).
        let variance: f64 = 1.0 / 6.0 + 2.25;
        let freedom = variance * variance / (1.0 / 108.0 + 2.25 * 2.25);
        assert_eq!((found.mean, found.n), (3.0, 2));
        assert!((found.se - variance.sqrt()).abs() < 1e-12);
        assert!((found.ci_high - 3.0 - critical_value(0.95, freedom) * variance.sqrt()).abs() < 1e-12);
        assert_eq!(shrinkage(&searched, &[vec![1.0], vec![1.0]]), None);
        assert_eq!(shrinkage(&[], &[]), None);
        assert_eq!(blocks([16, 8, 9, 8].into_iter()), [0..9, 9..16]);
    }

    #[test]
    fn luck_that_finalists_share_is_in_the_interval() {
        // Twenty finalists without any curse, draws nearly all in common, and between 8 and 64 replicates each in the search. As if
        // finalists were independent, the interval would cover in one study of twenty-five.
        let studies = 600_u32;
        let mut covered = 0;
        for study in 0..studies {
            let draw = |which: u32, r: usize, i: u32| {
                let stream = Key::new(11, study, which).stream(Purpose::Resample, Who::MARKET);
                let normal = |place| normal_quantile(stream.uniform(r as u32, place));
                normal(0) + 0.1 * normal(1 + i)
            };
            let length = |i: u32| 8_usize << (i % 4);
            let searched: Vec<Vec<f64>> =
                (0..20).map(|i| (0..length(i)).map(|r| draw(0, r, i)).collect()).collect();
            let audited: Vec<Vec<f64>> = (0..20).map(|i| (0..24).map(|r| draw(1, r, i)).collect()).collect();
            let found = shrinkage(&searched, &audited).unwrap();
            covered += u32::from(found.ci_low <= 0.0 && 0.0 <= found.ci_high);
        }
        let rate = f64::from(covered) / f64::from(studies);
        // Three standard errors of a rate of 95%.
        assert!((rate - 0.95).abs() < 3.0 * (0.95 * 0.05 / f64::from(studies)).sqrt(), "{rate}");
    }
}

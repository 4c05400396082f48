//! Hypervolume: the volume of what a set of points dominates, up to a reference point; exact, all objectives minimised.
//!
//! `H(P) = λ(∪_p [p, r])`. With two objectives by a sweep; with three by slicing along the third; with more as a sum of
//! exclusive volumes, `H = Σ_i (box(p_i) − H(limit set of p_i in p_{i+1}, …))` (While, Bradstreet and Barone 2012, IEEE
//! Trans. Evol. Comput. 16(1), pp. 86–95, the WFG algorithm).

/// Hypervolume of `points` with respect to `reference`. Points that are not better than the reference in every objective
/// count for nothing, as do `NaN`s.
pub fn hypervolume<P: AsRef<[f64]>>(points: &[P], reference: &[f64]) -> f64 {
    let inside = |p: &[f64]| p.len() == reference.len() && p.iter().zip(reference).all(|(x, r)| x < r);
    let points: Vec<Vec<f64>> =
        points.iter().map(AsRef::as_ref).filter(|p| inside(p)).map(<[f64]>::to_vec).collect();
    volume(points, reference)
}

fn volume(mut points: Vec<Vec<f64>>, reference: &[f64]) -> f64 {
    match reference.len() {
        0 => 0.0,
        1 => points.iter().map(|p| reference[0] - p[0]).fold(0.0, f64::max),
        2 => {
            points.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
            let (mut area, mut lowest) = (0.0, reference[1]);
            for p in &points {
                if p[1] < lowest {
                    area += (reference[0] - p[0]) * (lowest - p[1]);
                    lowest = p[1];
                }
            }
            area
        }
        3 => sliced(points, reference),
        _ => {
            // The last objective descending makes limit sets small early.
            let last = reference.len() - 1;
            points.sort_by(|a, b| b[last].total_cmp(&a[last]));
            let mut total = 0.0;
            for (i, p) in points.iter().enumerate() {
                let own: f64 = p.iter().zip(reference).map(|(x, r)| r - x).product();
                let limited = points[i + 1..]
                    .iter()
                    .map(|q| q.iter().zip(p).map(|(x, y)| x.max(*y)).collect())
                    .collect();
                total += own - volume(without_dominated(limited), reference);
            }
            total
        }
    }
}

/// Three objectives: the area of what is dominated in the first two, which grows as the third passes each point.
fn sliced(mut points: Vec<Vec<f64>>, reference: &[f64]) -> f64 {
    points.sort_by(|a, b| a[2].total_cmp(&b[2]));
    // Non-dominated points of the slice: first objective ascending, second descending.
    let mut stairs: Vec<(f64, f64)> = Vec::new();
    let (mut total, mut area, mut from) = (0.0, 0.0, f64::NEG_INFINITY);
    for p in &points {
        if from > f64::NEG_INFINITY {
            total += area * (p[2] - from);
        }
        from = p[2];
        let (x, y) = (p[0], p[1]);
        let place = stairs.partition_point(|s| s.0 < x);
        if (place > 0 && stairs[place - 1].1 <= y) || stairs.get(place).is_some_and(|s| s.0 == x && s.1 <= y)
        {
            continue;
        }
        // What the point adds lies right of it, below the stairs as they were, up to the first that is lower.
        let mut end = place;
        let mut ceiling = if place > 0 { stairs[place - 1].1 } else { reference[1] };
        let mut left = x;
        while end < stairs.len() && stairs[end].1 >= y {
            area += (stairs[end].0 - left) * (ceiling - y);
            (left, ceiling) = stairs[end];
            end += 1;
        }
        let right = stairs.get(end).map_or(reference[0], |s| s.0);
        area += (right - left) * (ceiling - y);
        stairs.splice(place..end, [(x, y)]);
    }
    if from > f64::NEG_INFINITY { total + area * (reference[2] - from) } else { 0.0 }
}

fn without_dominated(points: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let mut kept: Vec<Vec<f64>> = Vec::with_capacity(points.len());
    for p in points {
        let covers = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(x, y)| x <= y);
        if kept.iter().any(|q| covers(q, &p)) {
            continue;
        }
        kept.retain(|q| !covers(&p, q));
        kept.push(p);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::{Key, Purpose, Who};

    #[test]
    fn boxes_by_hand() {
        assert_eq!(hypervolume(&[[1.0, 3.0], [2.0, 2.0], [3.0, 1.0]], &[4.0, 4.0]), 6.0);
        // Dominated, equal and outlying points add nothing.
        let more = [[1.0, 3.0], [2.0, 2.0], [2.0, 2.0], [2.5, 3.5], [3.0, 1.0], [5.0, 0.0], [f64::NAN, 0.0]];
        assert_eq!(hypervolume(&more, &[4.0, 4.0]), 6.0);
        // Three boxes of volume 4 that share a cube of 1 and pairwise 2 (each pair): 12 − 6 + 1.
        let points = [[0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 0.0]];
        assert_eq!(hypervolume(&points, &[2.0, 2.0, 2.0]), 2.0 * 3.0 - 3.0 + 1.0);
        assert_eq!(hypervolume::<[f64; 2]>(&[], &[1.0, 1.0]), 0.0);
    }

    /// Inclusion and exclusion over all subsets.
    fn slowly(points: &[Vec<f64>], reference: &[f64]) -> f64 {
        (1_u32..1 << points.len())
            .map(|set| {
                let corner = |j: usize| {
                    let members = (0..points.len()).filter(|i| set >> i & 1 == 1);
                    members.map(|i| points[i][j]).fold(f64::NEG_INFINITY, f64::max)
                };
                let volume: f64 = (0..reference.len()).map(|j| reference[j] - corner(j)).product();
                if set.count_ones() % 2 == 1 { volume } else { -volume }
            })
            .sum()
    }

    #[test]
    fn agrees_with_inclusion_and_exclusion() {
        for dimension in 2..=4 {
            for trial in 0..20 {
                let stream = Key::new(trial, dimension, 0).stream(Purpose::Search, Who::MARKET);
                let points: Vec<Vec<f64>> =
                    (0..9).map(|i| (0..dimension).map(|j| stream.uniform(i, j)).collect()).collect();
                let reference = vec![1.0; dimension as usize];
                let (fast, slow) = (hypervolume(&points, &reference), slowly(&points, &reference));
                assert!((fast - slow).abs() < 1e-9, "{dimension}, {trial}: {fast} {slow}");
            }
        }
    }
}

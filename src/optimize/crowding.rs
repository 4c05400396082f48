//! Which members of a front stand alone, and which can go.
//!
//! Crowding of a member: with two objectives the sum of the distances between its neighbours on either side, along each
//! objective (Deb et al. 2002, IEEE Trans. Evol. Comput. 6(2), p. 185); with `m ≥ 3`, where there is no "either side", the
//! product of the distances to its `m` nearest neighbours (Kukkonen and Deb 2006, PPSN IX, section 3). Objectives are
//! scaled by the front's own range, and the best in each never goes. A front is thinned one member at a time, and
//! neighbours are looked at afresh after each (Kukkonen and Deb 2006, CEC, pp. 1179–1186): thinning in one go leaves holes.

/// Crowding distances of the members of a front that are left when all but `keep` have gone, the most crowded first; as
/// (index in `front`, distance). `front` has the objectives of each member.
pub fn thinned(front: &[&[f64]], keep: usize) -> Vec<(usize, f64)> {
    let n = front.len();
    let Some(first) = front.first() else { return Vec::new() };
    let objectives = first.len();
    let range: Vec<(f64, f64)> = (0..objectives)
        .map(|j| {
            let column = || front.iter().map(|f| f[j]);
            let low = column().fold(f64::INFINITY, f64::min);
            let high = column().fold(f64::NEG_INFINITY, f64::max);
            (low, if high > low { 1.0 / (high - low) } else { 0.0 })
        })
        .collect();
    let scaled: Vec<f64> =
        front.iter().flat_map(|f| f.iter().zip(&range).map(|(x, (low, scale))| (x - low) * scale)).collect();
    if objectives <= 2 {
        along_a_line(&scaled, n, objectives, keep)
    } else {
        by_neighbours(&scaled, n, objectives, keep)
    }
}

fn along_a_line(points: &[f64], n: usize, objectives: usize, keep: usize) -> Vec<(usize, f64)> {
    let at = |i: usize, j: usize| points[i * objectives + j];
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| {
        at(a, 0)
            .total_cmp(&at(b, 0))
            .then(at(b, objectives - 1).total_cmp(&at(a, objectives - 1)))
            .then(a.cmp(&b))
    });
    let distance = |a: usize, b: usize| (0..objectives).map(|j| (at(a, j) - at(b, j)).abs()).sum::<f64>();
    // Neighbours by place in the order; the ends have none on one side.
    let mut before: Vec<usize> = (0..n).map(|p| p.wrapping_sub(1)).collect();
    let mut after: Vec<usize> = (1..=n).collect();
    let crowding = |p: usize, before: &[usize], after: &[usize]| {
        if before[p] == usize::MAX || after[p] >= n {
            f64::INFINITY
        } else {
            distance(order[before[p]], order[after[p]])
        }
    };
    let mut crowded: Vec<f64> = (0..n).map(|p| crowding(p, &before, &after)).collect();
    let mut left: Vec<usize> = (0..n).collect();
    while left.len() > keep {
        let worst = left.iter().enumerate().min_by(|(_, a), (_, b)| crowded[**a].total_cmp(&crowded[**b]));
        let Some(place) = worst.map(|(place, _)| place) else { break };
        let gone = left.remove(place);
        let (b, a) = (before[gone], after[gone]);
        if b != usize::MAX {
            after[b] = a;
        }
        if a < n {
            before[a] = b;
        }
        for near in [b, a] {
            if near < n {
                crowded[near] = crowding(near, &before, &after);
            }
        }
    }
    left.into_iter().map(|p| (order[p], crowded[p])).collect()
}

fn by_neighbours(points: &[f64], n: usize, objectives: usize, keep: usize) -> Vec<(usize, f64)> {
    let row = |i: usize| &points[i * objectives..(i + 1) * objectives];
    let mut squares = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..i {
            let d: f64 = row(i).iter().zip(row(j)).map(|(x, y)| (x - y) * (x - y)).sum();
            squares[i * n + j] = d;
            squares[j * n + i] = d;
        }
    }
    let mut is_left = vec![true; n];
    let mut best = vec![false; n];
    for j in 0..objectives {
        let least = (0..n).min_by(|&a, &b| row(a)[j].total_cmp(&row(b)[j]).then(a.cmp(&b)));
        if let Some(least) = least {
            best[least] = true;
        }
    }
    // Nearest neighbours of each member, ascending: a few more than needed, so that one that goes is seldom missed.
    let stock = objectives + 6;
    let nearest = |i: usize, is_left: &[bool]| {
        let mut near: Vec<(f64, usize)> = Vec::with_capacity(stock + 1);
        for j in (0..n).filter(|&j| j != i && is_left[j]) {
            let d = squares[i * n + j];
            if near.len() < stock || d < near[near.len() - 1].0 {
                let place = near.partition_point(|(other, _)| *other <= d);
                near.insert(place, (d, j));
                near.truncate(stock);
            }
        }
        near
    };
    let product = |near: &[(f64, usize)]| near.iter().take(objectives).map(|(d, _)| *d).product::<f64>();
    let mut near: Vec<Vec<(f64, usize)>> = (0..n).map(|i| nearest(i, &is_left)).collect();
    // Who counts a member among its neighbours; may name some who no longer do.
    let mut holders: Vec<Vec<usize>> = vec![Vec::new(); n];
    for (i, near) in near.iter().enumerate() {
        for (_, j) in near {
            holders[*j].push(i);
        }
    }
    let mut crowded: Vec<f64> =
        (0..n).map(|i| if best[i] { f64::INFINITY } else { product(&near[i]) }).collect();
    let mut left: Vec<usize> = (0..n).collect();
    while left.len() > keep {
        let worst = left.iter().enumerate().min_by(|(_, a), (_, b)| crowded[**a].total_cmp(&crowded[**b]));
        let Some(place) = worst.map(|(place, _)| place) else { break };
        let gone = left.remove(place);
        is_left[gone] = false;
        for i in std::mem::take(&mut holders[gone]) {
            if !is_left[i] {
                continue;
            }
            let Some(held) = near[i].iter().position(|(_, j)| *j == gone) else { continue };
            near[i].remove(held);
            if near[i].len() < objectives && left.len() > near[i].len() + 1 {
                near[i] = nearest(i, &is_left);
                for (_, j) in &near[i] {
                    holders[*j].push(i);
                }
            }
            if held < objectives && !best[i] {
                crowded[i] = product(&near[i]);
            }
        }
    }
    left.into_iter().map(|i| (i, crowded[i])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_crowded_go_first_and_the_ends_stay() {
        let front: Vec<Vec<f64>> = [0.0, 0.45, 0.5, 0.55, 1.0].iter().map(|x| vec![*x, 1.0 - x]).collect();
        let rows: Vec<&[f64]> = front.iter().map(Vec::as_slice).collect();
        let mut kept: Vec<usize> = thinned(&rows, 4).into_iter().map(|(i, _)| i).collect();
        kept.sort_unstable();
        assert_eq!(kept, [0, 1, 3, 4]);
        let two: Vec<usize> = thinned(&rows, 2).into_iter().map(|(i, _)| i).collect();
        assert_eq!(two, [0, 4]);
        assert!(thinned(&rows, 5).iter().any(|(i, d)| *i == 2 && (d - 0.2).abs() < 1e-12));
    }

    #[test]
    fn with_three_objectives_the_best_in_each_stay() {
        let corner = |i: usize| (0..3).map(|j| if i == j { 0.0 } else { 1.0 }).collect::<Vec<f64>>();
        let mut front: Vec<Vec<f64>> = (0..3).map(corner).collect();
        for k in 0..5 {
            front.push(vec![0.5 + 0.001 * f64::from(k), 0.5, 0.5]);
        }
        let rows: Vec<&[f64]> = front.iter().map(Vec::as_slice).collect();
        let mut kept: Vec<usize> = thinned(&rows, 4).into_iter().map(|(i, _)| i).collect();
        kept.sort_unstable();
        assert_eq!(kept[..3], [0, 1, 2]);
        assert_eq!(kept.len(), 4);
    }
}

//! Children of two parents: simulated binary crossover and polynomial mutation, on positions between 0 and 1.
//!
//! With probability .9 parents cross; then each variable that exists for both crosses with probability ½ (simulated binary
//! crossover with distribution index 15, Deb and Agrawal 1995, Complex Systems 9, pp. 115–148, in the bounded form of
//! Deb's NSGA-II code), or is exchanged where its settings have no order. Each variable of a child then mutates with
//! probability 1/n, n being the variables that exist: polynomial mutation with index 20 (Deb and Goyal 1996, Computer Science
//! and Informatics 26(4), pp. 30–45), another setting where there is no order.

use super::space::{Kind, Space};
use crate::draws::Sequence;
use crate::numerics::pow;

/// Probability that two parents cross.
const CROSSES: f64 = 0.9;
/// Distribution index of mutation.
const MUTATION: f64 = 20.0;

/// Two children.
pub fn children(space: &Space, a: &[f64], b: &[f64], rng: &mut Sequence) -> [Vec<f64>; 2] {
    let (mut x, mut y) = (a.to_vec(), b.to_vec());
    if rng.uniform() < CROSSES {
        for (i, variable) in space.variables.iter().enumerate() {
            if rng.uniform() >= 0.5 {
                continue;
            }
            if variable.kind.is_ordered() {
                (x[i], y[i]) = crossed(x[i], y[i], rng.uniform());
            }
            if !variable.kind.is_ordered() || rng.uniform() < 0.5 {
                std::mem::swap(&mut x[i], &mut y[i]);
            }
        }
    }
    for child in [&mut x, &mut y] {
        mutate(space, child, rng);
    }
    [x, y]
}

/// Mutates and snaps.
fn mutate(space: &Space, genes: &mut [f64], rng: &mut Sequence) {
    let active = space.active(genes);
    let rate = 1.0 / active.iter().filter(|&&exists| exists).count().max(1) as f64;
    for ((gene, variable), exists) in genes.iter_mut().zip(&space.variables).zip(active) {
        if !exists || rng.uniform() >= rate {
            *gene = variable.kind.snap(*gene);
            continue;
        }
        let u = rng.uniform();
        *gene = match &variable.kind {
            Kind::Category(count) if *count > 1 => {
                // One of the others.
                let own = (*gene * *count as f64) as usize;
                let other = ((u * (*count as f64 - 1.0)) as usize).min(count - 2);
                super::space::position(other + usize::from(other >= own), *count)
            }
            kind => {
                let moved = mutated(*gene, u);
                let snapped = kind.snap(moved);
                // A step too short for the next setting would be none: one setting on, that way.
                if let Kind::Ordered(positions) = kind
                    && snapped == *gene
                {
                    let at = positions.iter().position(|p| p == gene).unwrap_or(0);
                    let next = if moved < *gene { at.saturating_sub(1) } else { at + 1 };
                    positions[next.min(positions.len() - 1)]
                } else {
                    snapped
                }
            }
        };
    }
}

/// Simulated binary crossover of two positions by one uniform number.
fn crossed(a: f64, b: f64, u: f64) -> (f64, f64) {
    let (low, high) = (a.min(b), a.max(b));
    let gap = high - low;
    if gap <= 1e-14 {
        return (a, b);
    }
    let spread = |room: f64| {
        let beta = 1.0 + 2.0 * room / gap;
        // The index is 15, so that powers are repeated squares and roots.
        let alpha = 2.0 - 1.0 / squared_four_times(beta);
        if u <= 1.0 / alpha {
            rooted_four_times(u * alpha)
        } else {
            rooted_four_times(1.0 / (2.0 - u * alpha))
        }
    };
    let first = 0.5 * (low + high - spread(low) * gap);
    let second = 0.5 * (low + high + spread(1.0 - high) * gap);
    (first.clamp(0.0, 1.0), second.clamp(0.0, 1.0))
}

fn squared_four_times(x: f64) -> f64 {
    let x = x * x;
    let x = x * x;
    let x = x * x;
    x * x
}

fn rooted_four_times(x: f64) -> f64 {
    x.sqrt().sqrt().sqrt().sqrt()
}

/// Polynomial mutation of a position by one uniform number.
fn mutated(x: f64, u: f64) -> f64 {
    let root = 1.0 / (MUTATION + 1.0);
    let step = if u < 0.5 {
        pow(2.0 * u + (1.0 - 2.0 * u) * pow(1.0 - x, MUTATION + 1.0), root) - 1.0
    } else {
        1.0 - pow(2.0 * (1.0 - u) + (2.0 * u - 1.0) * pow(x, MUTATION + 1.0), root)
    };
    (x + step).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::{Key, Purpose, Who};
    use crate::optimize::space::{Variable, position};

    fn rng(n: u32) -> Sequence {
        Key::new(n.into(), 0, 0).stream(Purpose::Search, Who::MARKET).sequence(0)
    }

    #[test]
    fn crossing_keeps_the_middle_where_there_is_room() {
        // Far from the bounds both spreads are the unbounded one: β = (2u)^{1/16} at u = .3, (1/(2(1 − u)))^{1/16} at .7.
        for (u, beta) in [(0.3, libm::pow(0.6, 1.0 / 16.0)), (0.7, libm::pow(1.0 / 0.6, 1.0 / 16.0))] {
            let (x, y) = crossed(0.5, 0.52, u);
            assert!((x + y - 1.02).abs() < 1e-12);
            assert!(((y - x) / 0.02 - beta).abs() < 1e-9, "{u}");
        }
    }

    #[test]
    fn children_stay_admissible_and_categories_come_from_parents_or_change() {
        let mut space = Space::cube(4);
        space.variables[1].kind = Kind::Category(3);
        space.variables[2] =
            Variable { kind: Kind::Ordered(vec![0.1, 0.3, 0.9]), when: vec![(1, position(0, 3))] };
        let mut seen = [false; 3];
        let mut moved = 0;
        for trial in 0..400 {
            let (a, b) = ([0.2, position(0, 3), 0.1, 1.0], [0.8, position(1, 3), 0.3, 0.0]);
            for child in children(&space, &a, &b, &mut rng(trial)) {
                let mut snapped = child.clone();
                space.snap(&mut snapped);
                assert_eq!(child, snapped);
                seen[(child[1] * 3.0) as usize] = true;
                moved += usize::from(child[0] != 0.2 && child[0] != 0.8);
            }
        }
        assert_eq!(seen, [true; 3]);
        // .9 · ½ cross, and a quarter to a third of the rest mutate.
        assert!((350..600).contains(&moved), "{moved} of 800");
    }

    #[test]
    fn mutation_is_mostly_small_and_reaches_both_bounds() {
        assert_eq!(mutated(0.3, 0.0), 0.0);
        assert!(mutated(0.3, 1.0 - 1e-16) > 0.99);
        assert!((mutated(0.3, 0.5) - 0.3).abs() < 1e-12);
        assert!((mutated(0.5, 0.4) - 0.5).abs() < 0.02);
    }
}

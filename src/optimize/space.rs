//! The space of candidates: variables as positions between 0 and 1.
//!
//! A *gene* is the position of one variable in [0, 1]; what stands at a position is the caller's business (a number on a
//! linear or logarithmic scale, a whole number, a name). Variables with finitely many settings have finitely many
//! positions, to which genes snap. A conditional variable exists only where earlier ones have given settings; elsewhere its
//! gene is carried along and means nothing.

use crate::draws::Sequence;

/// What a variable can be.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Anything between 0 and 1.
    Continuous,
    /// One of these positions, ascending, of which neighbours are alike.
    Ordered(Vec<f64>),
    /// One of so many settings that are not alike: position `(i + ½)/n` stands for setting `i`.
    Category(usize),
}

/// One variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// What it can be.
    pub kind: Kind,
    /// It exists only where each of these earlier variables stands at the given position.
    pub when: Vec<(usize, f64)>,
}

/// All variables; conditions refer to earlier ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Space {
    /// The variables, in order.
    pub variables: Vec<Variable>,
}

/// Position of setting `index` of `count`.
pub fn position(index: usize, count: usize) -> f64 {
    (index as f64 + 0.5) / count as f64
}

impl Kind {
    /// The admissible position nearest to `x`.
    pub fn snap(&self, x: f64) -> f64 {
        match self {
            Kind::Continuous => x.clamp(0.0, 1.0),
            Kind::Ordered(positions) => {
                let after = positions.partition_point(|p| *p < x).min(positions.len() - 1);
                let before = after.saturating_sub(1);
                if x - positions[before] < positions[after] - x {
                    positions[before]
                } else {
                    positions[after]
                }
            }
            Kind::Category(count) => position(((x * *count as f64).max(0.0) as usize).min(count - 1), *count),
        }
    }

    /// Whether the variable has neighbouring settings.
    pub fn is_ordered(&self) -> bool {
        !matches!(self, Kind::Category(_))
    }
}

impl Space {
    /// A space of `n` continuous variables.
    pub fn cube(n: usize) -> Self {
        Space { variables: vec![Variable { kind: Kind::Continuous, when: Vec::new() }; n] }
    }

    /// Number of variables.
    pub fn len(&self) -> usize {
        self.variables.len()
    }

    /// Whether nothing varies.
    pub fn is_empty(&self) -> bool {
        self.variables.is_empty()
    }

    /// Which variables exist for these genes.
    pub fn active(&self, genes: &[f64]) -> Vec<bool> {
        let mut active = Vec::with_capacity(self.len());
        for variable in &self.variables {
            let holds = |&(other, at): &(usize, f64)| active[other] && genes[other] == at;
            active.push(variable.when.iter().all(holds));
        }
        active
    }

    /// Snaps every gene to an admissible position.
    pub fn snap(&self, genes: &mut [f64]) {
        for (gene, variable) in genes.iter_mut().zip(&self.variables) {
            *gene = variable.kind.snap(*gene);
        }
    }

    /// Whether two candidates are the same: equal genes wherever variables exist.
    pub fn same(&self, a: &[f64], b: &[f64]) -> bool {
        self.key(a) == self.key(b)
    }

    /// Genes by bits, those of absent variables left out: equal for candidates that are the same.
    pub fn key(&self, genes: &[f64]) -> Vec<u64> {
        let active = self.active(genes);
        genes
            .iter()
            .zip(active)
            .map(|(gene, exists)| if exists { gene.to_bits() } else { u64::MAX })
            .collect()
    }

    /// A Latin hypercube of `count` candidates: each variable's range is cut into `count` slices, and each slice is hit
    /// once. Settings of a category come up equally often, as far as `count` allows.
    pub fn spread(&self, count: usize, rng: &mut Sequence) -> Vec<Vec<f64>> {
        let mut rows = vec![vec![0.0; self.len()]; count];
        for (column, variable) in self.variables.iter().enumerate() {
            let mut slices: Vec<usize> = (0..count).collect();
            for i in (1..count).rev() {
                slices.swap(i, ((rng.uniform() * (i + 1) as f64) as usize).min(i));
            }
            for (row, slice) in rows.iter_mut().zip(slices) {
                row[column] = variable.kind.snap((slice as f64 + rng.uniform()) / count as f64);
            }
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::{Key, Purpose, Who};

    #[test]
    fn genes_snap_to_the_nearest_position() {
        let kind = Kind::Ordered(vec![0.1, 0.5, 0.9]);
        for (x, at) in [(-1.0, 0.1), (0.29, 0.1), (0.31, 0.5), (0.5, 0.5), (2.0, 0.9)] {
            assert_eq!(kind.snap(x), at, "{x}");
        }
        assert_eq!(Kind::Category(4).snap(0.3), 0.375);
        assert_eq!(Kind::Category(4).snap(1.0), 0.875);
        assert_eq!(Kind::Continuous.snap(1.5), 1.0);
    }

    #[test]
    fn absent_variables_do_not_tell_candidates_apart() {
        let mut space = Space::cube(3);
        space.variables[0].kind = Kind::Category(2);
        space.variables[1].when = vec![(0, 0.25)];
        space.variables[2].when = vec![(1, 0.5)];
        assert_eq!(space.active(&[0.25, 0.5, 0.0]), [true, true, true]);
        // Where a variable does not exist, what hangs on it does not either.
        assert_eq!(space.active(&[0.75, 0.5, 0.0]), [true, false, false]);
        assert!(space.same(&[0.75, 0.1, 0.2], &[0.75, 0.6, 0.3]));
        assert!(!space.same(&[0.25, 0.1, 0.2], &[0.25, 0.6, 0.2]));
    }

    #[test]
    fn a_spread_hits_every_slice_and_every_category() {
        let mut space = Space::cube(2);
        space.variables[1].kind = Kind::Category(5);
        let rows = space.spread(20, &mut Key::new(1, 0, 0).stream(Purpose::Search, Who::MARKET).sequence(0));
        let mut slices: Vec<usize> = rows.iter().map(|row| (row[0] * 20.0) as usize).collect();
        slices.sort_unstable();
        assert_eq!(slices, (0..20).collect::<Vec<_>>());
        for setting in 0..5 {
            assert_eq!(rows.iter().filter(|row| row[1] == position(setting, 5)).count(), 4);
        }
    }
}

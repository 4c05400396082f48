//! Who sits at the table: sequencers, delegators, a briber, and the strategies that they bring.

pub mod briber;
pub mod conduct;
pub mod delegation;
pub mod delegator;
pub mod formula;
pub mod sequencer;
pub mod strategy;

use crate::world::World;
use delegator::DelegatorGroup;
use sequencer::Sequencer;
use strategy::Strategy;

/// A world and everybody in it, in canonical order: groups sorted by name, members by number, so that permuting a file
/// changes nothing.
#[derive(Clone, Debug)]
pub struct Setting {
    /// What nobody controls.
    pub world: World,
    /// Candidates.
    pub sequencers: Vec<Sequencer>,
    /// Classes of sequencers: the groups of the file, sorted by name. Members share a strategy and, under self-play, a
    /// policy.
    pub classes: Vec<sequencer::Class>,
    /// Groups of delegators, sorted by name.
    pub delegators: Vec<DelegatorGroup>,
    /// Who bribes sequencers to keep targeted transactions out, if anybody does.
    pub briber: Option<Strategy>,
}

impl Setting {
    /// Number of candidates.
    pub fn candidates(&self) -> usize {
        self.sequencers.len()
    }

    /// The same with some of the candidates; a class may be left without any.
    #[must_use]
    pub fn among(&self, keep: &[bool]) -> Setting {
        let mut setting = self.clone();
        let mut kept = keep.iter();
        setting.sequencers.retain(|_| kept.next().is_some_and(|keep| *keep));
        // Operators are numbered without a gap, as concentration counts them.
        let mut operators: Vec<usize> = setting.sequencers.iter().map(|s| s.operator).collect();
        operators.dedup();
        for sequencer in &mut setting.sequencers {
            sequencer.operator = operators.partition_point(|&operator| operator < sequencer.operator);
        }
        for (class, spec) in setting.classes.iter_mut().enumerate() {
            spec.count = setting.sequencers.iter().filter(|s| s.class == class).count();
        }
        setting
    }

    /// The other candidates of each candidate's operator.
    pub fn siblings(&self) -> Vec<Vec<usize>> {
        let operator = |i: usize| self.sequencers[i].operator;
        let others =
            |i: usize| (0..self.candidates()).filter(|&j| j != i && operator(j) == operator(i)).collect();
        if !self.has_siblings() {
            return vec![Vec::new(); self.candidates()];
        }
        (0..self.candidates()).map(others).collect()
    }

    /// Whether some operator runs several candidates.
    pub fn has_siblings(&self) -> bool {
        self.classes.iter().any(|class| class.identities > 1 && class.count > 1)
    }

    /// What the candidates of each operator have together.
    pub fn by_operator(&self, amounts: &[f64]) -> Vec<f64> {
        let operators = self.sequencers.iter().map(|s| s.operator + 1).max().unwrap_or(0);
        let mut sums = vec![0.0; operators];
        for (sequencer, amount) in self.sequencers.iter().zip(amounts) {
            sums[sequencer.operator] += amount;
        }
        sums
    }

    /// Stake of all delegators together, in ETH.
    pub fn total_stake(&self) -> f64 {
        self.delegators.iter().map(DelegatorGroup::total_stake).sum()
    }
}

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

    /// The same with `count` members of one class.
    #[must_use]
    pub fn with_members(&self, class: usize, count: usize) -> Setting {
        let mut setting = self.clone();
        let mut members = 0;
        setting.sequencers.retain(|sequencer| {
            members += usize::from(sequencer.class == class);
            sequencer.class != class || members <= count
        });
        setting.classes[class].count = count;
        setting
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

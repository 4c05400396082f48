//! The audit as a study: finalists on replicates that the search never saw, replicate by replicate, so that an audit cut
//! short is a smaller audit of all.

use super::searching::Searching;
use crate::experiment::runner::{Planned, UnitPlan};

/// The audit of some candidates; those of whom no unit can be planned are left out.
pub fn audit(searching: &mut Searching, finalists: &[usize], replicates: u32) -> Planned {
    let mut plans: Vec<UnitPlan> = Vec::new();
    for replicate in 0..replicates {
        plans.extend(
            finalists.iter().filter_map(|&candidate| searching.audit_plan(candidate, replicate).ok()),
        );
    }
    Planned::new(plans)
}

//! A unit of work before it runs: where it stands in the study, and what identifies its content.

use super::outcome::UnitKey;

/// A unit to be computed.
///
/// `id` names the *content* (engine, seed, replicate, world, agents, rule, parameters, play), so two addresses may
/// share an id: a contender that the sweep leaves alone is the same unit at every design point. It is then
/// computed and stored once, and placed at each of its addresses.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UnitPlan {
    /// Content id: 32 lower-case hexadecimal digits.
    pub id: String,
    /// Address: design point, contender, replicate.
    pub key: UnitKey,
    /// Seed of the draws.
    pub seed: u64,
}

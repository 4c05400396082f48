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

/// First 128 bits of the SHA-256 of a text, in hexadecimal.
pub fn digest(text: &str) -> String {
    use sha2::{Digest, Sha256};
    super::tables::hexadecimal(&Sha256::digest(text.as_bytes())[..16])
}

/// The plan of one replicate of a contender whose content, but for the replicate, is `content`.
pub fn plan(content: &str, seed: u64, design: u32, mechanism: &str, replicate: u32) -> UnitPlan {
    let id = digest(&format!("{{\"content\":{content},\"replicate\":{replicate}}}"));
    UnitPlan { id, key: UnitKey { design, mechanism: mechanism.to_owned(), replicate }, seed }
}

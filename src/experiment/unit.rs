//! A unit of work before it runs: where it stands in the study, and what identifies its content.

use super::outcome::UnitKey;
use super::tables::hexadecimal;
use sha2::{Digest, Sha256};

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
    first_half(Sha256::new_with_prefix(text))
}

fn first_half(hash: Sha256) -> String {
    hexadecimal(&hash.finalize()[..16])
}

/// What all replicates of a contender at a design point have in common, as far as their ids go.
#[derive(Clone, Debug)]
pub struct Content {
    /// Of everything in an id's text that stands before the replicate.
    hash: Sha256,
}

impl Content {
    /// The content of this text, which is JSON.
    pub fn new(text: &str) -> Self {
        let hash =
            Sha256::new_with_prefix("{\"content\":").chain_update(text).chain_update(",\"replicate\":");
        Content { hash }
    }

    /// The id of one of its units.
    pub fn id(&self, replicate: u32) -> String {
        first_half(self.hash.clone().chain_update(replicate.to_string()).chain_update("}"))
    }
}

/// The plan of one replicate of a contender whose content, but for the replicate, is `content`.
pub fn plan(content: &Content, seed: u64, design: u32, mechanism: &str, replicate: u32) -> UnitPlan {
    let key = UnitKey { design, mechanism: mechanism.to_owned(), replicate };
    UnitPlan { id: content.id(replicate), key, seed }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_the_digest_of_content_and_replicate() {
        let content = Content::new("{\"seed\":1}");
        for replicate in [0, 7, 123_456] {
            let whole = format!("{{\"content\":{{\"seed\":1}},\"replicate\":{replicate}}}");
            assert_eq!(content.id(replicate), digest(&whole));
        }
    }
}

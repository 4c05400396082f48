//! The moment at which a rule is asked before anybody has played: the first epoch, no draws, and nothing held over.

use crate::agent::Setting;
use crate::draws::Key;
use crate::mechanism::At;
use crate::mechanism::collateral::Moves;
use crate::mechanism::terms::Terms;
use crate::world::Signals;

/// What a rule sees then, with these private values.
pub fn at<'a>(setting: &'a Setting, terms: &'a Terms, signals: &'a Signals) -> At<'a> {
    At {
        setting,
        terms,
        epoch: 0,
        key: Key::new(0, 0, 0),
        signals,
        cohorts: true,
        continuation: &[],
        idle: &[],
        moves: Moves::NONE,
    }
}

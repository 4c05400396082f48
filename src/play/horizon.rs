//! How long a deviation's effect has to be followed.

use crate::agent::Setting;
use crate::numerics::{ln, pow};

/// What is left of an effect may be neglected below this share.
pub const NEGLIGIBLE: f64 = 0.001;

/// Most epochs for which anything is followed.
pub const LONGEST: u32 = 100_000;

/// Epochs `T` after which `persistence^T` is at most a thousandth; 0 where nothing persists.
pub fn epochs(persistence: f64) -> u32 {
    if persistence <= 0.0 {
        0
    } else if persistence >= 1.0 {
        u32::MAX
    } else {
        (ln(NEGLIGIBLE) / ln(persistence)).ceil() as u32
    }
}

/// Whether following a deviation for `horizon` epochs (`None`: as long as need be) leaves a thousandth of its effect at most, of
/// which the share `persistence` is left after each.
pub fn follows(horizon: Option<u32>, persistence: f64) -> bool {
    horizon.is_none_or(|epochs| pow(persistence, f64::from(epochs)) <= NEGLIGIBLE || persistence <= 0.0)
}

/// Share of a deviation's effect on the most patient agent that is left after an epoch.
pub fn lasting(memory: f64, setting: &Setting) -> f64 {
    memory * setting.sequencers.iter().map(|s| s.traits.discount).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_thousandth_is_left_at_most() {
        assert_eq!(super::epochs(0.0), 0);
        assert_eq!(super::epochs(0.5), 10);
        assert_eq!(super::epochs(0.9), 66);
        assert!(super::follows(Some(66), 0.9) && !super::follows(Some(65), 0.9));
        assert!(super::follows(None, 0.9) && super::follows(Some(0), 0.0) && !super::follows(Some(0), 0.5));
    }
}

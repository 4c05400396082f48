//! How long a deviation's effect has to be followed.

use crate::numerics::ln;

/// What is left of an effect may be neglected below this share.
pub const NEGLIGIBLE: f64 = 0.001;

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

#[cfg(test)]
mod tests {
    #[test]
    fn a_thousandth_is_left_at_most() {
        assert_eq!(super::epochs(0.0), 0);
        assert_eq!(super::epochs(0.5), 10);
        assert_eq!(super::epochs(0.9), 66);
    }
}

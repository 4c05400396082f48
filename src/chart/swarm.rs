//! Dots of a row that would cover each other, each at its own value and on a level of its own.

/// Levels of dots with these places, in ascending order: 0 is the middle of the row, then 1, −1, 2, −2 and so on up to `most`
/// either way. Each dot takes the level nearest to the middle on which no other lies less than `apart` to its left; where none is
/// free it takes the middle. Places stay as they are: what is drawn has the values' own mean.
pub(crate) fn levels(places: &[f64], apart: f64, most: usize) -> Vec<i32> {
    let outwards = |step: usize| {
        let level = i32::try_from(step.div_ceil(2)).unwrap_or(i32::MAX);
        if step.is_multiple_of(2) { -level } else { level }
    };
    // The last place on each level, in the order in which they are tried.
    let mut last: Vec<Option<f64>> = vec![None; 2 * most + 1];
    places
        .iter()
        .map(|&x| {
            let step = last.iter().position(|at| at.is_none_or(|at| x - at >= apart)).unwrap_or(0);
            last[step] = Some(x);
            outwards(step)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::levels;

    #[test]
    fn dots_of_a_level_lie_apart_and_the_middle_is_preferred() {
        assert_eq!(levels(&[0.0, 0.0, 0.0, 0.5, 1.0, 9.0], 1.0, 3), [0, 1, -1, 2, 0, 0]);
        assert_eq!(levels(&[0.0; 4], 1.0, 1), [0, 1, -1, 0]);
        assert!(levels(&[], 1.0, 3).is_empty());
    }
}

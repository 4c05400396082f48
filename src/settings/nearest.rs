//! The nearest valid name to a misspelt one.

/// The candidate that a misspelt `word` most likely meant, if any is near. Case and `-` against `_` do not count.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |name: &str| name.to_lowercase().replace(['-', ' '], "_");
    let word = plain(word);
    let likeness = |candidate: &str| {
        let candidate = plain(candidate);
        let spelling = strsim::normalized_damerau_levenshtein(&word, &candidate);
        // `cost` for `live_cost`, or `seats_count` for `seats`: one is a whole part of the other.
        let part = |whole: &str, piece: &str| piece.len() > 2 && whole.split('_').any(|p| p == piece);
        if part(&candidate, &word) || part(&word, &candidate) { spelling.max(0.6) } else { spelling }
    };
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates {
        let score = likeness(candidate);
        if score >= 0.55 && best.is_none_or(|(top, _)| score > top) {
            best = Some((score, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant_and_nothing_far_fetched() {
        let keys = ["seats", "epoch_slots", "live_cost", "pricing"];
        assert_eq!(nearest("seets", keys), Some("seats"));
        assert_eq!(nearest("epoch-slots", keys), Some("epoch_slots"));
        assert_eq!(nearest("Epoch_Slot", keys), Some("epoch_slots"));
        assert_eq!(nearest("cost", keys), Some("live_cost"));
        assert_eq!(nearest("pircing", keys), Some("pricing"));
        assert_eq!(nearest("zebra", keys), None);
        assert_eq!(nearest("x", []), None);
    }
}

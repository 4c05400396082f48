//! What a swept or optimized parameter is called in figures: its name in words and its unit, as the catalogue of parameters has it.

use crate::experiment::parameters;

/// Characters of an error that are said where there is little room.
const MOST_OF_AN_ERROR: usize = 240;

/// An error on one line, cut where it is long: `failures.csv` has all of it.
pub fn shortened(error: &str) -> String {
    let line = error.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MOST_OF_AN_ERROR {
        return line;
    }
    line.chars().take(MOST_OF_AN_ERROR - 1).chain(['…']).collect()
}

/// `sequencers.large.live_cost` as "large live cost"; of a table that there is one of, the key alone.
pub fn label(path: &str) -> String {
    let parts: Vec<&str> = path.split('.').collect();
    let own = match parts[..] {
        ["mechanism" | "sequencers" | "delegators" | "strategies", ..] => &parts[1..],
        _ => &parts[parts.len().saturating_sub(1)..],
    };
    let words: Vec<String> = own.iter().map(|part| part.replace('_', " ")).collect();
    words.join(" ").replace("* ", "")
}

/// The same with its unit, where it has one: "large live cost (ETH per slot)".
pub fn with_unit(path: &str) -> String {
    named(label(path), path)
}

/// The last part of a path in words, with its unit: where the figure says whose it is.
pub fn key_with_unit(path: &str) -> String {
    named(key(path), path)
}

/// Parameters that move together, as one name.
pub fn of_paths(paths: &[String]) -> String {
    match paths {
        [first, others @ ..] if others.iter().all(|other| key(other) == key(first)) && !others.is_empty() => {
            key_with_unit(first)
        }
        _ => paths.iter().map(|path| with_unit(path)).collect::<Vec<_>>().join(" + "),
    }
}

/// Names of all of these, each with the group or contender whose it is.
pub fn apart(paths: &[Vec<String>]) -> Vec<String> {
    paths.iter().map(|own| of_paths(own)).collect()
}

fn key(path: &str) -> String {
    path.rsplit('.').next().unwrap_or(path).replace('_', " ")
}

fn named(name: String, path: &str) -> String {
    match parameters::unit(path) {
        // A unit is not broken over lines.
        Some(unit) => format!("{name} ({})", unit.replace(' ', "\u{a0}")),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_the_unit_of_the_catalogue() {
        assert_eq!(label("sequencers.large.live_cost"), "large live cost");
        assert_eq!(
            with_unit("mechanism.auction.reserve_price").replace('\u{a0}', " "),
            "auction reserve price (ETH per scheduled slot)"
        );
        assert_eq!(
            key_with_unit("mechanism.*.reserve_price").replace('\u{a0}', " "),
            "reserve price (ETH per scheduled slot)"
        );
        assert_eq!(with_unit("nowhere.at_all"), "at all");
        let both = ["mechanism.a.seats".to_owned(), "mechanism.b.seats".to_owned()];
        assert!(of_paths(&both).starts_with("seats"), "{}", of_paths(&both));
        let each =
            apart(&[vec![both[0].clone()], vec![both[1].clone()], vec!["world.fee_per_slot".to_owned()]]);
        assert!(each[0].starts_with("a seats") && each[1].starts_with("b seats"), "{each:?}");
        assert!(each[2].starts_with("fee per slot"), "{each:?}");
    }
}

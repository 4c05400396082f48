//! Text in columns: numbers with their half-widths, wrapping, and blocks of columns that fit the terminal.

use super::{WIDTH, push_line};
use crate::chart::ticks::{decimals_for, fixed, grouped, magnitude, significant};

/// Most columns of text that a contender's name takes before it is broken.
const NAME: usize = 18;

/// Between columns.
pub(super) const GAP: &str = "   ";

/// A mean with its half-width: two significant digits of the half-width, and at most five of the mean or two decimals.
/// A half-width of exactly 0 is "0". Without an interval the mean alone, to four digits.
pub(crate) fn number(mean: f64, half: f64) -> String {
    if !half.is_finite() || half < 0.0 {
        return plain(mean);
    }
    if half == 0.0 {
        return format!("{} ± 0", plain(mean));
    }
    let finest = if mean == 0.0 { 4 } else { decimals_for(magnitude(mean), 5).clamp(2, 6) };
    let decimals = decimals_for(magnitude(half), 2).min(finest);
    format!("{} ± {}", grouped(&fixed(mean, decimals)), grouped(&fixed(half, decimals)))
}

/// As [`number`], for percentages: at most two decimals, below 1% three.
pub(crate) fn percentage(mean: f64, half: f64) -> String {
    let finest = if mean.abs() < 1.0 { 3 } else { 2 };
    if !half.is_finite() || half <= 0.0 {
        // What rounding leaves of nothing is nothing.
        return number(if mean.abs() < 1e-9 { 0.0 } else { mean }, half);
    }
    let decimals = decimals_for(magnitude(half), 2).min(finest);
    format!("{} ± {}", fixed(mean, decimals), fixed(half, decimals))
}

/// A number without an interval, to four significant digits, without zeros that say nothing.
pub(in crate::report) fn plain(value: f64) -> String {
    trimmed(value, 4)
}

/// The same to so many significant digits.
pub(in crate::report) fn trimmed(value: f64, digits: usize) -> String {
    let text = significant(value, digits);
    if text.contains('.') && !text.contains('×') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// Width of a text on the terminal.
pub(in crate::report) fn width(text: &str) -> usize {
    text.chars().count()
}

/// A paragraph broken into lines of at most [`WIDTH`] columns, the first after `first`, the others after `rest`.
pub(crate) fn wrapped(text: &str, first: &str, rest: &str) -> String {
    let mut out = String::new();
    let mut line = first.to_owned();
    let mut begun = false;
    for word in text.split_whitespace() {
        if begun && width(&line) + 1 + width(word) > WIDTH {
            push_line(&mut out, &line);
            rest.clone_into(&mut line);
            begun = false;
        }
        if begun {
            line.push(' ');
        }
        line += word;
        begun = true;
    }
    push_line(&mut out, &line);
    out
}

/// A name broken into pieces of at most [`NAME`] characters, at a space, or after `-` or `_` where there is one in the second half.
fn broken(name: &str) -> Vec<String> {
    let mut left: Vec<char> = name.chars().collect();
    let mut pieces = Vec::new();
    while left.len() > NAME {
        // At a space anywhere, or after another mark in the second half.
        let breaks = |i: usize| left[i] == ' ' || (i >= NAME / 2 && matches!(left[i], '-' | '_' | '.'));
        let at = (1..NAME).rev().find(|&i| breaks(i)).map_or(NAME, |i| i + 1);
        pieces.push(left.drain(..at).collect::<String>().trim().to_owned());
    }
    pieces.push(left.into_iter().collect());
    pieces
}

/// Text pushed to the right end of a column.
pub(in crate::report) fn right(text: &str, wide: usize) -> String {
    format!("{}{text}", " ".repeat(wide.saturating_sub(width(text))))
}

/// Text at the left end of a column.
pub(in crate::report) fn left(text: &str, wide: usize) -> String {
    format!("{text}{}", " ".repeat(wide.saturating_sub(width(text))))
}

/// Lines of labels and cells under the contenders' names, in as many blocks as keep within [`WIDTH`]. A label that does not
/// begin with a space is a heading, with an empty line before it.
pub(crate) fn blocks(labels: &[String], names: &[String], columns: &[Vec<String>]) -> String {
    // Headings have no cells beside them and may be longer.
    let label_width = labels.iter().filter(|l| l.starts_with(' ')).map(|l| width(l)).max().unwrap_or(0);
    let heads: Vec<Vec<String>> = names.iter().map(|n| broken(n)).collect();
    let wide: Vec<usize> = columns
        .iter()
        .zip(&heads)
        .map(|(cells, head)| cells.iter().chain(head).map(|c| width(c)).max().unwrap_or(0))
        .collect();
    let mut out = String::new();
    let mut from = 0;
    while from < columns.len() {
        let mut taken = label_width;
        let mut to = from;
        while to < columns.len() && (to == from || taken + GAP.len() + wide[to] <= WIDTH) {
            taken += GAP.len() + wide[to];
            to += 1;
        }
        if from > 0 {
            out.push('\n');
        }
        block(&mut out, labels, &heads, columns, &wide, label_width, from..to);
        from = to;
    }
    out
}

fn block(
    out: &mut String,
    labels: &[String],
    heads: &[Vec<String>],
    columns: &[Vec<String>],
    wide: &[usize],
    label_width: usize,
    shown: std::ops::Range<usize>,
) {
    let deep = shown.clone().map(|c| heads[c].len()).max().unwrap_or(0);
    for level in 0..deep {
        let mut line = " ".repeat(label_width);
        for c in shown.clone() {
            // Names stand on the last line, next to their numbers.
            let skipped = deep - heads[c].len();
            let piece = level.checked_sub(skipped).and_then(|i| heads[c].get(i)).map_or("", String::as_str);
            line += GAP;
            line += &right(piece, wide[c]);
        }
        push_line(out, &line);
    }
    for (row, label) in labels.iter().enumerate() {
        if !label.starts_with(' ') && row > 0 {
            out.push('\n');
        }
        let mut line = left(label, label_width);
        for c in shown.clone() {
            let cell = columns[c].get(row).map_or("", String::as_str);
            if !(cell.is_empty() && width(&line) >= label_width) {
                line += GAP;
                line += &right(cell, wide[c]);
            }
        }
        push_line(out, &line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_digits_that_their_interval_allows() {
        assert_eq!(number(12.3456, 0.1234), "12.35 ± 0.12");
        assert_eq!(number(12345.678, 12.3), "12,346 ± 12");
        assert_eq!(number(-0.5, 0.025), "−0.500 ± 0.025");
        assert_eq!(number(1.0, 1e-9), "1.0000 ± 0.0000");
        assert_eq!(percentage(17.1671, 0.0853), "17.17 ± 0.09");
        assert_eq!(percentage(0.009_455_9, 0.000_009_9), "0.009 ± 0.000");
        assert_eq!(percentage(100.0, 0.0), "100 ± 0");
        assert_eq!(number(1.0, 0.0), "1 ± 0");
        assert_eq!(number(0.123_456, f64::NAN), "0.1235");
        assert_eq!(number(0.0, 0.0), "0 ± 0");
        assert_eq!(plain(100.0), "100");
        assert_eq!(plain(f64::NAN), "–");
    }

    #[test]
    fn paragraphs_and_names_break() {
        let text = "word ".repeat(60);
        assert!(wrapped(&text, "  * ", "    ").lines().all(|l| width(l) <= WIDTH));
        assert_eq!(wrapped("a b", "> ", "  "), "> a b\n");
        assert_eq!(broken("auction"), ["auction"]);
        assert_eq!(broken("auction_rotation_with_resale"), ["auction_rotation_", "with_resale"]);
        assert!(broken(&"x".repeat(50)).iter().all(|p| width(p) <= NAME));
    }

    #[test]
    fn many_contenders_go_into_blocks() {
        let labels = ["Heading".to_owned(), "  row".to_owned()];
        let names: Vec<String> = (0..12).map(|i| format!("contender-{i}")).collect();
        let columns = vec![vec![String::new(), "12.345 ± 0.012".to_owned()]; 12];
        let text = blocks(&labels, &names, &columns);
        assert!(text.lines().all(|l| width(l) <= WIDTH));
        assert_eq!(text.matches("Heading").count(), 3);
        assert!(names.iter().all(|n| text.contains(n.as_str())));
    }
}

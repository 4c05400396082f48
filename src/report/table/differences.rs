//! Paired differences of the headline metrics, for the first pairs of contenders.

use super::layout::{GAP, left, right, width, wrapped};
use super::push_line;
use crate::chart::ticks::{decimals_for, fixed, grouped, magnitude};
use crate::measure::statistics::Comparison;
use crate::report::summary::Summary;
use std::fmt::Write as _;

/// Pairs that are shown.
const MOST: usize = 3;

const ROWS: [(&str, &str, f64); 5] = [
    ("community share, points", "community_share", 100.0),
    ("delegator share, points", "delegator_share", 100.0),
    ("holder share (both), points", "holder_share", 100.0),
    ("sequencer share, points", "sequencer_share", 100.0),
    ("net surplus, ETH per epoch", "net_surplus", 1.0),
];

/// Writes the differences; nothing with fewer than two contenders.
pub(super) fn write(out: &mut String, summary: &Summary) {
    let pairs = summary.pairs();
    let mut shown = 0;
    for &(a, b) in pairs.iter().take(MOST) {
        let compared = ROWS.iter().filter_map(|(label, key, factor)| {
            // Of what neither has at all there is no difference.
            let c = summary.comparison(a, b, key).filter(|c| c.mean_a != 0.0 || c.mean_b != 0.0)?;
            Some((c.n, cells(label, &c, *factor)))
        });
        let (counts, rows): (Vec<u64>, Vec<[String; 5]>) = compared.unzip();
        let Some(n) = counts.into_iter().max() else { continue };
        shown += 1;
        out.push('\n');
        let replicates =
            if n == 1 { "one common replicate".to_owned() } else { format!("{n} common replicates") };
        let (first, second) = (summary.marked(a), summary.marked(b));
        *out += &wrapped(&format!("{first} less {second}, on the same draws ({replicates})"), "", "  ");
        let heads = ["", "difference", "95% interval", "p", "pairing"].map(str::to_owned);
        let head = (n > 1).then_some(&heads);
        for row in aligned(head, &rows) {
            push_line(out, &row);
        }
    }
    if shown > 0 {
        out.push('\n');
        let mut text = "Points are percentage points of potential value. p: two-sided t test of no difference, on pairs. Pairing: what \
                        running both on the same draws did to the variance of the difference."
            .to_owned();
        if pairs.len() > MOST {
            // Writing to a string cannot fail.
            let _ =
                write!(text, " The first {MOST} of {} pairs are shown; comparison.csv has all.", pairs.len());
        }
        *out += &wrapped(&text, "", "");
    }
}

/// Rows in columns, the first and the last from the left, the others from the right.
fn aligned(head: Option<&[String; 5]>, rows: &[[String; 5]]) -> Vec<String> {
    let all = || head.into_iter().chain(rows);
    let wide: Vec<usize> = (0..5).map(|i| all().map(|row| width(&row[i])).max().unwrap_or(0)).collect();
    all()
        .map(|row| {
            let mut line = format!("  {}", left(&row[0], wide[0]));
            for i in 1..4 {
                line += GAP;
                line += &right(&row[i], wide[i]);
            }
            line + GAP + &row[4]
        })
        .collect()
}

/// Label, difference, interval, p and what pairing did; the last three empty for a single replicate.
fn cells(label: &str, c: &Comparison, factor: f64) -> [String; 5] {
    let half = (c.ci_high - c.difference) * factor;
    let decimals = if half > 0.0 && half.is_finite() {
        decimals_for(magnitude(half), 2).min(if factor == 100.0 { 3 } else { 6 })
    } else if c.difference == 0.0 {
        0
    } else {
        decimals_for(magnitude(c.difference * factor), 3).clamp(1, 6)
    };
    let say = |v: f64| grouped(&fixed(v * factor, decimals));
    let signed = if c.difference > 0.0 { format!("+{}", say(c.difference)) } else { say(c.difference) };
    let (interval, p, pairing) = if half.is_finite() {
        (
            format!("[{}, {}]", say(c.ci_low), say(c.ci_high)),
            p_value(c.p_value),
            pairing(c.variance_reduction),
        )
    } else {
        (String::new(), String::new(), String::new())
    };
    [label.to_owned(), signed, interval, p, pairing]
}

pub(in crate::report) fn p_value(p: f64) -> String {
    if p.is_nan() {
        "–".to_owned()
    } else if p < 0.001 {
        "< 0.001".to_owned()
    } else {
        fixed(p, 3)
    }
}

/// What pairing did, in words.
pub(in crate::report) fn pairing(reduction: f64) -> String {
    let percent = 100.0 * reduction;
    if percent.is_nan() {
        "nothing varies".to_owned()
    } else if percent > 99.5 {
        "no variance left".to_owned()
    } else if percent >= 0.5 {
        format!("{percent:.0}% less variance")
    } else if percent > -0.5 {
        "same variance".to_owned()
    } else {
        format!("{:.0}% more variance", -percent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::statistics::compare;

    #[test]
    fn rows_in_words() {
        let row = |a: &[f64], b: &[f64]| cells("x", &compare(a.iter().copied(), b.iter().copied()), 1.0);
        assert_eq!(
            row(&[2.0, 4.0, 6.0], &[1.0, 2.0, 3.0]),
            ["x", "+2.0", "[−0.5, 4.5]", "0.074", "80% less variance"]
        );
        assert_eq!(row(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0])[4], "100% more variance");
        assert_eq!(row(&[0.0, 0.0], &[0.0, 0.0]), ["x", "0", "[0, 0]", "1.000", "nothing varies"]);
        assert_eq!(row(&[3.0, 3.0], &[1.0, 1.0])[3], "< 0.001");
        assert_eq!(row(&[3.0], &[1.0]), ["x", "+2.00", "", "", ""]);
        assert_eq!(pairing(0.999), "no variance left");
        assert_eq!(pairing(0.001), "same variance");
        assert_eq!(p_value(f64::NAN), "–");
    }
}

//! Paired differences of the headline metrics, for the first pairs of contenders.

use super::layout::{left, right, wrapped};
use super::push_line;
use crate::chart::ticks::{decimals_for, fixed, grouped, magnitude};
use crate::measure::statistics::Comparison;
use crate::report::summary::Summary;

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
        let rows: Vec<_> = ROWS
            .iter()
            .filter_map(|(label, key, factor)| Some((*label, summary.comparison(a, b, key)?, *factor)))
            .collect();
        let Some(n) = rows.iter().map(|(_, c, _)| c.n).max() else { continue };
        shown += 1;
        out.push('\n');
        let replicates =
            if n == 1 { "one common replicate".to_owned() } else { format!("{n} common replicates") };
        let (first, second) = (&summary.contenders()[a], &summary.contenders()[b]);
        *out += &wrapped(&format!("{first} less {second}, on the same draws ({replicates})"), "", "  ");
        if n > 1 {
            let head =
                [right("difference", 12), right("95% interval", 24), right("p", 9), "   pairing".to_owned()];
            push_line(out, &format!("{}{}", left("", 30), head.concat()));
        }
        for (label, c, factor) in rows {
            push_line(out, &row(label, &c, factor));
        }
    }
    if shown > 0 {
        out.push('\n');
        let mut text = "Points are percentage points of potential value; p is of no difference (two-sided t test on pairs); pairing says what \
                        running both on the same draws did to the variance of the difference."
            .to_owned();
        if pairs.len() > MOST {
            text += &format!(" The first {MOST} of {} pairs are shown; comparison.csv has all.", pairs.len());
        }
        *out += &wrapped(&text, "", "");
    }
}

fn row(label: &str, c: &Comparison, factor: f64) -> String {
    let half = (c.ci_high - c.difference) * factor;
    let decimals = if half.is_finite() && half > 0.0 {
        decimals_for(magnitude(half), 2).min(6)
    } else {
        decimals_for(magnitude(c.difference * factor), 3).clamp(1, 6)
    };
    let say = |v: f64| grouped(&fixed(v * factor, decimals));
    let signed = if c.difference > 0.0 { format!("+{}", say(c.difference)) } else { say(c.difference) };
    let mut line = format!("{}{}", left(&format!("  {label}"), 30), right(&signed, 12));
    if half.is_finite() {
        line += &right(&format!("[{}, {}]", say(c.ci_low), say(c.ci_high)), 24);
        line += &right(&p_value(c.p_value), 9);
        line += &format!("   {}", pairing(c.variance_reduction));
    }
    line
}

fn p_value(p: f64) -> String {
    if p.is_nan() {
        "–".to_owned()
    } else if p < 0.001 {
        "< 0.001".to_owned()
    } else {
        fixed(p, 3)
    }
}

/// What pairing did, in words.
fn pairing(reduction: f64) -> String {
    let percent = 100.0 * reduction;
    if percent.is_nan() {
        "nothing varies".to_owned()
    } else if percent > 99.5 {
        "removes all variance".to_owned()
    } else if percent >= 0.5 {
        format!("removes {percent:.0}% of variance")
    } else if percent > -0.5 {
        "changes nothing".to_owned()
    } else {
        format!("adds {:.0}% to variance", -percent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::statistics::compare;

    #[test]
    fn rows_in_words() {
        let text = row("net surplus", &compare([2.0, 4.0, 6.0], [1.0, 2.0, 3.0]), 1.0);
        assert!(text.contains("+2.0") && text.contains("[−0.5, 4.5]") && text.contains("0.074"), "{text}");
        assert!(text.ends_with("removes 80% of variance"));
        assert!(row("x", &compare([1.0, 2.0, 3.0], [3.0, 2.0, 1.0]), 1.0).ends_with("adds 100% to variance"));
        assert!(row("x", &compare([3.0, 3.0], [1.0, 1.0]), 1.0).contains("< 0.001"));
        assert!(!row("x", &compare([3.0], [1.0]), 1.0).contains('['));
        assert_eq!(pairing(0.999), "removes all variance");
        assert_eq!(pairing(0.001), "changes nothing");
        assert_eq!(p_value(f64::NAN), "–");
    }
}

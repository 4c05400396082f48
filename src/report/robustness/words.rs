//! The block that closes a run under several learning rules.

use super::{ByCertified, Findings, Pair, Ranking, Verdict};
use crate::measure::statistics::Comparison;
use crate::report::summary::Standing;
use crate::report::table::layout::{blocks, number, percentage, wrapped};
use std::fmt::Write as _;

/// Pairs that are shown under each metric.
const MOST: usize = 6;

impl Findings {
    /// A verdict in words: `reversed under exp3 and hedge`.
    pub fn said(&self, verdict: &Verdict) -> String {
        match verdict.under() {
            [] => verdict.name().to_owned(),
            rules => format!("{} under {}", verdict.name(), listed(&self.named(rules))),
        }
    }
}

/// Differences by metric, pair and learning rule, and what came of each ranking; ends with a line break.
pub fn block(findings: &Findings) -> String {
    let mut out = wrapped(
        "Robustness to the learning rule: differences on the same draws ± half-widths of 95% intervals",
        "\n",
        "",
    );
    let mut labels = Vec::new();
    let mut columns = vec![Vec::new(); findings.rules.len() + 1];
    for ranking in &findings.rankings {
        let points = if ranking.metric.unit == "share" { "points" } else { ranking.metric.unit };
        labels.push(format!("{}, {points}", capitalised(ranking.metric.label)));
        for column in &mut columns {
            column.push(String::new());
        }
        for pair in ranking.pairs.iter().take(MOST) {
            let [a, b] = [pair.a, pair.b].map(|i| findings.contenders[i].as_str());
            labels.push(format!("  {a} less {b}"));
            for (rule, column) in columns.iter_mut().enumerate() {
                column.push(match pair.differences.get(rule) {
                    Some(difference) => cell(findings, ranking, pair, rule, difference.as_ref()),
                    None => pair.verdict.name().to_owned(),
                });
            }
        }
        labels.push("  rank correlation (Kendall)".to_owned());
        for (rule, column) in columns.iter_mut().enumerate() {
            column.push(ranking.tau.get(rule).map_or(String::new(), |tau| number(*tau, f64::NAN)));
        }
    }
    let mut names = findings.rules.clone();
    names.push("verdict".to_owned());
    out += &blocks(&labels, &names, &columns);
    out.push('\n');
    for ranking in &findings.rankings {
        out += &wrapped(&sentence(findings, ranking), "", "  ");
    }
    if findings.rankings.iter().any(|ranking| ranking.verdict == Verdict::Equal) {
        let text = "Where no mechanism differs from another, `metrics` of `[robustness]` picks metrics that do (`list metrics`).";
        out += &wrapped(text, "", "  ");
    }
    let uncertified: Vec<String> =
        (0..findings.rules.len()).filter_map(|rule| counts(findings, rule)).collect();
    if !uncertified.is_empty() {
        let text = format!(
            "*: not certified in every replicate under this rule. Such a difference says what these learners did, not how \
             equilibria compare. Certified replicates: {}.",
            uncertified.join("; ")
        );
        out += &wrapped(&text, "", "  ");
    }
    for (rule, basins) in findings.rules.iter().zip(&findings.basins) {
        let of = findings.contenders.iter().zip(basins).filter(|(_, several)| **several);
        let named: Vec<&str> = of.map(|(name, _)| name.as_str()).collect();
        if !named.is_empty() {
            let text = format!(
                "Under {rule} replicates of {} end in distinct basins: differences are means over a mixture.",
                listed(&named)
            );
            out += &wrapped(&text, "", "  ");
        }
    }
    if findings.rankings.iter().any(|ranking| ranking.pairs.len() > MOST) {
        out += &wrapped(
            &format!("The first {MOST} pairs are shown; verdicts are on all, which are in robustness.csv."),
            "",
            "  ",
        );
    }
    out
}

/// How many replicates of each contender that is not certified throughout are, under a rule; `None` where all are.
fn counts(findings: &Findings, rule: usize) -> Option<String> {
    let contenders = findings.contenders.iter().zip(&findings.standing[rule]);
    let each: Vec<String> = contenders
        .filter_map(|(name, standing)| match *standing {
            Standing::Learned { certified, of, .. } if !standing.is_sound() => {
                Some(format!("{name} {certified} of {of}"))
            }
            _ => None,
        })
        .collect();
    (!each.is_empty()).then(|| format!("{}: {}", findings.rules[rule], each.join(", ")))
}

/// One difference, with a star where play is not certified.
fn cell(
    findings: &Findings,
    ranking: &Ranking,
    pair: &Pair,
    rule: usize,
    difference: Option<&Comparison>,
) -> String {
    let Some(c) = difference else { return "–".to_owned() };
    let share = ranking.metric.unit == "share";
    let (say, factor): (fn(f64, f64) -> String, f64) =
        if share { (percentage, 100.0) } else { (number, 1.0) };
    let text = say(c.difference * factor, (c.ci_high - c.difference) * factor);
    let plus = if c.difference > 0.0 { "+" } else { "" };
    let star = if findings.is_sound(rule, pair.a, pair.b) { "" } else { "*" };
    format!("{plus}{text}{star}")
}

/// What came of a metric's ranking.
fn sentence(findings: &Findings, ranking: &Ranking) -> String {
    let label = capitalised(ranking.metric.label);
    let pairs = |wanted: fn(&Verdict) -> bool| -> Vec<String> {
        let those = ranking.pairs.iter().filter(|pair| wanted(&pair.verdict));
        those
            .map(|pair| {
                let [a, b] = [pair.a, pair.b].map(|i| findings.contenders[i].as_str());
                format!("{a} and {b} under {}", listed(&findings.named(pair.verdict.under())))
            })
            .collect()
    };
    let mut text = match &ranking.verdict {
        Verdict::Survives => format!("{label}: the ranking survives every learning rule."),
        Verdict::Equal => format!("{label}: no mechanism differs from another under any learning rule."),
        Verdict::Reversed(_) => {
            let reversed = pairs(|v| matches!(v, Verdict::Reversed(_)));
            format!("{label}: the ranking does not survive. Reversed: {}.", reversed.join("; "))
        }
        Verdict::Open(_) => {
            format!("{label}: no pair is reversed, but not every one can be told apart.")
        }
    };
    let open = pairs(|v| matches!(v, Verdict::Open(_)));
    if !open.is_empty() {
        // Writing to a string cannot fail.
        let _ = write!(text, " Not distinguishable: {}.", open.join("; "));
    }
    let uncertified: Vec<usize> = (0..findings.rules.len())
        .filter(|&rule| ranking.pairs.iter().any(|pair| !findings.is_sound(rule, pair.a, pair.b)))
        .collect();
    if !uncertified.is_empty() {
        let _ =
            write!(text, " This rests on uncertified play under {}.", listed(&findings.named(&uncertified)));
        let alone = match &ranking.certified {
            ByCertified::Same => String::new(),
            ByCertified::Nothing => {
                "of some pair there are not two rules under which play is certified".to_owned()
            }
            ByCertified::Only(Verdict::Survives) => "by certified play alone the ranking survives".to_owned(),
            ByCertified::Only(Verdict::Equal) => {
                "by certified play alone no mechanism differs from another".to_owned()
            }
            ByCertified::Only(verdict) => format!("by certified play alone: {}", findings.said(verdict)),
        };
        let _ = write!(text, " {}.", capitalised(&alone));
    }
    text
}

/// `a, b and c`.
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [many @ .., last] => format!("{} and {last}", many.join(", ")),
    }
}

fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or(String::new(), |c| c.to_uppercase().chain(letters).collect())
}

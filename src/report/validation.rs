//! What `validate` found: a table to read, a table for other programs, and JSON.

use crate::experiment::tables::{format_number, format_rounded, quote};
use crate::validate::{Effort, Verdict};
use std::fmt::Write;

/// What a run was of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// How many draws it took.
    pub effort: Effort,
    /// Cases that there are.
    pub cases: usize,
    /// Cases that were chosen.
    pub chosen: usize,
    /// Cases that were settled before it was interrupted.
    pub settled: usize,
}

impl Scope {
    fn effort_in_words(&self) -> &'static str {
        match self.effort {
            Effort::Full => "full",
            Effort::Quick => "quick",
        }
    }

    /// What the reader should know besides "so many pass"; begins with a comma or is empty.
    fn in_words(&self) -> String {
        let mut text = String::new();
        if self.effort == Effort::Quick {
            text.push_str(", with few draws");
        }
        if self.settled < self.chosen {
            let _ = write!(text, ", of {} chosen (the others were not reached)", self.chosen);
        } else if self.chosen < self.cases {
            let _ = write!(text, ", of {} in all", self.cases);
        }
        text
    }

    /// Title of figures of so many verdicts, `passed` of which pass.
    pub fn title(&self, passed: usize) -> String {
        let what = "cases of theory and published results";
        let rest = self.in_words();
        if passed == self.settled {
            format!("All {passed} {what} are reproduced{rest}")
        } else {
            format!("{passed} of {} {what} are reproduced{rest}", self.settled)
        }
    }
}

/// One row per case: name, target, result ± standard error, tolerance, verdict, source. Failures come last and are
/// explained. `scope` says what was run.
pub fn table(verdicts: &[Verdict], scope: &Scope) -> String {
    let failed: Vec<&Verdict> = verdicts.iter().filter(|v| !v.pass).collect();
    let mut rows = vec![["case", "target", "result", "± s.e.", "tolerance", "", "source"].map(str::to_owned)];
    rows.extend(verdicts.iter().filter(|v| v.pass).map(row));
    rows.extend(failed.iter().map(|v| row(v)));
    let mut text = aligned(&rows);
    if !failed.is_empty() {
        text.push_str("\nWhat failed\n");
        for verdict in &failed {
            let _ = writeln!(text, "  {}", explain(verdict));
        }
    }
    let passed = verdicts.len() - failed.len();
    let _ = writeln!(
        text,
        "\n{passed} of {} cases pass{}. A result passes within its tolerance: the digits given (computed), standard errors\n\
         (simulated play of given strategies), 3 standard errors and one tick of the menu (learned play), or the band that the\n\
         claim itself gives.",
        verdicts.len(),
        scope.in_words()
    );
    text
}

fn row(verdict: &Verdict) -> [String; 7] {
    let decimals = decimals(verdict);
    let say = |x: f64| if x.is_finite() { format!("{x:.decimals$}") } else { "–".to_owned() };
    let se = verdict.finding.as_ref().map_or(f64::NAN, |found| found.se);
    [
        verdict.case.name.clone(),
        say(verdict.case.target),
        say(verdict.result()),
        if se > 0.0 { format!("± {}", say(se)) } else { String::new() },
        if verdict.tolerance > 0.0 { say(verdict.tolerance) } else { "exact".to_owned() },
        if verdict.pass { "pass" } else { "FAIL" }.to_owned(),
        verdict.case.source.to_string(),
    ]
}

/// Decimals with which two digits of the tolerance show, at least those of a cent, at most twelve.
fn decimals(verdict: &Verdict) -> usize {
    let size = verdict.tolerance;
    if !(size > 0.0 && size.is_finite()) {
        return if verdict.case.target.fract() == 0.0 && verdict.result().fract() == 0.0 { 0 } else { 5 };
    }
    let mut decimals = 0;
    let mut scaled = size;
    while scaled < 10.0 && decimals < 12 {
        scaled *= 10.0;
        decimals += 1;
    }
    decimals.max(2)
}

/// A failure in words: by how much, and against what.
fn explain(verdict: &Verdict) -> String {
    let name = &verdict.case.name;
    match &verdict.finding {
        Err(reason) => format!("{name}: no result: {reason}"),
        Ok(found) => {
            let gap = found.result - verdict.case.target;
            let errors = if found.se > 0.0 {
                format!(", {:.1} standard errors", (gap / found.se).abs())
            } else {
                String::new()
            };
            let unit =
                if verdict.case.unit.is_empty() { String::new() } else { format!(" {}", verdict.case.unit) };
            format!(
                "{name}: {} {} the target {}{unit} by {}{errors}; allowed are {} ({}). Target: {}",
                format_rounded(found.result, 6),
                if gap > 0.0 { "exceeds" } else { "falls short of" },
                format_rounded(verdict.case.target, 6),
                format_rounded(gap.abs(), 3),
                format_rounded(verdict.tolerance, 3),
                verdict.basis,
                verdict.case.source
            )
        }
    }
}

/// Columns side by side; numbers to the right.
fn aligned(rows: &[[String; 7]]) -> String {
    let mut widths = [0; 7];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            let _ = match column {
                1 | 2 | 4 => write!(line, "{cell:>width$}  "),
                _ => write!(line, "{cell:<width$}  "),
            };
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// One row per case, as CSV.
pub fn csv(verdicts: &[Verdict], scope: &Scope) -> String {
    let mut text =
        String::from("case,target,result,standard_error,tolerance,unit,pass,basis,source,effort\n");
    for verdict in verdicts {
        let se = verdict.finding.as_ref().map_or(f64::NAN, |found| found.se);
        let cells = [
            quote(&verdict.case.name),
            format_number(verdict.case.target),
            format_number(verdict.result()),
            format_number(se),
            format_number(verdict.tolerance),
            quote(verdict.case.unit),
            verdict.pass.to_string(),
            quote(&verdict.basis),
            quote(&verdict.case.source),
            scope.effort_in_words().to_owned(),
        ];
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    text
}

/// One case as JSON; a result that is not there is `null`.
pub fn json(verdict: &Verdict) -> serde_json::Value {
    serde_json::json!({
        "case": verdict.case.name,
        "target": verdict.case.target,
        "result": verdict.result(),
        "standard_error": verdict.finding.as_ref().map_or(f64::NAN, |found| found.se),
        "tolerance": verdict.tolerance,
        "unit": verdict.case.unit,
        "pass": verdict.pass,
        "source": verdict.case.source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::{Case, Finding, Standard};

    fn verdict(name: &str, result: f64) -> Verdict {
        let case = Case {
            name: name.to_owned(),
            target: 0.333_333,
            unit: "ETH",
            standard: Standard::Given,
            source: "Vickrey 1961, table 1".into(),
        };
        Verdict::judge(case, Ok(Finding { result, se: 0.001, tick: 0.0 }), 4.0)
    }

    fn scope(settled: usize) -> Scope {
        Scope { effort: Effort::Quick, cases: 9, chosen: 2, settled }
    }

    #[test]
    fn what_was_run_is_said() {
        assert!(scope(2).title(2).ends_with("are reproduced, with few draws, of 9 in all"));
        assert!(scope(1).title(0).starts_with("0 of 1 cases"), "{}", scope(1).title(0));
        assert!(scope(1).title(0).ends_with("of 2 chosen (the others were not reached)"));
        let whole = Scope { effort: Effort::Full, cases: 2, chosen: 2, settled: 2 };
        assert_eq!(whole.title(2), "All 2 cases of theory and published results are reproduced");
    }

    #[test]
    fn failures_come_last_and_are_explained() {
        let text = table(&[verdict("a/wrong", 0.5), verdict("a/right", 0.3325)], &scope(2));
        let at = |what: &str| text.find(what).unwrap();
        assert!(at("a/right") < at("a/wrong") && at("a/wrong") < at("What failed"), "{text}");
        assert!(text.contains("166.7 standard errors") && text.contains("1 of 2 cases pass"), "{text}");
        assert!(text.contains("0.3333  0.3325  ± 0.0010"), "{text}");
    }

    #[test]
    fn tables_for_programs_hold_every_column() {
        let text = csv(&[verdict("a/b", 0.5)], &scope(1));
        let line = text.lines().nth(1).unwrap();
        assert!(line.starts_with("a/b,0.333333,0.5,0.001,0.004"), "{line}");
        assert!(line.ends_with(",ETH,false,4.00 standard errors,\"Vickrey 1961, table 1\",quick"), "{line}");
        let json = json(&verdict("a/b", 0.5));
        assert_eq!((json["case"].as_str(), json["pass"].as_bool()), (Some("a/b"), Some(false)));
        assert_eq!(json["standard_error"].as_f64(), Some(0.001));
        assert_eq!(json.as_object().unwrap().len(), 8);
    }
}

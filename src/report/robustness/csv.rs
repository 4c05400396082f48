//! `robustness.csv`: one row for each metric, pair and learning rule.

use super::{Findings, sign};
use crate::experiment::file::Experiment;
use crate::experiment::store::Store;
use crate::experiment::tables::{Table, TableError, push_numbers, quote};
use crate::report::summary::Standing;
use std::fmt::Write as _;
use std::path::Path;

/// Name of the file inside the output directory.
pub const FILE: &str = "robustness.csv";

const HEADER: &str = "metric,a,b,design,strategy,mean_a,mean_b,difference,ci_low,ci_high,sign,certified_a,certified_b,\
                      kendall_tau,verdict,under,metric_verdict,metric_under";

/// Writes `robustness.csv`, or removes that of an earlier version of the experiment where this one asks for none. `sign`
/// is 1 or −1 where the interval excludes zero, else 0; `certified_a` is the certified share of replicates, `NaN` where
/// nobody learns; `under` names the rules, joined by `;`, on account of which a ranking does not survive.
///
/// # Errors
/// Where the store cannot be read or the file cannot be written.
pub fn write_table(store: &Store, experiment: &Experiment, directory: &Path) -> Result<(), TableError> {
    let Some(findings) = Findings::read(store, experiment)? else {
        // A file that cannot be removed stays.
        let _ = std::fs::remove_file(directory.join(FILE));
        return Ok(());
    };
    let mut table = Table::create(directory, FILE, HEADER)?;
    for ranking in &findings.rankings {
        for pair in &ranking.pairs {
            for (rule, difference) in pair.differences.iter().enumerate() {
                let Some(c) = difference else { continue };
                let name = |i: usize| quote(&findings.contenders[i]);
                let certified = |i: usize| match findings.standing[rule][i] {
                    Standing::NobodyLearns => f64::NAN,
                    Standing::Learned { certified, of, .. } => certified as f64 / of as f64,
                };
                let key = ranking.metric.key;
                let strategy = quote(&findings.rules[rule]);
                let mut row = format!("{key},{},{},{rule},{strategy}", name(pair.a), name(pair.b));
                push_numbers(&mut row, &[c.mean_a, c.mean_b, c.difference, c.ci_low, c.ci_high]);
                push_numbers(&mut row, &[f64::from(sign(difference))]);
                push_numbers(&mut row, &[certified(pair.a), certified(pair.b), ranking.tau[rule]]);
                for verdict in [&pair.verdict, &ranking.verdict] {
                    let under = findings.named(verdict.under()).join(";");
                    // Writing to a string cannot fail.
                    let _ = write!(row, ",{},{}", verdict.name(), quote(&under));
                }
                row.push('\n');
                table.lines(&row)?;
            }
        }
    }
    table.finish().map(drop)
}

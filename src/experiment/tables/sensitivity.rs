//! `sensitivity.csv`: indices and effects of every factor of every metric under every contender.
//!
//! | kind | of | value |
//! |---|---|---|
//! | `first_order`, `total` | a parameter, `world luck`, `learning luck`, `parameters`, `luck` | Sobol index |
//! | `joint` | the same | total less first-order index |
//! | `second_order` | two of these, but no group | Sobol index of the pair |
//! | `mu`, `mu_star`, `sigma` | a parameter | elementary effects, in the metric's unit along the whole range |
//! | `mean_square` | a parameter | mean square of expected effects, on which the verdict rests |
//! | `mean`, `variance` | the metric | over the rows' independent points |
//! | `constant` | the metric | its value, where it never varies |

use super::{Table, TableError, push_numbers, quote};
use crate::experiment::sensitivity::Sensitivity;
use crate::experiment::sensitivity::findings::{Finding, Source, Verdict};
use crate::experiment::store::Store;
use crate::measure::sensitivity::Interval;
use std::path::Path;

/// Name of the table.
pub const FILE: &str = "sensitivity.csv";

/// Writes the table.
///
/// # Errors
/// Where the file cannot be written.
pub fn write(
    store: &Store,
    sensitivity: &Sensitivity,
    findings: &[Finding],
    directory: &Path,
) -> Result<(), TableError> {
    let header = "mechanism,metric,kind,factor,with,value,ci_low,ci_high,n,verdict";
    let mut table = Table::create(directory, FILE, header)?;
    for finding in findings {
        let start = format!("{},{}", quote(&store.contenders()[finding.contender]), finding.metric.key);
        let name = |source: Source| match source {
            Source::Parameter(axis) => quote(&sensitivity.name(axis)),
            Source::World => "world luck".to_owned(),
            Source::Learning => "learning luck".to_owned(),
            Source::Parameters => "parameters".to_owned(),
            Source::Luck => "luck".to_owned(),
        };
        let mut line = |kind: &str, factor: &str, with: &str, value: Interval, n: u32, verdict: &str| {
            let mut text = format!("{start},{kind},{factor},{with}");
            push_numbers(&mut text, &[value.value, value.low, value.high, f64::from(n)]);
            text.push(',');
            text.push_str(verdict);
            text.push('\n');
            table.lines(&text)
        };
        let plain = |value: f64| Interval { value, low: f64::NAN, high: f64::NAN };
        let zero = |interval: &Interval| {
            if interval.low <= 0.0 && interval.high >= 0.0 {
                Verdict::NotDistinguishable.in_words()
            } else {
                ""
            }
        };
        if let Some(value) = finding.constant {
            line("constant", "", "", plain(value), finding.rows.0.max(finding.trajectories.0), "constant")?;
            continue;
        }
        let rows = finding.rows.0;
        if let Some(indices) = &finding.indices {
            line("mean", "", "", plain(indices.mean), rows, "")?;
            line("variance", "", "", plain(indices.variance), rows, "")?;
            for (source, index) in finding.sources.iter().zip(&indices.sets) {
                let factor = name(*source);
                line("first_order", &factor, "", index.first, rows, zero(&index.first))?;
                line("total", &factor, "", index.total, rows, zero(&index.total))?;
                line("joint", &factor, "", index.joint, rows, zero(&index.joint))?;
            }
            for (i, j, interval) in &indices.pairs {
                let (factor, with) = (name(finding.sources[*i]), name(finding.sources[*j]));
                line("second_order", &factor, &with, *interval, rows, zero(interval))?;
            }
        }
        for (axis, effect) in &finding.screened {
            let factor = quote(&sensitivity.name(*axis));
            let n = finding.trajectories.0;
            line("mu", &factor, "", effect.mu, n, zero(&effect.mu))?;
            line("mu_star", &factor, "", effect.mu_star, n, "")?;
            line("sigma", &factor, "", plain(effect.sigma), n, "")?;
            line("mean_square", &factor, "", effect.square, n, zero(&effect.square))?;
        }
    }
    table.finish().map(drop)
}

//! How a run ends: its manifest, figures and report, what it says to people and to programs, and with which status.

use super::{Common, Status, Stop};
use crate::experiment::file::ENGINE;
use crate::experiment::manifest::{Host, Manifest, UnitCounts, utc};
use crate::experiment::outcome::UnitKey;
use crate::experiment::runner::RunSummary;
use crate::experiment::store::{Store, StoreError};
use crate::experiment::study::Study;
use crate::experiment::tables::failures::FAILURES;
use crate::report::naming::shortened;
use crate::report::precision::Reached;
use crate::report::{document, figures};
use serde_json::{Map, Value, json};
use std::path::Path;
use std::time::{Instant, SystemTime};

/// Errors of failed units that are said; the store has all.
const MOST_REASONS: usize = 5;

/// A run whose units are over.
pub(super) struct Finished<'a> {
    pub study: &'a Study,
    pub directory: &'a Path,
    pub summary: RunSummary,
    pub started: (SystemTime, Instant),
    pub printing: figures::Printing,
    pub common: &'a Common,
}

impl Finished<'_> {
    /// Draws figures and report from the store, and passes on what they note.
    ///
    /// # Errors
    /// A store that fails, or files that cannot be written.
    pub fn draw(&self, store: &Store) -> Result<document::Written, Stop> {
        let wanted = document::Wanted { printing: self.printing, stars: false };
        let written = document::write(store, &self.study.experiment, self.directory, wanted)
            .map_err(|error| Stop::fail(&error))?;
        for note in &written.notes {
            self.common.say(note);
        }
        Ok(written)
    }

    /// Says the result: `text`, or as JSON what every run has and then what this kind has of its own.
    pub fn say(
        &self,
        text: &str,
        manifest: &Manifest,
        charts: &document::Written,
        own: impl FnOnce() -> Vec<(&'static str, Value)>,
    ) {
        self.common.result(text, || {
            let mut said: Map<String, Value> = [
                ("experiment", json!(self.study.experiment.name)),
                ("output", json!(self.directory.display().to_string())),
                ("units", json!(manifest.units)),
                ("seconds", json!(manifest.seconds)),
                ("results_sha256", json!(manifest.results_sha256)),
                ("charts", charts.charts.iter().map(|c| c.display().to_string()).collect()),
            ]
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect();
            said.extend(own().into_iter().map(|(key, value)| (key.to_owned(), value)));
            said.into()
        });
    }

    /// The status where units of an audit failed, which is said; `None` where none did.
    pub fn audit_failed(&self) -> Option<Status> {
        let failed = self.summary.failed;
        (failed > 0).then(|| {
            eprintln!(
                "{failed} units of the audit failed; their errors are in the table `units` of the store"
            );
            Status::Failed
        })
    }

    /// The status where some of `all` units failed, which is said; `None` where none did.
    ///
    /// # Errors
    /// A store that fails.
    pub fn units_failed(&self, store: &Store, failed: u64, all: u64) -> Result<Option<Status>, Stop> {
        if failed == 0 {
            return Ok(None);
        }
        let fail = |error| Stop::fail(&error);
        eprintln!(
            "{failed} of {all} units failed; each with its settings, replicate, seed and error is in {}",
            self.directory.join(FAILURES).display()
        );
        let reasons = store.failures(None).map_err(fail)?;
        // The first unit of each reason, which `replay` takes.
        let mut first: Vec<Option<UnitKey>> = vec![None; reasons.len()];
        store
            .visit_failed(|unit| {
                let error = unit.error.unwrap_or_default();
                let same = |(contender, other, _): &&(String, String, u64)| {
                    *contender == unit.key.mechanism && *other == error
                };
                if let Some(place) = reasons.iter().position(|reason| same(&reason)) {
                    first[place].get_or_insert(unit.key);
                }
                Ok::<_, StoreError>(())
            })
            .map_err(fail)?;
        for ((contender, error, count), key) in reasons.iter().zip(first).take(MOST_REASONS) {
            let units = if *count == 1 { "one unit".to_owned() } else { format!("{count} units") };
            let at = match key {
                Some(key) => {
                    let settings = store.design_in_words(key.design).map_err(fail)?;
                    let point = if store.parameters().is_empty() {
                        String::new()
                    } else {
                        format!("design point {} ({settings}), ", key.design)
                    };
                    format!(", first at {point}replicate {}", key.replicate)
                }
                None => String::new(),
            };
            eprintln!("{units} of {contender}{at}: {}", shortened(error));
        }
        if reasons.len() > MOST_REASONS {
            eprintln!("and {} other errors", reasons.len() - MOST_REASONS);
        }
        Ok(Some(Status::Failed))
    }

    /// Writes the manifest of a run of `all` units.
    ///
    /// # Errors
    /// A store that fails, or a file that cannot be written.
    pub fn manifest(&self, store: &Store, sha: String, all: u64) -> Result<Manifest, Stop> {
        let &Finished { study, directory, summary, started, common, .. } = self;
        let experiment = &study.experiment;
        let (done, failed) = store.counts().map_err(|error| Stop::fail(&error))?;
        let precision = Reached::of_targets(store, experiment).map_err(|error| Stop::fail(&error))?;
        let manifest = Manifest {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            engine: ENGINE,
            experiment: experiment.resolved.to_json(""),
            seeds: vec![experiment.seed],
            threads: common.threads(),
            host: Host::here(),
            started: utc(started.0),
            finished: utc(SystemTime::now()),
            seconds: started.1.elapsed().as_secs_f64(),
            units: UnitCounts { done, reused: summary.reused, failed, missing: all - done - failed },
            results_sha256: sha,
            precision: precision.as_ref().map(Reached::targets_as_json),
        };
        manifest.write(directory).map_err(|error| Stop::fail(&error))?;
        Ok(manifest)
    }
}

/// One line that names the tables, as `Tables  DIR/FIRST, others`, then figures and report.
pub(super) fn written(directory: &Path, tables: &[&str], written: &document::Written) -> String {
    let mut text = format!("\nTables  {}\n", directory.join(tables.join(", ")).display());
    text += &figures_written(written);
    text
}

/// Figures and report that were written, a line each.
fn figures_written(written: &document::Written) -> String {
    let mut text = String::new();
    for (place, chart) in written.charts.iter().enumerate() {
        let label = if place == 0 { "Charts  " } else { "        " };
        text.push_str(label);
        text.push_str(&chart.display().to_string());
        text.push('\n');
    }
    if !written.files.is_empty() {
        let page = written.files.iter().find(|file| file.extension().is_some_and(|e| e == "html"));
        text.push_str("Report  ");
        text.push_str(&page.map_or(String::new(), |page| page.display().to_string()));
        text.push_str(", report.md, tables/*.tex\n");
    }
    text
}

/// Rows of one of our own CSV files as JSON objects, numbers as numbers.
pub(super) fn csv_as_json(path: &Path) -> serde_json::Value {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let cell = |text: &str| match (text.parse::<u64>(), text.parse::<f64>()) {
        (Ok(whole), _) => serde_json::json!(whole),
        (_, Ok(number)) => serde_json::json!(number),
        _ => serde_json::json!(text),
    };
    let row = |line: &str| -> serde_json::Value {
        header
            .iter()
            .zip(line.split(','))
            .map(|(key, value)| ((*key).to_owned(), cell(value)))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    lines.map(row).collect()
}

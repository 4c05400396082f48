//! The figures of a comparison, drawn from the store into `charts/`.
//!
//! | file | shows | left out where |
//! |---|---|---|
//! | `surplus` | mean shares of potential value by contender | no unit is done |
//! | `learning` | offers and deviation gain along learning | nobody learns |
//! | `difference-A-vs-B` | paired differences, for each of the first [`MOST_PAIRS`] pairs | the pair has no common replicate |
//! | `impulse-response` | what one forced deviation from a session's play sets off | no session was played |
//! | `robustness` | paired differences under each learning rule | the experiment tries no other rule |
//! | `policies` | offers against net value, with the lines of theory | nobody offers |

mod averaging;
mod difference;
mod impulse;
mod learning;
mod policies;
mod robustness;
mod surplus;
#[cfg(test)]
mod tests;

use super::robustness::Findings;
use super::summary::Summary;
use crate::chart::{self, ChartError, Estimate, Heading, Style};
use crate::experiment::file::{Contender, Experiment};
use crate::experiment::store::{Store, StoreError};
use crate::measure::statistics;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Name of the folder of figures in the output directory.
pub const FOLDER: &str = "charts";

/// Pairs of contenders that get a figure of differences.
pub const MOST_PAIRS: usize = 10;

/// Why the figures could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A figure could not be drawn or written.
    #[error(transparent)]
    Chart(#[from] ChartError),
}

/// Figures that were drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    /// The PNG of each figure, in the order of drawing; the SVG stands beside it.
    pub files: Vec<PathBuf>,
    /// What was left out for lack of room, in words.
    pub notes: Vec<String>,
}

/// Draws every figure for which the store has data into `directory`/charts, as SVG and PNG.
///
/// # Errors
/// Where the store cannot be read, or a figure cannot be written.
pub fn draw_all(store: &Store, experiment: &Experiment, directory: &Path) -> Result<Drawn, FigureError> {
    let summary = Summary::read(store, 0, experiment.play.tolerance)?;
    let mut sheets = vec![(surplus::figure(&summary, experiment), "surplus".to_owned())];
    sheets.push((learning::figure(store, experiment, &summary)?, "learning".to_owned()));
    let mut drawn = Drawn::default();
    let pairs = summary.pairs();
    let name = |i: usize| summary.contenders()[i].as_str();
    for &(a, b) in pairs.iter().take(MOST_PAIRS) {
        let file = format!("difference-{}-vs-{}", plain(name(a)), plain(name(b)));
        sheets.push((difference::figure(&summary, experiment, a, b), file));
    }
    if let Some(findings) = Findings::read(store, experiment)? {
        let figure = robustness::figure(&findings, experiment, &mut drawn.notes);
        sheets.push((figure, "robustness".to_owned()));
    }
    sheets.push((policies::figure(store, experiment, &summary, &mut drawn.notes)?, "policies".to_owned()));
    sheets.push((impulse::figure(store, experiment, &summary)?, "impulse-response".to_owned()));
    let left_out: Vec<String> =
        pairs.iter().skip(MOST_PAIRS).map(|&(a, b)| format!("{} and {}", name(a), name(b))).collect();
    if !left_out.is_empty() {
        drawn.notes.push(format!(
            "Figures of differences are drawn for the first {MOST_PAIRS} pairs of contenders. Left out, but in comparison.csv: {}.",
            left_out.join("; ")
        ));
    }
    let folder = directory.join(FOLDER);
    let mut taken = HashSet::new();
    for (sheet, name) in sheets {
        let figure = match sheet.map(|sheet| sheet.draw()) {
            Some(Ok(figure)) => figure,
            // Nothing to draw is no error: not every figure suits every experiment.
            None | Some(Err(ChartError::Empty { .. })) => continue,
            Some(Err(error)) => return Err(error.into()),
        };
        let name = free(&name, &mut taken);
        chart::save(&figure, &folder, &name)?;
        drawn.files.push(folder.join(format!("{name}.png")));
    }
    remove_stale(&folder, &drawn.files);
    Ok(drawn)
}

/// Removes figures of contenders that are no more: what is beside the data should show the data. A file that cannot be
/// removed stays.
fn remove_stale(folder: &Path, drawn: &[PathBuf]) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let figure = path.extension().is_some_and(|extension| extension == "png" || extension == "svg");
        if figure && !drawn.contains(&path.with_extension("png")) {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// The input of one figure.
enum Sheet {
    Surplus(chart::surplus::Surplus),
    Learning(chart::learning_curves::LearningCurves),
    Difference(chart::forest::Forest),
    Robustness(chart::robustness::Robustness),
    Policies(chart::policies::Policies),
    Impulse(chart::impulse_response::ImpulseResponse),
}

impl Sheet {
    fn draw(&self) -> Result<chart::Figure, ChartError> {
        let style = Style::paper();
        match self {
            Self::Surplus(sheet) => sheet.draw(style),
            Self::Learning(sheet) => sheet.draw(style),
            Self::Difference(sheet) => sheet.draw(style),
            Self::Robustness(sheet) => sheet.draw(style),
            Self::Policies(sheet) => sheet.draw(style),
            Self::Impulse(sheet) => sheet.draw(style),
        }
    }
}

/// A name that is a file's on every system: letters, digits, `-`, `_` and `.` stay, all else becomes `_`; at most 60
/// characters.
fn plain(name: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' };
    name.chars().map(safe).take(60).collect()
}

/// The name itself, or with a number where it is taken, upper and lower case being the same to some file systems.
fn free(name: &str, taken: &mut HashSet<String>) -> String {
    let mut candidate = name.to_owned();
    let mut number = 2;
    while !taken.insert(candidate.to_lowercase()) {
        candidate = format!("{name}-{number}");
        number += 1;
    }
    candidate
}

/// A text that ends like a sentence, so that another may follow.
fn sentence(text: &str) -> String {
    let text = text.trim();
    let ended = text.is_empty() || text.ends_with(['.', '?', '!', ':', ';']);
    if ended { text.to_owned() } else { format!("{text}.") }
}

/// Title above, the experiment's question below it.
fn heading(title: &str, experiment: &Experiment, replicates: u64) -> Heading {
    Heading {
        title: title.to_owned(),
        subtitle: sentence(&experiment.question),
        replicates: usize::try_from(replicates).unwrap_or(usize::MAX),
    }
}

/// The contender of this name.
fn contender<'a>(experiment: &'a Experiment, name: &str) -> Option<&'a Contender> {
    experiment.contenders.iter().find(|c| c.name == name)
}

/// Most replicates that any contender has.
fn replicates(summary: &Summary) -> u64 {
    (0..summary.contenders().len()).map(|c| summary.done(c)).max().unwrap_or(0)
}

fn drawn_as(e: &statistics::Estimate) -> Estimate {
    Estimate::new(e.mean, e.ci_low, e.ci_high)
}

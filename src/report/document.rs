//! The report of an experiment: question, expectation, verdict on its claim, what came out, what is certified, tables, figures, warnings with
//! remedies, and what was run, from the store alone.
//!
//! One list of blocks is composed once and then written as `report.md`, as `report.html` (one file that needs no
//! network), and table by table as `tables/*.tex` (booktabs) and `tables/*.csv`.

mod compose;
mod csv;
mod html;
mod latex;
mod markdown;
mod studies;
mod sweep_tables;
mod tables;
#[cfg(test)]
mod tests;
mod verdict;

use super::claim;
use super::figures::{self, FigureError, Named};
use super::sweep::Readings;
use super::sweep::closing::closing;
use crate::chart::Style;
use crate::experiment::file::Experiment;
use crate::experiment::store::{Store, StoreError};
use crate::experiment::whole_file::WholeFile;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Folder of tables in the output directory.
pub const TABLES: &str = "tables";

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A figure could not be drawn.
    #[error(transparent)]
    Figure(#[from] FigureError),
    /// A file could not be written; what stood there is as it was.
    #[error("cannot write {path}", path = .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// A piece of a report.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Block {
    /// A heading, 1 for the report's own.
    Heading(u8, String),
    /// A paragraph.
    Text(String),
    /// Points.
    List(Vec<String>),
    /// A warning: cause and remedy.
    Warning(String, String),
    /// A table.
    Table(Table),
    /// A figure.
    Figure(Named),
    /// Names and values.
    Facts(Vec<(String, String)>),
    /// Lines in columns, as on a terminal.
    Lines(String),
    /// A text that is shown on demand: summary and content.
    Folded(String, String),
}

/// A table with a head and one row for each line.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Table {
    /// Name of its files.
    pub name: String,
    /// What it shows.
    pub caption: String,
    /// Names of columns; texts stand at the left, numbers at the right.
    pub head: Vec<String>,
    /// How many columns from the left are texts.
    pub texts: usize,
    /// Whether the first column names groups of rows.
    pub grouped: bool,
    pub rows: Vec<Vec<Cell>>,
    /// Sentences below.
    pub notes: Vec<String>,
}

/// A cell: its text, and the numbers behind it in the unit of the text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cell {
    pub text: String,
    pub value: Option<f64>,
    pub interval: Option<(f64, f64)>,
    /// Stars of a test, 0 to 3; shown only where asked for.
    pub stars: u8,
}

impl Cell {
    fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    fn number(text: impl Into<String>, value: f64) -> Self {
        Self { text: text.into(), value: Some(value).filter(|v| v.is_finite()), ..Self::default() }
    }
}

/// What is asked of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// How figures are drawn.
    pub printing: figures::Printing,
    /// Whether LaTeX tables mark small p-values with stars.
    pub stars: bool,
}

/// Files that were written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// PNG of each figure, in order.
    pub charts: Vec<PathBuf>,
    /// `report.md`, `report.html`, `verdict.json` where something is claimed, then each table as LaTeX; the CSV stands beside it.
    pub files: Vec<PathBuf>,
    /// What was left out, in words.
    pub notes: Vec<String>,
    /// The closing words of a sweep.
    pub closing: Option<String>,
    /// What came of the experiment's claim, in words and for other programs.
    pub verdict: Option<(String, serde_json::Value)>,
}

/// Draws every figure and writes the report and its tables into `directory`.
///
/// # Errors
/// Where the store cannot be read or a file cannot be written.
pub fn write(
    store: &Store,
    experiment: &Experiment,
    directory: &Path,
    wanted: Wanted,
) -> Result<Written, ReportError> {
    let readings = Readings::default();
    let drawn = figures::draw_all(store, experiment, directory, wanted.printing, &readings)?;
    // The page's own captions stand below its figures.
    let style = Style { bare: true, ..Style::paper() };
    let (pictures, _) = figures::figures(store, experiment, style, &readings)?;
    let closing = closing(store, experiment, &readings)?;
    let swept = readings.read(store, experiment, &[])?;
    let drawing = (pictures, drawn.notes.as_slice());
    let design = closing.as_deref().zip(swept.as_deref());
    let judged = claim::Findings::read(store, experiment)?;
    let blocks = compose::compose(store, experiment, directory, drawing, design, judged.as_ref())?;
    let mut written = Vec::new();
    let mut put = |name: &str, text: &str| -> Result<(), ReportError> {
        let path = directory.join(name);
        save(&path, text)?;
        written.push(path);
        Ok(())
    };
    let files = wanted.printing.files;
    put("report.md", &markdown::render(&blocks, files.shown()))?;
    put("report.html", &html::render(&experiment.name, &blocks, &files.extensions()))?;
    let verdict = judged.map(|found| (found.closing(), found.as_json()));
    match &verdict {
        Some((_, verdict)) => put(claim::FILE, &format!("{verdict:#}\n"))?,
        // What an earlier version of the experiment claimed is no verdict on this one. A file that cannot be removed stays.
        None => drop(std::fs::remove_file(directory.join(claim::FILE))),
    }
    let folder = directory.join(TABLES);
    let _ = std::fs::create_dir_all(&folder);
    let mut kept = Vec::new();
    for table in blocks.iter().filter_map(|b| if let Block::Table(table) = b { Some(table) } else { None }) {
        put(&format!("{TABLES}/{}.tex", table.name), &latex::render(table, wanted.stars))?;
        save(&folder.join(format!("{}.csv", table.name)), &csv::render(table))?;
        kept.push(folder.join(format!("{}.tex", table.name)));
    }
    remove_stale(&folder, &kept);
    Ok(Written { charts: drawn.files, files: written, notes: drawn.notes, closing, verdict })
}

/// Removes tables that are no more. A file that cannot be removed stays.
fn remove_stale(folder: &Path, kept: &[PathBuf]) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let table = path.extension().is_some_and(|e| e == "tex" || e == "csv");
        if table && !kept.contains(&path.with_extension("tex")) {
            let _ = std::fs::remove_file(path);
        }
    }
}

fn save(path: &Path, text: &str) -> Result<(), ReportError> {
    let write = || {
        let mut file = WholeFile::create(path)?;
        file.write_all(text.as_bytes())?;
        file.finish()
    };
    write().map_err(|source| ReportError::Write { path: path.to_path_buf(), source })
}

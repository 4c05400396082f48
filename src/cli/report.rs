//! `report DIR`: report, tables and charts again, from the store alone.

use super::printing::Printing;
use super::{Common, Status, Stop, source};
use crate::experiment::store::Store;
use crate::report::document::{self, Wanted};
use clap::Args;
use std::path::PathBuf;

/// Options of `report`.
#[derive(Debug, Args)]
pub struct Options {
    /// Output folder of a run
    directory: PathBuf,
    /// Mark small p-values in LaTeX tables: one star below .05, two below .01, three below .001
    #[arg(long)]
    stars: bool,
    #[command(flatten)]
    printing: Printing,
}

/// Writes the report.
///
/// # Errors
/// A store that cannot be read, or files that cannot be written.
pub fn report(options: &Options, common: &Common) -> Result<Status, Stop> {
    let store = Store::open_read_only(&options.directory).map_err(|error| Stop::refuse(&error))?;
    let study = source::stored(&store, &options.directory)?;
    let wanted = Wanted { printing: options.printing.of_figures()?, stars: options.stars };
    let written = document::write(&store, &study.experiment, &options.directory, wanted)
        .map_err(|error| Stop::refuse(&error))?;
    let names = |files: &[PathBuf]| files.iter().map(|f| f.display().to_string()).collect::<Vec<_>>();
    for note in &written.notes {
        common.say(note);
    }
    let (files, charts) = (names(&written.files), names(&written.charts));
    common.result(
        &[files.join("\n"), charts.join("\n")].join("\n"),
        || serde_json::json!({ "files": files, "charts": charts }),
    );
    Ok(Status::Done)
}

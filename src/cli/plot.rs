//! `plot DIR`: every chart again, from the store alone, as the run's own file or another asks.

use super::printing::Printing;
use super::{Common, Status, Stop, source};
use crate::experiment::store::Store;
use crate::report::figures;
use crate::report::sweep::Readings;
use clap::Args;
use std::path::PathBuf;

/// Options of `plot`.
#[derive(Debug, Args)]
pub struct Options {
    /// Output folder of a run
    directory: PathBuf,
    /// Take `[[charts]]` from this file, such as the experiment's as edited since, in place of those of the run
    #[arg(long, value_name = "FILE")]
    charts: Option<PathBuf>,
    #[command(flatten)]
    printing: Printing,
}

/// Redraws the charts.
///
/// # Errors
/// A store that cannot be read, or charts that cannot be written.
pub fn plot(options: &Options, common: &Common) -> Result<Status, Stop> {
    let store = Store::open_read_only(&options.directory).map_err(|error| Stop::refuse(&error))?;
    let mut study = source::stored(&store, &options.directory)?;
    if let Some(file) = &options.charts {
        study.experiment.charts = source::charts(file, &study.experiment)?;
    }
    let charts = figures::draw_all(
        &store,
        &study.experiment,
        &options.directory,
        options.printing.of_figures()?,
        &Readings::default(),
    )
    .map_err(|error| Stop::refuse(&error))?;
    let names: Vec<String> = charts.files.iter().map(|chart| chart.display().to_string()).collect();
    for note in &charts.notes {
        common.say(note);
    }
    common.result(&names.join("\n"), || serde_json::json!({ "charts": names }));
    Ok(Status::Done)
}

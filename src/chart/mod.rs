//! Figures: plain numbers in, a finished picture out.
//!
//! Each figure is one file with one input struct and a `draw` method, a pure function from numbers already averaged
//! over replicates to SVG text. The PNG is rendered from that SVG with the two embedded fonts only, so the same input
//! gives the same bytes on every computer. Nothing here reads a file; [`save`] alone writes.
//!
//! | figure | file | question |
//! |---|---|---|
//! | surplus | [`surplus`] | who gets the value of the slots? |
//! | learning curves | [`learning_curves`] | where does learning go, and is it an equilibrium? |
//! | forest | [`forest`] | by how much do two mechanisms differ, metric by metric? |
//! | impulse response | [`impulse_response`] | what does one deviation set off? |
//! | robustness | [`robustness`] | does the ranking of mechanisms survive another learning rule? |
//! | policies | [`policies`] | what did agents learn to offer, against theory? |
//! | validation | [`validation`] | which cases of theory and of publications are reproduced? |
//! | metrics | [`small_multiples`] | how do contenders stand, metric by metric? |
//! | distribution | [`distribution`] | how far do replicates differ? |
//! | response, main effects | [`response`] | how do metrics respond to parameters? |
//! | heat map | [`heat_map`] | how does a metric respond to two parameters, or three? |
//! | frontier | [`frontier`] | which settings are efficient? |
//! | optimum | [`optimum`] | where is an objective best? |
//! | hypervolume, exchange | [`along`] | how did a front grow, and what does one objective cost in another? |
//! | settings | [`parallel`] | which settings do efficient designs have? |
//! | censorship | [`censorship`] | what does it cost to keep a transaction out, and how long do targets wait? |
//! | redundancy | [`over_time`] | how many machines are live along the epochs of a market, and how many slots are produced? |
//! | tornado | [`tornado`] | which parameters, and how much luck, drive a metric? |
//! | lorenz | [`lorenz`] | how unevenly are slots and profit spread over sequencers? |
//!
//! Below them: [`style`] (sizes, type, colours), [`identity`] (which look stands for which contender), [`ticks`] (numbers
//! on axes), [`font`] (widths of text), [`canvas`] (shapes to SVG), [`frame`] (title, legend, notes), [`axes`] (panels),
//! [`series`] (lines with bands), [`theory`] (lines of theory along an axis), [`strips`] (contenders as rows), [`swarm`] (dots beside one another), [`raster`] (SVG to PNG), [`pdf`] (SVG to PDF).

pub mod account;
pub mod along;
pub mod axes;
pub mod canvas;
pub mod censorship;
pub mod distribution;
pub mod estimate;
pub mod facets;
pub mod font;
pub mod forest;
pub mod frame;
pub mod frontier;
pub mod heat_map;
pub mod identity;
pub mod impulse_response;
pub mod learning_curves;
pub mod lorenz;
pub mod markup;
pub mod optimum;
pub mod over_time;
pub mod parallel;
pub mod pdf;
pub mod policies;
pub mod raster;
pub mod reference;
pub mod response;
pub mod robustness;
pub mod series;
pub mod small_multiples;
pub mod strips;
pub mod style;
pub mod surplus;
pub mod swarm;
pub mod targets;
pub mod theory;
pub mod ticks;
pub mod tornado;
pub mod validation;

#[cfg(test)]
mod gallery;

pub use canvas::Figure;
pub use estimate::{Estimate, Heading};
pub use identity::Identity;
pub use style::{Style, Theme, Width};

use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Why a figure was not drawn or not written.
#[derive(Debug, thiserror::Error)]
pub enum ChartError {
    /// The input holds nothing to draw: no rows, or only absent values.
    #[error("{figure}: nothing to draw, {reason}")]
    Empty {
        /// Which figure.
        figure: &'static str,
        /// What is missing.
        reason: String,
    },
    /// The SVG could not be turned into a PNG.
    #[error("PNG of the figure could not be rendered: {0}")]
    Raster(String),
    /// The SVG could not be turned into a PDF.
    #[error("PDF of the figure could not be made: {0}")]
    Pdf(String),
    /// A file could not be written.
    #[error("cannot write {path}")]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}

/// Files that are made of a figure beside its SVG.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Files {
    /// Whether a PNG is made, which takes longer than all else.
    pub png: bool,
    /// Dots of it: so many times 300 per inch.
    pub scale: u32,
    /// Whether a PDF is made too.
    pub pdf: bool,
}

impl Default for Files {
    fn default() -> Self {
        Self { png: true, scale: 1, pdf: false }
    }
}

impl Files {
    /// Extension of the picture that texts refer to: `png`, or `svg` where there is no PNG.
    pub fn shown(&self) -> &'static str {
        if self.png { "png" } else { "svg" }
    }

    /// Extensions of everything that is made of a figure.
    pub fn extensions(&self) -> Vec<&'static str> {
        [(self.png, "png"), (true, "svg"), (self.pdf, "pdf")]
            .into_iter()
            .filter(|(made, _)| *made)
            .map(|(_, kind)| kind)
            .collect()
    }
}

/// Writes `dir/NAME.svg` and where asked `dir/NAME.png` and `dir/NAME.pdf`, each under a temporary name first and then
/// renamed, so that a reader sees the whole file or none. Makes `dir` where it is absent.
///
/// # Errors
/// [`ChartError::Raster`] and [`ChartError::Pdf`] where PNG or PDF cannot be made (nothing is written then),
/// [`ChartError::Write`] where a file cannot be.
pub fn save(figure: &Figure, dir: &Path, name: &str, files: Files) -> Result<(), ChartError> {
    let png = if files.png { Some(figure.png_scaled(files.scale)?) } else { None };
    let pdf = if files.pdf { Some(figure.pdf()?) } else { None };
    std::fs::create_dir_all(dir).map_err(|source| ChartError::Write { path: dir.to_path_buf(), source })?;
    write_whole(&dir.join(format!("{name}.svg")), figure.svg().as_bytes())?;
    for (kind, bytes) in [("png", png), ("pdf", pdf)] {
        if let Some(bytes) = bytes {
            write_whole(&dir.join(format!("{name}.{kind}")), &bytes)?;
        }
    }
    Ok(())
}

fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), ChartError> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let attempt = || {
        let mut file = std::fs::File::create(&partial)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&partial, path)
    };
    attempt().map_err(|source| ChartError::Write { path: path.to_path_buf(), source })
}

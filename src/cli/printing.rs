//! How figures are drawn: options that `run`, `plot` and `report` share.

use super::Stop;
use crate::chart::{Files, Style, Theme, Width};
use crate::report::figures;
use clap::{Args, ValueEnum};

/// Options of every command that draws.
#[derive(Clone, Copy, Debug, Args)]
pub struct Printing {
    /// What figures are for
    #[arg(long, value_enum, default_value = "paper")]
    theme: Theme,
    /// Width of figures in columns of a journal: 3.5 or 7.2 inches
    #[arg(long, value_enum, default_value = "double")]
    size: Width,
    /// Leave PNGs out, which take the longest: figures are SVG alone, and `plot` makes the PNGs later
    #[arg(long, conflicts_with = "scale")]
    no_png: bool,
    /// Dots of PNGs: so many times 300 dpi
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=4))]
    scale: u32,
    /// Make a PDF of every figure too
    #[arg(long)]
    pdf: bool,
    /// Leave title, caption and notes out of figures; report.md has them
    #[arg(long)]
    bare: bool,
}

impl Printing {
    /// The options that ask for these figures; none where they are the usual ones.
    pub fn as_arguments(&self) -> Vec<String> {
        let name = |value: Option<clap::builder::PossibleValue>| value.map(|v| v.get_name().to_owned());
        let mut words = Vec::new();
        if self.theme != Theme::Paper {
            words.extend(name(self.theme.to_possible_value()).map(|name| format!("--theme={name}")));
        }
        if self.size != Width::Double {
            words.extend(name(self.size.to_possible_value()).map(|name| format!("--size={name}")));
        }
        if self.scale != 1 {
            words.push(format!("--scale={}", self.scale));
        }
        words.extend(self.pdf.then(|| "--pdf".to_owned()));
        words.extend(self.bare.then(|| "--bare".to_owned()));
        words.extend(self.no_png.then(|| "--no-png".to_owned()));
        words
    }

    /// As the figures need it.
    ///
    /// # Errors
    /// PDFs of a program that was built without them.
    pub fn of_figures(&self) -> Result<figures::Printing, Stop> {
        if self.pdf && !cfg!(feature = "pdf") {
            return Err(Stop::say(
                "--pdf: this program was built without PDFs (`--no-default-features`); build it with `--features pdf`",
            ));
        }
        Ok(figures::Printing {
            style: Style { theme: self.theme, width: self.size, bare: self.bare },
            files: Files { png: !self.no_png, scale: self.scale, pdf: self.pdf },
        })
    }
}

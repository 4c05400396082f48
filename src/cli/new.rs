//! `new NAME`: a commented experiment file to start from.

use super::{Common, Status, Stop};
use clap::Args;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

/// Options of `new`.
#[derive(Debug, Args)]
pub struct Options {
    /// Name of the experiment: the file is experiments/NAME.toml where there is a folder `experiments`, else NAME.toml
    name: String,
    /// What the experiment does with its contenders
    #[arg(long, value_parser = ["compare", "sweep", "optimize", "sensitivity"], default_value = "compare")]
    kind: String,
}

/// What every kind begins with. `{name}` and `{kind}` are filled in.
const HEAD: &str = include_str!("new/compare.toml");
/// What a sweep adds.
const SWEEP: &str = include_str!("new/sweep.toml");

/// What an optimization adds.
const OPTIMIZE: &str = include_str!("new/optimize.toml");

/// What a sensitivity study adds.
const SENSITIVITY: &str = include_str!("new/sensitivity.toml");

/// The text of a new experiment.
fn text(name: &str, kind: &str) -> String {
    let mut text = HEAD.replace("{name}", name).replace("{kind}", kind);
    if kind == "sweep" {
        text.push('\n');
        text.push_str(SWEEP);
    }
    if kind == "optimize" {
        text.push('\n');
        text.push_str(OPTIMIZE);
    }
    if kind == "sensitivity" {
        text.push('\n');
        text.push_str(SENSITIVITY);
    }
    text
}

/// Writes the file; one that exists is left alone.
///
/// # Errors
/// A name that cannot be a folder's, a file that exists or cannot be written.
pub fn new(options: &Options, common: &Common) -> Result<Status, Stop> {
    let name = &options.name;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
        return Err(Stop::say(format!(
            "new {name}: allowed: letters, digits, `-`, `_` and `.`, not beginning with a dot"
        )));
    }
    let folder = PathBuf::from("experiments");
    let file = format!("{name}.toml");
    let path = if folder.is_dir() { folder.join(&file) } else { PathBuf::from(&file) };
    let cannot = |error: std::io::Error| Stop::say(format!("cannot write {}: {error}", path.display()));
    let mut out = OpenOptions::new().write(true).create_new(true).open(&path).map_err(cannot)?;
    out.write_all(text(name, &options.kind).as_bytes()).map_err(cannot)?;
    let shown = path.display();
    let said = format!("{shown}: edit it, then\n  sequencer-lab check {shown}\n  sequencer-lab run {shown}");
    common.result(&said, || serde_json::json!({ "file": shown.to_string() }));
    Ok(Status::Done)
}

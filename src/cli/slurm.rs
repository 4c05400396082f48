//! `run FILE --engine slurm`: an array job of pieces and a job that merges them.
//!
//! Two scripts are written into `OUTPUT/slurm/` and handed to `sbatch`: `pieces.sbatch` runs `shard FILE I/N` in task `I` of
//! an array, `merge.sbatch` waits for all tasks and merges whatever they left. Pieces that are complete are not submitted
//! again, so that the same command after a failure computes only what is missing.

use super::run::Options;
use super::shard::folder;
use super::{Common, Status, Stop};
use crate::experiment::study::{Piece, Study};
use crate::experiment::whole_file::WholeFile;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Tasks of an array that every site allows, where `scontrol` does not say.
const DEFAULT_MOST_TASKS: u32 = 1000;

/// Options of the engine.
#[derive(Debug, clap::Args)]
pub struct Engine {
    /// Hand the work to a scheduler: an array of --shards pieces, and a job that merges them
    #[arg(long, value_name = "NAME", value_parser = ["slurm"])]
    pub engine: Option<String>,
    /// Pieces of the array
    #[arg(long, value_name = "N", requires = "engine", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub shards: Option<u32>,
    /// Options for sbatch, such as "--time=2:00:00 --mem=2G --partition=short"
    #[arg(long, value_name = "OPTIONS", requires = "engine", allow_hyphen_values = true)]
    pub sbatch: Option<String>,
    /// Write the scripts and say what would be submitted
    #[arg(long, requires = "engine")]
    pub dry_run: bool,
}

/// Writes the scripts and submits what is missing.
///
/// # Errors
/// No number of pieces, scripts that cannot be written, an `sbatch` that is not there or refuses.
pub fn submit(options: &Options, study: &Study, directory: &Path, common: &Common) -> Result<Status, Stop> {
    let engine = &options.engine;
    let Some(shards) = engine.shards else {
        return Err(Stop::say(
            "--engine slurm: --shards is missing; allowed: the number of pieces, such as --shards 16",
        ));
    };
    super::shard::refuse_differences(study)?;
    let pieces = directory.join("shards");
    let missing: Vec<u32> =
        (1..=shards).filter(|&index| !pieces.join(folder(Piece { index, of: shards })).exists()).collect();
    let scripts = write_scripts(options, directory, &pieces, shards)?;
    let arrays = arrays(&missing, most_tasks());
    let extra: Vec<&str> = engine.sbatch.as_deref().unwrap_or_default().split_whitespace().collect();
    let mut jobs: Vec<String> = Vec::new();
    let mut lines = Vec::new();
    for array in &arrays {
        let mut arguments = vec!["--parsable".to_owned(), format!("--array={array}")];
        arguments.extend(extra.iter().map(|&word| word.to_owned()));
        arguments.push(scripts.0.display().to_string());
        lines.push(format!("sbatch {}", arguments.join(" ")));
        if !engine.dry_run {
            jobs.push(sbatch(&arguments)?);
        }
    }
    let mut arguments = vec!["--parsable".to_owned()];
    if !jobs.is_empty() {
        arguments.push(format!("--dependency=afterany:{}", jobs.join(":")));
    } else if !arrays.is_empty() {
        arguments.push("--dependency=afterany:JOB".to_owned());
    }
    arguments.extend(extra.iter().map(|&word| word.to_owned()));
    arguments.push(scripts.1.display().to_string());
    lines.push(format!("sbatch {}", arguments.join(" ")));
    let merging = if engine.dry_run { None } else { Some(sbatch(&arguments)?) };
    let head = if engine.dry_run { "would submit" } else { "submitted" };
    let text = format!(
        "{} of {shards} pieces are complete; {head}:\n  {}\nscripts: {}",
        shards as usize - missing.len(),
        lines.join("\n  "),
        directory.join("slurm").display()
    );
    common.result(&text, || {
        serde_json::json!({
            "shards": shards, "complete": shards as usize - missing.len(), "arrays": arrays, "jobs": jobs,
            "merge_job": merging, "dry_run": engine.dry_run, "output": directory.display().to_string()
        })
    });
    // What was submitted is still to be computed.
    Ok(Status::Done)
}

/// Array expressions of the missing pieces, each of at most `most` tasks and with numbers below the site's limit.
fn arrays(missing: &[u32], most: u32) -> Vec<String> {
    missing
        .chunks(most.max(1) as usize)
        .map(|chunk| {
            let mut ranges: Vec<(u32, u32)> = Vec::new();
            for &index in chunk {
                match ranges.last_mut() {
                    Some((_, last)) if *last + 1 == index => *last = index,
                    _ => ranges.push((index, index)),
                }
            }
            let show = |&(first, last): &(u32, u32)| {
                if first == last { first.to_string() } else { format!("{first}-{last}") }
            };
            ranges.iter().map(show).collect::<Vec<_>>().join(",")
        })
        .collect()
}

/// The site's limit on tasks of an array.
fn most_tasks() -> u32 {
    let output = Command::new("scontrol").args(["show", "config"]).output();
    let text = output.map(|o| String::from_utf8_lossy(&o.stdout).into_owned()).unwrap_or_default();
    let line = text.lines().find(|line| line.trim_start().starts_with("MaxArraySize"));
    let size =
        line.and_then(|line| line.split('=').nth(1)).and_then(|value| value.trim().parse::<u32>().ok());
    // MaxArraySize is one more than the highest number of a task.
    size.map_or(DEFAULT_MOST_TASKS, |size| size.saturating_sub(1))
}

fn sbatch(arguments: &[String]) -> Result<String, Stop> {
    let output = Command::new("sbatch").args(arguments).output().map_err(|error| {
        Stop::say(format!(
            "cannot run sbatch: {error}; on a machine without Slurm use `shard` and `merge`, or --dry-run"
        ))
    })?;
    if !output.status.success() {
        return Err(Stop::say(format!("sbatch refused: {}", String::from_utf8_lossy(&output.stderr).trim())));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    // `JOB` or `JOB;CLUSTER`.
    Ok(text.trim().split(';').next().unwrap_or_default().to_owned())
}

/// The scripts of the array and of the merge.
fn write_scripts(
    options: &Options,
    directory: &Path,
    pieces: &Path,
    shards: u32,
) -> Result<(PathBuf, PathBuf), Stop> {
    let cannot =
        |error: std::io::Error| Stop::say(format!("cannot write into {}: {error}", directory.display()));
    let folder = directory.join("slurm");
    std::fs::create_dir_all(&folder).map_err(cannot)?;
    let program = std::env::current_exe().map_err(cannot)?;
    let here = std::env::current_dir().map_err(cannot)?;
    let absolute = |path: &Path| quoted(&here.join(path).display().to_string());
    let changes = options.experiment.changes.as_arguments();
    let changes = changes.iter().fold(String::new(), |line, word| line + " " + &quoted(word));
    let head = |name: &str, log: &str| {
        format!(
            "#!/bin/bash\n#SBATCH --job-name={name}\n#SBATCH --output={}\ncd {}\n",
            folder.join(log).display(),
            quoted(&here.display().to_string())
        )
    };
    let name = directory.file_name().and_then(|n| n.to_str()).unwrap_or("sequencer-lab").to_owned();
    let shard = format!(
        "{}exec {} shard {} \"$SLURM_ARRAY_TASK_ID/{shards}\" --output {} --threads \"${{SLURM_CPUS_PER_TASK:-1}}\"{changes}\n",
        head(&name, "piece-%a.log"),
        quoted(&program.display().to_string()),
        absolute(&options.experiment.file),
        absolute(pieces),
    );
    let merge = format!(
        "{}exec {} merge {} --output {} --threads \"${{SLURM_CPUS_PER_TASK:-1}}\"\n",
        head(&format!("{name}-merge"), "merge.log"),
        quoted(&program.display().to_string()),
        absolute(pieces),
        absolute(directory),
    );
    let write = |name: &str, text: &str| -> Result<PathBuf, Stop> {
        let path = folder.join(name);
        let mut file = WholeFile::create(&path).map_err(cannot)?;
        file.write_all(text.as_bytes()).and_then(|()| file.finish()).map_err(cannot)?;
        Ok(path)
    };
    Ok((write("pieces.sbatch", &shard)?, write("merge.sbatch", &merge)?))
}

/// A word for the shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_name_what_is_missing_under_the_limit() {
        assert_eq!(arrays(&[1, 2, 3, 5, 7, 8], 100), ["1-3,5,7-8"]);
        assert_eq!(arrays(&[1, 2, 3, 4, 5], 2), ["1-2", "3-4", "5"]);
        assert!(arrays(&[], 10).is_empty());
    }

    #[test]
    fn words_survive_the_shell() {
        assert_eq!(quoted("it's"), "'it'\\''s'");
    }
}

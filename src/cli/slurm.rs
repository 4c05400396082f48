//! `run FILE --engine slurm`: an array job of pieces and a job that merges them.
//!
//! Two scripts are written into `OUTPUT/slurm/` and handed to `sbatch`: `pieces.sbatch` runs `shard FILE I/N` in task `I` of
//! an array, `merge.sbatch` waits for all tasks and merges whatever they left. Pieces that are complete are not submitted
//! again, so that the same command after a failure computes only what is missing. Pieces of another experiment, or of another
//! version of this one, are refused: their union would be that other one.

use super::merge::stores_in;
use super::run::Options;
use super::shard::{self, PARTIAL, folder};
use super::{Common, Status, Stop};
use crate::experiment::store::STORE_FILE;
use crate::experiment::study::{Piece, Study};
use crate::experiment::whole_file::WholeFile;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Highest number of a task that every site allows, where `scontrol` does not say.
const DEFAULT_MOST_TASKS: u32 = 1000;

/// What helps where a folder is of another study.
const OTHER: &str = "choose another --output";

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
    shard::refuse_differences(study)?;
    // Of a stopping rule a piece takes whole design points.
    let (whole, what) = match study.experiment.variations.stopping {
        Some(_) => (u64::from(study.design.len()), "design points"),
        None => (study.planned(), "units"),
    };
    if u64::from(shards) > whole {
        return Err(Stop::say(format!(
            "--shards {shards}: the study has {whole} {what} to divide; allowed: at most as many pieces"
        )));
    }
    let pieces = directory.join("shards");
    if options.fresh {
        return Err(Stop::say(format!(
            "--fresh: nothing that a job may be writing is discarded from here; allowed: another --output, or remove {} first",
            pieces.display()
        )));
    }
    refuse_others(study, directory, &pieces, shards)?;
    let missing: Vec<u32> =
        (1..=shards).filter(|&index| !pieces.join(folder(Piece { index, of: shards })).exists()).collect();
    let most = most_tasks();
    if most == 0 && !missing.is_empty() {
        return Err(Stop::say("--engine slurm: this site allows no array jobs (MaxArraySize); use `shard`"));
    }
    let scripts = write_scripts(options, directory, &pieces, shards)?;
    let arrays = arrays(&missing, most);
    let extra: Vec<&str> = engine.sbatch.as_deref().unwrap_or_default().split_whitespace().collect();
    let mut jobs: Vec<String> = Vec::new();
    let mut lines = Vec::new();
    let mut submit = |arguments: Vec<String>, jobs: &[String]| -> Result<Option<String>, Stop> {
        let words: Vec<String> = arguments.iter().map(|word| shown(word)).collect();
        lines.push(format!("sbatch {}", words.join(" ")));
        if engine.dry_run {
            return Ok(None);
        }
        let submitted = sbatch(&arguments).map(Some);
        submitted.map_err(|stop| {
            let before = if jobs.is_empty() {
                String::new()
            } else {
                format!(
                    "; submitted before: {}, without a job that merges: the same command again adds it",
                    jobs.join(", ")
                )
            };
            Stop { message: stop.message + &before, ..stop }
        })
    };
    for array in &arrays {
        let mut arguments = vec!["--parsable".to_owned(), format!("--array={}", array.tasks)];
        arguments.extend(extra.iter().map(|&word| word.to_owned()));
        arguments.push(scripts.0.display().to_string());
        if array.offset > 0 {
            arguments.push(array.offset.to_string());
        }
        jobs.extend(submit(arguments, &jobs)?);
    }
    let mut arguments = vec!["--parsable".to_owned()];
    if !jobs.is_empty() {
        arguments.push(format!("--dependency=afterany:{}", jobs.join(":")));
    } else if !arrays.is_empty() {
        arguments.push("--dependency=afterany:JOB".to_owned());
    }
    arguments.extend(extra.iter().map(|&word| word.to_owned()));
    arguments.push(scripts.1.display().to_string());
    let merging = submit(arguments, &jobs)?;
    let head = if engine.dry_run { "would submit" } else { "submitted" };
    let text = format!(
        "{} of {shards} pieces are complete; {head}:\n  {}\nscripts: {}",
        shards as usize - missing.len(),
        lines.join("\n  "),
        scripts.0.parent().unwrap_or(directory).display()
    );
    common.result(&text, || {
        serde_json::json!({
            "shards": shards, "complete": shards as usize - missing.len(),
            "arrays": arrays.iter().map(|array| &array.tasks).collect::<Vec<_>>(),
            "offsets": arrays.iter().map(|array| array.offset).collect::<Vec<_>>(), "jobs": jobs,
            "merge_job": merging, "dry_run": engine.dry_run, "output": directory.display().to_string()
        })
    });
    // What was submitted is still to be computed.
    Ok(Status::Done)
}

/// Refuses folders whose union is not this study: what is complete there, what is computed for another number of pieces and would
/// stay as it is, and the output itself. A piece that is not complete is `shard`'s to go on from.
fn refuse_others(study: &Study, directory: &Path, pieces: &Path, shards: u32) -> Result<(), Stop> {
    let resumed = |folder: &PathBuf| {
        let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.ends_with(&format!("-of-{shards}{PARTIAL}"))
    };
    let there = if pieces.exists() { stores_in(pieces).unwrap_or_default() } else { Vec::new() };
    for folder in there.iter().filter(|folder| !resumed(folder)) {
        shard::check_same_study(study, folder, OTHER)?;
    }
    if directory.join(STORE_FILE).exists() {
        shard::check_same_study(study, directory, OTHER)?;
    }
    Ok(())
}

/// An array job: its tasks, and what is to be added to a task's number to get the piece.
#[derive(Debug, PartialEq, Eq)]
struct Array {
    tasks: String,
    offset: u32,
}

/// Array jobs of the missing pieces. Sites limit the numbers of tasks, and not only how many there are: numbers go up to `most`,
/// and a piece beyond it is a task of an array with an offset.
fn arrays(missing: &[u32], most: u32) -> Vec<Array> {
    let most = most.max(1);
    missing
        .chunk_by(|a, b| (a - 1) / most == (b - 1) / most)
        .map(|chunk| {
            let offset = (chunk[0] - 1) / most * most;
            let mut ranges: Vec<(u32, u32)> = Vec::new();
            for task in chunk.iter().map(|index| index - offset) {
                match ranges.last_mut() {
                    Some((_, last)) if *last + 1 == task => *last = task,
                    _ => ranges.push((task, task)),
                }
            }
            let show = |&(first, last): &(u32, u32)| {
                if first == last { first.to_string() } else { format!("{first}-{last}") }
            };
            Array { tasks: ranges.iter().map(show).collect::<Vec<_>>().join(","), offset }
        })
        .collect()
}

/// The highest number of a task that the site allows.
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
    let stop = options.on_error != "continue";
    let on_error = if stop { format!(" --on-error {}", options.on_error) } else { String::new() };
    let how =
        on_error + &options.max_minutes.map_or(String::new(), |minutes| format!(" --max-minutes {minutes}"));
    let head = |name: &str, log: &str| {
        format!(
            "#!/bin/bash\n#SBATCH --job-name={}\n#SBATCH --output={}\ncd {}\n",
            in_directive(name),
            in_directive(&folder.join(log).display().to_string()),
            quoted(&here.display().to_string())
        )
    };
    let name = directory.file_name().and_then(|n| n.to_str()).unwrap_or("sequencer-lab").to_owned();
    // The first argument is the array's offset.
    let shard = format!(
        "{}exec {} shard {} \"$((SLURM_ARRAY_TASK_ID + ${{1:-0}}))/{shards}\" --output {} --threads \"${{SLURM_CPUS_PER_TASK:-1}}\"{changes}{how}\n",
        head(&name, "piece-%A-%a.log"),
        quoted(&program.display().to_string()),
        absolute(&options.experiment.file),
        absolute(pieces),
    );
    let printing = options.printing.as_arguments().iter().fold(String::new(), |line, word| line + " " + word);
    let merge = format!(
        "{}exec {} merge {} --output {} --threads \"${{SLURM_CPUS_PER_TASK:-1}}\"{printing}\n",
        head(&format!("{name}-merge"), "merge.log"),
        quoted(&program.display().to_string()),
        absolute(pieces),
        absolute(directory),
    );
    // Scripts of jobs that were submitted stay as they are.
    let submitted = std::fs::read_to_string(folder.join("pieces.sbatch")).ok();
    let rehearsal = options.engine.dry_run && submitted.is_some_and(|text| text != shard);
    let place = if rehearsal { folder.join("dry-run") } else { folder.clone() };
    std::fs::create_dir_all(&place).map_err(cannot)?;
    let write = |name: &str, text: &str| -> Result<PathBuf, Stop> {
        let path = place.join(name);
        let mut file = WholeFile::create(&path).map_err(cannot)?;
        file.write_all(text.as_bytes()).and_then(|()| file.finish()).map_err(cannot)?;
        Ok(path)
    };
    Ok((write("pieces.sbatch", &shard)?, write("merge.sbatch", &merge)?))
}

/// A word for the shell, in quotes only where it needs them.
fn shown(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:,%".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { quoted(word) }
}

/// A value of an option in a line `#SBATCH`, which sbatch parts at blanks outside double quotes.
fn in_directive(value: &str) -> String {
    if value.contains(char::is_whitespace) { format!("\"{value}\"") } else { value.to_owned() }
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
        let array = |tasks: &str, offset| Array { tasks: tasks.to_owned(), offset };
        assert_eq!(arrays(&[1, 2, 3, 5, 7, 8], 100), [array("1-3,5,7-8", 0)]);
        // No task has a number beyond the limit.
        assert_eq!(arrays(&[1, 2, 3, 4, 5], 2), [array("1-2", 0), array("1-2", 2), array("1", 4)]);
        let all: Vec<u32> = (1..=2000).collect();
        assert_eq!(arrays(&all, 1000), [array("1-1000", 0), array("1-1000", 1000)]);
        assert_eq!(arrays(&[7, 1003, 1004], 1000), [array("7", 0), array("3-4", 1000)]);
        assert!(arrays(&[], 10).is_empty());
    }

    #[test]
    fn words_survive_the_shell() {
        assert_eq!(quoted("it's"), "'it'\\''s'");
        assert_eq!(
            (shown("out/a.sbatch"), shown("my out/a")),
            ("out/a.sbatch".to_owned(), "'my out/a'".to_owned())
        );
        assert_eq!(in_directive("my out/%A.log"), "\"my out/%A.log\"");
        assert_eq!(in_directive("out/%A.log"), "out/%A.log");
    }
}

//! What a unit of a large sweep costs outside its simulation, and how memory and disk grow: `cargo bench --bench large_sweep`.
//!
//! The program itself runs sweeps of units so short that next to everything is overhead: reading and checking the file, asking,
//! storing, and at the end every table, chart and report. Measured are the processor time of the whole process less that of
//! the same units simulated alone, set against units of 5 ms; the largest resident memory, as the number of units grows at the
//! same design points, and as design points grow; and the bytes of the store for each metric value. What is beyond its limit is
//! named, and the status is 1. Linux only (`/proc`). `-- quick` stops at a tenth of the units, of which a larger share is outside: the
//! limit of the time is for [`LARGE`] units and more.

use sequencer_lab::cli::library::Files;
use sequencer_lab::experiment::study::Study;
use sequencer_lab::settings::Document;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Time of a unit against which overhead is set.
const UNIT: Duration = Duration::from_millis(5);

/// Largest share of units of that length that may be outside their simulation, of studies of at least [`LARGE`] units.
const MOST_OUTSIDE: f64 = 0.02;

/// See [`MOST_OUTSIDE`].
const LARGE: u64 = 100_000;

/// Bytes of the store for each metric value.
const MOST_BYTES: f64 = 40.0;

/// Growth of memory that counts as none while units grow tenfold at the same design points: what allocators leave.
const FLAT: f64 = 1.1;

/// Bytes of memory for each design point beyond those that are kept ready: settings twice as numbers, places and means for figures
/// and analyses, what identifies a unit, and a replicate of the metrics that are analysed at a time.
const A_POINT: f64 = 1024.0;

/// Ticks of `/proc/PID/stat` a second, the same on every Linux.
const TICKS: f64 = 100.0;

/// A sweep over three parameters, or over eight.
fn experiment(points: u32, replicates: u32, wide: bool) -> String {
    let (design, more) = if wide {
        let of = |path: &str, high: f64| {
            format!("\n[[sweep.parameters]]\npath = \"{path}\"\nrange = [0.0, {high:?}]\n")
        };
        let paths = [
            ("sequencers.bidder.idle_cost", 0.1),
            ("mechanism.uniform.redistribution.burn", 0.3),
            ("mechanism.vcg.redistribution.burn", 0.3),
            ("mechanism.uniform.redistribution.public_goods", 0.3),
            ("mechanism.vcg.redistribution.public_goods", 0.3),
        ];
        ("latin_hypercube", paths.map(|(path, high)| of(path, high)).concat())
    } else {
        ("sobol", String::new())
    };
    format!(
        r#"
[experiment]
name = "large"
kind = "sweep"
replicates = {replicates}

[world]
kind = "abstract"

[[sequencers]]
name = "bidder"
count = 3
value = {{ uniform = [0.5, 1.5] }}
strategy = "truthful"

[mechanism.uniform]
rule = "auction_rotation"
seats = 1
pricing = "uniform"

[mechanism.vcg]
rule = "auction_rotation"
seats = 1
pricing = "vcg"

[sweep]
design = "{design}"
size = {points}

[[sweep.parameters]]
path = "mechanism.uniform.reserve_price"
range = [0.0, 0.5]

[[sweep.parameters]]
path = "mechanism.vcg.reserve_price"
range = [0.0, 0.5]

[[sweep.parameters]]
path = "sequencers.bidder.live_cost"
range = [0.0, 0.2]
{more}
[play]
rounds = 1
warmup_epochs = 1
measured_epochs = 1
keep = "metrics"
"#
    )
}

/// What a run of the program took.
struct Run {
    units: u64,
    wall: f64,
    /// Processor time, seconds.
    processor: f64,
    /// Largest resident memory, megabytes.
    memory: f64,
    store: u64,
    values: u64,
}

/// Processor time of this process's children that have ended, seconds.
fn of_children() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Fields 16 and 17; the name in the second may hold spaces, but ends at the last parenthesis.
    let rest = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<f64> = rest.split_whitespace().filter_map(|f| f.parse().ok()).collect();
    // The state is no number, so that field 4 is the first here.
    (fields.get(12).unwrap_or(&0.0) + fields.get(13).unwrap_or(&0.0)) / TICKS
}

fn run(points: u32, replicates: u32, wide: bool) -> Run {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("large.toml");
    std::fs::write(&file, experiment(points, replicates, wide)).expect("the experiment is written");
    let (before, start) = (of_children(), Instant::now());
    let mut child = Command::new(env!("CARGO_BIN_EXE_sequencer-lab"))
        .current_dir(folder.path())
        .args(["run", "large.toml", "--quiet", "--output", "out", "--threads", "2"])
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let status = format!("/proc/{}/status", child.id());
    let mut memory: f64 = 0.0;
    let ended = loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let peak = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = peak.and_then(|peak| peak.trim().trim_end_matches("kB").trim().parse::<f64>().ok());
        memory = memory.max(kilobytes.unwrap_or(0.0) / 1024.0);
        if let Some(ended) = child.try_wait().expect("the program can be waited for") {
            break ended;
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    assert!(ended.success(), "{ended}");
    let (wall, processor) = (start.elapsed().as_secs_f64(), of_children() - before);
    let results = std::fs::read_to_string(folder.path().join("out/results.csv")).expect("there are results");
    let values = results.lines().count() as u64 - 1;
    let store = std::fs::metadata(folder.path().join("out/results.sqlite")).expect("there is a store").len();
    Run { units: u64::from(points) * 2 * u64::from(replicates), wall, processor, memory, store, values }
}

/// Seconds of simulation of one of these units, alone.
fn simulation() -> f64 {
    let document = Document::parse("large.toml", &experiment(64, 40, false)).expect("a valid file");
    let study = Study::read(document, Files::beside(Path::new("large.toml"))).expect("a valid study");
    let plans: Vec<_> = study.plans().collect();
    let once = || {
        let start = Instant::now();
        for plan in &plans {
            std::hint::black_box(study.work(plan).expect("the unit runs"));
        }
        start.elapsed().as_secs_f64() / plans.len() as f64
    };
    once();
    let mut times: Vec<f64> = (0..7).map(|_| once()).collect();
    times.sort_by(f64::total_cmp);
    times[3]
}

fn main() {
    let quick = std::env::args().any(|argument| argument == "quick");
    let simulation = simulation();
    println!("a unit's simulation: {:.1} µs (median of 7)", 1e6 * simulation);
    println!(
        "  points  replicates    units   wall s  processor s  outside, µs a unit  of 5 ms  peak MB  bytes a value"
    );
    let mut missed: Vec<String> = Vec::new();
    let mut say = |points: u32, replicates: u32, wide: bool| {
        let r = run(points, replicates, wide);
        let outside = r.processor / r.units as f64 - simulation;
        let share = outside / (outside + UNIT.as_secs_f64());
        let bytes = r.store as f64 / r.values as f64;
        println!(
            "{points:8} {replicates:11} {:8} {:8.1} {:12.2} {:19.0} {:7.2}% {:8.1} {bytes:14.1}",
            r.units,
            r.wall,
            r.processor,
            1e6 * outside,
            100.0 * share,
            r.memory,
        );
        if r.units >= LARGE && share > MOST_OUTSIDE {
            missed.push(format!("{:.2}% of {} units of {points} points are outside", 100.0 * share, r.units));
        }
        if bytes > MOST_BYTES {
            missed.push(format!("{bytes:.1} bytes a value at {points} points"));
        }
        r.memory
    };
    let scale = if quick { 10 } else { 1 };
    // Units grow at the same design points, then design points at about the same units.
    let memory = [5, 15, 50].map(|replicates| say(1024, (replicates / scale).max(2), false));
    say(64, 800 / scale, false);
    say(16384, (3 / scale).max(2), false);
    // More points than are kept ready, and eight parameters.
    let [few, many] = [8192, if quick { 16384 } else { 65536 }].map(|points| (points, say(points, 1, true)));
    let a_point = (many.1 - few.1) * 1024.0 * 1024.0 / f64::from(many.0 - few.0);
    println!("a design point of eight parameters takes {a_point:.0} bytes of memory");
    if memory[2] > FLAT * memory[0] {
        missed.push(format!("memory grows from {:.0} to {:.0} MB with replicates", memory[0], memory[2]));
    }
    if a_point > A_POINT {
        missed.push(format!("{a_point:.0} bytes a design point"));
    }
    for text in &missed {
        println!("missed: {text}");
    }
    if !missed.is_empty() {
        std::process::exit(1);
    }
}

//! What a unit of a large sweep costs outside its simulation, and how memory and disk grow: `cargo bench --bench large_sweep`.
//!
//! The program itself runs sweeps of units so short that next to everything is overhead: reading and checking the file, asking,
//! storing, and at the end every table, chart and report. Measured are the processor time of the whole process less that of
//! the same units simulated alone, set against units of 5 ms; the largest resident memory, as the number of units grows at the
//! same design points, and as design points grow; and the bytes of the store for each metric value. Linux only (`/proc`).
//! `-- quick` stops at a tenth of the units.

use sequencer_lab::cli::library::Files;
use sequencer_lab::experiment::study::Study;
use sequencer_lab::settings::Document;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Time of a unit against which overhead is set.
const UNIT: Duration = Duration::from_millis(5);

/// Ticks of `/proc/PID/stat` a second, the same on every Linux.
const TICKS: f64 = 100.0;

fn experiment(points: u32, replicates: u32) -> String {
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
design = "sobol"
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

fn run(points: u32, replicates: u32) -> Run {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("large.toml");
    std::fs::write(&file, experiment(points, replicates)).expect("the experiment is written");
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
    let document = Document::parse("large.toml", &experiment(64, 40)).expect("a valid file");
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
    let say = |points: u32, replicates: u32| {
        let r = run(points, replicates);
        let outside = r.processor / r.units as f64 - simulation;
        let share = outside / (outside + UNIT.as_secs_f64());
        println!(
            "{points:8} {replicates:11} {:8} {:8.1} {:12.2} {:19.0} {:7.2}% {:8.1} {:14.1}",
            r.units,
            r.wall,
            r.processor,
            1e6 * outside,
            100.0 * share,
            r.memory,
            r.store as f64 / r.values as f64
        );
    };
    let scale = if quick { 10 } else { 1 };
    // Units grow at the same design points, then design points at about the same units.
    for replicates in [5, 15, 50] {
        say(1024, (replicates / scale).max(2));
    }
    for (points, replicates) in [(64, 800), (16384, 3)] {
        say(points, (replicates / scale).max(2));
    }
}

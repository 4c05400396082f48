//! Runs that stop early and go on: by the clock, by Ctrl-C; and two at once.

use crate::program::Folder;
use std::time::{Duration, Instant};

/// A run of a few hundred short units; enough to be caught in the middle.
const MANY: [&str; 5] = ["run", "tiny.toml", "--quiet", "--replicates", "300"];

/// The same run that never stopped.
fn uninterrupted(folder: &Folder) -> Vec<u8> {
    let mut arguments = MANY.to_vec();
    arguments.extend(["--output", "whole"]);
    folder.run(&arguments).with(0);
    folder.bytes("whole/results.csv")
}

fn into(output: &str) -> Vec<&str> {
    let mut arguments = MANY.to_vec();
    arguments.extend(["--output", output]);
    arguments
}

/// Files that a stopped run leaves, from what there is.
fn assert_partial(folder: &Folder, output: &str) {
    for file in ["results.csv", "summary.csv", "comparison.csv", "policies.csv", "experiment.toml"] {
        assert!(folder.path(output).join(file).exists(), "{file}");
    }
    let manifest: serde_json::Value =
        serde_json::from_slice(&folder.bytes(&format!("{output}/manifest.json"))).unwrap();
    let [done, missing] = ["done", "missing"].map(|key| manifest["units"][key].as_u64().unwrap());
    assert!(missing > 0 && done + missing == 600, "{manifest}");
    assert_eq!(folder.stored(output), i64::try_from(done).unwrap());
}

#[test]
fn a_run_out_of_time_goes_on_where_it_stopped() {
    let folder = Folder::new();
    let mut arguments = into("a");
    arguments.extend(["--max-minutes", "0.003"]);
    let loud: Vec<&str> = arguments.iter().copied().filter(|a| *a != "--quiet").collect();
    folder.run(&loud).with(3).says("the same command goes on from there");
    assert_partial(&folder, "a");
    // The same with more time, as often as it takes.
    arguments.pop();
    arguments.push("0.01");
    let mut runs = 1;
    while folder.run(&arguments).status == Some(3) {
        runs += 1;
        assert!(runs < 200, "no progress");
    }
    assert_eq!(folder.bytes("a/results.csv"), uninterrupted(&folder));
}

#[test]
fn a_stopped_run_is_a_balanced_smaller_study() {
    let folder = Folder::new();
    let mut arguments = into("a");
    arguments.extend(["--max-minutes", "0.004", "--threads", "1"]);
    folder.run(&arguments).with(3);
    let store = rusqlite::Connection::open(folder.path("a/results.sqlite")).unwrap();
    let count = |name: &str| -> i64 {
        store.query_row("SELECT count(*) FROM units WHERE mechanism = ?1", [name], |row| row.get(0)).unwrap()
    };
    assert!((count("auction") - count("dpos")).abs() <= 1);
}

#[test]
fn no_time_at_all_leaves_empty_tables_and_a_resumable_run() {
    let folder = Folder::new();
    folder.run(&["run", "tiny.toml", "--max-minutes", "0.0000001"]).with(3);
    assert_eq!(folder.text("output/tiny/results.csv"), "design,mechanism,replicate,metric,value\n");
    folder.run(&["run", "tiny.toml"]).with(0);
    assert!(folder.text("output/tiny/results.csv").lines().count() > 1);
}

#[test]
fn ctrl_c_stops_a_run_that_goes_on_later() {
    let folder = Folder::new();
    let mut running = folder.start(&into("a"));
    folder.wait_for_a_unit("a");
    assert_eq!(running.interrupt(), Some(3));
    assert_partial(&folder, "a");
    // A stopped run can be looked at and replayed like any other.
    folder.run(&["plot", "a"]).with(0);
    folder.run(&["replay", "a", "0/auction/0"]).with(0);
    folder.run(&into("a")).with(0);
    assert_eq!(folder.bytes("a/results.csv"), uninterrupted(&folder));
}

#[test]
fn a_directory_in_use_is_refused_at_once() {
    let folder = Folder::new();
    let mut first = folder.start(&[
        "run",
        "tiny.toml",
        "--quiet",
        "--replicates",
        "20000",
        "--threads",
        "1",
        "--output",
        "a",
    ]);
    folder.wait_for_a_unit("a");
    for more in [&[][..], &["--fresh"], &["--seed", "8"]] {
        let mut arguments = vec!["run", "tiny.toml", "--output", "a"];
        arguments.extend(more);
        let start = Instant::now();
        let ended = folder.run(&arguments).with(2);
        ended.says("in use");
        assert_eq!(ended.out, "");
        assert!(start.elapsed() < Duration::from_secs(5));
    }
    // Reading is allowed meanwhile, and the other run does not suffer.
    folder.run(&["replay", "a", "0/auction/0"]).with(0);
    assert!(first.is_running());
    let before = folder.stored("a");
    assert_eq!(first.interrupt(), Some(3));
    assert!(folder.stored("a") >= before);
    // The lock is gone with its holder.
    folder.run(&["run", "tiny.toml", "--quiet", "--output", "a"]).with(0);
}

//! `--set`, `--seed`, `--replicates`, `--fresh`, and going on with what is stored.

use crate::program::{Folder, TINY};

fn results(folder: &Folder, output: &str, more: &[&str]) -> Vec<u8> {
    let mut arguments = vec!["run", "tiny.toml", "--quiet", "--output", output];
    arguments.extend(more);
    folder.run(&arguments).with(0);
    folder.bytes(&format!("{output}/results.csv"))
}

#[test]
fn a_setting_on_the_command_line_is_a_setting_in_the_file() {
    let folder = Folder::new();
    let plain = results(&folder, "plain", &[]);
    let cases = [
        ("mechanism.dpos.seats=2", "rule = \"delegated\"", "rule = \"delegated\"\nseats = 2"),
        ("sequencers.*.strategy=truthful", "strategy = \"bidder\"", "strategy = \"truthful\""),
        ("sequencers.large.live_cost=2", "live_cost = 0.0001", "live_cost = 2"),
        ("sequencers.large.count=4", "count = 2", "count = 4"),
        ("mechanism.*.epoch_slots=16", "epoch_slots = 8", "epoch_slots = 16"),
        ("play.rounds=6", "rounds = 4", "rounds = 6"),
        ("experiment.seed=8", "seed = 7", "seed = 8"),
    ];
    for (number, (change, old, new)) in cases.into_iter().enumerate() {
        let by_option = results(&folder, &format!("option{number}"), &["--set", change]);
        std::fs::write(folder.path("tiny.toml"), TINY.replace(old, new)).unwrap();
        let by_file = results(&folder, &format!("file{number}"), &[]);
        std::fs::write(folder.path("tiny.toml"), TINY).unwrap();
        assert_eq!(by_option, by_file, "{change}");
        assert_ne!(by_option, plain, "{change}");
    }
}

#[test]
fn changes_add_up() {
    let folder = Folder::new();
    let several = [
        "--set",
        "mechanism.dpos.seats=2",
        "--set",
        "sequencers.small.skill=0.7",
        "--seed",
        "9",
        "--replicates",
        "2",
    ];
    let together = results(&folder, "a", &several);
    let resolved = folder.text("a/experiment.toml");
    for line in ["seats = 2", "skill = 0.7", "seed = 9", "replicates = 2"] {
        assert!(resolved.lines().any(|l| l == line), "{line}: {resolved}");
    }
    assert_ne!(together, results(&folder, "b", &several[..4]));
}

#[test]
fn who_only_plays_a_script_has_no_certificate() {
    let folder = Folder::new();
    let text =
        String::from_utf8(results(&folder, "a", &["--set", "sequencers.*.strategy=truthful"])).unwrap();
    assert!(text.contains(",revenue,") && !text.contains("deviation_gain") && !text.contains("certified"));
}

#[test]
fn more_replicates_keep_the_ones_there_are() {
    let folder = Folder::new();
    results(&folder, "a", &["--replicates", "2"]);
    let ended = folder.run(&["run", "tiny.toml", "--output", "a", "--replicates", "5"]).with(0);
    ended.says("4 of 10 units are still valid");
    assert_eq!(folder.bytes("a/results.csv"), results(&folder, "b", &["--replicates", "5"]));
    // The first two replicates do not depend on how many follow.
    let few = results(&folder, "c", &["--replicates", "2"]);
    let many = folder.text("b/results.csv");
    assert!(String::from_utf8(few).unwrap().lines().all(|line| many.lines().any(|other| other == line)));
}

#[test]
fn a_finished_run_is_not_done_again() {
    let folder = Folder::new();
    let first = results(&folder, "a", &[]);
    let ended = folder.run(&["run", "tiny.toml", "--output", "a", "--json"]).with(0);
    ended.says("6/6 units, 6 taken from the store");
    assert_eq!(ended.json()["units"]["reused"], 6);
    assert_eq!(folder.bytes("a/results.csv"), first);
}

#[test]
fn a_changed_file_keeps_the_units_that_it_leaves_alone() {
    let folder = Folder::new();
    let first = results(&folder, "a", &[]);
    let ended = folder.run(&["run", "tiny.toml", "--output", "a", "--set", "mechanism.dpos.seats=2"]).with(0);
    ended.says("3 of 6 units are still valid");
    ended.says("6/6 units, 3 taken from the store");
    assert_eq!(folder.bytes("a/results.csv"), results(&folder, "b", &["--set", "mechanism.dpos.seats=2"]));
    // And back again.
    assert_eq!(results(&folder, "a", &[]), first);
    let ended = folder.run(&["run", "tiny.toml", "--output", "a", "--seed", "8"]).with(0);
    ended.says("0 of 6 units are still valid");
    // Words are no numbers: a new question leaves every unit as it is.
    let asked = folder
        .run(&[
            "run",
            "tiny.toml",
            "--output",
            "b",
            "--set",
            "mechanism.dpos.seats=2",
            "--set",
            "experiment.question=Why?",
        ])
        .with(0);
    asked.says("6/6 units, 6 taken from the store");
}

#[test]
fn a_renamed_contender_is_the_same_contender() {
    let folder = Folder::new();
    results(&folder, "a", &[]);
    std::fs::write(folder.path("tiny.toml"), TINY.replace("[mechanism.dpos]", "[mechanism.stake]")).unwrap();
    let ended = folder.run(&["run", "tiny.toml", "--output", "a"]).with(0);
    ended.says("6 of 6 units are still valid");
    let text = folder.text("a/results.csv");
    assert!(text.contains("0,stake,2,") && !text.contains("dpos"));
}

#[test]
fn fresh_discards_what_is_stored() {
    let folder = Folder::new();
    let first = results(&folder, "a", &[]);
    let ended = folder.run(&["run", "tiny.toml", "--output", "a", "--fresh", "--json"]).with(0);
    assert_eq!(ended.json()["units"], serde_json::json!({"done": 6, "reused": 0, "failed": 0, "missing": 0}));
    assert_eq!(folder.bytes("a/results.csv"), first);
}

#[test]
fn the_resolved_experiment_runs_again_with_the_same_results() {
    let folder = Folder::new();
    let first = results(&folder, "a", &["--set", "sequencers.large.live_cost=0.0003", "--seed", "11"]);
    let ended = folder.run(&["run", "a/experiment.toml", "--output", "b"]).with(0);
    assert!(!ended.err.contains("taken from the store"));
    assert_eq!(folder.bytes("b/results.csv"), first);
    assert_eq!(folder.bytes("b/experiment.toml"), folder.bytes("a/experiment.toml"));
    // What was resolved needs no strategy or scenario file beside it, and is the same study.
    let ended = folder.run(&["run", "a/experiment.toml", "--output", "a"]).with(0);
    ended.says("6 taken from the store");
    assert_eq!(folder.bytes("a/results.csv"), first);
}

//! The commands as a user runs them: exit statuses, what they print and where, and the files that they leave.

mod changes;
mod claims;
mod durability;
mod interruption;
mod optimizing;
mod refusals;
mod replaying;
mod reporting;
mod robustness;
mod sensitivity;
mod sweeps;
mod validating;

use crate::program::Folder;

/// Headers that users' scripts rely on.
const HEADERS: [(&str, &str); 4] = [
    ("results.csv", "design,mechanism,replicate,metric,value"),
    ("summary.csv", "design,mechanism,metric,mean,se,ci_low,ci_high,n"),
    (
        "comparison.csv",
        "design,metric,a,b,mean_a,mean_b,difference,se,ci_low,ci_high,p_value,variance_reduction",
    ),
    ("policies.csv", "design,mechanism,replicate,agent,lever,state,action,probability"),
];

#[test]
fn a_run_leaves_its_files_in_the_folder_of_its_name() {
    let folder = Folder::new();
    let ended = folder.run(&["run", "tiny.toml"]).with(0);
    assert!(ended.out.contains("output/tiny"), "{ended:?}");
    for (file, header) in HEADERS {
        let text = folder.text(&format!("output/tiny/{file}"));
        assert_eq!(text.lines().next(), Some(header), "{file}");
        assert!(text.ends_with('\n') && !text.contains('\r') && text.lines().count() > 1, "{file}");
    }
    for file in ["manifest.json", "experiment.toml", "results.sqlite"] {
        assert!(!folder.bytes(&format!("output/tiny/{file}")).is_empty(), "{file}");
    }
    // One file holds the store: its log has been folded in.
    assert!(!folder.path("output/tiny/results.sqlite-wal").exists());
}

#[test]
fn results_are_ordered_and_their_numbers_read_back() {
    let folder = Folder::new();
    folder.run(&["run", "tiny.toml", "--quiet"]).with(0);
    let listed = folder.run(&["list", "metrics"]).with(0).out;
    let metrics: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let mut last = (0, 0, 0, 0);
    let text = folder.text("output/tiny/results.csv");
    for (number, line) in text.lines().skip(1).enumerate() {
        let cells: Vec<&str> = line.split(',').collect();
        let [design, mechanism, replicate, metric, value] = cells[..] else { panic!("{line}") };
        let contender = ["auction", "dpos"].iter().position(|name| *name == mechanism).unwrap();
        let place = metrics
            .iter()
            .position(|name| *name == metric)
            .unwrap_or_else(|| panic!("{metric} is not listed"));
        let now = (design.parse::<u32>().unwrap(), contender, replicate.parse::<u32>().unwrap(), place);
        assert!(number == 0 || now > last, "{line}");
        last = now;
        assert!(value.parse::<f64>().unwrap().is_finite() && value != "-0", "{line}");
    }
    assert_eq!((last.0, last.1, last.2), (0, 1, 2));
}

#[test]
fn the_manifest_and_the_store_agree_with_the_tables() {
    let folder = Folder::new();
    folder.run(&["run", "tiny.toml", "--threads", "1"]).with(0);
    let manifest: serde_json::Value =
        serde_json::from_slice(&folder.bytes("output/tiny/manifest.json")).unwrap();
    let digest = <sha2::Sha256 as sha2::Digest>::digest(folder.bytes("output/tiny/results.csv"));
    let digest = digest.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    assert_eq!(manifest["results_sha256"], digest);
    assert_eq!(manifest["threads"], 1);
    assert_eq!(manifest["seeds"], serde_json::json!([7]));
    assert_eq!(manifest["units"], serde_json::json!({"done": 6, "reused": 0, "failed": 0, "missing": 0}));
    for key in ["version", "experiment", "host", "started", "finished"] {
        assert!(!manifest[key].is_null(), "{key}");
    }

    let store = rusqlite::Connection::open(folder.path("output/tiny/results.sqlite")).unwrap();
    let mut query = store
        .prepare("SELECT u.design, u.mechanism, u.replicate, v.metric, v.value FROM units u JOIN \"values\" v ON v.unit = u.id WHERE u.status = 'done' AND u.error IS NULL AND u.seed = 7")
        .unwrap();
    let mut stored: Vec<String> = query
        .query_map([], |row| {
            let (design, mechanism, replicate): (i64, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let (metric, value): (String, f64) = (row.get(3)?, row.get(4)?);
            Ok(format!(
                "{design},{mechanism},{replicate},{metric},{}",
                sequencer_lab::experiment::tables::format_number(value)
            ))
        })
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let text = folder.text("output/tiny/results.csv");
    let mut written: Vec<&str> = text.lines().skip(1).collect();
    stored.sort();
    written.sort_unstable();
    assert_eq!(stored, written);
}

#[test]
fn summary_and_comparison_follow_from_the_results() {
    let folder = Folder::new();
    folder.run(&["run", "tiny.toml", "--quiet"]).with(0);
    let results = folder.text("output/tiny/results.csv");
    let values = |mechanism: &str| -> Vec<f64> {
        let row = |line: &str| line.rsplit_once(',').map(|(_, value)| value.parse::<f64>().unwrap());
        let own = |line: &&str| line.starts_with(&format!("0,{mechanism},")) && line.contains(",revenue,");
        results.lines().filter(own).filter_map(row).collect()
    };
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let cell = |file: &str, start: &str, column: usize| -> f64 {
        let text = folder.text(&format!("output/tiny/{file}"));
        let line = text.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("{start}"));
        line.split(',').nth(column).unwrap().parse().unwrap()
    };
    let (auction, dpos) = (values("auction"), values("dpos"));
    assert_eq!((auction.len(), dpos.len()), (3, 3));
    assert!((cell("summary.csv", "0,auction,revenue,", 3) - mean(&auction)).abs() < 1e-15);
    let differences: Vec<f64> = auction.iter().zip(&dpos).map(|(a, b)| a - b).collect();
    let spread =
        differences.iter().map(|d| (d - mean(&differences)) * (d - mean(&differences))).sum::<f64>() / 2.0;
    let start = "0,revenue,auction,dpos,";
    assert!((cell("comparison.csv", start, 6) - mean(&differences)).abs() < 1e-15);
    assert!((cell("comparison.csv", start, 7) - (spread / 3.0).sqrt()).abs() < 1e-15);
    assert_eq!(cell("summary.csv", "0,auction,revenue,", 7), 3.0);
}

#[test]
fn json_alone_stands_on_standard_output() {
    let folder = Folder::new();
    let run = folder.run(&["run", "tiny.toml", "--json"]).with(0).json();
    assert_eq!(run["experiment"], "tiny");
    assert_eq!(run["units"]["done"], 6);
    assert!(
        run["summary"].as_array().unwrap().iter().any(|row| row["metric"] == "revenue" && row["n"] == 3.0)
    );
    assert!(!run["comparison"].as_array().unwrap().is_empty());
    assert!(folder.run(&["--json", "plot", "output/tiny"]).with(0).json()["charts"].is_array());
    assert_eq!(folder.run(&["replay", "output/tiny", "0/dpos/1", "--json"]).with(0).json()["same"], true);
    assert_eq!(folder.run(&["check", "tiny.toml", "--json"]).with(0).json()["units"], 6);
    assert!(folder.run(&["schema", "--json"]).with(0).json()["properties"]["mechanism"].is_object());
    for kind in KINDS {
        for item in folder.run(&["list", kind, "--json"]).with(0).json().as_array().unwrap() {
            assert!(!item["name"].as_str().unwrap().is_empty(), "{kind}");
        }
    }
    // Also when `--quiet` is there, and never beside an error.
    assert!(folder.run(&["check", "tiny.toml", "--json", "--quiet"]).with(0).json().is_object());
    assert_eq!(folder.run(&["run", "nowhere.toml", "--json"]).with(2).out, "");
}

#[test]
fn quiet_prints_nothing_but_errors() {
    let folder = Folder::new();
    let commands: [&[&str]; 6] = [
        &["run", "tiny.toml", "--quiet"],
        &["--quiet", "run", "tiny.toml", "--seed", "8"],
        &["check", "tiny.toml", "--quiet"],
        &["plot", "output/tiny", "--quiet"],
        &["replay", "output/tiny", "0/dpos/1", "--quiet"],
        &["list", "metrics", "--quiet"],
    ];
    for arguments in commands {
        let ended = folder.run(arguments).with(0);
        assert_eq!((ended.out.as_str(), ended.err.as_str()), ("", ""), "{arguments:?}");
    }
    let refused = folder.run(&["check", "nowhere.toml", "--quiet"]).with(2);
    refused.says("nowhere.toml");
}

#[test]
fn progress_and_messages_go_to_standard_error() {
    let folder = Folder::new();
    let ended = folder.run(&["run", "tiny.toml"]).with(0);
    ended.says("6/6 units");
    assert!(!ended.out.contains("6/6 units"));
}

const KINDS: [&str; 8] =
    ["mechanisms", "strategies", "learners", "metrics", "parameters", "experiments", "scenarios", "theory"];

#[test]
fn lists_say_one_item_a_line_name_first() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("experiments")).unwrap();
    std::fs::copy(folder.path("tiny.toml"), folder.path("experiments/mine.toml")).unwrap();
    std::fs::create_dir(folder.path("strategies")).unwrap();
    let half = "learner = \"scripted\"\nsummary = \"offers half\"\noffer = { relative = 0.5 }\n";
    std::fs::write(folder.path("strategies/half.toml"), half).unwrap();
    let expected: [&[&str]; 8] = [
        &["auction_rotation", "delegated", "centralized"],
        &["hedge", "regret_matching", "half"],
        &["hedge", "regret_matching", "scripted"],
        &["potential_value", "community_share", "deviation_gain_upper", "certified", "revenue", "liveness"],
        &[
            "mechanism.*.seats",
            "sequencers.*.live_cost",
            "delegators.*.inertia",
            "play.rounds",
            "experiment.seed",
        ],
        &["experiments/mine.toml"],
        &["optimistic-rollup-2025"],
        &["any_of", "quorum", "least_bond", "revenue_uniform", "kickback_outside"],
    ];
    for (kind, names) in KINDS.iter().zip(expected) {
        let out = folder.run(&["list", kind]).with(0).out;
        let first: Vec<&str> =
            out.lines().map(|line| line.split_whitespace().next().unwrap_or_default()).collect();
        assert!(first.iter().all(|name| !name.is_empty()), "{kind}: {out}");
        for name in names {
            assert!(first.contains(name), "{kind}: {name} is missing: {out}");
        }
    }
    // The folder's own strategy can be played as well.
    folder.run(&["run", "tiny.toml", "--set", "sequencers.*.strategy=half"]).with(0);
}

#[test]
fn check_says_what_it_would_run_and_leaves_nothing() {
    let folder = Folder::new();
    let before = folder.snapshot();
    let ended = folder.run(&["check", "tiny.toml", "--replicates", "5"]).with(0);
    for text in ["tiny", "auction", "dpos", "10 units"] {
        assert!(ended.out.contains(text), "{text}: {ended:?}");
    }
    assert_eq!(before, folder.snapshot());
}

#[test]
fn plot_draws_again_from_the_store_alone() {
    let folder = Folder::new();
    folder.run(&["run", "tiny.toml"]).with(0);
    std::fs::remove_file(folder.path("tiny.toml")).unwrap();
    std::fs::remove_file(folder.path("output/tiny/experiment.toml")).unwrap();
    let results = folder.bytes("output/tiny/results.csv");
    let charts: Vec<_> = folder
        .snapshot()
        .into_iter()
        .filter(|(path, _)| path.parent().is_some_and(|p| p.ends_with("charts")))
        .collect();
    for (path, _) in &charts {
        std::fs::remove_file(path).unwrap();
    }
    folder.run(&["plot", "output/tiny"]).with(0);
    for (path, bytes) in charts {
        assert_eq!(std::fs::read(&path).ok(), bytes, "{}", path.display());
    }
    assert_eq!(folder.bytes("output/tiny/results.csv"), results);
}

#[test]
fn help_and_version_are_at_hand() {
    let folder = Folder::new();
    let help = folder.run(&["--help"]).with(0).out;
    for command in ["run", "check", "plot", "report", "replay", "list", "schema"] {
        assert!(help.contains(command), "{command}");
        assert!(!folder.run(&[command, "--help"]).with(0).out.is_empty());
    }
    assert!(folder.run(&["--version"]).with(0).out.contains(env!("CARGO_PKG_VERSION")));
}

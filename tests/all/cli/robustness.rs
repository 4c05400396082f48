//! `[robustness]` and `--robustness`: the experiment again under other learning rules.

use crate::program::{Folder, TINY};
use std::collections::BTreeMap;

const RULES: &str = "hedge,regret_matching";

/// Cells of a table by header, row by row.
fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let row = |line: &str| {
        header.iter().zip(line.split(',')).map(|(k, v)| ((*k).to_owned(), v.to_owned())).collect()
    };
    lines.map(row).collect()
}

/// Ids of units by address.
fn units(folder: &Folder, output: &str) -> BTreeMap<String, String> {
    let store = rusqlite::Connection::open(folder.path(output).join("results.sqlite")).unwrap();
    let mut query =
        store.prepare("SELECT design || '/' || mechanism || '/' || replicate, id FROM units").unwrap();
    query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
}

#[test]
fn each_strategy_is_a_design_point() {
    let folder = Folder::new();
    let checked = folder.run(&["check", "tiny.toml", "--robustness", RULES]).with(0).out;
    assert!(checked.contains("18 units") && checked.contains("design point 2"), "{checked}");
    let ended = folder.run(&["run", "tiny.toml", "--robustness", RULES]).with(0);
    for part in ["Robustness to the learning rule", "Community share", "rank correlation", "verdict"] {
        assert!(ended.out.contains(part), "{part}: {ended:?}");
    }
    let results = folder.text("output/tiny/results.csv");
    assert!(results.starts_with("design,mechanism,replicate,sequencers.*.strategy,metric,value\n"));
    let played: BTreeMap<String, String> = rows(&results)
        .into_iter()
        .map(|row| (row["design"].clone(), row["sequencers.*.strategy"].clone()))
        .collect();
    assert_eq!(played.values().collect::<Vec<_>>(), ["bidder", "hedge", "regret_matching"]);
    for file in ["summary.csv", "comparison.csv", "policies.csv"] {
        let table = rows(&folder.text(&format!("output/tiny/{file}")));
        assert!(["0", "1", "2"].iter().all(|d| table.iter().any(|row| row["design"] == *d)), "{file}");
    }
    // What the table of robustness says of a difference is what the comparison says of it.
    let judged = rows(&folder.text("output/tiny/robustness.csv"));
    let compared = rows(&folder.text("output/tiny/comparison.csv"));
    assert_eq!(judged.len(), 9);
    for row in &judged {
        let same = |other: &&BTreeMap<String, String>| {
            ["design", "metric", "a", "b"].iter().all(|key| other[*key] == row[*key])
        };
        let found = compared.iter().find(same).unwrap();
        for key in ["mean_a", "mean_b", "difference", "ci_low", "ci_high"] {
            assert_eq!(found[key], row[key], "{key}");
        }
        let (low, high) = (row["ci_low"].parse::<f64>().unwrap(), row["ci_high"].parse::<f64>().unwrap());
        let sign = if low > 0.0 {
            "1"
        } else if high < 0.0 {
            "-1"
        } else {
            "0"
        };
        assert_eq!(row["sign"], sign);
    }
    assert!(folder.path("output/tiny/charts/robustness.png").exists());
    // The units are those of the experiment with the strategy set, and so are their values.
    let set = ["run", "tiny.toml", "--quiet", "--set", "sequencers.*.strategy=hedge", "--output", "set"];
    folder.run(&set).with(0);
    let (all, alone) = (units(&folder, "output/tiny"), units(&folder, "set"));
    assert_eq!((all.len(), alone.len()), (18, 6));
    for (address, id) in &alone {
        assert_eq!(all[&address.replacen('0', "1", 1)], *id);
    }
}

#[test]
fn runs_of_several_points_are_resumed_replayed_and_redrawn() {
    let folder = Folder::new();
    folder.run(&["run", "tiny.toml", "--quiet", "--robustness", RULES]).with(0);
    let results = folder.text("output/tiny/results.csv");
    let again = folder.run(&["run", "tiny.toml", "--robustness", RULES, "--json"]).with(0).json();
    assert_eq!((&again["units"]["reused"], &again["units"]["done"]), (&18.into(), &18.into()));
    assert_eq!(again["robustness"][0]["metric"], "community_share");
    assert_eq!(folder.text("output/tiny/results.csv"), results);
    for unit in ["0/auction/0", "1/dpos/2", "2/auction/1"] {
        folder.run(&["replay", "output/tiny", unit]).with(0);
    }
    folder.run(&["replay", "output/tiny", "3/dpos/0"]).with(2);
    std::fs::remove_dir_all(folder.path("output/tiny/charts")).unwrap();
    folder.run(&["plot", "output/tiny", "--quiet"]).with(0);
    assert!(folder.path("output/tiny/charts/robustness.png").exists());
    // What is exported is what was learned in the experiment as written.
    assert!(folder.path("output/tiny/strategies").exists());
    let exported = folder.run(&["export", "output/tiny", "--replicate", "1", "--json"]).with(0).json();
    assert_eq!(exported["problems"], serde_json::json!([]));
    // The resolved experiment asks the same again.
    folder.run(&["run", "output/tiny/experiment.toml", "--quiet", "--output", "copy"]).with(0);
    assert_eq!(folder.text("copy/results.csv"), results);
    // Another strategy costs its own units only, and without any the table of robustness goes.
    let more =
        folder.run(&["run", "tiny.toml", "--robustness", "hedge,regret_matching,fictitious_play", "--json"]);
    assert_eq!(more.with(0).json()["units"]["reused"], 18);
    let less = folder.run(&["run", "tiny.toml", "--json"]).with(0).json();
    assert_eq!((&less["units"]["reused"], &less["units"]["done"]), (&6.into(), &6.into()));
    assert!(!folder.path("output/tiny/robustness.csv").exists());
    assert_eq!(less["robustness"], serde_json::json!([]));
}

/// An auction against an operator that hands over half of what users pay. Bidders who may not offer more than a fifth of
/// their value, on top of nothing, leave the community less than that; bidders who may not offer less than nine tenths leave
/// it more, whoever wins.
const REVERSED: &str = r#"
[experiment]
name = "reversed"
replicates = 4

[[sequencers]]
name = "s"
count = 3
value = { uniform = [1, 1.2] }
strategy = "frugal"

[mechanism.auction]
rule = "auction_rotation"
seats = 1

[mechanism.half]
rule = "centralized"
commission = 0.5

[strategies.frugal]
learner = "regret_matching"
bins = 2
menu = { relative = [0.0, 0.2], points = 5 }

[strategies.lavish]
learner = "hedge"
bins = 2
menu = { relative = [0.9, 1.0], points = 5 }

[robustness]
strategies = ["frugal", "lavish"]
metrics = ["community_share", "potential_value"]

[play]
rounds = 8
warmup_epochs = 100
measured_epochs = 5
certificate_markets = 16
certificate_epochs = 4
"#;

#[test]
fn a_ranking_that_the_learning_rule_reverses_is_found() {
    let folder = Folder::new();
    std::fs::write(folder.path("reversed.toml"), REVERSED).unwrap();
    let ended = folder.run(&["run", "reversed.toml"]).with(0);
    assert!(
        ended.out.contains("the ranking does not survive. Reversed: auction and half under lavish"),
        "{ended:?}"
    );
    let table = rows(&folder.text("output/reversed/robustness.csv"));
    let of = |metric: &str, key: &str| -> Vec<String> {
        table.iter().filter(|row| row["metric"] == metric).map(|row| row[key].clone()).collect()
    };
    assert_eq!(of("community_share", "strategy"), ["frugal", "lavish"]);
    assert_eq!(of("community_share", "sign"), ["-1", "1"]);
    assert_eq!(of("community_share", "kendall_tau"), ["1", "-1"]);
    assert_eq!(of("community_share", "verdict"), ["reversed"; 2]);
    assert_eq!(of("community_share", "metric_under"), ["lavish"; 2]);
    // Common draws: what the epoch could be worth is the same for both.
    assert_eq!(of("potential_value", "verdict"), ["equal"; 2]);
    // Each alone is the experiment that has no other.
    let lavish = REVERSED.replace("strategy = \"frugal\"", "strategy = \"lavish\"");
    std::fs::write(folder.path("other.toml"), lavish).unwrap();
    folder.run(&["run", "other.toml", "--quiet", "--output", "other"]).with(0);
    let other = rows(&folder.text("other/robustness.csv"));
    assert_eq!(
        other.iter().map(|r| r["strategy"].as_str()).collect::<Vec<_>>(),
        ["lavish", "frugal", "lavish", "frugal"]
    );
    assert_eq!(other[0]["difference"], table[1]["difference"]);
}

#[test]
fn scripted_groups_keep_their_script() {
    let folder = Folder::new();
    let mixed = TINY.replacen("strategy = \"bidder\"", "strategy = \"truthful\"", 1);
    std::fs::write(folder.path("mixed.toml"), mixed).unwrap();
    folder.run(&["run", "mixed.toml", "--quiet", "--robustness", RULES, "--output", "mixed"]).with(0);
    let results = folder.text("mixed/results.csv");
    assert!(results.starts_with("design,mechanism,replicate,sequencers.small.strategy,metric,value\n"));
    assert!(folder.text("mixed/experiment.toml").contains("strategy = \"truthful\""));
}

#[test]
fn what_cannot_be_ranked_is_refused() {
    let folder = Folder::new();
    let refused = |strategies: &str, says: &[&str]| {
        let ended = folder.run(&["run", "tiny.toml", "--robustness", strategies]).with(2);
        for text in says {
            ended.says(text);
        }
    };
    refused(
        "hedge,regret_machting",
        &["there is no strategy `regret_machting`", "did you mean `regret_matching`?"],
    );
    refused("hedge", &["at least two strategies"]);
    refused("hedge,hedge", &["strategy `hedge` is named twice"]);
    refused("hedge,truthful", &["strategy `truthful` does not learn"]);
    let refused = |changes: &[&str], says: &[&str]| {
        let arguments: Vec<&str> =
            ["run", "tiny.toml", "--robustness", RULES].iter().chain(changes).copied().collect();
        let ended = folder.run(&arguments).with(2);
        for text in says {
            ended.says(text);
        }
    };
    let metrics = |value: &'static str| ["--set", value];
    refused(&metrics("robustness.metrics=[\"holder_shar\"]"), &["no metric `holder_shar`", "`holder_share`"]);
    refused(&metrics("robustness.metrics=[]"), &["the list is empty"]);
    refused(&metrics("robustness.metrics=net_surplus"), &["this is no list"]);
    refused(&metrics("robustness.stratgies=[\"hedge\"]"), &["stratgies", "strategies"]);
    refused(&metrics("sequencers.*.strategy=truthful"), &["nobody learns in this experiment"]);
    let one = TINY.replace("[mechanism.dpos]\nrule = \"delegated\"\nepoch_slots = 8\n", "");
    let one = one.split("[[delegators]]").next().unwrap().to_owned()
        + "[mechanism.auction]"
        + one.split("[mechanism.auction]").nth(1).unwrap();
    std::fs::write(folder.path("one.toml"), one).unwrap();
    folder
        .run(&["run", "one.toml", "--robustness", RULES])
        .with(2)
        .says("there is one contender, and nothing to rank");
    assert!(!folder.path("output").exists());
}

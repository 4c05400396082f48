//! `[claim]`: verdicts in every place where they are told.

use crate::program::{Folder, TINY};
use serde_json::Value;

const CLAIM: &str = r#"
[claim]
hypothesis = "An auction leaves the community what delegation leaves to delegators."
metric = "community_share"
of = "auction"
effect = 0.1
closure = "Stake and entry are fixed."
could_fail = "One seat."
"#;

fn verdict(folder: &Folder, output: &str) -> Value {
    serde_json::from_slice(&folder.bytes(&format!("{output}/verdict.json"))).unwrap()
}

#[test]
fn a_verdict_is_told_at_the_end_in_the_report_and_to_programs() {
    let folder = Folder::new();
    std::fs::write(folder.path("tiny.toml"), TINY.to_owned() + CLAIM).unwrap();
    let checked = folder.run(&["check", "tiny.toml"]).with(0).out;
    assert!(checked.contains("to be decided: An auction leaves"), "{checked}");
    let ended = folder.run(&["run", "tiny.toml"]).with(0);
    assert!(ended.out.contains("Verdict: supported") && ended.out.contains("verdict.json"), "{}", ended.out);
    let said = verdict(&folder, "output/tiny");
    assert_eq!(said["verdict"], "supported");
    // Its numbers are those of comparison.csv.
    let comparison = folder.text("output/tiny/comparison.csv");
    let row: Vec<&str> = comparison
        .lines()
        .find(|line| line.starts_with("0,community_share,auction,dpos,"))
        .unwrap()
        .split(',')
        .collect();
    let pair = &said["points"][0]["pairs"][0];
    for (key, column) in [("difference", 6), ("ci_low", 8), ("ci_high", 9)] {
        assert_eq!(pair[key].as_f64(), row[column].parse().ok(), "{key}");
    }
    for file in ["report.md", "report.html"] {
        let report = folder.text(&format!("output/tiny/{file}"));
        for part in ["Claim and verdict", "Verdict: supported", "One seat.", "Stake and entry are fixed."] {
            assert!(report.contains(part), "{file}: {part}");
        }
    }
    assert!(folder.text("output/tiny/tables/claim.csv").contains("supported"));
    let again = folder.run(&["run", "tiny.toml", "--json"]).with(0).json();
    assert_eq!(again["verdict"], said);
    assert_eq!(again["units"]["reused"], 6, "a claim bears on no unit");
    // From the store alone, and gone with the claim.
    std::fs::remove_file(folder.path("output/tiny/verdict.json")).unwrap();
    folder.run(&["report", "output/tiny", "--quiet"]).with(0);
    assert_eq!(verdict(&folder, "output/tiny"), said);
    std::fs::write(folder.path("tiny.toml"), TINY).unwrap();
    let without = folder.run(&["run", "tiny.toml", "--json"]).with(0).json();
    assert_eq!(without["verdict"], Value::Null);
    assert!(!folder.path("output/tiny/verdict.json").exists());
}

#[test]
fn a_sweep_says_on_what_a_claim_is_conditional() {
    let folder = Folder::new();
    // No slot is worth a reserve of 1 ETH: nobody bids, and the community gets nothing under either.
    let swept = TINY.replace("seed = 7", "seed = 7\nkind = \"sweep\"")
        + r#"
[sweep]
design = "factorial"

[[sweep.parameters]]
path = "mechanism.auction.reserve_price"
values = [0, 1]

[claim]
hypothesis = "The community gets more from an auction."
metric = "community_share"
of = "auction"
effect = 0.1
closure = "Entry is fixed."
could_fail = "A reserve that nobody pays."
"#;
    std::fs::write(folder.path("swept.toml"), swept).unwrap();
    let ended = folder.run(&["run", "swept.toml", "--output", "a"]).with(0);
    let said = verdict(&folder, "a");
    assert_eq!(
        (&said["verdict"], said["points"].as_array().unwrap().len()),
        (&Value::from("conditional"), 2),
        "{said:#}"
    );
    let condition = "It is supported where reserve_price is at most 0, and rejected where it is at least 1.";
    assert_eq!(said["conditions"][0], condition);
    assert_eq!(said["points"][1]["settings"]["mechanism.auction.reserve_price"], 1.0);
    let told: Vec<&str> = ended.out.split_whitespace().collect();
    assert!(told.join(" ").contains(condition), "{}", ended.out);
    let report = folder.text("a/report.md");
    for part in ["Claim and verdict", "What is certified, and what is not", "Warnings", condition] {
        assert!(report.contains(part), "{part}");
    }
}

#[test]
fn a_union_with_pieces_missing_gives_a_provisional_verdict() {
    let folder = Folder::new();
    std::fs::write(folder.path("tiny.toml"), TINY.to_owned() + CLAIM).unwrap();
    folder.run(&["shard", "tiny.toml", "1/2", "--output", "s", "--quiet"]).with(0);
    let ended = folder.run(&["merge", "s", "--output", "m"]).with(3);
    let said = verdict(&folder, "m");
    assert_eq!((&said["complete"], &said["units"]["planned"]), (&Value::from(false), &Value::from(6)));
    let done = said["units"]["done"].as_u64().unwrap();
    let told = format!("Provisional verdict, on {done} of 6 units");
    assert!(done < 6 && ended.out.contains(&told), "{}", ended.out);
    assert!(folder.text("m/report.md").contains(&told));
    folder.run(&["shard", "tiny.toml", "2/2", "--output", "s", "--quiet"]).with(0);
    let ended = folder.run(&["merge", "s", "--output", "m"]).with(0);
    assert!(
        ended.out.contains("Verdict: supported") && verdict(&folder, "m")["complete"] == true,
        "{}",
        ended.out
    );
}

#[test]
fn claims_that_cannot_be_judged_are_refused() {
    let folder = Folder::new();
    for (change, said) in [
        ("claim.metric=\"holder_shar\"", "`holder_share`"),
        ("claim.of=\"dops\"", "`dpos`"),
        ("claim.effect=-1", "claim.effect"),
        ("claim.effct=1", "effect"),
    ] {
        std::fs::write(folder.path("tiny.toml"), TINY.to_owned() + CLAIM).unwrap();
        folder.run(&["check", "tiny.toml", "--set", change]).with(2).says(said);
    }
}

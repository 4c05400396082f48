//! `[robustness]` and `--robustness`: the experiment again under other learning rules.

use crate::lab::{metric, unit};
use crate::program::{Folder, TINY};
use sequencer_lab::cli::library::Files;
use sequencer_lab::experiment::study::Study;
use sequencer_lab::learning::LearnerSpec;
use sequencer_lab::learning::replicator::ReplicatorSpec;
use sequencer_lab::settings::Document;
use std::collections::BTreeMap;
use std::path::Path;

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
    assert!(folder.path("output/tiny/charts/robustness.svg").exists());
    // The units are those of the experiment with the strategy set, on the menu and bins of `bidder`.
    let set = [
        "sequencers.*.strategy=hedge",
        "strategies.hedge.bins=6",
        "strategies.hedge.menu={ relative = [0.0, 1.0], points = 41 }",
    ];
    let set = set.iter().flat_map(|change| ["--set", change]);
    let run: Vec<&str> = ["run", "tiny.toml", "--quiet", "--output", "set"].into_iter().chain(set).collect();
    folder.run(&run).with(0);
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
    assert!(folder.path("output/tiny/charts/robustness.svg").exists());
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
menus = "strategy"

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
    // On the menu of the frugal the lavish cannot be lavish.
    std::fs::write(folder.path("group.toml"), REVERSED.replace("menus = \"strategy\"\n", "")).unwrap();
    folder.run(&["run", "group.toml", "--quiet", "--output", "group"]).with(0);
    let group = rows(&folder.text("group/robustness.csv"));
    assert_eq!(group[1]["strategy"], "lavish");
    assert_eq!([&group[0]["sign"], &group[1]["sign"]], ["-1", "-1"]);
}

fn study(text: &str) -> Study {
    let document = Document::parse("test.toml", text).unwrap();
    Study::read(document, Files::beside(Path::new("test.toml"))).unwrap_or_else(|error| panic!("{error}"))
}

/// Two groups that learn in their own ways on menus and bins of their own, and a third that follows a script.
const MENUS: &str = r#"
[experiment]
name = "menus"

[[sequencers]]
name = "coarse"
count = 2
value = { uniform = [0.0, 1.0] }
strategy = "one"

[[sequencers]]
name = "fine"
count = 2
value = { uniform = [0.0, 1.0] }
strategy = "two"

[[sequencers]]
name = "honest"
count = 1
value = { uniform = [0.0, 1.0] }
strategy = "truthful"

[mechanism.a]
rule = "auction_rotation"
seats = 1

[mechanism.b]
rule = "auction_rotation"
seats = 2

[strategies.one]
learner = "hedge"
learning_rate = 20.0
bins = 3
menu = { relative = [0.0, 1.0], points = 5 }

[strategies.two]
learner = "regret_matching"
bins = 7
menu = { absolute = [0.0, 0.9], points = 10 }

[strategies.three]
learner = "replicator"
learning_rate = 3.0
mutation = 0.01
bins = 2
menu = { relative = [0.0, 2.0], points = 3 }

[robustness]
strategies = ["one", "three"]
"#;

/// Under every rule a group keeps its menu and bins, and what learns on them is the rule with its own keys; the file as resolved is the
/// same study.
#[test]
fn rules_learn_on_the_menus_of_the_groups() {
    let written = study(MENUS);
    let names = |study: &Study, design: u32| -> Vec<String> {
        let point = study.point(design).unwrap();
        point.setting.classes.iter().map(|class| class.strategy.name.clone()).collect()
    };
    assert_eq!(written.design.len(), 3);
    assert_eq!(names(&written, 0), ["one", "two", "truthful"]);
    assert_eq!(names(&written, 1), ["one", "one on two", "truthful"]);
    assert_eq!(names(&written, 2), ["three on one", "three on two", "truthful"]);
    let first = written.point(0).unwrap();
    for design in 1..3 {
        let point = written.point(design).unwrap();
        for (here, there) in point.setting.classes.iter().zip(&first.setting.classes) {
            assert_eq!(here.strategy.menu, there.strategy.menu, "{}", here.strategy.name);
            assert_eq!(here.strategy.bins, there.strategy.bins, "{}", here.strategy.name);
        }
    }
    let learner =
        |design: u32, class: usize| written.point(design).unwrap().setting.classes[class].strategy.learner;
    let replicator = LearnerSpec::Replicator(ReplicatorSpec { rate: 3.0, mutation: 0.01 });
    assert_eq!([learner(2, 0), learner(2, 1)], [replicator; 2]);
    assert_eq!(learner(1, 1), LearnerSpec::Hedge { learning_rate: 20.0 });
    assert_eq!(study(&written.experiment.resolved.to_toml()).identity(), written.identity());
    // With one menu for all a strategy keeps its name, and where its own is wanted, its menu.
    let own = study(&MENUS.replace("\"three\"]", "\"three\"]\nmenus = \"strategy\""));
    assert_eq!(names(&own, 2), ["three", "three", "truthful"]);
    assert_eq!(own.point(2).unwrap().setting.classes[1].strategy.menu.settings.len(), 3);
    let alike = MENUS
        .replace("bins = 7", "bins = 3")
        .replace("{ absolute = [0.0, 0.9], points = 10 }", "{ relative = [0.0, 1.0], points = 5 }");
    let alike = study(&alike);
    assert_eq!(names(&alike, 1), ["one", "one", "truthful"]);
    assert_eq!(names(&alike, 2), ["three", "three", "truthful"]);
    assert_eq!(alike.point(2).unwrap().setting.classes[0].strategy.menu.settings.len(), 5);
    // What a strategy starts from is on a menu of its own.
    let started = MENUS
        .replace("points = 3 }", "points = 3 }\npolicy = [{ to = 1.0, offers = [1.0], weights = [1.0] }]");
    let started = study(&started);
    assert_eq!(names(&started, 2), ["three", "three", "truthful"]);
    assert_eq!(started.point(2).unwrap().setting.classes[0].strategy.menu.settings, [0.0, 1.0, 2.0]);
}

/// What a reserve of .5 adds to a first-price auction of five does not hang on the rule of learning: .67188 − .66667 = .00521 in theory,
/// and the rules differ by less than half of that on the same draws. With the bins that regret matching has in its own file they
/// would by nearly twice as much as it.
#[test]
fn a_difference_is_the_same_under_every_rule_on_the_same_bins() {
    let text = r#"
[experiment]
name = "reserve"
seed = 20211125

[[sequencers]]
name = "bidder"
count = 5
value = { uniform = [0, 1] }

[mechanism.none]
rule = "auction_rotation"
seats = 1
pricing = "pay_as_bid"

[mechanism.reserve]
rule = "auction_rotation"
seats = 1
pricing = "pay_as_bid"
reserve_price = 0.5

[strategies.hedge]
bins = 40

[robustness]
strategies = ["hedge", "regret_matching"]
"#;
    let study = study(text);
    let added = |design: u32| -> Vec<f64> {
        let point = study.point(design).unwrap();
        let revenue = |c: usize, replicate: u32| {
            metric(&unit(&point, &point.contenders[c], replicate), "revenue").unwrap()
        };
        (0..2).map(|replicate| revenue(1, replicate) - revenue(0, replicate)).collect()
    };
    let (hedge, regret) = (added(0), added(1));
    let gap = hedge.iter().zip(&regret).map(|(a, b)| b - a).sum::<f64>() / hedge.len() as f64;
    assert!(gap.abs() < 0.0026, "{gap}: {hedge:?} {regret:?}");
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

//! Sensitivity studies: what is luck, what is nothing, the same bytes however they are run, and what is refused.

use crate::program::{Folder, TINY};

/// A second-price auction with a reserve among the truthful: nobody learns.
const TRUTHFUL: &str = r#"
[experiment]
name = "drives"
question = "What drives revenue?"
kind = "sensitivity"
seed = 5
replicates = 32

[[sequencers]]
name = "bidder"
count = 3
value = { uniform = [0, 1] }
strategy = "truthful"

[mechanism.second]
rule = "auction_rotation"
seats = 1
pricing = "uniform"

[play]
rounds = 4
measured_epochs = 20
keep = "metrics"

[sensitivity]
metrics = ["revenue", "capital_cost_share"]
trajectories = 6

[[sensitivity.parameters]]
path = "sequencers.bidder.count"
range = [2, 8]

[[sensitivity.parameters]]
path = "mechanism.second.reserve_price"
range = [0.0, 0.9]

[[sensitivity.parameters]]
path = "mechanism.second.dispute_epochs"
range = [0, 9]
"#;

/// The tiny experiment, in which sequencers learn, with a parameter of one contender and one of both.
fn learning() -> String {
    TINY.replace("seed = 7\nreplicates = 3", "seed = 7\nreplicates = 6\nkind = \"sensitivity\"")
        + r#"
[sensitivity]
metrics = ["community_share", "liveness"]
trajectories = 4

[[sensitivity.parameters]]
path = "mechanism.auction.seats"
range = [1, 4]

[[sensitivity.parameters]]
path = "sequencers.large.live_cost"
range = [0.0001, 0.0004]
"#
}

fn folder(text: &str) -> Folder {
    let folder = Folder::new();
    std::fs::write(folder.path("drives.toml"), text).unwrap();
    folder
}

/// Value and interval of a row of `sensitivity.csv`.
fn row(table: &str, start: &str) -> [f64; 3] {
    let line =
        table.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("{start}\n{table}"));
    let cells: Vec<&str> = line.split(',').collect();
    [5, 6, 7].map(|i| cells[i].parse().unwrap())
}

#[test]
fn luck_is_told_from_parameters_and_what_does_nothing_is_exactly_nothing() {
    let folder = folder(TRUTHFUL);
    let ended = folder.run(&["run", "drives.toml", "--output", "a"]).with(0);
    let table = folder.text("a/sensitivity.csv");
    let of = |kind: &str, factor: &str| row(&table, &format!("second,revenue,{kind},{factor},"));
    for kind in ["first_order", "total"] {
        // A dispute window without a bond, and luck where nobody learns.
        assert_eq!(of(kind, "mechanism.second.dispute_epochs"), [0.0; 3]);
        assert_eq!(of(kind, "learning luck"), [0.0; 3]);
        assert!(of(kind, "sequencers.bidder.count")[1] > 0.0, "{table}");
    }
    assert_eq!(of("mu_star", "mechanism.second.dispute_epochs")[0], 0.0);
    assert!(table.contains("second,revenue,total,learning luck,,0,0,0,32,not distinguishable from zero"));
    // Values drawn in eighty epochs.
    assert!(of("total", "world luck")[1] > 0.0);
    let shares = of("first_order", "parameters")[0] + of("total", "luck")[0];
    assert!((shares - 1.0).abs() < 0.35, "{shares}");
    assert!(table.contains("second,capital_cost_share,constant,,,0,NaN,NaN,32,constant"), "{table}");
    assert!(ended.out.contains("A metric that never varies has no sensitivity"), "{ended:?}");
    assert!(folder.path("a/charts/tornado.svg").exists());
    assert!(folder.text("a/report.md").contains("What drives"));
    folder.run(&["plot", "a"]).with(0);
    // A crossed replicate replays: 2³¹ + 2¹⁵ · 1 + 0, the first row's A under B's world.
    let first = 6 * 4;
    folder.run(&["replay", "a", &format!("{first}/second/{}", (1_u64 << 31) + (1 << 15))]).with(0);
}

/// The community's share is one less the commission, whatever the fee: in other digits, which is no effect.
#[test]
fn rounding_is_no_effect_and_what_is_all_that_matters_has_an_index_of_one() {
    let text = r#"
[experiment]
name = "drives"
kind = "sensitivity"
seed = 7
replicates = 16

[world]
kind = "rollup"
fee_per_slot = 1.0

[[sequencers]]
name = "b"
count = 2
skill = 1.0
live_cost = 0.001
strategy = "truthful"

[mechanism.c]
rule = "centralized"
epoch_slots = 4
commission = 0.5

[play]
rounds = 2
warmup_epochs = 2
measured_epochs = 5
keep = "metrics"

[sensitivity]
metrics = ["community_share"]
trajectories = 6

[[sensitivity.parameters]]
path = "world.fee_per_slot"
range = [1.0, 3.0]

[[sensitivity.parameters]]
path = "mechanism.c.commission"
range = [0.2, 0.6]
"#;
    let folder = folder(text);
    folder.run(&["run", "drives.toml", "--output", "a"]).with(0);
    let table = folder.text("a/sensitivity.csv");
    let of = |kind: &str, factor: &str| row(&table, &format!("c,community_share,{kind},{factor},"));
    for kind in ["first_order", "total"] {
        assert_eq!(of(kind, "world.fee_per_slot"), [0.0; 3], "{table}");
        assert!(of(kind, "mechanism.c.commission").iter().all(|x| (x - 1.0).abs() < 1e-9), "{table}");
    }
    assert_eq!(of("mu_star", "world.fee_per_slot")[0], 0.0);
}

#[test]
fn a_study_has_its_bytes_for_any_threads_sittings_and_pieces() {
    let folder = folder(&learning());
    folder.run(&["run", "drives.toml", "--output", "a", "--threads", "1"]).with(0);
    // Fewer rows first.
    folder.run(&["run", "drives.toml", "--output", "b", "--threads", "2", "--replicates", "4"]).with(0);
    let mut runs = 0;
    while folder.run(&["run", "drives.toml", "--output", "b", "--max-minutes", "0.002"]).status == Some(3) {
        runs += 1;
        assert!(runs < 200, "no progress");
    }
    for piece in ["1/3", "2/3", "3/3"] {
        folder.run(&["shard", "drives.toml", piece, "--output", "pieces"]).with(0);
    }
    folder.run(&["merge", "pieces", "--output", "c"]).with(0);
    for file in ["results.csv", "sensitivity.csv"] {
        let whole = folder.text(&format!("a/{file}"));
        for other in ["b", "c"] {
            assert_eq!(whole, folder.text(&format!("{other}/{file}")), "{other}/{file}");
        }
    }
    let table = folder.text("a/sensitivity.csv");
    // A parameter of one contender is no factor of the other.
    assert!(table.contains("auction,community_share,total,mechanism.auction.seats,"), "{table}");
    assert!(!table.contains("dpos,community_share,total,mechanism.auction.seats,"));
    assert!(row(&table, "auction,community_share,total,learning luck,")[0] > 0.0);
}

#[test]
fn what_cannot_be_studied_is_refused_in_words() {
    for (text, said) in [
        (TRUTHFUL.replace("\"revenue\", ", "\"revenu\", "), "did you mean `revenue`?"),
        (TRUTHFUL.replace("\"capital_cost_share\"", "\"revenue\""), "twice"),
        (
            TRUTHFUL.replace("\"capital_cost_share\"", "\"delegator_gain\""),
            "cannot have the metric `delegator_gain`",
        ),
        (TRUTHFUL.replace("[0.0, 0.9]", "[0.9, 0.0]"), "the lesser first"),
        (TRUTHFUL.replace("[0.0, 0.9]", "[-0.9, 0.9]"), "reserve_price"),
        (TRUTHFUL.replace("second.reserve_price", "second.reserv_price"), "did you mean"),
        (TRUTHFUL.replace("trajectories = 6", "trajectories = 6\nlevels = 5"), "an even number"),
        (TRUTHFUL.replace("replicates = 32", "replicates = 2"), "the rows of the Sobol indices"),
        (
            TRUTHFUL.replace("trajectories = 6", "trajectories = 6\nmethod = \"sobol\""),
            "method `sobol` does not use it",
        ),
        (TRUTHFUL.replace("kind = \"sensitivity\"", ""), "the experiment is of kind `compare`"),
        (TRUTHFUL.to_owned() + "\n[replication]\nhalf_width = { revenue = 0.1 }\n", "rows of its design"),
    ] {
        let folder = folder(&text);
        let ended = folder.run(&["check", "drives.toml"]).with(2);
        assert!(ended.err.contains(said), "{said}: {ended:?}");
    }
}

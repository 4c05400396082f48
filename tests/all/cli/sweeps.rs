//! Sweeps, replication targets, pieces and their union.

use crate::program::{Folder, TINY};

/// The tiny experiment as a sweep over two parameters of one contender and a trait of a group.
fn sweep(more: &str) -> String {
    TINY.replace("seed = 7", "seed = 7\nkind = \"sweep\"")
        + r#"
[sweep]
design = "factorial"

[[sweep.parameters]]
path = "mechanism.auction.seats"
values = [1, 2, 4]

[[sweep.parameters]]
path = "sequencers.large.live_cost"
range = [0.0001, 0.0004]
levels = 2
"# + more
}

fn folder(text: &str) -> Folder {
    let folder = Folder::new();
    std::fs::write(folder.path("sweep.toml"), text).unwrap();
    folder
}

fn rows(text: &str) -> Vec<Vec<&str>> {
    text.lines().map(|line| line.split(',').collect()).collect()
}

#[test]
fn a_sweep_leaves_its_parameters_in_every_table() {
    let folder = folder(&sweep(""));
    let ended = folder.run(&["run", "sweep.toml", "--output", "a"]).with(0);
    ended.says("36/36 units, 12 the same as others");
    assert!(!ended.err.contains("taken from the store"), "{}", ended.err);
    let results = folder.text("a/results.csv");
    let header = "design,mechanism,replicate,mechanism.auction.seats,sequencers.large.live_cost,metric,value";
    assert_eq!(results.lines().next(), Some(header));
    let designs: std::collections::BTreeSet<&str> = rows(&results)[1..].iter().map(|row| row[0]).collect();
    assert_eq!(designs.len(), 6);
    // A parameter of the auction leaves delegation alone: the same units, computed once.
    let store = rusqlite::Connection::open(folder.path("a/results.sqlite")).unwrap();
    let count = |query: &str| -> i64 { store.query_row(query, [], |row| row.get(0)).unwrap() };
    assert_eq!(count("SELECT count(*) FROM units"), 6 * 2 * 3);
    assert_eq!(count("SELECT count(*) FROM units WHERE mechanism = 'dpos'"), 6 * 3);
    assert_eq!(count("SELECT count(DISTINCT id) FROM units WHERE mechanism = 'dpos'"), 2 * 3);
    // One contender is swept by itself, and the pooled analysis has the mechanism as a factor.
    let effects = folder.text("a/effects.csv");
    for term in ["auction,revenue,mechanism.auction.seats,2,", "*,net_surplus,mechanism,1,"] {
        assert!(effects.contains(term), "{term} is missing:\n{effects}");
    }
    let shares: f64 = rows(&effects)
        .iter()
        .filter(|row| row[0] == "auction" && row[1] == "revenue")
        .map(|row| row[5].parse::<f64>().unwrap())
        .sum();
    assert!((shares - 1.0).abs() < 1e-9, "in a balanced design shares of variance add up: {shares}");
    assert!(folder.text("a/main_effects.csv").contains("auction,revenue,mechanism.auction.seats,4,"));
    folder.run(&["replay", "a", "4/auction/1"]).with(0);
    // And `check` says so.
    let checked = folder.run(&["check", "sweep.toml", "--json"]).with(0).json();
    assert_eq!((&checked["units"], &checked["different"]), (&36.into(), &24.into()));
}

#[test]
fn settings_one_at_a_time_have_effects_of_their_own() {
    let folder = folder(&sweep("").replace("design = \"factorial\"", "design = \"one_at_a_time\""));
    folder.run(&["run", "sweep.toml", "--output", "a", "--quiet"]).with(0);
    // Costs of live machines leave the schedule alone. Seats move it, and may not be averaged into them.
    let table = folder.text("a/main_effects.csv");
    let of = |parameter: &str| -> Vec<f64> {
        let found: Vec<f64> = rows(&table)
            .iter()
            .filter(|row| row[0] == "auction" && row[1] == "hhi_slots" && row[2] == parameter)
            .map(|row| row[8].parse().unwrap())
            .collect();
        assert!(found.len() >= 2, "{table}");
        found
    };
    let spread = |effects: &[f64]| {
        effects.iter().fold(f64::NEG_INFINITY, |a, &b| a.max(b))
            - effects.iter().fold(f64::INFINITY, |a, &b| a.min(b))
    };
    let results = folder.text("a/results.csv");
    let mean = |design: &str| {
        let of_point: Vec<f64> = rows(&results)
            .iter()
            .filter(|row| row[0] == design && row[1] == "auction" && row[5] == "hhi_slots")
            .map(|row| row[6].parse().unwrap())
            .collect();
        of_point.iter().sum::<f64>() / of_point.len() as f64
    };
    // Differences between settings of a parameter are those between its points.
    let points = |designs: [&str; 3]| spread(&designs.map(mean));
    let costs: Vec<f64> = ["0", "3"].map(mean).to_vec();
    assert!((spread(&of("sequencers.large.live_cost")) - spread(&costs)).abs() < 1e-9);
    let seats = ["0", "1", "2"].map(mean);
    assert!((spread(&of("mechanism.auction.seats")) - spread(&seats)).abs() < 1e-9);
    assert!(spread(&seats) > points(["0", "0", "3"]) + 0.01, "{seats:?}");
}

#[test]
fn every_design_is_accepted_and_points_may_be_listed() {
    let design = |kind: &str, more: &str| {
        sweep("").replace("design = \"factorial\"", &format!("design = \"{kind}\"\n{more}"))
    };
    let listed = TINY.replace("seed = 7", "seed = 7\nkind = \"sweep\"")
        + "[sweep]\ndesign = \"list\"\n[[sweep.points]]\n\"mechanism.auction.seats\" = 3\n[[sweep.points]]\n\
           \"mechanism.auction.pricing\" = \"uniform\"\n";
    let csv = TINY.replace("seed = 7", "seed = 7\nkind = \"sweep\"")
        + "[sweep]\ndesign = \"csv\"\nfile = \"points.csv\"\n";
    let conditional = sweep(
        "[[sweep.parameters]]\npath = \"mechanism.auction.redundancy\"\nvalues = [1, 2]\n\
         when = { \"mechanism.auction.seats\" = 4 }\n",
    );
    let linked = sweep("").replace(
        "path = \"mechanism.auction.seats\"\nvalues = [1, 2, 4]",
        "path = [\"mechanism.auction.seats\", \"mechanism.auction.reserve_price\"]\nvalues = [[1, 0.001], [2, 0.0]]",
    );
    for (text, points) in [
        // One level of each is that of the file.
        (design("one_at_a_time", ""), 1 + 2 + 1),
        (design("latin_hypercube", "size = 5"), 5),
        (design("sobol", "size = 8"), 8),
        (listed, 2),
        (csv, 3),
        (conditional, 2 * 2 + 2 * 2),
        (linked, 4),
    ] {
        let folder = folder(&text);
        let points_csv = "mechanism.auction.seats,sequencers.small.skill\n1,0.5\n2,\n2,0.25\n";
        std::fs::write(folder.path("points.csv"), points_csv).unwrap();
        let checked = folder.run(&["check", "sweep.toml", "--json"]).with(0).json();
        assert_eq!(checked["units"], serde_json::json!(points * 2 * 3), "{text}");
        folder.run(&["run", "sweep.toml", "--replicates", "2", "--output", "a", "--quiet"]).with(0);
        // The resolved file is the same study, wherever points came from.
        std::fs::remove_file(folder.path("points.csv")).unwrap();
        folder.run(&["run", "a/experiment.toml", "--output", "b", "--quiet"]).with(0);
        assert_eq!(folder.bytes("a/results.csv"), folder.bytes("b/results.csv"), "{text}");
    }
}

#[test]
fn the_first_half_of_a_sobol_design_is_computed_once() {
    let half = sweep("").replace("design = \"factorial\"", "design = \"sobol\"\nsize = 4");
    let folder = folder(&half);
    folder.run(&["run", "sweep.toml", "--output", "a", "--quiet"]).with(0);
    std::fs::write(folder.path("sweep.toml"), half.replace("size = 4", "size = 8")).unwrap();
    folder.run(&["run", "sweep.toml", "--output", "a"]).with(0).says("of 48 units are still valid");
    let manifest: serde_json::Value = serde_json::from_slice(&folder.bytes("a/manifest.json")).unwrap();
    assert!(manifest["units"]["reused"].as_u64().unwrap() >= 24, "{manifest}");
}

#[test]
fn pieces_in_any_number_and_order_give_the_files_of_one_run() {
    let targets = "[replication]\nminimum = 2\nmaximum = 8\nhalf_width = { community_share = 0.004 }\n";
    for (more, numbers) in [("", vec![1, 3, 7]), (targets, vec![3])] {
        let folder = folder(&sweep(more));
        folder.run(&["run", "sweep.toml", "--output", "whole", "--threads", "1", "--quiet"]).with(0);
        folder.run(&["run", "sweep.toml", "--output", "two", "--threads", "2", "--quiet"]).with(0);
        assert_eq!(folder.bytes("whole/results.csv"), folder.bytes("two/results.csv"));
        for pieces in numbers {
            let shards = format!("shards-{pieces}");
            for piece in (1..=pieces).rev() {
                let piece = format!("{piece}/{pieces}");
                folder.run(&["shard", "sweep.toml", &piece, "--output", &shards, "--quiet"]).with(0);
            }
            // A piece that is complete is left as it is.
            let again = ["shard", "sweep.toml", &format!("1/{pieces}"), "--output", &shards];
            assert!(folder.run(&again).with(0).out.contains("complete already"));
            let merged = format!("merged-{pieces}");
            folder.run(&["merge", &shards, "--output", &merged, "--quiet"]).with(0);
            for file in [
                "results.csv",
                "summary.csv",
                "comparison.csv",
                "policies.csv",
                "effects.csv",
                "experiment.toml",
            ] {
                let (whole, merged) = (format!("whole/{file}"), format!("{merged}/{file}"));
                assert_eq!(folder.bytes(&whole), folder.bytes(&merged), "{file} of {pieces} pieces {more}");
            }
        }
        // Folders by name, in another order.
        let folders = ["shards-3/shard-3-of-3", "shards-3/shard-1-of-3", "shards-3/shard-2-of-3"];
        let mut arguments = vec!["merge"];
        arguments.extend(folders);
        arguments.extend(["--output", "by-name", "--quiet"]);
        folder.run(&arguments).with(0);
        assert_eq!(folder.bytes("whole/results.csv"), folder.bytes("by-name/results.csv"));
    }
}

#[test]
fn a_union_says_what_is_missing_foreign_or_contradictory() {
    let folder = folder(&sweep(""));
    folder.run(&["shard", "sweep.toml", "1/3", "--output", "s", "--quiet"]).with(0);
    folder.run(&["shard", "sweep.toml", "2/3", "--output", "s", "--quiet"]).with(0);
    folder.run(&["merge", "s", "--output", "m", "--quiet"]).with(3).says("units are missing: ");
    assert!(folder.path("m/results.csv").exists());
    folder.run(&["shard", "sweep.toml", "3/3", "--output", "s", "--quiet"]).with(0);
    folder.run(&["merge", "s", "--output", "m", "--quiet"]).with(0);
    // A piece of another experiment.
    folder.run(&["shard", "sweep.toml", "1/2", "--seed", "8", "--output", "t", "--quiet"]).with(0);
    folder.run(&["merge", "s", "t", "--output", "n"]).with(2).says("different experiments");
    assert!(!folder.path("n").exists());
    folder
        .run(&["shard", "sweep.toml", "1/3", "--seed", "9", "--output", "s"])
        .with(2)
        .says("another experiment");
    // A value that was changed.
    std::fs::create_dir_all(folder.path("u/shard-1-of-3")).unwrap();
    std::fs::copy(folder.path("s/shard-1-of-3/results.sqlite"), folder.path("u/shard-1-of-3/results.sqlite"))
        .unwrap();
    let store = rusqlite::Connection::open(folder.path("u/shard-1-of-3/results.sqlite")).unwrap();
    store.execute("UPDATE metric_values SET value = value + 1 WHERE result = 1 AND metric = 0", []).unwrap();
    drop(store);
    folder.run(&["merge", "s", "u", "--output", "n"]).with(1).says("1 units have different results");
    assert!(!folder.path("n").exists());
}

#[test]
fn a_killed_piece_goes_on_where_it_was() {
    let folder = folder(&sweep(""));
    folder.run(&["run", "sweep.toml", "--replicates", "40", "--output", "whole", "--quiet"]).with(0);
    let shard = |piece: &'static str| {
        vec!["shard", "sweep.toml", piece, "--replicates", "40", "--output", "s", "--quiet"]
    };
    let mut running = folder.start(&shard("1/2"));
    folder.wait_for_a_unit("s/shard-1-of-2.partial");
    running.kill();
    assert!(folder.path("s/shard-1-of-2.partial").exists());
    folder.run(&shard("1/2")).with(0);
    assert!(!folder.path("s/shard-1-of-2.partial").exists());
    folder.run(&shard("2/2")).with(0);
    folder.run(&["merge", "s", "--output", "m", "--quiet"]).with(0);
    assert_eq!(folder.bytes("whole/results.csv"), folder.bytes("m/results.csv"));
}

#[test]
fn replication_stops_where_intervals_are_narrow() {
    let rule = "[replication]\nminimum = 2\nmaximum = 16\nhalf_width = { community_share = 0.01 }\n";
    let folder = folder(&sweep(rule));
    folder.run(&["run", "sweep.toml", "--output", "a", "--quiet"]).with(0);
    let summary = folder.text("a/summary.csv");
    for row in rows(&summary).iter().filter(|row| row[2] == "community_share") {
        let number = |column: usize| row[column].parse::<f64>().unwrap();
        let (half, n) = ((number(6) - number(5)) / 2.0, number(7));
        assert!(half <= 0.01 || n == 16.0, "{row:?}");
        assert!([2.0, 4.0, 8.0, 16.0].contains(&n), "{row:?}");
    }
    // A target that the most replicates do not reach is named, in words and as a number.
    std::fs::write(folder.path("never.toml"), sweep(&rule.replace("16", "2").replace("0.01", "1e-9")))
        .unwrap();
    let ended = folder.run(&["run", "never.toml", "--output", "never", "--json"]).with(0);
    ended.says("target missed: community share, % ± 1.0×10⁻⁷ is reached by");
    assert_eq!(ended.json()["precision"]["widest"][0]["replicates"], 2);
    // A number of replicates overrides the rule.
    folder.run(&["run", "sweep.toml", "--replicates", "3", "--output", "b", "--quiet"]).with(0);
    assert!(rows(&folder.text("b/summary.csv"))[1..].iter().all(|row| row[7] == "3"));
}

#[test]
fn a_sweep_ends_with_its_whole_design_and_its_own_figures() {
    let quantiles = |text: &str| text.replace("seed = 7", "seed = 7\nquantiles = [0.25, 0.5]");
    let folder = folder(&quantiles(&sweep("")));
    let ended = folder.run(&["run", "sweep.toml", "--output", "a"]).with(0);
    for said in [
        "sweep.toml",
        "6 design points (seats × live_cost)",
        "What moves what",
        "seats × live_cost",
        "Common draws",
        "heat-map.svg",
        "main-effects.svg",
    ] {
        assert!(said == "sweep.toml" || ended.out.contains(said), "{said}: {}", ended.out);
    }
    assert!(
        ended.out.lines().all(|line| line.chars().count() <= 100 || line.contains(".csv")),
        "{}",
        ended.out
    );
    assert!(folder.text("a/report.md").contains("What moves what"));
    assert!(!folder.path("a/charts/surplus.svg").exists());
    for table in ["points", "effects", "main-effects", "differences", "metrics"] {
        assert!(folder.text(&format!("a/tables/{table}.tex")).contains("\\bottomrule"), "{table}");
    }
    let effects = folder.text("a/tables/effects.tex");
    assert!(effects.contains("seats") && effects.contains("$\\eta$") && effects.is_ascii());
    let report = folder.text("a/report.md");
    assert!(report.contains("## What is certified, and what is not") && report.contains("## Warnings"));
    // Differences from the first point, replicate by replicate on the same draws.
    let points = folder.text("a/points.csv");
    let of = |file: &str, key: [&str; 3]| -> Vec<f64> {
        let text = folder.text(file);
        let row = rows(&text)
            .into_iter()
            .find(|row| row[0] == key[0] && row.contains(&key[1]) && row.contains(&key[2]));
        row.unwrap_or_default().iter().filter_map(|cell| cell.parse().ok()).collect()
    };
    assert!(rows(&points)[1..].iter().all(|row| row[0] != "0" && row[1] == "0"));
    let difference = of("a/points.csv", ["5", "auction", "net_surplus"]);
    let (there, first) = (
        of("a/summary.csv", ["5", "auction", "net_surplus"]),
        of("a/summary.csv", ["0", "auction", "net_surplus"]),
    );
    assert!((difference[4] - (there[1] - first[1])).abs() < 1e-12, "{difference:?} {there:?} {first:?}");
    // The median of three replicates is the middle one.
    let mut values: Vec<f64> = rows(&folder.text("a/results.csv"))
        .iter()
        .filter(|row| row[0] == "2" && row[1] == "dpos" && row[5] == "net_surplus")
        .map(|row| row[6].parse().unwrap())
        .collect();
    values.sort_by(f64::total_cmp);
    let text = folder.text("a/quantiles.csv");
    let median = rows(&text).into_iter().find(|row| row[..4] == ["2", "dpos", "net_surplus", "0.5"]).unwrap();
    assert_eq!((median[4].parse::<f64>().unwrap(), median[7]), (values[1], "3"));
    folder
        .run(&["check", "sweep.toml", "--set", "experiment.quantiles=[0.5, 0.2]"])
        .with(2)
        .says("do not ascend");
    // Figures are drawn again from the store alone, and can be chosen.
    let before = folder.bytes("a/charts/heat-map.svg");
    std::fs::remove_dir_all(folder.path("a/charts")).unwrap();
    folder.run(&["plot", "a"]).with(0);
    assert_eq!(folder.bytes("a/charts/heat-map.svg"), before);
    let chosen = "[[charts]]\nkind = \"main_effects\"\nmetrics = [\"hhi_slots\"]\ncontenders = [\"dpos\"]\n[[charts]]\nkind = \"surplus\"\n";
    std::fs::write(folder.path("sweep.toml"), sweep(chosen)).unwrap();
    let closing = folder.run(&["run", "sweep.toml", "--output", "a", "--json"]).with(0).json();
    let last = &closing["design"]["points"][5];
    let summary = of("a/summary.csv", ["5", "dpos", "hhi_slots"]);
    let mean = last["outcomes"]["dpos"]["metrics"]["hhi_slots"]["mean"].as_f64().unwrap();
    // The reader of JSON here may miss the last place.
    assert!((mean - summary[1]).abs() < 1e-15, "{last}");
    assert_eq!(last["settings"].as_object().unwrap().len(), 2);
    let shares = &closing["design"]["effects"][0];
    assert!(shares["eta_squared"]["mechanism.auction.seats"].is_number() && shares["residual"].is_number());
    assert!(folder.text("a/charts/main-effects.svg").contains("HHI of slots"));
    assert!(folder.path("a/charts/surplus.svg").exists() && !folder.path("a/quantiles.csv").exists());
    // One parameter: lines.
    let one = TINY.replace("seed = 7", "seed = 7\nkind = \"sweep\"")
        + "[sweep]\n[[sweep.parameters]]\npath = \"mechanism.auction.seats\"\nvalues = [1, 2, 4]\n";
    std::fs::write(folder.path("sweep.toml"), one).unwrap();
    folder.run(&["run", "sweep.toml", "--output", "b", "--quiet"]).with(0);
    assert!(folder.path("b/charts/response.svg").exists() && !folder.path("b/charts/heat-map.svg").exists());
}

#[test]
fn a_run_out_of_time_says_what_was_reached_and_what_the_rest_costs() {
    let folder = folder(&sweep(""));
    let arguments = [
        "run",
        "sweep.toml",
        "--replicates",
        "300",
        "--output",
        "a",
        "--max-minutes",
        "0.02",
        "--threads",
        "1",
    ];
    let ended = folder.run(&arguments).with(3);
    ended.says("precision so far: holder share, % ±");
    ended.says("is to be expected of all 300 replicates");
    ended.says("at the rate of this run");
    let rule = "[replication]\nminimum = 4\nmaximum = 512\nhalf_width = { net_surplus = 0.0000001 }\n";
    std::fs::write(folder.path("sweep.toml"), sweep(rule)).unwrap();
    let ended = folder
        .run(&["run", "sweep.toml", "--output", "b", "--max-minutes", "0.02", "--threads", "1"])
        .with(3);
    ended.says("the target ± 1.0×10⁻⁷ is reached by 0");
    // Nothing reaches such a target: all 512 replicates of two contenders at six points are to come.
    let number = |after: &str| -> u32 {
        let rest = ended.err.split(after).nth(1).unwrap_or_default();
        rest.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or_default()
    };
    assert_eq!(number("stopped early: ") + number("the rest: about "), 512 * 2 * 6, "{ended:#?}");
}

#[test]
fn what_makes_no_sense_in_a_sweep_is_refused() {
    let broken = |from: &str, to: &str| sweep("").replace(from, to);
    for (text, message) in [
        (broken("kind = \"sweep\"", ""), "the experiment is of kind `compare`"),
        (TINY.replace("seed = 7", "kind = \"sweep\""), "there is no table `[sweep]`"),
        (broken("mechanism.auction.seats", "mechanism.auktion.seats"), "did you mean `mechanism.auction`"),
        (broken("values = [1, 2, 4]", "values = []"), "no list of settings"),
        (broken("values = [1, 2, 4]", "values = [1, 99]"), "99 seats for 5 sequencers"),
        (broken("values = [1, 2, 4]", "values = [1]\nrange = [1, 2]"), "either `values` or `range`"),
        (broken("range = [0.0001, 0.0004]", "range = [2.0, 1.0]"), "the lesser first"),
        (broken("levels = 2", "scale = \"log\"\nlevels = 1"), "levels"),
        (broken("\"sequencers.large.live_cost\"", "\"mechanism.auction.seats\""), "varies twice"),
        (broken("design = \"factorial\"", "design = \"sobol\"\nsize = 100000"), "Sobol sequence"),
        (
            sweep("[[sweep.parameters]]\npath = \"play.rounds\"\nvalues = [2]\nwhen = { x = 1 }\n"),
            "no earlier parameter",
        ),
        (sweep("[replication]\nhalf_width = { comunity_share = 0.1 }\n"), "did you mean `community_share`"),
        (
            sweep("[replication]\nminimum = 9\nmaximum = 8\nhalf_width = { revenue = 0.1 }\n"),
            "more than the maximum",
        ),
        (sweep("[replication]\n"), "there is no target"),
        // What belongs to the study as a whole.
        (broken("\"sequencers.large.live_cost\"", "\"experiment.replicates\""), "asked of the whole study"),
        (broken("\"sequencers.large.live_cost\"", "\"experiment.seed\""), "on common draws"),
        (broken("\"sequencers.large.live_cost\"", "\"experiment.name\""), "belongs to the study as a whole"),
        (
            broken("\"sequencers.large.live_cost\"", "\"replication.minimum\""),
            "belongs to the study as a whole",
        ),
        (
            sweep("[[sweep.parameters]]\npath = \"play.keep\"\nvalues = [\"metrics\"]\n"),
            "asked of the whole study",
        ),
        (broken("values = [1, 2, 4]", "values = [1, 2, 1.0]"), "stands there twice"),
        (
            TINY.replace("seed = 7", "seed = 7\nkind = \"sweep\"")
                + "[sweep]\ndesign = \"list\"\n[[sweep.points]]\n\"mechanism.auction.seats\" = 3\n[[sweep.points]]\n\
                   \"mechanism.auction.seats\" = 1\n[[sweep.points]]\n\"mechanism.auction.seats\" = 3\n",
            "points 0 and 2 are the same",
        ),
        (broken("design = \"factorial\"", "design = \"csv\"\nfile = \"none.csv\""), "cannot read `none.csv`"),
    ] {
        let folder = folder(&text);
        let ended = folder.run(&["check", "sweep.toml"]).with(2);
        ended.says(message);
        // One mistake, one error.
        for other in ["a parameter needs its settings", "is never"] {
            let expected = message.contains("either `values`") && other.contains("needs");
            assert!(expected || !ended.err.contains(other), "{}", ended.err);
        }
    }
    // Keys that only some points read are fine; a key that none reads is not.
    let standby = TINY.replace("kind = \"rollup\"", "kind = \"rollup\"\nfailover = 0.5");
    let point = |redundancy: &str| {
        standby.replace("seed = 7", "seed = 7\nkind = \"sweep\"")
            + &format!(
                "[sweep]\n[[sweep.parameters]]\npath = \"mechanism.auction.redundancy\"\nvalues = {redundancy}\n"
            )
    };
    let folder = folder(&point("[1, 2]"));
    folder.run(&["check", "sweep.toml"]).with(0);
    std::fs::write(folder.path("sweep.toml"), point("[1]")).unwrap();
    folder.run(&["check", "sweep.toml"]).with(2).says("nothing reads it here");
}

#[test]
fn an_array_job_is_written_and_submits_only_what_is_missing() {
    let folder = folder(&sweep(""));
    let slurm = [
        "run",
        "sweep.toml",
        "--engine",
        "slurm",
        "--shards",
        "4",
        "--dry-run",
        "--output",
        "a",
        "--sbatch=--time=5",
    ];
    let ended = folder.run(&slurm).with(0);
    assert!(ended.out.contains("--array=1-4 --time=5"), "{ended:#?}");
    let script = folder.text("a/slurm/pieces.sbatch");
    assert!(script.contains("\"$((SLURM_ARRAY_TASK_ID + ${1:-0}))/4\""), "{script}");
    // A rehearsal with another number leaves the scripts of what may have been submitted alone.
    let mut seven = slurm;
    seven[5] = "7";
    let ended = folder.run(&seven).with(0);
    assert!(ended.out.contains("--array=1-7 --time=5 a/slurm/dry-run/pieces.sbatch"), "{ended:#?}");
    assert_eq!(folder.text("a/slurm/pieces.sbatch"), script);
    assert!(folder.text("a/slurm/dry-run/pieces.sbatch").contains("/7\""));
    seven[5] = "37";
    folder.run(&seven).with(2).says("the study has 36 units to divide");
    folder.run(&["shard", "sweep.toml", "2/4", "--output", "a/shards", "--quiet"]).with(0);
    assert!(folder.run(&slurm).with(0).out.contains("--array=1,3-4"));
    folder
        .run(&["run", "sweep.toml", "--engine", "slurm", "--output", "a"])
        .with(2)
        .says("--shards is missing");
    folder.run(&["shard", "sweep.toml", "auto", "--output", "s"]).with(2).says("allowed: I/N");
    let rule = "[replication]\ndifference_half_width = { revenue = 0.1 }\n";
    std::fs::write(folder.path("sweep.toml"), sweep(rule)).unwrap();
    folder.run(&["shard", "sweep.toml", "1/2", "--output", "s"]).with(2).says("paired difference");
}

/// A folder with an `sbatch` that notes its arguments and, where it is told the task and the offset of a piece, runs it; `scontrol`
/// knows a limit.
fn cluster(folder: &Folder, most: u32) -> String {
    use std::os::unix::fs::PermissionsExt;
    let bin = folder.path("bin");
    std::fs::create_dir_all(&bin).unwrap();
    let scripts = [
        ("sbatch", "echo \"$*\" >> submitted\n[ ! -e refuse ] || ! grep -q \"$(cat refuse)\" submitted || exit 1\nwc -l < submitted\n".to_owned()),
        ("scontrol", format!("echo 'MaxArraySize            = {}'\n", most + 1)),
    ];
    for (name, text) in scripts {
        let path = bin.join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{text}")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default())
}

#[test]
fn an_array_beyond_the_limit_of_a_site_becomes_several() {
    let folder = folder(&sweep(""));
    let path = cluster(&folder, 3);
    let submit = |more: &[&str]| {
        let arguments = ["run", "sweep.toml", "--engine", "slurm", "--shards", "7", "--output", "a"];
        folder.command(&[&arguments[..], more].concat()).env("PATH", &path).output().unwrap()
    };
    let ended = submit(&["--on-error", "stop", "--max-minutes", "5", "--theme", "slides", "--bare"]);
    assert!(ended.status.success(), "{ended:?}");
    let submitted = folder.text("submitted");
    let of_arrays: Vec<&str> = submitted.lines().take(3).collect();
    // No task has a number above three, and the script is told what to add.
    let script = "a/slurm/pieces.sbatch";
    assert_eq!(
        of_arrays,
        [
            format!("--parsable --array=1-3 {script}"),
            format!("--parsable --array=1-3 {script} 3"),
            format!("--parsable --array=1 {script} 6")
        ]
    );
    assert!(submitted.lines().nth(3).unwrap().contains("--dependency=afterany:1:2:3"), "{submitted}");
    // What pieces and the union are asked for is in the scripts.
    assert!(folder.text(script).contains("--on-error stop --max-minutes 5"));
    assert!(folder.text("a/slurm/merge.sbatch").contains(" --theme=slides --bare"));
    // Every task runs its piece, whatever array it is of.
    for (task, offset) in [(1, 0), (2, 0), (3, 0), (1, 3), (2, 3), (3, 3), (1, 6)] {
        let mut run = std::process::Command::new("bash");
        run.current_dir(folder.path("")).env("SLURM_ARRAY_TASK_ID", task.to_string()).arg(script);
        if offset > 0 {
            run.arg(offset.to_string());
        }
        let ended = run.output().unwrap();
        assert!(ended.status.success(), "{ended:?}");
    }
    for piece in 1..=7 {
        assert!(folder.path(&format!("a/shards/shard-{piece}-of-7")).exists());
    }
    let ended = std::process::Command::new("bash")
        .current_dir(folder.path(""))
        .arg("a/slurm/merge.sbatch")
        .output()
        .unwrap();
    assert!(ended.status.success(), "{ended:?}");
    folder.run(&["run", "sweep.toml", "--output", "whole", "--quiet"]).with(0);
    assert_eq!(folder.bytes("a/results.csv"), folder.bytes("whole/results.csv"));
    // What would discard pieces that a job may be writing is refused.
    assert!(String::from_utf8_lossy(&submit(&["--fresh"]).stderr).contains("--fresh"));
}

#[test]
fn an_array_that_is_refused_says_which_were_not() {
    let folder = folder(&sweep(""));
    let path = cluster(&folder, 3);
    std::fs::write(folder.path("refuse"), "pieces.sbatch 3").unwrap();
    let mut command =
        folder.command(&["run", "sweep.toml", "--engine", "slurm", "--shards", "7", "--output", "a"]);
    let ended = command.env("PATH", &path).output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(said.contains("sbatch refused") && said.contains("submitted before: 1,"), "{said}");
    assert_eq!(folder.text("submitted").lines().count(), 2);
}

#[test]
fn a_changed_experiment_is_not_submitted_beside_pieces_of_the_former() {
    let folder = folder(&sweep(""));
    let slurm = ["run", "sweep.toml", "--engine", "slurm", "--shards", "2", "--dry-run", "--output", "a"];
    for piece in ["1/2", "2/2"] {
        folder.run(&["shard", "sweep.toml", piece, "--output", "a/shards", "--quiet"]).with(0);
    }
    assert!(folder.run(&slurm).with(0).out.contains("2 of 2 pieces are complete"));
    let other = [&slurm[..], &["--seed", "9"]].concat();
    let ended = folder.run(&other).with(2);
    ended.says("another experiment");
    ended.says("shard-1-of-2");
    // Pieces that are elsewhere by now, with the union still there.
    folder.run(&["merge", "a/shards", "--output", "a", "--quiet"]).with(0);
    std::fs::remove_dir_all(folder.path("a/shards")).unwrap();
    folder.run(&other).with(2).says("another experiment");
    folder.run(&slurm).with(0);
}

#[test]
fn what_is_in_the_output_of_a_union_counts() {
    let folder = folder(&sweep(""));
    folder.run(&["shard", "sweep.toml", "1/1", "--output", "s", "--quiet"]).with(0);
    folder.run(&["merge", "s", "--output", "m", "--quiet"]).with(0);
    // Again, it is the same.
    folder.run(&["merge", "s", "--output", "m", "--quiet"]).with(0);
    std::fs::create_dir_all(folder.path("u/shard-1-of-1")).unwrap();
    std::fs::copy(folder.path("s/shard-1-of-1/results.sqlite"), folder.path("u/shard-1-of-1/results.sqlite"))
        .unwrap();
    let store = rusqlite::Connection::open(folder.path("u/shard-1-of-1/results.sqlite")).unwrap();
    store.execute("UPDATE metric_values SET value = value + 1 WHERE result = 1 AND metric = 0", []).unwrap();
    drop(store);
    let before = folder.snapshot();
    folder.run(&["merge", "u", "--output", "m"]).with(1).says("1 units have different results");
    assert!(before == folder.snapshot());
    // Another experiment stands there.
    folder.run(&["run", "tiny.toml", "--output", "t", "--quiet"]).with(0);
    let before = folder.snapshot();
    folder.run(&["merge", "s", "--output", "t"]).with(2).says("holds another experiment");
    assert!(before == folder.snapshot());
    // A piece of another experiment is not gone on from, and no file is discarded that is no store.
    std::fs::create_dir_all(folder.path("v")).unwrap();
    std::fs::rename(folder.path("t"), folder.path("v/shard-1-of-1.partial")).unwrap();
    std::fs::write(folder.path("other.toml"), sweep("").replace("name = \"tiny\"", "name = \"other\""))
        .unwrap();
    folder.run(&["shard", "other.toml", "1/1", "--output", "v"]).with(2).says("another experiment, `tiny`");
    std::fs::write(folder.path("v/shard-1-of-1.partial/results.sqlite"), "my notes").unwrap();
    folder.run(&["shard", "sweep.toml", "1/1", "--output", "v", "--fresh"]).with(2).says("not a store");
    assert_eq!(folder.text("v/shard-1-of-1.partial/results.sqlite"), "my notes");
}

#[test]
fn units_beyond_the_first_look_are_replayed_and_stay_valid() {
    let rule = "[replication]\nminimum = 2\nmaximum = 8\nhalf_width = { community_share = 1e-9 }\n";
    let folder = folder(&sweep(rule));
    folder.run(&["run", "sweep.toml", "--output", "a", "--quiet"]).with(0);
    let store = rusqlite::Connection::open(folder.path("a/results.sqlite")).unwrap();
    let id: String = store
        .query_row(
            "SELECT id FROM units WHERE replicate = 7 AND design = 3 AND mechanism = 'auction'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    drop(store);
    folder.run(&["replay", "a", &id]).with(0);
    folder.run(&["replay", "a", "3/auction/7"]).with(0);
    folder.run(&["replay", "a", "3/auction/8"]).with(2).says("there is no unit");
    // Another target asks for the same units, all of which are there.
    std::fs::write(folder.path("sweep.toml"), sweep(&rule.replace("1e-9", "2e-9"))).unwrap();
    folder.run(&["run", "sweep.toml", "--output", "a"]).with(0).says("96 units are still valid");
}

#[test]
fn targets_of_differences_are_reported() {
    let rule =
        "[replication]\nminimum = 2\nmaximum = 4\ndifference_half_width = { community_share = 1e-9 }\n";
    let folder = folder(&sweep(rule));
    let ended = folder.run(&["run", "sweep.toml", "--output", "a", "--json"]).with(0);
    ended.says("target missed: difference of contenders in community share, % ± 1.0×10⁻⁷ is reached by 0 of 6 intervals");
    let widest = &ended.json()["precision"]["widest"][0];
    assert_eq!((&widest["of"], &widest["replicates"]), (&"differences".into(), &4.into()));
    // Stopped early, the rest is what the rule will ask for.
    std::fs::write(folder.path("sweep.toml"), sweep(&rule.replace("maximum = 4", "maximum = 4096"))).unwrap();
    let ended =
        folder.run(&["run", "sweep.toml", "--output", "b", "--max-minutes", "0.05", "--json"]).with(3);
    ended.says("precision so far: difference of contenders in community share");
    assert!(ended.json()["precision"]["units_left"].as_u64().unwrap() > 6 * 2 * 1000, "{ended:#?}");
    // A metric that nobody has.
    let nobodys = rule.replace("difference_half_width = { community_share", "half_width = { profit_gain");
    std::fs::write(folder.path("sweep.toml"), sweep(&nobodys)).unwrap();
    let ended = folder.run(&["run", "sweep.toml", "--output", "c"]).with(0);
    ended.says("no contender has");
}

#[test]
fn conditions_that_never_hold_are_refused() {
    let when = |value: &str| {
        sweep(&format!(
            "[[sweep.parameters]]\npath = \"mechanism.auction.redundancy\"\nvalues = [1, 2]\n\
             when = {{ \"mechanism.auction.seats\" = {value} }}\n"
        ))
    };
    let folder = folder(&when("3"));
    folder.run(&["check", "sweep.toml"]).with(2).says("`mechanism.auction.seats` is never 3");
    std::fs::write(folder.path("sweep.toml"), when("4.0")).unwrap();
    let checked = folder.run(&["check", "sweep.toml", "--json"]).with(0).json();
    assert_eq!(checked["units"], (2 * 2 + 2 * 2) * 2 * 3);
    // No point of a space-filling design has a given number of a range.
    let filling = |kind: &str, value: &str| {
        sweep(&format!(
            "[[sweep.parameters]]\npath = \"mechanism.auction.reserve_price\"\nvalues = [0.0, 0.001]\n\
             when = {{ \"sequencers.large.live_cost\" = {value} }}\n"
        ))
        .replace("design = \"factorial\"", &format!("design = \"{kind}\""))
    };
    std::fs::write(folder.path("sweep.toml"), filling("factorial", "0.0004")).unwrap();
    folder.run(&["check", "sweep.toml"]).with(0);
    std::fs::write(
        folder.path("sweep.toml"),
        filling("latin_hypercube\"\nsize = \"8", "0.0004").replace("\"8\"", "8"),
    )
    .unwrap();
    folder.run(&["check", "sweep.toml"]).with(2).says("is never 0.0004");
}

#[test]
fn new_experiments_are_valid_and_never_written_over() {
    let folder = Folder::new();
    for kind in ["compare", "sweep", "optimize", "sensitivity"] {
        folder.run(&["new", kind, "--kind", kind]).with(0);
        folder.run(&["check", &format!("{kind}.toml")]).with(0);
        folder.run(&["new", kind, "--kind", kind]).with(2).says("exists");
    }
    folder.run(&["new", "a/b"]).with(2).says("allowed: letters");
}

#[test]
fn a_figure_that_a_design_is_too_large_for_says_so() {
    let fine = TINY
        .replace("seed = 7\nreplicates = 3", "seed = 7\nreplicates = 1\nkind = \"sweep\"")
        .replace("[mechanism.dpos]\nrule = \"delegated\"\nepoch_slots = 8\n", "")
        + r#"
[sweep]
design = "factorial"

[[sweep.parameters]]
path = "mechanism.auction.seats"
values = [1, 2]

[[sweep.parameters]]
path = "sequencers.large.live_cost"
range = [0.0001, 0.0004]
levels = 41

[[charts]]
kind = "response"

[[charts]]
kind = "surplus"
design = 99
"#;
    // Without delegation there is nothing that delegators could do.
    let (head, rest) = fine.split_once("[[delegators]]").unwrap();
    let rest = rest.split_once("\n\n").unwrap().1;
    let folder = folder(&format!("{head}{rest}"));
    let ended = folder.run(&["run", "sweep.toml", "--output", "a"]).with(0);
    for said in [
        "`heat_map` is not drawn: live_cost has 41 settings, and cells have room for 40",
        "`response` that `[[charts]]` asks for is not drawn: it is drawn along one parameter, and 2 parameters vary",
        "there is no design point 99; the last is 81",
    ] {
        assert!(ended.err.contains(said), "{said}: {}", ended.err);
    }
    assert!(folder.path("a/charts/main-effects.svg").exists());
}

/// An auction of which theory knows the revenue at any number of bidders, and delegated stake.
const KNOWN: &str = r#"
[experiment]
name = "known"
kind = "sweep"
question = "Does revenue follow theory?"
seed = 5
replicates = 8

[[sequencers]]
name = "a"
count = 4
value = { uniform = [0.8, 1.2] }

[[delegators]]
name = "crowd"
continuum = true
price_sensitivity = 8.0

[mechanism.auction]
rule = "auction_rotation"
seats = 1
pricing = "uniform"

[mechanism.dpos]
rule = "delegated"

[play]
rounds = 8
warmup_epochs = 60
measured_epochs = 10
certificate_markets = 16
certificate_epochs = 5

"#;

#[test]
fn a_point_of_a_design_is_held_to_its_own_theory() {
    // Revenue of two bidders is .9333, of four 1.04; the file has four.
    let own = "[sweep]\n[[sweep.parameters]]\npath = \"sequencers.a.count\"\nvalues = [2, 4]\n";
    let folder = folder(&(KNOWN.to_owned() + own));
    let ended = folder.run(&["run", "sweep.toml", "--output", "a"]).with(0);
    let words = ended.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(!words.contains("theory says") && words.contains("Warnings"), "{}", ended.out);
    assert!(!folder.text("a/report.md").contains("theory says"));
    // Bids bend at a reserve in coarse bins at the one point that has a reserve; the file has none.
    let own =
        "[sweep]\n[[sweep.parameters]]\npath = \"mechanism.auction.reserve_price\"\nvalues = [0.0, 0.9]\n";
    let text = KNOWN.replace("\"uniform\"", "\"pay_as_bid\"") + own;
    std::fs::write(folder.path("sweep.toml"), text).unwrap();
    let ended = folder.run(&["run", "sweep.toml", "--output", "b"]).with(0);
    let words = ended.out.split_whitespace().collect::<Vec<_>>().join(" ");
    let bends = words.find("reserve of 0.9").unwrap_or_else(|| panic!("{}", ended.out));
    assert!(words[bends..].contains("(So or alike at 1 of 2 design points.)"), "{}", ended.out);
}

#[test]
fn parameters_of_another_contender_have_no_effect() {
    let own = "[sweep]\ndesign = \"latin_hypercube\"\nsize = 24\n\
        [[sweep.parameters]]\npath = \"mechanism.auction.reserve_price\"\nrange = [0.0, 1.0]\n\
        [[sweep.parameters]]\npath = \"delegators.crowd.price_sensitivity\"\nrange = [4.0, 64.0]\nscale = \"log\"\n\
        [[sweep.parameters]]\npath = \"mechanism.auction.seats\"\nrange = [1, 3]\n";
    let folder = folder(&(KNOWN.to_owned() + own));
    let ended = folder.run(&["run", "sweep.toml", "--output", "a"]).with(0);
    let effects = folder.text("a/effects.csv");
    let of = |mechanism: &str| -> Vec<Vec<&str>> {
        rows(&effects).into_iter().filter(|row| row[0] == mechanism && row[1] == "holder_share").collect()
    };
    let dpos = of("dpos");
    let terms: Vec<&str> = dpos.iter().map(|row| row[2]).collect();
    assert_eq!(terms, ["delegators.crowd.price_sensitivity", "residual"]);
    // A share of holders is nearly a parabola in the logarithm of price sensitivity, and far from one in itself.
    let unexplained: f64 = dpos[1][5].parse().unwrap();
    assert!(unexplained < 0.02, "{effects}");
    // Delegation is none of the auction's business: it has a row, and no effect.
    let auction = of("auction");
    let test = |term: &str| -> f64 {
        let found = auction.iter().find(|row| row[2] == term);
        found.unwrap_or_else(|| panic!("{term}:\n{effects}"))[8].parse().unwrap()
    };
    assert!(
        test("mechanism.auction.reserve_price") < 0.05 && test("mechanism.auction.seats") < 0.01,
        "{effects}"
    );
    assert!(test("delegators.crowd.price_sensitivity") > 0.01, "{effects}");
    assert!(auction.iter().any(|row| row[2] == "lack of fit"));
    let means = folder.text("a/main_effects.csv");
    assert!(!rows(&means).iter().any(|row| row[0] == "dpos" && row[2].contains("auction")), "{means}");
    assert!(ended.out.contains("misfit"), "{}", ended.out);
}

#[test]
fn failed_units_are_named_with_their_settings_and_do_not_keep_a_piece_open() {
    // Books of values near the largest double do not balance.
    let own = "[sweep]\n[[sweep.parameters]]\npath = \"sequencers.a.value\"\n\
        values = [{ uniform = [0.8, 1.2] }, { uniform = [0.8e300, 1.2e308] }]\n";
    let text = KNOWN.replace("replicates = 8", "replicates = 2") + own;
    let folder = folder(&text);
    let ended = folder.run(&["run", "sweep.toml", "--output", "a"]).with(1);
    ended.says("failures.csv");
    ended.says("first at design point 1 (sequencers.a.value = ");
    let longest = ended.err.lines().map(|line| line.chars().count()).max().unwrap_or_default();
    assert!(longest < 500, "{}", ended.err);
    let failures = folder.text("a/failures.csv");
    let table = rows(&failures);
    assert_eq!(table[0][..5], ["design", "mechanism", "replicate", "seed", "sequencers.a.value"]);
    assert!(table.len() > 1 && table[1..].iter().all(|row| row[0] == "1"), "{failures}");
    // The piece is complete all the same, and its union has the files of the run.
    folder.run(&["shard", "sweep.toml", "1/1", "--output", "s"]).with(1).says("units failed");
    assert!(folder.path("s/shard-1-of-1").exists() && !folder.path("s/shard-1-of-1.partial").exists());
    folder.run(&["shard", "sweep.toml", "1/1", "--output", "s"]).with(1);
    folder.run(&["merge", "s", "--output", "m"]).with(1);
    for file in ["results.csv", "failures.csv"] {
        assert_eq!(folder.bytes(&format!("a/{file}")), folder.bytes(&format!("m/{file}")), "{file}");
    }
    // Once nothing fails, the table is gone.
    std::fs::write(folder.path("sweep.toml"), text.replace("[0.8e300, 1.2e308]", "[0.8, 1.3]")).unwrap();
    folder.run(&["run", "sweep.toml", "--output", "a"]).with(0);
    assert!(!folder.path("a/failures.csv").exists());
}

#[test]
fn targets_stand_in_report_and_manifest() {
    let rule = "[replication]\nminimum = 2\nmaximum = 4\nhalf_width = { community_share = WIDTH }\n";
    let folder = folder(&sweep(&rule.replace("WIDTH", "1e-9")));
    let ended = folder.run(&["run", "sweep.toml", "--output", "never"]).with(0);
    ended.says("target missed");
    ended.says(
        "experiment.replicates = 3 is not what decides: with [replication] there are 2 to 4 at each point",
    );
    let report = folder.text("never/report.md");
    assert!(report.contains("A target of precision is missed"), "{report}");
    let manifest = |name: &str| -> serde_json::Value {
        serde_json::from_slice(&folder.bytes(&format!("{name}/manifest.json"))).unwrap()
    };
    let target = &manifest("never")["precision"]["targets"][0];
    assert_eq!(target["metric"], "community_share");
    // Some contender's share does not vary at all.
    let count = |key: &str| target[key].as_u64().unwrap();
    assert!(count("missed") >= 6 && count("missed") + count("reached") == 12, "{target}");
    std::fs::write(folder.path("sweep.toml"), sweep(&rule.replace("WIDTH", "0.9"))).unwrap();
    let ended = folder.run(&["run", "sweep.toml", "--output", "easy"]).with(0);
    ended.says("target: community share, % ± 90 is reached by 12 of 12 intervals");
    let target = &manifest("easy")["precision"]["targets"][0];
    assert_eq!((&target["reached"], &target["missed"]), (&12.into(), &0.into()));
    let report = folder.text("easy/report.md");
    assert!(!report.contains("precision is missed") && report.contains("is reached by 12 of 12 intervals"));
    // Numbers of replicates that differ are told as such.
    std::fs::write(
        folder.path("sweep.toml"),
        sweep(&rule.replace("maximum = 4", "maximum = 64").replace("WIDTH", "0.02")),
    )
    .unwrap();
    folder.run(&["run", "sweep.toml", "--output", "some"]).with(0);
    let numbers: std::collections::BTreeSet<u32> = rows(&folder.text("some/summary.csv"))[1..]
        .iter()
        .filter(|row| row[2] == "community_share")
        .map(|row| row[7].parse().unwrap())
        .collect();
    let (least, most) = (numbers.first().unwrap(), numbers.last().unwrap());
    assert!(least < most, "{numbers:?}");
    assert!(folder.text("some/report.md").contains(&format!("means over {least} to {most} replicates")));
}

#[test]
fn units_of_another_engine_are_refused_and_versions_are_kept() {
    let folder = folder(&sweep(""));
    folder.run(&["shard", "sweep.toml", "1/1", "--output", "s", "--quiet"]).with(0);
    let change = |key: &str, value: &str| {
        let store = rusqlite::Connection::open(folder.path("s/shard-1-of-1/results.sqlite")).unwrap();
        store.execute("UPDATE meta SET value = ?2 WHERE key = ?1", [key, value]).unwrap();
    };
    change("version", "0.0.9");
    folder.run(&["merge", "s", "--output", "m", "--quiet"]).with(0);
    let store = rusqlite::Connection::open(folder.path("m/results.sqlite")).unwrap();
    let version: String =
        store.query_row("SELECT value FROM meta WHERE key = 'version'", [], |row| row.get(0)).unwrap();
    assert!(version.split(", ").any(|version| version == "0.0.9"), "{version}");
    drop(store);
    change("engine", "9999");
    let before = folder.bytes("s/shard-1-of-1/results.sqlite");
    folder.run(&["merge", "s", "--output", "n"]).with(2).says("units of engine 9999 (sequencer-lab 0.0.9)");
    folder.run(&["report", "s/shard-1-of-1"]).with(2).says("engine 9999");
    folder.run(&["run", "sweep.toml", "--output", "s/shard-1-of-1"]).with(2).says("engine 9999");
    assert_eq!(folder.bytes("s/shard-1-of-1/results.sqlite"), before);
    folder.run(&["run", "sweep.toml", "--output", "s/shard-1-of-1", "--fresh", "--quiet"]).with(0);
}

//! Optimizations: the front's files, resuming and extending, and what is refused.

use crate::program::Folder;

/// An auction with a reserve price, and the pricing rule a variable.
const AUCTION: &str = r#"
[experiment]
name = "front"
question = "What does a reserve cost in sales?"
kind = "optimize"
seed = 5
replicates = 8
tolerance = 0.2

[[sequencers]]
name = "bidder"
count = 3
value = { uniform = [0, 1] }
strategy = "truthful"

[mechanism.second]
rule = "auction_rotation"
seats = 1
pricing = "uniform"

[mechanism.two]
rule = "auction_rotation"
seats = 2
pricing = "uniform"

[play]
rounds = 4
warmup_epochs = 10
measured_epochs = 20

[optimize]
objectives = ["maximize revenue", "minimize unrealised_share"]
population = 6
generations = 3

[[optimize.variables]]
path = "mechanism.second.reserve_price"
range = [0.0, 0.8]

[[optimize.variables]]
path = "mechanism.two.reserve_price"
values = [0.1, 0.3, 0.5]
"#;

fn folder(text: &str) -> Folder {
    let folder = Folder::new();
    std::fs::write(folder.path("front.toml"), text).unwrap();
    folder
}

#[test]
fn a_front_has_its_files_and_its_bytes_for_any_threads_and_any_number_of_sittings() {
    let folder = folder(AUCTION);
    let ended = folder.run(&["run", "front.toml", "--output", "a", "--threads", "1"]).with(0);
    assert!(ended.out.contains("Winner's curse"), "{ended:?}");
    let header = "design,mechanism,mechanism.second.reserve_price,mechanism.two.reserve_price,revenue,revenue_ci_low,\
                  revenue_ci_high,unrealised_share,unrealised_share_ci_low,unrealised_share_ci_high,\
                  probability_nondominated,deviation_gain,deviation_gain_upper,probability_feasible,replicates";
    let frontier = folder.text("a/frontier.csv");
    assert_eq!(frontier.lines().next(), Some(header));
    let report = folder.text("a/report.md");
    assert!(report.contains("## What is certified, and what is not\n\nNobody learns at any of these points"));
    assert!(report.contains("## Warnings"));
    // A point says its settings to mouse and keyboard.
    let page = folder.text("a/report.html");
    assert!(
        page.contains("<title>second; reserve_price") || page.contains("<title>second; second.reserve_price")
    );
    assert!(page.contains("class=\"reading\""));
    let charts =
        "[[charts]]\nkind = \"frontier\"\nname = \"mine\"\ntitle = \"My front\"\nsize = \"single\"\n";
    std::fs::write(folder.path("charts.toml"), charts).unwrap();
    folder.run(&["plot", "a", "--charts", "charts.toml", "--quiet"]).with(0);
    assert!(folder.text("a/charts/mine.svg").contains("My front"));
    assert!(folder.path("a/charts/settings.svg").exists() && !folder.path("a/charts/frontier.svg").exists());
    folder.run(&["plot", "a", "--quiet"]).with(0);
    // In the experiment's own file too, where no single candidate has such a figure.
    std::fs::write(folder.path("listed.toml"), AUCTION.to_owned() + charts).unwrap();
    folder.run(&["check", "listed.toml"]).with(0);
    let rows: Vec<Vec<&str>> = frontier.lines().skip(1).map(|line| line.split(',').collect()).collect();
    assert!(rows.len() >= 3, "{frontier}");
    for row in &rows {
        // A contender has its own variable and not the other's.
        assert_eq!((row[2].is_empty(), row[3].is_empty()), (row[1] != "second", row[1] != "two"), "{row:?}");
        let number = |i: usize| row[i].parse::<f64>().unwrap();
        assert!(number(5) <= number(4) && number(4) <= number(6) && number(10) <= 1.0 && row[14] == "8");
    }
    // A higher reserve sells less and earns more, up to a half: both ends of the trade-off are there.
    let unrealised: Vec<f64> = rows.iter().map(|row| row[7].parse().unwrap()).collect();
    assert!(unrealised.windows(2).all(|pair| pair[0] > pair[1]) && unrealised[0] > 0.01, "{unrealised:?}");
    // Shorter first, then on: the same bytes, of the audit too.
    folder
        .run(&["run", "front.toml", "--output", "b", "--threads", "2", "--set", "optimize.generations=1"])
        .with(0);
    assert_ne!(folder.text("b/frontier.csv"), frontier);
    folder.run(&["run", "front.toml", "--output", "b", "--threads", "2"]).with(0);
    for file in ["results.csv", "frontier.csv", "summary.csv", "policies.csv"] {
        assert_eq!(folder.text(&format!("a/{file}")), folder.text(&format!("b/{file}")), "{file}");
    }
    // Any stored unit replays, and the report is there.
    let first = format!("{}/{}/3", rows[0][0], rows[0][1]);
    folder.run(&["replay", "a", &first]).with(0);
    assert!(folder.text("a/report.md").contains("the efficient front after 3 generations"));
}

#[test]
fn stopping_early_leaves_a_front_and_goes_on() {
    let folder = folder(&AUCTION.replace("rounds = 4", "rounds = 4\ncertificate_markets = 20"));
    folder.run(&["run", "front.toml", "--output", "whole"]).with(0);
    let mut sittings = 0;
    // The first sitting has no time to speak of.
    for minutes in ["0.00005", "0.0005"] {
        let ended = folder.run(&["run", "front.toml", "--output", "cut", "--max-minutes", minutes]);
        sittings += usize::from(ended.status == Some(3));
        assert!(matches!(ended.status, Some(0 | 3)), "{ended:?}");
    }
    assert!(sittings > 0);
    folder.run(&["run", "front.toml", "--output", "cut"]).with(0);
    for file in ["results.csv", "frontier.csv"] {
        assert_eq!(folder.text(&format!("whole/{file}")), folder.text(&format!("cut/{file}")), "{file}");
    }
}

#[test]
fn half_a_search_and_the_other_half_are_the_whole_search() {
    let folder = folder(&AUCTION.replace("measured_epochs = 20", "measured_epochs = 4"));
    let run = |output: &str, generations: &str| {
        let set = format!("optimize.generations={generations}");
        folder.run(&["run", "front.toml", "--output", output, "--set", &set]).with(0);
    };
    run("whole", "50");
    run("halves", "25");
    run("halves", "50");
    for file in ["results.csv", "frontier.csv", "experiment.toml"] {
        assert_eq!(folder.text(&format!("whole/{file}")), folder.text(&format!("halves/{file}")), "{file}");
    }
}

#[test]
fn kills_at_any_moment_change_no_byte() {
    // Delays in milliseconds from a generator of its own, so that kills fall anywhere from the first unit to the last table.
    let mut state = 20_211_126_u64;
    let mut delay = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::time::Duration::from_millis(20 + (state >> 33) % 400)
    };
    let folder = folder(&AUCTION.replace("measured_epochs = 20", "measured_epochs = 400"));
    folder.run(&["run", "front.toml", "--output", "whole"]).with(0);
    let (mut kills, mut ended) = (0, 0);
    while kills < 12 && ended < 3 {
        let mut running = folder.start(&["run", "front.toml", "--output", "cut", "--quiet"]);
        std::thread::sleep(delay());
        if running.is_running() {
            kills += 1;
        } else {
            ended += 1;
        }
        running.kill();
    }
    assert!(kills >= 3, "{kills} kills");
    folder.run(&["run", "front.toml", "--output", "cut"]).with(0);
    for file in ["results.csv", "frontier.csv", "summary.csv", "policies.csv"] {
        assert_eq!(folder.text(&format!("whole/{file}")), folder.text(&format!("cut/{file}")), "{file}");
    }
}

/// Where revenue is largest: a reserve of one half for values uniform on [0, 1], of one for exponential ones of mean 1.
fn reserve(more: &[&str]) -> (f64, f64, f64, String) {
    let folder = Folder::new();
    let file = crate::lab::root().join("experiments/optimal-reserve.toml");
    let file = file.display().to_string();
    let mut arguments = vec!["run", file.as_str(), "--output", "a", "--set", "play.measured_epochs=50"];
    arguments.extend(["--set", "optimize.maximum_replicates=64"]);
    for change in more {
        arguments.extend(["--set", change]);
    }
    folder.run(&arguments).with(0);
    let table = folder.text("a/optimum.csv");
    let row: Vec<&str> = table.lines().nth(1).unwrap().split(',').collect();
    let number = |i: usize| row[i].parse::<f64>().unwrap();
    assert!(
        folder.path("a/charts/optimum.png").exists()
            && folder.text("a/report.md").contains("the best setting")
    );
    (number(2), number(3), number(4), row[6].to_owned())
}

#[test]
fn the_best_reserve_is_myersons() {
    for (changes, known) in [
        (&["sequencers.bidder.count=2"][..], 0.5),
        (&["sequencers.bidder.value={ exponential = 1.0 }", "optimize.variables.0.range=[0.0, 3.0]"], 1.0),
    ] {
        let (best, low, high, note) = reserve(changes);
        assert!((best / known - 1.0).abs() < 0.05, "{changes:?}: {best} [{low}, {high}]");
        assert!(low < best && best < high && note == "identified", "{changes:?}: {note}");
    }
    let (.., note) = reserve(&["sequencers.bidder.count=20"]);
    assert_eq!(note, "not identified");
}

#[test]
fn what_cannot_be_optimized_is_refused_in_words() {
    let objectives = "[\"maximize revenue\", \"minimize unrealised_share\"]";
    let with = |list: &str| AUCTION.replace(objectives, list);
    for (text, said) in [
        (with("[\"maximize revenue\"]"), "a second objective is missing"),
        (with("[\"maximize revenue\"]"), "`method = \"nelder_mead\"`"),
        (AUCTION.replace("population = 6", "method = \"brent\""), "of which a solver takes one"),
        (
            with("[\"maximize revenue\"]")
                .replace("population = 6\ngenerations = 3", "method = \"nelder_mead\""),
            "2 contenders",
        ),
        (with("[\"maximize revenue\", \"livenes\"]"), "did you mean `liveness`?"),
        (with("[\"maximize revenue\", \"mean_price\"]"), "maximize mean_price"),
        (with("[\"maximize revenue\", \"minimize revenue\"]"), "twice"),
        (
            with("[\"maximize revenue\", \"minimize delegator_gain\"]"),
            "cannot have the objective `delegator_gain`",
        ),
        (AUCTION.replace("[0.0, 0.8]", "[0.8, 0.0]"), "the lesser first"),
        (AUCTION.replace("[0.0, 0.8]", "[-0.5, 0.8]"), "reserve_price"),
        (AUCTION.replace("second.reserve_price", "second.reserve"), "did you mean"),
        (AUCTION.replace("kind = \"optimize\"", ""), "the experiment is of kind `compare`"),
        (
            AUCTION.replace("population = 6", "population = 6\nconstraints = [\"liveness > 1\"]"),
            "METRIC >= NUMBER",
        ),
        (AUCTION.replace("population = 6", "population = 6\nsize = 3"), "size"),
    ] {
        let folder = folder(&text);
        let ended = folder.run(&["check", "front.toml"]).with(2);
        assert!(ended.err.contains(said), "{said}: {ended:?}");
    }
    let folder = folder(AUCTION);
    let ended = folder.run(&["shard", "front.toml", "1/2"]).with(2);
    assert!(ended.err.contains("cannot be divided"), "{ended:?}");
}

#[test]
fn an_infeasible_problem_says_which_constraint_and_how_far() {
    let text = AUCTION
        .replace("population = 6", "population = 4\nconstraints = [\"revenue >= 3\", \"liveness >= 0.01\"]");
    let folder = folder(&text.replace("generations = 3", "generations = 1"));
    let ended = folder.run(&["run", "front.toml"]).with(1);
    assert!(
        ended.out.contains("`revenue >= 3` is missed by") && ended.out.contains("where the metric is"),
        "{ended:?}"
    );
    assert!(!ended.out.contains("liveness >= 0.01` is missed"), "{ended:?}");
    assert!(folder.text("output/front/results.csv").lines().count() > 1);
}

#[test]
fn a_constant_objective_is_found_out() {
    let text = AUCTION.replace("minimize unrealised_share", "minimize capital_locked");
    let folder = folder(&text.replace("generations = 3", "generations = 1"));
    let ended = folder.run(&["run", "front.toml"]).with(0);
    assert!(ended.out.contains("`capital_locked` is 0 at every candidate"), "{ended:?}");
}

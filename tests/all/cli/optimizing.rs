//! Optimizations: the front's files, resuming and extending, and what is refused.

use crate::program::Folder;
use sequencer_lab::measure::student::critical_value;
use sequencer_lab::theory::auction::Auction;
use sequencer_lab::theory::reserve::myerson_reserve;
use sequencer_lab::world::distribution::Distribution;

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
    // Everything that was audited has a status, the front's points first.
    let finalists = folder.text("a/finalists.csv");
    let status: Vec<&str> = finalists.lines().skip(1).map(|line| line.split(',').nth(4).unwrap()).collect();
    assert!(
        status[..rows.len()].iter().all(|s| *s == "on the front") && finalists.contains(",status,"),
        "{finalists}"
    );
    assert!(status[rows.len()..].iter().all(|s| *s != "on the front"));
    let exchange = folder.text("a/exchange.csv");
    assert!(
        exchange.lines().skip(1).all(|line| line.starts_with("pair,") || line.starts_with("median,")),
        "{exchange}"
    );
    assert!(folder.text("a/knees.csv").starts_with("design,before,after,fall,"));
    let hypervolume = folder.text("a/hypervolume.csv");
    let last = hypervolume.lines().last().unwrap();
    assert!(
        hypervolume.lines().nth(1).unwrap().starts_with("search,") && last.starts_with("audit,"),
        "{hypervolume}"
    );
    let audited: f64 = last.split(',').nth(2).unwrap().parse().unwrap();
    assert!(audited > 0.0 && audited < 1.5, "{last}");
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

/// Three objectives, of which the last never varies, so that the search is short and its front is polished for long.
fn polished() -> String {
    AUCTION
        .replace(
            "\"minimize unrealised_share\"]",
            "\"minimize unrealised_share\", \"minimize capital_locked\"]",
        )
        .replace("generations = 3", "generations = 1")
        .replace("measured_epochs = 20", "measured_epochs = 800")
        .replace("[mechanism.two]\nrule = \"auction_rotation\"\nseats = 2\npricing = \"uniform\"\n", "")
        .replace(
            "[[optimize.variables]]\npath = \"mechanism.two.reserve_price\"\nvalues = [0.1, 0.3, 0.5]\n",
            "",
        )
}

/// Units of the search, as the closing words have them.
fn searched(out: &str) -> i64 {
    let before = out.split(" units)").next().unwrap();
    before.rsplit(' ').next().unwrap().parse().unwrap()
}

#[test]
fn a_run_that_is_done_has_polished_whatever_its_time() {
    let folder = folder(&polished());
    let begun = std::time::Instant::now();
    let whole = folder.run(&["run", "front.toml", "--output", "whole"]).with(0);
    let minutes = begun.elapsed().as_secs_f64() / 60.0;
    assert!(whole.out.contains("from the middle of the bulge"), "{whole:?}");
    let mut cut = 0;
    for (k, share) in [0.2, 0.5].into_iter().enumerate() {
        let (output, limit) = (format!("cut{k}"), (share * minutes).to_string());
        let ended = folder.run(&["run", "front.toml", "--output", &output, "--max-minutes", &limit]);
        let frontier = folder.path(&format!("{output}/frontier.csv"));
        let same =
            frontier.exists() && std::fs::read(frontier).unwrap() == folder.bytes("whole/frontier.csv");
        match ended.status {
            // Whoever says that it is done has nothing left to do.
            Some(0) => {
                let again = folder.run(&["run", "front.toml", "--output", &output]).with(0);
                assert!(same, "{again:?}");
            }
            Some(3) => cut += 1,
            _ => panic!("{ended:?}"),
        }
    }
    assert!(cut > 0);
}

#[test]
fn an_interrupted_descent_leaves_what_the_search_found() {
    let folder = folder(&polished());
    let whole = folder.run(&["run", "front.toml", "--output", "whole"]).with(0);
    let search = searched(&whole.out);
    let mut running = folder.start(&["run", "front.toml", "--output", "cut", "--quiet", "--threads", "1"]);
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(100);
    while folder.stored("cut") <= search && running.is_running() {
        assert!(std::time::Instant::now() < patience, "{} of {search}", folder.stored("cut"));
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    assert_eq!(running.interrupt(), Some(3));
    // The front of the search with its settings, not audited.
    let frontier = folder.text("cut/frontier.csv");
    let rows: Vec<Vec<&str>> = frontier.lines().skip(1).map(|line| line.split(',').collect()).collect();
    assert!(!rows.is_empty() && rows.iter().all(|row| row[2].parse::<f64>().is_ok()), "{frontier}");
    assert!(folder.text("cut/report.md").contains("Not audited on fresh draws"));
    folder.run(&["run", "front.toml", "--output", "cut"]).with(0);
    for file in ["results.csv", "frontier.csv"] {
        assert_eq!(folder.text(&format!("whole/{file}")), folder.text(&format!("cut/{file}")), "{file}");
    }
}

/// The auction, with bidders who learn.
fn learned(tolerance: &str) -> String {
    AUCTION
        .replace("strategy = \"truthful\"", "strategy = \"bidder\"")
        .replace("pricing = \"uniform\"", "pricing = \"pay_as_bid\"")
        .replace("tolerance = 0.2", &format!("tolerance = {tolerance}"))
        .replace("generations = 3", "generations = 1")
        .replace("warmup_epochs = 10", "warmup_epochs = 60\ncertificate_markets = 16\ncertificate_epochs = 4")
}

#[test]
fn play_that_is_not_certified_is_no_front() {
    let folder = folder(&learned("0.5"));
    let ended = folder.run(&["run", "front.toml", "--output", "loose"]).with(0);
    assert!(ended.out.contains("points are certified in every replicate"), "{ended:?}");
    // What nobody could gain more than is the largest bound of any audited replicate of these points, not a mean of some.
    let text: String = ended.out.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = text.split("could anybody gain more than ").nth(1).unwrap().split('%').next().unwrap();
    let frontier = folder.text("loose/frontier.csv");
    let designs: Vec<&str> = frontier.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    let results = folder.text("loose/results.csv");
    // By design, mechanism, replicate, settings, metric and value.
    let largest = results
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect::<Vec<_>>())
        .filter(|row| row[row.len() - 2] == "deviation_gain_upper")
        .filter(|row| designs.contains(&row[0]) && row[2].parse::<u32>().unwrap() >= 1_000_000)
        .map(|row| row[row.len() - 1].parse::<f64>().unwrap())
        .fold(0.0, f64::max);
    assert!((said.parse::<f64>().unwrap() / (100.0 * largest) - 1.0).abs() < 0.01, "{said} {largest}");
    // A tolerance that no learner meets: nobody is feasible, and it says why.
    let folder = self::folder(&learned("0.000001"));
    let ended = folder.run(&["run", "front.toml", "--output", "tight"]).with(1);
    let text: String = ended.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("no candidate's play is certified"), "{ended:?}");
    assert!(ended.err.contains("no feasible candidate was found"), "{ended:?}");
    assert_eq!(folder.text("tight/frontier.csv").lines().count(), 1);
}

#[test]
fn kills_change_no_byte_of_learned_play() {
    let folder = folder(&learned("0.2"));
    let whole = folder.run(&["run", "front.toml", "--output", "whole"]);
    let limit = searched(&whole.out).max(40);
    // At moments of the search, by what is stored.
    for share in [0.1, 0.4, 0.8] {
        let mut running = folder.start(&["run", "front.toml", "--output", "cut", "--quiet"]);
        let patience = std::time::Instant::now() + std::time::Duration::from_secs(60);
        while (folder.stored("cut") as f64) < share * limit as f64 && running.is_running() {
            assert!(std::time::Instant::now() < patience);
            std::thread::sleep(std::time::Duration::from_millis(3));
        }
        running.kill();
    }
    folder.run(&["run", "front.toml", "--output", "cut"]).with(whole.status.unwrap());
    for file in ["results.csv", "frontier.csv", "summary.csv", "policies.csv"] {
        assert_eq!(folder.text(&format!("whole/{file}")), folder.text(&format!("cut/{file}")), "{file}");
    }
}

#[test]
fn a_failed_unit_of_the_audit_is_left_out_for_all() {
    let folder = folder(&AUCTION.replace("replicates = 8", "replicates = 16"));
    folder.run(&["run", "front.toml", "--output", "a"]).with(0);
    let frontier = folder.text("a/frontier.csv");
    let design: u32 = frontier.lines().nth(1).unwrap().split(',').next().unwrap().parse().unwrap();
    let store = rusqlite::Connection::open(folder.path("a/results.sqlite")).unwrap();
    let gone = store
        .execute("DELETE FROM places WHERE design = ?1 AND replicate = 1000003", rusqlite::params![design])
        .unwrap();
    assert_eq!(gone, 1);
    drop(store);
    folder.run(&["report", "a"]).with(0);
    let report = folder.text("a/report.md");
    assert!(report.contains("Means over 15 fresh replicates"), "{report}");
}

#[test]
fn a_replicate_of_the_audit_that_lacks_a_metric_is_left_out_for_all() {
    let bounded = AUCTION
        .replace("replicates = 8", "replicates = 16")
        .replace("population = 6", "constraints = [\"mean_price >= 0.1\"]\npopulation = 6");
    let folder = folder(&bounded);
    folder.run(&["run", "front.toml", "--output", "a"]).with(0);
    let frontier = folder.text("a/frontier.csv");
    let design: u32 = frontier.lines().nth(1).unwrap().split(',').next().unwrap().parse().unwrap();
    let store = rusqlite::Connection::open(folder.path("a/results.sqlite")).unwrap();
    // A constraint's metric in one replicate, an objective's in another.
    for (replicate, metric) in [(1_000_003, "mean_price"), (1_000_005, "revenue")] {
        let gone = store
            .execute(
                "DELETE FROM metric_values WHERE metric = (SELECT number FROM metrics WHERE name = ?1) AND result = \
                 (SELECT result FROM places WHERE design = ?2 AND replicate = ?3)",
                rusqlite::params![metric, design, replicate],
            )
            .unwrap();
        assert_eq!(gone, 1);
    }
    drop(store);
    folder.run(&["report", "a"]).with(0);
    let report = folder.text("a/report.md");
    assert!(report.contains("Means over 14 fresh replicates"), "{report}");
}

/// A run of the reserve experiment on this many bidders with values of this law: the row of the reserve, that of the audited revenue.
fn reserve(law: &str, bidders: u32, range: &str, epochs: u32) -> [Vec<String>; 2] {
    let folder = Folder::new();
    let file = crate::lab::root().join("experiments/optimal-reserve.toml");
    let file = file.display().to_string();
    let mut arguments = vec!["run", file.as_str(), "--output", "a"];
    let changes = [
        "optimize.maximum_replicates=64".to_owned(),
        format!("play.measured_epochs={epochs}"),
        format!("sequencers.bidder.count={bidders}"),
        format!("sequencers.bidder.value={law}"),
        format!("optimize.variables.0.range={range}"),
    ];
    for change in &changes {
        arguments.extend(["--set", change]);
    }
    folder.run(&arguments).with(0);
    let table = folder.text("a/optimum.csv");
    let row = |kind: &str| -> Vec<String> {
        let line = table.lines().find(|line| line.starts_with(kind)).unwrap();
        line.split(',').map(str::to_owned).collect()
    };
    assert!(
        folder.path("a/charts/optimum.svg").exists()
            && folder.text("a/report.md").contains("the best setting")
    );
    [row("variable"), row("objective")]
}

/// Reserve within 2% of Myerson's and said to be identified, or not (or either, where so few draws leave that open), and the audited revenue within three standard errors of what his
/// reserve earns; whether the reserve's interval covers his.
#[track_caller]
fn is_myersons(
    law: &str,
    values: &Distribution,
    bidders: u32,
    range: &str,
    identified: Option<bool>,
    epochs: u32,
) -> bool {
    let known = myerson_reserve(values, 0.0);
    let best = Auction::new(values.clone(), bidders, 1).with_reserve(known).expected_revenue();
    let [setting, revenue] = reserve(law, bidders, range, epochs);
    let number = |row: &[String], i: usize| row[i].parse::<f64>().unwrap();
    if let Some(identified) = identified {
        assert_eq!(setting[6] == "not identified", !identified, "{setting:?}");
    }
    if identified != Some(false) {
        assert!((number(&setting, 2) / known - 1.0).abs() < 0.02, "{known}: {setting:?}");
    }
    let half = 0.5 * (number(&revenue, 4) - number(&revenue, 3));
    let error = half / critical_value(0.95, number(&revenue, 5) - 1.0);
    assert!((number(&revenue, 2) - best).abs() < 3.0 * error, "{best}: {revenue:?}");
    number(&setting, 3) < known && known < number(&setting, 4)
}

/// A law as files write it, the law, and the range of reserves.
fn laws() -> [(&'static str, Distribution, &'static str); 3] {
    [
        ("{ uniform = [0.0, 1.0] }", Distribution::uniform(0.0, 1.0).unwrap(), "[0.0, 1.0]"),
        ("{ exponential = 1.0 }", Distribution::exponential(1.0).unwrap(), "[0.0, 3.0]"),
        ("{ lognormal = [0.0, 1.0] }", Distribution::lognormal(0.0, 1.0).unwrap(), "[0.0, 4.0]"),
    ]
}

/// One law for each of the fewest bidders, and one of many of whom all reserves are alike.
#[test]
fn the_best_reserve_is_myersons() {
    let [uniform, exponential, lognormal] = laws();
    for ((law, values, range), bidders, identified, epochs) in [
        (&uniform, 2, true, 250),
        (&uniform, 12, false, 100),
        (&exponential, 1, true, 250),
        (&lognormal, 2, true, 250),
    ] {
        // Where it is not identified, his reserve lies in the flat region.
        assert!(is_myersons(law, values, bidders, range, Some(identified), epochs), "{law} {bidders}");
    }
}

/// Ranges of four to ten times the best reserve, of which a fixed share is no window for a polynomial.
#[test]
fn the_best_reserve_does_not_hang_on_the_range() {
    let [uniform, ..] = laws();
    let exponential = Distribution::exponential(2.0).unwrap();
    let lognormal = Distribution::lognormal(0.0, 0.5).unwrap();
    for (law, values, bidders, range) in [
        (uniform.0, &uniform.1, 3, "[0.0, 4.0]"),
        ("{ exponential = 2.0 }", &exponential, 2, "[0.0, 3.0]"),
        ("{ lognormal = [0.0, 0.5] }", &lognormal, 2, "[0.0, 5.0]"),
    ] {
        assert!(is_myersons(law, values, bidders, range, Some(true), 250), "{law} {range}");
    }
}

/// Of one to four bidders four pay most, (n − 1)/(n + 1); of listed reserves for three the one at Myerson's, 1/2 + r³ − 3r⁴/2.
#[test]
fn few_settings_are_all_compared() {
    let folder = Folder::new();
    let file = crate::lab::root().join("experiments/optimal-reserve.toml").display().to_string();
    let run = |output: &str, path: &str, settings: &str| {
        let text = std::fs::read_to_string(&file).unwrap();
        let text = text.replace("path = \"mechanism.auction.reserve_price\"", &format!("path = \"{path}\""));
        let text = text.replace("range = [0.0, 1.0]", settings);
        std::fs::write(folder.path("few.toml"), text).unwrap();
        folder.run(&["run", "few.toml", "--output", output, "--set", "play.measured_epochs=50"]).with(0);
        let table = folder.text(&format!("{output}/optimum.csv"));
        let row = table.lines().find(|line| line.starts_with("variable")).unwrap().to_owned();
        row.split(',').map(str::to_owned).collect::<Vec<String>>()
    };
    let row = run("bidders", "sequencers.bidder.count", "range = [1, 4]");
    assert_eq!(row[2..5], ["4", "4", "4"], "{row:?}");
    assert_eq!(row[6], "at the edge of its range");
    let row = run("listed", "mechanism.auction.reserve_price", "values = [0.1, 0.3, 0.5, 0.7]");
    assert_eq!((row[2].as_str(), row[6].as_str()), ("0.5", "identified"), "{row:?}");
}

#[test]
fn an_objective_that_never_varies_ends_with_a_finding() {
    let folder = Folder::new();
    let file = crate::lab::root().join("experiments/optimal-reserve.toml").display().to_string();
    // Nobody has a value above 1.
    let ended = folder
        .run(&[
            "run",
            &file,
            "--output",
            "a",
            "--set",
            "optimize.variables.0.range=[1.5, 4.0]",
            "--set",
            "play.measured_epochs=10",
        ])
        .with(1);
    assert!(ended.out.contains("there is nothing to choose"), "{ended:?}");
    assert!(ended.err.contains("the objective does not vary"), "{ended:?}");
    let folder =
        self::folder(&AUCTION.replace("[0.0, 0.8]", "[2.0, 3.0]").replace("[0.1, 0.3, 0.5]", "[2, 3]"));
    let ended = folder.run(&["run", "front.toml", "--output", "a"]).with(1);
    assert!(ended.err.contains("no objective varies"), "{ended:?}");
}

/// Every law for one to five bidders; the lognormal's reserve may stay unidentified among many.
#[test]
#[ignore = "takes minutes: `cargo test --release --test all -- --ignored`"]
fn the_best_reserve_of_every_law_is_myersons_for_up_to_five() {
    let mut covered = 0;
    for (law, values, range) in laws() {
        for bidders in 1..=5 {
            let identified = if law.contains("lognormal") && bidders > 2 { None } else { Some(true) };
            covered += u32::from(is_myersons(law, &values, bidders, range, identified, 500));
        }
    }
    // Of fifteen 95% intervals fewer than twelve cover in one study of 180 (binomial law).
    assert!(covered >= 12, "{covered} of 15");
}

#[test]
fn the_best_setting_so_far_is_audited_when_time_is_up() {
    let folder = Folder::new();
    let file = crate::lab::root().join("experiments/optimal-reserve.toml").display().to_string();
    let run = |output: &str, more: &[&str]| {
        let mut arguments = vec!["run", file.as_str(), "--output", output, "--threads", "2"];
        arguments.extend(["--set", "optimize.maximum_replicates=64", "--set", "play.measured_epochs=100"]);
        arguments.extend(more);
        folder.run(&arguments)
    };
    let begun = std::time::Instant::now();
    run("whole", &[]).with(0);
    let minutes = begun.elapsed().as_secs_f64() / 60.0;
    for share in [0.3, 0.5] {
        let limit = (share * minutes).to_string();
        let ended = run("cut", &["--max-minutes", &limit]);
        assert!(matches!(ended.status, Some(0 | 3)), "{ended:?}");
        if !folder.path("cut/optimum.csv").exists() {
            continue;
        }
        let table = folder.text("cut/optimum.csv");
        let so_far = table.lines().any(|line| line.starts_with("variable") && line.ends_with("best so far"));
        assert!(!so_far || ended.out.contains("the search has not ended"), "{ended:?}");
    }
    // Whether time is up within the search is the machine's affair; what is written then is held to what it says.
    run("cut", &[]).with(0);
    for file in ["results.csv", "optimum.csv"] {
        assert_eq!(folder.text(&format!("whole/{file}")), folder.text(&format!("cut/{file}")), "{file}");
    }
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
        (
            AUCTION.replace(
                "population = 6",
                "population = 6\nconstraints = [\"liveness >= 0.9\", \"liveness <= 0.2\"]",
            ),
            "`liveness >= 0.9` and `liveness <= 0.2` cannot both hold",
        ),
        (AUCTION.replace("population = 6", "population = 6\nsize = 3"), "size"),
        (AUCTION.replace("replicates = 8", "replicates = 7"), "an audit of 7 replicates"),
        (AUCTION.replace("population = 6", "population = 6\nconfidence = 0.999"), "at least 10"),
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
fn what_is_infeasible_by_halves_says_how_far_in_all() {
    // With three values uniform on [0, 1] the share r⁴ stays unrealised at a reserve r, and r³ of slots: each can be kept, not both.
    let text = AUCTION.replace(
        "population = 6",
        "population = 6\nconstraints = [\"unrealised_share >= 0.02\", \"liveness >= 0.97\"]",
    );
    let one =
        text.replace("[mechanism.two]\nrule = \"auction_rotation\"\nseats = 2\npricing = \"uniform\"\n", "");
    let one = one
        .replace(
            "[[optimize.variables]]\npath = \"mechanism.two.reserve_price\"\nvalues = [0.1, 0.3, 0.5]\n",
            "",
        )
        .replace("measured_epochs = 20", "measured_epochs = 400");
    let folder = folder(&one);
    let ended = folder.run(&["run", "front.toml"]).with(1);
    let text: String = ended.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("is kept by") && text.contains("The one that misses least in all"), "{ended:?}");
    assert!(ended.err.contains("no feasible candidate was found"), "{ended:?}");
}

#[test]
fn a_constant_objective_is_found_out() {
    let text = AUCTION.replace("minimize unrealised_share", "minimize capital_locked");
    let folder = folder(&text.replace("generations = 3", "generations = 1"));
    let ended = folder.run(&["run", "front.toml"]).with(0);
    assert!(ended.out.contains("`capital_locked` is 0 at every candidate"), "{ended:?}");
}

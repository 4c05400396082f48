//! What the README says of results is what was kept, letter by letter.

#[test]
fn the_readme_shows_the_kept_table() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let readme = read("README.md");
    let table = read("output/kept/auction-vs-dpos/table.txt");
    assert!(table.lines().count() > 20, "the kept table is cut short");
    assert!(readme.contains(&table), "run .ci/keep: the README shows another table than the kept one");
    let gallery = read("output/kept/auction-vs-dpos/gallery.md");
    assert!(gallery.matches("![").count() > 5, "the kept gallery is cut short");
    assert!(readme.contains(&gallery), "run .ci/keep: the README shows another gallery than the kept one");
    for line in readme.lines().filter(|line| line.starts_with("![")) {
        let path = line.split('(').nth(1).and_then(|rest| rest.strip_suffix(')')).unwrap();
        assert!(root.join(path).is_file(), "{path} is missing");
    }
}

/// Numbers of the sentences below figures of means and differences are in the kept tables, rounded. (Those of replicates and of
/// policies come from tables that are not kept.)
#[test]
fn numbers_of_the_gallery_are_those_of_the_kept_tables() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("output/kept/auction-vs-dpos");
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let tables = [read("summary.csv"), read("comparison.csv")].concat();
    let known: Vec<f64> = tables.split([',', '\n']).filter_map(|cell| cell.parse().ok()).collect();
    let is_known = |number: &str, factor: f64| {
        let digits = number.split_once('.').map_or(0, |(_, digits)| digits.len());
        known.iter().any(|v| format!("{:.digits$}", (factor * v).abs()) == number)
    };
    let mut checked = 0;
    for name in ["surplus", "difference-auction-vs-dpos", "metrics", "lorenz"] {
        let gallery = read("gallery.md");
        let said = gallery.split(&format!("/{name}.png)")).nth(1).unwrap().split("![").next().unwrap();
        for word in said.split(|c: char| c.is_whitespace() || "();,".contains(c)) {
            let number = word.trim_end_matches(['.', '%']);
            if number.contains('.') && number.parse::<f64>().is_ok() {
                let factor =
                    if word.contains('%') || said.contains("percentage points") { 100.0 } else { 1.0 };
                assert!(is_known(number, factor), "{name}: {word} is in no kept table");
                checked += 1;
            }
        }
    }
    assert!(checked >= 8, "{checked}");
}

/// The kept experiment is the one in `experiments/`, so that its numbers are those of the README's first command.
#[test]
fn the_kept_experiment_is_the_headline() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let experiment = |path: &str| {
        let path = root.join(path);
        let text = std::fs::read_to_string(&path).unwrap();
        let document = sequencer_lab::settings::Document::parse("headline", &text).unwrap();
        let library =
            sequencer_lab::cli::library::Files::beside(&root.join("experiments/auction-vs-dpos.toml"));
        sequencer_lab::experiment::file::Experiment::read(document, &library).unwrap()
    };
    let headline = experiment("experiments/auction-vs-dpos.toml");
    let kept = experiment("output/kept/auction-vs-dpos/experiment.toml");
    assert_eq!(headline.replicates, kept.replicates);
    for (a, b) in headline.contenders.iter().zip(&kept.contenders) {
        assert_eq!(headline.fingerprint(a), kept.fingerprint(b), "run .ci/keep");
    }
}

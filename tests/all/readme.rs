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

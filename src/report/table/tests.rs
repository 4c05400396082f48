use super::*;
use crate::experiment::trial;

fn table(text: &str) -> String {
    let experiment = trial::read(text);
    let root = tempfile::tempdir().unwrap();
    let store = trial::run(&experiment, root.path());
    let table = summary_table(&store, &experiment).unwrap();
    assert!(table.lines().all(|line| layout::width(line) <= WIDTH && line.trim_end() == line), "{table}");
    table
}

#[test]
fn three_contenders() {
    let text = table(trial::THREE);
    println!("{text}");
    for part in [
        "means over 3 replicates",
        "auction (not certified) less one",
        "replicates that settled",
        "to the community",
        "nobody learns",
        "Nobody learns here: one.",
        "certified",
        "auction (not certified) less votes (not certified), on the same draws (3 common replicates)",
        "one less votes",
        "Warnings",
        "Remedy: raise `experiment.replicates`",
    ] {
        let spaced = |t: &str| t.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(spaced(&text).contains(&spaced(part)), "{part} is not in\n{text}");
    }
}

#[test]
fn one_replicate_and_one_contender() {
    let lone = trial::THREE.replace("replicates = 3", "replicates = 1");
    let text = table(&lone);
    assert!(text.contains("one replicate, so no intervals") && !text.contains('±'), "{text}");
    assert!(text.contains("(one common replicate)"));
    let single = "[experiment]\nname = \"t\"\nreplicates = 2\n[[sequencers]]\nname = \"s\"\ncount = 2\nvalue = { constant = 1.0 }\n\
                  [mechanism.m]\nrule = \"centralized\"\n";
    let text = table(single);
    assert!(text.contains("Nobody learns here: m") && !text.contains(" less "), "{text}");
    assert!(!text.contains("Distance from equilibrium"));
}

#[test]
fn an_empty_store() {
    let experiment = trial::read(trial::THREE);
    let root = tempfile::tempdir().unwrap();
    let text = summary_table(&trial::empty(&experiment, root.path()), &experiment).unwrap();
    assert!(text.contains("no replicate is done") && text.contains("only 0 of 3"), "{text}");
}

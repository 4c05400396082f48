//! Adding a rule takes its file, two lines of the catalogue and an experiment; whoever forgets one of them is told here.

use crate::lab::root;
use sequencer_lab::mechanism::CATALOGUE;
use std::fs;
use std::path::Path;

fn texts(folder: &Path, extension: &str) -> Vec<(String, String)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            (path.file_stem().unwrap().to_string_lossy().into_owned(), text)
        })
        .collect();
    files.sort();
    files
}

/// A file without its line, or with a module line and no row, is a rule that nobody can name.
#[test]
fn every_file_with_a_rule_has_its_row() {
    let mut rules: Vec<String> = texts(&root().join("src/mechanism"), "rs")
        .into_iter()
        .filter(|(_, text)| text.contains("\nimpl Mechanism for "))
        .map(|(name, _)| name)
        .collect();
    let mut rows: Vec<&str> = CATALOGUE.iter().map(|entry| entry.name).collect();
    rules.sort();
    rows.sort_unstable();
    assert_eq!(rules, rows, "files of src/mechanism that implement a rule, and rows of the catalogue");
}

#[test]
fn every_rule_is_in_an_experiment() {
    let experiments = texts(&root().join("experiments"), "toml");
    let all =
        &experiments.iter().find(|(name, _)| name == "all-mechanisms").expect("it compares every rule").1;
    for entry in CATALOGUE {
        let line = format!("rule = \"{}\"", entry.name);
        assert!(all.contains(&line), "all-mechanisms.toml lacks `{line}`");
        let own = experiments.iter().any(|(name, text)| name != "all-mechanisms" && text.contains(&line));
        assert!(own, "no experiment has `{line}` but the one with every rule");
    }
}

#[test]
fn every_rule_says_what_it_is_in_five_parts() {
    for (name, text) in texts(&root().join("src/mechanism"), "rs") {
        if !CATALOGUE.iter().any(|entry| entry.name == name) {
            continue;
        }
        let mut place = 0;
        for part in ["Rule", "Who pays whom", "What theory says", "Where it runs", "References"] {
            let heading = format!("//! **{part}");
            let next = text[place..].find(&heading);
            place += next.unwrap_or_else(|| panic!("{name}: no part `{part}` in its order"));
        }
    }
}

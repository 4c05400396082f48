//! `validate` and `list cases` as a user runs them.

use crate::program::Folder;
use std::collections::BTreeSet;

/// Cases that take a moment.
const CHEAP: [&str; 4] = ["bribery/prices", "ring", "liveness/any-of", "kickback/isomorphism"];

#[test]
fn cases_pass_and_the_tables_agree() {
    let folder = Folder::new();
    let command: Vec<&str> = ["validate", "--quick", "--json"].into_iter().chain(CHEAP).collect();
    let json = folder.run(&command).with(0).json();
    let rows = json.as_array().unwrap();
    assert!(rows.len() > 40, "{}", rows.len());
    let csv = folder.text("output/validate-cases/validation.csv");
    assert_eq!(csv.lines().count(), rows.len() + 1);
    for (row, line) in rows.iter().zip(csv.lines().skip(1)) {
        let name = row["case"].as_str().unwrap();
        assert!(CHEAP.iter().any(|group| name.starts_with(group)), "{name}");
        // Names may hold commas, and are quoted then.
        assert!(line.trim_start_matches('"').starts_with(name), "{line}");
        let number = |key: &str| row[key].as_f64().unwrap_or_else(|| panic!("{name}: {key}"));
        let within = (number("result") - number("target")).abs() <= number("tolerance");
        assert_eq!(row["pass"].as_bool(), Some(within), "{name}");
        assert!(row["standard_error"].as_f64().is_some_and(|error| error >= 0.0), "{name}");
        assert!(within && row["unit"].is_string() && !row["source"].as_str().unwrap().is_empty(), "{name}");
    }
    for chart in ["validation.png", "validation.svg"] {
        assert!(!folder.bytes(&format!("output/validate-cases/charts/{chart}")).is_empty());
    }
}

#[test]
fn the_same_cases_give_the_same_bytes_on_any_number_of_threads() {
    let folder = Folder::new();
    let run = |threads: &str, output: &str| {
        folder
            .run(&[
                "validate",
                "bribery/pivotal",
                "liveness/quorum",
                "--quick",
                "--threads",
                threads,
                "--output",
                output,
            ])
            .with(0);
        folder.text(&format!("{output}/validation.csv"))
    };
    assert_eq!(run("1", "one"), run("3", "three"));
}

/// A case that could not fail would say nothing.
#[test]
fn a_wrong_target_fails_and_is_explained() {
    let folder = Folder::new();
    for (case, wrong) in [
        // Simulated play of given strategies, learned play, a computed value.
        ("liveness/any-of/r=1/p=.05/availability", "0.96"),
        ("bribery/pivotal/n=7,m=5/epsilon=.01/cost", "0.07"),
        ("ring/split/n=3,k=1/least-discount-factor", "0.66668"),
    ] {
        let target = format!("{case}={wrong}");
        let group = case.rsplit_once('/').unwrap().0;
        let ended = folder.run(&["validate", group, "--quick", "--target", &target]).with(1);
        let (table, failures) = ended.out.split_once("What failed").unwrap();
        assert!(table.contains("FAIL") && failures.contains(case), "{}", ended.out);
        let json = folder.run(&["validate", case, "--quick", "--target", &target, "--json"]).with(1).json();
        assert_eq!(json[0]["pass"], false);
        assert_eq!(json[0]["target"].as_f64(), Some(wrong.parse().unwrap()));
    }
}

#[test]
fn unknown_cases_are_refused_with_the_nearest() {
    let folder = Folder::new();
    let refused = folder.run(&["validate", "auction/frist-price"]).with(2);
    assert!(refused.err.contains("auction/first-price"), "{}", refused.err);
    let refused = folder.run(&["validate", "--target", "ring=0.5"]).with(2);
    assert!(refused.err.contains("allowed"), "{}", refused.err);
    folder.run(&["validate", "--target", "ring/split/n=2,k=1/least-discount-factor=many"]).with(2);
    assert!(!folder.path("output").exists());
}

#[test]
fn every_case_is_listed_once_with_its_source() {
    let folder = Folder::new();
    let listed = folder.run(&["list", "cases"]).with(0).out;
    let names: BTreeSet<&str> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.len() >= 60 && names.len() == listed.lines().count(), "{}", names.len());
    assert!(listed.lines().all(|line| line.ends_with(')')), "a case without source");
    for family in [
        "auction",
        "contest",
        "ranking",
        "kickback",
        "bribery",
        "censorship",
        "deterrence",
        "ring",
        "liveness",
    ] {
        assert!(names.iter().any(|name| name.starts_with(&format!("{family}/"))), "{family}");
    }
}

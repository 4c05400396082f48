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

/// Appointees offer nothing, but learn what to do with bribes: what is certified of that is said, and no more.
#[test]
fn conduct_is_told_apart_from_offers() {
    let board = |bribes: &str| {
        format!(
            "[experiment]\nname = \"t\"\nreplicates = 2\n[world]\nkind = \"rollup\"\nfee_per_slot = 0.01\ntarget_rate = 1.0\n\
             target_value = 10.0\ntarget_window = 5\n[briber]\nstrategy = \"one\"\n\
             [[sequencers]]\nname = \"s\"\ncount = 3\n{bribes}\
             [mechanism.m]\nrule = \"authority\"\nseats = 1\nepoch_slots = 40\nbond = 60.0\nslash_fraction = 1.0\n\
             governance = {{ detection = 0.5 }}\n[play]\nmeasured_epochs = 4\n\
             [strategies.one]\nrole = \"briber\"\nlearner = \"scripted\"\noffer = {{ absolute = 1.0 }}\n"
        )
    };
    let learned = table(&board(""));
    assert!(
        learned.contains("Nobody learns offers: m.") && !learned.contains("Nobody learns here"),
        "{learned}"
    );
    assert!(learned.contains("Conduct that nobody would change: m (0%)"), "{learned}");
    let given = table(&board("bribes = \"refuse\"\n"));
    assert!(given.contains("Nobody learns here: m.") && !given.contains("Conduct that"), "{given}");
}

/// A bound above the tolerance is no certificate.
#[test]
fn conduct_that_leaves_a_gain_is_said_to() {
    use crate::experiment::outcome::{Outcome, UnitKey};
    use crate::experiment::unit::UnitPlan;

    let experiment = trial::read(trial::THREE);
    let root = tempfile::tempdir().unwrap();
    let mut store = trial::empty(&experiment, root.path());
    for (mechanism, bound) in [("auction", 1.47), ("one", 0.0004)] {
        let key = UnitKey { design: 0, mechanism: mechanism.to_owned(), replicate: 0 };
        let plan = UnitPlan { id: mechanism.to_owned(), key, seed: 1 };
        let metrics = vec![("net_surplus", 1.0), ("conduct_gain_upper", bound)];
        store.put(&plan, Ok(&Outcome { metrics, ..Outcome::default() })).unwrap();
    }
    let text = summary_table(&store, &experiment).unwrap();
    let said = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let quoted = |percent: f64| percentage(percent, f64::INFINITY);
    let open = format!("not shown to be a best response: auction ({}%)", quoted(147.0));
    let sound = format!("Conduct that nobody would change: one ({}%)", quoted(0.04));
    assert!(said.contains(&open) && said.contains(&sound), "{open} {sound} {text}");
    assert!(!said.contains("votes ("), "{text}");
}

#[test]
fn an_empty_store() {
    let experiment = trial::read(trial::THREE);
    let root = tempfile::tempdir().unwrap();
    let text = summary_table(&trial::empty(&experiment, root.path()), &experiment).unwrap();
    assert!(text.contains("no replicate is done") && text.contains("only 0 of 3"), "{text}");
}

/// What a world is there for is in the table, and what no contender differs in gives way in figures.
#[test]
fn metrics_of_some_worlds_have_rows() {
    use crate::experiment::outcome::{Outcome, UnitKey};
    use crate::experiment::unit::UnitPlan;
    let experiment = trial::read(trial::THREE);
    let root = tempfile::tempdir().unwrap();
    let mut store = trial::empty(&experiment, root.path());
    for (mechanism, reach) in [("auction", 0.0), ("one", 0.4), ("votes", 0.4)] {
        for replicate in 0..2 {
            let mut metrics = vec![("user_harm_share", 0.0), ("liveness", 0.9), ("capture_reach", reach)];
            if mechanism == "one" {
                metrics.push(("entrants", 3.0));
            }
            let key = UnitKey { design: 0, mechanism: mechanism.to_owned(), replicate };
            let plan = UnitPlan { id: format!("{mechanism}{replicate}"), key, seed: 1 };
            store.put(&plan, Ok(&Outcome { metrics, ..Outcome::default() })).unwrap();
        }
    }
    let text = summary_table(&store, &experiment).unwrap();
    assert!(text.contains("users whom a captured upgrade reaches, %") && text.contains("entrants"), "{text}");
    assert!(!text.contains("user harm") && !text.contains("censored"), "{text}");
    let summary = Summary::read(&store, 0, 0.01).unwrap();
    for (metric, is_other) in
        [("capture_reach", true), ("entrants", true), ("liveness", false), ("censored_share", false)]
    {
        assert_eq!(differs(&summary, metric), is_other, "{metric}");
    }
}

/// Of shares that neither has there is no difference to be told.
#[test]
fn what_neither_has_is_no_difference() {
    let text = table(trial::THREE);
    let pairs: Vec<&str> = text.split(" less ").collect();
    let delegated = pairs.iter().filter(|part| part.contains("delegator share, points")).count();
    assert_eq!(delegated, 2, "auction against one has none: {text}");
}

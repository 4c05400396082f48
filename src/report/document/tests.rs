use super::*;
use crate::experiment::trial;

fn written(text: &str, stars: bool) -> (Written, tempfile::TempDir) {
    let experiment = trial::read(text);
    let root = tempfile::tempdir().unwrap();
    let store = trial::run(&experiment, root.path());
    let written = write(&store, &experiment, root.path(), Wanted { stars, ..Wanted::default() }).unwrap();
    (written, root)
}

fn read(root: &tempfile::TempDir, name: &str) -> String {
    std::fs::read_to_string(root.path().join(name)).unwrap()
}

#[test]
fn everything_is_in_one_page_that_asks_nothing_of_a_network() {
    let text = trial::THREE.replace("replicates = 3", "expectation = \"A < B & \\\"C\\\"\"\nreplicates = 3");
    let (written, root) = written(&text, false);
    let html = read(&root, "report.html");
    assert!(html.len() < 5_000_000, "{}", html.len());
    for part in [
        "Question",
        "Expectation",
        "What came out",
        "What is certified",
        "Warnings",
        "Tables",
        "Figures",
        "What was run",
    ] {
        assert!(html.contains(&format!(">{part}")), "{part}");
    }
    assert!(html.contains("A &lt; B &amp; &quot;C&quot;") && !html.contains("A < B"));
    // Nothing is fetched: the one address is the name space of SVG.
    let elsewhere = html.matches("http").count() - html.matches("http://www.w3.org/2000/svg").count();
    assert_eq!(elsewhere, 0);
    assert!(!html.contains("src=\"") && !html.contains("@import"));
    let figures = html.matches("<figure ").count();
    assert_eq!(figures, written.charts.len());
    assert_eq!(html.matches("role=\"img\" aria-label=\"").count(), figures, "alt text for each figure");
    assert!(!html.contains("aria-label=\"\""));
    // No id twice.
    let mut ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
    for tag in ["table", "figure", "svg", "section", "div", "tr", "details", "main", "g"] {
        let (open, close) = (format!("<{tag}"), format!("</{tag}>"));
        let opened = html
            .match_indices(&open)
            .filter(|(i, _)| matches!(html.as_bytes()[i + open.len()], b' ' | b'>' | b'\n'));
        assert_eq!(opened.count(), html.matches(&close).count(), "{tag}");
    }
}

#[test]
fn markdown_has_the_figures_that_are_there() {
    let (written, root) = written(trial::THREE, false);
    let text = read(&root, "report.md");
    let shown: Vec<&str> = text.lines().filter(|l| l.starts_with("![")).collect();
    assert_eq!(shown.len(), written.charts.len());
    for line in shown {
        let path = line.rsplit('(').next().unwrap().trim_end_matches(')');
        assert!(root.path().join(path).is_file(), "{path}");
        assert!(line.find("](").unwrap() > 30, "no alt text: {line}");
    }
    assert!(text.contains("> **Warning.**") && text.contains("*Remedy:*"));
}

#[test]
fn tables_are_booktabs_and_csv_with_the_same_numbers() {
    let (_, root) = written(trial::THREE, false);
    for name in ["outcomes", "differences", "certificate", "metrics"] {
        let tex = read(&root, &format!("tables/{name}.tex"));
        assert!(
            tex.contains("\\toprule") && tex.contains("\\bottomrule") && tex.contains("\\caption{"),
            "{name}"
        );
        let columns = tex.lines().find(|l| l.contains("@{}")).unwrap().matches(['l', 'r']).count();
        assert!(columns > 2);
        let body = tex.lines().skip_while(|l| *l != "\\midrule").skip(1).take_while(|l| *l != "\\bottomrule");
        let rows: Vec<&str> = body.filter(|l| l.ends_with("\\\\") && l.contains(" & ")).collect();
        let ands = rows[0].matches(" & ").count();
        assert!(rows.iter().all(|r| r.matches(" & ").count() == ands), "{name}");
        assert!(tex.is_ascii() && !tex.contains("***"), "{name}");
        let csv = read(&root, &format!("tables/{name}.csv"));
        // Commas outside quotes.
        let cells =
            |line: &str| line.split('"').step_by(2).map(|part| part.matches(',').count()).sum::<usize>();
        let mut lines = csv.lines();
        let width = cells(lines.next().unwrap());
        assert!(lines.clone().count() > 1 && lines.all(|l| cells(l) == width), "{name}\n{csv}");
    }
    // The certificate's own numbers are those of summary.csv.
    let experiment = trial::read(trial::THREE);
    let store = trial::run(&experiment, tempfile::tempdir().unwrap().path());
    let summary = crate::report::summary::Summary::read(&store, 0, 0.01).unwrap();
    let mean = 100.0 * summary.estimate(0, "community_share").unwrap().mean;
    let number = crate::experiment::tables::format_number(mean);
    assert!(read(&root, "tables/outcomes.csv").contains(&number), "{number}");
}

#[test]
fn stars_come_only_when_asked_for() {
    let (_, root) = written(trial::THREE, true);
    let tex = read(&root, "tables/differences.tex");
    assert!(tex.contains("\\rlap{$^{***}$}") && tex.contains("p<.001"));
}

#[test]
fn lone_contenders_and_replicates_and_nothing_at_all() {
    let text = "[experiment]\nname = \"t\"\nreplicates = 1\n[[sequencers]]\nname = \"s\"\ncount = 2\nvalue = { constant = 1.0 }\n\
                [mechanism.\"a|b_<i>&%\"]\nrule = \"centralized\"\n";
    let (lone, root) = written(text, false);
    assert!(lone.files.iter().all(|f| f.is_file()));
    assert!(read(&root, "report.html").contains("a|b_&lt;i&gt;&amp;%"));
    assert!(read(&root, "report.md").contains("a\\|b_&lt;i>&%"));
    assert!(read(&root, "tables/outcomes.tex").contains("a|b\\_$<$i$>$\\&\\%"));
    assert!(!root.path().join("tables/differences.tex").exists());
    let experiment = trial::read(trial::THREE);
    let empty = tempfile::tempdir().unwrap();
    let store = trial::empty(&experiment, empty.path());
    write(&store, &experiment, empty.path(), Wanted::default()).unwrap();
    assert!(read(&empty, "report.html").contains("There is nothing to draw yet"));
}

#[test]
fn the_same_store_gives_the_same_report() {
    let experiment = trial::read(trial::THREE);
    let root = tempfile::tempdir().unwrap();
    let store = trial::run(&experiment, root.path());
    let mut reports = Vec::new();
    for _ in 0..2 {
        write(&store, &experiment, root.path(), Wanted::default()).unwrap();
        reports.push((
            read(&root, "report.html"),
            read(&root, "report.md"),
            read(&root, "tables/outcomes.tex"),
        ));
    }
    assert_eq!(reports[0], reports[1]);
}

#[test]
fn an_audit_is_looked_at_apart_from_the_search_before_it() {
    use crate::experiment::optimization::FIRST_AUDIT;
    use crate::experiment::outcome::{Outcome, UnitKey};
    use crate::experiment::unit::UnitPlan;
    use crate::report::summary::Summary;
    let text = "[experiment]\nname = \"t\"\nreplicates = 10\n[[sequencers]]\nname = \"s\"\ncount = 2\nvalue = { constant = 1.0 }\n\
                [mechanism.m]\nrule = \"centralized\"\n";
    let experiment = trial::read(text);
    let root = tempfile::tempdir().unwrap();
    let mut store = trial::empty(&experiment, root.path());
    // The search ended at .2 and the audit at .8, a little apart each.
    for (first, middle) in [(0, 0.2), (FIRST_AUDIT, 0.8)] {
        for replicate in 0..10 {
            let place = middle + 0.001 * f64::from(replicate);
            let metrics = vec![("community_share", place), ("sequencer_share", 1.0 - place)];
            let key = UnitKey { design: 0, mechanism: "m".to_owned(), replicate: first + replicate };
            let plan = UnitPlan { id: format!("m/{}", first + replicate), key, seed: 1 };
            store.put(&plan, Ok(&Outcome { metrics, ..Outcome::default() })).unwrap();
        }
    }
    let all = Summary::read(&store, 0, 0.01).unwrap();
    let audit = Summary::read_some(&store, 0, 0.01, &|replicate| replicate >= FIRST_AUDIT).unwrap();
    assert_eq!((all.done(0), all.has_basins(0)), (20, true));
    assert_eq!((audit.done(0), audit.has_basins(0)), (10, false));
    assert!((audit.estimate(0, "community_share").unwrap().mean - 0.8045).abs() < 1e-12);
}

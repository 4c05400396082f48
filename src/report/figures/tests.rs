use super::*;
use crate::experiment::trial;

fn drawn(text: &str) -> (Drawn, tempfile::TempDir) {
    let experiment = trial::read(text);
    let root = tempfile::tempdir().unwrap();
    let store = trial::run(&experiment, root.path());
    (draw_all(&store, &experiment, root.path(), Printing::default(), &Readings::default()).unwrap(), root)
}

fn names(drawn: &Drawn) -> Vec<String> {
    drawn.files.iter().map(|f| f.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

/// `REPORT_GALLERY=dir cargo test report::figures` leaves the pictures and the table there to be looked at.
fn keep(root: &Path, text: &str, name: &str) {
    if let Some(directory) = std::env::var_os("REPORT_GALLERY") {
        let to = Path::new(&directory).join(name);
        std::fs::create_dir_all(&to).unwrap();
        for file in std::fs::read_dir(root.join(FOLDER)).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
        let store = Store::open_read_only(root).unwrap();
        let table = crate::report::table::summary_table(&store, &trial::read(text)).unwrap();
        std::fs::write(to.join("table.txt"), table).unwrap();
    }
}

#[test]
fn all_figures_of_three_contenders() {
    let (drawn, root) = drawn(trial::THREE);
    assert_eq!(
        names(&drawn),
        [
            "surplus",
            "learning",
            "difference-auction-vs-one",
            "difference-auction-vs-votes",
            "difference-one-vs-votes",
            "policies",
            "metrics",
            "distribution",
            "lorenz"
        ]
    );
    assert!(drawn.notes.is_empty());
    for png in &drawn.files {
        assert!(std::fs::read(png).unwrap().starts_with(b"\x89PNG"));
        assert!(png.with_extension("svg").exists());
    }
    keep(root.path(), trial::THREE, "three");
}

#[test]
fn theory_stands_in_the_figure_of_policies() {
    let text = "[experiment]\nname = \"theory\"\nquestion = \"Do learners find the textbook's bids and kickbacks?\"\nreplicates = 3\n\
                [[sequencers]]\nname = \"cheap\"\ncount = 2\nvalue = { constant = 1.0 }\n\
                [[sequencers]]\nname = \"dear\"\ncount = 1\nlive_cost = 0.02\nvalue = { constant = 1.0 }\n\
                [[delegators]]\nname = \"d\"\ncontinuum = true\nprice_sensitivity = 10.0\n\
                [mechanism.votes]\nrule = \"delegated\"\nepoch_slots = 10\n\
                [mechanism.truth]\nrule = \"auction_rotation\"\nseats = 1\npricing = \"uniform\"\nepoch_slots = 10\n\
                [play]\nrounds = 8\nwarmup_epochs = 400\nmeasured_epochs = 5\n";
    let (drawn, root) = drawn(text);
    let svg = std::fs::read_to_string(root.path().join("charts/policies.svg")).unwrap();
    assert!(svg.lines().any(|line| line == "theory"));
    assert!(names(&drawn).contains(&"policies".to_owned()));
    keep(root.path(), text, "theory");
}

#[test]
fn one_contender_one_replicate_nobody_learns() {
    let text = "[experiment]\nname = \"t\"\nreplicates = 1\n[[sequencers]]\nname = \"s\"\ncount = 2\nvalue = { constant = 1.0 }\n\
                [mechanism.m]\nrule = \"centralized\"\n";
    let (drawn, _root) = drawn(text);
    assert_eq!(names(&drawn), ["surplus", "lorenz"]);
    // One learning contender and one replicate: no differences, no intervals.
    let lone = "[experiment]\nname = \"t\"\nreplicates = 1\n[[sequencers]]\nname = \"s\"\ncount = 3\nvalue = { uniform = [0, 1] }\n\
                [mechanism.m]\nrule = \"auction_rotation\"\nseats = 1\n[play]\nrounds = 4\nwarmup_epochs = 20\nmeasured_epochs = 5\n";
    let (drawn, _root) = self::drawn(lone);
    assert_eq!(names(&drawn), ["surplus", "learning", "policies", "lorenz"]);
}

#[test]
fn odd_and_equal_names_and_too_many_pairs() {
    let contenders = ["A b", "a_b", "a:b", "é", "..", "x"];
    let tables: Vec<String> =
        contenders.iter().map(|name| format!("[mechanism.\"{name}\"]\nrule = \"centralized\"\n")).collect();
    let text = format!(
        "[experiment]\nname = \"t\"\nreplicates = 2\n[[sequencers]]\nname = \"s\"\ncount = 2\nvalue = {{ uniform = [0, 1] }}\n{}",
        tables.concat()
    );
    let (drawn, _root) = drawn(&text);
    let names = names(&drawn);
    assert_eq!(names.len(), 4 + MOST_PAIRS);
    assert!(names.contains(&"difference-A_b-vs-a_b".to_owned()), "{names:?}");
    assert!(names.contains(&"difference-A_b-vs-a_b-2".to_owned()), "{names:?}");
    assert!(names.iter().all(|n| n.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))));
    assert!(drawn.notes[0].contains("Left out") && drawn.notes[0].contains("é and x"), "{:?}", drawn.notes);
}

#[test]
fn nothing_done_draws_nothing() {
    let experiment = trial::read(trial::THREE);
    let root = tempfile::tempdir().unwrap();
    let store = trial::empty(&experiment, root.path());
    assert_eq!(
        draw_all(&store, &experiment, root.path(), Printing::default(), &Readings::default()).unwrap(),
        Drawn::default()
    );
}

#[test]
fn everyone_learning_alone() {
    let text = "[experiment]\nname = \"alone\"\nreplicates = 3\n[[sequencers]]\nname = \"s\"\ncount = 3\nvalue = { constant = 1.0 }\n\
                [[delegators]]\nname = \"d\"\ncontinuum = true\nprice_sensitivity = 10.0\ninertia = 0.2\n\
                [mechanism.m]\nrule = \"delegated\"\n\
                [play]\nregime = \"independent\"\nmax_epochs = 120\nstable_epochs = 30\nmeasured_epochs = 5\n";
    let (drawn, root) = drawn(text);
    assert_eq!(names(&drawn), ["surplus", "learning", "policies", "distribution", "lorenz"]);
    keep(root.path(), text, "alone");
}

#[test]
fn listed_charts_take_the_place_of_unasked_ones() {
    let charts = "[[charts]]\nkind = \"metrics\"\nmetrics = [\"liveness\", \"gini_slots\"]\ncontenders = [\"votes\", \"auction\"]\n\
                  title = \"Two of three\"\nname = \"two\"\nsize = \"single\"\n\
                  [[charts]]\nkind = \"differences\"\nmetrics = [\"liveness\"]\ncontenders = [\"votes\", \"auction\"]\n";
    let (drawn, root) = drawn(&format!("{}{charts}", trial::THREE));
    assert_eq!(
        names(&drawn),
        ["surplus", "learning", "difference-votes-vs-auction", "policies", "two", "distribution", "lorenz"]
    );
    let svg = std::fs::read_to_string(root.path().join("charts/two.svg")).unwrap();
    assert!(svg.contains("width=\"252pt\"") && svg.contains("Two of three") && !svg.contains(">\none\n<"));
}

#[test]
fn a_picture_of_somebodys_own_stays_and_ours_go() {
    let experiment = trial::read(trial::THREE);
    let root = tempfile::tempdir().unwrap();
    let store = trial::run(&experiment, root.path());
    let draw = |experiment: &Experiment| {
        draw_all(&store, experiment, root.path(), Printing::default(), &Readings::default()).unwrap()
    };
    draw(&experiment);
    let folder = root.path().join(FOLDER);
    for own in ["mine.png", "mine.svg", "mine.pdf"] {
        std::fs::write(folder.join(own), "<svg>mine</svg>").unwrap();
    }
    let renamed = trial::read(&format!("{}[[charts]]\nkind = \"lorenz\"\nname = \"spread\"\n", trial::THREE));
    draw(&renamed);
    for there in ["mine.png", "mine.svg", "mine.pdf", "spread.png", "spread.svg"] {
        assert!(folder.join(there).exists(), "{there}");
    }
    for gone in ["lorenz.png", "lorenz.svg"] {
        assert!(!folder.join(gone).exists(), "{gone}");
    }
}

#[test]
fn a_controller_of_redundancy_is_drawn_along_its_epochs() {
    let text = "[experiment]\nname = \"whittled\"\nreplicates = 2\n[[sequencers]]\nname = \"s\"\ncount = 6\ncapital_cost = 0.01\n\
                value = { constant = 1.0 }\n[mechanism.fixed]\nrule = \"algorithmic\"\nepoch_slots = 4\nredundancy = 3\n\
                [mechanism.whittled]\nrule = \"algorithmic\"\nepoch_slots = 4\nr_max = 4\ncontrol_epochs = 5\n\
                availability_target = 0.9\n\
                [play]\nrounds = 4\nwarmup_epochs = 10\nmeasured_epochs = 30\n";
    let (drawn, root) = drawn(text);
    assert!(names(&drawn).contains(&"redundancy".to_owned()), "{:?}", names(&drawn));
    let svg = std::fs::read_to_string(root.path().join("charts/redundancy.svg")).unwrap();
    // Without outages it falls by one every five epochs, from four down to one, and no slot is missed.
    assert!(svg.contains("fixed from 3.00 to 3.00, whittled from 4.00 to 1.00"), "{}", &svg[..900]);
    assert!(svg.contains("Slots produced: fixed from 100% to 100%"));
    keep(root.path(), text, "whittled");
}

#[test]
fn basins_are_rows_of_their_own_and_repeated_looks_are_told() {
    use crate::experiment::outcome::{Outcome, UnitKey};
    use crate::experiment::unit::UnitPlan;
    let text = "[experiment]\nname = \"t\"\nreplicates = 20\n[[sequencers]]\nname = \"s\"\ncount = 2\nvalue = { constant = 1.0 }\n\
                [mechanism.m]\nrule = \"centralized\"\n";
    let experiment = trial::read(text);
    let root = tempfile::tempdir().unwrap();
    let mut store = trial::empty(&experiment, root.path());
    for replicate in 0..20 {
        // Every other one ends elsewhere.
        let place = f64::from(replicate % 2) * 0.6 + 0.2 + 0.001 * f64::from(replicate);
        let metrics = vec![
            ("community_share", place),
            ("holder_share", place),
            ("sequencer_share", 1.0 - place),
            ("unrealised_share", 0.0),
        ];
        let key = UnitKey { design: 0, mechanism: "m".to_owned(), replicate };
        let plan = UnitPlan { id: format!("m/{replicate}"), key, seed: 1 };
        store.put(&plan, Ok(&Outcome { metrics, ..Outcome::default() })).unwrap();
    }
    draw_all(&store, &experiment, root.path(), Printing::default(), &Readings::default()).unwrap();
    let svg = std::fs::read_to_string(root.path().join("charts/distribution.svg")).unwrap();
    assert!(svg.contains("m, basin 0: ") && svg.contains("m, basin 1: "), "{}", &svg[..900]);
    let tables: Vec<String> =
        (0..21).map(|i| format!("[mechanism.m{i}]\nrule = \"centralized\"\n")).collect();
    let many = text.replace("[mechanism.m]\nrule = \"centralized\"\n", &tables.concat());
    let (drawn, _root) = drawn(&many.replace("replicates = 20", "replicates = 1"));
    let said =
        "21 contenders have the rule `centralized`: in figures their colours and marks come again after 20.";
    assert!(drawn.notes.iter().any(|note| note == said), "{:?}", drawn.notes);
}

/// Also redraws with other options: other bytes, and back again.
#[test]
fn the_same_store_gives_the_same_bytes() {
    let experiment = trial::read(trial::THREE);
    let root = tempfile::tempdir().unwrap();
    let store = trial::run(&experiment, root.path());
    let bytes = |printing: Printing| -> Vec<(PathBuf, Vec<u8>)> {
        let drawn = draw_all(&store, &experiment, root.path(), printing, &Readings::default()).unwrap();
        drawn.files.iter().map(|f| (f.clone(), std::fs::read(f).unwrap())).collect()
    };
    let first = bytes(Printing::default());
    let dark = Style { theme: chart::Theme::Dark, width: Width::Single, bare: false };
    let other = bytes(Printing { style: dark, files: Files { scale: 1, pdf: cfg!(feature = "pdf") } });
    assert!(first.iter().zip(&other).all(|(a, b)| a.0 == b.0 && a.1 != b.1));
    let pdfs = || std::fs::read_dir(root.path().join(FOLDER)).unwrap().flatten().map(|e| e.path());
    let made = if cfg!(feature = "pdf") { first.len() } else { 0 };
    assert_eq!(pdfs().filter(|p| p.extension().is_some_and(|e| e == "pdf")).count(), made);
    assert_eq!(bytes(Printing::default()), first);
    assert_eq!(
        pdfs().filter(|p| p.extension().is_some_and(|e| e == "pdf")).count(),
        0,
        "stale PDFs are gone"
    );
}

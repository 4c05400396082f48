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
        (0..61).map(|i| format!("[mechanism.m{i}]\nrule = \"centralized\"\n")).collect();
    let many = text.replace("[mechanism.m]\nrule = \"centralized\"\n", &tables.concat());
    let (drawn, _root) = drawn(&many.replace("replicates = 20", "replicates = 1"));
    let said =
        "61 contenders have the rule `centralized`: in figures their colours and marks come again after 60.";
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
    let other =
        bytes(Printing { style: dark, files: Files { pdf: cfg!(feature = "pdf"), ..Files::default() } });
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

#[test]
fn values_of_metrics_lie_within_their_ranges() {
    let experiment = trial::read(trial::THREE);
    let root = tempfile::tempdir().unwrap();
    let store = trial::run(&experiment, root.path());
    let mut seen = HashSet::new();
    store
        .visit_values_at(0, |unit| {
            for &(place, value) in unit.values {
                let metric = crate::measure::metrics::find(store.metrics()[place]).unwrap();
                let (least, most) = metric.range;
                assert!(value.is_nan() || (least..=most).contains(&value), "{} is {value}", metric.key);
                seen.insert(metric.key);
            }
            Ok::<_, StoreError>(())
        })
        .unwrap();
    assert!(seen.contains("liveness") && seen.contains("deviation_gain_upper"), "{seen:?}");
}

/// Every sheet that names a lever, a metric or an objective that ships, with these of them.
fn sheets_of(metrics: &[&'static crate::measure::metrics::Metric]) -> Vec<Sheet> {
    use crate::chart::{
        along, frontier, optimum, parallel, response, small_multiples, strips as rows, tornado,
    };
    let heading = Heading::default;
    let estimate = |k: usize| Estimate::new(k as f64 + 1.0, k as f64 + 0.5, k as f64 + 1.5);
    let identity = Identity::of(["auction"])[0];
    let contender = || rows::Contender { name: "auction_rotation".to_owned(), identity, certified: true };
    let format = |m: &crate::measure::metrics::Metric| {
        if m.is_percent() { chart::ticks::Format::Percent } else { chart::ticks::Format::Plain }
    };
    let labelled = |m: &crate::measure::metrics::Metric| {
        if m.is_percent() { m.label.to_owned() } else { crate::report::frontier::labelled(m) }
    };
    let panels = metrics.iter().map(|m| rows::MetricPanel {
        title: strips::title(m),
        format: format(m),
        range: m.range,
        rows: vec![rows::Row { mean: estimate(0), replicates: Vec::new() }],
    });
    let multiples = small_multiples::SmallMultiples {
        heading: heading(),
        contenders: vec![contender()],
        panels: panels.collect(),
    };
    let line = |parameter: usize| response::Response {
        parameter,
        lines: vec![
            (0..3).map(|k| response::Spot { x: k as f64, estimate: estimate(k), certified: true }).collect(),
        ],
    };
    let paths = [
        "mechanism.auction_rotation.reserve_price",
        "delegators.*.price_sensitivity",
        "sequencers.*.live_cost",
    ];
    let responses = |parameters: usize| response::Responses {
        heading: heading(),
        contenders: vec![contender()],
        parameters: paths[..parameters]
            .iter()
            .map(|path| response::Along {
                name: crate::report::naming::with_unit(path),
                scale: response::Scale::Linear,
            })
            .collect(),
        rows: metrics
            .iter()
            .map(|m| response::MetricRow {
                title: strips::title(m),
                range: m.range,
                format: format(m),
                panels: (0..parameters).map(line).collect(),
                theory: None,
            })
            .collect(),
        axes: response::Asked::default(),
        without_data: Vec::new(),
    };
    let front = frontier::Frontier {
        heading: heading(),
        contenders: vec![("auction_rotation".to_owned(), identity)],
        objectives: metrics
            .iter()
            .map(|m| frontier::Objective {
                title: format!("{} (more is better)", labelled(m)),
                format: format(m),
                range: m.range,
            })
            .collect(),
        limits: [None; 2],
        dots: (0..4)
            .map(|k| frontier::Dot {
                contender: 0,
                values: vec![estimate(k); metrics.len()],
                mark: frontier::Mark::Efficient,
                is_knee: false,
                words: String::new(),
            })
            .collect(),
    };
    let exchange = along::Along {
        heading: heading(),
        rows: metrics[1..]
            .iter()
            .map(|m| along::Row {
                title: front_reading::rate(m, metrics[0]),
                format: format(m),
                points: (0..3).map(|k| (k as f64, estimate(k))).collect(),
            })
            .collect(),
        along: labelled(metrics[0]),
        format: chart::ticks::Format::Plain,
        connected: false,
        note: String::new(),
        limits: [None; 2],
    };
    let best = |m: &&'static crate::measure::metrics::Metric| {
        Sheet::Optimum(optimum::Optimum {
            heading: heading(),
            slices: vec![optimum::Slice {
                title: crate::report::naming::with_unit(paths[0]),
                curve: vec![(0.0, 1.0), (1.0, 2.0)],
                points: Vec::new(),
                band: Vec::new(),
                best: estimate(0),
                note: String::new(),
            }],
            objective: labelled(m),
            format: format(m),
            is_fitted: true,
        })
    };
    let settings = parallel::Parallel {
        heading: heading(),
        ends: ["a".to_owned(), "b".to_owned()],
        panels: vec![parallel::Panel {
            title: String::new(),
            axes: paths
                .iter()
                .map(|path| crate::report::naming::key_with_unit(path))
                .chain(metrics.iter().map(|m| m.label.to_owned()))
                .map(|title| parallel::Axis {
                    title,
                    format: chart::ticks::Format::Plain,
                    names: Vec::new(),
                    log: false,
                })
                .collect(),
            lines: (0..2)
                .map(|k| parallel::Line {
                    shade: 0.5,
                    values: vec![f64::from(k); paths.len() + metrics.len()],
                })
                .collect(),
        }],
    };
    let drivers = tornado::Tornado {
        heading: heading(),
        panels: metrics
            .iter()
            .map(|m| tornado::Panel {
                title: crate::report::frontier::labelled(m),
                format: chart::ticks::Format::Percent,
                bars: crate::report::naming::apart(&paths.map(|path| vec![path.to_owned()]))
                    .into_iter()
                    .map(|label| tornado::Bar {
                        label,
                        whole: estimate(0),
                        alone: Estimate::absent(),
                        is_luck: false,
                        is_clear: true,
                    })
                    .collect(),
            })
            .collect(),
        axis: "Share of the variance".to_owned(),
        of_variance: true,
    };
    let mut sheets = vec![
        Sheet::Metrics(multiples),
        Sheet::Response(responses(1)),
        Sheet::Response(responses(3)),
        Sheet::Frontier(front),
        Sheet::Along(exchange),
        Sheet::Parallel(settings),
        Sheet::Tornado(drivers),
    ];
    sheets.extend(metrics.iter().map(best));
    sheets
}

/// Sheets with every name of an offer.
fn sheets_of_levers() -> Vec<Sheet> {
    use crate::chart::series::Series;
    use crate::chart::{learning_curves, policies};
    use crate::mechanism::Lever::{Bid, Effort, Kickback, Stake};
    let line = || Series {
        name: "community".to_owned(),
        points: (0..4).map(|k| (f64::from(k), Estimate::new(0.1, 0.05, 0.2))).collect(),
    };
    let identity = Identity::of(["auction"])[0];
    let levers = [Some(Bid), Some(Kickback), Some(Stake), Some(Effort), None];
    let names = levers.into_iter().flat_map(|lever| {
        [(true, false), (false, true), (true, true)]
            .into_iter()
            .flat_map(move |units| [true, false].map(|is_drawn| learning::named(lever, is_drawn, units)))
    });
    let panel = |offer_name: String| learning_curves::LearningPanel {
        mechanism: "delegated (time average)".to_owned(),
        identity,
        certified: true,
        offer_name,
        offers: vec![line()],
        gain: vec![Series { name: String::new(), ..line() }],
        bound: Estimate::point(0.004),
    };
    let learned = learning_curves::LearningCurves {
        panels: names.map(panel).collect(),
        tolerance: Some(0.01),
        ..learning_curves::LearningCurves::default()
    };
    let few = learning_curves::LearningCurves { panels: learned.panels[..6].to_vec(), ..learned.clone() };
    let drawn = [
        ("Bid for a whole epoch (ETH)", "Net value of a whole epoch (ETH)"),
        ("Stake (ETH)", "Stake whose cost takes the whole reward (ETH)"),
        ("Kickback for the whole stake (ETH an epoch)", "Net value of a whole epoch (ETH)"),
        ("Effort", "Effort whose cost takes the whole reward"),
    ];
    let offers = drawn.map(|(offer, value)| policies::PolicyPanel {
        mechanism: "delegated (time average)".to_owned(),
        identity,
        certified: true,
        offer_name: offer.to_owned(),
        value_name: value.to_owned(),
        classes: vec![line()],
        theory: Vec::new(),
        diagonal: true,
    });
    let offers = policies::Policies {
        heading: Heading::default(),
        panels: offers.to_vec(),
        format: chart::ticks::Format::Plain,
    };
    vec![Sheet::Learning(learned), Sheet::Learning(few), Sheet::Policies(offers)]
}

#[test]
fn no_name_that_ships_is_cut_at_either_width() {
    use crate::measure::metrics::METRICS;
    let all: Vec<&crate::measure::metrics::Metric> = METRICS.iter().collect();
    let mut sheets = sheets_of_levers();
    sheets.extend(all.chunks(3).filter(|some| some.len() > 1).flat_map(sheets_of));
    for style in [Style::paper(), Style::paper().single()] {
        for sheet in &sheets {
            let figure = match sheet.draw(style) {
                Ok(figure) => figure,
                Err(ChartError::Empty { .. }) => continue,
                Err(error) => panic!("{error}"),
            };
            let (wide, high) = figure.size();
            for text in figure.placed() {
                assert!(!text.text.contains('…'), "{:?}: {text:?}", style.width);
                let is_whole =
                    text.left >= 0.0 && text.right <= wide && text.top >= 0.0 && text.bottom <= high;
                assert!(is_whole, "{:?}: {text:?} leaves {wide} × {high}", style.width);
            }
        }
    }
}

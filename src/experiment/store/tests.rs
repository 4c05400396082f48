use super::*;
use crate::experiment::outcome::{Curve, Outcome, PolicyEntry, UnitKey};
use crate::experiment::unit::UnitPlan;
use std::fs;

const METRICS: [&str; 3] = ["potential_value", "net_surplus", "liveness"];

struct Names {
    contenders: Vec<String>,
    parameters: Vec<String>,
}

impl Names {
    fn new(contenders: &[&str], parameters: &[&str]) -> Self {
        let owned = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
        Self { contenders: owned(contenders), parameters: owned(parameters) }
    }

    fn head<'a>(&'a self, study: &'a str, metrics: &'a [&'static str]) -> StudyHead<'a> {
        StudyHead {
            experiment: "toy",
            engine: crate::experiment::file::ENGINE,
            study,
            resolved: "[experiment]",
            contenders: &self.contenders,
            metrics,
            parameters: &self.parameters,
        }
    }
}

fn plan(design: u32, mechanism: &str, replicate: u32) -> UnitPlan {
    let id = format!(
        "{:0>32}",
        format!("{design}{mechanism}{replicate}")
            .bytes()
            .fold(7_u128, |h, b| (h * 131 + u128::from(b)) % (1 << 100))
    );
    UnitPlan { id, key: UnitKey { design, mechanism: mechanism.to_owned(), replicate }, seed: 11 }
}

fn outcome(x: f64) -> Outcome {
    Outcome {
        metrics: vec![("potential_value", x), ("liveness", f64::NAN)],
        curves: vec![
            Curve { name: "offer".into(), agent: "small".into(), points: vec![(0.0, x), (0.1, 1.0 / 3.0)] },
            Curve { name: "offer".into(), agent: "large".into(), points: vec![] },
            Curve { name: "gain".into(), agent: String::new(), points: vec![(1.0, -0.0)] },
        ],
        policies: vec![
            PolicyEntry {
                agent: "small".into(),
                lever: "bid".into(),
                state: 0.5,
                action: Some(0.25),
                probability: 0.75,
            },
            PolicyEntry {
                agent: "small".into(),
                lever: "bid".into(),
                state: 0.5,
                action: None,
                probability: 0.25,
            },
            PolicyEntry {
                agent: "large".into(),
                lever: "kickback".into(),
                state: x,
                action: Some(0.0),
                probability: 1.0,
            },
        ],
    }
}

fn open(lock: &OutputLock, names: &Names) -> Store {
    Store::create_or_open(lock, &names.head("s", &METRICS)).unwrap()
}

fn values(store: &Store, order: Order) -> Vec<(u32, String, u32, usize, f64)> {
    let mut rows = Vec::new();
    store
        .visit_values(order, |unit| {
            for &(metric, value) in unit.values {
                rows.push((unit.design, unit.mechanism.to_owned(), unit.replicate, metric, value));
            }
            Ok::<_, StoreError>(())
        })
        .unwrap();
    rows
}

#[test]
fn round_trip_of_everything() {
    let root = tempfile::tempdir().unwrap();
    let lock = OutputLock::acquire(root.path()).unwrap();
    let names = Names::new(&["zeta", "alpha"], &["mechanism.zeta.seats", "world.kind"]);
    let mut store = open(&lock, &names);
    assert_eq!(store.opening(), Opening::Created);
    let point = [
        ("mechanism.zeta.seats".to_owned(), DesignValue::Number(5.0)),
        ("world.kind".to_owned(), DesignValue::Text("rollup".into())),
    ];
    store.put_designs([(0, point.to_vec()), (1, point[..1].to_vec())]).unwrap();
    assert!(matches!(
        store.put_designs([(1, vec![("x".into(), DesignValue::Number(1.0))])]),
        Err(StoreError::UnknownParameter(_))
    ));
    let theory = [
        Curve { name: "offer".into(), agent: "small".into(), points: vec![(0.0, 0.0), (1.0, 0.5)] },
        Curve { name: "offer".into(), agent: "large".into(), points: vec![(0.0, 0.1)] },
    ];
    for _ in 0..2 {
        store.put_reference_curves(theory.iter().map(|c| (0, "zeta".to_owned(), c.clone()))).unwrap();
    }
    // Finished in an order that is not that of the tables.
    for (design, name, replicate) in
        [(1, "alpha", 0), (0, "alpha", 1), (0, "zeta", 1), (0, "alpha", 0), (0, "zeta", 0)]
    {
        store.put(&plan(design, name, replicate), Ok(&outcome(f64::from(replicate) + 0.1))).unwrap();
    }
    let big = UnitPlan { seed: u64::MAX, ..plan(1, "zeta", 0) };
    store.put(&big, Err("books, \"short\"")).unwrap();
    store.close().unwrap();

    let store = Store::open_read_only(root.path()).unwrap();
    assert!(!schema::beside(store.path(), "-wal").exists());
    let units = store.units().unwrap();
    let order: Vec<_> =
        units.iter().map(|u| (u.key.design, u.key.mechanism.as_str(), u.key.replicate)).collect();
    assert_eq!(
        order,
        [(0, "zeta", 0), (0, "zeta", 1), (0, "alpha", 0), (0, "alpha", 1), (1, "zeta", 0), (1, "alpha", 0)]
    );
    assert_eq!((units[4].seed, units[4].error.as_deref()), (u64::MAX, Some("books, \"short\"")));
    assert_eq!((units[0].seed, units[0].error.as_deref()), (11, None));
    assert_eq!(store.done_ids().unwrap().len(), 5);
    assert_eq!(store.counts().unwrap(), (5, 1));
    assert_eq!(store.meta("resolved").unwrap().as_deref(), Some("[experiment]"));
    assert_eq!(store.design_values(0).unwrap(), [Some(point[0].1.clone()), Some(point[1].1.clone())]);
    assert_eq!(store.design_values(1).unwrap(), [Some(point[0].1.clone()), None]);
    assert_eq!(store.reference_curves(0, "zeta").unwrap(), theory);

    let first = store.outcome(&plan(0, "zeta", 1).id).unwrap().unwrap().unwrap();
    let expected = outcome(1.1);
    assert_eq!(first.metrics[0], expected.metrics[0]);
    assert_eq!(first.metrics[1].0, "liveness");
    assert!(first.metrics[1].1.is_nan());
    assert_eq!((&first.curves, &first.policies), (&expected.curves, &expected.policies));
    assert_eq!(store.outcome(&big.id).unwrap(), Some(Err("books, \"short\"".to_owned())));
    assert_eq!(store.outcome("none").unwrap(), None);

    let offers = store.curves(0, "alpha", "offer").unwrap();
    assert_eq!(
        offers.iter().map(|c| (c.replicate, c.curve.agent.as_str())).collect::<Vec<_>>(),
        [(0, "small"), (0, "large"), (1, "small"), (1, "large")]
    );
    assert_eq!(store.curve_names().unwrap(), ["gain", "offer"]);
    let policies = store.policies().unwrap();
    assert_eq!(policies.len(), 5);
    assert_eq!(policies[1].key, plan(0, "zeta", 1).key);
    assert_eq!(policies[1].entries, expected.policies);

    let by_contender: Vec<_> =
        values(&store, Order::ByContender).into_iter().map(|r| (r.0, r.1, r.2, r.3)).collect();
    assert_eq!(
        by_contender[..4],
        [
            (0, "zeta".to_owned(), 0, 0),
            (0, "zeta".to_owned(), 0, 2),
            (0, "zeta".to_owned(), 1, 0),
            (0, "zeta".to_owned(), 1, 2)
        ]
    );
    let by_replicate: Vec<_> =
        values(&store, Order::ByReplicate).into_iter().map(|r| (r.0, r.1, r.2)).step_by(2).collect();
    assert_eq!(
        by_replicate,
        [
            (0, "zeta".to_owned(), 0),
            (0, "alpha".to_owned(), 0),
            (0, "zeta".to_owned(), 1),
            (0, "alpha".to_owned(), 1),
            (1, "alpha".to_owned(), 0)
        ]
    );
}

#[test]
fn the_documented_names_answer_queries() {
    let root = tempfile::tempdir().unwrap();
    let lock = OutputLock::acquire(root.path()).unwrap();
    let names = Names::new(&["a", "b"], &["p"]);
    let mut store = open(&lock, &names);
    store.put_designs([(0, vec![("p".into(), DesignValue::Number(0.5))])]).unwrap();
    store.put(&plan(0, "b", 3), Ok(&outcome(2.5))).unwrap();
    store.put(&plan(0, "a", 3), Err("no")).unwrap();
    store.close().unwrap();
    let connection = Connection::open(root.path().join(STORE_FILE)).unwrap();
    let row: (String, f64, String, String) = connection
        .query_row(
            "SELECT u.mechanism || u.design || u.replicate || u.seed || u.status, v.value, u.id, v.unit FROM units u \
             JOIN \"values\" v ON v.unit = u.id WHERE v.metric = 'potential_value'",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        )
        .unwrap();
    assert_eq!(row, ("b0311done".into(), 2.5, plan(0, "b", 3).id, plan(0, "b", 3).id));
    let error: String = connection
        .query_row("SELECT error FROM units WHERE status = 'failed'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(error, "no");
    let swept: f64 = connection
        .query_row("SELECT value FROM designs WHERE design = 0 AND path = 'p'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(swept, 0.5);
}

#[test]
fn a_failed_unit_is_replaced_when_it_succeeds() {
    let root = tempfile::tempdir().unwrap();
    let lock = OutputLock::acquire(root.path()).unwrap();
    let mut store = open(&lock, &Names::new(&["a"], &[]));
    store.put(&plan(0, "a", 0), Err("no")).unwrap();
    store.put(&plan(0, "a", 0), Ok(&outcome(1.0))).unwrap();
    store.put(&plan(0, "a", 0), Ok(&outcome(2.0))).unwrap();
    assert_eq!(store.counts().unwrap(), (1, 0));
    assert_eq!(store.curves(0, "a", "offer").unwrap().len(), 2);
    assert_eq!(values(&store, Order::ByContender)[0].4, 2.0);
}

#[test]
fn unknown_names_are_refused_and_nothing_is_stored() {
    let root = tempfile::tempdir().unwrap();
    let lock = OutputLock::acquire(root.path()).unwrap();
    let mut store = open(&lock, &Names::new(&["a"], &[]));
    assert!(
        matches!(store.put(&plan(0, "b", 0), Ok(&outcome(1.0))), Err(StoreError::UnknownContender(n)) if n == "b")
    );
    let odd = Outcome { metrics: vec![("liveness", 1.0), ("odd", 1.0)], ..Outcome::default() };
    assert!(matches!(store.put(&plan(0, "a", 0), Ok(&odd)), Err(StoreError::UnknownMetric(n)) if n == "odd"));
    assert!(store.units().unwrap().is_empty());
}

/// Copies the store's files as a kill would leave them: no checkpoint, no closing.
fn copy_as_killed(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name().to_string_lossy().starts_with(STORE_FILE) {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[test]
fn nothing_committed_is_lost_in_a_kill() {
    let root = tempfile::tempdir().unwrap();
    let names = Names::new(&["a"], &[]);
    let lock = OutputLock::acquire(&root.path().join("live")).unwrap();
    let mut store = open(&lock, &names);
    let mut copies = Vec::new();
    for replicate in 0..40 {
        store.put(&plan(0, "a", replicate), Ok(&outcome(1.0))).unwrap();
        if replicate % 13 == 5 {
            let target = root.path().join(format!("copy{replicate}"));
            fs::create_dir(&target).unwrap();
            copy_as_killed(lock.directory(), &target);
            copies.push((target, replicate as usize + 1));
        }
    }
    for (directory, expected) in copies {
        assert!(schema::has_bytes(&schema::beside(&directory.join(STORE_FILE), "-wal")));
        // The reader looks first, as `plot` would on a killed run.
        assert_eq!(Store::open_read_only(&directory).unwrap().done_ids().unwrap().len(), expected);
        let lock = OutputLock::acquire(&directory).unwrap();
        let store = open(&lock, &names);
        assert_eq!(store.opening(), Opening::Continued);
        assert_eq!(store.done_ids().unwrap().len(), expected);
        store.close().unwrap();
    }
}

#[test]
fn units_that_share_a_commit_are_whole_and_survive_a_unit_that_fails() {
    let root = tempfile::tempdir().unwrap();
    let lock = OutputLock::acquire(root.path()).unwrap();
    let mut store = open(&lock, &Names::new(&["a"], &[]));
    store.set_linger(Duration::from_secs(3600));
    store.put(&plan(0, "a", 0), Ok(&outcome(1.0))).unwrap();
    // The same metric twice breaks the key in the middle of the unit.
    let twice = Outcome { metrics: vec![("liveness", 1.0), ("liveness", 2.0)], ..Outcome::default() };
    let reader = Store::open_read_only(root.path()).unwrap();
    assert_eq!(reader.units().unwrap().len(), 0);
    assert_eq!(store.status(&plan(0, "a", 0).id).unwrap(), Some(Status::Done));
    assert!(matches!(store.put(&plan(0, "a", 1), Ok(&twice)), Err(StoreError::Sqlite { .. })));
    assert_eq!(reader.units().unwrap().len(), 1);
    store.put(&plan(0, "a", 2), Ok(&outcome(1.0))).unwrap();
    store.set_meta("key", "value").unwrap();
    assert_eq!(reader.units().unwrap().len(), 2);
    drop(store);
    assert_eq!(reader.counts().unwrap(), (2, 0));
}

#[test]
fn a_torn_log_keeps_what_is_whole() {
    let root = tempfile::tempdir().unwrap();
    let names = Names::new(&["a"], &[]);
    let lock = OutputLock::acquire(&root.path().join("live")).unwrap();
    let mut store = open(&lock, &names);
    for replicate in 0..20 {
        store.put(&plan(0, "a", replicate), Ok(&outcome(1.0))).unwrap();
    }
    let target = root.path().join("torn");
    fs::create_dir(&target).unwrap();
    copy_as_killed(lock.directory(), &target);
    let log = schema::beside(&target.join(STORE_FILE), "-wal");
    let bytes = fs::read(&log).unwrap();
    fs::write(&log, &bytes[..bytes.len() - 5000]).unwrap();
    let store = open(&OutputLock::acquire(&target).unwrap(), &names);
    let kept = store.done_ids().unwrap().len();
    assert!((15..20).contains(&kept), "{kept}");
}

#[test]
fn a_reader_may_look_on() {
    let root = tempfile::tempdir().unwrap();
    let lock = OutputLock::acquire(root.path()).unwrap();
    let mut store = open(&lock, &Names::new(&["a"], &[]));
    store.put(&plan(0, "a", 0), Ok(&outcome(1.0))).unwrap();
    let reader = Store::open_read_only(root.path()).unwrap();
    assert_eq!(reader.units().unwrap().len(), 1);
    store.put(&plan(0, "a", 1), Ok(&outcome(1.0))).unwrap();
    assert_eq!(reader.units().unwrap().len(), 2);
    store.close().unwrap();
    assert_eq!(reader.units().unwrap().len(), 2);
}

/// Tries both ways of opening, and checks that the file stays as it is.
fn refused(directory: &Path, is_expected: impl Fn(&StoreError) -> bool) {
    let path = directory.join(STORE_FILE);
    let before = fs::read(&path).unwrap();
    let lock = OutputLock::acquire(directory).unwrap();
    let names = Names::new(&["a"], &[]);
    for error in [
        Store::create_or_open(&lock, &names.head("s", &METRICS)).unwrap_err(),
        Store::open_read_only(directory).unwrap_err(),
    ] {
        assert!(is_expected(&error), "{error:?}");
        assert!(error.to_string().contains(STORE_FILE), "{error}");
    }
    assert!(fs::read(&path).unwrap() == before, "the file was touched");
}

fn filled(directory: &Path) -> PathBuf {
    let lock = OutputLock::acquire(directory).unwrap();
    let mut store = open(&lock, &Names::new(&["a"], &[]));
    for replicate in 0..200 {
        store.put(&plan(0, "a", replicate), Ok(&outcome(1.0))).unwrap();
    }
    store.close().unwrap();
    directory.join(STORE_FILE)
}

#[test]
fn a_store_cut_anywhere_is_refused_untouched() {
    let root = tempfile::tempdir().unwrap();
    let path = filled(root.path());
    let whole = fs::read(&path).unwrap();
    for length in [1, 50, 100, 4096, whole.len() / 2, whole.len() - 1] {
        fs::write(&path, &whole[..length]).unwrap();
        refused(root.path(), |e| matches!(e, StoreError::Truncated { .. }));
    }
    fs::write(&path, &whole).unwrap();
    assert_eq!(Store::open_read_only(root.path()).unwrap().units().unwrap().len(), 200);
}

#[test]
fn a_store_overwritten_in_the_middle_is_refused_untouched() {
    let root = tempfile::tempdir().unwrap();
    let path = filled(root.path());
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 8192 * 4096;
    bytes[middle..middle + 4096].fill(0xa5);
    fs::write(&path, bytes).unwrap();
    refused(root.path(), |e| matches!(e, StoreError::Damaged { .. }));
}

#[test]
fn foreign_files_and_other_versions_are_refused_untouched() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join(STORE_FILE);
    fs::write(&path, "a,b\n1,2\n".repeat(100)).unwrap();
    refused(root.path(), |e| matches!(e, StoreError::Foreign(_)));
    fs::remove_file(&path).unwrap();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE t(x)").unwrap();
    refused(root.path(), |e| matches!(e, StoreError::Foreign(_)));
    fs::remove_file(&path).unwrap();
    filled(root.path());
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    refused(root.path(), |e| matches!(e, StoreError::Version { found: 99, .. }));
}

#[test]
fn an_empty_file_is_a_store_not_yet_begun() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join(STORE_FILE), "").unwrap();
    assert!(matches!(Store::open_read_only(root.path()), Err(StoreError::Missing(_))));
    let lock = OutputLock::acquire(root.path()).unwrap();
    assert_eq!(open(&lock, &Names::new(&["a"], &[])).opening(), Opening::Created);
}

#[test]
fn discarding_leaves_nothing() {
    let root = tempfile::tempdir().unwrap();
    filled(root.path());
    let lock = OutputLock::acquire(root.path()).unwrap();
    Store::discard(&lock).unwrap();
    Store::discard(&lock).unwrap();
    assert_eq!(open(&lock, &Names::new(&["a"], &[])).opening(), Opening::Created);
}

#[test]
fn a_changed_study_keeps_results_by_content() {
    let root = tempfile::tempdir().unwrap();
    let lock = OutputLock::acquire(root.path()).unwrap();
    let mut store = open(&lock, &Names::new(&["a", "b"], &[]));
    for replicate in 0..3 {
        store.put(&plan(0, "a", replicate), Ok(&outcome(f64::from(replicate)))).unwrap();
        store.put(&plan(0, "b", replicate), Ok(&outcome(9.0))).unwrap();
    }
    store.put(&plan(0, "b", 3), Err("no")).unwrap();
    store.close().unwrap();

    // `a` is now called `c` and comes second; replicate 0 of `b` is gone; the metric list has grown at the front.
    let names = Names::new(&["b", "c"], &[]);
    let metrics = ["new", "liveness", "potential_value"];
    let mut store = Store::create_or_open(&lock, &names.head("t", &metrics)).unwrap();
    assert_eq!(store.opening(), Opening::Changed);
    assert!(store.units().unwrap().is_empty());
    let mut plans: Vec<_> = (1..4).map(|replicate| plan(0, "b", replicate)).collect();
    for replicate in 0..4 {
        let mut renamed = plan(0, "a", replicate);
        renamed.key.mechanism = "c".into();
        plans.push(renamed);
    }
    assert_eq!(store.retain(&plans).unwrap(), Retained { kept: 5, missing: 2, dropped: 1 });
    assert_eq!(store.counts().unwrap(), (5, 1));
    let rows = values(&store, Order::ByContender);
    assert_eq!(rows.len(), 10);
    assert_eq!((rows[4].1.as_str(), rows[4].2, rows[4].3), ("c", 0, 1));
    assert!(rows[4].4.is_nan());
    assert_eq!((rows[7].2, rows[7].3, rows[7].4), (1, 2, 1.0));
    assert_eq!(store.metrics(), ["new", "liveness", "potential_value", "net_surplus"]);
    store.close().unwrap();
    let store = Store::create_or_open(&lock, &names.head("t", &metrics)).unwrap();
    assert_eq!(store.opening(), Opening::Continued);
    assert_eq!(store.counts().unwrap(), (5, 1));
}

#[test]
fn one_content_at_two_addresses_is_stored_once() {
    let root = tempfile::tempdir().unwrap();
    let lock = OutputLock::acquire(root.path()).unwrap();
    let mut store = open(&lock, &Names::new(&["a"], &[]));
    let first = plan(0, "a", 0);
    let second = UnitPlan { key: plan(7, "a", 0).key, ..first.clone() };
    assert_eq!(store.place(&second).unwrap(), None);
    store.put(&first, Ok(&outcome(1.0))).unwrap();
    assert_eq!(store.place(&second).unwrap(), Some(Status::Done));
    assert_eq!(store.place(&second).unwrap(), Some(Status::Done));
    assert_eq!(store.done_ids().unwrap().len(), 1);
    assert_eq!(store.units().unwrap().len(), 2);
    assert_eq!(store.designs().unwrap(), [0, 7]);
    assert_eq!(values(&store, Order::ByContender).len(), 4);
    assert_eq!(store.drop_unplaced().unwrap(), 0);
}

#[test]
fn a_metric_value_takes_at_most_forty_bytes() {
    let names: Vec<&'static str> =
        (0..30).map(|i| &*Box::leak(format!("metric_{i}").into_boxed_str())).collect();
    let root = tempfile::tempdir().unwrap();
    let lock = OutputLock::acquire(root.path()).unwrap();
    let contenders = Names::new(&["auction_rotation", "delegated"], &[]);
    let mut store = Store::create_or_open(&lock, &contenders.head("s", &names)).unwrap();
    // Replicate-major over 50 design points and 2 contenders: 2,000 units.
    for replicate in 0..20 {
        for design in 0..50 {
            for name in ["auction_rotation", "delegated"] {
                let metrics =
                    names.iter().map(|n| (*n, 1.0 / f64::from(replicate * 97 + design + 3))).collect();
                store
                    .put(&plan(design, name, replicate), Ok(&Outcome { metrics, ..Outcome::default() }))
                    .unwrap();
            }
        }
    }
    assert_eq!(store.done_ids().unwrap().len(), 2000);
    store.close().unwrap();
    let bytes = fs::metadata(root.path().join(STORE_FILE)).unwrap().len() as f64 / 60_000.0;
    println!("{bytes:.1} bytes per value");
    assert!(bytes <= 40.0, "{bytes} bytes per value");
}

#[test]
fn designs_and_some_metrics_are_read_as_all_are() {
    let root = tempfile::tempdir().unwrap();
    let lock = OutputLock::acquire(root.path()).unwrap();
    let names = Names::new(&["a", "b"], &["p", "q", "r"]);
    let mut store = open(&lock, &names);
    let value = |name: &str, x: f64| (name.to_owned(), DesignValue::Number(x));
    // Point 0 stays as written; point 2 has no unit.
    let points = [
        (0, vec![]),
        (1, vec![value("p", 1.0), value("r", 2.0)]),
        (2, vec![value("q", 3.0)]),
        (3, vec![value("q", 4.0)]),
    ];
    store.put_designs(points).unwrap();
    for design in [0, 1, 3] {
        store.put(&plan(design, "a", 0), Ok(&outcome(f64::from(design)))).unwrap();
        store.put(&plan(design, "b", 0), Ok(&outcome(f64::from(design) + 0.5))).unwrap();
    }
    let designs = store.designs().unwrap();
    let mut walked = Vec::new();
    store.visit_designs(&designs, |values| walked.push(values)).unwrap();
    let single: Vec<_> = designs.iter().map(|&design| store.design_values(design).unwrap()).collect();
    assert_eq!((&designs, &walked), (&vec![0, 1, 3], &single));
    // By columns: absent, or as written.
    let columns = store.columns(&designs, None).unwrap();
    let Column::Numbers(p) = &columns[0] else { panic!() };
    assert!(p[0].is_nan() && p[1] == 1.0 && p[2].is_nan());
    let written = [DesignValue::Number(9.0), DesignValue::Text("x".to_owned()), DesignValue::Number(9.0)];
    let columns = store.columns(&designs, Some(&written)).unwrap();
    assert_eq!(columns[0], Column::Numbers(vec![9.0, 1.0, 9.0]));
    let levels = vec![DesignValue::Text("x".to_owned()), DesignValue::Number(4.0)];
    assert_eq!(columns[1], Column::Named(vec![Some(0), Some(0), Some(1)], levels));
    // One metric of three: units are all shown, with that value.
    for order in [Order::ByContender, Order::ByReplicate, Order::AsRun] {
        let all: Vec<_> = values(&store, order).into_iter().filter(|row| row.3 == 0).collect();
        let mut some = Vec::new();
        store
            .visit_values_on(&[0], order, |unit| {
                assert_eq!(unit.values.len(), 1);
                some.push((unit.design, unit.mechanism.to_owned(), unit.replicate, 0, unit.values[0].1));
                Ok::<_, StoreError>(())
            })
            .unwrap();
        assert_eq!(some, all);
    }
}

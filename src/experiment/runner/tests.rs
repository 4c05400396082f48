use super::*;
use crate::experiment::lock::OutputLock;
use crate::experiment::outcome::{Curve, UnitKey};
use crate::experiment::progress::Silent;
use crate::experiment::store::StudyHead;
use crate::experiment::tables;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;

const METRICS: [&str; 2] = ["first", "second"];
static CALM: AtomicBool = AtomicBool::new(false);

fn options(threads: usize) -> RunOptions<'static> {
    RunOptions { threads, on_error: OnError::Continue, queue_width: 8, deadline: None, interrupted: &CALM }
}

fn plan(design: u32, mechanism: &str, replicate: u32) -> UnitPlan {
    let key = UnitKey { design, mechanism: mechanism.to_owned(), replicate };
    UnitPlan { id: format!("{design}/{mechanism}/{replicate}"), key, seed: 5 }
}

fn plans() -> Vec<UnitPlan> {
    let mut plans = Vec::new();
    for design in 0..4 {
        for name in ["b", "a"] {
            plans.extend((0..6).map(|replicate| plan(design, name, replicate)));
        }
    }
    plans
}

fn with_store<T>(directory: &Path, act: impl FnOnce(&mut Store) -> T) -> T {
    let lock = OutputLock::acquire(directory).unwrap();
    let contenders = ["b".to_owned(), "a".to_owned()];
    let head = StudyHead {
        experiment: "toy",
        engine: crate::experiment::file::ENGINE,
        study: "s",
        resolved: "",
        contenders: &contenders,
        metrics: &METRICS,
        parameters: &[],
    };
    let mut store = Store::create_or_open(&lock, &head).unwrap();
    let result = act(&mut store);
    tables::write_all(&store, directory, 0.01).unwrap();
    store.close().unwrap();
    result
}

/// A number that depends on the address alone, after a time that does not.
fn toy(plan: &UnitPlan) -> Outcome {
    let k = &plan.key;
    std::thread::sleep(Duration::from_micros(u64::from((k.design * 7 + k.replicate * 13) % 5) * 300));
    let x = f64::from(k.design) / 3.0 + f64::from(k.replicate) / 7.0;
    let curves = vec![Curve { name: "c".into(), agent: k.mechanism.clone(), points: vec![(0.0, x)] }];
    Outcome { metrics: vec![("first", x), ("second", -0.0)], curves, policies: vec![] }
}

fn tables_of(directory: &Path) -> Vec<Vec<u8>> {
    ["results.csv", "summary.csv", "comparison.csv", "policies.csv"]
        .map(|name| std::fs::read(directory.join(name)).unwrap())
        .to_vec()
}

fn reference() -> Vec<Vec<u8>> {
    let root = tempfile::tempdir().unwrap();
    let summary = with_store(root.path(), |store| {
        run(&mut Planned::new(plans()), &|plan| Ok(toy(plan)), store, &options(1), &mut Silent).unwrap()
    });
    assert_eq!(summary, RunSummary { done: 48, ..RunSummary::default() });
    tables_of(root.path())
}

#[test]
fn tables_do_not_depend_on_threads() {
    let one = reference();
    for threads in [2, 5] {
        let root = tempfile::tempdir().unwrap();
        with_store(root.path(), |store| {
            run(&mut Planned::new(plans()), &|plan| Ok(toy(plan)), store, &options(threads), &mut Silent)
                .unwrap()
        });
        assert!(tables_of(root.path()) == one);
    }
}

#[test]
fn interrupted_runs_resume_to_the_same_bytes_and_compute_nothing_twice() {
    let whole = reference();
    let root = tempfile::tempdir().unwrap();
    let computed = AtomicUsize::new(0);
    let mut rounds = 0;
    loop {
        let stop = AtomicBool::new(false);
        let here = AtomicUsize::new(0);
        let work = |plan: &UnitPlan| {
            computed.fetch_add(1, Ordering::SeqCst);
            if here.fetch_add(1, Ordering::SeqCst) == 9 {
                stop.store(true, Ordering::SeqCst);
            }
            Ok(toy(plan))
        };
        let options = RunOptions { interrupted: &stop, ..options(2) };
        let summary = with_store(root.path(), |store| {
            run(&mut Planned::new(plans()), &work, store, &options, &mut Silent).unwrap()
        });
        rounds += 1;
        if !summary.stopped_early {
            assert_eq!(summary.done + summary.reused, 48);
            break;
        }
        assert!((10..=11).contains(&summary.done), "{summary:?}");
    }
    assert!(rounds >= 4);
    assert_eq!(computed.into_inner(), 48);
    assert!(tables_of(root.path()) == whole);
}

#[test]
fn a_deadline_starts_nothing_new() {
    let root = tempfile::tempdir().unwrap();
    let options = RunOptions { deadline: Some(Instant::now()), ..options(2) };
    let summary = with_store(root.path(), |store| {
        run(&mut Planned::new(plans()), &|plan| Ok(toy(plan)), store, &options, &mut Silent).unwrap()
    });
    assert_eq!(summary, RunSummary { stopped_early: true, ..RunSummary::default() });
    let late = RunOptions { deadline: Some(Instant::now() + Duration::from_millis(3)), ..options };
    let summary = with_store(root.path(), |store| {
        run(&mut Planned::new(plans()), &|plan| Ok(toy(plan)), store, &late, &mut Silent).unwrap()
    });
    assert!(summary.stopped_early && summary.done < 48);
}

#[test]
fn a_stopped_run_is_a_balanced_smaller_study() {
    let order: Vec<_> = {
        let mut study = Planned::new(plans());
        std::iter::from_fn(|| study.ask()).map(|p| (p.key.replicate, p.key.design, p.key.mechanism)).collect()
    };
    assert_eq!(order[..3], [(0, 0, "b".to_owned()), (0, 0, "a".to_owned()), (0, 1, "b".to_owned())]);
    assert!(order.is_sorted_by_key(|(replicate, _, _)| *replicate));
}

#[test]
fn failures_and_panics_are_rows_and_are_tried_again() {
    let root = tempfile::tempdir().unwrap();
    let flaky = |plan: &UnitPlan| match (plan.key.design, plan.key.replicate) {
        (1, 2) => Err("books do not balance".to_owned()),
        (2, 3) => panic!("index {} out of range", 12),
        _ => Ok(toy(plan)),
    };
    let summary = with_store(root.path(), |store| {
        let summary = run(&mut Planned::new(plans()), &flaky, store, &options(2), &mut Silent).unwrap();
        let failed: Vec<_> =
            store.units().unwrap().into_iter().filter_map(|u| u.error.map(|e| (u.key, e, u.seed))).collect();
        assert_eq!(failed.len(), 4);
        assert_eq!(failed[0], (plan(1, "b", 2).key, "books do not balance".to_owned(), 5));
        assert!(failed[2].1.starts_with("panicked: index 12 out of range (src/"), "{}", failed[2].1);
        summary
    });
    assert_eq!(summary, RunSummary { done: 44, failed: 4, ..RunSummary::default() });
    let summary = with_store(root.path(), |store| {
        run(&mut Planned::new(plans()), &|plan| Ok(toy(plan)), store, &options(2), &mut Silent).unwrap()
    });
    assert_eq!(summary, RunSummary { done: 4, reused: 44, ..RunSummary::default() });
    assert!(tables_of(root.path()) == reference());
}

#[test]
fn a_failure_can_stop_the_run() {
    let root = tempfile::tempdir().unwrap();
    let options = RunOptions { on_error: OnError::Stop, ..options(1) };
    let fails = |plan: &UnitPlan| if plan.key.replicate == 2 { Err("no".to_owned()) } else { Ok(toy(plan)) };
    let summary = with_store(root.path(), |store| {
        run(&mut Planned::new(plans()), &fails, store, &options, &mut Silent).unwrap()
    });
    assert!(summary.stopped_early);
    assert!((1..=2).contains(&summary.failed), "{summary:?}");
    assert!((16..=17).contains(&(summary.done + summary.failed)), "{summary:?}");
}

/// Asks up to four units a generation; what it asks depends on every result told so far.
#[derive(Default)]
struct Climber {
    asked: u32,
    told: u32,
    sum: f64,
    log: Vec<(u32, String)>,
}

impl Study for Climber {
    fn ask(&mut self) -> Option<UnitPlan> {
        if self.asked == 40 || (self.asked.is_multiple_of(4) && self.asked > self.told) {
            return None;
        }
        let replicate = (self.sum * 1000.0) as u32 % 1000;
        self.log.push((self.told, format!("ask {} {replicate}", self.asked)));
        self.asked += 1;
        Some(plan(self.asked, "a", replicate))
    }

    fn tell(&mut self, plan: &UnitPlan, result: Result<&Outcome, &str>) {
        self.told += 1;
        self.sum = 0.9 * self.sum + result.unwrap().metrics[0].1;
        self.log.push((self.told, format!("tell {} {}", plan.id, self.sum)));
    }
}

#[test]
fn a_learning_study_sees_the_same_history_for_any_threads_and_from_the_store() {
    let root = tempfile::tempdir().unwrap();
    let climb = |directory: &Path, threads: usize| {
        let mut study = Climber::default();
        let summary = with_store(directory, |store| {
            run(&mut study, &|plan| Ok(toy(plan)), store, &options(threads), &mut Silent).unwrap()
        });
        assert_eq!(study.told, 40);
        (study.log, summary)
    };
    let (one, first) = climb(&root.path().join("one"), 1);
    let (three, _) = climb(&root.path().join("three"), 3);
    let (again, second) = climb(&root.path().join("one"), 2);
    assert_eq!((first.done, second.reused), (40, 40));
    assert_eq!(one, three);
    assert_eq!(one, again);
}

/// Keeps the queue full and notes how many tells came before each ask.
struct Counter {
    asked: u32,
    told: Vec<u32>,
    history: Vec<usize>,
}

impl Study for Counter {
    fn ask(&mut self) -> Option<UnitPlan> {
        (self.asked < 30).then(|| {
            self.asked += 1;
            self.history.push(self.told.len());
            plan(0, "a", self.asked - 1)
        })
    }

    fn tell(&mut self, plan: &UnitPlan, _: Result<&Outcome, &str>) {
        self.told.push(plan.key.replicate);
    }
}

#[test]
fn tells_follow_asks_in_order_at_a_fixed_distance() {
    for threads in [1, 4] {
        let root = tempfile::tempdir().unwrap();
        let mut study = Counter { asked: 0, told: vec![], history: vec![] };
        with_store(root.path(), |store| {
            run(&mut study, &|plan| Ok(toy(plan)), store, &options(threads), &mut Silent).unwrap()
        });
        assert_eq!(study.told, (0..30).collect::<Vec<_>>());
        assert_eq!(study.history, (0..30_usize).map(|n| n.saturating_sub(7)).collect::<Vec<_>>());
    }
}

#[test]
fn one_content_at_many_addresses_is_computed_once() {
    let root = tempfile::tempdir().unwrap();
    let seen = Mutex::new(BTreeSet::new());
    let work = |plan: &UnitPlan| {
        assert!(seen.lock().unwrap().insert(plan.id.clone()), "computed twice");
        if plan.key.replicate == 1 { Err("no".to_owned()) } else { Ok(toy(plan)) }
    };
    let mut plans = plans();
    for plan in &mut plans {
        if plan.key.mechanism == "b" {
            plan.id = format!("b{}", plan.key.replicate);
        }
    }
    let summary = with_store(root.path(), |store| {
        let summary = run(&mut Planned::new(plans), &work, store, &options(2), &mut Silent).unwrap();
        assert_eq!(store.units().unwrap().len(), 48);
        summary
    });
    // Replicate 1 fails: once for `b` and told at four design points, once for each of the four of `a`.
    assert_eq!(summary, RunSummary { done: 25, shared: 15, failed: 8, ..RunSummary::default() });
}

#[test]
fn a_store_that_fails_ends_the_run_with_its_error() {
    let root = tempfile::tempdir().unwrap();
    let odd = |_: &UnitPlan| Ok(Outcome { metrics: vec![("odd", 1.0)], ..Outcome::default() });
    let error = with_store(root.path(), |store| {
        run(&mut Planned::new(plans()), &odd, store, &options(2), &mut Silent).unwrap_err()
    });
    assert!(matches!(error, RunError::Store(StoreError::UnknownMetric(_))));
}

/// Names of the variables that make a test the process to be killed.
const KILLED: &str = "SEQUENCER_LAB_TEST_KILLED";

/// Units of five milliseconds on two threads, each of which leaves a line when it starts and one when it ends.
fn logged(directory: &Path) -> RunSummary {
    use std::io::Write;
    let log = std::fs::OpenOptions::new().create(true).append(true).open(directory.join("log")).unwrap();
    let plans: Vec<UnitPlan> = (0..400).map(|replicate| plan(0, "a", replicate)).collect();
    with_store(directory, |store| {
        let work = |plan: &UnitPlan| {
            // A short line is appended whole.
            writeln!(&log, "start {}", plan.id).unwrap();
            std::thread::sleep(Duration::from_millis(5));
            writeln!(&log, "end {}", plan.id).unwrap();
            Ok(toy(plan))
        };
        run(&mut Planned::new(plans), &work, store, &options(2), &mut Silent).unwrap()
    })
}

#[test]
fn runs_until_it_is_killed() {
    if let Ok(directory) = std::env::var(KILLED) {
        logged(Path::new(&directory));
    }
}

#[test]
fn a_kill_costs_units_in_flight_and_what_finished_last() {
    let root = tempfile::tempdir().unwrap();
    let kills = 12;
    for kill in 0..kills {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["experiment::runner::tests::runs_until_it_is_killed", "--exact"])
            .env(KILLED, root.path())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let lines = || std::fs::read_to_string(root.path().join("log")).unwrap_or_default().lines().count();
        let before = lines();
        while lines() < before + 40 {
            assert!(child.try_wait().unwrap().is_none(), "ended by itself");
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(kill));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let summary = logged(root.path());
    assert_eq!(summary.done + summary.reused, 400);
    let log = std::fs::read_to_string(root.path().join("log")).unwrap();
    let twice = |what: &str| {
        let all: Vec<&str> = log.lines().filter(|line| line.starts_with(what)).collect();
        all.len() - all.iter().collect::<BTreeSet<_>>().len()
    };
    // A kill finds two units in flight, and in 20 milliseconds eight finish; half as many again where the system is slow to let the desk
    // commit.
    assert!(twice("start") > 0, "no kill cost anything");
    assert!(twice("start") <= kills as usize * (2 + 12), "{} of {kills} kills", twice("start"));
    assert!(twice("end") <= kills as usize * 12, "{} of {kills} kills", twice("end"));
}

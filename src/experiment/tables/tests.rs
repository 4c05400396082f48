use super::*;
use crate::experiment::lock::OutputLock;
use crate::experiment::outcome::{Outcome, PolicyEntry, UnitKey};
use crate::experiment::store::StudyHead;
use crate::experiment::unit::UnitPlan;

#[test]
fn numbers_are_the_shortest_that_read_back() {
    for (value, text) in [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-1.5, "-1.5"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1.0 / 3.0, "0.3333333333333333"),
        (1e-6, "0.000001"),
        (9.5e-7, "9.5e-7"),
        (123_456_789_012_345_680.0, "1.2345678901234568e17"),
        (1e15, "1000000000000000"),
        (1e16, "1e16"),
        (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
        (5e-324, "5e-324"),
        (f64::MAX, "1.7976931348623157e308"),
        (f64::NAN, "NaN"),
        (-f64::NAN, "NaN"),
        (f64::INFINITY, "inf"),
        (f64::NEG_INFINITY, "-inf"),
    ] {
        assert_eq!(format_number(value), text);
        if value.is_finite() {
            assert_eq!(text.parse::<f64>().unwrap(), value);
        }
    }
}

#[test]
fn text_is_quoted_only_where_needed() {
    for (text, cell) in [
        ("plain", "plain"),
        ("a,b", "\"a,b\""),
        ("say \"x\"", "\"say \"\"x\"\"\""),
        ("two\nlines", "\"two\nlines\""),
        ("cr\r", "\"cr\r\""),
        (" edge", "\" edge\""),
        ("größer", "größer"),
        ("", ""),
    ] {
        assert_eq!(quote(text), cell);
    }
}

const METRICS: [&str; 3] = ["m1", "m2", "m3"];

fn plan(design: u32, mechanism: &str, replicate: u32) -> UnitPlan {
    let key = UnitKey { design, mechanism: mechanism.to_owned(), replicate };
    UnitPlan { id: format!("{design}/{mechanism}/{replicate}"), key, seed: 1 }
}

fn metrics(values: &[(&'static str, f64)]) -> Outcome {
    Outcome { metrics: values.to_vec(), ..Outcome::default() }
}

#[test]
fn tables_by_hand() {
    let root = tempfile::tempdir().unwrap();
    let lock = OutputLock::acquire(root.path()).unwrap();
    let contenders = ["zeta".to_owned(), "al,pha".to_owned()];
    let parameters = ["mechanism.zeta.seats".to_owned(), "world.kind".to_owned()];
    let head = StudyHead {
        experiment: "toy",
        engine: crate::experiment::file::ENGINE,
        study: "s",
        resolved: "",
        contenders: &contenders,
        metrics: &METRICS,
        parameters: &parameters,
    };
    let mut store = Store::create_or_open(&lock, &head).unwrap();
    let seats = |n| ("mechanism.zeta.seats".to_owned(), DesignValue::Number(n));
    let kind = ("world.kind".to_owned(), DesignValue::Text("a b".into()));
    store.put_designs([(0, vec![seats(5.0), kind]), (1, vec![seats(0.5)])]).unwrap();
    store.put(&plan(0, "al,pha", 1), Ok(&metrics(&[("m1", 2.0), ("m3", 1.0)]))).unwrap();
    store.put(&plan(0, "al,pha", 0), Ok(&metrics(&[("m1", 1.0), ("m3", 1.0)]))).unwrap();
    store.put(&plan(0, "zeta", 2), Ok(&metrics(&[("m1", 100.0)]))).unwrap();
    store.put(&plan(0, "zeta", 1), Ok(&metrics(&[("m1", 4.0), ("m2", f64::NAN)]))).unwrap();
    store.put(&plan(0, "al,pha", 2), Err("failed")).unwrap();
    let policies = vec![
        PolicyEntry {
            agent: "large".into(),
            lever: "bid".into(),
            state: 0.5,
            action: Some(-0.0),
            probability: 0.75,
        },
        PolicyEntry {
            agent: "large".into(),
            lever: "bid".into(),
            state: 0.5,
            action: Some(1.0),
            probability: 0.0,
        },
        PolicyEntry {
            agent: "large".into(),
            lever: "bid".into(),
            state: 0.5,
            action: None,
            probability: 0.25,
        },
    ];
    let learned = Outcome { policies, ..metrics(&[("m1", 2.0), ("m2", -0.0)]) };
    store.put(&plan(0, "zeta", 0), Ok(&learned)).unwrap();
    store.put(&plan(1, "zeta", 0), Ok(&metrics(&[("m2", 1e-9)]))).unwrap();
    let digest = write_all(&store, root.path(), 0.01).unwrap();

    let read = |name: &str| std::fs::read_to_string(root.path().join(name)).unwrap();
    assert_eq!(
        read("results.csv"),
        "design,mechanism,replicate,mechanism.zeta.seats,world.kind,metric,value\n\
         0,zeta,0,5,a b,m1,2\n\
         0,zeta,0,5,a b,m2,0\n\
         0,zeta,1,5,a b,m1,4\n\
         0,zeta,1,5,a b,m2,NaN\n\
         0,zeta,2,5,a b,m1,100\n\
         0,\"al,pha\",0,5,a b,m1,1\n\
         0,\"al,pha\",0,5,a b,m3,1\n\
         0,\"al,pha\",1,5,a b,m1,2\n\
         0,\"al,pha\",1,5,a b,m3,1\n\
         1,zeta,0,0.5,,m2,1e-9\n"
    );
    assert_eq!(digest, super::super::manifest::sha256_of(&root.path().join("results.csv")).unwrap());
    let summary = read("summary.csv");
    let lines: Vec<&str> = summary.lines().collect();
    assert_eq!(lines[0], "design,mechanism,metric,mean,se,ci_low,ci_high,n");
    assert!(lines[1].starts_with("0,zeta,m1,35.333333333333336,32.338"), "{}", lines[1]);
    assert!(lines[1].ends_with(",3"));
    assert_eq!(lines[2], "0,zeta,m2,0,NaN,NaN,NaN,1");
    assert!(lines[3].starts_with("0,\"al,pha\",m1,1.5,0.5,"));
    assert_eq!(lines[4], "0,\"al,pha\",m3,1,0,1,1,2");
    assert_eq!(lines[5], "1,zeta,m2,1e-9,NaN,NaN,NaN,1");
    assert_eq!(lines.len(), 6);

    // Only m1 is common; the replicate whose partner failed does not count: pairs (2, 1) and (4, 2), differences 1
    // and 2. se = 1/2, t = 3 with one degree of freedom: p = 1 − 2 atan(3)/π; var a = 2, var b = var d = 1/2.
    let comparison = read("comparison.csv");
    let lines: Vec<&str> = comparison.lines().collect();
    assert_eq!(
        lines[0],
        "design,metric,a,b,mean_a,mean_b,difference,se,ci_low,ci_high,p_value,variance_reduction"
    );
    assert_eq!(lines.len(), 2);
    assert!(lines[1].starts_with("0,m1,zeta,\"al,pha\",3,1.5,1.5,0.5,-4.853"), "{}", lines[1]);
    let p: f64 = lines[1].rsplit(',').nth(1).unwrap().parse().unwrap();
    assert!((p - 0.204_832_764_699_133_5).abs() < 1e-14, "{p}");
    assert!(lines[1].ends_with(",0.8"));

    assert_eq!(
        read("policies.csv"),
        "design,mechanism,replicate,agent,lever,state,action,probability\n\
         0,zeta,0,large,bid,0.5,0,0.75\n\
         0,zeta,0,large,bid,0.5,NaN,0.25\n"
    );
}

#[test]
fn a_table_that_cannot_be_written_names_its_path() {
    let root = tempfile::tempdir().unwrap();
    let lock = OutputLock::acquire(root.path()).unwrap();
    let head = StudyHead {
        experiment: "toy",
        engine: crate::experiment::file::ENGINE,
        study: "s",
        resolved: "",
        contenders: &[],
        metrics: &METRICS,
        parameters: &[],
    };
    let store = Store::create_or_open(&lock, &head).unwrap();
    let error = write_all(&store, &root.path().join("absent"), 0.01).unwrap_err();
    assert!(error.to_string().ends_with("results.csv"), "{error}");
    write_all(&store, root.path(), 0.01).unwrap();
    assert_eq!(
        std::fs::read_to_string(root.path().join("results.csv")).unwrap(),
        "design,mechanism,replicate,metric,value\n"
    );
}

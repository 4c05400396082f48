//! For any tree: what is resolved is written as a file that reads to the same tree.

use proptest::prelude::*;

use super::*;

/// A table as it might be written: plain values, sub-tables and lists of tables.
#[derive(Clone, Debug)]
enum Tree {
    Leaf(Value),
    Table(Vec<(String, Tree)>),
    Tables(Vec<Vec<(String, Tree)>>),
}

/// Reads a tree whatever its keys: as the domain would, had it the keys of `shape`.
fn read(section: &Section, shape: &[(String, Tree)]) {
    for (key, tree) in shape {
        match tree {
            Tree::Leaf(_) => {
                section.custom_at(key, "anything", |_| Ok(()));
            }
            Tree::Table(entries) => read(&section.table(key).expect("a table"), entries),
            Tree::Tables(list) => {
                let sections = section.tables(key);
                assert_eq!(sections.len(), list.len());
                sections.iter().zip(list).for_each(|(section, entries)| read(section, entries));
            }
        }
    }
}

/// Writes a table as one inline value: another notation than the one under test.
fn inline(entries: &[(String, Tree)]) -> Value {
    let value = |tree: &Tree| match tree {
        Tree::Leaf(value) => value.clone(),
        Tree::Table(entries) => inline(entries),
        Tree::Tables(list) => Value::List(list.iter().map(|entries| inline(entries)).collect()),
    };
    Value::Table(entries.iter().map(|(key, tree)| (key.clone(), value(tree))).collect())
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[a-z_]{1,6}", 1 => "\\PC{0,4}", 1 => any::<String>()]
}

fn unique<T>(entries: Vec<(String, T)>) -> Vec<(String, T)> {
    let mut kept: Vec<(String, T)> = Vec::new();
    for entry in entries {
        // `name` would have to tell the members of a list apart, which is tested elsewhere.
        if entry.0 != "name" && kept.iter().all(|(key, _)| *key != entry.0) {
            kept.push(entry);
        }
    }
    kept
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<f64>().prop_filter("a NaN equals nothing", |number| !number.is_nan()).prop_map(Value::Number),
        any::<i64>().prop_map(Value::Integer),
        any::<bool>().prop_map(Value::Flag),
        any::<String>().prop_map(Value::Text),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            prop::collection::vec((key(), inner), 0..4).prop_map(|entries| Value::Table(unique(entries))),
        ]
    })
}

fn table() -> impl Strategy<Value = Vec<(String, Tree)>> {
    let entries = |tree: BoxedStrategy<Tree>| prop::collection::vec((key(), tree), 0..4).prop_map(unique);
    let tree = value().prop_map(Tree::Leaf).prop_recursive(3, 24, 4, move |inner| {
        let inner = entries(inner.boxed()).boxed();
        prop_oneof![
            inner.clone().prop_map(Tree::Table),
            prop::collection::vec(inner, 0..3).prop_map(Tree::Tables),
        ]
    });
    prop::collection::vec((key(), tree), 1..5)
        .prop_map(unique)
        .prop_filter("not empty", |tree| !tree.is_empty())
}

fn resolve(text: &str, shape: &[(String, Tree)]) -> Resolved {
    let document = Document::parse("a.toml", text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let reader = Reader::new();
    read(&document.root(&reader), shape);
    reader.finish().unwrap_or_else(|error| panic!("{error}\n{text}"))
}

proptest! {
    #[test]
    fn what_is_resolved_reads_to_the_same_tree(shape in table()) {
        let Value::Table(entries) = inline(&shape) else { unreachable!() };
        let lines: Vec<String> = entries
            .iter()
            .map(|(key, value)| Value::Table(vec![(key.clone(), value.clone())]).to_string())
            .map(|line| line[2..line.len() - 2].to_owned() + "\n")
            .collect();
        let first = resolve(&lines.concat(), &shape);
        prop_assert_eq!(first.value(""), Some(inline(&shape)));
        let second = resolve(&first.to_toml(), &shape);
        prop_assert_eq!(&second, &first);
        prop_assert_eq!(second.to_toml(), first.to_toml());
        prop_assert_eq!(second.canonical_json(&[""]), first.canonical_json(&[""]));
    }

    #[test]
    fn typed_parameters_round_trip(seats in 1u64..=12, cost in 0.0f64..f64::MAX, bond in prop::option::of(0.0f64..1e9), name in any::<String>()) {
        let text = format!("[m]\nseats = {seats}\nlive_cost = {cost:?}\nname = {}\n", Value::Text(name.clone()));
        let text = bond.map_or(text.clone(), |bond| format!("{text}bond = {bond:?}\n"));
        let read = |text: &str| {
            let document = Document::parse("a.toml", text).unwrap();
            let reader = Reader::new();
            let m = document.root(&reader).table("m").unwrap();
            let values = (m.integer(&SEATS), m.number(&COST), m.optional_number(&BOND), m.text(&NAME), m.number(&COMMISSION));
            (values, reader.finish().unwrap())
        };
        let (values, resolved) = read(&text);
        prop_assert_eq!(&values, &(seats, cost, bond, name, 0.1));
        prop_assert_eq!(&read(&resolved.to_toml()), &(values, resolved));
    }

    #[test]
    fn no_text_makes_parsing_or_setting_panic(text in any::<String>(), path in any::<String>(), value in any::<String>()) {
        if let Err(wrong) = Document::parse("a.toml", &text) {
            prop_assert!(wrong.to_string().contains("a.toml"));
        }
        let mut document = Document::parse("a.toml", "a = [1, { x = 2 }]\n[b.c]\nd = 1\n").unwrap();
        let _ = document.set(&path, &value);
        let _ = document.set("b.c.d", &value);
        let reader = Reader::new();
        document.root(&reader);
        prop_assert!(!reader.finish().unwrap_err().to_string().is_empty());
    }

    #[test]
    fn no_broken_toml_makes_parsing_panic(text in "([a-c\"'=\\[\\]{}.,#\n\r 1e+-]|é|\\\\){0,40}") {
        if let Err(wrong) = Document::parse("a.toml", &text) {
            prop_assert!(!wrong.to_string().is_empty());
        }
    }
}

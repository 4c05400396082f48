use super::*;

fn sample() -> Resolved {
    let file = "\
[[sequencers]]
value = { discrete = { values = [1, 2.5], weights = [0.5, 0.5] } }
name = \"a\\n\\\"b\\\"\"
[[sequencers]]
name = \"v1.2\"
[mechanism.dpos.governance]
commission = 1
[mechanism.dpos]
seats = 5
";
    let ((), resolved) = read_with(file, |root| {
        for (_, rule) in root.table("mechanism").unwrap().members() {
            rule.number(&COMMISSION);
            rule.table_or_empty("governance").number(&COMMISSION);
            rule.integer(&SEATS);
            rule.optional_number(&BOND);
            assert!(rule.table("absent").is_none());
            rule.table_or_empty("empty").choice(&PRICING);
        }
        for group in root.tables("sequencers") {
            group.text(&NAME);
            group.custom(&VALUE, |_| Ok(()));
        }
        root.flag(&REPLACEMENT);
    });
    resolved.unwrap()
}

#[test]
fn the_resolved_file_holds_everything_in_reading_order() {
    let expected = "\
replacement = true

[mechanism.dpos]
commission = 0.1
seats = 5

[mechanism.dpos.governance]
commission = 1.0

[mechanism.dpos.empty]
pricing = \"first\"

[[sequencers]]
name = \"a\\n\\\"b\\\"\"
value = { discrete = { values = [1, 2.5], weights = [0.5, 0.5] } }

[[sequencers]]
name = \"v1.2\"
";
    assert_eq!(sample().to_toml(), expected);
}

#[test]
fn sub_trees_as_json() {
    let resolved = sample();
    let dpos = serde_json::json!({
        "commission": 0.1, "seats": 5, "governance": { "commission": 1.0 }, "empty": { "pricing": "first" },
    });
    assert_eq!(resolved.to_json("mechanism.dpos"), dpos);
    assert_eq!(resolved.to_json("sequencers.\"v1.2\".name"), "v1.2");
    assert_eq!(resolved.to_json("sequencers.1.name"), "v1.2");
    assert_eq!(resolved.to_json("")["replacement"], true);
    for absent in ["nothing", "sequencers.2", "mechanism.dpos.seats.x", "mechanism.dpos.bond", "a..b"] {
        assert_eq!(resolved.to_json(absent), serde_json::Value::Null, "{absent}");
    }
}

#[test]
fn canonical_json_sorts_and_writes_numbers_alike() {
    assert_eq!(
        sample().canonical_json(&["sequencers", "mechanism.dpos", "absent"]),
        "{\"mechanism.dpos\":{\"commission\":0.1,\"empty\":{\"pricing\":\"first\"},\
         \"governance\":{\"commission\":1},\"seats\":5},\
         \"sequencers\":[{\"name\":\"a\\n\\\"b\\\"\",\"value\":{\"discrete\":{\"values\":[1,2.5],\
         \"weights\":[0.5,0.5]}}},{\"name\":\"v1.2\"}]}"
    );
    let canonical = |value: &str| {
        let (_, resolved) = read_with(&format!("value = {value}"), |root| root.custom(&VALUE, |_| Ok(())));
        resolved.unwrap().canonical_json(&["value"])
    };
    assert_eq!(canonical("5"), "{\"value\":5}");
    assert_eq!(canonical("5.0"), canonical("5"));
    assert_eq!(canonical("-0.0"), canonical("0"));
    assert_eq!(canonical("1e15"), canonical("1000000000000000"));
    assert_eq!(canonical("9.007199254740992e15"), canonical("9007199254740992"));
    assert_eq!(canonical("-9.223372036854775808e18"), canonical("-9223372036854775808"));
    assert_eq!(canonical("1e300"), "{\"value\":1e300}");
    assert_eq!(canonical("1.5e-7"), "{\"value\":1.5e-7}");
    assert_eq!(canonical("0.30000000000000004"), "{\"value\":0.30000000000000004}");
    assert_eq!(canonical("inf"), "{\"value\":\"inf\"}");
    assert_eq!(canonical("{ b = 1, a = 2 }"), canonical("{ a = 2.0, b = 1 }"));
}

#[test]
fn a_missing_table_is_read_as_its_defaults() {
    let (seats, resolved) = read_with("commission = 0.5\n", |root| {
        root.number(&COMMISSION);
        root.table_or_empty("play").integer(&SEATS)
    });
    assert_eq!((seats, resolved.unwrap().to_toml().as_str()), (4, "commission = 0.5\n\n[play]\nseats = 4\n"));
    let text = errors("commission = 0.5\n", |root| _ = root.table_or_empty("play").number(&POWER));
    holds(&text, &["`power` is missing in `play`\n --> dir/a.toml:1:1 (play.power)"]);
}

#[test]
fn domain_defaults_are_echoed_where_absent() {
    let ((), resolved) = read_with("seats = 3\n", |root| {
        root.integer(&SEATS);
        root.custom(&VALUE, |_| Ok(()));
        root.echo("value", Value::Table(vec![("constant".into(), Value::Number(1.0))]));
        root.echo("seats", Value::Integer(9));
        root.echo("extra", Value::Flag(true));
    });
    assert_eq!(resolved.unwrap().to_toml(), "seats = 3\nvalue = { constant = 1.0 }\nextra = true\n");
}

#[test]
fn an_empty_document_gives_the_defaults() {
    let document = Document::empty("defaults");
    let reader = Reader::new();
    assert_eq!(document.root(&reader).integer(&SEATS), 4);
    assert_eq!(reader.finish().unwrap().to_toml(), "seats = 4\n");
    assert_eq!(Reader::new().finish().unwrap().to_toml(), "");
}

#[test]
fn reading_twice_is_resolved_once() {
    let ((), resolved) = read_with("[a]\nseats = 3\n[[s]]\nname = \"x\"\n", |root| {
        for _ in 0..2 {
            root.table("a").unwrap().integer(&SEATS);
            root.tables("s").iter().for_each(|group| _ = group.text(&NAME));
        }
    });
    assert_eq!(resolved.unwrap().to_toml(), "[a]\nseats = 3\n\n[[s]]\nname = \"x\"\n");
}

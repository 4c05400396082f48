use super::*;

#[test]
fn given_values_and_defaults() {
    let text = "commission = 0.25\nseats = 5\npricing = \"vcg\"\nreplacement = false\nname = \"x\"\nbond = 3\n\
                weights = [1, 2.5]\npower = 2\n";
    let ((), result) = read_with(text, |root| {
        assert_eq!(root.number(&COMMISSION), 0.25);
        assert_eq!(root.integer(&SEATS), 5);
        assert_eq!(root.choice(&PRICING), "vcg");
        assert!(!root.flag(&REPLACEMENT));
        assert_eq!(root.text(&NAME), "x");
        assert_eq!(root.optional_number(&BOND), Some(3.0), "a whole number is a number");
        assert_eq!(root.numbers(&WEIGHTS), [1.0, 2.5]);
        assert_eq!(root.number(&POWER), 2.0);
    });
    result.unwrap();
    let ((), result) = read_with("seats = 2\n", |root| {
        assert_eq!(root.number(&COMMISSION), 0.1);
        assert_eq!(root.optional_number(&COMMISSION), Some(0.1));
        assert_eq!(root.optional_integer(&SEATS), Some(2));
        assert_eq!(root.choice(&PRICING), "first");
        assert_eq!(root.optional_choice(&PRICING), Some("first"));
        assert!(root.flag(&REPLACEMENT));
        assert_eq!(root.optional_number(&BOND), None);
        assert_eq!(root.numbers(&WEIGHTS), [0.0; 0]);
        assert_eq!(root.optional_text(&Parameter::text_optional("t", "")), None);
        assert!(root.is_given("seats") && !root.is_given("commission"));
    });
    result.unwrap();
}

#[test]
fn wrong_types_say_what_was_found_and_what_is_allowed() {
    let text = errors("[mechanism.a]\nseats = \"four\"\n", |root| {
        assert_eq!(root.table("mechanism").unwrap().table("a").unwrap().integer(&SEATS), 4);
    });
    assert_eq!(
        text,
        "error: `seats` has the wrong type\n \
         --> dir/a.toml:2:9 (mechanism.a.seats)\n  \
         |\n\
         2 | seats = \"four\"\n  \
         |         ^^^^^^\n  \
         = found the text \"four\", allowed: a whole number from 1 to 12 (seats)\n"
    );
    let seats = |line: &str| errors(line, |root| _ = root.integer(&SEATS));
    holds(&seats("seats = 4.5"), &["wrong type", "found 4.5, allowed: a whole number from 1 to 12"]);
    holds(&seats("seats = true"), &["found the flag true, allowed"]);
    holds(&seats("seats = [4]"), &["found the list [4], allowed"]);
    holds(&seats("seats = { a = 1 }"), &["found the table { a = 1 }, allowed"]);
    holds(&seats("seats = 2020-01-01"), &["found the date 2020-01-01, allowed"]);
    holds(&seats("seats = 99999999999999999999"), &["found 99999999999999999999, beyond 64 bits, allowed"]);
    holds(
        &errors("replacement = 1", |root| _ = root.flag(&REPLACEMENT)),
        &["found 1, allowed: true or false"],
    );
    holds(&errors("name = 1", |root| _ = root.text(&NAME)), &["found 1, allowed: a text"]);
    holds(&errors("pricing = 1", |root| _ = root.choice(&PRICING)), &["found 1, allowed: one of \"first\","]);
    holds(
        &errors("weights = [1, \"x\"]", |root| _ = root.numbers(&WEIGHTS)),
        &["found the list [1, \"x\"], allowed: a list of numbers"],
    );
    holds(
        &errors("weights = [1, nan]", |root| _ = root.numbers(&WEIGHTS)),
        &["found the list [1, nan], allowed: a list of numbers"],
    );
}

#[test]
fn out_of_range_goes_on_with_a_value_in_range() {
    let text = errors("seats = 13\ncommission = -0.1\nlive_cost = -1\npower = 0\n", |root| {
        assert_eq!(root.integer(&SEATS), 4);
        assert_eq!(root.number(&COMMISSION), 0.1);
        assert_eq!(root.number(&COST), 1.0);
        assert_eq!(root.number(&POWER), 2.0, "the middle, where the lower end is excluded");
    });
    holds(
        &text,
        &[
            "`seats` is out of range",
            "found 13, allowed: a whole number from 1 to 12 (seats)",
            "found -0.1, allowed: a number from 0 to 1",
            "found -1, allowed: a number of at least 0 (ETH)",
            "found 0, allowed: a number above 0 and at most 4",
            "dir/a.toml:1:9 (seats)",
            "dir/a.toml:4:9 (power)",
            "\n4 errors\n",
        ],
    );
    holds(&errors("seats = -3", |root| _ = root.integer(&SEATS)), &["out of range", "found -3"]);
}

#[test]
fn nan_is_always_refused_and_inf_unless_the_range_has_it() {
    for line in ["live_cost = nan", "live_cost = -nan", "live_cost = inf", "live_cost = -inf"] {
        holds(&errors(line, |root| _ = root.number(&COST)), &["`live_cost` is out of range"]);
    }
    let endless = Parameter::number("horizon", 0.0, f64::INFINITY, 1.0, "", "");
    let (horizon, result) = read_with("horizon = inf", |root| root.number(&endless));
    assert_eq!((horizon, result.is_ok()), (f64::INFINITY, true));
    holds(&errors("horizon = nan", |root| _ = root.number(&endless)), &["found nan", "at least 0, or inf"]);
    holds(&errors("live_cost = 1e400", |root| _ = root.number(&COST)), &["found 1e400, beyond"]);
}

#[test]
fn a_missing_key_is_reported_at_its_table() {
    let text = errors("[mechanism.a]\nseats = 4\n", |root| {
        let rule = root.table("mechanism").unwrap().table("a").unwrap();
        rule.integer(&SEATS);
        assert_eq!(rule.choice(&RULE), "auction");
    });
    holds(
        &text,
        &[
            "error: `rule` is missing in `mechanism.a`",
            "--> dir/a.toml:1:12 (mechanism.a.rule)",
            "= allowed: one of \"auction\", \"stake\", \"centralized\"",
            "= help: `rule`: The rule.",
        ],
    );
    holds(
        &errors("a = 1", |root| _ = root.number(&POWER)),
        &["`power` is missing\n --> dir/a.toml:1:1 (power)"],
    );
    // Read as if it were required here, though elsewhere it may be absent.
    holds(&errors("seats = 1", |root| _ = root.number(&BOND)), &["`bond` is missing"]);
}

#[test]
fn a_wrong_choice_names_the_nearest() {
    let text = errors("pricing = \"frist\"", |root| assert_eq!(root.choice(&PRICING), "first"));
    holds(
        &text,
        &[
            "`pricing` is none of its choices",
            "found the text \"frist\", allowed: one of \"first\", \"second\", \"vcg\"",
            "help: did you mean \"first\"?",
        ],
    );
    let text = errors("pricing = \"zzz\"", |root| assert_eq!(root.optional_choice(&PRICING), None));
    assert!(!text.contains("did you mean"), "{text}");
}

#[test]
fn custom_readers_see_the_whole_value() {
    let read = |value: &Value| match value.get("uniform").and_then(Value::as_list) {
        Some([low, high]) if low.as_number() < high.as_number() => Ok(high.as_number()),
        Some([_, _]) => Err("the ends are the wrong way round".to_owned()),
        _ => Err("no distribution".to_owned()),
    };
    let (value, result) = read_with("value = { uniform = [0, 1.5] }", |root| root.custom(&VALUE, read));
    assert_eq!(value, Some(Some(1.5)));
    assert_eq!(result.unwrap().to_toml(), "value = { uniform = [0, 1.5] }\n");
    let text = errors("value = { uniform = [2, 1] }", |root| assert_eq!(root.custom(&VALUE, read), None));
    holds(
        &text,
        &[
            "error: the ends are the wrong way round\n --> dir/a.toml:1:9 (value)",
            "found the table { uniform = [2, 1] }, allowed: a distribution",
        ],
    );
    let (value, result) = read_with("seats = 1", |root| {
        root.integer(&SEATS);
        root.custom(&VALUE, read)
    });
    assert_eq!((value, result.is_ok()), (None, true));
    let required = Parameter::custom_required("value", "a distribution", "Private value.");
    let text = errors("a = 1", |root| assert_eq!(root.custom(&required, read), None));
    holds(&text, &["`value` is missing", "allowed: a distribution"]);
    assert_eq!(text.matches("`value` is missing").count(), 1);
    holds(
        &errors("value = { uniform = [2020-01-01, 1] }", |root| assert_eq!(root.custom(&VALUE, read), None)),
        &["wrong type", "allowed: a distribution"],
    );
}

#[test]
fn keys_known_only_from_the_file() {
    let (values, result) = read_with("[sweep]\n\"a.b\" = [1, 2]\nc = [3]\n", |root| {
        let sweep = root.table("sweep").unwrap();
        let read = |value: &Value| value.as_list().map(<[Value]>::len).ok_or_else(|| "no list".to_owned());
        sweep.keys().into_iter().map(|key| sweep.custom_at(key, "a list", read)).collect::<Vec<_>>()
    });
    assert_eq!(values, [Some(2), Some(1)]);
    assert_eq!(result.unwrap().to_toml(), "[sweep]\n\"a.b\" = [1, 2]\nc = [3]\n");
    let text = errors("[sweep]\n\"a.b\" = 1\n", |root| {
        let sweep = root.table("sweep").unwrap();
        assert_eq!(sweep.custom_at("a.b", "a list", |_| Err::<(), _>("no list".to_owned())), None);
    });
    holds(&text, &["error: no list", "(sweep.\"a.b\")", "found 1, allowed: a list"]);
}

#[test]
fn lists_of_tables_have_paths_by_name_or_place() {
    let file = "[[sequencers]]\nname = \"large\"\nlive_cost = 2\n[[sequencers]]\nlive_cost = 3\n";
    let (paths, result) = read_with(file, |root| {
        let groups = root.tables("sequencers");
        assert_eq!(groups.iter().map(|group| group.number(&COST)).collect::<Vec<_>>(), [2.0, 3.0]);
        groups[0].text(&NAME);
        groups.iter().map(|group| group.path().to_owned()).collect::<Vec<_>>()
    });
    assert_eq!(paths, ["sequencers.large", "sequencers.1"]);
    result.unwrap();
    let text = errors(&file.replace("= 3", "= -3"), |root| {
        for group in root.tables("sequencers") {
            group.number(&COST);
            group.is_given("name").then(|| group.text(&NAME));
        }
    });
    holds(&text, &["dir/a.toml:5:13 (sequencers.1.live_cost)"]);
    let (none, result) = read_with("sequencers = []", |root| root.tables("sequencers").len());
    assert_eq!((none, result.unwrap().to_toml().as_str()), (0, "sequencers = []\n"));
}

#[test]
fn namesakes_in_a_list_are_refused() {
    let text = errors("[[s]]\nname = \"a\"\n[[s]]\nname = \"a\"\n", |root| {
        for _ in 0..2 {
            root.tables("s").iter().for_each(|group| _ = group.text(&NAME));
        }
    });
    holds(&text, &["error: two `[[s]]` are named \"a\"\n --> dir/a.toml:4:8 (s.a)"]);
    assert!(!text.contains("errors"), "said once:\n{text}");
}

#[test]
fn a_table_where_none_belongs_and_the_reverse() {
    let text = errors("mechanism = 5\n", |root| assert!(root.table("mechanism").is_none()));
    holds(&text, &["found 5, allowed: a table, under the header `[mechanism]`"]);
    let text = errors("[sequencers]\nname = \"a\"\n", |root| assert!(root.tables("sequencers").is_empty()));
    holds(
        &text,
        &["`sequencers` has the wrong type", "allowed: tables, each under the header `[[sequencers]]`"],
    );
    let text = errors("sequencers = [1]\n", |root| assert!(root.tables("sequencers").is_empty()));
    holds(&text, &["found the list [1], allowed: tables"]);
    let text = errors("[seats]\na = 1\n", |root| _ = root.integer(&SEATS));
    holds(&text, &["--> dir/a.toml:1:1 (seats)", "found the table { a = 1 }, allowed: a whole number"]);
}

#[test]
fn members_come_in_file_order() {
    let (names, result) = read_with("[mechanism.z]\nseats=1\n[mechanism.a]\n[mechanism.m]\n", |root| {
        let members = root.table("mechanism").unwrap().members();
        for (_, member) in &members {
            member.integer(&SEATS);
        }
        members.iter().map(|(name, member)| format!("{name} {}", member.path())).collect::<Vec<_>>()
    });
    assert_eq!(names, ["z mechanism.z", "a mechanism.a", "m mechanism.m"]);
    let expected = "[mechanism.z]\nseats = 1\n\n[mechanism.a]\nseats = 4\n\n[mechanism.m]\nseats = 4\n";
    assert_eq!(result.unwrap().to_toml(), expected);
}

#[test]
fn domain_errors_stand_at_the_key_or_the_header() {
    let text = errors("[mechanism.a]\nseats = 4\n", |root| {
        let rule = root.table("mechanism").unwrap().table("a").unwrap();
        rule.integer(&SEATS);
        rule.refuse("seats", "more seats than sequencers", "at most 3", Some("add a group".into()));
        rule.refuse("", "this rule cannot run here", "", None);
        rule.refuse("bond", "a bond is needed", "", None);
    });
    holds(
        &text,
        &[
            "error: more seats than sequencers\n --> dir/a.toml:2:9 (mechanism.a.seats)",
            "= found 4, allowed: at most 3\n  = help: add a group\n",
            "error: this rule cannot run here\n --> dir/a.toml:1:12 (mechanism.a)\n",
            "error: a bond is needed\n --> dir/a.toml:1:12 (mechanism.a.bond)\n",
            "3 errors",
        ],
    );
}

#[test]
fn errors_stand_in_the_order_of_the_file_and_once() {
    let document = Document::parse("a.toml", "a = 1\nseats = 0\ncommission = 2\n").unwrap();
    let reader = Reader::new();
    let root = document.root(&reader);
    assert!(!reader.has_errors());
    root.number(&COMMISSION);
    root.integer(&SEATS);
    root.integer(&SEATS);
    assert!(reader.has_errors());
    let found = reader.finish().unwrap_err();
    assert_eq!(found.iter().map(Diagnostic::line).collect::<Vec<_>>(), [Some(1), Some(2), Some(3)]);
    assert_eq!(found.iter().map(Diagnostic::path).collect::<Vec<_>>(), ["a", "seats", "commission"]);
}

#[test]
fn errors_of_another_file_are_taken_over() {
    let reader = Reader::new();
    reader.report(Diagnostics::plain("exp3.toml", "no such strategy", None));
    holds(&reader.finish().unwrap_err().to_string(), &["no such strategy", "exp3.toml"]);
    let both = Diagnostics::plain("a", "x", None).and(Diagnostics::plain("b", "y", None));
    assert_eq!((both.len(), both.is_empty()), (2, false));
}

#[test]
fn diagnostics_as_json() {
    let document = Document::parse("a.toml", "seats = 0\n").unwrap();
    let reader = Reader::new();
    document.root(&reader).integer(&SEATS);
    let json = reader.finish().unwrap_err().to_json();
    let expected = serde_json::json!([{
        "file": "a.toml", "line": 1, "column": 9, "argument": null, "path": "seats",
        "message": "`seats` is out of range", "found": "0",
        "allowed": "a whole number from 1 to 12 (seats)", "variant": null, "help": null,
    }]);
    assert_eq!(json, expected);
}

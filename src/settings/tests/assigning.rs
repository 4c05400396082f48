use super::*;

const FILE: &str = "\
[mechanism.dpos]
seats = 4
value = { uniform = [0, 1] }
[mechanism.auction]
seats = 2
[[sequencers]]
name = \"large\"
live_cost = 1
[[sequencers]]
name = \"small\"
live_cost = 2
";

fn document() -> Document {
    Document::parse("a.toml", FILE).unwrap()
}

fn after(path: &str, value: &str, peek: &str) -> Option<Value> {
    let mut document = document();
    document.set(path, value).unwrap_or_else(|error| panic!("{error}"));
    document.peek(peek)
}

fn refused(path: &str) -> String {
    document().set(path, "1").unwrap_err().to_string()
}

#[test]
fn values_are_toml_or_plain_text() {
    let value = |text| after("mechanism.dpos.seats", text, "mechanism.dpos.seats").unwrap();
    let text = |text: &str| Value::Text(text.to_owned());
    assert_eq!(value("5"), Value::Integer(5));
    assert_eq!(value("5.0"), Value::Number(5.0));
    assert_eq!(value("1e-3"), Value::Number(1e-3));
    assert_eq!(value("true"), Value::Flag(true));
    assert_eq!(value("exp3"), text("exp3"));
    assert_eq!(value("\"5\""), text("5"));
    assert_eq!(value("two words"), text("two words"));
    assert_eq!(value("first # not a comment"), text("first # not a comment"));
    assert_eq!(value("a=b"), text("a=b"));
    assert_eq!(value(""), text(""));
    assert_eq!(value("2020-01-01"), text("2020-01-01"));
    assert_eq!(value("[1, 2]"), Value::List(vec![Value::Integer(1), Value::Integer(2)]));
    assert_eq!(value("{ constant = 1 }").get("constant"), Some(&Value::Integer(1)));
}

#[test]
fn members_by_name_place_and_star() {
    let live = |path: &str| after(path, "9", "sequencers").unwrap().to_string();
    let file = |large: u8, small: u8| {
        format!("[{{ name = \"large\", live_cost = {large} }}, {{ name = \"small\", live_cost = {small} }}]")
    };
    assert_eq!(live("sequencers.large.live_cost"), file(9, 2));
    assert_eq!(live("sequencers.1.live_cost"), file(1, 9));
    assert_eq!(live("sequencers.*.live_cost"), file(9, 9));
    let every = after("mechanism.*.seats", "7", "mechanism").unwrap();
    assert_eq!(every.get("dpos").unwrap().get("seats"), Some(&Value::Integer(7)));
    assert_eq!(every.get("auction").unwrap().get("seats"), Some(&Value::Integer(7)));
    let inner = after("mechanism.dpos.value.uniform.1", "3", "mechanism.dpos.value").unwrap();
    assert_eq!(inner.to_string(), "{ uniform = [0, 3] }");
}

#[test]
fn missing_tables_and_keys_are_made() {
    let quorum = "mechanism.dpos.governance.quorum";
    assert_eq!(after(quorum, "0.5", quorum), Some(Value::Number(0.5)));
    assert_eq!(after("play.rounds", "8", "play.rounds"), Some(Value::Integer(8)));
    assert_eq!(after("sequencers.large.skill", "2", "sequencers.0.skill"), Some(Value::Integer(2)));
    assert_eq!(after("mechanism.\"dpos\".'seats'", "5", "mechanism.dpos.seats"), Some(Value::Integer(5)));
}

/// Beside the file's own strategies there are those of files.
#[test]
fn keys_of_a_strategy_of_another_file_can_be_set() {
    let mut document = Document::parse("case.toml", "[strategies.grid]\nbins = 10\n").unwrap();
    document.set("strategies.\"policies/a.toml\".learner", "hedge").unwrap();
    assert_eq!(
        document.peek("strategies").unwrap().get("policies/a.toml").unwrap().get("learner"),
        Some(&Value::Text("hedge".to_owned()))
    );
}

#[test]
fn unknown_members_are_refused_with_the_nearest() {
    holds(
        &refused("sequencers.lrage.live_cost"),
        &[
            "error: `sequencers` has no member `lrage`\n--> --set sequencers.lrage.live_cost=1 (sequencers.lrage)",
            "allowed: large, small, a place from 0 to 1, *",
            "did you mean `sequencers.large`?",
        ],
    );
    holds(&refused("sequencers.2.live_cost"), &["has no member `2`"]);
    holds(
        &refused("mechanism.dops.seats"),
        &["`mechanism` has no member `dops`", "allowed: dpos, auction", "did you mean `mechanism.dpos`?"],
    );
}

#[test]
fn paths_that_lead_nowhere_are_refused() {
    holds(&refused("mechanism.dpos.seats.x"), &["`mechanism.dpos.seats` is no table", "found 4"]);
    holds(&refused("sequencers.large"), &["`sequencers.large` is a table: a key is missing behind it"]);
    holds(&refused("sequencers.*"), &["a key is missing behind `sequencers.*`"]);
    holds(&refused("mechanism.dpos.seats.*.x"), &["stands for no table"]);
    for path in ["", "a..b", ".a", "mechanism."] {
        holds(&refused(path), &["is not a path", "keys joined by dots"]);
    }
}

#[test]
fn a_failed_assignment_changes_nothing() {
    let mut document = document();
    let before = document.peek("mechanism");
    document.set("mechanism.dpos.seats.x", "1").unwrap_err();
    document.set("mechanism.dops.seats", "1").unwrap_err();
    assert_eq!(document.peek("mechanism"), before);
}

#[test]
fn an_unknown_top_table_is_refused_on_reading() {
    let mut document = Document::parse("a.toml", "[mechanism]\nseats = 1\n").unwrap();
    document.set("mechansim.seats", "5").unwrap();
    let reader = Reader::new();
    document.root(&reader).table("mechanism").unwrap().integer(&SEATS);
    let text = reader.finish().unwrap_err().to_string();
    holds(
        &text,
        &["unknown table `mechansim`\n--> --set mechansim.seats=5 (mechansim)", "did you mean `mechanism`?"],
    );
}

#[test]
fn errors_name_the_argument_and_come_last() {
    let mut document = Document::parse("a.toml", "seats = 4\ncommission = 2\n").unwrap();
    document.set("seats", "four").unwrap();
    document.set("seets", "4").unwrap();
    let reader = Reader::new();
    let root = document.root(&reader);
    root.integer(&SEATS);
    root.number(&COMMISSION);
    let found = reader.finish().unwrap_err();
    let text = found.to_string();
    holds(
        &text,
        &[
            "`seats` has the wrong type\n--> --set seats=four (seats)\n = found the text \"four\", allowed:",
            "unknown key `seets`\n--> --set seets=4 (seets)\n",
        ],
    );
    assert_eq!(found.iter().next().unwrap().line(), Some(2));
    assert_eq!(found.to_json()[1]["argument"], "--set seats=four");
    assert_eq!(found.to_json()[1]["file"], serde_json::Value::Null);
}

#[test]
fn underlay_fills_only_what_is_absent_and_keeps_origins() {
    let mut document = Document::parse(
        "a.toml",
        "[world]\nscenario = \"calm\"\nseats = 9\nvalue = { constant = 1 }\n[world.fees]\nlow = 1\n",
    )
    .unwrap();
    let scenario = Document::parse(
        "calm.toml",
        "commission = 5\nseats = 2\nvalue = { uniform = [0, 1] }\n[fees]\nlow = 3\nhigh = 4\n[[groups]]\nname = \"g\"\n",
    );
    document.underlay("world", scenario.unwrap());
    let world = document.peek("world").unwrap();
    assert_eq!(
        world.to_string(),
        "{ scenario = \"calm\", seats = 9, value = { constant = 1 }, fees = { low = 1, high = 4 }, \
         commission = 5, groups = [{ name = \"g\" }] }"
    );
    let reader = Reader::new();
    document.root(&reader).table("world").unwrap().number(&COMMISSION);
    let text = reader.finish().unwrap_err().to_string();
    holds(&text, &["--> calm.toml:1:14 (world.commission)"]);
}

#[test]
fn underlay_makes_the_table_and_takes_the_whole_document() {
    let mut document = Document::parse("a.toml", "[play]\nx = 1\n").unwrap();
    document.underlay("strategy.exp3", Document::parse("b.toml", "y = 2\n").unwrap());
    document.underlay("", Document::parse("c.toml", "[play]\nx = 3\nz = 4\n").unwrap());
    assert_eq!(document.peek("strategy.exp3.y"), Some(Value::Integer(2)));
    assert_eq!(document.peek("play.x"), Some(Value::Integer(1)));
    assert_eq!(document.peek("play.z"), Some(Value::Integer(4)));
}

#[test]
fn an_open_copy_is_not_changed() {
    let first = document();
    let mut second = first.clone();
    second.set("mechanism.dpos.seats", "9").unwrap();
    assert_eq!(first.peek("mechanism.dpos.seats"), Some(Value::Integer(4)));
}

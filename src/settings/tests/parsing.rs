use super::*;

fn parse_error(text: &str) -> String {
    Document::parse("dir/a.toml", text).unwrap_err().to_string()
}

#[test]
fn syntax_errors_name_file_line_and_column() {
    let text = parse_error("[world]\nkind = \n");
    holds(&text, &["error: not valid TOML: ", "--> dir/a.toml:2:8", "2 | kind ="]);
    let text = parse_error("[world\nkind = 1\n");
    holds(&text, &["--> dir/a.toml:1:", "1 | [world"]);
    holds(&parse_error("seats = four\n"), &["--> dir/a.toml:1:9", "| seats = four\n  |         ^^^^\n"]);
}

#[test]
fn every_syntax_error_is_said() {
    let text = parse_error("a = four\nb = 1\nc = [1, 2\n\n[t]\nd = 'x\n");
    holds(&text, &["dir/a.toml:1:", "dir/a.toml:6:", "errors"]);
}

#[test]
fn duplicate_keys_are_refused_where_they_repeat() {
    holds(&parse_error("a = 1\nb = 2\na = 3\n"), &["duplicate key", "--> dir/a.toml:3:1"]);
    holds(&parse_error("[a]\nx = 1\n[a]\ny = 2\n"), &["duplicate key", "--> dir/a.toml:3:2"]);
    holds(&parse_error("[[a]]\nx = 1\n[a]\ny = 2\n"), &["duplicate key", "--> dir/a.toml:3:2"]);
}

#[test]
fn an_empty_file_is_refused() {
    for text in ["", "\n\n", "# only a comment\n", "\u{feff}"] {
        holds(&parse_error(text), &["error: the file is empty", "--> dir/a.toml\n"]);
    }
}

#[test]
fn a_byte_order_mark_and_windows_lines_are_fine() {
    let document = Document::parse("a.toml", "\u{feff}[a]\r\nx = 1\r\ny = \"z\"\r\n").unwrap();
    assert_eq!(document.peek("a.x"), Some(Value::Integer(1)));
    let text = document.refuse("a.y", "no", "", None).to_string();
    holds(&text, &["a.toml:3:5", "3 | y = \"z\"\n  |     ^^^\n"]);
}

#[test]
fn numbers_of_every_spelling() {
    let document =
        Document::parse("a.toml", "a=1_000\nb=0x1F\nc=+5\nd=-7\ne=1_0.5e-1_0\nf=inf\ng=-inf\nh=0b11\n")
            .unwrap();
    let at = |key| document.peek(key).unwrap();
    assert_eq!(at("a"), Value::Integer(1000));
    assert_eq!(at("b"), Value::Integer(31));
    assert_eq!(at("c"), Value::Integer(5));
    assert_eq!(at("d"), Value::Integer(-7));
    assert_eq!(at("e"), Value::Number(10.5e-10));
    assert_eq!(at("f"), Value::Number(f64::INFINITY));
    assert_eq!(at("g"), Value::Number(f64::NEG_INFINITY));
    assert_eq!(at("h"), Value::Integer(3));
}

#[test]
fn keys_keep_the_order_of_the_file() {
    let document = Document::parse("a.toml", "[z]\nb=1\na={y=1,x=2}\n[z.m]\n[k]\n[z.c]\n").unwrap();
    let shown = format!("{}", document.peek("z").unwrap());
    assert_eq!(shown, "{ b = 1, a = { y = 1, x = 2 }, m = {}, c = {} }");
    let reader = Reader::new();
    assert_eq!(document.root(&reader).keys(), ["z", "k"]);
}

#[test]
fn errors_about_a_whole_file() {
    let wrong = Diagnostics::plain("x.toml", "the file is not text", Some("save it as UTF-8".into()));
    assert_eq!(wrong.to_string(), "error: the file is not text\n--> x.toml\n = help: save it as UTF-8\n");
}

#[test]
fn a_document_can_be_refused_before_it_is_read() {
    let document = Document::parse("a.toml", "[world]\nscenario = \"calmm\"\n").unwrap();
    let text =
        document.refuse("world.scenario", "there is no such scenario", "calm, storm", None).to_string();
    holds(&text, &["a.toml:2:12 (world.scenario)", "found the text \"calmm\", allowed: calm, storm"]);
    holds(
        &document.refuse("world.nothing", "missing", "", None).to_string(),
        &["--> a.toml:1:1 (world.nothing)"],
    );
}

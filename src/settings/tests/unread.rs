use super::*;

#[test]
fn unknown_keys_name_the_nearest_and_all_valid_ones() {
    let text = errors("[mechanism.a]\nseets = 4\nzebra = 1\n", |root| {
        let rule = root.table("mechanism").unwrap().table("a").unwrap();
        rule.known(&[&SEATS, &BOND]);
        rule.number(&COMMISSION);
    });
    holds(
        &text,
        &[
            "error: unknown key `seets` in `mechanism.a`\n --> dir/a.toml:2:1 (mechanism.a.seets)",
            "2 | seets = 4\n  | ^^^^^\n",
            "= allowed: seats, bond, commission\n  = help: did you mean `seats`?",
            "unknown key `zebra`",
            "2 errors",
        ],
    );
    assert_eq!(text.matches("did you mean").count(), 1);
}

#[test]
fn unknown_tables_name_the_nearest() {
    let text = errors("[wrold]\nkind = 1\nx = 2\n[[sequencer]]\n", |root| {
        assert!(root.table("world").is_none());
        assert!(root.tables("sequencers").is_empty());
    });
    holds(
        &text,
        &[
            "error: unknown table `wrold`\n --> dir/a.toml:1:2 (wrold)",
            "allowed: world, sequencers",
            "did you mean `world`?",
            "unknown table `sequencer`\n --> dir/a.toml:4:3 (sequencer)",
            "did you mean `sequencers`?",
            "2 errors",
        ],
    );
}

#[test]
fn known_keys_that_go_unread_say_why() {
    let text = errors("[a]\nseats = 4\n", |root| {
        let rule = root.table("a").unwrap();
        rule.known(&[&SEATS]);
        rule.note_unread("rule `centralized` has no seats");
    });
    holds(
        &text,
        &[
            "error: `seats` is set, but nothing reads it here\n --> dir/a.toml:2:1 (a.seats)",
            "= help: rule `centralized` has no seats",
        ],
    );
}

#[test]
fn known_tables_that_go_unread() {
    let text = errors("[a]\nseats = 4\n[sweep]\nx = 1\n", |root| {
        root.know_tables(&["sweep", "world"]);
        root.note_unread("`kind` is not \"sweep\"");
        root.table("a").unwrap().integer(&SEATS);
    });
    holds(
        &text,
        &["`sweep` is set, but nothing reads it here\n --> dir/a.toml:3:2 (sweep)", "`kind` is not"],
    );
}

#[test]
fn unread_keys_are_found_at_any_depth() {
    let text = errors("[m.a.governance]\nquorum = 1\n[[s]]\nname = \"x\"\nseets = 2\n", |root| {
        let rule = root.table("m").unwrap().table("a").unwrap();
        rule.table("governance").unwrap().known(&[&SEATS]);
        for group in root.tables("s") {
            group.text(&NAME);
            group.integer(&SEATS);
        }
    });
    holds(
        &text,
        &["unknown key `quorum` in `m.a.governance`", "unknown key `seets` in `s.x`", "(s.x.seets)"],
    );
}

#[test]
fn after_a_wrong_choice_known_keys_are_not_held_against_the_file() {
    let text = errors("[a]\nrule = \"stkae\"\nseats = 4\nseets = 4\n", |root| {
        let rule = root.table("a").unwrap();
        rule.known(&[&SEATS]);
        rule.choice(&RULE);
    });
    holds(&text, &["did you mean \"stake\"?", "unknown key `seets`"]);
    assert!(!text.contains("nothing reads it"), "{text}");
}

#[test]
fn asking_whether_a_key_is_given_does_not_read_it() {
    let text = errors("seats = 4", |root| assert!(root.is_given("seats")));
    holds(&text, &["unknown key `seats`", "nothing: no key is read here"]);
}

#[test]
fn a_table_that_nobody_opens_is_one_error() {
    let text = errors("[a]\nx = 1\ny = 2\n[a.b]\nz = 3\n", |_| ());
    assert_eq!(text.matches("error: ").count(), 1, "{text}");
}

#[test]
fn plain_members_of_a_table_of_tables_are_unknown() {
    let text = errors("[mechanism]\nseats = 4\n[mechanism.a]\n", |root| {
        assert_eq!(root.table("mechanism").unwrap().members().len(), 1);
    });
    holds(&text, &["unknown key `seats` in `mechanism`"]);
}

#[test]
fn what_does_not_exist_is_said_before_what_goes_unread() {
    let text = errors("[a]\nseats = 4\nseets = 4\n", |root| {
        root.table("a").unwrap().known(&[&SEATS]);
    });
    let unknown = text.find("unknown key `seets`").unwrap();
    assert!(unknown < text.find("nothing reads it").unwrap(), "{text}");
}

/// A file for many experiments has keys that one of them has no use for. It may not have keys that do not exist, and what the
/// experiment itself sets must be read.
#[test]
fn keys_of_a_shared_file_may_go_unread() {
    let read = |own: &str, lent: &str, set: &[&str]| {
        let mut document = Document::parse("own.toml", own).unwrap();
        for value in set {
            document.set("world.seats", value).unwrap();
        }
        document.underlay("world", Document::parse_shared("lent.toml", lent).unwrap());
        let reader = Reader::new();
        let world = document.root(&reader).table("world").unwrap();
        world.known(&[&SEATS, &COMMISSION]);
        world.number(&COMMISSION);
        reader.finish().map_err(|e| e.to_string())
    };
    let lent = "commission = 0.5\nseats = 2\n";
    let resolved = read("[world]\n", lent, &[]).unwrap();
    assert!(resolved.value("world.seats").is_none());
    for (own, set) in [("[world]\nseats = 3\n", &[][..]), ("[world]\n", &["3"])] {
        let text = read(own, lent, set).unwrap_err();
        holds(&text, &["`seats` is set, but nothing reads it here"]);
        assert!(!text.contains("lent.toml"), "{text}");
    }
    holds(&read("[world]\n", "seets = 2\n", &[]).unwrap_err(), &["unknown key `seets`", "lent.toml:1:1"]);
}

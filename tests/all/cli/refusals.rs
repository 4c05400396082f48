//! Wrong usage and files that cannot be read: exit status 2, said clearly, nothing created and nothing written over.

use crate::program::{Ended, Folder, TINY};

/// Runs what must be refused, and sees that nothing has changed.
#[track_caller]
fn refused(folder: &Folder, arguments: &[&str]) -> Ended {
    let before = folder.snapshot();
    let ended = folder.run(arguments);
    assert_eq!(ended.status, Some(2), "{arguments:?}: {ended:#?}");
    assert!(!ended.err.trim().is_empty() && ended.out.is_empty(), "{arguments:?}: {ended:#?}");
    assert!(!ended.err.contains("panicked"), "{arguments:?}: {ended:#?}");
    let after = folder.snapshot();
    assert!(before == after, "{arguments:?}: {:?} became {:?}", before.keys(), after.keys());
    ended
}

#[test]
fn wrong_usage() {
    let folder = Folder::new();
    let cases: [&[&str]; 12] = [
        &[],
        &["walk"],
        &["run"],
        &["check"],
        &["replay", "output/tiny"],
        &["list"],
        &["list", "nothing"],
        &["run", "tiny.toml", "--speed", "3"],
        &["run", "tiny.toml", "--set"],
        &["run", "tiny.toml", "tiny.toml"],
        &["schema", "--output", "a"],
        &["check", "tiny.toml", "--max-minutes", "1"],
    ];
    for arguments in cases {
        refused(&folder, arguments);
    }
}

#[test]
fn values_of_options() {
    let folder = Folder::new();
    let cases = [
        ("--threads", "0"),
        ("--threads", "many"),
        ("--threads", "-1"),
        ("--seed", "abc"),
        ("--seed", "-1"),
        ("--seed", "18446744073709551615"),
        ("--replicates", "0"),
        ("--replicates", "2.5"),
        ("--replicates", "1000001"),
        ("--max-minutes", "0"),
        ("--max-minutes", "-1"),
        ("--max-minutes", "NaN"),
        ("--max-minutes", "inf"),
        ("--max-minutes", "1e300"),
        ("--on-error", "perhaps"),
    ];
    for (option, value) in cases {
        let joined = format!("{option}={value}");
        refused(&folder, &["run", "tiny.toml", &joined]).says(value);
    }
}

#[test]
fn settings_on_the_command_line() {
    let folder = Folder::new();
    let cases = [
        ("seats", "PATH=VALUE"),
        ("mechanism.dpo.seats=2", "mechanism.dpos"),
        ("mechanism.dpos.seat=2", "did you mean `seats`"),
        ("mechanism.dpos.seats=two", "seats"),
        ("mechanism.dpos.seats=9", "5 (the number of sequencers)"),
        ("mechanism.dpos.rule=delegate", "did you mean `delegated`"),
        ("sequencers.big.count=3", "large"),
        ("sequencers.large.count=0", "count"),
        ("sequencers.*.strategy=truthfull", "did you mean `truthful`"),
        ("experiment.name=a/b", "name"),
        ("experiment.name=..", "name"),
        ("world.scenario=optimistic", "optimistic-rollup-2025"),
        ("=3", "--set"),
    ];
    for (change, said) in cases {
        let ended = refused(&folder, &["run", "tiny.toml", "--set", change]);
        ended.says(said);
        ended.says(change);
        refused(&folder, &["check", "tiny.toml", "--set", change]);
    }
}

#[test]
fn files_that_are_no_experiments() {
    let folder = Folder::new();
    std::fs::write(folder.path("empty.toml"), "").unwrap();
    std::fs::write(folder.path("comment.toml"), "# nothing here\n").unwrap();
    std::fs::write(folder.path("zeros.toml"), [0; 100]).unwrap();
    let noise: Vec<u8> = (0..1000_u32).map(|i| (i * 7919 % 256) as u8).collect();
    std::fs::write(folder.path("noise.toml"), noise).unwrap();
    std::fs::write(folder.path("half.toml"), &TINY[..TINY.len() / 2]).unwrap();
    std::fs::write(folder.path("open.toml"), format!("{TINY}\nquestion = \"and then")).unwrap();
    std::fs::write(
        folder.path("latin.toml"),
        TINY.replace("users", "Jos\u{e9}").chars().map(|c| c as u8).collect::<Vec<_>>(),
    )
    .unwrap();
    std::fs::create_dir(folder.path("folder.toml")).unwrap();
    let files = ["empty", "comment", "zeros", "noise", "half", "open", "latin", "folder", "missing"];
    for file in files.map(|name| format!("{name}.toml")) {
        for command in ["run", "check"] {
            refused(&folder, &[command, &file]).says(&file);
        }
    }
    // A line where there is one.
    refused(&folder, &["check", "open.toml"]).says(&format!("open.toml:{}", TINY.lines().count() + 2));
    refused(&folder, &["run", "missing.toml", "--fresh"]);
}

#[test]
fn an_invalid_file_does_not_touch_what_an_earlier_run_left() {
    let folder = Folder::new();
    folder.run(&["run", "tiny.toml", "--quiet"]).with(0);
    std::fs::write(folder.path("tiny.toml"), TINY.replace("seats = 2", "seats = 20")).unwrap();
    refused(&folder, &["run", "tiny.toml"]).says("tiny.toml:");
    refused(&folder, &["run", "tiny.toml", "--fresh"]);
    refused(&folder, &["check", "tiny.toml"]);
}

#[test]
fn output_directories_that_cannot_be_written() {
    let folder = Folder::new();
    // Permissions do not bind every user; a file in the way binds all.
    for output in ["tiny.toml", "tiny.toml/below", "tiny.toml/far/below"] {
        let ended = refused(&folder, &["run", "tiny.toml", "--output", output]);
        ended.says("cannot write to the output directory");
        ended.says(output);
    }
    std::fs::write(folder.path("output"), "a file").unwrap();
    refused(&folder, &["run", "tiny.toml"]).says("output");
}

#[test]
fn stores_that_are_not_ours_or_not_whole() {
    let folder = Folder::new();
    folder.run(&["run", "tiny.toml", "--quiet"]).with(0);
    let whole = folder.bytes("output/tiny/results.sqlite");
    std::fs::create_dir(folder.path("foreign")).unwrap();
    std::fs::write(folder.path("foreign/results.sqlite"), "unit,value\n1,2\n".repeat(50)).unwrap();
    std::fs::create_dir(folder.path("cut")).unwrap();
    std::fs::write(folder.path("cut/results.sqlite"), &whole[..whole.len() / 2]).unwrap();
    std::fs::create_dir(folder.path("empty")).unwrap();
    for directory in ["foreign", "cut"] {
        refused(&folder, &["run", "tiny.toml", "--output", directory]).says("results.sqlite");
    }
    for directory in ["foreign", "cut", "empty", "nowhere", "tiny.toml"] {
        refused(&folder, &["plot", directory]).says(directory);
        refused(&folder, &["replay", directory, "0/dpos/0"]).says(directory);
    }
}

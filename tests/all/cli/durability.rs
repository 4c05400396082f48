//! What a study survives: `kill -9` at random moments, a full disk, a limit on files, a folder that cannot be written, a store
//! that is cut short or of another version.

use crate::program::{Folder, TINY};
use rusqlite::Connection;
use sequencer_lab::draws::{Key, Purpose, Who, name_hash};
use std::collections::HashSet;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// The tiny experiment as a sweep whose points have replicates until their intervals are narrow enough.
fn until_precise() -> String {
    TINY.replace("seed = 7", "seed = 7\nkind = \"sweep\"")
        + r#"
[sweep]
[[sweep.parameters]]
path = "mechanism.auction.seats"
values = [1, 2, 4]

[replication]
minimum = 16
maximum = 64
half_width = { net_surplus = 0.00002 }
"#
}

/// Notes in the store itself every result that is written from now on, whoever writes it.
fn watch(store: &Path) {
    let connection = Connection::open(store).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE written(id TEXT);
             CREATE TRIGGER inserted AFTER INSERT ON results BEGIN INSERT INTO written VALUES (new.id); END;
             CREATE TRIGGER updated AFTER UPDATE ON results BEGIN INSERT INTO written VALUES (new.id); END;",
        )
        .unwrap();
}

/// Ids of the results that a store holds; none where there is no store yet. A copy is read, for a reader may have to take back
/// a step that was left half-done, which is for the program to do.
fn stored(store: &Path) -> HashSet<String> {
    let copies = tempfile::tempdir().unwrap();
    for end in ["", "-wal", "-journal"] {
        let name = format!("results.sqlite{end}");
        let _ = std::fs::copy(store.with_file_name(&name), copies.path().join(&name));
    }
    let read = || -> rusqlite::Result<HashSet<String>> {
        let connection = Connection::open(copies.path().join("results.sqlite"))?;
        connection.prepare("SELECT id FROM results")?.query_map([], |row| row.get(0))?.collect()
    };
    match read() {
        Ok(ids) => ids,
        // Killed before there were tables.
        Err(error) if error.to_string().contains("no such table") => HashSet::new(),
        Err(error) => panic!("{error}"),
    }
}

/// Kills the command twenty times at random moments of its life, then lets it end. No result may vanish, and none may be
/// computed again once it is stored. Moments lie within a twelfth of the life of a run that nobody kills, and reach farther
/// where kills keep coming too early for anything to be stored.
fn kill_twenty_times(folder: &Folder, arguments: &[&str], directory: &str, lives: Duration) {
    let store = folder.path(directory).join("results.sqlite");
    let stream = Key::new(name_hash(directory), 0, 0).stream(Purpose::Resample, Who::MARKET);
    let (mut kills, mut attempts, mut watched) = (0, 0, false);
    let (mut reach, mut barren) = (lives.mul_f64(1.0 / 12.0), 0);
    while kills < 20 {
        attempts += 1;
        assert!(attempts < 200, "the command ends by itself, again and again");
        if barren == 4 {
            (reach, barren) = (reach.mul_f64(1.5), 0);
        }
        let before = stored(&store);
        if !watched && !before.is_empty() {
            watch(&store);
            watched = true;
        }
        let mut running = folder.start(arguments);
        std::thread::sleep(reach.mul_f64(stream.uniform(attempts, 0)));
        if !running.is_running() {
            // It was faster than the moment that was drawn: nothing is killed by that.
            reach = reach.mul_f64(0.5);
            continue;
        }
        running.kill();
        kills += 1;
        let after = stored(&store);
        assert!(after.is_superset(&before), "results were lost by kill {kills}");
        barren = if after.len() == before.len() { barren + 1 } else { 0 };
    }
    assert!(watched, "every kill came before the first result");
    let ended = folder.run(arguments).with(0);
    assert!(ended.err.is_empty(), "{ended:#?}");
}

/// Ids that were written more than once since the store is watched, or that had been there before; and how many in all.
fn written_twice(store: &Path) -> (i64, i64) {
    let connection = Connection::open(store).unwrap();
    let count = |query: &str| connection.query_row(query, [], |row| row.get(0)).unwrap();
    let twice = count("SELECT count(*) FROM (SELECT id FROM written GROUP BY id HAVING count(*) > 1)");
    (twice, count("SELECT count(*) FROM written"))
}

#[test]
fn twenty_kills_change_no_byte_and_nothing_stored_is_computed_again() {
    let folder = Folder::new();
    std::fs::write(folder.path("precise.toml"), until_precise()).unwrap();
    for (file, more) in [("tiny.toml", &["--replicates", "120"][..]), ("precise.toml", &[])] {
        let with = |words: &[&str]| -> Vec<String> {
            [words, more, &["--quiet"]].concat().iter().map(|&word| word.to_owned()).collect()
        };
        let name = file.trim_end_matches(".toml");
        let (whole, run) = (format!("{name}-whole"), format!("{name}-run"));
        let start = Instant::now();
        let arguments = with(&["run", file, "--output", &whole]);
        folder.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).with(0);
        let lives = start.elapsed();
        let arguments = with(&["run", file, "--output", &run]);
        kill_twenty_times(&folder, &arguments.iter().map(String::as_str).collect::<Vec<_>>(), &run, lives);
        let (twice, written) = written_twice(&folder.path(&run).join("results.sqlite"));
        assert_eq!(twice, 0, "of {written}");
        assert!(written > 0);
        for file in ["results.csv", "summary.csv", "comparison.csv", "policies.csv"] {
            assert_eq!(
                folder.bytes(&format!("{whole}/{file}")),
                folder.bytes(&format!("{run}/{file}")),
                "{name}: {file}"
            );
        }
        // Nothing half-written stays.
        for entry in std::fs::read_dir(folder.path(&run)).unwrap() {
            let left = entry.unwrap().file_name().into_string().unwrap();
            assert!(![".partial", "-wal", "-journal"].iter().any(|end| left.ends_with(end)), "{left}");
        }
    }
    // A piece of a study keeps its store in another way, for the file systems of clusters.
    let start = Instant::now();
    folder.run(&["run", "tiny.toml", "--replicates", "60", "--output", "sixty", "--quiet"]).with(0);
    let shard = ["shard", "tiny.toml", "1/1", "--replicates", "60", "--output", "s", "--quiet"];
    kill_twenty_times(&folder, &shard, "s/shard-1-of-1.partial", start.elapsed());
    assert_eq!(written_twice(&folder.path("s/shard-1-of-1/results.sqlite")).0, 0);
    folder.run(&["merge", "s", "--output", "merged", "--quiet"]).with(0);
    assert_eq!(folder.bytes("merged/results.csv"), folder.bytes("sixty/results.csv"));
}

/// Says that a test could not be made here, and why.
fn skipped(why: &str) {
    eprintln!("SKIPPED: {why}");
}

/// Whether a script can mount a small file system for itself: as root, or in a user namespace of its own.
fn can_mount() -> bool {
    let script = "mkdir -p \"$1\" && mount -t tmpfs -o size=100k none \"$1\"";
    let place = tempfile::tempdir().unwrap();
    let tried = Command::new("unshare").args(["-rm", "sh", "-c", script, "sh"]).arg(place.path()).output();
    tried.is_ok_and(|output| output.status.success())
}

#[test]
fn a_full_disk_is_named_and_what_was_stored_counts() {
    if !can_mount() {
        return skipped("no file system can be mounted here (`unshare -rm`)");
    }
    let folder = Folder::new();
    folder.run(&["run", "tiny.toml", "--replicates", "60", "--output", "whole", "--quiet"]).with(0);
    // On a file system of so many bytes; then with room, and its tables copied out.
    let script = r#"
        mkdir -p disk && mount -t tmpfs -o size="$1" none disk
        "$0" run tiny.toml --replicates 60 --output disk/a --quiet; echo "status $?"
        mkdir -p "stored-$1" && cp disk/a/results.sqlite* "stored-$1/" 2>/dev/null
        mount -o remount,size=100m disk
        "$0" run tiny.toml --replicates 60 --output disk/a --json 2>/dev/null | tee full.json; cp disk/a/results.csv "full-$1.csv"
    "#;
    let whole = std::fs::metadata(folder.path("whole/results.sqlite")).unwrap().len();
    let program = folder.command(&[]).get_program().to_owned();
    let mut most = 0;
    // No room for a store; for a part of one; for all of it, but not for the tables beside it.
    for size in [40_960, 120_000 + whole / 3, whole * 9 / 4 + 60_000] {
        let size = size.to_string();
        let mut command = Command::new("unshare");
        command.current_dir(folder.path("")).args(["-rm", "sh", "-c", script]).arg(&program).arg(&size);
        let output = command.output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(out.contains("status 1") || out.contains("status 2"), "{size}: {out}\n{err}");
        let named = err.contains("the disk is full") || err.contains("No space left on device");
        assert!(named && !err.contains("panicked"), "{size}: {err}");
        assert_eq!(folder.bytes(&format!("full-{size}.csv")), folder.bytes("whole/results.csv"), "{size}");
        let again: serde_json::Value = serde_json::from_slice(&folder.bytes("full.json")).unwrap();
        // How much fits depends on how the system puts commits together; all that was stored counts.
        let stored = folder.stored(&format!("stored-{size}"));
        let reused = again["units"]["reused"].as_i64().unwrap();
        assert_eq!(reused, stored, "{size}: what was stored is computed again");
        most = reused.max(most);
    }
    assert!(most >= 40, "{most}");
}

#[test]
fn a_limit_on_files_is_named_and_what_was_stored_counts() {
    let folder = Folder::new();
    let arguments = ["run", "tiny.toml", "--replicates", "60", "--quiet", "--output"];
    folder.run(&[&arguments[..], &["whole"]].concat()).with(0);
    // Some units are there before the limit is, however the system puts commits together.
    folder.run(&["run", "tiny.toml", "--replicates", "3", "--quiet", "--output", "limited"]).with(0);
    // In blocks of half a kilobyte; a write beyond them fails, as with a quota.
    let script = "trap '' XFSZ; ulimit -f 600; \"$0\" \"$@\" limited";
    let program = folder.command(&[]).get_program().to_owned();
    let mut command = Command::new("sh");
    command.current_dir(folder.path("")).args(["-c", script]).arg(program).args(arguments);
    let Ok(output) = command.output() else { return skipped("there is no `sh`") };
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("results.sqlite") && said.contains("Units stored so far are kept"), "{said}");
    let before = folder.stored("limited");
    assert!((6..120).contains(&before), "{before}");
    folder.run(&[&arguments[..], &["limited"]].concat()).with(0);
    assert_eq!(folder.bytes("limited/results.csv"), folder.bytes("whole/results.csv"));
}

/// The program as somebody whom permissions bind: this user, or, where tests run as root, nobody.
fn bound(folder: &Folder, arguments: &[&str]) -> Command {
    use std::os::unix::fs::MetadataExt;
    use std::os::unix::process::CommandExt;
    let mut command = folder.command(arguments);
    if std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0) {
        command.uid(65534).gid(65534);
    }
    command
}

fn permit(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_folder_that_cannot_be_written_is_named_and_stays_as_it_is() {
    let folder = Folder::new();
    folder.run(&["run", "tiny.toml", "--output", "a", "--quiet"]).with(0);
    folder.run(&["shard", "tiny.toml", "1/1", "--output", "pieces", "--quiet"]).with(0);
    std::fs::create_dir(folder.path("empty")).unwrap();
    permit(&folder.path(""), 0o755);
    match bound(&folder, &["check", "tiny.toml"]).output() {
        Ok(output) if output.status.success() => {}
        other => return skipped(&format!("nobody but root reaches the program here: {other:?}")),
    }
    for locked in ["empty", "a", "a/charts", "pieces/shard-1-of-1"] {
        permit(&folder.path(locked), 0o555);
    }
    let before = folder.snapshot();
    let cases: [&[&str]; 6] = [
        &["run", "tiny.toml", "--output", "empty"],
        &["run", "tiny.toml", "--output", "empty/below"],
        &["run", "tiny.toml", "--output", "a"],
        &["plot", "a"],
        &["report", "a"],
        &["shard", "tiny.toml", "1/2", "--output", "empty"],
    ];
    for arguments in cases {
        let output = bound(&folder, arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(1 | 2)), "{arguments:?}: {said}");
        let named = said.contains("cannot write") && said.contains("Permission denied");
        assert!(named && said.contains(arguments.last().unwrap()), "{arguments:?}: {said}");
    }
    assert!(before == folder.snapshot());
    // What only reads needs no permission to write.
    let replayed = bound(&folder, &["replay", "a", "0/dpos/1"]).output().unwrap();
    assert!(replayed.status.success(), "{replayed:?}");
    let merged = folder.run(&["merge", "pieces", "--output", "merged", "--quiet"]);
    merged.with(0);
    for locked in ["empty", "a", "a/charts", "pieces/shard-1-of-1"] {
        permit(&folder.path(locked), 0o755);
    }
    assert_eq!(folder.bytes("merged/results.csv"), folder.bytes("a/results.csv"));
}

#[test]
fn pieces_that_are_cut_short_or_of_another_version_are_named_and_left_alone() {
    let folder = Folder::new();
    for piece in ["1/2", "2/2"] {
        folder.run(&["shard", "tiny.toml", piece, "--output", "s", "--quiet"]).with(0);
    }
    let whole = folder.bytes("s/shard-1-of-2/results.sqlite");
    let cut = &whole[..whole.len() / 2];
    // The version stands at byte 60 of the header.
    let mut other = whole.clone();
    other[63] = other[63].wrapping_add(1);
    for (bytes, said) in [(cut, "cut short"), (&other[..], "store version")] {
        std::fs::write(folder.path("s/shard-1-of-2/results.sqlite"), bytes).unwrap();
        // The same while a piece is being computed.
        std::fs::create_dir_all(folder.path("t/shard-1-of-2.partial")).unwrap();
        std::fs::write(folder.path("t/shard-1-of-2.partial/results.sqlite"), bytes).unwrap();
        let before = folder.snapshot();
        for arguments in [
            &["merge", "s", "--output", "m"][..],
            &["shard", "tiny.toml", "1/2", "--output", "s"],
            &["shard", "tiny.toml", "1/2", "--output", "t"],
        ] {
            let ended = folder.run(arguments).with(2);
            ended.says(said);
            ended.says("shard-1-of-2");
            assert!(before == folder.snapshot(), "{arguments:?}");
        }
    }
    // Begun anew, it is what it was.
    folder.run(&["shard", "tiny.toml", "1/2", "--output", "s", "--fresh", "--quiet"]).with(0);
    folder.run(&["merge", "s", "--output", "m", "--quiet"]).with(0);
    folder.run(&["run", "tiny.toml", "--output", "a", "--quiet"]).with(0);
    assert_eq!(folder.bytes("m/results.csv"), folder.bytes("a/results.csv"));
}

#[test]
fn pieces_whose_commit_was_cut_off_are_united() {
    let folder = Folder::new();
    folder.run(&["shard", "tiny.toml", "1/1", "--output", "s", "--quiet"]).with(0);
    folder.run(&["merge", "s", "--output", "whole", "--quiet"]).with(0);
    // A commit in the middle: what it changes stands in the store already, as far as it got, and how it was in the journal.
    let piece = folder.path("s/shard-1-of-1");
    let before = std::fs::read(piece.join("results.sqlite")).unwrap();
    let connection = Connection::open(piece.join("results.sqlite")).unwrap();
    connection
        .execute_batch(
            "PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE; PRAGMA user_version = 1;
             UPDATE metric_values SET value = value + 1; DELETE FROM places;",
        )
        .unwrap();
    let mut store = std::fs::read(piece.join("results.sqlite")).unwrap();
    let journal = std::fs::read(piece.join("results.sqlite-journal")).unwrap();
    assert!(!journal.is_empty() && store != before);
    connection.execute_batch("ROLLBACK").unwrap();
    drop(connection);
    // The header may be ahead of the file: page counts stand at byte 28.
    let mut ahead = store.clone();
    ahead[28..32].copy_from_slice(&100_000_u32.to_be_bytes());
    for (place, bytes) in [&mut store, &mut ahead].into_iter().enumerate() {
        let cut = folder.path(&format!("t{place}/shard-1-of-1.partial"));
        std::fs::create_dir_all(&cut).unwrap();
        std::fs::write(cut.join("results.sqlite"), &bytes).unwrap();
        std::fs::write(cut.join("results.sqlite-journal"), &journal).unwrap();
        let (from, to) = (format!("t{place}"), format!("m{place}"));
        folder.run(&["merge", &from, "--output", &to, "--quiet"]).with(0);
        assert_eq!(folder.bytes(&format!("{to}/results.csv")), folder.bytes("whole/results.csv"));
        assert!(!cut.join("results.sqlite-journal").exists());
        // The piece itself goes on.
        std::fs::write(cut.join("results.sqlite"), &bytes).unwrap();
        std::fs::write(cut.join("results.sqlite-journal"), &journal).unwrap();
        folder.run(&["shard", "tiny.toml", "1/1", "--output", &from, "--quiet"]).with(0);
    }
}

#[test]
fn a_piece_or_union_in_use_is_refused_at_once() {
    let folder = Folder::new();
    let shard = ["shard", "tiny.toml", "1/2", "--replicates", "20000", "--output", "s", "--threads", "1"];
    let mut first = folder.start(&shard);
    folder.wait_for_a_unit("s/shard-1-of-2.partial");
    folder.run(&shard).with(2).says("in use");
    // Another piece has a folder of its own; a union meanwhile reads what is there.
    folder.run(&["shard", "tiny.toml", "2/2", "--output", "s", "--quiet"]).with(0);
    assert!(first.is_running());
    assert_eq!(first.interrupt(), Some(3));
    let mut run =
        folder.start(&["run", "tiny.toml", "--replicates", "20000", "--threads", "1", "--output", "a"]);
    folder.wait_for_a_unit("a");
    folder.run(&["shard", "tiny.toml", "1/1", "--output", "p", "--quiet"]).with(0);
    folder.run(&["merge", "p", "--output", "a"]).with(2).says("in use");
    assert_eq!(run.interrupt(), Some(3));
}

#[test]
fn a_store_that_is_cut_short_is_kept_beside_a_fresh_one() {
    let folder = Folder::new();
    folder.run(&["run", "tiny.toml", "--output", "a", "--quiet"]).with(0);
    let whole = folder.bytes("a/results.csv");
    for name in ["results.sqlite.damaged", "results.sqlite.damaged-2"] {
        let bytes = folder.bytes("a/results.sqlite");
        let cut = &bytes[..bytes.len() / 2];
        std::fs::write(folder.path("a/results.sqlite"), cut).unwrap();
        folder
            .run(&["run", "tiny.toml", "--output", "a"])
            .with(2)
            .says("keeps it beside as results.sqlite.damaged");
        let ended = folder.run(&["run", "tiny.toml", "--output", "a", "--fresh"]).with(0);
        ended.says(&format!("the damaged store is kept as a/{name}"));
        assert_eq!(folder.bytes(&format!("a/{name}")), cut);
        assert_eq!(folder.bytes("a/results.csv"), whole);
    }
    // One that is whole is discarded.
    folder.run(&["run", "tiny.toml", "--output", "a", "--fresh", "--quiet"]).with(0);
    assert!(!folder.path("a/results.sqlite.damaged-3").exists());
}

//! `replay`: a stored unit again.

use crate::program::Folder;

fn ran() -> Folder {
    let folder = Folder::new();
    folder.run(&["run", "tiny.toml", "--quiet"]).with(0);
    folder
}

#[test]
fn a_unit_gives_the_same_bytes_by_address_and_by_id() {
    let folder = ran();
    let store = rusqlite::Connection::open(folder.path("output/tiny/results.sqlite")).unwrap();
    let mut query =
        store.prepare("SELECT id, design || '/' || mechanism || '/' || replicate FROM units").unwrap();
    let units: Vec<(String, String)> =
        query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
    drop(query);
    drop(store);
    assert_eq!(units.len(), 6);
    let before = folder.snapshot();
    for (id, address) in units {
        let by_id = folder.run(&["replay", "output/tiny", &id]).with(0);
        let by_address = folder.run(&["replay", "output/tiny", &address]).with(0);
        assert_eq!(by_id.out, by_address.out);
        assert!(by_id.out.contains(&id));
    }
    assert_eq!(folder.snapshot(), before);
}

#[test]
fn a_stored_value_that_was_tampered_with_is_found() {
    let folder = ran();
    let change = |sql: &str| {
        let store = rusqlite::Connection::open(folder.path("output/tiny/results.sqlite")).unwrap();
        assert!(store.execute(sql, []).unwrap() > 0, "{sql}");
    };
    let unit = "(SELECT r.number FROM results r JOIN units u ON u.id = r.id WHERE u.mechanism = 'dpos' AND u.replicate = 1)";
    let metric = "(SELECT number FROM metrics WHERE name = 'bribes_to_delegators')";
    // By one part in 10^15.
    change(&format!(
        "UPDATE metric_values SET value = value * 1.0000000000000010 WHERE result = {unit} AND metric = {metric}"
    ));
    let ended = folder.run(&["replay", "output/tiny", "0/dpos/1"]).with(1);
    assert!(ended.out.contains("bribes_to_delegators"), "{ended:?}");
    assert_eq!(folder.run(&["replay", "output/tiny", "0/dpos/1", "--json"]).with(1).json()["same"], false);
    folder.run(&["replay", "output/tiny", "0/dpos/1", "--quiet"]).with(1);
    folder.run(&["replay", "output/tiny", "0/dpos/0"]).with(0);
    folder.run(&["replay", "output/tiny", "0/auction/1"]).with(0);

    let auction = unit.replace("dpos", "auction");
    change(&format!(
        "DELETE FROM metric_values WHERE result = {auction} AND metric = (SELECT number FROM metrics WHERE name = 'revenue')"
    ));
    folder.run(&["replay", "output/tiny", "0/auction/1"]).with(1);
    let other = auction.replace("replicate = 1", "replicate = 0");
    change(&format!("UPDATE policies SET cells = zeroblob(length(cells)) WHERE result = {other}"));
    folder.run(&["replay", "output/tiny", "0/auction/0"]).with(1);
    let third = auction.replace("replicate = 1", "replicate = 2");
    change(&format!("DELETE FROM curves WHERE result = {third}"));
    folder.run(&["replay", "output/tiny", "0/auction/2"]).with(1);
}

#[test]
fn what_was_run_with_changes_is_replayed_with_them() {
    let folder = Folder::new();
    folder.run(&["run", "tiny.toml", "--quiet", "--set", "mechanism.dpos.seats=2", "--seed", "3"]).with(0);
    std::fs::remove_file(folder.path("tiny.toml")).unwrap();
    folder.run(&["replay", "output/tiny", "0/dpos/2"]).with(0);
}

#[test]
fn units_that_do_not_exist_are_refused() {
    let folder = ran();
    let before = folder.snapshot();
    for unit in ["0/dpos/3", "1/dpos/0", "0/nobody/0", "0", "", "0123456789abcdef0123456789abcdef"] {
        let ended = folder.run(&["replay", "output/tiny", unit]).with(2);
        ended.says("0/auction/0");
        assert_eq!(ended.out, "");
    }
    assert_eq!(folder.snapshot(), before);
}

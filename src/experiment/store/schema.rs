//! Tables of `results.sqlite`, and the look at a file before SQLite may touch it.
//!
//! A metric value takes about 20 bytes: integers in place of the unit's id and the metric's name, which the views
//! `units` and `"values"` put back. A result is stored once under the id of its content and placed at every address
//! (design, contender, replicate) that has that content.

use super::error::StoreError;
use rusqlite::Connection;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Version of the schema below (`PRAGMA user_version`); another version is refused.
pub const SCHEMA_VERSION: i64 = 1;

/// Mark of our files in the SQLite header (`PRAGMA application_id`): the letters `SqLb`.
pub const APPLICATION_ID: i64 = 0x5371_4c62;

const TABLES: &str = r#"
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE contenders(number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE metrics(number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, position INTEGER NOT NULL);
CREATE TABLE parameters(number INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE);
CREATE TABLE design_points(design INTEGER NOT NULL, parameter INTEGER NOT NULL, value NOT NULL,
    PRIMARY KEY(design, parameter)) WITHOUT ROWID;
CREATE TABLE results(number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, seed NOT NULL,
    status TEXT NOT NULL CHECK(status IN ('done', 'failed')), error TEXT);
CREATE TABLE places(design INTEGER NOT NULL, replicate INTEGER NOT NULL, contender INTEGER NOT NULL,
    result INTEGER NOT NULL, PRIMARY KEY(design, replicate, contender)) WITHOUT ROWID;
CREATE TABLE metric_values(result INTEGER NOT NULL, metric INTEGER NOT NULL, value REAL,
    PRIMARY KEY(result, metric)) WITHOUT ROWID;
CREATE TABLE curves(number INTEGER PRIMARY KEY, result INTEGER NOT NULL, name TEXT NOT NULL, agent TEXT NOT NULL,
    points BLOB NOT NULL);
CREATE INDEX curves_by_result ON curves(result);
CREATE TABLE policies(number INTEGER PRIMARY KEY, result INTEGER NOT NULL, agent TEXT NOT NULL, lever TEXT NOT NULL,
    cells BLOB NOT NULL);
CREATE INDEX policies_by_result ON policies(result);
CREATE TABLE reference_curves(number INTEGER PRIMARY KEY, design INTEGER NOT NULL, mechanism TEXT NOT NULL,
    name TEXT NOT NULL, agent TEXT NOT NULL, x REAL, y REAL);
CREATE INDEX reference_curves_by_design ON reference_curves(design, mechanism);
CREATE VIEW units(id, design, mechanism, replicate, seed, status, error) AS
    SELECT r.id, p.design, c.name, p.replicate, r.seed, r.status, r.error
    FROM places p JOIN results r ON r.number = p.result JOIN contenders c ON c.number = p.contender;
CREATE VIEW "values"(unit, metric, value) AS
    SELECT r.id, m.name, v.value
    FROM metric_values v JOIN results r ON r.number = v.result JOIN metrics m ON m.number = v.metric;
CREATE VIEW designs(design, path, value) AS
    SELECT d.design, p.path, d.value FROM design_points d JOIN parameters p ON p.number = d.parameter;
"#;

/// Creates all tables in one transaction, so that a kill leaves either an empty file or a whole schema.
pub(super) fn create(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(TABLES)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    transaction.commit()
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing, or an empty file that a killed run left before it wrote its first byte.
    Nothing,
    /// A store of this version; its length agrees with its header, or a log or journal is there to set it right.
    Store,
}

/// Reads the file's header (SQLite file format, §1.3) without SQLite, which might repair or overwrite.
pub(super) fn inspect(path: &Path) -> Result<Found, StoreError> {
    let io = |source| StoreError::Io { path: path.to_owned(), source };
    let mut file = match File::open(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Found::Nothing),
        other => other.map_err(io)?,
    };
    let found = file.metadata().map_err(io)?.len();
    if found == 0 {
        return Ok(Found::Nothing);
    }
    let mut header = Vec::with_capacity(100);
    file.by_ref().take(100).read_to_end(&mut header).map_err(io)?;
    let magic = b"SQLite format 3\0";
    if !header.starts_with(&magic[..header.len().min(16)]) {
        return Err(StoreError::Foreign(path.to_owned()));
    }
    if header.len() < 100 {
        return Err(StoreError::Truncated { path: path.to_owned(), found, expected: 4096 });
    }
    let word = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    if i64::from(word(68)) != APPLICATION_ID {
        return Err(StoreError::Foreign(path.to_owned()));
    }
    let version = i64::from(word(60));
    if version != SCHEMA_VERSION {
        return Err(StoreError::Version { path: path.to_owned(), found: version, supported: SCHEMA_VERSION });
    }
    let page = match u64::from(header[16]) << 8 | u64::from(header[17]) {
        1 => 65536,
        size => size,
    };
    let expected = page * u64::from(word(28));
    // A killed checkpoint may leave the file short while the log still holds its pages, and a commit may be half-done: SQLite
    // decides then.
    if found < expected && !["-wal", "-journal"].iter().any(|suffix| has_bytes(&beside(path, suffix))) {
        return Err(StoreError::Truncated { path: path.to_owned(), found, expected });
    }
    Ok(Found::Store)
}

/// The file of SQLite beside the store: `-wal`, `-shm`, `-journal`.
pub(super) fn beside(path: &Path, suffix: &str) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Whether a file exists and is not empty.
pub(super) fn has_bytes(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|m| m.len() > 0)
}

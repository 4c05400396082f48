//! The store `results.sqlite`: every finished unit, one transaction each, from which all else is made.
//!
//! While a run is on, the store keeps a write-ahead log (`synchronous = NORMAL`): a killed program loses nothing that
//! was committed, and readers may look on. [`Store::close`] folds the log in and leaves a single file. A store dropped
//! without closing is resumed as it stands.
//!
//! The views `units(id, design, mechanism, replicate, seed, status, error)`, `"values"(unit, metric, value)` with
//! `unit = units.id`, and `designs(design, path, value)` are for users' queries. A `NaN` is stored as `NULL`.

mod columns;
mod contents;
mod error;
mod packing;
mod read;
mod schema;
mod study;
mod write;

#[cfg(test)]
mod tests;

pub use columns::Column;
pub use contents::Contents;
pub use error::StoreError;
pub use read::{DesignValue, Order, StoredCurve, StoredPolicy, StoredUnit, UnitRow};
pub use schema::{APPLICATION_ID, SCHEMA_VERSION};
pub use study::Retained;

use super::file::ENGINE;
use super::lock::OutputLock;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use schema::Found;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Name of the store inside the output directory.
pub const STORE_FILE: &str = "results.sqlite";

/// What a study is, as far as the store must know.
#[derive(Clone, Debug)]
pub struct StudyHead<'a> {
    /// Name of the experiment.
    pub experiment: &'a str,
    /// Engine number, raised by hand when numbers move.
    pub engine: u32,
    /// Canonical id of the study: changes when design points, contenders or replicates stand for something else.
    pub study: &'a str,
    /// The experiment as resolved, in TOML.
    pub resolved: &'a str,
    /// Contenders, in the order of the file.
    pub contenders: &'a [String],
    /// Metrics, in the order of `list metrics`.
    pub metrics: &'a [&'static str],
    /// Swept parameters by path, in the order of the columns of `results.csv`.
    pub parameters: &'a [String],
}

/// How the store keeps what it writes safe while a run is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Journal {
    /// A write-ahead log: fast, and others may read; needs a file system with shared memory, hence a local one.
    WriteAhead,
    /// A rollback journal, forced to disk at each commit: for the network file systems of clusters.
    Rollback,
}

/// How a store was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// There was none.
    Created,
    /// It holds units of this very study.
    Continued,
    /// It holds units of another version of the study. Their results are kept by content and have no address until
    /// [`Store::retain`] or a run gives them one.
    Changed,
}

/// Standing of a stored unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It has its values.
    Done,
    /// It has an error.
    Failed,
}

/// An open store.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    /// Longest time that a stored unit may wait for its commit.
    linger: Duration,
    /// When the open transaction began, where there is one.
    open_since: Option<Instant>,
    path: PathBuf,
    opening: Opening,
    contenders: Vec<String>,
    parameters: Vec<String>,
    /// Metrics in the order of the metric list.
    metrics: Vec<&'static str>,
    metric_numbers: HashMap<&'static str, i64>,
    /// Position in `metrics`, by number of the metric; numbers count from 0.
    metric_positions: Vec<usize>,
}

impl Store {
    /// Opens the store of the directory held by `lock` for a study, or creates it.
    ///
    /// A store of another version of the study keeps its results, and forgets their addresses: see [`Opening`].
    ///
    /// # Errors
    /// A file that is foreign, of another version, cut short or damaged is refused and left untouched.
    pub fn create_or_open(lock: &OutputLock, head: &StudyHead<'_>) -> Result<Self, StoreError> {
        Self::create_or_open_with(lock, head, Journal::WriteAhead)
    }

    /// As [`Store::create_or_open`], with a journal of one's choice.
    ///
    /// # Errors
    /// As there.
    pub fn create_or_open_with(
        lock: &OutputLock,
        head: &StudyHead<'_>,
        journal_mode: Journal,
    ) -> Result<Self, StoreError> {
        let path = lock.directory().join(STORE_FILE);
        take_back(&path)?;
        let found = schema::inspect(&path)?;
        Self::open_writing(&path, found, head, journal_mode).map_err(|e| match e {
            Failure::Sqlite(source) => StoreError::from_sqlite(&path, source),
            Failure::Store(error) => error,
        })
    }

    /// Takes back a commit that a kill left half-done, in the directory held by `lock`. Nothing there is fine.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn restore(lock: &OutputLock) -> Result<(), StoreError> {
        take_back(&lock.directory().join(STORE_FILE))
    }

    /// Refuses what stands in place of the store where its header says that [`Store::create_or_open`] would: before a lock
    /// is taken, so that nothing is created beside a foreign file. Nothing there is fine, and what cannot be read is left
    /// to whoever opens it.
    ///
    /// # Errors
    /// A file that is foreign, of another version or cut short.
    pub fn inspect(directory: &Path) -> Result<(), StoreError> {
        let path = directory.join(STORE_FILE);
        match schema::inspect(&path) {
            Ok(_) | Err(StoreError::Io { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn open_writing(
        path: &Path,
        found: Found,
        head: &StudyHead<'_>,
        journal: Journal,
    ) -> Result<Self, Failure> {
        let mut connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.set_prepared_statement_cache_capacity(64);
        match found {
            Found::Nothing => schema::create(&mut connection)?,
            Found::Store => {
                check_whole(&connection, path)?;
                check_engine(&connection, path, head.engine)?;
            }
        }
        let (mode, synchronous) = match journal {
            Journal::WriteAhead => ("WAL", "NORMAL"),
            Journal::Rollback => ("DELETE", "FULL"),
        };
        connection.pragma_update(None, "journal_mode", mode)?;
        connection.pragma_update(None, "synchronous", synchronous)?;
        connection.pragma_update(None, "cache_size", -16384)?;
        connection.pragma_update(None, "wal_autocheckpoint", 4096)?;
        let opening = match found {
            Found::Nothing => Opening::Created,
            Found::Store if study::is_same_study(&connection, head)? => Opening::Continued,
            Found::Store => Opening::Changed,
        };
        study::record_head(&mut connection, head, opening)?;
        Self::assemble(connection, path.to_owned(), opening)
    }

    /// Opens the store of an output directory for reading, while a run goes on or after it. A commit that a kill left half-done is
    /// taken back first, unless a program is at work there, whose commit it is, or nothing may be written.
    ///
    /// # Errors
    /// As for [`Store::create_or_open`], and where there is no store.
    pub fn open_read_only(directory: &Path) -> Result<Self, StoreError> {
        let path = directory.join(STORE_FILE);
        if schema::has_bytes(&schema::beside(&path, "-journal"))
            && let Ok(lock) = OutputLock::acquire(directory)
        {
            Self::restore(&lock)?;
        }
        if schema::inspect(&path)? == Found::Nothing {
            return Err(StoreError::Missing(path));
        }
        let open = || {
            let connection = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
            connection.busy_timeout(Duration::from_secs(10))?;
            connection.set_prepared_statement_cache_capacity(64);
            check_whole(&connection, &path)?;
            check_engine(&connection, &path, ENGINE)?;
            Self::assemble(connection, path.clone(), Opening::Continued)
        };
        open().map_err(|e| match e {
            Failure::Sqlite(source) => StoreError::from_sqlite(&path, source),
            Failure::Store(error) => error,
        })
    }

    fn assemble(connection: Connection, path: PathBuf, opening: Opening) -> Result<Self, Failure> {
        let contenders = names(&connection, "SELECT name FROM contenders ORDER BY number")?;
        let parameters = names(&connection, "SELECT path FROM parameters ORDER BY number")?;
        let mut metrics = Vec::new();
        let mut metric_numbers = HashMap::new();
        let mut metric_positions = Vec::new();
        {
            let mut statement =
                connection.prepare("SELECT number, name FROM metrics ORDER BY position, number")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let number: i64 = row.get(0)?;
                // `Outcome` names metrics by `&'static str`; a few dozen short names per opened store may stay for good.
                let name: &'static str = Box::leak(row.get::<_, String>(1)?.into_boxed_str());
                let at = usize::try_from(number).unwrap_or_default();
                if metric_positions.len() <= at {
                    metric_positions.resize(at + 1, usize::MAX);
                }
                metric_positions[at] = metrics.len();
                metric_numbers.insert(name, number);
                metrics.push(name);
            }
        }
        Ok(Self {
            connection,
            linger: Duration::ZERO,
            open_since: None,
            path,
            opening,
            contenders,
            parameters,
            metrics,
            metric_numbers,
            metric_positions,
        })
    }

    /// Moves a store that is cut short or damaged aside, with its log, in the directory held by `lock` (`--fresh`): what was whole
    /// in it may be of use. Returns where it is now; `None` where there is none, or nothing is wrong with it.
    ///
    /// # Errors
    /// Where a file cannot be moved.
    pub fn set_aside(lock: &OutputLock) -> Result<Option<PathBuf>, StoreError> {
        let path = lock.directory().join(STORE_FILE);
        let broken = match schema::inspect(&path) {
            Err(StoreError::Truncated { .. } | StoreError::Damaged { .. }) => true,
            Ok(Found::Store) => {
                let opened = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY);
                let looked =
                    opened.map_err(Failure::from).and_then(|connection| check_whole(&connection, &path));
                let error = looked.err().map(|error| match error {
                    Failure::Sqlite(source) => StoreError::from_sqlite(&path, source),
                    Failure::Store(error) => error,
                });
                matches!(error, Some(StoreError::Damaged { .. }))
            }
            _ => false,
        };
        if !broken {
            return Ok(None);
        }
        let name = |number: u32| match number {
            1 => format!("{STORE_FILE}.damaged"),
            n => format!("{STORE_FILE}.damaged-{n}"),
        };
        let free =
            (1..u32::MAX).map(|number| lock.directory().join(name(number))).find(|path| !path.exists());
        let Some(aside) = free else { return Ok(None) };
        for ending in ["-journal", "-wal", ""] {
            let (from, to) = (schema::beside(&path, ending), schema::beside(&aside, ending));
            match std::fs::rename(&from, &to) {
                Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                    return Err(StoreError::Io { path: from, source });
                }
                _ => {}
            }
        }
        Ok(Some(aside))
    }

    /// Deletes the store of the directory held by `lock`, with its log (`--fresh`). Nothing there is fine.
    ///
    /// # Errors
    /// Where a file cannot be removed.
    pub fn discard(lock: &OutputLock) -> Result<(), StoreError> {
        let path = lock.directory().join(STORE_FILE);
        // The logs go last but one: a log without its store would be played into the next one.
        for file in [
            schema::beside(&path, "-journal"),
            schema::beside(&path, "-wal"),
            schema::beside(&path, "-shm"),
            path,
        ] {
            match std::fs::remove_file(&file) {
                Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                    return Err(StoreError::Io { path: file, source });
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Folds the log into the store and leaves a single file.
    ///
    /// # Errors
    /// Where the disk is full or fails. A reader that is looking on keeps the log in place; that is no error.
    pub fn close(mut self) -> Result<(), StoreError> {
        self.flush()?;
        let path = self.path;
        let connection = self.connection;
        connection.flush_prepared_statement_cache();
        let busy = connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0))
            .map_err(|e| StoreError::from_sqlite(&path, e))?;
        if busy == 0 {
            connection
                .busy_timeout(Duration::from_millis(100))
                .map_err(|e| StoreError::from_sqlite(&path, e))?;
            match connection.pragma_update(None, "journal_mode", "DELETE") {
                Err(e) if e.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) => {}
                other => other.map_err(|e| StoreError::from_sqlite(&path, e))?,
            }
        }
        connection.close().map_err(|(_, e)| StoreError::from_sqlite(&path, e))
    }

    /// How the store was found.
    pub fn opening(&self) -> Opening {
        self.opening
    }

    /// Path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Contenders, in the order of the file.
    pub fn contenders(&self) -> &[String] {
        &self.contenders
    }

    /// Metrics, in the order of the metric list.
    pub fn metrics(&self) -> &[&'static str] {
        &self.metrics
    }

    /// Swept parameters by path, in the order of columns.
    pub fn parameters(&self) -> &[String] {
        &self.parameters
    }

    /// An entry of the table `meta`: `experiment`, `engine`, `study`, `resolved`, or what [`Store::set_meta`] put there.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn meta(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.connection
            .query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0))
            .optional()
            .map_err(|e| self.error(e))
    }

    /// Adds the versions of the program that wrote what is taken in from elsewhere.
    ///
    /// # Errors
    /// Where the store cannot be read or written.
    pub fn add_versions(&mut self, versions: &str) -> Result<(), StoreError> {
        let known = self.meta("version")?.unwrap_or_default();
        let all = versions.split(", ").fold(known.clone(), |all, version| study::with_version(&all, version));
        if all == known { Ok(()) } else { self.set_meta("version", &all) }
    }

    /// Sets an entry of the table `meta`.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn set_meta(&mut self, key: &str, value: &str) -> Result<(), StoreError> {
        self.flush()?;
        self.connection
            .execute("INSERT OR REPLACE INTO meta(key, value) VALUES (?1, ?2)", params![key, value])
            .map_err(|e| self.error(e))?;
        Ok(())
    }

    fn error(&self, source: rusqlite::Error) -> StoreError {
        StoreError::from_sqlite(&self.path, source)
    }
}

/// An error on the way to an open store, before the path is attached.
enum Failure {
    Sqlite(rusqlite::Error),
    Store(StoreError),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// Takes back a commit that a kill left half-done: SQLite does so when it may write.
fn take_back(path: &Path) -> Result<(), StoreError> {
    if !schema::has_bytes(&schema::beside(path, "-journal")) {
        return Ok(());
    }
    Connection::open(path)
        .and_then(|c| c.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(())))
        .map_err(|e| StoreError::from_sqlite(path, e))
}

/// Walks the whole structure: every page reachable, every row readable.
fn check_whole(connection: &Connection, path: &Path) -> Result<(), Failure> {
    let detail: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if detail == "ok" {
        Ok(())
    } else {
        Err(Failure::Store(StoreError::Damaged { path: path.to_owned(), detail }))
    }
}

/// Refuses units of another engine. Versions of the program that share the engine and the schema read each other's stores.
fn check_engine(connection: &Connection, path: &Path, supported: u32) -> Result<(), Failure> {
    let entry = |key: &str| -> rusqlite::Result<Option<String>> {
        connection.query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0)).optional()
    };
    match entry("engine")? {
        Some(found) if found != supported.to_string() => {
            let version = entry("version")?.unwrap_or_else(|| "of unknown version".to_owned());
            Err(Failure::Store(StoreError::Engine { path: path.to_owned(), found, version, supported }))
        }
        _ => Ok(()),
    }
}

fn names(connection: &Connection, query: &str) -> rusqlite::Result<Vec<String>> {
    connection.prepare(query)?.query_map([], |row| row.get(0))?.collect()
}

//! What can be wrong with a store, each with its remedy.

use std::path::{Path, PathBuf};

/// A store that cannot be opened, read or written. Whatever is on disk stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No store where one is to be read.
    #[error("no results here: {path} does not exist; `run` the experiment first", path = .0.display())]
    Missing(PathBuf),
    /// The file is something else.
    #[error("{path} is not a store of sequencer-lab; it was left untouched. Move it away, or choose another --output", path = .0.display())]
    Foreign(PathBuf),
    /// The file comes from another version of the program.
    #[error("{path} has store version {found}, this program reads version {supported}; it was left untouched. Use the program that wrote it, or start anew with --fresh", path = .path.display())]
    Version {
        /// The store.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The version of this program.
        supported: i64,
    },
    /// The units come from an engine that gives other numbers.
    #[error("{path} holds units of engine {found} (sequencer-lab {version}), whose numbers are not those of this program's engine {supported}; it was left untouched. Use the program that wrote it, choose another --output, or start anew with --fresh", path = .path.display())]
    Engine {
        /// The store.
        path: PathBuf,
        /// Its engine.
        found: String,
        /// The version of the program that wrote it.
        version: String,
        /// The engine of this program.
        supported: u32,
    },
    /// The file is shorter than its own header says.
    #[error("{path} is cut short: {found} of {expected} bytes; it was left untouched. Restore a copy, or start anew with --fresh, which keeps it beside as results.sqlite.damaged", path = .path.display())]
    Truncated {
        /// The store.
        path: PathBuf,
        /// Bytes on disk.
        found: u64,
        /// Bytes that the header announces.
        expected: u64,
    },
    /// The file's structure is broken.
    #[error("{path} is damaged ({detail}); it was left untouched. Restore a copy, or start anew with --fresh, which keeps it beside as results.sqlite.damaged", path = .path.display())]
    Damaged {
        /// The store.
        path: PathBuf,
        /// What is broken.
        detail: String,
    },
    /// No space left; every unit stored before is kept.
    #[error("the disk is full: cannot write to {path}. Units stored so far are kept; free some space and run again", path = .0.display())]
    DiskFull(PathBuf),
    /// A kill left a commit half-done, and it cannot be taken back.
    #[error("{path} was left in the middle of a commit, which can be taken back only where its folder can be written; make it writable, or copy the whole folder", path = .0.display())]
    HalfDone(PathBuf),
    /// The file or its directory does not allow writing.
    #[error("{path} cannot be written: file or directory is read-only", path = .0.display())]
    ReadOnly(PathBuf),
    /// The system refused to read or write: a quota or limit on files, a disk that fails. Every unit stored before is kept.
    #[error("the system does not let {path} be read or written (a quota, a limit on the size of files, or a failing disk): {detail}. Units stored so far are kept; run again when it does", path = .path.display())]
    Refused {
        /// The store.
        path: PathBuf,
        /// What SQLite said.
        detail: String,
    },
    /// A unit names a contender that the study was not opened with.
    #[error("the study has no contender `{0}`")]
    UnknownContender(String),
    /// A unit names a metric that the study was not opened with.
    #[error("the study has no metric `{0}`")]
    UnknownMetric(String),
    /// A design point gives a parameter that the study was not opened with.
    #[error("the study has no swept parameter `{0}`")]
    UnknownParameter(String),
    /// Anything else that SQLite reports.
    #[error("cannot use {path}", path = .path.display())]
    Sqlite {
        /// The store.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// Anything else that the file system reports.
    #[error("cannot use {path}", path = .path.display())]
    Io {
        /// The store.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl StoreError {
    /// Sorts an error of SQLite on the store at `path` into the kinds above.
    pub(super) fn from_sqlite(path: &Path, source: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let path = path.to_owned();
        if source.sqlite_error().is_some_and(|e| e.extended_code == rusqlite::ffi::SQLITE_READONLY_ROLLBACK) {
            return Self::HalfDone(path);
        }
        match source.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged { path, detail: source.to_string() },
            Some(ErrorCode::NotADatabase) => Self::Foreign(path),
            Some(ErrorCode::DiskFull) => Self::DiskFull(path),
            Some(ErrorCode::ReadOnly) => Self::ReadOnly(path),
            Some(ErrorCode::SystemIoFailure) => Self::Refused { path, detail: source.to_string() },
            _ => Self::Sqlite { path, source },
        }
    }
}

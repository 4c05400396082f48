//! Which unit left what, over several stores: to find units that contradict each other.

use super::StoreError;
use rusqlite::{Connection, OptionalExtension, params};
use std::path::Path;

/// Digests of outcomes by unit, in a temporary file: there may be millions.
#[derive(Debug)]
pub struct Contents {
    connection: Connection,
}

impl Contents {
    /// Nothing yet.
    ///
    /// # Errors
    /// Where no temporary file can be made.
    pub fn new() -> Result<Self, StoreError> {
        let open = || {
            // An empty name is a file that SQLite makes, fills beyond its cache and removes.
            let connection = Connection::open("")?;
            connection.execute_batch(
                "PRAGMA journal_mode = OFF; CREATE TABLE seen(id TEXT PRIMARY KEY, digest TEXT NOT NULL) WITHOUT ROWID; BEGIN;",
            )?;
            Ok(connection)
        };
        open().map(|connection| Contents { connection }).map_err(|e| StoreError::from_sqlite(temporary(), e))
    }

    /// Notes what a unit left, and says whether that is what was noted of it before, if anything was.
    ///
    /// # Errors
    /// Where the temporary file cannot be written.
    pub fn agrees(&mut self, id: &str, digest: &str) -> Result<bool, StoreError> {
        let note = || -> rusqlite::Result<bool> {
            let found: Option<String> = self
                .connection
                .prepare_cached("SELECT digest FROM seen WHERE id = ?1")?
                .query_row([id], |row| row.get(0))
                .optional()?;
            if let Some(found) = found {
                return Ok(found == digest);
            }
            self.connection
                .prepare_cached("INSERT INTO seen VALUES (?1, ?2)")?
                .execute(params![id, digest])?;
            Ok(true)
        };
        note().map_err(|e| StoreError::from_sqlite(temporary(), e))
    }
}

fn temporary() -> &'static Path {
    Path::new("a temporary file")
}

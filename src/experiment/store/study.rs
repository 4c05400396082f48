//! The study's frame: its head, design points, lines of theory, and what a changed study keeps.

use super::read::DesignValue;
use super::write::{contender_number, number_of, put_place};
use super::{Opening, Store, StoreError, StudyHead};
use crate::experiment::outcome::Curve;
use crate::experiment::unit::UnitPlan;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

/// What [`Store::retain`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retained {
    /// Addresses of the study whose unit is stored as done.
    pub kept: u64,
    /// Addresses of the study that are still to be computed.
    pub missing: u64,
    /// Stored units that the study does not have; they are gone.
    pub dropped: u64,
}

/// Whether the store's addresses mean what they mean in this study.
pub(super) fn is_same_study(connection: &Connection, head: &StudyHead<'_>) -> rusqlite::Result<bool> {
    let study: Option<String> = connection
        .query_row("SELECT value FROM meta WHERE key = 'study'", [], |row| row.get(0))
        .optional()?;
    Ok(study.as_deref() == Some(head.study)
        && super::names(connection, "SELECT name FROM contenders ORDER BY number")? == head.contenders
        && super::names(connection, "SELECT path FROM parameters ORDER BY number")? == head.parameters)
}

/// A list of versions, with one more where it is not among them.
pub(super) fn with_version(known: &str, version: &str) -> String {
    if known.is_empty() {
        version.to_owned()
    } else if known.split(", ").any(|other| other == version) {
        known.to_owned()
    } else {
        format!("{known}, {version}")
    }
}

/// Writes the study's head. Unless the study is continued, addresses and everything bound to them start anew.
pub(super) fn record_head(
    connection: &mut Connection,
    head: &StudyHead<'_>,
    opening: Opening,
) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    let engine = head.engine.to_string();
    let known: Option<String> = transaction
        .query_row("SELECT value FROM meta WHERE key = 'version'", [], |row| row.get(0))
        .optional()?;
    let version = with_version(&known.unwrap_or_default(), env!("CARGO_PKG_VERSION"));
    let entries = [
        ("experiment", head.experiment),
        ("engine", engine.as_str()),
        ("study", head.study),
        ("resolved", head.resolved),
        ("version", version.as_str()),
    ];
    for (key, value) in entries {
        transaction
            .execute("INSERT OR REPLACE INTO meta(key, value) VALUES (?1, ?2)", params![key, value])?;
    }
    if opening != Opening::Continued {
        transaction.execute_batch(
            "DELETE FROM places; DELETE FROM contenders; DELETE FROM design_points; DELETE FROM parameters; \
             DELETE FROM reference_curves;",
        )?;
        for (number, name) in (0_i64..).zip(head.contenders) {
            transaction
                .execute("INSERT INTO contenders(number, name) VALUES (?1, ?2)", params![number, name])?;
        }
        for (number, path) in (0_i64..).zip(head.parameters) {
            transaction
                .execute("INSERT INTO parameters(number, path) VALUES (?1, ?2)", params![number, path])?;
        }
    }
    // Numbers of metrics stay for good, since stored values refer to them; the order is that of the present list, and
    // names that it no longer has come last.
    transaction.execute("UPDATE metrics SET position = 1000000 + number", [])?;
    for (position, name) in (0_i64..).zip(head.metrics) {
        transaction.execute(
            "INSERT INTO metrics(number, name, position) \
             VALUES ((SELECT coalesce(max(number) + 1, 0) FROM metrics), ?1, ?2) \
             ON CONFLICT(name) DO UPDATE SET position = excluded.position",
            params![name, position],
        )?;
    }
    transaction.commit()
}

impl Store {
    /// Keeps the units that the present study has, at the addresses of `plans`, and drops all others: for an
    /// experiment file that changed. Failed units of the study stay until they are computed again.
    ///
    /// # Errors
    /// Where a plan names an unknown contender or the store fails; nothing is dropped then.
    pub fn retain<'a>(
        &mut self,
        plans: impl IntoIterator<Item = &'a UnitPlan>,
    ) -> Result<Retained, StoreError> {
        self.flush()?;
        let path = self.path.clone();
        let fail = |e| StoreError::from_sqlite(&path, e);
        let numbers: Vec<String> = self.contenders.clone();
        let transaction = self.connection.transaction().map_err(fail)?;
        let mut retained = Retained::default();
        let former: u64 = count(&transaction, "SELECT count(*) FROM results").map_err(fail)?;
        transaction.execute("DELETE FROM places", []).map_err(fail)?;
        {
            let mut find = transaction
                .prepare_cached("SELECT number, status = 'done' FROM results WHERE id = ?1")
                .map_err(fail)?;
            for plan in plans {
                let contender = contender_number(&numbers, &plan.key.mechanism)?;
                let stored = find
                    .query_row([&plan.id], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, bool>(1)?)))
                    .optional()
                    .map_err(fail)?;
                match stored {
                    Some((_, true)) => retained.kept += 1,
                    _ => retained.missing += 1,
                }
                if let Some((number, _)) = stored {
                    put_place(&transaction, plan, contender, number).map_err(fail)?;
                }
            }
        }
        drop_unplaced(&transaction).map_err(fail)?;
        retained.dropped = former - count(&transaction, "SELECT count(*) FROM results").map_err(fail)?;
        transaction.commit().map_err(fail)?;
        Ok(retained)
    }

    /// Forgets every address; results stay, by content: for a study that gives its units their addresses anew.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn forget_addresses(&mut self) -> Result<(), StoreError> {
        self.flush()?;
        self.connection
            .execute_batch("BEGIN IMMEDIATE; DELETE FROM places; DELETE FROM design_points; COMMIT")
            .map_err(|e| self.error(e))
    }

    /// Drops every unit that has no address: what a changed study whose plans are not known beforehand leaves behind,
    /// once it is complete. Returns how many.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn drop_unplaced(&mut self) -> Result<u64, StoreError> {
        self.flush()?;
        let path = self.path.clone();
        let fail = |e| StoreError::from_sqlite(&path, e);
        let transaction = self.connection.transaction().map_err(fail)?;
        let former: u64 = count(&transaction, "SELECT count(*) FROM results").map_err(fail)?;
        drop_unplaced(&transaction).map_err(fail)?;
        let dropped = former - count(&transaction, "SELECT count(*) FROM results").map_err(fail)?;
        transaction.commit().map_err(fail)?;
        Ok(dropped)
    }

    /// Stores the swept parameters of design points, in place of those stored before; one that a point does not have is
    /// absent.
    ///
    /// # Errors
    /// Where a path is not among the study's parameters, or the store fails; nothing is stored then.
    pub fn put_designs(
        &mut self,
        designs: impl IntoIterator<Item = (u32, Vec<(String, DesignValue)>)>,
    ) -> Result<(), StoreError> {
        self.flush()?;
        let path = self.path.clone();
        let fail = |e| StoreError::from_sqlite(&path, e);
        let transaction = self.connection.transaction().map_err(fail)?;
        {
            let mut delete =
                transaction.prepare("DELETE FROM design_points WHERE design = ?1").map_err(fail)?;
            let mut insert = transaction
                .prepare("INSERT INTO design_points(design, parameter, value) VALUES (?1, ?2, ?3)")
                .map_err(fail)?;
            for (design, values) in designs {
                delete.execute([design]).map_err(fail)?;
                for (name, value) in values {
                    let parameter = number_of(&self.parameters, &name)
                        .ok_or_else(|| StoreError::UnknownParameter(name.clone()))?;
                    insert.execute(params![design, parameter, value]).map_err(fail)?;
                }
            }
        }
        transaction.commit().map_err(fail)
    }

    /// Stores lines of theory by design point and contender, in place of all that were stored before.
    ///
    /// # Errors
    /// Where the store fails; nothing is stored then.
    pub fn put_reference_curves(
        &mut self,
        curves: impl IntoIterator<Item = (u32, String, Curve)>,
    ) -> Result<(), StoreError> {
        self.flush()?;
        let path = &self.path;
        let write = || -> rusqlite::Result<()> {
            let transaction = self.connection.transaction()?;
            transaction.execute("DELETE FROM reference_curves", [])?;
            {
                let mut insert = transaction.prepare(
                    "INSERT INTO reference_curves(design, mechanism, name, agent, x, y) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?;
                for (design, mechanism, curve) in curves {
                    for (x, y) in &curve.points {
                        insert.execute(params![design, mechanism, curve.name, curve.agent, x, y])?;
                    }
                }
            }
            transaction.commit()
        };
        write().map_err(|e| StoreError::from_sqlite(path, e))
    }
}

fn drop_unplaced(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    transaction.execute_batch(
        "CREATE TEMP TABLE unplaced AS SELECT number FROM results WHERE number NOT IN (SELECT result FROM places);
         DELETE FROM metric_values WHERE result IN (SELECT number FROM temp.unplaced);
         DELETE FROM curves WHERE result IN (SELECT number FROM temp.unplaced);
         DELETE FROM policies WHERE result IN (SELECT number FROM temp.unplaced);
         DELETE FROM results WHERE number IN (SELECT number FROM temp.unplaced);
         DROP TABLE temp.unplaced;",
    )
}

fn count(connection: &Connection, query: &str) -> rusqlite::Result<u64> {
    connection.query_row(query, [], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs)
}

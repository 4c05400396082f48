//! Writing: one transaction per unit, and what a changed study keeps.

use super::packing::pack;
use super::read::DesignValue;
use super::{Opening, Status, Store, StoreError, StudyHead};
use crate::experiment::outcome::{Curve, Outcome, PolicyEntry};
use crate::experiment::unit::UnitPlan;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use std::time::{Duration, Instant};

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

/// Writes the study's head. Unless the study is continued, addresses and everything bound to them start anew.
pub(super) fn record_head(
    connection: &mut Connection,
    head: &StudyHead<'_>,
    opening: Opening,
) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    let engine = head.engine.to_string();
    let entries = [
        ("experiment", head.experiment),
        ("engine", engine.as_str()),
        ("study", head.study),
        ("resolved", head.resolved),
        ("version", env!("CARGO_PKG_VERSION")),
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
    /// Stores a finished unit at its address, whole or not at all: standing, values, curves, policies. A unit stored
    /// before (failed, or replayed) is replaced.
    ///
    /// # Errors
    /// Where the outcome names a contender or metric that the study does not have, or the store cannot be written;
    /// nothing of the unit is stored then.
    pub fn put(&mut self, plan: &UnitPlan, result: Result<&Outcome, &str>) -> Result<(), StoreError> {
        let contender = self.contender_number(&plan.key.mechanism)?;
        let empty = Outcome::default();
        let outcome = result.unwrap_or(&empty);
        let mut values = Vec::with_capacity(outcome.metrics.len());
        for (name, value) in &outcome.metrics {
            let number =
                self.metric_numbers.get(name).ok_or_else(|| StoreError::UnknownMetric((*name).to_owned()))?;
            values.push((*number, *value));
        }
        // Rows go to the end of the table in the order of its key.
        values.sort_unstable_by_key(|(number, _)| *number);
        self.begin()?;
        let write = || -> rusqlite::Result<()> {
            let connection = &self.connection;
            let number = put_result(connection, plan, result.err())?;
            put_place(connection, plan, contender, number)?;
            let mut insert = connection
                .prepare_cached("INSERT INTO metric_values(result, metric, value) VALUES (?1, ?2, ?3)")?;
            for (metric, value) in &values {
                insert.execute(params![number, metric, value])?;
            }
            put_curves(connection, number, &outcome.curves)?;
            put_policies(connection, number, &outcome.policies)?;
            self.step("RELEASE unit")
        };
        if let Err(error) = write() {
            // Units that wait for the same commit are whole; only this one goes.
            let _ = self.step("ROLLBACK TO unit").and_then(|()| self.step("RELEASE unit"));
            let _ = self.flush();
            return Err(self.error(error));
        }
        if self.waited() >= self.linger { self.flush() } else { Ok(()) }
    }

    /// Lets units of [`Store::put`] share a commit for up to `linger`; zero, as after opening, commits each. A kill then
    /// loses what was stored within that time, never a part of a unit. Whoever sets it calls [`Store::flush`] when idle.
    pub fn set_linger(&mut self, linger: Duration) {
        self.linger = linger;
    }

    /// Commits the units that wait for it.
    ///
    /// # Errors
    /// Where the store cannot be written; the waiting units are lost then.
    pub fn flush(&mut self) -> Result<(), StoreError> {
        if self.open_since.take().is_none() {
            return Ok(());
        }
        self.step("COMMIT").map_err(|e| {
            let _ = self.step("ROLLBACK");
            self.error(e)
        })
    }

    /// Time for which the oldest unit has waited for its commit.
    fn waited(&self) -> Duration {
        self.open_since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        if self.open_since.is_none() {
            self.step("BEGIN IMMEDIATE").map_err(|e| self.error(e))?;
            self.open_since = Some(Instant::now());
        }
        self.step("SAVEPOINT unit").map_err(|e| self.error(e))
    }

    fn step(&self, sql: &str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(sql)?.execute([]).map(drop)
    }

    /// Gives a unit that is stored under its content id the address of `plan` as well, and says how it stands; `None`
    /// where it is not stored.
    ///
    /// # Errors
    /// Where the study does not have the contender, or the store fails.
    pub fn place(&mut self, plan: &UnitPlan) -> Result<Option<Status>, StoreError> {
        let contender = self.contender_number(&plan.key.mechanism)?;
        let write = || -> rusqlite::Result<_> {
            let stored = self
                .connection
                .prepare_cached("SELECT number, status = 'done' FROM results WHERE id = ?1")?
                .query_row([&plan.id], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, bool>(1)?)))
                .optional()?;
            let Some((number, done)) = stored else { return Ok(None) };
            let placed = self
                .connection
                .prepare_cached(
                    "SELECT result FROM places WHERE design = ?1 AND replicate = ?2 AND contender = ?3",
                )?
                .query_row(params![plan.key.design, plan.key.replicate, contender], |row| {
                    row.get::<_, i64>(0)
                })
                .optional()?;
            // Resuming asks for every unit; only a new address is worth a write.
            if placed != Some(number) {
                put_place(&self.connection, plan, contender, number)?;
            }
            Ok(Some(if done { Status::Done } else { Status::Failed }))
        };
        write().map_err(|e| self.error(e))
    }

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
                let contender = position(&numbers, &plan.key.mechanism)?;
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

    /// Stores the swept parameters of a design point; one that the point does not have is absent.
    ///
    /// # Errors
    /// Where a path is not among the study's parameters, or the store fails.
    pub fn put_design(&mut self, design: u32, values: &[(String, DesignValue)]) -> Result<(), StoreError> {
        self.flush()?;
        let path = self.path.clone();
        let fail = |e| StoreError::from_sqlite(&path, e);
        let transaction = self.connection.transaction().map_err(fail)?;
        transaction.execute("DELETE FROM design_points WHERE design = ?1", [design]).map_err(fail)?;
        for (name, value) in values {
            let parameter = self
                .parameters
                .iter()
                .position(|p| p == name)
                .ok_or_else(|| StoreError::UnknownParameter(name.clone()))?;
            transaction
                .execute(
                    "INSERT INTO design_points(design, parameter, value) VALUES (?1, ?2, ?3)",
                    params![design, parameter as i64, value],
                )
                .map_err(fail)?;
        }
        transaction.commit().map_err(fail)
    }

    /// Stores the lines of theory for a contender at a design point, in place of those stored before.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn put_reference_curves(
        &mut self,
        design: u32,
        mechanism: &str,
        curves: &[Curve],
    ) -> Result<(), StoreError> {
        self.flush()?;
        let path = &self.path;
        let mut write = || -> rusqlite::Result<()> {
            let transaction = self.connection.transaction()?;
            transaction.execute(
                "DELETE FROM reference_curves WHERE design = ?1 AND mechanism = ?2",
                params![design, mechanism],
            )?;
            {
                let mut insert = transaction.prepare_cached(
                    "INSERT INTO reference_curves(design, mechanism, name, agent, x, y) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?;
                for curve in curves {
                    for (x, y) in &curve.points {
                        insert.execute(params![design, mechanism, curve.name, curve.agent, x, y])?;
                    }
                }
            }
            transaction.commit()
        };
        write().map_err(|e| StoreError::from_sqlite(path, e))
    }

    fn contender_number(&self, name: &str) -> Result<i64, StoreError> {
        position(&self.contenders, name)
    }
}

fn position(contenders: &[String], name: &str) -> Result<i64, StoreError> {
    contenders
        .iter()
        .position(|c| c == name)
        .map(|at| at as i64)
        .ok_or_else(|| StoreError::UnknownContender(name.to_owned()))
}

/// Inserts the unit's standing, or replaces that of an earlier attempt together with all that it left.
fn put_result(connection: &Connection, plan: &UnitPlan, error: Option<&str>) -> rusqlite::Result<i64> {
    let status = if error.is_some() { "failed" } else { "done" };
    // SQLite's integers are signed; the rare seed beyond them is kept as text.
    let seed = match i64::try_from(plan.seed) {
        Ok(seed) => rusqlite::types::Value::Integer(seed),
        Err(_) => rusqlite::types::Value::Text(plan.seed.to_string()),
    };
    let former = connection
        .prepare_cached("SELECT number FROM results WHERE id = ?1")?
        .query_row([&plan.id], |row| row.get::<_, i64>(0))
        .optional()?;
    if let Some(number) = former {
        for table in ["metric_values", "curves", "policies"] {
            connection
                .prepare_cached(&format!("DELETE FROM {table} WHERE result = ?1"))?
                .execute([number])?;
        }
        connection
            .prepare_cached("UPDATE results SET seed = ?2, status = ?3, error = ?4 WHERE number = ?1")?
            .execute(params![number, seed, status, error])?;
        return Ok(number);
    }
    connection
        .prepare_cached("INSERT INTO results(id, seed, status, error) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![plan.id, seed, status, error])?;
    Ok(connection.last_insert_rowid())
}

fn put_place(connection: &Connection, plan: &UnitPlan, contender: i64, number: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO places(design, replicate, contender, result) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![plan.key.design, plan.key.replicate, contender, number])?;
    Ok(())
}

fn put_curves(connection: &Connection, number: i64, curves: &[Curve]) -> rusqlite::Result<()> {
    for curve in curves {
        connection
            .prepare_cached("INSERT INTO curves(result, name, agent, points) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![
                number,
                curve.name,
                curve.agent,
                pack(curve.points.iter().map(|&(x, y)| [x, y]))
            ])?;
    }
    Ok(())
}

/// One row for each stretch of entries with the same agent and lever; `NaN` stands for abstaining.
fn put_policies(connection: &Connection, number: i64, policies: &[PolicyEntry]) -> rusqlite::Result<()> {
    for stretch in policies.chunk_by(|a, b| a.agent == b.agent && a.lever == b.lever) {
        let cells = pack(stretch.iter().map(|e| [e.state, e.action.unwrap_or(f64::NAN), e.probability]));
        connection
            .prepare_cached("INSERT INTO policies(result, agent, lever, cells) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![number, stretch[0].agent, stretch[0].lever, cells])?;
    }
    Ok(())
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
    connection.query_row(query, [], |row| row.get::<_, i64>(0)).map(|n| n.unsigned_abs())
}

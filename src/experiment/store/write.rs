//! Writing units, whole or not at all.

use super::packing::pack;
use super::{Status, Store, StoreError};
use crate::experiment::outcome::{Curve, Outcome, PolicyEntry};
use crate::experiment::unit::UnitPlan;
use rusqlite::{Connection, OptionalExtension, params};
use std::time::{Duration, Instant};

impl Store {
    /// Stores a finished unit at its address, whole or not at all: standing, values, curves, policies. A unit stored
    /// before (failed, or replayed) is replaced.
    ///
    /// # Errors
    /// Where the outcome names a contender or metric that the study does not have, or the store cannot be written;
    /// nothing of the unit is stored then.
    pub fn put(&mut self, plan: &UnitPlan, result: Result<&Outcome, &str>) -> Result<(), StoreError> {
        let contender = contender_number(&self.contenders, &plan.key.mechanism)?;
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

    /// Time after which the oldest unit that waits for its commit has waited long enough; all that it may wait where none does.
    pub fn due(&self) -> Duration {
        self.linger.saturating_sub(self.waited())
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
        let contender = contender_number(&self.contenders, &plan.key.mechanism)?;
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
}

/// Number of a name, which is its position.
pub(super) fn number_of(names: &[String], name: &str) -> Option<i64> {
    (0..).zip(names).find_map(|(number, other)| (other == name).then_some(number))
}

pub(super) fn contender_number(contenders: &[String], name: &str) -> Result<i64, StoreError> {
    number_of(contenders, name).ok_or_else(|| StoreError::UnknownContender(name.to_owned()))
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

pub(super) fn put_place(
    connection: &Connection,
    plan: &UnitPlan,
    contender: i64,
    number: i64,
) -> rusqlite::Result<()> {
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

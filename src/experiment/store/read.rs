//! Reading: everything streams in the order of the tables, so that memory does not grow with the study.

use super::packing::unpack;
use super::{Status, Store, StoreError};
use crate::experiment::outcome::{Curve, Outcome, PolicyEntry, UnitKey};
use crate::experiment::tables::format_number;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use std::collections::HashSet;

/// Value of a swept parameter at a design point.
#[derive(Clone, Debug, PartialEq)]
pub enum DesignValue {
    /// A number, whole or not.
    Number(f64),
    /// A name, or `true` and `false`.
    Text(String),
}

/// A row of the view `units`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitRow {
    /// Content id.
    pub id: String,
    /// Address.
    pub key: UnitKey,
    /// Seed of the draws.
    pub seed: u64,
    /// `None` where done, the error where failed.
    pub error: Option<String>,
}

/// A done unit with its values, as [`Store::visit_values`] shows it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StoredUnit<'a> {
    /// Design point.
    pub design: u32,
    /// Position of the contender in [`Store::contenders`].
    pub contender: usize,
    /// Name of the contender.
    pub mechanism: &'a str,
    /// Replicate.
    pub replicate: u32,
    /// Values as (position of the metric in [`Store::metrics`], value), by position.
    pub values: &'a [(usize, f64)],
}

/// A curve of one replicate.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredCurve {
    /// Replicate.
    pub replicate: u32,
    /// The curve.
    pub curve: Curve,
}

/// The learned behaviour of one unit, as [`Store::visit_policies`] shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredPolicy {
    /// Address.
    pub key: UnitKey,
    /// Cells in the order in which the unit gave them.
    pub entries: Vec<PolicyEntry>,
}

/// Values of a result.
const ALL_VALUES: &str = "SELECT metric, value FROM metric_values WHERE result = ?1 ORDER BY metric";

/// Order of a walk over units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Design point, contender as in the file, then replicate: the order of every table.
    ByContender,
    /// Design point, replicate, then contender: pairs on the same draws are neighbours.
    ByReplicate,
    /// Replicate, design point, then contender: the order in which units run.
    AsRun,
}

impl Store {
    /// Ids of all units that are stored as done.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn done_ids(&self) -> Result<HashSet<String>, StoreError> {
        let read = || -> rusqlite::Result<_> {
            let mut statement = self.connection.prepare("SELECT id FROM results WHERE status = 'done'")?;
            statement.query_map([], |row| row.get(0))?.collect()
        };
        read().map_err(|e| self.error(e))
    }

    /// How the unit with this content stands; `None` where it is not stored.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn status(&self, id: &str) -> Result<Option<Status>, StoreError> {
        Ok(self.standing(id)?.map(|(status, _)| status))
    }

    /// The same with the number of its result, in the order in which contents were first stored.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn standing(&self, id: &str) -> Result<Option<(Status, i64)>, StoreError> {
        let read = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached("SELECT status = 'done', number FROM results WHERE id = ?1")?
                .query_row([id], |row| {
                    Ok((if row.get(0)? { Status::Done } else { Status::Failed }, row.get(1)?))
                })
                .optional()
        };
        read().map_err(|e| self.error(e))
    }

    /// The number of the last result; 0 where there is none.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn last_number(&self) -> Result<i64, StoreError> {
        self.connection
            .query_row("SELECT coalesce(max(number), 0) FROM results", [], |row| row.get(0))
            .map_err(|e| self.error(e))
    }

    /// The first address of the unit with this content; `None` where it has none.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn address(&self, id: &str) -> Result<Option<UnitKey>, StoreError> {
        let read = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached(
                    "SELECT p.design, c.name, p.replicate FROM results r JOIN places p ON p.result = r.number \
                     JOIN contenders c ON c.number = p.contender WHERE r.id = ?1 \
                     ORDER BY p.design, p.contender, p.replicate LIMIT 1",
                )?
                .query_row([id], |row| {
                    Ok(UnitKey { design: row.get(0)?, mechanism: row.get(1)?, replicate: row.get(2)? })
                })
                .optional()
        };
        read().map_err(|e| self.error(e))
    }

    /// What the unit with this content left: its outcome, or its error; `None` where it is not stored.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn outcome(&self, id: &str) -> Result<Option<Result<Outcome, String>>, StoreError> {
        let read = || -> rusqlite::Result<_> {
            let found = self
                .connection
                .prepare_cached("SELECT number, error, status = 'done' FROM results WHERE id = ?1")?
                .query_row([id], |row| {
                    Ok((row.get::<_, i64>(0)?, row.get::<_, Option<String>>(1)?, row.get::<_, bool>(2)?))
                })
                .optional()?;
            let Some((number, error, done)) = found else { return Ok(None) };
            if !done {
                return Ok(Some(Err(error.unwrap_or_default())));
            }
            let mut values = Vec::new();
            self.values_of(number, &mut values)?;
            let metrics = values.into_iter().map(|(at, value)| (self.metrics[at], value)).collect();
            let curves = self
                .connection
                .prepare_cached("SELECT name, agent, points FROM curves WHERE result = ?1 ORDER BY number")?
                .query_map([number], |row| curve(row, 0))?
                .collect::<rusqlite::Result<_>>()?;
            let policies = self.policies_of(number)?;
            Ok(Some(Ok(Outcome { metrics, curves, policies })))
        };
        read().map_err(|e| self.error(e))
    }

    /// Rows of the view `units`, by design, contender and replicate.
    ///
    /// # Errors
    /// Where the store cannot be read, or `visit` fails.
    pub fn visit_units<E: From<StoreError>>(
        &self,
        mut visit: impl FnMut(UnitRow) -> Result<(), E>,
    ) -> Result<(), E> {
        self.walk(
            &self.designs()?,
            "SELECT p.replicate, r.id, r.seed, r.error FROM places p JOIN results r ON r.number = p.result \
             WHERE p.design = ?1 AND p.contender = ?2 ORDER BY p.replicate",
            |design, contender, row| {
                let key = self.key(design, contender, row.get(0)?);
                Ok(visit(UnitRow {
                    id: row.get(1)?,
                    key,
                    seed: row.get::<_, Seed>(2)?.0,
                    error: row.get(3)?,
                }))
            },
        )
    }

    /// Rows of the view `units` that failed, in the same order.
    ///
    /// # Errors
    /// Where the store cannot be read, or `visit` fails.
    pub fn visit_failed<E: From<StoreError>>(
        &self,
        mut visit: impl FnMut(UnitRow) -> Result<(), E>,
    ) -> Result<(), E> {
        self.walk(
            &self.designs()?,
            "SELECT p.replicate, r.id, r.seed, r.error FROM places p JOIN results r ON r.number = p.result \
             WHERE p.design = ?1 AND p.contender = ?2 AND r.status = 'failed' ORDER BY p.replicate",
            |design, contender, row| {
                let key = self.key(design, contender, row.get(0)?);
                Ok(visit(UnitRow {
                    id: row.get(1)?,
                    key,
                    seed: row.get::<_, Seed>(2)?.0,
                    error: row.get(3)?,
                }))
            },
        )
    }

    /// The settings of a design point in words: `path = value, …`, or `as written`.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn design_in_words(&self, design: u32) -> Result<String, StoreError> {
        let values = self.parameters.iter().zip(self.design_values(design)?);
        let words: Vec<String> = values
            .filter_map(|(path, value)| {
                Some(match value? {
                    DesignValue::Number(number) => format!("{path} = {}", format_number(number)),
                    DesignValue::Text(text) => format!("{path} = {text}"),
                })
            })
            .collect();
        Ok(if words.is_empty() { "as written".to_owned() } else { words.join(", ") })
    }

    /// Rows of the view `units` in memory.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn units(&self) -> Result<Vec<UnitRow>, StoreError> {
        let mut units = Vec::new();
        self.visit_units(|unit| {
            units.push(unit);
            Ok::<_, StoreError>(())
        })?;
        Ok(units)
    }

    /// Every done unit with its values, one at a time.
    ///
    /// # Errors
    /// Where the store cannot be read, or `visit` fails.
    pub fn visit_values<E: From<StoreError>>(
        &self,
        order: Order,
        visit: impl FnMut(&StoredUnit<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.visit_values_of(&self.designs()?, order, visit)
    }

    /// As [`Self::visit_values`], of some design points in the order given.
    ///
    /// # Errors
    /// As there.
    pub fn visit_values_of<E: From<StoreError>>(
        &self,
        designs: &[u32],
        order: Order,
        visit: impl FnMut(&StoredUnit<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.visit_some(designs, order, ALL_VALUES, visit)
    }

    /// As [`Self::visit_values`], with the values of some metrics alone, by position: a few are read faster than all.
    ///
    /// # Errors
    /// As there.
    pub fn visit_values_on<E: From<StoreError>>(
        &self,
        metrics: &[usize],
        order: Order,
        visit: impl FnMut(&StoredUnit<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let designs = self.designs()?;
        if 3 * metrics.len() > self.metrics.len() {
            return self.visit_values_of(&designs, order, visit);
        }
        let number = |&position: &usize| self.metric_numbers[self.metrics[position]].to_string();
        let list = metrics.iter().map(number).collect::<Vec<_>>().join(", ");
        let query = format!(
            "SELECT metric, value FROM metric_values WHERE result = ?1 AND metric IN ({list}) ORDER BY metric"
        );
        self.visit_some(&designs, order, &query, visit)
    }

    fn visit_some<E: From<StoreError>>(
        &self,
        designs: &[u32],
        order: Order,
        query: &str,
        mut visit: impl FnMut(&StoredUnit<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let _reading = self.reading()?;
        let mut values = Vec::new();
        let mut show = |design, contender: usize, replicate, result| -> rusqlite::Result<_> {
            self.values_by(query, result, &mut values)?;
            let mechanism = &self.contenders[contender];
            Ok(visit(&StoredUnit { design, contender, mechanism, replicate, values: &values }))
        };
        match order {
            Order::ByContender => self.walk(
                designs,
                "SELECT p.replicate, p.result FROM places p JOIN results r ON r.number = p.result \
                 WHERE p.design = ?1 AND p.contender = ?2 AND r.status = 'done' ORDER BY p.replicate",
                |design, contender, row| show(design, contender, row.get(0)?, row.get(1)?),
            ),
            Order::ByReplicate => {
                let mut read = || -> rusqlite::Result<_> {
                    let mut statement = self.connection.prepare_cached(
                        "SELECT p.contender, p.replicate, p.result FROM places p \
                         JOIN results r ON r.number = p.result \
                         WHERE p.design = ?1 AND r.status = 'done' ORDER BY p.replicate, p.contender",
                    )?;
                    for &design in designs {
                        let mut rows = statement.query([design])?;
                        while let Some(row) = rows.next()? {
                            let contender = row.get::<_, u32>(0)? as usize;
                            if let Err(e) = show(design, contender, row.get(1)?, row.get(2)?)? {
                                return Ok(Err(e));
                            }
                        }
                    }
                    Ok(Ok(()))
                };
                read().map_err(|e| self.error(e))?
            }
            Order::AsRun => {
                let mut read = || -> rusqlite::Result<_> {
                    let mut statement = self.connection.prepare_cached(
                        "SELECT p.contender, p.result FROM places p JOIN results r ON r.number = p.result \
                         WHERE p.design = ?1 AND p.replicate = ?2 AND r.status = 'done' ORDER BY p.contender",
                    )?;
                    for replicate in self.replicates()? {
                        for &design in designs {
                            let mut rows = statement.query([design, replicate])?;
                            while let Some(row) = rows.next()? {
                                let contender = row.get::<_, u32>(0)? as usize;
                                if let Err(e) = show(design, contender, replicate, row.get(1)?)? {
                                    return Ok(Err(e));
                                }
                            }
                        }
                    }
                    Ok(Ok(()))
                };
                read().map_err(|e| self.error(e))?
            }
        }
    }

    /// One transaction for all queries of a walk, each of which would otherwise lock the file anew; `None` where one is open.
    fn reading(&self) -> Result<Option<Transaction<'_>>, StoreError> {
        let begin = self.connection.is_autocommit().then(|| self.connection.unchecked_transaction());
        begin.transpose().map_err(|e| self.error(e))
    }

    /// Replicates that some design point has, in order.
    fn replicates(&self) -> rusqlite::Result<Vec<u32>> {
        let mut statement =
            self.connection.prepare_cached("SELECT DISTINCT replicate FROM places ORDER BY replicate")?;
        statement.query_map([], |row| row.get(0))?.collect()
    }

    /// Every done unit of one design point with its values, by contender and replicate.
    ///
    /// # Errors
    /// Where the store cannot be read, or `visit` fails.
    pub fn visit_values_at<E: From<StoreError>>(
        &self,
        design: u32,
        mut visit: impl FnMut(&StoredUnit<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut values = Vec::new();
        let mut read = || -> rusqlite::Result<_> {
            let mut statement = self.connection.prepare_cached(
                "SELECT p.contender, p.replicate, p.result FROM places p JOIN results r ON r.number = p.result \
                 WHERE p.design = ?1 AND r.status = 'done' ORDER BY p.contender, p.replicate",
            )?;
            let mut rows = statement.query([design])?;
            while let Some(row) = rows.next()? {
                let contender = row.get::<_, u32>(0)? as usize;
                let replicate = row.get(1)?;
                self.values_of(row.get(2)?, &mut values)?;
                let mechanism = &self.contenders[contender];
                let unit = StoredUnit { design, contender, mechanism, replicate, values: &values };
                if let Err(e) = visit(&unit) {
                    return Ok(Err(e));
                }
            }
            Ok(Ok(()))
        };
        read().map_err(|e| self.error(e))?
    }

    /// Curves of one name for a contender at a design point, by replicate, in the order in which the unit gave them.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn curves(&self, design: u32, mechanism: &str, name: &str) -> Result<Vec<StoredCurve>, StoreError> {
        let read = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached(
                    "SELECT p.replicate, k.name, k.agent, k.points FROM contenders c \
                     JOIN places p ON p.contender = c.number JOIN curves k ON k.result = p.result \
                     WHERE p.design = ?1 AND c.name = ?2 AND k.name = ?3 ORDER BY p.replicate, k.number",
                )?
                .query_map(params![design, mechanism, name], |row| {
                    Ok(StoredCurve { replicate: row.get(0)?, curve: curve(row, 1)? })
                })?
                .collect()
        };
        read().map_err(|e| self.error(e))
    }

    /// Names of the stored curves, sorted.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn curve_names(&self) -> Result<Vec<String>, StoreError> {
        super::names(&self.connection, "SELECT DISTINCT name FROM curves ORDER BY name")
            .map_err(|e| self.error(e))
    }

    /// Lines of theory for a contender at a design point, in the order in which they were stored.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn reference_curves(&self, design: u32, mechanism: &str) -> Result<Vec<Curve>, StoreError> {
        let read = || -> rusqlite::Result<_> {
            let mut curves: Vec<Curve> = Vec::new();
            let mut statement = self.connection.prepare_cached(
                "SELECT name, agent, x, y FROM reference_curves WHERE design = ?1 AND mechanism = ?2 ORDER BY number",
            )?;
            let mut rows = statement.query(params![design, mechanism])?;
            while let Some(row) = rows.next()? {
                let (name, agent): (String, String) = (row.get(0)?, row.get(1)?);
                let point = (number(row, 2)?, number(row, 3)?);
                match curves.last_mut().filter(|c| c.name == name && c.agent == agent) {
                    Some(curve) => curve.points.push(point),
                    None => curves.push(Curve { name, agent, points: vec![point] }),
                }
            }
            Ok(curves)
        };
        read().map_err(|e| self.error(e))
    }

    /// Learned behaviour, unit by unit, by design, contender and replicate; units without any are left out.
    ///
    /// # Errors
    /// Where the store cannot be read, or `visit` fails.
    pub fn visit_policies<E: From<StoreError>>(
        &self,
        mut visit: impl FnMut(StoredPolicy) -> Result<(), E>,
    ) -> Result<(), E> {
        self.walk(
            &self.designs()?,
            "SELECT p.replicate, p.result FROM places p WHERE p.design = ?1 AND p.contender = ?2 ORDER BY p.replicate",
            |design, contender, row| {
                let entries = self.policies_of(row.get(1)?)?;
                if entries.is_empty() {
                    return Ok(Ok(()));
                }
                Ok(visit(StoredPolicy { key: self.key(design, contender, row.get(0)?), entries }))
            },
        )
    }

    /// Learned behaviour of all units in memory.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn policies(&self) -> Result<Vec<StoredPolicy>, StoreError> {
        let mut policies = Vec::new();
        self.visit_policies(|policy| {
            policies.push(policy);
            Ok::<_, StoreError>(())
        })?;
        Ok(policies)
    }

    /// Design points that have units, in order.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn designs(&self) -> Result<Vec<u32>, StoreError> {
        let read = || -> rusqlite::Result<_> {
            let mut statement =
                self.connection.prepare_cached("SELECT DISTINCT design FROM places ORDER BY design")?;
            statement.query_map([], |row| row.get(0))?.collect()
        };
        read().map_err(|e| self.error(e))
    }

    /// Values of the swept parameters at a design point, in the order of [`Store::parameters`]; `None` where the point
    /// does not have the parameter.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn design_values(&self, design: u32) -> Result<Vec<Option<DesignValue>>, StoreError> {
        let read = || -> rusqlite::Result<_> {
            let mut values = vec![None; self.parameters.len()];
            let mut statement = self
                .connection
                .prepare_cached("SELECT parameter, value FROM design_points WHERE design = ?1")?;
            let mut rows = statement.query([design])?;
            while let Some(row) = rows.next()? {
                if let Some(slot) = values.get_mut(row.get::<_, u32>(0)? as usize) {
                    *slot = Some(row.get(1)?);
                }
            }
            Ok(values)
        };
        read().map_err(|e| self.error(e))
    }

    /// Shows the values of the swept parameters at design points that are given in order, as [`Self::design_values`] has them, in
    /// one walk.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn visit_designs(
        &self,
        designs: &[u32],
        mut visit: impl FnMut(Vec<Option<DesignValue>>),
    ) -> Result<(), StoreError> {
        let mut read = || -> rusqlite::Result<_> {
            let mut statement = self
                .connection
                .prepare_cached("SELECT design, parameter, value FROM design_points ORDER BY design")?;
            let mut rows = statement.query([])?;
            let mut row = rows.next()?;
            for &design in designs {
                let mut values = vec![None; self.parameters.len()];
                while let Some(at) = row {
                    let here: u32 = at.get(0)?;
                    if here > design {
                        break;
                    }
                    if let Some(slot) =
                        values.get_mut(at.get::<_, u32>(1)? as usize).filter(|_| here == design)
                    {
                        *slot = Some(at.get(2)?);
                    }
                    row = rows.next()?;
                }
                visit(values);
            }
            Ok(())
        };
        read().map_err(|e| self.error(e))
    }

    /// Why units of a design point failed, or of all where none is given: contender, error, and how many units share it, by
    /// contender and first replicate.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn failures(&self, design: Option<u32>) -> Result<Vec<(String, String, u64)>, StoreError> {
        let read = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached(
                    "SELECT mechanism, coalesce(error, ''), count(*) FROM units WHERE status = 'failed' \
                     AND (?1 IS NULL OR design = ?1) GROUP BY mechanism, error ORDER BY min(design), min(replicate), mechanism",
                )?
                .query_map([design], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get::<_, i64>(2)?.unsigned_abs()))
                })?
                .collect()
        };
        read().map_err(|e| self.error(e))
    }

    /// Number of addresses whose unit is done, and whose unit failed.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn counts(&self) -> Result<(u64, u64), StoreError> {
        self.connection
            .query_row(
                "SELECT count(*) FILTER (WHERE status = 'done'), count(*) FILTER (WHERE status = 'failed') \
                FROM units",
                [],
                |row| Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get::<_, i64>(1)?.unsigned_abs())),
            )
            .map_err(|e| self.error(e))
    }

    /// Runs `query` for these design points and every contender in order, and `visit` for every row.
    fn walk<E: From<StoreError>>(
        &self,
        designs: &[u32],
        query: &str,
        mut visit: impl FnMut(u32, usize, &Row<'_>) -> rusqlite::Result<Result<(), E>>,
    ) -> Result<(), E> {
        let mut read = || -> rusqlite::Result<_> {
            let mut statement = self.connection.prepare_cached(query)?;
            for &design in designs {
                for (number, contender) in (0_i64..).zip(0..self.contenders.len()) {
                    let mut rows = statement.query(params![design, number])?;
                    while let Some(row) = rows.next()? {
                        if let Err(e) = visit(design, contender, row)? {
                            return Ok(Err(e));
                        }
                    }
                }
            }
            Ok(Ok(()))
        };
        read().map_err(|e| self.error(e))?
    }

    fn key(&self, design: u32, contender: usize, replicate: u32) -> UnitKey {
        UnitKey { design, mechanism: self.contenders[contender].clone(), replicate }
    }

    /// Values of a result by position of the metric.
    fn values_of(&self, result: i64, values: &mut Vec<(usize, f64)>) -> rusqlite::Result<()> {
        self.values_by(ALL_VALUES, result, values)
    }

    /// As [`Self::values_of`], those that a query finds.
    fn values_by(&self, query: &str, result: i64, values: &mut Vec<(usize, f64)>) -> rusqlite::Result<()> {
        values.clear();
        let mut statement = self.connection.prepare_cached(query)?;
        let mut rows = statement.query([result])?;
        while let Some(row) = rows.next()? {
            if let Some(&position) = self.metric_positions.get(row.get::<_, u32>(0)? as usize) {
                values.push((position, number(row, 1)?));
            }
        }
        if !values.is_sorted_by_key(|(position, _)| *position) {
            values.sort_unstable_by_key(|(position, _)| *position);
        }
        Ok(())
    }

    fn policies_of(&self, result: i64) -> rusqlite::Result<Vec<PolicyEntry>> {
        let mut entries = Vec::new();
        let mut statement = self
            .connection
            .prepare_cached("SELECT agent, lever, cells FROM policies WHERE result = ?1 ORDER BY number")?;
        let mut rows = statement.query([result])?;
        while let Some(row) = rows.next()? {
            let (agent, lever): (String, String) = (row.get(0)?, row.get(1)?);
            for [state, action, probability] in unpacked(row, 2)? {
                let action = (!action.is_nan()).then_some(action);
                entries.push(PolicyEntry {
                    agent: agent.clone(),
                    lever: lever.clone(),
                    state,
                    action,
                    probability,
                });
            }
        }
        Ok(entries)
    }
}

/// A number of a row; `NULL` is how SQLite keeps a `NaN`.
fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<f64> {
    Ok(row.get::<_, Option<f64>>(column)?.unwrap_or(f64::NAN))
}

/// A curve from three columns: name, agent, points.
fn curve(row: &Row<'_>, column: usize) -> rusqlite::Result<Curve> {
    let points = unpacked(row, column + 2)?.into_iter().map(|[x, y]| (x, y)).collect();
    Ok(Curve { name: row.get(column)?, agent: row.get(column + 1)?, points })
}

fn unpacked<const N: usize>(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<[f64; N]>> {
    let bytes = row.get_ref(column)?.as_blob()?;
    unpack(bytes)
        .ok_or_else(|| FromSqlError::InvalidBlobSize { expected_size: 8 * N, blob_size: bytes.len() }.into())
}

impl ToSql for DesignValue {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Number(value) => value.to_sql(),
            Self::Text(text) => text.to_sql(),
        }
    }
}

impl FromSql for DesignValue {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value {
            ValueRef::Text(_) => String::column_result(value).map(Self::Text),
            ValueRef::Null => Ok(Self::Number(f64::NAN)),
            _ => f64::column_result(value).map(Self::Number),
        }
    }
}

/// A seed: an integer, or text where it exceeds SQLite's signed integers.
struct Seed(u64);

impl FromSql for Seed {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value {
            ValueRef::Text(_) => value.as_str()?.parse().map(Self).map_err(|_| FromSqlError::InvalidType),
            _ => value.as_i64().map(|seed| Self(seed.unsigned_abs())),
        }
    }
}

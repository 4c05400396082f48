//! A policy as a table of a strategy file: for each range of private value, offers and their probabilities.
//!
//! ```toml
//! policy = [
//!     { to = 0.5, abstain = 1.0 },
//!     { to = 1.0, abstain = 0.25, offers = [0.4, 0.5], weights = [0.5, 0.25] },
//! ]
//! ```
//!
//! A row holds for ranks of the private signal (quantiles of its distribution) from the row before up to `to`. Offers are
//! settings of the strategy's menu, in its unit; weights and `abstain` are probabilities. An agent that tells its values
//! apart otherwise than the table finds its row at the middle rank of each of its own bins.

use super::Menu;
use crate::learning::policy::Policy;
use crate::settings::Value;

/// A table, its columns those of the menu.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    rows: Vec<Row>,
}

#[derive(Clone, Debug, PartialEq)]
struct Row {
    /// Highest rank for which it holds.
    to: f64,
    /// Probability of each column, abstaining first.
    weights: Vec<f64>,
}

/// Differences below this share between an offer and a setting of the menu are rounding.
const ROUNDING: f64 = 1e-9;

/// Probabilities may miss one by so much, by rounding.
const MISSING: f64 = 1e-6;

impl Table {
    /// Reads a table whose offers are settings of this menu.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(value: &Value, menu: &Menu) -> Result<Self, String> {
        let rows = value
            .as_list()
            .ok_or("a policy is a list of rows, such as { to = 1.0, offers = [0.5], weights = [1.0] }")?;
        let rows: Vec<Row> = rows
            .iter()
            .enumerate()
            .map(|(place, row)| {
                Row::read(row, menu).map_err(|error| format!("row {place} of the policy: {error}"))
            })
            .collect::<Result<_, _>>()?;
        let ascending = rows.windows(2).all(|pair| pair[0].to < pair[1].to);
        match rows.last() {
            Some(last) if ascending && last.to == 1.0 && rows[0].to > 0.0 => Ok(Table { rows }),
            _ => Err("the rows of a policy ascend in `to`, from above 0 to 1".to_owned()),
        }
    }

    /// The policy of an agent whose states begin and end at these ranks, with `columns` columns.
    pub fn policy(&self, states: &[(f64, f64)], columns: usize) -> Policy {
        let mut policy = Policy::uniform(states.len(), columns);
        let mut weights = vec![0.0; columns];
        for (state, (from, to)) in states.iter().enumerate() {
            let middle = 0.5 * (from + to);
            let row = self.rows.partition_point(|row| row.to <= middle).min(self.rows.len() - 1);
            let row = &self.rows[row].weights;
            weights[..row.len()].copy_from_slice(row);
            policy.set(state, &weights);
        }
        policy
    }

    /// The column that it plays for certain at every rank, if there is one.
    pub fn pure_column(&self) -> Option<usize> {
        let certain = |row: &Row| row.weights.iter().position(|&weight| weight >= 1.0 - MISSING);
        let first = certain(self.rows.first()?)?;
        self.rows.iter().all(|row| certain(row) == Some(first)).then_some(first)
    }

    /// Writes a policy whose states end at these ranks, as a table.
    pub fn write(policy: &Policy, to: &[f64], menu: &Menu) -> Value {
        let row = |(state, &to): (usize, &f64)| {
            let row = policy.row(state);
            let mut entries = vec![("to".to_owned(), Value::Number(to))];
            if row[0] > 0.0 {
                entries.push(("abstain".to_owned(), Value::Number(row[0])));
            }
            let played = || menu.settings.iter().zip(&row[1..]).filter(|(_, weight)| **weight > 0.0);
            if played().next().is_some() {
                let list = |numbers: Vec<f64>| Value::List(numbers.into_iter().map(Value::Number).collect());
                entries.push(("offers".to_owned(), list(played().map(|(offer, _)| *offer).collect())));
                entries.push(("weights".to_owned(), list(played().map(|(_, weight)| *weight).collect())));
            }
            Value::Table(entries)
        };
        Value::List(to.iter().enumerate().map(row).collect())
    }
}

impl Row {
    fn read(value: &Value, menu: &Menu) -> Result<Self, String> {
        let entries = value.as_table().ok_or("it is no table")?;
        if let Some((key, _)) =
            entries.iter().find(|(key, _)| !["to", "abstain", "offers", "weights"].contains(&key.as_str()))
        {
            return Err(format!("there is no key `{key}`; allowed: to, abstain, offers, weights"));
        }
        let to = value.get("to").and_then(Value::as_number).filter(|to| (0.0..=1.0).contains(to));
        let to = to.ok_or("`to` takes a rank, up to 1")?;
        let numbers = |key: &str| match value.get(key) {
            None => Ok(Vec::new()),
            Some(list) => list.as_numbers().ok_or(format!("`{key}` takes a list of numbers")),
        };
        let (offers, weights) = (numbers("offers")?, numbers("weights")?);
        if offers.len() != weights.len() {
            return Err(format!("{} offers with {} weights", offers.len(), weights.len()));
        }
        let mut row = vec![0.0; menu.settings.len() + 1];
        if let Some(abstain) = value.get("abstain") {
            row[0] = abstain.as_number().ok_or("`abstain` takes a probability")?;
        }
        for (&offer, &weight) in offers.iter().zip(&weights) {
            let near = |setting: &f64| (setting - offer).abs() <= ROUNDING * offer.abs().max(1e-300);
            let place = menu.settings.iter().position(near);
            row[1 + place.ok_or_else(|| format!("the offer {offer} is not on the menu"))?] += weight;
        }
        let sum: f64 = row.iter().sum();
        if row.iter().any(|&p| !(0.0..=1.0 + MISSING).contains(&p)) || (sum - 1.0).abs() > MISSING {
            return Err(format!("probabilities between 0 and 1 that add up to 1 are needed, not to {sum}"));
        }
        Ok(Row { to, weights: row })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::strategy::Unit;

    #[test]
    fn tables_read_back() {
        let menu = Menu::grid(Unit::Relative, 0.0, 1.0, 7);
        let mut policy = Policy::pure(3, 8, 0);
        policy.set(1, &[0.1, 0.0, 0.3, 0.0, 0.0, 0.2, 0.0, 0.1]);
        policy.set(2, &[0.0, 0.0, 1.0, 2.0, 0.0, 0.0, 0.0, 0.0]);
        let value = Table::write(&policy, &[0.25, 0.5, 1.0], &menu);
        let table = Table::read(&value, &menu).unwrap();
        let again = table.policy(&[(0.0, 0.25), (0.25, 0.5), (0.5, 1.0)], 8);
        assert!(again.distance(&policy) < 1e-15, "{again:?}");
        // Finer bins find the rows in which their middles lie.
        let finer = table.policy(&[(0.0, 0.2), (0.2, 0.4), (0.4, 0.7), (0.7, 1.0)], 8);
        let rows = [0, 1, 2, 2];
        for (state, row) in rows.into_iter().enumerate() {
            for (a, b) in finer.row(state).iter().zip(policy.row(row)) {
                assert!((a - b).abs() < 1e-15);
            }
        }
    }

    #[test]
    fn what_is_wrong_with_a_table_is_said() {
        let menu = Menu::grid(Unit::Relative, 0.0, 1.0, 3);
        let read = |text: &str| {
            let document = crate::settings::Document::parse("t", &format!("policy = {text}")).unwrap();
            Table::read(&document.peek("policy").unwrap(), &menu).unwrap_err()
        };
        assert!(read("[{ to = 1.0, offers = [0.4], weights = [1.0] }]").contains("0.4 is not on the menu"));
        assert!(read("[{ to = 1.0, offers = [0.5], weights = [0.9] }]").contains("add up to 1"));
        assert!(read("[{ to = 1.0, offers = [0.5] }]").contains("1 offers with 0 weights"));
        assert!(read("[{ to = 0.5, abstain = 1.0 }]").contains("ascend"));
        assert!(read("[{ to = 1.0, abstian = 1.0 }]").contains("no key `abstian`"));
        assert!(read("[]").contains("ascend"));
    }
}

//! A design by its columns: what each parameter is set to, from point to point.

use super::{DesignValue, Store, StoreError};
use std::collections::HashMap;

/// Settings of one parameter at design points, in their order.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// All are numbers; `NaN` where a point does not have the parameter.
    Numbers(Vec<f64>),
    /// Some are texts: the place of each among the distinct ones, `None` where a point does not have the parameter, and these, in order of
    /// first appearance.
    Named(Vec<Option<u32>>, Vec<DesignValue>),
}

impl Store {
    /// Columns of the parameters at design points that are given in order. What a point does not have is `written`, by parameter, where
    /// that is given.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn columns(
        &self,
        designs: &[u32],
        written: Option<&[DesignValue]>,
    ) -> Result<Vec<Column>, StoreError> {
        let mut growing: Vec<Growing> = vec![Growing::default(); self.parameters().len()];
        self.visit_designs(designs, |values| {
            for (place, (column, value)) in growing.iter_mut().zip(values).enumerate() {
                column.push(value.or_else(|| Some(written?[place].clone())));
            }
        })?;
        Ok(growing.into_iter().map(|column| column.done).collect())
    }
}

/// A column as it is read.
#[derive(Clone, Debug)]
struct Growing {
    done: Column,
    /// Places of distinct settings.
    known: HashMap<String, u32>,
}

impl Default for Growing {
    fn default() -> Self {
        Growing { done: Column::Numbers(Vec::new()), known: HashMap::new() }
    }
}

impl Growing {
    fn push(&mut self, value: Option<DesignValue>) {
        if let (Column::Numbers(numbers), Some(DesignValue::Text(_))) = (&mut self.done, &value) {
            // The first text: numbers before it become names, too.
            let numbers = std::mem::take(numbers);
            self.done = Column::Named(Vec::with_capacity(numbers.len() + 1), Vec::new());
            for number in numbers {
                self.push((!number.is_nan()).then_some(DesignValue::Number(number)));
            }
        }
        match &mut self.done {
            Column::Numbers(numbers) => numbers.push(match value {
                Some(DesignValue::Number(number)) => number,
                _ => f64::NAN,
            }),
            Column::Named(places, levels) => {
                let known = &mut self.known;
                places.push(value.map(|value| {
                    *known.entry(format!("{value:?}")).or_insert_with(|| {
                        levels.push(value);
                        levels.len() as u32 - 1
                    })
                }));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: &[Option<DesignValue>]) -> Column {
        let mut growing = Growing::default();
        values.iter().cloned().for_each(|value| growing.push(value));
        growing.done
    }

    #[test]
    fn numbers_stay_numbers_until_a_text_comes() {
        let number = |v: f64| Some(DesignValue::Number(v));
        let text = |t: &str| Some(DesignValue::Text(t.to_owned()));
        assert_eq!(column(&[number(2.0), number(1.0)]), Column::Numbers(vec![2.0, 1.0]));
        let Column::Numbers(absent) = column(&[None, number(1.0)]) else { panic!() };
        assert!(absent[0].is_nan() && absent[1] == 1.0);
        let mixed = column(&[number(2.0), None, text("lottery"), number(2.0), text("2"), None]);
        let levels = vec![
            DesignValue::Number(2.0),
            DesignValue::Text("lottery".to_owned()),
            DesignValue::Text("2".to_owned()),
        ];
        assert_eq!(mixed, Column::Named(vec![Some(0), None, Some(1), Some(0), Some(2), None], levels));
    }
}

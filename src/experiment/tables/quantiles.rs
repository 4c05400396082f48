//! `quantiles.csv`: quantiles of every metric over replicates, where the experiment asks for them.
//!
//! The quantile at `q` of `n` sorted values `x₀ ≤ … ≤ xₙ₋₁` lies at place `h = (n − 1)q` between them:
//! `x_⌊h⌋ + (h − ⌊h⌋)(x_⌊h⌋₊₁ − x_⌊h⌋)` (definition 7 of Hyndman and Fan 1996, The American Statistician 50(4), 361–365; that of R,
//! NumPy and Excel). The interval is distribution-free: the narrowest pair of values, symmetric in probability as far as counts
//! allow, that holds the quantile with 95% at least, by the binomial law of how many values lie below it (David and Nagaraja
//! 2003, Order Statistics, §7.1); `NaN` where the sample is too small for one.

use super::{Table, TableError, push_number, push_numbers, quote};
use crate::experiment::store::{Order, Store};
use crate::measure::statistics::LEVEL;
use crate::numerics::binomial_tail;
use crate::settings::{Parameter, Value};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

/// Name of the table.
pub const QUANTILES: &str = "quantiles.csv";

/// What the file asks for.
pub const WANTED: Parameter = Parameter::custom_optional(
    "quantiles",
    "a list of numbers between 0 and 1, ascending, such as [0.05, 0.5, 0.95]",
    "quantiles over replicates that `quantiles.csv` has of every metric; absent: none",
);

/// Reads a list of quantiles.
///
/// # Errors
/// What is wrong with it.
pub fn read(value: &Value) -> Result<Vec<f64>, String> {
    let list = value.as_list().filter(|list| !list.is_empty()).ok_or("this is no list of quantiles")?;
    let number = |item: &Value| {
        item.as_number().filter(|q| (0.0..=1.0).contains(q)).ok_or("a quantile that is no number from 0 to 1")
    };
    let found: Vec<f64> = list.iter().map(number).collect::<Result<_, _>>()?;
    if found.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err("quantiles that do not ascend".to_owned());
    }
    Ok(found)
}

/// Quantile `q` of sorted values, of which there is one at least.
pub fn quantile(sorted: &[f64], q: f64) -> f64 {
    let place = (sorted.len() - 1) as f64 * q;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

/// Places of the values between which quantile `q` of the population lies with the level of all intervals, among `n`; `None`
/// where no two do.
fn places(n: usize, q: f64) -> Option<(usize, usize)> {
    if n == 0 || q <= 0.0 || q >= 1.0 {
        return None;
    }
    // The quantile lies below value i (from 0) with the probability that at most i values lie below it.
    let at_least = |k: usize| if k == 0 { 1.0 } else { binomial_tail(n as u32, k as u32, q) };
    let half = 0.5 * (1.0 - LEVEL);
    // The last value that lies above the quantile with at most half of what is left, and the first below it.
    let low = (0..n).rev().find(|&i| 1.0 - at_least(i + 1) <= half)?;
    let high = (0..n).find(|&i| at_least(i + 1) <= half)?;
    Some((low, high))
}

/// Writes `quantiles.csv`; nothing where no quantile is asked for, and one of an earlier run goes.
///
/// # Errors
/// Where the store cannot be read or the file cannot be written.
pub fn write(store: &Store, directory: &Path, wanted: &[f64]) -> Result<(), TableError> {
    if wanted.is_empty() {
        let _ = std::fs::remove_file(directory.join(QUANTILES));
        return Ok(());
    }
    let mut table =
        Table::create(directory, QUANTILES, "design,mechanism,metric,quantile,value,ci_low,ci_high,n")?;
    let mut values: Vec<Vec<f64>> = vec![Vec::new(); store.metrics().len()];
    // Most samples have the same size.
    let mut known: HashMap<(usize, usize), Option<(usize, usize)>> = HashMap::new();
    let mut current: Option<(u32, usize)> = None;
    let mut lines = |place: Option<(u32, usize)>, values: &mut Vec<Vec<f64>>| {
        let mut lines = String::new();
        let Some((design, contender)) = place else { return lines };
        for (metric, own) in store.metrics().iter().zip(values).filter(|(_, own)| !own.is_empty()) {
            own.sort_by(f64::total_cmp);
            for (number, &q) in wanted.iter().enumerate() {
                let places = *known.entry((own.len(), number)).or_insert_with(|| places(own.len(), q));
                let interval = places.map_or([f64::NAN; 2], |(low, high)| [own[low], own[high]]);
                // Writing to a string cannot fail.
                let _ =
                    write!(lines, "{design},{},{},", quote(&store.contenders()[contender]), quote(metric));
                push_number(&mut lines, q);
                push_numbers(&mut lines, &[quantile(own, q), interval[0], interval[1], own.len() as f64]);
                lines.push('\n');
            }
            own.clear();
        }
        lines
    };
    store.visit_values(Order::ByContender, |unit| {
        let place = Some((unit.design, unit.contender));
        if place != current {
            table.lines(&lines(current, &mut values))?;
            current = place;
        }
        for &(metric, value) in unit.values.iter().filter(|(_, value)| !value.is_nan()) {
            values[metric].push(value);
        }
        Ok::<_, TableError>(())
    })?;
    table.lines(&lines(current, &mut values))?;
    table.finish().map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::{Key, Purpose, Who, name_hash};

    #[test]
    fn quantiles_are_those_of_r() {
        let x = [1.0, 2.0, 4.0, 8.0];
        // quantile(c(1, 2, 4, 8), c(0, .25, .5, .9, 1))
        for (q, expected) in [(0.0, 1.0), (0.25, 1.75), (0.5, 3.0), (0.9, 6.8), (1.0, 8.0)] {
            assert!((quantile(&x, q) - expected).abs() < 1e-12, "{q}");
        }
        assert_eq!(quantile(&[5.0], 0.3), 5.0);
    }

    #[test]
    fn intervals_hold_the_quantile_as_often_as_they_say() {
        // The median of 10 values lies between the 2nd and the 9th with probability .979 (David and Nagaraja, §7.1).
        assert_eq!(places(10, 0.5), Some((1, 8)));
        assert_eq!(places(5, 0.5), None);
        for (n, q) in [(10, 0.5), (40, 0.9), (100, 0.1)] {
            let (low, high) = places(n, q).unwrap();
            let covered = (0..2000)
                .filter(|&trial| {
                    let stream = Key::new(name_hash("quantiles"), trial, n as u32)
                        .stream(Purpose::Resample, Who::MARKET);
                    let mut x: Vec<f64> = (0..n as u32).map(|i| stream.uniform(i, 0)).collect();
                    x.sort_by(f64::total_cmp);
                    x[low] <= q && q <= x[high]
                })
                .count();
            // At least .95, less four binomial standard errors of .0049.
            assert!(covered as f64 / 2000.0 >= 0.93, "{n} {q}: {covered}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        let numbers = |list: &[f64]| Value::List(list.iter().map(|v| Value::Number(*v)).collect());
        assert_eq!(read(&numbers(&[0.05, 0.5])), Ok(vec![0.05, 0.5]));
        for wrong in [numbers(&[]), numbers(&[0.5, 0.5]), numbers(&[1.5]), Value::Number(0.5)] {
            assert!(read(&wrong).is_err());
        }
    }
}

//! Distributions as files write them.

use super::Distribution;
use crate::settings::Value;

/// What a distribution may look like in a file.
pub const VALUE_ALLOWED: &str = "{ constant = x }, { uniform = [low, high] }, { beta = [a, b] }, { exponential = rate }, \
     { lognormal = [mu, sigma] }, { pareto = [scale, shape] } or { discrete = { values = [..], weights = [..] } }";

/// Reads a distribution from its table.
///
/// # Errors
/// What is wrong with it, in words.
pub fn distribution_from(value: &Value) -> Result<Distribution, String> {
    let Value::Table(entries) = value else {
        return Err("a distribution is a table with one key".to_owned());
    };
    let [(name, argument)] = entries.as_slice() else {
        return Err(format!("a distribution is a table with one key, this one has {}", entries.len()));
    };
    let two = |argument: &Value| -> Result<(f64, f64), String> {
        match argument.as_numbers().as_deref() {
            Some([a, b]) => Ok((*a, *b)),
            _ => Err(format!("`{name}` takes a list of two numbers")),
        }
    };
    let one = |argument: &Value| argument.as_number().ok_or_else(|| format!("`{name}` takes one number"));
    match name.as_str() {
        "constant" => Distribution::constant(one(argument)?),
        "uniform" => two(argument).and_then(|(low, high)| Distribution::uniform(low, high)),
        "beta" => two(argument).and_then(|(a, b)| Distribution::beta(a, b)),
        "exponential" => Distribution::exponential(one(argument)?),
        "lognormal" => two(argument).and_then(|(mu, sigma)| Distribution::lognormal(mu, sigma)),
        "pareto" => two(argument).and_then(|(scale, shape)| Distribution::pareto(scale, shape)),
        "discrete" => {
            let Value::Table(lists) = argument else {
                return Err("`discrete` takes a table with `values` and `weights`".to_owned());
            };
            let list = |key: &str| {
                lists
                    .iter()
                    .find(|(k, _)| k == key)
                    .and_then(|(_, v)| v.as_numbers())
                    .ok_or_else(|| format!("`discrete` needs a list of numbers `{key}`"))
            };
            if let Some((key, _)) = lists.iter().find(|(k, _)| k != "values" && k != "weights") {
                return Err(format!("`discrete` has `values` and `weights`, not `{key}`"));
            }
            Distribution::discrete(&list("values")?, &list("weights")?)
        }
        other => {
            let names = ["constant", "uniform", "beta", "exponential", "lognormal", "pareto", "discrete"];
            let near = crate::settings::nearest(other, names)
                .map_or(String::new(), |n| format!("; did you mean `{n}`?"));
            Err(format!("there is no distribution `{other}`{near}"))
        }
    }
}

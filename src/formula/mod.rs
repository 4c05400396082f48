//! Formulas in a file, such as `value * (n - 1) / n` or `any_of(0.05, x)`: expressions over the variables, and with the functions, of a
//! [`Vocabulary`].
//!
//! Every vocabulary has `+ - * / ^`, brackets, and `min`, `max`, `exp`, `ln`, `sqrt`, `abs`, `floor`, `ceil`. Functions of its own take
//! a number of arguments, each a formula, and are numbers only where each argument lies in its [`Domain`]; elsewhere the whole formula
//! is no number. Evaluation allocates nothing besides what such a function needs, and has the same bits on every processor.
//!
//! The `exmex` crate parses and evaluates; `syntax` comes before it, since there an error has its position, since in `exmex` `-x^2` is
//! the square of `-x`, and since it has no function of more than two arguments: each call of one is a variable to it, whose value is
//! found first.

mod operators;
mod syntax;

use crate::settings::nearest;
use exmex::{Express, FlatEx};
use operators::Operators;
use std::fmt;
use std::sync::Arc;
use syntax::Written;

/// Most arguments of a function.
pub const MOST_ARGUMENTS: usize = 8;

/// What a formula may name.
#[derive(Debug)]
pub struct Vocabulary {
    /// Names of variables.
    pub variables: &'static [&'static str],
    /// Functions besides those that every formula has.
    pub functions: &'static [Function],
    /// What one of these functions is called, and what lists them; nothing where there are none.
    pub called: Option<(&'static str, &'static str)>,
}

/// A function of some numbers.
#[derive(Debug)]
pub struct Function {
    /// Its name in formulas.
    pub name: &'static str,
    /// Its arguments in their order, at most [`MOST_ARGUMENTS`].
    pub arguments: &'static [Argument],
    /// What it is, in one sentence without its full stop.
    pub about: &'static str,
    /// Where it stands.
    pub source: &'static str,
    /// Its value at arguments in their domains; not finite where it has none.
    pub apply: fn(&[f64]) -> f64,
}

/// An argument of a function.
#[derive(Debug)]
pub struct Argument {
    /// Its name.
    pub name: &'static str,
    /// What it is, with its unit.
    pub about: &'static str,
    /// What it may be.
    pub domain: Domain,
}

/// Numbers that an argument may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Domain {
    /// Any number.
    Any,
    /// 0 or more.
    NotNegative,
    /// More than 0.
    Positive,
    /// From 0 to 1, both included.
    Share,
    /// From 0 to 1, 1 left out.
    BelowOne,
    /// From 0 to 1, 0 left out.
    AboveZero,
    /// Between 0 and 1, both left out.
    Inner,
    /// A whole number of at least so many, up to [`Domain::MOST`].
    Whole(u32),
}

impl Domain {
    /// Largest whole number.
    pub const MOST: u32 = 100_000;

    /// Whether a number lies in it.
    pub fn holds(self, v: f64) -> bool {
        match self {
            Self::Any => v.is_finite(),
            Self::NotNegative => v >= 0.0 && v.is_finite(),
            Self::Positive => v > 0.0 && v.is_finite(),
            Self::Share => (0.0..=1.0).contains(&v),
            Self::BelowOne => (0.0..1.0).contains(&v),
            Self::AboveZero => v > 0.0 && v <= 1.0,
            Self::Inner => v > 0.0 && v < 1.0,
            // Such as 3.0000000000000004, of 0.1 · 3 · 10.
            Self::Whole(least) => {
                let near = v.round();
                (v - near).abs() <= 1e-9 && (f64::from(least)..=f64::from(Self::MOST)).contains(&near)
            }
        }
    }
}

/// In words, such as "0 or more".
impl fmt::Display for Domain {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Any => out.write_str("any number"),
            Self::NotNegative => out.write_str("0 or more"),
            Self::Positive => out.write_str("more than 0"),
            Self::Share => out.write_str("from 0 to 1"),
            Self::BelowOne => out.write_str("from 0 to below 1"),
            Self::AboveZero => out.write_str("above 0, up to 1"),
            Self::Inner => out.write_str("between 0 and 1"),
            Self::Whole(least) => write!(out, "whole, from {least} to {}", Self::MOST),
        }
    }
}

impl Function {
    /// How it is written: `any_of(p, r)`.
    pub fn signature(&self) -> String {
        let names: Vec<&str> = self.arguments.iter().map(|argument| argument.name).collect();
        format!("{}({})", self.name, names.join(", "))
    }

    /// What its arguments are: "p: …, from 0 to 1; r: …, whole, from 1 to 100000".
    pub fn arguments_in_words(&self) -> String {
        let each =
            |argument: &Argument| format!("{}: {}, {}", argument.name, argument.about, argument.domain);
        self.arguments.iter().map(each).collect::<Vec<_>>().join("; ")
    }

    /// Its value; not a number where an argument lies outside its domain, or where it has no finite one.
    pub fn at(&self, values: &[f64]) -> f64 {
        let mut held = [0.0; MOST_ARGUMENTS];
        for ((place, argument), &value) in held.iter_mut().zip(self.arguments).zip(values) {
            if !argument.domain.holds(value) {
                return f64::NAN;
            }
            *place = if matches!(argument.domain, Domain::Whole(_)) { value.round() } else { value };
        }
        let value = (self.apply)(&held[..self.arguments.len()]);
        if value.is_finite() { value } else { f64::NAN }
    }
}

/// A formula that has been checked.
#[derive(Clone, Debug)]
pub struct Expression {
    text: Arc<str>,
    body: Arc<Body>,
}

/// Formulas are the same if they are written the same.
impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// What is evaluated.
#[derive(Debug)]
struct Body {
    compiled: FlatEx<f64, Operators>,
    /// What the variables of `compiled` are, in its order.
    inputs: Vec<Input>,
    calls: Vec<Call>,
}

#[derive(Clone, Copy, Debug)]
enum Input {
    /// A variable, by its place in the vocabulary.
    Variable(usize),
    /// A call, by its place among the calls.
    Call(usize),
}

#[derive(Debug)]
struct Call {
    function: &'static Function,
    arguments: Vec<Body>,
}

impl Expression {
    /// Reads a formula.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn parse(text: &str, vocabulary: &'static Vocabulary) -> Result<Self, String> {
        let body = Body::of(&syntax::rewrite(text, vocabulary)?, vocabulary)?;
        Ok(Expression { text: text.into(), body: Arc::new(body) })
    }

    /// The formula as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it uses the variable at this place of the vocabulary.
    pub fn uses(&self, variable: usize) -> bool {
        self.body.uses(&|used| used == variable)
    }

    /// What the formula comes to at these values of the vocabulary's variables; perhaps not a number.
    #[inline]
    pub fn at(&self, values: &[f64]) -> f64 {
        self.body.at(values)
    }
}

impl Body {
    fn of(written: &Written, vocabulary: &'static Vocabulary) -> Result<Self, String> {
        let compiled = FlatEx::<f64, Operators>::parse(&written.plain)
            .map_err(|error| format!("the formula cannot be read: {error}"))?;
        let input = |name: &String| {
            let variable = vocabulary.variables.iter().position(|variable| variable == name);
            variable.map(Input::Variable).or_else(|| syntax::place_of_call(name).map(Input::Call))
        };
        let inputs: Option<Vec<Input>> = compiled.var_names().iter().map(input).collect();
        let inputs =
            inputs.ok_or("the formula cannot be read: it uses a name that is none of its variables")?;
        let mut calls = Vec::new();
        for call in &written.calls {
            let mut arguments = Vec::new();
            for ((own, column), argument) in call.arguments.iter().zip(call.function.arguments) {
                let body = Body::of(own, vocabulary)?;
                // A number that is the same everywhere can be wrong everywhere.
                if !body.uses(&|_| true) {
                    let value = body.at(&[]);
                    if !argument.domain.holds(value) {
                        let (name, domain) = (argument.name, argument.domain);
                        return Err(format!(
                            "character {column}: `{name}` of `{}` is {value}; allowed: {domain} ({})",
                            call.function.name, argument.about
                        ));
                    }
                }
                arguments.push(body);
            }
            calls.push(Call { function: call.function, arguments });
        }
        Ok(Body { compiled, inputs, calls })
    }

    fn uses(&self, is_meant: &impl Fn(usize) -> bool) -> bool {
        self.inputs.iter().any(|input| matches!(input, Input::Variable(place) if is_meant(*place)))
            || self.calls.iter().flat_map(|call| &call.arguments).any(|body| body.uses(is_meant))
    }

    #[inline]
    fn at(&self, values: &[f64]) -> f64 {
        let mut used = [0.0; syntax::LONGEST];
        for (slot, input) in used.iter_mut().zip(&self.inputs) {
            *slot = match *input {
                Input::Variable(place) => values[place],
                Input::Call(place) => {
                    let value = self.calls[place].at(values);
                    // `min(f(x), 1)` would be 1 where `f` has no value.
                    if value.is_nan() {
                        return value;
                    }
                    value
                }
            };
        }
        self.compiled.eval(&used[..self.inputs.len()]).unwrap_or(f64::NAN)
    }
}

impl Call {
    fn at(&self, values: &[f64]) -> f64 {
        let mut arguments = [0.0; MOST_ARGUMENTS];
        for (slot, body) in arguments.iter_mut().zip(&self.arguments) {
            *slot = body.at(values);
        }
        self.function.at(&arguments[..self.arguments.len()])
    }
}

/// An unknown name, with the nearest known one.
fn unknown(kind: &str, name: &str, column: usize, known: &[&str]) -> String {
    let near = nearest(name, known.iter().copied())
        .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
    let all = if let [only] = known {
        format!("there is only `{only}`")
    } else {
        format!("there are {}", known.join(", "))
    };
    format!("character {column}: there is no {kind} `{name}` ({all}){near}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARE: Argument = Argument { name: "p", about: "probability", domain: Domain::Share };
    const COUNT: Argument = Argument { name: "r", about: "machines", domain: Domain::Whole(1) };
    static ANY: Vocabulary = Vocabulary {
        variables: &["x"],
        functions: &[
            Function {
                name: "any_of",
                arguments: &[SHARE, COUNT],
                about: "",
                source: "",
                apply: |a| 1.0 - crate::numerics::pow(a[0], a[1]),
            },
            Function { name: "inverse", arguments: &[SHARE], about: "", source: "", apply: |a| 1.0 / a[0] },
            Function {
                name: "sum_of_three",
                arguments: &[SHARE, SHARE, SHARE],
                about: "",
                source: "",
                apply: |a| a[0] + 10.0 * a[1] + 100.0 * a[2],
            },
        ],
        called: Some(("closed form", "`list theory`")),
    };

    fn at(text: &str, x: f64) -> f64 {
        Expression::parse(text, &ANY).unwrap_or_else(|error| panic!("{text}: {error}")).at(&[x])
    }

    #[test]
    fn functions_take_formulas_as_arguments() {
        let near = |text: &str, x: f64, expected: f64| {
            assert!((at(text, x) - expected).abs() < 1e-14, "{text} at {x}: {}", at(text, x));
        };
        near("any_of(0.1, x)", 2.0, 0.99);
        near("1 - any_of(x / 2, 1 + 1)", 0.2, 0.01);
        near("any_of(1 - any_of(x, 2), 1) ^ 2 * 2", 0.5, 2.0 * 0.75 * 0.75);
        near("sum_of_three(x, min(x, 0.25, 0.75), 1 - x) + x", 0.5, 0.5 + 2.5 + 50.0 + 0.5);
        near("-any_of(0.5, 1)", 7.0, -0.5);
        near("max(any_of(x, 1), any_of(x, 2)) - any_of(x, 3)", 0.5, 0.75 - 0.875);
        // Twelve calls, whose names are not in the order of their numbers: `call_10` comes before `call_2`.
        let sign = |k: u32| if k <= 3 { "+" } else { "-" };
        let terms: Vec<String> = (1..=12).map(|k| format!("{} inverse(0.0{k:02})", sign(k))).collect();
        let sum: f64 = (1..=12).map(|k| 1000.0 / f64::from(k) * if k <= 3 { 1.0 } else { -1.0 }).sum();
        assert!((at(&format!("0 {}", terms.join(" ")), 0.0) - sum).abs() < 1e-9);
    }

    #[test]
    fn beyond_its_domain_a_function_is_no_number_whatever_stands_around_it() {
        for (text, x) in [
            ("any_of(0.5, x)", 1.5),
            ("any_of(0.5, x)", 0.0),
            ("any_of(x, 2)", 1.01),
            ("min(any_of(x, 2), 1)", -0.1),
            ("any_of(x, 2) ^ 0", 2.0),
            ("any_of(min(any_of(x, 1), 1), 1)", 2.0),
            ("inverse(x)", 0.0),
        ] {
            assert!(at(text, x).is_nan(), "{text} at {x}: {}", at(text, x));
        }
        // Rounding of what is whole is forgiven.
        assert_eq!(at("any_of(0.5, 10 * x)", 0.1 + 0.2), 0.875);
    }

    #[test]
    fn variables_that_are_used_are_known_wherever_they_stand() {
        let uses = |text: &str| Expression::parse(text, &ANY).unwrap().uses(0);
        assert!(uses("any_of(any_of(x, 1), 2)") && uses("x") && !uses("any_of(0.5, 2) + 1"));
    }

    #[test]
    fn what_is_wrong_with_a_call_is_said_with_its_place() {
        for (text, parts) in [
            (
                "1 + anyof(0.1, x)",
                &["character 5", "no closed form `anyof`", "did you mean `any_of`?", "`list theory`"][..],
            ),
            (
                "any_of(0.1)",
                &["character 1", "`any_of(p, r)`", "2 arguments, not 1", "p: probability, from 0 to 1"],
            ),
            ("inverse(0.1, x)", &["character 1", "1 argument, not 2"]),
            ("any_of()", &["character 8", "a number, a variable"]),
            ("2 * any_of", &["character 5", "write `any_of(p, r)`"]),
            ("any_of(1.5, x)", &["character 8", "`p` of `any_of` is 1.5", "from 0 to 1"]),
            (
                "any_of(0.5, any_of(0.5, 2 - 4))",
                &["character 25", "`r` of `any_of` is -2", "whole, from 1 to 100000"],
            ),
            ("any_of(y, 2)", &["character 8", "no variable `y`", "only `x`"]),
            ("any_of(0.1, x", &["at the end", "`)`"]),
            ("any_of(0.1 x)", &["character 12", "`,`"]),
        ] {
            let error = Expression::parse(text, &ANY).expect_err(text);
            for part in parts {
                assert!(error.contains(part), "{text}: {error}");
            }
        }
    }
}

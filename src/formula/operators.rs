//! The operators of formulas: those whose bits do not depend on the processor.

use crate::numerics::{exp, ln, pow};
use exmex::{BinOp, MakeOperators, Operator};

/// Makes the operators.
#[derive(Clone, Debug)]
pub struct Operators;

/// Functions of one argument.
pub const UNARY: &[&str] = &["abs", "ceil", "exp", "floor", "ln", "sqrt"];
/// Functions of two arguments or more.
pub const CHAINED: &[&str] = &["max", "min"];

impl MakeOperators<f64> for Operators {
    fn make<'a>() -> Vec<Operator<'a, f64>> {
        let binary =
            |repr, apply, prio| Operator::make_bin(repr, BinOp { apply, prio, is_commutative: false });
        vec![
            binary("min", f64::min, 0),
            binary("max", f64::max, 0),
            binary("+", |a, b| a + b, 1),
            binary("-", |a, b| a - b, 1),
            binary("*", |a, b| a * b, 2),
            binary("/", |a, b| a / b, 2),
            binary("^", pow, 3),
            Operator::make_unary("abs", f64::abs),
            Operator::make_unary("ceil", f64::ceil),
            Operator::make_unary("exp", exp),
            Operator::make_unary("floor", f64::floor),
            Operator::make_unary("ln", ln),
            Operator::make_unary("sqrt", f64::sqrt),
        ]
    }
}

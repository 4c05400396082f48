//! Checks a formula and writes it anew for `exmex`, in a form that has only one reading.
//!
//! `sum = ["-"] operand { operator operand }`; `operand = number | variable | function "(" sum { "," sum } ")" | "(" sum ")"`.
//! A minus in front of a sum becomes `0 -`; `min(a, b, c)` becomes `((a) min (b)) min (c)`; powers of powers, and signs after
//! an operator, need brackets.

use super::operators::{CHAINED, UNARY};
use super::{VARIABLES, unknown};
use std::fmt::Write;

/// Most numbers and variables of a formula: as many are evaluated without allocating.
const LONGEST: usize = 32;
/// Deepest brackets.
const DEEPEST: usize = 64;

/// Writes a formula anew.
///
/// # Errors
/// What is wrong, and at which character.
pub fn rewrite(text: &str) -> Result<String, String> {
    let mut parser = Parser { tokens: tokens(text)?, next: 0, operands: 0, depth: 0 };
    let plain = parser.sum()?;
    match parser.peek() {
        None => {}
        Some(Token { kind: Kind::Sign(')'), column }) => {
            return Err(format!("character {column}: `)` without `(`"));
        }
        Some(_) => return Err(parser.expected("an operator (`+ - * / ^`) or the end")),
    }
    if parser.operands > LONGEST {
        return Err(format!(
            "the formula has {} numbers and variables; allowed: up to {LONGEST}",
            parser.operands
        ));
    }
    Ok(plain)
}

#[derive(Clone, Debug)]
struct Token {
    kind: Kind,
    /// Place of its first character, from 1.
    column: usize,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Number(f64),
    Name(String),
    Sign(char),
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let letters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        let (start, column) = (at, at + 1);
        let c = letters[at];
        let word = |from: usize| -> usize {
            (from..letters.len())
                .find(|&i| !(letters[i].is_alphanumeric() || letters[i] == '_'))
                .unwrap_or(letters.len())
        };
        let kind = if c.is_whitespace() {
            at += 1;
            continue;
        } else if c.is_ascii_digit() || c == '.' {
            while at < letters.len() {
                let exponent = matches!(letters[at], 'e' | 'E');
                if !(letters[at].is_ascii_digit() || letters[at] == '.' || exponent) {
                    break;
                }
                at += 1;
                if exponent && at < letters.len() && matches!(letters[at], '+' | '-') {
                    at += 1;
                }
            }
            let digits: String = letters[start..at].iter().collect();
            match digits.parse::<f64>() {
                Ok(number) if number.is_finite() => Kind::Number(number),
                _ => return Err(format!("character {column}: `{digits}` is not a number")),
            }
        } else if c.is_alphabetic() || c == '_' {
            at = word(at);
            Kind::Name(letters[start..at].iter().collect())
        } else if "+-*/^(),".contains(c) {
            at += 1;
            Kind::Sign(c)
        } else {
            return Err(format!(
                "character {column}: `{c}` is none of the signs of a formula (`+ - * / ^ ( ) ,`)"
            ));
        };
        tokens.push(Token { kind, column });
    }
    Ok(tokens)
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    operands: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn take(&mut self, sign: char) -> bool {
        let found = self.peek().is_some_and(|token| token.kind == Kind::Sign(sign));
        self.next += usize::from(found);
        found
    }

    /// What should stand here instead.
    fn expected(&self, what: &str) -> String {
        match self.peek() {
            None => format!("at the end: {what} is missing"),
            Some(Token { kind, column }) => {
                let found = match kind {
                    Kind::Number(number) => number.to_string(),
                    Kind::Name(name) => name.clone(),
                    Kind::Sign(sign) => sign.to_string(),
                };
                format!("character {column}: `{found}` stands where {what} should be")
            }
        }
    }

    fn sum(&mut self) -> Result<String, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("brackets go deeper than {DEEPEST}"));
        }
        let mut out = String::new();
        if self.take('-') {
            out.push_str("0 - ");
        }
        out.push_str(&self.operand()?);
        let mut power = false;
        while let Some(Token { kind: Kind::Sign(sign @ ('+' | '-' | '*' | '/' | '^')), column }) =
            self.peek().cloned()
        {
            if power && sign == '^' {
                return Err(format!("character {column}: a power of a power needs brackets"));
            }
            power = sign == '^';
            self.next += 1;
            if let Some(Token { kind: Kind::Sign('+' | '-'), column }) = self.peek() {
                return Err(format!(
                    "character {column}: a sign behind an operator needs brackets, such as `2 * (-n)`"
                ));
            }
            let operand = self.operand()?;
            let _ = write!(out, " {sign} {operand}");
        }
        self.depth -= 1;
        Ok(out)
    }

    fn operand(&mut self) -> Result<String, String> {
        let wanted = "a number, a variable, a function or `(`";
        let Some(Token { kind, column }) = self.peek().cloned() else { return Err(self.expected(wanted)) };
        match kind {
            Kind::Number(number) => {
                self.next += 1;
                self.operands += 1;
                // Decimals without exponent, as `exmex` reads them.
                Ok(format!("{number}"))
            }
            Kind::Name(name) => {
                self.next += 1;
                if self.take('(') {
                    return self.call(&name, column);
                }
                self.operands += 1;
                if VARIABLES.contains(&name.as_str()) {
                    Ok(name)
                } else if UNARY.contains(&name.as_str()) || CHAINED.contains(&name.as_str()) {
                    Err(format!("character {column}: `{name}` is a function: write `{name}(…)`"))
                } else {
                    Err(unknown("variable", &name, column, &VARIABLES))
                }
            }
            Kind::Sign('(') => {
                self.next += 1;
                let inner = self.sum()?;
                self.close()?;
                Ok(format!("({inner})"))
            }
            Kind::Sign(_) => Err(self.expected(wanted)),
        }
    }

    /// A function's arguments, behind its opening bracket.
    fn call(&mut self, name: &str, column: usize) -> Result<String, String> {
        let chained = CHAINED.contains(&name);
        if !chained && !UNARY.contains(&name) {
            let known: Vec<&str> = UNARY.iter().chain(CHAINED).copied().collect();
            return Err(unknown("function", name, column, &known));
        }
        let mut arguments = vec![self.sum()?];
        while self.take(',') {
            arguments.push(self.sum()?);
        }
        self.close()?;
        match (chained, arguments.as_slice()) {
            (false, [argument]) => Ok(format!("{name}({argument})")),
            (false, _) => {
                Err(format!("character {column}: `{name}` takes one argument, not {}", arguments.len()))
            }
            (true, [_]) => Err(format!("character {column}: `{name}` takes two arguments or more")),
            (true, _) => {
                let join = |all: String, one: &String| format!("({all} {name} ({one}))");
                let first = format!("({})", arguments[0]);
                Ok(arguments[1..].iter().fold(first, join))
            }
        }
    }

    fn close(&mut self) -> Result<(), String> {
        if self.take(')') { Ok(()) } else { Err(self.expected("`)` or an operator")) }
    }
}

//! Checks a formula and writes it anew for `exmex`, in a form that has only one reading.
//!
//! `sum = ["-"] operand { operator operand }`; `operand = number | variable | function "(" sum { "," sum } ")" | "(" sum ")"`.
//! A minus in front of a sum becomes `0 -`; `min(a, b, c)` becomes `((a) min (b)) min (c)`; powers of powers, and signs after
//! an operator, need brackets. The calls of a vocabulary's own functions become variables `call_0`, `call_1` and so on, beside which
//! their arguments are written anew one by one.

use super::operators::{CHAINED, UNARY};
use super::{Function, Vocabulary, unknown};
use crate::settings::nearest;
use std::fmt::Write;

/// Most numbers, variables and calls of a formula: as many are evaluated without allocating.
pub const LONGEST: usize = 32;
/// Deepest brackets.
const DEEPEST: usize = 64;

/// What the variable that stands for a call is called, but for its number.
const CALL: &str = "call_";

/// A formula written anew.
#[derive(Debug)]
pub struct Written {
    /// For `exmex`.
    pub plain: String,
    /// Calls of the vocabulary's own functions, by number.
    pub calls: Vec<WrittenCall>,
}

/// A call of a vocabulary's own function.
#[derive(Debug)]
pub struct WrittenCall {
    /// Which.
    pub function: &'static Function,
    /// Its arguments, each with the place of its first character.
    pub arguments: Vec<(Written, usize)>,
}

/// The number of the call that a variable stands for.
pub fn place_of_call(variable: &str) -> Option<usize> {
    variable.strip_prefix(CALL)?.parse().ok()
}

/// Writes a formula anew.
///
/// # Errors
/// What is wrong, and at which character.
pub fn rewrite(text: &str, vocabulary: &'static Vocabulary) -> Result<Written, String> {
    let tokens = tokens(text)?;
    let mut parser = Parser { vocabulary, tokens, next: 0, operands: 0, depth: 0, calls: Vec::new() };
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
            "the formula has {} numbers, variables and calls; allowed: up to {LONGEST}",
            parser.operands
        ));
    }
    Ok(Written { plain, calls: parser.calls })
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
    vocabulary: &'static Vocabulary,
    tokens: Vec<Token>,
    next: usize,
    operands: usize,
    depth: usize,
    /// Calls of the sum that is being read.
    calls: Vec<WrittenCall>,
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
                if self.vocabulary.variables.contains(&name.as_str()) {
                    Ok(name)
                } else if let Some(function) = self.own(&name) {
                    let signature = function.signature();
                    Err(format!("character {column}: `{name}` is a function: write `{signature}`"))
                } else if UNARY.contains(&name.as_str()) || CHAINED.contains(&name.as_str()) {
                    Err(format!("character {column}: `{name}` is a function: write `{name}(…)`"))
                } else {
                    Err(unknown("variable", &name, column, self.vocabulary.variables))
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

    /// The vocabulary's own function of this name.
    fn own(&self, name: &str) -> Option<&'static Function> {
        self.vocabulary.functions.iter().find(|function| function.name == name)
    }

    /// A function's arguments, behind its opening bracket.
    fn call(&mut self, name: &str, column: usize) -> Result<String, String> {
        if let Some(function) = self.own(name) {
            return self.own_call(function, column);
        }
        let chained = CHAINED.contains(&name);
        if !chained && !UNARY.contains(&name) {
            return Err(self.unknown_function(name, column));
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

    /// A call of one of the vocabulary's own functions becomes a variable.
    fn own_call(&mut self, function: &'static Function, column: usize) -> Result<String, String> {
        let around = std::mem::take(&mut self.calls);
        let mut arguments = Vec::new();
        loop {
            let column = self.peek().map_or(column, |token| token.column);
            let plain = self.sum()?;
            arguments.push((Written { plain, calls: std::mem::take(&mut self.calls) }, column));
            if !self.take(',') {
                break;
            }
        }
        if !self.take(')') {
            return Err(self.expected("`,`, `)` or an operator"));
        }
        let wanted = function.arguments.len();
        if arguments.len() != wanted {
            let plural = if wanted == 1 { "" } else { "s" };
            return Err(format!(
                "character {column}: `{}` takes {wanted} argument{plural}, not {} ({})",
                function.signature(),
                arguments.len(),
                function.arguments_in_words()
            ));
        }
        self.calls = around;
        self.operands += 1;
        self.calls.push(WrittenCall { function, arguments });
        Ok(format!("{CALL}{}", self.calls.len() - 1))
    }

    fn unknown_function(&self, name: &str, column: usize) -> String {
        let own = self.vocabulary.functions.iter().map(|function| function.name);
        let known: Vec<&str> = own.chain(UNARY.iter().chain(CHAINED).copied()).collect();
        let Some((called, listed)) = self.vocabulary.called else {
            return unknown("function", name, column, &known);
        };
        let near = nearest(name, known.iter().copied())
            .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        format!("character {column}: there is no {called} `{name}`{near} ({listed} names them all)")
    }

    fn close(&mut self) -> Result<(), String> {
        if self.take(')') { Ok(()) } else { Err(self.expected("`)` or an operator")) }
    }
}

//! A table as LaTeX with booktabs, to be taken in with `\input{tables/NAME.tex}`.

use super::{Cell, Table};
use std::fmt::Write as _;

/// Rows of one table; longer ones break over pages with `longtable`, shorter ones float.
const PAGE: usize = 45;

pub(super) fn render(table: &Table, stars: bool) -> String {
    // A column of groups becomes lines of their own.
    let skipped = usize::from(table.grouped);
    let texts = table.texts - skipped;
    let columns: String =
        (skipped..table.head.len()).map(|i| if i < table.texts { 'l' } else { 'r' }).collect();
    let long = table.rows.len() > PAGE;
    let caption = escape(&table.caption);
    let label = format!("tab:{}", table.name);
    let head: Vec<String> = table.head.iter().skip(skipped).map(|h| escape(h)).collect();
    let head = format!("{} \\\\\n", head.join(" & "));
    let mut out = format!(
        "% Needs \\usepackage{{booktabs}}{}\n",
        if long { " and \\usepackage{longtable}" } else { "" }
    );
    // Writing to a string cannot fail.
    let _ = if long {
        write!(
            out,
            "\\begin{{longtable}}{{@{{}}{columns}@{{}}}}\n\\caption{{{caption}}}\\label{{{label}}}\\\\\n\\toprule\n{head}\\midrule\n\\endfirsthead\n\
             \\toprule\n{head}\\midrule\n\\endhead\n"
        )
    } else {
        write!(
            out,
            "\\begin{{table}}\n\\centering\n\\caption{{{caption}}}\\label{{{label}}}\n\\begin{{tabular}}{{@{{}}{columns}@{{}}}}\n\\toprule\n{head}\\midrule\n"
        )
    };
    let mut group: Option<&str> = None;
    for row in &table.rows {
        let own = row.first().map(|c| c.text.as_str()).filter(|_| table.grouped);
        if own != group {
            let gap = if group.is_some() { "\\addlinespace\n" } else { "" };
            let all = table.head.len() - skipped;
            let _ = writeln!(
                out,
                "{gap}\\multicolumn{{{all}}}{{@{{}}l}}{{\\emph{{{}}}}} \\\\",
                escape(own.unwrap_or_default())
            );
            group = own;
        }
        let cells: Vec<String> =
            row.iter().skip(skipped).enumerate().map(|(i, c)| said(c, i < texts, stars)).collect();
        let indent = if table.grouped { "\\quad " } else { "" };
        let _ = writeln!(out, "{indent}{} \\\\", cells.join(" & "));
    }
    let mut notes: Vec<String> = table.notes.iter().map(|n| escape(n)).collect();
    if stars && table.rows.iter().flatten().any(|c| c.stars > 0) {
        notes.push("$^{*}\\,p<.05$, $^{**}\\,p<.01$, $^{***}\\,p<.001$.".to_owned());
    }
    out += "\\bottomrule\n";
    let all = table.head.len() - skipped;
    if long {
        for note in &notes {
            let _ = writeln!(
                out,
                "\\multicolumn{{{all}}}{{@{{}}p{{\\linewidth}}@{{}}}}{{\\footnotesize {note}}} \\\\"
            );
        }
        out += "\\end{longtable}\n";
    } else {
        out += "\\end{tabular}\n";
        if !notes.is_empty() {
            let _ = writeln!(out, "\\par\\smallskip\\footnotesize {}", notes.join(" "));
        }
        out += "\\end{table}\n";
    }
    out
}

fn said(cell: &Cell, text: bool, stars: bool) -> String {
    let body = escape(&cell.text);
    if text || cell.value.is_none() {
        return body;
    }
    let mark = if stars && cell.stars > 0 {
        format!("\\rlap{{$^{{{}}}$}}", "*".repeat(usize::from(cell.stars)))
    } else {
        String::new()
    };
    format!("{body}{mark}")
}

/// Text in which nothing is taken for a command; signs that ordinary fonts lack become mathematics.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => {
                out.push('\\');
                out.push(c);
            }
            '\\' => out += "\\textbackslash{}",
            '~' => out += "\\textasciitilde{}",
            '^' => out += "\\textasciicircum{}",
            '<' => out += "$<$",
            '>' => out += "$>$",
            '±' => out += "$\\pm$",
            '−' => out += "$-$",
            '×' => out += "$\\times$",
            '≥' => out += "$\\geq$",
            '≤' => out += "$\\leq$",
            '–' => out += "--",
            '\u{a0}' => out.push('~'),
            '⁻' => out += "$^{-}$",
            '⁰'..='⁹' | '¹' | '²' | '³' => {
                let digit = "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().position(|d| d == c).unwrap_or(0);
                let _ = write!(out, "$^{{{digit}}}$");
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

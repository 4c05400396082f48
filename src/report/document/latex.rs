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
    let texts_of_all = table.rows.iter().flatten().map(|cell| &cell.text);
    let mut texts_of_all = texts_of_all.chain(&table.head).chain(&table.notes).chain([&table.caption]);
    if texts_of_all.any(|text| !is_for_every_engine(&escape(text))) {
        out += "% Names here are in a script that needs XeLaTeX or LuaLaTeX, and a font that has it.\n";
    }
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

/// Whether pdfLaTeX with its ordinary fonts sets a text: ASCII, and the letters of western Europe.
fn is_for_every_engine(escaped: &str) -> bool {
    escaped.chars().all(|c| c.is_ascii() || ('\u{a1}'..='\u{ff}').contains(&c))
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
            '\u{a0}' => out.push('~'),
            '⁰'..='⁹' | '¹' | '²' | '³' => {
                let digit = "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().position(|d| d == c).unwrap_or(0);
                let _ = write!(out, "$^{{{digit}}}$");
            }
            c if c.is_control() => out.push(' '),
            c => match SIGNS.iter().find(|(sign, _)| *sign == c) {
                Some((_, command)) => out += command,
                None => out.push(c),
            },
        }
    }
    out
}

/// Signs and Greek letters, and what LaTeX calls them.
const SIGNS: [(char, &str); 45] = [
    ('±', r"$\pm$"),
    ('−', r"$-$"),
    ('×', r"$\times$"),
    ('·', r"$\cdot$"),
    ('≥', r"$\geq$"),
    ('≤', r"$\leq$"),
    ('≈', r"$\approx$"),
    ('≠', r"$\neq$"),
    ('∞', r"$\infty$"),
    ('√', r"$\surd$"),
    ('→', r"$\rightarrow$"),
    ('⁻', r"$^{-}$"),
    ('–', "--"),
    ('—', "---"),
    ('…', r"\ldots{}"),
    ('‘', "`"),
    ('’', "'"),
    ('“', "``"),
    ('”', "''"),
    ('α', r"$\alpha$"),
    ('β', r"$\beta$"),
    ('γ', r"$\gamma$"),
    ('δ', r"$\delta$"),
    ('ε', r"$\varepsilon$"),
    ('η', r"$\eta$"),
    ('θ', r"$\theta$"),
    ('κ', r"$\kappa$"),
    ('λ', r"$\lambda$"),
    ('μ', r"$\mu$"),
    ('µ', r"$\mu$"),
    ('ν', r"$\nu$"),
    ('π', r"$\pi$"),
    ('ρ', r"$\rho$"),
    ('σ', r"$\sigma$"),
    ('τ', r"$\tau$"),
    ('φ', r"$\varphi$"),
    ('χ', r"$\chi$"),
    ('ψ', r"$\psi$"),
    ('ω', r"$\omega$"),
    ('Δ', r"$\Delta$"),
    ('Λ', r"$\Lambda$"),
    ('Π', r"$\Pi$"),
    ('Σ', r"$\Sigma$"),
    ('Φ', r"$\Phi$"),
    ('Ω', r"$\Omega$"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::metrics::METRICS;

    fn of(name: &str) -> Table {
        let row = vec![Cell { text: name.to_owned(), ..Cell::default() }];
        Table { head: vec!["η², %".to_owned()], rows: vec![row], texts: 1, ..Table::default() }
    }

    #[test]
    fn signs_become_mathematics() {
        assert_eq!(escape("η², % of Δ − 10⁻³"), r"$\eta$$^{2}$, \% of $\Delta$ $-$ 10$^{-}$$^{3}$");
        assert!(METRICS.iter().all(|m| is_for_every_engine(&escape(m.label))));
        assert!(METRICS.iter().any(|m| !m.label.is_ascii()), "no metric puts it to the test");
    }

    #[test]
    fn a_name_in_another_script_is_kept_and_says_what_it_needs() {
        let said = "needs XeLaTeX";
        assert!(!render(&of("Zürich"), false).contains(said));
        let text = render(&of("漢字"), false);
        assert!(text.contains(said) && text.contains("漢字"));
    }
}

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
    let head = table.head.iter().enumerate().skip(skipped).map(|(i, name)| headed(name, i < table.texts));
    let head = format!("{} \\\\\n", head.collect::<Vec<_>>().join(" & "));
    let (size, is_whole) = size(table);
    let mut out = format!(
        "% Needs \\usepackage{{booktabs}}{}\n",
        if long { " and \\usepackage{longtable}" } else { "" }
    );
    let texts_of_all = table.rows.iter().flatten().map(|cell| &cell.text);
    let mut texts_of_all = texts_of_all.chain(&table.head).chain(&table.notes).chain([&table.caption]);
    if texts_of_all.any(|text| !is_for_every_engine(&escape(text))) {
        out += "% Names here are in a script that needs XeLaTeX or LuaLaTeX, and a font that has it.\n";
    }
    if !is_whole {
        out += "% Wider than a page of letter size within margins of an inch: set it sideways, or leave columns out.\n";
    }
    let tight = format!("\\{size}\\setlength{{\\tabcolsep}}{{{SEPARATION}pt}}");
    // Writing to a string cannot fail.
    let _ = if long {
        write!(
            out,
            "{{{tight}\n\\begin{{longtable}}{{@{{}}{columns}@{{}}}}\n\\caption{{{caption}}}\\label{{{label}}}\\\\\n\\toprule\n{head}\\midrule\n\\endfirsthead\n\
             \\toprule\n{head}\\midrule\n\\endhead\n"
        )
    } else {
        write!(
            out,
            "\\begin{{table}}\n\\centering\n\\caption{{{caption}}}\\label{{{label}}}\n{tight}\n\\begin{{tabular}}{{@{{}}{columns}@{{}}}}\n\\toprule\n{head}\\midrule\n"
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
            let _ = writeln!(out, "\\multicolumn{{{all}}}{{@{{}}p{{\\linewidth}}@{{}}}}{{{note}}} \\\\");
        }
        out += "\\end{longtable}}\n";
    } else {
        out += "\\end{tabular}\n";
        if !notes.is_empty() {
            let _ = writeln!(out, "\\par\\smallskip\\footnotesize {}", notes.join(" "));
        }
        out += "\\end{table}\n";
    }
    out
}

/// Half the room between columns, points.
const SEPARATION: u32 = 3;

/// Width of the text of a page of letter size within margins of an inch, points.
const ROOM: f64 = 469.0;

/// Sizes of type, and what a letter or digit of Computer Modern takes of them, points.
const SIZES: [(&str, f64); 2] = [("footnotesize", 4.25), ("scriptsize", 3.98)];

/// The largest size in which a table fits on a page, or the smallest; and whether it fits.
fn size(table: &Table) -> (&'static str, bool) {
    let fits = |(_, letter): &&(&str, f64)| width(table, *letter) <= ROOM;
    SIZES.iter().find(fits).map_or((SIZES[1].0, false), |(name, _)| (name, true))
}

/// About how wide a table is where letters are so wide, points.
fn width(table: &Table, letter: f64) -> f64 {
    let skipped = usize::from(table.grouped);
    let longest = |column: usize| {
        let cells = table.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.text.chars().count());
        let head = lines(&table.head[column]).into_iter().map(|line| line.chars().count());
        // Rows of groups are indented by two letters.
        let indent = if table.grouped && column == skipped { 2 } else { 0 };
        indent + cells.chain(head).max().unwrap_or(0)
    };
    let columns = table.head.len() - skipped;
    let letters: usize = (skipped..table.head.len()).map(longest).sum();
    letters as f64 * letter + 2.0 * f64::from(SEPARATION) * columns.saturating_sub(1) as f64
}

/// The name of a column in one line, or where it is long in two as even as may be.
fn lines(name: &str) -> Vec<String> {
    const SHORT: usize = 10;
    let whole = vec![name.to_owned()];
    if name.chars().count() <= SHORT {
        return whole;
    }
    let breaks = name.char_indices().filter(|(_, c)| matches!(c, ' ' | '_' | '-'));
    let cut = breaks.map(|(at, c)| {
        let (first, rest) = name.split_at(at + c.len_utf8());
        [first.trim_end().to_owned(), rest.to_owned()]
    });
    let longer = |both: &[String; 2]| both[0].chars().count().max(both[1].chars().count());
    cut.min_by_key(longer).map_or(whole, Vec::from)
}

/// The name of a column, lines below one another.
fn headed(name: &str, text: bool) -> String {
    let escaped: Vec<String> = lines(name).iter().map(|line| escape(line)).collect();
    match escaped.as_slice() {
        [one] => one.clone(),
        many => format!("\\shortstack[{}]{{{}}}", if text { 'l' } else { 'r' }, many.join("\\\\")),
    }
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

    #[test]
    fn names_of_columns_stand_in_two_lines() {
        assert_eq!(lines("seats"), ["seats"]);
        assert_eq!(lines("smallest difference of interest"), ["smallest difference", "of interest"]);
        assert_eq!(headed("reserve_price", false), r"\shortstack[r]{reserve\_\\price}");
        assert_eq!(headed("95% interval", true), r"\shortstack[l]{95\%\\interval}");
    }

    /// A table of so many columns of numbers.
    fn wide_table(columns: usize) -> Table {
        let number = || Cell { text: "0.0334 ± 0.0092".to_owned(), ..Cell::default() };
        let row = std::iter::once(Cell {
            text: "to sequencers, before capital cost".to_owned(),
            ..Cell::default()
        });
        Table {
            head: std::iter::once("metric")
                .chain(std::iter::repeat_n("auction_rotation", columns))
                .map(str::to_owned)
                .collect(),
            rows: vec![row.chain((0..columns).map(|_| number())).collect()],
            texts: 1,
            ..Table::default()
        }
    }

    #[test]
    fn a_table_fits_on_a_page_or_says_that_it_does_not() {
        // 34 letters of a name and four numbers of 15, with four gaps of 6 points: 94 · 4.25 + 24.
        // As many contenders as a table of outcomes has.
        let table = wide_table(super::super::tables::ACROSS);
        assert!((width(&table, 4.25) - 423.5).abs() < 1e-9, "{}", width(&table, 4.25));
        assert_eq!(size(&table), ("footnotesize", true));
        // Five: 109 · 4.25 + 30 is more than a page has, 109 · 3.98 + 30 is not; six do not fit at all.
        assert_eq!(
            (size(&wide_table(5)), size(&wide_table(6))),
            (("scriptsize", true), ("scriptsize", false))
        );
        assert!(
            !render(&table, false).contains("sideways") && render(&wide_table(6), false).contains("sideways")
        );
    }
}

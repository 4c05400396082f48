//! `report.md`: for readers of text, repositories and converters. Figures are those of `charts/`.

use super::{Block, Cell, Table};
use crate::report::figures::FOLDER;
use std::fmt::Write as _;

/// Rows of a table that are shown; its CSV has all.
const MOST_ROWS: usize = 120;

/// The text, whose figures have the extension `picture`.
pub(super) fn render(blocks: &[Block], picture: &str) -> String {
    let mut out = String::new();
    for block in blocks {
        // Writing to a string cannot fail.
        let _ = match block {
            Block::Heading(level, text) => {
                writeln!(out, "{} {}\n", "#".repeat(usize::from(*level)), escape(text))
            }
            Block::Text(text) => writeln!(out, "{}\n", escape(text)),
            Block::List(points) => {
                for point in points {
                    let _ = writeln!(out, "* {}", escape(point));
                }
                writeln!(out)
            }
            Block::Warning(cause, remedy) => {
                writeln!(out, "> **Warning.** {} *Remedy:* {}\n", escape(cause), escape(remedy))
            }
            Block::Table(table) => {
                out.push_str(&self::table(table));
                Ok(())
            }
            Block::Figure(named) => writeln!(
                out,
                "![{}]({FOLDER}/{}.{picture})\n\n**{}** {}\n",
                escape(named.figure.alt()).replace(['[', ']'], "|"),
                named.name,
                sentence(&escape(named.figure.title())),
                escape(named.figure.caption())
            ),
            Block::Facts(facts) => {
                let _ = writeln!(out, "| | |\n|---|---|");
                for (name, value) in facts {
                    let _ = writeln!(out, "| {} | {} |", cell(name), cell(value));
                }
                writeln!(out)
            }
            Block::Lines(text) => writeln!(out, "```text\n{}\n```\n", text.trim_end()),
            Block::Folded(summary, content) => {
                writeln!(out, "{}:\n\n```toml\n{}\n```\n", escape(summary), content.trim_end())
            }
        };
    }
    out.trim_end().to_owned() + "\n"
}

fn sentence(text: &str) -> String {
    if text.is_empty() || text.ends_with(['.', '?', '!']) { text.to_owned() } else { format!("{text}.") }
}

/// Text in which nothing is taken for markup. Underscores within words and brackets around intervals are harmless.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('<', "&lt;").replace('*', "\\*").replace('\n', " ")
}

fn cell(text: &str) -> String {
    escape(text).replace('|', "\\|")
}

fn table(table: &Table) -> String {
    let mut out = format!("**{}**\n\n", sentence(&escape(&table.caption)));
    let line =
        |cells: &mut dyn Iterator<Item = String>| format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "));
    out += &line(&mut table.head.iter().map(|h| cell(h)));
    out += &line(&mut (0..table.head.len()).map(|i| if i < table.texts { "---" } else { "---:" }.to_owned()));
    let mut group = None;
    for row in table.rows.iter().take(MOST_ROWS) {
        let first = row.first().map(|c| c.text.as_str());
        let again = table.grouped && group == first;
        group = first;
        let said = |(i, c): (usize, &Cell)| if i == 0 && again { String::new() } else { cell(&c.text) };
        out += &line(&mut row.iter().enumerate().map(said));
    }
    out.push('\n');
    if table.rows.len() > MOST_ROWS {
        let _ = writeln!(
            out,
            "The first {MOST_ROWS} of {} rows; [tables/{name}.csv](tables/{name}.csv) has all.\n",
            table.rows.len(),
            name = table.name
        );
    }
    for note in &table.notes {
        let _ = writeln!(out, "{}\n", escape(note));
    }
    out
}

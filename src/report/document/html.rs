//! `report.html`: one file with everything in it, fonts too. It opens from disk without a network, prints, and its tables
//! sort and filter with mouse and keyboard.

use super::{Block, Cell, Table};
use crate::chart::font::{REGULAR, SEMIBOLD};
use crate::chart::markup::escape;
use crate::experiment::tables::format_number;
use crate::report::figures::Named;
use std::fmt::Write as _;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Rows from which a table can be filtered.
const FILTERED: usize = 12;

/// The page; beside its figures stand files with these extensions.
pub(super) fn render(name: &str, blocks: &[Block], pictures: &[&str]) -> String {
    let name = escape(name);
    let mut body = String::new();
    let mut contents = String::new();
    let mut sections = 0;
    for block in blocks {
        if let Block::Heading(2, text) = block {
            sections += 1;
            let _ = writeln!(contents, "<li><a href=\"#s{sections}\">{}</a></li>", escape(text));
        }
        body += &element(block, sections, pictures);
    }
    let fonts: Vec<String> = [(REGULAR, 400), (SEMIBOLD, 600)]
        .iter()
        .map(|(font, weight)| {
            format!(
                "@font-face{{font-family:\"Source Sans Pro\";font-weight:{weight};src:url(data:font/ttf;base64,{})}}\n",
                base64(font)
            )
        })
        .collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{name}</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n<style>\n{}{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">Skip to the report</a>\n\
         <nav aria-label=\"Contents\"><ul>\n{contents}</ul></nav>\n<main id=\"main\">\n{body}</main>\n\
         <script>\n{SCRIPT}</script>\n</body>\n</html>\n",
        fonts.concat()
    )
}

fn element(block: &Block, section: usize, pictures: &[&str]) -> String {
    match block {
        Block::Heading(2, text) => format!("<h2 id=\"s{section}\">{}</h2>\n", escape(text)),
        Block::Heading(level, text) => format!("<h{level}>{}</h{level}>\n", escape(text)),
        Block::Text(text) => format!("<p>{}</p>\n", prose(text)),
        Block::List(points) => {
            let points: Vec<String> = points.iter().map(|p| format!("<li>{}</li>\n", prose(p))).collect();
            format!("<ul>\n{}</ul>\n", points.concat())
        }
        Block::Warning(cause, remedy) => format!(
            "<div class=\"warning\" role=\"note\"><p><strong>Warning.</strong> {}</p><p><strong>Remedy.</strong> {}</p></div>\n",
            prose(cause),
            prose(remedy)
        ),
        Block::Table(table) => self::table(table),
        Block::Figure(named) => figure(named, pictures),
        Block::Facts(facts) => {
            let rows: Vec<String> = facts
                .iter()
                .map(|(name, value)| {
                    format!("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", escape(name), escape(value))
                })
                .collect();
            let names: Vec<&str> = facts.iter().map(|(name, _)| name.as_str()).collect();
            format!(
                "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Facts: {}\"><table class=\"facts\">\n{}</table></div>\n",
                escape(&names.join(", ")),
                rows.concat()
            )
        }
        Block::Lines(text) => format!("<pre tabindex=\"0\">{}</pre>\n", escape(text)),
        Block::Folded(summary, content) => {
            format!(
                "<details><summary>{}</summary><pre tabindex=\"0\">{}</pre></details>\n",
                escape(summary),
                escape(content)
            )
        }
    }
}

/// Text in which names of settings stand between backticks.
fn prose(text: &str) -> String {
    let text = escape(text);
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return text;
    }
    let code = |(i, part): (usize, &&str)| {
        if i.is_multiple_of(2) { (*part).to_owned() } else { format!("<code>{part}</code>") }
    };
    parts.iter().enumerate().map(code).collect::<Vec<_>>().concat()
}

/// The picture within the page, so that it prints sharp and its tooltips work.
fn figure(named: &Named, pictures: &[&str]) -> String {
    let picture = &named.figure;
    let svg = picture.svg();
    // The root's title would be a tooltip over everything, and its ids would not be the page's only ones.
    let inner = svg.split_once("</desc>").map_or(svg, |(_, rest)| rest);
    let (wide, high) = picture.size();
    // Points that say something can be read from the keyboard too.
    let (focus, reading) = if inner.contains("<g class=\"point\">") {
        (
            " tabindex=\"0\"",
            "<p class=\"reading\" role=\"status\">Arrow keys read the points of this figure.</p>\n",
        )
    } else {
        ("", "")
    };
    let view = svg.split("viewBox=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    format!(
        "<figure id=\"figure-{id}\">\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{wide}pt\" height=\"{high}pt\" viewBox=\"{view}\" role=\"img\" \
         aria-label=\"{alt}\"{focus}>{inner}{reading}<figcaption><strong>{title}</strong> {caption} \
         <span class=\"file\">charts/{id}.{files}</span></figcaption>\n</figure>\n",
        id = escape(&named.name),
        files = pictures.join(", ."),
        alt = escape(picture.alt()),
        title = escape(&sentence(picture.title())),
        caption = escape(picture.caption()),
    )
}

fn sentence(text: &str) -> String {
    if text.is_empty() || text.ends_with(['.', '?', '!']) { text.to_owned() } else { format!("{text}.") }
}

fn table(table: &Table) -> String {
    let id = escape(&table.name);
    let caption = escape(&table.caption);
    let mut out = format!("<section class=\"table\" aria-labelledby=\"caption-{id}\">\n");
    if table.rows.len() >= FILTERED {
        let _ = writeln!(
            out,
            "<p class=\"filter\"><label>Filter <input type=\"search\" data-table=\"table-{id}\" placeholder=\"words in a row\"></label> \
             <span role=\"status\"></span></p>"
        );
    }
    let head: Vec<String> = table
        .head
        .iter()
        .enumerate()
        .map(|(i, name)| {
            let name = if name.is_empty() { "group" } else { name };
            let class = if i < table.texts { "text" } else { "number" };
            format!("<th scope=\"col\" class=\"{class}\" aria-sort=\"none\"><button type=\"button\">{}</button></th>", escape(name))
        })
        .collect();
    let _ = write!(
        out,
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-labelledby=\"caption-{id}\">\n<table id=\"table-{id}\" class=\"sortable\">\n\
         <caption id=\"caption-{id}\">{caption}</caption>\n<thead><tr>{}</tr></thead>\n<tbody>\n",
        head.concat()
    );
    let mut group: Option<&str> = None;
    for row in &table.rows {
        let own = row.first().map(|c| c.text.as_str());
        let first = if table.grouped && own != group { " class=\"first\"" } else { "" };
        group = own;
        let cells: String = row.iter().enumerate().map(|(i, c)| cell(c, i < table.texts)).collect();
        let _ = writeln!(out, "<tr{first}>{cells}</tr>");
    }
    out += "</tbody>\n</table></div>\n";
    for note in &table.notes {
        let _ = writeln!(out, "<p class=\"note\">{}</p>", escape(note));
    }
    let _ = writeln!(out, "<p class=\"note file\">tables/{id}.csv, .tex</p>\n</section>");
    out
}

fn cell(cell: &Cell, text: bool) -> String {
    let body = escape(&cell.text);
    match (cell.value, text) {
        (Some(value), _) => {
            let class = if text { "text" } else { "number" };
            format!("<td class=\"{class}\" data-value=\"{}\">{body}</td>", format_number(value))
        }
        (None, true) => format!("<td class=\"text\">{body}</td>"),
        (None, false) => format!("<td class=\"number\">{body}</td>"),
    }
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for part in bytes.chunks(3) {
        let word = part.iter().fold(0_usize, |w, b| w << 8 | usize::from(*b)) << (8 * (3 - part.len()));
        for i in 0..4 {
            out.push(if i <= part.len() { char::from(LETTERS[word >> (18 - 6 * i) & 63]) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{STYLE, base64, prose};
    use crate::report::table::WIDTH;

    #[test]
    fn closing_words_fit_on_a4() {
        let (screen, print) = STYLE.split_once("@media print").unwrap();
        let number = |text: &str, before: &str, unit: &str| -> f64 {
            let from = text.split(before).nth(1).unwrap_or_else(|| panic!("no {before}"));
            from.split(unit).next().unwrap().trim().parse().unwrap()
        };
        let margin = number(print, "margin: ", "mm");
        // A rem is 16 px, an inch 96 px or 72 points.
        let padding = number(screen.split("pre {").nth(1).unwrap(), "padding: ", "rem") * 16.0 * 0.75;
        let room = (210.0 - 2.0 * margin) / 25.4 * 72.0 - 2.0 * padding;
        let size = number(print.split("pre {").nth(1).unwrap(), "font-size: ", "pt");
        // Letters of Courier and its kin are 0.6 of their size wide.
        assert!(size >= 7.0 && WIDTH as f64 * 0.6 * size <= room, "{size} {room}");
        assert!(print.contains("white-space: pre-wrap"), "what is longer is cut");
    }

    #[test]
    fn names_of_settings_are_code() {
        assert_eq!(prose("raise `a.b` & more"), "raise <code>a.b</code> &amp; more");
        assert_eq!(prose("one ` only"), "one ` only");
    }

    #[test]
    fn the_vectors_of_rfc_4648() {
        for (text, coded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(text.as_bytes()), coded);
        }
    }
}

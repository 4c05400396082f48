//! A table as CSV: the numbers behind its text, intervals in columns of their own. As the other tables of a run: UTF-8, LF,
//! shortest decimals.

use super::{Cell, Table};
use crate::experiment::tables::{format_number, quote};

pub(super) fn render(table: &Table) -> String {
    let column = |i: usize| table.rows.iter().filter_map(move |r| r.get(i));
    let wide: Vec<bool> = (0..table.head.len()).map(|i| column(i).any(|c| c.interval.is_some())).collect();
    let mut head = Vec::new();
    for (i, name) in table.head.iter().enumerate() {
        let name = if name.is_empty() { "group" } else { name };
        head.push(quote(name));
        if wide[i] {
            head.extend(["ci_low", "ci_high"].map(|end| quote(&format!("{name} {end}"))));
        }
    }
    let mut out = head.join(",") + "\n";
    for row in &table.rows {
        let mut cells = Vec::new();
        for (i, cell) in row.iter().enumerate() {
            cells.push(said(cell, i < table.texts));
            if wide[i] {
                let (low, high) = cell.interval.unwrap_or((f64::NAN, f64::NAN));
                cells.extend([low, high].map(|v| if v.is_nan() { String::new() } else { format_number(v) }));
            }
        }
        out += &(cells.join(",") + "\n");
    }
    out
}

fn said(cell: &Cell, text: bool) -> String {
    match cell.value {
        Some(value) if !text => format_number(value),
        _ if cell.text == "–" => String::new(),
        _ => quote(&cell.text),
    }
}

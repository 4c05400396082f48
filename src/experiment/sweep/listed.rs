//! Points that are listed: tables of path and value in the file, or rows of a CSV file.

use super::Point;
use crate::settings::Value;

/// Points of a CSV text: the header names paths, each row is a point; an empty cell leaves its parameter as in the file.
///
/// Cells are numbers, whole numbers, `true`, `false` or texts; a text may stand in double quotes (RFC 4180).
///
/// # Errors
/// What is wrong, with its line (from 1).
pub fn from_csv(text: &str) -> Result<Vec<Point>, (usize, String)> {
    // Spreadsheets begin UTF-8 with a mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let (_, header) =
        lines.next().ok_or((1, "the file is empty: its first line names parameters".to_owned()))?;
    let paths = cells(header).ok_or((1, "a quote is not closed".to_owned()))?;
    if let [only] = &paths[..]
        && only.contains(';')
    {
        return Err((
            1,
            "columns are divided by semicolons; save the file with commas between them".to_owned(),
        ));
    }
    if let Some(path) = paths.iter().find(|path| path.is_empty()) {
        return Err((1, format!("a column has no name: {path:?}")));
    }
    if let Some(twice) = (1..paths.len()).find(|&i| paths[..i].contains(&paths[i])) {
        return Err((1, format!("two columns are called `{}`", paths[twice])));
    }
    let mut points = Vec::new();
    for (place, line) in lines {
        let row = cells(line).ok_or((place + 1, "a quote is not closed".to_owned()))?;
        if row.len() != paths.len() {
            return Err((place + 1, format!("{} cells under {} columns", row.len(), paths.len())));
        }
        let given = paths.iter().zip(&row).filter(|(_, cell)| !cell.is_empty());
        points.push(given.map(|(path, cell)| (path.clone(), value(cell))).collect());
    }
    if points.is_empty() {
        return Err((1, "there is no row below the header".to_owned()));
    }
    Ok(points)
}

fn value(cell: &str) -> Value {
    match (cell.parse::<i64>(), cell.parse::<f64>(), cell) {
        (Ok(whole), ..) => Value::Integer(whole),
        (_, Ok(number), _) => Value::Number(number),
        (.., "true") => Value::Flag(true),
        (.., "false") => Value::Flag(false),
        _ => Value::Text(cell.to_owned()),
    }
}

/// Cells of a line of CSV; `None` where a quote is not closed.
pub(crate) fn cells(line: &str) -> Option<Vec<String>> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(c) = characters.next() {
        let cell = cells.last_mut()?;
        match c {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            _ => cell.push(c),
        }
    }
    (!quoted).then(|| cells.iter().map(|cell| cell.trim().to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_points_and_empty_cells_leave_the_file_alone() {
        let points =
            from_csv("mechanism.a.seats,\"mechanism.a.pricing\"\n4,uniform\n,\"pay_as_bid\"\n2.5,\n")
                .unwrap();
        assert_eq!(points.len(), 3);
        assert_eq!(points[0][0], ("mechanism.a.seats".to_owned(), Value::Integer(4)));
        assert_eq!(points[1], [("mechanism.a.pricing".to_owned(), Value::Text("pay_as_bid".to_owned()))]);
        assert_eq!(points[2], [("mechanism.a.seats".to_owned(), Value::Number(2.5))]);
    }

    #[test]
    fn errors_name_their_line() {
        assert_eq!(from_csv("").unwrap_err().0, 1);
        assert_eq!(from_csv("a,b\n1,2\n3\n").unwrap_err(), (3, "1 cells under 2 columns".to_owned()));
        assert!(from_csv("a,a\n1,2\n").unwrap_err().1.contains("two columns"));
        assert!(from_csv("a\n\"x\n").unwrap_err().1.contains("quote"));
        assert!(from_csv("a\n").is_err());
        assert!(from_csv("a;b\n1;2\n").unwrap_err().1.contains("semicolons"));
    }

    #[test]
    fn a_mark_at_the_beginning_is_no_part_of_a_name() {
        assert_eq!(from_csv("\u{feff}a\n1\n").unwrap(), from_csv("a\n1\n").unwrap());
    }
}

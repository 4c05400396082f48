//! Pieces of SVG text: what the backend wrote, cleaned for the sheet.

use super::canvas::GRID;
use plotters::backend::{DrawingBackend as _, SVGBackend};
use std::fmt::Write as _;

/// Size of a raised minus against the text around it.
const RAISED: f64 = 0.6;

/// Text within an element or an attribute.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// What the backend draws, without its header.
pub(crate) fn fragment(draw: impl FnOnce(&mut SVGBackend)) -> String {
    let mut whole = String::new();
    let mut backend = SVGBackend::with_string(&mut whole, (1, 1));
    draw(&mut backend);
    // A text buffer takes everything; there is no file behind it that could fail.
    let _ = backend.present();
    drop(backend);
    let shapes = whole.split_once(">\n").map_or("", |(_, rest)| rest);
    shapes.strip_suffix("</svg>\n").unwrap_or(shapes).to_owned()
}

/// The font has raised digits but no raised minus: a small minus, lifted, stands in for it before a raised digit.
pub(crate) fn with_raised_minus(element: &str, size: f64) -> String {
    let mut parts = element.split('⁻');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let Some(digit) = part.chars().next().filter(|c| "⁰¹²³⁴⁵⁶⁷⁸⁹".contains(*c)) else {
            out.push('−');
            out.push_str(part);
            continue;
        };
        let (small, lift) = ((RAISED * size * GRID).round(), (0.27 * size * GRID).round());
        let (up, rest) = (-lift, &part[digit.len_utf8()..]);
        let _ = write!(
            out,
            "<tspan font-size=\"{small}\" dy=\"{up}\">−</tspan><tspan dy=\"{lift}\">{digit}</tspan>{rest}"
        );
    }
    out
}

/// Without the characters that XML forbids.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raised_minus_is_drawn_and_the_line_goes_on_where_it_was() {
        assert_eq!(
            with_raised_minus("10⁻³ ETH", 10.0),
            "10<tspan font-size=\"48\" dy=\"-22\">−</tspan><tspan dy=\"22\">³</tspan> ETH"
        );
        assert_eq!(with_raised_minus("x⁻", 10.0), "x−");
    }

    #[test]
    fn forbidden_characters_go_and_special_ones_are_escaped() {
        assert_eq!(escape(&printable("a\u{0}<b> & \"c\"")), "a &lt;b&gt; &amp; &quot;c&quot;");
    }
}

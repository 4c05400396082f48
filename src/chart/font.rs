//! Widths of text, read from the embedded fonts' own tables, so that space is kept before anything is drawn.
//!
//! Kerning is left out: it only draws letters together, so a width here is at most a hair too large.
//! Tables as in the OpenType specification: `head` (units per em), `hhea` and `hmtx` (advances), `cmap` format 4.

use std::sync::OnceLock;

/// Source Sans Pro Regular.
pub const REGULAR: &[u8] = include_bytes!("../../assets/fonts/SourceSansPro-Regular.ttf");
/// Source Sans Pro Semibold.
pub const SEMIBOLD: &[u8] = include_bytes!("../../assets/fonts/SourceSansPro-Semibold.ttf");

/// Weight of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// 400.
    Regular,
    /// 600.
    Semibold,
}

/// Width in points of `text` at `size` points.
pub fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let face = face(weight);
    text.chars().map(|c| face.advance(c)).sum::<f64>() * size
}

/// Whether the embedded font has a glyph for this character.
pub fn has(character: char, weight: Weight) -> bool {
    face(weight).glyph(character) != 0
}

/// The text with an ellipsis in place of what does not fit into `room` points: two thirds of its beginning and a third of its end, as names
/// that begin alike often differ there.
pub fn ellipsize(text: &str, size: f64, weight: Weight, room: f64) -> String {
    if width(text, size, weight) <= room {
        return text.to_owned();
    }
    let all: Vec<char> = text.chars().collect();
    for kept in (1..all.len()).rev() {
        let end = kept / 3;
        let (head, tail) = (&all[..kept - end], &all[all.len() - end..]);
        let (head, tail): (String, String) = (head.iter().collect(), tail.iter().collect());
        let shorter = format!("{}…{}", head.trim_end(), tail.trim_start());
        if width(&shorter, size, weight) <= room {
            return shorter;
        }
    }
    String::new()
}

/// The text broken into lines of at most `room` points, at spaces, or after `_`, `-`, `/` where a word is too long, or
/// anywhere at last. Never more than `most` lines: of the last one an ellipsis stands for what there is no room for.
pub fn wrap(text: &str, size: f64, weight: Weight, room: f64, most: usize) -> Vec<String> {
    let fits = |s: &str| width(s, size, weight) <= room;
    // Each with whether it goes on with the word in which the one before it ends.
    let mut lines: Vec<(String, bool)> = Vec::new();
    let (mut line, mut within) = (String::new(), false);
    // A space that does not break stays within its word.
    for word in text.split(|c: char| c.is_whitespace() && c != '\u{a0}').filter(|w| !w.is_empty()) {
        let joined = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if fits(&joined) {
            line = joined;
            continue;
        }
        if !line.is_empty() {
            lines.push((std::mem::take(&mut line), within));
        }
        within = false;
        for piece in word.split_inclusive(['_', '-', '/', '.', ',']) {
            if fits(&format!("{line}{piece}")) {
                line.push_str(piece);
                continue;
            }
            if !line.is_empty() {
                lines.push((std::mem::take(&mut line), within));
                within = true;
            }
            for c in piece.chars() {
                line.push(c);
                if !fits(&line) && line.chars().count() > 1 {
                    line.pop();
                    lines.push((std::mem::replace(&mut line, c.to_string()), within));
                    within = true;
                }
            }
        }
    }
    if !line.is_empty() {
        lines.push((line, within));
    }
    let mut shown: Vec<String> = Vec::new();
    for (i, (line, within)) in lines.into_iter().enumerate() {
        match shown.last_mut().filter(|_| i >= most.max(1)) {
            Some(last) => *last = format!("{last}{}{line}", if within { "" } else { " " }),
            None => shown.push(line),
        }
    }
    if let Some(last) = shown.last_mut().filter(|last| !fits(last)) {
        *last = ellipsize(last, size, weight, room);
    }
    shown
}

/// Width of the widest piece of a text that is not broken unless it has to be, points.
pub fn widest_word(text: &str, size: f64, weight: Weight) -> f64 {
    let words = text.split(|c: char| c.is_whitespace() && c != '\u{a0}');
    let pieces = words.flat_map(|word| word.split_inclusive(['_', '-', '/', '.', ',']));
    pieces.map(|piece| width(piece, size, weight)).fold(0.0, f64::max)
}

/// The same number of lines as [`wrap`] would make, of lengths as equal as may be: no last line of one short word.
pub fn balanced(text: &str, size: f64, weight: Weight, room: f64, most: usize) -> Vec<String> {
    let mut best = wrap(text, size, weight, room, most);
    if best.len() < 2 || best.last().is_some_and(|l| l.contains('…')) {
        return best;
    }
    for tenth in (10..20).rev() {
        let lines = wrap(text, size, weight, room * f64::from(tenth) / 20.0, most);
        // Narrower still, and a line more would be needed, or a word would break.
        let words = |lines: &[String]| lines.join(" ").split_whitespace().count();
        if lines.len() > best.len()
            || lines.last().is_some_and(|l| l.contains('…'))
            || words(&lines) != words(&best)
        {
            break;
        }
        best = lines;
    }
    best
}

struct Face {
    data: &'static [u8],
    units_per_em: f64,
    hmtx: usize,
    metrics: usize,
    segments: usize,
    segment_count: usize,
}

fn face(weight: Weight) -> &'static Face {
    static FACES: OnceLock<[Face; 2]> = OnceLock::new();
    let faces = FACES.get_or_init(|| [Face::read(REGULAR), Face::read(SEMIBOLD)]);
    &faces[usize::from(weight == Weight::Semibold)]
}

impl Face {
    /// Finds the tables. The fonts are part of the program, so a missing table is met with a width of half an em, and
    /// the test below rather than an error.
    fn read(data: &'static [u8]) -> Self {
        let mut face =
            Self { data, units_per_em: 1000.0, hmtx: 0, metrics: 0, segments: 0, segment_count: 0 };
        let tables = face.u16(4);
        for i in 0..tables {
            let record = 12 + 16 * i;
            let at = face.u32(record + 8);
            match data.get(record..record + 4) {
                Some(b"head") => face.units_per_em = face.u16(at + 18).max(1) as f64,
                Some(b"hhea") => face.metrics = face.u16(at + 34),
                Some(b"hmtx") => face.hmtx = at,
                Some(b"cmap") => {
                    for k in 0..face.u16(at + 2) {
                        let sub = at + face.u32(at + 4 + 8 * k + 4);
                        if face.u16(sub) == 4 {
                            face.segments = sub;
                            face.segment_count = face.u16(sub + 6) / 2;
                        }
                    }
                }
                _ => {}
            }
        }
        face
    }

    fn u16(&self, at: usize) -> usize {
        self.data.get(at..at + 2).map_or(0, |b| usize::from(b[0]) << 8 | usize::from(b[1]))
    }

    fn u32(&self, at: usize) -> usize {
        self.u16(at) << 16 | self.u16(at + 2)
    }

    fn glyph(&self, character: char) -> usize {
        let code = u32::from(character) as usize;
        if code > 0xFFFF {
            return 0;
        }
        let (ends, n) = (self.segments + 14, self.segment_count);
        let (starts, deltas, offsets) = (ends + 2 * n + 2, ends + 4 * n + 2, ends + 6 * n + 2);
        for i in 0..n {
            if self.u16(ends + 2 * i) < code {
                continue;
            }
            let start = self.u16(starts + 2 * i);
            if start > code {
                return 0;
            }
            let (delta, offset) = (self.u16(deltas + 2 * i), self.u16(offsets + 2 * i));
            if offset == 0 {
                return (code + delta) & 0xFFFF;
            }
            let glyph = self.u16(offsets + 2 * i + offset + 2 * (code - start));
            return if glyph == 0 { 0 } else { (glyph + delta) & 0xFFFF };
        }
        0
    }

    fn advance(&self, character: char) -> f64 {
        if self.metrics == 0 {
            return 0.5;
        }
        if character == '⁻' {
            // Absent from the font: drawn as a minus, smaller or not.
            return self.advance('−');
        }
        let glyph = self.glyph(character).min(self.metrics - 1);
        self.u16(self.hmtx + 4 * glyph) as f64 / self.units_per_em
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_that_figures_use_has_a_glyph() {
        let used = "abcXYZ0189−–…×·αβεσΔ≥≤±°%⁰¹²³⁴⁵⁶⁷⁸⁹’,.()[]";
        for weight in [Weight::Regular, Weight::Semibold] {
            let missing: String = used.chars().filter(|&c| !has(c, weight)).collect();
            assert_eq!(missing, "", "{weight:?}");
        }
        assert!(!has('漢', Weight::Regular));
    }

    #[test]
    fn widths_are_those_of_the_renderer() {
        // The renderer's own layout, of text without kerning pairs.
        for (text, weight, attribute) in
            [("0123456789", Weight::Regular, "400"), ("HHIINNHI", Weight::Semibold, "600")]
        {
            let svg = format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"900\" height=\"200\"><text y=\"100\" \
                 font-family=\"Source Sans Pro\" font-weight=\"{attribute}\" font-size=\"100\">{text}</text></svg>"
            );
            let tree = crate::chart::raster::tree(&svg).expect("valid");
            let resvg::usvg::Node::Group(_) = tree.root().children()[0].clone() else {
                let resvg::usvg::Node::Text(node) = &tree.root().children()[0] else { panic!("text") };
                let laid_out = f64::from(node.bounding_box().width());
                assert!((width(text, 100.0, weight) - laid_out).abs() < 0.01, "{text}: {laid_out}");
                continue;
            };
            panic!("text expected");
        }
    }

    #[test]
    fn lines_fit_and_nothing_is_lost() {
        let text = "auction_rotation_with_a_name_that_goes_on and on, Donaudampfschifffahrtsgesellschaft";
        let lines = wrap(text, 8.0, Weight::Regular, 60.0, 99);
        assert!(lines.iter().all(|l| width(l, 8.0, Weight::Regular) <= 60.0), "{lines:?}");
        let squeezed = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        assert_eq!(squeezed(&lines.concat()), squeezed(text));
        let two = wrap(text, 8.0, Weight::Regular, 60.0, 2);
        assert_eq!(two.len(), 2);
        assert!(two[1].contains('…') && two[1].ends_with("ft"), "{two:?}");
    }

    #[test]
    fn a_broken_word_has_no_space_within() {
        // The second line takes what is left of the word, of which there is room for as much as fits.
        let two = wrap("Donaudampfschifffahrtsgesellschaft", 8.0, Weight::Regular, 60.0, 2);
        let shown = two.concat();
        let (head, tail) = shown.split_once('…').expect("cut");
        let whole = "Donaudampfschifffahrtsgesellschaft";
        assert!(whole.starts_with(head) && whole.ends_with(tail) && !tail.is_empty(), "{two:?}");
        // Words that stand on lines of their own keep theirs.
        let one = wrap("price of the seats", 8.0, Weight::Regular, 55.0, 1);
        assert!(one[0].starts_with("price of"), "{one:?}");
        assert!(
            (widest_word("a price_of seats", 8.0, Weight::Regular) - width("price_", 8.0, Weight::Regular))
                .abs()
                < 1e-9
        );
    }
}

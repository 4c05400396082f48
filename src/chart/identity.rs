//! Which look stands for which contender, in every figure of every experiment.
//!
//! The rule decides the hue (Okabe and Ito 2008: eight hues, distinguishable with the common colour deficiencies); where
//! several contenders share a rule, each gets its own shade of that hue. Rule and place together decide dash and marker,
//! so that a greyscale print can still be read.

use super::style::{DASHES, Look, MARKERS, Style, Theme, contrast, mixed};
use plotters::style::RGBColor;

/// Hues by rule; a rule that is not listed is grey.
const HUES: [(&str, RGBColor); 8] = [
    ("centralized", RGBColor(0, 0, 0)),
    ("auction_rotation", RGBColor(0, 114, 178)),
    ("delegated", RGBColor(213, 94, 0)),
    ("stake_rotation", RGBColor(230, 159, 0)),
    ("auction", RGBColor(86, 180, 233)),
    ("algorithmic", RGBColor(0, 158, 115)),
    ("stake", RGBColor(204, 121, 167)),
    ("authority", RGBColor(240, 228, 66)),
];

const UNLISTED: RGBColor = RGBColor(120, 120, 120);

/// Contrast with the paper of the palest line.
const LEAST_CONTRAST: f64 = 2.0;

/// A contender: the hue of its rule, and its place among the contenders of that rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Identity {
    hue: usize,
    place: usize,
}

impl Identity {
    /// Contenders of one rule after which looks come again: shades repeat after 3, dashes after 4, markers after 5.
    pub const LOOKS: usize = 60;

    /// The contenders with these rules, in the order of the file.
    pub fn of<'a>(rules: impl IntoIterator<Item = &'a str>) -> Vec<Self> {
        let mut seen = [0; HUES.len() + 1];
        rules
            .into_iter()
            .map(|rule| {
                let hue = HUES.iter().position(|(name, _)| *name == rule).unwrap_or(HUES.len());
                seen[hue] += 1;
                Self { hue, place: seen[hue] - 1 }
            })
            .collect()
    }

    /// Its colour, dash and marker.
    pub fn look(self, style: Style) -> Look {
        let base = HUES.get(self.hue).map_or(UNLISTED, |(_, colour)| *colour);
        let dark = style.theme == Theme::Dark;
        let (paper, ink) = (style.paper_colour(), style.ink());
        let base = match (base, dark) {
            (RGBColor(0, 0, 0), true) => ink,
            // On a dark ground dark hues need light; on white, yellow needs shade.
            (RGBColor(240, 228, 66), false) => RGBColor(200, 182, 0),
            (other, true) => mixed(other, ink, 0.25),
            (other, false) => other,
        };
        // Ink has no darker shade, and pale hues none that is lighter and still stands out.
        let lighter = mixed(base, paper, 0.4);
        let colour = match (self.place % 3, self.hue) {
            (0, _) => base,
            (1, 0) => mixed(base, paper, 0.3),
            (1, _) => mixed(base, ink, 0.4),
            (_, 0) => mixed(base, paper, 0.55),
            _ if contrast(lighter, paper) >= LEAST_CONTRAST => lighter,
            _ => mixed(base, ink, 0.7),
        };
        Look {
            colour,
            dash: DASHES[(self.hue + self.place) % DASHES.len()],
            marker: MARKERS[(self.hue + self.place) % MARKERS.len()],
        }
    }
}

/// Between two colours, of 441 between black and white.
#[cfg(test)]
pub(crate) fn distance(a: RGBColor, b: RGBColor) -> f64 {
    let gap = |x: u8, y: u8| f64::from(x.abs_diff(y)) * f64::from(x.abs_diff(y));
    (gap(a.0, b.0) + gap(a.1, b.1) + gap(a.2, b.2)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::style::lightness;
    use crate::mechanism::CATALOGUE;

    #[test]
    fn a_rule_has_its_hue_wherever_it_stands() {
        let style = Style::paper();
        let one = Identity::of(["delegated", "auction_rotation"]);
        let other = Identity::of(["auction_rotation", "centralized", "delegated", "delegated"]);
        assert_eq!(one[0].look(style), other[2].look(style));
        assert_eq!(one[1].look(style), other[0].look(style));
        assert_ne!(other[2].look(style).colour, other[3].look(style).colour);
        assert_eq!(Identity::of(["none such"])[0].look(style).colour, UNLISTED);
    }

    #[test]
    fn hues_are_of_rules_that_exist() {
        for (name, _) in HUES {
            assert!(CATALOGUE.iter().any(|entry| entry.name == name), "{name}");
        }
    }

    #[test]
    fn all_looks_stand_out_from_the_paper_and_from_one_another() {
        for theme in [Theme::Paper, Theme::Slides, Theme::Dark] {
            let style = Style { theme, ..Style::paper() };
            // A rule that is not listed stands out, too.
            let all = Identity::of(HUES.iter().map(|(name, _)| *name).chain(["unlisted"]));
            let looks: Vec<Look> = all.iter().map(|i| i.look(style)).collect();
            for (i, a) in looks.iter().enumerate() {
                assert!((lightness(a.colour) - lightness(style.paper_colour())).abs() > 0.2, "{theme:?} {i}");
                // Who shares a marker has to differ in greyscale, in bars without markers all have to differ in colour.
                for (j, b) in looks[..i].iter().enumerate() {
                    let gap = (lightness(a.colour) - lightness(b.colour)).abs();
                    assert!(gap > 0.12 || a.marker != b.marker, "{theme:?} {i} {j} {gap}");
                    assert!(distance(a.colour, b.colour) > 35.0, "{theme:?} {i} {j}");
                }
            }
        }
    }

    #[test]
    fn shades_of_a_rule_differ_and_looks_repeat_only_where_it_says() {
        for theme in [Theme::Paper, Theme::Slides, Theme::Dark] {
            let style = Style { theme, ..Style::paper() };
            for rule in HUES.map(|(name, _)| name).into_iter().chain(["unlisted"]) {
                let all = Identity::of(std::iter::repeat_n(rule, Identity::LOOKS + 1));
                let looks: Vec<Look> = all.iter().map(|i| i.look(style)).collect();
                assert_eq!(looks[0], looks[Identity::LOOKS]);
                for (i, a) in looks[..Identity::LOOKS].iter().enumerate() {
                    let contrast = contrast(a.colour, style.paper_colour());
                    assert!(contrast >= LEAST_CONTRAST, "{theme:?} {rule} {i} {contrast}");
                    for (j, b) in looks[..i].iter().enumerate() {
                        assert_ne!(a, b, "{theme:?} {rule} {i} {j}");
                        if i < 3 {
                            assert!(distance(a.colour, b.colour) > 35.0, "{theme:?} {rule} {i} {j}");
                        }
                    }
                }
            }
        }
    }
}

//! One visual language: sizes, type scale and colours of every figure.
//!
//! Contenders have the hues of Okabe and Ito (2008), fixed by their rule (see [`super::identity`]); classes of agents have
//! those of Tol's muted scheme (2021), so that a class is never taken for a contender. Both are distinguishable with the
//! common colour deficiencies; neighbours also differ in lightness, in dash and in marker, so that a greyscale print can
//! still be read.

use crate::numerics::pow;
use plotters::style::RGBColor;

/// What the figure is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Theme {
    /// Dark on white, type for a journal page.
    #[default]
    Paper,
    /// Dark on white, larger type on a 10-inch width.
    Slides,
    /// Light on near-black, type as on paper.
    Dark,
}

/// How wide the figure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Width {
    /// One column of a journal: 3.5 inches.
    Single,
    /// Both columns: 7.2 inches.
    #[default]
    Double,
}

/// Size and theme of one figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Style {
    /// What it is for.
    pub theme: Theme,
    /// How wide it is.
    pub width: Width,
    /// Whether title, caption and notes are left to the text around the figure.
    pub bare: bool,
}

/// Role of a piece of text; decides its size, weight and colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Title of the figure.
    Title,
    /// Grey line below the title.
    Caption,
    /// Name of a panel or a column.
    Panel,
    /// Name of an axis, of a row, of a legend entry.
    Label,
    /// Number at a tick or in a table.
    Tick,
    /// Grey note at the foot.
    Note,
}

/// Resolution of PNG files, dots per inch.
pub const DPI: f64 = 300.0;

/// Names of the embedded font and of what a browser takes in its absence.
pub const FAMILY: &str = "Source Sans Pro, Source Sans 3, Helvetica, Arial, sans-serif";

impl Style {
    /// For a journal page, both columns wide.
    pub fn paper() -> Self {
        Self::default()
    }

    /// The same theme at one column's width.
    #[must_use]
    pub fn single(self) -> Self {
        Self { width: Width::Single, ..self }
    }

    /// Width in points (1/72 inch).
    pub fn points_wide(self) -> f64 {
        match (self.theme, self.width) {
            (Theme::Slides, Width::Single) => 360.0,
            (Theme::Slides, Width::Double) => 720.0,
            (_, Width::Single) => 252.0,
            (_, Width::Double) => 518.4,
        }
    }

    /// Every length but the width is multiplied by this.
    pub fn scale(self) -> f64 {
        if self.theme == Theme::Slides { 1.5 } else { 1.0 }
    }

    /// Type size in points; at least 7 in every theme.
    pub fn size(self, role: Type) -> f64 {
        let base = match role {
            Type::Title => 10.5,
            Type::Panel => 8.5,
            Type::Caption | Type::Label => 8.0,
            Type::Tick => 7.5,
            Type::Note => 7.25,
        };
        base * self.scale()
    }

    /// Distance between baselines, points.
    pub fn leading(self, role: Type) -> f64 {
        self.size(role) * 1.22
    }

    /// Background.
    pub fn paper_colour(self) -> RGBColor {
        if self.theme == Theme::Dark { RGBColor(22, 24, 28) } else { RGBColor(255, 255, 255) }
    }

    /// Text, axes, theory.
    pub fn ink(self) -> RGBColor {
        if self.theme == Theme::Dark { RGBColor(236, 236, 236) } else { RGBColor(26, 26, 26) }
    }

    /// Captions, notes.
    pub fn grey(self) -> RGBColor {
        if self.theme == Theme::Dark { RGBColor(168, 172, 178) } else { RGBColor(95, 95, 95) }
    }

    /// Grid lines.
    pub fn grid(self) -> RGBColor {
        if self.theme == Theme::Dark { RGBColor(52, 56, 62) } else { RGBColor(230, 230, 230) }
    }

    /// Axis lines and reference lines.
    pub fn axis(self) -> RGBColor {
        if self.theme == Theme::Dark { RGBColor(130, 134, 140) } else { RGBColor(120, 120, 120) }
    }

    /// Look of the `index`-th class of agents: the same index has the same look in every figure, so the caller keeps the
    /// order of names fixed. Colours repeat after 7, dashes after 4, markers after 5: looks only after 140.
    pub fn look(self, index: usize) -> Look {
        const COLOURS: [RGBColor; 7] = [
            RGBColor(0, 90, 110),
            RGBColor(220, 60, 150),
            RGBColor(17, 119, 51),
            RGBColor(204, 174, 78),
            RGBColor(136, 34, 85),
            RGBColor(68, 170, 153),
            RGBColor(121, 121, 121),
        ];
        let colour = COLOURS[index % COLOURS.len()];
        // Lighter, so that dark hues stand out from a dark ground.
        let colour = if self.theme == Theme::Dark { mixed(colour, self.ink(), 0.5) } else { colour };
        Look { colour, dash: DASHES[index % DASHES.len()], marker: MARKERS[index % MARKERS.len()] }
    }
}

/// Dashes in the order of looks.
pub(crate) const DASHES: [&str; 4] = ["", "5 2", "1.5 1.5", "6 1.8 1.4 1.8"];

/// Markers in the order of looks.
pub(crate) const MARKERS: [Marker; 5] =
    [Marker::Circle, Marker::Square, Marker::Triangle, Marker::Diamond, Marker::Wedge];

/// A colour moved by `share` towards another.
pub fn mixed(from: RGBColor, to: RGBColor, share: f64) -> RGBColor {
    let mix = |a: u8, b: u8| (f64::from(a) + share * (f64::from(b) - f64::from(a))).round() as u8;
    RGBColor(mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
}

/// Shape of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    /// Circle.
    Circle,
    /// Square on its side.
    Square,
    /// Triangle, tip up.
    Triangle,
    /// Square on its corner.
    Diamond,
    /// Triangle, tip down.
    Wedge,
}

/// Colour, dash and marker of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Colour of line, marker and band.
    pub colour: RGBColor,
    /// Lengths of dashes and gaps in points, empty for a solid line.
    pub dash: &'static str,
    /// Shape of points.
    pub marker: Marker,
}

/// Lightness as the eye sees it (relative luminance, sRGB weights without gamma), 0 to 1.
pub fn lightness(colour: RGBColor) -> f64 {
    (0.2126 * f64::from(colour.0) + 0.7152 * f64::from(colour.1) + 0.0722 * f64::from(colour.2)) / 255.0
}

/// Contrast of two colours, 1 to 21 (W3C 2018, Web Content Accessibility Guidelines 2.1, "contrast ratio").
pub fn contrast(a: RGBColor, b: RGBColor) -> f64 {
    let linear = |byte: u8| {
        let share = f64::from(byte) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { pow((share + 0.055) / 1.055, 2.4) }
    };
    let luminance = |c: RGBColor| 0.2126 * linear(c.0) + 0.7152 * linear(c.1) + 0.0722 * linear(c.2);
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// White or near-black, whichever reads better on `ground`.
pub fn text_on(ground: RGBColor) -> RGBColor {
    if lightness(ground) < 0.5 { RGBColor(255, 255, 255) } else { RGBColor(20, 20, 20) }
}

//! SVG to PNG with the embedded fonts and no others, so that bytes are the same everywhere.

use super::ChartError;
use super::font::{REGULAR, SEMIBOLD};
use super::style::DPI;
use resvg::{tiny_skia, usvg};
use std::sync::{Arc, OnceLock};

/// The parsed picture, text laid out.
pub(crate) fn tree(svg: &str) -> Result<usvg::Tree, ChartError> {
    static FONTS: OnceLock<Arc<usvg::fontdb::Database>> = OnceLock::new();
    let fonts = FONTS.get_or_init(|| {
        let mut fonts = usvg::fontdb::Database::new();
        fonts.load_font_data(REGULAR.to_vec());
        fonts.load_font_data(SEMIBOLD.to_vec());
        fonts.set_sans_serif_family("Source Sans Pro");
        Arc::new(fonts)
    });
    let options = usvg::Options {
        fontdb: Arc::clone(fonts),
        font_family: "Source Sans Pro".to_owned(),
        ..usvg::Options::default()
    };
    usvg::Tree::from_str(svg, &options).map_err(|e| ChartError::Raster(e.to_string()))
}

/// A PNG of `scale` times 300 dots per inch, the density noted in the file.
pub(crate) fn png(svg: &str, scale: u32) -> Result<Vec<u8>, ChartError> {
    let tree = tree(svg)?;
    let density = DPI * f64::from(scale);
    // usvg counts 96 units to the inch.
    let zoom = (density / 96.0) as f32;
    let (wide, high) =
        ((tree.size().width() * zoom).round() as u32, (tree.size().height() * zoom).round() as u32);
    let mut pixels = tiny_skia::Pixmap::new(wide, high)
        .ok_or_else(|| ChartError::Raster(format!("{wide} × {high} pixels")))?;
    let transform = tiny_skia::Transform::from_scale(
        wide as f32 / tree.size().width(),
        high as f32 / tree.size().height(),
    );
    resvg::render(&tree, transform, &mut pixels.as_mut());
    let bytes = pixels.encode_png().map_err(|e| ChartError::Raster(e.to_string()))?;
    Ok(with_density(&bytes, density))
}

/// Inserts the `pHYs` chunk after the header chunk (PNG specification, 11.3.4.3): pixels per metre in x and y, unit 1.
fn with_density(png: &[u8], density: f64) -> Vec<u8> {
    // 8 bytes of signature, then IHDR: length 4, name 4, data 13, check 4.
    const HEADER: usize = 8 + 25;
    let per_metre = ((density / 0.0254).round() as u32).to_be_bytes();
    let mut named = b"pHYs".to_vec();
    named.extend(per_metre);
    named.extend(per_metre);
    named.push(1);
    let mut out = png[..HEADER.min(png.len())].to_vec();
    out.extend(9_u32.to_be_bytes());
    out.extend(&named);
    out.extend(crc(&named).to_be_bytes());
    out.extend(&png[HEADER.min(png.len())..]);
    out
}

/// Cyclic redundancy check of PNG chunks (PNG specification, annex D), bit by bit.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |check, &byte| {
        (0..8).fold(check ^ u32::from(byte), |c, _| if c & 1 == 1 { 0xEDB8_8320 ^ (c >> 1) } else { c >> 1 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_value() {
        assert_eq!(crc(b"123456789"), 0xCBF4_3926);
        // The empty last chunk of every PNG.
        assert_eq!(crc(b"IEND"), 0xAE42_6082);
    }

    #[test]
    fn size_and_density() {
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"252pt\" height=\"72pt\" viewBox=\"0 0 2016 576\"/>";
        let twice = png(svg, 2).expect("renders");
        assert_eq!(&twice[16..24], [0, 0, 0x08, 0x34, 0, 0, 0x02, 0x58]);
        assert_eq!(u32::from_be_bytes([twice[41], twice[42], twice[43], twice[44]]), 23622);
        let png = png(svg, 1).expect("renders");
        assert_eq!(&png[16..24], [0, 0, 0x04, 0x1A, 0, 0, 0x01, 0x2C]);
        assert_eq!(&png[37..41], b"pHYs");
        assert_eq!(u32::from_be_bytes([png[41], png[42], png[43], png[44]]), 11811);
    }
}

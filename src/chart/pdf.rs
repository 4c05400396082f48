//! SVG to PDF with the embedded fonts: text stays text, and the same picture gives the same bytes. Only where the program
//! was built with the feature `pdf`.

use super::{ChartError, Figure};

/// Without the feature.
#[cfg(not(feature = "pdf"))]
pub(crate) fn pdf(_: &Figure) -> Result<Vec<u8>, ChartError> {
    Err(ChartError::Pdf(
        "this program was built without the feature `pdf`: build it with `--features pdf`".to_owned(),
    ))
}

/// One page as large as the picture, in points.
#[cfg(feature = "pdf")]
pub(crate) fn pdf(figure: &Figure) -> Result<Vec<u8>, ChartError> {
    use krilla::Document;
    use krilla::geom::Size;
    use krilla::metadata::Metadata;
    use krilla::page::PageSettings;
    use krilla_svg::{SurfaceExt as _, SvgSettings};
    let tree = super::raster::tree(figure.svg())?;
    let (wide, high) = figure.size();
    let size = Size::from_wh(wide as f32, high as f32)
        .ok_or_else(|| ChartError::Pdf(format!("a page of {wide} × {high} points")))?;
    let mut document = Document::new();
    // No date: it would be the only difference between two runs.
    document.set_metadata(Metadata::new().title(figure.title().to_owned()).language("en".to_owned()));
    let mut page = document.start_page_with(PageSettings::new(size));
    let mut surface = page.surface();
    surface
        .draw_svg(&tree, size, SvgSettings::default())
        .ok_or_else(|| ChartError::Pdf("the picture could not be drawn on the page".to_owned()))?;
    surface.finish();
    page.finish();
    document.finish().map_err(|error| ChartError::Pdf(format!("{error:?}")))
}

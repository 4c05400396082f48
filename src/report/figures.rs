//! stub
use crate::experiment::{file::Experiment, store::Store};
/// stub
pub fn draw_all(
    _s: &Store,
    _e: &Experiment,
    _d: &std::path::Path,
) -> Result<Vec<std::path::PathBuf>, std::io::Error> {
    Ok(vec![])
}

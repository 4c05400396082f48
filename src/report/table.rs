//! stub
use crate::experiment::{file::Experiment, store::Store};
/// stub
pub fn summary_table(_s: &Store, _e: &Experiment) -> Result<String, std::io::Error> {
    Ok("done".into())
}

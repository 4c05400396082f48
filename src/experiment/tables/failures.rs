//! `failures.csv`: every unit that failed, with its design point's settings, where there is any.

use super::{Table, TableError, parameter_cells, quote};
use crate::experiment::store::Store;
use std::path::Path;

/// Name of the table.
pub const FAILURES: &str = "failures.csv";

/// Writes the table where some unit failed, and else removes that of an earlier run; returns whether there is one.
///
/// # Errors
/// Where the store cannot be read or the file cannot be written.
pub fn write(store: &Store, directory: &Path) -> Result<bool, TableError> {
    let path = directory.join(FAILURES);
    if store.counts()?.1 == 0 {
        return match std::fs::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                Err(TableError::Io { path, source })
            }
            _ => Ok(false),
        };
    }
    let parameters: Vec<String> = store.parameters().iter().map(|path| quote(path)).collect();
    let head = ["design", "mechanism", "replicate", "seed"].map(str::to_owned);
    let header: Vec<String> = head.into_iter().chain(parameters).chain(["error".to_owned()]).collect();
    let mut table = Table::create(directory, FAILURES, &header.join(","))?;
    store.visit_failed(|unit| {
        let key = unit.key;
        let cells = parameter_cells(store, key.design)?;
        let error = quote(unit.error.as_deref().unwrap_or_default());
        let mechanism = quote(&key.mechanism);
        table.lines(&format!("{},{mechanism},{},{}{cells},{error}\n", key.design, key.replicate, unit.seed))
    })?;
    table.finish()?;
    Ok(true)
}

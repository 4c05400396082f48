//! A library that looks up every name once: design points are read many times over, and a file that changes in the middle of
//! a study must not change the study.

use super::file::Library;
use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};

/// Name and text of a file; `None` where there is none.
type Found = Option<(String, String)>;

/// A library with a memory.
pub struct Remembered {
    library: Box<dyn Library + Send + Sync>,
    strategies: Mutex<BTreeMap<String, Found>>,
    scenarios: Mutex<BTreeMap<String, Found>>,
    tables: Mutex<BTreeMap<String, Found>>,
    strategy_names: OnceLock<Vec<String>>,
    scenario_names: OnceLock<Vec<String>>,
}

impl Remembered {
    /// A memory of a library that has been asked nothing yet.
    pub fn new(library: impl Library + Send + Sync + 'static) -> Self {
        Remembered {
            library: Box::new(library),
            strategies: Mutex::default(),
            scenarios: Mutex::default(),
            tables: Mutex::default(),
            strategy_names: OnceLock::new(),
            scenario_names: OnceLock::new(),
        }
    }
}

impl std::fmt::Debug for Remembered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Remembered").finish_non_exhaustive()
    }
}

fn once(memory: &Mutex<BTreeMap<String, Found>>, name: &str, find: impl FnOnce() -> Found) -> Found {
    // A panic elsewhere leaves the memory whole: entries are put in last.
    let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = memory.get(name) {
        return found.clone();
    }
    let found = find();
    memory.insert(name.to_owned(), found.clone());
    found
}

impl Library for Remembered {
    fn strategy(&self, name: &str) -> Found {
        once(&self.strategies, name, || self.library.strategy(name))
    }

    fn strategies(&self) -> Vec<String> {
        self.strategy_names.get_or_init(|| self.library.strategies()).clone()
    }

    fn scenario(&self, name: &str) -> Found {
        once(&self.scenarios, name, || self.library.scenario(name))
    }

    fn scenarios(&self) -> Vec<String> {
        self.scenario_names.get_or_init(|| self.library.scenarios()).clone()
    }

    fn table(&self, path: &str) -> Found {
        once(&self.tables, path, || self.library.table(path))
    }
}

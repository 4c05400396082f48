//! One program at a time in an output directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// Name of the lock file inside the output directory. It stays behind, empty; only the lock on it counts.
pub const LOCK_FILE: &str = ".lock";

/// Why an output directory could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another program holds the directory (exit status 2).
    #[error("the output directory {directory} is in use by another run; wait for it, or choose another --output", directory = .0.display())]
    InUse(PathBuf),
    /// The directory or its lock file cannot be created.
    #[error("cannot write to the output directory {directory}", directory = .directory.display())]
    Unwritable {
        /// The directory.
        directory: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// An output directory held exclusively, until this value is dropped or the process dies.
///
/// The operating system holds the lock on an open file, so that a killed run leaves nothing to clean up.
#[derive(Debug)]
pub struct OutputLock {
    directory: PathBuf,
    _file: File,
}

impl OutputLock {
    /// Creates `directory` where needed and takes it.
    ///
    /// # Errors
    /// [`LockError::InUse`] at once where another handle holds it; [`LockError::Unwritable`] where it cannot be written.
    pub fn acquire(directory: &Path) -> Result<Self, LockError> {
        let unwritable = |source| LockError::Unwritable { directory: directory.to_owned(), source };
        std::fs::create_dir_all(directory).map_err(unwritable)?;
        let path = directory.join(LOCK_FILE);
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(path)
            .map_err(unwritable)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { directory: directory.to_owned(), _file: file }),
            Err(TryLockError::WouldBlock) => Err(LockError::InUse(directory.to_owned())),
            Err(TryLockError::Error(source)) => Err(unwritable(source)),
        }
    }

    /// The directory held.
    pub fn directory(&self) -> &Path {
        &self.directory
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_holder_is_refused_until_the_first_lets_go() {
        let root = tempfile::tempdir().unwrap();
        let directory = root.path().join("output/name");
        let held = OutputLock::acquire(&directory).unwrap();
        assert!(matches!(OutputLock::acquire(&directory), Err(LockError::InUse(_))));
        drop(held);
        OutputLock::acquire(&directory).unwrap();
    }

    #[test]
    fn a_lock_held_by_another_process_is_seen() {
        // `flock` is not everywhere; where it is missing there is no other process to ask.
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(LOCK_FILE);
        std::fs::write(&path, "").unwrap();
        let mut command = std::process::Command::new("flock");
        command.arg(&path).arg("cat").stdin(std::process::Stdio::piped());
        let Ok(mut other) = command.spawn() else { return };
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
        let mut refused = false;
        while !refused && std::time::Instant::now() < deadline {
            refused = matches!(OutputLock::acquire(root.path()), Err(LockError::InUse(_)));
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        // End of input ends `cat`, and with it the lock.
        drop(other.stdin.take());
        other.wait().unwrap();
        assert!(refused);
        OutputLock::acquire(root.path()).unwrap();
    }

    #[test]
    fn a_file_in_place_of_the_directory_is_an_error() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("taken");
        std::fs::write(&path, "").unwrap();
        assert!(matches!(OutputLock::acquire(&path), Err(LockError::Unwritable { .. })));
    }
}

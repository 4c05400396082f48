//! Files that appear whole or not at all.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A file under construction: written beside its destination under the suffix `.partial`, renamed when complete.
/// Dropped before [`WholeFile::finish`], it vanishes and whatever stood at the destination stays.
#[derive(Debug)]
pub struct WholeFile {
    partial: PathBuf,
    destination: PathBuf,
    writer: Option<BufWriter<File>>,
}

impl WholeFile {
    /// Starts a file that will stand at `destination`.
    ///
    /// # Errors
    /// Where the directory cannot be written.
    pub fn create(destination: &Path) -> io::Result<Self> {
        let mut name = destination.file_name().unwrap_or_default().to_owned();
        name.push(".partial");
        let partial = destination.with_file_name(name);
        let writer = Some(BufWriter::with_capacity(1 << 16, File::create(&partial)?));
        Ok(Self { partial, destination: destination.to_owned(), writer })
    }

    /// Puts the file in its place, on disk before it is named.
    ///
    /// # Errors
    /// Where the rest cannot be written (disk full) or the rename fails; the destination is then as it was.
    pub fn finish(mut self) -> io::Result<()> {
        if let Some(writer) = self.writer.take() {
            let file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.sync_all()?;
            drop(file);
            std::fs::rename(&self.partial, &self.destination)?;
        }
        Ok(())
    }

    fn open(&mut self) -> io::Result<&mut BufWriter<File>> {
        self.writer.as_mut().ok_or_else(|| io::Error::other("file already finished"))
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.open()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.open()?.flush()
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        // After `finish` the partial name is gone and this does nothing; otherwise nothing half-written stays.
        let _ = std::fs::remove_file(&self.partial);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abandoned_file_leaves_the_old_one() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a.csv");
        std::fs::write(&path, "old").unwrap();
        let mut file = WholeFile::create(&path).unwrap();
        file.write_all(b"new").unwrap();
        drop(file);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        let mut file = WholeFile::create(&path).unwrap();
        file.write_all(b"new").unwrap();
        file.finish().unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 1);
    }
}

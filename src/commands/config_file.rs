//! Changes the configuration file: one process at a time, atomically, and readable by its owner only.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::error::{self, Context as _, Failure, Kind};
use crate::system::atomic_file::{AtomicFile, Existing, end_of_links, folder_of};
use crate::system::private_file;

/// A configuration file that can be written, which is known before anything is asked or sent that would be lost
/// otherwise.
pub struct Rewrite<'p> {
    path: &'p Path,
    folder: PathBuf,
    file: AtomicFile,
}

impl<'p> Rewrite<'p> {
    /// Creates the directory of the file, private to its owner, unless it exists; a link to a file is followed.
    pub fn begin(path: &'p Path) -> error::Result<Self> {
        let begin = || {
            let folder = folder_of(&end_of_links(path)?).to_owned();
            private_file::make_folder(&folder)?;
            Ok::<_, io::Error>((folder, AtomicFile::create(path, Existing::ReplacePrivately)?))
        };
        let (folder, file) = begin().with_context(|| cannot_write(path))?;
        Ok(Self { path, folder, file })
    }

    /// Replaces the text of the file by what `edit` makes of it, under a lock from reading to writing, so that of two
    /// changes at once none is lost.
    pub fn end(mut self, edit: impl FnOnce(&str) -> Result<String, Failure>) -> error::Result<()> {
        let _lock = private_file::lock(&self.folder).with_context(|| cannot_write(self.path))?;
        let text = match fs::read_to_string(self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Zeroizing::default(),
            text => Zeroizing::new(text.with_context(|| format!("cannot read {}", self.path.display()))?),
        };
        let text = Zeroizing::new(edit(&text)?);
        let written = self.file.write_all(text.as_bytes()).and_then(|()| self.file.commit());
        written.with_context(|| cannot_write(self.path))
    }
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write {}", path.display())
}

/// The failure of an edit that cannot be made.
pub fn not_editable(path: &Path, problem: &str) -> Failure {
    Failure::new(Kind::Config, format!("cannot edit {}: {problem}", path.display()))
        .hint("edit the file yourself, or use another one with --config")
}

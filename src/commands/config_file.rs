//! Changes the configuration file: one process at a time, atomically, and readable by its owner only.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::error::{self, Context as _, Failure, Kind};
use crate::system::atomic_file::{AtomicFile, Existing, end_of_links, folder_of};
use crate::system::private_folder::{self, Lock};

/// Replaces the text of the file by what `edit` makes of it, under a lock from reading to writing, so that of two
/// changes at once none is lost.
pub fn rewrite(path: &Path, edit: impl FnOnce(&str) -> Result<String, Failure>) -> error::Result<()> {
    let unwritable = || format!("cannot write {}", path.display());
    let folder = make_folder_of(path).with_context(unwritable)?;
    let _lock = Lock::of(&folder).with_context(unwritable)?;
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Zeroizing::default(),
        text => Zeroizing::new(text.with_context(|| format!("cannot read {}", path.display()))?),
    };
    let text = Zeroizing::new(edit(&text)?);
    let write = || {
        let mut file = AtomicFile::create(path, Existing::ReplacePrivately)?;
        file.write_all(text.as_bytes())?;
        file.commit()
    };
    write().with_context(unwritable)
}

/// Fails if the file cannot be written, before anything is asked or sent that would be lost then.
pub fn check_writable(path: &Path) -> error::Result<()> {
    let check = || {
        make_folder_of(path)?;
        AtomicFile::create(path, Existing::ReplacePrivately).map(drop)
    };
    check().with_context(|| format!("cannot write {}", path.display()))
}

/// Creates the folder of a file, for its owner alone, if there is none, and returns it; a link to a file is followed.
fn make_folder_of(path: &Path) -> io::Result<PathBuf> {
    let folder = folder_of(&end_of_links(path)?).to_owned();
    private_folder::make(&folder)?;
    Ok(folder)
}

/// The failure of an edit that cannot be made.
pub fn not_editable(path: &Path, problem: &str) -> Failure {
    Failure::new(Kind::Config, format!("cannot edit {}: {problem}", path.display()))
        .hint("edit the file yourself, or name another one with --config")
}

//! `man`: the manual, as pages for the program of that name.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::cli::ManArgs;
use crate::error::{self, Context as _, Failure, Kind};
use crate::manual;

/// Runs the command.
///
/// # Errors
/// When there is no such command, or a page cannot be written.
pub(crate) fn run(args: &ManArgs, out: &mut dyn Write) -> error::Result<()> {
    if let Some(folder) = &args.dir {
        return write_all(folder);
    }
    let page = manual::page(&args.command).map_err(|unknown| {
        let failure = Failure::new(Kind::Usage, format!("`{}` is not a command", unknown.word));
        match (unknown.meant, unknown.known.as_slice()) {
            (Some(meant), _) => failure.hint(format!("did you mean `{meant}`?")),
            (None, []) => failure.hint("leave it out: the command before it has none of its own"),
            (None, known) => failure.hint(format!("the commands are {}", known.join(", "))),
        }
    })?;
    out.write_all(page.roff.as_bytes())?;
    Ok(out.flush()?)
}

fn write_all(folder: &Path) -> error::Result<()> {
    for page in manual::pages() {
        let folder = folder_of(&page.file, folder);
        fs::create_dir_all(&folder).with_context(|| format!("the folder {} cannot be created", folder.display()))?;
        let path = folder.join(page.file);
        fs::write(&path, page.roff).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(())
}

/// The folder of a page: next to a folder `man1`, where `man` looks for the other sections, else the folder itself.
fn folder_of(file: &str, folder: &Path) -> PathBuf {
    let section = Path::new(file).extension().unwrap_or_default().to_string_lossy();
    match folder.ends_with("man1") {
        true => folder.with_file_name(format!("man{section}")),
        false => folder.to_owned(),
    }
}

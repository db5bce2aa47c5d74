//! `man`: pages of the manual, shown by the program of that name on a terminal.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::cli::{ManArgs, help, manual};
use crate::error::{self, Context as _};
use crate::output::Terminal;

/// Runs the command.
pub fn run(args: &ManArgs, terminal: Terminal, out: &mut dyn Write) -> error::Result<()> {
    if let Some(folder) = &args.dir {
        return write_all(folder);
    }
    let page = manual::page(&help::with_noun(&args.command))?;
    if terminal.stdout && show(&page.roff).is_ok() {
        return Ok(());
    }
    out.write_all(page.roff.as_bytes())?;
    Ok(out.flush()?)
}

/// Has `man` show a page; fails where there is no `man`, or one that reads no stdin.
fn show(roff: &str) -> io::Result<()> {
    let mut man = Command::new("man").args(["-l", "-"]).stdin(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    if let Some(mut stdin) = man.stdin.take() {
        // A reader who leaves early closes it.
        _ = stdin.write_all(roff.as_bytes());
    }
    man.wait()?.success().then_some(()).ok_or_else(|| io::Error::other("man failed"))
}

fn write_all(folder: &Path) -> error::Result<()> {
    for page in manual::pages() {
        let folder = folder_of(&page.file, folder);
        fs::create_dir_all(&folder).with_context(|| format!("cannot create the directory {}", folder.display()))?;
        let path = folder.join(page.file);
        fs::write(&path, page.roff).with_context(|| format!("cannot write {}", path.display()))?;
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

//! The folder of a history: the names of its files, and which snapshots there are.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::values::moment::Moment;

use super::Problem;
use super::about::About;

/// How the file of a snapshot ends.
const ENDING: &str = "Z.jsonl.gz";

/// A history that can be read.
#[derive(Debug)]
pub struct History {
    pub folder: PathBuf,
    /// The moment of each snapshot, oldest first.
    snapshots: Vec<Moment>,
}

impl History {
    /// Opens the history in a folder.
    pub fn open(folder: &Path) -> Result<Self, Problem> {
        match About::read(folder)? {
            Some(_) => {}
            None if has_entries(folder)? => return Err(Problem::NotAHistory { folder: folder.to_owned() }),
            None => return Err(Problem::Empty { folder: folder.to_owned() }),
        }
        let history = Self::read(folder)?;
        if history.snapshots.is_empty() { Err(Problem::Empty { folder: folder.to_owned() }) } else { Ok(history) }
    }

    /// Reads which snapshots there are, if any.
    pub fn read(folder: &Path) -> Result<Self, Problem> {
        let mut snapshots = Vec::new();
        for month in names_in(folder)?.into_iter().filter(|name| is_month(name)) {
            let path = folder.join(&month);
            if path.is_dir() {
                snapshots.extend(names_in(&path)?.iter().filter_map(|name| moment_of(&month, name)));
            }
        }
        snapshots.sort_unstable();
        Ok(Self { folder: folder.to_owned(), snapshots })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The moment of each snapshot, oldest first.
    pub fn snapshots(&self) -> &[Moment] {
        &self.snapshots
    }

    /// The number of the last snapshot at or before a moment, the first snapshot being 0.
    pub fn last_by(&self, moment: Moment) -> Option<usize> {
        self.snapshots.partition_point(|snapshot| *snapshot <= moment).checked_sub(1)
    }

    /// Whether a snapshot is the first of its month.
    pub fn begins_month(&self, snapshot: usize) -> bool {
        snapshot == 0 || month_of(self.snapshots[snapshot - 1]) != month_of(self.snapshots[snapshot])
    }

    /// The first snapshot of the month of a snapshot.
    pub fn beginning_of_month(&self, snapshot: usize) -> usize {
        (0..=snapshot).rev().find(|snapshot| self.begins_month(*snapshot)).unwrap_or(0)
    }

    /// The file of a snapshot.
    pub fn path(&self, snapshot: Moment) -> PathBuf {
        path_of(&self.folder, snapshot)
    }
}

/// The folder of a moment's month, such as `2026-11`.
pub fn month_of(moment: Moment) -> String {
    moment.to_string()[..7].to_owned()
}

/// The file of the snapshot at a moment, such as `2026-11/12T020003Z.jsonl.gz`.
pub fn path_of(folder: &Path, moment: Moment) -> PathBuf {
    let text = moment.to_string();
    let (day, time) = (&text[8..10], text[11..19].replace(':', ""));
    folder.join(month_of(moment)).join(format!("{day}T{time}{ENDING}"))
}

fn is_month(name: &str) -> bool {
    Moment::of_day(&format!("{name}-01")).is_some()
}

/// The moment of a snapshot, by the names of its month and its file.
fn moment_of(month: &str, name: &str) -> Option<Moment> {
    let (day, time) = name.strip_suffix(ENDING)?.split_once('T')?;
    let (hour, minute, second) = (time.get(..2)?, time.get(2..4)?, time.get(4..)?);
    format!("{month}-{day}T{hour}:{minute}:{second}Z").parse().ok()
}

/// The names in a folder that are text; none if there is no such folder.
fn names_in(folder: &Path) -> Result<Vec<String>, Problem> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(Problem::reading(folder))?,
    };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry.map_err(Problem::reading(folder))?.file_name().into_string());
    }
    Ok(names)
}

/// Whether there is anything in a folder but hidden files.
pub fn has_entries(folder: &Path) -> Result<bool, Problem> {
    Ok(names_in(folder)?.iter().any(|name| !name.starts_with('.')))
}

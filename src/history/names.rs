//! What the partners of the last snapshot are called, for completion: `names.tsv`.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::api::partner::PARTNERS;
use crate::partners::diff::{List, set_text};
use crate::raw;

use super::Problem;
use super::file::write;

/// No such file is larger.
const MAX: u64 = 256 << 20;

/// What a partner is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    pub display_id: String,
    pub login: String,
    /// The name, or that of the company.
    pub name: String,
}

fn path(folder: &Path) -> PathBuf {
    folder.join("names.tsv")
}

/// Writes the names of the partners of a list.
pub fn write_names(folder: &Path, list: &List) -> Result<(), Problem> {
    let mut text = [PARTNERS.key, PARTNERS.label, "login", "name"].join("\t");
    for (_, partner) in list.iter() {
        let named = ["name", "company_name"]
            .iter()
            .find_map(|field| raw::lookup(partner, [*field]).filter(|value| raw::is_set(value)).map(raw::text));
        let cells =
            [PARTNERS.key, PARTNERS.label, "login"].into_iter().map(|field| set_text(partner, field)).chain([named]);
        let mut separator = '\n';
        for cell in cells {
            text.push(separator);
            separator = '\t';
            // Whatever would begin another cell or line, or drive a terminal, is not part of a name.
            text.extend(cell.as_deref().unwrap_or_default().chars().map(|c| if c.is_control() { ' ' } else { c }));
        }
    }
    text.push('\n');
    write(&path(folder), text.as_bytes())
}

/// Reads the names in a folder.
pub fn read(folder: &Path) -> io::Result<Vec<Name>> {
    let path = path(folder);
    // A pipe would be waited for.
    if !fs::metadata(&path)?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let file = File::open(path)?.take(MAX);
    let mut names = Vec::new();
    for line in BufReader::new(file).lines().skip(1) {
        let line = line?;
        let mut cells = line.split('\t').skip(1).map(str::to_owned);
        if let (Some(display_id), Some(login), Some(name)) = (cells.next(), cells.next(), cells.next()) {
            names.push(Name { display_id, login, name });
        }
    }
    Ok(names)
}

//! Whose history it is: `about.json`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use flate2::Crc;
use serde::{Deserialize, Serialize};

use super::Problem;
use super::file::write;

/// The format of the files, as this version of the program writes and reads them.
const FORMAT: u64 = 1;

/// No such file is larger.
const MAX: u64 = 64 << 10;

/// What is remembered of where the partners come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    format: u64,
    /// The address of the API.
    pub base_url: String,
    /// The SID of the account's own partner.
    pub partner_sid: String,
}

/// The key of the check sum over what stands before it, by which damage is noticed.
const CHECK: &str = ",\"crc32\":\"";

impl About {
    pub fn new(base_url: String, partner_sid: String) -> Self {
        Self { format: FORMAT, base_url, partner_sid }
    }

    pub fn path(folder: &Path) -> PathBuf {
        folder.join("about.json")
    }

    /// Reads the file of a folder, if there is one.
    pub fn read(folder: &Path) -> Result<Option<Self>, Problem> {
        let path = Self::path(folder);
        match fs::metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Problem::reading(path)(error)),
            Ok(metadata) if metadata.len() > MAX || !metadata.is_file() => {
                return Err(Problem::Damaged { path, what: "it is no such file" });
            }
            Ok(_) => {}
        }
        let text = fs::read(&path).map_err(Problem::reading(&path))?;
        let about = serde_json::from_slice(&text)
            .ok()
            .filter(|about: &Self| about.format != FORMAT || about.text().as_bytes() == text);
        match about {
            Some(about) if about.format > FORMAT => Err(Problem::Later { path }),
            Some(about) if about.format == FORMAT => Ok(Some(about)),
            _ => Err(Problem::Damaged { path, what: "its content does not match its check sum" }),
        }
    }

    pub fn write(&self, folder: &Path) -> Result<(), Problem> {
        write(&Self::path(folder), self.text().as_bytes())
    }

    fn text(&self) -> String {
        // Strings and numbers always become JSON.
        let mut text = serde_json::to_string(self).unwrap_or_default();
        text.pop();
        let mut crc = Crc::new();
        crc.update(text.as_bytes());
        format!("{text}{CHECK}{:08x}\"}}\n", crc.sum())
    }
}

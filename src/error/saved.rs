//! The words for what is wrong with a saved list.

use std::path::Path;

use crate::api::partner::PARTNERS;
use crate::saved::Problem;

use super::{Error, Failure, Kind};

/// How a list is saved that can be read back.
const SAVE_IT: &str = "save a list with `carrierx partners list --all --to partners.jsonl`";

impl Problem {
    /// The error about the list at this path.
    pub(crate) fn of(self, path: &Path) -> Error {
        let name = list_name(path);
        let failure = |kind, message: String, hint: &str| Error::from(Failure::new(kind, message).hint(hint));
        match self {
            Self::Io(error) => Error::from(error).context(format!("cannot read {name}")),
            Self::Empty => failure(Kind::Other, format!("{name} is not a list: it is empty"), SAVE_IT),
            Self::Cut { line } => failure(
                Kind::Incomplete,
                format!("{name} is cut off at line {line}"),
                "save the list again; --to writes a file whole or not at all",
            ),
            Self::Unexpected { line, found } => {
                failure(Kind::Other, format!("{name} is not a list: line {line} has {found}"), SAVE_IT)
            }
            Self::Damaged => failure(
                Kind::Other,
                format!("{name} cannot be decompressed: it is damaged, or not gzip"),
                "check it with `gzip -t`",
            ),
            Self::TooLarge { line } => {
                failure(Kind::Other, format!("{name} is not a list: line {line} is larger than any partner"), SAVE_IT)
            }
            Self::NoKey => failure(
                Kind::Usage,
                format!("{name} has no column {key} in line 1", key = PARTNERS.key),
                "save the list with all fields, or add partner_sid to -F",
            ),
            Self::SecondHeader { line } => failure(
                Kind::Usage,
                format!("{name} has a second header, in line {line}"),
                "split the file there: it holds two lists",
            ),
            Self::OtherWidth { line, cells, columns } => failure(
                Kind::Other,
                format!("{name} is not a list: line {line} has {cells} cells, the header {columns}"),
                SAVE_IT,
            ),
        }
    }
}

/// What a saved list is called in sentences.
pub(crate) fn list_name(path: &Path) -> String {
    if path.as_os_str() == "-" { "stdin".to_owned() } else { path.display().to_string() }
}

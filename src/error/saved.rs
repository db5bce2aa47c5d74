//! The words for what is wrong with a saved list.

use std::path::Path;

use crate::api::partner::PARTNERS;
use crate::output::message::quoted;
use crate::source::saved::Problem;

use super::{Error, Failure, Kind};

/// How a list is saved that can be read back.
const SAVE_IT: &str = "save a list with `carrierx partners list --all --to partners.jsonl`";

/// What to do about a list that is cut.
const SAVE_AGAIN: &str = "save the list again; --to writes a file whole or not at all";

impl Problem {
    /// The error about the list at this path.
    pub fn of(self, path: &Path) -> Error {
        let name = list_name(path);
        let failure = |kind, message: String, hint: &str| Error::from(Failure::new(kind, message).hint(hint));
        match self {
            Self::Io(error) => failure(
                Kind::Other,
                format!("cannot read {name}: {error}"),
                "check that it exists and that you may read it",
            ),
            Self::Empty => failure(Kind::Other, format!("{name} is not a list: it is empty"), SAVE_IT),
            Self::Cut { line } => failure(Kind::Incomplete, format!("{name} is cut off at line {line}"), SAVE_AGAIN),
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
            Self::TooMany { line } => failure(
                Kind::Other,
                format!(
                    "{name} is too large to be compared or searched: its partners do not fit into 4 GiB at line {line}"
                ),
                "save fewer partners with -f, or fewer fields with -F",
            ),
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

impl Problem {
    /// The error about a list of which no part can be used unless it is whole.
    pub fn refused(self, path: &Path) -> Error {
        match self {
            Self::Cut { line } => Failure::new(Kind::Other, format!("{} is cut off at line {line}", list_name(path)))
                .hint(SAVE_AGAIN)
                .into(),
            Self::NoKey => Self::Unexpected { line: 1, found: "text that is not JSON" }.of(path),
            problem => problem.of(path),
        }
    }
}

/// The error about a list of cells where a partner must be whole.
pub fn cells_refused(path: &Path) -> Failure {
    Failure::new(Kind::Usage, format!("--from needs a list saved as JSON or JSON Lines: {} has cells", list_name(path)))
        .hint("CSV and TSV lose null and types; save the list with `carrierx partners list --all --to partners.jsonl`")
}

/// That two partners of a saved list have the same SID, on these lines.
pub fn sid_twice(path: &Path, sid: &str, [first, second]: [u64; 2]) -> String {
    let (name, key, sid) = (list_name(path), PARTNERS.key, quoted(sid));
    format!("{name} has the {key} {sid} twice, in lines {first} and {second}")
}

/// What a saved list is called in sentences.
pub fn list_name(path: &Path) -> String {
    if path.as_os_str() == "-" { "stdin".to_owned() } else { path.display().to_string() }
}

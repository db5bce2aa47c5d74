//! The words for what is wrong with a history.

use std::fmt;

use crate::history::Problem;

use super::{Failure, Kind};

impl std::error::Error for Problem {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        Failure::from(self).fmt(f)
    }
}

impl From<&Problem> for Failure {
    fn from(problem: &Problem) -> Self {
        let failure = |kind, message: String, hint: String| Self::new(kind, message).hint(hint);
        match problem {
            Problem::Io { path, is_write, error } => {
                let verb = if *is_write { "write" } else { "read" };
                let hint = "check that the path exists, is writable and has free space";
                failure(Kind::Other, format!("cannot {verb} {}: {error}", path.display()), hint.to_owned())
            }
            Problem::Damaged { path, what } => {
                let hint = match path.parent().filter(|_| path.extension().is_some_and(|ending| ending == "gz")) {
                    Some(month) => format!("restore it from a backup, or forget its month: rm -r {}", month.display()),
                    None => "restore it from a backup".to_owned(),
                };
                failure(Kind::Incomplete, format!("the history is damaged: {}: {what}", path.display()), hint)
            }
            Problem::Empty { folder } => failure(
                Kind::Usage,
                format!("there is no history in {} yet", folder.display()),
                "run `carrierx partners snapshot`, which begins it".to_owned(),
            ),
            Problem::NotAHistory { folder } => failure(
                Kind::Config,
                format!("{} is not the folder of a history: it has other files, and no about.json", folder.display()),
                "name an empty or a new folder".to_owned(),
            ),
            Problem::Later { path } => failure(
                Kind::Config,
                format!("a later version of carrierx made the history: {}", path.display()),
                "install that version".to_owned(),
            ),
            Problem::OtherAddress { path, address, now } => failure(
                Kind::Config,
                format!("the history is of {address}, and the partners come from {now}: {}", path.display()),
                "give each address a folder of its own with --history".to_owned(),
            ),
            Problem::OtherAccount { path, partner } => failure(
                Kind::Config,
                format!("the history is of the account of {partner}, not of this token's: {}", path.display()),
                "give each account a folder of its own: set `history` in each profile".to_owned(),
            ),
            Problem::NoPartner => failure(
                Kind::Config,
                "there is nothing to remember: this token sees no partner, not even its own".to_owned(),
                "check the token with `carrierx auth status`".to_owned(),
            ),
            Problem::ClockBack { last, now } => failure(
                Kind::Other,
                format!("the clock went back: it is {now}, and the last snapshot is from {last}"),
                "set the clock of this machine, or wait".to_owned(),
            ),
        }
    }
}

//! What was typed as the ID of a partner, and the failure to find one.

use std::collections::HashSet;
use std::io;

use crate::api::PartnerId;
use crate::commands::Answerer;
use crate::error::{self, Context as _, Failure, Kind};
use crate::output::quoted;

use super::phrase;

/// What was typed, and what it means.
pub type Asked = (String, PartnerId);

/// The IDs that were typed, each once, those from stdin in the place of `-`.
pub fn all(typed: &[String]) -> error::Result<Vec<Asked>> {
    let mut ids = Vec::new();
    let mut seen = HashSet::new();
    let mut take = |id: &str| -> Result<(), Failure> {
        let (typed, id) = understood(id)?;
        let is_new = match &id {
            PartnerId::Sid(sid) => seen.insert(PartnerId::Sid(sid.to_ascii_lowercase())),
            _ => seen.insert(id.clone()),
        };
        if is_new {
            ids.push((typed, id));
        }
        Ok(())
    };
    for id in typed {
        if id == "-" {
            let text = io::read_to_string(io::stdin()).context("cannot read IDs from stdin")?;
            // Some shells begin what they write with a byte order mark.
            let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
            lines.filter(|line| !line.is_empty()).try_for_each(&mut take)?;
        } else {
            take(id)?;
        }
    }
    Ok(ids)
}

/// What a typed ID means.
pub fn understood(id: &str) -> Result<Asked, Failure> {
    let meant = id.parse().map_err(|problem| {
        // It may be the token.
        let id = quoted(id);
        Failure::new(Kind::Usage, format!("{id} is not a partner ID: {problem}"))
            .hint("use a SID, a display ID (CX and digits) or a login")
    })?;
    Ok((id.to_owned(), meant))
}

/// The failure of asking for partners that this token does not see, or a saved list does not have.
pub fn missing(ids: &[String], answerer: Answerer) -> Failure {
    let (nobody, more) = match answerer {
        Answerer::SavedList(_) => (format!("no partner in {}", answerer.name()), " with the same --from"),
        Answerer::Past(_) => (format!("no partner in {}", answerer.name()), " with the same --at"),
        Answerer::Sandbox => (VISIBLE.to_owned(), ""),
        Answerer::Api => (VISIBLE.to_owned(), "; if the partner exists, check the base URL"),
    };
    let digits = ids.iter().find(|id| id.bytes().all(|byte| byte.is_ascii_digit()));
    let form = match digits {
        Some(digits) => format!("if it is a display ID, use CX{digits}"),
        None if ids.iter().any(|id| id.contains(',')) => "separate IDs by spaces, not commas".to_owned(),
        None => "use a SID, a display ID (CX and digits) or a login".to_owned(),
    };
    Failure::new(Kind::Rejected, format!("{nobody} has the ID {}", named(ids)))
        .hint(format!("{form}; to search, run `carrierx partners find WORD`{more}"))
}

/// Who does not have an ID that the API does not know.
const VISIBLE: &str = "no partner visible to this token";

/// One of these IDs, in a sentence that says that there is none.
pub fn named(ids: &[String]) -> String {
    phrase::listed(&ids.iter().map(|id| quoted(id)).collect::<Vec<_>>())
}

//! What was typed as the ID of a partner, and the failure to find one.

use std::collections::HashSet;
use std::io::{self, Read};

use crate::api::lookup::PartnerId;
use crate::commands::connection::Answerer;
use crate::error::{self, Context as _, Failure, Kind};
use crate::output::message::quoted;

use super::{job, phrase};

/// What was typed, and what it means.
pub type Asked = (String, PartnerId);

/// The most bytes of IDs that are read from stdin.
const MAX_IDS: u64 = 64 << 20;

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
            let text = read_ids(io::stdin())?;
            // Some shells begin what they write with a byte order mark.
            let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
            lines.filter(|line| !line.is_empty()).try_for_each(&mut take)?;
        } else {
            take(id)?;
        }
    }
    Ok(ids)
}

fn read_ids(stdin: impl Read) -> error::Result<String> {
    let mut text = String::new();
    stdin.take(MAX_IDS + 1).read_to_string(&mut text).context("the IDs cannot be read from stdin")?;
    if text.len() as u64 > MAX_IDS {
        let message = format!("stdin holds more than {} MiB of IDs", MAX_IDS >> 20);
        return Err(Failure::new(Kind::Usage, message).hint("give fewer IDs at a time").into());
    }
    Ok(text)
}

/// What a typed ID means.
pub fn understood(id: &str) -> Result<Asked, Failure> {
    let meant = id.parse().map_err(|problem| {
        // It may be the token.
        let id = quoted(id);
        Failure::new(Kind::Usage, format!("{id} is not the ID of a partner: {problem}"))
            .hint("give a SID, a display ID (CX and digits) or a login")
    })?;
    Ok((id.to_owned(), meant))
}

/// The failure of asking for partners that this token does not see, or a saved list does not have.
pub fn missing(ids: &[String], answerer: Answerer) -> Failure {
    let named = named(ids);
    let word = if let [id] = ids { as_word(id) } else { None }.unwrap_or_else(|| "WORD".to_owned());
    let hint =
        format!("use a SID, a display ID (CX and digits) or a login; to search, run `carrierx partners find {word}`");
    let (nobody, doubt) = match answerer {
        Answerer::SavedList(_) => (format!("no partner in {} has", answerer.name()), " with the same --from"),
        Answerer::Past(_) => (format!("no partner in {} has", answerer.name()), " with the same --at"),
        Answerer::Api => (VISIBLE.to_owned(), "; if the partner exists, check the base URL"),
        Answerer::Sandbox => (VISIBLE.to_owned(), ""),
    };
    Failure::new(Kind::Rejected, format!("{nobody} the ID {named}")).hint(format!("{hint}{doubt}"))
}

/// One of these IDs, in a sentence that says that there is none.
pub fn named(ids: &[String]) -> String {
    let mut names: Vec<String> = ids.iter().take(phrase::MAX_NAMED).map(|id| quoted(id)).collect();
    match ids.len() - names.len() {
        0 => {}
        more => names.push(format!("{more} more")),
    }
    let last = names.pop().unwrap_or_default();
    if names.is_empty() { last } else { format!("{} or {last}", names.join(", ")) }
}

/// Who does not have an ID that the API does not know.
const VISIBLE: &str = "no partner visible to this token has";

/// The ID as a word of a command line, unless it would not be what was typed or is better typed anew.
fn as_word(id: &str) -> Option<String> {
    let is_typed = id.len() <= 60 && !id.starts_with('-') && !id.contains("(redacted)");
    let is_plain = |c: char| c.is_alphanumeric() || " @._-+,:;#&/()[]".contains(c);
    (is_typed && id.chars().all(is_plain)).then(|| job::quoted(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_names_a_search_that_can_be_typed() {
        for (ids, expected) in [
            (&["ivory"][..], "`carrierx partners find ivory`"),
            (&["a b"], "`carrierx partners find 'a b'`"),
            (&["a", "b"], "`carrierx partners find WORD`"),
            (&["x(redacted)"], "`carrierx partners find WORD`"),
            (&["it's"], "`carrierx partners find WORD`"),
            (&["-x"], "`carrierx partners find WORD`"),
            (&["a\u{1b}"], "`carrierx partners find WORD`"),
        ] {
            let ids: Vec<_> = ids.iter().map(|id| (*id).to_owned()).collect();
            let hint = missing(&ids, Answerer::Sandbox).hint.unwrap_or_default();
            assert!(hint.ends_with(expected), "{hint}");
        }
    }
}

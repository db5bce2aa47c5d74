//! What was typed as the ID of a partner, and the failure to find one.

use std::collections::HashSet;
use std::io::{self, Read};

use crate::api::lookup::PartnerId;
use crate::error::{self, Context as _, Failure, Kind};
use crate::message::quoted;
use crate::settings::Settings;

use super::phrase;

/// What was typed, and what it means.
pub(crate) type Asked = (String, PartnerId);

/// The most bytes of IDs that are read from stdin.
const MAX_IDS: u64 = 64 << 20;

/// The IDs that were typed, each once, those from stdin in the place of `-`.
pub(crate) fn all(typed: &[String], settings: &Settings) -> error::Result<Vec<Asked>> {
    let mut ids = Vec::new();
    let mut seen = HashSet::new();
    let mut take = |id: &str| -> Result<(), Failure> {
        let (typed, id) = understood(id, settings)?;
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
///
/// # Errors
/// When it can be no ID.
pub(crate) fn understood(id: &str, settings: &Settings) -> Result<Asked, Failure> {
    let meant = id.parse().map_err(|problem| {
        // It may be the token.
        let id = quoted(&settings.redact(id));
        Failure::new(Kind::Usage, format!("{id} is not the ID of a partner: {problem}"))
            .hint("give a SID, a display ID (CX and digits) or a login")
    })?;
    Ok((id.to_owned(), meant))
}

/// The failure of asking for partners that this token does not see; `not_found` if that is the server's status alone.
pub(crate) fn missing(ids: &[String], not_found: bool) -> Failure {
    let mut names: Vec<String> = ids.iter().take(phrase::MAX_NAMED).map(|id| quoted(id)).collect();
    match ids.len() - names.len() {
        0 => {}
        more => names.push(format!("{more} more")),
    }
    let last = names.pop().unwrap_or_default();
    let named = if names.is_empty() { last } else { format!("{} or {last}", names.join(", ")) };
    let doubt = if not_found { "; if the partner exists, check the base URL" } else { "" };
    Failure::new(Kind::Rejected, format!("no partner visible to this token has the ID {named}")).hint(format!(
        "use a SID, a display ID (CX and digits) or a login; `carrierx partners list` shows the partners{doubt}"
    ))
}

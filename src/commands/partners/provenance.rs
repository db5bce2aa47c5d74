//! What a file says of its rows, if its format has room for that: who asked whom, when, and whether they are all.

use std::ffi::OsString;

use crate::commands::connection::Answerer;
use crate::commands::session::Session;
use crate::moment;
use crate::output::Fact;
use crate::settings::Settings;

/// Where rows come from.
pub(crate) struct Provenance<'a> {
    line: &'a [OsString],
    settings: &'a Settings,
    answerer: Answerer<'a>,
    /// Whether the rows come from two saved lists, which nobody was asked for.
    is_of_files: bool,
    /// When the command began.
    moment: String,
}

impl<'a> Provenance<'a> {
    /// Of the rows that this command line asks for, from now on.
    pub(crate) fn new(line: &'a [OsString], session: &'a Session) -> Self {
        let (settings, answerer) = (&session.settings, session.answerer());
        Self { line, settings, answerer, is_of_files: false, moment: moment::now() }
    }

    /// The same, of rows that come from two saved lists.
    pub(crate) fn of_files(self) -> Self {
        Self { is_of_files: true, ..self }
    }

    /// What is to be known of so many rows.
    pub(crate) fn facts(&self, rows: u64, is_complete: bool) -> Vec<Fact> {
        let api = match self.answerer {
            _ if self.is_of_files => "none: two saved lists".to_owned(),
            Answerer::Api => self.settings.base_url().map_or_else(|failure| failure.message, |url| url.to_string()),
            Answerer::Sandbox => "none: made-up partners of the sandbox".to_owned(),
            Answerer::SavedList(file) => format!("none: the saved list {}", file.display()),
        };
        let words: Vec<String> = self.line.iter().map(|word| quoted(&word.to_string_lossy())).collect();
        vec![
            // An ID that was typed may be the token.
            Fact { name: "command", value: self.settings.redact(&words.join(" ")) },
            Fact { name: "API", value: api },
            Fact { name: "moment", value: self.moment.clone() },
            Fact { name: "timestamps", value: "UTC".to_owned() },
            Fact { name: "rows", value: rows.to_string() },
            Fact { name: "complete", value: is_complete.to_string() },
        ]
    }
}

/// The word as it would be typed in a shell.
fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:,=@%+".contains(&byte);
    match !word.is_empty() && word.bytes().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

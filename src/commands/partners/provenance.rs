//! What a file says of its rows, if its format has room for that: who asked whom, when, and whether they are all.

use std::ffi::OsString;

use serde::Serialize;

use crate::commands::connection::Answerer;
use crate::commands::session::Session;
use crate::output::Fact;
use crate::output::secrets;
use crate::settings::Settings;
use crate::values::moment;

/// Where rows come from.
pub struct Provenance<'a> {
    line: &'a [OsString],
    settings: &'a Settings,
    answerer: Answerer<'a>,
    /// What the rows come from if nobody was asked.
    files: Option<String>,
    /// When the command began.
    moment: String,
}

impl<'a> Provenance<'a> {
    /// Of the rows that this command line asks for, from now on.
    pub fn new(line: &'a [OsString], session: &'a Session) -> Self {
        let (settings, answerer) = (&session.settings, session.answerer());
        Self { line, settings, answerer, files: None, moment: moment::now() }
    }

    /// The same, of rows that come from files, for which nobody was asked.
    pub fn of_files(self, files: impl Into<String>) -> Self {
        Self { files: Some(files.into()), ..self }
    }

    /// What is known before a row has come.
    pub fn origin(&self) -> Origin<'_> {
        let words: Vec<String> = self.line.iter().map(|word| quoted(&word.to_string_lossy())).collect();
        let from = match (&self.files, self.answerer) {
            (Some(files), _) => Some(files.clone()),
            (None, Answerer::Api) => None,
            (None, _) => Some(self.answerer.name()),
        };
        let url = self.settings.base_url().ok().filter(|_| from.is_none());
        Origin {
            version: env!("CARGO_PKG_VERSION"),
            base_url: url.map(|url| url.to_string()),
            from,
            profile: self.settings.profile.as_ref().map(|profile| profile.value.as_str()),
            // An ID that was typed may be the token.
            command: secrets::hidden(&words.join(" ")).into_owned(),
            started: &self.moment,
        }
    }

    /// What is to be known of so many rows, for a sheet of its own.
    pub fn facts(&self, rows: u64, is_complete: bool) -> Vec<Fact> {
        let Origin { version, base_url, from, profile, command, started } = self.origin();
        let api = base_url.or(from.map(|from| format!("none: {from}"))).unwrap_or_default();
        vec![
            ("command", command),
            ("API", api),
            ("profile", profile.unwrap_or("none").to_owned()),
            ("moment", started.to_owned()),
            ("timestamps", "UTC".to_owned()),
            ("rows", rows.to_string()),
            ("complete", is_complete.to_string()),
            ("version", version.to_owned()),
        ]
    }
}

/// Where rows come from, as a receipt has it.
#[derive(Debug, Serialize)]
pub struct Origin<'a> {
    version: &'static str,
    /// None where nobody was asked.
    base_url: Option<String>,
    /// Who answered in place of the API.
    from: Option<String>,
    profile: Option<&'a str>,
    command: String,
    started: &'a str,
}

/// The word as it would be typed in a shell.
pub fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:,=@%+".contains(&byte);
    match !word.is_empty() && word.bytes().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

//! What a file says of its rows, if its format has room for that: who asked whom, when, and whether they are all.

use std::ffi::OsString;

use crate::commands::connection::Answerer;
use crate::commands::session::Session;
use crate::output::secrets;
use crate::output::{ColumnKind, Fact};
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

    /// What is to be known of so many rows.
    pub fn facts(&self, rows: u64, is_complete: bool) -> Vec<Fact> {
        let api = match (&self.files, self.answerer) {
            (Some(files), _) => format!("none: {files}"),
            (None, Answerer::Api) => {
                self.settings.base_url().map_or_else(|failure| failure.message, |url| url.to_string())
            }
            (None, Answerer::Sandbox) => "none: made-up partners of the sandbox".to_owned(),
            (None, Answerer::Past(_)) => format!("none: {}", self.answerer.name()),
            (None, Answerer::SavedList(file)) => format!("none: the saved list {}", file.display()),
        };
        let words: Vec<String> = self.line.iter().map(|word| quoted(&word.to_string_lossy())).collect();
        let fact = |name, value, kind| Fact { name, value, kind };
        vec![
            // An ID that was typed may be the token.
            fact("command", secrets::hidden(&words.join(" ")).into_owned(), ColumnKind::Text),
            fact("API", api, ColumnKind::Text),
            fact("moment", self.moment.clone(), ColumnKind::Moment),
            fact("timestamps", "UTC".to_owned(), ColumnKind::Text),
            fact("rows", rows.to_string(), ColumnKind::Number),
            fact("complete", is_complete.to_string(), ColumnKind::Text),
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

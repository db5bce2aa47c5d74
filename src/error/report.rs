//! An error in words for people, or in one JSON object for programs.

use std::io;
use std::ops::Range;

use anyhow::Error;
use serde::Serialize;

use crate::atomic_file::Obstacle;
use crate::message::{bounded, shown};
use crate::output::text;
use crate::values::ErrorFormat;

use super::{Failure, Place, exit_status, kind};

/// The error as it is told, each line ended, nothing in it that could drive a terminal.
pub fn report(error: &Error, format: ErrorFormat) -> String {
    match format {
        ErrorFormat::Text => in_words(error),
        ErrorFormat::Json => in_json(error),
    }
}

fn in_words(error: &Error) -> String {
    let mut report = format!("error: {}\n", shown(&message(error)));
    if let Some(place) = error.downcast_ref::<Failure>().and_then(|failure| failure.place.as_ref()) {
        report.push_str(&point_at(place));
    }
    if let Some(hint) = hint(error) {
        report.push_str(&format!("hint: {}\n", shown(hint)));
    }
    report
}

/// What failed, on what, and why: one sentence, as long as the chain of causes.
pub fn message(error: &Error) -> String {
    error.chain().map(|cause| bounded(&cause.to_string()).into_owned()).collect::<Vec<_>>().join(": ")
}

/// The next step. What the system refused to read or write has one, too.
fn hint(error: &Error) -> Option<&str> {
    match error.downcast_ref::<Failure>() {
        Some(failure) => failure.hint.as_deref(),
        None => error.downcast_ref().map(hint_of_the_system),
    }
}

/// The next step when the system refused to read or write.
fn hint_of_the_system(error: &io::Error) -> &'static str {
    let obstacle = error.get_ref().and_then(|inner| inner.downcast_ref::<Obstacle>());
    obstacle.map_or("check that the path exists, is writable and has free space", |obstacle| obstacle.hint())
}

/// The text with carets under the place, in columns of the terminal; of a long text, what stands near the place.
fn point_at(place: &Place) -> String {
    let Place { text, span, remedy } = place;
    let part = |range: Range<usize>| text.get(range).unwrap_or_default();
    let (before, marked, after) = (part(0..span.start), part(span.clone()), part(span.end..text.len()));
    let begin = before.char_indices().rev().nth(AROUND - 1).map_or(0, |(at, _)| at);
    let before = format!("{}{}", if begin > 0 { "…" } else { "" }, text::escape(&before[begin..]));
    let (marked, after) = (beginning(marked), beginning(after));
    let blanks = " ".repeat(text::width(&before));
    let carets = "^".repeat(text::width(&marked).max(1));
    format!("  |\n  | {before}{marked}{after}\n  | {blanks}{carets} {}\n", shown(remedy))
}

/// The most characters that are shown before, in and after a place.
const AROUND: usize = 100;

/// The beginning of a text, as much as is shown of it.
fn beginning(text: &str) -> String {
    match text.char_indices().nth(AROUND) {
        Some((end, _)) => format!("{}…", text::escape(&text[..end])),
        None => text::escape(text).into_owned(),
    }
}

/// The object that a program reads; what is not known is left out.
#[derive(Serialize)]
struct Report {
    error: Details,
}

#[derive(Serialize)]
struct Details {
    /// The name of the kind.
    kind: &'static str,
    /// The exit status of the process.
    exit: u8,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// The HTTP status of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// Whether the same command may succeed another time.
    retryable: bool,
    /// How many rows of a list were delivered.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<u64>,
    /// The offset at which the rest of the list begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_offset: Option<u64>,
}

fn in_json(error: &Error) -> String {
    let (kind, failure) = (kind(error), error.downcast_ref::<Failure>());
    let at = |place: &Place| {
        let text = bounded(&place.text);
        format!("in `{text}`, at byte {}: {}", place.span.start, bounded(&place.remedy))
    };
    let facts = Details {
        kind: kind.name(),
        exit: exit_status(error),
        message: message(error),
        hint: hint(error).map(|hint| bounded(hint).into_owned()).or_else(|| failure?.place.as_deref().map(at)),
        status: failure.and_then(|failure| failure.status),
        retryable: failure.is_some_and(|failure| failure.retryable),
        rows: failure.and_then(|failure| failure.rows),
        next_offset: failure.and_then(|failure| failure.next_offset),
    };
    // Strings and numbers always become JSON.
    let json = serde_json::to_string(&Report { error: facts }).unwrap_or_default();
    format!("{}\n", text::escape_json(&json))
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use crate::error::Kind;

    use super::*;

    fn refused() -> Error {
        let failure = Failure::new(Kind::Network, "the connection was refused").hint("look whether the host is up");
        Err::<(), _>(failure).context("partners cannot be listed").unwrap_err()
    }

    #[test]
    fn a_report_has_message_and_hint_and_the_context_before_them() {
        assert_eq!(
            report(&refused(), ErrorFormat::Text),
            "error: partners cannot be listed: the connection was refused\nhint: look whether the host is up\n"
        );
    }

    #[test]
    fn in_json_what_is_not_known_is_left_out() {
        assert_eq!(
            report(&refused(), ErrorFormat::Json),
            "{\"error\":{\"kind\":\"network\",\"exit\":9,\"message\":\"partners cannot be listed: the connection was \
             refused\",\"hint\":\"look whether the host is up\",\"retryable\":false}}\n"
        );
    }

    #[test]
    fn in_json_a_list_that_broke_off_says_how_far_it_came() {
        let failure = Failure {
            status: Some(503),
            rows: Some(2000),
            next_offset: Some(2500),
            ..Failure::new(Kind::Server, "failed").retryable()
        };
        assert_eq!(
            report(&failure.into(), ErrorFormat::Json),
            "{\"error\":{\"kind\":\"server\",\"exit\":8,\"message\":\"failed\",\"status\":503,\"retryable\":true,\
             \"rows\":2000,\"next_offset\":2500}}\n"
        );
    }

    #[test]
    fn in_json_a_place_is_part_of_the_hint() {
        let place = Place { text: "a = b".to_owned(), span: 2..3, remedy: "use `eq`".to_owned() };
        let told = report(&Failure::new(Kind::Usage, "no").at(place).into(), ErrorFormat::Json);
        assert!(told.contains(r#""hint":"in `a = b`, at byte 2: use `eq`""#), "{told}");
    }

    #[test]
    fn the_caret_stands_under_the_place_even_after_wide_characters() {
        let place = Place { text: "東京 = x".to_owned(), span: 7..8, remedy: "use `eq`".to_owned() };
        assert_eq!(point_at(&place), "  |\n  | 東京 = x\n  |      ^ use `eq`\n");
    }

    #[test]
    fn of_a_long_text_what_stands_near_the_place_is_shown() {
        let text = format!("{} = {}", "a".repeat(1 << 20), "b".repeat(1 << 20));
        for span in [(1 << 20) + 1..(1 << 20) + 2, 0..text.len(), text.len()..text.len()] {
            let place = Place { text: text.clone(), span, remedy: "use `eq`".to_owned() };
            let shown = point_at(&place);
            assert!(shown.len() < 1000 && shown.contains("^ use `eq`\n"), "{shown}");
            let report = report(&Failure::new(Kind::Usage, "no").at(place).into(), ErrorFormat::Json);
            assert!(report.len() < 3000, "{} bytes", report.len());
        }
    }

    #[test]
    fn nothing_in_a_report_can_drive_a_terminal() {
        let error = Error::new(Failure::new(Kind::Server, "it said \u{1b}[2J").hint("\u{202e}"));
        assert_eq!(report(&error, ErrorFormat::Text), "error: it said \\u{1b}[2J\nhint: \\u{202e}\n");
        let json = report(&error, ErrorFormat::Json);
        assert!(json.contains(r"it said \u001b[2J") && json.contains(r"\u202e"), "{json}");
    }
}

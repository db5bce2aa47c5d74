//! An error in words for people, or in one JSON object for programs.

use std::io;
use std::ops::Range;

use serde_json::json;

use crate::output::message::{bounded, shown};
use crate::output::secrets::hidden;
use crate::output::text;
use crate::values::ErrorFormat;

use super::{Delivered, Error, Excerpt, Failure, Kind, UNKNOWN, Unknown};

/// What there is to say of an error.
#[derive(Debug)]
pub struct Report {
    /// Its message is one sentence, as long as the chain of causes.
    pub failure: Failure,
    /// The status that the process ends with.
    pub exit_status: u8,
    /// How many rows were delivered, and where the rest of a list begins.
    rows: Option<u64>,
    next_offset: Option<u64>,
    /// Whether people have read the message already.
    is_said: bool,
}

impl Report {
    /// Asks an error and its causes what they are.
    pub fn of(error: &Error) -> Self {
        let causes: Vec<_> = error.chain().map(|cause| bounded(&hidden(&cause.to_string())).into_owned()).collect();
        let failure = error.chain().find_map(|cause| {
            let of_the_system = || cause.downcast_ref().map(of_the_system);
            cause.downcast_ref().cloned().or_else(of_the_system)
        });
        let mut failure = failure.unwrap_or_else(|| Failure::new(Kind::Other, ""));
        failure.message = causes.join(": ");
        // A context is found from the error itself, not in the chain.
        let delivered = error.downcast_ref::<Delivered>();
        if let Some(first) = delivered.and_then(|delivered| delivered.hint.as_deref()) {
            failure.hint = Some(failure.hint.map_or_else(|| first.to_owned(), |hint| format!("{first}; {hint}")));
        }
        let unknown = error.downcast_ref::<Unknown>();
        Self {
            exit_status: unknown.map_or(failure.kind.exit_status(), |_| UNKNOWN),
            rows: delivered.and_then(|delivered| delivered.rows),
            next_offset: delivered.and_then(|delivered| delivered.next_offset),
            is_said: unknown.is_some_and(|unknown| unknown.is_said),
            failure,
        }
    }

    /// The error as it is reported, each line ended, nothing in it that could drive a terminal.
    pub fn shown(&self, format: ErrorFormat) -> String {
        match format {
            ErrorFormat::Text => self.in_words(),
            ErrorFormat::Json => self.in_json(),
        }
    }

    fn in_words(&self) -> String {
        let message = || format!("error: {}\n", shown(&self.failure.message));
        let mut report = if self.is_said { String::new() } else { message() };
        let mut hint = self.failure.hint.clone();
        match &self.failure.place {
            // What is hidden has another length.
            Some(place) if hidden(&place.text) != place.text => hint = hint.or(Some(in_one_line(place))),
            Some(place) => report.push_str(&point_at(place)),
            None => {}
        }
        if let Some(hint) = hint {
            report.push_str(&format!("hint: {}\n", shown(&hint)));
        }
        report
    }

    fn in_json(&self) -> String {
        let Failure { kind, message, hint, place, exchange } = &self.failure;
        let hint = hint.as_deref().map(|hint| bounded(&hidden(hint)).into_owned());
        let mut error = json!({
            "kind": kind.name(),
            "exit": self.exit_status,
            "message": message,
            "hint": hint.or_else(|| place.as_deref().map(in_one_line)),
            "status": self.failure.status(),
            // Where no request failed, only the time limit of the command.
            "retryable": exchange.map_or(*kind == Kind::Network, |exchange| exchange.is_retryable),
            "rows": self.rows,
            "next_offset": self.next_offset,
        });
        // What is not known is left out.
        error.as_object_mut().into_iter().for_each(|error| error.retain(|_, value| !value.is_null()));
        format!("{}\n", text::escape_json(&json!({ "error": error }).to_string()))
    }
}

/// The failure that it is where the system refused to read or write, or a workbook has no room.
fn of_the_system(error: &io::Error) -> Failure {
    let is_of_workbook = error.kind() == io::ErrorKind::FileTooLarge && error.raw_os_error().is_none();
    Failure::new(Kind::Other, "").hint(match error.kind() {
        io::ErrorKind::StorageFull => "free some disk space",
        _ if is_of_workbook => "write fewer partners or fields, or a .csv file",
        _ => "check that the path exists, is writable and has free space",
    })
}

/// The place in one line.
fn in_one_line(Excerpt { text, span, remedy }: &Excerpt) -> String {
    format!("in `{}`, at byte {}: {}", bounded(&hidden(text)), span.start, bounded(&hidden(remedy)))
}

/// The text with carets under the place, in columns of the terminal; of a long text, what stands near the place.
fn point_at(place: &Excerpt) -> String {
    let Excerpt { text, span, remedy } = place;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Exchange;

    fn shown(error: &Error, format: ErrorFormat) -> String {
        Report::of(error).shown(format)
    }

    fn refused() -> Error {
        let failure = Failure::new(Kind::Network, "request to https://host/partners failed: connection refused");
        let failure = failure.hint("check the network, the proxy settings and the base URL");
        Error::from(failure).context("cannot list partners")
    }

    #[test]
    fn a_report_has_message_and_hint_and_the_context_before_them() {
        assert_eq!(
            shown(&refused(), ErrorFormat::Text),
            "error: cannot list partners: request to https://host/partners failed: connection refused\n\
             hint: check the network, the proxy settings and the base URL\n"
        );
    }

    #[test]
    fn in_json_what_is_not_known_is_left_out() {
        assert_eq!(
            shown(&refused(), ErrorFormat::Json),
            "{\"error\":{\"kind\":\"network\",\"exit\":9,\"message\":\"cannot list partners: request to \
             https://host/partners failed: connection refused\",\"hint\":\"check the network, the proxy settings and the \
             base URL\",\"retryable\":true}}\n"
        );
    }

    #[test]
    fn in_json_a_list_that_broke_off_says_how_far_it_came() {
        let exchange = Exchange { status: Some(200), ..Exchange::default() };
        let error = |kind| Failure::new(kind, "it failed").of(exchange);
        let list = |error, is_kept| Error::from(error).context(Delivered::list(2000, 2500, is_kept));
        let kept = shown(&list(error(Kind::Server), true), ErrorFormat::Json);
        assert!(kept.ends_with(",\"status\":200,\"retryable\":false,\"rows\":2000,\"next_offset\":2500}}\n"), "{kept}");
        let lost = shown(&list(error(Kind::Network), false), ErrorFormat::Json);
        assert!(lost.ends_with(",\"status\":200,\"retryable\":false}}\n"), "{lost}");
    }

    #[test]
    fn in_json_a_place_is_part_of_the_hint() {
        let place = Excerpt { text: "a = b".to_owned(), span: 2..3, remedy: "use `eq`".to_owned() };
        let told = shown(&Failure::new(Kind::Usage, "no").at(place).into(), ErrorFormat::Json);
        assert!(told.contains(r#""hint":"in `a = b`, at byte 2: use `eq`""#), "{told}");
    }

    #[test]
    fn the_caret_stands_under_the_place_even_after_wide_characters() {
        let place = Excerpt { text: "東京 = x".to_owned(), span: 7..8, remedy: "use `eq`".to_owned() };
        assert_eq!(point_at(&place), "  |\n  | 東京 = x\n  |      ^ use `eq`\n");
    }

    #[test]
    fn of_a_long_text_what_stands_near_the_place_is_shown() {
        let text = format!("{} = {}", "a".repeat(1 << 20), "b".repeat(1 << 20));
        for span in [(1 << 20) + 1..(1 << 20) + 2, 0..text.len(), text.len()..text.len()] {
            let place = Excerpt { text: text.clone(), span, remedy: "use `eq`".to_owned() };
            let pointed = point_at(&place);
            assert!(pointed.len() < 1000 && pointed.contains("^ use `eq`\n"), "{pointed}");
            let report = shown(&Failure::new(Kind::Usage, "no").at(place).into(), ErrorFormat::Json);
            assert!(report.len() < 3000, "{} bytes", report.len());
        }
    }

    #[test]
    fn nothing_in_a_report_can_drive_a_terminal() {
        let error = Error::from(Failure::new(Kind::Server, "it said \u{1b}[2J").hint("\u{202e}"));
        assert_eq!(shown(&error, ErrorFormat::Text), "error: it said \\u{1b}[2J\nhint: \\u{202e}\n");
        let json = shown(&error, ErrorFormat::Json);
        assert!(json.contains(r"it said \u001b[2J") && json.contains(r"\u202e"), "{json}");
    }
}
